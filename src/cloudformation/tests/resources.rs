//! Resources: places, what stands beside the properties, mistakes, and what is a template at all.

use super::*;

#[test]
fn a_resource_knows_its_places() {
    let run = run(
        "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n    Properties:\n      TableName: x\n",
    );
    let table = &run.project.resources[0];
    assert_eq!(slice(&run, table.header), "Orders");
    assert_eq!(
        slice(&run, table.span),
        "Orders:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n    Properties:\n      TableName: x"
    );
    assert_eq!(show(&table.meta, &run.project.inputs), "{DeletionPolicy: \"Retain\"}");
    assert_eq!(trail(&run, table.meta.get("DeletionPolicy").expect("written").origin), ["\"Retain\" literal"]);
}

#[test]
fn what_stands_beside_the_properties_is_kept() {
    let run = run(
        "Conditions: {Yes: !Equals [a, a]}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Condition: Yes\n    UpdateReplacePolicy: Delete\n    DependsOn: [A, B]\n    Metadata: {dynalens: {ignore: [x]}}\n",
    );
    assert_eq!(
        show(&run.project.resources[0].meta, &run.project.inputs),
        r#"{Condition: "Yes", UpdateReplacePolicy: "Delete", DependsOn: ["A", "B"], Metadata: {dynalens: {ignore: ["x"]}}}"#
    );
}

#[test]
fn mistakes_are_errors_at_their_places() {
    check(
        "Resources:\n  A: {Properties: {X: 1}}\n  B: text\n  C:\n    Type: AWS::DynamoDB::Table\n    Properties: [1]\n  D: {Type: AWS::DynamoDB::Table, Properties: }\n",
        r#"C DynamoDB::Table {}
           D DynamoDB::Table {}
           error at "A": resource `A` has no type (add `Type: AWS::...`)
           error at "B": resource `B` is not a mapping (give it a `Type` and `Properties`)
           error at "Properties": `Properties` of resource `C` is not a mapping (write each property as `Name: value` below it)"#,
    );
}

#[test]
fn a_logical_id_that_is_written_twice_is_told_and_the_last_one_holds() {
    let run = run(
        "Resources:\n  A: {Type: AWS::DynamoDB::Table, Properties: {X: 1}}\n  A: {Type: AWS::DynamoDB::Table, Properties: {X: 2}}\n",
    );
    let printed = print(&run);
    assert!(printed.starts_with("A DynamoDB::Table {X: 2}\nnote at \"A\""), "{printed}");
    assert_eq!(run.project.resources.len(), 1);
}

#[test]
fn properties_of_other_services_are_not_read_but_can_be_referred_to() {
    check(
        "Resources:\n  Db: {Type: AWS::RDS::DBInstance, Properties: {X: 1}}\n  T: {Type: AWS::DynamoDB::Table, Properties: {A: !Ref Db}}\n",
        "Db RDS::DBInstance {}
         T DynamoDB::Table {A: <Db.Ref>}",
    );
}

#[test]
fn what_is_no_template_is_left_alone() {
    for text in
        ["", "a: 1", "- a", "Resources: [1]", "Resources: {A: {Type: x}}", "kind: Pod\nmetadata: {}", "{\"a\": [}"]
    {
        assert!(run_files(&[("t.yaml", text)], &Options::default()).is_none(), "{text}");
    }
}

#[test]
fn the_first_document_that_is_a_template_is_read() {
    check("a: 1\n---\nResources:\n  T: {Type: AWS::DynamoDB::Table}\n", "T DynamoDB::Table {}");
}

#[test]
fn a_broken_template_is_reported() {
    let run = run("Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n   Properties: {\n");
    assert!(!run.project.problems.is_empty());
    assert!(run.project.problems.iter().all(|problem| problem.kind == ProblemKind::Error));
}

#[test]
fn a_template_of_a_template_is_reported_once_as_skipped() {
    for (text, expected) in [
        ("{% if x %}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n{% endif %}\n", "Jinja"),
        ("Resources:\n  {{ .Values.x }}:\n    Type: AWS::DynamoDB::Table\n  {{- end }}\n", "Go template or Helm"),
    ] {
        let printed = print(&run(text));
        assert_eq!(printed.lines().count(), 1, "{printed}");
        assert!(printed.starts_with("note") && printed.contains(expected), "{printed}");
    }
}

#[test]
fn what_a_template_engine_puts_in_is_unknown() {
    check(
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: '{{ cookiecutter.name }}-orders'\n      BillingMode: \"{{ mode }}\"\n      TableClass: {{ class }}\n      Tags: [{Key: a, Value: '{\"a\": {\"b\": 1}}'}]\n",
        r#"T DynamoDB::Table {TableName: "<{{ cookiecutter.name }}>-orders", BillingMode: <{{ mode }}>, TableClass: <{{ class }}>, Tags: [{Key: "a", Value: "{\"a\": {\"b\": 1}}"}]}"#,
    );
}

#[test]
fn a_broken_file_that_speaks_of_tables_is_noted() {
    let printed = print(&run("statements:\n  - dynamodb:GetItem\n - [\n  x: {\n"));
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(printed.starts_with("note at"), "{printed}");
}

#[test]
fn policies_of_deletion_may_be_functions() {
    let run = run(
        "Transform: AWS::LanguageExtensions\nParameters: {Env: {Type: String, AllowedValues: [dev, prod]}}\nConditions: {Prod: !Equals [!Ref Env, prod]}\nMappings: {Keep: {dev: {P: Delete}, prod: {P: Retain}}}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: !If [Prod, Retain, Delete]\n    UpdateReplacePolicy: !FindInMap [Keep, !Ref Env, P]\n",
    );
    assert_eq!(
        show(&run.project.resources[0].meta, &run.project.inputs),
        r#"{DeletionPolicy: Env(dev => "Delete"; prod => "Retain"), UpdateReplacePolicy: Env(dev => "Delete"; prod => "Retain")}"#
    );
}
