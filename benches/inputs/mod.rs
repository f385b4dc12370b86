//! Generated inputs of the benchmarks, written once under `target/bench-inputs/` and the same on every machine.

#![allow(dead_code, reason = "each benchmark uses a part")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of one input; `fill` writes it where it is not there yet.
pub fn folder(name: &str, fill: impl FnOnce(&Path)) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    let path = target.join("bench-inputs").join(name);
    let done = path.join(".complete");
    if !done.exists() {
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("the target folder is writable");
        fill(&path);
        fs::write(done, "").expect("the target folder is writable");
    }
    path
}

fn write(path: PathBuf, text: impl AsRef<[u8]>) {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).expect("the target folder is writable");
    }
    fs::write(path, text).expect("the target folder is writable");
}

/// A well-made table with an index, as CloudFormation YAML without the `Resources` line.
fn table(name: &str) -> String {
    format!(
        "  {name}:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]
      ProvisionedThroughput: !If
        - IsProd
        - {{ ReadCapacityUnits: 10, WriteCapacityUnits: 10 }}
        - !Ref AWS::NoValue
      AttributeDefinitions:
        - {{ AttributeName: id, AttributeType: S }}
        - {{ AttributeName: customer, AttributeType: S }}
      KeySchema:
        - {{ AttributeName: id, KeyType: HASH }}
      GlobalSecondaryIndexes:
        - IndexName: by-customer
          KeySchema:
            - {{ AttributeName: customer, KeyType: HASH }}
          Projection: {{ ProjectionType: KEYS_ONLY }}
          ProvisionedThroughput: !If
            - IsProd
            - {{ ReadCapacityUnits: 10, WriteCapacityUnits: 10 }}
            - !Ref AWS::NoValue
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: !If [IsProd, true, false]
      Tags:
        - {{ Key: owner, Value: !Sub '${{Environment}}-team' }}
"
    )
}

/// Resources that surround tables in real templates.
fn function(name: &str, table: &str) -> String {
    format!(
        "  {name}:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: nodejs22.x
      Role: !GetAtt {name}Role.Arn
      Code: {{ S3Bucket: code, S3Key: !Sub '${{AWS::StackName}}/{name}.zip' }}
      Environment:
        Variables:
          TABLE: !Ref {table}
  {name}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {{ Effect: Allow, Principal: {{ Service: lambda.amazonaws.com }}, Action: 'sts:AssumeRole' }}
      Policies:
        - PolicyName: table
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: [dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query]
                Resource:
                  - !GetAtt {table}.Arn
                  - !Sub '${{{table}.Arn}}/index/*'
"
    )
}

const HEAD: &str = "AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Environment:
    Type: String
    AllowedValues: [dev, test, prod]
Conditions:
  IsProd: !Equals [!Ref Environment, prod]
Resources:
";

/// A template of about `resources` resources: one table to two others.
pub fn template(resources: usize) -> String {
    let mut text = String::from(HEAD);
    for number in 0..resources.div_ceil(3) {
        text.push_str(&table(&format!("Table{number}")));
        text.push_str(&function(&format!("Function{number}"), &format!("Table{number}")));
    }
    text
}

/// A template of the serverless application model with 9,700 lines: 300 functions with policies, events and alarms, and
/// twenty tables.
pub fn sam_template_of_340_kb() -> PathBuf {
    folder("sam-340-kb", |path| {
        let mut text = String::from(SAM_HEAD);
        for number in 0..300 {
            if number % 15 == 0 {
                text.push_str(&table(&format!("Table{number}")));
            }
            let table = number / 15 * 15;
            let _ = write!(
                text,
                "  Function{number}:
    Type: AWS::Serverless::Function
    Condition: IsAnything
    Properties:
      FunctionName: !Sub ${{Environment}}-function-{number}
      CodeUri: ./handlers/function-{number}
      Handler: uk.example.orders.Function{number}Handler::handleRequest
      Environment:
        Variables:
          TABLE_NAME: !Ref Table{table}
          STAGE: !If [IsProd, production, development]
      Policies:
        - DynamoDBCrudPolicy: {{ TableName: !Ref Table{table} }}
        - Statement:
            - Effect: Allow
              Action: [sqs:SendMessage, kms:Decrypt]
              Resource: !Sub arn:aws:sqs:${{AWS::Region}}:${{AWS::AccountId}}:queue-{number}
      Events:
        Api:
          Type: Api
          Properties: {{ Path: /orders/{number}, Method: post }}
  Function{number}Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub ${{Environment}}-function-{number}-errors
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{{ Name: FunctionName, Value: !Ref Function{number} }}]
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
"
            );
        }
        write(path.join("template.yaml"), text);
    })
}

const SAM_HEAD: &str = "Transform: AWS::Serverless-2016-10-31
Parameters:
  Environment:
    Type: String
    AllowedValues: [dev, test, prod]
