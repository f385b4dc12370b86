//! Dashboards with the tables whose metrics they show.

use std::sync::Arc;

use crate::value::{Data, Entry, OriginId, Unknown, Value};

use super::super::client::list;
use super::super::dashboard::dashboard;
use super::super::derive::both;
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::network::present;
use super::table::{ends_of, leads_to};
use super::table_ref;
use super::targets::{Elsewhere, Targets};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let ids = tables.ids();
    for id in &ids {
        if let Some(draft) = drafts.get_mut(*id) {
            let here = draft.value("address").origin;
            draft.set("dashboard_metrics", Value::list(Vec::new(), here));
        }
    }
    for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, resource)| resource.managed) {
        let Some(found) = context.reader(position).and_then(|reader| dashboard(&reader)) else { continue };
        let mut open: Option<Arc<Unknown>> = found.open;
        if let Data::Unknown(unknown) = &resource.exists.data {
            open.get_or_insert_with(|| unknown.clone());
        }
        for metric in &found.shown {
            let entry = |name: &str, value: &Value| Entry::new(name, OriginId::NONE, value.clone());
            let shown = Value::map(
                vec![
                    entry("name", &metric.name),
                    entry("expression", &metric.expression),
                    entry("region", &metric.region),
                ],
                metric.name.origin,
            );
            if !metric.expression.is_unset() {
                for id in &ids {
                    if let Some(draft) = drafts.get_mut(*id) {
                        draft.push_if("dashboard_metrics", &resource.exists, &shown);
                    }
                }
                continue;
            }
            let table = table_ref::resolve(tables, &metric.table, Elsewhere::Absent).table;
            let mut ends = Vec::new();
            ends_of(&table, &mut ends);
            if let Data::Unknown(unknown) = &table.data {
                open.get_or_insert_with(|| unknown.clone());
            }
            for end in ends {
                let on = both(&resource.exists, &leads_to(&table, end));
                if let Some(draft) = drafts.get_mut(end) {
                    draft.push_if("dashboard_metrics", &on, &shown);
                }
            }
        }
        if let Some(open) = open {
            for id in &ids {
                if let Some(draft) = drafts.get_mut(*id) {
                    draft.open("dashboard_metrics", &open);
                }
            }
        }
    }
}

/// The addresses of the dashboards that show metrics of DynamoDB; one whose body is not known leaves the list open.
pub(super) fn addresses(context: &Context<'_>) -> Value {
    let (mut items, mut open) = (Vec::new(), None);
    for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, resource)| resource.managed) {
        let Some(reader) = context.reader(position) else { continue };
        let Some(found) = dashboard(&reader) else { continue };
        let here = reader.header_origin(resource.header);
        match (&resource.exists.data, found.open) {
            (Data::Unknown(_), _) if !found.shown.is_empty() => open = Some(resource.exists.clone()),
            _ if !found.shown.is_empty() => {
                items.push(present(&resource.exists, &Value::string(resource.address.clone(), here)));
            }
            (_, Some(unknown)) => open = Some(Value::new(Data::Unknown(unknown), here)),
            _ => {}
        }
    }
    list(items, open, OriginId::NONE)
}
