//! The files of a module: JSON, overrides, OpenTofu's own, templates.

use super::{Options, check_files, evaluated};

#[test]
fn json_gives_what_the_native_syntax_gives() {
    let expected = "aws_dynamodb_table.t[\"a\"] = {name: \"x-a\", attribute: [{name: \"id\", type: \"S\"}, {name: \"p\"}], tags: {owner: \"me\"}, ttl: [{enabled: true}], g: [{n: 1}]}";
    check_files(
        &[(
            "infra/main.tf.json",
            r#"{ "//": "a comment",
                 "variable": { "prefix": { "type": "string", "default": "x" } },
                 "locals": { "on": true },
                 "resource": { "aws_dynamodb_table": { "t": {
                   "for_each": "${toset([\"a\"])}",
                   "name": "${var.prefix}-${each.key}",
                   "attribute": [ { "name": "id", "type": "S" }, { "name": "p" } ],
                   "tags": { "owner": "me" },
                   "ttl": { "enabled": "${local.on}" },
                   "dynamic": { "g": { "for_each": [1], "content": { "n": "${g.value}" } } },
                   "lifecycle": { "ignore_changes": ["read_capacity"] } } } } }"#,
        )],
        expected,
    );
    check_files(
        &[(
            "infra/main.tf",
            "variable \"prefix\" {\n  type = string\n  default = \"x\"\n}\nlocals {\n  on = true\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  for_each = toset([\"a\"])\n  name = \"${var.prefix}-${each.key}\"\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n  attribute {\n    name = \"p\"\n  }\n  tags = { owner = \"me\" }\n  ttl {\n    enabled = local.on\n  }\n  dynamic \"g\" {\n    for_each = [1]\n    content {\n      n = g.value\n    }\n  }\n}\n",
        )],
        expected,
    );
}

#[test]
fn overrides_and_opentofu_files_take_the_place_of_others() {
    check_files(
        &[
            ("infra/main.tf", "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"terraform\"\n}\n"),
            (
                "infra/main.tofu",
                "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"opentofu\"\n  ttl {\n    enabled = false\n  }\n}\n",
            ),
            (
                "infra/prod_override.tf",
                "resource \"aws_dynamodb_table\" \"t\" {\n  ttl {\n    enabled = true\n  }\n  class = \"x\"\n}\n",
            ),
        ],
        "aws_dynamodb_table.t = {name: \"opentofu\", ttl: [{enabled: true}], class: \"x\"}",
    );
}

#[test]
fn template_files_are_evaluated_with_their_variables_alone() {
    let main = "locals {\n  secret = 1\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  a = templatefile(\"${path.module}/t.tpl\", { name = \"n\", on = true })\n  b = templatefile(\"missing.tpl\", {})\n  c = templatefile(\"../../outside.tpl\", {})\n  d = templatefile(\"bad.tpl\", {})\n}\n";
    let case = evaluated(
        &[
            ("infra/main.tf", main),
            ("infra/t.tpl", "hello ${name}%{ if on }!%{ endif }"),
            ("infra/bad.tpl", "${local.secret}"),
        ],
        &Options::default(),
    );
    let shown = case.resources();
    assert!(shown.contains("a: \"hello n!\""), "{shown}");
    for name in ["b", "c", "d"] {
        assert!(case.value("aws_dynamodb_table.t", name).is_unknown(), "{shown}");
    }
}

/// What the broken block has beside what could be read is open.
#[test]
fn a_broken_block_hides_nothing_else() {
    check_files(
        &[(
            "infra/main.tf",
            "resource \"aws_dynamodb_table\" \"a\" {\n  name = \"a\"\n  x = [1, 2\n}\n\nresource \"aws_dynamodb_table\" \"b\" {\n  name = \"b\"\n}\n",
        )],
        "aws_dynamodb_table.a = {name: \"a\", ...}\naws_dynamodb_table.b = {name: \"b\"}\n\
         ! expected `,` or `]` after the item of the list, found `}`\n! the block is not closed; end it with `}`",
    );
}

#[test]
fn a_validation_rules_combinations_out() {
    let case = evaluated(
        &[(
            "infra/main.tf",
            "variable \"mode\" {\n  validation {\n    condition = contains([\"a\", \"b\"], var.mode)\n  }\n}\nvariable \"on\" {\n  type = bool\n  validation {\n    condition = !(var.on && var.mode == \"b\")\n  }\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  count = var.on ? 1 : 0\n  name = var.mode\n}\n",
        )],
        &Options::default(),
    );
    let inputs = &case.project.inputs;
    let ids: Vec<_> = inputs.iter().map(|(id, _)| id).collect();
    let assignment = |mode, on| crate::value::Assignment::default().with(ids[0], mode).with(ids[1], on);
    assert!(inputs.is_possible(&assignment(0, 0)));
    assert!(!inputs.is_possible(&assignment(1, 0)));
    assert!(inputs.is_possible(&assignment(1, 1)));
}
