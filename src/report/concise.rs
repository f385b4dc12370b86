//! `--format concise`: one line a finding, in the form that editors and terminals make clickable.

use std::io::{self, Write};

use super::escape::one_line;
use super::place::Places;
use super::problems;
use super::summary;
use crate::analysis::Analysis;
use crate::finding::Status;
use crate::resource::ProblemKind;

/// `path:line:column: severity[policy] message (when case)`, problems first, the summary last.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    let selected = problems::select(&analysis.problems);
    for (problem, more) in selected.shown {
        let kind = match problem.kind {
            ProblemKind::Error => "error",
            ProblemKind::Note => "note",
            ProblemKind::Internal => "internal error",
        };
        if let Some(span) = problem.span {
            let start = places.range(span).start;
            write!(out, "{}:{}:{}: ", one_line(&places.path(span)), start.line, start.column)?;
        } else if let Some(path) = &problem.path {
            write!(out, "{}: ", one_line(&path.to_string_lossy().replace('\\', "/")))?;
        }
        write!(out, "{kind}: {}{}", one_line(&problem.message), problems::elsewhere(more))?;
        match &problem.help {
            Some(help) => writeln!(out, " ({})", one_line(help))?,
            None => writeln!(out)?,
        }
    }
    if selected.left_out > 0 {
        let more =
            summary::plural(selected.left_out, "more error or note").replace("error or notes", "errors and notes");
        writeln!(out, "{more}; `--format json` lists them")?;
    }
    for finding in analysis.findings.iter().filter(|finding| finding.status == Status::Active) {
        let start = places.range(finding.primary.span).start;
        write!(
            out,
            "{}:{}:{}: {}[{}] {}",
            one_line(&places.path(finding.primary.span)),
            start.line,
            start.column,
            finding.severity,
            finding.policy,
            one_line(&finding.message),
        )?;
        match &finding.case {
            Some(case) => writeln!(out, " (when {})", one_line(case))?,
            None => writeln!(out)?,
        }
    }
    out.write_all(summary::lines(analysis).as_bytes())
}
