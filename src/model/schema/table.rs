//! Tables, and the legacy groups of tables.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const TABLE: SubjectSchema = SubjectSchema {
    subject: Subject::Table,
    doc: "A DynamoDB table: `AWS::DynamoDB::Table`, `AWS::DynamoDB::GlobalTable`, `AWS::Serverless::SimpleTable`, \
          `aws_dynamodb_table` with the resources that set something of it.",
    fields: fields![
        Field::new("name", Type::String, "The table's name; the logical id where no name is written.")
            .at("TableName", "name"),
        Field::new("name_set", Type::Bool, "Whether the code gives the table a name of its own."),
        Field::new(
            "simple",
            Type::Bool,
            "Whether it is an `AWS::Serverless::SimpleTable`, which has few settings of its own.",
        ),
        Field::new(
            "regional_settings",
            Type::Bool,
            "Whether the table itself carries the settings that DynamoDB keeps per Region (recovery, protection, class, \
             tags, key, insights); false for `AWS::DynamoDB::GlobalTable`, whose replicas carry them. Where it is \
             false, these fields are absent.",
        ),
        Field::new("billing_mode", Type::Enum(common::BILLING_MODES), "How capacity is paid for.")
            .at("BillingMode", "billing_mode")
            .or(Default::String("PROVISIONED")),
        Field::new("billing_mode_written", Type::Bool, "Whether the code says the billing mode."),
        Field::new("capacity", Type::Object(CAPACITY), "Provisioned capacity, in units."),
        Field::new("on_demand", Type::Object(ON_DEMAND), "Limits of on-demand capacity, in request units a second."),
        Field::new("warm_throughput", Type::Object(WARM_THROUGHPUT), "What the table can serve at once."),
        Field::new("keys", common::KEYS, "The key schema, in order.").at("KeySchema", "").or(Default::EmptyList),
        common::PARTITION_KEYS,
        common::SORT_KEYS,
        Field::new("partition_key", Type::String, "The name of the first HASH attribute."),
        Field::new("sort_key", Type::String, "The name of the first RANGE attribute; absent where there is none."),
        Field::new(
            "attribute_definitions",
            Type::List(&Type::Object(ATTRIBUTE_DEFINITION)),
            "The attributes that the table defines for its keys and indexes.",
        )
        .at("AttributeDefinitions", "attribute")
        .or(Default::EmptyList),
        Field::new(
            "vector_attributes",
            Type::List(&Type::String),
            "The attributes that the search schemas of vector indexes name.",
        ),
        Field::new("indexes", INDEXES, "All indexes, global ones first, in the order of the source."),
        Field::new("global_indexes", INDEXES, "The global secondary indexes."),
        Field::new("local_indexes", INDEXES, "The local secondary indexes."),
        Field::new(
            "replicas",
            Type::List(&Type::Link(Subject::Replica)),
            "The replicas. In `AWS::DynamoDB::GlobalTable` the home Region's is one of them; in Terraform the table \
             itself is the home replica and is not in the list.",
        ),
        Field::new(
            "regions",
            Type::List(&Type::String),
            "The Regions that hold the table's data, the home Region among them.",
        ),
        Field::new("witness_regions", Type::List(&Type::String), "The Regions of witnesses, which hold no data."),
        Field::new("consistency", Type::Enum(common::CONSISTENCIES), "Consistency between Regions.")
            .at("MultiRegionConsistency", "")
            .or(Default::String("EVENTUAL")),
        Field::new("source_table_arn", Type::String, "The table of another account that this one replicates.",)
            .at("GlobalTableSourceArn", ""),
        Field::new("encryption", Type::Object(ENCRYPTION), "Encryption at rest; a table is always encrypted."),
        Field::new("point_in_time_recovery", Type::Object(RECOVERY), "Continuous backups."),
        Field::new("ttl", Type::Object(TTL), "Expiry of items."),
        Field::new("stream", Type::Object(STREAM), "The table's DynamoDB stream."),
        Field::new("tags", Type::Map(&Type::String), "Tags, those of the provider and of separate resources included.")
            .at("Tags", "tags")
            .or(Default::EmptyMap),
        Field::new("deletion_protection", Type::Bool, "Whether the table refuses to be deleted.")
            .at("DeletionProtectionEnabled", "deletion_protection_enabled")
            .or(Default::Bool(false)),
        Field::new("table_class", Type::Enum(common::TABLE_CLASSES), "The price class of the table.")
            .at("TableClass", "table_class")
            .or(Default::String("STANDARD")),
        Field::new("contributor_insights", Type::Object(INSIGHTS), "CloudWatch Contributor Insights."),
        Field::new(
            "kinesis_destinations",
            Type::List(&Type::Link(Subject::KinesisDestination)),
            "The Kinesis streams that changes are sent to.",
        ),
        Field::new(
            "resource_policies",
            Type::List(&Type::Link(Subject::ResourcePolicy)),
            "The policies on the table itself and on its stream.",
        ),
        Field::new("deletion_policy", Type::Enum(common::DELETION_POLICIES), "CloudFormation's `DeletionPolicy`."),
        Field::new(
            "update_replace_policy",
            Type::Enum(common::DELETION_POLICIES),
            "CloudFormation's `UpdateReplacePolicy`."
        ),
        Field::new("prevent_destroy", Type::Bool, "Terraform's `lifecycle.prevent_destroy`.").or(Default::Bool(false)),
        Field::new(
            "ignore_changes",
            Type::List(&Type::String),
            "The attributes that Terraform's `lifecycle.ignore_changes` names; `all` for all of them.",
        ),
        Field::new(
            "scaling_targets",
            Type::List(&Type::Link(Subject::ScalingTarget)),
            "The scaling targets of the table itself, without those of its indexes.",
        ),
        common::SCALING_POLICIES,
        common::READ_SCALING,
        common::WRITE_SCALING,
        Field::new("restored", Type::Bool, "Whether the code restores the table from a backup or another table."),
        Field::new("import", Type::Object(IMPORT), "Where the table's first items are imported from."),
        Field::new(
            "stream_consumers",
            Type::List(&Type::Link(Subject::StreamConsumer)),
            "What reads the table's stream.",
        ),
        Field::new(
            "zero_etl",
            Type::Bool,
            "Whether a zero-ETL integration or a pipeline of OpenSearch Ingestion in the project reads it.",
        ),
        Field::new("backup_plans", Type::List(&Type::Link(Subject::BackupPlan)), "The backup plans that cover it."),
        Field::new("alarms", Type::List(&Type::Link(Subject::Alarm)), "The alarms that read metrics of the table."),
        Field::new(
            "dashboard_metrics",
            Type::List(&Type::Object(DASHBOARD_METRIC)),
            "What dashboards of the project show of the table; a search over the namespace shows every table.",
        ),
        Field::new("exports", Type::List(&Type::Link(Subject::TableExport)), "The exports of the table."),
        Field::new(
            "data_events",
            Type::Bool,
            "Whether a trail or event data store of the project logs reads and writes of its items.",
        ),
        Field::new(
            "stream_data_events",
            Type::Bool,
            "Whether a trail or event data store of the project logs the reading of its stream.",
        ),
        Field::new("grants", Type::List(&Type::Link(Subject::Grant)), "The statements that name the table."),
        Field::new("clients", Type::List(&Type::Link(Subject::Client)), "What uses the table."),
        Field::new(
            "dax_clusters",
            Type::List(&Type::Link(Subject::DaxCluster)),
            "The clusters whose role reaches the table.",
        ),
    ],
};

