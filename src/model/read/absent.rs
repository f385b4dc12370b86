//! What to say of an attribute that nobody wrote: its default, and the text that would change it.

use crate::value::{OriginId, Value};

use super::super::schema::{Default, Type};

/// The value of a default; absent where there is none.
pub(super) fn default_value(default: Option<Default>, origin: OriginId) -> Value {
    match default {
        None => Value::absent(origin),
        Some(Default::Bool(value)) => Value::bool(value, origin),
        Some(Default::Integer(value)) => Value::integer(value, origin),
        Some(Default::String(value)) => Value::string(value, origin),
        Some(Default::EmptyList) => Value::list(Vec::new(), origin),
        Some(Default::EmptyMap) => Value::map(Vec::new(), origin),
    }
}

/// What one would write to set the attribute at a dotted way: a switch that is off is shown switched on, anything
/// else with its default, and with `...` where there is none.
pub(super) fn what_to_write(way: &str, ty: &Type, default: Option<Default>, terraform: bool) -> String {
    let value = match (ty, default) {
        (Type::Bool, _) => "true".to_owned(),
        // No limit is nothing that one would write.
        (_, Some(Default::Integer(number))) if number >= 0 => number.to_string(),
        (_, Some(Default::String(text))) => quoted(text, terraform),
        (Type::Enum(values), None) => quoted(values.first().copied().unwrap_or("..."), terraform),
        (Type::List(Type::Object(_)), _) if terraform => return format!("{} {{ ... }}", way.replace('.', " { ")),
        (Type::List(_), _) => "[...]".to_owned(),
        (Type::Map(_), _) if terraform => "{ ... }".to_owned(),
        (Type::Map(_), _) if way.ends_with("Tags") => "[{ Key: ..., Value: ... }]".to_owned(),
        _ => "...".to_owned(),
    };
    let mut steps: Vec<&str> = way.split('.').collect();
    let last = steps.pop().unwrap_or_default();
    let mut text = if terraform { format!("{last} = {value}") } else { format!("{last}: {value}") };
    for step in steps.iter().rev() {
        text = if terraform { format!("{step} {{ {text} }}") } else { format!("{step}: {{ {text} }}") };
    }
    text
}

fn quoted(text: &str, terraform: bool) -> String {
    if terraform { format!("\"{text}\"") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_would_write_is_never_what_stands_for_no_limit() {
        let write = |default| what_to_write("Settings.MaximumRetryAttempts", &Type::Integer, default, false);
        assert_eq!(write(Some(Default::Integer(-1))), "Settings: { MaximumRetryAttempts: ... }");
        assert_eq!(write(Some(Default::Integer(5))), "Settings: { MaximumRetryAttempts: 5 }");
        assert_eq!(write(None), "Settings: { MaximumRetryAttempts: ... }");
    }
}
