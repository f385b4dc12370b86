//! Loaded files and the register that gives each one its id.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard};

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

/// All files of a run, shared between threads. Files are added and never changed. A run that goes on over edits
/// ([`Sources::forget`]) gives each new text an id of its own.
#[derive(Debug, Default)]
pub struct Sources {
    inner: Arc<RwLock<Inner>>,
    /// Of a view, the files that were asked for through it.
    asked: Option<Mutex<BTreeSet<FileId>>>,
}

#[derive(Debug, Default)]
struct Inner {
    files: Vec<Option<Arc<SourceFile>>>,
    /// Ids whose files are gone.
    free: Vec<FileId>,
    by_path: FxHashMap<PathBuf, FileId>,
    concealed: BTreeSet<Span>,
}

impl Inner {
    fn of_path(&self, path: &Path) -> Option<Arc<SourceFile>> {
        let id = self.by_path.get(path)?;
        self.files.get(id.0 as usize)?.clone()
    }
}

impl Sources {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same files, with a list of its own of those that are asked for through it ([`Sources::asked`]).
    #[must_use]
    pub fn view(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), asked: Some(Mutex::default()) }
    }

    /// The files that were registered or looked up by their paths through this view.
    #[must_use]
    pub fn asked(&self) -> Vec<Arc<SourceFile>> {
        let Some(asked) = &self.asked else { return Vec::new() };
        let asked = asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        asked.into_iter().filter_map(|id| self.get(id)).collect()
    }

    fn note(&self, file: Arc<SourceFile>) -> Arc<SourceFile> {
        if let Some(asked) = &self.asked {
            asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(file.id);
        }
        file
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Registers a text under a path. A path that is already registered keeps its first text, so that all parts
    /// of a run see the same one even when the file changes on disk meanwhile.
    pub fn add(&self, path: impl Into<PathBuf>, text: impl Into<Box<str>>) -> Arc<SourceFile> {
        let path = path.into();
        let mut inner = self.write();
        if let Some(file) = inner.of_path(&path) {
            drop(inner);
            return self.note(file);
        }
        let id = inner.free.pop().unwrap_or_else(|| {
            inner.files.push(None);
            FileId(u32::try_from(inner.files.len() - 1).unwrap_or(u32::MAX))
        });
        let file = Arc::new(SourceFile::new(id, path.clone(), text));
        if let Some(place) = inner.files.get_mut(id.0 as usize) {
            *place = Some(Arc::clone(&file));
        }
        inner.by_path.insert(path, id);
        drop(inner);
        self.note(file)
    }

    #[must_use]
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.read().files.get(id.0 as usize)?.clone()
    }

    /// All files that are registered by their paths, in the order of their ids.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<SourceFile>> {
        let inner = self.read();
        let mut files: Vec<Arc<SourceFile>> =
            inner.by_path.values().filter_map(|id| inner.files.get(id.0 as usize)?.clone()).collect();
        files.sort_by_key(|file| file.id);
        files
    }

    /// Takes a path out of the register, so that its file is read anew. Spans of the old text still find it, until
    /// [`Sources::release`].
    pub fn forget(&self, path: &Path) -> Option<FileId> {
        self.write().by_path.remove(path)
    }

    /// Lets go of a forgotten text: nobody may have a span of it any more, and its id is given to another one.
    pub fn release(&self, id: FileId) {
        let mut inner = self.write();
        if inner.by_path.values().any(|known| *known == id) {
            return;
        }
        if inner.files.get_mut(id.0 as usize).and_then(Option::take).is_some() {
            inner.free.push(id);
        }
    }

    /// Takes all notes about secrets back.
    pub fn reveal(&self) {
        self.write().concealed.clear();
    }

    /// Notes that the text of a span is secret: reports that show lines of files show something else there.
    pub fn conceal(&self, span: Span) {
        self.write().concealed.insert(span);
    }

    /// The secret spans of a file, in order.
    #[must_use]
    pub fn concealed(&self, id: FileId) -> Vec<Span> {
        self.read().concealed.iter().filter(|span| span.file == id).copied().collect()
    }

    /// The secret texts of all files, without quotes, the longest first; not those that are as short as a word of prose,
    /// truth values, numbers and references: to hide them would hide more.
    #[must_use]
    pub fn concealed_texts(&self) -> Vec<String> {
        let spans: Vec<Span> = self.read().concealed.iter().copied().collect();
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
        let found = self.read().of_path(path);
        found.map(|file| self.note(file))
    }

    /// How many files are registered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().by_path.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_path_is_read_anew_and_the_old_text_stays_until_it_is_released() {
        let sources = Sources::new();
        let old = sources.add("a", "1");
        assert_eq!(sources.add("a", "2").text(), "1", "one run sees one text");
        assert_eq!(sources.forget(Path::new("a")), Some(old.id));
        let new = sources.add("a", "2");
        assert_eq!((new.text(), sources.get(old.id).unwrap().text()), ("2", "1"));
        assert_eq!(sources.all().len(), 1);
        sources.release(new.id);
        sources.release(old.id);
        assert!(sources.get(old.id).is_none() && sources.get(new.id).is_some());
        assert_eq!(sources.add("b", "3").id, old.id, "ids are used again");
    }

    #[test]
    fn a_view_knows_what_was_asked_for_through_it() {
        let sources = Sources::new();
        sources.add("a", "");
        sources.add("b", "");
        let view = sources.view();
        let _ = view.find(Path::new("b"));
        view.add("c", "");
        let asked: Vec<String> = view.asked().iter().map(|file| file.path_text()).collect();
        assert_eq!(asked, ["b", "c"]);
        assert!(sources.asked().is_empty() && sources.find(Path::new("c")).is_some());
    }
}
