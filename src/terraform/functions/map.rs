//! Maps and objects: `merge`, `lookup`, `keys` and their like. Entries keep the places of their keys and values.

use std::sync::Arc;

use crate::value::{Data, Entry, ListKind, MapKind, OriginId, Shape, Unknown, Value};

use super::super::lift::{reason, shaped};
use super::super::types::Type;
use super::Error;
use super::call::{ANY, Call, Function, Param, STRING, Ty};
use super::collection::{known_list, removed};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("keys", &[ANY.as_is()], Shape::List, keys),
    Function::new("lookup", &[ANY.as_is(), STRING, ANY.or_null().as_is()], Shape::Any, lookup).optional_from(2),
    Function::new("map", &[], Shape::Map, removed).and_more(ANY.or_null().as_is()),
    Function::new("merge", &[], Shape::Map, merge).and_more(ANY.or_null().as_is()),
    Function::new("transpose", &[Param::new(Ty::MapOfLists)], Shape::Map, transpose),
    Function::new("values", &[ANY.as_is()], Shape::List, values),
    Function::new("zipmap", &[Param::new(Ty::Strings), ANY.as_is()], Shape::Map, zipmap),
];

fn keys(call: &Call<'_>) -> Result<Value, Error> {
    if let Data::Unknown(unknown) = &call.arg(0)?.data
        && matches!(unknown.shape, Shape::Any | Shape::Map)
    {
        return Ok(call.unknown(call.arg(0)?));
    }
    let map = call.map(0)?;
    let kind = if map.kind == MapKind::Object { ListKind::Tuple } else { ListKind::List };
    let items = map.entries.iter().map(|entry| {
        let origin = if entry.key_origin.is_none() { call.origin() } else { entry.key_origin };
        Value::string(entry.key.clone(), origin)
    });
    Ok(call.list_of(kind, items.collect(), map.rest.clone()))
}

fn values(call: &Call<'_>) -> Result<Value, Error> {
    if let Data::Unknown(unknown) = &call.arg(0)?.data
        && matches!(unknown.shape, Shape::Any | Shape::Map)
    {
        return Ok(call.unknown(call.arg(0)?));
    }
    let map = call.map(0)?;
    let kind = if map.kind == MapKind::Object { ListKind::Tuple } else { ListKind::List };
    Ok(call.list_of(kind, map.entries.iter().map(|entry| entry.value.clone()).collect(), map.rest.clone()))
}

fn lookup(call: &Call<'_>) -> Result<Value, Error> {
    let key = call.text(1)?;
    let default = call.args.get(2);
    if let Data::Unknown(unknown) = &call.arg(0)?.data
        && matches!(unknown.shape, Shape::Any | Shape::Map)
    {
        return Ok(call.unknown(call.arg(0)?));
    }
    let map = call.map(0)?;
    let default = match (default, map.kind) {
        (Some(default), MapKind::Map) => {
            let types: Vec<Type> = map.entries.iter().map(|entry| Type::of(&entry.value)).collect();
            let element = Type::unify(&types).unwrap_or(Type::Any);
            let converted = element
                .convert(default)
                .map_err(|_| Error::of_argument("the default needs the type of the map's elements", 2))?;
            Some(converted)
        }
        (default, _) => default.cloned(),
    };
    match (map.get(key), &map.rest, default) {
        (Some(value), ..) => Ok(value.clone()),
        (None, Some(rest), _) => Ok(call.unknown_for(rest.why.clone())),
        (None, None, Some(default)) => Ok(default),
        (None, None, None) => Err(Error::of_argument(format!("there is no element with the key `{key}`"), 1)),
    }
}

