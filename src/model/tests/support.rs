//! Projects out of JSON, and fields as short texts.
//!
//! Marks: `{"$ref": "T.Arn"}` an open attribute of a resource; `{"$read": ["t.name", "orders"]}` a known one;
//! `{"$var": "x"}` an open expression; `{"$unknown": "why"}`; `{"$absent": 1}`; `{"$env": [a, b]}` a choice of the
//! input `Env` (prod, dev); `{"$size": [a, b]}` one of the input `Size`; `{"$parts": [...]}`; `{"$open": [items]}` a
//! list that may go on.

use std::sync::Arc;

use crate::model::{Entity, Model, build};
use crate::resource::{Language, Project, Resource};
use crate::source::{FileId, Span};
use crate::value::{
    Case, Choice, Data, Entry, Input, InputId, InputKind, Inputs, List, ListKind, OriginId, Origins, Part, Shape, Step,
    Symbol, Value, join_parts,
};

pub(super) struct Builder {
    project: Project,
    at: u32,
}

pub(super) fn cloudformation() -> Builder {
    Builder::new(Language::CloudFormation)
}

pub(super) fn sam() -> Builder {
    Builder::new(Language::Sam)
}

pub(super) fn terraform() -> Builder {
    Builder::new(Language::Terraform)
}

impl Builder {
    fn new(language: Language) -> Self {
        let mut inputs = Inputs::default();
        for (name, labels) in [("Env", ["prod", "dev"]), ("Size", ["large", "small"])] {
            let cases = labels.map(|label| Case {
                label: label.into(),
                value: Value::string(label, OriginId::NONE),
                is_rest: false,
            });
            inputs.add(Input {
                name: name.into(),
                kind: InputKind::Parameter,
                span: None,
                cases: cases.into(),
                default: None,
            });
        }
        let project = Project {
            language,
            path: "test".into(),
            environment: None,
            origins: Origins::new(),
            inputs,
            resources: Vec::new(),
            lent: 0,
            outputs: Vec::new(),
            region: Value::string("eu-west-1", OriginId::NONE),
            account: Value::unknown("open", OriginId::NONE),
            problems: Vec::new(),
        };
        Self { project, at: 0 }
    }

    fn span(&mut self) -> Span {
        self.at += 10;
        Span::new(FileId(0), self.at, self.at + 5)
    }

    pub fn value(&mut self, json: &serde_json::Value) -> Value {
        let span = self.span();
        let here = self.project.origins.literal(span);
        match json {
            serde_json::Value::Null => Value::null(here),
            serde_json::Value::Bool(flag) => Value::bool(*flag, here),
            serde_json::Value::Number(number) => {
                Value::number(crate::value::Number::parse(&number.to_string()).unwrap(), here)
            }
            serde_json::Value::String(text) => Value::string(text.as_str(), here),
            serde_json::Value::Array(items) => Value::list(items.iter().map(|item| self.value(item)).collect(), here),
            serde_json::Value::Object(map) => {
                if let Some((mark, argument)) = map.iter().next().filter(|(key, _)| key.starts_with('$')) {
                    return self.marked(mark, argument, span, here);
                }
                let entries = map
                    .iter()
                    .map(|(key, value)| {
                        let span = self.span();
                        let key_origin = self.project.origins.literal(span);
                        Entry::new(key.as_str(), key_origin, self.value(value))
                    })
                    .collect();
                Value::map(entries, here)
            }
        }
    }

    fn marked(&mut self, mark: &str, argument: &serde_json::Value, span: Span, here: OriginId) -> Value {
        let resource = |text: &str| {
            let (address, attribute) = text.rsplit_once('.').unwrap();
            (address.to_owned(), attribute.to_owned())
        };
        match mark {
            "$ref" => {
                let (address, attribute) = resource(argument.as_str().unwrap());
                let step = Step::Resource { address: address.as_str().into(), attribute: attribute.as_str().into() };
                let origin = self.project.origins.hop(span, step, OriginId::NONE);
                let symbol = Symbol::Resource { address: address.into(), attribute: attribute.into() };
                Value::symbol("filled in by AWS", symbol, Shape::String, origin)
            }
            "$read" => {
                let (address, attribute) = resource(argument[0].as_str().unwrap());
                let inner = self.value(&argument[1]);
                let step = Step::Resource { address: address.into(), attribute: attribute.into() };
                let origin = self.project.origins.hop(span, step, inner.origin);
                inner.at(origin)
            }
            "$var" => {
                let name = argument.as_str().unwrap();
                Value::symbol(format!("`{name}` has no value"), Symbol::Expression(name.into()), Shape::Any, here)
            }
            "$unknown" => Value::unknown(argument.as_str().unwrap(), here),
            "$absent" => Value::absent(here),
            "$env" | "$size" => {
                let cases = argument.as_array().unwrap().iter().map(|case| self.value(case)).collect();
                let input = InputId(u32::from(mark == "$size"));
                Value::new(Data::Choice(Arc::new(Choice { input, cases })), here)
            }
            "$parts" => {
                let parts = argument.as_array().unwrap().iter().map(|part| {
                    let value = self.value(part);
                    match value.data {
                        Data::String(text) => Part::Known(text, value.origin),
                        Data::Unknown(unknown) => Part::Open(unknown, value.origin),
                        other => panic!("no part: {other:?}"),
                    }
                });
                let parts: Vec<Part> = parts.collect();
                join_parts(parts, here)
            }
            "$open" => {
                let items = argument.as_array().unwrap().iter().map(|item| self.value(item)).collect();
                let Data::Unknown(rest) = Value::unknown("there may be more", here).data else { unreachable!() };
                Value::new(Data::List(Arc::new(List { kind: ListKind::Tuple, items, rest: Some(rest) })), here)
            }
            other => panic!("no mark {other}"),
        }
    }

