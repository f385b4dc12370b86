//! Definitions in `Resources` to resources with evaluated attributes.

use std::sync::Arc;

use crate::resource::{Problem, Resource};
use crate::source::FileId;
use crate::syntax::tree::NodeRef;
use crate::value::{Data, Entry, OriginId, Shape, Step, Text, Unknown, Value, opened};

use super::call::Call;
use super::for_each::Definition;
use super::library::definition_location;
use super::stack::{Evaluated, Stack};
use super::types::is_relevant;

/// What stands beside the properties and is kept for policies.
const META: &[&str] =
    &["Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "UpdateReplacePolicy"];

impl<'t> Stack<'t> {
    /// Evaluates all resources, those of nested stacks too, and the outputs.
    pub fn evaluate(&self) -> Evaluated {
        let mut resources = Vec::with_capacity(self.resources.len());
        for definition in &self.resources {
            if let Some(resource) = self.build(definition) {
                resources.push(resource);
            }
        }
        if self.template.is_serverless() {
            resources = super::sam::expand(self, resources);
        }
        if self.framework.is_some() {
            resources = super::serverless_functions::expand(self, resources);
        }
        let nested: Vec<Resource> = self
            .resources
            .iter()
            .filter_map(|definition| self.nested_stack(definition))
            .flat_map(|nested| nested.resources.clone())
            .collect();
        resources.extend(nested);
        Evaluated { resources, outputs: self.outputs() }
    }

    fn build(&self, definition: &Definition<'t>) -> Option<Resource> {
        let (key, node) = (definition.key, definition.value);
        let name = &definition.name;
        if !node.is_mapping() || Call::of(node).is_some() {
            let message = format!("resource `{name}` is not a mapping");
            let help = "give it a `Type` and `Properties`";
            self.session.report(Problem::error(key.span(), message).with_help(help));
            return None;
        }
        let Some(kind) = node.get("Type").and_then(NodeRef::text) else {
            // An include or a module may hold the type.
            if !Self::has_loops(node)
                && node.get("Type").is_none_or(|kind| Call::of(kind).is_none() && !kind.is_mapping())
            {
                let message = format!("resource `{name}` has no type");
                let help = "add `Type: AWS::...`";
                self.session.report(Problem::error(key.span(), message).with_help(help));
            }
            return None;
        };
        let kind: Text = definition.scope.fill(kind).map_or_else(|| kind.into(), Text::from);
        let header = key.span();
        let mut attributes = self.attributes(definition, &kind);
        if self.is_damaged(definition) {
            let why = format!("`{name}` could not be read whole; mend the mistakes in it first");
            let open = Unknown { why: why.into(), symbol: None, shape: Shape::Any };
            attributes = opened(&attributes, &Arc::new(open));
        }
        self.add_definition(definition, &mut attributes);
        Some(Resource {
            address: self.address(name),
            name: name.clone(),
            header,
            span: header.to(node.span()),
            exists: self.exists(definition),
            attributes,
            meta: self.meta(definition, &kind),
            calls: Vec::new(),
            region: self.region(),
            default_tags: Value::absent(OriginId::NONE),
            managed: true,
            kind,
        })
    }

    /// Adds the definition of a workflow that stands in a file of its own: as a structure, or as the text that it is
    /// where it has gaps that its substitutions fill.
    fn add_definition(&self, definition: &Definition<'t>, attributes: &mut Value) {
        let location = definition_location(definition.value);
        let found = location.and_then(|node| self.session.library.find(self.template.tree, node.text()?));
        let (Some(location), Some(tree), Data::Map(map)) = (location, found, &attributes.data) else { return };
        if map.get("Definition").is_some() || map.get("DefinitionString").is_some() {
            return;
        }
        let (name, value) = match tree.root().filter(|root| root.is_mapping() && tree.errors.is_empty()) {
            Some(root) => ("Definition", self.eval(root, &definition.scope)),
            None => {
                let text = tree.file.slice(tree.file.whole());
                ("DefinitionString", Value::string(text, self.session.origins.literal(location.span())))
            }
        };
        let mut map = (**map).clone();
        map.entries.push(Entry::new(name, OriginId::NONE, value));
        *attributes = Value::new(Data::Map(map.into()), attributes.origin);
    }

    /// Whether a syntax error stands in a definition, or between it and the next one.
    fn is_damaged(&self, definition: &Definition<'t>) -> bool {
        let key = definition.key;
        if !key.tree().is_broken() {
            return false;
        }
        let damaged = self.damaged.get_or_init(|| {
            let mut starts: Vec<(FileId, u32)> =
                self.resources.iter().map(|one| (one.key.span().file, one.key.span().start)).collect();
            starts.sort_unstable();
            let errors = key.tree().errors.iter().filter(|error| !error.recoverable);
            errors
                .filter_map(|error| {
                    let after = starts.partition_point(|start| *start <= (error.span.file, error.span.start));
                    starts.get(after.checked_sub(1)?).copied()
                })
                .collect()
        });
        damaged.contains(&(key.span().file, key.span().start))
    }

    /// The Region of the stack.
    pub fn region(&self) -> Value {
        self.pseudo("AWS::Region").unwrap_or_else(|| Value::absent(OriginId::NONE))
    }

    fn attributes(&self, definition: &Definition<'t>, kind: &str) -> Value {
        let header = self.session.origins.literal(definition.key.span());
        let Some((key, node)) = definition.value.entry("Properties") else { return Value::map(Vec::new(), header) };
        if !is_relevant(kind) || node.is_null() {
            return Value::map(Vec::new(), self.session.origins.literal(node.span()));
        }
        let value = self.eval(node, &definition.scope);
        match value.data {
            crate::value::Data::Map(_) | crate::value::Data::Choice(_) | crate::value::Data::Unknown(_) => value,
            _ => {
                let message = format!("`Properties` of resource `{}` is not a mapping", definition.name);
                let help = "write each property as `Name: value` below it";
                self.session.report(Problem::error(key.span(), message).with_help(help));
                Value::map(Vec::new(), header)
            }
        }
    }

    /// In which cases a resource exists.
    pub fn exists(&self, definition: &Definition<'t>) -> Value {
        let condition = definition.value.get("Condition").map(|node| match node.text() {
            Some(name) => {
                let name = definition.scope.fill(name).map_or_else(|| Text::from(name), Text::from);
                let truth = self.condition(&name, node.span());
                self.session.through(&truth, node.span(), &Step::Reference(format!("condition `{name}`").into()))
            }
            None => self.truth(node, &definition.scope),
        });
        let origin = self.session.origins.literal(definition.key.span());
        match (condition, &definition.exists) {
            (None, None) => Value::bool(true, origin),
            (Some(one), None) => one,
            (None, Some(one)) => one.clone(),
            (Some(one), Some(other)) => super::conditions::and(&[one, other.clone()], origin),
        }
    }

    fn meta(&self, definition: &Definition<'t>, kind: &str) -> Value {
        let origins = &self.session.origins;
        let mut entries = Vec::new();
        if is_relevant(kind) {
            for (key, value) in definition.value.entries() {
                let Some(name) = key.text().filter(|name| META.contains(name)) else { continue };
                let value = match name {
                    // The name itself; `exists` holds its truth.
                    "Condition" => match value.text() {
                        Some(name) => Value::string(name, origins.literal(value.span())),
                        None => Value::unknown("it is no name of a condition", origins.literal(value.span())),
                    },
                    _ => self.eval(value, &definition.scope),
                };
                entries.push(Entry::new(name, origins.literal(key.span()), value));
            }
        }
        Value::map(entries, origins.literal(definition.key.span()))
    }

    fn outputs(&self) -> Vec<(Text, Value)> {
        self.template
            .sections("Outputs")
            .flat_map(|section| self.definitions(section, &super::for_each::Scope::default()))
            .filter_map(|output| {
                let node = output.value.get("Value")?;
                let value = self.noted(output.key.span(), self.eval(node, &output.scope));
                let export = output.value.get("Export").and_then(|export| export.get("Name"));
                let export = export.map(|name| self.eval(name, &output.scope));
                let mut given = vec![(output.name, value.clone())];
                if let Some(export) = export {
                    exported(&export, &value, &mut given);
                }
                Some(given)
            })
            .flatten()
            .collect()
    }
}

/// Adds a value under what imports it; where the export's name depends on an input, in the case of each name.
fn exported(name: &Value, value: &Value, given: &mut Vec<(Text, Value)>) {
    if let Data::Choice(choice) = &name.data {
        for (at, case) in choice.cases.iter().enumerate() {
            let absent = || Value::absent(value.origin);
            let cases =
                (0..choice.cases.len()).map(|other| if other == at { value.clone() } else { absent() }).collect();
            exported(case, &crate::value::choice(choice.input, cases), given);
        }
    } else if let Some(symbol) = super::intrinsics::import_symbol(name) {
        given.push((symbol, value.clone()));
    }
}
