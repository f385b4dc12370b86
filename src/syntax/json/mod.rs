//! JSON to a tree: strict, with the span of every node, and with what could be read around mistakes.
//!
//! jsonc-parser's scanner cuts the text into tokens with every leniency off; the tree is filled from them without
//! anything in between, because the syntax tree of that crate takes many times the size of the text. What the scanner
//! still lets through (control characters in strings, white space of other kinds, comments) is reported here.

use std::borrow::Cow;
use std::sync::Arc;

use crate::source::SourceFile;

use super::tree::{Layout, NodeId, Resolved, Style, Tree};
use super::{DEPTH_LIMIT, keys};
use tokens::{Kind, Token, Tokens};

#[cfg(test)]
mod tests;
mod tokens;

/// Reads a JSON file. A text of nothing but white space has no document.
#[must_use]
pub fn parse(file: Arc<SourceFile>) -> Tree {
    let text_owner = Arc::clone(&file);
    let mut parser = Parser {
        tokens: Tokens::new(text_owner.text(), text_owner.body_start()),
        tree: Tree::new(file),
        scratch: Vec::new(),
        open: Vec::new(),
        pending_key: None,
        end: 0,
    };
    if parser.tokens.peek().kind != Kind::End {
        let root = parser.value();
        parser.tree.documents.push(root);
        if parser.tokens.peek().kind != Kind::End {
            parser.tokens.note_ahead("the JSON text has ended before this; remove it or put a bracket in order");
        }
    }
    let Parser { tokens, mut tree, .. } = parser;
    let (comments, errors) = tokens.into_findings(tree.file.id);
    tree.comments = comments;
    tree.errors.extend(errors);
    tree.errors.sort_by_key(|error| error.span);
    tree
}

struct Parser<'f> {
    tokens: Tokens<'f>,
    tree: Tree,
    /// Children of the containers that are open, innermost last.
    scratch: Vec<NodeId>,
    /// The closing brackets that the open containers wait for, innermost last.
    open: Vec<Kind>,
    /// A key that was met in a list which is not closed: it belongs to the object around the list.
    pending_key: Option<NodeId>,
    /// Where the content that was read last ends.
    end: u32,
}

impl<'f> Parser<'f> {
    fn value(&mut self) -> NodeId {
        match self.tokens.peek().kind {
            Kind::OpenBrace | Kind::OpenBracket if self.open.len() >= DEPTH_LIMIT => {
                let phrase = format!("this is nested deeper than {DEPTH_LIMIT} levels; flatten it");
                self.tokens.note_ahead(phrase);
                let start = self.tokens.peek().start;
                self.skip_value();
                self.null((start, self.end))
            }
            Kind::OpenBrace => self.object(),
            Kind::OpenBracket => self.array(),
            Kind::String | Kind::Number | Kind::True | Kind::False | Kind::Null => {
                let token = self.tokens.take();
                self.scalar(token)
            }
            Kind::Bad => {
                // Already noted by the scanner.
                let token = self.tokens.take();
                self.end = token.end;
                self.null((token.start, token.end))
            }
            Kind::End | Kind::Comma | Kind::CloseBrace | Kind::CloseBracket => {
                self.tokens.note_ahead("a value is missing here; write one, or remove the comma or colon before it");
                self.null((self.end, self.end))
            }
            Kind::Colon => {
                self.tokens.note_ahead("a value is missing before this colon");
                self.null((self.end, self.end))
            }
        }
    }

    fn null(&mut self, span: (u32, u32)) -> NodeId {
        self.tree.borrowed(span, (span.1, span.1), Style::Plain, Resolved::Null, None)
    }

    fn scalar(&mut self, token: Token<'f>) -> NodeId {
        self.end = token.end;
        let span = (token.start, token.end);
        let plain = |tree: &mut Tree, resolved| tree.borrowed(span, span, Style::Plain, resolved, None);
        match token.kind {
            Kind::Number => plain(&mut self.tree, Resolved::Number),
            Kind::True => plain(&mut self.tree, Resolved::True),
            Kind::False => plain(&mut self.tree, Resolved::False),
            Kind::String => match token.text {
                Cow::Borrowed(text) => {
                    let start = token.start + 1;
                    let inner = (start, start + tokens::to_u32(text.len()));
                    self.tree.borrowed(span, inner, Style::DoubleQuoted, Resolved::String, None)
                }
                Cow::Owned(text) => self.tree.cooked(span, text, Style::DoubleQuoted, Resolved::String, None),
            },
            _ => plain(&mut self.tree, Resolved::Null),
        }
    }

