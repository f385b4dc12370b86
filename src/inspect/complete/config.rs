//! `dynalens.yml`: keys and values as its schema has them, and policies wherever one is named.

use serde_json::Value;

use super::yaml::{Begun, Context, Step, context};
use super::{Completion, Item, ItemKind, Place, names};
use crate::config::schema::schema;

/// How many references of the schema are followed.
const MOST_REFERENCES: usize = 16;

pub(super) fn complete(place: &Place<'_>) -> Option<Completion> {
    let context = context(place.before(), place.after(), 0)?;
    if in_comment(place.before()) {
        return None;
    }
    let prefix = place.before().get(context.start..)?;
    let schema = schema(place.pack).ok()?;
    let forms = forms_at(&schema, &context.path);
    let mut items = Vec::new();
    if let Some(whole) = policies_named(&context) {
        let mut offered = names::policies(place.pack, place.found, &[], prefix);
        if whole {
            offered.extend(names::groups());
        }
        items.extend(offered);
    }
    // Where either could follow, what is begun on a line of its own is most often a map.
    if context.begun != Begun::Value {
        items.extend(keys(place, &schema, &forms, &context));
    }
    if context.begun != Begun::Key {
        items.extend(forms.iter().flat_map(|form| values(&schema, form)));
    }
    let mut seen: Vec<String> = Vec::new();
    items.retain(|item| {
        let new = !seen.contains(&item.label);
        seen.push(item.label.clone());
        new
    });
    Some(place.over(context.start, items, prefix.is_empty()))
}

/// Whether the cursor stands in a comment.
fn in_comment(before: &str) -> bool {
    let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
    line.trim_start().starts_with('#') || line.contains(" #")
}

/// Whether policies are named at a place, and if so whether a pillar or severity may stand for many.
fn policies_named(context: &Context) -> Option<bool> {
    if context.begun == Begun::Key {
        return None;
    }
    let names = context.names();
    match names.as_slice() {
        ["select" | "ignore" | "unsuppressible"] | ["overrides", "select" | "ignore"] => Some(true),
        ["suppressions", "policy"] => Some(false),
        _ => None,
    }
}

/// The forms that the schema has for what a path leads to.
fn forms_at<'s>(schema: &'s Value, path: &[Step]) -> Vec<&'s Value> {
    let mut forms = alternatives(schema, schema);
    for step in path {
        let mut next = Vec::new();
        for form in &forms {
            let inner = match step {
                Step::Item => form.get("items"),
                Step::Key(key) => form
                    .get("properties")
                    .and_then(|properties| properties.get(key))
                    .or_else(|| form.get("additionalProperties").filter(|rest| rest.is_object())),
            };
            if let Some(inner) = inner {
                next.extend(alternatives(schema, inner));
            }
        }
        forms = next;
    }
    forms
}

/// A form with everything that it refers to or chooses from.
fn alternatives<'s>(schema: &'s Value, form: &'s Value) -> Vec<&'s Value> {
    let mut found: Vec<&Value> = Vec::new();
    let mut open = vec![form];
    while let Some(form) = open.pop() {
        if found.len() >= MOST_REFERENCES {
            break;
        }
        found.push(form);
        let reference = form.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
        open.extend(reference.and_then(|pointer| schema.pointer(pointer)));
        for name in ["anyOf", "oneOf", "allOf"] {
            open.extend(form.get(name).and_then(Value::as_array).into_iter().flatten());
        }
    }
    found
}

fn description(schema: &Value, form: &Value) -> String {
    let own = |form: &Value| form.get("description").and_then(Value::as_str).map(str::to_owned);
    own(form).or_else(|| alternatives(schema, form).into_iter().find_map(own)).unwrap_or_default()
}

fn is_type(form: &Value, name: &str) -> bool {
    match form.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(many)) => many.iter().any(|one| one == name),
        _ => false,
    }
}

fn values(schema: &Value, form: &Value) -> Vec<Item> {
    let mut items = Vec::new();
    for value in form.get("enum").and_then(Value::as_array).into_iter().flatten() {
        if let Some(text) = value.as_str() {
            items.push(Item::new(text, ItemKind::Value).documentation(description(schema, form)));
        }
    }
    // Of what may be a text as well, true and false are only spellings.
    if is_type(form, "boolean") && !is_type(form, "string") {
        items.extend(["true", "false"].map(|word| Item::new(word, ItemKind::Value)));
    }
    items
}

fn keys(place: &Place<'_>, schema: &Value, forms: &[&Value], context: &Context) -> Vec<Item> {
    let colon =
        place.after().trim_start_matches(|letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
    let has_colon = colon.trim_start_matches(['"', '\'']).starts_with(':');
    let of_policies = context.path.last() == Some(&Step::Key("policies".to_owned()));
    let mut items = Vec::new();
    for form in forms {
        let Some(properties) = form.get("properties").and_then(Value::as_object) else { continue };
        for (key, inner) in properties {
            if context.keys.contains(key) {
                continue;
            }
            let insert = if has_colon { key.clone() } else { format!("{key}: ") };
            let item = match place.pack.get(key).filter(|_| of_policies) {
                Some(page) => names::item(page),
                None => Item::new(key.clone(), ItemKind::Key).documentation(description(schema, inner)),
            };
            items.push(item.insert(insert));
        }
    }
    items
}
