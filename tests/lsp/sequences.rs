//! A session and a server that have seen many edits say what fresh ones say.
//!
//! `SEQUENCES=1000` tries as many sequences of a seed of their own in place of the fixed ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dynalens::analysis::Request;
use dynalens::analysis::session::{Change, Pace, Scope, Session};
use dynalens::source::{Nothing, Overlay, Rooted};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::client::{Client, Folder, today, uri};
use super::same_answers::{run, told};

const TABLE: &str = "variable \"env\" {}\nvariable \"recovery\" { default = true }\n# é🦀\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"orders-${var.env}\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key = \"id\"\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n  point_in_time_recovery { enabled = var.recovery }\n}\noutput \"name\" { value = aws_dynamodb_table.t.name }\n";
const ROOT: &str = "module \"t\" {\n  source = \"../modules/table\"\n  env = \"prod\"\n}\n";
const TEMPLATE: &str = "Parameters:\n  Recovery: { Type: String, Default: \"false\" }\nResources:\n  # dynalens: ignore[deletion-protection-disabled] made anew each night\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: a\n      Tags: [{ Key: owner, Value: \"é🦀e\u{301}\" }]\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: !Ref Recovery }\n";
const PARENT: &str = "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: nested/t.yaml\n      Parameters: { Recovery: \"true\" }\n";
const IN_JSON: &str = "{ \"Resources\": { \"J\": { \"Type\": \"AWS::DynamoDB::Table\", \"Properties\": {\r\n  \"TableName\": \"jé\",\r\n  \"KeySchema\": [{ \"AttributeName\": \"id\", \"KeyType\": \"HASH\" }] } } } }\r\n";
const PAGE: &str = "---\nname: our-own\ntitle: the name says nothing\npillar: operations\nseverity: low\nconfidence: high\nprofile: default\napplies-to: table\nrequire: table.name.size() > 5\nmessage: \"`{table.name}` says nothing\"\nhelp: give it a name\nsince: 0.1.0\n---\n\n# What it means\n\nNames.\n";

/// The files that edits are made in, each with the texts that it may have. The first ones are there from the start.
fn places() -> Vec<(&'static str, Vec<String>)> {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    vec![
        (
            "modules/table/main.tf",
            vec![
                TABLE.to_owned(),
                TABLE.replace("default = true", "default = false"),
                TABLE.replace("hash_key = \"id\"", "hash_key ="),
                String::new(),
            ],
        ),
        (
            "a/main.tf",
            vec![
                ROOT.to_owned(),
                ROOT.replace("prod", "dev"),
                ROOT.replace("../modules/table", "../modules/none"),
                format!("{ROOT}module \"x\" {{"),
            ],
        ),
        ("a/terraform.tfvars", own(&["x = 1\n", "env = \"dev\"\n", "x = ["])),
        (
            "b/main.tf",
            vec![
                ROOT.replace("env", "recovery = false\n  env"),
                TABLE.to_owned(),
                TABLE.replace("var.env", "var.missing"),
            ],
        ),
        ("b/extra.tf", own(&["variable \"y\" {}\n", "resource \"aws_dynamodb_table\" \"e\" {\n  name = \"e\"\n}\n"])),
        (
            "nested/t.yaml",
            vec![
                TEMPLATE.to_owned(),
                TEMPLATE.replace("false", "true"),
                TEMPLATE.replace("KeySchema: [", "KeySchema: [[ "),
                TEMPLATE.replace("T:\n", "Né🦀:\n"),
                TEMPLATE.replace('\n', "\r\n"),
            ],
        ),
        (
            "parent.yaml",
            vec![
                PARENT.to_owned(),
                PARENT.replace("nested/", "./"),
                PARENT.replace("true", "false"),
                "Resources: {}\n".to_owned(),
            ],
        ),
        (
            "dynalens.yml",
            own(&[
                "profile: strict\n",
                "exclude: [b/**]\n",
                "policies: { point-in-time-recovery-disabled: { enabled: false } }\n",
                "environments: { prod: { production: true, variables: { env: prod } }, dev: { var-files: [a/terraform.tfvars] } }\n",
                "suppressions: [{ policy: reliability, path: \"a/**\", reason: why }]\n",
                "profile: [",
                "policy-folders: [policies]\n",
            ]),
        ),
        ("b/prod.auto.tfvars", own(&["recovery = true\nenv = \"é🦀\"\n", "recovery = \n"])),
        ("a/more.tf.json", own(&["{ \"variable\": { \"z\": { \"default\": \"é\" } } }", "{"])),
        ("j.json", own(&[IN_JSON, "{}", "{ \"Resources\": { \"J\": "])),
        ("nested/j.template", own(&[IN_JSON, TEMPLATE])),
        ("policies/our-own.md", own(&[PAGE, "---\nname: our-own\n---\n"])),
        (
            "live/terragrunt.hcl",
            own(&[
                "terraform {\n  source = \"../modules//table\"\n}\ninputs = { env = \"prod\", recovery = false }\n",
                "include \"root\" {\n  path = find_in_parent_folders()\n}\n",
            ]),
        ),
        ("terragrunt.hcl", own(&["inputs = { env = \"dev\" }\n", "inputs = {"])),
        // A session has one configuration; this is another one, and stays the last.
        ("b/dynalens.yml", own(&["policies: { point-in-time-recovery-disabled: { severity: low } }\n", ""])),
    ]
}

