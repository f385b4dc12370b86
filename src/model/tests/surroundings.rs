//! Stream consumers, Kinesis destinations, keys.

use serde_json::json;

use super::support::{cloudformation, terraform};

#[test]
fn consumers_of_dynamodb_streams_are_told_from_others() {
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({"StreamSpecification": {"StreamViewType": "NEW_IMAGE"}}))
        .add("Queue", "AWS::SQS::Queue", &json!({}))
        .add("Fn", "AWS::Lambda::Function", &json!({"Role": "arn:aws:iam::1:role/x"}))
        .add("Reads", "AWS::Lambda::EventSourceMapping", &json!({
            "EventSourceArn": {"$ref": "Orders.StreamArn"}, "FunctionName": {"$ref": "Fn.Ref"},
            "StartingPosition": "LATEST", "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "FilterCriteria": {"Filters": [{"Pattern": "{\"eventName\": [\"INSERT\"]}"}]},
            "DestinationConfig": {"OnFailure": {"Destination": {"$ref": "Queue.Arn"}}},
        }))
        .add("Polls", "AWS::Lambda::EventSourceMapping", &json!({"EventSourceArn": {"$ref": "Queue.Arn"}}))
        .add("Piped", "AWS::Pipes::Pipe", &json!({
            "Source": {"$ref": "Orders.StreamArn"}, "DesiredState": "STOPPED",
            "SourceParameters": {"DynamoDBStreamParameters": {"StartingPosition": "LATEST", "MaximumRetryAttempts": 3,
                "OnPartialBatchItemFailure": "AUTOMATIC_BISECT"}},
        }))
        .build();
    assert_eq!(built.show("Orders", "stream_consumers"), "[Reads, Piped]");
    assert_eq!(built.show("Reads", "table"), "Orders");
    assert_eq!(built.show("Reads", "function"), "Fn");
    assert_eq!(built.show("Fn", "stream_consumers"), "[Reads]");
    assert_eq!(built.show("Reads", "batch_size"), "100");
    assert_eq!(built.show("Reads", "maximum_retries"), "-1");
    assert_eq!(built.show("Reads", "reports_item_failures"), "true");
    assert_eq!(built.show("Reads", "failure_destination"), "?");
    assert_eq!(built.show("Reads", "filters"), "[{eventName: [INSERT]}]");
    assert_eq!(built.show("Piped", "enabled"), "false");
    assert_eq!(built.show("Piped", "maximum_retries"), "3");
    assert_eq!(built.show("Piped", "bisect_on_error"), "true");
    assert!(built.model.iter().all(|(_, entity)| entity.address != "Polls"));
}

#[test]
fn a_source_that_is_not_known_leaves_the_tables_consumers_open_and_is_not_judged() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "t", "stream_enabled": true}))
        .add(
            "aws_lambda_event_source_mapping.m",
            "aws_lambda_event_source_mapping",
            &json!({
                "event_source_arn": {"$var": "arn"}, "function_name": "f", "starting_position": "LATEST",
            }),
        )
        .build();
    assert_eq!(built.show("aws_dynamodb_table.t", "stream_consumers"), "[...]");
    assert!(!built.entity("aws_lambda_event_source_mapping.m").managed);
}

#[test]
fn a_mapping_without_a_starting_position_reads_no_stream() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "t", "stream_enabled": true}))
        .add(
            "aws_lambda_event_source_mapping.m",
            "aws_lambda_event_source_mapping",
            &json!({"event_source_arn": {"$var": "queue"}, "function_name": "f"}),
        )
        .build();
    assert_eq!(built.show("aws_dynamodb_table.t", "stream_consumers"), "[]");
}

#[test]
fn a_key_knows_what_it_encrypts_through_its_aliases() {
    let built = terraform()
        .add("aws_kms_key.k", "aws_kms_key", &json!({"enable_key_rotation": true, "deletion_window_in_days": 7}))
        .add("aws_kms_alias.a", "aws_kms_alias", &json!({
            "name": "alias/orders", "target_key_id": {"$ref": "aws_kms_key.k.key_id"},
        }))
        .add("aws_dynamodb_table.direct", "aws_dynamodb_table", &json!({
            "name": "direct",
            "server_side_encryption": [{"enabled": true, "kms_key_arn": {"$ref": "aws_kms_key.k.arn"}}],
        }))
        .add("aws_dynamodb_table.alias", "aws_dynamodb_table", &json!({
            "name": "alias",
            "server_side_encryption": [{"enabled": true, "kms_key_arn": {"$ref": "aws_kms_alias.a.target_key_arn"}}],
        }))
        .add("aws_dynamodb_table.text", "aws_dynamodb_table", &json!({
            "name": "text",
            "server_side_encryption": [{"enabled": true, "kms_key_arn": "arn:aws:kms:eu-west-1:1:alias/orders"}],
        }))
        .add("aws_dynamodb_table.other", "aws_dynamodb_table", &json!({
            "name": "other",
            "server_side_encryption": [{"enabled": true, "kms_key_arn": "arn:aws:kms:eu-west-1:1:key/5"}],
        }))
        .build();
    assert_eq!(
        built.show("aws_kms_key.k", "tables"),
        "[aws_dynamodb_table.direct, aws_dynamodb_table.alias, aws_dynamodb_table.text]"
    );
    assert_eq!(built.show("aws_dynamodb_table.text", "encryption.key"), "aws_kms_key.k");
    assert_eq!(built.show("aws_dynamodb_table.other", "encryption.key"), "-");
    assert_eq!(built.show("aws_kms_key.k", "aliases"), "[alias/orders]");
    assert_eq!(built.show("aws_kms_key.k", "rotation"), "true");
    assert_eq!(built.show("aws_kms_key.k", "deletion_window_days"), "7");
}

#[test]
fn a_kinesis_stream_of_the_project_is_described_and_one_from_elsewhere_is_unknown() {
    let built = cloudformation()
        .add("Stream", "AWS::Kinesis::Stream", &json!({"RetentionPeriodHours": 48}))
        .add("T", "AWS::DynamoDB::Table", &json!({"KinesisStreamSpecification": {"StreamArn": {"$ref": "Stream.Arn"}}}))
        .add("U", "AWS::DynamoDB::Table", &json!({"KinesisStreamSpecification": {"StreamArn": "arn:aws:kinesis:x"}}))
        .build();
    let destination = "T/KinesisStreamSpecification";
    assert_eq!(built.show("T", "kinesis_destinations"), format!("[{destination}]"));
    assert_eq!(
        built.show(destination, "stream"),
        "{address: Stream, encrypted: false, retention_hours: 48, consumed: false}"
    );
    assert_eq!(built.show("U/KinesisStreamSpecification", "stream.encrypted"), "?");
}
