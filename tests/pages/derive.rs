//! The same example in the JSON form of its language.

use std::sync::Arc;

use dynalens::policy::page::{Dialect, Example, ExampleFile};
use dynalens::source::{SourceFile, Sources, Span};
use dynalens::syntax::hcl;
use dynalens::syntax::hcl::{Body, Expr, ExprKind, ObjectKey};
use serde_json::{Map, Value, json};

/// The example with every file in JSON; `None` where a file has no such form.
pub fn in_json(example: &Example) -> Option<Example> {
    let files = example
        .files
        .iter()
        .map(|file| {
            let (name, value) = match example.dialect {
                Dialect::Terraform => {
                    (format!("{}.json", file.name.strip_suffix(".tf")?.to_owned() + ".tf"), terraform(&file.text)?)
                }
                Dialect::CloudFormation | Dialect::Sam => {
                    (format!("{}.json", file.name.strip_suffix(".yaml")?), template(&file.text)?)
                }
            };
            Some(ExampleFile { name, text: serde_json::to_string_pretty(&value).ok()?, marks: Vec::new() })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Example { files, ..example.clone() })
}

/// A YAML template in JSON: short tags become their long functions.
fn template(text: &str) -> Option<Value> {
    let value: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    yaml(&value)
}

fn yaml(value: &serde_yaml::Value) -> Option<Value> {
    Some(match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(truth) => json!(truth),
        serde_yaml::Value::Number(number) => serde_json::to_value(number).ok()?,
        serde_yaml::Value::String(text) => json!(text),
        serde_yaml::Value::Sequence(items) => Value::Array(items.iter().map(yaml).collect::<Option<_>>()?),
        serde_yaml::Value::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match key {
                    serde_yaml::Value::String(key) => key.clone(),
                    serde_yaml::Value::Number(key) => key.to_string(),
                    _ => return None,
                };
                map.insert(key, yaml(value)?);
            }
            Value::Object(map)
        }
        serde_yaml::Value::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let tag = tag.trim_start_matches('!');
            let inner = yaml(&tagged.value)?;
            match (tag, inner.as_str().and_then(|text| text.split_once('.'))) {
                ("Ref" | "Condition", _) => json!({ tag: inner }),
                ("GetAtt", Some((resource, attribute))) => json!({ "Fn::GetAtt": [resource, attribute] }),
                _ => json!({ format!("Fn::{tag}"): inner }),
            }
        }
    })
}

/// A Terraform file in JSON syntax.
fn terraform(text: &str) -> Option<Value> {
    let file = Sources::new().add("main.tf", text);
    let document = hcl::parse(Arc::clone(&file));
    if !document.errors.is_empty() {
        return None;
    }
    body(&document.body, &file, "")
}

fn body(from: &Body, file: &SourceFile, block: &str) -> Option<Value> {
    let mut map = Map::new();
    for attribute in &from.attributes {
        // These are names of things rather than values.
        let named = matches!(
            (block, attribute.name.as_str()),
            ("variable", "type") | (_, "depends_on" | "provider" | "providers" | "ignore_changes")
        );
        let value = if named { names(&attribute.expr, file) } else { expression(&attribute.expr, file)? };
        map.insert(attribute.name.to_string(), value);
    }
    for inner in &from.blocks {
        let within = if inner.name == "dynamic" { block } else { inner.name.as_str() };
        let mut value = body(&inner.body, file, within)?;
        for label in inner.labels.iter().rev() {
            value = json!({ label.text.as_str(): value });
        }
        if inner.labels.is_empty() {
            let list = map.entry(inner.name.to_string()).or_insert_with(|| json!([]));
            list.as_array_mut()?.push(value);
        } else {
            let known = map.entry(inner.name.to_string()).or_insert_with(|| json!([]));
            known.as_array_mut()?.push(value);
        }
    }
    Some(Value::Object(map))
}

fn names(expr: &Expr, file: &SourceFile) -> Value {
    match &expr.kind {
        ExprKind::List(items) => Value::Array(items.iter().map(|item| json!(source(item.span, file))).collect()),
        ExprKind::Object(items) => Value::Object(
            items.iter().map(|item| (source(item.key_span, file), json!(source(item.value.span, file)))).collect(),
        ),
        ExprKind::String(text) => json!(text.as_str()),
        _ => json!(source(expr.span, file)),
    }
}

fn expression(expr: &Expr, file: &SourceFile) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Null => Value::Null,
        ExprKind::Bool(truth) => json!(truth),
        ExprKind::Number(number) => serde_json::from_str(number).ok()?,
        ExprKind::String(text) => json!(text.replace("${", "$${").replace("%{", "%%{")),
        ExprKind::List(items) => Value::Array(items.iter().map(|item| expression(item, file)).collect::<Option<_>>()?),
        ExprKind::Object(items) => {
            let mut map = Map::new();
            for item in items {
                let key = match &item.key {
                    ObjectKey::Name(name) => name.to_string(),
                    ObjectKey::Expr(Expr { kind: ExprKind::String(text), .. }) => text.to_string(),
                    ObjectKey::Expr(key) => format!("${{{}}}", source(key.span, file)),
                };
                map.insert(key, expression(&item.value, file)?);
            }
            Value::Object(map)
        }
        _ => {
            let text = source(expr.span, file);
            // A heredoc needs lines of its own, which a JSON text does not have.
            if text.contains("<<") {
                return None;
            }
            json!(format!("${{{text}}}"))
        }
    })
}

fn source(span: Span, file: &SourceFile) -> String {
    file.slice(span).to_owned()
}
