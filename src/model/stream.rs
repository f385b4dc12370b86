//! What reads DynamoDB streams, in every language: event source mappings and pipes.

use crate::value::{Data, OriginId, Symbol, Value, text};

use super::derive::{each, never, or_else, spread, texts};
use super::draft::Draft;
use super::drafts::Drafts;
use super::read::{Blocks, Reader};
use super::schema::Subject;

/// Adds a mapping or pipe whose source is, or may be, a DynamoDB stream.
pub(super) fn consumer(reader: &Reader<'_>, drafts: &mut Drafts) {
    let pipe = matches!(reader.kind(), "AWS::Pipes::Pipe" | "aws_pipes_pipe");
    // An event of a function says what it reads, even where the source is not known.
    let event = reader.resource.meta.get("EventType").and_then(Value::as_str);
    if event.is_some_and(|event| event != "DynamoDB") {
        return;
    }
    let mut consumer = reader.draft(Subject::StreamConsumer);
    let source = consumer.value("source_arn");
    let about = each(&source, &mut |source| is_stream(reader, source));
    if never(&about) {
        return;
    }
    if !certainly(&about) {
        // Streams are read from a starting position; a mapping without one reads a queue or a broker.
        if !pipe && consumer.value("starting_position").is_unset() {
            return;
        }
        // It counts as a possible reader of every stream, and is not judged itself.
        consumer.managed = false;
        consumer.set("managed", Value::fact(false, source.origin));
    }
    let here = reader.header_origin(consumer.header);
    consumer.set("name", Value::string(reader.resource.name.clone(), here));
    consumer.set("kind", Value::string(if pipe { "pipe" } else { "function" }, here));
    let made_by_sam =
        reader.project.language == crate::resource::Language::Sam && reader.resource.address.contains('/');
    consumer.set("sam_event", Value::fact(made_by_sam, here));
    if pipe {
        pipe_settings(reader, &mut consumer);
    } else {
        mapping_settings(reader, &mut consumer);
    }
    filters(reader, &mut consumer, pipe);
    drafts.add(consumer);
}

fn certainly(about: &Value) -> bool {
    match &about.data {
        Data::Bool(known) => *known,
        Data::Choice(choice) => choice.cases.iter().any(certainly),
        _ => false,
    }
}

/// Whether a source is a DynamoDB stream: by its ARN, or by the attribute of the resource that it names.
fn is_stream(reader: &Reader<'_>, source: &Value) -> Value {
    let known = |is: bool| Value::fact(is, source.origin);
    let pieces = text::known_pieces(source);
    if pieces.iter().any(|piece| piece.contains(":dynamodb:")) {
        return known(true);
    }
    match &source.data {
        Data::Unknown(unknown) => match &unknown.symbol {
            Some(Symbol::Resource { address, attribute }) => {
                let kind = reader.context.find(address).map_or("", |resource| resource.kind.as_str());
                let table = kind.to_ascii_lowercase().contains("dynamodb") || kind == "AWS::Serverless::SimpleTable";
                let by_address = address.split('.').any(|part| part == "aws_dynamodb_table");
                let stream = attribute.to_ascii_lowercase().contains("stream");
                known((table || by_address) && stream)
            }
            _ => source.clone(),
        },
        Data::Parts(_) if pieces.iter().any(|piece| piece.starts_with("arn:") && piece.matches(':').count() >= 3) => {
            known(false)
        }
        Data::Parts(_) => Value::unknown("the source is not known", source.origin),
        _ => known(false),
    }
}

fn mapping_settings(reader: &Reader<'_>, consumer: &mut Draft) {
    let (function, types) = if reader.is_terraform() {
        ("function_name", "function_response_types")
    } else {
        ("FunctionName", "FunctionResponseTypes")
    };
    consumer.refer("function", reader.raw(function));
    let types = reader.raw(types);
    let text = if reader.is_terraform() {
        "function_response_types = [\"ReportBatchItemFailures\"]"
    } else {
        "FunctionResponseTypes: [ReportBatchItemFailures]"
    };
    let off = reader.missing(consumer.header, text);
    let reports = each(&types, &mut |types| {
        if types.is_unset() {
            return Value::fact(false, off);
        }
        let (items, rest) = spread(&texts(types));
        if items.iter().any(|item| item.as_str() == Some("ReportBatchItemFailures")) {
            return Value::fact(true, types.origin);
        }
        match rest.or_else(|| items.iter().find_map(|item| item.as_unknown().cloned().map(Into::into))) {
            Some(open) => Value::new(Data::Unknown(open), types.origin),
            None => Value::fact(false, types.origin),
        }
    });
    consumer.set("reports_item_failures", reports);
}

fn pipe_settings(reader: &Reader<'_>, consumer: &mut Draft) {
    let (state, partial, role) = if reader.is_terraform() {
        ("desired_state", "source_parameters.dynamodb_stream_parameters.on_partial_batch_item_failure", "role_arn")
    } else {
        ("DesiredState", "SourceParameters.DynamoDBStreamParameters.OnPartialBatchItemFailure", "RoleArn")
    };
    let running = each(&reader.raw(state), &mut |state| match &state.data {
        Data::Unknown(_) | Data::Parts(_) => state.clone(),
        _ => Value::fact(state.as_str() != Some("STOPPED"), state.origin),
    });
    consumer.set("enabled", running);
    let bisects = each(&reader.raw(partial), &mut |partial| match &partial.data {
        Data::Unknown(_) | Data::Parts(_) => partial.clone(),
        _ => Value::fact(partial.as_str() == Some("AUTOMATIC_BISECT"), partial.origin),
    });
    consumer.set("bisect_on_error", bisects);
    consumer.refer("role", reader.raw(role));
}

fn filters(reader: &Reader<'_>, consumer: &mut Draft, pipe: bool) {
    let (way, pattern) = match (reader.is_terraform(), pipe) {
        (true, true) => ("source_parameters.filter_criteria.filter", "pattern"),
        (true, false) => ("filter_criteria.filter", "pattern"),
        (false, true) => ("SourceParameters.FilterCriteria.Filters", "Pattern"),
        (false, false) => ("FilterCriteria.Filters", "Pattern"),
    };
    let header = consumer.header;
    let written = reader.raw(way);
    let blocks = Blocks::of(&written, if reader.is_terraform() { "" } else { pattern }, header, reader.origins());
    let items = blocks.list.iter().map(|block| {
        let pattern = reader.raw_in(&block.value, block.header, pattern);
        let tree = each(&pattern, &mut |pattern| match &pattern.data {
            Data::String(_) | Data::Parts(_) => crate::value::decoded(&reader.project.origins, pattern)
                .unwrap_or_else(|| Value::unknown("the filter pattern can't be read as JSON", pattern.origin)),
            Data::Absent => Value::map(Vec::new(), pattern.origin),
            _ => pattern.clone(),
        });
        super::derive::each_pair(&block.exists, &tree, &mut |exists, tree| match exists.data {
            Data::Bool(true) => tree.clone(),
            Data::Bool(false) => Value::absent(exists.origin),
            _ => exists.clone(),
        })
    });
    let items: Vec<Value> = items.collect();
    let origin = or_else(&written, &Value::absent(OriginId::NONE)).origin;
    consumer.set("filters", Value::list(items, origin));
    if let Some(rest) = &blocks.rest {
        consumer.open("filters", rest);
    }
}
