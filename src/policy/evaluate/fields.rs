//! Reading fields: of entities (through links), groups, maps, the project and the options.

use crate::model::schema::{self, Subject};
use crate::policy::expression::plural;
use crate::resource::Language;
use crate::source::Span;
use crate::value::{Data, EntityId, Entry, Map, Origin, OriginId, Step, Value};

use super::memo::Memo;
use super::{Evaluated, Exhausted, Outcome, Scene, What};
use crate::policy::expression::NodeId;

/// The node that reads a field, with its program's memo.
type Reader<'m> = Option<(&'m Memo, NodeId)>;

/// The value under a key of a map.
fn find<'v>(map: &'v Map, key: &str, reader: Reader<'_>) -> Option<&'v Value> {
    match reader {
        Some((memo, node)) => memo.find(node, map, key),
        None => map.get(key),
    }
}

impl Scene<'_> {
    /// What is judged.
    pub(super) fn subject(&self) -> Value {
        let origin = self.place.get().unwrap_or_else(|| self.literal(self.world.model.get(self.entity).header));
        self.place.set(Some(origin));
        Value::entity(self.entity, origin)
    }

    /// The origin of a place, where places are asked for.
    fn literal(&self, span: Span) -> OriginId {
        if self.only_result.get() { OriginId::NONE } else { self.world.origins.literal(span) }
    }

    pub(super) fn field(&self, of: &Outcome, name: &str, reader: Reader<'_>) -> Evaluated {
        let raw = match &of.what {
            What::Value(value) => match self.raw_field(value, name, reader)? {
                Ok(raw) => raw,
                Err(outcome) => return Ok(outcome),
            },
            What::Project => return self.project_field(name),
            What::Options => {
                let found = self.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
                return Ok(found.map_or_else(|| Outcome::error(format!("there is no option `{name}`")), Outcome::value));
            }
            other => return Ok(Outcome::new(other.clone())),
        };
        Ok(match self.settle(&raw) {
            Ok(value) => self.read(value, of.local),
            Err(input) => Outcome::new(What::Need(input)),
        })
    }

    /// The value of a field before choices are followed, or the outcome where there can't be one.
    fn raw_field(&self, value: &Value, name: &str, reader: Reader<'_>) -> Result<Result<Value, Outcome>, Exhausted> {
        self.spend(1)?;
        Ok(match &value.data {
            // Nothing has no fields; asking on gives nothing again, at the same place.
            Data::Absent | Data::Null => Ok(Value::absent(value.origin)),
            Data::Entity(id) => Ok(self.entity_field(*id, name, reader)),
            Data::Map(map) => match find(map, name, reader) {
                Some(found) => Ok(found.clone()),
                None => Ok(match &map.rest {
                    Some(unknown) => Value::new(Data::Unknown(unknown.clone()), value.origin),
                    None => Value::absent(value.origin),
                }),
            },
            Data::Unknown(unknown) => Ok(Value::unknown(unknown.why.clone(), value.origin)),
            Data::Choice(choice) => Err(Outcome::new(What::Need(choice.input))),
            _ => Err(Outcome::error(format!("a {} has no field `{name}`", value.type_name()))),
        })
    }

    fn entity_field(&self, id: EntityId, name: &str, reader: Reader<'_>) -> Value {
        let entity = self.world.model.get(id);
        if name == "name" && self.in_text.get() {
            // The same in all cases, so that a finding that holds in several has one message.
            let called = entity.fields.get("name").and_then(Value::as_str).unwrap_or(&entity.name);
            return Value::string(called, OriginId::NONE);
        }
        match &entity.fields.data {
            Data::Map(map) => {
                if let Some(found) = find(map, name, reader) {
                    return found.clone();
                }
                if let Some(unknown) = &map.rest {
                    return Value::new(Data::Unknown(unknown.clone()), entity.fields.origin);
                }
            }
            Data::Unknown(_) | Data::Choice(_) => return entity.fields.clone(),
            _ => {}
        }
        let text = |text: &str| Value::string(text, self.literal(entity.header));
        match name {
            "address" => text(&entity.address),
            "resource_type" => text(&entity.kind),
            "label" => text(&entity.name),
            "subject" => text(entity.subject.name()),
            _ if self.only_result.get() => Value::absent(OriginId::NONE),
            _ => {
                let written = written_name(entity.subject, name, self.world.facts.language);
                let origin = Origin { span: entity.header, step: Step::Absent(written.into()), next: OriginId::NONE };
                Value::absent(self.world.origins.add(origin))
            }
        }
    }

    fn project_field(&self, name: &str) -> Evaluated {
        let facts = self.world.facts;
        let language;
        let value = match name {
            "language" => {
                language = Value::string(
                    match facts.language {
                        Language::CloudFormation => "cloudformation",
                        Language::Sam => "sam",
                        Language::Terraform => "terraform",
                    },
                    OriginId::NONE,
                );
                &language
            }
            "region" => known_or(facts.region, self.world.region.as_ref()),
            "account" => known_or(facts.account, self.world.account.as_ref()),
            "closed_world" => {
                return Ok(Outcome::value(Value::bool(self.world.closed_world, OriginId::NONE)));
            }
            _ => return self.all_of(name),
        };
        Ok(match self.settle(value) {
            Ok(value) => Outcome::value(value),
            Err(input) => Outcome::new(What::Need(input)),
        })
    }

    /// All entities of a subject that exist in the case.
    fn all_of(&self, name: &str) -> Evaluated {
        let Some((subject, _)) = Subject::ALL.iter().find(|(subject, _)| plural(*subject) == name) else {
            return Ok(Outcome::error(format!("the project has no `{name}`")));
        };
        let mut items = Vec::new();
        let mut rest = None;
        for (id, entity) in self.world.model.of(*subject) {
            self.spend(1)?;
            match self.settle(&entity.exists) {
                Err(input) => return Ok(Outcome::new(What::Need(input))),
                Ok(Value { data: Data::Bool(false), .. }) => {}
                Ok(Value { data: Data::Unknown(unknown), .. }) => rest = Some(unknown),
                Ok(_) => items.push(Value::entity(id, self.literal(entity.header))),
            }
        }
        let list = crate::value::List { kind: crate::value::ListKind::Tuple, items, rest };
        Ok(Outcome::value(Value::new(Data::List(list.into()), OriginId::NONE)))
    }

    /// `has(x.field)`: whether something is set there. In a plain map an entry that holds null is set, as CEL has it.
    pub(super) fn has(&self, of: &Outcome, name: &str, reader: Reader<'_>) -> Evaluated {
        if let What::Value(Value { data: Data::Map(map), .. }) = &of.what
            && let Some(Entry { value: Value { data: Data::Null, .. }, .. }) = map.entry(name)
        {
            return Ok(Outcome::truth(true, of.evidence.clone()));
        }
        let field = self.field(of, name, reader)?;
        Ok(match &field.what {
            What::Value(value) => match super::operators::is_nothing(value) {
                Some(nothing) => Outcome::truth(!nothing, field.evidence),
                None => {
                    let why = value.as_unknown().map(|unknown| unknown.why.clone()).unwrap_or_default();
                    Outcome::unknown(why, value.origin, field.evidence)
                }
            },
            _ => field,
        })
    }
}

/// What the code says, else what the configuration does.
pub(super) fn known_or<'v>(value: &'v Value, configured: Option<&'v Value>) -> &'v Value {
    match configured {
        Some(configured) if value.is_unknown() || value.is_unset() => configured,
        _ => value,
    }
}

/// The name under which a field would be written in the language, for labels; empty where it is never written.
fn written_name(subject: Subject, name: &str, language: Language) -> &'static str {
    schema::field(subject, name).map_or("", |field| match language {
        Language::CloudFormation | Language::Sam => field.cloudformation,
        Language::Terraform => field.terraform,
    })
}
