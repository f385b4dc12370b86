//! Nested stacks and includes.

use super::*;

const CHILD: &str = "Parameters: {Name: {Type: String}, Env: {Type: String, Default: dev}}\nConditions: {Prod: !Equals [!Ref Env, prod]}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Condition: Prod\n    Properties: {TableName: !Ref Name}\nOutputs:\n  Table: {Value: !Ref T}\n  Arn: {Value: !GetAtt T.Arn}\n";

#[test]
fn parameters_go_down_and_outputs_come_up() {
    let root = "Parameters: {Stage: {Type: String, Default: dev}}\nResources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./nested/child.yaml\n      Parameters: {Name: orders, Env: !Ref Stage}\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {A: !GetAtt Child.Outputs.Table, B: !GetAtt Child.Outputs.Arn}\n";
    let run =
        run_files(&[("app/root.yaml", root), ("app/nested/child.yaml", CHILD)], &Options::default()).expect("template");
    compare(
        &print(&run),
        r#"Child CloudFormation::Stack {TemplateURL: "./nested/child.yaml", Parameters: {Name: "orders", Env: Stage(prod => "prod"; dev => "dev"; * => <Stage>)}}
           F Lambda::Function {A: "orders", B: <Child/T.Arn>}
           Child/T DynamoDB::Table if Stage(prod => true; dev => false; * => false) {TableName: "orders"}"#,
    );
    let table = run.project.resources.last().expect("the table");
    assert_eq!(table.calls.len(), 1);
    assert_eq!(table.calls[0].address, "Child");
    assert_eq!(slice(&run, table.calls[0].header), "Child");
    assert_eq!(
        trail(&run, table.attributes.get("TableName").expect("written").origin),
        ["\"!Ref Name\" parameter `Name`", "\"Name\" argument Name of Child", "\"orders\" literal"]
    );
    assert_eq!(
        trail(&run, run.project.resources[1].attributes.get("A").expect("written").origin),
        [
            "\"!GetAtt Child.Outputs.Table\" output `Table` of `Child`",
            "\"!Ref T\" resource Child/T.Ref",
            "\"!Ref Name\" parameter `Name`",
            "\"Name\" argument Name of Child",
            "\"orders\" literal"
        ]
    );
}

#[test]
fn a_template_that_contains_itself_ends_with_a_note() {
    let root = "Resources:\n  Me:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: root.yaml}\n  T: {Type: AWS::DynamoDB::Table}\n";
    let run = run_files(&[("root.yaml", root)], &Options::default()).expect("template");
    assert!(print(&run).contains("stacks are nested more than 8 deep"), "{}", print(&run));
}

#[test]
fn what_is_not_here_is_unknown() {
    let root = "Resources:\n  C:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://example.com/x.yaml'}\n  T: {Type: AWS::DynamoDB::Table, Properties: {X: !GetAtt C.Outputs.Y}}\n";
    check(
        root,
        r#"C CloudFormation::Stack {TemplateURL: "https://example.com/x.yaml"}
           T DynamoDB::Table {X: <C.Outputs.Y>}
           note at "'https://example.com/x.yaml'": the nested template `https://example.com/x.yaml` of `C` is not in this repository"#,
    );
}

#[test]
fn nothing_outside_of_the_root_is_read() {
    let sources = Sources::new();
    let mut fs = Overlay::in_memory();
    fs.set("secret.yaml", CHILD);
    let root =
        "Resources:\n  C:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ../secret.yaml}\n";
    fs.set("in/root.yaml", root);
    let tree = crate::syntax::parse_data(sources.add("in/root.yaml", root));
    let loader = Loader { fs: &fs, sources: &sources, root: Some(Path::new("in")) };
    let project = evaluate(&tree, &Options::default(), &loader).expect("template");
    assert_eq!(project.resources.len(), 1);
    assert!(sources.find(Path::new("secret.yaml")).is_none());
}

#[test]
fn local_includes_are_read_where_they_stand() {
    let root = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./part.yaml}}\n      A: 1\n";
    let run = run_files(
        &[("root.yaml", root), ("part.yaml", "BillingMode: PAY_PER_REQUEST\nX: !Ref T\n")],
        &Options::default(),
    );
    compare(&print(&run.expect("template")), r#"T DynamoDB::Table {BillingMode: "PAY_PER_REQUEST", X: <T.Ref>, A: 1}"#);
}

#[test]
fn an_include_at_the_top_adds_sections() {
    let root = "Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}\nResources:\n  T: {Type: AWS::DynamoDB::Table, Properties: {A: !Ref U}}\n";
    let part = "Resources:\n  U: {Type: AWS::DynamoDB::Table}\n";
    let run = run_files(&[("root.yaml", root), ("part.yaml", part)], &Options::default()).expect("template");
    compare(&print(&run), "T DynamoDB::Table {A: <U.Ref>}\nU DynamoDB::Table {}");
}

