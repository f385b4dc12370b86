//! Terraform's types: what a value's type is, the type that several have in common, and conversion.
//!
//! A list's element type is that of its items; nulls, empty collections and unknowns carry theirs as a tag. Where
//! nothing is known of a type it fits any.

use std::sync::Arc;

use crate::value::{Data, Entry, List, ListKind, Map, MapKind, Number, Shape, Text, TypeTag, Unknown, Value};

pub use super::error::Error;
use super::lift::{lift, unknown_of};
use super::sets::make_set;
use super::tag::{UNTYPED, tag, tagged};
use super::unify::{convertible, unify};

/// How deep types and values may nest before conversion refuses them.
const MAX_DEPTH: usize = 128;

/// A type constraint, as variables declare it.
#[derive(Clone, Debug)]
pub enum Type {
    /// `any`, and what nothing is known of.
    Any,
    /// That of the literal `null` and of the elements of `tolist([])`: it is known that nothing is known.
    Dynamic,
    /// An object or a tuple of which nothing more is known.
    Structure,
    Bool,
    Number,
    String,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    /// Attributes in any order.
    Object(Vec<ObjectAttribute>),
    Tuple(Vec<Type>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub struct ObjectAttribute {
    pub name: Text,
    pub ty: Type,
    /// `optional(...)`: where it is not given it is null, or the default.
    pub optional: bool,
    /// The default of an optional attribute, which also stands in for null.
    pub default: Option<Value>,
}

impl Type {
    /// The type of a value as far as it is known: a list's element type is what its items have in common.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        Self::of_nested(value, 0)
    }

    fn of_nested(value: &Value, depth: usize) -> Self {
        if depth > MAX_DEPTH {
            return Self::Any;
        }
        let element = |values: &mut dyn Iterator<Item = &Value>| {
            Box::new(values.map(|value| Self::of_nested(value, depth + 1)).reduce(Self::refine).unwrap_or_else(|| {
                match tagged(value.tag) {
                    Self::List(element) | Self::Set(element) | Self::Map(element) => *element,
                    _ => Self::Any,
                }
            }))
        };
        match &value.data {
            Data::Absent | Data::Null | Data::Entity(_) => tagged(value.tag),
            Data::Bool(_) => Self::Bool,
            Data::Number(_) => Self::Number,
            Data::String(_) | Data::Parts(_) => Self::String,
            Data::List(list) => match list.kind {
                ListKind::Tuple if list.rest.is_some() => Self::Any,
                ListKind::Tuple => {
                    Self::Tuple(list.items.iter().map(|item| Self::of_nested(item, depth + 1)).collect())
                }
                ListKind::List => Self::List(element(&mut list.items.iter())),
                ListKind::Set => Self::Set(element(&mut list.items.iter())),
            },
            Data::Map(map) => match map.kind {
                MapKind::Object if map.rest.is_some() => Self::Any,
                MapKind::Object => Self::Object(
                    map.entries
                        .iter()
                        .map(|entry| ObjectAttribute::required(&entry.key, Self::of_nested(&entry.value, depth + 1)))
                        .collect(),
                ),
                MapKind::Map => Self::Map(element(&mut map.entries.iter().map(|entry| &entry.value))),
            },
            Data::Unknown(unknown) => match unknown.shape {
                Shape::Bool => Self::Bool,
                Shape::Number => Self::Number,
                Shape::String => Self::String,
                // A list may be a tuple or a set, a map an object, where it is not tagged.
                Shape::Any | Shape::List | Shape::Map => tagged(value.tag),
            },
            // Cases of different types have no type in common that is worth knowing; an open case is of that of the others.
            Data::Choice(choice) => {
                let types = choice.cases.iter().map(|case| Self::of_nested(case, depth + 1));
                let types: Vec<Self> = types.filter(|ty| !matches!(ty, Self::Any)).collect();
                match types.split_first() {
                    Some((first, rest)) if rest.iter().all(|other| other.same(first)) => first.clone(),
                    _ => Self::Any,
                }
            }
        }
    }

    /// Two descriptions of the same type put together; each may know what the other leaves open.
    fn refine(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any | Self::Dynamic | Self::Structure, known)
            | (known, Self::Any | Self::Dynamic | Self::Structure) => known,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.refine(*b))),
            (Self::Set(a), Self::Set(b)) => Self::Set(Box::new(a.refine(*b))),
            (Self::Map(a), Self::Map(b)) => Self::Map(Box::new(a.refine(*b))),
            (Self::Tuple(a), Self::Tuple(b)) if a.len() == b.len() => {
                Self::Tuple(a.into_iter().zip(b).map(|(a, b)| a.refine(b)).collect())
            }
            (Self::Object(a), Self::Object(b)) if a.len() == b.len() => Self::Object(
                a.into_iter()
                    .zip(b)
                    .map(|(a, b)| if a.name == b.name { ObjectAttribute { ty: a.ty.refine(b.ty), ..a } } else { a })
                    .collect(),
            ),
            (known, _) => known,
        }
    }

    /// Whether two values of these types may be elements of one collection.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Structure, Self::Object(_) | Self::Tuple(_))
            | (Self::Object(_) | Self::Tuple(_), Self::Structure) => true,
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) | (Self::Map(a), Self::Map(b)) => a.agrees(b),
            (Self::Tuple(a), Self::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.agrees(b)),
            (Self::Object(a), Self::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && a.ty.agrees(&b.ty))
            }
            _ => self.same(other),
        }
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, Self::Any)
            | (Self::Dynamic, Self::Dynamic)
            | (Self::Structure, Self::Structure)
            | (Self::Bool, Self::Bool)
            | (Self::Number, Self::Number)
            | (Self::String, Self::String) => true,
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) | (Self::Map(a), Self::Map(b)) => a.same(b),
            (Self::Tuple(a), Self::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (Self::Object(a), Self::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && a.ty.same(&b.ty))
            }
            _ => false,
        }
    }

    /// Whether something in it is left open.
    fn is_open(&self) -> bool {
        match self {
            Self::Any | Self::Dynamic | Self::Structure => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.is_open(),
            Self::Tuple(types) => types.iter().any(Self::is_open),
            Self::Object(attributes) => attributes.iter().any(|attribute| attribute.ty.is_open()),
        }
    }

    /// The type as messages name it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Any | Self::Dynamic => "value of any type",
            Self::Structure => "object or tuple",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::String => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
            Self::Object(_) => "object",
            Self::Tuple(_) => "tuple",
        }
    }

    /// What is known of unknowns of this type.
    #[must_use]
    pub fn shape(&self) -> Shape {
        match self {
            Self::Any | Self::Dynamic | Self::Structure => Shape::Any,
            Self::Bool => Shape::Bool,
            Self::Number => Shape::Number,
            Self::String => Shape::String,
            Self::List(_) | Self::Set(_) | Self::Tuple(_) => Shape::List,
            Self::Map(_) | Self::Object(_) => Shape::Map,
        }
    }

    /// The value as one of this type, converted at any depth. Unknowns and choices stay where they are.
    ///
    /// # Errors
    /// The value can't be converted.
    pub fn convert(&self, value: &Value) -> Result<Value, Error> {
        self.convert_nested(value, 0)
    }

    fn convert_nested(&self, value: &Value, depth: usize) -> Result<Value, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::new(format!("the value is nested more than {MAX_DEPTH} levels deep")));
        }
        let cannot = || Error::new(format!("a {} is required, but this is a {}", self.name(), value.type_name()));
        match (&value.data, self) {
            (Data::Choice(_), _) => {
                lift(&[value], &mut |leaves| self.convert_nested(leaves[0], depth)).map(|v| keep_origin(v, value))
            }
            (_, Self::Any | Self::Dynamic | Self::Structure) | (Data::Absent | Data::Entity(_), _) => Ok(value.clone()),
            (Data::Null, _) => {
                let from = tagged(value.tag);
                if !convertible(&from, self) {
                    return Err(Error::new(format!("a {} is required, but this is a {}", self.name(), from.name())));
                }
                let known = self.filled(&from);
                Ok(value.clone().tagged(tag(&known)))
            }
            (Data::Unknown(unknown), _) => {
                let from = tagged(value.tag);
                if unknown.shape != Shape::Any && !fits(unknown.shape, self.shape()) || !convertible(&from, self) {
                    return Err(cannot());
                }
                let unknown = Unknown { shape: self.shape(), ..Unknown::clone(unknown) };
                let known = self.filled(&from);
                Ok(Value::new(Data::Unknown(Arc::new(unknown)), value.origin).tagged(tag(&known)))
            }
            (Data::Bool(_), Self::Bool) | (Data::Number(_), Self::Number) => Ok(value.clone()),
            (Data::String(_) | Data::Parts(_), Self::String) => Ok(value.clone()),
            (Data::Bool(known), Self::String) => Ok(Value::string(if *known { "true" } else { "false" }, value.origin)),
            (Data::Number(number), Self::String) => Ok(Value::string(number.to_string(), value.origin)),
            (Data::String(text), Self::Bool) => match text.as_str() {
                "true" | "1" => Ok(Value::bool(true, value.origin)),
                "false" | "0" => Ok(Value::bool(false, value.origin)),
                _ => Err(Error::new(format!("`{text}` is no bool; only `true` and `false` are"))),
            },
            (Data::String(text), Self::Number) => match Number::parse(text) {
                Some(number) => Ok(Value::number(number, value.origin)),
                None => Err(Error::new(format!("`{text}` is no decimal number"))),
            },
            (Data::Parts(_), Self::Bool | Self::Number) => Ok(unknown_of(value, self.shape(), value.origin)),
            (Data::List(list), Self::List(_) | Self::Set(_)) if list.items.is_empty() => {
                let from = Self::of(value);
                if !convertible(&from, self) {
                    return Err(cannot());
                }
                let known = self.filled(&from);
                let kind = if matches!(self, Self::Set(_)) { ListKind::Set } else { ListKind::List };
                Ok(with_items(kind, Vec::new(), list.rest.clone(), value).tagged(tag(&known)))
            }
            (Data::List(list), Self::List(element)) => {
                let items = convert_items(&list.items, element, depth, || cannot_hold(value, self))?;
                Ok(with_items(ListKind::List, items, list.rest.clone(), value))
            }
            (Data::List(list), Self::Set(element)) => {
                let items = convert_items(&list.items, element, depth, || cannot_hold(value, self))?;
                Ok(make_set(items, list.rest.clone(), value.origin))
            }
            (Data::List(list), Self::Tuple(types)) if list.kind == ListKind::Tuple => {
                if list.rest.is_none() && list.items.len() != types.len() {
                    return Err(Error::new(format!(
                        "a tuple of {} elements is required, but this one has {}",
                        types.len(),
                        list.items.len()
                    )));
                }
                let items = list
                    .items
                    .iter()
                    .zip(types)
                    .map(|(item, ty)| ty.convert_nested(item, depth + 1))
                    .collect::<Result<_, _>>()?;
                Ok(with_items(ListKind::Tuple, items, list.rest.clone(), value))
            }
            (Data::Map(map), Self::Map(element)) => {
                let items: Vec<Value> = map.entries.iter().map(|entry| entry.value.clone()).collect();
                let items =
                    convert_items(&typed_as_others(items, element), element, depth, || cannot_hold(value, self))?;
                let entries = map
                    .entries
                    .iter()
                    .zip(items)
                    .map(|(entry, value)| Entry::new(entry.key.clone(), entry.key_origin, value))
                    .collect();
                let is_empty = map.entries.is_empty();
                let from = if is_empty { Self::of(value) } else { Self::Any };
                if !convertible(&from, self) {
                    return Err(cannot());
                }
                let known = if is_empty { tag(&self.filled(&from)) } else { TypeTag::NONE };
                let map = Map { kind: MapKind::Map, entries, rest: map.rest.clone() };
                Ok(Value::new(Data::Map(Arc::new(map)), value.origin).tagged(known))
            }
            (Data::Map(map), Self::Object(attributes)) => convert_object(map, attributes, value, depth),
            _ => Err(cannot()),
        }
    }

    /// The type that all of these can be converted to; `None` where there is none. What is open in one of them is
    /// filled in from the others.
    #[must_use]
    pub fn unify(types: &[Self]) -> Option<Self> {
        unify(&types.iter().collect::<Vec<_>>())
    }

    /// The type with what it leaves open taken from the type that is converted to it.
    fn filled(&self, from: &Self) -> Self {
        let element = |to: &Self| {
            Box::new(match from {
                Self::List(element) | Self::Set(element) | Self::Map(element) => to.filled(element),
                // Of something that holds nothing.
                Self::Tuple(_) | Self::Object(_) | Self::Structure | Self::Dynamic if matches!(to, Self::Any) => {
                    Self::Dynamic
                }
                _ => to.clone(),
            })
        };
        match self {
            Self::Any | Self::Dynamic => from.clone(),
            Self::List(to) => Self::List(element(to)),
            Self::Set(to) => Self::Set(element(to)),
            Self::Map(to) => Self::Map(element(to)),
            closed => closed.clone(),
        }
    }
}

