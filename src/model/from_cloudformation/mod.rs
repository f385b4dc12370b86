//! CloudFormation and SAM resources to entities.

mod dax;
mod global_table;
mod network;
mod scaling;
mod simple_table;
mod table;

use super::drafts::Drafts;
use super::read::Reader;
use super::{access, alarm, backup, client, export, function, key, routing, stream, trail, workflow};

/// Adds the entities of one resource; resources that have nothing to do with DynamoDB add none.
pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    match reader.kind() {
        "AWS::DynamoDB::Table" => table::lower(reader, drafts),
        "AWS::DynamoDB::GlobalTable" => global_table::lower(reader, drafts),
        "AWS::Serverless::SimpleTable" => simple_table::lower(reader, drafts),
        "AWS::ApplicationAutoScaling::ScalableTarget" => scaling::target(reader, drafts),
        "AWS::ApplicationAutoScaling::ScalingPolicy" => scaling::policy(reader, drafts),
        "AWS::DAX::Cluster" => dax::cluster(reader, drafts),
        "AWS::DAX::SubnetGroup" => dax::subnet_group(reader, drafts),
        "AWS::DAX::ParameterGroup" => dax::parameter_group(reader, drafts),
        "AWS::Lambda::EventSourceMapping" | "AWS::Pipes::Pipe" => stream::consumer(reader, drafts),
        "AWS::Lambda::Function" | "AWS::Serverless::Function" => {
            function::function(reader, drafts);
            client::client(reader, drafts);
        }
        "AWS::ECS::Service" | "AWS::EC2::Instance" | "AWS::EC2::LaunchTemplate" => client::client(reader, drafts),
        "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => key::key(reader, drafts),
        "AWS::KMS::Alias" => key::alias(reader, drafts),
        "AWS::CloudWatch::Alarm" => alarm::alarm(reader, drafts),
        "AWS::Backup::BackupPlan" => backup::plan(reader, drafts),
        "AWS::Backup::BackupSelection" => backup::selection(reader, drafts, "BackupPlanId"),
        "AWS::Scheduler::Schedule" | "AWS::Events::Rule" => export::schedule(reader, drafts),
        "AWS::CloudTrail::Trail" | "AWS::CloudTrail::EventDataStore" => trail::trail(reader, drafts),
        "AWS::StepFunctions::StateMachine" | "AWS::Serverless::StateMachine" => {
            workflow::state_machine(reader, drafts);
        }
        "AWS::Glue::Crawler" => workflow::crawler(reader, drafts),
        "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" | "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" => {
            workflow::api(reader, drafts);
        }
        "AWS::Synthetics::Canary" => workflow::canary(reader, drafts),
        "AWS::Route53::RecordSet" | "AWS::Route53::RecordSetGroup" => routing::dns_records(reader, drafts),
        "AWS::Route53RecoveryControl::RoutingControl" => routing::routing_control(reader, drafts),
        kind if kind.starts_with("AWS::IAM::") => access::lower(reader, drafts),
        kind if kind.starts_with("AWS::EC2::") => network::lower(reader, drafts),
        _ => {}
    }
}
