//! `dynalens init`: a first configuration that fits the repository.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::check::usage;
use super::output::{complain, to_stdout};
use crate::analysis::{Survey, UsageError, survey};
use crate::report::summary::plural;
use crate::source::Disk;

/// For `--help`.
pub const EXAMPLES: &str = "Examples:
  dynalens init              writes dynalens.yml into the working directory
  dynalens init --print      prints it and writes nothing
  dynalens init infra/       looks at infra/ and writes infra/dynalens.yml";

#[derive(Debug, Args)]
pub struct InitArgs {
    /// The directory to look at; the file is written into it.
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// Print the file in place of writing it.
    #[arg(long)]
    pub print: bool,
}

/// Writes the file, or says why not.
pub fn run(arguments: &InitArgs) -> Exit {
    match write(arguments) {
        Ok(said) => match to_stdout(|out| out.write_all(said.as_bytes())) {
            Ok(()) => Exit::Clean,
            Err(error) => {
                complain(&format!("standard output can't be written: {error}"));
                Exit::Failed
            }
        },
        Err(error) => usage(&error),
    }
}

fn write(arguments: &InitArgs) -> Result<String, UsageError> {
    let directory = arguments.directory.clone().unwrap_or_default();
    let shown = if directory.as_os_str().is_empty() { Path::new(".") } else { &directory };
    if !shown.is_dir() {
        return Err(UsageError::new(format!("there is no directory `{}`", directory.display()), None));
    }
    let survey = survey(&directory, &Disk);
    let text = configuration(&survey);
    if arguments.print {
        return Ok(text);
    }
    if let Some(known) = &survey.configuration {
        let help = "it is left as it is; `dynalens init --print` shows what would be written".to_owned();
        return Err(UsageError::new(format!("there is a configuration already: `{}`", known.display()), Some(help)));
    }
    let path = directory.join("dynalens.yml");
    let failed =
        |error: std::io::Error| UsageError::new(format!("`{}` can't be written: {error}", path.display()), None);
    // Only a file that is not there is written, whatever happened since the look.
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    Ok(format!("wrote `{}`; `dynalens config show` says what holds\n", path.display()))
}

/// The file's text: what fits the repository as settings, the rest as comments.
fn configuration(survey: &Survey) -> String {
    let mut out =
        String::from("# What dynalens goes by in this repository.\n# `dynalens config show` says what holds, ");
    out.push_str("`dynalens config schema` prints the schema for editors.\n#\n# Found here: ");
    let mut found = Vec::new();
    for (count, what) in
        [(survey.templates, "template"), (survey.modules, "Terraform module"), (survey.plans, "Terraform plan")]
    {
        if count > 0 {
            found.push(plural(count, what));
        }
    }
    let found = if found.is_empty() { "no infrastructure code with DynamoDB yet".to_owned() } else { found.join(", ") };
    let _ = writeln!(out, "{found}.\n");
    out.push_str(
        "# default: what is wrong. strict: good advice that some find noisy, too. all: everything.\nprofile: default\n\n\
         # Where it is deployed, if the code leaves that open.\n# region: eu-west-1\n# account: \"111122223333\"\n\n",
    );
    environments(survey, &mut out);
    out.push_str(
        "# Tags that every table has to carry; an entry may be a list of spellings.\n# required-tags: [owner, \
         [cost-center, CostCenter]]\n\n# The least class of encryption keys: aws-owned, aws-managed or \
         customer-managed.\n# key-class: customer-managed\n\n# Single policies: off, another severity, options. \
         `dynalens policies` lists them.\n# policies:\n#   index-projects-everything: false\n#   \
         dax-cluster-below-three-nodes: { severity: high }\n\n# What holds for some paths only.\n# overrides:\n#   - \
         { paths: [\"sandbox/**\"], ignore: [cost, low] }\n\n# Findings that are acceptable, with the reason.\n# \
         suppressions:\n#   - policy: deletion-protection-disabled\n#     address: \"aws_dynamodb_table.cache*\"\n#     \
         reason: rebuilt nightly\n#     until: 2030-01-01\n\n",
    );
    if survey.samples.is_empty() {
        out.push_str("# What is not looked at.\n# exclude: [\"vendor/**\"]\n");
    } else {
        out.push_str("# What is not looked at; take the mark away if nobody deploys these.\n# exclude: [");
        let samples: Vec<String> = survey.samples.iter().map(|name| quoted(&format!("**/{name}/**"))).collect();
        let _ = writeln!(out, "{}]", samples.join(", "));
    }
    if !survey.policy_folders.is_empty() {
        let folders: Vec<String> = survey.policy_folders.iter().map(|name| quoted(name)).collect();
        let _ = writeln!(out, "\n# Policies of your own.\npolicy-folders: [{}]", folders.join(", "));
    }
    out.push_str(
        "\n# What `dynalens baseline create` writes, so that only new findings are reported.\n# baseline: \
         dynalens-baseline.json\n",
    );
    out
}

