//! `dynalens suppress`: puts up with what is found, with a reason.

use std::io::{self, Write};

use clap::Args;

use super::Exit;
use super::args::{ChoiceArgs, InputArgs, ScopeArgs};
use super::check::{choose, prepare_threads, request, scope, usage};
use super::fix::{apply_files, ended, roots, show_diff};
use super::output::to_stdout;
use crate::analysis::{self, Form, UsageError};
use crate::finding::suppress::Reason;
use crate::finding::triage::Date;
use crate::report::escape::one_line;
use crate::source::Disk;

/// For `--help`.
pub const EXAMPLES: &str = "Examples:
  dynalens suppress --select deletion-protection-disabled --reason \"rebuilt nightly\" infra/cache.tf
  dynalens suppress --reason \"until the migration\" --until 2027-03-01 --diff
  dynalens suppress --in-configuration --reason \"accepted by the platform team\"";

#[derive(Debug, Args)]
pub struct SuppressArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Why the findings are acceptable.
    #[arg(long, value_name = "TEXT", value_parser = reason, help_heading = "Suppressing")]
    pub reason: String,
    /// The last day on which the suppressions hold (year-month-day).
    #[arg(long, value_name = "DATE", value_parser = date, help_heading = "Suppressing")]
    pub until: Option<Date>,
    /// Write entries of the configuration file in place of comments.
    #[arg(long, help_heading = "Suppressing")]
    pub in_configuration: bool,
    /// Show what would change as a unified diff, and write nothing.
    #[arg(long, help_heading = "Suppressing")]
    pub diff: bool,
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("say why the findings are acceptable".to_owned()) } else { Ok(text.to_owned()) }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a day of the calendar as year-month-day: 2027-03-01".to_owned())
}

/// Writes the suppressions and tells what was done.
pub fn run(arguments: SuppressArgs) -> Exit {
    let mut request = match request(arguments.input) {
        Ok(request) => request,
        Err(error) => return usage(&error),
    };
    if request.stdin.is_some() {
        let help = "name the files".to_owned();
        return usage(&UsageError::new("suppressions are written into files, not standard input", Some(help)));
    }
    if arguments.until.is_some_and(|until| until < request.today) {
        return usage(&UsageError::new("--until lies in the past, so nothing would be suppressed", None));
    }
    choose(&mut request, arguments.choice);
    scope(&mut request, arguments.scope);
    prepare_threads();
    let form = if arguments.in_configuration { Form::Configuration } else { Form::Comments };
    let reason = Reason { text: &arguments.reason, until: arguments.until };
    let done = match analysis::suppress_findings(&request, &Disk, &reason, form) {
        Ok(done) => done,
        Err(error) => return usage(&error),
    };
    let written = if arguments.diff {
        show_diff(&done.files).map(|()| true)
    } else {
        Ok(apply_files(&done.files, &roots(&request)))
    };
    let tell = |out: &mut dyn Write| {
        for place in &done.left {
            writeln!(out, "{}: there is no place for a comment; use --in-configuration", one_line(place))?;
        }
        let files = done.files.len();
        let (findings, file) =
            (if done.count == 1 { "finding" } else { "findings" }, if files == 1 { "file" } else { "files" });
        let verb = if arguments.diff { "would be suppressed" } else { "suppressed" };
        writeln!(out, "{} {findings} {verb} in {files} {file}", done.count)
    };
    let told = if arguments.diff { tell(&mut io::stderr().lock()) } else { to_stdout(tell) };
    ended(&written, &told, &done.analysis)
}
