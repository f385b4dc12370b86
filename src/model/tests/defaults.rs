//! Defaults, unknowns and choices at every level of a resource.

use serde_json::json;

use super::support::{cloudformation, sam, terraform};

#[test]
fn a_default_is_blamed_on_the_header_of_the_block_where_it_would_stand() {
    let built = cloudformation()
        .add(
            "Orders",
            "AWS::DynamoDB::Table",
            &json!({"PointInTimeRecoverySpecification": {"RecoveryPeriodInDays": 7}}),
        )
        .build();
    let header = built.entity("Orders").header;
    assert_eq!(built.missing("Orders", "deletion_protection"), ("DeletionProtectionEnabled: true".to_owned(), header));
    assert_eq!(built.missing("Orders", "billing_mode"), ("BillingMode: PROVISIONED".to_owned(), header));
    assert_eq!(
        built.missing("Orders", "ttl.enabled"),
        ("TimeToLiveSpecification: { Enabled: true }".to_owned(), header)
    );
    // The block is written, so its own key is where the attribute would stand.
    let (text, span) = built.missing("Orders", "point_in_time_recovery.enabled");
    assert_eq!(text, "PointInTimeRecoveryEnabled: true");
    assert_ne!(span, header);
    assert_eq!(built.show("Orders", "point_in_time_recovery.period_days"), "7");

    let built = terraform().add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "t"})).build();
    let header = built.entity("aws_dynamodb_table.t").header;
    assert_eq!(
        built.missing("aws_dynamodb_table.t", "point_in_time_recovery.enabled"),
        ("point_in_time_recovery { enabled = true }".to_owned(), header)
    );
    assert_eq!(
        built.missing("aws_dynamodb_table.t", "billing_mode"),
        ("billing_mode = \"PROVISIONED\"".to_owned(), header)
    );
}

#[test]
fn defaults_differ_by_language() {
    let built = cloudformation()
        .add(
            "P",
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            &json!({"ServiceNamespace": "dynamodb", "ResourceId": "table/t"}),
        )
        .build();
    assert_eq!(built.show("P", "policy_type"), "-");
    let built = terraform()
        .add(
            "aws_appautoscaling_policy.p",
            "aws_appautoscaling_policy",
            &json!({"service_namespace": "dynamodb", "resource_id": "table/t"}),
        )
        .build();
    assert_eq!(built.show("aws_appautoscaling_policy.p", "policy_type"), "StepScaling");
    let built = sam().add("S", "AWS::Serverless::SimpleTable", &json!({})).build();
    assert_eq!(built.show("S", "billing_mode"), "PAY_PER_REQUEST");
    assert_eq!(built.show("S", "deletion_protection"), "false");
}

#[test]
fn null_and_no_value_mean_that_nothing_is_set() {
    let built = terraform()
        .add(
            "aws_dynamodb_table.t",
            "aws_dynamodb_table",
            &json!({"name": "t", "deletion_protection_enabled": null, "ttl": null, "point_in_time_recovery": []}),
        )
        .build();
    assert_eq!(built.show("aws_dynamodb_table.t", "deletion_protection"), "false");
    assert_eq!(built.show("aws_dynamodb_table.t", "ttl.enabled"), "false");
    assert_eq!(built.show("aws_dynamodb_table.t", "point_in_time_recovery.enabled"), "false");
    let built = cloudformation()
        .add(
            "T",
            "AWS::DynamoDB::Table",
            &json!({
                "PointInTimeRecoverySpecification": {"$env": [
                    {"PointInTimeRecoveryEnabled": true}, {"$absent": 1},
                ]},
                "StreamSpecification": {"$env": [{"StreamViewType": "NEW_IMAGE"}, {"$absent": 1}]},
            }),
        )
        .build();
    assert_eq!(built.show("T", "point_in_time_recovery.enabled"), "<true|false>");
    assert_eq!(built.show("T", "stream.enabled"), "<true|false>");
    assert_eq!(built.show("T", "stream.view_type"), "<NEW_IMAGE|->");
}

