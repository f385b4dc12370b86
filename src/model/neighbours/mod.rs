//! What projects of one run know of each other: companions that live in another template, root module or unit.
//!
//! [`Summary::of`] takes a project and its model and gives what may belong to a table of somebody else, in values that
//! stand for themselves; [`Neighbours`] puts the summaries of a run together, and lends each project the resources that
//! may concern it. The model links them by the same rules as the project's own: by name, ARN, partial text, import.
//! They are judged by nobody there.
//!
//! A summary is a value: where two are equal, nothing that depends on them has to be looked at again.

mod frozen;
mod kinds;
mod lend;
mod mention;
mod summary;
mod thaw;

pub use lend::Neighbours;
pub use summary::Summary;
