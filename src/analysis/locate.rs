//! Paths: from the working directory to files elsewhere and back.

use std::path::{Component, Path, PathBuf};

use crate::source::{FileSystem, lexical};

/// The working directory, for telling where files lie and how people see them.
#[derive(Clone, Debug)]
pub struct Here {
    working: PathBuf,
}

impl Here {
    #[must_use]
    pub fn new(fs: &dyn FileSystem) -> Self {
        let working = fs.canonical(Path::new(".")).or_else(|_| fs.canonical(Path::new(""))).unwrap_or_default();
        Self { working }
    }

    /// As if this were the working directory.
    #[must_use]
    pub fn at(working: PathBuf) -> Self {
        Self { working }
    }

    /// The path from the root of the disk, without asking the disk about it.
    #[must_use]
    pub fn absolute(&self, path: &Path) -> PathBuf {
        lexical(&self.working.join(path))
    }

    /// The path as it is shown: relative to the working directory, with `..` where it leads out.
    #[must_use]
    pub fn shown(&self, path: &Path) -> PathBuf {
        let path = self.absolute(path);
        let (mut from, mut to) = (self.working.components().peekable(), path.components().peekable());
        while let (Some(a), Some(b)) = (from.peek(), to.peek())
            && a == b
        {
            from.next();
            to.next();
        }
        // Different disks have no way between them.
        if from.clone().any(|part| !matches!(part, Component::Normal(_))) {
            return path;
        }
        let up = from.map(|_| Component::ParentDir);
        up.chain(to).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_working_directory() {
        let here = Here { working: PathBuf::from("/home/me/repo/infra") };
        for (path, shown) in [
            ("main.tf", "main.tf"),
            ("./a/../main.tf", "main.tf"),
            ("/home/me/repo/infra/a.tf", "a.tf"),
            ("/home/me/repo/dynalens.yml", "../dynalens.yml"),
            ("../../x.tf", "../../x.tf"),
            ("/etc/x", "../../../../etc/x"),
        ] {
            assert_eq!(here.shown(Path::new(path)), Path::new(shown), "{path}");
        }
        assert_eq!(here.absolute(Path::new("../x")), Path::new("/home/me/repo/x"));
    }
}
