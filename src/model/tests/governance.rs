//! What the stack knows of rules, recorders and documents around it.

use serde_json::json;

use super::support::{Built, cloudformation, sam, terraform};

fn of_stack(built: &Built, field: &str) -> String {
    built.show("test", field)
}

#[test]
fn rules_of_config_are_about_tables_by_identifier_or_scope() {
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add("A", "AWS::Config::ConfigRule", &json!({"Source": {"SourceIdentifier": "DYNAMODB_PITR_ENABLED"}}))
        .add("B", "AWS::Config::ConfigRule", &json!({"Source": {"SourceIdentifier": "S3_BUCKET_LOGGING_ENABLED"}}))
        .add(
            "C",
            "AWS::Config::ConfigRule",
            &json!({"Source": {"SourceIdentifier": {"$ref": "F.Arn"}},
                    "Scope": {"ComplianceResourceTypes": ["AWS::DynamoDB::Table"]}}),
        )
        .add("D", "AWS::Config::ConformancePack", &json!({"TemplateBody": "... DAX_ENCRYPTION_ENABLED ..."}))
        .add("E", "AWS::Config::ConformancePack", &json!({"TemplateS3Uri": "s3://packs/one"}))
        .build();
    assert_eq!(
        of_stack(&built, "config_rules"),
        "[{name: A, pack: false, about_tables: true}, {name: B, pack: false, about_tables: false}, \
         {name: C, pack: false, about_tables: true}, {name: D, pack: true, about_tables: true}, \
         {name: E, pack: true, about_tables: ?}]"
    );
}

#[test]
fn recorders_choose_by_strategy_lists_and_switch() {
    let records = |group: serde_json::Value| {
        let built = cloudformation()
            .add("Orders", "AWS::DynamoDB::Table", &json!({}))
            .add("R", "AWS::Config::ConfigurationRecorder", &group)
            .build();
        let recorders = built.value("test", "config_recorders");
        let recorder = recorders.as_list().unwrap().items[0].clone();
        built.text(recorder.get("records_tables").unwrap())
    };
    assert_eq!(records(json!({})), "true");
    assert_eq!(records(json!({"RecordingGroup": {"AllSupported": "true"}})), "true");
    assert_eq!(records(json!({"RecordingGroup": {"AllSupported": false}})), "false");
    assert_eq!(records(json!({"RecordingGroup": {"ResourceTypes": ["AWS::S3::Bucket"]}})), "false");
    assert_eq!(records(json!({"RecordingGroup": {"ResourceTypes": ["AWS::DynamoDB::Table"]}})), "true");
    assert_eq!(records(json!({"RecordingGroup": {"ResourceTypes": {"$unknown": "open"}}})), "?");
    let excluding = json!({"RecordingGroup": {
        "ExclusionByResourceTypes": {"ResourceTypes": ["AWS::DynamoDB::Table"]},
        "RecordingStrategy": {"UseOnly": "EXCLUSION_BY_RESOURCE_TYPES"}}});
    assert_eq!(records(excluding), "false");
    let all = json!({"RecordingGroup": {"RecordingStrategy": {"UseOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}});
    assert_eq!(records(all), "true");
}

#[test]
fn a_rule_of_eventbridge_notifies_by_its_pattern_and_its_target() {
    let notifies = |pattern: serde_json::Value| {
        let built = cloudformation()
            .add("Orders", "AWS::DynamoDB::Table", &json!({}))
            .add("R", "AWS::Events::Rule", &json!({"EventPattern": pattern, "Targets": [{"Id": "x", "Arn": "a"}]}))
            .build();
        of_stack(&built, "event_rules").replace("[{name: R, notifies: ", "").replace("}]", "")
    };
    assert_eq!(notifies(json!({"source": ["aws.config"]})), "true");
    assert_eq!(notifies(json!({"source": [{"prefix": "aws."}]})), "true");
    assert_eq!(notifies(json!({"source": ["aws.s3"]})), "false");
    assert_eq!(notifies(json!({"detail-type": ["GuardDuty Finding"]})), "true");
    let call =
        |service: &str| json!({"detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventSource": [service]}});
    assert_eq!(notifies(call("dynamodb.amazonaws.com")), "true");
    assert_eq!(notifies(call("s3.amazonaws.com")), "false");
    assert_eq!(notifies(json!({"source": {"$unknown": "open"}})), "?");
    assert_eq!(notifies(json!({"$absent": 1})), "false");
}

#[test]
fn targets_of_terraform_belong_to_their_rules() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
        .add(
            "aws_cloudwatch_event_rule.a",
            "aws_cloudwatch_event_rule",
            &json!({"name": "a", "event_pattern": "{\"source\":[\"aws.guardduty\"]}"}),
        )
        .add(
            "aws_cloudwatch_event_rule.b",
            "aws_cloudwatch_event_rule",
            &json!({"name": "b", "event_pattern": "{\"source\":[\"aws.guardduty\"]}"}),
        )
        .add("aws_cloudwatch_event_target.x", "aws_cloudwatch_event_target", &json!({"rule": "b"}))
        .exists(&json!({"$env": [true, false]}))
        .build();
    assert_eq!(of_stack(&built, "event_rules"), "[{name: a, notifies: false}, {name: b, notifies: <true|false>}]");
}

#[test]
fn events_of_serverless_functions_are_rules_with_a_target() {
    let built = sam()
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add(
            "F",
            "AWS::Serverless::Function",
            &json!({"Events": {"E": {"Type": "EventBridgeRule", "Properties": {"Pattern": {"source": ["aws.config"]}}}}}),
        )
        .build();
    assert_eq!(of_stack(&built, "event_rules"), "[{name: F, notifies: true}]");
}

#[test]
fn a_document_calls_dynamodb_where_a_step_names_it() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
        .add(
            "aws_ssm_document.a",
            "aws_ssm_document",
            &json!({"content": {"mainSteps": [{"action": "aws:executeAwsApi", "inputs": {"Service": "DynamoDB"}}]}}),
        )
        .add("aws_ssm_document.b", "aws_ssm_document", &json!({"content": "schemaVersion: '0.3'"}))
        .add("aws_ssm_document.c", "aws_ssm_document", &json!({"content": {"$unknown": "open"}}))
        .build();
    assert_eq!(
        of_stack(&built, "runbooks"),
        "[{name: a, calls_dynamodb: true}, {name: b, calls_dynamodb: false}, {name: c, calls_dynamodb: ?}]"
    );
}

#[test]
fn a_canary_is_alarmed_by_an_alarm_on_its_metrics() {
    let built = terraform()
        .add("aws_synthetics_canary.a", "aws_synthetics_canary", &json!({"name": "a"}))
        .add("aws_synthetics_canary.b", "aws_synthetics_canary", &json!({"name": "b"}))
        .add(
            "aws_cloudwatch_metric_alarm.x",
            "aws_cloudwatch_metric_alarm",
            &json!({"metric_query": [{"id": "m", "metric": [{"namespace": "CloudWatchSynthetics",
                    "metric_name": "SuccessPercent", "dimensions": {"CanaryName": "a"}}]}]}),
        )
        .exists(&json!({"$env": [true, false]}))
        .build();
    assert_eq!(built.show("aws_synthetics_canary.a", "alarmed"), "<true|false>");
    assert_eq!(built.show("aws_synthetics_canary.b", "alarmed"), "false");
}
