//! What stands at a place of a file: the smallest expression or attribute around it, with its value in each project and
//! instance that it was evaluated in.

use std::path::Path;

use crate::model::schema::{Field, Subject, Type, fields_of, place};
use crate::source::{FileId, Span};
use crate::value::{Data, Entry, OriginId, Step, Text, Value};

use super::{Known, holds};

/// How many resources that share a place are looked at.
const MOST_RESOURCES: usize = 200;

/// How deep attributes are followed.
const DEEPEST: usize = 48;

/// A value at a place.
#[derive(Clone)]
pub(super) struct Instance<'a> {
    pub known: Known<'a>,
    /// Which of several it is: a module's instance, a resource's address; may be empty.
    pub of: Text,
    pub value: Value,
}

/// Something that has a value.
#[derive(Clone)]
pub(super) struct Spot<'a> {
    pub span: Span,
    pub instances: Vec<Instance<'a>>,
    /// The field of the model that it is, with the subject's name: `table.billing_mode`.
    pub field: Option<(String, &'static Field)>,
    /// It is what is written there, of a resource that is only beside a table: to say it would say nothing.
    pub is_echo: bool,
}

/// What stands at an offset of a file in these projects.
pub(super) fn at<'a>(projects: &[Known<'a>], path: &Path, offset: u32) -> Option<Spot<'a>> {
    let mut best: Option<Spot<'a>> = None;
    for known in projects {
        let Some(file) = known.file(path) else { continue };
        for spot in [attribute(*known, file, offset), expression(*known, file, offset)].into_iter().flatten() {
            // File ids differ between projects; offsets do not.
            match &mut best {
                Some(known) if (known.span.start, known.span.end) == (spot.span.start, spot.span.end) => {
                    known.field = known.field.take().or(spot.field);
                    known.is_echo &= spot.is_echo;
                    let news = spot.instances.into_iter().filter(|one| {
                        // An attribute and the expression in it are the same value.
                        !known.instances.iter().any(|other| std::ptr::eq(other.known.understood, one.known.understood))
                            || known.instances.iter().all(|other| !same_place(other, one))
                    });
                    let news: Vec<Instance<'a>> = news.collect();
                    known.instances.extend(news);
                }
                Some(known) if spot.span.len() >= known.span.len() => {}
                _ => best = Some(spot),
            }
        }
    }
    best
}

/// Whether two values come from the same place of one project.
fn same_place(one: &Instance<'_>, other: &Instance<'_>) -> bool {
    std::ptr::eq(one.known.understood, other.known.understood)
        && one.known.understood.project.origins.span(one.value.origin)
            == other.known.understood.project.origins.span(other.value.origin)
}

