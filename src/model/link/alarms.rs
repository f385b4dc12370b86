//! Alarms with the tables, indexes and clusters whose metrics they read.

use std::sync::Arc;

use crate::value::{Data, Entry, OriginId, Value, text};

use super::super::derive::{each, known_text, spread};
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::super::schema::Subject;
use super::reverse::{Source, reverse};
use super::scaling::index_link;
use super::table_ref;
use super::targets::{Elsewhere, Targets};
use super::uses::Uses;

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>, uses: &Uses<'_>) {
    let clusters = Targets::new(context, drafts, Subject::DaxCluster);
    let rules = composite_rules(context);
    let mut sources: [Vec<Source>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    for id in super::ids_of(drafts, Subject::Alarm) {
        let Some(draft) = drafts.get(id) else { continue };
        let (metrics, _) = spread(&draft.value("metrics"));
        let used = is_used(context, draft, uses, &rules);
        let exists = draft.exists.clone();
        let here = draft.value("metrics").origin;
        let mut linked = Vec::new();
        let mut ends: [Vec<Value>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        for metric in metrics {
            let (table, index, cluster) = ends_of_metric(drafts, tables, &clusters, &metric);
            let with = each(&metric, &mut |metric| match &metric.data {
                Data::Map(map) => {
                    let mut map = (**map).clone();
                    for (name, link) in [("table", &table), ("index", &index), ("cluster", &cluster)] {
                        map.entries.push(Entry::new(name, OriginId::NONE, link.clone()));
                    }
                    Value::new(Data::Map(Arc::new(map)), metric.origin)
                }
                _ => metric.clone(),
            });
            linked.push(with);
            if metric_covers_all(&metric) {
                let all = if metric_namespace(&metric) == "AWS/DAX" { clusters.ids() } else { tables.ids() };
                let list = if metric_namespace(&metric) == "AWS/DAX" { &mut ends[2] } else { &mut ends[0] };
                list.extend(all.into_iter().map(|id| Value::entity(id, metric.origin)));
                continue;
            }
            for (list, link) in ends.iter_mut().zip([table, index, cluster]) {
                list.push(link);
            }
        }
        let Some(draft) = drafts.get_mut(id) else { continue };
        draft.set("metrics", Value::list(linked, here));
        draft.set("used_elsewhere", Value::fact(used, here));
        for ((path, links), sources) in ["tables", "indexes", "clusters"].iter().zip(ends).zip(&mut sources) {
            let mut known: Vec<Value> = Vec::new();
            let mut open = None;
            for link in links {
                let twice = link.as_entity().is_some() && known.iter().any(|old| old.as_entity() == link.as_entity());
                match &link.data {
                    Data::Unknown(unknown) => open = open.or_else(|| Some(unknown.clone())),
                    Data::Absent => {}
                    _ if twice => {}
                    _ => {
                        sources.push(Source { id, link: link.clone(), exists: exists.clone() });
                        known.push(link);
                    }
                }
            }
            if let Some(open) = &open {
                let link = Value::new(Data::Unknown(open.clone()), here);
                sources.push(Source { id, link, exists: exists.clone() });
            }
            draft.set(path, Value::list(known, here));
            if let Some(open) = open {
                draft.open(path, &open);
            }
        }
    }
    let indexes = super::ids_of(drafts, Subject::Index);
    let destinations = super::ids_of(drafts, Subject::KinesisDestination);
    let [of_tables, of_indexes, of_clusters] = sources;
    reverse(drafts, &tables.ids(), &of_tables, "alarms");
    reverse(drafts, &indexes, &of_indexes, "alarms");
    reverse(drafts, &clusters.ids(), &of_clusters, "alarms");
    for id in destinations {
        let alarms = drafts
            .get(id)
            .and_then(|draft| draft.value("table").as_entity())
            .and_then(|table| drafts.get(table))
            .map(|table| table.value("alarms"));
        if let (Some(alarms), Some(draft)) = (alarms, drafts.get_mut(id)) {
            draft.set("alarms", alarms);
        }
    }
}

fn metric_namespace(metric: &Value) -> &str {
    metric.get("namespace").and_then(Value::as_str).unwrap_or_default()
}

fn metric_covers_all(metric: &Value) -> bool {
    metric.get("expression").is_some()
}

/// The table, index and cluster that the dimensions of a metric name.
fn ends_of_metric(
    drafts: &Drafts,
    tables: &Targets<'_>,
    clusters: &Targets<'_>,
    metric: &Value,
) -> (Value, Value, Value) {
    let dimension = |wanted: &str| {
        each(metric, &mut |metric| {
            let dimensions = metric.get("dimensions").cloned().unwrap_or_else(|| Value::absent(metric.origin));
            each(&dimensions, &mut |dimensions| match &dimensions.data {
                Data::Map(map) => {
                    let found = map.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(wanted));
                    match (found, &map.rest) {
                        (Some(entry), _) => entry.value.clone(),
                        (None, Some(rest)) => Value::new(Data::Unknown(rest.clone()), dimensions.origin),
                        (None, None) => Value::absent(dimensions.origin),
                    }
                }
                _ => dimensions.clone(),
            })
        })
    };
    let dax = each(metric, &mut |metric| Value::fact(metric_namespace(metric) == "AWS/DAX", metric.origin));
    if dax.as_bool() == Some(true) {
        let cluster = clusters.resolve(&dimension("ClusterId"), Elsewhere::Absent);
        return (Value::absent(metric.origin), Value::absent(metric.origin), cluster);
    }
    let table = table_ref::resolve(tables, &dimension("TableName"), Elsewhere::Absent).table;
    let index = index_link(drafts, &table, &dimension("GlobalSecondaryIndexName"));
    (table, index, Value::absent(metric.origin))
}

/// The known texts of composite alarms' rules.
fn composite_rules(context: &Context<'_>) -> Vec<String> {
    let mut rules = Vec::new();
    for (position, resource) in context.project.resources.iter().enumerate() {
        let name = match resource.kind.as_str() {
            "AWS::CloudWatch::CompositeAlarm" => "AlarmRule",
            "aws_cloudwatch_composite_alarm" => "alarm_rule",
            _ => continue,
        };
        if let Some(reader) = context.reader(position) {
            rules.extend(text::known_pieces(&reader.raw(name)).iter().map(ToString::to_string));
        }
    }
    rules
}

/// Whether something that acts on alarms names this one.
fn is_used(context: &Context<'_>, alarm: &super::super::draft::Draft, uses: &Uses<'_>, rules: &[String]) -> bool {
    let by_reference = uses.by_resources(&alarm.resource_address, |user| {
        let kind = context.project.resources.get(user).map_or("", |resource| resource.kind.as_str());
        ["Composite", "composite", "Deploy", "deploy", "RegionSwitch", "regionswitch", "ECS::Service", "ecs_service"]
            .iter()
            .any(|part| kind.contains(part))
    });
    by_reference
        || known_text(&alarm.reference("written_name"))
            .is_some_and(|name| !name.is_empty() && rules.iter().any(|rule| rule.contains(name)))
}
