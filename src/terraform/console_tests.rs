//! Holds the evaluator against what `terraform console` answered: `fixtures/terraform-console`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::expression::is_refused;
use super::types::Type;
use super::{Modules, Options, evaluate};
use crate::source::{Overlay, Sources};
use crate::value::{Data, ListKind, Map, MapKind, Value};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform-console")
}

/// What an expression gives, in the notation of the console; `error` where it is refused.
fn answer(question: &str) -> String {
    let mut fs = Overlay::in_memory();
    fs.set("work/main.tf", format!("output \"answer\" {{\n  value = {question}\n}}\n"));
    for name in ["a.txt", "b.json", "sub/c.txt", "sub/deep/d.txt"] {
        fs.set(format!("work/{name}"), std::fs::read(fixtures().join("files").join(name)).unwrap());
    }
    let sources = Sources::new();
    let modules = Modules::new(&fs, &sources);
    let project = evaluate(&modules, Path::new("work"), &Options::default());
    match project.outputs.first() {
        Some((_, value)) if project.problems.is_empty() && !is_refused(value) => console_text(value),
        _ => "error".to_owned(),
    }
}

/// A value in the notation of the console.
fn console_text(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out
}

fn write_value(out: &mut String, value: &Value, indent: usize) {
    let pad = " ".repeat(indent);
    match &value.data {
        Data::Absent | Data::Null => match super::tag::tagged(value.tag) {
            Type::Any | Type::Dynamic | Type::Structure | Type::Object(_) | Type::Tuple(_) => out.push_str("null"),
            known => write!(out, "to{}(null)", known.name()).unwrap(),
        },
        Data::Bool(known) => write!(out, "{known}").unwrap(),
        Data::Number(number) => write!(out, "{number}").unwrap(),
        Data::String(text) => write_text(out, text, indent),
        Data::List(list) => {
            let (open, close) = match list.kind {
                ListKind::Tuple => ("[", "]"),
                ListKind::List => ("tolist([", "])"),
                ListKind::Set => ("toset([", "])"),
            };
            out.push_str(open);
            for item in &list.items {
                write!(out, "\n{pad}  ").unwrap();
                write_value(out, item, indent + 2);
                out.push(',');
            }
            if !list.items.is_empty() {
                write!(out, "\n{pad}").unwrap();
            }
            out.push_str(close);
            if list.rest.is_some() {
                out.push_str(" and more");
            }
        }
        Data::Map(map) => write_map(out, map, &pad, indent),
        Data::Parts(_) | Data::Unknown(_) | Data::Choice(_) | Data::Entity(_) => out.push_str("unknown"),
    }
}

/// A text in quotes; one of several lines as a heredoc, inside of collections an indented one.
fn write_text(out: &mut String, text: &str, indent: usize) {
    let pad = " ".repeat(indent);
    if !text.contains('\n') {
        out.push_str(&quoted(text));
    } else if indent == 0 {
        write!(out, "<<EOT\n{text}\nEOT").unwrap();
    } else {
        let text = text.replace('\n', &format!("\n{pad}"));
        write!(out, "<<-EOT\n{pad}{text}\n{pad}EOT").unwrap();
    }
}

fn write_map(out: &mut String, map: &Map, pad: &str, indent: usize) {
    let (open, close) = if map.kind == MapKind::Map { ("tomap({", "})") } else { ("{", "}") };
    out.push_str(open);
    for entry in &map.entries {
        write!(out, "\n{pad}  ").unwrap();
        write_text(out, &entry.key, indent + 2);
        out.push_str(" = ");
        write_value(out, &entry.value, indent + 2);
    }
    if !map.entries.is_empty() {
        write!(out, "\n{pad}").unwrap();
    }
    out.push_str(close);
}

/// A text in double quotes, with escapes for what can't be printed.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{7f}' => write!(out, "\\x{:02x}", u32::from(character)).unwrap(),
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{a0}' | '\u{2003}' | '\u{200b}'..='\u{200f}' => {
                write!(out, "\\u{:04x}", u32::from(character)).unwrap();
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Answers that differ from the console's on purpose, with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    ("merge(null, [])", "a list is refused whatever stands beside it"),
    ("regex(\"(?P<a>.)(?P<a>.)\",\"ab\")", "two groups of one name are refused"),
    ("file(\"../x\")", "what lies outside of the analysed directory is not looked at"),
    ("textencodebase64(\"é\",\"windows-1252\")", "only the character sets of Unicode, ASCII and Latin-1 are known"),
    ("textencodebase64(\"abc\",\"foo\")", "only the character sets of Unicode, ASCII and Latin-1 are known"),
];

