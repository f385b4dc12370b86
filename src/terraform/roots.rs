//! Which directories are root modules.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::source::lexical;

use super::constraint::literal_text;
use super::modules::Modules;

/// The directories that are deployed by themselves: all that no other one calls through a local source, and those
/// below an `examples` or `test` folder. Sorted.
///
/// `directories` are those that hold Terraform files, installed modules left out.
#[must_use]
pub fn find_roots(modules: &Modules<'_>, directories: &[PathBuf]) -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = directories.iter().map(|dir| lexical(dir)).collect();
    directories.sort();
    directories.dedup();
    let mut called: FxHashSet<PathBuf> = FxHashSet::default();
    for dir in &directories {
        let module = modules.get(dir);
        for call in module.calls.iter() {
            let source = call.body.attribute("source").and_then(|source| literal_text(&source.expr));
            if let Some(source) = source.filter(|source| source.starts_with('.')) {
                let target = lexical(&dir.join(source.replace('\\', "/")));
                if target != *dir {
                    called.insert(target);
                }
            }
        }
    }
    let mut roots: Vec<PathBuf> =
        directories.iter().filter(|dir| is_example(dir) || !called.contains(*dir)).cloned().collect();
    // Modules that call each other in a circle have no root among them: the first one stands for them.
    if roots.is_empty() {
        roots.extend(directories.first().cloned());
    }
    roots
}

/// Below a folder that shows or tests modules.
fn is_example(dir: &Path) -> bool {
    dir.components().any(|part| matches!(part.as_os_str().to_str(), Some("examples" | "example" | "test" | "tests")))
}
