//! `dynalens.yml`: what a team has decided for its repository.
//!
//! Takes the nearest configuration file up to the repository's root, gives settings; mistakes are problems with
//! spans in that file.

mod find;
mod node;
mod policies;
mod read;
mod settings;

pub use find::find;
pub use policies::{Decision, decide};
pub use read::read;
pub use settings::{Config, ConfigSuppression, Environment, NonProduction, OptionValue, PolicyOption, PolicySettings};
