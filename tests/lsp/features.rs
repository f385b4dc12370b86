//! Pulling, settings, watched files, folders, actions, positions.

use std::path::Path;

use dynalens::analysis::Request;
use dynalens::source::{FileId, Rooted};
use serde_json::{Value, json};

use super::client::{Client, Folder, RECOVERY, TABLE, of, shown, today, uri};

#[test]
fn a_client_that_asks_is_answered_and_not_told_as_well() {
    let folder = Folder::new("pull", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::with(&folder.path, &json!({ "textDocument": { "diagnostic": {} } }), &Value::Null);
    client.open(&path, TABLE);
    let document = json!({ "uri": uri(&path) });
    let first = client.request("textDocument/diagnostic", json!({ "textDocument": document })).unwrap();
    assert_eq!(first["kind"], "full");
    assert!(first["items"].as_array().unwrap().iter().any(|one| one["code"] == RECOVERY));
    assert!(client.diagnostics.is_empty(), "{:?}", client.diagnostics);
    let again = json!({ "textDocument": document, "previousResultId": first["resultId"] });
    assert_eq!(client.request("textDocument/diagnostic", again.clone()).unwrap()["kind"], "unchanged");
    client.replace(&path, &TABLE.replace("false", "true"));
    assert_eq!(client.request("textDocument/diagnostic", again).unwrap()["kind"], "full");
    assert!(client.end());
}

#[test]
fn the_whole_workspace_is_looked_at_only_when_somebody_asks_for_it() {
    let folder = Folder::new("whole", &[("a/one.yaml", TABLE), ("b/two.yaml", TABLE)]);
    let (one, two) = (folder.path.join("a/one.yaml"), folder.path.join("b/two.yaml"));
    let mut client = Client::new(&folder.path);
    client.open(&one, TABLE);
    client.settle();
    assert!(of(&client, &one, RECOVERY).is_some() && of(&client, &two, RECOVERY).is_none());
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "dynalens": { "workspace": true } } }));
    client.settle();
    assert!(of(&client, &two, RECOVERY).is_some());
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "dynalens": {} } }));
    client.settle();
    assert!(of(&client, &two, RECOVERY).is_none(), "what nobody asks for any more is taken back");
    let all = client.request("workspace/diagnostic", json!({ "previousResultIds": [] })).unwrap();
    let items = all["items"].as_array().unwrap().clone();
    assert!(items.iter().any(|item| item["uri"] == uri(&two) && item["kind"] == "full"), "{items:?}");
    let previous: Vec<Value> =
        items.iter().map(|item| json!({ "uri": item["uri"], "value": item["resultId"] })).collect();
    let all = client.request("workspace/diagnostic", json!({ "previousResultIds": previous })).unwrap();
    assert!(all["items"].as_array().unwrap().iter().all(|item| item["kind"] == "unchanged"));
}

#[test]
fn a_client_that_pulls_is_sent_what_it_was_not_told_to_ask_for() {
    let folder = Folder::new("later", &[("a/one.yaml", TABLE), ("b/two.yaml", TABLE)]);
    let (one, two) = (folder.path.join("a/one.yaml"), folder.path.join("b/two.yaml"));
    let pulls = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = Client::with(&folder.path, &pulls, &Value::Null);
    client.open(&one, TABLE);
    client.settle();
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "dynalens": { "workspace": true } } }));
    client.settle();
    assert!(of(&client, &two, RECOVERY).is_some(), "it did not hear that it may ask for this one");
    assert!(of(&client, &one, RECOVERY).is_none(), "and for this one it asks");
    let mut client = Client::with(&folder.path, &pulls, &json!({ "workspace": true }));
    client.open(&one, TABLE);
    client.settle();
    assert!(client.diagnostics.is_empty(), "who hears it at the start asks for all: {:?}", client.diagnostics);
}

