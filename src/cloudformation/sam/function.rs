//! Functions and state machines: event source mappings of their streams, and their roles.

use crate::resource::Resource;
use crate::source::Span;
use crate::value::{Data, Entry, Map, Step, Text, Value, combine};

use super::super::call::{Call, Function};
use super::super::stack::Stack;
use super::policies::{self, Grants};
use super::{EVENT_TYPE, attribute_of, entry, generated, managed_policy};

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
    let invoked = alias(stack, function, made);
    events(stack, function, &invoked, &mut grants, made);
    role(stack, function, grants, "lambda.amazonaws.com", made);
}

/// The logical id of an alias that is published.
pub fn alias_id(function: &str, alias: &str) -> String {
    let letters: String = alias.chars().filter(|letter| !matches!(letter, '-' | '_')).collect();
    format!("{function}Alias{letters}")
}

/// What calls the function: its alias where one is published with every deployment, else the function itself.
fn alias(stack: &Stack<'_>, function: &Resource, made: &mut Vec<Resource>) -> Value {
    let header = function.header;
    let itself = stack.reference(&function.name, header, &super::super::for_each::Scope::default());
    let Some(written) = function.attributes.get("AutoPublishAlias") else { return itself };
    let Some(name) = written.as_str().filter(|name| !name.is_empty()) else { return itself };
    let id: Text = alias_id(&function.name, name).into();
    let attributes =
        Value::map(vec![entry("FunctionName", itself), entry("Name", written.clone())], function.attributes.origin);
    made.push(generated(function, stack.address(&id), id.clone(), "AWS::Lambda::Alias", header, attributes));
    attribute_of(stack, &id, "Ref", header)
}

/// A state machine's role.
pub fn expand_state_machine(stack: &Stack<'_>, machine: &mut Resource, made: &mut Vec<Resource>) {
    let mut grants = Grants::default();
    policies::read(stack, machine, &mut grants);
    let traced = machine.attributes.get("Tracing").and_then(|tracing| tracing.get("Enabled"));
    // The transform looks at what is written, not at what it comes to.
    let is_written = |value: &&Value| {
        let origin = stack.session.origins.get(value.origin);
        origin.is_some_and(|origin| matches!(origin.step, Step::Literal | Step::Globals))
    };
    if traced.filter(is_written).and_then(Value::as_bool) == Some(true) {
        let arn = managed_policy(stack, machine.header, "AWSXrayWriteOnlyAccess");
        grants.add_managed(arn);
    }
    role(stack, machine, grants, "states.amazonaws.com", made);
}

fn is_set(resource: &Resource, property: &str) -> bool {
    resource.attributes.get(property).is_some_and(|value| !value.is_unset())
}

/// Events that a function pulls: their type, the property that names the source, and the managed policy for it.
const PULLED: &[(&str, &str, &str)] = &[
    ("DocumentDB", "Cluster", ""),
    ("DynamoDB", "Stream", "service-role/AWSLambdaDynamoDBExecutionRole"),
    ("Kinesis", "Stream", "service-role/AWSLambdaKinesisExecutionRole"),
    ("MQ", "Broker", ""),
    ("MSK", "Stream", "service-role/AWSLambdaMSKExecutionRole"),
    ("SQS", "Queue", "service-role/AWSLambdaSQSQueueExecutionRole"),
];

/// What stands beside the properties, with the type of the event that a mapping is made of.
fn with_event(meta: &Value, kind: &str, origin: crate::value::OriginId) -> Value {
    let mut entries = meta.as_map().map(|map| map.entries.clone()).unwrap_or_default();
    entries.push(entry(EVENT_TYPE, Value::string(kind, origin)));
    Value::map(entries, meta.origin)
}

