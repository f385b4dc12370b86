//! The value itself: known, absent, unknown with a reason, partly known, or dependent on an input.

use std::sync::Arc;

use super::choice::InputId;
use super::number::Number;
use super::origin::OriginId;

/// A text that is cheap to clone: inline up to 23 bytes, shared beyond.
pub type Text = smol_str::SmolStr;

/// What something is, and where that is written.
///
/// Equality (`==`) compares places too; [`super::equal`] compares what values mean.
#[derive(Clone, Debug)]
pub struct Value {
    pub data: Data,
    pub origin: OriginId,
    pub tag: TypeTag,
}

/// What a front end knows of the type of a value whose data do not show it: of a null, an empty collection, an
/// unknown. Only the front end that gave it can read it; it does not bear on what the value means to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TypeTag(pub u32);

impl TypeTag {
    /// Nothing is known.
    pub const NONE: Self = Self(0);
    /// Worked out from what stands at the origin, where something else is written. No front end gives it.
    pub const FACT: Self = Self(u32::MAX);
}

/// Handle of an entity of the model, for links between entities; front ends never make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub u32);

#[derive(Clone, Debug)]
pub enum Data {
    /// Nothing is written, or `AWS::NoValue` is: the default of the service applies. In a list, an absent item is
    /// no item at all.
    Absent,
    /// Terraform's and JSON's `null`: an item or entry that is there and holds nothing. As an attribute it means
    /// absent.
    Null,
    Bool(bool),
    Number(Number),
    String(Text),
    /// A text of which parts are known: `"table/${aws_dynamodb_table.t.id}"`.
    Parts(Arc<[Part]>),
    List(Arc<List>),
    Map(Arc<Map>),
    Unknown(Arc<Unknown>),
    Choice(Arc<Choice>),
    /// A link to an entity of the model.
    Entity(EntityId),
}

/// A piece of a partly known text. Two known pieces never stand side by side and none is empty.
#[derive(Clone, Debug)]
pub enum Part {
    Known(Text, OriginId),
    Open(Arc<Unknown>, OriginId),
}

/// What kind of sequence a list is to its language. CloudFormation and JSON have tuples only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    Tuple,
    List,
    /// Sorted and without repetitions, as Terraform keeps them.
    Set,
}

#[derive(Clone, Debug)]
pub struct List {
    pub kind: ListKind,
    /// Items in order; each may be a choice, and absent items are left out by whoever counts.
    pub items: Vec<Value>,
    /// There may be more items of which nothing is known (an unknown `for_each`, a concatenated unknown list).
    pub rest: Option<Arc<Unknown>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapKind {
    Object,
    Map,
}

#[derive(Clone, Debug)]
pub struct Map {
    pub kind: MapKind,
    /// In the order of the source (CloudFormation) or sorted by key (Terraform). Keys are unique.
    pub entries: Vec<Entry>,
    /// There may be more entries of which nothing is known (`merge(var.tags, {...})`).
    pub rest: Option<Arc<Unknown>>,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Text,
    /// Where the key stands; for a block its header. [`OriginId::NONE`] for computed keys.
    pub key_origin: OriginId,
    pub value: Value,
}

/// Why something is not known, and what it is equal to all the same.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// A reason that a person can act on, as a lower-case phrase with names in backticks:
    /// ``variable `kms_key` has no value; pass a var-file``.
    pub why: Text,
    /// What the unknown stands for. Two unknowns are equal if and only if both have the same symbol; otherwise they
    /// are not compared.
    pub symbol: Option<Symbol>,
    /// What is known of its type.
    pub shape: Shape,
}

/// The identity of an unknown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// An attribute of a resource of the project that the service will fill in: the ARN of a table, the id of a key.
    /// `address` is the resource's full address, `attribute` the attribute's name in its language (`Arn`, `Ref`,
    /// `arn`, `id`; nested ones with dots).
    Resource { address: Text, attribute: Text },
    /// A parameter or variable without a value, or any other expression: its canonical text, with its module's path
    /// before it where that tells two apart.
    Expression(Text),
}

