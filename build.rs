//! Checks the pages under `policies/` and writes them into the binary.
//!
//! The pages are read with the same code that reads a user's own ones at run time (the modules below are those of
//! the crate), so a page with a typo, a field that the model does not have or a missing example does not build. What
//! comes out is Rust source: a static table of pages whose expressions are already checked programs, so that
//! start-up parses nothing.

// The modules serve the crate; the build needs a part of each.
#![allow(dead_code, unused_imports)]
#![allow(clippy::pedantic, clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

#[path = "src/model"]
mod model {
    pub mod schema;
}

#[path = "src/policy"]
mod policy {
    pub mod expression;
    pub mod level;
    pub mod nearest;
    pub mod page;
}

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use policy::expression::{Node, Piece, Program, Template};
use policy::page::{Assignment, Fix, Page, Scope};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=policies");
    println!("cargo:rerun-if-changed=src/model/schema");
    println!("cargo:rerun-if-changed=src/policy/expression");
    println!("cargo:rerun-if-changed=src/policy/page");
    println!("cargo:rerun-if-changed=src/policy/level.rs");
    println!("cargo:rerun-if-changed=src/policy/nearest.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let mut pages = Vec::new();
    let mut complaints = String::new();
    for path in files(&root.join("policies")) {
        let shown = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{shown}: {error}"));
        match Page::parse(&text) {
            Ok(page) => {
                let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                if page.name != stem {
                    let _ = writeln!(complaints, "{shown}:1: the page is named `{}`, not as its file", page.name);
                }
                if page.pillar != folder {
                    let _ = writeln!(complaints, "{shown}:1: the page's pillar is `{}`, not its folder", page.pillar);
                }
                pages.push((page, path));
            }
            Err(mistakes) => {
                for mistake in mistakes {
                    let before = &text[..mistake.start.min(text.len())];
                    let line = before.matches('\n').count() + 1;
                    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
                    let help = mistake.help.map(|help| format!(" ({help})")).unwrap_or_default();
                    let _ = writeln!(complaints, "{shown}:{line}:{column}: {}{help}", mistake.message);
                }
            }
        }
    }
    pages.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    for pair in pages.windows(2) {
        if pair[0].0.name == pair[1].0.name {
            let _ = writeln!(complaints, "policies: two pages are named `{}`", pair[0].0.name);
        }
    }
    for (page, path) in &pages {
        for other in page.gives_way_to.iter() {
            if !pages.iter().any(|(known, _)| known.name == *other) {
                let shown = path.strip_prefix(&root).unwrap_or(path).to_string_lossy();
                let names = pages.iter().map(|(known, _)| known.name.as_ref());
                let help = policy::nearest::nearest(other, names)
                    .map(|meant| format!(" (did you mean `{meant}`?)"))
                    .unwrap_or_default();
                // A page that is not written yet is no mistake of this one.
                if !help.is_empty() {
                    let _ = writeln!(complaints, "{shown}:1: it gives way to `{other}`, which is no policy{help}");
                }
            }
        }
    }
    if !complaints.is_empty() {
        for line in complaints.lines() {
            println!("cargo::error={line}");
        }
        std::process::exit(1);
    }
    let mut code = String::from("pub(super) static POLICIES: &[Page] = &[\n");
    for (page, path) in &pages {
        write_page(&mut code, page, path);
    }
    code.push_str("];\n");
    let target = out.join("policies.rs");
    if fs::read_to_string(&target).ok().as_deref() != Some(&code) {
        fs::write(target, code).expect("the build's own folder can be written");
    }
}

/// All pages below a folder, sorted; `README.md` documents the format and is no page.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("README.md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn write_page(code: &mut String, page: &Page, path: &Path) {
    let list = |items: &[std::borrow::Cow<'static, str>]| {
        let items: Vec<String> = items.iter().map(|item| text(item)).collect();
        borrowed(&items)
    };
    let _ = writeln!(code, "Page {{");
    let mut field = |name: &str, value: String| {
        let _ = writeln!(code, "    {name}: {value},");
    };
    field("name", text(&page.name));
    field("title", text(&page.title));
    field("pillar", text(&page.pillar));
    field("severity", format!("Severity::{:?}", page.severity));
    field("confidence", format!("Confidence::{:?}", page.confidence));
    field("profile", format!("Profile::{:?}", page.profile));
    let subjects: Vec<String> = page.applies_to.iter().map(|subject| format!("Subject::{subject:?}")).collect();
    field("applies_to", borrowed(&subjects));
    let languages: Vec<String> = page.languages.iter().map(|dialect| format!("Dialect::{dialect:?}")).collect();
    field("languages", borrowed(&languages));
    field("scope", if page.scope == Scope::Stack { "Scope::Stack".into() } else { "Scope::Resource".into() });
    field("companion", optional(page.companion.as_ref().map(program)));
    field("elsewhere", page.elsewhere.to_string());
    field("production_only", page.production_only.to_string());
    field("non_production_only", page.non_production_only.to_string());
    let lets: Vec<String> =
        page.lets.iter().map(|(name, value)| format!("({}, {})", text(name), program(value))).collect();
    field("lets", borrowed(&lets));
    field("when", optional(page.when.as_ref().map(program)));
    field("require", program(&page.require));
    field("message", template(&page.message));
    field("help", optional(page.help.as_ref().map(template)));
    field("label", optional(page.label.as_ref().map(template)));
    field("blame", optional(page.blame.as_ref().map(program)));
    field("gives_way_to", list(&page.gives_way_to));
    field("needs_option", optional(page.needs_option.as_ref().map(|name| text(name))));
    let fixes: Vec<String> = page.fixes.iter().map(fix).collect();
    field("fixes", borrowed(&fixes));
    field("lens", list(&page.lens));
    field("aliases", list(&page.aliases));
    let options: Vec<String> = page
        .options
        .iter()
        .map(|option| {
            format!(
                "PolicyOption {{ name: {}, ty: {}, default: {}, doc: {} }}",
                text(&option.name),
                text(&option.ty),
                program(&option.default),
                text(&option.doc)
            )
        })
        .collect();
    field("options", borrowed(&options));
    field("since", text(&page.since));
    field("text", format!("Cow::Borrowed(include_str!({:?}))", path.to_string_lossy()));
    code.push_str("},\n");
}

