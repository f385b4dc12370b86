//! Each intrinsic function, in short and long forms, with what the reference says that it gives.

use super::*;

#[test]
fn references_to_resources_are_their_names_where_those_are_known() {
    check(
        "Resources:\n  A: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}\n  B: {Type: AWS::DynamoDB::Table}\n\
         \x20 C:\n    Type: AWS::ApplicationAutoScaling::ScalableTarget\n    Properties:\n      One: !Ref A\n      Two: !Ref B\n\
         \x20     Three: !Sub 'table/${A}'\n      Four: !Sub 'table/${B}'\n      Five: !GetAtt A.Arn\n      Six: {'Fn::GetAtt': [B, StreamArn]}\n      Seven: !Sub '${B.Arn}/index/*'\n",
        r#"A DynamoDB::Table {TableName: "orders"}
           B DynamoDB::Table {}
           C ApplicationAutoScaling::ScalableTarget {One: "orders", Two: <B.Ref>, Three: "table/orders", Four: "table/<B.Ref>", Five: <A.Arn>, Six: <B.StreamArn>, Seven: "<B.Arn>/index/*"}"#,
    );
}

#[test]
fn the_way_of_a_name_leads_over_the_resource() {
    let run = run(
        "Resources:\n  A: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}\n  C:\n    Type: AWS::ApplicationAutoScaling::ScalableTarget\n    Properties:\n      X: !Ref A\n      Y: !Sub 'table/${A}'\n      Z: !GetAtt A.Arn\n",
    );
    let attribute = |name: &str| trail(&run, run.project.resources[1].attributes.get(name).expect("written").origin);
    assert_eq!(attribute("X"), ["\"!Ref A\" resource A.Ref", "\"orders\" literal"]);
    assert_eq!(attribute("Y"), ["\"!Sub 'table/${A}'\" expression", "\"${A}\" resource A.Ref", "\"orders\" literal"]);
    assert_eq!(attribute("Z"), ["\"!GetAtt A.Arn\" resource A.Arn"]);
}

#[test]
fn a_resource_that_is_named_after_itself_is_symbolic() {
    check(
        "Resources:\n  A: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref A}}\n",
        "A DynamoDB::Table {TableName: <A.Ref>}",
    );
}

#[test]
fn undefined_names_are_errors_with_a_suggestion() {
    check(
        "Resources:\n  Orders: {Type: AWS::DynamoDB::Table}\n  C:\n    Type: AWS::DynamoDB::Table\n    Properties: {A: !Ref Order, B: !GetAtt Nothing.Arn, C: !Sub 'x${Ordres}'}\n",
        r#"Orders DynamoDB::Table {}
           C DynamoDB::Table {A: <? `Order` is neither a parameter nor a resource of this template>, B: <? `Nothing` is neither a parameter nor a resource of this template>, C: "x<? `Ordres` is neither a parameter nor a resource of this template>"}
           note at "!Ref Order": `Order` is neither a parameter nor a resource of this template (did you mean `Orders`?)
           note at "!GetAtt Nothing.Arn": `Nothing` is neither a parameter nor a resource of this template (declare it in `Parameters` or `Resources`)
           note at "${Ordres}": `Ordres` is neither a parameter nor a resource of this template (did you mean `Orders`?)"#,
    );
}

#[test]
fn a_part_of_a_template_is_told_once() {
    let part = "Resources:\n  Table:\n    Type: AWS::DynamoDB::Table\n    Condition: Elsewhere\n    Properties: {A: !Ref One, B: !GetAtt Another.Arn, C: !Ref Tabel}\n";
    check(
        part,
        r#"Table DynamoDB::Table if <? condition `Elsewhere` is not defined> {A: <? `One` is neither a parameter nor a resource of this template>, B: <? `Another` is neither a parameter nor a resource of this template>, C: <? `Tabel` is neither a parameter nor a resource of this template>}
           note at "!Ref One": 3 names are used here and not defined (`Another`, `Elsewhere`, `One`, ...); the file is taken for a part of a larger template (check the template that it becomes a part of)"#,
    );
}

