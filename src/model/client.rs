//! What runs code near tables: functions, ECS services with their task definitions, EC2 instances and launch templates.

use crate::value::{Data, Entry, List, ListKind, Map, MapKind, OriginId, Part, Symbol, Unknown, Value, decoded, text};

use super::derive::{each, either, or_else, spread, tag_list, texts};
use super::draft::Draft;
use super::drafts::Drafts;
use super::read::{Blocks, Context, Reader};
use super::schema::{Default, Subject, Type};

/// Adds a possible client; the linker keeps those that use a table or cluster.
pub(super) fn client(reader: &Reader<'_>, drafts: &mut Drafts) {
    match reader.kind() {
        "AWS::Lambda::Function" | "AWS::Serverless::Function" | "aws_lambda_function" => function(reader, drafts),
        "AWS::ECS::Service" | "aws_ecs_service" => service(reader, drafts),
        "AWS::EC2::Instance" | "aws_instance" => instance(reader, drafts, ""),
        "AWS::EC2::LaunchTemplate" => instance(reader, drafts, "LaunchTemplateData."),
        "aws_launch_template" => instance(reader, drafts, ""),
        _ => {}
    }
}

fn begin(reader: &Reader<'_>, kind: &str, on_servers: Value) -> Draft {
    let mut client = reader.draft(Subject::Client);
    let here = reader.header_origin(client.header);
    client.set("name", Value::string(reader.resource.name.clone(), here));
    client.set("kind", Value::string(kind, here));
    client.set("on_servers", on_servers);
    client
}

fn function(reader: &Reader<'_>, drafts: &mut Drafts) {
    let here = reader.header_origin(reader.resource.header);
    let mut client = begin(reader, "function", Value::fact(false, here));
    let (environment, subnets, role) = if reader.is_terraform() {
        ("environment.variables", "vpc_config.subnet_ids", "role")
    } else {
        ("Environment.Variables", "VpcConfig.SubnetIds", "Role")
    };
    settings(reader, &mut client, environment, subnets);
    client.refer("role", reader.raw(role));
    drafts.add(client);
}

fn settings(reader: &Reader<'_>, client: &mut Draft, environment: &str, subnets: &str) {
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    let map = Type::Map(&Type::String);
    client.set("environment", reader.find(attributes, header, environment, &map, Some(Default::EmptyMap)));
    subnet_ids(reader, client, subnets);
}

fn subnet_ids(reader: &Reader<'_>, client: &mut Draft, subnets: &str) {
    let list = Type::List(&Type::String);
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    client.set("subnet_ids", reader.find(attributes, header, subnets, &list, Some(Default::EmptyList)));
}

fn service(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (subnets, task) = if reader.is_terraform() {
        ("network_configuration.subnets", "task_definition")
    } else {
        ("NetworkConfiguration.AwsvpcConfiguration.Subnets", "TaskDefinition")
    };
    let task = super::link::address_of(reader.context, &reader.raw(task));
    let task = task.and_then(|address| reader.context.reader_at(&address));
    let mut client = begin(reader, "service", on_servers(reader, task.as_ref()));
    subnet_ids(reader, &mut client, subnets);
    match task {
        Some(task) => {
            let role = if task.is_terraform() { task.raw("task_role_arn") } else { task.raw("TaskRoleArn") };
            client.refer("role", role);
            client.set("environment", container_environment(&task));
        }
        None => {
            let here = reader.header_origin(reader.resource.header);
            let unknown = Value::unknown("the task definition is not in the analysed files", here);
            client.refer("role", unknown.clone());
            client.set("environment", unknown);
        }
    }
    drafts.add(client);
}

