//! The type that several types have in common, and which types can be converted to which.
//!
//! Follows Terraform in the order in which it tries types. Where a type is not known it fits anything.

use super::types::{ObjectAttribute, Type};

/// The type that all of these can be converted to; `None` where there is none.
pub(super) fn unify(types: &[&Type]) -> Option<Type> {
    let mut types: Vec<&Type> = types.iter().copied().filter(|ty| !matches!(ty, Type::Any)).collect();
    if types.iter().any(|ty| matches!(ty, Type::Structure)) {
        if types.iter().any(|ty| matches!(ty, Type::Bool | Type::Number | Type::String)) {
            return None;
        }
        types.retain(|ty| !matches!(ty, Type::Structure | Type::Dynamic));
        if types.is_empty() {
            return Some(Type::Structure);
        }
    }
    let first = *types.first().unwrap_or(&&Type::Any);
    if types.iter().all(|ty| ty.same(first)) {
        return Some(first.clone());
    }
    let count = |is: fn(&Type) -> bool| types.iter().filter(|ty| is(ty)).count();
    let dynamics = count(|ty| matches!(ty, Type::Dynamic));
    let lists = count(|ty| matches!(ty, Type::List(_)));
    let sets = count(|ty| matches!(ty, Type::Set(_)));
    let maps = count(|ty| matches!(ty, Type::Map(_)));
    let objects = count(|ty| matches!(ty, Type::Object(_)));
    let tuples = count(|ty| matches!(ty, Type::Tuple(_)));
    let all = types.len();
    // What one of them will be is not known yet, so neither is what they have in common.
    if dynamics > 0 && [lists, tuples, sets, maps, objects].iter().any(|number| *number > 0 && number + dynamics == all)
    {
        return Some(Type::Dynamic);
    }
    if maps > 0 && maps + objects == all {
        if let Some(common) = collection(&types, Type::Map) {
            return Some(common);
        }
        if objects == 0 {
            return None;
        }
    } else if lists > 0 && lists + tuples == all {
        if let Some(common) = collection(&types, Type::List) {
            return Some(common);
        }
        if tuples == 0 {
            return None;
        }
    } else if sets == all {
        return collection(&types, Type::Set);
    } else if objects == all {
        return unify_objects(&types);
    } else if tuples == all {
        return unify_tuples(&types);
    } else if objects > 0 && tuples > 0 {
        return None;
    }
    preferred(&types)
}

/// The collection that all of these can be converted to.
fn collection(types: &[&Type], of: fn(Box<Type>) -> Type) -> Option<Type> {
    let common = of(Box::new(common_element(types)?));
    types.iter().all(|ty| convertible(ty, &common)).then_some(common)
}

/// What the elements of all these collections, objects and tuples have in common.
fn common_element(types: &[&Type]) -> Option<Type> {
    let mut elements: Vec<&Type> = Vec::new();
    for ty in types {
        match ty {
            Type::List(element) | Type::Set(element) | Type::Map(element) => elements.push(element),
            Type::Tuple(items) => elements.extend(items),
            Type::Object(attributes) => elements.extend(attributes.iter().map(|attribute| &attribute.ty)),
            _ => {}
        }
    }
    unify(&elements)
}

/// Objects of the same attributes stay objects, if each of them can be unified; all others become maps.
fn unify_objects(types: &[&Type]) -> Option<Type> {
    let objects: Vec<Vec<&ObjectAttribute>> = types
        .iter()
        .filter_map(|ty| if let Type::Object(attributes) = ty { Some(attributes) } else { None })
        .map(|attributes| {
            let mut attributes: Vec<&ObjectAttribute> = attributes.iter().collect();
            attributes.sort_by(|a, b| a.name.cmp(&b.name));
            attributes
        })
        .collect();
    let first = objects.first()?;
    let same_names = |other: &Vec<&ObjectAttribute>| {
        other.len() == first.len() && other.iter().zip(first).all(|(a, b)| a.name == b.name)
    };
    if objects.iter().all(same_names) {
        let unified: Option<Vec<ObjectAttribute>> = (0..first.len())
            .map(|at| {
                let across: Vec<&ObjectAttribute> =
                    objects.iter().filter_map(|object| object.get(at)).copied().collect();
                let ty = unify(&across.iter().map(|attribute| &attribute.ty).collect::<Vec<_>>())?;
                Some(ObjectAttribute::required(&across.first()?.name, ty))
            })
            .collect();
        return unified.map(Type::Object);
    }
    collection(types, Type::Map)
}

