//! VPC endpoints, security groups and subnets.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const ENDPOINT: SubjectSchema = SubjectSchema {
    subject: Subject::Endpoint,
    doc: "A VPC endpoint for DynamoDB, its streams or the DAX management API: `AWS::EC2::VPCEndpoint`, \
          `aws_vpc_endpoint` with its association and policy resources.",
    fields: fields![
        Field::new("name", Type::String, "The logical id or label."),
        Field::new("service_name", Type::String, "The full name of the service: `com.amazonaws.eu-west-1.dynamodb`.")
            .at("ServiceName", "service_name"),
        Field::new(
            "service",
            Type::Enum(&["dynamodb", "dynamodb-streams", "dax"]),
            "Which of the services it is, from the known end of the full name.",
        ),
        Field::new(
            "type",
            Type::Enum(&["Gateway", "Interface", "GatewayLoadBalancer", "ServiceNetwork", "Resource", "Tunnel"]),
            "The kind of endpoint.",
        )
        .at("VpcEndpointType", "vpc_endpoint_type")
        .or(Default::String("Gateway")),
        Field::new("vpc_id", Type::String, "The VPC that it stands in.").at("VpcId", "vpc_id"),
        Field::new(
            "policy",
            Type::Any,
            "The policy document as written, also from a separate resource; absent means that everything is allowed.",
        )
        .at("PolicyDocument", "policy"),
        Field::new("statements", common::STATEMENTS, "The statements of the policy; absent where there is no policy."),
        Field::new("route_table_ids", Type::List(&Type::String), "Its route tables, separate associations included.")
            .at("RouteTableIds", "route_table_ids")
            .or(Default::EmptyList),
        Field::new("subnet_ids", Type::List(&Type::String), "Its subnets, separate associations included.")
            .at("SubnetIds", "subnet_ids")
            .or(Default::EmptyList),
        Field::new(
            "security_group_ids",
            Type::List(&Type::String),
            "Its security groups, separate associations included.",
        )
        .at("SecurityGroupIds", "security_group_ids")
        .or(Default::EmptyList),
        Field::new("private_dns", Type::Bool, "Whether the service's public name leads to it.")
            .at("PrivateDnsEnabled", "private_dns_enabled")
            .or(Default::Bool(false)),
        Field::new("siblings", Type::List(&Type::Link(Subject::Endpoint)), "The other endpoints in the same VPC.",),
        Field::new(
            "vpc_connected",
            Type::Bool,
            "Whether the project connects the VPC to other networks: by peering, transit gateway, VPN or Direct \
             Connect.",
        ),
    ],
};

pub(super) const SECURITY_GROUP: SubjectSchema = SubjectSchema {
    subject: Subject::SecurityGroup,
    doc: "A security group with all its ingress rules, however they are written.",
    fields: fields![
        Field::new("name", Type::String, "The group's name; the logical id where no name is written.")
            .at("GroupName", "name"),
        Field::new("vpc_id", Type::String, "The VPC that it belongs to.").at("VpcId", "vpc_id"),
        Field::new(
            "ingress",
            Type::List(&Type::Object(RULE)),
            "What is let in: one entry for each range or source of each rule, separate rule resources included.",
        ),
    ],
};

const RULE: &[Field] = &[
    Field::new("protocol", Type::String, "`tcp`, `udp`, `icmp`, a number; `-1` for all.").at("IpProtocol", "protocol"),
    Field::new("from_port", Type::Integer, "The first port; absent or -1 for all.").at("FromPort", "from_port"),
    Field::new("to_port", Type::Integer, "The last port; absent or -1 for all.").at("ToPort", "to_port"),
    Field::new("cidr", Type::String, "The IPv4 range that is let in.").at("CidrIp", ""),
    Field::new("cidr_ipv6", Type::String, "The IPv6 range that is let in.").at("CidrIpv6", ""),
    Field::new("source_group", Type::String, "The security group that is let in.").at("SourceSecurityGroupId", ""),
    Field::new("prefix_list", Type::String, "The prefix list that is let in.").at("SourcePrefixListId", ""),
];

pub(super) const SUBNET: SubjectSchema = SubjectSchema {
    subject: Subject::Subnet,
    doc: "A subnet with what its route table says about it.",
    fields: fields![
        Field::new("name", Type::String, "The logical id or label."),
        Field::new("vpc_id", Type::String, "The VPC that it belongs to.").at("VpcId", "vpc_id"),
        Field::new("zone", Type::String, "Its Availability Zone.").at("AvailabilityZone", "availability_zone"),
        Field::new("public_addresses", Type::Bool, "Whether what starts in it gets a public address.")
            .at("MapPublicIpOnLaunch", "map_public_ip_on_launch")
            .or(Default::Bool(false)),
        Field::new("route_table_id", Type::String, "The route table that it is associated with."),
        Field::new(
            "public",
            Type::Bool,
            "Whether its route table leads to an internet gateway, or, without a route table in the project, it gives \
             out public addresses; only ever true on evidence.",
        ),
    ],
};
