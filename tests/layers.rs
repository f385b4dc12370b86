//! Data flows down only: each folder of `src/` uses the ones above it in this list and none below.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the sources has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the top. Folders on one line are siblings and do not use each other.
const LAYERS: &[&[&str]] = &[
    &["source"],
    &["value"],
    &["syntax"],
    &["resource"],
    &["cloudformation", "terraform"],
    &["model"],
    &["policy"],
    &["finding"],
    &["config"],
    &["analysis"],
    &["report", "review"],
    &["inspect"],
    &["lsp"],
    &["cli"],
];

fn layer_of(folder: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&folder))
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The crate's folders that a text names as `crate::folder` outside of comments and test modules.
fn used_folders(text: &str) -> Vec<(usize, String)> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut used = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        for piece in line.split("crate::").skip(1) {
            let names = match piece.strip_prefix('{') {
                Some(group) => group.split([',', '}']).map(str::trim).collect(),
                None => vec![piece],
            };
            for name in names {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !name.is_empty() {
                    used.push((number + 1, name));
                }
            }
        }
    }
    used
}

#[test]
fn folders_use_only_what_lies_above_them() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    assert!(files.len() > 10, "the sources are where they should be");
    let mut wrong = Vec::new();
    for path in files {
        let inside = path.strip_prefix(&source).unwrap();
        let mut parts = inside.components();
        let first = parts.next().unwrap().as_os_str().to_string_lossy().into_owned();
        if parts.next().is_none() || inside.file_stem().is_some_and(|stem| stem == "tests") {
            continue;
        }
        let layer = layer_of(&first).unwrap_or_else(|| panic!("src/{first} has no place in the list of layers"));
        for (line, name) in used_folders(&fs::read_to_string(&path).unwrap()) {
            let Some(other) = layer_of(&name) else { continue };
            if name != first && other >= layer {
                wrong.push(format!("src/{}:{line} uses crate::{name}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "these look down or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_uses_sees_single_and_grouped_imports() {
    let text = "use crate::source::Span;\nuse crate::{value::Value, model};\n// crate::cli\nfn f() { crate::policy::x() }\n#[cfg(test)]\nuse crate::cli;";
    let names: Vec<String> = used_folders(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["source", "value", "model", "policy"]);
}
