//! `regex`, `regexall` and `replace`: RE2 patterns, as Go writes them, on the `regex` crate.

use regex::{Regex, RegexBuilder};

use crate::value::text::parts;
use crate::value::{Entry, ListKind, MapKind, OriginId, Part, Shape, Value, join_parts};

use super::super::tag::tag;
use super::super::types::{ObjectAttribute, Type};
use super::Error;
use super::call::{Call, Function, STRING, check_length};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regex", &[STRING, STRING], Shape::Any, regex),
    Function::new("regexall", &[STRING, STRING], Shape::List, regexall),
    Function::new("replace", &[STRING.partly(), STRING, STRING.partly()], Shape::String, replace),
];

/// The most matches that are collected.
const MAX_MATCHES: usize = 100_000;

enum Compiled {
    Regex(Regex),
    /// A valid pattern that takes too much memory.
    TooLarge,
}

fn compile(pattern: &str) -> Result<Compiled, Error> {
    let translated = Translator::new(pattern).translate()?;
    match RegexBuilder::new(&translated).size_limit(1 << 22).dfa_size_limit(1 << 21).build() {
        Ok(regex) => Ok(Compiled::Regex(regex)),
        Err(regex::Error::CompiledTooBig(_)) => Ok(Compiled::TooLarge),
        Err(_) => Err(Error::new(format!("`{pattern}` is no valid regular expression"))),
    }
}

/// How the groups of a pattern come out: none, by number or by name.
enum Groups {
    None,
    Numbered,
    Named,
}

fn groups(regex: &Regex) -> Result<Groups, Error> {
    let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    if names.is_empty() {
        Ok(Groups::None)
    } else if names.iter().all(Option::is_none) {
        Ok(Groups::Numbered)
    } else if names.iter().all(Option::is_some) {
        Ok(Groups::Named)
    } else {
        Err(Error::of_argument("named and unnamed groups can't stand in one pattern", 0))
    }
}

fn captured(call: &Call<'_>, regex: &Regex, groups: &Groups, found: &regex::Captures<'_>) -> Value {
    let value = |found: Option<regex::Match<'_>>| match found {
        Some(found) => call.string(found.as_str()),
        None => Value::null(call.origin()).tagged(tag(&Type::String)),
    };
    match groups {
        Groups::None => value(found.get(0)),
        Groups::Numbered => {
            call.list_of(ListKind::Tuple, (1..found.len()).map(|at| value(found.get(at))).collect(), None)
        }
        Groups::Named => {
            let entries =
                regex.capture_names().flatten().map(|name| Entry::new(name, OriginId::NONE, value(found.name(name))));
            call.map_of(MapKind::Object, entries, None)
        }
    }
}

fn regex(call: &Call<'_>) -> Result<Value, Error> {
    let Compiled::Regex(regex) = compile(call.text(0)?).map_err(|error| error.at_argument(0))? else {
        return Ok(call.unknown_for("the regular expression is too large to be evaluated here"));
    };
    let groups = groups(&regex)?;
    match regex.captures(call.text(1)?) {
        Some(found) => Ok(captured(call, &regex, &groups, &found)),
        None => Err(Error::new("the pattern matches no part of the text")),
    }
}

fn regexall(call: &Call<'_>) -> Result<Value, Error> {
    let Compiled::Regex(regex) = compile(call.text(0)?).map_err(|error| error.at_argument(0))? else {
        return Ok(call.unknown_for("the regular expression is too large to be evaluated here"));
    };
    let groups = groups(&regex)?;
    let mut items = Vec::new();
    for found in regex.captures_iter(call.text(1)?) {
        if items.len() >= MAX_MATCHES {
            return Ok(call.unknown_for(format!("there are more than {MAX_MATCHES} matches")));
        }
        items.push(captured(call, &regex, &groups, &found));
    }
    let of = match groups {
        Groups::None => Type::String,
        Groups::Numbered => Type::Tuple(regex.capture_names().skip(1).map(|_| Type::String).collect()),
        Groups::Named => {
            let names = regex.capture_names().skip(1).flatten();
            Type::Object(names.map(|name| ObjectAttribute::required(&name.into(), Type::String)).collect())
        }
    };
    Ok(call.list_of(ListKind::List, items, None).tagged(tag(&Type::List(Box::new(of)))))
}

