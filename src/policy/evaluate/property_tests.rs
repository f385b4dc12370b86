//! On known values the evaluator gives what the interpreter of the `cel` crate gives.

use std::collections::HashMap;

use cel::objects::Value as Cel;
use proptest::prelude::*;

use super::*;
use crate::model::schema::Subject;
use crate::policy::expression::{Kind, Names, compile};
use crate::policy::testing::{Bench, float, list, map, number, text, truth};

/// The values that expressions find in `options`.
#[derive(Clone, Debug)]
struct Inputs {
    i: i64,
    j: i64,
    d: f64,
    s: String,
    t: String,
    b: bool,
    l: Vec<i64>,
    m: Vec<String>,
}

fn inputs() -> impl Strategy<Value = Inputs> {
    let word = "[abcé/ -]{0,4}";
    (
        -5_i64..6,
        prop_oneof![Just(0_i64), Just(i64::MAX), Just(i64::MIN), -9_i64..10],
        prop_oneof![Just(0.5_f64), Just(-1.25), Just(2.75)],
        word,
        word,
        any::<bool>(),
        proptest::collection::vec(-3_i64..4, 0..4),
        proptest::collection::vec(word, 0..4),
    )
        .prop_map(|(i, j, d, s, t, b, l, m)| Inputs { i, j, d, s, t, b, l, m })
}

