//! The server: takes messages one after the other, keeps what they say, and looks at the code whenever no message waits.
//!
//! A message that comes while the code is looked at stops that: what is done is kept, and the rest is done with the newer
//! texts. Requests wait until everything before them is looked at. Nothing that goes wrong in a message ends the server.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProvider, CodeLensOptions, CodeLensParams,
    CompletionOptions, Diagnostic, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    InlayHintParams, MessageType, PublishDiagnosticsParams, Save, ServerCapabilities, TextDocumentPositionParams,
    TextDocumentSync, TextDocumentSyncKind, TextDocumentSyncOptions, Uri, WorkspaceFolder,
    WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::Client;
use super::documents::{Document, Documents};
use super::inspect::Question;
use super::places::{Places, uri_of};
use super::settings::Settings;
use super::{actions, completion, diagnostics, inspect, uri};
use crate::analysis::session::{Change, Scope, Session};
use crate::analysis::{self, UsageError};
use crate::config;
use crate::finding::triage::Date;
use crate::policy::Pack;
use crate::source::{Disk, FileSystem, Overlay, Rooted, lexical};

/// How often it is looked whether the client is still there.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is analysed together: a folder, by one configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Area {
    root: PathBuf,
    config: Option<PathBuf>,
}

/// Why a request has no answer.
#[derive(Debug)]
pub struct Fault {
    pub code: ErrorCode,
    pub message: String,
}

impl Fault {
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// How far the protocol's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Nothing but `initialize` is answered.
    Waiting,
    Running,
    /// Nothing but `exit` is heard.
    ShutDown,
}

/// The whole state.
pub struct Server {
    connection: Connection,
    life: Life,
    client: Client,
    settings: Settings,
    /// The process that started the server.
    parent: Option<u32>,
    documents: Documents,
    /// The buffers of the open documents over the disk.
    files: Overlay<Disk>,
    folders: Vec<PathBuf>,
    sessions: BTreeMap<Area, Session>,
    /// What the client was told last of each file.
    published: BTreeMap<PathBuf, Vec<Diagnostic>>,
    /// Requests that wait for the code to be looked at.
    waiting: VecDeque<Request>,
    /// Something has changed since the code was looked at.
    stale: bool,
    today: fn() -> Date,
}

impl Server {
    #[must_use]
    pub fn new(connection: Connection, today: fn() -> Date) -> Self {
        Self {
            connection,
            life: Life::Waiting,
            client: Client::default(),
            settings: Settings::default(),
            parent: None,
            documents: Documents::default(),
            files: Overlay::over(Disk),
            folders: Vec::new(),
            sessions: BTreeMap::new(),
            published: BTreeMap::new(),
            waiting: VecDeque::new(),
            stale: false,
            today,
        }
    }

    /// Serves until the client says `exit` or is gone. Whether it said `shutdown` before.
    pub fn run(mut self) -> bool {
        loop {
            let message = if self.stale || !self.waiting.is_empty() {
                self.connection.receiver.try_recv().ok()
            } else {
                match self.connection.receiver.recv_timeout(PATIENCE) {
                    Ok(message) => Some(message),
                    Err(error) if error.is_disconnected() || self.is_orphan() => return self.life == Life::ShutDown,
                    Err(_) => continue,
                }
            };
            match message {
                Some(Message::Notification(one)) if one.method == "exit" => return self.life == Life::ShutDown,
                Some(Message::Request(request)) => self.request(request),
                Some(Message::Notification(notification)) => {
                    let method = notification.method.clone();
                    self.caught(&method, |server| server.notification(notification));
                }
                Some(Message::Response(_)) => {}
                None if self.stale => self.look(),
                None => {
                    if let Some(request) = self.waiting.pop_front() {
                        self.answer(request);
                    }
                }
            }
        }
    }

    /// Whether the process that started the server has ended; where that can't be told, it has not.
    fn is_orphan(&self) -> bool {
        let Some(parent) = self.parent else { return false };
        let processes = Path::new("/proc");
        processes.join("self").exists() && !processes.join(parent.to_string()).exists()
    }

