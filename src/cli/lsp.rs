//! `dynalens lsp`: the language server on standard input and output.

use std::time::{SystemTime, UNIX_EPOCH};

use super::Exit;
use super::check::prepare_threads;
use super::output::complain;
use crate::finding::triage::Date;
use crate::lsp;

/// Serves until the editor ends it. The protocol wants 0 where the editor said so before, and 1 otherwise.
pub fn run() -> Exit {
    prepare_threads();
    match lsp::stdio(today) {
        Ok(true) => Exit::Clean,
        Ok(false) => Exit::Findings,
        Err(error) => {
            complain(&format!("the server can't be started: {error}"));
            Exit::Failed
        }
    }
}

fn today() -> Date {
    Date::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
