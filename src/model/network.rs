//! What endpoints and security groups have in common in every language.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Data, Entry, List, ListKind, OriginId, Symbol, Value, text};

use super::derive::{each, spread, texts};
use super::draft::Draft;
use super::read::{Blocks, Reader, convert};
use super::schema::Type;

const SERVICES: [&str; 3] = ["dynamodb", "dynamodb-streams", "dax"];

/// Sets which of the services an endpoint is for; an endpoint that is known to be for another one, or whose service is
/// open, is not judged.
pub(super) fn endpoint_service(reader: &Reader<'_>, endpoint: &mut Draft) {
    let name = endpoint.value("service_name");
    let service = each(&name, &mut |name| service_of(reader, name));
    if !is_somewhere(&service) {
        endpoint.managed = false;
        endpoint.set("managed", Value::fact(false, name.origin));
    }
    endpoint.set("service", service);
}

fn is_somewhere(service: &Value) -> bool {
    match &service.data {
        Data::String(_) => true,
        Data::Choice(choice) => choice.cases.iter().any(is_somewhere),
        _ => false,
    }
}

fn service_of(reader: &Reader<'_>, name: &Value) -> Value {
    let known = |end: &str| match SERVICES.iter().find(|service| **service == end) {
        Some(service) => Value::string(*service, name.origin),
        None => Value::absent(name.origin),
    };
    match &name.data {
        Data::String(name) => known(name.rsplit('.').next().unwrap_or_default()),
        Data::Parts(_) => match text::known_suffix(name).rsplit_once('.') {
            Some((_, end)) => known(end),
            None => Value::unknown("the service is not known", name.origin),
        },
        // A data source for a service names it in short.
        Data::Unknown(unknown) => match &unknown.symbol {
            Some(Symbol::Resource { address, .. }) => {
                let service = reader.context.find(address).and_then(|source| source.attributes.get("service").cloned());
                match service.as_ref().and_then(Value::as_str) {
                    Some(service) => known(service),
                    None => name.clone(),
                }
            }
            _ => name.clone(),
        },
        _ => name.clone(),
    }
}

/// The names of a rule's attributes in one language.
pub(super) struct RuleNames {
    pub protocol: &'static str,
    pub from_port: &'static str,
    pub to_port: &'static str,
    /// Each with the field that it fills; lists make one entry an item.
    pub sources: &'static [(&'static str, &'static str)],
}

pub(super) const CLOUDFORMATION: RuleNames = RuleNames {
    protocol: "IpProtocol",
    from_port: "FromPort",
    to_port: "ToPort",
    sources: &[
        ("CidrIp", "cidr"),
        ("CidrIpv6", "cidr_ipv6"),
        ("SourceSecurityGroupId", "source_group"),
        ("SourceSecurityGroupName", "source_group"),
        ("SourcePrefixListId", "prefix_list"),
    ],
};

pub(super) const TERRAFORM: RuleNames = RuleNames {
    protocol: "protocol",
    from_port: "from_port",
    to_port: "to_port",
    sources: &[
        ("cidr_blocks", "cidr"),
        ("ipv6_cidr_blocks", "cidr_ipv6"),
        ("security_groups", "source_group"),
        ("source_security_group_id", "source_group"),
        ("self", "source_group"),
        ("prefix_list_ids", "prefix_list"),
    ],
};

pub(super) const TERRAFORM_RULE: RuleNames = RuleNames {
    protocol: "ip_protocol",
    from_port: "from_port",
    to_port: "to_port",
    sources: &[
        ("cidr_ipv4", "cidr"),
        ("cidr_ipv6", "cidr_ipv6"),
        ("referenced_security_group_id", "source_group"),
        ("prefix_list_id", "prefix_list"),
    ],
};

/// The rules of an inline list: one entry for each source of each rule.
pub(super) fn ingress_rules(reader: &Reader<'_>, rules: &Value, header: Span) -> Value {
    let names = if reader.is_terraform() { &TERRAFORM } else { &CLOUDFORMATION };
    let blocks = Blocks::of(rules, if reader.is_terraform() { "" } else { names.protocol }, header, reader.origins());
    let mut items = Vec::new();
    for block in &blocks.list {
        rule_entries(reader, &block.value, block.header, names, &block.exists, &mut items);
    }
    let list = List { kind: ListKind::Tuple, items, rest: blocks.rest };
    Value::new(Data::List(Arc::new(list)), rules.origin)
}

/// Adds the entries of one rule, each in the cases in which the rule is there.
pub(super) fn rule_entries(
    reader: &Reader<'_>,
    rule: &Value,
    header: Span,
    names: &RuleNames,
    exists: &Value,
    items: &mut Vec<Value>,
) {
    let get = |name: &str, ty: &Type| reader.find(rule, header, name, ty, None);
    let here = reader.header_origin(header);
    for (attribute, field) in names.sources {
        let (mut sources, rest) = spread(&texts(&get(attribute, &Type::Any)));
        if let Some(rest) = rest {
            sources.push(Value::new(Data::Unknown(rest), here));
        }
        for source in sources {
            // `self = false` is no source.
            if *attribute == "self" && source.as_str() != Some("true") {
                continue;
            }
            let entry = |name: &str, value: Value| Entry::new(name, OriginId::NONE, value);
            let ports = Type::Integer;
            let item = Value::map(
                vec![
                    entry("protocol", convert(&get(names.protocol, &Type::String), &Type::String)),
                    entry("from_port", get(names.from_port, &ports)),
                    entry("to_port", get(names.to_port, &ports)),
                    entry(field, source.clone()),
                ],
                if source.origin.is_none() { here } else { source.origin },
            );
            items.push(each(exists, &mut |exists| match exists.data {
                Data::Bool(true) => each(&source, &mut |source| {
                    if source.is_unset() { Value::absent(source.origin) } else { item.clone() }
                }),
                Data::Bool(false) => Value::absent(exists.origin),
                _ => exists.clone(),
            }));
        }
    }
}
