//! One tree for YAML and JSON: an arena of small nodes whose texts are borrowed from the file wherever they can be.

mod part;

use std::sync::Arc;

use crate::source::{SourceFile, Span};

pub use part::Part;

/// Index of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// YAML without quotes; JSON numbers, `true`, `false` and `null`.
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// YAML `|` block.
    Literal,
    /// YAML `>` block.
    Folded,
}

/// How a mapping or sequence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// By indentation.
    Block,
    /// With brackets or braces; JSON always.
    Flow,
}

/// What a scalar is to the language that the file is written in: JSON's own types, or YAML 1.1 as CloudFormation
/// reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'t> {
    Null,
    Bool(bool),
    /// The text as written (without underscores and with YAML's other bases made decimal).
    Number(&'t str),
    String(&'t str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    Scalar,
    Sequence,
    Mapping,
}

/// How a scalar node resolves; kept beside the node so that reading it costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    Null,
    True,
    False,
    Number,
    String,
}

#[derive(Clone, Copy, Debug)]
enum Body {
    /// The text is `start..end` of the file (a scalar without escapes), cut out of the node's quotes.
    Borrowed { start: u32, end: u32, style: Style, resolved: Resolved },
    /// The text is `texts[index]`.
    Cooked { index: u32, style: Style, resolved: Resolved },
    /// `children[start..start + len]`.
    Sequence { start: u32, len: u32, layout: Layout },
    /// Keys and values in turn: `children[start..start + 2 * len]`.
    Mapping { start: u32, len: u32, layout: Layout },
}

#[derive(Clone, Copy, Debug)]
struct Node {
    start: u32,
    end: u32,
    /// One more than the index into `tags`; 0 for none.
    tag: u32,
    body: Body,
}

/// A comment with its marker, for instance `# dynalens: ignore[...] why`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    pub span: Span,
}

/// What is wrong with a text, and where. Errors are data: the tree holds what could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    /// A lower-case phrase without a full stop.
    pub message: String,
    /// Whether the rest of the file could be read all the same (a repeated key, say).
    pub recoverable: bool,
}

/// A parsed YAML or JSON file.
#[derive(Debug)]
pub struct Tree {
    pub file: Arc<SourceFile>,
    nodes: Vec<Node>,
    children: Vec<NodeId>,
    texts: Vec<Box<str>>,
    tags: Vec<Box<str>>,
    /// The root of each document; JSON files have one, empty files none.
    pub documents: Vec<NodeId>,
    pub comments: Vec<Comment>,
    pub errors: Vec<SyntaxError>,
}

impl Tree {
    #[must_use]
    pub fn new(file: Arc<SourceFile>) -> Self {
        let length = file.text().len();
        Self::with_room(file, length)
    }

    /// An empty tree with room for what a text of this length holds.
    pub(super) fn with_room(file: Arc<SourceFile>, length: usize) -> Self {
        // About what templates have, so that the arena of a large one is not copied time and again while it grows.
        let nodes = length / 20;
        Self {
            file,
            nodes: Vec::with_capacity(nodes),
            children: Vec::with_capacity(nodes),
            texts: Vec::new(),
            tags: Vec::new(),
            documents: Vec::new(),
            comments: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The first document's root.
    #[must_use]
    pub fn root(&self) -> Option<NodeRef<'_>> {
        self.documents.first().map(|id| self.node(*id))
    }

    #[must_use]
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether some mistake kept the text from being read as it stands.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.errors.iter().any(|error| !error.recoverable)
    }

    // Building: for the parsers beside this file.

    /// Makes room for so many nodes and children at once, so that the arenas are not copied while they grow.
    pub(super) fn make_room_for(&mut self, (nodes, children): (usize, usize)) {
        self.nodes.reserve_exact(nodes);
        self.children.reserve_exact(children);
    }

    /// How many nodes and children it has.
    pub(super) fn room(&self) -> (usize, usize) {
        (self.nodes.len(), self.children.len())
    }

