//! Links: by reference, name, ARN, partial string and equal open expression, under choices, and left open.

use serde_json::json;

use super::support::{Builder, cloudformation, terraform};

fn scaled(table: &serde_json::Value, resource_id: &serde_json::Value) -> super::support::Built {
    cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", table)
        .add(
            "Target",
            "AWS::ApplicationAutoScaling::ScalableTarget",
            &json!({
                "ServiceNamespace": "dynamodb", "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
                "ResourceId": resource_id, "MinCapacity": 1, "MaxCapacity": 10,
            }),
        )
        .build()
}

#[test]
fn a_scaling_target_finds_its_table_however_the_resource_id_is_written() {
    let named = json!({"TableName": "orders"});
    let by_parameter = json!({"TableName": {"$var": "Name"}});
    for (table, resource_id) in [
        (&named, json!("table/orders")),
        (&json!({}), json!({"$parts": ["table/", {"$ref": "Orders.Ref"}]})),
        (&named, json!({"$read": ["Orders.x", "table/orders"]})),
        (&by_parameter, json!({"$parts": ["table/", {"$var": "Name"}]})),
        (
            &json!({"TableName": {"$parts": [{"$var": "Stage"}, "-orders"]}}),
            json!({"$parts": ["table/", {"$var": "Stage"}, "-orders"]}),
        ),
        (
            &json!({"TableName": {"$env": ["a-orders", "b-orders"]}}),
            json!({"$env": ["table/a-orders", "table/b-orders"]}),
        ),
    ] {
        let built = scaled(table, &resource_id);
        assert_eq!(built.show("Target", "table"), "Orders", "{resource_id}");
        assert_eq!(built.show("Target", "direction"), "read");
        assert_eq!(built.show("Orders", "read_scaling"), "[Target]", "{resource_id}");
        assert_eq!(built.show("Orders", "write_scaling"), "[]", "{resource_id}");
    }
}

#[test]
fn a_target_that_cannot_be_resolved_leaves_the_tables_lists_open() {
    let built = scaled(&json!({"TableName": "orders"}), &json!({"$var": "Resource"}));
    assert_eq!(built.show("Target", "table"), "?");
    assert_eq!(built.show("Orders", "read_scaling"), "[...]");
    assert_eq!(built.show("Orders", "write_scaling"), "[]", "its dimension is known");
    let built = scaled(&json!({"TableName": "orders"}), &json!("table/other"));
    assert_eq!(built.show("Target", "table"), "-", "a name that is no table of the project");
    assert_eq!(built.show("Orders", "read_scaling"), "[]");
    let built = scaled(&json!({"TableName": {"$parts": [{"$var": "Stage"}, "-orders"]}}), &json!("table/x-orders"));
    assert_eq!(built.show("Target", "table"), "?", "it may be the table's name");
    let built = scaled(&json!({"TableName": {"$parts": [{"$var": "Stage"}, "-orders"]}}), &json!("table/users"));
    assert_eq!(built.show("Target", "table"), "-", "it can't be the table's name");
}

#[test]
fn links_keep_the_cases_in_which_they_hold() {
    let target = json!({
        "ServiceNamespace": "dynamodb", "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
        "ResourceId": {"$parts": ["table/", {"$ref": "Orders.Ref"}]}, "MinCapacity": 1, "MaxCapacity": 10,
    });
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add("Target", "AWS::ApplicationAutoScaling::ScalableTarget", &target)
        .exists(&json!({"$env": [true, false]}))
        .build();
    assert_eq!(built.show("Orders", "read_scaling"), "[<Target|->]");
    let built = cloudformation()
        .add("A", "AWS::DynamoDB::Table", &json!({"TableName": "orders"}))
        .exists(&json!({"$env": [true, false]}))
        .add("B", "AWS::DynamoDB::Table", &json!({"TableName": "orders"}))
        .exists(&json!({"$env": [false, true]}))
        .add(
            "Target",
            "AWS::ApplicationAutoScaling::ScalableTarget",
            &json!({
                "ServiceNamespace": "dynamodb", "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
                "ResourceId": "table/orders",
            }),
        )
        .build();
    assert_eq!(built.show("Target", "table"), "<A|B>");
    assert_eq!(built.show("A", "read_scaling"), "[<Target|->]");
    let built = scaled(&json!({"TableName": "orders"}), &json!({"$env": ["table/orders", "table/other"]}));
    assert_eq!(built.show("Target", "table"), "<Orders|->");
}

