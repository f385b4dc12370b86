//! GraphQL APIs: their data sources over tables, and the roles of those.

use crate::resource::Resource;
use crate::source::Span;
use crate::value::{Data, OriginId, Text, Value};

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
        let id = format!("{}{}DynamoDBDataSource", api.name, source.key);
        let role_name: Text = format!("{id}Role").into();
        // A role that is written is never replaced, whatever it comes to.
        let given = source.value.get("ServiceRoleArn").filter(|role| !matches!(role.data, Data::Null));
        let role = match given {
            Some(role) => role.clone(),
            None => attribute_of(stack, &role_name, "Arn", header),
        };
        let name = source.value.get("Name").filter(|name| !name.is_unset());
        let name = name.cloned().unwrap_or_else(|| Value::string(source.key.clone(), origin));
        let attributes = Value::map(
            vec![
                entry("ApiId", attribute_of(stack, &api.name, "ApiId", header)),
                entry("Name", name),
                entry("Type", Value::string("AMAZON_DYNAMODB", origin)),
                entry("DynamoDBConfig", configuration(stack, &source.value)),
                entry("ServiceRoleArn", role),
            ],
            source.value.origin,
        );
        let address: Text = format!("{}/{}", api.address, source.key).into();
        made.push(generated(api, address, source.key.clone(), "AWS::AppSync::DataSource", header, attributes));
        if given.is_some() {
            continue;
        }
        let attributes =
            Value::map(vec![entry("AssumeRolePolicyDocument", trust("appsync.amazonaws.com", header, stack))], origin);
        made.push(generated(api, stack.address(&role_name), role_name.clone(), "AWS::IAM::Role", header, attributes));
        let statements = grants(stack, &source.value, header, origin);
        if statements.is_empty() {
            continue;
        }
        let document = Value::map(
            vec![
                entry("Version", Value::string("2012-10-17", origin)),
                entry("Statement", Value::list(statements, origin)),
            ],
            origin,
        );
        let roles = Value::list(vec![attribute_of(stack, &role_name, "Ref", header)], origin);
        let attributes = Value::map(vec![entry("PolicyDocument", document), entry("Roles", roles)], origin);
        let name: Text = format!("{id}ToTableConnectorPolicy").into();
        let mut policy =
            generated(api, stack.address(&name), name.clone(), "AWS::IAM::ManagedPolicy", header, attributes);
        // The transform gives the policy no condition, even if the API has one.
        policy.exists = Value::bool(true, origin);
        made.push(policy);
    }
}

/// The table that a source reads, as the data source has it.
fn configuration(stack: &Stack<'_>, source: &Value) -> Value {
    let mut configuration = Vec::new();
    for (from, to) in [
        ("TableName", "TableName"),
        ("DeltaSync", "DeltaSyncConfig"),
        ("UseCallerCredentials", "UseCallerCredentials"),
        ("Versioned", "Versioned"),
    ] {
        // What is off is not written at all.
        if let Some(value) = source.get(from).filter(|value| value.as_bool() != Some(false)) {
            configuration.push(entry(to, value.clone()));
        }
    }
    let region = source.get("Region").filter(|region| !region.is_unset());
    configuration.push(entry("AwsRegion", region.cloned().unwrap_or_else(|| Place::of(stack).region)));
    Value::map(configuration, source.origin)
}

/// What the role of a source may do with the table.
fn grants(stack: &Stack<'_>, source: &Value, header: Span, origin: OriginId) -> Vec<Value> {
    let table = match source.get("TableArn").filter(|table| !table.is_unset()) {
        Some(table) => table.clone(),
        None => match source.get("TableName") {
            Some(name) => table_arn(stack, name, source.get("Region"), header),
            None => return Vec::new(),
        },
    };
    let span = stack.session.origins.span(table.origin).unwrap_or(header);
    let permissions = source.get("Permissions").and_then(Value::as_list).filter(|list| !list.items.is_empty());
    let has = |name: &str| permissions.is_none_or(|list| list.items.iter().any(|item| item.as_str() == Some(name)));
    let resources = || vec![table.clone(), arn(stack, span, &[Piece::Value(&table), Piece::Text("/index/*")])];
    [("Read", READ), ("Write", WRITE)]
        .into_iter()
        .filter(|(permission, _)| has(permission))
        .map(|(_, actions)| statement(actions, resources(), origin))
        .collect()
}
