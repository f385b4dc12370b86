//! Documents of every kind of place: spelled in other ways, in no file, gone, or of another scheme.

use serde_json::{Value, json};

use super::client::{Client, Folder, RECOVERY, TABLE, uri};

fn open(client: &mut Client, uri: &str, language: &str, text: &str) {
    let item = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
    client.notify("textDocument/didOpen", json!({ "textDocument": item }));
}

fn close(client: &mut Client, uri: &str) {
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
}

fn finding(client: &Client, uri: &str) -> Option<Value> {
    client.diagnostics.get(uri)?.iter().find(|one| one["code"] == RECOVERY).cloned()
}

#[test]
fn a_document_is_told_of_by_the_name_that_the_client_has_for_it() {
    let folder = Folder::new("names (ü) 100%", &[]);
    let below = folder.path.parent().unwrap().display();
    for name in [
        // As editors write it, in small and in large digits, and with what needs no escape left as it is.
        "names%20(%c3%bc)%20100%25/a.yaml",
        "names%20%28%C3%BC%29%20100%25/b.yaml",
        "names (ü) 100%/c.yaml",
    ] {
        let spelled = format!("file://{below}/{name}");
        let mut client = Client::new(&folder.path);
        open(&mut client, &spelled, "yaml", TABLE);
        client.settle();
        let diagnostic = finding(&client, &spelled).unwrap_or_else(|| panic!("{name}: {:?}", client.diagnostics));
        let params = json!({
            "textDocument": { "uri": spelled }, "range": diagnostic["range"], "context": { "diagnostics": [diagnostic] },
        });
        let actions = client.request("textDocument/codeAction", params).unwrap();
        assert_eq!(actions[0]["edit"]["documentChanges"][0]["textDocument"]["uri"], json!(spelled), "{actions}");
        close(&mut client, &spelled);
        client.settle();
        assert_eq!(
            client.diagnostics.len(),
            1,
            "what was told is taken back by the same name: {:?}",
            client.diagnostics
        );
        assert!(client.diagnostics[&spelled].is_empty());
        assert!(client.end());
    }
}

#[test]
fn other_files_are_named_so_that_their_names_lead_back() {
    let module = "variable \"recovery\" {}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n  point_in_time_recovery { enabled = var.recovery }\n}\n";
    let call = "module \"t\" {\n  source = \"../the module #1\"\n  recovery = false\n}\n";
    let folder = Folder::new("others", &[("the module #1/main.tf", module), ("é/main.tf", call)]);
    let mut client = Client::new(&folder.path);
    let base = uri(&folder.path);
    open(&mut client, &format!("{base}/the%20module%20%231/main.tf"), "terraform", module);
    client.settle();
    let diagnostic = finding(&client, &format!("{base}/the%20module%20%231/main.tf")).unwrap();
    assert_eq!(diagnostic["relatedInformation"][0]["location"]["uri"], json!(format!("{base}/%C3%A9/main.tf")));
    assert!(client.end());
}

#[test]
fn documents_that_no_file_has_are_judged_by_themselves() {
    let folder = Folder::new("schemes", &[("template.yaml", TABLE)]);
    let table = "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"orders\"\n  hash_key = \"id\"\n}\n";
    let mut client = Client::new(&folder.path);
    for (spelled, language, text) in [
        ("untitled:Untitled-1", "yaml", TABLE),
        ("untitled:Untitled-2", "terraform", table),
        ("vscode-vfs://github/some/repository/main.tf", "terraform", table),
        ("git:/w/template.yaml?%7B%22path%22%3A%22/w/template.yaml%22%2C%22ref%22%3A%22HEAD%22%7D", "yaml", TABLE),
        ("file:///c%3A/Users/someone/template.yaml", "yaml", TABLE),
        ("buffer://", "yaml", TABLE),
        ("jdt://contents/x.jar/%00/../..", "yaml", TABLE),
    ] {
        open(&mut client, spelled, language, text);
        client.settle();
        let diagnostic = finding(&client, spelled).unwrap_or_else(|| panic!("{spelled}: {:?}", client.diagnostics));
        let params = json!({
            "textDocument": { "uri": spelled }, "range": diagnostic["range"], "context": { "diagnostics": [diagnostic] },
        });
        let actions = client.request("textDocument/codeAction", params).unwrap();
        assert_eq!(actions[0]["edit"]["documentChanges"][0]["textDocument"]["uri"], json!(spelled), "{actions}");
        close(&mut client, spelled);
        client.settle();
        assert!(client.diagnostics[spelled].is_empty());
    }
    assert!(client.diagnostics.values().all(Vec::is_empty), "{:?}", client.diagnostics);
    assert!(client.end());
}

