//! Finding infrastructure code: takes the paths that a user names, gives the files that may hold some.
//!
//! Directories are walked in parallel, with `.gitignore` respected; each file with a fitting name is read once, and
//! dismissed by a scan of its bytes or handed on with its text. The result is sorted, whatever the threads do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use ignore::{WalkBuilder, WalkState};

use super::file_system::{FileSystem, lexical};
use super::kind::FileKind;
use super::load::{LoadError, Reason, SIZE_LIMIT, decode};
use super::relevance::Relevance;

/// What to look through.
#[derive(Clone, Debug, Default)]
pub struct DiscoverOptions {
    /// Files, directories and globs as the user typed them; the working directory where there are none.
    pub paths: Vec<String>,
    /// Globs of what to leave out, relative to `base`; one without a slash fits at any depth. Files that are named in
    /// `paths` are taken all the same.
    pub exclude: Vec<String>,
    /// The directory of the configuration that the excludes come from.
    pub base: PathBuf,
}

/// A file that may hold infrastructure code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    pub path: PathBuf,
    pub kind: FileKind,
    /// Whether the user named this very file, or a glob that it fits.
    pub explicit: bool,
    pub relevance: Relevance,
    /// The text, so that nobody reads the file again; none for a module's file that mentions nothing of interest,
    /// which is loaded only if its module turns out to matter.
    pub text: Option<Box<str>>,
}

/// What there is, sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub files: Vec<FoundFile>,
    pub problems: Vec<LoadError>,
    /// How many files were read.
    pub scanned: usize,
    /// The excludes that have left something out, as the user typed them.
    pub excluded: BTreeSet<String>,
}

/// Directories that hold other people's code or what tools have made. `.terraform` and the like are hidden, and
/// hidden ones are left out anyway. `cdk.out` stays: it is what the CDK front end reads.
pub const SKIPPED: [&str; 6] = ["node_modules", "target", "dist", "__pycache__", "bower_components", "site-packages"];

/// The one hidden directory that holds code of people.
const HIDDEN_TAKEN: &str = ".github";

/// Finds the files that may hold infrastructure code.
#[must_use]
pub fn discover(fs: &dyn FileSystem, options: &DiscoverOptions) -> Found {
    let mut found = Found::default();
    let exclude = Exclude::new(options, &mut found.problems);
    let search = Search { fs, exclude, found: Mutex::new(found), scanned: AtomicUsize::new(0) };
    let mut directories = Vec::new();
    let here = [".".to_owned()];
    for typed in if options.paths.is_empty() { &here[..] } else { &options.paths } {
        let path = Path::new(typed);
        if fs.is_dir(path) {
            directories.push(path.to_owned());
        } else if fs.is_file(path) || !typed.contains(['*', '?', '[', '{']) {
            search.take(&lexical(path), true, &mut Vec::new());
        } else {
            search.glob(typed);
        }
    }
    search.walk(&directories, None);
    let Search { found, scanned, exclude, .. } = search;
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.scanned = scanned.into_inner();
    found.excluded = exclude.used();
    // A file that is both named and found counts as named.
    found.files.sort_by(|a, b| a.path.cmp(&b.path).then(b.explicit.cmp(&a.explicit)));
    found.files.dedup_by(|a, b| a.path == b.path);
    found.problems.sort_by(|a, b| a.path.cmp(&b.path).then_with(|| a.to_string().cmp(&b.to_string())));
    found.problems.dedup();
    found
}

struct Search<'a> {
    fs: &'a dyn FileSystem,
    exclude: Exclude,
    found: Mutex<Found>,
    scanned: AtomicUsize,
}

