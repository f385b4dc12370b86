//! What holds before and after a fix.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use dynalens::analysis::{Analysis, Request, run, understand};
use dynalens::report::model;
use serde_json::Value;

use super::overlay;

/// The texts of a project by their paths.
pub type Files = BTreeMap<PathBuf, String>;

/// A policy and the address that it fails at.
pub type Named = (String, String);

/// What is found and understood of some texts.
pub struct Side {
    pub analysis: Analysis,
    /// How often each policy fails at each address.
    pub findings: BTreeMap<Named, usize>,
    /// What could not be told.
    pub undetermined: BTreeSet<Named>,
    pub problems: Vec<String>,
    /// Everything that the model holds, by kind, address and number.
    pub entities: BTreeMap<(String, String, usize), Value>,
}

impl Side {
    pub fn of(request: &Request, files: &Files) -> Self {
        let fs = overlay(files);
        let mut asked = request.clone();
        asked.fixes = true;
        let analysis = run(&asked, &fs).expect("the request can be met");
        let mut findings = BTreeMap::new();
        for finding in analysis.active_findings() {
            *findings.entry((finding.policy.clone(), finding.resource.address.clone())).or_default() += 1;
        }
        let undetermined = analysis
            .undetermined
            .iter()
            .map(|verdict| (verdict.policy.clone(), verdict.resource.address.clone()))
            .collect();
        let problems = analysis.problems.iter().map(|problem| problem.message.clone()).collect();
        let (understanding, sources) = understand(request, &fs).expect("the request can be met");
        let mut out = Vec::new();
        model::write(&understanding, &sources, false, &mut out).expect("memory takes everything");
        let report: Value = serde_json::from_slice(&out).expect("the report is JSON");
        let mut entities = BTreeMap::new();
        for (kind, list) in report.as_object().expect("the report is a map") {
            if ["version", "projects", "resources", "errors"].contains(&kind.as_str()) {
                continue;
            }
            for entity in list.as_array().into_iter().flatten() {
                let address = entity["address"].as_str().unwrap_or_default().to_owned();
                let number = entities.keys().filter(|(of, at, _)| of == kind && *at == address).count();
                let mut fields = entity["fields"].clone();
                fields["exists"] = entity["exists"].clone();
                entities.insert((kind.clone(), address, number), simple(fields));
            }
        }
        Self { analysis, findings, undetermined, problems, entities }
    }
}

/// The places where two models differ: an entity and the way to a field. An entity that is new or gone differs in
/// nothing but itself.
pub fn differences(before: &Side, after: &Side) -> Vec<(String, String, String, String)> {
    let mut found = Vec::new();
    let keys: BTreeSet<_> = before.entities.keys().chain(after.entities.keys()).collect();
    for key in keys {
        let (kind, address, _) = key;
        let mut ways = Vec::new();
        match (before.entities.get(key), after.entities.get(key)) {
            (Some(before), Some(after)) => compare(before, after, "", &mut ways),
            (None, _) => ways.push((String::new(), "it is new".to_owned())),
            (_, None) => ways.push((String::new(), "it is gone".to_owned())),
        }
        found.extend(ways.into_iter().map(|(way, what)| (kind.clone(), address.clone(), way, what)));
    }
    found
}

/// Choices that are the same in every case are what they are in each.
fn simple(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let map: serde_json::Map<String, Value> =
                map.into_iter().map(|(key, inner)| (key, simple(inner))).collect();
            let cases = map.get("$choice").and_then(|_| map.get("cases")).and_then(Value::as_array);
            if let Some((first, rest)) = cases.and_then(|cases| cases.split_first()) {
                let first = &first["value"];
                if rest.iter().all(|case| case["value"] == *first) {
                    return first.clone();
                }
            }
            Value::Object(map)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(simple).collect()),
        other => other,
    }
}

fn compare(before: &Value, after: &Value, way: &str, ways: &mut Vec<(String, String)>) {
    if before == after {
        return;
    }
    let empty = serde_json::Map::new();
    let group = |value: &'_ Value| value.as_object().is_some_and(|map| !map.keys().any(|key| key.starts_with('$')));
    if (group(before) || group(after)) && (group(before) || before.is_null()) && (group(after) || after.is_null()) {
        let [one, other] = [before, after].map(|side| side.as_object().unwrap_or(&empty));
        let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for key in keys {
            let inner = if way.is_empty() { key.clone() } else { format!("{way}.{key}") };
            let [one, other] = [one, other].map(|map| map.get(key).unwrap_or(&Value::Null));
            compare(one, other, &inner, ways);
        }
        return;
    }
    ways.push((way.to_owned(), format!("{before} -> {after}")));
}
