//! Nested stacks and applications whose templates lie in the repository.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::resource::{Call, Problem, Resource};
use crate::source::Span;
use crate::syntax::tree::NodeRef;
use crate::value::{OriginId, Step, Text, Value, combine};

use super::compared::MAX_STACKS;
use super::conditions::and;
use super::for_each::Definition;
use super::library;
use super::stack::{Evaluated, Stack};
use super::template::Template;

/// Gives the tags of a stack to its resources, as CloudFormation does.
pub fn hand_on(tags: Option<Value>, resources: &mut [Resource]) {
    let Some(tags) = tags.filter(|tags| !tags.is_unset()) else { return };
    for resource in resources.iter_mut().filter(|resource| resource.default_tags.is_unset()) {
        resource.default_tags = tags.clone();
    }
}

impl<'t> Stack<'t> {
    /// What a nested stack gives; `None` for other resources and for templates that are not here.
    pub fn nested_stack(&self, definition: &Definition<'t>) -> Option<Rc<Evaluated>> {
        if let Some(known) = self.nested.borrow().get(&definition.name) {
            return known.clone();
        }
        let location = library::location(definition.value)?;
        let text = location.text()?;
        // While it is worked out it has no outputs, so that a stack that is passed its own outputs ends.
        self.nested.borrow_mut().insert(definition.name.clone(), None);
        let evaluated = self.evaluate_nested(definition, location, text).map(Rc::new);
        self.nested.borrow_mut().insert(definition.name.clone(), evaluated.clone());
        evaluated
    }

    fn evaluate_nested(&self, definition: &Definition<'t>, location: NodeRef<'t>, text: &str) -> Option<Evaluated> {
        let Some(tree) = self.session.library.find(self.template.tree, text) else {
            let message = format!("the nested template `{text}` of `{}` is not in this repository", definition.name);
            self.session.report(Problem::note(location.span(), message));
            return None;
        };
        let Some(template) = Template::find(tree) else {
            let message = format!("`{text}`, the nested template of `{}`, holds no resources", definition.name);
            self.session.report(Problem::note(location.span(), message));
            return None;
        };
        if self.prefix.matches('/').count() >= MAX_STACKS {
            let message = format!("stacks are nested more than {MAX_STACKS} deep; `{}` was not read", definition.name);
            self.session.report(Problem::note(location.span(), message));
            return None;
        }
        self.session.stack(location.span())?;
        let address = self.address(&definition.name);
        let (passed, arguments) = self.passed_to(definition, &address);
        let passed = self.session.passed_before(template.tree.file.id, passed);
        let child = Stack::new(self.session, template, format!("{address}/").into(), Some(passed));
        let mut evaluated = child.evaluate();
        self.session.inputs.borrow_mut().constraints.extend(child.rules());
        child.finish();
        let header = definition.key.span();
        let call = Call { address, header, span: header.to(definition.value.span()), installed: false, arguments };
        let exists = self.exists(definition);
        let properties = definition.value.get("Properties");
        let tags =
            properties.and_then(|properties| properties.get("Tags")).map(|tags| self.eval(tags, &definition.scope));
        hand_on(tags, &mut evaluated.resources);
        for resource in &mut evaluated.resources {
            resource.calls.insert(0, call.clone());
            if exists.as_bool() != Some(true) {
                resource.exists = and(&[exists.clone(), resource.exists.clone()], resource.exists.origin);
            }
        }
        Some(evaluated)
    }

    /// The parameters that a nested stack is given, and where each argument stands.
    fn passed_to(
        &self,
        definition: &Definition<'t>,
        address: &Text,
    ) -> (FxHashMap<Text, Value>, Vec<(Text, OriginId)>) {
        let mut passed = FxHashMap::default();
        let mut arguments = Vec::new();
        let node = definition.value.get("Properties").and_then(|properties| properties.get("Parameters"));
        for (key, value) in node.iter().flat_map(|node| node.entries()) {
            let Some(name) = key.text() else { continue };
            let value = self.eval(value, &definition.scope);
            arguments.push((name.into(), value.origin));
            let step = Step::Argument { name: name.into(), module: address.clone() };
            let value = self.session.through(&value, key.span(), &step);
            if !value.is_absent() {
                passed.insert(name.into(), value);
            }
        }
        (passed, arguments)
    }

    /// What `Outputs.X` of a nested stack is at a place.
    pub fn stack_output(&self, definition: &Definition<'t>, output: &str, span: Span) -> Option<Value> {
        let nested = self.nested_stack(definition)?;
        let (_, value) = nested.outputs.iter().find(|(name, _)| name == output)?;
        let step = Step::Reference(format!("output `{output}` of `{}`", definition.name).into());
        let value = combine(&[value], &mut |leaves| leaves[0].clone());
        Some(self.session.through(&value, span, &step))
    }
}
