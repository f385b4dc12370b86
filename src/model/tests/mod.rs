//! The model over projects that are written as JSON with marks for references, choices and open values.

mod access;
mod apis;
mod companions;
mod defaults;
mod front_ends;
mod governance;
mod links;
mod neighbours;
mod operations;
mod routing;
mod sam;
mod same;
mod support;
mod surroundings;
mod tables;
