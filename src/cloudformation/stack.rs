//! One stack under evaluation: what its template defines, by name, and what of it is worked out already.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::resource::{Problem, Resource};
use crate::source::{FileId, Span};
use crate::syntax::tree::NodeRef;
use crate::value::{Step, Symbol, Text, Value};

use super::compared::Compared;
use super::for_each::{Definition, Scope};
use super::parameters::Declared;
use super::serverless_framework::Framework;
use super::session::Session;
use super::template::Template;

/// What the evaluation of a stack gives.
pub struct Evaluated {
    pub resources: Vec<Resource>,
    /// By name, in the order of the source.
    pub outputs: Vec<(Text, Value)>,
}

/// A stack under evaluation.
pub struct Stack<'t> {
    pub session: &'t Session<'t>,
    pub template: Template<'t>,
    pub framework: Option<Framework<'t>>,
    /// The address of the stack with a `/` after it; empty for the root.
    pub prefix: Text,
    parameters: FxHashMap<&'t str, Value>,
    pub compared: Rc<Compared>,
    pub mappings: FxHashMap<&'t str, NodeRef<'t>>,
    pub conditions: FxHashMap<Text, Definition<'t>>,
    /// Values of conditions; `None` while one is worked out.
    pub truths: RefCell<FxHashMap<Text, Option<Value>>>,
    pub resources: Vec<Definition<'t>>,
    by_name: FxHashMap<Text, usize>,
    /// Names of resources; `None` while one is worked out.
    names: RefCell<FxHashMap<Text, Option<Value>>>,
    /// Nested stacks that are evaluated already.
    pub nested: RefCell<FxHashMap<Text, Option<Rc<Evaluated>>>>,
    /// Loops or macros may define names that are not known.
    pub open_names: RefCell<bool>,
    pub passed: Option<FxHashMap<Text, Value>>,
    /// References to names that nothing defines; told by [`Stack::finish`].
    undefined: RefCell<Vec<Undefined>>,
    /// Where the keys of definitions begin that a syntax error keeps from being read whole.
    pub damaged: OnceCell<FxHashSet<(FileId, u32)>>,
}

/// A reference to a name that nothing defines.
struct Undefined {
    name: Text,
    problem: Problem,
    /// Another name is so near that this one is a slip of the pen.
    is_slip: bool,
}

/// For how many undefined names a suggestion is looked for.
const MAX_SUGGESTIONS: usize = 50;

/// From how many names on that it does not define a template is taken for a part of a larger one.
const MIN_FOREIGN_NAMES: usize = 3;

impl<'t> Stack<'t> {
    /// Reads what the template defines. `passed` are the parameters that a parent stack gives.
    pub fn new(
        session: &'t Session<'t>,
        template: Template<'t>,
        prefix: Text,
        passed: Option<FxHashMap<Text, Value>>,
    ) -> Self {
        let template = template.complete(session.library, &session.options.parameters);
        let framework = template.framework.clone();
        let compared = Compared::scan(&template, session);
        let open_names = RefCell::new(template.has_macros());
        let mut stack = Self {
            session,
            template,
            framework,
            prefix,
            parameters: FxHashMap::default(),
            compared,
            mappings: FxHashMap::default(),
            conditions: FxHashMap::default(),
            truths: RefCell::default(),
            resources: Vec::new(),
            by_name: FxHashMap::default(),
            names: RefCell::default(),
            nested: RefCell::default(),
            open_names,
            passed,
            undefined: RefCell::default(),
            damaged: OnceCell::new(),
        };
        stack.framework_region();
        stack.read_parameters();
        stack.read_definitions();
        stack
    }

    fn declared(&self) -> Declared<'_, 't> {
        Declared { session: self.session, compared: &self.compared, prefix: &self.prefix, passed: self.passed.as_ref() }
    }

    fn read_parameters(&mut self) {
        let mut parameters: FxHashMap<&'t str, Value> = FxHashMap::default();
        for (key, declared) in self.template.sections("Parameters").flat_map(NodeRef::entries) {
            if let Some(name) = key.text()
                && !parameters.contains_key(name)
            {
                let value = self.declared().parameter(key, name, declared);
                parameters.insert(name, self.noted(key.span(), value));
            }
        }
        self.parameters = parameters;
    }

