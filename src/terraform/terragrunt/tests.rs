//! What units evaluate to, as text.

use std::path::{Path, PathBuf};

use super::*;
use crate::source::{Overlay, Sources};
use crate::terraform::tests::show;

/// A module with one table whose attributes are its variables.
const TABLE: &str = r#"
variable "name" { type = string }
variable "mode" {
  type    = string
  default = "PAY_PER_REQUEST"
}
variable "tags" {
  type    = map(string)
  default = {}
}
resource "aws_dynamodb_table" "t" {
  name         = var.name
  billing_mode = var.mode
  tags         = var.tags
}
"#;

struct Run {
    projects: Vec<Project>,
    problems: Vec<Problem>,
    units: Vec<Unit>,
    sources: Sources,
}

/// Evaluates all units of a project in memory.
fn run(files: &[(&str, &str)]) -> Run {
    let mut fs = Overlay::in_memory();
    fs.set(".git/HEAD", "");
    fs.set("modules/table/main.tf", TABLE);
    for (path, text) in files {
        fs.set(*path, *text);
    }
    let sources = Sources::new();
    let options = Options { boundary: Some("".into()), ..Options::default() };
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|(path, _)| PathBuf::from(path))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("terragrunt.hcl") || name == "terragrunt.stack.hcl"
        })
        .collect();
    let (projects, problems, units) = {
        let modules = Modules::new(&fs, &sources);
        let (units, problems) = find_units(&modules, &paths, &|_: &Path| PathBuf::new());
        let projects = units.iter().filter_map(|unit| evaluate_unit(&modules, unit, &options)).collect();
        (projects, problems, units)
    };
    Run { projects, problems, units, sources }
}

impl Run {
    /// Each unit with its resources and what is told of it.
    fn text(&self) -> String {
        let mut out = Vec::new();
        for problem in &self.problems {
            out.push(format!("! {}", problem.message));
        }
        for project in &self.projects {
            let path = project.path.to_string_lossy();
            for resource in &project.resources {
                out.push(format!("{path}: {} = {}", resource.address, show(&resource.attributes, &project.inputs)));
            }
            for problem in &project.problems {
                out.push(format!("{path}! {}", problem.message));
            }
        }
        out.join("\n")
    }

    /// One attribute of the table of the first unit.
    fn attribute(&self, name: &str) -> String {
        let project = self.projects.first().unwrap_or_else(|| panic!("there is no unit: {}", self.text()));
        let value = project.resources.first().and_then(|resource| resource.attributes.get(name));
        value.map_or_else(|| format!("nothing; {}", self.text()), |value| show(value, &project.inputs))
    }
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    assert_eq!(run(files).text(), expected.trim());
}

/// The value of an expression in the unit `live/prod/app`, which includes `live/root.hcl`.
#[track_caller]
fn check_expression(expression: &str, expected: &str) {
    let unit = format!(
        "include \"root\" {{\n  path = find_in_parent_folders(\"root.hcl\")\n}}\n\
         terraform {{\n  source = \"../../../modules/table\"\n}}\n\
         inputs = {{ name = {expression} }}\n"
    );
    let found = run(&[
        ("live/root.hcl", "locals {\n  a = 1\n}\n"),
        ("live/prod/env.hcl", "locals {\n  env = \"prod\"\n}\ninputs = { x = 2 }\n"),
        ("live/prod/vars.tfvars", "region = \"eu-west-1\"\nzones = [\"a\"]\n"),
        ("live/prod/app/names.json", "{\"table\": \"orders\"}"),
        ("live/prod/app/terragrunt.hcl", &unit),
    ])
    .attribute("name");
    assert_eq!(found, expected, "{expression}");
}

/// A unit in `live/app` with the module `modules/table`, and what else it says.
fn unit(more: &str) -> String {
    format!("terraform {{\n  source = \"../../modules//table\"\n}}\n{more}")
}

