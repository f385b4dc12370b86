//! Conditions of policies as a compact program.
//!
//! Takes the text of a CEL expression (Common Expression Language, <https://cel.dev>), gives a [`Program`]: a flat
//! arena of nodes whose names, fields and types are checked against the model's schema. The same type serves the
//! pages that are compiled in (the build script writes programs as static data, so that start-up parses nothing) and
//! a user's own pages (built when they are loaded). Uses only the schema of the model from the rest of the crate,
//! because the build script compiles it too.

mod constant;
mod functions;
mod kinds;
mod lower;
mod mistake;
mod template;

use std::borrow::Cow;

pub use constant::Constant;
pub use functions::{FUNCTIONS, Function, Parameter, Signature};
pub use kinds::{COMMON_FIELDS, Kind, PROJECT_FIELDS, plural};
pub use lower::{MAX_NODES, Names, compile, literal};
pub use mistake::Mistake;
pub use template::{Piece, Template, template};

/// Index of a node in its program.
pub type NodeId = u32;

/// A checked expression. Children come before their parents; the last node is the whole expression.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    pub nodes: Cow<'static, [Node]>,
    /// Children of the nodes that have any number of them.
    pub lists: Cow<'static, [NodeId]>,
    /// Names and text constants.
    pub texts: Cow<'static, [Cow<'static, str>]>,
    /// How many loop variables are alive at once.
    pub locals: u32,
}

/// Some entries of [`Program::lists`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    pub start: u32,
    pub len: u32,
}

/// One operation. Numbers named `name` or `Text` point into [`Program::texts`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Integer(i64),
    Double(f64),
    Text(u32),
    /// What is judged: `self`, or the name of its subject.
    Subject,
    /// `project`
    Project,
    /// `options`
    Options,
    /// A named part of the page (`let`), by its position.
    Let(u32),
    /// A loop variable.
    Local(u32),
    Field {
        of: NodeId,
        name: u32,
    },
    Has {
        of: NodeId,
        name: u32,
    },
    Index {
        of: NodeId,
        at: NodeId,
    },
    List(Slice),
    /// Keys and values in turn.
    Map(Slice),
    Not(NodeId),
    Negate(NodeId),
    And(NodeId, NodeId),
    Or(NodeId, NodeId),
    Conditional {
        condition: NodeId,
        yes: NodeId,
        no: NodeId,
    },
    Compare(Comparison, NodeId, NodeId),
    Arithmetic(Arithmetic, NodeId, NodeId),
    In(NodeId, NodeId),
    Each {
        what: Each,
        list: NodeId,
        local: u32,
        body: NodeId,
    },
    Call {
        function: Function,
        arguments: Slice,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// The macros over the items of a list or the keys of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
    /// `count(x, condition)`, ours: how many items fulfil it.
    Count,
}

impl Each {
    /// All macros with the names that expressions use.
    pub const ALL: &'static [(Each, &'static str)] = &[
        (Each::All, "all"),
        (Each::Exists, "exists"),
        (Each::ExistsOne, "exists_one"),
        (Each::Filter, "filter"),
        (Each::Map, "map"),
        (Each::Count, "count"),
    ];

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(each, _)| *each)
    }
}

impl Program {
    /// The whole expression's node; `None` for an empty program.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        u32::try_from(self.nodes.len()).ok()?.checked_sub(1)
    }

    #[must_use]
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id as usize).copied().unwrap_or(Node::Null)
    }

    #[must_use]
    pub fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", |text| text.as_ref())
    }

    #[must_use]
    pub fn slice(&self, slice: Slice) -> &[NodeId] {
        let start = slice.start as usize;
        self.lists.get(start..start + slice.len as usize).unwrap_or_default()
    }
}
