//! Triage: classifies findings and deletes none.

mod comment;
mod date;

pub use date::Date;
