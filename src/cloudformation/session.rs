//! What all stacks of one evaluation share: origins, inputs, problems and the bounds on the work.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::resource::Problem;
use crate::source::{FileId, Span};
use crate::value::{
    Case, Choice, Data, Input, InputId, Inputs, OriginId, Origins, Step, StepId, Symbol, Text, Truth, Value, equal,
};

use super::compared::Compared;
use super::library::Library;
use super::options::Options;

/// How deep values may be nested; past that they are unknown.
pub const MAX_DEPTH: usize = 160;
/// How many nodes one evaluation reads for each node of its templates, before loops and aliases are taken to be a bomb.
const WORK_PER_NODE: usize = 8;
/// How many turns all loops together may take; a template may hold 500 resources.
const MAX_TURNS: usize = 5_000;
/// How long a text that functions make may become, in bytes.
const MAX_TEXT: usize = 1 << 18;
/// How many bytes of made text count as one node.
const BYTES_PER_NODE: usize = 16;
/// How many nested stacks are read in all.
const MAX_STACKS: usize = 500;
/// How many different inputs of one template are told apart.
const MAX_PASSED: usize = 64;
/// What is read in any case.
const BASE_WORK: usize = 200_000;

/// The state of one evaluation.
pub struct Session<'a> {
    pub origins: Origins,
    pub inputs: RefCell<Inputs>,
    problems: RefCell<Vec<Problem>>,
    reported: RefCell<FxHashSet<(Option<Span>, String)>>,
    pub options: &'a Options,
    pub library: &'a Library,
    /// Inputs by the symbol that stands for their rest case.
    rest: RefCell<FxHashMap<Text, InputId>>,
    /// What parameters can't be although something compares them with it, by their symbols.
    excluded: RefCell<FxHashMap<Text, Vec<Text>>>,
    /// What templates compare their parameters with, by file and by how deep nested stacks are followed from there.
    pub compared: RefCell<FxHashMap<(FileId, usize), Rc<Compared>>>,
    /// Pseudo parameters that are the same in all stacks.
    pub shared: RefCell<FxHashMap<&'static str, Value>>,
    work: Cell<usize>,
    depth: Cell<usize>,
    turns: Cell<usize>,
    exhausted: Cell<bool>,
    stacks: Cell<usize>,
    /// What nested stacks were given, by the file of their template.
    passed: RefCell<FxHashMap<FileId, Vec<FxHashMap<Text, Value>>>>,
}

impl<'a> Session<'a> {
    #[must_use]
    pub fn new(options: &'a Options, library: &'a Library, nodes: usize) -> Self {
        Self {
            origins: Origins::noting(options.notes),
            inputs: RefCell::new(Inputs::default()),
            problems: RefCell::default(),
            reported: RefCell::default(),
            options,
            library,
            rest: RefCell::default(),
            excluded: RefCell::default(),
            compared: RefCell::default(),
            shared: RefCell::default(),
            work: Cell::new(nodes.saturating_mul(WORK_PER_NODE).saturating_add(BASE_WORK)),
            depth: Cell::new(0),
            turns: Cell::new(0),
            exhausted: Cell::new(false),
            stacks: Cell::new(0),
            passed: RefCell::default(),
        }
    }

    /// Adds a problem, once for each place and message.
    pub fn report(&self, problem: Problem) {
        if self.reported.borrow_mut().insert((problem.span, problem.message.clone())) {
            self.problems.borrow_mut().push(problem);
        }
    }

