//! Triage: classifies findings and deletes none.
//!
//! Takes findings and the suppressions that comments, metadata and the configuration hold, gives each finding its
//! status and reports the suppressions that nothing needed.

mod collect;
mod comment;
mod date;
mod foreign;
mod names;
mod place;
mod remove;
mod suppression;
#[cfg(test)]
mod tests;

pub use collect::{from_comments, from_metadata, may_hold_marks};
pub use date::Date;
pub use names::Names;
pub use suppression::{Glob, Reach, Suppression, address_fits};

use super::{Finding, Fix, Label, Status, Subject, SuppressionKind, Undetermined, fingerprint};
use crate::policy::{Confidence, Severity};
use crate::resource::Problem;
use crate::source::{Sources, Span};

/// The policy that reports suppressions which suppress nothing.
pub const UNUSED_SUPPRESSION: &str = "unused-suppression";

/// Looks up the policies that suppressions name. Unknown names are problems; other tools' unknown checks are about
/// something else and are dropped.
#[must_use]
pub fn resolve(suppressions: Vec<Suppression>, names: &Names) -> (Vec<Suppression>, Vec<Problem>) {
    let mut known = Vec::new();
    let mut problems = Vec::new();
    for mut suppression in suppressions {
        let foreign = suppression.kind == SuppressionKind::OtherTool;
        let every = foreign && suppression.name == "*";
        let policies = if every { names.trivy().to_vec() } else { names.resolve(&suppression.name) };
        if !policies.is_empty() {
            suppression.policies = policies;
            known.push(suppression);
        } else if !foreign {
            let message = format!("there is no policy `{}` to suppress", suppression.name);
            let help = names.suggest(&suppression.name).unwrap_or_else(|| "`dynalens policies` lists them".to_owned());
            problems.push(Problem::note(suppression.span, message).with_help(help));
        }
    }
    (known, problems)
}

/// Gives the findings that a suppression reaches their status. Returns which suppressions were needed: those that
/// reach a finding, and those that would if they had not ended.
pub fn suppress(findings: &mut [Finding], suppressions: &[Suppression], today: Date, sources: &Sources) -> Vec<bool> {
    let mut used = vec![false; suppressions.len()];
    for finding in findings {
        for (index, suppression) in suppressions.iter().enumerate() {
            if !suppression.policies.contains(&finding.policy) || !reaches(suppression, finding, sources) {
                continue;
            }
            used[index] = true;
            match suppression.until {
                Some(until) if until < today => finding
                    .related
                    .push(Label { span: suppression.span, message: format!("this suppression held until {until}") }),
                _ if finding.status == Status::Active => {
                    finding.status = Status::Suppressed { kind: suppression.kind, reason: suppression.reason.clone() };
                }
                _ => {}
            }
        }
    }
    used
}

fn reaches(suppression: &Suppression, finding: &Finding, sources: &Sources) -> bool {
    match &suppression.reach {
        Reach::Comment(place) => {
            let Some(file) = sources.get(place.span.file) else { return false };
            finding.anchors.iter().any(|anchor| place.is_on(&file, *anchor))
                || finding.primary.span.file == file.id && place.is_at(&file, finding.primary.span)
        }
        Reach::Resource(span) => finding.anchors.contains(span),
        Reach::Pattern { address, path } => {
            address.as_ref().is_none_or(|pattern| address_fits(pattern, &finding.resource.address))
                && path.as_ref().is_none_or(|glob| {
                    let places = finding.anchors.iter().chain([&finding.primary.span]);
                    places.filter_map(|span| sources.get(span.file)).any(|file| glob.matches(&file.path))
                })
        }
    }
}

/// Findings about suppressions that suppress nothing. `judged` says which policies took part; one that did not, or
/// that could not tell, leaves the question open.
pub fn unused(
    suppressions: &[Suppression],
    used: &[bool],
    undetermined: &[Undetermined],
    judged: &dyn Fn(&str) -> bool,
    sources: &Sources,
) -> Vec<Finding> {
    let unused: Vec<&Suppression> = suppressions
        .iter()
        .zip(used)
        .filter(|(suppression, used)| !**used && is_needless(suppression, undetermined, judged))
        .map(|(suppression, _)| suppression)
        .collect();
    let mut found = Vec::new();
    for suppression in &unused {
        let name = &suppression.name;
        found.push(Finding {
            policy: UNUSED_SUPPRESSION.to_owned(),
            pillar: "operations".to_owned(),
            severity: Severity::Low,
            confidence: Confidence::High,
            message: format!("the suppression of `{name}` suppresses nothing"),
            help: Some("take it out, or move it onto the resource that it is meant for".to_owned()),
            resource: Subject {
                address: name.clone(),
                kind: "suppression".to_owned(),
                name: name.clone(),
                construct: None,
            },
            case: None,
            primary: Label { span: suppression.span, message: "nothing is found here to suppress".to_owned() },
            related: Vec::new(),
            anchors: Vec::new(),
            project: String::new(),
            via: None,
            absent: false,
            fix: remove::removal(suppression, &unused, sources).map(|edits| Fix {
                safe: true,
                title: "take the suppression out".to_owned(),
                edits,
                leads_to: Vec::new(),
            }),
            status: Status::Active,
            fingerprint: fingerprint(UNUSED_SUPPRESSION, name, "", 0),
        });
    }
    found
}

/// Whether a suppression that suppressed nothing is known to be in vain.
fn is_needless(suppression: &Suppression, undetermined: &[Undetermined], judged: &dyn Fn(&str) -> bool) -> bool {
    let open = undetermined
        .iter()
        .any(|verdict| suppression.policies.contains(&verdict.policy) && could_reach(suppression, verdict.span));
    let ours = suppression.kind != SuppressionKind::OtherTool;
    ours && !open && !suppression.policies.is_empty() && suppression.policies.iter().all(|policy| judged(policy))
}

fn could_reach(suppression: &Suppression, place: Span) -> bool {
    match &suppression.reach {
        // A verdict's place may be smaller than what the comment stands on.
        Reach::Comment(comment) => comment.span.file == place.file,
        Reach::Resource(span) => span.contains(place),
        Reach::Pattern { .. } => true,
    }
}
