//! `aws_dynamodb_table` with its blocks.

use crate::source::Span;
use crate::value::{Data, EntityId, Entry, List, ListKind, OriginId, Value, combine};

use super::super::derive::{
    each, each_pair, is_set, key_class, known_text, merged_tags, replica_key_class, set_keys, spread, without_empty,
    without_minus_one,
};
use super::super::draft::Draft;
use super::super::drafts::Drafts;
use super::super::read::{Block, Blocks, Reader};
use super::super::schema::{Default, Subject, Type};

pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut table = reader.draft(Subject::Table);
    let here = reader.header_origin(table.header);
    reader.name(&mut table, "name");
    table.set("simple", Value::fact(false, here));
    table.set("regional_settings", Value::fact(true, here));
    table.set("billing_mode_written", is_set(&reader.raw("billing_mode")));
    for direction in ["read", "write"] {
        let given = is_set(&table.value(&format!("capacity.{direction}")));
        table.set(&format!("capacity.{direction}_given"), given);
    }
    for limit in ["on_demand.max_reads", "on_demand.max_writes"] {
        table.set(limit, without_minus_one(&table.value(limit)));
    }
    let keys = key_arguments(reader, &reader.resource.attributes, reader.resource.header);
    let definitions = table.value("attribute_definitions");
    set_keys(&mut table, &keys, &definitions, true);
    table.set("vector_attributes", Value::list(Vec::new(), here));
    let key = without_empty(&table.value("encryption.kms_key"));
    table.set("encryption.key_class", key_class(reader.context, &table.value("encryption.enabled"), &key));
    table.set("encryption.kms_key", key);
    for (field, way) in [
        ("point_in_time_recovery.enabled_written", "point_in_time_recovery.enabled"),
        ("point_in_time_recovery.period_written", "point_in_time_recovery.recovery_period_in_days"),
    ] {
        table.set(field, is_set(&reader.raw(way)));
    }
    table.set("ttl.attribute", without_empty(&table.value("ttl.attribute")));
    table.set("stream.view_type", without_empty(&table.value("stream.view_type")));
    table.set("tags", merged_tags(&table.value("tags"), &reader.resource.default_tags, reader.origins()));
    table.set("prevent_destroy", reader.meta("lifecycle.prevent_destroy", &Type::Bool, Some(Default::Bool(false))));
    table.set(
        "ignore_changes",
        reader.meta("lifecycle.ignore_changes", &Type::List(&Type::String), Some(Default::EmptyList)),
    );
    table.set("restored", restored(reader));
    table.set("import.written", is_set(&reader.raw("import_table")));
    let region = table.value("region");
    let witnesses = Blocks::of(&reader.raw("global_table_witness"), "", table.header, reader.origins());
    let names = witnesses.list.iter().map(|witness| reader.raw_in(&witness.value, witness.header, "region_name"));
    table.set("witness_regions", Value::list(names.collect(), here));
    if let Some(rest) = &witnesses.rest {
        table.open("witness_regions", rest);
    }
    table.set("regions", Value::list(vec![region], here));
    let id = drafts.add(table);
    indexes(reader, drafts, id);
    replicas(reader, drafts, id);
}

/// Whether the table comes out of a backup or of another table.
fn restored(reader: &Reader<'_>) -> Value {
    let ways = ["restore_source_name", "restore_source_table_arn", "restore_backup_arn", "restore_to_latest_time"];
    let written: Vec<Value> = ways.iter().map(|way| reader.raw(way)).collect();
    let written: Vec<&Value> = written.iter().collect();
    combine(&written, &mut |written| match written.iter().find(|value| !value.is_unset()) {
        Some(value) if value.as_bool() == Some(false) => Value::fact(false, value.origin),
        Some(value) => Value::fact(true, value.origin),
        None => Value::fact(false, reader.header_origin(reader.resource.header)),
    })
}

/// The key schema out of `hash_key` and `range_key`.
fn key_arguments(reader: &Reader<'_>, block: &Value, header: Span) -> Value {
    let mut items = Vec::new();
    for (argument, key_type) in [("hash_key", "HASH"), ("range_key", "RANGE")] {
        let name = reader.find(block, header, argument, &Type::String, None);
        let item = each(&name, &mut |name| {
            if name.is_unset() { Value::absent(name.origin) } else { key(name.clone(), key_type) }
        });
        if !is_never_set(&item) {
            items.push(item);
        }
    }
    Value::list(items, reader.header_origin(header))
}

/// Whether nothing is written in any case.
fn is_never_set(value: &Value) -> bool {
    match &value.data {
        Data::Choice(choice) => choice.cases.iter().all(is_never_set),
        _ => value.is_unset(),
    }
}