#[test]
fn index_targets_belong_to_the_index_and_not_to_the_table() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({
            "name": "orders",
            "global_secondary_index": [{"name": "by-status", "hash_key": "s", "projection_type": "ALL"}],
        }))
        .add("aws_appautoscaling_target.i", "aws_appautoscaling_target", &json!({
            "service_namespace": "dynamodb", "scalable_dimension": "dynamodb:index:WriteCapacityUnits",
            "resource_id": "table/orders/index/by-status", "min_capacity": 1, "max_capacity": 2,
        }))
        .add("aws_appautoscaling_target.missing", "aws_appautoscaling_target", &json!({
            "service_namespace": "dynamodb", "scalable_dimension": "dynamodb:index:WriteCapacityUnits",
            "resource_id": "table/orders/index/by-state", "min_capacity": 1, "max_capacity": 2,
        }))
        .add("aws_appautoscaling_policy.p", "aws_appautoscaling_policy", &json!({
            "name": "p", "policy_type": "TargetTrackingScaling",
            "service_namespace": {"$read": ["aws_appautoscaling_target.i.service_namespace", "dynamodb"]},
            "scalable_dimension":
                {"$read": ["aws_appautoscaling_target.i.scalable_dimension", "dynamodb:index:WriteCapacityUnits"]},
            "resource_id": {"$read": ["aws_appautoscaling_target.i.resource_id", "table/orders/index/by-status"]},
            "target_tracking_scaling_policy_configuration": [{"target_value": 70,
                "predefined_metric_specification": [{"predefined_metric_type": "DynamoDBWriteCapacityUtilization"}]}],
        }))
        .add("aws_appautoscaling_scheduled_action.a", "aws_appautoscaling_scheduled_action", &json!({
            "name": "night", "service_namespace": "dynamodb", "schedule": "cron(0 22 * * ? *)",
            "resource_id": "table/orders/index/by-status", "scalable_dimension": "dynamodb:index:WriteCapacityUnits",
            "scalable_target_action": [{"min_capacity": 5, "max_capacity": 4}],
        }))
        .build();
    let (index, target, policy) =
        ("aws_dynamodb_table.t/by-status", "aws_appautoscaling_target.i", "aws_appautoscaling_policy.p");
    assert_eq!(built.show(index, "write_scaling"), format!("[{target}]"));
    assert_eq!(built.show(index, "scaling_policies"), format!("[{policy}]"));
    assert_eq!(built.show("aws_dynamodb_table.t", "write_scaling"), "[]");
    assert_eq!(built.show("aws_appautoscaling_target.missing", "index"), "-");
    assert_eq!(built.show("aws_appautoscaling_target.missing", "index_name"), "by-state");
    assert_eq!(built.show(policy, "target"), target);
    assert_eq!(built.show(policy, "target_value"), "70");
    assert_eq!(built.show(policy, "predefined_metric"), "DynamoDBWriteCapacityUtilization");
    assert_eq!(built.show(target, "policies"), format!("[{policy}]"));
    assert_eq!(
        built.show(target, "scheduled_actions"),
        "[{name: night, schedule: cron(0 22 * * ? *), min: 5, max: 4}]"
    );
}

