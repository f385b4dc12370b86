//! The server says what the command line says, and a session that has seen many edits what a fresh one says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dynalens::analysis::session::{Pace, Scope, Session};
use dynalens::analysis::{self, Analysis, Request};
use dynalens::finding::Status;
use dynalens::policy::page::examples;
use dynalens::policy::{Pack, Severity};
use dynalens::resource::ProblemKind;
use dynalens::source::{Disk, FileSystem, Rooted, Span};
use serde_json::{Value, json};

use super::client::{Client, Folder, TABLE, shown, today, uri};

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

pub fn run(fs: &dyn FileSystem) -> Analysis {
    analysis::run(&Request::new(today()), fs).unwrap()
}

pub fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|one| one.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if !path.is_dir() {
            found.push(path);
        } else if path.file_name().is_some_and(|name| name != ".git") {
            files_below(&path, found);
        }
    }
}

/// Every folder of fixtures that a team could have, as it lies there.
pub fn fixtures() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(fixtures.join("projects")).unwrap().map(|one| one.unwrap().path()).collect();
    found.sort();
    found.extend(["sam/written", "sam/streams"].map(|name| fixtures.join(name)));
    found
}

/// The fixtures that are kept several in a file, each kind as one folder.
fn unpacked() -> Vec<Folder> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let translated = Folder::new("fixtures-sam", &[]);
    for line in std::fs::read_to_string(fixtures.join("sam/cases.jsonl")).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = serde_json::to_string_pretty(&case["template"]).unwrap();
        translated.write(&format!("{}.json", case["name"].as_str().unwrap()), &text);
    }
    let configurations = Folder::new("fixtures-terraform", &[]);
    let mut cases = Vec::new();
    files_below(&fixtures.join("terraform-configurations"), &mut cases);
    for path in cases.iter().filter(|path| path.extension().is_some_and(|end| end == "txt")) {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        // The first part says what the case is about.
        for part in format!("\n{text}").split("\n-- ").skip(1) {
            if let Some((file, text)) = part.split_once(" --\n")
                && file.contains('.')
                && file != "expected.json"
            {
                configurations.write(&format!("{name}/{file}"), text);
            }
        }
    }
    let pages = Folder::new("fixtures-examples", &[]);
    let all = Pack::built_in();
    let all =
        all.iter().flat_map(|page| examples(&page.text, &mut Vec::new()).into_iter().map(|one| (&page.name, one)));
    // Others are tried with their pages; here one of ten stands for all.
    for (number, (name, example)) in all.enumerate().step_by(10) {
        for file in &example.files {
            pages.write(&format!("{name}-{number}/{}", file.name), &file.text);
        }
    }
    vec![translated, configurations, pages]
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
fn position(text: &str, offset: u32) -> String {
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let before = text.get(mark..(offset as usize).max(mark)).unwrap().replace("\r\n", "\n").replace('\r', "\n");
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    format!("{}:{column}", before.matches('\n').count())
}

/// What a run says, as lines by file: place, severity, policy, sentence, help, and the places that it leads to.
fn expected(analysis: &Analysis, folder: &Path) -> BTreeMap<PathBuf, Vec<String>> {
    let mut expected: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    let place = |span: Span| {
        let file = analysis.sources.get(span.file).unwrap();
        (folder.join(&file.path), format!("{}-{}", position(file.text(), span.start), position(file.text(), span.end)))
    };
    let with_help = |message: &str, help: Option<&str>| match help {
        Some(help) => format!("{message}\n{help}"),
        None => message.to_owned(),
    };
    for problem in &analysis.problems {
        let severity = match problem.kind {
            ProblemKind::Error => 1,
            ProblemKind::Internal => 2,
            ProblemKind::Note => 3,
        };
        let (path, range) = match (problem.span, &problem.path) {
            (Some(span), _) => place(span),
            (None, Some(path)) => (folder.join(path), "0:0-0:0".to_owned()),
            (None, None) => continue,
        };
        let message = with_help(&problem.message, problem.help.as_deref());
        expected.entry(path).or_default().push(format!("{range} {severity} problem: {message} []"));
    }
    for finding in analysis.findings.iter().filter(|finding| finding.status == Status::Active) {
        let severity = match finding.severity {
            Severity::High => 1,
            Severity::Medium => 2,
            Severity::Low => 3,
            Severity::Info => 4,
        };
        let case = finding.case.as_ref().map(|case| format!(" when {case}")).unwrap_or_default();
        let message = with_help(&format!("{}{case}", finding.message), finding.help.as_deref());
        let related = finding.related.iter().map(|label| {
            let (path, range) = place(label.span);
            format!("{} {range} {}", path.display(), label.message)
        });
        let related: Vec<String> = related.collect();
        let (path, range) = place(finding.primary.span);
        expected.entry(path).or_default().push(format!("{range} {severity} {}: {message} {related:?}", finding.policy));
    }
    expected
}

/// What an editor shows, as the same lines.
fn in_words(diagnostic: &Value) -> String {
    let place = |range: &Value| {
        let end = |name: &str| format!("{}:{}", range[name]["line"], range[name]["character"]);
        format!("{}-{}", end("start"), end("end"))
    };
    let related: Vec<String> = diagnostic["relatedInformation"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let path = one["location"]["uri"].as_str().unwrap().strip_prefix("file://").unwrap().to_owned();
            format!("{path} {} {}", place(&one["location"]["range"]), one["message"].as_str().unwrap())
        })
        .collect();
    let code = diagnostic["code"].as_str().unwrap_or("problem");
    let message = diagnostic["message"].as_str().unwrap();
    format!("{} {} {code}: {message} {related:?}", place(&diagnostic["range"]), diagnostic["severity"])
}

