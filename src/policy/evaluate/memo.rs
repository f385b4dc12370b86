//! What is the same each time that a program runs over a project.
//!
//! Takes a program and the named parts of its page; gives the values of those parts that read nothing of what is
//! judged (lists of actions, options, and what is computed of them), which are computed once, and where each field
//! was found the last time. Policies run once for each resource, so this is what keeps large templates quick.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::policy::expression::{Node, NodeId, Program};
use crate::value::{Data, Map, Text, Value};

use super::{Outcome, What};

/// The longest text that is made as quickly as it is looked up: it needs no memory of its own.
const SHORT: usize = 23;

/// Lists from here on are looked through by hash.
const LONG: usize = 8;

/// How many loop variables are told apart.
const LOCALS: u32 = 64;

/// The named parts of a page.
pub(super) type Lets = [(Cow<'static, str>, Program)];

/// The memos of all programs that ran over a project. Programs are known by their address: they outlive it.
#[derive(Debug, Default)]
pub struct Memos {
    programs: RefCell<FxHashMap<usize, Rc<Memo>>>,
}

impl Memos {
    pub(super) fn of(&self, program: &Program, lets: &Lets) -> Rc<Memo> {
        let address = std::ptr::from_ref(program) as usize;
        if let Some(known) = self.programs.borrow().get(&address) {
            return Rc::clone(known);
        }
        let memo = Rc::new(self.make(program, lets));
        self.programs.borrow_mut().insert(address, Rc::clone(&memo));
        memo
    }

    fn make(&self, program: &Program, lets: &Lets) -> Memo {
        let mut parts: Vec<Part> = Vec::with_capacity(program.nodes.len());
        for node in program.nodes.iter() {
            let of = |id: &NodeId| parts.get(*id as usize).copied().unwrap_or(Part::OPEN);
            let all = |ids: &[NodeId]| ids.iter().map(of).fold(Part::CLOSED, Part::and);
            let part = match node {
                Node::Null | Node::Bool(_) | Node::Integer(_) | Node::Double(_) | Node::Options => Part::CLOSED,
                Node::Text(text) => Part { worth: program.text(*text).len() > SHORT, ..Part::CLOSED },
                Node::Subject | Node::Project => Part::OPEN,
                // A part may use only those before it, so this comes to an end.
                Node::Let(index) => lets.get(..=*index as usize).map_or(Part::OPEN, |lets| {
                    let (before, own) = lets.split_at(lets.len() - 1);
                    let is_closed = own.first().is_some_and(|(_, own)| self.of(own, before).is_closed);
                    if is_closed { Part::CLOSED.kept() } else { Part::OPEN }
                }),
                Node::Local(index) if *index < LOCALS => Part { locals: 1 << index, ..Part::CLOSED },
                Node::Local(_) => Part::OPEN,
                Node::Field { of: child, .. }
                | Node::Has { of: child, .. }
                | Node::Not(child)
                | Node::Negate(child) => of(child),
                Node::Index { of: one, at: other }
                | Node::And(one, other)
                | Node::Or(one, other)
                | Node::Compare(_, one, other)
                | Node::Arithmetic(_, one, other)
                | Node::In(one, other) => of(one).and(of(other)).kept(),
                Node::Conditional { condition, yes, no } => of(condition).and(of(yes)).and(of(no)),
                Node::List(slice) | Node::Map(slice) => all(program.slice(*slice)).kept(),
                Node::Call { arguments, .. } => all(program.slice(*arguments)).kept(),
                Node::Each { list, local, body, .. } => {
                    let mut body = of(body);
                    if *local < LOCALS {
                        body.locals &= !(1 << local);
                    }
                    of(list).and(body).kept()
                }
            };
            parts.push(part);
        }
        let is_kept = |part: &Part| part.worth && part.is_closed();
        Memo {
            is_closed: parts.last().is_some_and(Part::is_closed),
            kept: parts.iter().map(is_kept).collect(),
            values: RefCell::default(),
            members: RefCell::default(),
            places: RefCell::default(),
        }
    }
}

/// What a node depends on.
#[derive(Clone, Copy)]
struct Part {
    /// Something of what is judged, or of the project.
    open: bool,
    /// The loop variables that are bound further out.
    locals: u64,
    /// Keeping the value saves more than it costs.
    worth: bool,
}

impl Part {
    const OPEN: Self = Self { open: true, locals: 0, worth: false };
    const CLOSED: Self = Self { open: false, locals: 0, worth: false };

    fn and(self, other: Self) -> Self {
        Self { open: self.open || other.open, locals: self.locals | other.locals, worth: false }
    }

    fn kept(self) -> Self {
        Self { worth: true, ..self }
    }

    fn is_closed(&self) -> bool {
        !self.open && self.locals == 0
    }
}

/// What is known of one program.
#[derive(Debug)]
pub(super) struct Memo {
    is_closed: bool,
    /// Whether the value of a node is kept.
    kept: Box<[bool]>,
    values: RefCell<FxHashMap<NodeId, Outcome>>,
    /// The texts of long lists of nothing but texts; `None` for other lists.
    members: RefCell<FxHashMap<NodeId, Option<Rc<FxHashSet<Text>>>>>,
    /// Where in a map the field of a node stood the last time.
    places: RefCell<Vec<Cell<u32>>>,
}

impl Memo {
    pub(super) fn is_kept(&self, node: NodeId) -> bool {
        self.kept.get(node as usize).copied().unwrap_or_default()
    }

    pub(super) fn value(&self, node: NodeId) -> Option<Outcome> {
        self.values.borrow().get(&node).cloned()
    }

    pub(super) fn keep(&self, node: NodeId, outcome: &Outcome) {
        if matches!(&outcome.what, What::Value(value) if value.is_wholly_known()) {
            self.values.borrow_mut().insert(node, outcome.clone());
        }
    }

    /// Whether a text is in the kept list of a node; `None` where that takes a closer look.
    pub(super) fn has_member(&self, node: NodeId, list: &Value, text: &Text) -> Option<bool> {
        let mut members = self.members.borrow_mut();
        let set = members.entry(node).or_insert_with(|| {
            let items = &list.as_list().filter(|list| list.rest.is_none() && list.items.len() >= LONG)?.items;
            items.iter().map(|item| item.as_str().map(Text::from)).collect::<Option<FxHashSet<Text>>>().map(Rc::new)
        });
        set.as_ref().map(|set| set.contains(text))
    }

    /// The value under a key that a node reads. Resources of one kind have their fields in much the same order.
    pub(super) fn find<'v>(&self, node: NodeId, map: &'v Map, key: &str) -> Option<&'v Value> {
        let mut places = self.places.borrow_mut();
        if places.is_empty() {
            places.resize(self.kept.len(), Cell::new(0));
        }
        let place = places.get(node as usize)?;
        if let Some(entry) = map.entries.get(place.get() as usize).filter(|entry| entry.key == key) {
            return Some(&entry.value);
        }
        let at = map.entries.iter().position(|entry| entry.key == key)?;
        place.set(u32::try_from(at).unwrap_or_default());
        map.entries.get(at).map(|entry| &entry.value)
    }
}

/// Whether a value is a plain text.
pub(super) fn plain_text(what: &What) -> Option<&Text> {
    match what {
        What::Value(Value { data: Data::String(text), .. }) => Some(text),
        _ => None,
    }
}