#[test]
fn a_policy_finds_its_target_by_id_by_triple_and_not_at_all() {
    let base = |builder: Builder| {
        builder.add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"})).add(
            "Target",
            "AWS::ApplicationAutoScaling::ScalableTarget",
            &json!({
                "ServiceNamespace": "dynamodb", "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
                "ResourceId": {"$parts": ["table/", {"$ref": "Orders.Ref"}]},
            }),
        )
    };
    let built = base(cloudformation())
        .add(
            "ById",
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            &json!({
                "PolicyName": "a", "PolicyType": "TargetTrackingScaling", "ScalingTargetId": {"$ref": "Target.Ref"},
            }),
        )
        .add(
            "ByTriple",
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            &json!({
                "PolicyName": "b", "ServiceNamespace": "dynamodb", "ResourceId": "table/orders",
                "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
            }),
        )
        .add(
            "Other",
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            &json!({
                "PolicyName": "c", "ServiceNamespace": "dynamodb", "ResourceId": "table/orders",
                "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
            }),
        )
        .build();
    assert_eq!(built.show("ById", "target"), "Target");
    assert_eq!(built.show("ById", "table"), "Orders");
    assert_eq!(built.show("ById", "direction"), "write");
    assert_eq!(built.show("ByTriple", "target"), "Target");
    assert_eq!(built.show("Other", "target"), "-");
    assert_eq!(built.show("Other", "table"), "Orders");
    assert_eq!(built.show("Target", "policies"), "[ById, ByTriple]");
    assert_eq!(built.show("Orders", "scaling_policies"), "[ById, ByTriple, Other]");
}

#[test]
fn separate_resources_set_what_belongs_to_the_table() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders", "hash_key": "pk"}))
        .meta(&json!({"lifecycle": {"ignore_changes": ["read_capacity"], "prevent_destroy": true}}))
        .add("aws_dynamodb_contributor_insights.c", "aws_dynamodb_contributor_insights", &json!({"table_name": "orders"}))
        .add("aws_dynamodb_tag.g", "aws_dynamodb_tag", &json!({
            "resource_arn": {"$ref": "aws_dynamodb_table.t.arn"}, "key": "owner", "value": "shop",
        }))
        .add("aws_dynamodb_kinesis_streaming_destination.k", "aws_dynamodb_kinesis_streaming_destination", &json!({
            "table_name": "orders", "stream_arn": "arn:aws:kinesis:eu-west-1:1:stream/s",
        }))
        .add("aws_dynamodb_resource_policy.p", "aws_dynamodb_resource_policy", &json!({
            "resource_arn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
            "policy": {"$parts": [
                r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"dynamodb:*","Resource":""#,
                {"$var": "arn"}, r#""}}"#,
            ]},
        }))
        .add("aws_dynamodb_global_secondary_index.i", "aws_dynamodb_global_secondary_index", &json!({
            "table_name": "orders", "index_name": "by-x",
            "key_schema": [{"attribute_name": "x", "attribute_type": "S", "key_type": "HASH"}],
            "projection": [{"projection_type": "ALL"}],
        }))
        .build();
    let table = "aws_dynamodb_table.t";
    assert_eq!(built.show(table, "ignore_changes"), "[read_capacity]");
    assert_eq!(built.show(table, "prevent_destroy"), "true");
    assert_eq!(built.show(table, "contributor_insights.enabled"), "true");
    assert_eq!(built.show(table, "tags"), "{owner: shop}");
    assert_eq!(built.show(table, "kinesis_destinations"), "[aws_dynamodb_kinesis_streaming_destination.k]");
    assert_eq!(built.show(table, "resource_policies"), "[aws_dynamodb_resource_policy.p]");
    assert_eq!(
        built.show("aws_dynamodb_resource_policy.p", "statements"),
        "[{effect: Allow, actions: [dynamodb:*], not_actions: [], resources: [?], not_resources: [], \
         principals: [{type: *, id: *}], not_principals: [], conditions: []}]"
    );
    assert_eq!(built.show(table, "indexes"), "[aws_dynamodb_global_secondary_index.i]");
    let index = "aws_dynamodb_global_secondary_index.i";
    assert_eq!(built.show(index, "keys"), "[{name: x, key_type: HASH, attribute_type: S}]");
    assert_eq!(built.show(index, "projection.type"), "ALL");
    assert_eq!(built.show(index, "name"), "by-x");
    assert_eq!(built.show(index, "position"), "0");
}

