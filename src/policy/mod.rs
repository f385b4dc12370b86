//! Policies: pages with front matter, and the engine that judges the model by them.

mod level;

pub use level::{Confidence, Profile, Severity};
