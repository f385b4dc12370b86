//! Texts to trees with spans. Parsing never fails: errors are data beside what could be read.

pub mod hcl;
pub mod tree;
