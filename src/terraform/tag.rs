//! Types of values that do not show them: nulls, empty collections and unknowns, as a [`TypeTag`].
//!
//! Most tags hold the type themselves, from the outside in, four bits a level. Types with objects or tuples in them,
//! and those that are nested deeper, are kept in a table, and the tag is their place in it. The table is bounded; of
//! what does not fit in it is kept what four bits a level can hold.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::value::TypeTag;

use super::types::{ObjectAttribute, Type};

/// How many levels a tag holds itself.
const LEVELS: u32 = 7;

/// What the highest bits of a tag are that is a place in the table.
const TABLE: u32 = 0xF000_0000;

/// How many parts the types in the table may have together.
const MAX_TOTAL: usize = 1 << 18;

/// How many parts one of them may have.
const MAX_PARTS: usize = 512;

const DYNAMIC: u32 = 1;
const BOOL: u32 = 2;
const NUMBER: u32 = 3;
const STRING: u32 = 4;
const LIST: u32 = 5;
const SET: u32 = 6;
const MAP: u32 = 7;
const TUPLE: u32 = 8;
const OBJECT: u32 = 9;

/// The tag of the literal `null`.
pub(super) const UNTYPED: TypeTag = TypeTag(DYNAMIC);

/// The types that are too large for a tag.
#[derive(Default)]
struct Table {
    places: FxHashMap<String, u32>,
    types: Vec<Arc<Type>>,
    /// How many parts they have together.
    parts: usize,
}

static TYPES: LazyLock<RwLock<Table>> = LazyLock::new(RwLock::default);

/// The tag of a type, as far as one can hold it.
pub(super) fn tag(ty: &Type) -> TypeTag {
    let (bits, is_whole) = bits_of(ty);
    if is_whole {
        return TypeTag(bits);
    }
    let mut parts = 0;
    let Some(plain) = plain(ty, &mut parts) else { return TypeTag(bits) };
    let mut key = String::new();
    push_key(&plain, &mut key);
    let known = TYPES.read().unwrap_or_else(PoisonError::into_inner).places.get(&key).copied();
    if let Some(place) = known {
        return TypeTag(TABLE | place);
    }
    let mut table = TYPES.write().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have been quicker.
    if let Some(place) = table.places.get(&key) {
        return TypeTag(TABLE | place);
    }
    match u32::try_from(table.types.len()) {
        Ok(place) if table.parts + parts <= MAX_TOTAL => {
            table.parts += parts;
            table.places.insert(key, place);
            table.types.push(Arc::new(plain));
            TypeTag(TABLE | place)
        }
        _ => TypeTag(bits),
    }
}

/// The type in four bits a level, and whether that is all of it.
fn bits_of(ty: &Type) -> (u32, bool) {
    let (mut ty, mut bits) = (ty, 0);
    for level in 0..LEVELS {
        let (code, inner) = match ty {
            Type::Any => return (bits, true),
            Type::Tuple(_) => (TUPLE, None),
            Type::Object(_) | Type::Structure => (OBJECT, None),
            Type::Dynamic => (DYNAMIC, None),
            Type::Bool => (BOOL, None),
            Type::Number => (NUMBER, None),
            Type::String => (STRING, None),
            Type::List(inner) => (LIST, Some(inner)),
            Type::Set(inner) => (SET, Some(inner)),
            Type::Map(inner) => (MAP, Some(inner)),
        };
        bits |= code << (4 * level);
        match inner {
            Some(inner) => ty = inner,
            None => return (bits, !matches!(ty, Type::Tuple(_) | Type::Object(_))),
        }
    }
    (bits, false)
}

/// The type with its attributes in order and without what variables say of them; nothing where it is too large.
fn plain(ty: &Type, parts: &mut usize) -> Option<Type> {
    *parts += 1;
    if *parts > MAX_PARTS {
        return None;
    }
    Some(match ty {
        Type::List(inner) => Type::List(Box::new(plain(inner, parts)?)),
        Type::Set(inner) => Type::Set(Box::new(plain(inner, parts)?)),
        Type::Map(inner) => Type::Map(Box::new(plain(inner, parts)?)),
        Type::Tuple(items) => Type::Tuple(items.iter().map(|item| plain(item, parts)).collect::<Option<_>>()?),
        Type::Object(attributes) => {
            let mut without = |attribute: &ObjectAttribute| {
                Some(ObjectAttribute::required(&attribute.name, plain(&attribute.ty, parts)?))
            };
            let mut attributes = attributes.iter().map(&mut without).collect::<Option<Vec<_>>>()?;
            attributes.sort_by(|a, b| a.name.cmp(&b.name));
            Type::Object(attributes)
        }
        other => other.clone(),
    })
}

