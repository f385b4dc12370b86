//! The log groups of clients: by their settings, or by the name that Lambda gives them.

use rustc_hash::FxHashMap;

use crate::value::{Data, Entry, OriginId, Part, Symbol, Text, Value, text};

use super::super::derive::{known_text, spread};
use super::super::drafts::Drafts;
use super::super::read::{Blocks, Context, Reader};
use super::super::schema::{Subject, Type};
use super::ids_of;
use super::network::present;
use super::targets::{address_of, symbols};

/// Where Lambda writes without being told otherwise.
const OF_FUNCTIONS: &str = "/aws/lambda/";

/// A log group of the project.
struct Group {
    address: Text,
    entry: Value,
}

#[derive(Default)]
struct Groups {
    list: Vec<Group>,
    by_name: FxHashMap<String, usize>,
    /// By the address of the function whose name the group's name ends in.
    by_function: FxHashMap<Text, usize>,
}

/// Sets for each client the log groups of the project that it writes to.
pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    let groups = Groups::read(context);
    if groups.list.is_empty() {
        return;
    }
    for id in ids_of(drafts, Subject::Client) {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let Some(reader) = context.reader(draft.resource) else { continue };
        let mut found: Vec<usize> = Vec::new();
        for named in named_by(context, &reader) {
            let by_reference = address_of(context, &named)
                .and_then(|address| groups.list.iter().position(|group| group.address == address));
            let group = by_reference.or_else(|| groups.by_name.get(&symbols(&named)?).copied());
            found.extend(group.filter(|group| !found.contains(group)));
        }
        let entries = found.iter().filter_map(|group| groups.list.get(*group)).map(|group| group.entry.clone());
        let entries = if found.is_empty() {
            groups.of_function(&reader).map(|group| group.entry.clone()).into_iter().collect()
        } else {
            entries.collect()
        };
        // The list stands nowhere: a group without a key stands for itself.
        draft.set("log_groups", Value::list(entries, OriginId::NONE));
    }
}

impl Groups {
    fn read(context: &Context<'_>) -> Self {
        let mut groups = Self::default();
        for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, one)| one.managed) {
            let (name, key) = match resource.kind.as_str() {
                "AWS::Logs::LogGroup" => ("LogGroupName", "KmsKeyId"),
                "aws_cloudwatch_log_group" => ("name", "kms_key_id"),
                _ => continue,
            };
            let Some(reader) = context.reader(position) else { continue };
            let here = reader.header_origin(resource.header);
            let key = reader.find(&resource.attributes, resource.header, key, &Type::String, None);
            let key = super::super::derive::without_empty(&key);
            let entry = |name: &str, value: Value| Entry::new(name, OriginId::NONE, value);
            let own = Value::string(resource.name.clone(), here);
            let value = Value::map(vec![entry("name", own), entry("kms_key", key)], here);
            let number = groups.list.len();
            groups.list.push(Group { address: resource.address.clone(), entry: present(&resource.exists, &value) });
            let name = reader.raw(name);
            if let Some(key) = symbols(&name) {
                groups.by_name.insert(key, number);
            }
            if text::known_prefix(&name).starts_with(OF_FUNCTIONS) {
                for part in text::parts(&name).unwrap_or_default() {
                    if let Part::Open(unknown, _) = part
                        && let Some(Symbol::Resource { address, .. }) = &unknown.symbol
                    {
                        groups.by_function.insert(address.clone(), number);
                    }
                }
                if let Some(address) = address_of(context, &name) {
                    groups.by_function.insert(address, number);
                }
            }
        }
        groups
    }

    /// The group that Lambda would make for a function.
    fn of_function(&self, reader: &Reader<'_>) -> Option<&Group> {
        let name = match reader.kind() {
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => reader.raw("FunctionName"),
            "aws_lambda_function" => reader.raw("function_name"),
            _ => return None,
        };
        let by_name = symbols(&name).and_then(|name| self.by_name.get(&format!("{OF_FUNCTIONS}{name}")));
        self.list.get(*by_name.or_else(|| self.by_function.get(&reader.resource.address))?)
    }
}

/// The log groups that a client's own settings name.
fn named_by(context: &Context<'_>, reader: &Reader<'_>) -> Vec<Value> {
    match reader.kind() {
        "AWS::Lambda::Function" | "AWS::Serverless::Function" => given(reader.raw("LoggingConfig.LogGroup")),
        "aws_lambda_function" => given(reader.raw("logging_config.log_group")),
        "AWS::ECS::Service" => of_task(context, &reader.raw("TaskDefinition")),
        "aws_ecs_service" => of_task(context, &reader.raw("task_definition")),
        _ => Vec::new(),
    }
}

fn given(value: Value) -> Vec<Value> {
    if value.is_unset() { Vec::new() } else { vec![value] }
}

fn of_task(context: &Context<'_>, reference: &Value) -> Vec<Value> {
    let Some(task) = address_of(context, reference).and_then(|address| context.reader_at(&address)) else {
        return Vec::new();
    };
    let (written, options) = if task.is_terraform() {
        (task.raw("container_definitions"), "logConfiguration.options")
    } else {
        (task.raw("ContainerDefinitions"), "LogConfiguration.Options")
    };
    let containers = match &written.data {
        Data::String(_) | Data::Parts(_) => crate::value::decoded(task.origins(), &written).unwrap_or(written),
        _ => written,
    };
    let header = task.resource.header;
    let mut found = Vec::new();
    for block in &Blocks::of(&containers, "", header, task.origins()).list {
        let options = task.raw_in(&block.value, block.header, options);
        found.extend(options.get("awslogs-group").cloned());
    }
    let (items, _) = spread(&Value::list(found, OriginId::NONE));
    items.into_iter().filter(|item| known_text(item).is_some() || !item.is_unset()).collect()
}
