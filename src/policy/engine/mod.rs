//! Judging the model by the policies.
//!
//! Takes a project, its linked model, a pack of policies and the settings; gives a [`Judgement`] for each policy and
//! entity: pass, fail with its evidence and the cases in which it holds, or undetermined with the reason. Each policy
//! is evaluated once for every case of the inputs that its conditions in fact read, up to [`MOST_CASES`].

mod again;
mod cases;
mod deciding;
mod failing;
mod passes;
mod remedy;
mod settings;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use crate::model::schema::Subject;
use crate::model::{Entity, Model};
use crate::resource::Project;
use crate::source::Span;
use crate::value::{Assignment, Data, EntityId, InputId, OriginId, Origins, Text, Value};

use super::evaluate::{Facts, Look, Memos, Outcome, Quick, Reads, STEPS, Scene, Watched, World};
use super::expression::Program;
use super::page::{Page, Scope};
use super::{Confidence, Pack, Severity};
use again::Memory;
use passes::View;

pub use again::{Before, Known, judge_again};
pub use cases::describe;
pub use remedy::{Created, Remedy, Replaced, Written};
pub use settings::{PolicySettings, Settings};

/// How many cases of one policy and entity are looked at.
pub const MOST_CASES: usize = 64;

/// How many steps one policy may take over all cases of one entity.
pub const MOST_STEPS: u64 = 8 * STEPS;

/// One policy's verdict on one entity. A policy that fails at several places, or differently in several cases, has a
/// judgement for each.
#[derive(Clone, Debug)]
pub struct Judgement<'p> {
    pub policy: &'p Page,
    pub entity: EntityId,
    pub verdict: Verdict,
}

#[derive(Clone, Debug)]
pub enum Verdict {
    Pass,
    Fail(Box<Failure>),
    Undetermined {
        /// A reason that a person can act on.
        why: Text,
        /// What is not known, else the entity's header.
        span: Span,
    },
}

/// A failure at one place.
#[derive(Clone, Debug)]
pub struct Failure {
    pub severity: Severity,
    /// One step lower where the failure holds only where an input departs from its default.
    pub confidence: Confidence,
    pub message: String,
    pub help: Option<String>,
    /// The characters that are wrong, in the entity itself.
    pub primary: Span,
    /// The origin of the primary place, whose hops lead to the line that decides it; [`OriginId::NONE`] where the
    /// entity's header stands for it.
    pub origin: OriginId,
    /// The text of the primary label.
    pub label: String,
    /// Other values that decided the verdict, with what they have to do with it.
    pub related: Vec<Related>,
    /// The combinations of inputs in which it fails.
    pub cases: Vec<Assignment>,
    /// What would mend it in each of these, in their order; nothing where the page has no fix for the case, or fixes
    /// were not asked for.
    pub remedies: Vec<Option<Remedy>>,
    /// These in words (`Environment is prod`); `None` where it fails in all cases.
    pub description: Option<String>,
}

/// A value that matters to a failure beside the primary one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub origin: OriginId,
    pub span: Span,
    pub message: String,
}

/// Judges all entities of a model by all policies that the settings switch on.
#[must_use]
pub fn judge<'p>(project: &Project, model: &Model, pack: &'p Pack, settings: &Settings) -> Vec<Judgement<'p>> {
    let subjects = Subjects::of(model);
    let world = world(Facts::of(project), &project.origins, model, settings, None);
    let mut judgements = Vec::new();
    for page in pages_on(pack, settings) {
        let sheet = Sheet::new(pack, settings, page);
        let judge = Judge::new(&world, settings, &sheet);
        for id in subjects.judged_by(page) {
            judge.entity(id, model.get(id), &mut judgements);
        }
    }
    judgements
}

