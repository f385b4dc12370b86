//! From a policy's failure to a finding: what is said, where it stands, what leads there.

use super::evidence::{Blame, evidence};
use super::{Finding, Label, Status, Subject, Undetermined, fingerprint};
use crate::cloudformation::cdk::CONSTRUCT;
use crate::model::Entity;
use crate::policy::engine::Failure;
use crate::policy::page::Page;
use crate::resource::Project;
use crate::source::Span;
use crate::value::{Data, OriginId, Step, Text, Value};

/// The finding that a failure is. `is_own` tells the user's own files from installed modules.
#[must_use]
pub fn finding(
    project: &Project,
    entity: &Entity,
    page: &Page,
    failure: &Failure,
    is_own: &dyn Fn(Span) -> bool,
) -> Finding {
    let resource = project.resources.get(entity.resource);
    let calls = resource.map(|resource| resource.calls.as_slice()).unwrap_or_default();
    let blame = Blame {
        span: failure.primary,
        origin: failure.origin,
        label: &failure.label,
        related: failure
            .related
            .iter()
            .filter(|other| other.span != entity.header || says_something(project, other.origin))
            .map(|other| (other.origin, other.span, other.message.as_str()))
            .collect(),
    };
    let evidence = evidence(&project.origins, &blame, calls, is_own);
    let mut anchors: Vec<Span> = resource.map(|resource| resource.span).into_iter().collect();
    if !anchors.iter().any(|anchor| anchor.contains(entity.span)) {
        anchors.push(entity.span);
    }
    anchors.extend(calls.iter().rev().map(|call| call.span));
    let attribute = way(&entity.fields, failure.origin, 0).unwrap_or_default();
    let mut related = evidence.related;
    related.extend(source_of_construct(project, entity));
    Finding {
        policy: page.name.to_string(),
        pillar: page.pillar.to_string(),
        severity: failure.severity,
        confidence: failure.confidence,
        message: failure.message.clone(),
        help: failure.help.clone(),
        resource: subject(project, entity),
        case: failure.description.clone(),
        primary: evidence.primary,
        related,
        anchors,
        project: project.path.to_string_lossy().replace('\\', "/"),
        via: calls.last().map(|call| call.header),
        absent: failure.primary == entity.header || says_something(project, failure.origin),
        fix: None,
        status: Status::Active,
        fingerprint: fingerprint(&page.name, &entity.address, &attribute, 0),
    }
}

/// Whether a value that stands at a header tells where something is missing; what the model has worked out stands
/// there too, and nobody can see it there.
fn says_something(project: &Project, origin: OriginId) -> bool {
    project.origins.get(origin).is_some_and(|origin| matches!(origin.step, Step::Absent(_)))
}

/// A verdict that could not be reached.
#[must_use]
pub fn undetermined(project: &Project, entity: &Entity, page: &Page, why: &Text, span: Span) -> Undetermined {
    Undetermined { policy: page.name.to_string(), resource: subject(project, entity), span, why: why.to_string() }
}

fn subject(project: &Project, entity: &Entity) -> Subject {
    let path = construct(project, entity).and_then(Value::as_str);
    // The last part is what the CDK calls the resource in its construct.
    let own = |path: &str| ["/Resource", "/Default"].iter().find_map(|last| path.strip_suffix(last)).map(str::to_owned);
    Subject {
        address: entity.address.to_string(),
        kind: entity.kind.to_string(),
        name: entity.name.to_string(),
        construct: path.map(|path| own(path).unwrap_or_else(|| path.to_owned())),
    }
}

/// The construct that made an entity's resource.
fn construct<'p>(project: &'p Project, entity: &Entity) -> Option<&'p Value> {
    project.resources.get(entity.resource)?.meta.get(CONSTRUCT)
}

/// The line of the user's own source that made the construct, where it is known and is no line of the template.
fn source_of_construct(project: &Project, entity: &Entity) -> Option<Label> {
    let path = construct(project, entity)?;
    let span = project.origins.span(path.origin)?;
    (span.file != entity.header.file)
        .then(|| Label { span, message: format!("construct `{}` is made here", path.as_str().unwrap_or_default()) })
}

/// The fields that lead to the value with an origin: `point_in_time_recovery.enabled`.
fn way(value: &Value, origin: OriginId, depth: usize) -> Option<String> {
    if origin.is_none() || depth > MAX_DEPTH {
        return None;
    }
    let inner = match &value.data {
        Data::Map(map) => map.entries.iter().find_map(|entry| {
            let rest = way(&entry.value, origin, depth + 1)?;
            Some(if rest.is_empty() { entry.key.to_string() } else { format!("{}.{rest}", entry.key) })
        }),
        Data::List(list) => list.items.iter().find_map(|item| way(item, origin, depth + 1)),
        Data::Choice(choice) => choice.cases.iter().find_map(|case| way(case, origin, depth + 1)),
        _ => None,
    };
    inner.or_else(|| (value.origin == origin).then(String::new))
}

/// Fields are nested a few levels deep; policy documents more.
const MAX_DEPTH: usize = 24;
