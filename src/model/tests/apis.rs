//! APIs with what they lead to, log groups of clients, and whom roles and policies let in.

use serde_json::json;

use super::support::{Builder, cloudformation, sam, terraform};

fn with_client(builder: Builder) -> Builder {
    builder.add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"})).add(
        "Reader",
        "AWS::Lambda::Function",
        &json!({"FunctionName": "reader", "Environment": {"Variables": {"T": {"$ref": "Orders.Ref"}}}}),
    )
}

#[test]
fn a_rest_api_knows_the_methods_that_lead_to_a_client_of_a_table() {
    let uri = json!({"$parts": ["arn:aws:apigateway:", {"$var": "region"}, ":lambda:path/2015-03-31/functions/",
                                {"$ref": "Reader.Arn"}, "/invocations"]});
    let other =
        json!({"$parts": ["arn:aws:apigateway:x:lambda:path/functions/", {"$ref": "Other.Arn"}, "/invocations"]});
    let built = with_client(cloudformation())
        .add("Api", "AWS::ApiGateway::RestApi", &json!({"Name": "shop"}))
        .add(
            "Items",
            "AWS::ApiGateway::Resource",
            &json!({"PathPart": "items", "ParentId": {"$ref": "Api.RootResourceId"}}),
        )
        .add(
            "Get",
            "AWS::ApiGateway::Method",
            &json!({"RestApiId": {"$ref": "Api.Ref"}, "ResourceId": {"$ref": "Items.Ref"}, "HttpMethod": "GET",
                    "Integration": {"Uri": uri}}),
        )
        .add(
            "Else",
            "AWS::ApiGateway::Method",
            &json!({"RestApiId": {"$ref": "Api.Ref"}, "HttpMethod": "GET", "Integration": {"Uri": other}}),
        )
        .add("Stage", "AWS::ApiGateway::Stage", &json!({"RestApiId": {"$ref": "Api.Ref"}, "StageName": "p"}))
        .build();
    assert_eq!(built.show("Api", "methods"), "[{method: GET, path: /items, authorization: NONE, validated: false}]");
    assert_eq!(built.show("Api", "stages"), "[{name: p, tracing: false}]");
    assert_eq!(built.show("Api", "clients"), "[Reader]");
    assert_eq!(built.show("Api", "managed"), "true");
}

#[test]
fn an_api_without_a_client_of_a_table_is_not_judged() {
    let built = with_client(cloudformation())
        .add(
            "Api",
            "AWS::ApiGatewayV2::Api",
            &json!({"Name": "x", "ProtocolType": "HTTP", "Target": {"$ref": "Other.Arn"}}),
        )
        .add("Socket", "AWS::ApiGatewayV2::Api", &json!({"Name": "y", "ProtocolType": "WEBSOCKET"}))
        .build();
    assert_eq!(built.show("Api", "managed"), "false");
    assert!(built.model.iter().all(|(_, entity)| entity.address != "Socket"));
}

#[test]
fn a_definition_in_openapi_gives_methods_with_their_security() {
    let operation = |security: serde_json::Value| {
        json!({"security": security, "x-amazon-apigateway-integration": {"uri":
            {"$parts": ["arn:aws:apigateway:x:lambda:path/2015-03-31/functions/", {"$ref": "Reader.Arn"}, "/invocations"]}}})
    };
    let built = with_client(cloudformation())
        .add(
            "Api",
            "AWS::ApiGateway::RestApi",
            &json!({"Name": "shop", "Body": {"security": [{"jwt": []}], "paths": {
                "/a": {"get": operation(json!([]))}, "/b": {"post": operation(json!([{"jwt": []}]))}}}}),
        )
        .build();
    assert_eq!(
        built.show("Api", "methods"),
        "[{method: GET, path: /a, authorization: NONE, validated: false}, \
         {method: POST, path: /b, authorization: CUSTOM, validated: false}]"
    );
}

