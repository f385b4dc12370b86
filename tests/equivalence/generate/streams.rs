//! Streams with what reads them, alarms and backups.

use super::{BOOLS, Generator, Pair, ints, of, texts};
use crate::project::{Form, Setting, text};

impl Generator<'_> {
    /// A table that is always there, and something that refers to it.
    pub(super) fn with_table(&mut self, stream: bool, add: impl Fn(&mut Self)) {
        self.streams = stream && !self.entropy.once_in(6);
        self.table(0);
        let guarded = self.project.resources.iter().any(|one| one.label == "Orders" && one.exists.is_some());
        if !guarded {
            add(self);
        }
    }

    pub(super) fn consumer(&mut self) {
        self.role("Reader", &["lambda.amazonaws.com"]);
        let actions =
            self.entropy.one_of(&[
                &[
                    "dynamodb:GetRecords",
                    "dynamodb:GetShardIterator",
                    "dynamodb:DescribeStream",
                    "dynamodb:ListStreams",
                ][..],
                &["dynamodb:GetRecords"],
                &["dynamodb:Scan", "dynamodb:GetItem"],
                &["dynamodb:GetRecords", "es:ESHttpPost"],
            ]);
        let resources = if self.entropy.once_in(2) { vec![of("Orders", Some("Arn"), "arn")] } else { texts(&["*"]) };
        self.role_policy("ReaderAccess", "Reader", actions, &resources);
        let mut function = Pair::new("AWS::Lambda::Function", "aws_lambda_function");
        function.put("FunctionName", "function_name", &text("reader"));
        function.put("Runtime", "runtime", &text("python3.13"));
        function.put("Handler", "handler", &text("main.handle"));
        function.put("Role", "role", &of("Reader", Some("Arn"), "arn"));
        self.both(&mut function, "MemorySize", "memory_size", &ints(&[512, 128]));
        function.put("Code.S3Bucket", "s3_bucket", &text("code"));
        function.put("Code.S3Key", "s3_key", &text("reader.zip"));
        let variables = Setting::Map(vec![("TABLE".into(), of("Orders", None, "name"))]);
        function.put("Environment.Variables", "environment.variables", &variables);
        self.add("Function", None, function);
        let count = if self.entropy.once_in(5) { 3 } else { 1 };
        for number in 0..count {
            self.mapping(number);
        }
    }

    fn mapping(&mut self, number: usize) {
        let mut mapping = Pair::new("AWS::Lambda::EventSourceMapping", "aws_lambda_event_source_mapping");
        mapping.put("EventSourceArn", "event_source_arn", &of("Orders", Some("StreamArn"), "stream_arn"));
        mapping.put("FunctionName", "function_name", &of("Function", Some("Arn"), "arn"));
        self.both(&mut mapping, "StartingPosition", "starting_position", &texts(&["LATEST", "TRIM_HORIZON"]));
        self.both(&mut mapping, "BatchSize", "batch_size", &ints(&[100, 20_000]));
        self.both(&mut mapping, "MaximumRetryAttempts", "maximum_retry_attempts", &ints(&[3, -1, 20_000]));
        self.both(&mut mapping, "MaximumRecordAgeInSeconds", "maximum_record_age_in_seconds", &ints(&[3600, 1]));
        self.both(&mut mapping, "ParallelizationFactor", "parallelization_factor", &ints(&[1, 20]));
        self.both(&mut mapping, "BisectBatchOnFunctionError", "bisect_batch_on_function_error", BOOLS);
        if self.entropy.once_in(2) {
            let arn = text("arn:aws:sqs:eu-west-1:111122223333:failed");
            mapping.put(
                "DestinationConfig.OnFailure.Destination",
                "destination_config.on_failure.destination_arn",
                &arn,
            );
        }
        if self.entropy.once_in(3) {
            let pattern = self
                .entropy
                .one_of(&[r#"{"eventName":["INSERT"]}"#, r#"{"dynamodb":{"OldImage":{"status":{"S":["open"]}}}}"#]);
            mapping.cloudformation.put(
                "FilterCriteria.Filters",
                Setting::List(vec![Setting::Block(vec![("Pattern".into(), text(pattern))])]),
            );
            mapping.terraform.put("filter_criteria.filter.pattern", text(pattern));
        }
        self.add(&format!("Mapping{number}"), None, mapping);
    }

    /// A schedule that exports the table.
    pub(super) fn export(&mut self) {
        let mut schedule = Pair::new("AWS::Scheduler::Schedule", "aws_scheduler_schedule");
        schedule.put("Name", "name", &text("export"));
        schedule.put("FlexibleTimeWindow.Mode", "flexible_time_window.mode", &text("OFF"));
        schedule.put("ScheduleExpression", "schedule_expression", &text("rate(1 days)"));
        schedule.put(
            "Target.Arn",
            "target.arn",
            &text("arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime"),
        );
        schedule.put("Target.RoleArn", "target.role_arn", &text("arn:aws:iam::111122223333:role/export"));
        let arn = of("Orders", Some("Arn"), "arn");
        let input = Setting::Joined("{\"TableArn\":\"".into(), Box::new(arn), "\",\"S3Bucket\":\"exports\"}".into());
        schedule.put("Target.Input", "target.input", &input);
        self.add("Export", None, schedule);
    }

    pub(super) fn alarm(&mut self) {
        let mut alarm = Pair::new("AWS::CloudWatch::Alarm", "aws_cloudwatch_metric_alarm");
        alarm.put("AlarmName", "alarm_name", &text("orders"));
        alarm.put("Namespace", "namespace", &text("AWS/DynamoDB"));
        let metric = self.required(&texts(&[
            "SuccessfulRequestLatency",
            "ReadThrottleEvents",
            "ReadThrottleRequests",
            "SystemErrors",
            "ConsumedReadCapacityUnits",
            "UserErrors",
        ]));
        alarm.put("MetricName", "metric_name", &metric);
        alarm.put("ComparisonOperator", "comparison_operator", &text("GreaterThanThreshold"));
        alarm.put("EvaluationPeriods", "evaluation_periods", &Setting::Int(1));
        alarm.put("Period", "period", &Setting::Int(60));
        alarm.put("Threshold", "threshold", &Setting::Int(1));
        alarm.put("Statistic", "statistic", &text(self.entropy.one_of(&["Sum", "Maximum", "Average"])));
        self.both(&mut alarm, "ActionsEnabled", "actions_enabled", BOOLS);
        if self.entropy.once_in(2) {
            let arns = Setting::List(texts(&["arn:aws:sns:eu-west-1:111122223333:ops"]));
            alarm.put("AlarmActions", "alarm_actions", &arns);
        }
        let (key, value) = match self.entropy.below(4) {
            0 => ("TableName", of("Orders", None, "name")),
            1 => ("TableName", text("payments")),
            2 => ("Table", of("Orders", None, "name")),
            _ => ("TableName", text("orders")),
        };
        alarm.cloudformation.put(
            "Dimensions",
            Setting::List(vec![Setting::Block(vec![("Name".into(), text(key)), ("Value".into(), value.clone())])]),
        );
        alarm.terraform.put("dimensions", Setting::Map(vec![(key.into(), value)]));
        self.add("Alarm", None, alarm);
    }

    pub(super) fn backup(&mut self) {
        let mut plan = Pair::new("AWS::Backup::BackupPlan", "aws_backup_plan");
        plan.put("BackupPlan.BackupPlanName", "name", &text("nightly"));
        let mut rule = Pair::new("", "");
        rule.put("RuleName", "rule_name", &text("nightly"));
        rule.put("TargetBackupVault", "target_vault_name", &of("Vault", None, "name"));
        self.both(&mut rule, "ScheduleExpression", "schedule", &texts(&["cron(0 5 * * ? *)"]));
        self.both(&mut rule, "EnableContinuousBackup", "enable_continuous_backup", BOOLS);
        if !self.entropy.once_in(4) {
            let days = self.required(&ints(&[35, 400, 100, 0]));
            rule.put("Lifecycle.DeleteAfterDays", "lifecycle.delete_after", &days);
        }
        self.both(&mut rule, "Lifecycle.MoveToColdStorageAfterDays", "lifecycle.cold_storage_after", &ints(&[30]));
        plan.cloudformation
            .put("BackupPlan.BackupPlanRule", Setting::List(vec![Setting::Block(rule.cloudformation.attributes)]));
        plan.terraform.put("rule", Setting::Blocks(vec![Setting::Block(rule.terraform.attributes)]));
        self.add("Plan", None, plan);
        let mut vault = Pair::new("AWS::Backup::BackupVault", "aws_backup_vault");
        vault.put("BackupVaultName", "name", &text("vault"));
        if self.entropy.once_in(2) {
            vault.cloudformation.put("LockConfiguration.MinRetentionDays", Setting::Int(7));
            let mut form = Form::new("aws_backup_vault_lock_configuration");
            form.put("backup_vault_name", of("Vault", None, "name"));
            form.put("min_retention_days", Setting::Int(7));
            self.add_terraform("VaultLock", None, form);
        }
        self.add("Vault", None, vault);
        let mut selection = Pair::new("AWS::Backup::BackupSelection", "aws_backup_selection");
        selection.put("BackupPlanId", "plan_id", &of("Plan", None, "id"));
        selection.put("BackupSelection.SelectionName", "name", &text("tables"));
        let role = text("arn:aws:iam::111122223333:role/backup");
        selection.put("BackupSelection.IamRoleArn", "iam_role_arn", &role);
        if self.entropy.once_in(3) {
            selection.cloudformation.put(
                "BackupSelection.ListOfTags",
                Setting::List(vec![Setting::Block(vec![
                    ("ConditionType".into(), text("STRINGEQUALS")),
                    ("ConditionKey".into(), text("environment")),
                    ("ConditionValue".into(), text("prod")),
                ])]),
            );
            selection.terraform.put(
                "selection_tag",
                Setting::Blocks(vec![Setting::Block(vec![
                    ("type".into(), text("STRINGEQUALS")),
                    ("key".into(), text("environment")),
                    ("value".into(), text("prod")),
                ])]),
            );
        } else {
            let arns = match self.entropy.below(3) {
                0 => of("Orders", Some("Arn"), "arn"),
                1 => text("arn:aws:dynamodb:*:*:table/*"),
                _ => text("arn:aws:dynamodb:eu-west-1:111122223333:table/payments"),
            };
            selection.put("BackupSelection.Resources", "resources", &Setting::List(vec![arns]));
        }
        self.add("Selection", None, selection);
    }

    pub(super) fn kinesis_stream(&mut self, label: &str) {
        let mut stream = Pair::new("AWS::Kinesis::Stream", "aws_kinesis_stream");
        stream.put("Name", "name", &text("changes"));
        stream.put("ShardCount", "shard_count", &Setting::Int(1));
        self.both(&mut stream, "RetentionPeriodHours", "retention_period", &ints(&[24, 168]));
        if self.entropy.once_in(2) {
            stream.put("StreamEncryption.EncryptionType", "encryption_type", &text("KMS"));
            stream.put("StreamEncryption.KeyId", "kms_key_id", &text("alias/aws/kinesis"));
        }
        self.add(label, None, stream);
    }
}
