//! The files that functions may read, confined to what is analysed.

use std::path::{Path, PathBuf};

use crate::source::{FileSystem, lexical};

use super::functions::Files;
use super::modules::dir_path;

/// How many entries a search for files may look at.
const MAX_ENTRIES: usize = 20_000;

/// How large a file may be that a function reads.
const MAX_FILE: usize = 16 << 20;

/// Reads relative to a root module, and nothing outside of the boundary.
pub(super) struct RootFiles<'c> {
    pub fs: &'c dyn FileSystem,
    pub root: PathBuf,
    /// With symbolic links resolved; `None` where it does not exist, and nothing can be read.
    pub boundary: Option<PathBuf>,
    /// A directory whose files are copied over those of the root.
    pub beside: Option<PathBuf>,
}

impl<'c> RootFiles<'c> {
    pub(super) fn new(fs: &'c dyn FileSystem, root: &Path, boundary: &Path) -> Self {
        Self { fs, root: lexical(root), boundary: fs.canonical(dir_path(boundary)).ok(), beside: None }
    }

    /// The path as it is registered, if it may be read.
    ///
    /// # Errors
    /// It leads out of what is analysed, or is not there.
    pub(super) fn resolve(&self, path: &str) -> Result<PathBuf, String> {
        let copied = self.beside.as_ref().map(|beside| lexical(&beside.join(path)));
        let path = match copied.filter(|path| self.fs.is_file(path)) {
            Some(copied) => copied,
            None => lexical(&self.root.join(path)),
        };
        let Ok(real) = self.fs.canonical(dir_path(&path)) else {
            return Err(format!("there is no file `{}`", path.display()));
        };
        match &self.boundary {
            Some(boundary) if real.starts_with(boundary) => Ok(path),
            _ => Err(format!("the path `{}` leads out of what is analysed", path.display())),
        }
    }
}

impl Files for RootFiles<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let resolved = self.resolve(path)?;
        let bytes = self.fs.read(&resolved).map_err(|error| format!("`{path}` can't be read: {error}"))?;
        if bytes.len() > MAX_FILE {
            return Err(format!("`{path}` is larger than {} MiB", MAX_FILE >> 20));
        }
        Ok(bytes)
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        if self.beside.as_ref().is_some_and(|beside| self.fs.is_file(&lexical(&beside.join(path)))) {
            return Ok(self.resolve(path).is_ok());
        }
        let joined = lexical(&self.root.join(path));
        if self.fs.canonical(dir_path(&joined)).is_err() {
            // What is not there lies outside only where its name says so.
            let inside = self.boundary.as_ref().is_some_and(|boundary| {
                let root = self.fs.canonical(dir_path(&self.root)).unwrap_or_else(|_| self.root.clone());
                lexical(&root.join(path)).starts_with(boundary)
            });
            return if inside { Ok(false) } else { Err(format!("the path `{path}` leads out of what is analysed")) };
        }
        Ok(self.fs.is_file(&self.resolve(path)?))
    }

    fn glob(&self, directory: &str, pattern: &str) -> Result<Vec<String>, String> {
        let matcher = globset::GlobBuilder::new(pattern)
            .literal_separator(true)
            .build()
            .map_err(|error| format!("`{pattern}` is no valid pattern: {error}"))?
            .compile_matcher();
        let base = lexical(&self.root.join(directory));
        if self.fs.canonical(dir_path(&base)).is_err() {
            return Ok(Vec::new());
        }
        self.resolve(directory)?;
        let mut found = Vec::new();
        let mut seen = 0;
        let mut open = vec![String::new()];
        while let Some(at) = open.pop() {
            for entry in self.fs.list(dir_path(&base.join(&at))) {
                seen += 1;
                if seen > MAX_ENTRIES {
                    return Err(format!("`{directory}` holds more than {MAX_ENTRIES} entries"));
                }
                let path = if at.is_empty() { entry.name } else { format!("{at}/{}", entry.name) };
                let full = base.join(&path);
                let inside = self
                    .fs
                    .canonical(&full)
                    .is_ok_and(|real| self.boundary.as_ref().is_some_and(|boundary| real.starts_with(boundary)));
                if !inside {
                    continue;
                }
                if entry.is_dir {
                    open.push(path);
                } else if matcher.is_match(&path) {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn absolute(&self, _: &str) -> Option<String> {
        None
    }
}
