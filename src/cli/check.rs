//! `dynalens check`: a request out of arguments, reports out of the analysis, an exit code out of both.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::CommandFactory;

use super::args::{CheckArgs, ChoiceArgs, Format, InputArgs, ScopeArgs};
use super::output::{complain, look, to_file, to_stdout};
use super::progress::Shown;
use super::{Exit, fix};
use crate::analysis::{self, Analysis, Request, Since, UsageError};
use crate::finding::Status;
use crate::finding::suggest::did_you_mean;
use crate::finding::triage::Date;
use crate::policy::Severity;
use crate::report::escape::one_line;
use crate::report::human::Look;
use crate::report::{concise, github, gitlab, human, json, markdown, sarif, xml};
use crate::resource::ProblemKind;
use crate::source::Disk;

/// For `--help`.
pub const EXAMPLES: &str = "Examples:
  dynalens                                everything below the working directory
  dynalens infra/ --profile strict        good advice that some find noisy, too
  dynalens --changed-since origin/main    what a pull request touches
  dynalens --staged                       what a commit would bring
  dynalens --environment prod             one of the configured environments
  dynalens --format json --output sarif=dynalens.sarif --output markdown=summary.md
  cat template.yaml | dynalens - --stdin-filename template.yaml";

/// Checks and writes the reports.
pub fn run(arguments: CheckArgs) -> Exit {
    let started = Instant::now();
    let mut look = look(arguments.color);
    look.suppressed = arguments.show_suppressed;
    let mut request = match request(arguments.input) {
        Ok(request) => request,
        Err(error) => return usage(&error),
    };
    choose(&mut request, arguments.choice);
    request.suppressions = !arguments.no_suppressions;
    request.other_tools = !arguments.no_other_tools;
    scope(&mut request, arguments.scope);
    prepare_threads();
    let formats = arguments.output.iter().map(|output| output.format).chain([arguments.format]);
    request.fixes =
        formats.into_iter().any(|format| matches!(format, Format::Json | Format::JsonLines | Format::Sarif));
    let mut analysis = if arguments.fix || arguments.how.diff {
        let fixing = match analysis::fix(&request, &Disk, fix::which(arguments.how)) {
            Ok(fixing) => fixing,
            Err(error) => return usage(&error),
        };
        let told = fix::apply(&fixing, &request, arguments.how)
            .and_then(|whole| fix::tell(&fixing, arguments.how, &mut io::stderr().lock()).map(|()| whole));
        match told {
            Ok(true) if arguments.how.diff => return exit(&fixing.analysis, arguments.fail_on),
            Ok(true) => fixing.analysis,
            Ok(false) => return Exit::Failed,
            Err(error) => {
                complain(&format!("standard output can't be written: {error}"));
                return Exit::Failed;
            }
        }
    } else {
        request.is_last = true;
        let shown = Shown::start(&request.progress);
        let analysis = analysis::run(&request, &Disk);
        drop(shown);
        match analysis {
            Ok(analysis) => analysis,
            Err(error) => return usage(&error),
        }
    };
    suggest_commands(&mut analysis);
    let duration = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    for output in &arguments.output {
        // A file is no terminal.
        let look = Look { color: false, links: false, ..look };
        if let Err(error) = to_file(&output.path, |out| write(&analysis, output.format, look, duration, out)) {
            complain(&format!("`{}` can't be written: {error}", output.path.display()));
            return Exit::Failed;
        }
    }
    if let Err(error) = to_stdout(|out| write(&analysis, arguments.format, look, duration, out)) {
        complain(&format!("the report can't be written: {error}"));
        return Exit::Failed;
    }
    let ended = exit(&analysis, arguments.fail_on);
    // The process ends here.
    std::mem::forget(analysis);
    match ended {
        Exit::NothingToCheck if arguments.allow_no_code => Exit::Clean,
        ended => ended,
    }
}

