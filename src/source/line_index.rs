//! From byte offsets to lines and columns and back.

use std::sync::OnceLock;

/// A line and a column, both from 1; the column counts characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// The offsets at which the lines of a text begin. Lines end with LF or CRLF.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many characters begin before each block of the text; counted when a long line asks for it, so that a
    /// template on a single line costs no more than others.
    blocks: OnceLock<Vec<usize>>,
}

/// In bytes.
const BLOCK: usize = 4096;

impl LineIndex {
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        // Texts are limited to u32 offsets when they are loaded.
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)));
        Self { starts, blocks: OnceLock::new() }
    }

    /// How many lines there are; a text that ends with a line break has an empty last line.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The line (from 0) that holds the byte at `offset`.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The byte offset at which a line (from 0) begins.
    #[must_use]
    pub fn line_start(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// The line and column of a byte offset in `text`. A byte order mark at the beginning is no character.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line_of(offset);
        let start = self.starts[line] as usize;
        let end = (offset as usize).clamp(start, text.len().max(start));
        let bytes = text.as_bytes();
        let before = if end - start <= 2 * BLOCK {
            bytes.get(start..end).map_or(0, characters)
        } else {
            self.characters_before(bytes, end) - self.characters_before(bytes, start)
        };
        let mark = usize::from(line == 0 && end >= 3 && text.starts_with('\u{feff}'));
        Position { line: to_u32(line + 1), column: to_u32(before - mark + 1) }
    }

    /// How many characters begin before an offset.
    fn characters_before(&self, bytes: &[u8], offset: usize) -> usize {
        let blocks = self.blocks.get_or_init(|| {
            let mut sum = 0;
            let before = |block: &[u8]| {
                let before = sum;
                sum += characters(block);
                before
            };
            bytes.chunks(BLOCK).map(before).collect()
        });
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        let rest = bytes.get(block * BLOCK..offset).map_or(0, characters);
        blocks.get(block).copied().unwrap_or_default() + rest
    }
}

/// How many characters begin in these bytes of UTF-8: all bytes but those that continue one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted anew, character by character.
    fn expected(text: &str, offset: usize) -> Position {
        let before = &text[..offset];
        let line = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap();
        let last = if line == 0 { last.strip_prefix('\u{feff}').unwrap_or(last) } else { last };
        Position { line: to_u32(line + 1), column: to_u32(last.chars().count() + 1) }
    }

    #[test]
    fn columns_count_characters_on_short_and_on_very_long_lines() {
        for mark in ["", "\u{feff}"] {
            let long = "aé料🦀b".repeat(5_000);
            let text = format!("{mark}é\r\n{long}\n{long}x\n\nend");
            let index = LineIndex::new(&text);
            for (offset, _) in text.char_indices().step_by(97).chain([(text.len(), ' ')]) {
                assert_eq!(index.position(&text, u32::try_from(offset).unwrap()), expected(&text, offset), "{offset}");
            }
            let single = format!("{mark}{long}");
            let index = LineIndex::new(&single);
            for (offset, _) in single.char_indices().step_by(89) {
                assert_eq!(index.position(&single, u32::try_from(offset).unwrap()), expected(&single, offset));
            }
        }
    }

    #[test]
    fn offsets_that_no_text_has_are_borne() {
        let index = LineIndex::new("é\nb");
        assert_eq!(index.position("é\nb", 99), Position { line: 2, column: 2 });
        assert_eq!(index.position("é\nb", 1), Position { line: 1, column: 2 });
    }
}
