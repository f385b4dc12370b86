use std::fmt::Write as _;

use super::*;
use crate::model::schema::Subject;
use crate::policy::Profile;
use crate::policy::testing::{Bench, list, map, pack, text, truth, unknown};

const PROTECTION: (&str, &str) = ("unprotected", "require: table.deletion_protection");

/// What the policies say, a line each: policy, entity, verdict.
fn judged(bench: &Bench, pack: &Pack, settings: &Settings) -> Vec<String> {
    judge(&bench.project, &bench.model, pack, settings)
        .iter()
        .map(|judgement| {
            let name = &bench.model.get(judgement.entity).name;
            let verdict = match &judgement.verdict {
                Verdict::Pass => "pass".to_owned(),
                Verdict::Fail(failure) => match &failure.description {
                    Some(case) => format!("fail when {case}: {} ({})", failure.message, failure.confidence),
                    None => format!("fail: {} ({})", failure.message, failure.confidence),
                },
                Verdict::Undetermined { why, .. } => format!("undetermined: {why}"),
            };
            format!("{} {name} {verdict}", judgement.policy.name)
        })
        .collect()
}

#[test]
fn a_table_passes_fails_or_is_undetermined() {
    let mut bench = Bench::new();
    bench.table("a", vec![("deletion_protection", truth(true))]);
    bench.table("b", vec![("deletion_protection", truth(false))]);
    bench.table("c", vec![("deletion_protection", unknown())]);
    assert_eq!(
        judged(&bench, &pack(&[PROTECTION]), &Settings::default()),
        [
            "unprotected a pass",
            "unprotected b fail: `b` is wrong (high)",
            "unprotected c undetermined: `x` has no value"
        ]
    );
}

#[test]
fn what_is_not_managed_is_not_judged() {
    let mut bench = Bench::new();
    let id = bench.table("b", vec![("deletion_protection", truth(false))]);
    bench.model.set_managed(id, false);
    assert!(judged(&bench, &pack(&[PROTECTION]), &Settings::default()).is_empty());
}

#[test]
fn the_case_is_named_and_confidence_follows_the_default() {
    let mut bench = Bench::new();
    let input = bench.input("tier", &["gold", "silver", "bronze"], Some(0));
    let value = bench.choice(input, vec![truth(true), truth(false), truth(false)]);
    bench.table("a", vec![("deletion_protection", value)]);
    let value = bench.choice(input, vec![truth(false), truth(true), truth(true)]);
    bench.table("b", vec![("deletion_protection", value)]);
    assert_eq!(
        judged(&bench, &pack(&[PROTECTION]), &Settings::default()),
        [
            "unprotected a fail when tier is not gold: `a` is wrong (medium)",
            "unprotected b fail when tier is gold: `b` is wrong (high)"
        ]
    );
}

#[test]
fn an_entity_is_judged_only_where_it_exists() {
    let mut bench = Bench::new();
    let input = bench.input("create", &["true", "false"], None);
    let value = bench.choice(input, vec![truth(true), truth(false)]);
    let exists = bench.choice(input, vec![truth(false), truth(true)]);
    let id = bench.table("a", vec![("deletion_protection", value)]);
    bench.model.set_exists(id, exists);
    let id = bench.table("never", vec![("deletion_protection", truth(false))]);
    bench.model.set_exists(id, truth(false));
    assert_eq!(
        judged(&bench, &pack(&[PROTECTION]), &Settings::default()),
        ["unprotected a fail when create is false: `a` is wrong (high)"]
    );
}

#[test]
fn combinations_that_cannot_occur_are_not_judged() {
    let mut bench = Bench::new();
    let input = bench.input("env", &["dev", "prod"], None);
    let never = bench.choice(input, vec![truth(false), truth(true)]);
    bench.project.inputs.constraints.push(never.clone());
    bench.table("a", vec![("deletion_protection", never)]);
    assert_eq!(judged(&bench, &pack(&[PROTECTION]), &Settings::default()), ["unprotected a pass"]);
}

