//! What the findings at a place say, in short.

use std::fmt::Write;
use std::path::Path;

use crate::finding::Finding;
use crate::policy::page::sections;
use crate::report::documentation;
use crate::source::Span;

use super::markdown::{code, link, prose};
use super::{Seen, holds};

/// Of how many findings at one place the page's first paragraph is shown.
const MOST_EXPLAINED: usize = 3;

/// How many findings at one place are told.
const MOST_TOLD: usize = 12;

/// The findings at a place in Markdown, and the smallest of their spans.
pub(super) fn at(seen: &Seen<'_>, path: &Path, offset: u32) -> Option<(String, Span)> {
    let file = seen.sources.find(path)?.id;
    let mut here: Vec<&Finding> =
        seen.findings_in(path).filter(|finding| holds(finding.primary.span, file, offset)).collect();
    here.sort_by(|a, b| {
        (b.severity, b.confidence, &a.policy, &a.message).cmp(&(a.severity, a.confidence, &b.policy, &b.message))
    });
    let span = here.iter().map(|finding| finding.primary.span).min_by_key(|span| span.len())?;
    let mut blocks: Vec<String> = Vec::new();
    let mut explained: Vec<&str> = Vec::new();
    for finding in here.iter().take(MOST_TOLD) {
        let mut block = format!("**{}** {}: {}", finding.severity, policy_link(seen, finding), prose(&finding.message));
        if let Some(case) = &finding.case {
            let _ = write!(block, ", when {}", prose(case));
        }
        if explained.len() < MOST_EXPLAINED
            && !explained.contains(&finding.policy.as_str())
            && let Some(paragraph) = explanation(seen, &finding.policy)
        {
            explained.push(&finding.policy);
            block.push_str("\n\n");
            block.push_str(&paragraph);
        }
        if let Some(help) = &finding.help {
            let _ = write!(block, "\n\n*To do:* {}", prose(help));
        }
        blocks.push(block);
    }
    if here.len() > MOST_TOLD {
        blocks.push(format!("and {} more findings here", here.len() - MOST_TOLD));
    }
    Some((blocks.join("\n\n"), span))
}

/// The policy's name, as a link to what it rests on.
fn policy_link(seen: &Seen<'_>, finding: &Finding) -> String {
    let target = seen.pack.get(&finding.policy).and_then(|page| documentation(&page.text));
    link(&code(&finding.policy), target.as_deref())
}

/// The first paragraph of a policy's page, which says what it means; in Markdown as its author wrote it.
pub(super) fn explanation(seen: &Seen<'_>, policy: &str) -> Option<String> {
    let page = seen.pack.get(policy)?;
    let section = sections(&page.text).into_iter().find(|section| section.title == "What it means")?;
    let paragraph = section.text.trim().split("\n\n").next()?.trim();
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
