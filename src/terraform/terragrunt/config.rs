//! What a Terragrunt file says, evaluated, with what it includes merged in.

use crate::source::Span;
use crate::syntax::hcl::Pieces;
use crate::value::{Data, Entry, OriginId, Text, Value};

use super::merge::{self, Strategy};

/// A configuration.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// A map of all locals; those of included files are not among them.
    pub locals: Value,
    pub inputs: Option<Value>,
    /// The `terraform` block's header and its `source`.
    pub terraform: Option<Terraform>,
    pub generate: Vec<Generate>,
    pub remote_state: Option<Value>,
    /// The map of feature flags and their values.
    pub features: Vec<Entry>,
    /// Names of the dependencies.
    pub dependencies: Vec<Text>,
    /// Attributes that have no meaning here, and `skip`.
    pub others: Vec<Entry>,
    /// `exclude` blocks as maps.
    pub exclude: Option<Value>,
}

/// A `terraform` block.
#[derive(Clone, Debug)]
pub(super) struct Terraform {
    pub header: Span,
    pub span: Span,
    pub source: Option<Value>,
    /// In the order in which they are handed to Terraform.
    pub arguments: Vec<ExtraArguments>,
}

/// An `extra_arguments` block: a map of its attributes.
#[derive(Clone, Debug)]
pub(super) struct ExtraArguments {
    pub label: Text,
    pub body: Value,
}

/// A file that Terragrunt writes before it runs Terraform.
#[derive(Clone, Debug)]
pub(super) struct Generate {
    pub label: Text,
    /// `path`, `if_exists`, `disable`, `contents` and others.
    pub body: Value,
    pub contents: Contents,
}

/// What is written into a file.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    /// Where it stands.
    pub span: Span,
    pub text: Option<Written>,
    /// Why nothing is known of it where there is no text.
    pub why: Text,
}

/// A text with holes where something is not known.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub parts: Vec<WrittenPart>,
}

#[derive(Clone, Debug)]
pub(super) enum WrittenPart {
    /// A text, and where each stretch of it stands.
    Text { text: Text, pieces: Vec<(usize, Span, bool)> },
    /// A value that is not known, or differs from case to case.
    Hole { value: Value, span: Span },
}

impl Written {
    /// The whole text with a name in each hole, as a template's part or bare, and the values of the names.
    /// The names are numbered from `first` on.
    pub(super) fn filled(&self, whole: Span, in_template: bool, first: usize) -> (String, Pieces, Vec<Value>) {
        let (mut out, mut pieces, mut values) = (String::new(), Pieces::new(whole), Vec::new());
        for part in &self.parts {
            match part {
                WrittenPart::Text { text, pieces: own } => {
                    out.push_str(text);
                    for (length, span, exact) in own {
                        pieces.push(*length, *span, *exact);
                    }
                }
                WrittenPart::Hole { value, span } => {
                    let name = format!("{HOLE}{}", first + values.len());
                    let name = if in_template { format!("${{{name}}}") } else { name };
                    pieces.push(name.len(), *span, false);
                    out.push_str(&name);
                    values.push(value.clone());
                }
            }
        }
        (out, pieces, values)
    }
}

/// How the names begin that stand for what is not known in a generated file.
pub(super) const HOLE: &str = "terragrunt_unknown_";

impl Config {
    /// Lays this configuration over one that it includes.
    pub(super) fn over(self, parent: &Self, strategy: Strategy) -> Self {
        if strategy == Strategy::NoMerge {
            return self;
        }
        let inputs = match (&parent.inputs, self.inputs) {
            (Some(parent), Some(child)) => Some(merge::inputs(parent, &child, strategy)),
            (Some(parent), None) => Some(parent.clone()),
            (None, child) => child,
        };
        let terraform = match (&parent.terraform, self.terraform) {
            (Some(parent), Some(child)) => {
                let mut arguments = parent.arguments.clone();
                for one in child.arguments {
                    match arguments.iter_mut().find(|known| known.label == one.label) {
                        Some(known) => *known = one,
                        None => arguments.push(one),
                    }
                }
                let source = child.source.or_else(|| parent.source.clone());
                Some(Terraform { header: child.header, span: child.span, source, arguments })
            }
            (Some(parent), None) => Some(parent.clone()),
            (None, child) => child,
        };
        let mut generate = parent.generate.clone();
        for one in self.generate {
            match generate.iter_mut().find(|known| known.label == one.label) {
                Some(known) => *known = one,
                None => generate.push(one),
            }
        }
        let mut others = parent.others.clone();
        for one in self.others {
            match others.iter_mut().find(|known| known.key == one.key) {
                Some(known) => *known = one,
                None => others.push(one),
            }
        }
        let mut dependencies = parent.dependencies.clone();
        dependencies.extend(self.dependencies);
        dependencies.sort();
        dependencies.dedup();
        let mut features = parent.features.clone();
        features.retain(|known| self.features.iter().all(|own| own.key != known.key));
        features.extend(self.features);
        Self {
            locals: self.locals,
            inputs,
            terraform,
            generate,
            remote_state: self.remote_state.or_else(|| parent.remote_state.clone()),
            features,
            dependencies,
            others,
            exclude: self.exclude.or_else(|| parent.exclude.clone()),
        }
    }

    /// The configuration as `include.name` and `read_terragrunt_config` show it.
    pub(super) fn exposed(&self, origin: OriginId, outputs: &mut dyn FnMut(&Text) -> Value) -> Value {
        let mut entries = self.others.clone();
        let mut add = |name: &str, value: Value| entries.push(Entry::new(name, value.origin, value));
        add("locals", self.locals.clone());
        if let Some(inputs) = &self.inputs {
            add("inputs", inputs.clone());
        }
        if let Some(terraform) = &self.terraform {
            let mut own = Vec::new();
            if let Some(source) = &terraform.source {
                own.push(Entry::new("source", source.origin, source.clone()));
            }
            let arguments = terraform.arguments.iter();
            let arguments = arguments.map(|one| Entry::new(one.label.clone(), one.body.origin, one.body.clone()));
            own.push(Entry::new("extra_arguments", origin, sorted(arguments.collect(), origin)));
            add("terraform", sorted(own, origin));
        }
        if !self.generate.is_empty() {
            let files = self.generate.iter();
            let files = files.map(|one| Entry::new(one.label.clone(), one.body.origin, one.body.clone()));
            add("generate", sorted(files.collect(), origin));
        }
        if let Some(state) = &self.remote_state {
            add("remote_state", state.clone());
        }
        if !self.features.is_empty() {
            add("feature", sorted(self.features.clone(), origin));
        }
        if !self.dependencies.is_empty() {
            let named = self.dependencies.iter().map(|name| Entry::new(name.clone(), origin, outputs(name)));
            let named = sorted(named.collect(), origin);
            add("dependency", named);
        }
        sorted(entries, origin)
    }

    /// Whether the unit says of itself that it is not deployed.
    pub(super) fn is_left_out(&self) -> bool {
        let skipped = self.others.iter().find(|one| one.key == "skip").and_then(|one| one.value.as_bool());
        let excluded = self.exclude.as_ref().is_some_and(|exclude| {
            let actions = match exclude.get("actions").map(|actions| &actions.data) {
                Some(Data::List(list)) => list.items.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            exclude.get("if").and_then(Value::as_bool) == Some(true)
                && actions.iter().any(|action| matches!(*action, "all" | "all_except_output" | "apply"))
        });
        skipped == Some(true) || excluded
    }
}

fn sorted(mut entries: Vec<Entry>, origin: OriginId) -> Value {
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Value::map(entries, origin)
}
