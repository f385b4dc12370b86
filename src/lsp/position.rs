//! Positions of the protocol: lines from 0, columns in the code units that client and server agreed on.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// What every client can.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The best of those that a client offers: the fewer has to be counted, the better.
    #[must_use]
    pub fn negotiate(offered: &[&str]) -> Self {
        let offers = |name: &str| offered.contains(&name);
        if offers("utf-8") {
            Self::Utf8
        } else if offers("utf-32") && !offers("utf-16") {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    #[must_use]
    pub const fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, letter: char) -> usize {
        match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin. Lines end with LF, CRLF or CR alone, as the protocol has it.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// A byte order mark that only the file on the disk has is no character of the document: `body` is where the
    /// document begins.
    #[must_use]
    pub fn new(text: &str, body: usize) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![body.min(text.len())];
        starts.extend(memchr::memchr2_iter(b'\n', b'\r', bytes).filter_map(|at| {
            let inside = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
            (!inside && at >= body).then_some(at + 1)
        }));
        Self { starts }
    }

    /// The position of a byte offset. One that no character begins at counts as that character's beginning.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let mut end = offset.max(start);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(start..end).unwrap_or_default();
        let column = match encoding {
            Encoding::Utf8 => before.len(),
            _ if before.is_ascii() => before.len(),
            _ => before.chars().map(|letter| encoding.width(letter)).sum(),
        };
        Position::new(to_u32(line), to_u32(column))
    }

    #[must_use]
    pub fn range(&self, text: &str, start: usize, end: usize, encoding: Encoding) -> Range {
        Range::new(self.position(text, start, encoding), self.position(text, end.max(start), encoding))
    }

    /// The byte offset of a position. A column past the line's end is its end, before the line break; a line past the
    /// text's end is its end; a column inside a character is that character's beginning.
    #[must_use]
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else { return text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let whole = text.get(start..end).unwrap_or_default();
        let body = whole.trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        for (at, letter) in body.char_indices() {
            let width = encoding.width(letter);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + body.len()
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a🦀e\u{301}x\r\nüb\rc\n";

    #[test]
    fn columns_are_counted_in_the_units_that_were_agreed_on() {
        let lines = Lines::new(TEXT, 0);
        let at = |needle: &str, encoding| {
            let position = lines.position(TEXT, TEXT.find(needle).unwrap(), encoding);
            (position.line, position.character)
        };
        assert_eq!(at("x", Encoding::Utf8), (0, 8));
        assert_eq!(at("x", Encoding::Utf16), (0, 5));
        assert_eq!(at("x", Encoding::Utf32), (0, 4));
        assert_eq!(at("b", Encoding::Utf8), (1, 2));
        assert_eq!(at("b", Encoding::Utf16), (1, 1));
        // A carriage return alone ends a line, too.
        assert_eq!(at("c", Encoding::Utf16), (2, 0));
    }

    #[test]
    fn every_offset_comes_back() {
        let lines = Lines::new(TEXT, 0);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (offset, letter) in TEXT.char_indices().filter(|(_, letter)| *letter != '\n') {
                let back = lines.offset(TEXT, lines.position(TEXT, offset, encoding), encoding);
                assert_eq!(back, offset, "{letter:?} {encoding:?}");
            }
        }
    }

    #[test]
    fn positions_that_no_text_has_are_borne() {
        let lines = Lines::new(TEXT, 0);
        let offset = |line, character| lines.offset(TEXT, Position::new(line, character), Encoding::Utf16);
        assert_eq!(offset(0, 99), TEXT.find('\r').unwrap());
        assert_eq!(offset(0, 2), 1, "inside a surrogate pair");
        assert_eq!(offset(99, 0), TEXT.len());
        assert_eq!(offset(u32::MAX, u32::MAX), TEXT.len());
        assert_eq!(lines.position(TEXT, 2, Encoding::Utf16), Position::new(0, 1), "inside of a character");
        assert_eq!(lines.position(TEXT, usize::MAX, Encoding::Utf8), Position::new(3, 0));
    }

    #[test]
    fn the_mark_that_begins_a_file_is_no_character_of_the_document() {
        let text = "\u{feff}ab\nc";
        let lines = Lines::new(text, 3);
        assert_eq!(lines.position(text, 4, Encoding::Utf16), Position::new(0, 1));
        assert_eq!(lines.position(text, 0, Encoding::Utf16), Position::new(0, 0));
        assert_eq!(lines.offset(text, Position::new(0, 0), Encoding::Utf16), 3);
    }

    #[test]
    fn the_client_chooses_what_it_offers() {
        assert_eq!(Encoding::negotiate(&[]), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(&["utf-16", "utf-8"]), Encoding::Utf8);
        assert_eq!(Encoding::negotiate(&["utf-16", "utf-32"]), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(&["utf-32"]), Encoding::Utf32);
        assert_eq!(Encoding::negotiate(&["x"]), Encoding::Utf16);
    }
}
