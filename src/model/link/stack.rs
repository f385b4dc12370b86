//! The stack: what is deployed together, as one thing that policies judge.

use crate::value::{Data, EntityId, List, ListKind, OriginId, Text, Value};

use super::super::derive::either;
use super::super::draft::Draft;
use super::super::drafts::{Drafts, link as link_to};
use super::super::governance::Governance;
use super::super::read::Context;
use super::super::schema::Subject;
use super::ids_of;

/// The stack as a whole, where it has tables or clusters; it stands at the first of them.
pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    let of = |drafts: &Drafts, subject: Subject| -> Vec<EntityId> {
        ids_of(drafts, subject).into_iter().filter(|id| drafts.get(*id).is_some_and(|draft| draft.managed)).collect()
    };
    let first = [Subject::Table, Subject::DaxCluster]
        .into_iter()
        .flat_map(|subject| of(drafts, subject))
        .filter_map(|id| drafts.get(id).map(|draft| draft.resource))
        .min();
    let Some(reader) = first.and_then(|position| context.reader(position)) else { return };
    let here = reader.header_origin(reader.resource.header);
    let own = context.project.resources.len().saturating_sub(context.project.lent);
    let name: Text = context.project.path.to_string_lossy().replace('\\', "/").into();
    let mut stack = Draft::new(Subject::Stack, reader.resource, reader.position);
    stack.exists = Value::fact(true, here);
    stack.address = name.clone();
    stack.kind = "stack".into();
    stack.name = name.clone();
    stack.managed = true;
    stack.set("address", Value::string(name.clone(), here));
    stack.set("name", Value::string(name.clone(), here));
    stack.set("logical_name", Value::string(name, here));
    stack.set("resource_type", Value::string("stack", here));
    stack.set("managed", Value::fact(true, here));
    stack.set("region", context.project.region.clone());
    for (subject, list) in [
        (Subject::Table, "tables"),
        (Subject::DaxCluster, "clusters"),
        (Subject::Index, "indexes"),
        (Subject::ScalingTarget, "scaling_targets"),
        (Subject::Alarm, "alarms"),
        (Subject::BackupPlan, "backup_plans"),
        (Subject::Trail, "trails"),
    ] {
        // Companions that other projects lend count; their tables are none of this stack's.
        let lent = |drafts: &Drafts, id: &EntityId| {
            !matches!(subject, Subject::Table | Subject::DaxCluster | Subject::Index)
                && drafts.get(*id).is_some_and(|draft| draft.resource >= own)
        };
        let lent: Vec<EntityId> = ids_of(drafts, subject).into_iter().filter(|id| lent(drafts, id)).collect();
        let links = of(drafts, subject)
            .into_iter()
            .chain(lent)
            .filter_map(|id| drafts.get(id).map(|draft| link_to(id, &draft.exists)));
        stack.set(list, gathered(links, here));
    }
    let mut kinds: Vec<&Text> =
        context.project.resources.iter().filter(|resource| resource.managed).map(|resource| &resource.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = kinds.into_iter().map(|kind| Value::string(kind.clone(), here)).collect();
    stack.set("resource_types", Value::list(kinds, OriginId::NONE));
    let found = Governance::read(context);
    for (list, entries) in [
        ("config_rules", found.config_rules),
        ("config_recorders", found.config_recorders),
        ("event_rules", found.event_rules),
        ("runbooks", found.runbooks),
        ("event_data_stores", found.event_data_stores),
    ] {
        stack.set(list, gathered(entries, here));
    }
    let none = Value::fact(false, here);
    let logs = drafts.selectors.iter().fold(none, |found, selector| either(&found, &selector.exists));
    stack.set("logs_data_events", logs);
    stack.set("dashboards", super::dashboards::addresses(context));
    for (name, list) in super::companions::companions(context) {
        stack.set(name, list);
    }
    let language = match context.project.language {
        crate::resource::Language::CloudFormation => "cloudformation",
        crate::resource::Language::Sam => "sam",
        crate::resource::Language::Terraform => "terraform",
    };
    stack.set("language", Value::string(language, here));
    drafts.add(stack);
}

/// A list of what is there; what may be there leaves it open.
fn gathered(items: impl IntoIterator<Item = Value>, origin: OriginId) -> Value {
    let mut list = List { kind: ListKind::Tuple, items: Vec::new(), rest: None };
    for item in items {
        match item.data {
            Data::Absent => {}
            Data::Unknown(unknown) => list.rest = list.rest.or(Some(unknown)),
            _ => list.items.push(item),
        }
    }
    Value::new(Data::List(list.into()), origin)
}
