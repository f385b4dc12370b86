//! Entries of the configuration that nothing answers to: they are left over, or misspelt.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::choices::Choices;
use super::locate::Here;
use super::request::Request;
use super::suppress::covers_configuration;
use crate::config::Config;
use crate::resource::Problem;
use crate::source::Span;

/// What a run has seen.
pub struct Seen<'a> {
    pub request: &'a Request,
    pub config: &'a Config,
    pub here: &'a Here,
    pub choices: &'a Choices,
    /// The files of resources.
    pub places: &'a BTreeSet<PathBuf>,
    /// The configuration's excludes that left something out.
    pub excluded: &'a BTreeSet<String>,
}

/// Notes about excludes and overrides that fit no path, where the run looked at all that the configuration is about.
/// Files that the configuration extends are shared, and what one repository has no use for another one has.
#[must_use]
pub fn entries(seen: &Seen<'_>) -> Vec<Problem> {
    let config = seen.config;
    if !covers_configuration(seen.request, config, seen.here) {
        return Vec::new();
    }
    let own = |span: Span| Some(span.file) == config.file;
    let mut problems = Vec::new();
    let used = seen.choices.used(seen.places.iter().map(PathBuf::as_path));
    for (one, used) in config.overrides.iter().zip(used) {
        let at = one.paths.first().map_or(one.span, |(_, span)| *span);
        if !used && own(one.span) && !one.paths.is_empty() {
            problems.push(
                Problem::note(at, "no resource lies where this override holds")
                    .with_help("patterns count from the directory of the configuration"),
            );
        }
    }
    for (pattern, span) in &config.exclude {
        if own(*span) && !seen.excluded.contains(pattern) && !passed_over_anyway(pattern) {
            problems.push(
                Problem::note(*span, format!("`{pattern}` excludes nothing"))
                    .with_help("take it out; patterns count from the directory of the configuration"),
            );
        }
    }
    problems
}

/// Whether a pattern is about directories that are never looked at: hidden ones, and those of installed packages.
fn passed_over_anyway(pattern: &str) -> bool {
    Path::new(pattern).components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name.starts_with('.') || crate::source::SKIPPED.contains(&&*name)
    })
}
