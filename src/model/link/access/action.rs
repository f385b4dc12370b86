//! Whether the actions of a statement touch DynamoDB or DAX.

use crate::value::{Data, Value, text};

use super::super::super::derive::spread;
use super::pattern::matches;

/// Whether a statement is about DynamoDB or DAX, as far as its known actions and resources say.
pub(super) fn touches(statement: &Value) -> bool {
    if let Data::Choice(choice) = &statement.data {
        return choice.cases.iter().any(touches);
    }
    let list = |name: &str| statement.get(name).map(spread).unwrap_or_default();
    let (actions, open) = list("actions");
    if actions.iter().any(action_touches) {
        return true;
    }
    let (not_actions, _) = list("not_actions");
    if !not_actions.is_empty() {
        return !["dynamodb", "dax"].iter().all(|service| {
            not_actions.iter().any(|action| {
                action.as_str().is_some_and(|action| matches(&action.to_ascii_lowercase(), &format!("{service}:x")))
            })
        });
    }
    // Actions that are not known count where the resources are tables or clusters.
    let unknown = open.is_some() || actions.iter().any(|action| matches!(action.data, Data::Unknown(_)));
    unknown && list("resources").0.iter().any(about_tables)
}

fn action_touches(action: &Value) -> bool {
    match &action.data {
        Data::Choice(choice) => choice.cases.iter().any(action_touches),
        Data::String(action) => {
            let service = action.split(':').next().unwrap_or_default();
            if !service.contains(['*', '?']) {
                return ["dynamodb", "dax"].iter().any(|known| service.eq_ignore_ascii_case(known));
            }
            let service = service.to_ascii_lowercase();
            ["dynamodb", "dax"].iter().any(|known| matches(&service, known))
        }
        Data::Parts(_) => {
            let begin = text::known_prefix(action).to_ascii_lowercase();
            begin.starts_with("dynamodb:") || begin.starts_with("dax:")
        }
        _ => false,
    }
}

fn about_tables(resource: &Value) -> bool {
    text::known_pieces(resource).iter().any(|piece| piece.contains(":dynamodb:") || piece.contains(":dax:"))
        || super::symbol_address(resource).is_some_and(|address| address.contains("aws_dynamodb_table"))
}
