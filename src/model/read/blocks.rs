//! The blocks of a list, each with the cases in which it is there.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Choice, Data, OriginId, Origins, Truth, Unknown, Value, choice, combine, equal};

/// One block of a list: an index, a replica, a rule.
#[derive(Clone, Debug)]
pub(in crate::model) struct Block {
    pub value: Value,
    /// In which cases the list holds the block.
    pub exists: Value,
    /// Where an absent attribute of the block is blamed.
    pub header: Span,
    pub span: Span,
}

/// The blocks of a list in the order of the source, and whether there may be more.
#[derive(Clone, Debug, Default)]
pub(in crate::model) struct Blocks {
    pub list: Vec<Block>,
    pub rest: Option<Arc<Unknown>>,
}

/// A block before its places are known.
struct Found {
    value: Value,
    exists: Value,
}

impl Blocks {
    /// The blocks of a value that is a list of maps, a single map, or nothing. `naming` is the attribute whose key
    /// stands for the header of a block that has none of its own (empty for blocks that have); `fallback` is where the
    /// list stands.
    pub fn of(value: &Value, naming: &str, fallback: Span, origins: &Origins) -> Self {
        let mut rest = None;
        let found = collect(value, &mut rest, 0);
        let list = found
            .into_iter()
            .map(|found| {
                let start = origins.span(found.value.origin).unwrap_or(fallback);
                let header = header(&found.value, naming, origins, 0).unwrap_or(start);
                // A Terraform block has its header as its place: what is written in it makes the whole.
                let span = extent(&found.value, start, origins, 0);
                Block { value: found.value, exists: found.exists, header, span }
            })
            .collect();
        Self { list, rest }
    }
}

/// Choices are at most as deep as there are inputs; past this the rest is taken as unknown.
const MAX_DEPTH: usize = 32;

fn collect(value: &Value, rest: &mut Option<Arc<Unknown>>, depth: usize) -> Vec<Found> {
    match &value.data {
        Data::List(list) => {
            if let Some(open) = &list.rest {
                rest.get_or_insert_with(|| open.clone());
            }
            list.items.iter().filter(|item| !item.is_unset()).map(one).collect()
        }
        Data::Map(_) => vec![one(value)],
        Data::Unknown(unknown) => {
            rest.get_or_insert_with(|| unknown.clone());
            Vec::new()
        }
        Data::Choice(options) if depth < MAX_DEPTH => {
            let cases: Vec<Vec<Found>> = options.cases.iter().map(|case| collect(case, rest, depth + 1)).collect();
            merge(options, cases)
        }
        _ => Vec::new(),
    }
}

fn one(item: &Value) -> Found {
    let exists = combine(&[item], &mut |values| match values {
        [item] => Value::fact(!item.is_unset(), item.origin),
        _ => Value::fact(true, OriginId::NONE),
    });
    Found { value: item.clone(), exists }
}

/// Blocks that are the same in several cases become one, whose attributes may differ from case to case.
fn merge(options: &Choice, cases: Vec<Vec<Found>>) -> Vec<Found> {
    let count = cases.len();
    let mut merged: Vec<Vec<Option<Found>>> = Vec::new();
    for (index, found) in cases.into_iter().enumerate() {
        for block in found {
            let known = merged.iter_mut().find(|at| {
                at.get(index).is_some_and(Option::is_none)
                    && at.iter().flatten().next().is_some_and(|first| same(&first.value, &block.value))
            });
            let at = match known {
                Some(at) => at,
                None => {
                    merged.push(std::iter::repeat_with(|| None).take(count).collect());
                    let last = merged.len() - 1;
                    &mut merged[last]
                }
            };
            if let Some(slot) = at.get_mut(index) {
                *slot = Some(block);
            }
        }
    }
    merged.into_iter().map(|at| join(options, at)).collect()
}

fn join(options: &Choice, at: Vec<Option<Found>>) -> Found {
    let origin = at.iter().flatten().next().map_or(OriginId::NONE, |found| found.value.origin);
    let (mut values, mut exists) = (Vec::with_capacity(at.len()), Vec::with_capacity(at.len()));
    for found in at {
        let found = found.unwrap_or_else(|| Found { value: Value::absent(origin), exists: Value::fact(false, origin) });
        values.push(found.value);
        exists.push(found.exists);
    }
    let one = values.windows(2).all(|pair| match pair {
        [Value { data: Data::Map(a), .. }, Value { data: Data::Map(b), .. }] => Arc::ptr_eq(a, b),
        _ => false,
    });
    let everywhere = exists.iter().all(|case| case.as_bool() == Some(true));
    let value = match values.first() {
        Some(first) if one => first.clone(),
        _ => choice(options.input, values),
    };
    let exists = if everywhere { Value::fact(true, origin) } else { choice(options.input, exists) };
    Found { value, exists }
}

fn same(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::Map(a), Data::Map(b)) if Arc::ptr_eq(a, b) => true,
        (Data::Choice(a), Data::Choice(b)) => Arc::ptr_eq(a, b),
        // All blocks that one `dynamic` block makes stand at its header; their names tell them apart.
        (Data::Map(_), Data::Map(_)) => !a.origin.is_none() && a.origin == b.origin && !differ_by_name(a, b),
        _ => false,
    }
}

fn differ_by_name(a: &Value, b: &Value) -> bool {
    ["name", "region_name", "IndexName", "Region"].iter().any(|name| match (a.get(name), b.get(name)) {
        (Some(a), Some(b)) => equal(a, b) == Truth::False,
        _ => false,
    })
}

/// From a place to the last of what is written in a value after it, in the same file.
fn extent(value: &Value, start: Span, origins: &Origins, depth: usize) -> Span {
    let own = origins.span(value.origin).filter(|own| own.file == start.file && own.start >= start.start);
    let mut span = own.map_or(start, |own| start.to(own));
    if depth >= MAX_DEPTH {
        return span;
    }
    let inner: Vec<&Value> = match &value.data {
        Data::List(list) => list.items.iter().collect(),
        Data::Map(map) => map.entries.iter().map(|entry| &entry.value).collect(),
        Data::Choice(options) => options.cases.iter().collect(),
        _ => return span,
    };
    for one in inner {
        span = extent(one, span, origins, depth + 1);
    }
    span
}

/// The key of the naming attribute, else nothing.
fn header(value: &Value, naming: &str, origins: &Origins, depth: usize) -> Option<Span> {
    match &value.data {
        Data::Map(_) if naming.is_empty() => None,
        Data::Map(map) => {
            let entry = map.entry(naming).or_else(|| map.entries.first())?;
            origins.span(entry.key_origin)
        }
        Data::Choice(options) if depth < MAX_DEPTH => {
            options.cases.iter().find_map(|case| header(case, naming, origins, depth + 1))
        }
        _ => None,
    }
}
