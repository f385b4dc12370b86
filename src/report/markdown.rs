//! `--format markdown`: a summary for a pull request or a job's page.

use std::io::{self, Write};

use super::escape::markdown;
use super::place::Places;
use super::{problems, summary};
use crate::analysis::Analysis;
use crate::resource::ProblemKind;

/// The findings that are listed before the rest is only counted; pages have limits.
const LISTED: usize = 200;

/// A table of the active findings, a list of errors, and the summary.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    writeln!(out, "### dynalens\n")?;
    let errors: Vec<_> = analysis.problems.iter().filter(|problem| problem.kind != ProblemKind::Note).collect();
    let selected = problems::select(&analysis.problems).shown.into_iter().map(|(problem, _)| problem);
    let shown: Vec<_> = selected.filter(|problem| problem.kind != ProblemKind::Note).take(LISTED).collect();
    for problem in &shown {
        let place = match (problem.span, &problem.path) {
            (Some(span), _) => format!("{}:{}", places.path(span), places.range(span).start.line),
            (None, Some(path)) => path.to_string_lossy().replace('\\', "/"),
            (None, None) => "dynalens".to_owned(),
        };
        writeln!(out, "- **error** {}: {}", markdown(&place), markdown(&problem.message))?;
    }
    if errors.len() > shown.len() {
        writeln!(out, "- and {}", summary::plural(errors.len() - shown.len(), "more error"))?;
    }
    if !errors.is_empty() {
        writeln!(out)?;
    }
    let count = analysis.active_findings().count();
    if count > 0 {
        writeln!(out, "| severity | policy | what | where |\n|---|---|---|---|")?;
    }
    for finding in analysis.active_findings().take(LISTED) {
        let mut what = markdown(&finding.message);
        if let Some(case) = &finding.case {
            what.push_str(" when ");
            what.push_str(&markdown(case));
        }
        let start = places.range(finding.primary.span).start;
        let place = markdown(&format!("{}:{}", places.path(finding.primary.span), start.line));
        writeln!(out, "| {} | {} | {what} | {place} |", finding.severity, finding.policy)?;
    }
    if count > 0 {
        writeln!(out)?;
    }
    if count > LISTED {
        writeln!(out, "and {}\n", summary::plural(count - LISTED, "more finding"))?;
    }
    writeln!(out, "{}", markdown(summary::lines(analysis).lines().last().unwrap_or_default()))
}
