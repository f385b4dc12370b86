//! Holds `docs/terraform.md` against what is there: each row names a case, and each function is named and asked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::functions;

/// Functions that look at expressions before they are evaluated, and are no entries of the table of functions.
const LAZY: &[&str] = &["can", "templatefile", "templatestring", "try"];

fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn texts(directory: &Path, extension: &str, out: &mut Vec<(String, String)>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            texts(&path, extension, out);
        } else if path.extension().is_some_and(|found| found == extension) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            out.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn all_texts(directory: &str, extension: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    texts(&place(directory), extension, &mut out);
    out
}

/// The rows of the page's tables: the section, and the cells.
fn rows() -> Vec<(String, Vec<String>)> {
    let page = std::fs::read_to_string(place("docs/terraform.md")).unwrap();
    let mut section = String::new();
    let mut rows = Vec::new();
    let mut in_table = false;
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut section);
        }
        if !line.starts_with('|') {
            in_table = false;
            continue;
        }
        if !in_table {
            // The header, and the line below it.
            in_table = true;
            continue;
        }
        if !line.starts_with("|---") {
            let cells = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
            rows.push((section.clone(), cells));
        }
    }
    rows
}

#[test]
fn every_row_of_the_documentation_has_a_case() {
    let mut cases: BTreeSet<String> = BTreeSet::new();
    for directory in ["fixtures/terraform-configurations", "fixtures/terraform-console"] {
        cases.extend(all_texts(directory, "txt").into_iter().map(|(name, _)| name));
    }
    for (_, text) in all_texts("src/terraform", "rs") {
        let tests = text.split("#[test]\n").skip(1).filter_map(|rest| rest.split_once("fn ")?.1.split_once('('));
        cases.extend(tests.map(|(name, _)| name.to_owned()));
    }
    let held = ["Files", "Values", "Expressions", "Functions", "Blocks", "Terragrunt"];
    let rows: Vec<_> = rows().into_iter().filter(|(section, _)| held.contains(&section.as_str())).collect();
    assert!(rows.len() > 68, "the page's tables are read");
    for (section, cells) in &rows {
        let case = cells.last().unwrap().trim_matches('`');
        assert!(cells.len() == 3 && cases.contains(case), "{section}: `{}` names no case: {case}", cells[0]);
    }
}

#[test]
fn every_function_is_documented_and_asked() {
    let documented: Vec<String> = rows()
        .into_iter()
        .filter(|(section, _)| section == "Functions")
        .flat_map(|(_, cells)| cells[1].split(", ").map(|name| name.trim_matches('`').to_owned()).collect::<Vec<_>>())
        .collect();
    let once: BTreeSet<&str> = documented.iter().map(String::as_str).collect();
    assert_eq!(once.len(), documented.len(), "a function stands in one family");
    let there: BTreeSet<&str> = functions::names().chain(LAZY.iter().copied()).collect();
    assert_eq!(once, there);
    let mut asked: Vec<(String, String)> = all_texts("fixtures/terraform-console", "txt");
    asked.extend(all_texts("fixtures/terraform-configurations", "txt"));
    asked.extend(all_texts("src/terraform/functions", "rs").into_iter().filter(|(name, _)| name == "tests"));
    for name in there {
        let (call, quoted) = (format!("{name}("), format!("\"{name}\""));
        let is_asked = |(_, text): &(String, String)| text.contains(&call) || text.contains(&quoted);
        assert!(asked.iter().any(is_asked), "no case asks `{name}`");
    }
}
