//! CloudTrail trails and event data stores: what they log of tables.

use crate::value::{Data, OriginId, Value};

use super::derive::{each, spread, texts};
use super::drafts::{Drafts, EventSelector};
use super::read::{Blocks, Reader};
use super::schema::{Default, Subject, Type};

/// Adds a trail, and the selectors of trails and event data stores that log data events of tables.
pub(super) fn trail(reader: &Reader<'_>, drafts: &mut Drafts) {
    let before = drafts.selectors.len();
    selectors(reader, drafts);
    let of_tables = drafts.selectors.get(before..).unwrap_or_default().iter().any(|selector| selector.of_tables);
    if !matches!(reader.kind(), "AWS::CloudTrail::Trail" | "aws_cloudtrail") {
        return;
    }
    let mut trail = reader.draft(Subject::Trail);
    reader.name(&mut trail, "name");
    let here = reader.header_origin(trail.header);
    if reader.is_terraform() {
        let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
        let logging = reader.find(attributes, header, "enable_logging", &Type::Bool, Some(Default::Bool(true)));
        trail.set("logging", logging);
    }
    trail.set("logs_table_data", Value::bool(of_tables, here));
    drafts.add(trail);
}

fn selectors(reader: &Reader<'_>, drafts: &mut Drafts) {
    let header = reader.resource.header;
    let terraform = reader.is_terraform();
    let blocks = |value: &Value, naming: &str, header| {
        Blocks::of(value, if terraform { "" } else { naming }, header, reader.origins())
    };
    let basic = blocks(&reader.raw(if terraform { "event_selector" } else { "EventSelectors" }), "", header);
    let (resources, kind, values) =
        if terraform { ("data_resource", "type", "values") } else { ("DataResources", "Type", "Values") };
    for selector in &basic.list {
        let list = reader.raw_in(&selector.value, selector.header, resources);
        for resource in &blocks(&list, kind, selector.header).list {
            let ty = reader.raw_in(&resource.value, resource.header, kind);
            let arns = texts(&reader.raw_in(&resource.value, resource.header, values));
            drafts.selectors.push(EventSelector {
                of_tables: ty.as_str() == Some("AWS::DynamoDB::Table"),
                arns: Some(arns),
                prefix: true,
                exists: super::derive::both(&reader.resource.exists, &resource.exists),
                open: !matches!(ty.data, Data::String(_)),
            });
        }
    }
    let advanced =
        blocks(&reader.raw(if terraform { "advanced_event_selector" } else { "AdvancedEventSelectors" }), "", header);
    let (fields, name) = if terraform { ("field_selector", "field") } else { ("FieldSelectors", "Field") };
    for selector in &advanced.list {
        let list = reader.raw_in(&selector.value, selector.header, fields);
        let mut of_tables = false;
        let mut data = false;
        let mut open = false;
        let mut arns = None;
        let mut prefix = false;
        for field in &blocks(&list, name, selector.header).list {
            let get = |name: &str| reader.raw_in(&field.value, field.header, name);
            let field_name = get(name);
            let operator = |cloudformation: &str, terraform_name: &str| {
                texts(&get(if terraform { terraform_name } else { cloudformation }))
            };
            let equal = operator("Equals", "equals");
            let holds = |wanted: &str| spread(&equal).0.iter().any(|item| item.as_str() == Some(wanted));
            match field_name.as_str() {
                Some("eventCategory") => data = holds("Data"),
                Some("resources.type") => {
                    of_tables = holds("AWS::DynamoDB::Table");
                    open |= equal.is_unknown();
                }
                Some("resources.ARN") => {
                    let starts = operator("StartsWith", "starts_with");
                    let begins = !spread(&starts).0.is_empty();
                    arns = Some(if begins { starts } else { equal.clone() });
                    prefix = begins;
                }
                // What else narrows the events can't be told here.
                Some("readOnly" | "eventName") => open = true,
                _ => {}
            }
        }
        if data {
            let exists = super::derive::both(&reader.resource.exists, &selector.exists);
            drafts.selectors.push(EventSelector { of_tables, arns, prefix, exists, open });
        }
    }
    if basic.rest.is_some() || advanced.rest.is_some() {
        drafts.selectors.push(EventSelector {
            of_tables: true,
            arns: None,
            prefix: false,
            exists: Value::unknown("the event selectors are not known", OriginId::NONE),
            open: true,
        });
    }
}

/// Whether a selector covers a table's ARN, given by the table's name as far as it is known.
pub(super) fn covers(selector: &EventSelector, name: &Value, leads: &dyn Fn(&Value) -> Value) -> Value {
    let Some(arns) = &selector.arns else { return Value::bool(true, OriginId::NONE) };
    let (items, rest) = spread(arns);
    let mut found = Value::bool(false, arns.origin);
    for item in &items {
        let fits = each(item, &mut |item| match &item.data {
            // Basic selectors take the beginning of all ARNs of the service for every table.
            Data::String(text) if text.ends_with(":dynamodb") || text.ends_with(":table/") => {
                Value::bool(true, item.origin)
            }
            Data::String(text) if selector.prefix => match (text.split_once(":table/"), name.as_str()) {
                (Some((_, begin)), Some(name)) => Value::bool(name.starts_with(begin), item.origin),
                (None, _) if text.starts_with("arn:") && text.matches(':').count() < 5 => {
                    Value::bool(text.contains(":dynamodb:"), item.origin)
                }
                _ => leads(item),
            },
            _ => leads(item),
        });
        found = super::derive::either(&found, &fits);
    }
    match rest {
        Some(rest) => super::derive::either(&found, &Value::new(Data::Unknown(rest), arns.origin)),
        None => found,
    }
}
