//! Texts with expressions in them: messages, helps and labels of policies.
//!
//! `{expression}` stands for its value, `{{` and `}}` for the braces themselves.

use std::borrow::Cow;

use super::Program;
use super::lower::{Names, compile};
use super::mistake::Mistake;

/// A text with expressions in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    pub pieces: Cow<'static, [Piece]>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(Cow<'static, str>),
    Value(Program),
}

/// Reads and checks a template.
///
/// # Errors
/// The first mistake, with its place in the template's text.
pub fn template(text: &str, names: &Names) -> Result<Template, Mistake> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let here = &rest[at..];
        let offset = text.len() - here.len();
        if let Some(after) = here.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = here.strip_prefix("}}") {
            plain.push('}');
            rest = after;
        } else if here.starts_with('}') {
            let help = Some("write `}}` for a brace itself".into());
            return Err(Mistake { start: offset, end: offset + 1, message: "this brace closes nothing".into(), help });
        } else {
            let Some(end) = closing_brace(here) else {
                let help = Some("write `{{` for a brace itself".into());
                let message = "the brace is not closed".into();
                return Err(Mistake { start: offset, end: offset + 1, message, help });
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain).into()));
            }
            let (program, _) = compile(&here[1..end], names).map_err(|mistake| Mistake {
                start: mistake.start + offset + 1,
                end: mistake.end + offset + 1,
                ..mistake
            })?;
            pieces.push(Piece::Value(program));
            rest = &here[end + 1..];
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain.into()));
    }
    Ok(Template { pieces: pieces.into() })
}

/// Where the expression that begins with a brace ends; braces in its own texts and maps do not count.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '{') => depth += 1,
            (None, '}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}
