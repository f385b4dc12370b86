//! Where a value is decided: the place that an editor goes to from an expression.

use std::path::Path;

use crate::source::Span;
use crate::value::Step;

use super::shown::Words;
use super::spot::{self, Instance};
use super::{Known, Seen};

/// How many places one expression leads to.
const MOST_PLACES: usize = 16;

/// A place in a file of one of the projects.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub known: Known<'a>,
    pub span: Span,
}

/// The lines that decide the value at a place, one for each of its cases and instances: the default of a parameter, the
/// argument of a module call, the line of a variable file; or the resource that is referred to.
#[must_use]
pub fn definition<'a>(seen: &Seen<'a>, path: &Path, offset: u32) -> Vec<Target<'a>> {
    let Some(spot) = spot::at(seen.projects, path, offset) else { return Vec::new() };
    let mut found: Vec<Target<'a>> = Vec::new();
    for one in &spot.instances {
        for span in deciding(one, spot.span) {
            let new = !found.iter().any(|known| known.span == span);
            if new && found.len() < MOST_PLACES {
                found.push(Target { known: one.known, span });
            }
        }
    }
    found
}

fn deciding(one: &Instance<'_>, at: Span) -> Vec<Span> {
    let understood = one.known.understood;
    let project = &understood.project;
    let words = Words { inputs: &project.inputs, model: &understood.model };
    let mut spans = Vec::new();
    for leaf in words.leaves(&one.value) {
        let trail = project.origins.trail(leaf.origin);
        let referred = trail.iter().find_map(|hop| match &hop.step {
            Step::Resource { address, .. } => project.resources.iter().find(|resource| resource.address == *address),
            _ => None,
        });
        let last = trail.iter().rev().find(|hop| !matches!(hop.step, Step::CommandLine(_))).map(|hop| hop.span);
        let target = referred.map(|resource| resource.header).or(last);
        spans.extend(target.filter(|span| *span != at));
    }
    spans
}
