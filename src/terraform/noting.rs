//! Notes of what expressions and declarations are, for editors: see [`crate::value::Note`].

use crate::source::Span;
use crate::syntax::hcl::{Block, Expr, ExprKind};
use crate::value::{Text, Value};

use super::error::Error;
use super::expression::refused;
use super::scope::{Evaluator, Instance, MAX_STEPS, Scope};

/// How many expressions are evaluated only to be noted.
const MORE_STEPS: usize = 50_000;

/// Of how many module instances everything is noted.
const MOST_INSTANCES: usize = 200;

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

    /// Evaluates what nothing has asked for, so that it is noted as well: variables, locals and outputs of all modules.
    /// It comes when everything else is done, and what is wrong in it is not told.
    pub(super) fn note_declarations(&self) {
        if !self.origins.is_noting() {
            return;
        }
        let problems = self.problems.borrow().clone();
        let steps = self.steps.get();
        self.steps.set(steps.max(MAX_STEPS.saturating_sub(MORE_STEPS)));
        let instances: Vec<_> = self.instances.borrow().iter().take(MOST_INSTANCES).cloned().collect();
        for instance in instances {
            let module = &self.node(&instance).module;
            let label = |block: &Block| Text::new(block.label(0).unwrap_or_default());
            for block in module.variables.iter() {
                // What it gives is noted on the way; whether it is an error does not matter here.
                self.variable(&instance, &label(block)).ok();
            }
            for local in module.locals.iter() {
                self.local(&instance, &local.name).ok();
            }
            for block in module.outputs.iter() {
                self.output(&instance, &label(block), "").ok();
            }
        }
        self.steps.set(steps);
        self.problems.replace(problems);
    }

    /// Notes what an argument of a module call is at its name.
    pub(super) fn note_argument(&self, span: Span, scope: Scope<'_>, value: &Value) {
        if self.origins.is_noting() {
            self.origins.note(span, &place_of(scope), value);
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
