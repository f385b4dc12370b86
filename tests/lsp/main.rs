//! The language server, driven as an editor drives it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that gets no answer has failed")]

mod basics;
mod client;
mod documents;
mod features;
mod inspect;
mod kept;
mod mending;
mod same_answers;
mod sequences;
