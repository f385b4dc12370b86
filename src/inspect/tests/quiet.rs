//! What is not said: what stands there anyway, what was made by the way, and what nobody can take in at once.

use super::{hover, workspace};

const SAM: &str = "Transform: AWS::Serverless-2016-10-31
Resources:
  Reader:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Timeout: !If [Never, 3, 5]
      Policies:
        - DynamoDBReadPolicy: { TableName: !Ref Orders }
      Events:
        Api: { Type: Api, Properties: { Path: /orders, Method: get } }
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
Outputs:
  Address: { Value: !Sub 'https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com' }
";

fn sam(text: &str) -> String {
    let at = SAM.find(text).unwrap() + 1;
    let (before, after) = SAM.split_at(at);
    hover(&[("template.yaml", &format!("{before}<|>{after}"))])
}

#[test]
fn what_is_read_where_it_stands_is_not_said_again() {
    for text in ["Handler", "app.handler", "CodeUri", "Path", "/orders", "Api: {"] {
        let shown = sam(text);
        assert!(!shown.starts_with('`'), "{text}: {shown}");
    }
    // Of a table everything is told, and of others what is worked out.
    assert!(sam("orders\n").starts_with("`orders`"), "{}", sam("orders\n"));
    assert!(sam("AttributeDefinitions").starts_with("`[{ AttributeName: \"id\""), "{}", sam("AttributeDefinitions"));
    assert!(sam("!Ref Orders").starts_with("`orders`"), "{}", sam("!Ref Orders"));
}

#[test]
fn what_is_made_beside_a_resource_says_nothing_at_its_attributes() {
    for text in ["DynamoDBReadPolicy", "TableName: !Ref", "!Ref Orders"] {
        let shown = sam(text);
        assert!(!shown.contains("`ReaderRole`:") && !shown.contains("ReaderRolePolicy0`\n"), "{text}: {shown}");
    }
}

#[test]
fn a_summary_of_what_is_no_table_tells_what_the_code_sets() {
    let shown = sam("Reader:");
    assert!(shown.starts_with("**function** `Reader`"), "{shown}");
    assert!(!shown.contains("memory") && !shown.contains('_'), "{shown}");
}

#[test]
fn what_an_expression_says_itself_is_no_hint() {
    let labels: Vec<String> =
        workspace(&[("template.yaml", SAM)]).hints("template.yaml").into_iter().map(|hint| hint.label).collect();
    assert_eq!(labels, ["= orders"]);
}

#[test]
fn many_cases_stand_below_each_other_and_few_of_them_on_a_line() {
    let text = "Parameters:\n  Stage: { Type: String, AllowedValues: [a, b, c, d, e], Default: a }\nConditions: { IsA: !Equals [!Ref Stage, a] }\nResources:\n  Orders:\n    \
                Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !Sub \"orders-${Stage}\"\n";
    let at = |place: &str| hover(&[("template.yaml", &text.replace(place, &format!("<|>{place}")))]);
    let value = at("!Sub");
    assert!(value.contains("`orders-a`\n\n- when `Stage` is `b`: `orders-b`\n- when"), "{value}");
    assert!(value.contains("- when `Stage` is `e`: `orders-e`"), "{value}");
    let summary = at("Orders:");
    let line = "- name: `orders-a`; when `Stage` is `b`: `orders-b`; when `Stage` is `c`: `orders-c`; \
                other values in 2 more cases\n";
    assert!(summary.contains(line), "{summary}");
}

#[test]
fn a_reason_ends_with_a_sentence() {
    let shown = sam("Orders:\n");
    for reason in shown.split("\n\n").filter(|block| block.len() > 200 && !block.starts_with(['*', '-'])) {
        assert!(reason.ends_with('.'), "{reason}");
        assert!(reason.len() < 500, "{reason}");
    }
}
