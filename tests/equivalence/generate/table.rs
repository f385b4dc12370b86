//! Tables with their indexes and groups.

use super::{BOOLS, Generator, Pair, ints, of, texts};
use crate::project::{Case, Form, Setting, put, text};

const LABELS: &[&str] = &["Orders", "Sessions"];
const ATTRIBUTES: &[&str] = &["id", "sk", "status", "expires", "email"];

impl Generator<'_> {
    /// One table with what belongs to it.
    pub(super) fn table(&mut self, number: usize) {
        if self.entropy.once_in(6) {
            return self.simple_table(number);
        }
        let label = LABELS[number];
        let mut pair = Pair::new("AWS::DynamoDB::Table", "aws_dynamodb_table");
        let exists = if self.entropy.once_in(10) { Some(self.case()) } else { None };
        let names =
            [&["orders", "orders-dev", "audit-archive", "a!"][..], &["user-sessions", "logs-archive", "events"]];
        let name = self.required(&texts(names[number]));
        pair.put("TableName", "name", &name);
        self.both(&mut pair, "BillingMode", "billing_mode", &texts(&["PAY_PER_REQUEST", "PROVISIONED", "ON_DEMAND"]));
        let capacities = ints(&[5, 0, 100, 4000, 50_000]);
        self.both(&mut pair, "ProvisionedThroughput.ReadCapacityUnits", "read_capacity", &capacities);
        self.both(&mut pair, "ProvisionedThroughput.WriteCapacityUnits", "write_capacity", &capacities);
        self.limits(&mut pair);
        self.keys(&mut pair);
        let indexes = self.entropy.below(4);
        let insights = self.indexes(&mut pair, indexes);
        self.groups(&mut pair, label);
        self.satellites(&mut pair, label, exists.as_ref(), &insights);
        self.add(label, exists.clone(), pair);
        if exists.is_none() && self.entropy.once_in(2) {
            self.scaling(label, &insights.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        }
    }

    /// A table with more indexes than the service has room for.
    pub(super) fn crowded_table(&mut self) {
        let mut pair = Pair::new("AWS::DynamoDB::Table", "aws_dynamodb_table");
        pair.put("TableName", "name", &text("orders"));
        pair.put("BillingMode", "billing_mode", &text("PAY_PER_REQUEST"));
        let attributes = ["id", "sk", "email"];
        let defined = |name: &&str| vec![("AttributeName".to_owned(), text(name)), ("AttributeType".into(), text("S"))];
        let blocks = |name: &&str| Setting::Block(vec![("name".into(), text(name)), ("type".into(), text("S"))]);
        let definitions = attributes.iter().map(|name| Setting::Map(defined(name))).collect();
        pair.cloudformation.put("AttributeDefinitions", Setting::List(definitions));
        pair.terraform.put("attribute", Setting::Blocks(attributes.iter().map(blocks).collect()));
        pair.cloudformation.put("KeySchema", Setting::List(vec![key(text("id"), "HASH"), key(text("sk"), "RANGE")]));
        pair.put("", "hash_key", &text("id"));
        pair.put("", "range_key", &text("sk"));
        let projected: Vec<String> =
            (0..self.entropy.one_of(&[2, 18, 21])).map(|number| format!("field{number}")).collect();
        let projected: Vec<&str> = projected.iter().map(String::as_str).collect();
        let (global, local) = (self.entropy.one_of(&[2, 20, 21]), self.entropy.one_of(&[0, 5, 6]));
        for (local, count, here, there) in [
            (false, global, "GlobalSecondaryIndexes", "global_secondary_index"),
            (true, local, "LocalSecondaryIndexes", "local_secondary_index"),
        ] {
            let (mut listed, mut written) = (Vec::new(), Vec::new());
            for number in 0..count {
                let name =
                    text(&if self.entropy.once_in(12) { "again".to_owned() } else { format!("{there}-{number}") });
                let keys = if local {
                    vec![key(text("id"), "HASH"), key(text("email"), "RANGE")]
                } else {
                    vec![key(text("email"), "HASH")]
                };
                let (mut cloudformation, mut terraform) = (Vec::new(), Vec::new());
                put(&mut cloudformation, "IndexName", name.clone());
                put(&mut cloudformation, "KeySchema", Setting::List(keys));
                put(&mut cloudformation, "Projection.ProjectionType", text("INCLUDE"));
                put(&mut cloudformation, "Projection.NonKeyAttributes", Setting::List(texts(&projected)));
                put(&mut terraform, "name", name);
                put(&mut terraform, if local { "range_key" } else { "hash_key" }, text("email"));
                put(&mut terraform, "projection_type", text("INCLUDE"));
                put(&mut terraform, "non_key_attributes", Setting::List(texts(&projected)));
                listed.push(Setting::Block(cloudformation));
                written.push(Setting::Block(terraform));
            }
            if !listed.is_empty() {
                pair.cloudformation.put(here, Setting::List(listed));
                pair.terraform.put(there, Setting::Blocks(written));
            }
        }
        self.add("Orders", None, pair);
    }

    fn limits(&mut self, pair: &mut Pair) {
        let most = ints(&[100, -1, 50_000]);
        let warm = ints(&[12_000, 4_000, 100, 60_000]);
        if self.entropy.once_in(3) {
            self.both(
                pair,
                "OnDemandThroughput.MaxReadRequestUnits",
                "on_demand_throughput.max_read_request_units",
                &most,
            );
            self.both(
                pair,
                "OnDemandThroughput.MaxWriteRequestUnits",
                "on_demand_throughput.max_write_request_units",
                &most,
            );
        }
        if self.entropy.once_in(3) {
            self.both(pair, "WarmThroughput.ReadUnitsPerSecond", "warm_throughput.read_units_per_second", &warm);
            self.both(pair, "WarmThroughput.WriteUnitsPerSecond", "warm_throughput.write_units_per_second", &warm);
        }
    }

    fn keys(&mut self, pair: &mut Pair) {
        let defined = 1 + self.entropy.below(ATTRIBUTES.len());
        let (mut here, mut there) = (Vec::new(), Vec::new());
        for name in &ATTRIBUTES[..defined] {
            let ty = self.required(&texts(&["S", "N", "B", "SS"]));
            here.push(Setting::Map(vec![("AttributeName".into(), text(name)), ("AttributeType".into(), ty.clone())]));
            there.push(Setting::Block(vec![("name".into(), text(name)), ("type".into(), ty)]));
        }
        if self.entropy.once_in(12) {
            here.push(here[0].clone());
            there.push(there[0].clone());
        }
        pair.cloudformation.put("AttributeDefinitions", Setting::List(here));
        pair.terraform.put("attribute", Setting::Blocks(there));
        let hash = self.required(&texts(&["id", "status", "email"]));
        let range = self.setting(&texts(&["sk", "expires", "id"]));
        pair.terraform.put("hash_key", hash.clone());
        let mut schema = vec![key(hash, "HASH")];
        if let Some(range) = range {
            pair.terraform.put("range_key", range.clone());
            schema.push(match range {
                Setting::When(case, range, None) => Setting::When(case, Box::new(key(*range, "RANGE")), None),
                range => key(range, "RANGE"),
            });
        }
        pair.cloudformation.put("KeySchema", Setting::List(schema));
    }

    /// Indexes; gives back their names and whether Contributor Insights is on, which Terraform says elsewhere.
    fn indexes(&mut self, pair: &mut Pair, count: usize) -> Vec<(Setting, Option<Setting>)> {
        let (mut here, mut there) = (Vec::new(), Vec::new());
        let (mut local_here, mut local_there) = (Vec::new(), Vec::new());
        let mut names = Vec::new();
        for number in 0..count {
            let local = self.entropy.once_in(4);
            let name = format!("index-{number}");
            let name = self.required(&[Setting::Text(name)]);
            let (mut cloudformation, mut terraform) = (Vec::new(), Vec::new());
            put(&mut cloudformation, "IndexName", name.clone());
            put(&mut terraform, "name", name.clone());
            let hash = text(self.entropy.one_of(&["email", "status", "id"]));
            let range = self.entropy.once_in(2).then(|| text(self.entropy.one_of(&["sk", "expires", "email"])));
            if local {
                let range = range.unwrap_or_else(|| text("expires"));
                let own = pair.terraform.attributes.iter().find(|(name, _)| name == "hash_key");
                let hash = own.map_or_else(|| text("id"), |(_, hash)| hash.clone());
                put(
                    &mut cloudformation,
                    "KeySchema",
                    Setting::List(vec![key(hash, "HASH"), key(range.clone(), "RANGE")]),
                );
                put(&mut terraform, "range_key", range);
            } else {
                let schema: Vec<Setting> = std::iter::once(key(hash.clone(), "HASH"))
                    .chain(range.clone().map(|range| key(range, "RANGE")))
                    .collect();
                put(&mut cloudformation, "KeySchema", Setting::List(schema));
                if self.entropy.once_in(2) {
                    let blocks = std::iter::once((hash, "HASH")).chain(range.map(|range| (range, "RANGE")));
                    let blocks = blocks.map(|(name, ty)| {
                        Setting::Block(vec![("attribute_name".into(), name), ("key_type".into(), text(ty))])
                    });
                    put(&mut terraform, "key_schema", Setting::Blocks(blocks.collect()));
                } else {
                    put(&mut terraform, "hash_key", hash);
                    if let Some(range) = range {
                        put(&mut terraform, "range_key", range);
                    }
                }
            }
            let projection = self.required(&texts(&["ALL", "KEYS_ONLY", "INCLUDE", "NONE"]));
            put(&mut cloudformation, "Projection.ProjectionType", projection.clone());
            put(&mut terraform, "projection_type", projection);
            if self.entropy.once_in(4) {
                let names = self.entropy.one_of(&[&["total"][..], &["total", "id"], &["total", "total"]]);
                let names = Setting::List(texts(names));
                put(&mut cloudformation, "Projection.NonKeyAttributes", names.clone());
                put(&mut terraform, "non_key_attributes", names);
            }
            let mut insights = None;
            if !local {
                let mut part = Pair::new("", "");
                let capacities = ints(&[5, 0, 1, 100, 50_000]);
                self.both(&mut part, "ProvisionedThroughput.ReadCapacityUnits", "read_capacity", &capacities);
                self.both(&mut part, "ProvisionedThroughput.WriteCapacityUnits", "write_capacity", &capacities);
                self.limits(&mut part);
                cloudformation.extend(part.cloudformation.attributes);
                terraform.extend(part.terraform.attributes);
                insights = self.entropy.once_in(4).then_some(Setting::Bool(true));
                if let Some(on) = &insights {
                    put(&mut cloudformation, "ContributorInsightsSpecification.Enabled", on.clone());
                }
            }
            let (into_here, into_there) =
                if local { (&mut local_here, &mut local_there) } else { (&mut here, &mut there) };
            into_here.push(Setting::Block(cloudformation));
            into_there.push(Setting::Block(terraform));
            if !local {
                names.push((name, insights));
            }
        }
        // A block that is there in one case comes last, where each syntax keeps it.
        let plain = names.last().is_some_and(|(_, insights)| insights.is_none());
        if plain && self.entropy.once_in(8) {
            let case = self.case();
            for list in [&mut here, &mut there] {
                if let Some(last) = list.pop() {
                    list.push(Setting::When(case.clone(), Box::new(last), None));
                }
            }
            names.pop();
        }
        for (attribute, block, here, there) in [
            ("GlobalSecondaryIndexes", "global_secondary_index", here, there),
            ("LocalSecondaryIndexes", "local_secondary_index", local_here, local_there),
        ] {
            if !here.is_empty() {
                pair.cloudformation.put(attribute, Setting::List(here));
                pair.terraform.put(block, Setting::Blocks(there));
            }
        }
        names
    }

    /// Recovery, protection, class, encryption, expiry, stream, tags.
    fn groups(&mut self, pair: &mut Pair, label: &str) {
        if self.entropy.once_in(2) {
            let on = self.required(BOOLS);
            pair.put(
                "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
                "point_in_time_recovery.enabled",
                &on,
            );
            self.both(
                pair,
                "PointInTimeRecoverySpecification.RecoveryPeriodInDays",
                "point_in_time_recovery.recovery_period_in_days",
                &ints(&[7, 35, 1, 36, 0]),
            );
        }
        self.both(pair, "DeletionProtectionEnabled", "deletion_protection_enabled", BOOLS);
        let classes = texts(&["STANDARD", "STANDARD_INFREQUENT_ACCESS", "GLACIER"]);
        self.both(pair, "TableClass", "table_class", &classes);
        if self.entropy.once_in(3) {
            let on = self.required(BOOLS);
            pair.put("SSESpecification.SSEEnabled", "server_side_encryption.enabled", &on);
            pair.cloudformation.put("SSESpecification.SSEType", text("KMS"));
            match self.entropy.below(4) {
                0 => {}
                1 => {
                    let key = format!("{label}Key");
                    let arn = of(&key, Some("Arn"), "arn");
                    pair.put("SSESpecification.KMSMasterKeyId", "server_side_encryption.kms_key_arn", &arn);
                    self.key(&key);
                }
                _ => {
                    let arns = texts(&[
                        "arn:aws:kms:eu-west-1:111122223333:key/8aa8a5b9-4f5e-4a8b-9a0c-2d3a4b5c6d7e",
                        "arn:aws:kms:eu-central-1:111122223333:key/8aa8a5b9-4f5e-4a8b-9a0c-2d3a4b5c6d7e",
                    ]);
                    let arn = self.required(&arns);
                    pair.put("SSESpecification.KMSMasterKeyId", "server_side_encryption.kms_key_arn", &arn);
                }
            }
        }
        if self.entropy.once_in(3) {
            let on = self.required(BOOLS);
            pair.put("TimeToLiveSpecification.Enabled", "ttl.enabled", &on);
            self.both(
                pair,
                "TimeToLiveSpecification.AttributeName",
                "ttl.attribute_name",
                &texts(&["expires", "email"]),
            );
        }
        if self.streams || self.entropy.once_in(3) {
            let view = self.required(&texts(&["NEW_AND_OLD_IMAGES", "KEYS_ONLY", "NEW_IMAGE", "EVERYTHING"]));
            pair.terraform.put("stream_enabled", Setting::Bool(true));
            pair.put("StreamSpecification.StreamViewType", "stream_view_type", &view);
        }
        if let Some((list, map)) = self.tags() {
            pair.cloudformation.put("Tags", list);
            pair.terraform.put("tags", map);
        }
        if self.entropy.once_in(4) {
            for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
                pair.cloudformation.meta.push((policy.into(), text("Retain")));
            }
            pair.terraform.put("lifecycle.prevent_destroy", Setting::Bool(true));
        }
    }

    /// What CloudFormation writes into the table and Terraform beside it.
    fn satellites(
        &mut self,
        pair: &mut Pair,
        label: &str,
        exists: Option<&Case>,
        insights: &[(Setting, Option<Setting>)],
    ) {
        let table_name = of(label, None, "name");
        if self.entropy.once_in(4) {
            pair.cloudformation.put("ContributorInsightsSpecification.Enabled", Setting::Bool(true));
            let mut form = Form::new("aws_dynamodb_contributor_insights");
            form.put("table_name", table_name.clone());
            if let Some(mode) = self.setting(&texts(&["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"])) {
                pair.cloudformation.put("ContributorInsightsSpecification.Mode", mode.clone());
                form.put("mode", mode);
            }
            self.add_terraform(&format!("{label}Insights"), exists.cloned(), form);
        }
        for (number, (name, on)) in insights.iter().enumerate() {
            if on.is_some() {
                let mut form = Form::new("aws_dynamodb_contributor_insights");
                form.put("table_name", table_name.clone());
                form.put("index_name", name.clone());
                self.add_terraform(&format!("{label}Insights{number}"), exists.cloned(), form);
            }
        }
        if self.entropy.once_in(6) {
            let stream = format!("{label}Changes");
            let arn = of(&stream, Some("Arn"), "arn");
            pair.cloudformation.put("KinesisStreamSpecification.StreamArn", arn.clone());
            let mut form = Form::new("aws_dynamodb_kinesis_streaming_destination");
            form.put("table_name", table_name.clone());
            form.put("stream_arn", arn);
            let precision = self.setting(&texts(&["MICROSECOND", "MILLISECOND", "SECOND"]));
            if let Some(precision) = precision {
                pair.cloudformation
                    .put("KinesisStreamSpecification.ApproximateCreationDateTimePrecision", precision.clone());
                form.put("approximate_creation_date_time_precision", precision);
            }
            self.add_terraform(&format!("{label}Destination"), exists.cloned(), form);
            self.kinesis_stream(&stream);
        }
        if self.entropy.once_in(6) {
            let document = self.resource_policy();
            pair.cloudformation.put("ResourcePolicy.PolicyDocument", document.clone());
            let mut form = Form::new("aws_dynamodb_resource_policy");
            form.put("resource_arn", of(label, Some("Arn"), "arn"));
            form.put("policy", Setting::Document(Box::new(document)));
            self.add_terraform(&format!("{label}Policy"), exists.cloned(), form);
        }
    }

    /// A table that SAM writes as a simple table.
    fn simple_table(&mut self, number: usize) {
        let label = LABELS[number];
        let mut pair = Pair::new("AWS::DynamoDB::Table", "aws_dynamodb_table");
        let mut sam = Form::new("AWS::Serverless::SimpleTable");
        let name = self.required(&texts([&["orders", "cart"][..], &["user-sessions"]][number]));
        pair.put("TableName", "name", &name);
        sam.put("TableName", name);
        let (ty, in_words) = self.entropy.one_of(&[("S", "String"), ("N", "Number"), ("B", "Binary")]);
        sam.put("PrimaryKey.Name", text("id"));
        sam.put("PrimaryKey.Type", text(in_words));
        pair.cloudformation.put(
            "AttributeDefinitions",
            Setting::List(vec![Setting::Map(vec![
                ("AttributeName".into(), text("id")),
                ("AttributeType".into(), text(ty)),
            ])]),
        );
        pair.terraform.put(
            "attribute",
            Setting::Blocks(vec![Setting::Block(vec![("name".into(), text("id")), ("type".into(), text(ty))])]),
        );
        pair.cloudformation.put("KeySchema", Setting::List(vec![key(text("id"), "HASH")]));
        pair.terraform.put("hash_key", text("id"));
        if self.entropy.once_in(2) {
            pair.put("BillingMode", "billing_mode", &text("PROVISIONED"));
            for (there, direction) in [("ReadCapacityUnits", "read_capacity"), ("WriteCapacityUnits", "write_capacity")]
            {
                let units = self.required(&ints(&[5, 4000, 50_000]));
                pair.put(&format!("ProvisionedThroughput.{there}"), direction, &units);
                sam.put(&format!("ProvisionedThroughput.{there}"), units);
            }
        } else {
            pair.put("BillingMode", "billing_mode", &text("PAY_PER_REQUEST"));
        }
        if let Some(on) = self.setting(BOOLS) {
            let way = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled";
            pair.put(way, "point_in_time_recovery.enabled", &on);
            sam.put(way, on);
        }
        if let Some(on) = self.setting(BOOLS) {
            pair.put("SSESpecification.SSEEnabled", "server_side_encryption.enabled", &on);
            sam.put("SSESpecification.SSEEnabled", on);
        }
        if let Some((list, map)) = self.tags() {
            pair.cloudformation.put("Tags", list);
            pair.terraform.put("tags", map.clone());
            sam.put("Tags", map);
        }
        self.add(label, None, pair);
        if let Some(last) = self.project.resources.last_mut() {
            last.sam = Some(sam);
        }
    }
}

fn key(name: Setting, ty: &str) -> Setting {
    Setting::Map(vec![("AttributeName".into(), name), ("KeyType".into(), text(ty))])
}
