use std::path::PathBuf;
use std::sync::Arc;

use crate::source::{FileId, SourceFile};
use crate::syntax::tree::{NodeRef, Scalar, Tree};

use super::parse;

fn read(text: &str) -> Tree {
    parse(Arc::new(SourceFile::new(FileId(0), PathBuf::from("t.json"), text)))
}

fn sound(text: &str) -> Tree {
    let tree = read(text);
    assert_eq!(tree.errors, [], "{text}");
    tree
}

#[test]
fn spans_give_back_what_stands_in_the_text() {
    let text = "\u{feff} { \"é\" : [ 1.5e3, \"a\\u00e9\\n\\ud83e\\udd80\", null ],\r\n\t\"k\": {\"x\": true} } ";
    let tree = sound(text);
    let root = tree.root().unwrap();
    assert_eq!(tree.file.slice(root.span()), text.trim_matches(['\u{feff}', ' ']));
    let (key, list) = root.entry("é").unwrap();
    assert_eq!(tree.file.slice(key.span()), "\"é\"");
    assert_eq!(tree.file.slice(key.text_span().unwrap()), "é");
    assert_eq!(tree.file.slice(list.span()), "[ 1.5e3, \"a\\u00e9\\n\\ud83e\\udd80\", null ]");
    let items: Vec<Option<Scalar<'_>>> = list.items().map(NodeRef::scalar).collect();
    assert_eq!(items, [Some(Scalar::Number("1.5e3")), Some(Scalar::String("aé\n🦀")), Some(Scalar::Null)]);
    assert_eq!(tree.file.slice(root.get("k").unwrap().span()), "{\"x\": true}");
}

#[test]
fn a_repeated_key_is_told_and_the_last_counts() {
    let tree = read("{\"a\": 1, \"b\": 2, \"a\": 3}");
    assert!(tree.errors.len() == 1 && tree.errors[0].recoverable);
    assert_eq!(tree.errors[0].span.start, 17);
    assert_eq!(tree.root().unwrap().get("a").unwrap().scalar(), Some(Scalar::Number("3")));
}

#[test]
fn what_json_does_not_have_is_refused() {
    for text in [
        "{'a': 1}",
        "{a: 1}",
        "{\"a\": 1,}",
        "[1,]",
        "[1 2]",
        "[,1]",
        "{\"a\" 1}",
        "{\"a\":}",
        "// c\n{}",
        "{} {}",
        "[01]",
        "[+1]",
        "[.5]",
        "[5.]",
        "[0x1]",
        "[NaN]",
        "[Infinity]",
        "[1e]",
        "[\"\\x41\"]",
        "[\"\\ud800\"]",
        "[\"a\tb\"]",
        "[\"a\nb\"]",
        "[\"a]",
        "[True]",
        "[1\u{a0}]",
        "[1\u{c}]",
        "{\"a\": [1, 2}",
        "[1",
        "{",
        "]",
        "{\"a\":1]",
        "nulls",
        "\u{1}",
    ] {
        assert!(read(text).is_broken(), "{text:?}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text:?}");
    }
}

#[test]
fn the_rest_is_read_around_a_mistake() {
    for broken in
        ["\"x\": 'q'", "\"x\": \"q", "\"x\": [1, 2", "\"x\": ", "\"x\"", "x: 1", "\"x\": {\"y\": 1", "\"x\": \"\\q\""]
    {
        let text = format!("{{\"a\": 1,\n{broken},\n\"b\": 2}}");
        let tree = read(&text);
        assert!(tree.is_broken(), "{broken}");
        let shown = format!("{:?}", tree.root().unwrap());
        assert!(shown.contains("\"a\")): Some(Number(\"1\"))"), "{broken}: {shown}");
        assert!(shown.contains("\"b\")): Some(Number(\"2\"))"), "{broken}: {shown}");
    }
}

#[test]
fn deep_nesting_is_refused_with_its_bound() {
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000), format!("{}{}", "[".repeat(300), "]".repeat(300))] {
        let tree = read(&text);
        assert!(tree.errors.iter().any(|error| error.message.contains("255")), "{:?}", tree.errors.first());
    }
    sound(&format!("{}{}", "[".repeat(255), "]".repeat(255)));
}

#[test]
fn hostile_quotes_end_soon() {
    let text = format!("[\"x{}", "\\\"\n".repeat(100_000));
    let tree = read(&text);
    assert!(tree.is_broken() && tree.errors.len() <= 32);
}

#[test]
fn an_empty_text_has_no_document() {
    assert!(sound(" \n").documents.is_empty());
}
