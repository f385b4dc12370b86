//! The scanner's tokens with offsets of the file, one looked ahead; comments put aside; stopping at a mistake and
//! going on after it.

use std::borrow::Cow;

use granit_parser::{ErrorKind, ScalarStyle, Scanner, StrInput, TokenType};

use crate::source::{FileId, Span};
use crate::syntax::tree::{Comment, SyntaxError};

use super::message;

/// Mistakes beyond this many are not kept.
const ERRORS_LIMIT: usize = 1000;

/// What a token is; its text stands in [`Tokens::content`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The end of the text, or the place where reading stopped for good.
    End,
    /// Reading goes on behind a mistake, at a key of the open mapping that begins in this column.
    Resume {
        column: u32,
    },
    Directive,
    DocumentStart,
    DocumentEnd,
    BlockSequence,
    BlockMapping,
    BlockEnd,
    FlowSequence,
    FlowSequenceEnd,
    FlowMapping,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar(ScalarStyle),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    /// The column of the start, from 0, in characters.
    pub column: u32,
}

/// A container that is being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    pub start: u32,
    pub column: u32,
    pub kind: LevelKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LevelKind {
    BlockMapping,
    BlockSequence,
    Flow,
}

/// A quoted scalar that the scanner refuses although the AWS tools read it, with what it holds.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    pub start: usize,
    pub end: usize,
    pub content: String,
}

pub(super) struct Tokens<'f> {
    /// The text of the file.
    text: &'f str,
    /// What the scanner reads: the same, with the patches blotted out.
    blotted: &'f str,
    patches: &'f [Patch],
    /// A patch with which the text should be read again.
    pub wanted: Option<Patch>,
    /// Whether the text may be read again.
    pub may_want: bool,
    /// Where the text that the scanner reads begins in the file.
    base: usize,
    scanner: Scanner<'f, StrInput<'f>>,
    ahead: Option<Token>,
    /// What the token that was scanned last holds: the content of a scalar, the name of an anchor or alias. Kept apart
    /// from the tokens, which are copied a lot.
    pub content: Cow<'f, str>,
    /// The containers that are open, outermost first.
    pub open: Vec<Level>,
    /// Whether reading went on after a mistake; outer mappings then begin anew for the scanner.
    pub resumed: bool,
    /// Where the last token ends that the scanner gave; what follows may belong to the one that it refused.
    scanned: usize,
    /// No search for a place to go on begins before this offset, so that each search gets further.
    floor: usize,
    /// How many more times reading may go on after a mistake.
    resumes: usize,
    comments: Vec<(u32, u32)>,
    errors: Vec<(u32, u32, String, bool)>,
}

