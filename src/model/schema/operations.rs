//! What runs around tables: functions and other clients, APIs, workflows, and the stack as a whole.

use super::common::{self, fields};
use super::{Default, Field, Subject, SubjectSchema, Type};

const TABLES: Field = Field::new("tables", Type::List(&Type::Link(Subject::Table)), "The tables that it uses.");
const NAME: Field = Field::new("name", Type::String, "Its name; the logical id where no name is written.");

pub(super) const FUNCTION: SubjectSchema = SubjectSchema {
    subject: Subject::Function,
    doc: "A Lambda function that uses a table or reads a stream: `AWS::Lambda::Function`, `AWS::Serverless::Function`, \
          `aws_lambda_function`.",
    fields: fields![
        NAME.at("FunctionName", "function_name"),
        Field::new("memory_mb", Type::Integer, "Memory in megabytes.")
            .at("MemorySize", "memory_size")
            .or(Default::Integer(128)),
        Field::new("timeout_seconds", Type::Integer, "How long it may run.")
            .at("Timeout", "timeout")
            .or(Default::Integer(3)),
        Field::new("architectures", Type::List(&Type::String), "The processors it runs on; absent: x86_64.")
            .at("Architectures", "architectures"),
        Field::new("package_type", Type::Enum(&["Zip", "Image"]), "How its code is packed.")
            .at("PackageType", "package_type")
            .or(Default::String("Zip")),
        Field::new("tracing", Type::Enum(&["Active", "PassThrough", "Disabled"]), "Whether it traces actively.")
            .at("TracingConfig.Mode", "tracing_config.mode")
            .or(Default::String("PassThrough")),
        Field::new("layers", Type::List(&Type::String), "Its layers.").at("Layers", "layers").or(Default::EmptyList),
        Field::new("environment", Type::Map(&Type::String), "Its environment variables.")
            .at("Environment.Variables", "environment.variables")
            .or(Default::EmptyMap),
        Field::new("subnet_ids", Type::List(&Type::String), "The subnets it runs in; empty outside a VPC.")
            .at("VpcConfig.SubnetIds", "vpc_config.subnet_ids")
            .or(Default::EmptyList),
        Field::new("role", Type::Link(Subject::Role), "The role that it runs with."),
        TABLES,
        Field::new("stream_consumers", Type::List(&Type::Link(Subject::StreamConsumer)), "The streams that call it."),
    ],
};

pub(super) const CLIENT: SubjectSchema = SubjectSchema {
    subject: Subject::Client,
    doc: "What runs code that uses a table or cluster: a function, an ECS service with its task definition, an EC2 instance \
          or launch template.",
    fields: fields![
        NAME,
        Field::new("kind", Type::Enum(&["function", "service", "instance"]), "What runs the code."),
        Field::new("on_servers", Type::Bool, "Whether it runs on EC2 instances."),
        Field::new("environment", Type::Map(&Type::String), "Its environment variables.").or(Default::EmptyMap),
        Field::new(
            "urls",
            Type::List(&Type::String),
            "The environment values that are URLs or may be. Names, ids and ARNs of the project's resources are left out, \
             and what is not known where the variable's name says nothing of an address.",
        ),
        Field::new("subnet_ids", Type::List(&Type::String), "The subnets it runs in; empty outside a VPC.")
            .or(Default::EmptyList),
        Field::new(
            "subnets",
            Type::List(&Type::Link(Subject::Subnet)),
            "Its subnets; one from elsewhere leaves the list open.",
        ),
        Field::new(
            "endpoint_reached",
            Type::Bool,
            "Whether one of its subnets is served by an endpoint for DynamoDB: a gateway endpoint with the subnet's route \
             table, or an interface endpoint in its VPC; absent outside a VPC.",
        ),
        Field::new(
            "vpc_has_endpoint",
            Type::Bool,
            "Whether the project has an endpoint of any service in its VPC; absent outside a VPC.",
        ),
        Field::new(
            "log_groups",
            Type::List(&Type::Object(LOG_GROUP)),
            "The log groups of the project that it writes to.",
        ),
        Field::new("role", Type::Link(Subject::Role), "The role that it runs with."),
        Field::new("function", Type::Link(Subject::Function), "The function, where it is one."),
        TABLES,
        Field::new("clusters", Type::List(&Type::Link(Subject::DaxCluster)), "The DAX clusters that it refers to."),
    ],
};

const LOG_GROUP: &[Field] = &[
    Field::new("name", Type::String, "The logical id or label."),
    Field::new("kms_key", Type::String, "Its key in AWS KMS; absent where it has none."),
];

