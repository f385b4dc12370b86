//! Taking arguments, blocks and items out.

use crate::source::Span;
use crate::syntax::hcl::{Block, ExprKind};

use super::super::text::{is_blank, is_first, line_end, line_start, next_line};
use super::super::{Edit, in_order};
use super::Native;
use super::align::{self, Line};
use super::find::{self, Holder};

impl Native {
    pub(in super::super) fn remove(&self, spans: &[Span]) -> Option<Vec<Edit>> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        let mut thinned: Vec<(Vec<Line>, Vec<Line>)> = Vec::new();
        for span in spans {
            if span.file != self.document.file.id {
                return None;
            }
            if let Some(block) = self.block(*span) {
                ranges.push(self.whole_lines(block.span)?);
                continue;
            }
            let found = find::expression(&self.document.body, *span)?;
            match found.holder {
                Holder::Attribute { span, block } => match block.filter(|block| would_be_empty(block, spans)) {
                    Some(block) => {
                        ranges.push(self.whole_lines(block.span)?);
                    }
                    None => {
                        let body = block.map_or(&self.document.body, |block| &block.body);
                        thin(&mut thinned, align::of_body(body), span);
                        ranges.push(self.whole_lines(span)?);
                    }
                },
                Holder::Item { list, index } => {
                    let ExprKind::List(items) = &list.kind else { return None };
                    let all: Vec<Span> = items.iter().map(|item| item.span).collect();
                    // A list of which nothing is left goes as a whole, where it is an argument.
                    if all.iter().all(|item| spans.contains(item))
                        && let Some(Holder::Attribute { span, .. }) =
                            find::expression(&self.document.body, list.span).map(|found| found.holder)
                    {
                        ranges.push(self.whole_lines(span)?);
                        continue;
                    }
                    ranges.push(Self::of_list(&all, index, spans)?);
                }
                Holder::Entry { object, index } => {
                    let ExprKind::Object(items) = &object.kind else { return None };
                    let item = items.get(index)?;
                    let whole = item.key_span.to(item.value.span);
                    let one_line = line_end(self.text(), object.span.start as usize) >= object.span.end as usize;
                    ranges.push(if one_line {
                        let all: Vec<Span> = items.iter().map(|item| item.key_span.to(item.value.span)).collect();
                        Self::of_list(&all, index, &[whole])?
                    } else {
                        thin(&mut thinned, align::of_object(items), whole);
                        self.whole_lines(whole)?
                    });
                }
                Holder::Other => return None,
            }
        }
        let edits = ranges.into_iter().map(|(start, end)| Edit { span: self.at(start, end), text: String::new() });
        let aligned = thinned.iter().flat_map(|(all, gone)| self.closed_up(all, gone));
        in_order(edits.chain(aligned).collect())
    }

    /// The lines of something that stands on lines of its own, and the blank line that would be one too many.
    fn whole_lines(&self, span: Span) -> Option<(usize, usize)> {
        let text = self.text();
        let (start, end) = (span.start as usize, span.end as usize);
        // A heredoc ends behind its last line.
        let last = text.get(start..end).map_or(end, |own| start + own.trim_end().len());
        if !is_first(text, start) {
            // Within a one-line block.
            return Some((start, last));
        }
        let rest = text.get(last..line_end(text, last))?.trim();
        if !(rest.is_empty() || rest.starts_with(['#', ',']) || rest.starts_with("//")) {
            return None;
        }
        let mut from = line_start(text, start);
        let mut to = next_line(text, last);
        let before_blank = from > 0 && is_blank(text, from - 1);
        let before_open = from > 0 && text.get(..from).is_some_and(|before| before.trim_end().ends_with('{'));
        let after_blank = to < text.len() && is_blank(text, to);
        let after_close = text.get(to..).is_some_and(|after| after.trim_start().starts_with('}'));
        if after_blank && (before_blank || before_open) {
            to = next_line(text, to);
        } else if before_blank && after_close {
            from = line_start(text, from - 1);
        }
        Some((from, to))
    }

    /// An item of a list with the comma that goes with it.
    fn of_list(all: &[Span], index: usize, gone: &[Span]) -> Option<(usize, usize)> {
        let own = all.get(index)?;
        if let Some(next) = all.get(index + 1) {
            return Some((own.start as usize, next.start as usize));
        }
        let before = all.get(..index)?.iter().rev().find(|one| !gone.contains(one));
        Some(match before {
            Some(before) => (before.end as usize, own.end as usize),
            None => (own.start as usize, own.end as usize),
        })
    }
}

/// Notes that a line goes; all that go of one body or object belong together.
fn thin(thinned: &mut Vec<(Vec<Line>, Vec<Line>)>, all: Vec<Line>, whole: Span) {
    let Some(line) = all.iter().find(|line| line.whole == whole).copied() else { return };
    match thinned.iter_mut().find(|(known, _)| *known == all) {
        Some((_, gone)) => gone.push(line),
        None => thinned.push((all, vec![line])),
    }
}

/// Whether nothing but comments is left of a block without these values; top-level blocks are never empty.
fn would_be_empty(block: &Block, spans: &[Span]) -> bool {
    !matches!(block.name.as_str(), "resource" | "module" | "variable" | "locals")
        && block.body.blocks.is_empty()
        && block.body.attributes.iter().all(|attribute| spans.contains(&attribute.expr.span))
}
