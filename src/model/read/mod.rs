//! Reading fields out of resources by the places that the schema gives.
//!
//! Takes a block of attributes and the fields of a subject, gives drafts whose fields have the schema's types: `"5"`
//! becomes 5 where a number belongs, null becomes absent, what nobody wrote becomes the service's default with an
//! origin that says where it would stand. Unknowns and choices are kept at every level.

mod absent;
mod blocks;
mod convert;
mod plan;

pub(super) use blocks::{Block, Blocks};
pub(super) use convert::convert;

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::resource::{Project, Resource};
use crate::source::Span;
use crate::value::{Data, Entry, Origin, OriginId, Origins, Step, StepId, Symbol, Text, Unknown, Value, combine};

use super::draft::{Draft, cut};
use super::schema::{Default, Field, Subject, Type};
use plan::{Planned, Source};

/// A type and default with the step that says what one would write for a field that has them.
type ToWrite = (Type, Option<Default>, StepId);

/// The fields of a subject in one type of resource.
type Plan = Rc<[Planned]>;

/// The resources of a project by their addresses.
pub(super) struct Context<'p> {
    pub project: &'p Project,
    addresses: FxHashMap<&'p str, usize>,
    /// What one would write for fields that nobody wrote, by their ways: the same few for all resources.
    to_write: RefCell<FxHashMap<String, Vec<ToWrite>>>,
    /// Where the fields of a subject stand in a type of resource, worked out once for each.
    plans: RefCell<FxHashMap<(Subject, Text), Plan>>,
}

impl<'p> Context<'p> {
    pub fn new(project: &'p Project) -> Self {
        let addresses = project.resources.iter().enumerate().map(|(at, resource)| (resource.address.as_str(), at));
        Self { project, addresses: addresses.collect(), to_write: RefCell::default(), plans: RefCell::default() }
    }

    fn plan(&self, subject: Subject, kind: &Text) -> Plan {
        let mut plans = self.plans.borrow_mut();
        let plan = plans.entry((subject, kind.clone())).or_insert_with(|| plan::plan(subject, kind).into());
        Rc::clone(plan)
    }

    /// The step that says what one would write to set the attribute at a dotted way.
    fn what_to_write(&self, way: &str, ty: &Type, default: Option<Default>) -> StepId {
        let mut known = self.to_write.borrow_mut();
        let same = |(of, or, _): &&ToWrite| of == ty && *or == default;
        if let Some((.., step)) = known.get(way).and_then(|texts| texts.iter().find(same)) {
            return *step;
        }
        let terraform = self.project.language == crate::resource::Language::Terraform;
        let text = if way.is_empty() {
            Text::default()
        } else {
            Text::from(absent::what_to_write(way, ty, default, terraform))
        };
        let step = self.project.origins.step(Step::Absent(text));
        known.entry(way.to_owned()).or_default().push((*ty, default, step));
        step
    }

    /// The resource at an address.
    pub fn find(&self, address: &str) -> Option<&'p Resource> {
        self.project.resources.get(*self.addresses.get(address)?)
    }

    pub fn reader_at<'c>(&'c self, address: &str) -> Option<Reader<'c>>
    where
        'p: 'c,
    {
        self.reader(*self.addresses.get(address)?)
    }

    pub fn reader<'c>(&'c self, position: usize) -> Option<Reader<'c>>
    where
        'p: 'c,
    {
        Some(Reader { context: self, project: self.project, resource: self.project.resources.get(position)?, position })
    }
}

/// Reads one resource.
#[derive(Clone, Copy)]
pub(super) struct Reader<'p> {
    pub context: &'p Context<'p>,
    pub project: &'p Project,
    pub resource: &'p Resource,
    /// The resource's index in its project.
    pub position: usize,
}

/// What is looked for at the end of a way.
#[derive(Clone, Copy)]
struct Want<'f> {
    ty: &'f Type,
    default: Option<Default>,
}

