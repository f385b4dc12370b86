//! Roles, grants, keys and resource policies.

use super::{BOOLS, Generator, Pair, ints, of, texts};
use crate::project::{Setting, text};

const ACTIONS: &[&[&str]] = &[
    &["dynamodb:GetItem", "dynamodb:PutItem"],
    &["dynamodb:*"],
    &["*"],
    &["dynamodb:Scan"],
    &["dynamodb:Query", "dynamodb:GetItems"],
    &["dynamodb:DeleteTable", "dynamodb:UpdateTable"],
];

impl Generator<'_> {
    /// A table and a role that may do something with it.
    pub(super) fn access(&mut self) {
        self.table(0);
        let of_user = self.entropy.once_in(4);
        let services = self.entropy.one_of(&[&["lambda.amazonaws.com"][..], &["ec2.amazonaws.com"]]);
        if of_user {
            let mut user = Pair::new("AWS::IAM::User", "aws_iam_user");
            user.put("UserName", "name", &text("worker"));
            self.add("Worker", None, user);
        } else {
            self.role("Worker", services);
        }
        let actions = self.entropy.one_of(ACTIONS);
        let arn = || of("Orders", Some("Arn"), "arn");
        let resources = match self.entropy.below(5) {
            0 => vec![arn()],
            1 => vec![arn(), Setting::Joined(String::new(), Box::new(arn()), "/index/*".into())],
            2 => texts(&["*"]),
            3 => texts(&["arn:aws:dynamodb:*:*:table/*"]),
            _ => texts(&["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]),
        };
        // A table that is there in one case only is not referred to from outside of it.
        let guarded = self.project.resources.iter().any(|one| one.label == "Orders" && one.exists.is_some());
        let resources = if guarded { texts(&["*"]) } else { resources };
        self.role_policy("WorkerAccess", "Worker", actions, &resources);
        if of_user && let Some(policy) = self.project.resources.last_mut() {
            for form in policy.cloudformation.iter_mut().chain(&mut policy.terraform) {
                for (name, setting) in &mut form.attributes {
                    match name.as_str() {
                        "Roles" => "Users".clone_into(name),
                        "role" => {
                            "user".clone_into(name);
                            *setting = of("Worker", None, "name");
                        }
                        _ => {}
                    }
                }
                if form.ty == "aws_iam_role_policy" {
                    form.ty = "aws_iam_user_policy";
                }
            }
        }
    }

    pub(super) fn role(&mut self, label: &str, services: &[&str]) {
        let mut pair = Pair::new("AWS::IAM::Role", "aws_iam_role");
        let trust = document(vec![
            ("Effect".into(), text("Allow")),
            ("Principal".into(), Setting::Map(vec![("Service".into(), Setting::List(texts(services)))])),
            ("Action".into(), text("sts:AssumeRole")),
        ]);
        pair.cloudformation.put("AssumeRolePolicyDocument", trust.clone());
        pair.terraform.put("assume_role_policy", Setting::Document(Box::new(trust)));
        pair.put("RoleName", "name", &text(&label.to_lowercase()));
        if self.entropy.once_in(6) {
            let arns = Setting::List(texts(&["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]));
            pair.put("ManagedPolicyArns", "managed_policy_arns", &arns);
        }
        self.add(label, None, pair);
    }

    pub(super) fn role_policy(&mut self, label: &str, role: &str, actions: &[&str], resources: &[Setting]) {
        let mut pair = Pair::new("AWS::IAM::Policy", "aws_iam_role_policy");
        pair.put("PolicyName", "name", &text(&label.to_lowercase()));
        pair.cloudformation.put("Roles", Setting::List(vec![of(role, None, "name")]));
        pair.terraform.put("role", of(role, None, "id"));
        let mut statement = vec![
            ("Sid".to_owned(), text("Data")),
            ("Effect".to_owned(), text("Allow")),
            ("Action".to_owned(), Setting::List(texts(actions))),
            ("Resource".to_owned(), Setting::List(resources.to_vec())),
        ];
        if self.entropy.once_in(5) {
            let (operator, key) = self.entropy.one_of(&[
                ("ForAllValues:StringEquals", "dynamodb:LeadingKeys"),
                ("StringEquals", "dynamodb:LeadingKeys"),
                ("StringEquals", "dynamodb:LeadingKey"),
                ("StringEquals", "aws:RequestedRegion"),
            ]);
            let values = Setting::Map(vec![(key.into(), Setting::List(texts(&["eu-west-1"])))]);
            statement.push(("Condition".to_owned(), Setting::Map(vec![(operator.into(), values)])));
        }
        let document = document(statement);
        pair.cloudformation.put("PolicyDocument", document.clone());
        pair.terraform.put("policy", Setting::Document(Box::new(document)));
        self.add(label, None, pair);
    }

    pub(super) fn resource_policy(&mut self) -> Setting {
        let principal = self.entropy.one_of(&["arn:aws:iam::111122223333:root", "*", "444455556666"]);
        let actions = self.entropy.one_of(ACTIONS);
        let effect = if self.entropy.once_in(6) { "Deny" } else { "Allow" };
        let mut statement = vec![
            ("Effect".to_owned(), text(effect)),
            ("Principal".to_owned(), Setting::Map(vec![("AWS".into(), text(principal))])),
            ("Action".to_owned(), Setting::List(texts(actions))),
            ("Resource".to_owned(), text("*")),
        ];
        if self.entropy.once_in(4) {
            let values = Setting::Map(vec![("aws:SecureTransport".into(), text("false"))]);
            statement.push(("Condition".to_owned(), Setting::Map(vec![("Bool".into(), values)])));
        }
        document(statement)
    }

    pub(super) fn key(&mut self, label: &str) {
        let mut pair = Pair::new("AWS::KMS::Key", "aws_kms_key");
        pair.put("Description", "description", &text("protects a table"));
        self.both(&mut pair, "EnableKeyRotation", "enable_key_rotation", BOOLS);
        self.both(&mut pair, "Enabled", "is_enabled", BOOLS);
        self.both(&mut pair, "PendingWindowInDays", "deletion_window_in_days", &ints(&[30, 7]));
        let principal = self.entropy.one_of(&["arn:aws:iam::111122223333:root", "*"]);
        let policy = document(vec![
            ("Effect".into(), text("Allow")),
            ("Principal".into(), Setting::Map(vec![("AWS".into(), text(principal))])),
            ("Action".into(), text("kms:*")),
            ("Resource".into(), text("*")),
        ]);
        pair.cloudformation.put("KeyPolicy", policy.clone());
        pair.terraform.put("policy", Setting::Document(Box::new(policy)));
        self.add(label, None, pair);
    }
}

fn document(statement: Vec<(String, Setting)>) -> Setting {
    Setting::Map(vec![
        ("Version".into(), text("2012-10-17")),
        ("Statement".into(), Setting::List(vec![Setting::Map(statement)])),
    ])
}
