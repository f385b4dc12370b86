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

#[test]
fn clients_are_told_by_their_grants_and_by_their_environment() {
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add("Users", "AWS::DynamoDB::Table", &json!({}))
        .add("Cache", "AWS::DAX::Cluster", &json!({"IAMRoleARN": {"$ref": "Role.Arn"}}))
        .add(
            "Role",
            "AWS::IAM::Role",
            &json!({"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [
            {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": {"$ref": "Orders.Arn"}}]}}]}),
        )
        .add(
            "Fn",
            "AWS::Lambda::Function",
            &json!({
                "Role": {"$ref": "Role.Arn"},
                "Environment": {"Variables": {"TABLE": {"$ref": "Users.Ref"},
                    "CACHE": {"$parts": ["dax://", {"$ref": "Cache.ClusterDiscoveryEndpoint"}]}}},
                "VpcConfig": {"SubnetIds": ["subnet-1"]},
            }),
        )
        .add("Other", "AWS::Lambda::Function", &json!({}))
        .add("Service", "AWS::ECS::Service", &json!({"LaunchType": "EC2", "TaskDefinition": {"$ref": "Task.Ref"}}))
        .add(
            "Task",
            "AWS::ECS::TaskDefinition",
            &json!({
                "TaskRoleArn": {"$ref": "Role.Arn"},
                "ContainerDefinitions": [{"Environment": [{"Name": "T", "Value": {"$ref": "Users.Ref"}}]}],
            }),
        )
        .build();
    let kinds: Vec<(&str, bool)> = built
        .model
        .of(crate::model::schema::Subject::Client)
        .map(|(_, client)| (client.address.as_str(), client.managed))
        .collect();
    assert_eq!(kinds, [("Fn", true), ("Other", false), ("Service", true)]);
    assert_eq!(built.show("Orders", "clients"), "[Fn, Service]");
    assert_eq!(built.show("Users", "clients"), "[Fn, Service]");
    assert_eq!(built.show("Cache", "clients"), "[Fn]");
    assert_eq!(built.show("Cache", "tables"), "[Orders]");
    assert_eq!(built.show("Orders", "dax_clusters"), "[Cache]");
    assert_eq!(built.show("Service", "on_servers"), "true");
    assert_eq!(built.show("Service", "environment"), "{T: ?}");
}

#[test]
fn the_stack_gathers_what_is_judged_in_it() {
    let built = cloudformation()
        .add("Topic", "AWS::SNS::Topic", &json!({}))
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add("Cache", "AWS::DAX::Cluster", &json!({}))
        .build();
    let (_, stack) = built.model.of(crate::model::schema::Subject::Stack).next().unwrap();
    assert_eq!(stack.header, built.entity("Orders").header);
    assert_eq!(built.show("test", "tables"), "[Orders]");
    assert_eq!(built.show("test", "clusters"), "[Cache]");
    assert_eq!(built.show("test", "resource_types"), "[AWS::DAX::Cluster, AWS::DynamoDB::Table, AWS::SNS::Topic]");
    let built = cloudformation().add("Topic", "AWS::SNS::Topic", &json!({})).build();
    assert_eq!(built.model.len(), 0);
}

#[test]
fn trails_log_the_tables_that_their_selectors_cover() {
    let logged = |selectors: serde_json::Value| {
        cloudformation()
            .add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"}))
            .add("Trail", "AWS::CloudTrail::Trail", &selectors)
            .build()
            .show("Orders", "data_events")
    };
    let basic = |arn: &str| {
        json!({"IsLogging": true, "EventSelectors": [{"DataResources": [
            {"Type": "AWS::DynamoDB::Table", "Values": [arn]}]}]})
    };
    assert_eq!(logged(basic("arn:aws:dynamodb")), "true");
    assert_eq!(logged(basic("arn:aws:dynamodb:eu-west-1:1:table/orders")), "true");
    assert_eq!(logged(basic("arn:aws:dynamodb:eu-west-1:1:table/users")), "false");
    assert_eq!(logged(json!({"IsLogging": true})), "false");
    let advanced = |more: serde_json::Value| {
        json!({"AdvancedEventSelectors": [{"FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::DynamoDB::Table"]}, more]}]})
    };
    assert_eq!(logged(advanced(json!({"Field": "userIdentity.arn"}))), "true");
    assert_eq!(
        logged(advanced(json!({"Field": "resources.ARN", "StartsWith": ["arn:aws:dynamodb:eu-west-1:1:table/ord"]}))),
        "true"
    );
    // Some of its events are logged, if not all.
    assert_eq!(logged(advanced(json!({"Field": "readOnly", "Equals": ["false"]}))), "true");
    assert_eq!(logged(advanced(json!({"Field": "resources.ARN", "NotEndsWith": [":table/orders"]}))), "false");
    assert_eq!(logged(advanced(json!({"Field": "resources.ARN", "NotEquals": [{"$unknown": "open"}]}))), "?");
    assert_eq!(logged(advanced(json!({"Field": {"$unknown": "open"}, "Equals": ["x"]}))), "?");
}

