//! Values as texts, the way that CloudFormation makes them: `true` is "true" and 5 is "5".

use std::sync::Arc;

use crate::value::{Data, OriginId, Part, Shape, Symbol, Text, Unknown, Value, join_parts};

/// The text of a known scalar.
#[must_use]
pub fn of_scalar(value: &Value) -> Option<Text> {
    match &value.data {
        Data::String(text) => Some(text.clone()),
        Data::Bool(true) => Some(Text::new_static("true")),
        Data::Bool(false) => Some(Text::new_static("false")),
        Data::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

/// The items of a known list of texts, joined with commas as a parameter's value has them.
#[must_use]
pub fn joined(value: &Value) -> Option<String> {
    let list = value.as_list()?;
    let items: Option<Vec<Text>> = list.items.iter().map(of_scalar).collect();
    Some(items?.join(","))
}

/// The pieces of what stands for a text; `None` for lists, maps and nothing.
#[must_use]
pub fn pieces(value: &Value) -> Option<Vec<Part>> {
    match &value.data {
        Data::Parts(parts) => Some(parts.to_vec()),
        Data::Unknown(unknown) => Some(vec![Part::Open(Arc::clone(unknown), value.origin)]),
        _ => of_scalar(value).map(|text| vec![Part::Known(text, value.origin)]),
    }
}

/// How much room the pieces of a text take, in bytes.
#[must_use]
pub fn length(parts: &[Part]) -> usize {
    parts
        .iter()
        .map(|part| match part {
            Part::Known(text, _) => text.len() + 1,
            Part::Open(..) => 32,
        })
        .sum()
}

/// The canonical text of what a value is, equal for equal expressions; `None` where it has no identity.
#[must_use]
pub fn identity(value: &Value) -> Option<String> {
    match &value.data {
        Data::Unknown(unknown) => unknown_identity(unknown),
        Data::Parts(parts) => {
            let mut text = String::from("\"");
            for part in parts.iter() {
                match part {
                    Part::Known(known, _) => text.push_str(known),
                    Part::Open(unknown, _) => {
                        text.push_str("${");
                        text.push_str(&unknown_identity(unknown)?);
                        text.push('}');
                    }
                }
            }
            text.push('"');
            Some(text)
        }
        Data::List(list) if list.rest.is_none() && list.items.len() <= 16 => {
            let items: Option<Vec<String>> = list.items.iter().map(identity).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Data::Absent => Some("nothing".to_owned()),
        _ => of_scalar(value).map(|text| format!("{text:?}")),
    }
}

fn unknown_identity(unknown: &Unknown) -> Option<String> {
    Some(match unknown.symbol.as_ref()? {
        Symbol::Expression(text) => text.to_string(),
        Symbol::Resource { address, attribute } => format!("{address}.{attribute}"),
    })
}

/// What a function gives for arguments that are not known: an unknown that is equal to the same function of the same
/// arguments, with the reason of the first unknown argument.
#[must_use]
pub fn derived(function: &str, arguments: &[&Value], shape: Shape, origin: OriginId) -> Value {
    let why = arguments.iter().find_map(|value| reason(value)).unwrap_or_else(|| "its arguments are not known".into());
    let identities: Option<Vec<String>> = arguments.iter().map(|value| identity(value)).collect();
    match identities {
        Some(identities) if identities.iter().map(String::len).sum::<usize>() < 4096 => {
            let text = format!("{function}({})", identities.join(", "));
            Value::symbol(why, Symbol::Expression(text.into()), shape, origin)
        }
        _ => Value::new(Data::Unknown(Arc::new(Unknown { why, symbol: None, shape })), origin),
    }
}

/// Why a value is not wholly known.
#[must_use]
pub fn reason(value: &Value) -> Option<Text> {
    match &value.data {
        Data::Unknown(unknown) => Some(unknown.why.clone()),
        Data::Parts(parts) => parts.iter().find_map(|part| match part {
            Part::Open(unknown, _) => Some(unknown.why.clone()),
            Part::Known(..) => None,
        }),
        Data::List(list) => {
            list.items.iter().find_map(reason).or_else(|| list.rest.as_ref().map(|rest| rest.why.clone()))
        }
        Data::Choice(choice) => choice.cases.iter().find_map(reason),
        _ => None,
    }
}

/// A text in which dynamic references (`{{resolve:ssm:/path}}`) and what another template engine puts in (`{{ name }}`)
/// may stand; those are open pieces.
#[must_use]
pub fn with_dynamic_references(text: &str, origin: OriginId) -> Value {
    if !text.contains(BRACES) {
        return Value::string(text, origin);
    }
    let mut parts = Vec::new();
    cut(text, origin, &mut parts);
    match parts.as_slice() {
        [Part::Open(unknown, _)] => Value::new(Data::Unknown(Arc::clone(unknown)), origin),
        _ => join_parts(parts, origin),
    }
}

/// Cuts a text at its double braces.
pub fn cut(text: &str, origin: OriginId, parts: &mut Vec<Part>) {
    let mut rest = text;
    let mut search = 0;
    while let Some(at) = rest.get(search..).and_then(|rest| rest.find(BRACES)).map(|at| at + search) {
        let (before, inside) = rest.split_at(at);
        let Some(end) = inside.find("}}") else { break };
        let (inside, after) = inside.split_at(end + 2);
        let Some(unknown) = open(inside) else {
            search = at + BRACES.len();
            continue;
        };
        if !before.is_empty() {
            parts.push(Part::Known(before.into(), origin));
        }
        parts.push(Part::Open(Arc::new(unknown), origin));
        (rest, search) = (after, 0);
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(Part::Known(rest.into(), origin));
    }
}

/// How a dynamic reference begins.
pub const RESOLVE: &str = "{{resolve:";

/// How it and the expressions of template engines begin.
pub const BRACES: &str = "{{";

/// What stands for a text in double braces; `None` where the braces are just braces.
#[must_use]
pub fn open(text: &str) -> Option<Unknown> {
    let why = if text.starts_with(RESOLVE) {
        format!("`{text}` is read when the stack is deployed")
    } else {
        let inner = text.strip_prefix(BRACES)?.strip_suffix("}}")?.trim_start_matches('-').trim();
        let is_expression = inner.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '.' | '$'));
        if !is_expression || inner.contains(['\n', '{']) {
            return None;
        }
        format!("`{text}` is put in by another template engine; render the file first")
    };
    Some(Unknown { why: why.into(), symbol: Some(Symbol::Expression(text.into())), shape: Shape::String })
}
