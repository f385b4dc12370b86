//! References to tables and their parts: names, ARNs, `table/NAME/index/INDEX`.

use crate::value::{Data, OriginId, Part, Text, Value, join_parts, text};

use super::super::derive::each;
use super::targets::{Elsewhere, Targets, collapsed};

/// Where a reference leads.
pub(super) struct TableRef {
    pub table: Value,
    /// What follows the table in the text: `index/ByStatus`, `stream/...`; absent where nothing does.
    pub suffix: Value,
}

/// Resolves a name, ARN or scaling resource id to a table.
pub(super) fn resolve(tables: &Targets<'_>, reference: &Value, elsewhere: Elsewhere) -> TableRef {
    if let Data::Choice(_) = &reference.data
        && !has_slash(reference, 0)
    {
        let whole = tables.resolve(reference, elsewhere);
        // An attribute of one table in every case needs no taking apart.
        if whole.as_entity().is_some() {
            return TableRef { table: whole, suffix: Value::absent(reference.origin) };
        }
    }
    let mut suffixes = Vec::new();
    let table = collapsed(each(reference, &mut |reference| {
        let (table, suffix) = split(reference).unwrap_or_else(|| {
            let nothing = Value::absent(reference.origin);
            (nothing.clone(), nothing)
        });
        suffixes.push(suffix);
        if table.is_unset() { table } else { tables.resolve(&table, elsewhere) }
    }));
    // Most references end with the table, wherever each case of them stands.
    if suffixes.iter().all(Value::is_unset) {
        return TableRef { table, suffix: Value::absent(reference.origin) };
    }
    // The cases are met in the same order again.
    let mut suffixes = suffixes.into_iter();
    let suffix = each(reference, &mut |reference| suffixes.next().unwrap_or_else(|| Value::absent(reference.origin)));
    TableRef { table, suffix }
}

/// Whether a text goes on behind the table's name, or has something before it, in some case: it is more than an
/// attribute of the table, even where the place that it comes from is one.
fn has_slash(value: &Value, depth: usize) -> bool {
    match &value.data {
        Data::Choice(choice) if depth < MAX_DEPTH => choice.cases.iter().any(|case| has_slash(case, depth + 1)),
        Data::Choice(_) => true,
        _ => text::parts(value)
            .is_some_and(|parts| parts.iter().any(|part| matches!(part, Part::Known(text, _) if text.contains('/')))),
    }
}

/// Choices are at most as deep as there are inputs.
const MAX_DEPTH: usize = 32;

/// The index that a suffix names; absent where it names none.
pub(super) fn index_name(suffix: &Value) -> Value {
    each(suffix, &mut |suffix| {
        let Some(parts) = text::parts(suffix) else { return Value::absent(suffix.origin) };
        match parts.split_first() {
            Some((Part::Known(first, origin), more)) => match first.strip_prefix("index/") {
                Some(name) => {
                    let parts = std::iter::once(Part::Known(name.into(), *origin)).chain(more.iter().cloned());
                    let (name, _) = cut(parts.collect());
                    assemble(name, suffix)
                }
                None => Value::absent(suffix.origin),
            },
            _ => Value::absent(suffix.origin),
        }
    })
}

/// The table's name in a text, where it is one known piece without wildcards.
pub(super) fn known_name(reference: &Value) -> Option<(Text, OriginId)> {
    let (before, _) = cut(after_marker(&text::parts(reference)?)?);
    match before.as_slice() {
        [Part::Known(name, origin)] if !name.contains(['*', '?', '$', '{']) => Some((name.clone(), *origin)),
        _ => None,
    }
}

/// The part of a reference that names the table; `None` for a text that is no reference to a table.
pub(in crate::model) fn table_part(reference: &Value) -> Option<Value> {
    split(reference).map(|(table, _)| table)
}

/// The table's own part of a reference, and what follows; `None` for a text that is no reference to a table.
fn split(reference: &Value) -> Option<(Value, Value)> {
    if reference.is_unset() {
        return None;
    }
    let Some(parts) = text::parts(reference) else { return Some((reference.clone(), Value::absent(reference.origin))) };
    if let [Part::Open(..)] = parts.as_slice() {
        return Some((reference.clone(), Value::absent(reference.origin)));
    }
    let after = match after_marker(&parts) {
        Some(after) => after,
        None => {
            // The ARN of something else, or of every table.
            if text::known_prefix(reference).starts_with("arn:") {
                return None;
            }
            parts
        }
    };
    let (table, suffix) = cut(after);
    if table.is_empty() {
        return None;
    }
    let suffix = if suffix.is_empty() { Value::absent(reference.origin) } else { assemble(suffix, reference) };
    Some((assemble(table, reference), suffix))
}

/// The parts behind `table/`.
fn after_marker(parts: &[Part]) -> Option<Vec<Part>> {
    for (place, part) in parts.iter().enumerate() {
        let Part::Known(text, origin) = part else { continue };
        let rest = match (place, text.strip_prefix("table/")) {
            (0, Some(rest)) => Some(rest),
            _ => behind_marker(text),
        };
        if let Some(rest) = rest {
            let mut after = Vec::new();
            if !rest.is_empty() {
                after.push(Part::Known(rest.into(), *origin));
            }
            after.extend(parts.iter().skip(place + 1).cloned());
            return Some(after);
        }
    }
    None
}

/// What follows the first `:table/`. Texts are short: to look at each slash takes less than to prepare a search.
fn behind_marker(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let is_marker = |at: &usize| bytes.get(..*at).is_some_and(|before| before.ends_with(b":table"));
    let slash = memchr::memchr_iter(b'/', bytes).find(is_marker)?;
    text.get(slash + 1..)
}

/// The parts before and behind the first slash.
fn cut(parts: Vec<Part>) -> (Vec<Part>, Vec<Part>) {
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    let mut found = false;
    for part in parts {
        if found {
            behind.push(part);
            continue;
        }
        match part {
            Part::Known(text, origin) => match text.split_once('/') {
                Some((left, right)) => {
                    found = true;
                    if !left.is_empty() {
                        before.push(Part::Known(left.into(), origin));
                    }
                    if !right.is_empty() {
                        behind.push(Part::Known(right.into(), origin));
                    }
                }
                None => before.push(Part::Known(text, origin)),
            },
            part @ Part::Open(..) => before.push(part),
        }
    }
    (before, behind)
}

/// A value out of parts; one open piece alone is that piece, at its own place.
fn assemble(parts: Vec<Part>, like: &Value) -> Value {
    match parts.as_slice() {
        [Part::Open(unknown, origin)] => Value::new(Data::Unknown(unknown.clone()), *origin),
        [Part::Known(text, origin)] => {
            Value::string(text.clone(), if origin.is_none() { like.origin } else { *origin })
        }
        _ => join_parts(parts, like.origin),
    }
}
