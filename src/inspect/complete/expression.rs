//! Conditions of policy pages: names, fields behind a dot, functions, and the values of closed sets.
//!
//! An expression that is being written has no tree, so the chain of names before the cursor is read backwards and
//! followed through the model's types.

use crate::model::schema::{Field, Subject, fields_of};
use crate::policy::expression::{COMMON_FIELDS, Each, FUNCTIONS, Kind, PROJECT_FIELDS, Parameter, Signature, plural};

use super::page::field_item;
use super::{Completion, Item, ItemKind, Place};

/// How far names of `let` lead into each other.
const MOST_NAMES: usize = 8;

/// How much of an expression before the cursor is read, in bytes.
const WINDOW: usize = 4_000;

/// What a page's expressions can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub subjects: Vec<Subject>,
    pub options: Vec<(String, Kind)>,
    lets: Vec<(String, String)>,
}

impl Names {
    /// Reads them from a front matter, which may be broken elsewhere.
    pub fn of(front: &str) -> Self {
        let mut names = Self::default();
        // The field at the margin, and the name below it.
        let (mut field, mut name) = (String::new(), String::new());
        for line in front.lines() {
            let content = line.trim_start();
            let indent = line.len() - content.len();
            let (key, value) = content.split_once(':').unwrap_or(("", content));
            if indent == 0 && !key.is_empty() {
                key.clone_into(&mut field);
                name.clear();
            }
            match field.as_str() {
                "applies-to" => {
                    let value = if indent == 0 { value } else { content };
                    let words = value.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                    names.subjects.extend(words.filter_map(Subject::from_name));
                }
                "let" if indent > 0 => {
                    let is_name =
                        key.chars().all(|letter| letter.is_alphanumeric() || letter == '_') && !key.is_empty();
                    if is_name && indent <= 4 {
                        let value = value.trim().trim_start_matches(['>', '|', '-']).trim_matches(['"', '\'']);
                        names.lets.push((key.to_owned(), value.to_owned()));
                    } else if let Some((_, text)) = names.lets.last_mut() {
                        text.push(' ');
                        text.push_str(content.trim());
                    }
                }
                "options" if indent > 0 => {
                    let ty = content.split_once("type:").map(|(_, rest)| rest.trim());
                    let ty = ty.map(|rest| rest.split([',', '}', ' ']).next().unwrap_or(rest));
                    let kind = ty.and_then(Kind::parse);
                    if key != "type" && key != "default" && key != "doc" && !key.is_empty() {
                        key.clone_into(&mut name);
                        names.options.push((name.clone(), kind.unwrap_or(Kind::Any)));
                    } else if key == "type"
                        && let (Some((_, known)), Some(kind)) = (names.options.last_mut(), kind)
                    {
                        *known = kind;
                    }
                }
                _ => {}
            }
        }
        names.subjects.dedup();
        names
    }
}

/// What could be written at the end of an expression.
pub(super) fn complete(place: &Place<'_>, text: &str, names: &Names) -> Option<Completion> {
    let mut from = text.len().saturating_sub(WINDOW);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    // The quotes of YAML around the expression are none of its own.
    let text = text.get(from..)?.trim_start_matches(['\'', '"']);
    let scope = Scope { names, text };
    if let Some(start) = open_literal(text) {
        let word = text.get(start..)?;
        let before = text.get(..start)?.trim_end_matches(['"', '\'', '\\']).trim_end();
        let before = before
            .trim_end_matches(|one: char| matches!(one, ',' | '[' | '"' | '\'' | '_') || one.is_ascii_uppercase());
        let before = before.trim_end();
        let chain =
            before.strip_suffix("==").or_else(|| before.strip_suffix("!=")).or_else(|| before.strip_suffix("in"))?;
        let Kind::Enum(values) = scope.kind_at_end(chain.trim_end(), 0)? else { return None };
        let items = values.iter().map(|value| Item::new(*value, ItemKind::Value)).collect();
        return Some(place.over(place.offset - word.len(), items, false));
    }
    let word_at = text
        .rfind(|letter: char| !is_word(letter))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let word = text.get(word_at..)?;
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let before = text.get(..word_at)?;
    let items = match before.strip_suffix('.') {
        Some(receiver) => members(&scope.kind_at_end(receiver, 0)?),
        None => roots(&scope),
    };
    Some(place.over(place.offset - word.len(), items, false))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where the text literal begins that is open at the end of an expression.
fn open_literal(text: &str) -> Option<usize> {
    let mut open: Option<(char, usize)> = None;
    // In YAML's double quotes each quote has a backslash before it, which changes nothing here.
    for (at, letter) in text.char_indices() {
        match open {
            Some((quote, _)) if letter == quote => open = None,
            None if matches!(letter, '"' | '\'') => open = Some((letter, at + 1)),
            _ => {}
        }
    }
    open.map(|(_, start)| start)
}

/// An expression up to the cursor.
struct Scope<'a> {
    names: &'a Names,
    text: &'a str,
}

