//! A first look at conditions, for whether they hold.
//!
//! Most conditions hold, and most of what they read is known. Takes what [`Scene`] takes; gives the truth of a
//! condition where plain values decide it, and otherwise nothing: then whoever asked goes the long way. So it needs no
//! evidence, no reasons and no places, borrows what it reads, and is held against the long way wherever debug
//! assertions are on.
//!
//! [`Scene`]: super::Scene

mod calls;
mod items;
mod read;

use std::rc::Rc;

use crate::policy::expression::{Arithmetic, Comparison, Node, NodeId, Program};
use crate::policy::page::Page;
use crate::value::{Assignment, EntityId, InputId, List, Map, Text, Value};

use super::operators::{Numeric, holds};
use super::{MOST_DEPTH, STEPS, World};

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
    steps: u64,
    depth: u32,
    /// Something of what is judged was read.
    is_touched: bool,
    /// Where fields stood the last time, by node and program.
    places: [u8; read::PLACES],
}

/// What a page says of an entity at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It certainly passes, whatever the inputs are that are not decided.
    Passes,
    /// It hangs on an input.
    Hangs(InputId),
    /// It takes a closer look.
    Unclear,
}

impl<'v> Quick<'v> {
    #[must_use]
    pub fn new(world: &'v World<'v>, page: &'v Page, options: &'v [(Text, Value)]) -> Self {
        Self {
            world,
            page,
            options,
            assignment: Assignment::default(),
            entity: EntityId(0),
            locals: Vec::new(),
            named: Vec::new(),
            steps: 0,
            depth: 0,
            is_touched: false,
            places: [0; read::PLACES],
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
        if self.steps <= STEPS { look } else { Look::Unclear }
    }

    fn glance(&mut self, silent: bool) -> Look {
        let page = self.page;
        let when = page.when.as_ref().map_or(Ok(true), |when| self.truth_of(when));
        if when == Ok(false) {
            return Look::Passes;
        }
        let required = self.truth_of(&page.require);
        if required == Ok(true) {
            return Look::Passes;
        }
        if silent && page.companion.as_ref().is_none_or(|companion| self.truth_of(companion) == Ok(false)) {
            return Look::Passes;
        }
        match (when, required) {
            (Err(Stop::Need(input)), Ok(_) | Err(Stop::Need(_))) | (Ok(_), Err(Stop::Need(input))) => {
                Look::Hangs(input)
            }
            _ => Look::Unclear,
        }
    }

    fn truth_of(&mut self, program: &'v Program) -> Result<bool, Stop> {
        self.locals.clear();
        self.depth = 0;
        condition(&self.program(program)?)
    }

    fn program(&mut self, program: &'v Program) -> Answer<'v> {
        let Some(root) = program.root() else { return Err(Stop::Wrong) };
        Run { quick: self, program, nodes: &program.nodes }.node(root)
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
        let answer = self.program(program);
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

/// One walk over one program.
struct Run<'q, 'v> {
    quick: &'q mut Quick<'v>,
    program: &'v Program,
    /// The program's nodes, borrowed once for all that are visited.
    nodes: &'v [Node],
}

impl<'v> Run<'_, 'v> {
    fn node(&mut self, id: NodeId) -> Answer<'v> {
        self.quick.steps += 1;
        let node = self.nodes.get(id as usize).copied().unwrap_or(Node::Null);
        Ok(match node {
            Node::Null => Got::Nothing,
            Node::Bool(value) => Got::Bool(value),
            Node::Integer(value) => Got::Number(Numeric::Whole(value)),
            Node::Double(value) => Got::Number(Numeric::Double(value)),
            Node::Text(text) => Got::Text(self.program.text(text)),
            Node::Subject => {
                self.quick.is_touched = true;
                Got::Entity(self.quick.entity)
            }
            Node::Project => {
                self.quick.is_touched = true;
                Got::Project
            }
            Node::Options => Got::Options,
            Node::Local(index) => match self.quick.locals.get(index as usize) {
                Some(local) => local.clone(),
                None => return Err(Stop::Wrong),
            },
            node => {
                self.spend(0)?;
                if self.quick.depth >= MOST_DEPTH {
                    return Err(Stop::Wrong);
                }
                self.quick.depth += 1;
                let answer = self.compute(id, node);
                self.quick.depth -= 1;
                return answer;
            }
        })
    }

    /// Pays for work that takes more than one step, before it is done.
    fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        self.quick.steps = self.quick.steps.saturating_add(steps as u64);
        if self.quick.steps > STEPS { Err(Stop::Wrong) } else { Ok(()) }
    }

    /// What an operation gives.
    fn compute(&mut self, id: NodeId, node: Node) -> Answer<'v> {
        let program = self.program;
        Ok(match node {
            Node::Let(index) => self.quick.named(index as usize)?,
            Node::Field { of, name } => {
                let of = self.node(of)?;
                self.field(of, program.text(name), id)?
            }
            Node::Has { of, name } => {
                let of = self.node(of)?;
                self.has(of, program.text(name), id)?
            }
            Node::Index { of, at } => {
                let (of, at) = (self.node(of)?, self.node(at)?);
                self.index(&of, &at, id)?
            }
            Node::List(slice) => {
                let mut items = Vec::with_capacity(slice.len as usize);
                for child in program.slice(slice) {
                    items.push(item(self.node(*child))?);
                }
                Got::Items(items.into())
            }
            Node::Map(_) => return Err(Stop::Open),
            Node::Not(child) => Got::Bool(!condition(&self.node(child)?)?),
            Node::Negate(child) => match self.node(child)? {
                Got::Number(Numeric::Whole(number)) => {
                    Got::Number(Numeric::Whole(number.checked_neg().ok_or(Stop::Wrong)?))
                }
                Got::Number(Numeric::Double(number)) => Got::Number(Numeric::Double(-number)),
                _ => return Err(Stop::Wrong),
            },
            Node::And(left, right) => self.both(left, right, false)?,
            Node::Or(left, right) => self.both(left, right, true)?,
            Node::Conditional { condition: asked, yes, no } => {
                let truth = self.node(asked).and_then(|asked| condition(&asked))?;
                self.node(if truth { yes } else { no })?
            }
            Node::Compare(what, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.spend(weight(&left).min(weight(&right)))?;
                Got::Bool(compare(what, &left, &right)?)
            }
            Node::Arithmetic(what, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.spend(weight(&left) + weight(&right))?;
                arithmetic(what, &left, &right)?
            }
            Node::In(wanted, list) => Got::Bool(self.is_member(wanted, list)?),
            Node::Each { what, list, local, body } => self.each(what, list, local, body)?,
            Node::Call { function, arguments } => self.call(function, program.slice(arguments))?,
            // What has no parts was looked at before.
            _ => return Err(Stop::Wrong),
        })
    }