#[test]
fn domains_and_aliases_are_followed() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
        .add(
            "aws_lambda_function.f",
            "aws_lambda_function",
            &json!({"function_name": "f", "environment": [{"variables": {"T": {"$read": ["aws_dynamodb_table.t.name", "orders"]}}}]}),
        )
        .add("aws_lambda_alias.live", "aws_lambda_alias", &json!({"function_name": {"$ref": "aws_lambda_function.f.arn"}}))
        .add("aws_apigatewayv2_api.a", "aws_apigatewayv2_api", &json!({"name": "a", "protocol_type": "HTTP"}))
        .add(
            "aws_apigatewayv2_integration.i",
            "aws_apigatewayv2_integration",
            &json!({"api_id": {"$ref": "aws_apigatewayv2_api.a.id"}, "integration_uri": {"$ref": "aws_lambda_alias.live.invoke_arn"}}),
        )
        .add(
            "aws_apigatewayv2_route.r",
            "aws_apigatewayv2_route",
            &json!({"api_id": {"$ref": "aws_apigatewayv2_api.a.id"}, "route_key": "GET /x", "authorization_type": "JWT",
                    "target": {"$parts": ["integrations/", {"$ref": "aws_apigatewayv2_integration.i.id"}]}}),
        )
        .add(
            "aws_apigatewayv2_domain_name.d",
            "aws_apigatewayv2_domain_name",
            &json!({"domain_name": "a.example.com", "domain_name_configuration": [{"security_policy": "TLS_1_2"}]}),
        )
        .add(
            "aws_apigatewayv2_api_mapping.m",
            "aws_apigatewayv2_api_mapping",
            &json!({"api_id": {"$ref": "aws_apigatewayv2_api.a.id"}, "domain_name": {"$ref": "aws_apigatewayv2_domain_name.d.id"}}),
        )
        .build();
    let api = "aws_apigatewayv2_api.a";
    assert_eq!(built.show(api, "methods"), "[{method: GET, path: /x, authorization: JWT, validated: false}]");
    assert_eq!(built.show(api, "security_policies"), "[TLS_1_2]");
}

#[test]
fn events_of_serverless_functions_are_methods() {
    let built = sam()
        .add("Orders", "AWS::DynamoDB::Table", &json!({}))
        .add("Shop", "AWS::Serverless::Api", &json!({"StageName": "p", "Auth": {"DefaultAuthorizer": "Users"}}))
        .add(
            "Reader",
            "AWS::Serverless::Function",
            &json!({"Environment": {"Variables": {"T": {"$ref": "Orders.Ref"}}}, "Events": {
                "Get": {"Type": "Api", "Properties": {"RestApiId": {"$ref": "Shop.Ref"}, "Path": "/a", "Method": "get",
                        "Auth": {"Authorizer": "AWS_IAM"}, "RequestModel": {"ValidateBody": true}}}}}),
        )
        .build();
    assert_eq!(built.show("Shop", "methods"), "[{method: GET, path: /a, authorization: AWS_IAM, validated: true}]");
    assert_eq!(built.show("Shop", "default_authorizer"), "true");
}

#[test]
fn clients_know_their_log_groups() {
    let built = with_client(cloudformation())
        .add("Logs", "AWS::Logs::LogGroup", &json!({"LogGroupName": "/aws/lambda/reader", "KmsKeyId": "k"}))
        .add("Other", "AWS::Logs::LogGroup", &json!({"LogGroupName": "/aws/lambda/writer"}))
        .build();
    let (_, client) = built.model.of(crate::model::schema::Subject::Client).next().unwrap();
    assert_eq!(built.text(client.fields.get("log_groups").unwrap()), "[{name: Logs, kms_key: k}]");
}

