//! What another tool adds to Terraform's language in its own files.

use crate::source::Span;
use crate::syntax::hcl::Expr;
use crate::value::Value;

use super::error::Error;
use super::scope::Evaluator;

/// Names and functions that Terraform does not have.
pub(super) trait Dialect {
    /// The value of the first name of a reference, and how many of the steps behind it are in it already; nothing
    /// for names that Terraform has itself.
    fn name(
        &self,
        evaluator: &Evaluator<'_>,
        name: &str,
        steps: &[&Expr],
        span: Span,
    ) -> Option<Result<(Value, usize), Error>>;

    /// What becomes of a function call.
    fn call(&self, evaluator: &Evaluator<'_>, name: &str, args: &[Value], span: Span) -> Called;
}

/// What a dialect makes of a function call.
pub(super) enum Called {
    Done(Result<Value, Error>),
    /// It is Terraform's own function, with other arguments.
    With(Vec<Value>),
    /// It is Terraform's own function.
    Same,
}
