//! The last lines of a report for people: what was looked at, what was found, what could not be told and why.

use std::fmt::Write;

use crate::analysis::Analysis;
use crate::policy::Severity;
use crate::resource::ProblemKind;

use super::escape::one_line;

/// One or more lines, the last with a line break. `4 files, 3 tables: 2 high, 1 low; 1 suppressed; 3 undetermined`.
#[must_use]
pub fn lines(analysis: &Analysis) -> String {
    let counts = analysis.counts;
    let mut out = String::new();
    if !analysis.undetermined.is_empty() {
        out.push_str(&undetermined(analysis));
    }
    let active: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| (analysis.active(*severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    if counts.files == 0 {
        out.push_str("no infrastructure code found\n");
    }
    let found = if active.is_empty() { "nothing found".to_owned() } else { active.join(", ") };
    let mut line = format!("{}, {}: {found}", plural(counts.files, "file"), plural(counts.tables, "table"));
    for (count, what) in [
        (analysis.with_status("suppressed"), "suppressed"),
        (analysis.with_status("baselined"), "baselined"),
        (analysis.with_status("outside-diff"), "outside the diff"),
        (analysis.with_status("below-threshold"), "below the threshold"),
        (analysis.undetermined.len(), "undetermined"),
    ] {
        if count > 0 {
            let _ = write!(line, "; {count} {what}");
        }
        let foreign = analysis.suppressed_by_other_tools();
        if what == "suppressed" && foreign > 0 {
            let _ = write!(line, " ({foreign} by marks of other tools)");
        }
    }
    let notes = analysis.problems_of(ProblemKind::Note);
    let errors = analysis.problems.len() - notes;
    for (count, what) in [(errors, "error"), (notes, "note")] {
        if count > 0 {
            let _ = write!(line, "; {}", plural(count, what));
        }
    }
    out.push_str(&line);
    out.push('\n');
    out
}

/// The commonest reasons why verdicts were not reached, with how many each has cost.
fn undetermined(analysis: &Analysis) -> String {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for verdict in &analysis.undetermined {
        match reasons.iter_mut().find(|(why, _)| *why == verdict.why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((&verdict.why, 1)),
        }
    }
    reasons.sort_by(|(_, a), (_, b)| b.cmp(a));
    let mut out = String::from("not determined:\n");
    for (why, count) in reasons.iter().take(SHOWN) {
        let _ = writeln!(out, "  {}: {}", plural(*count, "verdict"), one_line(why));
    }
    if reasons.len() > SHOWN {
        let rest = reasons.len() - SHOWN;
        let _ = writeln!(out, "  and for {}; `--format json` lists them", plural(rest, "other reason"));
    }
    out
}

/// How many reasons are shown.
const SHOWN: usize = 5;

/// `1 file`, `2 files`.
#[must_use]
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
