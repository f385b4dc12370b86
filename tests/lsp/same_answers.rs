//! The server says what the command line says, and a session that has seen many edits what a fresh one says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dynalens::analysis::session::{Change, Pace, Scope, Session};
use dynalens::analysis::{self, Analysis, Request};
use dynalens::finding::Status;
use dynalens::source::{Disk, FileSystem, Nothing, Overlay, Rooted, Span};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::client::{Client, shown, today};

/// Everything that an analysis tells, free of file ids.
pub fn told(analysis: &Analysis) -> Vec<String> {
    let place = |span: Span| {
        let file = analysis.sources.get(span.file);
        let path = file.map_or_else(|| "gone".to_owned(), |file| file.path_text());
        format!("{path}:{}-{}", span.start, span.end)
    };
    let mut all = Vec::new();
    for finding in &analysis.findings {
        let related: Vec<String> =
            finding.related.iter().map(|label| format!("{} {}", place(label.span), label.message)).collect();
        all.push(format!(
            "{} {} {} {:?} {:?} {:?} {related:?} {}",
            place(finding.primary.span),
            finding.policy,
            finding.message,
            finding.case,
            finding.status,
            finding.confidence,
            finding.fingerprint
        ));
    }
    for problem in &analysis.problems {
        all.push(format!("problem {:?} {:?} {}", problem.span.map(place), problem.path, problem.message));
    }
    for verdict in &analysis.undetermined {
        all.push(format!("open {} {} {}", place(verdict.span), verdict.policy, verdict.why));
    }
    all
}

fn run(fs: &dyn FileSystem) -> Analysis {
    analysis::run(&Request::new(today()), fs).unwrap()
}

fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|one| one.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn fixtures() -> Vec<PathBuf> {
    let projects = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    let mut found: Vec<PathBuf> = std::fs::read_dir(projects).unwrap().map(|one| one.unwrap().path()).collect();
    found.sort();
    found
}

#[test]
fn a_whole_folder_in_a_session_is_a_run_over_it() {
    for folder in fixtures() {
        let fs = Rooted::new(&folder, Disk);
        let mut session = Session::new(&folder, Request::new(today()));
        let scope = Scope { whole: true, ..Scope::default() };
        assert_eq!(session.refresh(&fs, &scope, today(), &Pace::QUIET), Ok(true));
        assert_eq!(told(session.analysis()), told(&run(&fs)), "{}", folder.display());
    }
}

/// Line and column from 0, the column in code units of UTF-16.
fn position(text: &str, offset: u32) -> (usize, usize) {
    let text = text.trim_start_matches('\u{feff}');
    let before = text.get(..offset as usize).unwrap();
    let line = before.matches('\n').count();
    (line, before.rsplit('\n').next().unwrap().encode_utf16().count())
}

#[test]
fn the_diagnostics_of_open_documents_are_the_findings_of_the_command_line() {
    for folder in fixtures() {
        let analysis = run(&Rooted::new(&folder, Disk));
        let mut expected: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
        for finding in analysis.findings.iter().filter(|finding| finding.status == Status::Active) {
            let span = finding.primary.span;
            let file = analysis.sources.get(span.file).unwrap();
            let ((line, column), (end, last)) = (position(file.text(), span.start), position(file.text(), span.end));
            let text = format!("{line}:{column}-{end}:{last} {}", finding.policy);
            expected.entry(folder.join(&file.path)).or_default().push(text);
        }
        let mut client = Client::new(&folder);
        let mut files = Vec::new();
        files_below(&folder, &mut files);
        for path in &files {
            if let Ok(text) = std::fs::read_to_string(path) {
                client.open(path, &text);
            }
        }
        client.settle();
        for path in &files {
            let expected = expected.remove(path).unwrap_or_default();
            let found: Vec<String> = client.shown(path).into_iter().filter(|one| !one.ends_with(" problem")).collect();
            assert_eq!(found, expected, "{}", path.display());
        }
        assert!(expected.is_empty(), "{expected:?}");
        assert!(client.end());
    }
}

