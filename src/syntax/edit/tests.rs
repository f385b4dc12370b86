//! Edits of small files. `«` and `»` mark the place.

use std::path::PathBuf;

use super::*;
use crate::source::FileId;

fn editable(name: &str, marked: &str) -> (Editable, Span, String) {
    let start = marked.find('«').expect("the place is marked");
    let text = marked.replacen('«', "", 1);
    let end = text.find('»').expect("the place ends");
    let text = text.replacen('»', "", 1);
    let file = Arc::new(SourceFile::new(FileId(0), PathBuf::from(name), text.as_str()));
    (Editable::of(&file).expect("it can be changed"), text::span(FileId(0), start, end), text)
}

#[track_caller]
fn put(name: &str, marked: &str, entries: &[(&str, Term)]) -> String {
    let (file, span, text) = editable(name, marked);
    let entries: Vec<(String, Term)> = entries.iter().map(|(name, term)| ((*name).to_owned(), term.clone())).collect();
    let edits = file.insert(span, None, &entries, Position::Usual).expect("it can be put there");
    apply(&text, &edits).expect("the edits fit")
}

#[track_caller]
fn replaced(name: &str, marked: &str, term: &Term) -> String {
    let (file, span, text) = editable(name, marked);
    apply(&text, &[file.replace(span, term).expect("it can be replaced")]).expect("the edit fits")
}

#[track_caller]
fn removed(name: &str, marked: &str) -> String {
    let (file, span, text) = editable(name, marked);
    apply(&text, &file.remove(&[span], &[]).expect("it can be taken out")).expect("the edits fit")
}

fn block(entries: &[(&str, Term)]) -> Term {
    Term::Block(entries.iter().map(|(name, term)| ((*name).to_owned(), term.clone())).collect())
}

fn text(value: &str) -> Term {
    Term::Text(value.to_owned())
}

const ON: Term = Term::Bool(true);

#[test]
fn a_block_of_yaml_gets_entries_in_its_own_indentation() {
    assert_eq!(
        put(
            "a.yml",
            "A:\n    B:\n        «C»:\n            D: 1 # one\n        E: 2\n",
            &[("P", block(&[("Flag", ON)]))]
        ),
        "A:\n    B:\n        C:\n            D: 1 # one\n            P:\n                Flag: true\n        E: 2\n"
    );
    // Before the tags, and with the line endings of the file.
    assert_eq!(
        put("a.yml", "«A»:\r\n  B: 1\r\n  Tags:\r\n    - x\r\n", &[("Flag", ON)]),
        "A:\r\n  B: 1\r\n  Flag: true\r\n  Tags:\r\n    - x\r\n"
    );
    // At the end of a file without a line ending, behind a block scalar, and within an item.
    assert_eq!(put("a.yml", "«A»:\n  B: 1", &[("Flag", ON)]), "A:\n  B: 1\n  Flag: true");
    assert_eq!(
        put("a.yml", "«A»:\n  B: |\n    x\n    y\n\nC: 1\n", &[("Flag", ON)]),
        "A:\n  B: |\n    x\n    y\n  Flag: true\n\nC: 1\n"
    );
    assert_eq!(
        put("a.yml", "L:\n  - «N: 1\n    M: 2»\n  - N: 3\n", &[("Flag", ON)]),
        "L:\n  - N: 1\n    M: 2\n    Flag: true\n  - N: 3\n"
    );
    assert_eq!(put("a.yml", "«A»:\nB: 1\n", &[("Flag", ON)]), "A:\n  Flag: true\nB: 1\n");
    // A comment that stands deeper belongs to what is above it.
    assert_eq!(
        put("a.yml", "«A»:\n  B:\n    C: 1\n    # of B\n\n  # of A\n", &[("Flag", ON)]),
        "A:\n  B:\n    C: 1\n    # of B\n  Flag: true\n\n  # of A\n"
    );
}

