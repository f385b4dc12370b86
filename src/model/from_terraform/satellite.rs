//! The resources that set something of a table from outside of it.

use crate::value::{Data, List, ListKind, Step, Value};

use super::super::derive::{each, is_set, merged_tags, set_keys, without_empty};
use super::super::drafts::{Drafts, Satellite, SatelliteKind};
use super::super::read::{Blocks, Reader};
use super::super::schema::Subject;
use super::table::{capacity, key_schema};

pub(super) fn replica(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut replica = reader.draft(Subject::Replica);
    let here = reader.header_origin(replica.header);
    let mut region = replica.value("region");
    if reader.raw("region").is_unset() {
        // The replica is where its provider is, and it is the replica that stands there.
        region = each(&region, &mut |region| {
            let step = Step::Reference("the Region of its provider".into());
            region.clone().at(reader.origins().hop(replica.header, step, region.origin))
        });
        replica.set("region", region.clone());
    }
    let name = region.as_str().unwrap_or(&reader.resource.name).to_owned();
    replica.set("name", Value::string(name, here));
    replica.set("inline", Value::fact(false, here));
    replica.set("home", Value::fact(false, here));
    replica.set("point_in_time_recovery.enabled_written", is_set(&reader.raw("point_in_time_recovery")));
    replica.set("point_in_time_recovery.period_written", Value::fact(false, here));
    replica.set("capacity.read_given", Value::fact(false, here));
    replica.set("encryption.kms_key", without_empty(&replica.value("encryption.kms_key")));
    replica.set("tags", merged_tags(&replica.value("tags"), &reader.resource.default_tags, reader.origins()));
    replica.refer("table", reader.raw("global_table_arn"));
    replica.refer("table_class", reader.raw("table_class_override"));
    drafts.add(replica);
}

pub(super) fn index(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut index = reader.draft(Subject::Index);
    let here = reader.header_origin(index.header);
    if let Some(name) = index.value("name").as_str() {
        index.name = name.into();
    }
    index.set("kind", Value::string("global", here));
    index.set("inline", Value::fact(false, here));
    index.set("has_key_schema", Value::fact(true, here));
    index.set("has_key_arguments", Value::fact(false, here));
    let keys = key_schema(reader, &reader.resource.attributes, reader.resource.header);
    set_keys(&mut index, &keys, &Value::list(Vec::new(), here), false);
    capacity(&mut index);
    index.refer("table", reader.raw("table_name"));
    drafts.add(index);
}

pub(super) fn legacy_global_table(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut group = reader.draft(Subject::LegacyGlobalTable);
    if let Some(name) = group.value("name").as_str() {
        group.name = name.into();
    }
    let members = Blocks::of(&reader.raw("replica"), "", group.header, reader.origins());
    let items = members.list.iter().map(|member| reader.raw_in(&member.value, member.header, "region_name")).collect();
    let list = List { kind: ListKind::Tuple, items, rest: members.rest };
    group.set("regions", Value::new(Data::List(list.into()), reader.header_origin(group.header)));
    group.refer("table", reader.raw("name"));
    drafts.add(group);
}

fn satellite(reader: &Reader<'_>, drafts: &mut Drafts, kind: SatelliteKind, reference: &str) {
    let of = reader.raw(reference);
    drafts.satellites.push(Satellite { kind, resource: reader.position, of, exists: reader.resource.exists.clone() });
}

pub(super) fn insights(reader: &Reader<'_>, drafts: &mut Drafts) {
    satellite(reader, drafts, SatelliteKind::Insights, "table_name");
}

pub(super) fn tag(reader: &Reader<'_>, drafts: &mut Drafts) {
    satellite(reader, drafts, SatelliteKind::Tag, "resource_arn");
}

pub(super) fn kinesis_destination(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut destination = reader.draft(Subject::KinesisDestination);
    let here = reader.header_origin(destination.header);
    let name = destination.value("table_name");
    let shown = name.as_str().unwrap_or(&reader.resource.name).to_owned();
    destination.name = shown.as_str().into();
    destination.set("name", Value::string(shown, here));
    destination.refer("table", reader.raw("table_name"));
    drafts.add(destination);
}

pub(super) fn resource_policy(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut policy = reader.draft(Subject::ResourcePolicy);
    let here = reader.header_origin(policy.header);
    policy.set("name", Value::string(reader.resource.name.clone(), here));
    policy.set("document", reader.raw("policy"));
    policy.refer("table", reader.raw("resource_arn"));
    drafts.add(policy);
}
