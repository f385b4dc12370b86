//! What a git repository holds beside the work tree: an older state of the files, the index, and which lines changed.
//!
//! Takes a directory and the name of a revision, gives [`Snapshot`]s (file systems over git's objects) and
//! [`Changes`]. Nothing is checked out and nothing is written.
//!
//! The work is done by the `git` command and not by a library: it reads every kind of repository that there is
//! (packs, alternates, worktrees, partial clones, reftable, SHA-256), it judges revisions, renames, ignored files and
//! line endings exactly as the user's own `git diff` does, and whoever has a repository has it. A pure Rust library
//! would more than double the dependencies for three commands. What a repository could run through git (external
//! differs, text converters, file system monitors) is switched off, and so are writing and fetching.

mod changes;
mod snapshot;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use changes::{Changes, Lines};
pub use snapshot::Snapshot;

/// Why git's side of the work can't be done, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    #[error("the `git` command can't be run ({0}); install git, or leave the option out")]
    NoGit(String),
    #[error("`{}` lies in no git repository", .0.display())]
    NoRepository(PathBuf),
    #[error("git does not know `{0}`; in a shallow clone, fetch more history (`git fetch --unshallow`)")]
    NoRevision(String),
    #[error("git failed: {0}")]
    Failed(String),
}

/// The repository that a directory lies in.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The root of the work tree, from the root of the disk.
    root: PathBuf,
}

impl Repository {
    /// Finds the repository of a directory.
    ///
    /// # Errors
    /// Where there is none, or no git.
    pub fn of(directory: &Path) -> Result<Self, GitError> {
        let nearest = directory.ancestors().find(|above| above.is_dir()).unwrap_or(Path::new("/"));
        let out = run(nearest, ["rev-parse", "--show-toplevel"]).map_err(|error| match error {
            GitError::Failed(_) => GitError::NoRepository(directory.to_owned()),
            other => other,
        })?;
        let text = String::from_utf8_lossy(&out);
        let root = PathBuf::from(text.trim_end_matches(['\r', '\n']));
        Ok(Self { root: std::fs::canonicalize(&root).unwrap_or(root) })
    }

    /// The root of the work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit where the work tree's history left that of a revision: what was done since is compared with that
    /// state, so that others' work on the revision's branch is nobody's change here. The revision itself where the two
    /// have no common past.
    ///
    /// # Errors
    /// A revision that git does not know.
    pub fn base(&self, revision: &str) -> Result<String, GitError> {
        let typed = format!("{revision}^{{commit}}");
        let verified = run(&self.root, ["rev-parse", "--verify", "--quiet", "--end-of-options", &typed]);
        let commit = match verified {
            Ok(out) => hash(&out).ok_or_else(|| GitError::NoRevision(revision.to_owned()))?,
            Err(GitError::Failed(_)) => return Err(GitError::NoRevision(revision.to_owned())),
            Err(other) => return Err(other),
        };
        match run(&self.root, ["merge-base", &commit, "HEAD"]) {
            Ok(out) => Ok(hash(&out).unwrap_or(commit)),
            Err(_) => Ok(commit),
        }
    }

    /// The names of branches and tags; none where git does not say.
    #[must_use]
    pub fn references(&self) -> Vec<String> {
        let listed = run(&self.root, ["for-each-ref", "--count=2000", "--format=%(refname:short)"]).unwrap_or_default();
        String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect()
    }

    /// The files of a commit.
    ///
    /// # Errors
    /// Those of git.
    pub fn commit(&self, commit: &str) -> Result<Snapshot, GitError> {
        let listing = run(&self.root, ["ls-tree", "-r", "-z", "--full-tree", commit])?;
        Snapshot::of_tree(self, &listing)
    }

    /// The files as they are staged.
    ///
    /// # Errors
    /// Those of git.
    pub fn index(&self) -> Result<Snapshot, GitError> {
        let listing = run(&self.root, ["ls-files", "--stage", "-z", "--full-name", ":/"])?;
        Snapshot::of_index(self, &listing)
    }

    /// What the work tree changes against a commit; files that git does not know yet are new throughout.
    ///
    /// # Errors
    /// Those of git.
    pub fn changes(&self, commit: &str) -> Result<Changes, GitError> {
        let patch = run(&self.root, DIFF.iter().copied().chain([commit, "--"]))?;
        let mut changes = Changes::of_patch(&patch);
        let untracked = run(&self.root, ["ls-files", "--others", "--exclude-standard", "-z", "--full-name", ":/"])?;
        for path in names(&untracked) {
            changes.add_whole(path);
        }
        Ok(changes)
    }

    /// What the index changes against the last commit, or against nothing where there is none yet.
    ///
    /// # Errors
    /// Those of git.
    pub fn staged_changes(&self) -> Result<Changes, GitError> {
        let patch = run(&self.root, DIFF.iter().copied().chain(["--cached", "--"]))?;
        Ok(Changes::of_patch(&patch))
    }
}

/// Lines without context, renamed files beside their old selves, nothing of the user's own settings.
const DIFF: &[&str] = &[
    "diff",
    "--unified=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--find-renames",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--ignore-submodules=all",
    "--inter-hunk-context=0",
    "--diff-algorithm=default",
];

/// Git, with everything switched off that could run somebody else's program, write, fetch or ask.
fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(directory)
        .args(["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotePath=true", "-c", "diff.noprefix=false"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .env_remove("GIT_EXTERNAL_DIFF")
        .env_remove("GIT_DIFF_OPTS")
        .stdin(Stdio::null());
    command
}

/// Runs git and gives what it printed.
fn run<S: AsRef<OsStr>>(directory: &Path, arguments: impl IntoIterator<Item = S>) -> Result<Vec<u8>, GitError> {
    let output = git(directory).args(arguments).output().map_err(|error| GitError::NoGit(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it said nothing").trim_start_matches("fatal: ").to_owned();
    Err(GitError::Failed(said))
}

/// An object's name: hexadecimal digits alone.
fn hash(out: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(out).ok()?.trim();
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| text.to_owned())
}

/// The names of a list that NUL bytes separate; those that are no UTF-8 can't be analysed and are left out.
fn names(out: &[u8]) -> impl Iterator<Item = &str> {
    out.split(|byte| *byte == 0).filter(|name| !name.is_empty()).filter_map(|name| std::str::from_utf8(name).ok())
}
