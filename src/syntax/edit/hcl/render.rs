//! New text in Terraform's native syntax, laid out as `terraform fmt` would.

use super::super::{Piece, Term};

/// A value on one line.
pub(super) fn inline(term: &Term) -> Option<String> {
    Some(match term {
        Term::Null => "null".to_owned(),
        Term::Bool(value) => value.to_string(),
        Term::Number(number) => number.clone(),
        Term::Text(text) => quoted(text),
        Term::Bare(text) => text.clone(),
        Term::Template(pieces) => template(pieces)?,
        Term::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(inline).collect();
            format!("[{}]", items?.join(", "))
        }
        Term::Map(entries) | Term::Block(entries) => {
            if entries.is_empty() {
                return Some("{}".to_owned());
            }
            let entries: Option<Vec<String>> =
                entries.iter().map(|(name, value)| Some(format!("{} = {}", key(name), inline(value)?))).collect();
            format!("{{ {} }}", entries?.join(", "))
        }
    })
}

fn template(pieces: &[Piece]) -> Option<String> {
    if let [Piece::Expression(expression)] = pieces {
        return Some(expression.clone());
    }
    let mut text = String::from("\"");
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(&escaped(plain)),
            Piece::Expression(expression) => text.extend(["${", expression, "}"]),
            Piece::Reference { .. } => return None,
        }
    }
    text.push('"');
    Some(text)
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter => out.push(letter),
        }
    }
    out.replace("${", "$${").replace("%{", "%%{")
}

/// The key of an object.
pub(super) fn key(name: &str) -> String {
    let is_name = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
    if is_name { name.to_owned() } else { quoted(name) }
}

/// The lines of an argument or block, indented; arguments of a block have their `=` in one column.
pub(super) fn lines(name: &str, term: &Term, indent: &str, unit: &str) -> Option<Vec<String>> {
    let Term::Block(entries) = term else { return Some(vec![format!("{indent}{name} = {}", inline(term)?)]) };
    let mut lines = vec![format!("{indent}{name} {{")];
    lines.extend(body(entries, &format!("{indent}{unit}"), unit)?);
    lines.push(format!("{indent}}}"));
    Some(lines)
}

/// The lines of a body: arguments first, then blocks.
pub(super) fn body(entries: &[(String, Term)], indent: &str, unit: &str) -> Option<Vec<String>> {
    let (blocks, arguments): (Vec<_>, Vec<_>) = entries.iter().partition(|(_, term)| matches!(term, Term::Block(_)));
    let width = arguments.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for (name, term) in &arguments {
        lines.push(format!("{indent}{name:width$} = {}", inline(term)?));
    }
    for (name, term) in blocks {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(self::lines(name, term, indent, unit)?);
    }
    Some(lines)
}