/// The type of an unknown as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Any,
    Bool,
    Number,
    String,
    List,
    Map,
}

/// A value for each case of an input.
#[derive(Clone, Debug)]
pub struct Choice {
    pub input: InputId,
    /// One value for each of the input's cases, in their order.
    pub cases: Vec<Value>,
}

impl Value {
    #[must_use]
    pub fn new(data: Data, origin: OriginId) -> Self {
        Self { data, origin, tag: TypeTag::NONE }
    }

    #[must_use]
    pub fn absent(origin: OriginId) -> Self {
        Self::new(Data::Absent, origin)
    }

    #[must_use]
    pub fn null(origin: OriginId) -> Self {
        Self::new(Data::Null, origin)
    }

    #[must_use]
    pub fn bool(value: bool, origin: OriginId) -> Self {
        Self::new(Data::Bool(value), origin)
    }

    /// What follows from the value at an origin, without being that value: whether it is set, whether it fits.
    #[must_use]
    pub fn fact(value: bool, origin: OriginId) -> Self {
        Self::bool(value, origin).tagged(TypeTag::FACT)
    }

    #[must_use]
    pub fn integer(value: i64, origin: OriginId) -> Self {
        Self::new(Data::Number(Number::Integer(value)), origin)
    }

    #[must_use]
    pub fn number(value: Number, origin: OriginId) -> Self {
        Self::new(Data::Number(value), origin)
    }

    #[must_use]
    pub fn string(value: impl Into<Text>, origin: OriginId) -> Self {
        Self::new(Data::String(value.into()), origin)
    }

    #[must_use]
    pub fn list(items: Vec<Self>, origin: OriginId) -> Self {
        Self::new(Data::List(Arc::new(List { kind: ListKind::Tuple, items, rest: None })), origin)
    }

    #[must_use]
    pub fn map(entries: Vec<Entry>, origin: OriginId) -> Self {
        Self::new(Data::Map(Arc::new(Map { kind: MapKind::Object, entries, rest: None })), origin)
    }

    #[must_use]
    pub fn entity(id: EntityId, origin: OriginId) -> Self {
        Self::new(Data::Entity(id), origin)
    }

    /// An unknown that is equal to nothing.
    #[must_use]
    pub fn unknown(why: impl Into<Text>, origin: OriginId) -> Self {
        Self::new(Data::Unknown(Arc::new(Unknown { why: why.into(), symbol: None, shape: Shape::Any })), origin)
    }

    /// An unknown that is equal to itself.
    #[must_use]
    pub fn symbol(why: impl Into<Text>, symbol: Symbol, shape: Shape, origin: OriginId) -> Self {
        Self::new(Data::Unknown(Arc::new(Unknown { why: why.into(), symbol: Some(symbol), shape })), origin)
    }

