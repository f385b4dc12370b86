//! State machines with DynamoDB tasks, crawlers with DynamoDB targets, canaries, DNS records and routing controls.

use crate::value::{Data, Entry, OriginId, Value, decoded, text};

use super::derive::{each, is_set};
use super::drafts::Drafts;
use super::read::Reader;
use super::schema::{Default, Subject, Type, field};

/// How deep the states of a workflow are looked into.
const MAX_DEPTH: usize = 16;

pub(super) fn state_machine(reader: &Reader<'_>, drafts: &mut Drafts) {
    let written = if reader.is_terraform() {
        reader.raw("definition")
    } else {
        super::derive::or_else(&reader.raw("DefinitionString"), &reader.raw("Definition"))
    };
    let tasks = each(&written, &mut |definition| match &definition.data {
        Data::String(_) | Data::Parts(_) => match decoded(reader.origins(), definition) {
            Some(tree) => tasks(&tree),
            None => Value::unknown("the definition can't be read as JSON", definition.origin),
        },
        Data::Map(_) => tasks(definition),
        Data::Absent => Value::unknown("the definition is not in the template", definition.origin),
        _ => definition.clone(),
    });
    if tasks.as_list().is_some_and(|list| list.items.is_empty() && list.rest.is_none()) {
        return;
    }
    let mut machine = reader.draft(Subject::StateMachine);
    reader.name(&mut machine, "name");
    if tasks.is_unknown() {
        // It may have nothing to do with tables.
        machine.managed = false;
        machine.set("managed", Value::bool(false, tasks.origin));
    }
    machine.set("tasks", tasks);
    drafts.add(machine);
}

fn tasks(definition: &Value) -> Value {
    let mut found = Vec::new();
    states(definition, 0, &mut found);
    Value::list(found, definition.origin)
}

fn states(machine: &Value, depth: usize, found: &mut Vec<Value>) {
    let Some(states_map) = machine.get("States").and_then(Value::as_map) else { return };
    for state in &states_map.entries {
        let value = &state.value;
        if let Some(resource) = value.get("Resource") {
            let pieces = text::known_pieces(resource);
            if pieces.iter().any(|piece| piece.contains(":dynamodb:") && piece.contains(":states:")) {
                let retries = value.get("Retry").is_some_and(|retry| match &retry.data {
                    Data::List(list) => !list.items.is_empty() || list.rest.is_some(),
                    other => !matches!(other, Data::Absent | Data::Null),
                });
                let origin = if state.key_origin.is_none() { value.origin } else { state.key_origin };
                let entry = |name: &str, value: Value| Entry::new(name, OriginId::NONE, value);
                found.push(Value::map(
                    vec![
                        entry("name", Value::string(state.key.clone(), origin)),
                        entry("resource", resource.clone()),
                        entry("retries", Value::bool(retries, origin)),
                    ],
                    origin,
                ));
            }
        }
        if depth >= MAX_DEPTH {
            continue;
        }
        for inner in ["Iterator", "ItemProcessor"] {
            if let Some(inner) = value.get(inner) {
                states(inner, depth + 1, found);
            }
        }
        if let Some(branches) = value.get("Branches").and_then(Value::as_list) {
            for branch in &branches.items {
                states(branch, depth + 1, found);
            }
        }
    }
}

pub(super) fn crawler(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (way, types) = if reader.is_terraform() {
        ("dynamodb_target", field(Subject::Crawler, "targets"))
    } else {
        ("Targets.DynamoDBTargets", field(Subject::Crawler, "targets"))
    };
    if reader.raw(way).is_unset() {
        return;
    }
    let mut crawler = reader.draft(Subject::Crawler);
    reader.name(&mut crawler, "name");
    if let Some(types) = types {
        let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
        crawler.set("targets", reader.find(attributes, header, way, &types.ty, Some(Default::EmptyList)));
    }
    drafts.add(crawler);
}

pub(super) fn canary(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut canary = reader.draft(Subject::Canary);
    reader.name(&mut canary, "name");
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    // CloudFormation starts a canary by default, Terraform does not.
    let (way, default) =
        if reader.is_terraform() { ("start_canary", false) } else { ("StartCanaryAfterCreation", true) };
    canary.set("starts", reader.find(attributes, header, way, &Type::Bool, Some(Default::Bool(default))));
    drafts.add(canary);
}

pub(super) fn dns_record(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (failover, latency, region) = if reader.is_terraform() {
        ("failover_routing_policy", "latency_routing_policy", "latency_routing_policy.region")
    } else {
        ("Failover", "Region", "Region")
    };
    let by_failover = is_set(&reader.raw(failover));
    let by_latency = is_set(&reader.raw(latency));
    let routing = match (by_failover.as_bool(), by_latency.as_bool()) {
        (Some(false), Some(false)) => return,
        (Some(true), _) => "failover",
        _ => "latency",
    };
    let mut record = reader.draft(Subject::DnsRecord);
    reader.name(&mut record, "name");
    let origin = if routing == "failover" { by_failover.origin } else { by_latency.origin };
    record.set("routing", Value::string(routing, origin));
    record.set("record_region", reader.raw(region));
    drafts.add(record);
}

pub(super) fn routing_control(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut control = reader.draft(Subject::RoutingControl);
    reader.name(&mut control, "name");
    drafts.add(control);
}

/// Assertion rules that keep at least one of their controls on: the references to the controls.
pub(super) fn asserted_controls(reader: &Reader<'_>) -> Vec<Value> {
    let (controls, ty, threshold) = if reader.is_terraform() {
        ("asserted_controls", "rule_config.type", "rule_config.threshold")
    } else {
        ("AssertionRule.AssertedControls", "RuleConfig.Type", "RuleConfig.Threshold")
    };
    let at_least = reader.raw(ty).as_str() == Some("ATLEAST");
    let some = super::read::convert(&reader.raw(threshold), &Type::Integer).as_i64().is_some_and(|count| count >= 1);
    if !(at_least && some) {
        return Vec::new();
    }
    let list = reader.raw(controls);
    super::derive::spread(&super::derive::texts(&list)).0
}
