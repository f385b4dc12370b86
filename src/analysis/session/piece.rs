//! One project of a session with what came of it: evaluated and judged, and kept while nothing that it has read changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::given::{self, Declared};
use super::super::judge::{Judge, JudgedProject, Known};
use super::super::locate::Here;
use super::super::prepare::Prepared;
use super::super::request::Request;
use super::super::understand::{Boundaries, Task, Understood, guarded};
use super::parsed::Parsed;
use super::reads::{Reads, Recording};
use crate::cloudformation;
use crate::model;
use crate::model::neighbours::Neighbours;
use crate::resource::Problem;
use crate::source::{FileId, FileSystem, Sources};
use crate::terraform::Modules;
use crate::terraform::terragrunt::Unit;

/// What is deployed by itself: what a project is made of.
#[derive(Clone, Debug)]
pub enum Target {
    /// A template's file, or that of a plan.
    Template(PathBuf),
    /// A root module's directory.
    Root(PathBuf),
    Unit(Unit),
}

/// A target's name: its kind, its file or directory, and where a stack makes it, that place.
pub type Key = (u8, PathBuf, PathBuf);

impl Piece {
    /// What came of it among the others.
    pub fn projects(&self) -> impl Iterator<Item = &JudgedProject> {
        let settled = self.settled.iter().map(|settled| settled.as_ref().map(|(_, judged)| judged));
        let settled = settled.chain(std::iter::repeat(None));
        self.judged.iter().zip(settled).map(|(judged, settled)| settled.unwrap_or(judged))
    }
}

impl Piece {
    /// Works out what its projects tell others.
    pub fn summarize(&mut self) {
        for (judged, understood) in self.judged.iter_mut().zip(&self.understood) {
            judged.summarize(understood);
        }
    }

    /// What it was for a deployment, and who passed.
    fn known_of(&self, deployment: usize) -> Option<(&Understood, &Known)> {
        self.understood.iter().zip(&self.known).find(|(understood, _)| understood.deployment == deployment)
    }
}

impl Target {
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Template(path) => (0, path.clone(), PathBuf::new()),
            Self::Unit(unit) => (1, unit.file.clone(), unit.dir.clone()),
            Self::Root(path) => (2, path.clone(), PathBuf::new()),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Template(path) | Self::Root(path) => path,
            Self::Unit(unit) => &unit.file,
        }
    }
}

/// What came of a target for all deployments.
#[derive(Debug)]
pub struct Piece {
    target: Target,
    pub reads: Reads,
    /// The files that spans of it may lie in.
    pub files: BTreeSet<FileId>,
    pub understood: Vec<Understood>,
    pub judged: Vec<JudgedProject>,
    /// For each of these, who passes.
    known: Vec<Known>,
    /// For each of these, what became of it among the others, and what it was lent for that.
    settled: Vec<Option<(String, JudgedProject)>>,
    pub problems: Vec<Problem>,
    /// The names of what it can be given, where a deployment is given anything by name.
    pub declared: Declared,
    /// Whether the findings come with their fixes.
    pub fixed: bool,
    /// Whether the projects come with notes.
    noted: bool,
}

/// What evaluation takes.
pub struct Workshop<'a> {
    pub request: &'a Request,
    pub prepared: &'a Prepared,
    pub boundaries: &'a Boundaries,
    pub here: &'a Here,
    pub fs: &'a dyn FileSystem,
    pub sources: &'a Sources,
    pub parsed: &'a Parsed,
}

