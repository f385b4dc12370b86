//! A workspace under analysis, kept from one edit to the next.
//!
//! Takes a file system (with the editor's buffers laid over the disk), the files that are open and what has changed;
//! gives the findings of the projects that these files belong to, and the projects themselves for questions about values.
//! Knows no protocol.
//!
//! Each project is a [`piece`]: evaluated and judged once, with a list of all files, directories and misses that it asked
//! for. An edit throws away the pieces that asked for the file, and only these are made again; [`around`] says which
//! projects there are. The rest of the way (suppressions, one finding for one fault, order) is short and is gone anew each
//! time, so that the result is the same as that of a fresh run.

mod around;
mod parsed;
mod piece;
mod reads;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::across::{Told, neighbours};
use super::fixing::{ChangedFile, Texts, Which, fix_by};
use super::given::{self, Declared};
use super::judge::JudgedProject;
use super::locate::Here;
use super::outcome::Analysis;
use super::prepare::{Prepared, prepare};
use super::request::{Request, UsageError};
use super::understand::{Boundaries, Understood};
use super::{Rules, Seen, adopt, baseline_of, conclude, secrets, suppress};
use crate::finding::baseline::Baseline;
use crate::finding::triage::Date;
use crate::resource::Problem;
use crate::source::{FileId, FileSystem, Overlay, Sources};

pub use reads::Change;

use around::Around;
use parsed::Parsed;
use piece::{Key, Piece, Target, Workshop};
use reads::{Reads, Recording};

/// What is to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The open documents, relative to the file system's working directory.
    pub open: BTreeSet<PathBuf>,
    /// Everything below the working directory, whether or not it is open.
    pub whole: bool,
}

/// How a session goes about its work.
pub struct Pace<'a> {
    /// Asked between projects: whether to stop, with what is done until then kept.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Told how many projects of how many are done.
    pub tell: &'a (dyn Fn(usize, usize) + Sync),
}

impl Pace<'_> {
    /// Without a break, and without telling anybody.
    pub const QUIET: Self = Self { stop: &|| false, tell: &|_, _| {} };
}

/// One configuration's part of a workspace folder.
pub struct Session {
    /// The folder, which paths are shown from.
    root: Here,
    /// What every analysis is asked.
    request: Request,
    sources: Arc<Sources>,
    rules: Option<Ruled>,
    around: Around,
    pieces: BTreeMap<Key, Piece>,
    /// What was thrown away and is not made again yet.
    before: BTreeMap<Key, Piece>,
    /// What nobody needs any more.
    spent: Vec<Piece>,
    /// What has changed since it was last looked.
    changes: BTreeMap<PathBuf, Change>,
    /// Texts that nobody will have spans of once it is looked again.
    forgotten: Vec<FileId>,
    comments: Mutex<FxHashMap<FileId, suppress::Commented>>,
    parsed: Parsed,
    scope: Scope,
    /// Whether everything was looked at when it was looked last.
    complete: bool,
    analysis: Analysis,
}

/// What a session goes by, and what that was read from.
struct Ruled {
    prepared: Prepared,
    boundaries: Boundaries,
    baseline: Option<(PathBuf, Baseline)>,
    reads: Reads,
    files: BTreeSet<FileId>,
}

impl Session {
    /// A session in which nothing is open yet. Paths in it count from `root`.
    #[must_use]
    pub fn new(root: &Path, request: Request) -> Self {
        Self {
            root: Here::at(root.to_owned()),
            request,
            sources: Arc::default(),
            rules: None,
            around: Around::default(),
            pieces: BTreeMap::new(),
            before: BTreeMap::new(),
            spent: Vec::new(),
            changes: BTreeMap::new(),
            forgotten: Vec::new(),
            comments: Mutex::default(),
            parsed: Parsed::default(),
            scope: Scope::default(),
            complete: false,
            analysis: Analysis::default(),
        }
    }

