//! A table in a few lines.

use crate::value::{Data, Value};
use std::fmt::Write;

use super::super::markdown::code;
use super::super::shown::Words;
use super::line::{Lines, count, on_off};

/// How many indexes, replicas and tags are named.
const MOST_NAMED: usize = 8;

const SCALING: &[&str] = &["min", "max", "policies"];

/// Everything that people ask of a table.
pub(super) fn lines(lines: &mut Lines<'_>) {
    lines.plain("name", "name");
    capacity(lines);
    keys(lines);
    indexes(lines);
    encryption(lines);
    recovery(lines);
    lines.switch("deletion protection", "deletion_protection");
    lines.plain("deletion policy", "deletion_policy");
    lines.plain("class", "table_class");
    let words = lines.words();
    let ttl = vec![("enabled", lines.field("ttl.enabled")), ("attribute", lines.field("ttl.attribute"))];
    lines.say("time to live", ttl, &|map| match (map.get("enabled").and_then(Value::as_bool), map.get("attribute")) {
        (Some(true), Some(attribute)) if !attribute.is_unset() => format!("on, by {}", words.text(attribute)),
        _ => on_off(words, map.get("enabled")),
    });
    let stream = vec![
        ("enabled", lines.field("stream.enabled")),
        ("view", lines.field("stream.view_type")),
        ("consumers", lines.field("stream_consumers")),
    ];
    lines.say("stream", stream, &|map| {
        let mut text = match (map.get("enabled").and_then(Value::as_bool), map.get("view")) {
            (Some(true), Some(view)) if !view.is_unset() => format!("on, {}", words.text(view)),
            _ => on_off(words, map.get("enabled")),
        };
        if let Some(readers) = count(map.get("consumers")) {
            let _ = write!(text, ", read by {readers}");
        }
        text
    });
    replicas(lines);
    tags(lines);
    let alarms = vec![("alarms", lines.field("alarms"))];
    lines.say("alarms", alarms, &|map| count(map.get("alarms")).unwrap_or_else(|| "none".to_owned()));
}

/// What tells one table from another at a glance.
pub(super) fn essentials(lines: &mut Lines<'_>) {
    capacity(lines);
    keys(lines);
}

fn capacity(lines: &mut Lines<'_>) {
    let words = lines.words();
    let values = vec![
        ("mode", lines.field("billing_mode")),
        ("read", lines.field("capacity.read")),
        ("write", lines.field("capacity.write")),
        ("max_reads", lines.field("on_demand.max_reads")),
        ("max_writes", lines.field("on_demand.max_writes")),
        ("read_scaling", lines.linked("read_scaling", SCALING)),
        ("write_scaling", lines.linked("write_scaling", SCALING)),
    ];
    lines.say("capacity", values, &|map| match map.get("mode").map(|mode| &mode.data) {
        Some(Data::String(mode)) if mode == "PAY_PER_REQUEST" => {
            let limits: Vec<String> = [("max_reads", "reads"), ("max_writes", "writes")]
                .iter()
                .filter_map(|(name, what)| {
                    let limit = map.get(name).filter(|limit| !limit.is_unset())?;
                    Some(format!("at most {} {what} a second", words.plain(limit)))
                })
                .collect();
            let limits = if limits.is_empty() { String::new() } else { format!(", {}", limits.join(", ")) };
            format!("on-demand{limits}")
        }
        Some(Data::String(mode)) if mode == "PROVISIONED" => {
            format!("provisioned, {}, {}", units(words, map, "read"), units(words, map, "write"))
        }
        Some(_) => map.get("mode").map(|mode| words.text(mode)).unwrap_or_default(),
        None => String::new(),
    });
}

/// `5 read units`, `read units scaled from 5 to 100`.
fn units(words: Words<'_>, map: &Value, direction: &str) -> String {
    let scaling = map.get(&format!("{direction}_scaling")).and_then(Value::as_list);
    let target = scaling.and_then(|list| list.items.iter().find(|item| !item.is_unset()));
    if let Some(target) = target {
        let part = |name: &str| target.get(name).filter(|value| !value.is_unset()).map(|value| words.plain(value));
        let range = match (part("min"), part("max")) {
            (Some(min), Some(max)) => format!(" from {min} to {max}"),
            (Some(min), None) => format!(" from {min}"),
            (None, Some(max)) => format!(" up to {max}"),
            (None, None) => String::new(),
        };
        return format!("{direction} units scaled{range}");
    }
    let open = if scaling.is_some_and(|list| list.rest.is_some()) { ", perhaps scaled" } else { "" };
    match map.get(direction) {
        Some(units) if !units.is_unset() => format!("{} {direction} units{open}", words.plain(units)),
        _ => format!("{direction} units not set{open}"),
    }
}

fn keys(lines: &mut Lines<'_>) {
    let words = lines.words();
    lines.say("keys", vec![("keys", lines.field("keys"))], &|map| key_text(words, map.get("keys")));
}

