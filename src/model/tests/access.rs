//! Roles and the statements that touch tables, however IAM is written.

use serde_json::json;

use super::support::{cloudformation, terraform};

#[test]
fn statements_of_every_kind_of_policy_belong_to_their_role() {
    let statement = |sid: &str| {
        json!({"Statement": [{"Sid": sid, "Effect": "Allow", "Action": "dynamodb:GetItem",
                              "Resource": {"$ref": "Orders.Arn"}}]})
    };
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"}))
        .add(
            "Role",
            "AWS::IAM::Role",
            &json!({
                "AssumeRolePolicyDocument": {"Statement": [{
                    "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"Service": ["dax.amazonaws.com", "ec2.amazonaws.com"], "AWS": "111122223333"},
                }]},
                "Policies": [{"PolicyName": "inline", "PolicyDocument": statement("Inline")}],
                "ManagedPolicyArns": [{"$ref": "Managed.Ref"}, "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"],
            }),
        )
        .add(
            "Attached",
            "AWS::IAM::Policy",
            &json!({
                "PolicyName": "attached", "PolicyDocument": statement("Attached"), "Roles": [{"$ref": "Role.Ref"}],
            }),
        )
        .add("Managed", "AWS::IAM::ManagedPolicy", &json!({"PolicyDocument": statement("Managed")}))
        .add(
            "Alone",
            "AWS::IAM::ManagedPolicy",
            &json!({"PolicyDocument": {"Statement": [
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
            ]}}),
        )
        .build();
    assert_eq!(built.show("Role", "trusted_services"), "[dax.amazonaws.com, ec2.amazonaws.com]");
    assert_eq!(built.show("Role", "other_principals"), "[111122223333]");
    assert_eq!(
        built.show("Role", "grants"),
        "[Role/AmazonDynamoDBFullAccess, Role/inline/Inline, Attached/Attached, Managed/Managed]"
    );
    assert_eq!(built.show("Role/inline/Inline", "actions"), "[dynamodb:GetItem]");
    assert_eq!(built.show("Role/inline/Inline", "tables"), "[Orders]");
    assert_eq!(built.show("Managed/Managed", "roles"), "[Role]");
    assert_eq!(
        built.show("Orders", "grants"),
        "[Role/inline/Inline, Attached/Attached, Managed/Managed, Alone/Statement[1]]"
    );
    assert_eq!(built.show("Alone/Statement[1]", "roles"), "[]");
    assert_eq!(
        built.show("Role/AmazonDynamoDBFullAccess", "managed_policy"),
        "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
    );
    let statements = built.show("Role", "statements");
    assert!(statements.contains("Inline") && statements.contains("Attached") && statements.ends_with("...]"));
    assert!(built.model.iter().all(|(_, entity)| entity.address != "Alone/Statement[0]"), "S3 is no business of ours");
}

#[test]
fn terraform_policies_come_through_documents_and_attachments() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({
            "name": "orders",
            "global_secondary_index": [{"name": "by-status", "hash_key": "s", "projection_type": "ALL"}],
        }))
        .add("aws_iam_role.r", "aws_iam_role", &json!({
            "name": "worker",
            "assume_role_policy": r#"{"Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}"#,
        }))
        .add("data.aws_iam_policy_document.d", "aws_iam_policy_document", &json!({"statement": [{
            "sid": "Read", "actions": ["dynamodb:Query", "dynamodb:Scan"],
            "resources": [{"$ref": "aws_dynamodb_table.t.arn"},
                          {"$parts": [{"$ref": "aws_dynamodb_table.t.arn"}, "/index/*"]}],
        }]}))
        .add("aws_iam_policy.p", "aws_iam_policy", &json!({
            "name": "read", "policy": {"$ref": "data.aws_iam_policy_document.d.json"},
        }))
        .add("aws_iam_role_policy_attachment.a", "aws_iam_role_policy_attachment", &json!({
            "role": {"$read": ["aws_iam_role.r.name", "worker"]}, "policy_arn": {"$ref": "aws_iam_policy.p.arn"},
        }))
        .add("aws_iam_role_policy.inline", "aws_iam_role_policy", &json!({
            "role": {"$ref": "aws_iam_role.r.id"},
            "policy": r#"{"Statement":[{"Sid":"All","Effect":"Allow","Action":["dynamodb:*"],"Resource":["arn:aws:dynamodb:*:*:table/ord*"]}]}"#,
        }))
        .build();
    let role = "aws_iam_role.r";
    assert_eq!(built.show(role, "trusted_services"), "[lambda.amazonaws.com]");
    assert_eq!(built.show(role, "grants"), "[aws_iam_policy.p/Read, aws_iam_role_policy.inline/All]");
    assert_eq!(built.show("aws_iam_policy.p/Read", "tables"), "[aws_dynamodb_table.t]");
    assert_eq!(built.show("aws_iam_policy.p/Read", "indexes"), "[aws_dynamodb_table.t/by-status]");
    assert_eq!(built.show("aws_iam_policy.p/Read", "roles"), "[aws_iam_role.r]");
    assert_eq!(built.show("aws_iam_role_policy.inline/All", "tables"), "[aws_dynamodb_table.t]");
    assert_eq!(built.show("aws_iam_role_policy.inline/All", "indexes"), "[aws_dynamodb_table.t/by-status]");
    let statements = built.show(role, "statements");
    assert!(statements.contains("Read") && !statements.ends_with("...]"), "{statements}");
}

