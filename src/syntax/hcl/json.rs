//! Terraform's JSON syntax to the tree of the native one.
//!
//! Texts are templates, objects are objects; what is a block at the top of a file is known by its name, and deeper
//! down the reader decides ([`Body::json`]).

use std::sync::Arc;

use crate::source::{SourceFile, Span};
use crate::syntax::tree::{NodeKind, NodeRef, Scalar, SyntaxError};
use crate::value::Text;

use super::Pieces;
use super::ast::{Attribute, Block, Body, Document, Expr, ExprKind, Label, ObjectItem, ObjectKey};

/// How deep objects and lists may be nested.
const MAX_DEPTH: usize = super::MAX_DEPTH;

/// Reads a `.tf.json`, `.tofu.json` or `.tfvars.json` file. Never fails: errors are in the document.
#[must_use]
pub fn parse_json(file: Arc<SourceFile>) -> Document {
    let tree = crate::syntax::json::parse(Arc::clone(&file));
    let mut reader = Reader { errors: tree.errors.clone() };
    let mut body = Body { json: true, ..Body::default() };
    if let Some(root) = tree.root() {
        reader.top(root, &mut body);
    }
    Document { body, comments: Vec::new(), errors: reader.errors, file }
}

struct Reader {
    errors: Vec<SyntaxError>,
}

