//! The body of a page: its sections, and the checks on them.

use super::examples::{Dialect, Expectation, examples};
use super::front_matter::range;
use super::{Mistake, Page};

/// A heading of the first level with what stands under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'t> {
    pub title: &'t str,
    /// Byte offset of the heading in the page.
    pub start: usize,
    /// The text under the heading.
    pub text: &'t str,
    /// Byte offset of `text` in the page.
    pub text_start: usize,
}

/// The sections of every page in their order; `Options` stands only where the page has options.
pub const SECTIONS: &[&str] = &["What it means", "Why it matters", "Examples", "Options", "Limits", "References"];

/// The sections of a page. Headings inside fenced code are code.
#[must_use]
pub fn sections(text: &str) -> Vec<Section<'_>> {
    let body = range(text).map_or(0, |(_, end)| end + text[end..].find('\n').map_or(text.len() - end, |line| line + 1));
    let mut found: Vec<Section<'_>> = Vec::new();
    let mut fence: Option<&str> = None;
    let mut at = body;
    for line in text[body..].split_inclusive('\n') {
        let trimmed = line.trim_end();
        if let Some(mark) = fence {
            if trimmed.trim_start() == mark {
                fence = None;
            }
        } else if trimmed.trim_start().starts_with("```") {
            let ticks = trimmed.trim_start();
            fence = Some(&ticks[..ticks.len() - ticks.trim_start_matches('`').len()]);
        } else if let Some(title) = trimmed.strip_prefix("# ") {
            if let Some(last) = found.last_mut() {
                last.text = &text[last.text_start..at];
            }
            let text_start = at + line.len();
            found.push(Section { title: title.trim(), start: at, text: &text[text_start..], text_start });
        }
        at += line.len();
    }
    found
}

/// Sections in order and not empty, examples of both kinds in each language that the policy can fail in.
pub(super) fn check(text: &str, page: &Page, mistakes: &mut Vec<Mistake>) {
    let found = sections(text);
    let wanted: Vec<&str> =
        SECTIONS.iter().copied().filter(|title| *title != "Options" || !page.options.is_empty()).collect();
    for section in &found {
        let end = section.text_start.min(text.len());
        let mut complain = |message: String, help: &str| {
            mistakes.push(Mistake { start: section.start, end, message, help: Some(help.to_owned()) });
        };
        if !wanted.contains(&section.title) {
            complain(
                format!("a page has no section `{}` here", section.title),
                &format!("the sections are {}", wanted.join(", ")),
            );
        } else if section.text.trim().is_empty() {
            complain(
                format!("section `{}` is empty", section.title),
                "write it, or a sentence that says why there is nothing to say",
            );
        }
    }
    let titles: Vec<&str> = found.iter().map(|section| section.title).filter(|title| wanted.contains(title)).collect();
    for title in &wanted {
        if !titles.contains(title) {
            mistakes.push(Mistake {
                start: text.len(),
                end: text.len(),
                message: format!("the page has no section `{title}`"),
                help: Some(format!("add `# {title}`")),
            });
        }
    }
    if wanted.iter().all(|title| titles.contains(title)) && titles != wanted {
        let start = found.first().map_or(text.len(), |section| section.start);
        let message = "the sections are not in their order".into();
        mistakes.push(Mistake {
            start,
            end: start,
            message,
            help: Some(format!("the order is {}", wanted.join(", "))),
        });
    }
    check_examples(text, page, mistakes);
}

fn check_examples(text: &str, page: &Page, mistakes: &mut Vec<Mistake>) {
    let list = examples(text, mistakes);
    let start = sections(text).iter().find(|section| section.title == "Examples").map_or(text.len(), |one| one.start);
    for dialect in page.dialects() {
        for (expectation, heading) in [(Expectation::Fails, "Fails"), (Expectation::Passes, "Passes")] {
            if !list.iter().any(|example| example.dialect == dialect && example.expectation == expectation) {
                mistakes.push(Mistake {
                    start,
                    end: start,
                    message: format!("there is no example in {} under a `## {heading}: ...` heading", dialect.name()),
                    help: Some(format!(
                        "add one, or name the languages that can fail: `languages: [{}]`",
                        others(dialect)
                    )),
                });
            }
        }
    }
    for example in &list {
        let marks: usize = example.files.iter().map(|file| file.marks.len()).sum();
        let (mistake, help) = match (example.expectation, marks) {
            (Expectation::Fails, 0) => (
                "a failing example marks the characters that the finding points at",
                "put a comment line with carets below them: `# ^^^^^`",
            ),
            (Expectation::Passes | Expectation::Undetermined, 1..) => {
                ("only failing examples have marks", "remove the comment line with the carets")
            }
            _ => continue,
        };
        let (start, end) = (example.start, example.end);
        mistakes.push(Mistake { start, end, message: mistake.into(), help: Some(help.into()) });
    }
    for example in &list {
        for (name, _) in &example.options {
            if page.option(name).is_none() {
                let message = format!("the page has no option `{name}`");
                let (start, end) = (example.start, example.end);
                mistakes.push(Mistake { start, end, message, help: None });
            }
        }
    }
}

fn others(dialect: Dialect) -> String {
    let others: Vec<&str> = Dialect::ALL.iter().filter(|other| **other != dialect).map(|other| other.name()).collect();
    others.join(", ")
}
