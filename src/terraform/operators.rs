//! Operators, conditionals, indexing and attribute access over values that may be partly known.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::value::{
    Data, List, ListKind, MapKind, Number, OriginId, Part, Shape, Symbol, Truth, TypeTag, Unknown, Value, equal,
};

pub use super::error::Error;
use super::lift::{lift, reason, shaped, unknown_of};
use super::tag::{is_sequence, tag, tagged};
use super::types::Type;

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

/// Applies a binary operator. Both operands are evaluated and checked, as Terraform does: `true || null` is an error.
///
/// # Errors
/// Null operands (but of `==` and `!=`), operands that can't be converted, `0 / 0`.
pub fn binary(operator: BinaryOperator, left: &Value, right: &Value, origin: OriginId) -> Result<Value, Error> {
    lift(&[left, right], &mut |leaves| binary_leaf(operator, leaves[0], leaves[1], origin))
}

fn binary_leaf(operator: BinaryOperator, left: &Value, right: &Value, origin: OriginId) -> Result<Value, Error> {
    use BinaryOperator as Op;
    match operator {
        Op::Equal | Op::NotEqual => {
            let truth = equals(left, right);
            let truth = if operator == Op::Equal { truth } else { !truth };
            Ok(of_truth(truth, &[left, right], origin))
        }
        Op::And | Op::Or => {
            let left = operand(left, &Type::Bool, 0)?;
            let right = operand(right, &Type::Bool, 1)?;
            let truth = |value: &Value| value.as_bool().map_or(Truth::Unknown, Truth::from);
            let truth =
                if operator == Op::And { truth(&left).and(truth(&right)) } else { truth(&left).or(truth(&right)) };
            Ok(of_truth(truth, &[&left, &right], origin))
        }
        _ => {
            let left = operand(left, &Type::Number, 0)?;
            let right = operand(right, &Type::Number, 1)?;
            let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
                let compares = matches!(operator, Op::Greater | Op::GreaterOrEqual | Op::Less | Op::LessOrEqual);
                let shape = if compares { Shape::Bool } else { Shape::Number };
                let open = if left.as_number().is_none() { &left } else { &right };
                return Ok(unknown_of(open, shape, origin));
            };
            calculate(operator, a, b, origin)
        }
    }
}

fn calculate(operator: BinaryOperator, a: &Number, b: &Number, origin: OriginId) -> Result<Value, Error> {
    use BinaryOperator as Op;
    let order = a.cmp(b);
    let result = match operator {
        Op::Greater => return Ok(Value::bool(order == Ordering::Greater, origin)),
        Op::GreaterOrEqual => return Ok(Value::bool(order != Ordering::Less, origin)),
        Op::Less => return Ok(Value::bool(order == Ordering::Less, origin)),
        Op::LessOrEqual => return Ok(Value::bool(order != Ordering::Greater, origin)),
        Op::Add => a.add(b),
        Op::Subtract => a.subtract(b),
        Op::Multiply => a.multiply(b),
        Op::Divide if b.is_zero() && a.is_zero() => return Err(Error::new("zero can't be divided by zero")),
        // Terraform goes on with an infinite number, which no attribute can hold.
        Op::Divide if b.is_zero() => {
            return Ok(shaped("a division by zero gives an infinite number", Shape::Number, origin));
        }
        Op::Divide => a.divide(b),
        Op::Modulo if b.is_zero() => return Ok(Value::number(a.clone(), origin)),
        _ => a.remainder(b),
    };
    result.map(|number| Value::number(number, origin)).ok_or_else(too_large)
}

/// The error of numbers beyond the bound.
pub(super) fn too_large() -> Error {
    Error::new("the number is larger than 2^40000, which is more than is computed here")
}

/// An operand, converted; null is refused.
fn operand(value: &Value, ty: &Type, at: usize) -> Result<Value, Error> {
    let converted = ty.convert(value).map_err(|error| error.at_argument(at))?;
    if converted.is_unset() {
        return Err(Error::of_argument(format!("a {} is required, but this is null", ty.name()), at));
    }
    Ok(converted)
}

