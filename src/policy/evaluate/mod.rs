//! Conditions over values that may be absent, unknown or dependent on inputs.
//!
//! Takes a checked [`Program`], the entity that is judged and an [`Assignment`] that decides some inputs; gives a
//! [`Outcome`] with the values that decided it. A pure function with a budget of steps, so that no page can hang a
//! run and no mistake in a page can stop one: what goes wrong is an [`What::Error`].
//!
//! Choices are followed lazily: a place that holds a choice which the assignment does not decide gives
//! [`What::Need`], and only where the result hangs on it does that come out at the top. The engine then evaluates
//! once more for each case of that input.

mod calls;
mod fields;
mod glob;
mod items;
mod memo;
mod operators;
mod production;
#[cfg(test)]
mod property_tests;
mod quick;
mod render;
#[cfg(test)]
mod tests;
mod texts;
mod watched;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::resource::{Language, Project};
use crate::value::{Assignment, Data, EntityId, InputId, Inputs, Number, OriginId, Origins, Text, Truth, Value};

use super::expression::{Node, NodeId, Program, Template};

use memo::Memo;

pub use memo::Memos;
pub use production::Words;
pub use quick::{Look, Quick};
pub use watched::{Lists, Reads, Watched};

/// How many steps one case of one policy and resource may take.
pub const STEPS: u64 = 400_000;

/// How deep evaluation may go, through named parts of a page as well.
const MOST_DEPTH: u32 = 150;

/// How many values one outcome may name as its evidence.
const MOST_EVIDENCE: usize = 24;

/// What evaluation asks of a project beside its model.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub language: Language,
    pub inputs: &'a Inputs,
    pub region: &'a Value,
    pub account: &'a Value,
    pub environment: Option<&'a Text>,
}

impl<'a> Facts<'a> {
    #[must_use]
    pub fn of(project: &'a Project) -> Self {
        Self {
            language: project.language,
            inputs: &project.inputs,
            region: &project.region,
            account: &project.account,
            environment: project.environment.as_ref(),
        }
    }
}

/// What is the same for all evaluations over a project.
#[derive(Debug)]
pub struct World<'a> {
    pub facts: Facts<'a>,
    /// Where the places of values are kept; without evidence none are asked for.
    pub origins: &'a Origins,
    pub model: Watched<'a>,
    /// What is not in the analysed files does not exist.
    pub closed_world: bool,
    pub words: &'a Words,
    /// The Region and account of the configuration, for where the code leaves them open.
    pub region: Option<Value>,
    pub account: Option<Value>,
    pub memos: Memos,
}

/// One entity in one case under one policy.
pub struct Scene<'a> {
    pub world: &'a World<'a>,
    pub entity: EntityId,
    pub assignment: &'a Assignment,
    /// The policy's options with their values.
    pub options: &'a [(Text, Value)],
    lets: &'a [(std::borrow::Cow<'static, str>, Program)],
    /// Values of `lets` that were needed already.
    named: RefCell<Vec<Option<Outcome>>>,
    steps: Cell<u64>,
    depth: Cell<u32>,
    /// A text is being written: names of entities are what people call them.
    in_text: Cell<bool>,
    /// Only the result is asked for: nothing keeps evidence and places, and what can't change the result is left out.
    only_result: Cell<bool>,
    /// The regular expressions that were met, which cost more the first time.
    patterns: RefCell<Vec<Text>>,
    /// The place of the subject, once it was needed.
    place: Cell<Option<OriginId>>,
}

/// What an expression is, and why.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub what: What,
    /// The values that decided it, the first one first.
    pub evidence: Vec<Evidence>,
    /// The loop variable that the value was read from.
    local: Option<u32>,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum What {
    /// Never a choice at its top.
    Value(Value),
    /// A number that is computed with as CEL's `double`, also where it is whole.
    Double(f64),
    /// A number of which only the least is known: the size of a list that may hold more.
    AtLeast(i64, Text),
    /// It hangs on an input that is not decided.
    Need(InputId),
    /// The expression makes no sense for these values (a comparison with nothing, a number too large).
    Error(Text),
    Project,
    Options,
}

/// A value that decided an outcome.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub value: Value,
    local: Option<u32>,
}

impl Evidence {
    #[must_use]
    pub fn origin(&self) -> OriginId {
        self.value.origin
    }
}

/// The budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

type Evaluated = Result<Outcome, Exhausted>;

impl Outcome {
    fn new(what: What) -> Self {
        Self { what, evidence: Vec::new(), local: None }
    }

    fn value(value: Value) -> Self {
        Self::new(What::Value(value))
    }