/// As [`judge`], without the passes, and hands each judgement over at once. The origins that judging adds are
/// forgotten when `hear` returns, so that memory does not grow with the number of judgements: it must not keep the
/// judgement. Where there is much to judge, it is first seen on all cores who passes.
pub fn judge_each(
    project: &Project,
    model: &Model,
    pack: &Pack,
    settings: &Settings,
    hear: &mut dyn FnMut(&Judgement<'_>),
) {
    judge_by(project, model, pack, settings, Memory::None, hear);
}

fn judge_by(
    project: &Project,
    model: &Model,
    pack: &Pack,
    settings: &Settings,
    memory: Memory<'_>,
    hear: &mut dyn FnMut(&Judgement<'_>),
) -> Option<Known> {
    let subjects = Subjects::of(model);
    let facts = Facts::of(project);
    let sheets: Vec<Sheet<'_>> = pages_on(pack, settings)
        .filter(|page| subjects.judged_by(page).next().is_some())
        .map(|page| Sheet::new(pack, settings, page))
        .collect();
    let kept = memory.kept(project, model);
    let view = View { facts, model, settings, sheets: &sheets, subjects: &subjects };
    let (passes, known) = passes::see(&view, kept.as_ref(), memory.is_asked_for());
    let mark = project.origins.len();
    let mut judgements = Vec::new();
    let world = world(facts, &project.origins, model, settings, None);
    for (at, sheet) in sheets.iter().enumerate() {
        let judge = Judge::new(&world, settings, sheet);
        for (place, id) in subjects.judged_by(sheet.page).enumerate() {
            if passes.has(at, place) {
                continue;
            }
            judge.entity(id, model.get(id), &mut judgements);
            for judgement in judgements.drain(..).filter(|judgement| !matches!(judgement.verdict, Verdict::Pass)) {
                hear(&judgement);
            }
            project.origins.truncate(mark);
        }
    }
    known
}

/// The policies that the settings switch on.
fn pages_on<'p>(pack: &'p Pack, settings: &Settings) -> impl Iterator<Item = &'p Page> {
    pack.iter().map(|policy| -> &Page { policy }).filter(|page| settings.is_on(page))
}

fn world<'a>(
    facts: Facts<'a>,
    origins: &'a Origins,
    model: &'a Model,
    settings: &'a Settings,
    reads: Option<&'a Reads>,
) -> World<'a> {
    let fixed = |text: &Option<String>| text.as_ref().map(|text| Value::string(text.as_str(), OriginId::NONE));
    World {
        facts,
        origins,
        model: Watched::new(model, reads),
        closed_world: settings.closed_world,
        words: &settings.words,
        region: fixed(&settings.region),
        account: fixed(&settings.account),
        memos: Memos::default(),
    }
}

/// The entities that are judged, by their subjects.
struct Subjects {
    managed: Vec<(Subject, Vec<EntityId>)>,
}

impl Subjects {
    fn of(model: &Model) -> Self {
        let mut managed: Vec<(Subject, Vec<EntityId>)> = Vec::new();
        for (id, entity) in model.iter().filter(|(_, entity)| entity.managed) {
            match managed.iter_mut().find(|(subject, _)| *subject == entity.subject) {
                Some((_, ids)) => ids.push(id),
                None => managed.push((entity.subject, vec![id])),
            }
        }
        Self { managed }
    }

    fn judged_by(&self, page: &Page) -> impl Iterator<Item = EntityId> {
        let of = |subject: &Subject| self.managed.iter().find(|(known, _)| known == subject);
        page.applies_to.iter().filter_map(of).flat_map(|(_, ids)| ids.iter().copied())
    }

    /// How many entities a page judges before those of a subject.
    fn start_of(&self, subject: Subject, page: &Page) -> usize {
        let before = page.applies_to.iter().take_while(|other| **other != subject);
        before.filter_map(|other| self.managed.iter().find(|(known, _)| known == other)).map(|(_, ids)| ids.len()).sum()
    }
}

/// A policy with the values of its options.
struct Sheet<'p> {
    page: &'p Page,
    options: Vec<(Text, Value)>,
    /// The policies that it gives way to.
    giving_way: Vec<(&'p Page, Vec<(Text, Value)>)>,
}

impl<'p> Sheet<'p> {
    fn new(pack: &'p Pack, settings: &Settings, page: &'p Page) -> Self {
        let giving_way = page.gives_way_to.iter().filter_map(|name| pack.get(name)).map(|other| {
            let other: &Page = other;
            (other, settings.options(other))
        });
        Self { page, options: settings.options(page), giving_way: giving_way.collect() }
    }
}

/// One policy at work.
struct Judge<'w, 'p> {
    world: &'w World<'w>,
    settings: &'w Settings,
    page: &'p Page,
    options: &'w [(Text, Value)],
    giving_way: &'w [(&'p Page, Vec<(Text, Value)>)],
    quick: RefCell<Quick<'w>>,
}

/// The verdict in one case.
enum Leaf {
    /// The entity is not there.
    Nothing,
    Pass,
    Fail(Box<Failed>),
    Undetermined(Text, OriginId),
    Need(InputId),
}

/// What a first look tells of one case.
enum Sight {
    Clear(Leaf),
    /// It fails, for which evidence has to be gathered.
    Fails,
    /// It takes long to tell; it is no plain pass.
    TooLong,
    Unclear,
}

/// A failure in one case.
struct Failed {
    message: String,
    help: Option<String>,
    primary: Span,
    origin: OriginId,
    label: String,
    related: Vec<Related>,
    remedy: Option<Remedy>,
}

