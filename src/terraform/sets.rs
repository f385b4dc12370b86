//! Sets: without repetitions, in the order in which Terraform iterates them.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::value::{Data, List, ListKind, OriginId, Truth, Unknown, Value};

use super::functions::short_form;
use super::operators::equals;

/// A set of items that have been converted to one type: known ones in Terraform's order, collections by a canonical
/// text, then those that are not wholly known. Items that may turn out to be equal stay apart.
pub(super) fn make_set(items: Vec<Value>, rest: Option<Arc<Unknown>>, origin: OriginId) -> Value {
    let (mut unique, open): (Vec<Value>, Vec<Value>) = items.into_iter().partition(Value::is_wholly_known);
    if unique.iter().any(|item| matches!(item.data, Data::List(_) | Data::Map(_))) {
        unique.sort_by_cached_key(|item| (item.is_unset(), sort_key(item)));
    } else {
        unique.sort_by(order);
    }
    unique.dedup_by(|later, earlier| equals(later, earlier) == Truth::True);
    let known = unique.len();
    for item in open {
        if !unique.iter().skip(known).any(|other| equals(other, &item) == Truth::True) {
            unique.push(item);
        }
    }
    Value::new(Data::List(Arc::new(List { kind: ListKind::Set, items: unique, rest })), origin)
}

/// The order of a set's scalar items: strings bytewise, numbers by size, `false` before `true`; nulls stand last.
fn order(a: &Value, b: &Value) -> Ordering {
    a.is_unset().cmp(&b.is_unset()).then_with(|| match (&a.data, &b.data) {
        (Data::String(a), Data::String(b)) => a.cmp(b),
        (Data::Number(a), Data::Number(b)) => a.cmp(b),
        (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
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
        Data::Number(number) => key.push_str(&short_form(number)),
        Data::String(text) => {
            // Writing to a string can't fail.
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