#[test]
fn a_cluster_knows_its_groups_and_the_rules_of_its_security_groups() {
    let built = terraform()
        .add(
            "aws_dax_cluster.c",
            "aws_dax_cluster",
            &json!({
                "cluster_name": "cache", "node_type": "dax.r5.large", "replication_factor": "3",
                "subnet_group_name": {"$read": ["aws_dax_subnet_group.g.name", "net"]},
                "parameter_group_name": "params",
                "security_group_ids": [{"$ref": "aws_security_group.s.id"}, {"$var": "sg"}],
                "iam_role_arn": "arn:aws:iam::1:role/other",
            }),
        )
        .add(
            "aws_dax_subnet_group.g",
            "aws_dax_subnet_group",
            &json!({
                "name": "net", "subnet_ids": [{"$ref": "aws_subnet.a.id"}],
            }),
        )
        .add(
            "aws_dax_parameter_group.p",
            "aws_dax_parameter_group",
            &json!({
                "name": "params", "parameters": [{"name": "query-ttl-millis", "value": "0"}],
            }),
        )
        .add("aws_subnet.a", "aws_subnet", &json!({"availability_zone": "eu-west-1a"}))
        .add(
            "aws_route_table.r",
            "aws_route_table",
            &json!({
                "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": {"$ref": "aws_internet_gateway.g.id"}}],
            }),
        )
        .add("aws_internet_gateway.g", "aws_internet_gateway", &json!({}))
        .add(
            "aws_route_table_association.x",
            "aws_route_table_association",
            &json!({
                "subnet_id": {"$ref": "aws_subnet.a.id"}, "route_table_id": {"$ref": "aws_route_table.r.id"},
            }),
        )
        .add(
            "aws_security_group.s",
            "aws_security_group",
            &json!({
                "ingress": [{"protocol": "tcp", "from_port": 8111, "to_port": 8111,
                             "cidr_blocks": ["10.0.0.0/8", "192.168.0.0/16"]}],
            }),
        )
        .add(
            "aws_security_group_rule.in",
            "aws_security_group_rule",
            &json!({
                "type": "ingress", "protocol": "tcp", "from_port": 9111, "to_port": "9111",
                "cidr_blocks": ["0.0.0.0/0"], "security_group_id": {"$ref": "aws_security_group.s.id"},
            }),
        )
        .add(
            "aws_security_group_rule.out",
            "aws_security_group_rule",
            &json!({
                "type": "egress", "protocol": "-1", "from_port": 0, "to_port": 0,
                "cidr_blocks": ["0.0.0.0/0"], "security_group_id": {"$ref": "aws_security_group.s.id"},
            }),
        )
        .add(
            "aws_vpc_security_group_ingress_rule.v",
            "aws_vpc_security_group_ingress_rule",
            &json!({
                "ip_protocol": "tcp", "from_port": 9111, "to_port": 9111, "cidr_ipv6": "::/0",
                "security_group_id": {"$ref": "aws_security_group.s.id"},
            }),
        )
        .build();
    let cluster = "aws_dax_cluster.c";
    assert_eq!(built.show(cluster, "node_count"), "3");
    assert_eq!(built.show(cluster, "endpoint_encryption"), "NONE");
    assert_eq!(built.show(cluster, "subnet_group"), "aws_dax_subnet_group.g");
    assert_eq!(built.show(cluster, "parameter_group"), "aws_dax_parameter_group.p");
    assert_eq!(built.show(cluster, "security_groups"), "[aws_security_group.s, ...]");
    assert_eq!(built.show(cluster, "role"), "?");
    assert_eq!(built.show("aws_dax_subnet_group.g", "subnets"), "[aws_subnet.a]");
    assert_eq!(built.show("aws_subnet.a", "public"), "true");
    assert_eq!(built.show("aws_dax_parameter_group.p", "query_ttl_ms"), "0");
    assert_eq!(built.show("aws_dax_parameter_group.p", "record_ttl_ms"), "-");
    assert_eq!(
        built.show("aws_security_group.s", "ingress"),
        "[{protocol: tcp, from_port: 8111, to_port: 8111, cidr: 10.0.0.0/8}, \
         {protocol: tcp, from_port: 8111, to_port: 8111, cidr: 192.168.0.0/16}, \
         {protocol: tcp, from_port: 9111, to_port: 9111, cidr: 0.0.0.0/0}, \
         {protocol: tcp, from_port: 9111, to_port: 9111, cidr_ipv6: ::/0}]"
    );
}