pub(super) const LEGACY_GLOBAL_TABLE: SubjectSchema = SubjectSchema {
    subject: Subject::LegacyGlobalTable,
    doc: "A group of tables of version 2017.11.29 of global tables: `aws_dynamodb_global_table`.",
    fields: fields![
        Field::new("name", Type::String, "The name that all member tables have.").at("", "name"),
        Field::new("regions", Type::List(&Type::String), "The Regions of its members."),
        Field::new("tables", Type::List(&Type::Link(Subject::Table)), "The members that the project manages."),
    ],
};

const INDEXES: Type = Type::List(&Type::Link(Subject::Index));

const DASHBOARD_METRIC: &[Field] = &[
    Field::new("name", Type::String, "The metric's name; absent for a search."),
    Field::new("expression", Type::String, "The search or query over the namespace."),
    Field::new("region", Type::String, "The Region that the widget or the metric names; absent where neither does."),
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

const ATTRIBUTE_DEFINITION: &[Field] = &[
    Field::new("name", Type::String, "The attribute's name.").at("AttributeName", "name"),
    Field::new("type", Type::Enum(common::ATTRIBUTE_TYPES), "S for text, N for numbers, B for bytes.")
        .at("AttributeType", "type"),
];

const ENCRYPTION: &[Field] = &[
    Field::new("enabled", Type::Bool, "Whether a key in AWS KMS is used instead of the key that AWS owns.")
        .at("SSESpecification.SSEEnabled", "server_side_encryption.enabled")
        .or(Default::Bool(false)),
    Field::new("kms_key", Type::String, "The key's id, ARN or alias; absent where null or empty.")
        .at("SSESpecification.KMSMasterKeyId", "server_side_encryption.kms_key_arn"),
    Field::new("sse_type", Type::Enum(&["KMS"]), "The kind of encryption.").at("SSESpecification.SSEType", ""),
    Field::new(
        "key_class",
        Type::Enum(common::KEY_CLASSES),
        "Whose key protects the table, derived from the fields beside it.",
    ),
    Field::new("key", Type::Link(Subject::Key), "The key, where the project manages it."),
];

const RECOVERY: &[Field] = &[
    common::RECOVERY_ENABLED
        .at("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", "point_in_time_recovery.enabled"),
    common::RECOVERY_PERIOD
        .at("PointInTimeRecoverySpecification.RecoveryPeriodInDays", "point_in_time_recovery.recovery_period_in_days"),
    common::RECOVERY_ENABLED_WRITTEN,
    common::RECOVERY_PERIOD_WRITTEN,
];

const TTL: &[Field] = &[
    Field::new("enabled", Type::Bool, "Whether items expire.")
        .at("TimeToLiveSpecification.Enabled", "ttl.enabled")
        .or(Default::Bool(false)),
    Field::new("attribute", Type::String, "The attribute that holds the time of expiry in epoch seconds.")
        .at("TimeToLiveSpecification.AttributeName", "ttl.attribute_name"),
];

const STREAM: &[Field] = &[
    Field::new("enabled", Type::Bool, "Whether changes are recorded.")
        .at("", "stream_enabled")
        .or(Default::Bool(false)),
    Field::new("view_type", Type::Enum(common::STREAM_VIEW_TYPES), "What of an item is recorded.")
        .at("StreamSpecification.StreamViewType", "stream_view_type"),
    Field::new(
        "referenced",
        Type::Bool,
        "Whether anything in the project, or an output, refers to the stream's ARN; absent where the stream is off.",
    ),
];

const INSIGHTS: &[Field] = &[
    common::INSIGHTS_ENABLED.at("ContributorInsightsSpecification.Enabled", ""),
    common::INSIGHTS_MODE.at("ContributorInsightsSpecification.Mode", ""),
    Field::new(
        "index_names",
        Type::List(&Type::String),
        "The index names that separate insights resources give for this table.",
    ),
];

const IMPORT: &[Field] = &[
    Field::new("written", Type::Bool, "Whether the table is created from an import."),
    Field::new("format", Type::Enum(&["CSV", "DYNAMODB_JSON", "ION"]), "The format of the imported files.")
        .at("ImportSourceSpecification.InputFormat", "import_table.input_format"),
    Field::new("compression", Type::Enum(&["GZIP", "ZSTD", "NONE"]), "Their compression.")
        .at("ImportSourceSpecification.InputCompressionType", "import_table.input_compression_type"),
];
