//! The front matter as a tree in which each key and value knows its place.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::policy::expression::{Constant, Mistake};

/// A value with the byte range where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub start: usize,
    pub end: usize,
    pub data: Data,
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Integer(i64),
    Double(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_start: usize,
    pub key_end: usize,
    pub value: Node,
}

/// Reads a YAML document that begins at `base` of the page.
pub(super) fn read(text: &str, base: usize) -> Result<Node, Mistake> {
    let raw: Spanned<Raw> = serde_saphyr::from_str(text).map_err(|error| {
        let location = error.location();
        let start = base + location.map_or(0, |location| offset(&location, text));
        let message = error.without_snippet().to_string();
        let message = message.lines().next().unwrap_or_default();
        // The place is said by the mistake itself.
        let message = message.split(" at line ").next().unwrap_or_default().trim().to_owned();
        Mistake { start, end: start, message: format!("the front matter is no valid YAML: {message}"), help: None }
    })?;
    Ok(node(raw, text, base))
}

fn node(raw: Spanned<Raw>, text: &str, base: usize) -> Node {
    let (start, end) = place(&raw.referenced, text, base);
    let data = match raw.value {
        Raw::Null => Data::Null,
        Raw::Bool(value) => Data::Bool(value),
        Raw::Integer(value) => Data::Integer(value),
        Raw::Double(value) => Data::Double(value),
        Raw::Text(value) => Data::Text(value),
        Raw::List(items) => Data::List(items.into_iter().map(|item| node(item, text, base)).collect()),
        Raw::Map(entries) => Data::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let (key_start, key_end) = place(&key.referenced, text, base);
                    Entry { key: key.value, key_start, key_end, value: node(value, text, base) }
                })
                .collect(),
        ),
    };
    Node { start, end, data }
}

/// The byte offset of a place that may be given by line and column only.
fn offset(location: &serde_saphyr::Location, text: &str) -> usize {
    let number = |value: u64| usize::try_from(value).unwrap_or(0);
    if let Some(known) = location.span().byte_offset() {
        return number(known).min(text.len());
    }
    let line = number(location.line()).max(1);
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let here = text.get(before..).unwrap_or_default().lines().next().unwrap_or_default();
    let column = number(location.column()).max(1);
    (before + here.chars().take(column - 1).map(char::len_utf8).sum::<usize>()).min(text.len())
}

fn place(location: &serde_saphyr::Location, text: &str, base: usize) -> (usize, usize) {
    let span = location.span();
    let number = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok());
    let start = number(span.byte_offset()).unwrap_or(0).min(text.len());
    let end = start.saturating_add(number(span.byte_len()).unwrap_or(0)).min(text.len());
    (base + start, base + end)
}

impl Node {
    /// How messages call the value's type.
    pub(super) fn type_name(&self) -> &'static str {
        match self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "a bool",
            Data::Integer(_) | Data::Double(_) => "a number",
            Data::Text(_) => "a text",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }

    pub(super) fn mistake(&self, message: impl Into<String>, help: Option<String>) -> Mistake {
        Mistake { start: self.start, end: self.end, message: message.into(), help }
    }

    /// The value without places.
    pub(super) fn constant(&self) -> Constant {
        match &self.data {
            Data::Null => Constant::Null,
            Data::Bool(value) => Constant::Bool(*value),
            Data::Integer(value) => Constant::Integer(*value),
            Data::Double(value) => Constant::Double(*value),
            Data::Text(value) => Constant::Text(value.clone()),
            Data::List(items) => Constant::List(items.iter().map(Self::constant).collect()),
            Data::Map(entries) => {
                Constant::Map(entries.iter().map(|entry| (entry.key.clone(), entry.value.constant())).collect())
            }
        }
    }
}

#[derive(Debug)]
enum Raw {
    Null,
    Bool(bool),
    Integer(i64),
    Double(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        #[expect(clippy::cast_precision_loss, reason = "numbers beyond 64 bits are floats everywhere else too")]
        Ok(i64::try_from(value).map_or(Raw::Double(value as f64), Raw::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Double(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            list.push(entry);
        }
        Ok(Raw::Map(list))
    }
}
