//! Strings: `join`, `split`, `lower`, `trimprefix` and their like. Lengths and offsets count grapheme clusters.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::value::text::{known_pieces, known_prefix, known_suffix, parts};
use crate::value::{Data, Part, Shape, Unknown, Value, join_parts};

use super::super::types::Type;
use super::super::unify::convertible;
use super::Error;
use super::call::{ANY, Call, Function, NUMBER, Param, STRING, check_length};

const TEXT: Param = STRING.partly();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("chomp", &[STRING], Shape::String, |call| {
        let text = call.text(0)?;
        Ok(call.string(text.trim_end_matches(['\r', '\n'])))
    }),
    Function::new("endswith", &[TEXT, STRING], Shape::Bool, |call| affix(call, known_suffix, |a, b| a.ends_with(b))),
    Function::new("indent", &[NUMBER, TEXT], Shape::String, indent),
    Function::new("join", &[STRING], Shape::String, join).and_more(ANY.partly()),
    Function::new("lower", &[TEXT], Shape::String, |call| map_text(call, lower)),
    Function::new("split", &[STRING, STRING], Shape::List, split),
    Function::new("startswith", &[TEXT, STRING], Shape::Bool, |call| {
        affix(call, known_prefix, |a, b| a.starts_with(b))
    }),
    Function::new("strcontains", &[TEXT, STRING], Shape::Bool, strcontains),
    Function::new("strrev", &[STRING], Shape::String, |call| {
        Ok(call.string(call.text(0)?.graphemes(true).rev().collect::<String>()))
    }),
    Function::new("substr", &[STRING, NUMBER, NUMBER], Shape::String, substr),
    Function::new("title", &[STRING], Shape::String, |call| Ok(call.string(title(call.text(0)?)))),
    Function::new("trim", &[STRING, STRING], Shape::String, |call| {
        let cut: Vec<char> = call.text(1)?.chars().collect();
        Ok(call.string(call.text(0)?.trim_matches(cut.as_slice())))
    }),
    Function::new("trimprefix", &[TEXT, STRING], Shape::String, trimprefix),
    Function::new("trimspace", &[STRING], Shape::String, |call| Ok(call.string(call.text(0)?.trim()))),
    Function::new("trimsuffix", &[TEXT, STRING], Shape::String, trimsuffix),
    Function::new("upper", &[TEXT], Shape::String, |call| map_text(call, upper)),
];

/// Applies a function to the known pieces of a text; the open ones stay open, without an identity.
fn map_text(call: &Call<'_>, function: fn(&str) -> String) -> Result<Value, Error> {
    let arg = call.arg(0)?;
    match &arg.data {
        Data::String(text) => Ok(call.string(function(text))),
        Data::Parts(parts) => Ok(join_parts(
            parts.iter().map(|part| match part {
                Part::Known(text, origin) => Part::Known(function(text).into(), *origin),
                Part::Open(unknown, origin) => Part::Open(anonymous(unknown), *origin),
            }),
            call.origin(),
        )),
        _ => Ok(call.unknown(arg)),
    }
}

/// An unknown text that is made from another one.
fn anonymous(unknown: &Unknown) -> Arc<Unknown> {
    Arc::new(Unknown { why: unknown.why.clone(), symbol: None, shape: Shape::String })
}

/// Upper case character by character, where no character becomes several.
fn upper(text: &str) -> String {
    text.chars()
        .map(|character| {
            let mut mapped = character.to_uppercase();
            match (mapped.next(), mapped.next()) {
                (Some(single), None) => single,
                _ => character,
            }
        })
        .collect()
}

fn lower(text: &str) -> String {
    text.chars().map(|character| character.to_lowercase().next().unwrap_or(character)).collect()
}

/// The first letter of each word in upper case; a word goes on over letters, digits and `_`.
fn title(text: &str) -> String {
    let mut between = true;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if between {
            out.push_str(&upper(character.encode_utf8(&mut [0; 4])));
        } else {
            out.push(character);
        }
        between = if character.is_ascii() {
            !character.is_ascii_alphanumeric() && character != '_'
        } else {
            character.is_whitespace()
        };
    }
    out
}

/// Whether a text begins or ends with another, from what is known of that end.
fn affix(call: &Call<'_>, end: fn(&Value) -> &str, has: fn(&str, &str) -> bool) -> Result<Value, Error> {
    let (text, affix) = (call.arg(0)?, call.text(1)?);
    if let Data::String(text) = &text.data {
        return Ok(call.bool(has(text, affix)));
    }
    let known = end(text);
    if has(known, affix) {
        return Ok(call.bool(true));
    }
    // The known end contradicts, unless it is too short to.
    if known.len() >= affix.len() || !has(affix, known) {
        return Ok(call.bool(false));
    }
    Ok(call.unknown(text))
}

fn strcontains(call: &Call<'_>) -> Result<Value, Error> {
    let (text, wanted) = (call.arg(0)?, call.text(1)?);
    if known_pieces(text).iter().any(|piece| piece.contains(wanted)) || wanted.is_empty() {
        return Ok(call.bool(true));
    }
    Ok(if text.as_str().is_some() { call.bool(false) } else { call.unknown(text) })
}

