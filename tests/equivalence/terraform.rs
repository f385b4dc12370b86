//! Projects as Terraform configurations, in HCL and in JSON syntax.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::project::{Case, Form, Input, Kind, Project, Setting};

fn kind(input: &Input) -> &'static str {
    match input.kind {
        Kind::Text => "string",
        Kind::Number => "number",
        Kind::Bool => "bool",
    }
}

fn test(project: &Project, case: &Case) -> String {
    let is_bool = project.inputs.iter().any(|input| input.name == case.input && input.kind == Kind::Bool);
    match (is_bool, case.equals.as_str()) {
        (true, "true") => format!("var.{}", case.input),
        (true, _) => format!("!var.{}", case.input),
        _ => format!("var.{} == {}", case.input, json!(case.equals)),
    }
}

/// The project in HCL.
pub fn hcl(project: &Project) -> String {
    let mut out = String::new();
    for input in &project.inputs {
        let _ = writeln!(out, "variable \"{}\" {{\n  type = {}", input.name, kind(input));
        if let Some(default) = &input.default {
            let _ = writeln!(out, "  default = {}", expression(project, default));
        }
        if !input.allowed.is_empty() {
            let _ = writeln!(
                out,
                "  validation {{\n    condition = contains({}, var.{})\n    error_message = \"It is one of these.\"\n  }}",
                json!(input.allowed),
                input.name
            );
        }
        out.push_str("}\n\n");
    }
    for (label, exists, form) in resources(project) {
        let _ = writeln!(out, "resource \"{}\" \"{label}\" {{", form.ty);
        if let Some(case) = exists {
            let _ = writeln!(out, "  count = {} ? 1 : 0", test(project, case));
        }
        body(project, &form.attributes, 1, &mut out);
        out.push_str("}\n\n");
    }
    out
}

fn resources(project: &Project) -> impl Iterator<Item = (&str, Option<&Case>, &Form)> {
    project
        .resources
        .iter()
        .filter_map(|resource| Some((resource.label.as_str(), resource.exists.as_ref(), resource.terraform.as_ref()?)))
}

fn body(project: &Project, attributes: &[(String, Setting)], indent: usize, out: &mut String) {
    let pad = "  ".repeat(indent);
    for (name, setting) in attributes {
        match setting {
            Setting::Block(inner) => {
                let _ = writeln!(out, "{pad}{name} {{");
                body(project, inner, indent + 1, out);
                let _ = writeln!(out, "{pad}}}");
            }
            Setting::Blocks(blocks) => {
                for block in blocks {
                    body(project, &[(name.clone(), block.clone())], indent, out);
                }
            }
            Setting::When(case, yes, no) if matches!(**yes, Setting::Block(_)) => {
                assert!(no.is_none(), "a block is there or not");
                let _ = writeln!(out, "{pad}dynamic \"{name}\" {{");
                let _ = writeln!(out, "{pad}  for_each = {} ? [1] : []", test(project, case));
                let _ = writeln!(out, "{pad}  content {{");
                if let Setting::Block(inner) = &**yes {
                    body(project, inner, indent + 2, out);
                }
                let _ = writeln!(out, "{pad}  }}\n{pad}}}");
            }
            other => {
                let _ = writeln!(out, "{pad}{name} = {}", expression(project, other));
            }
        }
    }
}

fn quoted(text: &str) -> String {
    json!(text.replace("${", "$${").replace("%{", "%%{")).to_string()
}

/// A reference to another resource, which is a list of one where it has a `count`.
fn reference(project: &Project, label: &str, attribute: &str) -> String {
    let found = resources(project).find(|(known, ..)| *known == label);
    let (_, exists, form) = found.expect("a resource that is referred to is in the project");
    let index = if exists.is_some() { "[0]" } else { "" };
    format!("{}.{label}{index}.{attribute}", form.ty)
}

