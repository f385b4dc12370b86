//! What takes the whole project together: exports, trails over tables, clusters over tables, functions, canaries.

use crate::value::{Data, OriginId, Value};

use super::super::derive::{both, each, either, spread};
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::super::schema::Subject;
use super::super::{alarm, trail};
use super::reverse::{Source, reverse};
use super::table::{ends_of, leads_to};
use super::targets::{Elsewhere, Targets};
use super::{ids_of, table_ref};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    exports(drafts, tables);
    data_events(drafts, tables);
    clusters(drafts, tables);
    functions(drafts);
    canaries(context, drafts);
}

fn exports(drafts: &mut Drafts, tables: &Targets<'_>) {
    let mut sources = Vec::new();
    for id in ids_of(drafts, Subject::TableExport) {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let table = table_ref::resolve(tables, &draft.value("table_arn"), Elsewhere::Absent).table;
        draft.set("table", table.clone());
        sources.push(Source { id, link: table, exists: draft.exists.clone() });
    }
    reverse(drafts, &tables.ids(), &sources, "exports");
}

/// Whether a trail or event data store logs the data events of each table, and the reading of its stream.
fn data_events(drafts: &mut Drafts, tables: &Targets<'_>) {
    let selectors = std::mem::take(&mut drafts.selectors);
    // Each ARN is resolved once, whatever the number of tables.
    let links: Vec<Vec<Vec<Value>>> = selectors
        .iter()
        .map(|selector| {
            let resolved = |arn: &Value| table_ref::resolve(tables, arn, Elsewhere::Absent).table;
            selector.arns.iter().map(|list| spread(&list.patterns).0.iter().map(resolved).collect()).collect()
        })
        .collect();
    for id in tables.ids() {
        let Some(draft) = drafts.get_mut(id) else { continue };
        // A table without a name of its own gets one that nobody knows.
        let name = each(&draft.reference("written_name"), &mut |name| match name.data {
            Data::String(_) => name.clone(),
            _ => Value::unknown("the name of the table is not known", name.origin),
        });
        let here = draft.value("address").origin;
        let (mut logged, mut stream_logged) = (Value::fact(false, here), Value::fact(false, here));
        for (selector, links) in selectors.iter().zip(&links) {
            if selector.of_tables.as_bool() == Some(false) && selector.of_streams.as_bool() == Some(false) {
                continue;
            }
            let leads = |condition: usize, pattern: usize| {
                let link = links.get(condition).and_then(|list| list.get(pattern));
                link.map_or_else(|| Value::absent(here), |link| leads_to(link, id))
            };
            let covers = both(&selector.exists, &trail::covers(selector, &name, &leads));
            logged = either(&logged, &both(&covers, &selector.of_tables));
            let of_stream = either(&both(&selector.of_tables, &selector.reads_streams), &selector.of_streams);
            stream_logged = either(&stream_logged, &both(&covers, &of_stream));
        }
        draft.set("data_events", logged);
        draft.set("stream_data_events", stream_logged);
    }
    drafts.selectors = selectors;
}

/// The tables that the roles of clusters reach.
fn clusters(drafts: &mut Drafts, tables: &Targets<'_>) {
    let mut sources = Vec::new();
    for id in ids_of(drafts, Subject::DaxCluster) {
        let Some(draft) = drafts.get(id) else { continue };
        let exists = draft.exists.clone();
        let here = draft.value("address").origin;
        let role = draft.value("role");
        let (links, open) = tables_of_role(drafts, &role);
        if let Some(draft) = drafts.get_mut(id) {
            draft.set("tables", Value::list(links.clone(), here));
        }
        sources.extend(links.into_iter().map(|link| Source { id, link, exists: exists.clone() }));
        let Some(open) = open else { continue };
        if let (Some(draft), Data::Unknown(unknown)) = (drafts.get_mut(id), &open.data) {
            draft.open("tables", unknown);
        }
        sources.push(Source { id, link: open, exists });
    }
    reverse(drafts, &tables.ids(), &sources, "dax_clusters");
}

