//! A policy's page for a terminal: headings, paragraphs and lists wrapped, code as it is.

/// The page's Markdown without its front matter, wrapped to `width` columns. With `color`, headings are bold and code
/// is dimmed.
#[must_use]
pub fn render(text: &str, width: usize, color: bool) -> String {
    let (bold, dim, reset) = if color { ("\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m") } else { ("", "", "") };
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    let mut paragraph = String::new();
    for line in body(text).lines() {
        if let Some(mark) = fence {
            if line.trim_start().starts_with(mark) {
                fence = None;
            } else if line.is_empty() {
                out.push('\n');
            } else {
                push(&mut out, &["    ", dim, line, reset, "\n"]);
            }
            continue;
        }
        let trimmed = line.trim_start();
        let starts = trimmed.starts_with("```") || trimmed.starts_with("~~~");
        let heading = line.starts_with('#');
        let item = trimmed.starts_with("- ") || trimmed.starts_with("* ") || trimmed.starts_with('|');
        if starts || heading || item || trimmed.is_empty() {
            wrap(&mut out, &paragraph, width);
            paragraph.clear();
        }
        if starts {
            fence = trimmed.get(..3);
        } else if heading {
            push(&mut out, &[bold, line.trim_start_matches('#').trim(), reset, "\n"]);
        } else if trimmed.starts_with('|') {
            push(&mut out, &[line, "\n"]);
        } else if trimmed.is_empty() {
            if !out.is_empty() && !out.ends_with("\n\n") {
                out.push('\n');
            }
        } else if paragraph.is_empty() {
            paragraph.push_str(line.trim_end());
        } else {
            push(&mut paragraph, &[" ", line.trim()]);
        }
    }
    wrap(&mut out, &paragraph, width);
    out
}

fn push(out: &mut String, pieces: &[&str]) {
    for piece in pieces {
        out.push_str(piece);
    }
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

/// Breaks a paragraph at spaces; what belongs to a list item is indented like its text.
fn wrap(out: &mut String, paragraph: &str, width: usize) {
    if paragraph.trim().is_empty() {
        return;
    }
    let indent = paragraph.len() - paragraph.trim_start().len();
    let hanging = if paragraph.trim_start().starts_with(['-', '*']) { indent + 2 } else { indent };
    let mut column = indent;
    push(out, &[&" ".repeat(indent)]);
    for (index, word) in paragraph.split_whitespace().enumerate() {
        let length = word.chars().count();
        if index > 0 && column + 1 + length > width {
            push(out, &["\n", &" ".repeat(hanging)]);
            column = hanging;
        } else if index > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::render;

    const PAGE: &str = "---\nname: x\n---\n\n# What it means\n\nOne two three four five six seven.\n\n- item one two three\n  four\n\n```yaml\nA:   1\n\nB: 2\n```\n";

    #[test]
    fn prose_is_wrapped_and_code_is_left_as_it_is() {
        let expected = "What it means\n\nOne two three four\nfive six seven.\n\n- item one two three\n  four\n\n    A:   1\n\n    B: 2\n";
        assert_eq!(render(PAGE, 20, false).trim_start(), expected);
    }

    #[test]
    fn colours_are_only_where_they_are_asked_for() {
        assert!(!render(PAGE, 80, false).contains('\u{1b}'));
        assert!(render(PAGE, 80, true).contains("\u{1b}[1mWhat it means"));
    }
}