Conditions:
  IsProd: !Equals [!Ref Environment, prod]
  IsAnything: !Not [!Equals [!Ref Environment, none]]
Globals:
  Function:
    Runtime: java21
    Timeout: 30
    MemorySize: 512
Resources:
";

/// A template with one table.
pub fn small_template() -> PathBuf {
    folder("small", |path| write(path.join("template.yaml"), format!("{HEAD}{}", table("Orders"))))
}

pub fn template_of_300_resources() -> PathBuf {
    folder("resources-300", |path| write(path.join("template.yaml"), template(300)))
}

/// One template of at least 10 MB.
pub fn template_of_10_mb() -> PathBuf {
    folder("template-10mb", |path| {
        let block = template(3).len() - HEAD.len();
        write(path.join("template.yaml"), template(3 * (10_000_000 / block + 1)));
    })
}

/// A template of so many resources: a third tables, the others functions and roles.
pub fn template_of_resources(count: usize) -> PathBuf {
    folder(&format!("template-of-{count}"), |path| write(path.join("template.yaml"), template(count)))
}

/// 10 MB of resources that are seldom tables: one in twenty is, the others are buckets.
pub fn mixed_template_of_10_mb() -> PathBuf {
    folder("mixed-10-mb", |folder| {
        let mut text = String::from("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n");
        for number in 0.. {
            if text.len() >= 10_000_000 {
                break;
            }
            text += &if number % 20 == 0 { plain_table(number) } else { bucket(number) };
        }
        write(folder.join("template.yaml"), text);
    })
}

fn plain_table(number: usize) -> String {
    format!(
        "  Table{number}:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - AttributeName: id
          AttributeType: S
      KeySchema:
        - AttributeName: id
          KeyType: HASH
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: true
      DeletionProtectionEnabled: true
      Tags:
        - Key: owner
          Value: team-{number}
"
    )
}

fn bucket(number: usize) -> String {
    format!(
        "  Bucket{number}:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub '${{AWS::StackName}}-data-{number}'
      VersioningConfiguration: {{ Status: Enabled }}
      Tags:
        - Key: owner
          Value: team-{number}
"
    )
}

/// `count` files of the kinds that repositories hold; one in a hundred has a table.
pub fn mixed_files(count: usize) -> PathBuf {
    folder(&format!("files-{count}"), |path| {
        for number in 0..count {
            let directory = path.join(format!("service-{:03}", number / 40));
            match number % 100 {
                0 => write(directory.join(format!("template-{number}.yaml")), format!("{HEAD}{}", table("Orders"))),
                1..20 => write(directory.join(format!("deploy-{number}.yaml")), kubernetes(number)),
                20..40 => write(directory.join(format!("data-{number}.json")), json(number)),
                40..50 => write(
                    directory.join(format!("network-{number}/main.tf")),
                    format!("resource \"aws_s3_bucket\" \"b{number}\" {{\n  bucket = \"bucket-{number}\"\n}}\n")
                        .repeat(20),
                ),
                _ => write(
                    directory.join(format!("code-{number}.py")),
                    format!("def handler_{number}(event):\n    return event['value'] + {number}\n").repeat(60),
                ),
            }
        }
    })
}

fn kubernetes(number: usize) -> String {
    let mut text = format!("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{number}\nspec:\n");
    for container in 0..40 {
        let _ = writeln!(text, "  container{container}: {{ image: 'registry/app:{number}', cpu: 100m }}");
    }
    text
}

fn json(number: usize) -> String {
    let rows: Vec<String> =
        (0..80).map(|row| format!("  {{ \"id\": {row}, \"name\": \"item {number}-{row}\" }}")).collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}

/// A root module that calls `modules` local modules, each with a table.
pub fn local_modules(modules: usize) -> PathBuf {
    folder(&format!("modules-{modules}"), |path| {
        let mut root = String::from("variable \"environment\" {\n  type = string\n}\n\n");
        for number in 0..modules {
            let _ = write!(
                root,
                "module \"table_{number}\" {{
  source      = \"./modules/table-{number}\"
  name        = \"orders-{number}\"
  environment = var.environment
}}

"
            );
            write(path.join(format!("modules/table-{number}/main.tf")), TABLE_MODULE);
        }
        write(path.join("main.tf"), root);
    })
}

/// How many modules the roots share.
const SHARED: usize = 40;

const ENVIRONMENTS: [&str; 4] = ["dev", "test", "stage", "prod"];

/// A module of `modules/`: a table, its scaling and a role, with a module for tags that all of them call.
fn shared_module(number: usize) -> String {
    let mut text = TABLE_MODULE.replace("merge(var.tags, { environment = var.environment })", "module.tags.all");
    let _ = write!(
        text,
        r#"
module "tags" {{
  source      = "../tags"
  tags        = var.tags
  environment = var.environment
  module      = "table-{number}"
}}

resource "aws_iam_role" "reader" {{
  name               = "${{var.name}}-reader"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [] }})
}}

