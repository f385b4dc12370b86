//! Which parameters are open, and in which cases.

use super::*;

fn table(head: &str) -> String {
    format!(
        "Parameters:\n{head}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableClass: !Ref P\n"
    )
}

#[test]
fn a_default_is_the_value_of_a_parameter_that_nothing_compares() {
    check(&table("  P: {Type: String, Default: x}"), r#"T DynamoDB::Table {TableClass: "x"}"#);
    check(&table("  P: {Type: String, Default: x, AllowedValues: [x, y]}"), r#"T DynamoDB::Table {TableClass: "x"}"#);
}

#[test]
fn a_default_is_the_line_that_decided() {
    let run = run(
        "Parameters:\n  Mode: {Type: String, Default: 'a'}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      BillingMode: !Ref Mode\n",
    );
    let value = run.project.resources[0].attributes.get("BillingMode").expect("written");
    assert_eq!(trail(&run, value.origin), ["\"!Ref Mode\" parameter `Mode`", "\"'a'\" default of Mode"]);
    let entry = run.project.resources[0].attributes.as_map().expect("map").entry("BillingMode").expect("entry");
    assert_eq!(trail(&run, entry.key_origin), ["\"BillingMode\" literal"]);
}

#[test]
fn allowed_values_without_a_default_are_the_cases() {
    check(
        &table("  P: {Type: String, AllowedValues: [x, y]}"),
        r#"T DynamoDB::Table {TableClass: P(x => "x"; y => "y")}"#,
    );
    check(&table("  P: {Type: String, AllowedValues: [x]}"), r#"T DynamoDB::Table {TableClass: "x"}"#);
}

#[test]
fn without_anything_a_parameter_is_an_unknown_that_is_equal_to_itself() {
    check(&table("  P: {Type: String}"), "T DynamoDB::Table {TableClass: <P>}");
    let run = run(&table("  P: {Type: Number}"));
    let value = run.project.resources[0].attributes.get("TableClass").expect("written");
    let unknown = value.as_unknown().expect("unknown");
    assert_eq!(unknown.why, "parameter `P` has no default; pass --parameters P=VALUE");
    assert_eq!(unknown.shape, crate::value::Shape::Number);
}

#[test]
fn constants_that_a_parameter_is_compared_with_are_its_cases() {
    check_value(
        "Parameters: {P: {Type: String, Default: dev}}\nConditions:\n  A: !Equals [!Ref P, prod]\n  B: !Equals [test, {Ref: P}]",
        "[!Ref P, !If [A, 1, 2], !If [B, 1, 2]]",
        r#"[P(prod => "prod"; test => "test"; dev => "dev"; * => <P>), P(prod => 1; test => 2; dev => 2; * => 2), P(prod => 2; test => 1; dev => 2; * => 2)]"#,
    );
}

#[test]
fn the_default_is_marked_among_the_cases() {
    let run = run(
        "Parameters: {P: {Type: String, Default: dev}}\nConditions:\n  A: !Equals [!Ref P, prod]\nResources:\n  T: {Type: AWS::DynamoDB::Table, Condition: A}\n",
    );
    let (_, input) = run.project.inputs.iter().next().expect("an input");
    assert_eq!(input.default.and_then(|at| input.cases.get(at)).map(|case| case.label.as_str()), Some("dev"));
}

#[test]
fn a_given_value_is_no_longer_open() {
    let template = table("  P: {Type: String, Default: dev, AllowedValues: [dev, prod]}")
        + "Conditions: {A: !Equals [!Ref P, prod]}";
    compare(&print(&run_with(&template, &given(&[("P", "prod")]))), r#"T DynamoDB::Table {TableClass: "prod"}"#);
    compare(
        &print(&run_with(&template, &given(&[("P", "qa")]))),
        r#"T DynamoDB::Table {TableClass: "qa"}
           note at "P": parameter `P` is given `qa`, which is not among its allowed values (give it one of dev, prod)"#,
    );
}

#[test]
fn types_decide_what_a_text_is() {
    check(&table("  P: {Type: Number, Default: 5}"), "T DynamoDB::Table {TableClass: 5}");
    check(&table("  P: {Type: Number, Default: '5'}"), "T DynamoDB::Table {TableClass: 5}");
    check(&table("  P: {Type: String, Default: true}"), r#"T DynamoDB::Table {TableClass: "true"}"#);
    check(&table("  P: {Type: CommaDelimitedList, Default: 'a, b'}"), r#"T DynamoDB::Table {TableClass: ["a", "b"]}"#);
    check(
        &table("  P: {Type: 'List<AWS::EC2::Subnet::Id>', Default: 'subnet-1,subnet-2'}"),
        r#"T DynamoDB::Table {TableClass: ["subnet-1", "subnet-2"]}"#,
    );
    check(
        &table("  P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/class}"),
        "T DynamoDB::Table {TableClass: <{{resolve:ssm:/app/class}}>}",
    );
}

#[test]
fn two_parameters_that_are_compared_share_their_constants() {
    check_value(
        "Parameters:\n  A: {Type: String, Default: x}\n  B: {Type: String, Default: y}\nConditions: {Same: !Equals [!Ref A, !Ref B]}",
        "!If [Same, 1, 2]",
        "A(y => B(x => 2; y => 1; * => 2); x => B(x => 1; y => 2; * => 2); * => B(x => 2; y => 2; * => <? parameter `A` may be anything; pass --parameters A=VALUE>))",
    );
}

#[test]
fn a_parameter_that_is_compared_through_other_functions_is_open() {
    check_value(
        "Parameters:\n  L: {Type: CommaDelimitedList, Default: ''}\nConditions: {None: !Equals [!Join ['', !Ref L], '']}",
        "!If [None, 1, 2]",
        "L(\"\" => 1; * => <? parameter `L` may be anything; pass --parameters L=VALUE>)",
    );
}

#[test]
fn pseudo_parameters_are_unknown_until_they_are_fixed_or_compared() {
    let expression = "[!Ref AWS::Region, !Sub 'arn:${AWS::Partition}:x:${AWS::AccountId}']";
    check_value("", expression, r#"[<AWS::Region>, "arn:<AWS::Partition>:x:<AWS::AccountId>"]"#);
    check_value(
        "Conditions: {Here: !Equals [!Ref AWS::Region, eu-west-1]}",
        "!If [Here, 1, !Ref AWS::Region]",
        "AWS::Region(eu-west-1 => 1; * => <AWS::Region>)",
    );
    let options =
        Options { region: Some("cn-north-1".into()), account: Some("111122223333".into()), ..Options::default() };
    let template =
        format!("Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      Tags: {expression}\n");
    compare(
        &print(&run_with(&template, &options)),
        r#"T DynamoDB::Table {Tags: ["cn-north-1", "arn:aws-cn:x:111122223333"]}"#,
    );
}

#[test]
fn machine_images_do_not_open_the_region() {
    check_value(
        "Mappings: {Images: {us-east-1: {Linux: ami-1}, eu-west-1: {Linux: ami-2}}}",
        "[!FindInMap [Images, !Ref AWS::Region, Linux], !Ref AWS::Region]",
        r#"[<FindInMap("Images", AWS::Region, "Linux")>, <AWS::Region>]"#,
    );
}

#[test]
fn what_a_declaration_does_not_permit_is_no_case() {
    let condition = "Conditions: {A: !Equals [!Ref P, '']}";
    let value = |declared: &str, expected: &str| {
        check_value(
            &format!("Parameters: {{P: {{Type: String, {declared}}}}}\n{condition}"),
            "!If [A, 1, 2]",
            expected,
        );
    };
    value("Default: x", "P(\"\" => 1; x => 2; * => 2)");
    value("MinLength: 1, Default: x", "2");
    value("MinLength: '1'", "2");
    value("AllowedPattern: '[a-z]+'", "2");
    value("AllowedPattern: '[a-z]*'", "P(\"\" => 1; * => 2)");
    value("AllowedPattern: '(?<!broken'", "P(\"\" => 1; * => 2)");
    check_value(
        "Parameters: {P: {Type: Number, MinValue: 1, MaxValue: 5}}\nConditions: {A: !Equals [!Ref P, 0], B: !Equals [!Ref P, 3]}",
        "[!If [A, 1, 2], !If [B, 1, 2]]",
        "[2, P(3 => 1; * => 2)]",
    );
}

#[test]
fn a_pattern_that_lists_texts_gives_the_cases() {
    check_value(
        "Parameters: {P: {Type: String, AllowedPattern: '^(dev|prod)$'}}\nConditions: {A: !Equals [!Ref P, prod]}",
        "!If [A, 1, 2]",
        "P(dev => 2; prod => 1)",
    );
}

#[test]
fn a_value_that_the_declaration_does_not_permit_is_told() {
    let template = table("  P: {Type: String, AllowedPattern: '[a-z]+'}");
    compare(
        &print(&run_with(&template, &given(&[("P", "A1")]))),
        r#"T DynamoDB::Table {TableClass: "A1"}
           note at "P": parameter `P` is given a value that its declaration does not permit (look at its `AllowedPattern`, lengths and range)"#,
    );
}

#[test]
fn a_default_that_nobody_shall_see_stands_nowhere() {
    let printed = print(&run(
        &(table("  P: {Type: String, NoEcho: true, Default: hunter2}") + "Conditions: {A: !Equals [!Ref P, '']}\n")
    ));
    assert_eq!(printed, "T DynamoDB::Table {TableClass: P(\"\" => \"\"; * => <P>)}\n");
    let printed = print(&run(&table("  P: {Type: String, NoEcho: 'true', Default: hunter2}")));
    assert_eq!(printed, "T DynamoDB::Table {TableClass: <P>}\n");
}
