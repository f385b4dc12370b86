//! The tree against an independent reader of the same language: names, labels and the text of every expression.

use std::fmt::Write as _;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::structure::{BlockLabel, Body as JudgeBody, Structure};
use proptest::prelude::*;

use super::{Body, Document, parse};
use crate::source::{FileId, SourceFile};

fn name() -> impl Strategy<Value = String> {
    // No keywords: the judge reads some of them as names.
    "[a-z][a-z0-9_]{0,6}".prop_map(|name| format!("n{name}"))
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[a-zäß€ :/.-]{0,8}",
            Just("\\n".to_owned()),
            Just("\\\"".to_owned()),
            Just("$${x}".to_owned()),
            Just("${var.x}".to_owned()),
            Just("${~ local.y ~}".to_owned()),
            Just("%{ if true }a%{ else }b%{ endif }".to_owned()),
        ],
        0..4,
    )
    .prop_map(|parts| format!("\"{}\"", parts.concat()))
}

/// An expression in which line breaks stand only inside of brackets.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "[0-9]{1,3}",
        "[0-9]{1,2}\\.[0-9]{1,2}",
        text(),
        name().prop_map(|name| format!("var.{name}")),
        name().prop_map(|name| format!("aws_x.{name}[0].id")),
        name().prop_map(|name| format!("aws_x.{name}[*].id")),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            list.clone().prop_map(|items| format!("[{}]", items.join(", "))),
            list.clone().prop_map(|items| format!("[\n  {}\n]", items.join(",\n  "))),
            list.clone().prop_map(|items| {
                let items: Vec<String> =
                    items.iter().enumerate().map(|(index, item)| format!("k{index} = {item}")).collect();
                format!("{{\n  {}\n}}", items.join("\n  "))
            }),
            (name(), list).prop_map(|(name, items)| format!("{name}({})", items.join(", "))),
            inner.clone().prop_map(|inner| format!("({inner})")),
            inner.clone().prop_map(|inner| format!("!{inner}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} == {b}")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a} ? {b} : {c}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("[for x in {a} : {b} if x != 1]")),
        ]
    })
}

fn attributes(indent: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec((expression(), any::<bool>()), 0..4).prop_map(move |expressions| {
        let mut out = String::new();
        for (index, (expression, comment)) in expressions.into_iter().enumerate() {
            let comment = if comment { " # ü" } else { "" };
            let _ = writeln!(out, "{indent}a{index} = {expression}{comment}");
        }
        out
    })
}

fn file() -> impl Strategy<Value = String> {
    let block = (name(), prop::collection::vec(name(), 0..3), attributes("  "), attributes("    ")).prop_map(
        |(name, labels, outer, inner)| {
            let labels = labels.iter().fold(String::new(), |labels, label| labels + " \"" + label + "\"");
            format!("{name}{labels} {{\n{outer}  inner {{\n{inner}  }}\n}}\n")
        },
    );
    (attributes(""), prop::collection::vec(block, 0..3)).prop_map(|(top, blocks)| format!("{top}{}", blocks.concat()))
}

fn ours(document: &Document, body: &Body, out: &mut String) {
    for attribute in &body.attributes {
        let _ = writeln!(out, "{} = {}", attribute.name, document.file.slice(attribute.expr.span));
    }
    for block in &body.blocks {
        let labels: Vec<&str> = block.labels.iter().map(|label| label.text.as_str()).collect();
        let _ = writeln!(out, "{} {labels:?} {{", block.name);
        ours(document, &block.body, out);
    }
}

fn theirs(text: &str, body: &JudgeBody, out: &mut String) {
    for attribute in body.attributes() {
        let span = attribute.value.span().expect("a parsed expression has a span");
        let _ = writeln!(out, "{} = {}", attribute.key.as_str(), &text[span]);
    }
    for structure in body {
        let Structure::Block(block) = structure else { continue };
        let labels: Vec<&str> = block.labels.iter().map(BlockLabel::as_str).collect();
        let _ = writeln!(out, "{} {labels:?} {{", block.ident.as_str());
        theirs(text, &block.body, out);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_labels_and_expressions_are_those_that_another_reader_finds(text in file()) {
        let document = parse(Arc::new(SourceFile::new(FileId(0), "main.tf".into(), text.as_str())));
        prop_assert_eq!(&document.errors, &Vec::new());
        let (mut found, mut expected) = (String::new(), String::new());
        ours(&document, &document.body, &mut found);
        let judge = hcl_edit::parser::parse_body(&text).expect("the judge reads it too");
        theirs(&text, &judge, &mut expected);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_makes_the_parser_fail(text in "[a-z0-9 =\"{}\\[\\]()$%~<.,:?!&|#/*\\\\\r\n-]{0,60}") {
        let document = parse(Arc::new(SourceFile::new(FileId(0), "main.tf".into(), text)));
        for error in &document.errors {
            prop_assert!(document.file.whole().contains(error.span));
        }
    }
}
