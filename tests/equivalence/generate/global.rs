//! Global tables.

use super::{BOOLS, Generator, Pair, ints, texts};
use crate::project::{Setting, put, text};

/// The Region that everything is deployed to.
const HOME: &str = "eu-west-1";

impl Generator<'_> {
    /// A table with replicas. What CloudFormation says of the home Region's replica Terraform says of the table.
    pub(super) fn global_table(&mut self) {
        self.project.global = true;
        let mut pair = Pair::new("AWS::DynamoDB::GlobalTable", "aws_dynamodb_table");
        pair.put("TableName", "name", &text("orders"));
        pair.put("BillingMode", "billing_mode", &text("PAY_PER_REQUEST"));
        let definition = Setting::Map(vec![("AttributeName".into(), text("id")), ("AttributeType".into(), text("S"))]);
        let key = Setting::Map(vec![("AttributeName".into(), text("id")), ("KeyType".into(), text("HASH"))]);
        pair.cloudformation.put("AttributeDefinitions", Setting::List(vec![definition]));
        pair.cloudformation.put("KeySchema", Setting::List(vec![key]));
        let attribute = Setting::Block(vec![("name".into(), text("id")), ("type".into(), text("S"))]);
        pair.terraform.put("attribute", Setting::Blocks(vec![attribute]));
        pair.terraform.put("hash_key", text("id"));
        if self.entropy.below(3) > 0 {
            let view = self.required(&texts(&["NEW_AND_OLD_IMAGES", "KEYS_ONLY"]));
            pair.terraform.put("stream_enabled", Setting::Bool(true));
            pair.put("StreamSpecification.StreamViewType", "stream_view_type", &view);
        }
        if self.entropy.once_in(4) {
            let on = self.required(BOOLS);
            pair.put("TimeToLiveSpecification.Enabled", "ttl.enabled", &on);
            pair.put("TimeToLiveSpecification.AttributeName", "ttl.attribute_name", &text("expires"));
        }
        let strong = self.entropy.once_in(3);
        if strong {
            pair.cloudformation.put("MultiRegionConsistency", text("STRONG"));
        }
        let regions = self.entropy.one_of(&[
            &["eu-central-1"][..],
            &["eu-central-1", "eu-west-2"],
            &["us-east-1"],
            &["eu-west-2", "us-west-2"],
            &["eu-west-2", "eu-west-2"],
        ]);
        if self.entropy.once_in(6) {
            let witness = Setting::Block(vec![("Region".into(), text("eu-west-3"))]);
            pair.cloudformation.put("GlobalTableWitnesses", Setting::List(vec![witness]));
            pair.terraform.put("global_table_witness.region_name", text("eu-west-3"));
        }
        let encrypted = self.entropy.once_in(3);
        if encrypted {
            pair.cloudformation.put("SSESpecification.SSEEnabled", Setting::Bool(true));
            pair.cloudformation.put("SSESpecification.SSEType", text("KMS"));
            pair.terraform.put("server_side_encryption.enabled", Setting::Bool(true));
        }
        let class = self.setting(&texts(&["STANDARD", "STANDARD_INFREQUENT_ACCESS"]));
        let tags = self.tags();
        let (mut listed, mut written) = (Vec::new(), Vec::new());
        for region in std::iter::once(&HOME).chain(regions) {
            let home = *region == HOME;
            let (mut cloudformation, mut terraform) = (Vec::new(), Vec::new());
            put(&mut cloudformation, "Region", text(region));
            put(&mut terraform, "region_name", text(region));
            let ways = if home {
                ["point_in_time_recovery.enabled", "deletion_protection_enabled", "server_side_encryption.kms_key_arn"]
            } else {
                ["point_in_time_recovery", "deletion_protection_enabled", "kms_key_arn"]
            };
            let into = if home { &mut pair.terraform.attributes } else { &mut terraform };
            if self.entropy.once_in(2) {
                let on = self.required(BOOLS);
                put(&mut cloudformation, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", on.clone());
                put(into, ways[0], on);
                if home && let Some(days) = self.setting(&ints(&[7, 35])) {
                    put(&mut cloudformation, "PointInTimeRecoverySpecification.RecoveryPeriodInDays", days.clone());
                    put(into, "point_in_time_recovery.recovery_period_in_days", days);
                }
            }
            if let Some(on) = self.setting(BOOLS) {
                put(&mut cloudformation, "DeletionProtectionEnabled", on.clone());
                put(into, ways[1], on);
            }
            if encrypted && self.entropy.once_in(2) {
                let key = text(&format!("arn:aws:kms:{region}:111122223333:key/8aa8a5b9-4f5e-4a8b-9a0c-2d3a4b5c6d7e"));
                put(&mut cloudformation, "SSESpecification.KMSMasterKeyId", key.clone());
                put(into, ways[2], key);
            }
            if let Some(class) = &class {
                put(&mut cloudformation, "TableClass", class.clone());
            }
            if let Some((list, _)) = &tags {
                put(&mut cloudformation, "Tags", list.clone());
            }
            if !home {
                put(&mut terraform, "propagate_tags", Setting::Bool(true));
                if strong {
                    put(&mut terraform, "consistency_mode", text("STRONG"));
                }
                written.push(Setting::Block(terraform));
            }
            listed.push(Setting::Block(cloudformation));
        }
        if let Some(class) = class {
            pair.terraform.put("table_class", class);
        }
        if let Some((_, map)) = tags {
            pair.terraform.put("tags", map);
        }
        pair.cloudformation.put("Replicas", Setting::List(listed));
        pair.terraform.put("replica", Setting::Blocks(written));
        self.add("Orders", None, pair);
    }
}
