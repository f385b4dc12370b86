//! The command line as clap reads it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use super::baseline::BaselineArgs;
use super::config::ConfigArgs;
use super::doctor::DoctorArgs;
use super::init::InitArgs;
use crate::analysis::VariableArgument;
use crate::finding::suggest::did_you_mean;
use crate::policy::{Confidence, Profile, Severity};

/// Holds the DynamoDB tables, indexes and DAX clusters of infrastructure code against the Amazon DynamoDB
/// Well-Architected Lens.
#[derive(Debug, Parser)]
#[command(
    name = "dynalens",
    version,
    about,
    subcommand_required = true,
    arg_required_else_help = false,
    after_help = "Without a command, `dynalens` checks: `dynalens infra/` is `dynalens check infra/`.\n\n\
                  Exit codes: 0 nothing found, 1 active findings at or above --fail-on, 2 dynalens could not do its \
                  work, 3 no infrastructure code found."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks files and directories (this is what `dynalens` does without a command).
    #[command(
        after_help = super::check::EXAMPLES
    )]
    Check(Box<CheckArgs>),
    /// Keeps a list of the findings that are there today, so that checks report only new ones.
    #[command(after_help = super::baseline::EXAMPLES)]
    Baseline(Box<BaselineArgs>),
    /// Looks at the repository and writes a dynalens.yml that fits it.
    #[command(after_help = super::init::EXAMPLES)]
    Init(InitArgs),
    /// The configuration file: its schema, and what holds for a path.
    #[command(after_help = super::config::EXAMPLES)]
    Config(ConfigArgs),
    /// Mends findings in the files: what is safe, and with --unsafe the rest.
    #[command(after_help = super::fix::EXAMPLES)]
    Fix(Box<super::fix::FixArgs>),
    /// Suppresses the current findings, with a reason: comments, or entries of the configuration.
    #[command(after_help = super::suppress::EXAMPLES)]
    Suppress(Box<super::suppress::SuppressArgs>),
    /// Says what a run finds, what it lacks (modules, inputs) and what to run.
    #[command(after_help = super::doctor::EXAMPLES)]
    Doctor(Box<DoctorArgs>),
    /// Prints what a policy means: the rule, the reason, examples.
    #[command(
        after_help = "Examples:\n  dynalens explain point-in-time-recovery-disabled\n  dynalens explain CKV_AWS_28"
    )]
    Explain(ExplainArgs),
    /// Lists the policies.
    #[command(
        after_help = "Examples:\n  dynalens policies --profile default\n  dynalens policies --format json\n  dynalens \
                      policies --policies our-policies/"
    )]
    Policies(PoliciesArgs),
    /// Prints what dynalens understood of the code: resources, attributes, the linked model.
    #[command(
        after_help = "Examples:\n  dynalens model template.yaml\n  dynalens model infra/ --origins --environment prod"
    )]
    Model(Box<ModelArgs>),
    /// Serves an editor: the Language Server Protocol on standard input and output.
    #[command(
        after_help = "Examples:\n  dynalens lsp          what an editor is told to start; docs/editors.md has its \
                      configuration"
    )]
    Lsp(LspArgs),
    /// Prints a completion script for a shell.
    #[command(
        after_help = "Examples:\n  dynalens completions bash > ~/.local/share/bash-completion/completions/dynalens\n  \
                      dynalens completions zsh > \"${fpath[1]}/_dynalens\"\n  dynalens completions fish > \
                      ~/.config/fish/completions/dynalens.fish\n  dynalens completions powershell >> $PROFILE"
    )]
    Completions(CompletionsArgs),
    /// Prints the manual page, or writes one for each command.
    #[command(after_help = "Examples:\n  dynalens man | man -l -\n  dynalens man --dir ~/.local/share/man/man1")]
    Man(ManArgs),
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct CheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    /// The least severity of an active finding that makes the exit code 1.
    #[arg(long, value_name = "SEVERITY", default_value = "low", value_parser = severity, hide_possible_values = false)]
    pub fail_on: Severity,
    /// Report suppressed findings as active.
    #[arg(long)]
    pub no_suppressions: bool,
    /// Marks of other tools (checkov:skip, tfsec:ignore, cfn_nag's and Guard's metadata) suppress nothing.
    #[arg(long)]
    pub no_other_tools: bool,
    /// End with 0, and not with 3, where there is no infrastructure code.
    #[arg(long)]
    pub allow_no_code: bool,
    /// List suppressed findings as well, with their reasons: in the report for people, and in SARIF.
    #[arg(long)]
    pub show_suppressed: bool,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Mend what is safe to mend before reporting the rest, as `dynalens fix` does.
    #[arg(long, help_heading = "Fixing")]
    pub fix: bool,
    #[command(flatten)]
    pub how: super::fix::HowArgs,
    /// How the report is written to standard output.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Write a report to a file as well; may be repeated.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    pub output: Vec<Output>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// Which of the findings are news.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// Report only what this file does not know; `dynalens baseline create` writes it.
    #[arg(long, value_name = "FILE", help_heading = "Adopting")]
    pub baseline: Option<PathBuf>,
    /// Report all findings, whatever the configuration's baseline knows.
    #[arg(long, conflicts_with = "baseline", help_heading = "Adopting")]
    pub no_baseline: bool,
    /// Report only findings of which a label touches a line that was changed since this git revision.
    #[arg(long, value_name = "REF", conflicts_with = "staged", help_heading = "Adopting")]
    pub changed_since: Option<String>,
    /// Analyse the files as they are staged, and report only findings of which a label touches a staged line.
    #[arg(long, help_heading = "Adopting")]
    pub staged: bool,
    /// Report only findings that were not there at this git revision.
    #[arg(long, value_name = "REF", help_heading = "Adopting")]
    pub new_since: Option<String>,
}

