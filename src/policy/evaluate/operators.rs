//! Operators: logic in three values, equality, order, arithmetic, membership.

use std::cmp::Ordering;

use crate::policy::expression::{Arithmetic, Comparison, NodeId, Slice};
use crate::value::{
    Data, Entry, List, ListKind, Map, MapKind, Number, OriginId, Symbol, Text, Truth, Value, equal, join_parts,
};

use super::{Condition, Evaluated, Evidence, Outcome, Run, Scene, What, as_item, join, of_truth};

/// Whether nothing is set; `None` where that is not known.
pub(super) fn is_nothing(value: &Value) -> Option<bool> {
    match &value.data {
        Data::Absent | Data::Null => Some(true),
        // What the service fills in is there once it runs; anything else that is open may turn out to be null.
        Data::Unknown(unknown) => matches!(unknown.symbol, Some(Symbol::Resource { .. })).then_some(false),
        _ => Some(false),
    }
}

/// Equality as far as it is known.
pub(super) fn same(left: &Value, right: &Value) -> Truth {
    match (&left.data, &right.data) {
        (Data::Absent | Data::Null, _) => is_nothing(right).map_or(Truth::Unknown, Truth::from),
        (_, Data::Absent | Data::Null) => is_nothing(left).map_or(Truth::Unknown, Truth::from),
        // Whatever the ARN of a resource will be, it is an ARN.
        (Data::Unknown(open), Data::String(text)) | (Data::String(text), Data::Unknown(open))
            if is_arn(open.symbol.as_ref()) && !text.starts_with("arn:") =>
        {
            Truth::False
        }
        _ => equal(left, right),
    }
}

/// Whether a symbol stands for the ARN of a resource or data source.
fn is_arn(symbol: Option<&Symbol>) -> bool {
    matches!(symbol, Some(Symbol::Resource { attribute, .. }) if matches!(attribute.as_str(), "arn" | "Arn"))
}

/// Why the first open one of some values is not known.
pub(super) fn reason(values: &[&Value]) -> (Text, OriginId) {
    values
        .iter()
        .find_map(|value| open_reason(value))
        .unwrap_or_else(|| ("the values are only partly known".into(), OriginId::NONE))
}

fn open_reason(value: &Value) -> Option<(Text, OriginId)> {
    match &value.data {
        Data::Unknown(unknown) => Some((unknown.why.clone(), value.origin)),
        Data::Parts(parts) => parts.iter().find_map(|part| match part {
            crate::value::Part::Open(unknown, origin) => Some((unknown.why.clone(), *origin)),
            crate::value::Part::Known(..) => None,
        }),
        Data::List(list) => list
            .items
            .iter()
            .find_map(open_reason)
            .or_else(|| list.rest.as_ref().map(|rest| (rest.why.clone(), value.origin))),
        Data::Map(map) => map
            .entries
            .iter()
            .find_map(|entry| open_reason(&entry.value))
            .or_else(|| map.rest.as_ref().map(|rest| (rest.why.clone(), value.origin))),
        _ => None,
    }
}

/// A number as CEL knows it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Numeric {
    Whole(i64),
    Double(f64),
}

impl Numeric {
    pub(super) fn of(what: &What) -> Option<Self> {
        match what {
            What::Double(float) => Some(Self::Double(*float)),
            What::Value(value) => value.as_number().map(Self::of_number),
            _ => None,
        }
    }

    pub(super) fn of_number(number: &Number) -> Self {
        number.as_i64().map_or_else(|| Self::Double(number.as_f64()), Self::Whole)
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what CEL computes with")]
    pub(super) fn as_f64(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Double(number) => number,
        }
    }

