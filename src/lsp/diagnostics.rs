//! Findings and problems as diagnostics.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message, Position, Range, Uri,
};
use serde_json::json;

use super::client::Client;
use super::places::Places;
use crate::analysis::Analysis;
use crate::finding::triage::UNUSED_SUPPRESSION;
use crate::finding::{Finding, Label, Status, Undetermined};
use crate::policy::Severity;
use crate::report::documentation;
use crate::resource::{Problem, ProblemKind};
use crate::source::lexical;

/// What stands before the server's diagnostics in an editor.
pub const SOURCE: &str = "dynalens";

/// The diagnostics of an analysis by the files that they stand in.
#[must_use]
pub fn of_analysis(
    analysis: &Analysis,
    places: &Places<'_>,
    client: Client,
    undetermined: bool,
) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
    let maker = Maker { analysis, places, client };
    let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    let mut add = |made: Option<(PathBuf, Diagnostic)>| {
        if let Some((path, diagnostic)) = made {
            found.entry(path).or_default().push(diagnostic);
        }
    };
    for problem in &analysis.problems {
        add(maker.problem(problem));
    }
    for finding in analysis.findings.iter().filter(|finding| finding.status == Status::Active) {
        add(maker.finding(finding));
    }
    if undetermined {
        for verdict in &analysis.undetermined {
            add(maker.undetermined(verdict));
        }
    }
    found
}

/// How bad a finding is to an editor.
#[must_use]
pub const fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::High => DiagnosticSeverity::Error,
        Severity::Medium => DiagnosticSeverity::Warning,
        Severity::Low => DiagnosticSeverity::Information,
        Severity::Info => DiagnosticSeverity::Hint,
    }
}

/// What is wrong, and in which case.
#[must_use]
pub fn sentence(finding: &Finding) -> String {
    match &finding.case {
        Some(case) => format!("{} when {case}", finding.message),
        None => finding.message.clone(),
    }
}

struct Maker<'a> {
    analysis: &'a Analysis,
    places: &'a Places<'a>,
    client: Client,
}

impl Maker<'_> {
    fn plain(range: Range, severity: DiagnosticSeverity, message: String) -> Diagnostic {
        Diagnostic {
            range,
            severity: Some(severity),
            code: None,
            code_description: None,
            source: Some(SOURCE.to_owned()),
            message: Message::String(message),
            tags: None,
            related_information: None,
            data: None,
        }
    }

    fn finding(&self, finding: &Finding) -> Option<(PathBuf, Diagnostic)> {
        let (placed, range) = self.places.range(finding.primary.span)?;
        let mut message = sentence(finding);
        if let Some(help) = &finding.help {
            message.push('\n');
            message.push_str(help);
        }
        let mut diagnostic = Self::plain(range, severity(finding.severity), message);
        self.name(&mut diagnostic, &finding.policy);
        if self.client.tags && finding.policy == UNUSED_SUPPRESSION {
            diagnostic.tags = Some(vec![DiagnosticTag::Unnecessary]);
        }
        diagnostic.related_information = self.related(&finding.related);
        diagnostic.data = Some(json!({ "policy": finding.policy, "fingerprint": finding.fingerprint }));
        Some((placed.path.clone(), diagnostic))
    }

    fn undetermined(&self, verdict: &Undetermined) -> Option<(PathBuf, Diagnostic)> {
        let (placed, range) = self.places.range(verdict.span)?;
        let message = format!("not determined: {}", verdict.why);
        let mut diagnostic = Self::plain(range, DiagnosticSeverity::Hint, message);
        self.name(&mut diagnostic, &verdict.policy);
        Some((placed.path.clone(), diagnostic))
    }

    fn problem(&self, problem: &Problem) -> Option<(PathBuf, Diagnostic)> {
        let (path, range) = match problem.span {
            Some(span) => {
                let (placed, range) = self.places.range(span)?;
                (placed.path.clone(), range)
            }
            None => {
                let path = lexical(&self.places.root.join(problem.path.as_ref()?));
                (path, Range::new(Position::new(0, 0), Position::new(0, 0)))
            }
        };
        let severity = match problem.kind {
            ProblemKind::Error => DiagnosticSeverity::Error,
            ProblemKind::Internal => DiagnosticSeverity::Warning,
            ProblemKind::Note => DiagnosticSeverity::Information,
        };
        let mut message = problem.message.clone();
        if let Some(help) = &problem.help {
            message.push('\n');
            message.push_str(help);
        }
        Some((path, Self::plain(range, severity, message)))
    }

    /// The policy's name, with the link that reports give.
    fn name(&self, diagnostic: &mut Diagnostic, policy: &str) {
        diagnostic.code = Some(Code::String(policy.to_owned()));
        if self.client.code_description {
            let link = self.analysis.pack.get(policy).and_then(|page| documentation(&page.text));
            diagnostic.code_description = link.map(|link| CodeDescription { href: Uri(link) });
        }
    }

    fn related(&self, labels: &[Label]) -> Option<Vec<DiagnosticRelatedInformation>> {
        if !self.client.related_information || labels.is_empty() {
            return None;
        }
        let information = |label: &Label| {
            let location: Location = self.places.location(label.span)?;
            Some(DiagnosticRelatedInformation { location, message: label.message.clone() })
        };
        Some(labels.iter().filter_map(information).collect())
    }
}