impl ObjectAttribute {
    /// An attribute that has to be given.
    #[must_use]
    pub fn required(name: &Text, ty: Type) -> Self {
        Self { name: name.clone(), ty, optional: false, default: None }
    }
}

/// Whether an unknown of one shape may be converted to another.
fn fits(from: Shape, to: Shape) -> bool {
    match (from, to) {
        (_, Shape::Any) | (Shape::Any, _) => true,
        (Shape::List | Shape::Map, _) | (_, Shape::List | Shape::Map) => from == to,
        (Shape::Bool, Shape::Number) | (Shape::Number, Shape::Bool) => false,
        _ => true,
    }
}

fn cannot_hold(value: &Value, ty: &Type) -> Error {
    Error::new(format!(
        "the elements of this {} have no type in common, as those of a {} need",
        value.type_name(),
        ty.name()
    ))
}

/// Converts the elements of a collection; an element type that is left open becomes what they have in common.
fn convert_items(
    items: &[Value],
    element: &Type,
    depth: usize,
    no_common_type: impl Fn() -> Error,
) -> Result<Vec<Value>, Error> {
    let convert = |items: &[Value], ty: &Type| -> Result<Vec<Value>, Error> {
        items.iter().map(|item| ty.convert_nested(item, depth + 1)).collect()
    };
    let items = convert(items, element)?;
    if !element.is_open() {
        return Ok(items);
    }
    let types: Vec<Type> = items.iter().map(Type::of).collect();
    let common = Type::unify(&types).ok_or_else(&no_common_type)?;
    let items = convert(&items, &common)?;
    // What is of any type together still has to be of one.
    let mut types = items.iter().map(Type::of);
    if common.is_open() && types.next().is_some_and(|first| !types.all(|other| first.agrees(&other))) {
        return Err(no_common_type());
    }
    Ok(items)
}

