//! What is offered at a cursor.

use std::path::Path;

use super::CURSOR;
use crate::inspect::complete::{Completion, complete, explained};
use crate::policy::Pack;

fn at(path: &str, text: &str) -> (Completion, String) {
    let offset = text.find(CURSOR).unwrap();
    let text = text.replace(CURSOR, "");
    let found = ["ttl-without-attribute"];
    let completion = complete(Path::new(path), &text, u32::try_from(offset).unwrap(), &Pack::built_in(), &found);
    let replaced = text[completion.replace.0 as usize..completion.replace.1 as usize].to_owned();
    (completion, replaced)
}

fn labels(path: &str, text: &str) -> Vec<String> {
    at(path, text).0.items.into_iter().map(|item| item.label).collect()
}

/// Applies the item of a label.
fn chosen(path: &str, text: &str, label: &str) -> String {
    let (completion, _) = at(path, text);
    let item = completion.items.iter().find(|item| item.label == label).unwrap_or_else(|| panic!("no {label}: {text}"));
    let plain = text.replace(CURSOR, "");
    let (start, end) = (completion.replace.0 as usize, completion.replace.1 as usize);
    format!("{}{}{}", &plain[..start], item.insert, &plain[end..])
}

const RECOVERY: &str = "point-in-time-recovery-disabled";

#[test]
fn policies_are_offered_in_the_comments_of_every_language() {
    for (path, text) in [
        ("a.yaml", "Resources:\n  T: # dynalens: ignore[<|>] reason"),
        ("a.yaml", "  # dynalens: ignore[poi<|>"),
        ("a.tf", "# dynalens:ignore[<|>"),
        ("a.tf", "  // dynalens: ignore[<|>]\n"),
        ("a.tf", "x = \"#\" # dynalens: ignore[<|>]"),
        ("a.tf", "/* one\n   dynalens: ignore[<|>] two */"),
        ("a.yaml", "a: it's here # dynalens: ignore[<|>]"),
        ("terragrunt.hcl", "# dynalens: ignore[ttl-without-attribute, poin<|>t]"),
    ] {
        let labels = labels(path, text);
        assert!(labels.iter().any(|label| label == RECOVERY), "{text}: {}", labels.len());
    }
    for text in [
        "a: \"# dynalens: ignore[<|>\"",
        "a: dynalens: ignore[<|>]",
        "# dynalens: ignore[a] po<|>",
        "# ignore[<|>]",
        "<|>",
    ] {
        assert!(labels("a.yaml", text).is_empty(), "{text}");
    }
}

#[test]
fn a_policys_name_takes_the_place_of_the_whole_word() {
    let given = "# dynalens: ignore[poi<|>nt-in, other] why";
    assert_eq!(chosen("a.tf", given, RECOVERY), format!("# dynalens: ignore[{RECOVERY}, other] why"));
    assert_eq!(at("a.tf", given).1, "point-in");
    // A list that is not closed yet is closed.
    assert_eq!(chosen("a.tf", "# dynalens: ignore[<|>", RECOVERY), format!("# dynalens: ignore[{RECOVERY}] "));
}

#[test]
fn what_is_named_already_is_not_offered_and_what_speaks_here_comes_first() {
    let offered = labels("a.tf", &format!("# dynalens: ignore[{RECOVERY}, <|>, index-projects-everything] x"));
    assert!(!offered.iter().any(|label| label == RECOVERY || label == "index-projects-everything"));
    assert_eq!(offered.first().map(String::as_str), Some("ttl-without-attribute"));
}

#[test]
fn identifiers_of_other_tools_lead_to_the_policy() {
    let given = "# dynalens: ignore[CKV_AWS_28<|>] x";
    assert_eq!(chosen("a.tf", given, "CKV_AWS_28"), format!("# dynalens: ignore[{RECOVERY}] x"));
    let (completion, _) = at("a.tf", given);
    let item = completion.items.iter().find(|item| item.label == RECOVERY).unwrap();
    assert_eq!(item.detail, "reliability · high");
    assert_eq!(item.policy.as_deref(), Some(RECOVERY));
    let said = explained(Pack::built_in().get(RECOVERY).unwrap());
    assert!(said.starts_with("**point-in-time recovery is off**\n\nDynamoDB can back a table up"), "{said}");
    assert!(said.contains("In other tools: `CKV_AWS_28`"), "{said}");
}

#[test]
fn the_mark_itself_is_offered_once_it_is_begun() {
    assert_eq!(chosen("a.tf", "# dyna<|>", "dynalens: ignore["), "# dynalens: ignore[");
    assert_eq!(chosen("a.yaml", "# dynalens: <|>", "ignore["), "# dynalens: ignore[");
    assert!(labels("a.tf", "# d<|>").is_empty());
}

