//! Suppressions for findings that are there: comments, metadata, or entries of the configuration, as edits.
//!
//! Takes findings and a reason, gives the edits that put one comment for all policies on each resource, in the form
//! that its file has. Nothing is written here.

use std::path::Path;
use std::sync::Arc;

use super::triage::Date;
use super::{Edit, Finding};
use crate::source::{SourceFile, Sources, Span};
use crate::syntax::edit::{Editable, Term};

/// What a suppression says.
#[derive(Clone, Debug)]
pub struct Reason<'r> {
    pub text: &'r str,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Suppressed {
    pub edits: Vec<Edit>,
    /// How many findings the edits suppress.
    pub count: usize,
    /// Findings for which there is no place for a comment: by index.
    pub left: Vec<usize>,
}

/// Comments on the resources of findings. `is_own` tells the user's own files from installed modules: what lies in
/// the latter is suppressed at the call.
#[must_use]
pub fn comments(
    sources: &Sources,
    findings: &[&Finding],
    reason: &Reason<'_>,
    is_own: &dyn Fn(Span) -> bool,
) -> Suppressed {
    let mut out = Suppressed::default();
    // The findings of one resource share a comment.
    let mut groups: Vec<(Span, Vec<usize>)> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let anchor = finding.anchors.iter().copied().find(|anchor| is_own(*anchor));
        match anchor {
            None => out.left.push(index),
            Some(anchor) => match groups.iter_mut().find(|(known, _)| *known == anchor) {
                Some((_, indices)) => indices.push(index),
                None => groups.push((anchor, vec![index])),
            },
        }
    }
    for (anchor, indices) in groups {
        let mut policies: Vec<&str> =
            indices.iter().filter_map(|index| findings.get(*index)).map(|finding| finding.policy.as_str()).collect();
        policies.sort_unstable();
        policies.dedup();
        let file = sources.get(anchor.file).and_then(|file| Editable::of(&file));
        match file.and_then(|file| on(&file, anchor, &policies, reason)) {
            Some(edits) => {
                out.edits.extend(edits);
                out.count += indices.len();
            }
            None => out.left.extend(indices),
        }
    }
    out.left.sort_unstable();
    out
}

/// The suppression of some policies on one resource or call.
fn on(file: &Editable, anchor: Span, policies: &[&str], reason: &Reason<'_>) -> Option<Vec<Edit>> {
    let until = reason.until.map(|until| format!(" until {until}")).unwrap_or_default();
    // A comment is one line.
    let text: Vec<&str> = reason.text.split_whitespace().collect();
    let comment = format!("dynalens: ignore[{}] {}{until}", policies.join(", "), text.join(" "));
    if let Some(edit) = file.comment(anchor, &comment) {
        return Some(vec![edit]);
    }
    let name = match policies {
        [one] => Term::Text((*one).to_owned()),
        many => Term::List(many.iter().map(|one| Term::Text((*one).to_owned())).collect()),
    };
    let mut entry = vec![("policy".to_owned(), name), ("reason".to_owned(), Term::Text(text.join(" ")))];
    if let Some(until) = reason.until {
        entry.push(("until".to_owned(), Term::Text(until.to_string())));
    }
    file.item_below(anchor, &["Metadata", "dynalens", "ignore"], &Term::Map(entry))
}

/// Entries of `suppressions` in a configuration file. `relative` gives a path as the configuration writes it.
///
/// `None` where the file can't be changed: its `suppressions` are no list, or it can't be parsed.
#[must_use]
pub fn configuration(
    file: &Arc<SourceFile>,
    sources: &Sources,
    findings: &[&Finding],
    reason: &Reason<'_>,
    relative: &dyn Fn(&Path) -> String,
) -> Option<String> {
    let mut text = file.text().to_owned();
    for entry in entries(sources, findings, reason, relative) {
        let now = Arc::new(SourceFile::new(file.id, file.path.clone(), text.as_str()));
        if text.trim().is_empty() {
            "suppressions:\n".clone_into(&mut text);
            text.push_str(&line(&entry)?);
            continue;
        }
        let editable = Editable::of(&now).filter(Editable::is_sound)?;
        let edits = editable.item_below(Span::new(file.id, 0, 0), &["suppressions"], &entry)?;
        text = crate::syntax::edit::apply(&text, &edits)?;
    }
    Some(text)
}

/// The first entry of a new file.
fn line(entry: &Term) -> Option<String> {
    let Term::Map(fields) = entry else { return None };
    let field = |(name, term): &(String, Term)| match term {
        Term::Text(text) => Some(format!("{name}: {}", serde_json::to_string(text).ok()?)),
        Term::List(items) => {
            let items: Option<Vec<&str>> =
                items.iter().map(|item| if let Term::Text(text) = item { Some(text.as_str()) } else { None }).collect();
            Some(format!("{name}: [{}]", items?.join(", ")))
        }
        _ => None,
    };
    let fields: Option<Vec<String>> = fields.iter().map(field).collect();
    Some(format!("  - {}\n", fields?.join("\n    ")))
}

/// One entry for the policies of each address and file.
fn entries(
    sources: &Sources,
    findings: &[&Finding],
    reason: &Reason<'_>,
    relative: &dyn Fn(&Path) -> String,
) -> Vec<Term> {
    let mut groups: Vec<(String, String, Vec<&str>)> = Vec::new();
    for finding in findings {
        let path = sources.get(finding.primary.span.file).map(|file| relative(&file.path)).unwrap_or_default();
        let address = finding.resource.address.clone();
        match groups.iter_mut().find(|(known, file, _)| *known == address && *file == path) {
            Some((_, _, policies)) if policies.contains(&finding.policy.as_str()) => {}
            Some((_, _, policies)) => policies.push(&finding.policy),
            None => groups.push((address, path, vec![&finding.policy])),
        }
    }
    groups
        .into_iter()
        .map(|(address, path, policies)| {
            let name = match policies.as_slice() {
                [one] => Term::Text((*one).to_owned()),
                many => Term::List(many.iter().map(|one| Term::Text((*one).to_owned())).collect()),
            };
            let mut entry = vec![
                ("policy".to_owned(), name),
                ("address".to_owned(), Term::Text(address)),
                ("path".to_owned(), Term::Text(path)),
                ("reason".to_owned(), Term::Text(reason.text.to_owned())),
            ];
            if let Some(until) = reason.until {
                entry.push(("until".to_owned(), Term::Text(until.to_string())));
            }
            Term::Map(entry)
        })
        .collect()
}
