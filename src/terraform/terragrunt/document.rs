//! The blocks of Terragrunt's files, in the native syntax and in JSON.

use crate::source::Span;
use crate::syntax::hcl::{Attribute, BodyRef, Document, Expr, ExprKind, ObjectItem, ObjectKey};
use crate::value::Text;

/// What is a block in these files. In JSON, blocks and attributes look the same.
const BLOCKS: &[&str] = &[
    "autoinclude",
    "catalog",
    "dependencies",
    "dependency",
    "engine",
    "errors",
    "exclude",
    "extra_arguments",
    "feature",
    "generate",
    "include",
    "locals",
    "remote_state",
    "stack",
    "terraform",
    "unit",
];

/// Blocks with a label.
const LABELLED: &[&str] = &["dependency", "extra_arguments", "feature", "generate", "include", "stack", "unit"];

/// A block in either syntax.
#[derive(Clone)]
pub(super) struct Part<'d> {
    pub label: Option<Text>,
    pub header: Span,
    pub span: Span,
    pub body: BodyRef<'d>,
}

/// The blocks of a name, in the order of the source.
pub(super) fn blocks<'d>(body: BodyRef<'d>, name: &'d str) -> Vec<Part<'d>> {
    let mut found = Vec::new();
    if let BodyRef::Body(body) = body {
        found.extend(body.blocks.iter().filter(|block| block.name == name).map(|block| Part {
            label: block.label(0).map(Text::new),
            header: block.header,
            span: block.span,
            body: block.as_ref().body,
        }));
    }
    let json = matches!(body, BodyRef::Object(_)) || matches!(body, BodyRef::Body(body) if body.json);
    if let Some((header, expr)) = body.attribute(name).filter(|_| json) {
        for items in objects(expr) {
            let labelled = LABELLED.contains(&name) && !(name == "include" && has(items, "path"));
            if labelled {
                for item in items {
                    let ObjectKey::Name(label) = &item.key else { continue };
                    for inner in objects(&item.value) {
                        found.push(Part {
                            label: Some(label.clone()),
                            header: item.key_span,
                            span: item.key_span.to(item.value.span),
                            body: BodyRef::Object(inner),
                        });
                    }
                }
            } else {
                found.push(Part { label: None, header, span: header.to(expr.span), body: BodyRef::Object(items) });
            }
        }
    }
    found
}

/// The objects that stand for blocks: one, or those of a list.
fn objects(expr: &Expr) -> Vec<&[ObjectItem]> {
    match &expr.kind {
        ExprKind::Object(items) => vec![items],
        ExprKind::List(list) => list
            .iter()
            .filter_map(|item| match &item.kind {
                ExprKind::Object(items) => Some(items.as_slice()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn has(items: &[ObjectItem], name: &str) -> bool {
    items.iter().any(|item| matches!(&item.key, ObjectKey::Name(key) if key == name))
}

/// The body of a whole file.
pub(super) fn top(document: &Document) -> BodyRef<'_> {
    document.body.as_ref()
}

/// The attributes of a file that stand for themselves (`inputs`, `skip`, `generate = ...`).
pub(super) fn attributes(document: &Document) -> impl Iterator<Item = &Attribute> {
    let json = document.body.json;
    document.body.attributes.iter().filter(move |attribute| !(json && BLOCKS.contains(&attribute.name.as_str())))
}

/// The locals of a file.
pub(super) fn locals(document: &Document) -> Vec<Attribute> {
    let of_body = |body: BodyRef<'_>| -> Vec<Attribute> {
        let attribute = |(name, name_span, expr): (&str, Span, &Expr)| Attribute {
            name: name.into(),
            name_span,
            expr: expr.clone(),
        };
        body.attributes().into_iter().map(attribute).collect()
    };
    blocks(top(document), "locals").into_iter().flat_map(|part| of_body(part.body)).collect()
}
