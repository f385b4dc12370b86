//! `dynalens config`: the schema of the configuration file, and what holds for a path.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Exit;
use super::args::profile;
use super::check::{request_for, usage};
use super::output::{complain, look, to_stdout};
use crate::analysis::{self, Shown, UsageError};
use crate::config::schema;
use crate::policy::{Pack, Profile};
use crate::report::escape::{Json, one_line};
use crate::report::place_text;
use crate::resource::ProblemKind;
use crate::source::{Disk, Span};

/// For `--help`.
pub const EXAMPLES: &str = "Examples:
  dynalens config schema > dynalens.schema.json
  dynalens config show
  dynalens config show infra/prod/main.tf --format json";

#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Prints the JSON Schema of dynalens.yml, with the options of all policies.
    Schema {
        /// A directory with policies of your own; may be repeated.
        #[arg(long, value_name = "DIR")]
        policies: Vec<PathBuf>,
    },
    /// Prints what holds for a path, and where each value comes from.
    Show(ShowArgs),
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A file or directory; else the working directory.
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// The configuration file, in place of the nearest `dynalens.yml`.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// As if this were said on the command line.
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    pub profile: Option<Profile>,
    /// How it is written.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ShowFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ShowFormat {
    Human,
    Json,
}

/// Runs `config schema` and `config show`.
pub fn run(arguments: &ConfigArgs) -> Exit {
    let done = match &arguments.command {
        ConfigCommand::Schema { policies } => print_schema(policies),
        ConfigCommand::Show(arguments) => show(arguments),
    };
    done.unwrap_or_else(|error| usage(&error))
}

fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Exit {
    match to_stdout(write) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            complain(&format!("standard output can't be written: {error}"));
            Exit::Failed
        }
    }
}

fn print_schema(folders: &[PathBuf]) -> Result<Exit, UsageError> {
    let pack: Pack = super::pack(folders)?;
    let schema = schema::schema(&pack).map_err(|error| UsageError::new(error.to_string(), None))?;
    Ok(print(|out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        out.write_all(b"\n")
    }))
}

fn show(arguments: &ShowArgs) -> Result<Exit, UsageError> {
    let mut request = request_for(arguments.path.iter().cloned().collect());
    request.config.clone_from(&arguments.config);
    request.profile = arguments.profile;
    let shown = analysis::shown(&request, &Disk)?;
    let written = match arguments.format {
        ShowFormat::Human => print(|out| human(&shown, out)),
        ShowFormat::Json => print(|out| as_json(&shown, out)),
    };
    let broken = shown.problems.iter().any(|problem| problem.kind != ProblemKind::Note);
    Ok(if broken { Exit::Failed } else { written })
}

/// Where a setting comes from, as people see it.
fn from(shown: &Shown, place: Option<Span>) -> String {
    place.map_or_else(|| "built in".to_owned(), |span| place_text(&shown.sources, span))
}

fn human(shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let (bold, reset) = if look(super::args::Color::Auto).color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    for problem in &shown.problems {
        let place = problem.span.map(|span| place_text(&shown.sources, span)).unwrap_or_default();
        writeln!(out, "{place}: {}", one_line(&problem.message))?;
        if let Some(help) = &problem.help {
            writeln!(out, "  {}", one_line(help))?;
        }
    }
    match &shown.path {
        Some(path) => writeln!(out, "{bold}what holds for {}{reset}", one_line(&path.to_string_lossy()))?,
        None => writeln!(out, "{bold}what holds where no override speaks{reset}")?,
    }
    let widest = shown.settings.iter().map(|setting| setting.key.chars().count()).max().unwrap_or_default().min(40);
    for setting in &shown.settings {
        let (key, value) = (one_line(&setting.key), one_line(&setting.value));
        if matches!(setting.key.as_str(), "configuration" | "extends") {
            writeln!(out, "  {key:widest$}  {value}")?;
        } else {
            writeln!(out, "  {key:widest$}  {value}  ({})", from(shown, setting.place))?;
        }
    }
    if shown.settings.iter().all(|setting| setting.key != "configuration") {
        writeln!(out, "  there is no dynalens.yml; `dynalens init` writes one")?;
    }
    writeln!(out, "\n{bold}policies{reset}")?;
    for policy in &shown.policies {
        let state = if policy.on { policy.severity } else { "off" };
        let options: Vec<String> =
            policy.options.iter().map(|(name, value)| format!("{}: {}", one_line(name), one_line(value))).collect();
        let options = if options.is_empty() { String::new() } else { format!("  {}", options.join(", ")) };
        let places: Vec<String> = policy.places.iter().map(|span| from(shown, Some(*span))).collect();
        writeln!(out, "  {}: {state}{options}  ({})", policy.name, places.join(", then "))?;
    }
    writeln!(
        out,
        "  {} take part",
        crate::report::summary::plural(shown.count, "policy").replace("policys", "policies")
    )
}

fn as_json(shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let place = |span: Option<Span>| {
        let Some((span, file)) = span.and_then(|span| Some((span, shown.sources.get(span.file)?))) else {
            return serde_json::Value::Null;
        };
        let at = file.position(span.start);
        json!({ "file": file.path_text(), "line": at.line, "column": at.column })
    };
    let settings: Vec<_> = shown
        .settings
        .iter()
        .map(|setting| json!({ "key": setting.key, "value": setting.value, "from": place(setting.place) }))
        .collect();
    let policies: Vec<_> = shown
        .policies
        .iter()
        .map(|policy| {
            let options: serde_json::Map<_, _> =
                policy.options.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let places: Vec<_> = policy.places.iter().map(|span| place(Some(*span))).collect();
            json!({ "name": policy.name, "on": policy.on, "severity": policy.severity, "options": options, "from": places })
        })
        .collect();
    let problems: Vec<_> = shown
        .problems
        .iter()
        .map(|problem| json!({ "message": problem.message, "help": problem.help, "at": place(problem.span) }))
        .collect();
    let path = shown.path.as_ref().map(|path| path.to_string_lossy().replace('\\', "/"));
    let form = json!({
        "version": 1,
        "path": path,
        "settings": settings,
        "policies": policies,
        "policies_taking_part": shown.count,
        "problems": problems,
    });
    serde_json::to_writer_pretty(Json(&mut *out), &form)?;
    out.write_all(b"\n")
}