impl<'w, 'p> Judge<'w, 'p> {
    fn new(world: &'w World<'w>, settings: &'w Settings, sheet: &'w Sheet<'p>) -> Self {
        let Sheet { page, options, giving_way } = sheet;
        let quick = RefCell::new(Quick::new(world, page, options));
        Self { world, settings, page, options, giving_way, quick }
    }

    fn entity(&self, id: EntityId, entity: &Entity, judgements: &mut Vec<Judgement<'p>>) {
        let mut spent = 0;
        match self.leaves(&mut |assignment| self.leaf(id, entity, assignment, &mut spent)) {
            Some(leaves) => self.gather(id, entity, &leaves, judgements),
            None => {
                let why = format!(
                    "it depends on more than {MOST_CASES} combinations of inputs; fix some of them with --parameters or --var"
                );
                let verdict = Verdict::Undetermined { why: why.into(), span: entity.header };
                judgements.push(Judgement { policy: self.page, entity: id, verdict });
            }
        }
    }

    /// The verdict in one case as far as a first look tells.
    fn at_first_sight(&self, id: EntityId, entity: &Entity, assignment: &Assignment) -> Sight {
        let exists = assignment.resolve(&entity.exists);
        if matches!(exists, Ok(Value { data: Data::Bool(false), .. })) {
            return Sight::Clear(Leaf::Nothing);
        }
        let silent = self.page.scope == Scope::Stack && !self.settings.closed_world;
        let look = self.quick.borrow_mut().look(id, assignment, silent);
        // The long way is the judge of the short one; what it gives up for its length it does not judge.
        debug_assert!(
            look != Look::Passes || !self.world.model.unnoticed(|| self.fails_at_length(id, entity, assignment)),
            "`{}` does not pass on `{}`",
            self.page.name,
            entity.address
        );
        match (look, exists) {
            (Look::Passes, _) => Sight::Clear(Leaf::Pass),
            (Look::Hangs(_) | Look::Fails, Err(input)) if look != Look::Fails || self.always_speaks() => {
                Sight::Clear(Leaf::Need(input))
            }
            (Look::Hangs(input), Ok(_)) => Sight::Clear(Leaf::Need(input)),
            (Look::Fails, Ok(_)) if self.always_speaks() => {
                debug_assert!(
                    !self.passes_at_length(id, entity, assignment),
                    "`{}` passes on `{}`",
                    self.page.name,
                    entity.address
                );
                Sight::Fails
            }
            (Look::TooLong, _) => Sight::TooLong,
            _ => Sight::Unclear,
        }
    }

    /// Nothing but the conditions decides whether the policy speaks.
    fn always_speaks(&self) -> bool {
        let asks_production = self.page.production_only || self.page.non_production_only;
        !asks_production && self.giving_way.is_empty()
    }

    /// The verdicts of all cases that have to be told apart; `None` where they are too many.
    fn leaves(&self, judge: &mut dyn FnMut(&Assignment) -> Leaf) -> Option<Vec<(Assignment, Leaf)>> {
        let mut leaves: Vec<(Assignment, Leaf)> = Vec::new();
        self.each_leaf(judge, &mut |assignment, leaf| leaves.push((assignment, leaf)))?;
        Some(leaves)
    }

    /// Hands the verdicts of all cases that have to be told apart to `hear`; `None` where they are too many.
    fn each_leaf(
        &self,
        judge: &mut dyn FnMut(&Assignment) -> Leaf,
        hear: &mut dyn FnMut(Assignment, Leaf),
    ) -> Option<()> {
        let inputs = self.world.facts.inputs;
        let mut heard = 0;
        // Most often there is one case only, for which no stack is needed.
        let mut first = Some(Assignment::default());
        let mut waiting: Vec<Assignment> = Vec::new();
        while let Some(assignment) = first.take().or_else(|| waiting.pop()) {
            match judge(&assignment) {
                Leaf::Need(input) if assignment.get(input).is_none() => {
                    // The last one that is put on the stack is looked at first.
                    let cases = (0..inputs.get(input).cases.len()).rev().map(|case| assignment.with(input, case));
                    waiting.extend(cases.filter(|assignment| inputs.is_possible(assignment)));
                }
                Leaf::Need(input) => {
                    let why = format!("`{}` has no such case", inputs.get(input).name);
                    hear(assignment, Leaf::Undetermined(why.into(), OriginId::NONE));
                    heard += 1;
                }
                leaf => {
                    hear(assignment, leaf);
                    heard += 1;
                }
            }
            if heard + waiting.len() > MOST_CASES {
                return None;
            }
        }
        Some(())
    }

