//! Templates and what they come to, printed compactly.

mod cdk;
mod conditions;
mod documentation;
mod intrinsics;
mod loops;
mod nested;
mod parameters;
mod resources;
mod robustness;
mod sam;
mod samconfig;
mod serverless_framework;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::{Given, Loader, Options, evaluate};
use crate::resource::{ProblemKind, Project};
use crate::source::{Overlay, SourceFile, Sources, Span};
use crate::value::{Data, Inputs, OriginId, Part, Step, Symbol, Value};

/// A project together with its texts.
pub struct Run {
    pub project: Project,
    pub sources: Sources,
}

/// Evaluates the first of some files.
pub fn run_files(files: &[(&str, &str)], options: &Options) -> Option<Run> {
    let sources = Sources::new();
    let mut fs = Overlay::in_memory();
    for (path, text) in files {
        fs.set(*path, *text);
    }
    let (path, text) = files.first().expect("a file");
    let file: Arc<SourceFile> = sources.add(*path, *text);
    let tree = crate::syntax::parse_data(file);
    let loader = Loader { fs: &fs, sources: &sources, root: Some(Path::new("")) };
    let project = evaluate(&tree, options, &loader)?;
    Some(Run { project, sources })
}

pub fn run_with(template: &str, options: &Options) -> Run {
    run_files(&[("t.yaml", template)], options).expect("a template")
}

pub fn run(template: &str) -> Run {
    run_with(template, &Options::default())
}

pub fn given(parameters: &[(&str, &str)]) -> Options {
    let parameters = parameters
        .iter()
        .map(|(name, value)| Given {
            name: (*name).into(),
            value: (*value).into(),
            span: None,
            step: Step::CommandLine(format!("--parameters {name}={value}").into()),
        })
        .collect();
    Options { parameters, ..Options::default() }
}

/// Resources with attributes, then problems, one a line.
pub fn print(run: &Run) -> String {
    let mut out = String::new();
    for resource in &run.project.resources {
        let kind = resource.kind.strip_prefix("AWS::").unwrap_or(&resource.kind);
        let _ = write!(out, "{} {kind}", resource.address);
        if resource.exists.as_bool() != Some(true) {
            let _ = write!(out, " if {}", show(&resource.exists, &run.project.inputs));
        }
        let _ = writeln!(out, " {}", show(&resource.attributes, &run.project.inputs));
    }
    for problem in &run.project.problems {
        let kind = match problem.kind {
            ProblemKind::Error => "error",
            ProblemKind::Note => "note",
            ProblemKind::Internal => "internal",
        };
        let place = problem.span.map(|span| slice(run, span)).unwrap_or_default();
        let _ = write!(out, "{kind} at {place:?}: {}", problem.message);
        if let Some(help) = &problem.help {
            let _ = write!(out, " ({help})");
        }
        out.push('\n');
    }
    out
}

/// Holds a template against what it comes to.
#[track_caller]
pub fn check(template: &str, expected: &str) {
    compare(&print(&run(template)), expected);
}

#[track_caller]
pub fn compare(printed: &str, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let printed: Vec<&str> = printed.lines().collect();
    assert_eq!(printed, expected, "\n{}\n", printed.join("\n"));
}

/// A template with one table, and what the property `TableName` of it comes to.
#[track_caller]
pub fn check_value(head: &str, expression: &str, expected: &str) {
    let template = format!(
        "{head}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      StreamSpecification: {expression}\n"
    );
    let run = run(&template);
    let value = run.project.resources[0].attributes.get("StreamSpecification").expect("the property");
    let mut printed = show(value, &run.project.inputs);
    for problem in &run.project.problems {
        let _ = write!(printed, "; {}", problem.message);
    }
    assert_eq!(printed, expected);
}

pub fn slice(run: &Run, span: Span) -> String {
    run.sources.get(span.file).map(|file| file.slice(span).to_owned()).unwrap_or_default()
}

/// The way that a value took: the text of each hop with what it is.
pub fn trail(run: &Run, origin: OriginId) -> Vec<String> {
    run.project
        .origins
        .trail(origin)
        .into_iter()
        .map(|hop| {
            let step = match hop.step {
                Step::Literal => "literal".to_owned(),
                Step::Expression => "expression".to_owned(),
                Step::Reference(name) => name.to_string(),
                Step::Resource { address, attribute } => format!("resource {address}.{attribute}"),
                Step::Default(name) => format!("default of {name}"),
                Step::Argument { name, module } => format!("argument {name} of {module}"),
                Step::File(text) | Step::CommandLine(text) | Step::Branch(text) | Step::Absent(text) => {
                    text.to_string()
                }
                other => format!("{other:?}"),
            };
            format!("{:?} {step}", slice(run, hop.span))
        })
        .collect()
}

pub fn show(value: &Value, inputs: &Inputs) -> String {
    match &value.data {
        Data::Absent => "nothing".to_owned(),
        Data::Null => "null".to_owned(),
        Data::Bool(known) => known.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => format!("{text:?}"),
        Data::Parts(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    Part::Known(text, _) => text.to_string(),
                    Part::Open(unknown, _) => format!("<{}>", name(unknown)),
                })
                .collect();
            format!("\"{}\"", parts.join(""))
        }
        Data::List(list) => {
            let mut items: Vec<String> = list.items.iter().map(|item| show(item, inputs)).collect();
            if list.rest.is_some() {
                items.push("...".to_owned());
            }
            format!("[{}]", items.join(", "))
        }
        Data::Map(map) => {
            let mut entries: Vec<String> =
                map.entries.iter().map(|entry| format!("{}: {}", entry.key, show(&entry.value, inputs))).collect();
            if map.rest.is_some() {
                entries.push("...".to_owned());
            }
            format!("{{{}}}", entries.join(", "))
        }
        Data::Unknown(unknown) => format!("<{}>", name(unknown)),
        Data::Choice(choice) => {
            let input = inputs.get(choice.input);
            let cases: Vec<String> = input
                .cases
                .iter()
                .zip(&choice.cases)
                .map(|(case, value)| {
                    let label = if case.is_rest { "*" } else { case.label.as_str() };
                    format!("{label} => {}", show(value, inputs))
                })
                .collect();
            format!("{}({})", input.name, cases.join("; "))
        }
        Data::Entity(_) => "entity".to_owned(),
    }
}

fn name(unknown: &crate::value::Unknown) -> String {
    match &unknown.symbol {
        Some(Symbol::Expression(text)) => text.to_string(),
        Some(Symbol::Resource { address, attribute }) => format!("{address}.{attribute}"),
        None => format!("? {}", unknown.why),
    }
}
