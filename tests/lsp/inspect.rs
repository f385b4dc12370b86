//! Hovers, inlay hints and code lenses, asked as an editor asks.

use std::path::Path;

use serde_json::{Value, json};

use super::client::{Client, Folder, uri};

const TEMPLATE: &str = "# 🦀 é
Parameters:
  Env: { Type: String, AllowedValues: [dev, prod], Default: dev }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub \"🦀é-${Env}\" # here
      BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
";

fn at(path: &Path, line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": uri(path) }, "position": { "line": line, "character": character } })
}

fn text(hover: &Value) -> String {
    hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_hover_says_what_a_value_is_and_where_it_comes_from() {
    let folder = Folder::new("hover", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    client.open(&path, TEMPLATE);
    let hover = client.request("textDocument/hover", at(&path, 9, 10)).unwrap();
    let said = text(&hover);
    assert!(said.starts_with("`PAY_PER_REQUEST`; when `Env` is `prod`: `PROVISIONED`"), "{said}");
    assert_eq!(hover["range"]["start"], json!({ "line": 9, "character": 6 }));
    assert_eq!(hover["range"]["end"], json!({ "line": 9, "character": 17 }));
    // Columns count as client and server agreed, here in UTF-16: the crab takes two.
    let hover = client.request("textDocument/hover", at(&path, 8, 30)).unwrap();
    assert!(text(&hover).contains("\n\nopen parameter `Env`: `dev` or `prod`"), "{hover}");
    assert_eq!(hover["range"]["start"]["character"], json!(27));
    assert_eq!(hover["range"]["end"]["character"], json!(33));
    assert!(text(&hover).contains(&format!("({}#L3)", uri(&path))), "{hover}");
    let summary = client.request("textDocument/hover", at(&path, 5, 4)).unwrap();
    assert!(text(&summary).contains("- capacity: on-demand; when `Env` is `prod`: provisioned"), "{summary}");
    assert_eq!(client.request("textDocument/hover", at(&path, 0, 1)), Ok(Value::Null));
    assert_eq!(client.request("textDocument/hover", at(&path, 9999, 9999)), Ok(Value::Null));
    assert_eq!(client.request("textDocument/hover", at(Path::new("/no/where.yaml"), 0, 0)), Ok(Value::Null));
    assert!(client.end());
}

#[test]
fn answers_follow_the_unsaved_text() {
    let folder = Folder::new("hover-edits", &[]);
    let path = folder.path.join("template.yaml");
    let mut client = Client::new(&folder.path);
    client.open(&path, TEMPLATE);
    client.replace(&path, &TEMPLATE.replace("Default: dev", "Default: prod"));
    let said = text(&client.request("textDocument/hover", at(&path, 9, 10)).unwrap());
    assert!(said.starts_with("`PROVISIONED`; when `Env` is `dev`: `PAY_PER_REQUEST`"), "{said}");
    assert!(client.end());
}

#[test]
fn a_variable_answers_in_the_file_that_declares_it_and_in_the_one_that_sets_it() {
    let files = [
        ("main.tf", "resource \"aws_dynamodb_table\" \"t\" {\n  name = var.name\n  hash_key = \"id\"\n}\n"),
        ("variables.tf", "variable \"name\" {\n  type = string\n}\n"),
        ("terraform.tfvars", "name = \"orders\"\n"),
    ];
    let folder = Folder::new("hover-variables", &files);
    let mut client = Client::new(&folder.path);
    let place = |name: &str| folder.path.join(name);
    for (name, text) in files {
        client.open(&place(name), text);
    }
    let use_of = text(&client.request("textDocument/hover", at(&place("main.tf"), 1, 12)).unwrap());
    assert!(use_of.starts_with("`orders`\n\n- set in `terraform.tfvars`"), "{use_of}");
    assert!(use_of.contains("terraform.tfvars#L1)"), "{use_of}");
    for name in ["variables.tf", "terraform.tfvars"] {
        let said = text(&client.request("textDocument/hover", at(&place(name), 0, 2)).unwrap());
        assert!(said.starts_with("`orders`"), "{name}: {said}");
    }
    assert!(client.end());
}

#[test]
fn hints_and_lenses_are_off_until_they_are_asked_for() {
    let folder = Folder::new("hints", &[]);
    let path = folder.path.join("template.yaml");
    let document = json!({ "uri": uri(&path) });
    let everywhere = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = json!({ "textDocument": document, "range": everywhere });
    let lenses = json!({ "textDocument": document });
    let refreshes =
        json!({ "workspace": { "inlayHint": { "refreshSupport": true }, "codeLens": { "refreshSupport": true } } });
    let mut client = Client::with(&folder.path, &refreshes, &Value::Null);
    client.open(&path, TEMPLATE);
    assert_eq!(client.request("textDocument/inlayHint", hints.clone()), Ok(Value::Null));
    assert_eq!(client.request("textDocument/codeLens", lenses.clone()), Ok(Value::Null));
    client.settings = json!({ "inlayHints": true, "codeLens": true });
    let settings = json!({ "settings": { "dynalens": client.settings } });
    client.notify("workspace/didChangeConfiguration", settings);
    let shown = client.request("textDocument/inlayHint", hints.clone()).unwrap();
    let shown: Vec<(&Value, &str)> =
        shown.as_array().unwrap().iter().map(|hint| (&hint["position"], hint["label"].as_str().unwrap())).collect();
    assert_eq!(shown.last(), Some(&(&json!({ "line": 9, "character": 61 }), "= PAY_PER_REQUEST | PROVISIONED")));
    let asked: Vec<&str> = client.asked.iter().map(|request| request.method.as_str()).collect();
    assert!(
        asked.contains(&"workspace/inlayHint/refresh") && asked.contains(&"workspace/codeLens/refresh"),
        "{asked:?}"
    );
    let some = json!({ "start": { "line": 9, "character": 0 }, "end": { "line": 10, "character": 0 } });
    let some = client.request("textDocument/inlayHint", json!({ "textDocument": document, "range": some })).unwrap();
    assert_eq!(some.as_array().unwrap().len(), 1, "{some}");
    let lenses = client.request("textDocument/codeLens", lenses).unwrap();
    assert_eq!(lenses[0]["range"]["start"], json!({ "line": 5, "character": 2 }));
    assert!(lenses[0]["command"]["title"].as_str().unwrap().contains("findings · "), "{lenses}");
    assert_eq!(lenses[0]["command"]["command"], "dynalens.explainPolicy");
    assert!(client.end());
    // The same from the beginning.
    let mut client = Client::with(&folder.path, &json!({}), &json!({ "inlayHints": true }));
    client.open(&path, TEMPLATE);
    assert!(client.request("textDocument/inlayHint", hints).unwrap().is_array());
    assert!(client.end());
}

#[test]
fn names_are_completed_at_their_exact_places() {
    let folder = Folder::new("completion", &[]);
    let mut client = Client::new(&folder.path);
    let path = folder.path.join("template.yaml");
    // A crab before the cursor: columns are UTF-16 units. The list is closed, the text around it is broken.
    client.open(&path, "Resources:\n  T: { # 🦀 dynalens: ignore[x]\n  # dynalens: ignore[poi] é\n");
    let list = client.request("textDocument/completion", at(&path, 2, 24)).unwrap();
    let items = list["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["label"] == "point-in-time-recovery-disabled").unwrap();
    let edit = &item["textEdit"];
    assert_eq!(edit["newText"], "point-in-time-recovery-disabled");
    assert_eq!(
        edit["range"],
        json!({ "start": { "line": 2, "character": 21 }, "end": { "line": 2, "character": 24 } })
    );
    assert!(item.get("documentation").is_none());
    let whole = client.request("completionItem/resolve", item.clone()).unwrap();
    assert!(whole["documentation"]["value"].as_str().unwrap().contains("point-in-time recovery is off"), "{whole}");
    let config = folder.path.join("dynalens.yml");
    client.open(&config, "profile: \n");
    let list = client.request("textDocument/completion", at(&config, 0, 9)).unwrap();
    let labels: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["default", "strict", "all"]);
    let page = folder.path.join("x.md");
    client.open(&page, "---\napplies-to: table\nrequire: table.bil\n---\n");
    let list = client.request("textDocument/completion", at(&page, 2, 18)).unwrap();
    assert!(list["items"].as_array().unwrap().iter().any(|item| item["label"] == "billing_mode"), "{list}");
    assert!(client.end());
}

#[test]
fn a_reference_leads_to_the_line_that_decides_it() {
    let files = [
        ("main.tf", "resource \"aws_dynamodb_table\" \"t\" {\n  name = var.name\n  hash_key = \"id\"\n}\n"),
        ("variables.tf", "# é\nvariable \"name\" {\n  default = \"orders\"\n}\n"),
    ];
    let folder = Folder::new("definition", &files);
    let mut client = Client::new(&folder.path);
    client.open(&folder.path.join("main.tf"), files[0].1);
    let found = client.request("textDocument/definition", at(&folder.path.join("main.tf"), 1, 12)).unwrap();
    assert_eq!(found[0]["uri"], json!(uri(&folder.path.join("variables.tf"))), "{found}");
    assert_eq!(found[0]["range"]["start"], json!({ "line": 2, "character": 12 }));
    let nothing = client.request("textDocument/definition", at(&folder.path.join("main.tf"), 3, 0)).unwrap();
    assert_eq!(nothing, Value::Null);
    assert!(client.end());
}