#[test]
fn mistakes_in_children_are_told_at_their_places() {
    let root = "Resources:\n  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}\n";
    let child = "Resources:\n  T: {Type: AWS::DynamoDB::Table}\n  T: {Type: AWS::DynamoDB::Table}\n";
    let run = run_files(&[("root.yaml", root), ("child.yaml", child)], &Options::default()).expect("template");
    assert_eq!(run.project.problems.len(), 1, "{}", print(&run));
    let span = run.project.problems[0].span.expect("a place");
    assert_eq!(run.sources.get(span.file).expect("the file").path, Path::new("child.yaml"));
}

#[test]
fn children_are_named_so_that_they_are_no_roots() {
    let sources = Sources::new();
    let mut fs = Overlay::in_memory();
    fs.set("a/child.yaml", CHILD);
    fs.set("a/app/template.yaml", CHILD);
    let root = "Transform: AWS::Serverless-2016-10-31\nResources:\n  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}\n  D: {Type: AWS::Serverless::Application, Properties: {Location: ./app}}\n  E: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: missing.yaml}}\n";
    let tree = crate::syntax::parse_data(sources.add("a/root.yaml", root));
    let loader = Loader { fs: &fs, sources: &sources, root: Some(Path::new("")) };
    let children = super::super::children(&tree, &loader);
    assert_eq!(children, [Path::new("a/app/template.yaml"), Path::new("a/child.yaml")]);
}

#[test]
fn the_definition_of_a_workflow_is_read_from_its_file() {
    let root = "Transform: AWS::Serverless-2016-10-31\nResources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties: {DefinitionUri: flows/save.asl.json, Role: r}\n  N:\n    Type: AWS::Serverless::StateMachine\n    Properties: {DefinitionUri: flows/gaps.asl.json, Role: r}\n";
    let files = [
        ("app/root.yaml", root),
        ("app/flows/save.asl.json", r#"{"States": {"Save": {"Resource": "${Put}"}}}"#),
        ("app/flows/gaps.asl.json", r#"{"TimeoutSeconds": ${Seconds}}"#),
    ];
    let run = run_files(&files, &Options::default()).expect("template");
    compare(
        &print(&run),
        r#"M Serverless::StateMachine {DefinitionUri: "flows/save.asl.json", Role: "r", Definition: {States: {Save: {Resource: "${Put}"}}}}
           N Serverless::StateMachine {DefinitionUri: "flows/gaps.asl.json", Role: "r", DefinitionString: "{\"TimeoutSeconds\": ${Seconds}}"}"#,
    );
}

#[test]
fn a_child_that_is_reached_twice_says_the_same_twice() {
    let root = "Resources:\n  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Name: x, Env: prod}}}\n  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Name: x, Env: prod}}}\n";
    let run = run_files(&[("root.yaml", root), ("child.yaml", CHILD)], &Options::default()).expect("template");
    let printed = print(&run);
    assert!(
        printed.contains("A/T DynamoDB::Table {TableName: \"x\"}\nB/T DynamoDB::Table {TableName: \"x\"}"),
        "{printed}"
    );
    let way = |address: &str| {
        let resource = run.project.resources.iter().find(|one| one.address == address).expect("the table");
        trail(&run, resource.attributes.get("TableName").expect("written").origin)
    };
    assert_eq!(way("A/T"), way("B/T"));
    assert!(way("B/T").iter().any(|hop| hop.contains("argument Name of A")), "{:?}", way("B/T"));
}

#[test]
fn a_template_that_contains_itself_many_times_ends() {
    let mut root = String::from(
        "Parameters: {P: {Type: String, Default: a}}\nConditions: {C: !Equals [!Ref P, b]}\nResources:\n  T: {Type: AWS::DynamoDB::Table}\n",
    );
    for i in 0..20 {
        let _ = writeln!(
            root,
            "  S{i}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: root.yaml, Parameters: {{P: !Ref P}}}}}}"
        );
    }
    let run = run_files(&[("root.yaml", &root)], &Options::default()).expect("template");
    assert!(
        run.project
            .problems
            .iter()
            .any(|problem| problem.message.contains("deep") || problem.message.contains("stacks")),
        "{:?}",
        run.project.problems
    );
    assert!(run.project.resources.len() < 20_000, "{}", run.project.resources.len());
}

#[test]
fn a_parameter_that_the_parent_does_not_pass_has_its_default() {
    let root = "Resources:\n  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Name: x}}}\n";
    let run = run_files(&[("root.yaml", root), ("child.yaml", CHILD)], &Options::default()).expect("template");
    let printed = print(&run);
    assert!(printed.contains("C/T DynamoDB::Table if false"), "{printed}");
}

#[test]
fn the_tags_of_a_stack_are_those_of_its_resources() {
    let root = "Resources:\n  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Name: x}, Tags: [{Key: team, Value: orders}]}}\n  T: {Type: AWS::DynamoDB::Table}\n";
    let run = run_files(&[("root.yaml", root), ("child.yaml", CHILD)], &Options::default()).expect("template");
    let tags: Vec<String> =
        run.project.resources.iter().map(|one| show(&one.default_tags, &run.project.inputs)).collect();
    assert_eq!(tags, ["nothing", "nothing", r#"[{Key: "team", Value: "orders"}]"#]);
}
