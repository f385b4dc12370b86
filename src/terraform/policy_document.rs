//! The text of `aws_iam_policy_document`, for functions and templates that look into it.
//!
//! A reference to such a document stays a reference, by which policies are linked to their statements. Where a function
//! reads it, or a template makes a larger text of it, it is written out as the provider does it: with two spaces of
//! indentation, lists of one as a plain text, longer ones sorted backwards. Format:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::value::document::{Document, decoded};
use crate::value::{
    Choice, Data, Entry, Map, MapKind, OriginId, Part, Shape, Step, Symbol, Text, Unknown, Value, join_parts,
};

use super::functions::push_escaped;
use super::lift::{hoist, lift, unknown_of};
use super::scope::{Evaluator, Instance};

const KIND: &str = "data.aws_iam_policy_document.";

/// How many documents may build on each other.
const MAX_DEPTH: usize = 16;

/// Functions that read a text; others hand it on, and with it the reference.
const READERS: &[&str] = &[
    "base64encode",
    "base64sha256",
    "base64sha512",
    "chomp",
    "endswith",
    "format",
    "indent",
    "jsondecode",
    "length",
    "lower",
    "md5",
    "regex",
    "regexall",
    "replace",
    "sha1",
    "sha256",
    "sha512",
    "split",
    "startswith",
    "strcontains",
    "strrev",
    "substr",
    "trim",
    "trimprefix",
    "trimspace",
    "trimsuffix",
    "upper",
    "urlencode",
    "yamldecode",
];

pub(super) fn reads_texts(function: &str) -> bool {
    READERS.binary_search(&function).is_ok()
}

/// The members of a statement in the order in which they are written.
const MEMBERS: &[&str] =
    &["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];

impl Evaluator<'_> {
    /// The value with a reference to a policy document, also in the cases of a choice, replaced by its text, as far as
    /// the text is known.
    pub(super) fn with_documents_read(&self, value: &Value) -> Value {
        match &value.data {
            Data::Unknown(unknown) => match &unknown.symbol {
                Some(Symbol::Resource { address, attribute }) if address.contains(KIND) => {
                    self.document_text(address, attribute, value.origin).unwrap_or_else(|| value.clone())
                }
                _ => value.clone(),
            },
            Data::Choice(choice) if choice.cases.iter().any(|case| !case.is_wholly_known()) => {
                let cases = choice.cases.iter().map(|case| self.with_documents_read(case)).collect();
                Value::new(Data::Choice(Arc::new(Choice { input: choice.input, cases })), value.origin)
            }
            _ => value.clone(),
        }
    }

    fn document_text(&self, address: &Text, attribute: &str, origin: OriginId) -> Option<Value> {
        let indented = match attribute {
            "json" => true,
            "minified_json" => false,
            _ => return None,
        };
        let span = self.origins.span(origin)?;
        let document = self.deeper(|| Ok(self.policy_document(address, 0))).ok()??;
        lift(&[&document.value], &mut |leaves| {
            let structure = leaves[0];
            if structure.is_unknown() {
                return Ok(structure.clone());
            }
            // How a document is written that others are laid over is not looked at.
            let pieces = if document.own { written(structure, indented) } else { vec![Part::Open(open(), origin)] };
            let text = join_parts(pieces, origin);
            let document = Document::new(structure.clone(), &text);
            Ok(text.at(self.origins.hop(span, Step::Document(document), origin)))
        })
        .ok()
    }

    /// The structure of a document.
    fn policy_document(&self, address: &Text, depth: usize) -> Option<Policy> {
        if depth > MAX_DEPTH {
            return None;
        }
        let (instance, key) = self.document_instance(address)?;
        let group = self.data_group(&instance, &key).ok()?;
        let one = group.instances.iter().find(|one| one.address == *address)?;
        let attributes = hoist(&self.written_attributes(&instance, true, &key, one));
        let mut own = true;
        let value = lift(&[&attributes], &mut |leaves| {
            let attributes = leaves[0];
            let built_on = |name: &str| match attributes.get(name).map(|list| &list.data) {
                None | Some(Data::Absent | Data::Null) => Some(Vec::new()),
                Some(Data::List(list)) if list.rest.is_none() => {
                    list.items.iter().map(|item| self.other_document(item, depth + 1)).collect()
                }
                _ => None,
            };
            let (Some(sources), Some(overrides), Some(document)) =
                (built_on("source_policy_documents"), built_on("override_policy_documents"), document_of(attributes))
            else {
                return Ok(unknown_of(attributes, Shape::Map, attributes.origin));
            };
            own &= sources.is_empty() && overrides.is_empty();
            Ok(sources
                .into_iter()
                .chain([document.clone()])
                .chain(overrides)
                .reduce(|under, over| laid_over(&under, &over))
                .unwrap_or(document))
        })
        .ok()?;
        Some(Policy { value, own })
    }

    /// A document that another one builds on: a reference to one, or a text.
    fn other_document(&self, value: &Value, depth: usize) -> Option<Value> {
        if let Data::Unknown(unknown) = &value.data {
            let Some(Symbol::Resource { address, attribute }) = &unknown.symbol else { return None };
            if !address.contains(KIND) || !matches!(attribute.as_str(), "json" | "minified_json") {
                return None;
            }
            let document = self.policy_document(address, depth)?.value;
            return matches!(document.data, Data::Map(_)).then_some(document);
        }
        decoded(self.origins, value).filter(|document| matches!(document.data, Data::Map(_)))
    }

    /// The module instance that an address of a document lies in, and the document's key there.
    fn document_instance(&self, address: &str) -> Option<(Rc<Instance>, Text)> {
        let instances = self.instances.borrow();
        let found = instances.iter().find_map(|instance| {
            let rest = address.strip_prefix(instance.prefix.as_str())?.strip_prefix("data.")?;
            rest.starts_with("aws_iam_policy_document.").then(|| (Rc::clone(instance), rest))
        })?;
        let (instance, rest) = found;
        Some((instance, rest.split('[').next().unwrap_or(rest).into()))
    }
}

