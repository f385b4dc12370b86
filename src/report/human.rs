//! The report for people: a picture of each finding with its evidence, drawn by miette.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use rayon::prelude::*;

use super::escape::one_line;
use super::place::Places;
use super::problems;
use super::snippet::Shown;
use super::summary;
use crate::analysis::Analysis;
use crate::finding::{Finding, Label, Status};
use crate::policy::Severity;
use crate::resource::{Problem, ProblemKind};
use crate::source::{FileId, FileKind};

/// How the report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub color: bool,
    /// In columns.
    pub width: usize,
    /// Whether names may be links that a terminal opens.
    pub links: bool,
    /// Whether findings that are suppressed are shown, too.
    pub suppressed: bool,
}

/// Writes problems, active findings by their resources, and the summary.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, look: Look, out: &mut dyn Write) -> io::Result<()> {
    pictures(analysis, look, out)?;
    out.write_all(summary::lines(analysis).as_bytes())
}

/// Writes problems and active findings without a summary.
///
/// # Errors
/// Those of the writer.
pub fn pictures(analysis: &Analysis, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let theme = if look.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_links(look.links)
        .without_syntax_highlighting()
        .with_context_lines(1);
    let places = Places::new(&analysis.sources);
    let shown = shown(analysis, &places);
    let files = Files { width: look.width, places: &places, shown: &shown };
    let problems::Selected { shown: selected, left_out } = problems::select(&analysis.problems);
    for (problem, more) in selected {
        let picture = files.problem(problem, more);
        show(&handler, &picture, out)?;
    }
    if left_out > 0 {
        let more = summary::plural(left_out, "more error or note").replace("error or notes", "errors and notes");
        writeln!(out, "{more}; `--format json` lists them\n")?;
    }
    let groups = by_resource(by_construct(&analysis.findings));
    let group = |files: &Files<'_>, at: usize, out: &mut dyn Write| {
        let before = at.checked_sub(1).and_then(|before| groups.get(before)?.first());
        let construct = before.and_then(|finding| finding.resource.construct.as_deref());
        match groups.get(at) {
            Some(group) => draw_group(analysis, look, &handler, files, group, construct, out),
            None => Ok(()),
        }
    };
    if groups.len() < MANY {
        for at in 0..groups.len() {
            group(&files, at, out)?;
        }
    } else {
        // Drawing takes longer than all else that is done with a finding. What is drawn at once is bounded.
        for start in (0..groups.len()).step_by(PORTION * AT_ONCE) {
            let end = groups.len().min(start + PORTION * AT_ONCE);
            let portions: Vec<usize> = (start..end).step_by(PORTION).collect();
            let drawn: Vec<io::Result<Vec<u8>>> = portions
                .into_par_iter()
                .map(|start| {
                    let places = Places::new(&analysis.sources);
                    let files = Files { width: look.width, places: &places, shown: &shown };
                    let mut drawn = Vec::new();
                    (start..end.min(start + PORTION)).try_for_each(|at| group(&files, at, &mut drawn))?;
                    Ok(drawn)
                })
                .collect();
            for portion in drawn {
                out.write_all(&portion?)?;
            }
        }
    }
    if look.suppressed {
        suppressed(analysis, &places, out)?;
    }
    Ok(())
}

/// From so many resources with findings on, they are drawn on all cores.
const MANY: usize = 256;

/// How many resources are drawn by one core before it asks for more.
const PORTION: usize = 32;

/// How many portions are drawn before they are written.
const AT_ONCE: usize = 64;

/// The files of all that is drawn.
fn shown(analysis: &Analysis, places: &Places<'_>) -> BTreeMap<FileId, Shown> {
    let findings = analysis.findings.iter().filter(|finding| finding.status == Status::Active);
    let labels = findings.flat_map(|finding| std::iter::once(&finding.primary).chain(&finding.related));
    let problems = analysis.problems.iter().filter_map(|problem| problem.span);
    let files: BTreeSet<FileId> = labels.map(|label| label.span.file).chain(problems.map(|span| span.file)).collect();
    let shown = files.into_iter().filter_map(|id| {
        let file = places.file(id)?;
        let secrets = places.concealed(&file);
        Some((id, Shown::new(file, &secrets)))
    });
    shown.collect()
}

