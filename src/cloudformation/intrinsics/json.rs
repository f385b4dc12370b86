//! Values as JSON texts, open pieces and all, for `Fn::ToJsonString`.

use std::sync::Arc;

use crate::value::{Data, Entry, OriginId, Part, Shape, Value, combine};

/// How deep values may nest in a document.
const MAX_DEPTH: usize = 128;

/// The value with the choices inside of it brought to its top, so that each case is one structure; items and entries
/// without a value are left out.
pub(super) fn lifted(value: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::unknown(format!("the value is nested more than {MAX_DEPTH} levels deep"), value.origin);
    }
    combine(&[value], &mut |leaves| {
        let value = leaves[0];
        match &value.data {
            Data::List(list) => {
                let items: Vec<Value> = list.items.iter().map(|item| lifted(item, depth + 1)).collect();
                let items: Vec<&Value> = items.iter().collect();
                combine(&items, &mut |items| {
                    let items = items.iter().filter(|item| !item.is_absent()).map(|item| (*item).clone()).collect();
                    let list = crate::value::List { kind: list.kind, items, rest: list.rest.clone() };
                    Value::new(Data::List(Arc::new(list)), value.origin)
                })
            }
            Data::Map(map) => {
                let values: Vec<Value> = map.entries.iter().map(|entry| lifted(&entry.value, depth + 1)).collect();
                let values: Vec<&Value> = values.iter().collect();
                combine(&values, &mut |values| {
                    let entries = map
                        .entries
                        .iter()
                        .zip(values)
                        .filter(|(_, value)| !value.is_absent())
                        .map(|(entry, value)| Entry::new(entry.key.clone(), entry.key_origin, (*value).clone()))
                        .collect();
                    let map = crate::value::Map { kind: map.kind, entries, rest: map.rest.clone() };
                    Value::new(Data::Map(Arc::new(map)), value.origin)
                })
            }
            _ => value.clone(),
        }
    })
}

/// The pieces of the text of a structure without choices; `None` for what is wholly unknown.
pub(super) fn pieces(value: &Value, origin: OriginId) -> Option<Vec<Part>> {
    if matches!(value.data, Data::Unknown(_) | Data::Choice(_) | Data::Entity(_)) {
        return None;
    }
    let mut writer = Writer { pieces: Vec::new(), text: String::new(), origin };
    writer.value(value);
    writer.flush();
    Some(writer.pieces)
}

struct Writer {
    pieces: Vec<Part>,
    text: String,
    origin: OriginId,
}

impl Writer {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Part::Known(std::mem::take(&mut self.text).into(), self.origin));
        }
    }

    fn open(&mut self, unknown: &Arc<crate::value::Unknown>, origin: OriginId) {
        self.flush();
        self.pieces.push(Part::Open(Arc::clone(unknown), origin));
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    fn escaped(&mut self, text: &str) {
        let quoted = serde_json::Value::from(text).to_string();
        self.text.push_str(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default());
    }

    fn value(&mut self, value: &Value) {
        match &value.data {
            Data::Absent | Data::Null | Data::Choice(_) | Data::Entity(_) => self.text.push_str("null"),
            Data::Bool(known) => self.text.push_str(if *known { "true" } else { "false" }),
            Data::Number(number) => self.text.push_str(&number.to_string()),
            Data::String(text) => self.string(text),
            Data::Parts(parts) => {
                self.text.push('"');
                for part in parts.iter() {
                    match part {
                        Part::Known(text, _) => self.escaped(text),
                        Part::Open(unknown, origin) => self.open(unknown, *origin),
                    }
                }
                self.text.push('"');
            }
            Data::Unknown(unknown) if unknown.shape == Shape::String => {
                self.text.push('"');
                self.open(unknown, value.origin);
                self.text.push('"');
            }
            Data::Unknown(unknown) => self.open(unknown, value.origin),
            Data::List(list) => {
                self.text.push('[');
                for (at, item) in list.items.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.value(item);
                }
                if let Some(rest) = &list.rest {
                    self.open(rest, value.origin);
                }
                self.text.push(']');
            }
            Data::Map(map) => {
                self.text.push('{');
                for (at, entry) in map.entries.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.string(&entry.key);
                    self.text.push(':');
                    self.value(&entry.value);
                }
                if let Some(rest) = &map.rest {
                    self.open(rest, value.origin);
                }
                self.text.push('}');
            }
        }
    }
}
