//! Baselines and comparisons with git, in repositories that the tests make.

use std::process::Command;

use super::support::{Project, Run, TABLE, dynalens, run};

const SELECT: &str = "--select=point-in-time-recovery-disabled,deletion-protection-disabled";

/// A project in a real repository.
struct Repository(Project);

impl Repository {
    /// With the files as its first commit.
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Project::new(&[]);
        std::fs::remove_dir_all(project.path().join(".git")).expect("it is there");
        let repository = Self(project);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, text) in files {
            repository.0.write(path, text);
        }
        repository.commit();
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.0.path())
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=x"]);
    }

    /// A run that finds git.
    fn run(&self, arguments: &[&str]) -> Run {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Run::of(&dynalens(self.0.path(), arguments).env("PATH", path).output().expect("it starts"))
    }

    /// `policy address status` of each finding.
    fn findings(&self, more: &[&str]) -> Vec<String> {
        self.run(&[&[SELECT, "--format=json"], more].concat()).findings()
    }

    /// The addresses and policies of what is active.
    fn active(&self, more: &[&str]) -> Vec<String> {
        let findings = self.findings(more);
        findings.iter().filter_map(|finding| finding.strip_suffix(" active")).map(str::to_owned).collect()
    }
}

fn table(name: &str, more: &str) -> String {
    format!("resource \"aws_dynamodb_table\" \"{name}\" {{\n  name     = \"{name}\"\n  hash_key = \"id\"\n{more}}}\n\n")
}

const PROTECTED: &str = "  deletion_protection_enabled = true\n";
const RECOVERED: &str = "  point_in_time_recovery {\n    enabled = true\n  }\n";

#[test]
fn a_baseline_hides_what_it_knows_and_nothing_else() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    let made = project.run(&["baseline", "create", SELECT]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(made.stdout.contains("knows 2 findings"), "{}", made.stdout);
    let known = project.run(&[SELECT, "--baseline", "dynalens-baseline.json", "--format=json"]);
    assert_eq!(known.code, 0, "{}", known.stdout);
    assert!(known.findings().iter().all(|finding| finding.ends_with("baselined")), "{}", known.stdout);
    assert_eq!(known.json()["summary"]["baselined"], 2);
    project.write("new.yaml", TABLE.replace("Orders", "Invoices"));
    let more = project.run(&[SELECT, "--baseline", "dynalens-baseline.json", "--format=json"]);
    assert_eq!(more.code, 1);
    let active = more.findings().iter().filter(|finding| finding.ends_with("active")).count();
    assert_eq!(active, 2, "{}", more.stdout);
}

