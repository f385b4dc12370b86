//! The life of a suppression, from the comment to the report that it is no longer needed.

use super::support::{Project, TABLE};

const SELECT: &str = "--select=point-in-time-recovery-disabled,deletion-protection-disabled,unused-suppression";

fn findings(project: &Project) -> Vec<String> {
    project.run(&[SELECT, "--format=json"]).findings()
}

fn with_comment(comment: &str) -> Project {
    Project::new(&[("t.yaml", &TABLE.replace("  Orders:", &format!("  {comment}\n  Orders:")))])
}

#[test]
fn a_comment_with_a_reason_suppresses_what_it_names() {
    let project = with_comment("# dynalens: ignore[point-in-time-recovery-disabled] rebuilt nightly");
    assert_eq!(
        findings(&project),
        ["deletion-protection-disabled Orders active", "point-in-time-recovery-disabled Orders suppressed"]
    );
    let json = project.run(&[SELECT, "--format=json"]).json();
    let suppression = &json["findings"][1]["suppression"];
    assert_eq!(suppression, &serde_json::json!({ "kind": "comment", "reason": "rebuilt nightly" }));
    let auditor = project.run(&[SELECT, "--no-suppressions", "--format=json"]).findings();
    assert!(auditor.iter().all(|finding| finding.ends_with("active")) && auditor.len() == 2, "{auditor:?}");
}

#[test]
fn without_a_reason_or_after_its_day_it_does_not_hold() {
    for comment in [
        "# dynalens: ignore[point-in-time-recovery-disabled]",
        "# dynalens: ignore[point-in-time-recovery-disabled] rebuilt until 2020-01-01",
        "# dynalens: ignore[point-in-time-recovery-disable] rebuilt",
    ] {
        let found = findings(&with_comment(comment));
        assert!(found.contains(&"point-in-time-recovery-disabled Orders active".to_owned()), "{comment}: {found:?}");
    }
    let json =
        with_comment("# dynalens: ignore[point-in-time-recovery-disable] rebuilt").run(&["--format=json"]).json();
    assert_eq!(json["notes"][0]["help"], "did you mean `point-in-time-recovery-disabled`?");
}

#[test]
fn one_that_suppresses_nothing_is_reported() {
    let project = with_comment("# dynalens: ignore[ttl-without-attribute] a leftover");
    let found = project.run(&["--select=ttl-without-attribute,unused-suppression", "--format=json"]).findings();
    assert_eq!(found, ["unused-suppression ttl-without-attribute active"]);
    let other = project.run(&["--select=deletion-protection-disabled,unused-suppression", "--format=json"]).findings();
    assert_eq!(other, ["deletion-protection-disabled Orders active"]);
}

#[test]
fn metadata_suppresses_where_there_are_no_comments() {
    let template = r#"{
  "Resources": {
    "Orders": {
      "Type": "AWS::DynamoDB::Table",
      "Metadata": { "dynalens": { "ignore": [{ "policy": "CKV_AWS_28", "reason": "rebuilt nightly" }] } },
      "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }]
      }
    }
  }
}
"#;
    let project = Project::new(&[("t.json", template)]);
    assert!(findings(&project).contains(&"point-in-time-recovery-disabled Orders suppressed".to_owned()));
}

#[test]
fn a_comment_on_a_module_call_holds_for_all_that_it_makes() {
    let module = "resource \"aws_dynamodb_table\" \"t\" {\n  name     = \"t\"\n  hash_key = \"id\"\n}\n";
    let root = "# dynalens: ignore[point-in-time-recovery-disabled] rebuilt nightly\nmodule \"a\" {\n  source = \"./m\"\n}\n\nmodule \"b\" {\n  source = \"./m\"\n}\n";
    let project = Project::new(&[("main.tf", root), ("m/main.tf", module)]);
    let found = project.run(&["--select=point-in-time-recovery-disabled", "--format=json"]).findings();
    assert_eq!(
        found,
        [
            "point-in-time-recovery-disabled module.a.aws_dynamodb_table.t suppressed",
            "point-in-time-recovery-disabled module.b.aws_dynamodb_table.t active"
        ]
    );
}

#[test]
fn one_fault_that_two_calls_share_is_one_finding_that_lists_both() {
    let module = "resource \"aws_dynamodb_table\" \"t\" {\n  name     = \"t\"\n  hash_key = \"id\"\n}\n";
    let root = "module \"a\" {\n  source = \"./m\"\n}\n\nmodule \"b\" {\n  source = \"./m\"\n}\n";
    let project = Project::new(&[("main.tf", root), ("m/main.tf", module)]);
    let run = project.run(&["--select=point-in-time-recovery-disabled", "--format=json"]);
    assert_eq!(run.findings(), ["point-in-time-recovery-disabled module.a.aws_dynamodb_table.t active"]);
    assert!(run.stdout.contains("module.b.aws_dynamodb_table.t"), "{}", run.stdout);
}

#[test]
fn terraform_in_json_has_comments_under_a_key_of_their_own() {
    let code = r#"{ "resource": { "aws_dynamodb_table": { "t": {
        "//": "dynalens: ignore[point-in-time-recovery-disabled] rebuilt nightly",
        "name": "t", "hash_key": "id"
    } } } }"#;
    let project = Project::new(&[("main.tf.json", code)]);
    let run = project.run(&["--select=point-in-time-recovery-disabled", "--format=json"]);
    assert_eq!(run.findings(), ["point-in-time-recovery-disabled aws_dynamodb_table.t suppressed"]);
}

#[test]
fn marks_of_other_tools_are_honoured() {
    let terraform = "resource \"aws_dynamodb_table\" \"t\" {\n  #checkov:skip=CKV_AWS_28: rebuilt nightly\n  name     = \"t\"\n  hash_key = \"id\"\n}\n";
    let project = Project::new(&[("main.tf", terraform)]);
    let run = project.run(&["--select=point-in-time-recovery-disabled", "--format=json"]);
    assert_eq!(run.findings(), ["point-in-time-recovery-disabled aws_dynamodb_table.t suppressed"]);
    assert_eq!(run.json()["findings"][0]["suppression"]["kind"], "other-tool");
}

#[test]
fn entries_of_the_configuration_suppress_by_address_and_path() {
    let project = Project::new(&[
        ("infra/t.yaml", TABLE),
        ("other/t.yaml", TABLE),
        (
            "dynalens.yml",
            "suppressions:\n  - { policy: point-in-time-recovery-disabled, address: \"Ord*\", path: \"infra/**\", reason: rebuilt }\n",
        ),
    ]);
    let recovery = ["--select=point-in-time-recovery-disabled", "--format=json"];
    assert_eq!(
        project.run(&recovery).findings(),
        ["point-in-time-recovery-disabled Orders suppressed", "point-in-time-recovery-disabled Orders active"]
    );
    // The patterns count from the configuration's directory, wherever the run begins.
    let below = super::support::run(&project.path().join("infra"), &recovery);
    assert_eq!(below.findings(), ["point-in-time-recovery-disabled Orders suppressed"]);
}
