//! What a plain scalar means in YAML 1.1, the version that CloudFormation reads.
//!
//! Source: the type repository of YAML 1.1 (yaml.org/type: bool, null, int, float), narrowed to what PyYAML and the
//! AWS tools built on it accept (`y` and `n` are text, an exponent needs a point and a sign). Dates stay text:
//! CloudFormation takes `AWSTemplateFormatVersion: 2010-09-09` as it is.

use std::borrow::Cow;

use crate::syntax::tree::Resolved;

/// The type of a plain scalar, and the number in decimal notation where it is written otherwise.
pub(super) fn resolve(text: &str) -> (Resolved, Option<String>) {
    let Some(first) = text.bytes().next() else { return (Resolved::Null, None) };
    match first {
        b'0'..=b'9' | b'+' | b'-' | b'.' => match number(text) {
            Some(Cow::Borrowed(_)) => (Resolved::Number, None),
            Some(Cow::Owned(decimal)) => (Resolved::Number, Some(decimal)),
            None => (Resolved::String, None),
        },
        b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => (word(text), None),
        _ => (Resolved::String, None),
    }
}

fn word(text: &str) -> Resolved {
    match text {
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Resolved::True,
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Resolved::False,
        _ => Resolved::String,
    }
}

/// The decimal notation of a YAML 1.1 number; borrowed where it is written so; none where the text is no number.
fn number(text: &str) -> Option<Cow<'_, str>> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let bytes = digits.as_bytes();
    if bytes.iter().all(u8::is_ascii_digit) && !bytes.is_empty() && (bytes[0] != b'0' || bytes.len() == 1) {
        return Some(if text.starts_with('+') { Cow::Owned(digits.to_owned()) } else { Cow::Borrowed(text) });
    }
    let plain: Cow<'_, str> =
        if digits.contains('_') { Cow::Owned(digits.replace('_', "")) } else { Cow::Borrowed(digits) };
    // An underscore may stand between digits and after them, never before the first one.
    if digits.starts_with('_') || digits.starts_with("._") {
        return None;
    }
    let decimal = integer(&plain).or_else(|| float(&plain, text))?;
    let decimal = format!("{sign}{decimal}");
    Some(if decimal == text { Cow::Borrowed(text) } else { Cow::Owned(decimal) })
}

fn integer(digits: &str) -> Option<String> {
    let radix = |rest: &str, base| {
        (!rest.is_empty() && !rest.starts_with(['+', '-']))
            .then(|| u128::from_str_radix(rest, base).ok())
            .flatten()
            .map(|number| number.to_string())
    };
    if let Some(rest) = digits.strip_prefix("0x") {
        return radix(rest, 16);
    }
    if let Some(rest) = digits.strip_prefix("0b") {
        return radix(rest, 2);
    }
    // The notation of YAML 1.2, which newer readers take as well.
    if let Some(rest) = digits.strip_prefix("0o") {
        return radix(rest, 8);
    }
    if digits.contains(':') {
        if digits.starts_with('0') {
            return None;
        }
        return sexagesimal(digits).map(|number| number.to_string());
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match digits.strip_prefix('0') {
        Some("") => Some("0".to_owned()),
        Some(rest) => radix(rest, 8),
        None => (!digits.is_empty()).then(|| digits.to_owned()),
    }
}

/// `12:30:45` in seconds: parts after the first are below 60.
fn sexagesimal(digits: &str) -> Option<u128> {
    let mut parts = digits.split(':');
    let first = parts.next().filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))?;
    let mut total = first.parse::<u128>().ok()?;
    let mut more = false;
    for part in parts {
        if !matches!(part.len(), 1 | 2) || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let part = part.parse::<u128>().ok().filter(|part| *part < 60)?;
        total = total.checked_mul(60)?.checked_add(part)?;
        more = true;
    }
    more.then_some(total)
}

fn float(digits: &str, text: &str) -> Option<String> {
    match digits {
        ".inf" | ".Inf" | ".INF" => return Some(".inf".to_owned()),
        ".nan" | ".NaN" | ".NAN" => return text.starts_with('.').then(|| ".nan".to_owned()),
        _ => {}
    }
    let (whole, rest) = digits.split_once('.')?;
    if whole.contains(':') {
        let whole = sexagesimal(whole)?;
        return rest.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{whole}.{rest}0"));
    }
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    let Some(exponent) = exponent else { return Some(format!("{whole}.{fraction}")) };
    let power = exponent.strip_prefix(['+', '-']).filter(|power| !power.is_empty() && all_digits(power))?;
    let sign = if exponent.starts_with('-') { "-" } else { "" };
    Some(format!("{whole}.{fraction}e{sign}{power}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Resolved, decimal: Option<&str>) {
        let (resolved, number) = resolve(text);
        assert_eq!(resolved, expected, "{text}");
        assert_eq!(number.as_deref(), decimal, "{text}");
    }

    #[test]
    fn words_are_read_as_yaml_1_1_has_them() {
        for text in ["yes", "Yes", "on", "ON", "true", "TRUE"] {
            check(text, Resolved::True, None);
        }
        for text in ["no", "No", "off", "OFF", "false", "FALSE"] {
            check(text, Resolved::False, None);
        }
        for text in ["", "~", "null", "NULL"] {
            check(text, Resolved::Null, None);
        }
        for text in ["y", "n", "Y", "N", "yEs", "tRUE", "nil", "None", "=", "<<"] {
            check(text, Resolved::String, None);
        }
    }

    #[test]
    fn whole_numbers_in_every_base_become_decimal() {
        check("0", Resolved::Number, None);
        check("-5", Resolved::Number, None);
        check("+5", Resolved::Number, Some("5"));
        check("1_000_000", Resolved::Number, Some("1000000"));
        check("0777", Resolved::Number, Some("511"));
        check("0o17", Resolved::Number, Some("15"));
        check("0x1F", Resolved::Number, Some("31"));
        check("-0b101", Resolved::Number, Some("-5"));
        check("12:30:45", Resolved::Number, Some("45045"));
        check("22:22", Resolved::Number, Some("1342"));
    }

    #[test]
    fn account_numbers_with_a_leading_zero_that_are_not_octal_are_text() {
        check("012345678901", Resolved::String, None);
        check("089", Resolved::String, None);
    }

    #[test]
    fn floats_need_a_point_and_their_exponent_a_sign() {
        check(".5", Resolved::Number, Some("0.5"));
        check("1.", Resolved::Number, Some("1.0"));
        check("-1.50", Resolved::Number, None);
        check("1.0e+3", Resolved::Number, Some("1.0e3"));
        check("1.5E-3", Resolved::Number, Some("1.5e-3"));
        check("-.inf", Resolved::Number, None);
        check(".NaN", Resolved::Number, Some(".nan"));
        for text in ["1e3", "1.0e3", ".", "-", "+", "1.2.3", "-.nan", "1.5e-", "._5", "1.0.0", "0x", "0xg", "08:00"] {
            check(text, Resolved::String, None);
        }
    }

    #[test]
    fn dates_and_versions_stay_text() {
        for text in ["2010-09-09", "2012-10-17", "2001-12-14t21:59:43.10-05:00", "10.0.0.0/16", "1:75", "-abc"] {
            check(text, Resolved::String, None);
        }
    }
}