/// Stream events become event source mappings with the properties of the event.
fn events(stack: &Stack<'_>, function: &Resource, invoked: &Value, grants: &mut Grants, made: &mut Vec<Resource>) {
    let Some(events) = function.attributes.get("Events").and_then(Value::as_map) else { return };
    for event in &events.entries {
        let kind = event.value.get("Type").and_then(Value::as_str).unwrap_or_default();
        let Some((_, source, execution_role)) = PULLED.iter().find(|(name, ..)| *name == kind) else { continue };
        let origins = &stack.session.origins;
        let header = origins.span(event.key_origin).unwrap_or(function.header);
        let whole = origins.span(event.value.origin).map_or(header, |value| header.to(value));
        let mut entries: Vec<Entry> = Vec::new();
        let mut rest = None;
        if let Some(properties) = event.value.get("Properties").and_then(Value::as_map) {
            rest.clone_from(&properties.rest);
            for property in &properties.entries {
                let mut property = property.clone();
                if property.key == *source {
                    property.key = Text::new_static("EventSourceArn");
                } else if property.key == "DestinationConfig" {
                    property.value = without_type(&property.value);
                }
                entries.push(property);
            }
        }
        entries.push(entry("FunctionName", invoked.clone()));
        let map = Map { kind: crate::value::MapKind::Object, entries, rest };
        let origin = event.value.get("Properties").map_or(event.value.origin, |properties| properties.origin);
        let attributes = Value::new(Data::Map(map.into()), origin);
        let address: Text = format!("{}/{}", function.address, event.key).into();
        let mut mapping =
            generated(function, address, event.key.clone(), "AWS::Lambda::EventSourceMapping", header, attributes);
        mapping.span = whole;
        mapping.meta = with_event(&mapping.meta, kind, event.value.origin);
        made.push(mapping);
        if !execution_role.is_empty() {
            grants.add_managed(managed_policy(stack, header, execution_role));
        }
    }
}

/// A destination without the kind of its service, which only chooses a policy for the role.
fn without_type(destination: &Value) -> Value {
    let Data::Map(map) = &destination.data else { return destination.clone() };
    let mut map = (**map).clone();
    for entry in map.entries.iter_mut().filter(|entry| entry.key == "OnFailure") {
        if let Data::Map(inner) = &entry.value.data {
            let mut inner = (**inner).clone();
            inner.entries.retain(|entry| entry.key != "Type");
            entry.value = Value::new(Data::Map(inner.into()), entry.value.origin);
        }
    }
    Value::new(Data::Map(map.into()), destination.origin)
}

/// The role that the transform makes where none is given.
fn role(stack: &Stack<'_>, of: &mut Resource, grants: Grants, service: &str, made: &mut Vec<Resource>) {
    let origins = &stack.session.origins;
    let header = of.header;
    let given = of.attributes.get("Role").filter(|role| !matches!(role.data, Data::Null)).cloned();
    let exists = match &given {
        None => None,
        // Of a function the role is made in those cases in which none is given, of a state machine if none is written.
        Some(role) if of.kind.ends_with("::Function") && is_choice(stack, of, role) => {
            Some(combine(&[role], &mut |leaves| Value::bool(leaves[0].is_unset(), role.origin)))
        }
        Some(_) => return,
    };
    if exists.as_ref().is_some_and(|exists| exists.as_bool() == Some(false)) {
        return;
    }
    let depends = exists.is_some();
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
        // The transform replaces the condition of the function by that of its own role.
        role.exists = exists;
    }
    made.push(role);
    let own = attribute_of(stack, &name, "Arn", header);
    let role = match given.filter(|_| depends) {
        None => own,
        Some(given) => combine(&[&given], &mut |leaves| {
            if leaves[0].is_unset() { own.clone().at(leaves[0].origin) } else { leaves[0].clone() }
        }),
    };
    if let Data::Map(map) = &of.attributes.data {
        let mut map = (**map).clone();
        map.entries.retain(|entry| entry.key != "Role");
        map.entries.push(entry("Role", role));
        of.attributes = Value::new(Data::Map(map.into()), of.attributes.origin);
    }
}

/// Whether a role is chosen by a condition, rather than left out for good.
fn is_choice(stack: &Stack<'_>, of: &Resource, role: &Value) -> bool {
    let properties = stack.resource(&of.name).and_then(|definition| definition.value.get("Properties"));
    match properties.and_then(|properties| properties.get("Role")).and_then(Call::of) {
        Some(call) => call.function == Function::If,
        None => role.is_unset(),
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
