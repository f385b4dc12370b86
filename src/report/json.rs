//! `--format json`: version 1 of the contract that `schemas/findings-v1.schema.json` describes.
//!
//! Each finding is turned into its JSON form while it is written, so that memory does not grow with the report.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::Serializer;

use super::escape::Json;
use super::place::{Places, Range};
use crate::analysis::Analysis;
use crate::finding::{Finding, Status, Subject, Undetermined};
use crate::policy::Severity;
use crate::resource::{Problem, ProblemKind};
use crate::source::Span;

/// Writes the whole report. `duration_ms` is what the run took.
///
/// # Errors
/// Those of the writer.
pub fn write(analysis: &Analysis, duration_ms: u64, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    let problems = |notes: bool| {
        let wanted = |problem: &&Problem| (problem.kind == ProblemKind::Note) == notes;
        Each(analysis.problems.iter().filter(wanted).collect(), &places)
    };
    let report = Report {
        version: 1,
        findings: Each(analysis.findings.iter().collect(), &places),
        undetermined: Each(analysis.undetermined.iter().collect(), &places),
        errors: problems(false),
        notes: problems(true),
        summary: Summary::new(analysis, duration_ms),
    };
    serde_json::to_writer_pretty(Json(&mut *out), &report)?;
    out.write_all(b"\n")
}

/// Writes each finding, whatever its status, as one line.
///
/// # Errors
/// Those of the writer.
pub fn lines(analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::new(&analysis.sources);
    for finding in &analysis.findings {
        serde_json::to_writer(Json(&mut *out), &Located(finding, &places))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    findings: Each<'a, Finding>,
    undetermined: Each<'a, Undetermined>,
    errors: Each<'a, Problem>,
    notes: Each<'a, Problem>,
    summary: Summary,
}

/// A sequence whose items take their JSON form one by one.
struct Each<'a, T>(Vec<&'a T>, &'a Places<'a>);

impl<T> Serialize for Each<'_, T>
where
    for<'x> Located<'x, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|item| Located(*item, self.1)))
    }
}

/// Something together with what turns its spans into places.
struct Located<'a, T>(&'a T, &'a Places<'a>);

impl Serialize for Located<'_, Finding> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            policy: &'a str,
            pillar: &'a str,
            severity: &'static str,
            confidence: &'static str,
            message: &'a str,
            help: Option<&'a str>,
            resource: SubjectForm<'a>,
            case: Option<&'a str>,
            file: String,
            span: Range,
            related: Vec<LabelForm<'a>>,
            fix: Option<FixForm<'a>>,
            status: &'static str,
            suppression: Option<SuppressionForm<'a>>,
            fingerprint: &'a str,
        }
        #[derive(Serialize)]
        struct LabelForm<'a> {
            file: String,
            span: Range,
            message: &'a str,
        }
        #[derive(Serialize)]
        struct FixForm<'a> {
            safe: bool,
            title: &'a str,
            edits: Vec<EditForm<'a>>,
        }
        #[derive(Serialize)]
        struct EditForm<'a> {
            file: String,
            span: Range,
            text: &'a str,
        }
        #[derive(Serialize)]
        struct SuppressionForm<'a> {
            kind: &'static str,
            reason: &'a str,
        }

        let Located(finding, places) = self;
        let place = |span: Span| (places.path(span), places.range(span));
        let related = finding.related.iter().map(|label| {
            let (file, span) = place(label.span);
            LabelForm { file, span, message: &label.message }
        });
        let fix = finding.fix.as_ref().map(|fix| {
            let edits = fix.edits.iter().map(|edit| {
                let (file, span) = place(edit.span);
                EditForm { file, span, text: &edit.text }
            });
            FixForm { safe: fix.safe, title: &fix.title, edits: edits.collect() }
        });
        let suppression = match &finding.status {
            Status::Suppressed { kind, reason } => Some(SuppressionForm { kind: kind.name(), reason }),
            _ => None,
        };
        Form {
            policy: &finding.policy,
            pillar: &finding.pillar,
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            message: &finding.message,
            help: finding.help.as_deref(),
            resource: SubjectForm::from(&finding.resource),
            case: finding.case.as_deref(),
            file: places.path(finding.primary.span),
            span: places.range(finding.primary.span),
            related: related.collect(),
            fix,
            status: finding.status.name(),
            suppression,
            fingerprint: &finding.fingerprint,
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct SubjectForm<'a> {
    address: &'a str,
    r#type: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<&'a str>,
}

impl<'a> From<&'a Subject> for SubjectForm<'a> {
    fn from(subject: &'a Subject) -> Self {
        Self {
            address: &subject.address,
            r#type: &subject.kind,
            name: &subject.name,
            construct: subject.construct.as_deref(),
        }
    }
}

impl Serialize for Located<'_, Undetermined> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            policy: &'a str,
            resource: SubjectForm<'a>,
            file: String,
            span: Range,
            why: &'a str,
        }
        let Located(verdict, places) = self;
        Form {
            policy: &verdict.policy,
            resource: SubjectForm::from(&verdict.resource),
            file: places.path(verdict.span),
            span: places.range(verdict.span),
            why: &verdict.why,
        }
        .serialize(serializer)
    }
}

impl Serialize for Located<'_, Problem> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            file: Option<String>,
            span: Option<Range>,
            message: &'a str,
            help: Option<&'a str>,
            kind: &'static str,
        }
        let Located(problem, places) = self;
        let file = match (problem.span, &problem.path) {
            (Some(span), _) => Some(places.path(span)),
            (None, Some(path)) => Some(path.to_string_lossy().replace('\\', "/")),
            (None, None) => None,
        };
        let kind = match problem.kind {
            ProblemKind::Error => "error",
            ProblemKind::Note => "note",
            ProblemKind::Internal => "internal",
        };
        let span = problem.span.map(|span| places.range(span));
        Form { file, span, message: &problem.message, help: problem.help.as_deref(), kind }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    projects: usize,
    resources: usize,
    tables: usize,
    policies: usize,
    /// Active findings at each severity.
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
    suppressed: usize,
    /// Those of them that marks of other tools suppress.
    suppressed_by_other_tools: usize,
    baselined: usize,
    outside_diff: usize,
    below_threshold: usize,
    undetermined: usize,
    errors: usize,
    notes: usize,
    duration_ms: u64,
}

impl Summary {
    fn new(analysis: &Analysis, duration_ms: u64) -> Self {
        let counts = analysis.counts;
        let notes = analysis.problems_of(ProblemKind::Note);
        Self {
            files: counts.files,
            projects: counts.projects,
            resources: counts.resources,
            tables: counts.tables,
            policies: counts.policies,
            high: analysis.active(Severity::High),
            medium: analysis.active(Severity::Medium),
            low: analysis.active(Severity::Low),
            info: analysis.active(Severity::Info),
            suppressed: analysis.with_status("suppressed"),
            suppressed_by_other_tools: analysis.suppressed_by_other_tools(),
            baselined: analysis.with_status("baselined"),
            outside_diff: analysis.with_status("outside-diff"),
            below_threshold: analysis.with_status("below-threshold"),
            undetermined: analysis.undetermined.len(),
            errors: analysis.problems.len() - notes,
            notes,
            duration_ms,
        }
    }
}
