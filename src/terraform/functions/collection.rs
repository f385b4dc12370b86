//! Lists: `concat`, `element`, `flatten` and their like. Elements keep their own origins.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::value::{Data, List, ListKind, Part, Shape, Symbol, Truth, TypeTag, Unknown, Value};

use super::super::lift::{hoist_lists, reason};
use super::super::operators::equals;
use super::super::tag::tag;
use super::super::types::Type;
use super::Error;
use super::call::{ANY, Call, Function, NUMBER, Param, Ty, open_rest};

const LIST: Param = Param::new(Ty::List);
const BOOLS: Param = Param::new(Ty::Bools);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("alltrue", &[BOOLS.partly()], Shape::Bool, |call| all_or_any(call, false)),
    Function::new("anytrue", &[BOOLS.partly()], Shape::Bool, |call| all_or_any(call, true)),
    Function::new("chunklist", &[LIST.as_is(), NUMBER], Shape::List, chunklist),
    Function::new("coalesce", &[], Shape::Any, coalesce).and_more(ANY.or_null().as_is()),
    Function::new("coalescelist", &[], Shape::List, coalescelist).and_more(ANY.or_null().as_is()),
    Function::new("compact", &[Param::new(Ty::Strings).partly()], Shape::List, compact),
    Function::new("concat", &[], Shape::List, concat).and_more(ANY.as_is()),
    Function::new("contains", &[ANY.partly(), ANY.partly()], Shape::Bool, contains),
    Function::new("distinct", &[LIST.partly()], Shape::List, distinct),
    Function::new("element", &[ANY.as_is(), NUMBER], Shape::Any, element),
    Function::new("flatten", &[ANY.as_is()], Shape::List, flatten),
    Function::new("index", &[ANY.partly(), ANY.partly()], Shape::Number, index),
    Function::new("length", &[ANY.as_is()], Shape::Number, length),
    Function::new("list", &[], Shape::List, removed).and_more(ANY.or_null().as_is()),
    Function::new("matchkeys", &[LIST.as_is(), LIST.partly(), LIST.partly()], Shape::List, matchkeys),
    Function::new("one", &[ANY.as_is()], Shape::Any, one),
    Function::new("reverse", &[ANY.as_is()], Shape::List, reverse),
    Function::new("slice", &[ANY.as_is(), NUMBER, NUMBER], Shape::List, slice),
    Function::new("sort", &[Param::new(Ty::Strings)], Shape::List, sort),
];

pub(super) fn removed(_: &Call<'_>) -> Result<Value, Error> {
    Err(Error::new("this function no longer exists; write `tolist([...])` or `tomap({...})`"))
}

/// A list of which the items are known; otherwise the result, which is then unknown, or the error.
pub(super) fn known_list<'c>(call: &'c Call<'_>, at: usize) -> Result<Result<&'c List, Value>, Error> {
    if let Data::Unknown(unknown) = &call.arg(at)?.data {
        return if matches!(unknown.shape, Shape::Any | Shape::List) {
            Ok(Err(call.unknown(call.arg(at)?)))
        } else {
            Err(Error::of_argument("a list is required", at))
        };
    }
    let list = call.list(at)?;
    Ok(match &list.rest {
        Some(rest) => Err(call.unknown_for(rest.why.clone())),
        None => Ok(list),
    })
}

fn all_or_any(call: &Call<'_>, decisive: bool) -> Result<Value, Error> {
    if call.is_unknown(0) {
        return Ok(call.unknown(call.arg(0)?));
    }
    let list = call.list(0)?;
    let mut truth = Truth::from(!decisive);
    for item in &list.items {
        // Null counts as false.
        let item = if item.is_unset() { Truth::False } else { item.as_bool().map_or(Truth::Unknown, Truth::from) };
        truth = if decisive { truth.or(item) } else { truth.and(item) };
    }
    if list.rest.is_some() {
        truth = if decisive { truth.or(Truth::Unknown) } else { truth.and(Truth::Unknown) };
    }
    Ok(of_truth(call, truth, 0))
}

fn of_truth(call: &Call<'_>, truth: Truth, at: usize) -> Value {
    match truth.known() {
        Some(known) => call.bool(known),
        None => call.args.get(at).map_or_else(|| call.unknown_for("it is not known"), |arg| call.unknown(arg)),
    }
}

fn chunklist(call: &Call<'_>) -> Result<Value, Error> {
    let list = match known_list(call, 0)? {
        Ok(list) => list,
        Err(unknown) => return Ok(unknown),
    };
    let size = usize::try_from(call.integer(1)?).map_err(|_| Error::of_argument("the size must be positive", 1))?;
    // A size of 0 means one chunk with everything.
    let size = if size == 0 { list.items.len().max(1) } else { size };
    let chunks = list.items.chunks(size).map(|chunk| call.list_of(ListKind::List, chunk.to_vec(), None)).collect();
    let of = tag(&Type::List(Box::new(Type::of(call.arg(0)?))));
    Ok(call.list_of(ListKind::List, chunks, None).tagged(of))
}

