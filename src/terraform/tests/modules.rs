use super::super::{Modules, find_roots};
use super::{Options, check_files, evaluated};
use crate::source::{Overlay, Sources};
use crate::value::Value;

const TABLE: &str = "variable \"name\" {}\nvariable \"pitr\" {\n  type = bool\n  default = false\n}\nresource \"aws_dynamodb_table\" \"this\" {\n  name = var.name\n  point_in_time_recovery {\n    enabled = var.pitr\n  }\n}\noutput \"arn\" {\n  value = aws_dynamodb_table.this.arn\n}\noutput \"name\" {\n  value = aws_dynamodb_table.this.name\n}\n";

#[test]
fn modules_take_arguments_and_give_outputs() {
    check_files(
        &[
            (
                "infra/main.tf",
                "module \"orders\" {\n  source = \"../modules/table\"\n  name = \"orders\"\n}\nresource \"aws_iam_policy\" \"p\" {\n  x = module.orders.arn\n  y = module.orders.name\n}\n",
            ),
            ("modules/table/main.tf", TABLE),
        ],
        "aws_iam_policy.p = {x: ?module.orders.aws_dynamodb_table.this.arn, y: \"orders\"}\n\
         module.orders.aws_dynamodb_table.this = {name: \"orders\", point_in_time_recovery: [{enabled: false}]}",
    );
}

#[test]
fn modules_may_have_instances() {
    check_files(
        &[
            (
                "infra/main.tf",
                "module \"t\" {\n  source = \"../modules/table\"\n  for_each = toset([\"a\", \"b\"])\n  name = each.key\n}\nresource \"aws_iam_policy\" \"p\" {\n  x = module.t[\"a\"].arn\n  y = [for m in module.t : m.name]\n}\n",
            ),
            ("modules/table/main.tf", TABLE),
        ],
        "aws_iam_policy.p = {x: ?module.t[\"a\"].aws_dynamodb_table.this.arn, y: [\"a\", \"b\"]}\n\
         module.t[\"a\"].aws_dynamodb_table.this = {name: \"a\", point_in_time_recovery: [{enabled: false}]}\n\
         module.t[\"b\"].aws_dynamodb_table.this = {name: \"b\", point_in_time_recovery: [{enabled: false}]}",
    );
}

#[test]
fn the_way_through_modules_is_kept() {
    let case = evaluated(
        &[
            (
                "infra/main.tf",
                "locals {\n  on = true\n}\nmodule \"orders\" {\n  source = \"../modules/outer\"\n  recovery = local.on\n}\n",
            ),
            (
                "modules/outer/main.tf",
                "variable \"recovery\" {}\nmodule \"inner\" {\n  source = \"../table\"\n  name = \"x\"\n  pitr = var.recovery\n}\n",
            ),
            ("modules/table/main.tf", TABLE),
        ],
        &Options::default(),
    );
    let address = "module.orders.module.inner.aws_dynamodb_table.this";
    assert_eq!(
        case.trail(&case.value(address, "point_in_time_recovery.0.enabled")),
        "modules/table/main.tf Reference(\"var.pitr\") var.pitr\n\
         modules/outer/main.tf Argument { name: \"pitr\", module: \"inner\" } pitr = var.recovery\n\
         modules/outer/main.tf Reference(\"var.recovery\") var.recovery\n\
         infra/main.tf Argument { name: \"recovery\", module: \"orders\" } recovery = local.on\n\
         infra/main.tf Reference(\"local.on\") local.on\n\
         infra/main.tf Literal true\n"
    );
    let calls: Vec<&str> = case.project.resources[0].calls.iter().map(|call| call.address.as_str()).collect();
    assert_eq!(calls, ["module.orders", "module.orders.module.inner"]);
}

