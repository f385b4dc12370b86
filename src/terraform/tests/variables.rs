use super::{Given, Options, check_expression, check_files, evaluated, show};
use crate::value::Step;

const TABLE: &str = "resource \"aws_dynamodb_table\" \"t\" {\n  name = var.name\n}\n";

#[test]
fn a_variable_that_nothing_compares_takes_its_default() {
    check_expression("variable \"a\" {\n  default = 5\n}", "var.a", "5");
    check_expression("variable \"a\" {\n  type = number\n  default = \"5\"\n}", "var.a", "5");
    check_expression("variable \"a\" {}", "var.a", "?var.a");
}

#[test]
fn a_variable_that_is_compared_has_a_case_for_each_constant() {
    let env = "variable \"env\" {\n  type = string\n}\nlocals {\n  prod = local.env == \"prod\"\n  env = var.env\n}";
    check_expression(env, "local.prod ? 2 : 1", "<env? prod: 2; anything else: 1>");
    let two = "variable \"env\" {\n  default = \"dev\"\n}";
    check_expression(
        two,
        "var.env == \"prod\" ? \"x-${var.env}\" : var.env",
        "<env? prod: \"x-prod\"; dev: \"dev\"; anything else: ?var.env>",
    );
    check_expression(
        "variable \"env\" {}",
        "{ dev = 1, prod = 2 }[var.env]",
        "<env? dev: 1; prod: 2; anything else: ?(it can't be evaluated here: no key of the map fits; variable `env` has no value; pass a var-file or --var)>",
    );
    check_expression(
        "variable \"env\" {\n  validation {\n    condition = contains([\"a\", \"b\"], var.env)\n  }\n}",
        "var.env",
        "<env? a: \"a\"; b: \"b\">",
    );
    check_expression("variable \"on\" {\n  type = bool\n}", "var.on", "<on? true: true; false: false>");
    check_expression("variable \"on\" {\n  type = bool\n  default = true\n}", "var.on", "true");
    check_expression("variable \"on\" {\n  default = true\n}", "!var.on", "<on? true: false; false: true>");
}

#[test]
fn a_workspace_is_told_apart_by_the_keys_of_a_map_that_is_given() {
    let main = "variable \"environments\" {\n  type = map(object({ protected = bool }))\n}\nlocals {\n  \
                name = lower(replace(terraform.workspace, \"_\", \"-\"))\n  own = contains(keys(var.environments), \
                local.name)\n  env = local.own ? var.environments[local.name] : var.environments[\"default\"]\n}\n\
                resource \"aws_dynamodb_table\" \"t\" {\n  deletion_protection_enabled = local.env.protected\n}\n";
    let values = "{\"environments\": {\"default\": {\"protected\": false}, \"prod-eu\": {\"protected\": true}}}";
    let case = evaluated(&[("infra/main.tf", main), ("infra/terraform.tfvars.json", values)], &Options::default());
    let shown = show(&case.value("aws_dynamodb_table.t", "deletion_protection_enabled"), &case.project.inputs);
    assert!(shown.starts_with("<terraform.workspace? default: false; prod-eu: true; anything else: ?"), "{shown}");
}