impl Search<'_> {
    fn update(&self, change: impl FnOnce(&mut Found)) {
        change(&mut self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    fn problem(&self, path: &Path, reason: Reason) {
        self.update(|found| found.problems.push(LoadError { path: lexical(path), reason }));
    }

    /// A glob that no shell has expanded.
    fn glob(&self, typed: &str) {
        let pattern = typed.strip_prefix("./").unwrap_or(typed);
        let glob = match GlobBuilder::new(pattern).literal_separator(true).build() {
            Ok(glob) => glob.compile_matcher(),
            Err(error) => return self.problem(Path::new(typed), Reason::BadPattern(error.kind().to_string())),
        };
        let is_plain =
            |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
        let mut start: PathBuf = Path::new(pattern).components().take_while(is_plain).collect();
        if start.as_os_str().is_empty() {
            start.push(".");
        }
        let before = self.count();
        if self.fs.is_dir(&start) {
            self.walk(&[start], Some(&glob));
        }
        if self.count() == before {
            self.problem(Path::new(typed), Reason::NoMatch);
        }
    }

    fn count(&self) -> usize {
        self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).files.len()
    }

    /// Walks directories; with a glob, the files that fit it are the user's own choice.
    fn walk(&self, roots: &[PathBuf], glob: Option<&GlobMatcher>) {
        // Each directory as it is named, with its place on the disk.
        let mut on_disk: Vec<(&PathBuf, PathBuf)> = Vec::new();
        for root in roots {
            match self.fs.on_disk(root) {
                Some(place) => on_disk.push((root, place)),
                None => self.walk_listing(root, glob, 0, &mut Vec::new()),
            }
        }
        let Some(((_, first), others)) = on_disk.split_first() else { return };
        let mut builder = WalkBuilder::new(first);
        for (_, other) in others {
            builder.add(other);
        }
        // Deterministic: the repository's own ignore files count, the user's global one does not.
        builder.hidden(false).git_global(false).require_git(false).follow_links(false).threads(0);
        let homes: Vec<PathBuf> = on_disk.iter().filter_map(|(root, _)| self.fs.canonical(root).ok()).collect();
        // Paths are told as the roots are named.
        let moved: Vec<&(&PathBuf, PathBuf)> = on_disk.iter().filter(|(root, place)| *root != place).collect();
        let named = |path: &Path| {
            let inside = |(root, place): &&(&PathBuf, PathBuf)| Some(root.join(path.strip_prefix(place).ok()?));
            lexical(moved.iter().find_map(inside).as_deref().unwrap_or(path))
        };
        builder.build_parallel().run(|| {
            let mut buffer = Vec::new();
            let (homes, named) = (&homes, &named);
            Box::new(move |entry| match entry {
                Ok(entry) => self.visit(&entry, &named(entry.path()), homes, glob, &mut buffer),
                Err(error) => {
                    if let Some(error) = walk_error(&error, None) {
                        self.problem(&named(&error.path), error.reason);
                    }
                    WalkState::Continue
                }
            })
        });
    }

    fn visit(
        &self,
        entry: &ignore::DirEntry,
        path: &Path,
        homes: &[PathBuf],
        glob: Option<&GlobMatcher>,
        buffer: &mut Vec<u8>,
    ) -> WalkState {
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        let is_dir = kind.is_dir();
        if entry.depth() > 0 && (self.exclude.matches(path) || is_skipped(path, is_dir)) {
            return if is_dir { WalkState::Skip } else { WalkState::Continue };
        }
        if is_dir || !is_wanted(path, glob) {
            return WalkState::Continue;
        }
        if kind.is_symlink() && !self.may_follow(path, homes) {
            return WalkState::Continue;
        }
        if kind.is_file() || kind.is_symlink() {
            self.take(path, glob.is_some(), buffer);
        }
        WalkState::Continue
    }

    /// Directories that exist in the overlay only.
    fn walk_listing(&self, directory: &Path, glob: Option<&GlobMatcher>, depth: usize, buffer: &mut Vec<u8>) {
        if depth > 64 {
            return;
        }
        for entry in self.fs.list(directory) {
            let path = lexical(&directory.join(&entry.name));
            if self.exclude.matches(&path) || is_skipped(&path, entry.is_dir) {
                continue;
            }
            if entry.is_dir {
                self.walk_listing(&path, glob, depth + 1, buffer);
            } else if is_wanted(&path, glob) {
                self.take(&path, glob.is_some(), buffer);
            }
        }
    }

    /// A link to a file counts where a module's directory holds it; a template is found at its own place. Links never
    /// lead out of what is analysed.
    fn may_follow(&self, path: &Path, homes: &[PathBuf]) -> bool {
        let module_file = FileKind::of_name(path).is_some_and(FileKind::is_module_file);
        if !module_file {
            return false;
        }
        match self.fs.canonical(path) {
            Ok(target) if homes.iter().any(|home| target.starts_with(home)) => self.fs.is_file(path),
            Ok(_) => {
                self.problem(path, Reason::LeadsOut);
                false
            }
            Err(error) => {
                self.problem(path, Reason::of(&error));
                false
            }
        }
    }

    /// Reads a file and keeps it if it may matter, or if it was named.
    fn take(&self, path: &Path, explicit: bool, buffer: &mut Vec<u8>) {
        self.scanned.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = self.fs.read_into(path, SIZE_LIMIT, buffer) {
            // A file that vanishes between listing and reading was on its way out.
            if explicit || error.kind() != std::io::ErrorKind::NotFound {
                self.problem(path, Reason::of(&error));
            }
            return;
        }
        let kind = FileKind::of(path, buffer);
        if !explicit && !kind.is_candidate(buffer) {
            return;
        }
        let relevance = Relevance::of(buffer);
        let mut text = None;
        if explicit || !kind.is_module_file() || !relevance.is_empty() {
            match decode(buffer) {
                Ok(decoded) => text = Some(Box::from(decoded)),
                Err(reason) => return self.problem(path, reason),
            }
        }
        self.update(|found| found.files.push(FoundFile { path: path.to_owned(), kind, explicit, relevance, text }));
    }
}

