//! Text from files made safe for a terminal.

use std::borrow::Cow;
use std::fmt::Write;
use std::io;

use crate::source::Span;

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

/// Takes JSON and writes each treacherous character in it as an escape sequence (`\u009b`): programs read the same, and
/// a terminal obeys nothing. Outside of strings JSON has no such character.
pub struct Json<W>(pub W);

impl<W: io::Write> io::Write for Json<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_plain = |byte: &u8| byte.is_ascii() && *byte != 0x7f;
        let text = if bytes.iter().all(is_plain) { None } else { std::str::from_utf8(bytes).ok() };
        let Some(text) = text else { return self.0.write(bytes) };
        let mut copied = 0;
        for (at, letter) in text.char_indices() {
            // Control characters of ASCII are escaped already, or are the white space between values.
            if letter < '\u{7f}' || !is_treacherous(letter) {
                continue;
            }
            self.0.write_all(text.get(copied..at).unwrap_or_default().as_bytes())?;
            write!(self.0, "\\u{:04x}", u32::from(letter))?;
            copied = at + letter.len_utf8();
        }
        self.0.write_all(text.get(copied..).unwrap_or_default().as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text with each treacherous character but line breaks and tabs replaced by a harmless one of the same length
/// in bytes, so that offsets stay what they are. A carriage return that ends no line is treacherous too.
#[must_use]
pub fn same_length(text: &str) -> Cow<'_, str> {
    // Nearly all files are plain from beginning to end, which takes no look at each character.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.as_bytes().chunks(64).all(|chunk| chunk.iter().fold(true, |all, byte| all & is_plain(byte))) {
        return Cow::Borrowed(text);
    }
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

/// The text with the spans overwritten byte by byte, so that offsets stay what they are; line breaks stay. `None` where
/// there is nothing to hide.
#[must_use]
pub fn concealed(text: &str, spans: &[Span]) -> Option<String> {
    if spans.is_empty() {
        return None;
    }
    let mut spans: Vec<&Span> = spans.iter().collect();
    spans.sort();
    let mut spans = spans.into_iter().peekable();
    let mut end = 0;
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        while let Some(span) = spans.next_if(|span| span.start as usize <= at) {
            end = end.max(span.end as usize);
        }
        if at < end && !letter.is_whitespace() {
            out.extend(std::iter::repeat_n('*', letter.len_utf8()));
        } else {
            out.push(letter);
        }
    }
    Some(out)
}

/// Text for XML: markup is written as entities, and characters that XML can't hold give way to a replacement.
#[must_use]
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            letter if is_treacherous(letter) || matches!(letter, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

/// Text for a cell of a Markdown table: on one line, without HTML, links, emphasis and borders of cells. What stands
/// in backticks stays code where it can do no harm there.
#[must_use]
pub fn markdown(text: &str) -> String {
    let line = one_line(text);
    let pieces: Vec<&str> = line.split('`').collect();
    let paired = pieces.len() % 2 == 1;
    let mut out = String::with_capacity(line.len() + 16);
    for (index, piece) in pieces.iter().enumerate() {
        let code = paired && index % 2 == 1;
        if code && !piece.is_empty() && !piece.contains(['<', '&', '@', '\\']) {
            // A table takes a bar for a border even within code.
            out.push('`');
            out.push_str(&piece.replace('|', "\\|"));
            out.push('`');
        } else {
            if code || !paired && index > 0 {
                out.push_str("\\`");
            }
            prose(piece, &mut out);
            if code {
                out.push_str("\\`");
            }
        }
    }
    out
}

fn prose(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention or a reference to an issue would reach people.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '|' | '[' | ']' | '(' | ')' | '*' | '_' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
}

/// A path as a relative URI reference (RFC 3986), each byte that is not unreserved percent-encoded.
#[must_use]
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Text for a workflow command of GitHub; `property` for what stands before the second `::`.
#[must_use]
pub fn workflow_command(text: &str, property: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' if property => out.push_str("%3A"),
            ',' if property => out.push_str("%2C"),
            letter if is_treacherous(letter) => out.extend(letter.escape_unicode()),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Json, Span, concealed, markdown, one_line, same_length, uri, workflow_command, xml};

    #[test]
    fn each_output_has_its_own_escapes() {
        assert_eq!(xml("<a b='\"&\u{1b}'>\n"), "&lt;a b=&apos;&quot;&amp;\u{fffd}&apos;&gt;&#10;");
        assert_eq!(markdown("a|b <img> [x](y) @me"), "a\\|b &lt;img&gt; \\[x\\]\\(y\\) &#64;me");
        assert_eq!(markdown("`a_b|c` d_e `<b>` ``"), "`a_b\\|c` d\\_e \\`&lt;b&gt;\\` \\`\\`");
        assert_eq!(markdown("one ` alone_"), "one \\` alone\\_");
        assert_eq!(uri("a b/ü#.tf"), "a%20b/%C3%BC%23.tf");
        assert_eq!(workflow_command("a%\n::error::b", false), "a%25%0A::error::b");
        assert_eq!(workflow_command("a,b:c", true), "a%2Cb%3Ac");
    }

    #[test]
    fn escapes_and_reversed_text_are_written_out() {
        assert_eq!(one_line("a\u{1b}[31mb\nc\u{202e}d"), "a\\u{1b}[31mb c\\u{202e}d");
        assert_eq!(one_line("Überweisung 料金"), "Überweisung 料金");
    }

    #[test]
    fn json_says_the_same_and_a_terminal_obeys_nothing_in_it() {
        let text = "a\u{1b}[31m\u{7f}\u{9b}2J\u{202e}é料🦀\n";
        let mut out = Vec::new();
        serde_json::to_writer(Json(&mut out), text).unwrap();
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        let written = String::from_utf8(out).unwrap();
        assert_eq!(written, "\"a\\u001b[31m\\u007f\\u009b2J\\u202eé料🦀\\n\"");
    }

    #[test]
    fn secrets_are_overwritten_in_place() {
        let file = crate::source::FileId(0);
        let spans = [Span::new(file, 4, 10), Span::new(file, 6, 8)];
        assert_eq!(concealed("a = \"ü b\" c", &spans).unwrap(), "a = *** ** c");
        assert_eq!(concealed("a", &[]), None);
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
