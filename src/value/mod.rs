//! Values that know what they do not know.
//!
//! A [`Value`] is known, absent, unknown with a reason, partly known, or dependent on an input ([`Choice`]); each,
//! down to list items and map entries, carries where it comes from ([`Origins`]). The front ends make values, the
//! model gives them names, and policies are judged over them.

mod big_float;
mod choice;
mod data;
pub mod document;
mod note;
mod number;
mod origin;
pub mod text;
mod truth;

pub use choice::{
    Assignment, Case, Input, InputId, InputKind, Inputs, MAX_LEAVES, choice, combine, equal, select, too_many,
};
pub use data::{
    Choice, Data, EntityId, Entry, List, ListKind, Map, MapKind, Part, Shape, Symbol, Text, TypeTag, Unknown, Value,
    join_parts, opened,
};
pub use document::decoded;
pub use note::{MAX_NOTES, Note};
pub use number::{Big, Number};
pub use origin::{Origin, OriginId, Origins, Step, StepId};
pub use truth::Truth;

#[cfg(test)]
mod tests;
