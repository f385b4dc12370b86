//! Texts with interpolations and directives: quoted, heredocs, and whole files.

use crate::source::Span;
use crate::value::Text;

use super::ast::{Expr, ExprKind, Name, TemplatePart};
use super::scanner::{Failure, Parsed, Parser};

/// Where a text ends and how its characters are escaped.
#[derive(Clone, Copy)]
enum Form<'m> {
    Quoted,
    Heredoc {
        marker: &'m str,
    },
    /// Up to the end of the parser's text.
    Bare,
}

/// The pieces of a text in their order, before directives are nested.
enum Token {
    Literal { text: String, span: Span },
    Interpolation { expr: Expr, span: Span },
    If { condition: Expr, span: Span },
    Else { span: Span },
    EndIf { span: Span },
    For { key_name: Option<Name>, value_name: Name, collection: Expr, span: Span },
    EndFor { span: Span },
}

impl Parser<'_> {
    pub(super) fn quoted(&mut self) -> Parsed<Expr> {
        let start = self.at;
        self.enter()?;
        self.at += 1;
        let tokens = self.tokens(Form::Quoted, start);
        self.leave();
        let parts = nest(tokens?)?;
        Ok(Expr { span: self.span(start, self.at), kind: simplest(parts) })
    }

    pub(super) fn heredoc(&mut self) -> Parsed<Expr> {
        let start = self.at;
        self.at += 2;
        let indented = self.eat("-");
        let Some(marker) = self.name() else {
            return self.failure("expected the marker of a heredoc after `<<`");
        };
        let opened = self.at;
        if !self.eat("\n") && !self.eat("\r\n") {
            let found = self.found();
            return self.failure(format!("expected a new line after the marker of the heredoc, found {found}"));
        }
        self.enter()?;
        let tokens = self.tokens(Form::Heredoc { marker: &marker.text }, start);
        self.leave();
        let mut tokens = tokens.map_err(|failure| {
            if !failure.message.is_empty() {
                return failure;
            }
            Failure {
                span: self.span(start, opened),
                message: format!(
                    "the heredoc is not closed; end it with a line that holds `{}` and nothing else",
                    marker.text
                ),
            }
        })?;
        if indented {
            remove_indentation(&mut tokens);
        }
        Ok(Expr { span: self.span(start, self.at), kind: simplest(nest(tokens)?) })
    }

    /// The whole rest of the text as a template.
    pub(super) fn bare_template(&mut self) -> Parsed<ExprKind> {
        let tokens = self.tokens(Form::Bare, self.at)?;
        Ok(simplest(nest(tokens)?))
    }

    /// Reads tokens up to the end of the form, the end included.
    fn tokens(&mut self, form: Form<'_>, start: usize) -> Parsed<Vec<Token>> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut literal = String::new();
        let mut literal_start = self.at;
        let mut trim_next = false;
        let mut line_start = true;
        macro_rules! flush {
            () => {
                if self.at > literal_start {
                    let text = std::mem::take(&mut literal);
                    let text = if std::mem::take(&mut trim_next) { text.trim_start().to_owned() } else { text };
                    tokens.push(Token::Literal { text, span: self.span(literal_start, self.at) });
                }
            };
        }
        loop {
            if line_start && let Form::Heredoc { marker } = form {
                let rest = self.rest();
                let end = memchr::memchr(b'\n', rest.as_bytes());
                let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                if line.trim() == marker {
                    // Terraform wants a line break after the closing marker.
                    if end.is_none() {
                        return self.failure_opened(start, "");
                    }
                    self.at += line.trim_end().len();
                    return Ok(tokens);
                }
                line_start = false;
            }
            let Some(byte) = self.peek() else {
                return match form {
                    Form::Bare => {
                        flush!();
                        Ok(tokens)
                    }
                    Form::Heredoc { .. } => self.failure_opened(start, ""),
                    Form::Quoted => self.failure_opened(start, "the text is not closed; end it with `\"`"),
                };
            };
            match (byte, form) {
                (b'"', Form::Quoted) => {
                    flush!();
                    self.at += 1;
                    return Ok(tokens);
                }
                (b'\n', Form::Quoted) => {
                    return self.failure_from(
                        start,
                        "a quoted text can't go over several lines; close it with `\"`, write `\\n`, or use a heredoc",
                    );
                }
                (b'\\', Form::Quoted) => literal.push(self.escape()?),
                (b'$' | b'%', _) if self.peek_at(1) == Some(b'{') => {
                    flush!();
                    let trimmed_before = self.peek_at(2) == Some(b'~');
                    if trimmed_before && let Some(Token::Literal { text, .. }) = tokens.last_mut() {
                        text.truncate(text.trim_end().len());
                    }
                    trim_next = self.sequence(&mut tokens)?;
                    literal_start = self.at;
                }
                (b'$' | b'%', _) if self.peek_at(1) == Some(byte) && self.peek_at(2) == Some(b'{') => {
                    literal.push(char::from(byte));
                    literal.push('{');
                    self.at += 3;
                }
                (b'\n', _) => {
                    literal.push('\n');
                    self.at += 1;
                    // Trim markers and indentation see a text line by line.
                    flush!();
                    literal_start = self.at;
                    line_start = true;
                }
                _ => {
                    let Some(char) = self.rest().chars().next() else { return self.failure_opened(start, "") };
                    literal.push(char);
                    self.at += char.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let start = self.at;
        self.at += 1;
        let Some(byte) = self.peek() else { return self.failure_from(start, "the escape sequence is not complete") };
        let digits = match byte {
            b'n' | b'r' | b't' | b'"' | b'\\' => {
                self.at += 1;
                return Ok(match byte {
                    b'n' => '\n',
                    b'r' => '\r',
                    b't' => '\t',
                    other => char::from(other),
                });
            }
            b'u' => 4,
            b'U' => 8,
            _ => {
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
                return self.failure_from(start, "there is no such escape sequence; write `\\\\` for a backslash");
            }
        };
        self.at += 1;
        let code = self.rest().get(..digits).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                self.at += digits;
                Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            None => self.failure_from(start, format!("expected {digits} hexadecimal digits after `\\u`")),
        }
    }

    /// `${...}` or `%{...}`; gives whether the text behind it is to be trimmed.
    fn sequence(&mut self, tokens: &mut Vec<Token>) -> Parsed<bool> {
        let start = self.at;
        let directive = self.peek() == Some(b'%');
        self.at += 2;
        self.eat("~");
        self.enter()?;
        let newlines = std::mem::replace(&mut self.newlines, false);
        let token = if directive { self.directive(start) } else { self.interpolation(start) };
        let closed = token.and_then(|token| {
            self.skip();
            let trim = self.eat("~");
            if self.eat("}") {
                return Ok((token, trim));
            }
            if self.peek().is_none() {
                return self.failure_opened(start, "the template sequence is not closed; end it with `}`");
            }
            let found = self.found();
            self.failure(format!("expected `}}` at the end of the template sequence, found {found}"))
        });
        self.newlines = newlines;
        self.leave();
        let (mut token, trim) = closed?;
        let whole = self.span(start, self.at);
        match &mut token {
            Token::Literal { span, .. }
            | Token::Interpolation { span, .. }
            | Token::If { span, .. }
            | Token::Else { span }
            | Token::EndIf { span }
            | Token::For { span, .. }
            | Token::EndFor { span } => *span = whole,
        }
        tokens.push(token);
        Ok(trim)
    }

    fn interpolation(&mut self, start: usize) -> Parsed<Token> {
        let expr = self.expression()?;
        Ok(Token::Interpolation { expr, span: self.span(start, self.at) })
    }

    fn directive(&mut self, start: usize) -> Parsed<Token> {
        let word = self.expect_name("after `%{`")?;
        let span = self.span(start, self.at);
        Ok(match word.text.as_str() {
            "if" => Token::If { condition: self.expression()?, span },
            "else" => Token::Else { span },
            "endif" => Token::EndIf { span },
            "for" => {
                let (key_name, value_name) = self.for_names()?;
                Token::For { key_name, value_name, collection: self.expression()?, span }
            }
            "endfor" => Token::EndFor { span },
            other => {
                return Err(Failure {
                    span: word.span,
                    message: format!("there is no directive `{other}`; use `if`, `else`, `endif`, `for` or `endfor`"),
                });
            }
        })
    }
}

/// Takes away the spaces that all lines of a `<<-` heredoc begin with.
fn remove_indentation(tokens: &mut [Token]) {
    let mut fewest = usize::MAX;
    let mut adjust = Vec::new();
    let mut line_start = true;
    for (index, token) in tokens.iter().enumerate() {
        if std::mem::take(&mut line_start) {
            match token {
                Token::Literal { text, .. } => {
                    let spaces = text.chars().take_while(|char| char.is_whitespace()).count();
                    let blank = text.ends_with('\n') && text.trim_start().is_empty();
                    if !blank {
                        fewest = fewest.min(spaces);
                        adjust.push(index);
                    }
                }
                _ => fewest = 0,
            }
        }
        if let Token::Literal { text, .. } = token {
            line_start = text.ends_with('\n');
        }
    }
    for index in adjust {
        if let Some(Token::Literal { text, .. }) = tokens.get_mut(index) {
            *text = text.chars().skip(fewest).collect();
        }
    }
}

/// A directive that is open.
enum Open {
    If { condition: Expr, yes: Option<Vec<TemplatePart>>, span: Span },
    For { key_name: Option<Name>, value_name: Name, collection: Expr, span: Span },
}

/// How many directives may be open at once.
const MAX_OPEN: usize = 100;

/// Puts directives around what stands between them.
fn nest(tokens: Vec<Token>) -> Parsed<Vec<TemplatePart>> {
    let mut open: Vec<(Open, Vec<TemplatePart>)> = Vec::new();
    let mut parts: Vec<TemplatePart> = Vec::new();
    let unexpected = |span: Span, word: &str, opener: &str| {
        Err(Failure { span, message: format!("`{word}` without an `{opener}` before it") })
    };
    for token in tokens {
        match token {
            Token::Literal { text, span } => match parts.last_mut() {
                Some(TemplatePart::Literal { text: before, span: whole }) => {
                    *before = format!("{before}{text}").into();
                    *whole = whole.to(span);
                }
                _ => parts.push(TemplatePart::Literal { text: Text::from(text), span }),
            },
            Token::Interpolation { expr, span } => parts.push(TemplatePart::Interpolation { expr, span }),
            Token::If { condition, span } => {
                open.push((Open::If { condition, yes: None, span }, std::mem::take(&mut parts)));
            }
            Token::For { key_name, value_name, collection, span } => {
                open.push((Open::For { key_name, value_name, collection, span }, std::mem::take(&mut parts)));
            }
            Token::Else { span } => match open.last_mut() {
                Some((Open::If { yes: yes @ None, .. }, _)) => *yes = Some(std::mem::take(&mut parts)),
                _ => return unexpected(span, "else", "if"),
            },
            Token::EndIf { span } => match open.pop() {
                Some((Open::If { condition, yes, span: start }, before)) => {
                    let inner = std::mem::replace(&mut parts, before);
                    let (yes, no) = match yes {
                        Some(yes) => (yes, inner),
                        None => (inner, Vec::new()),
                    };
                    parts.push(TemplatePart::If { condition, yes, no, span: start.to(span) });
                }
                _ => return unexpected(span, "endif", "if"),
            },
            Token::EndFor { span } => match open.pop() {
                Some((Open::For { key_name, value_name, collection, span: start }, before)) => {
                    let body = std::mem::replace(&mut parts, before);
                    let span = start.to(span);
                    parts.push(TemplatePart::For { key_name, value_name, collection, body, span });
                }
                _ => return unexpected(span, "endfor", "for"),
            },
        }
        if open.len() > MAX_OPEN {
            let Some((Open::If { span, .. } | Open::For { span, .. }, _)) = open.last() else { break };
            return Err(Failure { span: *span, message: format!("more than {MAX_OPEN} directives in each other") });
        }
    }
    match open.pop() {
        None => Ok(parts),
        Some((Open::If { span, .. }, _)) => {
            Err(Failure { span, message: "`if` is not closed; end it with `%{ endif }`".to_owned() })
        }
        Some((Open::For { span, .. }, _)) => {
            Err(Failure { span, message: "`for` is not closed; end it with `%{ endfor }`".to_owned() })
        }
    }
}

/// A plain string where nothing is interpolated.
fn simplest(parts: Vec<TemplatePart>) -> ExprKind {
    match parts.as_slice() {
        [] => ExprKind::String(Text::default()),
        [TemplatePart::Literal { text, .. }] => ExprKind::String(text.clone()),
        _ => ExprKind::Template(parts),
    }
}