/// What is analysed, and what is known of it from outside.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// Files, directories and globs; `-` is standard input. Without any, the working directory.
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// The name under which standard input is analysed.
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// The configuration file, in place of the nearest `dynalens.yml`.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Evaluate for one of the configured environments only.
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// The value of a CloudFormation parameter, or a parameter file; may be repeated.
    #[arg(long, value_name = "NAME=VALUE|FILE")]
    pub parameters: Vec<String>,
    /// The value of a Terraform variable; may be repeated. Of these and variable files the last one holds.
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub var: Vec<(String, String)>,
    /// A Terraform variable file; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
    /// Take the values of Terraform variables from `TF_VAR_` variables of the environment as well.
    #[arg(long)]
    pub tf_var_env: bool,
    /// `--var` and `--var-file` as they follow each other.
    #[arg(skip)]
    pub variables: Vec<VariableArgument>,
}

/// Which policies take part.
#[derive(Debug, Args)]
pub struct ChoiceArgs {
    /// The set of policies to hold the code against.
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    pub profile: Option<Profile>,
    /// Only these policies, by name, alias, pillar or severity, whatever the profile.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these policies, by name, alias, pillar or severity.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Leave out findings that are less sure than this.
    #[arg(long, value_name = "LEVEL", default_value = "low", value_parser = confidence)]
    pub min_confidence: Confidence,
    /// All there is lies in the analysed files, so that what is missing there is missing.
    #[arg(long)]
    pub closed_world: bool,
    /// A directory with policies of your own; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub policies: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The policy, by its name or by the identifier of the same check in another tool.
    pub policy: String,
    /// A directory with policies of your own; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub policies: Vec<PathBuf>,
    /// How it is written: for a terminal, or as Markdown for editors and sites.
    #[arg(long, default_value = "human")]
    pub format: PageFormat,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  dynalens policies --profile default\n  dynalens policies --lens\n  dynalens policies new \
                  table-without-owner\n  dynalens policies test policies/"
)]
pub struct PoliciesArgs {
    #[command(subcommand)]
    pub action: Option<PoliciesAction>,
    /// Print which policies judge which questions of the DynamoDB Well-Architected Lens, and what is left to people.
    #[arg(long, conflicts_with = "profile")]
    pub lens: bool,
    /// How the list is written.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ListFormat,
    /// Only the policies of this profile.
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    pub profile: Option<Profile>,
    /// A directory with policies of your own; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub policies: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum PoliciesAction {
    /// Writes the page of a policy to start from, or a copy of one of ours to change.
    New(NewPolicyArgs),
    /// Runs the examples of your own policies.
    Test(TestPoliciesArgs),
}

