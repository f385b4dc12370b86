//! State machines with DynamoDB tasks, crawlers with DynamoDB targets, and canaries.

use std::sync::Arc;

use crate::value::{
    Data, Entry, List, ListKind, Map, OriginId, Part, Unknown, Value, combine, decoded, join_parts, text,
};

use super::derive::{each, each_pair, or_else};
use super::drafts::Drafts;
use super::read::{Reader, convert};
use super::schema::{Default, Subject, Type, field};

/// How deep the states of a workflow are looked into.
const MAX_DEPTH: usize = 16;

pub(super) fn state_machine(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (written, substitutions) = if reader.is_terraform() {
        (reader.raw("definition"), Value::absent(OriginId::NONE))
    } else {
        let written = or_else(&reader.raw("DefinitionString"), &reader.raw("Definition"));
        (written, reader.raw("DefinitionSubstitutions"))
    };
    let tasks = each_pair(&written, &substitutions, &mut |definition, substitutions| match &definition.data {
        Data::String(_) | Data::Parts(_) => {
            let text = substituted(definition, substitutions);
            match decoded(reader.origins(), &text) {
                Some(tree) => tasks(&tree, substitutions),
                None => Value::unknown("the definition can't be read as JSON", definition.origin),
            }
        }
        Data::Map(_) => tasks(definition, substitutions),
        Data::Absent => Value::unknown("the definition is not in the analysed files", definition.origin),
        _ => definition.clone(),
    });
    if tasks.as_list().is_some_and(|list| list.items.is_empty() && list.rest.is_none()) {
        return;
    }
    let mut machine = reader.draft(Subject::StateMachine);
    reader.name(&mut machine, "name");
    machine.set("tasks", tasks);
    drafts.add(machine);
}

/// The tasks of a definition that call DynamoDB.
fn tasks(definition: &Value, substitutions: &Value) -> Value {
    let mut found = Tasks { substitutions, items: Vec::new(), rest: None };
    found.states(definition, 0);
    Value::new(
        Data::List(List { kind: ListKind::Tuple, items: found.items, rest: found.rest }.into()),
        definition.origin,
    )
}

struct Tasks<'s> {
    substitutions: &'s Value,
    items: Vec<Value>,
    /// Some states are not known.
    rest: Option<Arc<Unknown>>,
}

impl Tasks<'_> {
    fn states(&mut self, machine: &Value, depth: usize) {
        match machine.get("States").map(|states| &states.data) {
            Some(Data::Map(map)) => {
                self.rest = self.rest.take().or_else(|| map.rest.clone());
                for state in &map.entries {
                    self.state(state, &state.value, depth);
                }
            }
            Some(Data::Unknown(unknown)) => {
                self.rest.get_or_insert_with(|| unknown.clone());
            }
            _ => {}
        }
    }

    fn state(&mut self, entry: &Entry, state: &Value, depth: usize) {
        let task = each(state, &mut |state| self.task(entry, state));
        if !never_set(&task) {
            self.items.push(task);
        }
        if depth >= MAX_DEPTH {
            return;
        }
        if let Data::Choice(choice) = &state.data {
            choice.cases.iter().for_each(|case| self.inner(case, depth));
        } else {
            self.inner(state, depth);
        }
    }

    /// The states inside of a map or of parallel branches.
    fn inner(&mut self, state: &Value, depth: usize) {
        for inner in ["Iterator", "ItemProcessor"] {
            if let Some(inner) = state.get(inner) {
                self.states(inner, depth + 1);
            }
        }
        if let Some(branches) = state.get("Branches").and_then(Value::as_list) {
            branches.items.iter().for_each(|branch| self.states(branch, depth + 1));
        }
    }

    /// A state that calls DynamoDB; absent for others.
    fn task(&self, entry: &Entry, state: &Value) -> Value {
        let Some(resource) = state.get("Resource") else { return Value::absent(state.origin) };
        let resource = substituted(resource, self.substitutions);
        let origin = if entry.key_origin.is_none() { state.origin } else { entry.key_origin };
        let retry = state.get("Retry").cloned().unwrap_or_else(|| Value::absent(origin));
        let retries = each(&retry, &mut |retry| match &retry.data {
            Data::List(list) if list.items.is_empty() => match &list.rest {
                Some(rest) => Value::new(Data::Unknown(rest.clone()), origin),
                None => Value::fact(false, origin),
            },
            Data::Unknown(_) => retry.clone(),
            Data::Absent | Data::Null => Value::fact(false, origin),
            _ => Value::fact(true, origin),
        });
        each(&resource, &mut |resource| {
            let pieces = text::known_pieces(resource);
            if !pieces.iter().any(|piece| piece.contains(":dynamodb:") && piece.contains(":states:")) {
                return Value::absent(state.origin);
            }
            let entry_of = |name: &str, value: Value| Entry::new(name, OriginId::NONE, value);
            Value::map(
                vec![
                    entry_of("name", Value::string(entry.key.clone(), origin)),
                    entry_of("resource", resource.clone()),
                    entry_of("retries", retries.clone()),
                ],
                origin,
            )
        })
    }
}

