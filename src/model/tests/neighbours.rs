//! What projects tell each other.

use std::sync::Arc;

use serde_json::json;

use super::support::{Builder, cloudformation, terraform};
use crate::model::build;
use crate::model::neighbours::{Neighbours, Summary};

fn scaling(resource_id: &serde_json::Value) -> Builder {
    terraform().add(
        "aws_appautoscaling_target.reads",
        "aws_appautoscaling_target",
        &json!({
            "service_namespace": "dynamodb", "scalable_dimension": "dynamodb:table:ReadCapacityUnits",
            "resource_id": resource_id, "min_capacity": 1, "max_capacity": 10,
        }),
    )
}

fn summary(builder: Builder) -> Summary {
    let built = builder.build();
    Summary::of(&built.project, &built.model)
}

#[test]
fn equal_summaries_say_the_same_wherever_things_stand() {
    let one = summary(scaling(&json!("table/orders")));
    // The same companion behind other resources stands elsewhere in the file.
    let before = terraform().add("aws_sns_topic.t", "aws_sns_topic", &json!({}));
    let moved = before.add(
        "aws_appautoscaling_target.reads",
        "aws_appautoscaling_target",
        &json!({
            "service_namespace": "dynamodb", "scalable_dimension": "dynamodb:table:ReadCapacityUnits",
            "resource_id": "table/orders", "min_capacity": 1, "max_capacity": 10,
        }),
    );
    assert_eq!(one, summary(moved));
    assert_ne!(one, summary(scaling(&json!("table/customers"))));
}

#[test]
fn what_belongs_to_a_table_of_the_project_is_told_to_nobody() {
    let own = scaling(&json!({"$parts": ["table/", {"$ref": "aws_dynamodb_table.orders.name"}]}))
        .add("aws_dynamodb_table.orders", "aws_dynamodb_table", &json!({}))
        .build();
    let other = cloudformation().add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"})).build();
    let mut other_project = other.project;
    other_project.path = "other".into();
    let (own, other) = (Summary::of(&own.project, &own.model), Summary::of(&other_project, &other.model));
    let neighbours = Neighbours::new([Arc::new(own), Arc::new(other.clone())]);
    assert_eq!(neighbours.lent(&other), None);
}

#[test]
fn what_is_lent_is_linked_and_not_judged() {
    let scaling = summary(scaling(&json!("table/orders")));
    let built = cloudformation().add("Orders", "AWS::DynamoDB::Table", &json!({"TableName": "orders"})).build();
    let mut project = built.project;
    project.path = "other".into();
    let own = Summary::of(&project, &built.model);
    let neighbours = Neighbours::new([Arc::new(scaling), Arc::new(own.clone())]);
    assert!(neighbours.lent(&own).is_some());
    neighbours.lend(&own, &mut project);
    let model = build(&project);
    let table = model.iter().find(|(_, entity)| entity.address == "Orders").map(|(_, entity)| entity);
    let scaling = table.and_then(|table| table.fields.get("read_scaling")?.as_list()?.items.first()?.as_entity());
    assert!(scaling.is_some_and(|id| !model.get(id).managed));
}
