//! What the functions give for known, partly known and unknown arguments.

use super::super::normal;
use super::*;
use crate::source::{FileId, Span};
use crate::value::{
    Case, Data, Entry, Input, InputKind, Inputs, ListKind, OriginId, Part, Shape, Symbol, Truth, decoded, equal,
};
use proptest::prelude::*;

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
    assert_eq!(equal(actual, expected), Truth::True, "{actual:#?}\nis not\n{expected:#?}");
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

/// A choice between values, one for each case of an open input.
fn either(values: &[Value]) -> Value {
    let cases = (0..values.len())
        .map(|case| Case { label: case.to_string().into(), value: number(0), is_rest: false })
        .collect();
    let mut inputs = Inputs::default();
    let input = inputs.add(Input { name: "env".into(), kind: InputKind::Variable, span: None, cases, default: None });
    crate::value::choice(input, values.to_vec())
}

fn cases(value: &Value) -> &[Value] {
    match &value.data {
        Data::Choice(choice) => &choice.cases,
        _ => panic!("{value:?} is no choice"),
    }
}

#[test]
fn functions_follow_choices_at_the_top_and_deep_inside_of_their_arguments() {
    let bench = Bench::new();
    let name = either(&[text("Prod"), text("Dev")]);
    let lowered = bench.call("lower", std::slice::from_ref(&name));
    assert_eq!(cases(&lowered)[1].as_str(), Some("dev"));
    let joined = bench.call("join", &[text("-"), tuple(vec![text("orders"), name.clone()])]);
    assert_eq!(cases(&joined)[0].as_str(), Some("orders-Prod"));
    let found = bench.call("contains", &[tuple(vec![name, text("x")]), text("Dev")]);
    assert_eq!(cases(&found)[0].as_bool(), Some(false));
    assert_eq!(cases(&found)[1].as_bool(), Some(true));
}

#[test]
fn a_call_that_fails_in_one_case_is_unknown_in_that_case_only() {
    let bench = Bench::new();
    let result = bench.call("tonumber", &[either(&[text("5"), text("many")])]);
    assert_eq!(cases(&result)[0].as_i64(), Some(5));
    assert!(cases(&result)[1].is_unknown());
    assert!(bench.try_call("tonumber", &[either(&[text("few"), text("many")])]).is_err());
}

#[test]
fn flattening_follows_choices_between_lists_and_leaves_others_inside() {
    let bench = Bench::new();
    let optional = either(&[tuple(vec![text("b")]), tuple(Vec::new())]);
    let inner = object(&[("x", either(&[number(1), number(2)]))]);
    let flat = bench.call("flatten", &[tuple(vec![text("a"), optional, tuple(vec![inner])])]);
    assert_eq!(cases(&flat)[0].as_list().unwrap().items.len(), 3);
    assert_eq!(cases(&flat)[1].as_list().unwrap().items.len(), 2);
    let rest = bench.call("flatten", &[tuple(vec![text("a"), unknown("more")])]);
    assert!(rest.as_list().unwrap().rest.is_some());
}

#[test]
fn json_texts_keep_their_structure_with_unknown_parts_and_places() {
    let bench = Bench::new();
    let place = bench.origins.literal(crate::source::Span::new(FileId(0), 40, 45));
    let policy = object(&[
        ("Effect", Value::string("Allow", place)),
        ("Resource", arn("aws_dynamodb_table.orders")),
        ("Action", either(&[text("dynamodb:*"), text("dynamodb:GetItem")])),
    ]);
    let encoded = bench.call("jsonencode", &[policy]);
    assert!(matches!(encoded.data, Data::Parts(_)));
    let structure = decoded(&bench.origins, &encoded).unwrap();
    assert_eq!(structure.get("Effect").unwrap().origin, place);
    assert!(structure.get("Resource").unwrap().as_unknown().unwrap().symbol.is_some());
    assert_eq!(cases(structure.get("Action").unwrap())[0].as_str(), Some("dynamodb:*"));
    let again = bench.call("jsondecode", &[encoded]);
    assert_eq!(again.get("Effect").unwrap().as_str(), Some("Allow"));
}

#[test]
fn json_texts_with_open_pieces_are_decoded_as_far_as_they_are_known() {
    let bench = Bench::new();
    let document = bench.call("format", &[text("{\"Resource\": \"%s/index/*\", \"Effect\": \"Allow\"}"), arn("t")]);
    let structure = bench.call("jsondecode", &[document]);
    assert_eq!(structure.get("Effect").unwrap().as_str(), Some("Allow"));
    assert_eq!(crate::value::text::known_suffix(structure.get("Resource").unwrap()), "/index/*");
}