fn replace(call: &Call<'_>) -> Result<Value, Error> {
    let old = call.text(1)?;
    let pattern = if old.len() > 1 { old.strip_prefix('/').and_then(|old| old.strip_suffix('/')) } else { None };
    let Some(text) = call.arg(0)?.as_str() else { return Ok(call.unknown(call.arg(0)?)) };
    let Some(new) = call.arg(2)?.as_str() else {
        return match parts(call.arg(2)?) {
            // What takes the place is open, and all around it is known.
            Some(new) if pattern.is_none() && !old.is_empty() => Ok(with_open_parts(call, text, old, &new)),
            _ => Ok(call.unknown(call.arg(2)?)),
        };
    };
    let Some(pattern) = pattern else {
        let count = if old.is_empty() { text.len() + 1 } else { text.matches(old).count() };
        check_length(text.len() + count.saturating_mul(new.len()))?;
        return Ok(call.string(text.replace(old, new)));
    };
    let Compiled::Regex(regex) = compile(pattern).map_err(|error| error.at_argument(1))? else {
        return Ok(call.unknown_for("the regular expression is too large to be evaluated here"));
    };
    let mut out = String::new();
    let mut last = 0;
    for found in regex.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(&text[last..whole.start()]);
        found.expand(new, &mut out);
        last = whole.end();
        check_length(out.len())?;
    }
    out.push_str(&text[last..]);
    Ok(call.string(out))
}

/// A text in which a part that is not wholly known takes the place of another one.
fn with_open_parts(call: &Call<'_>, text: &str, old: &str, new: &[Part]) -> Value {
    let mut pieces = Vec::new();
    for (index, piece) in text.split(old).take(MAX_MATCHES).enumerate() {
        if index > 0 {
            pieces.extend(new.iter().cloned());
        }
        pieces.push(Part::Known(piece.into(), call.origin()));
    }
    join_parts(pieces, call.origin())
}

/// Rewrites a pattern from Go's syntax to the crate's: classes such as `\d` are ASCII, brackets and braces that open
/// nothing are literal, and what Go does not have is an error.
struct Translator<'p> {
    pattern: &'p str,
    chars: std::iter::Peekable<std::str::CharIndices<'p>>,
    out: String,
    /// Whether the last thing was a repetition, after which another one is an error.
    repeated: bool,
}

impl<'p> Translator<'p> {
    fn new(pattern: &'p str) -> Self {
        Self { pattern, chars: pattern.char_indices().peekable(), out: String::new(), repeated: false }
    }

