//! From paths to evaluated projects with their models.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::across::Again;
use super::environments::Deployment;
use super::given::{self, Declared};
use super::locate::Here;
use super::progress::Phase;
use super::request::Request;
use crate::config::Config;
use crate::finding::triage::Glob;
use crate::model::{self, Model};
use crate::resource::{Problem, ProblemKind, Project};
use crate::source::{DiscoverOptions, FileKind, FileSystem, Found, FoundFile, Sources, discover, lexical};
use crate::syntax::{self, tree::Tree};
use crate::terraform::terragrunt::{self, Survey, Unit};
use crate::{cloudformation, terraform};

/// A project and the model that was built from it.
#[derive(Debug)]
pub struct Understood {
    pub project: Project,
    pub model: Model,
    /// Which of the run's deployments it was evaluated for.
    pub deployment: usize,
}

/// What came of all projects of a run, in the order of their paths and deployments.
#[derive(Debug)]
pub struct Understanding<T = Understood> {
    pub projects: Vec<T>,
    pub problems: Vec<Problem>,
    /// Files that hold infrastructure code, whether or not they have to do with DynamoDB.
    pub files: usize,
    /// The configuration's excludes that have left something out.
    pub excluded: BTreeSet<String>,
    /// The parameters and variables that values can be given to, where some are given.
    pub declared: Declared,
}

/// What became of a project, what is wrong in it, and what values can be given to.
pub(super) type Done<T> = (T, Vec<Problem>, Declared);

/// What becomes of the projects of a run.
pub struct Steps<'a, T> {
    /// What is kept of a project; whether it is the only one of the run.
    pub first: &'a (dyn Fn(Understood, bool) -> T + Sync),
    /// What is looked at again once all projects are known.
    pub again: Option<Again<'a, T>>,
}

/// One task for one deployment, and how many deployments of the task are still to come.
pub(super) type Job<'t> = (&'t Task, &'t AtomicUsize, usize);

