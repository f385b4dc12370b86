//! Reports: what an analysis found, as text for people and as formats for programs. One file a format.
//!
//! Everything that comes from users' files is made safe for the output it goes to.

pub mod concise;
pub mod escape;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod markdown;
pub mod model;
mod place;
mod problems;
pub mod sarif;
mod snippet;
pub mod summary;
#[cfg(test)]
mod tests;
mod value;
pub mod xml;
