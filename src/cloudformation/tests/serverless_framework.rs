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

const FUNCTIONS: &str = "service: shop
provider:
  name: aws
  region: eu-west-1
  stage: prod
  environment: {TABLE: !Ref Orders, SHARED: a}
  iam:
    role:
      statements:
        - {Effect: Allow, Action: ['dynamodb:Query'], Resource: !GetAtt Orders.Arn}
      managedPolicies: [arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess]
functions:
  read-orders:
    handler: a.b
    environment: {SHARED: b}
    events:
      - http: {path: /, method: get}
      - stream:
          type: dynamodb
          arn: !GetAtt Orders.StreamArn
          batchSize: 50
          startingPosition: LATEST
          maximumRetryAttempts: 3
          functionResponseType: ReportBatchItemFailures
          destinations: {onFailure: 'arn:aws:sqs:eu-west-1:111122223333:failed'}
          filterPatterns: [{eventName: [INSERT]}]
      - stream: arn:aws:kinesis:eu-west-1:111122223333:stream/clicks
  own:
    handler: a.b
    iamRoleStatements: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}]
  elsewhere:
    handler: a.b
    role: OtherRole
resources:
  Resources:
    Orders:
      Type: AWS::DynamoDB::Table
      Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}
  extensions:
    Orders:
      DeletionPolicy: Retain
      Properties: {DeletionProtectionEnabled: true}
    ReadDashordersLambdaFunction:
      Properties: {MemorySize: 256}
";

fn made<'r>(run: &'r Run, address: &str) -> &'r crate::resource::Resource {
    let all: Vec<&str> = run.project.resources.iter().map(|one| one.address.as_str()).collect();
    run.project.resources.iter().find(|one| one.address == address).unwrap_or_else(|| panic!("{address} of {all:?}"))
}

#[test]
fn functions_become_mappings_of_their_streams_and_roles() {
    let run = run_files(&[("serverless.yml", FUNCTIONS)], &Options::default()).expect("a service");
    assert!(run.project.problems.is_empty(), "{}", print(&run));
    let show = |address: &str| show(&made(&run, address).attributes, &run.project.inputs);
    assert_eq!(
        show("ReadDashordersEventSourceMappingDynamodbOrders"),
        r#"{Enabled: true, FunctionName: <ReadDashordersLambdaFunction.Arn>, EventSourceArn: <Orders.StreamArn>, BatchSize: 50, MaximumRetryAttempts: 3, StartingPosition: "LATEST", FunctionResponseTypes: ["ReportBatchItemFailures"], DestinationConfig: {OnFailure: {Destination: "arn:aws:sqs:eu-west-1:111122223333:failed"}}, FilterCriteria: {Filters: [{Pattern: {eventName: ["INSERT"]}}]}}"#
    );
    let clicks = show("ReadDashordersEventSourceMappingKinesisClicks");
    assert!(clicks.contains("BatchSize: 10") && clicks.contains("StartingPosition: \"TRIM_HORIZON\""), "{clicks}");
    assert_eq!(
        show("ReadDashordersLambdaFunction"),
        r#"{FunctionName: "shop-prod-read-orders", Handler: "a.b", Timeout: 6, Environment: {Variables: {TABLE: <Orders.Ref>, SHARED: "b"}}, Role: <IamRoleLambdaExecution.Arn>, MemorySize: 256}"#
    );
    let shared = show("IamRoleLambdaExecution");
    for part in [
        r#"{Effect: "Allow", Action: ["dynamodb:Query"], Resource: <Orders.Arn>}"#,
        r#"Action: ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"], Resource: [<Orders.StreamArn>]"#,
        r#"ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"]"#,
    ] {
        assert!(shared.contains(part), "{part} of {shared}");
    }
    assert!(show("OwnIamRoleLambdaExecution").contains(r#"Action: "dynamodb:*""#));
    assert!(show("OwnLambdaFunction").contains("Role: <OwnIamRoleLambdaExecution.Arn>"));
    assert!(show("ElsewhereLambdaFunction").contains("Role: <OtherRole.Arn>"));
}

#[test]
fn extensions_change_single_properties_and_what_stands_beside_them() {
    let run = run_files(&[("serverless.yml", FUNCTIONS)], &Options::default()).expect("a service");
    let table = made(&run, "Orders");
    assert_eq!(
        show(&table.attributes, &run.project.inputs),
        r#"{StreamSpecification: {StreamViewType: "NEW_IMAGE"}, DeletionProtectionEnabled: true}"#
    );
    assert_eq!(show(&table.meta, &run.project.inputs), r#"{DeletionPolicy: "Retain"}"#);
}

#[test]
fn a_service_of_functions_only_is_read() {
    let text = "service: a\nprovider: {name: aws, role: 'arn:aws:iam::111122223333:role/x'}\nfunctions:\n  f: {handler: a.b, events: [{stream: 'arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/x'}]}\n";
    check(
        text,
        r#"FEventSourceMappingDynamodbT Lambda::EventSourceMapping {BatchSize: 10, Enabled: true, StartingPosition: "TRIM_HORIZON", FunctionName: <FLambdaFunction.Arn>, EventSourceArn: "arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/x"}
           FLambdaFunction Lambda::Function {FunctionName: "a-dev-f", Handler: "a.b", MemorySize: 1024, Timeout: 6, Role: "arn:aws:iam::111122223333:role/x"}"#,
    );
}
