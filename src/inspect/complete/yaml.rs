//! Where a cursor stands in a YAML text that is being written: the keys that lead there, and what is begun.
//!
//! Reads only what stands before the cursor, line by line with the block structure, character by character within flow
//! collections. It accepts everything; what it takes a broken text for only decides what is offered.

/// One step from the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Item,
}

/// What can stand at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// A key of the map that the path leads to.
    Key,
    /// The value that the path leads to.
    Value,
    /// Either: nothing stands there yet that would tell.
    Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Context {
    pub path: Vec<Step>,
    pub begun: Begun,
    /// Where the word at the cursor begins, behind its quote.
    pub start: usize,
    /// Where the whole value begins, of a text of several lines too.
    pub value_start: usize,
    /// Keys that the map has already.
    pub keys: Vec<String>,
}

impl Context {
    /// The keys on the way, without the lists between them.
    pub(super) fn names(&self) -> Vec<&str> {
        let names = self.path.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item => None,
        });
        names.collect()
    }
}

/// How deep structures are followed.
const DEEPEST: usize = 100;

enum Frame {
    Map { indent: usize, key: Option<String>, keys: Vec<String> },
    List { indent: usize },
}

impl Frame {
    fn indent(&self) -> usize {
        match self {
            Self::Map { indent, .. } | Self::List { indent } => *indent,
        }
    }
}

enum Flow {
    Map { key: Option<String>, keys: Vec<String> },
    List,
}

struct Reader {
    frames: Vec<Frame>,
    flow: Vec<Flow>,
    /// The indentation of the key whose value is a block of text.
    block: Option<(usize, usize)>,
    /// The quote that is open, and where it began.
    quote: Option<(char, usize)>,
    /// Where the word or value that is being read begins.
    word: usize,
    /// Whether a value is being read.
    in_value: bool,
    /// Whether a new node begins, of which nothing is known yet.
    fresh: bool,
}

/// The context at the end of a text; `base` is where it begins in its document.
pub(super) fn context(text: &str, after: &str, base: usize) -> Option<Context> {
    let mut reader = Reader {
        frames: Vec::new(),
        flow: Vec::new(),
        block: None,
        quote: None,
        word: 0,
        in_value: false,
        fresh: true,
    };
    let mut at = 0;
    let mut value_start = 0;
    for line in text.split_inclusive('\n') {
        let last = at + line.len() == text.len() && !line.ends_with('\n');
        reader.line(line, at, last)?;
        if !(reader.block.is_some() || reader.quote.is_some()) || value_start == 0 {
            value_start = reader.word;
        }
        at += line.len();
    }
    if text.is_empty() || text.ends_with('\n') {
        reader.line("", at, true)?;
    }
    if reader.block.is_none() {
        value_start = reader.word;
    }
    let mut context = reader.finish();
    context.value_start = base + reader.block.map_or(value_start, |(_, start)| start);
    context.start += base;
    if context.begun != Begun::Value && reader.flow.is_empty() {
        let indent = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
        let indent = reader.frames.last().map_or(indent, Frame::indent);
        context.keys.extend(keys_below(after, indent));
    }
    Some(context)
}

/// The keys of the same map that stand behind the cursor.
fn keys_below(after: &str, indent: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for line in after.lines().skip(1) {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let own = line.len() - content.len();
        if own < indent || own == indent && content.starts_with("- ") || line.starts_with("---") {
            break;
        }
        if own == indent
            && let Some((key, _)) = key_of(content)
        {
            keys.push(key);
        }
    }
    keys
}

