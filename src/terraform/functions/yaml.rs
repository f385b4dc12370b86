//! `yamlencode` and `yamldecode`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::source::{FileId, SourceFile};
use crate::syntax::tree::{NodeKind, NodeRef, Scalar, Style};
use crate::value::{Data, Entry, Number, OriginId, Shape, Text, Value};

use super::Error;
use super::call::{ANY, Call, Function, STRING, check_length};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("yamldecode", &[STRING], Shape::Any, decode),
    Function::new("yamlencode", &[ANY.or_null()], Shape::String, |call| {
        let value = call.arg(0)?;
        let mut out = String::new();
        write(&mut out, value, 0, Place::Document)?;
        // A plain scalar that stands alone is closed by a document end.
        if matches!(value.data, Data::Null | Data::Bool(_) | Data::Number(_)) {
            out.push_str("...\n");
        }
        let text = call.string(out);
        Ok(super::json::with_structure(call, text, value))
    }),
];

const MAX_DEPTH: usize = 128;

/// Where a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    /// After `key:`.
    Entry,
    /// After `- `.
    Item,
}

fn write(out: &mut String, value: &Value, depth: usize, place: Place) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::new(format!("the value is nested more than {MAX_DEPTH} levels deep")));
    }
    let space = if place == Place::Entry { " " } else { "" };
    check_length(out.len())?;
    match &value.data {
        Data::List(list) if list.items.is_empty() => out.extend([space, "[]\n"]),
        Data::Map(map) if map.entries.is_empty() => out.extend([space, "{}\n"]),
        Data::List(list) => {
            // A list in a mapping stands at the mapping's own indentation.
            let depth = if place == Place::Entry { depth.saturating_sub(1) } else { depth };
            if place == Place::Entry {
                out.push('\n');
            }
            for (at, item) in list.items.iter().enumerate() {
                if at > 0 || place != Place::Item {
                    indent(out, depth);
                }
                out.push_str("- ");
                write(out, item, depth + 1, Place::Item)?;
            }
        }
        Data::Map(map) => {
            if place == Place::Entry {
                out.push('\n');
            }
            for (at, entry) in map.entries.iter().enumerate() {
                if at > 0 || place != Place::Item {
                    indent(out, depth);
                }
                if entry.key.contains('\n') {
                    out.push_str("? ");
                    write_string(out, &entry.key, depth, false);
                    indent(out, depth);
                } else {
                    push_quoted(out, &entry.key, usize::MAX, depth);
                }
                out.push(':');
                write(out, &entry.value, depth + 1, Place::Entry)?;
            }
        }
        Data::String(text) => {
            out.push_str(space);
            write_string(out, text, depth, true);
        }
        Data::Null | Data::Absent => out.extend([space, "null\n"]),
        Data::Bool(known) => out.extend([space, if *known { "true\n" } else { "false\n" }]),
        Data::Number(number) => out.extend([space, &number.to_string(), "\n"]),
        Data::Parts(_) | Data::Unknown(_) | Data::Choice(_) | Data::Entity(_) => {
            return Err(Error::new("the value is not known"));
        }
    }
    Ok(())
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A string of several lines as a literal block where that can hold it, any other in double quotes.
fn write_string(out: &mut String, text: &str, depth: usize, is_value: bool) {
    let depth = if is_value { depth.max(1) } else { depth + 1 };
    let special = text.chars().any(|character| character.is_control() && character != '\n' && character != '\t');
    let trailing_space = text.contains(" \n") || text.ends_with(' ');
    if !text.contains('\n') || special || trailing_space {
        let column = out.len() - out.rfind('\n').map_or(0, |at| at + 1);
        push_quoted(out, text, column, depth);
        out.push('\n');
        return;
    }
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    match text.strip_suffix('\n') {
        None => out.push('-'),
        Some(before) if before.is_empty() || before.ends_with('\n') => out.push('+'),
        Some(_) => {}
    }
    out.push('\n');
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            indent(out, depth);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// The width at which long strings are folded at a space.
const WIDTH: usize = 80;

fn push_quoted(out: &mut String, text: &str, start: usize, depth: usize) {
    // `usize::MAX` says that the text is not to be folded.
    let mut column = start.saturating_add(1);
    let foldable = start != usize::MAX;
    out.push('"');
    let characters: Vec<char> = text.chars().collect();
    let mut after_space = false;
    for (at, character) in characters.iter().copied().enumerate() {
        let before = out.len();
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            '\u{feff}' => out.push_str("\\uFEFF"),
            '\u{1}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                // Writing to a string can't fail.
                let _ = write!(out, "\\x{:02X}", u32::from(character));
            }
            ' ' if foldable && !after_space && column > WIDTH && at > 0 && at + 1 < characters.len() => {
                out.push('\n');
                indent(out, depth);
                if characters.get(at + 1) == Some(&' ') {
                    out.push('\\');
                }
                column = depth * 2;
                after_space = true;
                continue;
            }
            _ => out.push(character),
        }
        after_space = character == ' ';
        column = column.saturating_add(out[before..].chars().count());
    }
    out.push('"');
}