impl Scope<'_> {
    /// The kind of the chain of names, calls and indices that a text ends with.
    fn kind_at_end(&self, text: &str, depth: usize) -> Option<Kind> {
        if depth > MOST_NAMES {
            return None;
        }
        let text = text.trim_end();
        let last = text.chars().next_back()?;
        if last == ']' {
            let open = opening(text, '[', ']')?;
            let list = self.kind_at_end(text.get(..open)?, depth + 1);
            return match list {
                Some(Kind::List(item) | Kind::Map(item)) => Some(*item),
                // A list that is written out.
                _ => Some(Kind::List(Box::new(Kind::Any))),
            };
        }
        if last == ')' {
            let open = opening(text, '(', ')')?;
            let head = text.get(..open)?;
            let name_at = head.rfind(|letter: char| !is_word(letter)).map_or(0, |at| at + 1);
            let name = head.get(name_at..)?;
            let arguments = text.get(open + 1..text.len() - 1)?;
            if name.is_empty() {
                return self.kind_at_end(arguments, depth + 1);
            }
            return self.call(head.get(..name_at)?, name, arguments, depth);
        }
        let name_at = text
            .rfind(|letter: char| !is_word(letter))
            .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        let name = text.get(name_at..).filter(|name| !name.is_empty())?;
        match text.get(..name_at)?.strip_suffix('.') {
            Some(receiver) => self.kind_at_end(receiver, depth + 1)?.field(name).ok(),
            None => self.root(name, depth),
        }
    }

    /// A macro, a method or a function.
    fn call(&self, before: &str, name: &str, arguments: &str, depth: usize) -> Option<Kind> {
        let receiver = match before.strip_suffix('.') {
            Some(receiver) => Some(self.kind_at_end(receiver, depth + 1)?),
            None => None,
        };
        if let (Some(receiver), Some(each)) = (&receiver, Each::from_name(name)) {
            return Some(match each {
                Each::All | Each::Exists | Each::ExistsOne => Kind::Bool,
                Each::Filter => receiver.clone(),
                Each::Map => Kind::List(Box::new(Kind::Any)),
                Each::Count => Kind::Number,
            });
        }
        let signature = FUNCTIONS.iter().find(|signature| signature.name == name)?;
        let first = receiver.or_else(|| self.kind_at_end(arguments.split(',').next()?, depth + 1));
        Some(signature.function.result(&first.into_iter().collect::<Vec<_>>()))
    }

    fn root(&self, name: &str, depth: usize) -> Option<Kind> {
        if let Some(kind) = self.bound(name, depth) {
            return Some(kind);
        }
        match name {
            "self" => Some(Kind::Entity(self.names.subjects.clone())),
            "project" => Some(Kind::Project),
            "options" => Some(Kind::Options(self.names.options.clone())),
            _ => {
                if let Some((_, text)) = self.names.lets.iter().find(|(known, _)| known == name) {
                    let inner = Scope { names: self.names, text };
                    return inner.kind_at_end(text, depth + 1);
                }
                Subject::from_name(name).map(|subject| Kind::Entity(vec![subject]))
            }
        }
    }

    /// The item that a macro around the cursor binds: `table.indexes.exists(i, ...`.
    fn bound(&self, name: &str, depth: usize) -> Option<Kind> {
        let mut end = self.text.len();
        while let Some(at) = self.text.get(..end)?.rfind('(') {
            end = at;
            let inside = self.text.get(at + 1..)?;
            let Some((variable, _)) = inside.split_once(',') else { continue };
            if variable.trim() != name {
                continue;
            }
            let head = self.text.get(..at)?;
            let macro_at = head.rfind('.')?;
            if Each::from_name(head.get(macro_at + 1..)?).is_none() {
                continue;
            }
            // What stands before binds nothing of this name, or the chain would go round.
            let outer = Scope { names: self.names, text: head.get(..macro_at)? };
            return match outer.kind_at_end(outer.text, depth + 1)? {
                Kind::List(item) => Some(*item),
                Kind::Map(_) => Some(Kind::Text),
                _ => None,
            };
        }
        None
    }

    /// The names that macros around the cursor bind.
    fn bound_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (at, _) in self.text.match_indices('(') {
            let (Some(head), Some(inside)) = (self.text.get(..at), self.text.get(at + 1..)) else { continue };
            let is_macro = head.rsplit('.').next().is_some_and(|name| Each::from_name(name).is_some());
            // One that is closed before the cursor binds nothing here.
            let open = inside.matches('(').count() >= inside.matches(')').count();
            if let Some((variable, _)) = inside.split_once(',').filter(|_| is_macro && open) {
                names.push(variable.trim());
            }
        }
        names
    }
}