    fn object(&mut self) -> NodeId {
        let start = self.enter(Kind::CloseBrace);
        let mark = self.scratch.len();
        while self.goes_on(Kind::CloseBrace) {
            match self.tokens.peek().kind {
                _ if self.pending_key.is_some() => self.entry(),
                Kind::String => self.entry(),
                Kind::Comma => {
                    self.tokens.note_ahead("an entry is missing before this comma; remove the comma");
                    self.tokens.take();
                }
                _ => {
                    self.tokens.note_ahead("a key in double quotes is expected here");
                    self.skip_entry();
                }
            }
            self.separator(Kind::CloseBrace);
        }
        self.open.pop();
        for (span, phrase) in keys::settle_repeated(&self.tree, &mut self.scratch, mark, |_| false) {
            self.tokens.note(span.start, span.end, phrase, true);
        }
        let node = self.tree.mapping((start, self.end), &self.scratch[mark..], Layout::Flow, None);
        self.scratch.truncate(mark);
        node
    }

    fn entry(&mut self) {
        let key = match self.pending_key.take() {
            Some(key) => key,
            None => {
                let token = self.tokens.take();
                self.scalar(token)
            }
        };
        self.scratch.push(key);
        let value = if self.tokens.peek().kind == Kind::Colon {
            self.end = self.tokens.take().end;
            self.value()
        } else {
            self.tokens.note_ahead("a colon and a value are missing behind the key");
            self.null((self.end, self.end))
        };
        self.scratch.push(value);
    }

    fn array(&mut self) -> NodeId {
        let start = self.enter(Kind::CloseBracket);
        let mark = self.scratch.len();
        while self.goes_on(Kind::CloseBracket) {
            match self.tokens.peek().kind {
                Kind::Comma => {
                    self.tokens.note_ahead("an item is missing before this comma; remove the comma");
                    self.tokens.take();
                }
                Kind::Colon => {
                    self.tokens.note_ahead("a colon can't stand in a list; use braces for keys with values");
                    self.tokens.take();
                    continue;
                }
                kind => {
                    let before = self.end;
                    let item = self.value();
                    if kind == Kind::String && self.is_key_of_outer_object() {
                        let span = self.tree.node(item).span();
                        let phrase = "the list before this key is not closed; add `]`".to_owned();
                        self.tokens.note(span.start, span.end, phrase, false);
                        self.pending_key = Some(item);
                        self.end = before;
                        break;
                    }
                    self.scratch.push(item);
                }
            }
            self.separator(Kind::CloseBracket);
        }
        self.open.pop();
        let node = self.tree.sequence((start, self.end), &self.scratch[mark..], Layout::Flow, None);
        self.scratch.truncate(mark);
        node
    }

    fn is_key_of_outer_object(&mut self) -> bool {
        let outer = self.open.len().checked_sub(2).and_then(|index| self.open.get(index));
        outer == Some(&Kind::CloseBrace) && self.tokens.peek().kind == Kind::Colon
    }

    fn enter(&mut self, close: Kind) -> u32 {
        let token = self.tokens.take();
        self.end = token.end;
        self.open.push(close);
        token.start
    }

    /// Whether the container has more to read. Takes its closing bracket; leaves that of an outer container.
    fn goes_on(&mut self, close: Kind) -> bool {
        if self.pending_key.is_some() {
            return true;
        }
        loop {
            match self.tokens.peek().kind {
                kind if kind == close => {
                    self.end = self.tokens.take().end;
                    return false;
                }
                Kind::End => {
                    let bracket = if close == Kind::CloseBrace { "`}`" } else { "`]`" };
                    self.tokens.note_ahead(format!("the text ends before the closing {bracket}; add it"));
                    return false;
                }
                kind @ (Kind::CloseBrace | Kind::CloseBracket) => {
                    self.tokens.note_ahead("this bracket closes nothing that is open; check the brackets before it");
                    if self.open.contains(&kind) {
                        return false;
                    }
                    self.tokens.take();
                }
                _ => return true,
            }
        }
    }

    fn separator(&mut self, close: Kind) {
        if self.pending_key.is_some() {
            return;
        }
        match self.tokens.peek().kind {
            Kind::Comma => {
                let comma = self.tokens.take();
                let next = self.tokens.peek().kind;
                if next == close {
                    self.tokens.note(
                        comma.start,
                        comma.end,
                        "JSON has no comma behind the last entry; remove it".to_owned(),
                        false,
                    );
                }
            }
            Kind::End | Kind::CloseBrace | Kind::CloseBracket | Kind::Bad => {}
            _ => self.tokens.note_ahead("a comma is missing before this"),
        }
    }

    /// Skips up to the comma or bracket behind an entry that can't be read.
    fn skip_entry(&mut self) {
        while !matches!(self.tokens.peek().kind, Kind::Comma | Kind::CloseBrace | Kind::CloseBracket | Kind::End) {
            self.skip_value();
        }
    }

    /// Skips a token, or a whole container.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        loop {
            let token = self.tokens.take();
            self.end = token.end;
            match token.kind {
                Kind::OpenBrace | Kind::OpenBracket => depth += 1,
                Kind::CloseBrace | Kind::CloseBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 || token.kind == Kind::End {
                return;
            }
        }
    }
}
