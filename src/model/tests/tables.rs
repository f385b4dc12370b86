//! The same table in every language, and what single resource types have of their own.

use serde_json::json;

use super::support::{Built, cloudformation, sam, terraform};

fn orders_in_cloudformation() -> Built {
    cloudformation()
        .add(
            "Orders",
            "AWS::DynamoDB::Table",
            &json!({
                "TableName": "orders",
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": {"ReadCapacityUnits": "5", "WriteCapacityUnits": 6},
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "N"},
                    {"AttributeName": "status", "AttributeType": "S"},
                ],
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "GlobalSecondaryIndexes": [{
                    "IndexName": "by-status",
                    "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
                }],
                "LocalSecondaryIndexes": [{
                    "IndexName": "local",
                    "KeySchema": [
                        {"AttributeName": "pk", "KeyType": "HASH"},
                        {"AttributeName": "status", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }],
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": "true"},
                "SSESpecification": {"SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": {"$ref": "Key.Arn"}},
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "expires"},
                "DeletionProtectionEnabled": true,
                "TableClass": "STANDARD_INFREQUENT_ACCESS",
                "Tags": [{"Key": "owner", "Value": "shop"}],
                "WarmThroughput": {"ReadUnitsPerSecond": 13000},
                "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 10},
            }),
        )
        .add("Key", "AWS::KMS::Key", &json!({}))
        .build()
}

fn orders_in_terraform() -> Built {
    terraform()
        .add(
            "aws_dynamodb_table.orders",
            "aws_dynamodb_table",
            &json!({
                "name": "orders",
                "billing_mode": "PROVISIONED",
                "read_capacity": 5,
                "write_capacity": 6,
                "hash_key": "pk",
                "range_key": "sk",
                "attribute": [
                    {"name": "pk", "type": "S"},
                    {"name": "sk", "type": "N"},
                    {"name": "status", "type": "S"},
                ],
                "global_secondary_index": [{
                    "name": "by-status",
                    "hash_key": "status",
                    "projection_type": "INCLUDE",
                    "non_key_attributes": ["total"],
                    "read_capacity": 1,
                    "write_capacity": 2,
                }],
                "local_secondary_index": [{"name": "local", "range_key": "status", "projection_type": "ALL"}],
                "point_in_time_recovery": [{"enabled": true}],
                "server_side_encryption": [{"enabled": true, "kms_key_arn": {"$ref": "aws_kms_key.k.arn"}}],
                "stream_enabled": true,
                "stream_view_type": "NEW_IMAGE",
                "ttl": [{"enabled": true, "attribute_name": "expires"}],
                "deletion_protection_enabled": true,
                "table_class": "STANDARD_INFREQUENT_ACCESS",
                "tags": {"owner": "shop"},
                "warm_throughput": [{"read_units_per_second": 13000}],
                "on_demand_throughput": [{"max_read_request_units": -1, "max_write_request_units": 10}],
            }),
        )
        .add("aws_kms_key.k", "aws_kms_key", &json!({}))
        .build()
}

