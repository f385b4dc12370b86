//! Values in words: as their user would write them, and how they differ by case.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::model::Model;
use crate::policy::engine::describe;
use crate::value::{Assignment, Data, Input, InputId, Inputs, MAX_LEAVES, OriginId, Part, Symbol, Unknown, Value};

use super::markdown::{code, prose};

/// How many items of a list or map are shown.
const MOST_ITEMS: usize = 12;

/// How deep lists and maps are shown.
const DEEPEST: usize = 4;

/// How many values that differ by case stand on one line, and how many one below the other.
const MOST_ON_A_LINE: usize = 3;
const MOST_LINES: usize = 20;

/// How many inputs a value is followed through.
const MOST_INPUTS: usize = 6;

/// What values refer to.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub inputs: &'a Inputs,
    pub model: &'a Model,
}

/// What a value is in some cases.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// In Markdown.
    pub text: String,
    /// In which cases, in words and Markdown; `None` for all others.
    pub when: Option<String>,
    /// Where the value comes from in the first of these cases.
    pub origin: OriginId,
}

impl Words<'_> {
    /// A value without choices at its top, as plain text.
    pub fn plain(&self, value: &Value) -> String {
        let mut out = String::new();
        self.write(value, 0, &mut out);
        out
    }

    /// A value in Markdown: code, or the reason why it is not known.
    pub fn text(&self, value: &Value) -> String {
        match &value.data {
            Data::Absent => "not set".to_owned(),
            Data::Unknown(unknown) => format!("not known: {}", prose(&unknown.why)),
            Data::Parts(parts) => {
                let why = parts.iter().find_map(|part| match part {
                    Part::Open(unknown, _) => Some(unknown.why.as_str()),
                    Part::Known(..) => None,
                });
                match why {
                    Some(why) => format!("{}; not known in full: {}", code(&self.plain(value)), prose(why)),
                    None => code(&self.plain(value)),
                }
            }
            _ => code(&self.plain(value)),
        }
    }

    fn write(&self, value: &Value, depth: usize, out: &mut String) {
        match &value.data {
            Data::Absent => out.push_str("not set"),
            Data::Null => out.push_str("null"),
            Data::Bool(known) => out.push_str(if *known { "true" } else { "false" }),
            Data::Number(number) => out.push_str(&number.to_string()),
            Data::String(text) if depth == 0 => out.push_str(text),
            Data::String(text) => {
                let _ = write!(out, "{text:?}");
            }
            Data::Parts(parts) => {
                for part in parts.iter().take(MOST_ITEMS) {
                    match part {
                        Part::Known(text, _) => out.push_str(text),
                        Part::Open(unknown, _) => out.push_str(&hole(unknown)),
                    }
                }
            }
            Data::Unknown(unknown) => out.push_str(&hole(unknown)),
            Data::List(list) => {
                out.push('[');
                let items: Vec<&Value> = list.items.iter().filter(|item| !item.is_absent()).collect();
                let shown = items.iter().take(if depth >= DEEPEST { 0 } else { MOST_ITEMS });
                let mut count = 0;
                for item in shown {
                    out.push_str(if count > 0 { ", " } else { "" });
                    self.write(item, depth + 1, out);
                    count += 1;
                }
                if count < items.len() || list.rest.is_some() {
                    out.push_str(if count > 0 { ", …" } else { "…" });
                }
                out.push(']');
            }
            Data::Map(map) => {
                out.push_str("{ ");
                let entries: Vec<_> = map.entries.iter().filter(|entry| !entry.value.is_absent()).collect();
                let mut count = 0;
                for entry in entries.iter().take(if depth >= DEEPEST { 0 } else { MOST_ITEMS }) {
                    out.push_str(if count > 0 { ", " } else { "" });
                    out.push_str(&entry.key);
                    out.push_str(": ");
                    self.write(&entry.value, depth + 1, out);
                    count += 1;
                }
                if count < entries.len() || map.rest.is_some() {
                    out.push_str(if count > 0 { ", …" } else { "…" });
                }
                out.push_str(" }");
            }
            Data::Choice(choice) => {
                let _ = write!(out, "${{{}}}", self.inputs.get(choice.input).name);
            }
            Data::Entity(id) => out.push_str(&self.model.get(*id).name),
        }
    }

    /// What a value is in each case, the usual one first: that of the inputs' defaults, else the one that most cases
    /// have. Only the others say when they hold.
    pub fn leaves(&self, value: &Value) -> Vec<Leaf> {
        self.leaves_as(value, &|value| self.text(value))
    }

    /// As [`Self::leaves`], in words of one's own for a value without choices.
    pub fn leaves_as(&self, value: &Value, text: &dyn Fn(&Value) -> String) -> Vec<Leaf> {
        let leaf = |value: &Value, when| Leaf { text: text(value), when, origin: value.origin };
        let mut used = BTreeSet::new();
        inputs_of(value, 0, &mut used);
        if used.is_empty() {
            return vec![leaf(value, None)];
        }
        let used: Vec<InputId> = used.into_iter().collect();
        let Some(all) = self.assignments(&used) else {
            let usual = used.iter().fold(Assignment::default(), |one, input| {
                one.with(*input, self.inputs.get(*input).default.unwrap_or_default())
            });
            let names: Vec<String> = used.iter().take(8).map(|input| code(&self.inputs.get(*input).name)).collect();
            let mut first = leaf(&usual.apply(value), None);
            let _ = write!(first.text, " in the usual case; it depends on {}", names.join(", "));
            return vec![first];
        };
        let mut groups: Vec<(Leaf, Vec<&Assignment>)> = Vec::new();
        for one in &all {
            let leaf = leaf(&one.apply(value), None);
            match groups.iter_mut().find(|(known, _)| known.text == leaf.text) {
                Some((_, assignments)) => assignments.push(one),
                None => groups.push((leaf, vec![one])),
            }
        }
        if groups.len() > 1 {
            let defaults =
                |one: &Assignment| one.iter().all(|(input, case)| self.inputs.get(input).default == Some(case));
            let usual = groups.iter().position(|(_, cases)| cases.iter().any(|one| defaults(one)));
            let most = groups.iter().map(|(_, cases)| cases.len()).max().unwrap_or_default();
            // Of those that most cases have, the one that holds for what nothing compares.
            let rest = |one: &Assignment| one.iter().all(|(input, case)| self.is_rest(input, case));
            let usual = usual
                .or_else(|| {
                    groups.iter().position(|(_, cases)| cases.len() == most && cases.iter().any(|one| rest(one)))
                })
                .or_else(|| groups.iter().position(|(_, cases)| cases.len() == most))
                .unwrap_or_default();
            let first = groups.remove(usual);
            groups.insert(0, first);
        }
        let quoted = quoted(self.inputs);
        let whens: Vec<Option<String>> = (0..groups.len())
            .map(|index| {
                let these = groups.get(index).map(|(_, cases)| cases.as_slice()).unwrap_or_default();
                let others = groups.iter().enumerate().filter(|(other, _)| *other != index);
                let others: Vec<&Assignment> = others.flat_map(|(_, (_, cases))| cases.iter().copied()).collect();
                if index == 0 { None } else { describe(&quoted, these, &others) }
            })
            .collect();
        groups.into_iter().zip(whens).map(|((leaf, _), when)| Leaf { when, ..leaf }).collect()
    }

    fn is_rest(&self, input: InputId, case: usize) -> bool {
        self.inputs.get(input).cases.get(case).is_some_and(|case| case.is_rest)
    }

    /// All combinations of cases that can occur; `None` where there are too many.
    fn assignments(&self, used: &[InputId]) -> Option<Vec<Assignment>> {
        if used.len() > MOST_INPUTS {
            return None;
        }
        let mut all = vec![Assignment::default()];
        for input in used {
            let cases = self.inputs.get(*input).cases.len();
            if all.len().saturating_mul(cases) > MAX_LEAVES {
                return None;
            }
            all = all.iter().flat_map(|one| (0..cases).map(move |case| one.with(*input, case))).collect();
        }
        let possible: Vec<Assignment> = all.iter().filter(|one| self.inputs.is_possible(one)).cloned().collect();
        Some(if possible.is_empty() { all } else { possible })
    }
}

