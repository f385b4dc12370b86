//! Adopting in an old repository: which findings were there before, and which lie outside of what was changed.

use std::path::{Path, PathBuf};

use super::locate::Here;
use super::outcome::Analysis;
use super::request::{Request, Since, UsageError};
use crate::finding::baseline::{self, Baseline, Known};
use crate::finding::suggest::did_you_mean;
use crate::finding::{Finding, Status};
use crate::resource::{Problem, ProblemKind};
use crate::source::git::{Changes, GitError, Lines, Repository, Snapshot};
use crate::source::{FileSystem, Reason, SIZE_LIMIT, Sources, Span, decode};

/// What a run compares with.
pub struct Against {
    /// The repository's root and the lines that were changed.
    changes: Option<(PathBuf, Changes)>,
    /// The files as they are staged, in place of those on the disk.
    pub staged: Option<Snapshot>,
    /// The files as they were, and what each renamed one was called.
    pub before: Option<Before>,
}

/// The other side of `--new-since`.
pub struct Before {
    pub files: Snapshot,
    /// The request's paths as they were called.
    pub paths: Vec<PathBuf>,
}

impl Against {
    /// Asks git for what the request compares with.
    ///
    /// # Errors
    /// No repository, no such revision.
    pub fn new(request: &Request, here: &Here) -> Result<Self, UsageError> {
        let mut against = Self { changes: None, staged: None, before: None };
        if request.since.is_none() && request.new_since.is_none() {
            return Ok(against);
        }
        if request.stdin.is_some() && request.since.is_some() {
            let help = "pass paths, or leave `--changed-since` and `--staged` out".to_owned();
            return Err(UsageError::new("git knows no lines of standard input", Some(help)));
        }
        let first = request.paths.first().map_or(Path::new(""), PathBuf::as_path);
        let repository = Repository::of(&here.absolute(first)).map_err(|error| usage(&error))?;
        let root = repository.root().to_owned();
        let git = |error: GitError| usage(&error);
        match &request.since {
            Some(Since::Revision(revision)) => {
                let base = repository.base(revision).map_err(|error| unknown(&error, revision, &repository))?;
                against.changes = Some((root.clone(), repository.changes(&base).map_err(git)?));
            }
            Some(Since::Staged) => {
                against.changes = Some((root.clone(), repository.staged_changes().map_err(git)?));
                against.staged = Some(repository.index().map_err(git)?);
            }
            None => {}
        }
        if let Some(revision) = &request.new_since {
            let base = repository.base(revision).map_err(|error| unknown(&error, revision, &repository))?;
            let files = repository.commit(&base).map_err(git)?;
            let changes = repository.changes(&base).map_err(git)?;
            let old_name = |path: &PathBuf| {
                let absolute = here.absolute(path);
                let was = absolute.strip_prefix(&root).ok().and_then(|inside| changes.old_name(inside));
                was.map_or_else(|| path.clone(), |was| here.shown(&root.join(was)))
            };
            let paths = request.paths.iter().map(old_name).collect();
            against.before = Some(Before { files, paths });
        }
        Ok(against)
    }

    /// Marks the active findings of which no label touches a changed line.
    pub fn mark_outside(&self, findings: &mut [Finding], here: &Here, sources: &Sources) {
        let Some((root, changes)) = &self.changes else { return };
        let touch = Touch { root, changes, here, sources };
        for finding in findings {
            if finding.status == Status::Active && !touch.finding(finding) {
                finding.status = Status::OutsideDiff;
            }
        }
    }
}

fn usage(error: &GitError) -> UsageError {
    let help = match error {
        GitError::NoRepository(_) => Some("run it inside of the repository, or name a path in it".to_owned()),
        _ => None,
    };
    UsageError::new(error.to_string(), help)
}

/// With the branch or tag that was probably meant.
fn unknown(error: &GitError, revision: &str, repository: &Repository) -> UsageError {
    let mut error_for_user = usage(error);
    if matches!(error, GitError::NoRevision(_)) {
        let known = repository.references();
        error_for_user.help = did_you_mean(revision, known.iter().map(String::as_str));
    }
    error_for_user
}

/// Holds places against changed lines.
struct Touch<'a> {
    root: &'a Path,
    changes: &'a Changes,
    here: &'a Here,
    sources: &'a Sources,
}

