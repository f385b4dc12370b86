//! What the user decides about the policies of a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::evaluate::{Words, constant};
use crate::policy::expression::Kind;
use crate::policy::page::{Page, PolicyOption, option_names};
use crate::policy::{Profile, Severity};
use crate::value::{Data, Text, Value};

/// The settings of a run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub profile: Profile,
    /// By the policy's name.
    pub policies: BTreeMap<String, PolicySettings>,
    /// Nothing lives outside the analysed files.
    pub closed_world: bool,
    /// What tells production from other environments.
    pub words: Words,
    /// The Region and the account of the deployment, where they are configured.
    pub region: Option<String>,
    pub account: Option<String>,
    /// Whether the configured environment that is judged is for production, where it says so.
    pub production: Option<bool>,
    /// Whether to work out how failures are mended.
    pub fixes: bool,
    /// Of the policies that speak, only these are asked.
    pub only: Option<BTreeSet<String>>,
}

/// The settings of one policy.
#[derive(Clone, Debug, Default)]
pub struct PolicySettings {
    /// On or off by name, whatever the profile.
    pub enabled: Option<bool>,
    pub severity: Option<Severity>,
    /// Values for the policy's own options.
    pub options: Vec<(Text, Value)>,
}

impl Settings {
    /// Whether a policy speaks at all: by name, by its profile, or because the option that it needs is set.
    #[must_use]
    pub fn is_on(&self, page: &Page) -> bool {
        if self.only.as_ref().is_some_and(|only| !only.contains(page.name.as_ref())) {
            return false;
        }
        let own = self.policies.get(page.name.as_ref());
        let needed_is_set = |needed: &str| {
            own.is_some_and(|own| own.options.iter().any(|(name, value)| name == needed && !says_nothing(value)))
        };
        match &page.needs_option {
            Some(needed) if !option_names(needed).any(needed_is_set) => false,
            Some(_) => own.and_then(|own| own.enabled).unwrap_or(true),
            None => own.and_then(|own| own.enabled).unwrap_or(page.profile <= self.profile),
        }
    }

    /// The severity of a policy's findings.
    #[must_use]
    pub fn severity(&self, page: &Page) -> Severity {
        self.policies.get(page.name.as_ref()).and_then(|own| own.severity).unwrap_or(page.severity)
    }

    /// The values of all options of a policy.
    #[must_use]
    pub fn options(&self, page: &Page) -> Vec<(Text, Value)> {
        let own = self.policies.get(page.name.as_ref());
        page.options
            .iter()
            .map(|option| {
                let set = own.and_then(|own| own.options.iter().find(|(name, _)| **name == *option.name));
                let value = set.map_or_else(|| constant(&option.default), |(_, value)| value.clone());
                (Text::from(option.name.as_ref()), value)
            })
            .collect()
    }
}

fn says_nothing(value: &Value) -> bool {
    match &value.data {
        Data::Absent | Data::Null => true,
        Data::List(list) => list.items.is_empty(),
        Data::Map(map) => map.entries.is_empty(),
        _ => false,
    }
}

impl PolicyOption {
    /// Whether a value fits the option's type.
    ///
    /// # Errors
    /// What it has to be, as a phrase: `a list of texts`.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let kind = self.kind();
        if fits(value, &kind) { Ok(()) } else { Err(in_words(&kind)) }
    }
}

fn fits(value: &Value, kind: &Kind) -> bool {
    match (&value.data, kind) {
        (_, Kind::Any) => true,
        (Data::Bool(_), Kind::Bool)
        | (Data::Number(_), Kind::Number)
        | (Data::String(_), Kind::Text | Kind::Enum(_)) => true,
        (Data::List(list), Kind::List(item)) => list.items.iter().all(|value| fits(value, item)),
        (Data::Map(map), Kind::Map(item)) => map.entries.iter().all(|entry| fits(&entry.value, item)),
        _ => false,
    }
}

fn in_words(kind: &Kind) -> String {
    let many = |kind: &Kind| match kind {
        Kind::Bool => "bools".to_owned(),
        Kind::Number => "numbers".into(),
        Kind::Text | Kind::Enum(_) => "texts".into(),
        Kind::List(_) => "lists".into(),
        Kind::Map(_) => "maps".into(),
        _ => "values".into(),
    };
    match kind {
        Kind::List(item) => format!("a list of {}", many(item)),
        Kind::Map(value) => format!("a map from names to {}", many(value)),
        other => other.describe(),
    }
}
