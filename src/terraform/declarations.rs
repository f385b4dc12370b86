//! What the declarations of a module give: variables, locals, outputs, and the instances of its module calls.

use std::rc::Rc;

use crate::resource::{Call, Problem};
use crate::source::Span;
use crate::syntax::hcl::{Block, BodyRef};
use crate::value::{Shape, Step, Symbol, Text, Value};

use super::constraint;
use super::error::Error;
use super::expand::Group;
use super::expression::{beyond_try, both};
use super::lift::lift;
use super::scope::{Evaluator, Instance, Memo, ModuleGroup, Scope};
use super::types::Type;

impl Evaluator<'_> {
    /// The value of a variable, of its type.
    ///
    /// # Errors
    /// It is not declared, or refers to itself.
    pub(super) fn variable(&self, instance: &Rc<Instance>, name: &Text) -> Result<Value, Error> {
        let Some(block) = self.node(instance).module.variables.get(name) else {
            return Err(Error::new(format!("there is no variable `{name}` in this module")));
        };
        instance.variables.get(name, || {
            let given = match instance.parent {
                None => self.root_variables.get(name).cloned(),
                Some(parent) => self.argument(instance, parent, name),
            };
            let value = self.variable_value(instance, block, name, given);
            self.note_declared(block.header, instance, &value);
            Ok(value)
        })
    }

    fn variable_value(&self, instance: &Rc<Instance>, block: &Block, name: &Text, given: Option<Value>) -> Value {
        let flag = |name: &str| match block.body.attribute(name).map(|attribute| &attribute.expr.kind) {
            Some(crate::syntax::hcl::ExprKind::Bool(value)) => Some(*value),
            _ => None,
        };
        let nullable = flag("nullable").unwrap_or(true);
        let ty = self.variable_type(instance, block);
        if flag("sensitive") == Some(true) {
            let why = format!("variable `{name}` is sensitive, and not looked at");
            let symbol = Symbol::Expression(format!("{}var.{name}", instance.prefix).into());
            return Value::symbol(why, symbol, ty.shape(), self.origins.literal(block.header));
        }
        let convert = |value: Value| {
            let converted = lift(&[&value], &mut |leaves| ty.convert(leaves[0]));
            let origin = value.origin;
            match converted {
                // Conversion keeps where the value comes from.
                Ok(value) if value.origin.is_none() => value.at(origin),
                Ok(value) => value,
                Err(error) => Value::unknown(format!("the value of variable `{name}` does not fit: {error}"), origin),
            }
        };
        let default = || {
            let default = block.body.attribute("default")?;
            let value = self.value(&default.expr, Scope::constant(instance));
            Some(convert(self.referred(value, default.expr.span, Step::Default(name.clone()))))
        };
        match given {
            Some(given) if nullable || !super::call::leaves(&given).any(Value::is_unset) => convert(given),
            Some(given) => match default() {
                Some(default) => convert(crate::value::combine(&[&given], &mut |leaves| {
                    if leaves[0].is_unset() { default.clone() } else { leaves[0].clone() }
                })),
                None => convert(crate::value::combine(&[&given], &mut |leaves| {
                    if leaves[0].is_unset() {
                        return Value::unknown(format!("variable `{name}` can't be null"), leaves[0].origin);
                    }
                    leaves[0].clone()
                })),
            },
            None => default().unwrap_or_else(|| {
                let why = match instance.parent {
                    None => format!("variable `{name}` has no value; pass a var-file or --var"),
                    Some(_) => format!("variable `{name}` has no value in the call of the module"),
                };
                let symbol = Symbol::Expression(format!("{}var.{name}", instance.prefix).into());
                Value::symbol(why, symbol, ty.shape(), self.origins.literal(block.header))
            }),
        }
    }

    pub(super) fn variable_type(&self, instance: &Rc<Instance>, block: &Block) -> Type {
        let Some(ty) = block.body.attribute("type") else { return Type::Any };
        let read = constraint::read(&ty.expr, &mut |default| self.value(default, Scope::constant(instance)));
        read.unwrap_or_else(|(span, why)| {
            self.note(Problem::note(span, format!("the type is not checked: {why}")));
            Type::Any
        })
    }

    /// What the call of a module gives to one of its variables.
    fn argument(&self, instance: &Rc<Instance>, parent: usize, name: &Text) -> Option<Value> {
        let parent = self.instance(parent)?;
        let call = self.node(&parent).module.calls.at(self.node(instance).call)?;
        let (name_span, expr) = BodyRef::Body(&call.body).attribute(name)?;
        let scope = Scope::of(&parent).with_each(&instance.each);
        let value = beyond_try(self.value(expr, scope), "the argument");
        self.note_argument(name_span, scope, &value);
        let step = Step::Argument { name: name.clone(), module: call.label(0).unwrap_or_default().into() };
        Some(self.referred(value, name_span.to(expr.span), step))
    }

    pub(super) fn local(&self, instance: &Rc<Instance>, name: &Text) -> Result<Value, Error> {
        let Some(attribute) = self.node(instance).module.locals.get(name) else {
            return Err(Error::new(format!("there is no `local.{name}` in this module")));
        };
        instance.locals.get(name, || {
            let value = beyond_try(self.value(&attribute.expr, Scope::of(instance)), "the local value");
            self.note_declared(attribute.name_span, instance, &value);
            Ok(value)
        })
    }

    /// The output of a module instance.
    pub(super) fn output(&self, instance: &Rc<Instance>, name: &Text, module: &str) -> Result<Value, Error> {
        let Some(block) = self.node(instance).module.outputs.get(name) else {
            return Err(Error::new(format!("module `{module}` has no output `{name}`")));
        };
        let sensitive = block.body.attribute("sensitive").map(|attribute| &attribute.expr.kind);
        instance.outputs.get(name, || match block.body.attribute("value") {
            Some(value) if matches!(sensitive, Some(crate::syntax::hcl::ExprKind::Bool(true))) => {
                let why = format!("the output `{name}` is sensitive, and not looked at");
                Ok(Value::unknown(why, self.origins.literal(value.expr.span)))
            }
            Some(value) => Ok(beyond_try(self.value(&value.expr, Scope::of(instance)), "the output")),
            None => Err(Error::new(format!("the output `{name}` has no value"))),
        })
    }

    /// Why a call leads to no module.
    pub(super) fn missing_module(&self, instance: &Instance, name: &str) -> Text {
        let node = self.node(instance);
        let index = node.module.calls.position(name);
        match index.and_then(|index| node.children.get(index)) {
            Some(Err(why)) if why.contains("is not installed") => {
                format!("module `{name}` is not installed; run `terraform init`").into()
            }
            Some(Err(why)) => why.clone(),
            _ => format!("module `{name}` can't be evaluated").into(),
        }
    }

    /// The instances of a module call; nothing where its module can't be read.
    ///
    /// # Errors
    /// There is no such call, or it refers to itself.
    pub(super) fn module_group(&self, instance: &Rc<Instance>, name: &Text) -> Result<Option<Rc<ModuleGroup>>, Error> {
        let node = self.node(instance);
        let Some(index) = node.module.calls.position(name) else {
            return Err(Error::new(format!("there is no module `{name}` in this module")));
        };
        let (Some(Ok(child)), Some(call)) = (node.children.get(index), node.module.calls.at(index)) else {
            return Ok(None);
        };
        let group = instance.modules.get(name, || {
            let address: Text = format!("{}module.{name}", instance.prefix).into();
            let scope = Scope::of(instance);
            let group = self.expand(BodyRef::Body(&call.body), &address, call.header, scope);
            let instances = self.module_instances(instance, *child, call, &group)?;
            Ok(Rc::new(ModuleGroup { group, instances }))
        })?;
        Ok(Some(group))
    }

    fn module_instances(
        &self,
        parent: &Rc<Instance>,
        child: usize,
        call: &Block,
        group: &Group,
    ) -> Result<Vec<Rc<Instance>>, Error> {
        let arguments: Vec<_> = call
            .body
            .attributes
            .iter()
            .filter(|argument| {
                !matches!(
                    argument.name.as_str(),
                    "source" | "version" | "count" | "for_each" | "providers" | "depends_on"
                )
            })
            .map(|argument| (argument.name.clone(), self.origins.literal(argument.span())))
            .collect();
        let installed = self.config.nodes.get(child).is_some_and(|node| node.installed);
        if let Some(node) = self.config.nodes.get(child) {
            let unwanted = call.body.attributes.iter().filter(|argument| {
                arguments.iter().any(|(name, _)| *name == argument.name)
                    && node.module.variables.get(&argument.name).is_none()
            });
            for argument in unwanted {
                let label = call.label(0).unwrap_or_default();
                let message = format!("module `{label}` has no variable `{}`", argument.name);
                self.note(Problem::note(argument.name_span, message));
            }
        }
        let bound = |error: Error, header: Span| {
            self.note(Problem::note(header, error.message.clone()));
            error
        };
        group
            .instances
            .iter()
            .map(|one| {
                let mut calls = parent.calls.clone();
                calls.push(Call {
                    address: one.address.clone(),
                    header: call.header,
                    span: call.span,
                    installed,
                    arguments: arguments.clone(),
                });
                self.add_instance(|id| Instance {
                    id,
                    node: child,
                    prefix: format!("{}.", one.address).into(),
                    each: one.each.clone(),
                    parent: Some(parent.id),
                    exists: both(&parent.exists, &one.exists),
                    calls,
                    variables: Memo::default(),
                    locals: Memo::default(),
                    outputs: Memo::default(),
                    groups: Memo::default(),
                    modules: Memo::default(),
                    attributes: Memo::default(),
                })
                .map_err(|error| bound(error, call.header))
            })
            .collect()
    }
}

/// An unknown text that stands for something outside of the configuration.
pub(super) fn outside(why: &str, text: &str) -> Value {
    Value::symbol(why, Symbol::Expression(text.into()), Shape::String, crate::value::OriginId::NONE)
}
