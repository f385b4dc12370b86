//! Findings that were there before: what a baseline keeps of them, and which of today's they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Finding, Status, fingerprint};

/// A finding as a baseline remembers it, ordered by file, policy and address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// With `/`, relative to the baseline's directory.
    pub file: String,
    pub policy: String,
    pub address: String,
    /// Of policy, address and attribute; findings that share it are told apart by their files.
    pub fingerprint: String,
}

/// The findings that a team has decided to live with for the present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    pub version: u32,
    pub findings: Vec<Known>,
}

impl Baseline {
    #[must_use]
    pub fn new(mut findings: Vec<Known>) -> Self {
        findings.sort();
        Self { version: 1, findings }
    }

    /// Reads what [`Baseline::text`] has written.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        let baseline: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if baseline.version != 1 {
            return Err(format!("its version is {}, and this dynalens reads version 1", baseline.version));
        }
        Ok(baseline)
    }

    /// The file: one line for each finding, in order, so that two branches can be merged.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.findings.iter().filter_map(|known| serde_json::to_string(known).ok()).collect();
        let separator = if lines.is_empty() { "" } else { "\n    " };
        let end = if lines.is_empty() { "" } else { "\n  " };
        format!(
            "{{\n  \"version\": {},\n  \"findings\": [{separator}{}{end}]\n}}\n",
            self.version,
            lines.join(",\n    ")
        )
    }
}

/// The fingerprint of each finding before those that share one were numbered: a number depends on what else is
/// there. Takes all findings of a run in their order.
#[must_use]
pub fn unnumbered(findings: &[Finding]) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str), Vec<(String, usize)>> = BTreeMap::new();
    findings
        .iter()
        .map(|finding| {
            let bases = seen.entry((&finding.policy, &finding.resource.address)).or_default();
            for (base, count) in bases.iter_mut() {
                if fingerprint(&finding.policy, &finding.resource.address, base, *count) == finding.fingerprint {
                    *count += 1;
                    return base.clone();
                }
            }
            bases.push((finding.fingerprint.clone(), 1));
            finding.fingerprint.clone()
        })
        .collect()
}

/// Which of the known findings each found one is: the one with its fingerprint in the same file, or else (the file
/// was renamed) anywhere. Each known one is taken once, so that a second copy of a fault is new.
#[must_use]
pub fn recognise(found: &[Known], known: &[Known]) -> Vec<Option<usize>> {
    let mut free: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, one) in known.iter().enumerate() {
        free.entry(&one.fingerprint).or_default().push(index);
    }
    let mut matched = vec![None; found.len()];
    for same_file in [true, false] {
        for (one, matched) in found.iter().zip(&mut matched) {
            if matched.is_some() {
                continue;
            }
            let Some(free) = free.get_mut(one.fingerprint.as_str()) else { continue };
            let at = free
                .iter()
                .position(|index| known.get(*index).is_some_and(|known| !same_file || known.file == one.file));
            *matched = at.map(|at| free.remove(at));
        }
    }
    matched
}

/// Marks the active findings that are known; returns which known ones were found.
pub fn mark(findings: &mut [Finding], found: &[Known], known: &[Known]) -> Vec<bool> {
    let mut used = vec![false; known.len()];
    for (finding, matched) in findings.iter_mut().zip(recognise(found, known)) {
        let Some(index) = matched else { continue };
        used[index] = true;
        if finding.status == Status::Active {
            finding.status = Status::Baselined;
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(file: &str, fingerprint: &str) -> Known {
        Known { file: file.into(), policy: "p".into(), address: "a".into(), fingerprint: fingerprint.into() }
    }

    #[test]
    fn a_baseline_reads_what_it_writes() {
        for findings in [vec![], vec![known("b.tf", "2"), known("a \"quoted\".tf", "1")]] {
            let baseline = Baseline::new(findings);
            assert_eq!(Baseline::read(&baseline.text()), Ok(baseline));
        }
        assert!(Baseline::new(vec![known("b", "2"), known("a", "1")]).text().lines().nth(3).unwrap().contains("\"a\""));
        assert!(Baseline::read("{\"version\": 2, \"findings\": []}").unwrap_err().contains("version is 2"));
        assert!(Baseline::read("[]").is_err());
    }

    #[test]
    fn a_renamed_file_keeps_its_findings_and_a_second_copy_is_new() {
        let before = [known("old.tf", "1")];
        assert_eq!(recognise(&[known("new.tf", "1")], &before), [Some(0)]);
        assert_eq!(recognise(&[known("a.tf", "1"), known("old.tf", "1")], &before), [None, Some(0)]);
        assert_eq!(recognise(&[known("old.tf", "2")], &before), [None]);
    }

    #[test]
    fn copies_in_several_files_are_told_apart_by_the_file() {
        let before = [known("dev.tf", "1"), known("prod.tf", "1")];
        let now = [known("added.tf", "1"), known("dev.tf", "1"), known("prod.tf", "1")];
        assert_eq!(recognise(&now, &before), [None, Some(0), Some(1)]);
        assert_eq!(recognise(&[known("prod.tf", "1")], &before), [Some(1)]);
    }
}
