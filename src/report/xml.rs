//! `--format junit` and `--format checkstyle`: the XML that build servers read.

use std::io::{self, Write};

use super::escape::xml;
use super::place::Places;
use crate::analysis::Analysis;
use crate::finding::Finding;
use crate::policy::Severity;
use crate::resource::{Problem, ProblemKind};

/// A test suite with a failed case for each active finding, an error for each problem, and one case that stands for
/// everything that passed.
///
/// # Errors
/// Those of the writer.
pub fn junit(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    let failures = analysis.active_findings().count();
    let errors: Vec<&Problem> = errors(analysis);
    let passed = usize::from(failures + errors.len() == 0);
    let tests = failures + errors.len() + passed;
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\"", errors.len());
    writeln!(out, "<testsuites name=\"dynalens\" {counts}>\n  <testsuite name=\"dynalens\" {counts}>")?;
    for problem in errors {
        let name = problem
            .span
            .map(|span| places.path(span))
            .or_else(|| problem.path.as_ref().map(|path| path.to_string_lossy().replace('\\', "/")));
        writeln!(
            out,
            "    <testcase classname=\"input\" name=\"{}\">\n      <error message=\"{}\"/>\n    </testcase>",
            xml(&name.unwrap_or_else(|| "dynalens".to_owned())),
            xml(&problem.message)
        )?;
    }
    for finding in analysis.active_findings() {
        let start = places.range(finding.primary.span).start;
        let path = places.path(finding.primary.span);
        let place = format!("{path}:{}:{}", start.line, start.column);
        writeln!(
            out,
            "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
            xml(&finding.policy),
            xml(&format!("{} ({place})", finding.resource.address)),
            xml(&path),
            start.line,
            finding.severity,
            xml(&message(finding)),
            xml(&format!("{place}\n{}", finding.help.as_deref().unwrap_or_default())),
        )?;
    }
    if passed == 1 {
        writeln!(out, "    <testcase classname=\"dynalens\" name=\"nothing found\"/>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// The active findings and errors of each file.
///
/// # Errors
/// Those of the writer.
pub fn checkstyle(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    let mut entries: Vec<(String, String)> = Vec::new();
    for problem in errors(analysis) {
        let (path, place) = match (problem.span, &problem.path) {
            (Some(span), _) => {
                let start = places.range(span).start;
                (places.path(span), format!("line=\"{}\" column=\"{}\"", start.line, start.column))
            }
            (None, Some(path)) => (path.to_string_lossy().replace('\\', "/"), "line=\"1\"".to_owned()),
            (None, None) => continue,
        };
        let entry =
            format!("<error {place} severity=\"error\" message=\"{}\" source=\"dynalens\"/>", xml(&problem.message));
        entries.push((path, entry));
    }
    for finding in analysis.active_findings() {
        let start = places.range(finding.primary.span).start;
        let severity = match finding.severity {
            Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "info",
        };
        let entry = format!(
            "<error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"dynalens.{}\"/>",
            start.line,
            start.column,
            xml(&message(finding)),
            xml(&finding.policy)
        );
        entries.push((places.path(finding.primary.span), entry));
    }
    // Stable: what was found in one file keeps its order.
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">")?;
    for group in entries.chunk_by(|(a, _), (b, _)| a == b) {
        if let Some((path, _)) = group.first() {
            writeln!(out, "  <file name=\"{}\">", xml(path))?;
        }
        for (_, entry) in group {
            writeln!(out, "    {entry}")?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}

fn errors(analysis: &Analysis) -> Vec<&Problem> {
    analysis.problems.iter().filter(|problem| problem.kind != ProblemKind::Note).collect()
}

fn message(finding: &Finding) -> String {
    match &finding.case {
        Some(case) => format!("{} when {case}", finding.message),
        None => finding.message.clone(),
    }
}