fn of_truth(truth: Truth, operands: &[&Value], origin: OriginId) -> Value {
    match truth.known() {
        Some(known) => Value::bool(known, origin),
        None => {
            let why = operands.iter().find_map(|operand| reason(operand));
            shaped(why.unwrap_or_else(|| "the values can't be compared".into()), Shape::Bool, origin)
        }
    }
}

/// Terraform's `==` as far as it is known: values of different types are different (`[1] == tolist([1])` is false).
/// Choices at the top are not followed.
#[must_use]
pub fn equals(a: &Value, b: &Value) -> Truth {
    let all = |pairs: &mut dyn Iterator<Item = Truth>| pairs.fold(Truth::True, Truth::and);
    match (&a.data, &b.data) {
        (Data::List(left), Data::List(right)) => {
            if left.kind != right.kind || differ_in_type(a, b) {
                return Truth::False;
            }
            let open = left.rest.is_some() || right.rest.is_some();
            if !open && left.items.len() != right.items.len() {
                let may_merge =
                    |list: &List| list.kind == ListKind::Set && !list.items.iter().all(Value::is_wholly_known);
                return if may_merge(left) || may_merge(right) { Truth::Unknown } else { Truth::False };
            }
            let same = all(&mut left.items.iter().zip(&right.items).map(|(a, b)| equal_elements(a, b)));
            let ordered = left.kind != ListKind::Set || (a.is_wholly_known() && b.is_wholly_known());
            match same {
                Truth::False if !ordered => Truth::Unknown,
                same if open => same.and(Truth::Unknown),
                same => same,
            }
        }
        (Data::Map(left), Data::Map(right)) => {
            if left.kind != right.kind || differ_in_type(a, b) {
                return Truth::False;
            }
            let one_way = |from: &crate::value::Map, to: &crate::value::Map| {
                all(&mut from.entries.iter().map(|entry| match to.get(&entry.key) {
                    Some(value) => equal_elements(&entry.value, value),
                    None => Truth::from(false).or(if to.rest.is_some() { Truth::Unknown } else { Truth::False }),
                }))
            };
            let same = one_way(left, right).and(one_way(right, left));
            if left.rest.is_some() || right.rest.is_some() { same.and(Truth::Unknown) } else { same }
        }
        _ => equal(a, b),
    }
}

/// Of elements the types have to be equal as well: `[null] == [tostring(null)]` is false.
fn equal_elements(a: &Value, b: &Value) -> Truth {
    if differ_in_type(a, b) { Truth::False } else { equals(a, b) }
}

/// Whether two values that hold nothing are known to be of different types: they are not equal then, but for nulls
/// that stand by themselves.
fn differ_in_type(a: &Value, b: &Value) -> bool {
    let holds_nothing = |value: &Value| match &value.data {
        Data::Null => true,
        Data::List(list) => list.items.is_empty() && list.rest.is_none(),
        Data::Map(map) => map.entries.is_empty() && map.rest.is_none(),
        _ => false,
    };
    a.tag != b.tag && holds_nothing(a) && holds_nothing(b) && !Type::of(a).agrees(&Type::of(b))
}

/// Applies a unary operator.
///
/// # Errors
/// A null operand, or one that can't be converted.
pub fn unary(operator: UnaryOperator, value: &Value, origin: OriginId) -> Result<Value, Error> {
    lift(&[value], &mut |leaves| {
        let ty = if operator == UnaryOperator::Not { Type::Bool } else { Type::Number };
        let value = operand(leaves[0], &ty, 0)?;
        Ok(match &value.data {
            Data::Bool(known) => Value::bool(!known, origin),
            Data::Number(number) => Value::number(number.negated(), origin),
            _ => unknown_of(&value, ty.shape(), origin),
        })
    })
}

/// A result of a conditional, or why it can't be one.
pub type Branch = Result<Value, Error>;

