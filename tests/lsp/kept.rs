//! What a session keeps of a template from one edit to the next is what a fresh look at it gives.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dynalens::analysis::Request;
use dynalens::analysis::session::{Change, Pace, Scope, Session};
use dynalens::source::{Nothing, Overlay, Rooted};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::client::today;
use super::same_answers::told;

/// What stands before the resources: each list holds the texts that a section may have.
const SECTIONS: [&[&str]; 5] = [
    &["Transform: AWS::Serverless-2016-10-31\n", "AWSTemplateFormatVersion: '2010-09-09'\n", "# nothing\n"],
    &[
        "Parameters:\n  Environment:\n    Type: String\n    AllowedValues: [dev, prod]\n  Recovery: { Type: String, Default: \"false\" }\n",
        "Parameters:\n  Environment:\n    Type: String\n    Default: prod\n  Recovery: { Type: String, Default: \"true\" }\n",
        "Parameters:\n  Environment:\n    Type: String\n    AllowedValues: [dev, test, prod]\n",
        "",
    ],
    &[
        "Conditions:\n  IsProd: !Equals [!Ref Environment, prod]\n",
        "Conditions:\n  IsProd: !Not [!Equals [!Ref Environment, dev]]\n  # a note\n",
        "Conditions:\n  IsProd: !Equals [!Ref Environment\n",
        "",
    ],
    &["Mappings:\n  Sizes:\n    small: { Read: 5 }\n", "Mappings:\n  Sizes:\n    small: { Read: 50000 }\n", ""],
    &[
        "Globals:\n  Function:\n    Runtime: java21\n    Environment: { Variables: { STAGE: !Ref Environment } }\n",
        "Globals:\n  Function:\n    Timeout: 30\n",
        "",
    ],
];

/// What stands behind the resources.
const ENDS: &[&str] = &[
    "",
    "Outputs:\n  Name: { Value: !Ref Table0, Export: { Name: orders } }\n",
    "# dynalens: ignore[deletion-protection-disabled] at the end\n",
    "Outputs:\n  Arn: { Value: !GetAtt Table1.Arn }\n---\nx: 1\n",
];

