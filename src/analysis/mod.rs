//! The whole way from paths to findings.
//!
//! Takes a [`Request`] and a file system. [`prepare`] reads the configuration and decides which policies take part and
//! for which deployments; [`understand`](mod@understand) finds and evaluates the code and builds the models; [`judge`]
//! turns the policies' verdicts into findings; [`suppress`] lets triage classify them. The work on each project is
//! guarded: a panic becomes an internal error at its path, and the rest goes on.

mod across;
mod adopt;
mod choices;
mod environments;
pub mod examples;
mod fixing;
mod given;
mod judge;
mod locate;
mod outcome;
pub mod own_pages;
mod parameters;
mod policies;
mod prepare;
mod progress;
mod request;
mod secrets;
pub mod session;
mod shown;
mod suppress;
mod suppressing;
mod survey;
mod understand;
mod unmatched;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config;
use crate::finding::baseline::{self, Baseline};
use crate::finding::{in_order, place_key};
use crate::policy::Pack;
use crate::resource::Problem;
use crate::source::{FileSystem, Overlay, SourceFile, Sources};

pub use adopt::{Bookkeeping, read_baseline};
pub use fixing::{ChangedFile, Fixed, Fixing, Which, fix};
pub use outcome::{Analysis, Counts};
pub use policies::{find_policies, load_policies};
pub use progress::{Phase, Progress};
pub use request::{Request, Since, UsageError, VariableArgument};
pub use shown::{PolicyShown, Setting, Shown, shown};
pub use suppressing::{Form, Suppressing, comment_for, entry_for, suppress_findings};
pub use survey::{Files as SurveyedFiles, Survey, survey};
pub use understand::{Understanding, Understood};

use across::Again;
use adopt::{Against, Before};
use judge::JudgedProject;
use locate::Here;
use prepare::Prepared;
use understand::Steps;

/// Analyses what the request names.
///
/// # Errors
/// A request that can't be met as it is.
pub fn run(request: &Request, fs: &dyn FileSystem) -> Result<Analysis, UsageError> {
    over(request, fs, |fs| {
        let here = Here::new(fs);
        let against = Against::new(request, &here)?;
        let code: &dyn FileSystem = match &against.staged {
            Some(staged) => staged,
            None => fs,
        };
        let sources = Arc::new(Sources::new());
        let prepared = prepare::prepare(request, code, code, &sources)?;
        let known = baseline_of(request, &prepared, fs)?;
        let whole = suppress::covers_configuration(request, &prepared.config, &here);
        let mut analysis = analyse(request, prepared, code, &sources);
        if let Some((path, baseline)) = known {
            adopt::mark_baselined(&mut analysis, &baseline, &path, &here, whole);
        }
        if let Some(before) = &against.before {
            let old = earlier(request, before, fs)?;
            let there = adopt::known(&old, &here, Path::new(""));
            let found = adopt::known(&analysis, &here, Path::new(""));
            baseline::mark(&mut analysis.findings, &found, &there);
        }
        against.mark_outside(&mut analysis.findings, &here, &analysis.sources);
        Ok(analysis)
    })
}

/// The baseline that a run goes by, and its path.
fn baseline_of(
    request: &Request,
    prepared: &Prepared,
    fs: &dyn FileSystem,
) -> Result<Option<(PathBuf, Baseline)>, UsageError> {
    if !request.baselines {
        return Ok(None);
    }
    let configured = prepared.config.baseline.as_ref().map(|(path, _)| prepared.here.shown(path));
    let Some(path) = request.baseline.clone().or(configured) else { return Ok(None) };
    let baseline = adopt::read_baseline(&path, fs)?;
    Ok(Some((path, baseline)))
}

/// The older state of the code, judged by today's configuration and policies.
fn earlier(request: &Request, before: &Before, fs: &dyn FileSystem) -> Result<Analysis, UsageError> {
    let mut request = request.clone();
    request.paths.clone_from(&before.paths);
    // A text on standard input was a file, or nothing.
    if let Some((path, _)) = request.stdin.take() {
        request.paths.push(path);
    }
    let sources = Arc::new(Sources::new());
    // A file that a deployment is given may be younger than the revision.
    let prepared = match prepare::prepare(&request, fs, &before.files, &sources) {
        Ok(prepared) => prepared,
        Err(_) => prepare::prepare(&request, fs, fs, &sources)?,
    };
    Ok(analyse(&request, prepared, &before.files, &sources))
}

/// What the request's code means, without any judgement.
///
/// # Errors
/// A request that can't be met as it is.
pub fn understand(request: &Request, fs: &dyn FileSystem) -> Result<(Understanding, Arc<Sources>), UsageError> {
    over(request, fs, |fs| {
        let sources = Arc::new(Sources::new());
        let Prepared { here, config, deployments, problems, .. } = prepare::prepare(request, fs, fs, &sources)?;
        let steps = Steps { first: &|understood, _| understood, again: None };
        let mut understanding = understand::understand(request, &config, &deployments, &here, fs, &sources, &steps);
        if request.notes {
            secrets::conceal(&sources, &deployments);
        }
        understanding.problems.splice(0..0, problems);
        understanding.problems = ordered(understanding.problems, &sources);
        Ok((understanding, sources))
    })
}

