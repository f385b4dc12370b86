//! What the server can do for a client, as `initialize` answers it.

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProvider, CodeLensOptions, CompletionOptions, DiagnosticOptions,
    DiagnosticProvider, ExecuteCommandOptions, Save, ServerCapabilities, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions,
};
use serde_json::{Value, json};

use super::client::Client;
use super::{actions, completion};

/// `offers_all`: whether the diagnostics of the whole workspace may be pulled.
pub(super) fn of(client: &Client, offers_all: bool) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QuickFix, actions::fix_all_kind()]),
            resolve_provider: Some(client.resolves_edits),
            ..CodeActionOptions::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(completion::TRIGGERS.iter().map(|one| (*one).to_owned()).collect()),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some("dynalens".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: offers_all,
                ..DiagnosticOptions::default()
            })
        }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![actions::OPEN_PAGE.to_owned()],
            ..ExecuteCommandOptions::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        inlay_hint_provider: Some(true.into()),
        code_lens_provider: Some(CodeLensOptions::default()),
        workspace: serde_json::from_value(workspace_options()).ok(),
        ..ServerCapabilities::default()
    }
}

/// What the server wants to be told about folders and files.
fn workspace_options() -> Value {
    let files = json!({ "filters": [{ "scheme": "file", "pattern": { "glob": "**/*" } }] });
    json!({
        "workspaceFolders": { "supported": true, "changeNotifications": true },
        "fileOperations": { "didCreate": files, "didRename": files, "didDelete": files },
    })
}
