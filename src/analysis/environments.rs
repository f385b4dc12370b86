//! The deployments that projects are evaluated for: one for each configured environment, or a single one.

use std::path::{Path, PathBuf};

use super::locate::Here;
use super::parameters;
use super::request::{Request, UsageError, VariableArgument};
use crate::config::{Config, Environment, Outside};
use crate::finding::suggest::did_you_mean;
use crate::resource::Problem;
use crate::source::{FileSystem, Sources, Span};
use crate::value::{Step, Text};
use crate::{cloudformation, terraform};

/// What is known from outside of the code about one deployment.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// The environment's name; `None` where the configuration names none.
    pub name: Option<Text>,
    /// Whether it is production, where the configuration says so.
    pub production: Option<bool>,
    pub cloudformation: cloudformation::Options,
    pub terraform: terraform::Options,
}

/// The deployments of a run, and what is wrong with their files.
///
/// # Errors
/// An environment, a parameter or a file on the command line that is not there.
pub fn deployments(
    request: &Request,
    config: &Config,
    here: &Here,
    fs: &dyn FileSystem,
    sources: &Sources,
) -> Result<(Vec<Deployment>, Vec<Problem>), UsageError> {
    let mut problems = Vec::new();
    let mut maker =
        Maker { config, here, fs, sources, problems: &mut problems, outside: Outside::of(fs, &config.directory) };
    let wanted: Vec<Option<&Environment>> = match &request.environment {
        Some(name) => {
            let found = config.environments.iter().find(|environment| environment.name == *name);
            let Some(found) = found else { return Err(unknown(name, config)) };
            vec![Some(found)]
        }
        None if config.environments.is_empty() => vec![None],
        None => config.environments.iter().map(Some).collect(),
    };
    let mut made = Vec::new();
    for environment in wanted {
        let mut deployment = maker.deployment(environment);
        deployment.cloudformation.notes = request.notes;
        deployment.terraform.notes = request.notes;
        maker.command_line(request, &mut deployment)?;
        made.push(deployment);
    }
    // A file that is broken is broken once.
    problems.dedup();
    Ok((made, problems))
}

fn unknown(name: &str, config: &Config) -> UsageError {
    let names = || config.environments.iter().map(|environment| environment.name.as_str());
    let help = did_you_mean(name, names()).unwrap_or_else(|| {
        if config.environments.is_empty() {
            "name environments in `dynalens.yml`: `environments: { prod: { var-files: [prod.tfvars] } }`".to_owned()
        } else {
            format!("the configuration has {}", names().collect::<Vec<_>>().join(", "))
        }
    });
    UsageError::new(format!("there is no environment `{name}` in the configuration"), Some(help))
}

struct Maker<'a> {
    config: &'a Config,
    here: &'a Here,
    fs: &'a dyn FileSystem,
    sources: &'a Sources,
    problems: &'a mut Vec<Problem>,
    outside: Outside,
}

