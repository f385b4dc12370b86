//! Files with a cursor (`<|>`), and what is answered there.

mod answers;
mod completions;
mod quiet;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Hint, Hover, Known, Lens, Seen};
use crate::analysis::{self, Analysis, Request, Understanding};
use crate::finding::triage::Date;
use crate::source::{Overlay, Sources};

const CURSOR: &str = "<|>";

/// A workspace that is understood and judged.
pub struct Workspace {
    understanding: Understanding,
    sources: Arc<Sources>,
    analysis: Analysis,
    /// The file with the cursor, and where that is.
    pub place: (PathBuf, u32),
}

pub fn workspace(files: &[(&str, &str)]) -> Workspace {
    let mut fs = Overlay::in_memory();
    let mut place = (PathBuf::new(), 0);
    for (path, text) in files {
        if let Some(at) = text.find(CURSOR) {
            place = (PathBuf::from(path), u32::try_from(at).unwrap());
        }
        fs.set(*path, text.replace(CURSOR, ""));
    }
    let paths = files.iter().map(|(path, _)| PathBuf::from(path)).collect();
    let request = Request { notes: true, paths, ..Request::new(Date::parse("2026-01-01").unwrap()) };
    let analysis = analysis::run(&request, &fs).unwrap();
    let (understanding, sources) = analysis::understand(&request, &fs).unwrap();
    Workspace { understanding, sources, analysis, place }
}

impl Workspace {
    fn seen<T>(&self, ask: impl FnOnce(&Seen<'_>) -> T) -> T {
        let projects: Vec<Known<'_>> =
            self.understanding.projects.iter().map(|understood| Known { understood, sources: &self.sources }).collect();
        ask(&Seen {
            projects: &projects,
            findings: &self.analysis.findings,
            sources: &self.analysis.sources,
            pack: &self.analysis.pack,
            link: &|path, line, _| Some(format!("file:///{}#L{line}", path.display())),
        })
    }

    pub fn hover(&self) -> Option<Hover> {
        self.seen(|seen| super::hover(seen, &self.place.0, self.place.1))
    }

    /// Where the value at the cursor is decided, as `path:line`.
    pub fn definition(&self) -> Vec<String> {
        self.seen(|seen| {
            let targets = super::definition(seen, &self.place.0, self.place.1);
            let place = |target: &super::Target<'_>| {
                let file = target.known.sources.get(target.span.file).unwrap();
                format!("{}:{}", file.path_text(), file.position(target.span.start).line)
            };
            targets.iter().map(place).collect()
        })
    }

    pub fn hints(&self, path: &str) -> Vec<Hint> {
        self.seen(|seen| super::hints(seen, Path::new(path), (0, u32::MAX)))
    }

    pub fn lenses(&self, path: &str) -> Vec<Lens> {
        self.seen(|seen| super::lenses(seen, Path::new(path)))
    }
}

/// What is shown at the cursor.
pub fn hover(files: &[(&str, &str)]) -> String {
    workspace(files).hover().map(|hover| hover.markdown).unwrap_or_default()
}
