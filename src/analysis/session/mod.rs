//! A workspace under analysis, kept from one edit to the next.
//!
//! Takes a file system (with the editor's buffers laid over the disk) and the files that are open, gives the findings of
//! the projects that these belong to, and the projects themselves for questions about values. Knows no protocol.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::outcome::Analysis;
use super::request::{Request, UsageError};
use super::understand::Understood;
use crate::source::{FileKind, FileSystem, Sources};

/// One configuration's part of a workspace folder.
#[derive(Debug)]
pub struct Session {
    /// What every analysis is asked; its paths are set anew each time.
    request: Request,
    analysis: Analysis,
    understood: Vec<Arc<Understood>>,
    sources: Arc<Sources>,
}

impl Session {
    /// A session in which nothing is open yet.
    #[must_use]
    pub fn new(request: Request) -> Self {
        Self { request, analysis: Analysis::default(), understood: Vec::new(), sources: Arc::default() }
    }

    /// Looks again. `open` are the open documents, relative to the file system's working directory.
    ///
    /// # Errors
    /// A request that can't be met as it is: the configuration can't be read.
    pub fn refresh(&mut self, fs: &dyn FileSystem, open: &[PathBuf]) -> Result<(), UsageError> {
        let mut paths: Vec<PathBuf> = open
            .iter()
            .filter_map(|path| match FileKind::of_name(path)? {
                FileKind::Yaml | FileKind::Json => Some(path.clone()),
                _ => Some(path.parent().filter(|at| !at.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()),
            })
            .collect();
        paths.sort();
        paths.dedup();
        if paths.is_empty() {
            self.analysis = Analysis::default();
            self.understood.clear();
            return Ok(());
        }
        self.request.paths = paths;
        self.request.fixes = true;
        self.analysis = super::run(&self.request, fs)?;
        let (understanding, sources) = super::understand(&self.request, fs)?;
        self.understood = understanding.projects.into_iter().map(Arc::new).collect();
        self.sources = sources;
        Ok(())
    }

    /// What was found when it was last looked.
    #[must_use]
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// The projects that a file takes part in, with the files that their spans are about.
    #[must_use]
    pub fn understood(&self, path: &Path) -> Vec<(Arc<Understood>, Arc<Sources>)> {
        let Some(file) = self.sources.find(path) else { return Vec::new() };
        let takes_part = |one: &&Arc<Understood>| {
            one.project.resources.iter().any(|resource| {
                resource.span.file == file.id || resource.calls.iter().any(|call| call.span.file == file.id)
            }) || {
                let mut noted = false;
                one.project.origins.each_note(&mut |note| noted |= note.span.file == file.id);
                noted
            }
        };
        self.understood.iter().filter(takes_part).map(|one| (Arc::clone(one), Arc::clone(&self.sources))).collect()
    }
}