/// What is compared of an answer: of types that are nested only the outermost, and zero has no sign.
fn comparable(answer: &str) -> String {
    let answer = if answer == "-0" { "0" } else { answer };
    let mut text = answer.to_owned();
    // `null /* tuple */`, `tolist(null) /* of dynamic */`
    while let Some((before, rest)) = text.split_once(" /* ") {
        let after = rest.split_once(" */").map_or("", |(_, after)| after);
        text = format!("{before}{after}");
    }
    text
}

fn agrees(recorded: &str, ours: &str) -> bool {
    // An infinite number, and what the console itself does not know, is not known here either.
    let open = ["+Inf", "-Inf", "(known after apply)", "(sensitive value)"].iter().any(|mark| recorded.contains(mark));
    comparable(recorded) == ours || (open && (ours.contains("unknown") || ours == "error"))
}

/// How many questions a recording holds, and what is answered differently here.
fn disagreements(recording: &str) -> (usize, Vec<String>) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in recording.strip_prefix("> ").unwrap_or(recording).split("\n> ") {
        let (question, recorded) = case.split_once('\n').unwrap_or((case, ""));
        let recorded = recorded.strip_suffix('\n').unwrap_or(recorded);
        count += 1;
        let ours = answer(question);
        let expected = DIFFERENT.iter().all(|(different, _)| different != &question);
        if agrees(recorded, &ours) != expected {
            wrong.push(format!("> {question}\n{recorded}\n  here: {ours}\n"));
        }
    }
    (count, wrong)
}

fn check(family: &str) {
    let text = std::fs::read_to_string(fixtures().join(family).with_extension("txt")).unwrap();
    let (count, wrong) = disagreements(&text);
    assert!(count > 10, "there are questions in {family}");
    assert!(wrong.is_empty(), "{} of {count} answers differ:\n{}", wrong.len(), wrong.concat());
}

#[test]
#[ignore = "a tool: compares the recording that DYNALENS_RECORDING names"]
fn a_recording_of_ones_own_answers_as_the_console() {
    let path = std::env::var("DYNALENS_RECORDING").expect("DYNALENS_RECORDING names a recording");
    let (count, wrong) = disagreements(&std::fs::read_to_string(path).unwrap());
    assert!(wrong.is_empty(), "{} of {count} answers differ:\n{}", wrong.len(), wrong.concat());
}

macro_rules! families {
    ($($test:ident => $family:literal,)*) => {
        $(#[test]
        fn $test() {
            check($family);
        })*

        #[test]
        fn every_recorded_family_is_compared() {
            let mut recorded: Vec<String> = std::fs::read_dir(fixtures())
                .unwrap()
                .filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".txt").map(str::to_owned))
                .filter(|name| name != "version")
                .collect();
            recorded.sort();
            assert_eq!(recorded, [$($family),*]);
        }
    };
}

families! {
    collection_functions_answer_as_the_console => "collections",
    comprehensions_answer_as_the_console => "comprehensions",
    conditionals_answer_as_the_console => "conditionals",
    conversions_answer_as_the_console => "conversions",
    date_functions_answer_as_the_console => "dates",
    edge_cases_answer_as_the_console => "edge-cases",
    encoding_functions_answer_as_the_console => "encoding",
    expressions_answer_as_the_console => "expressions",
    path_functions_answer_as_the_console => "files",
    functions_answer_as_the_console => "functions",
    hash_functions_answer_as_the_console => "hashes",
    indexing_answers_as_the_console => "indexing",
    network_functions_answer_as_the_console => "networks",
    number_functions_answer_as_the_console => "numbers",
    functions_of_one_argument_answer_as_the_console => "one-argument",
    operators_answer_as_the_console => "operators",
    random_expressions_answer_as_the_console => "random-expressions",
    random_questions_of_each_family_answer_as_the_console => "random-families",
    random_expressions_of_many_types_answer_as_the_console => "random-types",
    string_functions_answer_as_the_console => "strings",
    templates_answer_as_the_console => "templates",
    functions_of_two_arguments_answer_as_the_console => "two-arguments",
    types_of_nulls_and_empty_collections_answer_as_the_console => "typed",
}
