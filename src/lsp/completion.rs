//! Completions: what [`crate::inspect::complete`] offers, in the form of the protocol.

use std::path::Path;

use gen_lsp_types::{CompletionItemKind, Position};
use serde_json::{Value, json};

use super::inspect::Question;
use crate::analysis::Analysis;
use crate::inspect::complete::{Completion, Item, ItemKind, complete, explained};
use crate::policy::Pack;

/// What a list is asked for without being told to.
pub const TRIGGERS: &[&str] = &["[", ",", ".", "{", "\"", " ", ":"];

/// `textDocument/completion`
#[must_use]
pub fn offer(question: &Question<'_>, position: Position) -> Value {
    let analysis = question.analysis();
    let path = question.path;
    let found = analysis.map(|(analysis, path)| policies_in(analysis, path)).unwrap_or_default();
    let built_in;
    let pack = match analysis {
        Some((analysis, _)) if !analysis.pack.is_empty() => &analysis.pack,
        _ => {
            built_in = Pack::built_in();
            &built_in
        }
    };
    let Completion { replace, items, incomplete } =
        complete(path, &question.document.text, question.offset(position), pack, &found);
    let range = question.range(replace);
    let items: Vec<Value> = items.into_iter().enumerate().map(|(index, one)| item(one, index, &json!(range))).collect();
    json!({ "isIncomplete": incomplete, "items": items })
}

/// `completionItem/resolve`: what a policy means, which would make long lists heavy.
#[must_use]
pub fn resolve(mut item: Value, pack: &Pack) -> Value {
    let policy = item.pointer("/data/policy").and_then(Value::as_str).and_then(|name| pack.get(name));
    if let (Some(page), Some(item)) = (policy, item.as_object_mut()) {
        item.insert("documentation".to_owned(), json!({ "kind": "markdown", "value": explained(page) }));
    }
    item
}

/// The policies that speak in a file.
fn policies_in<'a>(analysis: &'a Analysis, path: &Path) -> Vec<&'a str> {
    let Some(file) = analysis.sources.find(path) else { return Vec::new() };
    let mut names: Vec<&str> = analysis
        .active_findings()
        .filter(|finding| finding.primary.span.file == file.id)
        .map(|finding| finding.policy.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn item(item: Item, index: usize, range: &Value) -> Value {
    let kind = match item.kind {
        ItemKind::Policy => CompletionItemKind::Event,
        ItemKind::Key => CompletionItemKind::Property,
        ItemKind::Value => CompletionItemKind::EnumMember,
        ItemKind::Field => CompletionItemKind::Field,
        ItemKind::Function => CompletionItemKind::Function,
        ItemKind::Variable => CompletionItemKind::Variable,
        ItemKind::Keyword => CompletionItemKind::Keyword,
    };
    let mut form = json!({
        "label": item.label,
        "kind": kind,
        "sortText": format!("{index:05}"),
        "textEdit": { "range": range, "newText": item.insert },
    });
    if let Some(form) = form.as_object_mut() {
        if !item.detail.is_empty() {
            form.insert("detail".to_owned(), json!(item.detail));
        }
        if !item.filter.is_empty() {
            form.insert("filterText".to_owned(), json!(item.filter));
        }
        if !item.documentation.is_empty() {
            form.insert("documentation".to_owned(), json!({ "kind": "markdown", "value": item.documentation }));
        }
        if let Some(policy) = item.policy {
            form.insert("data".to_owned(), json!({ "policy": policy }));
        }
    }
    form
}
