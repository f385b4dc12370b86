//! Values within texts: a policy document in a heredoc or in a string is JSON inside of another language, and what
//! decides is a string of that JSON. Such a string is changed where it stands in the text, if it can be told which.

use crate::source::Span;
use crate::syntax::edit::{Piece, Term};
use crate::value::{Data, Part, Value};

use super::Case;
use super::change::Changes;

/// A string of a JSON document in the text of a file.
struct Token<'t> {
    /// With its quotes.
    span: Span,
    quote: &'static str,
    /// All that stands before it in the file.
    before: &'t str,
}

impl Case<'_, '_> {
    /// Whether a value stands by itself at a place, and not within the text that is written there.
    pub(super) fn stands_at(&self, span: Span, value: &Value) -> bool {
        let Some(file) = self.mender.editable(span) else { return false };
        match (file.literal(span), &value.data) {
            (Some(_), Data::List(_) | Data::Map(_)) => false,
            (Some(written), Data::Unknown(_) | Data::Parts(_)) => !written.contains('"') || is_reference(&written),
            (Some(_), _) => self.is_the_value(span, value).is_some(),
            (None, _) => file.holds(span) || file.is_key(span),
        }
    }

    /// Whether a value is part of a document in the text that is written at a place: with that text, all else in it
    /// would go.
    pub(super) fn is_within_text(&self, span: Span, value: &Value) -> bool {
        let written = self.mender.editable(span).and_then(|file| file.literal(span));
        written.is_some_and(|written| {
            written.contains('"') && !is_reference(&written) && value.as_str() != Some(written.as_str())
        })
    }

    /// Writes another string for one in a document.
    pub(super) fn replace_within(&self, span: Span, value: &Value, term: &Term, changes: &mut Changes) -> Option<()> {
        let source = self.mender.sources.get(span.file)?;
        let token = Token::only(source.text(), span, value.as_str()?)?;
        let new = token.json(term)?;
        changes.piece(token.span, source.slice(token.span).to_owned(), new);
        Some(())
    }

    /// Where the expression stands that makes up a whole text.
    fn interpolated(&self, value: &Value) -> Option<Span> {
        let origin = match &value.data {
            Data::Parts(parts) => match parts.as_ref() {
                [Part::Open(_, origin)] => *origin,
                _ => return None,
            },
            _ => value.origin,
        };
        self.mender.project.origins.span(origin)
    }

    /// Puts another string beside one in a document: at its side in a list, or into a new list with it.
    pub(super) fn beside_within(&self, span: Span, value: &Value, item: &Term, changes: &mut Changes) -> Option<()> {
        let source = self.mender.sources.get(span.file)?;
        let token = match value.as_str() {
            Some(text) => Token::only(source.text(), span, text)?,
            None => Token::around(source.text(), self.interpolated(value)?)?,
        };
        let old = source.slice(token.span);
        let new = token.json(item)?;
        let before = token.before();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let text = match before.trim_end().chars().next_back()? {
            ':' => format!("[{old}, {new}]"),
            '[' | ',' if line.trim().is_empty() && before.contains('\n') => {
                let newline = if before.ends_with(&format!("\r\n{line}")) { "\r\n" } else { "\n" };
                format!("{old},{}{new}", token.white_space(&format!("{newline}{line}")))
            }
            '[' | ',' => format!("{old}, {new}"),
            _ => return None,
        };
        changes.piece(token.span, old.to_owned(), text);
        Some(())
    }
}

impl<'t> Token<'t> {
    /// The only string in a part of a file that says exactly this.
    fn only(text: &'t str, within: Span, content: &str) -> Option<Self> {
        let start = within.start as usize;
        let inside = text.get(start..within.end as usize)?;
        let quote = if inside.contains("\\\"") { "\\\"" } else { "\"" };
        if !is_plain(content) {
            return None;
        }
        let wanted = format!("{quote}{content}{quote}");
        let mut found = inside.match_indices(&wanted);
        let at = start + found.next()?.0;
        let only = found.next().is_none();
        only.then(|| Self::at(text, within, at, at + wanted.len(), quote)).flatten()
    }

