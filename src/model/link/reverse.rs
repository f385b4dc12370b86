//! From links in one direction to lists in the other.

use std::sync::Arc;

use crate::value::{Data, EntityId, Unknown, Value};

use super::super::derive::{each, each_pair};
use super::super::drafts::Drafts;

/// One end of links: the entity that holds the link.
pub(super) struct Source {
    pub id: EntityId,
    pub link: Value,
    pub exists: Value,
}

/// Adds to a list field of each owner the sources that lead to it, each in the cases in which it does. A source whose
/// link is unknown in some case leaves the lists of all owners open.
pub(super) fn reverse(drafts: &mut Drafts, owners: &[EntityId], sources: &[Source], path: &str) {
    let mut open: Option<Arc<Unknown>> = None;
    for owner in owners {
        if let Some(draft) = drafts.get_mut(*owner)
            && draft.get(path).is_none()
        {
            let here = draft.get("address").map_or(crate::value::OriginId::NONE, |address| address.origin);
            draft.set(path, Value::list(Vec::new(), here));
        }
    }
    for source in sources {
        let mut ends = Vec::new();
        // Where the source is not there, nothing is asked of what its link would be.
        let link = each_pair(&source.link, &source.exists, &mut |link, exists| match exists.data {
            Data::Bool(false) => Value::absent(link.origin),
            _ => link.clone(),
        });
        leaves(&link, &mut ends, &mut open);
        for end in ends {
            let leads = each_pair(&source.link, &source.exists, &mut |link, exists| {
                if link.as_entity() == Some(end) { exists.clone() } else { Value::fact(false, link.origin) }
            });
            let item = each(&source.link, &mut |link| Value::entity(source.id, link.origin));
            if let Some(draft) = drafts.get_mut(end) {
                draft.push_if(path, &leads, &item);
            }
        }
    }
    if let Some(open) = open {
        for owner in owners {
            if let Some(draft) = drafts.get_mut(*owner) {
                draft.open(path, &open);
            }
        }
    }
}

fn leaves(link: &Value, ends: &mut Vec<EntityId>, open: &mut Option<Arc<Unknown>>) {
    match &link.data {
        Data::Entity(id) if !ends.contains(id) => ends.push(*id),
        Data::Choice(choice) => choice.cases.iter().for_each(|case| leaves(case, ends, open)),
        Data::List(list) => {
            list.items.iter().for_each(|item| leaves(item, ends, open));
            if let Some(rest) = &list.rest {
                open.get_or_insert_with(|| rest.clone());
            }
        }
        Data::Unknown(unknown) => {
            open.get_or_insert_with(|| unknown.clone());
        }
        _ => {}
    }
}
