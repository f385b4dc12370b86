//! Where the values of a root module's variables come from: variable files and the command line.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::resource::{Problem, ProblemKind};
use crate::source::FileSystem;
use crate::syntax::hcl::{self, ExprKind};
use crate::value::{Step, Text, Value};

use super::modules::{dir_path, read_document};
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
        let dir = &self.node(root).module.dir;
        let mut files = automatic_files(self.files.fs, dir);
        if let Some(beside) = self.files.beside.as_ref().filter(|beside| *beside != dir) {
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
            match read_document(self.files.fs, sources, path) {
                Ok(document) => self.take_file(root, &document, &mut given),
                Err(problem) => self.note(problem),
            }
        }
        for one in &self.options.variables {
            let Some(block) = self.node(root).module.variables.get(&one.name) else {
                self.note(Problem {
                    kind: ProblemKind::Note,
                    span: one.span,
                    path: one.span.is_none().then(|| dir.clone()),
                    message: format!("there is no variable `{}` to give a value to", one.name),
                    help: None,
                });
                continue;
            };
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
                Value::string(one.value.clone(), origin)
            } else {
                match hcl::parse_expression(&one.value, span) {
                    Ok(expr) => self.value(&expr, Scope::constant(root)).at(origin),
                    Err(error) => {
                        self.note(Problem::error(
                            span,
                            format!("the value given to variable `{}` is no expression: {}", one.name, error.message),
                        ));
                        continue;
                    }
                }
            };
            given.insert(one.name.clone(), value);
        }
        given
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
            let value = self.referred(value, attribute.span(), Step::File(path.clone()));
            given.insert(attribute.name.clone(), value);
        }
    }
}
