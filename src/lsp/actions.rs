//! Code actions: what can be done about a finding.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types::{
    CodeAction, CodeActionKind, DocumentChange, Edit, OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use super::client::Client;
use super::places::Places;
use crate::analysis::Analysis;
use crate::finding::{self, Finding, Status};

/// Whether two ranges have a place in common; an end that touches counts.
#[must_use]
pub fn meets(a: Range, b: Range) -> bool {
    let key = |position: gen_lsp_types::Position| (position.line, position.character);
    key(a.start) <= key(b.end) && key(b.start) <= key(a.end)
}

/// The active findings whose place in a file meets a range.
pub fn findings_at<'a>(
    analysis: &'a Analysis,
    places: &'a Places<'_>,
    path: &'a PathBuf,
    range: Range,
) -> impl Iterator<Item = (&'a Finding, Range)> {
    analysis.findings.iter().filter(|finding| finding.status == Status::Active).filter_map(move |finding| {
        let (placed, place) = places.range(finding.primary.span)?;
        (placed.path == *path && meets(place, range)).then_some((finding, place))
    })
}

/// The fix of a finding as an action.
#[must_use]
pub fn fix(finding: &Finding, places: &Places<'_>, client: Client) -> Option<CodeAction> {
    let fix = finding.fix.as_ref()?;
    let edit = edit(&fix.edits, places, client)?;
    let title = if fix.safe { fix.title.clone() } else { format!("{} (unsafe)", fix.title) };
    Some(CodeAction {
        title,
        kind: Some(CodeActionKind::QuickFix),
        is_preferred: (client.is_preferred && fix.safe).then_some(true),
        edit: Some(edit),
        ..CodeAction::default()
    })
}

/// Edits in the client's form, for the versions that it has.
#[must_use]
pub fn edit(edits: &[finding::Edit], places: &Places<'_>, client: Client) -> Option<WorkspaceEdit> {
    let mut by_file: BTreeMap<PathBuf, (Uri, Option<i32>, Vec<TextEdit>)> = BTreeMap::new();
    for edit in edits {
        let (placed, range) = places.range(edit.span)?;
        let entry =
            by_file.entry(placed.path.clone()).or_insert_with(|| (placed.uri.clone(), placed.version, Vec::new()));
        entry.2.push(TextEdit { range, new_text: edit.text.clone() });
    }
    Some(of_files(by_file.into_values(), client))
}

/// Edits of some files in the client's form.
#[must_use]
pub fn of_files(files: impl Iterator<Item = (Uri, Option<i32>, Vec<TextEdit>)>, client: Client) -> WorkspaceEdit {
    if !client.document_changes {
        let changes = files.map(|(uri, _, edits)| (uri, edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes = files.map(|(uri, version, edits)| {
        let text_document_identifier = TextDocumentIdentifier { uri };
        DocumentChange::TextDocumentEdit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { version, text_document_identifier },
            edits: edits.into_iter().map(Edit::TextEdit).collect(),
        })
    });
    WorkspaceEdit { document_changes: Some(changes.collect()), ..WorkspaceEdit::default() }
}
