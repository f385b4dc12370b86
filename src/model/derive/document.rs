//! Policy documents of IAM, from the maps, JSON texts and document blocks that the languages write them as, to lists of
//! statements in one form: single values become lists of one.

use std::sync::Arc;

use crate::value::{Data, Entry, List, ListKind, OriginId, Symbol, Unknown, Value, combine, decoded};

use super::super::read::{Blocks, Context, Reader};
use super::account::account;
use super::{each, each_pair};

/// The statements of a document; absent where there is none.
pub(in crate::model) fn statements(context: &Context<'_>, document: &Value) -> Value {
    documents(context, document, 0)
}

/// Document blocks may name each other; past this depth the rest is unknown.
const MAX_DEPTH: usize = 8;

fn documents(context: &Context<'_>, document: &Value, depth: usize) -> Value {
    each(document, &mut |document| match &document.data {
        Data::Absent | Data::Null => Value::absent(document.origin),
        Data::String(text) if text.trim().is_empty() => Value::absent(document.origin),
        Data::String(_) | Data::Parts(_) => match decoded(&context.project.origins, document) {
            Some(tree) => of_tree(context, &tree),
            None => Value::unknown("the policy document can't be read as JSON", document.origin),
        },
        Data::Map(_) => of_tree(context, document),
        Data::Unknown(unknown) => match &unknown.symbol {
            Some(Symbol::Resource { address, .. }) => match context.reader_at(address) {
                Some(reader) if reader.kind().ends_with("aws_iam_policy_document") && depth < MAX_DEPTH => {
                    of_blocks(&reader, depth)
                }
                _ => document.clone(),
            },
            _ => document.clone(),
        },
        _ => Value::unknown("the policy document is not readable", document.origin),
    })
}

fn of_tree(context: &Context<'_>, document: &Value) -> Value {
    let Some(statements) = document.get("Statement") else {
        return match document.as_map().and_then(|map| map.rest.clone()) {
            Some(rest) => Value::new(Data::Unknown(rest), document.origin),
            None => Value::list(Vec::new(), document.origin),
        };
    };
    each(statements, &mut |statements| match &statements.data {
        Data::List(list) => {
            let items = list
                .items
                .iter()
                .map(|item| each(item, &mut |item| statement(context, item)))
                .filter(|item| !item.is_unset())
                .collect();
            open_list(items, list.rest.clone(), statements.origin)
        }
        Data::Map(_) => Value::list(vec![statement(context, statements)], statements.origin),
        Data::Absent | Data::Null => Value::list(Vec::new(), document.origin),
        _ => statements.clone(),
    })
}

fn statement(context: &Context<'_>, item: &Value) -> Value {
    let Data::Map(map) = &item.data else { return item.clone() };
    let get = |name: &str| match (map.get(name), &map.rest) {
        (Some(value), _) => value.clone(),
        (None, Some(rest)) => Value::new(Data::Unknown(rest.clone()), item.origin),
        (None, None) => Value::absent(item.origin),
    };
    entity(
        item.origin,
        vec![
            ("sid", get("Sid")),
            ("effect", get("Effect")),
            ("actions", texts(&get("Action"))),
            ("not_actions", texts(&get("NotAction"))),
            ("resources", texts(&get("Resource"))),
            ("not_resources", texts(&get("NotResource"))),
            ("principals", principals(context, &get("Principal"))),
            ("not_principals", principals(context, &get("NotPrincipal"))),
            ("conditions", conditions(&get("Condition"))),
        ],
    )
}

fn entity(origin: OriginId, fields: Vec<(&str, Value)>) -> Value {
    let entries = fields.into_iter().map(|(name, value)| Entry::new(name, OriginId::NONE, value)).collect();
    Value::map(entries, origin)
}

fn open_list(items: Vec<Value>, rest: Option<Arc<Unknown>>, origin: OriginId) -> Value {
    Value::new(Data::List(Arc::new(List { kind: ListKind::Tuple, items, rest })), origin)
}

