//! Hovers, hints and lenses.

use super::{hover, workspace};

const TEMPLATE: &str = r#"Parameters:
  Environment:
    Type: String
    AllowedValues: [dev, prod]
    Default: dev
  Capacity:
    Type: Number
    Default: 5
  Secret:
    Type: String
    NoEcho: true
    Default: hunter2hunter2
Conditions:
  IsProd: !Equals [!Ref Environment, prod]
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "orders-${Environment}"
      BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]
      ProvisionedThroughput:
        ReadCapacityUnits: !Ref Capacity
        WriteCapacityUnits: 7
      AttributeDefinitions:
        - { AttributeName: id, AttributeType: S }
      KeySchema:
        - { AttributeName: id, KeyType: HASH }
      SSESpecification:
        SSEEnabled: true
        KMSMasterKeyId: !ImportValue shared-key
      Tags:
        - { Key: note, Value: !Ref Secret }
"#;

/// The template with the cursor in the middle of a text, at its n-th occurrence.
fn at(text: &str, nth: usize) -> String {
    let at = TEMPLATE.match_indices(text).nth(nth).unwrap().0 + text.len().div_ceil(2);
    let (before, after) = TEMPLATE.split_at(at);
    let files = format!("{before}<|>{after}");
    hover(&[("template.yaml", &files)])
}

#[test]
fn a_value_says_how_it_differs_by_case_and_which_field_it_is() {
    for (text, nth) in [("BillingMode", 0), ("!If", 0)] {
        let shown = at(text, nth);
        assert!(shown.starts_with("`PAY_PER_REQUEST`; when `Environment` is `prod`: `PROVISIONED`"), "{shown}");
        assert!(shown.ends_with("How capacity is paid for. *(`table.billing_mode`)*"), "{shown}");
    }
}

#[test]
fn a_reference_leads_to_the_line_that_decides() {
    let shown = at("!Ref Capacity", 0);
    let value = shown.split("---\n\n").last().unwrap();
    assert_eq!(
        value,
        "`5`\n\n- `Capacity` takes its default here: [`template.yaml:8`](file:///template.yaml#L8)\n\n\
         Read capacity units. *(`table.capacity.read`)*"
    );
}

#[test]
fn parameters_tell_what_they_may_be_where_they_are_declared_and_named() {
    // The declaration, and the uses in a condition and within a text.
    for nth in [0, 1, 2] {
        let shown = at("Environment", nth);
        assert!(shown.starts_with("open parameter `Environment`: `dev` or `prod`; `dev` by default"), "{shown}");
    }
    assert!(at("Capacity", 0).starts_with("`5`"));
}

#[test]
fn conditions_are_told_where_they_are_defined_and_named() {
    for nth in [0, 1] {
        assert!(at("IsProd", nth).starts_with("`false`; when `Environment` is `prod`: `true`"), "{nth}");
    }
}

#[test]
fn literals_are_told_with_their_meaning() {
    assert_eq!(at("7", 0), "`7`\n\nWrite capacity units. *(`table.capacity.write`)*");
}

#[test]
fn what_is_not_known_says_why() {
    assert!(at("!ImportValue", 0).starts_with("not known: `shared-key` is imported from another stack"));
}

#[test]
fn secrets_are_shown_nowhere() {
    assert_eq!(at("hunter2", 0), "");
    for (text, nth) in [("Secret", 0), ("!Ref Secret", 0), ("Orders:", 0), ("Tags", 0)] {
        let shown = at(text, nth);
        assert!(!shown.is_empty() && !shown.contains("hunter2"), "{text}: {shown}");
    }
    let terraform = "variable \"key\" {\n  sensitive = true\n  default = \"hunter2hunter2\"\n}\nlocals {\n  l = var.key\n}\n\
                     resource \"aws_dynamodb_table\" \"t\" {\n  name = local.l\n  hash_key = \"hunter2hunter2\"\n}\n";
    for text in ["\"key\"", "hunter2", "l = var", "var.key", "name", "local.l", "\"t\"", "hash_key"] {
        let place = terraform.find(text).unwrap() + 1;
        let (before, after) = terraform.split_at(place);
        let shown = hover(&[("main.tf", &format!("{before}<|>{after}"))]);
        assert!(!shown.contains("hunter2"), "{text}: {shown}");
    }
}

#[test]
fn findings_at_a_place_come_first_with_the_reason_and_a_link() {
    let shown = at("!Ref Capacity", 0);
    assert!(shown.starts_with("**high** [`on-demand-with-capacity`](https://"), "{shown}");
    let reason = "): on-demand mode with a provisioned capacity\n\nCloudFormation and Terraform refuse it";
    assert!(shown.contains(reason), "{shown}");
    // The sentence, the case and the help are the diagnostic's, which editors show beside this.
    assert!(!shown.contains("remove the capacity"), "{shown}");
    // Several at one place are told together, each policy once.
    let shown = at("Orders:", 0);
    assert_eq!(shown.matches("](https://docs.aws").count(), 3, "{shown}");
}

