//! An editor in memory: it opens documents, makes edits, and keeps what the server tells.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use dynalens::finding::triage::Date;
use dynalens::lsp::Server;
use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

/// How long an answer may take on the slowest machine.
const LONGEST: Duration = Duration::from_secs(120);

/// A table without anything that protects it.
pub const TABLE: &str = "Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: false
";

/// A policy that finds something in it, at `8:36-8:41`.
pub const RECOVERY: &str = "point-in-time-recovery-disabled";

pub struct Client {
    connection: Connection,
    server: Option<JoinHandle<bool>>,
    next: i32,
    versions: BTreeMap<String, i32>,
    /// What the server published last, by URI.
    pub diagnostics: BTreeMap<String, Vec<Value>>,
    /// Every other notification of the server.
    pub told: Vec<Notification>,
    /// Every request of the server; each is answered with null, `workspace/configuration` with the settings.
    pub asked: Vec<Request>,
    pub settings: Value,
    /// What a column counts, as the server chose it.
    pub encoding: String,
}

pub fn today() -> Date {
    Date::parse("2026-06-01").unwrap()
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Client {
    /// Starts a server without a handshake.
    pub fn raw() -> Self {
        let (server, client) = Connection::memory();
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let server = thread.spawn(move || Server::new(server, today).run()).unwrap();
        Self {
            connection: client,
            server: Some(server),
            next: 0,
            versions: BTreeMap::new(),
            diagnostics: BTreeMap::new(),
            told: Vec::new(),
            asked: Vec::new(),
            settings: Value::Null,
            encoding: String::new(),
        }
    }

    /// Starts a server for a folder, with an editor that can what most can.
    pub fn new(root: &Path) -> Self {
        Self::with(root, &json!({}), &Value::Null)
    }

    /// The same with more capabilities, and with initialization options.
    pub fn with(root: &Path, capabilities: &Value, options: &Value) -> Self {
        let mut client = Self::raw();
        let mut all = json!({
            "textDocument": {
                "publishDiagnostics": {
                    "relatedInformation": true, "codeDescriptionSupport": true, "dataSupport": true,
                    "tagSupport": { "valueSet": [1, 2] },
                },
                "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } }, "isPreferredSupport": true },
            },
            "workspace": { "workspaceEdit": { "documentChanges": true } },
        });
        merge(&mut all, capabilities);
        let folders = json!([{ "uri": uri(root), "name": "folder" }]);
        let params = json!({
            "processId": null, "rootUri": uri(root), "workspaceFolders": folders, "capabilities": all,
            "initializationOptions": options,
        });
        let answer = client.request("initialize", params);
        let answer = answer.unwrap();
        answer["capabilities"]["positionEncoding"].as_str().unwrap().clone_into(&mut client.encoding);
        client.notify("initialized", json!({}));
        client
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        let notification = Notification { method: method.to_owned(), params };
        self.connection.sender.send(notification.into()).unwrap();
    }

    /// Sends a request without waiting.
    pub fn ask(&mut self, method: &str, params: Value) -> RequestId {
        self.next += 1;
        let id = RequestId::from(self.next);
        let request = Request { id: id.clone(), method: method.to_owned(), params };
        self.connection.sender.send(request.into()).unwrap();
        id
    }

    /// Sends a request and waits for its answer, taking in what comes before.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, (i32, String)> {
        let id = self.ask(method, params);
        self.wait_for(&id)
    }

    pub fn wait_for(&mut self, id: &RequestId) -> Result<Value, (i32, String)> {
        loop {
            if let Some(response) = self.take_in()
                && response.id == *id
            {
                return response.response_result.map_err(|error| (error.code, error.message));
            }
        }
    }

    /// Waits until everything that was sent is looked at.
    pub fn settle(&mut self) {
        // An unknown request waits as every other one does.
        assert_eq!(self.request("dynalens/nothing", Value::Null).unwrap_err().0, -32601);
    }

    fn take_in(&mut self) -> Option<Response> {
        match self.connection.receiver.recv_timeout(LONGEST) {
            Ok(Message::Response(response)) => return Some(response),
            Ok(Message::Notification(one)) if one.method == "textDocument/publishDiagnostics" => {
                let uri = one.params["uri"].as_str().unwrap().to_owned();
                let list = one.params["diagnostics"].as_array().unwrap().clone();
                self.diagnostics.insert(uri, list);
            }
            Ok(Message::Notification(one)) => self.told.push(one),
            Ok(Message::Request(request)) => {
                let result = if request.method == "workspace/configuration" {
                    let items = request.params["items"].as_array().map_or(1, Vec::len);
                    Value::Array(vec![self.settings.clone(); items])
                } else {
                    Value::Null
                };
                self.connection.sender.send(Response::new_ok(request.id.clone(), result).into()).unwrap();
                self.asked.push(request);
            }
            Err(error) => panic!("the server says nothing: {error}; it told {:?}", self.told),
        }
        None
    }

    pub fn open(&mut self, path: &Path, text: &str) {
        let uri = uri(path);
        self.versions.insert(uri.clone(), 1);
        let language = match path.extension().and_then(|end| end.to_str()) {
            Some("tf") => "terraform",
            Some("tfvars") => "terraform-vars",
            Some("json") => "json",
            Some("md") => "markdown",
            _ => "yaml",
        };
        let item = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    /// Replaces the whole text.
    pub fn replace(&mut self, path: &Path, text: &str) {
        self.edit(path, &[json!({ "text": text })]);
    }

    pub fn edit(&mut self, path: &Path, changes: &[Value]) {
        let uri = uri(path);
        let version = self.versions.entry(uri.clone()).or_default();
        *version += 1;
        let document = json!({ "uri": uri, "version": *version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    pub fn close(&mut self, path: &Path) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(path) } }));
    }

    /// The diagnostics of a file as `line:column-line:column code`, positions from 0.
    pub fn shown(&self, path: &Path) -> Vec<String> {
        self.diagnostics.get(&uri(path)).map(|list| list.iter().map(shown).collect()).unwrap_or_default()
    }

    pub fn actions(&mut self, path: &Path, diagnostic: &Value) -> Vec<Value> {
        let params = json!({
            "textDocument": { "uri": uri(path) }, "range": diagnostic["range"],
            "context": { "diagnostics": [diagnostic] },
        });
        let actions = self.request("textDocument/codeAction", params).unwrap();
        actions.as_array().cloned().unwrap_or_default()
    }

    /// Ends the server as the protocol has it; whether it ended cleanly.
    pub fn end(mut self) -> bool {
        assert_eq!(self.request("shutdown", Value::Null).unwrap(), Value::Null);
        self.notify("exit", Value::Null);
        self.server.take().unwrap().join().unwrap()
    }

    /// Lets the editor vanish.
    pub fn vanish(mut self) -> bool {
        let server = self.server.take().unwrap();
        drop(self);
        server.join().unwrap()
    }
}