/// The smallest noted expression around an offset, with all its values.
fn expression(known: Known<'_>, file: FileId, offset: u32) -> Option<Spot<'_>> {
    let origins = &known.understood.project.origins;
    let mut span: Option<Span> = None;
    let mut instances: Vec<Instance<'_>> = Vec::new();
    origins.each_note(&mut |note| {
        if !holds(note.span, file, offset) {
            return;
        }
        match span {
            Some(best) if best == note.span => {}
            Some(best) if best.len() <= note.span.len() => return,
            _ => {
                span = Some(note.span);
                instances.clear();
            }
        }
        if instances.len() < MOST_RESOURCES {
            instances.push(Instance { known, of: note.of.clone(), value: note.value.clone() });
        }
    });
    Some(Spot { span: span?, instances, field: None, is_echo: false })
}

/// The attribute whose name or literal value stands at an offset, in each resource that was made of the place.
fn attribute(known: Known<'_>, file: FileId, offset: u32) -> Option<Spot<'_>> {
    let project = &known.understood.project;
    let around = project.resources.iter().enumerate().filter(|(_, resource)| holds(resource.span, file, offset));
    let mut best: Option<Spot<'_>> = None;
    let mut kind = "";
    for (index, resource) in around.take(MOST_RESOURCES) {
        let header = resource.header;
        let mut search = Search { known, file, offset, header, path: Vec::new(), found: None };
        search.walk(&resource.attributes, 0);
        search.walk(&resource.meta, 0);
        let Some(found) = search.found else { continue };
        let instance = Instance { known, of: resource.address.clone(), value: found.value };
        match &mut best {
            // What was made beside a resource by the way has attributes of its own at the same place.
            Some(spot) if spot.span == found.span && kind != resource.kind => {}
            Some(spot) if spot.span == found.span => spot.instances.push(instance),
            Some(spot) if spot.span.len() <= found.span.len() => {}
            _ => {
                let field = field_at(known, index, &found.path);
                let is_echo = field.is_none() && !is_near(&resource.kind) && is_written(known, &instance.value, 0);
                kind = &resource.kind;
                best = Some(Spot { span: found.span, instances: vec![instance], field, is_echo });
            }
        }
    }
    best
}

/// Whether a resource is a table or cluster, or a part of one.
fn is_near(kind: &str) -> bool {
    ["DynamoDB", "SimpleTable", "DAX", "dynamodb", "_dax_", "AutoScaling", "appautoscaling"]
        .iter()
        .any(|word| kind.contains(word))
}

/// Whether a value is nothing but what is written at its place.
fn is_written(known: Known<'_>, value: &Value, depth: usize) -> bool {
    match &value.data {
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => {
            let origin = known.understood.project.origins.get(value.origin);
            origin.is_some_and(|origin| origin.step == Step::Literal && origin.next == OriginId::NONE)
        }
        Data::List(list) => {
            depth < DEEPEST && list.rest.is_none() && list.items.iter().all(|one| is_written(known, one, depth + 1))
        }
        Data::Map(map) => {
            let written = |entry: &Entry| is_written(known, &entry.value, depth + 1);
            depth < DEEPEST && map.rest.is_none() && map.entries.iter().all(written)
        }
        _ => false,
    }
}

/// An attribute that was found.
struct Found {
    span: Span,
    /// Names from the resource down; list items have none.
    path: Vec<Text>,
    value: Value,
}

struct Search<'a> {
    known: Known<'a>,
    file: FileId,
    offset: u32,
    /// What was made of the resource without being written stands there, and is not what the header says.
    header: Span,
    path: Vec<Text>,
    found: Option<Found>,
}

impl Search<'_> {
    fn take(&mut self, span: Span, value: &Value) {
        let closer = self.found.as_ref().is_none_or(|found| span.len() < found.span.len());
        if closer && span != self.header {
            self.found = Some(Found { span, path: self.path.clone(), value: value.clone() });
        }
    }

    fn walk(&mut self, value: &Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let origins = &self.known.understood.project.origins;
        match &value.data {
            Data::Map(map) => {
                for entry in &map.entries {
                    self.path.push(entry.key.clone());
                    let key = origins.span(entry.key_origin).filter(|span| holds(*span, self.file, self.offset));
                    if let Some(span) = key {
                        self.take(span, &entry.value);
                    }
                    if !matches!(entry.value.data, Data::Map(_) | Data::List(_))
                        && let Some(span) = self.literal(&entry.value)
                    {
                        self.take(span, &entry.value);
                    }
                    self.walk(&entry.value, depth + 1);
                    self.path.pop();
                }
            }
            Data::List(list) => {
                for item in &list.items {
                    if !matches!(item.data, Data::Map(_) | Data::List(_))
                        && let Some(span) = self.literal(item)
                    {
                        self.take(span, item);
                    }
                    self.walk(item, depth + 1);
                }
            }
            Data::Choice(choice) => choice.cases.iter().for_each(|case| self.walk(case, depth + 1)),
            _ => {}
        }
    }

    /// The place of a value that is not made of others, if the offset lies in it.
    fn literal(&self, value: &Value) -> Option<Span> {
        let span = self.known.understood.project.origins.span(value.origin)?;
        holds(span, self.file, self.offset).then_some(span)
    }
}

/// The field of the model that an attribute of a resource is.
fn field_at(known: Known<'_>, resource: usize, path: &[Text]) -> Option<(String, &'static Field)> {
    let model = &known.understood.model;
    let kind = &known.understood.project.resources.get(resource)?.kind;
    let whole = path.join(".");
    let subjects = model.iter().filter(|(_, entity)| entity.resource == resource).map(|(_, entity)| entity.subject);
    let mut subjects: Vec<Subject> = subjects.collect();
    subjects.dedup();
    let mut tried: Vec<Subject> = Vec::new();
    for subject in subjects {
        if tried.contains(&subject) {
            continue;
        }
        tried.push(subject);
        // The parts of a table stand in lists of it, whose names are no part of the way.
        let inner = match (subject, whole.split_once('.')) {
            (Subject::Index, Some((list, rest))) if list.to_ascii_lowercase().contains("secondary") => rest,
            (Subject::Replica, Some((list, rest))) if list.to_ascii_lowercase().starts_with("replica") => rest,
            (Subject::Index | Subject::Replica, _) if kind.contains("Table") || kind.ends_with("_table") => continue,
            _ => whole.as_str(),
        };
        let mut names = vec![subject.name().to_owned()];
        if let Some(field) = field_in(subject, kind, fields_of(subject), inner, "", &mut names, 0) {
            return Some((names.join("."), field));
        }
    }
    None
}

fn field_in(
    subject: Subject,
    kind: &str,
    fields: &'static [Field],
    wanted: &str,
    above: &str,
    names: &mut Vec<String>,
    depth: usize,
) -> Option<&'static Field> {
    if depth > 4 {
        return None;
    }
    for field in fields {
        let path = if above.is_empty() { field.name.to_owned() } else { format!("{above}.{}", field.name) };
        let at = place(subject, kind, &path, field);
        names.push(field.name.to_owned());
        if !at.is_empty() && at == wanted {
            return Some(field);
        }
        let inner = match field.ty {
            Type::Object(inner) => Some((inner, wanted)),
            Type::List(Type::Object(inner)) if !at.is_empty() => {
                wanted.strip_prefix(at).and_then(|rest| rest.strip_prefix('.')).map(|rest| (*inner, rest))
            }
            _ => None,
        };
        if let Some((inner, wanted)) = inner
            && let Some(found) = field_in(subject, kind, inner, wanted, &path, names, depth + 1)
        {
            return Some(found);
        }
        names.pop();
    }
    None
}
