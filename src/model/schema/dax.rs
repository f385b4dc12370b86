//! DynamoDB Accelerator: clusters, subnet groups and parameter groups.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const CLUSTER: SubjectSchema = SubjectSchema {
    subject: Subject::DaxCluster,
    doc: "A DAX cluster: `AWS::DAX::Cluster`, `aws_dax_cluster`.",
    fields: fields![
        Field::new("name", Type::String, "The cluster's name; the logical id where no name is written.")
            .at("ClusterName", "cluster_name"),
        Field::new("name_set", Type::Bool, "Whether the code gives the cluster a name of its own."),
        Field::new("node_type", Type::String, "The type of its nodes: `dax.r5.large`.").at("NodeType", "node_type"),
        Field::new("node_count", Type::Integer, "How many nodes it has, the primary one included.")
            .at("ReplicationFactor", "replication_factor"),
        Field::new("zones", Type::List(&Type::String), "The Availability Zones listed for its nodes.")
            .at("AvailabilityZones", "availability_zones")
            .or(Default::EmptyList),
        Field::new("zones_written", Type::Bool, "Whether Availability Zones are listed."),
        Field::new(
            "literal_zones",
            Type::List(&Type::String),
            "The listed zones whose names are written out, not taken from a function, data source, parameter or variable.",
        ),
        Field::new("encryption_at_rest", Type::Bool, "Whether its nodes' disks are encrypted.")
            .at("SSESpecification.SSEEnabled", "server_side_encryption.enabled")
            .or(Default::Bool(false)),
        Field::new("endpoint_encryption", Type::Enum(&["NONE", "TLS"]), "Encryption between clients and cluster.")
            .at("ClusterEndpointEncryptionType", "cluster_endpoint_encryption_type")
            .or(Default::String("NONE")),
        Field::new("network_type", Type::Enum(&["ipv4", "ipv6", "dual_stack"]), "The addresses its nodes have.")
            .at("NetworkType", "network_type"),
        Field::new("role_arn", Type::String, "The ARN of the role with which it reaches tables.")
            .at("IAMRoleARN", "iam_role_arn"),
        Field::new("role", Type::Link(Subject::Role), "The role, where the project manages it."),
        Field::new("subnet_group_name", Type::String, "The subnet group's name.")
            .at("SubnetGroupName", "subnet_group_name"),
        Field::new("subnet_group", Type::Link(Subject::DaxSubnetGroup), "The subnet group."),
        Field::new("parameter_group_name", Type::String, "The parameter group's name.")
            .at("ParameterGroupName", "parameter_group_name"),
        Field::new("parameter_group", Type::Link(Subject::DaxParameterGroup), "The parameter group."),
        Field::new("security_group_ids", Type::List(&Type::String), "The ids of its security groups.")
            .at("SecurityGroupIds", "security_group_ids")
            .or(Default::EmptyList),
        Field::new(
            "security_groups",
            Type::List(&Type::Link(Subject::SecurityGroup)),
            "Its security groups; one from elsewhere leaves the list open.",
        ),
        Field::new("maintenance_window", Type::String, "When it may be maintained: `sun:05:00-sun:06:00` in UTC.")
            .at("PreferredMaintenanceWindow", "maintenance_window"),
        Field::new("notification_topic", Type::String, "The SNS topic that is told of its events.")
            .at("NotificationTopicARN", "notification_topic_arn"),
        Field::new("description", Type::String, "What people wrote about it.").at("Description", "description"),
        Field::new("tags", Type::Map(&Type::String), "Tags, those of the provider included.")
            .at("Tags", "tags")
            .or(Default::EmptyMap),
        Field::new("tables", Type::List(&Type::Link(Subject::Table)), "The tables that its role reaches."),
        Field::new("alarms", Type::List(&Type::Link(Subject::Alarm)), "The alarms that read metrics of the cluster."),
        Field::new("clients", Type::List(&Type::Link(Subject::Client)), "What refers to the cluster's endpoint."),
        Field::new(
            "referenced",
            Type::Bool,
            "Whether anything in the project, or an output, refers to its endpoint or ARN.",
        ),
    ],
};

pub(super) const SUBNET_GROUP: SubjectSchema = SubjectSchema {
    subject: Subject::DaxSubnetGroup,
    doc: "Where the nodes of a DAX cluster may stand: `AWS::DAX::SubnetGroup`, `aws_dax_subnet_group`.",
    fields: fields![
        Field::new("name", Type::String, "The group's name; the logical id where no name is written.")
            .at("SubnetGroupName", "name"),
        Field::new("description", Type::String, "What people wrote about it.").at("Description", "description"),
        Field::new("subnet_ids", Type::List(&Type::String), "The ids of its subnets.")
            .at("SubnetIds", "subnet_ids")
            .or(Default::EmptyList),
        Field::new(
            "subnets",
            Type::List(&Type::Link(Subject::Subnet)),
            "Its subnets; one from elsewhere leaves the list open.",
        ),
    ],
};

pub(super) const PARAMETER_GROUP: SubjectSchema = SubjectSchema {
    subject: Subject::DaxParameterGroup,
    doc: "How long a DAX cluster keeps what it cached: `AWS::DAX::ParameterGroup`, `aws_dax_parameter_group`.",
    fields: fields![
        Field::new("name", Type::String, "The group's name; the logical id where no name is written.")
            .at("ParameterGroupName", "name"),
        Field::new("description", Type::String, "What people wrote about it.").at("Description", "description"),
        Field::new("parameters", Type::Map(&Type::String), "The parameters by name.")
            .at("ParameterNameValues", "")
            .or(Default::EmptyMap),
        Field::new("record_ttl_ms", Type::Integer, "How long items stay cached, in milliseconds; absent: 5 minutes."),
        Field::new(
            "query_ttl_ms",
            Type::Integer,
            "How long query and scan results stay cached, in milliseconds; absent: 5 minutes.",
        ),
    ],
};
