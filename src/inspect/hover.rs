//! What is shown when somebody points at a place: its findings, its value, and what the model makes of the resource.

use std::fmt::Write;
use std::path::Path;

use crate::model::Entity;
use crate::source::{FileId, Span};
use crate::value::{Data, InputKind, Step, Value};

use super::markdown::{code, prose};
use super::shown::{Leaf, Words, line, lines};
use super::spot::{self, Instance, Spot};
use super::{Known, Seen, finding, named, summary, way};

/// What to show, and the characters that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    pub markdown: String,
    /// From and to, in bytes of the file.
    pub range: (u32, u32),
}

/// How many instances of a place are told apart.
const MOST_INSTANCES: usize = 8;

/// How many cases of a value have their ways told.
const MOST_WAYS: usize = 3;

/// What there is to say about a place of a file; nothing where that is nothing.
#[must_use]
pub fn hover(seen: &Seen<'_>, path: &Path, offset: u32) -> Option<Hover> {
    let mut sections: Vec<String> = Vec::new();
    let mut range: Option<Span> = None;
    let mut about = |span: Span| {
        if range.is_none_or(|known| span.len() < known.len()) {
            range = Some(span);
        }
    };
    if let Some((text, span)) = finding::at(seen, path, offset) {
        sections.push(text);
        about(span);
    }
    let spot = spot::at(seen.projects, path, offset).filter(|spot| {
        // A secret is shown nowhere, whatever became of it; and what is read where it stands needs no second time.
        !spot.is_echo && !spot.instances.iter().any(|one| one.known.is_secret(spot.span))
    });
    let headers = summary::at(seen.projects, path, offset, spot.as_ref().map(|spot| spot.span));
    if let Some(spot) = &spot
        && headers.as_ref().is_none_or(|(_, span)| spot.span.len() <= span.len())
    {
        sections.push(value(seen, spot));
        about(spot.span);
    }
    if let Some((entities, span)) = headers {
        sections.push(summary::markdown(seen, &entities));
        about(span);
    }
    let Some(range) = range else {
        return named::at(seen, path, offset).map(|(markdown, range)| Hover { markdown, range });
    };
    let markdown = conceal(seen, sections.join("\n\n---\n\n"));
    Some(Hover { markdown, range: (range.start, range.end) })
}

/// Takes the texts of secrets out, should a value hold one.
pub(super) fn conceal(seen: &Seen<'_>, mut text: String) -> String {
    let lists = seen.projects.iter().map(|known| known.sources).chain([seen.sources]);
    for secret in lists.flat_map(crate::source::Sources::concealed_texts) {
        if text.contains(&secret) {
            text = text.replace(&secret, "***");
        }
    }
    text
}

/// The value of a place in Markdown: in each instance and case, with its way and its meaning.
pub(super) fn value(seen: &Seen<'_>, spot: &Spot<'_>) -> String {
    let mut told: Vec<(String, Vec<&Instance<'_>>)> = Vec::new();
    for one in &spot.instances {
        let text = one_value(one, &lines);
        match told.iter_mut().find(|(known, _)| *known == text) {
            Some((_, instances)) => instances.push(one),
            None => told.push((text, vec![one])),
        }
    }
    let mut out = String::new();
    if let [(text, _)] = told.as_slice() {
        out.push_str(text);
    } else {
        for (_, instances) in told.iter().take(MOST_INSTANCES) {
            let text = instances.first().map(|one| one_value(one, &line)).unwrap_or_default();
            let names: Vec<String> = instances.iter().take(3).map(|one| name(one)).collect();
            let more = instances.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ");
            let colon = if names.is_empty() && more.is_empty() { "" } else { ": " };
            let _ = writeln!(out, "- {names}{more}{colon}{text}");
        }
        if told.len() > MOST_INSTANCES {
            let _ = writeln!(out, "- and {} other values", told.len() - MOST_INSTANCES);
        }
    }
    out.truncate(out.trim_end().len());
    let ways = ways(seen, spot, &told);
    if !ways.is_empty() {
        out.push_str("\n\n");
        out.push_str(&ways);
    }
    if let Some((name, field)) = &spot.field {
        let _ = write!(out, "\n\n{} *({})*", prose(field.doc), code(name));
    }
    if let Some(one) = spot.instances.first()
        && let Some(entity) = leads_to(one)
    {
        let _ = write!(out, "\n\n{}", summary::short(one.known, entity));
    }
    out
}

/// What an instance is called, in Markdown: the environment that it is of, and its module or address.
fn name(one: &Instance<'_>) -> String {
    let environment =
        one.known.understood.project.environment.as_ref().map(|name| format!("environment {}", code(name)));
    let of = (!one.of.is_empty()).then(|| code(&one.of));
    environment.into_iter().chain(of).collect::<Vec<_>>().join(", ")
}

fn words(known: Known<'_>) -> Words<'_> {
    Words { inputs: &known.understood.project.inputs, model: &known.understood.model }
}

/// One value, with what it is by case written on one line or below each other.
fn one_value(one: &Instance<'_>, written: &dyn Fn(&[Leaf]) -> String) -> String {
    let words = words(one.known);
    if let Some(text) = as_input(&words, &one.value) {
        return text;
    }
    written(&words.leaves(&one.value))
}

/// The values that an open input may have, where a value is the input itself.
fn as_input(words: &Words<'_>, value: &Value) -> Option<String> {
    let Data::Choice(choice) = &value.data else { return None };
    let input = words.inputs.get(choice.input);
    let same = input.cases.len() == choice.cases.len()
        && input.cases.iter().zip(&choice.cases).all(|(case, value)| {
            case.is_rest && value.is_unknown() || !case.is_rest && words.plain(&case.value) == words.plain(value)
        });
    if !same {
        return None;
    }
    let mut names: Vec<String> =
        input.cases.iter().filter(|case| !case.is_rest).take(12).map(|case| code(&case.label)).collect();
    if input.cases.iter().any(|case| case.is_rest) || names.len() < input.cases.len() {
        names.push("anything else".to_owned());
    }
    let (last, others) = names.split_last()?;
    let list = if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) };
    let what = match input.kind {
        InputKind::Parameter | InputKind::PseudoParameter => "parameter",
        InputKind::Variable => "variable",
        InputKind::Workspace | InputKind::Other => "input",
    };
    let default = input.default.and_then(|case| input.cases.get(case));
    let default = default.map_or_else(
        || "no default".to_owned(),
        |case| {
            if case.is_rest {
                "a default that nothing compares".to_owned()
            } else {
                format!("{} by default", code(&case.label))
            }
        },
    );
    Some(format!("open {what} {}: {list}; {default}", code(&input.name)))
}

