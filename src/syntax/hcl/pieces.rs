//! Where the parts of a computed text come from, so that what is parsed out of it stands at its true place.

use crate::source::Span;

/// The stretches of a text that was put together from others, in order and without gaps.
#[derive(Clone, Debug)]
pub struct Pieces {
    /// Where the text as a whole stands.
    whole: Span,
    list: Vec<Piece>,
    length: usize,
}

#[derive(Clone, Debug)]
struct Piece {
    /// Byte offset in the text.
    start: usize,
    span: Span,
    /// The text is what stands at the span, byte by byte.
    exact: bool,
}

impl Pieces {
    /// The pieces of a text that `whole` stands for; without any, everything stands at `whole`.
    #[must_use]
    pub fn new(whole: Span) -> Self {
        Self { whole, list: Vec::new(), length: 0 }
    }

    /// Adds a stretch of `length` bytes.
    pub fn push(&mut self, length: usize, span: Span, exact: bool) {
        if length > 0 {
            self.list.push(Piece { start: self.length, span, exact });
            self.length += length;
        }
    }

    /// The place in the source of a stretch of the text.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let (Some(first), Some(last)) = (self.at(start), self.at(end.saturating_sub(1).max(start))) else {
            return self.whole;
        };
        let offset = |piece: &Piece, at: usize| {
            let ahead = u32::try_from(at - piece.start).unwrap_or(u32::MAX);
            piece.span.start.saturating_add(ahead).min(piece.span.end)
        };
        let start = if first.exact { offset(first, start) } else { first.span.start };
        let end = if last.exact { offset(last, end.max(last.start)) } else { last.span.end };
        Span::new(self.whole.file, start, end.max(start))
    }

    fn at(&self, offset: usize) -> Option<&Piece> {
        let next = self.list.partition_point(|piece| piece.start <= offset);
        self.list.get(next.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn stretches_of_a_computed_text_lead_back_to_what_they_were_made_of() {
        let span = |start, end| Span::new(FileId(0), start, end);
        let mut pieces = Pieces::new(span(100, 200));
        assert_eq!(pieces.span(0, 5), span(100, 200));
        // `ab` stands at 110, `xyz` was computed at 120, and `cd` stands at 130.
        pieces.push(2, span(110, 112), true);
        pieces.push(3, span(120, 128), false);
        pieces.push(2, span(130, 132), true);
        assert_eq!(pieces.span(0, 2), span(110, 112));
        assert_eq!(pieces.span(1, 3), span(111, 128));
        assert_eq!(pieces.span(3, 4), span(120, 128));
        assert_eq!(pieces.span(5, 7), span(130, 132));
        assert_eq!(pieces.span(6, 6), span(131, 131));
    }
}