fn coalesce(call: &Call<'_>) -> Result<Value, Error> {
    let types: Vec<Type> = call.args.iter().map(Type::of).collect();
    let no_type = || Error::new("all arguments must have the same type");
    if types.is_empty() {
        return Err(no_type());
    }
    let common = Type::unify(&types).ok_or_else(no_type)?;
    for (at, arg) in call.args.iter().enumerate() {
        match &arg.data {
            Data::Null | Data::Absent => {}
            Data::Unknown(_) => {
                // Whatever it turns out to be, it is the result if nothing else can be.
                let last = call.args.iter().skip(at + 1).all(Value::is_unset);
                return Ok(if last { arg.clone() } else { call.unknown(arg) });
            }
            Data::Parts(parts) if !parts.iter().any(|part| matches!(part, Part::Known(..))) => {
                return Ok(call.unknown(arg));
            }
            _ => {
                let converted = common.convert(arg)?;
                if converted.as_str() != Some("") {
                    return Ok(converted);
                }
            }
        }
    }
    Err(Error::new("all arguments are null or empty strings"))
}

fn coalescelist(call: &Call<'_>) -> Result<Value, Error> {
    if call.args.is_empty() {
        return Err(Error::new("at least one argument is required"));
    }
    for (at, arg) in call.args.iter().enumerate() {
        let fits = match &arg.data {
            Data::List(list) => list.kind != ListKind::Set,
            Data::Unknown(unknown) => matches!(unknown.shape, Shape::Any | Shape::List),
            _ => false,
        };
        if !fits {
            return Err(Error::of_argument("a list or tuple is required", at));
        }
    }
    for arg in &call.args {
        match &arg.data {
            Data::List(list) if !list.items.is_empty() => return Ok(arg.clone()),
            Data::List(list) if list.rest.is_some() => return Ok(call.unknown(arg)),
            Data::List(_) => {}
            _ => return Ok(call.unknown(arg)),
        }
    }
    Err(Error::new("all arguments are empty lists"))
}

fn compact(call: &Call<'_>) -> Result<Value, Error> {
    if call.is_unknown(0) {
        return Ok(call.arg(0)?.clone());
    }
    let list = call.list(0)?;
    let mut rest = list.rest.clone();
    let mut items = Vec::with_capacity(list.items.len());
    for item in &list.items {
        match &item.data {
            Data::Null | Data::Absent => {}
            Data::String(text) if text.is_empty() => {}
            // What a service gives a resource (its id, its ARN) is never empty; anything else may be.
            Data::Unknown(unknown) if !matches!(unknown.symbol, Some(Symbol::Resource { .. })) => {
                rest.get_or_insert_with(|| Arc::clone(unknown));
            }
            Data::Parts(parts) if !parts.iter().any(|part| matches!(part, Part::Known(..))) => {
                rest.get_or_insert_with(|| open_rest(item));
            }
            _ => items.push(item.clone()),
        }
    }
    Ok(call.list_of(ListKind::List, items, rest).tagged(strings_tag()))
}

fn strings_tag() -> TypeTag {
    tag(&Type::List(Box::new(Type::String)))
}

/// The tag of a list, for one made of some of its elements.
fn tag_of(list: &Value) -> TypeTag {
    tag(&Type::of(list))
}

fn concat(call: &Call<'_>) -> Result<Value, Error> {
    if call.args.is_empty() {
        return Err(Error::new("at least one argument is required"));
    }
    let mut items = Vec::new();
    let mut rest = None;
    let mut all_lists = true;
    for (at, arg) in call.args.iter().enumerate() {
        match &arg.data {
            Data::List(list) if list.kind != ListKind::Set => {
                all_lists &= list.kind == ListKind::List;
                items.extend(list.items.iter().cloned());
                if let Some(open) = &list.rest {
                    rest.get_or_insert_with(|| Arc::clone(open));
                }
            }
            Data::Unknown(unknown) if matches!(unknown.shape, Shape::Any | Shape::List) => {
                rest.get_or_insert_with(|| Arc::clone(unknown));
            }
            _ => {
                return Err(Error::of_argument(
                    format!("all arguments must be lists or tuples, but this is a {}", arg.type_name()),
                    at,
                ));
            }
        }
    }
    // Lists of types that can be unified stay a list; everything else is a tuple.
    let types: Vec<Type> = call.args.iter().map(Type::of).collect();
    if all_lists && let Some(common) = Type::unify(&types) {
        let list = call.list_of(ListKind::List, items, rest);
        return Ok(common.convert(&list)?.at(call.origin()));
    }
    Ok(call.list_of(ListKind::Tuple, items, rest))
}

