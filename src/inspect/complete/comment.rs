//! `# dynalens: ignore[...] reason`, in the comments of every language.

use super::{Completion, Item, ItemKind, Place, names};

/// What could be written in the comment at the cursor; nothing where it stands in none of ours.
pub(super) fn complete(place: &Place<'_>) -> Option<Completion> {
    let before = place.before();
    let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
    let start = place.offset - line.len();
    let comment = start + comment_at(line, before)?;
    let said = before.get(comment..)?;
    let said_at = comment + (said.len() - said.trim_start().len());
    let said = said.trim_start();
    let Some(rest) = said.strip_prefix("dynalens:") else {
        // The beginning of our mark, once there is a letter of it.
        let begins = said.len() > 1 && "dynalens: ignore".starts_with(said);
        return begins.then(|| place.over(said_at, vec![mark("dynalens: ignore[")], false));
    };
    let verb = rest.trim_start();
    let verb_at = place.offset - verb.len();
    let Some(list) = verb.strip_prefix("ignore").map(str::trim_start).and_then(|list| list.strip_prefix('[')) else {
        return "ignore".starts_with(verb).then(|| place.over(verb_at, vec![mark("ignore[")], false));
    };
    if list.contains(']') {
        return None;
    }
    let word = list.rsplit(',').next().unwrap_or(list).trim_start();
    let named = list.split(',').rev().skip(1).map(str::trim);
    let after = place.after();
    let line_after = after.get(..after.find(['\n', '\r']).unwrap_or(after.len())).unwrap_or_default();
    let following = line_after.split_once(']').map_or("", |(names, _)| names).split(',').skip(1).map(str::trim);
    let named: Vec<&str> = named.chain(following).collect();
    let mut items = names::policies(place.pack, place.found, &named, word);
    if !line_after.contains(']') {
        // The list is not closed yet, and a reason has to follow.
        for item in &mut items {
            item.insert.push_str("] ");
        }
    }
    Some(place.over(place.offset - word.len(), items, true))
}

fn mark(text: &str) -> Item {
    Item::new(text.to_owned(), ItemKind::Keyword)
        .detail("suppress findings here")
        .documentation("Suppresses findings of the resource that the comment stands on or in: the policies in brackets, a reason, and if it is to end `until` a day.\n\n`# dynalens: ignore[policy-name] the reason until 2027-03-01`")
}

/// Where the text of a comment begins in a line that goes up to the cursor.
fn comment_at(line: &str, before: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut previous = ' ';
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open && previous != '\\' => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some(letter),
            // An apostrophe within a word opens nothing.
            (None, '\'') if !previous.is_alphanumeric() => quote = Some(letter),
            (None, '#') if previous.is_whitespace() || at == 0 => return Some(at + 1),
            (None, '/') if matches!(letters.peek(), Some((_, '/' | '*'))) && previous != ':' => return Some(at + 2),
            _ => {}
        }
        previous = letter;
    }
    // Within a block comment that began on an earlier line.
    let open = before.rfind("/*")?;
    let closed = before.get(open..)?.contains("*/");
    let text = line.trim_start().trim_start_matches('*');
    (!closed).then(|| line.len() - text.len())
}
