//! DAX clusters with their subnet and parameter groups, security groups and roles; subnet groups with their subnets.

use crate::value::{Data, Value};

use super::super::derive::each;
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::super::schema::Subject;
use super::ids_of;
use super::network::linked_list;
use super::targets::{Elsewhere, Targets};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    let clusters = ids_of(drafts, Subject::DaxCluster);
    let subnet_groups = ids_of(drafts, Subject::DaxSubnetGroup);
    if clusters.is_empty() && subnet_groups.is_empty() {
        return;
    }
    let subnets = Targets::new(context, drafts, Subject::Subnet);
    for id in subnet_groups {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let list = linked_list(&subnets, &draft.value("subnet_ids"));
        draft.set("subnets", list);
    }
    let groups = Targets::new(context, drafts, Subject::DaxSubnetGroup);
    let parameters = Targets::new(context, drafts, Subject::DaxParameterGroup);
    let security = Targets::new(context, drafts, Subject::SecurityGroup);
    let roles = Targets::new(context, drafts, Subject::Role);
    for id in clusters {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let subnet_group = groups.resolve(&draft.value("subnet_group_name"), Elsewhere::Unknown);
        let parameter_group = each(&draft.value("parameter_group_name"), &mut |name| match &name.data {
            // The groups that AWS makes have the defaults of the service.
            Data::String(text) if text.starts_with("default.dax") => Value::absent(name.origin),
            _ => parameters.resolve(name, Elsewhere::Unknown),
        });
        let security_groups = linked_list(&security, &draft.value("security_group_ids"));
        let role = roles.resolve(&draft.value("role_arn"), Elsewhere::Unknown);
        draft.set("subnet_group", subnet_group);
        draft.set("parameter_group", parameter_group);
        draft.set("security_groups", security_groups);
        draft.set("role", role);
    }
}