fn contains(call: &Call<'_>) -> Result<Value, Error> {
    if call.is_unknown(0) {
        return Ok(call.unknown(call.arg(0)?));
    }
    let list = call.list(0)?;
    let wanted = call.arg(1)?;
    let mut truth = list.items.iter().map(|item| equals(item, wanted)).fold(Truth::False, Truth::or);
    if list.rest.is_some() {
        truth = truth.or(Truth::Unknown);
    }
    Ok(of_truth(call, truth, usize::from(call.arg(0)?.is_wholly_known())))
}

fn distinct(call: &Call<'_>) -> Result<Value, Error> {
    if call.is_unknown(0) {
        return Ok(call.arg(0)?.clone());
    }
    let list = call.list(0)?;
    let mut items: Vec<Value> = Vec::with_capacity(list.items.len());
    for item in &list.items {
        // Items that may turn out to be equal stay apart.
        if !items.iter().any(|other| equals(other, item) == Truth::True) {
            items.push(item.clone());
        }
    }
    Ok(call.list_of(ListKind::List, items, list.rest.clone()).tagged(tag_of(call.arg(0)?)))
}

fn element(call: &Call<'_>) -> Result<Value, Error> {
    let at = call.integer(1)?;
    let list = match known_list(call, 0)? {
        Ok(list) if list.kind == ListKind::Set => {
            return Err(Error::of_argument("the elements of a set have no index", 0));
        }
        Ok(list) => list,
        Err(unknown) => return Ok(unknown),
    };
    let length = i64::try_from(list.items.len()).unwrap_or(i64::MAX);
    if length == 0 {
        return Err(Error::of_argument("the list is empty", 0));
    }
    // Of lists, negative places count from the end.
    if at < 0 && at % length != 0 && list.kind == ListKind::Tuple {
        return Err(Error::of_argument("a tuple has no elements at negative places", 1));
    }
    let at = usize::try_from(at.rem_euclid(length)).unwrap_or(0);
    list.items.get(at).cloned().ok_or_else(|| Error::of_argument("there is no such element", 1))
}

fn flatten(call: &Call<'_>) -> Result<Value, Error> {
    let hoisted = hoist_lists(call.arg(0)?);
    super::super::lift::lift(&[&hoisted], &mut |leaves| {
        let leaf = leaves[0];
        match &leaf.data {
            Data::List(_) => {}
            Data::Unknown(unknown) if matches!(unknown.shape, Shape::Any | Shape::List) => {
                return Ok(call.unknown(leaf));
            }
            _ => return Err(Error::of_argument("only lists, sets and tuples can be flattened", 0)),
        }
        let (mut items, mut rest) = (Vec::new(), None);
        flatten_into(leaf, &mut items, &mut rest, 0)?;
        Ok(call.list_of(ListKind::Tuple, items, rest))
    })
}

fn flatten_into(
    value: &Value,
    items: &mut Vec<Value>,
    rest: &mut Option<Arc<Unknown>>,
    depth: usize,
) -> Result<(), Error> {
    if depth > 128 {
        return Err(Error::new("the list is nested more than 128 levels deep"));
    }
    match &value.data {
        Data::List(list) => {
            for item in &list.items {
                flatten_into(item, items, rest, depth + 1)?;
            }
            if let Some(open) = &list.rest {
                rest.get_or_insert_with(|| Arc::clone(open));
            }
        }
        // It may turn out to be a list of any length.
        Data::Unknown(unknown) if matches!(unknown.shape, Shape::Any | Shape::List) => {
            rest.get_or_insert_with(|| Arc::clone(unknown));
        }
        _ => items.push(value.clone()),
    }
    Ok(())
}

fn index(call: &Call<'_>) -> Result<Value, Error> {
    let list = match known_list(call, 0)? {
        Ok(list) if list.kind == ListKind::Set => return Err(Error::of_argument("a list or tuple is required", 0)),
        Ok(list) => list,
        Err(unknown) => return Ok(unknown),
    };
    let wanted = call.arg(1)?;
    for (at, item) in list.items.iter().enumerate() {
        match equals(item, wanted) {
            Truth::True => return Ok(call.count(at)),
            Truth::Unknown => {
                let open = if item.is_wholly_known() { wanted } else { item };
                return Ok(call.unknown(open));
            }
            Truth::False => {}
        }
    }
    Err(Error::new("the list does not hold this element"))
}

