//! What the model knows: every subject with its fields, their types, meanings and defaults, and the place of each
//! field in each language.
//!
//! One table serves four ends: reading resources into the model, writing fixes back, checking policies when they are
//! compiled, and documentation. This file holds the types of that table; the files beside it hold its rows.
//! It uses nothing from the rest of the crate, because the build script compiles it too.

/// The kinds of things that policies judge or follow links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Table,
    Index,
    Replica,
    DaxCluster,
    DaxSubnetGroup,
    DaxParameterGroup,
    ScalingTarget,
    ScalingPolicy,
    StreamConsumer,
    KinesisDestination,
    TableExport,
    BackupPlan,
    Alarm,
    Endpoint,
    Grant,
    ResourcePolicy,
    Key,
    Trail,
    Function,
    Client,
    Api,
    StateMachine,
    Crawler,
    Canary,
    DnsRecord,
    RoutingControl,
    Stack,
    SecurityGroup,
    Subnet,
    Role,
}

impl Subject {
    /// All subjects with the names that pages, commands and reports use.
    pub const ALL: &'static [(Subject, &'static str)] = &[
        (Subject::Table, "table"),
        (Subject::Index, "index"),
        (Subject::Replica, "replica"),
        (Subject::DaxCluster, "dax_cluster"),
        (Subject::DaxSubnetGroup, "dax_subnet_group"),
        (Subject::DaxParameterGroup, "dax_parameter_group"),
        (Subject::ScalingTarget, "scaling_target"),
        (Subject::ScalingPolicy, "scaling_policy"),
        (Subject::StreamConsumer, "stream_consumer"),
        (Subject::KinesisDestination, "kinesis_destination"),
        (Subject::TableExport, "table_export"),
        (Subject::BackupPlan, "backup_plan"),
        (Subject::Alarm, "alarm"),
        (Subject::Endpoint, "endpoint"),
        (Subject::Grant, "grant"),
        (Subject::ResourcePolicy, "resource_policy"),
        (Subject::Key, "key"),
        (Subject::Trail, "trail"),
        (Subject::Function, "function"),
        (Subject::Client, "client"),
        (Subject::Api, "api"),
        (Subject::StateMachine, "state_machine"),
        (Subject::Crawler, "crawler"),
        (Subject::Canary, "canary"),
        (Subject::DnsRecord, "dns_record"),
        (Subject::RoutingControl, "routing_control"),
        (Subject::Stack, "stack"),
        (Subject::SecurityGroup, "security_group"),
        (Subject::Subnet, "subnet"),
        (Subject::Role, "role"),
    ];

    /// The name that pages use: `dax_cluster`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(subject, _)| *subject == self).map_or("", |(_, name)| name)
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(subject, _)| *subject)
    }
}

/// The type of a field, for checking policies and reading values ("true" and true are one thing to a bool field).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    Bool,
    Integer,
    Number,
    String,
    /// A string out of a closed set.
    Enum(&'static [&'static str]),
    List(&'static Type),
    /// A map from text to values of one type (tags).
    Map(&'static Type),
    /// A group of named fields.
    Object(&'static [Field]),
    /// A link to an entity.
    Link(Subject),
    /// Anything at all (policy documents).
    Any,
}

/// What the service or language does when nobody wrote a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    Bool(bool),
    Integer(i64),
    String(&'static str),
    EmptyList,
    EmptyMap,
}

/// Where a field stands in a language: the way of attribute names from the entity's own block, with dots
/// (`PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled`); empty where the language does not have it there
/// or where it takes code to read.
pub type Path = &'static str;

/// One field of a subject or of a group within it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub ty: Type,
    /// What it means, its unit, and anything that one should know; one or two sentences.
    pub doc: &'static str,
    /// In `AWS::DynamoDB::Table` and the other CloudFormation types of the subject.
    pub cloudformation: Path,
    /// In the Terraform resource of the subject.
    pub terraform: Path,
    /// What holds when nobody wrote it; `None` where absent stays absent.
    pub default: Option<Default>,
}

/// The schema of one subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SubjectSchema {
    pub subject: Subject,
    pub doc: &'static str,
    pub fields: &'static [Field],
}
