//! Replicas of global tables.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const REPLICA: SubjectSchema = SubjectSchema {
    subject: Subject::Replica,
    doc: "A replica of a global table: every entry of `Replicas` of `AWS::DynamoDB::GlobalTable`, a `replica` block, an \
          `aws_dynamodb_table_replica`. Settings that it shares with a table have the same names there.",
    fields: fields![
        Field::new("name", Type::String, "The Region, as the replica's name."),
        Field::new("table", Type::Link(Subject::Table), "The table that it replicates."),
        Field::new("inline", Type::Bool, "Whether it is written inside its table; false for a separate resource."),
        Field::new("position", Type::Integer, "Its place among the table's replicas in the source, from 0."),
        Field::new("home", Type::Bool, "Whether its Region is the one that the stack is deployed to."),
        Field::new("consistency", Type::Enum(common::CONSISTENCIES), "Consistency of this replica with the others.")
            .at("", "consistency_mode")
            .or(Default::String("EVENTUAL")),
        Field::new("encryption", Type::Object(ENCRYPTION), "Encryption at rest; a replica is always encrypted."),
        Field::new("point_in_time_recovery", Type::Object(RECOVERY), "Continuous backups in this Region."),
        Field::new("deletion_protection", Type::Bool, "Whether the replica refuses to be deleted.")
            .at("DeletionProtectionEnabled", "deletion_protection_enabled")
            .or(Default::Bool(false)),
        Field::new("table_class", Type::Enum(common::TABLE_CLASSES), "The price class in this Region.")
            .at("TableClass", "")
            .or(Default::String("STANDARD")),
        Field::new("tags", Type::Map(&Type::String), "Tags in this Region; those of the table where they propagate.")
            .at("Tags", "")
            .or(Default::EmptyMap),
        Field::new("propagate_tags", Type::Bool, "Terraform: whether the table's tags are copied to the replica.")
            .at("", "propagate_tags")
            .or(Default::Bool(false)),
        Field::new("capacity", Type::Object(CAPACITY), "Provisioned capacity in this Region."),
        Field::new("on_demand", Type::Object(ON_DEMAND), "Limits of on-demand capacity in this Region."),
        common::READ_SCALING,
        Field::new("contributor_insights", Type::Object(INSIGHTS), "CloudWatch Contributor Insights in this Region."),
        Field::new(
            "index_settings",
            Type::List(&Type::Object(INDEX_SETTINGS)),
            "What the replica sets for single global indexes.",
        )
        .at("GlobalSecondaryIndexes", "")
        .or(Default::EmptyList),
        Field::new(
            "kinesis_destinations",
            Type::List(&Type::Link(Subject::KinesisDestination)),
            "The Kinesis streams that changes in this Region are sent to.",
        ),
        Field::new(
            "resource_policies",
            Type::List(&Type::Link(Subject::ResourcePolicy)),
            "The policies on the replica and on its stream.",
        ),
    ],
};

const ENCRYPTION: &[Field] = &[
    Field::new("enabled", Type::Bool, "Whether a key in AWS KMS is used; the table decides it for all replicas."),
    Field::new("kms_key", Type::String, "The key's id, ARN or alias; absent where null or empty.")
        .at("SSESpecification.KMSMasterKeyId", "kms_key_arn"),
    Field::new("key_class", Type::Enum(common::KEY_CLASSES), "Whose key protects the replica."),
    Field::new("key", Type::Link(Subject::Key), "The key, where the project manages it."),
];

const RECOVERY: &[Field] = &[
    common::RECOVERY_ENABLED
        .at("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", "point_in_time_recovery"),
    common::RECOVERY_PERIOD.at("PointInTimeRecoverySpecification.RecoveryPeriodInDays", ""),
    common::RECOVERY_ENABLED_WRITTEN,
    common::RECOVERY_PERIOD_WRITTEN,
];

const CAPACITY: &[Field] = &[
    Field::new("read", Type::Integer, "Fixed read capacity units.")
        .at("ReadProvisionedThroughputSettings.ReadCapacityUnits", ""),
    common::READ_GIVEN,
];

const ON_DEMAND: &[Field] =
    &[Field::new("max_reads", Type::Integer, "The most reads; absent where there is no maximum (-1 means none).")
        .at("ReadOnDemandThroughputSettings.MaxReadRequestUnits", "")];

const INSIGHTS: &[Field] = &[
    common::INSIGHTS_ENABLED.at("ContributorInsightsSpecification.Enabled", ""),
    common::INSIGHTS_MODE.at("ContributorInsightsSpecification.Mode", ""),
];

const INDEX_SETTINGS: &[Field] = &[
    Field::new("name", Type::String, "The index's name.").at("IndexName", ""),
    Field::new("insights_enabled", Type::Bool, "Whether Contributor Insights is on for the index in this Region.")
        .at("ContributorInsightsSpecification.Enabled", "")
        .or(Default::Bool(false)),
    Field::new("insights_mode", Type::Enum(common::INSIGHTS_MODES), "Which keys it counts.")
        .at("ContributorInsightsSpecification.Mode", "")
        .or(Default::String("ACCESSED_AND_THROTTLED_KEYS")),
    Field::new("read", Type::Integer, "Fixed read capacity units of the index in this Region.")
        .at("ReadProvisionedThroughputSettings.ReadCapacityUnits", ""),
];
