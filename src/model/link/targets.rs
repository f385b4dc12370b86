//! The entities of one subject that references may lead to, found by address and by name through hash tables.

use rustc_hash::FxHashMap;

use crate::value::{Data, EntityId, Part, Step, Symbol, Text, Truth, Unknown, Value, equal, text};

use super::super::derive::{both, each, each_pair};
use super::super::drafts::{Drafts, link};
use super::super::read::Context;
use super::super::schema::Subject;

/// What a reference is that is known to lead to nothing of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// Someone else's, and that is all there is to say.
    Absent,
    /// Its settings are not known, and they matter.
    Unknown,
}

pub(super) struct Targets<'c> {
    context: &'c Context<'c>,
    by_address: FxHashMap<Text, EntityId>,
    /// Every text that a name is known to be in some case.
    by_name: FxHashMap<Text, Vec<EntityId>>,
    /// Names that are open, by what they are made of.
    by_symbols: FxHashMap<String, Vec<EntityId>>,
    /// Entities whose name is open in some case.
    open: Vec<EntityId>,
    entities: FxHashMap<EntityId, Target>,
}

struct Target {
    name: Value,
    exists: Value,
}

/// How many entities with open names one reference is compared with; past it the link is unknown.
const MAX_COMPARED: usize = 64;

/// The attributes by which a resource that is no entity of its own leads to one.
fn leads_on(managed: bool, kind: &str) -> &'static [&'static str] {
    match (managed, kind) {
        (false, _) => &["name", "arn", "id"],
        (true, "aws_dynamodb_table_replica") => &["global_table_arn"],
        _ => &[],
    }
}

/// How many data sources a reference is followed through.
const MAX_HOPS: usize = 4;

impl<'c> Targets<'c> {
    pub fn new(context: &'c Context<'c>, drafts: &Drafts, subject: Subject) -> Self {
        let mut targets = Self {
            context,
            by_address: FxHashMap::default(),
            by_name: FxHashMap::default(),
            by_symbols: FxHashMap::default(),
            open: Vec::new(),
            entities: FxHashMap::default(),
        };
        for (number, draft) in drafts.list.iter().enumerate() {
            if draft.subject != subject {
                continue;
            }
            let id = EntityId(u32::try_from(number).unwrap_or(u32::MAX));
            targets.by_address.entry(draft.resource_address.clone()).or_insert(id);
            let name = draft.reference("written_name");
            targets.register(&name, id);
            targets.entities.insert(id, Target { name, exists: draft.exists.clone() });
        }
        targets
    }