    /// Adds a resource; `meta` and `exists` may be given by [`Self::last`].
    pub fn add(mut self, address: &str, kind: &str, attributes: &serde_json::Value) -> Self {
        let attributes = self.value(attributes);
        let header = self.span();
        let name = address.rsplit('.').next().unwrap_or(address);
        let region = self.project.region.clone();
        self.project.resources.push(Resource {
            address: address.into(),
            kind: kind.into(),
            name: name.into(),
            header,
            span: header,
            exists: Value::bool(true, OriginId::NONE),
            attributes,
            meta: Value::map(Vec::new(), OriginId::NONE),
            calls: Vec::new(),
            region,
            default_tags: Value::absent(OriginId::NONE),
            managed: !address.starts_with("data."),
        });
        self
    }

    pub fn exists(mut self, json: &serde_json::Value) -> Self {
        let exists = self.value(json);
        self.project.resources.last_mut().unwrap().exists = exists;
        self
    }

    pub fn meta(mut self, json: &serde_json::Value) -> Self {
        let meta = self.value(json);
        self.project.resources.last_mut().unwrap().meta = meta;
        self
    }

    pub fn default_tags(mut self, json: &serde_json::Value) -> Self {
        let tags = self.value(json);
        self.project.resources.last_mut().unwrap().default_tags = tags;
        self
    }

    pub fn build(self) -> Built {
        let model = build(&self.project);
        Built { project: self.project, model }
    }
}

pub(super) struct Built {
    pub project: Project,
    pub model: Model,
}

impl Built {
    pub fn entity(&self, address: &str) -> &Entity {
        let mut found = self.model.iter().filter(|(_, entity)| entity.address == address);
        match found.next() {
            Some((_, entity)) => entity,
            None => {
                let all: Vec<&str> = self.model.iter().map(|(_, entity)| entity.address.as_str()).collect();
                panic!("no entity at {address}, only at {all:?}")
            }
        }
    }

    pub fn value(&self, address: &str, path: &str) -> Value {
        let mut value = self.entity(address).fields.clone();
        for name in path.split('.') {
            value = match value.get(name) {
                Some(value) => value.clone(),
                None => return Value::absent(OriginId::NONE),
            };
        }
        value
    }

    /// A field as a short text: entities by their addresses, choices as `{prod|dev}`, unknowns as `?`.
    pub fn show(&self, address: &str, path: &str) -> String {
        self.text(&self.value(address, path))
    }

    pub fn text(&self, value: &Value) -> String {
        match &value.data {
            Data::Absent => "-".to_owned(),
            Data::Null => "null".to_owned(),
            Data::Bool(flag) => flag.to_string(),
            Data::Number(number) => number.to_string(),
            Data::String(text) => text.to_string(),
            Data::Parts(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Known(text, _) => text.to_string(),
                    Part::Open(..) => "?".to_owned(),
                })
                .collect(),
            Data::List(list) => {
                let mut items: Vec<String> = list.items.iter().map(|item| self.text(item)).collect();
                if list.rest.is_some() {
                    items.push("...".to_owned());
                }
                format!("[{}]", items.join(", "))
            }
            Data::Map(map) => {
                let mut entries: Vec<String> = map
                    .entries
                    .iter()
                    .filter(|entry| !entry.value.is_absent())
                    .map(|entry| format!("{}: {}", entry.key, self.text(&entry.value)))
                    .collect();
                if map.rest.is_some() {
                    entries.push("...".to_owned());
                }
                format!("{{{}}}", entries.join(", "))
            }
            Data::Unknown(_) => "?".to_owned(),
            Data::Choice(choice) => {
                let cases: Vec<String> = choice.cases.iter().map(|case| self.text(case)).collect();
                format!("<{}>", cases.join("|"))
            }
            Data::Entity(id) => self.model.get(*id).address.to_string(),
        }
    }

    /// What one would write, and where, for a field that is absent.
    pub fn missing(&self, address: &str, path: &str) -> (String, Span) {
        let value = self.value(address, path);
        let origin = self.project.origins.get(value.origin).expect("it has an origin");
        match origin.step {
            Step::Absent(text) => (text.to_string(), origin.span),
            other => panic!("{path} is not absent but {other:?}"),
        }
    }
}
