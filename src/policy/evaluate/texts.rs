//! Functions on texts, which decide partly known ones wherever the known pieces decide.

use std::cell::RefCell;

use regex::Regex;
use rustc_hash::FxHashMap;

use crate::value::text::{known_pieces, known_prefix, known_suffix};
use crate::value::{Data, Part, Text, Truth, Value, join_parts};

/// Whether a text begins with another.
pub(super) fn starts_with(text: &Value, start: &Value) -> Truth {
    let (known, wanted) = (known_prefix(text), known_prefix(start));
    match (&text.data, &start.data) {
        (Data::String(text), Data::String(start)) => text.starts_with(start.as_str()).into(),
        (_, Data::String(_)) if known.starts_with(wanted) => Truth::True,
        _ if !known.starts_with(wanted) && !wanted.starts_with(known) => Truth::False,
        (Data::String(_), _) if wanted.len() > known.len() => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Whether a text ends with another.
pub(super) fn ends_with(text: &Value, end: &Value) -> Truth {
    let (known, wanted) = (known_suffix(text), known_suffix(end));
    match (&text.data, &end.data) {
        (Data::String(text), Data::String(end)) => text.ends_with(end.as_str()).into(),
        (_, Data::String(_)) if known.ends_with(wanted) => Truth::True,
        _ if !known.ends_with(wanted) && !wanted.ends_with(known) => Truth::False,
        (Data::String(_), _) if wanted.len() > known.len() => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Whether a text has another in it.
pub(super) fn contains(text: &Value, inner: &Value) -> Truth {
    let Data::String(wanted) = &inner.data else { return Truth::Unknown };
    match &text.data {
        Data::String(text) => text.contains(wanted.as_str()).into(),
        _ if known_pieces(text).iter().any(|piece| piece.contains(wanted.as_str())) => Truth::True,
        _ => Truth::Unknown,
    }
}

thread_local! {
    /// Patterns are few and come again for each resource.
    static PATTERNS: RefCell<FxHashMap<Text, Option<Regex>>> = RefCell::default();
}

/// How many patterns are kept.
const MOST_PATTERNS: usize = 512;

/// How large a regular expression may be once it is made, in bytes: what repeats a repetition a thousand times is none.
const LARGEST_PATTERN: usize = 1 << 18;

/// Whether a regular expression finds something in a text; `None` for an invalid one.
pub(super) fn matches(text: &Value, pattern: &Text) -> Option<Truth> {
    PATTERNS.with_borrow_mut(|patterns| {
        if patterns.len() >= MOST_PATTERNS && !patterns.contains_key(pattern) {
            patterns.clear();
        }
        let regex = patterns
            .entry(pattern.clone())
            .or_insert_with(|| regex::RegexBuilder::new(pattern).size_limit(LARGEST_PATTERN).build().ok());
        let regex = regex.as_ref()?;
        Some(match &text.data {
            Data::String(text) => regex.is_match(text).into(),
            _ => Truth::Unknown,
        })
    })
}

/// The words of a name: split at `-`, `_`, `.`, `/`, white space and where letter case changes; lower case.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = text.chars().collect();
    for (at, character) in characters.iter().copied().enumerate() {
        if !character.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| characters.get(at)).copied();
        let after = characters.get(at + 1).copied();
        // `ordersTable`, and `DAXCluster` before its last capital.
        let begins = character.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
                || before.is_some_and(char::is_uppercase) && after.is_some_and(char::is_lowercase));
        if begins {
            words.push(std::mem::take(&mut word));
        }
        word.extend(character.to_lowercase());
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The words of the known pieces of a text. A piece that touches an open part is left out of its own words at that
/// end, because they may go on there.
pub(super) fn known_words(value: &Value) -> Vec<String> {
    match &value.data {
        Data::String(text) => words(text),
        Data::Parts(parts) => {
            let mut found = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                let Part::Known(text, _) = part else { continue };
                let mut own = words(text);
                let ends = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
                if at + 1 < parts.len() && ends(text.chars().next_back()) {
                    own.pop();
                }
                if at > 0 && ends(text.chars().next()) && !own.is_empty() {
                    own.remove(0);
                }
                found.append(&mut own);
            }
            found
        }
        _ => Vec::new(),
    }
}

/// A text with each known piece changed; what is open is no longer the same as it was.
pub(super) fn changed(value: &Value, change: impl Fn(&str) -> String) -> Option<Value> {
    match &value.data {
        Data::String(text) => Some(Value::string(change(text), value.origin)),
        Data::Parts(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Known(text, origin) => Part::Known(change(text).into(), *origin),
                Part::Open(unknown, origin) => {
                    let mut unknown = unknown.as_ref().clone();
                    unknown.symbol = None;
                    Part::Open(unknown.into(), *origin)
                }
            });
            Some(join_parts(parts, value.origin))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_marks_and_where_letter_case_changes() {
        assert_eq!(words("orders-dev_table.v2/x"), ["orders", "dev", "table", "v2", "x"]);
        assert_eq!(words("OrdersDevTable"), ["orders", "dev", "table"]);
        assert_eq!(words("myDAXCluster"), ["my", "dax", "cluster"]);
        assert_eq!(words("developer-tools"), ["developer", "tools"]);
        assert!(words("--").is_empty());
    }
}
