//! Projects as CloudFormation and SAM templates, in YAML and JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::project::{Case, Form, Input, Kind, Project, Resource, Setting};

/// The name of the condition that stands for a case.
fn condition(case: &Case) -> String {
    let equals: String = case.equals.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{}Is{}{}", case.input, equals[..1].to_uppercase(), &equals[1..])
}

/// All cases that settings of the project name.
fn cases(project: &Project) -> Vec<Case> {
    fn of(setting: &Setting, found: &mut Vec<Case>) {
        match setting {
            Setting::List(items) | Setting::Blocks(items) => items.iter().for_each(|item| of(item, found)),
            Setting::Map(entries) | Setting::Block(entries) => entries.iter().for_each(|(_, inner)| of(inner, found)),
            Setting::When(case, yes, no) => {
                found.push(case.clone());
                of(yes, found);
                if let Some(no) = no {
                    of(no, found);
                }
            }
            Setting::Joined(_, inner, _) | Setting::Document(inner) => of(inner, found),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for resource in &project.resources {
        found.extend(resource.exists.clone());
        for form in resource.cloudformation.iter().chain(&resource.sam) {
            form.attributes.iter().chain(&form.meta).for_each(|(_, setting)| of(setting, &mut found));
        }
    }
    found.sort_by_key(condition);
    found.dedup();
    found
}

fn parameter(input: &Input) -> Value {
    let ty = if input.kind == Kind::Number { "Number" } else { "String" };
    let mut map = Map::new();
    map.insert("Type".into(), json!(ty));
    match &input.default {
        Some(Setting::Bool(value)) => drop(map.insert("Default".into(), json!(value.to_string()))),
        Some(default) => drop(map.insert("Default".into(), value(default))),
        None => {}
    }
    let allowed = if input.kind == Kind::Bool { vec!["true".into(), "false".into()] } else { input.allowed.clone() };
    if !allowed.is_empty() {
        map.insert("AllowedValues".into(), json!(allowed));
    }
    Value::Object(map)
}

fn form(resource: &Resource, sam: bool) -> Option<&Form> {
    let own = if sam { resource.sam.as_ref() } else { None };
    own.or(resource.cloudformation.as_ref())
}

/// The project as a template in JSON; `sam` writes the forms that SAM has.
pub fn json(project: &Project, sam: bool) -> Value {
    let mut template = Map::new();
    if sam {
        template.insert("Transform".into(), json!("AWS::Serverless-2016-10-31"));
    }
    if !project.inputs.is_empty() {
        let inputs = project.inputs.iter().map(|input| (input.name.clone(), parameter(input))).collect();
        template.insert("Parameters".into(), Value::Object(inputs));
    }
    let cases = cases(project);
    if !cases.is_empty() {
        let conditions =
            cases.iter().map(|case| (condition(case), json!({ "Fn::Equals": [{ "Ref": case.input }, case.equals] })));
        template.insert("Conditions".into(), Value::Object(conditions.collect()));
    }
    let mut resources = Map::new();
    for resource in &project.resources {
        let Some(form) = form(resource, sam) else { continue };
        let mut written = Map::new();
        written.insert("Type".into(), json!(form.ty));
        if let Some(case) = &resource.exists {
            written.insert("Condition".into(), json!(condition(case)));
        }
        for (name, setting) in &form.meta {
            written.insert(name.clone(), value(setting));
        }
        written.insert("Properties".into(), map(&form.attributes));
        resources.insert(resource.label.clone(), Value::Object(written));
    }
    template.insert("Resources".into(), Value::Object(resources));
    Value::Object(template)
}

fn map(entries: &[(String, Setting)]) -> Value {
    Value::Object(entries.iter().map(|(name, setting)| (name.clone(), value(setting))).collect())
}

fn value(setting: &Setting) -> Value {
    match setting {
        Setting::Text(text) => json!(text),
        Setting::Int(number) => json!(number),
        Setting::Bool(truth) => json!(truth),
        Setting::List(items) | Setting::Blocks(items) => Value::Array(items.iter().map(value).collect()),
        Setting::Map(entries) | Setting::Block(entries) => map(entries),
        Setting::Input(name) => json!({ "Ref": name }),
        Setting::When(case, yes, no) => {
            let no = no.as_ref().map_or_else(|| json!({ "Ref": "AWS::NoValue" }), |no| value(no));
            json!({ "Fn::If": [condition(case), value(yes), no] })
        }
        Setting::Of { label, cloudformation: None, .. } => json!({ "Ref": label }),
        Setting::Of { label, cloudformation: Some(attribute), .. } => json!({ "Fn::GetAtt": [label, attribute] }),
        Setting::Joined(before, inner, after) => json!({ "Fn::Join": ["", [before, value(inner), after]] }),
        Setting::Document(inner) => value(inner),
    }
}

/// The same template in YAML: short tags, blocks, plain numbers and bools.
pub fn yaml(template: &Value) -> String {
    let mut out = String::new();
    block(template, 0, &mut out);
    out
}

fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = "  ".repeat(indent);
    match value {
        Value::Object(entries) if function(value).is_none() && !entries.is_empty() => {
            for (key, inner) in entries {
                let _ = write!(out, "{pad}{}:", name(key));
                nested(inner, indent + 1, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(out, "{pad}-");
                nested(item, indent + 1, out);
            }
        }
        _ => {
            let _ = writeln!(out, "{pad}{}", flow(value));
        }
    }
}

fn nested(value: &Value, indent: usize, out: &mut String) {
    let is_block = match value {
        Value::Object(entries) => function(value).is_none() && !entries.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        out.push('\n');
        block(value, indent, out);
    } else {
        let _ = writeln!(out, " {}", flow(value));
    }
}

fn name(key: &str) -> String {
    if key.chars().all(|character| character.is_ascii_alphanumeric()) && key.starts_with(char::is_alphabetic) {
        key.to_owned()
    } else {
        json!(key).to_string()
    }
}

/// The tag and the argument of an intrinsic function.
fn function(value: &Value) -> Option<(String, &Value)> {
    let (key, argument) = value.as_object().filter(|map| map.len() == 1)?.iter().next()?;
    let tag = if key == "Ref" { "Ref" } else { key.strip_prefix("Fn::")? };
    Some((format!("!{tag}"), argument))
}

fn flow(value: &Value) -> String {
    if let Some((tag, argument)) = function(value) {
        return format!("{tag} {}", flow(argument));
    }
    match value {
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, inner)| format!("{}: {}", json!(key), flow(inner))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
