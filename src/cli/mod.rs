//! The command line: arguments in, reports and an exit code out. Nothing above it touches the outside world.

mod args;
mod baseline;
mod check;
mod config;
mod doctor;
mod fix;
mod init;
mod lens;
mod lsp;
mod model;
mod output;
mod own_policies;
mod page;
mod policies;
mod progress;
mod suppress;
mod write;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use self::args::{Cli, Command, ExplainArgs, ListFormat, PageFormat, PoliciesAction, PoliciesArgs};
use self::output::{complain, look, to_stdout};
use crate::analysis::{UsageError, load_policies};
use crate::finding::triage::UNUSED_SUPPRESSION;
use crate::policy::{Pack, Policy};
use crate::source::{Disk, Sources};

/// What a run ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing was found.
    Clean = 0,
    /// There are active findings at or above the threshold.
    Findings = 1,
    /// It could not do its work: usage, configuration, unreadable or unparsable input.
    Failed = 2,
    /// There is no infrastructure code.
    NothingToCheck = 3,
}

/// Runs the program. The first argument is its name.
#[must_use]
pub fn run(arguments: Vec<OsString>) -> Exit {
    let cli = match Cli::read(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version go to standard output and are no mistakes; clap knows.
            let _ = error.print();
            return if error.use_stderr() { Exit::Failed } else { Exit::Clean };
        }
    };
    match cli.command {
        Command::Check(arguments) => check::run(*arguments),
        Command::Baseline(arguments) => baseline::run(*arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Doctor(arguments) => doctor::run(*arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Fix(arguments) => fix::run(*arguments),
        Command::Suppress(arguments) => suppress::run(*arguments),
        Command::Model(arguments) => model::run(*arguments),
        Command::Explain(arguments) => explain(&arguments),
        Command::Policies(arguments) => list(&arguments),
        Command::Lsp(_) => lsp::run(),
        Command::Completions(arguments) => {
            let mut text = Vec::new();
            clap_complete::generate(arguments.shell, &mut Cli::command(), "dynalens", &mut text);
            print(&text)
        }
        Command::Man(arguments) => man(arguments.dir.as_deref()),
    }
}

/// Prints the manual page, or writes those of all commands into a directory.
fn man(directory: Option<&Path>) -> Exit {
    let Some(directory) = directory else {
        let mut text = Vec::new();
        return match clap_mangen::Man::new(Cli::command()).render(&mut text) {
            Ok(()) => print(&text),
            Err(_) => Exit::Failed,
        };
    };
    let written = std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(Cli::command(), directory));
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => {
            complain(&format!("`{}` can't be written: {error}", directory.display()));
            Exit::Failed
        }
    }
}

fn print(text: &[u8]) -> Exit {
    match to_stdout(|out| out.write_all(text)) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            complain(&format!("standard output can't be written: {error}"));
            Exit::Failed
        }
    }
}

/// The built-in policies and those of some folders.
fn pack(folders: &[PathBuf]) -> Result<Pack, UsageError> {
    let (pack, problems) = load_policies(folders, &Disk, &Sources::new())?;
    match problems.into_iter().next() {
        None => Ok(pack),
        Some(problem) => Err(UsageError::new(problem.message, problem.help)),
    }
}

fn explain(arguments: &ExplainArgs) -> Exit {
    let pack = match pack(&arguments.policies) {
        Ok(pack) => pack,
        Err(error) => return check::usage(&error),
    };
    let found = crate::analysis::find_policies(&pack, &arguments.policy);
    if arguments.policy == UNUSED_SUPPRESSION {
        return match arguments.format {
            PageFormat::Human => print(policies::UNUSED_SUPPRESSION_PAGE.as_bytes()),
            PageFormat::Markdown => print(policies::unused_suppression_markdown().as_bytes()),
        };
    }
    if found.is_empty() {
        let help = pack
            .suggest(&arguments.policy)
            .map_or_else(|| "`dynalens policies` lists them".to_owned(), |name| format!("did you mean `{name}`?"));
        let message = format!("there is no policy `{}`", arguments.policy);
        return check::usage(&UsageError::new(message, Some(help)));
    }
    let page: &dyn Fn(&Policy) -> String = match arguments.format {
        PageFormat::Human => &|policy| policies::explain(policy, look(arguments.color)),
        PageFormat::Markdown => &|policy| policies::explain_markdown(policy),
    };
    let pages: Vec<String> = found.iter().map(|policy| page(policy)).collect();
    print(pages.join("\n").as_bytes())
}

fn list(arguments: &PoliciesArgs) -> Exit {
    match &arguments.action {
        Some(PoliciesAction::New(new)) => return own_policies::new(new),
        Some(PoliciesAction::Test(test)) => return own_policies::test(test),
        None => {}
    }
    let pack = match pack(&arguments.policies) {
        Ok(pack) => pack,
        Err(error) => return check::usage(&error),
    };
    let wanted = |policy: &&Policy| arguments.profile.is_none_or(|profile| policy.profile <= profile);
    let pages: Vec<_> = pack.iter().filter(wanted).map(|policy| &**policy).collect();
    let mut text = Vec::new();
    let written = match arguments.format {
        ListFormat::Human if arguments.lens => lens::human(&pack, look(args::Color::Auto), &mut text),
        ListFormat::Json if arguments.lens => lens::json(&pack, &mut text),
        ListFormat::Markdown if arguments.lens => lens::markdown(&pack, &mut text),
        ListFormat::Human => policies::human(&pages, look(args::Color::Auto), &mut text),
        ListFormat::Json => policies::json(&pages, &mut text),
        ListFormat::Markdown => policies::markdown(&pages, &mut text),
    };
    match written {
        Ok(()) => print(&text),
        Err(_) => Exit::Failed,
    }
}
