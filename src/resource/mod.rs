//! What the front ends give: resources with evaluated attributes, grouped into projects.
//!
//! A front end turns files into a [`Project`] and knows nothing of DynamoDB; the model reads projects and knows
//! nothing of templates and modules beyond the names of resource types and attributes.

use std::path::PathBuf;

use crate::source::Span;
use crate::value::{Inputs, OriginId, Origins, Text, Value};

/// The language that a project is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    CloudFormation,
    /// CloudFormation with the serverless transform.
    Sam,
    Terraform,
}

/// What is deployed together: a template with its nested stacks, one stack of a CDK assembly, a Terraform root
/// module.
#[derive(Debug)]
pub struct Project {
    pub language: Language,
    /// The template's path or the root module's directory, as it is shown to people.
    pub path: PathBuf,
    /// The configured environment that this evaluation is for, where the configuration names some.
    pub environment: Option<Text>,
    pub origins: Origins,
    pub inputs: Inputs,
    /// In the order of the source.
    pub resources: Vec<Resource>,
    /// How many of the last resources belong to other projects of the run: they are lent so that the model finds
    /// companions there, and nobody judges them here.
    pub lent: usize,
    /// Values that leave the project by name (outputs, exports): a resource they refer to is used elsewhere. An export
    /// stands a second time under the symbol of what imports it (`ImportValue("orders-table")`).
    pub outputs: Vec<(Text, Value)>,
    /// The Region and account of the deployment as far as they are known.
    pub region: Value,
    pub account: Value,
    pub problems: Vec<Problem>,
}

/// A resource whose attributes are evaluated.
#[derive(Clone, Debug)]
pub struct Resource {
    /// `Orders`; `module.orders["eu"].aws_dynamodb_table.this[0]`. Unique in its project (nested stacks and the
    /// parts that SAM makes put their parent's id and a `/` before).
    pub address: Text,
    /// `AWS::DynamoDB::Table`, `aws_dynamodb_table`.
    pub kind: Text,
    /// The logical id or the label, without index and module.
    pub name: Text,
    /// The logical id's key, or `resource "aws_dynamodb_table" "orders"`: where an absent attribute is blamed.
    pub header: Span,
    /// The whole resource.
    pub span: Span,
    /// In which cases the resource exists: a bool, a choice of bools, or unknown. Never absent.
    pub exists: Value,
    /// A map of the attributes in the language's own names (`Properties`; arguments and nested blocks, each block type
    /// as a list of maps). Attributes that nobody wrote are not in it.
    pub attributes: Value,
    /// A map of what stands beside the attributes: `DeletionPolicy`, `UpdateReplacePolicy`, `Metadata`, `DependsOn`,
    /// `Condition`; `lifecycle` (with `ignore_changes` as a list of strings, `["all"]` for all), `provider`.
    pub meta: Value,
    /// The module calls or nested stacks that lead to the resource, the root's first.
    pub calls: Vec<Call>,
    /// The Region that the resource is deployed to.
    pub region: Value,
    /// Tags that the provider adds; absent where there is no such thing.
    pub default_tags: Value,
    /// `false` for what is only read (`data` blocks): links may lead there, but it is not judged.
    pub managed: bool,
}

/// One step on the way from the root to a resource: `module "orders" { ... }`, a nested stack.
#[derive(Clone, Debug)]
pub struct Call {
    /// `module.orders["eu"]`, the logical id of the nested stack.
    pub address: Text,
    /// The header of the call: `module "orders"`, the logical id's key.
    pub header: Span,
    /// The whole call: a suppression in it holds for all that the call makes.
    pub span: Span,
    /// The module comes from a registry or repository and lies in a folder of installed modules: findings in it stand
    /// at the call.
    pub installed: bool,
    /// Where each argument of the call stands, by its name.
    pub arguments: Vec<(Text, OriginId)>,
}

/// What is wrong with the input, or could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    /// Where; `None` where no text could be read at all (then `path` says which file).
    pub span: Option<Span>,
    pub path: Option<PathBuf>,
    /// A lower-case phrase with the user's own names in backticks.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// How bad a problem is, and whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The input is broken: the run ends with exit code 2.
    Error,
    /// Something was passed over that the user should know of (a module that is not installed, a bound that was
    /// hit); it does not change the exit code.
    Note,
    /// A fault of dynalens itself.
    Internal,
}

impl Problem {
    #[must_use]
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self { kind: ProblemKind::Error, span: Some(span), path: None, message: message.into(), help: None }
    }

    #[must_use]
    pub fn note(span: Span, message: impl Into<String>) -> Self {
        Self { kind: ProblemKind::Note, span: Some(span), path: None, message: message.into(), help: None }
    }

    /// A file that could not be read at all.
    #[must_use]
    pub fn unreadable(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { kind: ProblemKind::Error, span: None, path: Some(path.into()), message: message.into(), help: None }
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
