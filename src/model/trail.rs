//! CloudTrail trails and event data stores: what they log of data events.

use crate::value::{Data, OriginId, Value};

use super::derive::{both, each, either, or_else, spread, texts};
use super::drafts::{ArnCondition, Drafts, EventSelector, Operator};
use super::read::{Block, Blocks, Reader};
use super::schema::{Default, Subject, Type};

const TABLE: &str = "AWS::DynamoDB::Table";
const STREAM: &str = "AWS::DynamoDB::Stream";

/// Adds a trail, and the selectors of trails and event data stores that log data events.
pub(super) fn trail(reader: &Reader<'_>, drafts: &mut Drafts) {
    let before = drafts.selectors.len();
    selectors(reader, drafts);
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
    for field in ["log_group_arn", "log_role_arn"] {
        let value = trail.value(field);
        trail.set(field, super::derive::without_empty(&value));
    }
    let none = Value::fact(false, here);
    let own = drafts.selectors.get(before..).unwrap_or_default();
    let of_tables =
        own.iter().fold(none, |found, selector| either(&found, &both(&selector.exists, &selector.of_tables)));
    trail.set("logs_table_data", of_tables);
    drafts.add(trail);
}

fn selectors(reader: &Reader<'_>, drafts: &mut Drafts) {
    let header = reader.resource.header;
    let names = if reader.is_terraform() {
        ["event_selector", "advanced_event_selector"]
    } else {
        ["EventSelectors", "AdvancedEventSelectors"]
    };
    let [basic, advanced] = names.map(|name| Blocks::of(&reader.raw(name), "", header, reader.origins()));
    for selector in &basic.list {
        basic_selector(reader, selector, drafts);
    }
    for selector in &advanced.list {
        advanced_selector(reader, selector, drafts);
    }
    if let Some(rest) = basic.rest.or(advanced.rest) {
        let unknown = Value::new(Data::Unknown(rest), reader.header_origin(header));
        drafts.selectors.push(EventSelector {
            of_tables: unknown.clone(),
            of_streams: unknown.clone(),
            arns: Vec::new(),
            reads_streams: unknown.clone(),
            exists: both(&reader.resource.exists, &unknown),
        });
    }
}

/// `AWS::DynamoDB::Table` with the beginnings of ARNs.
fn basic_selector(reader: &Reader<'_>, selector: &Block, drafts: &mut Drafts) {
    let (resources, kind, values) =
        if reader.is_terraform() { ("data_resource", "type", "values") } else { ("DataResources", "Type", "Values") };
    let on = both(&reader.resource.exists, &selector.exists);
    let list = reader.raw_in(&selector.value, selector.header, resources);
    let list = Blocks::of(&list, if reader.is_terraform() { "" } else { kind }, selector.header, reader.origins());
    let here = reader.header_origin(selector.header);
    for resource in &list.list {
        let ty = reader.raw_in(&resource.value, resource.header, kind);
        let patterns = texts(&reader.raw_in(&resource.value, resource.header, values));
        drafts.selectors.push(EventSelector {
            of_tables: is_text(&ty, TABLE),
            of_streams: is_text(&ty, STREAM),
            arns: vec![ArnCondition { operator: Operator::Begins, negative: false, patterns }],
            reads_streams: Value::fact(true, here),
            exists: both(&on, &resource.exists),
        });
    }
    if let Some(rest) = list.rest {
        let unknown = Value::new(Data::Unknown(rest), here);
        drafts.selectors.push(EventSelector {
            of_tables: unknown.clone(),
            of_streams: unknown.clone(),
            arns: Vec::new(),
            reads_streams: Value::fact(true, here),
            exists: both(&on, &unknown),
        });
    }
}

/// The operators of field selectors in both languages.
const OPERATORS: [(&str, &str, Operator, bool); 6] = [
    ("Equals", "equals", Operator::Equals, false),
    ("StartsWith", "starts_with", Operator::Begins, false),
    ("EndsWith", "ends_with", Operator::Ends, false),
    ("NotEquals", "not_equals", Operator::Equals, true),
    ("NotStartsWith", "not_starts_with", Operator::Begins, true),
    ("NotEndsWith", "not_ends_with", Operator::Ends, true),
];

fn advanced_selector(reader: &Reader<'_>, selector: &Block, drafts: &mut Drafts) {
    let terraform = reader.is_terraform();
    let (fields, name) = if terraform { ("field_selector", "field") } else { ("FieldSelectors", "Field") };
    let here = reader.header_origin(selector.header);
    let list = reader.raw_in(&selector.value, selector.header, fields);
    let list = Blocks::of(&list, if terraform { "" } else { name }, selector.header, reader.origins());
    let (mut data, mut of_tables, mut of_streams) =
        (Value::fact(false, here), Value::fact(false, here), Value::fact(false, here));
    let mut reads_streams = Value::fact(true, here);
    let mut arns = Vec::new();
    let mut open = list.rest.map(|rest| Value::new(Data::Unknown(rest), here));
    for field in &list.list {
        let get = |name: &str| texts(&reader.raw_in(&field.value, field.header, name));
        let equals = || get(if terraform { "equals" } else { "Equals" });
        let field_name = reader.raw_in(&field.value, field.header, name);
        match super::derive::known_text(&field_name) {
            Some("eventCategory") => data = either(&data, &any_is(&equals(), "Data")),
            Some("resources.type") => {
                of_tables = either(&of_tables, &any_is(&equals(), TABLE));
                of_streams = either(&of_streams, &any_is(&equals(), STREAM));
            }
            Some("resources.ARN") => {
                for (cloudformation, in_terraform, operator, negative) in OPERATORS {
                    let patterns = get(if terraform { in_terraform } else { cloudformation });
                    if may_hold(&patterns) {
                        arns.push(ArnCondition { operator, negative, patterns });
                    }
                }
            }
            Some("eventName") => {
                for (cloudformation, in_terraform, operator, negative) in OPERATORS {
                    let patterns = get(if terraform { in_terraform } else { cloudformation });
                    if may_hold(&patterns) {
                        let fits = fits_any(&patterns, &mut |pattern| by_text(operator, pattern, "GetRecords"));
                        reads_streams = both(&reads_streams, &if negative { not(&fits) } else { fits });
                    }
                }
            }
            // What else narrows the events says nothing about tables.
            Some(_) => {}
            None => {
                let why = "a field of an event selector is not known";
                open.get_or_insert_with(|| Value::unknown(why, field_name.origin));
            }
        }
    }
    if let Some(open) = open {
        // It may be of another kind, and it may narrow the events.
        data = either(&data, &open);
        (of_tables, of_streams, reads_streams) = (open.clone(), open.clone(), open);
    }
    if data.as_bool() == Some(false) {
        return;
    }
    let exists = both(&both(&reader.resource.exists, &selector.exists), &data);
    drafts.selectors.push(EventSelector { of_tables, of_streams, arns, reads_streams, exists });
}

