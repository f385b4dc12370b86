//! The policy templates about DynamoDB, as the SAM developer guide lists them ("SAM policy templates"). The others
//! grant nothing on tables and are left out.

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
];

/// The statements that a template stands for; `None` for templates that grant nothing on tables. They stand where the
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
    let origin = template.key_origin;
    let made = statements.iter().map(|(actions, target)| {
        let resources = match target {
            Target::Table => vec![table_arn(&[])],
            Target::TableAndIndexes => vec![table_arn(&[]), table_arn(&[Piece::Text("/index/*")])],
            Target::Backups => vec![table_arn(&[Piece::Text("/backup/*")])],
            Target::Stream => vec![table_arn(&[Piece::Text("/stream/"), Piece::Value(stream)])],
            Target::AllStreams => vec![table_arn(&[Piece::Text("/stream/*")])],
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
