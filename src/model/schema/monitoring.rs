//! Alarms and trails.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const ALARM: SubjectSchema = SubjectSchema {
    subject: Subject::Alarm,
    doc: "An alarm that reads metrics of DynamoDB or DAX: `AWS::CloudWatch::Alarm`, `aws_cloudwatch_metric_alarm`.",
    fields: fields![
        Field::new("name", Type::String, "The alarm's name; the logical id where no name is written.")
            .at("AlarmName", "alarm_name"),
        Field::new(
            "metrics",
            Type::List(&Type::Object(METRIC)),
            "The metrics that it reads, directly or in metric math.",
        ),
        Field::new("threshold", Type::Number, "What the metric is held against.").at("Threshold", "threshold"),
        Field::new("comparison", Type::String, "How it is held against the threshold.")
            .at("ComparisonOperator", "comparison_operator"),
        Field::new("evaluation_periods", Type::Integer, "How many periods are looked at.")
            .at("EvaluationPeriods", "evaluation_periods"),
        Field::new("missing_data", Type::String, "What missing data means.")
            .at("TreatMissingData", "treat_missing_data")
            .or(Default::String("missing")),
        Field::new("actions", Type::List(&Type::String), "What is done when it goes off.")
            .at("AlarmActions", "alarm_actions")
            .or(Default::EmptyList),
        Field::new("actions_enabled", Type::Bool, "Whether anything is done at all.")
            .at("ActionsEnabled", "actions_enabled")
            .or(Default::Bool(true)),
        Field::new(
            "used_elsewhere",
            Type::Bool,
            "Whether a composite alarm, a deployment or a Region switch plan of the project names it.",
        ),
        Field::new("tables", Type::List(&Type::Link(Subject::Table)), "The tables whose metrics it reads."),
        Field::new("indexes", Type::List(&Type::Link(Subject::Index)), "The indexes whose metrics it reads."),
        Field::new("clusters", Type::List(&Type::Link(Subject::DaxCluster)), "The clusters whose metrics it reads."),
    ],
};

const METRIC: &[Field] = &[
    Field::new("namespace", Type::String, "`AWS/DynamoDB` or `AWS/DAX`.").at("Namespace", "namespace"),
    Field::new("name", Type::String, "The metric's name.").at("MetricName", "metric_name"),
    Field::new("dimensions", Type::Map(&Type::String), "The dimensions by name."),
    Field::new("statistic", Type::String, "The statistic, plain or extended."),
    Field::new(
        "expression",
        Type::String,
        "The search or query over the namespace that stands in place of a single metric; it reads every table.",
    ),
    Field::new("period", Type::Integer, "Seconds in a period.").at("Period", "period"),
    Field::new("table", Type::Link(Subject::Table), "The table that the dimensions name."),
    Field::new("index", Type::Link(Subject::Index), "The index that the dimensions name."),
    Field::new("cluster", Type::Link(Subject::DaxCluster), "The cluster that the dimensions name."),
];

pub(super) const TRAIL: SubjectSchema = SubjectSchema {
    subject: Subject::Trail,
    doc: "A CloudTrail trail: `AWS::CloudTrail::Trail`, `aws_cloudtrail`.",
    fields: fields![
        Field::new("name", Type::String, "The trail's name; the logical id where no name is written.")
            .at("TrailName", "name"),
        Field::new("logging", Type::Bool, "Whether it is switched on.").at("IsLogging", "enable_logging"),
        Field::new("multi_region", Type::Bool, "Whether it covers every Region.")
            .at("IsMultiRegionTrail", "is_multi_region_trail")
            .or(Default::Bool(false)),
        Field::new("log_group_arn", Type::String, "The log group that it writes to.")
            .at("CloudWatchLogsLogGroupArn", "cloud_watch_logs_group_arn"),
        Field::new("log_role_arn", Type::String, "The role with which it writes there.")
            .at("CloudWatchLogsRoleArn", "cloud_watch_logs_role_arn"),
        Field::new("log_validation", Type::Bool, "Whether changes of its files can be told.")
            .at("EnableLogFileValidation", "enable_log_file_validation")
            .or(Default::Bool(false)),
        Field::new("logs_table_data", Type::Bool, "Whether it logs data events of DynamoDB tables."),
    ],
};
