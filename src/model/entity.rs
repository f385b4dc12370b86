//! The things that policies judge, with their fields and the links between them.

use crate::source::Span;
use crate::value::{EntityId, Text, Value};

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

/// The linked model of one project.
#[derive(Debug, Default)]
pub struct Model {
    entities: Vec<Entity>,
}

impl Model {
    pub fn add(&mut self, entity: Entity) -> EntityId {
        let id = EntityId(u32::try_from(self.entities.len()).unwrap_or(u32::MAX));
        self.entities.push(entity);
        id
    }

    #[must_use]
    pub fn get(&self, id: EntityId) -> &Entity {
        &self.entities[id.0 as usize]
    }

    pub fn get_mut(&mut self, id: EntityId) -> &mut Entity {
        &mut self.entities[id.0 as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (EntityId, &Entity)> {
        (0u32..).map(EntityId).zip(&self.entities)
    }

    /// All entities of a subject.
    pub fn of(&self, subject: Subject) -> impl Iterator<Item = (EntityId, &Entity)> {
        self.iter().filter(move |(_, entity)| entity.subject == subject)
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
