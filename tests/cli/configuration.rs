//! `dynalens.yml`: what it changes, and how its mistakes are shown.

use super::support::{Project, TABLE, fixture, run};

#[test]
fn policies_are_switched_off_and_get_other_severities() {
    let project = Project::new(&[
        ("t.yaml", TABLE),
        (
            "dynalens.yml",
            "policies:\n  deletion-protection-disabled: { enabled: false }\n  point-in-time-recovery-disabled: { severity: low }\n",
        ),
    ]);
    let run = project.run(&["--format=json"]);
    let json = run.json();
    let findings = json["findings"].as_array().expect("a list");
    assert!(findings.iter().all(|finding| finding["policy"] != "deletion-protection-disabled"));
    let recovery = findings.iter().find(|finding| finding["policy"] == "point-in-time-recovery-disabled");
    assert_eq!(recovery.expect("it is found")["severity"], "low");
}

#[test]
fn unknown_policies_and_options_are_shown_in_the_file() {
    let text = "policies:\n  point-in-time-recovery-disable: { enabled: false }\n  point-in-time-recovery-disabled: { replica: one }\n";
    let project = Project::new(&[("t.yaml", TABLE), ("dynalens.yml", text)]);
    let run = project.run(&["--format=json"]);
    assert_eq!(run.code, 2);
    let json = run.json();
    let errors: Vec<(u64, &str)> = json["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|error| (error["span"]["start"]["line"].as_u64().expect("a line"), error["help"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(errors[0], (2, "did you mean `point-in-time-recovery-disabled`?"));
    assert_eq!(errors[1].0, 3);
}

#[test]
fn excluded_paths_are_not_looked_at() {
    let project =
        Project::new(&[("a.yaml", TABLE), ("vendor/b.yaml", TABLE), ("dynalens.yml", "exclude: [\"vendor/**\"]\n")]);
    let json = project.run(&["--format=json", "--select=point-in-time-recovery-disabled"]).json();
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(1));
    assert_eq!(json["findings"][0]["file"], "a.yaml");
    // The patterns count from the configuration's directory, wherever the run begins.
    project.write("sub/vendor/c.yaml", TABLE);
    project.write("sub/d.yaml", TABLE);
    project.write("dynalens.yml", "exclude: [\"sub/vendor/**\"]\n");
    let below = run(&project.path().join("sub"), &["--format=json", "--select=point-in-time-recovery-disabled"]).json();
    assert_eq!(below["findings"].as_array().map(Vec::len), Some(1), "{below}");
    assert_eq!(below["findings"][0]["file"], "d.yaml");
}

#[test]
fn environments_give_values_and_findings_say_in_which_they_hold() {
    let run = run(&fixture("terraform-shop"), &["--format=json", "--select=point-in-time-recovery-disabled"]);
    let json = run.json();
    let orders: Vec<&serde_json::Value> = json["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["resource"]["address"] == "module.orders.aws_dynamodb_table.this")
        .collect();
    assert_eq!(orders.len(), 1, "{}", run.stdout);
    assert!(orders[0].to_string().contains("env/prod.tfvars"), "{}", orders[0]);
}

#[test]
fn parameters_come_from_the_command_line_and_from_files() {
    let root = fixture("cfn-environments");
    let recovery = |more: &[&str]| {
        let mut arguments = vec!["--format=json", "--select=point-in-time-recovery-disabled"];
        arguments.extend(more);
        run(&root, &arguments).findings().len()
    };
    assert_eq!(recovery(&["--parameters", "Recovery=false", "--parameters", "Environment=prod"]), 1);
    assert_eq!(recovery(&["--parameters", "Recovery=true"]), 0);
    assert_eq!(recovery(&["--parameters", "params/prod.json"]), 0);
}