impl Reader {
    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(SyntaxError { span, message: message.into(), recoverable: true });
    }

    fn top(&mut self, root: NodeRef<'_>, body: &mut Body) {
        match root.kind() {
            NodeKind::Mapping => {}
            NodeKind::Sequence => {
                for item in root.items() {
                    if item.is_mapping() {
                        self.top(item, body);
                    }
                }
                return;
            }
            NodeKind::Scalar => {
                self.error(root.span(), "a configuration in JSON is an object");
                return;
            }
        }
        for (key, value) in root.entries() {
            let name = key.text().unwrap_or_default();
            if name == "//" {
                continue;
            }
            let labels = match name {
                "resource" | "data" => 2,
                "variable" | "output" | "module" | "provider" | "check" => 1,
                "locals" | "terraform" | "moved" | "import" | "removed" => 0,
                _ => {
                    let expr = self.expr(value, 0);
                    body.attributes.push(Attribute { name: name.into(), name_span: key.span(), expr });
                    continue;
                }
            };
            let start = Label { text: name.into(), span: key.span() };
            self.blocks(&start, &mut Vec::new(), labels, value, body);
        }
    }

    /// The blocks below a name: each label is one more level of objects, each of which may be a list of such.
    fn blocks(&mut self, name: &Label, labels: &mut Vec<Label>, wanted: usize, node: NodeRef<'_>, out: &mut Body) {
        if node.is_sequence() {
            for item in node.items() {
                if item.is_mapping() {
                    self.blocks(name, labels, wanted, item, out);
                } else {
                    self.error(item.span(), format!("a `{}` block in JSON is an object", name.text));
                }
            }
            return;
        }
        if !node.is_mapping() {
            self.error(node.span(), format!("a `{}` block in JSON is an object", name.text));
            return;
        }
        if labels.len() < wanted {
            for (key, value) in node.entries() {
                if key.text() == Some("//") {
                    continue;
                }
                labels.push(Label { text: key.text().unwrap_or_default().into(), span: key.span() });
                self.blocks(name, labels, wanted, value, out);
                labels.pop();
            }
            return;
        }
        let header = labels.last().map_or(name.span, |label| label.span);
        let body = Body { attributes: self.attributes(node, &name.text), blocks: Vec::new(), json: true };
        out.blocks.push(Block {
            name: name.text.clone(),
            name_span: name.span,
            labels: labels.clone(),
            header,
            span: header.to(node.span()),
            body,
        });
    }

    fn attributes(&mut self, node: NodeRef<'_>, block: &str) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        for (key, value) in node.entries() {
            let name = key.text().unwrap_or_default();
            if name == "//" {
                continue;
            }
            let expr = match (block, name) {
                // Types and references are written as texts that are no templates.
                ("variable", "type") => self.reference(value),
                ("variable", "default" | "description") => self.literal(value, 0),
                _ => self.expr(value, 0),
            };
            attributes.push(Attribute { name: name.into(), name_span: key.span(), expr });
        }
        attributes
    }

    /// A text that holds an expression as the native syntax writes it.
    fn reference(&mut self, node: NodeRef<'_>) -> Expr {
        let span = node.span();
        match node.scalar() {
            Some(Scalar::String(text)) => match super::parse_expression(text, span) {
                Ok(expr) => Expr { span, kind: expr.kind },
                Err(error) => {
                    self.errors.push(error);
                    Expr { span, kind: ExprKind::String(text.into()) }
                }
            },
            _ => self.expr(node, 0),
        }
    }

    /// A value without templates.
    fn literal(&mut self, node: NodeRef<'_>, depth: usize) -> Expr {
        self.convert(node, depth, false)
    }

    fn expr(&mut self, node: NodeRef<'_>, depth: usize) -> Expr {
        self.convert(node, depth, true)
    }

    fn convert(&mut self, node: NodeRef<'_>, depth: usize, templates: bool) -> Expr {
        let span = node.span();
        if depth > MAX_DEPTH {
            self.error(span, format!("nested more than {MAX_DEPTH} levels deep"));
            return Expr { span, kind: ExprKind::Null };
        }
        let kind = match node.kind() {
            NodeKind::Scalar => match node.scalar() {
                Some(Scalar::Bool(value)) => ExprKind::Bool(value),
                Some(Scalar::Number(text)) => number(text),
                Some(Scalar::String(text)) if templates => self.text(text, node),
                Some(Scalar::String(text)) => ExprKind::String(text.into()),
                Some(Scalar::Null) | None => ExprKind::Null,
            },
            NodeKind::Sequence => {
                ExprKind::List(node.items().map(|item| self.convert(item, depth + 1, templates)).collect())
            }
            NodeKind::Mapping => {
                let mut items = Vec::with_capacity(node.len());
                for (key, value) in node.entries() {
                    let name = key.text().unwrap_or_default();
                    let key_span = key.span();
                    let key = if templates && (name.contains("${") || name.contains("%{")) {
                        ObjectKey::Expr(Expr { span: key_span, kind: self.text(name, key) })
                    } else {
                        ObjectKey::Name(name.into())
                    };
                    items.push(ObjectItem { key, key_span, value: self.convert(value, depth + 1, templates) });
                }
                ExprKind::Object(items)
            }
        };
        Expr { span, kind }
    }

    fn text(&mut self, text: &str, node: NodeRef<'_>) -> ExprKind {
        if !text.contains("${") && !text.contains("%{") {
            return ExprKind::String(text.into());
        }
        let parsed = match node.text_span() {
            Some(span) => super::parse_template_at(text, span),
            None => match Pieces::of_json_string(&node.tree().file, node.span()) {
                Some(pieces) if pieces.length() == text.len() => super::parse_template_of(text, &pieces, node.span()),
                _ => super::parse_template_for(text, node.span()),
            },
        };
        match parsed {
            Ok(expr) => expr.kind,
            Err(error) => {
                self.errors.push(error);
                ExprKind::String(text.into())
            }
        }
    }
}

fn number(text: &str) -> ExprKind {
    // The native syntax has no negative literals; a negation of one is the same.
    match text.strip_prefix('-') {
        Some(positive) => {
            let span = Span::new(crate::source::FileId(0), 0, 0);
            let operand = Box::new(Expr { span, kind: ExprKind::Number(positive.into()) });
            ExprKind::Unary(super::UnaryOperator::Negate, operand)
        }
        None => ExprKind::Number(Text::new(text)),
    }
}
