//! The macros over lists and maps, and membership.

use std::rc::Rc;

use crate::policy::expression::{Each, Node, NodeId};
use crate::value::{InputId, Value};

use super::super::operators::Numeric;
use super::compare::{as_text, equal};
use super::walk::Run;
use super::{Answer, Got, Stop, item};

/// What a macro has seen.
#[derive(Default)]
struct Tally<'v> {
    /// The items that fulfil the condition, where they are asked for.
    kept: Vec<Got<'v>>,
    holds: usize,
    need: Option<InputId>,
    is_open: bool,
    is_wrong: bool,
}

impl<'v> Run<'_, 'v> {
    pub(super) fn each(&mut self, what: Each, list: NodeId, local: u32, body: NodeId) -> Answer<'v> {
        let source = self.node(list)?;
        let mut tally = Tally::default();
        match &source {
            Got::Nothing => {}
            Got::Items(items) => {
                for item in items.iter() {
                    if self.hear(what, item.clone(), local, body, &mut tally) {
                        break;
                    }
                }
            }
            Got::List(list) => {
                tally.is_open = list.rest.is_some();
                for item in &list.items {
                    let item = match self.resolve(item) {
                        Ok(item) => item,
                        Err(stop) => {
                            tally.stop(stop);
                            continue;
                        }
                    };
                    if item.is_absent() {
                        continue;
                    }
                    let item = self.got(item)?;
                    if self.hear(what, item, local, body, &mut tally) {
                        break;
                    }
                }
            }
            Got::Map(map) => {
                tally.is_open = map.rest.is_some();
                for entry in &map.entries {
                    let value = match self.resolve(&entry.value) {
                        Ok(value) => value,
                        Err(stop) => {
                            tally.stop(stop);
                            continue;
                        }
                    };
                    if !value.is_absent() && self.hear(what, Got::Text(&entry.key), local, body, &mut tally) {
                        break;
                    }
                }
            }
            other => return Err(other.stop()),
        }
        tally.result(what)
    }

    /// Looks at one item; whether the result is decided.
    fn hear(&mut self, what: Each, item: Got<'v>, local: u32, body: NodeId, tally: &mut Tally<'v>) -> bool {
        self.quick.steps += 1;
        self.quick.locals.truncate(local as usize);
        self.quick.locals.push(item.clone());
        if what == Each::Map {
            let answer = match &item {
                Got::Opaque(stop) => Err(*stop),
                _ => self.node(body),
            };
            self.quick.locals.truncate(local as usize);
            match super::item(answer) {
                Ok(made) => tally.kept.push(made),
                Err(stop) => tally.stop(stop),
            }
            return tally.is_wrong;
        }
        let truth = match &item {
            Got::Opaque(stop) => Err(*stop),
            _ => self.truth(body),
        };
        self.quick.locals.truncate(local as usize);
        match truth {
            Ok(true) => {
                tally.holds += 1;
                if what == Each::Filter {
                    tally.kept.push(item);
                }
                what == Each::Exists
            }
            Ok(false) if what == Each::All => {
                // Counted from here on: the ones that do not hold.
                tally.holds = usize::MAX;
                true
            }
            Ok(false) => false,
            Err(stop) => {
                tally.stop(stop);
                false
            }
        }
    }

    /// `item in list`, `key in map`.
    pub(super) fn is_member(&mut self, wanted: NodeId, list: NodeId) -> Result<bool, Stop> {
        let wanted = self.node(wanted)?;
        // A written list of texts needs no list to be made.
        if let Node::List(slice) = self.program.node(list)
            && let Some(text) = as_text(&wanted)
        {
            self.spend(slice.len as usize)?;
            let program = self.program;
            let mut all_texts = true;
            for child in program.slice(slice) {
                match program.node(*child) {
                    Node::Text(known) if program.text(known) == text => return Ok(true),
                    Node::Text(_) => {}
                    _ => {
                        all_texts = false;
                        break;
                    }
                }
            }
            if all_texts {
                return Ok(false);
            }
        }
        let whole = self.node(list)?;
        self.spend(super::weight(&whole))?;
        let mut answer = Ok(false);
        let mut one = |result: Result<bool, Stop>| match (result, answer) {
            (Ok(true), _) => {
                answer = Ok(true);
                true
            }
            (Err(stop), Ok(false) | Err(Stop::Need(_))) => {
                answer = Err(stop);
                false
            }
            _ => false,
        };
        match &whole {
            Got::Nothing => {}
            Got::Items(items) => {
                let text = as_text(&wanted);
                let _ = items.iter().any(|item| match (text, item) {
                    // Most lists are of texts, and some are long.
                    (Some(text), Got::Text(known)) => text == *known && one(Ok(true)),
                    (Some(text), Got::Made(known)) => text == known.as_str() && one(Ok(true)),
                    _ => one(equal(&wanted, item)),
                });
            }
            Got::List(list) => {
                let is_found = list.items.iter().any(|item| one(self.is_equal_item(&wanted, item)));
                if !is_found && list.rest.is_some() {
                    one(Err(Stop::Open));
                }
            }
            Got::Map(map) => {
                let is_found = map.entries.iter().any(|entry| {
                    one(match self.resolve(&entry.value) {
                        Ok(value) if value.is_absent() => Ok(false),
                        Ok(_) => equal(&wanted, &Got::Text(&entry.key)),
                        Err(stop) => Err(stop),
                    })
                });
                if !is_found && map.rest.is_some() {
                    one(Err(Stop::Open));
                }
            }
            other => return Err(other.stop()),
        }
        answer
    }

    fn is_equal_item(&self, wanted: &Got<'v>, item: &'v Value) -> Result<bool, Stop> {
        let item = self.resolve(item)?;
        if item.is_absent() { Ok(false) } else { equal(wanted, &self.got(item)?) }
    }

    /// The items of a list, each as a value of its own; nothing has none.
    pub(super) fn items(&mut self, got: &Got<'v>) -> Result<Rc<[Got<'v>]>, Stop> {
        match got {
            Got::Nothing => Ok(Rc::new([])),
            Got::Items(items) => Ok(Rc::clone(items)),
            Got::List(list) if list.rest.is_none() => {
                self.quick.steps += list.items.len() as u64;
                let mut items = Vec::with_capacity(list.items.len());
                for one in &list.items {
                    let one = self.resolve(one)?;
                    if !one.is_absent() {
                        items.push(item(self.got(one))?);
                    }
                }
                Ok(items.into())
            }
            Got::List(_) => Err(Stop::Open),
            other => Err(other.stop()),
        }
    }
}

