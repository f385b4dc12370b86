//! Exports of tables to S3: separate resources, and schedules that call the export.

use crate::value::{Data, Value, decoded, text};

use super::derive::each;
use super::draft::Draft;
use super::drafts::Drafts;
use super::read::{Blocks, Reader, convert};
use super::schema::{Default, Subject, Type};

/// `aws_dynamodb_table_export`.
pub(super) fn separate(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut export = reader.draft(Subject::TableExport);
    let here = reader.header_origin(export.header);
    export.set("name", Value::string(reader.resource.name.clone(), here));
    export.set("scheduled", Value::bool(false, here));
    drafts.add(export);
}

/// A schedule or rule whose target is the export.
pub(super) fn schedule(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (schedule, targets, arn, input) = match reader.kind() {
        "AWS::Scheduler::Schedule" => ("ScheduleExpression", "Target", "Arn", "Input"),
        "aws_scheduler_schedule" => ("schedule_expression", "target", "arn", "input"),
        "AWS::Events::Rule" => ("ScheduleExpression", "Targets", "Arn", "Input"),
        _ => return,
    };
    let header = reader.resource.header;
    let blocks =
        Blocks::of(&reader.raw(targets), if reader.is_terraform() { "" } else { arn }, header, reader.origins());
    for block in &blocks.list {
        let target = reader.raw_in(&block.value, block.header, arn);
        let calls = text::known_pieces(&target)
            .iter()
            .any(|piece| piece.to_ascii_lowercase().contains("dynamodb:exporttabletopointintime"));
        if !calls {
            continue;
        }
        let mut export: Draft = reader.draft(Subject::TableExport);
        let here = reader.header_origin(export.header);
        export.exists = super::derive::both(&export.exists, &block.exists);
        export.set("name", Value::string(reader.resource.name.clone(), here));
        export.set("scheduled", Value::bool(true, here));
        export.set("schedule", reader.raw(schedule));
        let input = reader.raw_in(&block.value, block.header, input);
        let tree = each(&input, &mut |input| match &input.data {
            Data::String(_) | Data::Parts(_) => decoded(reader.origins(), input)
                .unwrap_or_else(|| Value::unknown("the input can't be read as JSON", input.origin)),
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
