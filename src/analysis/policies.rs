//! Which policies take part, and how.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::locate::Here;
use super::request::{Request, UsageError};
use crate::config::{Config, Outside, decide};
use crate::finding::suggest::did_you_mean;
use crate::finding::triage::{Names, UNUSED_SUPPRESSION};
use crate::policy::engine::{PolicySettings, Settings};
use crate::policy::page::PILLARS;
use crate::policy::{Pack, Policy, Severity};
use crate::resource::Problem;
use crate::source::{FileSystem, Sources, Span};
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

/// The paths of the pages in a folder, in order.
pub(super) fn pages(fs: &dyn FileSystem, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
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

/// All policies that a name or an alias in any spelling stands for.
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

/// Decides which policies take part. `--select` decides alone; otherwise a policy that the configuration switches on or
/// off by its name is that; otherwise the configuration's `select` decides, or the profile, and its `ignore` takes
/// away. `--ignore` always takes away.
///
/// # Errors
/// A name in `--select` or `--ignore` that no policy has.
pub fn choose(request: &Request, config: &Config, pack: &Pack) -> Result<(Choice, Vec<Problem>), UsageError> {
    let (decisions, mut problems) = decide(config, pack);
    let of = |name: &str| decisions.iter().filter(|decision| decision.policy == name).collect::<Vec<_>>();
    let severity = |policy: &Policy| {
        of(&policy.name).iter().rev().find_map(|decision| decision.severity).unwrap_or(policy.severity)
    };
    let typed = |typed: &[String], option: &str| -> Result<BTreeSet<String>, UsageError> {
        let mut found = BTreeSet::new();
        for name in typed.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            let named = named(name, pack, &severity);
            found.extend(named.ok_or_else(|| {
                UsageError::new(format!("{option}: there is no policy `{name}`"), Some(meant(name, pack)))
            })?);
        }
        Ok(found)
    };
    let mut configured = |names: &[(String, Span)]| {
        let mut found = BTreeSet::new();
        for (name, span) in names {
            match named(name.trim(), pack, &severity) {
                Some(policies) => found.extend(policies),
                None => problems
                    .push(Problem::error(*span, format!("there is no policy `{name}`")).with_help(meant(name, pack))),
            }
        }
        found
    };
    let (selected, ignored) = (configured(&config.select), configured(&config.ignore));
    let (select, ignore) = (typed(&request.select, "--select")?, typed(&request.ignore, "--ignore")?);
    let profile = request.profile.or(config.profile).unwrap_or_default();
    let takes_part = |name: &str, by_profile: bool| {
        if ignore.contains(name) {
            return false;
        }
        if !request.select.is_empty() {
            return select.contains(name);
        }
        let by_lists = if config.select.is_empty() { by_profile } else { selected.contains(name) };
        let by_name = of(name).iter().rev().find_map(|decision| decision.enabled);
        by_name.unwrap_or(by_lists && !ignored.contains(name))
    };
    let mut choice = Choice::default();
    choice.settings.profile = profile;
    choice.settings.closed_world = request.closed_world;
    for policy in pack.iter() {
        let decisions = of(&policy.name);
        // What is decided last comes first: the engine takes the first value of an option.
        let options: Vec<(Text, Value)> =
            decisions.iter().rev().flat_map(|decision| decision.options.iter().rev().cloned()).collect();
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

/// The policies that a name, an alias, a pillar or a severity stands for; `None` for what is none of these.
fn named(name: &str, pack: &Pack, severity: &dyn Fn(&Policy) -> Severity) -> Option<Vec<String>> {
    let all = |wanted: &dyn Fn(&Policy) -> bool| {
        pack.iter().filter(|policy| wanted(policy)).map(|policy| policy.name.to_string()).collect()
    };
    if name == UNUSED_SUPPRESSION {
        return Some(vec![name.to_owned()]);
    }
    if PILLARS.contains(&name) {
        return Some(all(&|policy| policy.pillar == name));
    }
    if let Some(wanted) = Severity::from_name(name) {
        return Some(all(&|policy| severity(policy) == wanted));
    }
    let found = find_policies(pack, name);
    (!found.is_empty()).then(|| found.iter().map(|policy| policy.name.to_string()).collect())
}

/// What to do about a name that no policy has.
fn meant(name: &str, pack: &Pack) -> String {
    let scales = PILLARS.iter().copied().chain(Severity::ALL.iter().map(|severity| severity.name()));
    pack.suggest(name)
        .map(|near| format!("did you mean `{near}`?"))
        .or_else(|| did_you_mean(name, scales))
        .unwrap_or_else(|| "`dynalens policies` lists them".to_owned())
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
    let outside = Outside::of(fs, &config.directory);
    for (folder, span) in &config.policy_folders {
        if fs.is_dir(folder) && outside.holds(fs, folder) {
            problems.push(
                Problem::error(*span, format!("`{}` lies outside of the repository", folder.display()))
                    .with_help("pass it as `--policies`"),
            );
        } else if fs.is_dir(folder) {
            let before = pack.len();
            let wrong = add_folder(pack, &here.shown(folder), fs, sources);
            if wrong.is_empty() && pack.len() == before {
                let said = format!("there are no policies in `{}`", here.shown(folder).display());
                problems.push(Problem::note(*span, said).with_help("policies are Markdown pages"));
            }
            problems.extend(wrong);
        } else {
            problems.push(
                Problem::error(*span, format!("there is no directory `{}`", folder.display()))
                    .with_help("paths are relative to the configuration's directory"),
            );
        }
    }
    problems
}
