//! References: `var.x`, `local.x`, `module.x.y`, `aws_dynamodb_table.orders.arn`, the names of `for`, and the steps
//! `.name` and `[key]` into what they lead to.

use std::rc::Rc;
use std::sync::Arc;

use crate::source::Span;
use crate::syntax::hcl::{Expr, ExprKind};
use crate::value::{Data, Entry, Map, MapKind, OriginId, Shape, Step, Symbol, Text, Unknown, Value, combine};

use super::error::Error;
use super::expand::{Group, GroupKind, Key, MAX_INSTANCES};
use super::expression::build_list;
use super::lift::lift;
use super::operators;
use super::scope::{Evaluator, Instance, Scope};

/// What a reference leads to before its remaining steps are taken.
struct Base {
    value: Value,
    /// How many steps are taken already.
    used: usize,
    /// How the reference is called in what people read.
    name: Text,
}

impl Evaluator<'_> {
    /// A chain of steps from its first name on.
    pub(super) fn reference(&self, expr: &Expr, scope: Scope<'_>) -> Result<Value, Error> {
        let mut steps: Vec<&Expr> = Vec::new();
        let mut at = expr;
        while let ExprKind::Attribute(inner, _) | ExprKind::Index(inner, _) = &at.kind {
            steps.push(at);
            at = inner;
        }
        steps.reverse();
        let ExprKind::Variable(first) = &at.kind else {
            let mut value = self.eval(at, scope)?;
            for step in steps {
                value = self.step(&value, step, scope)?;
            }
            return Ok(value);
        };
        let base = self.base(first, &steps, at.span, scope)?;
        let whole = base.value.origin;
        let mut value = base.value;
        for step in &steps[base.used..] {
            value = self.step(&value, step, scope)?;
        }
        if steps.len() > base.used {
            value = self.through(whole, value);
        }
        Ok(self.referred(value, expr.span, Step::Reference(base.name)))
    }

    /// One step into a value.
    fn step(&self, value: &Value, step: &Expr, scope: Scope<'_>) -> Result<Value, Error> {
        match &step.kind {
            ExprKind::Attribute(_, name) => self.attribute_of(value, &name.text, step.span),
            ExprKind::Index(_, key) => {
                let key = self.eval(key, scope)?;
                if let Some(nothing) = self.element_of_other(value, &key) {
                    return nothing;
                }
                if let Some(name) = key.as_str()
                    && matches!(value.data, Data::Map(_) | Data::Choice(_))
                {
                    return self.attribute_of(value, name, step.span);
                }
                operators::index(value, &key, self.origins.literal(step.span))
            }
            _ => Err(Error::new("this is no step of a reference")),
        }
    }

    /// `value.name`. What a resource does not say of itself is filled in by the service.
    fn attribute_of(&self, value: &Value, name: &str, span: Span) -> Result<Value, Error> {
        lift(&[value], &mut |leaves| {
            let origin = self.origins.literal(span);
            if let Data::Map(map) = &leaves[0].data {
                let resource = map.rest.as_ref().and_then(|rest| match &rest.symbol {
                    Some(Symbol::Resource { address, attribute }) => Some((rest, address, attribute)),
                    _ => None,
                });
                if let Some((rest, address, attribute)) = resource {
                    let attribute: Text =
                        if attribute.is_empty() { name.into() } else { format!("{attribute}.{name}").into() };
                    let known = map.get(name).map(|value| self.filled(value, rest, address, &attribute, span));
                    return Ok(known.unwrap_or_else(|| self.computed(&rest.why, address, &attribute, span)));
                }
                // `object["name"]` and `map.name` find what is there in the same way.
                if map.kind == MapKind::Map && map.rest.is_none() && map.get(name).is_none() {
                    return Err(Error::new(format!("there is no element with the key `{name}`")));
                }
            }
            operators::attribute(leaves[0], name, origin)
        })
    }

    /// An attribute that the service fills in.
    pub(super) fn computed(&self, why: &str, address: &Text, attribute: &Text, span: Span) -> Value {
        let step = Step::Resource { address: address.clone(), attribute: attribute.clone() };
        let origin = self.origins.hop(span, step, OriginId::NONE);
        let last = attribute.rsplit('.').next().unwrap_or_default();
        let text = matches!(last, "arn" | "id" | "name" | "json") || last.ends_with("_arn") || last.ends_with("_id");
        let shape = if text { Shape::String } else { Shape::Any };
        let symbol = Symbol::Resource { address: address.clone(), attribute: attribute.clone() };
        Value::symbol(why, symbol, shape, origin)
    }

    /// An attribute that is written in the configuration; where that gives null, the service fills it in.
    fn filled(&self, value: &Value, rest: &Arc<Unknown>, address: &Text, attribute: &Text, span: Span) -> Value {
        let filled = combine(&[value], &mut |leaves| {
            if leaves[0].is_unset() {
                return self.computed(&rest.why, address, attribute, span);
            }
            leaves[0].clone()
        });
        if self.is_resource_step(&filled) {
            return filled;
        }
        let step = Step::Resource { address: address.clone(), attribute: attribute.clone() };
        self.referred(filled, span, step)
    }

    fn is_resource_step(&self, value: &Value) -> bool {
        value.is_unknown()
            && self.origins.get(value.origin).is_some_and(|origin| matches!(origin.step, Step::Resource { .. }))
    }

    fn base(&self, first: &Text, steps: &[&Expr], span: Span, scope: Scope<'_>) -> Result<Base, Error> {
        if let Some(value) = scope.name(first) {
            return Ok(Base { value: value.clone(), used: 0, name: first.clone() });
        }
        if let Some(variables) = scope.sealed {
            let value = self
                .attribute_of(variables, first, span)
                .map_err(|_| Error::new(format!("the template uses `{first}`, which is not among its variables")))?;
            return Ok(Base { value, used: 0, name: first.clone() });
        }
        if scope.constant {
            return Err(Error::new("nothing can be referred to here; move the expression to a local"));
        }
        if let Some(dialect) = self.dialect
            && let Some(found) = dialect.name(self, first, steps, span)
        {
            let (value, used) = found?;
            let names = steps.iter().take(used).map(|step| step_name(Some(step)));
            let name = names.fold(first.to_string(), |name, step| format!("{name}.{step}"));
            return Ok(Base { value, used, name: name.into() });
        }
        let name = |index: usize| match steps.get(index).map(|step| &step.kind) {
            Some(ExprKind::Attribute(_, name)) => Ok(&name.text),
            _ => Err(Error::new(format!("a name has to follow `{first}`, with a dot between them"))),
        };
        let base = |value: Value, used: usize, name: Text| Ok(Base { value, used, name });
        match first.as_str() {
            "var" => {
                let variable = name(0)?;
                base(self.variable(scope.instance, variable)?, 1, format!("var.{variable}").into())
            }
            "local" => {
                let local = name(0)?;
                base(self.local(scope.instance, local)?, 1, format!("local.{local}").into())
            }
            "each" | "count" => {
                let part = name(0)?;
                let found = scope.each.and_then(|each| match (first.as_str(), part.as_str()) {
                    ("each", "key") => each.key.clone(),
                    ("each", "value") => each.value.clone(),
                    ("count", "index") => each.index.clone(),
                    _ => None,
                });
                match found {
                    Some(value) => base(value, 1, format!("{first}.{part}").into()),
                    None => Err(Error::new(format!("there is no `{first}.{part}` here"))),
                }
            }
            "path" => base(self.path(name(0)?, span, scope)?, 1, format!("path.{}", name(0)?).into()),
            "terraform" | "tofu" => match name(0)?.as_str() {
                "workspace" => base(self.workspace.clone(), 1, "terraform.workspace".into()),
                other => Err(Error::new(format!("there is no `{first}.{other}`"))),
            },
            "module" => self.module_base(name(0)?, steps, span, scope),
            "data" => {
                let (kind, label) = (name(0)?, name(1)?);
                let key: Text = format!("{kind}.{label}").into();
                let group = self.data_group(scope.instance, &key)?;
                self.resource_base(&group, true, &key, steps, 2, span, scope)
            }
            "self" => base(
                self.open("`self` is known only when the resource is made", scope.instance, "self", span),
                0,
                "self".into(),
            ),
            _ => {
                let label = name(0)
                    .map_err(|_| Error::new(format!("there is no name `{first}` here; put a text in quotes")))?;
                let key: Text = format!("{first}.{label}").into();
                let group = self.resource_group(scope.instance, &key)?;
                self.resource_base(&group, false, &key, steps, 1, span, scope)
            }
        }
    }

    fn path(&self, part: &str, span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let origin = self.origins.literal(span);
        match part {
            "module" => Ok(Value::string(self.node(scope.instance).path.clone(), origin)),
            "root" => Ok(Value::string(".", origin)),
            "cwd" => Ok(Value::symbol(
                "`path.cwd` is where Terraform is run",
                Symbol::Expression("path.cwd".into()),
                Shape::String,
                origin,
            )),
            _ => Err(Error::new(format!("there is no `path.{part}`"))),
        }
    }

    // Modules.

    fn module_base(&self, name: &Text, steps: &[&Expr], span: Span, scope: Scope<'_>) -> Result<Base, Error> {
        let label: Text = format!("module.{name}").into();
        let Some(group) = self.module_group(scope.instance, name)? else {
            let why = self.missing_module(scope.instance, name);
            let value = self.open(why, scope.instance, &label, span);
            return Ok(Base { value, used: 1, name: label });
        };
        if let Some((index, used)) = self.selected(&group.group, steps, 1, scope)? {
            let (Some(one), Some(instance)) = (group.group.instances.get(index), group.instances.get(index)) else {
                return Err(Error::new(format!("`{label}` has no such instance")));
            };
            let (value, used) = match steps.get(used).map(|step| &step.kind) {
                Some(ExprKind::Attribute(_, output)) => (self.output(instance, &output.text, name)?, used + 1),
                _ => (self.module_object(instance, name, span)?, used),
            };
            let name =
                if used > 1 { format!("{label}.{}", step_name(steps.get(used - 1).copied())).into() } else { label };
            return Ok(Base { value: where_it_exists(&one.exists, &value, &name)?, used, name });
        }
        let objects = group.instances.iter().map(|instance| self.module_object(instance, name, span));
        let objects = objects.collect::<Result<Vec<_>, _>>()?;
        let value = self.all_instances(&group.group, &objects, span)?;
        Ok(Base { value, used: 1, name: label })
    }

    fn module_object(&self, instance: &Rc<Instance>, name: &Text, span: Span) -> Result<Value, Error> {
        let outputs = self.node(instance).module.outputs.iter();
        let mut entries = Vec::new();
        for block in outputs {
            let output = Text::new(block.label(0).unwrap_or_default());
            let value = self.output(instance, &output, name)?;
            entries.push(Entry::new(output, self.origins.literal(block.header), value));
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Value::map(entries, self.origins.literal(span)))
    }

    // Resources.

    #[expect(clippy::too_many_arguments, reason = "one place that resources and data share")]
    fn resource_base(
        &self,
        group: &Rc<Group>,
        data: bool,
        key: &Text,
        steps: &[&Expr],
        taken: usize,
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Base, Error> {
        let name: Text = if data { format!("data.{key}").into() } else { key.clone() };
        if let Some((index, used)) = self.selected(group, steps, taken, scope)? {
            let Some(one) = group.instances.get(index) else {
                return Err(Error::new(format!("`{name}` has no such instance")));
            };
            let (value, used) = match steps.get(used) {
                Some(step) => match step_attribute(step) {
                    Some(attribute) => {
                        let whole = chain_span(steps, used, span);
                        (self.resource_attribute(scope.instance, data, key, group, index, attribute, whole)?, used + 1)
                    }
                    None => (self.resource_object(scope.instance, data, key, group, index)?, used),
                },
                None => (self.resource_object(scope.instance, data, key, group, index)?, used),
            };
            return Ok(Base { value: where_it_exists(&one.exists, &value, &name)?, used, name });
        }
        let objects =
            (0..group.instances.len()).map(|index| self.resource_object(scope.instance, data, key, group, index));
        let objects = objects.collect::<Result<Vec<_>, _>>()?;
        Ok(Base { value: self.all_instances(group, &objects, span)?, used: taken, name })
    }

    /// One attribute of one instance, evaluated alone: resources may refer to each other's attributes in circles that
    /// never close.
    #[expect(clippy::too_many_arguments, reason = "one place that resources and data share")]
    fn resource_attribute(
        &self,
        instance: &Rc<Instance>,
        data: bool,
        key: &Text,
        group: &Group,
        index: usize,
        attribute: &Text,
        span: Span,
    ) -> Result<Value, Error> {
        let Some(one) = group.instances.get(index) else { return Err(Error::new("there is no such instance")) };
        let rest = resource_rest(&one.address, data);
        if data && let Some(value) = self.data_attribute(instance, key, one, attribute, span) {
            return Ok(value);
        }
        let written = instance.attributes.get(&(one.address.clone(), attribute.clone()), || {
            Ok(self
                .written_attribute(instance, data, key, one, attribute)
                .unwrap_or_else(|| Value::null(OriginId::default())))
        })?;
        Ok(self.filled(&written, &rest, &one.address, attribute, span))
    }

    /// All that is written of an instance; what the service fills in is open.
    fn resource_object(
        &self,
        instance: &Rc<Instance>,
        data: bool,
        key: &Text,
        group: &Group,
        index: usize,
    ) -> Result<Value, Error> {
        let Some(one) = group.instances.get(index) else { return Err(Error::new("there is no such instance")) };
        let rest = resource_rest(&one.address, data);
        let whole = instance
            .attributes
            .get(&(one.address.clone(), Text::default()), || Ok(self.written_attributes(instance, data, key, one)))?;
        let Data::Map(map) = &whole.data else { return Ok(whole) };
        let map = Map { kind: MapKind::Object, entries: map.entries.clone(), rest: Some(rest) };
        Ok(Value::new(Data::Map(Arc::new(map)), whole.origin))
    }

    // Instances.

    /// The instance that a reference names, and how many steps that took; nothing where it names all of them.
    fn selected(
        &self,
        group: &Group,
        steps: &[&Expr],
        taken: usize,
        scope: Scope<'_>,
    ) -> Result<Option<(usize, usize)>, Error> {
        if group.kind == GroupKind::Single {
            return Ok(Some((0, taken)));
        }
        let Some(ExprKind::Index(_, key)) = steps.get(taken).map(|step| &step.kind) else { return Ok(None) };
        let key = self.eval(key, scope)?;
        let wanted = match (&key.data, group.kind) {
            (Data::Number(number), GroupKind::Count) => {
                number.as_i64().and_then(|at| usize::try_from(at).ok()).map(Key::Index)
            }
            (Data::String(text), GroupKind::Count) => text.parse().ok().map(Key::Index),
            (Data::String(text), GroupKind::ForEach) => Some(Key::Name(text.clone())),
            (Data::Number(number), GroupKind::ForEach) => Some(Key::Name(number.to_string().into())),
            _ => return Ok(None),
        };
        let found = wanted.and_then(|wanted| group.instances.iter().position(|one| one.key == wanted));
        match found {
            Some(index) => Ok(Some((index, taken + 1))),
            // One of those of which nothing is known.
            None if group.rest.is_some() => match group.instances.iter().position(|one| one.key == Key::Unknown) {
                Some(index) => Ok(Some((index, taken + 1))),
                None => Ok(None),
            },
            None => Err(Error::new("it has no instance with this key")),
        }
    }

    /// A list or map of all instances, in each case of those that there are.
    fn all_instances(&self, group: &Group, objects: &[Value], span: Span) -> Result<Value, Error> {
        let origin = self.origins.literal(span);
        let exist: Vec<&Value> = group.instances.iter().map(|one| &one.exists).collect();
        lift(&exist, &mut |leaves| {
            // In the cases in which all instances are known, there are no more.
            let open = group.instances.len() >= MAX_INSTANCES || leaves.iter().any(|exists| exists.as_bool().is_none());
            let mut rest = (group.rest.as_ref().filter(|_| open))
                .map(|why| Arc::new(Unknown { why: why.clone(), symbol: None, shape: Shape::Any }));
            let mut items = Vec::new();
            let mut entries = Vec::new();
            for ((one, exists), object) in group.instances.iter().zip(leaves).zip(objects) {
                match exists.as_bool() {
                    Some(false) => continue,
                    Some(true) if one.key != Key::Unknown => {}
                    _ => {
                        rest.get_or_insert_with(|| super::expression::open_rest(exists));
                        continue;
                    }
                }
                match &one.key {
                    Key::Name(key) => entries.push(Entry::new(key.clone(), object.origin, object.clone())),
                    _ => items.push(object.clone()),
                }
            }
            Ok(match group.kind {
                GroupKind::ForEach => {
                    entries.sort_by(|a, b| a.key.cmp(&b.key));
                    Value::new(Data::Map(Arc::new(Map { kind: MapKind::Object, entries, rest })), origin)
                }
                _ => build_list(items, crate::value::ListKind::Tuple, rest, origin),
            })
        })
    }
}

