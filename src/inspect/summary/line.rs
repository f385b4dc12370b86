//! Lines of a summary: a label, and a value that may differ by case.

use std::borrow::Cow;
use std::fmt::Write;

use crate::model::Entity;
use crate::value::{Data, Entry, OriginId, Step, Value, combine};

use super::super::Known;
use super::super::shown::{Words, line};
use super::words;

/// The lines of one entity.
pub(super) struct Lines<'a> {
    pub entity: &'a Entity,
    known: Known<'a>,
    said: Vec<(Cow<'static, str>, String)>,
}

impl<'a> Lines<'a> {
    pub fn new(known: Known<'a>, entity: &'a Entity) -> Self {
        Self { entity, known, said: Vec::new() }
    }

    pub fn words(&self) -> Words<'a> {
        words(self.known)
    }

    /// A field by its dotted name; absent where the entity has none.
    pub fn field(&self, path: &str) -> Value {
        field_of(self.entity, path)
    }

    /// Whether a value is one that the code sets: not the service's default, and not a mark that nothing sets.
    pub fn is_set(&self, value: &Value) -> bool {
        match self.known.understood.project.origins.get(value.origin) {
            Some(origin) => !matches!(origin.step, Step::Absent(_)),
            None => !matches!(value.data, Data::Bool(false)),
        }
    }

    /// A list of links with these fields of what they lead to, each as a map.
    pub fn linked(&self, path: &str, fields: &[&'static str]) -> Value {
        let value = self.field(path);
        combine(&[&value], &mut |leaves| match &leaves[0].data {
            Data::List(list) => {
                let mut list = (**list).clone();
                list.items = list.items.iter().map(|item| self.expanded(item, fields)).collect();
                Value::new(Data::List(list.into()), leaves[0].origin)
            }
            _ => leaves[0].clone(),
        })
    }

    fn expanded(&self, item: &Value, fields: &[&'static str]) -> Value {
        combine(&[item], &mut |leaves| {
            let Some(id) = leaves[0].as_entity() else { return leaves[0].clone() };
            let entity = self.known.understood.model.get(id);
            let entries = fields.iter().map(|name| Entry::new(*name, OriginId::NONE, field_of(entity, name)));
            Value::map(entries.collect(), leaves[0].origin)
        })
    }

    /// A line whose words are made of several values, known in each case.
    pub fn say(
        &mut self,
        label: impl Into<Cow<'static, str>>,
        values: Vec<(&'static str, Value)>,
        text: &dyn Fn(&Value) -> String,
    ) {
        let entries = values.into_iter().map(|(name, value)| Entry::new(name, OriginId::NONE, value)).collect();
        let whole = Value::map(entries, OriginId::NONE);
        let leaves = self.words().leaves_as(&whole, text);
        // Nothing to say in any case.
        if leaves.iter().all(|leaf| leaf.text.is_empty()) {
            return;
        }
        let mut leaves = leaves;
        for leaf in &mut leaves {
            if leaf.text.is_empty() {
                "none".clone_into(&mut leaf.text);
            }
        }
        self.said.push((label.into(), line(&leaves)));
    }

    /// A line with a field's value as it is, unless it is not set.
    pub fn plain(&mut self, label: &'static str, path: &str) {
        let words = self.words();
        self.say(label, vec![("value", self.field(path))], &|map| match map.get("value") {
            Some(value) if !value.is_unset() => words.text(value),
            _ => String::new(),
        });
    }

    /// A line that says whether a field is true.
    pub fn switch(&mut self, label: &'static str, path: &str) {
        let words = self.words();
        self.say(label, vec![("value", self.field(path))], &|map| on_off(words, map.get("value")));
    }

    /// A list in Markdown.
    pub fn finish(self) -> String {
        let mut out = String::new();
        for (label, text) in &self.said {
            let _ = writeln!(out, "- {label}: {text}");
        }
        out
    }

    /// All on one line, without labels.
    pub fn joined(self) -> String {
        self.said.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("; ")
    }
}

pub(super) fn on_off(words: Words<'_>, value: Option<&Value>) -> String {
    match value.map(|value| &value.data) {
        Some(Data::Bool(true)) => "on".to_owned(),
        Some(Data::Bool(false)) => "off".to_owned(),
        None | Some(Data::Absent | Data::Null) => String::new(),
        Some(_) => value.map(|value| words.text(value)).unwrap_or_default(),
    }
}

/// How many things a list of links leads to: `2`, `at least 1`; nothing for none.
pub(super) fn count(value: Option<&Value>) -> Option<String> {
    let list = value?.as_list()?;
    let count = list.items.iter().filter(|item| !item.is_unset()).count();
    match (count, list.rest.is_some()) {
        (0, false) => None,
        (0, true) => Some("perhaps some".to_owned()),
        (count, false) => Some(count.to_string()),
        (count, true) => Some(format!("at least {count}")),
    }
}

fn field_of(entity: &Entity, path: &str) -> Value {
    let mut value = &entity.fields;
    for name in path.split('.') {
        match value.get(name) {
            Some(inner) => value = inner,
            None => return Value::absent(OriginId::NONE),
        }
    }
    value.clone()
}
