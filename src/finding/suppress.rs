//! Suppressions for findings that are there: comments, metadata, or entries of the configuration, as edits.
//!
//! Takes findings and a reason, gives the edits that put one comment for all policies on each resource, in the form
//! that its file has. Nothing is written here.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::triage::Date;
use super::{Edit, Finding};
use crate::source::{FileId, SourceFile, Sources, Span};
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
    let mut known: FxHashMap<Span, usize> = FxHashMap::default();
    for (index, finding) in findings.iter().enumerate() {
        let anchor = finding.anchors.iter().copied().find(|anchor| is_own(*anchor));
        match anchor {
            None => out.left.push(index),
            Some(anchor) => match known.get(&anchor).and_then(|at| groups.get_mut(*at)) {
                Some((_, indices)) => indices.push(index),
                None => {
                    known.insert(anchor, groups.len());
                    groups.push((anchor, vec![index]));
                }
            },
        }
    }
    let mut files: FxHashMap<FileId, Option<Editable>> = FxHashMap::default();
    for (anchor, indices) in groups {
        let mut policies: Vec<&str> =
            indices.iter().filter_map(|index| findings.get(*index)).map(|finding| finding.policy.as_str()).collect();
        policies.sort_unstable();
        policies.dedup();
        let file = files.entry(anchor.file).or_insert_with(|| Editable::of(&sources.get(anchor.file)?));
        match file.as_ref().and_then(|file| on(file, anchor, &policies, reason)) {
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
    let entries = entries(sources, findings, reason, relative);
    let mut text = file.text().to_owned();
    let mut rest = entries.as_slice();
    let mut has_items = false;
    while let [entry, others @ ..] = rest {
        let now = Arc::new(SourceFile::new(file.id, file.path.clone(), text.as_str()));
        if text.trim().is_empty() {
            "suppressions:\n".clone_into(&mut text);
            text.push_str(&line(entry)?);
            rest = others;
            has_items = true;
            continue;
        }
        let editable = Editable::of(&now).filter(Editable::is_sound)?;
        let below = |entry: &Term| editable.item_below(Span::new(file.id, 0, 0), &["suppressions"], entry);
        // Where the list has items already, all entries go to the same place behind them.
        match has_items.then(|| together(rest.iter().map(below))).flatten() {
            Some(edit) => {
                text = crate::syntax::edit::apply(&text, [&edit])?;
                rest = &[];
            }
            None => {
                text = crate::syntax::edit::apply(&text, &below(entry)?)?;
                rest = others;
                has_items = true;
            }
        }
    }
    let after = Arc::new(SourceFile::new(file.id, file.path.clone(), text.as_str()));
    Editable::of(&after).is_some_and(|after| after.is_sound()).then_some(text)
}

/// Insertions at one place as one; nothing where they are anything else.
fn together(edits: impl Iterator<Item = Option<Vec<Edit>>>) -> Option<Edit> {
    let mut all: Option<Edit> = None;
    for edits in edits {
        let [edit] = <[Edit; 1]>::try_from(edits?).ok()?;
        match &mut all {
            _ if !edit.span.is_empty() || !edit.text.contains('\n') => return None,
            Some(all) if all.span == edit.span => all.text.push_str(&edit.text),
            Some(_) => return None,
            None => all = Some(edit),
        }
    }
    all
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
    let mut known: FxHashMap<(String, String), usize> = FxHashMap::default();
    for finding in findings {
        let path = sources.get(finding.primary.span.file).map(|file| relative(&file.path)).unwrap_or_default();
        let address = finding.resource.address.clone();
        let at = *known.entry((address.clone(), path.clone())).or_insert_with(|| {
            groups.push((address, path, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, _, policies)) = groups.get_mut(at)
            && !policies.contains(&finding.policy.as_str())
        {
            policies.push(&finding.policy);
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
