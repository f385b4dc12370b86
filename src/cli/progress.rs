//! A line on the terminal that says how far a long run has come.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::analysis::Progress;

/// A run that takes less says nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const PACE: Duration = Duration::from_millis(120);

/// Shows progress on standard error while it lives, and leaves nothing behind.
pub struct Shown {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Shown {
    /// Nothing where nobody would see it: no terminal, or one that keeps all that is written.
    pub fn start(progress: &Arc<Progress>) -> Self {
        let kept = std::env::var_os("CI").is_some() || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if kept || !io::stderr().is_terminal() {
            return Self { stop: None, thread: None };
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let progress = Arc::clone(progress);
        let thread = std::thread::spawn(move || {
            let started = Instant::now();
            let mut wait = PATIENCE;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let seconds = started.elapsed().as_secs();
                let _ = write!(io::stderr().lock(), "\r\u{1b}[Kdynalens: {}, {seconds} s", progress.text());
                wait = PACE;
            }
            if wait == PACE {
                let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
