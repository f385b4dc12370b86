//! Bringing written values to the types of fields, as the services do: `"true"` is true where a bool belongs, 5 is "5"
//! where a text does.

use std::sync::Arc;

use crate::value::{Data, Entry, List, Map, Number, Part, Unknown, Value, combine};

use super::super::schema::Type;

/// A value brought to a type. What can't be brought there stays as it is, for policies to judge.
pub(in crate::model) fn convert(value: &Value, ty: &Type) -> Value {
    let value = &single(value);
    match (ty, &value.data) {
        (Type::Bool, Data::String(text)) if text.eq_ignore_ascii_case("true") => Value::bool(true, value.origin),
        (Type::Bool, Data::String(text)) if text.eq_ignore_ascii_case("false") => Value::bool(false, value.origin),
        (Type::Integer | Type::Number, Data::String(text)) => match Number::parse(text.trim()) {
            Some(number) => Value::number(number, value.origin),
            None => value.clone(),
        },
        (Type::String | Type::Enum(_), Data::Number(number)) => Value::string(number.to_string(), value.origin),
        (Type::String | Type::Enum(_), Data::Bool(flag)) => Value::string(flag.to_string(), value.origin),
        // What could not be read whole may have been meant for a single value: `BillingMode: [PAY`, half typed.
        (Type::Bool | Type::Integer | Type::Number | Type::String | Type::Enum(_), Data::List(list)) => {
            list.rest.as_ref().map_or_else(|| value.clone(), |rest| unread(rest, value))
        }
        (Type::Bool | Type::Integer | Type::Number | Type::String | Type::Enum(_), Data::Map(map)) => {
            map.rest.as_ref().map_or_else(|| value.clone(), |rest| unread(rest, value))
        }
        (Type::List(inner), _) => list(value, &mut |item| each(item, inner)),
        (Type::Map(inner), Data::Map(map)) => {
            let entries = map
                .entries
                .iter()
                .filter(|entry| !matches!(entry.value.data, Data::Null | Data::Absent))
                .map(|entry| Entry::new(entry.key.clone(), entry.key_origin, each(&entry.value, inner)))
                .collect();
            let map = Map { kind: map.kind, entries, rest: map.rest.clone() };
            Value::new(Data::Map(Arc::new(map)), value.origin)
        }
        _ => value.clone(),
    }
}

fn unread(why: &Arc<Unknown>, value: &Value) -> Value {
    Value::new(Data::Unknown(Arc::clone(why)), value.origin)
}

fn each(value: &Value, ty: &Type) -> Value {
    combine(&[value], &mut |values| match values {
        [value] if value.is_unset() => Value::absent(value.origin),
        [value] => convert(value, ty),
        _ => Value::absent(crate::value::OriginId::NONE),
    })
}

/// A list with a function over its items; items that are nothing are left out, and a single value stands for a list of
/// itself, as both languages' tools have it.
pub(super) fn list(value: &Value, function: &mut dyn FnMut(&Value) -> Value) -> Value {
    match &value.data {
        Data::List(list) => {
            let items = list.items.iter().filter(|item| !item.is_unset()).map(function).collect();
            let list = List { kind: list.kind, items, rest: list.rest.clone() };
            Value::new(Data::List(Arc::new(list)), value.origin)
        }
        Data::Unknown(_) | Data::Choice(_) | Data::Absent | Data::Null => value.clone(),
        _ => Value::list(vec![function(value)], value.origin),
    }
}

/// A text that is one open piece and nothing else is that piece: `"${var.read}"` is `var.read`.
fn single(value: &Value) -> Value {
    match &value.data {
        Data::Parts(parts) => match &**parts {
            [Part::Open(unknown, _)] => Value::new(Data::Unknown(unknown.clone()), value.origin),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{ListKind, OriginId, Shape};

    #[test]
    fn a_list_that_was_not_read_whole_is_not_known_where_a_single_value_belongs() {
        let why = Arc::new(Unknown { why: "half typed".into(), symbol: None, shape: Shape::Any });
        let items = vec![Value::string("PAY", OriginId::NONE)];
        let list = |rest| {
            Value::new(Data::List(Arc::new(List { kind: ListKind::Tuple, items: items.clone(), rest })), OriginId::NONE)
        };
        assert!(convert(&list(Some(why)), &Type::String).is_unknown());
        assert!(convert(&list(None), &Type::String).as_list().is_some(), "policies judge what is written");
    }
}
