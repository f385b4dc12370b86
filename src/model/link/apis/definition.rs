//! The methods of an API that is written as an OpenAPI document.

use crate::value::{Data, OriginId, Value, decoded};

use super::super::super::derive::{each, or_else};
use super::super::super::read::Reader;
use super::{Found, Method, Scene};

/// The operations that are methods of an API.
const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];

/// Reads the methods of a document, which may be a structure or JSON.
pub(super) fn read(scene: &Scene<'_, '_>, reader: &Reader<'_>, written: &Value, exists: &Value, found: &mut Found) {
    if written.is_unset() {
        return;
    }
    let tree = each(written, &mut |written| match &written.data {
        Data::String(_) | Data::Parts(_) => decoded(reader.origins(), written)
            .unwrap_or_else(|| Value::unknown("the definition of the API can't be read as JSON", written.origin)),
        _ => written.clone(),
    });
    let Some(map) = tree.as_map() else {
        let why = "the definition of the API is not known";
        found.open.get_or_insert_with(|| Value::unknown(why, written.origin));
        return;
    };
    if let Some(rest) = &map.rest {
        found.open.get_or_insert_with(|| Value::new(Data::Unknown(rest.clone()), written.origin));
    }
    let of_all = tree.get("security").cloned();
    let validator = tree.get("x-amazon-apigateway-request-validator").cloned();
    let Some(paths) = tree.get("paths").and_then(Value::as_map) else { return };
    for path in &paths.entries {
        let Some(operations) = path.value.as_map() else { continue };
        for operation in &operations.entries {
            if !METHODS.contains(&operation.key.to_ascii_lowercase().as_str()) {
                continue;
            }
            let own = &operation.value;
            let integration = own.get("x-amazon-apigateway-integration");
            let uri = integration.and_then(|integration| integration.get("uri")).cloned();
            let uri = uri.unwrap_or_else(|| Value::absent(own.origin));
            let origin = if operation.key_origin.is_none() { own.origin } else { operation.key_origin };
            let any = operation.key.starts_with("x-");
            let name = if any { "ANY".to_owned() } else { operation.key.to_ascii_uppercase() };
            let none = Value::absent(origin);
            let own_validator = own.get("x-amazon-apigateway-request-validator").unwrap_or(&none);
            let validator = or_else(own_validator, validator.as_ref().unwrap_or(&none));
            found.methods.push(Method {
                verb: Value::string(name, origin),
                path: Value::string(path.key.clone(), path.key_origin),
                authorization: authorization(own, of_all.as_ref(), origin),
                validated: each(&validator, &mut |validator| match &validator.data {
                    Data::Unknown(_) => validator.clone(),
                    _ => Value::fact(!validator.is_unset(), validator.origin),
                }),
                exists: exists.clone(),
                leads: scene.leads(&uri),
            });
        }
    }
}

/// `NONE` where neither the operation nor the document asks for anything.
fn authorization(operation: &Value, of_all: Option<&Value>, place: OriginId) -> Value {
    if let Some(own) = operation.get("x-amazon-apigateway-auth").and_then(|auth| auth.get("type")) {
        return own.clone();
    }
    let security = match operation.get("security") {
        Some(own) => own.clone(),
        None => of_all.cloned().unwrap_or_else(|| Value::absent(place)),
    };
    each(&security, &mut |security| match &security.data {
        Data::List(list) if list.items.is_empty() && list.rest.is_none() => Value::string("NONE", place),
        Data::Absent | Data::Null => Value::string("NONE", place),
        Data::Unknown(_) => security.clone(),
        _ => Value::string("CUSTOM", security.origin),
    })
}
