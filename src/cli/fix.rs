//! `dynalens fix` and `dynalens check --fix`: mends what can be mended, or shows how.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::args::{ChoiceArgs, InputArgs, ScopeArgs};
use super::check::{choose, prepare_threads, request, scope, usage};
use super::output::{complain, to_stdout};
use super::write::write_file;
use crate::analysis::{self, Analysis, ChangedFile, Fixing, Request, Which};
use crate::report::diff;
use crate::report::escape::one_line;
use crate::resource::ProblemKind;
use crate::source::Disk;

/// For `--help`.
pub const EXAMPLES: &str = "Examples:
  dynalens fix                     what is safe, everywhere below the working directory
  dynalens fix --diff infra/       what would change there
  dynalens fix --unsafe --select point-in-time-recovery-disabled,scaling-target-value-too-high
  dynalens fix - --stdin-filename a.yaml < a.yaml > b.yaml";

#[derive(Debug, Args)]
pub struct FixArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub how: HowArgs,
    /// Mend suppressed findings as well.
    #[arg(long)]
    pub no_suppressions: bool,
}

/// Which fixes, and what becomes of them.
#[derive(Clone, Copy, Debug, Args)]
pub struct HowArgs {
    /// Apply fixes as well that may replace a resource, change behaviour or cost, or need a decision.
    #[arg(long = "unsafe", help_heading = "Fixing")]
    pub all: bool,
    /// Show what would change as a unified diff, and write nothing.
    #[arg(long, help_heading = "Fixing")]
    pub diff: bool,
}

/// Mends and tells what was done.
pub fn run(arguments: FixArgs) -> Exit {
    let mut request = match request(arguments.input) {
        Ok(request) => request,
        Err(error) => return usage(&error),
    };
    choose(&mut request, arguments.choice);
    request.suppressions = !arguments.no_suppressions;
    scope(&mut request, arguments.scope);
    prepare_threads();
    let fixing = match analysis::fix(&request, &Disk, which(arguments.how)) {
        Ok(fixing) => fixing,
        Err(error) => return usage(&error),
    };
    // What goes through standard input comes out of standard output, and nothing else does.
    let to_errors = arguments.how.diff || request.stdin.is_some();
    let written = apply(&fixing, &request, arguments.how);
    let told = if to_errors {
        tell(&fixing, arguments.how, &mut io::stderr().lock())
    } else {
        to_stdout(|out| tell(&fixing, arguments.how, out))
    };
    ended(&written, &told, &fixing.analysis)
}

/// What a command that writes files ends with. `written` says whether all of them could be written.
pub fn ended(written: &io::Result<bool>, told: &io::Result<()>, analysis: &Analysis) -> Exit {
    if let (Err(error), _) | (_, Err(error)) = (written, told) {
        complain(&format!("standard output can't be written: {error}"));
        return Exit::Failed;
    }
    let mut broken = false;
    for problem in analysis.problems.iter().filter(|problem| problem.kind != ProblemKind::Note) {
        let file = problem.span.and_then(|span| Some((span, analysis.sources.get(span.file)?)));
        let place = match (file, &problem.path) {
            (Some((span, file)), _) => format!("{}:{}: ", file.path_text(), file.lines().line_of(span.start) + 1),
            (None, Some(path)) => format!("{}: ", path.to_string_lossy().replace('\\', "/")),
            (None, None) => String::new(),
        };
        complain(&one_line(&format!("{place}{}", problem.message)));
        broken = true;
    }
    match written {
        Ok(true) if broken => Exit::Failed,
        Ok(true) if analysis.counts.files == 0 => Exit::NothingToCheck,
        Ok(true) => Exit::Clean,
        _ => Exit::Failed,
    }
}

#[must_use]
pub fn which(how: HowArgs) -> Which {
    if how.all { Which::All } else { Which::Safe }
}

/// Writes the changed files, or shows them. Whether all of them could be written.
///
/// # Errors
/// Standard output that can't be written.
pub fn apply(fixing: &Fixing, request: &Request, how: HowArgs) -> io::Result<bool> {
    if how.diff {
        show_diff(&fixing.files)?;
        return Ok(true);
    }
    if let Some((path, bytes)) = &request.stdin {
        let changed = fixing.files.iter().find(|file| file.path == *path);
        to_stdout(|out| out.write_all(changed.map_or(bytes, |file| file.after.as_bytes())))?;
    }
    let from_stdin = |file: &&ChangedFile| request.stdin.as_ref().is_none_or(|(path, _)| *path != file.path);
    let files: Vec<ChangedFile> = fixing.files.iter().filter(from_stdin).cloned().collect();
    Ok(apply_files(&files, &roots(request)))
}

/// Shows what would change.
///
/// # Errors
/// Standard output that can't be written.
pub fn show_diff(files: &[ChangedFile]) -> io::Result<()> {
    let terminal = io::stdout().is_terminal();
    let show = |line: &str| if terminal { one_line(line).into_owned() } else { line.to_owned() };
    to_stdout(|out| {
        files.iter().try_for_each(|file| {
            let path = file.path.to_string_lossy().replace('\\', "/");
            diff::unified(&path, &file.before, &file.after, &show, out)
        })
    })
}

/// Writes the changed files; whether all of them could be written.
pub fn apply_files(files: &[ChangedFile], roots: &[PathBuf]) -> bool {
    let mut whole = true;
    for file in files {
        if let Err(error) = write_file(&file.path, &file.before, &file.after, roots) {
            complain(&format!("`{}` is left as it was: {error}", one_line(&file.path.to_string_lossy())));
            whole = false;
        }
    }
    whole
}

/// The directories that symbolic links may lead to: those that were asked for.
pub fn roots(request: &Request) -> Vec<PathBuf> {
    let here = Path::new(".");
    let paths = request.paths.iter().map(|path| if path.is_dir() { path } else { path.parent().unwrap_or(here) });
    std::iter::once(here)
        .chain(paths)
        .filter_map(|path| std::fs::canonicalize(if path.as_os_str().is_empty() { here } else { path }).ok())
        .collect()
}

/// What was done, and what is left to do.
///
/// # Errors
/// Those of the writer.
pub fn tell(fixing: &Fixing, how: HowArgs, out: &mut dyn Write) -> io::Result<()> {
    let place = |path: &Path, line: usize| format!("{}:{line}", one_line(&path.to_string_lossy().replace('\\', "/")));
    for fixed in &fixing.fixed {
        let mark = if fixed.safe { "" } else { " (unsafe)" };
        writeln!(out, "{}: {}{mark}: {}", place(&fixed.path, fixed.line), fixed.policy, one_line(&fixed.title))?;
    }
    for (fixed, why) in &fixing.refused {
        writeln!(out, "{}: {} is left: {why}", place(&fixed.path, fixed.line), fixed.policy)?;
    }
    let (count, files) = (fixing.fixed.len(), fixing.files.len());
    let done = if how.diff { "would be fixed" } else { "fixed" };
    let findings = if count == 1 { "finding" } else { "findings" };
    let in_files = if files == 1 { "file" } else { "files" };
    match count {
        0 => write!(out, "nothing to fix")?,
        _ => write!(out, "{count} {findings} {done} in {files} {in_files}")?,
    }
    match fixing.unsafe_left {
        0 => writeln!(out),
        more => writeln!(out, "; {more} more with --unsafe"),
    }
}
