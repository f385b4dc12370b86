//! Types of values that do not show them: nulls, empty collections and unknowns, as a [`TypeTag`].
//!
//! A tag holds the type from the outside in, four bits a level; of objects and tuples it is kept that
//! they are such, and no more.

use crate::value::TypeTag;

use super::types::Type;

/// How many levels a tag holds.
const LEVELS: u32 = 8;

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

/// The tag of a type, as far as one can hold it.
pub(super) fn tag(ty: &Type) -> TypeTag {
    let (mut ty, mut bits) = (ty, 0);
    for level in 0..LEVELS {
        let (code, inner) = match ty {
            Type::Any => break,
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
            None => break,
        }
    }
    TypeTag(bits)
}

/// The type that a tag holds.
pub(super) fn tagged(TypeTag(bits): TypeTag) -> Type {
    if bits == 0 {
        return Type::Any;
    }
    let inner = || Box::new(tagged(TypeTag(bits >> 4)));
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
pub(super) fn is_sequence(TypeTag(bits): TypeTag) -> bool {
    matches!(bits & 15, LIST | SET | TUPLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_gives_back_the_type_that_it_was_made_of() {
        let nested = Type::Map(Box::new(Type::List(Box::new(Type::Set(Box::new(Type::Dynamic))))));
        for ty in [Type::Any, Type::Dynamic, Type::Bool, Type::Number, Type::String, nested] {
            assert_eq!(format!("{:?}", tagged(tag(&ty))), format!("{ty:?}"));
        }
        assert!(
            matches!(tagged(tag(&Type::List(Box::new(Type::Tuple(Vec::new()))))), Type::List(of) if matches!(*of, Type::Structure))
        );
    }

    #[test]
    fn what_lies_deeper_than_a_tag_holds_is_not_known() {
        let mut ty = Type::String;
        for _ in 0..40 {
            ty = Type::List(Box::new(ty));
        }
        let mut inner = tagged(tag(&ty));
        let mut levels = 0;
        while let Type::List(of) = inner {
            inner = *of;
            levels += 1;
        }
        assert!(matches!(inner, Type::Any) && levels == 8);
    }
}
