//! `dynalens doctor`: what a run finds, what it lacks, and what to do about that.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use super::Exit;
use super::args::InputArgs;
use super::check::{prepare_threads, request, usage};
use super::output::{complain, to_stdout};
use crate::analysis::{self, Analysis, Understanding, survey};
use crate::report::escape::one_line;
use crate::report::summary::plural;
use crate::resource::{Language, ProblemKind};
use crate::source::Disk;
use crate::source::git::Repository;

/// For `--help`.
pub const EXAMPLES: &str = "Examples:
  dynalens doctor
  dynalens doctor infra/ --environment prod";

#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub input: InputArgs,
}

/// Prints the diagnosis. It ends with 0 unless it can't do its work: what is missing is no fault.
pub fn run(arguments: DoctorArgs) -> Exit {
    let request = match request(arguments.input) {
        Ok(request) => request,
        Err(error) => return usage(&error),
    };
    prepare_threads();
    let understood = analysis::understand(&request, &Disk);
    let analysed = analysis::run(&request, &Disk);
    let (understanding, analysis) = match (understood, analysed) {
        (Ok((understanding, _)), Ok(analysis)) => (understanding, analysis),
        (Err(error), _) | (_, Err(error)) => return usage(&error),
    };
    let first = request.paths.first().map_or(Path::new(""), |path| path);
    let directory = if first.is_file() { first.parent().unwrap_or(Path::new("")) } else { first };
    let written = to_stdout(|out| {
        let mut report = Report { out, advice: Vec::new() };
        report.place(directory)?;
        report.found(&understanding, &analysis)?;
        report.modules(&analysis)?;
        report.inputs(&understanding, &analysis, directory)?;
        report.broken(&analysis)?;
        report.advice()
    });
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => {
            complain(&format!("standard output can't be written: {error}"));
            Exit::Failed
        }
    }
}

struct Report<'a> {
    out: &'a mut dyn Write,
    /// What to run, in order.
    advice: Vec<String>,
}

/// How many of a kind are listed.
const LISTED: usize = 12;

