//! What watches over a whole account: rules, recorders and conformance packs of AWS Config, rules of EventBridge, and
//! the documents of Systems Manager. None of them is an entity of its own: the stack knows them.

use rustc_hash::FxHashMap;

use crate::value::{Data, Entry, OriginId, Text, Truth, Value, decoded, equal, text};

use super::derive::{both, each, each_pair, either, known_text, or_else, spread, texts};
use super::read::{Context, Reader, convert};
use super::schema::Type;

/// What is looked for, each with the cases in which it is there.
#[derive(Default)]
pub(super) struct Governance {
    pub config_rules: Vec<Value>,
    pub config_recorders: Vec<Value>,
    pub event_rules: Vec<Value>,
    pub runbooks: Vec<Value>,
    pub event_data_stores: Vec<Value>,
}

impl Governance {
    /// Reads everything of these kinds in the project.
    pub fn read(context: &Context<'_>) -> Self {
        let mut found = Self::default();
        let targets = Targets::read(context);
        for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, one)| one.managed) {
            let Some(reader) = context.reader(position) else { continue };
            let (list, entry) = match resource.kind.as_str() {
                "AWS::Config::ConfigRule"
                | "AWS::Config::OrganizationConfigRule"
                | "aws_config_config_rule"
                | "aws_config_organization_managed_rule"
                | "aws_config_organization_custom_rule"
                | "aws_config_organization_custom_policy_rule" => (&mut found.config_rules, config_rule(&reader)),
                "AWS::Config::ConformancePack"
                | "AWS::Config::OrganizationConformancePack"
                | "aws_config_conformance_pack"
                | "aws_config_organization_conformance_pack" => (&mut found.config_rules, conformance_pack(&reader)),
                "AWS::Config::ConfigurationRecorder" | "aws_config_configuration_recorder" => {
                    (&mut found.config_recorders, recorder(&reader))
                }
                "AWS::Events::Rule" | "aws_cloudwatch_event_rule" => {
                    (&mut found.event_rules, event_rule(&targets, &reader))
                }
                "AWS::SSM::Document" | "aws_ssm_document" => (&mut found.runbooks, document(&reader)),
                "AWS::CloudTrail::EventDataStore" | "aws_cloudtrail_event_data_store" => {
                    (&mut found.event_data_stores, named(&reader, Vec::new()))
                }
                "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" => {
                    found.event_rules.extend(serverless_rules(&reader));
                    continue;
                }
                _ => continue,
            };
            list.push(present(&resource.exists, &entry));
        }
        found
    }
}

fn present(exists: &Value, entry: &Value) -> Value {
    each(exists, &mut |exists| match exists.data {
        Data::Bool(true) => entry.clone(),
        Data::Bool(false) => Value::absent(exists.origin),
        _ => exists.clone(),
    })
}

fn named(reader: &Reader<'_>, mut fields: Vec<(&str, Value)>) -> Value {
    let here = reader.header_origin(reader.resource.header);
    fields.insert(0, ("name", Value::string(reader.resource.name.clone(), here)));
    let entries = fields.into_iter().map(|(name, value)| Entry::new(name, OriginId::NONE, value)).collect();
    Value::map(entries, here)
}

/// Whether one of the texts fits; open texts may.
fn any(list: &Value, fits: &dyn Fn(&str) -> bool) -> Value {
    let (items, rest) = spread(list);
    let mut found = Value::fact(false, list.origin);
    for item in &items {
        let one = each(item, &mut |item| match &item.data {
            Data::Unknown(_) | Data::Parts(_) => item.clone(),
            _ => Value::fact(item.as_str().is_some_and(fits), item.origin),
        });
        found = either(&found, &one);
    }
    match rest {
        Some(rest) => either(&found, &Value::new(Data::Unknown(rest), list.origin)),
        None => found,
    }
}

fn is_about_tables(identifier: &str) -> bool {
    let identifier = identifier.to_ascii_uppercase();
    identifier.starts_with("DYNAMODB_") || identifier.starts_with("DAX_")
}

