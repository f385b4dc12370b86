//! What of a model is as it was in an earlier one.
//!
//! Takes the models of a project before and after an edit; gives, for each entity of the new one, the entity of the old
//! one that says the very same. Places do not count: an edit moves everything behind it. Links count by what they lead
//! to. Values are compared in full, so that what is called the same is the same.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::resource::Project;
use crate::value::{Case, Data, EntityId, Input, List, Map, Number, Part, Unknown, Value};

use super::schema::Subject;
use super::{Entity, Model};

/// How deep values are compared; deeper ones are taken for different.
const MOST_DEPTH: usize = 200;

/// Which entities of two models are the same.
#[derive(Debug)]
pub struct Same {
    /// For each old entity, the new one with its address, whether or not it says the same.
    after: Vec<Option<EntityId>>,
    /// For each new entity, the old one with its address.
    before: Vec<Option<EntityId>>,
    /// For each new entity, whether it says the same as the old one.
    equal: Vec<bool>,
    /// The subjects of which the same entities are there, in the same order and the same cases.
    lists: Vec<Subject>,
}

impl Same {
    /// Nothing where what stands beside the resources differs: inputs, the Region, the language.
    #[must_use]
    pub fn between(before: (&Project, &Model), after: (&Project, &Model)) -> Option<Self> {
        let (old, new) = (before.1, after.1);
        let mut same = Self {
            after: vec![None; old.len()],
            before: vec![None; new.len()],
            equal: Vec::with_capacity(new.len()),
            lists: Vec::new(),
        };
        if !same.surroundings(before.0, after.0) {
            return None;
        }
        same.pair(old, new);
        for (id, entity) in new.iter() {
            let is_same = same.before(id).is_some_and(|known| same.entities(old.get(known), entity));
            same.equal.push(is_same);
        }
        for (subject, _) in Subject::ALL {
            let (mut of_old, mut of_new) = (old.of(*subject), new.of(*subject));
            let is_same = loop {
                match (of_old.next(), of_new.next()) {
                    (None, None) => break true,
                    (Some((known, one)), Some((id, other)))
                        if same.before(id) == Some(known) && same.values(&one.exists, &other.exists, 0) => {}
                    _ => break false,
                }
            };
            if is_same {
                same.lists.push(*subject);
            }
        }
        Some(same)
    }

    /// The old entity that says the very same as a new one.
    #[must_use]
    pub fn unchanged(&self, id: EntityId) -> Option<EntityId> {
        self.before(id).filter(|_| self.equal.get(id.0 as usize).copied().unwrap_or_default())
    }

    /// The new entity that says the very same as an old one.
    #[must_use]
    pub fn kept(&self, id: EntityId) -> Option<EntityId> {
        let new = self.after.get(id.0 as usize).copied().flatten()?;
        (self.unchanged(new) == Some(id)).then_some(new)
    }

    /// Whether the same entities of a subject are there, in the same order and the same cases.
    #[must_use]
    pub fn has_same_list(&self, subject: Subject) -> bool {
        self.lists.contains(&subject)
    }

    fn before(&self, id: EntityId) -> Option<EntityId> {
        self.before.get(id.0 as usize).copied().flatten()
    }

    /// Pairs the entities by subject and address. Those that share their address with another one have no partner.
    fn pair(&mut self, old: &Model, new: &Model) {
        fn key(entity: &Entity) -> (Subject, &str) {
            (entity.subject, entity.address.as_str())
        }
        let mut places: FxHashMap<(Subject, &str), Option<EntityId>> = FxHashMap::default();
        for (id, entity) in old.iter() {
            places.entry(key(entity)).and_modify(|place| *place = None).or_insert(Some(id));
        }
        for (id, entity) in new.iter() {
            let Some(place) = places.get(&key(entity)).copied().flatten() else { continue };
            let Some(partner) = self.after.get_mut(place.0 as usize) else { continue };
            // Whoever comes second takes the partner from the first, and has none either.
            let own = match partner {
                Some(first) => std::mem::replace(first, EntityId(u32::MAX)),
                None => *partner.insert(id),
            };
            if let Some(before) = self.before.get_mut(own.0 as usize) {
                *before = (own == id).then_some(place);
            }
        }
    }

