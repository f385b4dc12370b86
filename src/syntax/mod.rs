//! Texts to trees with spans. Parsing never fails: errors are data beside what could be read.

use std::sync::Arc;

use crate::source::SourceFile;
use tree::Tree;

pub mod edit;
pub mod hcl;
pub mod json;
mod keys;
#[cfg(test)]
mod property_tests;
pub mod tree;
pub mod yaml;

/// How many containers may stand inside each other in a YAML or JSON file.
pub const DEPTH_LIMIT: usize = 255;

/// Reads a file that may hold YAML or JSON: a template is often JSON under a name that does not tell.
///
/// What begins with a brace or bracket is read as JSON; unless its name ends in `.json`, YAML is tried when that
/// fails, and kept when it reads better.
#[must_use]
pub fn parse_data(file: Arc<SourceFile>) -> Tree {
    data_by(file, &mut yaml::parse)
}

/// As [`parse_data`], for a file that is read again after each edit.
#[must_use]
pub fn parse_data_again(file: Arc<SourceFile>, kept: &mut yaml::Kept) -> Tree {
    data_by(file, &mut |file| yaml::parse_again(file, kept))
}

fn data_by(file: Arc<SourceFile>, yaml: &mut dyn FnMut(Arc<SourceFile>) -> Tree) -> Tree {
    let named_json = file.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let body = file.text().get(file.body_start()..).unwrap_or_default();
    let looks_json = body.trim_start().starts_with(['{', '[']);
    if !looks_json && !named_json {
        return yaml(file);
    }
    let tree = json::parse(Arc::clone(&file));
    if named_json || !tree.is_broken() {
        return tree;
    }
    let other = yaml(file);
    if other.is_broken() { tree } else { other }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    fn read(name: &str, text: &str) -> Tree {
        parse_data(Arc::new(SourceFile::new(FileId(0), PathBuf::from(name), text)))
    }

    #[test]
    fn content_decides_between_the_languages_and_the_name_where_it_is_plain() {
        assert!(!read("a.template", "Resources: {A: 1}").is_broken());
        assert!(!read("a.template", "\u{feff} {\"A\": 1}").is_broken());
        // Flow YAML that is no JSON.
        assert!(!read("a.template", "{A: 1}").is_broken());
        assert!(!read("a.yaml", "[A, b]").is_broken());
        assert!(read("a.json", "{A: 1}").is_broken());
        assert!(read("a.json", "A: 1").is_broken());
        assert!(read("a.template", "{\"A\": [1, 2}").is_broken());
    }
}
