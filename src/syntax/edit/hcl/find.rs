//! Looks up blocks and expressions by the places where they stand.

use crate::source::Span;
use crate::syntax::hcl::{Block, Body, Document, Expr, ExprKind, ObjectItem, ObjectKey, TemplatePart};

use super::super::text::{indent, unit as unit_of};

/// An expression with what holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'d> {
    pub expr: &'d Expr,
    pub holder: Holder<'d>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Holder<'d> {
    /// `name = expression`: the whole, and the block that it is in.
    Attribute {
        span: Span,
        block: Option<&'d Block>,
    },
    /// An item of this list.
    Item {
        list: &'d Expr,
        index: usize,
    },
    /// An entry of this object.
    Entry {
        object: &'d Expr,
        index: usize,
    },
    Other,
}

/// How deep expressions are looked into; the parser's own bound is far lower.
const MAX_DEPTH: usize = 256;

/// The innermost indentation step of the file's first block with something in it.
pub(super) fn unit(document: &Document) -> Option<String> {
    let text = document.file.text();
    document.body.blocks.iter().find_map(|block| {
        let member = super::members(&block.body).into_iter().next()?;
        let outer = indent(text, block.header.start as usize);
        let inner = indent(text, member.span.start as usize);
        unit_of(outer, inner).map(str::to_owned)
    })
}

pub(super) fn block(body: &Body, header: Span) -> Option<&Block> {
    body.blocks.iter().find_map(|one| {
        if one.header == header {
            return Some(one);
        }
        one.span.contains(header).then(|| block(&one.body, header)).flatten()
    })
}

pub(super) fn expression(body: &Body, span: Span) -> Option<Found<'_>> {
    in_body(body, None, span)
}

fn in_body<'d>(body: &'d Body, block: Option<&'d Block>, span: Span) -> Option<Found<'d>> {
    for attribute in &body.attributes {
        if attribute.expr.span.contains(span) {
            let holder = Holder::Attribute { span: attribute.span(), block };
            return in_expr(&attribute.expr, holder, span, 0);
        }
    }
    body.blocks.iter().filter(|one| one.span.contains(span)).find_map(|one| in_body(&one.body, Some(one), span))
}

fn in_expr<'d>(expr: &'d Expr, holder: Holder<'d>, span: Span, depth: usize) -> Option<Found<'d>> {
    if expr.span == span {
        return Some(Found { expr, holder });
    }
    if depth > MAX_DEPTH || !expr.span.contains(span) {
        return None;
    }
    let go = |inner: &'d Expr, holder: Holder<'d>| in_expr(inner, holder, span, depth + 1);
    match &expr.kind {
        ExprKind::List(items) => {
            items.iter().enumerate().find_map(|(index, item)| go(item, Holder::Item { list: expr, index }))
        }
        ExprKind::Object(items) => items.iter().enumerate().find_map(|(index, item)| {
            let key = match &item.key {
                ObjectKey::Expr(key) => go(key, Holder::Other),
                ObjectKey::Name(_) => None,
            };
            key.or_else(|| go(&item.value, Holder::Entry { object: expr, index }))
        }),
        // What is nothing but one expression in other clothes.
        ExprKind::Paren(inner) => go(inner, holder),
        ExprKind::Template(pieces) if pieces.len() == 1 => {
            of_template(pieces).into_iter().find_map(|inner| go(inner, holder))
        }
        _ => parts(expr).into_iter().find_map(|inner| go(inner, Holder::Other)),
    }
}

/// The expressions in an expression that is no list or object.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Template(pieces) => of_template(pieces),
        ExprKind::Attribute(of, _) | ExprKind::Unary(_, of) | ExprKind::Paren(of) => vec![of],
        ExprKind::Index(a, b) | ExprKind::Splat(a, b) | ExprKind::Binary(_, a, b) => vec![a, b],
        ExprKind::Call(call) => call.args.iter().collect(),
        ExprKind::Conditional(three) => three.iter().collect(),
        ExprKind::For(each) => {
            let optional = [each.key.as_ref(), Some(&each.value), each.condition.as_ref()];
            std::iter::once(&each.collection).chain(optional.into_iter().flatten()).collect()
        }
        _ => Vec::new(),
    }
}

fn of_template(pieces: &[TemplatePart]) -> Vec<&Expr> {
    let mut found = Vec::new();
    for piece in pieces {
        match piece {
            TemplatePart::Literal { .. } => {}
            TemplatePart::Interpolation { expr, .. } => found.push(expr),
            TemplatePart::If { condition, yes, no, .. } => {
                found.push(condition);
                found.extend(of_template(yes));
                found.extend(of_template(no));
            }
            TemplatePart::For { collection, body, .. } => {
                found.push(collection);
                found.extend(of_template(body));
            }
        }
    }
    found
}

/// Whether the key of an object stands at a span.
pub(super) fn key(body: &Body, span: Span) -> bool {
    entry(body, span).is_some()
}

/// The entry of an object whose key stands at a span.
pub(super) fn entry(body: &Body, span: Span) -> Option<&ObjectItem> {
    body.attributes
        .iter()
        .filter(|attribute| attribute.expr.span.contains(span))
        .find_map(|attribute| entry_in(&attribute.expr, span, 0))
        .or_else(|| body.blocks.iter().filter(|one| one.span.contains(span)).find_map(|one| entry(&one.body, span)))
}

fn entry_in(expr: &Expr, span: Span, depth: usize) -> Option<&ObjectItem> {
    if depth > MAX_DEPTH || !expr.span.contains(span) {
        return None;
    }
    match &expr.kind {
        ExprKind::Object(items) => items
            .iter()
            .find(|item| item.key_span == span)
            .or_else(|| items.iter().find_map(|item| entry_in(&item.value, span, depth + 1))),
        ExprKind::List(items) => items.iter().find_map(|item| entry_in(item, span, depth + 1)),
        _ => parts(expr).into_iter().find_map(|inner| entry_in(inner, span, depth + 1)),
    }
}
