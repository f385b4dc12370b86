//! A piece of a text, read by itself and kept without the text, to be put into the tree of any text that holds it.

use std::ops::Range;

use crate::source::Span;

use super::{Body, Comment, Node, NodeId, Tree, index_of};

/// What a piece of a text holds; offsets count from where the piece begins.
#[derive(Debug)]
pub struct Part {
    nodes: Box<[Node]>,
    children: Box<[NodeId]>,
    texts: Box<[Box<str>]>,
    tags: Box<[Box<str>]>,
    comments: Box<[Range<u32>]>,
    root: Option<NodeId>,
}

impl Part {
    /// The part of a tree that was read from a range of its text. Nothing where the tree has several documents or
    /// mistakes, or where something in it stands elsewhere.
    pub(in crate::syntax) fn of(tree: Tree, range: &Range<usize>) -> Option<Self> {
        let Tree { mut nodes, children, texts, tags, documents, comments, errors, .. } = tree;
        if documents.len() > 1 || !errors.is_empty() {
            return None;
        }
        let (from, to) = (index_of(range.start), index_of(range.end));
        let moved = |at: u32| if at <= to { at.checked_sub(from) } else { None };
        for node in &mut nodes {
            (node.start, node.end) = (moved(node.start)?, moved(node.end)?);
            if let Body::Borrowed { start, end, .. } = &mut node.body {
                (*start, *end) = (moved(*start)?, moved(*end)?);
            }
        }
        let comments = comments.iter().map(|comment| Some(moved(comment.span.start)?..moved(comment.span.end)?));
        Some(Self {
            nodes: nodes.into(),
            children: children.into(),
            texts: texts.into(),
            tags: tags.into(),
            comments: comments.collect::<Option<_>>()?,
            root: documents.first().copied(),
        })
    }

    /// Whether nothing but comments is in it.
    pub(in crate::syntax) fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// How many nodes and children it has.
    pub(in crate::syntax) fn room(&self) -> (usize, usize) {
        (self.nodes.len(), self.children.len())
    }
}

impl Tree {
    /// Takes in a part whose piece begins at an offset of the text; the root of the part in this tree.
    pub(in crate::syntax) fn append_part(&mut self, part: &Part, at: usize) -> Option<NodeId> {
        let at = index_of(at);
        let [nodes, children, texts] = [self.nodes.len(), self.children.len(), self.texts.len()].map(index_of);
        let tags: Vec<u32> = part.tags.iter().map(|tag| self.tag(tag)).collect();
        self.nodes.extend(part.nodes.iter().map(|node| {
            let tag = node.tag.checked_sub(1).and_then(|tag| tags.get(tag as usize).copied()).unwrap_or(0);
            let mut body = node.body;
            match &mut body {
                Body::Borrowed { start, end, .. } => {
                    *start += at;
                    *end += at;
                }
                Body::Cooked { index, .. } => *index += texts,
                Body::Sequence { start, .. } | Body::Mapping { start, .. } => *start += children,
            }
            Node { start: node.start + at, end: node.end + at, tag, body }
        }));
        self.children.extend(part.children.iter().map(|NodeId(id)| NodeId(id + nodes)));
        self.texts.extend(part.texts.iter().cloned());
        let file = self.file.id;
        let comments = part.comments.iter();
        self.comments
            .extend(comments.map(|comment| Comment { span: Span::new(file, comment.start + at, comment.end + at) }));
        part.root.map(|NodeId(root)| NodeId(root + nodes))
    }
}
