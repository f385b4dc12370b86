//! What the server bears, with all messages waiting when it begins.

use super::*;

/// A request that fails as no request should.
pub const FAILING: &str = "test/failing";

pub fn fail() -> Result<Value, Fault> {
    panic!("a bug of ours")
}

/// Everything that a server sends which finds all these messages waiting when it begins.
fn script(today: fn() -> Date, messages: Vec<Message>) -> Vec<Message> {
    let (server, client) = Connection::memory();
    let Connection { sender, receiver } = client;
    for message in messages {
        sender.send(message).unwrap();
    }
    drop(sender);
    assert!(!Server::new(server, today).run(), "nobody has said goodbye");
    receiver.try_iter().collect()
}

fn request(id: i32, method: &str, params: Value) -> Message {
    Request { id: id.into(), method: method.to_owned(), params }.into()
}

fn notification(method: &str, params: Value) -> Message {
    Notification { method: method.to_owned(), params }.into()
}

fn open(text: &str) -> Message {
    let item = json!({ "uri": "untitled:one", "languageId": "yaml", "version": 1, "text": text });
    notification("textDocument/didOpen", json!({ "textDocument": item }))
}

fn edit(version: i32, text: &str) -> Message {
    let params = json!({
        "textDocument": { "uri": "untitled:one", "version": version }, "contentChanges": [{ "text": text }],
    });
    notification("textDocument/didChange", params)
}

fn begin() -> Message {
    request(0, "initialize", json!({ "capabilities": {} }))
}

fn code(messages: &[Message], id: i32) -> Option<i32> {
    let answer = messages.iter().find_map(|message| match message {
        Message::Response(response) if response.id == RequestId::from(id) => Some(response),
        _ => None,
    })?;
    answer.response_result.as_ref().err().map_or(Some(0), |error| Some(error.code))
}

fn told<'a>(messages: &'a [Message], method: &str) -> Vec<&'a Value> {
    let told = messages.iter().filter_map(|message| match message {
        Message::Notification(one) if one.method == method => Some(&one.params),
        _ => None,
    });
    told.collect()
}

fn today() -> Date {
    Date::from_unix(0)
}

#[test]
fn a_request_that_fails_is_answered_and_ends_nothing() {
    let hover = json!({ "textDocument": { "uri": "untitled:one" }, "position": { "line": 0, "character": 0 } });
    let sent = script(
        today,
        vec![
            begin(),
            open("Resources: {}\n"),
            request(1, FAILING, Value::Null),
            request(2, "textDocument/hover", hover),
        ],
    );
    assert_eq!((code(&sent, 1), code(&sent, 2)), (Some(-32603), Some(0)), "{sent:?}");
    let log = told(&sent, "window/logMessage");
    assert!(log.iter().any(|one| one["message"].as_str().unwrap().contains("a bug of ours")), "{log:?}");
}

#[test]
fn an_analysis_that_fails_ends_nothing() {
    fn never() -> Date {
        panic!("there is no day")
    }
    let messages =
        vec![begin(), open("Resources: {}\n"), edit(2, "Resources: { T: {} }\n"), request(3, "no/such", Value::Null)];
    let sent = script(never, messages);
    assert_eq!(code(&sent, 3), Some(-32601), "{sent:?}");
    let log = told(&sent, "window/logMessage");
    assert!(log.iter().any(|one| one["message"].as_str().unwrap().contains("there is no day")), "{log:?}");
}

#[test]
fn a_request_that_is_taken_back_while_it_waits_is_answered_as_such() {
    let hover = json!({ "textDocument": { "uri": "untitled:one" }, "position": { "line": 0, "character": 0 } });
    let sent = script(
        today,
        vec![
            begin(),
            open("Resources: {}\n"),
            request(1, "textDocument/hover", hover.clone()),
            request(2, "textDocument/hover", hover),
            notification("$/cancelRequest", json!({ "id": 1 })),
            // Nothing waits by that name.
            notification("$/cancelRequest", json!({ "id": "x" })),
            notification("$/cancelRequest", Value::Null),
        ],
    );
    assert_eq!((code(&sent, 1), code(&sent, 2)), (Some(-32800), Some(0)), "{sent:?}");
    assert_eq!(sent.iter().filter(|one| matches!(one, Message::Response(_))).count(), 3, "each once: {sent:?}");
}

#[test]
fn of_edits_that_follow_each_other_only_the_last_one_is_looked_at() {
    let mut messages = vec![begin(), open("")];
    messages.extend((2..50).map(|version| edit(version, &format!("# {version}\n"))));
    let sent = script(today, messages);
    let versions: Vec<&Value> =
        told(&sent, "textDocument/publishDiagnostics").iter().map(|one| &one["version"]).collect();
    assert_eq!(versions, [&json!(49)]);
}

#[test]
fn who_closes_the_editor_does_not_wait() {
    let mut messages = vec![begin(), open("Resources: {}\n"), request(1, "textDocument/diagnostic", Value::Null)];
    messages.extend([request(2, "shutdown", Value::Null), request(3, "textDocument/hover", Value::Null)]);
    let (server, client) = Connection::memory();
    for message in messages.into_iter().chain([notification("exit", Value::Null)]) {
        client.sender.send(message).unwrap();
    }
    assert!(Server::new(server, today).run());
    let sent: Vec<Message> = client.receiver.try_iter().collect();
    assert_eq!((code(&sent, 1), code(&sent, 2), code(&sent, 3)), (Some(-32800), Some(0), Some(-32600)), "{sent:?}");
    assert!(told(&sent, "textDocument/publishDiagnostics").is_empty(), "nothing is looked at any more");
}
