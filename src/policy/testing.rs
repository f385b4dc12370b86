//! A small world for the tests of this folder: a project with one file, and a model built by hand.

use std::path::PathBuf;

use crate::model::schema::Subject;
use crate::model::{Entity, Model};
use crate::resource::{Language, Project};
use crate::source::{FileId, Span};
use crate::value::{
    Case, Data, EntityId, Entry, Input, InputId, InputKind, Inputs, List, ListKind, Map, MapKind, Number, OriginId,
    Origins, Part, Shape, Step, Symbol, Unknown, Value,
};

/// A project and its model. Places are made up: each value gets a span of its own.
pub struct Bench {
    pub project: Project,
    pub model: Model,
    next: u32,
}

pub const NONE: OriginId = OriginId::NONE;

pub fn text(text: &str) -> Value {
    Value::string(text, NONE)
}

pub fn number(number: i64) -> Value {
    Value::integer(number, NONE)
}

pub fn float(float: f64) -> Value {
    Value::number(Number::from_f64(float), NONE)
}

pub fn truth(truth: bool) -> Value {
    Value::bool(truth, NONE)
}

pub fn list(items: Vec<Value>) -> Value {
    Value::list(items, NONE)
}

pub fn map(entries: Vec<(&str, Value)>) -> Value {
    Value::map(entries.into_iter().map(|(key, value)| Entry::new(key, NONE, value)).collect(), NONE)
}

fn hole(why: &str) -> Unknown {
    Unknown { why: why.into(), symbol: None, shape: Shape::Any }
}

pub fn open_list(items: Vec<Value>) -> Value {
    Value::new(Data::List(List { kind: ListKind::Tuple, items, rest: Some(hole("rest is open").into()) }.into()), NONE)
}

pub fn open_map(entries: Vec<(&str, Value)>) -> Value {
    let entries = entries.into_iter().map(|(key, value)| Entry::new(key, NONE, value)).collect();
    Value::new(Data::Map(Map { kind: MapKind::Map, entries, rest: Some(hole("rest is open").into()) }.into()), NONE)
}

pub fn unknown() -> Value {
    Value::unknown("`x` has no value", NONE)
}

pub fn symbol(name: &str) -> Value {
    Value::symbol("`x` has no value", Symbol::Expression(name.into()), Shape::Any, NONE)
}

pub fn arn_of(address: &str) -> Value {
    let symbol = Symbol::Resource { address: address.into(), attribute: "arn".into() };
    Value::symbol("the service makes it", symbol, Shape::String, NONE)
}

/// `before${...}after`
pub fn parts(before: &str, after: &str) -> Value {
    let mut parts = Vec::new();
    if !before.is_empty() {
        parts.push(Part::Known(before.into(), NONE));
    }
    parts.push(Part::Open(hole("`x` has no value").into(), NONE));
    if !after.is_empty() {
        parts.push(Part::Known(after.into(), NONE));
    }
    Value::new(Data::Parts(parts.into()), NONE)
}

impl Bench {
    pub fn new() -> Self {
        let project = Project {
            language: Language::Terraform,
            path: PathBuf::from("infra"),
            environment: None,
            origins: Origins::new(),
            inputs: Inputs::default(),
            resources: Vec::new(),
            lent: 0,
            outputs: Vec::new(),
            region: unknown(),
            account: unknown(),
            problems: Vec::new(),
        };
        Self { project, model: Model::default(), next: 0 }
    }

    /// A span that no other value has, inside the entity that is made next.
    pub fn span(&mut self) -> Span {
        self.next += 10;
        Span::new(FileId(0), self.next, self.next + 5)
    }

    /// The value at a place of its own.
    pub fn placed(&mut self, value: Value) -> Value {
        let span = self.span();
        value.at(self.project.origins.literal(span))
    }

    /// A default that nobody wrote, at the place of the header.
    pub fn unwritten(&mut self, value: Value, written: &str) -> Value {
        let span = self.span();
        value.at(self.project.origins.hop(span, Step::Absent(written.into()), NONE))
    }

    pub fn span_of(&self, value: &Value) -> Span {
        self.project.origins.span(value.origin).unwrap()
    }

    /// An input with cases by their labels, and which of them is the default.
    pub fn input(&mut self, name: &str, labels: &[&str], default: Option<usize>) -> InputId {
        let cases = labels
            .iter()
            .map(|label| Case { label: (*label).into(), value: text(label), is_rest: *label == "anything else" })
            .collect();
        self.project.inputs.add(Input { name: name.into(), kind: InputKind::Variable, span: None, cases, default })
    }

    /// A value for each case of an input.
    pub fn choice(&mut self, input: InputId, cases: Vec<Value>) -> Value {
        let span = self.span();
        let origin = self.project.origins.literal(span);
        let cases = cases.into_iter().map(|value| value.at(origin)).collect();
        Value::new(Data::Choice(crate::value::Choice { input, cases }.into()), origin)
    }

    pub fn entity(&mut self, subject: Subject, name: &str, fields: Vec<(&str, Value)>) -> EntityId {
        let mut fields: Vec<Entry> = fields.into_iter().map(|(key, value)| Entry::new(key, NONE, value)).collect();
        if !fields.iter().any(|entry| entry.key == "name") {
            fields.push(Entry::new("name", NONE, text(name)));
        }
        let end = self.next + 10;
        self.next = end + 10;
        self.model.add(Entity {
            subject,
            address: name.into(),
            kind: "aws_dynamodb_table".into(),
            name: name.into(),
            header: Span::new(FileId(0), 0, 5),
            span: Span::new(FileId(0), 0, end),
            exists: truth(true),
            fields: Value::map(fields, NONE),
            resource: 0,
            managed: true,
        })
    }

    pub fn table(&mut self, name: &str, fields: Vec<(&str, Value)>) -> EntityId {
        self.entity(Subject::Table, name, fields)
    }
}

/// A whole page with the given fields in its front matter.
pub fn page(name: &str, fields: &str) -> String {
    let mut front = format!("name: {name}\n{fields}\n");
    for (field, default) in [
        ("title", "something is wrong"),
        ("pillar", "reliability"),
        ("severity", "medium"),
        ("profile", "default"),
        ("applies-to", "table"),
        ("languages", "[terraform]"),
        ("message", "\"`{self.name}` is wrong\""),
        ("since", "0.1.0"),
    ] {
        if !fields.lines().any(|line| line.starts_with(&format!("{field}:"))) {
            front.extend([field, ": ", default, "\n"]);
        }
    }
    let options = if fields.contains("options:") { "# Options\n\nSome.\n\n" } else { "" };
    format!(
        "---\n{front}---\n\n# What it means\n\nX.\n\n# Why it matters\n\nX.\n\n# Examples\n\n## Fails: x\n\n\
         ```hcl terraform\na = 1\n#   ^\n```\n\n## Passes: x\n\n```hcl terraform\na = 2\n```\n\n{options}\
         # Limits\n\nX.\n\n# References\n\nX.\n"
    )
}

/// A pack of pages.
pub fn pack(pages: &[(&str, &str)]) -> crate::policy::Pack {
    let sources = crate::source::Sources::new();
    let files: Vec<_> =
        pages.iter().map(|(name, fields)| sources.add(format!("{name}.md"), page(name, fields))).collect();
    let mut pack = crate::policy::Pack::empty();
    let mistakes = pack.load(&files);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    pack
}