    /// A path from the root of the disk as it is called here: relative to the folder.
    #[must_use]
    pub fn shown(&self, path: &Path) -> PathBuf {
        self.root.shown(path)
    }

    /// Notes a change; nothing is looked at before [`Session::refresh`]. The path counts from the root of the disk.
    pub fn changed(&mut self, path: &Path, change: Change) {
        let known = self.changes.entry(self.root.shown(path)).or_insert(change);
        *known = (*known).max(change);
    }

    /// Whether there is anything to look at.
    #[must_use]
    pub fn is_stale(&self, scope: &Scope, today: Date) -> bool {
        !self.complete || !self.changes.is_empty() || self.scope != *scope || self.request.today != today
    }

    /// Looks again at what the changes bear on. Whether that is all: where it was stopped, it is not.
    ///
    /// # Errors
    /// A request that can't be met as it is: the configuration can't be read.
    pub fn refresh(
        &mut self,
        fs: &dyn FileSystem,
        scope: &Scope,
        today: Date,
        pace: &Pace<'_>,
    ) -> Result<bool, UsageError> {
        self.complete = false;
        self.rest();
        self.request.today = today;
        self.request.paths = if scope.whole { Vec::new() } else { scope.open.iter().cloned().collect() };
        let changes = std::mem::take(&mut self.changes);
        for path in changes.keys() {
            self.forgotten.extend(self.sources.forget(path));
        }
        let bears = |reads: &Reads| changes.iter().any(|(path, change)| reads.bears(path, *change));
        let other_folder = self.scope.whole != scope.whole;
        if other_folder || self.rules.as_ref().is_none_or(|rules| bears(&rules.reads)) {
            self.rules = None;
            self.pieces.clear();
            self.before.clear();
            self.around = Around::default();
            self.analysis = Analysis { sources: Arc::clone(&self.sources), ..Analysis::default() };
            self.rules = Some(self.rule(fs)?);
        }
        self.scope = scope.clone();
        self.parsed.open(&scope.open);
        let Some(rules) = &self.rules else { return Ok(true) };
        let workshop = Workshop {
            request: &self.request,
            prepared: &rules.prepared,
            boundaries: &rules.boundaries,
            here: &rules.prepared.here,
            fs,
            sources: &self.sources,
            parsed: &self.parsed,
        };
        let targets = self.around.targets(&workshop, scope, &changes);
        let (thrown, kept): (BTreeMap<Key, Piece>, BTreeMap<Key, Piece>) =
            std::mem::take(&mut self.pieces).into_iter().partition(|(_, piece)| bears(&piece.reads));
        self.pieces = kept;
        self.before.extend(thrown);
        self.pieces.retain(|key, _| targets.contains_key(key));
        self.before.retain(|key, _| targets.contains_key(key));
        let missing: Vec<(&Key, &Target, Option<Piece>)> = (targets.iter())
            .filter(|(key, _)| !self.pieces.contains_key(*key))
            .map(|(key, target)| (key, target, self.before.remove(key)))
            .collect();
        let (done, count) = (AtomicUsize::new(0), missing.len());
        let make = |(key, target, before): (&Key, &Target, Option<Piece>)| {
            let made = (!(pace.stop)()).then(|| workshop.make(target, before.as_ref()));
            (pace.tell)(done.fetch_add(1, Ordering::Relaxed) + 1, count);
            (key.clone(), made, before)
        };
        let made: Vec<(Key, Option<Piece>, Option<Piece>)> = match count {
            1 => missing.into_iter().map(make).collect(),
            _ => missing.into_par_iter().map(make).collect(),
        };
        let complete = made.iter().all(|(_, made, _)| made.is_some());
        for (key, made, before) in made {
            match made {
                Some(made) => {
                    self.pieces.insert(key, made);
                    self.spent.extend(before);
                }
                None => self.before.extend(before.map(|before| (key, before))),
            }
        }
        if !complete {
            return Ok(false);
        }
        settle(&workshop, &mut self.pieces);
        self.conclude();
        self.complete = true;
        Ok(true)
    }

