//! Wildcards as IAM has them: `*` stands for any characters, `?` for one.

use crate::value::{Data, Part, Truth, Value};

/// A character of a text of which parts are open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Known(char),
    /// Any characters, also none.
    Open,
}

/// Texts and patterns beyond this length are not compared.
const MOST: usize = 8192;

/// Whether a known or partly known text matches a pattern.
#[must_use]
pub fn matches(text: &Value, pattern: &str) -> Truth {
    let tokens: Vec<Token> = match &text.data {
        Data::String(text) if text.len() <= MOST && pattern.len() <= MOST => {
            return matches_known(text, pattern).into();
        }
        Data::String(text) => text.chars().map(Token::Known).collect(),
        Data::Parts(parts) => parts
            .iter()
            .flat_map(|part| match part {
                Part::Known(text, _) => text.chars().map(Token::Known).collect(),
                Part::Open(..) => vec![Token::Open],
            })
            .collect(),
        _ => return Truth::Unknown,
    };
    let pattern: Vec<char> = pattern.chars().collect();
    if tokens.len() > MOST || pattern.len() > MOST {
        return Truth::Unknown;
    }
    if walk(&tokens, &pattern, false) {
        Truth::True
    } else if tokens.contains(&Token::Open) && walk(&tokens, &pattern, true) {
        Truth::Unknown
    } else {
        Truth::False
    }
}

/// Whether a known text matches: the last star takes in one more character wherever the rest does not fit.
fn matches_known(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    let mut after_star = None;
    loop {
        let mut next = pattern.clone();
        let fits = match next.next() {
            Some('*') => {
                after_star = Some((text.clone(), next.clone()));
                pattern = next;
                continue;
            }
            Some(wanted) => match text.clone().next() {
                Some(character) => wanted == '?' || wanted == character,
                None => return false,
            },
            None if text.as_str().is_empty() => return true,
            None => false,
        };
        if fits {
            text.next();
            pattern = next;
            continue;
        }
        let Some((from, rest)) = &mut after_star else { return false };
        from.next();
        (text, pattern) = (from.clone(), rest.clone());
    }
}

/// Whether the pattern matches: whatever the open parts turn out to be, or (`possibly`) for some way they may.
fn walk(text: &[Token], pattern: &[char], possibly: bool) -> bool {
    // reach[j]: the text so far can have used up the first j characters of the pattern.
    let mut reach = vec![false; pattern.len() + 1];
    reach[0] = true;
    close(&mut reach, pattern);
    for token in text {
        let mut next = vec![false; pattern.len() + 1];
        match token {
            Token::Known(character) => {
                for (at, wanted) in pattern.iter().enumerate() {
                    if reach[at] {
                        match wanted {
                            '*' => next[at] = true,
                            '?' => next[at + 1] = true,
                            wanted if wanted == character => next[at + 1] = true,
                            _ => {}
                        }
                    }
                }
            }
            Token::Open if possibly => {
                // The open part may be any text that the pattern goes on with, so everything further on is in reach.
                if let Some(first) = reach.iter().position(|reached| *reached) {
                    next[first..].fill(true);
                }
            }
            Token::Open => {
                for (at, wanted) in pattern.iter().enumerate() {
                    if reach[at] && *wanted == '*' {
                        next[at] = true;
                    }
                }
            }
        }
        reach = next;
        close(&mut reach, pattern);
    }
    reach[pattern.len()]
}

/// A star may stand for nothing.
fn close(reach: &mut [bool], pattern: &[char]) {
    for (at, wanted) in pattern.iter().enumerate() {
        if reach[at] && *wanted == '*' {
            reach[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{OriginId, Shape, Unknown};

    fn known(text: &str) -> Value {
        Value::string(text, OriginId::NONE)
    }

    fn open(before: &str, after: &str) -> Value {
        let hole = Unknown { why: "open".into(), symbol: None, shape: Shape::Any };
        let part = |text: &str| Part::Known(text.into(), OriginId::NONE);
        let parts = [part(before), Part::Open(hole.into(), OriginId::NONE), part(after)];
        Value::new(Data::Parts(parts.into_iter().collect::<Vec<_>>().into()), OriginId::NONE)
    }

    #[test]
    fn stars_and_question_marks_match_as_in_iam() {
        assert_eq!(matches(&known("dynamodb:GetItem"), "dynamodb:*"), Truth::True);
        assert_eq!(matches(&known("dynamodb:GetItem"), "dynamodb:?etItem"), Truth::True);
        assert_eq!(matches(&known("s3:GetObject"), "dynamodb:*"), Truth::False);
        assert_eq!(matches(&known(""), "*"), Truth::True);
        assert_eq!(matches(&known("table"), "table?"), Truth::False);
    }

    #[test]
    fn known_texts_match_as_open_ones_would() {
        let texts = ["", "a", "ab", "aab", "abab", "ba", "aaa", "\u{e9}a", "b\u{e9}b"];
        let patterns =
            ["", "*", "?", "a*", "*a", "*b*", "a?b", "a*b", "??", "**", "a**b", "?*", "\u{e9}*", "*?b", "ab"];
        for text in texts {
            for pattern in patterns {
                let tokens: Vec<Token> = text.chars().map(Token::Known).collect();
                let characters: Vec<char> = pattern.chars().collect();
                assert_eq!(matches_known(text, pattern), walk(&tokens, &characters, false), "{text} {pattern}");
            }
        }
    }

    #[test]
    fn an_open_part_is_decided_where_the_known_ones_decide() {
        assert_eq!(matches(&open("arn:aws:dynamodb:", ":table/orders"), "arn:*"), Truth::True);
        assert_eq!(matches(&open("arn:aws:dynamodb:", ":table/orders"), "*:table/orders"), Truth::True);
        assert_eq!(matches(&open("arn:aws:s3:", "x"), "arn:aws:dynamodb:*"), Truth::False);
        assert_eq!(matches(&open("arn:aws:dynamodb:", ":table/orders"), "*:table/orders/index/*"), Truth::Unknown);
        assert_eq!(matches(&open("table/", "x"), "table/?"), Truth::Unknown);
    }
}
