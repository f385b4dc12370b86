//! Records, routing controls, safety rules and health checks.

use serde_json::{Value as Json, json};

use super::support::{cloudformation, terraform};

const CONTROL: &str = "aws_route53recoverycontrolconfig_routing_control";
const RULE: &str = "aws_route53recoverycontrolconfig_safety_rule";

#[test]
fn records_know_where_they_lead() {
    let built = terraform()
        .add("aws_lb.eu", "aws_lb", &json!({}))
        .add(
            "aws_route53_record.latency",
            "aws_route53_record",
            &json!({"name": "shop", "latency_routing_policy": [{"region": "us-east-1"}], "health_check_id": "abc"}),
        )
        .add(
            "aws_route53_record.failover",
            "aws_route53_record",
            &json!({"name": "shop", "failover_routing_policy": [{"type": "PRIMARY"}],
                    "alias": [{"name": {"$ref": "aws_lb.eu.dns_name"}, "evaluate_target_health": true}]}),
        )
        .add(
            "aws_route53_record.named",
            "aws_route53_record",
            &json!({"failover_routing_policy": [{"type": "SECONDARY"}],
                    "records": ["d-abc.execute-api.us-west-2.amazonaws.com"]}),
        )
        .add(
            "aws_route53_record.unknown",
            "aws_route53_record",
            &json!({"failover_routing_policy": [{"type": "SECONDARY"}], "records": ["far.example.com"]}),
        )
        .add("aws_route53_record.plain", "aws_route53_record", &json!({"name": "www"}))
        .build();
    let region = |name: &str| built.show(&format!("aws_route53_record.{name}"), "record_region");
    assert_eq!([region("latency"), region("failover")], ["us-east-1", "eu-west-1"]);
    assert_eq!([region("named"), region("unknown")], ["us-west-2", "?"]);
    assert_eq!(built.show("aws_route53_record.latency", "routing"), "latency");
    assert_eq!(built.show("aws_route53_record.latency", "own_region"), "false");
    assert_eq!(built.show("aws_route53_record.latency", "health_check"), "abc");
    assert_eq!(built.show("aws_route53_record.failover", "own_region"), "true");
    assert_eq!(built.show("aws_route53_record.failover", "evaluates_target"), "true");
    assert!(built.model.iter().all(|(_, entity)| entity.address != "aws_route53_record.plain"));
}

#[test]
fn records_of_a_group_are_records_of_their_own() {
    let built = cloudformation()
        .add(
            "Group",
            "AWS::Route53::RecordSetGroup",
            &json!({"RecordSets": [
                {"Name": "shop", "SetIdentifier": "a", "Failover": "PRIMARY", "HealthCheckId": "abc"},
                {"Name": "shop", "SetIdentifier": "b", "Failover": {"$env": ["SECONDARY", {"$absent": 1}]}},
                {"Name": "www", "Type": "A"},
            ]}),
        )
        .build();
    let found: Vec<(&str, String)> =
        built.model.iter().map(|(_, record)| (record.address.as_str(), built.text(&record.exists))).collect();
    assert_eq!(found, [("Group/shop/a", "true".to_owned()), ("Group/shop/b", "<true|false>".to_owned())]);
    assert_eq!(built.show("Group/shop/a", "health_check"), "abc");
}

fn controls(rule: &Json, second_panel: &Json) -> super::support::Built {
    terraform()
        .add("c.panel", "aws_route53recoverycontrolconfig_control_panel", &json!({}))
        .add("c.one", CONTROL, &json!({"name": "one", "control_panel_arn": {"$ref": "c.panel.arn"}}))
        .add("c.two", CONTROL, &json!({"name": "two", "control_panel_arn": second_panel}))
        .add("c.rule", RULE, rule)
        .add(
            "c.check",
            "aws_route53_health_check",
            &json!({"type": "RECOVERY_CONTROL", "routing_control_arn": {"$ref": "c.one.arn"}}),
        )
        .build()
}

#[test]
fn controls_of_a_panel_are_kept_on_by_an_assertion() {
    let panel = json!({"$ref": "c.panel.arn"});
    let both = json!([{"$ref": "c.one.arn"}, {"$ref": "c.two.arn"}]);
    let rule = |ty: &str, threshold: i64, inverted: bool| json!({"asserted_controls": both, "rule_config": [{"type": ty, "threshold": threshold, "inverted": inverted}]});
    let built = controls(&rule("ATLEAST", 1, false), &panel);
    assert_eq!(built.show("c.one", "panel_controls"), "[c.one, c.two]");
    assert_eq!((built.show("c.one", "safe"), built.show("c.two", "safe")), ("true".into(), "true".into()));
    assert_eq!(built.show("c.one", "health_checked"), "true");
    assert_eq!(built.show("c.two", "health_checked"), "false");
    for rule in [rule("ATLEAST", 0, false), rule("ATLEAST", 1, true), rule("AND", 1, false)] {
        assert_eq!(controls(&rule, &panel).show("c.one", "safe"), "false", "{rule}");
    }
    let open = json!({"asserted_controls": {"$var": "controls"}, "rule_config": [{"type": "ATLEAST", "threshold": 1}]});
    assert_eq!(controls(&open, &panel).show("c.one", "safe"), "?");
}

#[test]
fn controls_of_other_panels_are_apart_and_open_ones_may_be_together() {
    let none = json!({});
    let other = controls(&none, &json!({"$ref": "c.other.arn"}));
    assert_eq!(other.show("c.one", "panel_controls"), "[c.one, -]");
    let open = controls(&none, &json!({"$var": "panel"}));
    assert_eq!(open.show("c.one", "panel_controls"), "[c.one, ...]");
}
