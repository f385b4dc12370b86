//! Hovers, inlay hints and code lenses: what [`crate::inspect`] says, in the form of the protocol.

use std::path::{Path, PathBuf};

use gen_lsp_types::{Position, Range};
use serde_json::{Value, json};

use super::documents::{Document, Documents};
use super::places::Places;
use super::position::Encoding;
use crate::analysis::Analysis;
use crate::analysis::session::Session;
use crate::inspect::{self, Known, Link, Seen};
use crate::source::lexical;

/// The client's command behind a lens: it explains the policy that it is given.
const EXPLAIN: &str = "dynalens.explainPolicy";

/// A question about an open document.
pub struct Question<'a> {
    pub documents: &'a Documents,
    pub document: &'a Document,
    /// From the root of the disk.
    pub path: &'a Path,
    pub encoding: Encoding,
    /// The sessions, each with its folder.
    pub sessions: Vec<(&'a Path, &'a Session)>,
}

impl Question<'_> {
    /// Asks the first session that has something to say.
    fn first<T>(&self, ask: impl Fn(&Seen<'_>, &Path) -> Option<T>) -> Option<T> {
        self.sessions.iter().find_map(|(root, session)| {
            let path: PathBuf = self.path.strip_prefix(root).ok()?.to_owned();
            let sources: &crate::source::Sources = session.sources();
            // What was looked at is what the client has, or places would be wrong.
            if sources.find(&path).is_some_and(|file| file.text() != self.document.text) {
                return None;
            }
            let analysis = session.analysis();
            let projects: Vec<Known<'_>> =
                session.understood(&path).map(|understood| Known { understood, sources }).collect();
            let link: Link<'_> = &|path, line, _| {
                let uri = self.documents.uri_of(&lexical(&root.join(path)));
                Some(format!("{}#L{line}", uri.0))
            };
            let seen = Seen {
                projects: &projects,
                findings: &analysis.findings,
                sources: &analysis.sources,
                pack: &analysis.pack,
                link,
            };
            ask(&seen, &path)
        })
    }

    /// What was found where the document belongs, and its path there.
    #[must_use]
    pub fn analysis(&self) -> Option<(&Analysis, &Path)> {
        let (root, session) = self.sessions.iter().find(|(root, _)| self.path.starts_with(root))?;
        Some((session.analysis(), self.path.strip_prefix(root).ok()?))
    }

    #[must_use]
    pub fn offset(&self, position: Position) -> u32 {
        let offset = self.document.lines.offset(&self.document.text, position, self.encoding);
        u32::try_from(offset).unwrap_or(u32::MAX)
    }

    #[must_use]
    pub fn range(&self, range: (u32, u32)) -> Range {
        self.document.lines.range(&self.document.text, range.0 as usize, range.1 as usize, self.encoding)
    }

    /// `textDocument/hover`
    #[must_use]
    pub fn hover(&self, position: Position) -> Value {
        let offset = self.offset(position);
        let hover = self.first(|seen, path| inspect::hover(seen, path, offset));
        hover.map_or(Value::Null, |hover| {
            json!({
                "contents": { "kind": "markdown", "value": hover.markdown },
                "range": self.range(hover.range),
            })
        })
    }

    /// `textDocument/definition`
    #[must_use]
    pub fn definition(&self, position: Position) -> Value {
        let offset = self.offset(position);
        let found = self.sessions.iter().find_map(|(root, session)| {
            let one = Question { sessions: vec![(*root, *session)], ..*self };
            one.first(|seen, path| {
                let places = Places::new(self.documents, root, session.sources(), self.encoding);
                let targets = inspect::definition(seen, path, offset);
                let list: Vec<Value> = targets
                    .iter()
                    .filter_map(|target| places.location(target.span))
                    .map(|place| json!(place))
                    .collect();
                (!list.is_empty()).then_some(list)
            })
        });
        found.map_or(Value::Null, Value::Array)
    }

    /// `textDocument/inlayHint`
    #[must_use]
    pub fn hints(&self, range: Range) -> Value {
        let range = (self.offset(range.start), self.offset(range.end));
        let hints = self.first(|seen, path| Some(inspect::hints(seen, path, range)).filter(|hints| !hints.is_empty()));
        let hints = hints.unwrap_or_default().into_iter().map(|hint| {
            json!({
                "position": self.range((hint.offset, hint.offset)).start,
                "label": hint.label,
                "paddingLeft": true,
                "tooltip": { "kind": "markdown", "value": hint.tooltip },
            })
        });
        hints.collect()
    }
}

/// `textDocument/codeLens`
#[must_use]
pub fn lenses(question: &Question<'_>) -> Value {
    let lenses = question.first(|seen, path| Some(inspect::lenses(seen, path)).filter(|lenses| !lenses.is_empty()));
    let lenses = lenses.unwrap_or_default().into_iter().map(|lens| {
        let command = match lens.policies.first() {
            Some(worst) => json!({ "title": lens.title, "command": EXPLAIN, "arguments": [worst] }),
            // A title alone; there is nothing to explain.
            None => json!({ "title": lens.title, "command": "" }),
        };
        json!({ "range": question.range(lens.range), "command": command })
    });
    lenses.collect()
}
