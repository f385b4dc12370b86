//! All summaries of a run, and what of them one project is lent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::resource::{Language, Project, Resource};
use crate::value::{Data, OriginId, Part, Text, Truth, Value, equal, text};

use super::frozen::{IMPORT, OUTPUT, PARAMETER};
use super::mention::{Mention, known};
use super::summary::{Satellite, Summary};
use super::thaw::Thaw;

/// How many resources one project is lent. What lies past it may be missed; those that name a table come first.
const MOST_LENT: usize = 512;

/// Position of a project among the summaries, and of a companion in it.
type Place = (usize, usize);

/// What the projects of a run know of each other.
#[derive(Debug, Default)]
pub struct Neighbours {
    summaries: Vec<Arc<Summary>>,
    by_name: BTreeMap<Text, Vec<Place>>,
    by_symbol: BTreeMap<Text, Vec<Place>>,
    like: Vec<(Value, Place)>,
    open: Vec<Place>,
    anywhere: Vec<Place>,
    tables: BTreeMap<Text, Vec<Place>>,
    open_tables: Vec<Place>,
    /// How many projects give something out under a symbol.
    given: BTreeMap<Text, usize>,
}

impl Neighbours {
    /// Puts summaries together; their order decides which come first where there are too many.
    #[must_use]
    pub fn new(summaries: impl IntoIterator<Item = Arc<Summary>>) -> Self {
        let mut all = Self { summaries: summaries.into_iter().collect(), ..Self::default() };
        let summaries = all.summaries.clone();
        for (project, summary) in summaries.iter().enumerate() {
            for (number, satellite) in summary.satellites.iter().enumerate() {
                let place = (project, number);
                for mention in &satellite.mentions {
                    match mention {
                        Mention::Name(name) => all.by_name.entry(name.clone()).or_default().push(place),
                        Mention::Symbol(symbol) => all.by_symbol.entry(symbol.clone()).or_default().push(place),
                        Mention::Like(value) => all.like.push((value.clone(), place)),
                        Mention::Open => all.open.push(place),
                        Mention::Anywhere => all.anywhere.push(place),
                    }
                }
            }
            for (number, table) in summary.tables.iter().enumerate() {
                let name = ["TableName", "name"].iter().find_map(|name| table.attributes.get(name));
                let mut names = Vec::new();
                known(name, &mut |name| names.push(name.clone()));
                if names.is_empty() {
                    all.open_tables.push((project, number));
                }
                for name in names {
                    all.tables.entry(name).or_default().push((project, number));
                }
            }
            for symbol in &summary.given {
                *all.given.entry(symbol.clone()).or_default() += 1;
            }
        }
        all
    }

    /// What a project would be lent, as a text that is the same for the same things; nothing where that is nothing.
    #[must_use]
    pub fn lent(&self, own: &Summary) -> Option<String> {
        let mut all: Vec<String> = self.satellites(own).iter().map(|(_, one)| one.content()).collect();
        all.extend(self.tables_of_others(own).iter().map(|(_, table)| format!("{:?}", table.attributes)));
        (!all.is_empty()).then(|| all.join("\n"))
    }

    /// Puts behind the project's resources those of others that may concern it. `own` is its summary.
    pub fn lend(&self, own: &Summary, project: &mut Project) {
        let thaw = Thaw::new(project, own);
        let mut lent: Vec<Resource> = Vec::new();
        let mut addresses: FxHashSet<Text> = FxHashSet::default();
        let satellites = self
            .satellites(own)
            .into_iter()
            .flat_map(|(summary, one)| one.resources.iter().map(move |resource| (summary, resource)));
        for (summary, resource) in satellites.chain(self.tables_of_others(own)) {
            if lent.len() >= MOST_LENT {
                break;
            }
            if addresses.insert(resource.address.clone()) {
                lent.push(thaw.resource(resource, summary, &self.given));
            }
        }
        project.lent = lent.len();
        project.resources.extend(lent);
    }

