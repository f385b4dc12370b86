//! Parameters out of `samconfig.toml`.

use super::*;

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31\nParameters: {Env: {Type: String, AllowedValues: [dev, prod]}, Name: {Type: String, Default: x}}\nResources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: !Ref Name, A: !Ref Env, B: !Ref AWS::Region}\n";

fn with(config: &str, options: &Options) -> Run {
    run_files(&[("app/template.yaml", TEMPLATE), ("app/samconfig.toml", config)], options).expect("a template")
}

#[test]
fn the_only_environment_counts() {
    let run = with(
        "version = 0.1\n[default.deploy.parameters]\nstack_name = \"x\" # a comment\nregion = \"eu-west-1\"\nparameter_overrides = \"Env=\\\"prod\\\" Name=orders\"\n",
        &Options::default(),
    );
    compare(&print(&run), r#"T DynamoDB::Table {TableName: "orders", A: "prod", B: "eu-west-1"}"#);
    let name = run.project.resources[0].attributes.get("TableName").expect("written");
    assert_eq!(
        trail(&run, name.origin),
        ["\"!Ref Name\" parameter `Name`", r#""\"Env=\\\"prod\\\" Name=orders\"" samconfig.toml"#]
    );
}

#[test]
fn of_several_environments_the_configured_one_counts() {
    let config = "[dev.deploy.parameters]\nparameter_overrides = [\n  \"Env=dev\",\n]\n[prod.deploy.parameters]\nparameter_overrides = ['Env=prod', 'Name=p']\n";
    compare(
        &print(&with(config, &Options::default())),
        r#"T DynamoDB::Table {TableName: "x", A: Env(dev => "dev"; prod => "prod"), B: <AWS::Region>}"#,
    );
    let options = Options { environment: Some("prod".into()), ..Options::default() };
    compare(&print(&with(config, &options)), r#"T DynamoDB::Table {TableName: "p", A: "prod", B: <AWS::Region>}"#);
    let options = Options {
        parameters: given(&[("Name", "line")]).parameters,
        environment: Some("prod".into()),
        ..Options::default()
    };
    compare(&print(&with(config, &options)), r#"T DynamoDB::Table {TableName: "line", A: "prod", B: <AWS::Region>}"#);
}

#[test]
fn a_broken_file_decides_nothing() {
    for config in [
        "",
        "[",
        "= =",
        "parameter_overrides = \"open",
        "[default.deploy.parameters]\nparameter_overrides = [\"Env=",
        "a = '''",
    ] {
        let _ = with(config, &Options::default());
    }
}

#[test]
fn the_file_may_be_yaml() {
    for config in [
        "version: 0.1\ndefault:\n  deploy:\n    parameters:\n      region: eu-west-1\n      parameter_overrides: Env=prod Name=\"or ders\"\n",
        "default:\n  deploy:\n    parameters:\n      region: eu-west-1\n      parameter_overrides: [Env=prod, 'Name=\"or ders\"']\n",
        "default:\n  global:\n    parameters:\n      region: eu-west-1\n  deploy:\n    parameters:\n      parameter_overrides: {Env: prod, Name: or ders}\n",
    ] {
        let run = run_files(&[("app/template.yaml", TEMPLATE), ("app/samconfig.yaml", config)], &Options::default());
        compare(
            &print(&run.expect("a template")),
            r#"T DynamoDB::Table {TableName: "or ders", A: "prod", B: "eu-west-1"}"#,
        );
    }
}

#[test]
fn tags_are_handed_on_to_resources() {
    let config =
        "[default.deploy.parameters]\nparameter_overrides = \"Env=prod\"\ntags = \"team=\\\"orders\\\" cost=1\"\n";
    let run = with(config, &Options::default());
    assert_eq!(show(&run.project.resources[0].default_tags, &run.project.inputs), r#"{team: "orders", cost: "1"}"#);
}