    /// The verdicts of all cases as few judgements.
    fn gather(
        &self,
        id: EntityId,
        entity: &Entity,
        leaves: &[(Assignment, Leaf)],
        judgements: &mut Vec<Judgement<'p>>,
    ) {
        let before = judgements.len();
        let mut done = vec![false; leaves.len()];
        for (at, (_, leaf)) in leaves.iter().enumerate() {
            let Leaf::Fail(first) = leaf else { continue };
            if done[at] {
                continue;
            }
            // One place is one finding; values that differ by case are told for the case of the defaults.
            let first = leaves
                .iter()
                .find_map(|(assignment, leaf)| match leaf {
                    Leaf::Fail(other) if other.primary == first.primary && self.holds_by_default(assignment) => {
                        Some(other)
                    }
                    _ => None,
                })
                .unwrap_or(first);
            let (mut these, mut others) = (Vec::new(), Vec::new());
            let mut remedies = Vec::new();
            for (index, (assignment, leaf)) in leaves.iter().enumerate() {
                match leaf {
                    Leaf::Fail(other) if other.primary == first.primary => {
                        done[index] = true;
                        these.push(assignment);
                        remedies.push(other.remedy.clone());
                    }
                    _ => others.push(assignment),
                }
            }
            let description = describe(self.world.facts.inputs, &these, &others);
            let by_default = these.iter().any(|assignment| self.holds_by_default(assignment));
            let confidence = if by_default { self.page.confidence } else { self.page.confidence.lowered() };
            let failure = Failure {
                severity: self.settings.severity(self.page),
                confidence,
                message: first.message.clone(),
                help: first.help.clone(),
                primary: first.primary,
                origin: first.origin,
                label: first.label.clone(),
                related: first.related.clone(),
                cases: these.into_iter().cloned().collect(),
                remedies,
                description,
            };
            let verdict = Verdict::Fail(Box::new(failure));
            judgements.push(Judgement { policy: self.page, entity: id, verdict });
        }
        let mut reasons: Vec<&Text> = Vec::new();
        for (_, leaf) in leaves {
            let (why, origin) = match leaf {
                Leaf::Undetermined(why, origin) => (why, *origin),
                _ => continue,
            };
            if reasons.contains(&why) {
                continue;
            }
            reasons.push(why);
            let span = self.world.origins.span(origin).unwrap_or(entity.header);
            let verdict = Verdict::Undetermined { why: why.clone(), span };
            judgements.push(Judgement { policy: self.page, entity: id, verdict });
        }
        if judgements.len() == before && leaves.iter().any(|(_, leaf)| matches!(leaf, Leaf::Pass)) {
            judgements.push(Judgement { policy: self.page, entity: id, verdict: Verdict::Pass });
        }
    }

    /// Whether every input with a default is in its default's case.
    fn holds_by_default(&self, assignment: &Assignment) -> bool {
        assignment
            .iter()
            .all(|(input, case)| self.world.facts.inputs.get(input).default.is_none_or(|default| default == case))
    }

    /// The verdict in one case. Most are passes, which need no evidence; only for the others is it gathered.
    fn leaf(&self, id: EntityId, entity: &Entity, assignment: &Assignment, spent: &mut u64) -> Leaf {
        if *spent > MOST_STEPS {
            let why = format!("its evaluation takes more than {MOST_STEPS} steps over all cases; fix some inputs");
            return Leaf::Undetermined(why.into(), OriginId::NONE);
        }
        let scene = || Scene::new(self.world, id, assignment, self.options, &self.page.lets);
        let verdict = match self.at_first_sight(id, entity, assignment) {
            Sight::Clear(leaf) => return leaf,
            Sight::Fails => None,
            Sight::Unclear | Sight::TooLong => {
                let plain = scene().without_evidence();
                let verdict = self.verdict(&plain, entity);
                *spent = spent.saturating_add(plain.spent());
                verdict
            }
        };
        match verdict {
            Some(leaf) => leaf,
            None => {
                let scene = scene();
                let leaf = self.verdict(&scene, entity).unwrap_or_else(exhausted);
                *spent = spent.saturating_add(scene.spent());
                leaf
            }
        }
    }
}

fn condition(scene: &Scene<'_>, program: &Program) -> Result<Outcome, Leaf> {
    scene.evaluate(program).map_err(|_| exhausted())
}

fn exhausted() -> Leaf {
    let why = format!("its evaluation takes more than {STEPS} steps; split the policy or the resource");
    Leaf::Undetermined(why.into(), OriginId::NONE)
}