/// A text or a list of texts as a list.
pub(in crate::model) fn texts(value: &Value) -> Value {
    each(value, &mut |value| match &value.data {
        Data::Absent | Data::Null => Value::list(Vec::new(), value.origin),
        // Most are what they should be.
        Data::List(list)
            if list.kind == ListKind::Tuple && list.items.iter().all(|item| matches!(item.data, Data::String(_))) =>
        {
            value.clone()
        }
        Data::List(list) => {
            let items = list
                .items
                .iter()
                .filter(|item| !item.is_unset())
                .map(|item| {
                    each(item, &mut |item| super::super::read::convert(item, &super::super::schema::Type::String))
                })
                .collect();
            open_list(items, list.rest.clone(), value.origin)
        }
        Data::Unknown(unknown) => match unknown.shape {
            // One open text is one item; an open list may be any.
            crate::value::Shape::String => Value::list(vec![value.clone()], value.origin),
            _ => value.clone(),
        },
        _ => {
            let item = super::super::read::convert(value, &super::super::schema::Type::String);
            Value::list(vec![item], value.origin)
        }
    })
}

/// `*`, or a map from the kind of principal to ids, as a list of pairs.
fn principals(context: &Context<'_>, value: &Value) -> Value {
    each(value, &mut |value| match &value.data {
        Data::Absent | Data::Null => Value::list(Vec::new(), value.origin),
        Data::String(text) => {
            Value::list(vec![principal(context, &Value::string(text.clone(), value.origin), value)], value.origin)
        }
        Data::Map(map) => {
            let ids: Vec<Value> = map.entries.iter().map(|entry| texts(&entry.value)).collect();
            let ids: Vec<&Value> = ids.iter().collect();
            combine(&ids, &mut |ids| {
                let mut items = Vec::new();
                let mut rest = map.rest.clone();
                for (entry, ids) in map.entries.iter().zip(ids) {
                    let kind = Value::string(entry.key.clone(), entry.key_origin);
                    match &ids.data {
                        Data::List(list) => {
                            items.extend(list.items.iter().map(|id| principal(context, &kind, id)));
                            rest = rest.or_else(|| list.rest.clone());
                        }
                        Data::Unknown(unknown) => rest = rest.or_else(|| Some(unknown.clone())),
                        _ => {}
                    }
                }
                open_list(items, rest, value.origin)
            })
        }
        _ => value.clone(),
    })
}

fn principal(context: &Context<'_>, kind: &Value, id: &Value) -> Value {
    entity(id.origin, vec![("type", kind.clone()), ("id", id.clone()), ("account", account(context, kind, id))])
}

/// A map from operators to maps from keys to values, as a list of triples.
fn conditions(value: &Value) -> Value {
    each(value, &mut |value| match &value.data {
        Data::Absent | Data::Null => Value::list(Vec::new(), value.origin),
        Data::Map(map) => {
            let inner: Vec<&Value> = map.entries.iter().map(|entry| &entry.value).collect();
            combine(&inner, &mut |inner| {
                let mut items = Vec::new();
                let mut rest = map.rest.clone();
                for (operator, keys) in map.entries.iter().zip(inner) {
                    match &keys.data {
                        Data::Map(keys) => {
                            rest = rest.or_else(|| keys.rest.clone());
                            for key in &keys.entries {
                                let name = Value::string(key.key.clone(), key.key_origin);
                                let with = Value::string(operator.key.clone(), operator.key_origin);
                                items.push(condition(with, name, texts(&key.value)));
                            }
                        }
                        Data::Unknown(unknown) => rest = rest.or_else(|| Some(unknown.clone())),
                        _ => {}
                    }
                }
                open_list(items, rest, value.origin)
            })
        }
        _ => value.clone(),
    })
}

fn condition(operator: Value, key: Value, values: Value) -> Value {
    let origin = key.origin;
    entity(origin, vec![("operator", operator), ("key", key), ("values", values)])
}

