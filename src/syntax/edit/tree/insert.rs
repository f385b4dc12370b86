//! New entries, items and resources.

use crate::source::Span;
use crate::syntax::tree::{Layout, NodeRef, Style};

use super::super::text::{indent, line_end, line_start, next_line, unit};
use super::super::{Edit, Position, Term};
use super::render::{Lines, Separators, dash_of};
use super::{Role, Trees, column};

impl Trees {
    pub(in super::super) fn insert(
        &self,
        span: Span,
        inside: Option<Span>,
        entries: &[(String, Term)],
        position: Position<'_>,
    ) -> Option<Edit> {
        if let Some(within) = self.within(span) {
            let edits = within.native.insert(within.span, entries, position)?;
            let [edit] = <[Edit; 1]>::try_from(edits).ok()?;
            return within.outside(&edit);
        }
        match self.mapping(span).or_else(|| self.mapping_around(inside?)) {
            Some(mapping) if mapping.layout() == Some(Layout::Flow) => self.put_in_flow(mapping, entries, position),
            Some(mapping) => self.put_in_block(mapping, entries, position),
            None => self.for_nothing(span, entries),
        }
    }

    /// Entries for a key that is set to nothing (`Properties:`, `Properties: null`): its place is the key's or that of
    /// the nothing.
    fn for_nothing(&self, span: Span, entries: &[(String, Term)]) -> Option<Edit> {
        let nodes = self.nodes(span);
        let keys = nodes.into_iter().filter_map(|node| match self.seat(node)?.role {
            Role::Key => Some(node),
            Role::Value => self.key_of(node),
            Role::Item => None,
        });
        let (key, nothing) = keys
            .map(|key| (key, self.value_of_key(key)))
            .find_map(|(key, value)| value.filter(|value| value.is_null()).map(|value| (key, value)))?;
        let own = nothing.span();
        if self.is_in_flow(key) {
            let text = self.render.inline(&Term::Map(entries.to_vec()), true, &self.separators(nothing, None))?;
            if !own.is_empty() {
                return Some(Edit { span: own, text });
            }
            // The colon is part of the edit, so that no other one finds the place empty as well.
            let (colon, _) = self.behind_colon(key)?;
            return Some(Edit { span: self.at(colon - 1, colon), text: format!(": {text}") });
        }
        let column = self.column(key.span().start) + self.render.unit;
        let (colon, _) = self.behind_colon(key)?;
        let text = self.text();
        let end = line_end(text, colon);
        // What says that there is nothing goes, and a comment behind it stays.
        let rest = if own.is_empty() { text.get(colon..end)? } else { text.get(own.end as usize..end)? };
        if !(rest.trim().is_empty() || rest.trim_start().starts_with('#')) {
            return None;
        }
        if own.is_empty() {
            return Some(Edit { span: self.at(end, end), text: self.lines_of(entries, column)? });
        }
        if !text.get(colon..own.start as usize)?.trim().is_empty() {
            return None;
        }
        Some(Edit {
            span: self.at(colon, end),
            text: format!("{}{}", rest.trim_end(), self.lines_of(entries, column)?),
        })
    }

    /// The lines of some entries, each with a line ending before it.
    fn lines_of(&self, entries: &[(String, Term)], column: usize) -> Option<String> {
        let mut text = String::new();
        for (key, value) in entries {
            for (number, line) in self.render.block_entry(key, value, column)?.into_iter().enumerate() {
                text.push_str(self.newline());
                if number == 0 {
                    text.push_str(&" ".repeat(column));
                }
                text.push_str(&line);
            }
        }
        Some(text)
    }

