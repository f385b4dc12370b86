//! What an analysis gives.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::finding::{Finding, Status, SuppressionKind, Undetermined};
use crate::policy::{Pack, Severity};
use crate::resource::{Problem, ProblemKind};
use crate::source::Sources;

/// Everything that one run found out, in the order of file, place and policy.
#[derive(Debug, Default)]
pub struct Analysis {
    pub sources: Arc<Sources>,
    /// All of them, with what triage made of each.
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Undetermined>,
    pub problems: Vec<Problem>,
    pub counts: Counts,
    /// The policies that there were, whether or not they took part.
    pub pack: Pack,
    /// The names of the policies that took part, in order.
    pub judged: BTreeSet<String>,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that hold infrastructure code. Those that have nothing to do with DynamoDB are counted and not evaluated.
    pub files: usize,
    /// Templates, stacks and root modules.
    pub projects: usize,
    pub resources: usize,
    pub tables: usize,
    /// Policies that took part.
    pub policies: usize,
}

impl Analysis {
    /// The findings that nothing has put aside.
    pub fn active_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.status == Status::Active)
    }

    /// How many active findings there are of a severity.
    #[must_use]
    pub fn active(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.status == Status::Active && finding.severity == severity).count()
    }

    /// How many findings triage gave a status of that name (`suppressed`, `baselined`, ...).
    #[must_use]
    pub fn with_status(&self, status: &str) -> usize {
        self.findings.iter().filter(|finding| finding.status.name() == status).count()
    }

    /// How many findings are suppressed by marks of other tools.
    #[must_use]
    pub fn suppressed_by_other_tools(&self) -> usize {
        let foreign = |status: &Status| matches!(status, Status::Suppressed { kind: SuppressionKind::OtherTool, .. });
        self.findings.iter().filter(|finding| foreign(&finding.status)).count()
    }

    #[must_use]
    pub fn problems_of(&self, kind: ProblemKind) -> usize {
        self.problems.iter().filter(|problem| problem.kind == kind).count()
    }
}