/// Converts both results of a conditional to the type that they have in common; null takes the other's type. A result
/// that can't be converted may still be the one that is not taken.
///
/// # Errors
/// There is no such type.
pub fn conditional_unify(yes: &Value, no: &Value) -> Result<(Branch, Branch), Error> {
    let types = [Type::of(yes), Type::of(no)];
    // The literal null takes whatever type the other one has.
    let untyped = |value: &Value, ty: &Type| value.is_unset() && matches!(ty, Type::Any | Type::Dynamic);
    if untyped(yes, &types[0]) {
        return Ok((types[1].convert(yes), Ok(no.clone())));
    }
    if untyped(no, &types[1]) {
        return Ok((Ok(yes.clone()), types[0].convert(no)));
    }
    let common = Type::unify(&types).ok_or_else(|| no_common_type(yes.type_name(), no.type_name()))?;
    // An operand of which no type is known leaves open what the other one is converted to.
    if types.iter().any(|ty| matches!(ty, Type::Any)) {
        return Ok((Ok(yes.clone()), Ok(no.clone())));
    }
    Ok((common.convert(yes), common.convert(no)))
}

/// Converts a result of a conditional to the type that it has in common with the other one, which is refused, but of
/// which something of its type is known all the same.
///
/// # Errors
/// There is no such type.
pub fn unify_with_refused(value: &Value, refused: &Type) -> Result<Branch, Error> {
    let ty = Type::of(value);
    if value.is_unset() && matches!(ty, Type::Any | Type::Dynamic) {
        return Ok(refused.convert(value));
    }
    let common =
        Type::unify(&[ty.clone(), refused.clone()]).ok_or_else(|| no_common_type(value.type_name(), refused.name()))?;
    Ok(if matches!(ty, Type::Any) { Ok(value.clone()) } else { common.convert(value) })
}

fn no_common_type(one: &str, other: &str) -> Error {
    Error::new(format!(
        "both results of a conditional need the same type, but the one is a {one} and the other a {other}"
    ))
}

/// `collection[key]`; the element keeps its own origin.
///
/// # Errors
/// A collection that has no elements, a key of the wrong type, an element that is not there.
pub fn index(collection: &Value, key: &Value, origin: OriginId) -> Result<Value, Error> {
    lift(&[collection, key], &mut |leaves| index_leaf(leaves[0], leaves[1], origin))
}

fn index_leaf(collection: &Value, key: &Value, origin: OriginId) -> Result<Value, Error> {
    if key.is_unset() {
        return Err(Error::new("null can't be used as an index"));
    }
    match &collection.data {
        Data::Absent | Data::Null => Err(Error::new("this value is null, so it has no elements")),
        Data::List(list) if list.kind == ListKind::Set => {
            Err(Error::new("the elements of a set have no index; convert it with tolist() or use a for expression"))
        }
        Data::List(list) => index_list(list, key, origin),
        Data::Map(map) => {
            if map.kind == MapKind::Object && matches!(key.data, Data::List(_) | Data::Map(_)) {
                return Err(Error::new("an object is indexed with the name of an attribute"));
            }
            let key = Type::String.convert(key)?;
            match key.as_str() {
                None => Ok(unknown_of(&key, Shape::Any, origin)),
                Some(name) => match (map.get(name), &map.rest) {
                    (Some(value), _) => Ok(value.clone()),
                    (None, Some(rest)) => Ok(shaped(rest.why.clone(), Shape::Any, origin)),
                    (None, None) => Err(Error::new(format!("there is no element with the key `{name}`"))),
                },
            }
        }
        Data::Unknown(unknown) => {
            let key = match &key.data {
                Data::String(text) => Some(text.to_string()),
                Data::Number(number) => Some(number.to_string()),
                Data::Bool(known) => Some(known.to_string()),
                _ => None,
            };
            element_of_unknown(unknown, collection.tag, key.as_deref(), origin)
        }
        _ => Err(Error::new(format!("a {} has no elements", collection.type_name()))),
    }
}

