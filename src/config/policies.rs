//! The `policies` of the configuration held against the policies that there are: names, options and their types.

use super::settings::{Config, OptionValue, PolicyOption};
use crate::finding::suggest::did_you_mean;
use crate::finding::triage::UNUSED_SUPPRESSION;
use crate::policy::expression::Kind;
use crate::policy::page::Page;
use crate::policy::{Pack, Severity};
use crate::resource::Problem;
use crate::value::{Entry, Number, OriginId, Text, Value};

/// What the configuration decides for one policy.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The policy's own name.
    pub policy: String,
    pub enabled: Option<bool>,
    pub severity: Option<Severity>,
    /// Values for some of its options.
    pub options: Vec<(Text, Value)>,
}

/// Looks up every policy and option that the configuration names. What does not fit is a problem at its place and is
/// left out. A name that stands for several policies decides for all of them.
#[must_use]
pub fn decide(config: &Config, pack: &Pack) -> (Vec<Decision>, Vec<Problem>) {
    let mut decisions = Vec::new();
    let mut problems = Vec::new();
    for settings in &config.policies {
        let decision = |policy: &str, options| Decision {
            policy: policy.to_owned(),
            enabled: settings.enabled,
            severity: settings.severity,
            options,
        };
        if settings.name == UNUSED_SUPPRESSION {
            decisions.push(decision(UNUSED_SUPPRESSION, Vec::new()));
            continue;
        }
        let pages = pack.find(&settings.name);
        if pages.is_empty() {
            let help = pack
                .suggest(&settings.name)
                .map_or_else(|| "`dynalens policies` lists them".to_owned(), |name| format!("did you mean `{name}`?"));
            problems
                .push(Problem::error(settings.span, format!("there is no policy `{}`", settings.name)).with_help(help));
        }
        for page in &pages {
            let mut options = Vec::new();
            for option in &settings.options {
                match check(option, page) {
                    Ok(value) => options.push((Text::from(option.name.as_str()), value)),
                    Err(problem) => problems.push(problem),
                }
            }
            decisions.push(decision(&page.name, options));
        }
    }
    (decisions, problems)
}

fn check(option: &PolicyOption, page: &Page) -> Result<Value, Problem> {
    let Some(known) = page.option(&option.name) else {
        let names: Vec<&str> = page.options.iter().map(|option| &*option.name).chain(["enabled", "severity"]).collect();
        let help = did_you_mean(&option.name, names.iter().copied())
            .unwrap_or_else(|| format!("it takes {}", names.join(", ")));
        let message = format!("`{}` has no option `{}`", page.name, option.name);
        return Err(Problem::error(option.name_span, message).with_help(help));
    };
    let kind = known.kind();
    to_value(&option.value, &kind).ok_or_else(|| {
        let message = format!("`{}` takes {}, and this is {}", option.name, wanted(&kind), given(&option.value));
        Problem::error(option.span, message).with_help(known.doc.to_string())
    })
}

/// The value as the engine takes it, if it is of the kind.
fn to_value(value: &OptionValue, kind: &Kind) -> Option<Value> {
    const NONE: OriginId = OriginId::NONE;
    let anything = matches!(kind, Kind::Any);
    Some(match value {
        OptionValue::Bool(truth) if anything || *kind == Kind::Bool => Value::bool(*truth, NONE),
        OptionValue::Integer(number) if anything || *kind == Kind::Number => Value::integer(*number, NONE),
        OptionValue::Float(number) if anything || *kind == Kind::Number => {
            Value::number(Number::from_f64(*number), NONE)
        }
        OptionValue::String(text) => match kind {
            Kind::Any | Kind::Text => Value::string(text.as_str(), NONE),
            Kind::Enum(names) if names.contains(&text.as_str()) => Value::string(text.as_str(), NONE),
            _ => return None,
        },
        // An account id or a tag's value without quotes is a number to YAML.
        OptionValue::Integer(number) if *kind == Kind::Text => Value::string(number.to_string(), NONE),
        OptionValue::List(items) => {
            let item = match kind {
                Kind::Any => &Kind::Any,
                Kind::List(item) => item,
                _ => return None,
            };
            Value::list(items.iter().map(|value| to_value(value, item)).collect::<Option<_>>()?, NONE)
        }
        OptionValue::Map(entries) => {
            let item = match kind {
                Kind::Any => &Kind::Any,
                Kind::Map(item) => item,
                _ => return None,
            };
            let entries =
                entries.iter().map(|(key, value)| Some(Entry::new(key.as_str(), NONE, to_value(value, item)?)));
            Value::map(entries.collect::<Option<_>>()?, NONE)
        }
        _ => return None,
    })
}

fn wanted(kind: &Kind) -> String {
    match kind {
        Kind::Bool => "true or false".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Enum(names) => format!("one of {}", names.join(", ")),
        Kind::List(item) => format!("a list, each item {}", wanted(item)),
        Kind::Map(item) => format!("a mapping, each value {}", wanted(item)),
        _ => "something else".to_owned(),
    }
}

fn given(value: &OptionValue) -> &'static str {
    match value {
        OptionValue::Bool(_) => "true or false",
        OptionValue::Integer(_) | OptionValue::Float(_) => "a number",
        OptionValue::String(_) => "a text",
        OptionValue::List(_) => "a list that holds something else",
        OptionValue::Map(_) => "a mapping that holds something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_held_against_the_kinds_of_options() {
        let text = |text: &str| OptionValue::String(text.to_owned());
        let list = |items: &[OptionValue]| OptionValue::List(items.to_vec());
        let texts = Kind::List(Box::new(Kind::Text));
        for (value, kind, fits) in [
            (OptionValue::Bool(true), Kind::Bool, true),
            (text("true"), Kind::Bool, false),
            (OptionValue::Integer(5), Kind::Number, true),
            (OptionValue::Float(0.5), Kind::Number, true),
            (text("5"), Kind::Number, false),
            (text("one"), Kind::Enum(&["every", "one"]), true),
            (text("two"), Kind::Enum(&["every", "one"]), false),
            (list(&[text("a"), OptionValue::Integer(5)]), texts.clone(), true),
            (list(&[OptionValue::Bool(true)]), texts, false),
            (OptionValue::Map(vec![("a".to_owned(), text("b"))]), Kind::Map(Box::new(Kind::Text)), true),
            (list(&[text("a"), list(&[text("b")])]), Kind::List(Box::new(Kind::Any)), true),
        ] {
            assert_eq!(to_value(&value, &kind).is_some(), fits, "{value:?} {kind:?}");
        }
    }
}
