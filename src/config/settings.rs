//! What the configuration file says, with the place of everything that can be wrong.

use std::path::PathBuf;

use super::node::Data;
use crate::finding::triage::Date;
use crate::policy::{Profile, Severity};
use crate::source::{FileId, Span};

/// `dynalens.yml` as it is read. Names of policies are as they are written: [`super::policies`] looks them up.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, if there is one.
    pub file: Option<FileId>,
    /// That file, and those that it extends.
    pub files: Vec<FileId>,
    /// The files whose settings hold where this one says nothing.
    pub extends: Vec<(PathBuf, Span)>,
    /// The directory that the paths in the file are relative to.
    pub directory: PathBuf,
    pub profile: Option<Profile>,
    pub region: Option<String>,
    pub account: Option<String>,
    pub environments: Vec<Environment>,
    pub policies: Vec<PolicySettings>,
    pub suppressions: Vec<ConfigSuppression>,
    /// Globs of paths that are not analysed.
    pub exclude: Vec<(String, Span)>,
    /// Policies, by name, alias or pillar, that no suppression switches off.
    pub unsuppressible: Vec<(String, Span)>,
    /// Whether the marks of other tools in comments and metadata count; they do where nothing is said.
    pub other_tools: Option<bool>,
    pub policy_folders: Vec<(PathBuf, Span)>,
    /// Only these policies, by name, alias, pillar or severity; all of the profile where it is empty.
    pub select: Vec<(String, Span)>,
    /// Not these policies, by name, alias, pillar or severity.
    pub ignore: Vec<(String, Span)>,
    /// What holds for some paths only; later ones win.
    pub overrides: Vec<Override>,
    /// Where each key that was given stands (`profile`, `region`), the one that holds last.
    pub places: Vec<(&'static str, Span)>,
    /// The baseline that checks go by.
    pub baseline: Option<(PathBuf, Span)>,
    /// What tells a case or a resource that is not production.
    pub non_production: NonProduction,
}

/// An entry of `overrides`.
#[derive(Clone, Debug)]
pub struct Override {
    pub span: Span,
    /// Globs of paths, from the directory of the configuration.
    pub paths: Vec<(String, Span)>,
    pub profile: Option<(Profile, Span)>,
    pub policies: Vec<PolicySettings>,
    pub select: Vec<(String, Span)>,
    pub ignore: Vec<(String, Span)>,
}

impl Config {
    /// What holds where some of the overrides apply.
    #[must_use]
    pub fn with(&self, overrides: &[&Override]) -> Self {
        let mut config = self.clone();
        for one in overrides {
            if let Some((profile, span)) = one.profile {
                config.profile = Some(profile);
                config.places.push(("profile", span));
            }
            config.policies.extend(one.policies.iter().cloned());
            if !one.select.is_empty() {
                config.select.clone_from(&one.select);
            }
            config.ignore.extend(one.ignore.iter().cloned());
        }
        config
    }

    /// What holds where this configuration extends another one: its own settings win, environments by their names,
    /// and lists are joined.
    #[must_use]
    pub fn over(mut self, base: Self) -> Self {
        let own = std::mem::take(&mut self.environments);
        self.environments = base.environments;
        self.environments.retain(|one| own.iter().all(|other| other.name != one.name));
        self.environments.extend(own);
        self.profile = self.profile.or(base.profile);
        self.region = self.region.or(base.region);
        self.account = self.account.or(base.account);
        self.baseline = self.baseline.or(base.baseline);
        self.non_production.words = self.non_production.words.or(base.non_production.words);
        self.non_production.tags = self.non_production.tags.or(base.non_production.tags);
        if self.select.is_empty() {
            self.select = base.select;
        }
        self.files.extend(base.files);
        self.policies.splice(0..0, base.policies);
        self.ignore.splice(0..0, base.ignore);
        self.overrides.splice(0..0, base.overrides);
        self.suppressions.splice(0..0, base.suppressions);
        self.exclude.splice(0..0, base.exclude);
        self.unsuppressible.splice(0..0, base.unsuppressible);
        self.other_tools = self.other_tools.or(base.other_tools);
        self.policy_folders.splice(0..0, base.policy_folders);
        self.places.splice(0..0, base.places);
        self
    }

    /// Where the setting that holds stands.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<Span> {
        self.places.iter().rev().find(|(known, _)| *known == key).map(|(_, span)| *span)
    }
}

/// The word lists that tell production from what is not; `None` leaves the built-in list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NonProduction {
    /// Words that mean "not production".
    pub words: Option<Vec<String>>,
    /// Tags whose value says which environment a resource belongs to.
    pub tags: Option<Vec<String>>,
}

/// One of the `environments`: a deployment that projects are evaluated for.
#[derive(Clone, Debug)]
pub struct Environment {
    pub name: String,
    pub span: Span,
    /// Whether it is production; `None` leaves it to the names.
    pub production: Option<bool>,
    pub region: Option<String>,
    pub account: Option<String>,
    /// What `terraform.workspace` is.
    pub workspace: Option<String>,
    /// Terraform variable files.
    pub var_files: Vec<(PathBuf, Span)>,
    /// CloudFormation parameter files.
    pub parameter_files: Vec<(PathBuf, Span)>,
    /// CloudFormation parameters, as text.
    pub parameters: Vec<(String, String, Span)>,
    /// Terraform variables, as the text that `--var` would take.
    pub variables: Vec<(String, String, Span)>,
}

/// An entry of `policies`.
#[derive(Clone, Debug)]
pub struct PolicySettings {
    pub name: String,
    pub span: Span,
    pub enabled: Option<bool>,
    pub severity: Option<Severity>,
    /// The policy's own options with the places of name and value.
    pub options: Vec<PolicyOption>,
}

#[derive(Clone, Debug)]
pub struct PolicyOption {
    pub name: String,
    pub name_span: Span,
    pub value: OptionValue,
    pub span: Span,
}

/// The value of an option, before it is held against the option's type.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
    List(Vec<OptionValue>),
    Map(Vec<(String, OptionValue)>),
}

impl OptionValue {
    /// `None` for an empty value.
    #[must_use]
    pub(super) fn from_node(data: &Data) -> Option<Self> {
        Some(match data {
            Data::Null => return None,
            Data::Bool(value) => Self::Bool(*value),
            Data::Integer(value) => Self::Integer(*value),
            Data::Float(value) => Self::Float(*value),
            Data::String(value) => Self::String(value.clone()),
            Data::List(items) => Self::List(items.iter().filter_map(|item| Self::from_node(&item.data)).collect()),
            Data::Map(entries) => Self::Map(
                entries
                    .iter()
                    .filter_map(|(key, _, value)| Some((key.clone(), Self::from_node(&value.data)?)))
                    .collect(),
            ),
        })
    }
}

/// An entry of `suppressions`.
#[derive(Clone, Debug)]
pub struct ConfigSuppression {
    pub span: Span,
    pub policies: Vec<(String, Span)>,
    /// A pattern with `*` and `?` for addresses.
    pub address: Option<String>,
    /// A glob of paths.
    pub path: Option<String>,
    pub reason: String,
    pub until: Option<Date>,
}
