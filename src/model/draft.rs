//! An entity while it is being built: fields are set by their dotted names, and references wait to be linked.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Data, Entry, Map, MapKind, OriginId, Text, Value};

use super::derive::each_pair;
use super::entity::Entity;
use super::schema::{Subject, fields_of};

#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub subject: Subject,
    pub address: Text,
    /// The address of the resource that the entity is, or is a part of.
    pub resource_address: Text,
    pub kind: Text,
    pub name: Text,
    pub header: Span,
    pub span: Span,
    pub exists: Value,
    pub resource: usize,
    pub managed: bool,
    fields: Vec<Entry>,
    /// A hash of each field's name: looking through these for a name touches little memory.
    hashes: Vec<u32>,
    /// What only the linker reads: references to other entities as they are written.
    references: Vec<(&'static str, Value)>,
}

impl Draft {
    pub fn new(subject: Subject, resource: &crate::resource::Resource, position: usize) -> Self {
        // Most of what an entity may have is set in the end, if only to nothing.
        let count = fields_of(subject).len();
        Self {
            subject,
            address: resource.address.clone(),
            resource_address: resource.address.clone(),
            kind: resource.kind.clone(),
            name: resource.name.clone(),
            header: resource.header,
            span: resource.span,
            exists: resource.exists.clone(),
            resource: position,
            managed: resource.managed,
            fields: Vec::with_capacity(count),
            hashes: Vec::with_capacity(count),
            references: Vec::new(),
        }
    }

    /// Sets a field by its dotted name; groups on the way are made.
    pub fn set(&mut self, path: &str, value: Value) {
        let (first, rest) = cut(path);
        match (self.place(first), rest.is_empty()) {
            (Some(at), _) => {
                if let Some(entry) = self.fields.get_mut(at) {
                    set_at(entry, rest, value);
                }
            }
            (None, true) => self.add(Entry::new(first, OriginId::NONE, value)),
            (None, false) => {
                let mut entry = Entry::new(first, OriginId::NONE, Value::map(Vec::new(), OriginId::NONE));
                set_at(&mut entry, rest, value);
                self.add(entry);
            }
        }
    }

    fn add(&mut self, entry: Entry) {
        self.hashes.push(hash(&entry.key));
        self.fields.push(entry);
    }

    /// Where a field stands.
    fn place(&self, name: &str) -> Option<usize> {
        let wanted = hash(name);
        let mut from = 0;
        loop {
            let at = from + self.hashes.get(from..)?.iter().position(|hash| *hash == wanted)?;
            if self.fields.get(at)?.key == name {
                return Some(at);
            }
            from = at + 1;
        }
    }

    /// Sets fields.
    pub fn extend(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            match self.place(&entry.key).and_then(|at| self.fields.get_mut(at)) {
                Some(known) => known.value = entry.value,
                None => self.add(entry),
            }
        }
    }

    pub fn get(&self, path: &str) -> Option<&Value> {
        let (first, mut rest) = cut(path);
        let mut value = &self.fields.get(self.place(first)?)?.value;
        while !rest.is_empty() {
            let (name, tail) = cut(rest);
            value = value.get(name)?;
            rest = tail;
        }
        Some(value)
    }

    /// The field's value; absent where it was never set.
    pub fn value(&self, path: &str) -> Value {
        self.get(path).cloned().unwrap_or_else(|| Value::absent(OriginId::NONE))
    }

    pub fn refer(&mut self, name: &'static str, value: Value) {
        self.references.push((name, value));
    }

    pub fn reference(&self, name: &str) -> Value {
        let found = self.references.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| Value::absent(OriginId::NONE), |(_, value)| value.clone())
    }

    /// Adds an item to a list field; a field that is no list yet becomes one.
    pub fn push(&mut self, path: &str, item: Value) {
        if matches!(item.data, Data::Absent) {
            return;
        }
        let mut list = match self.get(path).map(|value| &value.data) {
            Some(Data::List(list)) => list.clone(),
            _ => Arc::new(crate::value::List { kind: crate::value::ListKind::Tuple, items: Vec::new(), rest: None }),
        };
        let origin = self.get(path).map_or(OriginId::NONE, |value| value.origin);
        // The draft's own copy gives way first, so that the list grows in place.
        self.set(path, Value::absent(origin));
        Arc::make_mut(&mut list).items.push(item);
        self.set(path, Value::new(Data::List(list), origin));
    }

    /// Adds an item to a list field in the cases in which it is there. Where that is not known, the list is left open:
    /// an item that may be there is none yet.
    pub fn push_if(&mut self, path: &str, there: &Value, item: &Value) {
        let mut open = None;
        let item = each_pair(there, item, &mut |there, item| match &there.data {
            Data::Bool(true) => item.clone(),
            Data::Unknown(unknown) => {
                open.get_or_insert_with(|| unknown.clone());
                Value::absent(there.origin)
            }
            _ => Value::absent(there.origin),
        });
        self.push(path, item);
        if let Some(open) = open {
            self.open(path, &open);
        }
    }

    /// Says that a list field may hold more than is known.
    pub fn open(&mut self, path: &str, why: &Arc<crate::value::Unknown>) {
        let (items, origin) = match self.get(path) {
            Some(Value { data: Data::List(list), origin, .. }) if list.rest.is_none() => (list.items.clone(), *origin),
            Some(Value { data: Data::List(_), .. }) => return,
            Some(value) => (Vec::new(), value.origin),
            None => (Vec::new(), OriginId::NONE),
        };
        let list = crate::value::List { kind: crate::value::ListKind::Tuple, items, rest: Some(why.clone()) };
        self.set(path, Value::new(Data::List(Arc::new(list)), origin));
    }

    pub fn finish(self, origin: OriginId) -> Entity {
        Entity {
            subject: self.subject,
            address: self.address,
            kind: self.kind,
            name: self.name,
            header: self.header,
            span: self.span,
            exists: self.exists,
            fields: Value::map(self.fields, origin),
            resource: self.resource,
            managed: self.managed,
        }
    }
}

/// The first name of a dotted path, and the others. Names are short: to search them byte by byte is quickest.
pub(super) fn cut(path: &str) -> (&str, &str) {
    let dot = path.bytes().position(|byte| byte == b'.');
    dot.and_then(|dot| Some((path.get(..dot)?, path.get(dot + 1..)?))).unwrap_or((path, ""))
}

/// Of names alone; equal hashes are looked at twice.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0, |hash: u32, byte| (hash.rotate_left(5) ^ u32::from(byte)).wrapping_mul(0x9e37_79b1))
}

fn set_in(entries: &mut Vec<Entry>, path: &str, value: Value) {
    let (first, rest) = cut(path);
    match entries.iter_mut().find(|entry| entry.key == first) {
        Some(entry) => set_at(entry, rest, value),
        None => {
            let mut entry = Entry::new(first, OriginId::NONE, Value::absent(OriginId::NONE));
            set_at(&mut entry, rest, value);
            entries.push(entry);
        }
    }
}

/// Sets an entry, or what a dotted path leads to from there.
fn set_at(entry: &mut Entry, rest: &str, value: Value) {
    if rest.is_empty() {
        entry.value = value;
        return;
    }
    match &mut entry.value.data {
        Data::Map(map) => set_in(&mut Arc::make_mut(map).entries, rest, value),
        // Anything else gives way to a group: groups are made by this file alone.
        other => {
            let mut inner = Vec::new();
            set_in(&mut inner, rest, value);
            *other = Data::Map(Arc::new(Map { kind: MapKind::Object, entries: inner, rest: None }));
        }
    }
}
