//! GraphQL APIs: their data sources over tables, and the roles of those.

use crate::resource::Resource;
use crate::value::{OriginId, Text, Value};

use super::super::stack::Stack;
use super::function::trust;
use super::policy_templates::statement;
use super::{Piece, arn, attribute_of, entry, generated};

const READ: &[&str] = &[
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:PartiQLSelect",
];
const WRITE: &[&str] = &[
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
];

/// Adds a data source for each table of an API, and its role where none is given.
pub fn expand(stack: &Stack<'_>, api: &Resource, made: &mut Vec<Resource>) {
    let sources = api.attributes.get("DataSources").and_then(|sources| sources.get("DynamoDb"));
    let Some(sources) = sources.and_then(Value::as_map) else { return };
    for source in &sources.entries {
        let header = stack.session.origins.span(source.key_origin).unwrap_or(api.header);
        let origin = stack.session.expression(header, OriginId::NONE);
        let id = format!("{}{}", api.name, source.key);
        let mut configuration = Vec::new();
        for (from, to) in [
            ("TableName", "TableName"),
            ("Region", "AwsRegion"),
            ("DeltaSync", "DeltaSyncConfig"),
            ("UseCallerCredentials", "UseCallerCredentials"),
            ("Versioned", "Versioned"),
        ] {
            if let Some(value) = source.value.get(from) {
                configuration.push(entry(to, value.clone()));
            }
        }
        let given = source.value.get("ServiceRoleArn").filter(|role| !role.is_unset());
        let role_name: Text = format!("{id}Role").into();
        let role = match given {
            Some(role) => role.clone(),
            None => attribute_of(stack, &role_name, "Arn", header),
        };
        let name = source.value.get("Name").cloned().unwrap_or_else(|| Value::string(source.key.clone(), origin));
        let attributes = Value::map(
            vec![
                entry("ApiId", attribute_of(stack, &api.name, "ApiId", header)),
                entry("Name", name),
                entry("Type", Value::string("AMAZON_DYNAMODB", origin)),
                entry("DynamoDBConfig", Value::map(configuration, source.value.origin)),
                entry("ServiceRoleArn", role),
            ],
            source.value.origin,
        );
        let address: Text = format!("{}/{}", api.address, source.key).into();
        made.push(generated(api, address, source.key.clone(), "AWS::AppSync::DataSource", header, attributes));
        if given.is_some() {
            continue;
        }
        let Some(table) = source.value.get("TableArn").filter(|table| !table.is_unset()) else { continue };
        let span = stack.session.origins.span(table.origin).unwrap_or(header);
        let permissions = source.value.get("Permissions").and_then(Value::as_list);
        let has = |name: &str| permissions.is_none_or(|list| list.items.iter().any(|item| item.as_str() == Some(name)));
        let resources = || vec![table.clone(), arn(stack, span, &[Piece::Value(table), Piece::Text("/index/*")])];
        let mut statements = Vec::new();
        for (permission, actions) in [("Read", READ), ("Write", WRITE)] {
            if has(permission) {
                statements.push(statement(actions, resources(), origin));
            }
        }
        let document = Value::map(
            vec![
                entry("Version", Value::string("2012-10-17", origin)),
                entry("Statement", Value::list(statements, origin)),
            ],
            origin,
        );
        let policy = Value::map(
            vec![entry("PolicyName", Value::string(format!("{id}Policy"), origin)), entry("PolicyDocument", document)],
            origin,
        );
        let attributes = Value::map(
            vec![
                entry("AssumeRolePolicyDocument", trust("appsync.amazonaws.com", header, stack)),
                entry("Policies", Value::list(vec![policy], origin)),
            ],
            origin,
        );
        made.push(generated(api, stack.address(&role_name), role_name.clone(), "AWS::IAM::Role", header, attributes));
    }
}