/// The resources, by kind; `@` is their number, `%` that of another one.
const KINDS: &[&[&str]] = &[
    &[
        "  Table@:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !Sub \"orders-@-${Environment}\"\n      BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]\n      AttributeDefinitions:\n        - { AttributeName: id, AttributeType: S }\n      KeySchema:\n        - { AttributeName: id, KeyType: HASH }\n      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: !Ref Recovery }\n",
        "  # dynalens: ignore[reliability] made anew each night\n  Table@:\n    Type: AWS::DynamoDB::Table\n    Condition: IsProd\n    Properties:\n      AttributeDefinitions:\n        - { AttributeName: id, AttributeType: S }\n      KeySchema:\n        - { AttributeName: id, KeyType: HASH }\n      ProvisionedThroughput: { ReadCapacityUnits: !FindInMap [Sizes, small, Read], WriteCapacityUnits: 5 }\n",
        "  Table@:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n    Properties:\n      TableName: orders\n      KeySchema:\n        - { AttributeName: id, KeyType: HASH }\n        - { AttributeName: id, KeyType: HASH }\n      StreamSpecification: { StreamViewType: NEW_IMAGE }\n      Tags:\n        - { Key: Environment, Value: !Ref Environment }\n",
        "  Table@:\n    Type: AWS::Serverless::SimpleTable\n    Properties:\n      TableName: !Sub \"${AWS::StackName}-é🦀\"\n",
    ],
    &[
        "  Function@:\n    Type: AWS::Serverless::Function\n    Properties:\n      Description: handles one kind of request\n      Environment:\n        Variables: { TABLE: !Ref Table% }\n      Policies:\n        - DynamoDBCrudPolicy: { TableName: !Ref Table% }\n      Events:\n        Api: { Type: Api, Properties: { Path: /orders/@, Method: get } }\n",
        "  Function@:\n    Type: AWS::Serverless::Function\n    Properties:\n      Policies:\n        - Statement:\n            - Effect: Allow\n              Action: dynamodb:*\n              Resource: \"*\"\n        - Statement:\n            - { Effect: Allow, Action: [dynamodb:Scan], Resource: !GetAtt Table%.Arn }\n      Events:\n        Stream: { Type: DynamoDB, Properties: { Stream: !GetAtt Table%.StreamArn, StartingPosition: LATEST } }\n",
        "  Function@:\n    Type: AWS::Lambda::Function\n    DependsOn: Table%\n    Properties:\n      Role: !GetAtt Role@.Arn\n      Environment: { Variables: { TABLE: !Ref Table%, OTHER: !ImportValue orders } }\n",
    ],
    &[
        "  Role@:\n    Type: AWS::IAM::Role\n    Properties:\n      Policies:\n        - PolicyName: table\n          PolicyDocument:\n            Statement:\n              - { Effect: Allow, Action: [dynamodb:GetItem, dynamodb:Query], Resource: [!GetAtt Table%.Arn, !Sub '${Table%.Arn}/index/*'] }\n",
        "  Role@:\n    Type: AWS::IAM::Role\n    Properties:\n      ManagedPolicyArns: [arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess]\n",
    ],
    &[
        "  Alarm@:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      Namespace: AWS/DynamoDB\n      MetricName: SystemErrors\n      Dimensions: [{ Name: TableName, Value: !Ref Table% }]\n      Threshold: 1\n      ComparisonOperator: GreaterThanOrEqualToThreshold\n",
        "  Alarm@:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      Namespace: AWS/Lambda\n      Dimensions: [{ Name: FunctionName, Value: !Ref Function% }]\n",
        "  Alarm@:\n    Type: AWS::ApplicationAutoScaling::ScalableTarget\n    Properties:\n      ServiceNamespace: dynamodb\n      ResourceId: !Sub table/${Table%}\n      ScalableDimension: dynamodb:table:ReadCapacityUnits\n      MinCapacity: 10\n      MaxCapacity: 5\n",
        "  Alarm@:\n    Type: AWS::DynamoDB::GlobalTable\n    Properties:\n      KeySchema: [{ AttributeName: &key id, KeyType: HASH }]\n      AttributeDefinitions: [{ AttributeName: *key, AttributeType: S }]\n      Replicas: [{ Region: eu-west-1 }, { Region: !Ref AWS::Region }]\n",
    ],
];

/// Texts that may come in anywhere.
const STRAYS: &[&str] = &[
    "x",
    " ",
    "\n",
    "#",
    "\"",
    "'",
    "{",
    "]",
    ":",
    "- ",
    "!Ref ",
    "&a ",
    "*a",
    "\t",
    "é",
    "  x: 1\n",
    "    y: [\n",
    "\r\n",
    "|\n",
    "<<: *a\n",
    "# dynalens: ignore[reliability] why\n",
    "---\n",
    "Resources:\n",
    "\u{feff}",
];

/// One resource: its kind, which of its texts, its number and the number of the one that it is about.
#[derive(Clone, Copy, Debug)]
struct One {
    kind: usize,
    text: usize,
    number: usize,
    about: usize,
}

impl One {
    fn write(self, text: &mut String) {
        let texts = KINDS[self.kind % KINDS.len()];
        let own = texts[self.text % texts.len()];
        let _ = write!(text, "{}", own.replace('@', &self.number.to_string()).replace('%', &self.about.to_string()));
    }
}

/// A template as its author thinks of it, and what slipped into the text.
#[derive(Clone, Debug)]
struct Draft {
    sections: [usize; SECTIONS.len()],
    resources: Vec<One>,
    end: usize,
    /// Where (in thousandths of the text), how much is taken out, and what comes in.
    slips: Vec<(usize, usize, usize)>,
}

impl Draft {
    fn text(&self) -> String {
        let mut text = String::new();
        for (section, own) in SECTIONS.iter().zip(self.sections) {
            text.push_str(section[own % section.len()]);
        }
        text.push_str("Resources:\n");
        self.resources.iter().for_each(|one| one.write(&mut text));
        text.push_str(ENDS[self.end % ENDS.len()]);
        for (place, length, stray) in &self.slips {
            let border = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let start = border(text.len() * place / 1000);
            let end = border(start + length);
            text.replace_range(start..end.max(start), STRAYS[stray % STRAYS.len()]);
        }
        text
    }
}

