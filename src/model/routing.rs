//! What leads traffic to a Region: DNS records with failover or latency routing, and routing controls.

use crate::source::Span;
use crate::value::{Data, OriginId, Step, Truth, Value, equal};

use super::derive::{both, each, each_pair, is_set, known_text, never, or_else, spread, texts};
use super::draft::Draft;
use super::drafts::Drafts;
use super::read::{Block, Blocks, Reader};
use super::schema::Subject;

/// Adds a record, or those of a group of records, that choose by failover or latency.
pub(super) fn dns_records(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    if reader.kind() != "AWS::Route53::RecordSetGroup" {
        let mut record = reader.draft(Subject::DnsRecord);
        reader.name(&mut record, "name");
        dns_record(reader, record, attributes, header, drafts);
        return;
    }
    for (place, block) in
        Blocks::of(&reader.raw("RecordSets"), "Name", header, reader.origins()).list.iter().enumerate()
    {
        let record = reader.part(Subject::DnsRecord, &name_in_group(reader, block, place), block);
        dns_record(reader, record, &block.value, block.header, drafts);
    }
}

/// The name of a record with what tells it from others of the same name.
fn name_in_group(reader: &Reader<'_>, block: &Block, place: usize) -> String {
    let text = |way: &str| known_text(&reader.raw_in(&block.value, block.header, way)).map(str::to_owned);
    match (text("Name"), text("SetIdentifier")) {
        (Some(name), Some(set)) => format!("{name}/{set}"),
        (Some(name), None) => format!("{name}/{place}"),
        (None, Some(set)) => set,
        (None, None) => format!("RecordSets[{place}]"),
    }
}

fn dns_record(reader: &Reader<'_>, mut record: Draft, block: &Value, header: Span, drafts: &mut Drafts) {
    let (failover, latency, region) = if reader.is_terraform() {
        ("failover_routing_policy", "latency_routing_policy", "latency_routing_policy.region")
    } else {
        ("Failover", "Region", "Region")
    };
    let raw = |way: &str| reader.raw_in(block, header, way);
    let by_failover = is_set(&raw(failover));
    let by_latency = is_set(&raw(latency));
    let routing =
        each_pair(&by_failover, &by_latency, &mut |failover, latency| match (failover.as_bool(), latency.as_bool()) {
            (Some(true), _) => Value::string("failover", failover.origin),
            (_, Some(true)) => Value::string("latency", latency.origin),
            _ => Value::absent(failover.origin),
        });
    let chooses = is_set(&routing);
    if never(&chooses) {
        return;
    }
    record.exists = both(&record.exists, &chooses);
    let target = target_region(reader, block, header);
    let region = or_else(&raw(region), &target);
    record.set("own_region", own_region(reader, &region));
    record.set("routing", routing);
    record.set("record_region", region);
    drafts.add(record);
}

/// The Region that a record leads to, where it does not say so itself: that of the resource that it names, or the one
/// in the host name.
fn target_region(reader: &Reader<'_>, block: &Value, header: Span) -> Value {
    let (alias, records) =
        if reader.is_terraform() { ("alias.name", "records") } else { ("AliasTarget.DNSName", "ResourceRecords") };
    let named = |way: &str| reader.raw_in(block, header, way);
    let (items, _) = spread(&texts(&named(records)));
    let target = items.first().map_or_else(|| named(alias), |first| or_else(&named(alias), first));
    let by_reference = super::link::address_of(reader.context, &target).and_then(|at| reader.context.find(&at));
    if let Some(resource) = by_reference {
        return resource.region.clone();
    }
    each(&target, &mut |target| {
        let in_name = target.as_str().and_then(|name| name.split('.').find(|label| is_region(label)));
        match in_name {
            Some(region) => Value::string(region, target.origin),
            None => Value::unknown("the Region that the record leads to is not known", target.origin),
        }
    })
}

/// Whether a part of a host name is the name of a Region: `eu-west-1`, `us-gov-east-1`.
fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [area, middle @ .., number] => {
            area.len() == 2
                && letters(area)
                && !middle.is_empty()
                && middle.iter().all(letters)
                && number.len() == 1
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// Whether a Region is the one that the stack is deployed to, whichever that is; one that is written out is not.
fn own_region(reader: &Reader<'_>, region: &Value) -> Value {
    each_pair(region, &reader.resource.region, &mut |region, own| {
        let written = matches!(reader.origins().get(region.origin).map(|origin| origin.step), Some(Step::Literal));
        Value::fact(!written && equal(region, own) == Truth::True, region.origin)
    })
}

pub(super) fn routing_control(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut control = reader.draft(Subject::RoutingControl);
    reader.name(&mut control, "name");
    // Without a panel of its own a control is in the default one of its cluster.
    let cluster = if reader.is_terraform() { "cluster_arn" } else { "ClusterArn" };
    let panel = or_else(&control.value("panel"), &reader.raw(cluster));
    control.refer("panel", panel);
    drafts.add(control);
}

/// What an assertion rule says of routing controls.
pub(super) struct Assertion {
    /// Whether it keeps at least one of its controls on.
    pub keeps_one: Value,
    /// References to its controls.
    pub controls: Value,
}

/// `AWS::Route53RecoveryControl::SafetyRule`, `aws_route53recoverycontrolconfig_safety_rule`.
pub(super) fn assertion(reader: &Reader<'_>) -> Assertion {
    let [controls, ty, threshold, inverted] = if reader.is_terraform() {
        ["asserted_controls", "rule_config.type", "rule_config.threshold", "rule_config.inverted"]
    } else {
        ["AssertionRule.AssertedControls", "RuleConfig.Type", "RuleConfig.Threshold", "RuleConfig.Inverted"]
    };
    let open = |value: &Value| matches!(value.data, Data::Unknown(_) | Data::Parts(_));
    let is = |value: &Value, holds: &dyn Fn(&Value) -> bool| {
        each(value, &mut |value| {
            if open(value) {
                Value::unknown("a safety rule is not all known", value.origin)
            } else {
                Value::fact(holds(value), value.origin)
            }
        })
    };
    let at_least = is(&reader.raw(ty), &|ty| ty.as_str() == Some("ATLEAST"));
    let some = is(&super::read::convert(&reader.raw(threshold), &super::schema::Type::Integer), &|count| {
        count.as_i64().is_some_and(|count| count >= 1)
    });
    let straight = is(&super::read::convert(&reader.raw(inverted), &super::schema::Type::Bool), &|inverted| {
        inverted.as_bool() != Some(true)
    });
    let keeps_one = both(&reader.resource.exists, &both(&at_least, &both(&some, &straight)));
    Assertion { keeps_one, controls: texts(&reader.raw(controls)) }
}

/// The reference of a health check to the routing control whose state it follows; absent for other health checks.
pub(super) fn followed_control(reader: &Reader<'_>) -> Value {
    let (control, ty) = if reader.is_terraform() {
        ("routing_control_arn", "type")
    } else {
        ("HealthCheckConfig.RoutingControlArn", "HealthCheckConfig.Type")
    };
    each_pair(&reader.raw(control), &reader.raw(ty), &mut |control, ty| match ty.as_str() {
        Some("RECOVERY_CONTROL") => control.clone(),
        Some(_) => Value::absent(control.origin),
        None if ty.is_unset() => Value::absent(OriginId::NONE),
        None => control.clone(),
    })
}