/// The findings of one resource, below its name, and below that of its construct where the resource before has
/// another one.
fn draw_group(
    analysis: &Analysis,
    look: Look,
    handler: &GraphicalReportHandler,
    files: &Files<'_>,
    group: &[&Finding],
    construct_before: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let (bold, dim, reset) = if look.color { ("\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m") } else { ("", "", "") };
    if let Some(path) = first.resource.construct.as_deref().filter(|path| Some(*path) != construct_before) {
        writeln!(out, "construct {}\n", one_line(path))?;
    }
    let (address, kind) = (one_line(&first.resource.address), one_line(&first.resource.kind));
    writeln!(out, "{bold}{address}{reset} {dim}({kind}){reset}\n")?;
    for finding in group {
        let mut picture = files.finding(finding);
        picture.url = look.links.then(|| documentation(analysis, &finding.policy)).flatten();
        show(handler, &picture, out)?;
    }
    Ok(())
}

/// The active findings in their order, those of one construct of the CDK together: a synthesised template has it in
/// pieces.
fn by_construct(findings: &[Finding]) -> Vec<&Finding> {
    let mut first: BTreeMap<(FileId, &str), usize> = BTreeMap::new();
    let mut placed: Vec<(usize, &Finding)> = Vec::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.status == Status::Active) {
        let place = match &finding.resource.construct {
            Some(path) => *first.entry((finding.primary.span.file, path)).or_insert(at),
            None => at,
        };
        placed.push((place, finding));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, finding)| finding).collect()
}

/// A picture and what belongs to it, and an empty line.
fn show(handler: &GraphicalReportHandler, picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    draw(handler, picture, &mut text)?;
    out.write_all(text.trim_start_matches('\n').as_bytes())?;
    // What miette nests, it also wraps, pictures included: related diagnostics are drawn one by one.
    for related in &picture.related {
        draw(handler, related, &mut text)?;
        for line in text.lines() {
            writeln!(out, "{}{line}", if line.is_empty() { "" } else { "  " })?;
        }
    }
    out.write_all(b"\n")
}

/// The findings of each resource, resources in the order of their first findings.
fn by_resource(findings: Vec<&Finding>) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for finding in findings {
        // Equal addresses in different projects are different resources.
        let file = finding.anchors.first().map(|anchor| anchor.file);
        let resource = &finding.resource;
        let key = (resource.construct.as_deref(), file, [resource.address.as_str(), resource.kind.as_str()]);
        let index = *known.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(index) {
            group.push(finding);
        }
    }
    groups
}

/// A line for each suppressed finding.
fn suppressed(analysis: &Analysis, places: &Places<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut any = false;
    for finding in &analysis.findings {
        let Status::Suppressed { kind, reason } = &finding.status else { continue };
        if !any {
            writeln!(out, "suppressed:")?;
            any = true;
        }
        let start = places.range(finding.primary.span).start;
        let path = places.path(finding.primary.span);
        let (path, address) = (one_line(&path), one_line(&finding.resource.address));
        let (line, column, policy) = (start.line, start.column, &finding.policy);
        writeln!(out, "  {path}:{line}:{column}: {policy} `{address}` ({}): {}", kind.name(), one_line(reason))?;
    }
    if any { writeln!(out) } else { Ok(()) }
}

/// The page that a policy rests on: the first one among its references.
#[must_use]
pub fn documentation(analysis: &Analysis, policy: &str) -> Option<String> {
    let page = analysis.pack.get(policy)?;
    super::documentation(&page.text)
}

fn draw(handler: &GraphicalReportHandler, picture: &Picture, text: &mut String) -> io::Result<()> {
    text.clear();
    handler.render_report(text, picture).map_err(io::Error::other)
}

/// The files of a report, as they are shown.
struct Files<'a> {
    /// In columns.
    width: usize,
    places: &'a Places<'a>,
    shown: &'a BTreeMap<FileId, Shown>,
}