#[test]
fn settings_come_from_the_client_that_is_asked_for_them() {
    let folder = Folder::new("settings", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::with(
        &folder.path,
        &json!({ "workspace": { "configuration": true, "didChangeConfiguration": { "dynamicRegistration": true } } }),
        &json!({ "ignore": ["reliability"] }),
    );
    client.settings = json!({ "select": [RECOVERY] });
    client.open(&path, TABLE);
    client.settle();
    client.settle();
    assert_eq!(client.shown(&path), [format!("8:36-8:41 {RECOVERY}")]);
    assert!(client.asked.iter().any(|request| request.method == "client/registerCapability"));
    client.settings = json!({ "undetermined": true, "select": ["nonsense"] });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.settle();
    client.settle();
    let told = client.told.iter().find(|one| one.method == "window/showMessage").map(|one| one.params.to_string());
    assert!(told.as_ref().is_some_and(|told| told.contains("there is no policy `nonsense`")), "{told:?}");
}

#[test]
fn files_that_change_on_the_disk_are_noticed() {
    let module = "variable \"recovery\" {}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key = \"id\"\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n  point_in_time_recovery { enabled = var.recovery }\n}\n";
    let folder = Folder::new("watch", &[("modules/t/main.tf", module)]);
    let root = "module \"t\" {\n  source = \"../modules/t\"\n  recovery = false\n}\n";
    folder.write("live/main.tf", root);
    let path = folder.path.join("modules/t/main.tf");
    let watching = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::with(&folder.path, &watching, &Value::Null);
    client.open(&path, module);
    client.settle();
    let label = of(&client, &path, RECOVERY).unwrap()["relatedInformation"].to_string();
    assert!(label.contains("live/main.tf"), "the way leads into another file: {label}");
    let live = folder.write("live/main.tf", &root.replace("false", "true"));
    let event = |path: &Path, kind: i32| json!({ "changes": [{ "uri": uri(path), "type": kind }] });
    client.notify("workspace/didChangeWatchedFiles", event(&live, 2));
    client.settle();
    assert!(of(&client, &path, RECOVERY).is_none());
    // A second root comes, and the first one goes.
    let other = folder.write("other/main.tf", root);
    client.notify("workspace/didChangeWatchedFiles", event(&other, 1));
    client.settle();
    assert!(of(&client, &path, RECOVERY).is_some());
    std::fs::remove_dir_all(folder.path.join("other")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", event(&folder.path.join("other"), 3));
    client.settle();
    assert!(of(&client, &path, RECOVERY).is_none());
    // An open file is as the editor has it, whatever the disk says.
    folder.write("modules/t/main.tf", "");
    client.notify("workspace/didChangeWatchedFiles", event(&path, 2));
    client.settle();
    assert!(!client.shown(&path).is_empty());
}

#[test]
fn a_client_that_watches_nothing_is_helped_when_it_saves() {
    let folder = Folder::new("sweep", &[("dynalens.yml", "profile: default\n")]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    client.open(&path, TABLE);
    client.settle();
    assert!(of(&client, &path, RECOVERY).is_some());
    folder.write("dynalens.yml", "policies: { point-in-time-recovery-disabled: false }\n");
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri(&path) } }));
    client.settle();
    assert!(of(&client, &path, RECOVERY).is_none());
}

#[test]
fn the_configuration_file_and_pages_are_told_of_their_own_mistakes() {
    let page = "---\nname: our-own\n---\n";
    let folder = Folder::new("own", &[("policies/our-own.md", page)]);
    let (config, page_path) = (folder.path.join("dynalens.yml"), folder.path.join("policies/our-own.md"));
    let mut client = Client::new(&folder.path);
    client.open(&config, "profile: stirct\npolicy-folders: [policies]\n");
    client.open(&page_path, page);
    client.settle();
    assert!(!client.shown(&config).is_empty() && !client.shown(&page_path).is_empty(), "{:?}", client.diagnostics);
    client.replace(&config, "profile: strict\n");
    client.settle();
    assert!(client.shown(&config).is_empty() && client.shown(&page_path).is_empty(), "{:?}", client.diagnostics);
}

#[test]
fn folders_come_and_go() {
    let folders = [Folder::new("first", &[]), Folder::new("second", &[("t.yaml", TABLE)])];
    let mut client = Client::with(&folders[0].path, &json!({}), &json!({ "workspace": true }));
    client.settle();
    let path = folders[1].path.join("t.yaml");
    assert!(client.shown(&path).is_empty());
    let folder = json!([{ "uri": uri(&folders[1].path), "name": "second" }]);
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": folder, "removed": [] } }));
    client.settle();
    assert!(!client.shown(&path).is_empty());
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [], "removed": folder } }));
    client.settle();
    assert!(client.shown(&path).is_empty());
}

