use std::path::PathBuf;
use std::sync::Arc;

use crate::source::{FileId, SourceFile};
use crate::syntax::tree::{NodeRef, Scalar, Tree};

use super::parse;

fn read(text: &str) -> Tree {
    parse(Arc::new(SourceFile::new(FileId(0), PathBuf::from("t.yaml"), text)))
}

fn sound(text: &str) -> Tree {
    let tree = read(text);
    assert_eq!(tree.errors, [], "{text}");
    tree
}

/// The node at a path of keys and indices.
fn at<'t>(tree: &'t Tree, path: &str) -> NodeRef<'t> {
    let mut node = tree.root().expect("a document");
    for step in path.split('.').filter(|step| !step.is_empty()) {
        node = match step.parse::<usize>() {
            Ok(index) if node.is_sequence() => node.items().nth(index).unwrap_or_else(|| panic!("no item {step}")),
            _ => node.get(step).unwrap_or_else(|| panic!("no key {step} in {node:?}")),
        };
    }
    node
}

fn slice<'t>(tree: &'t Tree, path: &str) -> &'t str {
    tree.file.slice(at(tree, path).span())
}

fn shape(text: &str) -> String {
    format!("{:?}", read(text).root().expect("a document"))
}

#[test]
fn spans_give_back_what_stands_in_the_text() {
    let tree =
        sound("a: 1\nb:\n  - x\n  - {c: 'd e'}\n  -\nf: !Sub \"${G}\"\nh: |\n  one\n  two\n\n# end\ni: [j, k: l]\n");
    assert_eq!(slice(&tree, "a"), "1");
    assert_eq!(slice(&tree, "b"), "- x\n  - {c: 'd e'}\n  -");
    assert_eq!(slice(&tree, "b.1"), "{c: 'd e'}");
    assert_eq!(slice(&tree, "b.1.c"), "'d e'");
    assert_eq!(slice(&tree, "b.2"), "");
    assert_eq!(slice(&tree, "f"), "!Sub \"${G}\"");
    assert_eq!(tree.file.slice(at(&tree, "f").text_span().unwrap()), "${G}");
    assert_eq!(slice(&tree, "h"), "|\n  one\n  two");
    assert_eq!(at(&tree, "h").text(), Some("one\ntwo\n"));
    assert_eq!(slice(&tree, "i.1"), "k: l");
    assert_eq!(tree.file.slice(tree.comments[0].span), "# end");
}

#[test]
fn a_mapping_ends_with_its_last_value_whatever_follows() {
    let tree = sound("a:\n  b: 1   \n\n  # note\n\nc: 2\n");
    assert_eq!(slice(&tree, "a"), "b: 1");
    let tree = sound("a:\n  b:   # nothing\nc: 2\n");
    assert_eq!(slice(&tree, "a"), "b:");
    assert!(at(&tree, "a.b").is_null());
}

#[test]
fn an_empty_value_stands_right_behind_its_colon() {
    let tree = sound("a:  \nb: {c, d: }\n? e\n");
    let span = at(&tree, "a").span();
    assert_eq!((span.start, span.end), (2, 2));
    assert!(at(&tree, "b.c").is_null());
    assert!(at(&tree, "b.d").is_null());
    assert!(at(&tree, "e").is_null());
}

#[test]
fn offsets_count_bytes_of_the_file_with_mark_line_breaks_and_wide_characters() {
    let tree = sound("\u{feff}é: ü\r\n日本:\r\n  - \"ß\\n\"\r\n  - 🦀 x");
    assert_eq!(slice(&tree, "é"), "ü");
    assert_eq!(slice(&tree, "日本"), "- \"ß\\n\"\r\n  - 🦀 x");
    assert_eq!(slice(&tree, "日本.0"), "\"ß\\n\"");
    assert_eq!(at(&tree, "日本.0").text(), Some("ß\n"));
    assert_eq!(slice(&tree, "日本.1"), "🦀 x");
}

#[test]
fn short_tags_are_kept_and_make_plain_scalars_text() {
    let tree = sound(
        "a: !Ref 123\nb: !GetAtt T.Arn\nc: !If\n  - X\n  - !Ref AWS::NoValue\nd: !Sub\ne: !!str 1\nf: !<tag:yaml.org,2002:int> 7\ng: ! 12\n",
    );
    assert_eq!(at(&tree, "a").tag(), Some("!Ref"));
    assert_eq!(at(&tree, "a").scalar(), Some(Scalar::String("123")));
    assert_eq!(slice(&tree, "c"), "!If\n  - X\n  - !Ref AWS::NoValue");
    assert_eq!(at(&tree, "c.1").tag(), Some("!Ref"));
    assert_eq!(at(&tree, "d").scalar(), Some(Scalar::String("")));
    assert_eq!(slice(&tree, "d"), "!Sub");
    assert_eq!((at(&tree, "e").tag(), at(&tree, "e").scalar()), (Some("!!str"), Some(Scalar::String("1"))));
    assert_eq!((at(&tree, "f").tag(), at(&tree, "f").scalar()), (Some("!!int"), Some(Scalar::Number("7"))));
    assert_eq!((at(&tree, "g").tag(), at(&tree, "g").scalar()), (None, Some(Scalar::String("12"))));
}

