//! Markdown that says what it is given and nothing else: texts come from strangers' files.

use crate::report::escape::{markdown, one_line};

/// How long one piece of code may be, in characters.
const MOST_CODE: usize = 160;

/// A text as code on one line, shortened.
pub(super) fn code(text: &str) -> String {
    let line = one_line(text);
    let mut line = if line.chars().count() > MOST_CODE {
        let mut short: String = line.chars().take(MOST_CODE - 1).collect();
        short.push('…');
        short
    } else {
        line.into_owned()
    };
    if line.trim().is_empty() {
        // Markdown takes spaces alone for no code at all.
        line = format!("\"{line}\"");
    }
    let longest = line.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let room = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{room}{line}{room}{fence}")
}

/// Running text, in which what stands in backticks stays code.
pub(super) fn prose(text: &str) -> String {
    markdown(text)
}

/// A link, or its text where it leads nowhere.
pub(super) fn link(text: &str, target: Option<&str>) -> String {
    match target.filter(|target| !target.contains(['(', ')', '<', '>', ' ', '\n'])) {
        Some(target) => format!("[{text}]({target})"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_holds_backticks_and_is_never_empty() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(code(&"x".repeat(500)).chars().count(), MOST_CODE + 2);
        assert!(!code("a\nb").contains('\n'));
    }

    #[test]
    fn links_lead_to_what_an_editor_opens() {
        assert_eq!(link("x", Some("file:///a.tf#L3")), "[x](file:///a.tf#L3)");
        assert_eq!(link("x", Some("file:///a) [y](z")), "x");
    }
}