/// Finds the infrastructure code below the request's paths, evaluates each template and root module for each
/// deployment, and builds the models. `steps` says what becomes of each project: what it does not keep is let go before
/// the run comes to the next one.
pub fn understand<T: Send>(
    request: &Request,
    config: &Config,
    deployments: &[Deployment],
    here: &Here,
    fs: &dyn FileSystem,
    sources: &Sources,
    steps: &Steps<'_, T>,
) -> Understanding<T> {
    let mut found = find(request, config, here, fs);
    let excluded = std::mem::take(&mut found.excluded);
    let mut understanding =
        Understanding { projects: Vec::new(), problems: Vec::new(), files: 0, excluded, declared: Declared::default() };
    for error in found.problems.drain(..) {
        understanding.problems.push(Problem::unreadable(&error.path, error.reason.to_string()));
    }
    let boundaries = Boundaries::new(request, here, fs);
    // Files of other kinds, and those that turn out to be no templates, are counted where that is known.
    let counts = |file: &&FoundFile| {
        file.kind.is_module_file() || file.kind == FileKind::Terragrunt || !file.explicit && is_template(file)
    };
    understanding.files = found.files.iter().filter(counts).count();
    let named: FxHashSet<PathBuf> =
        found.files.iter().filter(|file| file.explicit && is_template(file)).map(|file| file.path.clone()).collect();
    let mut tasks = templates(&mut found, fs, sources, &boundaries);
    let modules = terraform::Modules::new(fs, sources);
    // A plan says more of its directory's configuration than that does by itself.
    let planned: FxHashSet<PathBuf> = tasks.iter().filter_map(Task::planned).collect();
    let options = deployments.first().map(|deployment| deployment.terraform.clone()).unwrap_or_default();
    let (roots, problems) = roots(&found, &modules, sources, &boundaries, &options);
    understanding.problems.extend(problems);
    tasks.extend(roots.into_iter().filter(|root| !planned.contains(root.path())));
    let open: Vec<AtomicUsize> = tasks.iter().map(|_| AtomicUsize::new(deployments.len())).collect();
    let jobs: Vec<Job<'_>> = (tasks.iter().zip(&open))
        .flat_map(|(task, open)| (0..deployments.len()).map(move |index| (task, open, index)))
        .collect();
    request.progress.begin(Phase::Evaluating, jobs.len());
    let asks = deployments.iter().any(given::asks);
    let alone = tasks.len() < 2;
    let mut evaluated: Vec<Result<Option<Done<T>>, Problem>> = jobs
        .par_iter()
        .map(|(task, open, index)| {
            let deployment = &deployments[*index];
            let understood = guarded(task.path(), || {
                let project = task.evaluate(deployment, &modules, &boundaries)?;
                let model = model::build(&project);
                Some(Understood { project, model, deployment: *index })
            });
            request.progress.step();
            let declared = if asks { task.declared(&modules) } else { Declared::default() };
            if let Task::Root(directory) = task
                && open.fetch_sub(1, Ordering::Relaxed) == 1
            {
                modules.forget(directory);
            }
            understood.map(|understood| {
                understood.map(|mut understood| {
                    let problems = std::mem::take(&mut understood.project.problems);
                    ((steps.first)(understood, alone), problems, declared)
                })
            })
        })
        .collect();
    if let (Some(again), false) = (&steps.again, alone) {
        let evaluate = |task: &Task, at: usize| task.evaluate(deployments.get(at)?, &modules, &boundaries);
        again.look(&evaluate, &jobs, &mut evaluated);
    }
    let mut seen: FxHashSet<PathBuf> = FxHashSet::default();
    let mut missing: FxHashSet<String> = FxHashSet::default();
    for ((task, ..), result) in jobs.iter().zip(evaluated) {
        match result {
            Ok(Some((project, problems, declared))) => {
                understanding.declared.extend(declared);
                // A module that many roots want is named once.
                let is_missing = |problem: &Problem| problem.message.contains("is not installed");
                understanding
                    .problems
                    .extend(problems.into_iter().filter(|one| !is_missing(one) || missing.insert(one.message.clone())));
                if let Task::Template(tree) = task
                    && named.contains(&tree.file.path)
                    && seen.insert(tree.file.path.clone())
                {
                    understanding.files += 1;
                }
                understanding.projects.push(project);
            }
            Ok(None) => {}
            Err(problem) => understanding.problems.push(problem),
        }
    }
    drop(jobs);
    if request.is_last {
        std::mem::forget(tasks);
    }
    understanding
}

/// Whether the file is evaluated by itself, by its kind: it may be a template, or a plan of Terraform.
pub fn is_template(file: &FoundFile) -> bool {
    matches!(file.kind, FileKind::Yaml | FileKind::Json | FileKind::TerraformPlan)
}

/// Something to evaluate.
pub enum Task {
    Template(Arc<Tree>),
    Root(PathBuf),
    Unit(Unit),
}

impl Task {
    /// The names of what it can be given.
    pub fn declared(&self, modules: &terraform::Modules<'_>) -> Declared {
        let mut declared = Declared::default();
        match self {
            Self::Template(tree) => declared.of_template(tree),
            Self::Root(directory) => {
                declared.variables.extend(modules.get(directory).variable_names().map(str::to_owned));
            }
            Self::Unit(_) => declared.open = true,
        }
        declared
    }

    /// Evaluates it for a deployment; nothing where its file is no template after all, or deploys nothing.
    pub fn evaluate(
        &self,
        deployment: &Deployment,
        modules: &terraform::Modules<'_>,
        boundaries: &Boundaries,
    ) -> Option<Project> {
        let mut options = deployment.terraform.clone();
        match self {
            Self::Template(tree) => {
                let boundary = boundaries.of(&tree.file.path);
                let loader = cloudformation::Loader { fs: modules.fs, sources: modules.sources, root: Some(boundary) };
                cloudformation::evaluate(tree, &deployment.cloudformation, &loader).or_else(|| {
                    options.boundary = Some(boundary.to_owned());
                    terraform::plan::evaluate_plan(tree, modules, &options)
                })
            }
            Self::Root(directory) => {
                options.boundary = Some(boundaries.of(directory).to_owned());
                Some(terraform::evaluate(modules, directory, &options))
            }
            Self::Unit(unit) => {
                options.boundary = Some(boundaries.of(&unit.file).to_owned());
                terragrunt::evaluate_unit(modules, unit, &options)
            }
        }
    }

