//! What something in the project refers to: streams by their ARN, clusters by their endpoint or ARN.

use crate::value::Value;

use super::super::derive::{both, each, either, known_text};
use super::super::drafts::Drafts;
use super::super::schema::Subject;
use super::ids_of;
use super::targets::Targets;
use super::uses::Uses;

pub(super) fn link(drafts: &mut Drafts, tables: &Targets<'_>, uses: &Uses<'_>) {
    for id in tables.ids() {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let enabled = draft.value("stream.enabled");
        if enabled.as_bool() == Some(false) {
            continue;
        }
        let about_stream = |attribute: &str| attribute.is_empty() || attribute.to_ascii_lowercase().contains("stream");
        let here = enabled.origin;
        let by_attribute = uses.of_attribute(&draft.resource_address, draft.resource, about_stream, here);
        let name = draft.reference("written_name");
        let by_text = known_text(&name).is_some_and(|name| uses.of_stream_arn(name));
        let referenced = either(&by_attribute, &Value::fact(by_text, here));
        let on = each(&enabled, &mut |enabled| Value::fact(enabled.as_bool() != Some(false), enabled.origin));
        let referenced = both(&on, &referenced);
        draft.set("stream.referenced", referenced);
    }
    for id in ids_of(drafts, Subject::DaxCluster) {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let way_in = |attribute: &str| {
            let attribute = attribute.to_ascii_lowercase();
            attribute.is_empty()
                || attribute == "arn"
                || ["endpoint", "address", "nodes"].iter().any(|part| attribute.contains(part))
        };
        let here = draft.value("address").origin;
        let referenced = uses.of_attribute(&draft.resource_address, draft.resource, way_in, here);
        draft.set("referenced", referenced);
    }
}
