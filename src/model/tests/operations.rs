//! Alarms and backup plans with what they cover.

use serde_json::json;

use super::support::{cloudformation, terraform};

#[test]
fn alarms_know_tables_indexes_and_clusters_by_their_dimensions() {
    let built = cloudformation()
        .add(
            "Orders",
            "AWS::DynamoDB::Table",
            &json!({
                "TableName": "orders", "GlobalSecondaryIndexes": [{"IndexName": "by-status"}],
            }),
        )
        .add("Cache", "AWS::DAX::Cluster", &json!({}))
        .add(
            "Reads",
            "AWS::CloudWatch::Alarm",
            &json!({
                "Namespace": "AWS/DynamoDB", "MetricName": "ReadThrottleEvents", "Statistic": "Sum", "Period": 60,
                "Dimensions": [{"Name": "TableName", "Value": {"$ref": "Orders.Ref"}}],
            }),
        )
        .add(
            "Index",
            "AWS::CloudWatch::Alarm",
            &json!({
                "Namespace": "AWS/DynamoDB", "MetricName": "WriteThrottleEvents",
                "Dimensions": [{"Name": "TableName", "Value": "orders"},
                               {"Name": "GlobalSecondaryIndexName", "Value": "by-status"}],
            }),
        )
        .add(
            "Math",
            "AWS::CloudWatch::Alarm",
            &json!({"Metrics": [
                {"Id": "sum", "Expression": "m1 + m2"},
                {"Id": "m1", "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {
                    "Namespace": "AWS/DAX", "MetricName": "CPUUtilization",
                    "Dimensions": [{"Name": "ClusterID", "Value": {"$ref": "Cache.Ref"}}]}}},
            ]}),
        )
        .add(
            "Search",
            "AWS::CloudWatch::Alarm",
            &json!({"Metrics": [
                {"Id": "q", "Expression": "SELECT MAX(SystemErrors) FROM SCHEMA(\"AWS/DynamoDB\", TableName)"},
            ]}),
        )
        .add("Other", "AWS::CloudWatch::Alarm", &json!({"Namespace": "AWS/SQS", "MetricName": "Age"}))
        .add(
            "Both",
            "AWS::CloudWatch::CompositeAlarm",
            &json!({
                "AlarmRule": {"$parts": ["ALARM(", {"$ref": "Reads.Arn"}, ")"]},
            }),
        )
        .build();
    assert_eq!(built.show("Orders", "alarms"), "[Reads, Index, Search]");
    assert_eq!(built.show("Orders/by-status", "alarms"), "[Index]");
    assert_eq!(built.show("Cache", "alarms"), "[Math]");
    assert_eq!(
        built.show("Index", "metrics"),
        "[{namespace: AWS/DynamoDB, name: WriteThrottleEvents, dimensions: {TableName: orders, \
         GlobalSecondaryIndexName: by-status}, table: Orders, index: Orders/by-status}]"
    );
    assert_eq!(built.show("Reads", "used_elsewhere"), "true");
    assert_eq!(built.show("Index", "used_elsewhere"), "false");
    assert_eq!(built.show("Reads", "actions_enabled"), "true");
    assert!(built.model.iter().all(|(_, entity)| entity.address != "Other"));
}

#[test]
fn an_alarm_with_an_unknown_table_leaves_the_tables_alarms_open() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "t"}))
        .add(
            "aws_cloudwatch_metric_alarm.a",
            "aws_cloudwatch_metric_alarm",
            &json!({
                "namespace": "AWS/DynamoDB", "metric_name": "SystemErrors", "dimensions": {"TableName": {"$var": "n"}},
            }),
        )
        .build();
    assert_eq!(built.show("aws_dynamodb_table.t", "alarms"), "[...]");
}

#[test]
fn selections_cover_tables_by_arn_wildcard_and_tags() {
    let plan = json!({"BackupPlan": {"BackupPlanName": "p", "BackupPlanRule": [{
        "RuleName": "daily", "TargetBackupVault": {"$ref": "Vault.Ref"}, "Lifecycle": {"DeleteAfterDays": 35},
        "CopyActions": [{"DestinationBackupVaultArn": "arn:aws:backup:us-east-1:1:backup-vault:far"}],
    }]}});
    let covered = |selection: serde_json::Value| {
        cloudformation()
            .add(
                "Orders",
                "AWS::DynamoDB::Table",
                &json!({
                    "TableName": "orders", "Tags": [{"Key": "backup", "Value": "daily"}],
                }),
            )
            .add("Vault", "AWS::Backup::BackupVault", &json!({"LockConfiguration": {"MinRetentionDays": 7}}))
            .add("Plan", "AWS::Backup::BackupPlan", &plan)
            .add(
                "Selection",
                "AWS::Backup::BackupSelection",
                &json!({
                    "BackupPlanId": {"$ref": "Plan.Ref"}, "BackupSelection": selection,
                }),
            )
            .build()
    };
    let shows = |selection: serde_json::Value| covered(selection).show("Orders", "backup_plans");
    assert_eq!(shows(json!({"Resources": [{"$ref": "Orders.Arn"}]})), "[Plan]");
    assert_eq!(shows(json!({"Resources": ["arn:aws:dynamodb:*:*:table/*"]})), "[Plan]");
    assert_eq!(shows(json!({"Resources": ["*"], "NotResources": [{"$ref": "Orders.Arn"}]})), "[]");
    assert_eq!(shows(json!({"Resources": ["arn:aws:dynamodb:*:*:table/users-*"]})), "[]");
    let tag =
        |value: &str| json!([{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": value}]);
    assert_eq!(shows(json!({"ListOfTags": tag("daily")})), "[Plan]");
    assert_eq!(shows(json!({"ListOfTags": tag("weekly")})), "[]");
    let conditions = json!({"StringLike": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "da*"}]});
    assert_eq!(shows(json!({"Resources": ["*"], "Conditions": conditions})), "[Plan]");
    let conditions =
        json!({"StringNotEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily"}]});
    assert_eq!(shows(json!({"Resources": ["*"], "Conditions": conditions})), "[]");
    assert_eq!(shows(json!({"Resources": {"$unknown": "imported"}})), "[...]");
    let built = covered(json!({"Resources": ["*"]}));
    assert_eq!(built.show("Plan", "tables"), "[Orders]");
    assert_eq!(
        built.show("Plan", "rules"),
        "[{name: daily, vault: ?, delete_after: 35, continuous: false, copies: \
         [{vault_arn: arn:aws:backup:us-east-1:1:backup-vault:far, region: us-east-1}], vault_locked: true}]"
    );
}