    fn register(&mut self, name: &Value, id: EntityId) {
        match &name.data {
            Data::String(text) => {
                let ids = self.by_name.entry(text.clone()).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            Data::Choice(choice) => choice.cases.iter().for_each(|case| self.register(case, id)),
            Data::Unknown(_) | Data::Parts(_) => {
                if let Some(key) = symbols(name) {
                    let ids = self.by_symbols.entry(key).or_default();
                    if !ids.contains(&id) {
                        ids.push(id);
                    }
                }
                if self.open.last() != Some(&id) {
                    self.open.push(id);
                }
            }
            _ => {}
        }
    }

    pub fn ids(&self) -> Vec<EntityId> {
        let mut ids: Vec<EntityId> = self.entities.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// The address of one of the entities.
    pub fn address_of(&self, id: EntityId) -> Option<Text> {
        self.by_address.iter().find(|(_, known)| **known == id).map(|(address, _)| address.clone())
    }

    pub fn at_address(&self, address: &str) -> Option<EntityId> {
        self.by_address.get(address).copied()
    }

    /// The link that a reference makes: a name, an id, an ARN attribute.
    pub fn resolve(&self, reference: &Value, elsewhere: Elsewhere) -> Value {
        // A reference to an attribute that depends on an input leads to the same resource in every case.
        if matches!(reference.data, Data::Choice(_))
            && let Some(origin) = self.context.project.origins.get(reference.origin)
            && let Step::Resource { address, .. } = &origin.step
            && let Some(id) = self.at_address(address)
        {
            return each(reference, &mut |reference| {
                if reference.is_unset() { Value::absent(reference.origin) } else { self.there(id, reference) }
            });
        }
        collapsed(each(reference, &mut |reference| self.leaf(reference, elsewhere, 0)))
    }

    fn leaf(&self, reference: &Value, elsewhere: Elsewhere, hops: usize) -> Value {
        if reference.is_unset() {
            return Value::absent(reference.origin);
        }
        if let Some(id) = self.by_trail(reference) {
            return self.there(id, reference);
        }
        match &reference.data {
            Data::Unknown(unknown) => match &unknown.symbol {
                Some(Symbol::Resource { address, .. }) => match self.at_address(address) {
                    Some(id) => self.there(id, reference),
                    None => self.through(address, reference, elsewhere, hops),
                },
                _ => self.open_text(reference, unknown.why.clone(), elsewhere),
            },
            Data::Parts(parts) => {
                // A text around one attribute of a resource of ours, such as an ARN with more behind it.
                let mut inside = parts.iter().filter_map(|part| match part {
                    Part::Open(unknown, _) => match &unknown.symbol {
                        Some(Symbol::Resource { address, .. }) => self.at_address(address),
                        _ => None,
                    },
                    Part::Known(..) => None,
                });
                match (inside.next(), inside.next()) {
                    (Some(id), None) if parts.len() == 1 => self.there(id, reference),
                    _ => self.open_text(reference, "parts of the name are not known".into(), elsewhere),
                }
            }
            Data::String(text) => self.named(text, reference, elsewhere),
            _ => Value::unknown(format!("a {} is no reference", reference.type_name()), reference.origin),
        }
    }

    /// The entity whose attribute the value was read from.
    fn by_trail(&self, reference: &Value) -> Option<EntityId> {
        self.context.project.origins.find_step(reference.origin, &mut |step| match step {
            Step::Resource { address, .. } => self.at_address(address),
            _ => None,
        })
    }

    /// A data source that reads one of the project's own things leads there by its name, and a replica that is a
    /// resource of its own to the table that it replicates.
    fn through(&self, address: &str, reference: &Value, elsewhere: Elsewhere, hops: usize) -> Value {
        if let Some(source) = self.context.find(address)
            && hops < MAX_HOPS
            && let Some(name) =
                leads_on(source.managed, &source.kind).iter().find_map(|name| source.attributes.get(name))
        {
            let name = name.clone();
            return each(&name, &mut |name| self.leaf(name, elsewhere, hops + 1).at(reference.origin));
        }
        nowhere(reference, elsewhere)
    }

    fn named(&self, name: &str, reference: &Value, elsewhere: Elsewhere) -> Value {
        if let Some(ids) = self.by_name.get(name) {
            return self.pick(ids, reference, &nowhere(reference, elsewhere));
        }
        if self.open.len() > MAX_COMPARED {
            return Value::unknown(format!("`{name}` may be one of many names that are not known"), reference.origin);
        }
        let maybe = self.open.iter().filter_map(|id| self.entities.get(id)).any(|target| could_be(&target.name, name));
        if maybe {
            return Value::unknown(format!("`{name}` may be a name that is not known"), reference.origin);
        }
        nowhere(reference, elsewhere)
    }

    /// A name that is open: the same open name, or anything.
    fn open_text(&self, reference: &Value, why: Text, elsewhere: Elsewhere) -> Value {
        let unknown = Value::unknown(why, reference.origin);
        if let Some(ids) = symbols(reference).and_then(|key| self.by_symbols.get(&key)) {
            return self.pick(ids, reference, &unknown);
        }
        if self.entities.len() > MAX_COMPARED {
            return unknown;
        }
        // A name that the service makes up may be handed in from outside as well.
        let maybe = self.entities.values().any(|target| {
            each(&target.name, &mut |name| {
                Value::fact(name.is_unset() || equal(name, reference) != Truth::False, name.origin)
            })
            .as_bool()
            .unwrap_or(true)
        });
        if maybe { unknown } else { nowhere(reference, elsewhere) }
    }

    /// The first of the entities whose name is the reference and which is there; `otherwise` where none is.
    fn pick(&self, ids: &[EntityId], reference: &Value, otherwise: &Value) -> Value {
        ids.iter().rev().fold(otherwise.clone(), |rest, id| {
            let Some(target) = self.entities.get(id) else { return rest };
            let matches = each_pair(&target.name, reference, &mut |name, reference| match equal(name, reference) {
                Truth::True => Value::fact(true, reference.origin),
                Truth::False => Value::fact(false, reference.origin),
                Truth::Unknown => Value::unknown("the names may be the same", reference.origin),
            });
            let matches = both(&matches, &target.exists);
            each(&matches, &mut |matches| match matches.data {
                Data::Bool(true) => Value::entity(*id, reference.origin),
                Data::Bool(false) => rest.clone(),
                _ => matches.clone(),
            })
        })
    }

    fn there(&self, id: EntityId, reference: &Value) -> Value {
        match self.entities.get(&id) {
            Some(target) => each(&target.exists, &mut |exists| match exists.data {
                Data::Bool(true) => Value::entity(id, reference.origin),
                Data::Bool(false) => Value::absent(reference.origin),
                // Whoever refers to it is there only together with it.
                _ => Value::entity(id, reference.origin),
            }),
            None => link(id, &Value::fact(true, reference.origin)),
        }
    }
}

fn nowhere(reference: &Value, elsewhere: Elsewhere) -> Value {
    match elsewhere {
        Elsewhere::Absent => Value::absent(reference.origin),
        Elsewhere::Unknown => {
            let what = match &reference.data {
                Data::String(name) => format!("`{name}` is not in the analysed files"),
                Data::Unknown(unknown) => unknown.why.to_string(),
                _ => "what it refers to is not in the analysed files".to_owned(),
            };
            Value::unknown(what, reference.origin)
        }
    }
}

fn could_be(name: &Value, text: &str) -> bool {
    match &name.data {
        Data::Choice(choice) => choice.cases.iter().any(|case| could_be(case, text)),
        Data::Unknown(_) | Data::Parts(_) => text::could_be(name, text),
        _ => false,
    }
}

/// A choice that leads to the same entity in every case is that entity.
pub(super) fn collapsed(link: Value) -> Value {
    fn all_lead_to(link: &Value, end: &mut Option<EntityId>) -> bool {
        match &link.data {
            Data::Entity(id) => *end.get_or_insert(*id) == *id,
            Data::Choice(choice) => choice.cases.iter().all(|case| all_lead_to(case, end)),
            _ => false,
        }
    }
    let mut end = None;
    match (&link.data, all_lead_to(&link, &mut end), end) {
        (Data::Choice(_), true, Some(id)) => Value::entity(id, link.origin),
        _ => link,
    }
}

/// What an open text is made of, where all its open pieces are equal to themselves.
pub(super) fn symbols(value: &Value) -> Option<String> {
    let piece = |unknown: &Unknown| match unknown.symbol.as_ref()? {
        Symbol::Resource { address, attribute } => Some(format!("\u{1}r{address}\u{2}{attribute}\u{1}")),
        Symbol::Expression(text) => Some(format!("\u{1}e{text}\u{1}")),
    };
    match &value.data {
        Data::String(text) => Some(text.to_string()),
        Data::Unknown(unknown) => piece(unknown),
        Data::Parts(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Known(text, _) => Some(text.to_string()),
                Part::Open(unknown, _) => piece(unknown),
            })
            .collect(),
        _ => None,
    }
}

/// The address of the resource that a reference leads to, whatever it is.
pub(in crate::model) fn address_of(context: &Context<'_>, reference: &Value) -> Option<Text> {
    if let Data::Unknown(unknown) = &reference.data
        && let Some(Symbol::Resource { address, .. }) = &unknown.symbol
    {
        return Some(address.clone());
    }
    context.project.origins.find_step(reference.origin, &mut |step| match step {
        Step::Resource { address, .. } => Some(address.clone()),
        _ => None,
    })
}
