//! The accounts that principals of policies belong to.

use crate::value::{Data, Part, Symbol, Value, join_parts, text};

use super::super::read::Context;
use super::each_pair;

/// The account of a principal of the kind `AWS`: the number itself, or that of an ARN. Absent for everyone and for
/// services; what the project makes or reads itself belongs to its own account.
pub(in crate::model) fn account(context: &Context<'_>, kind: &Value, id: &Value) -> Value {
    each_pair(kind, id, &mut |kind, id| {
        if kind.as_str() != Some("AWS") || id.is_unset() {
            return Value::absent(id.origin);
        }
        match &id.data {
            Data::String(text) if !text.contains(':') => {
                let is_number = text.len() == 12 && text.chars().all(|digit| digit.is_ascii_digit());
                if is_number { id.clone() } else { Value::absent(id.origin) }
            }
            Data::String(_) | Data::Parts(_) => of_arn(id),
            Data::Unknown(unknown) => match &unknown.symbol {
                Some(Symbol::Resource { address, .. }) if context.find(address).is_some() => {
                    context.project.account.clone().at(id.origin)
                }
                _ => id.clone(),
            },
            _ => Value::absent(id.origin),
        }
    })
}

/// The fifth part of an ARN.
fn of_arn(arn: &Value) -> Value {
    let mut colons = 0;
    let mut found: Vec<Part> = Vec::new();
    for part in text::parts(arn).unwrap_or_default() {
        match part {
            Part::Known(text, origin) => {
                for (number, piece) in text.split(':').enumerate() {
                    colons += usize::from(number > 0);
                    if colons == 4 && !piece.is_empty() {
                        found.push(Part::Known(piece.into(), origin));
                    }
                }
            }
            part @ Part::Open(..) if colons == 4 => found.push(part),
            Part::Open(..) => {}
        }
    }
    match found.as_slice() {
        [] if colons >= 4 => Value::absent(arn.origin),
        [] => Value::unknown("the account of a principal is not known", arn.origin),
        [Part::Open(unknown, _)] => Value::new(Data::Unknown(unknown.clone()), arn.origin),
        _ => join_parts(found, arn.origin),
    }
}
