//! Documents, mappings, sequences and scalars from tokens.
//!
//! Each production closes what it has read when the tokens end or reading resumes elsewhere after a mistake, so that
//! broken files give partial trees. Recursion is bounded by [`DEPTH_LIMIT`].

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use crate::syntax::DEPTH_LIMIT;
use crate::syntax::tree::{Layout, NodeId, Resolved, Style};

use super::tokens::{Kind, Level, LevelKind};
use super::{ALIAS_LIMIT, Anchored, Parser, message, scalar};

/// Anchor and tag before a node.
struct Properties<'f> {
    anchor: Option<String>,
    tag: Option<Tag<'f>>,
    /// Where the last of them ends; else the place given to the node.
    after: u32,
}

struct Tag<'f> {
    start: u32,
    /// As the tree keeps it; none for `!` alone.
    name: Option<Cow<'f, str>>,
}

impl<'f> Parser<'f> {
    pub(super) fn stream(&mut self) {
        loop {
            match self.tokens.kind() {
                Kind::End => return,
                Kind::Directive | Kind::DocumentEnd | Kind::Resume { .. } => {
                    self.end = self.tokens.take().end;
                }
                Kind::DocumentStart => {
                    let start = self.tokens.take();
                    self.document(start.end);
                }
                _ => self.document(self.end),
            }
        }
    }

    fn document(&mut self, after: u32) {
        self.anchors.clear();
        self.tokens.resumed = false;
        self.end = after;
        let root = self.node(after, false);
        self.tree.documents.push(root);
        let next = self.tokens.kind();
        if !matches!(next, Kind::End | Kind::DocumentStart | Kind::DocumentEnd | Kind::Directive) {
            self.tokens.fail(message::unexpected(next, "the end of the document"));
        }
    }

    /// One node. Where none is written, an empty one right after `after`. `indentless`: whether `- ` in the column
    /// of the mapping's key begins a sequence here.
    fn node(&mut self, after: u32, indentless: bool) -> NodeId {
        let before = self.weight;
        let level = self.tokens.open.len();
        let outer = std::mem::replace(&mut self.deepest, level);
        let node = self.node_with_anchor(after, indentless, before, level);
        self.deepest = self.deepest.max(outer);
        node
    }

    fn node_with_anchor(&mut self, after: u32, indentless: bool, before: u64, level: usize) -> NodeId {
        let properties = self.properties(after);
        let bare = properties.anchor.is_none() && properties.tag.is_none();
        let node = match self.tokens.kind() {
            Kind::Alias if bare => return self.alias(),
            Kind::Scalar(style) => self.scalar(style, &properties),
            Kind::BlockSequence => self.block_sequence(&properties),
            Kind::BlockEntry if indentless => self.indentless_sequence(&properties),
            Kind::BlockMapping => self.block_mapping(&properties),
            Kind::FlowSequence => self.flow_sequence(&properties),
            Kind::FlowMapping => self.flow_mapping(&properties),
            found => {
                if matches!(found, Kind::Alias | Kind::Anchor | Kind::Tag | Kind::Directive) {
                    self.tokens.fail(message::unexpected(found, "a value"));
                }
                self.empty(&properties)
            }
        };
        if let Some(anchor) = properties.anchor {
            let (weight, height) = (self.weight - before, self.deepest - level);
            self.anchors.insert(anchor, Anchored { node, weight, height });
        }
        node
    }

