//! `dynalens.yml` in depth: what it extends, what holds where, and the commands about it.

use super::support::{Project, TABLE, fixture, run};

const RECOVERY: &str = "--select=point-in-time-recovery-disabled";

fn policies(run: &super::support::Run) -> Vec<String> {
    let mut found: Vec<String> =
        run.findings().iter().map(|finding| finding.split(' ').next().unwrap_or_default().to_owned()).collect();
    found.dedup();
    found
}

/// The messages about the configuration, errors first.
fn said(run: &super::support::Run) -> Vec<String> {
    let json = run.json();
    ["errors", "notes"]
        .iter()
        .flat_map(|key| json[*key].as_array().expect("a list").clone())
        .map(|problem| {
            format!(
                "{}:{}: {}",
                problem["file"].as_str().unwrap_or(""),
                problem["span"]["start"]["line"],
                problem["message"].as_str().unwrap_or("")
            )
        })
        .collect()
}

#[test]
fn the_file_may_have_either_name_and_lie_under_github() {
    for name in ["dynalens.yml", ".dynalens.yml", ".github/dynalens.yml"] {
        let project = Project::new(&[("infra/t.yaml", TABLE), (name, "exclude: [\"infra/**\"]\n")]);
        assert_eq!(project.run(&[RECOVERY]).code, 3, "{name}");
        assert_eq!(run(&project.path().join("infra"), &[RECOVERY]).code, 3, "{name}");
    }
}

#[test]
fn select_and_ignore_take_names_aliases_pillars_and_severities() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    for (settings, present, absent) in [
        ("select: [CKV_AWS_28]\n", "point-in-time-recovery-disabled", "deletion-protection-disabled"),
        (
            "ignore: [point-in-time-recovery-disabled]\n",
            "deletion-protection-disabled",
            "point-in-time-recovery-disabled",
        ),
        ("ignore: [reliability]\n", "", "point-in-time-recovery-disabled"),
        ("ignore: [high]\n", "", "point-in-time-recovery-disabled"),
        ("select: reliability\n", "point-in-time-recovery-disabled", "key-class-below-requirement"),
        (
            "ignore: [high]\npolicies: { point-in-time-recovery-disabled: { enabled: true } }\n",
            "point-in-time-recovery-disabled",
            "",
        ),
    ] {
        project.write("dynalens.yml", settings);
        let run = project.run(&["--format=json"]);
        let found = policies(&run);
        assert!(present.is_empty() || found.iter().any(|name| name == present), "{settings}{found:?}");
        assert!(absent.is_empty() || found.iter().all(|name| name != absent), "{settings}{found:?}");
    }
    project.write("dynalens.yml", "");
    let high = project.run(&["--format=json", "--select=high"]).json();
    let findings = high["findings"].as_array().expect("a list");
    assert!(!findings.is_empty() && findings.iter().all(|finding| finding["severity"] == "high"));
    project.write("dynalens.yml", "select: [relaibility]\n");
    let run = project.run(&["--format=json"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.json()["errors"][0]["help"], "did you mean `reliability`?");
}

#[test]
fn a_file_extends_others_and_mistakes_are_told_in_the_file_that_has_them() {
    let project = Project::new(&[
        ("t.yaml", TABLE),
        ("dynalens.yml", "extends: [.github/shared.yml]\npolicies: { deletion-protection-disabled: low }\n"),
        (
            ".github/shared.yml",
            "policies:\n  point-in-time-recovery-disabled: false\n  deletion-protection-disabled: false\n",
        ),
    ]);
    let run = project.run(&["--format=json", "--ignore=low"]);
    assert!(policies(&run).iter().all(|name| name != "point-in-time-recovery-disabled"), "{}", run.stdout);
    project.write(".github/shared.yml", "extends: ../dynalens.yml\nprofil: strict\n");
    assert_eq!(
        said(&project.run(&["--format=json"])),
        [
            ".github/shared.yml:1: the configuration extends itself: `dynalens.yml` extends `.github/shared.yml` extends `dynalens.yml`",
            ".github/shared.yml:2: the configuration has no key `profil`"
        ]
    );
}

