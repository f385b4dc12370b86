//! `dynalens fix`, `check --fix` and `dynalens suppress`: what is written, what is shown, what is left alone.

use crate::support::{Project, run_with_input};

const TEMPLATE: &str = "Resources:\r\n  Orders: # the orders\r\n    Type: AWS::DynamoDB::Table\r\n    Properties:\r\n      BillingMode: PAY_PER_REQUEST\r\n      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]\r\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\r\n";
const SELECT: &str = "point-in-time-recovery-disabled,deletion-protection-disabled";

fn mended() -> String {
    format!(
        "{TEMPLATE}      DeletionProtectionEnabled: true\r\n      PointInTimeRecoverySpecification:\r\n        \
         PointInTimeRecoveryEnabled: true\r\n"
    )
}

#[test]
fn fixes_are_written_in_the_files_own_form() {
    let project = Project::new(&[("a.yaml", TEMPLATE)]);
    let run = project.run(&["fix", "--select", SELECT]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.ends_with("2 findings fixed in 1 file\n"), "{}", run.stdout);
    assert_eq!(project.read("a.yaml"), mended());
    assert_eq!(project.run(&["check", "--select", SELECT]).code, 0);
}

#[test]
fn a_diff_writes_nothing() {
    let project = Project::new(&[("a.yaml", TEMPLATE)]);
    let run = project.run(&["fix", "--diff", "--select", SELECT]);
    assert!(run.stdout.starts_with("--- a/a.yaml\n+++ b/a.yaml\n@@ "), "{}", run.stdout);
    assert!(run.stdout.contains("+      DeletionProtectionEnabled: true\r\n"), "{}", run.stdout);
    assert_eq!(project.read("a.yaml"), TEMPLATE);
}

