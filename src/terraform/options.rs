//! What an evaluation is given besides the configuration itself.

use std::path::PathBuf;

use crate::source::Span;
use crate::value::{Step, Text};

/// What is known from outside.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The Region of the deployment, from the configuration; a provider's own wins.
    pub region: Option<Text>,
    /// The account of the deployment.
    pub account: Option<Text>,
    /// Values of variables that are given one by one; the last one for a name holds, and they win over files.
    pub variables: Vec<Given>,
    /// Values of `TF_VAR_` variables of the environment: every other way in wins over them.
    pub surroundings: Vec<Given>,
    /// What the command line gives, in its order: the last one that names a variable holds, over all else.
    pub arguments: Vec<Argument>,
    /// Variable files beside those that Terraform loads by itself, in the order of their precedence.
    pub var_files: Vec<PathBuf>,
    /// The configured environment that this evaluation is for.
    pub environment: Option<Text>,
    /// Whether the values of expressions are noted at their places.
    pub notes: bool,
    /// The workspace, where it is known.
    pub workspace: Option<Text>,
    /// The directory that is analysed: modules and files outside of it are not read. `None` for the root module's own.
    pub boundary: Option<PathBuf>,
}

/// An option of a command line.
#[derive(Clone, Debug)]
pub enum Argument {
    /// `--var NAME=VALUE`
    Variable(Given),
    /// `--var-file FILE`
    File(PathBuf),
}

/// A value that somebody gave to a variable.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: Text,
    /// As it is written on a command line: a text for variables of a primitive type, an expression for others.
    pub value: Text,
    /// Where the value is written; `None` for the command line.
    pub span: Option<Span>,
    /// How it came: [`Step::CommandLine`] or [`Step::File`].
    pub step: Step,
}
