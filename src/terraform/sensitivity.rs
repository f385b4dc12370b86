//! What `issensitive` answers, as far as the configuration alone says it.
//!
//! Values carry no marks here. Takes an expression and follows it to what is marked: `sensitive(...)`, variables and
//! outputs that are declared so. What resources mark is their provider's business, and open.

use crate::syntax::hcl::{Expr, ExprKind, ObjectKey, TemplatePart};
use crate::value::Truth;

use super::scope::{Evaluator, Scope};

/// How far references are followed.
const MAX_DEPTH: usize = 64;

/// Functions that give a collection of what they are given.
const KEEP_ELEMENTS: &[&str] = &[
    "chunklist",
    "coalescelist",
    "concat",
    "distinct",
    "flatten",
    "keys",
    "length",
    "merge",
    "reverse",
    "slice",
    "tolist",
    "tomap",
    "values",
    "zipmap",
];

/// Functions that give one of their arguments, or an element of one.
const HAND_ON: &[&str] = &["coalesce", "element", "lookup", "one", "try"];

impl Evaluator<'_> {
    /// Whether the value of an expression is sensitive itself; what is inside of a collection does not count.
    pub(super) fn is_sensitive(&self, expr: &Expr, scope: Scope<'_>) -> Truth {
        self.marked(expr, scope, false, 0)
    }

    /// `deep`: whether it or anything in it is sensitive.
    fn marked(&self, expr: &Expr, scope: Scope<'_>, deep: bool, depth: usize) -> Truth {
        if depth > MAX_DEPTH {
            return Truth::Unknown;
        }
        let any = |exprs: &mut dyn Iterator<Item = &Expr>, deep: bool| {
            exprs.map(|expr| self.marked(expr, scope, deep, depth + 1)).fold(Truth::False, Truth::or)
        };
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => Truth::False,
            ExprKind::Template(parts) => any(&mut expressions_of(parts).into_iter(), false),
            ExprKind::List(items) if deep => any(&mut items.iter(), true),
            ExprKind::Object(items) if deep => any(&mut items.iter().map(|item| &item.value), true),
            ExprKind::List(_) | ExprKind::Object(_) => Truth::False,
            ExprKind::Paren(inner) | ExprKind::Unary(_, inner) => self.marked(inner, scope, deep, depth + 1),
            ExprKind::Binary(_, left, right) => {
                any(&mut std::iter::once(&**left), true).or(any(&mut std::iter::once(&**right), true))
            }
            ExprKind::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                // The marks of both results are kept, whichever is taken.
                any(&mut [yes, no].into_iter(), deep).or(self.marked(condition, scope, false, depth + 1))
            }
            ExprKind::Call(call) => match call.name.strip_prefix("core::").unwrap_or(&call.name) {
                "sensitive" => Truth::True,
                "nonsensitive" | "issensitive" | "can" => Truth::False,
                name => match (any(&mut call.args.iter(), true), any(&mut call.args.iter(), false)) {
                    (Truth::False, _) => Truth::False,
                    (_, Truth::True) => Truth::True,
                    // The marks stay with the elements.
                    (_, top) if !deep && KEEP_ELEMENTS.contains(&name) => top,
                    _ if HAND_ON.contains(&name) => Truth::Unknown,
                    (inside, _) => inside,
                },
            },
            ExprKind::Attribute(inner, name) => match &inner.kind {
                ExprKind::Variable(root) if scope.name(root).is_none() && scope.sealed.is_none() => {
                    self.named(root, &name.text, scope, deep, depth)
                }
                ExprKind::Object(items) => {
                    let named = |item: &&crate::syntax::hcl::ObjectItem| match &item.key {
                        ObjectKey::Name(key) => key == &name.text,
                        ObjectKey::Expr(key) => matches!(&key.kind, ExprKind::String(key) if key == &name.text),
                    };
                    match items.iter().rev().find(named) {
                        Some(item) => self.marked(&item.value, scope, deep, depth + 1),
                        None => self.part_of(inner, scope, depth),
                    }
                }
                _ => self.part_of(inner, scope, depth),
            },
            ExprKind::Index(inner, key) => {
                self.part_of(inner, scope, depth).or(self.marked(key, scope, false, depth + 1))
            }
            ExprKind::Splat(list, _) => self.part_of(list, scope, depth),
            ExprKind::For(part) if !deep => self.marked(&part.collection, scope, false, depth + 1),
            ExprKind::For(part) => {
                let inner = any(&mut [&part.collection, &part.value].into_iter(), true);
                if inner == Truth::False { Truth::False } else { Truth::Unknown }
            }
            // Names of `for` and of templates: what they stand for is marked where the collection is.
            ExprKind::Variable(_) | ExprKind::SplatItem => Truth::Unknown,
        }
    }

    /// A part of a value: surely not marked where nothing in the whole is, and marked where the whole is.
    fn part_of(&self, whole: &Expr, scope: Scope<'_>, depth: usize) -> Truth {
        match self.marked(whole, scope, true, depth + 1) {
            Truth::False => Truth::False,
            _ => match self.marked(whole, scope, false, depth + 1) {
                Truth::True => Truth::True,
                _ => Truth::Unknown,
            },
        }
    }

    /// `var.x`, `local.x` and the other names of a module.
    fn named(&self, root: &str, name: &crate::value::Text, scope: Scope<'_>, deep: bool, depth: usize) -> Truth {
        let node = self.node(scope.instance);
        let declared = |body: &crate::syntax::hcl::Body| {
            let flag = body.attribute("sensitive").map(|flag| &flag.expr.kind);
            matches!(flag, Some(ExprKind::Bool(true)))
        };
        match root {
            "var" => match node.module.variables.get(name) {
                Some(block) if declared(&block.body) => Truth::True,
                Some(_) => match scope.instance.parent.and_then(|parent| self.instance(parent)) {
                    None => Truth::False,
                    Some(parent) => {
                        let call = self.node(&parent).module.calls.at(node.call);
                        match call.and_then(|call| call.body.attribute(name)) {
                            Some(argument) => self.marked(&argument.expr, Scope::of(&parent), deep, depth + 1),
                            None => Truth::False,
                        }
                    }
                },
                None => Truth::Unknown,
            },
            "local" => match node.module.locals.get(name) {
                Some(local) => self.marked(&local.expr, Scope::of(scope.instance), deep, depth + 1),
                None => Truth::Unknown,
            },
            "count" | "each" | "path" | "terraform" => Truth::False,
            _ => Truth::Unknown,
        }
    }
}

fn expressions_of(parts: &[TemplatePart]) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut open: Vec<&TemplatePart> = parts.iter().collect();
    while let Some(part) = open.pop() {
        match part {
            TemplatePart::Literal { .. } => {}
            TemplatePart::Interpolation { expr, .. } => found.push(expr),
            TemplatePart::If { condition, yes, no, .. } => {
                found.push(condition);
                open.extend(yes.iter().chain(no));
            }
            TemplatePart::For { collection, body, .. } => {
                found.push(collection);
                open.extend(body);
            }
        }
    }
    found
}
