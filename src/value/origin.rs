//! Where values come from: the place in the attribute, and the hops that lead to the line that decided it.
//!
//! Every value carries an [`OriginId`], an index into its project's [`Origins`]. An origin names the place nearest to
//! the attribute (`!Ref Recovery`, `var.pitr`), and `next` leads on: to the parameter's default, the module call's
//! argument, the line of the var-file, down to the literal.

use std::cell::RefCell;
use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use crate::source::Span;

use super::note::{MAX_NOTES, Note};
use super::{Part, Text, Value};

/// Index of an origin in its project's arena; [`OriginId::NONE`] for values that stand nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OriginId(u32);

impl OriginId {
    /// A value without a place (an intermediate result, a test's value).
    pub const NONE: Self = Self(u32::MAX);

    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

impl Default for OriginId {
    fn default() -> Self {
        Self::NONE
    }
}

/// What the place of an origin is to the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The value is written here.
    Literal,
    /// An expression that computes the value; `next` is the operand that decided it, where one did.
    Expression,
    /// A reference to a parameter, variable, local, mapping or output, by its name in the source
    /// (``parameter `Env` ``, `local.tags`).
    Reference(Text),
    /// A reference to an attribute of a resource of the project. Links between resources follow it even when the
    /// value itself is known.
    Resource { address: Text, attribute: Text },
    /// The default of a parameter or variable: nothing else gave it a value.
    Default(Text),
    /// The argument of a module call or the parameter that a parent stack passes down.
    Argument { name: Text, module: Text },
    /// A line of a variable or parameter file, or of the configuration.
    File(Text),
    /// The command line or environment gave it.
    CommandLine(Text),
    /// SAM's Globals section.
    Globals,
    /// Tags that the provider adds (`default_tags`).
    ProviderDefault,
    /// The branch of a condition that was taken; the text says of which.
    Branch(Text),
    /// A text that was encoded from a structure (`jsonencode`); `next` is the origin of the call.
    /// [`super::document::decoded`] gives the structure back, with the places of its parts.
    Document(super::document::Document),
    /// Nothing is written: the service's (or the language's) default applies. The span is the header of the block
    /// where the attribute would stand, and the text is what would be written there.
    Absent(Text),
}

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub span: Span,
    pub step: Step,
    pub next: OriginId,
}

/// The arena of a project's origins. Interior mutability, because evaluation only reads everything else; a project
/// is evaluated by one thread.
///
/// A large template has millions of hops and a few thousand different steps, so steps are kept once each.
#[derive(Debug, Default)]
pub struct Origins {
    arena: RefCell<Arena>,
    /// What expressions were found to be, where that is asked for.
    notes: Option<RefCell<Vec<Note>>>,
}

#[derive(Debug)]
struct Arena {
    hops: Hops,
    steps: Vec<Step>,
    known: FxHashMap<StepKey, u32>,
}

/// The steps that most hops have stand first in every arena.
const LITERAL: StepId = StepId(0);
const EXPRESSION: StepId = StepId(1);

/// A step that is kept in an arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepId(u32);

impl Default for Arena {
    fn default() -> Self {
        Self { hops: Hops::default(), steps: vec![Step::Literal, Step::Expression], known: FxHashMap::default() }
    }
}

/// An origin with its step as an index.
#[derive(Clone, Copy, Debug)]
struct Hop {
    span: Span,
    step: StepId,
    next: OriginId,
}

/// What tells one step from another.
type StepKey = (std::mem::Discriminant<Step>, Text, Text);

impl Step {
    /// `None` for steps that are kept anew each time.
    fn key(&self) -> Option<StepKey> {
        let (first, second) = match self {
            Self::Literal | Self::Expression => return None,
            Self::Globals | Self::ProviderDefault => Default::default(),
            Self::Reference(text)
            | Self::Default(text)
            | Self::File(text)
            | Self::CommandLine(text)
            | Self::Branch(text)
            | Self::Absent(text) => (text.clone(), Text::default()),
            Self::Resource { address, attribute } => (address.clone(), attribute.clone()),
            Self::Argument { name, module } => (name.clone(), module.clone()),
            Self::Document(_) => return None,
        };
        Some((std::mem::discriminant(self), first, second))
    }
}

/// Hops in portions, so that a large arena is never moved as it grows.
#[derive(Debug, Default)]
struct Hops {
    portions: Vec<Vec<Hop>>,
}

/// How many hops there are in a portion.
const PORTION: usize = 4096;

impl Hops {
    fn len(&self) -> usize {
        let last = self.portions.last().map_or(0, Vec::len);
        self.portions.len().saturating_sub(1) * PORTION + last
    }

