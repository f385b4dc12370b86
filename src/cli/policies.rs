//! `dynalens policies` and `dynalens explain`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::page;
use crate::policy::page::{PILLARS, Page, Scope};
use crate::report::escape;
use crate::report::human::Look;

/// What the report on suppressions means; it is about comments and has no page among the policies.
pub const UNUSED_SUPPRESSION_PAGE: &str = "unused-suppression: a suppression suppresses nothing

low severity, high confidence, profile default, pillar operations

What it means

A `dynalens: ignore` comment, an entry of `Metadata.dynalens.ignore` or of the
configuration's `suppressions` names a policy that finds nothing there.

Why it matters

A suppression that is left over hides the next finding of its policy, for a
reason that no longer holds.

What to do

Take it out. If it stands in the wrong place, move it onto the resource or the
module call that it is meant for. A policy that took no part in the run, or
that could not tell, leaves the question open: then nothing is reported.
";

/// The policies by pillar, one line each.
///
/// # Errors
/// Those of the writer.
pub fn human(pages: &[&Page], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let widest = pages.iter().map(|page| page.name.len()).max().unwrap_or_default();
    let (bold, reset) = if look.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    for (pillar, pages) in by_pillar(pages) {
        writeln!(out, "{bold}{pillar}{reset}")?;
        for page in pages {
            let name = &page.name;
            writeln!(out, "  {name:widest$}  {:6}  {:7}  {}", page.severity.name(), page.profile.name(), page.title)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{} policies; `dynalens explain NAME` says what one means", pages.len())
}

/// A table for each pillar.
///
/// # Errors
/// Those of the writer.
pub fn markdown(pages: &[&Page], out: &mut dyn Write) -> io::Result<()> {
    for (pillar, pages) in by_pillar(pages) {
        writeln!(out, "## {pillar}\n\n| policy | severity | profile | what is wrong |\n|---|---|---|---|")?;
        for page in pages {
            let title = page.title.replace('|', "\\|");
            writeln!(out, "| `{}` | {} | {} | {title} |", page.name, page.severity, page.profile)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Everything but the text of the pages.
///
/// # Errors
/// Those of the writer.
pub fn json(pages: &[&Page], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct List<'a> {
        version: u32,
        policies: Vec<Form<'a>>,
    }
    #[derive(Serialize)]
    struct Form<'a> {
        name: &'a str,
        title: &'a str,
        pillar: &'a str,
        severity: &'static str,
        confidence: &'static str,
        profile: &'static str,
        applies_to: Vec<&'static str>,
        scope: &'static str,
        production_only: bool,
        needs_option: Option<&'a str>,
        options: Vec<OptionForm<'a>>,
        lens: Vec<&'a str>,
        aliases: Vec<&'a str>,
        fix: Option<&'static str>,
        since: &'a str,
    }
    #[derive(Serialize)]
    struct OptionForm<'a> {
        name: &'a str,
        r#type: &'a str,
        doc: &'a str,
    }
    let policies = pages
        .iter()
        .map(|page| Form {
            name: &page.name,
            title: &page.title,
            pillar: &page.pillar,
            severity: page.severity.name(),
            confidence: page.confidence.name(),
            profile: page.profile.name(),
            applies_to: page.applies_to.iter().map(|subject| subject.name()).collect(),
            scope: match page.scope {
                Scope::Resource => "resource",
                Scope::Stack => "stack",
            },
            production_only: page.production_only,
            needs_option: page.needs_option.as_deref(),
            options: page
                .options
                .iter()
                .map(|option| OptionForm { name: &option.name, r#type: &option.ty, doc: &option.doc })
                .collect(),
            lens: page.lens.iter().map(|id| &**id).collect(),
            aliases: page.aliases.iter().map(|alias| &**alias).collect(),
            fix: page.fixes.first().map(|_| if page.fixes.iter().any(|fix| fix.safe) { "safe" } else { "unsafe" }),
            since: &page.since,
        })
        .collect();
    serde_json::to_writer_pretty(escape::Json(&mut *out), &List { version: 1, policies })?;
    out.write_all(b"\n")
}

/// The page of a policy under a head that says what the front matter holds.
#[must_use]
pub fn explain(page: &Page, look: Look) -> String {
    let (bold, reset) = if look.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut head = format!("{bold}{}{reset}: {}\n\n", page.name, page.title);
    let _ = write!(
        head,
        "{} severity, {} confidence, profile {}, pillar {}",
        page.severity, page.confidence, page.profile, page.pillar
    );
    if page.production_only {
        head.push_str("; about production only");
    }
    head.push('\n');
    for (what, list) in [("Lens", &page.lens), ("also known as", &page.aliases)] {
        if !list.is_empty() {
            let list: Vec<&str> = list.iter().map(|one| &**one).collect();
            head.push_str(
                &page::render(&format!("{what}: {}", list.join(", ")).replace('*', "\u{2217}"), look)
                    .replace('\u{2217}', "*"),
            );
        }
    }
    if !page.options.is_empty() {
        head.push_str("options:\n");
        for option in page.options.iter() {
            head.push_str(&page::render(&format!("- {} ({}): {}", option.name, option.ty, option.doc), look));
        }
    }
    format!("{head}\n{}", page::render(&page.text, look).trim_start())
}

/// The same as Markdown, for editors and sites.
#[must_use]
pub fn explain_markdown(page: &Page) -> String {
    let mut head = format!("# {}\n\n", escape::markdown(&page.title));
    let _ = write!(
        head,
        "`{}` · {} severity · {} confidence · profile {} · {}",
        page.name, page.severity, page.confidence, page.profile, page.pillar
    );
    if page.production_only {
        head.push_str(" · about production only");
    }
    head.push('\n');
    let names = |list: &[Cow<'static, str>]| list.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
    if !page.lens.is_empty() {
        let _ = writeln!(head, "\nLens: {}", names(&page.lens));
    }
    if !page.options.is_empty() {
        head.push_str("\n## Options\n\n");
        for option in page.options.iter() {
            let _ = writeln!(head, "- `{}` ({}): {}", option.name, option.ty, escape::markdown(&option.doc));
        }
    }
    let mut text = format!("{head}\n{}", page::markdown(&page.text).trim_start());
    // What other tools call it comes last: there are many of them, and few readers look for one.
    if !page.aliases.is_empty() {
        let _ = writeln!(text, "\n## Also known as\n\n{}", names(&page.aliases));
    }
    text
}

/// The page of what the triage itself finds, as Markdown.
#[must_use]
pub fn unused_suppression_markdown() -> String {
    let (title, rest) = UNUSED_SUPPRESSION_PAGE.split_once('\n').unwrap_or((UNUSED_SUPPRESSION_PAGE, ""));
    let lines = rest.lines().map(|line| match line {
        "What it means" | "Why it matters" | "What to do" => format!("## {line}\n"),
        _ => format!("{line}\n"),
    });
    format!("# {title}\n{}", lines.collect::<String>())
}

/// Pages in the order of the pillars, each pillar's by name.
fn by_pillar<'p>(pages: &[&'p Page]) -> Vec<(&'p str, Vec<&'p Page>)> {
    let rank = |pillar: &str| PILLARS.iter().position(|known| *known == pillar).unwrap_or(PILLARS.len());
    let mut sorted = pages.to_vec();
    sorted.sort_by(|a, b| (rank(&a.pillar), &a.pillar, &a.name).cmp(&(rank(&b.pillar), &b.pillar, &b.name)));
    let mut groups: Vec<(&str, Vec<&Page>)> = Vec::new();
    for page in sorted {
        match groups.last_mut() {
            Some((pillar, group)) if *pillar == page.pillar => group.push(page),
            _ => groups.push((&page.pillar, vec![page])),
        }
    }
    groups
}
