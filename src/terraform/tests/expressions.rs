use super::check_expression;

#[test]
fn literals_collections_and_operators() {
    for (expression, expected) in [
        ("1 + 2 * 3", "7"),
        ("\"a\" == \"a\" && !(1 > 2)", "true"),
        ("[1, \"a\", null]", "[1, \"a\", null]"),
        ("{ b = 1, a = 2, \"c d\" = 3, (\"e\") = 4 }", "{a: 2, b: 1, c d: 3, e: 4}"),
        ("{ a = 1, a = 2 }", "{a: 2}"),
        ("true ? \"a\" : \"b\"", "\"a\""),
        ("-(3)", "-3"),
        ("{ a = { b = [10, 20] } }.a.b[1]", "20"),
        ("[{ a = 1 }, { a = 2 }][*].a", "[1, 2]"),
        ("[{ a = 1 }, { a = 2 }].*.a", "[1, 2]"),
        ("null[*]", "[]"),
        ("\"x\"[*]", "[\"x\"]"),
        ("\"${1}-${true}\"", "\"1-true\""),
        ("\"${[1]}\"", "[1]"),
        ("\"%{ if true }yes%{ else }no%{ endif }\"", "\"yes\""),
        ("\"%{ for k, v in { a = 1, b = 2 } }${k}${v};%{ endfor }\"", "\"a1;b2;\""),
    ] {
        check_expression("", expression, expected);
    }
}

#[test]
fn comprehensions() {
    for (expression, expected) in [
        ("[for x in [1, 2, 3] : x * 2 if x != 2]", "[2, 6]"),
        ("[for i, x in [\"a\", \"b\"] : \"${i}${x}\"]", "[\"0a\", \"1b\"]"),
        ("{ for k, v in { a = 1, b = 2 } : v => k }", "{1: \"a\", 2: \"b\"}"),
        ("{ for x in [\"a\", \"b\", \"a\"] : x => 1... }", "{a: [1, 1], b: [1]}"),
        ("[for x in [[1, 2], [3]] : [for y in x : y + 1]]", "[[2, 3], [4]]"),
    ] {
        check_expression("", expression, expected);
    }
}

#[test]
fn what_terraform_refuses_is_no_value() {
    for expression in [
        "{ a = 1 }.b",
        "[1][2]",
        "[for x in null : x]",
        "{ for x in [\"a\", \"a\"] : x => 1 }",
        "local.missing",
        "var.missing",
        "module.missing.x",
        "aws_kms_key.missing.arn",
        "\"x${null}\"",
        "1 + \"a\"",
        "null ? 1 : 2",
        "each.key",
        "name",
        "{ a.b = 1 }",
        "nofunction(1)",
    ] {
        let main = format!("resource \"aws_dynamodb_table\" \"t\" {{\n  x = {expression}\n}}\n");
        let case = super::evaluated(&[("infra/main.tf", &main)], &super::Options::default());
        let value = case.value("aws_dynamodb_table.t", "x");
        assert!(value.is_unknown(), "{expression}: {}", super::show(&value, &case.project.inputs));
    }
}

#[test]
fn locals_are_lazy_and_may_not_close_a_circle() {
    let locals = "locals {\n  a = local.b\n  b = local.a\n  c = \"${local.d}-x\"\n  d = \"d\"\n}";
    check_expression(locals, "local.c", "\"d-x\"");
    check_expression(locals, "local.a", "?(the local value can't be evaluated: it refers to itself)");
}

#[test]
fn try_does_not_catch_what_is_wrong_with_a_declaration() {
    let bad = "locals {\n  bad = {}.a\n}";
    let expected = "?(the local value can't be evaluated: this object has no attribute `a`)";
    check_expression(bad, "try(local.bad, \"d\")", expected);
}

#[test]
fn try_and_can_go_on_where_something_is_refused() {
    for (expression, expected) in [
        ("try({}.a, \"d\")", "\"d\""),
        ("try([][0], {}.a, 3)", "3"),
        ("try(aws_kms_key.k.arn, \"d\")", "?aws_kms_key.k.arn"),
        ("can({}.a)", "false"),
        ("can(1)", "true"),
    ] {
        check_expression("resource \"aws_kms_key\" \"k\" {}", expression, expected);
    }
}

#[test]
fn what_is_known_of_a_text_stays_known_when_a_part_of_it_is_replaced_by_something_open() {
    let key = "resource \"aws_kms_key\" \"k\" {}";
    check_expression(key, "replace(\"a-KEY-b\", \"KEY\", aws_kms_key.k.arn)", "\"a-${?aws_kms_key.k.arn}-b\"");
    check_expression(key, "replace(\"a-b\", \"KEY\", aws_kms_key.k.arn)", "\"a-b\"");
    check_expression(
        key,
        "replace(\"a-b\", \"/KEY/\", aws_kms_key.k.arn)",
        "?(an attribute of `aws_kms_key.k` is known only after it is made)",
    );
}
