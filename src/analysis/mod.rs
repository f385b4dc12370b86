//! The whole way from paths to findings.

mod outcome;

pub use outcome::{Analysis, Counts};
