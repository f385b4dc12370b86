//! Separate Terraform resources that belong to tables: indexes, Kinesis destinations, resource policies, insights, tags.

use crate::value::{Data, EntityId, Entry, List, ListKind, Map, MapKind, OriginId, Truth, Value, combine, equal};

use super::super::derive::{both, each, each_pair, statements};
use super::super::drafts::{Drafts, SatelliteKind};
use super::super::read::Context;
use super::super::schema::{Default, Subject, Type};
use super::reverse::{Source, reverse};
use super::table_ref;
use super::targets::{Elsewhere, Targets, address_of};

/// The drafts of a subject that wait for their table.
fn waiting(drafts: &Drafts, subject: Subject) -> Vec<(EntityId, Value)> {
    let ids = (0u32..).map(EntityId).zip(&drafts.list);
    ids.filter(|(_, draft)| draft.subject == subject)
        .map(|(id, draft)| (id, draft.reference("table")))
        .filter(|(_, reference)| !reference.is_unset())
        .collect()
}

/// Separate index resources, linked both ways.
pub(super) fn indexes(_: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let mut sources = Vec::new();
    for (id, reference) in waiting(drafts, Subject::Index) {
        let link = table_ref::resolve(tables, &reference, Elsewhere::Absent).table;
        if let Some(draft) = drafts.get_mut(id) {
            draft.set("table", link.clone());
            sources.push(Source { id, link, exists: draft.exists.clone() });
        }
    }
    let ids = tables.ids();
    reverse(drafts, &ids, &sources, "global_indexes");
    reverse(drafts, &ids, &sources, "indexes");
    // Places go on behind those of the table's own blocks.
    for owner in ids {
        let Some(Data::List(list)) = drafts.get(owner).map(|draft| draft.value("indexes").data) else { continue };
        for (place, item) in list.items.iter().enumerate() {
            if let Some(index) = item.as_entity().and_then(|id| drafts.get_mut(id))
                && index.get("position").is_none()
            {
                let place = i64::try_from(place).unwrap_or(i64::MAX);
                index.set("position", Value::integer(place, OriginId::NONE));
            }
        }
    }
}

/// Kinesis destinations, resource policies and legacy groups.
pub(super) fn parts(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let ids = tables.ids();
    let replicas = Targets::new(context, drafts, Subject::Replica);
    let replica_ids = replicas.ids();
    for (subject, list) in
        [(Subject::KinesisDestination, "kinesis_destinations"), (Subject::ResourcePolicy, "resource_policies")]
    {
        let (mut of_tables, mut of_replicas) = (Vec::new(), Vec::new());
        for (id, reference) in waiting(drafts, subject) {
            let found = table_ref::resolve(tables, &reference, Elsewhere::Absent);
            let replica = replica_of(context, drafts, &replicas, id, &reference, &found.table);
            let table = match replica.and_then(|replica| drafts.get(replica)) {
                Some(replica) => replica.value("table"),
                None => found.table,
            };
            let Some(draft) = drafts.get_mut(id) else { continue };
            draft.set("table", table.clone());
            if subject == Subject::ResourcePolicy {
                draft.set("on_stream", on_stream(&reference, &found.suffix));
            }
            let exists = draft.exists.clone();
            let mut owners = Vec::from_iter(replica);
            if owners.is_empty() {
                ends_of(&draft.value("table"), &mut owners);
            }
            let owner = if owners.len() == 1 { owners.pop() } else { None };
            if let Some(name) = owner.and_then(|owner| drafts.get(owner)).map(|owner| owner.name.clone())
                && let Some(draft) = drafts.get_mut(id)
            {
                // It is called as what it belongs to, as its like inside of a table is in CloudFormation.
                let here = draft.value("name").origin;
                draft.set("name", Value::string(name.clone(), here));
                draft.name = name;
            }
            let Some(draft) = drafts.get_mut(id) else { continue };
            match replica {
                Some(replica) => {
                    let link = Value::entity(replica, reference.origin);
                    draft.set("replica", link.clone());
                    of_replicas.push(Source { id, link, exists });
                }
                None => of_tables.push(Source { id, link: table, exists }),
            }
        }
        reverse(drafts, &replica_ids, &of_replicas, list);
        reverse(drafts, &ids, &of_tables, list);
    }
    for (id, reference) in waiting(drafts, Subject::LegacyGlobalTable) {
        let link = table_ref::resolve(tables, &reference, Elsewhere::Absent).table;
        if let Some(draft) = drafts.get_mut(id) {
            let tables = each(&link, &mut |link| match link.data {
                Data::Entity(_) => Value::list(vec![link.clone()], link.origin),
                Data::Absent => Value::list(Vec::new(), link.origin),
                _ => link.clone(),
            });
            draft.set("tables", tables);
        }
    }
    for draft in drafts.list.iter_mut().filter(|draft| draft.subject == Subject::ResourcePolicy) {
        let document = draft.value("document");
        draft.set("statements", statements(context, &document));
        draft.set("size", size(&document));
    }
}