fn text(text: &str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn borrowed(items: &[String]) -> String {
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}

fn optional(value: Option<String>) -> String {
    value.map_or_else(|| "None".into(), |value| format!("Some({value})"))
}

fn program(program: &Program) -> String {
    let nodes: Vec<String> = program.nodes.iter().map(node).collect();
    let lists: Vec<String> = program.lists.iter().map(u32::to_string).collect();
    let texts: Vec<String> = program.texts.iter().map(|one| text(one)).collect();
    format!(
        "Program {{ nodes: {}, lists: {}, texts: {}, locals: {} }}",
        borrowed(&nodes),
        borrowed(&lists),
        borrowed(&texts),
        program.locals
    )
}

fn node(node: &Node) -> String {
    // Names of variants and fields are those of the source; the enumerations inside need their type's name.
    match node {
        Node::Double(value) => format!("Node::Double(f64::from_bits({}))", value.to_bits()),
        Node::Compare(what, a, b) => format!("Node::Compare(Comparison::{what:?}, {a}, {b})"),
        Node::Arithmetic(what, a, b) => format!("Node::Arithmetic(Arithmetic::{what:?}, {a}, {b})"),
        Node::Each { what, list, local, body } => {
            format!("Node::Each {{ what: Each::{what:?}, list: {list}, local: {local}, body: {body} }}")
        }
        Node::Call { function, arguments } => {
            format!("Node::Call {{ function: Function::{function:?}, arguments: {arguments:?} }}")
        }
        other => format!("Node::{other:?}"),
    }
}

fn template(template: &Template) -> String {
    let pieces: Vec<String> = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(plain) => format!("Piece::Text({})", text(plain)),
            Piece::Value(value) => format!("Piece::Value({})", program(value)),
        })
        .collect();
    format!("Template {{ pieces: {} }}", borrowed(&pieces))
}

fn fix(fix: &Fix) -> String {
    let pairs = |list: &[Assignment]| {
        let items: Vec<String> =
            list.iter().map(|(path, value)| format!("({}, {})", text(path), program(value))).collect();
        borrowed(&items)
    };
    let leads_to: Vec<String> = fix.leads_to.iter().map(|name| text(name)).collect();
    let remove_items: Vec<String> = fix.remove_items.iter().map(program).collect();
    let remove: Vec<String> = fix.remove.iter().map(program).collect();
    let replace = fix.replace.iter().map(|one| {
        let part = optional(one.text.as_ref().map(|part| text(part)));
        format!("Replace {{ value: {}, text: {part}, by: {} }}", program(&one.value), program(&one.by))
    });
    let beside = fix
        .beside
        .iter()
        .map(|one| format!("Beside {{ value: {}, item: {} }}", program(&one.value), program(&one.item)));
    let write = fix.write.iter().map(|one| {
        let (resource, own, other) = (program(&one.resource), pairs(&one.cloudformation), pairs(&one.terraform));
        format!("Write {{ resource: {resource}, cloudformation: {own}, terraform: {other} }}")
    });
    let create =
        fix.create.iter().map(|one| format!("Create {{ kind: {}, set: {} }}", text(&one.kind), pairs(&one.set)));
    format!(
        "Fix {{ safe: {}, when: {}, title: {}, set: {}, insert: {}, remove: {}, remove_items: {}, replace: {}, beside: {}, write: {}, \
         create: {}, leads_to: {} }}",
        fix.safe,
        optional(fix.when.as_ref().map(program)),
        optional(fix.title.as_ref().map(template)),
        pairs(&fix.set),
        pairs(&fix.insert),
        borrowed(&remove),
        borrowed(&remove_items),
        borrowed(&replace.collect::<Vec<_>>()),
        borrowed(&beside.collect::<Vec<_>>()),
        borrowed(&write.collect::<Vec<_>>()),
        borrowed(&create.collect::<Vec<_>>()),
        borrowed(&leads_to),
    )
}
