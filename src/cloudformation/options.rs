//! What an evaluation is given besides the template.

use std::path::Path;

use crate::source::{FileSystem, Sources, Span};
use crate::value::{Step, Text};

/// What is known from outside of the template.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The Region of the deployment, from the configuration or the CDK environment.
    pub region: Option<Text>,
    /// The account of the deployment.
    pub account: Option<Text>,
    /// Values of parameters; the last one for a name holds.
    pub parameters: Vec<Given>,
    /// Tags of the stack, which it hands on to its resources.
    pub tags: Vec<Given>,
    /// The configured environment that this evaluation is for.
    pub environment: Option<Text>,
    /// Whether the values of expressions are noted at their places.
    pub notes: bool,
}

/// A value that somebody gave to a parameter.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: Text,
    pub value: Text,
    /// Where the value is written; `None` for the command line.
    pub span: Option<Span>,
    /// How it came: [`Step::CommandLine`] or [`Step::File`].
    pub step: Step,
}

/// Where nested templates and includes are read from.
#[derive(Clone, Copy)]
pub struct Loader<'a> {
    pub fs: &'a dyn FileSystem,
    pub sources: &'a Sources,
    /// Nothing outside of this directory is read; `None` reads nothing but the template itself.
    pub root: Option<&'a Path>,
}
