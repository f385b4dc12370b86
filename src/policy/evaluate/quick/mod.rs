//! A first look at conditions, for whether they hold.
//!
//! Most conditions hold, and most of what they read is known. Takes what [`Scene`] takes; gives the truth of a
//! condition where plain values decide it, and otherwise nothing: then whoever asked goes the long way. So it needs no
//! evidence, no reasons and no places, borrows what it reads, and is held against the long way wherever debug
//! assertions are on.
//!
//! [`Scene`]: super::Scene

mod calls;
mod compare;
mod items;
mod read;
mod walk;

use std::rc::Rc;

use crate::model::schema::Subject;
use crate::policy::expression::Program;
use crate::policy::page::Page;
use crate::value::{Assignment, EntityId, InputId, List, Map, Text, Value};

use super::operators::Numeric;
use super::{STEPS, World};
use read::Place;
use walk::Run;

/// What an expression is.
#[derive(Clone)]
enum Got<'v> {
    /// Absent or null.
    Nothing,
    Bool(bool),
    Number(Numeric),
    /// The size of a list that may hold more.
    AtLeast(i64),
    Text(&'v str),
    Made(Text),
    Entity(EntityId),
    List(&'v List),
    Map(&'v Map),
    Items(Rc<[Got<'v>]>),
    /// Unknown, or a partly known text.
    Open(&'v Value),
    /// An item of a list of which nothing can be said here, and why.
    Opaque(Stop),
    Project,
    Options,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// It hangs on an input that is not decided, as it does on the long way too.
    Need(InputId),
    /// Something is not known, or takes the long way.
    Open,
    /// The expression may make no sense for these values, which is nothing that the rest of a condition can mend.
    Wrong,
}

type Answer<'v> = Result<Got<'v>, Stop>;

/// A named part of the page that was evaluated.
#[derive(Clone)]
struct Named<'v> {
    answer: Answer<'v>,
    /// It reads nothing of what is judged, so it is the same for all entities.
    is_closed: bool,
}

/// One page at work over many entities.
pub struct Quick<'v> {
    world: &'v World<'v>,
    page: &'v Page,
    options: &'v [(Text, Value)],
    assignment: Assignment,
    entity: EntityId,
    locals: Vec<Got<'v>>,
    named: Vec<Option<Named<'v>>>,
    /// The lists of the project that are the same in every case.
    lists: Vec<(Subject, Rc<[Got<'v>]>)>,
    steps: u64,
    depth: u32,
    /// Something of what is judged was read.
    is_touched: bool,
    /// Where fields stood the last time, by the nodes of all the page's programs.
    places: Vec<Place>,
    /// The first node of each part of the page among these.
    firsts: Vec<usize>,
    /// The written lists of texts and numbers that were met, by their nodes.
    written: Vec<(usize, Rc<[Got<'v>]>)>,
}

/// The page's conditions, in the order in which their nodes are counted; the named parts follow.
const REQUIRE: usize = 0;
const WHEN: usize = 1;
const COMPANION: usize = 2;
const NAMED: usize = 3;

/// What a page says of an entity at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It certainly passes, whatever the inputs are that are not decided.
    Passes,
    /// It certainly does not pass, unless something beside its conditions keeps it quiet.
    Fails,
    /// It hangs on an input.
    Hangs(InputId),
    /// It takes a closer look.
    Unclear,
    /// It takes more steps than a look may.
    TooLong,
}

impl<'v> Quick<'v> {
    #[must_use]
    pub fn new(world: &'v World<'v>, page: &'v Page, options: &'v [(Text, Value)]) -> Self {
        let conditions = [Some(&page.require), page.when.as_ref(), page.companion.as_ref()];
        let mut nodes = 0;
        let firsts = (conditions.into_iter())
            .chain(page.lets.iter().map(|(_, program)| Some(program)))
            .map(|program| {
                let first = nodes;
                nodes += program.map_or(0, |program| program.nodes.len());
                first
            })
            .collect();
        Self {
            world,
            page,
            options,
            assignment: Assignment::default(),
            entity: EntityId(0),
            locals: Vec::new(),
            named: Vec::new(),
            lists: Vec::new(),
            steps: 0,
            depth: 0,
            is_touched: false,
            firsts,
            places: vec![Place::default(); nodes],
            written: Vec::new(),
        }
    }

    /// Whether the page's conditions certainly hold for an entity, or do not concern it, in a case.
    /// `silent` says that the page does not speak where it has no companion.
    pub fn look(&mut self, entity: EntityId, assignment: &Assignment, silent: bool) -> Look {
        self.entity = entity;
        self.assignment.clone_from(assignment);
        self.steps = 0;
        for named in &mut self.named {
            if named.as_ref().is_some_and(|named| !named.is_closed) {
                *named = None;
            }
        }
        let look = self.glance(silent);
        // What takes too long is undetermined, and that is not for this look to say.
        if self.steps <= STEPS { look } else { Look::TooLong }
    }

    fn glance(&mut self, silent: bool) -> Look {
        let page = self.page;
        let when = page.when.as_ref().map_or(Ok(true), |when| self.truth_of(when, WHEN));
        if when == Ok(false) {
            return Look::Passes;
        }
        let required = self.truth_of(&page.require, REQUIRE);
        if required == Ok(true) {
            return Look::Passes;
        }
        let companion = match &page.companion {
            _ if !silent => Ok(true),
            None => Ok(false),
            Some(companion) => self.truth_of(companion, COMPANION),
        };
        if companion == Ok(false) {
            return Look::Passes;
        }
        match (when, required) {
            (Ok(_), Ok(_)) if companion == Ok(true) => Look::Fails,
            (Err(Stop::Need(input)), Ok(_) | Err(Stop::Need(_))) | (Ok(_), Err(Stop::Need(input))) => {
                Look::Hangs(input)
            }
            _ => Look::Unclear,
        }
    }

    fn truth_of(&mut self, program: &'v Program, part: usize) -> Result<bool, Stop> {
        self.locals.clear();
        self.depth = 0;
        let Some(root) = program.root() else { return Err(Stop::Wrong) };
        self.walk(program, part).truth(root)
    }

    fn program(&mut self, program: &'v Program, part: usize) -> Answer<'v> {
        let Some(root) = program.root() else { return Err(Stop::Wrong) };
        self.walk(program, part).node(root)
    }

    fn walk(&mut self, program: &'v Program, part: usize) -> Run<'_, 'v> {
        let first = self.firsts.get(part).copied().unwrap_or_default();
        Run { quick: self, program, nodes: &program.nodes, first }
    }

    /// A named part of the page, evaluated once.
    fn named(&mut self, index: usize) -> Answer<'v> {
        if let Some(Some(known)) = self.named.get(index) {
            self.is_touched |= !known.is_closed;
            return known.answer.clone();
        }
        let Some((_, program)) = self.page.lets.get(index) else { return Err(Stop::Wrong) };
        let was_touched = std::mem::take(&mut self.is_touched);
        // Named parts see no loop variables.
        let locals = std::mem::take(&mut self.locals);
        let answer = self.program(program, NAMED + index);
        self.locals = locals;
        let is_closed = !self.is_touched;
        self.is_touched |= was_touched;
        if self.named.len() <= index {
            self.named.resize(index + 1, None);
        }
        self.named[index] = Some(Named { answer: answer.clone(), is_closed });
        answer
    }
}

/// How much there is to walk through in a value itself.
fn weight(got: &Got<'_>) -> usize {
    match got {
        Got::Text(text) => text.len() / 32,
        Got::Made(text) => text.len() / 32,
        Got::List(list) => list.items.len(),
        Got::Map(map) => map.entries.len(),
        Got::Items(items) => items.len(),
        _ => 0,
    }
}

/// The truth of a condition, where nothing counts as false.
fn condition(got: &Got<'_>) -> Result<bool, Stop> {
    match got {
        Got::Bool(truth) => Ok(*truth),
        Got::Nothing => Ok(false),
        other => Err(other.stop()),
    }
}

impl Got<'_> {
    /// Why there is no answer where something else is needed.
    fn stop(&self) -> Stop {
        match self {
            Self::Opaque(stop) => *stop,
            Self::Open(_) | Self::AtLeast(_) => Stop::Open,
            _ => Stop::Wrong,
        }
    }
}

/// What an expression gives, as an item of a list: what is open there is left to whoever reads it.
fn item(answer: Answer<'_>) -> Answer<'_> {
    match answer {
        Err(stop @ (Stop::Open | Stop::Need(_))) => Ok(Got::Opaque(stop)),
        Ok(Got::Project | Got::Options) => Err(Stop::Wrong),
        Ok(Got::Number(Numeric::Double(number))) if !number.is_finite() => Err(Stop::Wrong),
        other => other,
    }
}