pub(super) const API: SubjectSchema = SubjectSchema {
    subject: Subject::Api,
    doc: "A REST or HTTP API that leads to a client of a table or straight to DynamoDB: `AWS::ApiGateway::RestApi`, \
          `AWS::ApiGatewayV2::Api`, `AWS::Serverless::Api`, `AWS::Serverless::HttpApi`, `aws_api_gateway_rest_api`, \
          `aws_apigatewayv2_api`, each with the resources that belong to it.",
    fields: fields![
        NAME.at("Name", "name"),
        Field::new("kind", Type::Enum(&["rest", "http"]), "The kind of API."),
        Field::new("private", Type::Bool, "Whether only a VPC reaches it."),
        Field::new("default_authorizer", Type::Bool, "Whether SAM gives every method an authorizer."),
        Field::new(
            "security_policies",
            Type::List(&Type::String),
            "The TLS policies of its custom domains, where written."
        ),
        Field::new("methods", Type::List(&Type::Object(METHOD)), "Its methods or routes that lead to a table."),
        Field::new("stages", Type::List(&Type::Object(STAGE)), "The stages of a REST API."),
        Field::new("clients", Type::List(&Type::Link(Subject::Client)), "The clients of tables that it leads to."),
        Field::new("direct", Type::Bool, "Whether a method leads straight to DynamoDB."),
        Field::new("canary", Type::Bool, "Whether a canary of the project calls it; unknown where one may.",),
    ],
};

const METHOD: &[Field] = &[
    Field::new("method", Type::String, "The HTTP method."),
    Field::new("path", Type::String, "The path or route key."),
    Field::new("authorization", Type::String, "How callers are authorised; `NONE` by default."),
    Field::new("validated", Type::Bool, "Whether requests are validated."),
];

const STAGE: &[Field] =
    &[Field::new("name", Type::String, "The stage's name."), Field::new("tracing", Type::Bool, "Whether it traces.")];

pub(super) const STATE_MACHINE: SubjectSchema = SubjectSchema {
    subject: Subject::StateMachine,
    doc: "A Step Functions workflow with DynamoDB tasks.",
    fields: fields![
        NAME.at("StateMachineName", "name"),
        Field::new("tasks", Type::List(&Type::Object(TASK)), "Its tasks that call DynamoDB."),
    ],
};

const TASK: &[Field] = &[
    Field::new("name", Type::String, "The state's name."),
    Field::new("resource", Type::String, "The integration that it calls."),
    Field::new("retries", Type::Bool, "Whether it has a `Retry`."),
];

pub(super) const CRAWLER: SubjectSchema = SubjectSchema {
    subject: Subject::Crawler,
    doc: "A Glue crawler with DynamoDB targets.",
    fields: fields![
        NAME.at("Name", "name"),
        Field::new("targets", Type::List(&Type::Object(CRAWLER_TARGET)), "The tables that it reads."),
    ],
};

const CRAWLER_TARGET: &[Field] = &[
    Field::new("path", Type::String, "The table's name.").at("Path", "path"),
    Field::new("scan_all", Type::Bool, "Whether every item is read.").at("ScanAll", "scan_all").or(Default::Bool(true)),
];

pub(super) const CANARY: SubjectSchema = SubjectSchema {
    subject: Subject::Canary,
    doc: "A CloudWatch Synthetics canary.",
    fields: fields![
        NAME.at("Name", "name"),
        Field::new("duration_seconds", Type::Integer, "How long it goes on; 0 for ever.")
            .at("Schedule.DurationInSeconds", "schedule.duration_in_seconds")
            .or(Default::Integer(0)),
        Field::new("starts", Type::Bool, "Whether it starts once it is created.")
            .at("StartCanaryAfterCreation", "start_canary"),
        Field::new("runtime", Type::String, "The runtime version.").at("RuntimeVersion", "runtime_version"),
        Field::new("alarmed", Type::Bool, "Whether an alarm of the project reads its metrics."),
    ],
};

pub(super) const DNS_RECORD: SubjectSchema = SubjectSchema {
    subject: Subject::DnsRecord,
    doc: "A Route 53 record with failover or latency routing.",
    fields: fields![
        NAME.at("Name", "name"),
        Field::new("routing", Type::Enum(&["failover", "latency"]), "How it chooses."),
        Field::new(
            "record_region",
            Type::String,
            "The Region that it leads to: that of a latency record, or the one of a failover record's target.",
        ),
        Field::new(
            "own_region",
            Type::Bool,
            "Whether that is the Region that the stack is deployed to, whichever it is (`AWS::Region`).",
        ),
        Field::new("health_check", Type::String, "Its health check.").at("HealthCheckId", "health_check_id"),
        Field::new("evaluates_target", Type::Bool, "Whether it is an alias that evaluates its target's health.")
            .at("AliasTarget.EvaluateTargetHealth", "alias.evaluate_target_health")
            .or(Default::Bool(false)),
    ],
};

pub(super) const ROUTING_CONTROL: SubjectSchema = SubjectSchema {
    subject: Subject::RoutingControl,
    doc: "A routing control of the Application Recovery Controller.",
    fields: fields![
        NAME.at("Name", "name"),
        Field::new("panel", Type::String, "Its control panel.").at("ControlPanelArn", "control_panel_arn"),
        Field::new(
            "panel_controls",
            Type::List(&Type::Link(Subject::RoutingControl)),
            "The routing controls of the project in the same panel, itself among them.",
        ),
        Field::new("safe", Type::Bool, "Whether an assertion rule keeps it or another control that it names on."),
        Field::new("health_checked", Type::Bool, "Whether a health check of the project refers to it."),
    ],
};