resource "aws_iam_role_policy" "reader" {{
  role = aws_iam_role.reader.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:Query"]
      Resource = [aws_dynamodb_table.this.arn, "${{aws_dynamodb_table.this.arn}}/index/*"]
    }}]
  }})
}}

resource "aws_cloudwatch_metric_alarm" "throttled" {{
  alarm_name          = "${{var.name}}-throttled"
  namespace           = "AWS/DynamoDB"
  metric_name         = "ThrottledRequests"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 0
  dimensions          = {{ TableName = aws_dynamodb_table.this.name }}
}}
"#
    );
    text
}

const TAGS_MODULE: &str = r#"
variable "tags" {
  type    = map(string)
  default = {}
}

variable "environment" {
  type = string
}

variable "module" {
  type = string
}

output "all" {
  value = merge({ environment = var.environment, module = var.module }, var.tags)
}
"#;

fn shared_modules(path: &Path) {
    write(path.join("modules/tags/main.tf"), TAGS_MODULE);
    for number in 0..SHARED {
        write(path.join(format!("modules/table-{number}/main.tf")), shared_module(number));
    }
}

/// `roots` root modules, one for each service and environment, each of which calls three of the shared modules.
pub fn root_modules(roots: usize) -> PathBuf {
    folder(&format!("roots-{roots}"), |path| {
        shared_modules(path);
        for root in 0..roots {
            let environment = ENVIRONMENTS[root % ENVIRONMENTS.len()];
            let service = root / ENVIRONMENTS.len();
            let mut text = format!(
                "provider \"aws\" {{\n  region = \"eu-west-1\"\n  default_tags {{\n    tags = {{ service = \"service-{service}\" }}\n  \
                 }}\n}}\n\nvariable \"team\" {{\n  type = string\n}}\n"
            );
            for call in 0..3 {
                let shared = (service * 3 + call) % SHARED;
                let _ = write!(
                    text,
                    "\nmodule \"table_{call}\" {{\n  source      = \"../../../modules/table-{shared}\"\n  name        = \
                     \"service-{service}-{call}\"\n  environment = \"{environment}\"\n  tags        = {{ team = var.team }}\n}}\n"
                );
            }
            let directory = path.join(format!("live/{environment}/service-{service:03}"));
            write(directory.join("main.tf"), text);
            write(directory.join("terraform.tfvars"), format!("team = \"team-{}\"\n", service % 7));
        }
    })
}

/// `units` units of Terragrunt over the shared modules.
pub fn units(units: usize) -> PathBuf {
    folder(&format!("units-{units}"), |path| {
        shared_modules(path);
        write(path.join("live/root.hcl"), ROOT_FILE);
        for environment in ENVIRONMENTS {
            write(
                path.join(format!("live/{environment}/env.hcl")),
                format!("locals {{\n  environment = \"{environment}\"\n}}\n"),
            );
        }
        for unit in 0..units {
            let environment = ENVIRONMENTS[unit % ENVIRONMENTS.len()];
            let service = unit / ENVIRONMENTS.len();
            write(
                path.join(format!("live/{environment}/service-{service:03}/terragrunt.hcl")),
                format!(
                    "include \"root\" {{\n  path = find_in_parent_folders(\"root.hcl\")\n}}\n\nterraform {{\n  source = \
                     \"../../../modules//table-{}\"\n}}\n\ninputs = {{\n  tags = {{ team = \"team-{}\" }}\n}}\n",
                    service % SHARED,
                    service % 7
                ),
            );
        }
    })
}

const ROOT_FILE: &str = r#"
locals {
  environment = read_terragrunt_config(find_in_parent_folders("env.hcl")).locals.environment
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = <<EOF
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { environment = "${local.environment}" }
  }
}
EOF
}

inputs = {
  environment = local.environment
  name        = basename(get_terragrunt_dir())
}
"#;

const TABLE_MODULE: &str = r#"
variable "name" {
  type = string
}

variable "environment" {
  type = string
}

variable "tags" {
  type    = map(string)
  default = {}
}

locals {
  production = var.environment == "prod"
}

resource "aws_dynamodb_table" "this" {
  name         = "${var.name}-${var.environment}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  dynamic "attribute" {
    for_each = { id = "S", customer = "S" }
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  global_secondary_index {
    name            = "by-customer"
    hash_key        = "customer"
    projection_type = "KEYS_ONLY"
  }

  point_in_time_recovery {
    enabled = local.production
  }

  deletion_protection_enabled = local.production

  tags = merge(var.tags, { environment = var.environment })
}

output "arn" {
  value = aws_dynamodb_table.this.arn
}
"#;
