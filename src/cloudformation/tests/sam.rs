//! The serverless transform, against what `aws-sam-translator` 1.115.0 makes of the same template
//! (`fixtures/sam/*/translated.json`, recorded) and in its own places.

use std::collections::BTreeMap;

use super::*;
use crate::resource::{Language, Resource};

const STREAMS: &str = include_str!("../../../fixtures/sam/streams/template.yaml");
const STREAMS_TRANSLATED: &str = include_str!("../../../fixtures/sam/streams/translated.json");

fn in_one_place() -> Options {
    Options { region: Some("us-east-1".into()), account: Some("111122223333".into()), ..Options::default() }
}

fn find<'r>(run: &'r Run, address: &str) -> &'r Resource {
    run.project.resources.iter().find(|resource| resource.address == address).expect("the resource")
}

/// A value without the order of its maps' entries, and lists of one item as the item, as IAM reads them.
fn plain(value: &Value, inputs: &Inputs) -> String {
    match &value.data {
        Data::Map(map) => {
            let entries: BTreeMap<&str, String> =
                map.entries.iter().map(|entry| (entry.key.as_str(), plain(&entry.value, inputs))).collect();
            format!("{entries:?}")
        }
        Data::List(list) => match list.items.as_slice() {
            [only] => plain(only, inputs),
            items => format!("{:?}", items.iter().map(|item| plain(item, inputs)).collect::<Vec<_>>()),
        },
        _ => show(value, inputs),
    }
}

#[test]
fn mappings_roles_and_connectors_are_those_of_the_translator() {
    let ours = run_with(STREAMS, &in_one_place());
    let theirs = run_files(&[("t.json", STREAMS_TRANSLATED)], &in_one_place()).expect("a template");
    assert!(ours.project.problems.is_empty(), "{}", print(&ours));
    let mut compared = 0;
    for their in &theirs.project.resources {
        let address = match their.name.as_str() {
            "ReaderStream" => "Reader/Stream",
            "ReaderOther" => "Reader/Other",
            name => name,
        };
        let attributes: &[&str] = match their.kind.as_str() {
            "AWS::Lambda::EventSourceMapping" => &[
                "BatchSize",
                "BisectBatchOnFunctionError",
                "DestinationConfig",
                "Enabled",
                "EventSourceArn",
                "FilterCriteria",
                "FunctionName",
                "FunctionResponseTypes",
                "MaximumBatchingWindowInSeconds",
                "MaximumRecordAgeInSeconds",
                "MaximumRetryAttempts",
                "ParallelizationFactor",
                "StartingPosition",
                "TumblingWindowInSeconds",
            ],
            "AWS::IAM::Role" => &["ManagedPolicyArns"],
            "AWS::IAM::ManagedPolicy" => &["Roles"],
            "AWS::Lambda::Function" => &["Environment", "Layers", "Timeout", "Role", "Runtime"],
            _ => continue,
        };
        let our = find(&ours, address);
        for attribute in attributes {
            let show = |run: &Run, resource: &Resource| {
                resource
                    .attributes
                    .get(attribute)
                    .map(|value| plain(value, &run.project.inputs))
                    .filter(|text| text != "[]")
            };
            assert_eq!(show(&ours, our), show(&theirs, their), "{address} {attribute}");
            compared += 1;
        }
        for attribute in ["Policies", "PolicyDocument"] {
            let (Some(one), Some(other)) = (our.attributes.get(attribute), their.attributes.get(attribute)) else {
                continue;
            };
            assert_eq!(statements(one, &ours), statements(other, &theirs), "{address} {attribute}");
            compared += 1;
        }
    }
    assert!(compared > 45, "{compared}");
}

/// The statements of documents, in the order of the source, without their versions.
fn statements(value: &Value, run: &Run) -> Vec<String> {
    let documents: Vec<&Value> = match value.as_list() {
        Some(list) => list.items.iter().filter_map(|item| item.get("PolicyDocument")).collect(),
        None => vec![value],
    };
    let statements = documents.into_iter().filter_map(|document| document.get("Statement"));
    statements
        .flat_map(|statement| match statement.as_list() {
            Some(list) => list.items.clone(),
            None => vec![statement.clone()],
        })
        .map(|statement| plain(&statement, &run.project.inputs))
        .collect()
}