fn expression(project: &Project, setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => quoted(text),
        Setting::Int(number) => number.to_string(),
        Setting::Bool(truth) => truth.to_string(),
        Setting::List(items) | Setting::Blocks(items) => {
            let items: Vec<String> = items.iter().map(|item| expression(project, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Setting::Map(entries) | Setting::Block(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, inner)| format!("{} = {}", quoted(key), expression(project, inner)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Setting::Input(name) => format!("var.{name}"),
        Setting::When(case, yes, no) => {
            let no = no.as_ref().map_or_else(|| "null".to_owned(), |no| expression(project, no));
            format!("({} ? {} : {no})", test(project, case), expression(project, yes))
        }
        Setting::Of { label, terraform, .. } => reference(project, label, terraform),
        Setting::Joined(before, inner, after) => {
            let [before, after] = [before, after].map(|text| quoted(text));
            let (before, after) = (&before[1..before.len() - 1], &after[1..after.len() - 1]);
            format!("\"{before}${{{}}}{after}\"", expression(project, inner))
        }
        Setting::Document(inner) => format!("jsonencode({})", expression(project, inner)),
    }
}

/// The project in JSON syntax.
pub fn json(project: &Project) -> Value {
    let mut variables = Map::new();
    for input in &project.inputs {
        let mut variable = Map::new();
        variable.insert("type".into(), json!(kind(input)));
        if let Some(default) = &input.default {
            variable.insert("default".into(), in_json(project, default));
        }
        if !input.allowed.is_empty() {
            let condition = format!("${{contains({}, var.{})}}", json!(input.allowed), input.name);
            variable.insert(
                "validation".into(),
                json!([{ "condition": condition, "error_message": "It is one of these." }]),
            );
        }
        variables.insert(input.name.clone(), Value::Object(variable));
    }
    let mut types = Map::new();
    for (label, exists, form) in resources(project) {
        let mut written = attributes(project, &form.attributes);
        if let Some(case) = exists {
            written.insert("count".into(), json!(format!("${{{} ? 1 : 0}}", test(project, case))));
        }
        let of_type = types.entry(form.ty).or_insert_with(|| json!({}));
        if let Some(of_type) = of_type.as_object_mut() {
            of_type.insert(label.to_owned(), Value::Object(written));
        }
    }
    let mut document = Map::new();
    if !variables.is_empty() {
        document.insert("variable".into(), Value::Object(variables));
    }
    document.insert("resource".into(), Value::Object(types));
    Value::Object(document)
}

fn attributes(project: &Project, list: &[(String, Setting)]) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, setting) in list {
        let items = match setting {
            Setting::Blocks(items) => items.iter().collect(),
            one => vec![one],
        };
        for item in items {
            match item {
                Setting::Block(inner) => push(&mut map, name, Value::Object(attributes(project, inner))),
                Setting::When(case, yes, _) if matches!(**yes, Setting::Block(_)) => {
                    let Setting::Block(inner) = &**yes else { continue };
                    let block = json!({
                        "for_each": format!("${{{} ? [1] : []}}", test(project, case)),
                        "content": attributes(project, inner),
                    });
                    let dynamic = map.entry("dynamic").or_insert_with(|| json!({}));
                    if let Some(dynamic) = dynamic.as_object_mut() {
                        push(dynamic, name, block);
                    }
                }
                other => drop(map.insert(name.clone(), in_json(project, other))),
            }
        }
    }
    map
}

fn push(map: &mut Map<String, Value>, name: &str, block: Value) {
    if let Some(list) = map.entry(name.to_owned()).or_insert_with(|| json!([])).as_array_mut() {
        list.push(block);
    }
}

fn in_json(project: &Project, setting: &Setting) -> Value {
    match setting {
        Setting::Text(text) => json!(text.replace("${", "$${").replace("%{", "%%{")),
        Setting::Int(number) => json!(number),
        Setting::Bool(truth) => json!(truth),
        Setting::List(items) | Setting::Blocks(items) => {
            Value::Array(items.iter().map(|item| in_json(project, item)).collect())
        }
        Setting::Map(entries) | Setting::Block(entries) => {
            Value::Object(entries.iter().map(|(key, inner)| (key.clone(), in_json(project, inner))).collect())
        }
        Setting::Joined(before, inner, after) => json!(format!("{before}${{{}}}{after}", expression(project, inner))),
        other => json!(format!("${{{}}}", expression(project, other))),
    }
}
