//! `AWS::DynamoDB::Table`, and what it shares with `AWS::DynamoDB::GlobalTable`.

use crate::source::Span;
use crate::value::{Data, EntityId, Value};

use super::super::derive::{
    both, each, is_set, key_class, known_text, merged_tags, or_else, set_keys, tag_list, without_empty,
    without_minus_one,
};
use super::super::draft::Draft;
use super::super::drafts::Drafts;
use super::super::read::{Block, Blocks, Reader};
use super::super::schema::{Subject, Type};

/// The tags of a resource with those of its stack, which CloudFormation hands on.
pub(super) fn all_tags(reader: &Reader<'_>, own: &Value) -> Value {
    let of_stack = tag_list(&reader.resource.default_tags, "Key", "Value");
    merged_tags(&tag_list(own, "Key", "Value"), &of_stack, reader.origins())
}

pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut table = reader.draft(Subject::Table);
    shared(reader, &mut table);
    let here = reader.header_origin(table.header);
    table.set("regional_settings", Value::fact(true, here));
    for direction in ["read", "write"] {
        let given = is_set(&table.value(&format!("capacity.{direction}")));
        table.set(&format!("capacity.{direction}_given"), given);
    }
    let key = without_empty(&table.value("encryption.kms_key"));
    table.set("encryption.key_class", key_class(reader.context, &table.value("encryption.enabled"), &key));
    table.set("encryption.kms_key", key);
    recovery_written(reader, &mut table, &reader.resource.attributes, reader.resource.header);
    table.set("tags", all_tags(reader, &table.value("tags")));
    table.set("import.written", is_set(&reader.raw("ImportSourceSpecification")));
    table.set("regions", Value::list(vec![reader.region()], here));
    let whole = Block {
        value: reader.resource.attributes.clone(),
        exists: Value::fact(true, here),
        header: reader.resource.header,
        span: reader.resource.span,
    };
    let id = drafts.add(table);
    indexes(reader, drafts, id);
    regional_parts(reader, drafts, id, None, &whole, "StreamSpecification.ResourcePolicy");
}

/// What both kinds of tables have.
pub(super) fn shared(reader: &Reader<'_>, table: &mut Draft) {
    let here = reader.header_origin(table.header);
    reader.name(table, "name");
    table.set("simple", Value::fact(false, here));
    table.set("restored", Value::fact(false, here));
    table.set("billing_mode_written", is_set(&reader.raw("BillingMode")));
    for limit in ["on_demand.max_reads", "on_demand.max_writes"] {
        table.set(limit, without_minus_one(&table.value(limit)));
    }
    let keys = table.value("keys");
    let definitions = table.value("attribute_definitions");
    set_keys(table, &keys, &definitions, true);
    stream(reader, table);
    table.set("ttl.attribute", without_empty(&table.value("ttl.attribute")));
    table.set("deletion_policy", reader.meta("DeletionPolicy", &Type::Enum(&["Retain"]), None));
    table.set("update_replace_policy", reader.meta("UpdateReplacePolicy", &Type::Enum(&["Retain"]), None));
    vector_attributes(reader, table);
}

/// The stream is on where its specification is written.
fn stream(reader: &Reader<'_>, table: &mut Draft) {
    let off = reader.missing(table.header, "StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }");
    let enabled = each(&reader.raw("StreamSpecification"), &mut |written| match written.data {
        Data::Absent | Data::Null => Value::fact(false, off),
        Data::Unknown(_) => written.clone(),
        _ => Value::fact(true, written.origin),
    });
    table.set("stream.enabled", enabled);
}

/// Whether recovery and its period are written in a block.
pub(super) fn recovery_written(reader: &Reader<'_>, draft: &mut Draft, block: &Value, header: Span) {
    for (field, way) in [
        ("point_in_time_recovery.enabled_written", "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"),
        ("point_in_time_recovery.period_written", "PointInTimeRecoverySpecification.RecoveryPeriodInDays"),
    ] {
        draft.set(field, is_set(&reader.raw_in(block, header, way)));
    }
}

fn vector_attributes(reader: &Reader<'_>, table: &mut Draft) {
    let vectors = Blocks::of(&reader.raw("VectorIndexes"), "IndexName", table.header, reader.origins());
    let mut names = Vec::new();
    for vector in &vectors.list {
        names.push(reader.raw_in(&vector.value, vector.header, "VectorAttribute.AttributeName"));
        let schema = reader.raw_in(&vector.value, vector.header, "SearchSchema");
        for part in &Blocks::of(&schema, "AttributeName", vector.header, reader.origins()).list {
            names.push(reader.raw_in(&part.value, part.header, "AttributeName"));
        }
    }
    names.retain(|name| !name.is_unset());
    table.set("vector_attributes", Value::list(names, reader.header_origin(table.header)));
    if let Some(rest) = &vectors.rest {
        table.open("vector_attributes", rest);
    }
}

