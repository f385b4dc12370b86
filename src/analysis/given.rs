//! Values that were given to parameters and variables that nothing declares: misspelt, or left over.
//!
//! Takes what the deployments are given by name, on the command line or in the configuration, and the names that the
//! run's templates and root modules declare. Files of values are shared between projects and are not asked.

use std::collections::BTreeSet;

use super::environments::Deployment;
use crate::finding::suggest::did_you_mean;
use crate::resource::{Problem, ProblemKind};
use crate::source::Span;
use crate::syntax::tree::{NodeRef, Tree};
use crate::terraform::Argument;
use crate::value::Step;

/// The names that a run's projects declare.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    pub parameters: BTreeSet<String>,
    pub variables: BTreeSet<String>,
    /// Something was evaluated whose names are not known.
    pub open: bool,
}

impl Declared {
    /// Those of a template, or of Terraform's plan.
    pub fn of_template(&mut self, tree: &Tree) {
        let names = |key: &str| {
            let entries = tree.root().and_then(|root| root.get(key)).map(NodeRef::entries);
            entries.into_iter().flatten().filter_map(|(name, _)| name.text().map(str::to_owned)).collect::<Vec<_>>()
        };
        self.parameters.extend(names("Parameters"));
        self.variables.extend(names("variables"));
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.variables.is_empty() && !self.open
    }

    pub fn extend(&mut self, other: Self) {
        self.parameters.extend(other.parameters);
        self.variables.extend(other.variables);
        self.open |= other.open;
    }
}

/// Whether a deployment is given anything by name.
pub fn asks(deployment: &Deployment) -> bool {
    named(deployment).next().is_some()
}

/// What a deployment is given by name: whether it is a parameter, the name, and its place in the configuration.
fn named(deployment: &Deployment) -> impl Iterator<Item = (bool, &str, Option<Span>)> {
    let by_name = |step: &Step, span: Option<Span>| match step {
        Step::CommandLine(_) => true,
        Step::File(file) => span.is_some() && file == "dynalens.yml",
        _ => false,
    };
    let parameters = deployment.cloudformation.parameters.iter();
    let parameters =
        parameters.filter(move |one| by_name(&one.step, one.span)).map(|one| (true, one.name.as_str(), one.span));
    let typed = deployment.terraform.arguments.iter().filter_map(|argument| match argument {
        Argument::Variable(one) => Some(one),
        Argument::File(_) => None,
    });
    let variables = deployment.terraform.variables.iter().chain(typed).map(|one| (false, one.name.as_str(), one.span));
    parameters.chain(variables)
}

/// A note for each name that nothing declares. `whole` says that the run looked at all that the configuration is
/// about; otherwise its entries may be for something else.
pub fn unmatched(deployments: &[Deployment], declared: &Declared, whole: bool) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for (is_parameter, name, span) in deployments.iter().flat_map(named) {
        let (kind, known) =
            if is_parameter { ("parameter", &declared.parameters) } else { ("variable", &declared.variables) };
        if known.contains(name) || span.is_some() && !whole || declared.open && !is_parameter {
            continue;
        }
        let problem = Problem {
            kind: ProblemKind::Note,
            span,
            path: None,
            message: format!("there is no {kind} `{name}` to give a value to"),
            help: did_you_mean(name, known.iter().map(String::as_str)),
        };
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}
