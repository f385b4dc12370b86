//! Fixes of whole projects, random ones and those of the fixtures: what is fixed is gone, and everything else is as it
//! was - findings, model, comments, lines and line endings.

mod consequences;
mod judge;
mod state;

use std::path::{Path, PathBuf};

use dynalens::analysis::{Request, Which};
use dynalens::finding::triage::Date;
use dynalens::policy::Profile;
use dynalens::source::Overlay;
use proptest::prelude::*;

use super::project::Project;
use super::said::configuration;
use super::{generate, written};
use state::Files;

/// How many projects are mended.
const PROJECTS: usize = 24;

fn request() -> Request {
    let mut request = Request::new(Date::parse("2026-01-01").expect("there is such a day"));
    request.profile = Some(Profile::All);
    request.closed_world = true;
    request
}

/// Comments on lines of their own and at the ends of lines, each with a number.
fn commented(file: &str, text: &str) -> String {
    if Path::new(file).extension().is_some_and(|ending| ending == "json") {
        return text.to_owned();
    }
    let lines = text.lines().enumerate().map(|(number, line)| {
        let indent = &line[..line.len() - line.trim_start().len()];
        match (number % 4, line.trim().is_empty()) {
            (1, false) => format!("{line} # note {number}\n"),
            (3, false) => format!("{indent}# note {number}\n{line}\n"),
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

/// What is wrong after one of the project's forms was mended.
fn complaints(project: &Project, form: usize, which: Which) -> Vec<String> {
    let forms = written(project);
    let (_, file, text) = &forms[form % forms.len()];
    let mut files = Files::new();
    files.insert(PathBuf::from(file), commented(file, text));
    files.insert(PathBuf::from("dynalens.yml"), configuration(project.options));
    let mut request = request();
    request.paths = vec![PathBuf::from(file)];
    judge::complaints(&request, &files, which)
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4)
}

proptest! {
    // The same projects in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look at others.
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        rng_seed: super::seed(),
        ..ProptestConfig::default()
    })]

    #[test]
    fn fixes_change_what_they_say(bytes in prop::collection::vec(any::<u8>(), 0..300), form in 0_usize..5, all in any::<bool>()) {
        let which = if all { Which::All } else { Which::Safe };
        let wrong = complaints(&generate::project(&bytes), form, which);
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// The same over projects of every kind that are the same in every run, in each form by turns.
#[test]
fn fixes_of_projects_of_every_kind_change_what_they_say() {
    let mut wrong = Vec::new();
    for (number, bytes) in super::fixed_bytes(PROJECTS).enumerate() {
        let project = generate::project(&bytes);
        let form = number + number / generate::KINDS;
        let which = if form.is_multiple_of(2) { Which::Safe } else { Which::All };
        let found = complaints(&project, form, which);
        wrong.extend(found.iter().map(|one| format!("project {number}, form {}, {which:?}: {one}", form % 5)));
    }
    assert!(wrong.is_empty(), "{} complaints\n{}", wrong.len(), wrong.join("\n"));
}

/// All texts below a folder, by their paths from there.
fn read(folder: &Path, below: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder.join(below)).expect("the fixtures are there") {
        let name = below.join(entry.expect("the fixtures are readable").file_name());
        let path = folder.join(&name);
        if path.is_dir() {
            read(folder, &name, files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            files.insert(Path::new("project").join(name), text);
        }
    }
}

/// Whole projects with several files, as they are and with the line endings of Windows.
#[test]
fn fixes_of_the_fixtures_change_what_they_say() {
    folder("fixtures/projects");
}

/// The same for files that are written in the ways that real ones are.
#[test]
fn fixes_keep_every_form_that_files_are_written_in() {
    folder("fixtures/shapes");
}

fn folder(below: &str) {
    let projects = Path::new(env!("CARGO_MANIFEST_DIR")).join(below);
    let mut names: Vec<_> = std::fs::read_dir(&projects)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("the fixtures are readable"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name())
        .collect();
    names.sort();
    let mut wrong = Vec::new();
    for name in names {
        let mut files = Files::new();
        read(&projects.join(&name), Path::new(""), &mut files);
        let mut request = request();
        request.paths = vec![PathBuf::from("project")];
        for which in [Which::Safe, Which::All] {
            let found = judge::complaints(&request, &files, which);
            wrong.extend(found.iter().map(|one| format!("{}, {which:?}: {one}", name.display())));
        }
    }
    assert!(wrong.is_empty(), "{} complaints\n{}", wrong.len(), wrong.join("\n"));
}

fn overlay(files: &Files) -> Overlay<dynalens::source::Nothing> {
    let mut overlay = Overlay::in_memory();
    for (path, text) in files {
        overlay.set(path.clone(), text.as_bytes());
    }
    overlay
}