/// The replica that a separate resource sets something of: the one whose attribute it names, or the one in the Region
/// of its ARN or of its own.
fn replica_of(
    context: &Context<'_>,
    drafts: &Drafts,
    replicas: &Targets<'_>,
    id: EntityId,
    reference: &Value,
    table: &Value,
) -> Option<EntityId> {
    let separate = address_of(context, reference).and_then(|address| replicas.at_address(&address));
    // Replicas inside of a table share its address; those have no attributes of their own.
    let separate = separate
        .filter(|replica| drafts.get(*replica).is_some_and(|replica| replica.value("inline").as_bool() == Some(false)));
    if separate.is_some() {
        return separate;
    }
    let in_arn = reference.as_str().and_then(|text| text.strip_prefix("arn:")).and_then(|text| text.split(':').nth(2));
    let region = match in_arn {
        Some(region) => Value::string(region, reference.origin),
        None => drafts.get(id)?.value("region"),
    };
    replica_in(drafts, table.as_entity()?, &region)
}

/// Whether a reference leads to a table's stream: by its text, or by the attribute that it names.
fn on_stream(reference: &Value, suffix: &Value) -> Value {
    let by_text = each(suffix, &mut |suffix| {
        let begins = crate::value::text::known_prefix(suffix).starts_with("stream/");
        Value::fact(begins, suffix.origin)
    });
    let by_symbol = match &reference.data {
        Data::Unknown(unknown) => matches!(
            &unknown.symbol,
            Some(crate::value::Symbol::Resource { attribute, .. }) if attribute.as_str() == "stream_arn"
        ),
        _ => false,
    };
    if by_symbol { Value::fact(true, reference.origin) } else { by_text }
}

/// The length of a document in bytes, where all of it is known: compact for structures, as written for texts.
fn size(document: &Value) -> Value {
    each(document, &mut |document| {
        let length = match &document.data {
            Data::String(text) => Some(text.len()),
            Data::Map(_) if document.is_wholly_known() => Some(compact_length(document)),
            Data::Absent => None,
            _ => return Value::unknown("the policy document is not all known", document.origin),
        };
        match length.and_then(|length| i64::try_from(length).ok()) {
            Some(length) => Value::integer(length, document.origin),
            None => Value::absent(document.origin),
        }
    })
}

fn compact_length(value: &Value) -> usize {
    let quoted = |text: &str| serde_json::Value::from(text).to_string().len();
    let commas = |count: usize| count.saturating_sub(1) + 2;
    match &value.data {
        Data::Absent => 0,
        Data::Null => 4,
        Data::Bool(flag) => flag.to_string().len(),
        Data::Number(number) => number.to_string().len(),
        Data::String(text) => quoted(text),
        Data::List(list) => list.items.iter().map(compact_length).sum::<usize>() + commas(list.items.len()),
        Data::Map(map) => {
            let entries = map.entries.iter().map(|entry| quoted(&entry.key) + 1 + compact_length(&entry.value));
            entries.sum::<usize>() + commas(map.entries.len())
        }
        _ => 0,
    }
}

