//! Companions in another template, root module or unit of the same run.

use super::support::Project;

/// A provisioned table in Terraform that nothing scales.
fn table(name: &str) -> String {
    format!(
        "variable \"env\" {{ type = string }}\n\
         resource \"aws_dynamodb_table\" \"orders\" {{\n  name = {name}\n  hash_key = \"id\"\n  read_capacity = 5\n  \
         write_capacity = 5\n  attribute {{\n    name = \"id\"\n    type = \"S\"\n  }}\n}}\n\
         output \"orders_table\" {{ value = aws_dynamodb_table.orders.name }}\n\
         resource \"aws_ssm_parameter\" \"orders\" {{\n  name = \"/orders/table\"\n  type = \"String\"\n  \
         value = aws_dynamodb_table.orders.name\n}}\n"
    )
}

/// Scaling of both directions for a table in Terraform.
fn scaling(table: &str) -> String {
    format!(
        "variable \"env\" {{ type = string }}\n\
         resource \"aws_appautoscaling_target\" \"both\" {{\n  for_each = toset([\"Read\", \"Write\"])\n  \
         service_namespace = \"dynamodb\"\n  resource_id = \"table/${{{table}}}\"\n  scalable_dimension = \
         \"dynamodb:table:${{each.key}}CapacityUnits\"\n  min_capacity = 5\n  max_capacity = 50\n}}\n"
    )
}

/// Whether the table is reported, and whether it is undetermined.
fn heard(files: &[(&str, &str)]) -> (bool, bool) {
    let run = Project::new(files).run(&["--select=table-without-auto-scaling", "--format=json"]);
    let undetermined = run.json()["undetermined"].as_array().is_some_and(|list| !list.is_empty());
    (!run.findings().is_empty(), undetermined)
}

#[test]
fn scaling_in_another_root_module_counts_by_every_way_of_naming_the_table() {
    let remote = "data.terraform_remote_state.orders.outputs.orders_table";
    let data = "data.terraform_remote_state.orders.outputs.orders_table";
    let cases = [
        ("\"orders\"", "\"orders\"", String::new(), (false, false)),
        ("\"orders\"", "\"customers\"", String::new(), (true, false)),
        ("\"orders\"", "var.env", String::new(), (false, true)),
        ("\"orders\"", "\"orders-${var.env}\"", String::new(), (true, false)),
        ("\"orders-live\"", "\"orders-${var.env}\"", String::new(), (false, true)),
        ("var.env", "\"customers\"", String::new(), (false, true)),
        (
            "\"orders\"",
            "data.aws_dynamodb_table.o.name",
            "data \"aws_dynamodb_table\" \"o\" {\n  name = \"orders\"\n}\n".to_owned(),
            (false, false),
        ),
        (
            "\"orders-${var.env}\"",
            remote,
            "data \"terraform_remote_state\" \"orders\" {\n  backend = \"local\"\n}\n".to_owned(),
            (false, false),
        ),
        (
            "\"orders-${var.env}\"",
            "data.aws_ssm_parameter.o.value",
            "data \"aws_ssm_parameter\" \"o\" {\n  name = \"/orders/table\"\n}\n".to_owned(),
            (false, false),
        ),
        (
            "\"orders-${var.env}\"",
            "data.aws_ssm_parameter.o.value",
            "data \"aws_ssm_parameter\" \"o\" {\n  name = \"/customers/table\"\n}\n".to_owned(),
            (true, false),
        ),
        (
            "\"orders-${var.env}\"",
            &data.replace("orders_table", "customers_table"),
            "data \"terraform_remote_state\" \"orders\" {\n  backend = \"local\"\n}\n".to_owned(),
            (true, false),
        ),
    ];
    for (name, reference, more, expected) in cases {
        let (table, scaling) = (table(name), scaling(reference) + &more);
        let found = heard(&[("a/main.tf", &table), ("b/main.tf", &scaling)]);
        assert_eq!(found, expected, "{name} is scaled by {reference}");
    }
}

#[test]
fn an_output_that_two_root_modules_give_may_be_either() {
    let other = table("\"customers\"")
        + &scaling("aws_dynamodb_table.orders.name").replace("variable \"env\"", "variable \"unused\"");
    let scaling = scaling("data.terraform_remote_state.o.outputs.orders_table")
        + "data \"terraform_remote_state\" \"o\" {\n  backend = \"local\"\n}\n";
    let files = [("a/main.tf", table("\"orders\"")), ("b/main.tf", scaling), ("c/main.tf", other)];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert_eq!(heard(&files), (false, true));
}

#[test]
fn what_scales_a_table_of_its_own_scales_no_other_one_of_the_same_name() {
    let own = table("\"orders\"")
        + &scaling("aws_dynamodb_table.orders.name").replace("variable \"env\"", "variable \"unused\"");
    let run = Project::new(&[("dev/main.tf", &table("\"orders\"")), ("live/main.tf", &own)])
        .run(&["--select=table-without-auto-scaling", "--format=json"]);
    let json = run.json();
    let files: Vec<&str> =
        json["findings"].as_array().into_iter().flatten().filter_map(|finding| finding["file"].as_str()).collect();
    assert_eq!(files, ["dev/main.tf"]);
}

