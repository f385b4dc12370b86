//! What stands beside tables: backup companions, budgets, references to streams and clusters, zero-ETL, workflows.

use serde_json::{Value as Json, json};

use super::support::{cloudformation, terraform};

#[test]
fn the_stack_lists_its_backup_companions_and_what_watches_the_cost() {
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add("Report", "AWS::Backup::ReportPlan", &json!({}))
        .add("Test", "AWS::Backup::RestoreTestingPlan", &json!({}))
        .add("Selected", "AWS::Backup::RestoreTestingSelection", &json!({"ProtectedResourceType": "DynamoDB"}))
        .add("Ready", "AWS::Route53RecoveryReadiness::ReadinessCheck", &json!({}))
        .add("Bill", "AWS::CloudWatch::Alarm", &json!({"Namespace": "AWS/Billing", "MetricName": "EstimatedCharges"}))
        .add(
            "Math",
            "AWS::CloudWatch::Alarm",
            &json!({"Metrics": [{"Id": "a", "MetricStat": {"Metric": {"Namespace": "AWS/Billing"}}}]}),
        )
        .add("Other", "AWS::CloudWatch::Alarm", &json!({"Namespace": "AWS/SQS"}))
        .add("Budget", "AWS::Budgets::Budget", &json!({}))
        .build();
    assert_eq!(built.show("test", "backup_audits"), "[Report]");
    assert_eq!(built.show("test", "restore_testing_plans"), "[Test]");
    assert_eq!(built.show("test", "restore_tested_types"), "[DynamoDB]");
    assert_eq!(built.show("test", "readiness_checks"), "[Ready]");
    assert_eq!(built.show("test", "cost_watches"), "[Bill, Math, Budget]");
}

#[test]
fn a_stream_is_referred_to_by_its_attribute_or_its_arn() {
    let referenced = |attribute: &Json| {
        terraform()
            .add(
                "aws_dynamodb_table.t",
                "aws_dynamodb_table",
                &json!({"name": "orders", "stream_enabled": true, "stream_view_type": "KEYS_ONLY"}),
            )
            .add("aws_ssm_parameter.p", "aws_ssm_parameter", &json!({"value": attribute}))
            .build()
            .show("aws_dynamodb_table.t", "stream.referenced")
    };
    assert_eq!(referenced(&json!({"$ref": "aws_dynamodb_table.t.stream_arn"})), "true");
    assert_eq!(referenced(&json!({"$parts": [{"$ref": "aws_dynamodb_table.t.arn"}, "/stream/*"]})), "true");
    assert_eq!(referenced(&json!("arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026")), "true");
    assert_eq!(referenced(&json!({"$ref": "aws_dynamodb_table.t.arn"})), "false");
    assert_eq!(referenced(&json!("arn:aws:dynamodb:eu-west-1:1:table/orders-old/stream/2026")), "false");
}

#[test]
fn a_cluster_is_referred_to_by_its_endpoint_but_not_by_its_name() {
    let referenced = |attribute: &str| {
        cloudformation()
            .add("Cache", "AWS::DAX::Cluster", &json!({}))
            .add("Parameter", "AWS::SSM::Parameter", &json!({"Value": {"$ref": attribute}}))
            .build()
            .show("Cache", "referenced")
    };
    assert_eq!(referenced("Cache.ClusterDiscoveryEndpointURL"), "true");
    assert_eq!(referenced("Cache.Arn"), "true");
    assert_eq!(referenced("Cache.Ref"), "false");
}

