//! `csvdecode`: RFC 4180, with the first line as header.

use crate::value::{Entry, ListKind, MapKind, OriginId, Shape, Value};

use super::super::tag::tag;
use super::super::types::{ObjectAttribute, Type};
use super::Error;
use super::call::{Function, STRING};

pub(super) const FUNCTIONS: &[Function] = &[Function::new("csvdecode", &[STRING], Shape::List, |call| {
    let records = read(call.text(0)?).map_err(|error| error.at_argument(0))?;
    let Some((header, rows)) = records.split_first() else {
        return Err(Error::of_argument("the header line is missing", 0));
    };
    for (at, name) in header.iter().enumerate() {
        if header.iter().take(at).any(|other| other == name) {
            return Err(Error::of_argument(format!("there are two columns `{name}`"), 0));
        }
    }
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let entries = header
                .iter()
                .zip(row)
                .map(|(name, field)| Entry::new(name.as_str(), OriginId::NONE, call.string(field)));
            call.map_of(MapKind::Object, entries, None)
        })
        .collect();
    let of = header.iter().map(|name| ObjectAttribute::required(&name.into(), Type::String)).collect();
    Ok(call.list_of(ListKind::List, rows, None).tagged(tag(&Type::List(Box::new(Type::Object(of))))))
})];

/// The fields of each record; empty lines are no records.
fn read(text: &str) -> Result<Vec<Vec<String>>, Error> {
    let mut records: Vec<Vec<String>> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")) {
            rest = after;
            continue;
        }
        let mut record = Vec::new();
        loop {
            let (field, after) = read_field(rest)?;
            record.push(field);
            rest = after;
            match rest.strip_prefix(',') {
                Some(after) => rest = after,
                None => break,
            }
        }
        rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest);
        if records.first().is_some_and(|first| first.len() != record.len()) {
            return Err(Error::new("a line has more or fewer fields than the first one"));
        }
        records.push(record);
    }
    Ok(records)
}

/// One field, and what follows it: a comma, a line break or the end.
fn read_field(text: &str) -> Result<(String, &str), Error> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let field = &text[..end];
        if field.contains('"') {
            return Err(Error::new("a field that holds a quote has to be quoted"));
        }
        // The carriage return belongs to the line break.
        let at_break = text[end..].starts_with('\n') || end == text.len();
        return match field.strip_suffix('\r') {
            Some(field) if at_break => Ok((field.to_owned(), &text[end..])),
            _ => Ok((field.to_owned(), &text[end..])),
        };
    };
    let mut field = String::new();
    loop {
        let Some(end) = rest.find('"') else { return Err(Error::new("a quoted field is not closed")) };
        field.push_str(&rest[..end].replace("\r\n", "\n"));
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => break,
        }
    }
    if rest.is_empty() || rest.starts_with([',', '\n']) || rest.starts_with("\r\n") {
        Ok((field, rest))
    } else {
        Err(Error::new("something follows a quoted field"))
    }
}
