//! What is known of resource types by their names.

/// Services whose resources the model reads; only their properties are evaluated.
const SERVICES: &[&str] = &[
    "ARCRegionSwitch",
    "ApiGateway",
    "ApiGatewayV2",
    "AppSync",
    "ApplicationAutoScaling",
    "AutoScaling",
    "Backup",
    "Budgets",
    "CE",
    "CloudFormation",
    "CloudTrail",
    "CloudWatch",
    "Config",
    "DAX",
    "DynamoDB",
    "EC2",
    "ECS",
    "Events",
    "Glue",
    "IAM",
    "KMS",
    "Kinesis",
    "KinesisFirehose",
    "Lambda",
    "Logs",
    "OSIS",
    "Organizations",
    "Pipes",
    "Redshift",
    "Route53",
    "Route53RecoveryControl",
    "Route53RecoveryReadiness",
    "S3",
    "SNS",
    "SSM",
    "Scheduler",
    "Serverless",
    "StepFunctions",
    "Synthetics",
    "XRay",
];

/// Whether the properties of a type are evaluated.
#[must_use]
pub fn is_relevant(kind: &str) -> bool {
    let mut parts = kind.split("::");
    parts.next() == Some("AWS") && parts.next().is_some_and(|service| SERVICES.binary_search(&service).is_ok())
}

/// The property that gives what `Ref` of a resource is, for types whose `Ref` is their name.
#[must_use]
pub fn name_property(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" | "AWS::Serverless::SimpleTable" => "TableName",
        "AWS::DAX::Cluster" => "ClusterName",
        "AWS::DAX::SubnetGroup" => "SubnetGroupName",
        "AWS::DAX::ParameterGroup" => "ParameterGroupName",
        "AWS::Lambda::Function" | "AWS::Serverless::Function" => "FunctionName",
        "AWS::IAM::Role" => "RoleName",
        "AWS::IAM::User" => "UserName",
        "AWS::IAM::Group" => "GroupName",
        "AWS::IAM::InstanceProfile" => "InstanceProfileName",
        "AWS::KMS::Alias" => "AliasName",
        "AWS::Kinesis::Stream"
        | "AWS::Synthetics::Canary"
        | "AWS::Events::EventBus"
        | "AWS::Pipes::Pipe"
        | "AWS::SSM::Parameter"
        | "AWS::Scheduler::Schedule"
        | "AWS::Scheduler::ScheduleGroup"
        | "AWS::Glue::Crawler"
        | "AWS::Glue::Job" => "Name",
        "AWS::Logs::LogGroup" => "LogGroupName",
        "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm" => "AlarmName",
        "AWS::Backup::BackupVault" => "BackupVaultName",
        "AWS::ECS::Cluster" => "ClusterName",
        "AWS::S3::Bucket" => "BucketName",
        "AWS::CloudTrail::Trail" => "TrailName",
        "AWS::Config::ConfigRule" => "ConfigRuleName",
        "AWS::KinesisFirehose::DeliveryStream" => "DeliveryStreamName",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_are_sorted_for_the_search() {
        assert!(SERVICES.is_sorted(), "binary search needs sorted names");
        assert!(is_relevant("AWS::DynamoDB::Table"));
        assert!(is_relevant("AWS::Route53RecoveryControl::Cluster"));
        assert!(!is_relevant("AWS::RDS::DBInstance"));
        assert!(!is_relevant("Custom::DynamoDB"));
    }
}
