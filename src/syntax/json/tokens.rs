//! The scanner's tokens with offsets of the file, one looked ahead, held to what JSON allows.

use std::borrow::Cow;

use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token as Scanned;
use jsonc_parser::{Scanner, ScannerOptions};

use crate::source::{FileId, Span};
use crate::syntax::tree::{Comment, SyntaxError};

/// After this many mistakes reading stops: each may cost a look through the rest of the text.
const MISTAKES_LIMIT: usize = 32;

/// Repeated keys beyond this many are not kept.
const ERRORS_LIMIT: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    String,
    Number,
    True,
    False,
    Null,
    /// What is no token of JSON; already noted.
    Bad,
}

#[derive(Clone, Debug)]
pub(super) struct Token<'f> {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    /// The content of a string; borrowed where it stands right behind the opening quote as it is.
    pub text: Cow<'f, str>,
}

pub(super) struct Tokens<'f> {
    text: &'f str,
    /// Where the text that the scanner reads begins in the file.
    base: usize,
    scanner: Scanner<'f>,
    /// Where the token before ends.
    end: usize,
    ahead: Option<Token<'f>>,
    comments: Vec<(u32, u32)>,
    errors: Vec<(u32, u32, String, bool)>,
    mistakes: usize,
}

fn strict(text: &str) -> Scanner<'_> {
    let options = ScannerOptions {
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    Scanner::new(text, &options)
}

impl<'f> Tokens<'f> {
    pub fn new(text: &'f str, body_start: usize) -> Self {
        Self {
            text,
            base: body_start,
            scanner: strict(&text[body_start..]),
            end: body_start,
            ahead: None,
            comments: Vec::new(),
            errors: Vec::new(),
            mistakes: 0,
        }
    }

