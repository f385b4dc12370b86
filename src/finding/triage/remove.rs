//! Takes suppressions out that nothing needs.

use super::suppression::{Reach, Suppression};
use crate::finding::Edit;
use crate::source::{SourceFile, Sources, Span};
use crate::syntax::edit::Editable;

/// The edits that take a suppression out. `unused` are all that nothing needs: a comment of which nothing is left goes
/// as a whole. Nothing for what stands in a block comment or on other tools' behalf.
#[must_use]
pub fn removal(suppression: &Suppression, unused: &[&Suppression], sources: &Sources) -> Option<Vec<Edit>> {
    let file = sources.get(suppression.span.file)?;
    match &suppression.reach {
        Reach::Comment(place) => {
            let same = unused.iter().filter(|other| matches!(&other.reach, Reach::Comment(other) if other == place));
            comment(&file, place.span, suppression.span, same.count()).map(|edit| vec![edit])
        }
        Reach::Resource(_) | Reach::Pattern { .. } => {
            let editable = Editable::of(&file).filter(Editable::is_sound)?;
            match editable.item_of(suppression.span) {
                Some(item) => editable.remove(&[item], &[]),
                None => editable.remove(&[suppression.span], &[]),
            }
        }
    }
}

/// Takes a name out of a comment, or the comment whose text stands at `line` where `gone` names are all it has.
fn comment(file: &SourceFile, line: Span, name: Span, gone: usize) -> Option<Edit> {
    let text = file.text();
    let number = file.lines().line_of(line.start);
    let start = file.lines().line_start(number)? as usize;
    let next = file.lines().line_start(number + 1).map_or(text.len(), |next| next as usize);
    let whole = text.get(start..next)?;
    let marker = text.get(start..line.start as usize)?.trim_end();
    let sign = if marker.ends_with("//") { "//" } else { "#" };
    let code = marker.trim_end_matches(['#', '/']);
    if !marker.ends_with(sign) || whole.contains("/*") || whole.contains("*/") {
        return None;
    }
    let edit = |from: usize, to: usize| {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Edit { span: Span::new(file.id, number(from), number(to)), text: String::new() }
    };
    let inner = text.get(line.start as usize..next)?;
    let list = inner.get(inner.find('[')? + 1..inner.find(']')?)?;
    if list.split(',').filter(|name| !name.trim().is_empty()).count() <= gone {
        if code.trim_start_matches('\u{feff}').trim().is_empty() {
            let mark = if code.starts_with('\u{feff}') { 3 } else { 0 };
            return Some(edit(start + mark, next));
        }
        let end = start + whole.trim_end_matches(['\n', '\r']).len();
        return Some(edit(start + code.trim_end().len(), end));
    }
    let (from, to) = (name.start as usize, name.end as usize);
    let after = text.get(to..next)?;
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        let to = next - rest.len() + (rest.len() - rest.trim_start().len());
        return Some(edit(from, to));
    }
    let before = text.get(start..from)?.trim_end();
    let from = start + before.strip_suffix(',')?.trim_end().len();
    Some(edit(from, to))
}

#[cfg(test)]
mod tests {
    use super::super::from_comments;
    use super::*;
    use crate::syntax::edit::apply;

    /// The text without the suppressions of some names.
    fn without(text: &str, gone: &[&str]) -> Option<String> {
        let sources = Sources::new();
        let file = sources.add("main.tf", text);
        let start = text.find('#').or_else(|| text.find("//")).or_else(|| text.find("/*"))?;
        let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
        let number = |at: usize| u32::try_from(at).unwrap();
        let (found, _) = from_comments(&file, &[Span::new(file.id, number(start), number(end))], false);
        let unused: Vec<&Suppression> = found.iter().filter(|one| gone.contains(&one.name.as_str())).collect();
        let mut edits = Vec::new();
        for one in &unused {
            edits.extend(removal(one, &unused, &sources)?);
        }
        apply(text, &crate::syntax::edit::in_order(edits)?)
    }

    #[test]
    fn a_comment_goes_when_all_its_names_do() {
        let text = "a {\n  # dynalens: ignore[x, y] why\n  b = 1\n}\n";
        assert_eq!(without(text, &["x", "y"]).as_deref(), Some("a {\n  b = 1\n}\n"));
        assert_eq!(without(text, &["x"]).as_deref(), Some("a {\n  # dynalens: ignore[y] why\n  b = 1\n}\n"));
        assert_eq!(without(text, &["y"]).as_deref(), Some("a {\n  # dynalens: ignore[x] why\n  b = 1\n}\n"));
    }

    #[test]
    fn code_on_the_line_stays() {
        let text = "a = 1 // dynalens: ignore[x] why\r\nb = 2\r\n";
        assert_eq!(without(text, &["x"]).as_deref(), Some("a = 1\r\nb = 2\r\n"));
        assert_eq!(without("/* dynalens: ignore[x] why */\na = 1\n", &["x"]), None);
    }
}
