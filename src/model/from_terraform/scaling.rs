//! Application Auto Scaling resources of Terraform.

use crate::value::Value;

use super::super::derive::{both, is_dynamodb, is_set, never, separate};
use super::super::drafts::{Drafts, Satellite, SatelliteKind};
use super::super::read::Reader;
use super::super::schema::{Default, Subject, Type};

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
    let about = is_dynamodb(&policy);
    if never(&about) {
        return;
    }
    policy.exists = both(&policy.exists, &about);
    let here = reader.header_origin(policy.header);
    reader.name(&mut policy, "name");
    separate(&mut policy, here);
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    // The provider's default is a type that DynamoDB does not take.
    let default = Some(Default::String("StepScaling"));
    let mut kind = reader.find(attributes, header, "policy_type", &Type::String, default);
    if reader.raw("policy_type").is_unset() {
        kind.origin = reader.missing(header, "policy_type = \"TargetTrackingScaling\"");
    }
    policy.set("policy_type", kind);
    policy.set("target_tracking", is_set(&reader.raw("target_tracking_scaling_policy_configuration")));
    let own = reader.raw("target_tracking_scaling_policy_configuration.customized_metric_specification");
    policy.set("customized_metric", is_set(&own));
    drafts.add(policy);
}

pub(super) fn scheduled_action(reader: &Reader<'_>, drafts: &mut Drafts) {
    let of = reader.raw("resource_id");
    drafts.satellites.push(Satellite {
        kind: SatelliteKind::ScheduledAction,
        resource: reader.position,
        of,
        exists: reader.resource.exists.clone(),
    });
}