#[test]
fn too_many_combinations_are_undetermined() {
    let mut bench = Bench::new();
    let mut items = Vec::new();
    for at in 0..8 {
        let input = bench.input(&format!("input{at}"), &["a", "b"], None);
        items.push(bench.choice(input, vec![text("x"), text("y")]));
    }
    bench.table("a", vec![("partition_keys", list(items))]);
    let policy = ("odd", "require: \"table.partition_keys.filter(k, k == 'x').size() == 3\"");
    let said = judged(&bench, &pack(&[policy]), &Settings::default());
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("odd a undetermined: it depends on more than 64 combinations"), "{said:?}");
}

#[test]
fn a_production_policy_is_silent_where_the_case_is_for_development() {
    let policy = ("unprotected", "require: table.deletion_protection\nproduction-only: true");
    let mut bench = Bench::new();
    bench.table("orders-dev", vec![("deletion_protection", truth(false))]);
    let input = bench.input("environment", &["dev", "prod", "anything else"], None);
    let name = bench.choice(input, vec![text("o-dev"), text("o-prod"), unknown()]);
    bench.table("orders", vec![("deletion_protection", truth(false)), ("name", name)]);
    let pack = pack(&[policy]);
    assert_eq!(
        judged(&bench, &pack, &Settings::default()),
        [
            "unprotected orders-dev pass",
            "unprotected orders fail when environment is not dev: `orders` is wrong (high)"
        ]
    );
    let strict = Settings { profile: Profile::Strict, ..Settings::default() };
    assert_eq!(judged(&bench, &pack, &strict)[0], "unprotected orders-dev fail: `orders-dev` is wrong (high)");
    let environment = Settings { production: Some(false), ..Settings::default() };
    assert_eq!(judged(&bench, &pack, &environment)[1], "unprotected orders pass");
}

#[test]
fn what_belongs_to_a_table_has_its_mark() {
    let mut bench = Bench::new();
    let table = bench.table("orders-dev", vec![]);
    bench.entity(Subject::Index, "by-date", vec![("table", Value::entity(table, OriginId::NONE))]);
    let policy = ("wrong", "applies-to: index\nrequire: 'false'\nproduction-only: true");
    let loud = ("loud", "applies-to: index\nrequire: 'false'\nnon-production-only: true");
    assert_eq!(
        judged(&bench, &pack(&[policy, loud]), &Settings::default()),
        ["loud by-date fail: `by-date` is wrong (high)", "wrong by-date pass"]
    );
}

#[test]
fn profiles_names_and_needed_options_switch_policies_on() {
    let mut bench = Bench::new();
    bench.table("a", vec![]);
    let strict = ("strict-one", "require: 'false'\nprofile: strict");
    let needs = (
        "needs-one",
        "require: options.wanted.all(w, w == self.name)\nprofile: all\nneeds-option: wanted\n\
         options: { wanted: { type: list(string), default: [], doc: X. } }",
    );
    let pack = pack(&[strict, needs]);
    assert!(judged(&bench, &pack, &Settings::default()).is_empty());
    let mut settings = Settings { profile: Profile::Strict, ..Settings::default() };
    assert_eq!(judged(&bench, &pack, &settings), ["strict-one a fail: `a` is wrong (high)"]);
    settings.profile = Profile::Default;
    settings.policies.insert(
        "needs-one".into(),
        PolicySettings { options: vec![("wanted".into(), list(vec![text("b")]))], ..PolicySettings::default() },
    );
    assert_eq!(judged(&bench, &pack, &settings), ["needs-one a fail: `a` is wrong (high)"]);
    let on = PolicySettings { enabled: Some(true), severity: Some(Severity::Low), ..PolicySettings::default() };
    settings.policies.insert("strict-one".into(), on);
    let judgements = judge(&bench.project, &bench.model, &pack, &settings);
    let Verdict::Fail(failure) = &judgements[1].verdict else { panic!("it fails") };
    assert_eq!(failure.severity, Severity::Low);
}

#[test]
fn a_policy_gives_way_even_to_one_that_is_off() {
    let mut bench = Bench::new();
    bench.table("a", vec![("deletion_protection", truth(false))]);
    bench.table("b", vec![("deletion_protection", truth(true))]);
    let loud = ("loud", "require: 'false'\ngives-way-to: unprotected");
    let mut settings = Settings::default();
    settings
        .policies
        .insert("unprotected".into(), PolicySettings { enabled: Some(false), ..PolicySettings::default() });
    assert_eq!(
        judged(&bench, &pack(&[PROTECTION, loud]), &settings),
        ["loud a pass", "loud b fail: `b` is wrong (high)"]
    );
}

