//! CloudWatch dashboards: the metrics of DynamoDB that their widgets show.

use std::sync::Arc;

use crate::value::{Data, List, Unknown, Value, decoded};

use super::derive::{each, spread};
use super::read::Reader;

/// A metric of a widget, or the search that stands in place of one.
pub(super) struct Shown {
    /// The metric's name; absent for a search or query.
    pub name: Value,
    /// The name of the table that the dimensions give; absent where they give none.
    pub table: Value,
    /// The search or query over the namespace.
    pub expression: Value,
    /// The Region that the widget or the metric names; absent where neither does.
    pub region: Value,
}

/// What a dashboard shows of DynamoDB.
#[derive(Default)]
pub(super) struct Dashboard {
    pub shown: Vec<Shown>,
    /// Something of the body is not known.
    pub open: Option<Arc<Unknown>>,
}

const NAMESPACE: &str = "AWS/DynamoDB";

/// `AWS::CloudWatch::Dashboard`, `aws_cloudwatch_dashboard`; nothing for other resources.
pub(super) fn dashboard(reader: &Reader<'_>) -> Option<Dashboard> {
    let body = match reader.kind() {
        "AWS::CloudWatch::Dashboard" => reader.raw("DashboardBody"),
        "aws_cloudwatch_dashboard" => reader.raw("dashboard_body"),
        _ => return None,
    };
    let mut found = Dashboard::default();
    let tree = each(&body, &mut |body| {
        decoded(reader.origins(), body)
            .unwrap_or_else(|| Value::unknown("the body of the dashboard can't be read as JSON", body.origin))
    });
    let widgets = part(&tree, "widgets", &mut found.open);
    let (widgets, rest) = spread(&widgets);
    found.open = found.open.or(rest);
    for widget in &widgets {
        let properties = part(widget, "properties", &mut found.open);
        let region = part(&properties, "region", &mut found.open);
        let (rows, rest) = spread(&part(&properties, "metrics", &mut found.open));
        found.open = found.open.or(rest);
        let mut before: Vec<Value> = Vec::new();
        for row in &rows {
            found.row(row, &region, &mut before);
        }
    }
    Some(found)
}

/// An entry of a map; an unknown map leaves the dashboard open.
fn part(of: &Value, name: &str, open: &mut Option<Arc<Unknown>>) -> Value {
    each(of, &mut |of| match &of.data {
        Data::Map(map) => match (map.get(name), &map.rest) {
            (Some(found), _) if found.is_unset() => Value::absent(found.origin),
            (Some(found), _) => found.clone(),
            (None, Some(rest)) => {
                open.get_or_insert_with(|| rest.clone());
                Value::absent(of.origin)
            }
            (None, None) => Value::absent(of.origin),
        },
        Data::Unknown(unknown) => {
            open.get_or_insert_with(|| unknown.clone());
            Value::absent(of.origin)
        }
        _ => Value::absent(of.origin),
    })
}

impl Dashboard {
    /// One row of `metrics`: namespace, name, dimensions and options, where `.` and `...` repeat the row before.
    fn row(&mut self, row: &Value, widget_region: &Value, before: &mut Vec<Value>) {
        let Data::List(list) = &row.data else {
            if let Data::Unknown(unknown) = &row.data {
                self.open.get_or_insert_with(|| unknown.clone());
            }
            return;
        };
        let (cells, options) = expanded(list, before);
        let option = |name: &str| options.and_then(|options| options.get(name)).cloned();
        let region = option("region").unwrap_or_else(|| widget_region.clone());
        if let Some(expression) = option("expression") {
            if crate::value::text::known_pieces(&expression).iter().any(|piece| piece.contains(NAMESPACE)) {
                let nothing = Value::absent(row.origin);
                self.shown.push(Shown { name: nothing.clone(), table: nothing, expression, region });
            }
            return;
        }
        if cells.first().and_then(Value::as_str) == Some(NAMESPACE) {
            let table = cells.iter().skip(2).step_by(2).zip(cells.iter().skip(3).step_by(2));
            let table = table.into_iter().find(|(name, _)| name.as_str() == Some("TableName")).map(|(_, value)| value);
            let nothing = Value::absent(row.origin);
            self.shown.push(Shown {
                name: cells.get(1).cloned().unwrap_or_else(|| nothing.clone()),
                table: table.cloned().unwrap_or_else(|| nothing.clone()),
                expression: nothing,
                region,
            });
        }
        *before = cells;
    }
}

/// The cells of a row with what they repeat, and its options.
fn expanded<'r>(row: &'r List, before: &[Value]) -> (Vec<Value>, Option<&'r Value>) {
    let options = row.items.last().filter(|last| matches!(last.data, Data::Map(_)));
    let written = &row.items[..row.items.len() - usize::from(options.is_some())];
    let mut cells: Vec<Value> = Vec::new();
    for (at, cell) in written.iter().enumerate() {
        match cell.as_str() {
            Some("...") => {
                // As many as leave room for what follows.
                let following = written.len() - at - 1;
                let until = before.len().saturating_sub(following);
                cells.extend(before.iter().take(until).skip(cells.len()).cloned());
            }
            Some(".") => cells.push(before.get(cells.len()).cloned().unwrap_or_else(|| cell.clone())),
            _ => cells.push(cell.clone()),
        }
    }
    (cells, options)
}
