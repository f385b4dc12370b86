//! The values of one planned resource, laid over what its source says.

use crate::resource::Resource;
use crate::source::Span;
use crate::syntax::tree::{NodeKind, NodeRef, Scalar};
use crate::value::{Data, Entry, Number, OriginId, Origins, Shape, Step, Symbol, Text, Value};

use super::references::References;

/// How deep values may be nested.
const MAX_DEPTH: usize = 100;

/// What is known of a resource beside its planned values.
pub(super) struct Overlay<'a, 't> {
    pub origins: &'a Origins,
    pub references: &'a References<'t>,
    /// Its entry among `resource_changes`.
    pub change: Option<NodeRef<'t>>,
    /// The same resource as its source evaluates.
    pub written: Option<&'a Resource>,
}

/// What stands beside a value: the flags of the plan and the source.
#[derive(Clone, Copy, Default)]
struct Beside<'a, 't> {
    unknown: Option<NodeRef<'t>>,
    sensitive: Option<NodeRef<'t>>,
    written: Option<&'a Value>,
}

/// The attribute whose flags say whether another one is sensitive: what `terraform_data` gives out is what it was
/// given, and only of that Terraform says so in a state.
fn flagged<'n>(node: NodeRef<'_>, name: &'n str) -> &'n str {
    if name == "output" && super::text(node, "type") == Some("terraform_data") { "input" } else { name }
}