/// ``partition `id` (S), sort `at` (N)``.
pub(super) fn key_text(words: Words<'_>, keys: Option<&Value>) -> String {
    let Some(list) = keys.and_then(Value::as_list) else {
        return keys.filter(|keys| !keys.is_unset()).map(|keys| words.text(keys)).unwrap_or_default();
    };
    let parts: Vec<String> = list
        .items
        .iter()
        .filter_map(|key| {
            let name = key.get("name").filter(|name| !name.is_unset())?;
            let role = match key.get("key_type").and_then(Value::as_str) {
                Some("HASH") => "partition ",
                Some("RANGE") => "sort ",
                _ => "",
            };
            let ty = key.get("attribute_type").and_then(Value::as_str);
            let ty = ty.map(|ty| format!(" ({ty})")).unwrap_or_default();
            Some(format!("{role}{}{ty}", code(&words.plain(name))))
        })
        .collect();
    let open = if list.rest.is_some() { ", perhaps more" } else { "" };
    format!("{}{open}", parts.join(", "))
}

fn indexes(lines: &mut Lines<'_>) {
    let words = lines.words();
    let values = vec![("indexes", lines.linked("indexes", &["name", "kind", "keys", "projection"]))];
    lines.say("indexes", values, &|map| {
        let Some(list) = map.get("indexes").and_then(Value::as_list) else { return String::new() };
        let items: Vec<&Value> = list.items.iter().filter(|item| !item.is_unset()).collect();
        let mut parts: Vec<String> = items
            .iter()
            .take(MOST_NAMED)
            .map(|index| {
                let name = index.get("name").map(|name| code(&words.plain(name))).unwrap_or_default();
                let kind = index.get("kind").and_then(Value::as_str).unwrap_or("");
                let keys = key_text(words, index.get("keys"));
                let projection = index.get("projection").and_then(|projection| projection.get("type"));
                let projection = projection.filter(|ty| !ty.is_unset()).map(|ty| words.plain(ty));
                let details = [Some(kind.to_owned()), Some(keys), projection];
                let details: Vec<String> = details.into_iter().flatten().filter(|text| !text.is_empty()).collect();
                format!("{name} ({})", details.join("; "))
            })
            .collect();
        if items.len() > MOST_NAMED {
            parts.push(format!("{} more", items.len() - MOST_NAMED));
        }
        if list.rest.is_some() {
            parts.push("perhaps more".to_owned());
        }
        parts.join(", ")
    });
}

fn encryption(lines: &mut Lines<'_>) {
    let words = lines.words();
    let values = vec![("class", lines.field("encryption.key_class")), ("key", lines.field("encryption.kms_key"))];
    lines.say("encryption", values, &|map| {
        let key = map.get("key").filter(|key| !key.is_unset());
        match map.get("class").map(|class| &class.data) {
            Some(Data::String(class)) => match class.as_str() {
                "aws-owned" => "by a key that AWS owns".to_owned(),
                "aws-managed" => "by the key that AWS manages".to_owned(),
                _ => match key {
                    Some(key) => format!("by a key of your own, {}", code(&words.plain(key))),
                    None => "by a key of your own".to_owned(),
                },
            },
            Some(Data::Absent | Data::Null) | None => String::new(),
            Some(_) => match (key, map.get("class")) {
                (Some(key), _) if key.is_unknown() => format!("by a key that is {}", words.text(key)),
                (_, Some(class)) => words.text(class),
                _ => String::new(),
            },
        }
    });
}

fn recovery(lines: &mut Lines<'_>) {
    let words = lines.words();
    let values = vec![
        ("enabled", lines.field("point_in_time_recovery.enabled")),
        ("days", lines.field("point_in_time_recovery.period_days")),
    ];
    lines.say("point-in-time recovery", values, &|map| match (
        map.get("enabled").and_then(Value::as_bool),
        map.get("days"),
    ) {
        (Some(true), Some(days)) if !days.is_unset() => format!("on, {} days", words.plain(days)),
        _ => on_off(words, map.get("enabled")),
    });
}

fn replicas(lines: &mut Lines<'_>) {
    let words = lines.words();
    let values = vec![("replicas", lines.linked("replicas", &["name"]))];
    lines.say("replicas", values, &|map| {
        let Some(list) = map.get("replicas").and_then(Value::as_list) else { return String::new() };
        let names = list.items.iter().filter_map(|item| item.get("name"));
        let mut names: Vec<String> = names.take(4 * MOST_NAMED).map(|name| code(&words.plain(name))).collect();
        if list.rest.is_some() {
            names.push("perhaps more".to_owned());
        }
        names.join(", ")
    });
}

pub(super) fn tags(lines: &mut Lines<'_>) {
    let words = lines.words();
    lines.say("tags", vec![("tags", lines.field("tags"))], &|map| {
        let Some(tags) = map.get("tags").and_then(Value::as_map) else {
            let tags = map.get("tags").filter(|tags| !tags.is_unset());
            return tags.map(|tags| words.text(tags)).unwrap_or_default();
        };
        let set: Vec<_> = tags.entries.iter().filter(|tag| !tag.value.is_unset()).collect();
        let mut parts: Vec<String> =
            set.iter().take(MOST_NAMED).map(|tag| code(&format!("{}={}", tag.key, words.plain(&tag.value)))).collect();
        if set.len() > MOST_NAMED {
            parts.push(format!("{} more", set.len() - MOST_NAMED));
        }
        if tags.rest.is_some() {
            parts.push("perhaps more".to_owned());
        }
        if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
    });
}
