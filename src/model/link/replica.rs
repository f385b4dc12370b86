//! `aws_dynamodb_table_replica`: replicas that stand outside of their table.

use crate::value::{Data, EntityId, Value};

use super::super::derive::{or_else, replica_key_class};
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::super::schema::Subject;
use super::table::{ends_of, leads_to};
use super::table_ref;
use super::targets::{Elsewhere, Targets};

pub(super) fn replicas(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let waiting: Vec<(EntityId, Value)> = (0u32..)
        .map(EntityId)
        .zip(&drafts.list)
        .filter(|(_, draft)| draft.subject == Subject::Replica)
        .map(|(id, draft)| (id, draft.reference("table")))
        .filter(|(_, reference)| !reference.is_unset())
        .collect();
    for (id, reference) in waiting {
        let found = table_ref::resolve(tables, &reference, Elsewhere::Absent).table;
        let mut ends = Vec::new();
        ends_of(&found, &mut ends);
        let Some(replica) = drafts.get(id) else { continue };
        let (exists, region) = (replica.exists.clone(), replica.value("region"));
        for table in &ends {
            let on = super::super::derive::both(&exists, &leads_to(&found, *table));
            let Some(draft) = drafts.get_mut(*table) else { continue };
            let place = match draft.value("replicas").data {
                Data::List(list) => list.items.len(),
                _ => 0,
            };
            draft.push_if("replicas", &on, &Value::entity(id, on.origin));
            draft.push_if("regions", &on, &region);
            if let Some(replica) = drafts.get_mut(id) {
                let place = i64::try_from(place).unwrap_or(i64::MAX);
                replica.set("position", Value::integer(place, region.origin));
            }
        }
        if let Data::Unknown(unknown) = &found.data {
            for table in tables.ids() {
                if let Some(draft) = drafts.get_mut(table)
                    && draft.kind == "aws_dynamodb_table"
                {
                    draft.open("replicas", unknown);
                    draft.open("regions", unknown);
                }
            }
        }
        inherit(context, drafts, id, &ends, found);
    }
}

/// What a replica takes over from its table.
fn inherit(context: &Context<'_>, drafts: &mut Drafts, id: EntityId, ends: &[EntityId], found: Value) {
    let elsewhere = Value::unknown("the table of the replica is not in the analysed files", found.origin);
    let from = |field: &str| match ends {
        [table] => drafts.get(*table).map_or_else(|| elsewhere.clone(), |table| table.value(field)),
        _ => elsewhere.clone(),
    };
    let (class, enabled, consistency) = (from("table_class"), from("encryption.enabled"), from("consistency"));
    let Some(replica) = drafts.get_mut(id) else { return };
    let key = replica.value("encryption.kms_key");
    replica.set("table", found);
    replica.set("consistency", consistency);
    replica.set("encryption.key_class", replica_key_class(context, &enabled, &key));
    replica.set("encryption.enabled", enabled);
    let own = replica.reference("table_class");
    let class = or_else(&own, &class);
    replica.set("table_class", class);
}