    fn properties(&mut self, after: u32) -> Properties<'f> {
        let mut found = Properties { anchor: None, tag: None, after };
        loop {
            match self.tokens.kind() {
                Kind::Anchor if found.anchor.is_none() => {
                    let token = self.tokens.take();
                    found.after = token.end;
                    found.anchor = Some(self.tokens.content.to_string());
                }
                Kind::Tag if found.tag.is_none() => {
                    let token = self.tokens.take();
                    found.after = token.end;
                    let text = self.tokens.text().get(token.start as usize..token.end as usize).unwrap_or_default();
                    found.tag = Some(Tag { start: token.start, name: tag_name(text) });
                }
                _ => return found,
            }
        }
    }

    /// The node that an alias stands for: the very same one, so that no alias costs memory.
    fn alias(&mut self) -> NodeId {
        let token = self.tokens.take();
        let name = std::mem::take(&mut self.tokens.content);
        self.end = token.end;
        match self.anchors.get(&*name).copied() {
            None => {
                let name = name.escape_debug();
                let phrase = format!("no anchor `&{name}` stands before the alias `*{name}`; define it above");
                self.tokens.note(token.start, token.end, phrase, false);
            }
            Some(anchored) if self.tokens.open.len() + anchored.height > DEPTH_LIMIT => {
                self.tokens.note(token.start, token.end, message::depth(), false);
            }
            Some(anchored) if self.aliased.saturating_add(anchored.weight) <= ALIAS_LIMIT => {
                self.aliased += anchored.weight;
                self.weight += anchored.weight;
                self.deepest = self.deepest.max(self.tokens.open.len() + anchored.height);
                return anchored.node;
            }
            Some(_) if self.alias_limit_reported => {}
            Some(_) => {
                self.alias_limit_reported = true;
                let phrase = format!(
                    "aliases stand for more than {ALIAS_LIMIT} nodes in this file; this one and the like are not \
                     expanded; write out what they stand for"
                );
                self.tokens.note(token.start, token.end, phrase, false);
            }
        }
        self.weight += 1;
        self.tree.borrowed((token.start, token.end), (token.end, token.end), Style::Plain, Resolved::Null, None)
    }

    /// A node that is not written: null, or an empty text where a tag of CloudFormation's stands.
    fn empty(&mut self, properties: &Properties<'_>) -> NodeId {
        self.weight += 1;
        self.end = properties.after;
        let at = properties.after;
        let start = properties.tag.as_ref().map_or(at, |tag| tag.start);
        let name = properties.tag.as_ref().and_then(|tag| tag.name.as_deref());
        let resolved =
            if properties.tag.is_none() || name == Some("!!null") { Resolved::Null } else { Resolved::String };
        self.tree.borrowed((start, at), (at, at), Style::Plain, resolved, name)
    }

    fn empty_at(&mut self, at: u32) -> NodeId {
        self.empty(&Properties { anchor: None, tag: None, after: at })
    }

    fn scalar(&mut self, style: ScalarStyle, properties: &Properties<'_>) -> NodeId {
        let token = self.tokens.take();
        let mut content = std::mem::take(&mut self.tokens.content);
        self.weight += 1;
        let text = self.tokens.text();
        let (style, start, end, inner) = match style {
            ScalarStyle::Plain => (Style::Plain, token.start, token.end, (token.start, token.end)),
            ScalarStyle::SingleQuoted => {
                (Style::SingleQuoted, token.start, token.end, (token.start + 1, token.end.saturating_sub(1)))
            }
            ScalarStyle::DoubleQuoted => {
                (Style::DoubleQuoted, token.start, token.end, (token.start + 1, token.end.saturating_sub(1)))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let style = if style == ScalarStyle::Literal { Style::Literal } else { Style::Folded };
                let header = self.block_header(properties.after, token.start);
                let written = text.get(header as usize..token.end as usize).unwrap_or_default();
                let len = written.trim_end_matches([' ', '\t', '\n', '\r']).len();
                // Blanks at the end of the last line belong to the text, and so do last lines of blanks alone that
                // reach beyond the indentation.
                let kept = content.trim_end_matches('\n');
                let blank_lines = kept[kept.trim_end().len()..].matches('\n').count();
                let mut len = len;
                for line in 0..=blank_lines {
                    let rest = &written.as_bytes()[len..];
                    let breaks =
                        if line == 0 { 0 } else { rest.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
                    len += breaks;
                    len += written.bytes().skip(len).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                }
                let end = header + u32::try_from(len).unwrap_or(0);
                // The last line of a file may lack its line break; PyYAML then adds none.
                if token.end as usize == text.len() && !text.ends_with(['\n', '\r']) && content.ends_with('\n') {
                    content.to_mut().pop();
                }
                (style, header, end, (token.start, end))
            }
        };
        self.end = end;
        let span = (properties.tag.as_ref().map_or(start, |tag| tag.start), end);
        let tag = properties.tag.as_ref();
        let name = tag.and_then(|tag| tag.name.as_deref());
        let (resolved, decimal) = match (tag.is_some(), name) {
            (false, _) if style == Style::Plain => scalar::resolve(&content),
            (true, Some("!!int" | "!!float" | "!!bool" | "!!null")) => scalar::resolve(&content),
            _ => (Resolved::String, None),
        };
        if let Some(decimal) = decimal {
            return self.tree.cooked(span, decimal, style, resolved, name);
        }
        if text.get(inner.0 as usize..inner.1 as usize) == Some(&*content) {
            return self.tree.borrowed(span, inner, style, resolved, name);
        }
        self.tree.cooked(span, content.into_owned(), style, resolved, name)
    }

    /// Where the `|` or `>` of a block scalar stands whose content begins at `content`.
    fn block_header(&self, after: u32, content: u32) -> u32 {
        let bytes = self.tokens.text().as_bytes();
        let mut at = after as usize;
        let limit = (content as usize).min(bytes.len());
        while at < limit {
            match bytes[at] {
                b'|' | b'>' => return u32::try_from(at).unwrap_or(content),
                b'#' => at += memchr::memchr(b'\n', &bytes[at..limit]).unwrap_or(limit - at),
                _ => at += 1,
            }
        }
        content
    }

    /// Begins a container, unless it would be nested too deep.
    fn enter(&mut self, start: u32, column: u32, kind: LevelKind) -> bool {
        if self.tokens.open.len() >= DEPTH_LIMIT {
            self.tokens.fail(message::depth());
            return false;
        }
        self.tokens.open.push(Level { start, column, kind });
        self.deepest = self.deepest.max(self.tokens.open.len());
        true
    }

    fn sequence(&mut self, start: u32, mark: usize, layout: Layout, properties: &Properties<'_>) -> NodeId {
        self.tokens.open.pop();
        self.weight += 1;
        let start = properties.tag.as_ref().map_or(start, |tag| tag.start);
        let tag = properties.tag.as_ref().and_then(|tag| tag.name.as_deref());
        let node = self.tree.sequence((start, self.end), &self.scratch[mark..], layout, tag);
        self.scratch.truncate(mark);
        node
    }

    fn mapping(&mut self, start: u32, mark: usize, layout: Layout, properties: &Properties<'_>) -> NodeId {
        self.tokens.open.pop();
        self.weight += 1;
        self.settle_keys(mark);
        let start = properties.tag.as_ref().map_or(start, |tag| tag.start);
        let tag = properties.tag.as_ref().and_then(|tag| tag.name.as_deref());
        let node = self.tree.mapping((start, self.end), &self.scratch[mark..], layout, tag);
        self.scratch.truncate(mark);
        node
    }

    fn block_sequence(&mut self, properties: &Properties<'_>) -> NodeId {
        let (start, column) = (self.tokens.peek().start, self.tokens.peek().column);
        if !self.enter(start, column, LevelKind::BlockSequence) {
            return self.empty(properties);
        }
        self.tokens.take();
        self.end = start;
        let mark = self.scratch.len();
        loop {
            match self.tokens.kind() {
                Kind::BlockEntry => self.block_entry(),
                Kind::BlockEnd => {
                    self.tokens.take();
                    break;
                }
                Kind::End | Kind::Resume { .. } => break,
                found => self.tokens.fail(message::unexpected(found, "a list item (`- `)")),
            }
        }
        self.sequence(start, mark, Layout::Block, properties)
    }

    /// A sequence whose dashes stand in the column of the mapping's keys.
    fn indentless_sequence(&mut self, properties: &Properties<'_>) -> NodeId {
        let (after, column) = (self.tokens.peek().start, self.tokens.peek().column);
        let start = self.dash_before(after);
        if !self.enter(start, column, LevelKind::BlockSequence) {
            return self.empty(properties);
        }
        let mark = self.scratch.len();
        while self.tokens.kind() == Kind::BlockEntry {
            self.block_entry();
        }
        self.sequence(start, mark, Layout::Block, properties)
    }

    fn block_entry(&mut self) {
        let entry = self.tokens.take();
        let item = self.node(self.dash_before(entry.end) + 1, false);
        self.scratch.push(item);
    }

    /// Where the dash of a list item stands; the scanner tells where the item's content may begin.
    fn dash_before(&self, offset: u32) -> u32 {
        let before = self.tokens.text().get(..offset as usize).unwrap_or_default();
        // The dash is a blank or two away.
        let dash = before.trim_end_matches([' ', '\t']).len().saturating_sub(1);
        u32::try_from(dash).unwrap_or(offset)
    }

    fn block_mapping(&mut self, properties: &Properties<'_>) -> NodeId {
        let (start, column) = (self.tokens.peek().start, self.tokens.peek().column);
        if !self.enter(start, column, LevelKind::BlockMapping) {
            return self.empty(properties);
        }
        self.tokens.take();
        self.end = start;
        let mark = self.scratch.len();
        loop {
            match self.tokens.kind() {
                Kind::Key => {
                    let token = self.tokens.take();
                    let key = self.node(token.end, true);
                    self.value_of(key);
                }
                Kind::Value => {
                    let at = self.tokens.peek().start;
                    let key = self.empty_at(at);
                    self.value_of(key);
                }
                Kind::BlockEnd => {
                    self.tokens.take();
                    break;
                }
                Kind::Resume { column: resumed } if resumed == column => {
                    self.tokens.take();
                    if self.tokens.kind() == Kind::BlockMapping {
                        self.tokens.take();
                    }
                }
                Kind::End | Kind::Resume { .. } => break,
                // After a mistake the scanner knows nothing of the outer mappings: they begin anew for it.
                Kind::BlockMapping if self.tokens.resumed && self.tokens.peek().column == column => {
                    self.tokens.take();
                }
                Kind::BlockMapping if self.tokens.resumed && self.tokens.peek().column < column => break,
                found => self.tokens.fail(message::unexpected(found, "a key of the mapping")),
            }
        }
        self.mapping(start, mark, Layout::Block, properties)
    }

    /// The value behind a key's colon, if there is one; both become an entry.
    fn value_of(&mut self, key: NodeId) {
        self.scratch.push(key);
        let value = if self.tokens.kind() == Kind::Value {
            let colon = self.tokens.take();
            self.end = colon.start + 1;
            self.node(colon.start + 1, true)
        } else {
            self.empty_at(self.end)
        };
        self.scratch.push(value);
    }

    fn flow_sequence(&mut self, properties: &Properties<'_>) -> NodeId {
        let (start, column) = (self.tokens.peek().start, self.tokens.peek().column);
        if !self.enter(start, column, LevelKind::Flow) {
            return self.empty(properties);
        }
        self.end = self.tokens.take().end;
        let mark = self.scratch.len();
        loop {
            match self.tokens.kind() {
                Kind::FlowSequenceEnd => {
                    self.end = self.tokens.take().end;
                    break;
                }
                Kind::End | Kind::Resume { .. } => break,
                Kind::FlowEntry => self.tokens.fail(message::unexpected(Kind::FlowEntry, "a list item")),
                Kind::Key | Kind::Value => self.flow_pair(),
                _ => {
                    let item = self.node(self.end, false);
                    self.scratch.push(item);
                }
            }
            self.flow_separator(Kind::FlowSequenceEnd, "`,` or `]`");
        }
        self.sequence(start, mark, Layout::Flow, properties)
    }

    /// `[key: value]`: a mapping of one entry without braces.
    fn flow_pair(&mut self) {
        let (start, column) = (self.tokens.peek().start, self.tokens.peek().column);
        let properties = Properties { anchor: None, tag: None, after: start };
        let pair = if self.enter(start, column, LevelKind::Flow) {
            let mark = self.scratch.len();
            self.flow_entry();
            self.mapping(start, mark, Layout::Flow, &properties)
        } else {
            self.empty(&properties)
        };
        self.scratch.push(pair);
    }

    fn flow_mapping(&mut self, properties: &Properties<'_>) -> NodeId {
        let (start, column) = (self.tokens.peek().start, self.tokens.peek().column);
        if !self.enter(start, column, LevelKind::Flow) {
            return self.empty(properties);
        }
        self.end = self.tokens.take().end;
        let mark = self.scratch.len();
        loop {
            match self.tokens.kind() {
                Kind::FlowMappingEnd => {
                    let close = self.tokens.take();
                    // A pair without braces ends with its value.
                    if close.start < close.end {
                        self.end = close.end;
                    }
                    break;
                }
                Kind::End | Kind::Resume { .. } => break,
                Kind::FlowEntry => self.tokens.fail(message::unexpected(Kind::FlowEntry, "a key")),
                _ => self.flow_entry(),
            }
            self.flow_separator(Kind::FlowMappingEnd, "`,` or `}`");
        }
        self.mapping(start, mark, Layout::Flow, properties)
    }

    fn flow_entry(&mut self) {
        let key = match self.tokens.kind() {
            Kind::Key => {
                let token = self.tokens.take();
                self.end = token.end;
                self.node(token.end, false)
            }
            Kind::Value => {
                let at = self.tokens.peek().start;
                self.empty_at(at)
            }
            _ => self.node(self.end, false),
        };
        self.value_of(key);
    }

    fn flow_separator(&mut self, close: Kind, expected: &str) {
        match self.tokens.kind() {
            Kind::FlowEntry => {
                self.end = self.tokens.take().end;
            }
            Kind::End | Kind::Resume { .. } => {}
            found if found == close => {}
            found => self.tokens.fail(message::unexpected(found, expected)),
        }
    }
}

/// The tag as the tree keeps it: `!Sub` as written, YAML's own as `!!str` even when they are spelled out, none for
/// the `!` that only says "not plain".
fn tag_name(text: &str) -> Option<Cow<'_, str>> {
    let Some(verbatim) = text.strip_prefix("!<").and_then(|rest| rest.strip_suffix('>')) else {
        return (text != "!").then_some(Cow::Borrowed(text));
    };
    Some(match verbatim.strip_prefix("tag:yaml.org,2002:") {
        Some(name) => Cow::Owned(format!("!!{name}")),
        None => Cow::Borrowed(verbatim),
    })
}
