//! Which projects there are: those of a whole folder, or those that the open documents belong to.
//!
//! Knows of each template what it leads to, and of each module directory what it calls, and reads a file again only when
//! it changes. Where only open documents count, the files around them are looked through for what leads to them: the
//! directories nearest to a document first, up to the folder's root, within bounds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::understand::{find, guarded, is_template};
use super::piece::{Key, Target, Workshop};
use super::reads::{Change, Reads, Recording};
use crate::finding::triage::Glob;
use crate::resource::Problem;
use crate::source::{FileKind, Marker, Relevance, SIZE_LIMIT, SKIPPED, Sources, decode, lexical};
use crate::terraform::terragrunt::{self, Survey, Unit};
use crate::{cloudformation, syntax, terraform};

/// How many directories and entries are looked at around the open documents.
const MOST_DIRECTORIES: usize = 600;
const MOST_ENTRIES: usize = 20_000;
/// How deep below each directory on the way up.
const MOST_LEVELS: usize = 5;
/// How far above a variable file its module may lie.
const ABOVE_VARIABLES: usize = 3;

/// What a template's file tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Facts {
    /// It may be a template, and mentions something of interest.
    matters: bool,
    is_plan: bool,
    /// The templates that are deployed with it.
    children: Vec<PathBuf>,
    /// All files that it leads to.
    leads: Vec<PathBuf>,
}

/// What the files of a module's directory tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ModuleFacts {
    /// They mention something of interest.
    matters: bool,
    /// The directories that it calls.
    calls: Vec<PathBuf>,
}

/// The units of Terragrunt, and what was read to know them.
#[derive(Debug, Default)]
struct Units {
    of: Vec<PathBuf>,
    reads: Reads,
    list: Vec<(Unit, Survey)>,
    problems: Vec<Problem>,
}

/// The files that are looked at.
#[derive(Debug, Default)]
struct Universe {
    open: BTreeSet<PathBuf>,
    whole: bool,
    templates: BTreeSet<PathBuf>,
    modules: BTreeSet<PathBuf>,
    units: Vec<PathBuf>,
    problems: Vec<Problem>,
    excluded: BTreeSet<String>,
}

/// What is known of a folder.
#[derive(Default)]
pub struct Around {
    universe: Option<Universe>,
    templates: BTreeMap<PathBuf, Facts>,
    modules: BTreeMap<PathBuf, ModuleFacts>,
    units: Option<Units>,
    targets: BTreeMap<Key, Target>,
    /// Files that may matter and that a search passes over: ignored ones.
    passed: BTreeSet<PathBuf>,
}

