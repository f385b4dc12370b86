//! Changes of Terraform's native syntax.

mod align;
mod find;
mod insert;
mod remove;
mod render;

use std::sync::Arc;

use crate::source::{SourceFile, Span};
use crate::syntax::hcl::{self, Attribute, Block, Body, Document, Expr, ExprKind};

use super::text::{indent, is_first, line_end, line_start, newline, span};
use super::{Edit, Term};
use find::Holder;

/// A file in the native syntax.
#[derive(Debug)]
pub struct Native {
    document: Document,
    /// By how much a body is indented in its block.
    unit: String,
    /// The line ending that the file has most of.
    newline: &'static str,
}

impl Native {
    pub(super) fn new(file: Arc<SourceFile>) -> Self {
        let document = hcl::parse(file);
        let unit = find::unit(&document).unwrap_or_else(|| "  ".to_owned());
        let newline = newline(document.file.text());
        Self { document, unit, newline }
    }

    /// A text that is nothing but a template.
    pub(super) fn of_template(file: &Arc<SourceFile>, template: Expr) -> Self {
        let start = Span::new(file.id, 0, 0);
        let all = Attribute { name: "".into(), name_span: start, expr: template };
        let body = Body { attributes: vec![all], ..Body::default() };
        let document = Document { file: Arc::clone(file), body, comments: Vec::new(), errors: Vec::new() };
        Self { document, unit: "  ".to_owned(), newline: newline(file.text()) }
    }

    /// Of a template: whether all of it is the expression at a span.
    pub(super) fn is_all(&self, span: Span) -> bool {
        find::expression(&self.document.body, span)
            .is_some_and(|found| matches!(found.holder, Holder::Attribute { block: None, .. }))
    }

    fn text(&self) -> &str {
        self.document.file.text()
    }

    fn at(&self, start: usize, end: usize) -> Span {
        span(self.document.file.id, start, end)
    }

    fn newline(&self) -> &'static str {
        self.newline
    }

    pub(super) fn is_sound(&self) -> bool {
        !self.document.errors.iter().any(|error| !error.recoverable)
    }

    pub(super) fn holds(&self, span: Span) -> bool {
        span.file == self.document.file.id
            && (self.block(span).is_some() || find::expression(&self.document.body, span).is_some())
    }

    pub(super) fn literal(&self, span: Span) -> Option<String> {
        literal_text(find::expression(&self.document.body, span)?.expr)
    }

    /// The block whose header stands at a span.
    fn block(&self, header: Span) -> Option<&Block> {
        find::block(&self.document.body, header)
    }

    pub(super) fn comment(&self, whole: Span, comment: &str) -> Option<Edit> {
        let start = whole.start as usize;
        if whole.file != self.document.file.id || !is_first(self.text(), start) {
            return None;
        }
        let at = line_start(self.text(), start).max(self.document.file.body_start().min(start));
        let text = format!("{}# {comment}{}", indent(self.text(), start), self.newline());
        Some(Edit { span: self.at(at, at), text })
    }

    pub(super) fn item_of(&self, span: Span) -> Option<Span> {
        let found = find::expression(&self.document.body, span)?;
        match found.holder {
            Holder::Attribute { block, .. } => block.map(|block| block.header),
            Holder::Item { .. } => Some(span),
            Holder::Entry { object, .. } => Some(object.span),
            Holder::Other => None,
        }
    }

    pub(super) fn pair_of(&self, span: Span) -> Option<Span> {
        let Holder::Entry { object, .. } = find::expression(&self.document.body, span)?.holder else { return None };
        let ExprKind::Object(items) = &object.kind else { return None };
        let named =
            |wanted: &str| items.iter().any(|item| self.document.file.slice(item.key_span).trim_matches('"') == wanted);
        let held = find::expression(&self.document.body, object.span)?.holder;
        (items.len() == 2 && named("name") && named("value") && matches!(held, Holder::Item { .. }))
            .then_some(object.span)
    }

    pub(super) fn is_key(&self, span: Span) -> bool {
        find::key(&self.document.body, span)
    }

    pub(super) fn is_whole(&self, span: Span) -> bool {
        find::expression(&self.document.body, span).is_some_and(|found| !matches!(found.holder, Holder::Other))
    }

    pub(super) fn is_block(&self, span: Span) -> bool {
        self.block(span).is_some()
    }

    pub(super) fn is_taken(&self, kind: &str, name: &str) -> bool {
        self.document
            .body
            .blocks
            .iter()
            .any(|block| block.name == "resource" && block.label(0) == Some(kind) && block.label(1) == Some(name))
    }

    pub(super) fn replace(&self, span: Span, term: &Term) -> Option<Edit> {
        if span.file != self.document.file.id {
            return None;
        }
        if let Some(found) = find::expression(&self.document.body, span) {
            let quoted = matches!(found.expr.kind, ExprKind::String(_));
            let text = match term {
                // "true" stays a text.
                Term::Bool(value) if quoted => format!("\"{value}\""),
                Term::Number(number) if quoted => format!("\"{number}\""),
                _ => render::inline(term)?,
            };
            // A heredoc brings its last line's ending along.
            let mut end = span.end as usize;
            if self.document.file.slice(span).starts_with("<<") {
                end = self.text().get(..end)?.trim_end().len();
            }
            return Some(Edit { span: self.at(span.start as usize, end), text });
        }
        // The key of an object.
        let Term::Text(name) = term else { return None };
        find::key(&self.document.body, span).then(|| Edit { span, text: render::key(name) })
    }
}

/// The text of a literal; nothing for anything that is computed.
fn literal_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Bool(value) => Some(value.to_string()),
        ExprKind::Number(text) | ExprKind::String(text) => Some(text.to_string()),
        ExprKind::Paren(inner) => literal_text(inner),
        _ => None,
    }
}

/// The brace that opens a block's body.
fn open_brace(native: &Native, block: &Block) -> Option<usize> {
    let from = block.header.end as usize;
    let found = native.text().get(from..block.span.end as usize)?.find('{')?;
    Some(from + found)
}

/// Whether a block stands on one line.
fn is_one_line(native: &Native, block: &Block) -> bool {
    line_end(native.text(), block.header.start as usize) >= block.span.end as usize
}

/// What stands in a body, in order: the place of each attribute and block.
fn members(body: &Body) -> Vec<Member<'_>> {
    let attributes = body.attributes.iter().map(|attribute| Member {
        name: attribute.name.as_str(),
        span: attribute.span(),
        is_block: false,
    });
    let blocks = body.blocks.iter().map(|block| Member { name: block.name.as_str(), span: block.span, is_block: true });
    let mut all: Vec<Member<'_>> = attributes.chain(blocks).collect();
    all.sort_by_key(|member| member.span.start);
    all
}

/// An attribute or block of a body.
#[derive(Clone, Copy, Debug)]
struct Member<'b> {
    name: &'b str,
    span: Span,
    is_block: bool,
}
