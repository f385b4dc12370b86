//! Trees held against independent judges, on documents made at random: `serde_yaml` and `serde_json` for values, and
//! for spans the parser itself, which has to read the same from what a span cuts out.

use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;

use crate::source::{FileId, SourceFile};

use super::tree::{NodeKind, NodeRef, Scalar, Style, Tree};
use super::{json, yaml};

fn read_yaml(text: &str) -> Tree {
    yaml::parse(Arc::new(SourceFile::new(FileId(0), PathBuf::from("t.yaml"), text)))
}

fn read_json(text: &str) -> Tree {
    json::parse(Arc::new(SourceFile::new(FileId(0), PathBuf::from("t.json"), text)))
}

/// A document to be written, with a style for each node.
#[derive(Clone, Debug)]
enum Doc {
    Text(String, u8),
    Word(&'static str),
    List(Vec<Doc>, bool),
    Map(Vec<(String, Doc)>, bool),
}

const WORDS: [&str; 24] = [
    "",
    "~",
    "null",
    "true",
    "False",
    "yes",
    "OFF",
    "12",
    "-7",
    "0777",
    "0x1F",
    "1_000",
    "3.50",
    ".5",
    "1e3",
    "1.5e+3",
    "12:30:45",
    "2010-09-09",
    "10.0.0.0/16",
    "!Ref Ä",
    "!Sub 'x ${Y}'",
    "!GetAtt T.Arn",
    "-.inf",
    "arn:aws:s3:::b",
];

fn doc() -> impl Strategy<Value = Doc> {
    let text = "[a-z é日🦀:#'\"\\\\%\n-]{0,12}";
    let leaf = prop_oneof![
        (text, any::<u8>()).prop_map(|(text, style)| Doc::Text(text, style)),
        proptest::sample::select(&WORDS[..]).prop_map(Doc::Word),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            (proptest::collection::vec(inner.clone(), 0..5), any::<bool>())
                .prop_map(|(items, flow)| Doc::List(items, flow)),
            (proptest::collection::vec(("[a-zé日]{1,4}", inner), 0..5), any::<bool>()).prop_map(|(entries, flow)| {
                let named =
                    entries.into_iter().enumerate().map(|(index, (key, value))| (format!("{key}{index}"), value));
                Doc::Map(named.collect(), flow)
            }),
        ]
    })
}

/// The text of a scalar: quoted as the style says, as a block where it may.
fn scalar(text: &str, style: u8, indent: usize, flow: bool) -> String {
    let tame = text.chars().all(|c| c.is_alphanumeric() || c == ' ') && text == text.trim() && !text.is_empty();
    let block =
        !flow && text.ends_with('\n') && !text.starts_with([' ', '\n']) && !text.ends_with("\n\n") && text.len() > 1;
    match style % 4 {
        0 if tame => text.to_owned(),
        1 if !text.contains('\n') => format!("'{}'", text.replace('\'', "''")),
        2 if block => {
            let lines: Vec<String> = text.lines().map(|line| format!("{}{line}", " ".repeat(indent + 1))).collect();
            format!("|\n{}", lines.join("\n"))
        }
        _ => serde_json::to_string(text).expect("texts can be written"),
    }
}