fn is_table_type(kind: &str) -> bool {
    kind.starts_with("AWS::DynamoDB::") || kind.starts_with("AWS::DAX::")
}

/// A managed rule by its identifier, a custom one by the types of resources that it is for.
fn config_rule(reader: &Reader<'_>) -> Value {
    let (identifiers, scopes): (&[&str], &[&str]) = match reader.kind() {
        "AWS::Config::ConfigRule" => (&["Source.SourceIdentifier"], &["Scope.ComplianceResourceTypes"]),
        "AWS::Config::OrganizationConfigRule" => (
            &["OrganizationManagedRuleMetadata.RuleIdentifier"],
            &[
                "OrganizationManagedRuleMetadata.ResourceTypesScope",
                "OrganizationCustomRuleMetadata.ResourceTypesScope",
                "OrganizationCustomPolicyRuleMetadata.ResourceTypesScope",
            ],
        ),
        "aws_config_config_rule" => (&["source.source_identifier"], &["scope.compliance_resource_types"]),
        "aws_config_organization_managed_rule" => (&["rule_identifier"], &["resource_types_scope"]),
        _ => (&[], &["resource_types_scope"]),
    };
    let here = reader.header_origin(reader.resource.header);
    let mut about = Value::fact(false, here);
    for way in identifiers {
        about = either(&about, &any(&texts(&reader.raw(way)), &is_about_tables));
    }
    for way in scopes {
        about = either(&about, &any(&texts(&reader.raw(way)), &is_table_type));
    }
    named(reader, vec![("pack", Value::fact(false, here)), ("about_tables", about)])
}

/// A pack is a template of rules, which may be kept elsewhere.
fn conformance_pack(reader: &Reader<'_>) -> Value {
    let here = reader.header_origin(reader.resource.header);
    let body = reader.raw(if reader.is_terraform() { "template_body" } else { "TemplateBody" });
    let about = each(&body, &mut |body| match &body.data {
        Data::String(text) => Value::fact(text.contains("DYNAMODB_") || text.contains("DAX_"), body.origin),
        Data::Parts(_) if text::known_pieces(body).iter().any(|text| text.contains("DYNAMODB_")) => {
            Value::fact(true, body.origin)
        }
        _ => Value::unknown("the template of a conformance pack is not known", body.origin),
    });
    named(reader, vec![("pack", Value::fact(true, here)), ("about_tables", about)])
}

/// What a recorder takes of tables and clusters.
fn recorder(reader: &Reader<'_>) -> Value {
    let ways = if reader.is_terraform() {
        [
            "recording_group.recording_strategy.use_only",
            "recording_group.resource_types",
            "recording_group.exclusion_by_resource_types.resource_types",
            "recording_group.all_supported",
        ]
    } else {
        [
            "RecordingGroup.RecordingStrategy.UseOnly",
            "RecordingGroup.ResourceTypes",
            "RecordingGroup.ExclusionByResourceTypes.ResourceTypes",
            "RecordingGroup.AllSupported",
        ]
    };
    let [strategy, included, excluded, all] = ways.map(|way| reader.raw(way));
    let (included, excluded, all) = (texts(&included), texts(&excluded), convert(&all, &Type::Bool));
    let strategy = strategy_of(&strategy, &included, &excluded, &all);
    let records = |kind: &str| {
        let (takes, leaves) = (any(&included, &|one| one == kind), any(&excluded, &|one| one == kind));
        each(&strategy, &mut |strategy| match strategy.as_str() {
            Some("ALL_SUPPORTED_RESOURCE_TYPES") => Value::fact(true, strategy.origin),
            Some("INCLUSION_BY_RESOURCE_TYPES") => takes.clone(),
            Some("EXCLUSION_BY_RESOURCE_TYPES") => not(&leaves),
            Some(_) => Value::fact(false, strategy.origin),
            None => strategy.clone(),
        })
    };
    named(
        reader,
        vec![
            ("strategy", strategy.clone()),
            ("records_tables", records("AWS::DynamoDB::Table")),
            ("records_clusters", records("AWS::DAX::Cluster")),
        ],
    )
}

