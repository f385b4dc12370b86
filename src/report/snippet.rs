//! The lines of a file around some labels, as miette reads them: only those lines, whatever the file's size, and
//! nothing in them that a terminal would obey.

use std::sync::Arc;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::escape;
use crate::source::{SourceFile, Span};

/// A file as it is shown.
#[derive(Clone)]
pub struct Shown {
    file: Arc<SourceFile>,
    name: String,
    /// The text where it differs from the file's own.
    cleaned: Option<Arc<str>>,
}

/// Lines longer than this (in bytes) are shown in part.
const LONG: usize = 600;
/// How much of a long line is shown on each side of a label.
const AROUND: usize = 60;
/// What stands between the number of a line and its text, and between the middle of a label and its message.
const GUTTER: usize = 9;
/// However far to the right a label stands, its message gets so many columns.
const LEAST_ROOM: usize = 28;
/// A label covers at most this many bytes of its line.
const LONGEST_LABEL: usize = 100;

impl Shown {
    /// The file as it is shown, with the texts of `concealed` spans made unreadable.
    pub fn new(file: Arc<SourceFile>, concealed: &[Span]) -> Self {
        let hidden = escape::concealed(file.text(), concealed);
        let text = hidden.as_deref().unwrap_or_else(|| file.text());
        let cleaned = match escape::same_length(text) {
            std::borrow::Cow::Borrowed(_) => hidden.map(Arc::from),
            std::borrow::Cow::Owned(text) => Some(text.into()),
        };
        let name = escape::one_line(&file.path_text()).into_owned();
        Self { file, name, cleaned }
    }

    /// The path as it is shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn text(&self) -> &str {
        self.cleaned.as_deref().unwrap_or_else(|| self.file.text())
    }

    /// A label for the first line of a span; what goes over several lines is shown by its beginning. Its message is
    /// broken into lines that end before `width`, as far as there is room beside the place.
    pub fn label(&self, span: Span, message: &str, primary: bool, width: usize) -> LabeledSpan {
        let text = self.text();
        let start = floor(text, span.start as usize);
        let covered = text.get(start..floor(text, span.end as usize)).unwrap_or_default();
        let line = covered.lines().next().unwrap_or_default().trim_end();
        let length = floor(line, line.len().min(LONGEST_LABEL));
        let span = SourceSpan::new(start.into(), length);
        let room = width.saturating_sub(self.indent(start, length)).max(LEAST_ROOM);
        let message = Some(wrapped(message, room).join("\n")).filter(|message| !message.is_empty());
        if primary {
            LabeledSpan::new_primary_with_span(message, span)
        } else {
            LabeledSpan::new_with_span(message, span)
        }
    }

    /// The column in which the message of a label begins: behind the line's number, below the middle of the label.
    fn indent(&self, start: usize, length: usize) -> usize {
        let lines = self.file.lines();
        let line = lines.line_of(u32::try_from(start).unwrap_or(u32::MAX));
        let from = lines.line_start(line).map_or(0, |at| at as usize);
        let from = if start - from.min(start) > LONG { start - AROUND } else { from };
        let before = self.text().get(floor(self.text(), from)..start).unwrap_or_default().chars().count();
        (line + 2).to_string().len() + GUTTER + before + length / 2
    }

    /// Whether two places can be shown in one picture: not where they stand far apart on a long line.
    pub fn fit_together(&self, one: Span, other: Span) -> bool {
        let lines = self.file.lines();
        lines.line_of(one.start) != lines.line_of(other.start)
            || (one.start.abs_diff(other.start) as usize) < AROUND
            || self.line_length(one.start) <= LONG
    }

    fn line_length(&self, offset: u32) -> usize {
        let lines = self.file.lines();
        let line = lines.line_of(offset);
        let start = lines.line_start(line).unwrap_or_default() as usize;
        lines.line_start(line + 1).map_or(self.text().len(), |end| end as usize) - start
    }
}

impl SourceCode for Shown {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.text();
        let (from, to) = (span.offset(), span.offset() + span.len());
        if to > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let lines = self.file.lines();
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let first = lines.line_of(offset(from));
        let last = lines.line_of(offset(to));
        let (mut start, mut end) = (from, to);
        if before > 0 || after > 0 {
            start = lines.line_start(first.saturating_sub(before)).map_or(0, |at| at as usize);
            end = lines.line_start(last + after + 1).map_or(text.len(), |at| at as usize);
            if from - start > LONG {
                start = floor(text, from - AROUND);
            }
            if end - to > LONG {
                end = floor(text, to + AROUND);
            }
        }
        if start == 0 && from >= self.file.body_start() {
            start = self.file.body_start();
        }
        let position = self.file.position(offset(start));
        let data = text.get(start..end).ok_or(MietteError::OutOfBounds)?;
        let count = lines.line_of(offset(end)) + 1 - lines.line_of(offset(start));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            SourceSpan::new(start.into(), end - start),
            position.line as usize - 1,
            position.column as usize - 1,
            count,
        )))
    }
}

/// The nearest border of a character at or before an offset.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A text in lines of at most so many characters, broken at spaces; a longer word stays whole.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for word in text.split(' ') {
        let more = word.chars().count();
        match lines.last_mut().filter(|_| length + 1 + more <= width) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
                length += 1 + more;
            }
            None => {
                lines.push(word.to_owned());
                length = more;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_end_before_the_width_and_words_stay_whole() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a-very-long-word b", 4), ["a-very-long-word", "b"]);
        assert_eq!(wrapped("", 4), [""]);
    }
}
