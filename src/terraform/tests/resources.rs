use super::{check, check_expression, evaluated};

#[test]
fn blocks_become_lists_of_maps() {
    check(
        "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"a\"\n  attribute {\n    name = \"id\"\n  }\n  attribute {\n    name = \"x\"\n  }\n  ttl {\n    enabled = true\n  }\n  lifecycle {\n    ignore_changes = [read_capacity]\n  }\n}\n",
        "aws_dynamodb_table.t = {name: \"a\", attribute: [{name: \"id\"}, {name: \"x\"}], ttl: [{enabled: true}]}",
    );
}

#[test]
fn count_and_for_each_make_instances() {
    check(
        "resource \"aws_dynamodb_table\" \"t\" {\n  count = 2\n  name = \"t${count.index}\"\n}\n",
        "aws_dynamodb_table.t[0] = {name: \"t0\"}\naws_dynamodb_table.t[1] = {name: \"t1\"}",
    );
    check(
        "resource \"aws_dynamodb_table\" \"t\" {\n  for_each = { a = 1, b = 2 }\n  name = each.key\n  n = each.value\n}\n",
        "aws_dynamodb_table.t[\"a\"] = {name: \"a\", n: 1}\naws_dynamodb_table.t[\"b\"] = {name: \"b\", n: 2}",
    );
    check(
        "variable \"create\" {\n  default = true\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  count = var.create ? 1 : 0\n}\n",
        "aws_dynamodb_table.t[0] if <create? true: true; false: false> = {}",
    );
    check(
        "variable \"tables\" {}\nresource \"aws_dynamodb_table\" \"t\" {\n  for_each = var.tables\n  name = each.key\n}\n",
        "aws_dynamodb_table.t[\"*\"] if ?(variable `tables` has no value; pass a var-file or --var) = {name: ?aws_dynamodb_table.t[\"*\"].each.key}",
    );
    check("resource \"aws_dynamodb_table\" \"t\" {\n  count = 0\n}\n", "");
}

#[test]
fn dynamic_blocks_are_expanded() {
    check(
        "resource \"aws_dynamodb_table\" \"t\" {\n  attribute {\n    name = \"id\"\n  }\n  dynamic \"attribute\" {\n    for_each = [\"a\", \"b\"]\n    content {\n      name = attribute.value\n    }\n  }\n  dynamic \"g\" {\n    for_each = { x = [1, 2] }\n    iterator = it\n    content {\n      name = it.key\n      dynamic \"k\" {\n        for_each = it.value\n        content {\n          n = k.value\n        }\n      }\n    }\n  }\n}\n",
        "aws_dynamodb_table.t = {attribute: [{name: \"id\"}, {name: \"a\"}, {name: \"b\"}], g: [{name: \"x\", k: [{n: 1}, {n: 2}]}]}",
    );
    check(
        "variable \"on\" {\n  type = bool\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  dynamic \"ttl\" {\n    for_each = var.on ? [1] : []\n    content {\n      enabled = true\n    }\n  }\n}\n",
        "aws_dynamodb_table.t = {ttl: <on? true: [{enabled: true}]; false: []>}",
    );
}

#[test]
fn references_to_resources_stay_symbolic_where_the_service_fills_in() {
    let key = "resource \"aws_kms_key\" \"k\" {\n  description = \"d\"\n}\nresource \"aws_subnet\" \"s\" {\n  count = 2\n}\nresource \"aws_subnet\" \"e\" {\n  for_each = { a = 1 }\n}\ndata \"aws_vpc\" \"v\" {}";
    for (expression, expected) in [
        ("aws_kms_key.k.arn", "?aws_kms_key.k.arn"),
        ("aws_kms_key.k.description", "\"d\""),
        ("\"x/${aws_kms_key.k.arn}\"", "\"x/${?aws_kms_key.k.arn}\""),
        ("aws_subnet.s[*].id", "[?aws_subnet.s[0].id, ?aws_subnet.s[1].id]"),
        ("aws_subnet.s[1].id", "?aws_subnet.s[1].id"),
        ("[for s in aws_subnet.s : s.id]", "[?aws_subnet.s[0].id, ?aws_subnet.s[1].id]"),
        ("{ for k, s in aws_subnet.e : k => s.id }", "{a: ?aws_subnet.e[\"a\"].id}"),
        ("data.aws_vpc.v.id", "?data.aws_vpc.v.id"),
    ] {
        check_expression(key, expression, expected);
    }
}

#[test]
fn headers_and_names_are_where_they_are_written() {
    let case = evaluated(
        &[(
            "infra/main.tf",
            "resource \"aws_dynamodb_table\" \"t\" {\n  point_in_time_recovery {\n    enabled = false\n  }\n}\n",
        )],
        &super::Options::default(),
    );
    let file = case.sources.get(crate::source::FileId(0)).expect("the file");
    let resource = &case.project.resources[0];
    assert_eq!(file.slice(resource.header), "resource \"aws_dynamodb_table\" \"t\"");
    let block = case.value("aws_dynamodb_table.t", "point_in_time_recovery.0");
    assert_eq!(case.trail(&block), "infra/main.tf Literal point_in_time_recovery\n");
    let entry = block.as_map().expect("a map").entry("enabled").expect("an entry").clone();
    assert_eq!(case.project.origins.span(entry.key_origin).map(|span| file.slice(span)), Some("enabled"));
    assert_eq!(case.trail(&entry.value), "infra/main.tf Literal false\n");
}

#[test]
fn what_every_resource_has_is_not_null() {
    let key = "resource \"aws_kms_key\" \"k\" {}";
    for (expression, expected) in [
        ("aws_kms_key.k.arn != null", "true"),
        ("aws_kms_key.k.arn == \"\" ? 1 : 2", "2"),
        ("aws_kms_key.k.policy == null", "?(an attribute of `aws_kms_key.k` is known only after it is made)"),
    ] {
        check_expression(key, expression, expected);
    }
}
