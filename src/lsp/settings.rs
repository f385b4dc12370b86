//! What the user has set in the editor, under `dynalens`.

use std::path::PathBuf;

use serde_json::Value;

use crate::analysis::Request;
use crate::policy::{Confidence, Profile};

/// The settings that the server goes by. What is not set, or of a wrong type, is as it is by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the editor")]
pub struct Settings {
    /// Values are shown behind expressions.
    pub inlay_hints: bool,
    /// Counts of findings are shown above tables and clusters.
    pub code_lens: bool,
    /// Everything in the workspace is judged, and not only what open documents belong to.
    pub workspace: bool,
    /// Verdicts that can't be reached are shown as hints.
    pub undetermined: bool,
    profile: Option<Profile>,
    select: Vec<String>,
    ignore: Vec<String>,
    environment: Option<String>,
    min_confidence: Option<Confidence>,
    closed_world: bool,
    /// A configuration file in place of the nearest one; relative to the workspace folder.
    pub configuration: Option<PathBuf>,
    policies: Vec<PathBuf>,
}

impl Settings {
    /// Reads the settings as clients send them: alone, or under their section's name.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let own = value.get("dynalens").filter(|own| own.is_object()).unwrap_or(value);
        let switch = |name: &str| own.get(name).and_then(Value::as_bool).unwrap_or_default();
        let text = |name: &str| own.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let list = |name: &str| -> Vec<String> {
            let items = own.get(name).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self {
            inlay_hints: switch("inlayHints"),
            code_lens: switch("codeLens"),
            workspace: switch("workspace"),
            undetermined: switch("undetermined"),
            profile: text("profile").and_then(Profile::from_name),
            select: list("select"),
            ignore: list("ignore"),
            environment: text("environment").map(str::to_owned),
            min_confidence: text("minConfidence").and_then(Confidence::from_name),
            closed_world: switch("closedWorld"),
            configuration: text("configuration").map(PathBuf::from),
            policies: list("policies").into_iter().map(PathBuf::from).collect(),
        }
    }

    /// Whether the same is analysed in the same way.
    #[must_use]
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let plain = |one: &Self| Self { inlay_hints: false, code_lens: false, undetermined: false, ..one.clone() };
        plain(self) == plain(other)
    }

    /// What an analysis is asked.
    pub fn ask(&self, request: &mut Request) {
        request.profile = self.profile;
        request.select.clone_from(&self.select);
        request.ignore.clone_from(&self.ignore);
        request.environment.clone_from(&self.environment);
        request.min_confidence = self.min_confidence.unwrap_or(request.min_confidence);
        request.closed_world = self.closed_world;
        request.policy_folders.clone_from(&self.policies);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_come_alone_or_under_their_section() {
        let on = Settings { inlay_hints: true, ..Settings::default() };
        assert_eq!(Settings::of(&json!({ "inlayHints": true })), on);
        assert_eq!(Settings::of(&json!({ "dynalens": { "inlayHints": true, "codeLens": "yes" } })), on);
        assert_eq!(Settings::of(&Value::Null), Settings::default());
    }

    #[test]
    fn only_what_an_analysis_is_asked_makes_it_another_one() {
        let (plain, shown) = (Settings::default(), Settings::of(&json!({ "codeLens": true, "undetermined": true })));
        let strict = Settings::of(&json!({ "profile": "strict", "select": ["cost", 3], "profile2": 1 }));
        assert!(plain.asks_the_same(&shown) && !plain.asks_the_same(&strict));
        let mut request = Request::new(crate::finding::triage::Date::from_unix(0));
        strict.ask(&mut request);
        assert_eq!((request.profile, request.select), (Some(Profile::Strict), vec!["cost".to_owned()]));
    }
}