/// How many of the places are there from the start.
const FIRST: usize = 7;

/// What a piece of a text is replaced with.
const PIECES: [&str; 14] = ["", "", "🦀", "e\u{301}", "\r\n", "\n", "[", "}", "\"", "true", "# ", ": ", "  ", "x\r"];

/// What a user does.
#[derive(Clone, Debug)]
enum Step {
    /// A file gets one of its texts; where it is not there, it comes.
    Write(usize, usize),
    /// Some characters of a file are replaced: from where, in parts of the whole, how many, and by which piece.
    Type(usize, u8, u8, usize),
    /// The file that was changed last is as it was before.
    Undo,
    Delete(usize),
    /// A file takes another one's place.
    Rename(usize, usize),
    /// A document is opened; one that no file has yet begins with the first of its texts.
    Open(usize),
    /// A document is saved and closed, or closed alone.
    Close(usize, bool),
    /// Everything is looked at, or no longer.
    Whole(bool),
}

/// Steps in the first so many places.
fn steps(count: usize, longest: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..count, 0..7_usize).prop_map(|(file, text)| Step::Write(file, text)),
        6 => (0..count, any::<u8>(), 0..12_u8, 0..PIECES.len()).prop_map(|(file, at, length, text)| Step::Type(file, at, length, text)),
        2 => Just(Step::Undo),
        1 => (0..count).prop_map(Step::Delete),
        1 => (0..count, 0..count).prop_map(|(from, to)| Step::Rename(from, to)),
        3 => (0..count).prop_map(Step::Open),
        1 => (0..count, any::<bool>()).prop_map(|(file, saved)| Step::Close(file, saved)),
        1 => any::<bool>().prop_map(Step::Whole),
    ];
    prop::collection::vec(step, 1..longest)
}

/// Tries sequences: the same ones each time, or as many as somebody asks for.
fn try_all<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let asked = std::env::var("SEQUENCES").ok().and_then(|number| number.parse().ok());
    let config = Config { cases: asked.unwrap_or(cases), failure_persistence: None, ..Config::default() };
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    runner.run(strategy, test).unwrap();
}

/// The texts of all places as the user has them.
struct Texts {
    now: Vec<Option<String>>,
    /// What was changed, with what was there before.
    before: Vec<(usize, Option<String>)>,
}

impl Texts {
    fn new() -> Self {
        let places = places();
        let now = places.iter().enumerate().map(|(at, (_, texts))| texts.first().filter(|_| at < FIRST).cloned());
        Self { now: now.collect(), before: Vec::new() }
    }

    /// What a step makes of which files.
    fn changes(&mut self, step: &Step) -> Vec<(usize, Option<String>)> {
        let changes = match *step {
            Step::Write(file, text) => {
                let list = &places()[file].1;
                vec![(file, Some(list[text % list.len()].clone()))]
            }
            Step::Type(file, at, length, piece) => match &self.now[file] {
                Some(text) => {
                    let letters: Vec<char> = text.chars().collect();
                    let start = usize::from(at) * letters.len() / 255;
                    let end = (start + usize::from(length)).min(letters.len());
                    let before: String = letters[..start].iter().collect();
                    let after: String = letters[end..].iter().collect();
                    vec![(file, Some(format!("{before}{}{after}", PIECES[piece])))]
                }
                None => Vec::new(),
            },
            Step::Undo => self.before.pop().into_iter().collect(),
            Step::Delete(file) => vec![(file, None)],
            Step::Rename(from, to) if from != to => vec![(to, self.now[from].clone()), (from, None)],
            _ => Vec::new(),
        };
        for (file, text) in &changes {
            let old = std::mem::replace(&mut self.now[*file], text.clone());
            if !matches!(step, Step::Undo) {
                self.before.push((*file, old));
            }
        }
        changes
    }
}

