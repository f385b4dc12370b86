//! `--format sarif`: SARIF 2.1.0 (OASIS), for code scanning.
//!
//! Only active findings are results: whoever reads SARIF without knowing suppressions would show the others as open.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::uri;
use super::place::Places;
use crate::analysis::Analysis;
use crate::finding::{Finding, Fix};
use crate::policy::page::Page;
use crate::policy::{Confidence, Severity};
use crate::resource::{Problem, ProblemKind};
use crate::source::Span;

/// Writes one run with its rules, results and notifications.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    let mut names: Vec<&str> = analysis.active_findings().map(|finding| finding.policy.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let rules: Vec<Value> = names.iter().map(|name| rule(name, analysis)).collect();
    let results: Vec<Value> = analysis
        .active_findings()
        .map(|finding| {
            let index = names.binary_search(&finding.policy.as_str()).unwrap_or_default();
            result(finding, index, &places)
        })
        .collect();
    let failed = analysis.problems.iter().any(|problem| problem.kind != ProblemKind::Note);
    let notifications: Vec<Value> = analysis.problems.iter().map(|problem| notification(problem, &places)).collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dynalens",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": !failed, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn rule(name: &str, analysis: &Analysis) -> Value {
    let Some(policy) = analysis.pack.get(name) else {
        return json!({ "id": name, "shortDescription": { "text": "a suppression suppresses nothing" } });
    };
    let page: &Page = policy;
    let precision = match page.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    let body = page.text.trim_start_matches('\u{feff}');
    let body =
        body.strip_prefix("---").and_then(|rest| rest.split_once("\n---\n")).map_or(body, |(_, body)| body).trim();
    let mut tags: Vec<String> = vec![page.pillar.to_string()];
    tags.extend(page.lens.iter().map(|id| format!("lens/{id}")));
    json!({
        "id": name,
        "shortDescription": { "text": page.title },
        "fullDescription": { "text": page.title },
        "help": { "text": body, "markdown": body },
        "defaultConfiguration": { "level": level(page.severity) },
        "properties": { "tags": tags, "precision": precision, "problem.severity": problem_severity(page.severity) },
    })
}

/// As code scanning names them.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

fn result(finding: &Finding, index: usize, places: &Places<'_>) -> Value {
    let mut message = finding.message.clone();
    if let Some(case) = &finding.case {
        message.push_str(" when ");
        message.push_str(case);
    }
    if let Some(help) = &finding.help {
        message.push_str(". To mend it: ");
        message.push_str(help);
    }
    let mut primary = location(finding.primary.span, places);
    primary["logicalLocations"] = json!([{
        "name": finding.resource.name,
        "fullyQualifiedName": finding.resource.address,
        "kind": "resource",
    }]);
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(id, label)| {
            let mut location = location(label.span, places);
            location["id"] = json!(id);
            location["message"] = json!({ "text": label.message });
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": finding.policy,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": [primary],
        "partialFingerprints": { "dynalens/v1": finding.fingerprint },
        "properties": {
            "severity": finding.severity.name(),
            "confidence": finding.confidence.name(),
            "pillar": finding.pillar,
            "case": finding.case,
        },
    });
    if !related.is_empty() {
        // The way of the value: from the line that decides it to the attribute.
        let step = |location: &Value| {
            let mut location = location.clone();
            if let Some(fields) = location.as_object_mut() {
                fields.remove("id");
            }
            json!({ "location": location })
        };
        let mut end = location(finding.primary.span, places);
        end["message"] = json!({ "text": finding.message });
        let steps: Vec<Value> = related.iter().rev().map(step).chain([json!({ "location": end })]).collect();
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
        result["relatedLocations"] = json!(related);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fix_form(fix, places)]);
    }
    result
}

fn artifact(span: Span, places: &Places<'_>) -> Value {
    json!({ "uri": uri(&places.path(span)), "uriBaseId": "%SRCROOT%" })
}

fn region(span: Span, places: &Places<'_>) -> Value {
    let range = places.range(span);
    json!({
        "startLine": range.start.line,
        "startColumn": range.start.column,
        "endLine": range.end.line,
        "endColumn": range.end.column,
        "byteOffset": range.start.offset,
        "byteLength": range.end.offset - range.start.offset,
    })
}

fn location(span: Span, places: &Places<'_>) -> Value {
    json!({ "physicalLocation": { "artifactLocation": artifact(span, places), "region": region(span, places) } })
}

fn fix_form(fix: &Fix, places: &Places<'_>) -> Value {
    let changes: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            json!({
                "artifactLocation": artifact(edit.span, places),
                "replacements": [{
                    "deletedRegion": region(edit.span, places),
                    "insertedContent": { "text": edit.text },
                }],
            })
        })
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

fn notification(problem: &Problem, places: &Places<'_>) -> Value {
    let level = if problem.kind == ProblemKind::Note { "note" } else { "error" };
    let mut text = problem.message.clone();
    if let Some(help) = &problem.help {
        text.push_str(". ");
        text.push_str(help);
    }
    let mut notification = json!({ "level": level, "message": { "text": text } });
    if let Some(span) = problem.span {
        notification["locations"] = json!([location(span, places)]);
    } else if let Some(path) = &problem.path {
        let path = uri(&path.to_string_lossy().replace('\\', "/"));
        let artifact = json!({ "artifactLocation": { "uri": path, "uriBaseId": "%SRCROOT%" } });
        notification["locations"] = json!([{ "physicalLocation": artifact }]);
    }
    notification
}
