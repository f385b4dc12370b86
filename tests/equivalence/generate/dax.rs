//! DAX clusters with their groups.

use super::{BOOLS, Generator, Pair, ints, of, texts};
use crate::project::{Setting, text};

impl Generator<'_> {
    /// A cluster with a subnet group, a parameter group, a role and a security group, where it has them.
    pub(super) fn clusters(&mut self) {
        let mut pair = Pair::new("AWS::DAX::Cluster", "aws_dax_cluster");
        let name = self.required(&texts(&["cache", "cache-dev", "Cache--1"]));
        pair.put("ClusterName", "cluster_name", &name);
        let node =
            self.required(&texts(&["dax.r5.large", "dax.t3.small", "dax.r3.large", "dax.r5.24xlarge", "dax.x9.big"]));
        pair.put("NodeType", "node_type", &node);
        let count = self.required(&ints(&[3, 1, 2, 12, 0]));
        pair.put("ReplicationFactor", "replication_factor", &count);
        if self.entropy.once_in(3) {
            let zones = self.entropy.one_of(&[
                &["eu-west-1a", "eu-west-1b", "eu-west-1c"][..],
                &["eu-west-1a", "eu-west-1a", "eu-west-1b"],
                &["eu-west-1a"],
            ]);
            pair.put("AvailabilityZones", "availability_zones", &Setting::List(texts(zones)));
        }
        if let Some(on) = self.setting(BOOLS) {
            pair.put("SSESpecification.SSEEnabled", "server_side_encryption.enabled", &on);
        }
        let encryption = texts(&["TLS", "NONE", "SSL"]);
        self.both(&mut pair, "ClusterEndpointEncryptionType", "cluster_endpoint_encryption_type", &encryption);
        let windows = texts(&["sun:05:00-sun:06:00", "sun:05:00-sun:05:30", "Sunday"]);
        self.both(&mut pair, "PreferredMaintenanceWindow", "maintenance_window", &windows);
        let topics = texts(&["arn:aws:sns:eu-west-1:111122223333:dax"]);
        self.both(&mut pair, "NotificationTopicARN", "notification_topic_arn", &topics);
        if let Some((list, map)) = self.tags() {
            // CloudFormation's clusters take their tags as a map.
            drop(list);
            pair.put("Tags", "tags", &map);
        }
        self.cluster_role(&mut pair);
        self.cluster_groups(&mut pair);
        self.add("Cache", None, pair);
    }

    fn cluster_role(&mut self, pair: &mut Pair) {
        if !self.entropy.once_in(2) {
            let arn = text("arn:aws:iam::111122223333:role/dax");
            pair.put("IAMRoleARN", "iam_role_arn", &arn);
            return;
        }
        pair.put("IAMRoleARN", "iam_role_arn", &of("CacheRole", Some("Arn"), "arn"));
        let service = self.entropy.one_of(&["dax.amazonaws.com", "ec2.amazonaws.com"]);
        let services = if self.entropy.once_in(6) { vec![service, "lambda.amazonaws.com"] } else { vec![service] };
        self.role("CacheRole", &services);
        let actions = self.entropy.one_of(&[
            &["dynamodb:GetItem", "dynamodb:Query"][..],
            &["dynamodb:*"],
            &["dynamodb:DescribeTable", "dynamodb:DeleteTable"],
        ]);
        let resources = self.entropy.one_of(&[&["*"][..], &["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]]);
        self.role_policy("CacheAccess", "CacheRole", actions, &texts(resources));
    }

    fn cluster_groups(&mut self, pair: &mut Pair) {
        if self.entropy.once_in(3) {
            let mut group = Pair::new("AWS::DAX::ParameterGroup", "aws_dax_parameter_group");
            group.put("ParameterGroupName", "name", &text("caching"));
            let name = self.entropy.one_of(&["record-ttl-millis", "query-ttl-millis", "ttl"]);
            let value = self.required(&texts(&["300000", "0", "soon"]));
            group.cloudformation.put("ParameterNameValues", Setting::Map(vec![(name.into(), value.clone())]));
            group.terraform.put(
                "parameters",
                Setting::Blocks(vec![Setting::Block(vec![("name".into(), text(name)), ("value".into(), value)])]),
            );
            self.add("Caching", None, group);
            pair.put("ParameterGroupName", "parameter_group_name", &of("Caching", None, "name"));
        }
        if self.entropy.once_in(3) {
            let mut group = Pair::new("AWS::DAX::SubnetGroup", "aws_dax_subnet_group");
            group.put("SubnetGroupName", "name", &text("nodes"));
            let count = self.entropy.below(3);
            let mut ids = texts(&["subnet-0a1b2c3d", "subnet-1a1b2c3d"][..count]);
            if self.entropy.once_in(2) {
                self.subnet("Inner");
                ids.push(of("Inner", None, "id"));
            }
            group.put("SubnetIds", "subnet_ids", &Setting::List(ids));
            self.add("Nodes", None, group);
            pair.put("SubnetGroupName", "subnet_group_name", &of("Nodes", None, "name"));
        }
        if self.entropy.once_in(2) {
            let mut group = Pair::new("AWS::EC2::SecurityGroup", "aws_security_group");
            group.put("GroupDescription", "description", &text("who reaches the cache"));
            let (from, to) = self.entropy.one_of(&[(8111, 8111), (9111, 9111), (0, 65_535), (443, 443)]);
            let range = self.required(&texts(&["10.0.0.0/16", "0.0.0.0/0", "52.0.0.0/7"]));
            group.cloudformation.put(
                "SecurityGroupIngress",
                Setting::List(vec![Setting::Block(vec![
                    ("IpProtocol".into(), text("tcp")),
                    ("FromPort".into(), Setting::Int(from)),
                    ("ToPort".into(), Setting::Int(to)),
                    ("CidrIp".into(), range.clone()),
                ])]),
            );
            group.terraform.put(
                "ingress",
                Setting::Blocks(vec![Setting::Block(vec![
                    ("protocol".into(), text("tcp")),
                    ("from_port".into(), Setting::Int(from)),
                    ("to_port".into(), Setting::Int(to)),
                    ("cidr_blocks".into(), Setting::List(vec![range])),
                ])]),
            );
            self.add("Reach", None, group);
            pair.put(
                "SecurityGroupIds",
                "security_group_ids",
                &Setting::List(vec![of("Reach", Some("GroupId"), "id")]),
            );
        }
    }
}
