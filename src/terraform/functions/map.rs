//! Maps and objects: `merge`, `lookup`, `keys` and their like. Entries keep the places of their keys and values.

use std::sync::Arc;

use crate::value::{Data, Entry, ListKind, MapKind, OriginId, Shape, TypeTag, Unknown, Value};

use super::super::lift::{reason, shaped};
use super::super::tag::tag;
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
    Ok(call.list_of(kind, items.collect(), map.rest.clone()).tagged(list_tag(&Type::String)))
}

fn values(call: &Call<'_>) -> Result<Value, Error> {
    if let Data::Unknown(unknown) = &call.arg(0)?.data
        && matches!(unknown.shape, Shape::Any | Shape::Map)
    {
        return Ok(call.unknown(call.arg(0)?));
    }
    let map = call.map(0)?;
    let kind = if map.kind == MapKind::Object { ListKind::Tuple } else { ListKind::List };
    let items = map.entries.iter().map(|entry| entry.value.clone()).collect();
    Ok(call.list_of(kind, items, map.rest.clone()).tagged(list_tag(&element_type(call.arg(0)?))))
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
            let element = element_type(call.arg(0)?);
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
            Data::Null | Data::Absent
                if !matches!(
                    Type::of(arg),
                    Type::Bool | Type::Number | Type::String | Type::List(_) | Type::Set(_)
                ) =>
            {
                None
            }
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
    let types: Vec<Type> = call.args.iter().map(Type::of).collect();
    let kind = if same_maps(&types) { MapKind::Map } else { MapKind::Object };
    let of = types.first().map_or(TypeTag::NONE, tag);
    Ok(call.map_of(kind, entries, rest).tagged(of))
}

/// A value that an unknown map merged over it may replace.
fn overridable(value: &Value, by: &Unknown) -> Value {
    shaped(format!("what is merged over it is not known: {}", by.why), Shape::Any, value.origin)
}

/// Whether all are maps of one type, as far as that is known.
fn same_maps(types: &[Type]) -> bool {
    let maps = types.iter().all(|ty| matches!(ty, Type::Map(_) | Type::Any));
    maps && types.iter().any(|ty| matches!(ty, Type::Map(_)))
        && types.iter().enumerate().all(|(at, ty)| types.iter().skip(at + 1).all(|other| ty.agrees(other)))
}

/// The type of what a list, set or map holds.
fn element_type(collection: &Value) -> Type {
    match Type::of(collection) {
        Type::List(element) | Type::Set(element) | Type::Map(element) => *element,
        _ => Type::Any,
    }
}

fn list_tag(element: &Type) -> TypeTag {
    tag(&Type::List(Box::new(element.clone())))
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
    let lists = Type::Map(Box::new(Type::List(Box::new(Type::String))));
    Ok(call.map_of(MapKind::Map, entries, None).tagged(tag(&lists)))
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
    let of = tag(&Type::Map(Box::new(element_type(call.arg(1)?))));
    Ok(call.map_of(kind, entries, None).tagged(of))
}
