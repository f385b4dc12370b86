//! Conditions, rules, and values that depend on them.

use super::*;
use crate::value::{Assignment, Truth, equal};

#[test]
fn conditions_on_one_parameter_never_contradict_each_other() {
    check(
        "Parameters: {Env: {Type: String, Default: dev, AllowedValues: [dev, test, prod]}}\n\
         Conditions:\n  IsProd: !Equals [!Ref Env, prod]\n  IsDev: {'Fn::Equals': [{Ref: Env}, dev]}\n\
         \x20 Both: !And [!Condition IsProd, {Condition: IsDev}]\n  Any: !Or [!Condition IsProd, !Condition IsDev]\n\
         \x20 Neither: !Not [!Condition Any]\n\
         Resources:\n  A: {Type: AWS::DynamoDB::Table, Condition: Both}\n  B: {Type: AWS::DynamoDB::Table, Condition: Any}\n\
         \x20 C: {Type: AWS::DynamoDB::Table, Condition: Neither}\n",
        "A DynamoDB::Table if false {}
         B DynamoDB::Table if Env(dev => true; test => false; prod => true) {}
         C DynamoDB::Table if Env(dev => false; test => true; prod => false) {}",
    );
}

#[test]
fn comparisons_are_between_texts() {
    check_value(
        "Conditions: {A: !Equals [true, 'true'], B: !Equals ['5', 5], C: !Equals [True, TRUE]}",
        "[!If [A, 1, 2], !If [B, 1, 2], !If [C, 1, 2]]",
        "[1, 1, 1]",
    );
    check_value("Parameters: {P: {Type: String}}\nConditions: {A: !Equals [!Ref P, !Ref P]}", "!If [A, 1, 2]", "1");
}

#[test]
fn a_branch_without_a_value_leaves_the_property_out() {
    let head =
        "Parameters: {P: {Type: String, AllowedValues: ['on', 'off']}}\nConditions: {On: !Equals [!Ref P, 'on']}";
    check_value(head, "!If [On, {A: 1}, !Ref AWS::NoValue]", "P(on => {A: 1}; off => nothing)");
    check_value(head, "[1, !If [On, 2, !Ref 'AWS::NoValue'], 3]", "[1, P(on => 2; off => nothing), 3]");
    check_value(head, "{A: !If [On, !If [On, 1, 2], !If [On, 3, 4]]}", "{A: P(on => 1; off => 4)}");
}

#[test]
fn the_way_of_a_branch_leads_over_the_call_to_the_branch() {
    let run = run(
        "Parameters: {P: {Type: String, AllowedValues: [a, b]}}\nConditions: {On: !Equals [!Ref P, a]}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      X: !If [On, 'yes', !Ref P]\n",
    );
    let value = run.project.resources[0].attributes.get("X").expect("written");
    let Data::Choice(choice) = &value.data else { panic!("a choice") };
    assert_eq!(
        trail(&run, choice.cases[0].origin),
        ["\"!If [On, 'yes', !Ref P]\" expression", "\"'yes'\" `On` is true", "\"'yes'\" literal"]
    );
    assert_eq!(
        trail(&run, choice.cases[1].origin),
        [
            "\"!If [On, 'yes', !Ref P]\" expression",
            "\"!Ref P\" `On` is false",
            "\"!Ref P\" parameter `P`",
            "\"b\" literal"
        ]
    );
}

#[test]
fn the_place_of_existence_is_the_name_of_the_condition() {
    let run = run(
        "Parameters: {P: {Type: String, AllowedValues: [a, b]}}\nConditions: {On: !Equals [!Ref P, a]}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Condition: On\n",
    );
    assert_eq!(
        trail(&run, run.project.resources[0].exists.origin),
        ["\"On\" condition `On`", "\"!Equals [!Ref P, a]\" literal"]
    );
}

#[test]
fn a_circle_of_conditions_and_a_missing_one_are_told() {
    check(
        "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources:\n  T: {Type: AWS::DynamoDB::Table, Condition: A}\n  U: {Type: AWS::DynamoDB::Table, Condition: Z}\n",
        r#"T DynamoDB::Table if <? condition `A` depends on itself> {}
           U DynamoDB::Table if <? condition `Z` is not defined> {}
           error at "!Condition A": condition `A` depends on itself (break the circle of conditions)
           note at "Z": condition `Z` is not defined (define `Z` in `Conditions`)"#,
    );
}

