//! Text from files made safe for a terminal.

use std::borrow::Cow;

/// Characters that move a terminal's cursor, change its state, or make text look other than it is: the control
/// characters, and those that turn or hide the direction of writing.
#[must_use]
pub fn is_treacherous(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text with each treacherous character written out (`\u{1b}`), so that it fits on one line.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_treacherous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '\n' | '\t' => out.push(' '),
            '\r' => {}
            letter if is_treacherous(letter) => out.extend(letter.escape_unicode()),
            letter => out.push(letter),
        }
    }
    Cow::Owned(out)
}

/// The text with each treacherous character but line breaks and tabs replaced by a harmless one of the same length
/// in bytes, so that offsets stay what they are. A carriage return that ends no line is treacherous too.
#[must_use]
pub fn same_length(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for (at, letter) in text.char_indices() {
        let plain = match letter {
            '\n' | '\t' => true,
            '\r' => text.as_bytes().get(at + 1) == Some(&b'\n'),
            letter => !is_treacherous(letter),
        };
        if plain {
            continue;
        }
        out.push_str(text.get(copied..at).unwrap_or_default());
        out.push(match letter.len_utf8() {
            1 => '?',
            2 => '¿',
            _ => '\u{fffd}',
        });
        copied = at + letter.len_utf8();
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{one_line, same_length};

    #[test]
    fn escapes_and_reversed_text_are_written_out() {
        assert_eq!(one_line("a\u{1b}[31mb\nc\u{202e}d"), "a\\u{1b}[31mb c\\u{202e}d");
        assert_eq!(one_line("Überweisung 料金"), "Überweisung 料金");
    }

    #[test]
    fn replaced_characters_keep_every_offset() {
        let hostile = "a: \u{1b}]0;x\u{7} \u{9b}31m \u{202e}é\r\n\tb\rc";
        let safe = same_length(hostile);
        assert_eq!(safe.len(), hostile.len());
        assert!(safe.contains("\r\n\tb?c"));
        assert!(!safe.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']));
        assert_eq!(safe.find('é'), hostile.find('é'));
    }
}
