//! Fields that every subject has, and groups that several share.

use super::{Default, Field, Type};

pub(super) const ADDRESS: Field = Field::new(
    "address",
    Type::String,
    "The resource's address in its project; for a part of a resource it goes on with `/` and the part's name.",
);
pub(super) const LOGICAL_NAME: Field =
    Field::new("logical_name", Type::String, "The logical id (CloudFormation) or label (Terraform) of the resource.");
pub(super) const LANGUAGE: Field =
    Field::new("language", Type::Enum(&["cloudformation", "sam", "terraform"]), "The language of the project.");
pub(super) const RESOURCE_TYPE: Field = Field::new(
    "resource_type",
    Type::String,
    "The type of the resource in its language: `AWS::DynamoDB::Table`, `aws_dynamodb_table`.",
);
pub(super) const MANAGED: Field = Field::new(
    "managed",
    Type::Bool,
    "Whether the analysed code manages it; what is only read (data sources) is not judged.",
);
pub(super) const REGION: Field =
    Field::new("region", Type::String, "The Region it is deployed to, as far as that is known.");

/// The fields of a subject, after those that all subjects have. Its caller imports [`super::common`].
macro_rules! fields {
    ($($field:expr),* $(,)?) => {
        &[
            common::ADDRESS,
            common::LOGICAL_NAME,
            common::LANGUAGE,
            common::RESOURCE_TYPE,
            common::MANAGED,
            common::REGION,
            $($field),*
        ]
    };
}
pub(super) use fields;

pub(super) const BILLING_MODES: &[&str] = &["PROVISIONED", "PAY_PER_REQUEST"];
pub(super) const ATTRIBUTE_TYPES: &[&str] = &["S", "N", "B"];
pub(super) const KEY_TYPES: &[&str] = &["HASH", "RANGE"];
pub(super) const TABLE_CLASSES: &[&str] = &["STANDARD", "STANDARD_INFREQUENT_ACCESS"];
pub(super) const STREAM_VIEW_TYPES: &[&str] = &["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];
pub(super) const CONSISTENCIES: &[&str] = &["EVENTUAL", "STRONG"];
pub(super) const INSIGHTS_MODES: &[&str] = &["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"];
pub(super) const KEY_CLASSES: &[&str] = &["aws-owned", "aws-managed", "customer-managed"];
pub(super) const PRECISIONS: &[&str] = &["MICROSECOND", "MILLISECOND"];
pub(super) const DELETION_POLICIES: &[&str] = &["Retain", "RetainExceptOnCreate", "Snapshot", "Delete"];
pub(super) const DIRECTIONS: &[&str] = &["read", "write"];

/// One attribute of a key schema.
pub(super) const KEY: Type = Type::Object(&[
    Field::new("name", Type::String, "The attribute's name.").at("AttributeName", "attribute_name"),
    Field::new("key_type", Type::Enum(KEY_TYPES), "HASH for partition keys, RANGE for sort keys.")
        .at("KeyType", "key_type"),
    Field::new(
        "attribute_type",
        Type::Enum(ATTRIBUTE_TYPES),
        "The attribute's type, where its definition is known; S, N or B in every language.",
    ),
]);
pub(super) const KEYS: Type = Type::List(&KEY);

const KEY_NAMES: Type = Type::List(&Type::String);

pub(super) const PARTITION_KEYS: Field =
    Field::new("partition_keys", KEY_NAMES, "The names of the HASH attributes, in order.");
pub(super) const SORT_KEYS: Field = Field::new("sort_keys", KEY_NAMES, "The names of the RANGE attributes, in order.");

pub(super) const RECOVERY_ENABLED: Field =
    Field::new("enabled", Type::Bool, "Whether it can be restored to any second of the recovery period.")
        .or(Default::Bool(false));
pub(super) const RECOVERY_PERIOD: Field =
    Field::new("period_days", Type::Integer, "How many days back one can restore, 1 to 35.").or(Default::Integer(35));
pub(super) const RECOVERY_ENABLED_WRITTEN: Field =
    Field::new("enabled_written", Type::Bool, "Whether the code says if recovery is on.");
pub(super) const RECOVERY_PERIOD_WRITTEN: Field =
    Field::new("period_written", Type::Bool, "Whether the code gives the period.");

pub(super) const INSIGHTS_ENABLED: Field =
    Field::new("enabled", Type::Bool, "Whether the busiest keys are shown in CloudWatch.").or(Default::Bool(false));
pub(super) const INSIGHTS_MODE: Field =
    Field::new("mode", Type::Enum(INSIGHTS_MODES), "Which keys are counted: all accessed ones or only throttled ones.")
        .or(Default::String("ACCESSED_AND_THROTTLED_KEYS"));

pub(super) const READ_SCALING: Field = Field::new(
    "read_scaling",
    Type::List(&Type::Link(super::Subject::ScalingTarget)),
    "The scaling targets of its read capacity; empty where reads are not scaled.",
);
pub(super) const WRITE_SCALING: Field = Field::new(
    "write_scaling",
    Type::List(&Type::Link(super::Subject::ScalingTarget)),
    "The scaling targets of its write capacity; empty where writes are not scaled.",
);
pub(super) const SCALING_POLICIES: Field = Field::new(
    "scaling_policies",
    Type::List(&Type::Link(super::Subject::ScalingPolicy)),
    "The scaling policies that change its capacity, in either direction.",
);

pub(super) const READ_GIVEN: Field = Field::new(
    "read_given",
    Type::Bool,
    "Whether the code gives the read capacity, as a number or as an auto scaling block.",
);
pub(super) const WRITE_GIVEN: Field = Field::new(
    "write_given",
    Type::Bool,
    "Whether the code gives the write capacity, as a number or as an auto scaling block.",
);

/// One statement of a policy document, brought into one form: single values are lists of one.
pub(super) const STATEMENT: Type = Type::Object(&[
    Field::new("sid", Type::String, "The statement's id."),
    Field::new("effect", Type::Enum(&["Allow", "Deny"]), "What it does.").or(Default::String("Deny")),
    Field::new("actions", Type::List(&Type::String), "The action patterns it names, as written."),
    Field::new("not_actions", Type::List(&Type::String), "The action patterns it leaves out."),
    Field::new("resources", Type::List(&Type::String), "The resource patterns it names."),
    Field::new("not_resources", Type::List(&Type::String), "The resource patterns it leaves out."),
    Field::new(
        "principals",
        Type::List(&PRINCIPAL),
        "Whom it is about, one entry a principal; empty in identity policies.",
    ),
    Field::new("not_principals", Type::List(&PRINCIPAL), "Whom it leaves out."),
    Field::new("conditions", CONDITIONS, "Its conditions, one entry for each operator and key."),
]);
pub(super) const STATEMENTS: Type = Type::List(&STATEMENT);

const PRINCIPAL: Type = Type::Object(&[
    Field::new("type", Type::String, "`AWS`, `Service`, `Federated`, `CanonicalUser`; `*` for everyone."),
    Field::new("id", Type::String, "The ARN, account, service or `*`."),
    Field::new("account", Type::String, "The account of a principal of the type `AWS`; absent for everyone."),
]);

pub(super) const CONDITIONS: Type = Type::List(&CONDITION);

const CONDITION: Type = Type::Object(&[
    Field::new("operator", Type::String, "The operator as written, with its set prefix and `IfExists`."),
    Field::new("key", Type::String, "The condition key as written."),
    Field::new("values", Type::List(&Type::String), "The values that it is held against."),
]);
