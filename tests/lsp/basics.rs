//! The life of the protocol, and the way from a document to its diagnostics.

use serde_json::{Value, json};

use super::client::{Client, Folder, TABLE};

#[test]
fn a_document_is_told_of_when_it_is_opened_and_again_with_each_edit() {
    let folder = Folder::new("edits", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    client.open(&path, TABLE);
    client.settle();
    let recovery = "8:36-8:41 point-in-time-recovery-disabled".to_owned();
    assert!(client.shown(&path).contains(&recovery), "{:?}", client.shown(&path));
    client.edit(&path, &[json!({ "range": { "start": { "line": 8, "character": 36 }, "end": { "line": 8, "character": 41 } }, "text": "true" })]);
    client.settle();
    assert!(!client.shown(&path).iter().any(|one| one.ends_with("recovery-disabled")), "{:?}", client.shown(&path));
    client.close(&path);
    client.settle();
    assert!(client.shown(&path).is_empty(), "a file that is not there has no findings");
    assert!(client.end());
}

#[test]
fn the_fix_of_a_finding_is_offered_at_its_place() {
    let folder = Folder::new("actions", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    client.open(&path, TABLE);
    client.settle();
    let diagnostic = client.diagnostics.values().flatten().find(|one| one["code"] == "point-in-time-recovery-disabled");
    let diagnostic = diagnostic.unwrap().clone();
    assert_eq!(diagnostic["source"], "dynalens");
    let actions = client.actions(&path, &diagnostic);
    let fix =
        actions.iter().find(|action| action["isPreferred"] == json!(true)).unwrap_or_else(|| panic!("{actions:?}"));
    let change = &fix["edit"]["documentChanges"][0];
    assert_eq!((&change["textDocument"]["version"], &change["edits"][0]["newText"]), (&json!(1), &json!("true")));
}

#[test]
fn nothing_but_initialize_comes_first_and_nothing_but_exit_last() {
    let mut client = Client::raw();
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err().0, -32002);
    client.notify("textDocument/didOpen", json!({}));
    assert!(client.request("initialize", json!({ "capabilities": {} })).is_ok());
    assert_eq!(client.request("initialize", json!({})).unwrap_err().0, -32600);
    assert_eq!(client.request("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err().0, -32600);
    client.notify("exit", Value::Null);
    let mut other = Client::raw();
    assert!(other.request("initialize", json!({ "capabilities": 3 })).is_ok());
    assert!(!other.vanish(), "a client that vanishes has not said goodbye");
}

#[test]
fn messages_that_make_no_sense_are_answered_and_end_nothing() {
    let folder = Folder::new("nonsense", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    assert_eq!(client.request("textDocument/codeAction", json!({ "textDocument": 3 })).unwrap_err().0, -32602);
    assert_eq!(client.request("no/such", json!([])).unwrap_err().0, -32601);
    client.notify(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "file:///nowhere", "version": 1 }, "contentChanges": [] }),
    );
    client.notify(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": "::%%", "languageId": "yaml", "version": 1, "text": "a: [" } }),
    );
    client.notify("textDocument/didClose", json!(null));
    client.notify("$/unknown", json!(null));
    client.open(&path, TABLE);
    let wild = json!({ "range": { "start": { "line": 4_000_000_000_u32, "character": 9 }, "end": { "line": 0, "character": 4_294_967_295_u32 } }, "text": "" });
    client.edit(&path, &[wild]);
    client.replace(&path, TABLE);
    client.settle();
    assert!(!client.shown(&path).is_empty());
    assert!(client.end());
}

#[test]
fn a_document_that_was_never_saved_is_judged() {
    let folder = Folder::new("unsaved", &[]);
    let mut client = Client::new(&folder.path);
    let item = json!({ "uri": "untitled:Untitled-1", "languageId": "yaml", "version": 1, "text": TABLE });
    client.notify("textDocument/didOpen", json!({ "textDocument": item }));
    client.settle();
    assert!(!client.diagnostics["untitled:Untitled-1"].is_empty());
}