    fn read_definitions(&mut self) {
        let sections = |name: &str| self.template.sections(name).collect::<Vec<_>>();
        let (mappings, conditions, resources) = (sections("Mappings"), sections("Conditions"), sections("Resources"));
        for section in mappings {
            for (key, mapping) in self.definitions(section, &Scope::default()).into_iter().map(|d| (d.key, d.value)) {
                self.mappings.extend(key.text().map(|name| (name, mapping)));
            }
        }
        for section in conditions {
            let conditions = self.definitions(section, &Scope::default());
            self.conditions.extend(conditions.into_iter().map(|definition| (definition.name.clone(), definition)));
        }
        for section in resources {
            for definition in self.definitions(section, &Scope::default()) {
                match self.by_name.get(&definition.name).copied() {
                    // The parser has reported keys that are written twice; loops may make a name twice as well.
                    Some(at) => {
                        if definition.scope.is_in_loop() {
                            let message = format!("resource `{}` is defined twice", definition.name);
                            self.session.report(
                                Problem::error(definition.key.span(), message)
                                    .with_help("use the loop's variable in the logical id"),
                            );
                        }
                        if let Some(known) = self.resources.get_mut(at) {
                            *known = definition;
                        }
                    }
                    None => {
                        self.by_name.insert(definition.name.clone(), self.resources.len());
                        self.resources.push(definition);
                    }
                }
            }
        }
    }