/// Where the bracket opens that the last character closes.
fn opening(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0usize;
    for (at, letter) in text.char_indices().rev() {
        if letter == close {
            depth += 1;
        } else if letter == open {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// What a kind has behind a dot.
fn members(kind: &Kind) -> Vec<Item> {
    let plain = |name: &str, kind: &Kind| Item::new(name.to_owned(), ItemKind::Field).detail(kind.describe());
    match kind {
        Kind::Entity(subjects) => {
            let mut fields: Vec<&'static Field> = Vec::new();
            for (index, subject) in subjects.iter().enumerate() {
                let own = fields_of(*subject);
                if index == 0 {
                    fields.extend(own);
                } else {
                    // What may be one of several has only what all have.
                    fields.retain(|field| own.iter().any(|other| other.name == field.name));
                }
            }
            let common = COMMON_FIELDS.iter().filter(|(name, _)| !fields.iter().any(|field| field.name == *name));
            let common: Vec<Item> = common.map(|(name, kind)| plain(name, kind)).collect();
            fields.into_iter().map(field_item).chain(common).collect()
        }
        Kind::Object(fields) => fields.iter().map(field_item).collect(),
        Kind::Project => {
            let fixed = PROJECT_FIELDS.iter().map(|(name, kind)| plain(name, kind));
            let lists = Subject::ALL
                .iter()
                .map(|(subject, name)| Item::new(plural(*subject), ItemKind::Field).detail(format!("list of {name}")));
            fixed.chain(lists).collect()
        }
        Kind::Options(options) => options
            .iter()
            .map(|(name, kind)| Item::new(name.clone(), ItemKind::Variable).detail(kind.describe()))
            .collect(),
        Kind::List(_) | Kind::Map(_) => {
            let macros = Each::ALL
                .iter()
                .map(|(_, name)| Item::new(*name, ItemKind::Function).detail("macro").insert(format!("{name}(")));
            macros.chain(methods(kind)).collect()
        }
        Kind::Text | Kind::Enum(_) => methods(kind).collect(),
        _ => Vec::new(),
    }
}

/// The functions that a kind has as methods.
fn methods(kind: &Kind) -> impl Iterator<Item = Item> {
    let fits = |signature: &&Signature| {
        signature.method
            && signature.parameters.first().is_some_and(|first| first.takes(kind) && *first != Parameter::Any)
    };
    FUNCTIONS.iter().filter(fits).map(|signature| function(signature, 1)).collect::<Vec<_>>().into_iter()
}

fn function(signature: &Signature, skip: usize) -> Item {
    let parameters: Vec<&str> = signature.parameters.iter().skip(skip).map(|one| one.describe()).collect();
    let more = if signature.variadic { ", ..." } else { "" };
    let close = if parameters.is_empty() && !signature.variadic { "()" } else { "(" };
    Item::new(signature.name, ItemKind::Function)
        .detail(format!("({}{more})", parameters.join(", ")))
        .insert(format!("{}{close}", signature.name))
}

/// What an expression can begin with.
fn roots(scope: &Scope<'_>) -> Vec<Item> {
    let variable = |name: &str, detail: &str| Item::new(name.to_owned(), ItemKind::Variable).detail(detail.to_owned());
    let mut items: Vec<Item> = scope.bound_names().into_iter().map(|name| variable(name, "bound by a macro")).collect();
    items.push(variable("self", "what is judged"));
    items.extend(scope.names.subjects.iter().map(|subject| variable(subject.name(), "what is judged")));
    items.extend(scope.names.lets.iter().map(|(name, _)| variable(name, "let")));
    items.push(variable("project", "everything in the project"));
    if !scope.names.options.is_empty() {
        items.push(variable("options", "the policy's options"));
    }
    items.extend(FUNCTIONS.iter().filter(|signature| signature.global).map(|signature| function(signature, 0)));
    items.push(Item::new("has", ItemKind::Function).detail("(x.field)").insert("has("));
    items.extend(["true", "false", "null"].map(|word| Item::new(word, ItemKind::Keyword)));
    items
}
