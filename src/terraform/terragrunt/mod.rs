//! Terragrunt: units (`terragrunt.hcl`) and stacks to projects, as far as files alone decide.
//!
//! Takes the files of a tree, gives each unit's module with the values of its `inputs`, the variable files of its
//! `extra_arguments` and the files that it generates; the module is then evaluated like any other root module. What
//! AWS, the environment, a command or another unit's state decides is unknown. Semantics:
//! <https://terragrunt.gruntwork.io/docs/reference/hcl/>.

mod config;
mod document;
mod file;
mod functions;
mod generate;
mod inputs;
mod merge;
mod paths;
mod reader;
mod source;
mod stack;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::resource::{Call, Problem, ProblemKind, Project};
use crate::source::{Relevance, lexical};
use crate::value::{Origins, Text, Value};

use super::configuration::Configuration;
use super::early::Early;
use super::files::RootFiles;
use super::lift::reason;
use super::module::Module;
use super::modules::{Modules, configuration_files, stem};
use super::options::Options;
use super::{Start, empty, evaluate_from, on_large_stack};
use config::Config;
use reader::{Frame, Reader};
use source::Place;

pub use stack::find_units;

/// One configuration that is deployed by itself.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The directory that it is deployed from; where a stack makes it, it need not be there yet.
    pub dir: PathBuf,
    /// Its `terragrunt.hcl`.
    pub file: PathBuf,
    /// The block of a stack that makes it.
    stack: Option<Arc<stack::InStack>>,
}

/// What a look at a unit tells before it is evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The directory of its module; nothing where that is not known, or where there is nothing to deploy.
    pub module: Option<PathBuf>,
    /// The files that it adds to the module mention something of interest.
    pub matters: bool,
}

