//! What AWS managed policies allow, for those that functions usually have: as of October 2026, from the AWS Managed
//! Policy Reference Guide. Of all others the statements are not known.

use crate::value::{Data, Entry, List, ListKind, Value, text};

const LOGS: [&str; 3] = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/// The path of a policy behind `:policy/`, and the actions that it allows on every resource.
const POLICIES: &[(&str, &[&str])] = &[
    ("service-role/AWSLambdaBasicExecutionRole", &LOGS),
    (
        "service-role/AWSLambdaDynamoDBExecutionRole",
        &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            LOGS[0],
            LOGS[1],
            LOGS[2],
        ],
    ),
    (
        "service-role/AWSLambdaKinesisExecutionRole",
        &[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
            LOGS[0],
            LOGS[1],
            LOGS[2],
        ],
    ),
    (
        "service-role/AWSLambdaSQSQueueExecutionRole",
        &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", LOGS[0], LOGS[1], LOGS[2]],
    ),
    (
        "service-role/AWSLambdaVPCAccessExecutionRole",
        &[
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
            LOGS[0],
            LOGS[1],
            LOGS[2],
        ],
    ),
    ("CloudWatchLambdaInsightsExecutionRolePolicy", &LOGS),
    ("AWSXRayDaemonWriteAccess", &XRAY),
    ("AWSXrayWriteOnlyAccess", &XRAY),
    ("AdministratorAccess", &["*"]),
    ("AmazonS3FullAccess", &["s3:*", "s3-object-lambda:*"]),
    (
        "AmazonS3ReadOnlyAccess",
        &["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"],
    ),
    ("AmazonKinesisFirehoseFullAccess", &["firehose:*"]),
    ("AmazonOpenSearchServiceFullAccess", &["es:*"]),
    ("AmazonESFullAccess", &["es:*"]),
];

const XRAY: [&str; 5] = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
];

/// The statement of an AWS managed policy; `None` where it is not known.
pub(super) fn statement(arn: &Value) -> Option<Value> {
    let known = match &arn.data {
        Data::Parts(_) => text::known_suffix(arn),
        _ => arn.as_str()?,
    };
    let (owner, path) = known.split_once(":policy/")?;
    let (_, actions) = POLICIES.iter().find(|(known, _)| *known == path)?;
    // Somebody else's policy may have the same name.
    if !owner.ends_with(":aws") {
        return None;
    }
    let here = arn.origin;
    let list = |texts: &[&str]| {
        let items = texts.iter().map(|text| Value::string(*text, here)).collect();
        Value::new(Data::List(List { kind: ListKind::Tuple, items, rest: None }.into()), here)
    };
    let entry = |name: &str, value: Value| Entry::new(name, here, value);
    Some(Value::map(
        vec![
            entry("sid", Value::absent(here)),
            entry("effect", Value::string("Allow", here)),
            entry("actions", list(actions)),
            entry("not_actions", list(&[])),
            entry("resources", list(&["*"])),
            entry("not_resources", list(&[])),
            entry("principals", list(&[])),
            entry("not_principals", list(&[])),
            entry("conditions", list(&[])),
        ],
        here,
    ))
}
