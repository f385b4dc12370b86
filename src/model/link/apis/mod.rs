//! APIs with what they lead to: the methods and routes whose integration is a client of a table or DynamoDB itself,
//! with how callers are authorised, the stages, the custom domains, and the canaries that call them.

mod definition;
mod parts;
mod serverless;
mod through;

use rustc_hash::FxHashMap;

use crate::value::{Data, EntityId, Entry, OriginId, Part, Step, Symbol, Text, Value, text};

use super::super::derive::{both, each, each_pair, either, spread};
use super::super::drafts::{Drafts, link as link_to};
use super::super::read::Context;
use super::super::schema::Subject;
use super::ids_of;
use super::targets::{Elsewhere, Targets, address_of};
use super::uses::Uses;

/// A method or route before it is known whether it leads to a table.
struct Method {
    verb: Value,
    path: Value,
    authorization: Value,
    validated: Value,
    exists: Value,
    leads: Leads,
}

/// Where an integration leads.
struct Leads {
    /// Functions and what stands behind load balancers, each with the cases in which it is called.
    functions: Vec<(Text, Value)>,
    /// Whether DynamoDB itself is called.
    direct: Value,
}

/// What is gathered for one API.
#[derive(Default)]
struct Found {
    methods: Vec<Method>,
    /// There are methods that can't be read.
    open: Option<Value>,
    stages: Vec<Value>,
    security_policies: Vec<Value>,
    private: Option<Value>,
    default_authorizer: Option<Value>,
    /// Resources that callers of the API name: stages and custom domains.
    addresses: Vec<Text>,
    /// The names of custom domains.
    domains: Vec<Text>,
}

type ByApi = FxHashMap<EntityId, Found>;

/// Everything that is asked while parts of APIs are read.
struct Scene<'a, 'c> {
    context: &'a Context<'c>,
    uses: &'a Uses<'c>,
    apis: Targets<'a>,
    functions: Targets<'a>,
}

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, uses: &Uses<'_>) {
    let ids = ids_of(drafts, Subject::Api);
    if ids.is_empty() {
        return;
    }
    let scene = Scene {
        context,
        uses,
        apis: Targets::new(context, drafts, Subject::Api),
        functions: Targets::new(context, drafts, Subject::Function),
    };
    let mut found: ByApi = ids.iter().map(|id| (*id, Found::default())).collect();
    parts::gather(&scene, drafts, &mut found);
    serverless::gather(&scene, drafts, &mut found);
    let clients = clients_of_tables(drafts);
    for id in ids {
        let Some(found) = found.remove(&id) else { continue };
        finish(context, drafts, id, found, &clients, uses);
    }
}

/// The functions that are clients of a table by their addresses, each with the cases in which it is.
fn clients_of_tables(drafts: &Drafts) -> FxHashMap<Text, (EntityId, Value)> {
    let mut clients = FxHashMap::default();
    for id in ids_of(drafts, Subject::Client) {
        let Some(client) = drafts.get(id) else { continue };
        let tables = client.value("tables");
        let uses = spread(&tables).0.iter().fold(Value::fact(false, tables.origin), |found, table| {
            let leads = each(table, &mut |table| match &table.data {
                Data::Unknown(_) => table.clone(),
                _ => Value::fact(table.as_entity().is_some(), table.origin),
            });
            either(&found, &leads)
        });
        if uses.as_bool() != Some(false) {
            clients.insert(client.resource_address.clone(), (id, uses));
        }
    }
    clients
}

