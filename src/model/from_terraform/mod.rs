//! Terraform resources to entities.

mod dax;
mod network;
mod satellite;
mod scaling;
mod table;

use super::drafts::Drafts;
use super::read::Reader;
use super::{access, alarm, backup, client, export, function, key, routing, stream, trail, workflow};

/// Adds the entities of one resource; resources that have nothing to do with DynamoDB add none.
pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    match reader.kind() {
        "aws_dynamodb_table" => table::lower(reader, drafts),
        "aws_dynamodb_table_replica" => satellite::replica(reader, drafts),
        "aws_dynamodb_global_secondary_index" => satellite::index(reader, drafts),
        "aws_dynamodb_global_table" => satellite::legacy_global_table(reader, drafts),
        "aws_dynamodb_contributor_insights" => satellite::insights(reader, drafts),
        "aws_dynamodb_kinesis_streaming_destination" => satellite::kinesis_destination(reader, drafts),
        "aws_dynamodb_resource_policy" => satellite::resource_policy(reader, drafts),
        "aws_dynamodb_tag" => satellite::tag(reader, drafts),
        "aws_appautoscaling_target" => scaling::target(reader, drafts),
        "aws_appautoscaling_policy" => scaling::policy(reader, drafts),
        "aws_appautoscaling_scheduled_action" => scaling::scheduled_action(reader, drafts),
        "aws_dax_cluster" => dax::cluster(reader, drafts),
        "aws_dax_subnet_group" => dax::subnet_group(reader, drafts),
        "aws_dax_parameter_group" => dax::parameter_group(reader, drafts),
        "aws_lambda_event_source_mapping" | "aws_pipes_pipe" => stream::consumer(reader, drafts),
        "aws_lambda_function" => {
            function::function(reader, drafts);
            client::client(reader, drafts);
        }
        "aws_ecs_service" | "aws_instance" | "aws_launch_template" => client::client(reader, drafts),
        "aws_kms_key" | "aws_kms_replica_key" | "aws_kms_external_key" | "aws_kms_replica_external_key" => {
            key::key(reader, drafts);
        }
        "aws_kms_alias" => key::alias(reader, drafts),
        "aws_kms_key_policy" => key::policy(reader, drafts),
        "aws_cloudwatch_metric_alarm" => alarm::alarm(reader, drafts),
        "aws_backup_plan" => backup::plan(reader, drafts),
        "aws_backup_selection" => backup::selection(reader, drafts, "plan_id"),
        "aws_dynamodb_table_export" => export::separate(reader, drafts),
        "aws_scheduler_schedule" | "aws_cloudwatch_event_target" => export::schedule(reader, drafts),
        "aws_cloudtrail" | "aws_cloudtrail_event_data_store" => trail::trail(reader, drafts),
        "aws_sfn_state_machine" => workflow::state_machine(reader, drafts),
        "aws_glue_crawler" => workflow::crawler(reader, drafts),
        "aws_api_gateway_rest_api" | "aws_apigatewayv2_api" => workflow::api(reader, drafts),
        "aws_synthetics_canary" => workflow::canary(reader, drafts),
        "aws_route53_record" => routing::dns_records(reader, drafts),
        "aws_route53recoverycontrolconfig_routing_control" => routing::routing_control(reader, drafts),
        kind if kind.starts_with("aws_iam_") => access::lower(reader, drafts),
        _ => network::lower(reader, drafts),
    }
}
