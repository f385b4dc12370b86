//! GraphQL APIs: their data sources over tables, and the roles of those.

use crate::resource::Resource;
use crate::source::Span;
use crate::value::{OriginId, Text, Value};

use super::super::stack::Stack;
use super::function::trust;
use super::policy_templates::statement;
use super::{Piece, Place, arn, attribute_of, entry, generated};

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

/// The ARN of the table of a name, in the Region of the stack unless another one is given.
fn table_arn(stack: &Stack<'_>, name: &Value, region: Option<&Value>, header: Span) -> Value {
    let place = Place::of(stack);
    let span = stack.session.origins.span(name.origin).unwrap_or(header);
    let pieces = [
        Piece::Text("arn:"),
        Piece::Value(&place.partition),
        Piece::Text(":dynamodb:"),
        Piece::Value(region.filter(|region| !region.is_unset()).unwrap_or(&place.region)),
        Piece::Text(":"),
        Piece::Value(&place.account),
        Piece::Text(":table/"),
        Piece::Value(name),
    ];
    arn(stack, span, &pieces)
}

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
        let table = match source.value.get("TableArn").filter(|table| !table.is_unset()) {
            Some(table) => table.clone(),
            None => match source.value.get("TableName") {
                Some(name) => table_arn(stack, name, source.value.get("Region"), header),
                None => continue,
            },
        };
        let span = stack.session.origins.span(table.origin).unwrap_or(header);
        let permissions = source.value.get("Permissions").and_then(Value::as_list);
        let has = |name: &str| permissions.is_none_or(|list| list.items.iter().any(|item| item.as_str() == Some(name)));
        let resources = || vec![table.clone(), arn(stack, span, &[Piece::Value(&table), Piece::Text("/index/*")])];
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