#[test]
fn after_any_edits_a_session_is_as_a_fresh_one() {
    try_all(40, &steps(places().len() - 1, 14), |steps| {
        let places = places();
        let root = Path::new("/w");
        let mut files = Overlay::over(Nothing);
        files.set("/w/.git/HEAD", "");
        let mut texts = Texts::new();
        for ((name, _), text) in places.iter().zip(&texts.now) {
            if let Some(text) = text {
                files.set(root.join(name), text.as_bytes());
            }
        }
        let mut scope = Scope::default();
        scope.open.insert(PathBuf::from("modules/table/main.tf"));
        let mut session = Session::new(root, Request::new(today()));
        for step in steps {
            match step {
                // What is open is there.
                Step::Open(file) if texts.now[file].is_some() => {
                    scope.open.insert(PathBuf::from(places[file].0));
                }
                Step::Close(file, _) => drop(scope.open.remove(Path::new(places[file].0))),
                Step::Whole(whole) => scope.whole = whole,
                _ => {}
            }
            let there: Vec<bool> = texts.now.iter().map(Option::is_some).collect();
            for (file, text) in texts.changes(&step) {
                let path = root.join(places[file].0);
                let change = if there[file] == text.is_some() { Change::Text } else { Change::Existence };
                match &text {
                    Some(text) => files.set(path.clone(), text.as_bytes()),
                    None => {
                        files.remove(&path);
                        scope.open.remove(Path::new(places[file].0));
                    }
                }
                session.changed(&path, change);
            }
            let fs = Rooted::new(root, &files);
            let kept = session.refresh(&fs, &scope, today(), &Pace::QUIET);
            let mut fresh = Session::new(root, Request::new(today()));
            let anew = fresh.refresh(&fs, &scope, today(), &Pace::QUIET);
            prop_assert_eq!(&kept, &anew);
            prop_assert_eq!(told(session.analysis()), told(fresh.analysis()));
            if scope.whole && kept.is_ok() {
                prop_assert_eq!(told(session.analysis()), told(&run(&fs)));
            }
        }
        Ok(())
    });
}

/// An editor on a folder of its own.
struct Desk {
    folder: Folder,
    client: Client,
    open: BTreeSet<usize>,
    whole: bool,
}

/// The place of a character in the units that client and server agreed on; lines end as the protocol has it.
fn place(letters: &[char], at: usize, encoding: &str) -> Value {
    let (mut line, mut column) = (0, 0);
    for (index, letter) in letters[..at].iter().enumerate() {
        let ends = *letter == '\n' || *letter == '\r' && letters.get(index + 1) != Some(&'\n');
        let width = match encoding {
            "utf-8" => letter.len_utf8(),
            "utf-16" => letter.len_utf16(),
            _ => 1,
        };
        (line, column) = if ends { (line + 1, 0) } else { (line, column + width) };
    }
    json!({ "line": line, "character": column })
}

/// The edit that makes one text of another: what lies between the equal beginning and the equal end.
fn difference(before: &str, after: &str, encoding: &str) -> Value {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let mut start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let mut end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    // No place of the protocol is between the two characters of a line break.
    let splits = |letters: &[char], at: usize| at > 0 && letters[at - 1] == '\r' && letters.get(at) == Some(&'\n');
    while start > 0 && splits(&old, start) {
        start -= 1;
    }
    while end > 0 && splits(&old, old.len() - end) {
        end -= 1;
    }
    let text: String = new[start..new.len() - end].iter().collect();
    let (start, end) = (place(&old, start, encoding), place(&old, old.len() - end, encoding));
    json!({ "range": { "start": start, "end": end }, "text": text })
}

impl Desk {
    fn sit_down(folder: Folder, encoding: &str) -> Self {
        let client = client(&folder, encoding);
        Self { folder, client, open: BTreeSet::new(), whole: false }
    }

    fn path(&self, file: usize) -> PathBuf {
        self.folder.path.join(places()[file].0)
    }

    fn watched(&mut self, file: usize, kind: i32) {
        let event = json!({ "changes": [{ "uri": uri(&self.path(file)), "type": kind }] });
        self.client.notify("workspace/didChangeWatchedFiles", event);
    }

