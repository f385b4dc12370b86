//! What a configuration evaluates to, as text.

mod bombs;
mod documents;
mod expressions;
mod files;
mod modules;
mod resources;
mod variables;

use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::source::{Overlay, Sources};
use crate::value::{Data, Part};

pub(super) struct Case {
    pub project: Project,
    pub sources: Sources,
}

/// Evaluates the module `infra` of a project in memory. Files are given as `(path, text)`.
pub(super) fn evaluated(files: &[(&str, &str)], options: &Options) -> Case {
    let mut fs = Overlay::in_memory();
    for (path, text) in files {
        fs.set(*path, *text);
    }
    let sources = Sources::new();
    let options = Options { boundary: Some("".into()), ..options.clone() };
    let project = {
        let modules = Modules::new(&fs, &sources);
        evaluate(&modules, Path::new("infra"), &options)
    };
    Case { project, sources }
}

/// What a value is, in words: choices as `{case: value, ...}`, unknowns as `?symbol` or `?(why)`.
pub(in crate::terraform) fn show(value: &Value, inputs: &Inputs) -> String {
    match &value.data {
        Data::Absent => "absent".to_owned(),
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => format!("{text:?}"),
        Data::Parts(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    Part::Known(text, _) => text.to_string(),
                    Part::Open(unknown, _) => format!("${{{}}}", show_unknown(unknown)),
                })
                .collect();
            format!("\"{}\"", parts.concat())
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
        Data::Unknown(unknown) => show_unknown(unknown),
        Data::Choice(choice) => {
            let input = inputs.get(choice.input);
            let cases: Vec<String> = input
                .cases
                .iter()
                .zip(&choice.cases)
                .map(|(case, value)| format!("{}: {}", case.label, show(value, inputs)))
                .collect();
            format!("<{}? {}>", input.name, cases.join("; "))
        }
        Data::Entity(_) => "entity".to_owned(),
    }
}

fn show_unknown(unknown: &crate::value::Unknown) -> String {
    match &unknown.symbol {
        Some(crate::value::Symbol::Resource { address, attribute }) => format!("?{address}.{attribute}"),
        Some(crate::value::Symbol::Expression(text)) => format!("?{text}"),
        None => format!("?({})", unknown.why),
    }
}

impl Case {
    /// Addresses, existence and attributes of all resources, a line each.
    pub(super) fn resources(&self) -> String {
        let mut out = String::new();
        for resource in &self.project.resources {
            let _ = write!(out, "{}", resource.address);
            if resource.exists.as_bool() != Some(true) {
                let _ = write!(out, " if {}", show(&resource.exists, &self.project.inputs));
            }
            let _ = writeln!(out, " = {}", show(&resource.attributes, &self.project.inputs));
        }
        for problem in &self.project.problems {
            let _ = writeln!(out, "! {}", problem.message);
        }
        out
    }

    /// The attribute `at` (dots between names and indexes) of a resource.
    pub(super) fn value(&self, address: &str, at: &str) -> Value {
        let resource = self.project.resources.iter().find(|resource| resource.address == address).expect(address);
        let mut value = resource.attributes.clone();
        for step in at.split('.') {
            value = match (&value.data, step.parse::<usize>()) {
                (Data::List(list), Ok(index)) => list.items[index].clone(),
                _ => value.get(step).expect(step).clone(),
            };
        }
        value
    }

    /// The way that a value took: the text of each place with what it is, from the attribute on.
    pub(super) fn trail(&self, value: &Value) -> String {
        let mut out = String::new();
        for origin in self.project.origins.trail(value.origin) {
            let file = self.sources.get(origin.span.file).expect("a registered file");
            let text = file.slice(origin.span).split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "{} {:?} {}", file.path_text(), origin.step, text);
        }
        out
    }
}

/// Evaluates `main.tf` alone.
#[track_caller]
pub(super) fn check(main: &str, expected: &str) {
    check_files(&[("infra/main.tf", main)], expected);
}

#[track_caller]
pub(super) fn check_files(files: &[(&str, &str)], expected: &str) {
    let case = evaluated(files, &Options::default());
    assert_eq!(case.resources().trim_end(), expected.trim(), "\nfor {}", files[0].1);
}

/// The value of an expression in the context of some declarations.
#[track_caller]
pub(super) fn check_expression(declarations: &str, expression: &str, expected: &str) {
    let main = format!("{declarations}\nresource \"aws_dynamodb_table\" \"t\" {{\n  x = {expression}\n}}\n");
    let case = evaluated(&[("infra/main.tf", &main)], &Options::default());
    assert_eq!(case.project.problems, Vec::new(), "{expression}");
    let value = case.value("aws_dynamodb_table.t", "x");
    assert_eq!(show(&value, &case.project.inputs), expected, "{expression}");
}