#[test]
fn a_unit_of_terragrunt_finds_its_companions_in_another_unit() {
    let root = "";
    let files = [
        ("root.hcl", root.to_owned()),
        ("modules/table/main.tf", table("\"orders-${var.env}\"")),
        ("modules/scaling/main.tf", scaling("var.table").replace("variable \"env\"", "variable \"table\"")),
        ("live/table/terragrunt.hcl", "terraform {\n  source = \"../../modules/table\"\n}\ninputs = { env = \"live\" }\n".to_owned()),
        (
            "live/scaling/terragrunt.hcl",
            "terraform {\n  source = \"../../modules/scaling\"\n}\ndependency \"table\" {\n  config_path = \"../table\"\n}\n\
             inputs = { table = dependency.table.outputs.orders_table }\n"
                .to_owned(),
        ),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert_eq!(heard(&files), (false, false));
}

const EXPORTING: &str = "Parameters:
  Stage: { Type: String, AllowedValues: [dev, live] }
Conditions:
  Live: !Equals [!Ref Stage, live]
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      DeletionProtectionEnabled: !If [Live, true, false]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }
Outputs:
  Name:
    Value: !Ref Orders
    Export: { Name: !Sub 'orders-${Stage}-table' }
";

/// A template that scales both directions of an imported table.
fn importing(import: &str) -> String {
    let target = |name: &str| {
        format!(
            "  {name}:\n    Type: AWS::ApplicationAutoScaling::ScalableTarget\n    Condition: Scaled\n    Properties:\n      \
             ServiceNamespace: dynamodb\n      ScalableDimension: dynamodb:table:{name}CapacityUnits\n      \
             MinCapacity: 5\n      MaxCapacity: 50\n      ResourceId: !Sub ['table/${{T}}', {{ T: {import} }}]\n"
        )
    };
    format!(
        "Parameters:\n  Stage: {{ Type: String, AllowedValues: [dev, live] }}\n  Other: {{ Type: String }}\n\
         Conditions:\n  Scaled: !Equals [!Ref Stage, live]\nResources:\n{}{}",
        target("Read"),
        target("Write")
    )
}

#[test]
fn imports_lead_to_exports_and_inputs_of_the_same_name_go_together() {
    let import = "!ImportValue { 'Fn::Sub': 'orders-${Stage}-table' }";
    let project = Project::new(&[("a.yaml", EXPORTING), ("b.yaml", &importing(import))]);
    let run = project.run(&["--select=table-without-auto-scaling", "--format=json", "--profile=strict"]);
    let json = run.json();
    let cases: Vec<&str> =
        json["findings"].as_array().into_iter().flatten().filter_map(|finding| finding["case"].as_str()).collect();
    assert_eq!(cases, ["Stage is dev"], "{json:#}");
    let open = importing("!ImportValue { 'Fn::Sub': '${Other}-table' }");
    assert_eq!(heard(&[("a.yaml", EXPORTING), ("b.yaml", &open)]), (false, true));
    let elsewhere = importing("!ImportValue customers-table");
    assert_eq!(heard(&[("a.yaml", EXPORTING), ("b.yaml", &elsewhere)]), (true, false));
}

#[test]
fn each_environment_has_its_own_companions() {
    let configuration = "environments:\n  dev: { var-files: [dev.tfvars] }\n  live: { var-files: [live.tfvars] }\n";
    let scaling = scaling("\"orders-${var.env}\"").replace("toset([", "toset(var.env == \"dev\" ? [] : [");
    let files = [
        ("dynalens.yml", configuration.to_owned()),
        ("dev.tfvars", "env = \"dev\"\n".to_owned()),
        ("live.tfvars", "env = \"live\"\n".to_owned()),
        ("a/main.tf", table("\"orders-${var.env}\"")),
        ("b/main.tf", scaling),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let run = Project::new(&files).run(&["--select=table-without-auto-scaling", "--format=json", "--profile=strict"]);
    let json = run.json();
    let cases: Vec<&str> =
        json["findings"].as_array().into_iter().flatten().filter_map(|finding| finding["case"].as_str()).collect();
    assert_eq!(cases, ["the environment is dev"], "{json:#}");
}

#[test]
fn with_a_closed_world_a_trail_in_another_template_is_enough() {
    let trail = "Resources:\n  Trail:\n    Type: AWS::CloudTrail::Trail\n    Properties:\n      IsLogging: true\n      \
                 S3BucketName: logs\n      EventSelectors:\n        - DataResources: [{ Type: 'AWS::DynamoDB::Table', \
                 Values: ['arn:aws:dynamodb'] }]\n";
    let arguments =
        &["--select=stack-without-trail,table-without-data-events", "--closed-world", "--profile=all", "--format=json"];
    let alone = Project::new(&[("a.yaml", EXPORTING)]).run(arguments).findings();
    assert_eq!(alone.len(), 2, "{alone:?}");
    let both = Project::new(&[("a.yaml", EXPORTING), ("b.yaml", trail)]).run(arguments).findings();
    assert_eq!(both, [] as [&str; 0]);
}
