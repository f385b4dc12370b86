//! Functions and state machines: event source mappings of their streams, and their roles.

use crate::resource::Resource;
use crate::source::Span;
use crate::value::{Data, Entry, Map, Step, Text, Truth, Value, equal};

use super::super::stack::Stack;
use super::policies::{self, Grants};
use super::{attribute_of, entry, generated, managed_policy};

/// What a function's events and policies become.
pub fn expand(stack: &Stack<'_>, function: &mut Resource, made: &mut Vec<Resource>) {
    let mut grants = Grants::default();
    let header = function.header;
    let basic = if is_set(function, "DurableConfig") {
        "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
    } else {
        "service-role/AWSLambdaBasicExecutionRole"
    };
    grants.managed.push(managed_policy(stack, header, basic));
    if let Some(tracing) = function.attributes.get("Tracing")
        && !matches!(tracing.as_str(), Some("Disabled"))
        && !tracing.is_unset()
    {
        grants.managed.push(managed_policy(stack, header, "AWSXrayWriteOnlyAccess"));
    }
    if is_set(function, "VpcConfig") {
        grants.managed.push(managed_policy(stack, header, "service-role/AWSLambdaVPCAccessExecutionRole"));
    }
    policies::read(stack, function, &mut grants);
    events(stack, function, &mut grants, made);
    role(stack, function, grants, "lambda.amazonaws.com", made);
}

/// A state machine's role.
pub fn expand_state_machine(stack: &Stack<'_>, machine: &mut Resource, made: &mut Vec<Resource>) {
    let mut grants = Grants::default();
    policies::read(stack, machine, &mut grants);
    role(stack, machine, grants, "states.amazonaws.com", made);
}

fn is_set(resource: &Resource, property: &str) -> bool {
    resource.attributes.get(property).is_some_and(|value| !value.is_unset())
}

/// Stream events become event source mappings with the properties of the event.
fn events(stack: &Stack<'_>, function: &Resource, grants: &mut Grants, made: &mut Vec<Resource>) {
    let Some(events) = function.attributes.get("Events").and_then(Value::as_map) else { return };
    for event in &events.entries {
        let kind = event.value.get("Type").and_then(Value::as_str).unwrap_or_default();
        let execution_role = match kind {
            "DynamoDB" => "service-role/AWSLambdaDynamoDBExecutionRole",
            "Kinesis" => "service-role/AWSLambdaKinesisExecutionRole",
            _ => continue,
        };
        let origins = &stack.session.origins;
        let header = origins.span(event.key_origin).unwrap_or(function.header);
        let whole = origins.span(event.value.origin).map_or(header, |value| header.to(value));
        let mut entries: Vec<Entry> = Vec::new();
        let mut rest = None;
        if let Some(properties) = event.value.get("Properties").and_then(Value::as_map) {
            rest.clone_from(&properties.rest);
            for property in &properties.entries {
                let mut property = property.clone();
                if property.key == "Stream" {
                    property.key = Text::new_static("EventSourceArn");
                }
                entries.push(property);
            }
        }
        entries.push(entry(
            "FunctionName",
            stack.reference(&function.name, header, &super::super::for_each::Scope::default()),
        ));
        let map = Map { kind: crate::value::MapKind::Object, entries, rest };
        let origin = event.value.get("Properties").map_or(event.value.origin, |properties| properties.origin);
        let attributes = Value::new(Data::Map(map.into()), origin);
        let address: Text = format!("{}/{}", function.address, event.key).into();
        let mut mapping =
            generated(function, address, event.key.clone(), "AWS::Lambda::EventSourceMapping", header, attributes);
        mapping.span = whole;
        made.push(mapping);
        let arn = managed_policy(stack, header, execution_role);
        if grants.managed.iter().all(|known| equal(known, &arn) != Truth::True) {
            grants.managed.push(arn);
        }
    }
}

/// The role that the transform makes where none is given.
fn role(stack: &Stack<'_>, of: &mut Resource, grants: Grants, service: &str, made: &mut Vec<Resource>) {
    let origins = &stack.session.origins;
    let header = of.header;
    let given = of.attributes.get("Role").cloned();
    let exists = match &given {
        None => None,
        Some(role) if role.is_unset() => None,
        Some(role) if matches!(role.data, Data::Choice(_)) => {
            // The role is made in those cases in which none is given.
            Some(crate::value::combine(&[role], &mut |leaves| Value::bool(leaves[0].is_unset(), role.origin)))
        }
        Some(_) => return,
    };
    if exists.as_ref().is_some_and(|exists| exists.as_bool() == Some(false)) {
        return;
    }
    let name: Text = format!("{}Role", of.name).into();
    let origin = origins.hop(header, Step::Expression, crate::value::OriginId::NONE);
    let trust = match of.attributes.get("AssumeRolePolicyDocument").filter(|value| !value.is_unset()) {
        Some(document) => document.clone(),
        None => trust(service, header, stack),
    };
    let mut entries = vec![
        entry("AssumeRolePolicyDocument", trust),
        entry("ManagedPolicyArns", Value::list(grants.managed, origin)),
        entry("Policies", Value::list(grants.inline, grants.origin.unwrap_or(origin))),
    ];
    for (from, to) in [("PermissionsBoundary", "PermissionsBoundary"), ("RolePath", "Path")] {
        if let Some(value) = of.attributes.get(from) {
            entries.push(entry(to, value.clone()));
        }
    }
    let mut role =
        generated(of, stack.address(&name), name.clone(), "AWS::IAM::Role", header, Value::map(entries, origin));
    if let Some(exists) = exists {
        role.exists = super::super::conditions::and(&[of.exists.clone(), exists], origin);
    }
    made.push(role);
    if given.is_none_or(|role| role.is_unset())
        && let Data::Map(map) = &of.attributes.data
    {
        let mut map = (**map).clone();
        map.entries.retain(|entry| entry.key != "Role");
        map.entries.push(entry("Role", attribute_of(stack, &name, "Arn", header)));
        of.attributes = Value::new(Data::Map(map.into()), of.attributes.origin);
    }
}

/// A trust policy for one service.
pub fn trust(service: &str, span: Span, stack: &Stack<'_>) -> Value {
    let origin = stack.session.origins.hop(span, Step::Expression, crate::value::OriginId::NONE);
    let text = |text: &str| Value::string(text, origin);
    let statement = Value::map(
        vec![
            entry("Effect", text("Allow")),
            entry("Principal", Value::map(vec![entry("Service", Value::list(vec![text(service)], origin))], origin)),
            entry("Action", Value::list(vec![text("sts:AssumeRole")], origin)),
        ],
        origin,
    );
    Value::map(
        vec![entry("Version", text("2012-10-17")), entry("Statement", Value::list(vec![statement], origin))],
        origin,
    )
}
