//! Resources: their instances, arguments, nested and dynamic blocks, and what stands beside them.

use std::rc::Rc;
use std::sync::Arc;

use crate::resource::Resource;
use crate::source::Span;
use crate::syntax::hcl::{Block, Body, BodyRef, Expr, ExprKind, ObjectItem, ObjectKey};
use crate::value::{Data, Entry, ListKind, Shape, Text, Unknown, Value, opened};

use super::error::Error;
use super::expand::{Group, One};
use super::expression::{both, build_list, is_refused};
use super::lift::lift;
use super::scope::{Binding, Evaluator, Instance, Scope};

/// Arguments and blocks of every resource that are no attributes of its type.
const META: &[&str] = &["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"];

/// Arguments whose value is a map: in JSON, where nested blocks are written as objects too, these stay what they are.
const MAP_ARGUMENTS: &[&str] = &[
    "configuration",
    "dimensions",
    "environment_variables",
    "input",
    "parameters",
    "request_models",
    "request_parameters",
    "request_templates",
    "response_models",
    "response_parameters",
    "response_templates",
    "stage_variables",
    "string_equals",
    "tags",
    "tags_all",
    "triggers",
    "triggers_replace",
    "variables",
];

/// How deep blocks may be nested in a resource.
const MAX_BLOCK_DEPTH: usize = 32;