#[test]
fn the_same_table_has_the_same_fields_in_cloudformation_and_terraform() {
    let (ours, theirs) = (orders_in_cloudformation(), orders_in_terraform());
    let (table, other) = ("Orders", "aws_dynamodb_table.orders");
    let fields = [
        ("name", "orders"),
        ("name_set", "true"),
        ("regional_settings", "true"),
        ("billing_mode", "PROVISIONED"),
        ("billing_mode_written", "true"),
        ("capacity", "{read: 5, write: 6, read_given: true, write_given: true}"),
        ("on_demand", "{max_writes: 10}"),
        ("warm_throughput", "{reads: 13000}"),
        ("partition_key", "pk"),
        ("sort_key", "sk"),
        ("partition_keys", "[pk]"),
        ("keys", "[{name: pk, key_type: HASH, attribute_type: S}, {name: sk, key_type: RANGE, attribute_type: N}]"),
        ("attribute_definitions", "[{name: pk, type: S}, {name: sk, type: N}, {name: status, type: S}]"),
        ("consistency", "EVENTUAL"),
        ("regions", "[eu-west-1]"),
        ("replicas", "[]"),
        ("point_in_time_recovery", "{enabled: true, period_days: 35, enabled_written: true, period_written: false}"),
        ("encryption.enabled", "true"),
        ("encryption.kms_key", "?"),
        ("encryption.key_class", "customer-managed"),
        ("ttl", "{enabled: true, attribute: expires}"),
        ("stream", "{enabled: true, view_type: NEW_IMAGE, referenced: false}"),
        ("tags", "{owner: shop}"),
        ("deletion_protection", "true"),
        ("table_class", "STANDARD_INFREQUENT_ACCESS"),
        ("contributor_insights.enabled", "false"),
        ("read_scaling", "[]"),
        ("restored", "false"),
    ];
    for (path, expected) in fields {
        let expected_replicas = if path == "replicas" { "-" } else { expected };
        assert_eq!(theirs.show(other, path), expected, "{path} in Terraform");
        let shown = ours.show(table, path);
        assert!(shown == expected || shown == expected_replicas, "{path} in CloudFormation: {shown}");
    }
    for (path, expected) in [
        ("kind", "global"),
        ("keys", "[{name: status, key_type: HASH, attribute_type: S}]"),
        ("projection", "{type: INCLUDE, non_key_attributes: [total]}"),
        ("capacity", "{read: 1, write: 2, read_given: true, write_given: true}"),
        ("inline", "true"),
        ("position", "0"),
    ] {
        assert_eq!(ours.show("Orders/by-status", path), expected, "{path}");
        assert_eq!(theirs.show("aws_dynamodb_table.orders/by-status", path), expected, "{path}");
    }
    let local = "[{name: pk, key_type: HASH, attribute_type: S}, {name: status, key_type: RANGE, attribute_type: S}]";
    assert_eq!(ours.show("Orders/local", "keys"), local);
    assert_eq!(theirs.show("aws_dynamodb_table.orders/local", "keys"), local);
    assert_eq!(ours.show(table, "indexes"), "[Orders/by-status, Orders/local]");
    assert_eq!(ours.show(table, "local_indexes"), "[Orders/local]");
    assert_eq!(ours.show("Orders/local", "table"), "Orders");
}

#[test]
fn a_simple_table_decides_its_billing_mode_by_its_throughput() {
    let built = sam()
        .add("Free", "AWS::Serverless::SimpleTable", &json!({}))
        .add(
            "Fixed",
            "AWS::Serverless::SimpleTable",
            &json!({
                "PrimaryKey": {"Name": "n", "Type": "Number"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                "Tags": {"owner": "shop"},
            }),
        )
        .build();
    assert_eq!(built.show("Free", "billing_mode"), "PAY_PER_REQUEST");
    assert_eq!(built.show("Free", "keys"), "[{name: id, key_type: HASH, attribute_type: S}]");
    assert_eq!(built.show("Free", "name"), "Free");
    assert_eq!(built.show("Free", "name_set"), "false");
    assert_eq!(built.show("Fixed", "billing_mode"), "PROVISIONED");
    assert_eq!(built.show("Fixed", "attribute_definitions"), "[{name: n, type: N}]");
    assert_eq!(built.show("Fixed", "tags"), "{owner: shop}");
    assert_eq!(built.show("Free", "encryption.key_class"), "aws-owned");
}

#[test]
fn a_global_table_keeps_regional_settings_in_its_replicas() {
    let built = cloudformation()
        .add(
            "Global",
            "AWS::DynamoDB::GlobalTable",
            &json!({
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "SSESpecification": {"SSEEnabled": true, "SSEType": "KMS"},
                "WriteProvisionedThroughputSettings": {"WriteCapacityAutoScalingSettings": {
                    "MinCapacity": 1, "MaxCapacity": 10,
                    "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70},
                }},
                "GlobalSecondaryIndexes": [{
                    "IndexName": "by-status",
                    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }],
                "Replicas": [
                    {"Region": "eu-west-1", "DeletionProtectionEnabled": true,
                     "ReadProvisionedThroughputSettings": {"ReadCapacityAutoScalingSettings": {
                        "MinCapacity": 2, "MaxCapacity": 20,
                        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60, "DisableScaleIn": true},
                     }},
                     "GlobalSecondaryIndexes": [{"IndexName": "by-status",
                        "ContributorInsightsSpecification": {"Enabled": true},
                        "ReadProvisionedThroughputSettings": {"ReadCapacityAutoScalingSettings": {
                            "MinCapacity": 3, "MaxCapacity": 30,
                            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60},
                        }}}]},
                    {"Region": "us-east-1", "SSESpecification": {"KMSMasterKeyId": "arn:aws:kms:us-east-1:1:key/x"}},
                ],
            }),
        )
        .build();
    assert_eq!(built.show("Global", "regional_settings"), "false");
    assert_eq!(built.show("Global", "deletion_protection"), "-");
    assert_eq!(built.show("Global", "point_in_time_recovery"), "-");
    assert_eq!(built.show("Global", "regions"), "[eu-west-1, us-east-1]");
    assert_eq!(built.show("Global", "replicas"), "[Global/eu-west-1, Global/us-east-1]");
    assert_eq!(built.show("Global/eu-west-1", "deletion_protection"), "true");
    assert_eq!(built.show("Global/us-east-1", "deletion_protection"), "false");
    assert_eq!(built.show("Global/eu-west-1", "home"), "true");
    assert_eq!(built.show("Global/eu-west-1", "encryption.key_class"), "aws-managed");
    assert_eq!(built.show("Global/us-east-1", "encryption.key_class"), "customer-managed");
    assert_eq!(built.show("Global", "write_scaling"), "[Global/WriteCapacityAutoScalingSettings]");
    assert_eq!(built.show("Global/eu-west-1", "read_scaling"), "[Global/eu-west-1/ReadCapacityAutoScalingSettings]");
    assert_eq!(built.show("Global/us-east-1", "read_scaling"), "[]");
    assert_eq!(
        built.show("Global/by-status", "read_scaling"),
        "[Global/eu-west-1/by-status/ReadCapacityAutoScalingSettings]"
    );
    let target = "Global/eu-west-1/ReadCapacityAutoScalingSettings";
    assert_eq!(built.show(target, "min"), "2");
    assert_eq!(built.show(target, "dimension"), "dynamodb:table:ReadCapacityUnits");
    let policy = "Global/eu-west-1/ReadCapacityAutoScalingSettings/TargetTrackingScalingPolicyConfiguration";
    assert_eq!(built.show(target, "policies"), format!("[{policy}]"));
    assert_eq!(built.show(policy, "target_value"), "60");
    assert_eq!(built.show(policy, "disable_scale_in"), "true");
    assert_eq!(
        built.show("Global/eu-west-1", "index_settings"),
        "[{name: by-status, insights_enabled: true, insights_mode: ACCESSED_AND_THROTTLED_KEYS}]"
    );
}

