//! `--format sarif`: SARIF 2.1.0 (OASIS), for code scanning.
//!
//! Only active findings are results, as whoever reads SARIF without knowing suppressions would show the others as open;
//! suppressed ones are added on request.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::{Json, one_line, uri};
use super::place::Places;
use crate::analysis::Analysis;
use crate::finding::{Finding, Fix, Status, SuppressionKind};
use crate::policy::page::Page;
use crate::policy::{Confidence, Severity};
use crate::resource::{Problem, ProblemKind};
use crate::source::Span;

/// Writes one run with its rules, results and notifications; with `suppressed`, suppressed findings are results that
/// say so.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, suppressed: bool, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    let wanted = |finding: &&Finding| match finding.status {
        Status::Active => true,
        Status::Suppressed { .. } => suppressed,
        _ => false,
    };
    let findings: Vec<&Finding> = analysis.findings.iter().filter(wanted).collect();
    let mut names: Vec<&str> = findings.iter().map(|finding| finding.policy.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let rules: Vec<Value> = names.iter().map(|name| rule(name, analysis)).collect();
    let results: Vec<Value> = findings
        .iter()
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
            "originalUriBaseIds": { ROOT: { "description": { "text": "the directory that dynalens was run in" } } },
            "invocations": [{ "executionSuccessful": !failed, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(Json(&mut *out), &report)?;
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
        return json!({
            "id": name,
            "shortDescription": { "text": "a suppression suppresses nothing" },
            "help": { "text": "A suppression names a policy that finds nothing where it holds. Take it out." },
            "properties": { "tags": ["operations"], "precision": "high", "problem.severity": "recommendation" },
        });
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
    let mut rule = json!({
        "id": name,
        "shortDescription": { "text": page.title },
        "fullDescription": { "text": summary_of(body, &page.title) },
        "help": { "text": body, "markdown": body },
        "defaultConfiguration": { "level": level(page.severity) },
        "properties": { "tags": tags, "precision": precision, "problem.severity": problem_severity(page.severity) },
    });
    if let Some(link) = super::documentation(&page.text) {
        rule["helpUri"] = json!(link);
    }
    rule
}

/// What stands for the working directory in artifact locations.
const ROOT: &str = "%SRCROOT%";

/// A message's text. Brackets before parentheses would be links (SARIF 2.1.0, 3.11.6), and what a terminal would obey
/// is written out.
fn said(text: &str) -> Value {
    let text = one_line(text);
    let text = if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.into_owned()
    };
    json!({ "text": text })
}

/// The first paragraph of a page, which says what it means.
fn summary_of<'p>(body: &'p str, title: &'p str) -> &'p str {
    body.split("\n\n").find(|part| !part.starts_with('#') && !part.trim().is_empty()).unwrap_or(title)
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
        "name": one_line(&finding.resource.name),
        "fullyQualifiedName": one_line(&finding.resource.address),
        "kind": "resource",
    }]);
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(id, label)| {
            let mut location = location(label.span, places);
            location["id"] = json!(id);
            location["message"] = said(&label.message);
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": finding.policy,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": said(&message),
        "locations": [primary],
        "partialFingerprints": { "dynalens/v1": finding.fingerprint },
        "properties": {
            "severity": finding.severity.name(),
            "confidence": finding.confidence.name(),
            "pillar": finding.pillar,
            "case": finding.case.as_deref().map(one_line),
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
        end["message"] = said(&finding.message);
        let steps: Vec<Value> = related.iter().rev().map(step).chain([json!({ "location": end })]).collect();
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
        result["relatedLocations"] = json!(related);
    }
    if let Status::Suppressed { kind, reason } = &finding.status {
        let place = match kind {
            SuppressionKind::Configuration => "external",
            _ => "inSource",
        };
        result["suppressions"] = json!([{ "kind": place, "status": "accepted", "justification": one_line(reason) }]);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fix_form(fix, places)]);
    }
    result
}

fn artifact(span: Span, places: &Places<'_>) -> Value {
    artifact_of(&places.path(span))
}

/// A path from the working directory, or from the root of the disk where no way leads there.
fn artifact_of(path: &str) -> Value {
    if path.starts_with('/') || path.get(1..2) == Some(":") {
        return json!({ "uri": format!("file:///{}", uri(path.trim_start_matches('/'))) });
    }
    json!({ "uri": uri(path), "uriBaseId": ROOT })
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
    json!({ "description": said(&fix.title), "artifactChanges": changes })
}

fn notification(problem: &Problem, places: &Places<'_>) -> Value {
    let level = if problem.kind == ProblemKind::Note { "note" } else { "error" };
    let mut text = problem.message.clone();
    if let Some(help) = &problem.help {
        text.push_str(". ");
        text.push_str(help);
    }
    let mut notification = json!({ "level": level, "message": said(&text) });
    if let Some(span) = problem.span {
        notification["locations"] = json!([location(span, places)]);
    } else if let Some(path) = &problem.path {
        let artifact = json!({ "artifactLocation": artifact_of(&path.to_string_lossy().replace('\\', "/")) });
        notification["locations"] = json!([{ "physicalLocation": artifact }]);
    }
    notification
}