#[test]
fn a_variable_of_the_root_is_open_for_what_a_module_compares_it_with() {
    check_files(
        &[
            ("infra/main.tf", "variable \"stage\" {}\nmodule \"t\" {\n  source = \"./m\"\n  env = var.stage\n}\n"),
            (
                "infra/m/main.tf",
                "variable \"env\" {}\nresource \"aws_dynamodb_table\" \"t\" {\n  count = var.env == \"prod\" ? 1 : 0\n}\n",
            ),
        ],
        "module.t.aws_dynamodb_table.t[0] if <stage? prod: true; anything else: false> = {}",
    );
}

#[test]
fn a_module_that_is_not_installed_is_told_of_once() {
    check_files(
        &[(
            "infra/main.tf",
            "module \"a\" {\n  source = \"org/x/aws\"\n}\nmodule \"b\" {\n  source = \"org/x/aws\"\n}\nresource \"aws_iam_policy\" \"p\" {\n  x = module.a.arn\n}\n",
        )],
        "aws_iam_policy.p = {x: ?module.a.arn}\n! module `org/x/aws` is not installed",
    );
}

#[test]
fn installed_modules_are_read_from_their_folder() {
    let case = evaluated(
        &[
            ("infra/main.tf", "module \"a\" {\n  source = \"org/x/aws\"\n  name = \"n\"\n}\n"),
            (
                "infra/.terraform/modules/modules.json",
                "{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"a\",\"Source\":\"org/x/aws\",\"Dir\":\".terraform/modules/a\"}]}",
            ),
            ("infra/.terraform/modules/a/main.tf", TABLE),
        ],
        &Options::default(),
    );
    assert_eq!(
        case.resources(),
        "module.a.aws_dynamodb_table.this = {name: \"n\", point_in_time_recovery: [{enabled: false}]}\n"
    );
    assert!(case.project.resources[0].calls[0].installed);
}

#[test]
fn modules_that_call_themselves_end_in_a_note() {
    check_files(
        &[("infra/main.tf", "module \"a\" {\n  source = \"./\"\n}\n")],
        "! module `a` calls itself through its source `./`",
    );
}