fn is_text(value: &Value, wanted: &str) -> Value {
    each(value, &mut |value| match &value.data {
        Data::Unknown(_) | Data::Parts(_) => value.clone(),
        _ => Value::fact(value.as_str() == Some(wanted), value.origin),
    })
}

fn any_is(list: &Value, wanted: &str) -> Value {
    fits_any(list, &mut |item| is_text(item, wanted))
}

fn may_hold(list: &Value) -> bool {
    let (items, rest) = spread(list);
    !items.is_empty() || rest.is_some()
}

/// Whether one of a list's items fits; each is asked once, in order.
fn fits_any(list: &Value, fit: &mut dyn FnMut(&Value) -> Value) -> Value {
    let (items, rest) = spread(list);
    let mut found = Value::fact(false, list.origin);
    for item in &items {
        found = either(&found, &fit(item));
    }
    match rest {
        Some(rest) => either(&found, &Value::new(Data::Unknown(rest), list.origin)),
        None => found,
    }
}

fn not(value: &Value) -> Value {
    each(value, &mut |value| match value.data {
        Data::Bool(flag) => Value::fact(!flag, value.origin),
        _ => value.clone(),
    })
}

fn by_text(operator: Operator, pattern: &Value, text: &str) -> Value {
    each(pattern, &mut |pattern| match &pattern.data {
        Data::Absent | Data::Null => Value::fact(false, pattern.origin),
        Data::String(pattern_text) => {
            let fits = match operator {
                Operator::Equals => text == pattern_text.as_str(),
                Operator::Begins => text.starts_with(pattern_text.as_str()),
                Operator::Ends => text.ends_with(pattern_text.as_str()),
            };
            Value::fact(fits, pattern.origin)
        }
        _ => Value::unknown("a value of an event selector is not known", pattern.origin),
    })
}

/// Whether a selector covers a table's ARN. `name` is the table's own name as far as it is known; `leads` says, by the
/// places of a condition and of a pattern in it, whether that pattern as a reference leads to the table.
pub(super) fn covers(selector: &EventSelector, name: &Value, leads: &dyn Fn(usize, usize) -> Value) -> Value {
    let mut holds = Value::fact(true, OriginId::NONE);
    for (at, condition) in selector.arns.iter().enumerate() {
        let mut number = 0;
        let fits = fits_any(&condition.patterns, &mut |pattern| {
            let leads = leads(at, number);
            number += 1;
            by_arn(condition.operator, pattern, name, &leads)
        });
        holds = both(&holds, &if condition.negative { not(&fits) } else { fits });
    }
    holds
}

/// Whether the ARN of a table fits a pattern.
fn by_arn(operator: Operator, pattern: &Value, name: &Value, leads: &Value) -> Value {
    super::derive::each_pair(pattern, leads, &mut |pattern, leads| {
        if pattern.is_unset() {
            return Value::fact(false, pattern.origin);
        }
        let known = match (&pattern.data, operator) {
            (Data::String(text), _) => Some(text.as_str()),
            // The end of a partly known ARN tells what it is of.
            (Data::Parts(_), Operator::Begins) => {
                let end = crate::value::text::known_suffix(pattern);
                (end.ends_with(":dynamodb") || end.contains(":table/")).then_some(end)
            }
            _ => None,
        };
        match (operator, known) {
            (Operator::Begins, Some(text)) => match text.split_once(":table/") {
                Some((_, "")) => Value::fact(true, pattern.origin),
                // What goes on behind the table's name is a part of it.
                Some((_, begin)) if !begin.contains('/') => {
                    or_else(&by_name(name, pattern, &|name| name.starts_with(begin)), leads)
                }
                Some(_) => leads.clone(),
                // `arn:aws:dynamodb` and what is shorter stand for every table.
                None if text.ends_with(":dynamodb") || text.contains(":dynamodb:") => Value::fact(true, pattern.origin),
                None => Value::fact("arn:aws:dynamodb:".starts_with(text), pattern.origin),
            },
            (Operator::Ends, Some(text)) => by_name(name, pattern, &|name| {
                let end = format!(":table/{name}");
                end.ends_with(text) || text.ends_with(&end)
            }),
            _ => leads.clone(),
        }
    })
}

fn by_name(name: &Value, pattern: &Value, fits: &dyn Fn(&str) -> bool) -> Value {
    each(name, &mut |name| match name.as_str() {
        Some(name) => Value::fact(fits(name), pattern.origin),
        None => Value::unknown("the name of the table is not known", name.origin),
    })
}
