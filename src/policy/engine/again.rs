//! Verdicts that are kept from one edit of a project to the next.
//!
//! While it is seen who passes, it is noted what was read for each entity: other entities and lists of the project.
//! After an edit, an entity that says the very same as before, and for which nothing was read that says something else
//! now, passes what it passed. Nothing but passes is kept: what fails or is undetermined is judged anew, because it
//! has places, and it is known beforehand that looking for a pass is no use there.

use rustc_hash::FxHashMap;

use crate::model::{Model, Same};
use crate::policy::evaluate::{Lists, Reads};
use crate::resource::Project;
use crate::value::EntityId;

use super::passes::{Seen, View};
use super::{Judgement, Pack, Settings, judge_by};

/// How many readings are noted in all; a project that has more is judged anew each time.
const MOST_READINGS: usize = 4 << 20;

/// Who passes in a project, and what that hangs on.
#[derive(Debug, Default)]
pub struct Known {
    /// By the policy's name; for each entity what was seen of it.
    pages: FxHashMap<String, Vec<Seen>>,
    /// For each entity what was read beside it.
    readings: Vec<Reading>,
}

/// What was read for an entity.
#[derive(Clone, Debug, Default)]
struct Reading {
    entities: Box<[EntityId]>,
    lists: Lists,
}

/// An earlier state of a project that was judged under the same settings.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    pub project: &'a Project,
    pub model: &'a Model,
    pub known: &'a Known,
}

/// What is known of a project before it is judged.
#[derive(Clone, Copy)]
pub(super) enum Memory<'a> {
    /// Nothing, and nothing will be asked.
    None,
    /// Nothing yet.
    New,
    Of(Before<'a>),
}

impl<'a> Memory<'a> {
    /// Whether it is kept what comes of the project.
    pub fn is_asked_for(self) -> bool {
        !matches!(self, Self::None)
    }

    pub fn kept(self, project: &Project, model: &Model) -> Option<Kept<'a>> {
        match self {
            Self::Of(before) => Kept::of(&before, project, model),
            Self::None | Self::New => None,
        }
    }
}

/// As [`judge_each`], for a project that will be judged again after an edit: gives what is then known beforehand,
/// where there is so much to judge that this pays. `before` is what it was when it was judged last, by the same pack
/// under the same settings.
pub fn judge_again(
    project: &Project,
    model: &Model,
    pack: &Pack,
    settings: &Settings,
    before: Option<Before<'_>>,
    hear: &mut dyn FnMut(&Judgement<'_>),
) -> Option<Known> {
    let memory = before.map_or(Memory::New, Memory::Of);
    judge_by(project, model, pack, settings, memory, hear)
}

/// What of an earlier state holds now.
pub(super) struct Kept<'a> {
    known: &'a Known,
    /// For each entity, the earlier one if all that was read for it is the same.
    earlier: Vec<Option<EntityId>>,
    same: Same,
}

impl<'a> Kept<'a> {
    /// Nothing where an edit has changed more than resources.
    pub fn of(before: &Before<'a>, project: &Project, model: &Model) -> Option<Self> {
        let same = Same::between((before.project, before.model), (project, model))?;
        let earlier = (model.iter())
            .map(|(id, _)| {
                let earlier = same.unchanged(id)?;
                let reading = before.known.readings.get(earlier.0 as usize)?;
                let holds = reading.entities.iter().all(|read| same.kept(*read).is_some())
                    && reading.lists.iter().all(|subject| same.has_same_list(subject));
                holds.then_some(earlier)
            })
            .collect();
        Some(Self { known: before.known, earlier, same })
    }

    /// What is known of some entities under a policy.
    pub fn seen(&self, policy: &str, ids: impl Iterator<Item = EntityId>) -> Vec<Seen> {
        let page = self.known.pages.get(policy);
        let earlier = |id: EntityId| self.earlier.get(id.0 as usize).copied().flatten();
        let seen = |id: EntityId| page?.get(earlier(id)?.0 as usize).copied();
        ids.map(|id| seen(id).unwrap_or_default()).collect()
    }

    /// What was read for an entity of which all is known, as it is called now.
    fn reading(&self, id: EntityId) -> Option<Reading> {
        let earlier = self.earlier.get(id.0 as usize).copied().flatten()?;
        let reading = self.known.readings.get(earlier.0 as usize)?;
        let entities = reading.entities.iter().map(|read| self.same.kept(*read)).collect::<Option<_>>()?;
        Some(Reading { entities, lists: reading.lists })
    }
}

/// What one thread has noted.
#[derive(Default)]
pub(super) struct Notes {
    /// For whom, and what was read.
    pairs: Vec<(EntityId, EntityId)>,
    lists: FxHashMap<EntityId, Lists>,
    /// There was more to note than is kept.
    is_full: bool,
}

impl Notes {
    /// Notes what was read for an entity.
    pub fn take(&mut self, id: EntityId, reads: &Reads) {
        let pairs = &mut self.pairs;
        let lists = reads.take(&mut |read| {
            if read != id {
                pairs.push((id, read));
            }
        });
        if lists != Lists::default() {
            let known = self.lists.entry(id).or_default();
            *known = known.union(lists);
        }
        self.keep_small();
    }

    pub fn join(&mut self, mut other: Self) {
        self.pairs.append(&mut other.pairs);
        for (id, lists) in other.lists {
            let known = self.lists.entry(id).or_default();
            *known = known.union(lists);
        }
        self.is_full |= other.is_full;
        self.keep_small();
    }

    fn keep_small(&mut self) {
        if self.is_full {
            self.pairs.clear();
        } else if self.pairs.len() > MOST_READINGS {
            // The same is read for many policies.
            self.pairs.sort_unstable();
            self.pairs.dedup();
            self.is_full = self.pairs.len() > MOST_READINGS / 2;
        }
    }
}

impl Known {
    /// What there is to keep: what was seen of whom, by the positions of the policy and of the entity among those that
    /// it judges, and what was read for that.
    pub(super) fn of(view: &View<'_>, seen: &[Vec<Seen>], mut notes: Notes, kept: Option<&Kept<'_>>) -> Option<Self> {
        if notes.is_full {
            return None;
        }
        notes.pairs.sort_unstable();
        notes.pairs.dedup();
        let mut pairs = notes.pairs.as_slice();
        let readings = (view.model.iter())
            .map(|(id, _)| {
                let (own, others) = pairs.split_at(pairs.iter().take_while(|(of, _)| *of == id).count());
                pairs = others;
                let mut reading = kept.and_then(|kept| kept.reading(id)).unwrap_or_default();
                if !own.is_empty() {
                    let mut entities = reading.entities.into_vec();
                    entities.extend(own.iter().map(|(_, read)| *read));
                    entities.sort_unstable();
                    entities.dedup();
                    reading.entities = entities.into();
                }
                let lists = notes.lists.get(&id).copied().unwrap_or_default();
                reading.lists = reading.lists.union(lists);
                reading
            })
            .collect();
        let mut pages = FxHashMap::default();
        for (sheet, seen) in view.sheets.iter().zip(seen) {
            let mut all = vec![Seen::Nothing; view.model.len()];
            for (id, seen) in view.subjects.judged_by(sheet.page).zip(seen) {
                if let Some(place) = all.get_mut(id.0 as usize) {
                    *place = *seen;
                }
            }
            pages.insert(sheet.page.name.to_string(), all);
        }
        Some(Self { pages, readings })
    }
}