fn index_list(list: &List, key: &Value, origin: OriginId) -> Result<Value, Error> {
    let key = Type::Number.convert(key)?;
    let Some(number) = key.as_number() else { return Ok(unknown_of(&key, Shape::Any, origin)) };
    if number.is_negative() {
        return Err(Error::new("an index can't be negative"));
    }
    if !number.is_integer() {
        return Err(Error::new("an index has to be a whole number"));
    }
    let at = number.as_i64().and_then(|at| usize::try_from(at).ok()).unwrap_or(usize::MAX);
    match (list.items.get(at), &list.rest) {
        // Where the rest stands among the items is not known.
        (_, Some(rest)) => Ok(shaped(rest.why.clone(), Shape::Any, origin)),
        (Some(item), None) => Ok(item.clone()),
        (None, None) => Err(Error::new(format!(
            "there is no element with the index {number}; the {} has {}",
            if list.kind == ListKind::Tuple { "tuple" } else { "list" },
            list.items.len()
        ))),
    }
}

/// A part of an unknown: equal to the same part of the same unknown.
fn element_of_unknown(
    unknown: &Arc<Unknown>,
    of: TypeTag,
    key: Option<&str>,
    origin: OriginId,
) -> Result<Value, Error> {
    if matches!(unknown.shape, Shape::Bool | Shape::Number | Shape::String) {
        return Err(Error::new("a string, number or bool has no elements"));
    }
    let ty = match (tagged(of), key) {
        (Type::List(element) | Type::Map(element), _) => *element,
        (Type::Set(_), _) => return Err(Error::new("the elements of a set have no index")),
        (Type::Object(attributes), Some(key)) => match attributes.into_iter().find(|attribute| attribute.name == key) {
            Some(attribute) => attribute.ty,
            None => return Err(Error::new(format!("this object has no attribute `{key}`"))),
        },
        _ => Type::Any,
    };
    let symbol = key.and_then(|key| match unknown.symbol.as_ref()? {
        Symbol::Resource { address, attribute } if attribute.is_empty() => {
            Some(Symbol::Resource { address: address.clone(), attribute: key.into() })
        }
        Symbol::Resource { address, attribute } => {
            Some(Symbol::Resource { address: address.clone(), attribute: format!("{attribute}.{key}").into() })
        }
        Symbol::Expression(text) => Some(Symbol::Expression(format!("{text}.{key}").into())),
    });
    let element = Unknown { why: unknown.why.clone(), symbol, shape: ty.shape() };
    Ok(Value::new(Data::Unknown(Arc::new(element)), origin).tagged(tag(&ty)))
}

/// `object.name`; the element keeps its own origin.
///
/// # Errors
/// A value that has no attributes, an attribute that is not there.
pub fn attribute(object: &Value, name: &str, origin: OriginId) -> Result<Value, Error> {
    lift(&[object], &mut |leaves| match &leaves[0].data {
        Data::Absent | Data::Null => Err(Error::new(format!("this value is null, so it has no attribute `{name}`"))),
        Data::Map(map) => match (map.get(name), &map.rest) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(rest)) => Ok(shaped(rest.why.clone(), Shape::Any, origin)),
            (None, None) if map.kind == MapKind::Map => {
                Err(Error::new(format!("this map has no element with the key `{name}`")))
            }
            (None, None) => Err(Error::new(format!("this object has no attribute `{name}`"))),
        },
        Data::Unknown(_) if is_sequence(leaves[0].tag) => Err(Error::new(format!("a list has no attribute `{name}`"))),
        Data::Unknown(unknown) => element_of_unknown(unknown, leaves[0].tag, Some(name), origin),
        _ => Err(Error::new(format!("a {} has no attribute `{name}`", leaves[0].type_name()))),
    })
}