impl<'t> Overlay<'_, 't> {
    /// The attributes of a resource. What is null and not written is left out.
    pub(super) fn attributes(&self, node: NodeRef<'t>, address: &str, header: Span) -> Value {
        let values = node.get("values");
        let unknown = self.change.and_then(|change| change.get("after_unknown"));
        let sensitive =
            node.get("sensitive_values").or_else(|| self.change.and_then(|change| change.get("after_sensitive")));
        let mut entries: Vec<Entry> = Vec::new();
        for (key, value) in values.iter().flat_map(|values| values.entries()) {
            let name = key.text().unwrap_or_default();
            let written = self.written.and_then(|written| written.attributes.as_map()?.entry(name));
            if value.is_null() && written.is_none() {
                continue;
            }
            let beside = Beside {
                unknown: unknown.and_then(|unknown| unknown.get(name)),
                sensitive: sensitive.and_then(|sensitive| sensitive.get(flagged(node, name))),
                written: written.map(|written| &written.value),
            };
            let key_origin = match written {
                Some(written) => written.key_origin,
                None => self.place(key.span(), header),
            };
            let value = self.value(value, beside, address, name, header, 0);
            entries.push(Entry::new(name, key_origin, value));
        }
        // What is known only after the plan is applied is not among its values.
        for (key, flag) in unknown.iter().flat_map(|unknown| unknown.entries()) {
            let name = key.text().unwrap_or_default();
            let written = self.written.and_then(|written| written.attributes.as_map()?.entry(name));
            let known = entries.iter().any(|entry| entry.key == name);
            // What nobody wrote is the provider's to fill in, and absent as far as the configuration goes.
            if is_true(flag) && !known && (written.is_some() || self.references.is_written(address, name)) {
                let key_origin = written.map_or_else(|| self.place(key.span(), header), |written| written.key_origin);
                let value = self.open(written.map(|written| &written.value), address, name, key.span(), header);
                entries.push(Entry::new(name, key_origin, value));
            }
        }
        Value::map(entries, self.origins.literal(header))
    }

    /// Where a value stands that the source does not write: at the resource's header, or in the plan itself.
    fn place(&self, json: Span, header: Span) -> OriginId {
        match self.written {
            Some(_) => self.origins.hop(header, Step::Expression, OriginId::NONE),
            None => self.origins.literal(json),
        }
    }

    /// A value that is known only after the plan is applied.
    fn open(&self, written: Option<&Value>, address: &str, attribute: &str, json: Span, header: Span) -> Value {
        if let Some(written) = written
            && matches!(written.data, Data::Unknown(_) | Data::Parts(_))
        {
            return written.clone();
        }
        let origin = written.map_or_else(|| self.place(json, header), |written| written.origin);
        let why = "it is known only after the plan is applied";
        if let Some((target, name)) = self.references.resource(address, attribute) {
            let step = Step::Resource { address: target.clone(), attribute: name.clone() };
            let origin = match self.origins.span(origin) {
                Some(span) => self.origins.hop(span, step, origin),
                None => origin,
            };
            return Value::symbol(why, Symbol::Resource { address: target, attribute: name }, Shape::Any, origin);
        }
        let symbol = Symbol::Resource { address: address.into(), attribute: attribute.into() };
        Value::symbol(why, symbol, Shape::Any, origin)
    }

    fn value(
        &self,
        node: NodeRef<'t>,
        beside: Beside<'_, 't>,
        address: &str,
        path: &str,
        header: Span,
        depth: usize,
    ) -> Value {
        let origin = beside.written.map_or_else(|| self.place(node.span(), header), |written| written.origin);
        if depth > MAX_DEPTH {
            return Value::unknown(format!("nested more than {MAX_DEPTH} levels deep"), origin);
        }
        if beside.sensitive.is_some_and(is_true) {
            let symbol = Symbol::Resource { address: address.into(), attribute: path.into() };
            return Value::symbol("it is sensitive, and not looked at", symbol, Shape::Any, origin);
        }
        if beside.unknown.is_some_and(is_true) {
            return self.open(beside.written, address, path, node.span(), header);
        }
        match node.kind() {
            NodeKind::Scalar => match node.scalar() {
                Some(Scalar::Bool(value)) => Value::bool(value, origin),
                Some(Scalar::String(text)) => Value::string(text, origin),
                Some(Scalar::Number(text)) => match Number::parse(text) {
                    Some(number) => Value::number(number, origin),
                    None => Value::unknown("the number is too large", origin),
                },
                Some(Scalar::Null) | None => Value::null(origin),
            },
            NodeKind::Sequence => {
                let flags = |flags: Option<NodeRef<'t>>, index: usize| flags.and_then(|flags| flags.items().nth(index));
                let items = node.items().enumerate().map(|(index, item)| {
                    let beside = Beside {
                        unknown: flags(beside.unknown, index),
                        sensitive: flags(beside.sensitive, index),
                        written: beside.written.and_then(|written| written_item(written, item, index)),
                    };
                    self.value(item, beside, address, &format!("{path}.{index}"), header, depth + 1)
                });
                Value::list(items.collect(), origin)
            }
            NodeKind::Mapping => {
                let mut entries = Vec::with_capacity(node.len());
                for (key, value) in node.entries() {
                    let name = key.text().unwrap_or_default();
                    let written = beside.written.and_then(|written| written.as_map()?.entry(name));
                    // An argument of a nested block that nobody wrote is absent, as it would be in the source.
                    if value.is_null() && written.is_none() && beside.written.is_some() {
                        continue;
                    }
                    let inner = Beside {
                        unknown: beside.unknown.and_then(|flags| flags.get(name)),
                        sensitive: beside.sensitive.and_then(|flags| flags.get(name)),
                        written: written.map(|written| &written.value),
                    };
                    let key_origin = match (written, beside.written) {
                        (Some(written), _) => written.key_origin,
                        (None, Some(block)) => block.origin,
                        (None, None) => self.place(key.span(), header),
                    };
                    let made = self.value(value, inner, address, &format!("{path}.{name}"), header, depth + 1);
                    // What the provider adds to a block stands at the block.
                    let made = match (written, beside.written) {
                        (None, Some(block)) => made.at(block.origin),
                        _ => made,
                    };
                    entries.push(Entry::new(Text::new(name), key_origin, made));
                }
                for (key, flag) in beside.unknown.iter().flat_map(|flags| flags.entries()) {
                    let name = key.text().unwrap_or_default();
                    let path = format!("{path}.{name}");
                    let written = beside.written.and_then(|written| written.as_map()?.entry(name));
                    let known = entries.iter().any(|entry| entry.key == name);
                    if is_true(flag) && !known && (written.is_some() || self.references.is_written(address, &path)) {
                        let key_origin = written.map_or(origin, |written| written.key_origin);
                        let made = self.open(written.map(|written| &written.value), address, &path, key.span(), header);
                        entries.push(Entry::new(Text::new(name), key_origin, made));
                    }
                }
                Value::map(entries, origin)
            }
        }
    }
}

/// The item of a written list that a planned item is: of the same name where items have names (Terraform reorders
/// sets), else at the same place.
fn written_item<'a>(written: &'a Value, item: NodeRef<'_>, index: usize) -> Option<&'a Value> {
    let list = written.as_list()?;
    for name in ["name", "region_name", "attribute_name"] {
        if let Some(wanted) = item.get(name).and_then(NodeRef::text) {
            return list.items.iter().find(|one| one.get(name).and_then(Value::as_str) == Some(wanted));
        }
    }
    if item.is_scalar() {
        return list.items.iter().find(|one| one.as_str().is_some_and(|text| item.text() == Some(text)));
    }
    list.items.get(index)
}

fn is_true(node: NodeRef<'_>) -> bool {
    matches!(node.scalar(), Some(Scalar::Bool(true)))
}