impl Around {
    /// What is wrong with what was looked through.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let universe = self.universe.iter().flat_map(|universe| universe.problems.iter().cloned());
        universe.chain(self.units.iter().flat_map(|units| units.problems.iter().cloned())).collect()
    }

    /// The excludes that have left something out.
    #[must_use]
    pub fn excluded(&self) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        self.universe.as_ref().map_or(&NONE, |universe| &universe.excluded)
    }

    /// How many files there are that hold infrastructure code.
    #[must_use]
    pub fn files(&self) -> usize {
        self.templates.values().filter(|facts| facts.matters).count() + self.modules.len()
    }

    /// The projects that are to be looked at.
    pub fn targets(
        &mut self,
        workshop: &Workshop<'_>,
        scope: &super::Scope,
        changes: &BTreeMap<PathBuf, Change>,
    ) -> BTreeMap<Key, Target> {
        let mut fresh = self.universe.is_none();
        for (path, change) in changes {
            fresh |= self.take(workshop, path, *change);
        }
        let search = Search { workshop, edited: false, excludes: excludes(workshop) };
        if self.universe.as_ref().is_none_or(|universe| universe.open != scope.open || universe.whole != scope.whole) {
            self.universe = Some(search.universe(scope));
            fresh = true;
        }
        let Some(universe) = &self.universe else { return BTreeMap::new() };
        let bears = |units: &Units| {
            units.of != universe.units || changes.iter().any(|(path, change)| units.reads.bears(path, *change))
        };
        if self.units.as_ref().is_none_or(bears) {
            self.units = Some(search.units(&universe.units));
            fresh = true;
        }
        if fresh {
            self.templates.retain(|path, _| universe.templates.contains(path));
            self.modules.retain(|path, _| universe.modules.contains(path));
            for path in &universe.templates {
                self.templates.entry(path.clone()).or_insert_with(|| search.facts(path));
            }
            for path in &universe.modules {
                self.modules.entry(path.clone()).or_insert_with(|| search.module(path));
            }
            self.targets = self.work_out(scope, &search);
        }
        self.targets.clone()
    }

    /// Takes a change over; whether something is different afterwards.
    fn take(&mut self, workshop: &Workshop<'_>, path: &Path, change: Change) -> bool {
        if is_hidden(path) {
            return false;
        }
        let Some(kind) = FileKind::of_name(path) else {
            // It may be a directory.
            self.universe = self.universe.take().filter(|_| change != Change::Existence);
            return self.universe.is_none();
        };
        let search = Search { workshop, edited: true, excludes: Vec::new() };
        if change == Change::Existence {
            // Locations lead elsewhere when files come and go.
            self.universe = None;
            self.templates.clear();
            self.modules.remove(path.parent().unwrap_or(Path::new("")));
            return true;
        }
        if kind.is_module_file() {
            let directory = path.parent().unwrap_or(Path::new(""));
            let Some(known) = self.modules.get_mut(directory) else { return false };
            let now = search.module(directory);
            let differs = *known != now;
            *known = now;
            return differs;
        }
        if !matches!(kind, FileKind::Yaml | FileKind::Json) {
            return false;
        }
        let now = search.facts(path);
        match self.templates.get_mut(path) {
            Some(known) => {
                let differs = *known != now;
                *known = now;
                differs
            }
            // A file that was no template is one now.
            None if now.matters && self.passed.insert(path.to_owned()) => {
                self.universe = None;
                true
            }
            None => false,
        }
    }

    /// The projects, as a run over the same files would find them; without `whole` those that the open documents
    /// belong to.
    fn work_out(&self, scope: &super::Scope, search: &Search<'_>) -> BTreeMap<Key, Target> {
        let Some(universe) = &self.universe else { return BTreeMap::new() };
        let mut found: Vec<Target> = Vec::new();
        let own = |path: &PathBuf, facts: &Facts| {
            let children = facts.children.iter().filter(move |child| *child != path);
            children.map(|child| lexical(child)).collect::<Vec<_>>()
        };
        let matters = || self.templates.iter().filter(|(_, facts)| facts.matters);
        let reached: BTreeSet<PathBuf> = matters().flat_map(|(path, facts)| own(path, facts)).collect();
        let templates = matters().filter(|(path, _)| !reached.contains(*path));
        found.extend(templates.map(|(path, _)| Target::Template(path.clone())));
        let planned: BTreeSet<PathBuf> = (self.templates.iter())
            .filter(|(path, facts)| facts.is_plan && facts.matters && !reached.contains(*path))
            .map(|(path, _)| lexical(path.parent().unwrap_or(Path::new(""))))
            .collect();
        let mattering: Vec<PathBuf> =
            self.modules.iter().filter(|(_, facts)| facts.matters).map(|(path, _)| path.clone()).collect();
        let mut deployed: BTreeSet<PathBuf> = BTreeSet::new();
        for (unit, survey) in self.units.iter().flat_map(|units| &units.list) {
            let module = survey.module.as_ref().map(|module| lexical(module));
            if module.is_some() {
                deployed.extend(unit.file.parent().map(lexical));
            }
            let idle = |module: &PathBuf| universe.modules.contains(module) && !mattering.contains(module);
            let skipped = !survey.matters && module.as_ref().is_some_and(idle);
            deployed.extend(module);
            if !skipped {
                found.push(Target::Unit(unit.clone()));
            }
        }
        let calls = |path: &Path| self.modules.get(path).map(|facts| facts.calls.clone()).unwrap_or_default();
        let roots = terraform::roots_among(&mattering, &calls).into_iter();
        found.extend(roots.filter(|root| !deployed.contains(root) && !planned.contains(root)).map(Target::Root));
        if !scope.whole {
            let wanted: Vec<&PathBuf> = scope.open.iter().filter(|path| !search.is_excluded(path)).collect();
            found.retain(|target| wanted.iter().any(|path| self.leads(target, path)));
        }
        found.into_iter().map(|target| (target.key(), target)).collect()
    }

    /// Whether a document takes part in a project.
    fn leads(&self, target: &Target, document: &Path) -> bool {
        let directory = document.parent().unwrap_or(Path::new(""));
        let name = document.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match target {
            Target::Template(path) => {
                if path == document {
                    return true;
                }
                // What the deployment tools read beside a template.
                let beside =
                    ["samconfig.toml", "samconfig.yaml", "samconfig.yml", "manifest.json", "tree.json", "cdk.json"];
                beside.contains(&name) && path.parent() == Some(directory)
                    || reaches(path, document, &|path| {
                        self.templates.get(path).map(|facts| facts.leads.clone()).unwrap_or_default()
                    })
            }
            Target::Root(root) => self.root_leads(root, document),
            Target::Unit(unit) => {
                let of_unit = FileKind::of_name(document);
                let module = self.units.iter().flat_map(|units| &units.list).find(|(one, _)| one.file == unit.file);
                unit.file == document
                    || of_unit == Some(FileKind::Terragrunt) && unit.dir.starts_with(directory)
                    // A part may be included from anywhere below it.
                    || of_unit == Some(FileKind::TerragruntPart) && unit.file.starts_with(directory)
                    || module.and_then(|(_, survey)| survey.module.as_ref()).is_some_and(|module| self.root_leads(module, document))
                    || unit.file.parent() == Some(directory)
            }
        }
    }

    fn root_leads(&self, root: &Path, document: &Path) -> bool {
        let directory = document.parent().unwrap_or(Path::new(""));
        let calls = |path: &Path| self.modules.get(path).map(|facts| facts.calls.clone()).unwrap_or_default();
        match FileKind::of_name(document) {
            Some(FileKind::Variables) => {
                let above = directory.ancestors().take(ABOVE_VARIABLES).find(|above| self.modules.contains_key(*above));
                above.is_some_and(|above| root == above)
            }
            Some(kind) if kind.is_module_file() => root == directory || reaches(root, directory, &calls),
            // A plan is of its directory; templates that a module reads lie in it.
            _ => root == directory,
        }
    }
}