/// Writes a node that begins behind a key or dash; block containers begin on a new line.
fn write(doc: &Doc, indent: usize, flow: bool, out: &mut String) {
    match doc {
        Doc::Text(text, style) => {
            out.push(' ');
            out.push_str(&scalar(text, *style, indent, flow));
        }
        // Colons and empty values in brackets mean something else.
        Doc::Word(word) if flow && (word.is_empty() || word.contains(':')) => out.push_str(" 'w'"),
        Doc::Word("") => {}
        Doc::Word(word) => {
            out.push(' ');
            out.push_str(word);
        }
        Doc::List(items, wants_flow) if flow || *wants_flow || items.is_empty() => {
            out.push_str(" [");
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write(item, indent, true, out);
            }
            out.push_str(" ]");
        }
        Doc::Map(entries, wants_flow) if flow || *wants_flow || entries.is_empty() => {
            out.push_str(" {");
            for (index, (key, value)) in entries.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(key);
                out.push(':');
                write(value, indent, true, out);
            }
            out.push_str(" }");
        }
        Doc::List(items, _) => {
            for item in items {
                out.extend(["\n", &" ".repeat(indent), "-"]);
                write(item, indent + 2, false, out);
            }
        }
        Doc::Map(entries, _) => {
            for (key, value) in entries {
                out.extend(["\n", &" ".repeat(indent), key, ":"]);
                write(value, indent + 2, false, out);
            }
        }
    }
}

fn document(doc: &Doc, crlf: bool, mark: bool, ends: bool) -> String {
    let mut text = String::new();
    write(doc, 0, false, &mut text);
    let mut text = text.trim_start_matches(['\n', ' ']).to_owned();
    if ends {
        text.push_str("\n# the end\n");
    }
    if crlf {
        text = text.replace('\n', "\r\n");
    }
    if mark { format!("\u{feff}{text}") } else { text }
}

/// A template with a resource for each document.
fn template(docs: &[Doc], [comments, tail, crlf, mark]: [bool; 4]) -> String {
    let mut text = "Parameters: { P: { Type: String } }\nResources: # all of them\n".to_owned();
    for (index, doc) in docs.iter().enumerate() {
        text.extend(["  K", &index.to_string(), ":"]);
        write(doc, 4, false, &mut text);
        text.push('\n');
        if comments {
            text.push_str("# between\n\n  # two\n");
        }
    }
    if tail {
        text.push_str("Outputs:\n  O: 1 # the last\n");
    }
    if crlf {
        text = text.replace('\n', "\r\n");
    }
    if mark { format!("\u{feff}{text}") } else { text }
}

/// Everything that a tree says of a node, with all that is in it.
fn in_full(node: NodeRef<'_>, out: &mut Vec<String>) {
    let (span, text) = (node.span(), node.text_span());
    out.push(format!(
        "{}..{} {:?} {:?} {:?} {text:?} {:?} {:?}",
        span.start,
        span.end,
        node.tag(),
        node.scalar(),
        node.text(),
        node.style(),
        node.layout()
    ));
    for item in node.items() {
        in_full(item, out);
    }
    for (key, value) in node.entries() {
        in_full(key, out);
        in_full(value, out);
    }
}

fn all_of(tree: &Tree) -> Vec<String> {
    let mut out = vec![format!("{:?} {:?}", tree.comments, tree.errors)];
    for root in &tree.documents {
        in_full(tree.node(*root), &mut out);
    }
    out
}

#[test]
fn what_leans_on_another_piece_is_read_in_one_go() {
    for text in [
        "Resources:\n  A: &a 1\n  B: *a\n",
        "Resources:\n  A: 1\n  A: 2\n",
        "Resources:\n  A: \"x\n  B: y\"\n  C: 1\n",
        "Resources:\n  A: [\n  B, c]\n  C: 1\n",
        "Resources:\n  A: 1\n  B: {\n  C: 1\n",
        "Resources:\n  A: 1\n  B: 2\n---\nResources: {}\n",
        "Resources:\n  A: 1\n  <<: {b: 2}\n  C: 2\n",
        "Resources: &r\n  A: 1\n  B: 2\n",
        "Resources:\n  A: 1\n  B: 2\nResources:\n  C: 1\n",
        "Resources:\n    A: 1\n  B: 2\n    C: 3\n",
        "Resources:\n  A: 1\n\tB: 2\n  C: 3\n",
        "x: |\n  Resources:\nResources:\n  A: 1\n  B: 2\n",
        "x: |\nResources:\n  A: |\n   B: 1\n  C: >+\n   d\n\n\n  D: 1\n",
        "x: \"\nResources:\n  A: 1\n  B: 2\n\"\n",
        "Resources:\n  A: 1\n  B: 2\nResources2: 1\nB: 3\nB: 4\n",
    ] {
        let file = Arc::new(SourceFile::new(FileId(0), PathBuf::from("t.yaml"), text));
        let (whole, pieces) = yaml::parse_both_ways(&file, 1);
        if let Some(pieces) = pieces {
            assert_eq!(all_of(&pieces), all_of(&whole), "{text}");
        }
    }
}

