//! What one project tells the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::resource::{Project, Resource};
use crate::value::{Data, InputId, OriginId, Text, Value};

use super::super::entity::{Entity, Model};
use super::frozen::{Freezer, FrozenInput};
use super::kinds::{Reach, reach};
use super::mention::{Mention, Mentions, NAMED, Own};

/// How many companions of one kind a project tells of.
const MOST_SATELLITES: usize = 4096;

/// How many resources of access go along with a statement that names somebody's table.
const MOST_ACCESS: usize = 256;

/// What of a project may concern tables of others, and what of it others may name. Compared without places: an edit
/// that moves lines changes nothing here.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Where the project lies, as it is shown to people.
    pub(super) path: Text,
    /// The names of the tables and clusters that it makes; absent for one that the service names.
    pub(super) names: Vec<Value>,
    /// Its tables, as resources that only have a name.
    pub(super) tables: Vec<Resource>,
    pub(super) satellites: Vec<Satellite>,
    /// The inputs that the values of the others depend on.
    pub(super) inputs: BTreeMap<InputId, FrozenInput>,
    /// What it exports, gives out and stores under a name.
    pub(super) given: BTreeSet<Text>,
    /// The names of tables of others that its statements and alarms name.
    pub(super) mentioned: BTreeSet<Text>,
}