/// `aws_dynamodb_contributor_insights`: switches insights of a table, an index or a replica on.
pub(super) fn insights(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let ids = tables.ids();
    let mut open = None;
    for satellite in take(drafts, SatelliteKind::Insights) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let found = table_ref::resolve(tables, &satellite.of, Elsewhere::Absent);
        let index = reader.raw("index_name");
        let header = reader.resource.header;
        let here = reader.header_origin(header);
        let default = Some(Default::String("ACCESSED_AND_THROTTLED_KEYS"));
        let mode = reader.find(&reader.resource.attributes, header, "mode", &Type::String, default);
        let mut ends = Vec::new();
        ends_of(&found.table, &mut ends);
        if ends.is_empty() && found.table.is_unknown() {
            open = Some(found.table.clone());
        }
        for table in ends {
            let on = both(&satellite.exists, &leads_to(&found.table, table));
            let other_region = replica_in(drafts, table, &reader.region());
            let owners = match (&index.data, other_region) {
                (_, Some(replica)) => vec![(replica, on)],
                (Data::Absent, None) => vec![(table, on)],
                (_, None) => indexes_named(drafts, table, &index, &on),
            };
            if !index.is_unset()
                && let Some(draft) = drafts.get_mut(table)
            {
                draft.push("contributor_insights.index_names", index.clone());
            }
            for (owner, on) in owners {
                let Some(draft) = drafts.get_mut(owner) else { continue };
                let switched = |on: &Value, new: &Value, before: &Value| match on.data {
                    Data::Bool(true) => new.clone(),
                    Data::Bool(false) => before.clone(),
                    _ => on.clone(),
                };
                let now = Value::fact(true, here);
                for (field, new) in [("contributor_insights.enabled", &now), ("contributor_insights.mode", &mode)] {
                    let before = draft.value(field);
                    let value = combine(&[&on, new, &before], &mut |leaves| match leaves {
                        [on, new, before] => switched(on, new, before),
                        _ => Value::absent(OriginId::NONE),
                    });
                    draft.set(field, value);
                }
            }
        }
    }
    if let Some(open) = open {
        // It may belong to any table or index.
        for id in &ids {
            let Some(draft) = drafts.get_mut(*id) else { continue };
            let before = draft.value("contributor_insights.enabled");
            if before.as_bool() == Some(false) && draft.kind == "aws_dynamodb_table" {
                draft.set("contributor_insights.enabled", open.clone());
            }
        }
    }
    for id in ids {
        if let Some(draft) = drafts.get_mut(id)
            && draft.get("contributor_insights.index_names").is_none()
            && draft.get("contributor_insights.enabled").is_some()
        {
            draft.set("contributor_insights.index_names", Value::list(Vec::new(), OriginId::NONE));
        }
    }
}

/// Takes the satellites of one kind out of the drafts.
pub(super) fn take(drafts: &mut Drafts, kind: SatelliteKind) -> Vec<super::super::drafts::Satellite> {
    let (taken, left) =
        std::mem::take(&mut drafts.satellites).into_iter().partition(|satellite| satellite.kind == kind);
    drafts.satellites = left;
    taken
}

pub(super) fn ends_of(link: &Value, ends: &mut Vec<EntityId>) {
    match &link.data {
        Data::Entity(id) if !ends.contains(id) => ends.push(*id),
        Data::Choice(choice) => choice.cases.iter().for_each(|case| ends_of(case, ends)),
        _ => {}
    }
}

/// In which cases a link leads to an entity.
pub(super) fn leads_to(link: &Value, id: EntityId) -> Value {
    each(link, &mut |link| match &link.data {
        Data::Entity(end) => Value::fact(*end == id, link.origin),
        Data::Unknown(_) => link.clone(),
        _ => Value::fact(false, link.origin),
    })
}

