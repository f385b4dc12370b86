//! Columns of `=`, as `terraform fmt` keeps them: arguments on consecutive lines have theirs one below the other, and
//! a blank line, a comment or a value on several lines ends such a run.

use crate::source::Span;
use crate::syntax::hcl::{Body, ObjectItem};

use super::super::Edit;
use super::super::text::{is_first, line_end, line_start, next_line};
use super::Native;

/// A name with what it is set to, as a line of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub name: Span,
    /// From the name to the end of the value.
    pub whole: Span,
}

/// Consecutive lines of one block or object.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub lines: Vec<Line>,
    /// The column in which all of them have their `=`; nothing where they differ.
    pub column: Option<usize>,
}

/// The arguments of a body.
pub(super) fn of_body(body: &Body) -> Vec<Line> {
    let lines = body.attributes.iter().map(|attribute| Line { name: attribute.name_span, whole: attribute.span() });
    sorted(lines.collect())
}

/// The entries of an object.
pub(super) fn of_object(items: &[ObjectItem]) -> Vec<Line> {
    let lines = items.iter().map(|item| Line { name: item.key_span, whole: item.key_span.to(item.value.span) });
    sorted(lines.collect())
}

fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| line.whole.start);
    lines
}

impl Native {
    /// The run that a line belongs to; nothing for what does not stand alone on one line.
    pub(super) fn run(&self, all: &[Line], span: Span) -> Option<Run> {
        let text = self.text();
        let at = all.iter().position(|line| line.whole.contains(span))?;
        let alone = |line: &Line| {
            let start = line.whole.start as usize;
            is_first(text, start) && line_end(text, start) >= line.whole.end as usize
        };
        let below = |above: &Line, line: &Line| {
            next_line(text, above.whole.start as usize) == line_start(text, line.whole.start as usize)
        };
        if !alone(all.get(at)?) {
            return None;
        }
        let (mut first, mut last) = (at, at);
        while let Some((before, own)) = first.checked_sub(1).and_then(|before| all.get(before)).zip(all.get(first))
            && alone(before)
            && below(before, own)
        {
            first -= 1;
        }
        while let Some((own, next)) = all.get(last).zip(all.get(last + 1))
            && alone(next)
            && below(own, next)
        {
            last += 1;
        }
        let lines = all.get(first..=last)?.to_vec();
        let mut columns = lines.iter().map(|line| self.equals(line).map(|(column, _)| column));
        let column = columns.next()?.filter(|first| columns.all(|other| other == Some(*first)));
        Some(Run { lines, column })
    }

    /// The column and the place of a line's `=`.
    fn equals(&self, line: &Line) -> Option<(usize, usize)> {
        let text = self.text();
        let end = line.name.end as usize;
        let rest = text.get(end..line.whole.end as usize)?;
        let at = rest.find('=')?;
        rest.get(..at)?.trim().is_empty().then(|| (end + at - line_start(text, end), end + at))
    }

    /// What brings the rest of a run together when lines of it go, if the run was as close as can be.
    pub(super) fn closed_up(&self, all: &[Line], gone: &[Line]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut seen: Vec<Line> = Vec::new();
        for line in gone {
            let Some(run) = self.run(all, line.whole).filter(|_| !seen.contains(line)) else { continue };
            seen.extend(&run.lines);
            let ends =
                |line: &Line| (line.name.end as usize).saturating_sub(line_start(self.text(), line.name.end as usize));
            let widest = |lines: &mut dyn Iterator<Item = &Line>| lines.map(ends).max();
            let before = widest(&mut run.lines.iter());
            let after = widest(&mut run.lines.iter().filter(|line| !gone.contains(line)));
            let (Some(before), Some(after), Some(column)) = (before, after, run.column) else { continue };
            if before + 1 != column || after == before {
                continue;
            }
            for line in run.lines.iter().filter(|line| !gone.contains(line)) {
                let Some((_, at)) = self.equals(line) else { continue };
                let spaces = " ".repeat(after + 1 - ends(line));
                edits.push(Edit { span: self.at(line.name.end as usize, at), text: spaces });
            }
        }
        edits
    }
}
