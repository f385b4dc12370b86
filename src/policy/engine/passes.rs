//! Seeing on all cores who passes.
//!
//! Most verdicts are passes, and a pass takes neither evidence nor places, so nothing has to be written to the
//! project's origins. Takes what judging takes; gives for each policy and entity whether it certainly passes, or is not
//! there. The others are judged in order afterwards.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::model::schema::Subject;
use crate::model::{Entity, Model};
use crate::policy::evaluate::{Facts, STEPS, Scene};
use crate::value::{Assignment, EntityId, Origins};

use super::{Judge, Leaf, MOST_STEPS, Settings, Sheet, Sight, Subjects, world};

/// Below this number of verdicts it is quicker to judge at once.
const FEW: usize = 4096;

/// How many entities are handed to a core at once: few enough that all that they hold stays near the core while one
/// policy after the other looks at them.
const PORTION: usize = 24;

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

/// Some entities of one subject.
struct Portion<'s> {
    subject: Subject,
    /// The position of the first one among all of the subject.
    start: usize,
    ids: &'s [EntityId],
}

/// What one core saw of a portion: the policies that judge it, each with who passes.
type Seen = (usize, Vec<(usize, Vec<bool>)>);

pub(super) fn see(
    facts: Facts<'_>,
    model: &Model,
    settings: &Settings,
    subjects: &Subjects,
    sheets: &[Sheet<'_>],
) -> Passes {
    let judged: Vec<usize> = sheets.iter().map(|sheet| subjects.judged_by(sheet.page).count()).collect();
    if judged.iter().sum::<usize>() < FEW {
        return Passes::default();
    }
    let mut portions: Vec<Portion<'_>> = subjects
        .managed
        .iter()
        .flat_map(|(subject, ids)| {
            ids.chunks(PORTION).enumerate().map(|(at, ids)| Portion { subject: *subject, start: at * PORTION, ids })
        })
        .collect();
    // What is judged as a whole takes longest, so it comes first.
    portions.sort_by_key(|portion| portion.subject != Subject::Stack);
    let next = AtomicUsize::new(0);
    let seen: Mutex<Vec<Seen>> = Mutex::default();
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| {
                // Nothing is kept here: what has no evidence asks for no places.
                let origins = Origins::new();
                let world = world(facts, &origins, model, settings);
                let mut judges: Vec<Option<Judge<'_, '_>>> = sheets.iter().map(|_| None).collect();
                let mut own = Vec::new();
                while let Some((at, portion)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, portions.get(at)?)))
                {
                    let mut verdicts = Vec::new();
                    for (page, (sheet, judge)) in sheets.iter().zip(&mut judges).enumerate() {
                        if sheet.page.applies_to.contains(&portion.subject) {
                            let judge = judge.get_or_insert_with(|| Judge::new(&world, settings, sheet));
                            verdicts.push((page, portion.ids.iter().map(|id| judge.passes(*id)).collect()));
                        }
                    }
                    own.push((at, verdicts));
                }
                if let Ok(mut seen) = seen.lock() {
                    seen.append(&mut own);
                }
            });
        }
    });
    let mut passes = Passes { list: judged.iter().map(|count| vec![false; *count]).collect() };
    for (at, verdicts) in seen.into_inner().unwrap_or_default() {
        let Some(portion) = portions.get(at) else { continue };
        for (page, own) in verdicts {
            let start = subjects.start_of(portion.subject, sheets[page].page) + portion.start;
            if let Some(place) = passes.list.get_mut(page).and_then(|list| list.get_mut(start..start + own.len())) {
                place.copy_from_slice(&own);
            }
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
        let mut judge = |assignment: &Assignment| {
            if !all_pass {
                return Leaf::Nothing;
            }
            let leaf = match self.at_first_sight(id, entity, assignment) {
                Sight::Clear(leaf) => leaf,
                // What takes evidence is no pass, whatever it will be.
                Sight::Fails | Sight::TooLong => super::exhausted(),
                Sight::Unclear => {
                    let scene =
                        Scene::new(self.world, id, assignment, self.options, &self.page.lets).without_evidence();
                    let leaf = self.verdict(&scene, entity).unwrap_or_else(super::exhausted);
                    spent += scene.spent();
                    leaf
                }
            };
            all_pass = spent <= MOST_STEPS && matches!(leaf, Leaf::Nothing | Leaf::Pass | Leaf::Need(_));
            leaf
        };
        let mut only_passes = true;
        let mut hear = |_, leaf| only_passes &= matches!(leaf, Leaf::Nothing | Leaf::Pass);
        let are_few = self.each_leaf(&mut judge, &mut hear).is_some();
        all_pass && only_passes && are_few
    }

    /// Whether an entity passes in a case.
    pub(super) fn passes_at_length(&self, id: EntityId, entity: &Entity, assignment: &Assignment) -> bool {
        let scene = Scene::new(self.world, id, assignment, self.options, &self.page.lets).without_evidence();
        let verdict = self.verdict(&scene, entity);
        scene.spent() < STEPS && matches!(verdict, Some(Leaf::Nothing | Leaf::Pass))
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
