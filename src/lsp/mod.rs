//! The language server: `dynalens lsp`.
//!
//! Takes the messages of an editor, gives diagnostics, actions and answers. The types of the protocol stay in this
//! folder; [`Session`](crate::analysis::session::Session) does the work and knows none of them.
//!
//! `transport` frames messages, [`server`](Server) takes them with `told` and `look`, `documents` holds the open texts,
//! `position`, `uri` and `places` translate, `client` is what the editor can. `diagnostics`, `actions`, `inspect` and
//! `completion` are what it shows, `settings` what the user wants of it.

mod actions;
mod capabilities;
mod client;
mod completion;
mod diagnostics;
mod documents;
mod edits;
mod inspect;
mod look;
mod places;
mod position;
mod publish;
mod server;
mod settings;
mod told;
mod transport;
mod uri;
mod workspace;

use std::io;

pub use server::Server;

use crate::finding::triage::Date;

/// The stack of the server's thread: nesting in documents is bounded, and the bounds are far within it.
const STACK: usize = 64 << 20;

/// Serves an editor on standard input and output. Whether it ended as the protocol has it.
///
/// # Errors
/// Threads that can't be started.
pub fn stdio(today: fn() -> Date) -> io::Result<bool> {
    let (connection, writer) = transport::stdio()?;
    let server = std::thread::Builder::new().name("server".to_owned()).stack_size(STACK);
    let clean = server.spawn(move || Server::new(connection, today).run())?.join().unwrap_or(false);
    // What was sent last goes out before the process ends.
    let _ = writer.join();
    Ok(clean)
}
