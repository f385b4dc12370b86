//! A project before it is written in a language: resources with the attributes that each language gives them, inputs
//! and the cases that they tell apart.

/// What an attribute is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    Text(String),
    Int(i64),
    Bool(bool),
    List(Vec<Setting>),
    /// A map that is a value (tags, documents).
    Map(Vec<(String, Setting)>),
    /// A group of attributes: a map in CloudFormation, a block in Terraform.
    Block(Vec<(String, Setting)>),
    /// A list of groups: blocks of one name in Terraform.
    Blocks(Vec<Setting>),
    /// `!Ref Name`, `var.Name`.
    Input(String),
    /// One thing in a case, and another or nothing in all others.
    When(Case, Box<Setting>, Option<Box<Setting>>),
    /// An attribute of another resource; without a name, what `Ref` gives, and Terraform's `id` or `name`.
    Of {
        label: String,
        cloudformation: Option<&'static str>,
        terraform: &'static str,
    },
    /// A text that begins and ends with known characters, with a setting between them.
    Joined(String, Box<Setting>, String),
    /// A policy document: a map in CloudFormation, `jsonencode(...)` in Terraform.
    Document(Box<Setting>),
}

/// An input that has one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub input: String,
    pub equals: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Bool,
}

/// A parameter or variable.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub kind: Kind,
    pub default: Option<Setting>,
    /// The values that it may have; empty for any.
    pub allowed: Vec<String>,
}

/// A resource type with its attributes.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub ty: &'static str,
    pub attributes: Vec<(String, Setting)>,
    /// `DeletionPolicy` and its like, beside the properties of CloudFormation.
    pub meta: Vec<(String, Setting)>,
}

/// A resource in each language that has it.
#[derive(Clone, Debug)]
pub struct Resource {
    pub label: String,
    pub exists: Option<Case>,
    pub cloudformation: Option<Form>,
    /// What SAM writes in place of CloudFormation's form.
    pub sam: Option<Form>,
    pub terraform: Option<Form>,
}

#[derive(Clone, Debug, Default)]
pub struct Project {
    pub inputs: Vec<Input>,
    pub resources: Vec<Resource>,
    /// Whether the policies that wait for an option get one.
    pub options: bool,
    /// A global table, which is one resource with a replica for each Region in CloudFormation, and a table with
    /// replicas for all others in Terraform: what belongs to the home Region is said of a replica or of the table.
    pub global: bool,
}

impl Form {
    pub fn new(ty: &'static str) -> Self {
        Self { ty, ..Self::default() }
    }

    /// Sets the attribute at a way of names with dots between them; those before the last are groups.
    pub fn put(&mut self, way: &str, setting: Setting) {
        put(&mut self.attributes, way, setting);
    }
}

/// Sets an attribute in a list of attributes, as [`Form::put`] does.
pub fn put(attributes: &mut Vec<(String, Setting)>, way: &str, setting: Setting) {
    let Some((first, rest)) = way.split_once('.') else {
        attributes.push((way.to_owned(), setting));
        return;
    };
    let at = attributes.iter().position(|(name, _)| name == first).unwrap_or_else(|| {
        attributes.push((first.to_owned(), Setting::Block(Vec::new())));
        attributes.len() - 1
    });
    if let Setting::Block(inner) = &mut attributes[at].1 {
        put(inner, rest, setting);
    }
}

pub fn text(text: &str) -> Setting {
    Setting::Text(text.to_owned())
}
