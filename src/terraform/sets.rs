//! Sets: without repetitions, in the order in which Terraform iterates them.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::value::{Data, List, ListKind, OriginId, Truth, Unknown, Value};

use super::operators::equals;

/// A set of items that have been converted to one type. Items that may turn out to be equal stay apart.
pub(super) fn make_set(items: Vec<Value>, rest: Option<Arc<Unknown>>, origin: OriginId) -> Value {
    let mut unique: Vec<Value> = Vec::with_capacity(items.len());
    let mut simple = rustc_hash::FxHashSet::default();
    for item in items {
        // Known items are told apart by their key, so that large sets stay cheap.
        if item.is_wholly_known() {
            if simple.insert(sort_key(&item)) {
                unique.push(item);
            }
        } else if !unique.iter().any(|other| !other.is_wholly_known() && equals(other, &item) == Truth::True) {
            unique.push(item);
        }
    }
    unique.sort_by(order);
    Value::new(Data::List(Arc::new(List { kind: ListKind::Set, items: unique, rest })), origin)
}

/// The order of a set's items: strings bytewise, numbers by size, `false` before `true`, collections by a canonical
/// text; nulls and then unknowns stand last.
pub(super) fn order(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match &value.data {
        Data::Unknown(_) | Data::Choice(_) | Data::Parts(_) => 2,
        Data::Null | Data::Absent => 1,
        _ => 0,
    };
    rank(a).cmp(&rank(b)).then_with(|| match (&a.data, &b.data) {
        (Data::String(a), Data::String(b)) => a.cmp(b),
        (Data::Number(a), Data::Number(b)) => a.cmp(b),
        (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
        (Data::List(_) | Data::Map(_), Data::List(_) | Data::Map(_)) => sort_key(a).cmp(&sort_key(b)),
        _ => Ordering::Equal,
    })
}

/// A canonical text of a value, by which collections in a set are ordered.
fn sort_key(value: &Value) -> String {
    let mut key = String::new();
    push_key(value, &mut key);
    key
}

fn push_key(value: &Value, key: &mut String) {
    match &value.data {
        Data::Absent | Data::Null => key.push('~'),
        Data::Bool(known) => key.push(if *known { 'T' } else { 'F' }),
        Data::Number(number) => {
            // Writing to a string can't fail.
            let _ = write!(key, "{number}");
        }
        Data::String(text) => {
            let _ = write!(key, "{text:?}");
        }
        Data::List(list) => {
            let (open, close) = if list.kind == ListKind::Tuple { ('<', '>') } else { ('[', ']') };
            key.push(open);
            for item in &list.items {
                push_key(item, key);
                key.push(';');
            }
            key.push(close);
        }
        Data::Map(map) => {
            let named = map.kind == crate::value::MapKind::Map;
            key.push(if named { '{' } else { '<' });
            for entry in &map.entries {
                if named {
                    let _ = write!(key, "{:?}:", entry.key);
                }
                push_key(&entry.value, key);
                key.push(';');
            }
            key.push(if named { '}' } else { '>' });
        }
        Data::Parts(_) | Data::Unknown(_) | Data::Choice(_) | Data::Entity(_) => key.push('?'),
    }
}
