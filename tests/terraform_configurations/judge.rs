//! Holds an evaluated project against what Terraform said of the same configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use dynalens::resource::Project;
use dynalens::value::{Assignment, Data, Entry, List, ListKind, Map, Number, Value};
use serde_json::Value as Json;

use crate::case::Case;

/// How much of Terraform's knowledge is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Everything that Terraform knows has to be known.
    All,
    /// What is known has to be right; nothing else.
    OnlyKnown,
}

/// The ways in which a project departs from Terraform's answer, one to a line. Inputs are in the cases of the
/// assignment.
pub fn judge(
    expected: &Json,
    project: &Project,
    assignment: &Assignment,
    case: &Case,
    measure: Measure,
) -> Vec<String> {
    let mut judge = Judge { departures: Vec::new(), measure };
    let outputs: BTreeMap<&str, Value> =
        project.outputs.iter().map(|(name, value)| (name.as_str(), assignment.apply(value))).collect();
    if let Some(errors) = expected["errors"].as_array() {
        if !case.passed_over {
            judge.rejected(errors, project, &outputs);
        }
        return judge.departures;
    }
    if measure == Measure::All {
        judge.departures.extend(project.problems.iter().map(|problem| format!("problem: {}", problem.message)));
    }
    let none = serde_json::Map::new();
    for (name, expected) in expected["outputs"].as_object().unwrap_or(&none) {
        let Some(ours) = outputs.get(name.as_str()) else {
            judge.departures.push(format!("output {name}: missing, should be {expected}"));
            continue;
        };
        if is_unknown(expected) && case.known_earlier.contains(name) {
            continue;
        }
        judge.measure = if case.known_later.contains(name) { Measure::OnlyKnown } else { measure };
        judge.compare(&format!("output {name}"), expected, ours);
    }
    for (name, kind) in expected["types"].as_object().unwrap_or(&none) {
        if let (Some(ours), Some(kind)) = (outputs.get(name.as_str()), kind.as_str()) {
            let mut rest = kind;
            if let Err(departure) = has_type(ours, &mut rest) {
                judge.departures.push(format!("output {name}: should be {kind}: {departure}"));
            }
        }
    }
    judge.measure = measure;
    judge.resources(expected["resources"].as_object().unwrap_or(&none), project, assignment);
    judge.departures
}

struct Judge {
    departures: Vec<String>,
    measure: Measure,
}

impl Judge {
    /// What Terraform rejects is no value here, or at least a problem.
    fn rejected(&mut self, errors: &[Json], project: &Project, outputs: &BTreeMap<&str, Value>) {
        let mut elsewhere = errors.is_empty();
        for error in errors {
            let place = error["in"].as_str().unwrap_or_default();
            match place.strip_prefix("output \"").and_then(|rest| rest.strip_suffix('"')) {
                Some(name) => {
                    if let Some(value) = outputs.get(name).filter(|value| value.is_wholly_known()) {
                        self.departures.push(format!(
                            "output {name}: {} was rejected: {}",
                            show(value),
                            error["summary"]
                        ));
                    }
                }
                None => elsewhere = true,
            }
        }
        if elsewhere && project.problems.is_empty() {
            let value = outputs.get("rejected").filter(|value| value.is_wholly_known());
            if let Some(value) = value {
                self.departures.push(format!(
                    "output rejected: {} was rejected: {}",
                    show(value),
                    errors[0]["summary"]
                ));
            }
        }
    }

    fn resources(&mut self, expected: &serde_json::Map<String, Json>, project: &Project, assignment: &Assignment) {
        let mut ours = BTreeMap::new();
        for resource in project.resources.iter().filter(|resource| resource.managed) {
            let exists = assignment.apply(&resource.exists);
            let attributes = assignment.apply(&resource.attributes);
            match exists.as_bool() {
                Some(false) => {}
                Some(true) => {
                    ours.insert(resource.address.as_str(), (resource.kind.as_str(), attributes));
                }
                None if self.measure == Measure::All => {
                    self.departures.push(format!("{}: exists is {}", resource.address, show(&exists)));
                }
                // An instance that may or may not be there stands for all that are not told apart.
                None => return,
            }
        }
        for (address, expected) in expected {
            match ours.remove(address.as_str()) {
                Some(("terraform_data", attributes)) => match attributes.get("input") {
                    Some(input) => self.compare(address, expected, input),
                    None if expected.is_null() || self.measure == Measure::OnlyKnown => {}
                    None => self.departures.push(format!("{address}: no input, should be {expected}")),
                },
                Some((_, attributes)) => self.compare(address, &written(expected), &stripped(&attributes)),
                None => self.departures.push(format!("{address}: missing")),
            }
        }
        self.departures.extend(ours.keys().map(|address| format!("{address}: should not be there")));
    }

