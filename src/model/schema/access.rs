//! Keys, roles, statements and resource policies.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const KEY: SubjectSchema = SubjectSchema {
    subject: Subject::Key,
    doc: "A KMS key: `AWS::KMS::Key`, `AWS::KMS::ReplicaKey`, `aws_kms_key`, `aws_kms_replica_key`, with its aliases.",
    fields: fields![
        Field::new("name", Type::String, "The logical id or label."),
        Field::new("enabled", Type::Bool, "Whether it can be used.")
            .at("Enabled", "is_enabled")
            .or(Default::Bool(true)),
        Field::new("rotation", Type::Bool, "Whether its material rotates by itself.")
            .at("EnableKeyRotation", "enable_key_rotation")
            .or(Default::Bool(false)),
        Field::new("deletion_window_days", Type::Integer, "Days between asking for its deletion and losing it.")
            .at("PendingWindowInDays", "deletion_window_in_days")
            .or(Default::Integer(30)),
        Field::new("key_spec", Type::String, "The kind of key material.")
            .at("KeySpec", "customer_master_key_spec")
            .or(Default::String("SYMMETRIC_DEFAULT")),
        Field::new("key_usage", Type::String, "What the key is for.")
            .at("KeyUsage", "key_usage")
            .or(Default::String("ENCRYPT_DECRYPT")),
        Field::new("origin", Type::String, "Where its material comes from.")
            .at("Origin", "")
            .or(Default::String("AWS_KMS")),
        Field::new("multi_region", Type::Bool, "Whether it can have replicas in other Regions.")
            .at("MultiRegion", "multi_region")
            .or(Default::Bool(false)),
        Field::new("replica_key", Type::Bool, "Whether it is the replica of a key in another Region."),
        Field::new("policy", Type::Any, "The key policy as written.").at("KeyPolicy", "policy"),
        Field::new("statements", common::STATEMENTS, "The statements of the key policy."),
        Field::new("aliases", Type::List(&Type::String), "The aliases that the project gives it."),
        Field::new("tables", Type::List(&Type::Link(Subject::Table)), "The tables that it encrypts."),
        Field::new("replicas", Type::List(&Type::Link(Subject::Replica)), "The replicas that it encrypts."),
    ],
};

pub(super) const ROLE: SubjectSchema = SubjectSchema {
    subject: Subject::Role,
    doc: "An IAM role: `AWS::IAM::Role`, `aws_iam_role`, with its policies however they are attached.",
    fields: fields![
        Field::new("name", Type::String, "The role's name; the logical id where no name is written.")
            .at("RoleName", "name"),
        Field::new("trust", common::STATEMENTS, "The statements of the trust policy."),
        Field::new("trusted_services", Type::List(&Type::String), "The services that may assume it."),
        Field::new(
            "other_principals",
            Type::List(&Type::String),
            "The principals other than services that may assume it.",
        ),
        Field::new(
            "end_users",
            Type::Bool,
            "Whether end users of a web identity provider may assume it: of Cognito identity pools, Google, Facebook, \
             Amazon or Apple.",
        ),
        Field::new("statements", common::STATEMENTS, "All statements of its policies; open where one is not known."),
        Field::new("managed_policies", Type::List(&Type::String), "The ARNs of the managed policies attached to it.")
            .at("ManagedPolicyArns", "managed_policy_arns")
            .or(Default::EmptyList),
        Field::new("grants", Type::List(&Type::Link(Subject::Grant)), "Its statements that touch DynamoDB or DAX."),
        Field::new("clients", Type::List(&Type::Link(Subject::Client)), "The clients that run with it."),
    ],
};

pub(super) const GRANT: SubjectSchema = SubjectSchema {
    subject: Subject::Grant,
    doc: "One statement of an identity policy that touches DynamoDB or DAX, or one AWS managed policy attached to a role, \
          user or group.",
    fields: fields![
        Field::new("name", Type::String, "The statement's id, or the managed policy's name."),
        Field::new("sid", Type::String, "The statement's id."),
        Field::new("effect", Type::Enum(&["Allow", "Deny"]), "What it does."),
        Field::new("actions", Type::List(&Type::String), "The action patterns it names, as written."),
        Field::new("not_actions", Type::List(&Type::String), "The action patterns it leaves out."),
        Field::new("resources", Type::List(&Type::String), "The resource patterns it names."),
        Field::new("not_resources", Type::List(&Type::String), "The resource patterns it leaves out."),
        Field::new("conditions", common::CONDITIONS, "Its conditions, one entry for each operator and key."),
        Field::new("managed_policy", Type::String, "The ARN of the AWS managed policy; absent for a statement."),
        Field::new("sam_template", Type::String, "The SAM policy template that it comes from."),
        Field::new(
            "boundary",
            Type::Bool,
            "Whether it only stands in a permissions boundary, which grants nothing by itself.",
        ),
        Field::new(
            "roles",
            Type::List(&Type::Link(Subject::Role)),
            "The roles that it applies to; one from elsewhere leaves the list open.",
        ),
        Field::new(
            "users",
            Type::List(&Type::Object(USER)),
            "The users that it applies to, also through a group of the project.",
        ),
        Field::new("groups", Type::List(&Type::String), "The names of the groups that it applies to."),
        Field::new("tables", Type::List(&Type::Link(Subject::Table)), "The tables of the project that it names."),
        Field::new("indexes", Type::List(&Type::Link(Subject::Index)), "The indexes of the project that it names."),
        Field::new(
            "missing_indexes",
            Type::List(&Type::String),
            "The names of indexes that it names of a table of the project, and that the table does not have.",
        ),
        Field::new(
            "outside_tables",
            Type::List(&Type::String),
            "The names of tables that are written out in its resources, once each, and that no table of the project has.",
        ),
    ],
};

const USER: &[Field] = &[
    Field::new("name", Type::String, "The user's name, or its logical id or label."),
    Field::new("access_keys", Type::List(&Type::String), "The addresses of the access keys that the project makes."),
];

pub(super) const RESOURCE_POLICY: SubjectSchema = SubjectSchema {
    subject: Subject::ResourcePolicy,
    doc: "The policy on a table, replica or stream: `ResourcePolicy`, `aws_dynamodb_resource_policy`.",
    fields: fields![
        Field::new("name", Type::String, "The name of what it stands on."),
        Field::new("document", Type::Any, "The policy document as written."),
        Field::new("statements", common::STATEMENTS, "Its statements."),
        Field::new("size", Type::Integer, "The length of the compact document in bytes, where all of it is known."),
        Field::new("on_stream", Type::Bool, "Whether it stands on the stream rather than the table."),
        Field::new("resource_arn", Type::String, "The ARN that a separate resource names.").at("", "resource_arn"),
        Field::new("table", Type::Link(Subject::Table), "The table, where the project manages it."),
        Field::new("replica", Type::Link(Subject::Replica), "The replica that it is written in, if it is."),
    ],
};
