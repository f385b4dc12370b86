//! Whether a resource is for production.
//!
//! A case is non-production when the environment tag of the resource, a word of its name, or an input that tells the
//! cases apart and is named for the environment says so. What says production wins over what says otherwise, and
//! unclear counts as production.

use std::collections::BTreeSet;

use crate::value::{Data, EntityId, InputId, InputKind, OriginId, Value};

use super::texts::{known_words, words};
use super::{Evaluated, Exhausted, Outcome, Scene, What};

/// The words that tell environments apart; lower case, configurable.
#[derive(Clone, Debug)]
pub struct Words {
    pub production: BTreeSet<String>,
    pub non_production: BTreeSet<String>,
    /// The names of tags and inputs that hold the environment.
    pub environment: BTreeSet<String>,
}

impl Default for Words {
    fn default() -> Self {
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            production: set(&["prod", "production", "prd", "live"]),
            non_production: set(&[
                "dev",
                "develop",
                "development",
                "test",
                "testing",
                "qa",
                "uat",
                "sandbox",
                "sbx",
                "staging",
                "stage",
                "preprod",
                "preproduction",
                "nonprod",
                "nonproduction",
                "local",
                "demo",
                "poc",
                "ci",
                "preview",
                "ephemeral",
            ]),
            environment: set(&["environment", "env", "stage"]),
        }
    }
}

/// What something says about the environment.
#[derive(Clone, Copy, Debug, Default)]
struct Says {
    production: bool,
    non_production: bool,
}

impl Words {
    fn hear(&self, words: &[String], says: &mut Says) {
        // `non-prod`, `pre-production` and their like, with a mark between.
        let joined = |pair: &[String]| {
            self.non_production.contains(&format!("{}{}", pair[0], pair[1]))
                || ["non", "not", "pre"].contains(&pair[0].as_str()) && self.production.contains(&pair[1])
        };
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if words.get(at..at + 2).is_some_and(joined) {
                says.non_production = true;
                at += 2;
                continue;
            }
            says.production |= self.production.contains(word);
            says.non_production |= self.non_production.contains(word);
            at += 1;
        }
    }

    /// What an input says by being in a case. A workspace of Terraform is an environment.
    fn hear_input(&self, (name, kind): (&str, InputKind), label: &str, says: &mut Says) {
        let name = words(name);
        if kind == InputKind::Workspace || name.iter().any(|word| self.environment.contains(word)) {
            self.hear(&words(label), says);
        } else if name.iter().any(|word| self.production.contains(word)) {
            // `IsProduction`, `is_prod`
            match label {
                "true" | "yes" => says.production = true,
                "false" | "no" => says.non_production = true,
                _ => {}
            }
        }
    }
}

/// How far the mark of a table reaches along links.
const MOST_LINKS: usize = 4;

impl Scene<'_> {
    /// Whether a resource is known to be non-production in this case.
    pub(super) fn is_non_production(&self, id: EntityId) -> Evaluated {
        let mut says = Says::default();
        let facts = self.world.facts;
        if let Some(environment) = facts.environment {
            self.world.words.hear(&words(environment), &mut says);
        }
        for (input, declared) in facts.inputs.iter() {
            let case = if declared.cases.len() == 1 { Some(0) } else { self.assignment.get(input) };
            if let Some(case) = case.and_then(|case| declared.cases.get(case)).filter(|case| !case.is_rest) {
                self.world.words.hear_input((&declared.name, declared.kind), &case.label, &mut says);
            }
        }
        if let Err(input) = self.hear_entity(id, &mut says, 0)? {
            return Ok(Outcome::new(What::Need(input)));
        }
        Ok(Outcome::value(Value::bool(says.non_production && !says.production, OriginId::NONE)))
    }

    /// What the name and the tags of a resource, and of the table that it belongs to, say.
    fn hear_entity(&self, id: EntityId, says: &mut Says, depth: usize) -> Result<Result<(), InputId>, Exhausted> {
        self.spend(1)?;
        let entity = self.world.model.get(id);
        let name = entity.fields.get("name").cloned().unwrap_or_else(|| Value::absent(OriginId::NONE));
        match self.settle(&name) {
            Err(input) => return Ok(Err(input)),
            Ok(name) if name.is_unset() || name.is_unknown() => {
                self.world.words.hear(&words(&entity.name), says);
            }
            Ok(name) => self.world.words.hear(&known_words(&name), says),
        }
        if let Some(tags) = entity.fields.get("tags") {
            let tags = match self.settle(tags) {
                Ok(tags) => tags,
                Err(input) => return Ok(Err(input)),
            };
            for entry in tags.as_map().map(|map| map.entries.as_slice()).unwrap_or_default() {
                if self.world.words.environment.contains(&entry.key.to_lowercase()) {
                    match self.settle(&entry.value) {
                        Ok(value) => self.world.words.hear(&known_words(&value), says),
                        Err(input) => return Ok(Err(input)),
                    }
                }
            }
        }
        if depth >= MOST_LINKS {
            return Ok(Ok(()));
        }
        for field in ["table", "target", "cluster", "tables"] {
            let Some(link) = entity.fields.get(field) else { continue };
            let link = match self.settle(link) {
                Ok(link) => link,
                Err(input) => return Ok(Err(input)),
            };
            let linked = match &link.data {
                Data::Entity(linked) => Some(*linked),
                // Only what belongs to one table alone has its mark.
                Data::List(list) if list.rest.is_none() && list.items.len() == 1 => match self.settle(&list.items[0]) {
                    Ok(item) => item.as_entity(),
                    Err(input) => return Ok(Err(input)),
                },
                _ => None,
            };
            if let Some(linked) = linked
                && let Err(input) = self.hear_entity(linked, says, depth + 1)?
            {
                return Ok(Err(input));
            }
        }
        Ok(Ok(()))
    }
}