/// A text that is different for different types.
fn push_key(ty: &Type, key: &mut String) {
    match ty {
        Type::Any => key.push('?'),
        Type::Dynamic => key.push('*'),
        Type::Structure => key.push('o'),
        Type::Bool => key.push('b'),
        Type::Number => key.push('n'),
        Type::String => key.push('s'),
        Type::List(inner) => {
            key.push('L');
            push_key(inner, key);
        }
        Type::Set(inner) => {
            key.push('S');
            push_key(inner, key);
        }
        Type::Map(inner) => {
            key.push('M');
            push_key(inner, key);
        }
        Type::Tuple(items) => {
            key.push('[');
            for item in items {
                push_key(item, key);
            }
            key.push(']');
        }
        Type::Object(attributes) => {
            key.push('{');
            for attribute in attributes {
                // Writing to a string can't fail.
                let _ = write!(key, "{:?}", attribute.name);
                push_key(&attribute.ty, key);
            }
            key.push('}');
        }
    }
}

/// The type that a tag holds.
pub(super) fn tagged(TypeTag(bits): TypeTag) -> Type {
    if bits & TABLE == TABLE {
        let table = TYPES.read().unwrap_or_else(PoisonError::into_inner);
        let found = usize::try_from(bits & !TABLE).ok().and_then(|place| table.types.get(place)).cloned();
        drop(table);
        return found.map_or(Type::Any, |ty| Type::clone(&ty));
    }
    in_bits(bits)
}

fn in_bits(bits: u32) -> Type {
    let inner = || Box::new(in_bits(bits >> 4));
    match bits & 15 {
        DYNAMIC => Type::Dynamic,
        BOOL => Type::Bool,
        NUMBER => Type::Number,
        STRING => Type::String,
        LIST => Type::List(inner()),
        SET => Type::Set(inner()),
        MAP => Type::Map(inner()),
        TUPLE | OBJECT => Type::Structure,
        _ => Type::Any,
    }
}

/// Whether the tag is that of a list, a set or a tuple.
pub(super) fn is_sequence(tag: TypeTag) -> bool {
    matches!(tagged(tag), Type::List(_) | Type::Set(_) | Type::Tuple(_))
        || tag.0 & 15 == TUPLE && tag.0 & TABLE != TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_gives_back_the_type_that_it_was_made_of() {
        let nested = Type::Map(Box::new(Type::List(Box::new(Type::Set(Box::new(Type::Dynamic))))));
        let object = Type::Object(vec![
            ObjectAttribute::required(&"a".into(), Type::Tuple(vec![Type::Bool, nested.clone()])),
            ObjectAttribute::required(&"b".into(), Type::String),
        ]);
        let mut deep = Type::String;
        for _ in 0..40 {
            deep = Type::List(Box::new(deep));
        }
        let lists = Type::List(Box::new(object.clone()));
        let of_unknown = Type::List(Box::new(Type::Any));
        for ty in [Type::Any, Type::Dynamic, Type::Bool, Type::String, nested, object, deep, lists, of_unknown] {
            assert_eq!(format!("{:?}", tagged(tag(&ty))), format!("{ty:?}"));
            assert_eq!(tag(&ty), tag(&ty));
        }
    }

    #[test]
    fn of_a_type_with_too_many_parts_is_known_that_it_is_an_object() {
        let attribute = |at: usize| ObjectAttribute::required(&format!("a{at}").into(), Type::String);
        let wide = Type::List(Box::new(Type::Object((0..1000).map(attribute).collect())));
        assert!(matches!(tagged(tag(&wide)), Type::List(of) if matches!(*of, Type::Structure)));
    }
}
