//! Whether the subnets of clients are served by an endpoint for DynamoDB: a gateway endpoint with their route table,
//! or an interface endpoint in their VPC.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::value::{Data, EntityId, Value};

use super::super::derive::{both, each, either, spread};
use super::super::draft::Draft;
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::super::schema::Subject;
use super::ids_of;
use super::network::{linked_list, vpc_key};
use super::table::{ends_of, leads_to};
use super::targets::Targets;

/// An endpoint as subnets see it.
struct Endpoint {
    exists: Value,
    /// Whether it is for DynamoDB itself.
    dynamodb: Value,
    interface: Value,
    /// What tells its route tables apart; `None` for one that is not known.
    route_tables: Vec<(Option<String>, Value)>,
    open: Option<Value>,
}

/// What is known of one subnet.
struct Service {
    reached: Value,
    has_endpoint: Value,
}

/// Sets for each client in a VPC which subnets it runs in, and whether an endpoint serves one of them.
pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    let clients: Vec<EntityId> = ids_of(drafts, Subject::Client)
        .into_iter()
        .filter(|id| drafts.get(*id).is_some_and(|client| may_be_in_vpc(&client.value("subnet_ids"))))
        .collect();
    if clients.is_empty() {
        return;
    }
    let mut by_vpc: FxHashMap<String, Vec<Endpoint>> = FxHashMap::default();
    let mut somewhere = Vec::new();
    for draft in ids_of(drafts, Subject::Endpoint).into_iter().filter_map(|id| drafts.get(id)) {
        match vpc_key(context, &draft.value("vpc_id")) {
            Some(vpc) => by_vpc.entry(vpc).or_default().push(endpoint(context, draft)),
            None => somewhere.push(endpoint(context, draft)),
        }
    }
    let main = main_route_tables(context);
    let mut services: FxHashMap<EntityId, Service> = FxHashMap::default();
    for id in ids_of(drafts, Subject::Subnet) {
        let Some(subnet) = drafts.get(id) else { continue };
        services.insert(id, service(context, subnet, &by_vpc, &somewhere, &main));
    }
    let subnets = Targets::new(context, drafts, Subject::Subnet);
    for id in clients {
        let Some(ids) = drafts.get(id).map(|draft| draft.value("subnet_ids")) else { continue };
        let links = linked_list(&subnets, &ids);
        let (items, rest) = spread(&links);
        let mut reached = Value::fact(false, ids.origin);
        let mut has = Value::fact(false, ids.origin);
        for item in &items {
            let mut ends = Vec::new();
            ends_of(item, &mut ends);
            for end in ends {
                let Some(service) = services.get(&end) else { continue };
                let on = leads_to(item, end);
                reached = either(&reached, &both(&on, &service.reached));
                has = either(&has, &both(&on, &service.has_endpoint));
            }
        }
        if rest.is_some() {
            let unknown = |why: &str| Value::unknown(why, ids.origin);
            reached = either(&reached, &unknown("a subnet of the client is not in the analysed files"));
            has = either(&has, &unknown("the VPC of the client is not in the analysed files"));
        }
        // Where an input leaves the list empty, the client is outside of any VPC.
        let inside = |value: &Value| {
            super::super::derive::each_pair(&ids, value, &mut |ids, value| match &ids.data {
                Data::Absent | Data::Null => Value::absent(ids.origin),
                Data::List(list) if list.items.is_empty() && list.rest.is_none() => Value::absent(ids.origin),
                _ => value.clone(),
            })
        };
        let (reached, has) = (inside(&reached), inside(&has));
        let Some(draft) = drafts.get_mut(id) else { continue };
        draft.set("subnets", links);
        draft.set("endpoint_reached", reached);
        draft.set("vpc_has_endpoint", has);
    }
}

fn may_be_in_vpc(subnets: &Value) -> bool {
    match &subnets.data {
        Data::Absent | Data::Null => false,
        Data::List(list) => !list.items.is_empty() || list.rest.is_some(),
        Data::Choice(choice) => choice.cases.iter().any(may_be_in_vpc),
        _ => true,
    }
}

fn endpoint(context: &Context<'_>, draft: &Draft) -> Endpoint {
    let (tables, rest) = spread(&draft.value("route_table_ids"));
    let is = |field: &str, wanted: &str| {
        each(&draft.value(field), &mut |value| match &value.data {
            Data::Unknown(_) | Data::Parts(_) => value.clone(),
            _ => Value::fact(value.as_str() == Some(wanted), value.origin),
        })
    };
    let there = |table: &Value| each(table, &mut |table| Value::fact(!table.is_unset(), table.origin));
    Endpoint {
        exists: draft.exists.clone(),
        dynamodb: is("service", "dynamodb"),
        interface: is("type", "Interface"),
        route_tables: tables.iter().map(|table| (vpc_key(context, table), there(table))).collect(),
        open: rest.map(|_| Value::unknown("the route tables of the endpoint are not all known", draft.exists.origin)),
    }
}