#[test]
fn braces_stay_braces_on_one_line_and_on_several() {
    assert_eq!(put("a.yml", "A: «{ B: 1 }»\n", &[("Flag", ON)]), "A: { B: 1, Flag: true }\n");
    assert_eq!(put("a.yml", "A: «{}»\n", &[("Flag", ON)]), "A: { Flag: true }\n");
    assert_eq!(put("a.json", "{\"A\":«{\"B\":1}»}", &[("Flag", ON)]), "{\"A\":{\"B\":1,\"Flag\":true}}");
    assert_eq!(
        put("a.json", "{\n\t«\"A\"» : {\n\t\t\"B\" : 1\n\t}\n}\n", &[("P", block(&[("Flag", ON)]))]),
        "{\n\t\"A\" : {\n\t\t\"B\" : 1,\n\t\t\"P\" : {\n\t\t\t\"Flag\" : true\n\t\t}\n\t}\n}\n"
    );
    assert_eq!(
        put("a.json", "{\n  \"A\": «{}»,\n  \"B\": 1\n}\n", &[("Flag", ON)]),
        "{\n  \"A\": {\n    \"Flag\": true\n  },\n  \"B\": 1\n}\n"
    );
}

#[test]
fn values_keep_their_quotes() {
    for (before, term, after) in [
        ("A: «false» # why", ON, "A: true # why"),
        ("A: «False»", ON, "A: True"),
        ("A: «'false'»", ON, "A: 'true'"),
        ("A: «\"x\"»", text("it's"), "A: \"it's\""),
        ("A: «'x'»", text("it's"), "A: 'it''s'"),
        ("A: «x»", text("yes"), "A: 'yes'"),
        ("A: «x»", text("70"), "A: '70'"),
        ("A: «!Ref AWS::NoValue»", block(&[("Flag", ON)]), "A: {Flag: true}"),
        ("{A: «1», B: 2}", text("a, b"), "{A: 'a, b', B: 2}"),
    ] {
        assert_eq!(replaced("a.yml", before, &term), after);
    }
    assert_eq!(
        replaced("a.yml", "A:\n  «- x\n  - y»\nB: 1\n", &Term::List(vec![text("a"), text("b")])),
        "A:\n  - a\n  - b\nB: 1\n"
    );
    assert_eq!(replaced("a.json", "{\"A\": «\"false\"»}", &ON), "{\"A\": \"true\"}");
    assert_eq!(replaced("a.json", "{\"A\": «false»}", &ON), "{\"A\": true}");
    assert_eq!(replaced("a.tf", "a = «\"false\"» # why\n", &ON), "a = \"true\" # why\n");
    assert_eq!(replaced("a.tf", "a = f(«1», 2)\n", &Term::Number("3".to_owned())), "a = f(3, 2)\n");
    assert_eq!(replaced("a.tf", "a = { «b» = 1 }\n", &text("c:d")), "a = { \"c:d\" = 1 }\n");
}

#[test]
fn references_look_like_the_files_language() {
    let piece =
        |attribute: Option<&str>| Piece::Reference { name: "T".to_owned(), attribute: attribute.map(str::to_owned) };
    let whole = |attribute| Term::Template(vec![piece(attribute)]);
    let joined = Term::Template(vec![piece(Some("Arn")), Piece::Text("/index/*".to_owned())]);
    assert_eq!(replaced("a.yml", "A: «x»", &whole(None)), "A: !Ref T");
    assert_eq!(replaced("a.yml", "A: «x»", &whole(Some("Arn"))), "A: !GetAtt T.Arn");
    assert_eq!(replaced("a.yml", "A: «\"x\"»", &joined), "A: !Sub \"${T.Arn}/index/*\"");
    assert_eq!(replaced("a.json", "{\"A\": «1»}", &whole(Some("Arn"))), "{\"A\": {\"Fn::GetAtt\": [\"T\", \"Arn\"]}}");
    assert_eq!(replaced("a.json", "{\"A\": «1»}", &joined), "{\"A\": {\"Fn::Sub\": \"${T.Arn}/index/*\"}}");
    let arn = Piece::Expression("aws_dynamodb_table.t.arn".to_owned());
    assert_eq!(replaced("a.tf", "a = «1»\n", &Term::Template(vec![arn.clone()])), "a = aws_dynamodb_table.t.arn\n");
    let joined = Term::Template(vec![arn, Piece::Text("/index/*".to_owned())]);
    assert_eq!(replaced("a.tf", "a = «1»\n", &joined), "a = \"${aws_dynamodb_table.t.arn}/index/*\"\n");
}