/// Lays standard input over the file system.
fn over<T>(
    request: &Request,
    fs: &dyn FileSystem,
    work: impl FnOnce(&dyn FileSystem) -> Result<T, UsageError>,
) -> Result<T, UsageError> {
    match &request.stdin {
        None => work(fs),
        Some((path, bytes)) => {
            let mut overlay = Overlay::over(fs);
            overlay.set(path.clone(), bytes.clone());
            work(&overlay)
        }
    }
}

fn analyse(request: &Request, prepared: Prepared, fs: &dyn FileSystem, sources: &Arc<Sources>) -> Analysis {
    let Prepared { here, config, pack, choices, deployments, mut problems } = prepared;
    let judge = judge::Judge {
        request,
        config: &config,
        pack: &pack,
        choices: &choices,
        deployments: &deployments,
        sources,
        fixes: request.fixes,
    };
    let judged_one = |understood: Understood, alone: bool| {
        let judged = judge.project(&understood, alone);
        // Taking one large project apart takes its time; many small ones must not pile up.
        if alone && request.is_last {
            std::mem::forget(understood);
        }
        judged
    };
    let settle = |understood: Understood, judged: JudgedProject| judge.among(&understood, judged);
    let again = Again { summary: &JudgedProject::summary, settle: &settle };
    let steps = Steps { first: &judged_one, again: Some(again) };
    let understanding = understand::understand(request, &config, &deployments, &here, fs, sources, &steps);
    problems.extend(understanding.problems);
    if !understanding.declared.is_empty() {
        let whole = suppress::covers_configuration(request, &config, &here);
        problems.extend(given::unmatched(&deployments, &understanding.declared, whole));
    }
    secrets::conceal(sources, &deployments);
    let rules = Rules { here: &here, config: &config, pack: &pack, choices: &choices };
    let seen = Seen { files: understanding.files, excluded: &understanding.excluded, comments: &suppress::in_file };
    conclude(&judge, &rules, understanding.projects, problems, &seen, Arc::clone(sources))
}

/// What a run goes by.
struct Rules<'a> {
    here: &'a Here,
    config: &'a config::Config,
    pack: &'a Pack,
    choices: &'a choices::Choices,
}

/// What a run has seen.
struct Seen<'a> {
    /// Files that hold infrastructure code.
    files: usize,
    /// The configuration's excludes that have left something out.
    excluded: &'a BTreeSet<String>,
    /// The suppressions in the comments of a file.
    comments: &'a dyn Fn(&Arc<SourceFile>) -> suppress::Commented,
}

/// From judged projects to what people are told: suppressions, thresholds, one order.
fn conclude(
    judge: &judge::Judge<'_>,
    rules: &Rules<'_>,
    projects: Vec<judge::JudgedProject>,
    mut problems: Vec<Problem>,
    seen: &Seen<'_>,
    sources: Arc<Sources>,
) -> Analysis {
    let Rules { here, config, pack, choices } = *rules;
    let request = judge.request;
    let judged = judge.all(projects);
    let counts = Counts { files: seen.files, policies: choices.base.count(pack), ..judged.counts };
    problems.extend(unmatched::entries(&unmatched::Seen {
        request,
        config,
        here,
        choices,
        places: &judged.places,
        excluded: seen.excluded,
    }));
    let judged_by = choices.names(pack);
    problems.extend(judged.problems);
    let mut findings = judged.findings;
    let context =
        suppress::Context { request, config, pack, choices, here, sources: &sources, comments: seen.comments };
    problems.extend(suppress::apply(&context, judged.marks, &mut findings, &judged.undetermined));
    suppress::below_threshold(&mut findings, request);
    let findings = in_order(findings, &sources);
    let mut undetermined = judged.undetermined;
    undetermined.sort_by_cached_key(|verdict| {
        let place = place_key(&sources, verdict.span);
        (place, verdict.policy.clone(), verdict.resource.address.clone(), verdict.why.clone())
    });
    undetermined.dedup_by(|a, b| {
        a.span == b.span && a.policy == b.policy && a.why == b.why && a.resource.address == b.resource.address
    });
    let problems = ordered(problems, &sources);
    let pack = pack.clone();
    let mut analysis = Analysis { sources, findings, undetermined, problems, counts, pack, judged: judged_by };
    secrets::scrub(&mut analysis);
    analysis
}

/// Problems in the order of file and place, each once.
fn ordered(mut problems: Vec<Problem>, sources: &Sources) -> Vec<Problem> {
    problems.sort_by_cached_key(|problem| {
        let place = problem.span.map_or_else(
            || {
                let path = problem.path.as_ref().map(|path| path.to_string_lossy().replace('\\', "/"));
                (path.unwrap_or_default(), 0, 0)
            },
            |span| place_key(sources, span),
        );
        (place, problem.kind, problem.message.clone())
    });
    problems.dedup();
    problems
}
