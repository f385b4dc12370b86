//! The place in the text where the parser stands: white space, comments, names, and what is expected next.

use crate::source::{FileId, Span};
use crate::syntax::tree::{Comment, SyntaxError};
use crate::value::Text;

use super::ast::Name;
use super::pieces::Pieces;

/// How deep expressions and blocks may be nested; past it the text is refused, so that no input can exhaust the
/// stack.
pub const MAX_DEPTH: usize = 150;

/// How many operators may stand in one chain (`a + b + ...`).
pub const MAX_CHAIN: usize = 1_000;

/// Why an expression or item could not be read.
#[derive(Debug)]
pub(super) struct Failure {
    pub span: Span,
    pub message: String,
}

pub(super) type Parsed<T> = Result<T, Failure>;

/// Reads a text from the front to the back. Scannerless, because what a newline or a quote means depends on where it
/// stands.
pub(super) struct Parser<'t> {
    pub text: &'t str,
    pub at: usize,
    /// A line break ends the expression (outside of brackets).
    pub newlines: bool,
    pub depth: usize,
    pub comments: Vec<Comment>,
    pub errors: Vec<SyntaxError>,
    file: FileId,
    /// Where in the file the text begins.
    base: usize,
    /// The one span of everything, for texts that do not stand in the file as they are (escaped JSON strings).
    fixed: Option<Span>,
    /// Where the parts of the text come from, for texts that were computed.
    pieces: Option<&'t Pieces>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, file: FileId, base: usize) -> Self {
        Self {
            text,
            at: 0,
            newlines: true,
            depth: 0,
            comments: Vec::new(),
            errors: Vec::new(),
            file,
            base,
            fixed: None,
            pieces: None,
        }
    }

    /// A parser of a text that stands for `span` as a whole.
    pub(super) fn standing_for(text: &'t str, span: Span) -> Self {
        Self { fixed: Some(span), ..Self::new(text, span.file, 0) }
    }

    /// A parser of a text that was put together from pieces of a file.
    pub(super) fn of_pieces(text: &'t str, pieces: &'t Pieces, file: FileId) -> Self {
        Self { pieces: Some(pieces), ..Self::new(text, file, 0) }
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        if let Some(pieces) = self.pieces {
            return pieces.span(start, end);
        }
        let offset = |at: usize| u32::try_from(self.base + at).unwrap_or(u32::MAX);
        self.fixed.unwrap_or_else(|| Span::new(self.file, offset(start), offset(end)))
    }

    pub(super) fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes().get(self.at + ahead).copied()
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn looking_at(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.looking_at(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// A failure at the character where the parser stands.
    pub(super) fn failure<T>(&self, message: impl Into<String>) -> Parsed<T> {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        Err(Failure { span: self.span(self.at, self.at + width), message: message.into() })
    }

    pub(super) fn failure_from<T>(&self, start: usize, message: impl Into<String>) -> Parsed<T> {
        Err(Failure { span: self.span(start, self.at), message: message.into() })
    }

    /// Expects a text after white space.
    pub(super) fn expect(&mut self, text: &str, place: &str) -> Parsed<()> {
        self.skip();
        if self.eat(text) {
            return Ok(());
        }
        let found = self.found();
        self.failure(format!("expected `{text}` {place}, found {found}"))
    }

    /// What stands at the parser's place, for messages.
    pub(super) fn found(&self) -> String {
        match self.rest().chars().next() {
            None => "the end of the text".to_owned(),
            Some('\n' | '\r') => "the end of the line".to_owned(),
            Some(char) if char.is_control() => "a control character".to_owned(),
            Some(char) => format!("`{char}`"),
        }
    }

    pub(super) fn report(&mut self, failure: Failure, recoverable: bool) {
        self.errors.push(SyntaxError { span: failure.span, message: failure.message, recoverable });
    }

    /// One level deeper; to be paired with [`Parser::leave`].
    pub(super) fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return self.failure(format!("nested more than {MAX_DEPTH} levels deep"));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Skips white space and comments; line breaks too, where they mean nothing.
    pub(super) fn skip(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\n') if !self.newlines => self.at += 1,
                Some(b'\r') if !self.newlines && self.peek_at(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => self.line_comment(),
                Some(b'/') if self.peek_at(1) == Some(b'/') => self.line_comment(),
                Some(b'/') if self.peek_at(1) == Some(b'*') => self.block_comment(),
                _ => return,
            }
        }
    }

    /// Skips white space, comments and line breaks.
    pub(super) fn skip_lines(&mut self) {
        let newlines = std::mem::replace(&mut self.newlines, false);
        self.skip();
        self.newlines = newlines;
    }

    fn line_comment(&mut self) {
        let length = memchr::memchr(b'\n', self.rest().as_bytes()).unwrap_or(self.rest().len());
        let length = self.rest()[..length].trim_end_matches('\r').len();
        self.comment(length);
    }

    fn block_comment(&mut self) {
        match self.rest().find("*/") {
            Some(length) => self.comment(length + 2),
            None => {
                let failure = Failure {
                    span: self.span(self.at, self.at + 2),
                    message: "the comment is not closed; end it with `*/`".to_owned(),
                };
                self.report(failure, false);
                self.at = self.text.len();
            }
        }
    }

    fn comment(&mut self, length: usize) {
        let span = self.span(self.at, self.at + length);
        // A stretch may be looked at twice where the parser tries and goes back.
        if self.comments.last().is_none_or(|last| last.span.start < span.start) {
            self.comments.push(Comment { span });
        }
        self.at += length;
    }

    /// The name at the parser's place: letters, digits, `_` and `-`, not beginning with a digit or `-`.
    pub(super) fn name(&mut self) -> Option<Name> {
        let rest = self.rest();
        let mut length = 0;
        for char in rest.chars() {
            let fits = if length == 0 {
                char.is_alphabetic() || char == '_'
            } else {
                char.is_alphanumeric() || char == '_' || char == '-'
            };
            if !fits {
                break;
            }
            length += char.len_utf8();
        }
        let text = rest.get(..length).filter(|text| !text.is_empty())?;
        let span = self.span(self.at, self.at + length);
        self.at += length;
        Some(Name { text: Text::new(text), span })
    }

    /// The name at the parser's place, which stays where it is.
    pub(super) fn peek_name(&mut self) -> Option<Text> {
        let at = self.at;
        let name = self.name();
        self.at = at;
        name.map(|name| name.text)
    }

    /// At the end of the line or text (after spaces and comments).
    pub(super) fn at_line_end(&mut self) -> bool {
        self.skip();
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b'\r') => self.peek_at(1) == Some(b'\n'),
            _ => false,
        }
    }
}
