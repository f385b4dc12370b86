//! Where the values of a root module's variables come from: variable files and the command line.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::source::FileSystem;
use crate::syntax::hcl::{self, ExprKind};
use crate::value::{Step, Text, Value};

use super::modules::{dir_path, read_document};
use super::normal;
use super::options::{Argument, Given};
use super::scope::{Evaluator, Instance, Scope};

/// The variable files that Terraform loads by itself, in the order of their precedence.
pub(super) fn automatic_files(fs: &dyn FileSystem, root: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["terraform.tfvars", "terraform.tfvars.json"]
        .iter()
        .map(|name| root.join(name))
        .filter(|path| fs.is_file(path))
        .collect();
    let automatic = fs.list(dir_path(root)).into_iter().filter(|entry| !entry.is_dir).map(|entry| entry.name);
    files.extend(
        automatic
            .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"))
            .map(|name| root.join(name)),
    );
    files
}

impl Evaluator<'_> {
    /// The values that are given to the root's variables; later ones win.
    pub(super) fn given_variables(
        &self,
        root: &Rc<Instance>,
        sources: &crate::source::Sources,
    ) -> FxHashMap<Text, Value> {
        let mut given = FxHashMap::default();
        let module = &self.node(root).module;
        for one in &self.options.surroundings {
            // The environment holds values for other configurations as well.
            if module.variables.get(&one.name).is_some() {
                self.take_value(root, one, &mut given);
            }
        }
        let mut files = automatic_files(self.files.fs, &module.dir);
        if let Some(beside) = self.files.beside.as_ref().filter(|beside| **beside != module.dir) {
            let copied = automatic_files(self.files.fs, beside);
            files.retain(|file| !copied.iter().any(|other| other.file_name() == file.file_name()));
            files.extend(copied);
            // The plain ones come before all others, which are in the order of their names.
            files.sort_by_key(|file| {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                (!name.starts_with("terraform.tfvars"), name)
            });
        }
        for path in files.iter().chain(&self.options.var_files) {
            self.take_path(root, sources, path, &mut given);
        }
        for one in &self.options.variables {
            self.take_value(root, one, &mut given);
        }
        for argument in &self.options.arguments {
            match argument {
                Argument::Variable(one) => self.take_value(root, one, &mut given),
                Argument::File(path) => self.take_path(root, sources, path, &mut given),
            }
        }
        given
    }

    fn take_value(&self, root: &Rc<Instance>, one: &Given, given: &mut FxHashMap<Text, Value>) {
        let module = &self.node(root).module;
        // Another root module of the same run may have it.
        let Some(block) = module.variables.get(&one.name) else { return };
        let span = one.span.unwrap_or(block.header);
        let origin = self.origins.hop(span, one.step.clone(), crate::value::OriginId::NONE);
        // Variables of a primitive type take the text as it is, all others an expression.
        let text = match block.body.attribute("type").map(|ty| &ty.expr.kind) {
            Some(ExprKind::Variable(name) | ExprKind::String(name)) => {
                matches!(name.as_str(), "string" | "number" | "bool")
            }
            None => true,
            _ => false,
        };
        let value = if text {
            Value::string(normal::text(&one.value), origin)
        } else {
            match hcl::parse_expression(&one.value, span) {
                Ok(expr) => self.value(&expr, Scope::constant(root)).at(origin),
                Err(error) => {
                    self.note(Problem::error(
                        span,
                        format!("the value given to variable `{}` is no expression: {}", one.name, error.message),
                    ));
                    return;
                }
            }
        };
        given.insert(one.name.clone(), value);
    }

    fn take_path(
        &self,
        root: &Rc<Instance>,
        sources: &crate::source::Sources,
        path: &Path,
        given: &mut FxHashMap<Text, Value>,
    ) {
        match read_document(self.files.fs, sources, path) {
            Ok(document) => self.take_file(root, &document, given),
            Err(problem) => self.note(problem),
        }
    }

    fn take_file(&self, root: &Rc<Instance>, document: &hcl::Document, given: &mut FxHashMap<Text, Value>) {
        for error in &document.errors {
            self.note(Problem::error(error.span, error.message.clone()));
        }
        for block in &document.body.blocks {
            self.note(Problem::error(block.header, "a variable file holds values only, no blocks"));
        }
        let path: Text = document.file.path_text().into();
        for attribute in &document.body.attributes {
            if self.node(root).module.variables.get(&attribute.name).is_none() {
                // Files are shared between root modules; Terraform itself only warns.
                continue;
            }
            let value = self.value(&attribute.expr, Scope::constant(root));
            self.note_declared(attribute.name_span, root, &value);
            let value = self.referred(value, attribute.span(), Step::File(path.clone()));
            given.insert(attribute.name.clone(), value);
        }
    }
}
