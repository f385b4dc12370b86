//! Repeated keys and merge keys of a mapping that has been read.

use std::collections::HashSet;

use crate::syntax::keys;
use crate::syntax::tree::{NodeRef, Style};

use super::Parser;

impl Parser<'_> {
    /// Settles the entries `scratch[mark..]`, keys and values in turn: of a repeated key the last one stays, entries
    /// behind merge keys (`<<`) come first unless the mapping has the key itself.
    pub(super) fn settle_keys(&mut self, mark: usize) {
        // Several merge keys are several merges.
        for (span, phrase) in keys::settle_repeated(&self.tree, &mut self.scratch, mark, is_merge) {
            self.tokens.note(span.start, span.end, phrase, true);
        }
        let merges = self.scratch[mark..].chunks_exact(2).any(|pair| is_merge(self.tree.node(pair[0])));
        if merges {
            self.merge(mark);
        }
    }

    /// Entries are shared with the mapping that they come from. Their number is bounded by the limit on aliases.
    fn merge(&mut self, mark: usize) {
        let mut own = Vec::new();
        let mut sources = Vec::new();
        let mut odd = Vec::new();
        for pair in self.scratch[mark..].chunks_exact(2) {
            let value = self.tree.node(pair[1]);
            if !is_merge(self.tree.node(pair[0])) {
                own.extend_from_slice(pair);
            } else if value.is_mapping() {
                sources.push(pair[1]);
            } else if value.is_sequence() && value.items().all(NodeRef::is_mapping) {
                sources.extend(value.items().map(|item| item.id));
            } else {
                // An alias that could not be expanded has been reported already.
                if !self.tree.file.slice(value.span()).starts_with('*') {
                    odd.push(self.tree.node(pair[0]).span());
                }
                own.extend_from_slice(pair);
            }
        }
        let mut merged = Vec::new();
        let mut seen: HashSet<&str> = own.chunks_exact(2).filter_map(|pair| self.tree.node(pair[0]).text()).collect();
        for source in sources {
            for (key, value) in self.tree.node(source).entries() {
                if key.text().is_none_or(|text| seen.insert(text)) {
                    merged.extend([key.id, value.id]);
                }
            }
        }
        self.scratch.truncate(mark);
        self.scratch.extend(merged);
        self.scratch.extend(own);
        for span in odd {
            let phrase = "`<<` takes a mapping, an alias of one, or a list of them".to_owned();
            self.tokens.note(span.start, span.end, phrase, false);
        }
    }
}

fn is_merge(key: NodeRef<'_>) -> bool {
    key.text() == Some("<<") && key.style() == Some(Style::Plain) && key.tag().is_none_or(|tag| tag == "!!merge")
}
