//! Secondary indexes.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const INDEX: SubjectSchema = SubjectSchema {
    subject: Subject::Index,
    doc: "A global or local secondary index: an entry of `GlobalSecondaryIndexes` or `LocalSecondaryIndexes`, a \
          `global_secondary_index` or `local_secondary_index` block, an `aws_dynamodb_global_secondary_index`.",
    fields: fields![
        Field::new("name", Type::String, "The index's name.").at("IndexName", "name"),
        Field::new("kind", Type::Enum(&["global", "local"]), "Which kind of index it is."),
        Field::new("table", Type::Link(Subject::Table), "The table it belongs to."),
        Field::new("table_name", Type::String, "The table's name as a separate index resource gives it."),
        Field::new("inline", Type::Bool, "Whether it is written inside its table; false for a separate resource."),
        Field::new("position", Type::Integer, "Its place among the table's indexes in the source, from 0."),
        Field::new("keys", common::KEYS, "The key schema, in order.").at("KeySchema", "").or(Default::EmptyList),
        common::PARTITION_KEYS,
        common::SORT_KEYS,
        Field::new(
            "has_key_schema",
            Type::Bool,
            "Terraform: whether the keys are written as `key_schema` blocks; true in other languages.",
        ),
        Field::new(
            "has_key_arguments",
            Type::Bool,
            "Terraform: whether the keys are written as `hash_key` and `range_key`; false in other languages.",
        ),
        Field::new("projection", Type::Object(PROJECTION), "What is copied into the index."),
        Field::new("capacity", Type::Object(CAPACITY), "Provisioned capacity of a global index, in units."),
        Field::new("on_demand", Type::Object(ON_DEMAND), "Limits of on-demand capacity, in request units a second."),
        Field::new("warm_throughput", Type::Object(WARM_THROUGHPUT), "What the index can serve at once."),
        Field::new("contributor_insights", Type::Object(INSIGHTS), "CloudWatch Contributor Insights."),
        Field::new(
            "scaling_targets",
            Type::List(&Type::Link(Subject::ScalingTarget)),
            "The scaling targets of the index.",
        ),
        common::SCALING_POLICIES,
        common::READ_SCALING,
        common::WRITE_SCALING,
        Field::new("alarms", Type::List(&Type::Link(Subject::Alarm)), "The alarms that read metrics of the index."),
    ],
};

const PROJECTION: &[Field] = &[
    Field::new("type", Type::Enum(&["ALL", "INCLUDE", "KEYS_ONLY"]), "Which attributes are copied.")
        .at("Projection.ProjectionType", "projection_type"),
    Field::new("non_key_attributes", Type::List(&Type::String), "The attributes that INCLUDE copies.")
        .at("Projection.NonKeyAttributes", "non_key_attributes")
        .or(Default::EmptyList),
];

const CAPACITY: &[Field] = &[
    Field::new("read", Type::Integer, "Read capacity units.")
        .at("ProvisionedThroughput.ReadCapacityUnits", "read_capacity"),
    Field::new("write", Type::Integer, "Write capacity units.")
        .at("ProvisionedThroughput.WriteCapacityUnits", "write_capacity"),
    common::READ_GIVEN,
    common::WRITE_GIVEN,
];

const ON_DEMAND: &[Field] = &[
    Field::new("max_reads", Type::Integer, "The most reads; absent where there is no maximum (-1 means none).")
        .at("OnDemandThroughput.MaxReadRequestUnits", "on_demand_throughput.max_read_request_units"),
    Field::new("max_writes", Type::Integer, "The most writes; absent where there is no maximum (-1 means none).")
        .at("OnDemandThroughput.MaxWriteRequestUnits", "on_demand_throughput.max_write_request_units"),
];

const WARM_THROUGHPUT: &[Field] = &[
    Field::new("reads", Type::Integer, "Read units a second.")
        .at("WarmThroughput.ReadUnitsPerSecond", "warm_throughput.read_units_per_second"),
    Field::new("writes", Type::Integer, "Write units a second.")
        .at("WarmThroughput.WriteUnitsPerSecond", "warm_throughput.write_units_per_second"),
];

const INSIGHTS: &[Field] = &[
    common::INSIGHTS_ENABLED.at("ContributorInsightsSpecification.Enabled", ""),
    common::INSIGHTS_MODE.at("ContributorInsightsSpecification.Mode", ""),
];