fn length(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg(0)?;
    Ok(match &arg.data {
        Data::String(text) => call.count(text.graphemes(true).count()),
        Data::List(list) if list.rest.is_none() && !may_merge(list) => call.count(list.items.len()),
        Data::Map(map) if map.rest.is_none() => call.count(map.entries.len()),
        Data::List(_) | Data::Map(_) | Data::Parts(_) => call.unknown(arg),
        Data::Unknown(unknown) if !matches!(unknown.shape, Shape::Bool | Shape::Number) => call.unknown(arg),
        _ => return Err(Error::of_argument("a string or a collection is required", 0)),
    })
}

/// Whether items of a set may turn out to be the same.
fn may_merge(list: &List) -> bool {
    list.kind == ListKind::Set && list.items.len() > 1 && !list.items.iter().all(Value::is_wholly_known)
}

fn matchkeys(call: &Call<'_>) -> Result<Value, Error> {
    let mut lists = Vec::with_capacity(3);
    for at in 0..3 {
        match known_list(call, at)? {
            Ok(list) => lists.push(list),
            Err(unknown) => return Ok(unknown),
        }
    }
    let [values, keys, wanted] = lists.as_slice() else { return Err(Error::new("three lists are required")) };
    if values.items.len() != keys.items.len() {
        return Err(Error::of_argument("there have to be as many keys as values", 1));
    }
    let element = |at: usize| {
        Ok(match Type::of(call.arg(at)?) {
            Type::List(element) => *element,
            _ => Type::Any,
        })
    };
    let common = Type::unify(&[element(1)?, element(2)?])
        .ok_or_else(|| Error::of_argument("the keys have no type in common", 1))?;
    let wanted: Vec<Value> = wanted.items.iter().map(|item| common.convert(item)).collect::<Result<_, _>>()?;
    let mut items = Vec::new();
    for (value, key) in values.items.iter().zip(&keys.items) {
        let key = common.convert(key)?;
        match wanted.iter().map(|other| equals(other, &key)).fold(Truth::False, Truth::or) {
            Truth::True => items.push(value.clone()),
            Truth::False => {}
            Truth::Unknown => {
                let open = wanted.iter().chain([&key]).find(|value| reason(value).is_some()).unwrap_or(&key);
                return Ok(call.unknown(open));
            }
        }
    }
    Ok(call.list_of(ListKind::List, items, None).tagged(tag_of(call.arg(0)?)))
}

fn one(call: &Call<'_>) -> Result<Value, Error> {
    let list = match known_list(call, 0)? {
        Ok(list) => list,
        Err(unknown) => return Ok(unknown),
    };
    match list.items.as_slice() {
        [] => {
            let element = match Type::of(call.arg(0)?) {
                Type::List(element) | Type::Set(element) => *element,
                _ => Type::Dynamic,
            };
            Ok(Value::null(call.origin()).tagged(tag(&element)))
        }
        [only] => Ok(only.clone()),
        _ if may_merge(list) => Ok(call.unknown(call.arg(0)?)),
        _ => Err(Error::of_argument("a list with no or one element is required", 0)),
    }
}

fn reverse(call: &Call<'_>) -> Result<Value, Error> {
    let list = match known_list(call, 0)? {
        Ok(list) => list,
        Err(unknown) => return Ok(unknown),
    };
    let kind = if list.kind == ListKind::Tuple { ListKind::Tuple } else { ListKind::List };
    let of = match Type::of(call.arg(0)?) {
        Type::Set(element) => Type::List(element),
        other => other,
    };
    Ok(call.list_of(kind, list.items.iter().rev().cloned().collect(), None).tagged(tag(&of)))
}

fn slice(call: &Call<'_>) -> Result<Value, Error> {
    let (start, end) = (call.integer(1)?, call.integer(2)?);
    let list = match known_list(call, 0)? {
        Ok(list) if list.kind == ListKind::Set => {
            return Err(Error::of_argument("the elements of a set have no index; convert it with tolist()", 0));
        }
        Ok(list) => list,
        Err(unknown) => return Ok(unknown),
    };
    let start = usize::try_from(start).map_err(|_| Error::of_argument("the start must not be negative", 1))?;
    let end = usize::try_from(end).map_err(|_| Error::of_argument("the end must not be negative", 2))?;
    if end > list.items.len() {
        return Err(Error::of_argument("the end lies beyond the list", 2));
    }
    match list.items.get(start..end) {
        Some(items) => Ok(call.list_of(list.kind, items.to_vec(), None).tagged(tag_of(call.arg(0)?))),
        None => Err(Error::of_argument("the start lies behind the end", 1)),
    }
}

fn sort(call: &Call<'_>) -> Result<Value, Error> {
    let mut items = call.list(0)?.items.clone();
    if items.iter().any(Value::is_unset) {
        return Err(Error::of_argument("null can't be sorted", 0));
    }
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(call.list_of(ListKind::List, items, None).tagged(strings_tag()))
}
