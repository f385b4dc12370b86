//! Where the configuration file is.

use std::path::{Path, PathBuf};

use crate::source::FileSystem;

/// The names under which it may lie, the first one found holds.
const NAMES: [&str; 6] = [
    "dynalens.yml",
    "dynalens.yaml",
    ".dynalens.yml",
    ".dynalens.yaml",
    ".github/dynalens.yml",
    ".github/dynalens.yaml",
];

/// The nearest configuration file: in the directory of the path, or above it up to the repository's root (the first
/// directory that holds `.git`), or up to the root of the disk where there is no repository.
#[must_use]
pub fn find(fs: &dyn FileSystem, path: &Path) -> Option<PathBuf> {
    let start = if fs.is_dir(path) || path.as_os_str().is_empty() { path } else { path.parent()? };
    for directory in start.ancestors() {
        for name in NAMES {
            let candidate = directory.join(name);
            if fs.is_file(&candidate) {
                return Some(candidate);
            }
        }
        let git = directory.join(".git");
        if fs.is_dir(&git) || fs.is_file(&git) {
            return None;
        }
    }
    None
}

/// The directory that a configuration file speaks of: its own, or the one that holds `.github`, where its patterns and
/// paths count from.
#[must_use]
pub fn directory_of(path: &Path) -> &Path {
    let own = path.parent().unwrap_or(Path::new(""));
    match own.parent() {
        Some(above) if own.file_name().is_some_and(|name| name == ".github") => above,
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Overlay;

    #[test]
    fn what_lies_under_github_speaks_of_the_repository() {
        for (path, directory) in
            [("/r/dynalens.yml", "/r"), ("/r/.github/dynalens.yml", "/r"), ("/r/x.github/dynalens.yml", "/r/x.github")]
        {
            assert_eq!(directory_of(Path::new(path)), Path::new(directory));
        }
    }

    #[test]
    fn the_nearest_one_holds_and_the_repository_is_the_border() {
        let mut fs = Overlay::in_memory();
        fs.set("/r/.git/HEAD", "");
        fs.set("/dynalens.yml", "");
        fs.set("/r/infra/prod/main.tf", "");
        assert_eq!(find(&fs, Path::new("/r/infra/prod/main.tf")), None);
        fs.set("/r/.dynalens.yml", "");
        assert_eq!(find(&fs, Path::new("/r/infra/prod")), Some(PathBuf::from("/r/.dynalens.yml")));
        fs.set("/r/infra/dynalens.yml", "");
        assert_eq!(find(&fs, Path::new("/r/infra/prod/main.tf")), Some(PathBuf::from("/r/infra/dynalens.yml")));
    }
}