impl Touch<'_> {
    /// Whether a label touches a changed line, or something was taken out where the finding misses something.
    fn finding(&self, finding: &Finding) -> bool {
        let labels = finding.related.iter().chain([&finding.primary]);
        if labels.into_iter().any(|label| self.lines(label.span, Lines::touch)) {
            return true;
        }
        finding.absent
            && finding
                .anchors
                .iter()
                .filter(|anchor| anchor.contains(finding.primary.span))
                .any(|anchor| self.lines(*anchor, Lines::lost_within))
    }

    fn lines(&self, span: Span, test: impl Fn(&Lines, u32, u32) -> bool) -> bool {
        let Some(file) = self.sources.get(span.file) else { return false };
        let absolute = self.here.absolute(&file.path);
        let Some(lines) = absolute.strip_prefix(self.root).ok().and_then(|inside| self.changes.of(inside)) else {
            return false;
        };
        let (first, end) = (file.position(span.start), file.position(span.end));
        // A span that ends with a line break does not reach the next line.
        let last = if end.column == 1 && end.line > first.line { end.line - 1 } else { end.line };
        test(lines, first.line, last)
    }
}

/// The findings of an analysis as a baseline in a directory remembers them, in their order.
#[must_use]
pub fn known(analysis: &Analysis, here: &Here, directory: &Path) -> Vec<Known> {
    let from = Here::at(here.absolute(directory));
    let path = |span: Span| {
        let path = analysis.sources.get(span.file).map(|file| from.shown(&here.absolute(&file.path)));
        path.map(|path| path.to_string_lossy().replace('\\', "/")).unwrap_or_default()
    };
    let bases = baseline::unnumbered(&analysis.findings);
    let findings = analysis.findings.iter().zip(bases);
    findings
        .map(|(finding, fingerprint)| Known {
            file: path(finding.primary.span),
            policy: finding.policy.clone(),
            address: finding.resource.address.clone(),
            fingerprint,
        })
        .collect()
}

/// Reads a baseline.
///
/// # Errors
/// A file that is not there or is no baseline.
pub fn read_baseline(path: &Path, fs: &dyn FileSystem) -> Result<Baseline, UsageError> {
    let wrong = |reason: String, help: &str| {
        UsageError::new(format!("the baseline `{}` can't be read: {reason}", path.display()), Some(help.to_owned()))
    };
    let mut bytes = Vec::new();
    fs.read_into(path, SIZE_LIMIT, &mut bytes)
        .map_err(|error| wrong(Reason::of(&error).to_string(), "`dynalens baseline create` writes one"))?;
    let text = decode(&bytes).map_err(|reason| wrong(reason.to_string(), "`dynalens baseline create` writes one"))?;
    Baseline::read(text).map_err(|reason| wrong(reason, "`dynalens baseline update` writes it anew"))
}

/// Marks the findings that a baseline knows. Entries that nothing answers to any more are a note, where the whole of
/// what the baseline is about was looked at.
pub fn mark_baselined(analysis: &mut Analysis, baseline: &Baseline, path: &Path, here: &Here, whole: bool) {
    let directory = path.parent().unwrap_or(Path::new(""));
    let found = known(analysis, here, directory);
    let used = baseline::mark(&mut analysis.findings, &found, &baseline.findings);
    let stale = baseline.findings.iter().zip(used).filter(|(known, used)| !used && !may_be_there(analysis, known));
    let stale = stale.count();
    let broken = analysis.problems.iter().any(is_error);
    if stale > 0 && whole && !broken {
        let entries =
            if stale == 1 { "1 entry of the baseline is" } else { &format!("{stale} entries of the baseline are") };
        analysis.problems.push(Problem {
            kind: ProblemKind::Note,
            span: None,
            path: Some(path.to_owned()),
            message: format!("{entries} found no more"),
            help: Some("`dynalens baseline prune` takes out what is mended".to_owned()),
        });
    }
}

/// Whether nobody can tell if a known finding is still there: its policy took no part, or its verdict is open.
#[must_use]
pub fn may_be_there(analysis: &Analysis, known: &Known) -> bool {
    !analysis.judged.contains(&known.policy)
        || analysis
            .undetermined
            .iter()
            .any(|verdict| verdict.policy == known.policy && verdict.resource.address == known.address)
}