struct Policy {
    value: Value,
    /// Nothing is laid over or under it.
    own: bool,
}

fn open() -> Arc<Unknown> {
    let why = "how a policy document is written that builds on others is not looked at";
    Arc::new(Unknown { why: why.into(), symbol: None, shape: Shape::String })
}

fn object(members: Vec<(&str, Value)>, origin: OriginId) -> Value {
    let entries: BTreeMap<Text, Value> = members.into_iter().map(|(key, value)| (key.into(), value)).collect();
    let entries = entries.into_iter().map(|(key, value)| Entry::new(key, value.origin, value)).collect();
    Value::new(Data::Map(Arc::new(Map { kind: MapKind::Object, entries, rest: None })), origin)
}

/// The blocks of a list of which all are known.
fn blocks<'v>(of: &'v Value, name: &str) -> Option<&'v [Value]> {
    match of.get(name).map(|blocks| &blocks.data) {
        None | Some(Data::Absent | Data::Null) => Some(&[]),
        Some(Data::List(list)) if list.rest.is_none() && list.items.iter().all(|item| item.as_map().is_some()) => {
            Some(&list.items)
        }
        _ => None,
    }
}

fn given<'v>(of: &'v Value, name: &str) -> Option<&'v Value> {
    of.get(name).filter(|value| !value.is_unset())
}

fn document_of(attributes: &Value) -> Option<Value> {
    if attributes.as_map()?.rest.is_some() {
        return None;
    }
    let version = match given(attributes, "version") {
        Some(version) => version.clone(),
        None => Value::string("2012-10-17", attributes.origin),
    };
    let mut members = vec![("Version", version)];
    members.extend(given(attributes, "policy_id").map(|id| ("Id", id.clone())));
    let statements: Vec<Value> = blocks(attributes, "statement")?.iter().map(statement).collect::<Option<_>>()?;
    if !statements.is_empty() {
        members.push(("Statement", Value::list(statements, attributes.origin)));
    }
    Some(object(members, attributes.origin))
}

fn statement(block: &Value) -> Option<Value> {
    let mut members = Vec::new();
    let effect = given(block, "effect").cloned().unwrap_or_else(|| Value::string("Allow", block.origin));
    members.push(("Effect", effect));
    members.extend(given(block, "sid").filter(|sid| sid.as_str() != Some("")).map(|sid| ("Sid", sid.clone())));
    for (argument, member) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        if let Some(list) = given(block, argument).map(|list| texts(list, true)) {
            members.extend(list?.map(|list| (member, list)));
        }
    }
    for (argument, member) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        members.extend(principals(blocks(block, argument)?, block.origin)?.map(|value| (member, value)));
    }
    members.extend(conditions(blocks(block, "condition")?, block.origin)?.map(|value| ("Condition", value)));
    Some(object(members, block.origin))
}

/// A list of texts as it is written: one alone as a text, none not at all. `None` where its order is not known.
#[expect(clippy::option_option, reason = "not known, nothing and something are three things")]
fn texts(list: &Value, sorted: bool) -> Option<Option<Value>> {
    let known = list.as_list().filter(|list| list.rest.is_none())?;
    let mut items: Vec<Value> = known.items.iter().map(with_variables).collect();
    if items.len() < 2 {
        return Some(items.pop());
    }
    if sorted {
        if items.iter().any(|item| item.as_str().is_none()) {
            return None;
        }
        items.sort_by(|a, b| b.as_str().cmp(&a.as_str()));
        items.dedup_by(|a, b| a.as_str() == b.as_str());
        if items.len() == 1 {
            return Some(items.pop());
        }
    }
    Some(Some(Value::list(items, list.origin)))
}

/// `&{aws:username}` is how Terraform writes the variables of policies.
fn with_variables(text: &Value) -> Value {
    let replace = |text: &str| Text::from(text.replace("&{", "${"));
    let data = match &text.data {
        Data::String(known) if known.contains("&{") => Data::String(replace(known)),
        Data::Parts(parts) => Data::Parts(
            parts
                .iter()
                .map(|part| match part {
                    Part::Known(known, origin) => Part::Known(replace(known), *origin),
                    Part::Open(..) => part.clone(),
                })
                .collect(),
        ),
        _ => return text.clone(),
    };
    Value::new(data, text.origin)
}

