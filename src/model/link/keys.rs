//! KMS keys with the tables and replicas that they encrypt, also through their aliases.

use rustc_hash::FxHashMap;

use crate::value::{EntityId, OriginId, Text, Value};

use super::super::derive::{both, each, or_else, statements};
use super::super::drafts::{Drafts, SatelliteKind};
use super::super::read::Context;
use super::super::schema::Subject;
use super::reverse::{Source, reverse};
use super::table::{ends_of, leads_to, take};
use super::targets::{Elsewhere, Targets, address_of, symbols};

/// The aliases of a project: where each leads, by its address and by its name.
struct Aliases {
    by_address: FxHashMap<Text, Value>,
    by_name: FxHashMap<String, Value>,
}

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    let keys = Targets::new(context, drafts, Subject::Key);
    let aliases = aliases(context, drafts, &keys);
    policies(context, drafts, &keys);
    let key_ids = keys.ids();
    for (subject, list) in [(Subject::Table, "tables"), (Subject::Replica, "replicas")] {
        let ids: Vec<EntityId> = (0u32..)
            .map(EntityId)
            .zip(&drafts.list)
            .filter(|(_, draft)| draft.subject == subject)
            .map(|(id, _)| id)
            .collect();
        let mut sources = Vec::new();
        for id in ids {
            let Some(draft) = drafts.get_mut(id) else { continue };
            let link = resolve(context, &keys, &aliases, &draft.value("encryption.kms_key"));
            draft.set("encryption.key", link.clone());
            sources.push(Source { id, link, exists: draft.exists.clone() });
        }
        reverse(drafts, &key_ids, &sources, list);
    }
}

fn aliases(context: &Context<'_>, drafts: &mut Drafts, keys: &Targets<'_>) -> Aliases {
    let mut aliases = Aliases { by_address: FxHashMap::default(), by_name: FxHashMap::default() };
    for id in keys.ids() {
        if let Some(draft) = drafts.get_mut(id) {
            draft.set("aliases", Value::list(Vec::new(), OriginId::NONE));
        }
    }
    for satellite in take(drafts, SatelliteKind::KeyAlias) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let name = if reader.is_terraform() { reader.raw("name") } else { reader.raw("AliasName") };
        let link = keys.resolve(&satellite.of, Elsewhere::Absent);
        let mut ends = Vec::new();
        ends_of(&link, &mut ends);
        for end in ends {
            let on = both(&satellite.exists, &leads_to(&link, end));
            if let Some(draft) = drafts.get_mut(end) {
                draft.push_if("aliases", &on, &name);
            }
        }
        if let Some(key) = symbols(&name) {
            aliases.by_name.insert(key, link.clone());
        }
        aliases.by_address.insert(reader.resource.address.clone(), link);
    }
    aliases
}

/// `aws_kms_key_policy`.
fn policies(context: &Context<'_>, drafts: &mut Drafts, keys: &Targets<'_>) {
    for satellite in take(drafts, SatelliteKind::KeyPolicy) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let link = keys.resolve(&satellite.of, Elsewhere::Absent);
        let mut ends = Vec::new();
        ends_of(&link, &mut ends);
        for end in ends {
            let on = both(&satellite.exists, &leads_to(&link, end));
            let policy = super::network::present(&on, &reader.raw("policy"));
            let Some(draft) = drafts.get_mut(end) else { continue };
            let policy = or_else(&policy, &draft.value("policy"));
            draft.set("statements", statements(context, &policy));
            draft.set("policy", policy);
        }
    }
}

/// The key that an id, an ARN or an alias stands for.
fn resolve(context: &Context<'_>, keys: &Targets<'_>, aliases: &Aliases, key: &Value) -> Value {
    each(key, &mut |key| {
        if let Some(link) = address_of(context, key).and_then(|address| aliases.by_address.get(&address)) {
            return link.clone().at(key.origin);
        }
        if let Some(text) = symbols(key)
            && let Some(at) = text.find("alias/")
            && let Some(link) = text.get(at..).and_then(|name| aliases.by_name.get(name))
        {
            return link.clone().at(key.origin);
        }
        keys.resolve(key, Elsewhere::Absent)
    })
}
