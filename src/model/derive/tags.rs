//! Tags, from the lists and maps that the languages write them as, and with what the provider adds.

use std::sync::Arc;

use crate::value::{Data, Entry, Map, MapKind, OriginId, Origins, Step, Unknown, Value};

use super::{each, each_pair};

/// A map out of a list of `{ Key, Value }`; maps stay as they are.
pub(in crate::model) fn tag_list(tags: &Value, key: &str, value: &str) -> Value {
    each(tags, &mut |tags| match &tags.data {
        Data::List(list) => {
            let mut entries: Vec<Entry> = Vec::new();
            let mut rest: Option<Arc<Unknown>> = list.rest.clone();
            for item in &list.items {
                let (name, present) = tag_of(item, key, value);
                match name {
                    Ok(Some((name, key_origin))) => {
                        let known = entries.iter_mut().find(|entry| entry.key == name);
                        match known {
                            Some(entry) => entry.value = super::or_else(&present, &entry.value),
                            None => entries.push(Entry::new(name, key_origin, present)),
                        }
                    }
                    Ok(None) => {}
                    Err(unknown) => {
                        rest.get_or_insert(unknown);
                    }
                }
            }
            Value::new(Data::Map(Arc::new(Map { kind: MapKind::Map, entries, rest })), tags.origin)
        }
        _ => tags.clone(),
    })
}

type TagName = Result<Option<(crate::value::Text, OriginId)>, Arc<Unknown>>;

/// The name of a tag and its value, which is absent in the cases in which the tag is.
fn tag_of(item: &Value, key: &str, value: &str) -> (TagName, Value) {
    let nothing = Value::absent(item.origin);
    match &item.data {
        Data::Map(_) => {
            let name = match item.get(key).map(|name| (&name.data, name.origin)) {
                Some((Data::String(name), origin)) => Ok(Some((name.clone(), origin))),
                Some((Data::Number(number), origin)) => Ok(Some((number.to_string().into(), origin))),
                Some((Data::Unknown(unknown), _)) => Err(unknown.clone()),
                Some((Data::Parts(_) | Data::Choice(_), _)) => Err(open("the key of a tag is not known")),
                _ => Ok(None),
            };
            let text = item.get(value).unwrap_or(&nothing);
            (name, each(text, &mut |text| if text.is_unset() { Value::string("", text.origin) } else { text.clone() }))
        }
        // A tag that is there in some cases only; its name has to be the same in all of them.
        Data::Choice(choice) => {
            let mut name: TagName = Ok(None);
            for case in &choice.cases {
                match (tag_of(case, key, value).0, &name) {
                    (Ok(None), _) => {}
                    (Ok(Some((found, _))), Ok(Some((known, _)))) if found == *known => {}
                    (Ok(Some(found)), Ok(None)) => name = Ok(Some(found)),
                    (Ok(Some(_)), _) => name = Err(open("the key of a tag depends on an input")),
                    (Err(unknown), _) => name = Err(unknown),
                }
            }
            (
                name,
                each(item, &mut |item| match item.data {
                    Data::Map(_) => tag_of(item, key, value).1,
                    _ => Value::absent(item.origin),
                }),
            )
        }
        Data::Unknown(unknown) => (Err(unknown.clone()), nothing),
        _ => (Ok(None), nothing),
    }
}

fn open(why: &str) -> Arc<Unknown> {
    Arc::new(Unknown { why: why.into(), symbol: None, shape: crate::value::Shape::Any })
}

/// Tags whose values are texts, as the provider makes them, however they are written.
fn as_texts(tags: &Value) -> Value {
    let text = |value: &Value| match &value.data {
        Data::Bool(known) => Value::string(if *known { "true" } else { "false" }, value.origin),
        Data::Number(number) => Value::string(number.to_string(), value.origin),
        _ => value.clone(),
    };
    each(tags, &mut |tags| match &tags.data {
        Data::Map(map) => {
            let entries = map
                .entries
                .iter()
                .map(|entry| Entry { value: each(&entry.value, &mut |value| text(value)), ..entry.clone() });
            let map = Map { kind: map.kind, entries: entries.collect(), rest: map.rest.clone() };
            Value::new(Data::Map(Arc::new(map)), tags.origin)
        }
        _ => tags.clone(),
    })
}

/// The tags of a resource with those that its provider adds; the resource's own win.
pub(in crate::model) fn merged_tags(own: &Value, provider: &Value, origins: &Origins) -> Value {
    if provider.is_unset() {
        return as_texts(own);
    }
    each_pair(&as_texts(own), &as_texts(provider), &mut |own, provider| {
        let mut entries: Vec<Entry> = Vec::new();
        let mut rest: Option<Arc<Unknown>> = None;
        for (tags, adds) in [(provider, true), (own, false)] {
            match &tags.data {
                Data::Map(map) => {
                    for entry in &map.entries {
                        let mut entry = entry.clone();
                        if adds && let Some(span) = origins.span(entry.value.origin) {
                            entry.value.origin = origins.hop(span, Step::ProviderDefault, entry.value.origin);
                        }
                        match entries.iter_mut().find(|known| known.key == entry.key) {
                            Some(known) => known.value = super::or_else(&entry.value, &known.value),
                            None => entries.push(entry),
                        }
                    }
                    rest = rest.or_else(|| map.rest.clone());
                }
                Data::Unknown(unknown) => rest = rest.or_else(|| Some(unknown.clone())),
                _ => {}
            }
        }
        let map = Map { kind: MapKind::Map, entries, rest };
        Value::new(Data::Map(Arc::new(map)), if own.is_unset() { provider.origin } else { own.origin })
    })
}
