use super::*;
use crate::model::schema::Subject;
use crate::policy::expression::{Kind, Names, compile};
use crate::policy::testing::{
    Bench, arn_of, float, list, map, number, open_list, open_map, parts, symbol, text, truth, unknown,
};

/// What an expression over options with some values is.
fn outcome_in(bench: &Bench, entity: EntityId, expression: &str, options: &[(&str, Value)]) -> Outcome {
    let names = Names {
        subjects: vec![Subject::Table],
        options: options.iter().map(|(name, _)| ((*name).to_owned(), Kind::Any)).collect(),
        lets: Vec::new(),
    };
    let (program, _) = compile(expression, &names).unwrap_or_else(|mistake| panic!("{expression}: {mistake:?}"));
    let options: Vec<(Text, Value)> = options.iter().map(|(name, value)| (Text::from(*name), value.clone())).collect();
    in_scene(bench, entity, &options, |scene| scene.evaluate(&program).unwrap())
}

/// Looks at a scene of one entity with nothing decided.
pub(super) fn in_scene<T>(
    bench: &Bench,
    entity: EntityId,
    options: &[(Text, Value)],
    look: impl FnOnce(&Scene<'_>) -> T,
) -> T {
    let words = Words::default();
    let world = World {
        facts: Facts::of(&bench.project),
        origins: &bench.project.origins,
        model: Watched::new(&bench.model, None),
        closed_world: false,
        words: &words,
        region: None,
        account: None,
        memos: Memos::default(),
    };
    let assignment = Assignment::default();
    look(&Scene::new(&world, entity, &assignment, options, &[]))
}

fn outcome(expression: &str, options: &[(&str, Value)]) -> Outcome {
    let mut bench = Bench::new();
    let table = bench.table("orders", Vec::new());
    outcome_in(&bench, table, expression, options)
}

/// `true`, `false`, `unknown`, `need`, `error` or the value.
fn said(outcome: &Outcome) -> String {
    match &outcome.what {
        What::Value(value) if value.is_unknown() => "unknown".into(),
        What::Value(value) => match &value.data {
            Data::Absent | Data::Null => "null".into(),
            Data::List(items) => {
                let items: Vec<String> = items.items.iter().map(render::plain).collect();
                format!("[{}]", items.join(", "))
            }
            _ => render::plain(value),
        },
        What::Double(number) => number.to_string(),
        What::AtLeast(least, _) => format!("at least {least}"),
        What::Need(_) => "need".into(),
        What::Error(_) => "error".into(),
        What::Project | What::Options => "-".into(),
    }
}

#[track_caller]
fn is(expression: &str, options: &[(&str, Value)], expected: &str) {
    let outcome = outcome(expression, options);
    assert_eq!(said(&outcome), expected, "{expression}: {:?}", outcome.what);
}

#[test]
fn logic_is_kleenes() {
    let x = [("x", unknown())];
    is("options.x && false", &x, "false");
    is("false && options.x", &x, "false");
    is("options.x && true", &x, "unknown");
    is("options.x || true", &x, "true");
    is("options.x || false", &x, "unknown");
    is("!options.x", &x, "unknown");
    is("options.x ? 1 : 1", &x, "1");
    is("options.x ? 1 : 2", &x, "unknown");
}

#[test]
fn a_side_that_decides_hides_what_is_wrong_with_the_other() {
    is("1 / 0 == 1 && false", &[], "false");
    is("1 / 0 == 1 || true", &[], "true");
    is("1 / 0 == 1 || false", &[], "error");
}

#[test]
fn nothing_is_null_and_stays_null_on_the_way() {
    let x = [("x", Value::absent(OriginId::NONE))];
    is("options.x == null", &x, "true");
    is("options.x.a.b == null", &x, "true");
    is("options.x.size()", &x, "0");
    is("options.x.all(y, false)", &x, "true");
    is("options.x.startsWith('a')", &x, "false");
    is("!options.x", &x, "true");
    is("options.x < 1", &x, "error");
    is("has(options.x.a)", &x, "false");
}

#[test]
fn unknowns_are_equal_to_themselves_and_otherwise_not_compared() {
    is("options.a == options.b", &[("a", symbol("var.k")), ("b", symbol("var.k"))], "true");
    is("options.a == options.b", &[("a", symbol("var.k")), ("b", symbol("var.l"))], "unknown");
    is("same(options.a, options.b)", &[("a", symbol("var.k")), ("b", symbol("var.l"))], "false");
    is("same(options.a, options.b)", &[("a", symbol("var.k")), ("b", symbol("var.k"))], "true");
    is("options.a == null", &[("a", symbol("var.k"))], "unknown");
    is("options.a == null", &[("a", arn_of("aws_kms_key.k"))], "false");
    is("known(options.a)", &[("a", unknown())], "false");
}

#[test]
fn open_lists_are_decided_by_what_is_known_of_them() {
    let l = [("l", open_list(vec![number(1), number(2)]))];
    is("options.l.all(x, x > 1)", &l, "false");
    is("options.l.all(x, x > 0)", &l, "unknown");
    is("options.l.exists(x, x == 2)", &l, "true");
    is("options.l.exists(x, x == 3)", &l, "unknown");
    is("options.l.exists_one(x, x == 2)", &l, "unknown");
    is("options.l.exists_one(x, x > 0)", &l, "false");
    is("options.l.size() > 1", &l, "true");
    is("options.l.size() > 2", &l, "unknown");
    is("options.l.size() < 2", &l, "false");
    is("options.l.size() == 1", &l, "false");
    is("3 > options.l.size()", &l, "unknown");
    is("options.l.size() + 1 > 2", &l, "true");
    is("options.l.count(x, x > 1) >= 1", &l, "true");
    is("2 in options.l", &l, "true");
    is("3 in options.l", &l, "unknown");
    is("options.l.filter(x, x > 1).size() >= 1", &l, "true");
    is("sum(options.l) > 2", &l, "true");
}

#[test]
fn an_open_item_leaves_only_what_hangs_on_it_open() {
    let l = [("l", list(vec![number(1), unknown(), number(3)]))];
    is("options.l.size()", &l, "3");
    is("options.l.exists(x, x == 3)", &l, "true");
    is("options.l.all(x, x > 2)", &l, "false");
    is("options.l.all(x, x > 0)", &l, "unknown");
    is("options.l.count(x, x > 0)", &l, "at least 2");
    is("options.l.filter(x, x > 0).size() > 1", &l, "true");
    is("options.l[2]", &l, "3");
}

#[test]
fn items_that_are_absent_are_no_items() {
    let l = [("l", list(vec![Value::absent(OriginId::NONE), number(2)]))];
    is("options.l.size()", &l, "1");
    is("options.l[0]", &l, "2");
    is("options.l.all(x, x == 2)", &l, "true");
}

#[test]
fn open_maps_are_decided_by_what_is_known_of_them() {
    let m = [("m", open_map(vec![("owner", text("me"))]))];
    is("'owner' in options.m", &m, "true");
    is("'team' in options.m", &m, "unknown");
    is("options.m.team == null", &m, "unknown");
    is("options.m.exists(k, k == 'owner')", &m, "true");
    is("options.m['owner']", &m, "me");
    is("'team' in options.n", &[("n", map(vec![("owner", text("me"))]))], "false");
}

#[test]
fn partly_known_texts_are_decided_where_their_known_parts_decide() {
    let t = [("t", parts("table/", "/index/by-date"))];
    is("options.t.startsWith('table/')", &t, "true");
    is("options.t.startsWith('index')", &t, "false");
    is("options.t.startsWith('table/orders')", &t, "unknown");
    is("options.t.endsWith('by-date')", &t, "true");
    is("options.t.endsWith('x')", &t, "false");
    is("options.t.contains('/index/')", &t, "true");
    is("options.t.contains('orders')", &t, "unknown");
    is("options.t == 'stream'", &t, "false");
    is("options.t == 'table/x/index/by-date'", &t, "unknown");
    is("options.t.matches('x')", &t, "unknown");
    is("options.t.size() > 15", &t, "true");
    is("glob(options.t, 'table/*')", &t, "true");
    is("pieces(options.t)", &t, "[table/, /index/by-date]");
    is("('a' + options.t).startsWith('atable')", &t, "true");
}

#[test]
fn functions_give_what_the_page_says() {
    is("words('Orders-devTable')", &[], "[orders, dev, table]");
    is("distinct([1, 2, 1])", &[], "[1, 2]");
    is("duplicates([1, 2, 1, 1])", &[], "[1, 1]");
    is("flatten([[1], [2, 3]])", &[], "[1, 2, 3]");
    is("before([1, 2, 3], 3)", &[], "[1, 2]");
    is("nearest('KEYS_ONYL', ['ALL', 'KEYS_ONLY'])", &[], "KEYS_ONLY");
    is("nearest('x', ['ALL'])", &[], "null");
    is("quote(['a', 'b', 'c'])", &[], "`a`, `b` and `c`");
    is("min(3, 2)", &[], "2");
    is("max([3, 5, 4])", &[], "5");
    is("sum([1, 2])", &[], "3");
    is("keys({'a': 1})", &[], "[a]");
    is("values({'a': 1})", &[], "[1]");
    is("'a-b'.split('-')", &[], "[a, b]");
    is("['a', 'b'].join('+')", &[], "a+b");
    is("' a '.trim() + 'B'.lowerAscii() + 'c'.upperAscii()", &[], "abC");
    is("'orders'.matches('^[a-z]+$')", &[], "true");
    is("'orders'.matches('[')", &[], "error");
    is("[1, 2, 3].map(x, x > 1, x * 2)", &[], "[4, 6]");
    is("undetermined('scaled elsewhere')", &[], "unknown");
    is("false || undetermined('scaled elsewhere')", &[], "unknown");
    is("options.x * 2.0", &[("x", number(3))], "6");
    is("options.x / 2", &[("x", float(2.5))], "1.25");
}

#[test]
fn items_that_may_be_the_same_leave_repetitions_open() {
    let l = [("l", list(vec![symbol("var.a"), symbol("var.b"), symbol("var.a")]))];
    is("duplicates(options.l).size() >= 1", &l, "true");
    is("duplicates(options.l).size() >= 2", &l, "unknown");
    is("distinct(options.l).size() >= 1", &l, "true");
    is("distinct(options.l).size() >= 2", &l, "unknown");
    is("distinct([1, 2, 1]).size() == 2", &l, "true");
}

#[test]
fn an_input_has_to_be_decided_only_where_the_result_hangs_on_it() {
    let mut bench = Bench::new();
    let input = bench.input("env", &["dev", "prod"], None);
    let choice = bench.choice(input, vec![truth(false), truth(true)]);
    let table = bench.table("orders", vec![("deletion_protection", choice)]);
    let said = |expression: &str| said(&outcome_in(&bench, table, expression, &[]));
    assert_eq!(said("table.deletion_protection"), "need");
    assert_eq!(said("table.deletion_protection && false"), "false");
    assert_eq!(said("false || table.deletion_protection"), "need");
    assert_eq!(said("table.deletion_protection || true"), "true");
    assert_eq!(said("[table].exists(t, t.deletion_protection || t.name == 'orders')"), "true");
    assert_eq!(said("table.name == 'orders' ? 1 : 2"), "1");
}

#[test]
fn the_values_that_decide_are_the_evidence() {
    let mut bench = Bench::new();
    let mode = bench.placed(text("PROVISIONED"));
    let protection = bench.placed(truth(false));
    let one = bench.placed(text("id"));
    let two = bench.placed(text("date"));
    let defined = bench.placed(text("id"));
    let definition = map(vec![("name", defined.clone())]);
    let definitions = bench.placed(list(vec![definition]));
    let keys = list(vec![one.clone(), two.clone()]);
    let table = bench.table(
        "orders",
        vec![
            ("billing_mode", mode.clone()),
            ("deletion_protection", protection.clone()),
            ("partition_keys", keys),
            ("attribute_definitions", definitions.clone()),
        ],
    );
    let places = |expression: &str| -> Vec<OriginId> {
        outcome_in(&bench, table, expression, &[]).evidence.iter().map(Evidence::origin).collect()
    };
    // For a conjunction, the sides that are false.
    assert_eq!(places("table.billing_mode == 'PROVISIONED' && table.deletion_protection"), [protection.origin]);
    // For a disjunction that fails, all sides.
    assert_eq!(
        places("table.billing_mode == 'PAY_PER_REQUEST' || table.deletion_protection"),
        [mode.origin, protection.origin]
    );
    // For `all`, the items that fail come before what they are compared with.
    let defined_keys = "table.partition_keys.all(k, table.attribute_definitions.exists(a, a.name == k))";
    assert_eq!(places(defined_keys), [two.origin, definitions.origin, defined.origin]);
    // For `exists` without a match, the list.
    assert_eq!(places("table.attribute_definitions.exists(a, a.name == 'x')"), [definitions.origin, defined.origin]);
}

#[test]
fn an_endless_page_is_stopped() {
    let numbers: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let list = format!("[{}]", numbers.join(", "));
    let expression = format!("{list}.all(a, {list}.all(b, {list}.all(c, {list}.all(d, a + b + c + d >= 0))))");
    let names = Names { subjects: vec![Subject::Table], ..Names::default() };
    let (program, _) = compile(&expression, &names).unwrap();
    let mut bench = Bench::new();
    let table = bench.table("orders", Vec::new());
    assert_eq!(in_scene(&bench, table, &[], |scene| scene.evaluate(&program).err()), Some(Exhausted));
}

#[test]
fn names_tags_and_inputs_tell_environments_apart() {
    let production = |name: &str, fields: Vec<(&str, Value)>| {
        let mut bench = Bench::new();
        let table = bench.table(name, fields);
        said(&outcome_in(&bench, table, "non_production(self)", &[]))
    };
    assert_eq!(production("orders-dev", vec![]), "true");
    assert_eq!(production("OrdersNonProd", vec![]), "true");
    assert_eq!(production("orders-non-production", vec![]), "true");
    assert_eq!(production("orders-prod", vec![]), "false");
    assert_eq!(production("developers", vec![]), "false");
    assert_eq!(production("orders", vec![("tags", map(vec![("Environment", text("QA"))]))]), "true");
    assert_eq!(production("test-results", vec![("tags", map(vec![("env", text("prod"))]))]), "false");
    assert_eq!(production("orders", vec![]), "false");
}

#[test]
fn what_is_worked_out_is_not_said_to_be_written_where_it_comes_from() {
    let mut bench = Bench::new();
    let table = bench.table("orders", Vec::new());
    let described = |value: &Value| in_scene(&bench, table, &[], |scene| scene.describe(value));
    let span = crate::source::Span::new(crate::source::FileId(0), 5, 9);
    let written = bench.project.origins.literal(span);
    let missing =
        bench.project.origins.hop(span, crate::value::Step::Absent("SSEEnabled: true".into()), OriginId::NONE);
    assert_eq!(described(&Value::bool(false, written)).as_deref(), Some("this is `false`"));
    assert_eq!(described(&Value::fact(false, written)), None);
    let never_written = bench.project.origins.hop(span, crate::value::Step::Absent("".into()), OriginId::NONE);
    assert_eq!(described(&Value::absent(never_written)), None);
    assert_eq!(described(&Value::absent(written)), None);
    assert_eq!(described(&Value::null(written)).as_deref(), Some("nothing is set here"));
    assert_eq!(
        described(&Value::fact(false, missing)).as_deref(),
        Some("nothing is set here, and the default is `false`: write `SSEEnabled: true`")
    );
}
