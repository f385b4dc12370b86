//! What follows from written values and is the same in every language: names of keys, the class of a key, merged tags.

mod account;
mod document;
mod encryption;
mod keys;
mod scaling;
mod tags;

pub(super) use document::{statements, texts};
pub(super) use encryption::{key_class, replica_key_class, without_empty};
pub(super) use keys::set_keys;
pub(super) use scaling::{direction, is_dynamodb, never, separate};
pub(super) use tags::{merged_tags, tag_list};

use std::sync::Arc;

use crate::value::{Data, Origin, OriginId, Origins, Step, Unknown, Value, combine};

/// Whether both hold: false where one is false, unknown where the other may be.
pub(super) fn both(a: &Value, b: &Value) -> Value {
    if a.as_bool() == Some(true) {
        return b.clone();
    }
    if b.as_bool() == Some(true) || a.as_bool() == Some(false) {
        return a.clone();
    }
    if b.as_bool() == Some(false) {
        return b.clone();
    }
    combine(&[a, b], &mut |values| {
        let mut open: Option<&Value> = None;
        for value in values {
            match value.data {
                Data::Bool(false) => return (*value).clone(),
                Data::Bool(true) => {}
                _ => open = open.or(Some(value)),
            }
        }
        match (open, values.first()) {
            (Some(open), _) => (*open).clone(),
            (None, Some(first)) => Value::fact(true, first.origin),
            (None, None) => Value::fact(true, OriginId::NONE),
        }
    })
}

/// Whether one of two holds: true where one does, unknown where one may.
pub(super) fn either(a: &Value, b: &Value) -> Value {
    match (a.as_bool(), b.as_bool()) {
        (Some(true), _) | (None, Some(false)) => return a.clone(),
        (_, Some(true)) | (Some(false), _) => return b.clone(),
        _ => {}
    }
    each_pair(a, b, &mut |a, b| match (&a.data, &b.data) {
        (Data::Bool(true), _) => a.clone(),
        (_, Data::Bool(true)) => b.clone(),
        (Data::Bool(false), _) => b.clone(),
        _ => a.clone(),
    })
}

/// Whether the code sets a value; an unknown one is set. The origin stays that of the value.
pub(super) fn is_set(value: &Value) -> Value {
    each(value, &mut |value| Value::fact(!value.is_unset(), value.origin))
}

/// A function over what a value is in each case.
pub(super) fn each(value: &Value, function: &mut dyn FnMut(&Value) -> Value) -> Value {
    combine(&[value], &mut |values| match values {
        [value] => function(value),
        _ => Value::absent(OriginId::NONE),
    })
}

/// A function over what two values are in each case.
pub(super) fn each_pair(a: &Value, b: &Value, function: &mut dyn FnMut(&Value, &Value) -> Value) -> Value {
    combine(&[a, b], &mut |values| match values {
        [a, b] => function(a, b),
        _ => Value::absent(OriginId::NONE),
    })
}

/// The value where it is set, else the other one.
pub(super) fn or_else(value: &Value, otherwise: &Value) -> Value {
    each_pair(value, otherwise, &mut |value, otherwise| {
        if value.is_unset() { otherwise.clone() } else { value.clone() }
    })
}

/// Takes a number that stands for "no limit" for what it means.
pub(super) fn without_minus_one(value: &Value) -> Value {
    each(value, &mut |value| if value.as_i64() == Some(-1) { Value::absent(value.origin) } else { value.clone() })
}

/// The text that a value is in every case in which it is set.
pub(super) fn known_text(value: &Value) -> Option<&str> {
    match &value.data {
        Data::String(text) => Some(text),
        Data::Choice(choice) => {
            let mut texts = choice.cases.iter().filter(|case| !case.is_unset()).map(known_text);
            let first = texts.next()??;
            texts.all(|text| text == Some(first)).then_some(first)
        }
        _ => None,
    }
}

/// The items of a list by their places, each a choice where the list is one, and whether there may be more.
pub(super) fn spread(list: &Value) -> (Vec<Value>, Option<Arc<Unknown>>) {
    let mut rest = None;
    let count = longest(list, &mut rest, 0);
    let items = (0..count)
        .map(|place| {
            each(list, &mut |list| match &list.data {
                Data::List(known) => known.items.get(place).cloned().unwrap_or_else(|| Value::absent(list.origin)),
                _ => Value::absent(list.origin),
            })
        })
        .collect();
    (items, rest)
}

fn longest(list: &Value, rest: &mut Option<Arc<Unknown>>, depth: usize) -> usize {
    match &list.data {
        Data::List(known) => {
            if let Some(open) = &known.rest {
                rest.get_or_insert_with(|| open.clone());
            }
            known.items.len()
        }
        Data::Unknown(unknown) => {
            rest.get_or_insert_with(|| unknown.clone());
            0
        }
        Data::Choice(choice) if depth < 32 => {
            choice.cases.iter().map(|case| longest(case, rest, depth + 1)).max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// The items of a list that are written out: no parameter, variable, function or other resource stands between. Each
/// stands where it is written, or where the list is handed on.
pub(super) fn literals(list: &Value, origins: &Origins) -> Value {
    let is_written = |origin: OriginId, is_list: bool| {
        let trail = origins.trail(origin);
        trail.iter().enumerate().all(|(at, origin)| match &origin.step {
            Step::Literal | Step::Branch(_) => true,
            // What a function makes of a list's literal items, and a choice of items, are the same items.
            Step::Expression => is_list || matches!(trail.get(at + 1), Some(Origin { step: Step::Branch(_), .. })),
            Step::Reference(name) => name.starts_with("local."),
            _ => false,
        })
    };
    each(list, &mut |list| match &list.data {
        Data::List(known) if is_written(list.origin, true) => {
            let inline = origins.trail(list.origin).len() <= 1;
            let pick = |item: &Value| match item.data {
                Data::String(_) if is_written(item.origin, false) && inline => item.clone(),
                Data::String(_) if is_written(item.origin, false) => item.clone().at(list.origin),
                _ => Value::absent(item.origin),
            };
            let items = known.items.iter().map(|item| each(item, &mut |item| pick(item)));
            Value::list(items.filter(|item| !item.is_unset()).collect(), list.origin)
        }
        _ => Value::list(Vec::new(), list.origin),
    })
}
