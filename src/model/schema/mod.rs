//! What the model knows: every subject with its fields, their types, meanings and defaults, and the place of each
//! field in each language.
//!
//! One table serves four ends: reading resources into the model, writing fixes back, checking policies when they are
//! compiled, and documentation. This file holds the types of that table and the look-ups in it; the files beside it
//! hold its rows. The folder uses nothing from the rest of the crate, because the build script compiles it too.

mod access;
mod backup;
mod common;
mod dax;
mod index;
mod lookup;
mod monitoring;
mod network;
mod operations;
mod place;
mod replica;
mod scaling;
mod stream;
mod table;

pub use lookup::{Missing, closest, field, fields_of, resolve, subject};
pub use place::{PLACES, Places, place};

/// The schema of every subject, in the order of [`Subject::ALL`].
pub const SUBJECTS: &[SubjectSchema] = &[
    table::TABLE,
    index::INDEX,
    replica::REPLICA,
    table::LEGACY_GLOBAL_TABLE,
    dax::CLUSTER,
    dax::SUBNET_GROUP,
    dax::PARAMETER_GROUP,
    scaling::TARGET,
    scaling::POLICY,
    stream::STREAM_CONSUMER,
    stream::KINESIS_DESTINATION,
    stream::TABLE_EXPORT,
    backup::BACKUP_PLAN,
    monitoring::ALARM,
    network::ENDPOINT,
    access::GRANT,
    access::RESOURCE_POLICY,
    access::KEY,
    monitoring::TRAIL,
    operations::FUNCTION,
    operations::CLIENT,
    operations::API,
    operations::STATE_MACHINE,
    operations::CRAWLER,
    operations::CANARY,
    operations::DNS_RECORD,
    operations::ROUTING_CONTROL,
    operations::STACK,
    network::SECURITY_GROUP,
    network::SUBNET,
    access::ROLE,
];

/// The kinds of things that policies judge or follow links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Table,
    Index,
    Replica,
    /// A table group of version 2017.11.29 of global tables (`aws_dynamodb_global_table`).
    LegacyGlobalTable,
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
        (Subject::LegacyGlobalTable, "legacy_global_table"),
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
/// or where it takes code to read. The fields of a group have their whole way, those of a list's items the way from
/// the item.
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

impl Field {
    /// A field that code reads or derives, without a default.
    #[must_use]
    pub const fn new(name: &'static str, ty: Type, doc: &'static str) -> Self {
        Self { name, ty, doc, cloudformation: "", terraform: "", default: None }
    }

    /// The field with its places in CloudFormation and Terraform.
    #[must_use]
    pub const fn at(mut self, cloudformation: Path, terraform: Path) -> Self {
        self.cloudformation = cloudformation;
        self.terraform = terraform;
        self
    }

    /// The field with what holds when nobody wrote it.
    #[must_use]
    pub const fn or(mut self, default: Default) -> Self {
        self.default = Some(default);
        self
    }
}

/// The schema of one subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SubjectSchema {
    pub subject: Subject,
    pub doc: &'static str,
    pub fields: &'static [Field],
}