fn write(analysis: &Analysis, format: Format, look: Look, duration: u64, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(analysis, look, out),
        Format::Concise => concise::write(analysis, out),
        Format::Json => json::write(analysis, duration, out),
        Format::JsonLines => json::lines(analysis, out),
        Format::Sarif => sarif::write(analysis, look.suppressed, out),
        Format::Github => github::write(analysis, out),
        Format::Gitlab => gitlab::write(analysis, out),
        Format::Junit => xml::junit(analysis, out),
        Format::Checkstyle => xml::checkstyle(analysis, out),
        Format::Markdown => markdown::write(analysis, out),
    }
}

fn exit(analysis: &Analysis, fail_on: Severity) -> Exit {
    if analysis.problems.iter().any(|problem| problem.kind != ProblemKind::Note) {
        return Exit::Failed;
    }
    let fails = |finding: &crate::finding::Finding| finding.status == Status::Active && finding.severity >= fail_on;
    if analysis.findings.iter().any(fails) {
        return Exit::Findings;
    }
    if analysis.counts.files == 0 {
        return Exit::NothingToCheck;
    }
    Exit::Clean
}

/// Says what has to be written otherwise.
pub fn usage(error: &UsageError) -> Exit {
    complain(&error.message);
    if let Some(help) = &error.help {
        let _ = writeln!(io::stderr().lock(), "  help: {}", one_line(help));
    }
    Exit::Failed
}

/// The part of a request that says what is analysed.
///
/// # Errors
/// Standard input that can't be read, or is named twice.
pub fn request(input: InputArgs) -> Result<Request, UsageError> {
    let mut request = request_for(Vec::new());
    let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        input.paths.into_iter().partition(|path| path.as_os_str() == "-");
    request.paths = paths;
    if !stdin.is_empty() {
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| UsageError::new(format!("standard input can't be read: {error}"), None))?;
        request.stdin = Some((input.stdin_filename.unwrap_or_else(|| PathBuf::from("<stdin>")), bytes));
    } else if input.stdin_filename.is_some() {
        let help = "put `-` among the paths: `dynalens - --stdin-filename template.yaml`".to_owned();
        return Err(UsageError::new("--stdin-filename names standard input, which is not read", Some(help)));
    }
    request.config = input.config;
    request.environment = input.environment;
    request.parameters = input.parameters;
    request.variables = input.variables;
    if input.tf_var_env {
        let texts =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let given = texts.filter_map(|(name, value)| Some((name.strip_prefix("TF_VAR_")?.to_owned(), value)));
        request.environment_variables = given.collect();
        request.environment_variables.sort();
    }
    Ok(request)
}

/// A path that is not there may have been meant as a command.
fn suggest_commands(analysis: &mut Analysis) {
    let command = super::args::Cli::command();
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    for problem in &mut analysis.problems {
        let word = problem.path.as_ref().and_then(|path| path.to_str());
        if let Some(word) = word.filter(|word| problem.help.is_none() && !word.contains(['/', '\\', '.'])) {
            let near = did_you_mean(word, names.iter().copied());
            problem.help = near.map(|near| format!("{near} (`dynalens --help` lists the commands)"));
        }
    }
}

/// A request of today for some paths.
pub fn request_for(paths: Vec<PathBuf>) -> Request {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut request = Request::new(Date::from_unix(now));
    request.paths = paths;
    request
}

/// Gives the worker threads room for deeply nested code; the bounds on nesting are far within it.
pub fn prepare_threads() {
    const STACK: usize = 16 << 20;
    // Threads that are there already are as good.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
}

pub fn scope(request: &mut Request, scope: ScopeArgs) {
    request.since = match scope.changed_since {
        Some(revision) => Some(Since::Revision(revision)),
        None => scope.staged.then_some(Since::Staged),
    };
    request.new_since = scope.new_since;
    request.baseline = scope.baseline;
    request.baselines = !scope.no_baseline;
}

/// Takes over which policies take part.
pub fn choose(request: &mut Request, choice: ChoiceArgs) {
    request.profile = choice.profile;
    request.select = choice.select;
    request.ignore = choice.ignore;
    request.min_confidence = choice.min_confidence;
    request.closed_world = choice.closed_world;
    request.policy_folders = choice.policies;
}
