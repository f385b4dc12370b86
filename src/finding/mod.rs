//! Findings: what policies say, with labels, fixes and fingerprints; and triage, which classifies them.

#[expect(clippy::module_inception, reason = "the finding is what the folder is about")]
mod finding;

pub use finding::{Edit, Finding, Fix, Label, Status, Subject, SuppressionKind, Undetermined};
