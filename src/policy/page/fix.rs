//! How a finding is mended, as the front matter says it.

use std::borrow::Cow;

use crate::model::schema::{SUBJECTS, Subject, Type};
use crate::policy::expression::{Mistake, Names, Program, Template, compile, literal};
use crate::policy::nearest::nearest;

use super::front_matter::Reader;
use super::yaml::{Data, Entry, Node};

/// A field or attribute (with dots) and the value that it gets.
pub type Assignment = (Cow<'static, str>, Program);

/// How a finding is mended. Paths are fields of the subject with dots between them; they may lead through links.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fix {
    /// Applied without being asked for each one.
    pub safe: bool,
    /// Where this does not hold, the next fix of the page is looked at.
    pub when: Option<Program>,
    pub title: Option<Template>,
    /// Fields that get a value.
    pub set: Cow<'static, [Assignment]>,
    /// Fields that hold lists, and what they get as a new item.
    pub insert: Cow<'static, [Assignment]>,
    /// Values whose places are removed.
    pub remove: Cow<'static, [Program]>,
    /// Values whose whole items of a list, or blocks, are removed.
    pub remove_items: Cow<'static, [Program]>,
    pub replace: Cow<'static, [Replace]>,
    pub beside: Cow<'static, [Beside]>,
    pub write: Cow<'static, [Write]>,
    pub create: Cow<'static, [Create]>,
    /// Policies that the fault hid: their findings are no reason not to mend it.
    pub leads_to: Cow<'static, [Cow<'static, str>]>,
}

/// Another text where values are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Replace {
    /// A value, or a list of them.
    pub value: Program,
    /// Only this piece of what is written there; without it, the whole.
    pub text: Option<Cow<'static, str>>,
    pub by: Program,
}

/// One more item in the list in which a value stands. A value that stands alone becomes a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    pub value: Program,
    pub item: Program,
}

/// Attributes of another resource, by the names of each language.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The resource: an entity, or the address of a resource.
    pub resource: Program,
    pub cloudformation: Cow<'static, [Assignment]>,
    pub terraform: Cow<'static, [Assignment]>,
}

/// A new resource behind the one that is judged, named like it.
#[derive(Clone, Debug, PartialEq)]
pub struct Create {
    /// Its type, which says in which language it is made.
    pub kind: Cow<'static, str>,
    /// Its attributes by the names of the language.
    pub set: Cow<'static, [Assignment]>,
}

const FIELDS: &[&str] = &[
    "safe",
    "when",
    "title",
    "set",
    "insert",
    "remove",
    "remove-items",
    "replace",
    "beside",
    "write",
    "create",
    "leads-to",
];

