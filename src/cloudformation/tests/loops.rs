//! `Fn::ForEach`, as the reference writes its examples out.

use super::*;

#[test]
fn resources_are_made_for_each_item() {
    check(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Tables:\n    - Name\n    - [Orders, Users]\n    - Table${Name}:\n        Type: AWS::DynamoDB::Table\n        Properties:\n          TableName: !Sub 'x-${Name}'\n          A: !Ref Name\n          B: 'in ${Name}'\n",
        r#"TableOrders DynamoDB::Table {TableName: "x-Orders", A: "Orders", B: "in Orders"}
           TableUsers DynamoDB::Table {TableName: "x-Users", A: "Users", B: "in Users"}"#,
    );
}

#[test]
fn loops_stand_in_each_other_and_go_over_parameters() {
    check(
        "Transform: [AWS::LanguageExtensions]\nParameters: {Names: {Type: CommaDelimitedList, Default: 'a.b,c'}}\nConditions:\n  Fn::ForEach::Cs:\n    - N\n    - !Ref Names\n    - Is&{N}: !Equals ['${N}', c]\nResources:\n  Fn::ForEach::Outer:\n    - N\n    - !Ref Names\n    - Fn::ForEach::Inner:\n        - K\n        - ['1', '2']\n        - T&{N}${K}:\n            Type: AWS::DynamoDB::Table\n            Condition: Is&{N}\n            Properties:\n              Fn::ForEach::P:\n                - X\n                - [Read, Write]\n                - ${X}Units: !Sub '${N}${K}'\n",
        r#"Tab1 DynamoDB::Table if false {ReadUnits: "a.b1", WriteUnits: "a.b1"}
           Tab2 DynamoDB::Table if false {ReadUnits: "a.b2", WriteUnits: "a.b2"}
           Tc1 DynamoDB::Table {ReadUnits: "c1", WriteUnits: "c1"}
           Tc2 DynamoDB::Table {ReadUnits: "c2", WriteUnits: "c2"}"#,
    );
}

#[test]
fn an_open_collection_makes_resources_that_exist_in_some_cases() {
    check(
        "Transform: AWS::LanguageExtensions\nParameters: {L: {Type: CommaDelimitedList, AllowedValues: ['a', 'a,b']}}\nResources:\n  Fn::ForEach::X:\n    - N\n    - !Ref L\n    - T${N}: {Type: AWS::DynamoDB::Table}\n",
        "Ta DynamoDB::Table {}
         Tb DynamoDB::Table if L(a => false; a,b => true) {}",
    );
}

#[test]
fn an_unknown_collection_is_told_and_its_names_are_no_errors() {
    check(
        "Transform: AWS::LanguageExtensions\nParameters: {L: {Type: CommaDelimitedList}}\nResources:\n  Fn::ForEach::X:\n    - N\n    - !Ref L\n    - T${N}: {Type: AWS::DynamoDB::Table}\n  A: {Type: AWS::DynamoDB::Table, Properties: {X: !Ref Tfoo}}\n",
        r#"A DynamoDB::Table {X: <Tfoo.Ref>}
           note at "!Ref L": `Fn::ForEach::X` was not wholly read: parameter `L` has no default; pass --parameters L=VALUE"#,
    );
}

#[test]
fn references_to_what_a_loop_makes_hold() {
    check(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Tables:\n    - Name\n    - [Orders]\n    - Table${Name}: {Type: AWS::DynamoDB::Table}\n      Alias${Name}: {Type: AWS::DynamoDB::Table, Properties: {A: !GetAtt 'Table${Name}.Arn', B: !Sub '${Table${Name}}', C: {Ref: 'Table${Name}'}}}\n",
        r#"TableOrders DynamoDB::Table {}
           AliasOrders DynamoDB::Table {A: <TableOrders.Arn>, B: "<TableOrders.Ref>", C: <TableOrders.Ref>}"#,
    );
}

#[test]
fn outputs_are_made_for_each_item() {
    let run = run(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Tables:\n    - Name\n    - [Orders, Users]\n    - Table${Name}: {Type: AWS::DynamoDB::Table}\nOutputs:\n  Fn::ForEach::Arns:\n    - Name\n    - [Orders, Users]\n    - Arn${Name}: {Value: !GetAtt ['Table${Name}', Arn], Export: {Name: !Sub 'arn-${Name}'}}\n  Fn::ForEach::Names:\n    - Name\n    - [Orders]\n    - Name${Name}: {Value: {Ref: !Sub 'Table${Name}'}}\n",
    );
    let outputs = run.project.outputs.iter();
    let outputs: Vec<String> =
        outputs.map(|(name, value)| format!("{name}={}", show(value, &run.project.inputs))).collect();
    assert_eq!(
        outputs,
        [
            "ArnOrders=<TableOrders.Arn>",
            "ImportValue(\"arn-Orders\")=<TableOrders.Arn>",
            "ArnUsers=<TableUsers.Arn>",
            "ImportValue(\"arn-Users\")=<TableUsers.Arn>",
            "NameOrders=<TableOrders.Ref>"
        ]
    );
}

#[test]
fn names_may_be_functions() {
    check(
        "Transform: AWS::LanguageExtensions\nMappings: {Tables: {us: {List: [A, B]}}}\nParameters: {Which: {Type: String, Default: A}}\nResources:\n  Fn::ForEach::Tables:\n    - Name\n    - !FindInMap [Tables, us, List]\n    - T${Name}: {Type: AWS::DynamoDB::Table, Properties: {TableName: {Ref: Name}}}\n  C:\n    Type: AWS::Lambda::Function\n    Properties: {A: {Ref: !Sub 'T${Which}'}, B: !GetAtt [!Sub 'T${Which}', Arn], C: {'Fn::Length': !FindInMap [Tables, us, List]}}\n",
        r#"TA DynamoDB::Table {TableName: "A"}
           TB DynamoDB::Table {TableName: "B"}
           C Lambda::Function {A: "A", B: <TA.Arn>, C: 2}"#,
    );
}

#[test]
fn comparisons_in_loops_open_the_parameters_that_they_name() {
    check(
        "Transform: AWS::LanguageExtensions\nParameters:\n  MakeOrders: {Type: String, Default: 'true'}\n  MakeUsers: {Type: String, Default: 'false'}\n  Env: {Type: String, Default: dev}\nConditions:\n  Fn::ForEach::Made:\n    - Name\n    - [Orders, Users]\n    - Is${Name}: !Equals [!Ref 'Make${Name}', 'true']\n  Fn::ForEach::Stages:\n    - Stage\n    - [dev, prod]\n    - Is${Stage}: !Equals [!Ref Env, !Ref Stage]\nResources:\n  Fn::ForEach::Tables:\n    - Name\n    - [Orders, Users]\n    - Table${Name}: {Type: AWS::DynamoDB::Table, Condition: 'Is${Name}', Properties: {A: !If [Isprod, 1, 2]}}\n",
        "TableOrders DynamoDB::Table if MakeOrders(true => true; * => false) {A: Env(dev => 2; prod => 1; * => 2)}
           TableUsers DynamoDB::Table if MakeUsers(true => true; false => false; * => false) {A: Env(dev => 2; prod => 1; * => 2)}",
    );
}