    /// The companions of others that may concern a project, those that name a table first, each content once.
    fn satellites(&self, own: &Summary) -> Vec<(&Summary, &Satellite)> {
        let mut places: Vec<Place> = Vec::new();
        let mut add = |list: &[Place]| places.extend(list);
        let mut names: BTreeSet<Text> = BTreeSet::new();
        for name in &own.names {
            known(Some(name), &mut |name| {
                names.insert(name.clone());
            });
        }
        for name in &names {
            add(self.by_name.get(name).map_or(&[], Vec::as_slice));
        }
        let open: Vec<&Value> = own.names.iter().filter(|name| is_open(name)).collect();
        for name in &open {
            for (other, places) in &self.by_name {
                if could_be(name, other) {
                    add(places);
                }
            }
        }
        for (symbol, places) in &self.by_symbol {
            if own.given.contains(symbol) || own.given.iter().any(|given| may_be(given, symbol)) {
                add(places);
            }
        }
        for (value, place) in &self.like {
            let fits = names.iter().any(|name| text::could_be(value, name))
                || open.iter().any(|name| matches_any(name, value))
                || own.names.iter().any(Value::is_unset);
            if fits {
                add(&[*place]);
            }
        }
        if !own.names.is_empty() {
            add(&self.open);
            add(&self.anywhere);
        }
        let mut seen: FxHashSet<Place> = FxHashSet::default();
        let mut contents: FxHashSet<String> = FxHashSet::default();
        places
            .into_iter()
            .filter(|place| seen.insert(*place))
            .filter_map(|(project, number)| {
                let summary = self.summaries.get(project).filter(|other| other.path != own.path)?;
                let satellite = summary.satellites.get(number)?;
                contents.insert(satellite.content()).then_some((summary.as_ref(), satellite))
            })
            .take(MOST_LENT)
            .collect()
    }

    /// The tables of others whose names the project's own companions mention.
    fn tables_of_others(&self, own: &Summary) -> Vec<(&Summary, &Resource)> {
        let mut found: Vec<(&Summary, &Resource)> = Vec::new();
        let table = |(project, number): &Place| {
            let summary = self.summaries.get(*project).filter(|other| other.path != own.path)?;
            Some((summary.as_ref(), summary.tables.get(*number)?))
        };
        for name in &own.mentioned {
            found.extend(self.tables.get(name).into_iter().flatten().filter_map(table));
            found.extend(self.open_tables.iter().filter_map(table).filter(|(_, table)| {
                let written = ["TableName", "name"].iter().find_map(|name| table.attributes.get(name));
                written.is_some_and(|written| could_be(written, name))
            }));
            if found.len() > MOST_LENT {
                break;
            }
        }
        found
    }
}

fn is_open(name: &Value) -> bool {
    match &name.data {
        Data::Parts(_) | Data::Unknown(_) => true,
        Data::Choice(choice) => choice.cases.iter().any(is_open),
        _ => false,
    }
}

fn could_be(name: &Value, other: &str) -> bool {
    match &name.data {
        Data::Choice(choice) => choice.cases.iter().any(|case| could_be(case, other)),
        Data::Parts(_) | Data::Unknown(_) => text::could_be(name, other),
        _ => false,
    }
}

fn matches_any(name: &Value, value: &Value) -> bool {
    match &name.data {
        Data::Choice(choice) => choice.cases.iter().any(|case| matches_any(case, value)),
        Data::Parts(_) | Data::Unknown(_) => equal(name, value) != Truth::False,
        _ => false,
    }
}

/// The symbol under which others refer to an output of a project; nothing for what they can't name.
pub(super) fn given_symbol(project: &Project, output: &Text) -> Option<Text> {
    if output.starts_with(IMPORT) {
        return Some(output.clone());
    }
    (project.language == Language::Terraform).then(|| format!("{OUTPUT}{output}").into())
}

/// The parameters of Systems Manager that a project makes: what refers to them, and their values.
pub(super) fn parameters(project: &Project) -> impl Iterator<Item = (Text, &Value)> {
    project.resources.iter().filter(|resource| resource.managed).filter_map(|resource| {
        let names = match resource.kind.as_str() {
            "AWS::SSM::Parameter" => ["Name", "Value", "Value"],
            "aws_ssm_parameter" => ["name", "value", "insecure_value"],
            _ => return None,
        };
        let name = resource.attributes.get(names[0])?.as_str()?;
        let value = resource.attributes.get(names[1]).or_else(|| resource.attributes.get(names[2]))?;
        Some((format!("{PARAMETER}{name}").into(), value))
    })
}

/// Whether an export with a name that is known in part may be the one that is imported.
pub(super) fn may_be(given: &str, symbol: &str) -> bool {
    let name = |symbol: &str| {
        let inner = symbol.strip_prefix(IMPORT)?.strip_suffix(')')?;
        let Some(quoted) = inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) else {
            return Some(Value::unknown("the name of the export is not known", OriginId::NONE));
        };
        let mut parts = Vec::new();
        let mut rest = quoted;
        while let Some((before, after)) = rest.split_once("${") {
            parts.push(Part::Known(before.into(), OriginId::NONE));
            let why = "a part of the export's name is not known";
            if let Data::Unknown(unknown) = Value::unknown(why, OriginId::NONE).data {
                parts.push(Part::Open(unknown, OriginId::NONE));
            }
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        parts.push(Part::Known(rest.into(), OriginId::NONE));
        Some(crate::value::join_parts(parts, OriginId::NONE))
    };
    match (name(given), name(symbol)) {
        (Some(given), Some(symbol)) => equal(&given, &symbol) != Truth::False,
        _ => false,
    }
}
