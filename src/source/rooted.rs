//! A file system seen from a directory of its own, so that one process may look at several workspaces, each of which
//! has its own working directory.

use std::io;
use std::path::{Path, PathBuf};

use super::file_system::{Entry, FileSystem, lexical};

/// Another file system whose relative paths count from `root`, whatever the process's working directory is.
pub struct Rooted<F> {
    /// From the root of the disk, as the user names it.
    root: PathBuf,
    /// The same with links resolved; equal to `root` where that is not there.
    real: PathBuf,
    below: F,
}

impl<F: FileSystem> Rooted<F> {
    #[must_use]
    pub fn new(root: impl Into<PathBuf>, below: F) -> Self {
        let root = lexical(&root.into());
        let real = below.canonical(&root).unwrap_or_else(|_| root.clone());
        Self { root, real, below }
    }

    /// The path by which the file system below knows a file. One that goes through the root's real place goes through
    /// the root, so that each file has one name.
    #[must_use]
    pub fn full(&self, path: &Path) -> PathBuf {
        let path = lexical(&self.root.join(path));
        match path.strip_prefix(&self.real) {
            Ok(inside) => lexical(&self.root.join(inside)),
            Err(_) => path,
        }
    }
}

impl<F: FileSystem> FileSystem for Rooted<F> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.below.read(&self.full(path))
    }

    fn read_into(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        self.below.read_into(&self.full(path), limit, buffer)
    }

    fn list(&self, path: &Path) -> Vec<Entry> {
        self.below.list(&self.full(path))
    }

    fn is_file(&self, path: &Path) -> bool {
        self.below.is_file(&self.full(path))
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.below.is_dir(&self.full(path))
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let full = self.full(path);
        if full == self.root { Ok(self.real.clone()) } else { self.below.canonical(&full) }
    }

    fn on_disk(&self, path: &Path) -> Option<PathBuf> {
        self.below.on_disk(&self.full(path))
    }
}

#[cfg(test)]
mod tests {
    use super::super::file_system::Overlay;
    use super::*;

    #[test]
    fn relative_paths_count_from_the_root() {
        let mut below = Overlay::in_memory();
        below.set("/w/a/t.yaml", "x");
        let fs = Rooted::new("/w/a", below);
        assert_eq!(fs.read(Path::new("t.yaml")).unwrap(), b"x");
        assert_eq!(fs.read(Path::new("/w/a/t.yaml")).unwrap(), b"x");
        assert!(fs.is_dir(Path::new("")) && fs.is_dir(Path::new(".")) && fs.is_dir(Path::new("..")));
        assert_eq!(fs.canonical(Path::new(".")).unwrap(), Path::new("/w/a"));
        assert_eq!(fs.list(Path::new(".")).len(), 1);
    }
}
