//! Which resources are companions, and where they say whose.

use super::super::schema::Subject;

/// How far a resource reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It belongs to what an attribute names.
    Attribute(&'static str),
    /// It belongs to what a field of the entity that was made of it names.
    Field(Subject, &'static str),
    /// It belongs to the tables whose metrics it reads.
    Metrics,
    /// It gives access to what its statements name.
    Access,
    /// It may concern every table.
    Anywhere,
}

/// How a resource of a type reaches what it belongs to; nothing for what is no companion.
pub(super) fn reach(kind: &str) -> Option<Reach> {
    Some(match kind {
        "AWS::ApplicationAutoScaling::ScalableTarget" | "aws_appautoscaling_target" => {
            Reach::Field(Subject::ScalingTarget, "resource_id")
        }
        "AWS::ApplicationAutoScaling::ScalingPolicy" | "aws_appautoscaling_policy" => {
            Reach::Field(Subject::ScalingPolicy, "resource_id")
        }
        "AWS::Lambda::EventSourceMapping"
        | "AWS::Pipes::Pipe"
        | "aws_lambda_event_source_mapping"
        | "aws_pipes_pipe" => Reach::Field(Subject::StreamConsumer, "source_arn"),
        "AWS::CloudWatch::Alarm" | "aws_cloudwatch_metric_alarm" => Reach::Metrics,
        "aws_dynamodb_contributor_insights"
        | "aws_dynamodb_kinesis_streaming_destination"
        | "aws_dynamodb_global_secondary_index" => Reach::Attribute("table_name"),
        "aws_dynamodb_tag" | "aws_dynamodb_resource_policy" => Reach::Attribute("resource_arn"),
        "aws_dynamodb_table_replica" => Reach::Attribute("global_table_arn"),
        "aws_vpc_endpoint_route_table_association" | "aws_vpc_endpoint_policy" => Reach::Attribute("vpc_endpoint_id"),
        kind if kind.starts_with("AWS::IAM::") || kind.starts_with("aws_iam_") => Reach::Access,
        kind if ANYWHERE.iter().any(|known| kind.starts_with(known)) => Reach::Anywhere,
        _ => return None,
    })
}

/// What watches over, saves or serves everything of an account or network: the beginnings of the types.
const ANYWHERE: &[&str] = &[
    "AWS::Backup::",
    "AWS::Budgets::",
    "AWS::CE::",
    "AWS::CloudTrail::",
    "AWS::CloudWatch::Dashboard",
    "AWS::CloudWatch::MetricStream",
    "AWS::Config::",
    "AWS::EC2::VPCEndpoint",
    "AWS::Events::Rule",
    "AWS::Route53",
    "AWS::SSM::Document",
    "AWS::Synthetics::Canary",
    "aws_backup_",
    "aws_budgets_",
    "aws_ce_",
    "aws_cloudtrail",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_event_",
    "aws_cloudwatch_metric_stream",
    "aws_config_",
    "aws_route53",
    "aws_ssm_document",
    "aws_synthetics_canary",
    "aws_vpc_endpoint",
];