pub(super) const STACK: SubjectSchema = SubjectSchema {
    subject: Subject::Stack,
    doc: "One deployment: a template with its nested stacks, one stack of a CDK assembly, a Terraform root module. Its \
          findings stand at its first table or cluster.",
    fields: fields![
        NAME,
        TABLES,
        Field::new("clusters", Type::List(&Type::Link(Subject::DaxCluster)), "Its DAX clusters."),
        Field::new("indexes", Type::List(&Type::Link(Subject::Index)), "The indexes of its tables."),
        Field::new("scaling_targets", Type::List(&Type::Link(Subject::ScalingTarget)), "Its scaling targets."),
        Field::new("alarms", Type::List(&Type::Link(Subject::Alarm)), "Its alarms on DynamoDB and DAX."),
        Field::new("backup_plans", Type::List(&Type::Link(Subject::BackupPlan)), "Its backup plans."),
        Field::new("trails", Type::List(&Type::Link(Subject::Trail)), "Its trails."),
        Field::new("event_data_stores", Type::List(&Type::Object(NAMED)), "Its event data stores of CloudTrail Lake.",),
        Field::new(
            "logs_data_events",
            Type::Bool,
            "Whether one of its trails or event data stores logs data events, of whatever service.",
        ),
        Field::new(
            "config_rules",
            Type::List(&Type::Object(CONFIG_RULE)),
            "Its rules and conformance packs of AWS Config.",
        ),
        Field::new("config_recorders", Type::List(&Type::Object(CONFIG_RECORDER)), "Its recorders of AWS Config."),
        Field::new("event_rules", Type::List(&Type::Object(EVENT_RULE)), "Its rules of EventBridge."),
        Field::new("runbooks", Type::List(&Type::Object(RUNBOOK)), "Its documents of Systems Manager."),
        Field::new(
            "dashboards",
            Type::List(&Type::String),
            "The addresses of its dashboards that show metrics of DynamoDB.",
        ),
        Field::new(
            "metric_streams",
            Type::List(&Type::String),
            "The addresses of its metric streams that take along all metrics of DynamoDB.",
        ),
        Field::new(
            "backup_audits",
            Type::List(&Type::String),
            "The addresses of its backup frameworks and backup report plans.",
        ),
        Field::new("restore_testing_plans", Type::List(&Type::String), "The addresses of its restore testing plans."),
        Field::new(
            "restore_tested_types",
            Type::List(&Type::String),
            "The resource types that selections of restore testing plans name: `DynamoDB`.",
        ),
        Field::new(
            "readiness_checks",
            Type::List(&Type::String),
            "The addresses of its readiness checks of the Application Recovery Controller.",
        ),
        Field::new(
            "cost_watches",
            Type::List(&Type::String),
            "The addresses of its budgets, cost anomaly monitors and alarms on AWS/Billing.",
        ),
        Field::new("resource_types", Type::List(&Type::String), "The types of all its resources, each once, sorted."),
    ],
};

const NAMED: &[Field] = &[Field::new("name", Type::String, "The logical id or label.")];

const CONFIG_RULE: &[Field] = &[
    Field::new("name", Type::String, "The logical id or label."),
    Field::new("pack", Type::Bool, "Whether it is a conformance pack, a template of many rules."),
    Field::new(
        "about_tables",
        Type::Bool,
        "Whether it is about DynamoDB or DAX, by its identifier or the resource types that it is for; unknown where a \
         pack's template is kept elsewhere.",
    ),
];

const CONFIG_RECORDER: &[Field] = &[
    Field::new("name", Type::String, "The logical id or label."),
    Field::new(
        "strategy",
        Type::String,
        "How it chooses: `ALL_SUPPORTED_RESOURCE_TYPES`, `INCLUSION_BY_RESOURCE_TYPES`, \
         `EXCLUSION_BY_RESOURCE_TYPES` or `NONE`.",
    ),
    Field::new("records_tables", Type::Bool, "Whether it records `AWS::DynamoDB::Table`."),
    Field::new("records_clusters", Type::Bool, "Whether it records `AWS::DAX::Cluster`."),
];

const EVENT_RULE: &[Field] = &[
    Field::new("name", Type::String, "The logical id or label."),
    Field::new(
        "notifies",
        Type::Bool,
        "Whether it is on, has a target, and its pattern takes events of AWS Config, of GuardDuty or of calls to \
         DynamoDB.",
    ),
];

const RUNBOOK: &[Field] = &[
    Field::new("name", Type::String, "The logical id or label."),
    Field::new("calls_dynamodb", Type::Bool, "Whether one of its steps names DynamoDB; unknown where its content is."),
];