#[test]
fn a_missing_companion_is_a_finding_only_beside_companions_or_in_a_closed_world() {
    let policy = ("no-alarm", "scope: stack\ncompanion: project.alarms.size() > 0\nrequire: table.alarms.size() > 0");
    let pack = pack(&[policy]);
    let mut bench = Bench::new();
    bench.table("a", vec![("alarms", list(vec![]))]);
    assert_eq!(judged(&bench, &pack, &Settings::default()), ["no-alarm a pass"]);
    let closed = Settings { closed_world: true, ..Settings::default() };
    assert_eq!(judged(&bench, &pack, &closed), ["no-alarm a fail: `a` is wrong (high)"]);
    bench.entity(Subject::Alarm, "other", vec![]);
    assert_eq!(judged(&bench, &pack, &Settings::default()), ["no-alarm a fail: `a` is wrong (high)"]);
}

#[test]
fn some_cases_fail_while_others_are_undetermined() {
    let mut bench = Bench::new();
    let input = bench.input("env", &["dev", "prod"], None);
    let value = bench.choice(input, vec![truth(false), unknown()]);
    bench.table("a", vec![("deletion_protection", value)]);
    assert_eq!(
        judged(&bench, &pack(&[PROTECTION]), &Settings::default()),
        ["unprotected a fail when env is dev: `a` is wrong (high)", "unprotected a undetermined: `x` has no value"]
    );
}

#[test]
fn the_primary_place_is_the_first_value_in_the_entity_or_the_one_that_the_page_names() {
    let mut bench = Bench::new();
    let protection = bench.placed(truth(false));
    let tags = bench.placed(map(vec![]));
    let table = bench.table("a", vec![("deletion_protection", protection.clone()), ("tags", tags.clone())]);
    let outside = bench.placed(text("b"));
    bench.table("b", vec![("deletion_protection", truth(false)), ("billing_mode", outside)]);
    let named = ("named", "require: table.deletion_protection\nblame: table.tags\nlabel: here");
    let pack = pack(&[PROTECTION, named]);
    let judgements = judge(&bench.project, &bench.model, &pack, &Settings::default());
    let failures: Vec<&Failure> = judgements
        .iter()
        .filter(|judgement| judgement.entity == table)
        .filter_map(|judgement| match &judgement.verdict {
            Verdict::Fail(failure) => Some(failure.as_ref()),
            _ => None,
        })
        .collect();
    assert_eq!(failures[0].primary, bench.span_of(&tags));
    assert_eq!(failures[0].label, "here");
    assert_eq!(failures[0].related[0].span, bench.span_of(&protection));
    assert_eq!(failures[1].primary, bench.span_of(&protection));
    assert_eq!(failures[1].label, "this is `false`");
    // A value without a place is blamed on the header of its entity.
    let Verdict::Fail(failure) = &judgements[3].verdict else { panic!("it fails") };
    assert_eq!(failure.primary, bench.model.get(judgements[3].entity).header);
}

#[test]
fn where_one_item_of_a_list_is_wrong_the_others_are_not_shown_with_it() {
    let mut bench = Bench::new();
    let keys = [bench.placed(text("id")), bench.placed(text("bad")), bench.placed(text("day"))];
    let mode = bench.placed(text("PROVISIONED"));
    bench.table("a", vec![("billing_mode", mode.clone()), ("partition_keys", list(keys.to_vec()))]);
    let require = "require: table.billing_mode != \"PROVISIONED\" || !(table.partition_keys[0] == \"id\" && table.partition_keys[1] == \"bad\")";
    let named = format!("{require}\nblame: table.partition_keys[1]");
    let pack = pack(&[("named", &named), ("plain", require)]);
    let judgements = judge(&bench.project, &bench.model, &pack, &Settings::default());
    let shown = |at: usize| match &judgements[at].verdict {
        Verdict::Fail(failure) => (failure.primary, failure.related.iter().map(|other| other.span).collect::<Vec<_>>()),
        other => panic!("{other:?}"),
    };
    assert_eq!(shown(0), (bench.span_of(&keys[1]), vec![bench.span_of(&mode)]));
    assert!(shown(1).1.len() > 1, "a page that names nothing leaves all that it read");
}

