//! Where the parts of a computed text come from, so that what is parsed out of it stands at its true place.

use crate::source::{SourceFile, Span};

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

    /// The pieces of the text of a JSON string (RFC 8259) that stands in a file at `whole`, with its quotes: each escape
    /// sequence is one of its own. `None` for what is no such string.
    #[must_use]
    pub fn of_json_string(file: &SourceFile, whole: Span) -> Option<Self> {
        let inner = file.slice(whole).strip_prefix('"')?.strip_suffix('"')?;
        let mut pieces = Self::new(whole);
        let mut at = whole.start + 1;
        let mut push = |pieces: &mut Self, length: usize, written: usize, exact: bool| {
            let end = at.saturating_add(u32::try_from(written).unwrap_or(u32::MAX));
            pieces.push(length, Span::new(whole.file, at, end), exact);
            at = end;
        };
        let mut rest = inner;
        while let Some(backslash) = rest.find('\\') {
            push(&mut pieces, backslash, backslash, true);
            rest = rest.get(backslash + 1..)?;
            if !rest.starts_with('u') {
                rest.bytes().next().filter(u8::is_ascii)?;
                push(&mut pieces, 1, 2, false);
                rest = rest.get(1..)?;
                continue;
            }
            let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
            let first = unit(rest.get(1..)?)?;
            // A character past the basic plane is written as two of them.
            let second = rest.get(5..).and_then(|rest| rest.strip_prefix("\\u")).and_then(unit);
            let (code, width) = match (first, second) {
                (0xD800..=0xDBFF, Some(second @ 0xDC00..=0xDFFF)) => {
                    (0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), 11)
                }
                _ => (first, 5),
            };
            let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            push(&mut pieces, letter.len_utf8(), width + 1, false);
            rest = rest.get(width..)?;
        }
        push(&mut pieces, rest.len(), rest.len(), true);
        Some(pieces)
    }

    /// How many bytes the text has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// The place in the source of a position between characters of the text.
    #[must_use]
    pub fn position(&self, at: usize) -> Option<u32> {
        if at == self.length {
            return self.list.last().map(|piece| piece.span.end);
        }
        let piece = self.at(at).filter(|_| at < self.length)?;
        let ahead = u32::try_from(at - piece.start).ok()?;
        (piece.exact || ahead == 0).then(|| piece.span.start.saturating_add(ahead))
    }

    /// The position in the text of a place in the source; nothing within an escape sequence.
    #[must_use]
    pub fn offset(&self, place: u32) -> Option<usize> {
        let index = self.list.partition_point(|piece| piece.span.end < place);
        let piece = self.list.get(index).filter(|piece| piece.span.start <= place)?;
        let next = || self.list.get(index + 1).map_or(self.length, |next| next.start);
        match place - piece.span.start {
            0 => Some(piece.start),
            _ if place == piece.span.end => Some(next()),
            ahead => piece.exact.then(|| piece.start + ahead as usize),
        }
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

    #[test]
    fn each_character_of_a_json_string_has_its_place_and_each_place_its_character() {
        let text = r#"x "a\"\u00e9\ud83d\ude00é\n" y"#;
        let file = crate::source::Sources::new().add("a.json", text);
        let whole = Span::new(file.id, 2, u32::try_from(text.len() - 2).expect("the text is short"));
        let pieces = Pieces::of_json_string(&file, whole).expect("it is a string");
        let content: String = serde_json::from_str(file.slice(whole)).expect("it is a string");
        assert_eq!(pieces.length(), content.len());
        let mut shown = Vec::new();
        for (at, letter) in content.char_indices() {
            let (start, end) = (pieces.position(at), pieces.position(at + letter.len_utf8()));
            let place = Span::new(file.id, start.expect("it is there"), end.expect("it is there"));
            assert_eq!(pieces.offset(place.start), Some(at));
            assert_eq!(pieces.span(at, at + letter.len_utf8()), place);
            shown.push(file.slice(place));
        }
        assert_eq!(shown, ["a", r#"\""#, r"\u00e9", r"\ud83d\ude00", "é", r"\n"]);
        assert_eq!(pieces.offset(pieces.position(1).expect("it is there") + 1), None, "within an escape");
    }
}