#[test]
fn a_table_is_summed_up_at_its_name_its_type_and_its_header() {
    let lines = [
        "- name: `orders-dev`; when `Environment` is `prod`: `orders-prod`",
        "- capacity: on-demand; when `Environment` is `prod`: provisioned, 5 read units, 7 write units",
        "- keys: partition `id` (S)",
        "- encryption: by a key that is not known: `shared-key` is imported from another stack",
        "- point-in-time recovery: off",
        "- deletion protection: off",
        "- tags: `note=${Secret}`",
        "- findings: 4 (3 high, 1 medium)",
    ];
    for text in ["Orders:", "AWS::DynamoDB::Table", "orders-", "Type: AWS"] {
        let shown = at(text, 0);
        for line in lines {
            assert!(shown.contains(line), "{text}: {line}\n{shown}");
        }
    }
}

#[test]
fn nothing_is_said_where_there_is_nothing_to_say() {
    for text in ["Resources", "AllowedValues", "Conditions:", "AttributeDefinitions"] {
        let shown = at(text, 0);
        assert!(shown.is_empty() || text == "AttributeDefinitions", "{text}: {shown}");
    }
}

#[test]
fn hints_and_lenses_stand_where_they_belong() {
    let workspace = workspace(&[("template.yaml", TEMPLATE)]);
    let hints = workspace.hints("template.yaml");
    let told: Vec<(&str, &str)> = hints
        .iter()
        .map(|hint| {
            let line = TEMPLATE[..hint.offset as usize].rsplit('\n').next().unwrap().trim();
            (line, hint.label.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("IsProd: !Equals [!Ref Environment, prod]", "= false | true"),
            ("TableName: !Sub \"orders-${Environment}\"", "= orders-dev | orders-prod"),
            ("BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]", "= PAY_PER_REQUEST | PROVISIONED"),
            ("ReadCapacityUnits: !Ref Capacity", "= 5"),
        ]
    );
    let [lens] = workspace.lenses("template.yaml").try_into().unwrap();
    assert_eq!(&TEMPLATE[lens.range.0 as usize..lens.range.1 as usize], "Orders");
    assert_eq!(lens.title, "4 findings · 3 high, 1 medium");
    assert_eq!(lens.policies.len(), 4);
}

const MODULE: &str = r#"variable "mode" {
  type    = string
  default = "PAY_PER_REQUEST"
}
variable "name" { type = string }
variable "protected" {
  type    = bool
  default = false
}
locals {
  full = "${var.name}-table"
}
resource "aws_dynamodb_table" "this" {
  name         = local.full
  billing_mode = var.mode
  hash_key     = "id"
  deletion_protection_enabled = var.protected
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = true
  }
}
output "arn" { value = aws_dynamodb_table.this.arn }
"#;

const ROOT: &str = r#"variable "env" {}
module "orders" {
  source = "./table"
  name   = "orders-${var.env}"
  mode   = var.env == "prod" ? "PROVISIONED" : "PAY_PER_REQUEST"
}
module "users" {
  source    = "./table"
  for_each  = toset(["eu", "us"])
  name      = "users-${each.key}"
  protected = true
}
"#;

fn tf(root: bool, text: &str, nth: usize) -> String {
    let whole = if root { ROOT } else { MODULE };
    let at = whole.match_indices(text).nth(nth).unwrap().0 + text.len().div_ceil(2);
    let (before, after) = whole.split_at(at);
    let with = format!("{before}<|>{after}");
    if root {
        hover(&[("main.tf", &with), ("table/main.tf", MODULE)])
    } else {
        hover(&[("main.tf", ROOT), ("table/main.tf", &with)])
    }
}

#[test]
fn a_module_that_several_calls_reach_tells_the_value_of_each() {
    let shown = tf(false, "var.mode", 0);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "- `module.orders.aws_dynamodb_table.this`: `PAY_PER_REQUEST`; when `env` is `prod`: `PROVISIONED`",
            "- `module.users[\"eu\"].aws_dynamodb_table.this`, `module.users[\"us\"].aws_dynamodb_table.this`: `PAY_PER_REQUEST`",
        ]
    );
    assert!(shown.contains("  - this branch is taken: `var.env == \"prod\"` is false: [`main.tf:5`]"), "{shown}");
    assert!(shown.contains("  - `mode` takes its default here: [`table/main.tf:3`]"), "{shown}");
    let header = tf(false, "\"mode\"", 0);
    assert!(header.starts_with("- `module.orders`: `PAY_PER_REQUEST`; when"), "{header}");
}

