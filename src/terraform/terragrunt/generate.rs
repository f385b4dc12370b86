//! The files that Terragrunt writes beside a module, laid over it.

use std::path::Path;

use crate::resource::{Problem, ProblemKind};
use crate::syntax::hcl;
use crate::value::{Text, Value};

use super::super::dialect::{Called, Dialect};
use super::super::error::Error;
use super::super::module::Module;
use super::super::modules::{Modules, configuration_files, is_override, stem};
use super::super::scope::Evaluator;
use super::config::{Config, HOLE, Written};

/// What the files that a unit adds to a module say.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    /// Values that are not known, by the names that stand for them.
    pub holes: Holes,
    /// Why a file that configures providers is not known.
    pub unknown: Option<Text>,
    pub problems: Vec<Problem>,
}

/// Names in generated files that stand for what is not known.
#[derive(Debug, Default)]
pub(super) struct Holes {
    values: Vec<Value>,
}

impl Dialect for Holes {
    fn name(
        &self,
        _: &Evaluator<'_>,
        name: &str,
        _: &[&hcl::Expr],
        _: crate::source::Span,
    ) -> Option<Result<(Value, usize), Error>> {
        let index: usize = name.strip_prefix(HOLE)?.parse().ok()?;
        self.values.get(index).map(|value| Ok((value.clone(), 0)))
    }

    fn call(&self, _: &Evaluator<'_>, _: &str, _: &[Value], _: crate::source::Span) -> Called {
        Called::Same
    }
}

/// Adds the files of the unit's own directory to its module: they are copied over those of the source.
pub(super) fn copy_beside(module: &mut Module, modules: &Modules<'_>, unit: &Path) {
    let source = module.dir.clone();
    let names = configuration_files(modules.fs, unit);
    for late in [false, true] {
        for name in names.iter().filter(|name| is_override(name) == late) {
            replace(module, modules, &source.join(name));
            match modules.read_document(&unit.join(name)) {
                Ok(document) => module.add(document, late),
                Err(problem) => module.problems.push(problem),
            }
        }
    }
}

/// Lays the generated files over a module.
pub(super) fn lay_over(module: &mut Module, modules: &Modules<'_>, config: &Config) -> Overlay {
    let mut overlay = Overlay::default();
    let dir = module.dir.clone();
    if let Some(state) = config.remote_state.as_ref().and_then(|state| state.get("generate"))
        && let Some(path) = state.get("path").and_then(Value::as_str)
        && overwrites(state)
    {
        // A backend has no bearing on resources; the file that it takes the place of may have.
        replace(module, modules, &dir.join(path));
    }
    for one in &config.generate {
        if one.body.get("disable").and_then(Value::as_bool) == Some(true) {
            continue;
        }
        let Some(path) = one.body.get("path").and_then(Value::as_str) else {
            overlay.hide(one.contents.span, "the `path` of this generated file is not known");
            continue;
        };
        // Files in folders below belong to other modules, and other files to none.
        if path.contains('/') && Path::new(path).parent() != Some(&dir) && !path.starts_with("./") {
            continue;
        }
        let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if stem(name).is_none() {
            continue;
        }
        let target = dir.join(name);
        if modules.fs.is_file(&target) && !overwrites(&one.body) {
            continue;
        }
        replace(module, modules, &target);
        let document = one.contents.text.as_ref().and_then(|text| parse(text, one, modules, &mut overlay.holes));
        let Some(document) = document else {
            let why = if one.contents.why.is_empty() { "it can't be read as HCL" } else { &one.contents.why };
            overlay.hide(one.contents.span, &format!("the generated file `{name}` is not known: {why}"));
            continue;
        };
        let before = module.problems.len();
        module.add(document, is_override(name));
        for problem in module.problems.iter_mut().skip(before) {
            problem.kind = ProblemKind::Note;
        }
    }
    overlay
}

impl Overlay {
    fn hide(&mut self, span: crate::source::Span, why: &str) {
        self.unknown.get_or_insert_with(|| why.into());
        self.problems.push(Problem::note(span, why));
    }
}

/// Whether a file that is there gives way.
fn overwrites(body: &Value) -> bool {
    !matches!(body.get("if_exists").and_then(Value::as_str), Some("skip" | "error"))
}

/// Takes a file out of a module.
fn replace(module: &mut Module, modules: &Modules<'_>, path: &Path) {
    if let Some(file) = modules.sources.find(path) {
        module.without_file(file.id);
    }
}

/// The generated file, with names for what is not known in it.
fn parse(
    text: &Written,
    one: &super::config::Generate,
    modules: &Modules<'_>,
    holes: &mut Holes,
) -> Option<hcl::Document> {
    let whole = one.contents.span;
    let file = modules.sources.get(whole.file)?;
    let path = one.body.get("path").and_then(Value::as_str).unwrap_or_default();
    if Path::new(path).extension().is_some_and(|extension| extension == "json") {
        return None;
    }
    // What is not known stands within a text most times, and else for an expression.
    for in_template in [true, false] {
        let (content, pieces, values) = text.filled(whole, in_template, holes.values.len());
        let document = hcl::parse_generated(&content, &pieces, std::sync::Arc::clone(&file));
        if document.errors.is_empty() || (values.is_empty() && in_template) {
            holes.values.extend(values);
            return Some(document);
        }
    }
    None
}