/// Whether a way leads from one path to another.
fn reaches(from: &Path, to: &Path, next: &dyn Fn(&Path) -> Vec<PathBuf>) -> bool {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at.clone()) {
            open.extend(next(&at).iter().map(|path| lexical(path)));
        }
    }
    false
}

/// The configuration's excludes.
fn excludes(workshop: &Workshop<'_>) -> Vec<Glob> {
    let config = &workshop.prepared.config;
    let (base, working) = (workshop.here.absolute(&config.directory), workshop.here.absolute(Path::new("")));
    let patterns = config.exclude.iter().flat_map(|(pattern, _)| {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
        let anywhere = (!pattern.contains('/')).then(|| [format!("**/{pattern}"), format!("**/{pattern}/**")]);
        [pattern.to_owned(), format!("{pattern}/**")].into_iter().chain(anywhere.into_iter().flatten())
    });
    patterns.filter_map(|glob| Glob::new(&glob, &base, &working).ok()).collect()
}

/// Whether a path lies where nobody looks: hidden directories, and those of installed packages.
fn is_hidden(path: &Path) -> bool {
    let mut names = path.components().filter_map(|part| part.as_os_str().to_str()).peekable();
    while let Some(name) = names.next() {
        let last = names.peek().is_none();
        if name.starts_with('.') && name != ".." && name != ".github" || !last && SKIPPED.contains(&name) {
            return true;
        }
    }
    false
}