/// A key at the beginning of a text, and where what follows its colon begins.
fn key_of(content: &str) -> Option<(String, usize)> {
    let first = content.chars().next()?;
    if matches!(first, '"' | '\'') {
        let end = content.get(1..)?.find(first)? + 1;
        let rest = content.get(end + 1..)?;
        let colon = rest.trim_start();
        let at = end + 1 + (rest.len() - colon.len());
        let follows = colon.strip_prefix(':')?;
        let separated = follows.is_empty() || follows.starts_with(char::is_whitespace);
        return separated.then(|| (content.get(1..end).unwrap_or_default().to_owned(), at + 1));
    }
    if matches!(first, '{' | '[' | '#' | '-') && !content.starts_with("--") && content.get(1..2) == Some(" ") {
        return None;
    }
    let mut from = 0;
    while let Some(at) = content.get(from..)?.find(':') {
        let at = from + at;
        let follows = content.get(at + 1..)?;
        if follows.is_empty() || follows.starts_with(char::is_whitespace) {
            let key = content.get(..at)?.trim_end();
            return (!key.is_empty() && !key.contains(['{', '[', '"', '#'])).then(|| (key.to_owned(), at + 1));
        }
        from = at + 1;
    }
    None
}

impl Reader {
    fn line(&mut self, line: &str, start: usize, last: bool) -> Option<()> {
        let body = line.trim_end_matches(['\n', '\r']);
        let content = body.trim_start_matches(' ');
        let indent = body.len() - content.len();
        if let Some((outer, _)) = self.block {
            if content.trim().is_empty() && !last || indent > outer {
                self.word = start + indent;
                return Some(());
            }
            self.block = None;
        }
        if !self.flow.is_empty() || self.quote.is_some() {
            return self.scan(body, start);
        }
        if content.starts_with('#') || content.trim().is_empty() && !last {
            if last {
                self.fresh = false;
                self.in_value = true;
                self.word = start + body.len();
            }
            return Some(());
        }
        self.structure(content, indent, start + indent)
    }

    /// A line, or what follows a dash, at its column.
    fn structure(&mut self, content: &str, indent: usize, start: usize) -> Option<()> {
        if self.frames.len() > DEEPEST {
            return None;
        }
        while self.frames.last().is_some_and(|frame| frame.indent() > indent) {
            self.frames.pop();
        }
        if content == "-" || content.starts_with("- ") {
            match self.frames.last() {
                Some(Frame::List { indent: own }) if *own == indent => {}
                _ => self.frames.push(Frame::List { indent }),
            }
            let inner = content.get(1..).unwrap_or_default();
            let trimmed = inner.trim_start_matches(' ');
            let skip = 1 + inner.len() - trimmed.len();
            self.word = start + skip;
            self.fresh = true;
            self.in_value = false;
            if trimmed.is_empty() {
                return Some(());
            }
            return self.structure(trimmed, indent + skip, start + skip);
        }
        if let Some((key, rest)) = key_of(content) {
            if matches!(self.frames.last(), Some(Frame::List { indent: own }) if *own == indent) {
                self.frames.pop();
            }
            match self.frames.last_mut() {
                Some(Frame::Map { indent: own, key: known, keys }) if *own == indent => {
                    keys.push(key.clone());
                    *known = Some(key);
                }
                _ => self.frames.push(Frame::Map { indent, key: Some(key.clone()), keys: vec![key] }),
            }
            let value = content.get(rest..).unwrap_or_default();
            return self.value(value, indent, start + rest);
        }
        // The beginning of a key, or a value by itself.
        let in_map = matches!(self.frames.last(), Some(Frame::Map { indent: own, .. }) if *own == indent);
        self.fresh = !in_map;
        self.in_value = false;
        self.word = start;
        if in_map && let Some(Frame::Map { key, .. }) = self.frames.last_mut() {
            *key = None;
        }
        if content.starts_with(['{', '[', '"', '\'']) {
            self.in_value = true;
            self.fresh = false;
            return self.scan(content, start);
        }
        Some(())
    }

    fn value(&mut self, value: &str, indent: usize, start: usize) -> Option<()> {
        let trimmed = value.trim_start();
        let at = start + value.len() - trimmed.len();
        self.word = at;
        self.fresh = false;
        self.in_value = true;
        let header = trimmed.split('#').next().unwrap_or_default().trim_end();
        if header.starts_with(['|', '>']) && header.len() <= 3 {
            self.block = Some((indent, at + trimmed.len()));
            return Some(());
        }
        if trimmed.starts_with(['{', '[', '"', '\'']) {
            return self.scan(trimmed, at);
        }
        if value.is_empty() {
            // Without a space the key is only being written.
            self.word = start;
        }
        Some(())
    }