#[test]
fn tags_and_regions_come_from_the_provider_that_a_module_is_given() {
    let case = evaluated(
        &[
            (
                "infra/main.tf",
                "provider \"aws\" {\n  region = \"eu-west-1\"\n  default_tags {\n    tags = { owner = \"me\" }\n  }\n}\nprovider \"aws\" {\n  alias = \"us\"\n  region = \"us-east-1\"\n}\nmodule \"a\" {\n  source = \"./m\"\n  providers = { aws = aws.us }\n}\nmodule \"b\" {\n  source = \"./m\"\n}\n",
            ),
            ("infra/m/main.tf", "resource \"aws_dynamodb_table\" \"t\" {}\n"),
        ],
        &Options::default(),
    );
    let shown: Vec<String> = case
        .project
        .resources
        .iter()
        .map(|resource| {
            let inputs = &case.project.inputs;
            format!(
                "{} {} {}",
                resource.address,
                super::show(&resource.region, inputs),
                super::show(&resource.default_tags, inputs)
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "module.a.aws_dynamodb_table.t \"us-east-1\" absent",
            "module.b.aws_dynamodb_table.t \"eu-west-1\" {owner: \"me\"}"
        ]
    );
}

/// The resources with their names and Regions, one to a line.
fn regions(files: &[(&str, &str)], options: &Options) -> Vec<String> {
    let case = evaluated(files, options);
    let inputs = &case.project.inputs;
    let text = |value: Option<&Value>| value.map_or_else(String::new, |value| super::show(value, inputs));
    let resources = case.project.resources.iter();
    resources
        .map(|one| format!("{} {} {}", one.address, text(one.attributes.get("name")), text(Some(&one.region))))
        .collect()
}

#[test]
fn opentofu_takes_variables_and_locals_in_sources() {
    let main = "variable \"which\" {\n  default = \"a\"\n}\nlocals {\n  base = \"./mods\"\n}\nmodule \"m\" {\n  \
                source = \"${local.base}/${var.which}\"\n  inner = \"c\"\n}\n";
    let module = |name: &str| {
        format!(
            "variable \"inner\" {{}}\nmodule \"n\" {{\n  source = \"../${{var.inner}}\"\n}}\nresource \
             \"aws_dynamodb_table\" \"{name}\" {{\n  name = \"{name}\"\n}}\n"
        )
    };
    let (a, b) = (module("a"), module("b"));
    let files = [
        ("infra/main.tofu", main),
        ("infra/mods/a/main.tf", a.as_str()),
        ("infra/mods/b/main.tf", b.as_str()),
        ("infra/mods/c/main.tf", "resource \"aws_dynamodb_table\" \"c\" {\n  name = \"c\"\n}\n"),
    ];
    let tables = |files: &[(&str, &str)]| {
        regions(files, &Options::default()).iter().map(|line| line.split(' ').next().unwrap_or("").to_owned()).collect()
    };
    let found: Vec<String> = tables(&files);
    assert_eq!(found, ["module.m.aws_dynamodb_table.a", "module.m.module.n.aws_dynamodb_table.c"]);
    // What a variable is given wins over its default.
    let given = [&files[..], &[("infra/terraform.tfvars", "which = \"b\"\n")]].concat();
    let found: Vec<String> = tables(&given);
    assert_eq!(found, ["module.m.aws_dynamodb_table.b", "module.m.module.n.aws_dynamodb_table.c"]);
    let unknown = [("infra/main.tofu", "variable \"x\" {}\nmodule \"m\" {\n  source = \"./${var.x}\"\n}\n")];
    check_files(
        &unknown,
        "! the source of module `m` is not known before anything is evaluated: it may be made of literals, and of variables and locals that are such",
    );
}

#[test]
fn what_is_called_through_a_variable_is_no_root() {
    let mut fs = Overlay::in_memory();
    fs.set("infra/main.tofu", "locals {\n  dir = \"m\"\n}\nmodule \"m\" {\n  source = \"./${local.dir}\"\n}\n");
    fs.set("infra/m/main.tf", "");
    let sources = Sources::new();
    let modules = Modules::new(&fs, &sources);
    let roots = find_roots(&modules, &["infra".into(), "infra/m".into()]);
    assert_eq!(roots, [std::path::PathBuf::from("infra")]);
}

#[test]
fn a_provider_of_opentofu_has_a_region_for_each_key() {
    let main = "locals {\n  regions = toset([\"eu-west-1\", \"us-east-1\"])\n}\nprovider \"aws\" {\n  alias = \"by\"\n  \
                for_each = local.regions\n  region = each.value\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  for_each = \
                local.regions\n  provider = aws.by[each.key]\n  name = \"t\"\n}\nmodule \"m\" {\n  for_each = \
                local.regions\n  source = \"./m\"\n  providers = { aws = aws.by[each.key] }\n}\nresource \
                \"aws_dynamodb_table\" \"one\" {\n  provider = aws.by[\"us-east-1\"]\n  name = \"o\"\n}\n";
    let module = "resource \"aws_dynamodb_table\" \"u\" {\n  name = \"u\"\n}\n";
    let found = regions(&[("infra/main.tofu", main), ("infra/m/main.tf", module)], &Options::default());
    assert_eq!(
        found,
        [
            "aws_dynamodb_table.t[\"eu-west-1\"] \"t\" \"eu-west-1\"",
            "aws_dynamodb_table.t[\"us-east-1\"] \"t\" \"us-east-1\"",
            "aws_dynamodb_table.one \"o\" \"us-east-1\"",
            "module.m[\"eu-west-1\"].aws_dynamodb_table.u \"u\" \"eu-west-1\"",
            "module.m[\"us-east-1\"].aws_dynamodb_table.u \"u\" \"us-east-1\"",
        ]
    );
}