fn merge(into: &mut Value, more: &Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more.clone(),
    }
}

pub fn shown(diagnostic: &Value) -> String {
    let place = |end: &str| {
        let position = &diagnostic["range"][end];
        format!("{}:{}", position["line"], position["character"])
    };
    let code = diagnostic["code"].as_str().unwrap_or("problem");
    format!("{}-{} {code}", place("start"), place("end"))
}

/// The first diagnostic of a policy in a file.
pub fn of<'a>(client: &'a Client, path: &Path, policy: &str) -> Option<&'a Value> {
    client.diagnostics.get(&uri(path))?.iter().find(|one| one["code"] == policy)
}

/// What a text becomes by the edits of an action for its file; columns count bytes here.
pub fn apply(text: &str, edits: &[Value]) -> String {
    let offset = |place: &Value| {
        let start: usize = text
            .split_inclusive('\n')
            .take(usize::try_from(place["line"].as_u64().unwrap()).unwrap())
            .map(str::len)
            .sum();
        start + usize::try_from(place["character"].as_u64().unwrap()).unwrap()
    };
    let mut made = text.to_owned();
    let mut edits: Vec<&Value> = edits.iter().collect();
    edits.sort_by_key(|edit| offset(&edit["range"]["start"]));
    for edit in edits.iter().rev() {
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        made.replace_range(range, edit["newText"].as_str().unwrap());
    }
    made
}

pub fn changed(text: &str, action: &Value) -> String {
    apply(text, action["edit"]["documentChanges"][0]["edits"].as_array().unwrap())
}

pub fn titled<'a>(actions: &'a [Value], start: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"].as_str().unwrap().starts_with(start));
    found.unwrap_or_else(|| panic!("no `{start}` in {actions:#?}"))
}

/// A directory of a test's own.
pub struct Folder {
    pub path: PathBuf,
}

impl Folder {
    pub fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lsp").join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join(".git")).unwrap();
        let folder = Self { path };
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}
