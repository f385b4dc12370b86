//! Terraform keeps texts in Unicode's normalization form C: an `e` with a combining accent is the one character `é`.

use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::value::{Data, Entry, List, Map, Text, Value};

/// The text in normalization form C.
pub(super) fn text(text: &Text) -> Text {
    match composed(text) {
        Some(composed) => composed,
        None => text.clone(),
    }
}

/// The value with its texts in normalization form C, at any depth of known lists and maps. Keys stay as they are.
pub(super) fn value(value: Value) -> Value {
    let data = match &value.data {
        Data::String(text) => match composed(text) {
            Some(composed) => Data::String(composed),
            None => return value,
        },
        Data::List(list) if !list.items.iter().all(is_plain) => {
            let items = list.items.iter().cloned().map(self::value).collect();
            Data::List(Arc::new(List { kind: list.kind, items, rest: list.rest.clone() }))
        }
        Data::Map(map) if !map.entries.iter().all(|entry| is_plain(&entry.value)) => {
            let normal =
                |entry: &Entry| Entry::new(entry.key.clone(), entry.key_origin, self::value(entry.value.clone()));
            let entries = map.entries.iter().map(normal).collect();
            Data::Map(Arc::new(Map { kind: map.kind, entries, rest: map.rest.clone() }))
        }
        _ => return value,
    };
    Value::new(data, value.origin).tagged(value.tag)
}

/// The text in its composed form, where it is not in that form already.
fn composed(text: &Text) -> Option<Text> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return None;
    }
    Some(text.nfc().collect())
}

fn is_plain(value: &Value) -> bool {
    match &value.data {
        Data::String(text) => text.is_ascii(),
        Data::List(list) => list.items.iter().all(is_plain),
        Data::Map(map) => map.entries.iter().all(|entry| is_plain(&entry.value)),
        _ => true,
    }
}
