//! The language server in a real editor: what Neovim holds of a project is what the command line finds, and what a code
//! action makes of a file is what `dynalens fix` makes of it.
//!
//! Runs where `nvim` is on `PATH` (Debian's is enough); elsewhere each test says that it is left out, and fails if
//! `DYNALENS_NEOVIM` is `required`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that gets no answer has failed")]

mod manifest;
mod neovim;
mod project;

use serde_json::json;

use neovim::{Answer, neovim};
use project::Project;

/// Opens every file of a project and compares.
fn same_as_the_command_line(project: &Project) {
    let Some(answer) = neovim(project, &project.files(), &[]) else { return };
    assert_eq!(answer.before, project.found(), "{}", project.name);
}

#[test]
fn neovim_holds_what_the_command_line_finds_in_cloudformation() {
    for fixture in ["bare-cloudformation", "bare-provisioned", "cfn-environments", "global-table", "production-stack"] {
        same_as_the_command_line(&Project::fixture(fixture));
    }
}

#[test]
fn neovim_holds_what_the_command_line_finds_in_sam_and_json() {
    for fixture in ["bare-sam", "sam-orders", "well-made-sam", "cdk-app"] {
        same_as_the_command_line(&Project::fixture(fixture));
    }
}

#[test]
fn neovim_holds_what_the_command_line_finds_in_terraform() {
    for fixture in ["bare-terraform", "dax-cluster", "terraform-module", "terraform-shop", "terragrunt-live"] {
        same_as_the_command_line(&Project::fixture(fixture));
    }
}

#[test]
fn letters_of_any_width_and_any_line_ends_do_not_move_a_finding() {
    let template = "Description: \"🧺 orders\"\nResources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties: { \
                    BillingMode: PAY_PER_REQUEST,\n      AttributeDefinitions: [{ AttributeName: id, AttributeType: S \
                    }],\n      KeySchema: [{ AttributeName: id, KeyType: HASH }],\n      Tags: [{ Key: \"🧺🧺 \
                    e\u{301}\u{301}\", Value: \"🇪🇺\" }], DeletionProtectionEnabled: false,\n      TableName: \"🧺 \
                    café\" }\n";
    let windows = template.replace('\n', "\r\n");
    let files = [("unix.yaml", template), ("windows.yaml", windows.as_str())];
    let project = Project::new("letters", &files);
    same_as_the_command_line(&project);
    assert!(project.found()["unix.yaml"].iter().any(|one| one.contains("deletion-protection-disabled")));
    assert_eq!(project.found()["unix.yaml"], project.found()["windows.yaml"]);
}

#[test]
fn a_broken_document_has_its_mistake_and_the_findings_of_its_sound_parts() {
    let template = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      BillingMode: \
                    PAY_PER_REQUEST\n      DeletionProtectionEnabled: false\n      AttributeDefinitions: [{ \
                    AttributeName: id, AttributeType: S }]\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n  \
                    Broken:\n    Type: AWS::DynamoDB::Table\n    Properties: { KeySchema: [ }\n";
    let project = Project::new("broken", &[("template.yaml", template)]);
    same_as_the_command_line(&project);
    let found = &project.found()["template.yaml"];
    assert!(found.iter().any(|one| one.contains("deletion-protection-disabled")), "{found:?}");
    assert!(found.iter().any(|one| one.contains("mismatched bracket")), "{found:?}");
}

const TWO_FINDINGS: &str = "# The orders.\nResources:\n  Orders:\n    Type: AWS::DynamoDB::Table # ours\n    \
                            DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n    Properties:\n      BillingMode: \
                            PAY_PER_REQUEST\n      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]\n      \
                            KeySchema: [{ AttributeName: id, KeyType: HASH }]\n      PointInTimeRecoverySpecification: {  \
                            PointInTimeRecoveryEnabled:   'false' } # 🧺\n      DeletionProtectionEnabled: false\n      \
                            Tags: [{ Key: owner, Value: shop }]\n";

#[test]
fn a_quick_fix_writes_what_fix_writes() {
    let project = Project::new("quick-fix", &[("template.yaml", TWO_FINDINGS)]);
    let wanted = project.fixed("template.yaml", &["--select", "deletion-protection-disabled"]);
    assert_ne!(wanted, TWO_FINDINGS);
    let action = json!({ "file": "template.yaml", "line": 11, "column": 35, "kind": "quickfix" });
    let Some(answer) = neovim(&project, &["template.yaml".to_owned()], &[action]) else { return };
    assert_eq!(answer.text["template.yaml"], wanted);
    let gone = |found: &[String]| !found.iter().any(|one| one.contains("deletion-protection-disabled"));
    assert!(!gone(&answer.before["template.yaml"]) && gone(&answer.after["template.yaml"]), "{answer:?}");
    assert_eq!(answer.after, project.found(), "what is left is what the command line finds in the saved file");
}

#[test]
fn a_quick_fix_in_terraform_writes_what_fix_writes() {
    let main = "resource \"aws_dynamodb_table\" \"orders\" {\n  name         = \"orders\"\n  billing_mode = \
                \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  deletion_protection_enabled = var.protected # 🧺\n\n  \
                attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n}\n";
    let variables = "variable \"protected\" {\n  default = false\n}\n";
    let project = Project::new("quick-fix-terraform", &[("main.tf", main), ("variables.tf", variables)]);
    let select = ["--select", "deletion-protection-disabled"];
    let wanted = [project.fixed("main.tf", &select), project.fixed("variables.tf", &select)];
    assert_ne!(wanted, [main.to_owned(), variables.to_owned()]);
    let action = json!({ "file": "main.tf", "line": 5, "column": 33, "kind": "quickfix" });
    let Some(answer) = neovim(&project, &project.files(), &[action]) else { return };
    assert_eq!([answer.text["main.tf"].clone(), answer.text["variables.tf"].clone()], wanted);
    assert_eq!(answer.after, project.found());
}

#[test]
fn fixing_a_whole_file_writes_what_fix_writes() {
    let project = Project::new("fix-all", &[("template.yaml", TWO_FINDINGS)]);
    let wanted = project.fixed("template.yaml", &[]);
    let action = json!({ "file": "template.yaml", "line": 0, "column": 0, "kind": "source.fixAll" });
    let Some(answer) = neovim(&project, &project.files(), &[action]) else { return };
    let Answer { text, after, .. } = answer;
    assert_eq!(text["template.yaml"], wanted);
    assert_eq!(after, project.found());
}
