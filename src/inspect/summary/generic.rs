//! Any other thing of the model, by the fields that its code sets.

use crate::model::schema::{Field, Type, fields_of};
use crate::value::{Data, Value};

use super::line::{Lines, count};
use super::table::key_text;

/// How many fields are told.
const MOST_FIELDS: usize = 14;

/// Fields that every entity has, and that its heading tells.
const COMMON: &[&str] = &["address", "logical_name", "language", "resource_type", "managed", "region"];

pub(super) fn lines(lines: &mut Lines<'_>) {
    let mut left = MOST_FIELDS;
    for field in fields_of(lines.entity.subject) {
        if left == 0 {
            return;
        }
        if COMMON.contains(&field.name) || field.name.ends_with("_written") || field.name.ends_with("_given") {
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
                if !value.is_unset() {
                    lines.say(part.name, vec![("value", value)], &|map| said(words, map));
                }
            }
        }
        Type::List(Type::Link(_)) => {
            let links = vec![("value", lines.field(field.name))];
            lines.say(field.name, links, &|map| count(map.get("value")).unwrap_or_default());
        }
        Type::List(Type::Object(_)) if field.name == "keys" => {
            let keys = vec![("value", lines.field(field.name))];
            lines.say(field.name, keys, &|map| key_text(words, map.get("value")));
        }
        Type::Any | Type::List(Type::Object(_)) => {}
        _ => {
            let value = lines.field(field.name);
            lines.say(field.name, vec![("value", value)], &|map| said(words, map));
        }
    }
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