struct Search<'a> {
    workshop: &'a Workshop<'a>,
    /// It is about files that were edited just now.
    edited: bool,
    excludes: Vec<Glob>,
}

impl Search<'_> {
    fn is_excluded(&self, path: &Path) -> bool {
        self.excludes.iter().any(|glob| glob.matches(path))
    }

    fn universe(&self, scope: &super::Scope) -> Universe {
        let mut universe = Universe { open: scope.open.clone(), whole: scope.whole, ..Universe::default() };
        if scope.whole {
            let workshop = self.workshop;
            let found = find(workshop.request, &workshop.prepared.config, workshop.here, workshop.fs);
            universe.excluded = found.excluded;
            universe.problems =
                found.problems.iter().map(|error| Problem::unreadable(&error.path, error.reason.to_string())).collect();
            for file in found.files {
                if is_template(&file) {
                    universe.templates.insert(file.path);
                } else if file.kind.is_module_file() {
                    universe.modules.insert(file.path.parent().map(Path::to_owned).unwrap_or_default());
                } else if file.kind == FileKind::Terragrunt {
                    universe.units.push(file.path);
                }
            }
        }
        for path in &scope.open {
            if self.is_excluded(path) {
                continue;
            }
            let directory = path.parent().unwrap_or(Path::new(""));
            match FileKind::of_name(path) {
                Some(FileKind::Yaml | FileKind::Json) => {
                    universe.templates.insert(path.clone());
                }
                Some(kind) if kind.is_module_file() => {
                    universe.modules.insert(directory.to_owned());
                }
                Some(FileKind::Terragrunt) if !universe.units.contains(path) => universe.units.push(path.clone()),
                _ => {}
            }
        }
        if !scope.whole {
            let starts: BTreeSet<&Path> =
                scope.open.iter().map(|path| path.parent().unwrap_or(Path::new(""))).collect();
            self.climb(&starts, &mut universe);
        }
        universe.units.sort();
        universe.units.dedup();
        universe
    }

    /// Looks through the directories around some others, the nearest first.
    fn climb(&self, starts: &BTreeSet<&Path>, universe: &mut Universe) {
        let (mut directories, mut entries) = (MOST_DIRECTORIES, MOST_ENTRIES);
        let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
        let mut levels: Vec<(usize, &Path)> = (starts.iter())
            .flat_map(|start| start.ancestors().enumerate().filter(|(_, above)| !above.starts_with("..")))
            .collect();
        levels.sort();
        levels.dedup_by_key(|(_, path)| *path);
        for (_, top) in levels {
            let mut open: VecDeque<(PathBuf, usize)> = VecDeque::from([(top.to_owned(), 0)]);
            while let Some((directory, depth)) = open.pop_front() {
                if directories == 0 || entries == 0 {
                    return;
                }
                if !seen.insert(directory.clone()) {
                    // What lies below it was looked at from a directory that is nearer.
                    continue;
                }
                directories -= 1;
                let listed = if directory.as_os_str().is_empty() { Path::new(".") } else { &directory };
                for entry in self.workshop.fs.list(listed) {
                    entries = entries.saturating_sub(1);
                    let path = directory.join(&entry.name);
                    if entry.name.starts_with('.') && entry.name != ".github" || self.is_excluded(&path) {
                        continue;
                    }
                    if entry.is_dir {
                        if depth < MOST_LEVELS && !SKIPPED.contains(&entry.name.as_str()) {
                            open.push_back((path, depth + 1));
                        }
                        continue;
                    }
                    match FileKind::of_name(&path) {
                        Some(FileKind::Yaml | FileKind::Json) => {
                            universe.templates.insert(path);
                        }
                        Some(kind) if kind.is_module_file() => {
                            universe.modules.insert(directory.clone());
                        }
                        Some(FileKind::Terragrunt) => universe.units.push(path),
                        _ => {}
                    }
                }
            }
        }
    }

    fn text(&self, path: &Path) -> Option<String> {
        let mut bytes = Vec::new();
        self.workshop.fs.read_into(path, SIZE_LIMIT, &mut bytes).ok()?;
        decode(&bytes).ok()?;
        String::from_utf8(bytes).ok()
    }

    fn facts(&self, path: &Path) -> Facts {
        let Some(text) = self.text(path) else { return Facts::default() };
        let kind = FileKind::of(path, text.as_bytes());
        let relevance = Relevance::of(text.as_bytes());
        if !matches!(kind, FileKind::Yaml | FileKind::Json | FileKind::TerraformPlan) {
            return Facts::default();
        }
        let mut facts = Facts {
            matters: kind.is_candidate(text.as_bytes()) && !relevance.is_empty(),
            is_plan: kind == FileKind::TerraformPlan,
            ..Facts::default()
        };
        let leads = relevance.has(Marker::Nested)
            || text.contains("AWS::Serverless::StateMachine")
            || text.contains("AWS::StepFunctions::");
        if facts.matters && !facts.is_plan && leads {
            let sources = Sources::new();
            let root = self.workshop.boundaries.of(path);
            let loader = cloudformation::Loader { fs: self.workshop.fs, sources: &sources, root: Some(root) };
            // What is edited is evaluated next.
            let edited = self.edited.then(|| self.workshop.sources.load(self.workshop.fs, path).ok()).flatten();
            let tree = match edited {
                Some(file) => self.workshop.parsed.tree(file),
                None => Arc::new(syntax::parse_data(sources.add(path, text))),
            };
            let found =
                guarded(path, || (cloudformation::children(&tree, &loader), cloudformation::leads(&tree, &loader)));
            (facts.children, facts.leads) = found.unwrap_or_default();
        }
        facts
    }

    fn module(&self, directory: &Path) -> ModuleFacts {
        let fs = self.workshop.fs;
        let names = terraform::configuration_files(fs, directory);
        let texts = names.iter().filter_map(|name| self.text(&directory.join(name)));
        let relevance = texts.fold(Relevance::default(), |sum, text| sum.or(Relevance::of(text.as_bytes())));
        let mut facts = ModuleFacts { matters: !relevance.is_empty(), calls: Vec::new() };
        if relevance.has(Marker::Nested) {
            let sources = Sources::new();
            let calls =
                guarded(directory, || terraform::local_calls(&terraform::Modules::new(fs, &sources), directory));
            facts.calls = calls.unwrap_or_default();
        }
        facts
    }

    fn units(&self, files: &[PathBuf]) -> Units {
        let mut units = Units { of: files.to_vec(), ..Units::default() };
        if files.is_empty() {
            return units;
        }
        let fs = Recording::over(self.workshop.fs, self.workshop.here);
        let sources = Sources::new().view();
        let modules = terraform::Modules::new(&fs, &sources);
        let boundaries = self.workshop.boundaries;
        let options = self.workshop.prepared.deployments.first();
        let options = options.map(|deployment| deployment.terraform.clone()).unwrap_or_default();
        let found =
            guarded(Path::new(""), || terragrunt::find_units(&modules, files, &|path| boundaries.of(path).to_owned()));
        let list = match found {
            Ok((list, problems)) => {
                units.problems = problems;
                list
            }
            Err(problem) => {
                units.problems.push(problem);
                Vec::new()
            }
        };
        for unit in list {
            let options =
                terraform::Options { boundary: Some(boundaries.of(&unit.file).to_owned()), ..options.clone() };
            let survey = guarded(&unit.file, || terragrunt::survey(&modules, &unit, &options)).unwrap_or_default();
            units.list.push((unit, survey));
        }
        for file in sources.asked() {
            units.reads.add(self.workshop.here.shown(&file.path));
        }
        drop(modules);
        let asked = fs.into_reads();
        units.reads.extend(asked);
        units
    }
}
