//! Large templates piece by piece, on all cores.
//!
//! Nearly all of a large template are the entries of its `Resources`, and each begins on a line of its own with the
//! same indentation. So the text is cut there, the pieces are read by themselves and put together again. That gives
//! what reading it in one go gives as long as no piece leans on another one: an anchor, a mistake or anything else
//! unusual in one of them, and the text is read in one go after all.
//!
//! Whoever reads a template anew after each edit keeps the pieces ([`Kept`]): only those whose text is new are read.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;
use rayon::prelude::*;

use crate::source::SourceFile;
use crate::syntax::DEPTH_LIMIT;
use crate::syntax::tree::{Layout, NodeId, NodeKind, Part, Tree};

use super::Parser;
use super::tokens::{self, Tokens};

/// Texts from here on are cut, in bytes.
pub(super) const LARGE: usize = 1 << 19;

/// About how long a piece is, in bytes.
const PIECE: usize = 1 << 18;

/// From how many pieces on all cores read them.
const MANY: usize = 32;

/// Where a text is cut.
struct Cuts {
    /// Everything up to the first resource.
    head: Range<usize>,
    /// Whole resources each.
    pieces: Vec<Range<usize>>,
    /// The sections behind the resources.
    tail: Range<usize>,
}

/// The tree of a large template; nothing where it has to be read in one go.
pub(super) fn parse(file: &Arc<SourceFile>) -> Option<Tree> {
    parse_by(file, PIECE)
}

pub(super) fn parse_by(file: &Arc<SourceFile>, piece: usize) -> Option<Tree> {
    let cuts = cut(file.text(), file.body_start(), piece)?;
    let head = read(file, cuts.head)?;
    let tail = read(file, cuts.tail)?;
    let pieces: Vec<Tree> = cuts.pieces.into_par_iter().map(|piece| read(file, piece)).collect::<Option<_>>()?;
    join(file, Read::Fresh(head), pieces.into_iter().map(Read::Fresh).collect(), Read::Fresh(tail))
}

/// The pieces of a text as it was read last, each with what it holds: what stands before the resources, the resources,
/// and what stands behind them.
#[derive(Debug, Default)]
pub struct Kept {
    pieces: Vec<(Box<str>, Arc<Part>)>,
}

impl Kept {
    /// The tree of a text of which only those pieces are read that are new since the last time; nothing where it has to
    /// be read in one go. Then the pieces of the last time are kept for the next.
    pub(super) fn parse(&mut self, file: &Arc<SourceFile>) -> Option<Tree> {
        let text = file.text();
        // Where one resource ends and the next begins.
        let Cuts { head, pieces, tail } = cut(text, file.body_start(), 1)?;
        let ranges: Vec<Range<usize>> = std::iter::once(head).chain(pieces).chain([tail]).collect();
        let is_same = |range: &Range<usize>, known: &(Box<str>, Arc<Part>)| text.get(range.clone()) == Some(&*known.0);
        let most = ranges.len().min(self.pieces.len());
        let first = ranges.iter().zip(&self.pieces).take_while(|(range, known)| is_same(range, known)).count();
        let from_end = ranges.iter().rev().zip(self.pieces.iter().rev());
        let last = from_end.take(most - first).take_while(|(range, known)| is_same(range, known)).count();
        let new = ranges.get(first..ranges.len() - last)?;
        let part = |range: &Range<usize>| {
            let part = Part::of(read(file, range.clone())?, range)?;
            Some((text.get(range.clone())?.into(), Arc::new(part)))
        };
        let new: Vec<(Box<str>, Arc<Part>)> = match new {
            few if few.len() < MANY => few.iter().map(part).collect::<Option<_>>()?,
            many => many.par_iter().map(part).collect::<Option<_>>()?,
        };
        let behind = self.pieces.len() - last;
        self.pieces.splice(first..behind, new);
        let mut all =
            self.pieces.iter().zip(ranges).map(|((_, part), range)| Read::Kept(Arc::clone(part), range.start));
        let (head, tail) = (all.next()?, all.next_back()?);
        join(file, head, all.collect(), tail)
    }
}

/// A piece that was read.
enum Read {
    Fresh(Tree),
    /// With the offset at which it begins.
    Kept(Arc<Part>, usize),
}

impl Read {
    /// Takes it into the whole; where its root is there.
    fn append_to(self, whole: &mut Tree) -> Option<NodeId> {
        match self {
            Self::Fresh(tree) => {
                let root = tree.documents.first().copied();
                let moved = whole.append(tree);
                root.map(|root| NodeId(root.0 + moved))
            }
            Self::Kept(part, at) => whole.append_part(&part, at),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Fresh(tree) => tree.documents.is_empty(),
            Self::Kept(part, _) => part.is_empty(),
        }
    }

    fn room(&self) -> (usize, usize) {
        match self {
            Self::Fresh(tree) => tree.room(),
            Self::Kept(part, _) => part.room(),
        }
    }
}

