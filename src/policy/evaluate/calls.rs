//! The functions of conditions.

use std::cmp::Ordering;

use crate::policy::expression::Function;
use crate::policy::nearest::nearest;
use crate::value::text::known_pieces;
use crate::value::{Data, List, ListKind, Number, OriginId, Text, Truth, Value};

use super::operators::{Numeric, reason, same, weight};
use super::{Evaluated, Evidence, Outcome, Scene, What, as_item, join, of_truth, render, texts};

impl Scene<'_> {
    pub(super) fn call(&self, function: Function, arguments: &[Outcome]) -> Evaluated {
        let evidence = arguments.iter().fold(Vec::new(), |all, argument| join(all, argument.evidence.clone()));
        if function == Function::Known {
            return Ok(known(arguments, evidence));
        }
        if let Some(result) = numeric_call(function, arguments) {
            return Ok(result.with(evidence));
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match &argument.what {
                What::Value(value) => match self.settle_deep(value) {
                    Ok(value) => values.push(value),
                    Err(input) => return Ok(Outcome::new(What::Need(input))),
                },
                other => match as_item(other.clone(), OriginId::NONE) {
                    Ok(value) => values.push(value),
                    Err(other) => return Ok(Outcome::new(other)),
                },
            }
        }
        self.spend(values.iter().map(weight).sum())?;
        let result = self.apply(function, &values, &evidence)?;
        Ok(if result.evidence.is_empty() { result.with(evidence) } else { result })
    }

    fn apply(&self, function: Function, values: &[Value], evidence: &[Evidence]) -> Evaluated {
        let Some(first) = values.first() else { return Ok(Outcome::error("a function is called with nothing")) };
        let second = values.get(1);
        let truth = |truth: Truth| of_truth(truth, || reason(&values.iter().collect::<Vec<_>>()), Vec::new());
        Ok(match function {
            Function::Size => size(first),
            Function::StartsWith | Function::EndsWith | Function::Contains | Function::Matches | Function::Glob => {
                let Some(second) = second else { return Ok(Outcome::error("a function lacks an argument")) };
                if let (Function::Matches, Data::String(pattern)) = (function, &second.data) {
                    self.spend_on_pattern(pattern, first)?;
                }
                match (&first.data, &second.data) {
                    // Nothing begins, ends or matches as no text does.
                    (Data::Absent | Data::Null, _) => truth(Truth::False),
                    (Data::Unknown(_), _) | (_, Data::Unknown(_)) => truth(Truth::Unknown),
                    (Data::String(_) | Data::Parts(_), Data::String(_) | Data::Parts(_)) => {
                        text_test(function, first, second).map_or_else(Outcome::error, truth)
                    }
                    _ => Outcome::error(format!("a {} is used as a text", first.type_name())),
                }
            }
            Function::LowerAscii | Function::UpperAscii => {
                let change = |text: &str| {
                    if function == Function::LowerAscii { text.to_ascii_lowercase() } else { text.to_ascii_uppercase() }
                };
                texts::changed(first, change).map_or_else(|| open_or_error(first, "a text"), Outcome::value)
            }
            Function::Trim => match &first.data {
                Data::String(text) => Outcome::value(Value::string(text.trim(), first.origin)),
                _ => open_or_error(first, "a text"),
            },
            Function::Split => match (&first.data, second.and_then(Value::as_str)) {
                (Data::String(text), Some(separator)) => {
                    let items = text.split(separator).map(|part| Value::string(part, first.origin));
                    // Splitting at nothing gives the characters, without the empty ends that Rust adds.
                    let items: Vec<Value> = if separator.is_empty() {
                        text.chars().map(|part| Value::string(part.to_string(), first.origin)).collect()
                    } else {
                        items.collect()
                    };
                    self.spend(items.len())?;
                    Outcome::value(Value::list(items, first.origin))
                }
                _ => open_or_error(first, "a text"),
            },
            Function::Join => self.join_texts(first, second)?,
            Function::Int => to_int(first),
            Function::Double => to_double(first),
            Function::String => match &first.data {
                Data::Bool(_) | Data::Number(_) => Outcome::string(render::plain(first)),
                Data::String(_) | Data::Parts(_) => Outcome::value(first.clone()),
                _ => open_or_error(first, "a number, a bool or a text"),
            },
            Function::Min | Function::Max => least_or_most(function, values),
            Function::Words => match &first.data {
                Data::String(_) | Data::Parts(_) => {
                    let list = texts::known_words(first).into_iter();
                    let items = list.map(|word| Value::string(word, first.origin)).collect();
                    let rest = match &first.data {
                        Data::Parts(_) => Some(open_rest(first)),
                        _ => None,
                    };
                    Outcome::value(list_of(items, rest, first.origin))
                }
                Data::Absent | Data::Null => Outcome::value(Value::list(Vec::new(), first.origin)),
                _ => open_or_error(first, "a text"),
            },
            Function::Same => truth((second.map(|second| same(first, second)) == Some(Truth::True)).into()),
            Function::Nearest => {
                let (Data::String(name), Some(Data::List(list))) = (&first.data, second.map(|list| &list.data)) else {
                    return Ok(Outcome::value(Value::null(OriginId::NONE)));
                };
                let known: Vec<&str> = list.items.iter().filter_map(Value::as_str).collect();
                self.spend(known.len().saturating_mul(1 + name.len() / 8))?;
                match nearest(name, known) {
                    Some(found) => Outcome::string(found),
                    None => Outcome::value(Value::null(OriginId::NONE)),
                }
            }
            Function::Distinct | Function::Duplicates => self.repeated(function, first)?,
            Function::Flatten => self.flatten(first)?,
            Function::Sum => sum(first),
            Function::Before => {
                let (Some(list), Some(item)) = (first.as_list(), second) else {
                    return Ok(open_or_error(first, "a list"));
                };
                let end = list.items.iter().position(|other| same(other, item) == Truth::True);
                let items = list.items.get(..end.unwrap_or(list.items.len())).unwrap_or_default().to_vec();
                let rest = if end.is_none() { list.rest.clone() } else { None };
                Outcome::value(list_of(items, rest, first.origin))
            }
            Function::Keys | Function::Values => match &first.data {
                Data::Map(map) => {
                    let items = map.entries.iter().filter(|entry| !entry.value.is_absent()).map(|entry| {
                        let origin = if entry.key_origin.is_none() { entry.value.origin } else { entry.key_origin };
                        if function == Function::Keys {
                            Value::string(entry.key.clone(), origin)
                        } else {
                            entry.value.clone()
                        }
                    });
                    Outcome::value(list_of(items.collect(), map.rest.clone(), first.origin))
                }
                Data::Absent | Data::Null => Outcome::value(Value::list(Vec::new(), first.origin)),
                _ => open_or_error(first, "a map"),
            },
            Function::Pieces => {
                let items = known_pieces(first).into_iter().map(|piece| Value::string(piece, first.origin)).collect();
                Outcome::value(Value::list(items, first.origin))
            }
            Function::Quote => Outcome::string(render::quoted(self, first)),
            Function::NonProduction => match first.as_entity() {
                Some(id) => self.is_non_production(id)?,
                None => open_or_error(first, "an entity"),
            },
            Function::Undetermined => {
                let why = first.as_str().unwrap_or("the policy can't tell");
                Outcome::unknown(why, evidence.first().map_or(OriginId::NONE, Evidence::origin), Vec::new())
            }
            Function::Known => known(&[], evidence.to_vec()),
        })
    }

    fn join_texts(&self, list: &Value, separator: Option<&Value>) -> Evaluated {
        let separator = separator.and_then(Value::as_str).unwrap_or_default();
        let Some(items) = list.as_list().filter(|list| list.rest.is_none()) else {
            return Ok(open_or_error(list, "a list"));
        };
        let mut parts = Vec::new();
        for (at, item) in items.items.iter().filter(|item| !item.is_absent()).enumerate() {
            self.spend(1 + separator.len() / 32)?;
            if at > 0 {
                parts.push(crate::value::Part::Known(separator.into(), OriginId::NONE));
            }
            match crate::value::text::parts(item) {
                Some(own) => parts.extend(own),
                None => return Ok(Outcome::error(format!("a {} is joined as a text", item.type_name()))),
            }
        }
        Ok(Outcome::value(crate::value::join_parts(parts, list.origin)))
    }

    /// The items without those that are the same as an earlier one, or only those. An item that may or may not be
    /// the same leaves the list open.
    fn repeated(&self, function: Function, list: &Value) -> Evaluated {
        let Some(items) = list.as_list() else { return Ok(nothing_or_error(list)) };
        let mut seen: Vec<&Value> = Vec::new();
        let mut distinct: Vec<Value> = Vec::new();
        let mut repeated: Vec<Value> = Vec::new();
        let mut rest = items.rest.clone();
        for item in items.items.iter().filter(|item| !item.is_absent()) {
            self.spend(seen.len())?;
            let truth = seen.iter().map(|other| same(other, item)).fold(Truth::False, Truth::or);
            match truth {
                Truth::True => repeated.push(item.clone()),
                Truth::False => {
                    seen.push(item);
                    distinct.push(item.clone());
                }
                Truth::Unknown => {
                    rest.get_or_insert_with(|| {
                        let why = reason(&[item]).0;
                        crate::value::Unknown { why, symbol: None, shape: crate::value::Shape::Any }.into()
                    });
                    // Later ones that are certainly the same as this one are repetitions all the same.
                    seen.push(item);
                }
            }
        }
        let found = if function == Function::Distinct { distinct } else { repeated };
        let evidence: Vec<Evidence> =
            found.iter().map(|value| Evidence { value: value.clone(), local: None }).collect();
        Ok(Outcome::value(list_of(found, rest, list.origin)).with(evidence))
    }

    fn flatten(&self, list: &Value) -> Evaluated {
        let Some(outer) = list.as_list() else { return Ok(nothing_or_error(list)) };
        let mut items = Vec::new();
        let mut rest = outer.rest.clone();
        for inner in &outer.items {
            match &inner.data {
                Data::Absent | Data::Null => {}
                Data::List(list) => {
                    self.spend(list.items.len())?;
                    items.extend(list.items.iter().cloned());
                    rest = rest.or_else(|| list.rest.clone());
                }
                Data::Unknown(unknown) => rest = rest.or_else(|| Some(unknown.clone())),
                _ => items.push(inner.clone()),
            }
        }
        Ok(Outcome::value(list_of(items, rest, list.origin)))
    }
}