    fn compare(&mut self, at: &str, expected: &Json, ours: &Value) {
        if let Err(departure) = self.check(expected, ours) {
            self.departures
                .push(format!("{at}: {departure}\n      terraform {expected}\n      ours      {}", show(ours)));
        }
    }

    fn check(&self, expected: &Json, ours: &Value) -> Result<(), String> {
        let differs = || Err(format!("{} instead of {expected}", show(ours)));
        if is_unknown(expected) {
            return if ours.is_wholly_known() { differs() } else { Ok(()) };
        }
        match (&ours.data, expected) {
            (Data::Unknown(_) | Data::Parts(_) | Data::Choice(_), _) if self.measure == Measure::OnlyKnown => Ok(()),
            (Data::Null | Data::Absent, Json::Null) => Ok(()),
            (Data::Bool(a), Json::Bool(b)) if a == b => Ok(()),
            (Data::String(a), Json::String(b)) if a == b => Ok(()),
            (Data::Number(a), Json::Number(b)) if same_number(a, b) => Ok(()),
            (Data::List(list), Json::Array(items)) => {
                if list.rest.is_some() && self.measure == Measure::OnlyKnown {
                    return Ok(());
                }
                if list.rest.is_some() || list.items.len() != items.len() {
                    return differs();
                }
                let ordered = list.kind != ListKind::Set || list.items.iter().all(is_known_scalar);
                if ordered {
                    return items.iter().zip(&list.items).try_for_each(|(expected, ours)| self.check(expected, ours));
                }
                // Terraform orders sets of other things by their hashes, which says nothing.
                let mut left: Vec<&Value> = list.items.iter().collect();
                for expected in items {
                    let Some(found) = left.iter().position(|ours| self.check(expected, ours).is_ok()) else {
                        return Err(format!("no {expected} in the set"));
                    };
                    left.swap_remove(found);
                }
                Ok(())
            }
            (Data::Map(map), Json::Object(entries)) => {
                for (key, expected) in entries {
                    match map.get(key) {
                        Some(ours) => self.check(expected, ours).map_err(|why| format!(".{key}: {why}"))?,
                        None if map.rest.is_some() && (is_unknown(expected) || self.measure == Measure::OnlyKnown) => {}
                        None => return Err(format!("no `{key}`")),
                    }
                }
                match map.entries.iter().find(|entry| !entries.contains_key(entry.key.as_str())) {
                    Some(extra) => Err(format!("extra `{}`", extra.key)),
                    None if map.rest.is_some() && self.measure == Measure::All => Err("an open rest".to_owned()),
                    None => Ok(()),
                }
            }
            _ => differs(),
        }
    }
}

/// The arguments of a resource without those that are null and blocks that there are none of, at any depth: a resource
/// says the same with and without them.
fn written(expected: &Json) -> Json {
    match expected {
        Json::Object(entries) => {
            let kept = entries.iter().filter(|(_, value)| !value.is_null() && **value != Json::Array(Vec::new()));
            Json::Object(kept.map(|(key, value)| (key.clone(), written(value))).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(written).collect()),
        other => other.clone(),
    }
}

/// The same for what is evaluated here.
fn stripped(value: &Value) -> Value {
    let data = match &value.data {
        Data::List(list) => {
            Data::List(Arc::new(List { items: list.items.iter().map(stripped).collect(), ..List::clone(list) }))
        }
        Data::Map(map) => {
            let none = |value: &Value| {
                value.is_unset() || value.as_list().is_some_and(|list| list.items.is_empty() && list.rest.is_none())
            };
            let kept = map.entries.iter().filter(|entry| !none(&entry.value));
            let entries = kept.map(|entry| Entry { value: stripped(&entry.value), ..entry.clone() }).collect();
            Data::Map(Arc::new(Map { entries, ..Map::clone(map) }))
        }
        other => other.clone(),
    };
    Value::new(data, value.origin)
}

fn is_unknown(expected: &Json) -> bool {
    expected.get("$unknown").is_some()
}

fn is_known_scalar(value: &Value) -> bool {
    matches!(value.data, Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_))
}

