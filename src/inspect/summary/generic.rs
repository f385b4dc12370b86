//! Any other thing of the model, by the fields that its code sets.

use crate::model::schema::{Field, Type, fields_of};
use crate::value::{Data, Value};

use super::line::{Lines, count};
use super::table::key_text;

/// How many fields are told.
const MOST_FIELDS: usize = 14;

/// Fields that every entity has and that its heading tells, and marks that are there for policies.
const COMMON: &[&str] =
    &["address", "logical_name", "language", "resource_type", "managed", "region", "inline", "position", "home"];

/// Whether a field says how something is written and not what it is.
fn is_inner(name: &str) -> bool {
    COMMON.contains(&name) || name.ends_with("_written") || name.ends_with("_given")
}

pub(super) fn lines(lines: &mut Lines<'_>) {
    let mut left = MOST_FIELDS;
    for field in fields_of(lines.entity.subject) {
        if left == 0 {
            return;
        }
        if is_inner(field.name) {
            continue;
        }
        left -= 1;
        one(lines, field);
    }
}

fn one(lines: &mut Lines<'_>, field: &'static Field) {
    let words = lines.words();
    match field.ty {
        Type::Object(inner) => {
            for part in inner.iter().filter(|part| !matches!(part.ty, Type::Object(_) | Type::List(_) | Type::Any)) {
                let value = lines.field(&format!("{}.{}", field.name, part.name));
                if !value.is_unset() && !is_inner(part.name) && lines.is_set(&value) {
                    let label = label(&format!("{}, {}", field.name, part.name));
                    lines.say(label, vec![("value", value)], &|map| said(words, map));
                }
            }
        }
        Type::List(Type::Link(_)) => {
            let links = vec![("value", lines.field(field.name))];
            lines.say(label(field.name), links, &|map| count(map.get("value")).unwrap_or_default());
        }
        Type::List(Type::Object(_)) if field.name == "keys" => {
            let keys = vec![("value", lines.field(field.name))];
            lines.say(field.name, keys, &|map| key_text(words, map.get("value")));
        }
        Type::Any | Type::List(Type::Object(_)) => {}
        _ => {
            let value = lines.field(field.name);
            if lines.is_set(&value) {
                lines.say(label(field.name), vec![("value", value)], &|map| said(words, map));
            }
        }
    }
}

/// A field's name in words.
fn label(name: &str) -> String {
    name.replace('_', " ")
}

/// A value that says something.
fn said(words: super::super::shown::Words<'_>, map: &Value) -> String {
    match map.get("value").map(|value| &value.data) {
        None | Some(Data::Absent | Data::Null) => String::new(),
        Some(Data::List(list)) if list.items.is_empty() && list.rest.is_none() => String::new(),
        Some(Data::Map(inner)) if inner.entries.is_empty() && inner.rest.is_none() => String::new(),
        Some(_) => map.get("value").map(|value| words.text(value)).unwrap_or_default(),
    }
}
