//! CloudWatch alarms, in every language: the metrics that they read, directly or in metric math.

use crate::value::{Data, Entry, OriginId, Value};

use super::derive::{each, each_pair, known_text, or_else, tag_list};
use super::drafts::Drafts;
use super::read::{Block, Blocks, Reader, convert};
use super::schema::{Subject, Type};

/// The names of a metric's attributes in one language.
struct Names {
    namespace: &'static str,
    metric: &'static str,
    dimensions: &'static str,
    statistic: &'static [&'static str],
    period: &'static str,
    queries: &'static str,
    expression: &'static str,
    /// The ways from a query to its metric and to what stands beside it.
    query_metric: &'static str,
    query_stat: &'static str,
    query_period: &'static str,
}

const CLOUDFORMATION: Names = Names {
    namespace: "Namespace",
    metric: "MetricName",
    dimensions: "Dimensions",
    statistic: &["Statistic", "ExtendedStatistic"],
    period: "Period",
    queries: "Metrics",
    expression: "Expression",
    query_metric: "MetricStat.Metric",
    query_stat: "MetricStat.Stat",
    query_period: "MetricStat.Period",
};

const TERRAFORM: Names = Names {
    namespace: "namespace",
    metric: "metric_name",
    dimensions: "dimensions",
    statistic: &["statistic", "extended_statistic"],
    period: "period",
    queries: "metric_query",
    expression: "expression",
    query_metric: "metric",
    query_stat: "metric.stat",
    query_period: "metric.period",
};

/// The namespaces whose alarms are judged.
const OURS: [&str; 2] = ["AWS/DynamoDB", "AWS/DAX"];

/// Adds an alarm that reads metrics of DynamoDB or DAX.
pub(super) fn alarm(reader: &Reader<'_>, drafts: &mut Drafts) {
    let metrics = metrics(reader, &OURS);
    if metrics.is_empty() {
        return;
    }
    let mut alarm = reader.draft(Subject::Alarm);
    reader.name(&mut alarm, "name");
    let here = reader.header_origin(reader.resource.header);
    alarm.set("metrics", Value::list(metrics, here));
    drafts.add(alarm);
}

/// The metrics of some namespaces that an alarm reads, directly or in metric math.
pub(super) fn metrics(reader: &Reader<'_>, namespaces: &[&str]) -> Vec<Value> {
    let names = if reader.is_terraform() { &TERRAFORM } else { &CLOUDFORMATION };
    let header = reader.resource.header;
    let mut metrics = Vec::new();
    if !reader.raw(names.metric).is_unset() || !reader.raw(names.namespace).is_unset() {
        let whole = &reader.resource.attributes;
        let statistic = or_else(&reader.raw(names.statistic[0]), &reader.raw(names.statistic[1]));
        let metric = metric(reader, whole, header, names, statistic, &reader.raw(names.period));
        if is_of(&metric, namespaces) {
            metrics.push(metric);
        }
    }
    let naming = if reader.is_terraform() { "" } else { "Id" };
    for query in &Blocks::of(&reader.raw(names.queries), naming, header, reader.origins()).list {
        if let Some(metric) = of_query(reader, names, query, namespaces) {
            metrics.push(present(&query.exists, &metric));
        }
    }
    metrics
}

fn present(exists: &Value, value: &Value) -> Value {
    each_pair(exists, value, &mut |exists, value| match exists.data {
        Data::Bool(true) => value.clone(),
        Data::Bool(false) => Value::absent(exists.origin),
        _ => exists.clone(),
    })
}

fn metric(
    reader: &Reader<'_>,
    block: &Value,
    header: crate::source::Span,
    names: &Names,
    statistic: Value,
    period: &Value,
) -> Value {
    let text = |name: &str| reader.find(block, header, name, &Type::String, None);
    let name = text(names.metric);
    let origin = if name.origin.is_none() { reader.header_origin(header) } else { name.origin };
    let dimensions = tag_list(&reader.raw_in(block, header, names.dimensions), "Name", "Value");
    let dimensions = each(&dimensions, &mut |dimensions| {
        if dimensions.is_unset() { Value::map(Vec::new(), dimensions.origin) } else { dimensions.clone() }
    });
    fields(
        origin,
        vec![
            ("namespace", text(names.namespace)),
            ("name", name),
            ("dimensions", dimensions),
            ("statistic", statistic),
            ("period", convert(period, &Type::Integer)),
        ],
    )
}

fn fields(origin: OriginId, fields: Vec<(&str, Value)>) -> Value {
    let entries = fields.into_iter().map(|(name, value)| Entry::new(name, OriginId::NONE, value)).collect();
    Value::map(entries, origin)
}

fn is_of(metric: &Value, namespaces: &[&str]) -> bool {
    metric.get("namespace").and_then(known_text).is_some_and(|namespace| namespaces.contains(&namespace))
}

/// The metric of a query, or the search over one of the namespaces; expressions over other queries read nothing.
fn of_query(reader: &Reader<'_>, names: &Names, query: &Block, namespaces: &[&str]) -> Option<Value> {
    let get = |way: &str| reader.raw_in(&query.value, query.header, way);
    let inner = get(names.query_metric);
    if !inner.is_unset() {
        let found = Blocks::of(&inner, names.metric, query.header, reader.origins()).list.into_iter().next()?;
        let statistic = get(names.query_stat);
        let metric = metric(reader, &found.value, found.header, names, statistic, &get(names.query_period));
        return is_of(&metric, namespaces).then_some(metric);
    }
    let expression = get(names.expression);
    let text = known_text(&expression)?.to_owned();
    let namespace = namespaces.iter().find(|namespace| text.contains(**namespace))?;
    let origin = expression.origin;
    Some(fields(
        origin,
        vec![
            ("namespace", Value::string(*namespace, origin)),
            ("dimensions", Value::map(Vec::new(), origin)),
            ("expression", expression),
        ],
    ))
}
