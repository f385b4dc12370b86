//! Numbers: whole ones that fit 64 bits exactly, all others as a float.

use std::cmp::Ordering;
use std::fmt;

/// A number as CloudFormation and Terraform know it.
#[derive(Clone, Debug)]
pub enum Number {
    Integer(i64),
    Float(f64),
}

impl Number {
    /// Reads a decimal number (`5`, `-1`, `2.50`, `1e3`); nothing else, no white space.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(integer) = text.parse::<i64>() {
            return Some(Self::Integer(integer));
        }
        let bytes = text.as_bytes();
        let digits = bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
        if !digits || bytes.is_empty() {
            return None;
        }
        text.parse::<f64>().ok().filter(|float| float.is_finite()).map(Self::from_f64)
    }

    /// The number of a float; whole ones become integers where they fit.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    pub fn from_f64(float: f64) -> Self {
        if float.fract() == 0.0 && float.abs() < 9.0e15 { Self::Integer(float as i64) } else { Self::Float(float) }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            Self::Float(_) => None,
        }
    }

    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Integer(integer) => *integer as f64,
            Self::Float(float) => *float,
        }
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            _ => self.as_f64().total_cmp(&other.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Float(float) => write!(f, "{float}"),
        }
    }
}
