//! Notes of what expressions and declarations are, for editors: see [`crate::value::Note`].

use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind};
use crate::value::{Text, Value};

use super::error::Error;
use super::expression::refused;
use super::scope::{Evaluator, Instance, Scope};

impl Evaluator<'_> {
    /// Notes what an expression is that does not say so itself.
    pub(super) fn note_value(&self, expr: &Expr, scope: Scope<'_>, result: &Result<Value, Error>) {
        let says_itself = matches!(
            expr.kind,
            ExprKind::Null
                | ExprKind::Bool(_)
                | ExprKind::Number(_)
                | ExprKind::String(_)
                | ExprKind::List(_)
                | ExprKind::Object(_)
                | ExprKind::Paren(_)
                | ExprKind::SplatItem
        );
        if says_itself {
            return;
        }
        let of = place_of(scope);
        match result {
            Ok(value) => self.origins.note(expr.span, &of, value),
            Err(error) => self.origins.note(expr.span, &of, &refused(error, self.origins.literal(expr.span))),
        }
    }

    /// Notes what a variable or local is at its name.
    pub(super) fn note_declared(&self, span: Span, instance: &Instance, value: &Value) {
        if self.origins.is_noting() {
            self.origins.note(span, &of_instance(instance), value);
        }
    }
}

/// The address of a module's instance, without the dot; empty for the root.
fn of_instance(instance: &Instance) -> Text {
    instance.prefix.strip_suffix('.').unwrap_or(&instance.prefix).into()
}

/// The instance of the module and, behind it, that of the resource or call in it.
fn place_of(scope: Scope<'_>) -> Text {
    let of = of_instance(scope.instance);
    let Some(each) = scope.each else { return of };
    match (&each.key, &each.index) {
        (Some(key), _) => match key.as_str() {
            Some(key) => format!("{of}[\"{key}\"]").into(),
            None => format!("{of}[\"*\"]").into(),
        },
        (None, Some(index)) => match index.as_i64() {
            Some(index) => format!("{of}[{index}]").into(),
            None => of,
        },
        (None, None) => of,
    }
}
