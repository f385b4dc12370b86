//! Seeing on all cores who passes.
//!
//! Most verdicts are passes, and a pass takes neither evidence nor places, so nothing has to be written to the
//! project's origins. Takes what judging takes; gives for each policy and entity whether it certainly passes, or is not
//! there. The others are judged in order afterwards.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::model::{Entity, Model};
use crate::policy::evaluate::{Facts, STEPS, Scene};
use crate::value::{Assignment, EntityId, Origins};

use super::{Judge, Leaf, MOST_STEPS, Settings, Sheet, Subjects, world};

/// Below this number of verdicts it is quicker to judge at once.
const FEW: usize = 4096;

/// How many entities are handed to a core at once.
const PORTION: usize = 256;

/// Who passes, by the positions of the policy and of the entity among those that it judges.
#[derive(Default)]
pub(super) struct Passes {
    list: Vec<Vec<bool>>,
}

impl Passes {
    pub fn has(&self, page: usize, place: usize) -> bool {
        self.list.get(page).and_then(|places| places.get(place)).copied().unwrap_or_default()
    }
}

/// Some entities under one policy.
struct Portion<'s> {
    page: usize,
    start: usize,
    ids: &'s [EntityId],
}

pub(super) fn see(
    facts: Facts<'_>,
    model: &Model,
    settings: &Settings,
    subjects: &Subjects,
    sheets: &[Sheet<'_>],
) -> Passes {
    let judged: Vec<Vec<EntityId>> = sheets.iter().map(|sheet| subjects.judged_by(sheet.page).collect()).collect();
    if judged.iter().map(Vec::len).sum::<usize>() < FEW {
        return Passes::default();
    }
    let portions: Vec<Portion<'_>> = judged
        .iter()
        .enumerate()
        .flat_map(|(page, ids)| {
            ids.chunks(PORTION).enumerate().map(move |(at, ids)| Portion { page, start: at * PORTION, ids })
        })
        .collect();
    let next = AtomicUsize::new(0);
    let seen: Mutex<Vec<(usize, Vec<bool>)>> = Mutex::default();
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| {
                // Nothing is kept here: what has no evidence asks for no places.
                let origins = Origins::new();
                let world = world(facts, &origins, model, settings);
                let mut judge: Option<(usize, Judge<'_, '_>)> = None;
                let mut own = Vec::new();
                while let Some((at, portion)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, portions.get(at)?)))
                {
                    let (_, judge) = match &mut judge {
                        Some(judge) if judge.0 == portion.page => judge,
                        other => other.insert((portion.page, Judge::new(&world, settings, &sheets[portion.page]))),
                    };
                    own.push((at, portion.ids.iter().map(|id| judge.passes(*id)).collect()));
                }
                if let Ok(mut seen) = seen.lock() {
                    seen.append(&mut own);
                }
            });
        }
    });
    let mut passes = Passes { list: judged.iter().map(|ids| vec![false; ids.len()]).collect() };
    for (at, own) in seen.into_inner().unwrap_or_default() {
        let place = portions.get(at).and_then(|portion| {
            passes.list.get_mut(portion.page)?.get_mut(portion.start..portion.start + portion.ids.len())
        });
        if let Some(place) = place {
            place.copy_from_slice(&own);
        }
    }
    passes
}

impl Judge<'_, '_> {
    /// Whether an entity certainly passes in all cases, or is not there.
    fn passes(&self, id: EntityId) -> bool {
        let entity = self.world.model.get(id);
        let mut all_pass = true;
        let mut spent = 0;
        let leaves = self.leaves(&mut |assignment| {
            if !all_pass {
                return Leaf::Nothing;
            }
            let leaf = self.at_first_sight(id, entity, assignment).unwrap_or_else(|| {
                let scene = Scene::new(self.world, id, assignment, self.options, &self.page.lets).without_evidence();
                // What takes evidence is no pass, whatever it will be.
                let leaf = self.verdict(&scene, entity).unwrap_or_else(super::exhausted);
                spent += scene.spent();
                leaf
            });
            all_pass = spent <= MOST_STEPS && matches!(leaf, Leaf::Nothing | Leaf::Pass | Leaf::Need(_));
            leaf
        });
        all_pass
            && leaves.is_some_and(|leaves| leaves.iter().all(|(_, leaf)| matches!(leaf, Leaf::Nothing | Leaf::Pass)))
    }

    /// Whether an entity certainly does not pass in a case of those that an assignment leaves open.
    pub(super) fn fails_at_length(&self, id: EntityId, entity: &Entity, assignment: &Assignment) -> bool {
        let mut spent = 0;
        let leaves = self.leaves(&mut |further| {
            let both = further.iter().fold(assignment.clone(), |both, (input, case)| both.with(input, case));
            let scene = Scene::new(self.world, id, &both, self.options, &self.page.lets).without_evidence();
            let leaf = self.verdict(&scene, entity);
            spent += scene.spent();
            leaf.unwrap_or(Leaf::Undetermined("it fails".into(), crate::value::OriginId::NONE))
        });
        let passes = |leaf: &Leaf| matches!(leaf, Leaf::Nothing | Leaf::Pass);
        spent < STEPS && leaves.is_some_and(|leaves| !leaves.iter().all(|(_, leaf)| passes(leaf)))
    }
}
