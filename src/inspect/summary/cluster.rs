//! A DAX cluster in a few lines.

use crate::value::{Data, Value};

use super::super::markdown::code;
use super::line::{Lines, count};
use super::table;

/// How many zones and tables are named.
const MOST_NAMED: usize = 8;

pub(super) fn lines(lines: &mut Lines<'_>) {
    let words = lines.words();
    lines.plain("name", "name");
    let nodes = vec![("count", lines.field("node_count")), ("type", lines.field("node_type"))];
    lines.say("nodes", nodes, &|map| {
        let part = |name: &str| map.get(name).filter(|value| !value.is_unset());
        let number = part("count").map_or_else(|| "a number that is not set".to_owned(), |count| words.plain(count));
        match part("type") {
            Some(ty) => format!("{number} of {}", code(&words.plain(ty))),
            None => number,
        }
    });
    let zones = vec![("zones", lines.field("zones"))];
    lines.say("zones", zones, &|map| match map.get("zones").and_then(Value::as_list) {
        Some(list) if list.items.is_empty() && list.rest.is_none() => "chosen by AWS".to_owned(),
        Some(list) => {
            let mut names: Vec<String> =
                list.items.iter().take(MOST_NAMED).map(|zone| code(&words.plain(zone))).collect();
            if list.rest.is_some() || list.items.len() > MOST_NAMED {
                names.push("more".to_owned());
            }
            names.join(", ")
        }
        None => map.get("zones").filter(|zones| !zones.is_unset()).map(|zones| words.text(zones)).unwrap_or_default(),
    });
    lines.switch("encryption at rest", "encryption_at_rest");
    let endpoint = vec![("type", lines.field("endpoint_encryption"))];
    lines.say("encryption in transit", endpoint, &|map| match map.get("type").map(|ty| &ty.data) {
        Some(Data::String(ty)) if ty == "NONE" => "off".to_owned(),
        Some(Data::String(ty)) if ty == "TLS" => "TLS".to_owned(),
        Some(Data::Absent | Data::Null) | None => String::new(),
        Some(_) => map.get("type").map(|ty| words.text(ty)).unwrap_or_default(),
    });
    for (label, path) in [
        ("subnet group", "subnet_group_name"),
        ("parameter group", "parameter_group_name"),
        ("role", "role_arn"),
        ("maintenance", "maintenance_window"),
        ("notifications", "notification_topic"),
    ] {
        lines.plain(label, path);
    }
    let tables = vec![("tables", lines.linked("tables", &["name"]))];
    lines.say("tables", tables, &|map| {
        let Some(list) = map.get("tables").and_then(Value::as_list) else { return String::new() };
        let names = list.items.iter().filter_map(|item| item.get("name"));
        let mut names: Vec<String> = names.take(MOST_NAMED).map(|name| code(&words.plain(name))).collect();
        if list.rest.is_some() || list.items.len() > MOST_NAMED {
            names.push("perhaps more".to_owned());
        }
        names.join(", ")
    });
    table::tags(lines);
    let alarms = vec![("alarms", lines.field("alarms"))];
    lines.say("alarms", alarms, &|map| count(map.get("alarms")).unwrap_or_else(|| "none".to_owned()));
}
