//! The front matter of a policy's page: its fields, their values, and the conditions in it.

use crate::model::schema::{Field, Subject, Type, fields_of, subject};
use crate::policy::lens;
use crate::policy::page::PILLARS;
use crate::policy::{Confidence, Profile, Severity};

use super::expression::{self, Names};
use super::yaml::{Begun, Context, context};
use super::{Completion, Item, ItemKind, Place, names};

/// The fields of a page with what they hold.
const FIELDS: &[(&str, &str)] = &[
    ("name", "The policy's name and that of the file, in kebab-case; says what is wrong."),
    ("title", "What is wrong, as a short lower-case phrase."),
    ("pillar", "The folder of the page."),
    ("severity", "How bad it is."),
    ("confidence", "How sure the verdict is; high where nothing is said."),
    ("profile", "How noisy it is: default, strict, all."),
    ("applies-to", "What is judged, one verdict each: a subject of the model, or a list of several."),
    ("languages", "The languages in which it can fail, where that is not all of its subjects'."),
    ("require", "The condition that has to hold."),
    ("when", "A guard: where it is false there is nothing to judge."),
    ("let", "Names for parts of the conditions, in order."),
    ("message", "What a finding says, with `{expressions}` in it."),
    ("help", "What to do about it, with `{expressions}` as well."),
    ("label", "The text at the marked characters."),
    ("blame", "The value to mark, in place of the first one that decided."),
    ("scope", "`stack` where a missing companion may live elsewhere."),
    ("companion", "With `scope: stack`: whether the project has a companion of that kind at all."),
    ("production-only", "Silent in cases that are known to be non-production, outside strict and all."),
    ("non-production-only", "Speaks only in cases that are known to be non-production."),
    ("gives-way-to", "Policies; silent where the condition of one of them fails in the same case."),
    ("needs-option", "Silent until this option is set."),
    ("options", "Settings, each with a type, a default and a doc."),
    ("fix", "How to mend it."),
    ("lens", "Choices of the DynamoDB Lens that it judges."),
    ("aliases", "Identifiers of the same check in other tools."),
    ("since", "The version that brought it."),
];

/// The fields of a fix.
const FIX: &[(&str, &str)] = &[
    ("safe", "True only where it happens in place, without interruption, and nothing that worked changes."),
    ("when", "A condition; where it is false the next fix is looked at."),
    ("title", "What it does, as a short lower-case phrase."),
    ("set", "Fields of the subject and the value that each gets."),
    ("insert", "Fields that hold lists, and the item that each gets."),
    ("remove", "Expressions whose values are removed."),
    ("remove-items", "Expressions whose whole items or blocks are removed."),
    ("replace", "Other text where a value is written: `{ value: expression, by: value }`."),
    ("beside", "One more item in the list in which a value stands: `{ value: expression, item: value }`."),
    ("write", "Attributes that the model does not have: `resource`, `cloudformation`, `terraform`."),
    ("create", "A new resource behind the one that is judged: `type`, `set`."),
    ("leads-to", "Policies that the fault hid."),
];

/// The fields that hold conditions, and those that hold texts with expressions in them.
const CONDITIONS: &[&str] = &["require", "when", "blame", "companion", "remove", "remove-items"];
const TEMPLATES: &[&str] = &["message", "help", "label", "title"];

/// What could be written in the front matter.
pub(super) fn complete(place: &Place<'_>) -> Option<Completion> {
    let (start, end) = front_matter(place.text)?;
    if place.offset < start || place.offset > end {
        return None;
    }
    let text = place.text.get(start..place.offset)?;
    let after = place.text.get(place.offset..end)?;
    let context = context(text, after, start)?;
    let names = Names::of(place.text.get(start..end)?);
    let keys = context.names();
    if let Some(found) = condition(place, &context, &keys, &names) {
        return Some(found);
    }
    let prefix = place.text.get(context.start..place.offset)?;
    let mut items = Vec::new();
    if context.begun != Begun::Value {
        items.extend(fields(place, &context, &keys, &names));
    }
    if context.begun != Begun::Key {
        items.extend(values(place, &keys, prefix, &names));
    }
    // Fields of the model have dots in them.
    let dotted = matches!(keys.as_slice(), ["fix", "set" | "insert"]);
    let start = match prefix.rfind('.') {
        Some(at) if dotted => context.start + at + 1,
        _ => context.start,
    };
    Some(place.over(start, items, false))
}

/// From and to of what stands between the lines `---`; to the end of the text where the second one is not written yet.
fn front_matter(text: &str) -> Option<(usize, usize)> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = body.strip_prefix("---")?;
    let line = first.find('\n')?;
    let start = text.len() - first.len() + line + 1;
    let mut at = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start, at));
        }
        at += line.len();
    }
    Some((start, text.len()))
}

/// Within a condition, what it can ask, if anything; `None` where the cursor stands in none.
fn condition(place: &Place<'_>, context: &Context, keys: &[&str], names: &Names) -> Option<Completion> {
    if context.begun == Begun::Key {
        return None;
    }
    let whole = match keys {
        [field] => CONDITIONS.contains(field),
        ["let", _] => true,
        ["fix", field] => CONDITIONS.contains(field),
        ["fix", "replace" | "beside", "value"] | ["fix", "write", "resource"] => true,
        _ => false,
    };
    let template = match keys {
        [field] => TEMPLATES.contains(field) && *field != "title",
        ["fix", "title"] | ["fix", "set" | "insert" | "write" | "create" | "replace" | "beside", ..] => true,
        _ => false,
    };
    let text = place.text.get(context.value_start..place.offset)?;
    if whole {
        return Some(expression::complete(place, text, names).unwrap_or_default());
    }
    template
        .then(|| open_expression(text))
        .flatten()
        .map(|text| expression::complete(place, text, names).unwrap_or_default())
}

