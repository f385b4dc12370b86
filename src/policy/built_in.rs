//! The pages under `policies/`, checked and compiled in by the build script.

// Which of these the generated table names depends on the pages, and so do its numbers.
#![allow(unused_imports, clippy::unreadable_literal)]

use std::borrow::Cow;

use crate::model::schema::Subject;

use super::expression::{Arithmetic, Comparison, Each, Function, Node, Piece, Program, Slice, Template};
use super::level::{Confidence, Profile, Severity};
use super::page::{Beside, Create, Dialect, Fix, Page, PolicyOption, Replace, Scope, Write};

include!(concat!(env!("OUT_DIR"), "/policies.rs"));