    /// Lets go of what nobody needs any more. That takes a while, so it is done when all is told.
    pub fn rest(&mut self) {
        self.spent.clear();
    }

    /// Reads what decides about everything else.
    fn rule(&self, fs: &dyn FileSystem) -> Result<Ruled, UsageError> {
        let here = Here::new(fs);
        let fs = Recording::over(fs, &here);
        let sources = self.sources.view();
        let prepared = prepare(&self.request, &fs, &fs, &sources)?;
        let boundaries = Boundaries::new(&Request { paths: Vec::new(), ..self.request.clone() }, &prepared.here, &fs);
        let baseline = baseline_of(&self.request, &prepared, &fs)?;
        let mut reads = fs.into_reads();
        let mut files = BTreeSet::new();
        for file in sources.asked() {
            files.insert(file.id);
            reads.add(here.shown(&file.path));
        }
        Ok(Ruled { prepared, boundaries, baseline, reads, files })
    }

    /// Goes the rest of the way with the kept pieces.
    fn conclude(&mut self) {
        let Some(rules) = &self.rules else { return };
        let Prepared { here, config, pack, choices, deployments, problems } = &rules.prepared;
        let live: BTreeSet<FileId> =
            self.pieces.values().flat_map(|piece| &piece.files).chain(&rules.files).copied().collect();
        for file in self.sources.all() {
            if !live.contains(&file.id) {
                self.forgotten.extend(self.sources.forget(&file.path));
            }
        }
        let mut problems: Vec<Problem> = problems.clone();
        problems.extend(self.around.problems());
        // A module that many roots want is named once.
        let mut missing: BTreeSet<&str> = BTreeSet::new();
        for problem in self.pieces.values().flat_map(|piece| &piece.problems) {
            if !problem.message.contains("is not installed") || missing.insert(&problem.message) {
                problems.push(problem.clone());
            }
        }
        let mut declared = Declared::default();
        for piece in self.pieces.values() {
            declared.extend(piece.declared.clone());
        }
        if !declared.is_empty() {
            let whole = suppress::covers_configuration(&self.request, config, here);
            problems.extend(given::unmatched(deployments, &declared, whole));
        }
        self.sources.reveal();
        secrets::conceal(&self.sources, deployments);
        let judge = super::judge::Judge {
            request: &self.request,
            config,
            pack,
            choices,
            deployments,
            sources: &self.sources,
            fixes: false,
        };
        let projects = self.pieces.values().flat_map(Piece::projects).cloned().collect();
        let comments = |file: &Arc<crate::source::SourceFile>| {
            let mut known = self.comments.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry(file.id).or_insert_with(|| suppress::in_tree(file, self.parsed.get(file.id).as_deref())).clone()
        };
        let seen = Seen { files: self.around.files(), excluded: self.around.excluded(), comments: &comments };
        let rules_of = Rules { here, config, pack, choices };
        let mut analysis = conclude(&judge, &rules_of, projects, problems, &seen, Arc::clone(&self.sources));
        if let Some((path, baseline)) = &rules.baseline {
            let whole = suppress::covers_configuration(&self.request, config, here);
            adopt::mark_baselined(&mut analysis, baseline, path, here, whole);
        }
        self.analysis = analysis;
        self.parsed.clear();
        let mut comments = self.comments.lock().unwrap_or_else(PoisonError::into_inner);
        for id in self.forgotten.drain(..) {
            comments.remove(&id);
            self.sources.release(id);
        }
    }