fn finish(
    context: &Context<'_>,
    drafts: &mut Drafts,
    id: EntityId,
    found: Found,
    clients: &FxHashMap<Text, (EntityId, Value)>,
    uses: &Uses<'_>,
) {
    let Some(here) = drafts.get(id).map(|api| api.value("address").origin) else { return };
    let no = Value::fact(false, here);
    let mut methods = Vec::new();
    let mut of_clients: Vec<(EntityId, Value)> = Vec::new();
    let mut direct = no.clone();
    for method in &found.methods {
        let mut leads = method.leads.direct.clone();
        direct = either(&direct, &both(&method.exists, &method.leads.direct));
        for (address, on) in &method.leads.functions {
            let Some((client, uses)) = clients.get(address) else { continue };
            let on = both(on, uses);
            leads = either(&leads, &on);
            let on = both(&method.exists, &on);
            match of_clients.iter_mut().find(|(known, _)| known == client) {
                Some((_, known)) => *known = either(known, &on),
                None => of_clients.push((*client, on)),
            }
        }
        let on = both(&method.exists, &leads);
        if on.as_bool() == Some(false) {
            continue;
        }
        let entry = |name: &str, value: &Value| Entry::new(name, OriginId::NONE, value.clone());
        let item = Value::map(
            vec![
                entry("method", &method.verb),
                entry("path", &method.path),
                entry("authorization", &method.authorization),
                entry("validated", &method.validated),
            ],
            method.authorization.origin,
        );
        methods.push(each(&on, &mut |on| match on.data {
            Data::Bool(true) => item.clone(),
            Data::Bool(false) => Value::absent(on.origin),
            _ => on.clone(),
        }));
    }
    let canary = canary_of(context, drafts, id, &found, uses);
    let Some(api) = drafts.get_mut(id) else { return };
    if methods.iter().all(Value::is_unknown) {
        // Nothing says that it leads to a table.
        api.managed = false;
        api.set("managed", no.clone());
    }
    let links = of_clients.iter().map(|(client, on)| link_to(*client, on)).filter(|link| !link.is_unset());
    api.set("clients", Value::list(links.collect(), here));
    api.set("direct", direct);
    // The lists stand nowhere: what is wrong with an item is wrong at the item.
    let nowhere = OriginId::NONE;
    api.set("methods", open_list(methods, found.open.as_ref(), nowhere));
    api.set("stages", Value::list(found.stages, nowhere));
    api.set("security_policies", Value::list(found.security_policies, nowhere));
    api.set("private", found.private.unwrap_or_else(|| no.clone()));
    api.set("default_authorizer", found.default_authorizer.unwrap_or(no));
    api.set("canary", canary);
}

fn open_list(items: Vec<Value>, open: Option<&Value>, origin: OriginId) -> Value {
    let rest = open.and_then(|open| match &open.data {
        Data::Unknown(unknown) => Some(unknown.clone()),
        _ => None,
    });
    super::super::client::list(items, rest.map(|rest| Value::new(Data::Unknown(rest), origin)), origin)
}

/// Whether a canary calls the API. One that names no API of the project may call any.
fn canary_of(context: &Context<'_>, drafts: &Drafts, api: EntityId, found: &Found, uses: &Uses<'_>) -> Value {
    let Some(draft) = drafts.get(api) else { return Value::absent(OriginId::NONE) };
    let here = draft.value("address").origin;
    let mut any = Value::fact(false, here);
    for canary in ids_of(drafts, Subject::Canary).into_iter().filter_map(|id| drafts.get(id)) {
        let names = |address: &str| uses.by_resources(address, |user| user == canary.resource);
        let called =
            names(&draft.resource_address)
                || found.addresses.iter().any(|address| names(address))
                || context.project.resources.get(canary.resource).is_some_and(|resource| {
                    found.domains.iter().any(|domain| mentions(&resource.attributes, domain, 0))
                });
        let on = if called {
            canary.exists.clone()
        } else if uses.of(canary.resource, |address| is_of_an_api(context, address)) {
            continue;
        } else {
            both(&canary.exists, &Value::unknown("what a canary calls is not known", here))
        };
        any = either(&any, &on);
    }
    any
}

fn is_of_an_api(context: &Context<'_>, address: &str) -> bool {
    context.find(address).is_some_and(|resource| {
        let kind = resource.kind.to_ascii_lowercase();
        kind.contains("apigateway") || kind.contains("api_gateway") || kind.ends_with("api")
    })
}

/// How deep the attributes of a canary are looked into.
const MAX_DEPTH: usize = 16;

fn mentions(value: &Value, wanted: &str, depth: usize) -> bool {
    depth < MAX_DEPTH
        && match &value.data {
            Data::String(_) | Data::Parts(_) => text::known_pieces(value).iter().any(|piece| piece.contains(wanted)),
            Data::List(list) => list.items.iter().any(|item| mentions(item, wanted, depth + 1)),
            Data::Map(map) => map.entries.iter().any(|entry| mentions(&entry.value, wanted, depth + 1)),
            Data::Choice(choice) => choice.cases.iter().any(|case| mentions(case, wanted, depth + 1)),
            _ => false,
        }
}