#[test]
fn policies_are_offered_in_the_metadata_of_resources() {
    for text in [
        "\"Metadata\": { \"dynalens\": { \"ignore\": [{ \"policy\": \"poi<|>\"",
        "Metadata:\n  dynalens:\n    ignore:\n      - policy: <|>",
    ] {
        assert!(labels("a.json", text).contains(&RECOVERY.to_owned()), "{text}");
    }
    assert!(labels("a.json", "{ \"policy\": \"<|>\" }").is_empty());
}

#[test]
fn the_configuration_has_its_keys_and_values() {
    let config = |text: &str| labels("dynalens.yml", text);
    assert!(config("<|>").contains(&"profile".to_owned()));
    let offered = config("profile: strict\n<|>\nregion: x");
    assert!(offered.contains(&"suppressions".to_owned()));
    assert!(!offered.contains(&"profile".to_owned()) && !offered.contains(&"region".to_owned()), "{offered:?}");
    assert_eq!(config("profile: <|>"), ["default", "strict", "all"]);
    assert_eq!(config("profile: st<|>rict\n"), ["default", "strict", "all"]);
    assert_eq!(config("other-tools: <|>"), ["true", "false"]);
    assert!(config("environments:\n  prod:\n    <|>").contains(&"var-files".to_owned()));
    assert!(config("environments:\n  prod: { production: true, <|>").contains(&"region".to_owned()));
    assert!(config("suppressions:\n  - policy: x\n    <|>").contains(&"reason".to_owned()));
    assert!(config("# <|>").is_empty());
    assert_eq!(chosen("dynalens.yml", "prof<|>", "profile"), "profile: ");
    assert_eq!(chosen("dynalens.yml", "prof<|>ile: all", "profile"), "profile: all");
}

#[test]
fn the_configuration_names_policies_with_their_options() {
    let config = |text: &str| labels("dynalens.yml", text);
    for text in [
        "policies:\n  <|>",
        "policies:\n  a: false\n  poi<|>",
        "policies: { <|>",
        "suppressions:\n  - policy: <|>",
        "suppressions:\n  - { policy: [a, <|>",
        "select: [<|>]",
        "ignore:\n  - <|>",
        "unsuppressible: <|>",
        "overrides:\n  - paths: [a]\n    ignore: [<|>",
    ] {
        assert!(config(text).contains(&RECOVERY.to_owned()), "{text}");
    }
    assert!(config("ignore: [<|>").contains(&"cost".to_owned()));
    assert!(!config("suppressions:\n  - policy: <|>").contains(&"cost".to_owned()));
    let options = config("policies:\n  dax-cluster-below-three-nodes:\n    <|>");
    assert!(
        ["enabled", "severity", "minimum_nodes"].iter().all(|name| options.contains(&(*name).to_owned())),
        "{options:?}"
    );
    assert_eq!(options.first().map(String::as_str), Some("enabled"), "keys come before severities: {options:?}");
    assert_eq!(config("policies:\n  deletion-protection-disabled: { severity: <|>"), ["info", "low", "medium", "high"]);
    assert!(config("policies:\n  deletion-protection-disabled: <|>").contains(&"false".to_owned()));
}

const PAGE: &str = "---
name: x
pillar: reliability
applies-to: table
options:
  most: { type: integer, default: 3, doc: how many }
let:
  recovery: table.point_in_time_recovery
FIELD
---

# What it means
";

fn page(field: &str) -> Vec<String> {
    labels("x.md", &PAGE.replace("FIELD", field))
}

fn offers(field: &str, wanted: &[&str]) {
    let offered = page(field);
    for name in wanted {
        assert!(offered.iter().any(|label| label == name), "{field}: no {name} in {offered:?}");
    }
}

#[test]
fn pages_have_their_fields_and_values() {
    offers("<|>", &["require", "severity", "gives-way-to"]);
    assert!(!page("<|>").contains(&"pillar".to_owned()), "it is there");
    offers("severity: <|>", &["high", "low"]);
    offers("profile: <|>", &["strict"]);
    offers("languages: [<|>", &["terraform"]);
    offers("gives-way-to: [<|>]", &[RECOVERY]);
    offers("needs-option: <|>", &["most"]);
    offers("lens: [<|>", &["DDBREL1_1"]);
    offers("fix: { <|>", &["set", "safe"]);
    offers("fix: { set: { <|>", &["deletion_protection", "encryption"]);
    offers("fix:\n  set:\n    encryption.<|>", &["kms_key", "enabled"]);
    let pillar = PAGE.replace("pillar: reliability", "pillar: <|>").replace("FIELD", "");
    assert!(labels("x.md", &pillar).contains(&"cost".to_owned()));
    let subject = PAGE.replace("applies-to: table", "applies-to: [table, <|>").replace("FIELD", "");
    assert!(labels("x.md", &subject).contains(&"dax_cluster".to_owned()));
    assert!(labels("x.md", &format!("{}<|>", PAGE.replace("FIELD\n", ""))).is_empty(), "prose has nothing to offer");
}

