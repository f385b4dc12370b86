//! Open inputs, their cases, and functions over values that depend on them.
//!
//! Each input has a fixed partition of what it may be (its cases), decided before anything is evaluated: the allowed
//! values of a parameter, the constants that conditions compare it with and "anything else", true and false. All
//! choices on one input therefore have the same cases, and conditions on one input never contradict each other.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::source::Span;

use super::data::{Choice, Data, Entry, List, Map, Text, Value};
use super::origin::OriginId;
use super::truth::Truth;

/// Index of an input in its project's [`Inputs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputId(pub u32);

/// What an input is to its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    Parameter,
    /// `AWS::Region` and its like.
    PseudoParameter,
    Variable,
    /// `terraform.workspace`.
    Workspace,
    /// Something else that is open, named by its expression.
    Other,
}

/// Something that the code leaves open and that its user decides.
#[derive(Clone, Debug)]
pub struct Input {
    /// As it is called in the source: `Environment`, `AWS::Region`, `env`.
    pub name: Text,
    pub kind: InputKind,
    /// Where it is declared.
    pub span: Option<Span>,
    /// At least one; they exclude each other and together are all that the input may be.
    pub cases: Vec<Case>,
    /// Which case the default falls into, where there is one.
    pub default: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Case {
    /// How the case is shown: `prod`, `true`, `""`; for the rest case `anything else`.
    pub label: Text,
    /// What the input is in this case; an unknown in the rest case.
    pub value: Value,
    /// The case that stands for all values that no other case names.
    pub is_rest: bool,
}

/// The inputs of a project.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    list: Vec<Input>,
    /// Truth values (bool, choice, unknown) that hold in every deployment; combinations of cases in which one is
    /// known to be false do not occur (CloudFormation `Rules`, Terraform `validation`).
    pub constraints: Vec<Value>,
}

impl Inputs {
    pub fn add(&mut self, input: Input) -> InputId {
        let id = InputId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(input);
        id
    }

