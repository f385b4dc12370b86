//! Scaling targets and policies of a table and its indexes.

use super::{BOOLS, Generator, Pair, ints, of, texts};
use crate::project::{Form, Setting, text};

impl Generator<'_> {
    /// Targets with their policies, for the table or for one of its indexes.
    pub(super) fn scaling(&mut self, table: &str, indexes: &[Setting]) {
        let count = 1 + self.entropy.below(3);
        let mut taken: Vec<Setting> = Vec::new();
        for number in 0..count {
            let direction = if self.entropy.once_in(2) { "Write" } else { "Read" };
            let index =
                if indexes.is_empty() || !self.entropy.once_in(2) { None } else { Some(self.entropy.one_of(indexes)) };
            let after = match &index {
                Some(Setting::Text(name)) if self.entropy.once_in(8) => format!("/index/{name}s"),
                Some(Setting::Text(name)) => format!("/index/{name}"),
                _ => String::new(),
            };
            let resource = Setting::Joined("table/".into(), Box::new(of(table, None, "name")), after.clone());
            let part = if after.is_empty() || self.entropy.once_in(12) { "table" } else { "index" };
            let dimension = text(&format!("dynamodb:{part}:{direction}CapacityUnits"));
            // Two targets for one dimension of one thing are one.
            let place = Setting::List(vec![resource.clone(), dimension.clone()]);
            if taken.contains(&place) {
                continue;
            }
            taken.push(place);
            let target = format!("{table}Target{number}");
            let mut pair = Pair::new("AWS::ApplicationAutoScaling::ScalableTarget", "aws_appautoscaling_target");
            pair.put("ServiceNamespace", "service_namespace", &text("dynamodb"));
            pair.put("ResourceId", "resource_id", &resource);
            pair.put("ScalableDimension", "scalable_dimension", &dimension);
            let least = self.required(&ints(&[5, 1, 1500, 50_000]));
            let most = self.required(&ints(&[100, 5, 1, 2000, 50_000]));
            pair.put("MinCapacity", "min_capacity", &least);
            pair.put("MaxCapacity", "max_capacity", &most);
            if self.entropy.once_in(4) {
                self.both(
                    &mut pair,
                    "SuspendedState.DynamicScalingInSuspended",
                    "suspended_state.dynamic_scaling_in_suspended",
                    BOOLS,
                );
                self.both(
                    &mut pair,
                    "SuspendedState.DynamicScalingOutSuspended",
                    "suspended_state.dynamic_scaling_out_suspended",
                    BOOLS,
                );
            }
            self.scheduled_action(&mut pair, &target, &resource, &dimension);
            let alone = self.entropy.once_in(12);
            if !alone {
                self.add(&target, None, pair);
            }
            if alone || self.entropy.below(4) < 3 {
                self.scaling_policy(
                    &format!("{table}Scaling{number}"),
                    &target,
                    &resource,
                    &dimension,
                    direction,
                    alone,
                );
            }
        }
    }

    fn scheduled_action(&mut self, pair: &mut Pair, target: &str, resource: &Setting, dimension: &Setting) {
        if !self.entropy.once_in(6) {
            return;
        }
        let most = self.required(&ints(&[50, 2]));
        let schedule = text("cron(0 8 * * ? *)");
        pair.cloudformation.put(
            "ScheduledActions",
            Setting::List(vec![Setting::Block(vec![
                ("ScheduledActionName".into(), text("morning")),
                ("Schedule".into(), schedule.clone()),
                ("ScalableTargetAction".into(), Setting::Block(vec![("MaxCapacity".into(), most.clone())])),
            ])]),
        );
        let mut form = Form::new("aws_appautoscaling_scheduled_action");
        form.put("name", text("morning"));
        form.put("service_namespace", text("dynamodb"));
        form.put("resource_id", resource.clone());
        form.put("scalable_dimension", dimension.clone());
        form.put("schedule", schedule);
        form.put("scalable_target_action.max_capacity", most);
        self.add_terraform(&format!("{target}Morning"), None, form);
    }

    fn scaling_policy(
        &mut self,
        label: &str,
        target: &str,
        resource: &Setting,
        dimension: &Setting,
        direction: &str,
        alone: bool,
    ) {
        let mut pair = Pair::new("AWS::ApplicationAutoScaling::ScalingPolicy", "aws_appautoscaling_policy");
        pair.put("PolicyName", "name", &text(&format!("{label}-utilization")));
        let ty = self.required(&texts(&["TargetTrackingScaling", "StepScaling", "Steps"]));
        pair.put("PolicyType", "policy_type", &ty);
        if !alone && self.entropy.once_in(2) {
            pair.cloudformation.put("ScalingTargetId", of(target, None, "id"));
            pair.terraform.put("service_namespace", of(target, None, "service_namespace"));
            pair.terraform.put("resource_id", of(target, None, "resource_id"));
            pair.terraform.put("scalable_dimension", of(target, None, "scalable_dimension"));
        } else {
            pair.put("ServiceNamespace", "service_namespace", &text("dynamodb"));
            pair.put("ResourceId", "resource_id", resource);
            pair.put("ScalableDimension", "scalable_dimension", dimension);
        }
        let (here, there) =
            ("TargetTrackingScalingPolicyConfiguration", "target_tracking_scaling_policy_configuration");
        let value = self.required(&ints(&[70, 10, 25, 88, 95]));
        pair.put(&format!("{here}.TargetValue"), &format!("{there}.target_value"), &value);
        let measured = if self.entropy.once_in(8) { "Read" } else { direction };
        pair.put(
            &format!("{here}.PredefinedMetricSpecification.PredefinedMetricType"),
            &format!("{there}.predefined_metric_specification.predefined_metric_type"),
            &text(&format!("DynamoDB{measured}CapacityUtilization")),
        );
        self.both(&mut pair, &format!("{here}.DisableScaleIn"), &format!("{there}.disable_scale_in"), BOOLS);
        self.add(label, None, pair);
    }
}
