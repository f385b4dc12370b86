//! JSON documents inside texts: policies that are written with `jsonencode`, in a heredoc, or as a plain string.
//!
//! A text that was encoded from a structure keeps it in its origin ([`Step::Document`]), so that readers see every
//! part of the document at the place where it is written, unknown parts included. Any other text is parsed, open
//! pieces and all.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::data::{Choice, Data, Entry, List, ListKind, Map, MapKind, Part, Text, Unknown, Value, join_parts};
use super::number::Number;
use super::origin::{OriginId, Origins, Step};
use super::text;

/// How deep a document may nest.
const MAX_DEPTH: usize = 128;

/// The structure that a text was encoded from, and that text. Two are equal when they are the same one.
#[derive(Clone, Debug)]
pub struct Document(Arc<(Value, Data)>);

impl Document {
    /// A structure and the text that it was encoded to.
    #[must_use]
    pub fn new(structure: Value, text: &Value) -> Self {
        Self(Arc::new((structure, text.data.clone())))
    }

    #[must_use]
    pub fn structure(&self) -> &Value {
        &self.0.0
    }

    /// Whether a text is the one that the structure was encoded to, and not one that was made from it.
    #[must_use]
    pub fn is_behind(&self, text: &Value) -> bool {
        match (&self.0.1, &text.data) {
            (Data::String(encoded), Data::String(text)) => encoded == text,
            (Data::Parts(encoded), Data::Parts(text)) => Arc::ptr_eq(encoded, text),
            _ => false,
        }
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Document {}

/// The structure of a JSON text: the one that it was encoded from, or what its text says. A choice of texts is a
/// choice of structures, and a value that is a structure already is itself. `None` for what is no JSON document.
///
/// Lists are tuples and maps objects, as everywhere in JSON.
#[must_use]
pub fn decoded(origins: &Origins, value: &Value) -> Option<Value> {
    match &value.data {
        Data::Choice(choice) => {
            let cases = choice.cases.iter().map(|case| decoded(origins, case)).collect::<Option<Vec<_>>>()?;
            Some(Value::new(Data::Choice(Arc::new(Choice { input: choice.input, cases })), value.origin))
        }
        Data::List(_) | Data::Map(_) => Some(value.clone()),
        Data::String(_) | Data::Parts(_) => match kept(origins, value) {
            Some(structure) => Some(plain(&structure)),
            None => parse(&text::parts(value)?, value.origin).ok(),
        },
        _ => None,
    }
}

/// The structure that a text was encoded from, where its origin tells.
#[must_use]
pub fn kept(origins: &Origins, value: &Value) -> Option<Value> {
    if !matches!(value.data, Data::String(_) | Data::Parts(_)) {
        return None;
    }
    // The way leads through everything that the text was handed on by, and to texts that it was made from.
    origins.find_step(value.origin, &mut |step| match step {
        Step::Document(document) if document.is_behind(value) => Some(document.structure().clone()),
        _ => None,
    })
}

/// A structure as it comes out of JSON: tuples and objects only, null for what is absent.
#[must_use]
pub fn plain(value: &Value) -> Value {
    let data = match &value.data {
        Data::Absent => Data::Null,
        Data::List(list) => Data::List(Arc::new(List {
            kind: ListKind::Tuple,
            items: list.items.iter().map(plain).collect(),
            rest: list.rest.clone(),
        })),
        Data::Map(map) => Data::Map(Arc::new(Map {
            kind: MapKind::Object,
            entries: map
                .entries
                .iter()
                .map(|entry| Entry::new(entry.key.clone(), entry.key_origin, plain(&entry.value)))
                .collect(),
            rest: map.rest.clone(),
        })),
        Data::Choice(choice) => {
            Data::Choice(Arc::new(Choice { input: choice.input, cases: choice.cases.iter().map(plain).collect() }))
        }
        other => other.clone(),
    };
    Value::new(data, value.origin)
}

/// Where a text stops being JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expected} was expected at byte {offset}")]
pub struct DocumentError {
    pub expected: &'static str,
    /// Bytes of known text before the place.
    pub offset: usize,
}

/// Reads a JSON document (RFC 8259) from a text of which pieces may be open. An open piece inside a string makes that
/// string partly known; one that stands for a value is that value.
///
/// # Errors
/// The first place that is not JSON.
pub fn parse(parts: &[Part], origin: OriginId) -> Result<Value, DocumentError> {
    let mut parser = Parser { parts, part: 0, at: 0, passed: 0, origin };
    let value = parser.value(0)?;
    parser.space();
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(parser.error("the end of the document")),
    }
}

struct Parser<'p> {
    parts: &'p [Part],
    part: usize,
    /// Byte offset in the current piece.
    at: usize,
    /// Bytes of the known pieces before it.
    passed: usize,
    origin: OriginId,
}

