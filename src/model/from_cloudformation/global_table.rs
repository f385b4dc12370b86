//! `AWS::DynamoDB::GlobalTable`: the table, its replicas, and the auto scaling that is written inside them.

use crate::value::{Data, EntityId, OriginId, Truth, Value, equal};

use super::super::derive::{
    both, each, each_pair, is_set, known_text, replica_key_class, tag_list, without_empty, without_minus_one,
};
use super::super::drafts::Drafts;
use super::super::read::{Block, Blocks, Reader};
use super::super::schema::Subject;
use super::table::{indexes, recovery_written, regional_parts, shared};

/// Fields that only replicas carry.
const REGIONAL: [&str; 7] = [
    "point_in_time_recovery",
    "contributor_insights",
    "tags",
    "deletion_protection",
    "table_class",
    "encryption.kms_key",
    "import",
];

pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut table = reader.draft(Subject::Table);
    let here = reader.header_origin(table.header);
    shared(reader, &mut table);
    for field in REGIONAL {
        table.set(field, Value::absent(here));
    }
    table.set("import.written", Value::fact(false, here));
    table.set("regional_settings", Value::fact(false, here));
    for (direction, settings) in
        [("read", "ReadProvisionedThroughputSettings"), ("write", "WriteProvisionedThroughputSettings")]
    {
        table.set(&format!("capacity.{direction}_given"), is_set(&reader.raw(settings)));
    }
    let witnesses = Blocks::of(&reader.raw("GlobalTableWitnesses"), "Region", table.header, reader.origins());
    let regions = witnesses.list.iter().map(|witness| reader.raw_in(&witness.value, witness.header, "Region"));
    table.set("witness_regions", Value::list(regions.collect(), here));
    if let Some(rest) = &witnesses.rest {
        table.open("witness_regions", rest);
    }

    let whole = Block {
        value: reader.resource.attributes.clone(),
        exists: Value::fact(true, here),
        header: reader.resource.header,
        span: reader.resource.span,
    };
    let id = drafts.add(table);
    indexes(reader, drafts, id);
    let base = reader.resource.address.clone();
    for direction in [Direction::Read, Direction::Write] {
        let owner = Owner { table: id, index: None, replica: None, base: &base };
        scaling_block(reader, drafts, &whole, direction, &owner);
        index_scaling(reader, drafts, direction, id);
    }
    replicas(reader, drafts, id);
}

fn replicas(reader: &Reader<'_>, drafts: &mut Drafts, table: EntityId) {
    let header = reader.resource.header;
    let blocks = Blocks::of(&reader.raw("Replicas"), "Region", header, reader.origins());
    let mut regions = Vec::new();
    for (number, block) in blocks.list.iter().enumerate() {
        let here = reader.header_origin(block.header);
        let region = reader.raw_in(&block.value, block.header, "Region");
        let known = known_text(&region).map_or_else(|| format!("Replicas[{number}]"), str::to_owned);
        let mut replica = reader.part(Subject::Replica, &known, block);
        replica.set("name", Value::string(known, here));
        replica.set("region", region.clone());
        replica.set("table", Value::entity(table, here));
        replica.set("inline", Value::fact(true, here));
        replica.set("position", Value::integer(i64::try_from(number).unwrap_or(i64::MAX), here));
        replica.set("home", same_region(&region, &reader.resource.region));
        if let Some(draft) = drafts.get(table) {
            replica.set("consistency", draft.value("consistency"));
            replica.set("encryption.enabled", draft.value("encryption.enabled"));
        }
        let key = without_empty(&replica.value("encryption.kms_key"));
        let class = replica_key_class(reader.context, &replica.value("encryption.enabled"), &key);
        replica.set("encryption.key_class", class);
        replica.set("encryption.kms_key", key);
        replica.set("tags", tag_list(&replica.value("tags"), "Key", "Value"));
        replica.set("on_demand.max_reads", without_minus_one(&replica.value("on_demand.max_reads")));
        let reads = reader.raw_in(&block.value, block.header, "ReadProvisionedThroughputSettings");
        replica.set("capacity.read_given", is_set(&reads));
        recovery_written(reader, &mut replica, &block.value, block.header);
        // The Region counts in the cases in which the replica is there.
        regions.push((block.exists.clone(), region.clone()));
        let base = replica.address.clone();
        let id = drafts.add(replica);
        drafts.link(table, "replicas", id, &block.exists);
        regional_parts(reader, drafts, table, Some(id), block, "ReplicaStreamSpecification.ResourcePolicy");
        let owner = Owner { table, index: None, replica: Some(id), base: &base };
        scaling_block(reader, drafts, block, Direction::Read, &owner);
        let settings = reader.raw_in(&block.value, block.header, "GlobalSecondaryIndexes");
        for setting in &Blocks::of(&settings, "IndexName", block.header, reader.origins()).list {
            let name = reader.raw_in(&setting.value, setting.header, "IndexName");
            let index = index_of(drafts, table, &name);
            let text = name.as_str().unwrap_or("index");
            let base = format!("{base}/{text}");
            let mut setting = setting.clone();
            setting.exists = both(&block.exists, &setting.exists);
            let owner = Owner { table, index: Some(index), replica: Some(id), base: &base };
            scaling_block(reader, drafts, &setting, Direction::Read, &owner);
        }
    }
    if let Some(draft) = drafts.get_mut(table) {
        let here = reader.header_origin(header);
        draft.set("regions", Value::list(Vec::new(), here));
        for (exists, region) in &regions {
            draft.push_if("regions", exists, region);
        }
        if draft.get("replicas").is_none() {
            draft.set("replicas", Value::list(Vec::new(), here));
        }
        if let Some(rest) = &blocks.rest {
            draft.open("regions", rest);
            draft.open("replicas", rest);
        }
    }
}

