//! What is scaled in which direction, from the texts of scaling resources.

use crate::value::{Data, OriginId, Value, text};

use super::super::draft::Draft;
use super::each;

/// The direction that a dimension names.
pub(in crate::model) fn direction(dimension: &Value) -> Value {
    each(dimension, &mut |dimension| {
        let end = text::known_suffix(dimension);
        if end.ends_with("ReadCapacityUnits") {
            return Value::string("read", dimension.origin);
        }
        if end.ends_with("WriteCapacityUnits") {
            return Value::string("write", dimension.origin);
        }
        match dimension.data {
            Data::Unknown(_) | Data::Parts(_) => Value::unknown("the dimension is not known", dimension.origin),
            _ => Value::absent(dimension.origin),
        }
    })
}

/// In which cases a scaling resource is about DynamoDB: by its namespace, and where that is open by the beginnings of
/// its resource id and dimension.
pub(in crate::model) fn is_dynamodb(draft: &Draft) -> Value {
    let by_text = begins(&draft.value("resource_id"), "table/") || begins(&draft.value("dimension"), "dynamodb:");
    let named = |name: &str, value: &Value| Value::fact(name == "dynamodb", value.origin);
    each(&draft.value("namespace"), &mut |namespace| match &namespace.data {
        Data::String(name) => named(name, namespace),
        _ => Value::fact(by_text, namespace.origin),
    })
}

fn begins(value: &Value, with: &str) -> bool {
    match &value.data {
        Data::Choice(choice) => choice.cases.iter().any(|case| begins(case, with)),
        _ => text::known_prefix(value).starts_with(with),
    }
}

/// Whether a value is true in no case.
pub(in crate::model) fn never(value: &Value) -> bool {
    match &value.data {
        Data::Bool(known) => !known,
        Data::Choice(choice) => choice.cases.iter().all(never),
        _ => false,
    }
}

/// Marks a policy's or target's fields that both languages derive alike.
pub(in crate::model) fn separate(draft: &mut Draft, here: OriginId) {
    draft.set("inline", Value::fact(false, here));
    draft.set("direction", direction(&draft.value("dimension")));
}