/// The tables that the grants of a role name, and what is not known of them.
pub(super) fn tables_of_role(drafts: &Drafts, role: &Value) -> (Vec<Value>, Option<Value>) {
    let mut ends = Vec::new();
    ends_of(role, &mut ends);
    let mut open = role.is_unknown().then(|| role.clone());
    let mut links: Vec<Value> = Vec::new();
    for end in ends {
        let Some(holder) = drafts.get(end) else { continue };
        if let Data::List(statements) = holder.value("statements").data
            && let Some(rest) = &statements.rest
        {
            open.get_or_insert_with(|| Value::new(Data::Unknown(rest.clone()), role.origin));
        }
        let Data::List(grants) = holder.value("grants").data else { continue };
        for grant in grants.items.iter().filter_map(Value::as_entity).filter_map(|grant| drafts.get(grant)) {
            if grant.value("effect").as_str() == Some("Deny") {
                continue;
            }
            let mut add = |list: Value| {
                if let Data::List(list) = list.data {
                    for link in &list.items {
                        let link = both_link(link, &both(&leads_to(role, end), &grant.exists));
                        let known = link.as_entity().is_some()
                            && links.iter().any(|other| other.as_entity() == link.as_entity());
                        if !known && !link.is_unset() {
                            links.push(link);
                        }
                    }
                }
            };
            add(grant.value("tables"));
        }
    }
    (links, open)
}

fn both_link(link: &Value, on: &Value) -> Value {
    super::super::derive::each_pair(link, on, &mut |link, on| match on.data {
        Data::Bool(true) => link.clone(),
        Data::Bool(false) => Value::absent(link.origin),
        _ => on.clone(),
    })
}

/// Functions that use no table and read no stream are not judged.
fn functions(drafts: &mut Drafts) {
    for id in ids_of(drafts, Subject::Function) {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let none = |path: &str| !matches!(draft.value(path).data, Data::List(list) if !list.items.is_empty());
        if none("tables") && none("stream_consumers") {
            let here = draft.value("address").origin;
            draft.managed = false;
            draft.set("managed", Value::fact(false, here));
        }
    }
}

/// Whether an alarm reads a metric of each canary.
fn canaries(context: &Context<'_>, drafts: &mut Drafts) {
    let canaries = ids_of(drafts, Subject::Canary);
    if canaries.is_empty() {
        return;
    }
    let targets = Targets::new(context, drafts, Subject::Canary);
    let mut links: Vec<(Value, Value)> = Vec::new();
    let mut of_all = Value::fact(false, OriginId::NONE);
    for (position, resource) in context.project.resources.iter().enumerate() {
        if !matches!(resource.kind.as_str(), "AWS::CloudWatch::Alarm" | "aws_cloudwatch_metric_alarm") {
            continue;
        }
        let Some(reader) = context.reader(position) else { continue };
        for metric in alarm::metrics(&reader, &["CloudWatchSynthetics"]) {
            let there = each(&metric, &mut |metric| Value::fact(!metric.is_unset(), metric.origin));
            let on = both(&resource.exists, &there);
            if metric.get("expression").is_some() {
                of_all = either(&of_all, &on);
                continue;
            }
            let name = each(&metric, &mut |metric| match metric.get("dimensions") {
                Some(dimensions) => each(dimensions, &mut |dimensions| match &dimensions.data {
                    Data::Map(map) => match (map.get("CanaryName"), &map.rest) {
                        (Some(name), _) => name.clone(),
                        (None, Some(rest)) => Value::new(Data::Unknown(rest.clone()), dimensions.origin),
                        (None, None) => Value::absent(dimensions.origin),
                    },
                    _ => dimensions.clone(),
                }),
                None => Value::absent(metric.origin),
            });
            links.push((targets.resolve(&name, Elsewhere::Absent), on));
        }
    }
    for id in canaries {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let here = draft.value("address").origin;
        let alarmed = links.iter().fold(either(&Value::fact(false, here), &of_all), |found, (link, on)| {
            either(&found, &both(on, &leads_to(link, id)))
        });
        draft.set("alarmed", alarmed);
    }
}
