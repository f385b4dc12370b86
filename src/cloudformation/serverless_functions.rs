//! What the Serverless Framework makes of a service's functions as far as tables are concerned: the functions, event source
//! mappings of their streams, the role that they share, and what `extensions` change of all that.
//!
//! Reference: "Functions", "IAM permissions", "DynamoDB / Kinesis streams" and "AWS resources" in the Serverless
//! Framework's guide; per-function `iamRoleStatements` are those of the plugin of that name.

use std::sync::Arc;

use crate::resource::Resource;
use crate::source::Span;
use crate::syntax::tree::NodeRef;
use crate::value::{Data, Entry, List, ListKind, OriginId, Symbol, Text, Value, combine};

use super::conditions::and;
use super::for_each::Scope;
use super::nested::hand_on;
use super::sam::{EVENT_TYPE, entry, generated, managed_policy, trust};
use super::stack::Stack;

/// The role that functions without one of their own share.
const SHARED_ROLE: &str = "IamRoleLambdaExecution";

/// What a statement for reading DynamoDB streams allows.
const STREAM: [&str; 4] =
    ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"];

/// A function of the service under work.
struct Function {
    /// Its key in the service, as logical ids have it: `ordersDashRead` becomes `OrdersDashRead`.
    id: String,
    resource: Resource,
    written: Value,
    /// `None` for the shared one.
    role: Option<Value>,
    statements: Vec<Value>,
}

/// Adds the resources that the framework makes of the service's functions, and applies its extensions.
pub fn expand(stack: &Stack<'_>, mut resources: Vec<Resource>) -> Vec<Resource> {
    let Some(framework) = &stack.framework else { return resources };
    let section = |name: &str| framework.section(name).map(|node| stack.eval(node, &Scope::default()));
    let provider = section("provider").unwrap_or_else(|| Value::absent(OriginId::NONE));
    let mut made = Vec::new();
    let mut shared: Vec<Value> = Vec::new();
    let mut is_shared = false;
    let mut in_network = provider.get("vpc").is_some_and(|vpc| !vpc.is_unset());
    for entry in section("functions").iter().flat_map(entries) {
        let Some(mut function) = function(stack, &entry, &provider) else { continue };
        in_network |= function.written.get("vpc").is_some_and(|vpc| !vpc.is_unset());
        streams(stack, &mut function, &mut made);
        let own = function.written.get("iamRoleStatements").filter(|own| !own.is_unset()).cloned();
        match (&function.role, own) {
            (None, Some(own)) => made.push(own_role(stack, &mut function, &own, &provider)),
            (None, None) => {
                is_shared = true;
                shared.append(&mut function.statements);
            }
            (Some(_), _) => {}
        }
        set_role(stack, &mut function);
        made.push(function.resource);
    }
    if is_shared && let Some(first) = made.first().cloned() {
        made.push(shared_role(stack, &first, &provider, shared, in_network));
    }
    made.retain(|one| resources.iter().all(|written| written.address != one.address));
    resources.append(&mut made);
    extend(stack, &mut resources);
    hand_on(provider.get("stackTags").cloned(), &mut resources);
    resources
}

/// The entries of a mapping, or of all mappings in a list.
fn entries(value: &Value) -> Vec<Entry> {
    match &value.data {
        Data::Map(map) => map.entries.clone(),
        Data::List(list) => {
            list.items.iter().filter_map(Value::as_map).flat_map(|map| map.entries.iter().cloned()).collect()
        }
        _ => Vec::new(),
    }
}

