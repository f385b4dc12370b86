//! The extension for VS Code says the same as the rest: its settings are those of docs/editors.md, its version is ours.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// Settings of the editor's side, which no server sees.
const OWN: &[&str] = &["dynalens.path", "dynalens.policyPages", "dynalens.trace.server"];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn manifest() -> Value {
    serde_json::from_str(&read("editors/vscode/package.json")).unwrap()
}

#[test]
fn the_extension_offers_the_settings_of_the_server() {
    let manifest = manifest();
    let properties = manifest["contributes"]["configuration"]["properties"].as_object().unwrap();
    let offered: BTreeSet<&str> = properties.keys().map(String::as_str).filter(|name| !OWN.contains(name)).collect();
    let page = read("docs/editors.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).filter_map(|(name, rest)| {
        let default = rest.split('|').nth(1)?.trim().trim_matches('`');
        name.starts_with("dynalens.").then_some((name, default))
    });
    let documented: Vec<(&str, &str)> = rows.collect();
    assert_eq!(offered, documented.iter().map(|(name, _)| *name).collect(), "package.json, docs/editors.md");
    for (name, default) in documented {
        assert_eq!(properties[name]["default"].to_string(), default, "{name}");
    }
}

#[test]
fn the_extension_is_of_our_version() {
    assert_eq!(manifest()["version"], env!("CARGO_PKG_VERSION"));
}
