//! Nodes to values: scalars, lists and maps; calls go to [`super::intrinsics`].

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::syntax::tree::{NodeKind, NodeRef, Scalar};
use crate::value::{Data, Entry, Number, Step, Text, Unknown, Value, combine};

use super::call::Call;
use super::for_each::Scope;
use super::serverless_framework::may_hold_variable;
use super::stack::Stack;
use super::text;

impl<'t> Stack<'t> {
    /// What a node is.
    pub fn eval(&self, node: NodeRef<'t>, scope: &Scope) -> Value {
        let span = node.span();
        if self.session.enter(span).is_none() {
            return Value::unknown(
                "the template is too large or too deep to be read here",
                self.session.origins.literal(span),
            );
        }
        let value = match Call::of(node) {
            Some(call) => self.noted(span, self.call(&call, scope)),
            None => self.content(node, scope),
        };
        self.session.leave();
        value
    }

    /// The value, with a note of it where that is asked for.
    pub fn noted(&self, span: Span, value: Value) -> Value {
        let origins = &self.session.origins;
        if origins.is_noting() {
            let of = self.prefix.strip_suffix('/').unwrap_or(&self.prefix);
            origins.note(span, &of.into(), &value);
        }
        value
    }

    /// What the argument of a call is.
    pub fn argument(&self, call: &Call<'t>, scope: &Scope) -> Value {
        if !call.tagged {
            return self.eval(call.argument, scope);
        }
        match Call::of_long(call.argument) {
            Some(inner) => {
                // One level deeper, although it is the same node.
                if self.session.enter(call.span).is_none() {
                    return Value::unknown("functions are nested too deep", self.session.origins.literal(call.span));
                }
                let value = self.call(&inner, scope);
                self.session.leave();
                value
            }
            None => self.content(call.argument, scope),
        }
    }

    /// What a node is that is no call.
    pub fn content(&self, node: NodeRef<'t>, scope: &Scope) -> Value {
        match node.kind() {
            NodeKind::Scalar => self.scalar(node, scope),
            NodeKind::Sequence => {
                let items = node.items().map(|item| self.eval(item, scope)).collect();
                Value::list(items, self.session.origins.literal(node.span()))
            }
            NodeKind::Mapping => match Self::braces(node) {
                Some(unknown) => Value::new(Data::Unknown(unknown.into()), self.session.origins.literal(node.span())),
                None => self.map(node, scope),
            },
        }
    }

    /// What another template engine puts in here (`{{ name }}`), which YAML reads as a mapping in a mapping.
    fn braces(node: NodeRef<'t>) -> Option<Unknown> {
        node.entries().next().filter(|(key, _)| key.is_mapping() && node.len() == 1)?;
        let text = node.tree().file.slice(node.span());
        text.starts_with(text::BRACES).then(|| text::open(text)).flatten()
    }

    fn scalar(&self, node: NodeRef<'t>, scope: &Scope) -> Value {
        let origin = self.session.origins.literal(node.span());
        match node.scalar() {
            None | Some(Scalar::Null) => Value::null(origin),
            Some(Scalar::Bool(known)) => Value::bool(known, origin),
            Some(Scalar::Number(text)) => match Number::parse(text) {
                Some(number) => Value::number(number, origin),
                None => Value::string(text, origin),
            },
            Some(scalar @ Scalar::String(text))
                if may_hold_variable(scalar)
                    && let Some(value) = self.framework_text(node, text) =>
            {
                value
            }
            Some(Scalar::String(text)) => match scope.fill(text) {
                Some(filled) => text::with_dynamic_references(&filled, self.session.expression(node.span(), origin)),
                None => text::with_dynamic_references(text, origin),
            },
        }
    }

    fn map(&self, node: NodeRef<'t>, scope: &Scope) -> Value {
        let origin = self.session.origins.literal(node.span());
        let mut entries: Vec<Entry> = Vec::with_capacity(node.len());
        let mut places: FxHashMap<Text, usize> = FxHashMap::default();
        let mut add = |entry: Entry| {
            // A key that is written twice holds its last value. Small maps are searched, large ones looked up.
            let known = if entries.len() < 16 {
                entries.iter().position(|known| known.key == entry.key)
            } else {
                if places.is_empty() {
                    places.extend(entries.iter().enumerate().map(|(at, known)| (known.key.clone(), at)));
                }
                places.get(&entry.key).copied()
            };
            match known.and_then(|at| entries.get_mut(at)) {
                Some(known) => *known = entry,
                None => {
                    if !places.is_empty() {
                        places.insert(entry.key.clone(), entries.len());
                    }
                    entries.push(entry);
                }
            }
        };
        if scope.is_in_loop() || Self::has_loops(node) {
            for definition in self.definitions(node, scope) {
                let value = self.eval(definition.value, &definition.scope);
                let value = match &definition.exists {
                    Some(exists) => combine(&[exists], &mut |leaves| match leaves[0].as_bool() {
                        Some(true) => value.clone(),
                        Some(false) => Value::absent(leaves[0].origin),
                        None => Value::unknown(text::reason(leaves[0]).unwrap_or_default(), leaves[0].origin),
                    }),
                    None => value,
                };
                let key_origin = self.session.origins.literal(definition.key.span());
                add(Entry::new(definition.name, key_origin, value));
            }
        } else {
            for (key, value) in node.entries() {
                let Some(text) = key.text() else { continue };
                let key_origin = self.session.origins.literal(key.span());
                add(Entry::new(text, key_origin, self.eval(value, scope)));
            }
        }
        Value::map(entries, origin)
    }

    /// The value that a function made of others: the place is the whole call, and the way goes on with what decided it.
    pub fn made(&self, value: Value, span: Span, decided_by: &[&Value]) -> Value {
        // A link to a resource is the most telling of the arguments; else the first that stands somewhere.
        let origins = &self.session.origins;
        let to_resource = |step: &Step| matches!(step, Step::Resource { .. }).then_some(());
        let is_link = |value: &&&Value| origins.find_step(value.origin, &mut |step| to_resource(step)).is_some();
        let next = decided_by
            .iter()
            .find(is_link)
            .or_else(|| decided_by.iter().find(|value| !value.origin.is_none()))
            .map(|value| value.origin)
            .unwrap_or_default();
        match value.data {
            Data::Choice(_) => value,
            _ => value.at(self.session.expression(span, next)),
        }
    }
}
