//! The `Globals` section: properties that all resources of a type share.

use rustc_hash::FxHashMap;

use crate::syntax::tree::NodeRef;
use crate::value::{Data, Entry, List, Map, Step, Text, Value};

use super::super::for_each::Scope;
use super::super::stack::Stack;

/// Shared properties by the type's last part (`Function`).
pub struct Globals {
    by_kind: FxHashMap<Text, Value>,
}

impl Globals {
    pub fn read(stack: &Stack<'_>) -> Self {
        let mut by_kind = FxHashMap::default();
        for (key, node) in stack.template.sections("Globals").flat_map(NodeRef::entries) {
            if let Some(kind) = key.text() {
                by_kind.insert(kind.into(), stack.eval(node, &Scope::default()));
            }
        }
        Self { by_kind }
    }

    /// The properties of a resource together with the shared ones: maps are merged, lists appended to the shared ones,
    /// and of everything else the resource's own holds.
    pub fn merged(&self, stack: &Stack<'_>, kind: &str, name: &str, own: &Value) -> Value {
        let (Some(shared), Data::Map(map)) = (self.by_kind.get(kind).and_then(Value::as_map), &own.data) else {
            return own.clone();
        };
        let ignored = stack.resource(name).and_then(|definition| definition.value.get("IgnoreGlobals"));
        let ignores = |key: &str| {
            ignored.is_some_and(|node| {
                node.text() == Some("*") || node.items().any(|item: NodeRef<'_>| item.text() == Some(key))
            })
        };
        let mut entries = map.entries.clone();
        for global in &shared.entries {
            // The only thing that tables share is their encryption.
            if ignores(&global.key) || (kind == "SimpleTable" && global.key != "SSESpecification") {
                continue;
            }
            match entries.iter_mut().find(|entry| entry.key == global.key) {
                Some(entry) if kind == "Function" && entry.key == "Architectures" => {}
                Some(entry) => entry.value = merge(stack, &global.value, &entry.value, 0),
                None => {
                    entries.push(Entry::new(
                        global.key.clone(),
                        global.key_origin,
                        shared_value(stack, &global.value, 0),
                    ));
                }
            }
        }
        Value::new(Data::Map(Map { kind: map.kind, entries, rest: map.rest.clone() }.into()), own.origin)
    }
}

/// A shared value and a resource's own.
fn merge(stack: &Stack<'_>, shared: &Value, own: &Value, depth: usize) -> Value {
    // What a function gives is no structure to the transform: the resource's own holds.
    if depth > 32 || !is_written_out(stack, shared) || !is_written_out(stack, own) {
        return own.clone();
    }
    match (&shared.data, &own.data) {
        (Data::Map(shared), Data::Map(map)) => {
            let mut entries = map.entries.clone();
            for global in &shared.entries {
                match entries.iter_mut().find(|entry| entry.key == global.key) {
                    Some(entry) => entry.value = merge(stack, &global.value, &entry.value, depth + 1),
                    None => entries.push(Entry::new(
                        global.key.clone(),
                        global.key_origin,
                        shared_value(stack, &global.value, depth + 1),
                    )),
                }
            }
            Value::new(Data::Map(Map { kind: map.kind, entries, rest: map.rest.clone() }.into()), own.origin)
        }
        (Data::List(shared), Data::List(list)) => {
            let mut items: Vec<Value> = shared.items.iter().map(|item| shared_value(stack, item, depth + 1)).collect();
            items.extend(list.items.iter().cloned());
            Value::new(Data::List(List { kind: list.kind, items, rest: list.rest.clone() }.into()), own.origin)
        }
        _ => own.clone(),
    }
}

/// A value out of the section, with the hop that says so.
fn shared_value(stack: &Stack<'_>, value: &Value, depth: usize) -> Value {
    let origins = &stack.session.origins;
    let value = match &value.data {
        Data::Map(map) if depth <= 32 && is_written_out(stack, value) => {
            let entries = map
                .entries
                .iter()
                .map(|entry| {
                    Entry::new(entry.key.clone(), entry.key_origin, shared_value(stack, &entry.value, depth + 1))
                })
                .collect();
            Value::new(Data::Map(Map { kind: map.kind, entries, rest: map.rest.clone() }.into()), value.origin)
        }
        _ => value.clone(),
    };
    match origins.span(value.origin) {
        Some(span) => stack.session.through(&value, span, &Step::Globals),
        None => value,
    }
}

fn is_written_out(stack: &Stack<'_>, value: &Value) -> bool {
    stack.session.origins.get(value.origin).is_some_and(|origin| origin.step == Step::Literal)
}