    #[must_use]
    pub fn get(&self, id: InputId) -> &Input {
        &self.list[id.0 as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (InputId, &Input)> {
        (0u32..).map(InputId).zip(&self.list)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The value of an input as a choice over all its cases (the plain value where there is only one case).
    #[must_use]
    pub fn value(&self, id: InputId, origin: OriginId) -> Value {
        let input = self.get(id);
        if let [only] = input.cases.as_slice() {
            return only.value.clone().at(origin);
        }
        let cases = input.cases.iter().map(|case| case.value.clone().at(origin)).collect();
        Value::new(Data::Choice(Arc::new(Choice { input: id, cases })), origin)
    }

    /// Whether a combination of cases can occur: no constraint is known to be false in it.
    #[must_use]
    pub fn is_possible(&self, assignment: &Assignment) -> bool {
        !self
            .constraints
            .iter()
            .any(|constraint| matches!(assignment.resolve(constraint), Ok(Value { data: Data::Bool(false), .. })))
    }

    /// The combination in words: `Environment is prod and Region is eu-west-1`; `None` for the empty one.
    #[must_use]
    pub fn describe(&self, assignment: &Assignment) -> Option<String> {
        let parts: Vec<String> = assignment.iter().map(|(id, case)| self.describe_cases(id, &[case])).collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// Some cases of one input in words: `Environment is dev or test`, `Environment is none of dev, prod`.
    #[must_use]
    pub fn describe_cases(&self, id: InputId, cases: &[usize]) -> String {
        let input = self.get(id);
        let rest = cases.iter().any(|case| input.cases.get(*case).is_some_and(|case| case.is_rest));
        let label = |case: &Case| case.label.to_string();
        if rest {
            // The rest case is said by what it is not.
            let not: Vec<String> = input
                .cases
                .iter()
                .enumerate()
                .filter(|(index, _)| !cases.contains(index))
                .map(|(_, case)| label(case))
                .collect();
            return match not.as_slice() {
                [] => format!("{} is anything", input.name),
                [one] => format!("{} is not {one}", input.name),
                many => format!("{} is none of {}", input.name, many.join(", ")),
            };
        }
        let labels: Vec<String> = cases.iter().filter_map(|case| input.cases.get(*case)).map(label).collect();
        match labels.split_last() {
            None => format!("{} is nothing", input.name),
            Some((only, [])) => format!("{} is {only}", input.name),
            Some((last, others)) => format!("{} is {} or {last}", input.name, others.join(", ")),
        }
    }
}

/// Which case each of some inputs is in. Small and sorted by input.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assignment {
    list: SmallVec<[(InputId, usize); 2]>,
}

impl Assignment {
    #[must_use]
    pub fn get(&self, input: InputId) -> Option<usize> {
        self.list.binary_search_by_key(&input, |(id, _)| *id).ok().map(|at| self.list[at].1)
    }

    /// The assignment with one more input decided.
    #[must_use]
    pub fn with(&self, input: InputId, case: usize) -> Self {
        let mut list = self.list.clone();
        match list.binary_search_by_key(&input, |(id, _)| *id) {
            Ok(at) => list[at].1 = case,
            Err(at) => list.insert(at, (input, case)),
        }
        Self { list }
    }

    pub fn iter(&self) -> impl Iterator<Item = (InputId, usize)> + '_ {
        self.list.iter().copied()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Follows choices at the top of a value as far as the assignment decides them.
    ///
    /// # Errors
    /// The first input that would have to be decided as well.
    pub fn resolve<'v>(&self, mut value: &'v Value) -> Result<&'v Value, InputId> {
        while let Data::Choice(choice) = &value.data {
            let case = self.get(choice.input).ok_or(choice.input)?;
            match choice.cases.get(case) {
                Some(taken) => value = taken,
                None => return Err(choice.input),
            }
        }
        Ok(value)
    }

    /// The value with every choice that the assignment decides replaced by its case, at any depth; other choices
    /// stay.
    #[must_use]
    pub fn apply(&self, value: &Value) -> Value {
        match &value.data {
            Data::Choice(choice) => match self.get(choice.input).and_then(|case| choice.cases.get(case)) {
                Some(taken) => self.apply(taken),
                None => {
                    let cases = choice
                        .cases
                        .iter()
                        .enumerate()
                        .map(|(case, value)| self.with(choice.input, case).apply(value))
                        .collect();
                    Value::new(Data::Choice(Arc::new(Choice { input: choice.input, cases })), value.origin)
                }
            },
            Data::List(list) if list.items.iter().any(|item| !item.is_wholly_known()) => {
                let items = list.items.iter().map(|item| self.apply(item)).collect();
                Value::new(Data::List(Arc::new(List { kind: list.kind, items, rest: list.rest.clone() })), value.origin)
            }
            Data::Map(map) if map.entries.iter().any(|entry| !entry.value.is_wholly_known()) => {
                let entries = map
                    .entries
                    .iter()
                    .map(|entry| Entry::new(entry.key.clone(), entry.key_origin, self.apply(&entry.value)))
                    .collect();
                Value::new(Data::Map(Arc::new(Map { kind: map.kind, entries, rest: map.rest.clone() })), value.origin)
            }
            _ => value.clone(),
        }
    }
}

/// How many combinations of cases one value may hold; past that it is unknown and says so.
pub const MAX_LEAVES: usize = 256;

/// Applies a function to what the values are in each combination of the inputs that they depend on at their top.
///
/// The function sees no choices at the top of its arguments (there may be some deeper down, in items and entries).
/// The result is a choice over the inputs that were met, with cases that cannot occur together left out, and a plain
/// value where none was met. Past [`MAX_LEAVES`] combinations the result is unknown.
pub fn combine(values: &[&Value], function: &mut dyn FnMut(&[&Value]) -> Value) -> Value {
    // Most values depend on nothing.
    if !values.iter().any(|value| matches!(value.data, Data::Choice(_))) {
        return function(values);
    }
    let mut leaves = 0;
    combine_under(values, &Assignment::default(), &mut leaves, function)
        .unwrap_or_else(|| too_many(values.first().map_or(OriginId::NONE, |value| value.origin)))
}

fn combine_under(
    values: &[&Value],
    assignment: &Assignment,
    leaves: &mut usize,
    function: &mut dyn FnMut(&[&Value]) -> Value,
) -> Option<Value> {
    let mut resolved: SmallVec<[&Value; 4]> = SmallVec::with_capacity(values.len());
    for value in values {
        match assignment.resolve(value) {
            Ok(value) => resolved.push(value),
            Err(input) => {
                let count = case_count(value, assignment)?;
                let mut cases = Vec::with_capacity(count);
                for case in 0..count {
                    cases.push(combine_under(values, &assignment.with(input, case), leaves, function)?);
                }
                return Some(choice(input, cases));
            }
        }
    }
    *leaves += 1;
    if *leaves > MAX_LEAVES {
        return None;
    }
    let result = function(&resolved);
    // What the function gave may depend on inputs that are decided on this branch.
    Some(if matches!(result.data, Data::Choice(_)) { assignment.apply(&result) } else { result })
}

/// How many cases the first undecided choice at the top of a value has.
fn case_count(value: &Value, assignment: &Assignment) -> Option<usize> {
    let mut value = value;
    loop {
        let Data::Choice(choice) = &value.data else { return None };
        match assignment.get(choice.input) {
            Some(case) => value = choice.cases.get(case)?,
            None => return Some(choice.cases.len()),
        }
    }
}

/// A choice, or the plain value where all cases are the same value from the same place.
#[must_use]
pub fn choice(input: InputId, mut cases: Vec<Value>) -> Value {
    let same = cases.windows(2).all(|pair| identical(&pair[0], &pair[1]));
    if same && let Some(first) = cases.pop() {
        return first;
    }
    let origin = cases.first().map_or(OriginId::NONE, |value| value.origin);
    Value::new(Data::Choice(Arc::new(Choice { input, cases })), origin)
}

/// The result where the bound on combinations is hit.
#[must_use]
pub fn too_many(origin: OriginId) -> Value {
    Value::unknown(
        format!(
            "it depends on more than {MAX_LEAVES} combinations of inputs; fix some of them with --parameters or --var"
        ),
        origin,
    )
}

/// `if condition then yes() else no()` for a condition that may be a choice or unknown. Branches are evaluated only
/// where they can be taken. Where the condition is unknown, the result is what both branches agree on, else
/// `unknown` of the condition.
pub fn select(condition: &Value, yes: &mut dyn FnMut() -> Value, no: &mut dyn FnMut() -> Value) -> Value {
    combine(&[condition], &mut |values| match &values[0].data {
        Data::Bool(true) => yes(),
        Data::Bool(false) => no(),
        _ => {
            let (yes, no) = (yes(), no());
            if equal(&yes, &no) == Truth::True {
                return yes;
            }
            let why = match &values[0].data {
                Data::Unknown(unknown) => unknown.why.clone(),
                _ => "its condition is not known".into(),
            };
            Value::unknown(why, values[0].origin)
        }
    })
}

/// Whether two values are the same thing from the same place.
fn identical(a: &Value, b: &Value) -> bool {
    if a.origin != b.origin || a.tag != b.tag {
        return false;
    }
    match (&a.data, &b.data) {
        (Data::Absent, Data::Absent) | (Data::Null, Data::Null) => true,
        (Data::Bool(a), Data::Bool(b)) => a == b,
        (Data::Number(a), Data::Number(b)) => a == b,
        (Data::String(a), Data::String(b)) => a == b,
        (Data::Entity(a), Data::Entity(b)) => a == b,
        (Data::Parts(a), Data::Parts(b)) => Arc::ptr_eq(a, b),
        (Data::List(a), Data::List(b)) => Arc::ptr_eq(a, b),
        (Data::Map(a), Data::Map(b)) => Arc::ptr_eq(a, b),
        (Data::Unknown(a), Data::Unknown(b)) => Arc::ptr_eq(a, b),
        (Data::Choice(a), Data::Choice(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// Whether two values mean the same, as far as that is known; places do not matter.
///
/// Scalars of different types are different (`"5"` is not `5`): whoever compares converts first, as its language
/// does. Unknowns are equal to themselves ([`super::Symbol`]) and otherwise not compared. Choices at the top are not
/// followed (use [`combine`]); deeper ones are unknown unless shared.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> Truth {
    match (&a.data, &b.data) {
        (Data::Absent | Data::Null, Data::Absent | Data::Null) => Truth::True,
        (Data::Bool(a), Data::Bool(b)) => (a == b).into(),
        (Data::Number(a), Data::Number(b)) => (a == b).into(),
        (Data::String(a), Data::String(b)) => (a == b).into(),
        (Data::Entity(a), Data::Entity(b)) => (a == b).into(),
        (Data::Unknown(a), Data::Unknown(b)) => super::text::same_unknown(a, b),
        (Data::Unknown(_) | Data::Choice(_), _) | (_, Data::Unknown(_) | Data::Choice(_)) => match (&a.data, &b.data) {
            (Data::Choice(a), Data::Choice(b)) if Arc::ptr_eq(a, b) => Truth::True,
            _ => Truth::Unknown,
        },
        (Data::Parts(_) | Data::String(_), Data::Parts(_) | Data::String(_)) => super::text::equal_texts(a, b),
        (Data::List(a), Data::List(b)) => equal_lists(a, b),
        (Data::Map(a), Data::Map(b)) => equal_maps(a, b),
        _ => Truth::False,
    }
}

fn equal_lists(a: &List, b: &List) -> Truth {
    let mut result = Truth::True;
    for (a, b) in a.items.iter().zip(&b.items) {
        result = result.and(equal(a, b));
    }
    let (shorter, longer) = if a.items.len() <= b.items.len() { (a, b) } else { (b, a) };
    if shorter.items.len() != longer.items.len() {
        // Absent items are no items, and an open rest may hold the missing ones.
        let open = shorter.rest.is_some()
            || a.items.iter().chain(&b.items).any(|item| matches!(item.data, Data::Absent | Data::Choice(_)));
        return if open { Truth::Unknown } else { Truth::False };
    }
    if a.rest.is_some() || b.rest.is_some() { result.and(Truth::Unknown) } else { result }
}

fn equal_maps(a: &Map, b: &Map) -> Truth {
    let mut result = Truth::True;
    for (one, other) in [(a, b), (b, a)] {
        for entry in &one.entries {
            result = result.and(match other.get(&entry.key) {
                Some(value) => equal(&entry.value, value),
                None if other.rest.is_some() || !matches!(entry.value.data, Data::Absent) => {
                    if other.rest.is_some() || matches!(entry.value.data, Data::Choice(_)) {
                        Truth::Unknown
                    } else {
                        Truth::False
                    }
                }
                None => Truth::True,
            });
        }
    }
    if a.rest.is_some() || b.rest.is_some() { result.and(Truth::Unknown) } else { result }
}
