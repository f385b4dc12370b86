//! What the client can, as it said in its first request.

use serde_json::Value;

use super::position::Encoding;

/// The client's capabilities that the server goes by. What a client says in an unknown form counts as not said.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of its own")]
pub struct Client {
    pub encoding: Encoding,
    /// It asks for diagnostics.
    pub pulls: bool,
    /// It may be told to ask again.
    pub refreshes: bool,
    /// The same of inlay hints and of code lenses.
    pub refreshes_hints: bool,
    pub refreshes_lenses: bool,
    pub related_information: bool,
    pub tags: bool,
    pub code_description: bool,
    /// Edits may name the version of the document that they are for.
    pub document_changes: bool,
    /// Edits may make new files.
    pub creates_files: bool,
    /// The edit of an action may be asked for later.
    pub resolves_edits: bool,
    pub configuration: bool,
    pub watches_files: bool,
    pub watches_configuration: bool,
    pub progress: bool,
    pub shows_documents: bool,
    pub is_preferred: bool,
}

impl Client {
    /// Reads `capabilities`.
    #[must_use]
    pub fn of(capabilities: &Value) -> Self {
        let can = |path: &str| capabilities.pointer(path).and_then(Value::as_bool).unwrap_or(false);
        let there = |path: &str| capabilities.pointer(path).is_some_and(Value::is_object);
        // Clients pass over what they do not know, so these parts are kept only from those that say no.
        let refuses = |what: &str| {
            let said = |of: &str| capabilities.pointer(&format!("/textDocument/{of}/{what}"));
            let no = Some(&Value::Bool(false));
            said("publishDiagnostics") == no && matches!(said("diagnostic"), None | Some(Value::Bool(false)))
        };
        let lists = |path: &str| capabilities.pointer(path).and_then(Value::as_array);
        let offered: Vec<&str> =
            lists("/general/positionEncodings").into_iter().flatten().filter_map(Value::as_str).collect();
        let resolved = lists("/textDocument/codeAction/resolveSupport/properties");
        Self {
            encoding: Encoding::negotiate(&offered),
            pulls: there("/textDocument/diagnostic"),
            refreshes: can("/workspace/diagnostics/refreshSupport"),
            refreshes_hints: can("/workspace/inlayHint/refreshSupport"),
            refreshes_lenses: can("/workspace/codeLens/refreshSupport"),
            related_information: !refuses("relatedInformation"),
            tags: !refuses("tagSupport"),
            code_description: !refuses("codeDescriptionSupport"),
            document_changes: can("/workspace/workspaceEdit/documentChanges"),
            creates_files: can("/workspace/workspaceEdit/documentChanges")
                && lists("/workspace/workspaceEdit/resourceOperations")
                    .is_some_and(|list| list.contains(&"create".into())),
            resolves_edits: resolved.into_iter().flatten().any(|one| one == "edit"),
            configuration: can("/workspace/configuration"),
            watches_files: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            watches_configuration: can("/workspace/didChangeConfiguration/dynamicRegistration"),
            progress: can("/window/workDoneProgress"),
            shows_documents: can("/window/showDocument/support"),
            is_preferred: capabilities.pointer("/textDocument/codeAction/isPreferredSupport")
                != Some(&Value::Bool(false)),
        }
    }
}
