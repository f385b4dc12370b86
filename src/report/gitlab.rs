//! `--format gitlab`: GitLab's code quality report, a list in the form of the Code Climate specification.

use std::io::{self, Write};

use serde::Serialize;

use super::escape::{Json, one_line};
use super::place::Places;
use crate::analysis::Analysis;
use crate::policy::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// One entry for each active finding.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    let issues: Vec<Issue<'_>> = analysis
        .active_findings()
        .map(|finding| {
            let range = places.range(finding.primary.span);
            let description = match &finding.case {
                Some(case) => format!("{} when {case}", finding.message),
                None => finding.message.clone(),
            };
            Issue {
                description: one_line(&description).into_owned(),
                check_name: &finding.policy,
                fingerprint: &finding.fingerprint,
                severity: match finding.severity {
                    Severity::High => "critical",
                    Severity::Medium => "major",
                    Severity::Low => "minor",
                    Severity::Info => "info",
                },
                location: Location {
                    path: places.path(finding.primary.span),
                    lines: Lines { begin: range.start.line, end: range.end.line },
                },
            }
        })
        .collect();
    serde_json::to_writer_pretty(Json(&mut *out), &issues)?;
    out.write_all(b"\n")
}
