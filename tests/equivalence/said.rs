//! What an analysis says, without the words and places of a language.

use std::fmt;
use std::path::PathBuf;

use dynalens::analysis::{Request, run};
use dynalens::finding::triage::Date;
use dynalens::policy::Profile;
use dynalens::source::Overlay;

use super::differences::{subject, words};
use super::project::Project;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    CloudFormation,
    Sam,
    Terraform,
}

/// One verdict other than pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    pub policy: String,
    pub subject: String,
    pub verdict: &'static str,
    pub message: String,
    pub case: Option<String>,
    pub severity: &'static str,
    pub confidence: &'static str,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, subject, verdict, message, case, severity, confidence } = self;
        write!(f, "{verdict} {policy} on {subject}: {message} when {case:?} ({severity}, {confidence})")
    }
}

const DEPLOYMENT: &str = "
region: eu-west-1
account: \"111122223333\"
";

/// Options for the policies that wait for one.
const OPTIONS: &str = "
policies:
  required-tag-missing: { required: [owner] }
  tag-value-not-allowed: { allowed: { environment: [prod, test] } }
  key-class-below-requirement: { key_class: customer-managed }
  backup-retention-too-short: { minimum_days: 90 }
  capacity-mode-against-workload: { workload_tag: workload }
  backup-without-cross-region-copy: { critical_tags: { environment: [prod] } }
  critical-table-in-one-region: { critical_tags: { environment: [prod] } }
  dax-maintenance-window-in-busy-hours: { quiet_hours: [\"22:00-04:00\"] }
";

/// The configuration of a generated project.
pub fn configuration(options: bool) -> String {
    let options = if options { OPTIONS } else { "" };
    format!("{DEPLOYMENT}{options}")
}

/// Everything that all policies say about one file, in a fixed order.
///
/// # Errors
/// What is wrong with the file.
pub fn said(project: &Project, file: &str, source: &str) -> Result<Vec<Said>, String> {
    let mut files = Overlay::in_memory();
    files.set(PathBuf::from(file), source);
    files.set(PathBuf::from("dynalens.yml"), configuration(project.options));
    let mut request = Request::new(Date::parse("2026-01-01").ok_or("no such day")?);
    request.paths = vec![PathBuf::from(file)];
    request.profile = Some(Profile::All);
    request.closed_world = true;
    let analysis = run(&request, &files).map_err(|error| error.to_string())?;
    if let Some(problem) = analysis.problems.first() {
        return Err(problem.message.clone());
    }
    let findings = analysis.findings.into_iter().map(|finding| Said {
        policy: finding.policy,
        subject: subject(&finding.resource),
        verdict: "fail",
        message: words(&finding.message),
        case: finding.case,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
    });
    let undetermined = analysis.undetermined.into_iter().map(|verdict| Said {
        policy: verdict.policy,
        subject: subject(&verdict.resource),
        verdict: "undetermined",
        message: words(&verdict.why),
        case: None,
        severity: "",
        confidence: "",
    });
    let mut all: Vec<Said> = findings.chain(undetermined).collect();
    if project.global {
        for said in &mut all {
            "a table or its replica".clone_into(&mut said.subject);
            said.message.clear();
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}
