//! Backup plans and selections of AWS Backup, in every language.

use crate::value::{Data, Entry, List, Map, Value};

use super::derive::each;
use super::drafts::{Drafts, Satellite, SatelliteKind};
use super::read::Reader;
use super::schema::Subject;

pub(super) fn plan(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut plan = reader.draft(Subject::BackupPlan);
    let name = plan.value("name");
    if let Some(name) = name.as_str() {
        plan.name = name.into();
    }
    if name.is_unset() {
        plan.set("name", Value::string(reader.resource.name.clone(), name.origin));
    }
    // The provider hands no days on where 0 is written.
    if reader.resource.kind.starts_with("aws_") {
        plan.set("rules", without_zero_days(&plan.value("rules")));
    }
    drafts.add(plan);
}

/// Rules, and the copies in them, without the days that are 0.
fn without_zero_days(rules: &Value) -> Value {
    each(rules, &mut |rules| {
        let data = match &rules.data {
            Data::List(list) => {
                let items = list.items.iter().map(without_zero_days).collect();
                Data::List(List { kind: list.kind, items, rest: list.rest.clone() }.into())
            }
            Data::Map(map) => {
                let entries = map.entries.iter().map(|entry| {
                    let value = match entry.key.as_str() {
                        "cold_after" | "delete_after" => each(&entry.value, &mut |days| {
                            if days.as_i64() == Some(0) { Value::absent(days.origin) } else { days.clone() }
                        }),
                        "copies" => without_zero_days(&entry.value),
                        _ => entry.value.clone(),
                    };
                    Entry::new(entry.key.clone(), entry.key_origin, value)
                });
                Data::Map(Map { kind: map.kind, entries: entries.collect(), rest: map.rest.clone() }.into())
            }
            _ => return rules.clone(),
        };
        Value::new(data, rules.origin)
    })
}

pub(super) fn selection(reader: &Reader<'_>, drafts: &mut Drafts, plan: &str) {
    drafts.satellites.push(Satellite {
        kind: SatelliteKind::BackupSelection,
        resource: reader.position,
        of: reader.raw(plan),
        exists: reader.resource.exists.clone(),
    });
}