#[test]
fn what_a_new_resource_names_may_be_there_several_times_or_not_at_all() {
    let table = |own: &str, name: &str| {
        format!(
            "variable \"on\" {{\n  type    = bool\n  default = true\n}}\n\nresource \"aws_dynamodb_table\" \"t\" {{\n  {own}\n  \
             name         = {name}\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  attribute {{\n    \
             name = \"id\"\n    type = \"S\"\n  }}\n}}\n"
        )
    };
    for (own, name, argument, instance) in [
        ("count        = var.on ? 1 : 0", "\"t\"", "count      = length(aws_dynamodb_table.t)", "count.index"),
        ("for_each     = toset([\"a\", \"b\"])", "each.key", "for_each   = aws_dynamodb_table.t", "each.key"),
    ] {
        let before = table(own, name);
        let project = Project::new(&[("main.tf", &before)]);
        let run = project.run(&["fix", "--profile", "strict", "--select", "contributor-insights-disabled"]);
        assert_eq!(
            project.read("main.tf"),
            format!(
                "{before}\nresource \"aws_dynamodb_contributor_insights\" \"t\" {{\n  {argument}\n  table_name = \
                 aws_dynamodb_table.t[{instance}].name\n  mode       = \"THROTTLED_KEYS\"\n}}\n"
            ),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn a_fault_that_several_resources_share_is_mended_in_all_of_them() {
    let function = |name: &str| {
        format!(
            "  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: .\n      Handler: a.b\n      \
             Policies:\n        - DynamoDBCrudPolicy:\n            TableName: !Ref Orders\n"
        )
    };
    let template = format!(
        "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n    Runtime: python3.12\n    Architectures:\n      - \
             x86_64\nResources:\n  Orders:\n    Type: AWS::Serverless::SimpleTable\n{}{}",
        function("One"),
        function("Two")
    );
    let project = Project::new(&[("a.yaml", &template)]);
    let run = project.run(&["fix", "--unsafe", "--profile", "all", "--select", "function-on-x86"]);
    assert!(run.stdout.contains("fixed in 1 file"), "{}", run.stdout);
    assert_eq!(project.run(&["check", "--profile", "all", "--select", "function-on-x86"]).code, 0);
}

#[test]
fn arguments_of_several_fixes_stand_in_one_column() {
    let table = "resource \"aws_dynamodb_table\" \"t\" {\n  name         = \"t\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n\n  replica {\n    region_name = \"eu-west-1\"\n  }\n}\n";
    let project = Project::new(&[("main.tf", table)]);
    let run = project.run(&["fix", "--unsafe", "--select", SELECT]);
    assert!(
        project.read("main.tf").contains(
            "    region_name = \"eu-west-1\"\n\n    deletion_protection_enabled = true\n    point_in_time_recovery      = true\n"
        ),
        "{}\n{}",
        run.stdout,
        project.read("main.tf")
    );
}

/// A table with an index, a role, and a policy of it with this text.
fn with_policy(policy: &str) -> String {
    format!(
        "resource \"aws_dynamodb_table\" \"t\" {{\n  name         = \"t\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  \
         attribute {{\n    name = \"id\"\n    type = \"S\"\n  }}\n\n  attribute {{\n    name = \"k\"\n    type = \"S\"\n  }}\n\n  \
         global_secondary_index {{\n    name            = \"by-k\"\n    hash_key        = \"k\"\n    projection_type = \"ALL\"\n  \
         }}\n}}\n\nresource \"aws_iam_role\" \"r\" {{\n  name               = \"r\"\n  assume_role_policy = \"{{}}\"\n}}\n\nresource \
         \"aws_iam_role_policy\" \"p\" {{\n  role   = aws_iam_role.r.id\n  policy = {policy}\n}}\n"
    )
}

#[test]
fn documents_within_texts_are_changed_where_their_strings_stand() {
    let statement = |resource: &str| {
        format!(r#"{{"Statement": [{{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": {resource}}}]}}"#)
    };
    let keys = |operator: &str| {
        format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {{"{operator}": {{"dynamodb:LeadingKeys": ["x"]}}}}}}]}}"#
        )
    };
    let heredoc = |document: &str| format!("<<-POLICY\n    {document}\n  POLICY");
    let quoted = |document: &str| format!("\"{}\"", document.replace('"', "\\\""));
    let arn = r#""${aws_dynamodb_table.t.arn}""#;
    let both = r#"["${aws_dynamodb_table.t.arn}", "${aws_dynamodb_table.t.arn}/index/*"]"#;
    let encode = |resource: &str| {
        format!(
            "jsonencode({{\n    Statement = [{{\n      Effect   = \"Allow\"\n      Action   = \"dynamodb:Query\"\n      Resource = {resource}\n    }}]\n  }})"
        )
    };
    for (before, after) in [
        (heredoc(&keys("StringEquals")), heredoc(&keys("ForAllValues:StringEquals"))),
        (quoted(&keys("StringEquals")), quoted(&keys("ForAllValues:StringEquals"))),
        (heredoc(&statement(arn)), heredoc(&statement(both))),
        (quoted(&statement(arn)), quoted(&statement(both))),
        (heredoc(&statement(&format!("[{arn}]"))), heredoc(&statement(both))),
        (
            encode("aws_dynamodb_table.t.arn"),
            encode("[aws_dynamodb_table.t.arn, \"${aws_dynamodb_table.t.arn}/index/*\"]"),
        ),
    ] {
        let project = Project::new(&[("main.tf", &with_policy(&before))]);
        let select = "leading-keys-without-for-all-values,grant-without-index-access";
        let run = project.run(&["fix", "--unsafe", "--select", select]);
        assert!(run.stdout.contains("1 finding fixed in 1 file"), "{before}\n{}{}", run.stdout, run.stderr);
        assert_eq!(project.read("main.tf"), with_policy(&after), "{}", run.stdout);
    }
}

