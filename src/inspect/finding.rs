//! Why there are findings at a place, in short.
//!
//! Editors show the diagnostic with its sentence and its help right beside it: this says what that does not.

use std::fmt::Write;
use std::path::Path;

use crate::finding::Finding;
use crate::policy::page::sections;
use crate::report::documentation;
use crate::source::Span;

use super::markdown::{code, link, prose};
use super::{Seen, holds};

/// Of how many policies at one place the reason is told.
const MOST_EXPLAINED: usize = 3;

/// From how many bytes on a reason ends with its sentence.
const ENOUGH: usize = 120;

/// How many policies at one place are told.
const MOST_TOLD: usize = 12;

/// The policies of the findings at a place in Markdown, each with its reason, and the smallest of the spans.
pub(super) fn at(seen: &Seen<'_>, path: &Path, offset: u32) -> Option<(String, Span)> {
    let file = seen.sources.find(path)?.id;
    let mut here: Vec<&Finding> =
        seen.findings_in(path).filter(|finding| holds(finding.primary.span, file, offset)).collect();
    here.sort_by(|a, b| {
        (b.severity, b.confidence, &a.policy, &a.message).cmp(&(a.severity, a.confidence, &b.policy, &b.message))
    });
    let span = here.iter().map(|finding| finding.primary.span).min_by_key(|span| span.len())?;
    let mut blocks: Vec<String> = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for finding in here {
        let Some(page) = seen.pack.get(&finding.policy).filter(|_| !told.contains(&finding.policy.as_str())) else {
            continue;
        };
        told.push(&finding.policy);
        let name = link(&code(&finding.policy), documentation(&page.text).as_deref());
        let mut block = format!("**{}** {name}: {}", finding.severity, prose(&page.title));
        let reason = paragraph(&page.text, "Why it matters").or_else(|| paragraph(&page.text, "What it means"));
        if let Some(reason) = reason.filter(|_| told.len() <= MOST_EXPLAINED) {
            let _ = write!(block, "\n\n{}", beginning(&reason));
        }
        if told.len() <= MOST_TOLD {
            blocks.push(block);
        }
    }
    if told.len() > MOST_TOLD {
        blocks.push(format!("and {} other policies here", told.len() - MOST_TOLD));
    }
    (!blocks.is_empty()).then(|| (blocks.join("\n\n"), span))
}

/// The first sentences of a paragraph: enough to know why, and the link beside them leads to the rest.
fn beginning(paragraph: &str) -> &str {
    let ends = paragraph.match_indices(". ").map(|(at, _)| at + 1);
    // What goes on in small letters was no end: "e.g. a queue".
    let mut ends = ends.filter(|end| {
        let next = paragraph.get(end + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|next| next.is_uppercase() || next == '`')
    });
    ends.find(|end| *end >= ENOUGH).and_then(|end| paragraph.get(..end)).unwrap_or(paragraph)
}

/// The first paragraph of a section of a policy's page, in Markdown as its author wrote it.
pub(super) fn paragraph(page: &str, title: &str) -> Option<String> {
    let section = sections(page).into_iter().find(|section| section.title == title)?;
    let words: Vec<&str> = section.text.trim().split("\n\n").next()?.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
