//! Backup plans and selections of AWS Backup, in every language.

use crate::value::Value;

use super::drafts::{Drafts, Satellite, SatelliteKind};
use super::read::Reader;
use super::schema::Subject;

pub(super) fn plan(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut plan = reader.draft(Subject::BackupPlan);
    let name = plan.value("name");
    if let Some(name) = name.as_str() {
        plan.name = name.into();
    }
    if name.is_unset() {
        plan.set("name", Value::string(reader.resource.name.clone(), name.origin));
    }
    drafts.add(plan);
}

pub(super) fn selection(reader: &Reader<'_>, drafts: &mut Drafts, plan: &str) {
    drafts.satellites.push(Satellite {
        kind: SatelliteKind::BackupSelection,
        resource: reader.position,
        of: reader.raw(plan),
        exists: reader.resource.exists.clone(),
    });
}
