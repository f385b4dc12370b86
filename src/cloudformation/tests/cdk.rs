//! Synthesised templates with the manifest beside them.

use super::*;

const MANIFEST: &str = r#"{"version": "36.0.0", "artifacts": {
  "Orders.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Orders.assets.json"}},
  "Orders": {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
    "properties": {"templateFile": "Orders.template.json"},
    "metadata": {"/Orders/Table/Resource": [{"type": "aws:cdk:logicalId", "data": "TableCD117FA1",
      "trace": ["new Table (/home/ci/app/node_modules/aws-cdk-lib/table.js:1:1)", "new OrdersStack (/home/ci/app/lib/orders.ts:2:5)"]}],
      "/Orders/Nested/Inner/Resource": [{"type": "aws:cdk:logicalId", "data": "Inner", "trace": ["new OrdersStack (/home/ci/app/lib/orders.ts:3:5)"]}]}}}}"#;
const TEMPLATE: &str = r#"{"Resources": {
  "TableCD117FA1": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": {"Fn::Join": ["-", ["t", {"Ref": "AWS::Region"}]]}}},
  "Other": {"Type": "AWS::DynamoDB::Table", "Metadata": {"aws:cdk:path": "Orders/Other/Resource"}},
  "Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/x.json"]]}},
    "Metadata": {"aws:asset:path": "OrdersNested.nested.template.json", "aws:asset:property": "TemplateURL"}}}}"#;
const NESTED: &str = r#"{"Resources": {"Inner": {"Type": "AWS::DynamoDB::Table", "Metadata": {"aws:cdk:path": "Orders/Nested/Inner/Resource"}}}}"#;

#[test]
fn the_manifest_gives_the_environment_the_construct_and_the_line_that_made_it() {
    let files = [
        ("cdk.out/Orders.template.json", TEMPLATE),
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/OrdersNested.nested.template.json", NESTED),
        ("lib/orders.ts", "class OrdersStack {\n    new Table(this, 'Table');\n}\n"),
    ];
    let run = run_files(&files, &Options::default()).expect("a template");
    let table = &run.project.resources[0];
    assert_eq!(show(&table.attributes, &run.project.inputs), r#"{TableName: "t-eu-west-1"}"#);
    assert_eq!(show(&run.project.account, &run.project.inputs), "\"111122223333\"");
    let construct = table.meta.get(super::super::cdk::CONSTRUCT).expect("named");
    assert_eq!(construct.as_str(), Some("Orders/Table/Resource"));
    assert_eq!(trail(&run, construct.origin), ["\"new Table(this, 'Table');\" literal"]);
    let construct = run.project.resources[1].meta.get(super::super::cdk::CONSTRUCT).expect("named");
    assert_eq!(trail(&run, construct.origin), ["\"\\\"Orders/Other/Resource\\\"\" literal"]);
    let inner = run.project.resources.last().expect("the nested stack's");
    assert_eq!(inner.address, "Nested/Inner");
    assert_eq!(
        inner.meta.get(super::super::cdk::CONSTRUCT).and_then(Value::as_str),
        Some("Orders/Nested/Inner/Resource")
    );
    let construct = inner.meta.get(super::super::cdk::CONSTRUCT).expect("named");
    assert_eq!(trail(&run, construct.origin), ["\"}\" literal"], "nested stacks have their traces in the same list");
}

#[test]
fn a_template_without_a_manifest_is_a_template() {
    let run = run_files(&[("Orders.template.json", TEMPLATE)], &Options::default()).expect("a template");
    assert_eq!(show(&run.project.region, &run.project.inputs), "<AWS::Region>");
}
