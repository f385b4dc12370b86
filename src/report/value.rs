//! Values as JSON: a known value is plain, everything else is an object whose only keys begin with `$`.
//!
//! | value | JSON |
//! |---|---|
//! | known | itself |
//! | unknown | `{ "$unknown": "why" }` |
//! | dependent on an input | `{ "$choice": "Environment", "cases": [{ "when": "prod", "value": ... }, ...] }` |
//! | partly known text | `{ "$text": ["table/", { "$unknown": "why" }] }` |
//! | link to an entity of the model | `{ "$link": "table", "address": "Orders" }` |
//!
//! Absent values are left out. A list that may go on ends with `{ "$rest": "why" }`; a map that may has an entry
//! `"$rest": "why"`. A user's own key that begins with `$` gets a second one.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::Model;
use crate::value::{Data, Inputs, List, Map, Number, Part, Unknown, Value};

/// What values refer to.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub inputs: &'a Inputs,
    pub model: &'a Model,
}

/// A value to be written.
#[derive(Clone, Copy)]
pub struct Encoded<'a>(pub &'a Value, pub Context<'a>);

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(value, context) = *self;
        match &value.data {
            Data::Absent | Data::Null => serializer.serialize_unit(),
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Number(Number::Integer(value)) => serializer.serialize_i64(*value),
            Data::Number(number) => serializer.serialize_f64(number.as_f64()),
            Data::String(text) => serializer.serialize_str(text),
            Data::Parts(parts) => one(serializer, "$text", &Pieces(parts)),
            Data::Unknown(unknown) => one(serializer, "$unknown", unknown.why.as_str()),
            Data::List(list) => serialize_list(list, context, serializer),
            Data::Map(map) => serialize_map(map, context, serializer),
            Data::Choice(choice) => {
                let input = context.inputs.get(choice.input);
                let cases: Vec<CaseForm<'_>> = input
                    .cases
                    .iter()
                    .zip(&choice.cases)
                    .map(|(case, value)| CaseForm { when: &case.label, value: present(value, context) })
                    .collect();
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("$choice", input.name.as_str())?;
                map.serialize_entry("cases", &cases)?;
                map.end()
            }
            Data::Entity(id) => {
                let entity = context.model.get(*id);
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("$link", entity.subject.name())?;
                map.serialize_entry("address", entity.address.as_str())?;
                map.end()
            }
        }
    }
}

/// A case in which the value is absent has no `value`.
#[derive(serde::Serialize)]
struct CaseForm<'a> {
    when: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Encoded<'a>>,
}

fn present<'a>(value: &'a Value, context: Context<'a>) -> Option<Encoded<'a>> {
    (!value.is_absent()).then_some(Encoded(value, context))
}

fn one<S: Serializer, T: Serialize + ?Sized>(serializer: S, key: &str, value: &T) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

/// `{ "$unknown": why }` or `{ "$rest": why }`.
struct Why<'a>(&'static str, &'a Unknown);

impl Serialize for Why<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        one(serializer, self.0, self.1.why.as_str())
    }
}

struct Pieces<'a>(&'a [Part]);

impl Serialize for Pieces<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        #[serde(untagged)]
        enum Piece<'a> {
            Known(&'a str),
            Open(Why<'a>),
        }
        serializer.collect_seq(self.0.iter().map(|part| match part {
            Part::Known(text, _) => Piece::Known(text),
            Part::Open(unknown, _) => Piece::Open(Why("$unknown", unknown)),
        }))
    }
}

fn serialize_list<S: Serializer>(list: &List, context: Context<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    #[serde(untagged)]
    enum Item<'a> {
        Value(Encoded<'a>),
        Rest(Why<'a>),
    }
    let items = list.items.iter().filter_map(|item| present(item, context)).map(Item::Value);
    serializer.collect_seq(items.chain(list.rest.as_deref().map(|rest| Item::Rest(Why("$rest", rest)))))
}

fn serialize_map<S: Serializer>(map: &Map, context: Context<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(None)?;
    for entry in &map.entries {
        let Some(value) = present(&entry.value, context) else { continue };
        if entry.key.starts_with('$') {
            out.serialize_entry(&format!("${}", entry.key), &value)?;
        } else {
            out.serialize_entry(entry.key.as_str(), &value)?;
        }
    }
    if let Some(rest) = &map.rest {
        out.serialize_entry("$rest", rest.why.as_str())?;
    }
    out.end()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::value::{Case, Choice, Entry, Input, InputKind, ListKind, MapKind, OriginId, Shape, join_parts};

    const NONE: OriginId = OriginId::NONE;

    fn unknown(why: &str) -> Arc<Unknown> {
        Arc::new(Unknown { why: why.into(), symbol: None, shape: Shape::Any })
    }

    #[test]
    fn every_kind_of_value_has_its_form() {
        let mut inputs = Inputs::default();
        let case = |label: &str| Case { label: label.into(), value: Value::string(label, NONE), is_rest: false };
        let input = Input {
            name: "Env".into(),
            kind: InputKind::Parameter,
            span: None,
            cases: vec![case("dev"), case("prod")],
            default: None,
        };
        let id = inputs.add(input);
        let choice = Choice { input: id, cases: vec![Value::absent(NONE), Value::integer(5, NONE)] };
        let text = join_parts([Part::Known("table/".into(), NONE), Part::Open(unknown("no value"), NONE)], NONE);
        let list = List {
            kind: ListKind::Tuple,
            items: vec![Value::bool(true, NONE), Value::absent(NONE), Value::null(NONE)],
            rest: Some(unknown("open")),
        };
        let entries = vec![
            Entry::new("choice", NONE, Value::new(Data::Choice(Arc::new(choice)), NONE)),
            Entry::new("text", NONE, text),
            Entry::new("list", NONE, Value::new(Data::List(Arc::new(list)), NONE)),
            Entry::new("unknown", NONE, Value::unknown("why", NONE)),
            Entry::new("gone", NONE, Value::absent(NONE)),
            Entry::new("$key", NONE, Value::number(Number::parse("1.5").unwrap(), NONE)),
        ];
        let map = Map { kind: MapKind::Object, entries, rest: Some(unknown("merged")) };
        let value = Value::new(Data::Map(Arc::new(map)), NONE);
        let model = Model::default();
        let written = serde_json::to_value(Encoded(&value, Context { inputs: &inputs, model: &model })).unwrap();
        assert_eq!(
            written,
            json!({
                "choice": { "$choice": "Env", "cases": [{ "when": "dev" }, { "when": "prod", "value": 5 }] },
                "text": { "$text": ["table/", { "$unknown": "no value" }] },
                "list": [true, null, { "$rest": "open" }],
                "unknown": { "$unknown": "why" },
                "$$key": 1.5,
                "$rest": "merged",
            })
        );
    }
}
