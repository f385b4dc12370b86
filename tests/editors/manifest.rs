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
    // Rows of tables; a row may name several settings.
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `dynalens.")?.split_once('|'));
    let settings = rows.flat_map(|(names, rest)| {
        let default = rest.split('|').next().unwrap_or_default().trim().trim_matches('`');
        names.split('`').filter(|name| name.len() > 2).map(move |name| (name.trim_start_matches("dynalens."), default))
    });
    let mut count = 0;
    for (name, default) in settings {
        let name = format!("dynalens.{name}");
        let setting = offered.get(&name).unwrap_or_else(|| panic!("editors/vscode/package.json lacks `{name}`"));
        let known = &setting["default"];
        let empty = known.as_str() == Some("") || known.as_array().is_some_and(Vec::is_empty);
        let written = known.to_string();
        assert!(written == default || empty && !default.contains("true"), "{name}: {known}, {default}");
        count += 1;
    }
    assert!(count >= 2, "docs/editors.md lists the settings in a table");
}

#[test]
fn the_extension_is_of_our_version() {
    assert_eq!(manifest()["version"], env!("CARGO_PKG_VERSION"));
}