    /// The order of two numbers; `None` where one is none.
    pub(super) fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.cmp(&b)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }

    fn outcome(self, evidence: Vec<Evidence>) -> Outcome {
        match self {
            Self::Whole(number) => Outcome::number(number),
            Self::Double(number) => Outcome::new(What::Double(number)),
        }
        .with(evidence)
    }

    pub(super) fn compute(self, what: Arithmetic, other: Self) -> Result<Self, &'static str> {
        if let (Self::Whole(a), Self::Whole(b)) = (self, other) {
            if b == 0 && matches!(what, Arithmetic::Divide | Arithmetic::Remainder) {
                return Err("a number is divided by zero");
            }
            let result = match what {
                Arithmetic::Add => a.checked_add(b),
                Arithmetic::Subtract => a.checked_sub(b),
                Arithmetic::Multiply => a.checked_mul(b),
                Arithmetic::Divide => a.checked_div(b),
                Arithmetic::Remainder => a.checked_rem(b),
            };
            return result.map(Self::Whole).ok_or("the number is too large");
        }
        let (a, b) = (self.as_f64(), other.as_f64());
        Ok(Self::Double(match what {
            Arithmetic::Add => a + b,
            Arithmetic::Subtract => a - b,
            Arithmetic::Multiply => a * b,
            Arithmetic::Divide => a / b,
            Arithmetic::Remainder => return Err("only whole numbers have a remainder"),
        }))
    }
}

impl Run<'_, '_> {
    pub(super) fn not(&mut self, child: NodeId) -> Evaluated {
        let operand = self.node(child)?;
        Ok(match operand.as_truth() {
            Condition::Known(truth) => Outcome::truth(!truth, operand.evidence),
            other => of_condition(other, operand.evidence),
        })
    }

    pub(super) fn negate(&mut self, child: NodeId) -> Evaluated {
        let operand = self.node(child)?;
        Ok(match Numeric::of(&operand.what) {
            Some(Numeric::Whole(number)) => match number.checked_neg() {
                Some(number) => Outcome::number(number).with(operand.evidence),
                None => Outcome::error("the number is too large"),
            },
            Some(Numeric::Double(number)) => Outcome::new(What::Double(-number)).with(operand.evidence),
            None => match as_item(operand.what, OriginId::NONE) {
                Ok(Value { data: Data::Unknown(unknown), origin, .. }) => {
                    Outcome::unknown(unknown.why.clone(), origin, operand.evidence)
                }
                Ok(value) => Outcome::error(format!("a {} has no negative", value.type_name())),
                Err(other) => Outcome::new(other),
            },
        })
    }

    /// `&&` (decided by false) and `||` (decided by true). The other side is looked at too: either side may decide,
    /// whatever is wrong or open with the other, and both are evidence where both decide.
    pub(super) fn both(&mut self, left: NodeId, right: NodeId, decides: bool) -> Evaluated {
        let left = self.node(left)?;
        let first = left.as_truth();
        if first == Condition::Known(decides) && self.scene.only_result.get() {
            return Ok(Outcome::truth(decides, Vec::new()));
        }
        let right = self.node(right)?;
        let second = right.as_truth();
        Ok(match (first == Condition::Known(decides), second == Condition::Known(decides)) {
            (true, true) => Outcome::truth(decides, join(left.evidence, right.evidence)),
            (true, false) => Outcome::truth(decides, left.evidence),
            (false, true) => Outcome::truth(decides, right.evidence),
            (false, false) => match (first, second) {
                (Condition::Known(_), Condition::Known(_)) => {
                    Outcome::truth(!decides, join(left.evidence, right.evidence))
                }
                (Condition::Need(input), _) | (_, Condition::Need(input)) => Outcome::new(What::Need(input)),
                (Condition::Error(why), _) | (_, Condition::Error(why)) => Outcome::error(why),
                (Condition::Unknown(why, origin), Condition::Unknown(..)) => {
                    Outcome::unknown(why, origin, join(left.evidence, right.evidence))
                }
                (Condition::Unknown(why, origin), _) => Outcome::unknown(why, origin, left.evidence),
                (_, Condition::Unknown(why, origin)) => Outcome::unknown(why, origin, right.evidence),
            },
        })
    }

