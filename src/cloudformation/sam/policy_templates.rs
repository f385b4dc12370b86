//! The policy templates about DynamoDB and about what readers of streams write to, as the SAM developer guide lists them
//! ("SAM policy templates"). The others grant nothing that matters to tables and are left out.

use crate::source::Span;
use crate::value::{Entry, Value};

use super::super::stack::Stack;
use super::{Piece, Place, arn, entry};

/// What a statement of a template is about.
#[derive(Clone, Copy)]
enum Target {
    Table,
    TableAndIndexes,
    Backups,
    /// `stream/` and the name that the template is given.
    Stream,
    AllStreams,
    Bucket,
    Objects,
    BucketAndObjects,
    DeliveryStream,
    Domain,
}

type Statement = (&'static [&'static str], Target);

const TEMPLATES: &[(&str, &[Statement])] = &[
    (
        "DynamoDBBackupFullAccessPolicy",
        &[
            (&["dynamodb:CreateBackup", "dynamodb:DescribeContinuousBackups"], Target::Table),
            (&["dynamodb:DeleteBackup", "dynamodb:DescribeBackup", "dynamodb:ListBackups"], Target::Backups),
        ],
    ),
    (
        "DynamoDBCrudPolicy",
        &[(
            &[
                "dynamodb:GetItem",
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:Scan",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
                "dynamodb:ConditionCheckItem",
            ],
            Target::TableAndIndexes,
        )],
    ),
    (
        "DynamoDBReadPolicy",
        &[(
            &["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"],
            Target::TableAndIndexes,
        )],
    ),
    ("DynamoDBReconfigurePolicy", &[(&["dynamodb:UpdateTable"], Target::Table)]),
    (
        "DynamoDBRestoreFromBackupPolicy",
        &[
            (&["dynamodb:RestoreTableFromBackup"], Target::Backups),
            (
                &[
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:GetItem",
                    "dynamodb:Query",
                    "dynamodb:Scan",
                    "dynamodb:BatchWriteItem",
                ],
                Target::Table,
            ),
        ],
    ),
    (
        "DynamoDBStreamReadPolicy",
        &[
            (&["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], Target::Stream),
            (&["dynamodb:ListStreams"], Target::AllStreams),
        ],
    ),
    (
        "DynamoDBWritePolicy",
        &[(&["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], Target::TableAndIndexes)],
    ),
    ("ElasticsearchHttpPostPolicy", &[(&["es:ESHttpPost", "es:ESHttpPut"], Target::Domain)]),
    (
        "FirehoseCrudPolicy",
        &[(
            &[
                "firehose:CreateDeliveryStream",
                "firehose:DeleteDeliveryStream",
                "firehose:DescribeDeliveryStream",
                "firehose:PutRecord",
                "firehose:PutRecordBatch",
                "firehose:UpdateDestination",
            ],
            Target::DeliveryStream,
        )],
    ),
    ("FirehoseWritePolicy", &[(&["firehose:PutRecord", "firehose:PutRecordBatch"], Target::DeliveryStream)]),
    (
        "S3CrudPolicy",
        &[(
            &[
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:GetLifecycleConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:DeleteObject",
            ],
            Target::BucketAndObjects,
        )],
    ),
    (
        "S3FullAccessPolicy",
        &[
            (
                &[
                    "s3:GetObject",
                    "s3:GetObjectAcl",
                    "s3:GetObjectVersion",
                    "s3:PutObject",
                    "s3:PutObjectAcl",
                    "s3:DeleteObject",
                    "s3:DeleteObjectTagging",
                    "s3:DeleteObjectVersionTagging",
                    "s3:GetObjectTagging",
                    "s3:GetObjectVersionTagging",
                    "s3:PutObjectTagging",
                    "s3:PutObjectVersionTagging",
                ],
                Target::Objects,
            ),
            (
                &[
                    "s3:ListBucket",
                    "s3:GetBucketLocation",
                    "s3:GetLifecycleConfiguration",
                    "s3:PutLifecycleConfiguration",
                ],
                Target::Bucket,
            ),
        ],
    ),
    (
        "S3ReadPolicy",
        &[(
            &[
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:GetLifecycleConfiguration",
            ],
            Target::BucketAndObjects,
        )],
    ),
    (
        "S3WritePolicy",
        &[(&["s3:PutObject", "s3:PutObjectAcl", "s3:PutLifecycleConfiguration"], Target::BucketAndObjects)],
    ),
];

/// The statements that a template stands for; `None` for templates that are left out. They stand where the
/// template is named.
pub fn statements(stack: &Stack<'_>, template: &Entry, fallback: Span) -> Option<Vec<Value>> {
    let (_, statements) = TEMPLATES.iter().find(|(name, _)| *name == template.key)?;
    let span = stack.session.origins.span(template.key_origin).unwrap_or(fallback);
    let missing = Value::unknown("the policy template has no such parameter", template.key_origin);
    let table = template.value.get("TableName").unwrap_or(&missing);
    let stream = template.value.get("StreamName").unwrap_or(&missing);
    let place = Place::of(stack);
    // The ARN stands where the name that it is made of does.
    let at = stack.session.origins.span(table.origin).unwrap_or(span);
    let table_arn = |suffix: &[Piece<'_>]| {
        let mut pieces = vec![
            Piece::Text("arn:"),
            Piece::Value(&place.partition),
            Piece::Text(":dynamodb:"),
            Piece::Value(&place.region),
            Piece::Text(":"),
            Piece::Value(&place.account),
            Piece::Text(":table/"),
            Piece::Value(table),
        ];
        for piece in suffix {
            pieces.push(match piece {
                Piece::Text(text) => Piece::Text(text),
                Piece::Value(value) => Piece::Value(value),
            });
        }
        arn(stack, at, &pieces)
    };
    // An ARN of another service: its beginning, the parameter of the template, and what follows.
    let other = |service: &str, regional: bool, before: &str, parameter: &str, behind: &str| {
        let name = template.value.get(parameter).unwrap_or(&missing);
        let mut pieces = vec![Piece::Text("arn:"), Piece::Value(&place.partition), Piece::Text(service)];
        if regional {
            pieces.extend([Piece::Value(&place.region), Piece::Text(":"), Piece::Value(&place.account)]);
        }
        pieces.extend([Piece::Text(before), Piece::Value(name), Piece::Text(behind)]);
        pieces.retain(|piece| !matches!(piece, Piece::Text("")));
        let at = stack.session.origins.span(name.origin).unwrap_or(span);
        arn(stack, at, &pieces)
    };
    let bucket = |behind: &str| other(":s3:::", false, "", "BucketName", behind);
    let origin = template.key_origin;
    let made = statements.iter().map(|(actions, target)| {
        let resources = match target {
            Target::Table => vec![table_arn(&[])],
            Target::TableAndIndexes => vec![table_arn(&[]), table_arn(&[Piece::Text("/index/*")])],
            Target::Backups => vec![table_arn(&[Piece::Text("/backup/*")])],
            Target::Stream => vec![table_arn(&[Piece::Text("/stream/"), Piece::Value(stream)])],
            Target::AllStreams => vec![table_arn(&[Piece::Text("/stream/*")])],
            Target::Bucket => vec![bucket("")],
            Target::Objects => vec![bucket("/*")],
            Target::BucketAndObjects => vec![bucket(""), bucket("/*")],
            Target::DeliveryStream => {
                vec![other(":firehose:", true, ":deliverystream/", "DeliveryStreamName", "")]
            }
            Target::Domain => vec![other(":es:", true, ":domain/", "DomainName", "/*")],
        };
        statement(actions, resources, origin)
    });
    Some(made.collect())
}

/// A statement that allows some actions on some resources.
pub fn statement(actions: &[&str], resources: Vec<Value>, origin: crate::value::OriginId) -> Value {
    let actions = actions.iter().map(|action| Value::string(*action, origin)).collect();
    Value::map(
        vec![
            entry("Effect", Value::string("Allow", origin)),
            entry("Action", Value::list(actions, origin)),
            entry("Resource", Value::list(resources, origin)),
        ],
        origin,
    )
}