    /// A value that was read, which is its own evidence.
    fn read(value: Value, local: Option<u32>) -> Self {
        let evidence = vec![Evidence { value: value.clone(), local }];
        Self { what: What::Value(value), evidence, local }
    }

    fn truth(truth: bool, evidence: Vec<Evidence>) -> Self {
        Self { what: What::Value(Value::bool(truth, OriginId::NONE)), evidence, local: None }
    }

    fn number(number: i64) -> Self {
        Self::value(Value::integer(number, OriginId::NONE))
    }

    fn string(text: impl Into<Text>) -> Self {
        Self::value(Value::string(text, OriginId::NONE))
    }

    fn error(why: impl Into<Text>) -> Self {
        Self::new(What::Error(why.into()))
    }

    fn unknown(why: impl Into<Text>, origin: OriginId, evidence: Vec<Evidence>) -> Self {
        Self { what: What::Value(Value::unknown(why, origin)), evidence, local: None }
    }

    fn with(mut self, evidence: Vec<Evidence>) -> Self {
        self.evidence = evidence;
        self
    }

    /// As a condition: true, false, unknown; nothing counts as false.
    #[must_use]
    pub fn as_truth(&self) -> Condition {
        match &self.what {
            What::Value(value) => match &value.data {
                Data::Bool(known) => Condition::Known(*known),
                Data::Absent | Data::Null => Condition::Known(false),
                Data::Unknown(unknown) => Condition::Unknown(unknown.why.clone(), value.origin),
                _ => Condition::Error(format!("a {} is used as a condition", value.type_name()).into()),
            },
            What::Double(_) | What::AtLeast(..) | What::Project | What::Options => {
                Condition::Error("something else than a bool is used as a condition".into())
            }
            What::Need(input) => Condition::Need(*input),
            What::Error(why) => Condition::Error(why.clone()),
        }
    }
}

/// What a condition is.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Known(bool),
    Unknown(Text, OriginId),
    Need(InputId),
    Error(Text),
}

/// Joins evidence, each place once, up to the bound.
fn join(mut first: Vec<Evidence>, second: Vec<Evidence>) -> Vec<Evidence> {
    for one in second {
        if first.len() >= MOST_EVIDENCE {
            break;
        }
        if one.value.origin.is_none() || !first.iter().any(|other| other.value.origin == one.value.origin) {
            first.push(one);
        }
    }
    first
}

impl<'a> Scene<'a> {
    #[must_use]
    pub fn new(
        world: &'a World<'a>,
        entity: EntityId,
        assignment: &'a Assignment,
        options: &'a [(Text, Value)],
        lets: &'a [(std::borrow::Cow<'static, str>, Program)],
    ) -> Self {
        Self {
            world,
            entity,
            assignment,
            options,
            lets,
            named: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
            in_text: Cell::new(false),
            only_result: Cell::new(false),
            patterns: RefCell::default(),
            place: Cell::new(None),
        }
    }

    /// The same scene for whoever asks only what conditions are, and not why: outcomes have no evidence, and the
    /// places of values say nothing. What they are is the same.
    #[must_use]
    pub fn without_evidence(self) -> Self {
        self.only_result.set(true);
        self
    }

    /// Whether outcomes have no evidence.
    #[must_use]
    pub fn is_without_evidence(&self) -> bool {
        self.only_result.get()
    }

    /// A value that was read, which is its own evidence.
    fn read(&self, value: Value, local: Option<u32>) -> Outcome {
        if self.only_result.get() { Outcome::value(value) } else { Outcome::read(value, local) }
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// [`Exhausted`] when it takes more than [`STEPS`] steps together with those before it in this scene.
    pub fn evaluate(&self, program: &'a Program) -> Result<Outcome, Exhausted> {
        let Some(root) = program.root() else { return Ok(Outcome::error("the expression is empty")) };
        self.evaluate_node(program, root)
    }

    /// A part of an expression that stands in no loop.
    fn evaluate_node(&self, program: &'a Program, node: NodeId) -> Evaluated {
        let memo = self.world.memos.of(program, self.lets);
        Run { scene: self, program, memo, locals: Vec::new() }.node(node)
    }

    /// The text of a template in the user's words. A value that depends on an input that is not decided stands as
    /// the input's name.
    ///
    /// # Errors
    /// [`Exhausted`], as [`Self::evaluate`].
    pub fn render(&self, template: &'a Template) -> Result<String, Exhausted> {
        self.in_text.set(true);
        let text = render::template(self, template);
        self.in_text.set(false);
        text
    }

    /// Whether what is judged is known to be non-production in this case.
    ///
    /// # Errors
    /// [`Exhausted`], as [`Self::evaluate`].
    pub fn non_production(&self) -> Result<Outcome, Exhausted> {
        self.is_non_production(self.entity)
    }

    fn spend(&self, steps: usize) -> Result<(), Exhausted> {
        let spent = self.steps.get().saturating_add(steps as u64);
        self.steps.set(spent);
        if spent > STEPS { Err(Exhausted) } else { Ok(()) }
    }

    /// How many steps the scene has taken.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.steps.get()
    }

    /// Pays for a regular expression: for making it the first time it is met, and for each character it looks at.
    fn spend_on_pattern(&self, pattern: &Text, text: &Value) -> Result<(), Exhausted> {
        const MAKING: usize = 2_000;
        if !self.patterns.borrow().contains(pattern) {
            self.patterns.borrow_mut().push(pattern.clone());
            self.spend(MAKING + pattern.len())?;
        }
        match &text.data {
            Data::String(text) => self.spend(text.len() / 4),
            _ => Ok(()),
        }
    }

    /// The value behind the choices that the assignment decides.
    fn settle(&self, value: &Value) -> Result<Value, InputId> {
        self.assignment.resolve(value).cloned()
    }

    /// The value with no choice left at any depth.
    fn settle_deep(&self, value: &Value) -> Result<Value, InputId> {
        if value.is_wholly_known() {
            return Ok(value.clone());
        }
        let applied = self.assignment.apply(value);
        match first_choice(&applied) {
            Some(input) => Err(input),
            None => Ok(applied),
        }
    }
}

