//! Changes of texts in the form of the protocol.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types::{TextEdit, Uri, WorkspaceEdit};
use serde_json::{Value, json};

use super::client::Client;
use super::places::Places;
use super::position::{Encoding, Lines};
use crate::finding::Edit;

/// What changes in one file.
#[derive(Clone, Debug)]
pub struct FileEdit {
    pub uri: Uri,
    /// The version of the document that the edits are for, where it is open.
    pub version: Option<i32>,
    pub edits: Vec<TextEdit>,
    /// The file is not there yet.
    pub is_new: bool,
}

/// Edits in the client's form, for the versions that it has.
#[must_use]
pub fn of_spans(edits: &[Edit], places: &Places<'_>, client: Client) -> Option<WorkspaceEdit> {
    let mut by_file: BTreeMap<PathBuf, FileEdit> = BTreeMap::new();
    for edit in edits {
        let (placed, range) = places.range(edit.span)?;
        let entry = by_file.entry(placed.path.clone()).or_insert_with(|| FileEdit {
            uri: placed.uri.clone(),
            version: placed.version,
            edits: Vec::new(),
            is_new: false,
        });
        entry.edits.push(TextEdit { range, new_text: edit.text.clone() });
    }
    Some(workspace_edit(by_file.into_values().collect(), client))
}

/// Edits of some files in the client's form.
#[must_use]
pub fn workspace_edit(files: Vec<FileEdit>, client: Client) -> WorkspaceEdit {
    if !client.document_changes {
        let changes = files.into_iter().map(|file| (file.uri, file.edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let mut changes: Vec<Value> = Vec::new();
    for file in files {
        if file.is_new {
            changes.push(json!({ "kind": "create", "uri": file.uri, "options": { "ignoreIfExists": true } }));
        }
        changes.push(json!({
            "textDocument": { "uri": file.uri, "version": file.version }, "edits": file.edits,
        }));
    }
    serde_json::from_value(json!({ "documentChanges": changes })).unwrap_or_default()
}

/// The edits that make one text of another: a piece for each run of lines that differ.
#[must_use]
pub fn differences(before: &str, after: &str, lines: &Lines, encoding: Encoding) -> Vec<TextEdit> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let mut edits = Vec::new();
    let (mut at, mut offset, mut next) = (0, 0, 0);
    while at < old.len() || next < new.len() {
        if at < old.len() && old.get(at) == new.get(next) {
            offset += old.get(at).map_or(0, |line| line.len());
            (at, next) = (at + 1, next + 1);
            continue;
        }
        let (gone, come) = apart(old.get(at..).unwrap_or_default(), new.get(next..).unwrap_or_default());
        let start = offset;
        offset += old.iter().skip(at).take(gone).map(|line| line.len()).sum::<usize>();
        let new_text: String = new.iter().skip(next).take(come).copied().collect();
        edits.push(TextEdit { range: lines.range(before, start, offset, encoding), new_text });
        (at, next) = (at + gone, next + come);
    }
    edits
}

/// How many lines of each side belong to a difference: up to the nearest pair of lines that are the same again, two in a
/// row where the text goes on.
fn apart(old: &[&str], new: &[&str]) -> (usize, usize) {
    const FARTHEST: usize = 200;
    let same = |a: usize, b: usize| match (old.get(a), new.get(b)) {
        (Some(one), Some(other)) => one == other && old.get(a + 1) == new.get(b + 1),
        (None, None) => true,
        _ => false,
    };
    for sum in 1..FARTHEST {
        for gone in 0..=sum {
            if gone <= old.len() && sum - gone <= new.len() && same(gone, sum - gone) {
                return (gone, sum - gone);
            }
        }
    }
    (old.len(), new.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apply(before: &str, edits: &[TextEdit], lines: &Lines) -> String {
        let mut text = before.to_owned();
        for edit in edits.iter().rev() {
            let place = |position| lines.offset(before, position, Encoding::Utf16);
            text.replace_range(place(edit.range.start)..place(edit.range.end), &edit.new_text);
        }
        text
    }

    #[test]
    fn only_the_lines_that_differ_are_replaced() {
        let (before, after) = ("a\nb\nc\nd\ne\n", "a\nB\nc\nd\nnew\ne\n");
        let edits = differences(before, after, &Lines::new(before, 0), Encoding::Utf16);
        assert_eq!(edits.iter().map(|edit| edit.new_text.as_str()).collect::<Vec<_>>(), ["B\n", "new\n"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_edits_make_the_other_text(before in "([ab🦀]{0,2}\r?\n){0,8}[ab]{0,2}", after in "([ab🦀]{0,2}\r?\n){0,8}[ab]{0,2}") {
            let lines = Lines::new(&before, 0);
            let edits = differences(&before, &after, &lines, Encoding::Utf16);
            prop_assert_eq!(apply(&before, &edits, &lines), after);
        }
    }
}