/// Tuples of one length stay tuples, if each place can be unified; all others become lists.
fn unify_tuples(types: &[&Type]) -> Option<Type> {
    let tuples: Vec<&[Type]> = types
        .iter()
        .filter_map(|ty| if let Type::Tuple(elements) = ty { Some(elements.as_slice()) } else { None })
        .collect();
    let length = tuples.first()?.len();
    if tuples.iter().all(|tuple| tuple.len() == length) {
        let unified: Option<Vec<Type>> =
            (0..length).map(|at| unify(&tuples.iter().filter_map(|tuple| tuple.get(at)).collect::<Vec<_>>())).collect();
        return unified.map(Type::Tuple);
    }
    collection(types, Type::List)
}

/// The first type, in Terraform's order of preference, that all others can be converted to.
fn preferred(types: &[&Type]) -> Option<Type> {
    let mut candidates = types.to_vec();
    candidates.sort_by_key(|ty| rank(ty));
    candidates.into_iter().find(|wanted| types.iter().all(|ty| convertible(ty, wanted))).cloned()
}

/// Earlier ones are preferred; the element type decides between collections of one kind.
fn rank(ty: &Type) -> (u8, u8) {
    let scalar = |ty: &Type| match ty {
        Type::String => 0,
        Type::Dynamic => 2,
        _ => 1,
    };
    match ty {
        Type::List(element) => (0, scalar(element)),
        Type::Set(element) => (1, scalar(element)),
        Type::Map(element) => (2, scalar(element)),
        Type::Dynamic | Type::Any => (9, 0),
        Type::Tuple(_) | Type::Object(_) | Type::Structure => (3, 0),
        scalars => (0, scalar(scalars)),
    }
}

/// Whether values of one type may be convertible to another; some of them may still turn out not to be.
pub(super) fn convertible(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Any | Type::Dynamic, _) | (_, Type::Any | Type::Dynamic) => true,
        (Type::Structure, Type::Bool | Type::Number | Type::String)
        | (Type::Bool | Type::Number | Type::String, Type::Structure) => false,
        (Type::Structure, _) | (_, Type::Structure) => true,
        (Type::Bool, Type::Number) | (Type::Number, Type::Bool) => false,
        (Type::Bool | Type::Number | Type::String, Type::Bool | Type::Number | Type::String) => true,
        (Type::List(from) | Type::Set(from), Type::List(to) | Type::Set(to)) | (Type::Map(from), Type::Map(to)) => {
            convertible(from, to)
        }
        (Type::Tuple(elements), Type::List(to) | Type::Set(to)) => match **to {
            Type::Any | Type::Dynamic => match unify(&elements.iter().collect::<Vec<_>>()) {
                Some(Type::Dynamic) => elements.iter().all(|element| matches!(element, Type::Any | Type::Dynamic)),
                common => common.is_some(),
            },
            _ => elements.iter().all(|element| convertible(element, to)),
        },
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len() && from.iter().zip(to).all(|(from, to)| convertible(from, to))
        }
        (Type::Object(attributes), Type::Map(to)) => match **to {
            Type::Any | Type::Dynamic => {
                unify(&attributes.iter().map(|attribute| &attribute.ty).collect::<Vec<_>>()).is_some()
            }
            _ => attributes.iter().all(|attribute| convertible(&attribute.ty, to)),
        },
        (Type::Object(from), Type::Object(to)) => {
            to.iter().all(|wanted| match from.iter().find(|attribute| attribute.name == wanted.name) {
                Some(given) => convertible(&given.ty, &wanted.ty),
                None => wanted.optional,
            })
        }
        (Type::Map(from), Type::Object(to)) => to.iter().all(|wanted| convertible(from, &wanted.ty)),
        _ => false,
    }
}
