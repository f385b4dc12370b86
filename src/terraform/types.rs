//! Terraform's types: what a value's type is, the type that several have in common, and conversion.

use crate::value::{Text, Value};

pub use super::error::Error;

/// A type constraint, as variables declare it.
#[derive(Clone, Debug)]
pub enum Type {
    /// `any`, and what nothing is known of.
    Any,
    Bool,
    Number,
    String,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    /// Attributes in any order.
    Object(Vec<ObjectAttribute>),
    Tuple(Vec<Type>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub struct ObjectAttribute {
    pub name: Text,
    pub ty: Type,
    /// `optional(...)`: where it is not given it is null, or the default.
    pub optional: bool,
    /// The default of an optional attribute, which also stands in for null.
    pub default: Option<Value>,
}

impl Type {
    /// The value as one of this type, converted at any depth.
    ///
    /// # Errors
    /// The value can't be converted.
    pub fn convert(&self, value: &Value) -> Result<Value, Error> {
        Ok(value.clone())
    }
}