    /// Does something that must not end the server.
    fn caught<T>(&mut self, what: &str, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(done) => Some(done),
            Err(panic) => {
                let why = reason(&*panic);
                self.log(MessageType::Error, &format!("dynalens failed at `{what}`: {why}; please report this"));
                None
            }
        }
    }

    /// Sends something; a client that is gone is noticed when the next message is awaited.
    fn send(&self, message: impl Into<Message>) {
        let _ = self.connection.sender.send(message.into());
    }

    fn notify(&self, method: &str, params: impl Serialize) {
        if let Ok(params) = serde_json::to_value(params) {
            self.send(Notification { method: method.to_owned(), params });
        }
    }

    fn log(&self, kind: MessageType, message: &str) {
        self.notify("window/logMessage", json!({ "type": kind, "message": message }));
    }

    fn reply(&self, id: RequestId, result: Result<Value, Fault>) {
        self.send(match result {
            Ok(value) => Response::new_ok(id, value),
            Err(fault) => Response::new_err(id, fault.code as i32, fault.message),
        });
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        match (self.life, method.as_str()) {
            (Life::Waiting, "initialize") => {
                let result = self.caught("initialize", |server| server.initialize(&params));
                self.reply(id, result.unwrap_or_else(|| Err(Fault::new(ErrorCode::InternalError, "see the log"))));
            }
            (Life::Waiting, _) => {
                let fault = Fault::new(ErrorCode::ServerNotInitialized, "`initialize` comes first");
                self.reply(id, Err(fault));
            }
            (Life::Running, "initialize") => {
                self.reply(id, Err(Fault::new(ErrorCode::InvalidRequest, "the server is initialized already")));
            }
            (Life::ShutDown, _) => {
                self.reply(id, Err(Fault::new(ErrorCode::InvalidRequest, "the server is shut down")));
            }
            (Life::Running, _) => self.waiting.push_back(Request { id, method, params }),
        }
    }

    /// Answers a request that has waited.
    fn answer(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let result = self.caught(&method, |server| server.dispatch(&method, params));
        let result = result.unwrap_or_else(|| Err(Fault::new(ErrorCode::InternalError, "see the log")));
        self.reply(id, result);
    }

    fn dispatch(&mut self, method: &str, params: Value) -> Result<Value, Fault> {
        match method {
            "shutdown" => {
                self.life = Life::ShutDown;
                Ok(Value::Null)
            }
            "textDocument/codeAction" => answer(Ok(self.code_actions(&read(params)?))),
            "textDocument/hover" => {
                let params: TextDocumentPositionParams = read(params)?;
                self.take_notes(&params.text_document.uri);
                Ok(self.ask(&params.text_document.uri, |question| question.hover(params.position)))
            }
            "textDocument/completion" => {
                let params: TextDocumentPositionParams = read(params)?;
                Ok(self.ask(&params.text_document.uri, |question| completion::offer(question, params.position)))
            }
            "completionItem/resolve" => Ok(self.resolve_completion(params)),
            "textDocument/inlayHint" => {
                let params: InlayHintParams = read(params)?;
                if !self.settings.inlay_hints {
                    return Ok(Value::Null);
                }
                self.take_notes(&params.text_document.uri);
                Ok(self.ask(&params.text_document.uri, |question| question.hints(params.range)))
            }
            "textDocument/codeLens" => {
                let params: CodeLensParams = read(params)?;
                if !self.settings.code_lens {
                    return Ok(Value::Null);
                }
                Ok(self.ask(&params.text_document.uri, inspect::lenses))
            }
            _ => Err(Fault::new(ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if self.life != Life::Running {
            return;
        }
        let done = match method.as_str() {
            "textDocument/didOpen" => read(params).map(|params| self.did_open(params)),
            "textDocument/didChange" => read(params).map(|params| self.did_change(params)),
            "textDocument/didClose" => read(params).map(|params| self.did_close(&params)),
            "textDocument/didSave" => {
                self.stale = true;
                Ok(())
            }
            "workspace/didChangeConfiguration" => {
                self.settings = Settings::of(params.get("settings").unwrap_or(&Value::Null));
                Ok(())
            }
            "$/cancelRequest" => {
                self.cancel(&params);
                Ok(())
            }
            // What a server does not know and what begins so may be passed over.
            _ if method.starts_with("$/") || method == "initialized" => Ok(()),
            _ => Err(Fault::new(ErrorCode::MethodNotFound, "it is not known")),
        };
        if let Err(fault) = done {
            self.log(MessageType::Warning, &format!("`{method}` is passed over: {}", fault.message));
        }
    }

    /// Takes a request back that still waits.
    fn cancel(&mut self, params: &Value) {
        let Some(id) = params.get("id").and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok()) else {
            return;
        };
        if let Some(at) = self.waiting.iter().position(|request| request.id == id) {
            self.waiting.remove(at);
            self.reply(id, Err(Fault::new(ErrorCode::RequestCanceled, "the client took it back")));
        }
    }

    fn initialize(&mut self, params: &Value) -> Result<Value, Fault> {
        self.client = Client::of(params.get("capabilities").unwrap_or(&Value::Null));
        self.settings = Settings::of(params.get("initializationOptions").unwrap_or(&Value::Null));
        self.parent = params.get("processId").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
        let folders: Vec<WorkspaceFolder> = params
            .get("workspaceFolders")
            .cloned()
            .and_then(|list| serde_json::from_value(list).ok())
            .unwrap_or_default();
        let folders = folders.into_iter().map(|folder| folder.uri.0);
        let root = params.get("rootUri").and_then(Value::as_str).map(str::to_owned);
        let mut named: Vec<PathBuf> = folders.filter_map(|folder| uri::to_path(&folder)).collect();
        if named.is_empty() {
            named.extend(root.and_then(|root| uri::to_path(&root)));
        }
        self.folders = named.iter().map(|folder| lexical(folder)).collect();
        self.life = Life::Running;
        let capabilities = self.capabilities();
        let info = json!({ "name": "dynalens", "version": env!("CARGO_PKG_VERSION") });
        answer(Ok(json!({ "capabilities": capabilities, "serverInfo": info })))
    }

    fn capabilities(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(self.client.encoding.kind()),
            text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::Incremental),
                save: Some(Save::Bool(true)),
                ..TextDocumentSyncOptions::default()
            })),
            code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
                ..CodeActionOptions::default()
            })),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(completion::TRIGGERS.iter().map(|one| (*one).to_owned()).collect()),
                resolve_provider: Some(true),
                ..CompletionOptions::default()
            }),
            hover_provider: Some(true.into()),
            inlay_hint_provider: Some(true.into()),
            code_lens_provider: Some(CodeLensOptions::default()),
            workspace: Some(WorkspaceOptions {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    ..WorkspaceFoldersServerCapabilities::default()
                }),
                ..WorkspaceOptions::default()
            }),
            ..ServerCapabilities::default()
        }
    }

    /// The path of a document; one that lies in no file gets one that no file has.
    fn path_of(&self, uri: &Uri, language: &str) -> PathBuf {
        let unsaved = || {
            let folder = self.folders.first().cloned().unwrap_or_else(|| PathBuf::from("/"));
            uri::unsaved(&uri.0, language, &folder)
        };
        uri::to_path(&uri.0).map_or_else(unsaved, |path| lexical(&path))
    }

    fn did_open(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let path = self.path_of(&item.uri, &String::from(item.language_id.clone()));
        self.touch(&path, item.text.as_bytes());
        self.files.set(path.clone(), item.text.as_bytes());
        self.documents.open(path, Document::new(item.uri, item.version, item.language_id.into(), item.text));
        self.stale = true;
    }

    fn did_change(&mut self, params: DidChangeTextDocumentParams) {
        let uri = &params.text_document.text_document_identifier.uri;
        let Some(path) = self.documents.path(uri).map(Path::to_owned) else { return };
        let Some(document) = self.documents.get_mut(&path) else { return };
        document.version = params.text_document.version;
        document.change(params.content_changes, self.client.encoding);
        self.files.set(path.clone(), document.text.as_bytes());
        self.changed(&path, Change::Text);
    }

    fn did_close(&mut self, params: &DidCloseTextDocumentParams) {
        if let Some(path) = self.documents.close(&params.text_document.uri) {
            let before = self.files.read(&path).unwrap_or_default();
            self.files.remove(&path);
            self.touch(&path, &before);
            self.stale = true;
        }
    }

    /// Notes what a text means for a file that is otherwise as it lies there.
    fn touch(&mut self, path: &Path, text: &[u8]) {
        match self.files.read(path) {
            Ok(there) if there == text => {}
            Ok(_) => self.changed(path, Change::Text),
            Err(_) => self.changed(path, Change::Existence),
        }
    }

    /// Tells all sessions of a change.
    fn changed(&mut self, path: &Path, change: Change) {
        for session in self.sessions.values_mut() {
            session.changed(path, change);
        }
        self.stale = true;
    }

    /// Where a file belongs.
    fn area(&self, path: &Path) -> Area {
        let holds = |folder: &&PathBuf| path.starts_with(folder);
        let root = match self.folders.iter().filter(holds).max_by_key(|folder| folder.components().count()) {
            Some(folder) => folder.clone(),
            None => {
                let directory = path.parent().unwrap_or(path);
                let repository = directory.ancestors().find(|above| self.files.is_dir(&above.join(".git")));
                repository.unwrap_or(directory).to_owned()
            }
        };
        Area { root, config: config::find(&self.files, path) }
    }

    /// Looks at the code and tells what has changed. Where a message comes meanwhile, the rest is looked at later.
    fn look(&mut self) {
        if self.caught("analysis", Self::refresh) == Some(false) {
            return;
        }
        self.stale = false;
        self.caught("publishing", Self::publish);
    }

    /// Whether everything is looked at.
    fn refresh(&mut self) -> bool {
        let mut open: BTreeMap<Area, Scope> = BTreeMap::new();
        for (path, _) in self.documents.iter() {
            let area = self.area(path);
            let inside = path.strip_prefix(&area.root).unwrap_or(path).to_owned();
            open.entry(area).or_default().open.insert(inside);
        }
        self.sessions.retain(|area, _| open.contains_key(area));
        let mut failures: Vec<UsageError> = Vec::new();
        let today = (self.today)();
        let receiver = &self.connection.receiver;
        let mut complete = true;
        for (area, scope) in open {
            let fs = Rooted::new(area.root.clone(), &self.files);
            let session = self.sessions.entry(area).or_insert_with_key(|area| {
                let mut request = analysis::Request::new(today);
                request.config.clone_from(&area.config);
                Session::new(&area.root, request)
            });
            if !session.is_stale(&scope, today) {
                continue;
            }
            match session.refresh(&fs, &scope, today, &|| !receiver.is_empty()) {
                Ok(done) => complete &= done,
                Err(error) => failures.push(error),
            }
        }
        for error in failures {
            self.log(MessageType::Error, &error.message);
        }
        complete
    }

    fn publish(&mut self) {
        let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
        for (scope, session) in &self.sessions {
            let analysis = session.analysis();
            let places = Places::new(&self.documents, &scope.root, &analysis.sources, self.client.encoding);
            for (path, list) in diagnostics::of_analysis(analysis, &places, self.client, false) {
                let known = found.entry(path).or_default();
                for one in list {
                    // Two configurations may lead to one file.
                    if !known.contains(&one) {
                        known.push(one);
                    }
                }
            }
        }
        // A document is told of even where nothing is found, so that the client knows that it was looked at.
        for (path, _) in self.documents.iter() {
            found.entry(path.to_owned()).or_default();
        }
        for path in self.published.keys() {
            found.entry(path.clone()).or_default();
        }
        for (path, diagnostics) in found {
            if self.published.get(&path) == Some(&diagnostics) {
                continue;
            }
            let document = self.documents.get(&path);
            let uri = uri_of(&self.documents, &path);
            let version = document.map(|document| document.version);
            let params = PublishDiagnosticsParams { uri, version, diagnostics: diagnostics.clone() };
            self.notify("textDocument/publishDiagnostics", params);
            if diagnostics.is_empty() && document.is_none() {
                self.published.remove(&path);
            } else {
                self.published.insert(path, diagnostics);
            }
        }
    }

    /// Sees to it that what expressions of a document came to is noted.
    fn take_notes(&mut self, uri: &Uri) {
        let Some(path) = self.documents.path(uri) else { return };
        for (area, session) in &mut self.sessions {
            let inside = session.shown(path);
            session.note(&Rooted::new(area.root.clone(), &self.files), &inside);
        }
    }

    /// Asks something about an open document; nothing where it is not open.
    fn ask(&self, uri: &Uri, ask: impl FnOnce(&Question<'_>) -> Value) -> Value {
        let Some(path) = self.documents.path(uri) else { return Value::Null };
        let Some(document) = self.documents.get(path) else { return Value::Null };
        let sessions = self.sessions.iter().map(|(area, session)| (area.root.as_path(), session)).collect();
        ask(&Question { documents: &self.documents, document, path, encoding: self.client.encoding, sessions })
    }

    /// Says more of an item of a completion.
    fn resolve_completion(&self, item: Value) -> Value {
        let named = item.pointer("/data/policy").and_then(Value::as_str).unwrap_or_default();
        let mut packs = self.sessions.values().map(|session| &session.analysis().pack);
        match packs.find(|pack| pack.get(named).is_some()) {
            Some(pack) => completion::resolve(item, pack),
            None => completion::resolve(item, &Pack::built_in()),
        }
    }

    fn code_actions(&mut self, params: &CodeActionParams) -> Vec<gen_lsp_types::CodeAction> {
        let Some(path) = self.documents.path(&params.text_document.uri).map(Path::to_owned) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (scope, session) in &mut self.sessions {
            let fs = Rooted::new(scope.root.clone(), &self.files);
            let inside = session.shown(&path);
            let analysis = session.mended(&fs, &inside);
            let places = Places::new(&self.documents, &scope.root, &analysis.sources, self.client.encoding);
            for (finding, _) in actions::findings_at(analysis, &places, &path, params.range) {
                found.extend(actions::fix(finding, &places, self.client));
            }
        }
        found
    }
}

/// A message's parameters in their form.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, Fault> {
    serde_json::from_value(params)
        .map_err(|error| Fault::new(ErrorCode::InvalidParams, format!("the parameters can't be read: {error}")))
}

/// An answer in the form of the protocol.
fn answer(result: Result<impl Serialize, Fault>) -> Result<Value, Fault> {
    let unwritable = |error: serde_json::Error| Fault::new(ErrorCode::InternalError, error.to_string());
    serde_json::to_value(result?).map_err(unwritable)
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason is known".to_owned())
}