    fn invalid(&self, what: &str) -> Error {
        Error::new(format!("`{}` is no valid regular expression: {what}", self.pattern))
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, character)| *character)
    }

    fn rest(&mut self) -> &'p str {
        self.chars.peek().map_or("", |(at, _)| &self.pattern[*at..])
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.chars.next();
        }
    }

    fn translate(mut self) -> Result<String, Error> {
        while let Some((_, character)) = self.chars.next() {
            let repeated = std::mem::take(&mut self.repeated);
            match character {
                '*' | '+' | '?' => self.repetition(character.encode_utf8(&mut [0; 4]), repeated)?,
                '{' => {
                    let rest = self.rest();
                    match repetition_count(rest) {
                        Some((length, low, high)) => {
                            if low > 1000 || high.is_some_and(|high| high > 1000 || high < low) {
                                return Err(self.invalid("a repeat count is at most 1000"));
                            }
                            self.skip(length);
                            self.repetition(&format!("{{{}", &rest[..length]), repeated)?;
                        }
                        None => self.out.push_str("\\{"),
                    }
                }
                '}' | ']' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' => self.group()?,
                // Outside of extended mode these are literal to both.
                _ => self.out.push(character),
            }
        }
        Ok(self.out)
    }

    fn repetition(&mut self, text: &str, repeated: bool) -> Result<(), Error> {
        if repeated {
            return Err(self.invalid("a repetition of a repetition"));
        }
        self.out.push_str(text);
        if self.peek() == Some('?') {
            self.chars.next();
            self.out.push('?');
        }
        self.repeated = true;
        Ok(())
    }

    fn group(&mut self) -> Result<(), Error> {
        self.out.push('(');
        let rest = self.rest();
        if let Some(flags) = rest.strip_prefix('?') {
            let named = flags.starts_with("P<") || flags.starts_with('<');
            if named && (flags.starts_with("<=") || flags.starts_with("<!")) {
                return Err(self.invalid("there is no look-behind"));
            }
            if !named {
                let end = flags.find([')', ':']).ok_or_else(|| self.invalid("a group is not closed"))?;
                if !flags[..end].chars().all(|flag| matches!(flag, 'i' | 'm' | 's' | 'U' | '-')) {
                    return Err(self.invalid("there is no such kind of group"));
                }
            }
            self.skip(1);
            self.out.push('?');
        }
        Ok(())
    }

    /// What follows a backslash, inside or outside of a class.
    fn escape(&mut self, in_class: bool) -> Result<(), Error> {
        let Some((_, character)) = self.chars.next() else { return Err(self.invalid("it ends with a backslash")) };
        let class = |text: &str| if in_class { text.to_owned() } else { format!("[{text}]") };
        let text = match character {
            'd' => class("0-9"),
            'w' => class("0-9A-Za-z_"),
            's' => class("\\t\\n\\f\\r "),
            'D' => "[^0-9]".to_owned(),
            'W' => "[^0-9A-Za-z_]".to_owned(),
            'S' => "[^\\t\\n\\f\\r ]".to_owned(),
            'b' if !in_class => "(?-u:\\b)".to_owned(),
            'B' if !in_class => "\\B".to_owned(),
            'A' | 'z' if !in_class => format!("\\{character}"),
            'a' | 'f' | 't' | 'n' | 'r' | 'v' => format!("\\{character}"),
            'x' => {
                let digits = self.hexadecimal()?;
                format!("\\x{{{digits}}}")
            }
            'p' | 'P' => {
                let name = match self.peek() {
                    Some('{') => {
                        let rest = self.rest();
                        let end = rest.find('}').ok_or_else(|| self.invalid("a class name is not closed"))?;
                        self.skip(rest[..=end].chars().count());
                        rest[..=end].to_owned()
                    }
                    Some(letter) => {
                        self.skip(1);
                        letter.to_string()
                    }
                    None => return Err(self.invalid("a class name is missing")),
                };
                format!("\\{character}{name}")
            }
            'Q' if !in_class => {
                let rest = self.rest();
                let end = rest.find("\\E").unwrap_or(rest.len());
                self.skip(rest[..end].chars().count() + if end < rest.len() { 2 } else { 0 });
                regex::escape(&rest[..end])
            }
            // Octal: a zero, or more digits than one.
            '0'..='7' => {
                let mut code = u32::from(character) - u32::from('0');
                let mut digits = 1;
                while let Some(digit @ '0'..='7') = self.peek()
                    && digits < 3
                {
                    code = code * 8 + u32::from(digit) - u32::from('0');
                    digits += 1;
                    self.skip(1);
                }
                if digits == 1 && character != '0' {
                    return Err(self.invalid("there are no references to groups"));
                }
                format!("\\x{{{code:x}}}")
            }
            _ if character.is_ascii_alphanumeric() => {
                return Err(self.invalid(&format!("`\\{character}` is no escape sequence")));
            }
            _ => literal(character),
        };
        self.out.push_str(&text);
        Ok(())
    }

    fn hexadecimal(&mut self) -> Result<String, Error> {
        let rest = self.rest();
        let (digits, length) = match rest.strip_prefix('{') {
            Some(inner) => {
                let end = inner.find('}').unwrap_or(0);
                (&inner[..end], end + 2)
            }
            None => (rest.get(..2).unwrap_or_default(), 2),
        };
        if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(self.invalid("`\\x` needs hexadecimal digits"));
        }
        self.skip(length);
        Ok(digits.to_owned())
    }

    fn class(&mut self) -> Result<(), Error> {
        self.out.push('[');
        if self.peek() == Some('^') {
            self.chars.next();
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let rest = self.rest();
            let Some(character) = rest.chars().next() else { return Err(self.invalid("a class is not closed")) };
            if character == ']' && !first {
                self.chars.next();
                self.out.push(']');
                return Ok(());
            }
            // A range has a plain end on each side of a hyphen that is not the last character.
            first = false;
            if rest.starts_with("[:")
                && let Some(end) = rest.find(":]")
            {
                self.skip(rest[..end + 2].chars().count());
                self.out.push_str(&rest[..end + 2]);
                continue;
            }
            self.chars.next();
            if character == '\\' {
                self.escape(true)?;
            } else {
                self.out.push_str(&literal(character));
            }
            let rest = self.rest();
            if rest.starts_with('-') && !rest.starts_with("-]") {
                self.chars.next();
                match self.chars.next() {
                    Some((_, '\\')) => {
                        self.out.push('-');
                        self.escape(true)?;
                    }
                    Some((_, end)) => {
                        self.out.push('-');
                        self.out.push_str(&literal(end));
                    }
                    None => return Err(self.invalid("a class is not closed")),
                }
            }
        }
    }
}

/// A character that stands for itself.
fn literal(character: char) -> String {
    if character.is_ascii_punctuation() || character == ' ' {
        format!("\\x{:02x}", u32::from(character))
    } else {
        character.to_string()
    }
}

/// What follows an opening brace, if it is a repetition: `3}`, `3,}` or `3,5}`, with its length and bounds.
fn repetition_count(rest: &str) -> Option<(usize, u32, Option<u32>)> {
    let end = rest.find('}')?;
    let inner = &rest[..end];
    let number = |text: &str| {
        (!text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()))
            .then(|| text.parse::<u32>().unwrap_or(u32::MAX))
    };
    match inner.split_once(',') {
        None => number(inner).map(|low| (end + 1, low, Some(low))),
        Some((low, "")) => number(low).map(|low| (end + 1, low, None)),
        Some((low, high)) => Some((end + 1, number(low)?, Some(number(high)?))),
    }
}
