//! IAM resources of every language: roles, and the policies of roles, users and groups with whom they apply to.

use crate::value::{OriginId, Symbol, Text, Value};

use super::derive::{known_text, statements};
use super::drafts::{AttachedPolicy, Attachment, Drafts, HolderKind, Policy};
use super::read::{Blocks, Reader};
use super::schema::Subject;

/// Adds what an IAM resource says; other resources add nothing.
pub(super) fn lower(reader: &Reader<'_>, drafts: &mut Drafts) {
    use HolderKind::{Group, Role, User};
    match reader.kind() {
        "AWS::IAM::Role" => {
            role(reader, drafts, "AssumeRolePolicyDocument");
            holder(reader, drafts, Role, &CLOUDFORMATION);
        }
        "AWS::IAM::User" => holder(reader, drafts, User, &CLOUDFORMATION),
        "AWS::IAM::Group" => holder(reader, drafts, Group, &CLOUDFORMATION),
        "AWS::IAM::Policy" => separate(reader, drafts, "PolicyDocument", "PolicyName", false, &HOLDERS),
        "AWS::IAM::ManagedPolicy" => {
            separate(reader, drafts, "PolicyDocument", "ManagedPolicyName", true, &HOLDERS);
        }
        "AWS::IAM::RolePolicy" => {
            separate(reader, drafts, "PolicyDocument", "PolicyName", false, &[(Role, "RoleName")]);
        }
        "AWS::IAM::UserPolicy" => {
            separate(reader, drafts, "PolicyDocument", "PolicyName", false, &[(User, "UserName")]);
        }
        "AWS::IAM::GroupPolicy" => {
            separate(reader, drafts, "PolicyDocument", "PolicyName", false, &[(Group, "GroupName")]);
        }
        "aws_iam_role" => {
            role(reader, drafts, "assume_role_policy");
            holder(reader, drafts, Role, &TERRAFORM);
        }
        "aws_iam_user" => holder(reader, drafts, User, &TERRAFORM),
        "aws_iam_policy" => separate(reader, drafts, "policy", "name", true, &[]),
        "aws_iam_role_policy" => separate(reader, drafts, "policy", "name", false, &[(Role, "role")]),
        "aws_iam_user_policy" => separate(reader, drafts, "policy", "name", false, &[(User, "user")]),
        "aws_iam_group_policy" => separate(reader, drafts, "policy", "name", false, &[(Group, "group")]),
        "aws_iam_role_policy_attachment" => attachment(reader, drafts, "policy_arn", &[(Role, "role")]),
        "aws_iam_user_policy_attachment" => attachment(reader, drafts, "policy_arn", &[(User, "user")]),
        "aws_iam_group_policy_attachment" => attachment(reader, drafts, "policy_arn", &[(Group, "group")]),
        "aws_iam_role_policy_attachments_exclusive" => {
            attachment(reader, drafts, "policy_arns", &[(Role, "role_name")]);
        }
        "aws_iam_policy_attachment" => {
            attachment(reader, drafts, "policy_arn", &[(Role, "roles"), (User, "users"), (Group, "groups")]);
        }
        _ => {}
    }
}

const HOLDERS: [(HolderKind, &str); 3] =
    [(HolderKind::Role, "Roles"), (HolderKind::User, "Users"), (HolderKind::Group, "Groups")];

/// The names of a holder's attributes in one language.
struct HolderNames {
    inline: &'static str,
    inline_name: &'static str,
    inline_document: &'static str,
    managed: &'static str,
    boundary: &'static str,
}

const CLOUDFORMATION: HolderNames = HolderNames {
    inline: "Policies",
    inline_name: "PolicyName",
    inline_document: "PolicyDocument",
    managed: "ManagedPolicyArns",
    boundary: "PermissionsBoundary",
};

const TERRAFORM: HolderNames = HolderNames {
    inline: "inline_policy",
    inline_name: "name",
    inline_document: "policy",
    managed: "managed_policy_arns",
    boundary: "permissions_boundary",
};