/// Puts the pieces of a text together.
fn join(file: &Arc<SourceFile>, head: Read, pieces: Vec<Read>, tail: Read) -> Option<Tree> {
    let text = file.text();
    let mut parser = parser(file, text, text.len()..text.len());
    // The mappings that join the pieces have the entries once more.
    let rooms = pieces.iter().chain([&head, &tail]).map(Read::room);
    let (nodes, children) = rooms.fold((2, 2), |all, room| (all.0 + room.0, all.1 + room.1));
    parser.tree.make_room_for((nodes, children + children / 8));
    let root = entries(&mut parser.tree, head)?;
    let (last, before) = root.list.split_last_chunk::<2>().map(|(before, last)| (last, before))?;
    let (key, value) = (parser.tree.node(last[0]), parser.tree.node(last[1]));
    let is_empty = value.is_null() && value.tag().is_none() && value.span().is_empty();
    if key.text() != Some("Resources") || !is_empty {
        return None;
    }
    let (start, key) = (root.start, last[0]);
    let mut whole: Vec<NodeId> = before.to_vec();
    let mut first = None;
    for piece in pieces {
        let piece = entries(&mut parser.tree, piece)?;
        first = first.or(Some(piece.start));
        parser.end = piece.end;
        parser.scratch.extend(piece.list);
    }
    parser.settle_keys(0);
    let scratch = std::mem::take(&mut parser.scratch);
    let resources = parser.tree.mapping((first?, parser.end), &scratch, Layout::Block, None);
    whole.extend([key, resources]);
    if tail.is_empty() {
        tail.append_to(&mut parser.tree);
    } else {
        let tail = entries(&mut parser.tree, tail)?;
        parser.end = tail.end;
        whole.extend(tail.list);
    }
    parser.scratch = whole;
    parser.settle_keys(0);
    let scratch = std::mem::take(&mut parser.scratch);
    let root = parser.tree.mapping((start, parser.end), &scratch, Layout::Block, None);
    parser.tree.documents = vec![root];
    Some(parser.finish())
}

/// Finds the entries of `Resources`: the lines with the indentation of the first one, up to the next section.
fn cut(text: &str, from: usize, piece: usize) -> Option<Cuts> {
    let bytes = text.as_bytes();
    let header = memmem::find_iter(bytes, b"Resources:").find(|at| *at == from || bytes[at - 1] == b'\n')?;
    let header_end = header + memchr::memchr(b'\n', &bytes[header..])? + 1;
    let rest = text.get(header + "Resources:".len()..header_end)?.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut indentation = None;
    let mut at = header_end;
    let mut start = None;
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |step| at + step + 1);
        let line = &bytes[at..end];
        let blanks = line.iter().take_while(|byte| **byte == b' ').count();
        match line.get(blanks) {
            None | Some(b'\n' | b'\r' | b'#') => {}
            // The next section.
            Some(_) if blanks == 0 => break,
            Some(first) => {
                let own = *indentation.get_or_insert(blanks);
                if blanks < own || blanks == own && !first.is_ascii_alphanumeric() {
                    return None;
                }
                if blanks == own {
                    let begin = *start.get_or_insert(at);
                    if at - begin >= piece {
                        pieces.push(begin..at);
                        start = Some(at);
                    }
                }
            }
        }
        at = end;
    }
    let first = pieces.first().map(|first| first.start).or(start)?;
    pieces.push(start?..at);
    let tail = text.get(at..)?;
    let is_plain = !tail.starts_with(['-', '.', '%'])
        && ["\n---", "\n...", "\n%"].iter().all(|mark| memmem::find(tail.as_bytes(), mark.as_bytes()).is_none());
    (pieces.len() > 1 && is_plain).then_some(Cuts { head: from..first, pieces, tail: at..bytes.len() })
}

fn parser<'f>(file: &Arc<SourceFile>, text: &'f str, range: Range<usize>) -> Parser<'f> {
    let mut tree = Tree::with_room(Arc::clone(file), range.len());
    tree.documents.clear();
    Parser {
        tokens: Tokens::within(text, range.clone()),
        tree,
        scratch: Vec::new(),
        anchors: HashMap::new(),
        end: tokens::to_u32(range.start),
        weight: 0,
        deepest: 0,
        aliased: 0,
        alias_limit_reported: false,
    }
}

/// Reads a piece by itself; nothing where it does not stand by itself.
fn read(file: &Arc<SourceFile>, range: Range<usize>) -> Option<Tree> {
    let mut parser = parser(file, file.text(), range);
    parser.tokens.may_want = true;
    parser.stream();
    let stands_alone = parser.anchors.is_empty()
        && parser.aliased == 0
        && parser.tokens.wanted.is_none()
        && parser.deepest + 1 < DEPTH_LIMIT;
    let tree = parser.finish();
    (stands_alone && tree.errors.is_empty() && tree.documents.len() <= 1).then_some(tree)
}

/// The mapping that a piece consists of.
struct Entries {
    /// Keys and values in turn, as they are in the whole.
    list: Vec<NodeId>,
    start: u32,
    end: u32,
}

/// Takes a piece into the whole.
fn entries(whole: &mut Tree, piece: Read) -> Option<Entries> {
    let root = piece.append_to(whole)?;
    let root = whole.node(root);
    if root.kind() != NodeKind::Mapping || root.layout() != Some(Layout::Block) || root.tag().is_some() {
        return None;
    }
    let span = root.span();
    // A merge key takes its place among the keys of the whole.
    let is_merge = |key: &str| key == "<<";
    if root.entries().any(|(key, _)| key.text().is_some_and(is_merge)) {
        return None;
    }
    let list = root.entries().flat_map(|(key, value)| [key.id, value.id]).collect();
    Some(Entries { list, start: span.start, end: span.end })
}
