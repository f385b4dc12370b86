//! Formats, files, colours, order.

use std::process::Stdio;

use super::support::{Project, TABLE, dynalens, fixture, run};

const FIXTURES: [&str; 4] = ["sam-orders", "cfn-environments", "terraform-shop", "terragrunt-live"];

fn errors_of(schema: &str, value: &serde_json::Value) -> Vec<String> {
    let schema: serde_json::Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn json_reports_fit_the_published_schema() {
    for name in FIXTURES {
        for profile in ["default", "all"] {
            let report = run(&fixture(name), &["--format", "json", "--profile", profile]);
            assert!(report.code < 2, "{name}: {}{}", report.stdout, report.stderr);
            let errors = errors_of(include_str!("../../schemas/findings-v1.schema.json"), &report.json());
            assert_eq!(errors, Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn models_fit_the_published_schema() {
    for name in FIXTURES {
        for arguments in [&["model"][..], &["model", "--origins"]] {
            let report = run(&fixture(name), arguments);
            assert_eq!(report.code, 0, "{name}: {}{}", report.stdout, report.stderr);
            let json = report.json();
            let errors = errors_of(include_str!("../../schemas/model-v1.schema.json"), &json);
            assert_eq!(errors, Vec::<String>::new(), "{name}");
            assert!(!json["tables"].as_array().expect("a list").is_empty(), "{name}");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let projects = fixture("");
    for format in ["json", "human", "concise"] {
        let reports: Vec<String> =
            (0..4).map(|_| untimed(&run(&projects, &["--format", format, "--profile", "all"]).stdout)).collect();
        assert!(reports.windows(2).all(|pair| pair[0] == pair[1]), "{format}");
    }
}

/// The report without the one line that says how long it took.
fn untimed(report: &str) -> String {
    report.lines().filter(|line| !line.contains("\"duration_ms\"")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_span_gives_back_the_text_it_stands_for() {
    for name in FIXTURES {
        let root = fixture(name);
        let json = run(&root, &["--format", "json", "--profile", "all"]).json();
        let findings = json["findings"].as_array().expect("a list");
        assert!(!findings.is_empty(), "{name}");
        for finding in findings {
            let labels = std::iter::once(finding).chain(finding["related"].as_array().expect("a list"));
            for label in labels {
                let path = label["file"].as_str().expect("a path");
                assert!(!path.contains('\\') && !path.starts_with('/'), "{path}");
                let text = std::fs::read_to_string(root.join(path)).expect("it is there");
                let number = |end: &str, what: &str| {
                    usize::try_from(label["span"][end][what].as_u64().expect("a number")).expect("it fits")
                };
                let (start, end) = (number("start", "offset"), number("end", "offset"));
                assert!(text.get(start..end).is_some(), "{label}");
                let before = &text[..start];
                assert_eq!(number("start", "line"), before.matches('\n').count() + 1, "{label}");
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                assert_eq!(number("start", "column"), column, "{label}");
            }
        }
    }
}

#[test]
fn findings_are_in_the_order_of_file_place_and_policy() {
    let json = run(&fixture(""), &["--format", "json", "--profile", "all"]).json();
    let keys: Vec<(String, u64, u64, String)> = json["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| {
            let offset = |end: &str| finding["span"][end]["offset"].as_u64().expect("a number");
            let text = |key: &str| finding[key].as_str().expect("a text").to_owned();
            (text("file"), offset("start"), offset("end"), text("policy"))
        })
        .collect();
    assert!(keys.is_sorted(), "{keys:#?}");
}

#[test]
fn several_reports_are_written_at_once() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    let run = project.run(&["--format=concise", "--output", "json=out.json", "--output", "human=out.txt"]);
    assert!(run.stdout.contains("t.yaml:2:3: high[point-in-time-recovery-disabled]"), "{}", run.stdout);
    let json = std::fs::read_to_string(project.path().join("out.json")).expect("it is written");
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    assert!(project.path().join("out.txt").is_file());
    let failed = project.run(&["--output", "json=missing/out.json"]);
    assert_eq!(failed.code, 2);
    assert!(failed.stderr.contains("missing/out.json"));
}

#[test]
fn colours_are_off_unless_they_are_asked_for() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    assert!(!project.run(&[]).stdout.contains('\u{1b}'));
    assert!(project.run(&["--color", "always"]).stdout.contains('\u{1b}'));
    let mut silenced = dynalens(project.path(), &["--color", "auto"]);
    let silenced = silenced.env("NO_COLOR", "1").output().expect("it starts");
    assert!(!silenced.stdout.contains(&0x1b));
}

#[test]
fn whoever_stops_reading_gets_no_complaint() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    let mut child = dynalens(project.path(), &["policies"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn names_from_files_reach_no_terminal_as_commands() {
    let hostile = TABLE.replace("BillingMode", "TableName: \"a\\e]0;owned\\a\\e[31m\\u202E\"\n      BillingMode");
    let project = Project::new(&[("t.yaml", &hostile)]);
    for format in ["human", "concise"] {
        let report = project.run(&["--format", format, "--profile", "all"]).stdout;
        assert!(!report.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{report}");
    }
}

#[test]
fn the_summary_counts_what_was_seen() {
    let report = run(&fixture("terraform-shop"), &["--format", "json"]).json();
    let summary = &report["summary"];
    assert_eq!(summary["tables"], 3, "{summary}");
    assert_eq!(summary["suppressed"], 1, "{summary}");
    let human = run(&fixture("terraform-shop"), &[]).stdout;
    let last = human.lines().last().expect("a line");
    assert!(last.contains("3 tables") && last.contains("1 suppressed"), "{last}");
}

#[test]
fn a_tree_of_units_is_one_run_and_the_module_is_judged_for_each() {
    let report = run(&fixture("terragrunt-live"), &["--format", "json"]).json();
    let summary = &report["summary"];
    assert_eq!((&summary["projects"], &summary["tables"], &summary["notes"]), (&3.into(), &3.into(), &0.into()));
    let findings = report["findings"].as_array().expect("a list");
    let [finding] = findings.as_slice() else { panic!("one finding: {report}") };
    assert_eq!(finding["policy"], "point-in-time-recovery-disabled");
    assert_eq!(finding["file"], "modules/table/main.tf");
    assert_eq!(finding["resource"]["name"], "prod-sessions");
    assert_eq!(finding["related"][0]["file"], "live/prod/sessions/terragrunt.hcl");
}

#[test]
fn one_fault_of_a_module_that_several_roots_call_is_one_finding_that_lists_the_calls() {
    let module = "variable \"name\" {}\n\nresource \"aws_dynamodb_table\" \"t\" {\n  name     = var.name\n  hash_key = \"id\"\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n  point_in_time_recovery {\n    enabled = false\n  }\n}\n";
    let root = |names: &[&str]| -> String {
        let call = |name: &&str| {
            format!("module \"{name}\" {{\n  source = \"../../modules/table\"\n  name   = \"{name}\"\n}}\n")
        };
        names.iter().map(call).collect()
    };
    let (one, two) = (root(&["orders", "users"]), root(&["orders"]));
    let project =
        Project::new(&[("modules/table/main.tf", module), ("live/a/main.tf", &one), ("live/b/main.tf", &two)]);
    let report = project.run(&["--select=point-in-time-recovery-disabled", "--format=json"]).json();
    let findings = report["findings"].as_array().expect("a list");
    let [finding] = findings.as_slice() else { panic!("one finding: {report}") };
    let others: Vec<(&str, u64, &str)> = finding["related"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|label| {
            let line = label["span"]["start"]["line"].as_u64().expect("a line");
            (label["file"].as_str().unwrap_or(""), line, label["message"].as_str().unwrap_or(""))
        })
        .collect();
    assert_eq!(
        others,
        [
            ("live/a/main.tf", 1, "it is made through `module.orders`"),
            ("live/b/main.tf", 1, "the same holds for `module.orders.aws_dynamodb_table.t` of `live/b`"),
            ("live/a/main.tf", 5, "the same holds for `module.users.aws_dynamodb_table.t` of `live/a`"),
        ]
    );
    let human = project.run(&["--select=point-in-time-recovery-disabled"]).stdout;
    assert!(human.contains("the same holds for `module.orders.aws_dynamodb_table.t` of `live/b`"), "{human}");
    assert!(human.ends_with("1 high\n"), "{human}");
}

#[test]
fn what_an_installed_module_does_is_shown_at_the_call() {
    let root = "variable \"recover\" {\n  default = false\n}\n\nmodule \"orders\" {\n  source = \"example/table/aws\"\n  pitr   = var.recover\n}\n\n# dynalens: ignore[point-in-time-recovery-disabled] a cache\nmodule \"carts\" {\n  source = \"example/table/aws\"\n}\n";
    let manifest = r#"{ "Modules": [
        { "Key": "", "Source": "", "Dir": "." },
        { "Key": "orders", "Source": "registry.terraform.io/example/table/aws", "Dir": ".terraform/modules/table" },
        { "Key": "carts", "Source": "registry.terraform.io/example/table/aws", "Dir": ".terraform/modules/table" }
    ] }"#;
    let module = "variable \"pitr\" {\n  default = false\n}\n\nresource \"aws_dynamodb_table\" \"t\" {\n  name     = \"t\"\n  hash_key = \"id\"\n  point_in_time_recovery {\n    enabled = var.pitr\n  }\n}\n";
    let project = Project::new(&[
        ("main.tf", root),
        (".terraform/modules/modules.json", manifest),
        (".terraform/modules/table/main.tf", module),
    ]);
    let run = project.run(&["--select=point-in-time-recovery-disabled", "--format=json"]);
    let json = run.json();
    let places: Vec<(&str, u64, &str)> = json["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| {
            let line = finding["span"]["start"]["line"].as_u64().expect("a line");
            (finding["file"].as_str().unwrap_or(""), line, finding["status"].as_str().unwrap_or(""))
        })
        .collect();
    assert_eq!(places, [("main.tf", 7, "active"), ("main.tf", 11, "suppressed")], "{}", run.stdout);
}

#[test]
fn a_child_that_is_reached_twice_is_judged_once() {
    let stack = |name: &str, recovery: &str| {
        format!(
            "  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: child.yaml, Parameters: {{Recovery: {recovery}}}}}}}\n"
        )
    };
    let child = "Parameters: {Recovery: {Type: String}}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: !Ref Recovery}\n";
    let root = format!("Resources:\n{}{}{}", stack("A", "false"), stack("B", "false"), stack("C", "true"));
    let project = Project::new(&[("root.yaml", &root), ("child.yaml", child)]);
    let report = run(project.path(), &["--format=json", "--select=point-in-time-recovery-disabled"]);
    assert_eq!(report.findings(), ["point-in-time-recovery-disabled A/T active"], "{}", report.stdout);
    let finding = &report.json()["findings"][0];
    assert_eq!(finding["file"], "child.yaml");
    let related: Vec<(&str, &str)> = finding["related"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|label| (label["file"].as_str().expect("a file"), label["message"].as_str().expect("a message")))
        .collect();
    assert!(related.contains(&("root.yaml", "argument `Recovery` of `A`")), "{related:?}");
    assert!(related.contains(&("root.yaml", "the same holds for `B/T`")), "{related:?}");
}

#[test]
fn of_twenty_conditions_those_count_that_a_policy_reads() {
    let each = |line: &dyn Fn(usize) -> String| (0..20).map(line).collect::<String>();
    let template = format!(
        "Parameters:\n{}Conditions:\n{}Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Condition: C0\n    DeletionPolicy: Retain\n    Properties:\n      TableName: x\n      BillingMode: PAY_PER_REQUEST\n      PointInTimeRecoverySpecification: {{PointInTimeRecoveryEnabled: !If [C1, true, false]}}\n      DeletionProtectionEnabled: !If [C2, true, false]\n      Tags:\n{}",
        each(&|i| format!("  P{i}: {{Type: String, AllowedValues: ['yes', 'no']}}\n")),
        each(&|i| format!("  C{i}: !Equals [!Ref P{i}, 'yes']\n")),
        each(&|i| format!(
            "        - !If [C{i}, {{Key: k{i}, Value: !If [C{}, a, b]}}, !Ref AWS::NoValue]\n",
            (i + 1) % 20
        )),
    );
    let project = Project::new(&[("t.yaml", &template)]);
    let select = "--select=point-in-time-recovery-disabled,deletion-protection-disabled";
    let json = run(project.path(), &["--format=json", select]).json();
    let mut cases: Vec<&str> =
        json["findings"].as_array().expect("a list").iter().map(|one| one["case"].as_str().expect("a case")).collect();
    cases.sort_unstable();
    assert_eq!(cases, ["P0 is yes and P1 is no", "P0 is yes and P2 is no"]);
    assert_eq!(json["undetermined"], serde_json::json!([]));
}

#[test]
fn a_table_without_recovery_is_told_without_its_replicas() {
    let template = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false }\n";
    let arguments =
        ["-", "--stdin-filename", "a.yaml", "--color", "never", "--select", "point-in-time-recovery-disabled"];
    let report = super::support::run_with_input(&fixture("sam-orders"), &arguments, template);
    assert!(report.stdout.contains("this is `false`"), "{}{}", report.stdout, report.stderr);
    assert!(!report.stdout.contains("replicas"), "{}", report.stdout);
}

#[test]
fn what_a_local_decides_by_cases_is_shown_where_the_attribute_names_it() {
    let table = |name: &str, value: &str| {
        format!(
            "resource \"aws_dynamodb_table\" \"{name}\" {{\n  name         = \"{name}\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  deletion_protection_enabled = {value}\n\n  attribute {{\n    name = \"id\"\n    type = \"S\"\n  }}\n}}\n"
        )
    };
    let module = "variable \"env\" {\n  type = string\n}\n\nlocals {\n  protect = var.env == \"prod\" ? true : false\n  all     = { prod = { on = true }, dev = { on = false } }\n  mine    = var.env == \"prod\" ? local.all.prod : local.all[\"dev\"]\n}\n";
    let text = format!("{module}{}{}", table("a", "local.protect"), table("b", "local.mine.on"));
    let project = Project::new(&[("main.tf", &text)]);
    let report = project.run(&["--format=json", "--select=deletion-protection-disabled"]).json();
    let marked = |span: &serde_json::Value| {
        let offset = |end: &str| usize::try_from(span[end]["offset"].as_u64().expect("a number")).expect("it is small");
        text[offset("start")..offset("end")].to_owned()
    };
    let ways: Vec<Vec<String>> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| {
            let related = finding["related"].as_array().expect("a list").iter().map(|one| marked(&one["span"]));
            std::iter::once(marked(&finding["span"])).chain(related).collect()
        })
        .collect();
    assert_eq!(ways.len(), 2, "{report}");
    assert_eq!(ways[0][0], "local.protect", "{ways:?}");
    assert!(ways[0].iter().any(|place| place.contains("true : false")), "{ways:?}");
    assert_eq!(ways[1][0], "local.mine.on", "{ways:?}");
    assert!(ways[1].iter().any(|place| place == "false"), "{ways:?}");
}