    /// Flow collections and quoted texts.
    fn scan(&mut self, text: &str, start: usize) -> Option<()> {
        let mut previous = ' ';
        for (index, letter) in text.char_indices() {
            let at = start + index;
            if let Some((open, _)) = self.quote {
                if letter == open && !(open == '"' && previous == '\\') {
                    self.quote = None;
                }
                previous = letter;
                continue;
            }
            match letter {
                '"' | '\'' if !previous.is_alphanumeric() => {
                    self.quote = Some((letter, at));
                    self.word = at + 1;
                }
                '#' if previous.is_whitespace() => return Some(()),
                '{' | '[' => {
                    if self.flow.len() > DEEPEST {
                        return None;
                    }
                    let map = letter == '{';
                    self.flow.push(if map { Flow::Map { key: None, keys: Vec::new() } } else { Flow::List });
                    self.next(at + 1);
                }
                '}' | ']' => {
                    self.flow.pop();
                    self.word = at + 1;
                }
                ',' if !self.flow.is_empty() => {
                    if let Some(Flow::Map { key, .. }) = self.flow.last_mut() {
                        *key = None;
                    }
                    self.next(at + 1);
                }
                ':' => {
                    let follows = text.get(index + 1..).unwrap_or_default();
                    let ends = follows.is_empty() || follows.starts_with(char::is_whitespace) || previous == '"';
                    let word = text.get(self.word.saturating_sub(start)..index).unwrap_or_default();
                    let word = word.trim().trim_matches(['"', '\'']).to_owned();
                    if ends
                        && let Some(Flow::Map { key, keys }) = self.flow.last_mut()
                        && key.is_none()
                    {
                        keys.push(word.clone());
                        *key = Some(word);
                        self.next(at + 1);
                    }
                }
                letter if letter.is_whitespace() && self.word == at => self.word = at + letter.len_utf8(),
                _ => {}
            }
            previous = letter;
        }
        Some(())
    }

    /// The next word of a flow collection begins.
    fn next(&mut self, at: usize) {
        self.word = at;
        self.fresh = matches!(self.flow.last(), Some(Flow::List));
        self.in_value = matches!(self.flow.last(), Some(Flow::Map { key: Some(_), .. }));
    }

