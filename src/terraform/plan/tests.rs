use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::source::{Overlay as Files, Sources};
use crate::terraform::tests::show;

const PLAN: &str = r#"{ "format_version": "1.2", "terraform_version": "1.11.4",
  "variables": { "name": { "value": "orders" } },
  "planned_values": { "root_module": {
    "resources": [ { "address": "aws_dynamodb_table.t", "mode": "managed", "type": "aws_dynamodb_table", "name": "t",
      "values": { "name": "orders", "billing_mode": null, "range_key": null,
        "kms": null, "point_in_time_recovery": [ { "enabled": false, "recovery_period_in_days": null } ],
        "attribute": [ { "name": "b", "type": "S" }, { "name": "a", "type": "N" } ],
        "server_side_encryption": [ { "enabled": true } ], "secret": "x", "tags_all": { "owner": "me" } },
      "sensitive_values": { "secret": true } } ],
    "child_modules": [ { "address": "module.m", "resources": [
      { "address": "module.m.aws_dynamodb_table.u[0]", "mode": "managed", "type": "aws_dynamodb_table", "name": "u",
        "index": 0, "values": { "name": "u" } } ] } ] } },
  "resource_changes": [ { "address": "aws_dynamodb_table.t",
    "change": { "actions": [ "create" ], "after_unknown": { "arn": true, "stream": true, "server_side_encryption": [ { "kms_key_arn": true } ] } } } ],
  "configuration": { "provider_config": { "aws": { "name": "aws", "expressions": { "region": { "constant_value": "eu-west-1" } } } },
    "root_module": { "resources": [ { "address": "aws_dynamodb_table.t", "expressions": { "stream": { "references": [ "module.m.key", "module.m" ] } } } ],
      "module_calls": { "m": { "module": { "outputs": { "key": { "expression": { "references": [ "aws_kinesis_stream.s.arn", "aws_kinesis_stream.s" ] } } } } } } } } }"#;

const SOURCE: &str = "variable \"name\" {}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = var.name\n  attribute {\n    name = \"a\"\n    type = \"N\"\n  }\n  attribute {\n    name = \"b\"\n    type = \"S\"\n  }\n  point_in_time_recovery {\n    enabled = false\n  }\n  lifecycle {\n    ignore_changes = [read_capacity]\n  }\n}\n";

fn plan(files: &[(&str, &str)]) -> (Project, Sources) {
    let mut fs = Files::in_memory();
    for (path, text) in files {
        fs.set(*path, *text);
    }
    let sources = Sources::new();
    let file = sources.add("infra/plan.json", PLAN);
    let tree = crate::syntax::json::parse(Arc::clone(&file));
    let modules = Modules::new(&fs, &sources);
    let options = Options { boundary: Some("".into()), ..Options::default() };
    let project = evaluate_plan(&tree, &modules, &options).expect("a plan");
    (project, sources)
}

fn slice(sources: &Sources, project: &Project, origin: OriginId) -> (String, String) {
    let span = project.origins.span(origin).expect("a place");
    let file = sources.get(span.file).expect("a file");
    (file.path_text(), file.slice(span).to_owned())
}

#[test]
fn a_plan_alone_is_a_project_of_its_own() {
    let (project, sources) = plan(&[]);
    let shown: Vec<String> = project
        .resources
        .iter()
        .map(|resource| format!("{} {}", resource.address, show(&resource.attributes, &project.inputs)))
        .collect();
    assert_eq!(
        shown,
        [
            "aws_dynamodb_table.t {name: \"orders\", point_in_time_recovery: [{enabled: false, \
             recovery_period_in_days: null}], attribute: [{name: \"b\", type: \"S\"}, {name: \"a\", type: \"N\"}], \
             server_side_encryption: [{enabled: true}], \
             secret: ?aws_dynamodb_table.t.secret, tags_all: {owner: \"me\"}, stream: ?module.m.aws_kinesis_stream.s.arn}",
            "module.m.aws_dynamodb_table.u[0] {name: \"u\"}",
        ]
    );
    let table = &project.resources[0];
    assert_eq!(show(&table.region, &project.inputs), "\"eu-west-1\"");
    let name = table.attributes.get("name").expect("a name");
    assert_eq!(slice(&sources, &project, name.origin), ("infra/plan.json".to_owned(), "\"orders\"".to_owned()));
}

#[test]
fn values_of_a_plan_stand_where_the_source_writes_them() {
    let (project, sources) = plan(&[("infra/main.tf", SOURCE)]);
    let table = &project.resources[0];
    let file = sources.get(table.header.file).expect("a file");
    assert_eq!(file.slice(table.header), "resource \"aws_dynamodb_table\" \"t\"");
    let place = |value: &Value| slice(&sources, &project, value.origin);
    let main = |text: &str| ("infra/main.tf".to_owned(), text.to_owned());
    assert_eq!(place(table.attributes.get("name").expect("a name")), main("var.name"));
    let recovery = table.attributes.get("point_in_time_recovery").expect("a block").as_list().expect("a list");
    assert_eq!(place(recovery.items[0].get("enabled").expect("enabled")), main("false"));
    // Terraform reorders sets.
    let attributes = table.attributes.get("attribute").expect("blocks").as_list().expect("a list");
    assert_eq!(place(attributes.items[0].get("name").expect("a name")), main("\"b\""));
    assert_eq!(
        show(table.meta.get("lifecycle").expect("lifecycle"), &project.inputs),
        "{ignore_changes: [\"read_capacity\"]}"
    );
}

