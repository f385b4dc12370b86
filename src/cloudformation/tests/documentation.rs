//! The page about what is evaluated: each row names tests, and they are there.

use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../../docs/cloudformation.md");

/// Where the tests of `loops::...`, `model::tests::sam::...` or `tests::cli::...` stand.
fn file_of(module: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let below = |folder: &str, parts: &[&str]| {
        let path = parts.iter().fold(root.join(folder), |path, part| path.join(part));
        vec![path.with_extension("rs"), path.join("mod.rs")]
    };
    match module {
        [one] => below("src/cloudformation/tests", &[one]),
        ["tests", rest @ ..] => {
            let folder = rest.iter().fold(root.join("tests"), |path, part| path.join(part));
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
        }
        parts => below("src", parts),
    }
}

#[test]
fn each_row_names_tests_that_are_there() {
    let mut rows = 0;
    for line in PAGE.lines().filter(|line| line.starts_with("| ") && !line.ends_with("| tests |")) {
        let cell = line.trim_end_matches('|').rsplit(" | ").next().unwrap_or_default();
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test holds: {line}");
        for name in names {
            let parts: Vec<&str> = name.split("::").collect();
            let (test, module) = parts.split_last().expect("a name");
            let holds = file_of(module).iter().filter_map(|file| std::fs::read_to_string(file).ok()).any(|text| {
                text.match_indices(&format!("fn {test}(")).any(|(at, _)| text[..at].trim_end().ends_with("#[test]"))
            });
            assert!(holds, "there is no test `{name}`, which is named in: {line}");
        }
        rows += 1;
    }
    assert!(rows > 60, "{rows} rows");
}
