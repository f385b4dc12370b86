//! What an analysis is asked to do.

use std::path::PathBuf;
use std::sync::Arc;

use super::progress::Progress;
use crate::finding::triage::Date;
use crate::policy::{Confidence, Profile};

/// Everything that the outside world has a say in. Paths are relative to the working directory.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub struct Request {
    /// Files, directories and globs; none for the working directory.
    pub paths: Vec<PathBuf>,
    /// A text that is analysed under a path, whether or not the file is there.
    pub stdin: Option<(PathBuf, Vec<u8>)>,
    /// The configuration file, in place of the nearest one.
    pub config: Option<PathBuf>,
    /// Only this one of the configured environments.
    pub environment: Option<String>,
    /// CloudFormation parameters as `NAME=VALUE`, or parameter files.
    pub parameters: Vec<String>,
    /// Terraform variables and variable files, in the order in which they are given.
    pub variables: Vec<VariableArgument>,
    /// Terraform variables of the environment, without `TF_VAR_`.
    pub environment_variables: Vec<(String, String)>,
    /// Overrides the configuration's.
    pub profile: Option<Profile>,
    /// Only these policies, by name, alias or pillar.
    pub select: Vec<String>,
    /// Not these policies.
    pub ignore: Vec<String>,
    pub min_confidence: Confidence,
    /// All there is lies in the analysed files.
    pub closed_world: bool,
    /// Folders with policies of the user's own, beside the configuration's.
    pub policy_folders: Vec<PathBuf>,
    /// Whether suppressions hold.
    pub suppressions: bool,
    /// Only findings that touch what was changed are active.
    pub since: Option<Since>,
    /// Only findings that were not there at this revision are active.
    pub new_since: Option<String>,
    /// Findings that this file knows are not active; the configuration's, unless one is named.
    pub baseline: Option<PathBuf>,
    /// Whether a baseline counts.
    pub baselines: bool,
    /// Whether marks of other tools suppress, unless the configuration says no.
    pub other_tools: bool,
    /// Whether findings come with their fixes; these take looking at the files a second time.
    pub fixes: bool,
    /// Whether the values of expressions are noted at their places, for whoever asks what stands there.
    pub notes: bool,
    /// The process ends when the findings are told: what is no longer needed is left to the system, which takes it back
    /// in no time.
    pub is_last: bool,
    /// Where the run says how far it has come.
    pub progress: Arc<Progress>,
    /// The day of the run.
    pub today: Date,
}

/// Which changes count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Those of the work tree since a revision.
    Revision(String),
    /// Those that are staged; the files are analysed as they are staged.
    Staged,
}

/// One way in of Terraform variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableArgument {
    /// A name and its value.
    Value(String, String),
    /// A variable file.
    File(PathBuf),
}

impl Request {
    /// A request for the working directory with everything else as it is by default.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self {
            paths: Vec::new(),
            stdin: None,
            config: None,
            environment: None,
            parameters: Vec::new(),
            variables: Vec::new(),
            environment_variables: Vec::new(),
            profile: None,
            select: Vec::new(),
            ignore: Vec::new(),
            min_confidence: Confidence::Low,
            closed_world: false,
            policy_folders: Vec::new(),
            suppressions: true,
            since: None,
            new_since: None,
            baseline: None,
            baselines: true,
            fixes: false,
            notes: false,
            is_last: false,
            other_tools: true,
            progress: Arc::default(),
            today,
        }
    }
}

/// The request can't be met as it is: a wrong name, a file that is not there. Whoever asked has to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UsageError {
    pub message: String,
    pub help: Option<String>,
}

impl UsageError {
    #[must_use]
    pub fn new(message: impl Into<String>, help: Option<String>) -> Self {
        Self { message: message.into(), help }
    }
}
