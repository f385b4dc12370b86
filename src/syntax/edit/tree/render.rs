//! New text in the style of a YAML or JSON file.

use crate::syntax::tree::{Layout, NodeRef, Scalar, Style, Tree};

use super::super::text::{column, is_first};
use super::super::{Piece, Term};

/// How the file is written.
#[derive(Debug)]
pub struct Render {
    pub json: bool,
    pub terraform: bool,
    /// By how much a block mapping is indented within another one.
    pub unit: usize,
    /// By how much the dash of a block sequence is indented behind its key.
    dash: usize,
    /// What is put around YAML texts that need it.
    quote: char,
    /// CloudFormation's functions in short form (`!Ref`).
    short: bool,
}

/// The separators of one pair of brackets.
#[derive(Clone, Debug)]
pub struct Separators {
    /// Between a key and its value.
    pub colon: String,
    /// Inside of braces that stand on one line.
    pub pad: &'static str,
    /// The indentation of what stands on lines of its own; nothing for a single line.
    pub lines: Option<Lines>,
}

#[derive(Clone, Debug)]
pub struct Lines {
    pub newline: &'static str,
    pub indent: String,
    pub unit: String,
}

impl Render {
    pub(super) fn of(tree: &Tree, json: bool, terraform: bool) -> Self {
        let text = tree.file.text();
        let mut units: Vec<usize> = Vec::new();
        let mut dashes: Vec<usize> = Vec::new();
        let (mut single, mut double, mut long) = (0_usize, 0_usize, 0_usize);
        let mut waiting: Vec<NodeRef<'_>> = tree.documents.iter().rev().map(|id| tree.node(*id)).collect();
        let mut looked_at = 0;
        while let Some(node) = waiting.pop() {
            looked_at += 1;
            // A file's style shows early.
            if looked_at > 4_000 {
                break;
            }
            match node.style() {
                Some(Style::SingleQuoted) => single += 1,
                Some(Style::DoubleQuoted) => double += 1,
                _ => {}
            }
            for (key, value) in node.entries() {
                if key.text().is_some_and(|name| name.starts_with("Fn::")) || key.text() == Some("Ref") {
                    long += 1;
                }
                if node.layout() != Some(Layout::Block) || value.layout() != Some(Layout::Block) {
                    continue;
                }
                let outer = column(text, key.span().start as usize);
                if value.is_mapping()
                    && let Some((first, _)) = value.entries().next()
                    && is_first(text, first.span().start as usize)
                {
                    units.extend(column(text, first.span().start as usize).checked_sub(outer).filter(|unit| *unit > 0));
                }
                if value.is_sequence()
                    && let Some(dash) = value.items().next().and_then(|item| dash_of(text, item))
                {
                    dashes.extend(column(text, dash).checked_sub(outer));
                }
            }
            let mut children: Vec<NodeRef<'_>> = node.items().collect();
            children.extend(node.entries().flat_map(|(key, value)| [key, value]));
            waiting.extend(children.into_iter().rev());
        }
        let short = !text.contains("Fn::") || text.contains("!Ref") || text.contains("!Sub") || long == 0;
        let unit = most(&units).unwrap_or(2);
        let quote = if double > single { '"' } else { '\'' };
        Self { json, terraform, unit, dash: most(&dashes).unwrap_or(unit), quote, short: short && !json }
    }

    /// A key as the file writes it.
    pub(super) fn key(&self, name: &str, style: Option<Style>) -> String {
        match style {
            _ if self.json => double_quoted(name),
            Some(Style::SingleQuoted) => single_quoted(name),
            Some(Style::DoubleQuoted) => double_quoted(name),
            _ => self.scalar_text(name, true),
        }
    }

    /// A value in the place of another one, in its quotes. Lists and maps are written on one line.
    pub(super) fn in_place(&self, term: &Term, old: NodeRef<'_>, flow: bool) -> Option<String> {
        let was_text = matches!(old.scalar(), Some(Scalar::String(_)));
        let style = old.style().filter(|_| old.tag().is_none_or(|tag| tag.starts_with("!!")));
        let plain = match term {
            Term::Bool(value) => Some(value.to_string()),
            Term::Number(number) => Some(number.clone()),
            Term::Text(text) => Some(text.clone()),
            _ => None,
        };
        Some(match (plain, style) {
            (Some(text), Some(Style::SingleQuoted)) => single_quoted(&text),
            (Some(text), Some(Style::DoubleQuoted)) if was_text || !self.json => double_quoted(&text),
            (Some(text), Some(Style::Plain)) if matches!(old.scalar(), Some(Scalar::Bool(_))) && !self.json => {
                // `True` stays capital.
                let first = old.text().and_then(|old| old.chars().next());
                match (first, term) {
                    (Some('T' | 'F'), Term::Bool(value)) => if *value { "True" } else { "False" }.to_owned(),
                    _ => self.scalar(term, flow).unwrap_or(text),
                }
            }
            _ => self.inline(term, flow, &Separators::single_line())?,
        })
    }