#[derive(Clone)]
enum Symbol<'p> {
    Char(char),
    Open(&'p Arc<Unknown>, OriginId),
}

impl<'p> Parser<'p> {
    fn error(&self, expected: &'static str) -> DocumentError {
        DocumentError { expected, offset: self.passed + self.at }
    }

    fn peek(&self) -> Option<Symbol<'p>> {
        let (mut part, mut at) = (self.part, self.at);
        loop {
            match self.parts.get(part)? {
                Part::Open(unknown, origin) => return Some(Symbol::Open(unknown, *origin)),
                Part::Known(text, _) => match text.get(at..).and_then(|rest| rest.chars().next()) {
                    Some(character) => return Some(Symbol::Char(character)),
                    None => (part, at) = (part + 1, 0),
                },
            }
        }
    }

    fn peek_char(&self) -> Option<char> {
        match self.peek() {
            Some(Symbol::Char(character)) => Some(character),
            _ => None,
        }
    }

    fn next(&mut self) -> Option<Symbol<'p>> {
        loop {
            match self.parts.get(self.part)? {
                Part::Open(unknown, origin) => {
                    self.part += 1;
                    return Some(Symbol::Open(unknown, *origin));
                }
                Part::Known(text, _) => match text.get(self.at..).and_then(|rest| rest.chars().next()) {
                    Some(character) => {
                        self.at += character.len_utf8();
                        return Some(Symbol::Char(character));
                    }
                    None => {
                        self.passed += text.len();
                        (self.part, self.at) = (self.part + 1, 0);
                    }
                },
            }
        }
    }

    /// The place of the piece that is read now.
    fn place(&self) -> OriginId {
        match self.parts.get(self.part) {
            Some(Part::Known(_, origin) | Part::Open(_, origin)) if !origin.is_none() => *origin,
            _ => self.origin,
        }
    }

    fn space(&mut self) {
        while matches!(self.peek_char(), Some(' ' | '\t' | '\n' | '\r')) {
            self.next();
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek_char() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value, DocumentError> {
        if depth > MAX_DEPTH {
            return Err(self.error("a document of at most 128 levels"));
        }
        self.space();
        let place = self.place();
        match self.peek() {
            Some(Symbol::Open(unknown, origin)) => {
                self.next();
                // The text is open: the value in it is another one, and may be of any type.
                let open = Unknown { symbol: None, shape: super::Shape::Any, ..Unknown::clone(unknown) };
                Ok(Value::new(Data::Unknown(Arc::new(open)), origin))
            }
            Some(Symbol::Char('{')) => self.object(depth, place),
            Some(Symbol::Char('[')) => self.array(depth, place),
            Some(Symbol::Char('"')) => {
                let pieces = self.string()?;
                Ok(join_parts(pieces, place))
            }
            Some(Symbol::Char('t')) => self.word("true", Value::bool(true, place)),
            Some(Symbol::Char('f')) => self.word("false", Value::bool(false, place)),
            Some(Symbol::Char('n')) => self.word("null", Value::null(place)),
            Some(Symbol::Char('-' | '0'..='9')) => self.number(place),
            _ => Err(self.error("a value")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, DocumentError> {
        for character in word.chars() {
            if !self.take(character) {
                return Err(self.error("true, false or null"));
            }
        }
        Ok(value)
    }

    fn number(&mut self, place: OriginId) -> Result<Value, DocumentError> {
        let mut text = String::new();
        let digits = |parser: &mut Self, text: &mut String| {
            let before = text.len();
            while let Some(digit @ '0'..='9') = parser.peek_char() {
                text.push(digit);
                parser.next();
            }
            text.len() > before
        };
        if self.take('-') {
            text.push('-');
        }
        if self.take('0') {
            text.push('0');
        } else if !digits(self, &mut text) {
            return Err(self.error("a digit"));
        }
        if self.take('.') {
            text.push('.');
            if !digits(self, &mut text) {
                return Err(self.error("a digit"));
            }
        }
        if matches!(self.peek_char(), Some('e' | 'E')) {
            self.next();
            text.push('e');
            if let Some(sign @ ('+' | '-')) = self.peek_char() {
                text.push(sign);
                self.next();
            }
            if !digits(self, &mut text) {
                return Err(self.error("a digit"));
            }
        }
        // More digits may follow where an open piece does.
        if matches!(self.peek(), Some(Symbol::Open(..))) {
            return Err(self.error("the end of the number"));
        }
        let number = Number::parse(&text).ok_or_else(|| self.error("a smaller number"))?;
        Ok(Value::number(number, place))
    }

    /// The pieces of a string, from its opening quote to its closing one.
    fn string(&mut self) -> Result<Vec<Part>, DocumentError> {
        self.next();
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut place = self.place();
        loop {
            match self.next() {
                Some(Symbol::Char('"')) => {
                    pieces.push(Part::Known(text.into(), place));
                    return Ok(pieces);
                }
                Some(Symbol::Char('\\')) => {
                    let escaped = self.escape()?;
                    text.push(escaped);
                }
                Some(Symbol::Char('\0'..='\u{1f}')) => return Err(self.error("an escaped control character")),
                Some(Symbol::Char(character)) => text.push(character),
                Some(Symbol::Open(unknown, origin)) => {
                    pieces.push(Part::Known(std::mem::take(&mut text).into(), place));
                    pieces.push(Part::Open(Arc::clone(unknown), origin));
                    place = self.place();
                }
                None => return Err(self.error("the end of the string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, DocumentError> {
        Ok(match self.next() {
            Some(Symbol::Char(character @ ('"' | '\\' | '/'))) => character,
            Some(Symbol::Char('b')) => '\u{8}',
            Some(Symbol::Char('f')) => '\u{c}',
            Some(Symbol::Char('n')) => '\n',
            Some(Symbol::Char('r')) => '\r',
            Some(Symbol::Char('t')) => '\t',
            Some(Symbol::Char('u')) => {
                let first = self.hex()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                // A pair of surrogates; half a pair stands for nothing.
                let before = (self.part, self.at, self.passed);
                if self.take('\\') && self.take('u') {
                    let second = self.hex()?;
                    if (0xdc00..0xe000).contains(&second) {
                        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                        return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                }
                (self.part, self.at, self.passed) = before;
                char::REPLACEMENT_CHARACTER
            }
            _ => return Err(self.error("an escape sequence")),
        })
    }

    fn hex(&mut self) -> Result<u32, DocumentError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek_char().and_then(|character| character.to_digit(16));
            let Some(digit) = digit else { return Err(self.error("a hexadecimal digit")) };
            code = code * 16 + digit;
            self.next();
        }
        Ok(code)
    }

    fn array(&mut self, depth: usize, place: OriginId) -> Result<Value, DocumentError> {
        self.next();
        let mut items = Vec::new();
        self.space();
        if !self.take(']') {
            loop {
                items.push(self.value(depth + 1)?);
                self.space();
                if self.take(']') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.error("a comma or a closing bracket"));
                }
            }
        }
        Ok(Value::list(items, place))
    }

    fn object(&mut self, depth: usize, place: OriginId) -> Result<Value, DocumentError> {
        self.next();
        let mut entries: BTreeMap<Text, Entry> = BTreeMap::new();
        let mut rest = None;
        self.space();
        if !self.take('}') {
            loop {
                self.space();
                if self.peek_char() != Some('"') {
                    return Err(self.error("a key in double quotes"));
                }
                let key_place = self.place();
                let key = join_parts(self.string()?, key_place);
                self.space();
                if !self.take(':') {
                    return Err(self.error("a colon"));
                }
                let value = self.value(depth + 1)?;
                match (&key.data, text::parts(&key)) {
                    (Data::String(key), _) => {
                        entries.insert(key.clone(), Entry::new(key.clone(), key_place, value));
                    }
                    // An entry whose key is not known.
                    (_, parts) => {
                        rest = parts.into_iter().flatten().find_map(|part| match part {
                            Part::Open(unknown, _) => Some(unknown),
                            Part::Known(..) => None,
                        });
                    }
                }
                self.space();
                if self.take('}') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.error("a comma or a closing brace"));
                }
            }
        }
        let map = Map { kind: MapKind::Object, entries: entries.into_values().collect(), rest };
        Ok(Value::new(Data::Map(Arc::new(map)), place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn read(json: &str) -> Option<Value> {
        decoded(&Origins::new(), &Value::string(json, OriginId::NONE))
    }

    #[test]
    fn documents_read_as_an_independent_parser_reads_them() {
        for json in [
            r#"{"a":[1,-2.5e3,true,false,null,"x\u00e9\n\/"],"b":{"c":{}},"a2":[]}"#,
            " [ 1 , 2 ] ",
            r#""\ud83d\ude00""#,
            "0",
        ] {
            let expected: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(as_serde(&read(json).unwrap_or_else(|| Value::absent(OriginId::NONE))), expected, "{json}");
        }
    }

    fn as_serde(value: &Value) -> serde_json::Value {
        match &value.data {
            Data::Null => serde_json::Value::Null,
            Data::Bool(known) => (*known).into(),
            Data::Number(number) => match number.as_i64() {
                // `-2.5e3` is a float to serde_json.
                Some(whole) if number.as_f64().abs() < 1000.0 => whole.into(),
                _ => number.as_f64().into(),
            },
            Data::String(text) => text.as_str().into(),
            Data::List(list) => list.items.iter().map(as_serde).collect(),
            Data::Map(map) => map.entries.iter().map(|entry| (entry.key.to_string(), as_serde(&entry.value))).collect(),
            _ => "not known".into(),
        }
    }

    #[test]
    fn what_is_not_json_has_no_structure() {
        for text in
            ["", "{a:1}", "[1,]", "{\"a\":1,}", "1 2", "01", "nul", "\"a\nb\"", "'a'", "[", "\"", "1.", "+1", "NaN"]
        {
            assert!(decoded(&Origins::new(), &Value::string(text, OriginId::NONE)).is_none(), "{text:?}");
        }
        assert!(read(&"[".repeat(100_000)).is_none());
    }

    #[test]
    fn open_pieces_become_partly_known_strings_and_unknown_values() {
        let open = |name: &str| {
            let Data::Unknown(unknown) = Value::unknown(name, OriginId::NONE).data else { unreachable!() };
            Part::Open(unknown, OriginId::NONE)
        };
        let known = |text: &str| Part::Known(text.into(), OriginId::NONE);
        let parts = [known("{\"Resource\": \"table/"), open("arn"), known("/*\", \"Sid\": "), open("sid"), known("}")];
        let value = Value::new(Data::Parts(parts.to_vec().into()), OriginId::NONE);
        let structure = decoded(&Origins::new(), &value).unwrap();
        assert_eq!(text::known_prefix(structure.get("Resource").unwrap()), "table/");
        assert_eq!(text::known_suffix(structure.get("Resource").unwrap()), "/*");
        assert!(structure.get("Sid").unwrap().is_unknown());
    }

    #[test]
    fn a_text_made_from_an_encoded_one_does_not_keep_its_structure() {
        let origins = Origins::new();
        let span = Span::new(FileId(0), 0, 1);
        let place = origins.literal(span);
        let structure = Value::list(vec![Value::integer(1, place)], OriginId::NONE);
        let text = Value::string("[1]", OriginId::NONE);
        let encoded = origins.hop(span, Step::Document(Document::new(structure, &text)), OriginId::NONE);
        let later = origins.hop(span, Step::Expression, encoded);
        let found = decoded(&origins, &text.at(later)).unwrap();
        assert_eq!(found.as_list().unwrap().items[0].origin, place);
        assert!(kept(&origins, &Value::string("[1] ", later)).is_none());
    }
}
