//! Where a field stands in a resource type that departs from its subject's usual places.

use super::{Field, Path, Subject};

/// The places of one resource type that differ from the subject's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    pub subject: Subject,
    /// The resource type in its language.
    pub resource_type: &'static str,
    /// Field paths (`capacity.write`) with the place in this type; an empty place means that the type does not have
    /// the field, or that code reads it.
    pub fields: &'static [(&'static str, Path)],
}

/// Resource types whose places differ, by subject and type.
pub const PLACES: &[Places] = &[
    Places {
        subject: Subject::Table,
        resource_type: "AWS::DynamoDB::GlobalTable",
        fields: &[
            ("capacity.read", "ReadProvisionedThroughputSettings.ReadCapacityUnits"),
            ("capacity.write", ""),
            ("on_demand.max_reads", "ReadOnDemandThroughputSettings.MaxReadRequestUnits"),
            ("on_demand.max_writes", "WriteOnDemandThroughputSettings.MaxWriteRequestUnits"),
            ("encryption.kms_key", ""),
            ("point_in_time_recovery.enabled", ""),
            ("point_in_time_recovery.period_days", ""),
            ("contributor_insights.enabled", ""),
            ("contributor_insights.mode", ""),
            ("tags", ""),
            ("deletion_protection", ""),
            ("table_class", ""),
            ("import.format", ""),
            ("import.compression", ""),
        ],
    },
    Places {
        subject: Subject::Table,
        resource_type: "AWS::Serverless::SimpleTable",
        fields: &[
            ("billing_mode", ""),
            ("keys", ""),
            ("attribute_definitions", ""),
            ("on_demand.max_reads", ""),
            ("on_demand.max_writes", ""),
            ("warm_throughput.reads", ""),
            ("warm_throughput.writes", ""),
            ("consistency", ""),
            ("source_table_arn", ""),
            ("ttl.enabled", ""),
            ("ttl.attribute", ""),
            ("stream.view_type", ""),
            ("deletion_protection", ""),
            ("table_class", ""),
            ("contributor_insights.enabled", ""),
            ("contributor_insights.mode", ""),
            ("import.format", ""),
            ("import.compression", ""),
        ],
    },
    Places {
        subject: Subject::Index,
        resource_type: "AWS::DynamoDB::GlobalTable",
        fields: &[
            ("capacity.read", "ReadProvisionedThroughputSettings.ReadCapacityUnits"),
            ("capacity.write", ""),
            ("on_demand.max_reads", "ReadOnDemandThroughputSettings.MaxReadRequestUnits"),
            ("on_demand.max_writes", "WriteOnDemandThroughputSettings.MaxWriteRequestUnits"),
            ("contributor_insights.enabled", ""),
            ("contributor_insights.mode", ""),
        ],
    },
    Places {
        subject: Subject::Index,
        resource_type: "aws_dynamodb_global_secondary_index",
        fields: &[
            ("name", "index_name"),
            ("table_name", "table_name"),
            ("projection.type", "projection.projection_type"),
            ("projection.non_key_attributes", "projection.non_key_attributes"),
            ("capacity.read", "provisioned_throughput.read_capacity_units"),
            ("capacity.write", "provisioned_throughput.write_capacity_units"),
        ],
    },
    Places {
        subject: Subject::Replica,
        resource_type: "aws_dynamodb_table_replica",
        fields: &[
            ("consistency", ""),
            ("table_class", "table_class_override"),
            ("tags", "tags"),
            ("propagate_tags", ""),
        ],
    },
    Places {
        subject: Subject::StreamConsumer,
        resource_type: "AWS::Pipes::Pipe",
        fields: &[
            ("source_arn", "Source"),
            ("enabled", ""),
            ("starting_position", "SourceParameters.DynamoDBStreamParameters.StartingPosition"),
            ("batch_size", "SourceParameters.DynamoDBStreamParameters.BatchSize"),
            ("batching_window", "SourceParameters.DynamoDBStreamParameters.MaximumBatchingWindowInSeconds"),
            ("parallelization_factor", "SourceParameters.DynamoDBStreamParameters.ParallelizationFactor"),
            ("tumbling_window", ""),
            ("maximum_retries", "SourceParameters.DynamoDBStreamParameters.MaximumRetryAttempts"),
            ("maximum_record_age", "SourceParameters.DynamoDBStreamParameters.MaximumRecordAgeInSeconds"),
            ("bisect_on_error", ""),
            ("failure_destination", "SourceParameters.DynamoDBStreamParameters.DeadLetterConfig.Arn"),
        ],
    },
    Places {
        subject: Subject::StreamConsumer,
        resource_type: "aws_pipes_pipe",
        fields: &[
            ("source_arn", "source"),
            ("enabled", ""),
            ("starting_position", "source_parameters.dynamodb_stream_parameters.starting_position"),
            ("batch_size", "source_parameters.dynamodb_stream_parameters.batch_size"),
            ("batching_window", "source_parameters.dynamodb_stream_parameters.maximum_batching_window_in_seconds"),
            ("parallelization_factor", "source_parameters.dynamodb_stream_parameters.parallelization_factor"),
            ("tumbling_window", ""),
            ("maximum_retries", "source_parameters.dynamodb_stream_parameters.maximum_retry_attempts"),
            ("maximum_record_age", "source_parameters.dynamodb_stream_parameters.maximum_record_age_in_seconds"),
            ("bisect_on_error", ""),
            ("failure_destination", "source_parameters.dynamodb_stream_parameters.dead_letter_config.arn"),
        ],
    },
    Places {
        subject: Subject::Function,
        resource_type: "AWS::Serverless::Function",
        fields: &[("tracing", "Tracing")],
    },
    Places {
        subject: Subject::Key,
        resource_type: "aws_kms_external_key",
        fields: &[("enabled", "enabled"), ("rotation", ""), ("key_spec", ""), ("key_usage", "")],
    },
];

/// Where a field stands in a resource type; empty where the type does not have it or code reads it.
///
/// `path` is the field's whole way from its subject (`capacity.write`).
#[must_use]
pub fn place(subject: Subject, resource_type: &str, path: &str, field: &Field) -> Path {
    let own = PLACES
        .iter()
        .find(|places| places.subject == subject && places.resource_type == resource_type)
        .and_then(|places| places.fields.iter().find(|(name, _)| *name == path));
    match own {
        Some((_, place)) => place,
        None if resource_type.starts_with("AWS::") => field.cloudformation,
        None => field.terraform,
    }
}
