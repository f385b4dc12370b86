//! The APIs that the transform makes where events of functions name none: `ServerlessRestApi` and `ServerlessHttpApi`,
//! with what `Globals` says of all APIs.

use crate::resource::Resource;
use crate::value::Value;

use super::super::conditions;
use super::super::stack::Stack;
use super::globals::Globals;
use super::{entry, generated};

/// An API that no template writes.
struct Implied {
    event: &'static str,
    /// The property with which an event names another API.
    reference: &'static str,
    name: &'static str,
    kind: &'static str,
    globals: &'static str,
}

const IMPLIED: [Implied; 2] = [
    Implied {
        event: "Api",
        reference: "RestApiId",
        name: "ServerlessRestApi",
        kind: "AWS::Serverless::Api",
        globals: "Api",
    },
    Implied {
        event: "HttpApi",
        reference: "ApiId",
        name: "ServerlessHttpApi",
        kind: "AWS::Serverless::HttpApi",
        globals: "HttpApi",
    },
];

/// Adds each implied API that an event needs, at the first such event.
pub fn expand(stack: &Stack<'_>, globals: &Globals, resources: &[Resource], made: &mut Vec<Resource>) {
    for implied in IMPLIED {
        let mut api: Option<Resource> = None;
        for function in resources.iter().filter(|one| one.kind == "AWS::Serverless::Function") {
            let Some(events) = function.attributes.get("Events").and_then(Value::as_map) else { continue };
            let needs = events.entries.iter().find(|event| {
                let properties = event.value.get("Properties");
                let named = properties.and_then(|properties| properties.get(implied.reference));
                event.value.get("Type").and_then(Value::as_str) == Some(implied.event)
                    && named.is_none_or(Value::is_unset)
            });
            let Some(event) = needs else { continue };
            match &mut api {
                Some(api) => {
                    let exists = [api.exists.clone(), function.exists.clone()];
                    api.exists = conditions::or(&exists, api.exists.origin);
                }
                None => {
                    let header = stack.session.origins.span(event.key_origin).unwrap_or(function.header);
                    let stage = Value::string("Prod", stack.session.origins.literal(header));
                    let own = Value::map(vec![entry("StageName", stage)], stack.session.origins.literal(header));
                    let attributes = globals.merged(stack, implied.globals, implied.name, &own);
                    let address = stack.address(implied.name);
                    api = Some(generated(function, address, implied.name.into(), implied.kind, header, attributes));
                }
            }
        }
        made.extend(api);
    }
}