#[derive(Debug, Args)]
pub struct NewPolicyArgs {
    /// What is wrong where it fails, in kebab-case: `table-without-owner`. The name of one of our policies gives a copy.
    pub name: String,
    /// The directory for the page; it is made where it is not there.
    #[arg(value_name = "DIR", default_value = "policies")]
    pub directory: PathBuf,
}

#[derive(Debug, Args)]
pub struct TestPoliciesArgs {
    /// Directories with policies. Without any, those of the configuration's `policy-folders`, else `policies`.
    #[arg(value_name = "DIR")]
    pub directories: Vec<PathBuf>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct ModelArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Print the model's schema instead: what policies can ask of each subject.
    #[arg(long)]
    pub schema: bool,
    /// How it is written: the model as JSON, its schema for people, as JSON or as Markdown.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ListFormat>,
    /// Say with each value where it comes from.
    #[arg(long)]
    pub origins: bool,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write the pages of all commands into this directory.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LspArgs {
    /// Standard input and output, which is the only way there is; editors pass it.
    #[arg(long)]
    pub stdio: bool,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    pub shell: clap_complete::Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A picture of each finding with its evidence.
    Human,
    /// One line a finding.
    Concise,
    /// Version 1 of the contract in schemas/findings-v1.schema.json.
    Json,
    /// One finding of that contract a line.
    JsonLines,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations in GitHub's workflows.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit XML, for build servers.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// A summary for a pull request or a job's page.
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    Human,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Human,
    Json,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

/// A report in a file.
#[derive(Clone, Debug)]
pub struct Output {
    pub format: Format,
    pub path: PathBuf,
}

fn output(text: &str) -> Result<Output, String> {
    let (format, path) = text.split_once('=').ok_or("write the format and the file: `json=findings.json`")?;
    let format = Format::from_str(format, false).map_err(|_| {
        let known = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
        let meant = did_you_mean(format, known.iter().map(String::as_str)).map(|meant| format!("; {meant}"));
        format!("there is no format `{format}`, but {}{}", known.join(", "), meant.unwrap_or_default())
    })?;
    if path.is_empty() {
        return Err("the file is missing: `json=findings.json`".to_owned());
    }
    Ok(Output { format, path: path.into() })
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write the name and the value: `name=value`".to_owned()),
    }
}

fn one_of<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|one| name(*one) == text).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        let near = did_you_mean(text, names.iter().copied()).map(|near| format!("; {near}"));
        format!("it is one of {}{}", names.join(", "), near.unwrap_or_default())
    })
}

fn severity(text: &str) -> Result<Severity, String> {
    one_of(text, Severity::ALL, Severity::name)
}

fn confidence(text: &str) -> Result<Confidence, String> {
    one_of(text, Confidence::ALL, Confidence::name)
}

pub fn profile(text: &str) -> Result<Profile, String> {
    one_of(text, Profile::ALL, Profile::name)
}

impl Cli {
    /// Reads arguments, the program's name first.
    ///
    /// # Errors
    /// What clap has to say: mistakes, and the texts of `--help` and `--version`.
    pub fn read(arguments: Vec<OsString>) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let arguments = with_command(&command, arguments);
        let matches = command.try_get_matches_from_mut(arguments)?;
        let mut cli = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        if let Some(input) = cli.command.input() {
            input.variables = matches.subcommand().map(|(_, matches)| in_order(matches)).unwrap_or_default();
        }
        Ok(cli)
    }
}

