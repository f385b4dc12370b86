//! CloudFormation: templates to projects of resources with evaluated attributes.
//!
//! Takes a YAML or JSON tree and what is known from outside ([`Options`]), gives a [`Project`]. The way:
//!
//! 1. [`template`] finds the sections, [`library`] reads the local files that the template leads to;
//! 2. [`compared`] looks over the whole template for what parameters are compared with, from which [`parameters`]
//!    decides the cases of those that are open;
//! 3. [`stack`] holds the definitions and evaluates names lazily, each once; [`eval`] and [`intrinsics`] turn nodes into
//!    values, [`conditions`] into truth values, [`for_each`] writes loops out;
//! 4. [`resources`] builds resources, [`sam`] adds what the serverless transform makes, [`nested`] what nested stacks
//!    hold, [`cdk`] the constructs behind them.
//!
//! Nothing here knows DynamoDB, beyond the list of the services whose properties are worth evaluating ([`types`]).

mod call;
pub mod cdk;
mod compared;
mod conditions;
mod eval;
mod for_each;
mod intrinsics;
mod library;
mod limits;
mod nested;
mod options;
mod parameters;
mod resources;
mod sam;
mod samconfig;
mod serverless_framework;
mod serverless_functions;
mod session;
mod stack;
mod template;
mod text;
mod types;

#[cfg(test)]
mod tests;

pub use library::{children, leads};
pub use options::{Given, Loader, Options};
pub use samconfig::parameters as samconfig_parameters;

use crate::resource::{Language, Problem, Project};
use crate::syntax::tree::Tree;
use crate::value::{Inputs, OriginId, Origins, Value};

/// Evaluates a template. `None` where the file is none after all; a file that looks like one and can't be read is a
/// project without resources and with its errors.
#[must_use]
pub fn evaluate(tree: &Tree, options: &Options, loader: &Loader<'_>) -> Option<Project> {
    let template = match template::Template::find(tree) {
        Some(template) if !template::has_to_be_rendered(tree) => template,
        _ => return template::looks_like_one(tree).then(|| unread(tree, options)),
    };
    let library = library::Library::gather(tree, loader, &options.parameters);
    let artifact = cdk::Artifact::of(tree, loader);
    let bound = artifact.as_ref().map(|artifact| artifact.complete(options));
    let bound = samconfig::complete(bound.as_ref().unwrap_or(options), tree, loader).or(bound);
    let options = bound.as_ref().unwrap_or(options);
    let language = if template.is_serverless() { Language::Sam } else { Language::CloudFormation };
    let session = session::Session::new(options, &library, tree.len() + library.nodes());
    for problem in syntax_problems(tree) {
        session.report(problem);
    }
    for problem in &library.problems {
        session.report(problem.clone());
    }
    let (mut evaluated, region, account) = {
        let stack = stack::Stack::new(&session, template, "".into(), None);
        let mut evaluated = stack.evaluate();
        nested::hand_on(tags(options, &session), &mut evaluated.resources);
        let rules = stack.rules();
        session.inputs.borrow_mut().constraints.extend(rules);
        stack.finish();
        let pseudo = |name| stack.pseudo(name).unwrap_or_else(|| Value::absent(OriginId::NONE));
        (evaluated, pseudo("AWS::Region"), pseudo("AWS::AccountId"))
    };
    let (origins, inputs, problems) = session.into_parts();
    cdk::name_constructs(&mut evaluated.resources, artifact.as_ref(), &origins, loader);
    Some(Project {
        language,
        path: tree.file.path.clone(),
        environment: options.environment.clone(),
        origins,
        inputs,
        resources: evaluated.resources,
        lent: 0,
        outputs: evaluated.outputs,
        region,
        account,
        problems,
    })
}

/// The tags of the stack, as far as they are given from outside.
fn tags(options: &Options, session: &session::Session<'_>) -> Option<Value> {
    let entry = |given: &Given| {
        let origin =
            given.span.map_or(OriginId::NONE, |span| session.origins.hop(span, given.step.clone(), OriginId::NONE));
        crate::value::Entry::new(given.name.clone(), OriginId::NONE, Value::string(given.value.clone(), origin))
    };
    let entries: Vec<_> = options.tags.iter().map(entry).collect();
    (!entries.is_empty()).then(|| Value::map(entries, OriginId::NONE))
}

/// A file that looks like a template and of which nothing can be evaluated.
fn unread(tree: &Tree, options: &Options) -> Project {
    let none = || Value::absent(OriginId::NONE);
    Project {
        language: Language::CloudFormation,
        path: tree.file.path.clone(),
        environment: options.environment.clone(),
        origins: Origins::new(),
        inputs: Inputs::default(),
        resources: Vec::new(),
        lent: 0,
        outputs: Vec::new(),
        region: none(),
        account: none(),
        problems: template::unread_problems(tree),
    }
}

/// A slip that leaves the template readable (a repeated key) is a note: the run could do its work all the same.
fn syntax_problems(tree: &Tree) -> impl Iterator<Item = Problem> {
    tree.errors.iter().map(|error| {
        let problem = if error.recoverable { Problem::note } else { Problem::error };
        problem(error.span, error.message.clone())
    })
}
