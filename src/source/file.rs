//! Loaded files and the register that gives each one its id.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use rustc_hash::FxHashMap;

use super::line_index::{LineIndex, Position};
use super::span::{FileId, Span};

/// One text as it was read: UTF-8, with its byte order mark if it has one.
#[derive(Debug)]
pub struct SourceFile {
    pub id: FileId,
    /// As it is shown to people: relative to the working directory, with `/`.
    pub path: PathBuf,
    text: Box<str>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    #[must_use]
    pub fn new(id: FileId, path: PathBuf, text: impl Into<Box<str>>) -> Self {
        Self { id, path, text: text.into(), lines: OnceLock::new() }
    }

    /// The whole text, the byte order mark included, so that offsets are those of the file on disk.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the text proper begins: 3 after a byte order mark, else 0.
    #[must_use]
    pub fn body_start(&self) -> usize {
        if self.text.starts_with('\u{feff}') { 3 } else { 0 }
    }

    /// The text that a span covers; empty where the span does not fit the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The span of the whole text.
    #[must_use]
    pub fn whole(&self) -> Span {
        Span::new(self.id, 0, u32::try_from(self.text.len()).unwrap_or(u32::MAX))
    }

    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    #[must_use]
    pub fn path_text(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }
}

/// All files of a run, shared between threads. Files are added and never removed or changed.
#[derive(Debug, Default)]
pub struct Sources {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    files: Vec<Arc<SourceFile>>,
    by_path: FxHashMap<PathBuf, FileId>,
    concealed: BTreeSet<Span>,
}

impl Sources {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a text under a path. A path that is already registered keeps its first text, so that all parts
    /// of a run see the same one even when the file changes on disk meanwhile.
    pub fn add(&self, path: impl Into<PathBuf>, text: impl Into<Box<str>>) -> Arc<SourceFile> {
        let path = path.into();
        let mut inner = self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(id) = inner.by_path.get(&path) {
            return Arc::clone(&inner.files[id.0 as usize]);
        }
        let id = FileId(u32::try_from(inner.files.len()).unwrap_or(u32::MAX));
        let file = Arc::new(SourceFile::new(id, path.clone(), text));
        inner.files.push(Arc::clone(&file));
        inner.by_path.insert(path, id);
        file
    }

    #[must_use]
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        let inner = self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        inner.files.get(id.0 as usize).map(Arc::clone)
    }

    /// Notes that the text of a span is secret: reports that show lines of files show something else there.
    pub fn conceal(&self, span: Span) {
        let mut inner = self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        inner.concealed.insert(span);
    }

    /// The secret spans of a file, in order.
    #[must_use]
    pub fn concealed(&self, id: FileId) -> Vec<Span> {
        let inner = self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        inner.concealed.iter().filter(|span| span.file == id).copied().collect()
    }

    /// The secret texts of all files, without quotes, the longest first; not those that are as short as a word of prose,
    /// truth values, numbers and references: to hide them would hide more.
    #[must_use]
    pub fn concealed_texts(&self) -> Vec<String> {
        let spans: Vec<Span> = {
            let inner = self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            inner.concealed.iter().copied().collect()
        };
        let text =
            |span: Span| self.get(span.file).map(|file| file.slice(span).trim_matches(['"', '\'', ' ']).to_owned());
        let tells = |text: &String| {
            text.len() >= 5 && text != "false" && text.parse::<f64>().is_err() && !text.starts_with("var.")
        };
        let mut texts: Vec<String> = spans.into_iter().filter_map(text).filter(tells).collect();
        texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        texts.dedup();
        texts
    }

    #[must_use]
    pub fn find(&self, path: &Path) -> Option<Arc<SourceFile>> {
        let inner = self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        inner.by_path.get(path).map(|id| Arc::clone(&inner.files[id.0 as usize]))
    }

    /// How many files are registered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner).files.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
