//! Comparing and computing with what is known.

use crate::policy::expression::{Arithmetic, Comparison};
use crate::value::{Text, Value};

use super::super::operators::{Numeric, holds};
use super::{Answer, Got, Stop};

pub(super) fn compare(what: Comparison, left: &Got<'_>, right: &Got<'_>) -> Result<bool, Stop> {
    match what {
        Comparison::Equal => return equal(left, right),
        Comparison::NotEqual => return equal(left, right).map(|equal| !equal),
        _ => {}
    }
    match (left, right) {
        (Got::Number(a), Got::Number(b)) => a.order(*b).map(|ordering| holds(what, ordering)).ok_or(Stop::Wrong),
        (Got::Text(_) | Got::Made(_), Got::Text(_) | Got::Made(_)) => {
            Ok(holds(what, as_text(left).unwrap_or_default().cmp(as_text(right).unwrap_or_default())))
        }
        (Got::AtLeast(least), Got::Number(Numeric::Whole(number))) => at_least(what, *least, *number),
        (Got::Opaque(stop), _) | (_, Got::Opaque(stop)) => Err(*stop),
        (Got::Open(_) | Got::AtLeast(_), _) | (_, Got::Open(_) | Got::AtLeast(_)) => Err(Stop::Open),
        _ => Err(Stop::Wrong),
    }
}

/// A number of which only the least is known, compared with a known one.
fn at_least(what: Comparison, least: i64, number: i64) -> Result<bool, Stop> {
    match what {
        Comparison::Greater | Comparison::NotEqual if least > number => Ok(true),
        Comparison::GreaterOrEqual if least >= number => Ok(true),
        Comparison::Less if least >= number => Ok(false),
        Comparison::LessOrEqual | Comparison::Equal if least > number => Ok(false),
        _ => Err(Stop::Open),
    }
}

pub(super) fn equal(left: &Got<'_>, right: &Got<'_>) -> Result<bool, Stop> {
    Ok(match (left, right) {
        (Got::Opaque(stop), _) | (_, Got::Opaque(stop)) => return Err(*stop),
        (Got::Project | Got::Options, _) | (_, Got::Project | Got::Options) => return Err(Stop::Open),
        (Got::AtLeast(least), Got::Number(Numeric::Whole(number)))
        | (Got::Number(Numeric::Whole(number)), Got::AtLeast(least)) => {
            return at_least(Comparison::Equal, *least, *number);
        }
        (Got::AtLeast(_), _) | (_, Got::AtLeast(_)) => return Err(Stop::Open),
        (Got::Nothing, other) | (other, Got::Nothing) => return is_nothing(other),
        (Got::Number(a), Got::Number(b)) => a.order(*b).is_some_and(std::cmp::Ordering::is_eq),
        (Got::Bool(a), Got::Bool(b)) => a == b,
        (Got::Entity(a), Got::Entity(b)) => a == b,
        (Got::Open(a), Got::Open(b)) => return crate::value::equal(a, b).known().ok_or(Stop::Open),
        (Got::Open(open), Got::Text(text)) | (Got::Text(text), Got::Open(open)) => {
            return equal_open(open, Text::from(*text));
        }
        (Got::Open(open), Got::Made(text)) | (Got::Made(text), Got::Open(open)) => {
            return equal_open(open, text.clone());
        }
        (Got::Items(a), Got::Items(b)) => return equal_items(a, b),
        (Got::Open(_) | Got::List(_) | Got::Map(_) | Got::Items(_), _)
        | (_, Got::Open(_) | Got::List(_) | Got::Map(_) | Got::Items(_)) => return Err(Stop::Open),
        _ => match (as_text(left), as_text(right)) {
            (Some(a), Some(b)) => a == b,
            // Of different kinds.
            _ => false,
        },
    })
}

/// Whether two lists are the same. Lists in lists are for the long way: few texts can stand for very many items.
fn equal_items(left: &[Got<'_>], right: &[Got<'_>]) -> Result<bool, Stop> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut answer = Ok(true);
    for (left, right) in left.iter().zip(right) {
        if matches!(left, Got::Items(_)) && matches!(right, Got::Items(_)) {
            return Err(Stop::Open);
        }
        match equal(left, right) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            stop => answer = stop,
        }
    }
    answer
}

fn equal_open(open: &Value, text: Text) -> Result<bool, Stop> {
    crate::value::equal(open, &Value::string(text, crate::value::OriginId::NONE)).known().ok_or(Stop::Open)
}

/// Whether nothing is set.
pub(super) fn is_nothing(got: &Got<'_>) -> Result<bool, Stop> {
    match got {
        Got::Nothing => Ok(true),
        Got::Open(value) => super::super::operators::is_nothing(value).ok_or(Stop::Open),
        Got::Opaque(stop) => Err(*stop),
        Got::Project | Got::Options => Err(Stop::Wrong),
        _ => Ok(false),
    }
}

pub(super) fn as_text<'g>(got: &'g Got<'_>) -> Option<&'g str> {
    match got {
        Got::Text(text) => Some(text),
        Got::Made(text) => Some(text),
        _ => None,
    }
}

/// The text that a function or operator needs.
pub(super) fn text<'g>(got: &'g Got<'_>) -> Result<&'g str, Stop> {
    as_text(got).ok_or_else(|| got.stop())
}

pub(super) fn arithmetic<'v>(what: Arithmetic, left: &Got<'v>, right: &Got<'v>) -> Answer<'v> {
    match (left, right) {
        (Got::Number(a), Got::Number(b)) => a.compute(what, *b).map(Got::Number).map_err(|_| Stop::Wrong),
        (Got::Text(_) | Got::Made(_), Got::Text(_) | Got::Made(_)) if what == Arithmetic::Add => {
            let (left, right) = (text(left)?, text(right)?);
            let mut joined = String::with_capacity(left.len() + right.len());
            joined.push_str(left);
            joined.push_str(right);
            Ok(Got::Made(joined.into()))
        }
        (Got::Opaque(stop), _) | (_, Got::Opaque(stop)) => Err(*stop),
        _ => Err(Stop::Open),
    }
}
