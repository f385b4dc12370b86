//! Connectors: `AWS::Serverless::Connector` and the `Connectors` attribute of other resources. Each becomes a managed
//! policy on the role of its source (or, for a stream, of the function that reads it).

use crate::resource::Resource;
use crate::source::Span;
use crate::value::{Data, OriginId, Text, Value};

use super::super::for_each::Scope;
use super::super::stack::Stack;
use super::policy_templates::statement;
use super::{Piece, arn, attribute_of, entry, generated, role_of};

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
const STREAM: &[&str] =
    &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];

/// One end of a connector.
struct End<'r> {
    kind: Text,
    resource: Option<&'r Resource>,
    /// As it is written out where the resource is not in the template.
    arn: Option<Value>,
    role: Option<Value>,
}

/// Adds what a connector, or the connectors that a resource carries, become.
pub fn expand(stack: &Stack<'_>, resource: &Resource, all: &[Resource], made: &mut Vec<Resource>) {
    if resource.kind == "AWS::Serverless::Connector" {
        let Some(source) = resource.attributes.get("Source") else { return };
        let source = end(source, all);
        connect(stack, resource, &resource.name, resource.header, &source, &resource.attributes, all, made);
        return;
    }
    let node = stack.resource(&resource.name).and_then(|definition| definition.value.get("Connectors"));
    let Some(node) = node.filter(|_| stack.address(&resource.name) == resource.address) else { return };
    for (key, connector) in node.entries() {
        let (Some(name), Some(properties)) = (key.text(), connector.get("Properties")) else { continue };
        let properties = stack.eval(properties, &Scope::default());
        let source = End { kind: resource.kind.clone(), resource: Some(resource), arn: None, role: None };
        let name = format!("{}{name}", resource.name);
        connect(stack, resource, &name, key.span(), &source, &properties, all, made);
    }
}

#[expect(clippy::too_many_arguments, reason = "the ends of a connector and its place")]
fn connect(
    stack: &Stack<'_>,
    of: &Resource,
    name: &str,
    header: Span,
    source: &End<'_>,
    properties: &Value,
    all: &[Resource],
    made: &mut Vec<Resource>,
) {
    let permissions: Vec<Text> = properties
        .get("Permissions")
        .and_then(Value::as_list)
        .map(|list| list.items.iter().filter_map(|item| item.as_str().map(Text::from)).collect())
        .unwrap_or_default();
    let destinations: Vec<&Value> = match properties.get("Destination") {
        Some(value) => match &value.data {
            Data::List(list) => list.items.iter().collect(),
            _ => vec![value],
        },
        None => return,
    };
    let several = properties.get("Destination").is_some_and(|written| matches!(written.data, Data::List(_)));
    for (index, value) in destinations.into_iter().enumerate() {
        let destination = end(value, all);
        let span = stack.session.origins.span(value.origin).unwrap_or(header);
        let origin = stack.session.expression(span, OriginId::NONE);
        let Some((statements, role)) = grant(stack, source, &destination, &permissions, span, origin) else { continue };
        let suffix = if several { format!("Destination{index}") } else { String::new() };
        let name: Text = format!("{name}Policy{suffix}").into();
        let document = Value::map(
            vec![
                entry("Version", Value::string("2012-10-17", origin)),
                entry("Statement", Value::list(statements, origin)),
            ],
            origin,
        );
        let attributes = Value::map(
            vec![entry("PolicyDocument", document), entry("Roles", Value::list(vec![role], origin))],
            origin,
        );
        let mut policy = generated(of, stack.address(&name), name, "AWS::IAM::ManagedPolicy", header, attributes);
        if of.kind != "AWS::Serverless::Connector" {
            // The transform does not hand the condition of a resource on to the connectors in it.
            policy.exists = Value::bool(true, origin);
        }
        made.push(policy);
    }
}

/// The statements of a connector between two kinds of resources and the role that gets them.
fn grant(
    stack: &Stack<'_>,
    source: &End<'_>,
    destination: &End<'_>,
    permissions: &[Text],
    span: Span,
    origin: OriginId,
) -> Option<(Vec<Value>, Value)> {
    let has = |name: &str| permissions.iter().any(|permission| permission == name);
    if is_table(&destination.kind) {
        let table = arn_of(stack, destination, span)?;
        let role = role_at(stack, source, span)?;
        let resources = || vec![table.clone(), arn(stack, span, &[Piece::Value(&table), Piece::Text("/index/*")])];
        let mut statements = Vec::new();
        if has("Read") {
            statements.push(statement(READ, resources(), origin));
        }
        if has("Write") {
            statements.push(statement(WRITE, resources(), origin));
        }
        return (!statements.is_empty()).then_some((statements, role));
    }
    if is_table(&source.kind) && destination.kind.ends_with("::Function") && has("Read") {
        let table = arn_of(stack, source, span)?;
        let role = role_at(stack, destination, span)?;
        let streams = vec![arn(stack, span, &[Piece::Value(&table), Piece::Text("/stream/*")])];
        return Some((vec![statement(STREAM, streams, origin)], role));
    }
    None
}

fn is_table(kind: &str) -> bool {
    matches!(kind, "AWS::DynamoDB::Table" | "AWS::Serverless::SimpleTable")
}

fn end<'r>(value: &Value, all: &'r [Resource]) -> End<'r> {
    let id = value.get("Id").and_then(Value::as_str);
    let resource = id.and_then(|id| all.iter().find(|resource| resource.name == id));
    let kind = value.get("Type").and_then(Value::as_str).map(Text::from);
    End {
        kind: resource.map(|resource| resource.kind.clone()).or(kind).unwrap_or_default(),
        resource,
        arn: value.get("Arn").cloned(),
        role: value.get("RoleName").cloned(),
    }
}

fn arn_of(stack: &Stack<'_>, end: &End<'_>, span: Span) -> Option<Value> {
    match end.resource {
        Some(resource) => Some(attribute_of(stack, &resource.name, "Arn", span)),
        None => end.arn.clone(),
    }
}

fn role_at(stack: &Stack<'_>, end: &End<'_>, span: Span) -> Option<Value> {
    let Some(resource) = end.resource else { return end.role.clone() };
    match resource.kind.as_str() {
        "AWS::Serverless::Function" | "AWS::Lambda::Function" | "AWS::Serverless::StateMachine" => {
            Some(role_of(stack, resource, "Role", span))
        }
        "AWS::StepFunctions::StateMachine" => Some(role_of(stack, resource, "RoleArn", span)),
        "AWS::AppSync::DataSource" => Some(role_of(stack, resource, "ServiceRoleArn", span)),
        _ => None,
    }
}
