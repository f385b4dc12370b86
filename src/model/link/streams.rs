//! Stream consumers with tables, functions and roles; Kinesis destinations with their streams.

use crate::value::{Data, EntityId, Value, text};

use super::super::derive::{each, is_set};
use super::super::drafts::Drafts;
use super::super::read::{Context, convert};
use super::super::schema::{Default, Subject, Type};
use super::reverse::{Source, reverse};
use super::targets::{Elsewhere, Targets, address_of};
use super::uses::Uses;
use super::{ids_of, table_ref};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>, uses: &Uses<'_>) {
    consumers(context, drafts, tables);
    destinations(context, drafts, uses);
}

fn consumers(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let functions = Targets::new(context, drafts, Subject::Function);
    let roles = Targets::new(context, drafts, Subject::Role);
    for id in ids_of(drafts, Subject::Function) {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let role = roles.resolve(&draft.reference("role"), Elsewhere::Unknown);
        draft.set("role", role);
    }
    let (mut of_tables, mut of_functions) = (Vec::new(), Vec::new());
    for id in ids_of(drafts, Subject::StreamConsumer) {
        let Some(draft) = drafts.get(id) else { continue };
        let table = table_ref::resolve(tables, &draft.value("source_arn"), Elsewhere::Absent).table;
        let reference = behind_alias(context, &function_name(&draft.reference("function")), 0);
        let function = functions.resolve(&reference, Elsewhere::Unknown);
        let of_function = function.as_entity().and_then(|function| drafts.get(function)).map(|f| f.value("role"));
        let role = match (draft.value("kind").as_str(), of_function) {
            (Some("pipe"), _) => roles.resolve(&draft.reference("role"), Elsewhere::Unknown),
            (_, Some(role)) => role,
            _ => Value::unknown("the function is not in the analysed files", function.origin),
        };
        let Some(draft) = drafts.get_mut(id) else { continue };
        of_tables.push(Source { id, link: table.clone(), exists: draft.exists.clone() });
        of_functions.push(Source { id, link: function.clone(), exists: draft.exists.clone() });
        draft.set("table", table);
        draft.set("function", function);
        draft.set("role", role);
    }
    reverse(drafts, &tables.ids(), &of_tables, "stream_consumers");
    reverse(drafts, &functions.ids(), &of_functions, "stream_consumers");
}

/// How many aliases and versions a reference is followed through.
const MAX_ALIASES: usize = 4;

/// The function that an alias or version of the project stands for; other references as they are.
fn behind_alias(context: &Context<'_>, reference: &Value, depth: usize) -> Value {
    each(reference, &mut |reference| {
        let Some(address) = address_of(context, reference).filter(|_| depth < MAX_ALIASES) else {
            return reference.clone();
        };
        let Some(reader) = context.reader_at(&address) else { return reference.clone() };
        let name = match reader.kind() {
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => "FunctionName",
            "aws_lambda_alias" => "function_name",
            _ => return reference.clone(),
        };
        behind_alias(context, &function_name(&reader.raw(name)), depth + 1)
    })
}

/// The function's name out of its ARN; other references as they are.
fn function_name(reference: &Value) -> Value {
    each(reference, &mut |reference| match &reference.data {
        Data::String(text) => match text.split_once(":function:") {
            Some((_, name)) => {
                let name = name.split(':').next().unwrap_or_default();
                Value::string(name, reference.origin)
            }
            None => reference.clone(),
        },
        // An alias or version behind the function's own attribute.
        Data::Parts(_) => match text::parts(reference).unwrap_or_default().first() {
            Some(crate::value::Part::Open(unknown, origin)) => Value::new(Data::Unknown(unknown.clone()), *origin),
            _ => reference.clone(),
        },
        _ => reference.clone(),
    })
}

fn destinations(context: &Context<'_>, drafts: &mut Drafts, uses: &Uses<'_>) {
    for id in ids_of(drafts, Subject::KinesisDestination) {
        let Some(arn) = drafts.get(id).map(|draft| draft.value("stream_arn")) else { continue };
        let fields = ["address", "encrypted", "retention_hours", "consumed"];
        let stream = each(&arn, &mut |arn| kinesis_stream(context, arn, id, drafts, uses));
        let Some(draft) = drafts.get_mut(id) else { continue };
        for name in fields {
            let value = each(&stream, &mut |stream| stream.get(name).cloned().unwrap_or_else(|| stream.clone()));
            draft.set(&format!("stream.{name}"), value);
        }
    }
}

/// What the project says of the Kinesis stream with this ARN.
fn kinesis_stream(context: &Context<'_>, arn: &Value, owner: EntityId, drafts: &Drafts, uses: &Uses<'_>) -> Value {
    let elsewhere = || Value::unknown("the Kinesis stream is not in the analysed files", arn.origin);
    if arn.is_unset() {
        return arn.clone();
    }
    let Some(reader) = address_of(context, arn).and_then(|address| context.reader_at(&address)) else {
        return elsewhere();
    };
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    let twenty_four = Some(Default::Integer(24));
    let (encrypted, retention) = match reader.kind() {
        "AWS::Kinesis::Stream" => (
            is_set(&reader.raw("StreamEncryption")),
            reader.find(attributes, header, "RetentionPeriodHours", &Type::Integer, twenty_four),
        ),
        "aws_kinesis_stream" => (
            each(&reader.raw("encryption_type"), &mut |kind| match &kind.data {
                Data::Unknown(_) | Data::Parts(_) => kind.clone(),
                _ => Value::fact(kind.as_str() == Some("KMS"), kind.origin),
            }),
            reader.find(attributes, header, "retention_period", &Type::Integer, twenty_four),
        ),
        _ => return elsewhere(),
    };
    let table = drafts.get(owner).map(|draft| draft.resource);
    let consumed = uses.by_others(&reader.resource.address, |user| {
        Some(user) != table && user != reader.position && !is_plumbing(context, user)
    });
    let address = Value::string(reader.resource.address.clone(), arn.origin);
    let entries = [
        ("address", address),
        ("encrypted", encrypted),
        ("retention_hours", convert(&retention, &Type::Integer)),
        ("consumed", Value::fact(consumed, arn.origin)),
    ];
    let entry = |(name, value)| crate::value::Entry::new(name, arn.origin, value);
    Value::map(entries.into_iter().map(entry).collect(), arn.origin)
}

/// A resource that refers to a stream without reading it.
fn is_plumbing(context: &Context<'_>, user: usize) -> bool {
    context
        .project
        .resources
        .get(user)
        .is_some_and(|resource| resource.kind.contains("dynamodb") || resource.kind.starts_with("AWS::DynamoDB::"))
}
