//! Endpoints, security groups and subnets with the separate resources that add to them.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::value::{Data, EntityId, Text, Value};

use super::super::derive::{both, each, each_pair, or_else, spread, statements, texts};
use super::super::drafts::{Drafts, SatelliteKind};
use super::super::network::{CLOUDFORMATION, TERRAFORM, TERRAFORM_RULE, rule_entries};
use super::super::read::{Blocks, Context, Reader};
use super::super::schema::Subject;
use super::table::{ends_of, leads_to, take};
use super::targets::{Elsewhere, Targets, address_of, symbols};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    security_groups(context, drafts);
    endpoints(context, drafts);
    subnets(context, drafts);
}

/// Separate ingress rules. A rule whose group is not one of the project's changes none of them.
fn security_groups(context: &Context<'_>, drafts: &mut Drafts) {
    let groups = Targets::new(context, drafts, Subject::SecurityGroup);
    for satellite in take(drafts, SatelliteKind::Ingress) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let names = match reader.kind() {
            "aws_vpc_security_group_ingress_rule" => &TERRAFORM_RULE,
            "aws_security_group_rule" => &TERRAFORM,
            _ => &CLOUDFORMATION,
        };
        let ingress = each(&reader.raw("type"), &mut |ty| Value::fact(ty.as_str() != Some("egress"), ty.origin));
        let found = groups.resolve(&satellite.of, Elsewhere::Absent);
        let mut ends = Vec::new();
        ends_of(&found, &mut ends);
        for group in ends {
            let mut on = both(&satellite.exists, &leads_to(&found, group));
            if reader.kind() == "aws_security_group_rule" {
                on = both(&on, &ingress);
            }
            let mut items = Vec::new();
            rule_entries(&reader, &reader.resource.attributes, reader.resource.header, names, &on, &mut items);
            if let Some(draft) = drafts.get_mut(group) {
                for item in items {
                    draft.push("ingress", item);
                }
            }
        }
    }
    for draft in drafts.list.iter_mut().filter(|draft| draft.subject == Subject::SecurityGroup) {
        if !matches!(draft.value("ingress").data, Data::List(_)) {
            let here = draft.value("address").origin;
            draft.set("ingress", Value::list(Vec::new(), here));
        }
    }
}

/// The kinds of resources that connect a VPC to other networks, with the attributes that name it.
const CONNECTIONS: [(&str, &[&str]); 10] = [
    ("AWS::EC2::VPCPeeringConnection", &["VpcId", "PeerVpcId"]),
    ("AWS::EC2::TransitGatewayAttachment", &["VpcId"]),
    ("AWS::EC2::TransitGatewayVpcAttachment", &["VpcId"]),
    ("AWS::EC2::VPNGateway", &[]),
    ("AWS::EC2::VPCGatewayAttachment", &[]),
    ("aws_vpc_peering_connection", &["vpc_id", "peer_vpc_id"]),
    ("aws_ec2_transit_gateway_vpc_attachment", &["vpc_id"]),
    ("aws_vpn_gateway", &["vpc_id"]),
    ("aws_vpn_gateway_attachment", &["vpc_id"]),
    ("aws_dx_gateway_association", &[]),
];

fn endpoints(context: &Context<'_>, drafts: &mut Drafts) {
    let endpoints = Targets::new(context, drafts, Subject::Endpoint);
    let additions = [
        (SatelliteKind::EndpointRouteTable, "route_table_ids", "route_table_id"),
        (SatelliteKind::EndpointSubnet, "subnet_ids", "subnet_id"),
        (SatelliteKind::EndpointSecurityGroup, "security_group_ids", "security_group_id"),
    ];
    for (kind, list, attribute) in additions {
        for (reader, on, endpoint) in matched(context, drafts, &endpoints, kind) {
            let item = present(&on, &reader.raw(attribute));
            if let Some(draft) = drafts.get_mut(endpoint) {
                draft.push(list, item);
            }
        }
    }
    for (reader, on, endpoint) in matched(context, drafts, &endpoints, SatelliteKind::EndpointPolicy) {
        let Some(draft) = drafts.get_mut(endpoint) else { continue };
        let policy = or_else(&present(&on, &reader.raw("policy")), &draft.value("policy"));
        draft.set("statements", statements(context, &policy));
        draft.set("policy", policy);
    }
    siblings(drafts, &endpoints.ids());
    connections(context, drafts, &endpoints.ids());
}