fn trimprefix(call: &Call<'_>) -> Result<Value, Error> {
    let (text, prefix) = (call.arg(0)?, call.text(1)?);
    if let Data::String(text) = &text.data {
        return Ok(call.string(text.strip_prefix(prefix).unwrap_or(text)));
    }
    let known = known_prefix(text);
    if known.len() < prefix.len() && prefix.starts_with(known) {
        return Ok(call.unknown(text));
    }
    let mut pieces = parts(text).unwrap_or_default();
    if let Some(Part::Known(first, _)) = pieces.first_mut()
        && let Some(rest) = first.strip_prefix(prefix)
    {
        *first = rest.into();
    }
    Ok(join_parts(pieces, call.origin()))
}

fn trimsuffix(call: &Call<'_>) -> Result<Value, Error> {
    let (text, suffix) = (call.arg(0)?, call.text(1)?);
    if let Data::String(text) = &text.data {
        return Ok(call.string(text.strip_suffix(suffix).unwrap_or(text)));
    }
    let known = known_suffix(text);
    if known.len() < suffix.len() && suffix.ends_with(known) {
        return Ok(call.unknown(text));
    }
    let mut pieces = parts(text).unwrap_or_default();
    if let Some(Part::Known(last, _)) = pieces.last_mut()
        && let Some(rest) = last.strip_suffix(suffix)
    {
        *last = rest.into();
    }
    Ok(join_parts(pieces, call.origin()))
}

fn indent(call: &Call<'_>) -> Result<Value, Error> {
    let spaces = usize::try_from(call.integer(0)?)
        .ok()
        .filter(|spaces| *spaces <= 1000)
        .ok_or_else(|| Error::of_argument("between 0 and 1000 spaces can be put before a line", 0))?;
    let text = call.arg(1)?;
    let indented = |text: &str| text.replace('\n', &format!("\n{}", " ".repeat(spaces)));
    match &text.data {
        Data::String(text) => {
            check_length(text.len() + text.matches('\n').count() * spaces)?;
            Ok(call.string(indented(text)))
        }
        _ => Ok(call.unknown(text)),
    }
}

fn join(call: &Call<'_>) -> Result<Value, Error> {
    let separator = call.text(0)?;
    if call.args.len() < 2 {
        return Err(Error::new("at least one list is required"));
    }
    let mut pieces: Vec<Part> = Vec::new();
    let mut first = true;
    let mut length = 0;
    for (at, arg) in call.args.iter().enumerate().skip(1) {
        if let Data::Unknown(unknown) = &arg.data
            && matches!(unknown.shape, Shape::Any | Shape::List)
        {
            return Ok(call.unknown(arg));
        }
        let list = call.list(at)?;
        if list.rest.is_some() {
            return Ok(call.unknown(arg));
        }
        // A list without elements still has a type.
        let strings = Type::List(Box::new(Type::String));
        if list.items.is_empty() && !convertible(&Type::of(arg), &strings) {
            return Err(Error::of_argument("a list of strings is required", at));
        }
        for (place, item) in list.items.iter().enumerate() {
            let item = Type::String
                .convert(item)
                .map_err(|_| Error::of_argument(format!("element {place}: a string is required"), at))?;
            let Some(item) = parts(&item) else {
                return Err(Error::of_argument(format!("element {place} is null; null values can't be joined"), at));
            };
            if !first {
                pieces.push(Part::Known(separator.into(), call.origin()));
            }
            first = false;
            for piece in item {
                if let Part::Known(text, _) = &piece {
                    length += text.len() + separator.len();
                    check_length(length)?;
                }
                pieces.push(piece);
            }
        }
    }
    Ok(join_parts(pieces, call.origin()))
}

fn split(call: &Call<'_>) -> Result<Value, Error> {
    let (separator, text) = (call.text(0)?, call.text(1)?);
    if separator.is_empty() {
        return Ok(call.strings(text.chars().map(|character| character.encode_utf8(&mut [0; 4]).to_owned())));
    }
    Ok(call.strings(text.split(separator)))
}

fn substr(call: &Call<'_>) -> Result<Value, Error> {
    let (text, offset, length) = (call.text(0)?, call.integer(1)?, call.integer(2)?);
    let clusters: Vec<&str> = text.graphemes(true).collect();
    let total = i64::try_from(clusters.len()).unwrap_or(i64::MAX);
    // A negative offset counts from the end, and a negative length means all that follows.
    let start = if offset < 0 { total.saturating_add(offset).max(0) } else { offset };
    // So does a length of 0 after a negative offset, by a slip that Terraform keeps.
    let all = length < 0 || length == 0 && offset < 0;
    let end = if all { total } else { start.saturating_add(length).min(total) };
    let range = usize::try_from(start).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(0);
    Ok(call.string(clusters.get(range).map(<[&str]>::concat).unwrap_or_default()))
}
