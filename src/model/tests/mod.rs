//! The model over projects that are written as JSON with marks for references, choices and open values.

mod defaults;
mod links;
mod support;
mod tables;
