//! Which provider configuration a resource has, and what that adds: its Region and default tags.

use std::rc::Rc;

use crate::syntax::hcl::{Block, Expr, ExprKind, ObjectKey};
use crate::value::{OriginId, Step, Text, Value};

use super::expand::Key;
use super::scope::{Each, Evaluator, Instance, Scope};

/// What a provider configuration gives to its resources.
pub(super) struct Provider {
    pub region: Value,
    /// A map of tags; absent where there are none.
    pub default_tags: Value,
}

impl Evaluator<'_> {
    /// The provider of an instance of a resource: by its `provider` argument, else the default one of its type's
    /// prefix.
    pub(super) fn provider_of(&self, instance: &Rc<Instance>, block: &Block, each: &Each) -> Rc<Provider> {
        let scope = Scope::of(instance).with_each(each);
        let written = block.as_ref().body.attribute("provider").and_then(|(_, expr)| self.provider_named(expr, scope));
        let name = written.unwrap_or_else(|| {
            let kind = block.label(0).unwrap_or_default();
            kind.split('_').next().unwrap_or_default().into()
        });
        self.provider(instance, &name)
    }

    /// The name of the provider that an expression gives: `aws.west`, of OpenTofu also `aws.by_region["eu-west-1"]`.
    fn provider_named(&self, expr: &Expr, scope: Scope<'_>) -> Option<Text> {
        match &expr.kind {
            ExprKind::Index(of, key) => {
                let name = provider_name(of)?;
                let key = self.value(key, scope);
                Some(format!("{name}[{}]", key.as_str().unwrap_or_default()).into())
            }
            _ => provider_name(expr),
        }
    }

    /// The provider that a name (`aws`, `aws.west`) stands for in a module.
    fn provider(&self, instance: &Rc<Instance>, name: &Text) -> Rc<Provider> {
        let key = (instance.id, name.clone());
        if let Some(known) = self.providers.borrow().get(&key) {
            return Rc::clone(known);
        }
        let provider = self.find_provider(instance, name);
        self.providers.borrow_mut().insert(key, Rc::clone(&provider));
        provider
    }

    fn find_provider(&self, instance: &Rc<Instance>, name: &Text) -> Rc<Provider> {
        let node = self.node(instance);
        let (declared, _) = split_key(name);
        if let Some(block) = node.module.providers.get(declared) {
            return Rc::new(self.configured(instance, name, block));
        }
        let Some(parent) = instance.parent.and_then(|parent| self.instance(parent)) else {
            let hidden = self.unknown_providers.as_ref().map(|why| Value::unknown(why.clone(), OriginId::NONE));
            return Rc::new(Provider {
                region: self.unwritten_region(name),
                default_tags: hidden.unwrap_or_else(|| Value::absent(OriginId::NONE)),
            });
        };
        // The module is given it under another name, or inherits the default one under its own.
        let call = self.node(&parent).module.calls.at(node.call);
        let passed = call.and_then(|call| call.body.attribute("providers")).and_then(|providers| {
            let ExprKind::Object(items) = &providers.expr.kind else { return None };
            items.iter().find_map(|item| {
                let key = match &item.key {
                    ObjectKey::Name(key) => key.clone(),
                    ObjectKey::Expr(expr) => provider_name(expr)?,
                };
                let scope = Scope::of(&parent).with_each(&instance.each);
                (key == *name).then(|| self.provider_named(&item.value, scope)).flatten()
            })
        });
        self.provider(&parent, passed.as_ref().unwrap_or(name))
    }

    /// The Region of a provider that does not say it. Where the environment decides it, each alias may have another one.
    fn unwritten_region(&self, name: &Text) -> Value {
        if self.region.is_unknown() && name.contains('.') {
            let why = "the Region of the provider is not written";
            return super::declarations::outside(why, &format!("region of {name}"));
        }
        self.region.clone()
    }

    /// What `each` is to the configuration of a provider with `for_each`; not known where no key says which one it is.
    fn each_of(&self, instance: &Rc<Instance>, name: &Text, block: &Block) -> Each {
        let body = block.as_ref().body;
        let (declared, key) = split_key(name);
        if body.attribute("for_each").is_none() {
            return Each::default();
        }
        let address = Text::new(format!("provider.{declared}"));
        let group = self.expand(body, &address, block.header, Scope::of(instance));
        let found = group.instances.into_iter().find(|one| match (&one.key, key) {
            (Key::Name(known), Some(key)) => known == key,
            _ => false,
        });
        found.map_or_else(
            || {
                let open =
                    || Some(Value::unknown("which configuration of the provider it is, is not known", OriginId::NONE));
                Each { key: open(), value: open(), index: None }
            },
            |one| one.each,
        )
    }

    fn configured(&self, instance: &Rc<Instance>, name: &Text, block: &Block) -> Provider {
        let body = block.as_ref().body;
        let each = self.each_of(instance, name, block);
        let scope = Scope::of(instance).with_each(&each);
        let region = match body.attribute("region").map(|(_, expr)| self.value(expr, scope)) {
            Some(region) if !region.is_unset() => region,
            _ => self.unwritten_region(name),
        };
        let tags = self.body(body, scope, 1).get("default_tags").map(|blocks| {
            super::lift::lift(&[blocks], &mut |leaves| {
                let first = leaves[0].as_list().and_then(|list| list.items.first());
                let tags = first.and_then(|block| block.get("tags"));
                Ok(match (tags, leaves[0].as_list()) {
                    (Some(tags), _) => tags.clone(),
                    (None, Some(list)) => match &list.rest {
                        Some(rest) => Value::unknown(rest.why.clone(), leaves[0].origin),
                        None => Value::absent(leaves[0].origin),
                    },
                    (None, None) => leaves[0].clone(),
                })
            })
        });
        let tags = match tags {
            Some(Ok(tags)) => {
                let origin = self
                    .origins
                    .span(tags.origin)
                    .map(|span| self.origins.hop(span, Step::ProviderDefault, tags.origin));
                match origin {
                    Some(origin) => tags.at(origin),
                    None => tags,
                }
            }
            _ => Value::absent(OriginId::NONE),
        };
        Provider { region, default_tags: tags }
    }
}

/// The name of a provider and the key of one of its configurations: `aws.by[eu]` as `aws.by` and `eu`.
fn split_key(name: &str) -> (&str, Option<&str>) {
    match name.split_once('[') {
        Some((name, key)) => (name, key.strip_suffix(']')),
        None => (name, None),
    }
}

/// `aws` or `aws.west`, also in quotes.
fn provider_name(expr: &Expr) -> Option<Text> {
    match &expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(name.clone()),
        ExprKind::Attribute(inner, alias) => match &inner.kind {
            ExprKind::Variable(name) => Some(format!("{name}.{}", alias.text).into()),
            _ => None,
        },
        _ => None,
    }
}
