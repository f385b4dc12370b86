//! Spans as reports write them: a path, and lines and columns beside the byte offsets.

use std::cell::{OnceCell, RefCell};
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
    secrets: OnceCell<Vec<String>>,
}

impl<'s> Places<'s> {
    #[must_use]
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources, files: RefCell::default(), secrets: OnceCell::new() }
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

    /// The secret places of a file: those of the secrets, and those where their texts stand again.
    #[must_use]
    pub fn concealed(&self, file: &SourceFile) -> Vec<Span> {
        let mut spans = self.sources.concealed(file.id);
        for secret in self.secrets.get_or_init(|| self.sources.concealed_texts()) {
            spans.extend(file.text().match_indices(secret.as_str()).map(|(at, found)| {
                let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                Span::new(file.id, offset(at), offset(at + found.len()))
            }));
        }
        spans
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
