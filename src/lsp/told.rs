//! What the client tells: documents, files, folders and settings that change.

use std::path::{Path, PathBuf};

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, FileChangeType, MessageType, WorkspaceFolder,
};
use lsp_server::{ErrorCode, Notification};
use serde_json::Value;

use super::server::{Fault, Life, Server, read};
use super::settings::Settings;
use super::uri;
use crate::analysis::session::Change;
use crate::source::lexical;

impl Server {
    pub(super) fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if self.life != Life::Running {
            return;
        }
        let done = match method.as_str() {
            "textDocument/didOpen" => read(params).map(|params| self.did_open(params)),
            "textDocument/didChange" => read(params).map(|params| self.did_change(params)),
            "textDocument/didClose" => read(params).map(|params| self.did_close(&params)),
            "textDocument/didSave" => {
                self.sweep();
                Ok(())
            }
            "initialized" => {
                self.initialized();
                Ok(())
            }
            "workspace/didChangeConfiguration" => {
                match params.get("settings") {
                    Some(settings) if settings.is_object() => self.set(Settings::of(settings)),
                    _ if self.client.configuration => self.ask_for_settings(),
                    _ => {}
                }
                Ok(())
            }
            "workspace/didChangeWatchedFiles" => read(params).map(|params| self.did_change_files(&params)),
            "workspace/didChangeWorkspaceFolders" => read(params).map(|params| self.did_change_folders(params)),
            "workspace/didCreateFiles" | "workspace/didDeleteFiles" | "workspace/didRenameFiles" => {
                self.did_move_files(&params);
                Ok(())
            }
            "$/cancelRequest" => {
                self.cancel(&params);
                Ok(())
            }
            // What a server does not know and what begins so may be passed over.
            _ if method.starts_with("$/") => Ok(()),
            _ => Err(Fault::new(ErrorCode::MethodNotFound, "it is not known")),
        };
        if let Err(fault) = done {
            self.log(MessageType::Warning, &format!("`{method}` is passed over: {}", fault.message));
        }
    }

    fn did_open(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let watched = self.client.watches_files;
        self.workspace.open(item.uri, item.version, &String::from(item.language_id), item.text, watched);
        self.sweep();
    }

    fn did_change(&mut self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let uri = &document.text_document_identifier.uri;
        if self.workspace.edit(uri, document.version, params.content_changes, self.client.encoding) {
            self.edited.extend(self.workspace.documents.path(uri).map(Path::to_owned));
            self.stale = true;
        }
    }

    fn did_close(&mut self, params: &DidCloseTextDocumentParams) {
        self.workspace.close(&params.text_document.uri);
        self.stale = true;
    }

    /// Looks at the disk for a client that does not say when files change.
    fn sweep(&mut self) {
        if !self.client.watches_files {
            self.workspace.sweep();
        }
        self.stale = true;
    }

    fn did_change_files(&mut self, params: &DidChangeWatchedFilesParams) {
        for event in &params.changes {
            let Some(path) = uri::to_path(&event.uri.0) else { continue };
            let path = lexical(&path);
            let change = if event.kind == FileChangeType::Changed { Change::Text } else { Change::Existence };
            // A log that is written to is nobody's business.
            if change == Change::Existence || self.workspace.concerns(&path) {
                self.workspace.changed_on_disk(&path, change);
                self.stale = true;
            }
        }
    }

    /// Files that the user has made, taken away or renamed in the editor.
    fn did_move_files(&mut self, params: &Value) {
        let files = params.get("files").and_then(Value::as_array).into_iter().flatten();
        let uris =
            files.flat_map(|file| ["uri", "oldUri", "newUri"].map(|name| file.get(name).and_then(Value::as_str)));
        for path in uris.flatten().filter_map(uri::to_path) {
            self.workspace.changed_on_disk(&lexical(&path), Change::Existence);
        }
        self.stale = true;
    }

    fn did_change_folders(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let paths = |folders: Vec<WorkspaceFolder>| -> Vec<PathBuf> {
            folders.iter().filter_map(|folder| uri::to_path(&folder.uri.0)).map(|path| lexical(&path)).collect()
        };
        self.workspace.change_folders(paths(params.event.added), &paths(params.event.removed));
        self.stale = true;
    }
}