#[test]
fn a_date_and_a_quoted_number_are_text() {
    let tree = sound("AWSTemplateFormatVersion: 2010-09-09\na: '5'\nb: 5\nc: 0x10\n");
    assert_eq!(at(&tree, "AWSTemplateFormatVersion").scalar(), Some(Scalar::String("2010-09-09")));
    assert_eq!(at(&tree, "a").scalar(), Some(Scalar::String("5")));
    assert_eq!(at(&tree, "b").scalar(), Some(Scalar::Number("5")));
    assert_eq!(at(&tree, "c").scalar(), Some(Scalar::Number("16")));
    assert_eq!(slice(&tree, "c"), "0x10");
}

#[test]
fn aliases_are_the_anchored_node_itself() {
    let tree = sound("a: &x {b: 1}\nc: *x\nd: [*x]\n");
    assert_eq!(at(&tree, "c").id, at(&tree, "a").id);
    assert_eq!(at(&tree, "d.0.b").scalar(), Some(Scalar::Number("1")));
    assert_eq!(slice(&tree, ""), "a: &x {b: 1}\nc: *x\nd: [*x]");
}

#[test]
fn merge_keys_give_what_the_mapping_lacks() {
    let tree = sound(
        "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\none:\n  <<: *x\n  b: 9\ntwo:\n  d: 5\n  <<: [*x, *y]\nq: {'<<': 1}\n",
    );
    assert_eq!(format!("{:?}", at(&tree, "one")), format!("{:?}", sound("{a: 1, b: 9}").root().unwrap()));
    assert_eq!(format!("{:?}", at(&tree, "two")), format!("{:?}", sound("{a: 1, b: 2, c: 4, d: 5}").root().unwrap()));
    assert!(at(&tree, "q").get("<<").is_some());
    assert!(!read("a: {<<: 5}\n").errors.is_empty());
}

#[test]
fn of_a_repeated_key_the_last_counts_and_the_second_place_is_told() {
    let many: Vec<String> = (0..40).map(|index| format!("k{index}: 0")).collect();
    for text in ["a: 1\nb: 2\na: 3\n".to_owned(), format!("a: 1\n{}\na: 3\n", many.join("\n"))] {
        let tree = read(&text);
        assert_eq!(tree.errors.len(), 1);
        assert!(tree.errors[0].recoverable && tree.errors[0].message.contains("`a`"));
        assert_eq!(tree.errors[0].span.start as usize, text.rfind("a: 3").unwrap());
        assert_eq!(at(&tree, "a").scalar(), Some(Scalar::Number("3")));
    }
}

/// How many nodes there are with all aliases expanded.
fn count(node: NodeRef<'_>) -> u64 {
    1 + node.items().map(count).sum::<u64>() + node.entries().map(|(_, value)| count(value)).sum::<u64>()
}

#[test]
fn an_alias_bomb_ends_in_a_message_and_few_nodes() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.extend([format!("a{level}: &a{level} [{items}]\n")]);
    }
    let tree = read(&text);
    assert!(tree.errors.iter().any(|error| error.message.contains("1000000")), "{:?}", tree.errors);
    assert!(count(tree.root().unwrap()) < 1_200_000);
}

fn height(node: NodeRef<'_>) -> usize {
    1 + node.items().map(height).chain(node.entries().map(|(_, value)| height(value))).max().unwrap_or(0)
}

#[test]
fn aliases_do_not_nest_deeper_than_the_text_may() {
    let mut text = format!("a0: &a0 {}x{}\n", "[".repeat(100), "]".repeat(100));
    for level in 1..6 {
        let (open, close) = ("[".repeat(100), "]".repeat(100));
        text.extend([format!("a{level}: &a{level} {open}*a{}{close}\n", level - 1)]);
    }
    let tree = read(&text);
    assert!(tree.errors.iter().all(|error| error.message.contains("255")) && !tree.errors.is_empty());
    assert!(at(&tree, "a1").items().next().is_some());
    assert!(height(tree.root().unwrap()) <= 257);
}

