//! 0 nothing found, 1 findings, 2 could not do its work, 3 nothing to check.

use super::support::{Project, TABLE, run_with_input};

const RECOVERY: &str = "--select=point-in-time-recovery-disabled";

fn recovered() -> String {
    TABLE.to_owned() + "      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }\n"
}

#[test]
fn without_findings_it_ends_with_0() {
    let project = Project::new(&[("t.yaml", &recovered())]);
    let run = project.run(&[RECOVERY]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
}

#[test]
fn findings_at_or_above_the_threshold_end_it_with_1() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    assert_eq!(project.run(&[RECOVERY]).code, 1);
    assert_eq!(project.run(&[RECOVERY, "--fail-on", "high"]).code, 1);
    let settings = "policies: { point-in-time-recovery-disabled: { severity: medium } }\n";
    project.write("dynalens.yml", settings);
    assert_eq!(project.run(&[RECOVERY, "--fail-on", "high"]).code, 0);
    assert_eq!(project.run(&[RECOVERY, "--fail-on", "medium"]).code, 1);
}

#[test]
fn mistakes_of_whoever_calls_it_end_it_with_2_and_say_what_would_be_right() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    for (arguments, said) in [
        (vec!["--select", "point-in-time-recovery-disable"], "did you mean `point-in-time-recovery-disabled`?"),
        (vec!["--ignore", "deletion-protection-disable"], "did you mean `deletion-protection-disabled`?"),
        (vec!["--fail-on", "extreme"], "info, low, medium, high"),
        (vec!["--no-such-option"], "unexpected argument"),
        (vec!["--config", "missing.yml"], "missing.yml"),
        (vec!["--environment", "prod"], "environment"),
        (vec!["--stdin-filename", "x.yaml"], "`-`"),
        (vec!["explain", "nothing-like-this-at-all"], "dynalens policies"),
        (vec!["explain", "CKV_AWS_2"], "no policy"),
    ] {
        let run = project.run(&arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stdout);
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_path_that_is_not_there_ends_it_with_2() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    let run = project.run(&["missing.yaml", "--format", "json"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.json()["errors"][0]["file"], "missing.yaml");
}

#[test]
fn a_broken_file_ends_it_with_2_and_the_others_are_still_checked() {
    let broken = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: [\n";
    let project = Project::new(&[("a/broken.yaml", broken), ("b.yaml", TABLE)]);
    let run = project.run(&[RECOVERY, "--format", "json"]);
    assert_eq!(run.code, 2);
    let json = run.json();
    assert_eq!(json["errors"][0]["file"], "a/broken.yaml");
    let findings = json["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|finding| finding["file"] == "b.yaml"), "{json}");
}

#[test]
fn a_broken_configuration_ends_it_with_2_and_is_shown_where_it_is_wrong() {
    let project = Project::new(&[("t.yaml", TABLE), ("dynalens.yml", "profil: strict\n")]);
    let run = project.run(&["--format", "json"]);
    assert_eq!(run.code, 2);
    let error = &run.json()["errors"][0];
    assert_eq!(error["file"], "dynalens.yml");
    assert_eq!(error["span"]["start"]["column"], 1);
    assert_eq!(error["help"], "did you mean `profile`?");
}

#[test]
fn without_infrastructure_code_it_ends_with_3() {
    let project = Project::new(&[("README.md", "nothing"), ("k8s.yaml", "kind: Deployment\n"), ("p.json", "{}")]);
    let run = project.run(&[]);
    assert_eq!(run.code, 3);
    assert!(run.stdout.contains("no infrastructure code"), "{}", run.stdout);
    assert_eq!(project.run(&["--allow-no-code"]).code, 0);
}

#[test]
fn infrastructure_code_without_tables_is_still_code() {
    let bucket = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n";
    let project = Project::new(&[("bucket.yaml", bucket)]);
    assert_eq!(project.run(&[]).code, 0);
    assert_eq!(project.run(&["bucket.yaml"]).code, 0);
    let terraform = Project::new(&[("main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n")]);
    assert_eq!(terraform.run(&[]).code, 0);
}

#[test]
fn paths_are_shown_from_the_working_directory_however_they_are_given() {
    let project = Project::new(&[("a/t.yaml", TABLE), ("b/x", "")]);
    let absolute = project.path().join("a/t.yaml");
    let run = super::support::run(
        &project.path().join("b"),
        &[RECOVERY, "--format=json", absolute.to_str().expect("it is UTF-8")],
    );
    assert_eq!(run.json()["findings"][0]["file"], "../a/t.yaml");
}

#[test]
fn standard_input_is_checked_like_a_file() {
    let project = Project::new(&[]);
    let run = run_with_input(project.path(), &["-", RECOVERY, "--format=json", "--stdin-filename=x/t.yaml"], TABLE);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.json()["findings"][0]["file"], "x/t.yaml");
    assert_eq!(run_with_input(project.path(), &["-", RECOVERY], TABLE).code, 1);
    assert_eq!(run_with_input(project.path(), &["-"], "kind: Deployment\n").code, 3);
    let terraform = "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n}\n";
    assert_eq!(run_with_input(project.path(), &["-", RECOVERY, "--stdin-filename=main.tf"], terraform).code, 1);
}

/// What could not be read is not absent: a resource with a syntax error in it is undetermined, its neighbours are
/// judged.
#[test]
fn a_resource_that_could_not_be_read_whole_is_not_judged_by_what_is_missing() {
    let template = "Resources:
  Broken:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      Tags: [{ Key: a, Value: b ]
  Whole:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
";
    let module = "resource \"aws_dynamodb_table\" \"broken\" {
  name = \"a\"
  billing_mode = = \"PAY_PER_REQUEST\"
}

resource \"aws_dynamodb_table\" \"whole\" {
  name = \"b\"
}
";
    for (file, text) in [("t.yaml", template), ("main.tf", module)] {
        let project = Project::new(&[(file, text)]);
        let run = project.run(&[RECOVERY, "--format", "json"]);
        assert_eq!(run.code, 2);
        let found = run.findings();
        assert_eq!(found.len(), 1, "{file}: {found:?}");
        assert!(found[0].to_lowercase().contains("whole"), "{file}: {found:?}");
        let why = run.json()["undetermined"][0]["why"].to_string();
        assert!(why.contains("could not be read whole"), "{file}: {why}");
    }
}