#[test]
fn formats_with_unknown_arguments_are_partly_known() {
    let bench = Bench::new();
    let result = bench.call("format", &[text("%s/index/%s"), arn("t"), text("by-date")]);
    let Data::Parts(parts) = &result.data else { panic!("{result:?}") };
    assert!(matches!(&parts[0], Part::Open(unknown, _) if unknown.symbol.is_some()));
    assert!(matches!(&parts[1], Part::Known(text, _) if text == "/index/by-date"));
    // A padded unknown is no longer the unknown itself.
    let padded = bench.call("format", &[text("%20s"), arn("t")]);
    let Data::Parts(parts) = &padded.data else { panic!("{padded:?}") };
    assert!(matches!(&parts[0], Part::Open(unknown, _) if unknown.symbol.is_none()));
}

#[test]
fn compacting_keeps_what_is_never_empty_and_leaves_the_rest_open() {
    let bench = Bench::new();
    let result = bench.call("compact", &[tuple(vec![arn("aws_sns_topic.t"), text(""), unknown("email")])]);
    let list = result.as_list().unwrap();
    assert_eq!(list.items.len(), 1);
    assert!(list.rest.is_some());
}

#[test]
fn sets_with_unknown_items_are_known_as_far_as_that_goes() {
    let bench = Bench::new();
    let result = bench.call("setsubtract", &[tuple(vec![text("a"), text("b")]), tuple(vec![text("a"), unknown("x")])]);
    let list = result.as_list().unwrap();
    assert!(list.items.is_empty() && list.rest.is_some());
    let union = bench.call("setunion", &[tuple(vec![text("b"), text("a")]), unknown("more")]);
    assert_eq!(union.as_list().unwrap().items.len(), 2);
    assert!(bench.call("length", &[bench.call("toset", &[tuple(vec![text("a"), unknown("x")])])]).is_unknown());
}

#[test]
fn zipping_known_keys_with_unknown_values_keeps_the_keys() {
    let bench = Bench::new();
    let result = bench.call("zipmap", &[tuple(vec![text("b"), text("a")]), unknown("values")]);
    let keys: Vec<_> = result.as_map().unwrap().entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["a", "b"]);
}

#[test]
fn elements_behind_an_open_rest_are_not_known_by_position() {
    let bench = Bench::new();
    let list = bench.call("concat", &[unknown("first"), tuple(vec![text("a")])]);
    assert!(bench.call("element", &[list.clone(), number(0)]).is_unknown());
    assert!(bench.call("slice", &[list.clone(), number(0), number(1)]).is_unknown());
    assert_eq!(bench.call("contains", &[list, text("a")]).as_bool(), Some(true));
    let list = bench.call("tolist", &[tuple(vec![text("a"), text("b")])]);
    assert_eq!(bench.call("element", &[list, number(-1)]).as_str(), Some("b"));
}

#[test]
fn trimming_partly_known_texts_needs_only_the_known_end() {
    let bench = Bench::new();
    let name = bench.call("join", &[text(""), tuple(vec![text("table/"), arn("t")])]);
    let trimmed = bench.call("trimprefix", &[name.clone(), text("table/")]);
    assert!(matches!(&trimmed.data, Data::Parts(parts) if parts.len() == 1));
    assert!(bench.call("trimsuffix", &[name.clone(), text("/")]).is_unknown());
    assert_eq!(bench.call("strcontains", &[name.clone(), text("ble")]).as_bool(), Some(true));
    let Data::Parts(parts) = &bench.call("upper", &[name]).data else { panic!() };
    assert!(matches!(&parts[1], Part::Open(unknown, _) if unknown.symbol.is_none()));
}

#[test]
fn files_are_read_inside_the_root_only() {
    let bench = Bench::new();
    assert_eq!(bench.call("file", &[text("policy.json")]).as_str(), Some("{\"a\": 1}\n"));
    assert!(bench.try_call("file", &[text("missing.json")]).is_err());
    assert!(bench.try_call("file", &[text("bytes.bin")]).is_err());
    assert_eq!(bench.call("filebase64", &[text("bytes.bin")]).as_str(), Some("//4="));
    let outside = bench.call("file", &[text("../secret")]);
    assert!(outside.as_unknown().unwrap().why.contains("leads out"));
    assert_eq!(bench.call("fileset", &[text("."), text("*.json")]).as_list().unwrap().items.len(), 1);
    assert!(bench.call("abspath", &[text("x")]).is_unknown());
}

#[test]
fn what_differs_from_run_to_run_is_unknown() {
    let bench = Bench::new();
    for (name, args) in [
        ("timestamp", vec![]),
        ("plantimestamp", vec![]),
        ("uuid", vec![]),
        ("bcrypt", vec![text("a")]),
        ("base64gzip", vec![text("a")]),
        ("rsadecrypt", vec![text("a"), text("b")]),
        ("pathexpand", vec![text("~/x")]),
    ] {
        assert!(bench.call(name, &args).is_unknown(), "{name}");
    }
}

