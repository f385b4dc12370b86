//! The functions of the provider `terraform`: variable files and expressions as text.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::value::{Data, Map, Shape, Value};

use super::Error;
use super::call::{ANY, Call, Function, STRING, check_length};

pub(super) const FUNCTIONS: &[Function] = &[
    // A text that is not known: the evaluator reads all others.
    Function::new("provider::terraform::decode_tfvars", &[STRING], Shape::Map, |call| {
        Ok(call.unknown_for("the text of the variable file is not known"))
    }),
    Function::new("provider::terraform::encode_expr", &[ANY], Shape::String, |call| {
        let mut out = String::new();
        write(&mut out, call.arg(0)?, 0, 0)?;
        Ok(call.string(out))
    }),
    Function::new("provider::terraform::encode_tfvars", &[ANY], Shape::String, encode_tfvars),
];

const MAX_DEPTH: usize = 128;

fn encode_tfvars(call: &Call<'_>) -> Result<Value, Error> {
    let map = call.map(0)?;
    let names: Vec<&str> = map.entries.iter().map(|entry| entry.key.as_str()).collect();
    if let Some(name) = names.iter().find(|name| !is_identifier(name)) {
        return Err(Error::of_argument(format!("`{name}` is no name of a variable"), 0));
    }
    let mut out = String::new();
    write_entries(&mut out, map, 0, 0)?;
    Ok(call.string(out))
}

/// The entries of a map, one below the other, with their equal signs as `terraform fmt` puts them: below each other
/// where entries of one line follow each other.
fn write_entries(out: &mut String, map: &Map, indent: usize, depth: usize) -> Result<(), Error> {
    let mut written: Vec<(String, String)> = Vec::with_capacity(map.entries.len());
    for entry in &map.entries {
        let mut key = String::new();
        if is_identifier(&entry.key) {
            key.push_str(&entry.key);
        } else {
            push_quoted(&mut key, &entry.key);
        }
        let mut value = String::new();
        write(&mut value, &entry.value, indent, depth)?;
        written.push((key, value));
    }
    for group in written.chunk_by(|(_, before), (_, value)| !before.contains('\n') && !value.contains('\n')) {
        let width = group.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        for (key, value) in group {
            out.extend(std::iter::repeat_n("  ", indent));
            let _ = writeln!(out, "{key:width$} = {value}");
        }
    }
    Ok(())
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

/// Writes a value whose lines begin at an indentation.
fn write(out: &mut String, value: &Value, indent: usize, depth: usize) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::new(format!("the value is nested more than {MAX_DEPTH} levels deep")));
    }
    check_length(out.len())?;
    match &value.data {
        Data::Null | Data::Absent => out.push_str("null"),
        Data::Bool(known) => out.push_str(if *known { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => push_quoted(out, text),
        Data::List(list) => {
            out.push('[');
            for (at, item) in list.items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write(out, item, indent, depth + 1)?;
            }
            out.push(']');
        }
        Data::Map(map) if map.entries.is_empty() => out.push_str("{}"),
        Data::Map(map) => {
            out.push_str("{\n");
            write_entries(out, map, indent + 1, depth + 1)?;
            out.extend(std::iter::repeat_n("  ", indent));
            out.push('}');
        }
        Data::Parts(_) | Data::Unknown(_) | Data::Choice(_) | Data::Entity(_) => {
            return Err(Error::new("the value is not known"));
        }
    }
    Ok(())
}

/// A string as HCL writes it: escapes, and templates made literal.
fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                out.push(character);
                out.push(character);
            }
            _ if is_printable(character) => out.push(character),
            _ => {
                let code = u32::from(character);
                let _ = if code > 0xFFFF { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            }
        }
    }
    out.push('"');
}

/// Letters, marks, numbers, punctuation, symbols and the space.
fn is_printable(character: char) -> bool {
    static PRINTABLE: LazyLock<Option<regex::Regex>> =
        LazyLock::new(|| regex::Regex::new(r"^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$").ok());
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    PRINTABLE.as_ref().is_some_and(|printable| printable.is_match(character.encode_utf8(&mut [0; 4])))
}
