//! Hostile templates end, in values and notes.

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Globals: {Function: {Timeout: 3, Environment: {Variables: {A: b}}}, SimpleTable: {SSESpecification: {SSEEnabled: true}}}
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Names: {Type: CommaDelimitedList, Default: 'a,b'}
Rules: {R: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: !Contains [[x], !Ref Env]}]}}
Mappings: {M: {dev: {R: 1}, prod: {R: 2}}}
Conditions: {P: !Equals [!Ref Env, prod], Q: !Not [!Condition P], W: !And [!Condition P, !Or [!Condition Q, !Condition P]]}
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Condition: W
    Properties:
      TableName: !Sub ['${A}-${Env}', {A: !Select [0, !Ref Names]}]
      Read: !FindInMap [M, !Ref Env, R]
      Tags: [!If [P, {Key: a, Value: !Join ['', [x, !Ref Env]]}, !Ref AWS::NoValue]]
      Cidr: !Cidr [!Ref Env, 3, 4]
  Fn::ForEach::L: [N, !Ref Names, {'T${N}': {Type: AWS::DynamoDB::Table, Properties: {X: !GetAtt T.Arn}}}]
  S: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: id, Type: String}}}
  F:
    Type: AWS::Serverless::Function
    Connectors: {C: {Properties: {Destination: {Id: T}, Permissions: [Read]}}}
    Properties:
      Handler: a.b
      Policies: [DynamoDBCrudPolicy: {TableName: !Ref T}, {Statement: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}]}, AdministratorAccess]
      Events: {E: {Type: DynamoDB, Properties: {Stream: !GetAtt T.StreamArn, StartingPosition: LATEST}}}
Outputs: {O: {Value: !GetAtt T.Arn, Export: {Name: !Sub '${AWS::StackName}-o'}}}
";

#[test]
fn the_sample_is_read_without_complaint() {
    let run = run(SAMPLE);
    assert!(run.project.problems.is_empty(), "{}", print(&run));
}

#[test]
fn deep_nesting_and_wide_choices_end() {
    let mut deep = String::from("!Sub x");
    for _ in 0..90 {
        deep = format!("{{'Fn::Base64': {deep}}}");
    }
    let _ = run(&format!("Resources:\n  T: {{Type: AWS::DynamoDB::Table, Properties: {{X: {deep}}}}}\n"));

    // Fifty inputs in one text are more than can be told apart.
    let mut template = String::from("Parameters:\n");
    let mut text = String::new();
    for i in 0..50 {
        let _ = writeln!(template, "  P{i}: {{Type: String, AllowedValues: [a, b]}}");
        let _ = write!(text, "${{P{i}}}");
    }
    let _ = writeln!(template, "Resources:\n  T: {{Type: AWS::DynamoDB::Table, Properties: {{X: !Sub '{text}'}}}}");
    let printed = print(&run(&template));
    assert!(printed.contains("more than 256 combinations"), "{printed}");
}

#[test]
fn every_function_may_be_nested_as_deep_as_the_parser_reads() {
    let wraps: [(&str, &str); 7] = [
        ("!If [C, ", ", 1]"),
        ("!Join [',', [a, ", "]]"),
        ("!Sub ['${X}', {X: ", "}]"),
        ("!Select [0, [", "]]"),
        ("!FindInMap [M, ", ", k]"),
        ("{'Fn::ToJsonString': {a: ", "}}"),
        ("{'Fn::Split': [a, ", "]}"),
    ];
    for (open, close) in wraps {
        for depth in [60, 120, 240] {
            let value = format!("{}x{}", open.repeat(depth), close.repeat(depth));
            let _ = run_files(
                &[(
                    "t.yaml",
                    &format!(
                        "Parameters: {{P: {{Type: String, AllowedValues: [a, b]}}}}\nMappings: {{M: {{x: {{k: x}}}}}}\nConditions:\n  C: !Equals [!Ref P, a]\n  D: {}!Equals [a, b]{}\nResources:\n  T: {{Type: AWS::DynamoDB::Table, Condition: D, Properties: {{X: {value}}}}}\n",
                        "!Not [".repeat(depth),
                        "]".repeat(depth)
                    ),
                )],
                &Options::default(),
            );
        }
    }
}

#[test]
fn long_chains_of_names_end() {
    let mut template = String::from("Conditions:\n  C0: !Equals [a, b]\n");
    for i in 1..2000 {
        let _ = writeln!(template, "  C{i}: !Not [!Condition C{}]", i - 1);
    }
    template.push_str("Resources:\n");
    for i in (0..2000).rev() {
        let _ = writeln!(
            template,
            "  T{i}: {{Type: AWS::DynamoDB::Table, Condition: C{i}, Properties: {{TableName: !Ref T{}}}}}",
            i + 1
        );
    }
    template.push_str("  T2000: {Type: AWS::DynamoDB::Table}\n");
    let run = run(&template);
    assert_eq!(run.project.resources.len(), 2001);
}

#[test]
fn loops_are_bounded() {
    let mut nested = String::from("{'T${A}${B}${C}': {Type: AWS::DynamoDB::Table}}");
    let many: Vec<String> = (0..400).map(|i| i.to_string()).collect();
    for name in ["A", "B", "C"] {
        nested = format!("{{'Fn::ForEach::{name}': [{name}, ['{}'], {nested}]}}", many.join("','"));
    }
    let run = run(&format!("Resources: {nested}\n"));
    assert!(run.project.problems.iter().any(|problem| problem.message.contains("more than 5000 turns")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// No change of bytes makes the evaluation panic.
    #[test]
    fn mutated_bytes_are_met(cuts in prop::collection::vec((0usize..2400, 0usize..40, "[ -~\n]{0,6}"), 1..5)) {
        let mut text = SAMPLE.to_owned();
        for (at, length, insert) in cuts {
            let from = at.min(text.len());
            let to = (from + length).min(text.len());
            text.replace_range(from..to, &insert);
        }
        let _ = run_files(&[("t.yaml", &text)], &Options::default());
    }

    /// Nor does a piece of the template in the place of another one.
    #[test]
    fn transplanted_pieces_are_met(moves in prop::collection::vec((0usize..2400, 0usize..2400, 1usize..60), 1..4)) {
        let mut text = SAMPLE.to_owned();
        for (from, to, length) in moves {
            let from = from.min(text.len());
            let piece = text[from..(from + length).min(text.len())].to_owned();
            let to = to.min(text.len());
            text.insert_str(to, &piece);
        }
        let _ = run_files(&[("t.yaml", &text)], &Options::default());
    }
}

#[test]
fn texts_that_functions_make_are_bounded() {
    let mut template = String::from(
        "Parameters:\n  A0: {Type: String, Default: '0123456789abcdef'}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      X: ",
    );
    let mut text = String::from("!Ref A0");
    for _ in 0..20 {
        text = format!("!Join ['', [{text}, {text}]]");
        if text.len() > 400_000 {
            break;
        }
    }
    template.push_str(&text);
    let many: String = (0..500).map(|_| "${A0}").collect();
    let _ = writeln!(template, "\n      Y: !Sub '{many}'");
    let printed = print(&run(&template));
    assert!(printed.contains("it has more than 400 variables"), "{}", &printed[printed.len().saturating_sub(600)..]);
}