impl<'f> Tokens<'f> {
    pub fn new(text: &'f str, blotted: &'f str, patches: &'f [Patch], body_start: usize) -> Self {
        // Each attempt may read up to the end of the text again: the larger the text, the fewer they are.
        let resumes = attempts(text);
        Self {
            text,
            blotted,
            patches,
            wanted: None,
            may_want: false,
            base: body_start,
            scanner: Scanner::new(StrInput::new(&blotted[body_start..])),
            ahead: None,
            content: Cow::Borrowed(""),
            open: Vec::new(),
            resumed: false,
            scanned: body_start,
            floor: body_start,
            resumes,
            comments: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The tokens of a part of a text, with offsets of the whole. Nothing is read behind a mistake.
    pub fn within(text: &'f str, range: std::ops::Range<usize>) -> Self {
        let blotted = text.get(..range.end).unwrap_or(text);
        Self { text, resumes: 0, ..Self::new(text, blotted, &[], range.start) }
    }

    pub fn text(&self) -> &'f str {
        self.text
    }

    /// The kind of the next token, which stays where it is.
    pub fn kind(&mut self) -> Kind {
        self.peek().kind
    }

    pub fn peek(&mut self) -> Token {
        if let Some(token) = self.ahead {
            return token;
        }
        let token = self.scan();
        self.ahead = Some(token);
        token
    }

    /// Takes the next token. The end is never taken away.
    pub fn take(&mut self) -> Token {
        let token = self.peek();
        if token.kind != Kind::End {
            self.ahead = None;
        }
        token
    }

    fn scan(&mut self) -> Token {
        loop {
            let token = match self.scanner.next() {
                None => return end_token(self.text.len()),
                Some(Ok(token)) => token,
                Some(Err(error)) => {
                    let at = self.base + error.marker().byte_offset().unwrap_or(0);
                    let at = if self.text.is_char_boundary(at) { at } else { self.text.len() };
                    let len = self.text[at..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
                    let indentation =
                        matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent | ErrorKind::TabInIndentation);
                    if indentation && self.may_want {
                        self.wanted = self.quoted_around(at);
                        if self.wanted.is_some() {
                            return end_token(self.text.len());
                        }
                    }
                    let phrase = message::scanner(error.kind());
                    return self.stop(at, at + len, phrase);
                }
            };
            let span = token.span();
            let range = span.byte_range().unwrap_or_default();
            let (start, end) = (to_u32(self.base + range.start), to_u32(self.base + range.end));
            let kind = match token.token_type() {
                TokenType::Comment(_) => {
                    self.comments.push((start, end));
                    continue;
                }
                TokenType::StreamEnd => return end_token(self.text.len()),
                TokenType::VersionDirective(..) | TokenType::TagDirective(..) | TokenType::ReservedDirective(..) => {
                    Kind::Directive
                }
                TokenType::DocumentStart => Kind::DocumentStart,
                TokenType::DocumentEnd => Kind::DocumentEnd,
                TokenType::BlockSequenceStart => Kind::BlockSequence,
                TokenType::BlockMappingStart => Kind::BlockMapping,
                TokenType::BlockEnd => Kind::BlockEnd,
                TokenType::FlowSequenceStart => Kind::FlowSequence,
                TokenType::FlowSequenceEnd => Kind::FlowSequenceEnd,
                TokenType::FlowMappingStart => Kind::FlowMapping,
                TokenType::FlowMappingEnd => Kind::FlowMappingEnd,
                TokenType::BlockEntry => Kind::BlockEntry,
                TokenType::FlowEntry => Kind::FlowEntry,
                TokenType::Key => Kind::Key,
                TokenType::Value => Kind::Value,
                TokenType::Alias(_) => Kind::Alias,
                TokenType::Anchor(_) => Kind::Anchor,
                TokenType::Tag(..) => Kind::Tag,
                TokenType::Scalar(style, _) => Kind::Scalar(*style),
                // The start of the stream; kinds of a later version of the scanner are nothing that the tree knows.
                _ => continue,
            };
            let column = to_u32(span.start.col());
            if matches!(kind, Kind::Alias | Kind::Anchor | Kind::Scalar(_)) {
                self.content = match token.into_parts().1 {
                    TokenType::Scalar(_, text) => self.unpatched(start, text),
                    TokenType::Alias(name) | TokenType::Anchor(name) => name,
                    _ => Cow::Borrowed(""),
                };
            }
            self.scanned = end as usize;
            return Token { kind, start, end, column };
        }
    }

    /// The quoted scalar that holds the place `at`, read by itself, where its indentation does not matter: for PyYAML
    /// and CloudFormation the lines of a quoted scalar may begin anywhere, for the scanner only right of the key.
    fn quoted_around(&self, at: usize) -> Option<Patch> {
        let from = self.scanned.min(at);
        let bytes = self.text.as_bytes();
        // A quote within a word opens nothing.
        let opens = |quote: &usize| {
            let before = quote.checked_sub(1).and_then(|before| bytes.get(before));
            before.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b':' | b',' | b'[' | b'{'))
        };
        memchr::memchr2_iter(b'"', b'\'', &bytes[from..at])
            .map(|step| from + step)
            .filter(opens)
            .take(8)
            .find_map(|quote| quoted_at(self.text, quote).filter(|patch| patch.end > at))
    }

    fn unpatched(&self, start: u32, text: Cow<'f, str>) -> Cow<'f, str> {
        if self.patches.is_empty() {
            return text;
        }
        let found = self.patches.iter().find(|patch| patch.start == start as usize);
        found.map_or(text, |patch| Cow::Borrowed(&patch.content))
    }

    /// Notes a mistake that does not stop the reading; `recoverable` where it changes nothing but what is said.
    pub fn note(&mut self, start: u32, end: u32, phrase: String, recoverable: bool) {
        if self.errors.len() < ERRORS_LIMIT {
            self.errors.push((start, end, phrase, recoverable));
        }
    }

    /// Notes a mistake at the next token and goes on behind it, or stops for good.
    pub fn fail(&mut self, phrase: impl Into<String>) {
        let token = self.peek();
        if matches!(token.kind, Kind::End | Kind::Resume { .. }) {
            return;
        }
        let (start, end) = (token.start as usize, token.end as usize);
        let next = self.stop(start, end, phrase.into());
        self.ahead = Some(next);
    }

    /// Notes a mistake and finds the key behind it at which reading can go on: that of an open mapping which lies
    /// in nothing but mappings, so that its indentation alone tells where it is.
    fn stop(&mut self, start: usize, end: usize, phrase: String) -> Token {
        self.errors.push((to_u32(start), to_u32(end), phrase, false));
        let flow = self.open.iter().find(|level| level.kind == LevelKind::Flow).map(|level| level.start as usize);
        let from = start.min(self.scanned);
        let from = flow.map_or(from, |flow| flow.min(from)).max(self.floor).min(self.text.len());
        let found = if self.resumes == 0 { None } else { self.find_key(from) };
        let Some((line, column)) = found else {
            self.scanner = Scanner::new(StrInput::new(""));
            return end_token(self.text.len());
        };
        self.resumes -= 1;
        self.resumed = true;
        self.floor = line + 1;
        self.base = line;
        self.scanner = Scanner::new(StrInput::new(&self.blotted[line..]));
        Token { kind: Kind::Resume { column }, start: to_u32(line), end: to_u32(line), column }
    }

    /// The start of the next line after the one that holds `from` whose first character stands in the column of an
    /// open mapping and which looks like `key:`; with that column.
    fn find_key(&self, from: usize) -> Option<(usize, u32)> {
        let columns: Vec<usize> = self
            .open
            .iter()
            .take_while(|level| level.kind == LevelKind::BlockMapping)
            .map(|level| level.column as usize)
            .collect();
        let lowest = *columns.first()?;
        let mut at = from;
        while let Some(step) = memchr::memchr(b'\n', &self.text.as_bytes()[at..]) {
            at += step + 1;
            let rest = &self.text[at..];
            let line = &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())];
            let content = line.trim_start_matches(' ');
            let column = line.len() - content.len();
            if column == 0 && (line.starts_with("---") || line.starts_with("...")) {
                return None;
            }
            if columns.contains(&column) && looks_like_key(content) {
                return Some((at, to_u32(column)));
            }
            let blank = content.trim_end().is_empty() || content.starts_with('#');
            if column < lowest && !blank {
                return None;
            }
        }
        None
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

