//! Expressions, by recursive descent with precedence climbing.

use crate::source::Span;
use crate::value::Text;

use super::ast::{BinaryOperator, Call, Expr, ExprKind, For, Name, ObjectItem, ObjectKey, UnaryOperator};
use super::scanner::{Failure, MAX_CHAIN, Parsed, Parser};

impl Parser<'_> {
    /// An expression; `a ? b : c` binds weakest.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.enter()?;
        let parsed = self.conditional();
        self.leave();
        parsed
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let condition = self.binary(0)?;
        self.skip();
        if !self.eat("?") {
            return Ok(condition);
        }
        let yes = self.expression()?;
        self.expect(":", "between the two results of the conditional")?;
        let no = self.expression()?;
        Ok(Expr { span: condition.span.to(no.span), kind: ExprKind::Conditional(Box::new([condition, yes, no])) })
    }

    fn operator(&self) -> Option<(BinaryOperator, u8, usize)> {
        use BinaryOperator as Op;
        Some(match (self.peek()?, self.peek_at(1)) {
            (b'|', Some(b'|')) => (Op::Or, 1, 2),
            (b'&', Some(b'&')) => (Op::And, 2, 2),
            (b'=', Some(b'=')) => (Op::Equal, 3, 2),
            (b'!', Some(b'=')) => (Op::NotEqual, 3, 2),
            (b'>', Some(b'=')) => (Op::GreaterOrEqual, 4, 2),
            (b'<', Some(b'=')) => (Op::LessOrEqual, 4, 2),
            (b'>', _) => (Op::Greater, 4, 1),
            (b'<', _) => (Op::Less, 4, 1),
            (b'+', _) => (Op::Add, 5, 1),
            (b'-', _) => (Op::Subtract, 5, 1),
            (b'*', _) => (Op::Multiply, 6, 1),
            (b'/', _) => (Op::Divide, 6, 1),
            (b'%', _) => (Op::Modulo, 6, 1),
            _ => return None,
        })
    }

    fn binary(&mut self, weakest: u8) -> Parsed<Expr> {
        let mut left = self.unary()?;
        let mut operators = 0;
        loop {
            self.skip();
            let Some((operator, precedence, width)) = self.operator() else { return Ok(left) };
            if precedence < weakest {
                return Ok(left);
            }
            operators += 1;
            if operators > MAX_CHAIN {
                return self.failure(format!("more than {MAX_CHAIN} operators in one chain"));
            }
            self.at += width;
            let right = self.binary(precedence + 1)?;
            let span = left.span.to(right.span);
            left = Expr { span, kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)) };
        }
    }

    fn unary(&mut self) -> Parsed<Expr> {
        self.skip();
        let start = self.at;
        let operator = match self.peek() {
            Some(b'-') => UnaryOperator::Negate,
            Some(b'!') if self.peek_at(1) != Some(b'=') => UnaryOperator::Not,
            _ => return self.postfix(),
        };
        self.at += 1;
        self.enter()?;
        let operand = self.unary();
        self.leave();
        let operand = operand?;
        Ok(Expr { span: self.span(start, start).to(operand.span), kind: ExprKind::Unary(operator, Box::new(operand)) })
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let term = self.term()?;
        self.traversals(term)
    }

    /// `.name`, `.0`, `[key]`, `.*` and `[*]` after a term.
    fn traversals(&mut self, mut expr: Expr) -> Parsed<Expr> {
        let mut steps = 0;
        loop {
            self.skip();
            steps += 1;
            if steps > MAX_CHAIN {
                return self.failure(format!("more than {MAX_CHAIN} steps in one reference"));
            }
            match self.peek() {
                // `...` after the last argument of a call or the value of a `for`.
                Some(b'.') if !self.looking_at("...") => {
                    let start = self.at;
                    self.at += 1;
                    self.skip();
                    if self.eat("*") {
                        let item = Expr { span: self.span(start, self.at), kind: ExprKind::SplatItem };
                        let each = self.attribute_steps(item)?;
                        let span = expr.span.to(each.span);
                        expr = Expr { span, kind: ExprKind::Splat(Box::new(expr), Box::new(each)) };
                    } else {
                        expr = self.attribute_step(expr)?;
                    }
                }
                Some(b'[') => {
                    let start = self.at;
                    self.at += 1;
                    let newlines = std::mem::replace(&mut self.newlines, false);
                    self.skip();
                    let splat = self.peek() == Some(b'*');
                    let step = if splat {
                        self.at += 1;
                        self.expect("]", "after `*`").map(|()| None)
                    } else {
                        self.expression()
                            .and_then(|key| self.expect("]", "at the end of the index").map(|()| Some(key)))
                    };
                    self.newlines = newlines;
                    if let Some(key) = step? {
                        let span = expr.span.to(self.span(start, self.at));
                        expr = Expr { span, kind: ExprKind::Index(Box::new(expr), Box::new(key)) };
                    } else {
                        let item = Expr { span: self.span(start, self.at), kind: ExprKind::SplatItem };
                        self.enter()?;
                        let each = self.traversals(item);
                        self.leave();
                        let each = each?;
                        let span = expr.span.to(each.span);
                        return Ok(Expr { span, kind: ExprKind::Splat(Box::new(expr), Box::new(each)) });
                    }
                }
                _ => return Ok(expr),
            }
        }
    }

    /// The steps that belong to an attribute-only splat: names and legacy indexes, no brackets.
    fn attribute_steps(&mut self, mut expr: Expr) -> Parsed<Expr> {
        loop {
            self.skip();
            if self.peek() != Some(b'.') || self.looking_at("...") {
                return Ok(expr);
            }
            self.at += 1;
            self.skip();
            if self.peek() == Some(b'*') {
                return self.failure("a splat within an attribute-only splat is not allowed; use `[*]`");
            }
            expr = self.attribute_step(expr)?;
        }
    }

    /// What follows a dot: a name, or a number as old configurations index.
    fn attribute_step(&mut self, expr: Expr) -> Parsed<Expr> {
        let start = self.at;
        if let Some(name) = self.name() {
            let span = expr.span.to(name.span);
            return Ok(Expr { span, kind: ExprKind::Attribute(Box::new(expr), name) });
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if start == self.at {
            let found = self.found();
            return self.failure(format!("expected the name of an attribute after `.`, found {found}"));
        }
        if self.peek() == Some(b'.') && self.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) {
            return self.failure("two indexes with dots can't follow each other; write them in brackets");
        }
        let key = Expr { span: self.span(start, self.at), kind: ExprKind::Number(self.text[start..self.at].into()) };
        Ok(Expr { span: expr.span.to(key.span), kind: ExprKind::Index(Box::new(expr), Box::new(key)) })
    }

    fn term(&mut self) -> Parsed<Expr> {
        self.skip();
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'<') if self.peek_at(1) == Some(b'<') => self.heredoc(),
            Some(b'0'..=b'9') => self.number(),
            Some(b'(') => self.bracketed(Self::paren),
            Some(b'[') => self.bracketed(Self::list),
            Some(b'{') => self.bracketed(Self::object),
            _ => self.named(),
        }
    }

    /// Runs a part that begins with an opening bracket, inside of which line breaks mean nothing.
    fn bracketed(&mut self, part: impl FnOnce(&mut Self, usize) -> Parsed<ExprKind>) -> Parsed<Expr> {
        let start = self.at;
        let newlines = std::mem::replace(&mut self.newlines, false);
        self.at += 1;
        let kind = part(self, start);
        self.newlines = newlines;
        Ok(Expr { kind: kind?, span: self.span(start, self.at) })
    }

    fn paren(&mut self, _: usize) -> Parsed<ExprKind> {
        let inner = self.expression()?;
        self.expect(")", "to close the parentheses")?;
        Ok(ExprKind::Paren(Box::new(inner)))
    }

    fn list(&mut self, start: usize) -> Parsed<ExprKind> {
        self.skip();
        if self.peek_name().is_some_and(|name| name == "for") {
            return self.for_expression("]");
        }
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.eat("]") {
                return Ok(ExprKind::List(items));
            }
            if self.peek().is_none() {
                return self.failure_opened(start, "the list is not closed; end it with `]`");
            }
            items.push(self.expression()?);
            self.skip();
            if !self.eat(",") && self.peek() != Some(b']') {
                if self.peek().is_none() {
                    return self.failure_opened(start, "the list is not closed; end it with `]`");
                }
                let found = self.found();
                return self.failure(format!("expected `,` or `]` after the item of the list, found {found}"));
            }
        }
    }

    fn object(&mut self, start: usize) -> Parsed<ExprKind> {
        self.skip();
        if self.peek_name().is_some_and(|name| name == "for") {
            return self.for_expression("}");
        }
        // Line breaks part the items of an object.
        self.newlines = true;
        let mut items = Vec::new();
        loop {
            self.skip_lines();
            if self.eat("}") {
                return Ok(ExprKind::Object(items));
            }
            if self.peek().is_none() {
                return self.failure_opened(start, "the object is not closed; end it with `}`");
            }
            items.push(self.object_item()?);
            if self.at_line_end() || self.eat(",") || self.peek() == Some(b'}') {
                continue;
            }
            let found = self.found();
            return self
                .failure(format!("expected `,`, a new line or `}}` after the item of the object, found {found}"));
        }
    }

    fn object_item(&mut self) -> Parsed<ObjectItem> {
        let key = self.expression()?;
        self.skip();
        let separator = !self.looking_at("==") && !self.looking_at("=>") && (self.eat("=") || self.eat(":"));
        if !separator {
            let found = self.found();
            return self.failure(format!("expected `=` or `:` after the key of the object, found {found}"));
        }
        let value = self.expression()?;
        let key_span = key.span;
        let key = match key.kind {
            ExprKind::Variable(name) => ObjectKey::Name(name),
            ExprKind::Null => ObjectKey::Name("null".into()),
            ExprKind::Bool(value) => ObjectKey::Name(if value { "true" } else { "false" }.into()),
            kind => ObjectKey::Expr(Expr { span: key_span, kind }),
        };
        Ok(ObjectItem { key, key_span, value })
    }

    fn for_expression(&mut self, close: &str) -> Parsed<ExprKind> {
        self.newlines = false;
        self.name();
        let (key_name, value_name) = self.for_names()?;
        let collection = self.expression()?;
        self.expect(":", "after the collection of `for`")?;
        let mut value = self.expression()?;
        let mut key = None;
        self.skip();
        if self.eat("=>") {
            if close == "]" {
                return self.failure("a `for` in `[` gives a list and has no `=>`; use `{` for an object");
            }
            key = Some(std::mem::replace(&mut value, self.expression()?));
        } else if close == "}" {
            let found = self.found();
            return self.failure(format!("expected `=>` between key and value of the object, found {found}"));
        }
        self.skip();
        let group = self.eat("...");
        if group && key.is_none() {
            return self.failure("`...` groups the values of an object; a list has none");
        }
        self.skip();
        let condition = if self.peek_name().is_some_and(|name| name == "if") {
            self.name();
            Some(self.expression()?)
        } else {
            None
        };
        self.expect(close, "at the end of `for`")?;
        Ok(ExprKind::For(Box::new(For { key_name, value_name, collection, key, value, group, condition })))
    }

    /// `k, v in`.
    pub(super) fn for_names(&mut self) -> Parsed<(Option<Name>, Name)> {
        let first = self.expect_name("after `for`")?;
        self.skip();
        let (key, value) = if self.eat(",") {
            let second = self.expect_name("after `,`")?;
            (Some(first), second)
        } else {
            (None, first)
        };
        let word = self.expect_name("after the names of `for`")?;
        if word.text != "in" {
            return Err(Failure { span: word.span, message: format!("expected `in`, found `{}`", word.text) });
        }
        Ok((key, value))
    }

    pub(super) fn expect_name(&mut self, place: &str) -> Parsed<Name> {
        self.skip();
        match self.name() {
            Some(name) => Ok(name),
            None => {
                let found = self.found();
                self.failure(format!("expected a name {place}, found {found}"))
            }
        }
    }

    pub(super) fn failure_opened<T>(&self, start: usize, message: &str) -> Parsed<T> {
        Err(Failure { span: self.span(start, start + 1), message: message.to_owned() })
    }

    fn number(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let digits = |parser: &mut Self| {
            while parser.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                parser.at += 1;
            }
        };
        digits(self);
        if self.peek() == Some(b'.') && self.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
            digits(self);
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek_at(1), Some(b'+' | b'-')));
            if self.peek_at(1 + sign).is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1 + sign;
                digits(self);
            }
        }
        let text: Text = self.text[start..self.at].into();
        let span = self.span(start, self.at);
        if let Some(name) = self.peek_name() {
            return self.failure(format!("`{text}{name}` is neither a number nor a name"));
        }
        Ok(Expr { span, kind: ExprKind::Number(text) })
    }

    /// What begins with a name: a keyword, a call, or a reference.
    fn named(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let Some(name) = self.name() else {
            let found = self.found();
            return self.failure(format!("expected an expression, found {found}"));
        };
        let after_name = self.at;
        let mut full = name.text.clone();
        while self.looking_at("::") {
            self.at += 2;
            let part = self.expect_name("after `::`")?;
            full = format!("{full}::{}", part.text).into();
        }
        let name_span = self.span(start, self.at);
        let namespaced = self.at != after_name;
        let after = self.at;
        self.skip();
        if self.peek() == Some(b'(') {
            return self.bracketed_call(start, full, name_span);
        }
        if namespaced {
            return self.failure_from(start, format!("expected `(` after the function's name `{full}`"));
        }
        self.at = after;
        let kind = match name.text.as_str() {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => ExprKind::Variable(name.text),
        };
        Ok(Expr { span: name_span, kind })
    }

    fn bracketed_call(&mut self, start: usize, name: Text, name_span: Span) -> Parsed<Expr> {
        let call = self.bracketed(move |parser, open| parser.arguments(open, name, name_span))?;
        Ok(Expr { span: self.span(start, self.at), kind: call.kind })
    }

    fn arguments(&mut self, open: usize, name: Text, name_span: Span) -> Parsed<ExprKind> {
        let mut args = Vec::new();
        let mut expand = false;
        loop {
            self.skip();
            if self.eat(")") {
                return Ok(ExprKind::Call(Call { name, name_span, args, expand }));
            }
            if expand {
                let found = self.found();
                return self.failure(format!("expected `)` after `...`, found {found}"));
            }
            if self.peek().is_none() {
                return self.failure_opened(open, "the call is not closed; end it with `)`");
            }
            args.push(self.expression()?);
            self.skip();
            if self.eat("...") {
                expand = true;
            } else if !self.eat(",") && self.peek() != Some(b')') {
                if self.peek().is_none() {
                    return self.failure_opened(open, "the call is not closed; end it with `)`");
                }
                let found = self.found();
                return self.failure(format!("expected `,` or `)` after the argument, found {found}"));
            }
        }
    }
}