#[derive(Clone, Debug)]
enum Edit {
    Change(usize, usize),
    About(usize, usize),
    Number(usize, usize),
    Add(usize, One),
    Remove(usize),
    Move(usize, usize),
    Section(usize, usize),
    End(usize),
    Slip(usize, usize, usize),
    Mend,
    Undo(usize),
}

fn one() -> impl Strategy<Value = One> {
    (0..4_usize, 0..4_usize, 0..4_usize, 0..4_usize).prop_map(|(kind, text, number, about)| One {
        kind,
        text,
        number,
        about,
    })
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        4 => (0..20_usize, 0..4_usize).prop_map(|(at, text)| Edit::Change(at, text)),
        2 => (0..20_usize, 0..4_usize).prop_map(|(at, about)| Edit::About(at, about)),
        1 => (0..20_usize, 0..4_usize).prop_map(|(at, number)| Edit::Number(at, number)),
        2 => (0..20_usize, one()).prop_map(|(at, one)| Edit::Add(at, one)),
        2 => (0..20_usize).prop_map(Edit::Remove),
        1 => (0..20_usize, 0..20_usize).prop_map(|(from, to)| Edit::Move(from, to)),
        2 => (0..SECTIONS.len(), 0..4_usize).prop_map(|(section, text)| Edit::Section(section, text)),
        1 => (0..4_usize).prop_map(Edit::End),
        6 => (0..1000_usize, 0..4_usize, 0..STRAYS.len()).prop_map(|(at, length, stray)| Edit::Slip(at, length, stray)),
        3 => Just(Edit::Mend),
        2 => (1..4_usize).prop_map(Edit::Undo),
    ];
    prop::collection::vec(edit, 1..12)
}

fn edited(history: &[Draft], edit: &Edit) -> Draft {
    let mut draft = history.last().unwrap().clone();
    let count = draft.resources.len();
    match edit.clone() {
        Edit::Add(at, one) => draft.resources.insert(at % (count + 1), one),
        Edit::Section(section, text) => draft.sections[section] = text,
        Edit::End(end) => draft.end = end,
        Edit::Slip(at, length, stray) => draft.slips.push((at, length, stray)),
        Edit::Mend => draft.slips.clear(),
        Edit::Undo(steps) => return history[history.len().saturating_sub(1 + steps)].clone(),
        _ if count == 0 => {}
        Edit::Change(at, text) => draft.resources[at % count].text = text,
        Edit::About(at, about) => draft.resources[at % count].about = about,
        Edit::Number(at, number) => draft.resources[at % count].number = number,
        Edit::Remove(at) => drop(draft.resources.remove(at % count)),
        Edit::Move(from, to) => {
            let one = draft.resources.remove(from % count);
            draft.resources.insert(to % count, one);
        }
    }
    draft
}

#[test]
fn what_is_kept_of_a_template_is_what_a_fresh_look_gives() {
    let cases = std::env::var("DYNALENS_KEPT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (root, path) = (Path::new("/w"), Path::new("/w/template.yaml"));
    let start = prop::collection::vec(one(), 4..16);
    runner
        .run(&(start, edits()), |(resources, edits)| {
            let mut history = vec![Draft { sections: [0; SECTIONS.len()], resources, end: 0, slips: Vec::new() }];
            let mut files = Overlay::over(Nothing);
            files.set("/w/.git/HEAD", "");
            let mut scope = Scope::default();
            scope.open.insert(PathBuf::from("template.yaml"));
            let mut session = Session::new(root, Request::new(today()));
            for edit in std::iter::once(None).chain(edits.iter().map(Some)) {
                history.extend(edit.map(|edit| edited(&history, edit)));
                let text = history.last().unwrap().text();
                files.set(path, text.as_bytes());
                session.changed(path, Change::Text);
                let fs = Rooted::new(root, &files);
                prop_assert_eq!(session.refresh(&fs, &scope, today(), &Pace::QUIET), Ok(true));
                let mut fresh = Session::new(root, Request::new(today()));
                prop_assert_eq!(fresh.refresh(&fs, &scope, today(), &Pace::QUIET), Ok(true));
                prop_assert_eq!(told(session.analysis()), told(fresh.analysis()), "{:?}\n{}", edit, text);
            }
            Ok(())
        })
        .unwrap();
}
