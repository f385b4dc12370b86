//! The commands beside `check`.

use super::support::{Project, Run, dynalens, fixture, run};

#[test]
fn explain_knows_names_and_aliases() {
    let project = Project::new(&[]);
    for name in ["point-in-time-recovery-disabled", "CKV_AWS_28", "AVD-AWS-0024", "ckv_aws_28"] {
        let run = project.run(&["explain", name]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert!(run.stdout.starts_with("point-in-time-recovery-disabled: "), "{}", run.stdout);
        assert!(run.stdout.contains("Why it matters"), "{}", run.stdout);
    }
}

#[test]
fn explain_writes_markdown_for_editors() {
    let project = Project::new(&[]);
    let page = project.run(&["explain", "CKV_AWS_28", "--format", "markdown"]).stdout;
    assert!(page.starts_with("# point-in-time recovery is off\n\n`point-in-time-recovery-disabled` · high"), "{page}");
    assert!(page.contains("\n## Why it matters\n") && page.contains("\n### Fails"), "{page}");
    assert!(page.contains("\n# ^^^^^^ can't be restored\n"), "examples stay as they are: {page}");
    assert!(page.trim_end().ends_with("`trend:DynamoDB-003`"), "other names come last: {page}");
    let page = project.run(&["explain", "unused-suppression", "--format", "markdown"]).stdout;
    assert!(page.starts_with("# unused-suppression") && page.contains("\n## What it means\n"), "{page}");
}

#[test]
fn policies_are_listed_for_people_and_programs() {
    let project = Project::new(&[]);
    let json = project.run(&["policies", "--format", "json"]).json();
    let policies = json["policies"].as_array().expect("a list");
    assert!(policies.iter().any(|policy| policy["name"] == "point-in-time-recovery-disabled"));
    let human = project.run(&["policies"]).stdout;
    assert!(human.contains("reliability\n") && human.contains("point-in-time-recovery-disabled"), "{human}");
    let markdown = project.run(&["policies", "--format", "markdown"]).stdout;
    assert!(markdown.contains("| `point-in-time-recovery-disabled` | high | default |"), "{markdown}");
}

#[test]
fn model_shows_choices_and_links() {
    let json = run(&fixture("sam-orders"), &["model"]).json();
    let orders = json["resources"].as_array().expect("a list").iter().find(|one| one["address"] == "OrdersTable");
    let orders = orders.expect("it is there");
    let recovery = &orders["attributes"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
    assert_eq!(recovery["$choice"], "Stage", "{recovery}");
    assert!(json["tables"].as_array().is_some_and(|tables| tables.len() == 2));
}

#[test]
fn completions_and_the_manual_are_printed() {
    let project = Project::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = project.run(&["completions", shell]);
        assert!(run.code == 0 && run.stdout.contains("dynalens"), "{shell}");
    }
    assert!(project.run(&["man"]).stdout.contains(".TH dynalens 1"));
    assert_eq!(project.run(&["--help"]).code, 0);
    assert_eq!(project.run(&["--version"]).stdout.trim(), concat!("dynalens ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn variables_hold_in_the_order_of_the_command_line_and_those_of_the_environment_only_when_asked() {
    let project = Project::new(&[
        (
            "main.tf",
            "variable \"n\" {\n  default = \"d\"\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = var.n\n}\n",
        ),
        ("one.tfvars", "n = \"file\"\n"),
    ]);
    let name = |arguments: &[&str]| {
        let output = dynalens(project.path(), &[&["model", "--format", "json"], arguments].concat())
            .env("TF_VAR_n", "surroundings")
            .output()
            .expect("it starts");
        Run::of(&output).json()["resources"][0]["attributes"]["name"].clone()
    };
    assert_eq!(name(&[]), "d");
    assert_eq!(name(&["--tf-var-env"]), "surroundings");
    assert_eq!(name(&["--tf-var-env", "--var", "n=given"]), "given");
    assert_eq!(name(&["--var", "n=given", "--var-file", "one.tfvars"]), "file");
    assert_eq!(name(&["--var-file", "one.tfvars", "--var", "n=given"]), "given");
}

#[test]
fn every_command_has_help_with_examples_and_a_manual_page() {
    let project = Project::new(&[]);
    let help = project.run(&["--help"]).stdout;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        // What is wrapped is indented further.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() > 8, "{help}");
    for name in &commands {
        let help = project.run(&[name, "--help"]).stdout;
        assert!(help.contains("Examples:\n  "), "{name}: {help}");
    }
    let pages = project.path().join("man");
    assert_eq!(project.run(&["man", "--dir", "man"]).code, 0);
    for name in commands {
        assert!(pages.join(format!("dynalens-{name}.1")).is_file(), "{name}");
    }
}

#[test]
fn a_misspelt_command_is_told_from_a_path() {
    let project = Project::new(&[]);
    let run = project.run(&["explian"]);
    assert!(run.code == 2 && run.stdout.contains("did you mean `explain`?"), "{}{}", run.stdout, run.stderr);
    let run = project.run(&["--profile", "strickt"]);
    assert!(run.stderr.contains("did you mean `strict`?"), "{}", run.stderr);
    let run = project.run(&["--formt", "json"]);
    assert!(run.stderr.contains("--format"), "{}", run.stderr);
}

#[test]
fn names_on_the_command_line_that_nothing_answers_to_are_told_with_what_was_meant() {
    let root =
        "variable \"name\" {\n  default = \"t\"\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = var.name\n}\n";
    let project = Project::new(&[
        ("a/main.tf", root),
        ("b/main.tf", "resource \"aws_dynamodb_table\" \"u\" {\n  name = \"u\"\n}\n"),
        ("t.yaml", "Parameters:\n  Table: { Type: String }\nResources:\n  T: { Type: AWS::DynamoDB::Table }\n"),
    ]);
    let notes = |arguments: &[&str]| {
        let report = project.run(&[&["--format", "json"], arguments].concat()).json();
        let notes = report["notes"].as_array().expect("a list").iter();
        notes
            .map(|note| format!("{} {}", note["message"].as_str().unwrap_or(""), note["help"].as_str().unwrap_or("")))
            .collect::<Vec<_>>()
    };
    // One of the root modules has it, so it is for that one.
    assert_eq!(notes(&["--var", "name=x", "--parameters", "Table=x"]), Vec::<String>::new());
    assert_eq!(
        notes(&["--var", "nmae=x", "--parameters", "Tabel=x"]),
        [
            "there is no parameter `Tabel` to give a value to did you mean `Table`?",
            "there is no variable `nmae` to give a value to did you mean `name`?"
        ]
    );
    project.write("dynalens.yml", "environments: { prod: { variables: { nmae: x }, parameters: { Table: y } } }\n");
    assert_eq!(notes(&[]), ["there is no variable `nmae` to give a value to did you mean `name`?"]);
    assert_eq!(notes(&["t.yaml"]), Vec::<String>::new(), "the rest of the repository may have it");
    let run = project.run(&["--output", "sarfi=x"]);
    assert!(run.code == 2 && run.stderr.contains("did you mean `sarif`?"), "{}", run.stderr);
    let run = project.run(&["explain", "point-in-time-recovery"]);
    assert!(run.stderr.contains("did you mean `point-in-time-recovery-disabled`?"), "{}", run.stderr);
}

#[test]
fn doctor_says_what_is_missing_and_what_to_run() {
    let module = "variable \"env\" {\n  type = string\n}\nmodule \"t\" {\n  source  = \"terraform-aws-modules/dynamodb-table/aws\"\n  version = \"4.0.0\"\n  name    = \"x\"\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n  billing_mode = var.env\n}\n";
    let project = Project::new(&[("infra/main.tf", module), ("infra/env/prod.tfvars", "env = \"PROVISIONED\"\n")]);
    let run = project.run(&["doctor"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for said in [
        "configuration  none",
        "1 Terraform root module",
        "is not installed",
        "terraform -chdir=infra init",
        "dynalens init",
        "--var-file infra/env/prod.tfvars",
        "variable `env` has no value",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
    let healthy =
        Project::new(&[("t.yaml", super::support::TABLE), ("dynalens.yml", "profile: default\n")]).run(&["doctor"]);
    assert!(healthy.stdout.contains("all that are called are here"), "{}", healthy.stdout);
}
