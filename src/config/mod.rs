//! `dynalens.yml`: what a team has decided for its repository.
//!
//! Takes the nearest configuration file up to the repository's root, gives settings; mistakes are problems with
//! spans in that file.

mod find;
pub mod keys;
mod load;
mod node;
mod overrides;
mod policies;
mod read;
pub mod schema;
mod settings;

pub use find::{directory_of, find};
pub use load::{Loaded, Outside, load};
pub use policies::{Decision, decide};
pub use read::read;
pub use settings::{
    Config, ConfigSuppression, Environment, NonProduction, OptionValue, Override, PolicyOption, PolicySettings,
};