/// Whether the tasks of a service run on EC2 instances: by its launch type, its capacity providers, or what its tasks
/// are made for.
fn on_servers(reader: &Reader<'_>, task: Option<&Reader<'_>>) -> Value {
    let (launch, providers, provider, compatible) = if reader.is_terraform() {
        ("launch_type", "capacity_provider_strategy", "capacity_provider", "requires_compatibilities")
    } else {
        ("LaunchType", "CapacityProviderStrategy", "CapacityProvider", "RequiresCompatibilities")
    };
    let launch = reader.raw(launch);
    let strategy = Blocks::of(&reader.raw(providers), "", reader.resource.header, reader.origins());
    each(&launch, &mut |launch| {
        let known = |is: bool| Value::fact(is, launch.origin);
        match &launch.data {
            Data::Unknown(_) | Data::Parts(_) => launch.clone(),
            Data::String(kind) => known(kind == "EC2"),
            // Fargate has two providers of its own; all others are groups of instances.
            _ if !strategy.list.is_empty() => {
                let no = known(false);
                strategy.list.iter().fold(no, |found, block| {
                    let name = reader.raw_in(&block.value, block.header, provider);
                    let of_servers = each(&name, &mut |name| match &name.data {
                        Data::String(name) => known(!name.starts_with("FARGATE")),
                        Data::Unknown(unknown)
                            if unknown.symbol.is_some() && super::link::address_of(reader.context, name).is_some() =>
                        {
                            known(true)
                        }
                        _ => Value::unknown("a capacity provider is not known", name.origin),
                    });
                    either(&found, &of_servers)
                })
            }
            _ => match task.map(|task| spread(&texts(&task.raw(compatible)))) {
                Some((items, None)) if all_are(&items, "FARGATE") => known(false),
                Some((items, None)) if all_are(&items, "EC2") => known(true),
                // Terraform's provider asks for EC2 where nothing is said.
                _ if reader.is_terraform() && strategy.rest.is_none() => known(true),
                _ => Value::unknown("the cluster decides on what the service runs", launch.origin),
            },
        }
    })
}

fn all_are(items: &[Value], kind: &str) -> bool {
    !items.is_empty() && items.iter().all(|item| item.as_str() == Some(kind))
}

/// The environment variables of all containers of a task, later ones over earlier ones of the same name.
fn container_environment(task: &Reader<'_>) -> Value {
    let header = task.resource.header;
    let (written, variables, name, value) = if task.is_terraform() {
        (task.raw("container_definitions"), "environment", "name", "value")
    } else {
        (task.raw("ContainerDefinitions"), "Environment", "Name", "Value")
    };
    let containers = each(&written, &mut |written| match &written.data {
        Data::String(_) | Data::Parts(_) => decoded(task.origins(), written)
            .unwrap_or_else(|| Value::unknown("the container definitions can't be read as JSON", written.origin)),
        _ => written.clone(),
    });
    let blocks = Blocks::of(&containers, "", header, task.origins());
    let mut entries: Vec<Entry> = Vec::new();
    let mut rest = blocks.rest;
    for block in &blocks.list {
        let map = tag_list(&task.raw_in(&block.value, block.header, variables), name, value);
        match map.data {
            Data::Map(map) => {
                rest = rest.or_else(|| map.rest.clone());
                for entry in &map.entries {
                    entries.retain(|known| known.key != entry.key);
                    entries.push(entry.clone());
                }
            }
            Data::Unknown(unknown) => rest = rest.or(Some(unknown)),
            _ => {}
        }
    }
    let map = Map { kind: MapKind::Map, entries, rest };
    Value::new(Data::Map(map.into()), task.header_origin(header))
}

fn instance(reader: &Reader<'_>, drafts: &mut Drafts, within: &str) {
    let here = reader.header_origin(reader.resource.header);
    let mut client = begin(reader, "instance", Value::fact(true, here));
    let (profiles, subnet): (&[&str], &str) = match reader.kind() {
        "AWS::EC2::Instance" => (&["IamInstanceProfile"], "SubnetId"),
        "AWS::EC2::LaunchTemplate" => (&["IamInstanceProfile.Arn", "IamInstanceProfile.Name"], ""),
        "aws_launch_template" => (&["iam_instance_profile.arn", "iam_instance_profile.name"], ""),
        _ => (&["iam_instance_profile"], "subnet_id"),
    };
    let profile = profiles.iter().map(|way| reader.raw(&format!("{within}{way}"))).find(|value| !value.is_unset());
    client.set("environment", Value::map(Vec::new(), here));
    let subnets = if subnet.is_empty() { Value::absent(here) } else { reader.raw(subnet) };
    client.set("subnet_ids", texts(&subnets));
    client.refer("role", role_of_profile(reader.context, profile.as_ref()));
    drafts.add(client);
}