#[test]
fn tables_stay_what_they_are_with_the_shared_encryption() {
    let run = run_with(STREAMS, &in_one_place());
    assert_eq!(run.project.language, Language::Sam);
    let table = find(&run, "Sessions");
    assert_eq!(table.kind, "AWS::Serverless::SimpleTable");
    assert_eq!(
        show(&table.attributes, &run.project.inputs),
        r#"{TableName: "sessions", PrimaryKey: {Name: "id", Type: "String"}, SSESpecification: {SSEEnabled: true}}"#
    );
    let enabled = table.attributes.get("SSESpecification").and_then(|value| value.get("SSEEnabled")).expect("shared");
    assert_eq!(trail(&run, enabled.origin), ["\"true\" Globals", "\"true\" literal"]);
    assert_eq!(show(&table.meta, &run.project.inputs), "{DeletionPolicy: \"Retain\"}");
}

#[test]
fn what_is_made_stands_where_it_is_written() {
    let run = run_with(STREAMS, &in_one_place());
    let mapping = find(&run, "Reader/Stream");
    assert_eq!(slice(&run, mapping.header), "Stream");
    assert!(slice(&run, mapping.span).starts_with("Stream:\n          Type: DynamoDB"));
    let source = mapping.attributes.get("EventSourceArn").expect("the stream");
    assert_eq!(trail(&run, source.origin), ["\"!GetAtt Orders.StreamArn\" resource Orders.StreamArn"]);
    let role = find(&run, "ReaderRole");
    assert_eq!(slice(&run, role.header), "Reader");
    let policy = &role.attributes.get("Policies").and_then(Value::as_list).expect("policies").items[0];
    let statement = &policy
        .get("PolicyDocument")
        .and_then(|document| document.get("Statement"))
        .and_then(Value::as_list)
        .expect("statements")
        .items[0];
    assert_eq!(trail(&run, statement.origin), ["\"DynamoDBCrudPolicy\" literal"]);
    let resource = &statement.get("Resource").and_then(Value::as_list).expect("resources").items[0];
    assert_eq!(
        trail(&run, resource.origin),
        ["\"!Ref Sessions\" expression", "\"!Ref Sessions\" resource Sessions.Ref", "\"sessions\" literal"]
    );
}

#[test]
fn a_role_of_ones_own_is_not_replaced() {
    let run = run_with(STREAMS, &in_one_place());
    assert!(run.project.resources.iter().all(|resource| resource.address != "PlainRole"));
    assert_eq!(
        show(find(&run, "Plain").attributes.get("Role").expect("written"), &run.project.inputs),
        "<OwnRole.Arn>"
    );
}

#[test]
fn policies_that_depend_on_an_input_are_there_in_some_cases() {
    let run = run_with(
        "Transform: AWS::Serverless-2016-10-31\nParameters: {Env: {Type: String, AllowedValues: [dev, prod]}}\nConditions: {Prod: !Equals [!Ref Env, prod]}\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Policies:\n        - !If [Prod, AdministratorAccess, !Ref AWS::NoValue]\n        - !If [Prod, !Ref AWS::NoValue, {Statement: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}]}]\n",
        &in_one_place(),
    );
    let role = find(&run, "FRole");
    let list = role.attributes.get("ManagedPolicyArns").and_then(Value::as_list).expect("a list");
    assert_eq!(
        show(&list.items[1], &run.project.inputs),
        "Env(dev => nothing; prod => \"arn:aws:iam::aws:policy/AdministratorAccess\")"
    );
    let list = role.attributes.get("Policies").and_then(Value::as_list).expect("a list");
    assert_eq!(
        show(&list.items[0], &run.project.inputs),
        r#"Env(dev => {PolicyName: "FRolePolicy1", PolicyDocument: {Statement: [{Effect: "Allow", Action: "dynamodb:*", Resource: "*"}]}}; prod => nothing)"#
    );
}