fn first_choice(value: &Value) -> Option<InputId> {
    match &value.data {
        Data::Choice(choice) => Some(choice.input),
        Data::List(list) => list.items.iter().find_map(first_choice),
        Data::Map(map) => map.entries.iter().find_map(|entry| first_choice(&entry.value)),
        _ => None,
    }
}

/// One walk over one program.
struct Run<'s, 'a> {
    scene: &'s Scene<'a>,
    program: &'a Program,
    memo: Rc<Memo>,
    locals: Vec<Outcome>,
}

impl Run<'_, '_> {
    fn node(&mut self, id: NodeId) -> Evaluated {
        self.scene.spend(1)?;
        let depth = self.scene.depth.get();
        if depth >= MOST_DEPTH {
            return Ok(Outcome::error(format!("the condition is nested more than {MOST_DEPTH} deep")));
        }
        self.scene.depth.set(depth + 1);
        let outcome = self.operation(id);
        self.scene.depth.set(depth);
        outcome
    }

    fn operation(&mut self, id: NodeId) -> Evaluated {
        if !self.memo.is_kept(id) {
            return self.compute(id);
        }
        if let Some(known) = self.memo.value(id) {
            return Ok(known);
        }
        let outcome = self.compute(id)?;
        self.memo.keep(id, &outcome);
        Ok(outcome)
    }

    fn compute(&mut self, id: NodeId) -> Evaluated {
        let program = self.program;
        Ok(match program.node(id) {
            Node::Null => Outcome::value(Value::null(OriginId::NONE)),
            Node::Bool(value) => Outcome::value(Value::bool(value, OriginId::NONE)),
            Node::Integer(value) => Outcome::number(value),
            Node::Double(value) => Outcome::new(What::Double(value)),
            Node::Text(text) => Outcome::string(self.program.text(text)),
            Node::Subject => self.scene.read(self.scene.subject(), None),
            Node::Project => Outcome::new(What::Project),
            Node::Options => Outcome::new(What::Options),
            Node::Let(index) => self.named(index as usize)?,
            Node::Local(index) => match self.locals.get(index as usize) {
                Some(local) => local.clone(),
                None => Outcome::error("a loop variable is used outside its loop"),
            },
            Node::Field { of, name } => {
                let of = self.node(of)?;
                self.scene.field(&of, self.program.text(name), Some((&self.memo, id)))?
            }
            Node::Has { of, name } => {
                let of = self.node(of)?;
                self.scene.has(&of, self.program.text(name), Some((&self.memo, id)))?
            }
            Node::Index { of, at } => self.index(of, at)?,
            Node::List(slice) => {
                let mut items = Vec::with_capacity(slice.len as usize);
                let mut evidence = Vec::new();
                for child in program.slice(slice) {
                    let item = self.node(*child)?;
                    evidence = join(evidence, item.evidence);
                    match as_item(item.what, OriginId::NONE) {
                        Ok(value) => items.push(value),
                        Err(other) => return Ok(Outcome::new(other)),
                    }
                }
                let list = Value::list(items, OriginId::NONE);
                self.scene.spend(operators::weight(&list))?;
                Outcome::value(list).with(evidence)
            }
            Node::Map(slice) => self.map(slice)?,
            Node::Not(child) => self.not(child)?,
            Node::Negate(child) => self.negate(child)?,
            Node::And(left, right) => self.both(left, right, false)?,
            Node::Or(left, right) => self.both(left, right, true)?,
            Node::Conditional { condition, yes, no } => self.conditional(condition, yes, no)?,
            Node::Compare(what, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.scene.compare(what, left, right)?
            }
            Node::Arithmetic(what, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.scene.arithmetic(what, left, right)?
            }
            Node::In(item, list) => {
                let (item, whole) = (self.node(item)?, self.node(list)?);
                match self.is_known_member(&item, list, &whole) {
                    Some(truth) => Outcome::truth(truth, item.evidence),
                    None => self.scene.member(&item, &whole)?,
                }
            }
            Node::Each { what, list, local, body } => self.each(what, list, local, body)?,
            Node::Call { function, arguments } => {
                let mut values = Vec::with_capacity(arguments.len as usize);
                for child in program.slice(arguments) {
                    values.push(self.node(*child)?);
                }
                self.scene.call(function, &values)?
            }
        })
    }

