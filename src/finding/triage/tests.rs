//! The life of a suppression, over findings made by hand.

use super::*;
use crate::resource::Resource;
use crate::value::{Entry, OriginId, Origins, Value};

const CODE: &str = "\
# dynalens: ignore[recovery] rebuilt nightly until 2027-03-01
resource \"aws_dynamodb_table\" \"a\" {
}

resource \"aws_dynamodb_table\" \"b\" {
  name = \"b\" # checkov:skip=CKV_AWS_28: a cache
}

# dynalens: ignore[recovery] nothing here needs it
locals {
}
";

fn setup() -> (Sources, Vec<Span>, Names) {
    let sources = Sources::new();
    let file = sources.add("main.tf", CODE);
    let comments = CODE
        .match_indices('#')
        .map(|(at, _)| {
            let end = at + CODE[at..].find('\n').unwrap();
            Span::new(file.id, u32::try_from(at).unwrap(), u32::try_from(end).unwrap())
        })
        .collect();
    let mut names = Names::default();
    names.add("recovery", ["CKV_AWS_28"]);
    names.add("protection", []);
    (sources, comments, names)
}

fn finding(sources: &Sources, policy: &str, code: &str) -> Finding {
    let file = sources.find(std::path::Path::new("main.tf")).unwrap();
    let start = CODE.find(code).unwrap();
    let end = start + CODE[start..].find("\n}").unwrap() + 2;
    let span = Span::new(file.id, u32::try_from(start).unwrap(), u32::try_from(end).unwrap());
    Finding {
        policy: policy.to_owned(),
        pillar: "reliability".to_owned(),
        severity: Severity::High,
        confidence: Confidence::High,
        message: String::new(),
        help: None,
        resource: Subject { address: code.to_owned(), kind: String::new(), name: String::new(), construct: None },
        case: None,
        primary: Label { span, message: String::new() },
        related: Vec::new(),
        anchors: vec![span],
        project: String::new(),
        via: None,
        absent: false,
        fix: None,
        status: Status::Active,
        fingerprint: String::new(),
    }
}

const A: &str = "resource \"aws_dynamodb_table\" \"a\"";
const B: &str = "resource \"aws_dynamodb_table\" \"b\"";

#[test]
fn comments_suppress_what_they_stand_on_and_nothing_else() {
    let (sources, comments, names) = setup();
    let file = sources.find(std::path::Path::new("main.tf")).unwrap();
    let (found, problems) = from_comments(&file, &comments, false);
    assert_eq!(problems, []);
    let (suppressions, problems) = resolve(found, &names);
    assert_eq!(problems, []);
    let mut findings =
        vec![finding(&sources, "recovery", A), finding(&sources, "recovery", B), finding(&sources, "protection", A)];
    let today = Date::parse("2027-03-01").unwrap();
    let used = suppress(&mut findings, &suppressions, today, &sources);
    assert_eq!(
        findings[0].status,
        Status::Suppressed { kind: SuppressionKind::Comment, reason: "rebuilt nightly".to_owned() }
    );
    assert_eq!(
        findings[1].status,
        Status::Suppressed { kind: SuppressionKind::OtherTool, reason: "a cache".to_owned() }
    );
    assert_eq!(findings[2].status, Status::Active);
    assert_eq!(used, [true, true, false]);

    let unused = unused(&suppressions, &used, &[], &|_| true, &sources);
    assert_eq!(unused.len(), 1);
    assert_eq!(file.slice(unused[0].primary.span), "recovery");
}

#[test]
fn a_suppression_that_has_ended_is_shown_and_does_not_hold() {
    let (sources, comments, names) = setup();
    let file = sources.find(std::path::Path::new("main.tf")).unwrap();
    let (suppressions, _) = resolve(from_comments(&file, &comments, false).0, &names);
    let mut findings = vec![finding(&sources, "recovery", A)];
    let used = suppress(&mut findings, &suppressions, Date::parse("2027-03-02").unwrap(), &sources);
    assert_eq!(findings[0].status, Status::Active);
    assert_eq!(findings[0].related[0].message, "this suppression held until 2027-03-01");
    assert!(used[0]);
}

#[test]
fn a_suppression_of_a_policy_that_did_not_take_part_is_not_called_unused() {
    let (sources, comments, names) = setup();
    let file = sources.find(std::path::Path::new("main.tf")).unwrap();
    let (suppressions, _) = resolve(from_comments(&file, &comments, false).0, &names);
    let used = vec![false; suppressions.len()];
    assert!(unused(&suppressions, &used, &[], &|policy| policy != "recovery", &sources).is_empty());
}