    fn finish(&self) -> Context {
        let mut path = Vec::new();
        for (index, frame) in self.frames.iter().enumerate() {
            let inner = index + 1 == self.frames.len() && self.flow.is_empty();
            match frame {
                Frame::Map { key: Some(key), .. } if !inner || self.in_value || self.fresh || self.block.is_some() => {
                    path.push(Step::Key(key.clone()));
                }
                Frame::Map { .. } => {}
                Frame::List { .. } => path.push(Step::Item),
            }
        }
        for (index, flow) in self.flow.iter().enumerate() {
            let inner = index + 1 == self.flow.len();
            match flow {
                Flow::Map { key: Some(key), .. } if !inner || self.in_value => path.push(Step::Key(key.clone())),
                Flow::Map { .. } => {}
                Flow::List => path.push(Step::Item),
            }
        }
        let keys = match (self.flow.last(), self.frames.last()) {
            (Some(Flow::Map { keys, .. }), _) => keys.clone(),
            (Some(Flow::List), _) => Vec::new(),
            (None, Some(Frame::Map { keys, .. })) if !self.fresh && !self.in_value => keys.clone(),
            _ => Vec::new(),
        };
        let begun = if self.in_value || self.block.is_some() {
            Begun::Value
        } else if self.fresh {
            Begun::Node
        } else {
            Begun::Key
        };
        Context { path, begun, start: self.word, value_start: self.word, keys }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path, what is begun, and the word, at the cursor of a text.
    fn at(text: &str) -> (String, Begun, String) {
        let (before, after) = text.split_once("<|>").unwrap();
        let context = context(before, after, 0).unwrap();
        let path: Vec<String> = context
            .path
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Item => "*".to_owned(),
            })
            .collect();
        (path.join("."), context.begun, before[context.start..].to_owned())
    }

    fn is(text: &str, path: &str, begun: Begun, word: &str) {
        assert_eq!(at(text), (path.to_owned(), begun, word.to_owned()), "{text}");
    }

    #[test]
    fn keys_and_values_of_blocks() {
        is("<|>", "", Begun::Node, "");
        is("pro<|>", "", Begun::Node, "pro");
        is("a: 1\npro<|>", "", Begun::Key, "pro");
        is("a: 1\n<|>", "", Begun::Key, "");
        is("profile: <|>", "profile", Begun::Value, "");
        is("profile: str<|>ict", "profile", Begun::Value, "str");
        is("profile: \"str<|>", "profile", Begun::Value, "str");
        is("policies:\n  <|>", "policies", Begun::Node, "");
        is("policies:\n  one: {}\n  tw<|>", "policies", Begun::Key, "tw");
        is("policies:\n  one:\n    en<|>", "policies.one", Begun::Node, "en");
        is("policies:\n  one:\n    a: 1\nse<|>", "", Begun::Key, "se");
        is("environments:\n  prod:\n    region: <|>", "environments.prod.region", Begun::Value, "");
    }

    #[test]
    fn items_of_blocks() {
        is("ignore:\n  - <|>", "ignore.*", Begun::Node, "");
        is("ignore:\n- co<|>", "ignore.*", Begun::Node, "co");
        is("ignore:\n  - a\n  - <|>", "ignore.*", Begun::Node, "");
        is("suppressions:\n  - policy: a\n    re<|>", "suppressions.*", Begun::Key, "re");
        is("suppressions:\n  - policy: <|>", "suppressions.*.policy", Begun::Value, "");
        is("suppressions:\n  - policy:\n      - <|>", "suppressions.*.policy.*", Begun::Node, "");
        is("suppressions:\n  - policy: a\nse<|>", "", Begun::Key, "se");
    }

    #[test]
    fn flow_collections_of_one_and_several_lines() {
        is("ignore: [<|>", "ignore.*", Begun::Node, "");
        is("ignore: [a, co<|>]", "ignore.*", Begun::Node, "co");
        is("ignore: [a,\n  \"co<|>\"]", "ignore.*", Begun::Node, "co");
        is("a: { po<|>", "a", Begun::Key, "po");
        is("a: { policy: <|>", "a.policy", Begun::Value, "");
        is("a: { policy: x, re<|> }", "a", Begun::Key, "re");
        is("a:\n  - { policy: [x, <|>] }", "a.*.policy.*", Begun::Node, "");
        is("a: { b: { c: d }, <|> }", "a", Begun::Key, "");
        is("a: { b: 1 }\nc<|>", "", Begun::Key, "c");
    }

    #[test]
    fn texts_of_several_lines_are_values() {
        let (before, after) = ("let:\n  a: >-\n    x.y\n    && z.", "\nwhen: x");
        let context = context(before, after, 0).unwrap();
        assert_eq!(context.path, [Step::Key("let".into()), Step::Key("a".into())]);
        assert_eq!((context.begun, before[context.value_start..].trim_start()), (Begun::Value, "x.y\n    && z."));
    }

    #[test]
    fn keys_that_are_there_already_are_known_on_both_sides() {
        let found = context("a: 1\nb", "\nc: 2\n  d: 3\n---\ne: 4", 0).unwrap();
        assert_eq!(found.keys, ["a", "c"]);
    }

    #[test]
    fn broken_texts_are_borne() {
        for text in ["}", "]]", "a: }", ": :", "- - - ", "\"", "a: \"b\n", "{{{{", "a:\n\tb: c\n", "é: [\u{1f980}, '"]
        {
            for end in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let found = context(&text[..end], &text[end..], 0);
                assert!(found.is_none_or(|found| found.start <= end && text.is_char_boundary(found.start)), "{text}");
            }
        }
        assert!(context(&"[".repeat(10_000), "", 0).is_none());
        assert!(context(&"- ".repeat(10_000), "", 0).is_none());
    }
}