    /// A scalar on its own; nothing for lists and maps.
    pub(super) fn scalar(&self, term: &Term, flow: bool) -> Option<String> {
        Some(match term {
            Term::Null => "null".to_owned(),
            Term::Bool(value) => value.to_string(),
            Term::Number(number) => number.clone(),
            Term::Text(text) => self.scalar_text(text, flow),
            Term::Bare(text) => double_quoted(text),
            Term::Template(pieces) => self.template(pieces)?,
            Term::List(_) | Term::Map(_) | Term::Block(_) => return None,
        })
    }

    fn scalar_text(&self, text: &str, flow: bool) -> String {
        if self.json {
            return double_quoted(text);
        }
        if is_plain(text, flow) {
            return text.to_owned();
        }
        let needs_escapes = text.chars().any(char::is_control);
        if self.quote == '"' || needs_escapes { double_quoted(text) } else { single_quoted(text) }
    }

    /// References and texts with references in them.
    fn template(&self, pieces: &[Piece]) -> Option<String> {
        if self.terraform {
            let mut text = String::new();
            for piece in pieces {
                match piece {
                    Piece::Text(plain) => text.push_str(&plain.replace("${", "$${").replace("%{", "%%{")),
                    Piece::Expression(expression) => text.extend(["${", expression, "}"]),
                    Piece::Reference { .. } => return None,
                }
            }
            return Some(double_quoted(&text));
        }
        if let [Piece::Reference { name, attribute }] = pieces {
            return Some(match (attribute, self.json, self.short) {
                (None, true, _) => format!("{{\"Ref\": {}}}", double_quoted(name)),
                (Some(of), true, _) => format!("{{\"Fn::GetAtt\": [{}, {}]}}", double_quoted(name), double_quoted(of)),
                (None, false, true) => format!("!Ref {name}"),
                (Some(of), false, true) => format!("!GetAtt {name}.{of}"),
                (None, false, false) => format!("{{ Ref: {} }}", self.scalar_text(name, true)),
                (Some(of), false, false) => format!("{{ 'Fn::GetAtt': [{name}, {of}] }}"),
            });
        }
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(plain) => text.push_str(&plain.replace("${", "${!")),
                Piece::Reference { name, attribute: None } => text.extend(["${", name, "}"]),
                Piece::Reference { name, attribute: Some(of) } => text.extend(["${", name, ".", of, "}"]),
                Piece::Expression(_) => return None,
            }
        }
        let quoted = if self.quote == '"' { double_quoted(&text) } else { single_quoted(&text) };
        Some(match (self.json, self.short) {
            (true, _) => format!("{{\"Fn::Sub\": {}}}", double_quoted(&text)),
            (false, true) => format!("!Sub {quoted}"),
            (false, false) => format!("{{ 'Fn::Sub': {quoted} }}"),
        })
    }

    /// A value in brackets, on one line or on several.
    pub(super) fn inline(&self, term: &Term, flow: bool, separators: &Separators) -> Option<String> {
        let (open, close, parts): (char, char, Vec<String>) = match term {
            Term::List(items) => {
                let inner = separators.deeper();
                let parts: Option<Vec<String>> = items.iter().map(|item| self.inline(item, true, &inner)).collect();
                ('[', ']', parts?)
            }
            Term::Map(entries) | Term::Block(entries) => {
                let inner = separators.deeper();
                let parts: Option<Vec<String>> =
                    entries.iter().map(|(key, value)| self.flow_entry(key, value, None, &inner)).collect();
                ('{', '}', parts?)
            }
            _ => return self.scalar(term, flow),
        };
        if parts.is_empty() {
            return Some(format!("{open}{close}"));
        }
        let pad = if open == '{' { separators.pad } else { "" };
        Some(match &separators.lines {
            Some(lines) => {
                let inner = format!("{}{}{}", lines.newline, lines.indent, lines.unit);
                let outer = format!("{}{}", lines.newline, lines.indent);
                format!("{open}{inner}{}{outer}{close}", parts.join(&format!(",{inner}")))
            }
            None => {
                let comma = if separators.colon.ends_with(' ') { ", " } else { "," };
                format!("{open}{pad}{}{pad}{close}", parts.join(comma))
            }
        })
    }

    /// `key: value` within brackets. `separators` are those of the value.
    pub(super) fn flow_entry(
        &self,
        key: &str,
        value: &Term,
        style: Option<Style>,
        separators: &Separators,
    ) -> Option<String> {
        Some(format!("{}{}{}", self.key(key, style), separators.colon, self.inline(value, true, separators)?))
    }

    /// The lines of `key: value` by indentation. The first line begins with the key itself.
    pub(super) fn block_entry(&self, key: &str, value: &Term, column: usize) -> Option<Vec<String>> {
        let key = self.key(key, None);
        Some(match value {
            Term::Map(entries) | Term::Block(entries) if !entries.is_empty() => {
                let inner = column + self.unit;
                let mut lines = vec![format!("{key}:")];
                for (key, value) in entries {
                    lines.extend(indented(self.block_entry(key, value, inner)?, inner));
                }
                lines
            }
            Term::List(items) if !items.is_empty() => {
                let dash = column + self.dash;
                let mut lines = vec![format!("{key}:")];
                for item in items {
                    lines.extend(indented(self.block_item(item, dash)?, dash));
                }
                lines
            }
            _ => vec![format!("{key}: {}", self.inline(value, false, &Separators::single_line())?)],
        })
    }

    /// The lines of `- item`, its dash first.
    pub(super) fn block_item(&self, item: &Term, dash: usize) -> Option<Vec<String>> {
        match item {
            Term::Map(entries) | Term::Block(entries) if !entries.is_empty() => {
                let inner = dash + 2;
                let mut lines = Vec::new();
                for (key, value) in entries {
                    let entry = self.block_entry(key, value, inner)?;
                    if lines.is_empty() {
                        let mut entry = entry.into_iter();
                        lines.push(format!("- {}", entry.next()?));
                        lines.extend(entry);
                    } else {
                        lines.extend(indented(entry, inner));
                    }
                }
                Some(lines)
            }
            _ => Some(vec![format!("- {}", self.inline(item, false, &Separators::single_line())?)]),
        }
    }
}