    fn entities(&self, one: &Entity, other: &Entity) -> bool {
        one.kind == other.kind
            && one.name == other.name
            && one.managed == other.managed
            && self.values(&one.exists, &other.exists, 0)
            && self.values(&one.fields, &other.fields, 0)
    }

    fn surroundings(&self, one: &Project, other: &Project) -> bool {
        one.language == other.language
            && one.environment == other.environment
            && one.inputs.len() == other.inputs.len()
            && one.inputs.iter().zip(other.inputs.iter()).all(|((_, one), (_, other))| self.inputs(one, other))
            && self.each(&one.inputs.constraints, &other.inputs.constraints, 0)
            && self.values(&one.region, &other.region, 0)
            && self.values(&one.account, &other.account, 0)
    }

    fn inputs(&self, one: &Input, other: &Input) -> bool {
        let cases = |one: &Case, other: &Case| {
            one.label == other.label && one.is_rest == other.is_rest && self.values(&one.value, &other.value, 0)
        };
        one.name == other.name
            && one.kind == other.kind
            && one.default == other.default
            && one.cases.len() == other.cases.len()
            && one.cases.iter().zip(&other.cases).all(|(one, other)| cases(one, other))
    }

    fn each(&self, one: &[Value], other: &[Value], depth: usize) -> bool {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.values(one, other, depth))
    }

    /// Whether two values mean the same to whoever reads one of them without asking where it stands.
    fn values(&self, one: &Value, other: &Value, depth: usize) -> bool {
        if depth > MOST_DEPTH || one.tag != other.tag {
            return false;
        }
        let depth = depth + 1;
        match (&one.data, &other.data) {
            (Data::Absent, Data::Absent) | (Data::Null, Data::Null) => true,
            (Data::Bool(one), Data::Bool(other)) => one == other,
            (Data::Number(Number::Integer(one)), Data::Number(Number::Integer(other))) => one == other,
            (Data::Number(one @ Number::Big(_)), Data::Number(other @ Number::Big(_))) => one == other,
            (Data::String(one), Data::String(other)) => one == other,
            (Data::Parts(one), Data::Parts(other)) => {
                one.len() == other.len() && one.iter().zip(&**other).all(|(one, other)| parts(one, other))
            }
            (Data::List(one), Data::List(other)) => self.lists(one, other, depth),
            (Data::Map(one), Data::Map(other)) => self.maps(one, other, depth),
            (Data::Unknown(one), Data::Unknown(other)) => unknowns(one, other),
            (Data::Choice(one), Data::Choice(other)) => {
                one.input == other.input && self.each(&one.cases, &other.cases, depth)
            }
            (Data::Entity(one), Data::Entity(other)) => self.before(*other) == Some(*one),
            _ => false,
        }
    }

    fn lists(&self, one: &List, other: &List, depth: usize) -> bool {
        one.kind == other.kind
            && rests(one.rest.as_ref(), other.rest.as_ref())
            && self.each(&one.items, &other.items, depth)
    }

    fn maps(&self, one: &Map, other: &Map, depth: usize) -> bool {
        let mut pairs = one.entries.iter().zip(&other.entries);
        one.kind == other.kind
            && one.entries.len() == other.entries.len()
            && rests(one.rest.as_ref(), other.rest.as_ref())
            && pairs.all(|(one, other)| one.key == other.key && self.values(&one.value, &other.value, depth))
    }
}

fn parts(one: &Part, other: &Part) -> bool {
    match (one, other) {
        (Part::Known(one, _), Part::Known(other, _)) => one == other,
        (Part::Open(one, _), Part::Open(other, _)) => unknowns(one, other),
        _ => false,
    }
}

fn unknowns(one: &Arc<Unknown>, other: &Arc<Unknown>) -> bool {
    Arc::ptr_eq(one, other) || one.why == other.why && one.symbol == other.symbol && one.shape == other.shape
}

fn rests(one: Option<&Arc<Unknown>>, other: Option<&Arc<Unknown>>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => unknowns(one, other),
        _ => false,
    }
}
