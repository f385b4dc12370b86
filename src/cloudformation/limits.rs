//! What a parameter's declaration permits beside its allowed values: patterns, lengths, ranges.

use regex::{Regex, RegexBuilder};

use crate::source::Span;
use crate::syntax::tree::NodeRef;
use crate::value::Text;

use super::compared::constant;

/// How long a pattern may be that is read.
const MAX_PATTERN: usize = 1_000;
/// How large a compiled pattern may become, in bytes.
const MAX_COMPILED: usize = 1 << 18;

/// The limits of one parameter. What can't be read limits nothing.
#[derive(Debug, Default)]
pub struct Limits {
    pattern: Option<Regex>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    min_value: Option<f64>,
    max_value: Option<f64>,
    /// All texts that the pattern matches, where it is a plain list of them: `^(dev|prod)$`.
    pub alternatives: Vec<(Text, Span)>,
}

impl Limits {
    /// Those of a declaration. Lists are limited item by item, which decides nothing about the whole.
    #[must_use]
    pub fn of(declared: NodeRef<'_>, is_list: bool) -> Self {
        if is_list {
            return Self::default();
        }
        let number = |name: &str| constant(declared.get(name)?)?.trim().parse::<f64>().ok();
        let length = |name: &str| constant(declared.get(name)?)?.trim().parse::<usize>().ok();
        let pattern = declared.get("AllowedPattern");
        let text = pattern.and_then(constant).filter(|text| text.len() <= MAX_PATTERN);
        Self {
            // The whole value has to match.
            pattern: text
                .as_ref()
                .and_then(|text| RegexBuilder::new(&format!("^(?:{text})$")).size_limit(MAX_COMPILED).build().ok()),
            min_length: length("MinLength"),
            max_length: length("MaxLength"),
            min_value: number("MinValue"),
            max_value: number("MaxValue"),
            alternatives: match (text, pattern) {
                (Some(text), Some(node)) => alternatives(&text)
                    .map(|all| all.into_iter().map(|one| (one, node.span())).collect())
                    .unwrap_or_default(),
                _ => Vec::new(),
            },
        }
    }

    /// Whether a text can be the parameter's value.
    #[must_use]
    pub fn permit(&self, text: &str) -> bool {
        let length = text.chars().count();
        let value = text.trim().parse::<f64>().ok();
        let in_range = value.is_none_or(|value| {
            self.min_value.is_none_or(|least| value >= least) && self.max_value.is_none_or(|most| value <= most)
        });
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
            && self.min_length.is_none_or(|least| length >= least)
            && self.max_length.is_none_or(|most| length <= most)
            && in_range
    }
}

/// The texts that a pattern lists, if it does nothing else.
fn alternatives(pattern: &str) -> Option<Vec<Text>> {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let anchored = pattern.starts_with('^') == pattern.ends_with('$');
    let grouped = inner.strip_prefix("(?:").or_else(|| inner.strip_prefix('(')).and_then(|one| one.strip_suffix(')'));
    // Without a group the anchors would belong to the first and last alternative only.
    let inner = match grouped {
        Some(inner) => inner,
        None if pattern.starts_with('^') => return None,
        None => inner,
    };
    let plain = |one: &str| !one.is_empty() && one.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let all: Vec<&str> = inner.split('|').collect();
    (anchored && all.len() > 1 && all.iter().all(|one| plain(one))).then(|| all.into_iter().map(Text::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_may_be_a_list_of_texts() {
        let listed = |pattern: &str| alternatives(pattern).map(|all| all.join(" "));
        assert_eq!(listed("^(dev|prod)$").as_deref(), Some("dev prod"));
        assert_eq!(listed("^(?:true|false)$").as_deref(), Some("true false"));
        assert_eq!(listed("dev|prod").as_deref(), Some("dev prod"));
        for other in ["^dev|prod$", "^(dev|pro.)$", "dev", "(dev|prod)+", "^(dev|prod)", "[a|b]", "(a|)"] {
            assert_eq!(listed(other), None, "{other}");
        }
    }
}