/// Whether YAML 1.1 reads a plain scalar otherwise than YAML 1.2 does, which the judge follows.
fn differs_by_version(plain: &str) -> bool {
    let word = matches!(plain, "yes" | "OFF");
    // Bases, separators and floats that only one of the two versions knows.
    word || matches!(plain, "0777" | "1_000" | "12:30:45" | "1e3")
}

fn agrees(node: NodeRef<'_>, judge: &serde_yaml::Value) -> bool {
    use serde_yaml::Value as Judge;
    if let Judge::Tagged(tagged) = judge {
        let tag = tagged.tag.to_string();
        return node.tag() == Some(&tag) && agrees_content(node, &tagged.value);
    }
    node.tag().is_none() && agrees_content(node, judge)
}

fn agrees_content(node: NodeRef<'_>, judge: &serde_yaml::Value) -> bool {
    use serde_yaml::Value as Judge;
    let raw = node.tree().file.slice(node.span());
    if node.style() == Some(Style::Plain) && differs_by_version(raw) {
        return true;
    }
    match (node.kind(), judge) {
        (NodeKind::Sequence, Judge::Sequence(items)) => {
            node.len() == items.len() && node.items().zip(items).all(|(item, judge)| agrees(item, judge))
        }
        (NodeKind::Mapping, Judge::Mapping(entries)) => {
            node.len() == entries.len()
                && node
                    .entries()
                    .zip(entries)
                    .all(|((key, value), (judge_key, judge))| agrees(key, judge_key) && agrees(value, judge))
        }
        _ => match (node.scalar(), judge) {
            (Some(Scalar::Null), Judge::Null) => true,
            (Some(Scalar::Bool(ours)), Judge::Bool(theirs)) => ours == *theirs,
            (Some(Scalar::Number("-.inf")), Judge::Number(theirs)) => theirs.as_f64() == Some(f64::NEG_INFINITY),
            (Some(Scalar::Number(ours)), Judge::Number(theirs)) => ours.parse::<f64>().ok() == theirs.as_f64(),
            (Some(Scalar::String(ours)), Judge::String(theirs)) => ours == theirs,
            _ => false,
        },
    }
}

fn agrees_json(node: NodeRef<'_>, judge: &serde_json::Value) -> bool {
    use serde_json::Value as Judge;
    match (node.scalar(), judge) {
        (Some(Scalar::Null), Judge::Null) => true,
        (Some(Scalar::Bool(ours)), Judge::Bool(theirs)) => ours == *theirs,
        (Some(Scalar::Number(ours)), Judge::Number(theirs)) => ours.parse::<f64>().ok() == theirs.as_f64(),
        (Some(Scalar::String(ours)), Judge::String(theirs)) => ours == theirs,
        (None, Judge::Array(items)) => {
            node.is_sequence()
                && node.len() == items.len()
                && node.items().zip(items).all(|(item, judge)| agrees_json(item, judge))
        }
        (None, Judge::Object(entries)) => {
            node.is_mapping()
                && node.len() == entries.len()
                && node
                    .entries()
                    .zip(entries)
                    .all(|((key, value), (name, judge))| key.text() == Some(name.as_str()) && agrees_json(value, judge))
        }
        _ => false,
    }
}

