//! Comments and metadata beside what is there.

use crate::source::Span;
use crate::syntax::tree::{Layout, NodeRef};

use super::super::text::{indent, is_first, line_start};
use super::super::{Edit, Position, Term};
use super::{Role, Trees};

impl Trees {
    /// The key that begins where a span does; of the file itself, nothing.
    fn key_at(&self, whole: Span) -> Option<NodeRef<'_>> {
        let ids = self.by_span.iter().filter(|((start, _), _)| *start == whole.start).flat_map(|(_, ids)| ids);
        let mut keys: Vec<NodeRef<'_>> = ids
            .map(|id| self.tree.node(*id))
            .filter(|node| self.seat(*node).is_some_and(|seat| seat.role == Role::Key))
            .collect();
        keys.sort_by_key(|node| node.span().end);
        keys.into_iter().next()
    }

    pub(in super::super) fn comment(&self, whole: Span, comment: &str) -> Option<Edit> {
        if whole.file != self.tree.file.id {
            return None;
        }
        let key = self.key_at(whole)?;
        if self.render.terraform {
            let value = self.value_of_key(key)?;
            let body = if value.is_mapping() { value } else { value.items().find(|item| item.is_mapping())? };
            if body.get("//").is_some() {
                return None;
            }
            return self.insert(
                body.span(),
                None,
                &[("//".to_owned(), Term::Text(comment.to_owned()))],
                Position::Usual,
            );
        }
        if self.render.json || self.is_in_flow(key) {
            return None;
        }
        let start = whole.start as usize;
        if !is_first(self.text(), start) {
            return None;
        }
        let at = line_start(self.text(), start);
        // Behind a byte order mark.
        let at = if at == 0 { self.tree.file.body_start() } else { at };
        let text = format!("{}# {comment}{}", indent(self.text(), start), self.newline());
        Some(Edit { span: self.at(at, at), text })
    }

    pub(in super::super) fn item_below(&self, whole: Span, way: &[&str], item: &Term) -> Option<Vec<Edit>> {
        let (key, mut value) = if whole.is_empty() {
            (None, self.tree.root()?)
        } else {
            let key = self.key_at(whole)?;
            (Some(key), self.value_of_key(key)?)
        };
        for (at, name) in way.iter().enumerate() {
            if !value.is_mapping() {
                return None;
            }
            let Some((_, inner)) = value.entry(name) else {
                let mut term = Term::List(vec![item.clone()]);
                for name in way.get(at + 1..)?.iter().rev() {
                    term = Term::Map(vec![((*name).to_owned(), term)]);
                }
                let entries = [((*name).to_owned(), term)];
                let position = if key.is_some() && at == 0 { Position::After("Type") } else { Position::Usual };
                return self
                    .insert(value.span(), Some(value.entries().next()?.0.span()), &entries, position)
                    .map(|edit| vec![edit]);
            };
            if inner.is_null() && at + 1 == way.len() && value.layout() == Some(Layout::Block) {
                return self.replace(inner.span(), &Term::List(vec![item.clone()])).map(|edit| vec![edit]);
            }
            value = inner;
        }
        value.is_sequence().then_some(())?;
        self.append(value.span(), std::slice::from_ref(item)).map(|edit| vec![edit])
    }
}