#[test]
fn quoted_texts_may_go_on_left_of_their_key() {
    let tree = sound("a:\n  b: !Sub '{\n\"it''s\": 1}' # c\n  d: \"x\n\ty\"\n  e: 2\n");
    assert_eq!(at(&tree, "a.b").text(), Some("{ \"it's\": 1}"));
    assert_eq!(slice(&tree, "a.b"), "!Sub '{\n\"it''s\": 1}'");
    assert_eq!(at(&tree, "a.d").text(), Some("x y"));
    assert_eq!(at(&tree, "a.e").text(), Some("2"));
    assert_eq!(tree.comments.len(), 1);
}

#[test]
fn a_block_at_the_end_of_a_file_without_line_break_has_none() {
    assert_eq!(at(&sound("a: |\n  x\n  y"), "a").text(), Some("x\ny"));
    assert_eq!(at(&sound("a: |\n  x\n"), "a").text(), Some("x\n"));
}

#[test]
fn an_alias_without_anchor_is_an_error_at_its_place() {
    let tree = read("a: *missing\nb: 1\n");
    assert_eq!(tree.file.slice(tree.errors[0].span), "*missing");
    assert_eq!(at(&tree, "b").scalar(), Some(Scalar::Number("1")));
    assert!(tree.is_broken());
    assert!(!read("a: &a [*a]\n").errors.is_empty());
}

#[test]
fn deep_nesting_is_refused_with_its_bound() {
    for text in ["[".repeat(100_000), "{a: ".repeat(50_000), "- ".repeat(50_000), "? ".repeat(5_000)] {
        let tree = read(&text);
        assert!(tree.errors.iter().any(|error| error.message.contains("255")), "{:?}", tree.errors);
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    sound(&deep);
}

#[test]
fn documents_are_read_one_by_one() {
    let tree = sound("%YAML 1.1\n---\na: 1\n---\n- b\n...\n---\n--- c\n");
    let shapes: Vec<String> = tree.documents.iter().map(|id| format!("{:?}", tree.node(*id))).collect();
    assert_eq!(shapes, [shape("a: 1"), shape("- b"), shape("~"), shape("c")]);
    assert!(sound("").documents.is_empty());
    assert!(sound("# only a comment\n").documents.is_empty());
}

#[test]
fn block_scalars_fold_and_chomp() {
    let tree = sound(
        "a: |-\n  x\n  y\n\nb: >\n  x\n  y\n\n  z\nc: |+\n  x\n\nd: >-\n    x\n      y\ne: |2\n   x\nf: !Sub |  # c | d\n  x\ng:\n",
    );
    assert_eq!(at(&tree, "a").text(), Some("x\ny"));
    assert_eq!(at(&tree, "b").text(), Some("x y\nz\n"));
    assert_eq!(at(&tree, "c").text(), Some("x\n\n"));
    assert_eq!(at(&tree, "d").text(), Some("x\n  y"));
    assert_eq!(at(&tree, "e").text(), Some(" x\n"));
    assert_eq!(slice(&tree, "f"), "!Sub |  # c | d\n  x");
}

#[test]
fn what_stands_before_a_mistake_is_kept() {
    let tree = read("a: 1\nb:\n  c: 2\n  d: [1, 2\n");
    assert!(tree.is_broken());
    assert_eq!(at(&tree, "a").scalar(), Some(Scalar::Number("1")));
    assert_eq!(at(&tree, "b.c").scalar(), Some(Scalar::Number("2")));
    assert_eq!(at(&tree, "b.d.0").scalar(), Some(Scalar::Number("1")));
}

#[test]
fn a_broken_resource_does_not_hide_the_others() {
    for broken in [
        "    Type: [a, b\n",
        "    Type: \"a\n",
        "    Type: a: b\n",
        "    half\n    Type: x\n",
        "\tType: x\n",
        "    Type: @x\n",
        "    Properties:\n      A: 1\n     B: 2\n",
        "    Type: {a: b]\n",
        "    Type: 'a' b\n",
    ] {
        let text =
            format!("Resources:\n  First:\n    Type: A\n  Second:\n{broken}  Third:\n    Type: C\nOutputs:\n  O: 1\n");
        let tree = read(&text);
        assert!(tree.is_broken(), "{broken}");
        let names: Vec<&str> = at(&tree, "Resources").entries().filter_map(|(key, _)| key.text()).collect();
        assert_eq!(names, ["First", "Second", "Third"], "{broken}{:?}", tree.errors);
        assert_eq!(at(&tree, "Resources.First.Type").text(), Some("A"), "{broken}");
        assert_eq!(at(&tree, "Resources.Third.Type").text(), Some("C"), "{broken}");
        assert_eq!(at(&tree, "Outputs.O").text(), Some("1"), "{broken}");
    }
}

#[test]
fn keys_that_are_no_scalars_are_kept() {
    let tree = sound("? [a, b]\n: c\n? {d: e}\n: f\n");
    let keys: Vec<bool> = tree.root().unwrap().entries().map(|(key, _)| key.is_scalar()).collect();
    assert_eq!(keys, [false, false]);
}