    pub(super) fn conditional(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> Evaluated {
        let condition = self.node(condition)?;
        Ok(match condition.as_truth() {
            Condition::Known(truth) => {
                let mut taken = self.node(if truth { yes } else { no })?;
                taken.evidence = join(taken.evidence, condition.evidence);
                taken
            }
            Condition::Unknown(why, origin) => {
                let (yes, no) = (self.node(yes)?, self.node(no)?);
                match (&yes.what, &no.what) {
                    (What::Value(a), What::Value(b)) if same(a, b) == Truth::True => yes,
                    _ => Outcome::unknown(why, origin, condition.evidence),
                }
            }
            other => of_condition(other, condition.evidence),
        })
    }

    pub(super) fn map(&mut self, slice: Slice) -> Evaluated {
        let children = self.program.slice(slice).to_vec();
        let mut entries: Vec<Entry> = Vec::with_capacity(children.len() / 2);
        for pair in children.chunks_exact(2) {
            let key = self.node(pair[0])?;
            let value = match as_item(self.node(pair[1])?.what, OriginId::NONE) {
                Ok(value) => value,
                Err(other) => return Ok(Outcome::new(other)),
            };
            match as_item(key.what, OriginId::NONE) {
                Ok(Value { data: Data::String(key), .. }) => {
                    if entries.iter().any(|entry| entry.key == key) {
                        return Ok(Outcome::error(format!("the map has the key `{key}` twice")));
                    }
                    entries.push(Entry::new(key, OriginId::NONE, value));
                }
                Ok(_) => return Ok(Outcome::error("a key of a map is not known")),
                Err(other) => return Ok(Outcome::new(other)),
            }
        }
        let map = Map { kind: MapKind::Object, entries, rest: None };
        Ok(Outcome::value(Value::new(Data::Map(map.into()), OriginId::NONE)))
    }

    pub(super) fn index(&mut self, of: NodeId, at: NodeId) -> Evaluated {
        let (of, at) = (self.node(of)?, self.node(at)?);
        if let (What::Value(Value { data: Data::List(list), .. }), What::Value(place)) = (&of.what, &at.what)
            && let Some(place) = place.as_i64()
            && list.rest.is_none()
        {
            return self.item(list, place, of.local);
        }
        let (whole, place) = match (as_item(of.what.clone(), OriginId::NONE), as_item(at.what.clone(), OriginId::NONE))
        {
            (Ok(whole), Ok(place)) => (whole, place),
            (Err(other), _) | (_, Err(other)) => return Ok(Outcome::new(other)),
        };
        let evidence = || join(of.evidence.clone(), at.evidence.clone());
        match (&whole.data, &place.data) {
            (Data::Absent | Data::Null, _) => Ok(self.scene.read(Value::absent(whole.origin), of.local)),
            (Data::Unknown(_), _) | (_, Data::Unknown(_) | Data::Parts(_)) => {
                let (why, origin) = reason(&[&whole, &place]);
                Ok(Outcome::unknown(why, origin, evidence()))
            }
            (Data::Map(_) | Data::Entity(_), Data::String(key)) => self.scene.field(&of, key, None),
            (Data::List(list), Data::Number(number)) => {
                let item = match number.as_i64() {
                    Some(place) => self.item(list, place, of.local)?,
                    None => Outcome::error(format!("the list has no item {number}")),
                };
                Ok(match &list.rest {
                    // A text names what is known.
                    Some(_) if self.scene.in_text.get() && matches!(item.what, What::Value(_)) => item,
                    Some(rest) => Outcome::unknown(rest.why.clone(), whole.origin, evidence()),
                    None => item,
                })
            }
            _ => Ok(Outcome::error(format!("a {} can't be indexed like this", whole.type_name()))),
        }
    }

    /// The item at a place among those that are there.
    fn item(&self, list: &List, place: i64, local: Option<u32>) -> Evaluated {
        self.scene.spend(1)?;
        let mut left = usize::try_from(place).unwrap_or(usize::MAX);
        for item in &list.items {
            let item = match self.scene.assignment.resolve(item) {
                Ok(item) if item.is_absent() => continue,
                Ok(item) => item,
                Err(input) => return Ok(Outcome::new(What::Need(input))),
            };
            if left == 0 {
                return Ok(self.scene.read(item.clone(), local));
            }
            left -= 1;
        }
        Ok(Outcome::error(format!("the list has no item {place}")))
    }
}

/// An undecided condition as an outcome.
pub(super) fn of_condition(condition: Condition, evidence: Vec<Evidence>) -> Outcome {
    match condition {
        Condition::Known(truth) => Outcome::truth(truth, evidence),
        Condition::Unknown(why, origin) => Outcome::unknown(why, origin, evidence),
        Condition::Need(input) => Outcome::new(What::Need(input)),
        Condition::Error(why) => Outcome::error(why),
    }
}

impl Scene<'_> {
    pub(super) fn compare(&self, what: Comparison, left: Outcome, right: Outcome) -> Evaluated {
        let evidence = join(left.evidence, right.evidence);
        if let (Some(a), Some(b)) = (Numeric::of(&left.what), Numeric::of(&right.what)) {
            return Ok(match (a.order(b), what) {
                (Some(ordering), _) => Outcome::truth(holds(what, ordering), evidence),
                // What is no number differs from everything, and is in no order with anything.
                (None, Comparison::Equal) => Outcome::truth(false, evidence),
                (None, Comparison::NotEqual) => Outcome::truth(true, evidence),
                (None, _) => Outcome::error("the result of a calculation is no number"),
            });
        }
        let negated = what == Comparison::NotEqual;
        match (left.what, right.what) {
            (What::Need(input), _) | (_, What::Need(input)) => Ok(Outcome::new(What::Need(input))),
            (What::Error(why), _) | (_, What::Error(why)) => Ok(Outcome::error(why)),
            (What::AtLeast(least, why), What::Value(value)) => Ok(compare_least(what, least, &why, &value, evidence)),
            (What::Value(value), What::AtLeast(least, why)) => {
                Ok(compare_least(mirrored(what), least, &why, &value, evidence))
            }
            (What::AtLeast(_, why), _) | (_, What::AtLeast(_, why)) => {
                Ok(Outcome::unknown(why, OriginId::NONE, evidence))
            }
            // A double beside something that is no number.
            (What::Double(_), What::Value(value)) | (What::Value(value), What::Double(_)) => {
                Ok(match (&value.data, what) {
                    (Data::Unknown(unknown), _) => Outcome::unknown(unknown.why.clone(), value.origin, evidence),
                    (_, Comparison::Equal | Comparison::NotEqual) => Outcome::truth(negated, evidence),
                    _ => Outcome::error(format!("a number and a {} have no order", value.type_name())),
                })
            }
            (What::Value(left), What::Value(right)) => match what {
                Comparison::Equal | Comparison::NotEqual if is_plain(&left) && is_plain(&right) => {
                    let equal = same(&left, &right) == Truth::True;
                    Ok(Outcome::truth(equal != negated, evidence))
                }
                Comparison::Equal | Comparison::NotEqual => {
                    let (left, right) = match (self.settle_deep(&left), self.settle_deep(&right)) {
                        (Ok(left), Ok(right)) => (left, right),
                        (Err(input), _) | (_, Err(input)) => return Ok(Outcome::new(What::Need(input))),
                    };
                    self.spend(weight(&left) + weight(&right))?;
                    let truth = same(&left, &right);
                    let truth = if negated { !truth } else { truth };
                    Ok(of_truth(truth, || reason(&[&left, &right]), evidence))
                }
                _ => Ok(ordered(what, &left, &right, evidence)),
            },
            _ => Ok(Outcome::error("the project and the options can't be compared")),
        }
    }

