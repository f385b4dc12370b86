//! Policies of one's own: writing, testing and using them, and the lists that help with it.

use crate::support::{Project, TABLE};

#[test]
fn a_new_page_comes_out_as_it_says_and_is_used() {
    let project = Project::new(&[("template.yaml", TABLE)]);
    let made = project.run(&["policies", "new", "table-without-owner"]);
    assert_eq!(made.code, 0, "{}{}", made.stdout, made.stderr);
    let tested = project.run(&["policies", "test"]);
    assert_eq!(tested.code, 0, "{}{}", tested.stdout, tested.stderr);
    assert!(tested.stdout.contains("ok    table-without-owner (4 examples)"), "{}", tested.stdout);
    let checked = project.run(&["--policies", "policies", "--select", "table-without-owner", "--format", "json"]);
    assert_eq!(checked.findings(), ["table-without-owner Orders active"]);
}

#[test]
fn a_page_that_is_there_is_never_written_over() {
    let project = Project::new(&[("policies/table-without-owner.md", "mine")]);
    let made = project.run(&["policies", "new", "table-without-owner"]);
    assert_eq!(made.code, 2);
    assert!(made.stderr.contains("is there already"), "{}", made.stderr);
    assert_eq!(std::fs::read_to_string(project.path().join("policies/table-without-owner.md")).unwrap(), "mine");
    let named = project.run(&["policies", "new", "../Escape"]);
    assert_eq!(named.code, 2);
    assert!(named.stderr.contains("is no name of a policy"), "{}", named.stderr);
}

#[test]
fn the_name_of_one_of_ours_gives_a_copy_that_takes_its_place() {
    let project = Project::new(&[("template.yaml", TABLE), ("dynalens.yml", "policy-folders: [rules]\n")]);
    let made = project.run(&["policies", "new", "deletion-protection-disabled", "rules"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let path = project.path().join("rules/deletion-protection-disabled.md");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\nseverity: high\n", "\nseverity: info\n")).unwrap();
    let tested = project.run(&["policies", "test"]);
    assert_eq!(tested.code, 0, "{}{}", tested.stdout, tested.stderr);
    let checked = project.run(&["--select", "deletion-protection-disabled", "--format", "json"]);
    assert_eq!(checked.json()["findings"][0]["severity"], "info");
}

#[test]
fn an_example_that_comes_out_otherwise_is_told_with_its_place() {
    let project = Project::new(&[]);
    project.run(&["policies", "new", "table-without-owner"]);
    let path = project.path().join("policies/table-without-owner.md");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("tags = { owner = \"shop\" }", "tags = { team = \"shop\" }")).unwrap();
    let tested = project.run(&["policies", "test"]);
    assert_eq!(tested.code, 1, "{}{}", tested.stdout, tested.stderr);
    let line = text.lines().position(|line| line.contains("Passes")).unwrap();
    assert!(tested.stdout.contains("wrong table-without-owner"), "{}", tested.stdout);
    assert!(tested.stdout.contains("a team is named (terraform)"), "{}", tested.stdout);
    assert!(tested.stdout.contains("there is a finding on `{ team"), "{}", tested.stdout);
    assert!(line > 0 && tested.stdout.contains("policies/table-without-owner.md:"), "{}", tested.stdout);
}

#[test]
fn mistakes_in_pages_are_shown_where_they_stand() {
    let project = Project::new(&[]);
    project.run(&["policies", "new", "table-without-owner"]);
    let path = project.path().join("policies/table-without-owner.md");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("table.tags[\"owner\"] != null", "table.deletion_protecton")).unwrap();
    let tested = project.run(&["policies", "test"]);
    assert_eq!(tested.code, 2, "{}{}", tested.stdout, tested.stderr);
    for part in ["table-without-owner.md:9:", "no field `deletion_protecton`", "did you mean `deletion_protection`?"] {
        assert!(tested.stdout.contains(part), "{part}: {}", tested.stdout);
    }
    let checked = project.run(&["--policies", "policies", "--format", "json"]);
    assert_eq!(checked.code, 2);
    assert!(checked.stdout.contains("deletion_protecton"), "{}", checked.stdout);
}

#[test]
fn the_lens_is_listed_with_policies_and_with_what_is_left_to_people() {
    let project = Project::new(&[]);
    let human = project.run(&["policies", "--lens"]).stdout;
    assert!(
        human.contains("DDBREL1_1  point-in-time recovery for a low RPO\n      point-in-time-recovery-disabled"),
        "{human}"
    );
    assert!(human.contains("Which rules apply to the data is known to people."), "{human}");
    let json = project.run(&["policies", "--lens", "--format", "json"]).json();
    assert_eq!((&json["summary"]["questions"], &json["summary"]["choices"]), (&48.into(), &130.into()));
    assert!(json["pillars"].as_array().is_some_and(|pillars| pillars.len() == 6));
}

#[test]
fn the_schema_of_the_model_is_printed_for_people_and_programs() {
    let project = Project::new(&[]);
    let human = project.run(&["model", "--schema"]).stdout;
    assert!(human.contains("encryption.key_class: aws-owned | aws-managed | customer-managed"), "{human}");
    let json = project.run(&["model", "--schema", "--format", "json"]).json();
    let table = json["subjects"].as_array().and_then(|list| list.iter().find(|one| one["name"] == "table")).unwrap();
    let field =
        table["fields"].as_array().and_then(|list| list.iter().find(|one| one["name"] == "deletion_protection"));
    assert_eq!(field.map(|field| &field["terraform"]), Some(&"deletion_protection_enabled".into()));
    assert_eq!(project.run(&["model", "--format", "human"]).code, 2);
}
