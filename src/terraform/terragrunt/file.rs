//! What an expression of a Terragrunt file sees beyond Terraform's names: `include`, `dependency`, `feature`, `values`.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use crate::source::Span;
use crate::syntax::hcl::{Document, Expr, ExprKind};
use crate::value::{Data, Entry, Map, MapKind, OriginId, Shape, Symbol, Text, Unknown, Value};

use super::super::dialect::{Called, Dialect};
use super::super::error::Error;
use super::super::lift::reason;
use super::super::scope::{Evaluator, Scope};
use super::config::Config;
use super::document::{Part, blocks, top};
use super::merge::Strategy;
use super::reader::{Frame, Reader};

/// A file that is being evaluated.
pub(super) struct File<'f> {
    pub reader: &'f Reader<'f>,
    pub frame: &'f Frame,
    pub document: &'f Document,
}

impl Dialect for File<'_> {
    fn name(
        &self,
        evaluator: &Evaluator<'_>,
        name: &str,
        steps: &[&Expr],
        span: Span,
    ) -> Option<Result<(Value, usize), Error>> {
        let label = steps.first().and_then(|step| match &step.kind {
            ExprKind::Attribute(_, name) => Some(name.text.clone()),
            ExprKind::Index(_, key) => match &key.kind {
                ExprKind::String(text) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        });
        let labelled = |found: Result<Value, Error>| Some(found.map(|value| (value, 1)));
        match (name, label) {
            ("include", label) => Some(self.included(evaluator, label.as_ref(), span)),
            ("dependency", Some(label)) => labelled(Ok(self.outputs(&label, span))),
            ("feature", Some(label)) => {
                let parts = blocks(top(self.document), "feature");
                let part = parts.iter().find(|part| part.label.as_ref() == Some(&label));
                let instance = evaluator.instance(0)?;
                let found = part.and_then(|part| self.feature(evaluator, part, Scope::of(&instance)));
                labelled(match found {
                    Some(entry) => Ok(entry.value),
                    // It may be declared by a file that this one includes, or that includes it.
                    None => Ok(Value::unknown(
                        format!("the feature flag `{label}` is not declared in this file"),
                        self.reader.origins.literal(span),
                    )),
                })
            }
            ("values", _) => Some(self.values(span).map(|value| (value, 0))),
            ("unit" | "stack", Some(label)) => {
                let why = format!("the directory of `{name}.{label}` is made when the stack is generated");
                labelled(Ok(Value::unknown(why, self.reader.origins.literal(span))))
            }
            _ => None,
        }
    }

    fn call(&self, evaluator: &Evaluator<'_>, name: &str, args: &[Value], span: Span) -> Called {
        super::functions::call(self, evaluator, name, args, span)
    }
}

impl File<'_> {
    /// What `include` or `include.label` stands for.
    fn included(&self, evaluator: &Evaluator<'_>, label: Option<&Text>, span: Span) -> Result<(Value, usize), Error> {
        let parts = blocks(top(self.document), "include");
        let Some(instance) = evaluator.instance(0) else { return Err(Error::new("there is no such include")) };
        let labelled = label.and_then(|label| parts.iter().find(|part| part.label.as_ref() == Some(label)));
        let (part, used) = match (labelled, parts.iter().find(|part| part.label.is_none())) {
            (Some(part), _) => (part, 1),
            (None, Some(part)) => (part, 0),
            (None, None) => {
                let name = label.map(|label| format!(".{label}")).unwrap_or_default();
                return Err(Error::new(format!("there is no `include{name}` in this file")));
            }
        };
        let scope = Scope::of(&instance);
        let (config, _) = self.include(evaluator, part, scope)?;
        let origin = self.reader.origins.literal(span);
        Ok((config.exposed(origin, &mut |name| self.outputs(name, span)), used))
    }

    /// The file that an `include` block names, read for this file's configuration.
    ///
    /// # Errors
    /// Its path is not known, or it can't be read.
    pub(super) fn include(
        &self,
        evaluator: &Evaluator<'_>,
        part: &Part<'_>,
        scope: Scope<'_>,
    ) -> Result<(Rc<Config>, Strategy), Error> {
        let file = self.include_path(evaluator, part, scope)?;
        let strategy = match part.body.attribute("merge_strategy") {
            None => Strategy::Shallow,
            Some((_, expr)) => {
                let name = evaluator.value(expr, scope);
                let found = name.as_str().and_then(|name| Strategy::of(Some(name)));
                found.ok_or_else(|| Error::new("`merge_strategy` is `no_merge`, `shallow` or `deep`"))?
            }
        };
        let frame = Frame { file, dir: self.frame.dir.clone(), original: self.frame.original.clone(), included: true };
        let config = self.reader.below(evaluator, || self.reader.read(&frame))?;
        Ok((config, strategy))
    }

    /// # Errors
    /// The path is not known.
    pub(super) fn include_path(
        &self,
        evaluator: &Evaluator<'_>,
        part: &Part<'_>,
        scope: Scope<'_>,
    ) -> Result<PathBuf, Error> {
        let Some((_, expr)) = part.body.attribute("path") else {
            return Err(Error::new("the `include` block has no `path`"));
        };
        let path = evaluator.eval(expr, scope)?;
        match path.as_str() {
            Some(path) => Ok(self.reader.paths.from(&self.frame.dir, path)),
            None => Err(Error::new(reason(&path).unwrap_or_else(|| "its `path` is no text".into()))),
        }
    }

    /// What is known of another unit: that its outputs are there once it is applied. Mock outputs are no outputs.
    pub(super) fn outputs(&self, label: &Text, span: Span) -> Value {
        let address: Text = format!("dependency.{label}").into();
        let why = format!("an output of the unit that `{address}` names is known only after it is applied");
        let symbol = Some(Symbol::Resource { address, attribute: Text::default() });
        let rest = Some(Arc::new(Unknown { why: why.into(), symbol, shape: Shape::Map }));
        let map = Map { kind: MapKind::Object, entries: Vec::new(), rest };
        Value::new(Data::Map(Arc::new(map)), self.reader.origins.literal(span))
    }

    /// A feature flag, which the command line may set.
    pub(super) fn feature(&self, evaluator: &Evaluator<'_>, part: &Part<'_>, scope: Scope<'_>) -> Option<Entry> {
        let label = part.label.as_ref()?;
        let default = part.body.attribute("default").map(|(_, expr)| evaluator.value(expr, scope));
        let name = format!("feature.{label}");
        let why = format!("the feature flag `{label}` may be set for a run");
        let value = self.reader.open_input(&name, default.as_ref(), &why, part.header);
        let origin = self.reader.origins.literal(part.header);
        let map = Value::map(vec![Entry::new("value", origin, value)], origin);
        Some(Entry::new(label.clone(), origin, map))
    }

    /// What the stack that makes this configuration gives it.
    fn values(&self, span: Span) -> Result<Value, Error> {
        if let Some(values) = self.reader.values.borrow().get(&self.frame.dir) {
            return Ok(values.clone());
        }
        let file = self.frame.dir.join("terragrunt.values.hcl");
        if file != self.frame.file && self.reader.modules.fs.is_file(&file) {
            let frame =
                Frame { file, dir: self.frame.dir.clone(), original: self.frame.original.clone(), included: true };
            let config = self.reader.read(&frame)?;
            let mut entries = config.others.clone();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            return Ok(Value::map(entries, OriginId::NONE));
        }
        let why = "the values come from the stack that makes this unit";
        let symbol = Symbol::Expression("values".into());
        Ok(Value::symbol(why, symbol, Shape::Map, self.reader.origins.literal(span)))
    }
}