#[test]
fn documents_within_texts_of_json_are_changed_there_too() {
    let with = |policy: &str| {
        format!(
            r#"{{"resource": {{"aws_dynamodb_table": {{"t": {{"name": "t", "hash_key": "id", "attribute": [{{"name": "id", "type": "S"}}, {{"name": "k", "type": "S"}}], "global_secondary_index": {{"name": "by-k", "hash_key": "k", "projection_type": "ALL"}}}}}}, "aws_iam_role": {{"r": {{"assume_role_policy": "{{}}"}}}}, "aws_iam_role_policy": {{"p": {{"role": "${{aws_iam_role.r.id}}", "policy": "{policy}"}}}}}}}}"#
        )
    };
    let text = |resource: &str| {
        format!(
            r#"{{\n  \"Statement\": [{{\"Effect\": \"Allow\", \"Action\": \"dynamodb:Query\", \"Resource\": {resource}}}]\n}}"#
        )
    };
    let call = |resource: &str| {
        format!(
            r#"${{jsonencode({{Statement = [{{Effect = \"Allow\", Action = \"dynamodb:Query\", Resource = {resource}}}]}})}}"#
        )
    };
    let keys = |operator: &str| {
        format!(
            r#"${{jsonencode({{Statement = [{{Effect = \"Allow\", Action = \"dynamodb:GetItem\", Resource = \"*\", Condition = {{ {operator} = {{ \"dynamodb:LeadingKeys\" = [\"\u0078\"] }} }}}}]}})}}"#
        )
    };
    let arn = r#"\"${aws_dynamodb_table.t.arn}\""#;
    let index = r#"\"${aws_dynamodb_table.t.arn}/index/*\""#;
    for (before, after) in [
        (text(arn), text(&format!("[{arn}, {index}]"))),
        (text(&format!("[\\n    {arn}\\n  ]")), text(&format!("[\\n    {arn},\\n    {index}\\n  ]"))),
        (call("aws_dynamodb_table.t.arn"), call(&format!("[aws_dynamodb_table.t.arn, {index}]"))),
        (keys("StringEquals"), keys(r#"\"ForAllValues:StringEquals\""#)),
    ] {
        let project = Project::new(&[("main.tf.json", &with(&before))]);
        let select = "leading-keys-without-for-all-values,grant-without-index-access";
        let run = project.run(&["fix", "--unsafe", "--select", select]);
        assert!(run.stdout.contains("1 finding fixed in 1 file"), "{before}\n{}{}", run.stdout, run.stderr);
        assert_eq!(project.read("main.tf.json"), with(&after), "{}", run.stdout);
    }
}

#[test]
fn what_is_set_to_nothing_or_stands_empty_is_filled_in_its_own_form() {
    let on = "PointInTimeRecoveryEnabled: true";
    let table = "    Type: AWS::DynamoDB::Table\n";
    let yaml = |body: &str| format!("Resources:\n  T:\n{table}{body}");
    let filled = |line: &str, rest: &str| {
        yaml(&format!("    Properties:{line}\n      PointInTimeRecoverySpecification:\n        {on}\n{rest}"))
    };
    let flow = |body: &str| format!("Resources: {{T: {{Type: AWS::DynamoDB::Table{body}}}}}\n");
    let json = |body: &str| {
        format!(
            "{{\n  \"Resources\": {{\n    \"T\": {{\n      \"Type\": \"AWS::DynamoDB::Table\"{body}\n    }}\n  }}\n}}\n"
        )
    };
    let properties = |inner: &str| json(&format!(",\n      \"Properties\": {inner}"));
    let group = "{\n        \"PointInTimeRecoverySpecification\": {\n          \"PointInTimeRecoveryEnabled\": true\n        }\n      }";
    let hcl = |body: &str| format!("resource \"aws_dynamodb_table\" \"t\" {body}\n");
    let block = "  point_in_time_recovery {\n    enabled = true\n  }\n";
    let native = |inner: &str| format!("{{\"resource\": {{\"aws_dynamodb_table\": {{\"t\": {inner}}}}}}}\n");
    let recovery = "\"point_in_time_recovery\": {\"enabled\": true}";
    for (name, before, after) in [
        ("a.yaml", yaml(""), filled("", "")),
        ("a.yaml", yaml("    Properties:\n"), filled("", "")),
        ("a.yaml", yaml("    Properties: ~\n"), filled("", "")),
        ("a.yaml", yaml("    Properties: null  # why\n    # more\n"), filled("  # why", "    # more\n")),
        (
            "a.yaml",
            yaml("    Properties: # why\n    DeletionPolicy: Retain\n"),
            filled(" # why", "    DeletionPolicy: Retain\n"),
        ),
        ("a.yaml", yaml("    Properties:\n").replace('\n', "\r\n"), filled("", "").replace('\n', "\r\n")),
        (
            "a.yaml",
            yaml("    Properties:\n      PointInTimeRecoverySpecification:\n      BillingMode: PROVISIONED\n"),
            yaml(&format!(
                "    Properties:\n      PointInTimeRecoverySpecification:\n        {on}\n      BillingMode: PROVISIONED\n"
            )),
        ),
        ("a.yaml", flow(""), flow(&format!(", Properties: {{PointInTimeRecoverySpecification: {{{on}}}}}"))),
        (
            "a.yaml",
            flow(", Properties: "),
            flow(&format!(", Properties: {{PointInTimeRecoverySpecification: {{{on}}}}} ")),
        ),
        (
            "a.yaml",
            flow(", Properties: null"),
            flow(&format!(", Properties: {{PointInTimeRecoverySpecification: {{{on}}}}}")),
        ),
        ("a.json", json(""), properties(group)),
        ("a.json", properties("null"), properties(group)),
        ("a.json", properties("{}"), properties(group)),
        ("a.json", properties("{\n        \"PointInTimeRecoverySpecification\": null\n      }"), properties(group)),
        ("main.tf", hcl("{}"), hcl(&format!("{{\n{block}}}"))),
        ("main.tf", hcl("{\n}"), hcl(&format!("{{\n{block}}}"))),
        ("main.tf", hcl("{\n  # later\n}"), hcl(&format!("{{\n  # later\n{block}}}"))),
        ("main.tf", hcl("{\n  point_in_time_recovery {}\n}"), hcl(&format!("{{\n{block}}}"))),
        ("main.tf.json", native("{}"), native(&format!("{{{recovery}}}"))),
        ("main.tf.json", native("[{}]"), native(&format!("[{{{recovery}}}]"))),
        ("main.tf.json", native("{\"point_in_time_recovery\": {}}"), native(&format!("{{{recovery}}}"))),
        ("main.tf.json", native("{\"point_in_time_recovery\": null}"), native(&format!("{{{recovery}}}"))),
    ] {
        let project = Project::new(&[(name, &before)]);
        let run = project.run(&["fix", "--select", "point-in-time-recovery-disabled"]);
        assert_eq!(project.read(name), after, "{before}\n{}{}", run.stdout, run.stderr);
        assert!(run.stdout.ends_with("1 finding fixed in 1 file\n"), "{before}\n{}", run.stdout);
    }
}

#[test]
fn a_switch_for_many_things_is_not_thrown_for_one_of_them() {
    let with = |value: &str, others: &str| {
        format!(
            "locals {{\n  stage = {{ is_production = false, protect_data = false }}\n}}\n\nresource \"aws_dynamodb_table\" \"t\" {{\n  name         = \"t\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  deletion_protection_enabled = {value}\n\n  attribute {{\n    name = \"id\"\n    type = \"S\"\n  }}\n}}\n{others}"
        )
    };
    let other = "\nmodule \"web\" {\n  source = \"./web\"\n  public = local.stage.is_production\n}\n";
    for (text, mended) in [
        (with("local.stage.is_production", other), None),
        (with("local.stage.is_production", ""), Some(("is_production = false", "is_production = true"))),
        (with("local.stage.protect_data", other), Some(("protect_data = false", "protect_data = true"))),
    ] {
        let project = Project::new(&[("main.tf", &text), ("web/main.tf", "variable \"public\" {}\n")]);
        let run = project.run(&["fix", "--unsafe", "--select", "deletion-protection-disabled"]);
        let after = mended.map_or(text.clone(), |(old, new)| text.replace(old, new));
        assert_eq!(project.read("main.tf"), after, "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn what_one_caller_names_is_not_written_into_the_module() {
    let module = "variable \"indexes\" {\n  type = any\n}\n\nresource \"aws_dynamodb_table\" \"t\" {\n  name         = \"t\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n\n  dynamic \"global_secondary_index\" {\n    for_each = var.indexes\n    content {\n      name            = global_secondary_index.value\n      hash_key        = \"id\"\n      projection_type = \"ALL\"\n    }\n  }\n}\n\nresource \"aws_dynamodb_contributor_insights\" \"t\" {\n  table_name = aws_dynamodb_table.t.name\n  mode       = \"THROTTLED_KEYS\"\n}\n";
    let project = Project::new(&[
        ("main.tf", "module \"m\" {\n  source  = \"./m\"\n  indexes = [\"by-id\"]\n}\n"),
        ("m/main.tf", module),
    ]);
    let run = project.run(&["fix", "--unsafe", "--profile=strict", "--select", "contributor-insights-disabled"]);
    assert!(run.stdout.contains("nothing to fix"), "{}", run.stdout);
    assert_eq!(project.read("m/main.tf"), module);
}

#[test]
fn a_document_is_never_replaced_by_what_belongs_into_it() {
    // Two strings that say the same: which one is meant can't be told.
    let twice = r#"{"Statement": [{"Sid": "StringEquals", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:LeadingKeys": ["x"]}}}]}"#;
    let terraform = with_policy(&format!("<<POLICY\n{twice}\nPOLICY"));
    let template = format!("{TEMPLATE}      ResourcePolicy:\r\n        PolicyDocument: '{twice}'\r\n");
    let keys = "leading-keys-without-for-all-values";
    for (name, text) in [("main.tf", terraform), ("a.yaml", template)] {
        let project = Project::new(&[(name, &text)]);
        let run = project.run(&["fix", "--unsafe", "--select", keys]);
        assert!(run.stdout.contains("nothing to fix"), "{}", run.stdout);
        assert_eq!(project.read(name), text);
        let report = project.run(&["--format", "json", "--select", keys]).json();
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{report}");
        assert!(report["findings"][0]["fix"].is_null());
    }
}

#[test]
fn what_is_piped_in_comes_out_mended() {
    let project = Project::new(&[]);
    let arguments = ["fix", "-", "--stdin-filename", "a.yaml", "--select", SELECT];
    let run = run_with_input(project.path(), &arguments, TEMPLATE);
    assert_eq!(run.stdout, mended());
}

#[test]
fn a_value_that_others_use_is_changed_only_on_request() {
    let text = "variable \"on\" {\n  default = false\n}\n\nresource \"aws_dynamodb_table\" \"t\" {\n  name         = \"t\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n\n  point_in_time_recovery {\n    enabled = var.on\n  }\n}\n\noutput \"on\" {\n  value = var.on\n}\n";
    let project = Project::new(&[("main.tf", text)]);
    let only = ["--select", "point-in-time-recovery-disabled"];
    let run = project.run(&[&["fix"], &only[..]].concat());
    assert!(run.stdout.contains("nothing to fix; 1 more with --unsafe"), "{}", run.stdout);
    assert_eq!(project.read("main.tf"), text);
    let run = project.run(&[&["fix", "--unsafe"], &only[..]].concat());
    assert!(run.stdout.contains("(`var.on` is used elsewhere, too)"), "{}", run.stdout);
    assert_eq!(project.read("main.tf"), text.replace("default = false", "default = true"));
}

#[test]
fn a_name_that_others_spell_out_stays() {
    let with = |resource: &str| {
        format!(
            "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: orders\n      \
             BillingMode: PAY_PER_REQUEST\n      AttributeDefinitions: [{{ AttributeName: id, AttributeType: S }}]\n      \
             KeySchema: [{{ AttributeName: id, KeyType: HASH }}]\n  Reader:\n    Type: AWS::IAM::Policy\n    \
             Properties:\n      PolicyName: read\n      Roles: [reader]\n      PolicyDocument:\n        Statement:\n          \
             - {{ Effect: Allow, Action: dynamodb:GetItem, Resource: {resource} }}\n"
        )
    };
    for (resource, stays) in [
        ("'arn:aws:dynamodb:eu-west-1:111122223333:table/orders'", true),
        ("!Sub 'arn:aws:dynamodb:eu-west-1:111122223333:table/${Orders}'", false),
        ("!GetAtt Orders.Arn", false),
    ] {
        let project = Project::new(&[("a.yaml", &with(resource))]);
        let run = project.run(&["fix", "--unsafe", "--select", "explicit-table-name"]);
        assert_eq!(project.read("a.yaml").contains("TableName"), stays, "{resource}: {}", run.stdout);
    }
    // A name of which only a part is known is spelt out as well.
    for (resource, stays) in [
        ("!Sub 'arn:${AWS::Partition}:dynamodb:eu-west-1:111122223333:table/${Stage}-orders'", true),
        ("!Sub 'arn:${AWS::Partition}:dynamodb:eu-west-1:111122223333:table/${Orders}'", false),
        ("!Sub 'arn:${AWS::Partition}:dynamodb:eu-west-1:111122223333:table/${Other}-orders'", false),
    ] {
        let text = with(resource).replace("TableName: orders", "TableName: !Sub '${Stage}-orders'");
        let text = format!("Parameters: {{ Stage: {{ Type: String }}, Other: {{ Type: String }} }}\n{text}");
        let project = Project::new(&[("a.yaml", &text)]);
        let run = project.run(&["fix", "--unsafe", "--select", "explicit-table-name"]);
        assert_eq!(project.read("a.yaml").contains("TableName"), stays, "{resource}: {}", run.stdout);
    }
}

#[test]
fn what_one_failing_case_needs_is_not_removed_for_another() {
    let template = "Parameters:\n  Stage: { Type: String, AllowedValues: [prod, dev] }\nConditions:\n  IsProd: !Equals [!Ref Stage, prod]\nResources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      BillingMode: PAY_PER_REQUEST\n      AttributeDefinitions:\n        - { AttributeName: id, AttributeType: S }\n        - { AttributeName: total, AttributeType: N }\n        - { AttributeName: status, AttributeType: S }\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n      GlobalSecondaryIndexes:\n        - !If\n          - IsProd\n          - IndexName: by-status\n            KeySchema: [{ AttributeName: status, KeyType: HASH }]\n            Projection: { ProjectionType: ALL }\n          - !Ref AWS::NoValue\n";
    let project = Project::new(&[("a.yaml", template)]);
    let run = project.run(&["fix", "--select", "unused-attribute-definition"]);
    assert!(run.stdout.contains("nothing to fix"), "{}", run.stdout);
    assert_eq!(project.read("a.yaml"), template);
}

#[test]
fn findings_that_go_with_a_fix_are_told() {
    let template = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      BillingMode: PAY_PER_REQUEST\n      ProvisionedThroughput: { ReadCapacityUnits: 50000, WriteCapacityUnits: 5 }\n      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n";
    let project = Project::new(&[("a.yaml", template)]);
    let run = project.run(&["fix", "--select", "on-demand-with-capacity,capacity-above-table-quota"]);
    assert!(run.stdout.contains("capacity-above-table-quota: went with what the fixes above change"), "{}", run.stdout);
    assert!(run.stdout.ends_with("2 findings fixed in 1 file\n"), "{}", run.stdout);
}

#[test]
fn check_mends_and_reports_the_rest() {
    let project = Project::new(&[("a.yaml", TEMPLATE)]);
    let run = project.run(&["check", "--fix", "--format", "json"]);
    let left = run.findings();
    assert!(left.iter().all(|finding| !SELECT.contains(finding.split(' ').next().unwrap())), "{left:?}");
    assert!(run.stderr.contains("findings fixed in 1 file"), "{}", run.stderr);
}

#[test]
fn suppressions_are_written_with_their_reason_and_taken_out_again() {
    let project = Project::new(&[("a.yaml", TEMPLATE)]);
    let run = project.run(&["suppress", "--select", SELECT, "--reason", "rebuilt nightly", "--until", "2999-12-31"]);
    assert_eq!(run.stdout, "2 findings suppressed in 1 file\n", "{}", run.stderr);
    let comment = "  # dynalens: ignore[deletion-protection-disabled, point-in-time-recovery-disabled] rebuilt nightly until 2999-12-31\r\n";
    assert_eq!(project.read("a.yaml"), TEMPLATE.replace("  Orders", &format!("{comment}  Orders")));
    assert_eq!(project.run(&["check", "--select", SELECT]).code, 0);
    // Where the findings are gone, so is the need for the comment.
    let run = project.run(&["fix", "--no-suppressions", "--select", SELECT]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let select = format!("{SELECT},unused-suppression");
    project.run(&["fix", "--select", &select]);
    assert_eq!(project.read("a.yaml"), mended());
}

#[test]
fn suppressions_go_into_the_configuration_on_request() {
    let project = Project::new(&[("infra/a.yaml", TEMPLATE)]);
    let run = project.run(&["suppress", "--in-configuration", "--select", SELECT, "--reason", "a cache"]);
    assert_eq!(run.stdout, "2 findings suppressed in 1 file\n", "{}", run.stderr);
    assert!(
        project.read("dynalens.yml").starts_with("suppressions:\n  - policy: ["),
        "{}",
        project.read("dynalens.yml")
    );
    assert_eq!(project.run(&["check", "--select", SELECT]).code, 0);
}

#[test]
fn suppressions_of_many_resources_go_into_every_form_of_configuration() {
    let files: Vec<String> = (0..4).map(|number| format!("infra/{number}.yaml")).collect();
    for before in [
        "",
        "profile: default\n",
        "suppressions: # none yet\n",
        "suppressions:\n  - policy: resource-untagged\n    reason: tags come later\n\nprofile: default\n",
        "suppressions: [{ policy: resource-untagged, reason: later }]\nprofile: default\n",
    ] {
        let mut all: Vec<(&str, &str)> = files.iter().map(|path| (path.as_str(), TEMPLATE)).collect();
        all.push(("dynalens.yml", before));
        let project = Project::new(&all);
        let run = project.run(&["suppress", "--in-configuration", "--select", SELECT, "--reason", "a cache"]);
        assert_eq!(run.stdout, "8 findings suppressed in 1 file\n", "{before:?}: {}", run.stderr);
        let after = project.read("dynalens.yml");
        assert_eq!(project.run(&["check", "--select", SELECT]).code, 0, "{before:?}:\n{after}");
        let kept = before.lines().filter(|line| line.contains("resource-untagged") || line.starts_with("profile"));
        assert!(
            after.matches("a cache").count() == 4
                && kept.clone().all(|line| after.contains(line.trim_end_matches(" }]"))),
            "{after}"
        );
    }
}

#[test]
fn in_json_the_metadata_of_the_resource_suppresses() {
    let text = "{\n  \"Resources\": {\n    \"T\": {\n      \"Type\": \"AWS::DynamoDB::Table\",\n      \"Properties\": {\n        \"BillingMode\": \"PAY_PER_REQUEST\",\n        \"AttributeDefinitions\": [{\"AttributeName\": \"id\", \"AttributeType\": \"S\"}],\n        \"KeySchema\": [{\"AttributeName\": \"id\", \"KeyType\": \"HASH\"}]\n      }\n    }\n  }\n}\n";
    let project = Project::new(&[("a.json", text)]);
    let run = project.run(&["suppress", "--select", SELECT, "--reason", "a cache"]);
    assert_eq!(run.stdout, "2 findings suppressed in 1 file\n", "{}", run.stderr);
    assert_eq!(project.run(&["check", "--select", SELECT]).code, 0, "{}", project.read("a.json"));
}

#[test]
fn some_policies_can_not_be_suppressed_and_other_tools_marks_are_counted() {
    let marked = TEMPLATE.replace("# the orders", "# checkov:skip=CKV_AWS_28: rebuilt");
    let only = ["check", "--select", "point-in-time-recovery-disabled"];
    let project = Project::new(&[("a.yaml", &marked)]);
    let run = project.run(&only);
    assert!(run.code == 0 && run.stdout.contains("1 suppressed (1 by marks of other tools)"), "{}", run.stdout);
    let report = project.run(&[&only[..], &["--format", "json"]].concat()).json();
    assert_eq!(
        (&report["summary"]["suppressed"], &report["summary"]["suppressed_by_other_tools"]),
        (&1.into(), &1.into())
    );
    assert_eq!(project.run(&[&only[..], &["--no-other-tools"]].concat()).code, 1);
    let project = Project::new(&[("a.yaml", &marked), ("dynalens.yml", "other-tools: false\n")]);
    assert_eq!(project.run(&only).code, 1);
    let own = TEMPLATE.replace("# the orders", "# dynalens: ignore[point-in-time-recovery-disabled] rebuilt");
    for name in ["point-in-time-recovery-disabled", "CKV_AWS_28", "reliability"] {
        let project = Project::new(&[("a.yaml", &own), ("dynalens.yml", &format!("unsuppressible: [{name}]\n"))]);
        let run = project.run(&only);
        assert!(run.code == 1 && run.stdout.contains("can't be suppressed here"), "{}", run.stdout);
    }
}
