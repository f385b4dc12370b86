//! What the user has set in the editor, under `dynalens`.

use serde_json::Value;

/// The settings that the server goes by. What is not set, or of a wrong type, is as it is by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Values are shown behind expressions.
    pub inlay_hints: bool,
    /// Counts of findings are shown above tables and clusters.
    pub code_lens: bool,
}

impl Settings {
    /// Reads the settings as clients send them: alone, or under their section's name.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let own = value.get("dynalens").filter(|own| own.is_object()).unwrap_or(value);
        let switch = |name: &str| own.get(name).and_then(Value::as_bool).unwrap_or_default();
        Self { inlay_hints: switch("inlayHints"), code_lens: switch("codeLens") }
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
}