    pub(super) fn arithmetic(&self, what: Arithmetic, left: Outcome, right: Outcome) -> Evaluated {
        let evidence = join(left.evidence, right.evidence);
        if let (Some(a), Some(b)) = (Numeric::of(&left.what), Numeric::of(&right.what)) {
            return Ok(match a.compute(what, b) {
                Ok(number) => number.outcome(evidence),
                Err(why) => Outcome::error(why),
            });
        }
        let (left, right) = match (left.what, right.what) {
            (What::Need(input), _) | (_, What::Need(input)) => return Ok(Outcome::new(What::Need(input))),
            (What::Error(why), _) | (_, What::Error(why)) => return Ok(Outcome::error(why)),
            (What::Value(left), What::Value(right)) => (left, right),
            (What::AtLeast(least, why), What::Value(value)) | (What::Value(value), What::AtLeast(least, why)) => {
                let added = value.as_i64().filter(|_| what == Arithmetic::Add).and_then(|more| least.checked_add(more));
                return Ok(match added {
                    Some(least) => Outcome::new(What::AtLeast(least, why)).with(evidence),
                    None => Outcome::unknown(why, OriginId::NONE, evidence),
                });
            }
            (What::AtLeast(a, why), What::AtLeast(b, _)) if what == Arithmetic::Add => {
                return Ok(match a.checked_add(b) {
                    Some(least) => Outcome::new(What::AtLeast(least, why)).with(evidence),
                    None => Outcome::error("the number is too large"),
                });
            }
            (What::AtLeast(_, why), _) | (_, What::AtLeast(_, why)) => {
                return Ok(Outcome::unknown(why, OriginId::NONE, evidence));
            }
            (left, right) => match (as_item(left, OriginId::NONE), as_item(right, OriginId::NONE)) {
                (Ok(left), Ok(right)) => (left, right),
                (Err(other), _) | (_, Err(other)) => return Ok(Outcome::new(other)),
            },
        };
        self.spend(weight(&left) + weight(&right))?;
        let value = match (&left.data, &right.data) {
            (Data::String(_) | Data::Parts(_), Data::String(_) | Data::Parts(_) | Data::Unknown(_))
            | (Data::Unknown(_), Data::String(_) | Data::Parts(_))
                if what == Arithmetic::Add =>
            {
                let (a, b) = (crate::value::text::parts(&left), crate::value::text::parts(&right));
                join_parts(a.unwrap_or_default().into_iter().chain(b.unwrap_or_default()), left.origin)
            }
            (Data::List(a), Data::List(b)) if what == Arithmetic::Add => {
                let items = a.items.iter().chain(&b.items).cloned().collect();
                let rest = a.rest.clone().or_else(|| b.rest.clone());
                Value::new(Data::List(List { kind: ListKind::Tuple, items, rest }.into()), left.origin)
            }
            (Data::Unknown(_), _) | (_, Data::Unknown(_)) => {
                let (why, origin) = reason(&[&left, &right]);
                return Ok(Outcome::unknown(why, origin, evidence));
            }
            _ => {
                let message = format!("a {} and a {} can't be computed with", left.type_name(), right.type_name());
                return Ok(Outcome::error(message));
            }
        };
        Ok(Outcome::value(value).with(evidence))
    }

