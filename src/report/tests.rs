//! How reports look, over an analysis made by hand.

use std::io::{self, Write};
use std::sync::Arc;

use super::human::Look;
use super::{concise, github, gitlab, human, json, markdown, sarif, xml};
use crate::analysis::{Analysis, Counts};
use crate::finding::{Finding, Label, Status, Subject, SuppressionKind, Undetermined, fingerprint};
use crate::policy::{Confidence, Pack, Severity};
use crate::resource::Problem;
use crate::source::{Sources, Span};

const MAIN: &str = "variable \"pitr\" {}\n\nresource \"aws_dynamodb_table\" \"orders\" {\n  name = \"Bestellungen für ü\"\n  point_in_time_recovery {\n    enabled = var.pitr # \u{1b}[31mred\n  }\n}\n";
const VARS: &str = "\u{feff}pitr = false\r\n";

fn span(sources: &Sources, path: &str, text: &str) -> Span {
    let file = sources.find(std::path::Path::new(path)).unwrap();
    let at = u32::try_from(file.text().find(text).unwrap()).unwrap();
    Span::new(file.id, at, at + u32::try_from(text.len()).unwrap())
}

fn analysis() -> Analysis {
    let sources = Sources::new();
    sources.add("infra/main.tf", MAIN);
    sources.add("infra/prod.tfvars", VARS);
    let finding = Finding {
        policy: "point-in-time-recovery-disabled".to_owned(),
        pillar: "reliability".to_owned(),
        severity: Severity::High,
        confidence: Confidence::High,
        message: "`orders` can't be restored to a point in time".to_owned(),
        help: Some("turn on continuous backups; a restore then loses at most seconds".to_owned()),
        resource: Subject {
            address: "aws_dynamodb_table.orders".to_owned(),
            kind: "aws_dynamodb_table".to_owned(),
            name: "orders".to_owned(),
            construct: None,
        },
        case: Some("environment is prod".to_owned()),
        primary: Label {
            span: span(&sources, "infra/main.tf", "var.pitr"),
            message: "this refers to `var.pitr`".to_owned(),
        },
        related: vec![
            Label { span: span(&sources, "infra/main.tf", "variable \"pitr\""), message: "declared here".to_owned() },
            Label { span: span(&sources, "infra/prod.tfvars", "false"), message: "set in `prod.tfvars`".to_owned() },
        ],
        anchors: Vec::new(),
        project: String::new(),
        via: None,
        absent: false,
        fix: None,
        status: Status::Active,
        fingerprint: fingerprint("point-in-time-recovery-disabled", "aws_dynamodb_table.orders", "", 0),
    };
    let suppressed = Finding {
        policy: "deletion-protection-disabled".to_owned(),
        status: Status::Suppressed { kind: SuppressionKind::Comment, reason: "rebuilt nightly".to_owned() },
        ..finding.clone()
    };
    Analysis {
        undetermined: vec![Undetermined {
            policy: "key-class-below-requirement".to_owned(),
            resource: finding.resource.clone(),
            span: span(&sources, "infra/main.tf", "resource \"aws_dynamodb_table\" \"orders\""),
            why: "variable `kms_key` has no value; pass a var-file".to_owned(),
        }],
        problems: vec![
            Problem::unreadable("infra/broken.tf", "it is not UTF-8"),
            Problem::note(span(&sources, "infra/main.tf", "{}"), "nothing gives `pitr` a value")
                .with_help("pass a var-file"),
        ],
        findings: vec![finding, suppressed],
        sources: Arc::new(sources),
        counts: Counts { files: 2, projects: 1, resources: 1, tables: 1, policies: 40 },
        pack: Pack::built_in(),
        judged: std::collections::BTreeSet::new(),
    }
}

fn plain() -> Look {
    Look { color: false, width: 80, links: false, suppressed: false }
}

