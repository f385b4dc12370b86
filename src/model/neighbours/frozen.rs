//! Values that stand for themselves, apart from the project that they were evaluated in.
//!
//! A frozen value has no places. What its project alone can tell is open in it; what another project may know stands
//! under a symbol of its own: an import under the export's name, an output of another root module, a parameter of
//! Systems Manager. Choices stay, by the names and cases of their inputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::resource::{Project, Resource};
use crate::value::{
    Choice, Data, Entry, InputId, List, Map, OriginId, Part, Symbol, Text, Unknown, Value, decoded, text,
};

/// How deep values are followed.
pub(super) const MAX_DEPTH: usize = 64;

/// What the symbol of an output of another root module begins with.
pub(super) const OUTPUT: &str = "output ";
/// What the symbol of a parameter of Systems Manager begins with.
pub(super) const PARAMETER: &str = "parameter ";
/// What the symbol of an import begins with.
pub(super) const IMPORT: &str = "ImportValue(";

/// Symbols that mean the same in every project of an account and Region.
const SHARED: &[&str] = &["AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix"];

/// An input that frozen values depend on: its name and the labels of its cases.
pub(super) type FrozenInput = (Text, Vec<Text>);

pub(super) struct Freezer<'p> {
    project: &'p Project,
    by_address: BTreeMap<&'p str, &'p Resource>,
    /// Put before every address, so that those of two projects differ.
    prefix: String,
    pub inputs: BTreeMap<InputId, FrozenInput>,
    /// Data sources that frozen values refer to.
    pub sources: Vec<Text>,
}

impl<'p> Freezer<'p> {
    pub fn new(project: &'p Project) -> Self {
        let by_address = project.resources.iter().map(|resource| (resource.address.as_str(), resource)).collect();
        let prefix = format!("{}:", project.path.to_string_lossy().replace('\\', "/"));
        Self { project, by_address, prefix, inputs: BTreeMap::new(), sources: Vec::new() }
    }

    pub fn find(&self, address: &str) -> Option<&'p Resource> {
        self.by_address.get(address).copied()
    }

    pub fn address(&self, address: &str) -> Text {
        format!("{}{address}", self.prefix).into()
    }

    pub fn resource(&mut self, resource: &Resource) -> Resource {
        Resource {
            address: self.address(&resource.address),
            kind: resource.kind.clone(),
            name: resource.name.clone(),
            header: resource.header,
            span: resource.span,
            exists: self.value(&resource.exists, 0),
            attributes: self.value(&resource.attributes, 0),
            meta: Value::map(Vec::new(), OriginId::NONE),
            calls: Vec::new(),
            region: self.value(&resource.region, 0),
            default_tags: Value::absent(OriginId::NONE),
            managed: resource.managed,
        }
    }

    pub fn value(&mut self, value: &Value, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::unknown("it is nested too deep", OriginId::NONE);
        }
        let data = match &value.data {
            // The structure behind a text with gaps can't be told from the text alone.
            Data::Parts(parts) => {
                let is_document = text::known_prefix(value).trim_start().starts_with(['{', '[']);
                if is_document && let Some(structure) = decoded(&self.project.origins, value) {
                    return self.value(&structure, depth + 1);
                }
                Data::Parts(parts.iter().map(|part| self.part(part)).collect())
            }
            Data::Unknown(unknown) => Data::Unknown(self.unknown(unknown)),
            Data::List(list) => Data::List(Arc::new(List {
                kind: list.kind,
                items: list.items.iter().map(|item| self.value(item, depth + 1)).collect(),
                rest: list.rest.as_ref().map(|rest| self.unknown(rest)),
            })),
            Data::Map(map) => Data::Map(Arc::new(Map {
                kind: map.kind,
                entries: map
                    .entries
                    .iter()
                    .map(|entry| Entry::new(entry.key.clone(), OriginId::NONE, self.value(&entry.value, depth + 1)))
                    .collect(),
                rest: map.rest.as_ref().map(|rest| self.unknown(rest)),
            })),
            Data::Choice(choice) => {
                let inputs = &self.project.inputs;
                self.inputs.entry(choice.input).or_insert_with(|| {
                    let input = inputs.get(choice.input);
                    (input.name.clone(), input.cases.iter().map(|case| case.label.clone()).collect())
                });
                let cases = choice.cases.iter().map(|case| self.value(case, depth + 1)).collect();
                Data::Choice(Arc::new(Choice { input: choice.input, cases }))
            }
            Data::Entity(_) => return Value::unknown("it is a link in another project", OriginId::NONE),
            known => known.clone(),
        };
        Value::new(data, OriginId::NONE)
    }

    fn part(&mut self, part: &Part) -> Part {
        match part {
            Part::Known(text, _) => Part::Known(text.clone(), OriginId::NONE),
            Part::Open(unknown, _) => Part::Open(self.unknown(unknown), OriginId::NONE),
        }
    }

    fn unknown(&mut self, unknown: &Unknown) -> Arc<Unknown> {
        let symbol = unknown.symbol.as_ref().and_then(|symbol| self.symbol(symbol));
        Arc::new(Unknown { why: unknown.why.clone(), symbol, shape: unknown.shape })
    }

    /// What a symbol means outside of its project; nothing where only the project can tell.
    fn symbol(&mut self, symbol: &Symbol) -> Option<Symbol> {
        match symbol {
            Symbol::Expression(text) => {
                let path = text.strip_prefix("{{resolve:ssm:").and_then(|rest| rest.strip_suffix("}}"));
                if let Some(path) = path {
                    // A version may stand behind the name.
                    let name = path.split(':').next().unwrap_or(path);
                    return Some(Symbol::Expression(format!("{PARAMETER}{name}").into()));
                }
                (text.starts_with(IMPORT) || SHARED.contains(&text.as_str())).then(|| symbol.clone())
            }
            Symbol::Resource { address, attribute } => {
                let kind = address.rsplit_once("data.").map_or(address.as_str(), |(_, rest)| rest);
                if kind.starts_with("terraform_remote_state.") || address.starts_with("dependency.") {
                    let output = attribute.strip_prefix("outputs.").unwrap_or(attribute);
                    return Some(Symbol::Expression(format!("{OUTPUT}{output}").into()));
                }
                let source = self.find(address).filter(|found| !found.managed);
                if let Some(source) = source {
                    if source.kind == "aws_ssm_parameter"
                        && let Some(name) = source.attributes.get("name").and_then(Value::as_str)
                    {
                        return Some(Symbol::Expression(format!("{PARAMETER}{name}").into()));
                    }
                    if !self.sources.contains(address) {
                        self.sources.push(address.clone());
                    }
                }
                Some(Symbol::Resource { address: self.address(address), attribute: attribute.clone() })
            }
        }
    }
}
