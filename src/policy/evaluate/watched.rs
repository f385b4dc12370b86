//! The model as evaluation reads it, with a note of what was read.
//!
//! Whoever keeps verdicts from one edit to the next has to know what they hang on. All of evaluation reads entities
//! through [`Watched`], so nothing is read that is not noted.

use std::cell::{Cell, RefCell};

use crate::model::schema::Subject;
use crate::model::{Entity, Layout, Model};
use crate::value::EntityId;

/// A model, and who takes the notes.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    model: &'a Model,
    reads: Option<&'a Reads>,
}

impl<'a> Watched<'a> {
    /// Notes are taken where there is somebody to take them.
    #[must_use]
    pub fn new(model: &'a Model, reads: Option<&'a Reads>) -> Self {
        Self { model, reads }
    }

    pub fn get(&self, id: EntityId) -> &'a Entity {
        if let Some(reads) = self.reads {
            reads.note(id);
        }
        self.model.get(id)
    }

    /// All entities of a subject, of which only their number, order and existence are read by this.
    pub fn of(&self, subject: Subject) -> impl Iterator<Item = (EntityId, &'a Entity)> + use<'a> {
        self.note_list(subject);
        self.model.of(subject)
    }

    /// Notes that the list of a subject is read where it is kept.
    pub fn note_list(&self, subject: Subject) {
        if let Some(reads) = self.reads {
            reads.lists.set(reads.lists.get().with(subject));
        }
    }

    /// Which fields an entity has is read with the entity.
    pub fn layout(&self, id: EntityId) -> Layout {
        self.model.layout(id)
    }

    /// Lets something be read of which no notes are taken.
    pub fn unnoticed<T>(&self, read: impl FnOnce() -> T) -> T {
        let Some(reads) = self.reads else { return read() };
        let before = reads.is_paused.replace(true);
        let lists = reads.lists.get();
        let done = read();
        reads.lists.set(lists);
        reads.is_paused.set(before);
        done
    }
}

/// Some subjects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lists(u64);

// Each subject has a bit.
const _: () = assert!(Subject::ALL.len() <= 64);

impl Lists {
    #[must_use]
    pub fn with(self, subject: Subject) -> Self {
        Self(self.0 | 1 << (subject as u32))
    }

    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Subject> {
        let has = move |subject: &Subject| self.0 & 1 << (*subject as u32) != 0;
        Subject::ALL.iter().map(|(subject, _)| *subject).filter(has)
    }
}

/// What was read since it was last asked.
#[derive(Debug, Default)]
pub struct Reads {
    entities: RefCell<Vec<EntityId>>,
    /// For each entity, in which round it was read last.
    rounds: RefCell<Vec<u32>>,
    round: Cell<u32>,
    lists: Cell<Lists>,
    is_paused: Cell<bool>,
}

impl Reads {
    #[must_use]
    pub fn new(model: &Model) -> Self {
        Self { rounds: RefCell::new(vec![0; model.len()]), round: Cell::new(1), ..Self::default() }
    }

    fn note(&self, id: EntityId) {
        let mut rounds = self.rounds.borrow_mut();
        if let Some(last) = rounds.get_mut(id.0 as usize)
            && *last != self.round.get()
            && !self.is_paused.get()
        {
            *last = self.round.get();
            self.entities.borrow_mut().push(id);
        }
    }

    /// Hands over the entities, each once, and the lists that were read, and begins anew.
    pub fn take(&self, hear: &mut dyn FnMut(EntityId)) -> Lists {
        self.entities.borrow_mut().drain(..).for_each(hear);
        match self.round.get().checked_add(1) {
            Some(next) => self.round.set(next),
            None => {
                self.rounds.borrow_mut().fill(0);
                self.round.set(1);
            }
        }
        self.lists.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::Bench;

    #[test]
    fn each_entity_is_noted_once_a_round_and_what_nobody_notices_is_not() {
        let mut bench = Bench::new();
        let [one, other] = ["one", "other"].map(|name| bench.table(name, Vec::new()));
        let reads = Reads::new(&bench.model);
        let model = Watched::new(&bench.model, Some(&reads));
        let taken = || {
            let mut ids = Vec::new();
            let lists: Vec<Subject> = reads.take(&mut |id| ids.push(id)).iter().collect();
            (ids, lists)
        };
        let _ = (model.get(one), model.get(other), model.get(one), model.of(Subject::Index).count());
        assert_eq!(taken(), (vec![one, other], vec![Subject::Index]));
        model.unnoticed(|| (model.get(one), model.of(Subject::Table).count()));
        let _ = model.get(other);
        assert_eq!(taken(), (vec![other], Vec::new()));
    }
}
