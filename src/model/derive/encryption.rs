//! Whose key protects a table or replica.

use crate::value::{Data, OriginId, Symbol, Value, text};

use super::super::read::Context;
use super::each_pair;

/// An empty text means that nothing is set.
pub(in crate::model) fn without_empty(value: &Value) -> Value {
    super::each(value, &mut |value| match value.as_str() {
        Some(text) if text.trim().is_empty() => Value::absent(value.origin),
        _ => value.clone(),
    })
}

/// The class of the key of a table.
pub(in crate::model) fn key_class(context: &Context<'_>, enabled: &Value, key: &Value) -> Value {
    each_pair(enabled, key, &mut |enabled, key| match (&enabled.data, &key.data) {
        (Data::Bool(false), _) => Value::string("aws-owned", enabled.origin),
        (Data::Bool(true), Data::Absent | Data::Null) => Value::string("aws-managed", key_place(key, enabled)),
        (Data::Bool(true), _) => class_of_key(context, key),
        _ => enabled.clone(),
    })
}

/// The class of the key of a replica: its own key counts, and without one the table's switch does.
pub(in crate::model) fn replica_key_class(context: &Context<'_>, table_enabled: &Value, key: &Value) -> Value {
    each_pair(table_enabled, key, &mut |enabled, key| match (&enabled.data, &key.data) {
        (Data::Bool(false), Data::Absent | Data::Null) => Value::string("aws-owned", key_place(key, enabled)),
        (Data::Bool(true), Data::Absent | Data::Null) => Value::string("aws-managed", key_place(key, enabled)),
        (_, Data::Absent | Data::Null) => enabled.clone(),
        _ => class_of_key(context, key),
    })
}

fn key_place(key: &Value, enabled: &Value) -> OriginId {
    if key.origin.is_none() { enabled.origin } else { key.origin }
}

const AWS_MANAGED: &str = "alias/aws/dynamodb";

fn class_of_key(context: &Context<'_>, key: &Value) -> Value {
    let class = |name: &str| Value::string(name, key.origin);
    match &key.data {
        Data::String(name) if name.ends_with(AWS_MANAGED) => class("aws-managed"),
        Data::String(_) => class("customer-managed"),
        Data::Parts(_) if text::known_suffix(key).ends_with(AWS_MANAGED) => class("aws-managed"),
        Data::Parts(_) if text::known_pieces(key).iter().any(|piece| piece.contains("key/")) => {
            class("customer-managed")
        }
        Data::Parts(_) if text::known_pieces(key).iter().any(|piece| piece.contains("alias/")) => {
            // The open rest of an alias may be anything but one of AWS's own, which nobody would put together.
            class("customer-managed")
        }
        Data::Unknown(unknown) => match &unknown.symbol {
            Some(Symbol::Resource { address, .. }) => match kms_source(context, address) {
                Some(true) => class("aws-managed"),
                Some(false) => class("customer-managed"),
                None => key.clone(),
            },
            _ => key.clone(),
        },
        _ => key.clone(),
    }
}

/// What a reference to a resource says of the key: whether it is the one that AWS manages; `None` where that is open.
fn kms_source(context: &Context<'_>, address: &str) -> Option<bool> {
    let resource = context.find(address)?;
    if resource.managed {
        let kms = resource.kind.starts_with("AWS::KMS::") || resource.kind.starts_with("aws_kms_");
        return kms.then_some(false);
    }
    let name = ["name", "key_id"].iter().find_map(|name| resource.attributes.get(name))?;
    match &name.data {
        Data::String(name) => Some(name.ends_with(AWS_MANAGED)),
        _ => None,
    }
}