    pub fn peek(&mut self) -> &Token<'f> {
        if self.ahead.is_none() {
            let token = self.scan();
            self.ahead = Some(token);
        }
        let end = self.text.len();
        self.ahead.get_or_insert_with(|| Token::new(Kind::End, end, end))
    }

    /// Takes the next token. The end is never taken away.
    pub fn take(&mut self) -> Token<'f> {
        let token = match self.ahead.take() {
            Some(token) => token,
            None => self.scan(),
        };
        if token.kind == Kind::End {
            self.ahead = Some(token.clone());
        }
        token
    }

    pub fn note(&mut self, start: u32, end: u32, phrase: String, recoverable: bool) {
        if recoverable {
            if self.errors.len() < ERRORS_LIMIT {
                self.errors.push((start, end, phrase, true));
            }
            return;
        }
        self.mistakes += 1;
        if self.mistakes <= MISTAKES_LIMIT {
            self.errors.push((start, end, phrase, false));
        } else {
            self.restart(self.text.len());
        }
    }

    /// Notes a mistake at the next token.
    pub fn note_ahead(&mut self, phrase: impl Into<String>) {
        let token = self.peek();
        let (start, end) = (token.start, token.end);
        self.note(start, end, phrase.into(), false);
    }

    fn scan(&mut self) -> Token<'f> {
        loop {
            let scanned = self.scanner.scan();
            let start = self.base + self.scanner.token_start();
            self.check_gap(start);
            let scanned = match scanned {
                Ok(Some(scanned)) => scanned,
                Ok(None) => return Token::new(Kind::End, self.text.len(), self.text.len()),
                Err(error) => return self.bad(start, self.base + error.range().end, error.kind()),
            };
            let end = self.base + self.scanner.token_end();
            self.end = end;
            let kind = match scanned {
                Scanned::OpenBrace => Kind::OpenBrace,
                Scanned::CloseBrace => Kind::CloseBrace,
                Scanned::OpenBracket => Kind::OpenBracket,
                Scanned::CloseBracket => Kind::CloseBracket,
                Scanned::Comma => Kind::Comma,
                Scanned::Colon => Kind::Colon,
                Scanned::Boolean(true) => Kind::True,
                Scanned::Boolean(false) => Kind::False,
                Scanned::Null => Kind::Null,
                Scanned::Number(_) => Kind::Number,
                Scanned::String(text) => return self.string(start, end, text),
                Scanned::Word(_) => {
                    let phrase = "this is no JSON value; put text in double quotes";
                    self.note(to_u32(start), to_u32(end), phrase.to_owned(), false);
                    Kind::Bad
                }
                Scanned::CommentLine(_) | Scanned::CommentBlock(_) => {
                    if self.comments.is_empty() {
                        let phrase = "JSON has no comments; remove it or write the file as YAML";
                        self.note(to_u32(start), to_u32(end), phrase.to_owned(), false);
                    }
                    self.comments.push((to_u32(start), to_u32(end)));
                    continue;
                }
            };
            return Token::new(kind, start, end);
        }
    }

    /// White space that JSON does not have, between the token before and this one.
    fn check_gap(&mut self, start: usize) {
        let gap = self.text.get(self.end..start).unwrap_or_default();
        if let Some(at) = gap.bytes().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
            let at = self.end + at;
            let phrase = "JSON knows no such white space; replace it with a space";
            self.note(to_u32(at), to_u32(start), phrase.to_owned(), false);
        }
    }

    fn string(&mut self, start: usize, end: usize, text: Cow<'f, str>) -> Token<'f> {
        let inner = self.text.get(start + 1..end.saturating_sub(1)).unwrap_or_default();
        let token = Token { kind: Kind::String, start: to_u32(start), end: to_u32(end), text };
        let Some(control) = inner.bytes().position(|byte| byte < 0x20) else { return token };
        let at = start + 1 + control;
        if inner.as_bytes().get(control) == Some(&b'\t') && !inner.contains('\n') {
            let phrase = "a tab can't stand in a JSON string as it is; write `\\t`";
            self.note(to_u32(at), to_u32(at + 1), phrase.to_owned(), false);
            return token;
        }
        if matches!(inner.as_bytes().get(control), Some(b'\n' | b'\r')) {
            return self.unclosed(start, at);
        }
        let phrase = "a control character can't stand in a JSON string as it is; write it as `\\u` with four digits";
        self.note(to_u32(at), to_u32(at + 1), phrase.to_owned(), false);
        token
    }

    /// A string without its closing quote: it is taken to end with its line, and reading goes on behind that.
    fn unclosed(&mut self, start: usize, line_end: usize) -> Token<'f> {
        let phrase =
            "the string that begins here is not closed on its line; add the quote, or write line breaks as `\\n`";
        let content = self.text.get(start + 1..line_end).unwrap_or_default();
        let content = content.trim_end_matches([',', ' ', '\t']);
        let end = start + 1 + content.len();
        self.note(to_u32(start), to_u32(end), phrase.to_owned(), false);
        // The comma behind it, if there is one, is read again.
        self.restart(end);
        Token { kind: Kind::String, start: to_u32(start), end: to_u32(end), text: Cow::Borrowed(content) }
    }

    fn restart(&mut self, at: usize) {
        self.base = at;
        self.end = at;
        self.scanner = strict(self.text.get(at..).unwrap_or_default());
    }

    /// What the scanner refuses. Reading goes on behind it.
    fn bad(&mut self, start: usize, end: usize, kind: &ParseErrorKind) -> Token<'f> {
        let bytes = self.text.as_bytes();
        if bytes.get(start) == Some(&b'"') {
            let line_end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |len| start + len);
            let Some(close) = closing_quote(bytes, start + 1, line_end) else { return self.unclosed(start, line_end) };
            let phrase = "the string holds an escape that JSON does not know; double the backslash";
            self.note(to_u32(start), to_u32(close + 1), phrase.to_owned(), false);
            self.restart(close + 1);
            let text = Cow::Borrowed(self.text.get(start + 1..close).unwrap_or_default());
            return Token { kind: Kind::String, start: to_u32(start), end: to_u32(close + 1), text };
        }
        let from = end.max(start + 1).min(bytes.len());
        let end = bytes[from..]
            .iter()
            .position(|byte| matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"' | b'\n' | b'\r' | b' '))
            .map_or(bytes.len(), |len| from + len);
        let phrase = match kind {
            ParseErrorKind::SingleQuotedStringsNotAllowed => "JSON strings stand in double quotes".to_owned(),
            ParseErrorKind::UnterminatedCommentBlock => "JSON has no comments, and this one never ends".to_owned(),
            _ => "this is no JSON value; put text in double quotes".to_owned(),
        };
        self.note(to_u32(start), to_u32(end), phrase, false);
        self.restart(end);
        Token::new(Kind::Bad, start, end)
    }

    pub fn into_findings(self, file: FileId) -> (Vec<Comment>, Vec<SyntaxError>) {
        let comments = self.comments.iter().map(|(start, end)| Comment { span: Span::new(file, *start, *end) });
        let errors = self.errors.into_iter().map(|(start, end, message, recoverable)| SyntaxError {
            span: Span::new(file, start, end),
            message,
            recoverable,
        });
        (comments.collect(), errors.collect())
    }
}

impl Token<'_> {
    fn new(kind: Kind, start: usize, end: usize) -> Self {
        Self { kind, start: to_u32(start), end: to_u32(end), text: Cow::Borrowed("") }
    }
}

/// The first quote in `from..to` that no backslash escapes.
fn closing_quote(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    let mut at = from;
    while at < to {
        match bytes[at] {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