#[test]
fn twenty_conditions_on_different_inputs_stay_small() {
    let mut template = String::from("Parameters:\n");
    for i in 0..20 {
        let _ = writeln!(template, "  P{i}: {{Type: String, AllowedValues: ['yes', 'no']}}");
    }
    template.push_str("Conditions:\n");
    for i in 0..20 {
        let _ = writeln!(template, "  C{i}: !Equals [!Ref P{i}, 'yes']");
    }
    for (name, function) in [("All", "And"), ("Any", "Or")] {
        let all: Vec<String> = (0..20).map(|i| format!("!Condition C{i}")).collect();
        let _ = writeln!(template, "  {name}: !{function} [{}]", all.join(", "));
    }
    template.push_str("Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Condition: All\n    Properties:\n");
    for i in 0..20 {
        let _ = writeln!(template, "      A{i}: !If [C{i}, 1, 2]");
    }
    template.push_str("  U:\n    Type: AWS::DynamoDB::Table\n    Condition: Any\n");
    let run = run(&template);
    let table = &run.project.resources[0];
    assert_eq!(show(table.attributes.get("A7").expect("written"), &run.project.inputs), "P7(yes => 1; no => 2)");
    for (resource, when_all_no) in [(0, false), (1, false)] {
        let mut assignment = Assignment::default();
        for (id, _) in run.project.inputs.iter() {
            assignment = assignment.with(id, 1);
        }
        let exists = assignment.resolve(&run.project.resources[resource].exists).expect("decided");
        assert_eq!(exists.as_bool(), Some(when_all_no));
    }
}

#[test]
fn rules_narrow_what_parameters_may_be() {
    let run = run(
        "Parameters:\n  Env: {Type: String, AllowedValues: [dev, prod]}\n  Size: {Type: String, AllowedValues: [small, large]}\n\
         Rules:\n  Prod:\n    RuleCondition: !Equals [!Ref Env, prod]\n    Assertions:\n      - Assert: !Contains [[large], !Ref Size]\n\
         Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {A: !Ref Env, B: !Ref Size}\n",
    );
    let inputs = &run.project.inputs;
    let ids: Vec<_> = inputs.iter().map(|(id, _)| id).collect();
    let assignment = |env: usize, size: usize| Assignment::default().with(ids[0], env).with(ids[1], size);
    assert!(inputs.is_possible(&assignment(0, 0)));
    assert!(inputs.is_possible(&assignment(0, 1)));
    assert!(inputs.is_possible(&assignment(1, 1)));
    assert!(!inputs.is_possible(&assignment(1, 0)), "prod demands large");
}

#[test]
fn an_unknown_condition_gives_what_both_branches_agree_on() {
    let head = "Conditions: {C: !Equals [!ImportValue x, y]}";
    check_value(head, "!If [C, 1, 1]", "1");
    check_value(head, "!If [C, 1, 2]", "<? `x` is imported from another stack>");
}

#[test]
fn equal_unknowns_are_known_to_be_equal() {
    let run = run(
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      A: !ImportValue k\n      B: {'Fn::ImportValue': k}\n      C: !ImportValue l\n",
    );
    let attribute = |name: &str| run.project.resources[0].attributes.get(name).expect("written").clone();
    assert_eq!(equal(&attribute("A"), &attribute("B")), Truth::True);
    assert_eq!(equal(&attribute("A"), &attribute("C")), Truth::Unknown);
}

#[test]
fn rules_read_lists_and_all_parameters_of_a_type() {
    let run = run(
        "Parameters:\n  One: {Type: 'AWS::EC2::VPC::Id', AllowedValues: [vpc-1, vpc-2]}\n  Two: {Type: 'AWS::EC2::VPC::Id', AllowedValues: [vpc-1, vpc-2]}\n  Zones: {Type: CommaDelimitedList, AllowedValues: ['a,b', 'a,z']}\n\
         Rules:\n  Same:\n    Assertions:\n      - {Assert: {'Fn::EachMemberEquals': [{'Fn::RefAll': 'AWS::EC2::VPC::Id'}, vpc-1]}, AssertDescription: x}\n      - Assert: {'Fn::EachMemberIn': [!Ref Zones, [a, b, c]]}\n      - Assert: {'Fn::EachMemberEquals': [{'Fn::ValueOfAll': ['AWS::EC2::VPC::Id', Tags.Department]}, IT]}\n      - Assert: {'Fn::Equals': [{'Fn::ValueOf': [One, Tags.Department]}, IT]}\n\
         Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {A: !Ref One, B: !Ref Two, C: !Ref Zones}\n",
    );
    assert!(run.project.problems.is_empty(), "{}", print(&run));
    let inputs = &run.project.inputs;
    let ids: Vec<_> = inputs.iter().map(|(id, _)| id).collect();
    let mut possible = Vec::new();
    for cases in 0..8usize {
        let of = |at: usize| cases >> at & 1;
        let assignment = ids.iter().enumerate().fold(Assignment::default(), |all, (at, id)| all.with(*id, of(at)));
        if inputs.is_possible(&assignment) {
            possible.push(inputs.describe(&assignment).expect("inputs"));
        }
    }
    assert_eq!(possible, ["One is vpc-1 and Two is vpc-1 and Zones is a,b"]);
}