fn same_number(ours: &Number, expected: &serde_json::Number) -> bool {
    let expected = expected.to_string();
    Number::parse(&expected).is_some_and(|expected| expected == *ours || near(ours, &expected))
}

/// JSON numbers are read as floats here, so the digits beyond those are not compared.
fn near(a: &Number, b: &Number) -> bool {
    let (a, b) = (a.as_f64(), b.as_f64());
    (a - b).abs() <= a.abs() * 1e-15
}

/// Whether a value is of a type in Terraform's notation, as far as the value is known; takes the type off the text.
fn has_type(value: &Value, text: &mut &str) -> Result<(), String> {
    let name_end = text.find(['(', ',', ')', ']', '}']).unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    *text = rest;
    let open = matches!(value.data, Data::Unknown(_) | Data::Choice(_) | Data::Null | Data::Parts(_));
    let wrong = || Err(format!("{} is a {}", show(value), value.type_name()));
    if matches!(name, "string" | "number" | "bool" | "any") {
        let fits = match &value.data {
            Data::String(_) => name == "string",
            Data::Number(_) => name == "number",
            Data::Bool(_) => name == "bool",
            _ => open || name == "any",
        };
        return if fits || name == "any" { Ok(()) } else { wrong() };
    }
    *text = text.trim_start_matches('(');
    let mut result = if open || value.type_name() == name { Ok(()) } else { wrong() };
    let any = Value::unknown("not compared", value.origin);
    match name {
        "list" | "set" | "map" => {
            let before = *text;
            has_type(&any, text)?;
            let items: Vec<&Value> = match &value.data {
                Data::List(list) => list.items.iter().collect(),
                Data::Map(map) => map.entries.iter().map(|entry| &entry.value).collect(),
                _ => Vec::new(),
            };
            for item in items {
                let mut text = before;
                result = result.and(has_type(item, &mut text));
            }
        }
        "tuple" => {
            *text = text.trim_start_matches('[');
            let mut index = 0;
            while !text.starts_with(']') {
                *text = text.trim_start_matches(", ");
                let item = value.as_list().and_then(|list| list.items.get(index)).unwrap_or(&any);
                result = result.and(has_type(item, text));
                index += 1;
            }
            *text = text.strip_prefix(']').unwrap_or(text);
        }
        "object" => {
            *text = text.trim_start_matches('{');
            while !text.starts_with('}') {
                *text = text.trim_start_matches(", ");
                let mut key = serde_json::Deserializer::from_str(text).into_iter::<String>();
                let (key, end) = match key.next() {
                    Some(Ok(quoted)) => (quoted, key.byte_offset()),
                    _ => (text.split('=').next().unwrap_or_default().to_owned(), text.find('=').unwrap_or_default()),
                };
                *text = text.get(end + 1..).ok_or("no type")?;
                result = result.and(has_type(value.get(&key).unwrap_or(&any), text));
            }
            *text = text.strip_prefix('}').unwrap_or(text);
        }
        other => return Err(format!("no type `{other}`")),
    }
    *text = text.strip_prefix(')').unwrap_or(text);
    result
}

/// A value for people.
pub fn show(value: &Value) -> String {
    match &value.data {
        Data::Absent => "absent".to_owned(),
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(value) => value.to_string(),
        Data::String(value) => format!("{value:?}"),
        Data::Parts(_) => "<partly known text>".to_owned(),
        Data::Unknown(unknown) => format!("<unknown: {}>", unknown.why),
        Data::Choice(choice) => {
            format!("<choice of {}>", choice.cases.iter().map(show).collect::<Vec<_>>().join(" | "))
        }
        Data::Entity(_) => "<entity>".to_owned(),
        Data::List(list) => {
            let mut items: Vec<String> = list.items.iter().map(show).collect();
            items.extend(list.rest.iter().map(|rest| format!("<more: {}>", rest.why)));
            format!("{}[{}]", if list.kind == ListKind::Tuple { "" } else { value.type_name() }, items.join(", "))
        }
        Data::Map(map) => {
            let entry = |entry: &dynalens::value::Entry| format!("{}: {}", entry.key, show(&entry.value));
            let mut items: Vec<String> = map.entries.iter().map(entry).collect();
            items.extend(map.rest.iter().map(|rest| format!("<more: {}>", rest.why)));
            format!("{{{}}}", items.join(", "))
        }
    }
}
