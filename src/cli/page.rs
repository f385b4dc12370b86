//! A policy's page for a terminal: headings, paragraphs, lists and tables wrapped, code as it is, links that can be
//! followed.

use crate::report::escape::{is_treacherous, same_length};
use crate::report::human::Look;

/// The page's Markdown without its front matter, wrapped to the width of the look.
#[must_use]
pub fn render(text: &str, look: Look) -> String {
    // A page may come from a stranger's repository.
    let text = same_length(text);
    let mut page = Page { look, out: String::new() };
    let mut fence: Option<&str> = None;
    let mut paragraph = String::new();
    let mut table: Vec<&str> = Vec::new();
    for line in body(&text).lines() {
        if let Some(mark) = fence {
            if line.trim_start().starts_with(mark) {
                fence = None;
            } else {
                page.code(line);
            }
            continue;
        }
        let trimmed = line.trim_start();
        let starts = trimmed.starts_with("```") || trimmed.starts_with("~~~");
        let heading = line.starts_with('#');
        let row = trimmed.starts_with('|');
        let item = trimmed.starts_with("- ") || trimmed.starts_with("* ");
        if starts || heading || item || row || trimmed.is_empty() {
            page.paragraph(&paragraph);
            paragraph.clear();
        }
        if !row && !table.is_empty() {
            page.table(&table);
            table.clear();
        }
        if starts {
            fence = trimmed.get(..3);
        } else if heading {
            page.heading(line.trim_start_matches('#').trim());
        } else if row {
            table.push(trimmed);
        } else if trimmed.is_empty() {
            if !page.out.is_empty() && !page.out.ends_with("\n\n") {
                page.out.push('\n');
            }
        } else if paragraph.is_empty() {
            paragraph.push_str(line.trim_end());
        } else {
            paragraph.push(' ');
            paragraph.push_str(line.trim());
        }
    }
    page.paragraph(&paragraph);
    page.table(&table);
    page.out
}