fn integers(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        (-4_i64..5).prop_map(|number| if number < 0 { format!("({number})") } else { number.to_string() }),
        Just("options.i".to_owned()),
        Just("options.j".to_owned()),
        Just("options.s.size()".to_owned()),
        Just("size(options.l)".to_owned()),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = integers(depth - 1);
    prop_oneof![
        leaf,
        (inner.clone(), "[-+*/%]", inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        inner.clone().prop_map(|a| format!("(-{a})")),
        (booleans(depth - 1), inner.clone(), inner.clone()).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        inner.clone().prop_map(|a| format!("options.l[{a}]")),
        texts(depth - 1).prop_map(|a| format!("size({a})")),
        integer_lists(depth - 1).prop_map(|a| format!("{a}.size()")),
    ]
    .boxed()
}

fn doubles(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![Just("options.d".to_owned()), Just("1.5".to_owned()), Just("4.0".to_owned())];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = doubles(depth - 1);
    prop_oneof![
        leaf,
        (inner.clone(), "[-+*/]", inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        inner.clone().prop_map(|a| format!("(-{a})")),
        integers(depth - 1).prop_map(|a| format!("double({a})")),
    ]
    .boxed()
}

fn texts(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("options.s".to_owned()),
        Just("options.t".to_owned()),
        "[abcé/ -]{0,3}".prop_map(|text| format!("'{text}'"))
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = texts(depth - 1);
    prop_oneof![
        leaf,
        (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
        (booleans(depth - 1), inner.clone(), inner.clone()).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        integers(depth - 1).prop_map(|a| format!("string({a})")),
    ]
    .boxed()
}

fn integer_lists(depth: u32) -> BoxedStrategy<String> {
    let leaf = Just("options.l".to_owned());
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = integer_lists(depth - 1);
    prop_oneof![
        leaf,
        proptest::collection::vec(integers(depth - 1), 0..3).prop_map(|items| format!("[{}]", items.join(", "))),
        (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
        (inner.clone(), booleans(depth - 1)).prop_map(|(a, c)| format!("{a}.filter(x, x > 0 || {c})")),
        (inner.clone(), integers(depth - 1)).prop_map(|(a, b)| format!("{a}.map(x, x + {b})")),
        (inner.clone(), integers(depth - 1)).prop_map(|(a, b)| format!("{a}.map(x, x > {b}, x * 2)")),
    ]
    .boxed()
}

fn booleans(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![Just("options.b".to_owned()), Just("true".to_owned()), Just("false".to_owned())];
    if depth == 0 {
        return leaf.boxed();
    }
    let compare = prop_oneof![Just("=="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">=")];
    let equal = prop_oneof![Just("=="), Just("!=")];
    let inner = booleans(depth - 1);
    prop_oneof![
        leaf,
        inner.clone().prop_map(|a| format!("(!{a})")),
        (inner.clone(), prop_oneof![Just("&&"), Just("||")], inner.clone())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (integers(depth - 1), compare.clone(), integers(depth - 1)).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (doubles(depth - 1), compare.clone(), doubles(depth - 1)).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (integers(depth - 1), compare.clone(), doubles(depth - 1)).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (texts(depth - 1), compare, texts(depth - 1)).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (integer_lists(depth - 1), equal.clone(), integer_lists(depth - 1))
            .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (integers(depth - 1), integer_lists(depth - 1)).prop_map(|(a, b)| format!("({a} in {b})")),
        texts(depth - 1).prop_map(|a| format!("({a} in options.m)")),
        (texts(depth - 1), prop_oneof![Just("startsWith"), Just("endsWith"), Just("contains")], texts(depth - 1))
            .prop_map(|(a, f, b)| format!("{a}.{f}({b})")),
        (
            integer_lists(depth - 1),
            prop_oneof![Just("all"), Just("exists"), Just("exists_one")],
            integers(depth - 1),
            inner.clone()
        )
            .prop_map(|(a, f, b, c)| format!("{a}.{f}(x, x > {b} && {c})")),
        (inner.clone(), inner.clone(), inner).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        Just("has(options.s)".to_owned()),
        Just("options.n.x == options.i".to_owned()),
    ]
    .boxed()
}

/// What our evaluator says: a value as a text, or `error`.
fn ours(expression: &str, inputs: &Inputs) -> String {
    let names = Names {
        subjects: vec![Subject::Table],
        options: ["i", "j", "d", "s", "t", "b", "l", "m", "n"]
            .iter()
            .map(|name| ((*name).to_owned(), Kind::Any))
            .collect(),
        lets: Vec::new(),
    };
    let (program, _) = compile(expression, &names).unwrap_or_else(|mistake| panic!("{expression}: {mistake:?}"));
    let options: Vec<(Text, Value)> = [
        ("i", number(inputs.i)),
        ("j", number(inputs.j)),
        ("d", float(inputs.d)),
        ("s", text(&inputs.s)),
        ("t", text(&inputs.t)),
        ("b", truth(inputs.b)),
        ("l", list(inputs.l.iter().map(|item| number(*item)).collect())),
        ("m", list(inputs.m.iter().map(|item| text(item)).collect())),
        ("n", map(vec![("x", number(inputs.i))])),
    ]
    .into_iter()
    .map(|(name, value)| (Text::from(name), value))
    .collect();
    let mut bench = Bench::new();
    let table = bench.table("orders", Vec::new());
    let outcome = super::tests::in_scene(&bench, table, &options, |scene| scene.evaluate(&program).unwrap());
    match &outcome.what {
        What::Double(number) => format!("double {number:?}"),
        What::Value(value) => shown(value),
        What::Error(_) => "error".into(),
        other => format!("{other:?}"),
    }
}

fn shown(value: &Value) -> String {
    match &value.data {
        Data::Bool(truth) => format!("bool {truth}"),
        Data::Number(number) if number.as_i64().is_some() => format!("int {number}"),
        Data::Number(number) => format!("double {:?}", number.as_f64()),
        Data::String(text) => format!("text {text}"),
        Data::List(list) => format!("[{}]", list.items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        other => format!("{other:?}"),
    }
}

/// What the crate's interpreter says, in the same words.
fn theirs(expression: &str, inputs: &Inputs) -> String {
    let program = cel::Program::compile(expression).unwrap();
    let mut context = cel::Context::default();
    let options: HashMap<String, Cel> = [
        ("i", Cel::from(inputs.i)),
        ("j", Cel::from(inputs.j)),
        ("d", Cel::from(inputs.d)),
        ("s", Cel::from(inputs.s.clone())),
        ("t", Cel::from(inputs.t.clone())),
        ("b", Cel::from(inputs.b)),
        ("l", Cel::from(inputs.l.clone())),
        ("m", Cel::from(inputs.m.clone())),
        ("n", Cel::from(HashMap::from([("x".to_owned(), Cel::from(inputs.i))]))),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    context.add_variable_from_value("options", options);
    match program.execute(&context) {
        Ok(value) => cel_shown(&value),
        Err(_) => "error".into(),
    }
}

fn cel_shown(value: &Cel) -> String {
    match value {
        Cel::Bool(truth) => format!("bool {truth}"),
        Cel::Int(number) => format!("int {number}"),
        Cel::Float(number) => format!("double {number:?}"),
        Cel::String(text) => format!("text {text}"),
        Cel::List(items) => format!("[{}]", items.iter().map(cel_shown).collect::<Vec<_>>().join(", ")),
        other => format!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn conditions_agree_with_the_crates_interpreter(expression in booleans(4), inputs in inputs()) {
        prop_assert_eq!(ours(&expression, &inputs), theirs(&expression, &inputs), "{}", expression);
    }

    #[test]
    fn numbers_texts_and_lists_agree_with_the_crates_interpreter(
        expression in prop_oneof![integers(3), doubles(3), texts(3), integer_lists(3)], inputs in inputs()
    ) {
        prop_assert_eq!(ours(&expression, &inputs), theirs(&expression, &inputs), "{}", expression);
    }
}
