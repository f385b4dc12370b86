//! Parameter files of CloudFormation, in the forms that AWS tools write.

use std::sync::Arc;

use crate::resource::Problem;
use crate::source::{SourceFile, Span};
use crate::syntax;
use crate::syntax::tree::{NodeRef, Scalar};
use crate::value::Text;

/// A parameter with its value as text, and where the value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: Text,
    pub value: Text,
    pub span: Span,
}

/// Reads a parameter file: the list of `ParameterKey` and `ParameterValue` that the AWS CLI takes, a mapping under
/// `Parameters` (CodePipeline, Rain, a stack's template configuration) or `parameters` (a deployment file that a stack is
/// synchronised from), a list of `Name=Value`, or a plain mapping.
#[must_use]
pub fn read(file: &Arc<SourceFile>) -> (Vec<Parameter>, Vec<Problem>) {
    let tree = syntax::parse_data(Arc::clone(file));
    let mut problems: Vec<Problem> =
        tree.errors.iter().map(|error| Problem::error(error.span, error.message.clone())).collect();
    let mut found = Vec::new();
    let Some(root) = tree.root() else { return (found, problems) };
    let inner = ["Parameters", "parameters"]
        .iter()
        .find_map(|name| root.get(name).filter(|inner| inner.is_mapping() || inner.is_sequence() || inner.is_null()));
    let root = match inner {
        Some(inner) if inner.is_null() => return (found, problems),
        Some(inner) => inner,
        // A deployment file without parameters.
        None if root.get("template-file-path").is_some() => return (found, problems),
        None => root,
    };
    if root.is_sequence() {
        for item in root.items() {
            match (item.get("ParameterKey").and_then(NodeRef::text), item.get("ParameterValue")) {
                (Some(name), Some(value)) => found.extend(parameter(name, value)),
                // A parameter that keeps its present value is not known from here.
                (Some(_), None) if item.get("UsePreviousValue").is_some() => {}
                _ => match (item.text().and_then(pair), item.text_span()) {
                    (Some((name, value)), span) => {
                        let span = span.unwrap_or_else(|| item.span());
                        found.push(Parameter { name: name.into(), value: value.into(), span });
                    }
                    _ => problems.push(wrong(item.span())),
                },
            }
        }
    } else if root.is_mapping() {
        for (name, value) in root.entries() {
            match name.text() {
                Some(name) => found.extend(parameter(name, value)),
                None => problems.push(wrong(name.span())),
            }
        }
    } else {
        problems.push(wrong(root.span()));
    }
    (found, problems)
}

/// `Name=Value`, also as `ParameterKey=Name,ParameterValue=Value`.
fn pair(text: &str) -> Option<(&str, &str)> {
    let shorthand = text.strip_prefix("ParameterKey=").and_then(|rest| rest.split_once(",ParameterValue="));
    shorthand.or_else(|| text.split_once('='))
}

fn wrong(span: Span) -> Problem {
    Problem::error(span, "this is no parameter").with_help(
        "write a list of `{ \"ParameterKey\": ..., \"ParameterValue\": ... }`, or a mapping from names to values",
    )
}

/// Lists are comma-separated, as CloudFormation takes them. Nothing for `null`.
fn parameter(name: &str, value: NodeRef<'_>) -> Option<Parameter> {
    let text: Text = match value.scalar() {
        Some(Scalar::Null) => return None,
        Some(Scalar::Bool(truth)) => if truth { "true" } else { "false" }.into(),
        Some(Scalar::Number(text) | Scalar::String(text)) => text.into(),
        None => value.items().filter_map(NodeRef::text).collect::<Vec<_>>().join(",").into(),
    };
    Some(Parameter { name: name.into(), value: text, span: value.span() })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    fn load(text: &str) -> (Vec<(String, String, String)>, usize) {
        let file = Arc::new(SourceFile::new(FileId(0), PathBuf::from("parameters"), text));
        let (found, problems) = read(&file);
        let found = found
            .iter()
            .map(|one| (one.name.to_string(), one.value.to_string(), file.slice(one.span).to_owned()))
            .collect();
        (found, problems.len())
    }

    #[test]
    fn every_form_that_aws_tools_write_is_read() {
        let expected = |quote: &str| (vec![("Env".to_owned(), "prod".to_owned(), format!("{quote}prod{quote}"))], 0);
        assert_eq!(load(r#"[{"ParameterKey": "Env", "ParameterValue": "prod"}]"#), expected("\""));
        assert_eq!(load(r#"{"Parameters": {"Env": "prod"}}"#), expected("\""));
        assert_eq!(load(r#"{"Env": "prod"}"#), expected("\""));
        assert_eq!(load("Env: prod\n"), expected(""));
        assert_eq!(load(r#"["Env=prod"]"#).0[0].1, "prod");
        assert_eq!(load(r#"["ParameterKey=Env,ParameterValue=prod"]"#).0[0].1, "prod");
        assert_eq!(
            load(r#"{"StackName": "s", "Parameters": [{"ParameterKey": "Env", "ParameterValue": "prod"}]}"#),
            expected("\"")
        );
        assert_eq!(
            load(r#"{"Parameters": {"Env": "prod"}, "Tags": {"a": "b"}, "StackPolicy": {"Statement": []}}"#),
            expected("\"")
        );
        assert_eq!(load("template-file-path: t.yaml\nparameters:\n  Env: prod\ntags:\n  a: b\n"), expected(""));
        assert_eq!(load("template-file-path: t.yaml\ntags:\n  a: b\n"), (Vec::new(), 0));
        assert_eq!(load("Parameters:\n  Env: prod\nTags:\n  a: b\n"), expected(""));
        assert_eq!(load(r#"{"Zones": ["a", "b"]}"#).0[0].1, "a,b");
    }

    #[test]
    fn what_is_no_parameter_is_a_problem() {
        assert_eq!(load("[3]").1, 1);
        assert_eq!(load("\"x\"").1, 1);
        assert_eq!(load(r#"[{"ParameterKey": "Env", "UsePreviousValue": true}]"#), (Vec::new(), 0));
    }
}
