//! From a keystroke to published diagnostics, as an editor drives the server. `cargo bench --bench editor` prints the
//! figures; nothing is asserted.
//!
//! `DYNALENS_BENCH_TEMPLATE=path` takes a template of one's own in place of the generated one.

mod inputs;

use std::path::{Path, PathBuf};

use divan::Bencher;
use dynalens::finding::triage::Date;
use dynalens::lsp::Server;
use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

/// An editor with a server of its own.
struct Editor {
    connection: Connection,
    next: i32,
}

impl Editor {
    fn new(root: &Path) -> Self {
        let (server, connection) = Connection::memory();
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let today = || Date::parse("2026-06-01").expect("a day of the calendar");
        thread.spawn(move || Server::new(server, today).run()).expect("a thread can be started");
        let mut editor = Self { connection, next: 0 };
        let capabilities = json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } });
        let folder = format!("file://{}", root.display());
        editor.ask("initialize", json!({ "rootUri": folder, "capabilities": capabilities }));
        editor.notify("initialized", json!({}));
        editor
    }

    fn notify(&self, method: &str, params: Value) {
        let message = Notification { method: method.to_owned(), params };
        self.connection.sender.send(message.into()).expect("the server runs");
    }

    /// Asks something and waits for the answer, which comes when everything before it is published.
    fn ask(&mut self, method: &str, params: Value) {
        self.next += 1;
        let request = Request { id: RequestId::from(self.next), method: method.to_owned(), params };
        self.connection.sender.send(request.into()).expect("the server runs");
        while !matches!(self.connection.receiver.recv(), Ok(Message::Response(_))) {}
    }

    fn open(&mut self, path: &Path, text: &str) {
        let uri = format!("file://{}", path.display());
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        self.settle();
    }

    fn settle(&mut self) {
        self.ask("dynalens/nothing", Value::Null);
    }

    /// Replaces some characters of a line (from 0), and waits until what that means is published.
    fn type_at(&mut self, path: &Path, line: usize, columns: (usize, usize), text: &str) {
        let document = json!({ "uri": format!("file://{}", path.display()), "version": 2 });
        let place = |column: usize| json!({ "line": line, "character": column });
        let change = json!({ "range": { "start": place(columns.0), "end": place(columns.1) }, "text": text });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
        self.settle();
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the input is there")
}

/// The line that begins so.
fn line_of(text: &str, start: &str) -> usize {
    text.lines().position(|line| line.trim_start().starts_with(start)).expect("there is such a line")
}

/// A letter is put into the middle of the template, and taken out again: two keystrokes.
fn two_keystrokes(bencher: Bencher<'_, '_>, path: &Path) {
    let text = read(path);
    let mut editor = Editor::new(path.parent().expect("the template lies in a folder"));
    editor.open(path, &text);
    let half = text.lines().count() / 2;
    let line =
        half + text.lines().skip(half).position(|line| line.trim_start().starts_with("Type:")).unwrap_or_default();
    let end = text.lines().nth(line).map_or(0, str::len);
    bencher.bench_local(|| {
        editor.type_at(path, line, (end, end), "x");
        editor.type_at(path, line, (end, end + 1), "");
    });
}

/// 340 KB and 9,700 lines: functions with their policies and events, some tables.
#[divan::bench(sample_count = 40)]
fn two_keystrokes_in_a_large_sam_template(bencher: Bencher<'_, '_>) {
    let own = std::env::var_os("DYNALENS_BENCH_TEMPLATE").map(PathBuf::from);
    two_keystrokes(bencher, &own.unwrap_or_else(|| inputs::sam_template_of_340_kb().join("template.yaml")));
}

#[divan::bench(sample_count = 40)]
fn two_keystrokes_in_a_small_template(bencher: Bencher<'_, '_>) {
    two_keystrokes(bencher, &inputs::small_template().join("template.yaml"));
}

/// A module that some of 200 root modules call.
#[divan::bench(sample_count = 20)]
fn two_keystrokes_in_a_leaf_module_of_200_roots(bencher: Bencher<'_, '_>) {
    let root = inputs::root_modules(200);
    let path = root.join("modules/table-3/main.tf");
    let text = read(&path);
    let mut editor = Editor::new(&root);
    editor.open(&path, &text);
    let line = line_of(&text, "name");
    bencher.bench_local(|| {
        editor.type_at(&path, line, (0, 0), " ");
        editor.type_at(&path, line, (0, 1), "");
    });
}