    /// `item in list`, `key in map`.
    pub(super) fn member(&self, item: &Outcome, list: &Outcome) -> Evaluated {
        let (value, whole) =
            match (as_item(item.what.clone(), OriginId::NONE), as_item(list.what.clone(), OriginId::NONE)) {
                (Ok(value), Ok(whole)) => (value, whole),
                (Err(other), _) | (_, Err(other)) => return Ok(Outcome::new(other)),
            };
        let value = match self.settle_deep(&value) {
            Ok(value) => value,
            Err(input) => return Ok(Outcome::new(What::Need(input))),
        };
        let evidence = || join(item.evidence.clone(), list.evidence.clone());
        let mut truth = Truth::False;
        let mut open = None;
        let mut need = None;
        match &whole.data {
            Data::Absent | Data::Null => {}
            Data::Unknown(unknown) => {
                truth = Truth::Unknown;
                open = Some((unknown.why.clone(), whole.origin));
            }
            Data::List(list) => {
                for candidate in &list.items {
                    self.spend(1)?;
                    let candidate = match self.settle_deep(candidate) {
                        Ok(candidate) if candidate.is_absent() => continue,
                        Ok(candidate) => candidate,
                        Err(input) => {
                            need.get_or_insert(input);
                            continue;
                        }
                    };
                    let one = same(&value, &candidate);
                    if one == Truth::Unknown && open.is_none() {
                        open = Some(reason(&[&value, &candidate]));
                    }
                    truth = truth.or(one);
                }
                if let Some(rest) = &list.rest {
                    truth = truth.or(Truth::Unknown);
                    open.get_or_insert((rest.why.clone(), whole.origin));
                }
            }
            Data::Map(map) => {
                for entry in &map.entries {
                    self.spend(1)?;
                    let there = match self.settle(&entry.value) {
                        Ok(value) => !value.is_absent(),
                        Err(input) => {
                            need.get_or_insert(input);
                            continue;
                        }
                    };
                    let one = same(&value, &Value::string(entry.key.clone(), OriginId::NONE));
                    if there {
                        truth = truth.or(one);
                    }
                }
                if let Some(rest) = &map.rest {
                    truth = truth.or(Truth::Unknown);
                    open.get_or_insert((rest.why.clone(), whole.origin));
                }
            }
            _ => return Ok(Outcome::error(format!("a {} has no members", whole.type_name()))),
        }
        if truth != Truth::True
            && let Some(input) = need
        {
            return Ok(Outcome::new(What::Need(input)));
        }
        Ok(of_truth(truth, || open.unwrap_or_else(|| reason(&[&value])), evidence()))
    }
}

