//! Functions that may fail, over values that depend on inputs.

use std::sync::Arc;

use crate::value::{Assignment, Data, InputId, MAX_LEAVES, OriginId, Shape, Text, Unknown, Value, combine};

use super::error::Error;

/// Applies a function to every combination of the inputs that the values depend on at their top.
///
/// # Errors
/// The function's first error where it fails in every combination. Where it fails in some, the result is unknown in
/// those, because Terraform would stop there.
pub(super) fn lift(
    values: &[&Value],
    function: &mut dyn FnMut(&[&Value]) -> Result<Value, Error>,
) -> Result<Value, Error> {
    if !values.iter().any(|value| matches!(value.data, Data::Choice(_))) {
        return function(values);
    }
    let mut error = None;
    let mut succeeded = false;
    let result = combine(values, &mut |leaves| match function(leaves) {
        Ok(value) => {
            succeeded = true;
            value
        }
        Err(failure) => {
            let origin = leaves.first().map_or(OriginId::NONE, |leaf| leaf.origin);
            let value = Value::unknown(format!("it can't be evaluated here: {failure}"), origin);
            error.get_or_insert(failure);
            value
        }
    });
    match error {
        Some(error) if !succeeded => Err(error),
        _ => Ok(result),
    }
}

/// The value with choices at any depth brought to its top, for functions that look at everything at once. A value
/// with too many combinations is left as it is.
pub(super) fn hoist(value: &Value) -> Value {
    hoist_by(value, first_choice)
}

/// The value with choices between lists, wherever they stand in nested lists, brought to its top; choices of other
/// things stay where they are.
pub(super) fn hoist_lists(value: &Value) -> Value {
    hoist_by(value, first_choice_of_lists)
}

type FindChoice = fn(&Value) -> Option<(InputId, usize)>;

fn hoist_by(value: &Value, find: FindChoice) -> Value {
    if find(value).is_none() {
        return value.clone();
    }
    let mut leaves = 0;
    hoist_under(value, find, &Assignment::default(), &mut leaves).unwrap_or_else(|| value.clone())
}

fn hoist_under(value: &Value, find: FindChoice, assignment: &Assignment, leaves: &mut usize) -> Option<Value> {
    let Some((input, cases)) = find(value) else {
        *leaves += 1;
        return (*leaves <= MAX_LEAVES).then(|| value.clone());
    };
    let cases: Option<Vec<Value>> = (0..cases)
        .map(|case| {
            let assignment = assignment.with(input, case);
            hoist_under(&assignment.apply(value), find, &assignment, leaves)
        })
        .collect();
    Some(crate::value::choice(input, cases?).at(value.origin))
}

/// The first input that a value depends on at any depth, and how many cases it has.
fn first_choice(value: &Value) -> Option<(InputId, usize)> {
    match &value.data {
        Data::Choice(choice) => Some((choice.input, choice.cases.len())),
        Data::List(list) => list.items.iter().find_map(first_choice),
        Data::Map(map) => map.entries.iter().find_map(|entry| first_choice(&entry.value)),
        _ => None,
    }
}

fn first_choice_of_lists(value: &Value) -> Option<(InputId, usize)> {
    let is_list = |case: &Value| matches!(case.data, Data::List(_) | Data::Unknown(_) | Data::Choice(_));
    match &value.data {
        Data::Choice(choice) if choice.cases.iter().any(is_list) => Some((choice.input, choice.cases.len())),
        Data::List(list) => list.items.iter().find_map(first_choice_of_lists),
        _ => None,
    }
}

/// Why a value is not wholly known: the reason of the first unknown in it.
pub(super) fn reason(value: &Value) -> Option<Text> {
    let of = |unknown: &Arc<Unknown>| Some(unknown.why.clone());
    match &value.data {
        Data::Unknown(unknown) => of(unknown),
        Data::Parts(parts) => parts.iter().find_map(|part| match part {
            crate::value::Part::Open(unknown, _) => of(unknown),
            crate::value::Part::Known(..) => None,
        }),
        Data::Choice(choice) => choice
            .cases
            .iter()
            .find_map(reason)
            .or_else(|| Some("it depends on too many combinations of inputs".into())),
        Data::List(list) => list.items.iter().find_map(reason).or_else(|| list.rest.as_ref().and_then(of)),
        Data::Map(map) => {
            map.entries.iter().find_map(|entry| reason(&entry.value)).or_else(|| map.rest.as_ref().and_then(of))
        }
        _ => None,
    }
}

/// An unknown of a type, with the reason of an operand that is not wholly known.
pub(super) fn unknown_of(operand: &Value, shape: Shape, origin: OriginId) -> Value {
    let why = reason(operand).unwrap_or_else(|| "a part of it is not known".into());
    shaped(why, shape, origin)
}

/// An unknown of a type.
pub(super) fn shaped(why: impl Into<Text>, shape: Shape, origin: OriginId) -> Value {
    Value::new(Data::Unknown(Arc::new(Unknown { why: why.into(), symbol: None, shape })), origin)
}