fn merge(call: &Call<'_>) -> Result<Value, Error> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut places = rustc_hash::FxHashMap::default();
    let mut rest: Option<Arc<Unknown>> = None;
    for (at, arg) in call.args.iter().enumerate() {
        let open = match &arg.data {
            Data::Null | Data::Absent => None,
            Data::Map(map) => map.rest.clone(),
            Data::Unknown(unknown) if matches!(unknown.shape, Shape::Any | Shape::Map) => Some(Arc::clone(unknown)),
            _ => {
                return Err(Error::of_argument(
                    format!("all arguments must be maps or objects, but this is a {}", arg.type_name()),
                    at,
                ));
            }
        };
        if let Some(open) = open {
            // The keys before an unknown map stay, but it may give them other values.
            for entry in &mut entries {
                entry.value = overridable(&entry.value, &open);
            }
            rest.get_or_insert(open);
        }
        for entry in arg.as_map().map(|map| map.entries.as_slice()).unwrap_or_default() {
            match places.get(&entry.key) {
                Some(&place) => entries[place] = entry.clone(),
                None => {
                    places.insert(entry.key.clone(), entries.len());
                    entries.push(entry.clone());
                }
            }
        }
    }
    // Maps of one type stay a map; everything else is an object.
    let types: Vec<Type> = call.args.iter().filter(|arg| !arg.is_unset()).map(Type::of).collect();
    let kind = if same_maps(&types) { MapKind::Map } else { MapKind::Object };
    Ok(call.map_of(kind, entries, rest))
}

/// A value that an unknown map merged over it may replace.
fn overridable(value: &Value, by: &Unknown) -> Value {
    shaped(format!("what is merged over it is not known: {}", by.why), Shape::Any, value.origin)
}

fn same_maps(types: &[Type]) -> bool {
    let elements: Option<Vec<Type>> =
        types.iter().map(|ty| if let Type::Map(element) = ty { Some((**element).clone()) } else { None }).collect();
    match elements {
        Some(elements) if !elements.is_empty() => {
            Type::unify(&elements).is_some_and(|common| elements.iter().all(|element| element.includes(&common)))
        }
        _ => false,
    }
}

fn transpose(call: &Call<'_>) -> Result<Value, Error> {
    let mut turned: std::collections::BTreeMap<String, Vec<Value>> = std::collections::BTreeMap::new();
    for entry in &call.map(0)?.entries {
        let Some(list) = entry.value.as_list() else {
            return Err(Error::of_argument("the lists must not be null", 0));
        };
        for item in &list.items {
            let Some(text) = item.as_str() else {
                return Err(Error::of_argument("the lists must not hold null", 0));
            };
            turned.entry(text.to_owned()).or_default().push(Value::string(entry.key.clone(), entry.key_origin));
        }
    }
    let entries = turned
        .into_iter()
        .map(|(key, items)| Entry::new(key, OriginId::NONE, call.list_of(ListKind::List, items, None)));
    Ok(call.map_of(MapKind::Map, entries, None))
}

fn zipmap(call: &Call<'_>) -> Result<Value, Error> {
    let keys = call.list(0)?;
    let values = match known_list(call, 1)? {
        Ok(list) if list.kind == ListKind::Set => return Err(Error::of_argument("a list is required", 1)),
        Ok(list) => list,
        // The keys are known all the same.
        Err(unknown) => {
            let why = reason(&unknown).unwrap_or_default();
            let entries = keys.items.iter().filter_map(|key| {
                Some(Entry::new(key.as_str()?, key.origin, shaped(why.clone(), Shape::Any, call.origin())))
            });
            return Ok(call.map_of(MapKind::Map, entries, None));
        }
    };
    if keys.items.len() != values.items.len() {
        return Err(Error::new(format!(
            "the number of keys ({}) does not match the number of values ({})",
            keys.items.len(),
            values.items.len()
        )));
    }
    let mut entries = Vec::with_capacity(keys.items.len());
    for (key, value) in keys.items.iter().zip(&values.items) {
        let Some(text) = key.as_str() else { return Err(Error::of_argument("a key must not be null", 0)) };
        entries.push(Entry::new(text, key.origin, value.clone()));
    }
    let kind = if values.kind == ListKind::Tuple { MapKind::Object } else { MapKind::Map };
    Ok(call.map_of(kind, entries, None))
}
