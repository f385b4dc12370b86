//! Routing controls with their panels, safety rules and health checks.

use crate::value::{Data, EntityId, Truth, Value, equal};

use super::super::client::list;
use super::super::derive::{both, each_pair, either, spread};
use super::super::drafts::{Drafts, link as link_to};
use super::super::read::Context;
use super::super::routing::{assertion, followed_control};
use super::super::schema::Subject;
use super::table::leads_to;
use super::targets::{Elsewhere, Targets, address_of};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    let controls = Targets::new(context, drafts, Subject::RoutingControl);
    let ids = controls.ids();
    if ids.is_empty() {
        return;
    }
    // What keeps a control of a group on, and what follows its state: in which cases, and which controls.
    let (mut safe, mut checked) = (Vec::new(), Vec::new());
    let resolve = |reference: &Value| controls.resolve(reference, Elsewhere::Absent);
    for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, resource)| resource.managed) {
        let Some(reader) = context.reader(position) else { continue };
        match resource.kind.as_str() {
            "AWS::Route53RecoveryControl::SafetyRule" | "aws_route53recoverycontrolconfig_safety_rule" => {
                let rule = assertion(&reader);
                let (references, rest) = spread(&rule.controls);
                safe.extend(references.iter().map(|reference| (rule.keeps_one.clone(), resolve(reference))));
                if let Some(rest) = rest {
                    safe.push((rule.keeps_one, Value::new(Data::Unknown(rest), rule.controls.origin)));
                }
            }
            "AWS::Route53::HealthCheck" | "aws_route53_health_check" => {
                checked.push((resource.exists.clone(), resolve(&followed_control(&reader))));
            }
            _ => {}
        }
    }
    for id in &ids {
        let Some(draft) = drafts.get(*id) else { continue };
        let here = draft.value("address").origin;
        let holds = |sources: &[(Value, Value)]| {
            sources
                .iter()
                .fold(Value::fact(false, here), |found, (on, link)| either(&found, &both(on, &leads_to(link, *id))))
        };
        let (is_safe, is_checked) = (holds(&safe), holds(&checked));
        let siblings = siblings(context, drafts, &ids, *id);
        let Some(draft) = drafts.get_mut(*id) else { continue };
        draft.set("safe", is_safe);
        draft.set("health_checked", is_checked);
        draft.set("panel_controls", siblings);
    }
}

/// The controls in the same panel, the control itself among them.
fn siblings(context: &Context<'_>, drafts: &Drafts, ids: &[EntityId], of: EntityId) -> Value {
    let panel_of = |id: EntityId| drafts.get(id).map(|draft| draft.reference("panel"));
    let (Some(panel), Some(here)) = (panel_of(of), drafts.get(of).map(|draft| draft.value("address").origin)) else {
        return Value::list(Vec::new(), crate::value::OriginId::NONE);
    };
    let (mut items, mut open) = (Vec::new(), None);
    for id in ids {
        let (Some(other), Some(draft)) = (panel_of(*id), drafts.get(*id)) else { continue };
        let together = if *id == of { Value::fact(true, here) } else { same_panel(context, &panel, &other) };
        let there = both(&together, &draft.exists);
        if there.is_unknown() {
            open = Some(there);
        } else {
            items.push(link_to(*id, &there));
        }
    }
    list(items, open, here)
}

fn same_panel(context: &Context<'_>, a: &Value, b: &Value) -> Value {
    if let (Some(a_address), Some(b_address)) = (address_of(context, a), address_of(context, b)) {
        return Value::fact(a_address == b_address, a.origin);
    }
    each_pair(a, b, &mut |a, b| match equal(a, b) {
        Truth::True => Value::fact(true, a.origin),
        Truth::False => Value::fact(false, a.origin),
        Truth::Unknown => Value::unknown("the control panels may be the same", a.origin),
    })
}