    /// The string that is nothing but one interpolation: the one in which the expression at a place stands, or that
    /// follows on a piece of text that ends with the opening quote.
    fn around(text: &'t str, place: Span) -> Option<Self> {
        let (start, end) = (place.start as usize, place.end as usize);
        let (own, rest) = (text.get(start..end)?, text.get(end..)?);
        let (before, after) = if let Some(rest) = rest.strip_prefix("${") {
            let close =
                rest.find('}').filter(|close| !rest.get(..*close).is_some_and(|inner| inner.contains(['"', '{'])));
            (text.get(..end)?, rest.get(close? + 1..)?)
        } else if own.starts_with("${") && own.ends_with('}') {
            (text.get(..start)?, rest)
        } else {
            (text.get(..start)?.trim_end().strip_suffix("${")?, rest.trim_start().strip_prefix('}')?)
        };
        let quote = if before.ends_with("\\\"") { "\\\"" } else { "\"" };
        let start = before.strip_suffix(quote)?.len();
        let end = text.len() - after.strip_prefix(quote)?.len();
        Self::at(text, place, start, end, quote)
    }

    fn at(text: &'t str, near: Span, start: usize, end: usize, quote: &'static str) -> Option<Self> {
        let span = Span::new(near.file, u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        Some(Self { span, quote, before: text.get(..start)? })
    }

    /// What stands before it in the document, as far back as white space and one more character go.
    fn before(&self) -> String {
        let (mut rest, mut space) = (self.before, Vec::new());
        loop {
            // In a text with escapes, line breaks and tabs are written as such.
            let written = [("\\n", '\n'), ("\\r", '\r'), ("\\t", '\t')].into_iter();
            let escape = written
                .filter(|_| self.quote != "\"")
                .find_map(|(text, letter)| Some((rest.strip_suffix(text)?, letter)));
            let plain = || {
                let letter = rest.chars().next_back().filter(|letter| letter.is_whitespace())?;
                Some((rest.strip_suffix(letter)?, letter))
            };
            let Some((before, letter)) = escape.or_else(plain) else { break };
            space.push(letter);
            rest = before;
        }
        rest.chars().next_back().into_iter().chain(space.into_iter().rev()).collect()
    }

    /// White space as the text writes it.
    fn white_space(&self, text: &str) -> String {
        if self.quote == "\"" {
            return text.to_owned();
        }
        text.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
    }

    /// A term as the document writes it, within the text's own quotes.
    fn json(&self, term: &Term) -> Option<String> {
        let quoted = |inner: &str| format!("{0}{inner}{0}", self.quote);
        match term {
            Term::Bool(value) => Some(value.to_string()),
            Term::Number(number) => Some(number.clone()),
            Term::Text(text) => is_plain(text).then(|| quoted(text)),
            Term::Template(pieces) => {
                let mut inner = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) if is_plain(text) => inner.push_str(text),
                        Piece::Expression(text) if !text.contains(['"', '\n']) => inner.extend(["${", text, "}"]),
                        _ => return None,
                    }
                }
                Some(quoted(&inner))
            }
            _ => None,
        }
    }
}

/// Whether a text is a reference of Terraform's and nothing else, and no call that encodes a document.
fn is_reference(text: &str) -> bool {
    let part = |letter: char| letter.is_ascii_alphanumeric() || "_.-[]*\"".contains(letter);
    text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).is_some_and(|inner| inner.trim().chars().all(part))
}

/// Whether a text is written as it is, whatever it is written in.
fn is_plain(text: &str) -> bool {
    !text.contains(['"', '\\', '\''])
        && !text.contains("${")
        && !text.contains("%{")
        && !text.contains(char::is_control)
}
