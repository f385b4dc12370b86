//! The model over real sources, read through the front ends.

use std::path::Path;

use crate::model::{Model, build};
use crate::resource::Project;
use crate::source::{Overlay, Sources};
use crate::terraform::{Modules, Options, evaluate};
use crate::value::{Data, OriginId};

use super::support::Built;

fn terraform(files: &[(&str, &str)]) -> (Built, Sources) {
    let mut fs = Overlay::in_memory();
    for (path, text) in files {
        fs.set(*path, *text);
    }
    let sources = Sources::new();
    let project: Project = {
        let modules = Modules::new(&fs, &sources);
        let options = Options { boundary: Some("".into()), ..Options::default() };
        evaluate(&modules, Path::new("infra"), &options)
    };
    assert!(project.problems.is_empty(), "{:?}", project.problems);
    let model: Model = build(&project);
    (Built { project, model }, sources)
}

#[test]
fn a_terraform_module_makes_tables_with_scaling_under_its_inputs() {
    let (built, sources) = terraform(&[(
        "infra/main.tf",
        r#"
variable "scaled" { type = bool }

locals { indexes = ["by-status", "by-day"] }

resource "aws_dynamodb_table" "orders" {
  name           = "orders"
  hash_key       = "pk"
  read_capacity  = 5
  write_capacity = 5
  attribute {
    name = "pk"
    type = "S"
  }
  dynamic "global_secondary_index" {
    for_each = local.indexes
    content {
      name            = global_secondary_index.value
      hash_key        = "pk"
      projection_type = "ALL"
    }
  }
  point_in_time_recovery {
    enabled = var.scaled
  }
  lifecycle {
    ignore_changes = [read_capacity]
  }
}

resource "aws_appautoscaling_target" "reads" {
  count              = var.scaled ? 1 : 0
  max_capacity       = 100
  min_capacity       = 5
  resource_id        = "table/${aws_dynamodb_table.orders.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  service_namespace  = "dynamodb"
}

resource "aws_appautoscaling_policy" "reads" {
  count              = var.scaled ? 1 : 0
  name               = "reads"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.reads[0].resource_id
  scalable_dimension = aws_appautoscaling_target.reads[0].scalable_dimension
  service_namespace  = aws_appautoscaling_target.reads[0].service_namespace
  target_tracking_scaling_policy_configuration {
    predefined_metric_specification {
      predefined_metric_type = "DynamoDBReadCapacityUtilization"
    }
    target_value = 70
  }
}
"#,
    )]);
    let table = "aws_dynamodb_table.orders";
    assert_eq!(built.show(table, "name"), "orders");
    assert_eq!(built.show(table, "indexes"), "[aws_dynamodb_table.orders/by-status, aws_dynamodb_table.orders/by-day]");
    assert_eq!(built.show(table, "ignore_changes"), "[read_capacity]");
    let choice = built.value(table, "point_in_time_recovery.enabled");
    assert!(matches!(choice.data, Data::Choice(_)), "{choice:?}");
    let scaling = built.show(table, "read_scaling");
    assert!(scaling.contains("aws_appautoscaling_target.reads[0]") && scaling.contains('-'), "{scaling}");
    assert_eq!(built.show(table, "write_scaling"), "[]");
    let policies = built.show("aws_appautoscaling_target.reads[0]", "policies");
    assert!(policies.contains("aws_appautoscaling_policy.reads[0]"), "{policies}");
    let (text, span) = built.missing(table, "deletion_protection");
    assert_eq!(text, "deletion_protection_enabled = true");
    let file = sources.get(span.file).unwrap();
    assert_eq!(file.slice(span), r#"resource "aws_dynamodb_table" "orders""#);
    let (text, span) = built.missing(table, "point_in_time_recovery.period_days");
    assert_eq!(text, "recovery_period_in_days = 35");
    assert_eq!(file.slice(span), "point_in_time_recovery");
}

#[test]
fn a_table_of_a_local_module_is_scaled_from_the_root() {
    let (built, _) = terraform(&[
        (
            "infra/main.tf",
            r#"
module "orders" {
  source = "./table"
  name   = "orders"
}
resource "aws_appautoscaling_target" "writes" {
  max_capacity       = 100
  min_capacity       = 5
  resource_id        = "table/${module.orders.table}"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  service_namespace  = "dynamodb"
}
resource "aws_dynamodb_contributor_insights" "i" {
  table_name = module.orders.table
}
"#,
        ),
        (
            "infra/table/main.tf",
            r#"
variable "name" { type = string }
resource "aws_dynamodb_table" "this" {
  name     = var.name
  hash_key = "pk"
}
output "table" { value = aws_dynamodb_table.this.id }
"#,
        ),
    ]);
    let table = "module.orders.aws_dynamodb_table.this";
    assert_eq!(built.show(table, "write_scaling"), "[aws_appautoscaling_target.writes]");
    assert_eq!(built.show(table, "contributor_insights.enabled"), "true");
    assert_ne!(built.value(table, "name").origin, OriginId::NONE);
}

#[test]
fn statements_of_an_encoded_policy_stand_where_they_are_written_and_follow_inputs() {
    let (built, sources) = terraform(&[(
        "infra/main.tf",
        r#"
variable "wide" { type = bool }

resource "aws_dynamodb_table" "t" {
  name     = "t"
  hash_key = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
}

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = var.wide ? "dynamodb:*" : "dynamodb:GetItem"
      Resource  = aws_dynamodb_table.t.arn
    }]
  })
}

resource "aws_dynamodb_resource_policy" "p" {
  resource_arn = aws_dynamodb_table.t.arn
  policy       = coalesce(local.policy, "{}")
}
"#,
    )]);
    let statements = built.value("aws_dynamodb_resource_policy.p", "statements");
    let statement = &statements.as_list().unwrap().items[0];
    let effect = statement.get("effect").unwrap();
    let span = built.project.origins.span(effect.origin).unwrap();
    assert_eq!(sources.get(span.file).unwrap().slice(span), "\"Allow\"");
    assert!(built.text(statement.get("actions").unwrap()).contains("dynamodb:GetItem"));
    let Data::List(resources) = &statement.get("resources").unwrap().data else { panic!("{statement:?}") };
    assert!(resources.items[0].as_unknown().is_some_and(|unknown| unknown.symbol.is_some()));
}
