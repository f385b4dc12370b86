//! What two models of a project have in common.

use serde_json::{Value, json};

use super::support::{Built, cloudformation};
use crate::model::Same;
use crate::model::schema::Subject;

/// A table, a function that reads it, and other things before and behind them.
fn project(table: &Value, before: &[&str], behind: &[&str]) -> Built {
    let topics = |builder: super::support::Builder, names: &[&str]| {
        names
            .iter()
            .fold(builder, |builder, name| builder.add(name, "AWS::DynamoDB::Table", &json!({ "TableName": name })))
    };
    let builder = topics(cloudformation(), before).add("T", "AWS::DynamoDB::Table", table).add(
        "F",
        "AWS::Lambda::Function",
        &json!({ "Environment": { "Variables": { "TABLE": { "$ref": "T.Ref" } } } }),
    );
    topics(builder, behind).build()
}

/// The addresses of the new entities (and of the stack) that say what an old one said, and whether the list of tables is the same.
fn common(old: &Built, new: &Built) -> (Vec<String>, bool) {
    let same = Same::between((&old.project, &old.model), (&new.project, &new.model)).expect("the inputs are the same");
    let kept = new.model.iter().filter(|(id, _)| {
        let earlier = same.unchanged(*id);
        assert_eq!(earlier.and_then(|earlier| same.kept(earlier)), earlier.map(|_| *id));
        earlier.is_some_and(|earlier| old.model.get(earlier).address == new.model.get(*id).address)
    });
    let mut addresses: Vec<String> = kept.map(|(_, entity)| entity.address.to_string()).collect();
    addresses.retain(|address| !address.contains('/'));
    addresses.sort();
    addresses.dedup();
    (addresses, same.has_same_list(Subject::Table))
}

#[test]
fn what_only_stands_elsewhere_is_the_same() {
    let table = json!({ "TableName": "orders", "BillingMode": { "$env": ["PROVISIONED", "PAY_PER_REQUEST"] } });
    let old = project(&table, &[], &["X"]);
    assert_eq!(common(&old, &project(&table, &[], &["X"])), (["F", "T", "X", "test"].map(String::from).to_vec(), true));
    let (kept, tables) = common(&old, &project(&table, &["A"], &["X"]));
    assert!(kept.contains(&"T".into()) && kept.contains(&"X".into()) && !kept.contains(&"A".into()), "{kept:?}");
    assert!(!tables, "there is another table");
    let (kept, tables) = common(&old, &project(&table, &["X"], &[]));
    assert!(kept.contains(&"X".into()) && !tables, "their order is another one: {kept:?}");
}

#[test]
fn what_says_something_else_is_not_the_same() {
    let before = json!({ "TableName": "orders", "BillingMode": { "$env": ["PROVISIONED", "PAY_PER_REQUEST"] } });
    let old = project(&before, &[], &["X"]);
    for after in [
        json!({ "TableName": "order", "BillingMode": { "$env": ["PROVISIONED", "PAY_PER_REQUEST"] } }),
        json!({ "TableName": "orders", "BillingMode": { "$env": ["PAY_PER_REQUEST", "PROVISIONED"] } }),
        json!({ "TableName": "orders", "BillingMode": { "$size": ["PROVISIONED", "PAY_PER_REQUEST"] } }),
        json!({ "TableName": "orders", "BillingMode": { "$unknown": "it is not known" } }),
        json!({ "TableName": { "$var": "orders" }, "BillingMode": { "$env": ["PROVISIONED", "PAY_PER_REQUEST"] } }),
    ] {
        let (kept, tables) = common(&old, &project(&after, &[], &["X"]));
        assert!(!kept.contains(&"T".into()) && kept.contains(&"X".into()) && tables, "{after}: {kept:?}");
    }
    let mut other = project(&before, &[], &["X"]);
    other.project.region = crate::value::Value::string("us-east-1", crate::value::OriginId::NONE);
    assert!(Same::between((&old.project, &old.model), (&other.project, &other.model)).is_none());
}