/// In a map of any type, the literal null takes the type of the other elements, where they are of one type.
fn typed_as_others(items: Vec<Value>, element: &Type) -> Vec<Value> {
    let untyped = |item: &Value| item.is_unset() && item.tag == UNTYPED;
    if !element.is_open() || !items.iter().any(untyped) {
        return items;
    }
    let mut others = items.iter().filter(|item| !untyped(item)).map(Type::of);
    match others.next() {
        Some(first) if others.all(|other| first.same(&other)) => {
            let known = tag(&first);
            items.into_iter().map(|item| if untyped(&item) { item.tagged(known) } else { item }).collect()
        }
        _ => items,
    }
}

fn with_items(kind: ListKind, items: Vec<Value>, rest: Option<Arc<Unknown>>, from: &Value) -> Value {
    Value::new(Data::List(Arc::new(List { kind, items, rest })), from.origin)
}

fn convert_object(map: &Map, attributes: &[ObjectAttribute], value: &Value, depth: usize) -> Result<Value, Error> {
    let mut entries = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let convert = |given: &Value| {
            attribute
                .ty
                .convert_nested(given, depth + 1)
                .map_err(|error| Error::new(format!("attribute `{}`: {}", attribute.name, error.message)))
        };
        let default = || match &attribute.default {
            Some(default) => convert(default),
            None => Ok(Value::null(value.origin)),
        };
        let (key_origin, given) = match map.entry(&attribute.name) {
            // Null in some cases of an input only: the default stands in for it in those.
            Some(entry) if attribute.optional && attribute.default.is_some() => {
                let given = lift(&[&entry.value], &mut |leaves| {
                    if leaves[0].is_unset() { default() } else { convert(leaves[0]) }
                })?;
                (entry.key_origin, given)
            }
            Some(entry) => (entry.key_origin, convert(&entry.value)?),
            None => match &map.rest {
                Some(rest) => {
                    let unknown = Unknown { why: rest.why.clone(), symbol: None, shape: attribute.ty.shape() };
                    (value.origin, Value::new(Data::Unknown(Arc::new(unknown)), value.origin))
                }
                None if attribute.optional => (value.origin, default()?),
                None => return Err(Error::new(format!("attribute `{}` is required", attribute.name))),
            },
        };
        entries.push(Entry::new(attribute.name.clone(), key_origin, given));
    }
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    let map = Map { kind: MapKind::Object, entries, rest: None };
    Ok(Value::new(Data::Map(Arc::new(map)), value.origin))
}

