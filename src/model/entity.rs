//! The things that policies judge, with their fields and the links between them.

use std::collections::{BTreeMap, HashMap};

use crate::source::Span;
use crate::value::{Data, EntityId, Entry, Text, Value};

use super::schema::Subject;

/// One table, index, replica, cluster, ... with its fields as [`super::schema`] documents them.
///
/// Fields are values: a link is [`crate::value::Data::Entity`] (or a list of them), and a link that exists only in some
/// cases is a choice between the entity and absent. A list of links that may be incomplete has an open rest.
#[derive(Clone, Debug)]
pub struct Entity {
    pub subject: Subject,
    /// The resource's address; for a part of a resource it goes on with `/` and the part's name.
    pub address: Text,
    /// The type of the resource in its language.
    pub kind: Text,
    /// What people call it: the name it will have where that is known, else the logical id or label.
    pub name: Text,
    /// Where an absent attribute of the entity is blamed.
    pub header: Span,
    /// The whole entity in the source.
    pub span: Span,
    /// A bool, a choice of bools, or unknown: in which cases it is there.
    pub exists: Value,
    /// A map with an entry for each field of the schema that has a value or a default.
    pub fields: Value,
    /// Index into the project's resources.
    pub resource: usize,
    /// Judged by policies; other entities only serve as links.
    pub managed: bool,
}

/// Which fields some entities have, in which order: entities of one layout have each field at the same place of
/// [`Entity::fields`], so that whoever reads one field of many entities looks for its name only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout(u32);

impl Layout {
    /// The layout of no entity.
    pub const NONE: Self = Self(u32::MAX);
}

/// The linked model of one project.
#[derive(Debug, Default)]
pub struct Model {
    entities: Vec<Entity>,
    by_subject: BTreeMap<Subject, Vec<EntityId>>,
    layouts: Vec<Layout>,
    /// One entity of each layout, by a hash of its field names.
    known_layouts: HashMap<u64, Vec<EntityId>>,
}

impl Model {
    pub fn add(&mut self, entity: Entity) -> EntityId {
        let id = EntityId(u32::try_from(self.entities.len()).unwrap_or(u32::MAX));
        let layout = self.layout_for(id, &entity);
        self.layouts.push(layout);
        self.by_subject.entry(entity.subject).or_default().push(id);
        self.entities.push(entity);
        id
    }

    fn layout_for(&mut self, id: EntityId, entity: &Entity) -> Layout {
        let entries = entries(entity);
        let same = self.known_layouts.entry(hash_of_names(entries)).or_default();
        let is_same = |other: &&EntityId| {
            let other = self.entities.get(other.0 as usize).map_or(&[][..], |other| self::entries(other));
            other.len() == entries.len() && other.iter().zip(entries).all(|(a, b)| a.key == b.key)
        };
        match same.iter().find(is_same).and_then(|other| self.layouts.get(other.0 as usize)) {
            Some(layout) => *layout,
            None => {
                same.push(id);
                Layout(id.0)
            }
        }
    }

    #[must_use]
    pub fn get(&self, id: EntityId) -> &Entity {
        &self.entities[id.0 as usize]
    }

    /// The layout of an entity's fields.
    #[must_use]
    pub fn layout(&self, id: EntityId) -> Layout {
        self.layouts.get(id.0 as usize).copied().unwrap_or(Layout::NONE)
    }

    pub fn iter(&self) -> impl Iterator<Item = (EntityId, &Entity)> {
        (0u32..).map(EntityId).zip(&self.entities)
    }

    /// All entities of a subject.
    pub fn of(&self, subject: Subject) -> impl Iterator<Item = (EntityId, &Entity)> {
        self.by_subject.get(&subject).into_iter().flatten().map(|id| (*id, self.get(*id)))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }
}

/// Changes that only tests make to an entity that is in its model.
#[cfg(test)]
impl Model {
    pub fn set_exists(&mut self, id: EntityId, exists: Value) {
        self.entities[id.0 as usize].exists = exists;
    }

    pub fn set_managed(&mut self, id: EntityId, managed: bool) {
        self.entities[id.0 as usize].managed = managed;
    }
}

fn entries(entity: &Entity) -> &[Entry] {
    match &entity.fields.data {
        Data::Map(map) => &map.entries,
        _ => &[],
    }
}

/// Equal for equal names in equal order; which ones differ all the same is for the caller to see.
fn hash_of_names(entries: &[Entry]) -> u64 {
    entries.iter().fold(0, |hash: u64, entry| {
        let bytes = entry.key.as_bytes();
        let start = bytes.iter().take(8).fold(bytes.len() as u64, |word, byte| word << 8 ^ u64::from(*byte));
        (hash.rotate_left(5) ^ start).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

#[cfg(test)]
mod tests {
    use crate::source::FileId;
    use crate::value::OriginId;

    use super::*;

    fn entity(names: &[&str]) -> Entity {
        let entries = names.iter().map(|name| Entry::new(*name, OriginId::NONE, Value::bool(true, OriginId::NONE)));
        Entity {
            subject: Subject::Table,
            address: "Orders".into(),
            kind: "AWS::DynamoDB::Table".into(),
            name: "Orders".into(),
            header: Span::new(FileId(0), 0, 1),
            span: Span::new(FileId(0), 0, 1),
            exists: Value::bool(true, OriginId::NONE),
            fields: Value::map(entries.collect(), OriginId::NONE),
            resource: 0,
            managed: true,
        }
    }

    #[test]
    fn entities_share_a_layout_if_and_only_if_they_have_the_same_fields_in_the_same_order() {
        let mut model = Model::default();
        let first = model.add(entity(&["name", "billing_mode"]));
        let turned = model.add(entity(&["billing_mode", "name"]));
        let same = model.add(entity(&["name", "billing_mode"]));
        let shorter = model.add(entity(&["name"]));
        // The same beginnings and lengths give the same hash.
        let similar = model.add(entity(&["name", "billing_code"]));
        assert_eq!(model.layout(first), model.layout(same));
        for other in [turned, shorter, similar] {
            assert_ne!(model.layout(first), model.layout(other));
        }
    }
}