fn role(reader: &Reader<'_>, drafts: &mut Drafts, trust: &str) {
    let mut role = reader.draft(Subject::Role);
    reader.name(&mut role, "name");
    role.set("trust", statements(reader.context, &reader.raw(trust)));
    drafts.add(role);
}

/// A reference to the resource itself, as others would write it.
fn itself(reader: &Reader<'_>) -> Value {
    let here = reader.header_origin(reader.resource.header);
    let symbol = Symbol::Resource { address: reader.resource.address.clone(), attribute: "id".into() };
    Value::symbol("it is filled in by AWS", symbol, crate::value::Shape::String, here)
}

/// What a role, user or group carries itself.
fn holder(reader: &Reader<'_>, drafts: &mut Drafts, kind: HolderKind, names: &HolderNames) {
    let header = reader.resource.header;
    let naming = if reader.is_terraform() { "" } else { names.inline_name };
    let inline = Blocks::of(&reader.raw(names.inline), naming, header, reader.origins());
    let of = itself(reader);
    for (number, block) in inline.list.iter().enumerate() {
        let name = reader.raw_in(&block.value, block.header, names.inline_name);
        let document = reader.raw_in(&block.value, block.header, names.inline_document);
        // Terraform's empty block takes all inline policies away.
        if document.is_unset() {
            continue;
        }
        let part: Text = known_text(&name).map_or_else(|| format!("{}[{number}]", names.inline).into(), Text::from);
        let exists = super::derive::both(&reader.resource.exists, &block.exists);
        drafts.policies.push(Policy {
            resource: reader.position,
            part: Some(part),
            document,
            template: block.value.get("SamTemplate").and_then(Value::as_str).map(Text::from),
            managed: false,
            name,
            header: block.header,
            exists: exists.clone(),
        });
        attach(reader, drafts, AttachedPolicy::Own(drafts.policies.len() - 1), kind, of.clone(), exists, false);
    }
    if let Some(rest) = &inline.rest {
        let unknown = Value::new(crate::value::Data::Unknown(rest.clone()), OriginId::NONE);
        let exists = reader.resource.exists.clone();
        attach(reader, drafts, AttachedPolicy::ByArn(unknown), kind, of.clone(), exists, false);
    }
    for (name, boundary) in [(names.managed, false), (names.boundary, true)] {
        let arns = reader.raw(name);
        if !arns.is_unset() {
            let exists = reader.resource.exists.clone();
            attach(reader, drafts, AttachedPolicy::ByArn(arns), kind, of.clone(), exists, boundary);
        }
    }
}

fn attach(
    reader: &Reader<'_>,
    drafts: &mut Drafts,
    policy: AttachedPolicy,
    holder: HolderKind,
    holders: Value,
    exists: Value,
    boundary: bool,
) {
    drafts.attachments.push(Attachment { policy, holder, holders, exists, boundary, resource: reader.position });
}

/// A policy that is a resource of its own.
fn separate(
    reader: &Reader<'_>,
    drafts: &mut Drafts,
    document: &str,
    name: &str,
    managed: bool,
    holders: &[(HolderKind, &str)],
) {
    drafts.policies.push(Policy {
        resource: reader.position,
        part: None,
        document: reader.raw(document),
        template: None,
        managed,
        name: reader.raw(name),
        header: reader.resource.header,
        exists: reader.resource.exists.clone(),
    });
    let own = drafts.policies.len() - 1;
    for (kind, attribute) in holders {
        let of = reader.raw(attribute);
        if !of.is_unset() {
            attach(reader, drafts, AttachedPolicy::Own(own), *kind, of, reader.resource.exists.clone(), false);
        }
    }
}

fn attachment(reader: &Reader<'_>, drafts: &mut Drafts, arn: &str, holders: &[(HolderKind, &str)]) {
    for (kind, attribute) in holders {
        let of = reader.raw(attribute);
        if !of.is_unset() {
            let policy = AttachedPolicy::ByArn(reader.raw(arn));
            attach(reader, drafts, policy, *kind, of, reader.resource.exists.clone(), false);
        }
    }
}