fn decode(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text(0)?;
    if text.trim_start_matches(['\n', '\r', ' ']).starts_with('\t') {
        return Err(Error::of_argument("it is not YAML: a tab can't indent", 0));
    }
    // The file of a tree is only there for spans, which a text in an expression does not have.
    let file = Arc::new(SourceFile::new(FileId(u32::MAX), PathBuf::new(), text));
    let tree = crate::syntax::yaml::parse(file);
    if let Some(error) = tree.errors.iter().find(|error| !error.recoverable) {
        return Err(Error::of_argument(format!("it is not YAML: {}", error.message), 0));
    }
    match tree.documents.as_slice() {
        [] => Err(Error::of_argument("the document is empty", 0)),
        [only] => read(call, tree.node(*only), 0).map(super::json::untyped),
        _ => Err(Error::of_argument("only one document is read", 0)),
    }
}

fn read(call: &Call<'_>, node: NodeRef<'_>, depth: usize) -> Result<Value, Error> {
    if depth > MAX_DEPTH {
        return Err(Error::of_argument(format!("the document is nested more than {MAX_DEPTH} levels deep"), 0));
    }
    let tag = node.tag().map(|tag| tag.strip_prefix("!!").unwrap_or(tag));
    let unsupported = |tag: &str| Error::of_argument(format!("the tag `{tag}` has no meaning here"), 0);
    match node.kind() {
        NodeKind::Sequence => match tag {
            None | Some("seq") => {
                let items = node.items().map(|item| read(call, item, depth + 1)).collect::<Result<_, _>>()?;
                Ok(Value::list(items, call.origin()))
            }
            Some(tag) => Err(unsupported(tag)),
        },
        NodeKind::Mapping => match tag {
            None | Some("map") => {
                let mut entries: BTreeMap<Text, Entry> = BTreeMap::new();
                for (key, value) in node.entries() {
                    let key: Text = match key.kind() {
                        NodeKind::Scalar => match &read(call, key, depth + 1)?.data {
                            Data::String(text) => text.clone(),
                            Data::Number(number) => number.to_string().into(),
                            Data::Bool(known) => known.to_string().into(),
                            _ => return Err(Error::of_argument("a key must not be null", 0)),
                        },
                        _ => return Err(Error::of_argument("a key has to be a scalar", 0)),
                    };
                    let value = read(call, value, depth + 1)?;
                    entries.insert(key.clone(), Entry::new(key, OriginId::NONE, value));
                }
                Ok(Value::map(entries.into_values().collect(), call.origin()))
            }
            Some(tag) => Err(unsupported(tag)),
        },
        NodeKind::Scalar => {
            let text = node.text().unwrap_or_default();
            if node.style() != Some(Style::Plain) {
                return match tag {
                    Some("float") => match Number::parse(text) {
                        Some(number) => Ok(Value::number(number, call.origin())),
                        None => Err(Error::of_argument(format!("`{text}` is no number"), 0)),
                    },
                    None | Some("str" | "!" | "binary" | "null" | "bool" | "int" | "timestamp") => {
                        Ok(call.string(text))
                    }
                    Some(tag) => Err(unsupported(tag)),
                };
            }
            match tag {
                Some("str" | "!" | "binary") => Ok(call.string(text)),
                None | Some("null" | "bool" | "int" | "float" | "timestamp") => match as_written(node, text) {
                    ".nan" | ".NaN" | ".NAN" => Err(Error::of_argument("there is no number `.nan`", 0)),
                    text => Ok(scalar(call, text)),
                },
                Some(tag) => Err(unsupported(tag)),
            }
        }
    }
}

/// A plain scalar as it stands in the text: the tree has read numbers already, by other rules than Terraform's.
fn as_written<'t>(node: NodeRef<'t>, text: &'t str) -> &'t str {
    let written = node.tree().file.slice(node.span());
    match written.split_whitespace().last() {
        Some(last) if matches!(node.scalar(), Some(Scalar::Number(_))) => last,
        _ => text,
    }
}

/// A plain scalar as YAML 1.1's core types, the way Terraform reads them.
fn scalar(call: &Call<'_>, text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::null(call.origin()),
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => return call.bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            return call.bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" => {
            return super::super::lift::shaped("it is an infinite number", Shape::Number, call.origin());
        }
        _ => {}
    }
    if let Some(number) = number(text) {
        return Value::number(number, call.origin());
    }
    match super::date::yaml_timestamp(text) {
        Some(timestamp) => call.string(timestamp),
        None => call.string(text),
    }
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    // Other bases have no sign, and a zero alone makes no octal number.
    if text.starts_with('0') {
        let radix = |digits: &str, radix: u32| {
            num_bigint::BigInt::parse_bytes(digits.as_bytes(), radix).and_then(|integer| Number::from_integer(&integer))
        };
        if let Some(hex) = text.strip_prefix("0x").filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            return radix(hex, 16);
        }
        let octal = text.strip_prefix("0o").unwrap_or_default();
        if !octal.is_empty() && octal.bytes().all(|digit| matches!(digit, b'0'..=b'7')) {
            return radix(octal, 8);
        }
    }
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    Number::parse(text)
}