    /// The directory that a Terraform plan is of.
    fn planned(&self) -> Option<PathBuf> {
        match self {
            Self::Template(tree) if terraform::plan::is_plan(tree) => {
                Some(lexical(tree.file.path.parent().unwrap_or(Path::new(""))))
            }
            _ => None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Template(tree) => &tree.file.path,
            Self::Root(directory) => directory,
            Self::Unit(unit) => &unit.file,
        }
    }
}

/// Runs one part of the work. A panic in it is an internal error at its path, and the rest goes on.
pub fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Problem {
        kind: ProblemKind::Internal,
        span: None,
        path: Some(path.to_owned()),
        message: format!("dynalens failed here: {}", reason(&*panic)),
        help: Some("this is a fault of dynalens; please report it with the file".to_owned()),
    })
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason is known".to_owned())
}

/// The files that a request is about.
pub fn find(request: &Request, config: &Config, here: &Here, fs: &dyn FileSystem) -> Found {
    let stdin = request.stdin.as_ref().map(|(path, _)| path);
    let paths = request.paths.iter().chain(stdin).map(|path| {
        let shown = here.shown(path);
        if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.to_string_lossy().into_owned() }
    });
    let options = DiscoverOptions {
        paths: paths.collect(),
        exclude: config.exclude.iter().map(|(glob, _)| glob.clone()).collect(),
        base: here.shown(&config.directory),
    };
    let mut found = discover(fs, &options);
    if options.base.starts_with("..") {
        // The configuration lies above the working directory, where discovery does not see its paths.
        let (base, working) = (here.absolute(&config.directory), here.absolute(Path::new("")));
        let patterns = options.exclude.iter().flat_map(|pattern| {
            let pattern = pattern.trim_end_matches('/');
            let anywhere = (!pattern.contains('/')).then(|| format!("**/{pattern}"));
            [Some(pattern.to_owned()), Some(format!("{pattern}/**")), anywhere]
        });
        let globs: Vec<Glob> = patterns.flatten().filter_map(|glob| Glob::new(&glob, &base, &working).ok()).collect();
        // Only part of what the configuration is about is looked at, so nothing is said about what fits nothing.
        found.files.retain(|file| file.explicit || !globs.iter().any(|glob| glob.matches(&file.path)));
    }
    found
}

/// The templates that no other one leads to, parsed.
fn templates(found: &mut Found, fs: &dyn FileSystem, sources: &Sources, boundaries: &Boundaries) -> Vec<Task> {
    let candidates: Vec<(PathBuf, Box<str>, bool)> = found
        .files
        .iter_mut()
        .filter(|file| is_template(file))
        .filter_map(|file| Some((file.path.clone(), file.text.take()?, !file.relevance.is_empty() || file.explicit)))
        .collect();
    // Files get their ids in the order of their paths.
    let files: Vec<Arc<_>> = candidates
        .into_iter()
        .filter(|(_, _, matters)| *matters)
        .map(|(path, text, _)| sources.add(path, text))
        .collect();
    let parsed: Vec<(Arc<Tree>, Vec<PathBuf>)> = files
        .into_par_iter()
        .filter_map(|file| {
            let path = file.path.clone();
            guarded(&path, || {
                let tree = Arc::new(syntax::parse_data(file));
                let loader = cloudformation::Loader { fs, sources, root: Some(boundaries.of(&path)) };
                let children = cloudformation::children(&tree, &loader);
                (tree, children)
            })
            .ok()
        })
        .collect();
    let reached: BTreeSet<PathBuf> = parsed
        .iter()
        .flat_map(|(tree, children)| children.iter().filter(|child| **child != tree.file.path))
        .map(|path| lexical(path))
        .collect();
    parsed
        .into_iter()
        .filter(|(tree, _)| !reached.contains(&lexical(&tree.file.path)))
        .map(|(tree, _)| Task::Template(tree))
        .collect()
}