    /// The entry behind which new ones go.
    fn anchor<'t>(mapping: NodeRef<'t>, position: Position<'_>) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let own = Self::own_entries(mapping);
        if let Position::After(name) = position
            && let Some(found) = own.iter().position(|(key, _)| key.text() == Some(name))
        {
            return own.get(found).copied();
        }
        let last = own.len().checked_sub(1)?;
        let is_tags = |at: usize| own.get(at).is_some_and(|(key, _)| matches!(key.text(), Some("Tags" | "tags")));
        let at = if last > 0 && is_tags(last) { last - 1 } else { last };
        own.get(at).copied()
    }

    fn put_in_block(&self, mapping: NodeRef<'_>, entries: &[(String, Term)], position: Position<'_>) -> Option<Edit> {
        let (first, _) = Self::own_entries(mapping).into_iter().next()?;
        let column = self.column(first.span().start);
        let (key, value) = Self::anchor(mapping, position)?;
        let end = self.behind_comments(line_end(self.text(), self.end_of(key, value)), column);
        Some(Edit { span: self.at(end, end), text: self.lines_of(entries, column)? })
    }

    /// The end of the comments on the next lines that stand deeper than a column: they belong to what is above them.
    fn behind_comments(&self, end: usize, column: usize) -> usize {
        let text = self.text();
        let (mut end, mut at) = (end, next_line(text, end));
        while at < text.len() {
            let line = text.get(at..line_end(text, at)).unwrap_or_default();
            let comment = line.trim_start();
            if !(comment.is_empty() || comment.starts_with('#') && line.len() - comment.len() > column) {
                break;
            }
            if !comment.is_empty() {
                end = line_end(text, at);
            }
            at = next_line(text, at);
        }
        end
    }

    fn put_in_flow(&self, mapping: NodeRef<'_>, entries: &[(String, Term)], position: Position<'_>) -> Option<Edit> {
        let own = Self::own_entries(mapping);
        let Some((key, value)) = Self::anchor(mapping, position) else {
            let separators = self.separators(mapping, None);
            let text = self.render.inline(&Term::Map(entries.to_vec()), true, &separators)?;
            let inside = self.text().get(mapping.span().start as usize + 1..mapping.span().end as usize - 1)?;
            // A comment in empty braces would be lost.
            return inside.trim().is_empty().then(|| Edit { span: mapping.span(), text });
        };
        let separators = self.separators(mapping, own.first().copied());
        let style = key.style().filter(|style| *style != Style::Plain);
        let mut text = String::new();
        let between = self.between(&own, &separators);
        for (key, value) in entries {
            text.push_str(&between);
            text.push_str(&self.render.flow_entry(key, value, style, &separators)?);
        }
        let end = self.end_of(key, value);
        Some(Edit { span: self.at(end, end), text })
    }

    /// What stands between two entries of a mapping in braces.
    fn between(&self, own: &[(NodeRef<'_>, NodeRef<'_>)], separators: &Separators) -> String {
        if let Some(lines) = &separators.lines {
            return format!(",{}{}", lines.newline, lines.indent);
        }
        if let [(first, value), (second, _), ..] = own {
            let between = self.text().get(self.end_of(*first, *value)..second.span().start as usize);
            if let Some(between) = between
                && between.trim() == ","
            {
                return between.to_owned();
            }
        }
        if separators.colon.ends_with(' ') { ", ".to_owned() } else { ",".to_owned() }
    }

    /// How a mapping in braces is laid out; `first` is its first entry.
    fn separators(&self, mapping: NodeRef<'_>, first: Option<(NodeRef<'_>, NodeRef<'_>)>) -> Separators {
        let text = self.text();
        let start = mapping.span().start as usize;
        let outer = indent(text, start);
        let Some((key, value)) = first else {
            // An empty one is opened up where its surroundings are.
            let around = self.seat(mapping).map(|seat| self.tree.node(seat.parent));
            let around = around.filter(|node| node.layout() == Some(Layout::Flow));
            let entry = around.and_then(|node| Self::own_entries(node).into_iter().next());
            return match (around, entry) {
                (Some(node), Some(entry)) => self.separators(node, Some(entry)),
                _ if self.render.json => Separators::single_line(),
                _ => Separators { pad: " ", ..Separators::single_line() },
            };
        };
        let colon = text.get(key.span().end as usize..value.span().start as usize);
        let colon = colon.filter(|colon| colon.trim() == ":" && !colon.contains('\n')).unwrap_or(": ").to_owned();
        let inside = text.get(start + 1..key.span().start as usize).unwrap_or_default();
        let pad = if inside == " " { " " } else { "" };
        let inner = indent(text, key.span().start as usize);
        let lines = inside.contains('\n').then(|| Lines {
            newline: self.newline(),
            indent: inner.to_owned(),
            unit: unit(outer, inner).map_or_else(|| " ".repeat(self.render.unit), str::to_owned),
        });
        Separators { colon, pad, lines }
    }

    pub(in super::super) fn append(&self, span: Span, items: &[Term]) -> Option<Edit> {
        if let Some(within) = self.within(span) {
            return within.outside(&within.native.append(within.span, items)?);
        }
        if self.nodes(span).into_iter().any(NodeRef::is_null) {
            return self.replace(span, &Term::List(items.to_vec()));
        }
        let list = self.nodes(span).into_iter().find(|node| node.is_sequence())?;
        let last = list.items().last();
        match last {
            Some(last) => self.behind_item(list, last, items),
            None => {
                let text = self.render.inline(&Term::List(items.to_vec()), true, &self.separators(list, None))?;
                Some(Edit { span: list.span(), text })
            }
        }
    }

    /// Items behind one that is there.
    fn behind_item(&self, list: NodeRef<'_>, item: NodeRef<'_>, new: &[Term]) -> Option<Edit> {
        let text = self.text();
        if !list.span().contains(item.span()) {
            return None;
        }
        if list.layout() == Some(Layout::Block) {
            let dash = dash_of(text, item)?;
            let column = column(text, dash);
            let end = line_end(text, self.end_of(item, item));
            let mut out = String::new();
            for one in new {
                for (number, line) in self.render.block_item(one, column)?.into_iter().enumerate() {
                    out.push_str(self.newline());
                    if number == 0 {
                        out.push_str(&" ".repeat(column));
                    }
                    out.push_str(&line);
                }
            }
            return Some(Edit { span: self.at(end, end), text: out });
        }
        let start = item.span().start as usize;
        let own_line = text.get(line_start(text, start)..start)?.trim().is_empty();
        let outer = indent(text, list.span().start as usize);
        let inner = indent(text, start);
        let lines = own_line.then(|| Lines {
            newline: self.newline(),
            indent: inner.to_owned(),
            unit: unit(outer, inner).map_or_else(|| " ".repeat(self.render.unit), str::to_owned),
        });
        let separators = Separators { lines, ..Separators::single_line() };
        let between = match &separators.lines {
            Some(lines) => format!(",{}{}", lines.newline, lines.indent),
            None => ", ".to_owned(),
        };
        let mut out = String::new();
        for one in new {
            out.push_str(&between);
            out.push_str(&self.render.inline(one, true, &separators)?);
        }
        let end = item.span().end as usize;
        Some(Edit { span: self.at(end, end), text: out })
    }

    pub(in super::super) fn beside(&self, span: Span, item: &Term) -> Option<Edit> {
        if let Some(part) = self.part(span) {
            return part.outside(&part.native.beside(part.span, item)?);
        }
        let node = self.node_around(span)?;
        let span = node.span();
        let seat = self.seat(node)?;
        let parent = self.tree.node(seat.parent);
        match seat.role {
            Role::Key => None,
            Role::Item => self.behind_item(parent, node, std::slice::from_ref(item)),
            Role::Value => {
                let old = self.tree.file.slice(span);
                if old.contains('\n') {
                    return None;
                }
                let (key, _) = parent.entries().nth(seat.index)?;
                if self.is_in_flow(node) {
                    let new = self.render.inline(item, true, &Separators::single_line())?;
                    return Some(Edit { span, text: format!("[{old}, {new}]") });
                }
                let dash = self.column(key.span().start) + self.render.unit;
                let mut text = format!("{}{}- {old}", self.newline(), " ".repeat(dash));
                for (number, line) in self.render.block_item(item, dash)?.into_iter().enumerate() {
                    text.push_str(self.newline());
                    if number == 0 {
                        text.push_str(&" ".repeat(dash));
                    }
                    text.push_str(&line);
                }
                // The space behind the colon goes.
                let (colon, _) = self.behind_colon(key)?;
                Some(Edit { span: self.at(colon, span.end as usize), text })
            }
        }
    }

    pub(in super::super) fn create(
        &self,
        beside: Span,
        kind: &str,
        name: &str,
        entries: &[(String, Term)],
    ) -> Option<Edit> {
        let key = self.nodes(beside).into_iter().find(|node| self.value_of_key(*node).is_some())?;
        let seat = self.seat(key)?;
        let mapping = self.tree.node(seat.parent);
        if self.render.terraform {
            // The resources of a type stand below its name; those of another one beside it.
            let types = self.tree.node(self.seat(mapping)?.parent);
            if let Some((existing, _)) = types.entry(kind) {
                return self.insert(
                    existing.span(),
                    None,
                    &[(name.to_owned(), Term::Map(entries.to_vec()))],
                    Position::Usual,
                );
            }
            let inner = Term::Map(vec![(name.to_owned(), Term::Map(entries.to_vec()))]);
            return self.insert(types.span(), None, &[(kind.to_owned(), inner)], Position::Usual);
        }
        let body = vec![
            ("Type".to_owned(), Term::Text(kind.to_owned())),
            ("Properties".to_owned(), Term::Map(entries.to_vec())),
        ];
        let after = key.text().map_or(Position::Usual, Position::After);
        self.insert(mapping.span(), None, &[(name.to_owned(), Term::Map(body))], after)
    }
}
