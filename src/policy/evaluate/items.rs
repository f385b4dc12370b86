//! The macros over the items of lists and the keys of maps.

use std::sync::Arc;

use crate::policy::expression::{Each, NodeId};
use crate::value::{Data, InputId, List, ListKind, Map, OriginId, Text, Unknown, Value};

use super::{Condition, Evaluated, Evidence, Outcome, Run, What, as_item, join};

/// What a macro has seen of its items.
#[derive(Default)]
struct Tally {
    holds: Vec<(Value, Vec<Evidence>)>,
    fails: Vec<(Value, Vec<Evidence>)>,
    /// The first reason why an item is not decided, and how many there are.
    open: Option<(Text, OriginId, Vec<Evidence>)>,
    need: Option<InputId>,
    error: Option<Text>,
}

impl Run<'_, '_> {
    pub(super) fn each(&mut self, what: Each, list: NodeId, local: u32, body: NodeId) -> Evaluated {
        let source = self.node(list)?;
        let made;
        let whole = match &source.what {
            What::Value(value) if !value.is_absent() => value,
            other => match as_item(other.clone(), OriginId::NONE) {
                Ok(value) => {
                    made = value;
                    &made
                }
                Err(other) => return Ok(Outcome::new(other)),
            },
        };
        let mut tally = Tally::default();
        let mut mapped = Vec::new();
        let keys;
        let (items, rest): (&[Value], Option<&Arc<Unknown>>) = match &whole.data {
            Data::Absent | Data::Null => (&[], None),
            Data::List(list) => (&list.items, list.rest.as_ref()),
            Data::Map(map) => {
                keys = self.keys(map, &mut tally);
                (&keys, map.rest.as_ref())
            }
            Data::Unknown(unknown) => (&[], Some(unknown)),
            _ => return Ok(Outcome::error(format!("a {} has no items", whole.type_name()))),
        };
        for item in items {
            self.scene.spend(1)?;
            let item = match self.scene.assignment.resolve(item) {
                Ok(item) if item.is_absent() => continue,
                Ok(item) => item,
                Err(input) => {
                    tally.need.get_or_insert(input);
                    continue;
                }
            };
            let outcome = self.with_local(local, item, body)?;
            if what == Each::Map {
                match as_item(outcome.what, item.origin) {
                    Ok(value) => mapped.push(value),
                    Err(What::Need(input)) => tally.need = tally.need.or(Some(input)),
                    Err(What::Error(why)) => tally.error = tally.error.or(Some(why)),
                    Err(_) => {}
                }
                continue;
            }
            let with_evidence = !self.scene.only_result.get();
            tally.add(item, outcome, with_evidence.then_some(local));
            if !with_evidence && tally.is_decided(what) {
                break;
            }
        }
        let rest = rest.cloned();
        Ok(match what {
            Each::Map => finish_map(tally, mapped, rest, whole.origin, source.evidence, !self.scene.only_result.get()),
            Each::All => tally.decide(false, rest.as_deref(), &source),
            Each::Exists => tally.decide(true, rest.as_deref(), &source),
            Each::ExistsOne => tally.exactly_one(rest.as_deref(), &source),
            Each::Filter => tally.filter(rest, &source, !self.scene.only_result.get()),
            Each::Count => tally.count(rest.as_deref(), &source),
        })
    }

    /// The keys of a map as texts, without those of entries that are not there.
    fn keys(&self, map: &Map, tally: &mut Tally) -> Vec<Value> {
        let mut keys = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            match self.scene.assignment.resolve(&entry.value) {
                Ok(value) if value.is_absent() => {}
                Ok(value) => {
                    let origin = if entry.key_origin.is_none() { value.origin } else { entry.key_origin };
                    keys.push(Value::string(entry.key.clone(), origin));
                }
                Err(input) => {
                    tally.need.get_or_insert(input);
                }
            }
        }
        keys
    }

    fn with_local(&mut self, local: u32, item: &Value, body: NodeId) -> Evaluated {
        let mut value = self.scene.read(item.clone(), Some(local));
        value.local = Some(local);
        // Locals nest, so the place of a loop variable is always the end of the list.
        self.locals.truncate(local as usize);
        self.locals.push(value);
        let outcome = self.node(body);
        self.locals.truncate(local as usize);
        outcome
    }
}

impl Tally {
    /// Whether no further item can change the result; it may still add evidence.
    fn is_decided(&self, what: Each) -> bool {
        match what {
            Each::All => !self.fails.is_empty(),
            Each::Exists => !self.holds.is_empty(),
            _ => false,
        }
    }

    /// Hears what a condition is for an item; with evidence where the loop variable is given.
    fn add(&mut self, item: &Value, outcome: Outcome, local: Option<u32>) {
        let evidence = |evidence| local.map_or_else(Vec::new, |local| about(item, evidence, local));
        match outcome.as_truth() {
            Condition::Known(truth) => {
                let evidence = evidence(outcome.evidence);
                if truth {
                    self.holds.push((item.clone(), evidence));
                } else {
                    self.fails.push((item.clone(), evidence));
                }
            }
            Condition::Unknown(why, origin) => {
                let evidence = evidence(outcome.evidence);
                self.open.get_or_insert((why, origin, evidence));
            }
            Condition::Need(input) => {
                self.need.get_or_insert(input);
            }
            Condition::Error(why) => {
                self.error.get_or_insert(why);
            }
        }
    }