#[test]
fn principals_know_their_account_and_roles_their_end_users() {
    let policy = |principal: serde_json::Value| {
        let built = terraform()
            .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "t"}))
            .add("aws_iam_role.r", "aws_iam_role", &json!({}))
            .add(
                "aws_dynamodb_resource_policy.p",
                "aws_dynamodb_resource_policy",
                &json!({"resource_arn": {"$ref": "aws_dynamodb_table.t.arn"},
                        "policy": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}}]}}),
            )
            .build();
        let statements = built.value("aws_dynamodb_resource_policy.p", "statements");
        let principal =
            statements.as_list().unwrap().items[0].get("principals").unwrap().as_list().unwrap().items[0].clone();
        built.text(principal.get("account").unwrap())
    };
    assert_eq!(policy(json!("444455556666")), "444455556666");
    assert_eq!(policy(json!("arn:aws:iam::444455556666:role/x")), "444455556666");
    assert_eq!(policy(json!({"$parts": ["arn:", {"$var": "p"}, ":iam::444455556666:root"]})), "444455556666");
    assert_eq!(policy(json!({"$ref": "aws_iam_role.r.arn"})), "?");
    assert_eq!(policy(json!("*")), "-");
    let people = |federated: serde_json::Value| {
        terraform()
            .add(
                "aws_iam_openid_connect_provider.g",
                "aws_iam_openid_connect_provider",
                &json!({"url": "https://accounts.google.com"}),
            )
            .add(
                "aws_iam_role.r",
                "aws_iam_role",
                &json!({"assume_role_policy": {"Statement": [{"Effect": "Allow", "Principal": {"Federated": federated},
                        "Action": "sts:AssumeRoleWithWebIdentity"}]}}),
            )
            .build()
            .show("aws_iam_role.r", "end_users")
    };
    assert_eq!(people(json!("cognito-identity.amazonaws.com")), "true");
    assert_eq!(people(json!({"$ref": "aws_iam_openid_connect_provider.g.arn"})), "true");
    assert_eq!(people(json!("arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com")), "false");
    assert_eq!(people(json!({"$var": "x"})), "?");
}

#[test]
fn an_api_leads_through_a_load_balancer_to_the_service_behind_it() {
    let built = terraform()
        .add("aws_dynamodb_table.orders", "aws_dynamodb_table", &json!({"name": "orders"}))
        .add(
            "aws_ecs_task_definition.shop",
            "aws_ecs_task_definition",
            &json!({"container_definitions": [{"environment": [
                {"name": "TABLE", "value": {"$ref": "aws_dynamodb_table.orders.name"}}]}]}),
        )
        .add(
            "aws_ecs_service.shop",
            "aws_ecs_service",
            &json!({"task_definition": {"$ref": "aws_ecs_task_definition.shop.arn"},
                    "load_balancer": [{"target_group_arn": {"$ref": "aws_lb_target_group.shop.arn"}}]}),
        )
        .add("aws_lb.inner", "aws_lb", &json!({"load_balancer_type": "network"}))
        .add("aws_lb_target_group.shop", "aws_lb_target_group", &json!({"port": 80}))
        .add("aws_lb_target_group.other", "aws_lb_target_group", &json!({"port": 80}))
        .add(
            "aws_lb_listener.inner",
            "aws_lb_listener",
            &json!({"load_balancer_arn": {"$ref": "aws_lb.inner.arn"},
                    "default_action": [{"target_group_arn": {"$ref": "aws_lb_target_group.shop.arn"}}]}),
        )
        .add(
            "aws_lb_listener.other",
            "aws_lb_listener",
            &json!({"load_balancer_arn": "arn:other",
                    "default_action": [{"target_group_arn": {"$ref": "aws_lb_target_group.other.arn"}}]}),
        )
        .add("aws_apigatewayv2_api.shop", "aws_apigatewayv2_api", &json!({"name": "shop", "protocol_type": "HTTP"}))
        .add("aws_apigatewayv2_api.other", "aws_apigatewayv2_api", &json!({"name": "o", "protocol_type": "HTTP"}));
    let integrated = ["shop", "other"].into_iter().fold(built, |built, name| {
        let listener = if name == "shop" { "aws_lb_listener.inner.arn" } else { "aws_lb_listener.other.arn" };
        let api = format!("aws_apigatewayv2_api.{name}.id");
        built
            .add(
                &format!("aws_apigatewayv2_integration.{name}"),
                "aws_apigatewayv2_integration",
                &json!({"api_id": {"$ref": api}, "integration_type": "HTTP_PROXY", "connection_type": "VPC_LINK",
                        "integration_uri": {"$ref": listener}}),
            )
            .add(
                &format!("aws_apigatewayv2_route.{name}"),
                "aws_apigatewayv2_route",
                &json!({"api_id": {"$ref": api}, "route_key": "GET /items",
                        "target": {"$parts": ["integrations/", {"$ref": format!("aws_apigatewayv2_integration.{name}.id")}]}}),
            )
    });
    let built = integrated.build();
    assert_eq!(built.show("aws_apigatewayv2_api.shop", "clients"), "[aws_ecs_service.shop]");
    assert_eq!(built.show("aws_apigatewayv2_api.other", "clients"), "[]");
}