fn key(name: Value, key_type: &str) -> Value {
    let origin = name.origin;
    Value::map(
        vec![Entry::new("name", origin, name), Entry::new("key_type", OriginId::NONE, Value::string(key_type, origin))],
        origin,
    )
}

/// The key schema out of `key_schema` blocks.
pub(super) fn key_schema(reader: &Reader<'_>, block: &Value, header: Span) -> Value {
    let keys = &super::super::schema::field(Subject::Index, "keys").map_or(Type::Any, |field| field.ty);
    let written = reader.find(block, header, "key_schema", keys, Some(Default::EmptyList));
    // Separate index resources give the types of their keys in place.
    let typed = reader.raw_in(block, header, "key_schema");
    each_pair(&written, &typed, &mut |written, typed| {
        let (Data::List(list), (sources, _)) = (&written.data, spread(typed)) else { return written.clone() };
        let items = list
            .items
            .iter()
            .zip(sources.iter().map(Some).chain(std::iter::repeat(None)))
            .map(|(item, source)| match (source, &item.data) {
                (Some(source), Data::Map(map)) if source.get("attribute_type").is_some() => {
                    let mut map = (**map).clone();
                    let ty = reader.find(source, header, "attribute_type", &Type::String, None);
                    map.entries.push(Entry::new("attribute_type", OriginId::NONE, ty));
                    Value::new(Data::Map(map.into()), item.origin)
                }
                _ => item.clone(),
            })
            .collect();
        let list = List { kind: ListKind::Tuple, items, rest: list.rest.clone() };
        Value::new(Data::List(list.into()), written.origin)
    })
}

fn indexes(reader: &Reader<'_>, drafts: &mut Drafts, table: EntityId) {
    let header = reader.resource.header;
    let mut position = 0;
    for (kind, attribute, list) in
        [("global", "global_secondary_index", "global_indexes"), ("local", "local_secondary_index", "local_indexes")]
    {
        let blocks = Blocks::of(&reader.raw(attribute), "", header, reader.origins());
        for (number, block) in blocks.list.iter().enumerate() {
            let name = reader.raw_in(&block.value, block.header, "name");
            let known = known_text(&name).map_or_else(|| format!("{attribute}[{number}]"), str::to_owned);
            let mut index = reader.part(Subject::Index, &known, block);
            let here = reader.header_origin(block.header);
            index.set("kind", Value::string(kind, here));
            index.set("inline", Value::fact(true, here));
            index.set("position", Value::integer(position, here));
            index.set("table", Value::entity(table, here));
            index_keys(reader, drafts, &mut index, block, table, kind == "local");
            capacity(&mut index);
            let id = drafts.add(index);
            drafts.link(table, "indexes", id, &block.exists);
            drafts.link(table, list, id, &block.exists);
            position += 1;
        }
        if let Some(draft) = drafts.get_mut(table) {
            for path in ["indexes", list] {
                if draft.get(path).is_none() {
                    draft.set(path, Value::list(Vec::new(), reader.header_origin(header)));
                }
                if let Some(rest) = &blocks.rest {
                    draft.open(path, rest);
                }
            }
        }
    }
}

/// The keys of an index: `key_schema` blocks, then what `hash_key` and `range_key` say. A local index has its table's
/// partition key.
fn index_keys(reader: &Reader<'_>, drafts: &Drafts, index: &mut Draft, block: &Block, table: EntityId, local: bool) {
    let arguments = key_arguments(reader, &block.value, block.header);
    let schema = key_schema(reader, &block.value, block.header);
    let (definitions, partition) = match drafts.get(table) {
        Some(table) => (table.value("attribute_definitions"), table.value("partition_key")),
        None => (Value::absent(OriginId::NONE), Value::absent(OriginId::NONE)),
    };
    let has = |list: &Value| {
        each(list, &mut |list| match &list.data {
            Data::List(known) => {
                let nothing = Value::fact(false, list.origin);
                let written = known.items.iter().fold(nothing, |before, item| either(&before, &is_set(item)));
                match known.rest {
                    Some(_) => either(&written, &Value::unknown("the keys of the index are not known", list.origin)),
                    None => written,
                }
            }
            Data::Unknown(_) => Value::unknown("the keys of the index are not known", list.origin),
            _ => Value::fact(false, list.origin),
        })
    };
    index.set("has_key_schema", has(&schema));
    index.set("has_key_arguments", has(&arguments));
    let keys = each_pair(&schema, &arguments, &mut |schema, arguments| match (&schema.data, &arguments.data) {
        (Data::List(a), Data::List(b)) => {
            let mut items: Vec<Value> = Vec::new();
            if local {
                items.push(key(partition.clone(), "HASH"));
            }
            items.extend(a.items.iter().chain(&b.items).cloned());
            let list = List { kind: ListKind::Tuple, items, rest: a.rest.clone().or_else(|| b.rest.clone()) };
            Value::new(Data::List(list.into()), if a.items.is_empty() { arguments.origin } else { schema.origin })
        }
        (Data::List(_), _) => arguments.clone(),
        _ => schema.clone(),
    });
    set_keys(index, &keys, &definitions, false);
}