    /// What is open, as an outcome; `None` where all items are decided.
    fn undecided(&self, rest: Option<&Unknown>, source: &Outcome) -> Option<Outcome> {
        if let Some(input) = self.need {
            return Some(Outcome::new(What::Need(input)));
        }
        if let Some(why) = &self.error {
            return Some(Outcome::error(why.clone()));
        }
        if let Some((why, origin, evidence)) = &self.open {
            return Some(Outcome::unknown(why.clone(), *origin, evidence.clone()));
        }
        rest.map(|rest| Outcome::unknown(rest.why.clone(), origin(source), source.evidence.clone()))
    }

    /// `exists` (decided by an item that holds) and `all` (decided by one that does not).
    fn decide(self, decides: bool, rest: Option<&Unknown>, source: &Outcome) -> Outcome {
        let (deciding, others) = if decides { (&self.holds, &self.fails) } else { (&self.fails, &self.holds) };
        if !deciding.is_empty() {
            let evidence = deciding.iter().fold(Vec::new(), |all, (_, evidence)| join(all, evidence.clone()));
            return Outcome::truth(decides, evidence);
        }
        if let Some(undecided) = self.undecided(rest, source) {
            return undecided;
        }
        // Nothing in the list decides: the list itself is the evidence, then what is in it.
        let evidence = others.iter().fold(source.evidence.clone(), |all, (_, evidence)| join(all, evidence.clone()));
        Outcome::truth(!decides, evidence)
    }

    fn exactly_one(self, rest: Option<&Unknown>, source: &Outcome) -> Outcome {
        let evidence = || {
            let seen = self.holds.iter().fold(Vec::new(), |all, (_, evidence)| join(all, evidence.clone()));
            join(seen, source.evidence.clone())
        };
        if let Some(why) = &self.error {
            return Outcome::error(why.clone());
        }
        if self.holds.len() > 1 {
            return Outcome::truth(false, evidence());
        }
        match self.undecided(rest, source) {
            Some(undecided) => undecided,
            None => Outcome::truth(self.holds.len() == 1, evidence()),
        }
    }

    fn filter(self, rest: Option<Arc<Unknown>>, source: &Outcome, with_evidence: bool) -> Outcome {
        if self.need.is_some() || self.error.is_some() {
            return self.undecided(rest.as_deref(), source).unwrap_or_else(|| Outcome::error("an item is open"));
        }
        // An item that may or may not belong leaves the list open.
        let open =
            self.open.map(|(why, _, _)| Arc::new(Unknown { why, symbol: None, shape: crate::value::Shape::Any }));
        let evidence = if with_evidence {
            let own = self.holds.iter().map(|(item, _)| Evidence { value: item.clone(), local: source.local });
            // Of a list that was put together, what went into the other items has nothing to do with those that are
            // left; only where these name no places do the places of all of them stand for them.
            let (whole, is_placed) = (origin(source), self.holds.iter().any(|(item, _)| names_places(item)));
            let all = source.evidence.iter().filter(|one| !is_placed || one.value.origin == whole).cloned();
            join(own.collect(), all.collect())
        } else {
            Vec::new()
        };
        let items = self.holds.into_iter().map(|(item, _)| item).collect();
        let list = List { kind: ListKind::Tuple, items, rest: rest.or(open) };
        Outcome::value(Value::new(Data::List(list.into()), origin(source))).with(evidence)
    }

    fn count(self, rest: Option<&Unknown>, source: &Outcome) -> Outcome {
        let least = i64::try_from(self.holds.len()).unwrap_or(i64::MAX);
        let evidence = self.holds.iter().fold(Vec::new(), |all, (_, evidence)| join(all, evidence.clone()));
        let evidence = join(evidence, source.evidence.clone());
        if self.need.is_some() || self.error.is_some() {
            return self.undecided(rest, source).unwrap_or_else(|| Outcome::error("an item is open"));
        }
        match (&self.open, rest) {
            (Some((why, ..)), _) => Outcome::new(What::AtLeast(least, why.clone())).with(evidence),
            (None, Some(rest)) => Outcome::new(What::AtLeast(least, rest.why.clone())).with(evidence),
            (None, None) => Outcome::number(least).with(evidence),
        }
    }
}

/// Whether an item is a list that was put together of values with places.
fn names_places(item: &Value) -> bool {
    item.origin.is_none() && item.as_list().is_some_and(|list| list.items.iter().any(|inner| !inner.origin.is_none()))
}

fn finish_map(
    tally: Tally,
    mapped: Vec<Value>,
    rest: Option<Arc<Unknown>>,
    origin: OriginId,
    evidence: Vec<Evidence>,
    with_evidence: bool,
) -> Outcome {
    if let Some(input) = tally.need {
        return Outcome::new(What::Need(input));
    }
    if let Some(why) = tally.error {
        return Outcome::error(why);
    }
    let own = mapped.iter().filter(|value| with_evidence && !value.origin.is_none());
    let own = own.map(|value| Evidence { value: value.clone(), local: None }).collect();
    let list = List { kind: ListKind::Tuple, items: mapped, rest };
    Outcome::value(Value::new(Data::List(list.into()), origin)).with(join(own, evidence))
}

/// The evidence of a decided item: what was read from the item comes first, and where nothing was, the item itself.
fn about(item: &Value, evidence: Vec<Evidence>, local: u32) -> Vec<Evidence> {
    let (mut own, others): (Vec<Evidence>, Vec<Evidence>) =
        evidence.into_iter().partition(|one| one.local == Some(local));
    if own.is_empty() && !item.origin.is_none() {
        own.push(Evidence { value: item.clone(), local: None });
    }
    // From outside the loop they are plain evidence; a loop around this one may use the same number.
    for one in &mut own {
        one.local = None;
    }
    join(own, others)
}

fn origin(source: &Outcome) -> OriginId {
    match &source.what {
        What::Value(value) => value.origin,
        _ => OriginId::NONE,
    }
}