impl Files<'_> {
    fn get(&self, id: FileId) -> Option<Shown> {
        self.shown.get(&id).cloned()
    }

    fn finding(&self, finding: &Finding) -> Picture {
        let mut message = one_line(&finding.message).into_owned();
        if let Some(case) = &finding.case {
            message.push_str(" when ");
            message.push_str(&one_line(case));
        }
        let mut picture = self.picture(&finding.primary, &finding.related);
        let start = self.places.range(finding.primary.span).start;
        let path = self.places.path(finding.primary.span);
        let place = format!("{}:{}:{}", one_line(&path), start.line, start.column);
        picture.code = Some(format!("{place}: {}: {}", finding.severity, finding.policy));
        picture.message = message;
        picture.severity = match finding.severity {
            Severity::High => miette::Severity::Error,
            Severity::Medium => miette::Severity::Warning,
            Severity::Low | Severity::Info => miette::Severity::Advice,
        };
        picture.help = finding.help.as_deref().map(|help| one_line(help).into_owned());
        picture
    }

    fn problem(&self, problem: &Problem, more: usize) -> Picture {
        // What can't be read of a file of values may be a secret.
        let values = |span: crate::source::Span| {
            let file = self.places.file(span.file);
            file.is_some_and(|file| FileKind::of_name(&file.path) == Some(FileKind::Variables))
        };
        let hidden = problem.span.filter(|span| values(*span));
        let mut picture = match problem.span {
            Some(span) if hidden.is_none() => self.picture(&Label { span, message: String::new() }, &[]),
            _ => Picture::default(),
        };
        picture.message = match (&problem.path, problem.span) {
            (_, Some(span)) if hidden.is_some() => {
                let start = self.places.range(span).start;
                let path = self.places.path(span);
                format!("{}:{}:{}: {}", one_line(&path), start.line, start.column, one_line(&problem.message))
            }
            (Some(path), None) => {
                format!("{}: {}", one_line(&path.to_string_lossy().replace('\\', "/")), one_line(&problem.message))
            }
            _ => one_line(&problem.message).into_owned(),
        };
        picture.message.push_str(&problems::elsewhere(more));
        let (code, severity) = match problem.kind {
            ProblemKind::Error => ("error", miette::Severity::Error),
            ProblemKind::Note => ("note", miette::Severity::Advice),
            ProblemKind::Internal => ("internal error", miette::Severity::Error),
        };
        picture.code = Some(code.to_owned());
        picture.severity = severity;
        picture.help = problem.help.as_deref().map(|help| one_line(help).into_owned());
        picture
    }

    /// The primary label with all that can be shown beside it, and the others below.
    fn picture(&self, primary: &Label, related: &[Label]) -> Picture {
        let mut picture = Picture::default();
        let Some(shown) = self.get(primary.span.file) else { return picture };
        // Labels at one place are one label.
        let mut beside: Vec<(crate::source::Span, String)> = vec![(primary.span, primary.message.clone())];
        let mut apart: Vec<&Label> = Vec::new();
        for label in related {
            if let Some((_, message)) = beside.iter_mut().find(|(span, _)| *span == label.span) {
                if message.is_empty() {
                    message.clone_from(&label.message);
                } else if !message.contains(&label.message) {
                    message.push_str("; ");
                    message.push_str(&label.message);
                }
            } else if label.span.file == primary.span.file && shown.fit_together(primary.span, label.span) {
                beside.push((label.span, label.message.clone()));
            } else {
                apart.push(label);
            }
        }
        for (index, (span, message)) in beside.iter().enumerate() {
            picture.labels.push(shown.label(*span, &one_line(message), index == 0, self.width));
        }
        picture.source = Some(shown);
        // The labels of each other file make one picture.
        let mut files: Vec<FileId> = Vec::new();
        for label in &apart {
            if !files.contains(&label.span.file) {
                files.push(label.span.file);
            }
        }
        // They stand a little to the right.
        let width = self.width.saturating_sub(2);
        for id in files {
            let Some(shown) = self.get(id) else { continue };
            let of_file: Vec<&Label> = apart.iter().copied().filter(|label| label.span.file == id).collect();
            let (message, labels) = match of_file.as_slice() {
                [only] => (only.message.clone(), vec![shown.label(only.span, "", true, width)]),
                several => (
                    format!("on the way, in {}", shown.name()),
                    several
                        .iter()
                        .map(|label| shown.label(label.span, &one_line(&label.message), false, width))
                        .collect(),
                ),
            };
            picture.related.push(Picture {
                message: one_line(&message).into_owned(),
                severity: miette::Severity::Advice,
                source: Some(shown),
                labels,
                ..Picture::default()
            });
        }
        picture
    }
}

/// What miette draws.
struct Picture {
    code: Option<String>,
    url: Option<String>,
    message: String,
    severity: miette::Severity,
    help: Option<String>,
    source: Option<Shown>,
    labels: Vec<LabeledSpan>,
    related: Vec<Picture>,
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            code: None,
            url: None,
            message: String::new(),
            severity: miette::Severity::Error,
            help: None,
            source: None,
            labels: Vec::new(),
            related: Vec::new(),
        }
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Picture {}

impl Diagnostic for Picture {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}