fn shown(write: impl FnOnce(&Analysis, &mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&analysis(), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn the_report_for_people() {
    let text = shown(|analysis, out| human::write(analysis, plain(), out).unwrap());
    insta::assert_snapshot!(text);
}

#[test]
fn colours_only_where_they_are_asked_for_and_never_those_of_the_input() {
    let without = shown(|analysis, out| human::write(analysis, plain(), out).unwrap());
    assert!(!without.contains('\u{1b}'));
    let colored = shown(|analysis, out| human::write(analysis, Look { color: true, ..plain() }, out).unwrap());
    assert!(colored.contains('\u{1b}') && !colored.contains("\u{1b}[31mred"));
}

#[test]
fn one_line_for_each_finding() {
    insta::assert_snapshot!(shown(|analysis, out| concise::write(analysis, out).unwrap()));
}

#[test]
fn the_json_contract() {
    let text = shown(|analysis, out| json::write(analysis, 0, out).unwrap());
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schemas/findings-v1.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let place = &value["findings"][0]["related"][1]["span"]["start"];
    // The byte order mark counts as bytes and not as a character.
    assert_eq!(*place, serde_json::json!({ "offset": 10, "line": 1, "column": 8 }));
    insta::assert_snapshot!(text);
}

#[test]
fn a_file_that_is_broken_in_many_ways_is_shown_by_some() {
    let mut analysis = analysis();
    let span = span(&analysis.sources, "infra/main.tf", "name");
    analysis.problems = (0..100).map(|number| Problem::error(span, format!("mistake {number}."))).collect();
    let mut out = Vec::new();
    human::write(&analysis, plain(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("mistake 4.") && !text.contains("mistake 5."));
    assert!(text.contains("95 more errors and notes"), "{text}");
    let page = self::text(&analysis, markdown::write);
    assert!(
        page.contains("mistake 4.") && !page.contains("mistake 5.") && page.contains("and 95 more errors"),
        "{page}"
    );
    assert_eq!(self::text(&analysis, github::write).matches("mistake").count(), 5);
}

/// An analysis whose names try to break out of every format.
fn hostile() -> Analysis {
    let mut analysis = analysis();
    let evil = "\"><script>x</script>|`a`\n::error::owned\u{1b}[31m%0A@everyone ]]>";
    analysis.findings[0].message = format!("`{evil}` is wrong");
    analysis.findings[0].resource.address = evil.to_owned();
    analysis.findings[0].case = Some(evil.to_owned());
    analysis.problems.push(Problem::unreadable(format!("{evil}.tf"), evil));
    analysis
}

fn text(analysis: &Analysis, write: fn(&Analysis, &mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(analysis, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn active(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    sarif::write(analysis, false, out)
}

#[test]
fn annotations_are_one_line_each_whatever_names_hold() {
    insta::assert_snapshot!(text(&analysis(), github::write));
    let report = text(&hostile(), github::write);
    assert_eq!(report.lines().count(), 4, "{report}");
    assert!(report.lines().all(|line| line.starts_with("::")) && !report.contains('\u{1b}'), "{report}");
}

#[test]
fn xml_reports_hold_no_markup_but_their_own() {
    insta::assert_snapshot!(text(&analysis(), xml::junit));
    insta::assert_snapshot!(text(&analysis(), xml::checkstyle));
    for report in [text(&hostile(), xml::junit), text(&hostile(), xml::checkstyle)] {
        assert!(!report.contains("<script") && !report.contains('\u{1b}'), "{report}");
    }
}

#[test]
fn summaries_in_markdown_hold_no_html_links_or_mentions() {
    insta::assert_snapshot!(text(&analysis(), markdown::write));
    let report = text(&hostile(), markdown::write);
    assert!(!report.contains("<script") && !report.contains("@everyone") && !report.contains('\u{1b}'), "{report}");
    let rows = report.lines().filter(|line| line.starts_with('|'));
    assert!(rows.clone().all(|row| row.replace("\\|", "").matches('|').count() == 5), "{report}");
}

#[test]
fn code_quality_reports_have_what_gitlab_asks_for() {
    insta::assert_snapshot!(text(&analysis(), gitlab::write));
}

#[test]
fn code_scanning_gets_rules_places_and_the_way_of_the_value() {
    let report = text(&analysis(), active);
    let value: serde_json::Value = serde_json::from_str(&report).unwrap();
    let run = &value["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(1));
    let result = &run["results"][0];
    let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], result["ruleId"]);
    assert!(rule["help"]["text"].as_str().unwrap().starts_with("# What it means"), "{rule}");
    let flow = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(flow.first().unwrap()["location"]["message"]["text"], "set in `prod.tfvars`");
    assert_eq!(flow.last().unwrap()["location"]["physicalLocation"], result["locations"][0]["physicalLocation"]);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert!(serde_json::from_str::<serde_json::Value>(&text(&hostile(), active)).is_ok());
}

#[test]
fn a_long_line_is_shown_in_part() {
    let sources = Sources::new();
    let long = format!("{{{}\"x\": false{}}}", "\"a\": 1, ".repeat(5_000), ", \"b\": 2".repeat(5_000));
    sources.add("t.json", long);
    let mut analysis = analysis();
    analysis.problems.clear();
    analysis.findings.truncate(1);
    analysis.findings[0].primary.span = span(&sources, "t.json", "false");
    analysis.findings[0].related =
        vec![Label { span: span(&sources, "t.json", "\"b\""), message: "far away".to_owned() }];
    analysis.sources = Arc::new(sources);
    let mut out = Vec::new();
    human::write(&analysis, plain(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.len() < 4_000 && text.contains("\"x\": false"), "{text}");
}

#[test]
fn findings_of_one_construct_stand_together() {
    let mut analysis = analysis();
    let first = analysis.findings[0].clone();
    let of = |policy: &str, construct: Option<&str>| Finding {
        policy: policy.to_owned(),
        resource: Subject { construct: construct.map(str::to_owned), ..first.resource.clone() },
        ..first.clone()
    };
    analysis.findings = vec![
        of("one", Some("Orders/Table")),
        of("two", Some("Orders/Other")),
        of("three", Some("Orders/Table")),
        of("four", None),
    ];
    let mut out = Vec::new();
    human::write(&analysis, Look { width: 100, ..plain() }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("construct ") || line.contains(": high: "));
    let lines: Vec<&str> = lines.map(|line| line.rsplit(": ").next().unwrap()).collect();
    assert_eq!(lines, ["construct Orders/Table", "one", "three", "construct Orders/Other", "two", "four"]);
    let mut out = Vec::new();
    json::write(&analysis, 0, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json["findings"][0]["resource"]["construct"], "Orders/Table");
    assert!(json["findings"][3]["resource"].get("construct").is_none());
}