#[test]
fn conditions_follow_the_model() {
    offers("require: <|>", &["table", "self", "project", "options", "recovery", "size", "has"]);
    offers("require: table.<|>", &["billing_mode", "global_indexes", "label"]);
    offers("require: table.bil<|>ling", &["billing_mode"]);
    offers("require: self.point_in_time_recovery.<|>", &["enabled", "period_days"]);
    offers("require: recovery.<|>", &["enabled"]);
    offers("require: options.<|>", &["most"]);
    offers("require: project.<|>", &["tables", "closed_world"]);
    offers("require: project.tables[0].<|>", &["billing_mode"]);
    offers("require: table.global_indexes.<|>", &["exists", "filter", "size"]);
    offers("require: table.global_indexes.exists(i, i.<|>)", &["projection", "table"]);
    offers("require: table.global_indexes.exists(i, <|>)", &["i"]);
    offers("require: table.global_indexes.filter(i, i.inline).all(j, j.projection.<|>", &["type"]);
    offers("require: table.indexes.all(i, i.table.name.<|>", &["startsWith"]);
    offers("require: \"table.name.<|>\"", &["startsWith", "matches"]);
    offers("require: table.name == \"a\" && table.<|>", &["billing_mode"]);
    offers("when: >-\n  table.ttl.enabled\n  && table.ttl.<|>", &["attribute"]);
    offers("let:\n  other: table.<|>", &["billing_mode"]);
    let broken = PAGE.replace("FIELD", "require: table.<|>").replace("\n---\n\n# What it means\n", "");
    assert!(labels("x.md", &broken).contains(&"billing_mode".to_owned()));
}

#[test]
fn closed_sets_are_offered_between_quotes() {
    assert_eq!(page("require: table.billing_mode == \"<|>\""), ["PROVISIONED", "PAY_PER_REQUEST"]);
    assert_eq!(page("require: 'table.billing_mode != \"PAY<|>'"), ["PROVISIONED", "PAY_PER_REQUEST"]);
    assert_eq!(page("require: \"table.billing_mode == \\\"<|>\""), ["PROVISIONED", "PAY_PER_REQUEST"]);
    assert_eq!(page("require: table.billing_mode in [\"PROVISIONED\", \"<|>"), ["PROVISIONED", "PAY_PER_REQUEST"]);
    assert!(page("require: table.name == \"<|>").is_empty());
}

#[test]
fn texts_have_expressions_between_braces() {
    offers("message: \"`{table.<|>}` is wrong\"", &["name"]);
    offers("help: use {options.<|>", &["most"]);
    assert!(page("message: \"table.<|>\"").is_empty());
    assert!(page("message: \"{{table.<|>\"").is_empty());
    assert!(page("message: \"{table.name} table.<|>\"").is_empty());
    let text = PAGE.replace("FIELD", "message: \"`{table.bil<|>ling}`\"");
    assert!(chosen("x.md", &text, "billing_mode").contains("message: \"`{table.billing_mode}`\""));
}

#[test]
fn no_text_and_no_place_does_harm() {
    let texts = [
        PAGE.replace("FIELD", "require: table.global_indexes.exists(i, i.x == 'é🦀').y"),
        "---\n".to_owned(),
        "---".to_owned(),
        "# dynalens: ignore[é🦀, \"x".to_owned(),
        "policies: {é🦀: [\"'\n - - }]".to_owned(),
        "---\nrequire: ((((((.)[]()a.b.(c".to_owned(),
        format!("---\nrequire: {}", "a(".repeat(3_000)),
        format!("---\nrequire: {}", "table.exists(a, ".repeat(500)),
    ];
    let pack = Pack::built_in();
    for text in &texts {
        for path in ["x.md", "dynalens.yml", "a.tf", "a.yaml"] {
            let step = (text.len() / 15).max(1);
            for offset in (0..=text.len() + 2).step_by(step) {
                let found = complete(Path::new(path), text, u32::try_from(offset).unwrap(), &pack, &[]);
                let (start, end) = (found.replace.0 as usize, found.replace.1 as usize);
                assert!(text.get(start..end).is_some(), "{path} {offset}");
            }
        }
    }
}
