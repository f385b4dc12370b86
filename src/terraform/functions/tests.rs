//! What the functions give for known, partly known and unknown arguments.

use super::*;
use crate::source::{FileId, Span};
use crate::value::{Data, Entry, ListKind, OriginId, Part, Shape, Symbol, equal};

/// A directory with two files.
struct Directory;

impl Files for Directory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "policy.json" | "./policy.json" => Ok(b"{\"a\": 1}\n".to_vec()),
            "bytes.bin" => Ok(vec![0xff, 0xfe]),
            _ => Err(format!("the file `{path}` can't be read")),
        }
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        if path.starts_with("../") {
            return Err(format!("`{path}` leads out of the analysed directory"));
        }
        Ok(matches!(path, "policy.json" | "./policy.json" | "bytes.bin"))
    }

    fn glob(&self, _: &str, pattern: &str) -> Result<Vec<String>, String> {
        Ok(if pattern == "*.json" { vec!["policy.json".to_owned()] } else { Vec::new() })
    }

    fn absolute(&self, _: &str) -> Option<String> {
        None
    }
}

pub(super) struct Bench {
    pub origins: Origins,
    pub place: OriginId,
}

impl Bench {
    pub fn new() -> Self {
        let origins = Origins::new();
        let place = origins.literal(Span::new(FileId(0), 0, 10));
        Self { origins, place }
    }

    pub fn try_call(&self, name: &str, args: &[Value]) -> Result<Value, Error> {
        call(name, args, &Context { files: &Directory, origins: &self.origins, origin: self.place })
    }

    pub fn call(&self, name: &str, args: &[Value]) -> Value {
        self.try_call(name, args).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::string(text, OriginId::NONE)
}

pub(super) fn number(number: i64) -> Value {
    Value::integer(number, OriginId::NONE)
}

pub(super) fn tuple(items: Vec<Value>) -> Value {
    Value::list(items, OriginId::NONE)
}

pub(super) fn object(entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(key, value)| Entry::new(*key, OriginId::NONE, value.clone())).collect();
    Value::map(entries, OriginId::NONE)
}

pub(super) fn unknown(name: &str) -> Value {
    Value::symbol(
        format!("variable `{name}` has no value; pass a var-file"),
        Symbol::Expression(format!("var.{name}").into()),
        Shape::Any,
        OriginId::NONE,
    )
}

/// The ARN of a resource, known to be a string.
pub(super) fn arn(address: &str) -> Value {
    Value::symbol(
        "it is assigned on creation",
        Symbol::Resource { address: address.into(), attribute: "arn".into() },
        Shape::String,
        OriginId::NONE,
    )
}

fn assert_same(actual: &Value, expected: &Value) {
    assert_eq!(equal(actual, expected), crate::value::Truth::True, "{actual:#?}\nis not\n{expected:#?}");
}

#[test]
fn merging_an_unknown_map_keeps_the_keys_of_the_others() {
    let bench = Bench::new();
    let merged = bench.call("merge", &[object(&[("a", text("1"))]), unknown("tags"), object(&[("b", text("2"))])]);
    let map = merged.as_map().unwrap();
    assert!(map.rest.is_some());
    // What stands before the unknown map may be overridden by it, what follows may not.
    assert!(map.get("a").unwrap().is_unknown());
    assert_eq!(map.get("b").unwrap().as_str(), Some("2"));
    let looked_up = bench.call("lookup", &[merged, text("c"), text("d")]);
    assert!(looked_up.is_unknown());
}

#[test]
fn merged_entries_keep_the_places_of_their_keys_and_values() {
    let bench = Bench::new();
    let key = bench.origins.literal(Span::new(FileId(0), 20, 25));
    let place = bench.origins.literal(Span::new(FileId(0), 28, 30));
    let map = Value::map(vec![Entry::new("a", key, Value::integer(1, place))], OriginId::NONE);
    let merged = bench.call("merge", &[object(&[("a", number(0))]), map]);
    let entry = merged.as_map().unwrap().entry("a").unwrap();
    assert_eq!((entry.key_origin, entry.value.origin), (key, place));
    assert_eq!(merged.origin, bench.place);
}

#[test]
fn the_length_of_a_list_of_unknowns_is_known() {
    let bench = Bench::new();
    assert_eq!(bench.call("length", &[tuple(vec![unknown("a"), unknown("b")])]).as_i64(), Some(2));
    assert!(bench.call("length", &[unknown("a")]).is_unknown());
}

#[test]
fn coalescing_null_and_an_unknown_is_that_unknown() {
    let bench = Bench::new();
    let null = Value::null(OriginId::NONE);
    let result = bench.call("coalesce", &[null.clone(), unknown("a")]);
    assert_same(&result, &unknown("a"));
    assert!(bench.call("coalesce", &[null, unknown("a"), text("b")]).as_unknown().unwrap().symbol.is_none());
}

#[test]
fn concatenating_an_unknown_list_keeps_the_known_items() {
    let bench = Bench::new();
    let result = bench.call("concat", &[tuple(vec![text("a")]), unknown("more")]);
    let list = result.as_list().unwrap();
    assert_eq!(list.items.len(), 1);
    assert!(list.rest.is_some());
}

#[test]
fn texts_joined_with_unknowns_are_partly_known() {
    let bench = Bench::new();
    let joined = bench.call("join", &[text("/"), tuple(vec![text("table"), arn("aws_x.y"), text("index")])]);
    let Data::Parts(parts) = &joined.data else { panic!("{joined:?}") };
    assert_eq!(parts.len(), 3);
    assert!(matches!(&parts[0], Part::Known(text, _) if text == "table/"));
    assert!(matches!(&parts[1], Part::Open(unknown, _) if unknown.symbol.is_some()));
    assert_eq!(bench.call("startswith", &[joined.clone(), text("table/")]).as_bool(), Some(true));
    assert_eq!(bench.call("startswith", &[joined.clone(), text("bucket/")]).as_bool(), Some(false));
    assert!(bench.call("startswith", &[joined, text("table/x")]).is_unknown());
}

#[test]
fn contains_follows_kleene() {
    let bench = Bench::new();
    let list = tuple(vec![text("a"), unknown("x")]);
    assert_eq!(bench.call("contains", &[list.clone(), text("a")]).as_bool(), Some(true));
    assert!(bench.call("contains", &[list, text("b")]).is_unknown());
}

#[test]
fn null_arguments_are_refused_where_terraform_refuses_them() {
    let bench = Bench::new();
    let error = bench.try_call("lower", &[Value::null(OriginId::NONE)]).unwrap_err();
    assert_eq!(error.argument, Some(0));
    assert!(bench.try_call("merge", &[Value::null(OriginId::NONE)]).is_ok());
}

#[test]
fn sets_are_sorted_and_without_repetitions() {
    let bench = Bench::new();
    let set = bench.call("toset", &[tuple(vec![text("b"), text("a"), text("b")])]);
    let list = set.as_list().unwrap();
    assert_eq!(list.kind, ListKind::Set);
    let items: Vec<_> = list.items.iter().filter_map(Value::as_str).collect();
    assert_eq!(items, ["a", "b"]);
}

#[test]
fn names_are_sorted_and_found_in_all_their_forms() {
    let names: Vec<_> = names().collect();
    assert!(names.is_sorted());
    assert!(exists("core::lower") && exists("lower") && !exists("lowr"));
}