#[test]
fn sub_puts_variables_and_own_values_in() {
    let head = "Parameters: {P: {Type: String, Default: p}, N: {Type: Number, Default: 3}}";
    check_value(head, "!Sub 'a-${P}-${N}'", r#""a-p-3""#);
    check_value(head, "!Sub ['${P}/${Own}/${!P}', {Own: !Ref N}]", r#""p/3/${P}""#);
    check_value(head, "{'Fn::Sub': 'x${AWS::StackName}'}", r#""x<AWS::StackName>""#);
    check_value(head, "!Sub ''", r#""""#);
    check_value(head, "!Sub '${AWS::NoValue}'", "<? `AWS::NoValue` is no text but nothing>");
}

#[test]
fn join_select_and_split() {
    let head =
        "Parameters: {L: {Type: CommaDelimitedList, Default: 'a,b,c'}, U: {Type: 'List<String>'}, S: {Type: String}}";
    check_value(head, "!Join ['-', [a, 1, true]]", r#""a-1-true""#);
    check_value(head, "!Join ['', ['arn:', !Ref S, ':x']]", r#""arn:<S>:x""#);
    check_value(head, "{'Fn::Join': [',', {Ref: L}]}", r#""a,b,c""#);
    check_value(head, "!Join [',', [!Ref AWS::NoValue, a]]", r#""a""#);
    check_value(head, "!Join [',', ['', a]]", r#"",a""#);
    check_value(head, "!Join [',', !Ref U]", r#"<Join(",", U)>"#);
    check_value(head, "!Select [1, !Ref L]", r#""b""#);
    check_value(head, "!Select ['0', [x, y]]", r#""x""#);
    check_value(head, "!Select [0, !Ref U]", r#"<Select("0", U)>"#);
    check_value(head, "!Select [5, [x]]", "<? `!Select` asks for item 5 of a list of 1>");
    check_value(head, "!Split ['/', 'a/b']", r#"["a", "b"]"#);
    check_value(head, "!Select [1, !Split ['-', 'x-y']]", r#""y""#);
    check_value(head, "!Select [1, !Split ['-', !Ref S]]", r#"<Select("1", Split("-", S))>"#);
}

#[test]
fn select_with_an_open_index_is_a_choice() {
    check_value(
        "Parameters: {I: {Type: Number, Default: 0}}",
        "!Select [!Ref I, [x, y]]",
        r#"I(0 => "x"; 1 => "y"; * => <Select(I, ["x", "y"])>)"#,
    );
}

#[test]
fn find_in_map_with_open_keys_and_defaults() {
    let head = "Parameters: {Env: {Type: String, Default: dev}}\nMappings:\n  M:\n    dev: {Read: 1, List: [a, b]}\n    prod: {Read: 10}";
    check_value(head, "!FindInMap [M, dev, Read]", "1");
    check_value(head, "!FindInMap [M, dev, List]", r#"["a", "b"]"#);
    check_value(
        head,
        "!FindInMap [M, !Ref Env, Read]",
        "Env(dev => 1; prod => 10; * => <FindInMap(\"M\", Env, \"Read\")>)",
    );
    check_value(head, "!FindInMap [M, !Ref Env, Read, {DefaultValue: 5}]", "Env(dev => 1; prod => 10; * => 5)");
    check_value(head, "!FindInMap [M, dev, Write]", "<? mapping `M` has no key `Write` under `dev`>");
    check_value(
        head,
        "{'Fn::FindInMap': [M, !Sub 'd${AWS::NoValue}', Read]}",
        "<? `AWS::NoValue` is no text but nothing>",
    );
}

#[test]
fn the_way_of_a_mapping_leads_to_its_entry() {
    let run = run(
        "Parameters: {Env: {Type: String, AllowedValues: [dev]}}\nMappings: {M: {dev: {Read: 1}}}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {X: !FindInMap [M, !Ref Env, Read]}\n",
    );
    let value = run.project.resources[0].attributes.get("X").expect("written");
    assert_eq!(trail(&run, value.origin), ["\"!FindInMap [M, !Ref Env, Read]\" mapping `M`", "\"1\" literal"]);
}

#[test]
fn zones_blocks_base64_length_and_json() {
    check_value("", "!GetAZs ''", "<GetAZs(AWS::Region)>");
    check_value("", "!GetAZs {Ref: AWS::Region}", "<GetAZs(AWS::Region)>");
    check_value("", "!Select [0, {'Fn::GetAZs': us-east-1}]", r#"<Select("0", GetAZs("us-east-1"))>"#);
    check_value("", "!Cidr [10.0.0.0/16, 2, 8]", r#"["10.0.0.0/24", "10.0.1.0/24"]"#);
    check_value("", "!Select [1, !Cidr [10.0.0.0/16, 2, 8]]", r#""10.0.1.0/24""#);
    check_value("", "{'Fn::Base64': abc}", r#""YWJj""#);
    check_value("", "!Base64 {'Fn::Sub': abc}", r#""YWJj""#);
    check_value("", "{'Fn::Length': [a, b]}", "2");
    check_value("", "{'Fn::ToJsonString': {a: [1, true, x]}}", r#""{\"a\":[1,true,\"x\"]}""#);
}

#[test]
fn imports_macros_and_dynamic_references_are_unknown_where_they_reach() {
    check_value("", "!ImportValue 'a-b'", r#"<ImportValue("a-b")>"#);
    check_value("", "'{{resolve:ssm:/a/b}}'", "<{{resolve:ssm:/a/b}}>");
    check_value("", "'x-{{resolve:ssm:/a}}-y'", r#""x-<{{resolve:ssm:/a}}>-y""#);
    check_value("", "!Sub 'x-{{resolve:ssm:/a}}-${AWS::Region}'", r#"<Sub("x-{{resolve:ssm:/a}}-${AWS::Region}")>"#);
    check_value(
        "",
        "{A: 1, B: {'Fn::Transform': {Name: Mine, Parameters: {X: 1}}}}",
        "{A: 1, B: <? `Fn::Transform`: what the macro `Mine` makes is not known>}",
    );
}

#[test]
fn json_templates_say_the_same() {
    check(
        r#"{"Parameters": {"P": {"Type": "String", "AllowedValues": ["a", "b"]}}, "Conditions": {"A": {"Fn::Equals": [{"Ref": "P"}, "a"]}},
            "Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Condition": "A", "Properties": {"TableName": {"Fn::Join": ["-", ["x", {"Ref": "P"}]]}, "X": {"Fn::If": ["A", {"Fn::GetAtt": ["T", "Arn"]}, {"Ref": "AWS::NoValue"}]}}}}}"#,
        r#"T DynamoDB::Table if P(a => true; b => false) {TableName: P(a => "x-a"; b => "x-b"), X: P(a => <T.Arn>; b => nothing)}"#,
    );
}

#[test]
fn calls_with_other_arguments_are_errors() {
    check_value("", "!Join [a]", "<? `!Join` takes a delimiter and a list>; `!Join` takes a delimiter and a list");
    check_value(
        "",
        "!If [A]",
        "<? `!If` takes a condition's name and two values>; `!If` takes a condition's name and two values",
    );
    check_value("", "!Nonsense [a]", "<? `!Nonsense`: the function is not known>");
}

#[test]
fn a_json_text_keeps_the_structure_that_it_was_made_from() {
    let run = run(
        "Parameters: {E: {Type: String, AllowedValues: [a, b]}}\nConditions: {A: !Equals [!Ref E, a]}\nResources:\n  T: {Type: AWS::DynamoDB::Table}\n  F:\n    Type: AWS::IAM::Role\n    Properties:\n      Open: {'Fn::ToJsonString': {arn: !GetAtt T.Arn, text: !Sub 'x-${T}', n: 1.5, none: !Ref AWS::NoValue, q: 'a\"b'}}\n      Chosen: {'Fn::ToJsonString': {one: !If [A, {x: 1}, 2], two: [!If [A, 1, !Ref AWS::NoValue], 3]}}\n",
    );
    let role = &run.project.resources[1].attributes;
    let value = |name: &str| role.get(name).expect("written");
    assert_eq!(
        show(value("Open"), &run.project.inputs),
        r#""{"arn":"<T.Arn>","text":"x-<T.Ref>","n":1.5,"q":"a\"b"}""#
    );
    assert_eq!(
        show(value("Chosen"), &run.project.inputs),
        r#"E(a => "{\"one\":{\"x\":1},\"two\":[1,3]}"; b => "{\"one\":2,\"two\":[3]}")"#
    );
    let decoded = crate::value::decoded(&run.project.origins, value("Open")).expect("a document");
    assert_eq!(show(&decoded, &run.project.inputs), r#"{arn: <T.Arn>, text: "x-<T.Ref>", n: 1.5, q: "a\"b"}"#);
    let arn = decoded.get("arn").expect("kept");
    assert_eq!(trail(&run, arn.origin), ["\"!GetAtt T.Arn\" resource T.Arn"]);
    let decoded = crate::value::decoded(&run.project.origins, value("Chosen")).expect("a document");
    assert_eq!(show(&decoded, &run.project.inputs), "E(a => {one: {x: 1}, two: [1, 3]}; b => {one: 2, two: [3]})");
}

#[test]
fn a_partly_known_text_is_split_as_far_as_it_is_known() {
    let head = "Parameters: {S: {Type: String}}";
    check_value(head, "!Select [0, !Split ['/', !Sub 'a/b-${S}/c']]", r#""a""#);
    check_value(head, "!Select [1, !Split ['/', !Sub 'a/b-${S}/c']]", r#"<Select("1", Split("/", "a/b-${S}/c"))>"#);
    check_value(head, "!Split ['/', !Sub '${S}/c']", r#"<Split("/", "${S}/c")>"#);
}

#[test]
fn blocks_of_the_reference_are_those_of_the_reference() {
    check_value(
        "",
        "!Cidr [192.168.0.0/24, 6, 5]",
        r#"["192.168.0.0/27", "192.168.0.32/27", "192.168.0.64/27", "192.168.0.96/27", "192.168.0.128/27", "192.168.0.160/27"]"#,
    );
    check_value("", "!Cidr [10.0.0.0/24, 300, 5]", "<? `!Cidr`: the block can't be divided like that>");
    check_value("Parameters: {N: {Type: Number}}", "!Cidr [10.0.0.0/24, !Ref N]", r#"<Cidr("10.0.0.0/24", N)>"#);
}

#[test]
fn a_macro_over_the_template_may_define_names() {
    check(
        "Transform: [Mine, AWS::Serverless-2016-10-31]\nResources:\n  T: {Type: AWS::DynamoDB::Table, Properties: {A: !Ref Made, B: !GetAtt Made.Arn}}\n",
        "T DynamoDB::Table {A: <Made.Ref>, B: <Made.Arn>}",
    );
}