/// `${Name}` for what is not known.
fn hole(unknown: &Unknown) -> String {
    match &unknown.symbol {
        Some(Symbol::Expression(text)) if text.len() <= 60 => format!("${{{text}}}"),
        Some(Symbol::Resource { address, attribute }) if attribute.is_empty() => format!("${{{address}}}"),
        Some(Symbol::Resource { address, attribute }) => format!("${{{address}.{attribute}}}"),
        _ => "${…}".to_owned(),
    }
}

/// The inputs that a value depends on, at any depth that is shown.
fn inputs_of(value: &Value, depth: usize, found: &mut BTreeSet<InputId>) {
    if depth > 2 * DEEPEST || found.len() > MOST_INPUTS {
        return;
    }
    match &value.data {
        Data::Choice(choice) => {
            found.insert(choice.input);
            choice.cases.iter().for_each(|case| inputs_of(case, depth + 1, found));
        }
        Data::List(list) => list.items.iter().take(4 * MOST_ITEMS).for_each(|item| inputs_of(item, depth + 1, found)),
        Data::Map(map) => {
            map.entries.iter().take(4 * MOST_ITEMS).for_each(|entry| inputs_of(&entry.value, depth + 1, found));
        }
        _ => {}
    }
}

/// The inputs with their names and cases as code, so that what is said of them is Markdown.
fn quoted(inputs: &Inputs) -> Inputs {
    let mut quoted = Inputs::default();
    for (_, input) in inputs.iter() {
        let cases = input.cases.iter().map(|case| {
            let mut case = case.clone();
            case.label = code(&case.label).into();
            case
        });
        quoted.add(Input { name: code(&input.name).into(), cases: cases.collect(), ..input.clone() });
    }
    quoted
}

/// The leaves on one line: ``PAY_PER_REQUEST`; when `Environment` is `prod`: `PROVISIONED``.
pub(super) fn line(leaves: &[Leaf]) -> String {
    let mut out = String::new();
    for leaf in leaves.iter().take(MOST_ON_A_LINE) {
        match &leaf.when {
            None => out.push_str(&leaf.text),
            Some(when) => {
                let _ = write!(out, "; when {when}: {}", leaf.text);
            }
        }
    }
    match leaves.len().saturating_sub(MOST_ON_A_LINE) {
        0 => {}
        1 => out.push_str("; another value in one more case"),
        more => {
            let _ = write!(out, "; other values in {more} more cases");
        }
    }
    out
}

/// The leaves one below the other where they are too many for a line.
pub(super) fn lines(leaves: &[Leaf]) -> String {
    if leaves.len() <= MOST_ON_A_LINE {
        return line(leaves);
    }
    let mut out = String::new();
    for leaf in leaves.iter().take(MOST_LINES) {
        match &leaf.when {
            None => {
                let _ = writeln!(out, "{}\n", leaf.text);
            }
            Some(when) => {
                let _ = writeln!(out, "- when {when}: {}", leaf.text);
            }
        }
    }
    let more = leaves.len().saturating_sub(MOST_LINES);
    if more > 0 {
        let _ = writeln!(out, "- other values in {more} more cases");
    }
    out.truncate(out.trim_end().len());
    out
}