#[test]
fn a_selector_that_filters_get_records_out_does_not_log_the_stream() {
    let logged = |more: serde_json::Value| {
        let built = cloudformation()
            .add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"}))
            .add(
                "Lake",
                "AWS::CloudTrail::EventDataStore",
                &json!({"AdvancedEventSelectors": [{"FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Data"]},
                    {"Field": "resources.type", "Equals": ["AWS::DynamoDB::Table"]}, more]}]}),
            )
            .build();
        assert_eq!(built.show("Orders", "data_events"), "true");
        built.show("Orders", "stream_data_events")
    };
    assert_eq!(logged(json!({"Field": "eventName", "NotEquals": ["GetRecords", "GetShardIterator"]})), "false");
    assert_eq!(logged(json!({"Field": "eventName", "NotStartsWith": ["Get"]})), "false");
    assert_eq!(logged(json!({"Field": "eventName", "Equals": ["PutItem"]})), "false");
    assert_eq!(logged(json!({"Field": "eventName", "NotEquals": ["Scan"]})), "true");
    assert_eq!(logged(json!({"Field": "eventName", "Equals": [{"$unknown": "open"}]})), "?");
}

#[test]
fn schedules_that_export_a_table_belong_to_it() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
        .add(
            "aws_scheduler_schedule.s",
            "aws_scheduler_schedule",
            &json!({
                "schedule_expression": "rate(1 day)",
                "target": [{"arn": "arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime",
                            "input": r#"{"TableArn": "arn:aws:dynamodb:eu-west-1:1:table/orders", "S3Bucket": "b"}"#}],
            }),
        )
        .add(
            "aws_dynamodb_table_export.e",
            "aws_dynamodb_table_export",
            &json!({
                "table_arn": {"$ref": "aws_dynamodb_table.t.arn"}, "s3_bucket": "b", "s3_sse_algorithm": "KMS",
            }),
        )
        .build();
    assert_eq!(
        built.show("aws_dynamodb_table.t", "exports"),
        "[aws_scheduler_schedule.s, aws_dynamodb_table_export.e]"
    );
    assert_eq!(built.show("aws_scheduler_schedule.s", "type"), "FULL_EXPORT");
    assert_eq!(built.show("aws_scheduler_schedule.s", "scheduled"), "true");
    assert_eq!(built.show("aws_dynamodb_table_export.e", "encryption"), "KMS");
}

#[test]
fn workflows_with_tables_tell_their_tasks() {
    let built = cloudformation()
        .add(
            "Machine",
            "AWS::StepFunctions::StateMachine",
            &json!({"Definition": {"States": {
                "Put": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "Retry": [{"MaxAttempts": 2}]},
                "Each": {"Type": "Map", "ItemProcessor": {"States": {
                    "Get": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem"}}}},
            }}}),
        )
        .add("None", "AWS::StepFunctions::StateMachine", &json!({"DefinitionString": "{\"States\": {}}"}))
        .build();
    assert_eq!(
        built.show("Machine", "tasks"),
        "[{name: Put, resource: arn:aws:states:::dynamodb:putItem, retries: true}, \
         {name: Get, resource: arn:aws:states:::aws-sdk:dynamodb:getItem, retries: false}]"
    );
    assert!(built.model.iter().all(|(_, entity)| entity.address != "None"));
}

#[test]
fn a_client_in_a_vpc_is_served_by_the_endpoint_of_its_route_table() {
    let built = |route_tables: serde_json::Value| {
        let built = terraform()
            .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
            .add("aws_vpc.v", "aws_vpc", &json!({}))
            .add("aws_subnet.a", "aws_subnet", &json!({"vpc_id": {"$ref": "aws_vpc.v.id"}}))
            .add("aws_route_table.r", "aws_route_table", &json!({}))
            .add(
                "aws_route_table_association.x",
                "aws_route_table_association",
                &json!({"subnet_id": {"$ref": "aws_subnet.a.id"}, "route_table_id": {"$ref": "aws_route_table.r.id"}}),
            )
            .add(
                "aws_vpc_endpoint.e",
                "aws_vpc_endpoint",
                &json!({"vpc_id": {"$ref": "aws_vpc.v.id"}, "service_name": "com.amazonaws.eu-west-1.dynamodb",
                        "route_table_ids": route_tables}),
            )
            .add(
                "aws_lambda_function.f",
                "aws_lambda_function",
                &json!({"role": "r", "vpc_config": [{"subnet_ids": [{"$ref": "aws_subnet.a.id"}]}],
                        "environment": [{"variables": {"T": {"$read": ["aws_dynamodb_table.t.name", "orders"]}}}]}),
            )
            .build();
        // The function is an entity of its own at the same address.
        let (_, client) = built.model.of(crate::model::schema::Subject::Client).next().unwrap();
        built.text(client.fields.get("endpoint_reached").unwrap())
    };
    assert_eq!(built(json!([{"$ref": "aws_route_table.r.id"}])), "true");
    assert_eq!(built(json!([{"$ref": "aws_route_table.other.id"}])), "false");
    assert_eq!(built(json!({"$unknown": "a data source"})), "?");
    assert_eq!(built(json!([{"$env": [{"$ref": "aws_route_table.r.id"}, {"$absent": 1}]}])), "<true|false>");
}

#[test]
fn a_subnet_without_a_route_table_of_its_own_has_the_main_one_of_its_vpc() {
    let served = |route_table: &str, more: Option<(&str, &str, serde_json::Value)>| {
        let mut builder = terraform()
            .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
            .add("aws_vpc.v", "aws_vpc", &json!({}))
            .add("aws_route_table.r", "aws_route_table", &json!({}))
            .add("aws_subnet.a", "aws_subnet", &json!({"vpc_id": {"$ref": "aws_vpc.v.id"}}))
            .add(
                "aws_vpc_endpoint.e",
                "aws_vpc_endpoint",
                &json!({"vpc_id": {"$ref": "aws_vpc.v.id"}, "service_name": "com.amazonaws.eu-west-1.dynamodb",
                        "route_table_ids": [{"$ref": route_table}]}),
            )
            .add(
                "aws_lambda_function.f",
                "aws_lambda_function",
                &json!({"role": "r", "vpc_config": [{"subnet_ids": [{"$ref": "aws_subnet.a.id"}]}],
                        "environment": [{"variables": {"T": {"$read": ["aws_dynamodb_table.t.name", "orders"]}}}]}),
            );
        if let Some((address, kind, attributes)) = more {
            builder = builder.add(address, kind, &attributes);
        }
        let built = builder.build();
        let (_, client) = built.model.of(crate::model::schema::Subject::Client).next().unwrap();
        built.text(client.fields.get("endpoint_reached").unwrap())
    };
    assert_eq!(served("aws_vpc.v.main_route_table_id", None), "true");
    assert_eq!(served("aws_route_table.r.id", None), "false");
    let main = json!({"vpc_id": {"$ref": "aws_vpc.v.id"}, "route_table_id": {"$ref": "aws_route_table.r.id"}});
    let main = Some(("aws_main_route_table_association.m", "aws_main_route_table_association", main));
    assert_eq!(served("aws_route_table.r.id", main), "true");
    let other = json!({"subnet_id": {"$var": "subnet"}, "route_table_id": {"$ref": "aws_route_table.r.id"}});
    let other = Some(("aws_route_table_association.x", "aws_route_table_association", other));
    assert_eq!(served("aws_route_table.r.id", other), "?", "the subnet may be this one");
}

#[test]
fn of_an_environment_only_what_may_be_a_url_is_one() {
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add("Api", "AWS::ApiGatewayV2::Api", &json!({}))
        .add(
            "F",
            "AWS::ECS::Service",
            &json!({"TaskDefinition": {"$ref": "Task.Ref"}, "NetworkConfiguration": {}}),
        )
        .add(
            "Task",
            "AWS::ECS::TaskDefinition",
            &json!({"ContainerDefinitions": [{"Name": "c", "Environment": [
                {"Name": "T", "Value": {"$ref": "Orders.Ref"}}, {"Name": "A", "Value": {"$ref": "Api.ApiEndpoint"}},
                {"Name": "U", "Value": "http://localhost:8000"}, {"Name": "L", "Value": "debug"},
                {"Name": "P", "Value": {"$parts": ["orders-", {"$var": "x"}]}},
                {"Name": "Q", "Value": {"$parts": [{"$var": "x"}, "/items"]}}, {"Name": "V", "Value": {"$var": "v"}},
                {"Name": "SERVICE_URL", "Value": {"$var": "url"}}, {"Name": "URL_STAGE", "Value": {"$var": "terraform.workspace"}}]}]}),
        )
        .build();
    assert_eq!(built.show("F", "urls"), "[?, http://localhost:8000, ?/items, ?]");
}

#[test]
fn the_provider_takes_days_of_zero_for_none() {
    let built = terraform()
        .add(
            "aws_backup_plan.p",
            "aws_backup_plan",
            &json!({"name": "p", "rule": [{
                "rule_name": "daily", "target_vault_name": "v",
                "lifecycle": [{"cold_storage_after": 0, "delete_after": 35}],
                "copy_action": [{"destination_vault_arn": "arn:aws:backup:us-east-1:1:backup-vault:far",
                                 "lifecycle": [{"cold_storage_after": 30, "delete_after": 0}]}],
            }]}),
        )
        .build();
    let rules = built.show("aws_backup_plan.p", "rules");
    assert!(rules.contains("delete_after: 35") && rules.contains("cold_after: 30"), "{rules}");
    assert!(!rules.contains("cold_after: 0") && !rules.contains("delete_after: 0"), "{rules}");
}
