//! Spans as reports write them: a path, and lines and columns beside the byte offsets.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::source::{FileId, SourceFile, Sources, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// In bytes from the beginning of the file.
    pub offset: u32,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    pub start: Point,
    pub end: Point,
}

/// The files of a run, each looked up once.
pub struct Places<'s> {
    sources: &'s Sources,
    files: RefCell<FxHashMap<FileId, Arc<SourceFile>>>,
}

impl<'s> Places<'s> {
    #[must_use]
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources, files: RefCell::default() }
    }

    #[must_use]
    pub fn file(&self, id: FileId) -> Option<Arc<SourceFile>> {
        if let Some(file) = self.files.borrow().get(&id) {
            return Some(Arc::clone(file));
        }
        let file = self.sources.get(id)?;
        self.files.borrow_mut().insert(id, Arc::clone(&file));
        Some(file)
    }

    /// The path of a span's file; empty for a file that is not of this run.
    #[must_use]
    pub fn path(&self, span: Span) -> String {
        self.file(span.file).map(|file| file.path_text()).unwrap_or_default()
    }

    #[must_use]
    pub fn range(&self, span: Span) -> Range {
        let file = self.file(span.file);
        let point = |offset: u32| {
            let (line, column) = file.as_ref().map_or((1, 1), |file| {
                let position = file.position(offset);
                (position.line, position.column)
            });
            Point { offset, line, column }
        };
        Range { start: point(span.start), end: point(span.end) }
    }
}
