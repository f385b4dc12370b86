//! DAX resources of CloudFormation.

use crate::value::Value;

use super::super::derive::{each, is_set, literals};
use super::super::drafts::Drafts;
use super::super::read::{Reader, convert};
use super::super::schema::{Subject, Type};
use super::table::all_tags;

pub(super) fn cluster(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut cluster = reader.draft(Subject::DaxCluster);
    reader.name(&mut cluster, "name");
    cluster.set("tags", all_tags(reader, &cluster.value("tags")));
    cluster.set("zones_written", is_set(&reader.raw("AvailabilityZones")));
    cluster.set("literal_zones", literals(&cluster.value("zones"), reader.origins()));
    drafts.add(cluster);
}

pub(super) fn subnet_group(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut group = reader.draft(Subject::DaxSubnetGroup);
    reader.name(&mut group, "name");
    drafts.add(group);
}

pub(super) fn parameter_group(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut group = reader.draft(Subject::DaxParameterGroup);
    reader.name(&mut group, "name");
    let header = group.header;
    for (field, parameter) in [("record_ttl_ms", "record-ttl-millis"), ("query_ttl_ms", "query-ttl-millis")] {
        let value = each(&group.value("parameters"), &mut |parameters| reader.raw_in(parameters, header, parameter));
        group.set(field, each(&value, &mut |value: &Value| convert(value, &Type::Integer)));
    }
    drafts.add(group);
}