#[test]
fn other_json_is_no_plan() {
    let file = Arc::new(crate::source::SourceFile::new(
        crate::source::FileId(0),
        Path::new("x.json").into(),
        "{\"values\": 1}",
    ));
    assert!(!is_plan(&crate::syntax::json::parse(file)));
}

#[test]
fn a_state_as_terraform_keeps_it_is_told_of() {
    let text = r#"{ "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": [] }"#;
    let sources = Sources::new();
    let tree = crate::syntax::json::parse(sources.add("terraform.tfstate", text));
    let fs = Files::in_memory();
    let project = evaluate_plan(&tree, &Modules::new(&fs, &sources), &Options::default()).expect("a project");
    assert!(project.problems[0].help.as_ref().is_some_and(|help| help.contains("terraform show -json")));
    assert!(project.resources.is_empty());
}

/// What is said of a file that is no plan after all.
fn told(text: &str) -> (String, String) {
    let sources = Sources::new();
    let tree = crate::syntax::json::parse(sources.add("plan.json", text));
    let fs = Files::in_memory();
    let mut project = evaluate_plan(&tree, &Modules::new(&fs, &sources), &Options::default()).expect("a project");
    assert!(project.resources.is_empty() && project.problems.len() == 1);
    let problem = project.problems.remove(0);
    (problem.message, problem.help.unwrap_or_default())
}

#[test]
fn a_log_and_an_empty_state_are_told_of() {
    let log = "{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\",\"@module\":\"terraform.ui\",\"type\":\"version\"}\n{\"@level\":\"info\"}\n";
    let (message, help) = told(log);
    assert!(message.contains("log") && help.contains("terraform show -json FILE"), "{message}: {help}");
    let (message, help) = told("{\"format_version\":\"1.0\"}");
    assert!(message.contains("holds nothing") && help.contains("terraform show -json"), "{message}: {help}");
}

#[test]
fn the_region_is_that_of_the_provider_of_each_resource() {
    let resource = |address: &str| {
        format!(
            r#"{{ "address": "{address}", "mode": "managed", "type": "aws_dynamodb_table", "name": "t", "values": {{}} }}"#
        )
    };
    let configured =
        |address: &str, key: &str| format!(r#"{{ "address": "{address}", "provider_config_key": "{key}" }}"#);
    let names = ["a", "b", "c", "d"].map(|name| format!("aws_dynamodb_table.{name}"));
    let keys = ["aws", "aws.west", "aws.other", "module.m:aws.inner"];
    let text = format!(
        r#"{{ "format_version": "1.2", "terraform_version": "1.11.4",
  "variables": {{ "region": {{ "value": "us-west-2" }} }},
  "planned_values": {{ "root_module": {{ "resources": [ {} ] }} }},
  "configuration": {{ "provider_config": {{
      "aws": {{ "expressions": {{ "region": {{ "constant_value": "eu-west-1" }} }} }},
      "aws.west": {{ "alias": "west", "expressions": {{ "region": {{ "references": [ "var.region" ] }} }} }},
      "aws.other": {{ "alias": "other", "expressions": {{ "region": {{ "references": [ "local.region" ] }} }} }},
      "module.m:aws.inner": {{ "module_address": "module.m",
        "expressions": {{ "region": {{ "references": [ "var.region" ] }} }} }} }},
    "root_module": {{ "resources": [ {} ] }} }} }}"#,
        names.each_ref().map(|name| resource(name)).join(", "),
        std::iter::zip(&names, keys).map(|(name, key)| configured(name, key)).collect::<Vec<_>>().join(", "),
    );
    let sources = Sources::new();
    let tree = crate::syntax::json::parse(sources.add("plan.json", text));
    let fs = Files::in_memory();
    let project = evaluate_plan(&tree, &Modules::new(&fs, &sources), &Options::default()).expect("a plan");
    let regions: Vec<Option<&str>> = project.resources.iter().map(|one| one.region.as_str()).collect();
    assert_eq!(regions, [Some("eu-west-1"), Some("us-west-2"), None, None]);
}

#[test]
fn what_is_sensitive_in_a_state_is_not_given_out_again() {
    let text = r#"{ "format_version": "1.0", "terraform_version": "1.11.4", "values": { "root_module": { "resources": [
      { "address": "terraform_data.a", "mode": "managed", "type": "terraform_data", "name": "a",
        "values": { "input": { "n": "x", "s": "hush" }, "output": { "n": "x", "s": "hush" } },
        "sensitive_values": { "input": { "s": true }, "output": {} } } ] } } }"#;
    let sources = Sources::new();
    let tree = crate::syntax::json::parse(sources.add("state.json", text));
    let fs = Files::in_memory();
    let project = evaluate_plan(&tree, &Modules::new(&fs, &sources), &Options::default()).expect("a state");
    let shown = show(&project.resources[0].attributes, &project.inputs);
    assert!(!shown.contains("hush") && shown.matches("\"x\"").count() == 2, "{shown}");
}
