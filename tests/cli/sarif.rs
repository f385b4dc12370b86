//! SARIF against the schema that OASIS publishes, and its positions against a reader of our own.

use serde_json::Value;

use super::support::{Project, TABLE, fixture, run};

fn errors(report: &Value) -> Vec<String> {
    let schema: Value =
        serde_json::from_str(include_str!("../../fixtures/sarif/sarif-schema-2.1.0.json")).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Every physical location of a report, wherever it stands.
fn places<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("physicalLocation"));
            fields.values().for_each(|value| places(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| places(value, found)),
        _ => {}
    }
}

/// The text between two places that count lines and characters from 1, told without any of the program's own code.
fn text_at(text: &str, region: &Value) -> String {
    let number = |key: &str| usize::try_from(region[key].as_u64().expect("a number")).expect("it is small");
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = |line: usize, column: usize| {
        let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        before + text[before..].chars().take(column - 1).map(char::len_utf8).sum::<usize>()
    };
    text[offset(number("startLine"), number("startColumn"))..offset(number("endLine"), number("endColumn"))].to_owned()
}

#[test]
fn reports_fit_the_official_schema() {
    for name in ["sam-orders", "cfn-environments", "terraform-shop"] {
        for more in [&["--profile=all"][..], &["--show-suppressed"]] {
            let report = run(&fixture(name), &[&["--format=sarif"], more].concat()).json();
            assert_eq!(errors(&report), Vec::<String>::new(), "{name}");
        }
    }
    let broken = Project::new(&[
        ("broken.yaml", "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: [\n"),
        ("x y#.yaml", TABLE),
    ]);
    let report = broken.run(&["--format=sarif", "missing.yaml", "."]).json();
    assert_eq!(errors(&report), Vec::<String>::new());
    assert_eq!(report["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert!(report.to_string().contains("x%20y%23.yaml"));
}

#[test]
fn positions_lead_to_the_same_text_by_lines_and_by_bytes() {
    let odd =
        format!("\u{feff}# übung 料金 🦀\r\n{}", TABLE.replace('\n', "\r\n").replace("Orders:", "\"Orders\": # 🦀"));
    let project = Project::new(&[("t.yaml", &odd)]);
    let mut roots = vec![(project.path().to_owned(), project.run(&["--format=sarif"]).json())];
    for name in ["sam-orders", "terraform-shop"] {
        roots.push((fixture(name), run(&fixture(name), &["--format=sarif", "--profile=all"]).json()));
    }
    let mut checked = 0;
    for (root, report) in &roots {
        let mut found = Vec::new();
        places(report, &mut found);
        for place in found {
            let path = place["artifactLocation"]["uri"].as_str().expect("a text");
            let text = std::fs::read_to_string(root.join(path)).expect("the file is there");
            let region = &place["region"];
            let start = usize::try_from(region["byteOffset"].as_u64().expect("a number")).expect("it is small");
            let length = usize::try_from(region["byteLength"].as_u64().expect("a number")).expect("it is small");
            assert_eq!(text_at(&text, region), text[start..start + length], "{path} {region}");
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn rules_say_everything_and_code_flows_lead_from_the_line_that_decides() {
    let report = run(&fixture("terraform-shop"), &["--format=sarif"]).json();
    let run = &report["runs"][0];
    for rule in run["tool"]["driver"]["rules"].as_array().expect("a list") {
        for key in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[key]["text"].as_str().is_some_and(|text| text.len() > 10), "{rule}");
        }
        assert!(rule["helpUri"].as_str().is_some_and(|link| link.starts_with("https://")), "{rule}");
        assert!(rule["help"]["markdown"].as_str().is_some_and(|page| page.contains("# Why it matters")), "{rule}");
    }
    let results = run["results"].as_array().expect("a list");
    let flow = results.iter().find_map(|result| result["codeFlows"][0]["threadFlows"][0]["locations"].as_array());
    let flow = flow.expect("a value comes from elsewhere");
    assert!(flow.len() > 1);
    for result in results {
        assert!(result["partialFingerprints"]["dynalens/v1"].as_str().is_some_and(|print| print.len() == 16));
    }
}

#[test]
fn suppressed_findings_are_there_on_request_with_their_reasons() {
    let text = TABLE.replace("  Orders:", "  # dynalens: ignore[CKV_AWS_28] rebuilt nightly\n  Orders:");
    let project = Project::new(&[("t.yaml", &text)]);
    let suppressions = |more: &[&str]| {
        let report = project.run(&[&["--format=sarif", "--select=CKV_AWS_28"], more].concat()).json();
        report["runs"][0]["results"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|result| result["suppressions"].clone())
            .collect::<Vec<_>>()
    };
    assert!(suppressions(&[]).is_empty());
    let expected =
        serde_json::json!([{ "kind": "inSource", "status": "accepted", "justification": "rebuilt nightly" }]);
    assert_eq!(suppressions(&["--show-suppressed"]), [expected]);
    let human = project.run(&["--select=CKV_AWS_28", "--show-suppressed"]).stdout;
    assert!(human.contains("point-in-time-recovery-disabled `Orders` (comment): rebuilt nightly"), "{human}");
}
