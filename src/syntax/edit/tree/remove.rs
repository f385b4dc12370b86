//! Taking entries and items out.

use rustc_hash::FxHashSet;

use crate::source::Span;
use crate::syntax::tree::{Layout, NodeId, NodeRef};

use super::super::Edit;
use super::super::text::{is_first, line_start, next_line};
use super::render::dash_of;
use super::{Role, Trees};

impl Trees {
    pub(in super::super) fn remove(&self, spans: &[Span], kept: &[Span]) -> Option<Vec<Edit>> {
        let mut marked: FxHashSet<NodeId> = FxHashSet::default();
        let mut parts = Vec::new();
        for span in spans {
            if let Some(part) = self.part(*span) {
                parts.push(part);
                continue;
            }
            let node = self.node_around(*span)?;
            let seat = self.seat(node)?;
            // A key stands for its entry.
            let id = match seat.role {
                Role::Key => self.value_of_key(node)?.id,
                Role::Value | Role::Item => node.id,
            };
            marked.insert(id);
        }
        // What would stand empty goes as a whole.
        let mut waiting: Vec<NodeId> = marked.iter().copied().collect();
        while let Some(id) = waiting.pop() {
            let Some(seat) = self.seats.get(&id) else { continue };
            let parent = self.tree.node(seat.parent);
            let all_gone =
                parent.items().chain(parent.entries().map(|(_, value)| value)).all(|one| marked.contains(&one.id));
            let has_merged = parent.is_mapping() && Self::own_entries(parent).len() != parent.len();
            if all_gone && !has_merged && self.seats.contains_key(&seat.parent) {
                let span = parent.span();
                let key = self.key_of(parent).map(NodeRef::span);
                if !kept.contains(&span) && !key.is_some_and(|key| kept.contains(&key)) && marked.insert(seat.parent) {
                    waiting.push(seat.parent);
                }
            }
        }
        let tops: Vec<NodeId> = marked
            .iter()
            .copied()
            .filter(|id| self.seats.get(id).is_none_or(|seat| !marked.contains(&seat.parent)))
            .collect();
        let mut edits = Self::remove_within(&parts)?;
        for id in tops {
            let seat = self.seats.get(&id)?;
            let parent = self.tree.node(seat.parent);
            let (start, end) = match parent.layout()? {
                Layout::Block => self.block_range(parent, seat.index, seat.role, &marked)?,
                Layout::Flow => self.flow_range(parent, seat.index, &marked)?,
            };
            edits.push(Edit { span: self.at(start, end), text: String::new() });
        }
        super::super::in_order(edits)
    }

    /// The key of the entry that a value is in.
    pub(super) fn key_of<'t>(&'t self, node: NodeRef<'t>) -> Option<NodeRef<'t>> {
        let seat = self.seat(node).filter(|seat| seat.role == Role::Value)?;
        self.tree.node(seat.parent).entries().nth(seat.index).map(|(key, _)| key)
    }

    /// Start and end nodes of what stands at a place of a mapping or sequence.
    fn member(parent: NodeRef<'_>, index: usize) -> Option<(NodeRef<'_>, NodeRef<'_>)> {
        if parent.is_mapping() {
            parent.entries().nth(index)
        } else {
            parent.items().nth(index).map(|item| (item, item))
        }
    }

    fn block_range(
        &self,
        parent: NodeRef<'_>,
        index: usize,
        role: Role,
        marked: &FxHashSet<NodeId>,
    ) -> Option<(usize, usize)> {
        let text = self.text();
        let (first, last) = Self::member(parent, index)?;
        let start = if role == Role::Item { dash_of(text, first)? } else { first.span().start as usize };
        let end = self.end_of(first, last);
        if is_first(text, start) {
            let from = line_start(text, start);
            let to = next_line(text, end);
            // The last line of a file without a line ending at its end takes the one before it along.
            if to == text.len() && !text.ends_with('\n') && from > 0 {
                let before = text.get(..from)?;
                let cut = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).map_or(from, str::len);
                return Some((cut, to));
            }
            return Some((from, to));
        }
        // The first entry behind a dash gives its place to the next one.
        let mut next = index + 1;
        while let Some((key, value)) = Self::member(parent, next) {
            if !marked.contains(&value.id) {
                return Some((start, key.span().start as usize));
            }
            next += 1;
        }
        None
    }

    fn flow_range(&self, parent: NodeRef<'_>, index: usize, marked: &FxHashSet<NodeId>) -> Option<(usize, usize)> {
        let (first, last) = Self::member(parent, index)?;
        let end = self.end_of(first, last);
        if let Some((next, _)) = Self::member(parent, index + 1) {
            return Some((first.span().start as usize, next.span().start as usize));
        }
        let before =
            (0..index).rev().filter_map(|at| Self::member(parent, at)).find(|(_, one)| !marked.contains(&one.id));
        match before {
            Some((key, value)) => Some((self.end_of(key, value), end)),
            None => Some((first.span().start as usize, end)),
        }
    }
}