    /// Makes a change as the user makes it: in the open document, or on the disk.
    fn change(&mut self, file: usize, before: Option<&str>, after: Option<&str>) {
        let path = self.path(file);
        match (before, after) {
            (Some(before), Some(after)) if self.open.contains(&file) => {
                let edit = difference(before, after, &self.client.encoding);
                self.client.edit(&path, &[edit]);
            }
            (before, Some(after)) => {
                self.folder.write(places()[file].0, after);
                self.watched(file, if before.is_some() { 2 } else { 1 });
            }
            (before, None) => {
                // An editor that loses the file keeps the document, or closes it; here it closes it.
                if self.open.remove(&file) {
                    self.client.close(&path);
                }
                if before.is_some() {
                    let _ = std::fs::remove_file(&path);
                    self.watched(file, 3);
                }
            }
        }
    }

    fn step(&mut self, step: &Step, texts: &mut Texts) {
        match *step {
            Step::Open(file) => {
                let text = texts.now[file].get_or_insert_with(|| places()[file].1[0].clone());
                if self.open.insert(file) {
                    self.client.open(&self.path(file), text);
                }
            }
            Step::Close(file, saved) => {
                if self.open.remove(&file) {
                    let path = self.path(file);
                    if saved {
                        self.folder.write(places()[file].0, texts.now[file].as_deref().unwrap_or_default());
                    }
                    texts.now[file] = std::fs::read_to_string(&path).ok();
                    self.client.close(&path);
                }
            }
            Step::Whole(whole) => {
                self.whole = whole;
                self.client.notify("workspace/didChangeConfiguration", json!({ "settings": { "workspace": whole } }));
            }
            _ => {
                let before = texts.now.clone();
                for (file, after) in texts.changes(step) {
                    self.change(file, before[file].as_deref(), after.as_deref());
                }
            }
        }
    }

    /// What is shown, without the files in which there is nothing.
    fn shown(&mut self) -> BTreeMap<String, Vec<Value>> {
        self.client.settle();
        let all = self.client.diagnostics.iter().filter(|(_, list)| !list.is_empty());
        all.map(|(uri, list)| (uri.clone(), list.clone())).collect()
    }
}

fn client(folder: &Folder, encoding: &str) -> Client {
    let more = json!({
        "general": { "positionEncodings": [encoding] },
        "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } },
    });
    Client::with(&folder.path, &more, &Value::Null)
}

/// What is asked at places of open documents.
const QUESTIONS: [&str; 2] = ["textDocument/hover", "textDocument/definition"];

#[test]
fn after_any_edits_a_server_shows_what_a_fresh_one_shows() {
    let encodings = prop_oneof![Just("utf-8"), Just("utf-16"), Just("utf-32")];
    try_all(24, &(encodings, steps(places().len(), 24)), |(encoding, steps)| {
        let mut texts = Texts::new();
        let there: Vec<(&str, &str)> =
            places().iter().zip(&texts.now).filter_map(|((name, _), text)| Some((*name, text.as_deref()?))).collect();
        let mut desk = Desk::sit_down(Folder::new("sequences", &there), encoding);
        drop(there);
        desk.step(&Step::Open(0), &mut texts);
        for (number, step) in steps.iter().enumerate() {
            desk.step(step, &mut texts);
            // Now and then several edits come at once.
            if number % 3 == 1 && number + 1 < steps.len() {
                continue;
            }
            let kept = desk.shown();
            let mut fresh = client(&desk.folder, encoding);
            fresh.notify("workspace/didChangeConfiguration", json!({ "settings": { "workspace": desk.whole } }));
            for file in &desk.open {
                fresh.open(&desk.path(*file), texts.now[*file].as_deref().unwrap_or_default());
            }
            fresh.settle();
            let anew: BTreeMap<String, Vec<Value>> = fresh
                .diagnostics
                .iter()
                .filter(|(_, list)| !list.is_empty())
                .map(|(uri, list)| (uri.clone(), list.clone()))
                .collect();
            prop_assert_eq!(&kept, &anew, "after {} steps", number + 1);
            for file in &desk.open {
                let document = json!({ "uri": uri(&desk.path(*file)) });
                for (line, method) in (0..14).flat_map(|line| QUESTIONS.map(|method| (line, method))) {
                    let asked = json!({ "textDocument": document, "position": { "line": line, "character": 12 } });
                    let kept = desk.client.request(method, asked.clone());
                    prop_assert_eq!(kept, fresh.request(method, asked), "{} in line {} of {}", method, line, document);
                }
            }
        }
        Ok(())
    });
}
