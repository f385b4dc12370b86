//! Where the Terraform code of a unit lies.

use std::path::{Path, PathBuf};

use crate::source::FileSystem;

use super::super::modules::{configuration_files, dir_path};
use super::paths::Paths;

/// The module of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub dir: PathBuf,
    /// It was fetched from a registry or repository.
    pub installed: bool,
    /// The directory in which Terraform has been initialised, if it has been; modules are installed below it.
    pub working: PathBuf,
}

/// Finds what a `source` leads to.
///
/// # Errors
/// It leads out of what is analysed, to no directory, or was not fetched.
pub(super) fn place(fs: &dyn FileSystem, paths: &Paths<'_>, unit: &Path, source: &str) -> Result<Place, String> {
    let plain = source.split('?').next().unwrap_or_default();
    let (base, inner) = split(plain);
    let working = working_directories(fs, unit, inner);
    if !is_local(plain) {
        return match working.as_slice() {
            [] => Err(format!("the source `{source}` is not installed")),
            [only] => Ok(Place { dir: only.clone(), installed: true, working: only.clone() }),
            _ => Err(format!("`.terragrunt-cache` holds more than one version of the source `{source}`")),
        };
    }
    let dir = paths.from(unit, &format!("{base}/{inner}"));
    if !fs.is_dir(dir_path(&dir)) {
        return Err(format!("the source `{source}` leads to no directory"));
    }
    if !paths.is_inside(&dir) {
        return Err(format!("the source `{source}` lies outside of what is analysed"));
    }
    let initialised = |dir: &&PathBuf| fs.is_file(&dir.join(".terraform/modules/modules.json"));
    let working = working.iter().find(initialised).cloned().unwrap_or_else(|| dir.clone());
    Ok(Place { dir, installed: false, working })
}

/// What stands before and behind a `//` that is not a scheme's.
fn split(source: &str) -> (&str, &str) {
    let start = source.find("://").map_or(0, |at| at + 3);
    match source.get(start..).and_then(|rest| rest.find("//")) {
        Some(at) => {
            let at = start + at;
            (source.get(..at).unwrap_or_default(), source.get(at + 2..).unwrap_or_default().trim_start_matches('/'))
        }
        None => (source, ""),
    }
}

/// Whether a source is a path.
fn is_local(source: &str) -> bool {
    let host = source.split('/').next().unwrap_or_default();
    let is_path = source.starts_with(['.', '/']) || !source.contains("://");
    let shorthand = host.contains('.') && !host.starts_with('.') && source.contains('/');
    is_path && !source.contains("::") && !source.starts_with("git@") && !shorthand
}

/// The directories into which Terragrunt has copied the code of a unit.
fn working_directories(fs: &dyn FileSystem, unit: &Path, inner: &str) -> Vec<PathBuf> {
    let cache = unit.join(".terragrunt-cache");
    let folders = |dir: &Path| -> Vec<PathBuf> {
        fs.list(dir).into_iter().filter(|entry| entry.is_dir).map(|entry| dir.join(entry.name)).collect()
    };
    folders(&cache)
        .iter()
        .flat_map(|one| folders(one))
        .map(|root| if inner.is_empty() { root } else { root.join(inner) })
        .filter(|dir| !configuration_files(fs, dir).is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_addresses() {
        for local in ["../modules//app", "./x", ".", "..", "/abs/modules//x", "modules/app", "modules"] {
            assert!(is_local(local), "{local}");
        }
        for remote in [
            "git::https://example.com/modules.git//app",
            "git@github.com:org/modules.git//app",
            "github.com/org/modules//app",
            "tfr:///terraform-aws-modules/dynamodb-table/aws",
            "https://example.com/module.zip",
            "s3::https://s3.amazonaws.com/bucket/x.zip",
        ] {
            assert!(!is_local(remote), "{remote}");
        }
    }

    #[test]
    fn what_stands_behind_two_slashes_lies_within_what_is_fetched() {
        assert_eq!(split("../modules//app/table"), ("../modules", "app/table"));
        assert_eq!(split("git::https://x.y/z.git//app"), ("git::https://x.y/z.git", "app"));
        assert_eq!(split("tfr:///a/b/aws//modules/c"), ("tfr:///a/b/aws", "modules/c"));
        assert_eq!(split("../app"), ("../app", ""));
        assert_eq!(split("/repo//x"), ("/repo", "x"));
    }
}