#[test]
fn a_terraform_global_table_counts_its_own_region_and_its_replicas() {
    let built = terraform()
        .add(
            "aws_dynamodb_table.t",
            "aws_dynamodb_table",
            &json!({
                "name": "t", "hash_key": "pk", "attribute": [{"name": "pk", "type": "S"}],
                "tags": {"owner": "shop"},
                "server_side_encryption": [{"enabled": true}],
                "replica": [
                    {"region_name": "us-east-1", "propagate_tags": true, "consistency_mode": "STRONG"},
                    {"region_name": "eu-central-1", "kms_key_arn": "arn:aws:kms:eu-central-1:1:key/x"},
                ],
                "global_table_witness": [{"region_name": "eu-west-3"}],
            }),
        )
        .default_tags(&json!({"team": "core"}))
        .add(
            "aws_dynamodb_table_replica.r",
            "aws_dynamodb_table_replica",
            &json!({"global_table_arn": {"$ref": "aws_dynamodb_table.t.arn"}, "region": "ap-south-1"}),
        )
        .build();
    let table = "aws_dynamodb_table.t";
    assert_eq!(built.show(table, "regions"), "[eu-west-1, us-east-1, eu-central-1, ap-south-1]");
    assert_eq!(
        built.show(table, "replicas"),
        "[aws_dynamodb_table.t/us-east-1, aws_dynamodb_table.t/eu-central-1, aws_dynamodb_table_replica.r]"
    );
    assert_eq!(built.show(table, "consistency"), "STRONG");
    assert_eq!(built.show(table, "witness_regions"), "[eu-west-3]");
    assert_eq!(built.show(table, "tags"), "{team: core, owner: shop}");
    assert_eq!(built.show("aws_dynamodb_table.t/us-east-1", "tags"), "{team: core, owner: shop}");
    assert_eq!(built.show("aws_dynamodb_table.t/eu-central-1", "tags"), "{}");
    assert_eq!(built.show("aws_dynamodb_table.t/us-east-1", "encryption.key_class"), "aws-managed");
    assert_eq!(built.show("aws_dynamodb_table.t/eu-central-1", "encryption.key_class"), "customer-managed");
    assert_eq!(built.show("aws_dynamodb_table_replica.r", "table"), table);
    assert_eq!(built.show("aws_dynamodb_table_replica.r", "inline"), "false");
    assert_eq!(built.show("aws_dynamodb_table_replica.r", "table_class"), "STANDARD");
    assert_eq!(built.show("aws_dynamodb_table_replica.r", "encryption.key_class"), "aws-managed");
    assert_eq!(built.show("aws_dynamodb_table_replica.r", "position"), "2");
}
