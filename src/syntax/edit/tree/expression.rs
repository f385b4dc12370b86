//! Expressions of Terraform's within the texts of its JSON: `"${jsonencode({ ... })}"`.
//!
//! A place within such a text is one of the native syntax, which says how it is changed there; what it says is brought
//! back to the file: places by the pieces that the text is written in, new text by JSON's escapes.

use std::sync::Arc;

use crate::source::{SourceFile, Span};
use crate::syntax::hcl::{Pieces, parse_template_at};
use crate::syntax::tree::{NodeId, Scalar};

use super::super::Edit;
use super::super::hcl::Native;
use super::Trees;
use super::render::double_quoted;

/// A place within a text.
pub(super) struct Within {
    /// The text that it is in.
    pub text: NodeId,
    /// Where it stands in the text.
    pub span: Span,
    /// The text is nothing but this expression.
    pub is_all: bool,
    pub native: Native,
    pieces: Pieces,
}

impl Trees {
    /// The expression, or the key of an object, at a place that lies within a text.
    pub(super) fn within(&self, span: Span) -> Option<Within> {
        if !self.render.terraform || span.file != self.tree.file.id || self.node(span).is_some() {
            return None;
        }
        let node = self.node_around(span)?;
        let Some(Scalar::String(text)) = node.scalar() else { return None };
        if !text.contains("${") && !text.contains("%{") {
            return None;
        }
        let pieces = Pieces::of_json_string(&self.tree.file, node.span()).filter(|all| all.length() == text.len())?;
        let own = Arc::new(SourceFile::new(self.tree.file.id, self.tree.file.path.clone(), text));
        let native = Native::of_template(&own, parse_template_at(text, own.whole()).ok()?);
        let span = super::span(span.file, pieces.offset(span.start)?, pieces.offset(span.end)?);
        let is_all = native.is_all(span);
        (native.holds(span) || native.is_key(span)).then_some(Within { text: node.id, span, is_all, native, pieces })
    }

    /// The same for what is a part of its text and not all of it: with all of it, the text itself is meant.
    pub(super) fn part(&self, span: Span) -> Option<Within> {
        self.within(span).filter(|within| !within.is_all)
    }

    /// Takes out what stands within texts.
    pub(super) fn remove_within(parts: &[Within]) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for (at, first) in parts.iter().enumerate() {
            let same = |other: &&Within| other.text == first.text;
            if parts.iter().take(at).any(|other| same(&other)) {
                continue;
            }
            let spans: Vec<Span> = parts.iter().filter(same).map(|part| part.span).collect();
            edits.extend(first.outside_all(&first.native.remove(&spans)?)?);
        }
        Some(edits)
    }
}

impl Within {
    /// A place of the text as one of the file.
    pub(super) fn place(&self, span: Span) -> Option<Span> {
        let [start, end] = [span.start, span.end].map(|at| self.pieces.position(at as usize));
        Some(Span::new(span.file, start?, end?))
    }

    /// An edit of the text as one of the file.
    pub(super) fn outside(&self, edit: &Edit) -> Option<Edit> {
        let quoted = double_quoted(&edit.text);
        let text = quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned();
        Some(Edit { span: self.place(edit.span)?, text })
    }

    pub(super) fn outside_all(&self, edits: &[Edit]) -> Option<Vec<Edit>> {
        edits.iter().map(|edit| self.outside(edit)).collect()
    }
}
