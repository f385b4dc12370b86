//! Seeing on all cores who passes.
//!
//! Most verdicts are passes, and a pass takes neither evidence nor places, so nothing has to be written to the
//! project's origins. Takes what judging takes; gives for each policy and entity whether it certainly passes, or is not
//! there. The others are judged in order afterwards.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::schema::Subject;
use crate::model::{Entity, Model};
use crate::policy::evaluate::{Facts, Reads, STEPS, Scene};
use crate::value::{Assignment, EntityId, Origins};

use super::again::{Kept, Known, Notes};
use super::{Judge, Leaf, MOST_STEPS, Settings, Sheet, Sight, Subjects, world};

/// Below this number of verdicts it is quicker to judge at once. Trials are small, and try both ways all the same.
const FEW: usize = if cfg!(debug_assertions) { 64 } else { 4096 };

/// How many entities are handed to a core at once: few enough that all that they hold stays near the core while one
/// policy after the other looks at them.
const PORTION: usize = 24;

/// What was seen of an entity under a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nobody has looked.
    #[default]
    Nothing,
    /// It certainly passes, or is not there.
    Passes,
    /// It takes a closer look.
    Unclear,
}

/// Who passes, by the positions of the policy and of the entity among those that it judges.
#[derive(Default)]
pub(super) struct Passes {
    list: Vec<Vec<Seen>>,
}

impl Passes {
    pub fn has(&self, page: usize, place: usize) -> bool {
        self.list.get(page).and_then(|places| places.get(place)) == Some(&Seen::Passes)
    }
}

/// What is looked at.
pub(super) struct View<'a> {
    pub facts: Facts<'a>,
    pub model: &'a Model,
    pub settings: &'a Settings,
    pub sheets: &'a [Sheet<'a>],
    pub subjects: &'a Subjects,
}

/// Some entities of one subject.
struct Portion<'s> {
    subject: Subject,
    /// The position of the first one among all of the subject.
    start: usize,
    ids: &'s [EntityId],
}

impl Portion<'_> {
    /// The policies that judge it, with its place among those whom they judge.
    fn pages<'v>(&'v self, view: &'v View<'_>) -> impl Iterator<Item = (usize, Range<usize>)> + 'v {
        let judging = |(_, sheet): &(usize, &Sheet<'_>)| sheet.page.applies_to.contains(&self.subject);
        view.sheets.iter().enumerate().filter(judging).map(|(page, sheet)| {
            let start = view.subjects.start_of(self.subject, sheet.page) + self.start;
            (page, start..start + self.ids.len())
        })
    }
}

/// What the cores saw, by portion: the policies that judge it, each with what was seen of whom.
type Verdicts = BTreeMap<usize, Vec<(usize, Range<usize>, Vec<Seen>)>>;

/// Sees who passes. What is kept of an earlier state is not looked at again; where notes are asked for, it is told what
/// will have to be kept of this one.
pub(super) fn see(view: &View<'_>, kept: Option<&Kept<'_>>, noting: bool) -> (Passes, Option<Known>) {
    let View { model, sheets, subjects, .. } = view;
    let judged: Vec<usize> = sheets.iter().map(|sheet| subjects.judged_by(sheet.page).count()).collect();
    if judged.iter().sum::<usize>() < FEW {
        return Default::default();
    }
    let list = sheets.iter().zip(&judged).map(|(sheet, count)| match kept {
        Some(kept) => kept.seen(&sheet.page.name, subjects.judged_by(sheet.page)),
        None => vec![Seen::Nothing; *count],
    });
    let mut passes = Passes { list: list.collect() };
    let of = |page: usize, places: &Range<usize>| {
        passes.list.get(page).and_then(|list| list.get(places.clone())).unwrap_or_default()
    };
    let mut portions: Vec<Portion<'_>> = subjects
        .managed
        .iter()
        .flat_map(|(subject, ids)| {
            ids.chunks(PORTION).enumerate().map(|(at, ids)| Portion { subject: *subject, start: at * PORTION, ids })
        })
        .filter(|portion| portion.pages(view).any(|(page, places)| of(page, &places).contains(&Seen::Nothing)))
        .collect();
    // What is judged as a whole takes longest, so it comes first.
    portions.sort_by_key(|portion| portion.subject != Subject::Stack);
    let next = AtomicUsize::new(0);
    let seen: Mutex<(Verdicts, Notes)> = Mutex::default();
    let work = || {
        // Nothing is kept here: what has no evidence asks for no places.
        let origins = Origins::new();
        let reads = noting.then(|| Reads::new(model));
        let world = world(view.facts, &origins, model, view.settings, reads.as_ref());
        let mut judges: Vec<Option<Judge<'_, '_>>> = sheets.iter().map(|_| None).collect();
        let (mut own, mut notes) = (Verdicts::new(), Notes::default());
        while let Some((at, portion)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, portions.get(at)?)))
        {
            let mut verdicts = Vec::new();
            for (page, places) in portion.pages(view) {
                let (Some(sheet), Some(judge)) = (sheets.get(page), judges.get_mut(page)) else { continue };
                let judge = judge.get_or_insert_with(|| Judge::new(&world, view.settings, sheet));
                let look = |(id, known): (&EntityId, &Seen)| {
                    if *known != Seen::Nothing {
                        return *known;
                    }
                    let passes = judge.passes(*id);
                    if let Some(reads) = &reads {
                        notes.take(*id, reads);
                    }
                    if passes { Seen::Passes } else { Seen::Unclear }
                };
                let seen = portion.ids.iter().zip(of(page, &places)).map(look).collect();
                verdicts.push((page, places, seen));
            }
            own.insert(at, verdicts);
        }
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.0.append(&mut own);
        seen.1.join(notes);
    };
    if portions.len() < 2 {
        work();
    } else {
        rayon::scope(|scope| (0..rayon::current_num_threads()).for_each(|_| scope.spawn(|_| work())));
    }
    let (seen, notes) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (page, places, own) in seen.into_values().flatten() {
        if let Some(place) = passes.list.get_mut(page).and_then(|list| list.get_mut(places)) {
            place.copy_from_slice(&own);
        }
    }
    let known = if noting { Known::of(view, &passes.list, notes, kept) } else { None };
    (passes, known)
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