#[test]
fn inputs_are_the_values_of_the_modules_variables() {
    let text = unit("locals {\n  name = \"orders\"\n}\ninputs = {\n  name = \"${local.name}-prod\"\n  other = 1\n}\n");
    check(
        &[("live/app/terragrunt.hcl", &text)],
        r#"live/app: aws_dynamodb_table.t = {name: "orders-prod", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}

#[test]
fn the_way_of_a_value_leads_through_the_inputs_of_the_unit() {
    let run = run(&[("live/app/terragrunt.hcl", &unit("inputs = {\n  name = \"orders\"\n}\n"))]);
    let project = &run.projects[0];
    let value = project.resources[0].attributes.get("name").unwrap();
    let way: Vec<String> = project
        .origins
        .trail(value.origin)
        .iter()
        .map(|hop| {
            let file = run.sources.get(hop.span.file).unwrap();
            format!("{} {}", file.path_text(), file.slice(hop.span))
        })
        .collect();
    assert_eq!(
        way,
        [
            "modules/table/main.tf var.name",
            "live/app/terragrunt.hcl name = \"orders\"",
            "live/app/terragrunt.hcl \"orders\"",
        ]
    );
    assert_eq!(project.path, Path::new("live/app"));
    assert_eq!(project.resources[0].calls[0].address, "live/app");
}

#[test]
fn functions_of_paths_see_the_unit_and_what_it_includes() {
    for (expression, expected) in [
        ("get_terragrunt_dir()", "\"/live/prod/app\""),
        ("get_original_terragrunt_dir()", "\"/live/prod/app\""),
        ("get_parent_terragrunt_dir()", "\"/live\""),
        ("get_parent_terragrunt_dir(\"root\")", "\"/live\""),
        ("path_relative_to_include()", "\"prod/app\""),
        ("path_relative_to_include(\"root\")", "\"prod/app\""),
        ("path_relative_from_include()", "\"../..\""),
        ("get_repo_root()", "\"/\""),
        ("get_path_from_repo_root()", "\"live/prod/app\""),
        ("get_path_to_repo_root()", "\"../../..\""),
        ("find_in_parent_folders(\"env.hcl\")", "\"/live/prod/env.hcl\""),
        ("find_in_parent_folders(\"none.hcl\", \"else\")", "\"else\""),
        ("basename(find_in_parent_folders(\"prod\"))", "\"prod\""),
        ("jsondecode(file(\"names.json\")).table", "\"orders\""),
        ("jsondecode(file(\"${get_terragrunt_dir()}/names.json\")).table", "\"orders\""),
        ("fileexists(\"${get_terragrunt_dir()}/none.json\") ? \"yes\" : \"no\"", "\"no\""),
        ("read_terragrunt_config(find_in_parent_folders(\"env.hcl\")).locals.env", "\"prod\""),
        ("\"n${read_terragrunt_config(\"../env.hcl\").inputs.x}\"", "\"n2\""),
        ("read_terragrunt_config(\"none.hcl\", { locals = { env = \"dev\" } }).locals.env", "\"dev\""),
        ("try(read_terragrunt_config(\"none.hcl\"), \"none\")", "\"none\""),
        ("jsondecode(read_tfvars_file(\"../vars.tfvars\")).region", "\"eu-west-1\""),
        ("deep_merge({ a = { b = \"x\", c = \"y\" } }, { a = { b = \"z\" } }).a.b", "\"z\""),
        ("deep_merge({ a = { b = \"x\", c = \"y\" } }, { a = { b = \"z\" } }).a.c", "\"y\""),
        ("mark_as_read(\"x\")", "\"x\""),
        ("contains(get_terraform_commands_that_need_vars(), \"plan\") ? \"yes\" : \"no\"", "\"yes\""),
        ("get_terragrunt_source_cli_flag()", "\"\""),
    ] {
        check_expression(expression, expected);
    }
}

#[test]
fn what_a_run_decides_is_unknown() {
    for (expression, expected) in [
        ("get_env(\"NAME\")", "?the environment variable `NAME`"),
        ("get_env(\"NAME\", \"\")", "?the environment variable `NAME`"),
        ("run_cmd(\"echo\", \"x\")", "?run_cmd(\"echo\", \"x\")"),
        ("sops_decrypt_file(\"x\")", "?sops_decrypt_file(\"x\")"),
        ("get_aws_account_id()", "?account"),
        ("get_platform()", "?get_platform()"),
        ("get_working_dir()", "?get_working_dir()"),
        ("dependency.vpc.outputs.id", "?dependency.vpc.outputs.id"),
        (
            "get_env(\"NAME\", \"dev\")",
            "<the environment variable `NAME`? dev: \"dev\"; anything else: ?the environment variable `NAME`>",
        ),
    ] {
        check_expression(expression, expected);
    }
}

#[test]
fn mock_outputs_are_not_believed() {
    let text = unit(
        "dependency \"names\" {\n  config_path = \"../names\"\n  mock_outputs = { table = \"mock\" }\n}\n\
         inputs = { name = dependency.names.outputs.table }\n",
    );
    assert_eq!(run(&[("live/app/terragrunt.hcl", &text)]).attribute("name"), "?dependency.names.outputs.table");
}

#[test]
fn an_included_file_is_evaluated_for_the_unit_and_its_inputs_give_way() {
    let root = "locals {\n  env = read_terragrunt_config(find_in_parent_folders(\"env.hcl\")).locals.env\n}\n\
                inputs = {\n  name = \"${local.env}-${basename(get_terragrunt_dir())}\"\n  mode = \"PROVISIONED\"\n}\n";
    let app = "include {\n  path = find_in_parent_folders(\"root.hcl\")\n}\n\
               terraform {\n  source = \"../../../modules/table\"\n}\ninputs = {\n  mode = \"PAY_PER_REQUEST\"\n}\n";
    check(
        &[
            ("live/root.hcl", root),
            ("live/prod/env.hcl", "locals {\n  env = \"prod\"\n}\n"),
            ("live/dev/env.hcl", "locals {\n  env = \"dev\"\n}\n"),
            ("live/prod/app/terragrunt.hcl", app),
            ("live/dev/app/terragrunt.hcl", app),
        ],
        r#"
live/dev/app: aws_dynamodb_table.t = {name: "dev-app", billing_mode: "PAY_PER_REQUEST", tags: {}}
live/prod/app: aws_dynamodb_table.t = {name: "prod-app", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}

#[test]
fn a_parent_without_code_of_its_own_is_no_unit() {
    let root = "inputs = {\n  name = \"orders\"\n}\n";
    let app = format!("include \"root\" {{\n  path = find_in_parent_folders()\n}}\n{}", unit(""));
    check(
        &[("live/terragrunt.hcl", root), ("live/app/terragrunt.hcl", &app)],
        r#"live/app: aws_dynamodb_table.t = {name: "orders", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}

#[test]
fn the_strategy_says_how_inputs_are_merged() {
    let root = "inputs = {\n  name = \"parent\"\n  tags = { a = \"1\", b = \"1\" }\n}\n";
    for (strategy, name, tags) in [
        ("", "\"parent\"", "{b: \"2\"}"),
        ("merge_strategy = \"shallow\"", "\"parent\"", "{b: \"2\"}"),
        ("merge_strategy = \"deep\"", "\"parent\"", "{a: \"1\", b: \"2\"}"),
        ("merge_strategy = \"no_merge\"", "?var.name", "{b: \"2\"}"),
    ] {
        let app = format!(
            "include \"root\" {{\n  path = find_in_parent_folders(\"root.hcl\")\n  {strategy}\n}}\n{}",
            unit("inputs = { tags = { b = \"2\" } }\n")
        );
        let run = run(&[("live/root.hcl", root), ("live/app/terragrunt.hcl", &app)]);
        assert_eq!((run.attribute("name").as_str(), run.attribute("tags").as_str()), (name, tags), "{strategy}");
    }
}

#[test]
fn of_several_includes_the_last_one_wins_and_the_unit_over_all() {
    let app = format!(
        "include \"a\" {{\n  path = \"../a.hcl\"\n}}\ninclude \"b\" {{\n  path = \"../b.hcl\"\n  expose = true\n}}\n{}",
        unit("inputs = { tags = { from = include.b.locals.tag } }\n")
    );
    check(
        &[
            ("live/a.hcl", "inputs = {\n  name = \"a\"\n  mode = \"PROVISIONED\"\n  tags = { x = \"a\" }\n}\n"),
            ("live/b.hcl", "locals {\n  tag = \"b\"\n}\ninputs = {\n  name = \"b\"\n}\n"),
            ("live/app/terragrunt.hcl", &app),
        ],
        r#"live/app: aws_dynamodb_table.t = {name: "b", billing_mode: "PROVISIONED", tags: {from: "b"}}"#,
    );
}

#[test]
fn the_source_of_an_included_file_counts_from_the_unit() {
    let common = "terraform {\n  source = \"${dirname(find_in_parent_folders(\"root.hcl\"))}/../modules//table\"\n}\n\
                  inputs = { name = \"c\" }\n";
    let app =
        "include \"common\" {\n  path = \"${dirname(find_in_parent_folders(\"root.hcl\"))}/_common/app.hcl\"\n}\n";
    check(
        &[("live/root.hcl", ""), ("live/_common/app.hcl", common), ("live/prod/app/terragrunt.hcl", app)],
        r#"live/prod/app: aws_dynamodb_table.t = {name: "c", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}

#[test]
fn inputs_that_may_be_there_hold_no_default_against() {
    let text = unit("inputs = merge(yamldecode(sops_decrypt_file(\"s.yaml\")), { name = \"orders\" })\n");
    let found = run(&[("live/app/terragrunt.hcl", &text)]);
    assert_eq!(found.attribute("name"), "\"orders\"");
    assert!(found.attribute("billing_mode").starts_with("?("), "{}", found.attribute("billing_mode"));
}

#[test]
fn an_include_that_is_not_known_may_give_any_input() {
    let text =
        format!("include \"x\" {{\n  path = get_env(\"ROOT\")\n}}\n{}", unit("inputs = { name = \"orders\" }\n"));
    let found = run(&[("live/app/terragrunt.hcl", &text)]);
    assert_eq!(found.attribute("name"), "\"orders\"");
    assert!(found.attribute("billing_mode").starts_with("?("), "{}", found.attribute("billing_mode"));
    assert!(found.text().contains("what is included here is not known"), "{}", found.text());
}

#[test]
fn variable_files_and_arguments_of_a_unit_win_over_its_inputs() {
    let text = "terraform {\n  source = \"../../modules//table\"\n  extra_arguments \"vars\" {\n\
                    commands = get_terraform_commands_that_need_vars()\n\
                    required_var_files = [\"${get_terragrunt_dir()}/../common.tfvars\"]\n\
                    optional_var_files = [\"${get_terragrunt_dir()}/none.tfvars\"]\n\
                    arguments = [\"-var\", \"mode=PROVISIONED\"]\n  }\n\
                  extra_arguments \"other\" {\n    commands = [\"init\"]\n    arguments = [\"-var=name=wrong\"]\n  }\n}\n\
                inputs = {\n  name = \"input\"\n  mode = \"PAY_PER_REQUEST\"\n}\n";
    check(
        &[("live/app/terragrunt.hcl", text), ("live/common.tfvars", "name = \"file\"\ntags = { a = \"b\" }\n")],
        r#"live/app: aws_dynamodb_table.t = {name: "file", billing_mode: "PROVISIONED", tags: {a: "b"}}"#,
    );
}

#[test]
fn files_beside_a_unit_are_copied_over_its_module() {
    check(
        &[
            ("live/app/terragrunt.hcl", &unit("inputs = { name = \"input\" }\n")),
            ("live/app/extra.tf", "resource \"aws_dynamodb_table\" \"more\" {\n  name = \"more\"\n}\n"),
            ("live/app/x.auto.tfvars", "name = \"auto\"\n"),
        ],
        r#"
live/app: aws_dynamodb_table.t = {name: "auto", billing_mode: "PAY_PER_REQUEST", tags: {}}
live/app: aws_dynamodb_table.more = {name: "more"}"#,
    );
}

#[test]
fn a_unit_without_a_source_deploys_the_code_beside_it() {
    check(
        &[("live/app/terragrunt.hcl", "inputs = { name = \"orders\" }\n"), ("live/app/main.tf", TABLE)],
        r#"live/app: aws_dynamodb_table.t = {name: "orders", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}

#[test]
fn a_generated_provider_gives_region_and_tags() {
    let text = unit(
        "locals {\n  region = \"eu-west-1\"\n}\ninputs = { name = \"n\" }\ngenerate \"provider\" {\n  path = \"provider.tf\"\n\
         if_exists = \"overwrite\"\n  contents = <<-EOF\n    provider \"aws\" {\n      region = \"${local.region}\"\n\
           default_tags {\n        tags = { team = \"a\", sha = \"${run_cmd(\"git\")}\" }\n      }\n    }\n  EOF\n}\n",
    );
    let run = run(&[("live/app/terragrunt.hcl", &text)]);
    let project = &run.projects[0];
    assert_eq!(project.problems, Vec::new());
    let table = &project.resources[0];
    assert_eq!(show(&table.region, &project.inputs), "\"eu-west-1\"");
    assert_eq!(show(&table.default_tags, &project.inputs), "{sha: ?run_cmd(\"git\"), team: \"a\"}");
    let place = |value: &Value| {
        let span = project.origins.trail(value.origin).last().unwrap().span;
        let file = run.sources.get(span.file).unwrap();
        format!("{} {}", file.path_text(), file.slice(span))
    };
    assert_eq!(place(table.default_tags.get("team").unwrap()), "live/app/terragrunt.hcl \"a\"");
}

#[test]
fn a_generated_file_takes_the_place_of_one_that_is_there_unless_it_is_to_be_skipped() {
    let generate = |if_exists: &str| {
        unit(&format!(
            "inputs = {{ name = \"n\" }}\ngenerate \"main\" {{\n  path = \"main.tf\"\n  if_exists = \"{if_exists}\"\n\
             contents = \"resource \\\"aws_dynamodb_table\\\" \\\"made\\\" {{\\n name = \\\"made\\\"\\n}}\\n\"\n}}\n"
        ))
    };
    check(
        &[("live/app/terragrunt.hcl", &generate("overwrite"))],
        r#"live/app: aws_dynamodb_table.made = {name: "made"}"#,
    );
    check(
        &[("live/app/terragrunt.hcl", &generate("skip"))],
        r#"live/app: aws_dynamodb_table.t = {name: "n", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}

#[test]
fn a_generated_file_that_is_not_known_leaves_the_providers_open() {
    let text = unit(
        "inputs = { name = \"n\" }\ngenerate = { provider = { path = \"provider.tf\", if_exists = \"overwrite\", \
         contents = run_cmd(\"make\") } }\n",
    );
    let run = run(&[("live/app/terragrunt.hcl", &text)]);
    let table = &run.projects[0].resources[0];
    assert!(table.default_tags.is_unknown(), "{:?}", table.default_tags);
    assert!(run.text().contains("the generated file `provider.tf` is not known: commands are not run"));
}

#[test]
fn a_source_that_was_fetched_is_evaluated_and_another_one_is_named() {
    let text = "terraform {\n  source = \"git::https://example.com/modules.git//table?ref=v1\"\n}\n\
                inputs = { name = \"n\" }\n";
    check(
        &[("live/app/terragrunt.hcl", text)],
        "live/app! the source `git::https://example.com/modules.git//table?ref=v1` is not installed",
    );
    let found = run(&[
        ("live/app/terragrunt.hcl", text),
        ("live/app/.terragrunt-cache/abc/def/table/main.tf", TABLE),
        ("live/app/.terragrunt-cache/abc/def/other/main.tf", TABLE),
    ]);
    assert_eq!(found.attribute("name"), "\"n\"");
    assert!(found.projects[0].resources[0].calls[0].installed);
}

#[test]
fn json_says_the_same() {
    check(
        &[
            (
                "live/root.hcl.json",
                r#"{"inputs": {"name": "${basename(get_terragrunt_dir())}"}, "locals": {"a": "b"}}"#,
            ),
            (
                "live/app/terragrunt.hcl.json",
                r#"{"include": {"root": {"path": "${find_in_parent_folders(\"root.hcl.json\")}", "expose": true}},
                    "terraform": {"source": "../../modules//table"},
                    "locals": {"mode": "PROVISIONED"},
                    "inputs": {"mode": "${local.mode}", "tags": {"x": "${include.root.locals.a}"}}}"#,
            ),
        ],
        r#"live/app: aws_dynamodb_table.t = {name: "app", billing_mode: "PROVISIONED", tags: {x: "b"}}"#,
    );
}

#[test]
fn a_stack_makes_units_with_values() {
    let pattern = "terraform {\n  source = \"${get_repo_root()}/modules//table\"\n}\n\
                   inputs = {\n  name = values.name\n  mode = try(values.mode, \"PAY_PER_REQUEST\")\n}\n";
    let stack = "locals {\n  env = \"prod\"\n}\n\
                 unit \"orders\" {\n  source = \"../../units/table\"\n  path = \"orders\"\n  values = { name = \"${local.env}-orders\" }\n}\n\
                 unit \"users\" {\n  source = \"../../units/table\"\n  path = \"users\"\n  no_dot_terragrunt_stack = true\n\
                 values = { name = \"users\", mode = \"PROVISIONED\" }\n\
                 autoinclude {\n    inputs = { tags = { a = \"b\" } }\n  }\n}\n\
                 unit \"far\" {\n  source = \"git::https://example.com/units.git//far\"\n  path = \"far\"\n}\n";
    check(
        &[("units/table/terragrunt.hcl", pattern), ("live/prod/terragrunt.stack.hcl", stack)],
        r#"
! the source `git::https://example.com/units.git//far` of unit `far` is not there
live/prod/.terragrunt-stack/orders: aws_dynamodb_table.t = {name: "prod-orders", billing_mode: "PAY_PER_REQUEST", tags: {}}
live/prod/users: aws_dynamodb_table.t = {name: "users", billing_mode: "PROVISIONED", tags: {a: "b"}}"#,
    );
}

#[test]
fn stacks_of_stacks_hand_their_values_on() {
    let pattern = "terraform {\n  source = \"${get_repo_root()}/modules//table\"\n}\ninputs = { name = values.name }\n";
    let inner = "unit \"t\" {\n  source = \"${get_repo_root()}/units/table\"\n  path = \"t\"\n\
                 values = { name = \"${values.env}-t\" }\n}\n";
    let outer = "stack \"dev\" {\n  source = \"../stacks/env\"\n  path = \"dev\"\n  values = { env = \"dev\" }\n}\n\
                 stack \"prod\" {\n  source = \"../stacks/env\"\n  path = \"prod\"\n  values = { env = \"prod\" }\n}\n";
    check(
        &[
            ("units/table/terragrunt.hcl", pattern),
            ("stacks/env/terragrunt.stack.hcl", inner),
            ("live/terragrunt.stack.hcl", outer),
        ],
        r#"
live/.terragrunt-stack/dev/.terragrunt-stack/t: aws_dynamodb_table.t = {name: "dev-t", billing_mode: "PAY_PER_REQUEST", tags: {}}
live/.terragrunt-stack/prod/.terragrunt-stack/t: aws_dynamodb_table.t = {name: "prod-t", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}

#[test]
fn feature_flags_are_open_and_units_that_are_left_out_are_not_looked_at() {
    let text = unit(
        "feature \"big\" {\n  default = false\n}\n\
         inputs = {\n  name = \"n\"\n  mode = feature.big.value ? \"PROVISIONED\" : \"PAY_PER_REQUEST\"\n}\n",
    );
    assert_eq!(
        run(&[("live/app/terragrunt.hcl", &text)]).attribute("billing_mode"),
        "<feature.big? true: \"PROVISIONED\"; false: \"PAY_PER_REQUEST\">"
    );
    check(&[("live/app/terragrunt.hcl", &unit("skip = true\n"))], "");
    check(&[("live/app/terragrunt.hcl", &unit("exclude {\n  if = true\n  actions = [\"all\"]\n}\n"))], "");
}

#[test]
fn nothing_leads_out_of_what_is_analysed_and_circles_end() {
    let found = run(&[("live/app/terragrunt.hcl", "terraform {\n  source = \"../../../elsewhere\"\n}\n")]);
    assert_eq!(found.text(), "live/app! the source `../../../elsewhere` leads to no directory");
    let circle = unit(
        "locals {\n  me = read_terragrunt_config(\"terragrunt.hcl\")\n}\ninputs = { name = local.me.inputs.name }\n",
    );
    let found = run(&[("live/app/terragrunt.hcl", &circle)]);
    assert_eq!(found.units.len(), 1);
    assert!(found.attribute("name").contains("leads back to itself"), "{}", found.attribute("name"));
}

#[test]
fn a_broken_file_is_told_of_and_the_rest_is_read() {
    let text = unit("inputs = {\n  name = \"n\"\n}\nlocals {\n  x = = 1\n}\n");
    let found = run(&[("live/app/terragrunt.hcl", &text)]);
    assert_eq!(found.attribute("name"), "\"n\"");
    assert_eq!(found.projects[0].problems.iter().filter(|one| one.kind == ProblemKind::Error).count(), 1);
}

#[test]
fn the_backend_that_is_generated_takes_the_place_of_its_file() {
    let text = unit(
        "remote_state {\n  backend = \"s3\"\n  generate = {\n    path = \"backend.tf\"\n    if_exists = \"overwrite\"\n  }\n\
         config = {}\n}\ninputs = {\n  name = \"n\"\n}\n",
    );
    check(
        &[
            ("modules/table/backend.tf", "resource \"aws_dynamodb_table\" \"lock\" {}\n"),
            ("live/app/terragrunt.hcl", &text),
        ],
        r#"live/app: aws_dynamodb_table.t = {name: "n", billing_mode: "PAY_PER_REQUEST", tags: {}}"#,
    );
}
