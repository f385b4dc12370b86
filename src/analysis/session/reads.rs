//! What a piece of work has asked of the file system, so that it is known which edits bear on it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::super::locate::Here;
use crate::source::{Entry, FileSystem};

/// What has become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Its text is another one.
    Text,
    /// It has come or gone.
    Existence,
}

/// Everything that was asked for; paths as they are shown.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// Files whose text was asked for, whether or not there was one.
    read: BTreeSet<PathBuf>,
    /// Paths of which it was asked whether they are there.
    asked: BTreeSet<PathBuf>,
    /// Directories whose entries were asked for.
    listed: BTreeSet<PathBuf>,
}

impl Reads {
    /// Whether a change bears on the work.
    #[must_use]
    pub fn bears(&self, path: &Path, change: Change) -> bool {
        if self.read.contains(path) {
            return true;
        }
        // A file may bring its directories with it.
        change == Change::Existence
            && (self.asked.contains(path)
                || path.ancestors().skip(1).any(|above| self.listed.contains(above) || self.asked.contains(above)))
    }

    /// Adds a file that was read.
    pub fn add(&mut self, path: PathBuf) {
        self.read.insert(path);
    }

    pub fn extend(&mut self, other: Self) {
        self.read.extend(other.read);
        self.asked.extend(other.asked);
        self.listed.extend(other.listed);
    }

    #[must_use]
    pub fn reads(&self, path: &Path) -> bool {
        self.read.contains(path)
    }

    /// The files whose texts were asked for.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.read.iter().map(PathBuf::as_path)
    }
}

/// A file system that notes what is asked of it.
pub struct Recording<'a> {
    below: &'a dyn FileSystem,
    here: &'a Here,
    reads: Mutex<Reads>,
}

impl<'a> Recording<'a> {
    #[must_use]
    pub fn over(below: &'a dyn FileSystem, here: &'a Here) -> Self {
        Self { below, here, reads: Mutex::default() }
    }

    /// What was asked for.
    #[must_use]
    pub fn into_reads(self) -> Reads {
        self.reads.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, path: &Path, set: impl FnOnce(&mut Reads) -> &mut BTreeSet<PathBuf>) {
        let path = self.here.shown(path);
        set(&mut self.reads.lock().unwrap_or_else(PoisonError::into_inner)).insert(path);
    }
}

impl FileSystem for Recording<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note(path, |reads| &mut reads.read);
        self.below.read(path)
    }

    fn read_into(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        self.note(path, |reads| &mut reads.read);
        self.below.read_into(path, limit, buffer)
    }

    fn list(&self, path: &Path) -> Vec<Entry> {
        self.note(path, |reads| &mut reads.listed);
        self.below.list(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.note(path, |reads| &mut reads.asked);
        self.below.is_file(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.note(path, |reads| &mut reads.asked);
        self.below.is_dir(path)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        self.note(path, |reads| &mut reads.asked);
        self.below.canonical(path)
    }

    fn on_disk(&self, path: &Path) -> Option<PathBuf> {
        self.note(path, |reads| &mut reads.listed);
        self.below.on_disk(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Overlay;

    #[test]
    fn an_edit_bears_on_who_has_read_the_file_and_a_new_file_on_who_has_missed_it() {
        let mut files = Overlay::in_memory();
        files.set("/w/m/main.tf", "");
        let here = Here::at(PathBuf::from("/w"));
        let fs = Recording::over(&files, &here);
        let _ = fs.read(Path::new("/w/m/main.tf"));
        let _ = fs.is_file(Path::new("m/../x.tfvars"));
        let _ = fs.list(Path::new("/w/m"));
        let reads = fs.into_reads();
        let bears = |path: &str, change| reads.bears(Path::new(path), change);
        assert!(bears("m/main.tf", Change::Text));
        assert!(!bears("x.tfvars", Change::Text) && bears("x.tfvars", Change::Existence));
        assert!(bears("m/new.tf", Change::Existence) && !bears("m/new.tf", Change::Text));
        assert!(!bears("other/new.tf", Change::Existence));
    }
}
