//! Bytes to texts: takes a path, gives a registered file or the reason why there is none and what to do about it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{SourceFile, Sources};
use super::file_system::FileSystem;

/// The largest file that is read, in bytes. Far above any template, and offsets fit in 32 bits.
pub const SIZE_LIMIT: u64 = 256 << 20;

/// A path that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}`: {reason}", .path.display())]
pub struct LoadError {
    pub path: PathBuf,
    pub reason: Reason,
}

/// Why a path could not be read, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("there is no such file or directory; check the path")]
    Missing,
    #[error("this is a directory, not a file; rename it, or leave it out")]
    Directory,
    #[error("this is a pipe or a device; pass a regular file, or `-` for standard input")]
    NoRegularFile,
    #[error("this file can't be read ({0}); check its permissions")]
    Unreadable(String),
    #[error("this file is larger than {} MiB; split it, or exclude it", SIZE_LIMIT >> 20)]
    TooLarge,
    #[error("this file is UTF-16 text; convert it to UTF-8 (in PowerShell, write it with `Out-File -Encoding utf8`)")]
    Utf16,
    /// The offset of the first byte that is no UTF-8, from 0.
    #[error("the byte at offset {0} is not UTF-8; convert the file to UTF-8")]
    NotUtf8(usize),
    /// The offset of the first NUL byte, from 0.
    #[error("this file is binary (a NUL byte at offset {0}); exclude it")]
    Binary(usize),
    /// As saved plans of Terraform are.
    #[error("this file is an archive; of a saved plan, pass what `terraform show -json FILE` prints")]
    Archive,
    #[error("no file matches this pattern; check it")]
    NoMatch,
    #[error("this pattern can't be read ({0}); correct it")]
    BadPattern(String),
    #[error("this symbolic link leads out of the analysed directory; pass its target as a path of its own")]
    LeadsOut,
}

impl Reason {
    /// The reason behind an error of the system.
    #[must_use]
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::IsADirectory => Self::Directory,
            io::ErrorKind::InvalidInput => Self::NoRegularFile,
            io::ErrorKind::FileTooLarge => Self::TooLarge,
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

/// The text that bytes hold: UTF-8, its byte order mark kept so that offsets are those of the file.
///
/// # Errors
/// [`Reason::Utf16`], [`Reason::Archive`], [`Reason::Binary`] or [`Reason::NotUtf8`].
pub fn decode(bytes: &[u8]) -> Result<&str, Reason> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Reason::Utf16);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Reason::Archive);
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(Reason::Binary(at));
    }
    std::str::from_utf8(bytes).map_err(|error| Reason::NotUtf8(error.valid_up_to()))
}

impl Sources {
    /// Reads a file and registers it; one that is registered already is not read again.
    ///
    /// # Errors
    /// When there is no such file or it holds no UTF-8 text.
    pub fn load(&self, fs: &dyn FileSystem, path: &Path) -> Result<Arc<SourceFile>, LoadError> {
        if let Some(file) = self.find(path) {
            return Ok(file);
        }
        let error = |reason| LoadError { path: path.to_owned(), reason };
        let mut bytes = Vec::new();
        fs.read_into(path, SIZE_LIMIT, &mut bytes).map_err(|cause| error(Reason::of(&cause)))?;
        decode(&bytes).map_err(error)?;
        let text =
            String::from_utf8(bytes).map_err(|cause| error(Reason::NotUtf8(cause.utf8_error().valid_up_to())))?;
        Ok(self.add(path, text))
    }
}

#[cfg(test)]
mod tests {
    use super::super::file_system::{Disk, Overlay};
    use super::*;

    fn load(bytes: &[u8]) -> Result<Arc<SourceFile>, LoadError> {
        let mut fs = Overlay::in_memory();
        fs.set("a.tf", bytes);
        Sources::new().load(&fs, Path::new("a.tf"))
    }

    fn reason(bytes: &[u8]) -> Reason {
        load(bytes).expect_err("no text").reason
    }

    #[test]
    fn utf_8_is_read_with_and_without_its_mark() {
        assert_eq!(load("é".as_bytes()).unwrap().text(), "é");
        assert_eq!(load(b"\xef\xbb\xbfa").unwrap().body_start(), 3);
        assert_eq!(load(b"").unwrap().text(), "");
    }

    #[test]
    fn what_is_no_utf_8_is_told_with_its_place() {
        assert_eq!(reason(b"abc\xffd"), Reason::NotUtf8(3));
        assert_eq!(reason(b"ab\x00c"), Reason::Binary(2));
        assert_eq!(reason(b"PK\x03\x04\x00"), Reason::Archive);
        assert_eq!(reason(b"\xff\xfea\x00"), Reason::Utf16);
        assert_eq!(reason(b"\xfe\xff\x00a"), Reason::Utf16);
    }

    #[test]
    fn a_missing_file_and_a_directory_are_told_apart() {
        let sources = Sources::new();
        let missing = sources.load(&Disk, Path::new("no/such/file.tf")).expect_err("it is missing");
        assert_eq!(missing.reason, Reason::Missing);
        assert!(missing.to_string().contains("`no/such/file.tf`"));
        assert_eq!(sources.load(&Disk, Path::new("src")).expect_err("it is a directory").reason, Reason::Directory);
    }

    #[test]
    fn a_file_that_is_registered_keeps_its_first_text() {
        let mut fs = Overlay::in_memory();
        fs.set("a.tf", "one");
        let sources = Sources::new();
        sources.load(&fs, Path::new("a.tf")).unwrap();
        fs.set("a.tf", "two");
        assert_eq!(sources.load(&fs, Path::new("a.tf")).unwrap().text(), "one");
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused_before_it_is_kept() {
        let mut fs = Overlay::in_memory();
        fs.set("a.tf", "12345");
        let mut buffer = vec![1];
        let error = fs.read_into(Path::new("a.tf"), 4, &mut buffer).expect_err("too large");
        assert_eq!(Reason::of(&error), Reason::TooLarge);
        assert!(Reason::TooLarge.to_string().contains("256 MiB"));
    }
}