impl Scene<'_, '_> {
    /// The API that a reference leads to.
    fn api(&self, reference: &Value) -> Option<EntityId> {
        let by_address = address_of(self.context, reference).and_then(|address| self.apis.at_address(&address));
        by_address.or_else(|| self.apis.resolve(reference, Elsewhere::Absent).as_entity())
    }

    /// Where the address of an integration leads.
    fn leads(&self, uri: &Value) -> Leads {
        let direct = each(uri, &mut |uri| {
            let calls = text::known_pieces(uri).iter().any(|piece| piece.contains(":dynamodb:"));
            Value::fact(calls, uri.origin)
        });
        let mut addresses: Vec<Text> = Vec::new();
        self.addresses(uri, &mut addresses, 0);
        let functions = addresses
            .into_iter()
            .map(|address| {
                let on = each(uri, &mut |uri| {
                    let mut here = Vec::new();
                    self.addresses(uri, &mut here, 0);
                    Value::fact(here.contains(&address), uri.origin)
                });
                (address, on)
            })
            .collect();
        Leads { functions, direct }
    }

    /// The addresses of the functions that a text names, by reference, by alias or by name, and of the clients behind a
    /// load balancer that it names.
    fn addresses(&self, uri: &Value, found: &mut Vec<Text>, depth: usize) {
        let mut add = |address: &Text| {
            let function = self.function_at(address);
            let behind = through::clients_behind(self.context, self.uses, address);
            for client in function.into_iter().chain(behind) {
                if !found.contains(&client) {
                    found.push(client);
                }
            }
        };
        self.context.project.origins.each_step(uri.origin, &mut |step| {
            if let Step::Resource { address, .. } = step {
                add(address);
            }
        });
        let symbol = |symbol: &Option<Symbol>| match symbol {
            Some(Symbol::Resource { address, .. }) => Some(address.clone()),
            _ => None,
        };
        match &uri.data {
            Data::Unknown(unknown) => symbol(&unknown.symbol).iter().for_each(&mut add),
            Data::Parts(parts) => {
                for part in parts.iter() {
                    match part {
                        Part::Open(unknown, _) => symbol(&unknown.symbol).iter().for_each(&mut add),
                        Part::Known(text, _) => self.by_name(text).iter().for_each(&mut add),
                    }
                }
            }
            Data::String(text) => self.by_name(text).iter().for_each(&mut add),
            Data::Choice(choice) if depth < MAX_DEPTH => {
                for case in &choice.cases {
                    self.addresses(case, found, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The function at an address, or behind the alias or version there.
    fn function_at(&self, address: &Text) -> Option<Text> {
        if self.functions.at_address(address).is_some() {
            return Some(address.clone());
        }
        let reader = self.context.reader_at(address)?;
        let name = match reader.kind() {
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => reader.raw("FunctionName"),
            "aws_lambda_alias" => reader.raw("function_name"),
            _ => return None,
        };
        let function = address_of(self.context, &name)?;
        self.functions.at_address(&function).map(|_| function)
    }

    /// The function that a literal ARN names.
    fn by_name(&self, text: &str) -> Option<Text> {
        let (_, rest) = text.split_once(":function:")?;
        let name = rest.split([':', '/']).next().filter(|name| !name.is_empty())?;
        let link = self.functions.resolve(&Value::string(name, OriginId::NONE), Elsewhere::Absent);
        self.functions.address_of(link.as_entity()?)
    }
}

/// A value where something is there, absent where it is not.
fn there(exists: &Value, value: &Value) -> Value {
    each_pair(exists, value, &mut |exists, value| match exists.data {
        Data::Bool(true) => value.clone(),
        Data::Bool(false) => Value::absent(exists.origin),
        _ => exists.clone(),
    })
}

/// A stage as the schema has it.
fn stage(name: Value, tracing: Value, exists: &Value) -> Value {
    let origin = tracing.origin;
    let fields = vec![Entry::new("name", OriginId::NONE, name), Entry::new("tracing", OriginId::NONE, tracing)];
    there(exists, &Value::map(fields, origin))
}