/// The strategy that is written, or the one that the lists and the switch amount to.
fn strategy_of(written: &Value, included: &Value, excluded: &Value, all: &Value) -> Value {
    let lists = |list: &Value| {
        each(list, &mut |list| match &list.data {
            Data::List(items) if items.items.iter().all(Value::is_unset) && items.rest.is_none() => {
                Value::fact(false, list.origin)
            }
            Data::List(items) if items.items.iter().any(|item| !item.is_unset()) => Value::fact(true, list.origin),
            Data::List(_) => Value::unknown("the resource types are not known", list.origin),
            _ => list.clone(),
        })
    };
    let (some_in, some_out) = (lists(included), lists(excluded));
    let values = [written, &some_in, &some_out, all];
    crate::value::combine(&values, &mut |leaves| {
        let [written, some_in, some_out, all] = leaves else { return Value::absent(OriginId::NONE) };
        if !written.is_unset() {
            return (*written).clone();
        }
        if all.as_bool() == Some(true) && some_in.as_bool() != Some(true) {
            return Value::string("ALL_SUPPORTED_RESOURCE_TYPES", all.origin);
        }
        match (&some_in.data, &some_out.data) {
            (Data::Bool(true), _) => Value::string("INCLUSION_BY_RESOURCE_TYPES", some_in.origin),
            (Data::Bool(false), Data::Bool(true)) => Value::string("EXCLUSION_BY_RESOURCE_TYPES", some_out.origin),
            (Data::Bool(false), Data::Bool(false)) => match &all.data {
                Data::Bool(false) => Value::string("NONE", all.origin),
                Data::Absent | Data::Null => Value::string("ALL_SUPPORTED_RESOURCE_TYPES", all.origin),
                _ => (*all).clone(),
            },
            (Data::Bool(false), _) => (*some_out).clone(),
            _ => (*some_in).clone(),
        }
    })
}

fn not(value: &Value) -> Value {
    each(value, &mut |value| match value.data {
        Data::Bool(flag) => Value::fact(!flag, value.origin),
        _ => value.clone(),
    })
}

/// A structure that is written as one or as JSON; unknown where it is neither.
fn structure(reader: &Reader<'_>, written: &Value) -> Value {
    each(written, &mut |written| match &written.data {
        Data::String(_) | Data::Parts(_) => decoded(reader.origins(), written)
            .unwrap_or_else(|| Value::unknown("it can't be read as JSON", written.origin)),
        _ => written.clone(),
    })
}

fn event_rule(targets: &Targets, reader: &Reader<'_>) -> Value {
    let here = reader.header_origin(reader.resource.header);
    let (pattern, targeted) = if reader.is_terraform() {
        (reader.raw("event_pattern"), targets.belong_to(reader))
    } else {
        let (targets, rest) = spread(&reader.raw("Targets"));
        let mut any = Value::fact(false, here);
        for target in &targets {
            let there = each(target, &mut |target| match &target.data {
                Data::Unknown(_) => target.clone(),
                _ => Value::fact(!target.is_unset(), target.origin),
            });
            any = either(&any, &there);
        }
        if let Some(rest) = rest {
            any = either(&any, &Value::new(Data::Unknown(rest), here));
        }
        (reader.raw("EventPattern"), any)
    };
    let state = or_else(&reader.raw("State"), &reader.raw("state"));
    let enabled = reader.raw("is_enabled");
    let off = |value: &Value, word: &str| {
        each(value, &mut |value| match &value.data {
            Data::Unknown(_) | Data::Parts(_) => value.clone(),
            _ => Value::fact(known_text(value) != Some(word), value.origin),
        })
    };
    let on = both(&off(&state, "DISABLED"), &off(&convert(&enabled, &Type::String), "false"));
    let matches = matches_notices(&structure(reader, &pattern));
    named(reader, vec![("notifies", both(&on, &both(&matches, &targeted)))])
}