    fn get(&self, at: u32) -> Option<&Hop> {
        let at = at as usize;
        self.portions.get(at / PORTION)?.get(at % PORTION)
    }

    fn push(&mut self, hop: Hop) {
        match self.portions.last_mut() {
            Some(last) if last.len() < PORTION => last.push(hop),
            // Small projects have a few dozen.
            None => self.portions.push(vec![hop]),
            Some(_) => {
                let mut next = Vec::with_capacity(PORTION);
                next.push(hop);
                self.portions.push(next);
            }
        }
    }

    fn truncate(&mut self, count: usize) {
        self.portions.truncate(count.div_ceil(PORTION));
        let full = self.portions.len().saturating_sub(1) * PORTION;
        if let Some(last) = self.portions.last_mut() {
            last.truncate(count.saturating_sub(full));
        }
    }
}

impl Arena {
    fn step(&mut self, step: Step) -> StepId {
        match step {
            Step::Literal => return LITERAL,
            Step::Expression => return EXPRESSION,
            _ => {}
        }
        let next = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        if let Some(key) = step.key() {
            match self.known.entry(key) {
                Entry::Occupied(known) => return StepId(*known.get()),
                Entry::Vacant(place) => place.insert(next),
            };
        }
        self.steps.push(step);
        StepId(next)
    }

    fn push(&mut self, hop: Hop) -> OriginId {
        let id = u32::try_from(self.hops.len()).unwrap_or(u32::MAX - 1);
        self.hops.push(hop);
        OriginId(id)
    }

    fn origin(&self, id: OriginId) -> Option<Origin> {
        let hop = self.hops.get(id.0)?;
        let step = self.steps.get(hop.step.0 as usize)?.clone();
        Some(Origin { span: hop.span, step, next: hop.next })
    }
}

/// Origins only point backwards, so every walk ends; the bound guards against a bug.
const MOST_HOPS: usize = 256;

impl Origins {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An arena that also takes notes of values, if `noting` says so.
    #[must_use]
    pub fn noting(noting: bool) -> Self {
        Self { notes: noting.then(RefCell::default), ..Self::default() }
    }

    /// Whether values are noted at their places.
    #[must_use]
    pub fn is_noting(&self) -> bool {
        self.notes.is_some()
    }

    /// Notes what an expression is, where that is asked for and [`MAX_NOTES`] is not reached.
    pub fn note(&self, span: Span, of: &Text, value: &Value) {
        if let Some(notes) = &self.notes {
            let mut notes = notes.borrow_mut();
            if notes.len() < MAX_NOTES {
                notes.push(Note { span, of: of.clone(), value: value.clone() });
            }
        }
    }

    /// Looks at all notes, in the order in which they were taken.
    pub fn each_note(&self, look: &mut dyn FnMut(&Note)) {
        if let Some(notes) = &self.notes {
            notes.borrow().iter().for_each(look);
        }
    }

    /// A literal's own place.
    pub fn literal(&self, span: Span) -> OriginId {
        self.hop_by(span, LITERAL, OriginId::NONE)
    }

    /// A place that leads on to `next`.
    pub fn hop(&self, span: Span, step: Step, next: OriginId) -> OriginId {
        self.add(Origin { span, step, next })
    }

    pub fn add(&self, origin: Origin) -> OriginId {
        let mut arena = self.arena.borrow_mut();
        let step = arena.step(origin.step);
        arena.push(Hop { span: origin.span, step, next: origin.next })
    }

    /// Keeps a step that many hops will have.
    pub fn step(&self, step: Step) -> StepId {
        self.arena.borrow_mut().step(step)
    }

    /// As [`Self::hop`], with a step that is kept already.
    pub fn hop_by(&self, span: Span, step: StepId, next: OriginId) -> OriginId {
        self.arena.borrow_mut().push(Hop { span, step, next })
    }

    #[must_use]
    pub fn get(&self, id: OriginId) -> Option<Origin> {
        self.arena.borrow().origin(id)
    }

    /// The place nearest to the attribute.
    #[must_use]
    pub fn span(&self, id: OriginId) -> Option<Span> {
        self.arena.borrow().hops.get(id.0).map(|hop| hop.span)
    }

    /// All hops from the attribute to the line that decided the value.
    #[must_use]
    pub fn trail(&self, id: OriginId) -> Vec<Origin> {
        let arena = self.arena.borrow();
        let mut trail = Vec::new();
        let mut at = id;
        while let Some(origin) = arena.origin(at) {
            at = origin.next;
            trail.push(origin);
            if trail.len() >= MOST_HOPS {
                break;
            }
        }
        trail
    }

