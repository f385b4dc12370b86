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