#[test]
fn locals_and_arguments_are_told_at_their_names_and_uses() {
    let local = "- `module.users[\"eu\"]`: `users-eu-table`";
    assert!(tf(false, "full", 0).contains(local));
    assert!(tf(false, "local.full", 0).contains("`users-eu-table`"));
    assert!(tf(true, "mode", 0).starts_with("`PAY_PER_REQUEST`; when `env` is `prod`: `PROVISIONED`"));
    let each = tf(true, "each.key", 0);
    assert!(each.starts_with("- `[\"eu\"]`: `eu`\n- `[\"us\"]`: `us`"), "{each}");
}

#[test]
fn variables_are_told_where_they_are_declared_and_used() {
    for (text, nth) in [("\"env\"", 0), ("var.env", 0), ("var.env ==", 0)] {
        let shown = tf(true, text, nth);
        assert!(shown.starts_with("open variable `env`: `prod` or anything else; no default"), "{shown}");
    }
}

#[test]
fn variable_files_are_told_and_lead_to_their_line() {
    let module = "variable \"protected\" {\n  type = bool\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  \
                  deletion_protection_enabled = var.pro<|>tected\n}\n";
    let shown = hover(&[("main.tf", module), ("terraform.tfvars", "protected = true\n")]);
    assert!(shown.starts_with("`true`\n\n- set in `terraform.tfvars`: [`terraform.tfvars:1`]"), "{shown}");
    let plain = module.replace("<|>", "");
    let shown = hover(&[("main.tf", &plain), ("terraform.tfvars", "prot<|>ected = true\n")]);
    assert_eq!(shown, "`true`");
}

#[test]
fn what_only_an_output_says_is_told_too() {
    let shown = tf(false, "aws_dynamodb_table.this.arn", 0);
    assert!(shown.contains("is known only after it is made"), "{shown}");
    assert!(shown.contains("**table** `module.orders.aws_dynamodb_table.this`"), "{shown}");
}

#[test]
fn all_instances_share_one_summary_and_one_lens() {
    let shown = tf(false, "\"this\"", 0);
    assert_eq!(shown.matches("**table**").count(), 3, "{shown}");
    let workspace = workspace(&[("main.tf", ROOT), ("table/main.tf", MODULE)]);
    let lenses = workspace.lenses("table/main.tf");
    assert_eq!(lenses.len(), 1);
    assert_eq!(lenses[0].title, "4 findings · 2 high, 1 medium, 1 low");
}

#[test]
fn a_value_leads_to_the_lines_that_decide_it() {
    let place = |text: &str| {
        let (before, after) = TEMPLATE.split_at(TEMPLATE.find(text).unwrap() + 1);
        workspace(&[("template.yaml", &format!("{before}<|>{after}"))]).definition()
    };
    assert_eq!(place("!Ref Capacity"), ["template.yaml:8"]);
    // The default and the other allowed value.
    assert_eq!(place("!Sub"), ["template.yaml:5", "template.yaml:4"]);
    let (before, after) = MODULE.split_at(MODULE.find("var.mode").unwrap() + 1);
    let found = workspace(&[("main.tf", ROOT), ("table/main.tf", &format!("{before}<|>{after}"))]).definition();
    // Both branches, and the default where the other calls say nothing.
    assert_eq!(found, ["main.tf:5", "main.tf:5", "table/main.tf:3"]);
    let (before, after) = MODULE.split_at(MODULE.find("aws_dynamodb_table.this.arn").unwrap() + 1);
    let found = workspace(&[("main.tf", ROOT), ("table/main.tf", &format!("{before}<|>{after}"))]).definition();
    assert_eq!(found, ["table/main.tf:13"]);
}

#[test]
fn a_policys_name_in_a_suppression_is_explained() {
    let text = TEMPLATE.replace("Resources:", "Resources: # dynalens: ignore[index-projects<|>-everything] why");
    let shown = hover(&[("template.yaml", &text)]);
    assert!(shown.starts_with("**"), "{shown}");
    let prose = TEMPLATE.replace("Resources:", "Resources: # see index-projects<|>-everything");
    assert_eq!(hover(&[("template.yaml", &prose)]), "");
}

#[test]
fn a_header_says_nothing_of_what_was_made_of_its_resource() {
    let text = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Reader<|>:\n    Type: AWS::Serverless::Function\n    \
                Properties:\n      Handler: a.b\n      Runtime: python3.13\n      CodeUri: .\n      Policies:\n        \
                - DynamoDBReadPolicy: { TableName: !Ref Orders }\n  Orders:\n    Type: AWS::Serverless::SimpleTable\n";
    let shown = hover(&[("template.yaml", text)]);
    assert!(shown.starts_with("**function** `Reader`"), "{shown}");
}

#[test]
fn outputs_are_told_at_their_names() {
    let text = format!("{TEMPLATE}Outputs:\n  Ta<|>ble: {{ Value: !Ref Orders }}\n");
    let shown = hover(&[("template.yaml", &text)]);
    assert!(shown.starts_with("`orders-dev`; when `Environment` is `prod`: `orders-prod`"), "{shown}");
    assert!(shown.contains("**table** `Orders`"), "{shown}");
}