impl Unit {
    /// The directory whose files are copied beside the module's.
    fn beside(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    fn config(&self, reader: &Reader<'_>) -> Result<Rc<Config>, super::Error> {
        if let Some(stack) = &self.stack {
            let values = stack.values(reader);
            reader.values.borrow_mut().insert(self.dir.clone(), values);
        }
        let frame =
            Frame { file: self.file.clone(), dir: self.dir.clone(), original: self.dir.clone(), included: false };
        let config = reader.read(&frame)?;
        match self.stack.as_ref().and_then(|stack| stack.over(reader)) {
            Some(over) => Ok(Rc::new(over.over(&config, merge::Strategy::Shallow))),
            None => Ok(config),
        }
    }

    /// Where its module lies; nothing where there is nothing to deploy.
    fn place(&self, reader: &Reader<'_>, config: &Config) -> Result<Option<Place>, String> {
        let fs = reader.modules.fs;
        match config.terraform.as_ref().and_then(|terraform| terraform.source.as_ref()).filter(|it| !it.is_unset()) {
            Some(source) => match source.as_str() {
                Some(source) => source::place(fs, &reader.paths, &self.dir, source).map(Some),
                None => {
                    let why = reason(source).unwrap_or_else(|| "it is no text".into());
                    Err(format!("the source of this unit is not known: {why}"))
                }
            },
            None => {
                let dir = self.beside().to_owned();
                let writes = |one: &config::Generate| {
                    one.body.get("path").and_then(Value::as_str).is_some_and(|path| stem(path).is_some())
                };
                let is_module = !configuration_files(fs, &dir).is_empty()
                    || config.terraform.is_some() && config.generate.iter().any(writes);
                Ok(is_module.then(|| Place { working: dir.clone(), dir, installed: false }))
            }
        }
    }
}

/// Looks at a unit: which module it deploys.
#[must_use]
pub fn survey(modules: &Modules<'_>, unit: &Unit, options: &Options) -> Survey {
    let look = || {
        let origins = Origins::new();
        let reader = Reader::new(modules, options, &boundary(unit, options), &origins);
        let Ok(config) = unit.config(&reader) else { return Survey::default() };
        let place = unit.place(&reader, &config).ok().flatten();
        let text = |one: &config::Generate| {
            let contents = one.contents.text.as_ref();
            contents.is_some_and(|text| !Relevance::of(text.filled(one.contents.span, true, 0).0.as_bytes()).is_empty())
        };
        Survey { matters: config.generate.iter().any(text), module: place.map(|place| place.dir) }
    };
    on_large_stack(look).unwrap_or_default()
}

/// Evaluates a unit; nothing where there is nothing to deploy.
#[must_use]
pub fn evaluate_unit(modules: &Modules<'_>, unit: &Unit, options: &Options) -> Option<Project> {
    on_large_stack(|| evaluate_here(modules, unit, options)).unwrap_or_else(|why| {
        let mut project = empty(&unit.dir, options);
        project.problems.push(Problem {
            kind: ProblemKind::Internal,
            span: None,
            path: Some(unit.file.clone()),
            message: format!("the unit could not be evaluated: {why}"),
            help: None,
        });
        Some(project)
    })
}

fn boundary(unit: &Unit, options: &Options) -> PathBuf {
    options.boundary.clone().unwrap_or_else(|| unit.beside().to_owned())
}

fn evaluate_here(modules: &Modules<'_>, unit: &Unit, options: &Options) -> Option<Project> {
    let origins = Origins::noting(options.notes);
    let boundary = boundary(unit, options);
    let reader = Reader::new(modules, options, &boundary, &origins);
    let told = |problems: Vec<Problem>| {
        let mut project = empty(&unit.dir, options);
        project.problems = problems;
        Some(project)
    };
    let config = match unit.config(&reader) {
        Ok(config) => config,
        Err(error) => {
            let mut problems = reader.problems.take();
            problems.push(Problem::unreadable(&unit.file, error.message));
            return told(problems);
        }
    };
    if config.is_left_out() {
        return None;
    }
    let place = match unit.place(&reader, &config) {
        Ok(place) => place,
        Err(why) => {
            let mut problems = reader.problems.take();
            problems.push(missing(unit, &config, &origins, &why));
            return told(problems);
        }
    };
    // A file that others include, and that deploys nothing itself.
    let Some(place) = place else {
        let problems = reader.problems.take();
        return if problems.is_empty() { None } else { told(problems) };
    };
    let mut module = Module::clone(&modules.get(&place.dir));
    if lexical(&place.dir) != lexical(unit.beside()) {
        generate::copy_beside(&mut module, modules, unit.beside());
    }
    let mut overlay = generate::lay_over(&mut module, modules, &config);
    let handed = inputs::Handed::of(&reader, unit, &place, &config, &module);
    let options = handed.options(options);
    let call = call(unit, &config, &place, modules, &origins);
    let mut files = RootFiles::new(modules.fs, &place.dir, &boundary);
    files.beside = Some(unit.beside().to_owned());
    let start = Start {
        configuration: Configuration::of_module(
            modules,
            Arc::new(module),
            &place.working,
            Some(&boundary),
            &Early::new(modules, None),
        ),
        files,
        inputs: reader.inputs.take(),
        given: handed.given,
        calls: call.into_iter().collect(),
        unknown_providers: overlay.unknown.take(),
        dialect: Some(&overlay.holes),
    };
    let mut project = evaluate_from(start, modules, &unit.dir, &options, &origins);
    project.problems.splice(0..0, reader.problems.take().into_iter().chain(overlay.problems));
    Some(project)
}

/// That a unit's module can't be looked at.
fn missing(unit: &Unit, config: &Config, origins: &Origins, why: &str) -> Problem {
    let source = config.terraform.as_ref().and_then(|terraform| terraform.source.as_ref());
    let span = source.and_then(|source| origins.span(source.origin));
    let problem = match span {
        Some(span) => Problem::note(span, why),
        None => Problem {
            kind: ProblemKind::Note,
            span: None,
            path: Some(unit.file.clone()),
            message: why.to_owned(),
            help: None,
        },
    };
    if why.contains("is not installed") {
        return problem.with_help("run `terragrunt init` in the unit, which fetches its source");
    }
    problem
}

/// The unit as what leads to its root module: suppressions in its file hold for all that it deploys.
fn call(unit: &Unit, config: &Config, place: &Place, modules: &Modules<'_>, origins: &Origins) -> Option<Call> {
    let file = modules.sources.find(&lexical(&unit.file))?;
    let header = match &config.terraform {
        Some(terraform) if terraform.header.file == file.id => terraform.header,
        _ => crate::source::Span::new(file.id, 0, 0),
    };
    let arguments = config.inputs.as_ref().and_then(Value::as_map).map(|map| {
        let place = |entry: &crate::value::Entry| (entry.key.clone(), entry.value.origin);
        map.entries.iter().map(place).filter(|(_, origin)| origins.get(*origin).is_some()).collect()
    });
    Some(Call {
        address: Text::from(unit.dir.to_string_lossy().replace('\\', "/")),
        header,
        span: file.whole(),
        installed: place.installed,
        arguments: arguments.unwrap_or_default(),
    })
}