#[test]
fn overrides_hold_for_their_paths_only() {
    let project = Project::new(&[
        ("prod/t.yaml", TABLE),
        ("sandbox/t.yaml", TABLE),
        (
            "dynalens.yml",
            "overrides:\n  - paths: [\"sandbox/**\"]\n    ignore: [reliability]\n  - paths: prod/**\n    policies: { point-in-time-recovery-disabled: { severity: medium } }\n",
        ),
    ]);
    let json = project.run(&["--format=json"]).json();
    let recovery: Vec<(&str, &str)> = json["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["policy"] == "point-in-time-recovery-disabled")
        .map(|finding| (finding["file"].as_str().unwrap_or(""), finding["severity"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(recovery, [("prod/t.yaml", "medium")]);
    // The same within one project: two files of one root module.
    let table = |name: &str| {
        format!("resource \"aws_dynamodb_table\" \"{name}\" {{\n  name     = \"{name}\"\n  hash_key = \"id\"\n}}\n")
    };
    let module = Project::new(&[
        ("a.tf", &table("a")),
        ("b.tf", &table("b")),
        ("dynalens.yml", "overrides: [{ paths: b.tf, ignore: [point-in-time-recovery-disabled] }]\n"),
    ]);
    let found = module.run(&["--format=json"]).findings();
    let recovery: Vec<&String> = found.iter().filter(|finding| finding.starts_with("point-in-time")).collect();
    assert_eq!(recovery, ["point-in-time-recovery-disabled aws_dynamodb_table.a active"]);
    // The command line decides alone.
    assert_eq!(module.run(&["--format=json", RECOVERY]).findings().len(), 2);
}

#[test]
fn entries_that_match_nothing_are_told_where_the_whole_is_looked_at() {
    let project = Project::new(&[
        ("infra/t.yaml", TABLE),
        (
            "dynalens.yml",
            "exclude: [\"vendor/**\", \"**/node_modules/**\"]\noverrides:\n  - { paths: [\"sandbox/**\"], profile: strict }\nsuppressions:\n  - { policy: deletion-protection-disabled, address: \"Nothing*\", reason: x }\npolicy-folders: [own]\n",
        ),
        ("own/README.md", "nothing"),
    ]);
    let run = project.run(&["--format=json"]);
    assert_eq!(
        said(&run),
        [
            "dynalens.yml:1: `vendor/**` excludes nothing",
            "dynalens.yml:3: no resource lies where this override holds",
            "dynalens.yml:6: there are no policies in `own`"
        ]
    );
    assert!(policies(&run).contains(&"unused-suppression".to_owned()), "{}", run.stdout);
    assert!(said(&project.run(&["--format=json", "infra"])).len() == 1);
}

#[test]
fn required_tags_and_key_classes_have_short_names() {
    let project = Project::new(&[
        ("t.yaml", TABLE),
        ("dynalens.yml", "required-tags: [owner, [cost-center, CostCenter]]\nkey-class: customer-managed\n"),
    ]);
    let found = policies(&project.run(&["--format=json"]));
    for name in ["required-tag-missing", "key-class-below-requirement"] {
        assert!(found.iter().any(|found| found == name), "{found:?}");
    }
    project.write("dynalens.yml", "key-class: customer-manged\nrequired-tags: { a: b }\n");
    assert_eq!(
        said(&project.run(&["--format=json"])),
        [
            "dynalens.yml:1: `key-class` is one of aws-owned, aws-managed, customer-managed, and not `customer-manged`",
            "dynalens.yml:2: `required-tags` takes a list, and this is a mapping"
        ]
    );
}

#[test]
fn a_configuration_names_no_files_outside_of_its_repository() {
    let project = Project::new(&[
        ("main.tf", "variable \"a\" {}\n"),
        (
            "dynalens.yml",
            "environments: { prod: { var-files: [../secret.tfvars], parameter-files: [../secret.json] } }\n",
        ),
    ]);
    let outside = project.path().parent().expect("it has one").join("secret.tfvars");
    std::fs::write(&outside, "a = \"password\" =\n").expect("it can be written");
    let run = project.run(&["--format=json"]);
    assert!(said(&run)[0].contains("secret.json") || said(&run)[0].contains("lies outside"), "{:?}", said(&run));
    assert!(said(&run).iter().any(|line| line.ends_with("lies outside of the repository")), "{:?}", said(&run));
    assert!(!run.stdout.contains("password"));
    let _ = std::fs::remove_file(outside);
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let project = Project::new(&[]);
    let schema = project.run(&["config", "schema"]).json();
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let good = "extends: base.yml
profile: strict
region: eu-west-1
account: \"111122223333\"
environments:
  prod: { production: true, workspace: prod, var-files: [env/prod.tfvars], parameters: { Environment: prod, Zones: [a, b] } }
  dev: { parameter-files: params/dev.json, variables: { tags: { a: 1 } } }
required-tags: [owner, [cost-center, CostCenter]]
key-class: aws-managed
select: [reliability, high]
ignore: low
policies:
  required-tag-missing: { required: [owner] }
  dax-cluster-below-three-nodes: { severity: high }
  index-projects-everything: { enabled: false }
  deletion-protection-disabled: false
  point-in-time-recovery-disabled: low
overrides:
  - { paths: \"sandbox/**\", profile: default, ignore: [cost] }
suppressions:
  - { policy: deletion-protection-disabled, address: \"x*\", path: \"infra/**\", reason: rebuilt, until: \"2027-03-01\" }
baseline: dynalens-baseline.json
exclude: [\"vendor/**\"]
policy-folders: [policies]
non-production: { words: [lab], tags: [tier] }
";
    let parsed: serde_json::Value = serde_yaml::from_str(good).expect("it is YAML");
    let errors: Vec<String> = validator.iter_errors(&parsed).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    for bad in [
        "profil: strict",
        "profile: loud",
        "account: 12",
        "key-class: best",
        "environments: { prod: { var-file: x } }",
        "policies: { point-in-time-recovery-disabled: { severity: hihg } }",
        "policies: { point-in-time-recovery-disabled: { no_such_option: 1 } }",
        "overrides: [{ profile: strict }]",
        "suppressions: [{ policy: a }]",
    ] {
        let parsed: serde_json::Value = serde_yaml::from_str(bad).expect("it is YAML");
        assert!(!validator.is_valid(&parsed), "{bad}");
        project.write("dynalens.yml", bad);
        project.write("t.yaml", TABLE);
        assert_eq!(project.run(&[]).code, 2, "{bad}");
    }
}

#[test]
fn show_says_what_holds_and_where_it_comes_from() {
    let project = Project::new(&[
        ("sandbox/t.yaml", TABLE),
        (
            "dynalens.yml",
            "extends: base.yml\nregion: eu-west-1\npolicies:\n  deletion-protection-disabled: { severity: low }\noverrides:\n  - paths: [\"sandbox/**\"]\n    policies: { deletion-protection-disabled: false }\n",
        ),
        ("base.yml", "profile: strict\n"),
    ]);
    let plain = project.run(&["config", "show"]).stdout;
    for line in [
        "profile",
        "strict  (base.yml:1:10)",
        "eu-west-1  (dynalens.yml:2:9)",
        "deletion-protection-disabled: low  (dynalens.yml:4:3)",
    ] {
        assert!(plain.contains(line), "{line}: {plain}");
    }
    let below = project.run(&["config", "show", "sandbox/t.yaml"]).stdout;
    assert!(below.contains("deletion-protection-disabled: off  (dynalens.yml:4:3, then dynalens.yml:7:17)"), "{below}");
    let json = project.run(&["config", "show", "--format=json", "--profile=all"]).json();
    let profile = json["settings"].as_array().expect("a list").iter().find(|setting| setting["key"] == "profile");
    assert_eq!(profile, Some(&serde_json::json!({ "key": "profile", "value": "all", "from": null })));
    let without = Project::new(&[]).run(&["config", "show"]);
    assert!(without.code == 0 && without.stdout.contains("dynalens init"), "{}", without.stdout);
}

#[test]
fn init_writes_a_file_that_fits_and_overwrites_none() {
    for name in ["cfn-environments", "sam-orders", "terraform-shop"] {
        let project = Project::new(&[]);
        copy(&fixture(name), project.path());
        let _ = std::fs::remove_file(project.path().join("dynalens.yml"));
        let printed = project.run(&["init", "--print"]);
        let made = project.run(&["init"]);
        assert_eq!((made.code, made.stderr.as_str()), (0, ""), "{name}");
        let text = std::fs::read_to_string(project.path().join("dynalens.yml")).expect("it is there");
        assert_eq!(text, printed.stdout);
        let check = project.run(&["--format=json"]);
        assert!(check.code < 2, "{name}: {}", check.stdout);
        assert!(said(&check).iter().all(|line| !line.starts_with("dynalens.yml")), "{name}: {:?}", said(&check));
        if name == "terraform-shop" {
            assert!(text.contains("\n  prod:\n    production: true\n    var-files: [env/prod.tfvars]\n"), "{text}");
        }
        let again = project.run(&["init"]);
        assert!(again.code == 2 && again.stderr.contains("already"), "{}", again.stderr);
        assert_eq!(std::fs::read_to_string(project.path().join("dynalens.yml")).expect("it is there"), text);
    }
    let other = Project::new(&[(".github/dynalens.yml", "profile: strict\n"), ("sub/t.yaml", TABLE)]);
    assert_eq!(run(&other.path().join("sub"), &["init"]).code, 2);
    assert!(!other.path().join("sub/dynalens.yml").exists());
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("it can be made");
    for entry in std::fs::read_dir(from).expect("it is a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("it can be copied");
        }
    }
}