    /// The first thing that a function finds in the steps of the hops, from the attribute to the line that decided the
    /// value.
    pub fn find_step<T>(&self, id: OriginId, find: &mut dyn FnMut(&Step) -> Option<T>) -> Option<T> {
        let arena = self.arena.borrow();
        let mut at = id;
        for _ in 0..MOST_HOPS {
            let hop = arena.hops.get(at.0)?;
            let step = arena.steps.get(hop.step.0 as usize)?;
            if let Some(found) = find(step) {
                return Some(found);
            }
            at = hop.next;
        }
        None
    }

    /// Shows the steps of all hops to a function.
    pub fn each_step(&self, id: OriginId, show: &mut dyn FnMut(&Step)) {
        let _: Option<()> = self.find_step(id, &mut |step| {
            show(step);
            None
        });
    }

    /// Whether a value is written at its place, and not referred to or computed there.
    #[must_use]
    pub fn is_literal(&self, id: OriginId) -> bool {
        self.arena.borrow().hops.get(id.0).is_some_and(|hop| hop.step == LITERAL)
    }

    /// The pieces of a text with neighbouring known ones made into one. It is at the first one's place where all of
    /// them are written out, and computed at `span` where one came from elsewhere: `table/${Name}` with a default is
    /// not the same as `table/orders`.
    pub fn merged(&self, parts: Vec<Part>, span: Span) -> Vec<Part> {
        if !parts.iter().any(|part| matches!(part, Part::Open(..))) {
            // A text that is known in full has a place of its own.
            return parts;
        }
        let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
        let mut run = parts.into_iter().peekable();
        while let Some(part) = run.next() {
            let Part::Known(text, first) = part else {
                merged.push(part);
                continue;
            };
            let mut whole = String::new();
            let mut place = first;
            while let Some(Part::Known(more, origin)) = run.next_if(|next| matches!(next, Part::Known(..))) {
                if whole.is_empty() {
                    whole.push_str(&text);
                }
                whole.push_str(&more);
                if origin != place && !(self.is_literal(origin) && self.is_literal(first)) {
                    place = OriginId::NONE;
                }
            }
            if place.is_none() && !first.is_none() {
                place = self.hop_by(span, EXPRESSION, OriginId::NONE);
            }
            merged.push(Part::Known(if whole.is_empty() { text } else { whole.into() }, place));
        }
        merged
    }

    /// The arena with all its origins and notes; this one is empty afterwards.
    #[must_use]
    pub fn take(&self) -> Self {
        let notes = self.notes.as_ref().map(|notes| RefCell::new(notes.take()));
        Self { arena: RefCell::new(self.arena.take()), notes }
    }

    /// Forgets all origins but the first `count`. Whoever does this holds no value that stands at one of the others.
    pub fn truncate(&self, count: usize) {
        self.arena.borrow_mut().hops.truncate(count);
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.arena.borrow().hops.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Data, Value};
    use super::*;
    use crate::source::FileId;

    fn span(start: u32) -> Span {
        Span::new(FileId(0), start, start + 1)
    }

    #[test]
    fn a_large_arena_keeps_what_was_there_before_the_mark() {
        let origins = Origins::new();
        let count = 3 * PORTION + 5;
        let ids: Vec<OriginId> = (0..count).map(|at| origins.literal(span(u32::try_from(at).unwrap()))).collect();
        assert_eq!(origins.len(), count);
        for at in [0, PORTION - 1, PORTION, 2 * PORTION + 7, count - 1] {
            assert_eq!(origins.span(ids[at]), Some(span(u32::try_from(at).unwrap())));
        }
        for mark in [2 * PORTION + 7, 2 * PORTION, PORTION - 1, 0] {
            origins.truncate(mark);
            assert_eq!(origins.len(), mark);
            assert_eq!(origins.span(ids[mark]), None);
            let next = origins.literal(span(7));
            assert_eq!((next, origins.len()), (ids[mark], mark + 1));
        }
    }

    #[test]
    fn neighbouring_pieces_are_written_out_only_where_all_of_them_are() {
        let origins = Origins::new();
        let [table, orders] = [1, 2].map(|at| origins.literal(span(at)));
        let parameter = origins.hop(span(3), Step::Reference("parameter `Name`".into()), orders);
        let Data::Unknown(account) = Value::unknown("not known", OriginId::NONE).data else { panic!("it is unknown") };
        let open = || Part::Open(account.clone(), table);
        let last = |second: OriginId| {
            let parts = vec![open(), Part::Known(":table/".into(), table), Part::Known("orders".into(), second)];
            match origins.merged(parts, span(9)).as_slice() {
                [Part::Open(..), Part::Known(text, origin)] => {
                    assert_eq!(text.as_str(), ":table/orders");
                    *origin
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(last(orders), table);
        assert!(!origins.is_literal(last(parameter)));
        assert_eq!(origins.span(last(parameter)), Some(span(9)));
    }
}