#[test]
fn unknown_names_are_reported_with_the_one_that_is_meant() {
    let (sources, _, names) = setup();
    let text = "# dynalens: ignore[recovry] why\n# checkov:skip=CKV_AWS_1: why\n";
    let file = sources.add("other.tf", text);
    let comments = [Span::new(file.id, 0, 31), Span::new(file.id, 32, 61)];
    let (known, problems) = resolve(from_comments(&file, &comments, false).0, &names);
    assert!(known.is_empty());
    assert_eq!(problems.len(), 1);
    assert_eq!(file.slice(problems[0].span.unwrap()), "recovry");
    assert_eq!(problems[0].help.as_deref(), Some("did you mean `recovery`?"));
}

#[test]
fn block_comments_are_read_line_by_line() {
    let sources = Sources::new();
    let text = "/*\n * dynalens: ignore[recovery] why\n */\n/* dynalens: ignore[recovery] because */\n";
    let file = sources.add("block.tf", text);
    let comments = [Span::new(file.id, 0, 40), Span::new(file.id, 41, 81)];
    let (found, problems) = from_comments(&file, &comments, false);
    assert_eq!(problems, []);
    let reasons: Vec<&str> = found.iter().map(|suppression| suppression.reason.as_str()).collect();
    assert_eq!(reasons, ["why", "because"]);
}

fn resource(metadata: Vec<Entry>) -> Resource {
    let sources = Sources::new();
    let file = sources.add("t.yml", "Table:\n  Metadata: x\n");
    let none = OriginId::NONE;
    Resource {
        address: "Table".into(),
        kind: "AWS::DynamoDB::Table".into(),
        name: "Table".into(),
        header: Span::new(file.id, 0, 5),
        span: file.whole(),
        exists: Value::bool(true, none),
        attributes: Value::map(Vec::new(), none),
        meta: Value::map(vec![Entry::new("Metadata", none, Value::map(metadata, none))], none),
        calls: Vec::new(),
        region: Value::absent(none),
        default_tags: Value::absent(none),
        managed: true,
    }
}

fn text(value: &str) -> Value {
    Value::string(value, OriginId::NONE)
}

fn map(entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(key, value)| Entry::new(*key, OriginId::NONE, value.clone())).collect();
    Value::map(entries, OriginId::NONE)
}

fn list(items: &[Value]) -> Value {
    Value::list(items.to_vec(), OriginId::NONE)
}

#[test]
fn metadata_suppresses_in_every_form_that_is_known() {
    let origins = Origins::new();
    let ours = map(&[(
        "ignore",
        list(&[map(&[("policy", text("recovery")), ("reason", text("why")), ("until", text("2027-03-01"))])]),
    )]);
    let nag = map(&[("rules_to_suppress", list(&[map(&[("id", text("W78")), ("reason", text("nag"))])]))]);
    let guard = map(&[("SuppressedRules", list(&[text("DYNAMODB_PITR_ENABLED")]))]);
    let lint = map(&[("config", map(&[("ignore_checks", list(&[text("E3039")]))]))]);
    let entries = [("dynalens", ours), ("cfn_nag", nag), ("guard", guard), ("cfn-lint", lint)];
    let entries = entries.into_iter().map(|(key, value)| Entry::new(key, OriginId::NONE, value)).collect();
    let (found, problems) = from_metadata(&resource(entries), &origins);
    assert_eq!(problems, []);
    let read: Vec<(&str, &str, &str)> =
        found.iter().map(|one| (one.kind.name(), one.name.as_str(), one.reason.as_str())).collect();
    assert_eq!(
        read,
        [
            ("metadata", "recovery", "why"),
            ("other-tool", "W78", "nag"),
            ("other-tool", "DYNAMODB_PITR_ENABLED", "marked for another tool"),
            ("other-tool", "E3039", "marked for another tool"),
        ]
    );
    assert_eq!(found[0].until, Date::parse("2027-03-01"));
}

#[test]
fn metadata_without_a_reason_does_not_hold_and_says_so() {
    let origins = Origins::new();
    let ours = map(&[("ignore", map(&[("recovery", text("why")), ("protection", text(" "))]))]);
    let (found, problems) = from_metadata(&resource(vec![Entry::new("dynalens", OriginId::NONE, ours)]), &origins);
    assert_eq!(found.len(), 1);
    assert_eq!(problems[0].message, "the suppression of `protection` has no reason, so it does not hold");
}
