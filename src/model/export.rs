//! Exports of tables to S3: separate resources, and schedules that call the export.

use crate::value::{Data, Value, decoded, text};

use super::derive::{both, each};
use super::draft::Draft;
use super::drafts::Drafts;
use super::read::{Blocks, Reader, convert};
use super::schema::{Default, Subject, Type};

/// `aws_dynamodb_table_export`.
pub(super) fn separate(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut export = reader.draft(Subject::TableExport);
    let here = reader.header_origin(export.header);
    export.set("name", Value::string(reader.resource.name.clone(), here));
    export.set("scheduled", Value::fact(false, here));
    drafts.add(export);
}

/// A schedule or rule whose target is the export.
pub(super) fn schedule(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (targets, arn, input) = match reader.kind() {
        "AWS::Scheduler::Schedule" => ("Target", "Arn", "Input"),
        "aws_scheduler_schedule" => ("target", "arn", "input"),
        "AWS::Events::Rule" => ("Targets", "Arn", "Input"),
        "aws_cloudwatch_event_target" => ("", "arn", "input"),
        _ => return,
    };
    let header = reader.resource.header;
    let naming = if reader.is_terraform() { "" } else { arn };
    let written = if targets.is_empty() { reader.resource.attributes.clone() } else { reader.raw(targets) };
    for block in &Blocks::of(&written, naming, header, reader.origins()).list {
        let target = reader.raw_in(&block.value, block.header, arn);
        let calls = text::known_pieces(&target)
            .iter()
            .any(|piece| piece.to_ascii_lowercase().contains("dynamodb:exporttabletopointintime"));
        if !calls {
            continue;
        }
        let mut export: Draft = reader.draft(Subject::TableExport);
        let here = reader.header_origin(export.header);
        export.exists = both(&export.exists, &block.exists);
        export.set("name", Value::string(reader.resource.name.clone(), here));
        export.set("scheduled", Value::fact(true, here));
        let (schedule, on) = timing(reader);
        export.set("recurring", both(&on, &each(&schedule, &mut recurs)));
        export.set("schedule", schedule);
        let input = reader.raw_in(&block.value, block.header, input);
        let transformed = ["InputTransformer", "InputPath", "input_transformer", "input_path"]
            .iter()
            .any(|way| !reader.raw_in(&block.value, block.header, way).is_unset());
        let tree = each(&input, &mut |input| match &input.data {
            Data::String(_) | Data::Parts(_) => decoded(reader.origins(), input)
                .unwrap_or_else(|| Value::unknown("the input can't be read as JSON", input.origin)),
            Data::Absent if transformed => Value::unknown("the input is made of an event", input.origin),
            _ => input.clone(),
        });
        for (field, name, default) in [
            ("table_arn", "TableArn", None),
            ("type", "ExportType", Some(Default::String("FULL_EXPORT"))),
            ("format", "ExportFormat", None),
            ("encryption", "S3SseAlgorithm", None),
            ("kms_key", "S3SseKmsKeyId", None),
        ] {
            let value = reader.find(&tree, block.header, name, &Type::String, default);
            export.set(field, convert(&value, &Type::String));
        }
        drafts.add(export);
    }
}

/// When a schedule or rule runs, and whether it is switched on.
fn timing(reader: &Reader<'_>) -> (Value, Value) {
    let rule = (reader.kind() == "aws_cloudwatch_event_target").then(|| reader.raw("rule"));
    let found = rule.as_ref().map(|rule| {
        super::link::address_of(reader.context, rule).and_then(|address| reader.context.reader_at(&address))
    });
    let of = match found {
        None => *reader,
        Some(Some(rule)) => rule,
        Some(None) => {
            let here = reader.header_origin(reader.resource.header);
            let unknown = Value::unknown("the rule of the target is not in the analysed files", here);
            return (unknown.clone(), Value::fact(true, here));
        }
    };
    let schedule = of.raw(if of.is_terraform() { "schedule_expression" } else { "ScheduleExpression" });
    let state = of.raw(if of.is_terraform() { "state" } else { "State" });
    let on = each(&state, &mut |state| match &state.data {
        Data::Unknown(_) | Data::Parts(_) => state.clone(),
        _ => Value::fact(state.as_str() != Some("DISABLED"), state.origin),
    });
    (schedule, on)
}

/// Whether a schedule runs more than once: not at one moment, and not in a single year of a cron expression.
fn recurs(schedule: &Value) -> Value {
    let known = |is: bool| Value::fact(is, schedule.origin);
    let begins = text::known_prefix(schedule).trim_start();
    if begins.starts_with("at(") {
        return known(false);
    }
    if begins.starts_with("rate(") {
        return known(true);
    }
    match &schedule.data {
        Data::String(text) => {
            let inner = text.trim().strip_prefix("cron(").and_then(|text| text.strip_suffix(')'));
            let year = inner.and_then(|fields| fields.split_whitespace().nth(5));
            known(inner.is_some() && !year.is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit())))
        }
        Data::Absent => known(false),
        _ => Value::unknown("the schedule is not known", schedule.origin),
    }
}
