//! DAX resources of Terraform.

use std::sync::Arc;

use crate::value::{Data, Entry, Map, MapKind, OriginId, Value};

use super::super::derive::{each, is_set, literals, merged_tags};
use super::super::drafts::Drafts;
use super::super::read::{Blocks, Reader, convert};
use super::super::schema::{Subject, Type};

pub(super) fn cluster(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut cluster = reader.draft(Subject::DaxCluster);
    reader.name(&mut cluster, "name");
    cluster.set("tags", merged_tags(&cluster.value("tags"), &reader.resource.default_tags, reader.origins()));
    cluster.set("zones_written", is_set(&reader.raw("availability_zones")));
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
    let blocks = Blocks::of(&reader.raw("parameters"), "", header, reader.origins());
    let mut entries: Vec<Entry> = Vec::new();
    let mut rest = blocks.rest.clone();
    for block in &blocks.list {
        let name = reader.raw_in(&block.value, block.header, "name");
        let value = reader.find(&block.value, block.header, "value", &Type::String, None);
        match (&name.data, &block.value.data) {
            (Data::String(text), _) => {
                entries.push(Entry::new(text.clone(), name.origin, super::table::present(&block.exists, &value)));
            }
            (Data::Unknown(unknown), _) => rest = rest.or_else(|| Some(unknown.clone())),
            _ => {}
        }
    }
    let here = reader.header_origin(header);
    let map = Map { kind: MapKind::Map, entries, rest };
    let parameters = Value::new(Data::Map(Arc::new(map)), here);
    for (field, parameter) in [("record_ttl_ms", "record-ttl-millis"), ("query_ttl_ms", "query-ttl-millis")] {
        let value = match (parameters.get(parameter), &parameters.data) {
            (Some(value), _) => value.clone(),
            (None, Data::Map(map)) if map.rest.is_some() => {
                Value::unknown("the parameters of the group are not all known", here)
            }
            _ => {
                let text = format!("parameters {{ name = \"{parameter}\", value = \"300000\" }}");
                Value::absent(reader.missing(header, &text))
            }
        };
        group.set(field, each(&value, &mut |value: &Value| convert(value, &Type::Integer)));
    }
    group.set("parameters", if parameters.origin.is_none() { parameters.at(OriginId::NONE) } else { parameters });
    drafts.add(group);
}
