//! `dynalens baseline`: writes down the findings that are there, so that checks report only new ones.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Exit;
use super::args::{ChoiceArgs, InputArgs};
use super::check::{choose, prepare_threads, request, usage};
use super::output::{complain, to_file, to_stdout};
use crate::analysis::{self, Bookkeeping, UsageError};
use crate::finding::baseline::Baseline;
use crate::source::Disk;

/// For `--help`.
pub const EXAMPLES: &str = "Examples:
  dynalens baseline create                       writes dynalens-baseline.json
  dynalens --baseline dynalens-baseline.json     reports only what is new
  dynalens baseline prune                        takes out what is mended
  dynalens baseline update                       takes in what is new as well

`baseline: dynalens-baseline.json` in dynalens.yml makes every check go by it.";

/// What the file is called where nobody says otherwise.
const DEFAULT_NAME: &str = "dynalens-baseline.json";

#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// What to do.
    pub action: Action,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    /// The baseline; else the configuration's, or `dynalens-baseline.json`.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Action {
    /// Write a new file that knows all active findings.
    Create,
    /// Make the file know all active findings, and forget those that are mended.
    Update,
    /// Make the file forget the findings that are mended.
    Prune,
}

/// Writes the baseline.
pub fn run(arguments: BaselineArgs) -> Exit {
    let BaselineArgs { action, input, choice, baseline } = arguments;
    let mut request = match request(input) {
        Ok(request) => request,
        Err(error) => return usage(&error),
    };
    choose(&mut request, choice);
    request.baselines = false;
    request.baseline.clone_from(&baseline);
    prepare_threads();
    match write(&request, action) {
        Ok(said) => match to_stdout(|out| writeln!(out, "{said}")) {
            Ok(()) => Exit::Clean,
            Err(error) => {
                complain(&format!("standard output can't be written: {error}"));
                Exit::Failed
            }
        },
        Err(error) => usage(&error),
    }
}

fn write(request: &analysis::Request, action: Action) -> Result<String, UsageError> {
    let books = Bookkeeping::new(request, Path::new(DEFAULT_NAME), &Disk)?;
    let path = books.path().to_owned();
    let shown = path.display();
    if books.is_broken() {
        complain("some of the input can't be read, and the baseline knows nothing of it; `dynalens` says what");
    }
    let exists = path.exists();
    let (baseline, said) = match action {
        Action::Create if exists => {
            let help = "`dynalens baseline update` writes it anew, `prune` takes out what is mended".to_owned();
            return Err(UsageError::new(format!("there is a baseline already: `{shown}`"), Some(help)));
        }
        Action::Create => {
            let baseline = books.created();
            let count = baseline.findings.len();
            (
                baseline,
                format!("`{shown}` knows {}; `dynalens --baseline {shown}` reports what is new", findings(count)),
            )
        }
        Action::Update | Action::Prune => {
            let old = analysis::read_baseline(&path, &Disk)?;
            let new = if action == Action::Update { books.updated(&old) } else { books.pruned(&old) };
            let said = changed(&old, &new, &shown.to_string());
            (new, said)
        }
    };
    to_file(&path, |out| out.write_all(baseline.text().as_bytes()))
        .map_err(|error| UsageError::new(format!("`{shown}` can't be written: {error}"), None))?;
    Ok(said)
}

fn findings(count: usize) -> String {
    crate::report::summary::plural(count, "finding")
}

/// What happened to a baseline, in words.
fn changed(old: &Baseline, new: &Baseline, path: &str) -> String {
    let missing = |from: &Baseline, of: &Baseline| {
        let mut left = from.findings.clone();
        for known in &of.findings {
            if let Some(at) = left.iter().position(|one| one == known) {
                left.remove(at);
            }
        }
        left.len()
    };
    let (added, removed) = (missing(new, old), missing(old, new));
    format!("`{path}` knows {}: {added} added, {removed} taken out", findings(new.findings.len()))
}