fn list_of(items: Vec<Value>, rest: Option<std::sync::Arc<crate::value::Unknown>>, origin: OriginId) -> Value {
    Value::new(Data::List(List { kind: ListKind::Tuple, items, rest }.into()), origin)
}

fn open_rest(value: &Value) -> std::sync::Arc<crate::value::Unknown> {
    let (why, _) = reason(&[value]);
    crate::value::Unknown { why, symbol: None, shape: crate::value::Shape::Any }.into()
}

/// The unknown itself, else an error that says what was needed.
fn open_or_error(value: &Value, wanted: &str) -> Outcome {
    match &value.data {
        Data::Unknown(_) | Data::Parts(_) => {
            let (why, origin) = reason(&[value]);
            Outcome::unknown(why, origin, Vec::new())
        }
        Data::List(list) if list.rest.is_some() => {
            let (why, origin) = reason(&[value]);
            Outcome::unknown(why, origin, Vec::new())
        }
        _ => Outcome::error(format!("{wanted} is needed, and there is a {}", value.type_name())),
    }
}

/// As [`open_or_error`]; nothing is an empty list.
fn nothing_or_error(value: &Value) -> Outcome {
    if value.is_unset() {
        Outcome::value(Value::list(Vec::new(), value.origin))
    } else {
        open_or_error(value, "a list")
    }
}