#[test]
fn functions_that_only_opentofu_has() {
    let bench = Bench::new();
    let zipped = "H4sIAAAAAAAA/8pIzcnJBwAAAP//AQAA//+GphA2BQAAAA==";
    assert_eq!(bench.call("base64gunzip", &[text(zipped)]).as_str(), Some("hello"));
    assert!(bench.try_call("base64gunzip", &[text("aGVsbG8=")]).is_err());
    assert_eq!(bench.call("urldecode", &[text("a+b%2Fc%C3%A9")]).as_str(), Some("a b/c\u{e9}"));
    assert!(bench.try_call("urldecode", &[text("%zz")]).is_err());
    let contains = |outer: &str, inner: &str| bench.call("cidrcontains", &[text(outer), text(inner)]).as_bool();
    assert_eq!(contains("10.0.0.0/8", "10.1.2.3"), Some(true));
    assert_eq!(contains("10.0.0.0/8", "10.0.0.0/7"), Some(false));
    assert_eq!(contains("fd00::/8", "fd12::/16"), Some(true));
    assert!(bench.try_call("cidrcontains", &[text("10.0.0.0/8"), text("fd00::1")]).is_err());
}

#[test]
fn texts_that_would_fill_memory_are_refused() {
    let bench = Bench::new();
    let long = text(&"x".repeat(1 << 20));
    let many = tuple(vec![long.clone(); 100]);
    assert!(bench.try_call("join", &[text(""), many.clone()]).is_err());
    assert!(bench.try_call("jsonencode", &[many]).is_err());
    assert!(bench.try_call("replace", &[long.clone(), text("x"), text(&"y".repeat(100))]).is_err());
    assert!(bench.try_call("format", &[text(&"%[1]s".repeat(100)), long]).is_err());
    assert!(bench.try_call("range", &[number(2000)]).is_err());
    let hundred = tuple((0..100).map(number).collect());
    assert!(bench.call("setproduct", &[hundred.clone(), hundred.clone(), hundred]).is_unknown());
}

#[test]
fn hostile_patterns_and_documents_end_in_an_error_or_unknown() {
    let bench = Bench::new();
    assert!(bench.call("regex", &[text("(\\pL{1000}){1000}"), text("a")]).is_unknown());
    assert!(bench.try_call("regex", &[text(&"(".repeat(100_000)), text("a")]).is_err());
    assert!(bench.try_call("jsondecode", &[text(&"[".repeat(100_000))]).is_err());
    assert!(bench.try_call("yamldecode", &[text(&"[".repeat(100_000))]).is_err());
}

/// Values of JSON's types.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::null(OriginId::NONE)),
        any::<bool>().prop_map(|known| Value::bool(known, OriginId::NONE)),
        any::<i64>().prop_map(number),
        "\\PC{0,8}".prop_map(|known| normal::value(text(&known))),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(tuple),
            prop::collection::btree_map("[a-z\"<\u{e9}]{0,3}", inner, 0..5).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, value)| Entry::new(key, OriginId::NONE, value));
                Value::map(entries.collect(), OriginId::NONE)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_encoded_as_json_reads_back(value in any_value()) {
        let bench = Bench::new();
        let encoded = bench.call("jsonencode", std::slice::from_ref(&value));
        // Without its origin the text has to speak for itself.
        let plain = text(encoded.as_str().unwrap());
        prop_assert!(serde_json::from_str::<serde_json::Value>(encoded.as_str().unwrap()).is_ok());
        prop_assert_eq!(equal(&bench.call("jsondecode", &[plain]), &value), Truth::True);
    }

    #[test]
    fn what_is_encoded_as_yaml_reads_back(value in any_value()) {
        let bench = Bench::new();
        let encoded = bench.call("yamlencode", std::slice::from_ref(&value));
        let plain = text(encoded.as_str().unwrap());
        let again = bench.call("yamldecode", &[plain]);
        prop_assert_eq!(equal(&again, &value), Truth::True, "{}", encoded.as_str().unwrap());
    }

    #[test]
    fn base64_and_urls_read_back(original in "\\PC{0,20}") {
        let bench = Bench::new();
        let original = normal::text(&original.into());
        for (encode, decode) in [("base64encode", "base64decode"), ("urlencode", "urldecode")] {
            let encoded = bench.call(encode, &[text(&original)]);
            let decoded = bench.call(decode, &[encoded]);
            prop_assert_eq!(decoded.as_str(), Some(original.as_str()));
        }
    }

    #[test]
    fn no_function_panics_on_any_arguments(
        args in prop::collection::vec(prop_oneof![any_value(), Just(unknown("x")), Just(arn("t"))], 0..4)
    ) {
        let bench = Bench::new();
        for name in names() {
            let _ = bench.try_call(name, &args);
        }
    }
}