impl Reader<'_> {
    /// The fixes of the page: none, one map, or a list of maps of which the first one that fits counts.
    pub(super) fn fixes(&mut self, subjects: &[Subject], names: &Names) -> Vec<Fix> {
        let Some(node) = self.get("fix") else { return Vec::new() };
        let items = items(node);
        items.into_iter().filter_map(|item| self.fix(item, subjects, names)).collect()
    }

    fn fix(&mut self, node: &Node, subjects: &[Subject], names: &Names) -> Option<Fix> {
        let Data::Map(entries) = &node.data else {
            let help = Some("write `{ set: { field: value }, safe: true }`, or leave `fix` out".into());
            self.mistakes.push(node.mistake("a fix is a map", help));
            return None;
        };
        self.known_keys(entries, FIELDS, "a fix has no field");
        let mut fix = Fix::default();
        let mut safe = None;
        for entry in entries {
            let value = &entry.value;
            match entry.key.as_str() {
                "safe" => match value.data {
                    Data::Bool(flag) => safe = Some(flag),
                    _ => self.mistakes.push(value.mistake("`safe` is `true` or `false`", None)),
                },
                "when" => fix.when = self.program(value, names).map(|(program, _)| program),
                "title" => fix.title = self.template_in(value, names),
                "set" => fix.set = self.assignments(value, subjects, names).into(),
                "insert" => fix.insert = self.assignments(value, subjects, names).into(),
                "remove" => fix.remove = self.programs(value, names).into(),
                "remove-items" => fix.remove_items = self.programs(value, names).into(),
                "replace" => fix.replace = self.each(value, |reader, parts| reader.replace(parts, names)).into(),
                "beside" => fix.beside = self.each(value, |reader, parts| reader.beside(parts, names)).into(),
                "write" => fix.write = self.each(value, |reader, parts| reader.write(parts, names)).into(),
                "create" => fix.create = self.each(value, |reader, parts| reader.create(parts, names)).into(),
                "leads-to" => {
                    let names = items(value).into_iter().filter_map(|item| self.text_in(item).map(Cow::Owned));
                    fix.leads_to = names.collect::<Vec<_>>().into();
                }
                _ => {}
            }
        }
        let Some(safe) = safe else {
            let help = Some("add `safe: true` or `safe: false`".into());
            self.mistakes.push(node.mistake("the fix does not say whether it is safe", help));
            return None;
        };
        fix.safe = safe;
        Some(fix)
    }

    /// One expression, or a list of them.
    fn programs(&mut self, node: &Node, names: &Names) -> Vec<Program> {
        items(node).into_iter().filter_map(|item| self.program(item, names)).map(|(program, _)| program).collect()
    }

    /// Reads one map or a list of maps.
    fn each<T>(&mut self, node: &Node, mut read: impl FnMut(&mut Self, &Parts<'_>) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        for item in items(node) {
            let Data::Map(entries) = &item.data else {
                self.mistakes.push(item.mistake("this is a map, or a list of maps", None));
                continue;
            };
            all.extend(read(self, &Parts { node: item, entries }));
        }
        all
    }

    fn replace(&mut self, parts: &Parts<'_>, names: &Names) -> Option<Replace> {
        self.known_keys(parts.entries, &["value", "text", "by"], "what replaces has no field");
        let text = parts.get("text").and_then(|node| self.text_in(node));
        let value = self.required(parts, "value")?;
        let value = self.program(value, names)?.0;
        let by = self.required(parts, "by")?;
        Some(Replace { value, text: text.map(Cow::Owned), by: self.value(by, names)? })
    }

    fn beside(&mut self, parts: &Parts<'_>, names: &Names) -> Option<Beside> {
        self.known_keys(parts.entries, &["value", "item"], "what stands beside has no field");
        let value = self.required(parts, "value")?;
        let value = self.program(value, names)?.0;
        let item = self.required(parts, "item")?;
        Some(Beside { value, item: self.value(item, names)? })
    }

    fn write(&mut self, parts: &Parts<'_>, names: &Names) -> Option<Write> {
        self.known_keys(parts.entries, &["resource", "cloudformation", "terraform"], "what is written has no field");
        let resource = self.required(parts, "resource")?;
        let resource = self.program(resource, names)?.0;
        let mut attributes = |language: &str| match parts.get(language) {
            Some(node) => self.assignments(node, &[], names),
            None => Vec::new(),
        };
        let (cloudformation, terraform) = (attributes("cloudformation"), attributes("terraform"));
        Some(Write { resource, cloudformation: cloudformation.into(), terraform: terraform.into() })
    }

    fn create(&mut self, parts: &Parts<'_>, names: &Names) -> Option<Create> {
        self.known_keys(parts.entries, &["type", "set"], "a new resource has no field");
        let kind = self.required(parts, "type")?;
        let kind = self.text_in(kind)?;
        let set = self.required(parts, "set")?;
        Some(Create { kind: kind.into(), set: self.assignments(set, &[], names).into() })
    }

    fn required<'p>(&mut self, parts: &Parts<'p>, name: &str) -> Option<&'p Node> {
        let found = parts.get(name);
        if found.is_none() {
            let help = Some(format!("add `{name}: ...`"));
            self.mistakes.push(parts.node.mistake(format!("`{name}` is missing"), help));
        }
        found
    }

    /// Paths with values. Without subjects they are attributes of a language and not checked.
    fn assignments(&mut self, node: &Node, subjects: &[Subject], names: &Names) -> Vec<Assignment> {
        let Data::Map(entries) = &node.data else {
            self.mistakes.push(node.mistake("this is a map from fields to values", None));
            return Vec::new();
        };
        let mut list = Vec::new();
        for entry in entries {
            for subject in subjects {
                if let Err((segment, of, help)) = check_path(*subject, &entry.key) {
                    let message = format!("{} has no field `{segment}`", of.name());
                    self.mistakes.push(Mistake { start: entry.key_start, end: entry.key_end, message, help });
                    break;
                }
            }
            if let Some(program) = self.value(&entry.value, names) {
                list.push((Cow::Owned(entry.key.clone()), program));
            }
        }
        list
    }

    /// A constant, or `"{expression}"`.
    fn value(&mut self, node: &Node, names: &Names) -> Option<Program> {
        let whole = match &node.data {
            Data::Text(text) => text.strip_prefix('{').and_then(|text| text.strip_suffix('}')),
            _ => None,
        };
        let Some(expression) = whole else { return Some(literal(&node.constant())) };
        match compile(expression, names) {
            Ok((program, _)) => Some(program),
            Err(mistake) => {
                let mistake = self.placed(node, expression, mistake);
                self.mistakes.push(mistake);
                None
            }
        }
    }
}

/// The fields of one map.
struct Parts<'p> {
    node: &'p Node,
    entries: &'p [Entry],
}

impl<'p> Parts<'p> {
    fn get(&self, name: &str) -> Option<&'p Node> {
        self.entries.iter().find(|entry| entry.key == name).map(|entry| &entry.value)
    }
}

/// The items of a list, or the one thing that stands for a list.
fn items(node: &Node) -> Vec<&Node> {
    match &node.data {
        Data::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}

/// Whether a path of fields with dots exists; else the first segment that does not, of what, and a suggestion.
fn check_path(subject: Subject, path: &str) -> Result<(), (String, Subject, Option<String>)> {
    let fields_of = |subject: Subject| {
        SUBJECTS.iter().find(|schema| schema.subject == subject).map_or(&[][..], |schema| schema.fields)
    };
    let mut of = subject;
    let mut fields = fields_of(subject);
    for segment in path.split('.') {
        let Some(field) = fields.iter().find(|field| field.name == segment) else {
            let help =
                nearest(segment, fields.iter().map(|field| field.name)).map(|meant| format!("did you mean `{meant}`?"));
            return Err((segment.to_owned(), of, help));
        };
        match field.ty {
            Type::Object(inner) => fields = inner,
            Type::Link(linked) => {
                of = linked;
                fields = fields_of(linked);
            }
            Type::Map(_) | Type::Any => return Ok(()),
            _ => fields = &[],
        }
    }
    Ok(())
}