/// The page's Markdown without its front matter, with each heading one level deeper: it stands under a head.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = same_length(text);
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    for line in body(&text).lines() {
        let trimmed = line.trim_start();
        match fence {
            Some(mark) if trimmed.starts_with(mark) => fence = None,
            Some(_) => {}
            None if trimmed.starts_with("```") || trimmed.starts_with("~~~") => fence = trimmed.get(..3),
            None if line.starts_with('#') => out.push('#'),
            None => {}
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// What stands behind the front matter.
fn body(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    let Some(rest) = text.strip_prefix("---") else { return text };
    match rest.find("\n---") {
        Some(at) => rest.get(at + 4..).and_then(|rest| rest.split_once('\n')).map_or("", |(_, body)| body),
        None => text,
    }
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Code(String),
    Strong(String),
    /// The text and where it leads.
    Link(String, String),
}

/// The pieces of a line: code in backticks, strong text, links. What is not closed is plain.
fn pieces(text: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut rest = text;
    let plain = |text: &str, found: &mut Vec<Piece>| match found.last_mut() {
        Some(Piece::Plain(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => found.push(Piece::Plain(text.to_owned())),
    };
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, from) = rest.split_at(at);
        plain(before, &mut found);
        let taken = closed(from, "`", "`")
            .map(|(inner, rest)| (Piece::Code(inner.to_owned()), rest))
            .or_else(|| closed(from, "**", "**").map(|(inner, rest)| (Piece::Strong(inner.to_owned()), rest)))
            .or_else(|| {
                let (name, after) = closed(from, "[", "](")?;
                let (target, rest) = after.split_once(')')?;
                Some((Piece::Link(name.to_owned(), target.to_owned()), rest))
            });
        if let Some((piece, after)) = taken {
            found.push(piece);
            rest = after;
        } else {
            let (letter, after) = from.split_at(1);
            plain(letter, &mut found);
            rest = after;
        }
    }
    plain(rest, &mut found);
    found
}

/// What stands between two marks at the beginning of a text, and what follows.
fn closed<'t>(text: &'t str, open: &str, close: &str) -> Option<(&'t str, &'t str)> {
    let (inner, rest) = text.strip_prefix(open)?.split_once(close)?;
    (!inner.is_empty()).then_some((inner, rest))
}

/// A word with its codes, and how wide it is without them.
struct Word {
    text: String,
    width: usize,
}

struct Page {
    look: Look,
    out: String,
}

impl Page {
    fn style(&self, code: &str, text: &str) -> String {
        if self.look.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn heading(&mut self, text: &str) {
        let styled = self.style("1;4", text);
        self.out.push_str(&styled);
        self.out.push('\n');
    }

    fn code(&mut self, line: &str) {
        if !line.is_empty() {
            let styled = self.style("2", line);
            self.out.push_str("    ");
            self.out.push_str(&styled);
        }
        self.out.push('\n');
    }

    /// Breaks a paragraph at spaces; what belongs to a list item is indented like its text.
    fn paragraph(&mut self, paragraph: &str) {
        if paragraph.trim().is_empty() {
            return;
        }
        let indent = paragraph.len() - paragraph.trim_start().len();
        let item = paragraph.trim_start().starts_with("- ") || paragraph.trim_start().starts_with("* ");
        let hanging = if item { indent + 2 } else { indent };
        let mut column = indent;
        self.out.push_str(&" ".repeat(indent));
        for (index, word) in self.words(paragraph.trim()).iter().enumerate() {
            if index > 0 && column + 1 + word.width > self.look.width {
                self.out.push('\n');
                self.out.push_str(&" ".repeat(hanging));
                column = hanging;
            } else if index > 0 {
                self.out.push(' ');
                column += 1;
            }
            self.out.push_str(&word.text);
            column += word.width;
        }
        self.out.push('\n');
    }

    /// What is read of a piece.
    fn text_of(&self, piece: &Piece) -> String {
        match piece {
            // Without colours the backticks tell code from prose.
            Piece::Code(text) if !self.look.color => format!("`{text}`"),
            Piece::Plain(text) | Piece::Code(text) | Piece::Strong(text) => text.clone(),
            Piece::Link(name, target) if self.opens(target) => name.clone(),
            Piece::Link(name, target) => format!("{name} ({target})"),
        }
    }

    /// A word of a piece with its codes.
    fn styled(&self, piece: &Piece, word: &str) -> String {
        match piece {
            Piece::Code(_) => self.style("36", word),
            Piece::Strong(_) => self.style("1", word),
            Piece::Link(_, target) if self.opens(target) => {
                format!("\u{1b}]8;;{target}\u{1b}\\{word}\u{1b}]8;;\u{1b}\\")
            }
            Piece::Plain(_) | Piece::Link(..) => word.to_owned(),
        }
    }

    /// Whether the terminal opens a link.
    fn opens(&self, target: &str) -> bool {
        self.look.links && target.starts_with("https://") && !target.contains(is_treacherous)
    }

    /// The words of running text, each with its own codes so that lines may break between them.
    fn words(&self, text: &str) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        // Whether the next piece goes on with the last word.
        let mut open = false;
        for piece in pieces(text) {
            let text = self.text_of(&piece);
            let starts = !text.starts_with(char::is_whitespace);
            for (index, word) in text.split_whitespace().enumerate() {
                let shown = self.styled(&piece, word);
                let width = word.chars().count();
                match words.last_mut().filter(|_| index == 0 && open && starts) {
                    Some(last) => {
                        last.text.push_str(&shown);
                        last.width += width;
                    }
                    None => words.push(Word { text: shown, width }),
                }
            }
            open = !text.ends_with(char::is_whitespace) && (open || !text.is_empty());
        }
        words
    }

    /// Columns as wide as their widest cell; a table that does not fit is a list of its rows.
    fn table(&mut self, rows: &[&str]) {
        let cells = |row: &str| -> Vec<String> {
            let inner = row.trim().trim_start_matches('|').trim_end_matches('|');
            let marked = inner.replace("\\|", "\0");
            marked.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
        };
        let is_rule = |row: &&&str| row.chars().all(|letter| matches!(letter, '|' | '-' | ':' | ' '));
        let rows: Vec<Vec<String>> = rows.iter().filter(|row| !is_rule(row)).map(|row| cells(row)).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |cell: &String| self.words(cell).iter().map(|word| word.width + 1).sum::<usize>().saturating_sub(1);
        let widths: Vec<usize> = (0..columns)
            .map(|index| rows.iter().filter_map(|row| row.get(index)).map(width).max().unwrap_or_default())
            .collect();
        let fits = widths.iter().sum::<usize>() + 2 * columns <= self.look.width;
        if !fits {
            for row in rows.iter().skip(1) {
                self.paragraph(&format!("- {}", row.join(": ")));
            }
            return;
        }
        let mut lines = String::new();
        for (number, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (cell, widest) in row.iter().zip(&widths) {
                let words: Vec<String> = self.words(cell).into_iter().map(|word| word.text).collect();
                let text = words.join(" ");
                let text = if number == 0 { self.style("1", &text) } else { text };
                line.push_str(&text);
                line.push_str(&" ".repeat(widest.saturating_sub(width(cell)) + 2));
            }
            lines.push_str(line.trim_end());
            lines.push('\n');
        }
        self.out.push_str(&lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\nname: x\n---\n\n# What it means\n\nOne two three four five six seven.\n\n- item one two three\n  four\n\n```yaml\nA:   1\n\nB: 2\n```\n";

    fn look(width: usize) -> Look {
        Look { color: false, width, links: false, suppressed: false }
    }

    #[test]
    fn prose_is_wrapped_and_code_is_left_as_it_is() {
        let expected = "What it means\n\nOne two three four\nfive six seven.\n\n- item one two three\n  four\n\n    A:   1\n\n    B: 2\n";
        assert_eq!(render(PAGE, look(20)).trim_start(), expected);
    }

    #[test]
    fn colours_are_only_where_they_are_asked_for() {
        assert!(!render(PAGE, look(80)).contains('\u{1b}'));
        assert!(render(PAGE, Look { color: true, ..look(80) }).contains("\u{1b}[1;4mWhat it means"));
    }

    #[test]
    fn links_lead_somewhere_with_and_without_a_terminal_that_opens_them() {
        let text = "See [the guide](https://example.com/a), `code` and **this**.\n";
        assert_eq!(render(text, look(80)), "See the guide (https://example.com/a), `code` and this.\n");
        let rich = render(text, Look { color: true, links: true, ..look(80) });
        assert!(rich.contains("\u{1b}]8;;https://example.com/a\u{1b}\\guide\u{1b}]8;;\u{1b}\\,"), "{rich:?}");
        assert!(rich.contains("\u{1b}[36mcode\u{1b}[0m") && rich.contains("\u{1b}[1mthis\u{1b}[0m."), "{rich:?}");
        // Codes take no room.
        let narrow = render("**a** **b** **c** **d**\n", Look { color: true, ..look(7) });
        assert_eq!(narrow.lines().count(), 1, "{narrow:?}");
    }

    #[test]
    fn tables_are_columns_where_they_fit_and_lists_where_not() {
        let table = "| a | what |\n|---|---|\n| `x` | one |\n| long | two\\|three |\n";
        assert_eq!(render(table, look(40)), "a     what\n`x`   one\nlong  two|three\n");
        assert_eq!(render(table, look(12)), "- `x`: one\n- long:\n  two|three\n");
    }

    #[test]
    fn a_strangers_page_moves_no_cursor() {
        let page = "# a\u{1b}[2J\n\n[x](https://a\u{7}b)\n\n```\n\u{9b}31m\n```\n";
        let shown = render(page, Look { links: true, ..look(80) });
        assert!(!shown.contains("\u{1b}[2J") && !shown.contains(['\u{7}', '\u{9b}']), "{shown:?}");
    }
}
