//! `dynalens.yml`.

mod node;
