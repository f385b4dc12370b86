//! `count` and `for_each`: which instances a resource or module call has, in which cases.

use crate::resource::Problem;
use crate::source::Span;
use crate::syntax::hcl::{BodyRef, Expr};
use crate::value::{Data, ListKind, Shape, Symbol, Text, Value, combine};

use super::error::Error;
use super::expression::REFUSED;
use super::lift::{reason, unknown_of};
use super::scope::{Each, Evaluator, Scope};
use super::types::Type;

/// How many instances one resource or module call may have.
pub(super) const MAX_INSTANCES: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    Single,
    Count,
    ForEach,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    None,
    Index(usize),
    Name(Text),
    /// One that stands for all of which nothing is known.
    Unknown,
}

/// The instances of a resource or module call.
pub(super) struct Group {
    pub kind: GroupKind,
    pub instances: Vec<One>,
    /// There may be more instances, and why they are not known.
    pub rest: Option<Text>,
}

/// One instance.
pub(super) struct One {
    pub key: Key,
    pub address: Text,
    pub each: Each,
    /// A bool, a choice of bools, or unknown.
    pub exists: Value,
}

impl Evaluator<'_> {
    /// The instances of what a body declares, by its `count` or `for_each`.
    pub(super) fn expand(&self, body: BodyRef<'_>, address: &Text, header: Span, scope: Scope<'_>) -> Group {
        if let Some((_, expr)) = body.attribute("count") {
            if body.attribute("for_each").is_some() {
                self.note(Problem::error(
                    header,
                    format!("`{address}` has both `count` and `for_each`; one has to go"),
                ));
            }
            return self.expand_count(expr, address, scope);
        }
        if let Some((_, expr)) = body.attribute("for_each") {
            return self.expand_for_each(expr, address, scope);
        }
        let exists = Value::bool(true, self.origins.literal(header));
        let one = One { key: Key::None, address: address.clone(), each: Each::default(), exists };
        Group { kind: GroupKind::Single, instances: vec![one], rest: None }
    }

    fn expand_count(&self, expr: &Expr, address: &Text, scope: Scope<'_>) -> Group {
        let count = self.value(expr, scope);
        let count = combine(&[&count], &mut |leaves| match Type::Number.convert(leaves[0]) {
            Ok(number) => number.at(leaves[0].origin),
            Err(error) => Value::unknown(format!("{REFUSED}{error}"), leaves[0].origin),
        });
        let mut most = 0;
        let mut rest = None;
        for leaf in super::call::leaves(&count) {
            match leaf.as_i64() {
                Some(number) => most = most.max(usize::try_from(number).unwrap_or(0)),
                None => rest = rest.or_else(|| reason(leaf)).or_else(|| Some("its `count` is not known".into())),
            }
        }
        if most > MAX_INSTANCES {
            self.note(Problem::note(
                expr.span,
                format!("`{address}` has more than {MAX_INSTANCES} instances; only those are looked at"),
            ));
            most = MAX_INSTANCES;
            rest.get_or_insert_with(|| format!("it has more than {MAX_INSTANCES} instances").into());
        }
        // Of an unknown number of instances the first stands for all.
        let shown = if rest.is_some() { most.max(1) } else { most };
        let instances = (0..shown).map(|index| {
            let exists = combine(&[&count], &mut |leaves| match leaves[0].as_i64() {
                Some(number) => {
                    Value::bool(usize::try_from(number).is_ok_and(|number| index < number), leaves[0].origin)
                }
                None => unknown_of(leaves[0], Shape::Bool, leaves[0].origin),
            });
            let at = i64::try_from(index).unwrap_or(i64::MAX);
            let each = Each { index: Some(Value::integer(at, count.origin)), ..Each::default() };
            One { key: Key::Index(index), address: format!("{address}[{index}]").into(), each, exists }
        });
        Group { kind: GroupKind::Count, instances: instances.collect(), rest }
    }

    fn expand_for_each(&self, expr: &Expr, address: &Text, scope: Scope<'_>) -> Group {
        let collection = self.value(expr, scope);
        let mut keys: Vec<Text> = Vec::new();
        let mut rest: Option<Text> = None;
        let checked = combine(&[&collection], &mut |leaves| match keys_of(leaves[0]) {
            Ok(found) => {
                keys.extend(found.keys);
                if let Some(why) = found.rest {
                    rest.get_or_insert(why);
                }
                leaves[0].clone()
            }
            Err(error) => {
                rest.get_or_insert_with(|| format!("{REFUSED}{error}").into());
                Value::unknown(format!("{REFUSED}{error}"), leaves[0].origin)
            }
        });
        keys.sort();
        keys.dedup();
        if keys.len() > MAX_INSTANCES {
            self.note(Problem::note(
                expr.span,
                format!("`{address}` has more than {MAX_INSTANCES} instances; only those are looked at"),
            ));
            keys.truncate(MAX_INSTANCES);
            rest.get_or_insert_with(|| format!("it has more than {MAX_INSTANCES} instances").into());
        }
        let mut instances: Vec<One> = keys.into_iter().map(|key| keyed(&checked, key, address)).collect();
        if let Some(why) = &rest {
            let address: Text = format!("{address}[\"*\"]").into();
            let exists = combine(&[&checked], &mut |leaves| match keys_of(leaves[0]) {
                Ok(Keys { rest: None, .. }) => Value::bool(false, leaves[0].origin),
                _ => unknown_of(leaves[0], Shape::Bool, leaves[0].origin),
            });
            let symbol = |part: &str, shape| {
                let symbol = Symbol::Expression(format!("{address}.each.{part}").into());
                Value::symbol(why.clone(), symbol, shape, checked.origin)
            };
            let each =
                Each { key: Some(symbol("key", Shape::String)), value: Some(symbol("value", Shape::Any)), index: None };
            instances.push(One { key: Key::Unknown, address, each, exists });
        }
        Group { kind: GroupKind::ForEach, instances, rest }
    }
}