/// The events of a SAM function or state machine that match a pattern: the function is the target.
fn serverless_rules(reader: &Reader<'_>) -> Vec<Value> {
    let events = reader.raw("Events");
    let Some(events) = events.as_map() else { return Vec::new() };
    let mut rules = Vec::new();
    for event in &events.entries {
        if matches!(event.value.get("Type").and_then(Value::as_str), Some("EventBridgeRule" | "CloudWatchEvent")) {
            let pattern = reader.raw_in(&event.value, reader.resource.header, "Properties.Pattern");
            let rule = named(reader, vec![("notifies", matches_notices(&structure(reader, &pattern)))]);
            rules.push(present(&reader.resource.exists, &rule));
        }
    }
    rules
}

/// The separate targets of rules, by the rule's address or, where it is named, by its name.
#[derive(Default)]
struct Targets {
    by_address: FxHashMap<Text, Value>,
    by_name: Vec<(Value, Value)>,
}

impl Targets {
    fn read(context: &Context<'_>) -> Self {
        let mut targets = Self::default();
        for (position, resource) in context.project.resources.iter().enumerate() {
            if resource.kind != "aws_cloudwatch_event_target" {
                continue;
            }
            let Some(reader) = context.reader(position) else { continue };
            let rule = reader.raw("rule");
            match super::link::address_of(context, &rule) {
                Some(address) => {
                    let there = match targets.by_address.get(&address) {
                        Some(known) => either(known, &resource.exists),
                        None => resource.exists.clone(),
                    };
                    targets.by_address.insert(address, there);
                }
                None => targets.by_name.push((rule, resource.exists.clone())),
            }
        }
        targets
    }

    /// Whether a rule has a target.
    fn belong_to(&self, rule: &Reader<'_>) -> Value {
        let here = rule.header_origin(rule.resource.header);
        let none = Value::fact(false, here);
        let mut found = self.by_address.get(&rule.resource.address).cloned().unwrap_or(none);
        let name = rule.raw("name");
        for (of, exists) in &self.by_name {
            let belongs = each_pair(of, &name, &mut |of, name| match equal(of, name) {
                Truth::True => Value::fact(true, of.origin),
                Truth::False => Value::fact(false, of.origin),
                Truth::Unknown => Value::unknown("the rule of a target is not known", of.origin),
            });
            found = either(&found, &both(exists, &belongs));
        }
        found
    }
}

const SOURCES: [&str; 3] = ["aws.config", "aws.guardduty", "aws.dynamodb"];

/// Whether a pattern takes events of AWS Config, of GuardDuty or of calls to DynamoDB. A rule that runs by schedule has
/// no pattern.
fn matches_notices(pattern: &Value) -> Value {
    each(pattern, &mut |pattern| match &pattern.data {
        Data::Absent | Data::Null => Value::fact(false, pattern.origin),
        Data::Map(map) => {
            let here = pattern.origin;
            let given = |key: &str| match (map.get(key), &map.rest) {
                (Some(value), _) => value.clone(),
                (None, Some(rest)) => Value::new(Data::Unknown(rest.clone()), here),
                (None, None) => Value::absent(here),
            };
            let source = given("source");
            if !source.is_unset() {
                return takes(&source, &SOURCES);
            }
            let kind = given("detail-type");
            if kind.is_unset() {
                // Nothing says from where or of what kind: everything passes.
                let called = pattern.get("detail").and_then(|detail| detail.get("eventSource"));
                return called
                    .map_or_else(|| Value::fact(true, here), |called| takes(called, &["dynamodb.amazonaws.com"]));
            }
            let notices = takes(
                &kind,
                &[
                    "Config Rules Compliance Change",
                    "Config Configuration Item Change",
                    "Config Rules Re-evaluation Status",
                    "GuardDuty Finding",
                ],
            );
            let calls = takes(&kind, &["AWS API Call via CloudTrail"]);
            let called = pattern.get("detail").and_then(|detail| detail.get("eventSource"));
            let ours =
                called.map_or_else(|| Value::fact(true, here), |called| takes(called, &["dynamodb.amazonaws.com"]));
            either(&notices, &both(&calls, &ours))
        }
        Data::Unknown(_) | Data::Parts(_) => pattern.clone(),
        _ => Value::fact(false, pattern.origin),
    })
}

