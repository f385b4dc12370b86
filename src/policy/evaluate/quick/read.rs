//! Reading fields and items.

use std::rc::Rc;

use crate::model::Layout;
use crate::model::schema::Subject;
use crate::policy::expression::{NodeId, plural};
use crate::resource::Language;
use crate::value::{Data, EntityId, Map, Value};

use super::super::operators::Numeric;
use super::compare::is_nothing;
use super::walk::Run;
use super::{Answer, Got, Stop};

/// Where the field that a node reads was found the last time.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The entities for which this holds; [`Layout::NONE`] for the last map, where the name has to be looked at.
    layout: Layout,
    /// The position among the entries; [`NOWHERE`] where there is no such field.
    at: u32,
}

const NOWHERE: u32 = u32::MAX;

impl Default for Place {
    fn default() -> Self {
        Self { layout: Layout::NONE, at: NOWHERE }
    }
}

impl<'v> Run<'_, 'v> {
    /// A value as it is read; what hangs on an input is open.
    pub(super) fn got(&self, value: &'v Value) -> Answer<'v> {
        let value = self.resolve(value)?;
        Ok(match &value.data {
            Data::Absent | Data::Null => Got::Nothing,
            Data::Bool(truth) => Got::Bool(*truth),
            Data::Number(number) => Got::Number(Numeric::of_number(number)),
            Data::String(text) => Got::Text(text),
            Data::Parts(_) | Data::Unknown(_) => Got::Open(value),
            Data::List(list) => Got::List(list),
            Data::Map(map) => Got::Map(map),
            Data::Entity(id) => Got::Entity(*id),
            Data::Choice(choice) => return Err(Stop::Need(choice.input)),
        })
    }

    /// The value behind the choices that the case decides.
    pub(super) fn resolve(&self, value: &'v Value) -> Result<&'v Value, Stop> {
        self.quick.assignment.resolve(value).map_err(Stop::Need)
    }

    pub(super) fn field(&mut self, of: Got<'v>, name: &str, node: NodeId) -> Answer<'v> {
        match of {
            Got::Nothing => Ok(Got::Nothing),
            Got::Entity(id) => self.field_of_entity(id, name, node),
            Got::Map(map) => match self.find(map, name, node) {
                Some(found) => self.got(found),
                None if map.rest.is_some() => Err(Stop::Open),
                None => Ok(Got::Nothing),
            },
            Got::Options => {
                let found = self.quick.options.iter().find(|(known, _)| known == name);
                found.map_or(Err(Stop::Wrong), |(_, value)| self.got(value))
            }
            Got::Project => self.of_project(name),
            Got::Open(value) if value.is_unknown() => Err(Stop::Open),
            other => Err(other.stop()),
        }
    }

    pub(super) fn field_of_entity(&mut self, id: EntityId, name: &str, node: NodeId) -> Answer<'v> {
        self.quick.is_touched = true;
        let model = self.quick.world.model;
        let entity = model.get(id);
        let Data::Map(map) = &entity.fields.data else { return Err(Stop::Open) };
        match self.find_in_entity(map, model.layout(id), name, node) {
            Some(found) => self.got(found),
            None if map.rest.is_some() => Err(Stop::Open),
            None => Ok(match name {
                "address" => Got::Text(&entity.address),
                "resource_type" => Got::Text(&entity.kind),
                "label" => Got::Text(&entity.name),
                "subject" => Got::Text(entity.subject.name()),
                _ => Got::Nothing,
            }),
        }
    }

    /// The value of a field of an entity.
    fn find_in_entity(&mut self, map: &'v Map, layout: Layout, name: &str, node: NodeId) -> Option<&'v Value> {
        let place = self.quick.places.get_mut(self.first + node as usize)?;
        if place.layout != layout || layout == Layout::NONE {
            let at = map.entries.iter().position(|entry| entry.key == name);
            *place = Place { layout, at: at.and_then(|at| u32::try_from(at).ok()).unwrap_or(NOWHERE) };
        }
        map.entries.get(place.at as usize).map(|entry| &entry.value)
    }

    /// The value under a key. What is written alike has its keys in much the same order.
    fn find(&mut self, map: &'v Map, name: &str, node: NodeId) -> Option<&'v Value> {
        let place = self.quick.places.get_mut(self.first + node as usize)?;
        if place.layout == Layout::NONE
            && let Some(entry) = map.entries.get(place.at as usize).filter(|entry| entry.key == name)
        {
            return Some(&entry.value);
        }
        let at = map.entries.iter().position(|entry| entry.key == name)?;
        *place = Place { layout: Layout::NONE, at: u32::try_from(at).unwrap_or(NOWHERE) };
        map.entries.get(at).map(|entry| &entry.value)
    }

    fn of_project(&mut self, name: &str) -> Answer<'v> {
        let world = self.quick.world;
        let facts = world.facts;
        match name {
            "language" => Ok(Got::Text(match facts.language {
                Language::CloudFormation => "cloudformation",
                Language::Sam => "sam",
                Language::Terraform => "terraform",
            })),
            "region" => self.got(super::super::fields::known_or(facts.region, world.region.as_ref())),
            "account" => self.got(super::super::fields::known_or(facts.account, world.account.as_ref())),
            "closed_world" => Ok(Got::Bool(world.closed_world)),
            _ => {
                let (subject, _) =
                    Subject::ALL.iter().find(|(subject, _)| plural(*subject) == name).ok_or(Stop::Wrong)?;
                if let Some((_, known)) = self.quick.lists.iter().find(|(known, _)| known == subject) {
                    world.model.note_list(*subject);
                    return Ok(Got::Items(Rc::clone(known)));
                }
                let mut items = Vec::new();
                let mut is_plain = true;
                for (id, entity) in world.model.of(*subject) {
                    self.quick.steps += 1;
                    is_plain &= matches!(entity.exists.data, Data::Bool(_));
                    match self.got(&entity.exists)? {
                        Got::Bool(false) => {}
                        Got::Bool(true) => items.push(Got::Entity(id)),
                        _ => return Err(Stop::Open),
                    }
                }
                let items: Rc<[Got<'v>]> = items.into();
                if is_plain {
                    // It is the same in every case.
                    self.quick.lists.push((*subject, Rc::clone(&items)));
                }
                Ok(Got::Items(items))
            }
        }
    }

    /// `has(x.field)`. In a plain map an entry that holds null is set.
    pub(super) fn has(&mut self, of: Got<'v>, name: &str, node: NodeId) -> Result<bool, Stop> {
        if let Got::Map(map) = &of
            && let Some(found) = self.find(map, name, node)
            && matches!(found.data, Data::Null)
        {
            return Ok(true);
        }
        let field = self.field(of, name, node)?;
        is_nothing(&field).map(|nothing| !nothing)
    }

    pub(super) fn index(&mut self, of: &Got<'v>, at: &Got<'v>, node: NodeId) -> Answer<'v> {
        match (of, at) {
            (Got::Nothing, _) => Ok(Got::Nothing),
            (Got::Items(items), Got::Number(Numeric::Whole(at))) => {
                let at = usize::try_from(*at).map_err(|_| Stop::Wrong)?;
                match items.get(at) {
                    Some(Got::Opaque(stop)) => Err(*stop),
                    Some(item) => Ok(item.clone()),
                    None => Err(Stop::Wrong),
                }
            }
            (Got::List(list), Got::Number(Numeric::Whole(at))) if list.rest.is_none() => {
                let mut left = usize::try_from(*at).map_err(|_| Stop::Wrong)?;
                for item in &list.items {
                    let item = self.resolve(item)?;
                    if item.is_absent() {
                        continue;
                    }
                    if left == 0 {
                        return self.got(item);
                    }
                    left -= 1;
                }
                Err(Stop::Wrong)
            }
            (Got::Map(_) | Got::Entity(_), Got::Text(key)) => self.field(of.clone(), key, node),
            (Got::Opaque(stop), _) | (_, Got::Opaque(stop)) => Err(*stop),
            _ => Err(Stop::Open),
        }
    }
}