#[test]
fn positions_are_counted_as_the_client_wants_them() {
    let text = TABLE
        .replace("Orders:", "\"🦀e\u{301}\": # é\r")
        .replace("        PointInTimeRecoveryEnabled: false", "        { \"PointInTimeRecoveryEnabled\": &🦀é false }");
    let folder = Folder::new("encodings", &[]);
    let path = folder.path.join("template.yaml");
    let line = text.lines().nth(8).unwrap();
    let before = line.split("false").next().unwrap();
    for (offered, chosen, column) in [
        (json!(["utf-8", "utf-16"]), "utf-8", before.len()),
        (json!(["utf-16", "utf-32"]), "utf-16", before.encode_utf16().count()),
        (json!(["utf-32"]), "utf-32", before.chars().count()),
        (Value::Null, "utf-16", before.encode_utf16().count()),
    ] {
        let mut client =
            Client::with(&folder.path, &json!({ "general": { "positionEncodings": offered } }), &Value::Null);
        assert_eq!(client.encoding, chosen);
        client.open(&path, &text);
        client.settle();
        let shown = client.shown(&path);
        assert!(shown.contains(&format!("8:{column}-8:{} {RECOVERY}", column + 5)), "{chosen}: {shown:?}");
        // An edit at such a place goes where it should.
        let place = |column: usize| json!({ "line": 8, "character": column });
        client.edit(&path, &[json!({ "range": { "start": place(column), "end": place(column + 5) }, "text": "true" })]);
        client.settle();
        assert!(of(&client, &path, RECOVERY).is_none(), "{chosen}: {:?}", client.shown(&path));
    }
}

#[test]
fn a_document_that_is_broken_at_the_cursor_keeps_the_findings_of_its_sound_parts() {
    let folder = Folder::new("broken", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    let two = format!("{TABLE}{}", TABLE.replace("Resources:\n", "").replace("Orders", "Customers"));
    client.open(&path, &two);
    client.settle();
    let count = |client: &Client| client.shown(&path).iter().filter(|one| one.contains(RECOVERY)).count();
    assert_eq!(count(&client), 2);
    for broken in [
        two.replacen("      KeySchema: [", "      KeySchema: [[[", 1),
        two.replacen("      BillingMode: PAY_PER_REQUEST", "      Bill", 1),
        format!("{two}  New:\n    Ty"),
    ] {
        client.replace(&path, &broken);
        client.settle();
        assert!(count(&client) >= 1, "{:?}\n{broken}", client.shown(&path));
    }
}

#[test]
fn many_edits_leave_nothing_behind() {
    use dynalens::analysis::session::{Change, Pace, Scope, Session};
    use dynalens::source::{Nothing, Overlay};
    let root = Path::new("/w");
    let mut files = Overlay::over(Nothing);
    let path = root.join("t.yaml");
    files.set(path.clone(), TABLE.as_bytes());
    let mut session = Session::new(root, Request::new(today()));
    let scope = Scope { open: ["t.yaml".into()].into(), whole: false };
    for number in 0..200 {
        files.set(path.clone(), format!("{TABLE}# {number}\n").into_bytes());
        session.changed(&path, Change::Text);
        session.refresh(&Rooted::new(root, &files), &scope, today(), &Pace::QUIET).unwrap();
    }
    assert_eq!(session.sources().all().len(), 1);
    assert!((8..300).all(|id| session.sources().get(FileId(id)).is_none()));
    assert!(!session.analysis().findings.is_empty());
}

#[test]
fn large_workspaces_are_told_how_far_the_work_has_come() {
    let files: Vec<(String, &str)> = (0..25).map(|number| (format!("t{number}.yaml"), TABLE)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let folder = Folder::new("progress", &files);
    let mut client =
        Client::with(&folder.path, &json!({ "window": { "workDoneProgress": true } }), &json!({ "workspace": true }));
    client.settle();
    let kinds: Vec<&str> = client
        .told
        .iter()
        .filter(|one| one.method == "$/progress")
        .map(|one| one.params["value"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"begin"), Some(&"end")), "{kinds:?}");
    assert!(client.diagnostics.values().flatten().any(|one| shown(one).ends_with(RECOVERY)));
}
