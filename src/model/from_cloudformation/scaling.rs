//! Application Auto Scaling resources of CloudFormation.

use super::super::derive::{both, is_dynamodb, is_set, never, separate};
use super::super::drafts::Drafts;
use super::super::read::Reader;
use super::super::schema::Subject;
use crate::value::Value;

pub(super) fn target(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut target = reader.draft(Subject::ScalingTarget);
    let about = is_dynamodb(&target);
    if never(&about) {
        return;
    }
    target.exists = both(&target.exists, &about);
    let here = reader.header_origin(target.header);
    target.set("name", Value::string(reader.resource.name.clone(), here));
    separate(&mut target, here);
    drafts.add(target);
}

pub(super) fn policy(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut policy = reader.draft(Subject::ScalingPolicy);
    let here = reader.header_origin(policy.header);
    let target = reader.raw("ScalingTargetId");
    // A policy that names its target has neither resource id nor dimension; the linker looks at the target's.
    let about = is_dynamodb(&policy);
    if target.is_unset() {
        if never(&about) {
            return;
        }
        policy.exists = both(&policy.exists, &about);
    }
    reader.name(&mut policy, "name");
    separate(&mut policy, here);
    policy.set("target_tracking", is_set(&reader.raw("TargetTrackingScalingPolicyConfiguration")));
    let own = reader.raw("TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification");
    policy.set("customized_metric", is_set(&own));
    policy.refer("target", target);
    drafts.add(policy);
}