/// A run whose findings a baseline is made of.
pub struct Bookkeeping {
    path: PathBuf,
    analysis: Analysis,
    found: Vec<Known>,
    /// The run's paths, from the root of the disk; empty for everything.
    looked_at: Vec<PathBuf>,
    directory: PathBuf,
    /// Directories with files that could not be read whole: nobody knows what else is there.
    broken: Vec<PathBuf>,
}

fn is_error(problem: &Problem) -> bool {
    problem.kind != ProblemKind::Note
}

impl Bookkeeping {
    /// Analyses what the request names. The baseline is the request's, the configuration's, or that of the given name
    /// beside the configuration.
    ///
    /// # Errors
    /// A request that can't be met as it is.
    pub fn new(request: &Request, name: &Path, fs: &dyn FileSystem) -> Result<Self, UsageError> {
        let analysis = super::run(request, fs)?;
        let here = Here::new(fs);
        let path = match &request.baseline {
            Some(path) => path.clone(),
            None => {
                let prepared = super::prepare::prepare(request, fs, fs, &Sources::new())?;
                let configured = prepared.config.baseline.as_ref().map(|(path, _)| path.clone());
                here.shown(&configured.unwrap_or_else(|| prepared.config.directory.join(name)))
            }
        };
        let directory = here.absolute(path.parent().unwrap_or(Path::new("")));
        let found = known(&analysis, &here, &directory);
        let working = here.absolute(Path::new(""));
        let looked_at = match request.paths.as_slice() {
            [] => vec![working],
            paths => paths.iter().map(|path| here.absolute(path)).collect(),
        };
        let broken = analysis.problems.iter().filter(|problem| is_error(problem)).filter_map(|problem| {
            let file = problem.span.and_then(|span| analysis.sources.get(span.file)).map(|file| file.path.clone());
            let path = here.absolute(&file.or_else(|| problem.path.clone())?);
            path.parent().map(Path::to_owned)
        });
        let broken = broken.collect();
        Ok(Self { path, analysis, found, looked_at, directory, broken })
    }

    /// The baseline's path, from the working directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether something could not be read, so that findings may be missing.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.analysis.problems.iter().any(is_error)
    }

    fn active(&self) -> impl Iterator<Item = &Known> {
        let all = self.analysis.findings.iter().zip(&self.found);
        all.filter(|(finding, _)| finding.status == Status::Active).map(|(_, known)| known)
    }

    /// A baseline of all active findings.
    #[must_use]
    pub fn created(&self) -> Baseline {
        Baseline::new(self.active().cloned().collect())
    }

    /// The active findings, and what the run did not look at as it was.
    #[must_use]
    pub fn updated(&self, old: &Baseline) -> Baseline {
        let mut kept: Vec<Known> = self.active().cloned().collect();
        let matched = baseline::recognise(&self.found, &old.findings);
        let gone = (0..old.findings.len()).filter(|index| !matched.contains(&Some(*index)));
        kept.extend(gone.filter_map(|index| old.findings.get(index)).filter(|known| self.is_open(known)).cloned());
        Baseline::new(kept)
    }

    /// What is still there, and what the run did not look at, each where it is today.
    #[must_use]
    pub fn pruned(&self, old: &Baseline) -> Baseline {
        let matched = baseline::recognise(&self.found, &old.findings);
        let place = |index: usize| {
            let at = matched.iter().position(|matched| *matched == Some(index))?;
            let active = self.analysis.findings.get(at).is_some_and(|finding| finding.status == Status::Active);
            self.found.get(at).filter(|_| active).cloned()
        };
        let kept = old.findings.iter().enumerate().filter_map(|(index, known)| {
            if matched.contains(&Some(index)) { place(index) } else { self.is_open(known).then(|| known.clone()) }
        });
        Baseline::new(kept.collect())
    }

    /// Whether the run says nothing about a known finding that it did not meet.
    fn is_open(&self, known: &Known) -> bool {
        let path = crate::source::lexical(&self.directory.join(&known.file));
        !self.looked_at.iter().any(|looked| path.starts_with(looked))
            || self.broken.iter().any(|directory| path.parent() == Some(directory))
            || may_be_there(&self.analysis, known)
    }
}