const RESOURCE: &str = "resource \"t\" \"a\" {\n  name         = \"a\"\n  billing_mode = \"X\"\n\n  attribute {\n    name = \"id\"\n  }\n}\n";

fn header(text: &str) -> String {
    text.replacen("resource \"t\" \"a\"", "«resource \"t\" \"a\"»", 1)
}

#[test]
fn arguments_of_terraform_are_aligned_where_they_fit() {
    assert_eq!(
        put("a.tf", &header(RESOURCE), &[("hash_key", text("id"))]),
        RESOURCE.replace("\"X\"\n", "\"X\"\n  hash_key     = \"id\"\n")
    );
    // A longer name would move the others.
    assert_eq!(
        put("a.tf", &header(RESOURCE), &[("deletion_protection_enabled", ON)]),
        RESOURCE.replace("\"X\"\n", "\"X\"\n\n  deletion_protection_enabled = true\n")
    );
    assert_eq!(put("a.tf", "«resource \"t\" \"a\"» {}\n", &[("a", ON)]), "resource \"t\" \"a\" {\n  a = true\n}\n");
    assert_eq!(put("a.tf", "b {\n  «c» { x = 1 }\n}\n", &[("a", ON)]), "b {\n  c {\n    x = 1\n    a = true\n  }\n}\n");
}

#[test]
fn equals_signs_stay_where_terraform_fmt_wants_them() {
    // A longer name than those that stand together goes behind them all, tags too.
    assert_eq!(
        put("a.tf", "«b» {\n  name = 1\n  tags = 2\n  c {}\n}\n", &[("longer", ON)]),
        "b {\n  name = 1\n  tags = 2\n\n  longer = true\n\n  c {}\n}\n"
    );
    // Nothing joins the lines below a value on several lines.
    assert_eq!(
        put("a.tf", "«b» {\n  x = [\n    1\n  ]\n  tags = 2\n}\n", &[("longer", ON)]),
        "b {\n  x = [\n    1\n  ]\n\n  longer = true\n\n  tags = 2\n}\n"
    );
    assert_eq!(
        put("a.tf", "a = «{\n  name = 1\n  x    = 2 # two\n}»\n", &[("on", ON)]),
        "a = {\n  name = 1\n  x    = 2 # two\n  on   = true\n}\n"
    );
    assert_eq!(
        put("a.tf", "a = «{\n  x = 2\n}»\n", &[("on", ON), ("longer", ON)]),
        "a = {\n  x = 2\n\n  on     = true\n  longer = true\n}\n"
    );
    // What was made wide by a name comes together when it goes, and what was wide before stays so.
    for (before, after) in [
        ("b {\n  x      = 1\n  longer = «2»\n  yy     = 3 # three\n}\n", "b {\n  x  = 1\n  yy = 3 # three\n}\n"),
        ("b {\n  x        = 1\n  longer   = «2»\n}\n", "b {\n  x        = 1\n}\n"),
        ("b {\n  longer = 1\n  x      = «2»\n}\n", "b {\n  longer = 1\n}\n"),
        ("a = {\n  x      = 1\n  longer = «2»\n}\n", "a = {\n  x = 1\n}\n"),
    ] {
        assert_eq!(removed("a.tf", before), after, "{before}");
    }
}

#[test]
fn blocks_of_terraform_stand_among_the_others() {
    assert_eq!(
        put("a.tf", &header(RESOURCE), &[("point_in_time_recovery", block(&[("enabled", ON)]))]),
        RESOURCE.replace("  }\n}\n", "  }\n\n  point_in_time_recovery {\n    enabled = true\n  }\n}\n")
    );
    // Before what stands at the end, close where the others are close, and in tabs.
    let close = "resource \"t\" \"a\" {\r\n\tname = \"a\"\r\n\tb {\r\n\t\tx = 1\r\n\t}\r\n\tb {\r\n\t\tx = 2\r\n\t}\r\n\tlifecycle {\r\n\t}\r\n}\r\n";
    assert_eq!(
        put("a.tf", &header(close), &[("c", block(&[("on", ON)]))]),
        close.replace("\tlifecycle", "\tc {\r\n\t\ton = true\r\n\t}\r\n\tlifecycle")
    );
    let tagged = "resource \"t\" \"a\" {\n  name = \"a\"\n\n  tags = {\n    x = 1\n  }\n}\n";
    assert_eq!(
        put("a.tf", &header(tagged), &[("c", block(&[("on", ON)]))]),
        tagged.replace("\"a\"\n\n", "\"a\"\n\n  c {\n    on = true\n  }\n\n")
    );
}