/// A choice keeps the place of the value that it was made from.
fn keep_origin(converted: Value, from: &Value) -> Value {
    if matches!(converted.data, Data::Choice(_)) { converted.at(from.origin) } else { converted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::OriginId;

    const NONE: OriginId = OriginId::NONE;

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::map(entries.iter().map(|(key, value)| Entry::new(*key, NONE, value.clone())).collect(), NONE)
    }

    fn optional(name: &str, ty: Type, default: Option<Value>) -> ObjectAttribute {
        ObjectAttribute { name: name.into(), ty, optional: true, default }
    }

    /// `object({ name = string, ttl = optional(object({ enabled = optional(bool, true) }), {}), tags = optional(map(string)) })`
    fn table() -> Type {
        let ttl = Type::Object(vec![optional("enabled", Type::Bool, Some(Value::bool(true, NONE)))]);
        Type::Object(vec![
            ObjectAttribute::required(&"name".into(), Type::String),
            optional("ttl", ttl, Some(object(&[]))),
            optional("tags", Type::Map(Box::new(Type::String)), None),
        ])
    }

    #[test]
    fn optional_attributes_get_their_defaults_at_any_depth() {
        let converted =
            table().convert(&object(&[("name", Value::integer(5, NONE)), ("extra", Value::null(NONE))])).unwrap();
        assert_eq!(converted.get("name").unwrap().as_str(), Some("5"));
        assert_eq!(converted.get("ttl").unwrap().get("enabled").unwrap().as_bool(), Some(true));
        assert!(converted.get("tags").unwrap().is_unset());
        assert!(converted.get("extra").is_none());
        let null = object(&[("name", Value::string("t", NONE)), ("ttl", Value::null(NONE))]);
        let converted = table().convert(&null).unwrap();
        assert_eq!(converted.get("ttl").unwrap().get("enabled").unwrap().as_bool(), Some(true));
    }

    #[test]
    fn missing_attributes_and_wrong_types_are_errors_that_name_the_attribute() {
        assert_eq!(table().convert(&object(&[])).unwrap_err().message, "attribute `name` is required");
        let wrong = object(&[("name", Value::list(Vec::new(), NONE))]);
        assert!(table().convert(&wrong).unwrap_err().message.starts_with("attribute `name`: "));
    }

    #[test]
    fn unknowns_stay_and_take_the_type() {
        let unknown = Value::unknown("variable `x` has no value", NONE);
        let converted = table().convert(&object(&[("name", unknown.clone()), ("tags", unknown)])).unwrap();
        assert_eq!(converted.get("name").unwrap().as_unknown().unwrap().shape, Shape::String);
        assert_eq!(converted.get("tags").unwrap().as_unknown().unwrap().shape, Shape::Map);
        let list =
            Value::new(Data::Unknown(Arc::new(Unknown { why: "x".into(), symbol: None, shape: Shape::List })), NONE);
        assert!(Type::String.convert(&list).is_err());
    }

    #[test]
    fn values_nested_beyond_the_bound_are_refused() {
        let mut value = Value::integer(1, NONE);
        let mut ty = Type::Number;
        for _ in 0..200 {
            value = Value::list(vec![value], NONE);
            ty = Type::List(Box::new(ty));
        }
        assert!(ty.convert(&value).unwrap_err().message.contains("128 levels"));
    }
}