#[expect(clippy::option_option, reason = "not known, nothing and something are three things")]
fn principals(blocks: &[Value], origin: OriginId) -> Option<Option<Value>> {
    let mut kinds: BTreeMap<&str, Value> = BTreeMap::new();
    for block in blocks {
        let kind = block.get("type")?.as_str()?;
        let ids = texts(block.get("identifiers")?, true)??;
        // Several blocks of one kind are put together in an order that is not followed here.
        if kinds.insert(kind, ids).is_some() {
            return None;
        }
    }
    if kinds.len() == 1
        && let Some(everybody) = kinds.get("*").filter(|ids| ids.as_str() == Some("*"))
    {
        return Some(Some(everybody.clone()));
    }
    Some((!kinds.is_empty()).then(|| object(kinds.into_iter().collect(), origin)))
}

#[expect(clippy::option_option, reason = "not known, nothing and something are three things")]
fn conditions(blocks: &[Value], origin: OriginId) -> Option<Option<Value>> {
    let mut tests: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for block in blocks {
        let values = texts(block.get("values")?, false)??;
        let variable = block.get("variable")?.as_str()?;
        if tests.entry(block.get("test")?.as_str()?).or_default().insert(variable, values).is_some() {
            return None;
        }
    }
    let tests: Vec<(&str, Value)> =
        tests.into_iter().map(|(test, of)| (test, object(of.into_iter().collect(), origin))).collect();
    Some((!tests.is_empty()).then(|| object(tests, origin)))
}

/// A document with another one laid over it: a statement takes the place of an earlier one with the same id.
fn laid_over(under: &Value, over: &Value) -> Value {
    let list = |document: &Value| match document.get("Statement").map(|statements| &statements.data) {
        Some(Data::List(list)) => list.items.clone(),
        Some(_) => document.get("Statement").cloned().into_iter().collect(),
        None => Vec::new(),
    };
    let mut statements = list(under);
    let id = |item: &Value| item.get("Sid").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    for item in list(over) {
        let same = id(&item).and_then(|wanted| statements.iter_mut().find(|one| id(one) == Some(wanted.clone())));
        match same {
            Some(one) => *one = item,
            None => statements.push(item),
        }
    }
    let version = [under, over].iter().filter_map(|one| one.get("Version")).max_by_key(|text| text.as_str()).cloned();
    let mut members: Vec<(&str, Value)> = version.into_iter().map(|version| ("Version", version)).collect();
    members.extend(over.get("Id").or_else(|| under.get("Id")).map(|id| ("Id", id.clone())));
    members.push(("Statement", Value::list(statements, over.origin)));
    object(members, over.origin)
}

/// The text of a document that stands alone.
fn written(document: &Value, indented: bool) -> Vec<Part> {
    let mut writer = Writer { pieces: Vec::new(), text: String::new(), indented };
    writer.value(document, &["Version", "Id", "Statement"], 0);
    writer.flush(document.origin);
    writer.pieces
}

struct Writer {
    pieces: Vec<Part>,
    text: String,
    indented: bool,
}

impl Writer {
    fn flush(&mut self, origin: OriginId) {
        if !self.text.is_empty() {
            self.pieces.push(Part::Known(std::mem::take(&mut self.text).into(), origin));
        }
    }

    fn line(&mut self, depth: usize) {
        if self.indented {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n("  ", depth));
        }
    }

    /// Members are written in the given order, others by their names.
    fn value(&mut self, value: &Value, order: &[&str], depth: usize) {
        match &value.data {
            Data::Map(map) => {
                self.text.push('{');
                let place = |key: &str| order.iter().position(|name| *name == key);
                let mut entries: Vec<&Entry> = map.entries.iter().collect();
                entries.sort_by_key(|entry| (place(&entry.key).unwrap_or(usize::MAX), entry.key.clone()));
                for (at, entry) in entries.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.line(depth + 1);
                    self.text.push('"');
                    push_escaped(&mut self.text, &entry.key);
                    self.text.push_str(if self.indented { "\": " } else { "\":" });
                    let inner = if entry.key == "Statement" { MEMBERS } else { &[] };
                    self.value(&entry.value, inner, depth + 1);
                }
                self.line(depth);
                self.text.push('}');
            }
            Data::List(list) => {
                self.text.push('[');
                for (at, item) in list.items.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.line(depth + 1);
                    self.value(item, order, depth + 1);
                }
                self.line(depth);
                self.text.push(']');
            }
            _ => {
                self.text.push('"');
                for part in crate::value::text::parts(value).unwrap_or_default() {
                    match part {
                        Part::Known(text, _) => push_escaped(&mut self.text, &text),
                        Part::Open(unknown, origin) => {
                            self.flush(value.origin);
                            self.pieces.push(Part::Open(unknown, origin));
                        }
                    }
                }
                self.text.push('"');
            }
        }
    }
}
