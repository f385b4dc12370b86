//! The serverless transform: what `AWS::Serverless` resources stand for, with every value still at its place in the
//! user's own text.
//!
//! Serverless resources stay in the project as they are written, with the `Globals` section merged in. Beside them come
//! the resources that the transform makes and that matter to tables: event source mappings of streams, roles with their
//! policies, the managed policies of connectors, data sources of GraphQL APIs, the APIs that events of functions imply. Reference: the AWS Serverless Application
//! Model developer guide; `aws-sam-translator` is the judge of the tests.

mod apis;
mod connectors;
mod function;
mod globals;
mod graphql;
mod policies;
mod policy_templates;

pub use function::{alias_id, trust};

use crate::resource::Resource;
use crate::source::Span;
use crate::value::{Data, Entry, OriginId, Part, Step, Symbol, Text, Value, join_parts};

use super::stack::Stack;
use super::text;

/// The entry of [`Resource::meta`] of an event source mapping that names the type of the event that it is made of.
pub const EVENT_TYPE: &str = "EventType";

/// Merges `Globals` into serverless resources and adds what the transform makes of them.
pub fn expand(stack: &Stack<'_>, mut resources: Vec<Resource>) -> Vec<Resource> {
    let globals = globals::Globals::read(stack);
    for resource in &mut resources {
        if let Some(kind) = resource.kind.strip_prefix("AWS::Serverless::") {
            resource.attributes = globals.merged(stack, kind, &resource.name, &resource.attributes);
        }
    }
    let mut made: Vec<Resource> = Vec::new();
    for resource in &mut resources {
        match resource.kind.as_str() {
            "AWS::Serverless::Function" => function::expand(stack, resource, &mut made),
            "AWS::Serverless::StateMachine" => function::expand_state_machine(stack, resource, &mut made),
            "AWS::Serverless::GraphQLApi" => graphql::expand(stack, resource, &mut made),
            _ => {}
        }
    }
    apis::expand(stack, &globals, &resources, &mut made);
    for resource in &resources {
        connectors::expand(stack, resource, &resources, &mut made);
    }
    resources.append(&mut made);
    resources
}

/// A resource that the transform makes of another one.
pub fn generated(
    of: &Resource,
    address: Text,
    name: Text,
    kind: &'static str,
    header: Span,
    attributes: Value,
) -> Resource {
    Resource {
        address,
        kind: Text::new_static(kind),
        name,
        header,
        span: if header == of.header { of.span } else { header },
        exists: of.exists.clone(),
        attributes,
        meta: of.meta.clone(),
        calls: Vec::new(),
        region: of.region.clone(),
        default_tags: Value::absent(OriginId::NONE),
        managed: true,
    }
}

/// An entry whose key nobody wrote.
pub fn entry(key: &'static str, value: Value) -> Entry {
    Entry::new(Text::new_static(key), OriginId::NONE, value)
}

/// An attribute of a resource of this stack, as a value at a place.
fn attribute_of(stack: &Stack<'_>, name: &str, attribute: &str, span: Span) -> Value {
    stack.given_by_service(name, attribute, span)
}

/// A text out of fixed pieces and values, at a place. Under every combination of the inputs that the values depend on.
fn arn(stack: &Stack<'_>, span: Span, pieces: &[Piece<'_>]) -> Value {
    let values: Vec<&Value> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Value(value) => Some(*value),
            Piece::Text(_) => None,
        })
        .collect();
    crate::value::combine(&values, &mut |leaves| {
        let literal = stack.session.origins.literal(span);
        let mut next = leaves.iter();
        let mut parts: Vec<Part> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(fixed) => parts.push(Part::Known(Text::from(*fixed), literal)),
                Piece::Value(_) => match next.next().and_then(|leaf| text::pieces(leaf)) {
                    Some(found) => parts.extend(found),
                    None => return Value::unknown("a part of the ARN is no text", literal),
                },
            }
        }
        // The last values name the resource: the way leads on to them.
        let decided_by: Vec<&Value> = leaves.iter().rev().copied().collect();
        stack.made(join_parts(stack.session.origins.merged(parts, span), literal), span, &decided_by)
    })
}

/// A piece of an ARN.
enum Piece<'v> {
    Text(&'v str),
    Value(&'v Value),
}

/// What the pseudo parameters in ARNs are.
struct Place {
    partition: Value,
    region: Value,
    account: Value,
}

impl Place {
    fn of(stack: &Stack<'_>) -> Self {
        let pseudo = |name| stack.pseudo(name).unwrap_or_else(|| Value::absent(OriginId::NONE));
        Self { partition: pseudo("AWS::Partition"), region: pseudo("AWS::Region"), account: pseudo("AWS::AccountId") }
    }
}

/// The ARN of one of AWS's managed policies.
pub fn managed_policy(stack: &Stack<'_>, span: Span, path: &str) -> Value {
    let place = Place::of(stack);
    arn(
        stack,
        span,
        &[Piece::Text("arn:"), Piece::Value(&place.partition), Piece::Text(":iam::aws:policy/"), Piece::Text(path)],
    )
}

/// `Ref` of the role that a resource runs with: its own, or the one that the transform makes for it.
fn role_of(stack: &Stack<'_>, resource: &Resource, property: &str, span: Span) -> Value {
    match resource.attributes.get(property).filter(|role| !matches!(role.data, Data::Null)) {
        // `AWS::NoValue` is no role at all.
        Some(role) if role.is_absent() => role.clone(),
        None => attribute_of(stack, &format!("{}Role", resource.name), "Ref", span),
        Some(role) => match role.as_unknown().and_then(|unknown| unknown.symbol.as_ref()) {
            Some(Symbol::Resource { address, .. }) => {
                let why = format!("what `{address}` refers to is known when the stack is deployed");
                let symbol = Symbol::Resource { address: address.clone(), attribute: "Ref".into() };
                let step = Step::Resource { address: address.clone(), attribute: "Ref".into() };
                let origin = stack.session.origins.hop(span, step, role.origin);
                Value::symbol(why, symbol, crate::value::Shape::String, origin)
            }
            // The name is the last part of an ARN.
            _ => match role.as_str().and_then(|arn| arn.rsplit_once('/')) {
                Some((_, name)) => Value::string(name, stack.session.expression(span, role.origin)),
                None => role.clone(),
            },
        },
    }
}
