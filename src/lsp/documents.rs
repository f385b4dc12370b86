//! The open documents: their texts as the client has them, with every edit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::position::{Encoding, Lines};
use super::uri;

/// One open document.
#[derive(Clone, Debug)]
pub struct Document {
    /// As the client spells it.
    pub uri: Uri,
    pub version: i32,
    pub text: String,
    pub lines: Lines,
}

impl Document {
    #[must_use]
    pub fn new(uri: Uri, version: i32, text: String) -> Self {
        let lines = Lines::new(&text, 0);
        Self { uri, version, text, lines }
    }

    /// Takes over the client's edits, one after the other.
    pub fn change(&mut self, changes: Vec<TextDocumentContentChangeEvent>, encoding: Encoding) {
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
                    self.text = change.text;
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    let place = |position| self.lines.offset(&self.text, position, encoding);
                    let (a, b) = (place(change.range.start), place(change.range.end));
                    self.text.replace_range(a.min(b)..a.max(b), &change.text);
                }
            }
            self.lines = Lines::new(&self.text, 0);
        }
    }
}

/// All open documents by their paths.
#[derive(Debug, Default)]
pub struct Documents {
    by_path: BTreeMap<PathBuf, Document>,
    /// Of each URI, as the client spells it, the path.
    paths: BTreeMap<String, PathBuf>,
    /// Files that were open at some time and that the client spells in another way than the server would.
    spelled: BTreeMap<PathBuf, Uri>,
}

impl Documents {
    pub fn open(&mut self, path: PathBuf, document: Document) {
        if document.uri.0 == uri::of_path(&path) {
            self.spelled.remove(&path);
        } else {
            self.spelled.insert(path.clone(), document.uri.clone());
        }
        self.paths.insert(document.uri.0.clone(), path.clone());
        self.by_path.insert(path, document);
    }

    /// Lets go of a document; gives its path.
    pub fn close(&mut self, uri: &Uri) -> Option<PathBuf> {
        let path = self.paths.remove(&uri.0)?;
        self.by_path.remove(&path);
        Some(path)
    }

    #[must_use]
    pub fn path(&self, uri: &Uri) -> Option<&Path> {
        self.paths.get(&uri.0).map(PathBuf::as_path)
    }

    /// How the client spells a path, or how it would: what it was told of a document is taken back by the same name.
    #[must_use]
    pub fn uri_of(&self, path: &Path) -> Uri {
        self.spelled.get(path).cloned().unwrap_or_else(|| Uri(uri::of_path(path)))
    }

    #[must_use]
    pub fn get(&self, path: &Path) -> Option<&Document> {
        self.by_path.get(path)
    }

    pub fn get_mut(&mut self, path: &Path) -> Option<&mut Document> {
        self.by_path.get_mut(path)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Path, &Document)> {
        self.by_path.iter().map(|(path, document)| (path.as_path(), document))
    }
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::{Position, Range};
    use serde_json::json;

    use super::*;

    fn document(text: &str) -> Document {
        Document::new("file:///a".into(), 1, text.to_owned())
    }

    fn partial(start: (u32, u32), end: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        let range = Range::new(Position::new(start.0, start.1), Position::new(end.0, end.1));
        serde_json::from_value(json!({ "range": range, "text": text })).unwrap()
    }

    #[test]
    fn edits_are_made_one_after_the_other_in_the_clients_units() {
        let mut one = document("a🦀b\r\nc\n");
        one.change(vec![partial((0, 3), (0, 4), "B\nx"), partial((1, 1), (2, 1), "!")], Encoding::Utf16);
        assert_eq!(one.text, "a🦀B\nx!\n");
        one.change(vec![serde_json::from_value(json!({ "text": "new" })).unwrap()], Encoding::Utf16);
        assert_eq!(one.text, "new");
    }

    #[test]
    fn wrong_ranges_do_no_harm() {
        let mut one = document("é\n");
        one.change(vec![partial((9, 9), (0, 1), "x"), partial((0, u32::MAX), (u32::MAX, 0), "y")], Encoding::Utf8);
        assert!(one.text.starts_with('x') || one.text.ends_with('y'), "{}", one.text);
    }
}
