//! Pulling, settings, watched files, folders, actions, positions.

use std::path::Path;

use dynalens::analysis::{self, Request, Which};
use dynalens::source::{Disk, FileId, Rooted};
use serde_json::{Value, json};

use super::client::{Client, Folder, shown, today, uri};

const TABLE: &str = "Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: false
";
const RECOVERY: &str = "point-in-time-recovery-disabled";

fn of<'a>(client: &'a Client, path: &Path, policy: &str) -> Option<&'a Value> {
    client.diagnostics.get(&uri(path))?.iter().find(|one| one["code"] == policy)
}

/// What a text becomes by the edits of an action for its file; columns count bytes here.
fn apply(text: &str, edits: &[Value]) -> String {
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

fn changed(text: &str, action: &Value) -> String {
    apply(text, action["edit"]["documentChanges"][0]["edits"].as_array().unwrap())
}

fn titled<'a>(actions: &'a [Value], start: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"].as_str().unwrap().starts_with(start));
    found.unwrap_or_else(|| panic!("no `{start}` in {actions:#?}"))
}

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
fn a_finding_can_be_suppressed_where_it_stands_or_in_the_configuration() {
    let folder = Folder::new("suppress", &[]);
    let path = folder.path.join("template.yaml");
    let more = json!({ "workspace": { "workspaceEdit": { "resourceOperations": ["create"] } }, "window": { "showDocument": { "support": true } } });
    let mut client = Client::with(&folder.path, &more, &Value::Null);
    client.open(&path, TABLE);
    client.settle();
    let diagnostic = of(&client, &path, RECOVERY).unwrap().clone();
    let actions = client.actions(&path, &diagnostic);
    let here = titled(&actions, "suppress point-in-time-recovery-disabled here");
    assert_eq!(here["diagnostics"][0], diagnostic);
    let suppressed = changed(TABLE, here);
    assert!(suppressed.contains("# dynalens: ignore[point-in-time-recovery-disabled] "), "{suppressed}");
    let entry = titled(&actions, "suppress point-in-time-recovery-disabled of `Orders` in dynalens.yml");
    let changes = entry["edit"]["documentChanges"].as_array().unwrap();
    assert_eq!((&changes[0]["kind"], &changes[1]["textDocument"]["version"]), (&json!("create"), &Value::Null));
    let text = apply("", changes[1]["edits"].as_array().unwrap());
    assert!(text.starts_with("suppressions:\n  - policy: ") && text.contains("path: \"template.yaml\""), "{text}");
    let open = titled(&actions, "open the page about");
    let command = &open["command"];
    let run = json!({ "command": command["command"], "arguments": command["arguments"] });
    assert_eq!(client.request("workspace/executeCommand", run), Ok(Value::Null));
    let asked = client.asked.iter().find(|request| request.method == "window/showDocument").unwrap();
    assert_eq!(
        (&asked.params["uri"], &asked.params["external"]),
        (&diagnostic["codeDescription"]["href"], &json!(true))
    );
    // The suppression holds; and where there is nothing left to suppress, it can be taken out again.
    client.replace(&path, &suppressed);
    client.settle();
    assert!(of(&client, &path, RECOVERY).is_none());
    let mended = suppressed.replace("Enabled: false", "Enabled: true");
    client.replace(&path, &mended);
    client.settle();
    let unused = of(&client, &path, "unused-suppression").unwrap().clone();
    assert_eq!(unused["tags"], json!([1]));
    let actions = client.actions(&path, &unused);
    assert_eq!(changed(&mended, titled(&actions, "take the suppression out")), TABLE.replace("false", "true"));
}

#[test]
fn all_safe_fixes_of_a_file_are_those_of_dynalens_fix() {
    for name in ["bare-cloudformation", "bare-provisioned", "bare-sam", "bare-terraform"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects").join(name);
        let mut request = Request::new(today());
        request.fixes = true;
        let fixing = analysis::fix(&request, &Rooted::new(&root, Disk), Which::Safe).unwrap();
        let [file] = fixing.files.as_slice() else { continue };
        let path = root.join(&file.path);
        for lazily in [false, true] {
            let support = json!({ "properties": ["edit"] });
            let more = json!({ "textDocument": { "codeAction": { "resolveSupport": if lazily { support } else { Value::Null } } } });
            let mut client = Client::with(&root, &more, &Value::Null);
            client.open(&path, &file.before);
            let params = json!({
                "textDocument": { "uri": uri(&path) },
                "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } },
                "context": { "diagnostics": [], "only": ["source.fixAll"] },
            });
            let actions = client.request("textDocument/codeAction", params).unwrap();
            let mut action = actions[0].clone();
            assert_eq!((actions.as_array().unwrap().len(), &action["kind"]), (1, &json!("source.fixAll.dynalens")));
            if lazily {
                assert_eq!(action["edit"], Value::Null);
                action = client.request("codeAction/resolve", action).unwrap();
            }
            assert_eq!(changed(&file.before, &action), file.after, "{name}");
        }
    }
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
