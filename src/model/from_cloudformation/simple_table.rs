//! `AWS::Serverless::SimpleTable`: one key, and a billing mode that follows from whether a throughput is written.

use crate::value::{Data, Entry, OriginId, Value};

use super::super::derive::{each, is_set, key_class, set_keys, without_empty};
use super::super::drafts::Drafts;
use super::super::read::Reader;
use super::super::schema::{Default, Subject, Type};
use super::table::{all_tags, recovery_written};

pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut table = reader.draft(Subject::Table);
    let here = reader.header_origin(table.header);
    reader.name(&mut table, "name");
    table.set("simple", Value::fact(true, here));
    table.set("regional_settings", Value::fact(true, here));
    table.set("restored", Value::fact(false, here));
    table.set("import.written", Value::fact(false, here));
    table.set("billing_mode_written", Value::fact(false, here));
    // The transform looks at what is written and not at what it comes to: a throughput that is there in some cases only
    // makes the table a provisioned one in all.
    let throughput = reader.raw("ProvisionedThroughput");
    let written = reader.resource.attributes.get("ProvisionedThroughput").is_some_and(|written| match &written.data {
        Data::Null => false,
        Data::Map(map) => !map.entries.is_empty() || map.rest.is_some(),
        _ => true,
    });
    let mode = if written { "PROVISIONED" } else { "PAY_PER_REQUEST" };
    table.set("billing_mode", Value::string(mode, throughput.origin));
    for direction in ["read", "write"] {
        let given = is_set(&table.value(&format!("capacity.{direction}")));
        table.set(&format!("capacity.{direction}_given"), given);
    }

    let header = reader.resource.header;
    let attributes = &reader.resource.attributes;
    let name = reader.find(attributes, header, "PrimaryKey.Name", &Type::String, Some(Default::String("id")));
    let ty = reader.find(attributes, header, "PrimaryKey.Type", &Type::String, Some(Default::String("String")));
    let ty = each(&ty, &mut |ty| match ty.as_str() {
        Some("String") => Value::string("S", ty.origin),
        Some("Number") => Value::string("N", ty.origin),
        Some("Binary") => Value::string("B", ty.origin),
        _ => ty.clone(),
    });
    let group = |entries: Vec<(&str, Value)>| {
        let entries = entries.into_iter().map(|(key, value)| Entry::new(key, OriginId::NONE, value)).collect();
        Value::list(vec![Value::map(entries, here)], here)
    };
    let definitions = group(vec![("name", name.clone()), ("type", ty.clone())]);
    let keys = group(vec![("name", name), ("key_type", Value::string("HASH", here)), ("attribute_type", ty)]);
    set_keys(&mut table, &keys, &definitions, true);
    table.set("attribute_definitions", definitions);

    let key = without_empty(&table.value("encryption.kms_key"));
    table.set("encryption.key_class", key_class(reader.context, &table.value("encryption.enabled"), &key));
    table.set("encryption.kms_key", key);
    recovery_written(reader, &mut table, attributes, header);
    table.set("tags", all_tags(reader, &table.value("tags")));
    table.set("deletion_policy", reader.meta("DeletionPolicy", &Type::Enum(&["Retain"]), None));
    table.set("update_replace_policy", reader.meta("UpdateReplacePolicy", &Type::Enum(&["Retain"]), None));
    table.set("regions", Value::list(vec![reader.region()], here));
    drafts.add(table);
}
