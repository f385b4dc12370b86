//! How an included configuration and the one that includes it become one.

use std::sync::Arc;

use crate::value::{Data, Entry, List, Map, Unknown, Value, opened};

use super::super::error::Error;
use super::super::lift::{lift, reason};

/// How deep maps are merged.
const MAX_DEPTH: usize = 64;

/// The strategy of an `include` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strategy {
    /// Only what `expose` shows.
    NoMerge,
    /// The child's attributes and blocks take the place of the parent's; inputs are merged by their names.
    Shallow,
    /// Maps are merged at every level, and lists are put together.
    Deep,
}

impl Strategy {
    pub(super) fn of(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("shallow") => Some(Self::Shallow),
            Some("no_merge") => Some(Self::NoMerge),
            Some("deep" | "deep_map_only") => Some(Self::Deep),
            Some(_) => None,
        }
    }
}

/// Inputs of a parent and a child; the child's win.
pub(super) fn inputs(parent: &Value, child: &Value, strategy: Strategy) -> Value {
    lift(&[parent, child], &mut |leaves| {
        Ok(match strategy {
            Strategy::NoMerge => leaves[1].clone(),
            Strategy::Shallow => merged(leaves[0], leaves[1], &mut |_, child| child.clone()),
            Strategy::Deep => deep(leaves[0], leaves[1], 0),
        })
    })
    .unwrap_or_else(|error: Error| Value::unknown(error.message, child.origin))
}

/// All levels of two values; the second wins, and lists are put together.
pub(super) fn deep(parent: &Value, child: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::unknown(format!("maps are merged no more than {MAX_DEPTH} levels deep"), child.origin);
    }
    match (&parent.data, &child.data) {
        (Data::Map(_), Data::Map(_)) => merged(parent, child, &mut |parent, child| deep(parent, child, depth + 1)),
        (Data::List(first), Data::List(second)) => {
            let items = first.items.iter().chain(&second.items).cloned().collect();
            let rest = first.rest.clone().or_else(|| second.rest.clone());
            Value::new(Data::List(Arc::new(List { kind: first.kind, items, rest })), child.origin)
        }
        // What is not known may hold more.
        (Data::Unknown(_), Data::Map(_) | Data::List(_)) => opened(child, &why(parent)),
        (Data::Choice(_), _) | (_, Data::Choice(_)) => {
            lift(&[parent, child], &mut |leaves| Ok(deep(leaves[0], leaves[1], depth + 1)))
                .unwrap_or_else(|error: Error| Value::unknown(error.message, child.origin))
        }
        _ => child.clone(),
    }
}

/// Two maps; `both` says what becomes of keys that are in both.
fn merged(parent: &Value, child: &Value, both: &mut dyn FnMut(&Value, &Value) -> Value) -> Value {
    match (&parent.data, &child.data) {
        (Data::Map(first), Data::Map(second)) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(first.entries.len() + second.entries.len());
            for entry in &first.entries {
                match second.entry(&entry.key) {
                    Some(over) => {
                        let value = both(&entry.value, &over.value);
                        entries.push(Entry::new(over.key.clone(), over.key_origin, value));
                    }
                    // The child may hold the key among what is not known of it.
                    None => entries.push(match &second.rest {
                        Some(rest) => Entry::new(entry.key.clone(), entry.key_origin, unknown(rest, &entry.value)),
                        None => entry.clone(),
                    }),
                }
            }
            entries.extend(second.entries.iter().filter(|entry| first.get(&entry.key).is_none()).cloned());
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            let rest = first.rest.clone().or_else(|| second.rest.clone());
            Value::new(Data::Map(Arc::new(Map { kind: second.kind, entries, rest })), child.origin)
        }
        (Data::Unknown(_), Data::Map(map)) => {
            let map = Map { kind: map.kind, entries: map.entries.clone(), rest: Some(why(parent)) };
            Value::new(Data::Map(Arc::new(map)), child.origin)
        }
        (_, Data::Null | Data::Absent) => parent.clone(),
        _ => child.clone(),
    }
}

fn unknown(why: &Arc<Unknown>, value: &Value) -> Value {
    Value::unknown(why.why.clone(), value.origin)
}

fn why(value: &Value) -> Arc<Unknown> {
    let why = reason(value).unwrap_or_else(|| "a part of it is not known".into());
    Arc::new(Unknown { why, symbol: None, shape: crate::value::Shape::Any })
}
