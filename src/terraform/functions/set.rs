//! Sets: unions, intersections, differences and products.

use crate::value::{Data, List, ListKind, Shape, Truth, TypeTag, Value};

use super::super::operators::equals;
use super::super::sets::make_set;
use super::super::tag::tag;
use super::super::types::Type;
use super::Error;
use super::call::{ANY, Call, Function, Param, Ty};

const SET: Param = Param::new(Ty::Set).partly();

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("setintersection", &[SET], Shape::List, intersection).and_more(SET),
    Function::new("setproduct", &[ANY.partly(), ANY.partly()], Shape::List, product).and_more(ANY.partly()),
    Function::new("setsubtract", &[SET, SET], Shape::List, subtract),
    Function::new("setunion", &[SET], Shape::List, union).and_more(SET),
];

/// The most elements that a product may have.
const MAX_PRODUCT: usize = 100_000;

/// The type of set that all arguments can be; empty ones of no type bear nothing on it.
fn common_type(call: &Call<'_>) -> Result<Type, Error> {
    let is_empty = |arg: &Value| arg.as_list().is_some_and(|list| list.items.is_empty() && list.rest.is_none());
    let mut types = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        match Type::of(arg) {
            Type::Set(element) if matches!(*element, Type::Dynamic) && is_empty(arg) => {}
            Type::Set(element) => types.push(*element),
            _ => types.push(Type::Any),
        }
    }
    if types.is_empty() {
        return Ok(Type::Set(Box::new(Type::Dynamic)));
    }
    match Type::unify(&types) {
        // They would stay of different types.
        Some(Type::Dynamic) if types.iter().any(|ty| !matches!(ty, Type::Any | Type::Dynamic)) && types.len() > 1 => {
            Err(Error::new("the elements have no type in common"))
        }
        Some(element) => Ok(Type::Set(Box::new(element))),
        None => Err(Error::new("the elements have no type in common")),
    }
}

/// The arguments as sets of one element type; the unknown result where one of them is not known at all.
fn common_sets(call: &Call<'_>) -> Result<Result<Vec<Value>, Value>, Error> {
    let common = common_type(call)?;
    let mut sets = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        if arg.is_unknown() {
            return Ok(Err(call.unknown(arg)));
        }
        sets.push(common.convert(arg)?);
    }
    Ok(Ok(sets))
}

fn is_in(item: &Value, list: &List) -> Truth {
    let found = list.items.iter().map(|other| equals(other, item)).fold(Truth::False, Truth::or);
    if list.rest.is_some() { found.or(Truth::Unknown) } else { found }
}

fn union(call: &Call<'_>) -> Result<Value, Error> {
    let common = common_type(call)?;
    let (mut items, mut rest) = (Vec::new(), None);
    for arg in &call.args {
        let set = common.convert(arg)?;
        match &set.data {
            Data::List(list) => {
                items.extend(list.items.iter().cloned());
                rest = rest.or_else(|| list.rest.clone());
            }
            Data::Unknown(unknown) => rest = rest.or_else(|| Some(unknown.clone())),
            _ => return Err(Error::new("a set is required")),
        }
    }
    Ok(make_set(items, rest, call.origin()).tagged(tag(&common)))
}

fn intersection(call: &Call<'_>) -> Result<Value, Error> {
    filter(call, true)
}

fn subtract(call: &Call<'_>) -> Result<Value, Error> {
    filter(call, false)
}

/// The items of the first set that are in all others, or in none.
fn filter(call: &Call<'_>, wanted: bool) -> Result<Value, Error> {
    let sets = match common_sets(call)? {
        Ok(sets) => sets,
        Err(unknown) => return Ok(unknown),
    };
    let lists: Vec<&List> = sets.iter().filter_map(Value::as_list).collect();
    let Some((first, others)) = lists.split_first() else { return Err(Error::new("a set is required")) };
    let of = sets.first().map_or(TypeTag::NONE, |set| tag(&Type::of(set)));
    let mut items = Vec::new();
    let mut rest = first.rest.clone();
    for item in &first.items {
        let verdict = others.iter().map(|other| is_in(item, other)).map(|truth| if wanted { truth } else { !truth });
        match verdict.fold(Truth::True, Truth::and) {
            Truth::True => items.push(item.clone()),
            Truth::False => {}
            Truth::Unknown => {
                let open = others.iter().find_map(|list| {
                    list.rest.clone().or_else(|| {
                        list.items.iter().chain([item]).find_map(|item| match &item.data {
                            Data::Unknown(unknown) => Some(unknown.clone()),
                            _ => None,
                        })
                    })
                });
                rest = rest.or_else(|| Some(open.unwrap_or_else(|| super::call::open_rest(item))));
            }
        }
    }
    Ok(make_set(items, rest, call.origin()).tagged(of))
}

fn product(call: &Call<'_>) -> Result<Value, Error> {
    let mut lists: Vec<Vec<Value>> = Vec::with_capacity(call.args.len());
    let mut types = Vec::with_capacity(call.args.len());
    let mut any_set = false;
    let mut total = 1usize;
    for (at, arg) in call.args.iter().enumerate() {
        if arg.is_unknown() {
            return Ok(call.unknown(arg));
        }
        let list = call.list(at)?;
        if list.rest.is_some() {
            return Ok(call.unknown(arg));
        }
        any_set |= list.kind == ListKind::Set;
        let list = Type::List(Box::new(Type::Any)).convert(arg).map_err(|error| error.at_argument(at))?;
        types.push(match Type::of(&list) {
            Type::List(element) => *element,
            _ => Type::Any,
        });
        let items = list.as_list().map(|list| list.items.clone()).unwrap_or_default();
        total = total.saturating_mul(items.len());
        lists.push(items);
    }
    if total > MAX_PRODUCT {
        return Ok(call.unknown_for(format!("it has more than {MAX_PRODUCT} elements")));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for items in &lists {
        rows = rows
            .iter()
            .flat_map(|row| items.iter().map(|item| row.iter().cloned().chain([item.clone()]).collect()))
            .collect();
    }
    let rows = rows.into_iter().map(|row| call.list_of(ListKind::Tuple, row, None)).collect();
    let row = Box::new(Type::Tuple(types));
    Ok(if any_set {
        make_set(rows, None, call.origin()).tagged(tag(&Type::Set(row)))
    } else {
        call.list_of(ListKind::List, rows, None).tagged(tag(&Type::List(row)))
    })
}