/// `known(x)`: whether the value is known at all depths.
fn known(arguments: &[Outcome], evidence: Vec<Evidence>) -> Outcome {
    match arguments.first().map(|argument| &argument.what) {
        Some(What::Value(value)) => match first_open_choice(value) {
            Some(input) => Outcome::new(What::Need(input)),
            None => Outcome::truth(value.is_wholly_known(), evidence),
        },
        Some(What::AtLeast(..)) => Outcome::truth(false, evidence),
        Some(What::Double(_)) => Outcome::truth(true, evidence),
        Some(other) => as_item(other.clone(), OriginId::NONE).map_or_else(Outcome::new, Outcome::value),
        None => Outcome::error("a function is called with nothing"),
    }
}

fn first_open_choice(value: &Value) -> Option<crate::value::InputId> {
    super::first_choice(value)
}

fn text_test(function: Function, text: &Value, other: &Value) -> Result<Truth, Text> {
    Ok(match function {
        Function::StartsWith => texts::starts_with(text, other),
        Function::EndsWith => texts::ends_with(text, other),
        Function::Contains => texts::contains(text, other),
        Function::Glob => match &other.data {
            Data::String(pattern) => super::glob::matches(text, pattern),
            _ => Truth::Unknown,
        },
        _ => match &other.data {
            Data::String(pattern) => texts::matches(text, pattern)
                .ok_or_else(|| Text::from(format!("`{pattern}` is no regular expression")))?,
            _ => Truth::Unknown,
        },
    })
}

