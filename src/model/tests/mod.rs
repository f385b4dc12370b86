//! The model over projects that are written as JSON with marks for references, choices and open values.

mod access;
mod defaults;
mod front_ends;
mod governance;
mod links;
mod operations;
mod support;
mod surroundings;
mod tables;
