//! What a configuration comes to for a path, and where each setting comes from.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::prepare::{self, Prepared};
use super::request::{Request, UsageError};
use crate::config::{Config, OptionValue};
use crate::finding::triage::Glob;
use crate::resource::Problem;
use crate::source::{FileSystem, Sources, Span};

/// One setting that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// `profile`, `environments.prod.var-files`.
    pub key: String,
    pub value: String,
    /// Where it is written; `None` where nobody wrote it.
    pub place: Option<Span>,
}

/// What holds for one policy that somebody has decided something about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyShown {
    pub name: String,
    pub on: bool,
    pub severity: &'static str,
    /// The options that are set, as they are written.
    pub options: Vec<(String, String)>,
    /// Where it is decided, in the order in which it is: the last place wins.
    pub places: Vec<Span>,
}

/// Everything that holds for a path.
#[derive(Debug)]
pub struct Shown {
    pub sources: Arc<Sources>,
    pub path: Option<PathBuf>,
    pub settings: Vec<Setting>,
    pub policies: Vec<PolicyShown>,
    /// How many policies take part.
    pub count: usize,
    pub problems: Vec<Problem>,
}

/// Works out what holds for a path.
///
/// # Errors
/// A request that can't be met as it is.
pub fn shown(request: &Request, fs: &dyn FileSystem) -> Result<Shown, UsageError> {
    let sources = Arc::new(Sources::new());
    let Prepared { here, config, pack, choices, problems, .. } = prepare::prepare(request, fs, fs, &sources)?;
    let path = request.paths.first().map(|path| here.shown(path));
    let overrides: Vec<usize> = path.as_deref().map(|path| choices.overrides_of(path)).unwrap_or_default();
    choices.prepare(path.as_deref(), request, &config, &pack);
    let choice = path.as_deref().map_or_else(|| Arc::clone(&choices.base), |path| choices.of(path));
    let layers: Vec<_> = overrides.iter().filter_map(|index| config.overrides.get(*index)).collect();
    let config = config.with(&layers);
    let mut settings = Vec::new();
    for (index, file) in config.files.iter().enumerate() {
        let place = sources.get(*file).map(|file| Span::new(file.id, 0, 0));
        let key = if index == 0 { "configuration" } else { "extends" };
        let name = sources.get(*file).map(|file| file.path_text()).unwrap_or_default();
        settings.push(Setting { key: key.to_owned(), value: name, place });
    }
    general(&config, request, &mut settings);
    for one in &layers {
        let globs: Vec<&str> = one.paths.iter().map(|(glob, _)| glob.as_str()).collect();
        let value = format!("holds for {}", globs.join(", "));
        settings.push(Setting { key: "overrides".to_owned(), value, place: Some(one.span) });
    }
    environments(&config, &mut settings, &|path| here.shown(path));
    for (folder, span) in &config.policy_folders {
        let value = here.shown(folder).to_string_lossy().replace('\\', "/");
        settings.push(Setting { key: "policy-folders".to_owned(), value, place: Some(*span) });
    }
    let base = here.absolute(&config.directory);
    let working = here.absolute(Path::new(""));
    for one in &config.suppressions {
        let fits = match (&one.path, &path) {
            (Some(glob), Some(path)) => Glob::new(glob, &base, &working).is_ok_and(|glob| glob.matches(path)),
            _ => true,
        };
        if fits {
            let names: Vec<&str> = one.policies.iter().map(|(name, _)| name.as_str()).collect();
            let mut value = names.join(", ");
            for (word, text) in [(" of ", one.address.as_ref()), (" in ", one.path.as_ref())] {
                if let Some(text) = text {
                    value.push_str(word);
                    value.push_str(text);
                }
            }
            if let Some(until) = one.until {
                let _ = write!(value, " until {until}");
            }
            value.push_str(": ");
            value.push_str(&one.reason);
            settings.push(Setting { key: "suppressions".to_owned(), value, place: Some(one.span) });
        }
    }
    let policies = policies(&config, &pack, &choice);
    let count = choice.count(&pack);
    Ok(Shown { sources, path, settings, policies, count, problems })
}