#[test]
fn what_is_taken_out_leaves_no_trace() {
    for (name, before, after) in [
        ("a.yml", "A:\n  B: «1» # gone\n  C: 2\n", "A:\n  C: 2\n"),
        ("a.yml", "A:\n  B:\n    C: «1»\n  D: 2\n", "A:\n  D: 2\n"),
        ("a.yml", "A:\n  - B: «1»\n    C: 2\n", "A:\n  - C: 2\n"),
        ("a.yml", "A:\n  - «x: 1\n    y: 2»\n  # kept\n  - x: 3\n", "A:\n  # kept\n  - x: 3\n"),
        ("a.yml", "A: { B: «1», C: 2 }\n", "A: { C: 2 }\n"),
        ("a.yml", "A: { B: 1, C: «2» }\n", "A: { B: 1 }\n"),
        ("a.yml", "A: 1\nB: «2»", "A: 1"),
        ("a.json", "{\n  \"A\": 1,\n  \"B\": «2»\n}\n", "{\n  \"A\": 1\n}\n"),
        ("a.json", "{\"A\": [«1», 2]}", "{\"A\": [2]}"),
        ("a.tf", "b {\n  x = «1» # gone\n  y = 2\n}\n", "b {\n  y = 2\n}\n"),
        ("a.tf", "b {\n  y = 2\n\n  «c» {\n    x = 1\n  }\n}\n", "b {\n  y = 2\n}\n"),
        ("a.tf", "b {\n  «c» {\n    x = 1\n  }\n\n  d {}\n}\n", "b {\n  d {}\n}\n"),
        ("a.tf", "b {\n  c {\n    x = «1»\n  }\n  y = 2\n}\n", "b {\n  y = 2\n}\n"),
        ("a.tf", "a = [\n  1,\n  «2»,\n]\n", "a = [\n  1,\n]\n"),
        ("a.tf", "a = [1, «2», 3]\n", "a = [1, 3]\n"),
        ("a.tf", "b = 1\na = [«2»]\n", "b = 1\n"),
    ] {
        assert_eq!(removed(name, before), after, "{before}");
    }
}

#[test]
fn lists_grow_in_their_own_form() {
    let append = |name: &str, marked: &str, term: &Term| {
        let (file, span, text) = editable(name, marked);
        apply(&text, &[file.append(span, std::slice::from_ref(term)).unwrap()]).unwrap()
    };
    assert_eq!(append("a.yml", "A:\n«- x»\n", &text("z")), "A:\n- x\n- z\n");
    assert_eq!(append("a.yml", "A: «[x]»\n", &text("z")), "A: [x, z]\n");
    assert_eq!(append("a.yml", "A: «[]»\n", &text("z")), "A: [z]\n");
    assert_eq!(
        append("a.json", "{\"A\": «[\n    1\n  ]»}", &Term::Number("2".into())),
        "{\"A\": [\n    1,\n    2\n  ]}"
    );
    assert_eq!(append("a.tf", "a = «[b]»\n", &Term::Bare("c".into())), "a = [b, c]\n");
    assert_eq!(append("a.tf", "a = «[\n  b,\n]»\n", &Term::Bare("c".into())), "a = [\n  b,\n  c,\n]\n");
    assert_eq!(append("a.tf", "a = «[]»\n", &Term::Bare("c".into())), "a = [c]\n");
    // The comment of an item stays with it.
    assert_eq!(append("a.tf", "a = «[\n  b # one\n]»\n", &Term::Bare("c".into())), "a = [\n  b, # one\n  c\n]\n");
}

