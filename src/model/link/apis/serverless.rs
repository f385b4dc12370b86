//! APIs of SAM: the API resources with their settings, and the events of functions that are their methods.

use crate::value::{Data, OriginId, Value};

use super::super::super::derive::{each, or_else};
use super::super::super::drafts::Drafts;
use super::super::super::read::{Block, Reader};
use super::super::super::schema::{Default, Subject, Type};
use super::super::ids_of;
use super::parts::{domain_of, elsewhere, set, switch};
use super::{ByApi, Found, Leads, Method, Scene, definition, stage, there};

pub(super) fn gather(scene: &Scene<'_, '_>, drafts: &Drafts, found: &mut ByApi) {
    for id in ids_of(drafts, Subject::Api) {
        let Some(draft) = drafts.get(id) else { continue };
        let Some(reader) = scene.context.reader(draft.resource) else { continue };
        if !reader.kind().starts_with("AWS::Serverless::") {
            continue;
        }
        if let Some(found) = found.get_mut(&id) {
            whole(scene, &reader, found);
        }
    }
    for (position, resource) in scene.context.project.resources.iter().enumerate() {
        if resource.kind != "AWS::Serverless::Function" {
            continue;
        }
        if let Some(reader) = scene.context.reader(position) {
            events(scene, &reader, found);
        }
    }
}

fn whole(scene: &Scene<'_, '_>, reader: &Reader<'_>, found: &mut Found) {
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    let exists = &reader.resource.exists;
    definition::read(scene, reader, &reader.raw("DefinitionBody"), exists, found);
    elsewhere(reader, "DefinitionUri", found);
    found.default_authorizer = Some(set(&reader.raw("Auth.DefaultAuthorizer")));
    if reader.kind() == "AWS::Serverless::Api" {
        let endpoint = each(&reader.raw("EndpointConfiguration"), &mut |endpoint| match &endpoint.data {
            Data::Map(map) => map.get("Type").cloned().unwrap_or_else(|| Value::absent(endpoint.origin)),
            _ => endpoint.clone(),
        });
        found.private = Some(each(&endpoint, &mut |endpoint| match &endpoint.data {
            Data::Unknown(_) | Data::Parts(_) => endpoint.clone(),
            _ => Value::fact(endpoint.as_str() == Some("PRIVATE"), endpoint.origin),
        }));
        let tracing = reader.find(attributes, header, "TracingEnabled", &Type::Bool, Some(Default::Bool(false)));
        found.stages.push(stage(reader.raw("StageName"), switch(&tracing), exists));
    }
    let policy = reader.raw("Domain.SecurityPolicy");
    let name = reader.raw("Domain.DomainName");
    if !name.is_unset() {
        domain_of(found, format!("{}/Domain", reader.resource.address).into(), &name, there(exists, &policy));
    }
}

/// The address of the API that the transform makes where an event names none.
fn implied(kind: &str) -> &'static str {
    if kind == "Api" { "ServerlessRestApi" } else { "ServerlessHttpApi" }
}

fn events(scene: &Scene<'_, '_>, function: &Reader<'_>, found: &mut ByApi) {
    let events = function.raw("Events");
    let Some(events) = events.as_map() else { return };
    for event in &events.entries {
        let kind = event.value.get("Type").and_then(Value::as_str).unwrap_or_default();
        if !matches!(kind, "Api" | "HttpApi") {
            continue;
        }
        let header = function.origins().span(event.key_origin).unwrap_or(function.resource.header);
        let block =
            Block { value: event.value.clone(), exists: function.resource.exists.clone(), header, span: header };
        let get = |name: &str| function.raw_in(&block.value, block.header, &format!("Properties.{name}"));
        let reference = get(if kind == "Api" { "RestApiId" } else { "ApiId" });
        let api = if reference.is_unset() {
            let stack = function.resource.address.rsplit_once('/').map_or("", |(stack, _)| stack);
            let name = if stack.is_empty() { implied(kind).to_owned() } else { format!("{stack}/{}", implied(kind)) };
            scene.apis.at_address(&name)
        } else {
            scene.api(&reference)
        };
        let Some(found) = api.and_then(|api| found.get_mut(&api)) else { continue };
        let here = function.header_origin(header);
        let upper = |value: &Value| {
            each(value, &mut |value| match value.as_str() {
                Some("*") => Value::string("ANY", value.origin),
                Some(text) => Value::string(text.to_ascii_uppercase(), value.origin),
                None => value.clone(),
            })
        };
        let method = or_else(&upper(&get("Method")), &Value::string("ANY", here));
        let path = or_else(&get("Path"), &Value::string("$default", here));
        // A method that the definition has already is the same one.
        let twice = found.methods.iter().any(|known| {
            known.verb.as_str() == method.as_str()
                && known.path.as_str() == path.as_str()
                && path.as_str().is_some()
                && !known.leads.functions.is_empty()
        });
        if twice {
            continue;
        }
        let model = get("RequestModel");
        let validates = |name: &str| switch(&function.raw_in(&model, header, name));
        let validated =
            super::either(&truth(&validates("ValidateBody"), here), &truth(&validates("ValidateParameters"), here));
        let written = get("Auth.Authorizer");
        let authorization = if written.is_unset() {
            let place = function.missing(header, "Auth: { Authorizer: ... }");
            Value::string("NONE", if get("Auth").is_unset() { place } else { written.origin })
        } else {
            written
        };
        found.methods.push(Method {
            verb: method,
            path,
            authorization,
            validated,
            exists: block.exists.clone(),
            leads: Leads {
                functions: vec![(function.resource.address.clone(), Value::fact(true, OriginId::NONE))],
                direct: Value::fact(false, here),
            },
        });
    }
}

fn truth(value: &Value, place: OriginId) -> Value {
    each(value, &mut |value| match &value.data {
        Data::Absent | Data::Null => Value::fact(false, place),
        _ => value.clone(),
    })
}
