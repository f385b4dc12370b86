use super::*;
use crate::policy::testing::page;

/// The mistakes of a page: the text that each stands on, and what it says.
fn mistakes(text: &str) -> Vec<(String, String)> {
    let Err(mistakes) = Page::parse(text) else { return Vec::new() };
    mistakes
        .into_iter()
        .map(|mistake| {
            let help = mistake.help.map(|help| format!(" ({help})")).unwrap_or_default();
            (text[mistake.start..mistake.end].to_owned(), format!("{}{help}", mistake.message))
        })
        .collect()
}

fn of_fields(fields: &str) -> Vec<(String, String)> {
    mistakes(&page("some-name", fields))
}

fn one(fields: &str) -> (String, String) {
    let found = of_fields(fields);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

#[track_caller]
fn says(fields: &str, place: &str, message: &str) {
    assert_eq!(one(fields), (place.to_owned(), message.to_owned()));
}

#[test]
fn a_good_page_has_no_mistakes_and_keeps_its_fields() {
    let text = page(
        "some-name",
        "require: options.max > 1 && all_named\nlet: { all_named: 'table.indexes.all(i, i.name != null)' }\n\
         options: { max: { type: integer, default: 20, doc: The most. } }\naliases: [CKV_AWS_1, 'aws_x_*']",
    );
    let page = Page::parse(&text).unwrap();
    assert_eq!(page.lets[0].0, "all_named");
    assert!(page.is_called("some-name") && page.is_called("ckv_aws_1") && page.is_called("aws_x_invalid"));
    assert!(!page.is_called("aws_y"));
    assert_eq!(page.text, text);
}

#[test]
fn a_field_that_the_model_does_not_have_is_named_with_the_one_that_was_meant() {
    says(
        "require: table.deletion_protecton",
        "deletion_protecton",
        "a table has no field `deletion_protecton` (did you mean `deletion_protection`?)",
    );
    says(
        "require: table.global_indexes.all(i, i.projction.type != 'ALL')",
        "projction",
        "a index has no field `projction` (did you mean `projection`?)",
    );
    says("require: tble.deletion_protection", "tble", "there is no `tble` here (did you mean `table`?)");
}

#[test]
fn a_type_error_stands_on_its_expression() {
    let (_, message) = one("require: table.billing_mode");
    assert_eq!(message, "`require` has to be true or false, and this is a text");
    let (_, message) = one("require: table.deletion_protection == 'yes'");
    assert_eq!(message, "a bool and a text are never the same");
    says(
        "require: table.billing_mode == 'PROVISIOND'",
        "PROVISIOND",
        "the field is never `PROVISIOND` (did you mean `PROVISIONED`?)",
    );
    let (_, message) = one("require: table.name.size() && true");
    assert_eq!(message, "a side of `&&` or `||` has to be a bool, and this is a number");
}

#[test]
fn an_unknown_function_or_a_broken_expression_is_a_mistake() {
    says(
        "require: table.name.startWith('a')",
        "startWith",
        "there is no function `startWith` to call like this (did you mean `startsWith`?)",
    );
    let (_, message) = one("require: table.name ==");
    assert!(message.starts_with("this is no CEL expression"), "{message}");
}

#[test]
fn unknown_fields_and_values_of_the_front_matter_are_mistakes() {
    says("require: 'true'\nsevrity: high", "sevrity", "a page has no field `sevrity` (did you mean `severity`?)");
    says(
        "require: 'true'\nseverity: huge",
        "huge",
        "there is no severity `huge` (it is one of info, low, medium, high)",
    );
    says("require: 'true'\napplies-to: tabel", "tabel", "the model has no subject `tabel` (did you mean `table`?)");
    says("require: 'true'\nneeds-option: max", "max", "the page has no option `max` (declare it under `options`)");
    let (_, message) = one("when: 'true'");
    assert_eq!(message, "the page has no `require` (add `require: ...`)");
}

#[test]
fn texts_are_checked_where_they_have_expressions() {
    says(
        "require: 'true'\nmessage: \"`{table.nam}` is wrong\"",
        "nam",
        "a table has no field `nam` (did you mean `name`?)",
    );
    let (_, message) = one("require: 'true'\nmessage: '{table.name'");
    assert!(message.starts_with("the brace is not closed"), "{message}");
}

#[test]
fn broken_yaml_is_a_mistake_at_its_line() {
    let text = page("some-name", "require: a ? b : c");
    let Err(mistakes) = Page::parse(&text) else { panic!("it is broken") };
    assert_eq!(text[..mistakes[0].start].matches('\n').count(), 2, "{mistakes:?}");
    assert!(mistakes[0].message.starts_with("the front matter is no valid YAML: "), "{mistakes:?}");
    assert!(!mistakes[0].message.contains("line"), "{mistakes:?}");
}

#[test]
fn a_fix_says_whether_it_is_safe_and_sets_fields_that_exist() {
    says(
        "require: 'true'\nfix: { set: { deletion_protecton: true }, safe: true }",
        "deletion_protecton",
        "table has no field `deletion_protecton` (did you mean `deletion_protection`?)",
    );
    let (_, message) = one("require: 'true'\nfix: { set: { deletion_protection: true } }");
    assert!(message.starts_with("the fix does not say whether it is safe"), "{message}");
}

#[test]
fn a_page_may_have_several_fixes_whose_fields_are_known() {
    let text = page(
        "some-name",
        "require: 'true'\nfix:\n- { when: self.simple, remove: self.name, safe: false }\n- { set: { capacity.read: 1 }, safe: true }",
    );
    let page = Page::parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    assert_eq!(page.fixes.iter().map(|fix| fix.safe).collect::<Vec<_>>(), [false, true]);
    says(
        "require: 'true'\nfix: { replace: { value: self.name, by: y, of: x }, safe: true }",
        "of",
        "what replaces has no field `of` (there are value, text, by)",
    );
}

#[test]
fn sections_and_examples_have_to_be_there() {
    let text = page("some-name", "require: 'true'");
    let (_, message) = mistakes(&text.replace("# Limits\n\nX.\n\n", "")).remove(0);
    assert_eq!(message, "the page has no section `Limits` (add `# Limits`)");
    let (place, message) = mistakes(&text.replace("# Limits\n\nX.", "# Limts\n\nX.")).remove(0);
    assert_eq!((place.as_str(), message.starts_with("a page has no section `Limts`")), ("# Limts\n", true));
    let (_, message) = mistakes(&text.replace("#   ^\n", "")).remove(0);
    assert!(message.starts_with("a failing example marks"), "{message}");
    let (_, message) = mistakes(&text.replace("## Passes: x", "## Fails: y")).remove(0);
    assert!(message.starts_with("there is no example in terraform under a `## Passes"), "{message}");
}

#[test]
fn hostile_pages_end_in_mistakes() {
    for text in [
        "",
        "---",
        "---\n",
        "---\n---\n",
        "---\n[]\n---\n",
        "---\na: [\n---\n",
        "---\na: *x\n---\n",
        "---\na: &a [*a]\n---\n",
        "\u{feff}---\n---",
    ] {
        assert!(Page::parse(text).is_err(), "{text:?}");
    }
    for expression in [
        "1+".repeat(1_900) + "1 == 1",
        "(".repeat(1_900) + "true" + &")".repeat(1_900),
        "[".repeat(1_900) + &"]".repeat(1_900),
        "self".to_owned() + &".table".repeat(600),
        "true?".repeat(600) + "true" + &":true".repeat(600),
        "1 + ".repeat(5_000) + "1 == 1",
        "!".repeat(10_000) + "true",
        "(".repeat(10_000),
        "[".repeat(10_000) + &"]".repeat(10_000),
        "self".to_owned() + &".table".repeat(5_000),
        "1 == ".repeat(700) + "1",
        "self".to_owned() + &"[1]".repeat(1_200),
        "true && ".repeat(5_000) + "true",
        "true ? ".repeat(3_000) + "true" + &": true".repeat(3_000),
        "-".repeat(9_000) + "1 == 1",
    ] {
        assert!(!of_fields(&format!("require: >-\n  {expression}")).is_empty(), "{expression}");
    }
}