/// The satellites of a kind with the endpoints that they lead to. An open reference leaves every endpoint's list alone:
/// ids of endpoints come from nowhere but their own resources.
fn matched<'c>(
    context: &'c Context<'c>,
    drafts: &mut Drafts,
    targets: &Targets<'_>,
    kind: SatelliteKind,
) -> Vec<(Reader<'c>, Value, EntityId)> {
    let mut found = Vec::new();
    for satellite in take(drafts, kind) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let link = targets.resolve(&satellite.of, Elsewhere::Absent);
        let mut ends = Vec::new();
        ends_of(&link, &mut ends);
        for end in ends {
            let on = both(&satellite.exists, &leads_to(&link, end));
            found.push((reader, on, end));
        }
    }
    found
}

pub(super) fn present(on: &Value, value: &Value) -> Value {
    each_pair(on, value, &mut |on, value| match on.data {
        Data::Bool(true) => value.clone(),
        Data::Bool(false) => Value::absent(on.origin),
        _ => on.clone(),
    })
}

/// What tells one VPC from another: its address in the project, or its id as far as that is equal to itself.
pub(super) fn vpc_key(context: &Context<'_>, vpc: &Value) -> Option<String> {
    match address_of(context, vpc) {
        Some(address) => Some(format!("\u{1}{address}")),
        None => symbols(vpc),
    }
}

fn siblings(drafts: &mut Drafts, ids: &[EntityId]) {
    let mut by_vpc: FxHashMap<String, Vec<EntityId>> = FxHashMap::default();
    for id in ids {
        if let Some(key) = drafts.get(*id).and_then(|draft| symbols(&draft.value("vpc_id"))) {
            by_vpc.entry(key).or_default().push(*id);
        }
    }
    for id in ids {
        let Some(draft) = drafts.get(*id) else { continue };
        let vpc = draft.value("vpc_id");
        let here = draft.value("address").origin;
        let others: Vec<EntityId> = match symbols(&vpc).and_then(|key| by_vpc.get(&key)) {
            Some(others) => others.iter().copied().filter(|other| other != id).collect(),
            None => Vec::new(),
        };
        let items: Vec<Value> = others
            .into_iter()
            .filter_map(|other| drafts.get(other).map(|draft| (other, draft.exists.clone())))
            .map(|(other, exists)| super::super::drafts::link(other, &exists))
            .collect();
        let Some(draft) = drafts.get_mut(*id) else { continue };
        draft.set("siblings", Value::list(items, here));
        if let Data::Unknown(unknown) = &vpc.data
            && unknown.symbol.is_none()
        {
            draft.open("siblings", unknown);
        }
    }
}

fn connections(context: &Context<'_>, drafts: &mut Drafts, ids: &[EntityId]) {
    let mut connected: FxHashSet<String> = FxHashSet::default();
    let mut any = false;
    for (position, resource) in context.project.resources.iter().enumerate() {
        let Some((_, attributes)) = CONNECTIONS.iter().find(|(kind, _)| *kind == resource.kind) else { continue };
        let Some(reader) = context.reader(position) else { continue };
        // An attachment of an internet gateway connects no private network.
        if reader.kind() == "AWS::EC2::VPCGatewayAttachment" {
            if reader.raw("VpnGatewayId").is_unset() {
                continue;
            }
            connected.extend(vpc_key(context, &reader.raw("VpcId")));
            continue;
        }
        any |= attributes.is_empty();
        connected.extend(attributes.iter().filter_map(|name| vpc_key(context, &reader.raw(name))));
    }
    for id in ids {
        let Some(draft) = drafts.get_mut(*id) else { continue };
        let vpc = draft.value("vpc_id");
        let yes = any || vpc_key(context, &vpc).is_some_and(|key| connected.contains(&key));
        draft.set("vpc_connected", Value::fact(yes, vpc.origin));
    }
}

/// Whether route tables lead to an internet gateway, by their addresses.
fn public_route_tables(context: &Context<'_>, drafts: &mut Drafts) -> FxHashMap<Text, Value> {
    let mut tables: FxHashMap<Text, Value> = FxHashMap::default();
    for (position, resource) in context.project.resources.iter().enumerate() {
        if !matches!(resource.kind.as_str(), "AWS::EC2::RouteTable" | "aws_route_table" | "aws_default_route_table")
            || !resource.managed
        {
            continue;
        }
        let Some(reader) = context.reader(position) else { continue };
        let mut public = Value::fact(false, reader.header_origin(resource.header));
        let routes = Blocks::of(&reader.raw("route"), "", resource.header, reader.origins());
        for route in &routes.list {
            let leads = both(&route.exists, &to_internet(context, &reader, &route.value, false));
            public = either(&public, &leads);
        }
        tables.insert(resource.address.clone(), public);
    }
    for satellite in take(drafts, SatelliteKind::Route) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let Some(address) = address_of(context, &satellite.of) else { continue };
        let cloudformation = !reader.is_terraform();
        let leads = to_internet(context, &reader, &reader.resource.attributes, cloudformation);
        let leads = both(&satellite.exists, &leads);
        if let Some(public) = tables.get_mut(&address) {
            *public = either(public, &leads);
        }
    }
    tables
}