#[test]
fn one_open_document_brings_the_findings_of_all_projects_that_it_takes_part_in() {
    for (folder, opened) in [
        ("terraform-shop", "modules/table/main.tf"),
        ("terraform-shop", "main.tf"),
        ("production-stack", "template.yaml"),
        ("sam-orders", "template.yaml"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects").join(folder);
        let path = folder.join(opened);
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let mut client = Client::new(&folder);
        client.open(&path, &text);
        client.settle();
        let analysis = run(&Rooted::new(&folder, Disk));
        let count = analysis.active_findings().count();
        let found = client.diagnostics.values().flatten().filter(|one| !shown(one).ends_with(" problem")).count();
        assert!(found > 0 && found <= count, "{found} of {count} in {}", path.display());
    }
}

const TABLE: &str = "variable \"env\" {}\nvariable \"recovery\" { default = true }\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"orders-${var.env}\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key = \"id\"\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n  point_in_time_recovery { enabled = var.recovery }\n}\n";
const ROOT: &str = "module \"t\" {\n  source = \"../modules/table\"\n  env = \"prod\"\n}\n";
const TEMPLATE: &str = "Parameters:\n  Recovery: { Type: String, Default: \"false\" }\nResources:\n  # dynalens: ignore[deletion-protection-disabled] made anew each night\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: a\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: !Ref Recovery }\n";
const PARENT: &str = "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: nested/t.yaml\n      Parameters: { Recovery: \"true\" }\n";

/// The files that edits are made in, each with the texts that it may have.
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
            ]),
        ),
    ]
}

/// One edit: which file, and which of its texts; none deletes it. Or a file takes another one's name.
#[derive(Clone, Debug)]
enum Step {
    Write(usize, usize),
    Delete(usize),
    Rename(usize, usize),
    Open(usize, bool),
    Whole(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let count = places().len();
    let step = prop_oneof![
        6 => (0..count, 0..6_usize).prop_map(|(file, text)| Step::Write(file, text)),
        1 => (0..count).prop_map(Step::Delete),
        1 => (0..count, 0..count).prop_map(|(from, to)| Step::Rename(from, to)),
        2 => (0..count, any::<bool>()).prop_map(|(file, open)| Step::Open(file, open)),
        1 => any::<bool>().prop_map(Step::Whole),
    ];
    prop::collection::vec(step, 1..14)
}

#[test]
fn after_any_edits_a_session_is_as_a_fresh_one() {
    let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner
        .run(&steps(), |steps| {
            let places = places();
            let mut files = Overlay::over(Nothing);
            files.set("/w/.git/HEAD", "");
            let mut texts: Vec<Option<String>> = places.iter().map(|(_, texts)| texts.first().cloned()).collect();
            texts[7] = None;
            for ((name, _), text) in places.iter().zip(&texts) {
                if let Some(text) = text {
                    files.set(Path::new("/w").join(name), text.as_bytes());
                }
            }
            let root = Path::new("/w");
            let mut scope = Scope::default();
            scope.open.insert(PathBuf::from("modules/table/main.tf"));
            let mut session = Session::new(root, Request::new(today()));
            for step in steps {
                let mut set = |file: usize, text: Option<String>, session: &mut Session| {
                    let path = root.join(places[file].0);
                    let change = if texts[file].is_some() == text.is_some() { Change::Text } else { Change::Existence };
                    match &text {
                        Some(text) => files.set(path.clone(), text.as_bytes()),
                        None => files.remove(&path),
                    }
                    session.changed(&path, change);
                    std::mem::replace(&mut texts[file], text)
                };
                match step {
                    Step::Write(file, text) => {
                        let list = &places[file].1;
                        set(file, Some(list[text % list.len()].clone()), &mut session);
                    }
                    Step::Delete(file) => drop(set(file, None, &mut session)),
                    Step::Rename(from, to) => {
                        let moved = set(from, None, &mut session);
                        set(to, moved, &mut session);
                    }
                    Step::Open(file, true) => drop(scope.open.insert(PathBuf::from(places[file].0))),
                    Step::Open(file, false) => drop(scope.open.remove(Path::new(places[file].0))),
                    Step::Whole(whole) => scope.whole = whole,
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
        })
        .unwrap();
}