impl Command {
    fn input(&mut self) -> Option<&mut InputArgs> {
        match self {
            Self::Check(arguments) => Some(&mut arguments.input),
            Self::Baseline(arguments) => Some(&mut arguments.input),
            Self::Model(arguments) => Some(&mut arguments.input),
            _ => None,
        }
    }
}

/// The values and files of variables in the order of the command line, which decides which of them holds.
fn in_order(matches: &clap::ArgMatches) -> Vec<VariableArgument> {
    let values = matches.get_many::<(String, String)>("var").into_iter().flatten();
    let values = values.map(|(name, value)| VariableArgument::Value(name.clone(), value.clone()));
    let files = matches.get_many::<PathBuf>("var_file").into_iter().flatten();
    let files = files.map(|path| VariableArgument::File(path.clone()));
    let indices = |name: &str| matches.indices_of(name).into_iter().flatten();
    let mut all: Vec<(usize, VariableArgument)> =
        indices("var").zip(values).chain(indices("var_file").zip(files)).collect();
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, argument)| argument).collect()
}

/// Puts the command in front: `check` where none is named, so that options may stand before it.
fn with_command(command: &clap::Command, mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_command = |argument: &OsString| {
        argument == "help" || command.get_subcommands().any(|known| argument.to_str() == Some(known.get_name()))
    };
    let takes_value = |argument: &str| {
        let Some(name) = argument.strip_prefix("--") else { return false };
        let check = command.find_subcommand("check");
        check.is_some_and(|check| {
            check.get_arguments().any(|known| known.get_long() == Some(name) && known.get_action().takes_values())
        })
    };
    let mut at = 1;
    while let Some(argument) = arguments.get(at) {
        let text = argument.to_string_lossy();
        if is_command(argument) {
            let command = arguments.remove(at);
            arguments.insert(1, command);
            return arguments;
        }
        let global = matches!(&*text, "--help" | "-h" | "--version" | "-V");
        if global && at == 1 {
            return arguments;
        }
        if text == "--" || text == "-" || !text.starts_with('-') {
            break;
        }
        at += if takes_value(&text) { 2 } else { 1 };
    }
    arguments.insert(1.min(arguments.len()), OsString::from("check"));
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Cli, clap::Error> {
        Cli::read(std::iter::once(&"dynalens").chain(arguments).map(OsString::from).collect())
    }

    fn check(arguments: &[&str]) -> CheckArgs {
        match read(arguments).unwrap().command {
            Command::Check(check) => *check,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn check_is_the_command_where_none_is_named() {
        assert!(check(&[]).input.paths.is_empty());
        assert_eq!(check(&["a", "b"]).input.paths, ["a", "b"].map(PathBuf::from));
        assert_eq!(check(&["-", "--stdin-filename", "x.yml"]).input.paths, [PathBuf::from("-")]);
        assert_eq!(check(&["--format", "json", "infra"]).format, Format::Json);
        assert_eq!(check(&["--format", "json", "check", "infra"]).input.paths, [PathBuf::from("infra")]);
        assert_eq!(check(&["--", "model"]).input.paths, [PathBuf::from("model")]);
        assert_eq!(check(&["./model"]).input.paths, [PathBuf::from("./model")]);
    }

    #[test]
    fn lists_may_be_separated_by_commas_or_repeated() {
        assert_eq!(check(&["--select", "a,b", "--select", "c"]).choice.select, ["a", "b", "c"]);
    }

    #[test]
    fn mistakes_say_what_would_be_right() {
        for (arguments, help) in [
            (["--fail-on", "hihg"], "info, low, medium, high"),
            (["--var", "x"], "name=value"),
            (["--output", "json"], "json=findings.json"),
            (["--profile", "loud"], "default, strict, all"),
        ] {
            let message = read(&arguments).unwrap_err().to_string();
            assert!(message.contains(help), "{message}");
        }
    }
}