impl Evaluator<'_> {
    /// The instances of a resource, by `type.name`.
    ///
    /// # Errors
    /// There is no such resource, or it refers to itself.
    pub(super) fn resource_group(&self, instance: &Rc<Instance>, key: &Text) -> Result<Rc<Group>, Error> {
        let Some(block) = self.node(instance).module.resources.get(key) else {
            return Err(Error::new(format!("there is no resource `{key}` in this module")));
        };
        self.group_of(instance, key, block)
    }

    /// The instances of a data source, by `type.name`.
    ///
    /// # Errors
    /// There is no such data source, or it refers to itself.
    pub(super) fn data_group(&self, instance: &Rc<Instance>, key: &Text) -> Result<Rc<Group>, Error> {
        let Some(block) = self.node(instance).module.data.get(key) else {
            return Err(Error::new(format!("there is no data source `data.{key}` in this module")));
        };
        self.group_of(instance, &format!("data.{key}").into(), block)
    }

    fn group_of(&self, instance: &Rc<Instance>, name: &Text, block: &Block) -> Result<Rc<Group>, Error> {
        instance.groups.get(name, || {
            let address = format!("{}{name}", instance.prefix).into();
            Ok(Rc::new(self.expand(block.as_ref().body, &address, block.header, Scope::of(instance))))
        })
    }

    fn block_of(&self, instance: &Instance, data: bool, key: &str) -> Option<&Block> {
        let module = &self.node(instance).module;
        if data { module.data.get(key) } else { module.resources.get(key) }
    }

    /// One attribute as it is written, or the blocks of that name; nothing where there is neither.
    pub(super) fn written_attribute(
        &self,
        instance: &Rc<Instance>,
        data: bool,
        key: &str,
        one: &One,
        attribute: &str,
    ) -> Option<Value> {
        let block = self.block_of(instance, data, key)?;
        let scope = Scope::of(instance).with_each(&one.each);
        let body = block.as_ref().body;
        if META.contains(&attribute) {
            return None;
        }
        if !block.body.json
            && let Some((_, expr)) = body.attribute(attribute)
        {
            return Some(self.value(expr, scope));
        }
        let written = self.body(body, scope, 0);
        written.get(attribute).cloned()
    }

    /// All attributes and blocks of one instance, as a map in the order of the source.
    pub(super) fn written_attributes(&self, instance: &Rc<Instance>, data: bool, key: &str, one: &One) -> Value {
        match self.block_of(instance, data, key) {
            Some(block) => {
                let scope = Scope::of(instance).with_each(&one.each);
                self.body(block.as_ref().body, scope, 0).at(self.origins.literal(block.header))
            }
            None => Value::map(Vec::new(), crate::value::OriginId::NONE),
        }
    }

    /// The arguments and nested blocks of a body, each block type as a list of maps under its name.
    pub(super) fn body(&self, body: BodyRef<'_>, scope: Scope<'_>, depth: usize) -> Value {
        let mut entries: Vec<(Span, Entry)> = Vec::new();
        let json = matches!(body, BodyRef::Object(_)) || matches!(body, BodyRef::Body(body) if body.json);
        for (name, span, expr) in body.attributes() {
            if depth == 0 && META.contains(&name) {
                continue;
            }
            if json && name == "dynamic" {
                for (label, header, block) in json_dynamics(expr) {
                    let made = self.dynamic(block, label, header, scope, depth);
                    self.add_blocks(&mut entries, label.into(), header, &made);
                }
                continue;
            }
            let value = if json && !MAP_ARGUMENTS.contains(&name) {
                self.json_argument(expr, span, scope, depth)
            } else {
                self.value(expr, scope)
            };
            entries.push((span, Entry::new(name, self.origins.literal(span), value)));
        }
        if let BodyRef::Body(Body { blocks, .. }) = body {
            for block in blocks {
                if depth == 0 && META.contains(&block.name.as_str()) {
                    continue;
                }
                let (name, made) = match (block.name.as_str(), block.label(0)) {
                    ("dynamic", Some(label)) => {
                        (Text::new(label), self.dynamic(block.as_ref().body, label, block.header, scope, depth))
                    }
                    _ => (block.name.clone(), self.static_block(block.as_ref().body, block.header, scope, depth)),
                };
                self.add_blocks(&mut entries, name, block.header, &made);
            }
        }
        entries.sort_by_key(|(span, _)| (span.file, span.start));
        Value::map(entries.into_iter().map(|(_, entry)| entry).collect(), crate::value::OriginId::NONE)
    }

    /// In JSON, an object is a nested block, and so is each object in a list.
    fn json_argument(&self, expr: &Expr, header: Span, scope: Scope<'_>, depth: usize) -> Value {
        let block =
            |items: &Vec<ObjectItem>, header: Span| self.static_block(BodyRef::Object(items), header, scope, depth);
        match &expr.kind {
            ExprKind::Object(items) => block(items, header),
            ExprKind::List(items)
                if items.iter().all(|item| matches!(item.kind, ExprKind::Object(_))) && !items.is_empty() =>
            {
                let mut all = Vec::new();
                for item in items {
                    if let ExprKind::Object(inner) = &item.kind
                        && let Data::List(list) = block(inner, header_of(items, item, header)).data
                    {
                        all.extend(list.items.iter().cloned());
                    }
                }
                Value::list(all, self.origins.literal(expr.span))
            }
            _ => self.value(expr, scope),
        }
    }

    /// One block: a list with its map.
    fn static_block(&self, body: BodyRef<'_>, header: Span, scope: Scope<'_>, depth: usize) -> Value {
        let origin = self.origins.literal(header);
        if depth >= MAX_BLOCK_DEPTH {
            return Value::unknown(format!("blocks are nested more than {MAX_BLOCK_DEPTH} levels deep"), origin);
        }
        build_list(vec![self.body(body, scope, depth + 1).at(origin)], ListKind::List, None, origin)
    }

    /// The blocks that a `dynamic` block makes: a list of maps, in each case of its inputs.
    fn dynamic(&self, body: BodyRef<'_>, label: &str, header: Span, scope: Scope<'_>, depth: usize) -> Value {
        let origin = self.origins.literal(header);
        if depth >= MAX_BLOCK_DEPTH {
            return Value::unknown(format!("blocks are nested more than {MAX_BLOCK_DEPTH} levels deep"), origin);
        }
        let iterator = match body.attribute("iterator").map(|(_, expr)| &expr.kind) {
            Some(ExprKind::Variable(name) | ExprKind::String(name)) => name.to_string(),
            _ => label.to_owned(),
        };
        let Some((_, for_each)) = body.attribute("for_each") else {
            return Value::unknown(format!("the dynamic block `{label}` has no `for_each`"), origin);
        };
        let contents = body.blocks_named("content");
        let Some(content) = contents.first() else {
            return Value::unknown(format!("the dynamic block `{label}` has no `content`"), origin);
        };
        let collection = self.value(for_each, scope);
        let made = lift(&[&collection], &mut |leaves| {
            let leaf = leaves[0];
            let (pairs, rest): (Vec<(Value, Value)>, Option<Arc<Unknown>>) = match &leaf.data {
                Data::List(list) => {
                    let items = list.items.iter().filter(|item| !item.is_absent()).enumerate();
                    let pairs = items.map(|(index, item)| {
                        let key = match list.kind {
                            ListKind::Set => item.clone(),
                            _ => Value::integer(i64::try_from(index).unwrap_or(i64::MAX), item.origin),
                        };
                        (key, item.clone())
                    });
                    (pairs.collect(), list.rest.clone())
                }
                Data::Map(map) => {
                    let pairs = map
                        .entries
                        .iter()
                        .map(|entry| (Value::string(entry.key.clone(), entry.key_origin), entry.value.clone()));
                    (pairs.collect(), map.rest.clone())
                }
                Data::Unknown(unknown) => (Vec::new(), Some(Arc::clone(unknown))),
                Data::Null | Data::Absent => return Err(Error::new("the `for_each` of a dynamic block can't be null")),
                _ => return Err(Error::new(format!("a {} can't be iterated over", leaf.type_name()))),
            };
            let mut items = Vec::with_capacity(pairs.len());
            for (key, value) in pairs {
                let entries = vec![Entry::new("key", key.origin, key), Entry::new("value", value.origin, value)];
                let binding = Binding { name: &iterator, value: Value::map(entries, leaf.origin), next: scope.names };
                let inner = Scope { names: Some(&binding), ..scope };
                items.push(self.deeper(|| Ok(self.body(content.body, inner, depth + 1).at(origin)))?);
            }
            let rest = rest.map(|rest| Arc::new(Unknown { why: rest.why.clone(), symbol: None, shape: rest.shape }));
            Ok(build_list(items, ListKind::List, rest, origin))
        });
        made.unwrap_or_else(|error| super::expression::refused(error, origin))
    }

    /// Puts more blocks of a name behind those that are there.
    fn add_blocks(&self, entries: &mut Vec<(Span, Entry)>, name: Text, header: Span, more: &Value) {
        let Some((_, entry)) = entries.iter_mut().find(|(_, entry)| entry.key == name) else {
            entries.push((header, Entry::new(name, self.origins.literal(header), more.clone())));
            return;
        };
        let before = std::mem::replace(&mut entry.value, Value::absent(more.origin));
        let origin = before.origin;
        let both = lift(&[&before, more], &mut |leaves| {
            let mut items = Vec::new();
            let mut rest = None;
            for leaf in leaves {
                match &leaf.data {
                    Data::List(list) => {
                        items.extend(list.items.iter().cloned());
                        rest = rest.or_else(|| list.rest.clone());
                    }
                    Data::Unknown(unknown) => {
                        rest.get_or_insert_with(|| Arc::clone(unknown));
                    }
                    _ => {}
                }
            }
            Ok(build_list(items, ListKind::List, rest, origin))
        });
        entry.value = both.unwrap_or_else(|error| super::expression::refused(error, origin));
    }

    /// `lifecycle`, `provider` and `depends_on` of a resource.
    fn meta(&self, block: &Block, scope: Scope<'_>) -> Value {
        let mut entries = Vec::new();
        if let Some(lifecycle) = block.body.blocks_named("lifecycle").next() {
            let mut inner = Vec::new();
            for (name, span, expr) in lifecycle.body.attributes() {
                let value = match name {
                    "ignore_changes" | "replace_triggered_by" => self.traversals(expr),
                    _ => self.value(expr, scope),
                };
                inner.push(Entry::new(name, self.origins.literal(span), value));
            }
            let origin = self.origins.literal(lifecycle.header);
            entries.push(Entry::new("lifecycle", origin, Value::map(inner, origin)));
        }
        for name in ["provider", "depends_on"] {
            if let Some((span, expr)) = block.as_ref().body.attribute(name) {
                let value = if name == "provider" {
                    Value::string(self.source_text(expr.span), self.origins.literal(expr.span))
                } else {
                    self.traversals(expr)
                };
                entries.push(Entry::new(name, self.origins.literal(span), value));
            }
        }
        Value::map(entries, self.origins.literal(block.header))
    }

    /// Names of attributes, which are written without quotes (or, in old configurations and JSON, with them).
    fn traversals(&self, expr: &Expr) -> Value {
        let name = |expr: &Expr| {
            let text = match &expr.kind {
                ExprKind::String(text) => text.to_string(),
                _ => self.source_text(expr.span),
            };
            Value::string(text, self.origins.literal(expr.span))
        };
        let items = match &expr.kind {
            ExprKind::List(items) => items.iter().map(name).collect(),
            // `all`, which stands alone.
            _ => vec![name(expr)],
        };
        Value::list(items, self.origins.literal(expr.span))
    }

    /// All instances of a resource or data source that the model may want to see.
    pub(super) fn resources_of(&self, instance: &Rc<Instance>, data: bool, block: &Block, out: &mut Vec<Resource>) {
        let (kind, name) = (block.label(0).unwrap_or_default(), block.label(1).unwrap_or_default());
        let key: Text = format!("{kind}.{name}").into();
        let group = if data { self.data_group(instance, &key) } else { self.resource_group(instance, &key) };
        let Ok(group) = group else { return };
        for one in &group.instances {
            let exists = both(&instance.exists, &one.exists);
            if exists.as_bool() == Some(false) {
                continue;
            }
            let whole = instance.attributes.get(&(one.address.clone(), Text::default()), || {
                Ok(self.written_attributes(instance, data, &key, one))
            });
            let mut attributes =
                whole.unwrap_or_else(|error| super::expression::refused(error, self.origins.literal(block.header)));
            if self.node(instance).module.broken.iter().any(|error| block.span.contains(*error)) {
                let why = format!("`{key}` could not be read whole; mend the mistakes in it first");
                let open = Unknown { why: why.into(), symbol: None, shape: Shape::Any };
                attributes = opened(&attributes, &Arc::new(open));
            }
            let scope = Scope::of(instance).with_each(&one.each);
            let provider = self.provider_of(instance, block, &one.each);
            let region = match attributes.get("region") {
                Some(region) if !region.is_unset() && !is_refused(region) => region.clone(),
                _ => provider.region.clone(),
            };
            out.push(Resource {
                address: one.address.clone(),
                kind: kind.into(),
                name: name.into(),
                header: block.header,
                span: block.span,
                exists,
                attributes,
                meta: self.meta(block, scope),
                calls: instance.calls.clone(),
                region,
                default_tags: provider.default_tags.clone(),
                managed: !data,
            });
        }
    }
}

/// Where a block of a JSON list begins: the name of the list stands for the only one, and the first key of each for
/// several, which have to be told apart.
fn header_of(list: &[Expr], block: &Expr, name: Span) -> Span {
    match &block.kind {
        ExprKind::Object(items) if list.len() > 1 => items.first().map_or(block.span, |item| item.key_span),
        _ => name,
    }
}

/// The dynamic blocks of a JSON body: labels, where they stand, and their bodies.
fn json_dynamics(expr: &Expr) -> Vec<(&str, Span, BodyRef<'_>)> {
    let objects: Vec<&Vec<ObjectItem>> = match &expr.kind {
        ExprKind::Object(items) => vec![items],
        ExprKind::List(list) => list
            .iter()
            .filter_map(|item| match &item.kind {
                ExprKind::Object(items) => Some(items),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for item in objects.into_iter().flatten() {
        let ObjectKey::Name(label) = &item.key else { continue };
        let bodies = match &item.value.kind {
            ExprKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&item.value),
        };
        for body in bodies {
            if let ExprKind::Object(items) = &body.kind {
                found.push((label.as_str(), header_of(bodies, body, item.key_span), BodyRef::Object(items)));
            }
        }
    }
    found
}