/// The text that a value becomes inside a template.
///
/// # Errors
/// Null, and what is no string, number or bool.
pub fn template_part(value: &Value) -> Result<Vec<Part>, Error> {
    let value = operand(value, &Type::String, 0)?;
    Ok(crate::value::text::parts(&value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Entry;

    const NONE: OriginId = OriginId::NONE;

    fn unknown() -> Value {
        Value::unknown("variable `x` has no value", NONE)
    }

    fn apply(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
        binary(operator, left, right, NONE).unwrap()
    }

    #[test]
    fn logic_is_kleenes_and_keeps_the_reason() {
        let (yes, no) = (Value::bool(true, NONE), Value::bool(false, NONE));
        assert_eq!(apply(BinaryOperator::And, &unknown(), &no).as_bool(), Some(false));
        assert_eq!(apply(BinaryOperator::Or, &yes, &unknown()).as_bool(), Some(true));
        let open = apply(BinaryOperator::And, &yes, &unknown());
        assert_eq!(open.as_unknown().unwrap().why, "variable `x` has no value");
        assert!(binary(BinaryOperator::Or, &yes, &Value::null(NONE), NONE).is_err());
        assert!(binary(BinaryOperator::Add, &unknown(), &Value::string("x", NONE), NONE).is_err());
    }

    #[test]
    fn comparing_what_is_partly_known_is_decided_where_it_can_be() {
        let with = |item: Value| Value::list(vec![Value::integer(1, NONE), item], NONE);
        let compare = |a: &Value, b: &Value| apply(BinaryOperator::Equal, a, b);
        assert_eq!(compare(&with(unknown()), &Value::list(Vec::new(), NONE)).as_bool(), Some(false));
        assert!(compare(&with(unknown()), &with(Value::integer(2, NONE))).is_unknown());
        let text = crate::value::join_parts(
            [
                Part::Known("a-".into(), NONE),
                Part::Open(
                    Arc::clone(match &unknown().data {
                        Data::Unknown(unknown) => unknown,
                        _ => unreachable!(),
                    }),
                    NONE,
                ),
            ],
            NONE,
        );
        assert_eq!(compare(&text, &Value::string("b-1", NONE)).as_bool(), Some(false));
        assert_eq!(compare(&text, &Value::null(NONE)).as_bool(), Some(false));
        assert!(compare(&text, &Value::string("a-1", NONE)).is_unknown());
    }

    #[test]
    fn parts_of_one_unknown_are_equal_to_themselves() {
        let symbol = Symbol::Resource { address: "aws_kms_key.k".into(), attribute: "tags".into() };
        let tags = Value::symbol("set by the service", symbol, Shape::Map, NONE);
        let name = attribute(&tags, "Name", NONE).unwrap();
        let same = index(&tags, &Value::string("Name", NONE), NONE).unwrap();
        assert_eq!(equals(&name, &same), Truth::True);
        assert_eq!(equals(&name, &attribute(&tags, "Owner", NONE).unwrap()), Truth::Unknown);
    }

    #[test]
    fn what_an_open_map_does_not_hold_is_unknown_and_not_an_error() {
        let Data::Unknown(rest) = unknown().data else { unreachable!() };
        let map = crate::value::Map {
            kind: MapKind::Object,
            entries: vec![Entry::new("a", NONE, Value::integer(1, NONE))],
            rest: Some(rest),
        };
        let map = Value::new(Data::Map(Arc::new(map)), NONE);
        assert_eq!(attribute(&map, "a", NONE).unwrap().as_i64(), Some(1));
        assert!(attribute(&map, "b", NONE).unwrap().is_unknown());
    }

    #[test]
    fn conditionals_convert_to_the_type_in_common() {
        let both = |yes: &Value, no: &Value| {
            let (yes, no) = conditional_unify(yes, no).unwrap();
            (yes.unwrap(), no.unwrap())
        };
        let (a, b) = both(&Value::integer(1, NONE), &Value::string("x", NONE));
        assert_eq!((a.as_str(), b.as_str()), (Some("1"), Some("x")));
        assert!(conditional_unify(&Value::integer(1, NONE), &Value::list(Vec::new(), NONE)).is_err());
        let (kept, null) = both(&Value::integer(1, NONE), &Value::null(NONE));
        assert!(kept.as_i64() == Some(1) && null.is_unset());
        let (open, known) = both(&unknown(), &Value::integer(1, NONE));
        assert!(open.is_unknown() && known.as_i64() == Some(1));
    }

    #[test]
    fn dividing_by_zero_is_no_value() {
        let zero = Value::integer(0, NONE);
        assert!(apply(BinaryOperator::Divide, &Value::integer(1, NONE), &zero).is_unknown());
        assert!(binary(BinaryOperator::Divide, &zero, &zero, NONE).is_err());
    }
}