fn never_set(value: &Value) -> bool {
    match &value.data {
        Data::Choice(choice) => choice.cases.iter().all(never_set),
        _ => value.is_unset(),
    }
}

/// A text with `${Name}` replaced by what `DefinitionSubstitutions` says; other names stay as they are.
fn substituted(value: &Value, substitutions: &Value) -> Value {
    let Some(map) = substitutions.as_map() else { return value.clone() };
    each(value, &mut |value| {
        let Some(parts) = text::parts(value) else { return value.clone() };
        let mut pieces: Vec<Piece> = Vec::new();
        for part in parts {
            match part {
                Part::Known(known, origin) => split(&known, origin, map, &mut pieces),
                open @ Part::Open(..) => pieces.push(Piece::Part(open)),
            }
        }
        let values: Vec<&Value> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Value(value) => Some(value),
                Piece::Part(_) => None,
            })
            .collect();
        if values.is_empty() {
            return value.clone();
        }
        combine(&values, &mut |leaves| {
            let mut leaves = leaves.iter();
            let mut parts = Vec::new();
            for piece in &pieces {
                match piece {
                    Piece::Part(part) => parts.push(part.clone()),
                    Piece::Value(_) => {
                        let leaf = leaves.next().map(|leaf| convert(leaf, &Type::String));
                        parts.extend(leaf.and_then(|leaf| text::parts(&leaf)).unwrap_or_default());
                    }
                }
            }
            join_parts(parts, value.origin)
        })
    })
}

enum Piece {
    Part(Part),
    Value(Value),
}

fn split(known: &str, origin: OriginId, map: &Map, pieces: &mut Vec<Piece>) {
    let mut rest = known;
    let mut plain = String::new();
    while let Some(at) = rest.find("${") {
        let (before, name) = rest.split_at(at);
        plain.push_str(before);
        let found = name.split_once('}').and_then(|(name, after)| Some((map.get(name.get(2..)?)?, after)));
        match found {
            Some((value, after)) => {
                if !plain.is_empty() {
                    pieces.push(Piece::Part(Part::Known(std::mem::take(&mut plain).into(), origin)));
                }
                pieces.push(Piece::Value(value.clone()));
                rest = after;
            }
            None => {
                plain.push_str("${");
                rest = name.get(2..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Part(Part::Known(plain.into(), origin)));
    }
}

pub(super) fn crawler(reader: &Reader<'_>, drafts: &mut Drafts) {
    let (way, types) = if reader.is_terraform() {
        ("dynamodb_target", field(Subject::Crawler, "targets"))
    } else {
        ("Targets.DynamoDBTargets", field(Subject::Crawler, "targets"))
    };
    if reader.raw(way).is_unset() {
        return;
    }
    let mut crawler = reader.draft(Subject::Crawler);
    reader.name(&mut crawler, "name");
    if let Some(types) = types {
        let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
        crawler.set("targets", reader.find(attributes, header, way, &types.ty, Some(Default::EmptyList)));
    }
    drafts.add(crawler);
}

pub(super) fn canary(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut canary = reader.draft(Subject::Canary);
    reader.name(&mut canary, "name");
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    // CloudFormation starts a canary by default, Terraform does not.
    let (way, default) =
        if reader.is_terraform() { ("start_canary", false) } else { ("StartCanaryAfterCreation", true) };
    canary.set("starts", reader.find(attributes, header, way, &Type::Bool, Some(Default::Bool(default))));
    drafts.add(canary);
}

/// A REST or HTTP API; the linker keeps those that lead to a table.
pub(super) fn api(reader: &Reader<'_>, drafts: &mut Drafts) {
    let kind = match reader.kind() {
        "AWS::ApiGateway::RestApi" | "AWS::Serverless::Api" | "aws_api_gateway_rest_api" => "rest",
        _ => "http",
    };
    // APIs of WebSockets have neither methods nor paths.
    let protocol = if reader.is_terraform() { reader.raw("protocol_type") } else { reader.raw("ProtocolType") };
    if protocol.as_str() == Some("WEBSOCKET") {
        return;
    }
    let mut api = reader.draft(Subject::Api);
    reader.name(&mut api, "name");
    let here = reader.header_origin(api.header);
    api.set("kind", Value::string(kind, here));
    drafts.add(api);
}
