//! From spans to the places of the protocol.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use gen_lsp_types::{Location, Range, Uri};
use rustc_hash::FxHashMap;

use super::documents::Documents;
use super::position::{Encoding, Lines};
use crate::source::{FileId, SourceFile, Sources, Span, lexical};

/// Turns spans of one analysis into places, each file's lines found once.
pub struct Places<'a> {
    pub documents: &'a Documents,
    /// What paths count from.
    pub root: &'a Path,
    pub sources: &'a Sources,
    pub encoding: Encoding,
    files: RefCell<FxHashMap<FileId, Option<Rc<Placed>>>>,
}

/// A file with what places in it take.
#[derive(Debug)]
pub struct Placed {
    pub file: Arc<SourceFile>,
    /// From the root of the disk.
    pub path: PathBuf,
    pub uri: Uri,
    /// What the client calls the text; nothing for a document that is not open.
    pub version: Option<i32>,
    lines: Lines,
}

impl<'a> Places<'a> {
    #[must_use]
    pub fn new(documents: &'a Documents, root: &'a Path, sources: &'a Sources, encoding: Encoding) -> Self {
        Self { documents, root, sources, encoding, files: RefCell::default() }
    }

    /// A file of the analysis; nothing for one that is none.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<Rc<Placed>> {
        let mut files = self.files.borrow_mut();
        let known = files.entry(id).or_insert_with(|| {
            let file = self.sources.get(id)?;
            let path = lexical(&self.root.join(&file.path));
            let document = self.documents.get(&path);
            // A client takes the mark away when it opens a file.
            let body = if document.is_some() { 0 } else { file.body_start() };
            let lines = match document.filter(|one| one.text == file.text()) {
                Some(document) => document.lines.clone(),
                None => Lines::new(file.text(), body),
            };
            Some(Rc::new(Placed {
                uri: self.documents.uri_of(&path),
                version: document.map(|one| one.version),
                file,
                path,
                lines,
            }))
        });
        known.clone()
    }

    #[must_use]
    pub fn range(&self, span: Span) -> Option<(Rc<Placed>, Range)> {
        let placed = self.file(span.file)?;
        let text = placed.file.text();
        let range = placed.lines.range(text, span.start as usize, span.end as usize, self.encoding);
        Some((placed, range))
    }

    #[must_use]
    pub fn location(&self, span: Span) -> Option<Location> {
        let (placed, range) = self.range(span)?;
        Some(Location { uri: placed.uri.clone(), range })
    }
}