fn service(
    context: &Context<'_>,
    subnet: &Draft,
    by_vpc: &FxHashMap<String, Vec<Endpoint>>,
    somewhere: &[Endpoint],
    main: &FxHashMap<String, FxHashSet<String>>,
) -> Service {
    let vpc = subnet.value("vpc_id");
    let unknown = |why: &str| Value::unknown(why, vpc.origin);
    let Some(key) = vpc_key(context, &vpc) else {
        let why = "the VPC of a subnet is not known";
        return Service { reached: unknown(why), has_endpoint: unknown(why) };
    };
    let (mut reached, mut has) = (Value::fact(false, vpc.origin), Value::fact(false, vpc.origin));
    for endpoint in by_vpc.get(&key).map(Vec::as_slice).unwrap_or_default() {
        has = either(&has, &endpoint.exists);
        let serves = either(&endpoint.interface, &by_route_table(context, subnet, endpoint, main.get(&key)));
        reached = either(&reached, &both(&both(&endpoint.exists, &endpoint.dynamodb), &serves));
    }
    for endpoint in somewhere {
        let maybe = unknown("the VPC of an endpoint is not known");
        has = either(&has, &both(&endpoint.exists, &maybe));
        reached = either(&reached, &both(&both(&endpoint.exists, &endpoint.dynamodb), &maybe));
    }
    let own = super::targets::address_of(context, &vpc)
        .and_then(|address| context.find(&address))
        .is_some_and(|found| found.managed && found.kind.to_ascii_lowercase().ends_with("vpc"));
    if !own {
        let why = "the VPC of the client is not in the analysed files";
        reached = either(&reached, &unknown(why));
        has = either(&has, &unknown(why));
    }
    Service { reached, has_endpoint: has }
}

/// Whether the subnet's route table is one of a gateway endpoint's. A subnet without one of its own has the main one
/// of its VPC.
fn by_route_table(
    context: &Context<'_>,
    subnet: &Draft,
    endpoint: &Endpoint,
    main: Option<&FxHashSet<String>>,
) -> Value {
    each(&subnet.value("route_table_id"), &mut |table| {
        let mut found = Value::fact(false, table.origin);
        let own = vpc_key(context, table);
        if own.is_none() && !table.is_unset() {
            return Value::unknown("the route table of a subnet is not known", table.origin);
        }
        for (key, there) in &endpoint.route_tables {
            let fits = match (key, &own) {
                (None, _) => Value::unknown("a route table of the endpoint is not known", table.origin),
                (Some(key), Some(own)) => Value::fact(key == own, table.origin),
                (Some(key), None) if main.is_some_and(|main| main.contains(key)) => Value::fact(true, table.origin),
                // Another resource of the project is not the main table; an id from elsewhere may be.
                (Some(key), None) if key.starts_with('\u{1}') && is_managed(context, key) => {
                    Value::fact(false, table.origin)
                }
                _ => Value::unknown("the main route table of the VPC is not known", table.origin),
            };
            found = either(&found, &both(there, &fits));
        }
        match &endpoint.open {
            Some(open) => either(&found, open),
            None => found,
        }
    })
}

fn is_managed(context: &Context<'_>, key: &str) -> bool {
    context.find(key.trim_start_matches('\u{1}')).is_some_and(|resource| resource.managed)
}

/// The main route tables of VPCs, by what tells the VPCs apart: the one that a VPC comes with, and those that are made
/// the main one.
fn main_route_tables(context: &Context<'_>) -> FxHashMap<String, FxHashSet<String>> {
    let mut main: FxHashMap<String, FxHashSet<String>> = FxHashMap::default();
    for (position, resource) in context.project.resources.iter().enumerate() {
        let Some(reader) = context.reader(position) else { continue };
        let itself = || format!("\u{1}{}", resource.address);
        let (vpc, table) = match resource.kind.as_str() {
            // `aws_vpc.main.main_route_table_id` is an attribute of the VPC.
            "aws_vpc" | "aws_default_vpc" => (Some(itself()), Some(itself())),
            "aws_default_route_table" => (vpc_key(context, &reader.raw("default_route_table_id")), Some(itself())),
            "aws_main_route_table_association" => {
                (vpc_key(context, &reader.raw("vpc_id")), vpc_key(context, &reader.raw("route_table_id")))
            }
            _ => continue,
        };
        if let (Some(vpc), Some(table)) = (vpc, table) {
            main.entry(vpc).or_default().insert(table);
        }
    }
    main
}