    /// The same value found at another place.
    #[must_use]
    pub fn at(mut self, origin: OriginId) -> Self {
        self.origin = origin;
        self
    }

    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.data, Data::Absent)
    }

    /// The same value with what is known of its type.
    #[must_use]
    pub fn tagged(mut self, tag: TypeTag) -> Self {
        self.tag = tag;
        self
    }

    /// Absent or null: as an attribute, nothing is set.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        matches!(self.data, Data::Absent | Data::Null)
    }

    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.data, Data::Unknown(_))
    }

    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        match &self.data {
            Data::Number(value) => Some(value),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(value) => Some(value),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_list(&self) -> Option<&List> {
        match &self.data {
            Data::List(list) => Some(list),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_entity(&self) -> Option<EntityId> {
        match self.data {
            Data::Entity(id) => Some(id),
            _ => None,
        }
    }

    /// The value under a key of a known map. `None` for other values and for keys that are not there (which may be
    /// unknown rather than absent: see [`Map::rest`]).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map().and_then(|map| map.get(key))
    }

    /// What the value means holds nothing unknown and no choice, at any depth.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match &self.data {
            Data::Absent | Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entity(_) => true,
            Data::Parts(_) | Data::Unknown(_) | Data::Choice(_) => false,
            Data::List(list) => list.rest.is_none() && list.items.iter().all(Self::is_wholly_known),
            Data::Map(map) => map.rest.is_none() && map.entries.iter().all(|entry| entry.value.is_wholly_known()),
        }
    }

    /// The name of the value's type for messages: `string`, `list`, ...
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Absent => "nothing",
            Data::Null => "null",
            Data::Bool(_) => "bool",
            Data::Number(_) => "number",
            Data::String(_) | Data::Parts(_) => "string",
            Data::List(list) => match list.kind {
                ListKind::Tuple => "tuple",
                ListKind::List => "list",
                ListKind::Set => "set",
            },
            Data::Map(map) => match map.kind {
                MapKind::Object => "object",
                MapKind::Map => "map",
            },
            Data::Unknown(_) => "unknown value",
            Data::Choice(_) => "value that depends on an input",
            Data::Entity(_) => "entity",
        }
    }
}

/// The value with every map and list in it left open: there may be more than could be read.
#[must_use]
pub fn opened(value: &Value, why: &Arc<Unknown>) -> Value {
    let data = match &value.data {
        Data::List(list) => {
            let items = list.items.iter().map(|item| opened(item, why)).collect();
            let rest = list.rest.clone().or_else(|| Some(Arc::clone(why)));
            Data::List(Arc::new(List { kind: list.kind, items, rest }))
        }
        Data::Map(map) => {
            let open = |entry: &Entry| Entry::new(entry.key.clone(), entry.key_origin, opened(&entry.value, why));
            let entries = map.entries.iter().map(open).collect();
            let rest = map.rest.clone().or_else(|| Some(Arc::clone(why)));
            Data::Map(Arc::new(Map { kind: map.kind, entries, rest }))
        }
        Data::Choice(choice) => {
            let cases = choice.cases.iter().map(|case| opened(case, why)).collect();
            Data::Choice(Arc::new(Choice { input: choice.input, cases }))
        }
        other => other.clone(),
    };
    Value::new(data, value.origin).tagged(value.tag)
}

impl Map {
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Entry {
    #[must_use]
    pub fn new(key: impl Into<Text>, key_origin: OriginId, value: Value) -> Self {
        Self { key: key.into(), key_origin, value }
    }
}

/// Joins pieces into the simplest value: a known string where all are known, a partly known text otherwise.
/// Neighbouring known pieces become one; a single open piece stays a partly known text, because it is a string then.
#[must_use]
pub fn join_parts(parts: impl IntoIterator<Item = Part>, origin: OriginId) -> Value {
    let mut joined: Vec<Part> = Vec::new();
    // Several known pieces in a row grow one string, so that the cost stays linear.
    let mut run = String::new();
    let close = |joined: &mut Vec<Part>, run: &mut String| {
        if let Some(Part::Known(text, _)) = joined.last_mut()
            && !run.is_empty()
        {
            *text = std::mem::take(run).into();
        }
    };
    for part in parts {
        match (part, joined.last()) {
            (Part::Known(text, _), _) if text.is_empty() => {}
            (Part::Known(text, _), Some(Part::Known(before, _))) => {
                if run.is_empty() {
                    run.push_str(before);
                }
                run.push_str(&text);
            }
            (part, _) => {
                close(&mut joined, &mut run);
                joined.push(part);
            }
        }
    }
    close(&mut joined, &mut run);
    match joined.as_slice() {
        [] => Value::string("", origin),
        [Part::Known(text, _)] => Value::string(text.clone(), origin),
        _ => Value::new(Data::Parts(joined.into()), origin),
    }
}
