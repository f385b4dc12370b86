//! Frozen values in the project that they are lent to: what it gives out itself is put in, inputs of the same name and
//! cases are its own, and everything else stays open.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::resource::{Project, Resource};
use crate::value::{
    Choice, Data, Entry, InputId, List, Map, OriginId, Part, Shape, Symbol, Text, Unknown, Value, combine, join_parts,
    text,
};

use super::frozen::{FrozenInput, IMPORT, MAX_DEPTH, OUTPUT, PARAMETER};
use super::lend::{given_symbol, may_be, parameters};
use super::summary::Summary;

/// The project that things are lent to.
pub(super) struct Thaw {
    /// What it gives out, by the symbol under which others refer to it.
    given: FxHashMap<Text, Value>,
    imports: Vec<Text>,
    inputs: BTreeMap<FrozenInput, InputId>,
}

/// Where a frozen value comes from.
struct From<'a> {
    summary: &'a Summary,
    count: &'a BTreeMap<Text, usize>,
}

impl Thaw {
    pub fn new(project: &Project, _own: &Summary) -> Self {
        let mut given: FxHashMap<Text, Value> = FxHashMap::default();
        for (name, value) in &project.outputs {
            if let Some(symbol) = given_symbol(project, name) {
                given.entry(symbol).or_insert_with(|| value.clone());
            }
        }
        for (symbol, value) in parameters(project) {
            given.entry(symbol).or_insert_with(|| value.clone());
        }
        let mut imports: Vec<Text> = given.keys().filter(|symbol| symbol.starts_with(IMPORT)).cloned().collect();
        imports.sort_unstable();
        let mut inputs = BTreeMap::new();
        for (id, input) in project.inputs.iter() {
            let labels: Vec<Text> = input.cases.iter().map(|case| case.label.clone()).collect();
            inputs.entry((input.name.clone(), labels)).or_insert(id);
        }
        Self { given, imports, inputs }
    }

    pub fn resource(&self, resource: &Resource, summary: &Summary, count: &BTreeMap<Text, usize>) -> Resource {
        let from = From { summary, count };
        Resource {
            exists: self.value(&resource.exists, &from, 0),
            attributes: self.value(&resource.attributes, &from, 0),
            region: self.value(&resource.region, &from, 0),
            ..resource.clone()
        }
    }

    fn value(&self, value: &Value, from: &From<'_>, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::unknown("it is nested too deep", OriginId::NONE);
        }
        let data = match &value.data {
            Data::Unknown(unknown) => return self.unknown(unknown, from),
            Data::Parts(parts) => {
                let put: Vec<Value> = parts
                    .iter()
                    .map(|part| match part {
                        Part::Known(text, origin) => Value::string(text.clone(), *origin),
                        Part::Open(unknown, _) => self.unknown(unknown, from),
                    })
                    .collect();
                return combine(&put.iter().collect::<Vec<_>>(), &mut |leaves| {
                    join_parts(leaves.iter().flat_map(|leaf| pieces(leaf, from)), OriginId::NONE)
                });
            }
            Data::List(list) => Data::List(Arc::new(List {
                kind: list.kind,
                items: list.items.iter().map(|item| self.value(item, from, depth + 1)).collect(),
                rest: list.rest.as_ref().map(without_symbol),
            })),
            Data::Map(map) => Data::Map(Arc::new(Map {
                kind: map.kind,
                entries: map
                    .entries
                    .iter()
                    .map(|entry| {
                        Entry::new(entry.key.clone(), OriginId::NONE, self.value(&entry.value, from, depth + 1))
                    })
                    .collect(),
                rest: map.rest.as_ref().map(without_symbol),
            })),
            Data::Choice(choice) => {
                let input = from.summary.inputs.get(&choice.input);
                let Some(own) = input.and_then(|input| self.inputs.get(input)) else {
                    let name = input.map_or("an input", |(name, _)| name.as_str());
                    let why = format!("it depends on `{name}` of {}", from.summary.path);
                    return Value::unknown(why, OriginId::NONE);
                };
                let cases = choice.cases.iter().map(|case| self.value(case, from, depth + 1)).collect();
                Data::Choice(Arc::new(Choice { input: *own, cases }))
            }
            known => known.clone(),
        };
        Value::new(data, OriginId::NONE)
    }

    fn unknown(&self, unknown: &Arc<Unknown>, from: &From<'_>) -> Value {
        let as_it_is = || Value::new(Data::Unknown(Arc::clone(unknown)), OriginId::NONE);
        let Some(Symbol::Expression(symbol)) = &unknown.symbol else { return as_it_is() };
        if ![IMPORT, OUTPUT, PARAMETER].iter().any(|start| symbol.starts_with(start)) {
            return as_it_is();
        }
        if let Some(value) = self.given.get(symbol) {
            // Which of several root modules is meant, only their states can tell.
            let several = symbol.starts_with(OUTPUT) && from.count.get(symbol).is_some_and(|count| *count > 1);
            return if several { open(unknown) } else { value.clone() };
        }
        if self.imports.iter().any(|import| may_be(import, symbol)) {
            return open(unknown);
        }
        // It is given out by somebody else.
        Value::new(Data::Unknown(nowhere(symbol, &unknown.why, from)), OriginId::NONE)
    }
}

fn open(unknown: &Unknown) -> Value {
    Value::unknown(unknown.why.clone(), OriginId::NONE)
}

fn without_symbol(unknown: &Arc<Unknown>) -> Arc<Unknown> {
    Arc::new(Unknown { why: unknown.why.clone(), symbol: None, shape: Shape::Any })
}

/// What leads to nothing of the project.
fn nowhere(name: &str, why: &Text, from: &From<'_>) -> Arc<Unknown> {
    let address = format!("{}:{name}", from.summary.path).into();
    let symbol = Symbol::Resource { address, attribute: Text::default() };
    Arc::new(Unknown { why: why.clone(), symbol: Some(symbol), shape: Shape::Any })
}

/// A value as pieces of a text; what is no text stays open.
fn pieces(value: &Value, from: &From<'_>) -> Vec<Part> {
    match &value.data {
        // In this case somebody else gives it out.
        Data::Absent => {
            vec![Part::Open(nowhere("nothing", &"it is given out by another project".into(), from), OriginId::NONE)]
        }
        _ => text::parts(value).unwrap_or_else(|| {
            let open = Unknown { why: "a part of it is no text".into(), symbol: None, shape: Shape::Any };
            vec![Part::Open(Arc::new(open), OriginId::NONE)]
        }),
    }
}
