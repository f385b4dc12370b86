//! The JSON Schema of the configuration file, for editors.

use serde_json::{Map, Value, json};

use crate::policy::Pack;
use crate::policy::expression::Kind;
use crate::policy::page::Page;

/// What does not depend on the policies; also in the repository for editors that read it from there.
pub const SCHEMA: &str = include_str!("../../schemas/config-v1.schema.json");

/// The schema with each policy's name, meaning and options.
///
/// # Errors
/// None, as long as [`SCHEMA`] is JSON.
pub fn schema(pack: &Pack) -> serde_json::Result<Value> {
    let mut schema: Value = serde_json::from_str(SCHEMA)?;
    let properties: Map<String, Value> =
        pack.iter().map(|policy| (policy.name.to_string(), policy_form(policy))).collect();
    schema["$defs"]["policies"]["properties"] = Value::Object(properties);
    Ok(schema)
}

fn policy_form(page: &Page) -> Value {
    let mut properties = Map::new();
    properties.insert("enabled".to_owned(), json!({ "type": "boolean" }));
    properties.insert("severity".to_owned(), json!({ "$ref": "#/$defs/severity" }));
    for option in page.options.iter() {
        let mut form = kind_form(&option.kind());
        form["description"] = json!(option.doc);
        properties.insert(option.name.to_string(), form);
    }
    json!({
        "description": format!("{} ({}, {})", page.title, page.severity, page.pillar),
        "anyOf": [
            { "type": ["boolean", "null"] },
            { "$ref": "#/$defs/severity" },
            { "type": "object", "properties": properties, "additionalProperties": false },
        ],
    })
}

fn kind_form(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "number" }),
        // An account id or a tag's value without quotes is a number to YAML.
        Kind::Text => json!({ "type": ["string", "integer"] }),
        Kind::Enum(names) => json!({ "enum": names }),
        Kind::List(item) => json!({ "type": "array", "items": kind_form(item) }),
        Kind::Map(item) => json!({ "type": "object", "additionalProperties": kind_form(item) }),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys;

    #[test]
    fn the_schema_names_the_keys_that_are_read() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        for (place, known) in [
            ("/properties", keys::ROOT),
            ("/$defs/environment/properties", keys::ENVIRONMENT),
            ("/properties/suppressions/items/properties", keys::SUPPRESSION),
            ("/properties/overrides/items/properties", keys::OVERRIDE),
            ("/properties/non-production/properties", keys::NON_PRODUCTION),
        ] {
            let mut listed: Vec<&str> =
                schema.pointer(place).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
            let mut known = known.to_vec();
            listed.sort_unstable();
            known.sort_unstable();
            assert_eq!(listed, known, "{place}");
        }
    }

    #[test]
    fn every_policy_has_its_options_in_the_schema() {
        let pack = Pack::built_in();
        let schema = schema(&pack).unwrap();
        assert!(jsonschema::validator_for(&schema).is_ok());
        for policy in pack.iter() {
            let form = &schema["$defs"]["policies"]["properties"][policy.name.as_ref()]["anyOf"][2]["properties"];
            assert!(policy.options.iter().all(|option| form.get(option.name.as_ref()).is_some()), "{}", policy.name);
        }
    }
}
