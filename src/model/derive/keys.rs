//! Key schemas: the names of partition and sort keys, and the types of their attributes.

use crate::value::{Assignment, Choice, Data, List, ListKind, OriginId, Value, combine};

use super::super::draft::Draft;
use super::{each, each_pair};

/// Sets the fields that follow from `keys`: types by the definitions, and the names of partition and sort keys.
pub(in crate::model) fn set_keys(draft: &mut Draft, keys: &Value, definitions: &Value, single: bool) {
    let keys = settled(&with_types(keys, definitions));
    let (partition, sort) = (names(&keys, "HASH"), names(&keys, "RANGE"));
    if single {
        draft.set("partition_key", first_of(&partition));
        draft.set("sort_key", first_of(&sort));
    }
    draft.set("keys", keys);
    draft.set("partition_keys", partition);
    draft.set("sort_keys", sort);
}

/// Lists that depend on an input with that input decided in their items as well, without those that are absent then:
/// only so can whole lists be compared.
fn settled(keys: &Value) -> Value {
    let Data::Choice(choice) = &keys.data else { return keys.clone() };
    let decided = |(case, value): (usize, &Value)| {
        let value = Assignment::default().with(choice.input, case).apply(value);
        match &value.data {
            Data::List(known) if known.items.iter().any(Value::is_absent) => {
                let items = known.items.iter().filter(|item| !item.is_absent()).cloned().collect();
                list(items, known, value.origin)
            }
            _ => settled(&value),
        }
    };
    let cases = choice.cases.iter().enumerate().map(decided).collect();
    Value::new(Data::Choice(Choice { input: choice.input, cases }.into()), keys.origin)
}

/// The first item that is there; absent where there is none.
fn first_of(list: &Value) -> Value {
    each(list, &mut |list| match &list.data {
        Data::List(known) => {
            let items: Vec<&Value> = known.items.iter().take(8).collect();
            combine(&items, &mut |items| match (items.iter().find(|item| !item.is_unset()), &known.rest) {
                (Some(item), _) => (*item).clone(),
                (None, Some(rest)) => Value::new(Data::Unknown(rest.clone()), list.origin),
                (None, None) => Value::absent(list.origin),
            })
        }
        _ => list.clone(),
    })
}

/// The names of the attributes of one key type.
fn names(keys: &Value, key_type: &str) -> Value {
    each(keys, &mut |keys| match &keys.data {
        Data::List(known) => {
            let items = known
                .items
                .iter()
                .map(|item| each(item, &mut |item| name_of(item, key_type)))
                .filter(|item| !item.is_unset())
                .collect();
            list(items, known, keys.origin)
        }
        Data::Absent | Data::Null => Value::list(Vec::new(), keys.origin),
        _ => keys.clone(),
    })
}

fn name_of(key: &Value, key_type: &str) -> Value {
    let nothing = Value::absent(key.origin);
    if key.as_map().is_none() {
        return key.clone();
    }
    each_pair(key.get("key_type").unwrap_or(&nothing), key.get("name").unwrap_or(&nothing), &mut |ty, name| match &ty
        .data
    {
        Data::String(known) if known == key_type => name.clone(),
        Data::Unknown(_) | Data::Parts(_) => Value::unknown("the key type is not known", ty.origin),
        _ => Value::absent(ty.origin),
    })
}

fn list(items: Vec<Value>, like: &List, origin: OriginId) -> Value {
    let list = List { kind: ListKind::Tuple, items, rest: like.rest.clone() };
    Value::new(Data::List(list.into()), origin)
}

/// The keys with the types that the definitions give their attributes; types that are there already stay.
fn with_types(keys: &Value, definitions: &Value) -> Value {
    each(keys, &mut |keys| match &keys.data {
        Data::List(known) => {
            let items = known.items.iter().map(|item| each(item, &mut |item| with_type(item, definitions))).collect();
            list(items, known, keys.origin)
        }
        _ => keys.clone(),
    })
}

fn with_type(key: &Value, definitions: &Value) -> Value {
    let (Data::Map(map), Some(name)) = (&key.data, key.get("name")) else { return key.clone() };
    if map.get("attribute_type").is_some_and(|ty| !ty.is_unset()) {
        return key.clone();
    }
    let ty = each_pair(name, definitions, &mut |name, definitions| type_of(name, definitions));
    let mut map = (**map).clone();
    map.entries.retain(|entry| entry.key != "attribute_type");
    map.entries.push(crate::value::Entry::new("attribute_type", OriginId::NONE, ty));
    Value::new(Data::Map(map.into()), key.origin)
}

fn type_of(name: &Value, definitions: &Value) -> Value {
    let Data::List(list) = &definitions.data else { return definitions.clone() };
    let mut open = list.rest.clone();
    for item in &list.items {
        let (Some(defined), Some(ty)) = (item.get("name"), item.get("type")) else {
            // A definition that depends on an input is looked into only where it is one block.
            if let Some(found) = type_in_choice(name, item) {
                return found;
            }
            continue;
        };
        match crate::value::equal(name, defined) {
            crate::value::Truth::True => return ty.clone(),
            crate::value::Truth::Unknown => open = open.or_else(|| unknown_of(name).or_else(|| unknown_of(defined))),
            crate::value::Truth::False => {}
        }
    }
    match open {
        Some(open) => Value::new(Data::Unknown(open), name.origin),
        None => Value::absent(name.origin),
    }
}

/// The type where the definition stands for the name in some case.
fn type_in_choice(name: &Value, item: &Value) -> Option<Value> {
    if !matches!(item.data, Data::Choice(_)) {
        return None;
    }
    let found = each(item, &mut |item| match (item.get("name"), item.get("type")) {
        (Some(defined), Some(ty)) => each_pair(name, defined, &mut |name, defined| {
            if crate::value::equal(name, defined) == crate::value::Truth::True {
                ty.clone()
            } else {
                Value::absent(name.origin)
            }
        }),
        _ => Value::absent(name.origin),
    });
    if found.is_unset() { None } else { Some(found) }
}

fn unknown_of(value: &Value) -> Option<std::sync::Arc<crate::value::Unknown>> {
    match &value.data {
        Data::Unknown(unknown) => Some(unknown.clone()),
        Data::Parts(parts) => parts.iter().find_map(|part| match part {
            crate::value::Part::Open(unknown, _) => Some(unknown.clone()),
            crate::value::Part::Known(..) => None,
        }),
        _ => None,
    }
}
