//! The DynamoDB world of a project: tables, indexes, replicas, scaling, clusters and what surrounds them, linked to
//! each other, the same for every language.

mod entity;
pub mod schema;

pub use entity::{Entity, Model};
