//! Partly known texts: what can be said of them all the same.

use super::data::{Data, Part, Text, Unknown, Value};
use super::truth::Truth;

/// Whether two unknowns stand for the same thing; never known to differ.
pub(super) fn same_unknown(a: &Unknown, b: &Unknown) -> Truth {
    match (&a.symbol, &b.symbol) {
        (Some(a), Some(b)) if a == b => Truth::True,
        _ => Truth::Unknown,
    }
}

/// The pieces of a known or partly known text; `None` for what is no text.
#[must_use]
pub fn parts(value: &Value) -> Option<Vec<Part>> {
    match &value.data {
        Data::String(text) if text.is_empty() => Some(Vec::new()),
        Data::String(text) => Some(vec![Part::Known(text.clone(), value.origin)]),
        Data::Parts(parts) => Some(parts.to_vec()),
        Data::Unknown(unknown) => Some(vec![Part::Open(unknown.clone(), value.origin)]),
        _ => None,
    }
}

/// The known characters at the beginning of a text.
#[must_use]
pub fn known_prefix(value: &Value) -> &str {
    match &value.data {
        Data::String(text) => text,
        Data::Parts(parts) => match parts.first() {
            Some(Part::Known(text, _)) => text,
            _ => "",
        },
        _ => "",
    }
}

/// The known characters at the end of a text.
#[must_use]
pub fn known_suffix(value: &Value) -> &str {
    match &value.data {
        Data::String(text) => text,
        Data::Parts(parts) => match parts.last() {
            Some(Part::Known(text, _)) => text,
            _ => "",
        },
        _ => "",
    }
}

/// All known pieces of a text, in order.
#[must_use]
pub fn known_pieces(value: &Value) -> Vec<Text> {
    match &value.data {
        Data::String(text) => vec![text.clone()],
        Data::Parts(parts) => parts
            .iter()
            .filter_map(|part| match part {
                Part::Known(text, _) => Some(text.clone()),
                Part::Open(..) => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether two texts, of which parts may be open, are the same. Equal when all pieces are; different when the known
/// beginnings or ends contradict each other, or when one is known and too short for the other's known pieces.
pub(super) fn equal_texts(a: &Value, b: &Value) -> Truth {
    let (Some(left), Some(right)) = (parts(a), parts(b)) else { return Truth::Unknown };
    let same = left.len() == right.len()
        && left.iter().zip(&right).all(|pair| match pair {
            (Part::Known(a, _), Part::Known(b, _)) => a == b,
            (Part::Open(a, _), Part::Open(b, _)) => same_unknown(a, b) == Truth::True,
            _ => false,
        });
    if same {
        return Truth::True;
    }
    let contradict = |a: &str, b: &str| !a.starts_with(b) && !b.starts_with(a);
    if contradict(known_prefix(a), known_prefix(b)) {
        return Truth::False;
    }
    let (end_a, end_b) = (known_suffix(a), known_suffix(b));
    if !end_a.ends_with(end_b) && !end_b.ends_with(end_a) {
        return Truth::False;
    }
    for (known, open) in [(a, b), (b, a)] {
        if let Data::String(text) = &known.data
            && !could_be(open, text)
        {
            return Truth::False;
        }
    }
    Truth::Unknown
}

/// Whether a partly known text may turn out to be `text`: its known pieces stand in it in their order, the first at
/// the beginning and the last at the end where they are known.
#[must_use]
pub fn could_be(value: &Value, text: &str) -> bool {
    let Some(parts) = parts(value) else { return false };
    let mut rest = text;
    let mut open_before = false;
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Open(..) => open_before = true,
            Part::Known(known, _) => {
                let last = index + 1 == parts.len();
                if last && open_before {
                    return rest.ends_with(known.as_str());
                }
                if open_before {
                    match rest.find(known.as_str()) {
                        Some(at) => rest = &rest[at + known.len()..],
                        None => return false,
                    }
                } else {
                    match rest.strip_prefix(known.as_str()) {
                        Some(left) => rest = left,
                        None => return false,
                    }
                }
                open_before = false;
            }
        }
    }
    open_before || rest.is_empty()
}
