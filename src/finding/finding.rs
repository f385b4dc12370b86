//! What a policy says about a resource, ready to be shown.

use crate::policy::{Confidence, Severity};
use crate::source::Span;

pub use crate::syntax::edit::Edit;

/// A place with what it has to do with the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub message: String,
}

/// The resource that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub address: String,
    /// The resource type in its language.
    pub kind: String,
    pub name: String,
    /// The path of the CDK construct that made it, as far as a person wrote it: `Orders/Table`.
    pub construct: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Applied without being asked for each one: in place, without interruption, nothing that worked changes.
    pub safe: bool,
    pub title: String,
    pub edits: Vec<Edit>,
    /// Policies whose findings may come instead: the fault hid them.
    pub leads_to: Vec<String>,
}

/// What became of a finding in triage. Triage classifies and never deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Suppressed { kind: SuppressionKind, reason: String },
    Baselined,
    OutsideDiff,
    BelowThreshold,
}

/// How a suppression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressionKind {
    /// A `dynalens: ignore` comment.
    Comment,
    /// `Metadata.dynalens.ignore`.
    Metadata,
    /// An entry of the configuration file.
    Configuration,
    /// Another tool's mark, honoured through an alias.
    OtherTool,
}

impl SuppressionKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Metadata => "metadata",
            Self::Configuration => "configuration",
            Self::OtherTool => "other-tool",
        }
    }
}

impl Status {
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suppressed { .. } => "suppressed",
            Self::Baselined => "baselined",
            Self::OutsideDiff => "outside-diff",
            Self::BelowThreshold => "below-threshold",
        }
    }
}

/// A policy's verdict against a resource, with its evidence.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The policy's name.
    pub policy: String,
    pub pillar: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub message: String,
    pub help: Option<String>,
    pub resource: Subject,
    /// In which case it holds (`Environment is prod`); `None` for every case.
    pub case: Option<String>,
    /// The characters that are wrong.
    pub primary: Label,
    /// The way that the value took, and other places that matter; in any file.
    pub related: Vec<Label>,
    /// The resource's whole span and those of the calls that lead to it: a suppression on one of them holds for the
    /// finding.
    pub anchors: Vec<Span>,
    /// The template, root module or unit that it was found in, as it is shown to people.
    pub project: String,
    /// The header of the innermost call that leads to the resource, if it was reached through one.
    pub via: Option<Span>,
    /// Something is missing where the primary label stands, and nothing wrong is written there.
    pub absent: bool,
    pub fix: Option<Fix>,
    pub status: Status,
    /// Free of line numbers, stable when code moves.
    pub fingerprint: String,
}

/// A verdict that could not be reached.
#[derive(Clone, Debug)]
pub struct Undetermined {
    pub policy: String,
    pub resource: Subject,
    pub span: Span,
    /// The reason, for a person to act on.
    pub why: String,
}