/// Whether one of two conditions holds.
fn either(a: &Value, b: &Value) -> Value {
    each_pair(a, b, &mut |a, b| {
        if a.as_bool() == Some(true) || b.as_bool() == Some(false) { a.clone() } else { b.clone() }
    })
}

/// What capacity fields of an index say once they are read.
pub(super) fn capacity(index: &mut Draft) {
    for direction in ["read", "write"] {
        let given = is_set(&index.value(&format!("capacity.{direction}")));
        index.set(&format!("capacity.{direction}_given"), given);
    }
    for limit in ["on_demand.max_reads", "on_demand.max_writes"] {
        index.set(limit, without_minus_one(&index.value(limit)));
    }
}

fn replicas(reader: &Reader<'_>, drafts: &mut Drafts, table: EntityId) {
    let header = reader.resource.header;
    let blocks = Blocks::of(&reader.raw("replica"), "", header, reader.origins());
    let mut modes = Vec::new();
    for (number, block) in blocks.list.iter().enumerate() {
        let here = reader.header_origin(block.header);
        let region = reader.raw_in(&block.value, block.header, "region_name");
        let known = known_text(&region).map_or_else(|| format!("replica[{number}]"), str::to_owned);
        let mut replica = reader.part(Subject::Replica, &known, block);
        replica.set("name", Value::string(known, here));
        replica.set("region", region.clone());
        replica.set("inline", Value::fact(true, here));
        replica.set("position", Value::integer(i64::try_from(number).unwrap_or(i64::MAX), here));
        replica.set("home", Value::fact(false, here));
        replica.set("table", Value::entity(table, here));
        let recovery = reader.raw_in(&block.value, block.header, "point_in_time_recovery");
        replica.set("point_in_time_recovery.enabled_written", is_set(&recovery));
        replica.set("point_in_time_recovery.period_written", Value::fact(false, here));
        replica.set("capacity.read_given", Value::fact(false, here));
        if let Some(draft) = drafts.get(table) {
            replica.set("table_class", draft.value("table_class"));
            replica.set("encryption.enabled", draft.value("encryption.enabled"));
            let tags = draft.value("tags");
            let tags = each_pair(&replica.value("propagate_tags"), &tags, &mut |copied, tags| match copied.data {
                Data::Bool(true) => tags.clone(),
                Data::Bool(false) => Value::map(Vec::new(), copied.origin),
                _ => copied.clone(),
            });
            replica.set("tags", tags);
        }
        let key = without_empty(&replica.value("encryption.kms_key"));
        let class = replica_key_class(reader.context, &replica.value("encryption.enabled"), &key);
        replica.set("encryption.key_class", class);
        replica.set("encryption.kms_key", key);
        modes.push(present(&block.exists, &replica.value("consistency")));
        let id = drafts.add(replica);
        drafts.link(table, "replicas", id, &block.exists);
        if let Some(draft) = drafts.get_mut(table) {
            draft.push_if("regions", &block.exists, &region);
        }
    }
    if let Some(draft) = drafts.get_mut(table) {
        let here = reader.header_origin(header);
        if draft.get("replicas").is_none() {
            draft.set("replicas", Value::list(Vec::new(), here));
        }
        if let Some(rest) = &blocks.rest {
            draft.open("replicas", rest);
            draft.open("regions", rest);
        }
        let default = draft.value("consistency");
        let modes: Vec<&Value> = modes.iter().take(8).collect();
        let consistency = combine(&modes, &mut |modes| {
            let strong = modes.iter().find(|mode| mode.as_str() == Some("STRONG"));
            let open = modes.iter().find(|mode| mode.is_unknown());
            match (strong, open, &blocks.rest) {
                (Some(mode), ..) | (None, Some(mode), _) => (*mode).clone(),
                (None, None, Some(rest)) => Value::new(Data::Unknown(rest.clone()), here),
                (None, None, None) => default.clone(),
            }
        });
        draft.set("consistency", consistency);
    }
}

/// The value in the cases in which its block is there.
pub(super) fn present(exists: &Value, value: &Value) -> Value {
    each_pair(exists, value, &mut |exists, value| match exists.data {
        Data::Bool(true) => value.clone(),
        Data::Bool(false) => Value::absent(exists.origin),
        _ => exists.clone(),
    })
}
