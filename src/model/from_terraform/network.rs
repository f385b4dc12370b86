//! Endpoints, security groups, subnets and routes of Terraform.

use crate::value::Value;

use super::super::derive::statements;
use super::super::drafts::{Drafts, Satellite, SatelliteKind};
use super::super::network::{endpoint_service, ingress_rules};
use super::super::read::Reader;
use super::super::schema::Subject;

pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    match reader.kind() {
        "aws_vpc_endpoint" => endpoint(reader, drafts),
        "aws_vpc_endpoint_policy" => satellite(reader, drafts, SatelliteKind::EndpointPolicy, "vpc_endpoint_id"),
        "aws_vpc_endpoint_route_table_association" => {
            satellite(reader, drafts, SatelliteKind::EndpointRouteTable, "vpc_endpoint_id");
        }
        "aws_vpc_endpoint_subnet_association" => {
            satellite(reader, drafts, SatelliteKind::EndpointSubnet, "vpc_endpoint_id");
        }
        "aws_vpc_endpoint_security_group_association" => {
            satellite(reader, drafts, SatelliteKind::EndpointSecurityGroup, "vpc_endpoint_id");
        }
        "aws_security_group" | "aws_default_security_group" => security_group(reader, drafts),
        "aws_security_group_rule" | "aws_vpc_security_group_ingress_rule" => {
            satellite(reader, drafts, SatelliteKind::Ingress, "security_group_id");
        }
        "aws_subnet" | "aws_default_subnet" => subnet(reader, drafts),
        "aws_route" => satellite(reader, drafts, SatelliteKind::Route, "route_table_id"),
        "aws_route_table_association" => {
            satellite(reader, drafts, SatelliteKind::RouteTableAssociation, "subnet_id");
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
    let name = reader.raw("name");
    if let Some(name) = name.as_str() {
        group.name = name.into();
    }
    let here = reader.header_origin(group.header);
    let shown = if name.is_unset() { Value::string(reader.resource.name.clone(), here) } else { name };
    group.set("name", shown);
    let ingress = ingress_rules(reader, &reader.raw("ingress"), group.header);
    group.set("ingress", ingress);
    drafts.add(group);
}

fn subnet(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut subnet = reader.draft(Subject::Subnet);
    let here = reader.header_origin(subnet.header);
    subnet.set("name", Value::string(reader.resource.name.clone(), here));
    drafts.add(subnet);
}