/// Whether a list of values and filters of a pattern takes one of the texts.
fn takes(list: &Value, wanted: &[&str]) -> Value {
    let (items, rest) = spread(&listed(list));
    let mut found = Value::fact(false, list.origin);
    for item in &items {
        let one = each(item, &mut |item| match &item.data {
            Data::String(text) => Value::fact(wanted.contains(&text.as_str()), item.origin),
            Data::Map(filter) => {
                Value::fact(filter.entries.iter().any(|entry| filter_takes(entry, wanted)), item.origin)
            }
            Data::Unknown(_) => item.clone(),
            Data::Parts(_) => {
                let maybe = wanted.iter().any(|wanted| text::could_be(item, wanted));
                if maybe {
                    Value::unknown("a value of the pattern is not known", item.origin)
                } else {
                    Value::fact(false, item.origin)
                }
            }
            _ => Value::fact(false, item.origin),
        });
        found = either(&found, &one);
    }
    match rest {
        Some(rest) => either(&found, &Value::new(Data::Unknown(rest), list.origin)),
        None => found,
    }
}

fn listed(value: &Value) -> Value {
    each(value, &mut |value| match &value.data {
        Data::List(_) | Data::Unknown(_) => value.clone(),
        _ => Value::list(vec![value.clone()], value.origin),
    })
}

fn filter_takes(filter: &Entry, wanted: &[&str]) -> bool {
    let operands: Vec<&str> = match &filter.value.data {
        Data::List(list) => list.items.iter().filter_map(Value::as_str).collect(),
        _ => filter.value.as_str().into_iter().collect(),
    };
    wanted.iter().any(|wanted| {
        let by = |fits: &dyn Fn(&str) -> bool| operands.iter().any(|operand| fits(operand));
        match filter.key.as_str() {
            "prefix" => by(&|operand| wanted.starts_with(operand)),
            "suffix" => by(&|operand| wanted.ends_with(operand)),
            "equals-ignore-case" => by(&|operand| wanted.eq_ignore_ascii_case(operand)),
            "wildcard" => by(&|operand| super::link::glob(operand, wanted)),
            "anything-but" => !by(&|operand| operand == *wanted),
            "exists" => filter.value.as_bool() == Some(true),
            _ => false,
        }
    })
}

/// Whether a document calls DynamoDB; one whose content is not known may.
fn document(reader: &Reader<'_>) -> Value {
    let content = reader.raw(if reader.is_terraform() { "content" } else { "Content" });
    named(reader, vec![("calls_dynamodb", mentions(&content, 0))])
}

/// How deep the steps of a document are looked into.
const MAX_DEPTH: usize = 32;

fn mentions(value: &Value, depth: usize) -> Value {
    let names = |text: &str| text.to_ascii_lowercase().contains("dynamodb");
    if depth > MAX_DEPTH {
        return Value::unknown("the document is nested too deeply", value.origin);
    }
    each(value, &mut |value| {
        let inner: Vec<&Value> = match &value.data {
            Data::String(text) => return Value::fact(names(text), value.origin),
            Data::Parts(_) => {
                let known = text::known_pieces(value).iter().any(|piece| names(piece));
                return if known {
                    Value::fact(true, value.origin)
                } else {
                    Value::unknown("a part of the document is not known", value.origin)
                };
            }
            Data::Unknown(_) => return value.clone(),
            Data::List(list) => {
                if list.rest.is_some() {
                    return Value::unknown("a part of the document is not known", value.origin);
                }
                list.items.iter().collect()
            }
            Data::Map(map) => {
                if map.rest.is_some() {
                    return Value::unknown("a part of the document is not known", value.origin);
                }
                if map.entries.iter().any(|entry| names(&entry.key)) {
                    return Value::fact(true, value.origin);
                }
                map.entries.iter().map(|entry| &entry.value).collect()
            }
            _ => return Value::fact(false, value.origin),
        };
        let mut found = Value::fact(false, value.origin);
        for one in inner {
            found = either(&found, &mentions(one, depth + 1));
            if found.as_bool() == Some(true) {
                break;
            }
        }
        found
    })
}