impl<'p> Reader<'p> {
    pub fn origins(&self) -> &'p Origins {
        &self.project.origins
    }

    pub fn is_terraform(&self) -> bool {
        !self.resource.kind.starts_with("AWS::")
    }

    pub fn kind(&self) -> &'p str {
        &self.resource.kind
    }

    /// A draft of the whole resource with all fields that have a place in it.
    pub fn draft(&self, subject: Subject) -> Draft {
        let mut draft = Draft::new(subject, self.resource, self.position);
        self.fill(&mut draft, &self.resource.attributes, self.resource.header);
        draft
    }

    /// A draft of a part of the resource, with all fields that have a place in the part's block.
    pub fn part(&self, subject: Subject, name: &str, block: &Block) -> Draft {
        let mut draft = self.bare_part(subject, name, block);
        self.fill(&mut draft, &block.value, block.header);
        draft
    }

    /// A draft of a part whose fields the caller sets itself.
    pub fn bare_part(&self, subject: Subject, name: &str, block: &Block) -> Draft {
        let mut draft = Draft::new(subject, self.resource, self.position);
        draft.address = format!("{}/{name}", self.resource.address).into();
        draft.name = name.into();
        draft.header = block.header;
        draft.span = block.span;
        draft.exists = super::derive::both(&self.resource.exists, &block.exists);
        self.common(&mut draft);
        draft
    }

    /// Fields that every entity has.
    fn common(&self, draft: &mut Draft) {
        let here = self.header_origin(draft.header);
        let language = match self.project.language {
            crate::resource::Language::CloudFormation => "cloudformation",
            crate::resource::Language::Sam => "sam",
            crate::resource::Language::Terraform => "terraform",
        };
        draft.set("address", Value::string(draft.address.clone(), here));
        draft.set("logical_name", Value::string(self.resource.name.clone(), here));
        draft.set("language", Value::string(language, here));
        draft.set("resource_type", Value::string(self.resource.kind.clone(), here));
        draft.set("managed", Value::fact(self.resource.managed, here));
        draft.set("region", self.region());
    }

    /// The Region of the resource: its own argument (Terraform's provider 6), else that of its provider or stack.
    pub fn region(&self) -> Value {
        let own = if self.is_terraform() { self.raw("region") } else { Value::absent(OriginId::NONE) };
        combine(&[&own], &mut |values| match values {
            [own] if !own.is_unset() => (*own).clone(),
            _ => self.resource.region.clone(),
        })
    }

    pub fn header_origin(&self, header: Span) -> OriginId {
        self.origins().literal(header)
    }

    /// Sets every field of the subject that has a place in the resource's type, and the defaults of the others.
    pub fn fill(&self, draft: &mut Draft, block: &Value, header: Span) {
        if draft.get("address").is_none() {
            self.common(draft);
        }
        let plan = self.context.plan(draft.subject, &self.resource.kind);
        let entries = self.group(&plan, plan.len(), block, header);
        // Common fields are set already and have no place.
        draft.extend(entries);
    }

    fn group(&self, plan: &[Planned], size: usize, block: &Value, header: Span) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(size);
        for planned in plan {
            let value = match &planned.source {
                Source::Group(inner, size) => {
                    Value::map(self.group(inner, *size, block, header), self.header_origin(header))
                }
                Source::Default(field, default) => self.absent(header, "", &field.ty, Some(*default), OriginId::NONE),
                // Most attributes are not there at all.
                Source::Way(field, way) => match &block.data {
                    Data::Map(map) if map.rest.is_none() && map.entry(cut(way).0).is_none() => {
                        let what = || self.context.what_to_write(way, &field.ty, field.default);
                        let step = *planned.to_write.get_or_init(what);
                        absent::default_value(field.default, self.origins().hop_by(header, step, OriginId::NONE))
                    }
                    _ => self.find(block, header, way, &field.ty, field.default),
                },
            };
            entries.push(Entry::new(Text::new_static(planned.name), OriginId::NONE, value));
        }
        entries
    }

    /// The fields of an item of a list of groups.
    fn item(&self, fields: &[Field], item: &Value, header: Span) -> Value {
        let mut entries = Vec::new();
        for field in fields {
            let way = if self.is_terraform() { field.terraform } else { field.cloudformation };
            let value = match (way, field.ty) {
                ("", Type::Object(inner)) => self.item(inner, item, header),
                ("", _) => match field.default {
                    Some(default) => self.absent(header, "", &field.ty, Some(default), OriginId::NONE),
                    None => continue,
                },
                (way, _) => self.find(item, header, way, &field.ty, field.default),
            };
            entries.push(Entry::new(Text::new_static(field.name), OriginId::NONE, value));
        }
        Value::map(entries, item.origin)
    }

    /// The attribute at a dotted way from the resource, as it is written; absent where nothing is.
    pub fn raw(&self, way: &str) -> Value {
        self.raw_in(&self.resource.attributes, self.resource.header, way)
    }

    /// As [`Self::raw`], from a block.
    pub fn raw_in(&self, block: &Value, header: Span, way: &str) -> Value {
        self.find(block, header, way, &Type::Any, None)
    }

    /// What stands beside the attributes (`DeletionPolicy`, `lifecycle.prevent_destroy`).
    pub fn meta(&self, way: &str, ty: &Type, default: Option<Default>) -> Value {
        self.find(&self.resource.meta, self.resource.header, way, ty, default)
    }

    /// The value at a dotted way from a block, brought to a type; the default where nothing is written.
    pub fn find(&self, block: &Value, header: Span, way: &str, ty: &Type, default: Option<Default>) -> Value {
        let want = Want { ty, default };
        combine(&[block], &mut |values| match values {
            [block] => self.step(block, header, way, want),
            _ => Value::absent(OriginId::NONE),
        })
    }

    fn step(&self, block: &Value, header: Span, way: &str, want: Want<'_>) -> Value {
        let (key, tail) = cut(way);
        match &block.data {
            Data::Map(map) => match (map.entry(key), &map.rest) {
                (Some(entry), _) if tail.is_empty() => self.leaf(&entry.value, header, way, want),
                (Some(entry), _) => {
                    let inner = self.origins().span(entry.key_origin).unwrap_or(header);
                    combine(&[&entry.value], &mut |values| match values {
                        [value] if value.is_unset() => self.unset(value, header, way, want),
                        [value] => self.step(value, inner, tail, want),
                        _ => Value::absent(OriginId::NONE),
                    })
                }
                (None, Some(rest)) => unknown_at(rest, key, block.origin),
                (None, None) => self.absent(header, way, want.ty, want.default, OriginId::NONE),
            },
            // A block type is a list of blocks, of which there is at most one where a single value is looked for.
            Data::List(list) => {
                let items: Vec<&Value> = list.items.iter().filter(|item| !item.is_unset()).collect();
                match (items.as_slice(), &list.rest) {
                    ([], Some(rest)) => Value::new(Data::Unknown(rest.clone()), block.origin),
                    ([], None) => self.absent(header, way, want.ty, want.default, OriginId::NONE),
                    (items, _) => combine(items, &mut |values| match values.iter().find(|item| !item.is_unset()) {
                        Some(item) if matches!(item.data, Data::List(_)) => {
                            Value::unknown("a list stands where a block belongs", item.origin)
                        }
                        Some(item) => self.step(item, header, way, want),
                        None => self.absent(header, way, want.ty, want.default, OriginId::NONE),
                    }),
                }
            }
            Data::Absent | Data::Null => self.unset(block, header, way, want),
            Data::Unknown(unknown) => unknown_at(unknown, key, block.origin),
            Data::Choice(_) => self.find(block, header, way, want.ty, want.default),
            _ => Value::unknown(format!("`{key}` can't be read from a {}", block.type_name()), block.origin),
        }
    }

    fn leaf(&self, value: &Value, header: Span, way: &str, want: Want<'_>) -> Value {
        combine(&[value], &mut |values| match values {
            [value] if value.is_unset() => self.unset(value, header, way, want),
            [value] => self.typed(value, header, want.ty),
            _ => Value::absent(OriginId::NONE),
        })
    }

    /// A known value brought to a type; lists of groups are read item by item.
    fn typed(&self, value: &Value, header: Span, ty: &Type) -> Value {
        match ty {
            Type::List(inner) => {
                let fields = match inner {
                    Type::Object(fields) => Some(*fields),
                    _ => None,
                };
                convert::list(value, &mut |item| match fields {
                    Some(fields) => {
                        let header = self.origins().span(item.origin).unwrap_or(header);
                        combine(&[item], &mut |values| match values {
                            [item] if item.is_unset() => Value::absent(item.origin),
                            [item] if item.is_unknown() => (*item).clone(),
                            [item] => self.item(fields, item, header),
                            _ => Value::absent(OriginId::NONE),
                        })
                    }
                    None => self.leaf(item, header, "", Want { ty: inner, default: None }),
                })
            }
            _ => convert(value, ty),
        }
    }

    /// An attribute that is written and set to nothing: the expression that does so is where one would write.
    fn unset(&self, value: &Value, header: Span, way: &str, want: Want<'_>) -> Value {
        let place = self.origins().span(value.origin).unwrap_or(header);
        let next = match self.origins().get(value.origin) {
            // Nothing leads on from a plain `null`.
            Some(Origin { step: Step::Literal, .. }) | None => OriginId::NONE,
            Some(_) => value.origin,
        };
        self.absent(place, way, want.ty, want.default, next)
    }

    /// The origin of something that nobody wrote, with what one would write.
    pub fn missing(&self, header: Span, text: &str) -> OriginId {
        self.origins().hop(header, Step::Absent(text.into()), OriginId::NONE)
    }

    /// The default of a field that nobody wrote, or absent where it has none, blamed on the header of the block where
    /// it would stand.
    pub fn absent(&self, header: Span, way: &str, ty: &Type, default: Option<Default>, next: OriginId) -> Value {
        let origin = self.origins().hop_by(header, self.context.what_to_write(way, ty, default), next);
        absent::default_value(default, origin)
    }

    /// The name under which a draft is shown and matched: the written one, or the logical id or label.
    pub fn name(&self, draft: &mut Draft, path: &str) {
        let written = draft.value(path);
        if let Data::String(name) = &written.data
            && !name.is_empty()
        {
            draft.name = name.clone();
        }
        let logical = self.resource.name.clone();
        let name = combine(&[&written], &mut |values| match values {
            [value] if value.is_unset() => Value::string(logical.clone(), value.origin),
            [value] => (*value).clone(),
            _ => Value::absent(OriginId::NONE),
        });
        draft.set("name_set", super::derive::is_set(&written));
        draft.set(path, name);
        draft.refer("written_name", written);
    }
}

/// An attribute of something unknown: unknown for the same reason, and equal to itself.
fn unknown_at(unknown: &Unknown, key: &str, origin: OriginId) -> Value {
    let symbol = unknown.symbol.as_ref().map(|symbol| match symbol {
        Symbol::Resource { address, attribute } => {
            Symbol::Resource { address: address.clone(), attribute: format!("{attribute}.{key}").into() }
        }
        Symbol::Expression(text) => Symbol::Expression(format!("{text}.{key}").into()),
    });
    let data = Unknown { why: unknown.why.clone(), symbol, shape: crate::value::Shape::Any };
    Value::new(Data::Unknown(std::sync::Arc::new(data)), origin)
}
