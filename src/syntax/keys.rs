//! Repeated keys of a mapping: found in linear time, reported, and settled the way the AWS tools settle them.

use std::collections::HashMap;

use crate::source::Span;

use super::tree::{NodeId, NodeRef, Tree};

/// Up to this many entries are compared each with each; more go through a table.
const FEW: usize = 16;

/// Of the repeated keys of one mapping, this many are reported.
const REPORTED: usize = 100;

/// Takes the entries `scratch[mark..]` (keys and values in turn) and leaves of each repeated key the last entry, as
/// PyYAML, JSON readers and CloudFormation do. Gives the place of each later key with what to say about it. Keys for
/// which `exempt` holds may be repeated.
pub(super) fn settle_repeated(
    tree: &Tree,
    scratch: &mut Vec<NodeId>,
    mark: usize,
    exempt: fn(NodeRef<'_>) -> bool,
) -> Vec<(Span, String)> {
    let repeated = repeated(tree, &scratch[mark..], exempt);
    if repeated.is_empty() {
        return Vec::new();
    }
    let mut dropped = vec![false; (scratch.len() - mark) / 2];
    let mut notes = Vec::new();
    for (earlier, later) in repeated {
        dropped[earlier] = true;
        if notes.len() == REPORTED {
            continue;
        }
        let first = tree.node(scratch[mark + 2 * earlier]);
        let second = tree.node(scratch[mark + 2 * later]);
        let phrase = format!(
            "the key `{}` is repeated; only this one counts, remove it or the one on line {}",
            second.text().unwrap_or_default().escape_debug(),
            tree.file.lines().line_of(first.span().start) + 1
        );
        notes.push((second.span(), phrase));
    }
    let kept: Vec<NodeId> = scratch[mark..]
        .chunks_exact(2)
        .zip(dropped)
        .filter(|(_, dropped)| !dropped)
        .flat_map(|(pair, _)| pair.iter().copied())
        .collect();
    scratch.truncate(mark);
    scratch.extend(kept);
    notes
}

/// Pairs of entries with the same key: an earlier one and the next one like it.
fn repeated(tree: &Tree, entries: &[NodeId], exempt: fn(NodeRef<'_>) -> bool) -> Vec<(usize, usize)> {
    let key = |index: usize| {
        let node = tree.node(entries[2 * index]);
        node.text().filter(|_| !exempt(node))
    };
    let count = entries.len() / 2;
    let mut found = Vec::new();
    if count <= FEW {
        for later in 1..count {
            let Some(text) = key(later) else { continue };
            if let Some(earlier) = (0..later).rev().find(|earlier| key(*earlier) == Some(text)) {
                found.push((earlier, later));
            }
        }
        return found;
    }
    // The standard table with its random seed: keys come from strangers.
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(count);
    for later in 0..count {
        let Some(text) = key(later) else { continue };
        if let Some(earlier) = seen.insert(text, later) {
            found.push((earlier, later));
        }
    }
    found
}
