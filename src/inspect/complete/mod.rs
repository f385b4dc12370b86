//! What could be written at a place: names of policies in suppressions and in the configuration, keys and values of
//! `dynalens.yml`, fields of policy pages, and what their conditions can ask.
//!
//! Works on the text alone, because a text that is being written is broken most of the time: the files beside this one
//! read only as much of it as stands before the cursor.

mod comment;
mod config;
mod expression;
mod metadata;
mod names;
mod page;
mod yaml;

pub use names::explained;

use std::path::Path;

use crate::policy::Pack;

/// What an item is, for its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    Policy,
    Key,
    /// One of a closed set.
    Value,
    Field,
    Function,
    Variable,
    Keyword,
}

/// Something that could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is shown in the list.
    pub label: String,
    pub kind: ItemKind,
    /// A few words beside the label.
    pub detail: String,
    /// Markdown; may be empty.
    pub documentation: String,
    /// What is written in place of [`Completion::replace`].
    pub insert: String,
    /// What the typed text is held against; the label where it is empty.
    pub filter: String,
    /// The policy that it names; [`explained`] says what that means.
    pub policy: Option<String>,
}

impl Item {
    fn new(label: impl Into<String>, kind: ItemKind) -> Self {
        let label = label.into();
        Self {
            insert: label.clone(),
            label,
            kind,
            detail: String::new(),
            documentation: String::new(),
            filter: String::new(),
            policy: None,
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn documentation(mut self, documentation: impl Into<String>) -> Self {
        self.documentation = documentation.into();
        self
    }

    fn insert(mut self, insert: impl Into<String>) -> Self {
        self.insert = insert.into();
        self
    }
}

/// All that could be written at a place, in the order in which it is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The characters that an item takes the place of, from and to in bytes.
    pub replace: (u32, u32),
    pub items: Vec<Item>,
    /// With more letters there may be others.
    pub incomplete: bool,
}

/// What could be written at an offset of a document. `found` are the policies that speak somewhere in it: they are
/// offered first where a policy is named.
#[must_use]
pub fn complete(path: &Path, text: &str, offset: u32, pack: &Pack, found: &[&str]) -> Completion {
    let offset = (offset as usize).min(text.len());
    if !text.is_char_boundary(offset) {
        return Completion::default();
    }
    let place = Place { text, offset, pack, found };
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let completion = match name.as_str() {
        "dynalens.yml" | "dynalens.yaml" | ".dynalens.yml" | ".dynalens.yaml" => config::complete(&place),
        _ if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("md")) => page::complete(&place),
        _ => comment::complete(&place).or_else(|| metadata::complete(&place)),
    };
    completion.filter(|completion| !completion.items.is_empty()).unwrap_or_default()
}

/// A cursor in a text.
#[derive(Clone, Copy)]
struct Place<'a> {
    text: &'a str,
    /// On a border of characters.
    offset: usize,
    pack: &'a Pack,
    found: &'a [&'a str],
}

impl<'a> Place<'a> {
    fn before(&self) -> &'a str {
        self.text.get(..self.offset).unwrap_or_default()
    }

    fn after(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// A completion of the word that begins at an offset and goes on behind the cursor.
    fn over(&self, start: usize, items: Vec<Item>, incomplete: bool) -> Completion {
        let word = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '*');
        let rest = self.after();
        let end = self.offset + rest.find(|letter| !word(letter)).unwrap_or(rest.len());
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Completion { replace: (number(start.min(self.offset)), number(end)), items, incomplete }
    }
}