/// Whether a route goes from everywhere to an internet gateway.
fn to_internet(context: &Context<'_>, reader: &Reader<'_>, route: &Value, cloudformation: bool) -> Value {
    let header = reader.resource.header;
    let get = |name: &str| reader.raw_in(route, header, name);
    let (ranges, gateway) = if cloudformation {
        ([get("DestinationCidrBlock"), get("DestinationIpv6CidrBlock"), Value::absent(route.origin)], get("GatewayId"))
    } else {
        let four = or_else(&get("cidr_block"), &get("destination_cidr_block"));
        let six = or_else(&get("ipv6_cidr_block"), &get("destination_ipv6_cidr_block"));
        ([four, six, Value::absent(route.origin)], get("gateway_id"))
    };
    let everywhere = ranges.iter().fold(Value::fact(false, route.origin), |found, range| {
        let all =
            each(range, &mut |range| Value::fact(matches!(range.as_str(), Some("0.0.0.0/0" | "::/0")), range.origin));
        either(&found, &all)
    });
    let internet = each(&gateway, &mut |gateway| {
        let by_kind = address_of(context, gateway).is_some_and(|address| {
            // Terraform's addresses say the type, also of resources that are not evaluated.
            let kind = context.find(&address).map_or("", |to| to.kind.as_str());
            kind == "AWS::EC2::InternetGateway" || address.split('.').any(|part| part == "aws_internet_gateway")
        });
        let by_id = crate::value::text::known_prefix(gateway).starts_with("igw-");
        Value::fact(by_kind || by_id, gateway.origin)
    });
    both(&everywhere, &internet)
}

/// Whether one of two holds; only what is known to be true counts, since a subnet is public on evidence alone.
fn either(a: &Value, b: &Value) -> Value {
    each_pair(a, b, &mut |a, b| if b.as_bool() == Some(true) { b.clone() } else { a.clone() })
}

fn subnets(context: &Context<'_>, drafts: &mut Drafts) {
    let tables = public_route_tables(context, drafts);
    let subnets = Targets::new(context, drafts, Subject::Subnet);
    let mut routed: FxHashMap<EntityId, (Value, Value)> = FxHashMap::default();
    let mut open: Option<Value> = None;
    for satellite in take(drafts, SatelliteKind::RouteTableAssociation) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let table = if reader.is_terraform() { reader.raw("route_table_id") } else { reader.raw("RouteTableId") };
        // An association with a gateway names no subnet.
        let link = subnets.resolve(&satellite.of, Elsewhere::Absent);
        if link.is_unknown() {
            open.get_or_insert_with(|| link.clone());
        }
        let mut ends = Vec::new();
        ends_of(&link, &mut ends);
        for end in ends {
            let on = both(&satellite.exists, &leads_to(&link, end));
            let public = each(&table, &mut |table| {
                let known = address_of(context, table).and_then(|address| tables.get(&address).cloned());
                known.unwrap_or_else(|| {
                    Value::unknown("the route table of the subnet is not in the analysed files", table.origin)
                })
            });
            let (mut table, mut public) = (present(&on, &table), present(&on, &public));
            if let Some((other, other_public)) = routed.get(&end) {
                (table, public) = (or_else(&table, other), or_else(&public, other_public));
            }
            routed.insert(end, (table, public));
        }
    }
    for id in subnets.ids() {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let by_addresses = draft.value("public_addresses");
        match routed.remove(&id) {
            Some((table, public)) => {
                draft.set("route_table_id", table);
                draft.set("public", or_else(&public, &by_addresses));
            }
            None => {
                draft.set("public", by_addresses);
                if let Some(open) = &open {
                    draft.set("route_table_id", open.clone());
                }
            }
        }
    }
}

/// The entities that a list of ids leads to; one from elsewhere leaves the list open.
pub(super) fn linked_list(targets: &Targets<'_>, ids: &Value) -> Value {
    let (items, mut rest) = spread(&texts(ids));
    let mut links = Vec::new();
    for item in items {
        let link = targets.resolve(&item, Elsewhere::Unknown);
        match &link.data {
            Data::Unknown(unknown) => {
                rest.get_or_insert_with(|| unknown.clone());
            }
            Data::Absent => {}
            _ => links.push(link),
        }
    }
    let list = crate::value::List { kind: crate::value::ListKind::Tuple, items: links, rest };
    Value::new(Data::List(list.into()), ids.origin)
}