#[test]
fn moved_lines_and_renamed_files_keep_their_fingerprints() {
    let project = Project::new(&[("a/t.yaml", TABLE)]);
    assert_eq!(project.run(&["baseline", "create", SELECT]).code, 0);
    std::fs::remove_file(project.path().join("a/t.yaml")).expect("it is there");
    let comment = "# a comment\n\n\n";
    project.write("b/c/orders.yaml", format!("{comment}{TABLE}"));
    let run = project.run(&[SELECT, "--baseline=dynalens-baseline.json"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn a_copy_of_a_known_fault_is_new() {
    let project = Project::new(&[("prod/main.tf", &table("orders", PROTECTED))]);
    assert_eq!(project.run(&["baseline", "create", SELECT]).code, 0);
    project.write("dev/main.tf", table("orders", PROTECTED));
    let run = project.run(&[SELECT, "--baseline=dynalens-baseline.json", "--format=json"]);
    let json = run.json();
    let statuses: Vec<(&str, &str)> = json["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["file"].as_str().unwrap_or(""), one["status"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(statuses, [("dev/main.tf", "active"), ("prod/main.tf", "baselined")]);
}

#[test]
fn pruning_forgets_what_is_mended_and_updating_learns_what_is_new() {
    let project = Project::new(&[("a.tf", &table("a", "")), ("sub/b.tf", &table("b", ""))]);
    assert_eq!(project.run(&["baseline", "create", SELECT]).code, 0);
    let again = project.run(&["baseline", "create", SELECT]);
    assert!(again.code == 2 && again.stderr.contains("baseline update"), "{}", again.stderr);
    project.write("a.tf", table("a", PROTECTED) + &table("c", PROTECTED));
    let check = project.run(&[SELECT, "--baseline=dynalens-baseline.json", "--format=json"]);
    assert!(check.stdout.contains("1 entry of the baseline is found no more"), "{}", check.stdout);
    let pruned = project.run(&["baseline", "prune", SELECT]);
    assert!(pruned.stdout.contains("knows 3 findings: 0 added, 1 taken out"), "{}{}", pruned.stdout, pruned.stderr);
    // What was not looked at, and what took no part, stays.
    std::fs::write(project.path().join("sub/b.tf"), "").expect("it can be written");
    let part = project.run(&["baseline", "prune", SELECT, "a.tf"]);
    assert!(part.stdout.contains("knows 3 findings: 0 added, 0 taken out"), "{}", part.stdout);
    let other = project.run(&["baseline", "prune", "--select=ttl-without-attribute"]);
    assert!(other.stdout.contains("knows 3 findings"), "{}", other.stdout);
    let updated = project.run(&["baseline", "update", SELECT]);
    assert!(updated.stdout.contains("knows 2 findings: 1 added, 2 taken out"), "{}", updated.stdout);
    let clean = project.run(&[SELECT, "--baseline=dynalens-baseline.json"]);
    assert_eq!(clean.code, 0, "{}", clean.stdout);
}

#[test]
fn the_configuration_may_name_the_baseline() {
    let project = Project::new(&[("infra/t.yaml", TABLE), ("dynalens.yml", "baseline: known.json\n")]);
    assert_eq!(project.run(&["baseline", "create", SELECT]).code, 0);
    assert!(project.path().join("known.json").is_file());
    assert_eq!(project.run(&[SELECT]).code, 0);
    assert_eq!(run(&project.path().join("infra"), &[SELECT]).code, 0);
    assert_eq!(project.run(&[SELECT, "--no-baseline"]).code, 1);
    project.write("known.json", "[]");
    let broken = project.run(&[SELECT]);
    assert!(broken.code == 2 && broken.stderr.contains("known.json"), "{}", broken.stderr);
}

#[test]
fn only_findings_on_changed_lines_are_active() {
    let repository = Repository::new(&[("main.tf", &(table("a", PROTECTED) + &table("b", PROTECTED)))]);
    assert_eq!(repository.active(&["--changed-since", "HEAD"]), Vec::<String>::new());
    let changed = table("a", PROTECTED)
        + &table("b", PROTECTED)
            .replace("resource \"aws_dynamodb_table\" \"b\" {", "resource \"aws_dynamodb_table\" \"b\" { # seen");
    repository.0.write("main.tf", changed);
    let touched = ["point-in-time-recovery-disabled aws_dynamodb_table.b"];
    assert_eq!(repository.active(&["--changed-since", "HEAD"]), touched);
    let all = repository.findings(&["--changed-since", "HEAD"]);
    assert!(all.contains(&"point-in-time-recovery-disabled aws_dynamodb_table.a outside-diff".to_owned()), "{all:?}");
    assert_eq!(repository.run(&[SELECT, "--changed-since", "HEAD"]).code, 1);
    // From another directory, and for a file that git does not know yet.
    repository.0.write("sub/new.tf", table("c", PROTECTED));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let below = Run::of(
        &dynalens(&repository.0.path().join("sub"), &[SELECT, "--format=json", "--changed-since=HEAD", ".."])
            .env("PATH", path)
            .output()
            .expect("it starts"),
    );
    let active: Vec<String> = below.findings().into_iter().filter(|finding| finding.ends_with("active")).collect();
    assert_eq!(active.len(), 2, "{active:?}");
}

#[test]
fn a_change_in_a_default_a_var_file_or_a_module_call_counts_as_well() {
    let module = "variable \"pitr\" {\n  type = bool\n}\n\nresource \"aws_dynamodb_table\" \"t\" {\n  name     = \"t\"\n  hash_key = \"id\"\n  deletion_protection_enabled = true\n  point_in_time_recovery {\n    enabled = var.pitr\n  }\n}\n";
    let call = "variable \"recovery\" {\n  type    = bool\n  default = true\n}\n\nmodule \"t\" {\n  source = \"./m\"\n  pitr   = var.recovery\n}\n";
    let repository = Repository::new(&[("main.tf", call), ("m/main.tf", module)]);
    assert_eq!(repository.active(&[]), Vec::<String>::new());
    let finding = ["point-in-time-recovery-disabled module.t.aws_dynamodb_table.t"];
    // The default.
    repository.0.write("main.tf", call.replace("default = true", "default = false"));
    assert_eq!(repository.active(&["--changed-since=HEAD"]), finding);
    // The call.
    repository.0.write("main.tf", call.replace("var.recovery", "false"));
    assert_eq!(repository.active(&["--changed-since=HEAD"]), finding);
    // A file that gives the variable its value.
    repository.0.write("main.tf", call);
    repository.0.write("terraform.tfvars", "recovery = false\n");
    assert_eq!(repository.active(&["--changed-since=HEAD"]), finding);
    // Nothing of that, once it is committed.
    repository.commit();
    repository.0.write("other.tf", "# new\n");
    assert_eq!(repository.active(&["--changed-since=HEAD"]), Vec::<String>::new());
}

#[test]
fn what_was_taken_out_of_a_resource_counts_where_something_is_missing() {
    let repository = Repository::new(&[("main.tf", &table("a", &[PROTECTED, RECOVERED].concat()))]);
    repository.0.write("main.tf", table("a", PROTECTED));
    assert_eq!(repository.active(&["--changed-since=HEAD"]), ["point-in-time-recovery-disabled aws_dynamodb_table.a"]);
}

#[test]
fn work_on_the_other_branch_is_no_change_of_this_one() {
    let repository = Repository::new(&[("a.tf", &table("a", PROTECTED)), ("b.tf", &table("b", PROTECTED))]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.0.write("b.tf", format!("# moved\n{}", table("b2", PROTECTED)));
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.0.write("a.tf", table("a", PROTECTED).replace("\"a\" {", "\"a\" { # on main"));
    repository.commit();
    repository.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(repository.active(&["--changed-since=main"]), ["point-in-time-recovery-disabled aws_dynamodb_table.b2"]);
}

#[test]
fn a_misspelt_branch_is_told_with_the_one_that_was_meant() {
    let repository = Repository::new(&[("main.tf", &table("a", PROTECTED))]);
    for option in ["--changed-since=mian", "--new-since=mian"] {
        let run = repository.run(&[option]);
        assert!(run.code == 2 && run.stderr.contains("did you mean `main`?"), "{}", run.stderr);
    }
}

#[test]
fn staged_files_are_analysed_as_they_are_staged() {
    let repository = Repository::new(&[("main.tf", &table("a", PROTECTED))]);
    repository.0.write("main.tf", table("a", PROTECTED) + &table("b", PROTECTED));
    repository.git(&["add", "main.tf"]);
    // What is not staged does not count, neither for better nor for worse.
    repository.0.write("main.tf", "\n\n\n".to_owned() + &table("a", "") + &table("b", RECOVERED));
    repository.0.write("unknown.tf", table("c", ""));
    let run = repository.run(&[SELECT, "--format=json", "--staged"]);
    let active: Vec<String> = run.findings();
    assert_eq!(
        active,
        [
            "point-in-time-recovery-disabled aws_dynamodb_table.a outside-diff",
            "point-in-time-recovery-disabled aws_dynamodb_table.b active"
        ]
    );
    assert_eq!(run.json()["findings"][1]["span"]["start"]["line"], 7);
    // A first commit has nothing before it.
    let first = Project::new(&[]);
    std::fs::remove_dir_all(first.path().join(".git")).expect("it is there");
    let first = Repository(first);
    first.git(&["init", "--quiet"]);
    first.0.write("main.tf", table("a", PROTECTED));
    first.git(&["add", "main.tf"]);
    assert_eq!(first.active(&["--staged"]).len(), 1);
}

#[test]
fn what_was_there_at_a_revision_is_not_new() {
    let repository = Repository::new(&[
        ("main.tf", &table("a", PROTECTED)),
        ("old name/b.tf", &table("b", PROTECTED)),
        (".gitignore", "*.auto.tfvars\n"),
    ]);
    repository.git(&["mv", "old name", "sub"]);
    repository.0.write("main.tf", "\n# moved\n\n".to_owned() + &table("a", PROTECTED) + &table("c", PROTECTED));
    let new = ["point-in-time-recovery-disabled aws_dynamodb_table.c"];
    assert_eq!(repository.active(&["--new-since=HEAD"]), new);
    assert_eq!(repository.active(&["--new-since=HEAD", "sub/b.tf"]), Vec::<String>::new());
    repository.commit();
    assert_eq!(repository.run(&[SELECT, "--new-since=HEAD"]).code, 0);
    // The work tree and the index are left alone.
    repository.git(&["diff", "--exit-code", "--quiet", "HEAD"]);
}

#[test]
fn variable_files_that_git_ignores_are_the_same_on_both_sides() {
    let module = "variable \"pitr\" {\n  type = bool\n}\n\nresource \"aws_dynamodb_table\" \"t\" {\n  name     = \"t\"\n  hash_key = \"id\"\n  deletion_protection_enabled = true\n  point_in_time_recovery {\n    enabled = var.pitr\n  }\n}\n";
    let repository = Repository::new(&[("main.tf", module), (".gitignore", "*.tfvars\n")]);
    repository.0.write("terraform.tfvars", "pitr = false\n");
    assert_eq!(repository.active(&[]).len(), 1);
    assert_eq!(repository.active(&["--new-since=HEAD"]), Vec::<String>::new());
}

#[test]
fn what_git_can_not_tell_is_said_with_what_to_do() {
    let repository = Repository::new(&[("main.tf", &table("a", ""))]);
    for (arguments, said) in [
        (&["--changed-since=nothing"][..], "git does not know `nothing`"),
        (&["--new-since=--upload-pack=x"], "git does not know `--upload-pack=x`"),
        (&["--changed-since=HEAD", "--staged"], "cannot be used with"),
        (&["-", "--changed-since=HEAD"], "standard input"),
    ] {
        let run = repository.run(arguments);
        assert!(run.code == 2 && run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
    let outside = std::env::temp_dir().join(format!("dynalens-outside-{}", std::process::id()));
    std::fs::create_dir_all(&outside).expect("it can be made");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let run = Run::of(&dynalens(&outside, &["--staged"]).env("PATH", path).output().expect("it starts"));
    let _ = std::fs::remove_dir_all(&outside);
    assert!(run.code == 2 && run.stderr.contains("no git repository"), "{}", run.stderr);
}

#[test]
fn nothing_in_a_repository_runs_a_program_through_git() {
    let repository = Repository::new(&[("main.tf", &table("a", PROTECTED)), (".gitattributes", "*.tf diff=evil\n")]);
    let mark = repository.0.path().join("ran");
    let evil = format!("touch {}", mark.display());
    for key in ["diff.external", "diff.evil.command", "diff.evil.textconv", "core.fsmonitor"] {
        repository.git(&["config", key, &evil]);
    }
    repository.0.write("main.tf", table("a", PROTECTED) + "# more\n");
    for arguments in [&["--changed-since=HEAD"], &["--staged"], &["--new-since=HEAD"]] {
        let run = repository.run(&[&[SELECT], &arguments[..]].concat());
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }
    assert!(!mark.exists());
}