#[test]
fn a_default_that_nobody_wrote_says_what_is_missing() {
    let mut bench = Bench::new();
    let protection = bench.unwritten(truth(false), "deletion_protection_enabled");
    bench.table("a", vec![("deletion_protection", protection)]);
    let pack = pack(&[PROTECTION]);
    let judgements = judge(&bench.project, &bench.model, &pack, &Settings::default());
    let Verdict::Fail(failure) = &judgements[0].verdict else { panic!("it fails") };
    assert_eq!(failure.label, "nothing is set here, and the default is `false`: write `deletion_protection_enabled`");
}

#[test]
fn a_finding_that_holds_in_several_cases_has_one_message() {
    let mut bench = Bench::new();
    let input = bench.input("env", &["dev", "prod"], None);
    let name = bench.choice(input, vec![text("o-dev"), text("o-prod")]);
    let protection = bench.choice(input, vec![truth(false), truth(false)]);
    bench.table("orders", vec![("name", name), ("deletion_protection", protection)]);
    let policy = (
        "named",
        "require: table.deletion_protection\nlet: { called: table.name }\n\
         message: \"{quote([table.name, called])} are wrong\"",
    );
    assert_eq!(
        judged(&bench, &pack(&[policy]), &Settings::default()),
        ["named orders fail: `orders` and `orders` are wrong (high)"]
    );
}

#[test]
fn a_condition_that_makes_no_sense_is_undetermined() {
    let mut bench = Bench::new();
    bench.table("a", vec![("capacity", map(vec![]))]);
    let policy = ("odd", "require: table.capacity.read > 1");
    assert_eq!(
        judged(&bench, &pack(&[policy]), &Settings::default()),
        ["odd a undetermined: the policy's condition makes no sense here: nothing is set where a value is compared"]
    );
}

#[test]
fn no_condition_takes_longer_than_its_budget() {
    let mut bench = Bench::new();
    let names: Vec<Value> = (0..400).map(|number| text(&format!("attribute-{number}"))).collect();
    let long = "a".repeat(2_000_000);
    bench.table("a", vec![("ignore_changes", list(names)), ("name", text(&long))]);
    let nested = "table.ignore_changes.all(a, table.ignore_changes.all(b, table.ignore_changes.all(c, a + b != c)))";
    let patterns = "table.ignore_changes.all(a, table.ignore_changes.all(b, !'x'.matches(a + b + '(y{50}){50}')))";
    let (mut doubled, mut shared) = (String::new(), String::new());
    for number in 0..60 {
        let _ = writeln!(doubled, "  d{}: d{number} + d{number}", number + 1);
        let _ = writeln!(shared, "  d{}: '[d{number}, d{number}]'", number + 1);
    }
    let texts = format!("let:\n  d0: table.name\n{doubled}require: d60 != ''");
    let lists = format!("let:\n  d0: '[1]'\n{shared}  e: '[d59, d59]'\nrequire: d60 == e");
    let matched = "table.ignore_changes.all(a, !table.name.matches('(a|b|aa)*(c|d)[xy]'))";
    // Each of 400 times 400 asks for as much again.
    let pairs = |inner: &str| format!("require: \"table.ignore_changes.all(a, table.ignore_changes.all(b, {inner}))\"");
    let distinct = pairs("table.ignore_changes.distinct().size() > 1");
    let members = pairs("!('x' in table.ignore_changes)");
    let lowered = pairs("table.name.lowerAscii() != a");
    let hostile = [
        ("distinct", distinct),
        ("members", members),
        ("lowered", lowered),
        ("nested", format!("require: {nested}")),
        ("patterns", format!("require: \"{patterns}\"")),
        ("texts", texts),
        ("lists", lists),
        ("matched", format!("require: \"{matched}\"")),
    ];
    for (name, page) in hostile {
        let said = judged(&bench, &pack(&[(name, &page)]), &Settings::default());
        assert_eq!(said.len(), 1, "{name}: {said:?}");
        let short: String = said[0].chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
        let exhausted =
            short.ends_with("its evaluation takes more than 400000 steps; split the policy or the resource");
        assert!(exhausted, "{name}: {short}");
    }
}
