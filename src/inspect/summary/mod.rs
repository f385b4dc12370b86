//! What the model makes of a resource, in a few lines: tables and clusters in words of their own, everything else by
//! its fields.

mod cluster;
mod generic;
mod line;
mod table;

use std::fmt::Write;
use std::path::Path;

use crate::finding::Finding;
use crate::model::Entity;
use crate::model::schema::Subject;
use crate::policy::Severity;
use crate::source::{FileId, Span};

use super::markdown::code;
use super::shown::Words;
use super::{Known, Seen, holds};
use line::Lines;

/// How many entities that share a place are summed up.
const MOST_ENTITIES: usize = 3;

/// How many entities of a place are looked at.
const MOST_LOOKED_AT: usize = 200;

/// The entities whose header, type or name stands at an offset, and where that is. `inner` is a smaller place at the
/// offset, of which a header that only surrounds it says nothing.
pub(super) fn at<'a>(
    projects: &[Known<'a>],
    path: &Path,
    offset: u32,
    inner: Option<Span>,
) -> Option<(Vec<(Known<'a>, &'a Entity)>, Span)> {
    let mut best: Option<(Vec<(Known<'a>, &'a Entity)>, Span)> = None;
    for known in projects {
        let Some(source) = known.sources.find(path) else { continue };
        for (_, entity) in known.understood.model.iter() {
            if entity.span.file != source.id || !holds(entity.span, source.id, offset) {
                continue;
            }
            let Some(span) = named_at(*known, entity, source.text(), source.id, offset) else { continue };
            match &mut best {
                Some((entities, place)) if (place.start, place.end) == (span.start, span.end) => {
                    if entities.len() < MOST_LOOKED_AT {
                        entities.push((*known, entity));
                    }
                }
                Some((_, place)) if place.len() <= span.len() => {}
                _ => best = Some((vec![(*known, entity)], span)),
            }
        }
    }
    let (mut entities, span) = best?;
    if inner.is_some_and(|inner| inner.len() < span.len() && !entities.is_empty() && inner.start > span.start) {
        return None;
    }
    // What belongs to a table in the same block is told with it.
    let is_main = |entity: &Entity| matches!(entity.subject, Subject::Table | Subject::DaxCluster);
    if entities.iter().any(|(_, entity)| is_main(entity)) {
        entities.retain(|(_, entity)| is_main(entity));
    } else if let Some((_, first)) = entities.first() {
        let subject = first.subject;
        entities.retain(|(_, entity)| entity.subject == subject);
    }
    Some((entities, span))
}

/// Where an offset points at an entity as a whole: its header, its type, the value of its name.
fn named_at(known: Known<'_>, entity: &Entity, text: &str, file: FileId, offset: u32) -> Option<Span> {
    if holds(entity.header, file, offset) {
        return Some(entity.header);
    }
    if entity.kind.starts_with("AWS::")
        && let Some(span) = is_type(text, &entity.kind, entity.span, file, offset)
    {
        return Some(span);
    }
    if !matches!(entity.subject, Subject::Table | Subject::DaxCluster) {
        return None;
    }
    let name = entity.fields.get("name")?;
    let origins = &known.understood.project.origins;
    let leaves = words(known).leaves(name);
    let places = std::iter::once(name.origin).chain(leaves.iter().map(|leaf| leaf.origin));
    let mut spans = places.filter_map(|origin| origins.span(origin));
    spans.find(|span| holds(*span, file, offset) && entity.span.contains(*span))
}

/// Sums entities up in Markdown; those that say the same are told once.
pub(super) fn markdown(seen: &Seen<'_>, entities: &[(Known<'_>, &Entity)]) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut left = 0;
    for (known, entity) in entities {
        if told.len() >= MOST_ENTITIES {
            left += 1;
            continue;
        }
        let text = one(seen, *known, entity);
        if !told.contains(&text) {
            told.push(text);
        }
    }
    if left > 0 {
        told.push(format!("and {left} more that are made here"));
    }
    told.join("\n\n")
}

fn one(seen: &Seen<'_>, known: Known<'_>, entity: &Entity) -> String {
    let mut lines = Lines::new(known, entity);
    match entity.subject {
        Subject::Table => table::lines(&mut lines),
        Subject::DaxCluster => cluster::lines(&mut lines),
        _ => generic::lines(&mut lines),
    }
    let mut out = heading(known, entity);
    out.push_str("\n\n");
    out.push_str(&lines.finish());
    if matches!(entity.subject, Subject::Table | Subject::DaxCluster | Subject::Index | Subject::Replica) {
        let findings: Vec<&Finding> = seen.findings_about(known, &entity.address).collect();
        let _ = writeln!(out, "- findings: {}", counts(&findings));
    }
    out
}

fn heading(known: Known<'_>, entity: &Entity) -> String {
    let environment = known.understood.project.environment.as_ref();
    let environment = environment.map(|name| format!(" in {}", code(name))).unwrap_or_default();
    format!("**{}** {}{environment} · {}", noun(entity.subject), code(&entity.address), code(&entity.kind))
}

fn noun(subject: Subject) -> String {
    match subject {
        Subject::DaxCluster => "DAX cluster".to_owned(),
        Subject::DaxSubnetGroup => "DAX subnet group".to_owned(),
        Subject::DaxParameterGroup => "DAX parameter group".to_owned(),
        other => other.name().replace('_', " "),
    }
}

/// One line about an entity that something refers to.
pub(super) fn short(known: Known<'_>, entity: &Entity) -> String {
    let mut out = heading(known, entity);
    if entity.subject == Subject::Table {
        let mut lines = Lines::new(known, entity);
        table::essentials(&mut lines);
        out.push_str(": ");
        out.push_str(&lines.joined());
    }
    out
}

/// `2 (1 high, 1 low)`, or `none`.
pub(super) fn counts(findings: &[&Finding]) -> String {
    if findings.is_empty() {
        return "none".to_owned();
    }
    let by: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| (findings.iter().filter(|finding| finding.severity == *severity).count(), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    format!("{} ({})", findings.len(), by.join(", "))
}

fn words(known: Known<'_>) -> Words<'_> {
    Words { inputs: &known.understood.project.inputs, model: &known.understood.model }
}

/// Whether the type of a resource stands at an offset: ``Type: AWS::DynamoDB::Table``.
fn is_type(text: &str, kind: &str, span: Span, file: FileId, offset: u32) -> Option<Span> {
    if !holds(span, file, offset) {
        return None;
    }
    let offset = offset as usize;
    let from = text.get(..offset)?.rfind(['\n', '{', ',']).map_or(0, |at| at + 1);
    let to = offset + text.get(offset..)?.find(['\n', ',', '}']).unwrap_or(text.len() - offset);
    let piece = text.get(from..to)?;
    let at = piece.find(kind)?;
    let before = piece.get(..at)?;
    let key = before.trim_end_matches(|letter: char| letter.is_whitespace() || matches!(letter, ':' | '"' | '\''));
    if key.trim().trim_matches(['"', '\'']) != "Type" {
        return None;
    }
    let lead = piece.len() - piece.trim_start().len();
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let whole = Span::new(file, number(from + lead), number(from + at + kind.len()));
    holds(whole, file, number(offset)).then_some(whole)
}
