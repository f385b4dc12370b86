//! Services of the Serverless Framework.

use super::*;

const SERVICE: &str = "service: shop
provider:
  name: aws
  region: eu-west-1
  stage: ${opt:stage, 'dev'}
custom:
  table: ${self:service}-orders-${sls:stage}
  capacity: {dev: 1, prod: 10}
  protect: {dev: false, prod: true}
  other: ${file(config/more.yml)}
resources:
  - Resources:
      Orders:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: ${self:custom.table}
          DeletionProtectionEnabled: ${self:custom.protect.${sls:stage}}
          ProvisionedThroughput: {ReadCapacityUnits: '${self:custom.capacity.${opt:stage, self:provider.stage}}'}
          Tags: [{Key: a, Value: '${env:OWNER}'}, {Key: b, Value: '${env:TEAM, \"core\"}'}, {Key: c, Value: '${self:custom.other.tag}'}]
          A: !Sub '${self:service}-${AWS::Region}-${Orders.Arn}'
          B: !GetAtt IamRoleLambdaExecution.Arn
          C: ${self:custom.missing}
      Users: ${file(tables/users.yml):Users}
  - ${file(tables/more.yml)}
";
const USERS: &str = "Users:\n  Type: AWS::DynamoDB::Table\n  Properties:\n    TableName: users-${sls:stage}\n";
const MORE: &str =
    "Conditions:\n  Never: !Equals [a, b]\nResources:\n  More:\n    Type: AWS::DynamoDB::Table\n    Condition: Never\n";

fn service(options: &Options) -> Run {
    let files = [
        ("app/serverless.yml", SERVICE),
        ("app/tables/users.yml", USERS),
        ("app/tables/more.yml", MORE),
        ("app/config/more.yml", "tag: from-file\n"),
    ];
    run_files(&files, options).expect("a service")
}

#[test]
fn resources_are_read_with_their_variables() {
    compare(
        &print(&service(&Options::default())),
        r#"Orders DynamoDB::Table {TableName: "shop-orders-dev", DeletionProtectionEnabled: false, ProvisionedThroughput: {ReadCapacityUnits: 1}, Tags: [{Key: "a", Value: <${env:OWNER}>}, {Key: "b", Value: "core"}, {Key: "c", Value: "from-file"}], A: "shop-eu-west-1-<Orders.Arn>", B: <IamRoleLambdaExecution.Arn>, C: <${self:custom.missing}>}
           Users DynamoDB::Table {TableName: "users-dev"}
           More DynamoDB::Table if false {}"#,
    );
}

#[test]
fn an_option_that_is_given_holds() {
    let printed = print(&service(&given(&[("stage", "prod")])));
    assert!(
        printed.contains("\"shop-orders-prod\"") && printed.contains("DeletionProtectionEnabled: true"),
        "{printed}"
    );
    assert!(printed.contains("\"users-prod\"") && printed.contains("ReadCapacityUnits: 10"), "{printed}");
}

#[test]
fn the_way_of_a_variable_leads_to_where_it_is_written() {
    let run = service(&Options::default());
    let value = run.project.resources[0].attributes.get("DeletionProtectionEnabled").expect("written");
    assert_eq!(
        trail(&run, value.origin),
        ["\"${self:custom.protect.${sls:stage}}\" `${self:custom.protect.${sls:stage}}`", "\"false\" literal"]
    );
}

#[test]
fn variables_that_refer_to_themselves_end() {
    let text = "service: a\nprovider: {name: aws}\ncustom: {a: '${self:custom.b}', b: '${self:custom.a}', c: 'x${self:custom.c}${self:custom.c}'}\nresources:\n  Resources:\n    T: {Type: AWS::DynamoDB::Table, Properties: {A: '${self:custom.a}', B: '${self:custom.c}'}}\n";
    let _ = run(text);
}

#[test]
fn a_part_of_a_service_that_is_read_alone_leaves_its_variables_open() {
    check(
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: 'x-${self:custom.name}', A: !Sub '${sls:stage}-${T}'}\n",
        r#"T DynamoDB::Table {TableName: "x-<${self:custom.name}>", A: "<${sls:stage}>-x-<${self:custom.name}>"}"#,
    );
}