/// The instance of one key.
fn keyed(collection: &Value, key: Text, address: &Text) -> One {
    let mut key_origin = collection.origin;
    let value = combine(&[collection], &mut |leaves| match element(leaves[0], &key) {
        Some((origin, value)) => {
            key_origin = origin;
            value
        }
        None => Value::absent(leaves[0].origin),
    });
    let exists = combine(&[collection], &mut |leaves| match &leaves[0].data {
        Data::Unknown(_) => unknown_of(leaves[0], Shape::Bool, leaves[0].origin),
        _ if element(leaves[0], &key).is_some() => Value::bool(true, leaves[0].origin),
        _ => match keys_of(leaves[0]) {
            Ok(Keys { rest: Some(why), .. }) => Value::unknown(why, leaves[0].origin),
            _ => Value::bool(false, leaves[0].origin),
        },
    });
    let each = Each { key: Some(Value::string(key.clone(), key_origin)), value: Some(value), index: None };
    let address = format!("{address}[{}]", quoted(&key)).into();
    One { key: Key::Name(key), address, each, exists }
}

/// A key as Terraform writes it in addresses.
fn quoted(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 2);
    out.push('"');
    let mut chars = key.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([char, char]),
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

struct Keys {
    keys: Vec<Text>,
    rest: Option<Text>,
}

/// The keys of a `for_each` without choices at its top.
fn keys_of(collection: &Value) -> Result<Keys, Error> {
    match &collection.data {
        Data::Map(map) => Ok(Keys {
            keys: map.entries.iter().map(|entry| entry.key.clone()).collect(),
            rest: map.rest.as_ref().map(|rest| rest.why.clone()),
        }),
        Data::List(list) if list.kind == ListKind::Set => {
            let mut keys = Vec::new();
            let mut rest = list.rest.as_ref().map(|rest| rest.why.clone());
            for item in &list.items {
                match &item.data {
                    Data::String(key) => keys.push(key.clone()),
                    Data::Absent => {}
                    Data::Null => return Err(Error::new("a `for_each` can't hold null")),
                    Data::Unknown(_) | Data::Parts(_) | Data::Choice(_) => {
                        rest = rest.or_else(|| reason(item)).or_else(|| Some("a key is not known".into()));
                    }
                    _ => return Err(Error::new("a `for_each` takes a map, or a set of strings")),
                }
            }
            Ok(Keys { keys, rest })
        }
        Data::Unknown(unknown) => Ok(Keys { keys: Vec::new(), rest: Some(unknown.why.clone()) }),
        Data::Null | Data::Absent => Err(Error::new("a `for_each` can't be null")),
        Data::List(_) => Err(Error::new("a `for_each` takes a map or a set; convert the list with toset()")),
        _ => Err(Error::new("a `for_each` takes a map, or a set of strings")),
    }
}

fn element(collection: &Value, key: &str) -> Option<(crate::value::OriginId, Value)> {
    match &collection.data {
        Data::Map(map) => map.entry(key).map(|entry| {
            let origin = if entry.key_origin.is_none() { entry.value.origin } else { entry.key_origin };
            (origin, entry.value.clone())
        }),
        Data::List(list) => {
            list.items.iter().find(|item| item.as_str() == Some(key)).map(|item| (item.origin, item.clone()))
        }
        _ => None,
    }
}