    /// Takes in all of another tree of the same file but its documents; how far its nodes have moved.
    pub(super) fn append(&mut self, other: Self) -> u32 {
        let (nodes, children, texts) = (self.nodes.len(), self.children.len(), self.texts.len());
        let (nodes, children, texts) = (index_of(nodes), index_of(children), index_of(texts));
        let tags: Vec<u32> = other.tags.into_iter().map(|tag| self.tag(&tag)).collect();
        self.nodes.extend(other.nodes.into_iter().map(|mut node| {
            node.tag = node.tag.checked_sub(1).and_then(|tag| tags.get(tag as usize).copied()).unwrap_or(0);
            match &mut node.body {
                Body::Borrowed { .. } => {}
                Body::Cooked { index, .. } => *index += texts,
                Body::Sequence { start, .. } | Body::Mapping { start, .. } => *start += children,
            }
            node
        }));
        self.children.extend(other.children.into_iter().map(|NodeId(id)| NodeId(id + nodes)));
        self.texts.extend(other.texts);
        self.comments.extend(other.comments);
        self.errors.extend(other.errors);
        nodes
    }

    /// One more than the place of a tag.
    fn tag(&mut self, tag: &str) -> u32 {
        // Real files use a handful of tags; a hostile one may use a million, which then are not looked up.
        match self.tags.iter().take(32).position(|known| **known == *tag) {
            Some(index) => index_of(index + 1),
            None => {
                self.tags.push(tag.into());
                index_of(self.tags.len())
            }
        }
    }

    fn push(&mut self, start: u32, end: u32, tag: Option<&str>, body: Body) -> NodeId {
        let tag = tag.map_or(0, |tag| self.tag(tag));
        self.nodes.push(Node { start, end, tag, body });
        NodeId(index_of(self.nodes.len() - 1))
    }

    /// A scalar whose text stands in the file as `text.0..text.1`.
    pub(super) fn borrowed(
        &mut self,
        span: (u32, u32),
        text: (u32, u32),
        style: Style,
        resolved: Resolved,
        tag: Option<&str>,
    ) -> NodeId {
        self.push(span.0, span.1, tag, Body::Borrowed { start: text.0, end: text.1, style, resolved })
    }

    /// A scalar whose text differs from what the file holds (escapes, folding).
    pub(super) fn cooked(
        &mut self,
        span: (u32, u32),
        text: impl Into<Box<str>>,
        style: Style,
        resolved: Resolved,
        tag: Option<&str>,
    ) -> NodeId {
        self.texts.push(text.into());
        let index = index_of(self.texts.len() - 1);
        self.push(span.0, span.1, tag, Body::Cooked { index, style, resolved })
    }

    pub(super) fn sequence(&mut self, span: (u32, u32), items: &[NodeId], layout: Layout, tag: Option<&str>) -> NodeId {
        let start = index_of(self.children.len());
        self.children.extend_from_slice(items);
        self.push(span.0, span.1, tag, Body::Sequence { start, len: index_of(items.len()), layout })
    }

    /// `entries` are keys and values in turn.
    pub(super) fn mapping(
        &mut self,
        span: (u32, u32),
        entries: &[NodeId],
        layout: Layout,
        tag: Option<&str>,
    ) -> NodeId {
        let start = index_of(self.children.len());
        self.children.extend_from_slice(entries);
        self.push(span.0, span.1, tag, Body::Mapping { start, len: index_of(entries.len() / 2), layout })
    }
}

fn index_of(index: usize) -> u32 {
    // Files are limited to 4 GiB of text when they are loaded, and each node takes at least one byte.
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A node together with its tree.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    pub id: NodeId,
}

impl<'t> NodeRef<'t> {
    fn data(self) -> &'t Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    #[must_use]
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// From the node's tag, if it has one, to its last character, quotes and brackets included; anchors and comments
    /// around it are not. What is not written has an empty span where it would stand. An alias is the very node that
    /// it stands for, wherever that is written.
    #[must_use]
    pub fn span(self) -> Span {
        let node = self.data();
        Span::new(self.tree.file.id, node.start, node.end)
    }