    /// `&&` (decided by false) and `||` (decided by true): either side may decide, whatever the other one is.
    fn both(&mut self, left: NodeId, right: NodeId, decides: bool) -> Answer<'v> {
        let left = self.node(left).and_then(|left| condition(&left));
        if left == Ok(decides) {
            return Ok(Got::Bool(decides));
        }
        let right = self.node(right).and_then(|right| condition(&right));
        if right == Ok(decides) {
            return Ok(Got::Bool(decides));
        }
        // What takes the long way may decide there, so it comes before what hangs on an input.
        match (left, right) {
            (Err(Stop::Need(_)), Err(stop)) => Err(stop),
            (left, right) => left.and(right).map(Got::Bool),
        }
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

fn compare(what: Comparison, left: &Got<'_>, right: &Got<'_>) -> Result<bool, Stop> {
    match what {
        Comparison::Equal => return equal(left, right),
        Comparison::NotEqual => return equal(left, right).map(|equal| !equal),
        _ => {}
    }
    match (left, right) {
        (Got::Number(a), Got::Number(b)) => a.order(*b).map(|ordering| holds(what, ordering)).ok_or(Stop::Wrong),
        (Got::Text(_) | Got::Made(_), Got::Text(_) | Got::Made(_)) => {
            Ok(holds(what, as_text(left).unwrap_or_default().cmp(as_text(right).unwrap_or_default())))
        }
        (Got::AtLeast(least), Got::Number(Numeric::Whole(number))) => at_least(what, *least, *number),
        (Got::Opaque(stop), _) | (_, Got::Opaque(stop)) => Err(*stop),
        (Got::Open(_) | Got::AtLeast(_), _) | (_, Got::Open(_) | Got::AtLeast(_)) => Err(Stop::Open),
        _ => Err(Stop::Wrong),
    }
}

/// A number of which only the least is known, compared with a known one.
fn at_least(what: Comparison, least: i64, number: i64) -> Result<bool, Stop> {
    match what {
        Comparison::Greater | Comparison::NotEqual if least > number => Ok(true),
        Comparison::GreaterOrEqual if least >= number => Ok(true),
        Comparison::Less if least >= number => Ok(false),
        Comparison::LessOrEqual | Comparison::Equal if least > number => Ok(false),
        _ => Err(Stop::Open),
    }
}

fn equal(left: &Got<'_>, right: &Got<'_>) -> Result<bool, Stop> {
    Ok(match (left, right) {
        (Got::Opaque(stop), _) | (_, Got::Opaque(stop)) => return Err(*stop),
        (Got::Project | Got::Options, _) | (_, Got::Project | Got::Options) => return Err(Stop::Open),
        (Got::AtLeast(least), Got::Number(Numeric::Whole(number)))
        | (Got::Number(Numeric::Whole(number)), Got::AtLeast(least)) => {
            return at_least(Comparison::Equal, *least, *number);
        }
        (Got::AtLeast(_), _) | (_, Got::AtLeast(_)) => return Err(Stop::Open),
        (Got::Nothing, other) | (other, Got::Nothing) => return is_nothing(other),
        (Got::Number(a), Got::Number(b)) => a.order(*b).is_some_and(std::cmp::Ordering::is_eq),
        (Got::Bool(a), Got::Bool(b)) => a == b,
        (Got::Entity(a), Got::Entity(b)) => a == b,
        (Got::Open(a), Got::Open(b)) => return crate::value::equal(a, b).known().ok_or(Stop::Open),
        (Got::Open(open), Got::Text(text)) | (Got::Text(text), Got::Open(open)) => {
            return equal_open(open, Text::from(*text));
        }
        (Got::Open(open), Got::Made(text)) | (Got::Made(text), Got::Open(open)) => {
            return equal_open(open, text.clone());
        }
        (Got::Items(a), Got::Items(b)) => return equal_items(a, b),
        (Got::Open(_) | Got::List(_) | Got::Map(_) | Got::Items(_), _)
        | (_, Got::Open(_) | Got::List(_) | Got::Map(_) | Got::Items(_)) => return Err(Stop::Open),
        _ => match (as_text(left), as_text(right)) {
            (Some(a), Some(b)) => a == b,
            // Of different kinds.
            _ => false,
        },
    })
}

/// Whether two lists are the same. Lists in lists are for the long way: few texts can stand for very many items.
fn equal_items(left: &[Got<'_>], right: &[Got<'_>]) -> Result<bool, Stop> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut answer = Ok(true);
    for (left, right) in left.iter().zip(right) {
        if matches!(left, Got::Items(_)) && matches!(right, Got::Items(_)) {
            return Err(Stop::Open);
        }
        match equal(left, right) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            stop => answer = stop,
        }
    }
    answer
}

