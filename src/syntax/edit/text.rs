//! Lines, indentation and line endings of a text.

use crate::source::{FileId, Span};

/// A span out of offsets.
pub(super) fn span(file: FileId, start: usize, end: usize) -> Span {
    let number = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(file, number(start), number(end))
}

/// Where the line of an offset begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Where the line of an offset ends, before its line ending.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline);
    if end > at && text.get(..end).is_some_and(|line| line.ends_with('\r')) { end - 1 } else { end }
}

/// Where the line after that of an offset begins; the end of the text where there is none.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

/// The white space at the beginning of an offset's line, without a byte order mark.
pub(super) fn indent(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let line = text.get(start..).unwrap_or_default().trim_start_matches('\u{feff}');
    let width = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..width).unwrap_or_default()
}

/// How many characters stand before an offset on its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    let line = text.get(line_start(text, at)..at).unwrap_or_default();
    line.trim_start_matches('\u{feff}').chars().count()
}

/// The line ending that the text has most of.
pub(super) fn newline(text: &str) -> &'static str {
    let crlf = text.matches("\r\n").count();
    if crlf * 2 > text.matches('\n').count() { "\r\n" } else { "\n" }
}

/// Whether nothing but white space stands on the line of an offset.
pub(super) fn is_blank(text: &str, at: usize) -> bool {
    text.get(line_start(text, at)..line_end(text, at)).is_some_and(|line| line.trim().is_empty())
}

/// Whether only white space stands before an offset on its line.
pub(super) fn is_first(text: &str, at: usize) -> bool {
    text.get(line_start(text, at)..at).is_some_and(|line| line.trim_start_matches('\u{feff}').trim().is_empty())
}

/// What one more level of nesting is indented by: `inner` without `outer`, where it begins with that.
pub(super) fn unit<'t>(outer: &str, inner: &'t str) -> Option<&'t str> {
    inner.strip_prefix(outer).filter(|unit| !unit.is_empty())
}
