//! Which directories are root modules.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::source::lexical;

use super::early::text_alone;
use super::modules::Modules;

/// The directories that are deployed by themselves: all that no other one calls through a local source, and those
/// below an `examples` or `test` folder. Sorted.
///
/// `directories` are those that hold Terraform files, installed modules left out.
#[must_use]
pub fn find_roots(modules: &Modules<'_>, directories: &[PathBuf]) -> Vec<PathBuf> {
    roots_among(directories, &|dir| local_calls(modules, dir))
}

/// The same, with what each directory calls.
#[must_use]
pub fn roots_among(directories: &[PathBuf], calls: &dyn Fn(&Path) -> Vec<PathBuf>) -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = directories.iter().map(|dir| lexical(dir)).collect();
    directories.sort();
    directories.dedup();
    let mut called: FxHashSet<PathBuf> = FxHashSet::default();
    for dir in &directories {
        called.extend(calls(dir));
    }
    let mut roots: Vec<PathBuf> =
        directories.iter().filter(|dir| is_example(dir) || !called.contains(*dir)).cloned().collect();
    // Modules that call each other in a circle have no root among them: the first one stands for them.
    if roots.is_empty() {
        roots.extend(directories.first().cloned());
    }
    roots
}

/// The other directories that a module calls through local sources.
#[must_use]
pub fn local_calls(modules: &Modules<'_>, dir: &Path) -> Vec<PathBuf> {
    let module = modules.get(dir);
    let sources = module.calls.iter().filter_map(|call| text_alone(&module, &call.body.attribute("source")?.expr));
    let local = sources.filter(|source| source.starts_with('.'));
    local.map(|source| lexical(&dir.join(source.replace('\\', "/")))).filter(|target| *target != dir).collect()
}

/// Below a folder that shows or tests modules.
fn is_example(dir: &Path) -> bool {
    dir.components().any(|part| matches!(part.as_os_str().to_str(), Some("examples" | "example" | "test" | "tests")))
}