#[test]
fn the_diagnostics_of_open_documents_are_what_the_command_line_says() {
    let unpacked = unpacked();
    let folders = fixtures().into_iter().chain(unpacked.iter().map(|folder| folder.path.clone()));
    for folder in folders {
        let analysis = run(&Rooted::new(&folder, Disk));
        let mut expected = expected(&analysis, &folder);
        let mut client = Client::new(&folder);
        let mut files = Vec::new();
        files_below(&folder, &mut files);
        for path in &files {
            if let Ok(text) = std::fs::read_to_string(path) {
                client.open(path, text.trim_start_matches('\u{feff}'));
            }
        }
        client.settle();
        for path in &files {
            let mut expected = expected.remove(path).unwrap_or_default();
            let mut found: Vec<String> =
                client.diagnostics.get(&uri(path)).into_iter().flatten().map(in_words).collect();
            expected.sort();
            found.sort();
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

/// Documents of every kind, each with the files around it; the first one is opened.
const KINDS: &[(&str, &[(&str, &str)])] = &[
    (
        "page",
        &[
            ("policies/our-own.md", "---\nname: our-own\nseverity: hihg\n---\n"),
            ("dynalens.yml", "policy-folders: [policies]\n"),
        ],
    ),
    (
        "configuration",
        &[
            ("dynalens.yml", "profile: stirct\n# é🦀\npolicies: { no-such-policy: { enabled: false } }\n"),
            ("t.yaml", TABLE),
        ],
    ),
    ("variables", &[("terraform.tfvars", "# é🦀\nrecovery = [\n"), ("main.tf", MODULE)]),
    (
        "terraform-json",
        &[(
            "main.tf.json",
            "{ \"resource\": { \"aws_dynamodb_table\": { \"é\": { \"name\": \"🦀\", \"hash_key\": \"id\" } } } }\r\n",
        )],
    ),
    ("plan", &[("plan.json", PLAN)]),
    (
        "cdk",
        &[
            ("cdk.out/Shop.template.json", ASSEMBLED),
            (
                "cdk.out/manifest.json",
                "{ \"version\": \"36.0.0\", \"artifacts\": { \"Shop\": { \"type\": \"aws:cloudformation:stack\", \"environment\": \"aws://unknown-account/unknown-region\", \"properties\": { \"templateFile\": \"Shop.template.json\" } } } }",
            ),
            ("cdk.json", "{ \"app\": \"node x\" }"),
        ],
    ),
    ("json", &[("template.json", ASSEMBLED)]),
    (
        "terragrunt",
        &[
            (
                "live/terragrunt.hcl",
                "terraform {\n  source = \"../module\"\n}\ninputs = { recovery = false, other = }\n",
            ),
            ("module/main.tf", MODULE),
        ],
    ),
    (
        "serverless",
        &[(
            "serverless.yml",
            "service: shop\nprovider: { name: aws }\nresources:\n  Resources:\n    Orders:\n      Type: AWS::DynamoDB::Table\n      Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }] }\n",
        )],
    ),
    (
        "module",
        &[
            ("module/main.tf", MODULE),
            ("live/main.tf", "module \"m\" {\n  source = \"../module\"\n  recovery = false\n}\n"),
        ],
    ),
];
const MODULE: &str = "variable \"recovery\" {}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n  point_in_time_recovery { enabled = var.recovery }\n}\n";
const ASSEMBLED: &str = "{ \"Resources\": { \"OrdersE1F9\": {\n  \"Type\": \"AWS::DynamoDB::Table\",\n  \"Metadata\": { \"aws:cdk:path\": \"Shop/Orders/Resource\" },\n  \"Properties\": { \"TableName\": \"é\", \"KeySchema\": [{ \"AttributeName\": \"id\", \"KeyType\": \"HASH\" }] } } } }\n";
const PLAN: &str = "{ \"format_version\": \"1.2\", \"terraform_version\": \"1.11.4\", \"planned_values\": { \"root_module\": { \"resources\": [{\n  \"address\": \"aws_dynamodb_table.t\", \"mode\": \"managed\", \"type\": \"aws_dynamodb_table\", \"name\": \"t\",\n  \"provider_name\": \"registry.terraform.io/hashicorp/aws\", \"schema_version\": 1,\n  \"values\": { \"name\": \"orders\", \"hash_key\": \"id\", \"billing_mode\": \"PAY_PER_REQUEST\", \"attribute\": [{ \"name\": \"id\", \"type\": \"S\" }] }\n}] } } }\n";

#[test]
fn documents_of_every_kind_are_told_of_what_the_command_line_says() {
    for (name, files) in KINDS {
        let folder = Folder::new(&format!("kind-{name}"), files);
        let analysis = run(&Rooted::new(&folder.path, Disk));
        let path = folder.path.join(files[0].0);
        let mut expected = expected(&analysis, &folder.path).remove(&path).unwrap_or_default();
        assert!(!expected.is_empty(), "{name}: nothing is found in it");
        // Its own text is the editor's: on the disk it is another one.
        folder.write(files[0].0, "");
        for encoding in ["utf-16", "utf-8"] {
            let more = json!({ "general": { "positionEncodings": [encoding] } });
            let mut client = Client::with(&folder.path, &more, &Value::Null);
            client.open(&path, files[0].1);
            client.settle();
            let mut found: Vec<String> = client.diagnostics[&uri(&path)].iter().map(in_words).collect();
            assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
            if encoding == "utf-16" {
                expected.sort();
                found.sort();
                assert_eq!(found, expected, "{name}");
            }
            assert!(client.end());
        }
    }
}