#[test]
fn one_value_becomes_a_list_with_another() {
    let beside = |name: &str, marked: &str| {
        let (file, span, text) = editable(name, marked);
        apply(&text, &[file.beside(span, &self::text("z")).unwrap()]).unwrap()
    };
    assert_eq!(beside("a.yml", "A:\n  B: «!GetAtt T.Arn»\n"), "A:\n  B:\n    - !GetAtt T.Arn\n    - z\n");
    assert_eq!(beside("a.yml", "A: {B: «x»}\n"), "A: {B: [x, z]}\n");
    assert_eq!(beside("a.yml", "A:\n  - «x»\n"), "A:\n  - x\n  - z\n");
    assert_eq!(beside("a.json", "{\"A\": «\"x\"»}"), "{\"A\": [\"x\", \"z\"]}");
    assert_eq!(beside("a.tf", "a = «x.y»\n"), "a = [x.y, \"z\"]\n");
}

#[test]
fn edits_that_want_different_things_are_refused() {
    let edit = |start, end, text: &str| Edit { span: text::span(FileId(0), start, end), text: text.to_owned() };
    assert!(in_order(vec![edit(0, 3, "a"), edit(2, 5, "b")]).is_none());
    assert_eq!(in_order(vec![edit(2, 5, ""), edit(0, 3, ""), edit(2, 5, "")]), Some(vec![edit(0, 5, "")]));
    assert_eq!(apply("hello", &[edit(0, 1, "j"), edit(5, 5, "!")]).as_deref(), Some("jello!"));
    assert!(apply("hello", &[edit(0, 9, "")]).is_none());
}

#[test]
fn expressions_in_texts_of_json_are_changed_within_their_escapes() {
    let policy = |inner: &str| format!(r#"{{"resource": {{"p": {{"q": {{"policy": "${{jsonencode({inner})}}"}}}}}}}}"#);
    let expect = |out: String, inner: &str| assert_eq!(out, policy(inner));
    let name = "a.tf.json";
    expect(
        replaced(name, &policy(r#"{ Action = «\"dynamodb:*\"», N = 1 }"#), &text("a\"b")),
        r#"{ Action = \"a\\\"b\", N = 1 }"#,
    );
    expect(replaced(name, &policy("{ é\\u00e9 = «true» }"), &Term::Bool(false)), "{ é\\u00e9 = false }");
    expect(replaced(name, &policy("{ «StringLike» = 1 }"), &text("a:b")), r#"{ \"a:b\" = 1 }"#);
    expect(put(name, &policy(r#"«{ \"A\": 1 }»"#), &[("Flag", ON)]), r#"{ \"A\": 1, \"Flag\": true }"#);
    expect(put(name, &policy(r"«{\n  A = 1\n}»"), &[("Flag", ON)]), r"{\n  A = 1\n\n  Flag = true\n}");
    let beside = |marked: &str| {
        let (file, span, text) = editable(name, marked);
        let item = Term::Template(vec![Piece::Expression("a.arn".to_owned()), Piece::Text("/index/*".to_owned())]);
        apply(&text, &[file.beside(span, &item).expect("it can be put there")]).expect("the edit fits")
    };
    expect(beside(&policy("{ Resource = «a.arn» }")), r#"{ Resource = [a.arn, \"${a.arn}/index/*\"] }"#);
    expect(beside(&policy("{ Resource = [«a.arn»] }")), r#"{ Resource = [a.arn, \"${a.arn}/index/*\"] }"#);
    assert_eq!(
        beside(r#"{"resource": {"p": {"q": {"arns": "${«a.arn»}"}}}}"#),
        r#"{"resource": {"p": {"q": {"arns": ["${a.arn}", "${a.arn}/index/*"]}}}}"#,
        "a text that is nothing but the expression is an item itself"
    );
    expect(removed(name, &policy(r#"{ A = [\"x\", «\"y\"»], B = 2 }"#)), r#"{ A = [\"x\"], B = 2 }"#);
    expect(removed(name, &policy("{ A = 1, B = «2» }")), "{ A = 1 }");
}