impl Separators {
    pub(super) fn single_line() -> Self {
        Self { colon: ": ".to_owned(), pad: "", lines: None }
    }

    /// Those of what stands within.
    fn deeper(&self) -> Self {
        let mut inner = self.clone();
        if let Some(lines) = &mut inner.lines {
            let unit = lines.unit.clone();
            lines.indent.push_str(&unit);
        }
        inner
    }
}

/// The first of the lines stays as it is, and so do those that are indented already.
fn indented(lines: Vec<String>, column: usize) -> Vec<String> {
    let mut lines = lines.into_iter();
    let first = lines.next().map(|line| format!("{}{line}", " ".repeat(column)));
    first.into_iter().chain(lines).collect()
}

/// Where the dash of an item stands, if it is the first thing on its line.
pub(super) fn dash_of(text: &str, item: NodeRef<'_>) -> Option<usize> {
    let start = item.span().start as usize;
    let line = super::super::text::line_start(text, start);
    let before = text.get(line..start)?;
    // Tags and anchors may stand between.
    let dash = before.find("- ")?;
    before.get(..dash)?.trim_start_matches('\u{feff}').trim().is_empty().then_some(line + dash)
}

fn most(all: &[usize]) -> Option<usize> {
    let count = |one: usize| all.iter().filter(|other| **other == one).count();
    // Few different widths occur; the first of equals wins.
    let mut distinct: Vec<usize> = all.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.into_iter().max_by_key(|one| (count(*one), std::cmp::Reverse(*one)))
}

pub(super) fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(super) fn double_quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned())
}

/// Whether a text reads as itself without quotes, in YAML 1.1 and 1.2.
fn is_plain(text: &str, flow: bool) -> bool {
    let lower = text.to_ascii_lowercase();
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "~", ".nan", ".inf", "-.inf", "+.inf"];
    let Some(first) = text.chars().next() else { return false };
    let starts_well = first.is_ascii_alphabetic() || matches!(first, '/' | '_') || !first.is_ascii();
    let good = |letter: char| {
        letter.is_alphanumeric() || "-_./+@()=$ ".contains(letter) || letter == ':' || (!flow && "*,".contains(letter))
    };
    starts_well
        && text.chars().all(good)
        && !reserved.contains(&lower.as_str())
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !(flow && text.contains(':') && text.contains("::") && text.ends_with(':'))
}
