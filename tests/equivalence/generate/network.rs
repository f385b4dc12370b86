//! VPC endpoints.

use super::{BOOLS, Generator, Pair, of, texts};
use crate::project::{Setting, text};

impl Generator<'_> {
    /// A table in a VPC with an endpoint.
    pub(super) fn networks(&mut self) {
        self.table(0);
        let mut pair = Pair::new("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint");
        pair.put("VpcId", "vpc_id", &text("vpc-0a1b2c3d"));
        pair.put("ServiceName", "service_name", &text("com.amazonaws.eu-west-1.dynamodb"));
        self.both(&mut pair, "VpcEndpointType", "vpc_endpoint_type", &texts(&["Gateway", "Interface"]));
        self.both(&mut pair, "PrivateDnsEnabled", "private_dns_enabled", BOOLS);
        if self.entropy.once_in(2) {
            pair.put("RouteTableIds", "route_table_ids", &Setting::List(texts(&["rtb-0a1b2c3d"])));
        }
        if self.entropy.once_in(4) {
            self.subnet("Inner");
            pair.put("SubnetIds", "subnet_ids", &Setting::List(vec![of("Inner", None, "id")]));
        }
        if self.entropy.once_in(2) {
            let policy = self.resource_policy();
            pair.cloudformation.put("PolicyDocument", policy.clone());
            pair.terraform.put("policy", Setting::Document(Box::new(policy)));
        }
        self.add("Endpoint", None, pair);
    }

    pub(super) fn subnet(&mut self, label: &str) {
        let mut pair = Pair::new("AWS::EC2::Subnet", "aws_subnet");
        pair.put("VpcId", "vpc_id", &text("vpc-0a1b2c3d"));
        pair.put("CidrBlock", "cidr_block", &text("10.0.0.0/24"));
        let zones = texts(&["eu-west-1a", "eu-west-1b"]);
        self.both(&mut pair, "AvailabilityZone", "availability_zone", &zones);
        self.both(&mut pair, "MapPublicIpOnLaunch", "map_public_ip_on_launch", BOOLS);
        self.add(label, None, pair);
    }
}
