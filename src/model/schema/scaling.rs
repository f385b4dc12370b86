//! Application Auto Scaling of tables and indexes.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

const DIMENSIONS: &[&str] = &[
    "dynamodb:table:ReadCapacityUnits",
    "dynamodb:table:WriteCapacityUnits",
    "dynamodb:index:ReadCapacityUnits",
    "dynamodb:index:WriteCapacityUnits",
];

const RESOURCE_ID: Field =
    Field::new("resource_id", Type::String, "What is scaled: `table/NAME` or `table/NAME/index/INDEX`.")
        .at("ResourceId", "resource_id");
const DIMENSION: Field = Field::new("dimension", Type::Enum(DIMENSIONS), "Which capacity is scaled.")
    .at("ScalableDimension", "scalable_dimension");
const NAMESPACE: Field = Field::new("namespace", Type::String, "The service; `dynamodb` for all that is judged.")
    .at("ServiceNamespace", "service_namespace");
const DIRECTION: Field = Field::new("direction", Type::Enum(common::DIRECTIONS), "Whether reads or writes are scaled.");
const TABLE: Field = Field::new(
    "table",
    Type::Link(Subject::Table),
    "The table, or the table of the index, where the project manages it; absent where it is known to lie elsewhere.",
);
const INDEX: Field =
    Field::new("index", Type::Link(Subject::Index), "The index; absent where the table itself is scaled.");
const INDEX_NAME: Field =
    Field::new("index_name", Type::String, "The index's name in the resource id; absent where it names none.");
const INLINE: Field = Field::new(
    "inline",
    Type::Bool,
    "Whether it is written as an auto scaling block inside a global table; false for a separate resource.",
);

pub(super) const TARGET: SubjectSchema = SubjectSchema {
    subject: Subject::ScalingTarget,
    doc: "A scalable target on a table or index: `AWS::ApplicationAutoScaling::ScalableTarget`, \
          `aws_appautoscaling_target`, or an auto scaling block inside `AWS::DynamoDB::GlobalTable`.",
    fields: fields![
        Field::new("name", Type::String, "What is scaled in which direction, for people."),
        RESOURCE_ID,
        DIMENSION,
        NAMESPACE,
        DIRECTION,
        Field::new("min", Type::Integer, "The least capacity, in units.").at("MinCapacity", "min_capacity"),
        Field::new("max", Type::Integer, "The most capacity, in units.").at("MaxCapacity", "max_capacity"),
        Field::new(
            "scheduled_actions",
            Type::List(&Type::Object(SCHEDULED_ACTION)),
            "Changes of the bounds at fixed times, those of separate resources included.",
        )
        .at("ScheduledActions", "")
        .or(Default::EmptyList),
        Field::new("suspended", Type::Object(SUSPENDED), "Which parts of scaling are suspended."),
        TABLE,
        INDEX,
        INDEX_NAME,
        Field::new("replica", Type::Link(Subject::Replica), "The replica whose reads an inline block scales."),
        INLINE,
        Field::new(
            "policies",
            Type::List(&Type::Link(Subject::ScalingPolicy)),
            "The policies that belong to the target.",
        ),
    ],
};

const SCHEDULED_ACTION: &[Field] = &[
    Field::new("name", Type::String, "The action's name.").at("ScheduledActionName", "name"),
    Field::new("schedule", Type::String, "When it runs.").at("Schedule", "schedule"),
    Field::new("min", Type::Integer, "The least capacity it sets.")
        .at("ScalableTargetAction.MinCapacity", "scalable_target_action.min_capacity"),
    Field::new("max", Type::Integer, "The most capacity it sets.")
        .at("ScalableTargetAction.MaxCapacity", "scalable_target_action.max_capacity"),
];

const SUSPENDED: &[Field] = &[
    Field::new("scale_in", Type::Bool, "Whether capacity no longer goes down.")
        .at("SuspendedState.DynamicScalingInSuspended", "suspended_state.dynamic_scaling_in_suspended")
        .or(Default::Bool(false)),
    Field::new("scale_out", Type::Bool, "Whether capacity no longer goes up.")
        .at("SuspendedState.DynamicScalingOutSuspended", "suspended_state.dynamic_scaling_out_suspended")
        .or(Default::Bool(false)),
    Field::new("scheduled", Type::Bool, "Whether scheduled actions no longer run.")
        .at("SuspendedState.ScheduledScalingSuspended", "suspended_state.scheduled_scaling_suspended")
        .or(Default::Bool(false)),
];

pub(super) const POLICY: SubjectSchema = SubjectSchema {
    subject: Subject::ScalingPolicy,
    doc: "A scaling policy on a table or index: `AWS::ApplicationAutoScaling::ScalingPolicy`, `aws_appautoscaling_policy`, \
          or the target tracking part of an auto scaling block inside `AWS::DynamoDB::GlobalTable`.",
    fields: fields![
        Field::new("name", Type::String, "The policy's name.").at("PolicyName", "name"),
        Field::new(
            "policy_type",
            Type::Enum(&["TargetTrackingScaling", "StepScaling", "PredictiveScaling"]),
            "How it scales. In Terraform StepScaling is the default.",
        )
        .at("PolicyType", "policy_type"),
        RESOURCE_ID,
        DIMENSION,
        NAMESPACE,
        DIRECTION,
        Field::new("target", Type::Link(Subject::ScalingTarget), "The scalable target that it belongs to."),
        TABLE,
        INDEX,
        INDEX_NAME,
        INLINE,
        Field::new("target_tracking", Type::Bool, "Whether a target tracking block is written."),
        Field::new("target_value", Type::Number, "The utilisation that is aimed at, in percent.").at(
            "TargetTrackingScalingPolicyConfiguration.TargetValue",
            "target_tracking_scaling_policy_configuration.target_value",
        ),
        Field::new("predefined_metric", Type::String, "The predefined metric that it follows.").at(
            "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType",
            "target_tracking_scaling_policy_configuration.predefined_metric_specification.predefined_metric_type",
        ),
        Field::new("customized_metric", Type::Bool, "Whether it follows a metric of its own."),
        Field::new("disable_scale_in", Type::Bool, "Whether capacity never goes down.")
            .at(
                "TargetTrackingScalingPolicyConfiguration.DisableScaleIn",
                "target_tracking_scaling_policy_configuration.disable_scale_in",
            )
            .or(Default::Bool(false)),
        Field::new("scale_in_cooldown", Type::Integer, "Seconds between two steps down.").at(
            "TargetTrackingScalingPolicyConfiguration.ScaleInCooldown",
            "target_tracking_scaling_policy_configuration.scale_in_cooldown",
        ),
        Field::new("scale_out_cooldown", Type::Integer, "Seconds between two steps up.").at(
            "TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown",
            "target_tracking_scaling_policy_configuration.scale_out_cooldown",
        ),
    ],
};