/// The replica of a table in a Region that is known to be another than the table's own.
pub(super) fn replica_in(drafts: &Drafts, table: EntityId, region: &Value) -> Option<EntityId> {
    let draft = drafts.get(table)?;
    if equal(&draft.value("region"), region) == Truth::True {
        return None;
    }
    let Data::List(replicas) = draft.value("replicas").data else { return None };
    replicas
        .items
        .iter()
        .filter_map(Value::as_entity)
        .find(|id| drafts.get(*id).is_some_and(|replica| equal(&replica.value("region"), region) == Truth::True))
}

/// The global indexes of a table that may have a name, each with the cases in which it has it and `on` holds.
fn indexes_named(drafts: &Drafts, table: EntityId, name: &Value, on: &Value) -> Vec<(EntityId, Value)> {
    let Some(Data::List(indexes)) = drafts.get(table).map(|table| table.value("global_indexes").data) else {
        return Vec::new();
    };
    let mut ends = Vec::new();
    indexes.items.iter().for_each(|item| ends_of(item, &mut ends));
    let mut found = Vec::new();
    for id in ends {
        let Some(own) = drafts.get(id).map(|index| index.value("name")) else { continue };
        let named = each_pair(&own, name, &mut |own, name| match equal(own, name) {
            Truth::True => Value::fact(true, name.origin),
            Truth::False => Value::fact(false, name.origin),
            Truth::Unknown => Value::unknown("the index that it belongs to is not known", name.origin),
        });
        if named.as_bool() != Some(false) {
            found.push((id, both(on, &named), named));
        }
    }
    // Names are unique within a table: where one is it, the others are not.
    let sure = found.iter().any(|(.., named)| always(named));
    found.retain(|(.., named)| !sure || always(named));
    found.into_iter().map(|(id, on, _)| (id, on)).collect()
}

/// Whether a condition holds in all cases.
fn always(value: &Value) -> bool {
    match &value.data {
        Data::Choice(choice) => choice.cases.iter().all(always),
        _ => value.as_bool() == Some(true),
    }
}

/// `aws_dynamodb_tag`: adds one tag to a table.
pub(super) fn tags(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    for satellite in take(drafts, SatelliteKind::Tag) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let found = table_ref::resolve(tables, &satellite.of, Elsewhere::Absent);
        let key = reader.raw("key");
        let header = reader.resource.header;
        let value = reader.find(&reader.resource.attributes, header, "value", &Type::String, None);
        let mut ends = Vec::new();
        ends_of(&found.table, &mut ends);
        if ends.is_empty() && found.table.is_unknown() {
            ends = tables.ids();
        }
        for table in ends {
            let on = both(&satellite.exists, &leads_to(&found.table, table));
            let Some(draft) = drafts.get_mut(table) else { continue };
            let tags = draft.value("tags");
            draft.set("tags", with_tag(&tags, &key, &value, &on));
        }
    }
    for draft in &mut drafts.list {
        // Lists of names that nothing added to are empty, not missing.
        if draft.subject == Subject::Table && draft.get("resource_policies").is_none() {
            let none = List { kind: ListKind::Tuple, items: Vec::new(), rest: None };
            draft.set("resource_policies", Value::new(Data::List(none.into()), OriginId::NONE));
        }
    }
}

fn with_tag(tags: &Value, key: &Value, value: &Value, on: &Value) -> Value {
    each_pair(tags, on, &mut |tags, on| {
        let (entries, rest) = match &tags.data {
            Data::Map(map) => (map.entries.clone(), map.rest.clone()),
            Data::Absent => (Vec::new(), None),
            _ => return tags.clone(),
        };
        let mut map = Map { kind: MapKind::Map, entries, rest };
        match (&on.data, &key.data) {
            (Data::Bool(false), _) => return tags.clone(),
            (Data::Bool(true), Data::String(key)) => {
                map.entries.retain(|entry| entry.key != *key);
                map.entries.push(Entry::new(key.clone(), value.origin, value.clone()));
            }
            (Data::Unknown(unknown), _) | (_, Data::Unknown(unknown)) => {
                map.rest = map.rest.or_else(|| Some(unknown.clone()));
            }
            _ => {}
        }
        Value::new(Data::Map(map.into()), tags.origin)
    })
}
