//! Bodies: attributes and blocks. A broken one is told of and passed over, so that it hides nothing else.

use crate::source::Span;
use crate::syntax::tree::SyntaxError;

use super::ast::{Attribute, Block, Body, ExprKind, Label, Name, TemplatePart};
use super::scanner::{Failure, Parsed, Parser};

/// Blocks that stand at the top of a file only. One of them at the beginning of a line inside another block tells
/// that a closing brace is missing.
const TOP_LEVEL: &[&str] = &["resource", "data", "module", "variable", "output", "provider", "locals", "terraform"];

/// The block that a body belongs to.
#[derive(Clone, Copy)]
struct Opened {
    brace: usize,
    /// Nothing but spaces between the opening brace and the body: the closing one stands on the same line.
    single_line: bool,
}

impl Parser<'_> {
    /// A whole file.
    pub(super) fn file_body(&mut self) -> Body {
        let mut body = Body::default();
        self.items(&mut body, None);
        body
    }

    /// Reads items to the closing brace, or to the end of the text. Never fails: what is wrong is reported, and
    /// reading goes on behind it.
    fn items(&mut self, body: &mut Body, opened: Option<Opened>) {
        self.newlines = true;
        let single_line = opened.is_some_and(|opened| opened.single_line);
        loop {
            if single_line {
                self.skip();
            } else {
                self.skip_lines();
            }
            let start = self.at;
            match (self.peek(), opened) {
                (None, None) => return,
                (None, Some(opened)) => {
                    let failure =
                        Failure { span: self.span(opened.brace, opened.brace + 1), message: unclosed().to_owned() };
                    self.report(failure, false);
                    return;
                }
                (Some(b'}'), Some(_)) => {
                    self.at += 1;
                    return;
                }
                _ => {}
            }
            if let Some(opened) = opened
                && self.depth > 0
                && self.at_top_level_block()
            {
                let failure =
                    Failure { span: self.span(opened.brace, opened.brace + 1), message: unclosed().to_owned() };
                self.report(failure, false);
                return;
            }
            if let Err(failure) = self.item(body, single_line) {
                self.report(failure, false);
                self.recover(start);
            }
        }
    }

    fn item(&mut self, body: &mut Body, single_line: bool) -> Parsed<()> {
        let Some(name) = self.name() else {
            let found = self.found();
            return self.failure(format!("expected an argument or a block, found {found}"));
        };
        self.skip();
        match self.peek() {
            Some(b'=') if self.peek_at(1) != Some(b'=') => {
                self.at += 1;
                let expr = self.expression()?;
                let ended = self.at_line_end() || single_line && self.peek() == Some(b'}');
                if !ended {
                    let found = self.found();
                    return self
                        .failure(format!("expected a new line after the argument `{}`, found {found}", name.text));
                }
                if let Some(before) = body.attribute(&name.text) {
                    self.errors.push(SyntaxError {
                        span: name.span,
                        message: format!("the argument `{}` is written twice in one block", before.name),
                        recoverable: true,
                    });
                    return Ok(());
                }
                body.attributes.push(Attribute { name: name.text, name_span: name.span, expr });
                Ok(())
            }
            Some(b'"' | b'{') => self.block(body, name, single_line),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii() => {
                self.block(body, name, single_line)
            }
            Some(b':') => {
                self.failure(format!("expected `=` after the name of the argument `{}`, found `:`", name.text))
            }
            _ => {
                let found = self.found();
                self.failure(format!("expected `=` or `{{` after `{}`, found {found}", name.text))
            }
        }
    }

    fn block(&mut self, body: &mut Body, name: Name, single_line: bool) -> Parsed<()> {
        if single_line {
            return Err(Failure {
                span: name.span,
                message: format!("the block `{}` needs a line of its own", name.text),
            });
        }
        let labels = self.labels()?;
        let header = labels.last().map_or(name.span, |label| name.span.to(label.span));
        let brace = self.at;
        if !self.eat("{") {
            let found = self.found();
            return self.failure(format!("expected `{{` to open the block `{}`, found {found}", name.text));
        }
        self.enter()?;
        let opened = Opened { brace, single_line: !self.at_line_end() };
        let mut inner = Body::default();
        self.items(&mut inner, Some(opened));
        self.leave();
        let span = name.span.to(self.span(self.at, self.at));
        let label = name.text.clone();
        body.blocks.push(Block { name: name.text, name_span: name.span, labels, header, span, body: inner });
        if !self.at_line_end() && !self.at_top_level_block() {
            let found = self.found();
            return self.failure(format!("expected a new line after the block `{label}`, found {found}"));
        }
        Ok(())
    }

    fn labels(&mut self) -> Parsed<Vec<Label>> {
        let mut labels = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                Some(b'"') => {
                    let quoted = self.quoted()?;
                    let ExprKind::String(text) = quoted.kind else {
                        return Err(Failure {
                            span: template_span(&quoted.kind).unwrap_or(quoted.span),
                            message: "the label of a block can't hold interpolations".to_owned(),
                        });
                    };
                    labels.push(Label { text, span: quoted.span });
                }
                _ => match self.name() {
                    Some(name) => labels.push(Label { text: name.text, span: name.span }),
                    None => return Ok(labels),
                },
            }
        }
    }

    /// At the beginning of a line, with the header of a block that belongs to the top of a file.
    fn at_top_level_block(&mut self) -> bool {
        let line_start = self.at == 0 || self.bytes().get(self.at - 1) == Some(&b'\n');
        if !line_start {
            return false;
        }
        let (at, newlines) = (self.at, std::mem::replace(&mut self.newlines, true));
        let known = self.name().is_some_and(|name| TOP_LEVEL.contains(&name.text.as_str()));
        let mut found = false;
        if known {
            let errors = self.errors.len();
            found = self.labels().is_ok() && self.peek() == Some(b'{');
            self.errors.truncate(errors);
        }
        self.at = at;
        self.newlines = newlines;
        found
    }

    /// Goes behind a broken item that begins at `start`: to the end of its line, outside of the brackets that it
    /// opens; not over the brace that closes the block, nor over the next top-level block.
    fn recover(&mut self, start: usize) {
        let failed_at = self.at;
        self.at = start;
        self.newlines = true;
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => self.skip(),
                b'/' if matches!(self.peek_at(1), Some(b'/' | b'*')) => self.skip(),
                b'"' => self.pass_quoted(),
                b'<' if self.peek_at(1) == Some(b'<') => {
                    let before = self.at;
                    let errors = self.errors.len();
                    if self.heredoc().is_err() {
                        self.at = before + 2;
                    }
                    self.errors.truncate(errors);
                }
                b'{' | b'[' | b'(' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' | b')' if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                // The brace of the block around, unless the item itself begins with it.
                b'}' if self.at > start => return,
                b'\n' => {
                    self.at += 1;
                    // Nothing of what was read before the failure is read again.
                    let behind = self.at > failed_at.min(self.text.len().saturating_sub(1));
                    if open == 0 && behind || self.at_top_level_block() {
                        return;
                    }
                }
                _ => self.at += self.rest().chars().next().map_or(1, char::len_utf8),
            }
        }
    }

    /// Passes over a quoted text on one line, with the interpolations that it holds.
    fn pass_quoted(&mut self) {
        self.at += 1;
        let mut inside: usize = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => return,
                b'\\' => self.at += 1,
                b'"' if inside == 0 => {
                    self.at += 1;
                    return;
                }
                b'{' if matches!(self.bytes().get(self.at.wrapping_sub(1)), Some(b'$' | b'%')) || inside > 0 => {
                    inside += 1;
                }
                b'}' => inside = inside.saturating_sub(1),
                _ => {}
            }
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
    }
}

fn unclosed() -> &'static str {
    "the block is not closed; end it with `}`"
}

fn template_span(kind: &ExprKind) -> Option<Span> {
    let ExprKind::Template(parts) = kind else { return None };
    parts.iter().find_map(|part| match part {
        TemplatePart::Literal { .. } => None,
        TemplatePart::Interpolation { span, .. } | TemplatePart::If { span, .. } | TemplatePart::For { span, .. } => {
            Some(*span)
        }
    })
}
