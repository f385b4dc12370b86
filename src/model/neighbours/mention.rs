//! What a companion says of the table that it belongs to, and whether that may be a table of another project.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::resource::Project;
use crate::value::{Data, Step, Symbol, Text, Value};

use super::super::entity::Model;
use super::super::link::table_part;
use super::super::schema::Subject;
use super::frozen::{Freezer, IMPORT, MAX_DEPTH, OUTPUT, PARAMETER};

/// How a companion names what it belongs to, where that is nothing of its own project.
#[derive(Clone, Debug)]
pub(super) enum Mention {
    /// By a name that is known.
    Name(Text),
    /// By a text of which parts are known.
    Like(Value),
    /// By an export of another stack, an output of another root module or a parameter of Systems Manager: the symbol.
    Symbol(Text),
    /// By something that may be anything.
    Open,
    /// It concerns whatever there is.
    Anywhere,
}

/// What a project has of its own.
pub(super) struct Own<'p> {
    project: &'p Project,
    addresses: FxHashSet<&'p str>,
    names: FxHashSet<Text>,
}

impl<'p> Own<'p> {
    pub fn new(project: &'p Project, model: &Model) -> Self {
        let addresses =
            project.resources.iter().filter(|one| one.managed).map(|resource| resource.address.as_str()).collect();
        let mut names = FxHashSet::default();
        for subject in NAMED {
            for (_, entity) in model.of(subject) {
                known(entity.fields.get("name"), &mut |name| {
                    names.insert(name.clone());
                });
            }
        }
        Self { project, addresses, names }
    }

    fn has_address(&self, symbol: &Symbol) -> bool {
        matches!(symbol, Symbol::Resource { address, .. } if self.addresses.contains(address.as_str()))
    }

    /// Whether a text was read from a resource of the project.
    fn is_read_from_own(&self, value: &Value) -> bool {
        let own = |step: &Step| match step {
            Step::Resource { address, .. } => self.addresses.contains(address.as_str()).then_some(()),
            _ => None,
        };
        self.project.origins.find_step(value.origin, &mut |step| own(step)).is_some()
    }
}

/// What others may refer to by name.
pub(super) const NAMED: [Subject; 2] = [Subject::Table, Subject::DaxCluster];

/// The texts that a value is in some case.
pub(super) fn known(value: Option<&Value>, take: &mut dyn FnMut(&Text)) {
    match value.map(|value| &value.data) {
        Some(Data::String(text)) => take(text),
        Some(Data::Choice(choice)) => choice.cases.iter().for_each(|case| known(Some(case), take)),
        _ => {}
    }
}

/// Gathers the mentions in a value: a reference, or a list or map of such.
pub(super) struct Mentions<'m, 'p> {
    pub own: &'m Own<'p>,
    pub freezer: &'m mut Freezer<'p>,
    pub list: Vec<Mention>,
    names: BTreeSet<Text>,
    /// Whether what is wholly open counts: it does not where most of such a kind name what they mean.
    pub open_counts: bool,
}

impl<'m, 'p> Mentions<'m, 'p> {
    pub fn new(own: &'m Own<'p>, freezer: &'m mut Freezer<'p>) -> Self {
        Self { own, freezer, list: Vec::new(), names: BTreeSet::new(), open_counts: true }
    }

    pub fn read(&mut self, value: &Value, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match &value.data {
            Data::Choice(choice) => choice.cases.iter().for_each(|case| self.read(case, depth + 1)),
            Data::List(list) => {
                list.items.iter().for_each(|item| self.read(item, depth + 1));
                if list.rest.is_some() {
                    self.open();
                }
            }
            Data::String(_) | Data::Parts(_) => {
                if let Some(table) = table_part(value) {
                    self.text(&table, value, depth);
                }
            }
            Data::Unknown(_) => self.text(value, value, depth),
            _ => {}
        }
    }

    fn text(&mut self, table: &Value, whole: &Value, depth: usize) {
        match &table.data {
            // Wildcards name nobody's table in particular.
            Data::String(name) if name.contains(['*', '?']) || self.own.names.contains(name) => {}
            Data::String(name) if self.names.insert(name.clone()) => self.list.push(Mention::Name(name.clone())),
            Data::String(_) => {}
            // A text that is read from a table of the project names that one.
            _ if self.own.is_read_from_own(table) || self.own.is_read_from_own(whole) => {}
            Data::Parts(parts) => {
                let own = parts.iter().any(|part| match part {
                    crate::value::Part::Open(unknown, _) => {
                        unknown.symbol.as_ref().is_some_and(|symbol| self.own.has_address(symbol))
                    }
                    crate::value::Part::Known(..) => false,
                });
                if !own {
                    let frozen = self.freezer.value(table, depth);
                    self.frozen(&frozen);
                }
            }
            Data::Unknown(unknown) => {
                let Some(symbol) = &unknown.symbol else { return self.open() };
                if self.own.has_address(symbol) {
                    return;
                }
                if let Symbol::Resource { address, .. } = symbol
                    && let Some(source) = self.freezer.find(address).filter(|found| !found.managed)
                    && source.kind != "aws_ssm_parameter"
                {
                    // A data source says by its name what it reads.
                    let name = ["name", "arn", "id"].iter().find_map(|name| source.attributes.get(name)).cloned();
                    return match name {
                        Some(name) if depth < MAX_DEPTH => self.read(&name, depth + 1),
                        _ => self.open(),
                    };
                }
                let frozen = self.freezer.value(table, depth);
                self.frozen(&frozen);
            }
            _ => {}
        }
    }

    fn frozen(&mut self, value: &Value) {
        match &value.data {
            Data::Unknown(unknown) => match &unknown.symbol {
                Some(Symbol::Expression(text)) if is_shared_name(text) => self.list.push(Mention::Symbol(text.clone())),
                // Something that the project reads and does not make is none of anybody's tables by that alone.
                _ => self.open(),
            },
            Data::Parts(parts) => {
                let symbol = parts.iter().find_map(|part| match part {
                    crate::value::Part::Open(unknown, _) => match &unknown.symbol {
                        Some(Symbol::Expression(text)) if is_shared_name(text) => Some(text.clone()),
                        _ => None,
                    },
                    crate::value::Part::Known(..) => None,
                });
                self.list.push(symbol.map_or_else(|| Mention::Like(value.clone()), Mention::Symbol));
            }
            _ => self.open(),
        }
    }

    fn open(&mut self) {
        if self.open_counts && !self.list.iter().any(|mention| matches!(mention, Mention::Open)) {
            self.list.push(Mention::Open);
        }
    }
}

/// Whether another project may say what a symbol stands for.
fn is_shared_name(symbol: &str) -> bool {
    [IMPORT, OUTPUT, PARAMETER].iter().any(|start| symbol.starts_with(start))
}
