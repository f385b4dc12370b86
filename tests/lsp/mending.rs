//! Fixes and suppressions: what the actions write is what the command line writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dynalens::analysis::{self, Request, Which};
use dynalens::finding::{Edit, Status};
use dynalens::source::{Disk, Rooted};
use serde_json::{Value, json};

use super::client::{Client, Folder, RECOVERY, TABLE, apply, changed, of, titled, today, uri};
use super::same_answers::{files_below, fixtures};

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

fn open_all(client: &mut Client, root: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = Vec::new();
    files_below(root, &mut files);
    let texts: BTreeMap<PathBuf, String> =
        files.into_iter().filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?))).collect();
    for (path, text) in &texts {
        client.open(path, text);
    }
    client.settle();
    texts
}

#[test]
fn the_fix_of_each_finding_is_that_of_the_command_line() {
    let mut tried = 0;
    for root in fixtures() {
        let mut request = Request::new(today());
        request.fixes = true;
        let analysis = analysis::run(&request, &Rooted::new(&root, Disk)).unwrap();
        let mut client = Client::with(&root, &json!({ "general": { "positionEncodings": ["utf-8"] } }), &Value::Null);
        let texts = open_all(&mut client, &root);
        for finding in analysis.findings.iter().filter(|finding| finding.status == Status::Active) {
            let Some(fix) = &finding.fix else { continue };
            let mut by_file: BTreeMap<PathBuf, Vec<Edit>> = BTreeMap::new();
            for edit in &fix.edits {
                let path = root.join(&analysis.sources.get(edit.span.file).unwrap().path);
                by_file.entry(path).or_default().push(edit.clone());
            }
            let expected: BTreeMap<String, String> = (by_file.iter())
                .map(|(path, edits)| (uri(path), dynalens::syntax::edit::apply(&texts[path], edits).unwrap()))
                .collect();
            let path = root.join(&analysis.sources.get(finding.primary.span.file).unwrap().path);
            let shown = client.diagnostics[&uri(&path)].clone();
            let diagnostic =
                shown.iter().find(|one| one["data"]["fingerprint"] == finding.fingerprint.as_str()).unwrap();
            let actions = client.actions(&path, diagnostic);
            let title = if fix.safe { fix.title.clone() } else { format!("{} (unsafe)", fix.title) };
            let action = actions.iter().find(|one| one["title"] == title && one["diagnostics"][0] == *diagnostic);
            let action = action.unwrap_or_else(|| panic!("no `{title}` in {actions:#?}"));
            assert_eq!(action["isPreferred"], if fix.safe { json!(true) } else { Value::Null });
            let changes = action["edit"]["documentChanges"].as_array().unwrap().iter().map(|change| {
                let uri = change["textDocument"]["uri"].as_str().unwrap();
                let text = &texts[Path::new(uri.strip_prefix("file://").unwrap())];
                (uri.to_owned(), apply(text, change["edits"].as_array().unwrap()))
            });
            assert_eq!(changes.collect::<BTreeMap<_, _>>(), expected, "{title}");
            tried += 1;
        }
        assert!(client.end());
    }
    assert!(tried > 20, "only {tried} fixes were tried");
}

/// The actions that mend all in a file, each with its edit.
fn fix_all(root: &Path, path: &Path, text: &str, lazily: bool) -> Vec<Value> {
    let support = json!({ "properties": ["edit"] });
    let more = json!({
        "general": { "positionEncodings": ["utf-8"] },
        "textDocument": { "codeAction": { "resolveSupport": if lazily { support } else { Value::Null } } },
    });
    let mut client = Client::with(root, &more, &Value::Null);
    client.open(path, text);
    let params = json!({
        "textDocument": { "uri": uri(path) },
        "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } },
        "context": { "diagnostics": [], "only": ["source.fixAll"] },
    });
    let actions = client.request("textDocument/codeAction", params).unwrap();
    let actions = actions.as_array().cloned().unwrap_or_default().into_iter().map(|action| {
        assert_eq!(action["kind"], json!("source.fixAll.dynalens"));
        if !lazily {
            return action;
        }
        assert_eq!(action["edit"], Value::Null);
        client.request("codeAction/resolve", action).unwrap()
    });
    actions.collect()
}

#[test]
fn all_safe_fixes_of_a_file_are_those_of_dynalens_fix() {
    let mut tried = 0;
    for root in fixtures() {
        let mut request = Request::new(today());
        request.fixes = true;
        let fixing = analysis::fix(&request, &Rooted::new(&root, Disk), Which::Safe).unwrap();
        // What `dynalens fix` mends in several files at once is no file's own.
        let [file] = fixing.files.as_slice() else { continue };
        let path = root.join(&file.path);
        for lazily in [false, true] {
            let actions = fix_all(&root, &path, &file.before, lazily);
            let [action] = actions.as_slice() else { panic!("{actions:?}") };
            assert_eq!(changed(&file.before, action), file.after, "{}", root.display());
        }
        tried += 1;
    }
    assert!(tried >= 4, "only {tried} files were tried");
}

#[test]
fn where_nothing_can_be_mended_safely_nothing_is_offered() {
    let folder = Folder::new("nothing", &[]);
    let path = folder.path.join("template.yaml");
    for text in ["Resources: {}\n", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n", "", "a: ["] {
        assert_eq!(fix_all(&folder.path, &path, text, false), Vec::<Value>::new(), "{text}");
        assert_eq!(fix_all(&folder.path, &path, text, true), Vec::<Value>::new(), "{text}");
    }
}
