//! The server: takes messages one after the other, keeps what they say, and looks at the code whenever no message waits.
//!
//! A message that comes while the code is looked at stops that: what is done is kept, and the rest is done with the newer
//! texts. Requests wait until everything before them is looked at. Nothing that goes wrong in a message ends the server.
//! What the client tells is in `told`, how the code is looked at in `look`, what comes of it in `publish`.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gen_lsp_types::{
    CodeLensParams, Diagnostic, InlayHintParams, MessageType, TextDocumentPositionParams, Uri, WorkspaceFolder,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::Client;
use super::inspect::Question;
use super::settings::Settings;
use super::workspace::Workspace;
use super::{actions, capabilities, completion, inspect, uri};
use crate::finding::triage::Date;
use crate::policy::Pack;

/// How often it is looked whether the client is still there.
const PATIENCE: Duration = Duration::from_secs(10);

/// The kinds of files that are watched; the last ones are those that code reads as texts.
const WATCHED: [&str; 4] = [
    "**/*.{yaml,yml,json,template,cfn,cform,toml}",
    "**/*.{tf,tofu,tfvars,hcl}",
    "**/*.md",
    "**/*.{tftpl,tpl,tmpl,txt,csv,graphql,asl}",
];

/// Why a request has no answer.
#[derive(Debug)]
pub struct Fault {
    pub code: ErrorCode,
    pub message: String,
}

impl Fault {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// How far the protocol's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Nothing but `initialize` is answered.
    Waiting,
    Running,
    /// Nothing but `exit` is heard.
    ShutDown,
}

/// What the server has asked the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Settings,
    /// Something whose answer says nothing.
    Nothing,
}

/// The whole state.
pub struct Server {
    pub(super) connection: Connection,
    pub(super) life: Life,
    pub(super) client: Client,
    /// The process that started the server.
    parent: Option<u32>,
    pub(super) workspace: Workspace,
    /// The client heard at the start that it may ask for the whole workspace. Settings may come later, and what it has
    /// not heard it does not ask for.
    pub(super) offers_all: bool,
    /// What was found when it was last looked, by file.
    pub(super) found: BTreeMap<PathBuf, Vec<Diagnostic>>,
    /// What the client was told last of each file.
    pub(super) published: BTreeMap<PathBuf, Vec<Diagnostic>>,
    /// The documents that the client has edited since it was last looked.
    pub(super) edited: BTreeSet<PathBuf>,
    /// Requests that wait for the code to be looked at.
    waiting: VecDeque<Request>,
    /// Requests to the client that have no answer yet.
    asked: BTreeMap<RequestId, Asked>,
    next: i32,
    /// Something has changed since the code was looked at.
    pub(super) stale: bool,
    /// What could not be done when it was last looked.
    pub(super) failures: Vec<String>,
    pub(super) today: fn() -> Date,
}