    /// The problems in the order of their places; errors before notes at the same one.
    #[must_use]
    pub fn into_parts(self) -> (Origins, Inputs, Vec<Problem>) {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| (problem.span.map(|span| (span.file, span.start, span.end)), problem.kind));
        (self.origins, self.inputs.into_inner(), problems)
    }

    /// Counts one node and one level; `None` when a bound is hit.
    pub fn enter(&self, span: Span) -> Option<()> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            self.report(
                Problem::note(span, format!("values are nested more than {MAX_DEPTH} deep and were not read further"))
                    .with_help("take the innermost part out"),
            );
            return None;
        }
        self.spend(1, span)?;
        self.depth.set(depth + 1);
        Some(())
    }

    /// The counterpart of [`Session::enter`].
    pub fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// Takes from what may be read; `None` when nothing is left.
    pub fn spend(&self, nodes: usize, span: Span) -> Option<()> {
        match self.work.get().checked_sub(nodes) {
            Some(left) => {
                self.work.set(left);
                Some(())
            }
            None => {
                self.work.set(0);
                if !self.exhausted.replace(true) {
                    self.report(Problem::note(span, WORK_NOTE).with_help("write fewer loops or aliases"));
                }
                None
            }
        }
    }

    /// Counts the bytes of a text that a function makes; `None` when it is too long or nothing is left for it.
    pub fn text(&self, bytes: usize, span: Span) -> Option<()> {
        if bytes > MAX_TEXT {
            let message = format!("a text of more than {MAX_TEXT} bytes is made here; it is taken as unknown");
            self.report(Problem::note(span, message));
            return None;
        }
        self.spend(bytes / BYTES_PER_NODE, span)
    }

    /// Counts one turn of a loop; `None` when the bound is hit.
    pub fn turn(&self, span: Span) -> Option<()> {
        let turns = self.turns.get() + 1;
        self.turns.set(turns);
        if turns > MAX_TURNS {
            if turns == MAX_TURNS + 1 {
                let message = format!("loops take more than {MAX_TURNS} turns in all; the others were not read");
                self.report(Problem::note(span, message).with_help("write fewer loops in each other"));
            }
            return None;
        }
        Some(())
    }

    /// Counts one nested stack; `None` when the bound is hit.
    pub fn stack(&self, span: Span) -> Option<()> {
        let stacks = self.stacks.get() + 1;
        self.stacks.set(stacks);
        if stacks > MAX_STACKS {
            if stacks == MAX_STACKS + 1 {
                let message =
                    format!("there are more than {MAX_STACKS} nested stacks in all; the others were not read");
                self.report(Problem::note(span, message));
            }
            return None;
        }
        Some(())
    }

    /// The parameters that a template was given before, where they are the same: what is said of a child that is reached
    /// twice with the same inputs then leads the same way, and is said once.
    pub fn passed_before(&self, template: FileId, passed: FxHashMap<Text, Value>) -> FxHashMap<Text, Value> {
        let mut before = self.passed.borrow_mut();
        let known = before.entry(template).or_default();
        let same = |one: &&FxHashMap<Text, Value>| {
            one.len() == passed.len()
                && passed.iter().all(|(name, value)| one.get(name).is_some_and(|other| is_same(value, other)))
        };
        if let Some(same) = known.iter().find(same) {
            return same.clone();
        }
        if known.len() < MAX_PASSED {
            known.push(passed.clone());
        }
        passed
    }

    /// Adds an open input and remembers the symbol of its rest case.
    pub fn add_input(&self, input: Input) -> InputId {
        let rest = input.cases.iter().find(|case| case.is_rest).and_then(|case| symbol_text(&case.value));
        let id = self.inputs.borrow_mut().add(input);
        if let Some(rest) = rest {
            self.rest.borrow_mut().insert(rest, id);
        }
        id
    }

    /// Remembers what a parameter can't be.
    pub fn exclude(&self, symbol: Text, texts: impl Iterator<Item = Text>) {
        let mut texts = texts.peekable();
        if texts.peek().is_some() {
            self.excluded.borrow_mut().entry(symbol).or_default().extend(texts);
        }
    }

    /// Whether a value is the rest case of an input that has `text` as another case: then they differ.
    #[must_use]
    pub fn rest_excludes(&self, value: &Value, text: &str) -> bool {
        let Some(symbol) = symbol_text(value) else { return false };
        if self.excluded.borrow().get(&symbol).is_some_and(|texts| texts.iter().any(|one| one == text)) {
            return true;
        }
        let Some(id) = self.rest.borrow().get(&symbol).copied() else { return false };
        self.inputs.borrow().get(id).cases.iter().any(|case| !case.is_rest && case_is(case, text))
    }

    /// The same value seen through an expression: each case of it gets the hop.
    #[must_use]
    pub fn through(&self, value: &Value, span: Span, step: &Step) -> Value {
        self.through_by(value, span, self.origins.step(step.clone()))
    }

    fn through_by(&self, value: &Value, span: Span, step: StepId) -> Value {
        if self.spend(1, span).is_none() {
            return Value::unknown(WORK_NOTE, self.origins.literal(span));
        }
        let origin = self.origins.hop_by(span, step, value.origin);
        match &value.data {
            Data::Choice(choice) => {
                let cases = choice.cases.iter().map(|case| self.through_by(case, span, step)).collect();
                Value::new(Data::Choice(Choice { input: choice.input, cases }.into()), origin)
            }
            _ => value.clone().at(origin),
        }
    }

    /// A place that leads on to `next`, without a second hop for the same place.
    #[must_use]
    pub fn expression(&self, span: Span, next: OriginId) -> OriginId {
        self.origins.hop(span, Step::Expression, next)
    }
}

const WORK_NOTE: &str = "loops and aliases make the template larger than can be read; the rest of it is unknown";

/// The text of an expression's symbol.
#[must_use]
pub fn symbol_text(value: &Value) -> Option<Text> {
    match value.as_unknown()?.symbol.as_ref()? {
        Symbol::Expression(text) => Some(text.clone()),
        Symbol::Resource { .. } => None,
    }
}

/// Whether two values are known to be the same in every case.
fn is_same(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::Choice(one), Data::Choice(other)) => {
            one.input == other.input && one.cases.iter().zip(&other.cases).all(|(a, b)| is_same(a, b))
        }
        (Data::Choice(_), _) | (_, Data::Choice(_)) => false,
        _ => equal(a, b) == Truth::True,
    }
}

/// Whether a case of an input is this text (for a list: its items with commas between them).
fn case_is(case: &Case, text: &str) -> bool {
    super::text::of_scalar(&case.value).is_some_and(|own| own == text)
        || super::text::joined(&case.value).is_some_and(|own| own == text)
}