fn each_node<'t>(tree: &'t Tree, visit: &mut dyn FnMut(NodeRef<'t>)) {
    let mut pending: Vec<NodeRef<'t>> = tree.documents.iter().map(|id| tree.node(*id)).collect();
    while let Some(node) = pending.pop() {
        visit(node);
        pending.extend(node.items());
        pending.extend(node.entries().flat_map(|(key, value)| [key, value]));
    }
}

/// What each span cuts out, read by itself in its own column, is the node again.
fn spans_stand_for_their_nodes(tree: &Tree, read: fn(&str) -> Tree) {
    each_node(tree, &mut |node| {
        let span = node.span();
        let cut = tree.file.slice(span);
        if let Some(inner) = node.text_span()
            && matches!(node.scalar(), Some(Scalar::String(_) | Scalar::Number(_)))
        {
            assert_eq!(Some(tree.file.slice(inner)), node.text());
        }
        if span.is_empty() {
            assert!(node.is_null(), "{node:?}");
            return;
        }
        let column = tree.file.position(span.start).column as usize - 1;
        let again = read(&format!("{}{cut}", " ".repeat(column)));
        assert_eq!(again.errors, [], "{cut:?} of {:?}", tree.file.text());
        let root = again.root().map(|root| format!("{root:?}"));
        // Read alone, a last line without its break may lack one. A backslash before an `n` is no line break.
        let lone = |shape: String| shape.replace("\\\\", "\u{1}").replace("\\n\"", "\"");
        assert_eq!(root.map(lone), Some(lone(format!("{node:?}"))), "{cut:?} of {:?}", tree.file.text());
    });
}

fn spans_are_sound(tree: &Tree) {
    let text = tree.file.text();
    let sound = |start: u32, end: u32| start <= end && text.get(start as usize..end as usize).is_some();
    each_node(tree, &mut |node| {
        let span = node.span();
        assert!(sound(span.start, span.end), "{span:?} in {text:?}");
        assert!(node.kind() != NodeKind::Scalar || node.text().is_some());
    });
    assert!(tree.errors.iter().all(|error| sound(error.span.start, error.span.end)), "{:?} in {text:?}", tree.errors);
    assert!(tree.comments.iter().all(|comment| tree.file.slice(comment.span).starts_with(['#', '/'])));
}