impl Server {
    #[must_use]
    pub fn new(connection: Connection, today: fn() -> Date) -> Self {
        Self {
            connection,
            life: Life::Waiting,
            client: Client::default(),
            parent: None,
            workspace: Workspace::default(),
            offers_all: false,
            found: BTreeMap::new(),
            published: BTreeMap::new(),
            edited: BTreeSet::new(),
            waiting: VecDeque::new(),
            asked: BTreeMap::new(),
            next: 0,
            stale: false,
            failures: Vec::new(),
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
                Some(Message::Response(response)) => {
                    self.caught("an answer", |server| server.response(response));
                }
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
    pub(super) fn caught<T>(&mut self, what: &str, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
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

    pub(super) fn notify(&self, method: &str, params: impl Serialize) {
        if let Ok(params) = serde_json::to_value(params) {
            self.send(Notification { method: method.to_owned(), params });
        }
    }

    pub(super) fn log(&self, kind: MessageType, message: &str) {
        self.notify("window/logMessage", json!({ "type": kind, "message": message }));
    }

    /// Asks the client something.
    fn request_of_client(&mut self, method: &str, params: Value, asked: Asked) {
        self.next += 1;
        let id = RequestId::from(format!("dynalens-{}", self.next));
        self.asked.insert(id.clone(), asked);
        self.send(Request { id, method: method.to_owned(), params });
    }

    /// Asks the client for something whose answer says nothing.
    pub(super) fn tell_client(&mut self, method: &str, params: Value) {
        self.request_of_client(method, params, Asked::Nothing);
    }

    fn response(&mut self, response: Response) {
        let asked = self.asked.remove(&response.id);
        match (asked, response.response_result) {
            (Some(Asked::Settings), Ok(Value::Array(list))) => {
                // A client that has nothing to say says null.
                if let Some(settings) = list.first().filter(|one| one.is_object()) {
                    self.set(Settings::of(settings));
                }
            }
            (_, Err(error)) => self.log(MessageType::Info, &format!("the client declines: {}", error.message)),
            _ => {}
        }
    }

    pub(super) fn set(&mut self, settings: Settings) {
        let old = &self.workspace.settings;
        let shown = old.undetermined != settings.undetermined;
        let (hints, lenses) = (old.inlay_hints != settings.inlay_hints, old.code_lens != settings.code_lens);
        self.stale |= self.workspace.set(settings) || shown;
        self.show_again(hints, lenses);
    }

    pub(super) fn ask_for_settings(&mut self) {
        let params = json!({ "items": [{ "section": "dynalens" }] });
        self.request_of_client("workspace/configuration", params, Asked::Settings);
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
            (Life::Running, "shutdown") => {
                // Who closes the editor does not wait for anything.
                self.life = Life::ShutDown;
                self.stale = false;
                for request in std::mem::take(&mut self.waiting) {
                    self.reply(request.id, Err(Fault::new(ErrorCode::RequestCanceled, "the server is shut down")));
                }
                self.reply(id, Ok(Value::Null));
            }
            (Life::Running, _) => {
                if method == "workspace/diagnostic" && !self.workspace.whole {
                    // Who asks for the whole workspace gets it, from now on.
                    self.workspace.whole = true;
                    self.stale = true;
                }
                self.waiting.push_back(Request { id, method, params });
            }
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
            "textDocument/codeAction" => answer(Ok(actions::at(self, &read(params)?))),
            "codeAction/resolve" => answer(Ok(actions::resolve(self, read(params)?))),
            "textDocument/diagnostic" => answer(Ok(self.pull(&read(params)?))),
            "workspace/diagnostic" => answer(Ok(self.pull_all(&read(params)?))),
            "workspace/executeCommand" => actions::execute(self, &read(params)?),
            "textDocument/hover" => {
                let params: TextDocumentPositionParams = read(params)?;
                self.take_notes(&params.text_document.uri);
                Ok(self.ask(&params.text_document.uri, |question| question.hover(params.position)))
            }
            "textDocument/definition" => {
                let params: TextDocumentPositionParams = read(params)?;
                self.take_notes(&params.text_document.uri);
                Ok(self.ask(&params.text_document.uri, |question| question.definition(params.position)))
            }
            "textDocument/completion" => {
                let params: TextDocumentPositionParams = read(params)?;
                Ok(self.ask(&params.text_document.uri, |question| completion::offer(question, params.position)))
            }
            "completionItem/resolve" => Ok(self.resolve_completion(params)),
            "textDocument/inlayHint" => {
                let params: InlayHintParams = read(params)?;
                if !self.workspace.settings.inlay_hints {
                    return Ok(Value::Null);
                }
                self.take_notes(&params.text_document.uri);
                Ok(self.ask(&params.text_document.uri, |question| question.hints(params.range)))
            }
            "textDocument/codeLens" => {
                let params: CodeLensParams = read(params)?;
                if !self.workspace.settings.code_lens {
                    return Ok(Value::Null);
                }
                Ok(self.ask(&params.text_document.uri, inspect::lenses))
            }
            #[cfg(test)]
            tests::FAILING => tests::fail(),
            _ => Err(Fault::new(ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
        }
    }

    /// Takes a request back that still waits.
    pub(super) fn cancel(&mut self, params: &Value) {
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
        self.workspace.settings = Settings::of(params.get("initializationOptions").unwrap_or(&Value::Null));
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
        self.workspace.set_folders(named);
        self.life = Life::Running;
        self.offers_all = self.client.pulls && self.workspace.settings.workspace;
        let capabilities = capabilities::of(&self.client, self.offers_all);
        let info = json!({ "name": "dynalens", "version": env!("CARGO_PKG_VERSION") });
        answer(Ok(json!({ "capabilities": capabilities, "serverInfo": info })))
    }

    /// Asks the client to tell of what it knows.
    pub(super) fn initialized(&mut self) {
        if self.client.configuration {
            self.ask_for_settings();
        }
        let mut registrations = Vec::new();
        if self.client.watches_files {
            let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
            registrations.push(json!({
                "id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": { "watchers": watchers },
            }));
        }
        if self.client.watches_configuration {
            registrations.push(json!({
                "id": "settings", "method": "workspace/didChangeConfiguration",
                "registerOptions": { "section": "dynalens" },
            }));
        }
        if !registrations.is_empty() {
            self.tell_client("client/registerCapability", json!({ "registrations": registrations }));
        }
        self.stale = true;
    }

    /// Says more of an item of a completion.
    fn resolve_completion(&self, item: Value) -> Value {
        let named = item.pointer("/data/policy").and_then(Value::as_str).unwrap_or_default();
        let mut packs = self.workspace.sessions().map(|(_, session)| &session.analysis().pack);
        match packs.find(|pack| pack.get(named).is_some()) {
            Some(pack) => completion::resolve(item, pack),
            None => completion::resolve(item, &Pack::built_in()),
        }
    }

    /// Sees to it that what expressions of a document came to is noted.
    fn take_notes(&mut self, uri: &Uri) {
        let Some(path) = self.workspace.documents.path(uri).map(Path::to_owned) else { return };
        self.workspace.each(&path, |_, session, fs, inside| session.note(fs, inside));
    }

    /// Asks something about an open document; nothing where it is not open.
    fn ask(&self, uri: &Uri, ask: impl FnOnce(&Question<'_>) -> Value) -> Value {
        let documents = &self.workspace.documents;
        let Some(path) = documents.path(uri) else { return Value::Null };
        let Some(document) = documents.get(path) else { return Value::Null };
        let sessions = self.workspace.sessions().collect();
        ask(&Question { documents, document, path, encoding: self.client.encoding, sessions })
    }
}

/// A message's parameters in their form.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Fault> {
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

#[cfg(test)]
mod tests;
