//! Values beside the expressions that make them, for editors that show them on demand.

use std::collections::BTreeMap;
use std::path::Path;

use crate::source::Span;
use crate::value::{Data, Part, Value};

use super::hover;
use super::shown::Words;
use super::spot::{Instance, Spot};
use super::{Known, Seen};

/// A value behind an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// In bytes of the file.
    pub offset: u32,
    /// Plain text: `= PROVISIONED`.
    pub label: String,
    /// Markdown.
    pub tooltip: String,
}

/// How long a label may be, in characters.
const MOST_CHARACTERS: usize = 40;

/// How many hints one answer holds.
const MOST_HINTS: usize = 2_000;

/// The values of the expressions that stand in a range of a file, one behind each expression that is not part of a
/// larger one. What is not known has no hint.
#[must_use]
pub fn hints(seen: &Seen<'_>, path: &Path, range: (u32, u32)) -> Vec<Hint> {
    let mut found: BTreeMap<(u32, u32), Spot<'_>> = BTreeMap::new();
    for known in seen.projects {
        let Some(source) = known.sources.find(path) else { continue };
        known.understood.project.origins.each_note(&mut |note| {
            let span = note.span;
            if span.file != source.id || span.start < range.0 || span.end > range.1 || span.is_empty() {
                return;
            }
            if !is_expression(source.slice(span)) || known.is_secret(span) {
                return;
            }
            let instance = Instance { known: *known, of: note.of.clone(), value: note.value.clone() };
            let spot = found.entry((span.start, u32::MAX - span.end));
            let spot = spot.or_insert_with(|| Spot { span, instances: Vec::new(), field: None, is_echo: false });
            spot.instances.push(instance);
        });
    }
    let mut hints = Vec::new();
    let mut last: Option<Span> = None;
    for spot in found.values() {
        // Larger expressions come before those within them.
        if last.is_some_and(|last| spot.span.start >= last.start && spot.span.end <= last.end) {
            continue;
        }
        last = Some(spot.span);
        let Some(label) = label(spot) else { continue };
        hints.push(Hint { offset: spot.span.end, label, tooltip: hover::conceal(seen, hover::value(seen, spot)) });
        if hints.len() >= MOST_HINTS {
            break;
        }
    }
    hints
}

/// Whether a text is an expression and no name of a declaration.
fn is_expression(text: &str) -> bool {
    let is_name = text.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-');
    !is_name && !text.starts_with("variable ") && !text.starts_with("\"variable")
}

fn label(spot: &Spot<'_>) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    for one in &spot.instances {
        if repeats(one, spot.span) {
            return None;
        }
        let text = short(one.known, &one.value)?;
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let (first, others) = texts.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    Some(format!("= {first}{more}"))
}

/// Whether a partly known text says what the expression says: nothing in it was found out.
fn repeats(one: &Instance<'_>, span: Span) -> bool {
    let Data::Parts(parts) = &one.value.data else { return false };
    let known = &one.known.sources;
    let Some(source) = known.get(span.file) else { return false };
    let text = source.slice(span);
    parts.iter().all(|part| match part {
        Part::Known(piece, _) => text.contains(piece.as_str()),
        Part::Open(..) => true,
    })
}

/// A value in a few characters; nothing where it says nothing.
fn short(known: Known<'_>, value: &Value) -> Option<String> {
    let words = Words { inputs: &known.understood.project.inputs, model: &known.understood.model };
    let text = match &value.data {
        Data::Unknown(_) | Data::Absent | Data::Null => return None,
        Data::Choice(choice) => {
            let mut cases: Vec<String> = Vec::new();
            for case in &choice.cases {
                let text = match &case.data {
                    Data::Unknown(_) => "…".to_owned(),
                    Data::Choice(_) => "…".to_owned(),
                    _ => words.plain(case),
                };
                if !cases.contains(&text) {
                    cases.push(text);
                }
            }
            cases.join(" | ")
        }
        _ => words.plain(value),
    };
    let text = crate::report::escape::one_line(&text).into_owned();
    if text.chars().count() <= MOST_CHARACTERS {
        return Some(text);
    }
    let mut short: String = text.chars().take(MOST_CHARACTERS - 1).collect();
    short.push('…');
    Some(short)
}
