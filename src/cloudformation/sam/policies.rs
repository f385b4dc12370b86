//! The `Policies` of functions and state machines: names and ARNs of managed policies, documents, policy templates.

use crate::resource::Resource;
use crate::value::{Data, Entry, OriginId, Truth, Value, combine, equal};

use super::super::stack::Stack;
use super::{entry, managed_policy, policy_templates};

/// Managed policies that lie in the folder of service roles.
const SERVICE_ROLES: &[&str] = &[
    "AWSLambdaBasicDurableExecutionRolePolicy",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaENIManagementAccess",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaMSKExecutionRole",
    "AWSLambdaRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
];

/// Managed policies that lie in the folder of job functions.
const JOB_FUNCTIONS: &[&str] = &[
    "Billing",
    "DataScientist",
    "DatabaseAdministrator",
    "NetworkAdministrator",
    "SupportUser",
    "SystemAdministrator",
    "ViewOnlyAccess",
];

/// What a role is allowed.
#[derive(Default)]
pub struct Grants {
    /// ARNs.
    pub managed: Vec<Value>,
    /// `{PolicyName, PolicyDocument}` each.
    pub inline: Vec<Value>,
    /// Where the policies are written.
    pub origin: Option<OriginId>,
}

impl Grants {
    /// Adds a managed policy, unless it is there already.
    pub fn add_managed(&mut self, arn: Value) {
        if self.managed.iter().all(|known| equal(known, &arn) != Truth::True) {
            self.managed.push(arn);
        }
    }
}

/// What an entry of the property is in one case.
enum Policy {
    Managed(Value),
    Inline(Value),
    Nothing,
}

/// Reads the `Policies` property.
pub fn read(stack: &Stack<'_>, resource: &Resource, grants: &mut Grants) {
    let Some(policies) = resource.attributes.get("Policies").filter(|value| !value.is_unset()) else { return };
    grants.origin = Some(policies.origin);
    match &policies.data {
        Data::List(list) => {
            for (index, item) in list.items.iter().enumerate() {
                add(stack, resource, item, index, grants);
            }
            if let Some(rest) = &list.rest {
                grants.inline.push(Value::new(Data::Unknown(rest.clone()), policies.origin));
            }
        }
        _ => add(stack, resource, policies, 0, grants),
    }
}

fn add(stack: &Stack<'_>, resource: &Resource, item: &Value, index: usize, grants: &mut Grants) {
    let name = format!("{}RolePolicy{index}", resource.name);
    if !matches!(item.data, Data::Choice(_)) {
        match read_one(stack, resource, item, &name) {
            Policy::Managed(arn) => grants.add_managed(arn),
            Policy::Inline(policy) => grants.inline.push(policy),
            Policy::Nothing => {}
        }
        return;
    }
    // A policy that depends on an input may be one kind in one case and another kind in another.
    let nothing = |value: &Value| Value::absent(value.origin);
    let (mut any_managed, mut any_inline) = (false, false);
    let managed = combine(&[item], &mut |leaves| match read_one(stack, resource, leaves[0], &name) {
        Policy::Managed(arn) => {
            any_managed = true;
            arn
        }
        _ => nothing(leaves[0]),
    });
    let inline = combine(&[item], &mut |leaves| match read_one(stack, resource, leaves[0], &name) {
        Policy::Inline(policy) => {
            any_inline = true;
            policy
        }
        _ => nothing(leaves[0]),
    });
    if any_managed {
        grants.add_managed(managed);
    }
    if any_inline {
        grants.inline.push(inline);
    }
}

fn read_one(stack: &Stack<'_>, resource: &Resource, item: &Value, name: &str) -> Policy {
    match &item.data {
        Data::Absent | Data::Null => Policy::Nothing,
        Data::String(text) if text.starts_with("arn:") => Policy::Managed(item.clone()),
        Data::String(text) => {
            let path = match text.as_str() {
                name if SERVICE_ROLES.contains(&name) => format!("service-role/{name}"),
                name if JOB_FUNCTIONS.contains(&name) => format!("job-function/{name}"),
                name => name.to_owned(),
            };
            let span = stack.session.origins.span(item.origin).unwrap_or(resource.header);
            let arn = managed_policy(stack, span, &path);
            let origin = stack.session.expression(span, item.origin);
            Policy::Managed(if matches!(arn.data, Data::Choice(_)) { arn } else { arn.at(origin) })
        }
        Data::Map(map) => {
            if map.get("Statement").is_some() {
                return Policy::Inline(inline(name, item.clone()));
            }
            let [template] = map.entries.as_slice() else { return Policy::Nothing };
            match policy_templates::statements(stack, template, resource.header) {
                Some(statements) => {
                    let origin = template.key_origin;
                    let document = Value::map(
                        vec![
                            entry("Version", Value::string("2012-10-17", origin)),
                            entry("Statement", Value::list(statements, origin)),
                        ],
                        origin,
                    );
                    Policy::Inline(with_template(inline(name, document), template))
                }
                None => Policy::Nothing,
            }
        }
        // The ARN of a policy of one's own, or something that is not known.
        Data::Parts(_) | Data::Unknown(_) => Policy::Managed(item.clone()),
        _ => Policy::Nothing,
    }
}

fn inline(name: &str, document: Value) -> Value {
    let origin = document.origin;
    Value::map(vec![entry("PolicyName", Value::string(name, origin)), entry("PolicyDocument", document)], origin)
}

/// Keeps the name of the policy template beside the policy that it makes: its statements are the template's choice.
fn with_template(policy: Value, template: &Entry) -> Value {
    let Data::Map(map) = &policy.data else { return policy };
    let mut map = (**map).clone();
    map.entries.push(entry("SamTemplate", Value::string(template.key.clone(), template.key_origin)));
    Value::new(Data::Map(map.into()), policy.origin)
}