    /// The tag as written, with its `!` (`!Sub`); standard tags as `!!str`.
    #[must_use]
    pub fn tag(self) -> Option<&'t str> {
        match self.data().tag {
            0 => None,
            tag => self.tree.tags.get(tag as usize - 1).map(|tag| &**tag),
        }
    }

    #[must_use]
    pub fn kind(self) -> NodeKind {
        match self.data().body {
            Body::Borrowed { .. } | Body::Cooked { .. } => NodeKind::Scalar,
            Body::Sequence { .. } => NodeKind::Sequence,
            Body::Mapping { .. } => NodeKind::Mapping,
        }
    }

    #[must_use]
    pub fn is_scalar(self) -> bool {
        self.kind() == NodeKind::Scalar
    }

    #[must_use]
    pub fn is_sequence(self) -> bool {
        self.kind() == NodeKind::Sequence
    }

    #[must_use]
    pub fn is_mapping(self) -> bool {
        self.kind() == NodeKind::Mapping
    }

    /// The text of a scalar of any type, unescaped.
    #[must_use]
    pub fn text(self) -> Option<&'t str> {
        match self.data().body {
            Body::Borrowed { start, end, .. } => self.tree.file.text().get(start as usize..end as usize),
            Body::Cooked { index, .. } => self.tree.texts.get(index as usize).map(|text| &**text),
            Body::Sequence { .. } | Body::Mapping { .. } => None,
        }
    }

    /// Where the text of a scalar stands without its quotes, if it stands there as it is (no escapes, no folding).
    #[must_use]
    pub fn text_span(self) -> Option<Span> {
        match self.data().body {
            Body::Borrowed { start, end, .. } => Some(Span::new(self.tree.file.id, start, end)),
            _ => None,
        }
    }

    #[must_use]
    pub fn scalar(self) -> Option<Scalar<'t>> {
        let (Body::Borrowed { resolved, .. } | Body::Cooked { resolved, .. }) = self.data().body else { return None };
        let text = self.text().unwrap_or_default();
        Some(match resolved {
            Resolved::Null => Scalar::Null,
            Resolved::True => Scalar::Bool(true),
            Resolved::False => Scalar::Bool(false),
            Resolved::Number => Scalar::Number(text),
            Resolved::String => Scalar::String(text),
        })
    }

    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.scalar(), Some(Scalar::Null))
    }

    #[must_use]
    pub fn style(self) -> Option<Style> {
        match self.data().body {
            Body::Borrowed { style, .. } | Body::Cooked { style, .. } => Some(style),
            _ => None,
        }
    }

    #[must_use]
    pub fn layout(self) -> Option<Layout> {
        match self.data().body {
            Body::Sequence { layout, .. } | Body::Mapping { layout, .. } => Some(layout),
            _ => None,
        }
    }

    /// How many items or entries a sequence or mapping has; 0 for scalars.
    #[must_use]
    pub fn len(self) -> usize {
        match self.data().body {
            Body::Sequence { len, .. } | Body::Mapping { len, .. } => len as usize,
            _ => 0,
        }
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items of a sequence; nothing for other nodes.
    pub fn items(self) -> impl ExactSizeIterator<Item = NodeRef<'t>> + Clone {
        let tree = self.tree;
        let range = match self.data().body {
            Body::Sequence { start, len, .. } => start as usize..(start + len) as usize,
            _ => 0..0,
        };
        tree.children[range].iter().map(move |id| tree.node(*id))
    }

    /// Keys and values of a mapping in the order of the source, merge keys and aliases already expanded; nothing for
    /// other nodes.
    pub fn entries(self) -> impl ExactSizeIterator<Item = (NodeRef<'t>, NodeRef<'t>)> + Clone {
        let tree = self.tree;
        let range = match self.data().body {
            Body::Mapping { start, len, .. } => start as usize..(start + 2 * len) as usize,
            _ => 0..0,
        };
        tree.children[range].chunks_exact(2).map(move |pair| (tree.node(pair[0]), tree.node(pair[1])))
    }

    /// The value under a key, by the key's text. Looks through all entries: build a map of your own for large ones.
    #[must_use]
    pub fn get(self, key: &str) -> Option<NodeRef<'t>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Key and value nodes under a key.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        self.entries().find(|(name, _)| name.text() == Some(key))
    }
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(tag) = self.tag() {
            write!(f, "{tag} ")?;
        }
        match self.kind() {
            NodeKind::Scalar => write!(f, "{:?}", self.scalar()),
            NodeKind::Sequence => f.debug_list().entries(self.items()).finish(),
            NodeKind::Mapping => f.debug_map().entries(self.entries()).finish(),
        }
    }
}