#[test]
fn an_endpoint_gathers_its_associations_and_its_policy() {
    let built = terraform()
        .add("aws_vpc_endpoint.d", "aws_vpc_endpoint", &json!({
            "vpc_id": {"$ref": "aws_vpc.v.id"},
            "service_name": {"$parts": ["com.amazonaws.", {"$var": "region"}, ".dynamodb"]},
        }))
        .add("aws_vpc_endpoint.s3", "aws_vpc_endpoint", &json!({
            "vpc_id": {"$ref": "aws_vpc.v.id"}, "service_name": "com.amazonaws.eu-west-1.s3",
        }))
        .add("aws_vpc_endpoint_route_table_association.a", "aws_vpc_endpoint_route_table_association", &json!({
            "vpc_endpoint_id": {"$ref": "aws_vpc_endpoint.d.id"}, "route_table_id": {"$ref": "aws_route_table.r.id"},
        }))
        .add("aws_vpc_endpoint_policy.p", "aws_vpc_endpoint_policy", &json!({
            "vpc_endpoint_id": {"$ref": "aws_vpc_endpoint.d.id"},
            "policy": {"$ref": "data.aws_iam_policy_document.p.json"},
        }))
        .add("data.aws_iam_policy_document.p", "aws_iam_policy_document", &json!({"statement": [{
            "actions": ["*"], "resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}],
            "condition": [{"test": "StringEquals", "variable": "aws:PrincipalOrgID", "values": ["o-1"]}],
        }]}))
        .build();
    let endpoint = "aws_vpc_endpoint.d";
    assert_eq!(built.show(endpoint, "service"), "dynamodb");
    assert_eq!(built.show(endpoint, "type"), "Gateway");
    assert_eq!(built.show(endpoint, "route_table_ids"), "[?]");
    assert_eq!(built.show(endpoint, "siblings"), "[aws_vpc_endpoint.s3]");
    assert!(built.entity(endpoint).managed);
    assert!(!built.entity("aws_vpc_endpoint.s3").managed);
    assert_eq!(
        built.show(endpoint, "statements"),
        "[{effect: Allow, actions: [*], not_actions: [], resources: [*], not_resources: [], \
         principals: [{type: *, id: *}], not_principals: [], \
         conditions: [{operator: StringEquals, key: aws:PrincipalOrgID, values: [o-1]}]}]"
    );
}

#[test]
fn a_policy_on_a_replica_belongs_to_the_replica() {
    let built = terraform()
        .add(
            "aws_dynamodb_table.t",
            "aws_dynamodb_table",
            &json!({"name": "orders", "replica": [{"region_name": "us-east-1"}]}),
        )
        .add(
            "aws_dynamodb_table_replica.r",
            "aws_dynamodb_table_replica",
            &json!({"global_table_arn": {"$ref": "aws_dynamodb_table.t.arn"}, "region": "ap-south-1"}),
        )
        .add(
            "aws_dynamodb_resource_policy.inline",
            "aws_dynamodb_resource_policy",
            &json!({"resource_arn": "arn:aws:dynamodb:us-east-1:1:table/orders", "policy": "{}"}),
        )
        .add(
            "aws_dynamodb_resource_policy.separate",
            "aws_dynamodb_resource_policy",
            &json!({"resource_arn": {"$ref": "aws_dynamodb_table_replica.r.arn"}, "policy": "{}"}),
        )
        .add(
            "aws_dynamodb_resource_policy.home",
            "aws_dynamodb_resource_policy",
            &json!({"resource_arn": {"$ref": "aws_dynamodb_table.t.arn"}, "policy": "{}"}),
        )
        .build();
    let policies = |address: &str| built.show(address, "resource_policies");
    assert_eq!(policies("aws_dynamodb_table.t"), "[aws_dynamodb_resource_policy.home]");
    assert_eq!(policies("aws_dynamodb_table.t/us-east-1"), "[aws_dynamodb_resource_policy.inline]");
    assert_eq!(policies("aws_dynamodb_table_replica.r"), "[aws_dynamodb_resource_policy.separate]");
    assert_eq!(built.show("aws_dynamodb_resource_policy.separate", "table"), "aws_dynamodb_table.t");
}
