//! A line on the terminal that says how far a long run has come.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
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
            show(&progress, &stopped, PATIENCE, &mut io::stderr());
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

/// Draws the line again and again until the other side of the channel is gone, and takes it away then.
fn show(progress: &Progress, stopped: &Receiver<()>, patience: Duration, out: &mut dyn Write) {
    let started = Instant::now();
    let mut wait = patience;
    let mut drawn = false;
    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let seconds = started.elapsed().as_secs();
        let _ = write!(out, "\r\u{1b}[Kdynalens: {}, {seconds} s", progress.text());
        let _ = out.flush();
        (drawn, wait) = (true, PACE);
    }
    if drawn {
        let _ = write!(out, "\r\u{1b}[K");
        let _ = out.flush();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends the run when something is drawn.
    struct Screen {
        run: Option<Sender<()>>,
        shown: Vec<u8>,
    }

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.shown.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            drop(self.run.take());
            Ok(())
        }
    }

    #[test]
    fn the_line_is_drawn_while_the_run_lasts_and_taken_away_after_it() {
        let (run, ended) = mpsc::channel();
        let mut screen = Screen { run: Some(run), shown: Vec::new() };
        show(&Progress::default(), &ended, Duration::ZERO, &mut screen);
        let text = String::from_utf8(screen.shown).unwrap();
        assert!(
            text.starts_with("\r\u{1b}[Kdynalens: looking for files, ") && text.ends_with(" s\r\u{1b}[K"),
            "{text:?}"
        );
    }

    #[test]
    fn a_run_that_is_over_soon_draws_nothing() {
        let (run, ended) = mpsc::channel();
        drop(run);
        let mut shown = Vec::new();
        show(&Progress::default(), &ended, Duration::from_secs(3600), &mut shown);
        assert!(shown.is_empty());
    }
}