#[test]
fn files_and_the_command_line_win_in_terraforms_order() {
    let files = [
        (
            "infra/main.tf",
            "variable \"name\" {\n  default = \"default\"\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = var.name\n}\n",
        ),
        ("infra/terraform.tfvars", "name = \"terraform.tfvars\"\n"),
        ("infra/terraform.tfvars.json", "{ \"name\": \"terraform.tfvars.json\" }"),
        ("infra/a.auto.tfvars", "name = \"a.auto\"\n"),
        ("infra/b.auto.tfvars.json", "{ \"name\": \"b.auto\" }"),
        ("env/prod.tfvars", "name = \"prod\"\nunused = 1\n"),
    ];
    let name = |files: &[(&str, &str)], options: &Options| {
        let case = evaluated(files, options);
        assert_eq!(case.project.problems, Vec::new());
        show(&case.value("aws_dynamodb_table.t", "name"), &case.project.inputs)
    };
    let none = Options::default();
    assert_eq!(name(&files[..1], &none), "\"default\"");
    assert_eq!(name(&files[..2], &none), "\"terraform.tfvars\"");
    assert_eq!(name(&files[..3], &none), "\"terraform.tfvars.json\"");
    assert_eq!(name(&files[..4], &none), "\"a.auto\"");
    assert_eq!(name(&files[..5], &none), "\"b.auto\"");
    let prod = Options { var_files: vec!["env/prod.tfvars".into()], ..Options::default() };
    assert_eq!(name(&files, &prod), "\"prod\"");
    let given = Given {
        name: "name".into(),
        value: "line".into(),
        span: None,
        step: Step::CommandLine("--var name=line".into()),
    };
    assert_eq!(name(&files, &Options { variables: vec![given], ..prod }), "\"line\"");
}

#[test]
fn the_way_of_a_value_leads_to_the_line_that_decides_it() {
    let case = evaluated(
        &[
            ("infra/main.tf", &format!("variable \"name\" {{}}\n{TABLE}")),
            ("infra/terraform.tfvars", "name = \"orders\"\n"),
        ],
        &Options::default(),
    );
    let name = case.value("aws_dynamodb_table.t", "name");
    assert_eq!(
        case.trail(&name),
        "infra/main.tf Reference(\"var.name\") var.name\n\
         infra/terraform.tfvars File(\"infra/terraform.tfvars\") name = \"orders\"\n\
         infra/terraform.tfvars Literal \"orders\"\n"
    );
}

#[test]
fn objects_take_the_defaults_of_their_optional_attributes() {
    check_files(
        &[
            (
                "infra/main.tf",
                "variable \"t\" {\n  type = object({ name = string, pitr = optional(bool, true), ttl = optional(string) })\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = var.t.name\n  a = var.t.pitr\n  b = var.t.ttl\n}\n",
            ),
            ("infra/terraform.tfvars", "t = { name = \"x\" }\n"),
        ],
        "aws_dynamodb_table.t = {name: \"x\", a: true, b: null}",
    );
}

#[test]
fn the_last_case_is_none_of_the_others() {
    let env = "variable \"env\" {\n  type = string\n}";
    check_expression(
        env,
        "[var.env == \"prod\", var.env != \"dev\"]",
        "[<env? prod: true; dev: false; anything else: false>, <env? prod: true; dev: false; anything else: true>]",
    );
    check_expression(
        env,
        "contains([\"prod\", \"live\"], var.env)",
        "<env? prod: true; live: true; anything else: false>",
    );
    check_expression(env, "lookup({ prod = 1 }, var.env, 2)", "<env? prod: 1; anything else: 2>");
    check_expression(env, "try({ prod = 1 }[var.env], 2)", "<env? prod: 1; anything else: 2>");
    check_expression(
        "variable \"key\" {\n  type = string\n  default = null\n}",
        "var.key == null ? \"own\" : \"given\"",
        "<key? null: \"own\"; anything else: \"given\">",
    );
}

#[test]
fn many_optional_variables_keep_their_defaults() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let declared = |count: usize| {
        let variables = names[..count].iter().map(|name| format!("variable \"{name}\" {{\n  default = null\n}}\n"));
        variables.collect::<String>()
    };
    let joined = |count: usize| {
        let parts = names[..count].iter().map(|name| format!("var.{name} == null ? \"-\" : var.{name}"));
        format!("join(\"\", [{}])", parts.collect::<Vec<_>>().join(", "))
    };
    check_expression(&declared(7), &joined(7), "\"-------\"");
    check_expression(&declared(1), &joined(1), "<a? null: \"-\"; anything else: \"${?var.a}\">");
}
