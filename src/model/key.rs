//! KMS keys with their policies, in every language.

use crate::value::Value;

use super::derive::{is_set, statements};
use super::drafts::{Drafts, Satellite, SatelliteKind};
use super::read::Reader;
use super::schema::Subject;

pub(super) fn key(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut key = reader.draft(Subject::Key);
    let here = reader.header_origin(key.header);
    key.set("name", Value::string(reader.resource.name.clone(), here));
    let replica =
        matches!(reader.kind(), "AWS::KMS::ReplicaKey" | "aws_kms_replica_key" | "aws_kms_replica_external_key");
    key.set("replica_key", Value::fact(replica, here));
    if matches!(reader.kind(), "aws_kms_external_key" | "aws_kms_replica_external_key") {
        key.set("origin", Value::string("EXTERNAL", here));
    }
    if reader.is_terraform() && reader.kind() == "aws_kms_key" {
        let store = is_set(&reader.raw("custom_key_store_id"));
        if store.as_bool() == Some(true) {
            key.set("origin", Value::string("AWS_CLOUDHSM", store.origin));
        }
    }
    key.set("statements", statements(reader.context, &key.value("policy")));
    drafts.add(key);
}

pub(super) fn alias(reader: &Reader<'_>, drafts: &mut Drafts) {
    let of = if reader.is_terraform() { reader.raw("target_key_id") } else { reader.raw("TargetKeyId") };
    satellite(reader, drafts, SatelliteKind::KeyAlias, of);
}

pub(super) fn policy(reader: &Reader<'_>, drafts: &mut Drafts) {
    satellite(reader, drafts, SatelliteKind::KeyPolicy, reader.raw("key_id"));
}

fn satellite(reader: &Reader<'_>, drafts: &mut Drafts, kind: SatelliteKind, of: Value) {
    drafts.satellites.push(Satellite { kind, resource: reader.position, of, exists: reader.resource.exists.clone() });
}
