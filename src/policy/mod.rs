//! Policies: pages with front matter, and the engine that judges the model by them.

mod built_in;
pub mod engine;
pub mod evaluate;
pub mod expression;
pub mod lens;
pub mod level;
pub mod nearest;
mod pack;
pub mod page;
#[cfg(test)]
mod testing;

pub use level::{Confidence, Profile, Severity};
pub use pack::{Pack, PageMistake, Policy};
