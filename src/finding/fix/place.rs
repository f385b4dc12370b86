//! From a field of the model to the place in the source where it is written, or would be.

use crate::model::Entity;
use crate::model::schema::{self, Field, Subject, Type};
use crate::resource::Resource;
use crate::source::Span;
use crate::value::{Data, EntityId, Map, OriginId, Origins, Step, Value};

use super::Case;

/// Where an attribute stands.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// It is written, with this value.
    Written(Value),
    /// Nothing is written: it goes into this block, under these names.
    Missing { block: Block, way: Vec<String> },
}

/// A block of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub span: Span,
    /// A key in it, for blocks that share a span.
    pub inside: Option<Span>,
}

/// Where the way to an attribute begins.
pub(super) struct Start {
    pub value: Value,
    pub block: Block,
    pub way: Vec<String>,
}

/// How deep blocks are searched.
const MAX_DEPTH: usize = 24;

/// What stands beside the attributes, with its place in each language.
const BESIDE: &[(&str, &str, &str)] = &[
    ("deletion_policy", "DeletionPolicy", ""),
    ("update_replace_policy", "UpdateReplacePolicy", ""),
    ("prevent_destroy", "", "lifecycle.prevent_destroy"),
    ("ignore_changes", "", "lifecycle.ignore_changes"),
];

impl Case<'_, '_> {
    fn origins(&self) -> &Origins {
        &self.mender.project.origins
    }

    pub(super) fn resource(&self, entity: &Entity) -> Option<&Resource> {
        self.mender.project.resources.get(entity.resource)
    }

    /// The value behind the choices that the case decides.
    pub(super) fn settled(&self, value: &Value) -> Option<Value> {
        self.assignment.resolve(value).ok().cloned()
    }

