//! Suppressing what is found: comments or entries of the configuration for the current findings.
//!
//! Takes a request, a reason and a file system, gives the texts that files have afterwards, and writes nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fixing::ChangedFile;
use super::locate::Here;
use super::outcome::Analysis;
use super::request::{Request, UsageError};
use super::run;
use super::suppress::is_installed;
use crate::config;
use crate::finding::suppress::{Reason, comments, configuration};
use crate::finding::triage::UNUSED_SUPPRESSION;
use crate::finding::{Edit, Finding};
use crate::source::{FileSystem, SourceFile, Sources, Span};
use crate::syntax::edit;

/// What suppressing came to.
#[derive(Debug)]
pub struct Suppressing {
    /// In the order of their paths; a new configuration file has an empty text before.
    pub files: Vec<ChangedFile>,
    /// How many findings are suppressed.
    pub count: usize,
    /// The places of findings for which there is none for a comment.
    pub left: Vec<String>,
    pub analysis: Analysis,
}

/// Where suppressions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Comments on the resources; metadata in JSON templates.
    Comments,
    /// Entries of `suppressions` in the configuration file.
    Configuration,
}

/// Suppresses all active findings of a request.
///
/// # Errors
/// A request that can't be met as it is; a configuration that can't be changed.
pub fn suppress_findings(
    request: &Request,
    fs: &dyn FileSystem,
    reason: &Reason<'_>,
    form: Form,
) -> Result<Suppressing, UsageError> {
    let analysis = run(request, fs)?;
    // What says that a suppression is in vain is mended, not suppressed.
    let active: Vec<&Finding> =
        analysis.active_findings().filter(|finding| finding.policy != UNUSED_SUPPRESSION).collect();
    let (files, count, left) = match form {
        Form::Comments => in_comments(&analysis, &active, reason),
        Form::Configuration => in_configuration(request, fs, &analysis.sources, &active, reason)?,
    };
    Ok(Suppressing { files, count, left, analysis })
}

type Made = (Vec<ChangedFile>, usize, Vec<String>);

/// The comment that suppresses one finding; nothing where there is no place for it.
#[must_use]
pub fn comment_for(sources: &Sources, finding: &Finding, reason: &Reason<'_>) -> Option<Vec<Edit>> {
    let is_own = |span: Span| sources.get(span.file).is_some_and(|file| !is_installed(&file.path));
    let made = comments(sources, &[finding], reason, &is_own);
    (made.count > 0).then_some(made.edits)
}

/// The configuration file with an entry that suppresses one finding; one that is not there yet has no text before.
///
/// # Errors
/// A configuration that can't be changed.
pub fn entry_for(
    request: &Request,
    fs: &dyn FileSystem,
    sources: &Sources,
    finding: &Finding,
    reason: &Reason<'_>,
) -> Result<Option<ChangedFile>, UsageError> {
    let (files, ..) = in_configuration(request, fs, sources, &[finding], reason)?;
    Ok(files.into_iter().next())
}

fn in_comments(analysis: &Analysis, active: &[&Finding], reason: &Reason<'_>) -> Made {
    let sources = &analysis.sources;
    let is_own = |span: Span| sources.get(span.file).is_some_and(|file| !is_installed(&file.path));
    let made = comments(sources, active, reason, &is_own);
    let mut by_file: BTreeMap<PathBuf, (Arc<SourceFile>, Vec<&Edit>)> = BTreeMap::new();
    for edit in &made.edits {
        if let Some(file) = sources.get(edit.span.file) {
            by_file.entry(file.path.clone()).or_insert_with(|| (file, Vec::new())).1.push(edit);
        }
    }
    let files = by_file
        .into_iter()
        .filter_map(|(path, (file, edits))| {
            let after = edit::apply(file.text(), edits)?;
            Some(ChangedFile { path, before: file.text().to_owned(), after })
        })
        .collect();
    let place = |finding: &&Finding| {
        let file = sources.get(finding.primary.span.file);
        let at =
            file.map(|file| format!("{}:{}", file.path_text(), file.lines().line_of(finding.primary.span.start) + 1));
        format!("{}: {}", at.unwrap_or_default(), finding.policy)
    };
    let left = made.left.iter().filter_map(|index| active.get(*index)).map(place).collect();
    (files, made.count, left)
}

fn in_configuration(
    request: &Request,
    fs: &dyn FileSystem,
    sources: &Sources,
    active: &[&Finding],
    reason: &Reason<'_>,
) -> Result<Made, UsageError> {
    if active.is_empty() {
        return Ok((Vec::new(), 0, Vec::new()));
    }
    let here = Here::new(fs);
    let path = match &request.config {
        Some(path) => here.absolute(path),
        None => {
            let first = request.paths.first().map_or(Path::new(""), PathBuf::as_path);
            config::find(fs, &here.absolute(first)).unwrap_or_else(|| here.absolute(Path::new("dynalens.yml")))
        }
    };
    let directory = config::directory_of(&path);
    let shown = here.shown(&path);
    // Nobody else has to know of a file that is not there yet.
    let own = Sources::new();
    let file = match own.load(fs, &shown) {
        Ok(file) => file,
        Err(_) if !fs.is_file(&shown) => own.add(shown.clone(), ""),
        Err(error) => {
            return Err(UsageError::new(format!("`{}` can't be read: {}", shown.display(), error.reason), None));
        }
    };
    let relative = |path: &Path| {
        let path = here.absolute(path);
        let inside = path.strip_prefix(directory).map(Path::to_path_buf).unwrap_or(path);
        // Brackets and stars in names of files are themselves.
        globset::escape(&inside.to_string_lossy().replace('\\', "/"))
    };
    let Some(after) = configuration(&file, sources, active, reason, &relative) else {
        let help = "mend the file, or leave --in-configuration out to write comments".to_owned();
        let message = format!("`{}` can't be added to: its `suppressions` are no list", shown.display());
        return Err(UsageError::new(message, Some(help)));
    };
    Ok((vec![ChangedFile { path: shown, before: file.text().to_owned(), after }], active.len(), Vec::new()))
}
