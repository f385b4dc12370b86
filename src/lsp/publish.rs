//! What the client is told of each file: pushed when it changes, or given when the client asks.
//!
//! A client that asks for diagnostics is not sent those of its open documents as well, or it would show them twice; it is
//! told to ask again when another file's edit has changed them. Files that are not open are pushed all the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::{Diagnostic, DocumentDiagnosticParams, PublishDiagnosticsParams, WorkspaceDiagnosticParams};
use serde_json::{Value, json};

use super::diagnostics;
use super::places::Places;
use super::server::Server;
use super::uri;
use crate::source::lexical;

impl Server {
    /// Works out what there is to tell, and tells what is new.
    pub(super) fn publish(&mut self) {
        let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
        let documents = &self.workspace.documents;
        for (root, session) in self.workspace.sessions() {
            let analysis = session.analysis();
            let places = Places::new(documents, root, &analysis.sources, self.client.encoding);
            let undetermined = self.workspace.settings.undetermined;
            for (path, list) in diagnostics::of_analysis(analysis, &places, self.client, undetermined) {
                match found.get_mut(&path) {
                    // Two configurations may lead to one file.
                    Some(known) => {
                        known.extend(list.into_iter().filter(|one| !known.contains(one)).collect::<Vec<_>>());
                    }
                    None => drop(found.insert(path, list)),
                }
            }
        }
        let before = std::mem::replace(&mut self.found, found);
        let edited = std::mem::take(&mut self.edited);
        let differs = |path: &Path| before.get(path) != self.found.get(path);
        let mut open = self.workspace.documents.iter().map(|(path, _)| path);
        let again = open.any(|path| !edited.contains(path) && differs(path));
        drop(open);
        if again {
            if self.client.pulls && self.client.refreshes {
                self.tell_client("workspace/diagnostic/refresh", Value::Null);
            }
            // The client asks again for what it has edited, and not for what that bears on.
            let (hints, lenses) = (self.workspace.settings.inlay_hints, self.workspace.settings.code_lens);
            self.show_again(hints, lenses);
        }
        self.push(&|path| edited.contains(path));
    }

    /// Has the client ask again for its hints or lenses.
    pub(super) fn show_again(&mut self, hints: bool, lenses: bool) {
        if hints && self.client.refreshes_hints {
            self.tell_client("workspace/inlayHint/refresh", Value::Null);
        }
        if lenses && self.client.refreshes_lenses {
            self.tell_client("workspace/codeLens/refresh", Value::Null);
        }
    }

    /// An edited document is told of even where nothing has changed: so the client knows that what it shows holds for
    /// its newest version.
    fn push(&mut self, is_edited: &dyn Fn(&Path) -> bool) {
        let mut wanted: BTreeMap<&Path, &[Diagnostic]> = BTreeMap::new();
        for path in self.published.keys() {
            wanted.insert(path, &[]);
        }
        if !self.offers_all {
            for (path, list) in &self.found {
                wanted.insert(path, list);
            }
            // A document is told of even where nothing is found, so that the client knows that it was looked at.
            for (path, _) in self.workspace.documents.iter() {
                wanted.entry(path).or_insert(&[]);
            }
        }
        if self.client.pulls {
            for (path, _) in self.workspace.documents.iter() {
                if self.published.get(path).is_some_and(|told| !told.is_empty()) {
                    wanted.insert(path, &[]);
                } else {
                    wanted.remove(path);
                }
            }
        }
        let mut told: Vec<PublishDiagnosticsParams> = Vec::new();
        let mut published: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
        for (path, list) in wanted {
            let document = self.workspace.documents.get(path);
            let is_new = self.published.get(path).is_none_or(|known| known != list);
            if is_new || document.is_some() && is_edited(path) {
                told.push(PublishDiagnosticsParams {
                    uri: self.workspace.documents.uri_of(path),
                    version: document.map(|document| document.version),
                    diagnostics: list.to_vec(),
                });
            }
            if document.is_some() || !list.is_empty() {
                published.insert(path.to_owned(), list.to_vec());
            }
        }
        self.published = published;
        for params in told {
            self.notify("textDocument/publishDiagnostics", params);
        }
    }

    /// `textDocument/diagnostic`
    pub(super) fn pull(&self, params: &DocumentDiagnosticParams) -> Value {
        let uri = &params.text_document.uri;
        let open = self.workspace.documents.path(uri).map(Path::to_owned);
        let path = open.or_else(|| uri::to_path(&uri.0).map(|path| lexical(&path)));
        let list = path.and_then(|path| self.found.get(&path)).map(Vec::as_slice).unwrap_or_default();
        report(list, params.previous_result_id.as_deref())
    }

    /// `workspace/diagnostic`
    pub(super) fn pull_all(&self, params: &WorkspaceDiagnosticParams) -> Value {
        let documents = &self.workspace.documents;
        let mut items = Vec::new();
        let mut known: BTreeMap<PathBuf, &str> = BTreeMap::new();
        for previous in &params.previous_result_ids {
            let open = documents.path(&previous.uri).map(Path::to_owned);
            if let Some(path) = open.or_else(|| uri::to_path(&previous.uri.0).map(|path| lexical(&path))) {
                known.insert(path, &previous.value);
            }
        }
        // What is known to the client and is gone is told as empty.
        let mut paths: Vec<&PathBuf> = self.found.keys().chain(known.keys()).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            let list = self.found.get(path).map(Vec::as_slice).unwrap_or_default();
            let mut item = report(list, known.get(path).copied());
            if let Some(item) = item.as_object_mut() {
                item.insert("uri".to_owned(), json!(documents.uri_of(path)));
                item.insert("version".to_owned(), json!(documents.get(path).map(|document| document.version)));
            }
            items.push(item);
        }
        json!({ "items": items })
    }
}

/// What was found in a file, or that it is what the client has.
fn report(list: &[Diagnostic], previous: Option<&str>) -> Value {
    let id = result_id(list);
    if previous == Some(id.as_str()) {
        return json!({ "kind": "unchanged", "resultId": id });
    }
    json!({ "kind": "full", "resultId": id, "items": list })
}

/// A name for what was found: the same for the same diagnostics.
fn result_id(list: &[Diagnostic]) -> String {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = rustc_hash::FxHasher::default();
    serde_json::to_string(list).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
