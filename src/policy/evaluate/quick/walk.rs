//! One walk over one program: what its nodes are, and whether its conditions hold.

use std::rc::Rc;

use crate::policy::expression::{Comparison, Node, NodeId, Program, Slice};

use super::super::operators::Numeric;
use super::super::{MOST_DEPTH, STEPS};
use super::compare::{arithmetic, as_text, compare, is_nothing};
use super::{Answer, Got, Quick, Stop, condition, item, weight};

/// One walk over one program.
pub(super) struct Run<'q, 'v> {
    pub quick: &'q mut Quick<'v>,
    pub program: &'v Program,
    /// The program's nodes, borrowed once for all that are visited.
    pub nodes: &'v [Node],
    /// The program's first node among those of the page.
    pub first: usize,
}

impl<'v> Run<'_, 'v> {
    /// What a node is. What conditions are mostly made of stands here, so that it is reached with little ado.
    pub(super) fn node(&mut self, id: NodeId) -> Answer<'v> {
        self.quick.steps += 1;
        Ok(match self.at(id) {
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
            Node::Field { of, name } => {
                self.enter()?;
                let name = self.program.text(name);
                let answer = if matches!(self.at(of), Node::Subject) {
                    self.quick.steps += 1;
                    self.field_of_entity(self.quick.entity, name, id)
                } else {
                    self.node(of).and_then(|of| self.field(of, name, id))
                };
                self.quick.depth -= 1;
                return answer;
            }
            Node::Let(index) => {
                self.enter()?;
                let answer = self.quick.named(index as usize);
                self.quick.depth -= 1;
                return answer;
            }
            node @ (Node::Not(_)
            | Node::And(..)
            | Node::Or(..)
            | Node::Compare(..)
            | Node::Has { .. }
            | Node::In(..)) => Got::Bool(self.decide(id, node)?),
            node => {
                self.enter()?;
                let answer = self.compute(id, node);
                self.quick.depth -= 1;
                return answer;
            }
        })
    }

    /// The truth of a condition, where nothing counts as false.
    pub(super) fn truth(&mut self, id: NodeId) -> Result<bool, Stop> {
        match self.at(id) {
            node @ (Node::Not(_)
            | Node::And(..)
            | Node::Or(..)
            | Node::Compare(..)
            | Node::Has { .. }
            | Node::In(..)) => {
                self.quick.steps += 1;
                self.decide(id, node)
            }
            _ => condition(&self.node(id)?),
        }
    }

    pub(super) fn at(&self, id: NodeId) -> Node {
        self.nodes.get(id as usize).copied().unwrap_or(Node::Null)
    }

    /// Goes one level deeper, which has a bound, as the number of steps has.
    fn enter(&mut self) -> Result<(), Stop> {
        if self.quick.steps > STEPS || self.quick.depth >= MOST_DEPTH {
            return Err(Stop::Wrong);
        }
        self.quick.depth += 1;
        Ok(())
    }

    /// Pays for work that takes more than one step, before it is done.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        self.quick.steps = self.quick.steps.saturating_add(steps as u64);
        if self.quick.steps > STEPS { Err(Stop::Wrong) } else { Ok(()) }
    }

    /// What is true or false.
    fn decide(&mut self, id: NodeId, node: Node) -> Result<bool, Stop> {
        self.enter()?;
        let answer = match node {
            Node::Not(child) => self.truth(child).map(|truth| !truth),
            Node::And(left, right) => self.both(left, right, false),
            Node::Or(left, right) => self.both(left, right, true),
            Node::Compare(what, left, right) => self.compare(what, left, right),
            Node::Has { of, name } => {
                let name = self.program.text(name);
                self.node(of).and_then(|of| self.has(of, name, id))
            }
            Node::In(wanted, list) => self.is_member(wanted, list),
            _ => Err(Stop::Wrong),
        };
        self.quick.depth -= 1;
        answer
    }

    fn compare(&mut self, what: Comparison, left: NodeId, right: NodeId) -> Result<bool, Stop> {
        let got = self.node(left)?;
        // Most comparisons are with nothing, or with a text that is written in the page.
        let is_equal = what == Comparison::Equal;
        if is_equal || what == Comparison::NotEqual {
            match self.at(right) {
                Node::Null => {
                    self.quick.steps += 1;
                    return is_nothing(&got).map(|nothing| nothing == is_equal);
                }
                Node::Text(text) => {
                    if let Some(known) = as_text(&got) {
                        self.quick.steps += 1;
                        return Ok((known == self.program.text(text)) == is_equal);
                    }
                }
                _ => {}
            }
        }
        let other = self.node(right)?;
        self.spend(weight(&got).min(weight(&other)))?;
        compare(what, &got, &other)
    }

    /// `&&` (decided by false) and `||` (decided by true): either side may decide, whatever the other one is.
    fn both(&mut self, left: NodeId, right: NodeId, decides: bool) -> Result<bool, Stop> {
        let left = self.truth(left);
        if left == Ok(decides) {
            return Ok(decides);
        }
        let right = self.truth(right);
        if right == Ok(decides) {
            return Ok(decides);
        }
        // What takes the long way may decide there, so it comes before what hangs on an input.
        match (left, right) {
            (Err(Stop::Need(_)), Err(stop)) => Err(stop),
            (left, right) => left.and(right),
        }
    }

    /// What the rarer operations give.
    #[inline(never)]
    fn compute(&mut self, id: NodeId, node: Node) -> Answer<'v> {
        match node {
            Node::Index { of, at } => {
                let (of, at) = (self.node(of)?, self.node(at)?);
                self.index(&of, &at, id)
            }
            Node::List(slice) => self.list(slice, id),
            Node::Map(_) => Err(Stop::Open),
            Node::Negate(child) => match self.node(child)? {
                Got::Number(Numeric::Whole(number)) => {
                    Ok(Got::Number(Numeric::Whole(number.checked_neg().ok_or(Stop::Wrong)?)))
                }
                Got::Number(Numeric::Double(number)) => Ok(Got::Number(Numeric::Double(-number))),
                _ => Err(Stop::Wrong),
            },
            Node::Conditional { condition, yes, no } => {
                let truth = self.truth(condition)?;
                self.node(if truth { yes } else { no })
            }
            Node::Arithmetic(what, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.spend(weight(&left) + weight(&right))?;
                arithmetic(what, &left, &right)
            }
            Node::Each { what, list, local, body } => self.each(what, list, local, body),
            Node::Call { function, arguments } => self.call(function, self.program.slice(arguments)),
            // Everything else was looked at before.
            _ => Err(Stop::Wrong),
        }
    }

    /// A list that is written in the page. One of nothing but texts and numbers is made once.
    fn list(&mut self, slice: Slice, id: NodeId) -> Answer<'v> {
        let place = self.first + id as usize;
        if let Some((_, known)) = self.quick.written.iter().find(|(at, _)| *at == place) {
            return Ok(Got::Items(Rc::clone(known)));
        }
        let children = self.program.slice(slice);
        let is_constant = !children.is_empty()
            && children.iter().all(|child| matches!(self.at(*child), Node::Text(_) | Node::Integer(_)));
        let mut items = Vec::with_capacity(children.len());
        for child in children {
            items.push(item(self.node(*child))?);
        }
        let items: Rc<[Got<'v>]> = items.into();
        if is_constant {
            self.quick.written.push((place, Rc::clone(&items)));
        }
        Ok(Got::Items(items))
    }
}
