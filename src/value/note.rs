//! What expressions were found to be while a project was evaluated, for editors that show it where they stand.
//!
//! Nothing is noted unless a front end is asked to: a run that only judges does not pay for it.

use crate::source::Span;

use super::data::{Text, Value};

/// The value of an expression, or of something declared, at its place.
#[derive(Clone, Debug)]
pub struct Note {
    /// The expression, or the name of what is declared.
    pub span: Span,
    /// Which instance of the place it is of, where there may be several: `module.orders["eu"]`, the address of a nested
    /// stack, `["eu"]` for one key of a `for_each`. Empty for the root.
    pub of: Text,
    pub value: Value,
}

/// How many values are noted of one project.
pub const MAX_NOTES: usize = 200_000;