#[test]
fn pipelines_and_integrations_read_the_tables_that_they_name() {
    let read = |kind: &str, attributes: &Json| {
        terraform()
            .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
            .add("x.x", kind, attributes)
            .build()
            .show("aws_dynamodb_table.t", "zero_etl")
    };
    let arn = json!({"$ref": "aws_dynamodb_table.t.arn"});
    let body = |value: Json| json!({"pipeline_configuration_body": value});
    assert_eq!(read("aws_redshift_integration", &json!({"source_arn": arn})), "true");
    assert_eq!(read("aws_redshift_integration", &json!({"source_arn": "arn:aws:rds:eu-west-1:1:cluster:a"})), "false");
    assert_eq!(read("aws_osis_pipeline", &body(json!({"$parts": ["table_arn: ", arn]}))), "true");
    assert_eq!(
        read("aws_osis_pipeline", &body(json!("table_arn: arn:aws:dynamodb:eu-west-1:1:table/orders\n"))),
        "true"
    );
    assert_eq!(read("aws_osis_pipeline", &body(json!("source: { s3: {} }"))), "false");
    assert_eq!(read("aws_osis_pipeline", &body(json!({"$var": "body"}))), "?");
}

fn schedule(expression: &Json, input: &Json) -> super::support::Built {
    cloudformation()
        .add(
            "Nightly",
            "AWS::Scheduler::Schedule",
            &json!({"ScheduleExpression": expression, "Target": {
                "Arn": "arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime", "Input": input}}),
        )
        .build()
}

#[test]
fn a_schedule_recurs_unless_it_names_one_moment_or_year() {
    let recurs = |expression: &str| schedule(&json!(expression), &json!("{}")).show("Nightly", "recurring");
    assert_eq!(recurs("rate(1 day)"), "true");
    assert_eq!(recurs("cron(0 3 * * ? *)"), "true");
    assert_eq!(recurs("cron(0 3 * * ? 2027)"), "false");
    assert_eq!(recurs("cron(0 3 * * ? 2027-2030)"), "true");
    assert_eq!(recurs("at(2027-01-01T00:00:00)"), "false");
    assert_eq!(schedule(&json!({"$var": "when"}), &json!("{}")).show("Nightly", "recurring"), "?");
    assert_eq!(schedule(&json!("rate(1 day)"), &json!({"$var": "input"})).show("Nightly", "type"), "?");
}

#[test]
fn a_rule_with_its_target_apart_is_a_schedule_as_well() {
    let built = terraform()
        .add("aws_cloudwatch_event_rule.r", "aws_cloudwatch_event_rule", &json!({"schedule_expression": "rate(1 day)"}))
        .add(
            "aws_cloudwatch_event_target.t",
            "aws_cloudwatch_event_target",
            &json!({"rule": {"$ref": "aws_cloudwatch_event_rule.r.name"},
                    "arn": "arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime",
                    "input": "{\"ExportType\": \"INCREMENTAL_EXPORT\"}"}),
        )
        .build();
    assert_eq!(built.show("aws_cloudwatch_event_target.t", "recurring"), "true");
    assert_eq!(built.show("aws_cloudwatch_event_target.t", "type"), "INCREMENTAL_EXPORT");
}

#[test]
fn substitutions_are_put_into_the_definition_of_a_workflow() {
    let tasks = |definition: &Json| {
        cloudformation()
            .add(
                "Machine",
                "AWS::Serverless::StateMachine",
                &json!({"Definition": definition, "DefinitionSubstitutions": {
                    "Put": {"$parts": ["arn:", {"$var": "partition"}, ":states:::dynamodb:putItem"]},
                    "Count": 3}}),
            )
            .build()
            .show("Machine", "tasks")
    };
    let state = json!({"States": {"Save": {"Type": "Task", "Resource": "${Put}"}}});
    let expected = "[{name: Save, resource: arn:?:states:::dynamodb:putItem, retries: false}]";
    assert_eq!(tasks(&state), expected);
    let text = r#"{"TimeoutSeconds": ${Count}, "States": {"Save": {"Type": "Task", "Resource": "${Put}"}}}"#;
    assert_eq!(tasks(&json!(text)), expected);
}

