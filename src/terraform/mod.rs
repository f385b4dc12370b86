//! Terraform and OpenTofu: expressions, functions and types, as far as they can be evaluated offline.

mod error;
pub mod functions;
pub mod operators;
pub mod types;

pub use error::Error;
