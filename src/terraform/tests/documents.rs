use super::{check_expression, evaluated};
use crate::terraform::Options;

const DOCUMENT: &str = r#"
data "aws_iam_policy_document" "p" {
  statement {
    sid       = "Read"
    actions   = ["dynamodb:GetItem", "dynamodb:Query"]
    resources = ["arn:aws:dynamodb:eu-west-1:111122223333:table/${local.name}"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:username"
      values   = ["&{aws:PrincipalTag/user}"]
    }
  }
}
data "aws_iam_policy_document" "open" {
  statement {
    actions   = ["dynamodb:*"]
    resources = [aws_dynamodb_table.other.arn]
  }
}
data "aws_iam_policy_document" "over" {
  source_policy_documents   = [data.aws_iam_policy_document.p.json]
  override_policy_documents = [jsonencode({ Statement = [{ Sid = "Read", Effect = "Deny", Action = "*" }] })]
  statement {
    sid       = "Write"
    actions   = ["dynamodb:PutItem"]
    resources = ["*"]
  }
}
locals {
  name = "orders"
}
resource "aws_dynamodb_table" "other" {}
"#;

const TEXT: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": [
        "dynamodb:Query",
        "dynamodb:GetItem"
      ],
      "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
      "Principal": {
        "AWS": "arn:aws:iam::111122223333:root"
      },
      "Condition": {
        "StringEquals": {
          "aws:username": "${aws:PrincipalTag/user}"
        }
      }
    }
  ]
}"#;

#[test]
fn policy_documents_are_texts_to_functions_and_templates() {
    let document = |name: &str, rest: &str| format!("data.aws_iam_policy_document.{name}{rest}");
    let json = document("p", ".json");
    for (expression, expected) in [
        (format!("trimspace({json})"), format!("{TEXT:?}")),
        (format!("\"a ${{{json}}} b\""), format!("{:?}", format!("a {TEXT} b"))),
        (format!("length({json})"), TEXT.len().to_string()),
        (format!("jsondecode({json}).Statement[0].Action"), "[\"dynamodb:Query\", \"dynamodb:GetItem\"]".to_owned()),
        (format!("strcontains({}, \"dynamodb:Query\")", document("p", ".minified_json")), "true".to_owned()),
        (
            format!(
                "startswith({}, \"{{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[\")",
                document("p", ".minified_json")
            ),
            "true".to_owned(),
        ),
        (
            format!("jsondecode({}).Statement[0].Resource", document("open", ".json")),
            "?aws_dynamodb_table.other.arn".to_owned(),
        ),
        (
            format!("[for s in jsondecode({}).Statement : \"${{s.Sid}} ${{s.Effect}}\"]", document("over", ".json")),
            "[\"Read Deny\", \"Write Allow\"]".to_owned(),
        ),
        // What only hands it on keeps the reference, by which its statements are found.
        (json.clone(), format!("?{json}")),
        (format!("coalesce(null, {json})"), format!("?{json}")),
    ] {
        check_expression(DOCUMENT, &expression, &expected);
    }
}

#[test]
fn policy_documents_that_build_on_themselves_end() {
    let main = "data \"aws_iam_policy_document\" \"a\" {\n  source_policy_documents = [data.aws_iam_policy_document.b.json]\n}\ndata \"aws_iam_policy_document\" \"b\" {\n  source_policy_documents = [trimspace(data.aws_iam_policy_document.a.json)]\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  x = length(data.aws_iam_policy_document.a.json)\n}\n";
    let case = evaluated(&[("infra/main.tf", main)], &Options::default());
    assert!(case.value("aws_dynamodb_table.t", "x").is_unknown());
}
