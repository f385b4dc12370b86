//! The one trait through which files are read, so that an editor's unsaved buffers, a test's in-memory project
//! and the disk are the same thing to everyone else.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use std::collections::BTreeMap;

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: String,
    pub is_dir: bool,
}

/// Where files come from. Paths are absolute or relative to the working directory; implementations never
/// write, never open connections and never block on pipes or devices.
pub trait FileSystem: Send + Sync {
    /// The bytes of a regular file.
    ///
    /// # Errors
    /// Those of the system; reading a directory, a pipe or a device is an error as well.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The bytes of a regular file into a buffer that is cleared first and may be used again and again.
    ///
    /// # Errors
    /// Those of [`FileSystem::read`]; [`io::ErrorKind::FileTooLarge`] for a file of more than `limit` bytes.
    fn read_into(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        let bytes = self.read(path)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        *buffer = bytes;
        Ok(())
    }

    /// The entries of a directory, sorted by name; empty for what is no directory or can't be read.
    fn list(&self, path: &Path) -> Vec<Entry>;

    fn is_file(&self, path: &Path) -> bool;

    fn is_dir(&self, path: &Path) -> bool;

    /// The path with symbolic links and `..` resolved, for confinement to the analysed root.
    ///
    /// # Errors
    /// When the path does not exist.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;

    /// Where a directory lies on the disk, if it is looked through there (in parallel, its ignore files respected), and
    /// not by [`FileSystem::list`].
    fn on_disk(&self, path: &Path) -> Option<PathBuf> {
        path.is_dir().then(|| path.to_owned())
    }
}

/// Borrowed file systems are file systems, so that an overlay may lie over any of them.
impl<F: FileSystem + ?Sized> FileSystem for &F {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        (**self).read(path)
    }

    fn read_into(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        (**self).read_into(path, limit, buffer)
    }

    fn list(&self, path: &Path) -> Vec<Entry> {
        (**self).list(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        (**self).is_file(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        (**self).is_dir(path)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        (**self).canonical(path)
    }

    fn on_disk(&self, path: &Path) -> Option<PathBuf> {
        (**self).on_disk(path)
    }
}

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        std::fs::read(path)
    }

    fn read_into(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        // Asked before opening: opening a pipe waits for its other end.
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        if metadata.len() > limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let file = std::fs::File::open(path)?;
        buffer.reserve(usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1));
        // The file may grow while it is read.
        file.take(limit.saturating_add(1)).read_to_end(buffer)?;
        if buffer.len() as u64 > limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(())
    }

    fn list(&self, path: &Path) -> Vec<Entry> {
        let Ok(entries) = std::fs::read_dir(directory(path)) else { return Vec::new() };
        let mut entries: Vec<Entry> = entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let kind = entry.file_type().ok()?;
                let is_dir = if kind.is_symlink() { entry.path().is_dir() } else { kind.is_dir() };
                Some(Entry { name, is_dir })
            })
            .collect();
        entries.sort();
        entries
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_dir(&self, path: &Path) -> bool {
        directory(path).is_dir()
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(directory(path))
    }
}

/// The working directory has an empty path to [`lexical`], and to the system it has not.
fn directory(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// Texts in memory laid over another file system: an editor's buffers over the disk, or a test's project over
/// nothing ([`Overlay::in_memory`]).
pub struct Overlay<F> {
    files: BTreeMap<PathBuf, Vec<u8>>,
    below: F,
}

/// A file system without files, for an [`Overlay`] that stands alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl FileSystem for Nothing {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::Error::from(io::ErrorKind::NotFound))
    }

    fn list(&self, _: &Path) -> Vec<Entry> {
        Vec::new()
    }

    fn is_file(&self, _: &Path) -> bool {
        false
    }

    fn is_dir(&self, _: &Path) -> bool {
        false
    }

    fn canonical(&self, _: &Path) -> io::Result<PathBuf> {
        Err(io::Error::from(io::ErrorKind::NotFound))
    }

    fn on_disk(&self, _: &Path) -> Option<PathBuf> {
        None
    }
}

impl Overlay<Nothing> {
    /// A project that lives in memory only.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::over(Nothing)
    }
}

impl<F: FileSystem> Overlay<F> {
    #[must_use]
    pub fn over(below: F) -> Self {
        Self { files: BTreeMap::new(), below }
    }

    /// Lays a text over the path; what lies below is hidden.
    pub fn set(&mut self, path: impl Into<PathBuf>, text: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), text.into());
    }

    /// Takes the text away again, so that what lies below shows.
    pub fn remove(&mut self, path: &Path) {
        self.files.remove(path);
    }

    fn holds_dir(&self, path: &Path) -> bool {
        path.as_os_str().is_empty() && !self.files.is_empty()
            || self.files.keys().any(|file| file != path && file.starts_with(path))
    }
}

impl<F: FileSystem> FileSystem for Overlay<F> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.files.get(&lexical(path)) {
            Some(text) => Ok(text.clone()),
            None => self.below.read(path),
        }
    }

    fn read_into(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        let Some(text) = self.files.get(&lexical(path)) else { return self.below.read_into(path, limit, buffer) };
        buffer.clear();
        if text.len() as u64 > limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        buffer.extend_from_slice(text);
        Ok(())
    }

    fn list(&self, path: &Path) -> Vec<Entry> {
        let path = &lexical(path);
        let mut entries = self.below.list(path);
        for file in self.files.keys() {
            let Ok(rest) = file.strip_prefix(path) else { continue };
            let mut parts = rest.components();
            let Some(first) = parts.next() else { continue };
            let Some(name) = first.as_os_str().to_str() else { continue };
            entries.push(Entry { name: name.to_owned(), is_dir: parts.next().is_some() });
        }
        entries.sort();
        entries.dedup_by(|a, b| a.name == b.name);
        entries
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(&lexical(path)) || self.below.is_file(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.holds_dir(&lexical(path)) || self.below.is_dir(path)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        if let Ok(found) = self.below.canonical(path) {
            return Ok(found);
        }
        let path = lexical(path);
        if self.files.contains_key(&path) || self.holds_dir(&path) {
            return Ok(path);
        }
        Err(io::Error::from(io::ErrorKind::NotFound))
    }

    fn on_disk(&self, path: &Path) -> Option<PathBuf> {
        self.below.on_disk(path)
    }
}

/// The path without `.` and with `..` taken out where a name stands before it, without asking the disk.
#[must_use]
pub fn lexical(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}
