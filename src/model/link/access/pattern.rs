//! Patterns of IAM: `*` stands for any characters, slashes and colons too, and `?` for one.

use crate::value::{Data, Part, Value, text};

/// Whether a text matches a pattern. Linear in the product of the lengths at worst, without recursion.
pub(in crate::model) fn matches(pattern: &str, text: &str) -> bool {
    if pattern.is_ascii() && text.is_ascii() {
        return fits(pattern.as_bytes(), text.as_bytes(), b'*', b'?');
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    fits(&pattern, &text, '*', '?')
}

fn fits<C: PartialEq + Copy>(pattern: &[C], text: &[C], any: C, one: C) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(c) if *c == any => {
                star = Some((at, place));
                at += 1;
            }
            Some(c) if *c == one || Some(c) == text.get(place) => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((behind, from)) => {
                    at = behind + 1;
                    place = from + 1;
                    star = Some((behind, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|c| *c == any)
}

/// The part of a pattern behind Region and account, where it has a wildcard in the table's place and no open piece.
pub(in crate::model::link) fn wildcard(resource: &Value) -> Option<String> {
    let has_mark = |text: &str| text.bytes().any(|byte| matches!(byte, b'*' | b'?'));
    let is_pattern = match &resource.data {
        Data::String(text) => has_mark(text),
        Data::Parts(parts) => parts.iter().any(|part| matches!(part, Part::Known(text, _) if has_mark(text))),
        _ => false,
    };
    if !is_pattern {
        return None;
    }
    let parts = text::parts(resource)?;
    let mut known = String::new();
    for part in &parts {
        match part {
            Part::Known(text, _) => known.push_str(text),
            // What stands for a Region or account may be anything without a colon.
            Part::Open(..) => known.push('\u{1}'),
        }
    }
    if known == "*" {
        return Some(known);
    }
    let rest = known.strip_prefix("arn:")?;
    // partition:service:region:account:resource
    let resource = match rest.splitn(5, ':').nth(4) {
        Some(resource) => resource.to_owned(),
        // A wildcard may take the place of several parts: `arn:aws:dynamodb:*`.
        None if rest.ends_with('*') => "*".to_owned(),
        None => String::new(),
    };
    if resource.contains('\u{1}') {
        return None;
    }
    let table =
        resource.strip_prefix("table/").map_or(resource.as_str(), |name| name.split('/').next().unwrap_or(name));
    (table.contains('*') || table.contains('?')).then_some(resource)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_iam_matches_them() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("table/*", "table/orders/index/by-status", true),
            ("table/orders", "table/orders", true),
            ("table/orders", "table/orders/index/x", false),
            ("table/o?ders", "table/orders", true),
            ("table/*-prod*", "table/orders-prod/index/x", true),
            ("dynamodb:get*", "dynamodb:getitem", true),
            ("dynamodb:get*", "dynamodb:putitem", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("table/é?*", "table/éü", true),
            ("table/?", "table/é", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
