//! Endpoints, security groups, subnets and routes of CloudFormation.

use crate::value::Value;

use super::super::derive::statements;
use super::super::drafts::{Drafts, Satellite, SatelliteKind};
use super::super::network::{endpoint_service, ingress_rules};
use super::super::read::Reader;
use super::super::schema::Subject;

pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    match reader.kind() {
        "AWS::EC2::VPCEndpoint" => endpoint(reader, drafts),
        "AWS::EC2::SecurityGroup" => security_group(reader, drafts),
        "AWS::EC2::Subnet" => subnet(reader, drafts),
        "AWS::EC2::SecurityGroupIngress" => satellite(reader, drafts, SatelliteKind::Ingress, "GroupId"),
        "AWS::EC2::Route" => satellite(reader, drafts, SatelliteKind::Route, "RouteTableId"),
        "AWS::EC2::SubnetRouteTableAssociation" => {
            satellite(reader, drafts, SatelliteKind::RouteTableAssociation, "SubnetId");
        }
        _ => {}
    }
}

fn satellite(reader: &Reader<'_>, drafts: &mut Drafts, kind: SatelliteKind, reference: &str) {
    let of = reader.raw(reference);
    drafts.satellites.push(Satellite { kind, resource: reader.position, of, exists: reader.resource.exists.clone() });
}

fn endpoint(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut endpoint = reader.draft(Subject::Endpoint);
    let here = reader.header_origin(endpoint.header);
    endpoint.set("name", Value::string(reader.resource.name.clone(), here));
    endpoint_service(reader, &mut endpoint);
    endpoint.set("statements", statements(reader.context, &endpoint.value("policy")));
    drafts.add(endpoint);
}

fn security_group(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut group = reader.draft(Subject::SecurityGroup);
    reader.name(&mut group, "name");
    let ingress = ingress_rules(reader, &reader.raw("SecurityGroupIngress"), group.header);
    group.set("ingress", ingress);
    drafts.add(group);
}

fn subnet(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut subnet = reader.draft(Subject::Subnet);
    let here = reader.header_origin(subnet.header);
    subnet.set("name", Value::string(reader.resource.name.clone(), here));
    drafts.add(subnet);
}
