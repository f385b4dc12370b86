//! What a stack has beside its tables that policies ask for as a whole: audits and restore tests of backups, readiness
//! checks, what watches the cost.

use crate::value::{OriginId, Value};

use super::super::derive::{each, known_text};
use super::super::read::{Context, Reader};
use super::network::present;

/// A field of the stack and what it gathers of a resource; nothing of most.
type Gather = (&'static str, fn(&Reader<'_>) -> Option<Value>);

const FIELDS: &[Gather] = &[
    ("backup_audits", backup_audit),
    ("restore_testing_plans", restore_testing_plan),
    ("restore_tested_types", restore_tested_type),
    ("readiness_checks", readiness_check),
    ("cost_watches", cost_watch),
    ("metric_streams", metric_stream),
];

/// The fields of the stack that list such companions, each in the cases in which it is there.
pub(super) fn companions(context: &Context<'_>) -> Vec<(&'static str, Value)> {
    let mut lists: Vec<(Vec<Value>, Option<Value>)> = FIELDS.iter().map(|_| (Vec::new(), None)).collect();
    for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, resource)| resource.managed) {
        let Some(reader) = context.reader(position) else { continue };
        for ((_, gather), (list, open)) in FIELDS.iter().zip(&mut lists) {
            let Some(value) = gather(&reader) else { continue };
            // One that may be there or not leaves the list open.
            if resource.exists.is_unknown() {
                *open = Some(resource.exists.clone());
            } else {
                list.push(present(&resource.exists, &value));
            }
        }
    }
    let lists = lists.into_iter().map(|(items, open)| super::super::client::list(items, open, OriginId::NONE));
    FIELDS.iter().map(|(name, _)| *name).zip(lists).collect()
}

/// The address of a resource that is one of some types.
fn of_kind(reader: &Reader<'_>, kinds: &[&str]) -> Option<Value> {
    let here = reader.header_origin(reader.resource.header);
    kinds.contains(&reader.kind()).then(|| Value::string(reader.resource.address.clone(), here))
}

fn backup_audit(reader: &Reader<'_>) -> Option<Value> {
    of_kind(
        reader,
        &["AWS::Backup::Framework", "AWS::Backup::ReportPlan", "aws_backup_framework", "aws_backup_report_plan"],
    )
}

fn restore_testing_plan(reader: &Reader<'_>) -> Option<Value> {
    of_kind(reader, &["AWS::Backup::RestoreTestingPlan", "aws_backup_restore_testing_plan"])
}

fn restore_tested_type(reader: &Reader<'_>) -> Option<Value> {
    match reader.kind() {
        "AWS::Backup::RestoreTestingSelection" => Some(reader.raw("ProtectedResourceType")),
        "aws_backup_restore_testing_selection" => Some(reader.raw("protected_resource_type")),
        _ => None,
    }
}

fn readiness_check(reader: &Reader<'_>) -> Option<Value> {
    of_kind(reader, &["AWS::Route53RecoveryReadiness::ReadinessCheck", "aws_route53recoveryreadiness_readiness_check"])
}

/// A budget, a monitor of cost anomalies, or an alarm on the bill.
fn cost_watch(reader: &Reader<'_>) -> Option<Value> {
    let watch = of_kind(
        reader,
        &["AWS::Budgets::Budget", "aws_budgets_budget", "AWS::CE::AnomalyMonitor", "aws_ce_anomaly_monitor"],
    );
    if watch.is_some() {
        return watch;
    }
    let (namespace, queries) = match reader.kind() {
        "AWS::CloudWatch::Alarm" => ("Namespace", ["Metrics", "MetricStat.Metric.Namespace"]),
        "aws_cloudwatch_metric_alarm" => ("namespace", ["metric_query", "metric.namespace"]),
        _ => return None,
    };
    let here = reader.header_origin(reader.resource.header);
    let is_bill = |namespace: &Value| known_text(namespace) == Some("AWS/Billing");
    let [list, within] = queries;
    let queries = super::super::derive::spread(&reader.raw(list)).0;
    let of_query = |query: &Value| {
        let namespace = each(query, &mut |query| reader.raw_in(query, reader.resource.header, within));
        is_bill(&namespace)
    };
    (is_bill(&reader.raw(namespace)) || queries.iter().any(of_query))
        .then(|| Value::string(reader.resource.address.clone(), here))
}

/// A stream of metrics that takes those of DynamoDB along.
fn metric_stream(reader: &Reader<'_>) -> Option<Value> {
    let [include, exclude, namespace, names] = match reader.kind() {
        "AWS::CloudWatch::MetricStream" => ["IncludeFilters", "ExcludeFilters", "Namespace", "MetricNames"],
        "aws_cloudwatch_metric_stream" => ["include_filter", "exclude_filter", "namespace", "metric_names"],
        _ => return None,
    };
    let here = reader.header_origin(reader.resource.header);
    let header = reader.resource.header;
    let is_ours = |filter: &Value| {
        let text = |way: &str| each(filter, &mut |filter| reader.raw_in(filter, header, way));
        known_text(&text(namespace)) == Some("AWS/DynamoDB") && text(names).is_unset()
    };
    let (included, rest) = super::super::derive::spread(&reader.raw(include));
    let excluded = super::super::derive::spread(&reader.raw(exclude)).0;
    let takes = if included.is_empty() { rest.is_none() } else { included.iter().any(is_ours) };
    (takes && !excluded.iter().any(is_ours)).then(|| Value::string(reader.resource.address.clone(), here))
}