impl PartialEq for Summary {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

impl Eq for Summary {}

/// Resources that belong to something outside of their project, with what they refer to.
#[derive(Clone, Debug)]
pub(super) struct Satellite {
    pub mentions: Vec<Mention>,
    pub resources: Vec<Resource>,
}

impl Satellite {
    /// What it is, apart from its address and places: two that are the same are lent once.
    pub fn content(&self) -> String {
        format!("{:?}", self.resources.iter().map(|one| (&one.kind, &one.exists, &one.attributes)).collect::<Vec<_>>())
    }
}

impl Summary {
    /// The cost grows linearly with the project's companions.
    #[must_use]
    pub fn of(project: &Project, model: &Model) -> Self {
        let mut freezer = Freezer::new(project);
        let own = Own::new(project, model);
        let mut by_resource: BTreeMap<usize, Vec<&Entity>> = BTreeMap::new();
        for (_, entity) in model.iter() {
            by_resource.entry(entity.resource).or_default().push(entity);
        }
        let mut satellites = Vec::new();
        let mut access: Vec<usize> = Vec::new();
        let mut access_mentions: Vec<Mention> = Vec::new();
        for (position, resource) in project.resources.iter().enumerate() {
            let Some(reach) = reach(&resource.kind) else { continue };
            if reach == Reach::Access {
                access.push(position);
            }
            if !resource.managed && reach != Reach::Access {
                continue;
            }
            let entities = by_resource.get(&position).map_or(&[] as &[&Entity], Vec::as_slice);
            let mentions = mentions(&own, &mut freezer, resource, reach, entities);
            if mentions.is_empty() || satellites.len() >= MOST_SATELLITES {
                continue;
            }
            if reach == Reach::Access {
                access_mentions.extend(mentions);
                continue;
            }
            satellites.push(satellite(&mut freezer, mentions, &[position], project));
        }
        if !access_mentions.is_empty() && access.len() <= MOST_ACCESS {
            satellites.push(satellite(&mut freezer, access_mentions, &access, project));
        }
        let mut names = Vec::new();
        let mut tables = Vec::new();
        for subject in NAMED {
            for (_, entity) in model.of(subject).filter(|(_, entity)| entity.managed) {
                let written = match entity.fields.get("name_set").and_then(Value::as_bool) {
                    Some(false) => Value::absent(OriginId::NONE),
                    _ => entity.fields.get("name").map_or_else(|| Value::absent(OriginId::NONE), Value::clone),
                };
                let name = freezer.value(&written, 0);
                if subject == super::super::schema::Subject::Table
                    && let Some(resource) = project.resources.get(entity.resource)
                    && !name.is_unset()
                {
                    tables.push(bare(&mut freezer, resource, &name));
                }
                names.push(name);
            }
        }
        let mentioned = satellites
            .iter()
            .flat_map(|one| &one.mentions)
            .filter_map(|mention| match mention {
                Mention::Name(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        let mut given: BTreeSet<Text> =
            project.outputs.iter().filter_map(|(name, _)| super::lend::given_symbol(project, name)).collect();
        given.extend(super::lend::parameters(project).map(|(symbol, _)| symbol));
        Self {
            path: project.path.to_string_lossy().replace('\\', "/").into(),
            names,
            tables,
            satellites,
            inputs: std::mem::take(&mut freezer.inputs),
            given,
            mentioned,
        }
    }

    /// All that it says, without places.
    fn fingerprint(&self) -> String {
        let satellites: Vec<_> = self.satellites.iter().map(|one| (&one.mentions, one.content())).collect();
        format!("{:?}", (&self.path, &self.names, satellites, &self.inputs, &self.given))
    }
}

fn satellite(freezer: &mut Freezer<'_>, mentions: Vec<Mention>, positions: &[usize], project: &Project) -> Satellite {
    freezer.sources.clear();
    let own = positions.iter().filter_map(|position| project.resources.get(*position));
    let mut resources: Vec<Resource> = own.map(|resource| freezer.resource(resource)).collect();
    // What they read goes along, and what that reads.
    let mut next = 0;
    while let Some(address) = freezer.sources.get(next).cloned() {
        next += 1;
        let there = resources.iter().any(|one| one.address == freezer.address(&address));
        if let Some(source) = freezer.find(&address).filter(|_| !there && next <= MOST_ACCESS) {
            let source = freezer.resource(source);
            resources.push(source);
        }
    }
    Satellite { mentions, resources }
}

/// A table of which others know the name.
fn bare(freezer: &mut Freezer<'_>, resource: &Resource, name: &Value) -> Resource {
    let attribute = if resource.kind.starts_with("AWS::") { "TableName" } else { "name" };
    let entry = crate::value::Entry::new(attribute, OriginId::NONE, name.clone());
    let mut bare = freezer.resource(&Resource { attributes: Value::absent(OriginId::NONE), ..resource.clone() });
    bare.attributes = Value::map(vec![entry], OriginId::NONE);
    bare
}

/// What a resource names that is nothing of its own project; nothing where it concerns nobody else.
fn mentions<'p>(
    own: &Own<'p>,
    freezer: &mut Freezer<'p>,
    resource: &Resource,
    reach: Reach,
    entities: &[&Entity],
) -> Vec<Mention> {
    let mut mentions = Mentions::new(own, freezer);
    match reach {
        Reach::Anywhere => mentions.list.push(Mention::Anywhere),
        Reach::Attribute(name) => {
            if let Some(value) = resource.attributes.get(name) {
                mentions.read(value, 0);
            }
        }
        Reach::Field(subject, field) => {
            let separate = |entity: &&&Entity| entity.fields.get("inline").and_then(Value::as_bool) != Some(true);
            for entity in entities.iter().filter(|entity| entity.subject == subject).filter(separate) {
                if let Some(value) = entity.fields.get(field) {
                    mentions.read(value, 0);
                }
            }
        }
        Reach::Metrics => {
            for entity in entities.iter().filter(|entity| entity.subject == super::super::schema::Subject::Alarm) {
                metrics(&mut mentions, entity.fields.get("metrics"));
            }
        }
        Reach::Access => {
            // Statements that leave their tables open say nothing of anybody's.
            mentions.open_counts = false;
            for entity in entities.iter().filter(|entity| entity.subject == super::super::schema::Subject::Grant) {
                if let Some(value) = entity.fields.get("resources") {
                    mentions.read(value, 0);
                }
            }
        }
    }
    mentions.list
}

fn metrics(mentions: &mut Mentions<'_, '_>, metrics: Option<&Value>) {
    match metrics.map(|metrics| &metrics.data) {
        Some(Data::List(list)) => list.items.iter().for_each(|metric| self::metrics(mentions, Some(metric))),
        Some(Data::Choice(choice)) => choice.cases.iter().for_each(|case| self::metrics(mentions, Some(case))),
        Some(Data::Map(metric)) => {
            if metric.get("expression").is_some_and(|expression| !expression.is_unset()) {
                mentions.list.push(Mention::Anywhere);
            }
            match metric.get("dimensions").map(|dimensions| &dimensions.data) {
                Some(Data::Map(dimensions)) => {
                    for name in ["TableName", "ClusterId"] {
                        if let Some(value) = dimensions.get(name) {
                            mentions.read(value, 0);
                        }
                    }
                    if dimensions.rest.is_some() {
                        mentions.list.push(Mention::Open);
                    }
                }
                Some(Data::Unknown(_)) => mentions.list.push(Mention::Open),
                Some(Data::Choice(choice)) => {
                    for case in &choice.cases {
                        for name in ["TableName", "ClusterId"] {
                            if let Some(value) = case.get(name) {
                                mentions.read(value, 0);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        _ => {}
    }
}