/// A known value with nothing in it.
fn is_plain(value: &Value) -> bool {
    matches!(value.data, Data::Absent | Data::Null | Data::Bool(_) | Data::Number(_) | Data::Entity(_))
        || value.as_str().is_some_and(|text| text.len() < 64)
}

/// How much work a value is, with all that is in it: what looks at a value may walk through the whole of it. A value
/// that is larger or deeper than any evaluation may be counts as more than the budget.
pub(super) fn weight(value: &Value) -> usize {
    let mut total = 0;
    add_weight(value, 0, &mut total);
    total
}

/// How deep lists and maps in a value may be nested.
const MOST_NESTED: usize = 64;

/// More than any budget has room for ([`super::STEPS`]).
const TOO_MUCH: usize = 1 << 20;

fn add_weight(value: &Value, depth: usize, total: &mut usize) {
    if depth > MOST_NESTED {
        *total = TOO_MUCH;
    }
    // Lists that hold the same list many times over are walked no further than the budget reaches.
    if *total >= TOO_MUCH {
        return;
    }
    *total += 1;
    match &value.data {
        Data::String(text) => *total += text.len() / 32,
        Data::Parts(parts) => *total += parts.len(),
        Data::List(list) => list.items.iter().for_each(|item| add_weight(item, depth + 1, total)),
        Data::Map(map) => map.entries.iter().for_each(|entry| add_weight(&entry.value, depth + 1, total)),
        _ => {}
    }
}

fn ordered(what: Comparison, left: &Value, right: &Value, evidence: Vec<Evidence>) -> Outcome {
    let ordering = match (&left.data, &right.data) {
        (Data::String(a), Data::String(b)) => a.as_str().cmp(b.as_str()),
        (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
        (Data::Absent | Data::Null, _) | (_, Data::Absent | Data::Null) => {
            return Outcome::error("nothing is set where a value is compared");
        }
        (Data::Unknown(_) | Data::Parts(_), _) | (_, Data::Unknown(_) | Data::Parts(_)) => {
            let (why, origin) = reason(&[left, right]);
            return Outcome::unknown(why, origin, evidence);
        }
        _ => return Outcome::error(format!("a {} and a {} have no order", left.type_name(), right.type_name())),
    };
    Outcome::truth(holds(what, ordering), evidence)
}

/// Whether a comparison holds for an order.
pub(super) fn holds(what: Comparison, ordering: Ordering) -> bool {
    match what {
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
    }
}

fn mirrored(what: Comparison) -> Comparison {
    match what {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

/// A number of which only the least is known, compared with a known one.
fn compare_least(what: Comparison, least: i64, why: &Text, value: &Value, evidence: Vec<Evidence>) -> Outcome {
    let Some(number) = value.as_number() else {
        return match &value.data {
            Data::Unknown(unknown) => Outcome::unknown(unknown.why.clone(), value.origin, evidence),
            _ => Outcome::error("a size is compared with something else than a number"),
        };
    };
    let ordering = Numeric::Whole(least).order(Numeric::of_number(number));
    let (above, reached) = (ordering.is_some_and(Ordering::is_gt), ordering.is_some_and(Ordering::is_ge));
    let truth = match what {
        Comparison::Greater if above => Truth::True,
        Comparison::GreaterOrEqual if reached => Truth::True,
        Comparison::Less if reached => Truth::False,
        Comparison::LessOrEqual | Comparison::Equal if above => Truth::False,
        Comparison::NotEqual if above => Truth::True,
        _ => Truth::Unknown,
    };
    of_truth(truth, || (why.clone(), OriginId::NONE), evidence)
}