fn step_attribute(step: &Expr) -> Option<&Text> {
    match &step.kind {
        ExprKind::Attribute(_, name) => Some(&name.text),
        ExprKind::Index(_, key) => match &key.kind {
            ExprKind::String(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn step_name(step: Option<&Expr>) -> String {
    step.and_then(step_attribute).map(ToString::to_string).unwrap_or_default()
}

/// The place of the reference up to and with a step.
fn chain_span(steps: &[&Expr], step: usize, first: Span) -> Span {
    steps.get(step).map_or(first, |step| step.span)
}

fn resource_rest(address: &Text, data: bool) -> Arc<Unknown> {
    let why = if data {
        format!("`{address}` is read when the configuration is applied")
    } else {
        format!("an attribute of `{address}` is known only after it is made")
    };
    let symbol = Some(Symbol::Resource { address: address.clone(), attribute: Text::default() });
    Arc::new(Unknown { why: why.into(), symbol, shape: Shape::Map })
}

/// A value of an instance in the cases in which there is one.
fn where_it_exists(exists: &Value, value: &Value, name: &str) -> Result<Value, Error> {
    lift(&[exists], &mut |leaves| match leaves[0].as_bool() {
        Some(false) => Err(Error::new(format!("`{name}` has no such instance"))),
        // Where that is not known, the configuration itself relies on it.
        _ => Ok(value.clone()),
    })
}
