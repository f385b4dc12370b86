//! The DynamoDB world of a project: tables, indexes, replicas, scaling, clusters and what surrounds them, linked to
//! each other, the same for every language.
//!
//! Takes a [`crate::resource::Project`] and gives a [`Model`] of entities whose fields are as [`schema`] documents
//! them. [`build`] lowers each resource by its type, writes the defaults of the services in, and links the entities;
//! it knows the names of resource types and attributes, and nothing of policies.

mod access;
mod alarm;
mod backup;
mod build;
mod client;
mod dashboard;
mod derive;
mod draft;
mod drafts;
mod entity;
mod export;
mod from_cloudformation;
mod from_terraform;
mod function;
mod governance;
mod key;
mod link;
pub mod neighbours;
mod network;
mod read;
mod routing;
mod same;
pub mod schema;
mod stream;
#[cfg(test)]
mod tests;
mod trail;
mod workflow;

pub use build::build;
pub use entity::{Entity, Layout, Model};
pub use same::Same;