impl Maker<'_> {
    fn deployment(&mut self, environment: Option<&Environment>) -> Deployment {
        let region = environment.and_then(|one| one.region.as_ref()).or(self.config.region.as_ref());
        let account = environment.and_then(|one| one.account.as_ref()).or(self.config.account.as_ref());
        let (region, account) = (region.map(Text::from), account.map(Text::from));
        let mut deployment = Deployment::default();
        deployment.cloudformation.region.clone_from(&region);
        deployment.cloudformation.account.clone_from(&account);
        deployment.terraform.region = region;
        deployment.terraform.account = account;
        let Some(environment) = environment else { return deployment };
        let name = Text::from(&environment.name);
        deployment.name = Some(name.clone());
        deployment.production = environment.production;
        deployment.cloudformation.environment = Some(name.clone());
        deployment.terraform.environment = Some(name);
        deployment.terraform.workspace = environment.workspace.as_ref().map(Text::from);
        for (path, span) in &environment.parameter_files {
            if self.leads_out(path, *span, "--parameters") {
                continue;
            }
            let path = self.here.shown(path);
            if self.fs.is_file(&path) {
                self.parameter_file(&path, &mut deployment);
            } else {
                let problem = Problem::error(*span, format!("there is no file `{}`", path.display()));
                self.problems.push(problem.with_help("paths are relative to the configuration's directory"));
            }
        }
        for (path, span) in &environment.var_files {
            if self.leads_out(path, *span, "--var-file") {
                continue;
            }
            let path = self.here.shown(path);
            if self.fs.is_file(&path) {
                deployment.terraform.var_files.push(path);
            } else {
                let problem = Problem::error(*span, format!("there is no file `{}`", path.display()));
                self.problems.push(problem.with_help("paths are relative to the configuration's directory"));
            }
        }
        let file = || Step::File("dynalens.yml".into());
        for (name, value, span) in &environment.parameters {
            deployment.cloudformation.parameters.push(cloudformation::Given {
                name: name.into(),
                value: value.into(),
                span: Some(*span),
                step: file(),
            });
        }
        for (name, value, span) in &environment.variables {
            deployment.terraform.variables.push(terraform::Given {
                name: name.into(),
                value: value.into(),
                span: Some(*span),
                step: file(),
            });
        }
        deployment
    }

    /// Whether a file that the configuration names lies outside of its repository, which is a problem.
    fn leads_out(&mut self, path: &Path, span: Span, option: &str) -> bool {
        let outside = self.fs.is_file(path) && self.outside.holds(self.fs, path);
        if outside {
            let message = format!("`{}` lies outside of the repository", self.here.shown(path).display());
            self.problems.push(Problem::error(span, message).with_help(format!("pass it as `{option}`")));
        }
        outside
    }

    /// What the command line gives wins over the configuration.
    fn command_line(&mut self, request: &Request, deployment: &mut Deployment) -> Result<(), UsageError> {
        for typed in &request.parameters {
            // `ParameterKey=Env,ParameterValue=prod` is how the AWS CLI takes one.
            let shorthand = typed.strip_prefix("ParameterKey=").and_then(|rest| rest.split_once(",ParameterValue="));
            match shorthand.or_else(|| typed.split_once('=')) {
                Some((name, value)) if !self.fs.is_file(Path::new(typed)) => {
                    let step = Step::CommandLine(format!("--parameters {}", name.trim()).into());
                    let (name, value) = (name.trim().into(), value.into());
                    deployment.cloudformation.parameters.push(cloudformation::Given { name, value, span: None, step });
                }
                _ => {
                    let path = self.existing(Path::new(typed), "--parameters")?;
                    self.parameter_file(&path, deployment);
                }
            }
        }
        for argument in &request.variables {
            deployment.terraform.arguments.push(match argument {
                VariableArgument::File(path) => terraform::Argument::File(self.existing(path, "--var-file")?),
                VariableArgument::Value(name, value) => terraform::Argument::Variable(terraform::Given {
                    name: name.into(),
                    value: value.into(),
                    span: None,
                    step: Step::CommandLine(format!("--var {name}").into()),
                }),
            });
        }
        for (name, value) in &request.environment_variables {
            deployment.terraform.surroundings.push(terraform::Given {
                name: name.into(),
                value: value.into(),
                span: None,
                step: Step::CommandLine(format!("TF_VAR_{name}").into()),
            });
        }
        Ok(())
    }

    fn existing(&self, path: &Path, option: &str) -> Result<PathBuf, UsageError> {
        if self.fs.is_file(path) {
            return Ok(self.here.shown(path));
        }
        let help = (option == "--parameters").then(|| "write `NAME=VALUE`, or name a parameter file".to_owned());
        Err(UsageError::new(format!("{option}: there is no file `{}`", path.display()), help))
    }

    fn parameter_file(&mut self, path: &Path, deployment: &mut Deployment) {
        let file = match self.sources.load(self.fs, path) {
            Ok(file) => file,
            Err(error) => {
                self.problems.push(Problem::unreadable(&error.path, error.reason.to_string()));
                return;
            }
        };
        if path.extension().is_some_and(|extension| extension == "toml") {
            let environment = deployment.name.clone();
            let given = cloudformation::samconfig_parameters(&file, environment.as_deref());
            deployment.cloudformation.parameters.extend(given);
            return;
        }
        let (parameters, problems) = parameters::read(&file);
        self.problems.extend(problems);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        deployment.cloudformation.parameters.extend(parameters.into_iter().map(|parameter| cloudformation::Given {
            name: parameter.name,
            value: parameter.value,
            span: Some(parameter.span),
            step: Step::File(name.as_str().into()),
        }));
    }
}
