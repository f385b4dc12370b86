//! Every configuration of `fixtures/terraform-configurations` evaluates to what Terraform planned for it.
//!
//! Each case is evaluated twice for each set of arguments: with the arguments given, and with the variables left open
//! and then looked at in the case that the arguments would choose.

#![expect(clippy::panic, reason = "a case that is not well formed ends the test")]

mod case;
mod judge;

use dynalens::resource::{ProblemKind, Project};
use dynalens::source::{Overlay, Sources};
use dynalens::terraform::{self, Given, Modules, Options};
use dynalens::value::{Assignment, InputKind, Step, Text};

use case::{Argument, Case, Run};
use judge::{Measure, judge};

/// Where the configurations lie in memory.
const PLACE: &str = "/project";

fn evaluate(case: &Case, run: &Run, open: bool) -> Project {
    let mut fs = Overlay::in_memory();
    for (path, text) in &case.files {
        fs.set(std::path::Path::new(PLACE).join(path), text.as_str());
    }
    let root = std::path::Path::new(PLACE).join(run.root());
    let mut options = Options { boundary: Some(PLACE.into()), ..Options::default() };
    for argument in &run.arguments {
        match argument {
            Argument::Var(name, value) if !open => {
                let (name, value): (Text, Text) = (name.into(), value.into());
                let step = Step::CommandLine(format!("-var {name}={value}").into());
                options.arguments.push(terraform::Argument::Variable(Given { name, value, span: None, step }));
            }
            Argument::VarFile(path) => options.arguments.push(terraform::Argument::File(root.join(path))),
            Argument::Environment(name, value) => {
                let step = Step::CommandLine(name.as_str().into());
                let given =
                    Given { name: name.trim_start_matches("TF_VAR_").into(), value: value.into(), span: None, step };
                options.surroundings.push(given);
            }
            Argument::Workspace(name) if !open => options.workspace = Some(name.as_str().into()),
            Argument::Var(..) | Argument::Workspace(_) | Argument::Root(_) => {}
        }
    }
    let sources = Sources::new();
    terraform::evaluate(&Modules::new(&fs, &sources), &root, &options)
}

/// The cases that open inputs are in under a run's arguments; `None` where an argument decides something that is no
/// open input.
fn assignment(project: &Project, run: &Run, open: bool) -> Option<Assignment> {
    let mut assignment = Assignment::default();
    let mut left: Vec<&str> = Vec::new();
    for argument in run.arguments.iter().filter(|_| open) {
        if let Argument::Var(name, _) = argument {
            left.push(name);
        }
    }
    for (id, input) in project.inputs.iter() {
        let given = match input.kind {
            InputKind::Workspace => Some(run.workspace()),
            _ => run.arguments.iter().find_map(|argument| match argument {
                Argument::Var(name, value) if open && *name == input.name => Some(value.as_str()),
                _ => None,
            }),
        };
        left.retain(|name| *name != input.name);
        let case = match given {
            Some(given) => {
                input.cases.iter().position(|case| case.label == given || case.value.as_str() == Some(given))
            }
            None => input.default,
        };
        if let Some(case) = case.or_else(|| input.cases.iter().position(|case| case.is_rest)) {
            assignment = assignment.with(id, case);
        }
    }
    left.is_empty().then_some(assignment)
}

fn departures(check: impl Fn(&Case, &Run) -> Vec<String>) -> Vec<String> {
    let only = std::env::var("CASE").unwrap_or_default();
    let mut all = Vec::new();
    let (mut runs, mut wrong) = (0, 0);
    for case in Case::all().iter().filter(|case| case.name.contains(&only)) {
        for run in &case.runs {
            runs += 1;
            let found = check(case, run);
            wrong += usize::from(!found.is_empty());
            all.extend(found.into_iter().map(|line| format!("{} ({}): {line}", case.name, run.name)));
        }
    }
    if !all.is_empty() {
        all.push(format!("{} departures in {wrong} of {runs} runs", all.len()));
    }
    all
}

#[test]
fn what_terraform_plans_is_what_is_evaluated() {
    let departures = departures(|case, run| {
        let project = evaluate(case, run, false);
        let assignment = assignment(&project, run, false).expect("nothing is open");
        judge(&run.expected, &project, &assignment, case, Measure::All)
    });
    assert!(departures.is_empty(), "{}", departures.join("\n"));
}

#[test]
fn open_variables_hold_the_value_of_each_case() {
    let departures = departures(|case, run| {
        let project = evaluate(case, run, true);
        if run.expected.get("errors").is_some() {
            return Vec::new();
        }
        let Some(assignment) = assignment(&project, run, true) else { return Vec::new() };
        let mut found = judge(&run.expected, &project, &assignment, case, Measure::OnlyKnown);
        let internal = project.problems.iter().filter(|problem| problem.kind != ProblemKind::Note);
        found.extend(internal.map(|problem| format!("problem: {}", problem.message)));
        found
    });
    assert!(departures.is_empty(), "{}", departures.join("\n"));
}