/// What slips into a text.
const SLIPS: &[&str] = &[
    "",
    "",
    "x",
    " ",
    "\n",
    "\n  ",
    "#",
    "# a\n",
    "\"",
    "'",
    "{",
    "]",
    ": ",
    "&a ",
    "*a",
    "é",
    "---\n",
    "Resources:\n",
    "|\n",
    "<<: ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn yaml_values_are_those_of_an_independent_reader(doc in doc(), crlf: bool, mark: bool, ends: bool) {
        let text = document(&doc, crlf, mark, ends);
        let tree = read_yaml(&text);
        prop_assert_eq!(&tree.errors, &[], "{:?}", text);
        // The judge takes the byte order mark for a column.
        let judge: serde_yaml::Value = serde_yaml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            TestCaseError::fail(format!("the judge refuses {text:?}: {error}"))
        })?;
        match tree.root() {
            Some(root) => prop_assert!(agrees(root, &judge), "{root:?} is not {judge:?} in {text:?}"),
            None => prop_assert!(judge.is_null()),
        }
    }

    #[test]
    fn pieces_make_the_tree_of_the_whole(
        docs in proptest::collection::vec(doc(), 2..5),
        piece in 1_usize..60,
        written in any::<[bool; 4]>(),
    ) {
        let text = template(&docs, written);
        let file = Arc::new(SourceFile::new(FileId(0), PathBuf::from("t.yaml"), text.as_str()));
        let (whole, pieces) = yaml::parse_both_ways(&file, piece);
        if let Some(pieces) = pieces {
            prop_assert_eq!(all_of(&pieces), all_of(&whole), "{:?}", text);
        } else {
            // Nothing but a text that makes a single piece, or one with a mistake, is left to the long way.
            let is_sound = whole.errors.is_empty() && piece == 1;
            prop_assert!(!is_sound || docs.len() < 2, "{text:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_text_makes_the_tree_of_the_next_one(
        docs in proptest::collection::vec(doc(), 2..6),
        written in any::<[bool; 4]>(),
        edits in proptest::collection::vec((0..1000_usize, 0..12_usize, 0..SLIPS.len(), any::<bool>()), 1..8),
    ) {
        let start = template(&docs, written);
        let mut kept = yaml::Kept::default();
        let mut history = vec![start];
        for edit in std::iter::once(None).chain(edits.into_iter().map(Some)) {
            if let Some((place, length, slip, undo)) = edit {
                let last = history.last().cloned().unwrap_or_default();
                let border = |at: usize| (0..=at.min(last.len())).rev().find(|at| last.is_char_boundary(*at)).unwrap_or(0);
                let (from, to) = (border(last.len() * place / 1000), border(last.len() * place / 1000 + length));
                let edited = format!("{}{}{}", &last[..from], SLIPS[slip], &last[to..]);
                history.push(if undo { history[place % history.len()].clone() } else { edited });
            }
            let text = history.last().cloned().unwrap_or_default();
            let file = Arc::new(SourceFile::new(FileId(0), PathBuf::from("t.yaml"), text.as_str()));
            let (whole, _) = yaml::parse_both_ways(&file, 1);
            prop_assert_eq!(all_of(&yaml::parse_again(file, &mut kept)), all_of(&whole), "{:?}", history);
        }
    }

    #[test]
    fn yaml_spans_stand_for_their_nodes(doc in doc(), crlf: bool, mark: bool, ends: bool) {
        let tree = read_yaml(&document(&doc, crlf, mark, ends));
        spans_are_sound(&tree);
        spans_stand_for_their_nodes(&tree, read_yaml);
        prop_assert_eq!(tree.comments.len(), usize::from(ends));
    }

    #[test]
    fn json_values_and_spans_are_those_of_the_text(doc in doc(), pretty: bool, crlf: bool, mark: bool) {
        let value = to_json(&doc);
        let mut text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let tree = read_json(&format!("{}{text}", if mark { "\u{feff}" } else { "" }));
        prop_assert_eq!(&tree.errors, &[], "{:?}", text);
        prop_assert!(agrees_json(tree.root().unwrap(), &value));
        spans_are_sound(&tree);
        spans_stand_for_their_nodes(&tree, read_json);
    }

    #[test]
    fn any_text_gives_a_tree(text in "[a-c\\[\\]{}:,&*!|>'\"#%@`?\\\\~<=\t\r\n éT0-]{0,60}") {
        spans_are_sound(&read_yaml(&text));
        spans_are_sound(&read_json(&text));
    }

    #[test]
    fn a_text_may_be_cut_anywhere(doc in doc(), cut: proptest::sample::Index, crlf: bool) {
        let text = document(&doc, crlf, false, true);
        let json = serde_json::to_string(&to_json(&doc)).unwrap();
        for (text, read) in [(text, read_yaml as fn(&str) -> Tree), (json, read_json)] {
            let mut at = cut.index(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            spans_are_sound(&read(&text[..at]));
        }
    }
}

fn to_json(doc: &Doc) -> serde_json::Value {
    match doc {
        Doc::Text(text, _) => text.as_str().into(),
        Doc::Word("") => serde_json::Value::Null,
        Doc::Word(word) => match word.parse::<f64>() {
            Ok(number) if number.is_finite() => number.into(),
            _ => (*word).into(),
        },
        Doc::List(items, _) => items.iter().map(to_json).collect(),
        Doc::Map(entries, _) => {
            serde_json::Value::Object(entries.iter().map(|(key, value)| (key.clone(), to_json(value))).collect())
        }
    }
}
