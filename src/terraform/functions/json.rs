//! `jsonencode` and `jsondecode`: texts that keep the structure that they were made from.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::value::{Data, Entry, List, Map, Part, Shape, Step, Value, document, join_parts, text};

use super::super::tag::UNTYPED;
use super::Error;
use super::call::{ANY, Call, Function, STRING, check_length};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("jsondecode", &[STRING.partly()], Shape::Any, decode),
    Function::new("jsonencode", &[ANY.or_null().as_is()], Shape::String, |call| {
        let pieces = encode(call.arg(0)?, call.origin())?;
        let text = join_parts(pieces, call.origin());
        Ok(with_structure(call, text, call.arg(0)?))
    }),
];

/// How deep values may nest in a document.
const MAX_DEPTH: usize = 128;

/// A text at an origin that leads on to the structure behind it, for [`document::decoded`].
pub(super) fn with_structure(call: &Call<'_>, text: Value, structure: &Value) -> Value {
    let origins = call.context.origins;
    match origins.span(call.origin()) {
        Some(span) => {
            let document = document::Document::new(structure.clone(), &text);
            text.at(origins.hop(span, Step::Document(document), call.origin()))
        }
        None => text,
    }
}

/// The pieces of a value's JSON text, as Terraform writes it: without spaces, keys sorted, `<`, `>` and `&` escaped.
pub(super) fn encode(value: &Value, origin: crate::value::OriginId) -> Result<Vec<Part>, Error> {
    let mut writer = Writer { pieces: Vec::new(), text: String::new(), flushed: 0, origin };
    writer.write(value, 0)?;
    writer.flush();
    Ok(writer.pieces)
}

/// A text in double quotes, escaped as in JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    push_escaped(&mut out, text);
    out.push('"');
    out
}

/// A text as it stands between the quotes of JSON, escaped as Go escapes it.
pub(in crate::terraform) fn push_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                // Writing to a string can't fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
}

struct Writer {
    pieces: Vec<Part>,
    text: String,
    /// The length of the texts in the pieces.
    flushed: usize,
    origin: crate::value::OriginId,
}

impl Writer {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.flushed += self.text.len();
            self.pieces.push(Part::Known(std::mem::take(&mut self.text).into(), self.origin));
        }
    }

    fn open(&mut self, why: &Value) {
        self.flush();
        self.pieces.push(Part::Open(super::call::open_rest(why), why.origin));
    }

    fn write(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(Error::new(format!("the value is nested more than {MAX_DEPTH} levels deep")));
        }
        check_length(self.flushed + self.text.len())?;
        match &value.data {
            Data::Absent | Data::Null => self.text.push_str("null"),
            Data::Bool(known) => self.text.push_str(if *known { "true" } else { "false" }),
            Data::Number(number) => self.text.push_str(&number.to_string()),
            Data::String(text) => {
                self.text.push('"');
                push_escaped(&mut self.text, text);
                self.text.push('"');
            }
            Data::Parts(parts) => {
                self.text.push('"');
                for part in parts.iter() {
                    match part {
                        Part::Known(text, _) => push_escaped(&mut self.text, text),
                        Part::Open(unknown, origin) => {
                            self.flush();
                            self.pieces.push(Part::Open(unknown.clone(), *origin));
                        }
                    }
                }
                self.text.push('"');
            }
            Data::Unknown(unknown) if unknown.shape == Shape::String => {
                self.text.push('"');
                self.open(value);
                self.text.push('"');
            }
            Data::Unknown(_) | Data::Choice(_) | Data::Entity(_) => self.open(value),
            Data::List(list) => {
                self.text.push('[');
                for (at, item) in list.items.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.write(item, depth + 1)?;
                }
                if list.rest.is_some() {
                    self.open(value);
                }
                self.text.push(']');
            }
            Data::Map(map) => {
                self.text.push('{');
                for (at, entry) in map.entries.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.text.push('"');
                    push_escaped(&mut self.text, &entry.key);
                    self.text.push_str("\":");
                    self.write(&entry.value, depth + 1)?;
                }
                if map.rest.is_some() {
                    self.open(value);
                }
                self.text.push('}');
            }
        }
        Ok(())
    }
}

/// The nulls of a document are of no type.
pub(super) fn untyped(value: Value) -> Value {
    match &value.data {
        Data::Null => value.tagged(UNTYPED),
        Data::List(list) if list.items.iter().any(holds_null) => {
            let items = list.items.iter().cloned().map(untyped).collect();
            let list = List { kind: list.kind, items, rest: list.rest.clone() };
            Value::new(Data::List(Arc::new(list)), value.origin)
        }
        Data::Map(map) if map.entries.iter().any(|entry| holds_null(&entry.value)) => {
            let entries = map.entries.iter();
            let entries =
                entries.map(|entry| Entry::new(entry.key.clone(), entry.key_origin, untyped(entry.value.clone())));
            let map = Map { kind: map.kind, entries: entries.collect(), rest: map.rest.clone() };
            Value::new(Data::Map(Arc::new(map)), value.origin)
        }
        _ => value,
    }
}

fn holds_null(value: &Value) -> bool {
    match &value.data {
        Data::Null => true,
        Data::List(list) => list.items.iter().any(holds_null),
        Data::Map(map) => map.entries.iter().any(|entry| holds_null(&entry.value)),
        _ => false,
    }
}

fn decode(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg(0)?;
    // What `jsonencode` was given comes back with its places.
    if let Some(structure) = document::kept(call.context.origins, arg) {
        return Ok(untyped(document::plain(&structure)));
    }
    let pieces = text::parts(arg).unwrap_or_default();
    match document::parse(&pieces, call.origin()) {
        Ok(value) => Ok(untyped(value)),
        Err(_) if arg.as_str().is_none() => Ok(call.unknown(arg)),
        Err(error) => Err(Error::of_argument(format!("it is not JSON: {error}"), 0)),
    }
}
