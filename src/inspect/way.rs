//! Where a value comes from: the hops from its place to the line that decides it, each with its file and line.

use crate::finding::evidence::describe;
use crate::source::Span;
use crate::value::{Data, Origin, OriginId, Step, Value};

use super::markdown::{code, link, prose};
use super::{Known, Seen};

/// How many hops are told.
const MOST_HOPS: usize = 8;

/// How wide a window is, in bytes.
const WINDOW: u32 = 160;

/// The hops behind a place, nearest first, in Markdown; those at the place itself and within what was told are left out.
/// Of a value that differs by case, the way to the choice comes before that of the case.
pub(super) fn hops(seen: &Seen<'_>, known: Known<'_>, whole: &Value, origin: OriginId, at: Span) -> Vec<String> {
    let mut told: Vec<Span> = vec![at];
    let mut lines = Vec::new();
    let line_of = |span: Span| known.sources.get(span.file).map(|file| (span.file, file.lines().line_of(span.start)));
    // Whoever looks at a line sees what stands in it, unless it goes on beyond the window.
    let beside = |span: Span| line_of(span) == line_of(at) && span.start.abs_diff(at.start) < WINDOW;
    let origins = &known.understood.project.origins;
    let mut trail = before_cases(known, whole, origin);
    trail.extend(origins.trail(origin));
    for (index, hop) in trail.iter().enumerate() {
        // The next hop on the same line says more.
        if hop.step == Step::Expression
            && trail.get(index + 1).is_some_and(|next| line_of(next.span) == line_of(hop.span))
        {
            continue;
        }
        if beside(hop.span) && !matches!(hop.step, Step::CommandLine(_)) {
            continue;
        }
        // Below its own name a value needs no pointing at.
        if index == 0 && hop.step == Step::Literal && below(known, at, hop.span) {
            continue;
        }
        let inside = told.iter().any(|span| span.contains(hop.span));
        if inside && (matches!(hop.step, Step::Literal | Step::Expression) || told.contains(&hop.span)) {
            continue;
        }
        if lines.len() == MOST_HOPS {
            lines.push("…".to_owned());
            break;
        }
        told.push(hop.span);
        let words = prose(&describe(&hop.step));
        // What the command line gives stands in no file.
        match &hop.step {
            Step::CommandLine(_) => lines.push(words),
            _ => lines.push(format!("{words}: {}", place(seen, known, hop.span))),
        }
    }
    lines
}

/// Whether a place begins on one of the next lines.
fn below(known: Known<'_>, at: Span, place: Span) -> bool {
    let Some(file) = known.sources.get(place.file).filter(|_| place.file == at.file && place.start > at.start) else {
        return false;
    };
    file.lines().line_of(place.start) - file.lines().line_of(at.start) <= 2
}

/// The hops to a choice, as far as they are not those of one of its cases.
fn before_cases(known: Known<'_>, whole: &Value, case: OriginId) -> Vec<Origin> {
    let Data::Choice(choice) = &whole.data else { return Vec::new() };
    let origins = &known.understood.project.origins;
    let mut hops = Vec::new();
    let mut at = whole.origin;
    while at != case && !choice.cases.iter().any(|one| one.origin == at) && hops.len() < MOST_HOPS {
        let Some(hop) = origins.get(at) else { break };
        // From here on it is the way of one case.
        if matches!(hop.step, Step::Branch(_) | Step::Default(_) | Step::Literal) {
            break;
        }
        at = hop.next;
        hops.push(hop);
    }
    hops
}

/// `file:line` of a place, as a link where an editor can open it.
pub(super) fn place(seen: &Seen<'_>, known: Known<'_>, span: Span) -> String {
    let Some(file) = known.sources.get(span.file) else { return "elsewhere".to_owned() };
    let position = file.position(span.start);
    let text = code(&format!("{}:{}", file.path_text(), position.line));
    link(&text, (seen.link)(&file.path, position.line, position.column).as_deref())
}