fn size(value: &Value) -> Outcome {
    let number = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    match &value.data {
        Data::Absent | Data::Null => Outcome::number(0),
        Data::String(text) => Outcome::number(number(text.chars().count())),
        Data::Parts(_) => {
            let least = known_pieces(value).iter().map(|piece| piece.chars().count()).sum();
            Outcome::new(What::AtLeast(number(least), reason(&[value]).0))
        }
        Data::List(list) => {
            let items = number(list.items.iter().filter(|item| !item.is_absent()).count());
            match &list.rest {
                Some(rest) => Outcome::new(What::AtLeast(items, rest.why.clone())),
                None => Outcome::number(items),
            }
        }
        Data::Map(map) => {
            let entries = number(map.entries.iter().filter(|entry| !entry.value.is_absent()).count());
            match &map.rest {
                Some(rest) => Outcome::new(What::AtLeast(entries, rest.why.clone())),
                None => Outcome::number(entries),
            }
        }
        Data::Unknown(unknown) => Outcome::new(What::AtLeast(0, unknown.why.clone())),
        _ => Outcome::error(format!("a {} has no size", value.type_name())),
    }
}

/// What CEL does with numbers themselves, whole ones and doubles; `None` for everything else.
fn numeric_call(function: Function, arguments: &[Outcome]) -> Option<Outcome> {
    let numbers: Option<Vec<Numeric>> = arguments.iter().map(|argument| Numeric::of(&argument.what)).collect();
    let numbers = numbers?;
    let first = *numbers.first()?;
    match function {
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
        Function::Int => Some(match first {
            Numeric::Whole(number) => Outcome::number(number),
            Numeric::Double(number) if number.abs() < 9.2e18 => Outcome::number(number as i64),
            Numeric::Double(_) => Outcome::error("the number is too large"),
        }),
        Function::Double => Some(Outcome::new(What::Double(first.as_f64()))),
        Function::String => Some(match first {
            Numeric::Whole(number) => Outcome::string(number.to_string()),
            Numeric::Double(number) => Outcome::string(number.to_string()),
        }),
        Function::Min | Function::Max => {
            let wanted = if function == Function::Min { Ordering::Less } else { Ordering::Greater };
            let best =
                numbers.into_iter().reduce(|best, one| if one.order(best) == Some(wanted) { one } else { best })?;
            Some(match best {
                Numeric::Whole(number) => Outcome::number(number),
                Numeric::Double(number) => Outcome::new(What::Double(number)),
            })
        }
        _ => None,
    }
}

fn to_int(value: &Value) -> Outcome {
    match &value.data {
        Data::String(text) => match text.parse::<i64>() {
            Ok(number) => Outcome::number(number),
            Err(_) => Outcome::error(format!("`{text}` is no whole number")),
        },
        _ => open_or_error(value, "a number"),
    }
}

fn to_double(value: &Value) -> Outcome {
    match &value.data {
        Data::String(text) => match text.parse::<f64>() {
            Ok(float) => Outcome::new(What::Double(float)),
            Err(_) => Outcome::error(format!("`{text}` is no number")),
        },
        _ => open_or_error(value, "a number"),
    }
}

/// `min` and `max` of their arguments, or of the one list that they get.
fn least_or_most(function: Function, values: &[Value]) -> Outcome {
    let values: Vec<&Value> = match values {
        [Value { data: Data::List(list), origin, .. }] => {
            if let Some(rest) = &list.rest {
                return Outcome::unknown(rest.why.clone(), *origin, Vec::new());
            }
            list.items.iter().filter(|item| !item.is_absent()).collect()
        }
        many => many.iter().collect(),
    };
    let mut best: Option<&Value> = None;
    for value in values {
        let Some(number) = value.as_number() else { return open_or_error(value, "a number") };
        let better = best
            .and_then(Value::as_number)
            .is_none_or(|before| if function == Function::Min { number < before } else { number > before });
        if better {
            best = Some(value);
        }
    }
    best.map_or_else(
        || Outcome::error("an empty list has no least and no greatest item"),
        |value| Outcome::value(value.clone()),
    )
}

fn sum(list: &Value) -> Outcome {
    if list.is_unset() {
        return Outcome::number(0);
    }
    let Some(items) = list.as_list() else { return open_or_error(list, "a list") };
    let mut total = Number::Integer(0);
    let mut open = items.rest.as_ref().map(|rest| rest.why.clone());
    for item in items.items.iter().filter(|item| !item.is_unset()) {
        match &item.data {
            Data::Number(number) => match total.add(number) {
                Some(sum) => total = sum,
                None => return Outcome::error("the number is too large"),
            },
            Data::Unknown(unknown) => {
                open.get_or_insert_with(|| unknown.why.clone());
            }
            _ => return Outcome::error(format!("a {} is added as a number", item.type_name())),
        }
    }
    match (open, total.as_i64()) {
        (None, _) => Outcome::value(Value::number(total, OriginId::NONE)),
        // Capacities and counts are never negative, so what is known is the least.
        (Some(why), Some(least)) => Outcome::new(What::AtLeast(least, why)),
        (Some(why), None) => Outcome::unknown(why, OriginId::NONE, Vec::new()),
    }
}