#[test]
fn a_file_that_is_deleted_while_it_is_open_stays_as_the_editor_has_it() {
    let folder = Folder::new("deleted", &[("template.yaml", TABLE)]);
    let path = folder.path.join("template.yaml");
    let watching = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    for capabilities in [json!({}), watching] {
        folder.write("template.yaml", TABLE);
        let mut client = Client::with(&folder.path, &capabilities, &Value::Null);
        client.open(&path, TABLE);
        client.settle();
        std::fs::remove_file(&path).unwrap();
        let event = json!({ "changes": [{ "uri": uri(&path), "type": 3 }] });
        client.notify("workspace/didChangeWatchedFiles", event);
        client.settle();
        assert!(finding(&client, &uri(&path)).is_some());
        client.close(&path);
        client.settle();
        assert!(client.shown(&path).is_empty(), "{:?}", client.shown(&path));
        assert!(client.end());
    }
}

#[test]
fn a_document_that_is_opened_twice_or_closed_twice_is_as_it_was_said_last() {
    let folder = Folder::new("twice", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    client.open(&path, "Resources: {}\n");
    client.open(&path, TABLE);
    client.settle();
    assert!(finding(&client, &uri(&path)).is_some());
    client.close(&path);
    client.close(&path);
    client.edit(&path, &[json!({ "text": TABLE })]);
    client.settle();
    assert!(client.shown(&path).is_empty());
    assert!(client.end());
}

#[test]
fn large_documents_that_are_nothing_of_ours_are_borne() {
    let folder = Folder::new("large", &[]);
    let path = folder.path.join("data.json");
    let mut client = Client::new(&folder.path);
    let text = format!("[{}{{}}]\n", "{ \"a\": [1, 2, 3], \"b\": \"🦀\" },\n".repeat(200_000));
    client.open(&path, &text);
    let end = json!({ "line": 200_000, "character": 0 });
    client.edit(&path, &[json!({ "range": { "start": end, "end": end }, "text": "{}," })]);
    client.settle();
    assert!(client.shown(&path).is_empty());
    assert!(client.end());
}

#[test]
fn a_text_that_code_reads_is_noticed_when_it_changes() {
    let code = "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n  point_in_time_recovery { enabled = trimspace(file(\"${path.module}/recovery.txt\")) == \"yes\" }\n}\n";
    let folder = Folder::new("texts", &[("main.tf", code), ("recovery.txt", "no\n"), ("log.txt", "")]);
    let path = folder.path.join("main.tf");
    let watching = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::with(&folder.path, &watching, &Value::Null);
    client.open(&path, code);
    client.settle();
    assert!(finding(&client, &uri(&path)).is_some(), "{:?}", client.diagnostics);
    for name in ["log.txt", "recovery.txt"] {
        let changed = folder.write(name, "yes\n");
        let event = json!({ "changes": [{ "uri": uri(&changed), "type": 2 }] });
        client.notify("workspace/didChangeWatchedFiles", event);
        client.settle();
        assert_eq!(finding(&client, &uri(&path)).is_some(), name == "log.txt");
    }
    let asked = client.asked.iter().find(|request| request.method == "client/registerCapability").unwrap();
    assert!(asked.params.to_string().contains("txt"), "{}", asked.params);
    assert!(client.end());
}