/// The ways that the values took, in Markdown; those that several share are told once.
fn ways(seen: &Seen<'_>, spot: &Spot<'_>, told: &[(String, Vec<&Instance<'_>>)]) -> String {
    let mut ways: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for (_, instances) in told.iter().take(MOST_WAYS) {
        let Some(one) = instances.first() else { continue };
        let leaves = words(one.known).leaves(&one.value);
        let at = Span { file: spot_file(one.known, spot, seen), ..spot.span };
        for Leaf { when, origin, .. } in leaves.iter().take(MOST_WAYS) {
            let hops = way::hops(seen, one.known, &one.value, *origin, at);
            let of = Some(name(one)).filter(|name| told.len() > 1 && !name.is_empty());
            let case = match when {
                Some(when) => Some(format!("when {when}")),
                None => (leaves.len() > 1).then(|| "usually".to_owned()),
            };
            let intro = of.into_iter().chain(case).collect::<Vec<_>>().join(", ");
            match ways.iter_mut().find(|(known, _)| *known == hops) {
                Some((_, intros)) => intros.push(intro),
                None => ways.push((hops, vec![intro])),
            }
        }
    }
    let several = ways.len() > 1;
    let mut out = String::new();
    for (hops, intros) in ways.iter().filter(|(hops, _)| !hops.is_empty()) {
        let intro = intros.iter().filter(|intro| !intro.is_empty()).cloned().collect::<Vec<_>>().join("; ");
        let indent = if several && !intro.is_empty() {
            let _ = writeln!(out, "- {intro}:");
            "  "
        } else {
            ""
        };
        for hop in hops {
            let _ = writeln!(out, "{indent}- {hop}");
        }
    }
    out.trim_end().to_owned()
}

/// The spot's file, as a project numbers it.
fn spot_file(known: Known<'_>, spot: &Spot<'_>, seen: &Seen<'_>) -> FileId {
    let first = spot.instances.first().map(|one| one.known);
    let path = first.and_then(|first| first.sources.get(spot.span.file)).map(|file| file.path.clone());
    let path = path.or_else(|| seen.sources.get(spot.span.file).map(|file| file.path.clone()));
    path.and_then(|path| known.file(&path)).unwrap_or(spot.span.file)
}

/// The table, cluster or other entity that a value refers to.
fn leads_to<'a>(one: &Instance<'a>) -> Option<&'a Entity> {
    let understood = one.known.understood;
    let trail = understood.project.origins.trail(one.value.origin);
    let address = trail.iter().find_map(|hop| match &hop.step {
        Step::Resource { address, .. } => Some(address.clone()),
        _ => None,
    })?;
    understood.model.iter().map(|(_, entity)| entity).find(|entity| entity.address == address)
}