#[test]
fn a_workflow_from_elsewhere_has_tasks_that_are_not_known() {
    let built = cloudformation()
        .add("Machine", "AWS::StepFunctions::StateMachine", &json!({"DefinitionS3Location": {"Bucket": "b"}}))
        .build();
    assert_eq!(built.show("Machine", "tasks"), "?");
    assert_eq!(built.show("Machine", "managed"), "true");
}

#[test]
fn services_run_on_servers_by_launch_type_provider_or_default() {
    let on_servers = |attributes: Json| {
        terraform()
            .add(
                "aws_ecs_task_definition.t",
                "aws_ecs_task_definition",
                &json!({"requires_compatibilities": ["FARGATE"]}),
            )
            .add("aws_ecs_service.s", "aws_ecs_service", &attributes)
            .build()
            .show("aws_ecs_service.s", "on_servers")
    };
    assert_eq!(on_servers(json!({})), "true");
    assert_eq!(on_servers(json!({"launch_type": "FARGATE"})), "false");
    assert_eq!(on_servers(json!({"task_definition": {"$ref": "aws_ecs_task_definition.t.arn"}})), "false");
    assert_eq!(on_servers(json!({"capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT"}]})), "false");
    assert_eq!(on_servers(json!({"capacity_provider_strategy": [{"capacity_provider": "machines"}]})), "true");
}

#[test]
fn dashboards_show_the_tables_of_their_rows_and_searches() {
    let shows = |body: &Json| {
        let built = terraform()
            .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
            .add("aws_dynamodb_table.u", "aws_dynamodb_table", &json!({"name": "users"}))
            .add("aws_cloudwatch_dashboard.d", "aws_cloudwatch_dashboard", &json!({"dashboard_body": body}))
            .build();
        (built.show("aws_dynamodb_table.t", "dashboard_metrics"), built.show("test", "dashboards"))
    };
    let rows = |rows: Json| {
        shows(&json!(
            json!({"widgets": [{"type": "metric", "properties": {"region": "eu-west-1", "metrics": rows}}]})
                .to_string()
        ))
    };
    let dashboard = "[aws_cloudwatch_dashboard.d]".to_owned();
    assert_eq!(
        rows(json!([
            ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "users", {"stat": "Sum"}],
            [".", "ConsumedWriteCapacityUnits", ".", "orders"],
            ["...", "users"],
            ["AWS/SQS", "Age", "QueueName", "orders"],
        ])),
        ("[{name: ConsumedWriteCapacityUnits, region: eu-west-1}]".to_owned(), dashboard.clone())
    );
    assert_eq!(
        rows(json!([[{"expression": "SEARCH('{AWS/DynamoDB,TableName} Consumed', 'Sum')"}]])),
        ("[{expression: SEARCH('{AWS/DynamoDB,TableName} Consumed', 'Sum'), region: eu-west-1}]".to_owned(), dashboard)
    );
    assert_eq!(rows(json!([["AWS/SQS", "Age"]])), ("[]".to_owned(), "[]".to_owned()));
    assert_eq!(shows(&json!({"$var": "body"})), ("[...]".to_owned(), "[...]".to_owned()));
}

#[test]
fn a_metric_stream_takes_along_what_its_filters_say() {
    let takes = |attributes: Json| {
        cloudformation()
            .add("Orders", "AWS::DynamoDB::Table", &json!({}))
            .add("Stream", "AWS::CloudWatch::MetricStream", &attributes)
            .build()
            .show("test", "metric_streams")
    };
    assert_eq!(takes(json!({})), "[Stream]");
    assert_eq!(takes(json!({"IncludeFilters": [{"Namespace": "AWS/DynamoDB"}]})), "[Stream]");
    assert_eq!(takes(json!({"IncludeFilters": [{"Namespace": "AWS/SQS"}]})), "[]");
    assert_eq!(takes(json!({"ExcludeFilters": [{"Namespace": "AWS/DynamoDB"}]})), "[]");
}
