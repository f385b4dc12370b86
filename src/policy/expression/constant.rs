//! Constants: defaults of options, values that fixes write.

use super::kinds::Kind;

/// A constant as YAML knows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Null,
    Bool(bool),
    Integer(i64),
    Double(f64),
    Text(String),
    List(Vec<Constant>),
    Map(Vec<(String, Constant)>),
}

impl Constant {
    /// The kind of the constant.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Integer(_) | Self::Double(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::List(items) => {
                Kind::List(Box::new(items.iter().map(Self::kind).reduce(Kind::join).unwrap_or(Kind::Any)))
            }
            Self::Map(entries) => {
                let values = entries.iter().map(|(_, value)| value.kind());
                Kind::Map(Box::new(values.reduce(Kind::join).unwrap_or(Kind::Any)))
            }
        }
    }
}
