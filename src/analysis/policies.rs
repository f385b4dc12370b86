//! Which policies take part, and how.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::locate::Here;
use super::request::{Request, UsageError};
use crate::config::{Config, decide};
use crate::finding::suggest::did_you_mean;
use crate::finding::triage::{Names, UNUSED_SUPPRESSION};
use crate::policy::engine::{PolicySettings, Settings};
use crate::policy::page::PILLARS;
use crate::policy::{Pack, Policy, Severity};
use crate::resource::Problem;
use crate::source::{FileSystem, Sources};
use crate::value::{Text, Value};

/// How deep folders of policies are looked through, and how many pages are taken from one.
const MAX_DEPTH: usize = 8;
const MAX_PAGES: usize = 2_000;

/// The built-in policies and those of the given folders, with what is wrong with the latter.
///
/// # Errors
/// A folder that is not there.
pub fn load_policies(
    folders: &[PathBuf],
    fs: &dyn FileSystem,
    sources: &Sources,
) -> Result<(Pack, Vec<Problem>), UsageError> {
    let mut pack = Pack::built_in();
    let mut problems = Vec::new();
    for folder in folders {
        if !fs.is_dir(folder) {
            let help = "name a directory that holds policies as Markdown pages".to_owned();
            return Err(UsageError::new(format!("there is no directory `{}`", folder.display()), Some(help)));
        }
        problems.extend(add_folder(&mut pack, folder, fs, sources));
    }
    Ok((pack, problems))
}

/// Adds the pages of a folder; returns what is wrong with them.
pub fn add_folder(pack: &mut Pack, folder: &Path, fs: &dyn FileSystem, sources: &Sources) -> Vec<Problem> {
    let mut paths = Vec::new();
    pages(fs, folder, 0, &mut paths);
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for path in paths {
        match sources.load(fs, &path) {
            Ok(file) => files.push(file),
            Err(error) => problems.push(Problem::unreadable(&error.path, error.reason.to_string())),
        }
    }
    let files: Vec<Arc<_>> = files;
    problems.extend(pack.load(&files).into_iter().map(|mistake| {
        let problem = Problem::error(mistake.span, mistake.message);
        match mistake.help {
            Some(help) => problem.with_help(help),
            None => problem,
        }
    }));
    problems
}

fn pages(fs: &dyn FileSystem, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    for entry in fs.list(folder) {
        let path = folder.join(&entry.name);
        if entry.is_dir {
            if depth < MAX_DEPTH && !entry.name.starts_with('.') {
                pages(fs, &path, depth + 1, found);
            }
        } else if path.extension().is_some_and(|end| end == "md")
            && entry.name != "README.md"
            && found.len() < MAX_PAGES
        {
            found.push(path);
        }
    }
}

/// All policies that a name, an alias in any spelling, or a pillar stands for.
#[must_use]
pub fn find_policies<'p>(pack: &'p Pack, name: &str) -> Vec<&'p Policy> {
    let found = pack.find(name);
    if !found.is_empty() {
        return found;
    }
    let names = Names::of(pack);
    names.resolve(name).iter().filter_map(|name| pack.get(name)).collect()
}

/// The policies that take part in a run.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What the engine goes by; what belongs to a deployment is added for each.
    pub settings: Settings,
    /// Whether suppressions that suppress nothing are reported, and how severe that is.
    pub unused_suppressions: Option<Severity>,
}

impl Choice {
    /// Whether a policy takes part.
    #[must_use]
    pub fn is_on(&self, pack: &Pack, name: &str) -> bool {
        if name == UNUSED_SUPPRESSION {
            return self.unused_suppressions.is_some();
        }
        pack.get(name).is_some_and(|policy| self.settings.is_on(policy))
    }

    /// The names of the policies that take part.
    #[must_use]
    pub fn names(&self, pack: &Pack) -> BTreeSet<String> {
        let own = pack.iter().map(|policy| policy.name.to_string()).chain([UNUSED_SUPPRESSION.to_owned()]);
        own.filter(|name| self.is_on(pack, name)).collect()
    }

