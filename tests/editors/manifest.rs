//! The extension for VS Code says the same as the rest: it has the settings of docs/editors.md, and our version.

use std::path::Path;

use serde_json::Value;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn manifest() -> Value {
    serde_json::from_str(&read("editors/vscode/package.json")).unwrap()
}

#[test]
fn the_extension_offers_every_setting_of_the_server_with_its_default() {
    let manifest = manifest();
    let offered = manifest["contributes"]["configuration"]["properties"].as_object().unwrap();
    let page = read("docs/editors.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let settings = rows.filter(|(name, _)| name.starts_with("dynalens."));
    let mut count = 0;
    for (name, rest) in settings {
        let default = rest.split('|').nth(1).unwrap().trim().trim_matches('`');
        let setting = offered.get(name).unwrap_or_else(|| panic!("editors/vscode/package.json lacks `{name}`"));
        let known = &setting["default"];
        let empty = *known == "" || known.as_array().is_some_and(Vec::is_empty);
        assert!(known.to_string() == default || empty && !default.contains("true"), "{name}: {known}, {default}");
        count += 1;
    }
    assert!(count >= 2, "docs/editors.md lists the settings in a table");
}

#[test]
fn the_extension_is_of_our_version() {
    assert_eq!(manifest()["version"], env!("CARGO_PKG_VERSION"));
}
