//! What a file could matter for, by a scan of its bytes: which words of the DynamoDB world it mentions.
//!
//! A scan costs next to nothing and decides for most files that they need no parsing. It may say yes too often and
//! never no too often.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// A part of the DynamoDB world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// Tables, indexes, or anything that names DynamoDB, IAM actions and ARNs too.
    DynamoDb,
    Dax,
    /// Application Auto Scaling: targets and policies.
    Scaling,
    /// VPC endpoints.
    Endpoint,
    /// CloudWatch alarms.
    Alarm,
    /// AWS Backup plans and selections.
    Backup,
    /// IAM roles and policies, policy documents.
    Access,
    /// Another template or module is called, which may hold any of these.
    Nested,
}

/// The set of markers that a text mentions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relevance(u16);

static WORDS: LazyLock<Vec<(Marker, Finder<'static>)>> = LazyLock::new(|| {
    // Letter case varies between languages; each word leaves out the letters that differ.
    [
        (Marker::DynamoDb, "ynamo"),
        (Marker::DynamoDb, "DYNAMO"),
        // SAM's tables do not say of which service they are.
        (Marker::DynamoDb, "SimpleTable"),
        (Marker::Dax, "dax"),
        (Marker::Dax, "DAX"),
        (Marker::Scaling, "ApplicationAutoScaling"),
        (Marker::Scaling, "aws_appautoscaling"),
        (Marker::Endpoint, "VPCEndpoint"),
        (Marker::Endpoint, "vpc_endpoint"),
        (Marker::Alarm, "AWS::CloudWatch::"),
        (Marker::Alarm, "aws_cloudwatch_"),
        (Marker::Backup, "AWS::Backup::"),
        (Marker::Backup, "aws_backup_"),
        (Marker::Access, "AWS::IAM::"),
        (Marker::Access, "aws_iam_"),
        (Marker::Nested, "AWS::CloudFormation::Stack"),
        (Marker::Nested, "AWS::Serverless::Application"),
        (Marker::Nested, "AWS::Include"),
        (Marker::Nested, "${file("),
        (Marker::Nested, "module"),
    ]
    .into_iter()
    .map(|(marker, word)| (marker, Finder::new(word)))
    .collect()
});

impl Relevance {
    /// What the bytes mention; they need not be UTF-8.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        for (marker, word) in WORDS.iter() {
            if !found.has(*marker) && word.find(bytes).is_some() {
                found.0 |= 1 << (*marker as u16);
            }
        }
        found
    }

    #[must_use]
    pub fn has(self, marker: Marker) -> bool {
        self.0 & (1 << (marker as u16)) != 0
    }

    /// Whether tables or clusters are named, or another file that may name them is called.
    #[must_use]
    pub fn is_central(self) -> bool {
        self.has(Marker::DynamoDb) || self.has(Marker::Dax) || self.has(Marker::Nested)
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What either of the two mentions.
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_the_spelling_of_each_language() {
        for text in ["AWS::DynamoDB::Table", "aws_dynamodb_table", "dynamodb:GetItem", "DYNAMODB_TABLE"] {
            assert!(Relevance::of(text.as_bytes()).has(Marker::DynamoDb), "{text}");
        }
        for text in ["AWS::DAX::Cluster", "aws_dax_cluster", "dax:*"] {
            assert!(Relevance::of(text.as_bytes()).has(Marker::Dax), "{text}");
        }
        assert!(Relevance::of(b"AWS::EC2::VPCEndpoint").has(Marker::Endpoint));
        assert!(Relevance::of(b"resource aws_vpc_endpoint x").has(Marker::Endpoint));
        assert!(Relevance::of(b"AWS::Serverless::Application").is_central());
        assert!(Relevance::of(b"Type: AWS::Serverless::SimpleTable").is_central());
        assert!(Relevance::of(b"module \"x\" {").is_central());
    }

    #[test]
    fn other_texts_mention_nothing() {
        let none = Relevance::of(b"Type: AWS::S3::Bucket \xff resource aws_s3_bucket");
        assert!(none.is_empty() && !none.is_central());
        assert!(none.or(Relevance::of(b"dax")).has(Marker::Dax));
    }
}