fn policies(config: &Config, pack: &crate::policy::Pack, choice: &super::policies::Choice) -> Vec<PolicyShown> {
    let mut shown: Vec<PolicyShown> = Vec::new();
    for settings in &config.policies {
        for page in pack.find(&settings.name) {
            let options = settings.options.iter().map(|option| (option.name.clone(), written(&option.value)));
            let known = match shown.iter().position(|one| one.name == *page.name) {
                Some(index) => index,
                None => {
                    shown.push(PolicyShown {
                        name: page.name.to_string(),
                        on: choice.is_on(pack, &page.name),
                        severity: choice.settings.severity(page).name(),
                        options: Vec::new(),
                        places: Vec::new(),
                    });
                    shown.len() - 1
                }
            };
            let Some(one) = shown.get_mut(known) else { continue };
            one.places.push(settings.span);
            for (name, value) in options {
                one.options.retain(|(known, _)| *known != name);
                one.options.push((name, value));
            }
        }
    }
    shown.sort_by(|a, b| a.name.cmp(&b.name));
    shown
}

fn general(config: &Config, request: &Request, settings: &mut Vec<Setting>) {
    let mut add = |key: &str, value: Option<String>, place: Option<Span>| {
        if let Some(value) = value {
            settings.push(Setting { key: key.to_owned(), value, place });
        }
    };
    let profile = request.profile.or(config.profile).unwrap_or_default();
    add("profile", Some(profile.to_string()), config.place("profile").filter(|_| request.profile.is_none()));
    add("region", config.region.clone(), config.place("region"));
    add("account", config.account.clone(), config.place("account"));
    let names = |list: &[(String, Span)]| {
        let names: Vec<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let first = |list: &[(String, Span)]| list.first().map(|(_, span)| *span);
    add("select", names(&config.select), first(&config.select));
    for one in &config.ignore {
        add("ignore", Some(one.0.clone()), Some(one.1));
    }
    for one in &config.exclude {
        add("exclude", Some(one.0.clone()), Some(one.1));
    }
    let baseline = config.baseline.as_ref();
    add(
        "baseline",
        baseline.and_then(|(path, _)| path.file_name()).map(|name| name.to_string_lossy().into_owned()),
        baseline.map(|(_, span)| *span),
    );
    let lists = &config.non_production;
    let place = config.place("non-production");
    add("non-production.words", lists.words.as_ref().map(|words| words.join(", ")), place);
    add("non-production.tags", lists.tags.as_ref().map(|tags| tags.join(", ")), place);
}

fn environments(config: &Config, settings: &mut Vec<Setting>, shown: &dyn Fn(&Path) -> PathBuf) {
    for environment in &config.environments {
        let mut add = |key: &str, value: String, place: Span| {
            settings.push(Setting {
                key: format!("environments.{}{key}", environment.name),
                value,
                place: Some(place),
            });
        };
        let production = match environment.production {
            Some(true) => "production",
            Some(false) => "not production",
            None => "production unless its name says otherwise",
        };
        add("", production.to_owned(), environment.span);
        for (key, value) in [
            (".region", &environment.region),
            (".account", &environment.account),
            (".workspace", &environment.workspace),
        ] {
            if let Some(value) = value {
                add(key, value.clone(), environment.span);
            }
        }
        for (key, files) in [(".var-files", &environment.var_files), (".parameter-files", &environment.parameter_files)]
        {
            for (path, span) in files {
                add(key, shown(path).to_string_lossy().replace('\\', "/"), *span);
            }
        }
        for (name, value, span) in &environment.parameters {
            add(&format!(".parameters.{name}"), value.clone(), *span);
        }
        for (name, value, span) in &environment.variables {
            add(&format!(".variables.{name}"), value.clone(), *span);
        }
    }
}

/// A value in the notation of flow YAML.
fn written(value: &OptionValue) -> String {
    match value {
        OptionValue::Bool(value) => value.to_string(),
        OptionValue::Integer(value) => value.to_string(),
        OptionValue::Float(value) => value.to_string(),
        OptionValue::String(value) => value.clone(),
        OptionValue::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        OptionValue::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}: {}", written(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}
