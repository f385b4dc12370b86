//! Where a comment stands, and so what it speaks of.

use crate::source::{SourceFile, Span};

/// A line of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentPlace {
    pub span: Span,
    /// Its line, from 0.
    line: usize,
    /// How far it is indented, in bytes.
    column: usize,
    /// Nothing but white space stands before it on its line.
    alone: bool,
    /// The line of code that it stands directly above, with other comments between at most.
    above: Option<usize>,
    /// Indentation says what belongs together (YAML).
    indented: bool,
}

impl CommentPlace {
    /// The place of the comment line `span`; `indented` for languages whose blocks are made by indentation.
    #[must_use]
    pub fn new(file: &SourceFile, span: Span, indented: bool) -> Self {
        let line = file.lines().line_of(span.start);
        let start = file.lines().line_start(line).unwrap_or_default();
        let before = file.slice(Span::new(span.file, start, span.start));
        // Within a block comment, the marker and decoration stand before the text.
        let alone =
            before.chars().all(|letter| letter.is_whitespace() || matches!(letter, '#' | '/' | '*' | '\u{feff}'));
        let column = before.len() - before.trim_start().len();
        let column = if before.trim().is_empty() { before.len() } else { column };
        let above = if alone { next_code(file, line) } else { None };
        Self { span, line, column, alone, above, indented }
    }

    /// Whether a resource or call with this span is meant: the comment stands in it, on its first or last line, or
    /// directly above it.
    #[must_use]
    pub fn is_on(&self, file: &SourceFile, anchor: Span) -> bool {
        if anchor.file != self.span.file {
            return false;
        }
        if anchor.contains(self.span) {
            return true;
        }
        let lines = file.lines();
        let first = lines.line_of(anchor.start);
        let last = lines.line_of(anchor.end.saturating_sub(1).max(anchor.start));
        if !self.alone {
            return self.line == first || self.line == last;
        }
        let indent = indent(file, first);
        if self.above == Some(first) && !(self.indented && self.column > indent) {
            return true;
        }
        // A comment behind the last line of a block, indented like what is in it.
        self.indented && self.column > indent && self.line > last && only_comments(file, last + 1, self.line)
    }

    /// Whether a place is meant: the comment stands on its line or directly above.
    #[must_use]
    pub fn is_at(&self, file: &SourceFile, place: Span) -> bool {
        let line = file.lines().line_of(place.start);
        place.file == self.span.file && (!self.alone && self.line == line || self.above == Some(line))
    }
}

fn line_text(file: &SourceFile, line: usize) -> Option<&str> {
    let start = file.lines().line_start(line)? as usize;
    let end = file.lines().line_start(line + 1).map_or(file.text().len(), |end| end as usize);
    file.text().get(start..end)
}

fn indent(file: &SourceFile, line: usize) -> usize {
    line_text(file, line).map_or(0, |text| text.len() - text.trim_start().len())
}

fn is_comment(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('#') || text.starts_with("//") || text.starts_with("/*") || text.starts_with('*')
}

/// The line of code below a comment line, where only comments stand between.
fn next_code(file: &SourceFile, line: usize) -> Option<usize> {
    let mut next = line + 1;
    loop {
        let text = line_text(file, next)?;
        if text.trim().is_empty() {
            return None;
        }
        if !is_comment(text) {
            return Some(next);
        }
        next += 1;
    }
}

/// Whether the lines from `from` up to `to` hold comments and nothing else.
fn only_comments(file: &SourceFile, from: usize, to: usize) -> bool {
    (from..to).all(|line| line_text(file, line).is_some_and(|text| text.trim().is_empty() || is_comment(text)))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    /// A file in which `<` and `>` mark the anchor and `@` the comment.
    fn is_on(marked: &str, indented: bool) -> bool {
        let mut text = String::new();
        let (mut anchor, mut comment) = ((0, 0), 0);
        for letter in marked.chars() {
            let at = u32::try_from(text.len()).unwrap();
            match letter {
                '<' => anchor.0 = at,
                '>' => anchor.1 = at,
                '@' => comment = at,
                letter => text.push(letter),
            }
        }
        let file = SourceFile::new(FileId(0), PathBuf::from("x"), text);
        let place = CommentPlace::new(&file, Span::new(file.id, comment, comment + 1), indented);
        place.is_on(&file, Span::new(file.id, anchor.0, anchor.1))
    }

    #[test]
    fn a_comment_on_in_or_directly_above_a_block_is_meant_for_it() {
        for text in [
            "# @x\n<resource {\n}>\n",
            "# @x\n// more\n<resource {\n}>\n",
            "/* @x\n * more */\n<resource {\n}>\n",
            "<resource { # @x\n}>\n",
            "<resource {\n  # @x\n}>\n",
            "<resource {\n}> # @x\n",
        ] {
            assert!(is_on(text, false), "{text}");
        }
    }

    #[test]
    fn a_comment_elsewhere_is_not() {
        for text in
            ["# @x\n\n<resource {\n}>\n", "<resource {\n}>\n# @x\nresource {\n}\n", "a = 1 # @x\n<resource {\n}>\n"]
        {
            assert!(!is_on(text, false), "{text}");
        }
    }

    #[test]
    fn in_yaml_indentation_says_which_of_two_neighbours_is_meant() {
        assert!(is_on("  <A:\n    x: 1>\n    # @x\n  B:\n    x: 1\n", true));
        assert!(!is_on("  A:\n    x: 1\n    # @x\n  <B:\n    x: 1>\n", true));
        assert!(!is_on("  <A:\n    x: 1>\n  # @x\n  B:\n    x: 1\n", true));
        assert!(is_on("  A:\n    x: 1\n  # @x\n  <B:\n    x: 1>\n", true));
    }
}