    /// How many policies take part.
    #[must_use]
    pub fn count(&self, pack: &Pack) -> usize {
        pack.iter().filter(|policy| self.settings.is_on(policy)).count()
    }
}

/// Decides which policies take part. `--select` decides alone; otherwise the profile does, unless the configuration
/// switches a policy on or off or sets the option that it waits for; `--ignore` takes away.
///
/// # Errors
/// A name in `--select` or `--ignore` that no policy has.
pub fn choose(request: &Request, config: &Config, pack: &Pack) -> Result<(Choice, Vec<Problem>), UsageError> {
    let (decisions, problems) = decide(config, pack);
    let select = resolve(&request.select, "--select", pack)?;
    let ignore = resolve(&request.ignore, "--ignore", pack)?;
    let profile = request.profile.or(config.profile).unwrap_or_default();
    let of = |name: &str| decisions.iter().filter(|decision| decision.policy == name).collect::<Vec<_>>();
    let takes_part = |name: &str, by_profile: bool| {
        if ignore.iter().any(|one| one == name) {
            return false;
        }
        if !request.select.is_empty() {
            return select.iter().any(|one| one == name);
        }
        of(name).iter().rev().find_map(|decision| decision.enabled).unwrap_or(by_profile)
    };
    let mut choice = Choice::default();
    choice.settings.profile = profile;
    choice.settings.closed_world = request.closed_world;
    for policy in pack.iter() {
        let decisions = of(&policy.name);
        let options: Vec<(Text, Value)> =
            decisions.iter().flat_map(|decision| decision.options.iter().rev().cloned()).collect();
        // A policy that waits for an option is switched on by it in every profile: the engine sees to that.
        let enabled = takes_part(&policy.name, policy.profile <= profile || policy.needs_option.is_some());
        let severity = decisions.iter().rev().find_map(|decision| decision.severity);
        let settings = PolicySettings { enabled: Some(enabled), severity, options };
        choice.settings.policies.insert(policy.name.to_string(), settings);
    }
    if takes_part(UNUSED_SUPPRESSION, true) {
        let severity = of(UNUSED_SUPPRESSION).iter().rev().find_map(|decision| decision.severity);
        choice.unused_suppressions = Some(severity.unwrap_or(Severity::Low));
    }
    Ok((choice, problems))
}

/// The policies that names on the command line stand for.
fn resolve(typed: &[String], option: &str, pack: &Pack) -> Result<Vec<String>, UsageError> {
    let mut found = Vec::new();
    for name in typed.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if name == UNUSED_SUPPRESSION {
            found.push(name.to_owned());
            continue;
        }
        if PILLARS.contains(&name) {
            found.extend(pack.iter().filter(|policy| policy.pillar == name).map(|policy| policy.name.to_string()));
            continue;
        }
        let policies = find_policies(pack, name);
        if policies.is_empty() {
            let help = pack
                .suggest(name)
                .map(|near| format!("did you mean `{near}`?"))
                .or_else(|| did_you_mean(name, PILLARS.iter().copied()))
                .unwrap_or_else(|| "`dynalens policies` lists them".to_owned());
            return Err(UsageError::new(format!("{option}: there is no policy `{name}`"), Some(help)));
        }
        found.extend(policies.iter().map(|policy| policy.name.to_string()));
    }
    Ok(found)
}

/// The configuration's folders of policies, added to a pack.
pub fn add_configured(
    pack: &mut Pack,
    config: &Config,
    here: &Here,
    fs: &dyn FileSystem,
    sources: &Sources,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (folder, span) in &config.policy_folders {
        if fs.is_dir(folder) {
            problems.extend(add_folder(pack, &here.shown(folder), fs, sources));
        } else {
            problems.push(
                Problem::error(*span, format!("there is no directory `{}`", folder.display()))
                    .with_help("paths are relative to the configuration's directory"),
            );
        }
    }
    problems
}