    /// The definition of a resource.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&Definition<'t>> {
        self.by_name.get(name).and_then(|at| self.resources.get(*at))
    }

    /// The full address of a resource of this stack.
    #[must_use]
    pub fn address(&self, name: &str) -> Text {
        if self.prefix.is_empty() { name.into() } else { format!("{}{name}", self.prefix).into() }
    }

    /// What `Ref` of a name gives at a place.
    pub fn reference(&self, name: &str, span: Span, scope: &Scope) -> Value {
        if let Some(value) = scope.get(name) {
            return self.session.through(value, span, &Step::Reference(format!("loop variable `{name}`").into()));
        }
        if let Some(value) = self.parameters.get(name) {
            return self.session.through(value, span, &Step::Reference(format!("parameter `{name}`").into()));
        }
        if let Some(value) = self.pseudo(name) {
            return self.session.through(&value, span, &Step::Reference(format!("`{name}`").into()));
        }
        if self.resource(name).is_some() {
            return self.resource_reference(name, span);
        }
        if let Some(alias) = self.published_alias(name) {
            return self.given_by_service(&alias, "Ref", span);
        }
        self.undefined(name, "Ref", span)
    }

    /// The resource that `Function.Alias` refers to in a serverless template.
    fn published_alias(&self, name: &str) -> Option<String> {
        let function = name.strip_suffix(".Alias").filter(|_| self.template.is_serverless())?;
        let properties = self.resource(function)?.value.get("Properties")?;
        let alias = properties.get("AutoPublishAlias").and_then(super::compared::constant)?;
        Some(super::sam::alias_id(function, &alias))
    }

    /// What a pseudo parameter is, without a place of its own.
    #[must_use]
    pub fn pseudo(&self, name: &str) -> Option<Value> {
        if name.starts_with("AWS::") { self.declared().pseudo(name) } else { None }
    }

    /// `Ref` of a resource: its name where that is known, else something that the service gives.
    fn resource_reference(&self, name: &str, span: Span) -> Value {
        let step = Step::Resource { address: self.address(name), attribute: "Ref".into() };
        match self.resource_name(name) {
            Some(known) => {
                let named = crate::value::combine(&[&known], &mut |leaves| {
                    if leaves[0].is_unset() { self.given_by_service(name, "Ref", span) } else { leaves[0].clone() }
                });
                if named.as_unknown().is_some_and(|unknown| matches!(unknown.symbol, Some(Symbol::Resource { .. }))) {
                    return named;
                }
                self.session.through(&named, span, &step)
            }
            None => self.given_by_service(name, "Ref", span),
        }
    }

    /// The value of the property that names a resource; `None` for types without one, and while it refers to itself.
    fn resource_name(&self, name: &str) -> Option<Value> {
        if let Some(known) = self.names.borrow().get(name) {
            return known.clone();
        }
        let definition = self.resource(name)?;
        let kind = definition.value.get("Type").and_then(NodeRef::text)?;
        let property = super::types::name_property(kind)?;
        let node = definition.value.get("Properties").and_then(|properties| properties.get(property));
        self.names.borrow_mut().insert(name.into(), None);
        let value = node.map(|node| self.eval(node, &definition.scope));
        self.names.borrow_mut().insert(name.into(), value.clone());
        value
    }

    /// An attribute of a resource that is known only when the stack is deployed.
    pub fn given_by_service(&self, name: &str, attribute: &str, span: Span) -> Value {
        let address = self.address(name);
        let attribute: Text = attribute.into();
        let why = if attribute == "Ref" {
            format!("what `{name}` refers to is known when the stack is deployed")
        } else {
            format!("`{attribute}` of `{name}` is known when the stack is deployed")
        };
        let step = Step::Resource { address: address.clone(), attribute: attribute.clone() };
        let origin = self.session.origins.hop(span, step, crate::value::OriginId::NONE);
        let custom = self
            .resource(name)
            .and_then(|definition| definition.value.get("Type").and_then(NodeRef::text))
            .is_some_and(|kind| kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource");
        let shape = if custom { crate::value::Shape::Any } else { crate::value::Shape::String };
        Value::symbol(why, Symbol::Resource { address, attribute }, shape, origin)
    }

    /// What a reference to a name gives that nothing defines.
    pub fn undefined(&self, name: &str, attribute: &str, span: Span) -> Value {
        if self.may_be_generated(name) {
            return self.given_by_service(name, attribute, span);
        }
        let origin = self.session.origins.literal(span);
        let message = format!("`{name}` is neither a parameter nor a resource of this template");
        let close = self.looks_for_names().then(|| {
            let known = self.parameters.keys().copied().chain(self.resources.iter().map(|known| known.name.as_str()));
            closest(name, known)
        });
        self.tell_undefined(name, span, &message, close.flatten(), "declare it in `Parameters` or `Resources`");
        Value::unknown(message, origin)
    }

    /// Whether suggestions are still looked for: not when there are many undefined names.
    pub fn looks_for_names(&self) -> bool {
        self.undefined.borrow().len() < MAX_SUGGESTIONS
    }

    /// Keeps a reference to an undefined name until it is known whether the template is a whole one.
    pub fn tell_undefined(&self, name: &str, span: Span, message: &str, close: Option<String>, help: &str) {
        let is_slip = close.is_some();
        let help = close.map_or_else(|| help.to_owned(), |close| format!("did you mean `{close}`?"));
        let problem = Problem::note(span, message).with_help(help);
        self.undefined.borrow_mut().push(Undefined { name: name.into(), problem, is_slip });
    }

    /// Reports undefined names. A file that refers to several of them is a part that is put together with others before
    /// it is deployed (as Rain, `cfn-include` and home-made tools do): one note says so.
    pub fn finish(&self) {
        let undefined = std::mem::take(&mut *self.undefined.borrow_mut());
        let mut names: Vec<&Text> = undefined.iter().filter(|one| !one.is_slip).map(|one| &one.name).collect();
        names.sort();
        names.dedup();
        let is_part = self.prefix.is_empty() && names.len() >= MIN_FOREIGN_NAMES;
        if is_part && let Some(first) = undefined.first() {
            let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
            let message = format!(
                "{} names are used here and not defined ({}, ...); the file is taken for a part of a larger template",
                names.len(),
                shown.join(", ")
            );
            let span = first.problem.span.unwrap_or_else(|| self.template.root.span());
            self.session.report(Problem::note(span, message).with_help("check the template that it becomes a part of"));
        }
        for one in undefined {
            if !is_part {
                self.session.report(one.problem);
            }
        }
    }

    /// Whether a transform may define a name that the template does not: roles and versions of functions, stages of
    /// APIs, and whatever macros make.
    fn may_be_generated(&self, name: &str) -> bool {
        if *self.open_names.borrow() {
            return true;
        }
        self.template.is_serverless()
            && (name.starts_with("Serverless")
                || name.char_indices().any(|(at, letter)| {
                    let known = name.get(..at + letter.len_utf8()).and_then(|prefix| self.resource(prefix));
                    known
                        .and_then(|known| known.value.get("Type").and_then(NodeRef::text))
                        .is_some_and(|kind| kind.starts_with("AWS::Serverless::"))
                }))
    }
}

/// The nearest of some names, if one is near enough to be meant: the one with the fewest changed letters.
pub fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let length = name.chars().count();
    let limit = if length <= 2 { 0 } else { length.div_ceil(3).min(3) };
    let mut names: Vec<&str> = known.filter(|known| known.len().abs_diff(name.len()) <= limit).collect();
    names.sort_unstable();
    names
        .into_iter()
        .map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known.to_owned())
}

/// How many letters have to be changed, put in or taken out (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let next = (diagonal + usize::from(from != *to)).min(above + 1).min(left + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = next;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_the_one_with_the_fewest_changes() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(
            closest("OrderTabel", ["OrdersTable", "OrderTable", "Users"].into_iter()).as_deref(),
            Some("OrderTable")
        );
        assert_eq!(closest("Orders", ["Payments"].into_iter()), None);
    }
}
