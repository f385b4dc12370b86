//! What each profile says of typical projects: a table in the documentation that shows when noise grows.
//! `DYNALENS_WRITE_DOCS=1 cargo test --test noise` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dynalens::analysis::{Analysis, Request, run};
use dynalens::finding::triage::Date;
use dynalens::policy::Profile;
use dynalens::source::Disk;

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects")
}

fn analysed(project: &Path, profile: Profile) -> Analysis {
    let mut request = Request::new(Date::parse("2026-01-01").expect("there is such a day"));
    request.paths = vec![project.to_owned()];
    request.profile = Some(profile);
    run(&request, &Disk).expect("the project is there")
}

/// How often each policy speaks, and how many verdicts are open.
fn said(project: &Path, profile: Profile) -> (BTreeMap<String, usize>, usize) {
    let analysis = analysed(project, profile);
    let mut policies = BTreeMap::new();
    for finding in analysis.active_findings() {
        *policies.entry(finding.policy.clone()).or_default() += 1;
    }
    (policies, analysis.undetermined.len())
}

/// What a project of the fixtures makes the default profile say.
fn quietly(name: &str) -> Vec<String> {
    let (policies, _) = said(&projects().join(name), Profile::Default);
    policies
        .iter()
        .map(|(policy, count)| if *count == 1 { policy.clone() } else { format!("{policy} x{count}") })
        .collect()
}

#[test]
fn well_made_tables_are_met_with_silence() {
    for name in ["well-made-cloudformation", "well-made-sam", "well-made-terraform", "well-made-with-function"] {
        assert_eq!(quietly(name), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn bare_tables_hear_what_matters_most() {
    let three = ["deletion-protection-disabled", "point-in-time-recovery-disabled", "resource-untagged"];
    for name in ["bare-cloudformation", "bare-sam", "bare-terraform"] {
        assert_eq!(quietly(name), three, "{name}");
    }
    let four = [&three[..], &["table-without-auto-scaling"]].concat();
    assert_eq!(quietly("bare-provisioned"), four);
    assert_eq!(quietly("bare-development"), ["resource-untagged"]);
}

const HEAD: &str = "# What each profile says

How loud dynalens is on the projects in `fixtures/projects`, without configuration. Each profile says what the one above
it says, and more. A test keeps this page true; `DYNALENS_WRITE_DOCS=1 cargo test --test noise` writes it anew.
";

#[test]
fn the_table_of_noise_is_fresh() {
    let mut names: Vec<String> = std::fs::read_dir(projects())
        .expect("the fixtures are there")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    names.sort();
    let mut text = HEAD.to_owned();
    for name in names {
        let _ = writeln!(text, "\n## {name}\n\n| profile | findings | undetermined | policies |\n|---|---|---|---|");
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for profile in Profile::ALL {
            let (policies, open) = said(&projects().join(&name), *profile);
            let count: usize = policies.values().sum();
            // Those that speak as before are not named again.
            let list: Vec<String> = policies
                .iter()
                .filter(|(policy, count)| known.get(*policy) != Some(count))
                .map(
                    |(policy, count)| if *count == 1 { format!("`{policy}`") } else { format!("`{policy}` ({count})") },
                )
                .collect();
            let list = match (list.is_empty(), known.is_empty()) {
                (true, true) => "none".to_owned(),
                (true, false) => "no others".to_owned(),
                (false, true) => list.join(", "),
                (false, false) => format!("and {}", list.join(", ")),
            };
            let _ = writeln!(text, "| {} | {count} | {open} | {list} |", profile.name());
            known = policies;
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/noise.md");
    if std::fs::read_to_string(&path).is_ok_and(|fresh| fresh == text) {
        return;
    }
    let rewrite = std::env::var_os("DYNALENS_WRITE_DOCS").is_some_and(|value| value != "0");
    assert!(rewrite, "docs/noise.md is stale; write it with `DYNALENS_WRITE_DOCS=1 cargo test --test noise`");
    std::fs::write(&path, text).expect("the page can be written");
}
