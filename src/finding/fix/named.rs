//! Who calls a resource by its name. A name that goes is followed by references, and not by what spells it out.

use crate::resource::Resource;
use crate::value::{Data, Part, Step, Symbol, Value};

use super::Case;

/// How deep values are looked into.
const MAX_DEPTH: usize = 48;

impl Case<'_, '_> {
    /// Whether the value is the entity's name and another resource of the project spells it out.
    pub(super) fn is_spelt_elsewhere(&self, value: &Value) -> bool {
        let Some(own) = self.entity.fields.get("name").and_then(|name| self.settled(name)) else { return false };
        let Some(value) = self.settled(value) else { return false };
        let Some(name) = spelt(&value).filter(|_| own.origin == value.origin) else { return false };
        let (Some(piece), Some(resource)) = (known_piece(&value), self.resource(self.entity)) else { return false };
        let others = self.mender.project.resources.iter().filter(|other| other.address != resource.address);
        others.into_iter().any(|other| self.spells(resource, &other.attributes, (&name, piece), 0))
    }

    fn spells(&self, named: &Resource, value: &Value, (name, piece): (&str, &str), depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return true;
        }
        match &value.data {
            Data::String(_) | Data::Parts(_) => {
                spelt(value).is_some_and(|text| holds(&text, name)) && self.is_literal(named, value, piece)
            }
            Data::List(list) => list.items.iter().any(|item| self.spells(named, item, (name, piece), depth + 1)),
            Data::Map(map) => {
                map.entries.iter().any(|entry| self.spells(named, &entry.value, (name, piece), depth + 1))
            }
            Data::Choice(choice) => choice.cases.iter().any(|case| self.spells(named, case, (name, piece), depth + 1)),
            _ => false,
        }
    }

    /// Whether the name itself, or that piece of it, is written on the value's way, and not a reference to the resource.
    fn is_literal(&self, named: &Resource, value: &Value, piece: &str) -> bool {
        let refers =
            |step: &Step| matches!(step, Step::Resource { address, .. } if address.as_str() == named.address.as_str());
        let trail = self.mender.project.origins.trail(value.origin);
        let within = |origin| self.mender.project.origins.trail(origin).iter().any(|hop| refers(&hop.step));
        let part = |part: &Part| match part {
            Part::Known(_, origin) | Part::Open(_, origin) => within(*origin),
        };
        !trail.iter().any(|hop| refers(&hop.step))
            && !matches!(&value.data, Data::Parts(parts) if parts.iter().any(part))
            && trail.iter().any(|hop| {
                let file = self.mender.sources.get(hop.span.file);
                file.is_some_and(|file| holds(file.slice(hop.span), piece))
            })
    }
}

/// The longest known piece of a text.
fn known_piece(value: &Value) -> Option<&str> {
    match &value.data {
        Data::String(text) => Some(text.as_str()),
        Data::Parts(parts) => parts
            .iter()
            .filter_map(|part| if let Part::Known(text, _) = part { Some(text.as_str()) } else { None })
            .max_by_key(|text| text.len()),
        _ => None,
    }
}

/// A text with what stands for its open parts; nothing for one of which nothing is known.
fn spelt(value: &Value) -> Option<String> {
    match &value.data {
        Data::String(text) => Some(text.to_string()),
        Data::Parts(parts) => {
            let known = |part: &Part| matches!(part, Part::Known(text, _) if text.chars().any(char::is_alphanumeric));
            let mut out = String::new();
            for part in parts.iter() {
                match part {
                    Part::Known(text, _) => out.push_str(text),
                    Part::Open(unknown, _) => match unknown.symbol.as_ref()? {
                        Symbol::Resource { address, attribute } => out.extend(["${", address, ".", attribute, "}"]),
                        Symbol::Expression(text) => out.extend(["${", text, "}"]),
                    },
                }
            }
            parts.iter().any(known).then_some(out)
        }
        _ => None,
    }
}

/// Whether a text holds a name and not only a longer one.
fn holds(text: &str, name: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(part) && !after.is_some_and(part)
        })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_longer_name_is_another_one() {
        assert!(holds("arn:aws:dynamodb:eu-west-1:1:table/orders/index/x", "orders"));
        assert!(holds("orders", "orders"));
        assert!(!holds("table/orders-archive", "orders"));
        assert!(!holds("table/old.orders", "orders"));
    }
}