    /// What was found when it was last looked.
    #[must_use]
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// The same, with the fixes of the findings of those projects that a file takes part in.
    pub fn mended(&mut self, fs: &dyn FileSystem, path: &Path) -> &Analysis {
        let mut changed = false;
        if let Some(rules) = &self.rules {
            let workshop = Workshop {
                request: &self.request,
                prepared: &rules.prepared,
                boundaries: &rules.boundaries,
                here: &rules.prepared.here,
                fs,
                sources: &self.sources,
                parsed: &self.parsed,
            };
            for piece in self.pieces.values_mut().filter(|piece| piece.reads.reads(path) && !piece.fixed) {
                workshop.mend(piece);
                changed = true;
            }
            if changed {
                settle(&workshop, &mut self.pieces);
            }
        }
        if changed {
            self.conclude();
        }
        &self.analysis
    }

    /// What a file becomes when all is mended that can be mended safely and within it, as `dynalens fix` does it: each
    /// round is held against another look. Nothing where nothing is mended.
    #[must_use]
    pub fn fix_all(&self, fs: &dyn FileSystem, path: &Path) -> Option<ChangedFile> {
        let scope = Scope { open: BTreeSet::from([path.to_owned()]), whole: false };
        let look = |texts: &Texts| {
            let mut overlay = Overlay::over(fs);
            for (path, text) in texts {
                overlay.set(path.clone(), text.as_bytes());
            }
            let mut session = Self { root: self.root.clone(), ..Self::new(Path::new(""), self.request.clone()) };
            session.refresh(&overlay, &scope, self.request.today, &Pace::QUIET)?;
            session.mended(&overlay, path);
            Ok(std::mem::take(&mut session.analysis))
        };
        let fixing = fix_by(&look, Which::Safe, Some(path)).ok()?;
        fixing.files.into_iter().find(|file| file.path == path)
    }

    /// The register that the spans of everything here are about.
    #[must_use]
    pub fn sources(&self) -> &Arc<Sources> {
        &self.sources
    }

    /// Sees to it that the projects that a file takes part in come with their notes: what each expression came to.
    pub fn note(&mut self, fs: &dyn FileSystem, path: &Path) {
        let Some(rules) = &self.rules else { return };
        let workshop = Workshop {
            request: &self.request,
            prepared: &rules.prepared,
            boundaries: &rules.boundaries,
            here: &rules.prepared.here,
            fs,
            sources: &self.sources,
            parsed: &self.parsed,
        };
        for piece in self.pieces.values_mut().filter(|piece| piece.reads.reads(path)) {
            workshop.note(piece);
        }
    }

    /// The projects that a file takes part in, one for each deployment.
    pub fn understood<'s>(&'s self, path: &'s Path) -> impl Iterator<Item = &'s Understood> {
        self.pieces.values().filter(|piece| piece.reads.reads(path)).flat_map(|piece| &piece.understood)
    }

    /// The files that the kept projects and the configuration have read.
    #[must_use]
    pub fn files(&self) -> BTreeSet<&Path> {
        let pieces = self.pieces.values().map(|piece| &piece.reads);
        pieces.chain(self.rules.as_ref().map(|rules| &rules.reads)).flat_map(Reads::files).collect()
    }

    /// How the request differs from a plain one.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }
}

/// Lets the projects know of each other. A project is judged again only where what the others have for it is new.
fn settle(workshop: &Workshop<'_>, pieces: &mut BTreeMap<Key, Piece>) {
    let judged = || pieces.values().flat_map(|piece| &piece.judged);
    let neighbours = if judged().any(JudgedProject::hangs) && judged().count() > 1 {
        pieces.values_mut().for_each(Piece::summarize);
        let told: Vec<(usize, Option<Told>)> = pieces
            .values()
            .flat_map(|piece| &piece.judged)
            .map(|judged| (judged.deployment(), judged.summary()))
            .collect();
        neighbours(told.iter().map(|(deployment, told)| (*deployment, told.as_ref())))
    } else {
        Vec::new()
    };
    for piece in pieces.values_mut() {
        workshop.settle(piece, &neighbours);
    }
}
