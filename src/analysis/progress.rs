//! How far a run has come, for whoever waits for it.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// Counters that a run moves and somebody else reads.
#[derive(Debug, Default)]
pub struct Progress {
    phase: AtomicU8,
    done: AtomicUsize,
    total: AtomicUsize,
}

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Finding,
    Evaluating,
}

impl Progress {
    /// Begins a phase with a number of projects.
    pub fn begin(&self, phase: Phase, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// One project more is done.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// The phase, and how many of its projects are done: `judging 3 of 8 projects`.
    #[must_use]
    pub fn text(&self) -> String {
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        match self.phase.load(Ordering::Relaxed) {
            0 => "looking for files".to_owned(),
            _ => format!("judging {} of {total} projects", done.min(total)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_counted_by_phase() {
        let progress = Progress::default();
        assert_eq!(progress.text(), "looking for files");
        progress.begin(Phase::Evaluating, 2);
        progress.step();
        assert_eq!(progress.text(), "judging 1 of 2 projects");
    }
}