#[test]
fn globals_can_be_ignored() {
    check(
        "Transform: [AWS::Serverless-2016-10-31]\nGlobals: {SimpleTable: {SSESpecification: {SSEEnabled: true}}}\nResources:\n  A: {Type: AWS::Serverless::SimpleTable, IgnoreGlobals: '*'}\n  B: {Type: AWS::Serverless::SimpleTable, Properties: {SSESpecification: {SSEEnabled: false}}}\n",
        "A Serverless::SimpleTable {}
         B Serverless::SimpleTable {SSESpecification: {SSEEnabled: false}}",
    );
}

#[test]
fn data_sources_of_graphql_apis_read_tables() {
    let run = run_with(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  T: {Type: AWS::DynamoDB::Table, Properties: {TableName: t}}\n  Api:\n    Type: AWS::Serverless::GraphQLApi\n    Properties:\n      DataSources:\n        DynamoDb:\n          Posts: {TableName: !Ref T, TableArn: !GetAtt T.Arn, Permissions: [Read]}\n",
        &in_one_place(),
    );
    assert_eq!(
        show(find(&run, "Api/Posts").attributes.get("DynamoDBConfig").expect("made"), &run.project.inputs),
        r#"{TableName: "t", AwsRegion: "us-east-1"}"#
    );
    let printed = show(&find(&run, "ApiPostsDynamoDBDataSourceToTableConnectorPolicy").attributes, &run.project.inputs);
    assert!(printed.contains(r#"Resource: [<T.Arn>, "<T.Arn>/index/*"]"#), "{printed}");
    assert!(printed.contains("dynamodb:GetItem") && !printed.contains("dynamodb:PutItem"), "{printed}");
}

#[test]
fn a_table_that_a_graphql_api_names_only_is_one_of_the_stacks_place() {
    let run = run_with(
        "Resources:\n  Api:\n    Type: AWS::Serverless::GraphQLApi\n    Properties:\n      DataSources: {DynamoDb: {Posts: {TableName: posts, Region: eu-west-1}}}\n",
        &in_one_place(),
    );
    let printed = show(&find(&run, "ApiPostsDynamoDBDataSourceToTableConnectorPolicy").attributes, &run.project.inputs);
    assert!(printed.contains("\"arn:aws:dynamodb:eu-west-1:111122223333:table/posts/index/*\""), "{printed}");
}

#[test]
fn a_connector_finds_the_role_however_it_is_written() {
    for (role, expected) in [
        ("!Ref R", "[<R.Ref>]"),
        ("!GetAtt R.Arn", "[<R.Ref>]"),
        ("'arn:aws:iam::111122223333:role/path/own'", "[\"own\"]"),
    ] {
        let run = run_with(
            &format!(
                "Transform: AWS::Serverless-2016-10-31\nResources:\n  R: {{Type: AWS::IAM::Role}}\n  T: {{Type: AWS::DynamoDB::Table}}\n  F: {{Type: AWS::Lambda::Function, Properties: {{Role: {role}}}}}\n  C: {{Type: AWS::Serverless::Connector, Properties: {{Source: {{Id: F}}, Destination: {{Id: T}}, Permissions: [Read]}}}}\n"
            ),
            &in_one_place(),
        );
        let roles = find(&run, "CPolicy").attributes.get("Roles").expect("made");
        assert_eq!(show(roles, &run.project.inputs), expected);
    }
}

#[test]
fn an_alias_that_is_published_can_be_referred_to() {
    let run = run_with(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: live-1}}\n  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F.Alias}}\n",
        &in_one_place(),
    );
    let alias = find(&run, "FAliaslive1");
    assert_eq!(show(&alias.attributes, &run.project.inputs), r#"{FunctionName: <F.Ref>, Name: "live-1"}"#);
    let mapping = find(&run, "M");
    assert_eq!(show(&mapping.attributes, &run.project.inputs), "{FunctionName: <FAliaslive1.Ref>}");
}
