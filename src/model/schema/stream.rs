//! What reads a table's changes, where they are sent, and exports.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const STREAM_CONSUMER: SubjectSchema = SubjectSchema {
    subject: Subject::StreamConsumer,
    doc: "What reads a DynamoDB stream: `AWS::Lambda::EventSourceMapping`, `AWS::Pipes::Pipe`, a SAM event of type \
          DynamoDB, `aws_lambda_event_source_mapping`, `aws_pipes_pipe`.",
    fields: fields![
        Field::new("name", Type::String, "The logical id, label or name of the event."),
        Field::new("kind", Type::Enum(&["function", "pipe"]), "Whether a function is called or a pipe is fed."),
        Field::new(
            "sam_event",
            Type::Bool,
            "Whether it is an event of a SAM function, which gets its permission itself."
        ),
        Field::new("source_arn", Type::String, "The stream's ARN as it is written.")
            .at("EventSourceArn", "event_source_arn"),
        Field::new(
            "table",
            Type::Link(Subject::Table),
            "The table whose stream it reads, where the project manages it."
        ),
        Field::new("function", Type::Link(Subject::Function), "The function that is called."),
        Field::new("role", Type::Link(Subject::Role), "The role that it reads with."),
        Field::new("enabled", Type::Bool, "Whether it reads at all.").at("Enabled", "enabled").or(Default::Bool(true)),
        Field::new(
            "starting_position",
            Type::Enum(&["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]),
            "Where reading begins.",
        )
        .at("StartingPosition", "starting_position"),
        Field::new("batch_size", Type::Integer, "The most records in a batch.")
            .at("BatchSize", "batch_size")
            .or(Default::Integer(100)),
        Field::new("batching_window", Type::Integer, "How many seconds a batch is gathered.")
            .at("MaximumBatchingWindowInSeconds", "maximum_batching_window_in_seconds")
            .or(Default::Integer(0)),
        Field::new("parallelization_factor", Type::Integer, "Batches of one shard at the same time.")
            .at("ParallelizationFactor", "parallelization_factor")
            .or(Default::Integer(1)),
        Field::new("tumbling_window", Type::Integer, "The length of aggregation windows in seconds.")
            .at("TumblingWindowInSeconds", "tumbling_window_in_seconds"),
        Field::new("maximum_retries", Type::Integer, "How often a failed batch is retried; -1 for ever.")
            .at("MaximumRetryAttempts", "maximum_retry_attempts")
            .or(Default::Integer(-1)),
        Field::new("maximum_record_age", Type::Integer, "The age in seconds at which records are given up; -1 never.")
            .at("MaximumRecordAgeInSeconds", "maximum_record_age_in_seconds")
            .or(Default::Integer(-1)),
        Field::new("bisect_on_error", Type::Bool, "Whether a failed batch is halved.")
            .at("BisectBatchOnFunctionError", "bisect_batch_on_function_error")
            .or(Default::Bool(false)),
        Field::new(
            "reports_item_failures",
            Type::Bool,
            "Whether the function may report the failed items of a batch (`ReportBatchItemFailures`).",
        )
        .or(Default::Bool(false)),
        Field::new("failure_destination", Type::String, "Where records go that fail for good.")
            .at("DestinationConfig.OnFailure.Destination", "destination_config.on_failure.destination_arn"),
        Field::new(
            "filters",
            Type::List(&Type::Any),
            "The filter patterns, each as the JSON that it is; a pattern that can't be read is unknown.",
        )
        .or(Default::EmptyList),
    ],
};

pub(super) const KINESIS_DESTINATION: SubjectSchema = SubjectSchema {
    subject: Subject::KinesisDestination,
    doc: "A Kinesis data stream that a table's changes are sent to: `KinesisStreamSpecification`, \
          `aws_dynamodb_kinesis_streaming_destination`.",
    fields: fields![
        Field::new("name", Type::String, "The name of the table that it belongs to."),
        Field::new("table_name", Type::String, "The table's name as a separate resource gives it.")
            .at("", "table_name"),
        Field::new("table", Type::Link(Subject::Table), "The table, where the project manages it."),
        Field::new("replica", Type::Link(Subject::Replica), "The replica that it is written in, if it is."),
        Field::new("stream_arn", Type::String, "The Kinesis stream's ARN.")
            .at("KinesisStreamSpecification.StreamArn", "stream_arn"),
        Field::new("precision", Type::Enum(common::PRECISIONS), "The precision of creation times.").at(
            "KinesisStreamSpecification.ApproximateCreationDateTimePrecision",
            "approximate_creation_date_time_precision",
        ),
        Field::new("stream", Type::Object(KINESIS_STREAM), "The Kinesis stream; unknown where it is from elsewhere."),
        Field::new(
            "alarms",
            Type::List(&Type::Link(Subject::Alarm)),
            "The alarms that read metrics of the destination."
        ),
    ],
};

const KINESIS_STREAM: &[Field] = &[
    Field::new("address", Type::String, "The stream's address in the project."),
    Field::new("encrypted", Type::Bool, "Whether it is encrypted at rest with a key in AWS KMS."),
    Field::new("retention_hours", Type::Integer, "How many hours records are kept; 24 by default."),
    Field::new("consumed", Type::Bool, "Whether something in the project reads it or refers to it."),
];

pub(super) const TABLE_EXPORT: SubjectSchema = SubjectSchema {
    subject: Subject::TableExport,
    doc: "An export of a table to S3: `aws_dynamodb_table_export`, or a schedule or rule that calls \
          exportTableToPointInTime.",
    fields: fields![
        Field::new("name", Type::String, "The logical id or label."),
        Field::new("table_arn", Type::String, "The table's ARN as it is written.").at("", "table_arn"),
        Field::new("table", Type::Link(Subject::Table), "The table, where the project manages it."),
        Field::new("scheduled", Type::Bool, "Whether a schedule or rule starts it."),
        Field::new("schedule", Type::String, "When it runs."),
        Field::new("recurring", Type::Bool, "Whether its schedule starts it more than once."),
        Field::new("type", Type::Enum(&["FULL_EXPORT", "INCREMENTAL_EXPORT"]), "All items or only what changed.")
            .at("", "export_type")
            .or(Default::String("FULL_EXPORT")),
        Field::new("format", Type::Enum(&["DYNAMODB_JSON", "ION"]), "The format of the files.").at("", "export_format"),
        Field::new("encryption", Type::Enum(&["AES256", "KMS"]), "The encryption of the files.")
            .at("", "s3_sse_algorithm"),
        Field::new("kms_key", Type::String, "The key of the files.").at("", "s3_sse_kms_key_id"),
    ],
};
