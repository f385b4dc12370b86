//! Operators, conditionals, indexing and attribute access over values that may be partly known.

use crate::value::{OriginId, Value};

pub use super::error::Error;

/// `a + b` and its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// `-a` and `!a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    Negate,
    Not,
}

/// Applies a binary operator.
///
/// # Errors
/// Null operands, operands that can't be converted, division by zero.
pub fn binary(operator: BinaryOperator, left: &Value, right: &Value, origin: OriginId) -> Result<Value, Error> {
    let _ = (operator, left, right);
    Ok(Value::unknown("the operator is not evaluated", origin))
}

/// Applies a unary operator.
///
/// # Errors
/// A null operand, or one that can't be converted.
pub fn unary(operator: UnaryOperator, operand: &Value, origin: OriginId) -> Result<Value, Error> {
    let _ = (operator, operand);
    Ok(Value::unknown("the operator is not evaluated", origin))
}

/// Converts both results of a conditional to the type that they have in common.
///
/// # Errors
/// There is no such type.
pub fn conditional_unify(yes: &Value, no: &Value) -> Result<(Value, Value), Error> {
    Ok((yes.clone(), no.clone()))
}

/// `collection[key]`; the element keeps its own origin.
///
/// # Errors
/// A collection that has no elements, a key of the wrong type, an element that is not there.
pub fn index(collection: &Value, key: &Value, origin: OriginId) -> Result<Value, Error> {
    let _ = (collection, key);
    Ok(Value::unknown("the operator is not evaluated", origin))
}

/// `object.name`; the element keeps its own origin.
///
/// # Errors
/// A value that has no attributes, an attribute that is not there.
pub fn attribute(object: &Value, name: &str, origin: OriginId) -> Result<Value, Error> {
    let _ = (object, name);
    Ok(Value::unknown("the operator is not evaluated", origin))
}