/// Whether a file is worth reading, by its name.
fn is_wanted(path: &Path, glob: Option<&GlobMatcher>) -> bool {
    match glob {
        Some(glob) => glob.is_match(path),
        None => {
            FileKind::of_name(path).is_some_and(|kind| !matches!(kind, FileKind::Variables | FileKind::TerragruntPart))
        }
    }
}

/// Whether an entry below the root is left out by its name.
fn is_skipped(path: &Path, is_dir: bool) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return true };
    if name.starts_with('.') {
        return !(is_dir && name == HIDDEN_TAKEN);
    }
    if !is_dir {
        return false;
    }
    let in_assembly = || {
        path.parent().and_then(Path::file_name).is_some_and(|parent| {
            // Stages have assemblies of their own in the one of the app.
            parent == "cdk.out" || parent.to_string_lossy().starts_with("assembly-")
        })
    };
    SKIPPED.contains(&name) || name.starts_with("asset.") && in_assembly()
}

/// The user's excludes.
struct Exclude {
    globs: GlobSet,
    /// Of each glob, what the user typed and whether it has fit a path.
    typed: Vec<(String, AtomicBool)>,
    base: PathBuf,
}

impl Exclude {
    fn new(options: &DiscoverOptions, problems: &mut Vec<LoadError>) -> Self {
        let mut builder = GlobSetBuilder::new();
        let mut known = Vec::new();
        for typed in &options.exclude {
            let pattern = typed.strip_prefix("./").unwrap_or(typed).trim_end_matches('/');
            let anywhere = format!("**/{pattern}");
            let patterns = if pattern.contains('/') { vec![pattern] } else { vec![pattern, &anywhere] };
            for pattern in patterns {
                match GlobBuilder::new(pattern).literal_separator(true).build() {
                    Ok(glob) => {
                        builder.add(glob);
                        known.push((typed.clone(), AtomicBool::new(false)));
                    }
                    Err(error) => {
                        let reason = Reason::BadPattern(error.kind().to_string());
                        problems.push(LoadError { path: PathBuf::from(typed), reason });
                    }
                }
            }
        }
        let globs = builder.build().unwrap_or_else(|_| GlobSet::empty());
        Self { globs, typed: known, base: lexical(&options.base) }
    }

    fn matches(&self, path: &Path) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        let fitting = self.globs.matches(path.strip_prefix(&self.base).unwrap_or(path));
        for (_, used) in fitting.iter().filter_map(|index| self.typed.get(*index)) {
            used.store(true, Ordering::Relaxed);
        }
        !fitting.is_empty()
    }

    /// The patterns that have fit a path.
    fn used(self) -> BTreeSet<String> {
        self.typed.into_iter().filter(|(_, used)| used.load(Ordering::Relaxed)).map(|(typed, _)| typed).collect()
    }
}

/// What the walk could not enter.
fn walk_error(error: &ignore::Error, path: Option<&Path>) -> Option<LoadError> {
    match error {
        ignore::Error::WithPath { path, err } => walk_error(err, Some(path)),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => walk_error(err, path),
        ignore::Error::Io(error) => Some(LoadError { path: path?.to_owned(), reason: Reason::of(error) }),
        // Loops of links are not followed, and a mistake in an ignore file only ignores less.
        _ => None,
    }
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