impl Report<'_> {
    fn line(&mut self, what: &str, said: &str) -> io::Result<()> {
        writeln!(self.out, "{what:14} {said}")
    }

    fn list(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines.iter().take(LISTED) {
            writeln!(self.out, "{:14} - {}", "", one_line(line))?;
        }
        if lines.len() > LISTED {
            writeln!(self.out, "{:14} and {} more", "", lines.len() - LISTED)?;
        }
        Ok(())
    }

    fn place(&mut self, directory: &Path) -> io::Result<()> {
        self.line("dynalens", env!("CARGO_PKG_VERSION"))?;
        // The working directory has an empty name.
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let repository = match Repository::of(&absolute) {
            Ok(repository) => one_line(&repository.root().to_string_lossy()).into_owned(),
            Err(error) => format!("none: {error}"),
        };
        self.line("repository", &repository)?;
        let configuration = survey(directory, &Disk).configuration;
        match configuration {
            Some(path) => self.line("configuration", &one_line(&path.to_string_lossy())),
            None => {
                self.advice.push("dynalens init: writes a configuration that fits this repository".to_owned());
                self.line("configuration", "none")
            }
        }
    }

    fn found(&mut self, understanding: &Understanding, analysis: &Analysis) -> io::Result<()> {
        let of = |language: Language| {
            understanding.projects.iter().filter(|one| one.deployment == 0 && one.project.language == language).count()
        };
        let mut parts = vec![plural(analysis.counts.files, "file")];
        for (language, what) in [
            (Language::CloudFormation, "CloudFormation stack"),
            (Language::Sam, "SAM application"),
            (Language::Terraform, "Terraform root module"),
        ] {
            let count = of(language);
            if count > 0 {
                parts.push(plural(count, what));
            }
        }
        parts.push(plural(analysis.counts.tables, "table"));
        self.line("found", &parts.join(", "))?;
        if analysis.counts.files == 0 {
            self.advice
                .push("dynalens PATH: names the directory or file that holds the infrastructure code".to_owned());
        }
        let environments: Vec<String> = understanding
            .projects
            .iter()
            .filter_map(|one| one.project.environment.as_ref().map(ToString::to_string))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let said = if environments.is_empty() {
            "none; every open input is followed".to_owned()
        } else {
            environments.join(", ")
        };
        self.line("environments", &one_line(&said))?;
        let policies = plural(analysis.counts.policies, "policy").replace("policys", "policies");
        self.line("policies", &format!("{policies} take part"))
    }

    fn modules(&mut self, analysis: &Analysis) -> io::Result<()> {
        let missing = analysis.problems.iter().filter(|problem| problem.message.contains("is not installed"));
        let mut places: BTreeMap<&str, String> = BTreeMap::new();
        for problem in missing {
            let file = problem.span.and_then(|span| analysis.sources.get(span.file)).map(|file| file.path_text());
            places.entry(&problem.message).or_insert_with(|| file.unwrap_or_default());
        }
        if places.is_empty() {
            return self.line("modules", "all that are called are here");
        }
        self.line("modules", &format!("{} missing", places.len()))?;
        let lines: Vec<String> = places.iter().map(|(message, file)| format!("{message} ({file})")).collect();
        self.list(&lines)?;
        let directories: std::collections::BTreeSet<String> = places
            .values()
            .map(|file| {
                Path::new(file).parent().map(|parent| parent.to_string_lossy().replace('\\', "/")).unwrap_or_default()
            })
            .collect();
        for directory in directories.iter().take(LISTED) {
            let directory = if directory.is_empty() { "." } else { directory };
            self.advice
                .push(format!("terraform -chdir={} init -backend=false: installs the modules", quoted(directory)));
        }
        Ok(())
    }

    /// What verdicts wait for.
    fn inputs(&mut self, understanding: &Understanding, analysis: &Analysis, directory: &Path) -> io::Result<()> {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for verdict in &analysis.undetermined {
            *reasons.entry(&verdict.why).or_default() += 1;
        }
        if reasons.is_empty() {
            self.line("inputs", "nothing is missing")?;
        } else {
            self.line("inputs", &format!("{} could not be reached", plural(analysis.undetermined.len(), "verdict")))?;
            let mut sorted: Vec<(&str, usize)> = reasons.into_iter().collect();
            sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let lines: Vec<String> = sorted.iter().map(|(why, count)| format!("{why} ({count})")).collect();
            self.list(&lines)?;
        }
        let bare = understanding.projects.iter().all(|one| one.project.environment.is_none());
        for (name, files) in survey(directory, &Disk).environments.iter().filter(|_| bare).take(LISTED) {
            let options: Vec<String> = files
                .variables
                .iter()
                .map(|file| format!("--var-file {}", quoted(&directory.join(file).to_string_lossy())))
                .chain(
                    files
                        .parameters
                        .iter()
                        .map(|file| format!("--parameters {}", quoted(&directory.join(file).to_string_lossy()))),
                )
                .collect();
            self.advice.push(format!("dynalens {}: judges {}", options.join(" "), one_line(name)));
        }
        Ok(())
    }

    fn broken(&mut self, analysis: &Analysis) -> io::Result<()> {
        let errors: Vec<String> = analysis
            .problems
            .iter()
            .filter(|problem| problem.kind != ProblemKind::Note)
            .map(|problem| match (problem.span, &problem.path) {
                (Some(span), _) => {
                    format!("{}: {}", crate::report::place_text(&analysis.sources, span), problem.message)
                }
                (None, Some(path)) => format!("{}: {}", path.display(), problem.message),
                (None, None) => problem.message.clone(),
            })
            .collect();
        if errors.is_empty() {
            return self.line("errors", "none");
        }
        self.line("errors", &plural(errors.len(), "error"))?;
        self.list(&errors)
    }

    fn advice(&mut self) -> io::Result<()> {
        self.advice.push("dynalens: checks".to_owned());
        writeln!(self.out, "\nwhat to run:")?;
        let mut advice = std::mem::take(&mut self.advice);
        advice.dedup();
        for one in advice {
            let (command, why) = one.rsplit_once(": ").unwrap_or((&one, ""));
            writeln!(self.out, "  {}\n      {why}", one_line(command))?;
        }
        Ok(())
    }
}

/// A word for a shell: in quotes where a shell would read something into it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '.' | '_' | '-');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