/// The statements of an `aws_iam_policy_document`, with those of the documents that it builds on.
fn of_blocks(reader: &Reader<'_>, depth: usize) -> Value {
    let header = reader.resource.header;
    let blocks = Blocks::of(&reader.raw("statement"), "", header, reader.origins());
    let mut items = Vec::new();
    let rest = blocks.rest.clone();
    for block in &blocks.list {
        let get = |name: &str| reader.raw_in(&block.value, block.header, name);
        let effect = each(&get("effect"), &mut |effect| {
            if effect.is_unset() { Value::string("Allow", effect.origin) } else { effect.clone() }
        });
        let mut people = [Vec::new(), Vec::new()];
        for (list, name) in people.iter_mut().zip(["principals", "not_principals"]) {
            for part in &Blocks::of(&get(name), "", block.header, reader.origins()).list {
                let kind = reader.raw_in(&part.value, part.header, "type");
                let ids = texts(&reader.raw_in(&part.value, part.header, "identifiers"));
                match &ids.data {
                    Data::List(ids) => list.extend(ids.items.iter().map(|id| principal(reader.context, &kind, id))),
                    _ => list.push(principal(reader.context, &kind, &ids)),
                }
            }
        }
        let [principals, not_principals] = people;
        let mut narrowing = Vec::new();
        for part in &Blocks::of(&get("condition"), "", block.header, reader.origins()).list {
            let part = |name: &str| reader.raw_in(&part.value, part.header, name);
            narrowing.push(condition(part("test"), part("variable"), texts(&part("values"))));
        }
        let origin = reader.header_origin(block.header);
        let value = entity(
            origin,
            vec![
                ("sid", get("sid")),
                ("effect", effect),
                ("actions", texts(&get("actions"))),
                ("not_actions", texts(&get("not_actions"))),
                ("resources", texts(&get("resources"))),
                ("not_resources", texts(&get("not_resources"))),
                ("principals", Value::list(principals, origin)),
                ("not_principals", Value::list(not_principals, origin)),
                ("conditions", Value::list(narrowing, origin)),
            ],
        );
        items.push(super::each(&block.exists, &mut |exists| match exists.data {
            Data::Bool(true) => value.clone(),
            Data::Bool(false) => Value::absent(exists.origin),
            _ => exists.clone(),
        }));
    }
    let own = open_list(items, rest, reader.header_origin(header));
    // Later ones take the place of earlier ones with the same id.
    let sources = built_on(reader, "source_policy_documents", depth);
    let overrides = built_on(reader, "override_policy_documents", depth);
    sources.into_iter().chain([own.clone()]).chain(overrides).fold(Value::list(Vec::new(), own.origin), |all, next| {
        each_pair(&all, &next, &mut |all, next| laid_over(all, next, own.origin))
    })
}

/// The statements of the documents that an argument names.
fn built_on(reader: &Reader<'_>, argument: &str, depth: usize) -> Vec<Value> {
    let list = reader.raw(argument);
    let mut found = Vec::new();
    let mut rest = None;
    match &list.data {
        Data::List(list) => {
            found.extend(list.items.iter().map(|item| documents(reader.context, item, depth + 1)));
            rest.clone_from(&list.rest);
        }
        Data::Unknown(unknown) => rest = Some(unknown.clone()),
        Data::Choice(_) => rest = Some(open("the documents that this one builds on depend on an input")),
        _ => {}
    }
    found.extend(rest.map(|rest| Value::new(Data::Unknown(rest), list.origin)));
    found
}

/// Two lists of statements as one: a statement takes the place of an earlier one with the same id.
fn laid_over(all: &Value, next: &Value, origin: OriginId) -> Value {
    let empty = List { kind: ListKind::Tuple, items: Vec::new(), rest: None };
    let list = |value: &Value| match &value.data {
        Data::List(list) => List::clone(list),
        Data::Absent | Data::Null => empty.clone(),
        Data::Unknown(unknown) => List { rest: Some(unknown.clone()), ..empty.clone() },
        _ => List { rest: Some(open("a document that this one builds on is not known")), ..empty.clone() },
    };
    let (mut all, next) = (list(all), list(next));
    let id = |item: &Value| item.get("sid").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    for item in next.items {
        let same = id(&item).and_then(|wanted| all.items.iter_mut().find(|one| id(one) == Some(wanted.clone())));
        match same {
            Some(one) => *one = item,
            None => all.items.push(item),
        }
    }
    open_list(all.items, all.rest.or(next.rest), origin)
}

fn open(why: &str) -> Arc<Unknown> {
    Arc::new(Unknown { why: why.into(), symbol: None, shape: crate::value::Shape::Any })
}