/// What is deployed by itself: the units of Terragrunt, and the root modules among the directories that hold Terraform
/// files. A module that a unit deploys is no root of its own.
fn roots(
    found: &Found,
    modules: &terraform::Modules<'_>,
    sources: &Sources,
    boundaries: &Boundaries,
    options: &terraform::Options,
) -> (Vec<Task>, Vec<Problem>) {
    let module_files: Vec<&FoundFile> = found.files.iter().filter(|file| file.kind.is_module_file()).collect();
    let directory = |file: &FoundFile| file.path.parent().map(Path::to_owned).unwrap_or_default();
    // A directory that mentions nothing of interest and calls no module has nothing to judge.
    let matters: BTreeSet<PathBuf> = module_files
        .iter()
        .filter(|file| file.explicit || !file.relevance.is_empty())
        .map(|file| directory(file))
        .collect();
    let is_unit = |file: &FoundFile| file.kind == FileKind::Terragrunt;
    for file in &found.files {
        if (is_unit(file) || file.kind.is_module_file() && matters.contains(&directory(file)))
            && let Some(text) = &file.text
        {
            sources.add(file.path.clone(), text.clone());
        }
    }
    let files: Vec<PathBuf> = found.files.iter().filter(|file| is_unit(file)).map(|file| file.path.clone()).collect();
    let (units, problems) = terragrunt::find_units(modules, &files, &|path| boundaries.of(path).to_owned());
    let surveys: Vec<Survey> = units
        .par_iter()
        .map(|unit| {
            let options =
                terraform::Options { boundary: Some(boundaries.of(&unit.file).to_owned()), ..options.clone() };
            guarded(&unit.file, || terragrunt::survey(modules, unit, &options)).unwrap_or_default()
        })
        .collect();
    let searched: FxHashSet<PathBuf> = module_files.iter().map(|file| directory(file)).collect();
    let mut deployed: FxHashSet<PathBuf> = FxHashSet::default();
    let mut tasks = Vec::new();
    for (unit, survey) in units.into_iter().zip(surveys) {
        if survey.module.is_some() {
            deployed.extend(unit.file.parent().map(lexical));
        }
        let module = survey.module.map(|module| lexical(&module));
        let idle = |module: &PathBuf| searched.contains(module) && !matters.contains(module);
        let skipped = !survey.matters && module.as_ref().is_some_and(idle);
        deployed.extend(module);
        if !skipped {
            tasks.push(Task::Unit(unit));
        }
    }
    let directories: Vec<PathBuf> = matters.into_iter().collect();
    let roots = terraform::find_roots(modules, &directories).into_iter();
    tasks.extend(roots.filter(|root| !deployed.contains(root)).map(Task::Root));
    (tasks, problems)
}

/// How far what is analysed reaches: files outside are not read.
pub struct Boundaries {
    /// Each path of the request with the directory that bounds what lies below it.
    list: Vec<(PathBuf, PathBuf)>,
    here: Here,
    /// For everything else: the repository of the working directory, or that directory.
    working: PathBuf,
}

impl Boundaries {
    #[must_use]
    pub fn new(request: &Request, here: &Here, fs: &dyn FileSystem) -> Self {
        let working = here.absolute(Path::new(""));
        let mut list = Vec::new();
        for path in &request.paths {
            let absolute = here.absolute(path);
            let directory =
                if fs.is_dir(path) { absolute.clone() } else { absolute.parent().unwrap_or(&absolute).to_owned() };
            let outer = if directory.starts_with(&working) { &working } else { &directory };
            let boundary = repository(fs, &directory).unwrap_or_else(|| outer.clone());
            list.push((directory, boundary));
        }
        let working = repository(fs, &working).unwrap_or(working);
        Self { list, here: here.clone(), working }
    }

    /// The directory that bounds what a template or module may lead to.
    #[must_use]
    pub fn of(&self, path: &Path) -> &Path {
        let absolute = self.here.absolute(path);
        let fitting = self.list.iter().filter(|(start, _)| absolute.starts_with(start));
        fitting.map(|(_, boundary)| boundary.as_path()).next().unwrap_or(&self.working)
    }
}

/// The repository that a directory lies in.
fn repository(fs: &dyn FileSystem, directory: &Path) -> Option<PathBuf> {
    let root = directory.ancestors().find(|above| {
        let git = above.join(".git");
        fs.is_dir(&git) || fs.is_file(&git)
    });
    root.map(Path::to_owned)
}