pub(super) fn same_region(a: &Value, b: &Value) -> Value {
    each_pair(a, b, &mut |a, b| match equal(a, b) {
        Truth::True => Value::fact(true, a.origin),
        Truth::False => Value::fact(false, a.origin),
        Truth::Unknown => Value::unknown("the Region of the stack is not known; set `region`", a.origin),
    })
}

/// The index of the table with this name.
fn index_of(drafts: &Drafts, table: EntityId, name: &Value) -> Value {
    let list = drafts.get(table).map(|table| table.value("indexes"));
    let Some(Data::List(list)) = list.map(|list| list.data) else { return Value::absent(name.origin) };
    for item in &list.items {
        let (Some(id), Some(own)) = (item.as_entity(), item.as_entity().and_then(|id| drafts.get(id))) else {
            continue;
        };
        if equal(&own.value("name"), name) == Truth::True {
            return Value::entity(id, name.origin);
        }
    }
    Value::unknown("the index that the replica names is not known", name.origin)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Read,
    Write,
}

/// What an auto scaling block scales.
struct Owner<'a> {
    table: EntityId,
    index: Option<Value>,
    replica: Option<EntityId>,
    base: &'a str,
}

fn index_scaling(reader: &Reader<'_>, drafts: &mut Drafts, direction: Direction, table: EntityId) {
    let header = reader.resource.header;
    let blocks = Blocks::of(&reader.raw("GlobalSecondaryIndexes"), "IndexName", header, reader.origins());
    for block in &blocks.list {
        let name = reader.raw_in(&block.value, block.header, "IndexName");
        let index = index_of(drafts, table, &name);
        let base = format!("{}/{}", reader.resource.address, name.as_str().unwrap_or("index"));
        let owner = Owner { table, index: Some(index), replica: None, base: &base };
        scaling_block(reader, drafts, block, direction, &owner);
    }
}

/// The scaling target and policy of an auto scaling block, where there is one.
fn scaling_block(reader: &Reader<'_>, drafts: &mut Drafts, block: &Block, direction: Direction, owner: &Owner<'_>) {
    let (settings, scaling, word, units, metric) = match direction {
        Direction::Read => (
            "ReadProvisionedThroughputSettings.ReadCapacityAutoScalingSettings",
            "ReadCapacityAutoScalingSettings",
            "read",
            "ReadCapacityUnits",
            "DynamoDBReadCapacityUtilization",
        ),
        Direction::Write => (
            "WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings",
            "WriteCapacityAutoScalingSettings",
            "write",
            "WriteCapacityUnits",
            "DynamoDBWriteCapacityUtilization",
        ),
    };
    let written = reader.raw_in(&block.value, block.header, settings);
    if written.is_unset() {
        return;
    }
    let exists = both(&block.exists, &is_set(&written));
    let found = Blocks::of(&written, "MinCapacity", block.header, reader.origins()).list.into_iter().next();
    let (header, span) = found.map_or((block.header, block.span), |found| (found.header, found.span));
    let place = Block { value: written, exists: exists.clone(), header, span };
    let here = reader.header_origin(header);
    let of = if owner.index.is_some() { "index" } else { "table" };
    let make = |subject: Subject, suffix: &str| {
        let mut draft = reader.part(subject, suffix, &place);
        draft.address = format!("{}/{suffix}", owner.base).into();
        draft.set("address", Value::string(draft.address.clone(), here));
        draft.name = format!("{word} scaling of {}", owner.base).into();
        draft.set("name", Value::string(draft.name.clone(), here));
        draft.set("namespace", Value::string("dynamodb", here));
        draft.set("dimension", Value::string(format!("dynamodb:{of}:{units}"), here));
        draft.set("direction", Value::string(word, here));
        draft.set("inline", Value::fact(true, here));
        draft.set("table", Value::entity(owner.table, here));
        if let Some(index) = &owner.index {
            draft.set("index", index.clone());
        }
        draft
    };
    let mut target = make(Subject::ScalingTarget, scaling);
    if let Some(replica) = owner.replica {
        target.set("replica", Value::entity(replica, here));
    }
    let target = drafts.add(target);
    let tracking = reader.raw_in(&place.value, header, "TargetTrackingScalingPolicyConfiguration");
    if tracking.is_unset() {
        return;
    }
    let suffix = format!("{scaling}/TargetTrackingScalingPolicyConfiguration");
    let mut policy = make(Subject::ScalingPolicy, &suffix);
    let tracked = is_set(&tracking);
    policy.exists = both(&policy.exists, &tracked);
    policy.set("policy_type", Value::string("TargetTrackingScaling", here));
    policy.set("target_tracking", tracked);
    policy.set("predefined_metric", Value::string(metric, OriginId::NONE));
    policy.set("customized_metric", Value::fact(false, here));
    policy.set("target", each(&exists, &mut |exists| Value::entity(target, exists.origin)));
    let policy_exists = policy.exists.clone();
    let policy = drafts.add(policy);
    if let Some(draft) = drafts.get_mut(target) {
        draft.push_if("policies", &policy_exists, &Value::entity(policy, policy_exists.origin));
    }
}