    /// Follows the links at the beginning of a path: the entity whose field is meant, and the rest of the path.
    pub(super) fn follow<'p>(&self, id: EntityId, path: &'p str) -> Option<(EntityId, &'p str)> {
        let (mut id, mut path) = (id, path);
        while let Some((first, rest)) = path.split_once('.') {
            let entity = self.mender.model.get(id);
            let link = schema::fields_of(entity.subject)
                .iter()
                .any(|field| field.name == first && matches!(field.ty, Type::Link(_)));
            if !link {
                break;
            }
            id = self.settled(entity.fields.get(first)?)?.as_entity()?;
            path = rest;
        }
        Some((id, path))
    }

    /// Where the way to a field begins; nothing for fields that stand nowhere.
    pub(super) fn start(&self, entity: &Entity, path: &str) -> Option<Start> {
        let resource = self.resource(entity)?;
        let terraform = !resource.kind.starts_with("AWS::");
        let split = |way: &str| way.split('.').map(str::to_owned).collect::<Vec<_>>();
        if let Some((_, own, other)) = BESIDE.iter().find(|(name, ..)| *name == path) {
            let way = if terraform { other } else { own };
            let block = Block { span: resource.header, inside: None };
            return (!way.is_empty()).then(|| Start { value: resource.meta.clone(), block, way: split(way) });
        }
        let way = schema::place(entity.subject, &entity.kind, path, field(entity.subject, path)?);
        if way.is_empty() {
            return None;
        }
        self.within(entity, split(way))
    }

    /// The same for an attribute of the resource by its own name.
    pub(super) fn within(&self, entity: &Entity, way: Vec<String>) -> Option<Start> {
        let resource = self.resource(entity)?;
        if entity.address == resource.address && entity.header == resource.header {
            return self.whole(resource, way);
        }
        let mut found = Vec::new();
        self.blocks(&resource.attributes, entity, &mut found, 0);
        let named = |map: &&(Value, OriginId)| {
            ["name", "IndexName", "region_name", "Region", "sid", "Sid"].iter().any(|key| {
                map.0.get(key).and_then(|value| self.settled(value)).and_then(|value| value.as_str().map(str::to_owned))
                    == Some(entity.name.to_string())
            })
        };
        let chosen = match found.as_slice() {
            [only] => only,
            many => many.iter().find(named)?,
        };
        let span = self.origins().span(chosen.1)?;
        let inside = chosen.0.as_map().and_then(|map| self.first_key(map));
        Some(Start { value: chosen.0.clone(), block: Block { span, inside }, way })
    }

    /// The way from a resource itself.
    pub(super) fn whole(&self, resource: &Resource, mut way: Vec<String>) -> Option<Start> {
        let value = self.settled(&resource.attributes)?;
        let origin = self.origins().trail(value.origin).pop();
        let span = origin.map_or(resource.header, |origin| origin.span);
        let terraform = !resource.kind.starts_with("AWS::");
        if !terraform && span == resource.header {
            way.insert(0, "Properties".to_owned());
        }
        let inside = value.as_map().and_then(|map| self.first_key(map));
        Some(Start { value, block: Block { span, inside: inside.filter(|_| span != resource.header) }, way })
    }

    /// The maps among the values that stand where a part of a resource begins.
    fn blocks(&self, value: &Value, entity: &Entity, found: &mut Vec<(Value, OriginId)>, depth: usize) {
        let Some(value) = self.settled(value) else { return };
        if depth > MAX_DEPTH {
            return;
        }
        match &value.data {
            Data::Map(map) => {
                let here = self.origins().trail(value.origin).iter().any(|hop| hop.span == entity.header);
                let keyed =
                    map.entries.iter().any(|entry| self.origins().span(entry.key_origin) == Some(entity.header));
                if here || keyed && depth > 0 {
                    found.push((value.clone(), self.last(value.origin)));
                    return;
                }
                for entry in &map.entries {
                    self.blocks(&entry.value, entity, found, depth + 1);
                }
            }
            Data::List(list) => {
                for item in &list.items {
                    self.blocks(item, entity, found, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The origin at the end of a trail.
    fn last(&self, origin: OriginId) -> OriginId {
        let mut at = origin;
        while let Some(hop) = self.origins().get(at) {
            if hop.next.is_none() {
                break;
            }
            at = hop.next;
        }
        at
    }

    fn first_key(&self, map: &Map) -> Option<Span> {
        map.entries
            .iter()
            .filter(|entry| !self.is_shared(entry.value.origin))
            .find_map(|entry| self.origins().span(entry.key_origin))
    }

    /// Whether a value is not the resource's own: the Globals section or the provider adds it.
    fn is_shared(&self, origin: OriginId) -> bool {
        self.origins().get(origin).is_some_and(|hop| matches!(hop.step, Step::Globals | Step::ProviderDefault))
    }

    /// Walks from a block along the names.
    pub(super) fn walk(&self, start: Start) -> Option<Place> {
        let Start { value, mut block, way } = start;
        let mut value = self.settled(&value)?;
        for (at, name) in way.iter().enumerate() {
            let Data::Map(map) = &value.data else { return None };
            let rest = || way.get(at..).map(<[String]>::to_vec);
            let Some(entry) = map.entry(name) else {
                return match &map.rest {
                    Some(_) => None,
                    None => Some(Place::Missing { block, way: rest()? }),
                };
            };
            if self.is_shared(entry.value.origin) {
                return Some(Place::Missing { block, way: rest()? });
            }
            let next = self.settled(&entry.value)?;
            if at + 1 == way.len() {
                return Some(Place::Written(next));
            }
            let next = match &next.data {
                // A block type is a list of blocks, of which the first counts.
                Data::List(list) => {
                    let items = list.items.iter().filter_map(|item| self.settled(item));
                    let mut items = items.filter(|item| !item.is_unset());
                    match items.next() {
                        Some(item) => item,
                        None if list.rest.is_none() => return Some(Place::Missing { block, way: rest()? }),
                        None => return None,
                    }
                }
                // A group that is set to nothing is written in its place.
                Data::Null if self.origins().get(next.origin).is_some_and(|hop| hop.step == Step::Literal) => {
                    let block = Block { span: self.origins().span(next.origin)?, inside: None };
                    return Some(Place::Missing { block, way: way.get(at + 1..)?.to_vec() });
                }
                Data::Absent | Data::Null => return None,
                _ => next,
            };
            let Data::Map(map) = &next.data else { return None };
            block = Block { span: self.origins().span(self.last(next.origin))?, inside: self.first_key(map) };
            value = next;
        }
        None
    }

    /// Whether a place is in force in the failing cases only: it stands in a branch or in a block that is there only
    /// then.
    pub(super) fn is_of_case(&self, span: Span) -> bool {
        // The branches of a condition lie within the expression that chooses.
        let Some(resource) = self.resource(self.entity) else { return false };
        let mut within = false;
        self.branches(&resource.attributes, span, &mut within, 0);
        within
    }

    fn branches(&self, value: &Value, span: Span, within: &mut bool, depth: usize) {
        if depth > MAX_DEPTH || *within {
            return;
        }
        if self
            .origins()
            .trail(value.origin)
            .iter()
            .any(|hop| matches!(hop.step, Step::Branch(_)) && hop.span.contains(span))
        {
            *within = true;
            return;
        }
        match &value.data {
            Data::Map(map) => map.entries.iter().for_each(|entry| self.branches(&entry.value, span, within, depth + 1)),
            Data::List(list) => list.items.iter().for_each(|item| self.branches(item, span, within, depth + 1)),
            Data::Choice(choice) => choice.cases.iter().for_each(|case| self.branches(case, span, within, depth + 1)),
            _ => {}
        }
    }
}

/// The field at a path of names.
pub(super) fn field(subject: Subject, path: &str) -> Option<&'static Field> {
    let mut fields = schema::fields_of(subject);
    let mut found = None;
    for name in path.split('.') {
        let field = fields.iter().find(|field| field.name == name)?;
        if let Type::Object(inner) = field.ty {
            fields = inner;
        }
        found = Some(field);
    }
    found
}