    /// A named part of the page, evaluated once.
    fn named(&mut self, index: usize) -> Evaluated {
        if let Some(Some(known)) = self.scene.named.borrow().get(index) {
            return Ok(known.clone());
        }
        let Some((_, program)) = self.scene.lets.get(index) else {
            return Ok(Outcome::error("there is no such named part"));
        };
        let outcome = self.scene.evaluate(program)?;
        // What is said in texts is not what conditions see.
        if !self.scene.in_text.get() {
            let mut named = self.scene.named.borrow_mut();
            if named.len() <= index {
                named.resize(index + 1, None);
            }
            named[index] = Some(outcome.clone());
        }
        Ok(outcome)
    }

    /// Whether a text is in a list that is the same for all resources; `None` where that takes a closer look.
    fn is_known_member(&self, item: &Outcome, list: NodeId, whole: &Outcome) -> Option<bool> {
        let text = memo::plain_text(&item.what)?;
        match &whole.what {
            What::Value(whole) if self.memo.is_kept(list) => self.memo.has_member(list, whole, text),
            _ => None,
        }
    }
}

/// An outcome as a value: an item of a list that an expression makes (where nothing is an item too), an argument.
/// Else what comes out instead.
fn as_item(what: What, origin: OriginId) -> Result<Value, What> {
    match what {
        What::Value(value) if value.is_absent() => Ok(Value::null(value.origin)),
        What::Value(value) => Ok(value),
        What::Double(float) if float.is_finite() => Ok(Value::number(Number::from_f64(float), origin)),
        What::Double(_) => Err(What::Error("the result of a calculation is no number".into())),
        What::AtLeast(_, why) => Ok(Value::unknown(why, origin)),
        What::Need(_) | What::Error(_) => Err(what),
        What::Project | What::Options => Err(What::Error("the project and the options are no values".into())),
    }
}

/// Kleene's truth as an outcome; the reason is that of the first unknown operand.
fn of_truth(truth: Truth, why: impl FnOnce() -> (Text, OriginId), evidence: Vec<Evidence>) -> Outcome {
    match truth {
        Truth::True => Outcome::truth(true, evidence),
        Truth::False => Outcome::truth(false, evidence),
        Truth::Unknown => {
            let (why, origin) = why();
            Outcome::unknown(why, origin, evidence)
        }
    }
}

/// The value of a constant program (an option's default).
#[must_use]
pub fn constant(program: &Program) -> Value {
    program.root().map_or_else(|| Value::null(OriginId::NONE), |root| constant_node(program, root))
}

fn constant_node(program: &Program, id: NodeId) -> Value {
    match program.node(id) {
        Node::Bool(value) => Value::bool(value, OriginId::NONE),
        Node::Integer(value) => Value::integer(value, OriginId::NONE),
        Node::Double(value) => Value::number(Number::from_f64(value), OriginId::NONE),
        Node::Text(text) => Value::string(program.text(text), OriginId::NONE),
        Node::List(slice) => {
            let items = program.slice(slice).iter().map(|child| constant_node(program, *child)).collect();
            Value::list(items, OriginId::NONE)
        }
        Node::Map(slice) => {
            let entries = program.slice(slice).chunks_exact(2).map(|pair| {
                let key = constant_node(program, pair[0]);
                let key = key.as_str().unwrap_or_default().to_owned();
                crate::value::Entry::new(key, OriginId::NONE, constant_node(program, pair[1]))
            });
            Value::map(entries.collect(), OriginId::NONE)
        }
        _ => Value::null(OriginId::NONE),
    }
}
