//! What is known of a configuration before it is evaluated: the texts that the sources of modules are made of.
//!
//! OpenTofu takes variables and locals in them, as far as they don't depend on anything but each other. Takes an
//! expression and the module it stands in, gives its text, or nothing where it can't be known so early.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use crate::syntax::hcl::{Expr, ExprKind, TemplatePart};
use crate::value::Text;

use super::configuration::Node;
use super::module::Module;
use super::modules::Modules;
use super::options::{Argument, Options};
use super::variables::automatic_files;

/// How far variables and locals are followed.
const MAX_HOPS: usize = 32;

/// How long such a text may be, in bytes.
const MAX_TEXT: usize = 4096;

/// The values that a root module is given.
pub(super) struct Early<'e> {
    modules: &'e Modules<'e>,
    /// Nothing where something else than options gives values, which are not known so early.
    options: Option<&'e Options>,
    given: OnceCell<FxHashMap<Text, Option<Text>>>,
}

impl<'e> Early<'e> {
    pub(super) fn new(modules: &'e Modules<'e>, options: Option<&'e Options>) -> Self {
        Self { modules, options, given: OnceCell::new() }
    }

    /// The text of an expression in one of the modules of a configuration, callers before what they call.
    pub(super) fn text(&self, nodes: &[Node], node: usize, expr: &Expr) -> Option<Text> {
        self.at(nodes, node, expr, 0)
    }

    fn at(&self, nodes: &[Node], node: usize, expr: &Expr, hops: usize) -> Option<Text> {
        let here = nodes.get(node)?;
        let module = &here.module;
        of_expression(expr, hops, &|kind, name, hops| {
            if kind == "local" {
                return self.at(nodes, node, &module.locals.get(name)?.expr, hops);
            }
            let default = || default_of(module, name);
            match here.parent {
                Some(parent) => {
                    let call = nodes.get(parent)?.module.calls.at(here.call)?;
                    match call.body.attribute(name) {
                        Some(argument) => self.at(nodes, parent, &argument.expr, hops),
                        None => default(),
                    }
                }
                None => match self.given(module)?.get(name) {
                    Some(given) => given.clone(),
                    None => default(),
                },
            }
        })
    }

    /// The values of the root's variables that files and options give: the text, or nothing where it is no text.
    fn given(&self, root: &Module) -> Option<&FxHashMap<Text, Option<Text>>> {
        let options = self.options?;
        Some(self.given.get_or_init(|| {
            let mut given = FxHashMap::default();
            let file = |path: &std::path::Path, given: &mut FxHashMap<Text, Option<Text>>| {
                let Ok(document) = self.modules.read_document(path) else { return };
                for attribute in &document.body.attributes {
                    given.insert(attribute.name.clone(), literal(&attribute.expr));
                }
            };
            for one in &options.surroundings {
                given.insert(one.name.clone(), Some(one.value.clone()));
            }
            for path in automatic_files(self.modules.fs, &root.dir).iter().chain(&options.var_files) {
                file(path, &mut given);
            }
            for one in &options.variables {
                given.insert(one.name.clone(), Some(one.value.clone()));
            }
            for argument in &options.arguments {
                match argument {
                    Argument::Variable(one) => {
                        given.insert(one.name.clone(), Some(one.value.clone()));
                    }
                    Argument::File(path) => file(path, &mut given),
                }
            }
            given
        }))
    }
}

/// The text of an expression in a module by itself, whose variables have their defaults.
pub(super) fn text_alone(module: &Module, expr: &Expr) -> Option<Text> {
    alone(module, expr, 0)
}

fn alone(module: &Module, expr: &Expr, hops: usize) -> Option<Text> {
    of_expression(expr, hops, &|kind, name, hops| match kind {
        "local" => alone(module, &module.locals.get(name)?.expr, hops),
        _ => default_of(module, name),
    })
}

fn default_of(module: &Module, name: &str) -> Option<Text> {
    literal(&module.variables.get(name)?.body.attribute("default")?.expr)
}

fn literal(expr: &Expr) -> Option<Text> {
    match &expr.kind {
        ExprKind::String(text) | ExprKind::Number(text) => Some(text.clone()),
        ExprKind::Bool(known) => Some(if *known { "true".into() } else { "false".into() }),
        ExprKind::Paren(inner) => literal(inner),
        _ => None,
    }
}

/// The text of an expression of literals, templates and what `refer` knows: by `var` or `local` and the name.
fn of_expression(expr: &Expr, hops: usize, refer: &dyn Fn(&str, &str, usize) -> Option<Text>) -> Option<Text> {
    if hops > MAX_HOPS {
        return None;
    }
    let text = match &expr.kind {
        ExprKind::Paren(inner) => of_expression(inner, hops + 1, refer),
        ExprKind::Attribute(of, name) => match &of.kind {
            ExprKind::Variable(kind) if matches!(kind.as_str(), "var" | "local") => refer(kind, &name.text, hops + 1),
            _ => None,
        },
        ExprKind::Template(parts) => {
            let mut text = String::new();
            for part in parts {
                match part {
                    TemplatePart::Literal { text: known, .. } => text.push_str(known),
                    TemplatePart::Interpolation { expr, .. } => text.push_str(&of_expression(expr, hops + 1, refer)?),
                    TemplatePart::If { .. } | TemplatePart::For { .. } => return None,
                }
                if text.len() > MAX_TEXT {
                    return None;
                }
            }
            Some(text.into())
        }
        _ => literal(expr),
    };
    text.filter(|text| text.len() <= MAX_TEXT)
}
