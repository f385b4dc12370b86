//! Changes of YAML and JSON.

mod expression;
mod insert;
mod note;
mod remove;
mod render;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::{FileKind, SourceFile, Span};
use crate::syntax::json;
use crate::syntax::tree::{Layout, NodeId, NodeRef, Style, Tree};

use super::text::{column, line_end, newline, span};
use super::{Edit, Term};
use render::Render;

/// What a node is to the one that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Key,
    Value,
    Item,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
struct Seat {
    parent: NodeId,
    /// Among the items or entries of the parent.
    index: usize,
    role: Role,
}

/// A YAML or JSON file with the way from each node up.
#[derive(Debug)]
pub struct Trees {
    tree: Tree,
    seats: FxHashMap<NodeId, Seat>,
    by_span: FxHashMap<(u32, u32), Vec<NodeId>>,
    render: Render,
    /// The line ending that the file has most of.
    newline: &'static str,
}

impl Trees {
    pub(super) fn new(file: Arc<SourceFile>) -> Self {
        let kind = FileKind::of(&file.path, file.text().as_bytes());
        let terraform = !matches!(kind, FileKind::Yaml | FileKind::Json);
        let tree = if terraform { json::parse(file) } else { crate::syntax::parse_data(file) };
        let is_json = terraform || !tree.is_broken() && looks_json(&tree);
        let mut seats = FxHashMap::default();
        let mut by_span: FxHashMap<(u32, u32), Vec<NodeId>> = FxHashMap::default();
        let mut waiting: Vec<NodeId> = tree.documents.iter().rev().copied().collect();
        let mut seen: FxHashSet<NodeId> = FxHashSet::default();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            let node = tree.node(id);
            let own = node.span();
            by_span.entry((own.start, own.end)).or_default().push(id);
            let mut sit = |child: NodeRef<'_>, index: usize, role: Role| {
                // What an alias stands for is written elsewhere.
                if own.contains(child.span()) {
                    seats.entry(child.id).or_insert(Seat { parent: id, index, role });
                }
            };
            let mut children: Vec<NodeId> = Vec::new();
            for (index, item) in node.items().enumerate() {
                sit(item, index, Role::Item);
                children.push(item.id);
            }
            for (index, (key, value)) in node.entries().enumerate() {
                sit(key, index, Role::Key);
                sit(value, index, Role::Value);
                children.extend([key.id, value.id]);
            }
            waiting.extend(children.into_iter().rev());
        }
        let render = Render::of(&tree, is_json, terraform);
        let newline = newline(tree.file.text());
        Self { tree, seats, by_span, render, newline }
    }

    fn text(&self) -> &str {
        self.tree.file.text()
    }

    fn at(&self, start: usize, end: usize) -> Span {
        span(self.tree.file.id, start, end)
    }

    fn seat(&self, node: NodeRef<'_>) -> Option<Seat> {
        self.seats.get(&node.id).copied()
    }

    /// The nodes that stand exactly at a span, the outermost first.
    fn nodes(&self, span: Span) -> Vec<NodeRef<'_>> {
        if span.file != self.tree.file.id {
            return Vec::new();
        }
        let found = self.by_span.get(&(span.start, span.end));
        found.into_iter().flatten().map(|id| self.tree.node(*id)).collect()
    }

    fn node(&self, span: Span) -> Option<NodeRef<'_>> {
        self.nodes(span).into_iter().next()
    }

    /// The node at a span, or the scalar within which it lies (a reference in a text of Terraform's JSON).
    fn node_around(&self, span: Span) -> Option<NodeRef<'_>> {
        self.node(span).or_else(|| {
            if span.file != self.tree.file.id {
                return None;
            }
            let around = self.by_span.iter().filter(|((start, end), _)| *start <= span.start && span.end <= *end);
            let nodes = around.flat_map(|(_, ids)| ids).map(|id| self.tree.node(*id)).filter(|node| node.is_scalar());
            nodes.min_by_key(|node| node.span().len())
        })
    }

    /// The mapping at a span, or the one whose key stands there.
    fn mapping(&self, span: Span) -> Option<NodeRef<'_>> {
        let nodes = self.nodes(span);
        if let Some(found) = nodes.iter().find(|node| node.is_mapping()) {
            return Some(*found);
        }
        let value = nodes.into_iter().find_map(|node| self.value_of_key(node))?;
        if value.is_mapping() {
            return Some(value);
        }
        // Terraform's JSON writes a block as a list of objects as well.
        let mut items = value.items().filter(|item| item.is_mapping());
        let first = items.next()?;
        items.next().is_none().then_some(first)
    }

    /// The innermost mapping in which a key or value stands.
    fn mapping_around(&self, inside: Span) -> Option<NodeRef<'_>> {
        let mut at = self.node_around(inside)?;
        loop {
            at = self.tree.node(self.seat(at)?.parent);
            if at.is_mapping() {
                return Some(at);
            }
        }
    }

    pub(super) fn item_of(&self, inside: Span) -> Option<Span> {
        if let Some(part) = self.part(inside) {
            return part.place(part.native.item_of(part.span)?);
        }
        let mut at = self.node_around(inside)?;
        loop {
            let seat = self.seat(at)?;
            if seat.role == Role::Item {
                return Some(at.span());
            }
            at = self.tree.node(seat.parent);
        }
    }

    pub(super) fn pair_of(&self, span: Span) -> Option<Span> {
        if let Some(part) = self.part(span) {
            return part.place(part.native.pair_of(part.span)?);
        }
        let node = self.node_around(span)?;
        let seat = self.seat(node).filter(|seat| seat.role == Role::Value)?;
        let pair = self.tree.node(seat.parent);
        let named = |wanted: &str| {
            pair.entries().any(|(key, _)| key.text().is_some_and(|name| name.eq_ignore_ascii_case(wanted)))
        };
        let is_item = self.seat(pair).is_some_and(|seat| seat.role == Role::Item);
        (is_item && pair.len() == 2 && named("name") && named("value")).then(|| pair.span())
    }

    pub(super) fn is_key(&self, span: Span) -> bool {
        self.nodes(span).into_iter().any(|node| self.seat(node).is_some_and(|seat| seat.role == Role::Key))
            || self.part(span).is_some_and(|part| part.native.is_key(part.span))
    }

    pub(super) fn is_whole(&self, span: Span) -> bool {
        self.node(span).is_some()
            || self.node_around(span).and_then(NodeRef::text) == Some(self.tree.file.slice(span))
            || self.within(span).is_some_and(|within| within.is_all || within.native.is_whole(within.span))
    }

    pub(super) fn is_block(&self, span: Span) -> bool {
        self.nodes(span).into_iter().any(|node| self.value_of_key(node).is_some_and(NodeRef::is_mapping))
    }

    /// Of the items below the key at a span, the one in which something stands.
    pub(super) fn item_around(&self, key: Span, inside: Span) -> Option<Span> {
        let list = self.nodes(key).into_iter().find_map(|node| self.value_of_key(node))?;
        if list.is_mapping() {
            return Some(list.span());
        }
        list.items().map(NodeRef::span).find(|item| item.contains(inside))
    }

    fn value_of_key<'t>(&'t self, node: NodeRef<'t>) -> Option<NodeRef<'t>> {
        let seat = self.seat(node).filter(|seat| seat.role == Role::Key)?;
        self.tree.node(seat.parent).entries().nth(seat.index).map(|(_, value)| value)
    }

    pub(super) fn holds(&self, span: Span) -> bool {
        self.node_around(span).is_some()
    }

    pub(super) fn is_sound(&self) -> bool {
        !self.tree.is_broken()
    }

    pub(super) fn literal(&self, span: Span) -> Option<String> {
        let Some(node) = self.nodes(span).into_iter().find(|node| node.is_scalar()) else {
            let within = self.within(span)?;
            return within.native.literal(within.span);
        };
        if node.tag().is_some_and(|tag| !tag.starts_with("!!")) || node.is_null() {
            return None;
        }
        node.text().map(str::to_owned)
    }

    pub(super) fn replace(&self, span: Span, term: &Term) -> Option<Edit> {
        let Some(node) = self.node(span) else {
            let within = self.within(span)?;
            return within.outside(&within.native.replace(within.span, term)?);
        };
        // A list by dashes stays one.
        if let Term::List(items) = term
            && node.is_sequence()
            && node.layout() == Some(Layout::Block)
            && !items.is_empty()
        {
            return self.block_list(node, items);
        }
        let seat = self.seat(node);
        let flow = self.is_in_flow(node);
        let text = match (seat.map(|seat| seat.role), term) {
            (Some(Role::Key), Term::Text(text)) => self.render.key(text, node.style()),
            (Some(Role::Key), _) => return None,
            _ => self.render.in_place(term, node, flow)?,
        };
        let mut start = span.start as usize;
        let mut end = span.end as usize;
        if span.is_empty() {
            // Nothing is written: the value goes behind the colon.
            let key =
                seat.and_then(|seat| self.tree.node(seat.parent).entries().nth(seat.index)).map(|(key, _)| key)?;
            let (at, colon) = self.behind_colon(key)?;
            start = at;
            end = at;
            return Some(Edit { span: self.at(start, end), text: if colon { format!(" {text}") } else { text } });
        }
        if matches!(node.style(), Some(Style::Literal | Style::Folded)) {
            let trimmed = self.text().get(..end)?.trim_end().len();
            end = trimmed.max(start);
        }
        Some(Edit { span: self.at(start, end), text })
    }

    /// Other items in the place of a block sequence.
    fn block_list(&self, node: NodeRef<'_>, items: &[Term]) -> Option<Edit> {
        let dash = render::dash_of(self.text(), node.items().next()?)?;
        let column = column(self.text(), dash);
        let mut lines: Vec<String> = Vec::new();
        for (number, item) in items.iter().enumerate() {
            let mut item = self.render.block_item(item, column)?;
            if number > 0
                && let Some(first) = item.first_mut()
            {
                first.insert_str(0, &" ".repeat(column));
            }
            lines.extend(item);
        }
        let last = node.items().last()?;
        let end = self.end_of(last, last);
        Some(Edit { span: self.at(dash, end), text: lines.join(self.newline()) })
    }

    /// The place directly behind the colon of a key, and whether a space has to follow.
    fn behind_colon(&self, key: NodeRef<'_>) -> Option<(usize, bool)> {
        let end = key.span().end as usize;
        let rest = self.text().get(end..line_end(self.text(), end))?;
        let colon = rest.find(':')?;
        rest.get(..colon)?.trim().is_empty().then_some((end + colon + 1, true))
    }

    /// Whether a node stands within brackets or braces.
    fn is_in_flow(&self, node: NodeRef<'_>) -> bool {
        let mut at = node.id;
        while let Some(seat) = self.seats.get(&at) {
            if self.tree.node(seat.parent).layout() == Some(Layout::Flow) {
                return true;
            }
            at = seat.parent;
        }
        false
    }

    /// The entries of a mapping that are written in it, and not merged into it from elsewhere.
    fn own_entries(mapping: NodeRef<'_>) -> Vec<(NodeRef<'_>, NodeRef<'_>)> {
        let own = mapping.span();
        mapping.entries().filter(|(key, _)| own.contains(key.span()) && !key.span().is_empty()).collect()
    }

    /// Where what belongs to an entry or item ends, the line's comment not included.
    fn end_of(&self, start: NodeRef<'_>, value: NodeRef<'_>) -> usize {
        let (from, to) = (start.span().end as usize, value.span().end as usize);
        if (value.span().start as usize) < from && start.id != value.id {
            // An alias: its name ends the line, or stands before a comma or bracket.
            let rest = self.text().get(from..).unwrap_or_default();
            let stop = rest.find(['\n', ',', '}', ']', '#']).unwrap_or(rest.len());
            return from + rest.get(..stop).unwrap_or_default().trim_end().len();
        }
        let trimmed = self.text().get(..to).map_or(to, |before| before.trim_end().len());
        trimmed.max(from)
    }

    pub(super) fn is_taken(&self, kind: &str, name: &str) -> bool {
        self.tree.documents.iter().any(|id| {
            let root = self.tree.node(*id);
            if self.render.terraform {
                root.get("resource").and_then(|all| all.get(kind)).and_then(|of| of.get(name)).is_some()
            } else {
                root.get("Resources").and_then(|all| all.get(name)).is_some()
            }
        })
    }

    fn newline(&self) -> &'static str {
        self.newline
    }

    fn column(&self, at: u32) -> usize {
        column(self.text(), at as usize)
    }
}

/// Whether the file is JSON: YAML that is written like it reads the same either way.
fn looks_json(tree: &Tree) -> bool {
    tree.root().is_some_and(|root| root.layout() == Some(Layout::Flow))
        && !json::parse(Arc::clone(&tree.file)).is_broken()
}
