//! Values in the user's words, for messages.

use crate::policy::expression::{Node, Piece, Program, Template};
use crate::value::{Data, Part, Step, Symbol, TypeTag, Unknown, Value};

use super::{Exhausted, Outcome, Scene, What};

/// How many items of a list a message names.
const MOST_ITEMS: usize = 20;

/// How long a value may be in a message, in characters.
const MOST_CHARACTERS: usize = 200;

pub(super) fn template(scene: &Scene<'_>, template: &Template) -> Result<String, Exhausted> {
    let mut text = String::new();
    for piece in template.pieces.iter() {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Value(program) => text.push_str(&worded(scene, program)?),
        }
    }
    Ok(text)
}

/// How many inputs are decided for one piece of a text.
const MOST_DECIDED: usize = 8;

/// A piece in words. A field that hangs on an undecided input stands as the input's name; of everything else (a word
/// that a condition chooses) it is told what holds in the input's default case.
fn worded(scene: &Scene<'_>, program: &Program) -> Result<String, Exhausted> {
    let outcome = scene.evaluate(program)?;
    let is_field = program.root().is_some_and(|root| matches!(program.node(root), Node::Field { .. }));
    let What::Need(mut input) = outcome.what else { return Ok(shown(scene, &outcome)) };
    if is_field {
        return Ok(shown(scene, &outcome));
    }
    let inputs = scene.world.facts.inputs;
    let mut assignment = scene.assignment.clone();
    for _ in 0..MOST_DECIDED {
        let cases = std::iter::once(inputs.get(input).default).flatten().chain(0..inputs.get(input).cases.len());
        let mut decided = cases.map(|case| assignment.with(input, case)).filter(|cases| inputs.is_possible(cases));
        let Some(next) = decided.next() else { break };
        assignment = next;
        let decided = Scene::new(scene.world, scene.entity, &assignment, scene.options, scene.lets);
        decided.in_text.set(true);
        decided.steps.set(scene.steps.get());
        let outcome = decided.evaluate(program);
        scene.steps.set(decided.steps.get());
        let outcome = outcome?;
        match outcome.what {
            What::Need(other) if assignment.get(other).is_none() => input = other,
            _ => return Ok(shown(&decided, &outcome)),
        }
    }
    Ok(shown(scene, &outcome))
}

fn shown(scene: &Scene<'_>, outcome: &Outcome) -> String {
    let undecided = |input| format!("${{{}}}", scene.world.facts.inputs.get(input).name);
    match &outcome.what {
        What::Need(input) => undecided(*input),
        What::AtLeast(least, _) => format!("at least {least}"),
        What::Double(number) => number.to_string(),
        What::Value(value) => match scene.settle_deep(value) {
            Ok(value) => in_words(scene, &value),
            Err(input) => undecided(input),
        },
        What::Error(_) | What::Project | What::Options => "?".into(),
    }
}

/// A value as its user would write it.
fn in_words(scene: &Scene<'_>, value: &Value) -> String {
    match &value.data {
        Data::Absent | Data::Null => "nothing".into(),
        Data::Entity(id) => scene.world.model.get(*id).name.to_string(),
        Data::List(list) => {
            let items = list.items.iter().filter(|item| !item.is_absent());
            let mut texts: Vec<String> = items.take(MOST_ITEMS).map(|item| in_words(scene, item)).collect();
            if list.items.len() > MOST_ITEMS || list.rest.is_some() {
                texts.push("...".into());
            }
            texts.join(", ")
        }
        _ => shortened(plain(value)),
    }
}

/// A scalar as a text; of a partly known one, what is open stands as its expression.
pub(super) fn plain(value: &Value) -> String {
    match &value.data {
        Data::Bool(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => text.to_string(),
        Data::Parts(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Known(text, _) => text.to_string(),
                Part::Open(unknown, _) => format!("${{{}}}", expression(unknown)),
            })
            .collect(),
        Data::Unknown(unknown) => expression(unknown),
        Data::Map(map) => map.entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>().join(", "),
        Data::Absent | Data::Null | Data::List(_) | Data::Choice(_) | Data::Entity(_) => String::new(),
    }
}

fn expression(unknown: &Unknown) -> String {
    match &unknown.symbol {
        Some(Symbol::Resource { address, attribute }) => format!("{address}.{attribute}"),
        Some(Symbol::Expression(text)) => text.to_string(),
        None => "?".into(),
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// A text in backticks, the items of a list each in backticks and joined as in a sentence.
pub(super) fn quoted(scene: &Scene<'_>, value: &Value) -> String {
    let Data::List(list) = &value.data else { return format!("`{}`", in_words(scene, value)) };
    let items = list.items.iter().filter(|item| !item.is_absent()).take(MOST_ITEMS);
    let mut texts: Vec<String> = items.map(|item| format!("`{}`", in_words(scene, item))).collect();
    if list.items.len() > MOST_ITEMS || list.rest.is_some() {
        texts.push("more".into());
    }
    match texts.split_last() {
        None => "nothing".into(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

impl Scene<'_> {
    /// What a value has to do with a finding, for its label; `None` where there is nothing to say but its place.
    #[must_use]
    pub fn describe(&self, value: &Value) -> Option<String> {
        let step = self.world.origins.get(value.origin).map(|origin| origin.step);
        let scalar = matches!(value.data, Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Parts(_));
        Some(match step {
            // Nobody can write it, so nobody misses it.
            Some(Step::Absent(written)) if written.is_empty() && value.is_unset() => return None,
            Some(Step::Absent(written)) => {
                let default =
                    if scalar { format!(", and the default is `{}`", shortened(plain(value))) } else { String::new() };
                let advice = if written.is_empty() { String::new() } else { format!(": write `{written}`") };
                format!("nothing is set here{default}{advice}")
            }
            // What is worked out is not what one reads there.
            _ if value.tag == TypeTag::FACT => return None,
            Some(Step::Literal) if value.is_absent() => return None,
            _ if value.is_unset() => "nothing is set here".into(),
            _ if scalar || value.is_unknown() => format!("this is `{}`", shortened(plain(value))),
            _ => return None,
        })
    }
}
