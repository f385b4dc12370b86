//! What holds over all projects of a run.
//!
//! Projects are judged one by one and let go. Of each a summary is kept: what it has that may belong to a table of
//! another one, and what others may name of it. Once all are known, those with a finding that a companion elsewhere may
//! take back are evaluated once more, together with what the others lend them.

use std::sync::Arc;

use rayon::prelude::*;

use super::understand::{Done, Job, Task, Understood, guarded};
use crate::model;
use crate::model::neighbours::{Neighbours, Summary};
use crate::resource::{Problem, Project};

/// What a project tells the others, and whether something in it hangs on them.
pub type Told = (Arc<Summary>, bool);

/// How what is kept of a project is looked at again.
pub struct Again<'a, T> {
    /// The summary, and whether something in it hangs on others.
    pub summary: &'a (dyn Fn(&T) -> Option<Told> + Sync),
    /// What is kept of a project that was lent what others have for it.
    pub settle: &'a (dyn Fn(Understood, T) -> T + Sync),
}

impl<T: Send> Again<'_, T> {
    /// Looks again at the projects that hang on others.
    pub(super) fn look(
        &self,
        evaluate: &(dyn Fn(&Task, usize) -> Option<Project> + Sync),
        jobs: &[Job<'_>],
        done: &mut [Result<Option<Done<T>>, Problem>],
    ) {
        let summary = |one: &Result<Option<Done<T>>, Problem>| match one {
            Ok(Some((taken, ..))) => (self.summary)(taken),
            _ => None,
        };
        let summaries: Vec<Option<Told>> = done.iter().map(summary).collect();
        if !summaries.iter().flatten().any(|(_, hangs)| *hangs) {
            return;
        }
        let deployments =
            jobs.iter().zip(&summaries).map(|((.., deployment), summary)| (*deployment, summary.as_ref()));
        let neighbours = neighbours(deployments);
        let hanging: Vec<_> = done
            .iter_mut()
            .zip(jobs)
            .zip(&summaries)
            .filter_map(|((done, job), summary)| match (done, summary) {
                (Ok(done @ Some(_)), Some((summary, true))) => Some((done, job, summary)),
                _ => None,
            })
            .collect();
        hanging.into_par_iter().for_each(|(done, (task, _, deployment), summary)| {
            let Some(neighbours) = neighbours.get(*deployment).filter(|all| all.lent(summary).is_some()) else {
                return;
            };
            let understood = guarded(task.path(), || {
                let mut project = evaluate(task, *deployment)?;
                neighbours.lend(summary, &mut project);
                let model = model::build(&project);
                Some(Understood { project, model, deployment: *deployment })
            });
            // Where looking again fails, what was found first stands.
            let Ok(Some(understood)) = understood else { return };
            *done =
                done.take().map(|(taken, problems, declared)| ((self.settle)(understood, taken), problems, declared));
        });
    }
}

/// What projects know of each other, by their deployments: what is deployed to one environment has its companions
/// there.
pub(super) fn neighbours<'s>(told: impl Iterator<Item = (usize, Option<&'s Told>)>) -> Vec<Neighbours> {
    let mut summaries: Vec<Vec<Arc<Summary>>> = Vec::new();
    for (deployment, told) in told {
        if summaries.len() <= deployment {
            summaries.resize_with(deployment + 1, Vec::new);
        }
        if let (Some(list), Some((summary, _))) = (summaries.get_mut(deployment), told) {
            list.push(Arc::clone(summary));
        }
    }
    summaries.into_iter().map(Neighbours::new).collect()
}