impl<'v> Tally<'v> {
    fn stop(&mut self, stop: Stop) {
        match stop {
            Stop::Need(input) => self.need = self.need.or(Some(input)),
            Stop::Open => self.is_open = true,
            Stop::Wrong => self.is_wrong = true,
        }
    }

    fn result(self, what: Each) -> Answer<'v> {
        match what {
            Each::Exists if self.holds > 0 => return Ok(Got::Bool(true)),
            Each::All if self.holds == usize::MAX => return Ok(Got::Bool(false)),
            _ => {}
        }
        if self.is_wrong {
            return Err(Stop::Wrong);
        }
        if what == Each::ExistsOne && self.holds > 1 {
            return Ok(Got::Bool(false));
        }
        if self.is_open {
            return match what {
                Each::Count if self.need.is_none() => {
                    i64::try_from(self.holds).map(Got::AtLeast).map_err(|_| Stop::Wrong)
                }
                _ => Err(Stop::Open),
            };
        }
        if let Some(input) = self.need {
            return Err(Stop::Need(input));
        }
        Ok(match what {
            Each::All => Got::Bool(true),
            Each::Exists => Got::Bool(false),
            Each::ExistsOne => Got::Bool(self.holds == 1),
            Each::Filter | Each::Map => Got::Items(self.kept.into()),
            Each::Count => Got::Number(Numeric::Whole(i64::try_from(self.holds).unwrap_or(i64::MAX))),
        })
    }
}