/// A name as the framework puts it into logical ids.
fn normalized(name: &str) -> String {
    let name = name.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn function(stack: &Stack<'_>, written: &Entry, provider: &Value) -> Option<Function> {
    let value = &written.value;
    value.as_map()?;
    let origins = &stack.session.origins;
    let header = origins.span(written.key_origin).or_else(|| origins.span(value.origin))?;
    let here = stack.session.expression(header, OriginId::NONE);
    let id = normalized(&written.key);
    let name: Text = format!("{id}LambdaFunction").into();
    let mut attributes = Vec::new();
    let given = value.get("name").filter(|name| !name.is_unset()).cloned();
    let default = || {
        let text = stack.framework.as_ref()?.full_name(stack, &written.key)?;
        Some(Value::string(text, here))
    };
    attributes.extend(given.or_else(default).map(|name| entry("FunctionName", name)));
    for (from, to, default) in [
        ("handler", "Handler", None),
        ("runtime", "Runtime", None),
        ("memorySize", "MemorySize", Some(1024)),
        ("timeout", "Timeout", Some(6)),
        ("vpc", "VpcConfig", None),
        ("reservedConcurrency", "ReservedConcurrentExecutions", None),
        ("architecture", "Architectures", None),
        ("layers", "Layers", None),
    ] {
        let own = value.get(from).or_else(|| provider.get(from)).cloned();
        let own = own.or_else(|| default.map(|number| Value::integer(number, here)));
        let Some(own) = own.filter(|own| !own.is_unset()) else { continue };
        let own = match to {
            "VpcConfig" => renamed(&own, &[("securityGroupIds", "SecurityGroupIds"), ("subnetIds", "SubnetIds")]),
            "Architectures" => Value::list(vec![own.clone()], own.origin),
            _ => own,
        };
        attributes.push(entry(to, own));
    }
    let mut variables = entries(provider.get("environment").unwrap_or(&Value::absent(here)));
    for own in entries(value.get("environment").unwrap_or(&Value::absent(here))) {
        match variables.iter_mut().find(|known| known.key == own.key) {
            Some(known) => known.value = own.value,
            None => variables.push(own),
        }
    }
    if !variables.is_empty() {
        let origin = value.get("environment").map_or(here, |environment| environment.origin);
        attributes
            .push(entry("Environment", Value::map(vec![entry("Variables", Value::map(variables, origin))], origin)));
    }
    let exists = match value.get("condition").and_then(Value::as_str) {
        Some(condition) => stack.condition(condition, header),
        None => Value::bool(true, here),
    };
    let whole =
        origins.span(value.origin).filter(|span| span.file == header.file).map_or(header, |span| header.to(span));
    let role = value.get("role").or_else(|| shared_reference(provider)).filter(|role| !role.is_unset());
    let resource = Resource {
        address: stack.address(&name),
        kind: Text::new_static("AWS::Lambda::Function"),
        name,
        header,
        span: whole,
        exists,
        attributes: Value::map(attributes, value.origin),
        meta: Value::map(Vec::new(), here),
        calls: Vec::new(),
        region: stack.region(),
        default_tags: Value::absent(OriginId::NONE),
        managed: true,
    };
    let role = role.map(|role| role_arn(stack, role, header));
    Some(Function { id, resource, written: value.clone(), role, statements: Vec::new() })
}

/// A role that the provider names for all functions, rather than describing one.
fn shared_reference(provider: &Value) -> Option<&Value> {
    let role = provider.get("role").or_else(|| provider.get("iam")?.get("role"))?;
    (!matches!(role.data, Data::Map(_))).then_some(role)
}

/// A role by its ARN; a plain name is the logical id of one.
fn role_arn(stack: &Stack<'_>, role: &Value, header: Span) -> Value {
    combine(&[role], &mut |leaves| match leaves[0].as_str() {
        Some(name) if !name.contains(':') => {
            let span = stack.session.origins.span(leaves[0].origin).unwrap_or(header);
            stack.given_by_service(name, "Arn", span)
        }
        _ => leaves[0].clone(),
    })
}

fn set_role(stack: &Stack<'_>, function: &mut Function) {
    let header = function.resource.header;
    let role = function.role.take().unwrap_or_else(|| stack.given_by_service(SHARED_ROLE, "Arn", header));
    let Data::Map(map) = &function.resource.attributes.data else { return };
    let mut map = (**map).clone();
    map.entries.push(entry("Role", role));
    function.resource.attributes = Value::new(Data::Map(Arc::new(map)), function.resource.attributes.origin);
}

/// A map with other names for its entries.
fn renamed(value: &Value, names: &[(&str, &'static str)]) -> Value {
    let Data::Map(map) = &value.data else { return value.clone() };
    let mut map = (**map).clone();
    for entry in &mut map.entries {
        if let Some((_, to)) = names.iter().find(|(from, _)| *from == entry.key) {
            entry.key = Text::new_static(to);
        }
    }
    Value::new(Data::Map(Arc::new(map)), value.origin)
}

/// The properties of a stream event, and those of the mapping that it becomes.
const PROPERTIES: &[(&str, &str)] = &[
    ("arn", "EventSourceArn"),
    ("batchSize", "BatchSize"),
    ("batchWindow", "MaximumBatchingWindowInSeconds"),
    ("bisectBatchOnFunctionError", "BisectBatchOnFunctionError"),
    ("enabled", "Enabled"),
    ("maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"),
    ("maximumRetryAttempts", "MaximumRetryAttempts"),
    ("parallelizationFactor", "ParallelizationFactor"),
    ("startingPosition", "StartingPosition"),
    ("tumblingWindowInSeconds", "TumblingWindowInSeconds"),
];

/// Event source mappings of the streams that a function reads, and the statements that let it.
fn streams(stack: &Stack<'_>, function: &mut Function, made: &mut Vec<Resource>) {
    let Some(events) = function.written.get("events").and_then(Value::as_list).cloned() else { return };
    let header = function.resource.header;
    let origins = &stack.session.origins;
    let mut sources = Vec::new();
    for (number, event) in events.items.iter().enumerate() {
        let Some(written) = event.as_map().and_then(|event| event.entry("stream")) else { continue };
        let stream = &written.value;
        let is_plain = !matches!(stream.data, Data::Map(_));
        let Some(arn) = (if is_plain { Some(stream) } else { stream.get("arn") }) else { continue };
        let kind = kind_of(stream, arn);
        let place = origins.span(written.key_origin).unwrap_or(header);
        let here = stack.session.expression(place, OriginId::NONE);
        let mut attributes = vec![
            entry("BatchSize", Value::integer(10, here)),
            entry("Enabled", Value::bool(true, here)),
            entry("StartingPosition", Value::string("TRIM_HORIZON", here)),
            entry("FunctionName", stack.given_by_service(&function.resource.name, "Arn", place)),
        ];
        let mut set = |name: &'static str, value: Value| {
            attributes.retain(|known| known.key != name);
            attributes.push(entry(name, value));
        };
        if is_plain {
            set("EventSourceArn", stream.clone());
        }
        for (from, to) in PROPERTIES {
            if let Some(value) = stream.get(from).filter(|value| !value.is_unset()) {
                set(to, value.clone());
            }
        }
        if let Some(value) = stream.get("functionResponseType") {
            set("FunctionResponseTypes", Value::list(vec![value.clone()], value.origin));
        }
        if let Some(failed) = stream.get("destinations").and_then(|all| all.get("onFailure")) {
            let target = failed.get("arn").unwrap_or(failed).clone();
            let target = Value::map(vec![entry("Destination", target)], failed.origin);
            set("DestinationConfig", Value::map(vec![entry("OnFailure", target)], failed.origin));
        }
        if let Some(patterns) = stream.get("filterPatterns").and_then(Value::as_list) {
            let origin = stream.get("filterPatterns").map_or(here, |patterns| patterns.origin);
            let filter = |pattern: &Value| Value::map(vec![entry("Pattern", pattern.clone())], pattern.origin);
            let filters = List {
                kind: ListKind::Tuple,
                items: patterns.items.iter().map(filter).collect(),
                rest: patterns.rest.clone(),
            };
            let filters = Value::new(Data::List(Arc::new(filters)), origin);
            set("FilterCriteria", Value::map(vec![entry("Filters", filters)], origin));
        }
        let part = stream_name(arn).map_or_else(|| number.to_string(), |name| alphanumeric(&name));
        let label = match kind {
            Some("kinesis") => "Kinesis",
            _ => "Dynamodb",
        };
        let id: Text = format!("{}EventSourceMapping{label}{part}", function.id).into();
        let attributes = Value::map(attributes, stream.origin);
        let mut mapping =
            generated(&function.resource, stack.address(&id), id, "AWS::Lambda::EventSourceMapping", place, attributes);
        let span = origins.span(stream.origin).filter(|span| span.file == place.file);
        mapping.span = span.map_or(place, |span| place.to(span));
        if let Some(kind) = kind {
            let name = if kind == "dynamodb" { "DynamoDB" } else { kind };
            mapping.meta = Value::map(vec![entry(EVENT_TYPE, Value::string(name, arn.origin))], here);
        }
        made.push(mapping);
        if kind != Some("kinesis") {
            sources.push(arn.clone());
        }
    }
    if let Some(first) = sources.first() {
        let origin = first.origin;
        let actions = STREAM.map(|action| Value::string(action, origin)).to_vec();
        function.statements.push(Value::map(
            vec![
                entry("Effect", Value::string("Allow", origin)),
                entry("Action", Value::list(actions, origin)),
                entry("Resource", Value::list(sources, origin)),
            ],
            origin,
        ));
    }
}

/// `dynamodb` or `kinesis`, as it is written or as the ARN says.
fn kind_of(stream: &Value, arn: &Value) -> Option<&'static str> {
    let pieces = crate::value::text::known_pieces(arn);
    let written = stream.get("type").and_then(Value::as_str);
    ["dynamodb", "kinesis"]
        .into_iter()
        .find(|kind| written == Some(kind) || pieces.iter().any(|piece| piece.contains(&format!(":{kind}:"))))
}

/// What the framework calls a stream: the resource that it is an attribute of, or the name in its ARN.
fn stream_name(arn: &Value) -> Option<String> {
    match &arn.data {
        Data::String(arn) => arn.split('/').nth(1).map(str::to_owned),
        Data::Unknown(unknown) => match unknown.symbol.as_ref()? {
            Symbol::Resource { address, .. } => Some(address.to_string()),
            Symbol::Expression(_) => None,
        },
        _ => None,
    }
}

fn alphanumeric(name: &str) -> String {
    normalized(&name.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

/// The statements that the provider has for the shared role.
fn provided<'v>(provider: &'v Value, in_role: &str, beside: &str) -> Option<&'v Value> {
    let role = provider.get("iam").and_then(|iam| iam.get("role"));
    role.and_then(|role| role.get(in_role)).or_else(|| provider.get(beside)).filter(|value| !value.is_unset())
}

/// A list of statements with others after it; what is no list leaves it open.
fn statements(written: Option<&Value>, more: Vec<Value>, origin: OriginId) -> Value {
    let mut items = Vec::new();
    let mut rest = None;
    if let Some(written) = written {
        match &written.data {
            Data::List(list) => {
                items.extend(list.items.iter().cloned());
                rest.clone_from(&list.rest);
            }
            Data::Unknown(unknown) => rest = Some(Arc::clone(unknown)),
            _ => items.push(written.clone()),
        }
    }
    items.extend(more);
    let origin = written.map_or(origin, |written| written.origin);
    Value::new(Data::List(Arc::new(List { kind: ListKind::Tuple, items, rest })), origin)
}

fn role(
    stack: &Stack<'_>,
    of: &Resource,
    id: &str,
    statements: Value,
    managed: Option<Value>,
    provider: &Value,
) -> Resource {
    let origin = stack.session.expression(of.header, OriginId::NONE);
    let at = statements.origin;
    let document =
        Value::map(vec![entry("Version", Value::string("2012-10-17", origin)), entry("Statement", statements)], at);
    let policy =
        Value::map(vec![entry("PolicyName", Value::string("lambda", origin)), entry("PolicyDocument", document)], at);
    let mut attributes = vec![
        entry("AssumeRolePolicyDocument", trust("lambda.amazonaws.com", of.header, stack)),
        entry("Policies", Value::list(vec![policy], at)),
    ];
    attributes.extend(managed.map(|managed| entry("ManagedPolicyArns", managed)));
    let boundary = provided(provider, "permissionsBoundary", "rolePermissionsBoundary");
    attributes.extend(boundary.map(|boundary| entry("PermissionsBoundary", boundary.clone())));
    let id: Text = id.into();
    let mut role = generated(of, stack.address(&id), id, "AWS::IAM::Role", of.header, Value::map(attributes, origin));
    role.meta = Value::map(Vec::new(), origin);
    role
}

/// The role of a function with statements of its own.
fn own_role(stack: &Stack<'_>, function: &mut Function, own: &Value, provider: &Value) -> Resource {
    let id = format!("{}{SHARED_ROLE}", function.id);
    let origin = own.origin;
    let mut more = std::mem::take(&mut function.statements);
    let inherits = function.written.get("iamRoleStatementsInherit").and_then(Value::as_bool) == Some(true);
    if inherits && let Some(all) = provided(provider, "statements", "iamRoleStatements").and_then(Value::as_list) {
        more.extend(all.items.iter().cloned());
    }
    function.role = Some(stack.given_by_service(&id, "Arn", function.resource.header));
    role(stack, &function.resource, &id, statements(Some(own), more, origin), None, provider)
}

/// The role that all other functions share.
fn shared_role(stack: &Stack<'_>, first: &Resource, provider: &Value, more: Vec<Value>, in_network: bool) -> Resource {
    let written = provided(provider, "statements", "iamRoleStatements");
    let origins = &stack.session.origins;
    let mut of = first.clone();
    // It stands where the provider describes it, or at the first function.
    let place =
        provider.get("iam").or_else(|| provider.get("iamRoleStatements")).and_then(|iam| origins.span(iam.origin));
    if let Some(place) = place {
        (of.header, of.span) = (place, place);
    }
    of.exists = Value::bool(true, stack.session.expression(of.header, OriginId::NONE));
    let origin = of.exists.origin;
    let mut managed = provided(provider, "managedPolicies", "iamManagedPolicies").cloned();
    if in_network {
        let arn = managed_policy(stack, of.header, "service-role/AWSLambdaVPCAccessExecutionRole");
        managed = Some(statements(managed.as_ref(), vec![arn], origin));
    }
    role(stack, &of, SHARED_ROLE, statements(written, more, origin), managed, provider)
}

/// Applies `extensions`: their properties replace those of the resource, one by one.
fn extend(stack: &Stack<'_>, resources: &mut [Resource]) {
    let extensions: Vec<NodeRef<'_>> = stack.template.sections("extensions").collect();
    for definition in extensions.into_iter().flat_map(|section| stack.definitions(section, &Scope::default())) {
        let address = stack.address(&definition.name);
        let Some(resource) = resources.iter_mut().find(|resource| resource.address == address) else { continue };
        for (key, node) in definition.value.entries() {
            let Some(name) = key.text() else { continue };
            if name == "Condition" {
                if let Some(condition) = node.text() {
                    let truth = stack.condition(condition, node.span());
                    resource.exists = and(&[resource.exists.clone(), truth], resource.exists.origin);
                }
                continue;
            }
            let value = stack.eval(node, &definition.scope);
            let key_origin = stack.session.origins.literal(key.span());
            match name {
                "Properties" => resource.attributes = assigned(&resource.attributes, &value),
                "CreationPolicy" | "DeletionPolicy" | "DependsOn" | "Metadata" | "UpdateReplacePolicy" => {
                    let one = Value::map(vec![Entry::new(name, key_origin, value)], key_origin);
                    resource.meta = assigned(&resource.meta, &one);
                }
                _ => {}
            }
        }
    }
}

/// A map with the entries of another one in place of its own.
fn assigned(map: &Value, with: &Value) -> Value {
    let (Data::Map(known), Data::Map(with)) = (&map.data, &with.data) else { return map.clone() };
    let mut assigned = (**known).clone();
    for entry in &with.entries {
        assigned.entries.retain(|known| known.key != entry.key);
        assigned.entries.push(entry.clone());
    }
    assigned.rest = assigned.rest.or_else(|| with.rest.clone());
    Value::new(Data::Map(Arc::new(assigned)), map.origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_those_of_logical_ids() {
        assert_eq!(normalized("orders-read_all"), "OrdersDashreadUnderscoreall");
        assert_eq!(alphanumeric("my.orders-stream"), "Myordersstream");
    }
}