fn equal_open(open: &Value, text: Text) -> Result<bool, Stop> {
    crate::value::equal(open, &Value::string(text, crate::value::OriginId::NONE)).known().ok_or(Stop::Open)
}

/// Whether nothing is set.
fn is_nothing(got: &Got<'_>) -> Result<bool, Stop> {
    match got {
        Got::Nothing => Ok(true),
        Got::Open(value) => super::operators::is_nothing(value).ok_or(Stop::Open),
        Got::Opaque(stop) => Err(*stop),
        Got::Project | Got::Options => Err(Stop::Wrong),
        _ => Ok(false),
    }
}

fn as_text<'g>(got: &'g Got<'_>) -> Option<&'g str> {
    match got {
        Got::Text(text) => Some(text),
        Got::Made(text) => Some(text),
        _ => None,
    }
}

/// The text that a function or operator needs.
fn text<'g>(got: &'g Got<'_>) -> Result<&'g str, Stop> {
    as_text(got).ok_or_else(|| got.stop())
}

fn arithmetic<'v>(what: Arithmetic, left: &Got<'v>, right: &Got<'v>) -> Answer<'v> {
    match (left, right) {
        (Got::Number(a), Got::Number(b)) => a.compute(what, *b).map(Got::Number).map_err(|_| Stop::Wrong),
        (Got::Text(_) | Got::Made(_), Got::Text(_) | Got::Made(_)) if what == Arithmetic::Add => {
            let (left, right) = (text(left)?, text(right)?);
            let mut joined = String::with_capacity(left.len() + right.len());
            joined.push_str(left);
            joined.push_str(right);
            Ok(Got::Made(joined.into()))
        }
        (Got::Opaque(stop), _) | (_, Got::Opaque(stop)) => Err(*stop),
        _ => Err(Stop::Open),
    }
}