/// The indexes of a table, linked both ways.
pub(super) fn indexes(reader: &Reader<'_>, drafts: &mut Drafts, table: EntityId) {
    let mut position = 0;
    for (attribute, kind, list) in
        [("GlobalSecondaryIndexes", "global", "global_indexes"), ("LocalSecondaryIndexes", "local", "local_indexes")]
    {
        let header = reader.resource.header;
        let blocks = Blocks::of(&reader.raw(attribute), "IndexName", header, reader.origins());
        for (number, block) in blocks.list.iter().enumerate() {
            let name = reader.raw_in(&block.value, block.header, "IndexName");
            let known = known_text(&name).map_or_else(|| format!("{attribute}[{number}]"), str::to_owned);
            let mut index = reader.part(Subject::Index, &known, block);
            let here = reader.header_origin(block.header);
            let definitions =
                drafts.get(table).map_or_else(|| Value::absent(here), |table| table.value("attribute_definitions"));
            index.set("kind", Value::string(kind, here));
            index.set("inline", Value::fact(true, here));
            index.set("position", Value::integer(position, here));
            index.set("has_key_schema", Value::fact(true, here));
            index.set("has_key_arguments", Value::fact(false, here));
            index.set("table", Value::entity(table, here));
            let keys = index.value("keys");
            set_keys(&mut index, &keys, &definitions, false);
            index_capacity(reader, &mut index, block);
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

fn index_capacity(reader: &Reader<'_>, index: &mut Draft, block: &Block) {
    for limit in ["on_demand.max_reads", "on_demand.max_writes"] {
        index.set(limit, without_minus_one(&index.value(limit)));
    }
    for (direction, settings) in
        [("read", "ReadProvisionedThroughputSettings"), ("write", "WriteProvisionedThroughputSettings")]
    {
        let fixed = index.value(&format!("capacity.{direction}"));
        let given = if reader.kind() == "AWS::DynamoDB::GlobalTable" {
            or_else(&fixed, &reader.raw_in(&block.value, block.header, settings))
        } else {
            fixed
        };
        index.set(&format!("capacity.{direction}_given"), is_set(&given));
    }
}

/// The Kinesis destination and the resource policies that a table or replica carries.
pub(super) fn regional_parts(
    reader: &Reader<'_>,
    drafts: &mut Drafts,
    table: EntityId,
    replica: Option<EntityId>,
    block: &Block,
    stream_policy: &str,
) {
    let owner = replica.unwrap_or(table);
    let Some((name, base)) = drafts.get(owner).map(|draft| (draft.name.clone(), draft.address.clone())) else { return };
    let add = |drafts: &mut Drafts, mut part: Draft, list: &str, address: &str, exists: &Value| {
        let here = reader.header_origin(part.header);
        part.address = format!("{base}/{address}").into();
        part.name = name.clone();
        part.set("address", Value::string(part.address.clone(), here));
        part.set("name", Value::string(name.clone(), here));
        part.set("table", Value::entity(table, here));
        if let Some(replica) = replica {
            part.set("replica", Value::entity(replica, here));
        }
        let id = drafts.add(part);
        drafts.link(owner, list, id, exists);
    };

    let kinesis = reader.raw_in(&block.value, block.header, "KinesisStreamSpecification");
    if !kinesis.is_unset() {
        let exists = both(&block.exists, &is_set(&kinesis));
        let place = sub_block(reader, &kinesis, "StreamArn", &exists, block);
        let mut part = reader.bare_part(Subject::KinesisDestination, "KinesisStreamSpecification", &place);
        reader.fill(&mut part, &block.value, place.header);
        add(drafts, part, "kinesis_destinations", "KinesisStreamSpecification", &exists);
    }
    for (way, on_stream) in [("ResourcePolicy", false), (stream_policy, true)] {
        let policy = reader.raw_in(&block.value, block.header, way);
        if policy.is_unset() {
            continue;
        }
        let exists = both(&block.exists, &is_set(&policy));
        let place = sub_block(reader, &policy, "PolicyDocument", &exists, block);
        let mut part = reader.bare_part(Subject::ResourcePolicy, way, &place);
        part.set("document", reader.raw_in(&policy, place.header, "PolicyDocument"));
        part.set("on_stream", Value::fact(on_stream, reader.header_origin(place.header)));
        add(drafts, part, "resource_policies", way, &exists);
    }
}

/// A written group within a block, with the key that names it best for its header.
pub(super) fn sub_block(reader: &Reader<'_>, group: &Value, key: &str, exists: &Value, within: &Block) -> Block {
    let found = Blocks::of(group, key, within.header, reader.origins()).list.into_iter().next();
    let (header, span) = found.map_or((within.header, within.span), |found| (found.header, found.span));
    Block { value: group.clone(), exists: exists.clone(), header, span }
}
