//! Terraform and OpenTofu: expressions, functions and types, as far as they can be evaluated offline.

mod error;
pub mod functions;
mod lift;
pub mod operators;
mod sets;
pub mod types;

pub use error::Error;