/// The expression that a text with braces is in at its end.
fn open_expression(text: &str) -> Option<&str> {
    let mut open: Option<usize> = None;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match (open, letter) {
            (None, '{') if letters.peek().is_some_and(|(_, next)| *next == '{') => {
                letters.next();
            }
            (None, '{') => open = Some(at + 1),
            (Some(_), '}') => open = None,
            _ => {}
        }
    }
    text.get(open?..)
}

fn fields(place: &Place<'_>, context: &Context, keys: &[&str], names: &Names) -> Vec<Item> {
    let listed = |list: &[(&str, &str)]| -> Vec<Item> {
        let has_colon =
            place.after().trim_start_matches(|one: char| one.is_alphanumeric() || one == '-').starts_with(':');
        list.iter()
            .filter(|(name, _)| !context.keys.iter().any(|key| key == name))
            .map(|(name, doc)| {
                let insert = if has_colon { (*name).to_owned() } else { format!("{name}: ") };
                Item::new(*name, ItemKind::Key).documentation(*doc).insert(insert)
            })
            .collect()
    };
    match keys {
        [] => listed(FIELDS),
        ["fix"] => listed(FIX),
        ["options", _] => listed(&[
            ("type", "bool, integer, number, string, any, list(...) or map(...)."),
            ("default", "The value where nobody sets it."),
            ("doc", "What it means, in a sentence."),
        ]),
        ["fix", "set" | "insert"] => {
            let prefix = place.text.get(context.start..place.offset).unwrap_or_default();
            paths(names, prefix)
        }
        ["fix", "replace"] => {
            listed(&[("value", "What is replaced."), ("by", "By what."), ("text", "Only this piece of it.")])
        }
        ["fix", "beside"] => listed(&[("value", "What the item stands beside."), ("item", "The item.")]),
        ["fix", "create"] => listed(&[("type", "The type of the resource."), ("set", "Its attributes.")]),
        ["fix", "write"] => listed(&[
            ("resource", "An entity, or the address of a resource."),
            ("cloudformation", "Attributes and their values."),
            ("terraform", "Attributes and their values."),
        ]),
        _ => Vec::new(),
    }
}

/// The fields of the page's subjects below what is typed already.
fn paths(names: &Names, prefix: &str) -> Vec<Item> {
    let above = prefix.rsplit_once('.').map_or("", |(above, _)| above);
    let mut items: Vec<Item> = Vec::new();
    for one in &names.subjects {
        let mut fields = fields_of(*one);
        let mut known = true;
        for segment in above.split('.').filter(|segment| !segment.is_empty()) {
            match fields.iter().find(|field| field.name == segment).map(|field| field.ty) {
                Some(Type::Object(inner)) => fields = inner,
                Some(Type::Link(to)) => fields = fields_of(to),
                _ => known = false,
            }
        }
        for field in fields.iter().filter(|_| known) {
            if !items.iter().any(|item| item.label == field.name) {
                items.push(field_item(field));
            }
        }
    }
    items
}

/// A field of the model.
pub(super) fn field_item(field: &Field) -> Item {
    Item::new(field.name, ItemKind::Field).detail(type_text(&field.ty)).documentation(field.doc)
}

/// A type in a few words.
pub(super) fn type_text(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Integer => "integer".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "text".to_owned(),
        Type::Enum(values) => values.join(" | "),
        Type::List(item) => format!("list of {}", type_text(item)),
        Type::Map(value) => format!("map to {}", type_text(value)),
        Type::Object(_) => "group".to_owned(),
        Type::Link(to) => to.name().to_owned(),
        Type::Any => "anything".to_owned(),
    }
}

fn values(place: &Place<'_>, keys: &[&str], prefix: &str, names: &Names) -> Vec<Item> {
    let plain = |words: Vec<&str>| words.into_iter().map(|word| Item::new(word, ItemKind::Value)).collect();
    match keys {
        ["pillar"] => plain(PILLARS.to_vec()),
        ["severity"] => plain(Severity::ALL.iter().map(|one| one.name()).collect()),
        ["confidence"] => plain(Confidence::ALL.iter().map(|one| one.name()).collect()),
        ["profile"] => plain(Profile::ALL.iter().map(|one| one.name()).collect()),
        ["scope"] => plain(vec!["resource", "stack"]),
        ["production-only" | "non-production-only"] | ["fix", "safe"] => plain(vec!["true", "false"]),
        ["languages"] => plain(vec!["cloudformation", "sam", "terraform"]),
        ["applies-to"] => Subject::ALL
            .iter()
            .map(|(one, name)| {
                let doc = subject(*one).map_or("", |schema| schema.doc);
                Item::new(*name, ItemKind::Value).detail("subject").documentation(doc)
            })
            .collect(),
        ["gives-way-to"] | ["fix", "leads-to"] => names::policies(place.pack, &[], &[], prefix),
        ["needs-option"] => names.options.iter().map(|(name, _)| Item::new(name.clone(), ItemKind::Variable)).collect(),
        ["options", _, "type"] => {
            plain(vec!["bool", "integer", "number", "string", "any", "list(string)", "map(string)"])
        }
        ["lens"] => choices(),
        _ => Vec::new(),
    }
}

/// The choices of the Lens.
fn choices() -> Vec<Item> {
    let pillars = lens::pillars().iter();
    pillars
        .flat_map(|pillar| &pillar.questions)
        .flat_map(|question| {
            question.choices.iter().map(|choice| {
                Item::new(choice.id.clone(), ItemKind::Value)
                    .detail(choice.about.clone())
                    .documentation(question.about.clone())
            })
        })
        .collect()
}
