//! AWS Backup.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

pub(super) const BACKUP_PLAN: SubjectSchema = SubjectSchema {
    subject: Subject::BackupPlan,
    doc: "A backup plan with its rules and selections: `AWS::Backup::BackupPlan` and `AWS::Backup::BackupSelection`, \
          `aws_backup_plan` and `aws_backup_selection`.",
    fields: fields![
        Field::new("name", Type::String, "The plan's name.").at("BackupPlan.BackupPlanName", "name"),
        Field::new("rules", Type::List(&Type::Object(RULE)), "What is backed up when, and for how long it is kept.")
            .at("BackupPlan.BackupPlanRule", "rule"),
        Field::new("selections", Type::List(&Type::Object(SELECTION)), "What the plan covers."),
        Field::new("tables", Type::List(&Type::Link(Subject::Table)), "The tables of the project that it covers."),
    ],
};

const RULE: &[Field] = &[
    Field::new("name", Type::String, "The rule's name.").at("RuleName", "rule_name"),
    Field::new("vault", Type::String, "The name of the vault.").at("TargetBackupVault", "target_vault_name"),
    Field::new(
        "vault_locked",
        Type::Bool,
        "Whether the vault has a lock; unknown where it is from elsewhere, false for the vault `Default`.",
    ),
    Field::new("schedule", Type::String, "When it runs.").at("ScheduleExpression", "schedule"),
    Field::new("cold_after", Type::Integer, "Days until recovery points move to cold storage.")
        .at("Lifecycle.MoveToColdStorageAfterDays", "lifecycle.cold_storage_after"),
    Field::new("delete_after", Type::Integer, "Days until recovery points are deleted.")
        .at("Lifecycle.DeleteAfterDays", "lifecycle.delete_after"),
    Field::new("continuous", Type::Bool, "Whether AWS Backup's continuous backup is on.")
        .at("EnableContinuousBackup", "enable_continuous_backup")
        .or(Default::Bool(false)),
    Field::new("copies", Type::List(&Type::Object(COPY)), "Copies to other vaults.").at("CopyActions", "copy_action"),
];

const COPY: &[Field] = &[
    Field::new("vault_arn", Type::String, "The ARN of the other vault.")
        .at("DestinationBackupVaultArn", "destination_vault_arn"),
    Field::new("region", Type::String, "The Region of the other vault, from its ARN."),
    Field::new("cold_after", Type::Integer, "Days until copies move to cold storage.")
        .at("Lifecycle.MoveToColdStorageAfterDays", "lifecycle.cold_storage_after"),
    Field::new("delete_after", Type::Integer, "Days until copies are deleted.")
        .at("Lifecycle.DeleteAfterDays", "lifecycle.delete_after"),
];

const SELECTION: &[Field] = &[
    Field::new("resources", Type::List(&Type::String), "The ARNs and patterns that it names."),
    Field::new("not_resources", Type::List(&Type::String), "The ARNs and patterns that it takes out."),
    Field::new("has_tags", Type::Bool, "Whether it selects by tags."),
    Field::new("has_conditions", Type::Bool, "Whether conditions narrow it."),
];
