//! Counts of findings above tables and clusters.

use std::path::Path;

use crate::finding::Finding;
use crate::model::schema::Subject;

use super::Seen;
use super::summary::counts;

/// A line above a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The resource's header, from and to in bytes of the file.
    pub range: (u32, u32),
    /// `2 findings · 1 high, 1 low`.
    pub title: String,
    /// The policies that speak, the worst first, each once.
    pub policies: Vec<String>,
}

/// The lenses of a file, in the order of the text.
#[must_use]
pub fn lenses(seen: &Seen<'_>, path: &Path) -> Vec<Lens> {
    let mut found: Vec<((u32, u32), Vec<&Finding>)> = Vec::new();
    for known in seen.projects {
        let Some(file) = known.file(path) else { continue };
        for (_, entity) in known.understood.model.iter() {
            if !matches!(entity.subject, Subject::Table | Subject::DaxCluster)
                || !entity.managed
                || entity.header.file != file
            {
                continue;
            }
            let range = (entity.header.start, entity.header.end);
            let at = match found.iter().position(|(known, _)| *known == range) {
                Some(at) => at,
                None => {
                    found.push((range, Vec::new()));
                    found.len() - 1
                }
            };
            let about = seen.findings_about(*known, &entity.address);
            let Some((_, findings)) = found.get_mut(at) else { continue };
            for finding in about {
                // The instances of one resource share their findings' places.
                let same = |other: &&Finding| {
                    other.policy == finding.policy
                        && other.primary.span == finding.primary.span
                        && other.message == finding.message
                };
                if !findings.iter().any(same) {
                    findings.push(finding);
                }
            }
        }
    }
    found.sort_by_key(|(range, _)| *range);
    found.into_iter().map(|(range, findings)| lens(range, findings)).collect()
}

fn lens(range: (u32, u32), mut findings: Vec<&Finding>) -> Lens {
    findings.sort_by(|a, b| (b.severity, &a.policy).cmp(&(a.severity, &b.policy)));
    let mut policies: Vec<String> = Vec::new();
    for finding in &findings {
        if !policies.contains(&finding.policy) {
            policies.push(finding.policy.clone());
        }
    }
    let title = match findings.len() {
        0 => "no findings".to_owned(),
        number => {
            let counts = counts(&findings);
            let by = counts.split_once('(').map_or("", |(_, by)| by.trim_end_matches(')'));
            format!("{number} {} · {by}", if number == 1 { "finding" } else { "findings" })
        }
    };
    Lens { range, title, policies }
}