fn environments(survey: &Survey, out: &mut String) {
    if survey.environments.is_empty() {
        out.push_str(
            "# Deployments and what they are given; everything is judged for each of them.\n# environments:\n#   prod: \
             { production: true, var-files: [env/prod.tfvars], parameters: { Environment: prod } }\n#   dev: { \
             production: false, var-files: [env/dev.tfvars] }\n\n",
        );
        return;
    }
    // The files of one environment go to every root module: several may belong to different ones.
    let several = survey.environments.values().any(|files| files.variables.len() > 1 || files.parameters.len() > 1);
    let mark = if several { "# " } else { "" };
    out.push_str("# Deployments and what they are given; everything is judged for each of them.\n");
    if several {
        out.push_str(
            "# Several files were found for one name. A file is given to every root module and template: take the\n# \
             mark away where that is right, or keep a dynalens.yml beside each root module.\n",
        );
    }
    let _ = writeln!(out, "{mark}environments:");
    for (name, files) in &survey.environments {
        let _ = writeln!(out, "{mark}  {}:", quoted(name));
        let production = matches!(name.to_lowercase().as_str(), "prod" | "production" | "prd" | "live");
        if production {
            let _ = writeln!(out, "{mark}    production: true");
        }
        for (key, files) in [("var-files", &files.variables), ("parameter-files", &files.parameters)] {
            if !files.is_empty() {
                let files: Vec<String> = files.iter().map(|file| quoted(file)).collect();
                let _ = writeln!(out, "{mark}    {key}: [{}]", files.join(", "));
            }
        }
    }
    out.push('\n');
}

/// A name as YAML takes it within brackets: plain where nothing in it means something.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '.' | '_' | '-');
    let word = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !matches!(text.to_lowercase().as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    if word && text.chars().all(plain) {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::SurveyedFiles;
    use crate::config::{self, keys};
    use crate::source::{FileId, SourceFile};

    fn read(text: &str) -> (config::Config, usize) {
        let file = SourceFile::new(FileId(0), PathBuf::from("dynalens.yml"), text);
        let (config, problems) = config::read(&file, Path::new(""));
        (config, problems.len())
    }

    #[test]
    fn what_is_written_is_read_without_a_mistake_also_with_the_marks_taken_away() {
        let files = |paths: &[&str]| SurveyedFiles {
            variables: paths.iter().map(|path| (*path).to_owned()).collect(),
            parameters: Vec::new(),
        };
        let surveys = [
            Survey::default(),
            Survey {
                environments: [
                    ("prod".to_owned(), files(&["env/prod.tfvars"])),
                    ("on".to_owned(), files(&["a: b/{x}.tfvars"])),
                ]
                .into(),
                samples: vec!["examples".to_owned()],
                policy_folders: vec!["policies".to_owned()],
                ..Survey::default()
            },
            Survey {
                environments: [("prod".to_owned(), files(&["a/prod.tfvars", "b/prod.tfvars"]))].into(),
                ..Survey::default()
            },
        ];
        for survey in surveys {
            let text = configuration(&survey);
            let (config, problems) = read(&text);
            assert_eq!(problems, 0, "{text}");
            let several = survey.environments.values().any(|files| files.variables.len() > 1);
            assert_eq!(config.environments.len(), if several { 0 } else { survey.environments.len() }, "{text}");
            // Every setting that is only shown is right, too.
            let mut shown = String::new();
            for line in text.lines().filter_map(|line| line.strip_prefix("# ")) {
                let key = line.split(':').next().unwrap_or_default();
                if keys::ROOT.contains(&key) || line.starts_with("  ") {
                    shown.push_str(line);
                    shown.push('\n');
                }
            }
            let (config, problems) = read(&shown);
            assert_eq!(problems, 0, "{shown}");
            assert_eq!(
                (config.suppressions.len(), config.overrides.len(), config.region.is_some()),
                (1, 1, true),
                "{shown}"
            );
        }
    }
}
