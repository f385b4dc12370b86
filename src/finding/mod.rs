//! Findings: what policies say, with labels, fixes and fingerprints; and triage, which classifies them.

pub mod baseline;
pub mod evidence;
#[expect(clippy::module_inception, reason = "the finding is what the folder is about")]
mod finding;
mod fingerprint;
pub mod fix;
mod merge;
pub mod suggest;
pub mod suppress;
pub mod triage;
pub mod verdict;

pub use finding::{Edit, Finding, Fix, Label, Status, Subject, SuppressionKind, Undetermined};
pub use fingerprint::fingerprint;
pub use merge::{in_order, place_key};
