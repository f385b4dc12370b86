//! `--format github`: workflow commands that GitHub shows as annotations on the changed lines.

use std::io::{self, Write};

use super::escape::workflow_command;
use super::place::Places;
use super::problems;
use crate::analysis::Analysis;
use crate::policy::Severity;
use crate::resource::ProblemKind;
use crate::source::Span;

/// One `::error`, `::warning` or `::notice` line for each problem and active finding.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    for (problem, more) in problems::select(&analysis.problems).shown {
        let (command, title) = match problem.kind {
            ProblemKind::Error => ("error", "dynalens"),
            ProblemKind::Note => ("notice", "dynalens"),
            ProblemKind::Internal => ("error", "dynalens failed"),
        };
        let place = match (problem.span, &problem.path) {
            (Some(span), _) => place(span, &places),
            (None, Some(path)) => {
                format!("file={},", workflow_command(&path.to_string_lossy().replace('\\', "/"), true))
            }
            (None, None) => String::new(),
        };
        let mut text = format!("{}{}", problem.message, problems::elsewhere(more));
        if let Some(help) = &problem.help {
            text.push('\n');
            text.push_str(help);
        }
        writeln!(out, "::{command} {place}title={title}::{}", workflow_command(&text, false))?;
    }
    for finding in analysis.active_findings() {
        let command = match finding.severity {
            Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let mut text = finding.message.clone();
        if let Some(case) = &finding.case {
            text.push_str(" when ");
            text.push_str(case);
        }
        if let Some(help) = &finding.help {
            text.push('\n');
            text.push_str(help);
        }
        writeln!(
            out,
            "::{command} {}title={}::{}",
            place(finding.primary.span, &places),
            workflow_command(&finding.policy, true),
            workflow_command(&text, false)
        )?;
    }
    Ok(())
}

/// Columns only where they lie on one line: GitHub refuses others.
fn place(span: Span, places: &Places<'_>) -> String {
    let range = places.range(span);
    let file = workflow_command(&places.path(span), true);
    let (start, end) = (range.start, range.end);
    if start.line == end.line {
        return format!("file={file},line={},col={},endColumn={},", start.line, start.column, end.column);
    }
    // A span that ends with a line break does not reach the next line.
    let last = if end.column == 1 { end.line - 1 } else { end.line };
    format!("file={file},line={},endLine={last},", start.line)
}