/// The role of an instance profile.
fn role_of_profile(context: &Context<'_>, profile: Option<&Value>) -> Value {
    let Some(profile) = profile else { return Value::absent(OriginId::NONE) };
    let Some(reader) = super::link::address_of(context, profile).and_then(|address| context.reader_at(&address)) else {
        return Value::unknown("the instance profile is not in the analysed files", profile.origin);
    };
    let roles = if reader.is_terraform() { reader.raw("role") } else { reader.raw("Roles") };
    let (items, _) = spread(&texts(&roles));
    let none = Value::absent(profile.origin);
    items.iter().fold(none, |found, item| or_else(&found, item))
}

/// The entries of an environment that are URLs, or may be.
pub(super) fn urls(environment: &Value) -> Value {
    each(environment, &mut |environment| match &environment.data {
        Data::Map(map) => {
            let values = map.entries.iter().map(|entry| each(&entry.value, &mut |value| url(&entry.key, value)));
            let items = values.filter(|value| !value.is_unset()).collect();
            let list = List { kind: ListKind::Tuple, items, rest: map.rest.clone() };
            Value::new(Data::List(list.into()), environment.origin)
        }
        Data::Unknown(unknown) => {
            let list = List { kind: ListKind::Tuple, items: Vec::new(), rest: Some(unknown.clone()) };
            Value::new(Data::List(list.into()), environment.origin)
        }
        _ => Value::list(Vec::new(), environment.origin),
    })
}

/// The name of the stack, its Region, account or partition; the workspace. None of them is an address.
fn is_pseudo(unknown: &Unknown) -> bool {
    matches!(&unknown.symbol, Some(Symbol::Expression(name)) if name.starts_with("AWS::") || name == "terraform.workspace")
}

/// Whether the name of an environment variable says that an address may stand in it.
fn names_address(name: &str) -> bool {
    const WORDS: [&str; 10] = ["url", "uri", "endpoint", "host", "addr", "domain", "dns", "dynamo", "ddb", "server"];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

fn url(name: &str, value: &Value) -> Value {
    let may_be = match &value.data {
        Data::String(text) => text.contains("://"),
        // What begins with something open may begin with a scheme, where what follows goes on as an address does.
        Data::Parts(parts) => match (parts.first(), parts.get(1)) {
            (Some(Part::Known(begin, _)), _) => "http".starts_with(begin.as_str()) || begin.contains("://"),
            (Some(Part::Open(unknown, _)), _) if is_pseudo(unknown) => false,
            (_, Some(Part::Known(next, _))) => {
                next.starts_with(['.', ':', '/'])
                    || text::known_pieces(value)
                        .iter()
                        .any(|piece| piece.contains("amazonaws") || piece.contains("api.aws"))
            }
            _ => true,
        },
        Data::Unknown(unknown) if is_pseudo(unknown) => false,
        Data::Unknown(unknown) => match &unknown.symbol {
            // Of what AWS fills in, some attributes are addresses; the others are names, ids and ARNs.
            Some(Symbol::Resource { attribute, .. }) => {
                let attribute = attribute.to_ascii_lowercase();
                ["url", "uri", "endpoint", "dns", "domain", "address", "output", "value", "result"]
                    .iter()
                    .any(|word| attribute.contains(word))
            }
            // Stages, names and switches are handed in as well.
            _ => names_address(name),
        },
        _ => false,
    };
    if may_be { value.clone() } else { Value::absent(value.origin) }
}

/// A list of links out of parts.
pub(super) fn list(items: Vec<Value>, open: Option<Value>, origin: OriginId) -> Value {
    let rest = match open.map(|open| open.data) {
        Some(Data::Unknown(unknown)) => Some(unknown),
        _ => None,
    };
    Value::new(Data::List(List { kind: ListKind::Tuple, items, rest }.into()), origin)
}