#[test]
fn what_is_not_known_stays_unknown_at_every_level() {
    let built = cloudformation()
        .add(
            "T",
            "AWS::DynamoDB::Table",
            &json!({
                "PointInTimeRecoverySpecification": {"$unknown": "imported"},
                "DeletionProtectionEnabled": {"$var": "p"},
                "GlobalSecondaryIndexes": {"$open": [{"IndexName": "a"}]},
                "Tags": {"$unknown": "imported"},
                "KeySchema": {"$unknown": "imported"},
            }),
        )
        .build();
    assert_eq!(built.show("T", "point_in_time_recovery.enabled"), "?");
    assert_eq!(built.show("T", "point_in_time_recovery.period_days"), "?");
    assert_eq!(built.show("T", "deletion_protection"), "?");
    assert_eq!(built.show("T", "indexes"), "[T/a, ...]");
    assert_eq!(built.show("T", "tags"), "?");
    assert_eq!(built.show("T", "keys"), "?");
    assert_eq!(built.show("T", "partition_key"), "?");
}

#[test]
fn indexes_that_depend_on_inputs_are_there_in_their_cases() {
    let a = json!({"IndexName": "a", "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}]});
    let built = cloudformation()
        .add(
            "T",
            "AWS::DynamoDB::Table",
            &json!({"GlobalSecondaryIndexes": [a, {"$env": [{"IndexName": "b"}, {"$absent": 1}]}]}),
        )
        .build();
    assert_eq!(built.show("T", "indexes"), "[T/a, <T/b|->]");
    assert_eq!(built.text(&built.entity("T/b").exists), "<true|false>");
    let built = cloudformation()
        .add("T", "AWS::DynamoDB::Table", &json!({"GlobalSecondaryIndexes": {"$env": [[{"IndexName": "b"}], []]}}))
        .build();
    assert_eq!(built.show("T", "indexes"), "[<T/b|->]");
    assert_eq!(built.text(&built.entity("T/b").exists), "<true|false>");
}

#[test]
fn the_class_of_a_key_follows_from_switch_and_key() {
    let class = |sse: serde_json::Value| {
        cloudformation()
            .add("T", "AWS::DynamoDB::Table", &json!({"SSESpecification": sse}))
            .build()
            .show("T", "encryption.key_class")
    };
    assert_eq!(class(json!({"SSEEnabled": false})), "aws-owned");
    assert_eq!(class(json!({"SSEEnabled": true})), "aws-managed");
    assert_eq!(class(json!({"SSEEnabled": true, "KMSMasterKeyId": ""})), "aws-managed");
    assert_eq!(class(json!({"SSEEnabled": true, "KMSMasterKeyId": "alias/aws/dynamodb"})), "aws-managed");
    assert_eq!(class(json!({"SSEEnabled": true, "KMSMasterKeyId": "alias/mine"})), "customer-managed");
    assert_eq!(class(json!({"SSEEnabled": true, "KMSMasterKeyId": {"$var": "key"}})), "?");
    assert_eq!(class(json!({"SSEEnabled": {"$env": [true, false]}})), "<aws-managed|aws-owned>");
    let built = terraform()
        .add(
            "aws_dynamodb_table.t",
            "aws_dynamodb_table",
            &json!({"server_side_encryption": [
                {"enabled": true, "kms_key_arn": {"$ref": "data.aws_kms_alias.d.target_key_arn"}},
            ]}),
        )
        .add("data.aws_kms_alias.d", "aws_kms_alias", &json!({"name": "alias/aws/dynamodb"}))
        .build();
    assert_eq!(built.show("aws_dynamodb_table.t", "encryption.key_class"), "aws-managed");
}

#[test]
fn tags_keep_their_cases_and_their_open_ends() {
    let built = cloudformation()
        .add(
            "T",
            "AWS::DynamoDB::Table",
            &json!({"Tags": [
                {"Key": "env", "Value": {"$env": ["prod", "dev"]}},
                {"$env": [{"Key": "backup", "Value": "yes"}, {"$absent": 1}]},
                {"Key": {"$var": "k"}, "Value": "v"},
            ]}),
        )
        .build();
    assert_eq!(built.show("T", "tags"), "{env: <prod|dev>, backup: <yes|->, ...}");
}

#[test]
fn a_nonsense_resource_makes_no_nonsense_model() {
    for attributes in [
        json!("text"),
        json!([1, 2]),
        json!({"KeySchema": "x", "GlobalSecondaryIndexes": 5, "SSESpecification": true, "Tags": 7, "Replicas": "r"}),
        json!({"KeySchema": [[1]], "GlobalSecondaryIndexes": [5, [6]], "Tags": [{"Value": 1}, null]}),
    ] {
        for kind in ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"] {
            let built = cloudformation().add("T", kind, &attributes).build();
            assert_eq!(built.show("T", "name"), built.show("T", "name"));
        }
        terraform().add("aws_dynamodb_table.t", "aws_dynamodb_table", &attributes).build();
    }
}
