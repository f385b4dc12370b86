//! The whole way from paths to findings.
//!
//! Takes a [`Request`] and a file system. [`prepare`] reads the configuration and decides which policies take part and
//! for which deployments; [`understand`](mod@understand) finds and evaluates the code and builds the models; [`judge`]
//! turns the policies' verdicts into findings; [`suppress`] lets triage classify them. The work on each project is
//! guarded: a panic becomes an internal error at its path, and the rest goes on.

mod environments;
pub mod examples;
mod judge;
mod locate;
mod outcome;
mod parameters;
mod policies;
mod prepare;
mod request;
mod suppress;
mod understand;

use std::sync::Arc;

use crate::finding::{in_order, place_key};
use crate::model::schema::Subject;
use crate::resource::Problem;
use crate::source::{FileSystem, Overlay, Sources};

pub use outcome::{Analysis, Counts};
pub use policies::{find_policies, load_policies};
pub use request::{Request, UsageError};
pub use understand::{Understanding, Understood};

use prepare::Prepared;

/// Analyses what the request names.
///
/// # Errors
/// A request that can't be met as it is.
pub fn run(request: &Request, fs: &dyn FileSystem) -> Result<Analysis, UsageError> {
    over(request, fs, |fs| {
        let sources = Arc::new(Sources::new());
        let prepared = prepare::prepare(request, fs, &sources)?;
        Ok(analyse(request, prepared, fs, sources))
    })
}

/// What the request's code means, without any judgement.
///
/// # Errors
/// A request that can't be met as it is.
pub fn understand(request: &Request, fs: &dyn FileSystem) -> Result<(Understanding, Arc<Sources>), UsageError> {
    over(request, fs, |fs| {
        let sources = Arc::new(Sources::new());
        let Prepared { here, config, deployments, problems, .. } = prepare::prepare(request, fs, &sources)?;
        let mut understanding = understand::understand(request, &config, &deployments, &here, fs, &sources);
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

fn analyse(request: &Request, prepared: Prepared, fs: &dyn FileSystem, sources: Arc<Sources>) -> Analysis {
    let Prepared { here, config, pack, choice, deployments, mut problems } = prepared;
    let understanding = understand::understand(request, &config, &deployments, &here, fs, &sources);
    problems.extend(understanding.problems);
    let mut counts = count(&understanding.projects);
    counts.files = understanding.files;
    counts.policies = choice.count(&pack);
    let judge = judge::Judge { config: &config, pack: &pack, choice: &choice, deployments: &deployments };
    let judged = judge.judge(understanding.projects, &sources);
    problems.extend(judged.problems);
    let mut findings = judged.findings;
    let context =
        suppress::Context { request, config: &config, pack: &pack, choice: &choice, here: &here, sources: &sources };
    problems.extend(suppress::apply(&context, &judged.projects, &mut findings, &judged.undetermined));
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
    Analysis { sources, findings, undetermined, problems, counts, pack }
}

/// Counts each project once, however many deployments it is evaluated for.
fn count(projects: &[Understood]) -> Counts {
    let mut counts = Counts::default();
    for understood in projects.iter().filter(|understood| understood.deployment == 0) {
        counts.projects += 1;
        counts.resources += understood.project.resources.iter().filter(|resource| resource.managed).count();
        counts.tables += understood.model.of(Subject::Table).filter(|(_, table)| table.managed).count();
    }
    counts
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
