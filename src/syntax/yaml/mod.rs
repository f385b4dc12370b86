//! YAML to a tree: takes a text, gives nodes with exact byte spans, comments and errors.
//!
//! granit-parser's scanner cuts the text into tokens. What stands above tokens is done here, because a linter needs it
//! otherwise than a loader does: spans end with the last character of a node, tags are kept as written, scalars are
//! read as YAML 1.1 (the way CloudFormation reads them), anchors and merge keys are expanded by sharing nodes, and
//! after a mistake the parser goes on at the next key of an enclosing mapping, so that a half-typed resource does not
//! hide the others.
//!
//! | file | what it does |
//! |---|---|
//! | `tokens` | the scanner's tokens with offsets of the file; stopping and going on after a mistake |
//! | `grammar` | documents, mappings, sequences and scalars from tokens |
//! | `mapping` | repeated keys and merge keys |
//! | `scalar` | what a plain scalar means in YAML 1.1 |
//! | `message` | mistakes in words |
//! | `pieces` | large templates on all cores, and only what is new of those that are edited |

use std::collections::HashMap;
use std::sync::Arc;

use crate::source::SourceFile;

use super::tree::{NodeId, Tree};
use tokens::Tokens;

pub use pieces::Kept;

mod grammar;
mod mapping;
mod message;
mod pieces;
mod scalar;
#[cfg(test)]
mod tests;
mod tokens;

/// From which length on, in bytes, it pays to keep the pieces of a file. Trials are small, and do it all the same.
const KEPT_FROM: usize = if cfg!(debug_assertions) { 1 } else { 1 << 14 };

/// How many nodes aliases and merge keys may stand for in all, over what is written out.
pub const ALIAS_LIMIT: u64 = 1_000_000;

/// Reads all documents of a YAML file.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "the tree keeps the file; all parsers are called alike")]
pub fn parse(file: Arc<SourceFile>) -> Tree {
    if file.text().len() >= pieces::LARGE
        && let Some(tree) = pieces::parse(&file)
    {
        return tree;
    }
    parse_whole(&file)
}

/// As [`parse`], for a file that is read again after each edit.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "the tree keeps the file; all parsers are called alike")]
pub fn parse_again(file: Arc<SourceFile>, kept: &mut Kept) -> Tree {
    let tree = if file.text().len() >= KEPT_FROM { kept.parse(&file) } else { None };
    tree.unwrap_or_else(|| parse_whole(&file))
}

/// Reads all documents of a YAML file in one go.
fn parse_whole(file: &Arc<SourceFile>) -> Tree {
    let text_owner = Arc::clone(file);
    let text = text_owner.text();
    let mut patches = Vec::new();
    loop {
        let blotted = tokens::blot(text, &patches);
        let mut parser = Parser {
            tokens: Tokens::new(text, &blotted, &patches, text_owner.body_start()),
            tree: Tree::new(Arc::clone(file)),
            scratch: Vec::new(),
            anchors: HashMap::new(),
            end: tokens::to_u32(text_owner.body_start()),
            weight: 0,
            deepest: 0,
            aliased: 0,
            alias_limit_reported: false,
        };
        parser.tokens.may_want = patches.len() < tokens::attempts(text);
        parser.stream();
        match parser.tokens.wanted.take() {
            Some(patch) => patches.push(patch),
            None => return parser.finish(),
        }
    }
}

/// Reads a YAML file in one go and piece by piece, for tests that hold the two against each other.
#[cfg(test)]
pub(super) fn parse_both_ways(file: &Arc<SourceFile>, piece: usize) -> (Tree, Option<Tree>) {
    (parse_whole(file), pieces::parse_by(file, piece))
}

/// What an anchor stands for.
#[derive(Clone, Copy)]
struct Anchored {
    node: NodeId,
    /// How many nodes that is with all aliases expanded.
    weight: u64,
    /// How many containers stand inside each other in it, aliases expanded.
    height: usize,
}

struct Parser<'f> {
    tokens: Tokens<'f>,
    tree: Tree,
    /// Children of the containers that are open, innermost last.
    scratch: Vec<NodeId>,
    anchors: HashMap<String, Anchored>,
    /// Where the content that was read last ends.
    end: u32,
    /// Nodes so far, aliases counted with all that they stand for.
    weight: u64,
    /// How deep the containers have stood inside each other, aliases expanded, since the node that is read began.
    deepest: usize,
    /// The part of `weight` that comes from aliases and merge keys.
    aliased: u64,
    alias_limit_reported: bool,
}

impl Parser<'_> {
    fn finish(self) -> Tree {
        let Self { tokens, mut tree, .. } = self;
        let (comments, errors) = tokens.into_findings(tree.file.id);
        tree.comments.extend(comments);
        // After a mistake the scanner may read a stretch again.
        tree.comments.sort_unstable_by_key(|comment| comment.span);
        tree.comments.dedup();
        tree.errors.extend(errors);
        tree.errors.sort_by_key(|error| error.span);
        tree
    }
}