impl Workshop<'_> {
    pub fn judge<'j>(&'j self, sources: &'j Sources, fixes: bool) -> Judge<'j> {
        Judge {
            request: self.request,
            config: &self.prepared.config,
            pack: &self.prepared.pack,
            choices: &self.prepared.choices,
            deployments: &self.prepared.deployments,
            sources,
            fixes,
        }
    }

    /// Evaluates and judges a target. `before` is what it was before an edit, under the same configuration.
    pub fn make(&self, target: &Target, before: Option<&Piece>) -> Piece {
        let fs = Recording::over(self.fs, self.here);
        let sources = self.sources.view();
        let mut piece = Piece {
            target: target.clone(),
            reads: Reads::default(),
            files: BTreeSet::new(),
            understood: Vec::new(),
            judged: Vec::new(),
            known: Vec::new(),
            settled: Vec::new(),
            problems: Vec::new(),
            declared: Declared::default(),
            fixed: false,
            noted: false,
        };
        let done = guarded(target.path(), || self.fill(target, before, &fs, &sources, &mut piece));
        piece.problems.extend(done.err());
        piece.reads = fs.into_reads();
        for file in sources.asked() {
            piece.files.insert(file.id);
            piece.reads.add(self.here.shown(&file.path));
        }
        piece
    }

    fn fill(&self, target: &Target, before: Option<&Piece>, fs: &dyn FileSystem, sources: &Sources, piece: &mut Piece) {
        let task = match self.task(target, fs, sources) {
            Ok(task) => task,
            Err(problem) => {
                piece.problems.push(problem);
                return;
            }
        };
        if let Task::Template(tree) = &task {
            // Which templates are roots depends on what lies where the locations lead.
            let root = Some(self.boundaries.of(&tree.file.path));
            let _ = cloudformation::children(tree, &cloudformation::Loader { fs, sources, root });
        }
        let modules = Modules::new(fs, sources);
        let judge = self.judge(sources, false);
        let asks = self.prepared.deployments.iter().any(given::asks);
        for (index, deployment) in self.prepared.deployments.iter().enumerate() {
            let understood = guarded(target.path(), || {
                let mut project = task.evaluate(deployment, &modules, self.boundaries)?;
                let problems = std::mem::take(&mut project.problems);
                let model = model::build(&project);
                Some((Understood { project, model, deployment: index }, problems))
            });
            match understood {
                Ok(Some((understood, problems))) => {
                    piece.problems.extend(problems);
                    if asks && piece.understood.is_empty() {
                        piece.declared = task.declared(&modules);
                    }
                    let before = before.and_then(|before| before.known_of(index));
                    let (judged, known) = judge.again(&understood, before);
                    piece.judged.push(judged);
                    piece.known.push(known);
                    piece.understood.push(understood);
                }
                Ok(None) => {}
                Err(problem) => piece.problems.push(problem),
            }
        }
    }

    fn task(&self, target: &Target, fs: &dyn FileSystem, sources: &Sources) -> Result<Task, Problem> {
        Ok(match target {
            Target::Template(path) => match sources.load(fs, path) {
                Ok(file) => Task::Template(self.parsed.tree(file)),
                Err(error) => return Err(Problem::unreadable(&error.path, error.reason.to_string())),
            },
            Target::Root(directory) => Task::Root(directory.clone()),
            Target::Unit(unit) => Task::Unit(unit.clone()),
        })
    }

    /// Evaluates a piece again, with notes of what each expression came to. Nothing that it has read has changed.
    pub fn note(&self, piece: &mut Piece) {
        if std::mem::replace(&mut piece.noted, true) {
            return;
        }
        let modules = Modules::new(self.fs, self.sources);
        let Ok(task) = self.task(&piece.target, self.fs, self.sources) else { return };
        for understood in &mut piece.understood {
            let Some(mut deployment) = self.prepared.deployments.get(understood.deployment).cloned() else { continue };
            deployment.cloudformation.notes = true;
            deployment.terraform.notes = true;
            let project = guarded(piece.target.path(), || task.evaluate(&deployment, &modules, self.boundaries));
            if let Ok(Some(project)) = project
                && let Ok(model) = guarded(piece.target.path(), || model::build(&project))
            {
                *understood = Understood { project, model, deployment: understood.deployment };
            }
        }
    }

    /// Judges a piece again, so that its findings come with their fixes.
    pub fn mend(&self, piece: &mut Piece) {
        if piece.fixed {
            return;
        }
        let judge = self.judge(self.sources, true);
        piece.judged = piece.understood.iter().map(|understood| judge.project(understood, true)).collect();
        piece.settled.clear();
        piece.fixed = true;
    }

    /// Judges again what hangs on the other projects, with what these have for it. What was lent the same before stays
    /// as it is.
    pub fn settle(&self, piece: &mut Piece, neighbours: &[Neighbours]) {
        piece.settled.resize_with(piece.judged.len(), || None);
        let Piece { target, judged, settled, fixed, .. } = piece;
        for (judged, settled) in judged.iter().zip(settled) {
            let told = judged.summary().filter(|(_, hangs)| *hangs);
            let among = told.and_then(|(summary, _)| {
                let neighbours = neighbours.get(judged.deployment())?;
                let lent = neighbours.lent(&summary)?;
                Some((summary, neighbours, lent))
            });
            let Some((summary, neighbours, lent)) = among else {
                *settled = None;
                continue;
            };
            if settled.as_ref().is_some_and(|(before, _)| *before == lent) {
                continue;
            }
            let modules = Modules::new(self.fs, self.sources);
            let understood = guarded(target.path(), || {
                let task = self.task(target, self.fs, self.sources).ok()?;
                let deployment = self.prepared.deployments.get(judged.deployment())?;
                let mut project = task.evaluate(deployment, &modules, self.boundaries)?;
                neighbours.lend(&summary, &mut project);
                let model = model::build(&project);
                Some(Understood { project, model, deployment: judged.deployment() })
            });
            *settled = match understood {
                Ok(Some(understood)) => {
                    let judge = self.judge(self.sources, *fixed);
                    Some((lent, judge.among(&understood, judged.clone())))
                }
                _ => None,
            };
        }
    }
}