#[test]
fn the_arn_of_a_replica_leads_to_the_table_that_it_replicates() {
    let built = terraform()
        .add("aws_dynamodb_table.t", "aws_dynamodb_table", &json!({"name": "orders"}))
        .add("aws_dynamodb_table_replica.eu", "aws_dynamodb_table_replica", &json!({
            "global_table_arn": {"$ref": "aws_dynamodb_table.t.arn"},
        }))
        .add("aws_iam_role.r", "aws_iam_role", &json!({"name": "worker"}))
        .add("data.aws_iam_policy_document.d", "aws_iam_policy_document", &json!({"statement": [{
            "sid": "Read", "actions": ["dynamodb:Query"], "resources": [{"$ref": "aws_dynamodb_table_replica.eu.arn"}],
        }]}))
        .add("aws_iam_role_policy.p", "aws_iam_role_policy", &json!({
            "role": {"$ref": "aws_iam_role.r.id"}, "policy": {"$ref": "data.aws_iam_policy_document.d.json"},
        }))
        .build();
    assert_eq!(built.show("aws_iam_role_policy.p/Read", "tables"), "[aws_dynamodb_table.t]");
}

#[test]
fn documents_override_the_statements_of_the_documents_that_they_build_on() {
    let built = terraform()
        .add("aws_iam_role.r", "aws_iam_role", &json!({"name": "worker"}))
        .add(
            "data.aws_iam_policy_document.base",
            "aws_iam_policy_document",
            &json!({"statement": [
                {"sid": "Read", "actions": ["dynamodb:*"], "resources": ["*"]},
                {"sid": "Write", "actions": ["dynamodb:PutItem"], "resources": ["*"]},
                {"actions": ["dynamodb:Scan"], "resources": ["*"]},
            ]}),
        )
        .add(
            "data.aws_iam_policy_document.d",
            "aws_iam_policy_document",
            &json!({
                "source_policy_documents": [{"$ref": "data.aws_iam_policy_document.base.json"}],
                "statement": [{"sid": "Read", "actions": ["dynamodb:GetItem"], "resources": ["*"]}],
                "override_policy_documents": [
                    r#"{"Statement":[{"Sid":"Write","Effect":"Allow","Action":"dynamodb:UpdateItem","Resource":"*"}]}"#],
            }),
        )
        .add(
            "aws_iam_role_policy.inline",
            "aws_iam_role_policy",
            &json!({"role": {"$ref": "aws_iam_role.r.id"}, "policy": {"$ref": "data.aws_iam_policy_document.d.json"}}),
        )
        .build();
    assert_eq!(built.show("aws_iam_role_policy.inline/Read", "actions"), "[dynamodb:GetItem]");
    assert_eq!(built.show("aws_iam_role_policy.inline/Write", "actions"), "[dynamodb:UpdateItem]");
    let grants = built.show("aws_iam_role.r", "grants");
    assert_eq!(grants.matches("aws_iam_role_policy.inline/").count(), 3, "{grants}");
}

#[test]
fn users_hold_grants_through_their_groups() {
    let built = cloudformation()
        .add("User", "AWS::IAM::User", &json!({"Groups": [{"$ref": "Group.Ref"}]}))
        .add(
            "Group",
            "AWS::IAM::Group",
            &json!({"Policies": [{"PolicyName": "p", "PolicyDocument": {
            "Statement": [{"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": "*"}]}}]}),
        )
        .add("Access", "AWS::IAM::AccessKey", &json!({"UserName": {"$ref": "User.Ref"}}))
        .build();
    assert_eq!(built.show("Group/p/Statement[0]", "users"), "[{name: User, access_keys: [Access]}]");
    assert_eq!(built.show("Group/p/Statement[0]", "groups"), "[Group]");
    assert_eq!(built.show("Group/p/Statement[0]", "roles"), "[]");
}

#[test]
fn a_boundary_grants_nothing() {
    let built = cloudformation()
        .add("Role", "AWS::IAM::Role", &json!({"PermissionsBoundary": {"$ref": "Limit.Ref"}}))
        .add(
            "Limit",
            "AWS::IAM::ManagedPolicy",
            &json!({"PolicyDocument": {"Statement": [
            {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}}),
        )
        .build();
    assert_eq!(built.show("Limit/Statement[0]", "boundary"), "true");
    assert_eq!(built.show("Role", "grants"), "[]");
}

#[test]
fn a_policy_that_is_not_known_leaves_the_roles_statements_open() {
    let built = terraform()
        .add("aws_iam_role.r", "aws_iam_role", &json!({"name": "worker"}))
        .add(
            "aws_iam_role_policy_attachment.a",
            "aws_iam_role_policy_attachment",
            &json!({
                "role": "worker", "policy_arn": {"$var": "policy"},
            }),
        )
        .build();
    assert_eq!(built.show("aws_iam_role.r", "statements"), "[...]");
    assert_eq!(built.show("aws_iam_role.r", "managed_policies"), "[...]");
}

#[test]
fn tables_that_are_written_out_and_not_in_the_project_are_told_once() {
    let arn = |name: &str| format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{name}");
    let open =
        |name: &str| json!({"$parts": ["arn:aws:dynamodb:eu-west-1:", {"$var": "account"}, format!(":table/{name}")]});
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"}))
        .add(
            "Reader",
            "AWS::IAM::ManagedPolicy",
            &json!({"PolicyDocument": {"Statement": [{
                "Effect": "Allow", "Action": "dynamodb:GetItem",
                "Resource": [
                    arn("orders"), arn("customers"), arn("customers/index/*"), arn("shop-*"), open("carts"), open("orders"),
                    {"$env": [arn("old"), arn("orders")]}, "arn:aws:glue:eu-west-1:111122223333:table/base/events",
                    {"$parts": [arn("shop-"), {"$var": "name"}]},
                ],
            }]}}),
        )
        .build();
    assert_eq!(built.show("Reader/Statement[0]", "outside_tables"), "<[customers, carts, old]|[customers, carts]>");
}

#[test]
fn a_statement_on_one_table_or_another_leads_to_each_in_its_case() {
    let of = |sid: &str, resource: serde_json::Value| json!({"Sid": sid, "Effect": "Allow", "Action": "dynamodb:Query", "Resource": resource});
    let index = json!([{"IndexName": "by-status"}]);
    let built = cloudformation()
        .add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders", "GlobalSecondaryIndexes": index}))
        .add("Archive", "AWS::DynamoDB::Table", &json!({"TableName": "archive", "GlobalSecondaryIndexes": index}))
        .add(
            "Policy",
            "AWS::IAM::ManagedPolicy",
            &json!({"PolicyDocument": {"Statement": [
                of("Tables", json!({"$env": [{"$ref": "Orders.Arn"}, {"$ref": "Archive.Arn"}]})),
                of("Mixed", json!({"$env": ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
                    "arn:aws:dynamodb:eu-west-1:111122223333:table/archive/index/by-status"]})),
            ]}}),
        )
        .build();
    assert_eq!(built.show("Policy/Tables", "tables"), "[<Orders|Archive>]");
    assert_eq!(built.show("Policy/Mixed", "tables"), "[<Orders|->]");
    assert_eq!(built.show("Policy/Mixed", "indexes"), "[<-|Archive/by-status>]");
    assert_eq!(built.show("Orders", "grants"), "[<Policy/Tables|->, <Policy/Mixed|->]");
}
