//! The configuration file as a tree with spans, read by serde-saphyr.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::resource::Problem;
use crate::source::{SourceFile, Span};

/// A value of the file and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    pub span: Span,
    pub data: Data,
}

#[derive(Clone, Debug)]
pub enum Data {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
    List(Vec<Node>),
    /// Keys with their places, in the order of the file.
    Map(Vec<(String, Span, Node)>),
}

impl Node {
    /// What the value is, for messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "true or false",
            Data::Integer(_) | Data::Float(_) => "a number",
            Data::String(_) => "a text",
            Data::List(_) => "a list",
            Data::Map(_) => "a mapping",
        }
    }
}

/// Reads a file; an empty one gives `Null`.
///
/// # Errors
/// What is wrong with it as YAML, and where.
pub fn parse(file: &SourceFile) -> Result<Node, Problem> {
    let body = u32::try_from(file.body_start()).unwrap_or_default();
    let text = file.text().get(file.body_start()..).unwrap_or_default();
    if text.lines().all(|line| line.trim_start().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Node { span: file.whole(), data: Data::Null });
    }
    let place = Place { file, body };
    match serde_saphyr::from_str::<Spanned<Raw>>(text) {
        Ok(raw) => Ok(place.node(raw)),
        Err(error) => {
            let span = error.location().map_or_else(|| Span::new(file.id, body, body), |at| place.span(&at));
            let message = error.without_snippet().to_string();
            let message = message.lines().next().unwrap_or_default();
            // The place is said by the span.
            let message = message.split(" at line ").next().unwrap_or(message);
            Err(Problem::error(span, format!("the configuration can't be read: {message}")))
        }
    }
}

/// The value as serde-saphyr hands it out.
enum Raw {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
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

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(Self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        #[expect(clippy::cast_precision_loss, reason = "no setting takes numbers past 64 bits")]
        Ok(i64::try_from(value).map_or(Raw::Float(value as f64), Raw::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

/// Turns the reader's places into spans of the file.
struct Place<'f> {
    file: &'f SourceFile,
    body: u32,
}

impl Place<'_> {
    fn span(&self, location: &Location) -> Span {
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let length = u32::try_from(self.file.text().len()).unwrap_or(u32::MAX);
        let at = location.span();
        let start = match at.byte_offset() {
            Some(offset) => small(offset).saturating_add(self.body),
            // Only the line is known.
            None => self
                .file
                .lines()
                .line_start(usize::try_from(location.line().saturating_sub(1)).unwrap_or(0))
                .unwrap_or(self.body),
        };
        let start = start.min(length);
        let end = start.saturating_add(small(at.byte_len().unwrap_or(0))).min(length);
        let covered = self.file.slice(Span::new(self.file.id, start, end));
        let covered = u32::try_from(covered.trim_end().len()).unwrap_or(0);
        Span::new(self.file.id, start, start + covered)
    }

    fn node(&self, raw: Spanned<Raw>) -> Node {
        let mut span = self.span(&raw.referenced);
        let data = match raw.value {
            Raw::Null => Data::Null,
            Raw::Bool(value) => Data::Bool(value),
            Raw::Integer(value) => Data::Integer(value),
            Raw::Float(value) => Data::Float(value),
            Raw::String(value) => Data::String(value),
            Raw::List(items) => {
                let items: Vec<Node> = items.into_iter().map(|item| self.node(item)).collect();
                if let Some(last) = items.last() {
                    span = span.to(last.span);
                }
                Data::List(items)
            }
            Raw::Map(entries) => {
                let entries: Vec<(String, Span, Node)> = entries
                    .into_iter()
                    .map(|(key, value)| (key.value, self.span(&key.referenced), self.node(value)))
                    .collect();
                if let Some((_, key, value)) = entries.last() {
                    span = span.to(*key).to(value.span);
                }
                Data::Map(entries)
            }
        };
        Node { span, data }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    fn file(text: &str) -> SourceFile {
        SourceFile::new(FileId(0), PathBuf::from("dynalens.yml"), text)
    }

    #[test]
    fn every_value_stands_where_its_span_says() {
        for mark in ["", "\u{feff}"] {
            let file = file(&format!(
                "{mark}# é\nprofile: strict\naccount: \"111122223333\"\nexclude: [a/**, 'b é']\npolicies:\n  p: {{ n: 5, on: true }}\n"
            ));
            let root = parse(&file).unwrap();
            let Data::Map(entries) = &root.data else { panic!("{root:?}") };
            let texts: Vec<(&str, &str)> =
                entries.iter().map(|(_, key, value)| (file.slice(*key), file.slice(value.span))).collect();
            assert_eq!(texts[0], ("profile", "strict"));
            assert_eq!(texts[1], ("account", "\"111122223333\""));
            assert_eq!(texts[2].0, "exclude");
            let Data::List(items) = &entries[2].2.data else { panic!() };
            assert_eq!(file.slice(items[1].span), "'b é'");
            let Data::Map(policies) = &entries[3].2.data else { panic!() };
            let Data::Map(options) = &policies[0].2.data else { panic!() };
            assert!(matches!(options[0].2.data, Data::Integer(5)));
            assert_eq!(file.slice(options[1].2.span), "true");
        }
    }

    #[test]
    fn a_broken_file_says_where() {
        let file = file("profile: strict\nexclude: [a\n");
        let problem = parse(&file).unwrap_err();
        assert!(problem.message.starts_with("the configuration can't be read: "), "{}", problem.message);
        assert!(problem.span.unwrap().start > 0);
    }

    #[test]
    fn a_repeated_key_is_refused_and_an_empty_file_is_not() {
        assert!(parse(&file("profile: strict\nprofile: all\n")).is_err());
        assert!(matches!(parse(&file("# nothing yet\n")).unwrap().data, Data::Null));
    }
}