/// How many times reading may begin anew somewhere in a text: the larger it is, the fewer.
pub(super) fn attempts(text: &str) -> usize {
    (8_usize << 20).checked_div(text.len()).unwrap_or(0).clamp(1, 64)
}

/// The text with the inside of the patches written over, so that all offsets stay.
pub(super) fn blot<'f>(text: &'f str, patches: &[Patch]) -> Cow<'f, str> {
    if patches.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut blotted = String::with_capacity(text.len());
    let mut patches: Vec<&Patch> = patches.iter().collect();
    patches.sort_by_key(|patch| patch.start);
    let mut done = 0;
    for patch in patches {
        let inner = patch.start + 1..patch.end.saturating_sub(1);
        if inner.start < done || inner.end < inner.start {
            continue;
        }
        blotted.push_str(&text[done..inner.start]);
        blotted.extend(std::iter::repeat_n('x', inner.len()));
        done = inner.end;
    }
    blotted.push_str(&text[done..]);
    Cow::Owned(blotted)
}

fn quoted_at(text: &str, at: usize) -> Option<Patch> {
    let rest = text.get(at..)?;
    let token = Scanner::new(StrInput::new(rest)).flatten().find(|token| {
        !matches!(token.token_type(), TokenType::StreamStart | TokenType::BlockMappingStart | TokenType::Key)
    })?;
    let (span, content) = token.into_parts();
    let TokenType::Scalar(_, content) = content else { return None };
    Some(Patch { start: at, end: at + span.byte_range()?.end, content: content.into_owned() })
}

fn looks_like_key(content: &str) -> bool {
    let first = content.bytes().next();
    let begins = first.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'"' | b'\'' | b'_' | b'<'));
    begins
        && memchr::memchr_iter(b':', content.as_bytes())
            .any(|colon| content.as_bytes().get(colon + 1).is_none_or(u8::is_ascii_whitespace))
}

fn end_token(len: usize) -> Token {
    let end = to_u32(len);
    Token { kind: Kind::End, start: end, end, column: 0 }
}

pub(super) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
