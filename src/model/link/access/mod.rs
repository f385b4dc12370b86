//! Roles, users and groups with their policies; statements that touch DynamoDB or DAX with the tables that they name.

mod action;
mod aws_policy;
mod federation;
mod grant;
mod holder;
mod outside;
pub(super) mod pattern;

use rustc_hash::FxHashMap;

use crate::value::{Data, EntityId, List, ListKind, OriginId, Symbol, Text, Value};

use super::super::derive::{both, each, spread, statements, texts};
use super::super::drafts::{AttachedPolicy, Attachment, Drafts, HolderKind, Policy};
use super::super::read::Context;
use super::super::schema::Subject;
use super::table::{ends_of, leads_to};
use super::targets::{Elsewhere, Targets, address_of, symbols};
use super::{ids_of, network};
use holder::{Holders, People};

/// A policy with everyone whom it applies to.
struct Applied {
    policy: usize,
    /// Each role with the cases in which the policy applies to it.
    roles: Vec<(EntityId, Value)>,
    people: People,
    /// A holder from elsewhere, or one that is not known.
    open: Option<Value>,
    attached: bool,
    only_boundary: bool,
}

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let roles = Targets::new(context, drafts, Subject::Role);
    let role_ids = roles.ids();
    for id in &role_ids {
        trust(drafts, *id);
        federation::link(context, drafts, *id);
    }
    let policies = std::mem::take(&mut drafts.policies);
    let attachments = std::mem::take(&mut drafts.attachments);
    let holders = Holders::new(context);
    let index = ManagedPolicies::new(context, &policies);
    let applied: Vec<Applied> = (0..policies.len())
        .map(|policy| Applied {
            policy,
            roles: Vec::new(),
            people: People::default(),
            open: None,
            attached: false,
            only_boundary: true,
        })
        .collect();
    let documents: Vec<Value> = policies.iter().map(|policy| statements(context, &policy.document)).collect();
    let of_roles = FxHashMap::default();
    let mut work = Work { context, drafts, roles, holders, index, applied, documents, of_roles };
    for attachment in &attachments {
        work.attach(attachment);
    }
    let Work { drafts, holders, applied, documents, mut of_roles, .. } = work;
    for of in &applied {
        let (Some(policy), Some(document)) = (policies.get(of.policy), documents.get(of.policy)) else { continue };
        grant::statements(context, drafts, tables, &holders, policy, document, of);
    }
    for id in role_ids {
        let known = of_roles.remove(&id).unwrap_or_default();
        let Some(draft) = drafts.get_mut(id) else { continue };
        let here = draft.value("address").origin;
        draft.set("statements", open_list(known.statements, known.open, here));
        draft.set("managed_policies", open_list(known.arns, known.arns_open, here));
    }
    for subject in [Subject::Role, Subject::Table] {
        for id in ids_of(drafts, subject) {
            if let Some(draft) = drafts.get_mut(id)
                && draft.get("grants").is_none()
            {
                let here = draft.value("address").origin;
                draft.set("grants", Value::list(Vec::new(), here));
            }
        }
    }
}

/// What is gathered for one role.
#[derive(Default)]
struct RolePolicies {
    statements: Vec<Value>,
    arns: Vec<Value>,
    arns_open: Option<Value>,
    open: Option<Value>,
}

/// Whom a policy is attached to.
struct Whom {
    /// Each role with the cases in which the policy applies to it.
    roles: Vec<(EntityId, Value)>,
    people: People,
    /// A holder from elsewhere, or one that is not known.
    open: Option<Value>,
}

struct Work<'w, 'c> {
    context: &'c Context<'c>,
    drafts: &'w mut Drafts,
    roles: Targets<'c>,
    holders: Holders,
    index: ManagedPolicies,
    applied: Vec<Applied>,
    documents: Vec<Value>,
    of_roles: FxHashMap<EntityId, RolePolicies>,
}

impl Work<'_, '_> {
    fn attach(&mut self, attachment: &Attachment) {
        let whom = self.whom(attachment);
        let arns = match &attachment.policy {
            AttachedPolicy::Own(policy) => {
                self.apply(*policy, None, attachment, &whom);
                return;
            }
            AttachedPolicy::ByArn(arns) => arns,
        };
        let (arns, rest) = spread(&texts(arns));
        for arn in arns {
            match self.index.find(self.context, &arn) {
                Some(policy) => self.apply(policy, Some(&arn), attachment, &whom),
                None => self.attach_foreign(&arn, attachment, &whom),
            }
        }
        if let (Some(rest), false) = (rest, attachment.boundary) {
            for (role, _) in &whom.roles {
                let known = self.of_roles.entry(*role).or_default();
                let open = Value::new(Data::Unknown(rest.clone()), OriginId::NONE);
                known.arns_open.get_or_insert_with(|| open.clone());
                known.open.get_or_insert(open);
            }
        }
    }

    fn whom(&self, attachment: &Attachment) -> Whom {
        let (references, rest) = spread(&texts(&attachment.holders));
        let open = rest.map(|rest| Value::new(Data::Unknown(rest), attachment.holders.origin));
        let mut whom = Whom { roles: Vec::new(), people: People::default(), open };
        for reference in references {
            if attachment.holder != HolderKind::Role {
                if !self.holders.add(self.context, attachment.holder, &reference, &mut whom.people) {
                    let why = "whom it applies to is not in the analysed files";
                    whom.open = Some(Value::unknown(why, reference.origin));
                }
                continue;
            }
            let link = self.roles.resolve(&role_name(&reference), Elsewhere::Unknown);
            let mut ends = Vec::new();
            ends_of(&link, &mut ends);
            for end in ends {
                whom.roles.push((end, both(&attachment.exists, &leads_to(&link, end))));
            }
            if link.is_unknown() {
                whom.open = Some(link);
            }
        }
        whom
    }

    /// A policy of the project applies to holders.
    fn apply(&mut self, policy: usize, arn: Option<&Value>, attachment: &Attachment, whom: &Whom) {
        let Some(of) = self.applied.get_mut(policy) else { return };
        of.attached = true;
        of.only_boundary &= attachment.boundary;
        if attachment.boundary {
            return;
        }
        // An ARN that depends on an input applies in the cases in which it is set.
        let here = arn.map(|arn| each(arn, &mut |arn| Value::fact(!arn.is_unset(), arn.origin)));
        for (role, on) in &whom.roles {
            let on = here.as_ref().map_or_else(|| on.clone(), |here| both(on, here));
            let known = self.of_roles.entry(*role).or_default();
            if let Some(document) = self.documents.get(policy) {
                let (items, rest) = spread(document);
                known.statements.extend(items.iter().map(|item| network::present(&on, item)));
                if let Some(rest) = rest {
                    known.open.get_or_insert_with(|| Value::new(Data::Unknown(rest), document.origin));
                }
            }
            if let Some(arn) = arn {
                known.arns.push(network::present(&on, arn));
            }
            of.roles.push((*role, on));
        }
        of.people.add(&whom.people);
        if let Some(open) = &whom.open {
            of.open.get_or_insert_with(|| open.clone());
        }
    }

    /// A managed policy that no analysed file holds: one of AWS's own, or someone else's.
    fn attach_foreign(&mut self, arn: &Value, attachment: &Attachment, whom: &Whom) {
        if arn.is_unset() || attachment.boundary {
            return;
        }
        for (role, on) in &whom.roles {
            let known = self.of_roles.entry(*role).or_default();
            known.arns.push(network::present(on, arn));
            match aws_policy::statement(arn) {
                Some(statement) => known.statements.push(network::present(on, &statement)),
                None => {
                    let why = "the statements of a managed policy from elsewhere are not known";
                    known.open.get_or_insert_with(|| Value::unknown(why, arn.origin));
                }
            }
        }
        grant::aws_managed(self.context, self.drafts, &self.holders, arn, attachment.resource, whom);
    }
}

/// The role's name out of its ARN; other references as they are.
fn role_name(reference: &Value) -> Value {
    each(reference, &mut |reference| match reference.as_str().and_then(|text| text.split_once(":role/")) {
        Some((_, path)) => Value::string(path.rsplit('/').next().unwrap_or(path), reference.origin),
        None => reference.clone(),
    })
}

/// Managed policies of the project by address and by name.
struct ManagedPolicies {
    by_address: FxHashMap<Text, usize>,
    by_name: FxHashMap<String, usize>,
}

impl ManagedPolicies {
    fn new(context: &Context<'_>, policies: &[Policy]) -> Self {
        let mut index = Self { by_address: FxHashMap::default(), by_name: FxHashMap::default() };
        for (number, policy) in policies.iter().enumerate().filter(|(_, policy)| policy.managed) {
            if let Some(resource) = context.project.resources.get(policy.resource) {
                index.by_address.insert(resource.address.clone(), number);
            }
            if let Some(key) = symbols(&policy.name) {
                index.by_name.entry(key).or_insert(number);
            }
        }
        index
    }

    fn find(&self, context: &Context<'_>, arn: &Value) -> Option<usize> {
        if let Data::Choice(choice) = &arn.data {
            return choice.cases.iter().find_map(|case| self.find(context, case));
        }
        if let Some(found) = address_of(context, arn).and_then(|address| self.by_address.get(&address)) {
            return Some(*found);
        }
        let text = symbols(arn)?;
        let (_, name) = text.split_once(":policy/")?;
        // AWS's own policies are nobody else's.
        if text.contains(":iam::aws:") {
            return None;
        }
        self.by_name.get(name.rsplit('/').next()?).copied()
    }
}

fn trust(drafts: &mut Drafts, id: EntityId) {
    let Some(draft) = drafts.get_mut(id) else { return };
    let trust = draft.value("trust");
    let pick = |service: bool| {
        each(&trust, &mut |trust| {
            let (items, mut rest) = spread(trust);
            let mut found = Vec::new();
            for statement in &items {
                let principals =
                    each(statement, &mut |statement| match statement.get("effect").and_then(Value::as_str) {
                        Some("Deny") => Value::list(Vec::new(), statement.origin),
                        _ => statement.get("principals").cloned().unwrap_or_else(|| statement.clone()),
                    });
                let (principals, open) = spread(&principals);
                rest = rest.or(open);
                for principal in principals {
                    found.push(each(&principal, &mut |principal| {
                        let is_service = principal.get("type").and_then(Value::as_str) == Some("Service");
                        match principal.get("id") {
                            Some(id) if is_service == service => id.clone(),
                            _ => Value::absent(principal.origin),
                        }
                    }));
                }
            }
            found.retain(|item| !item.is_unset());
            let list = List { kind: ListKind::Tuple, items: found, rest };
            Value::new(Data::List(list.into()), trust.origin)
        })
    };
    let (services, others) = (pick(true), pick(false));
    draft.set("trusted_services", services);
    draft.set("other_principals", others);
}

fn open_list(items: Vec<Value>, open: Option<Value>, origin: OriginId) -> Value {
    // What may be there is no item yet.
    let (may, items): (Vec<Value>, Vec<Value>) =
        items.into_iter().filter(|item| !item.is_unset()).partition(Value::is_unknown);
    let rest = open.into_iter().chain(may).find_map(|open| match open.data {
        Data::Unknown(unknown) => Some(unknown),
        _ => None,
    });
    Value::new(Data::List(List { kind: ListKind::Tuple, items, rest }.into()), origin)
}

/// The address that a symbol names.
fn symbol_address(value: &Value) -> Option<&Text> {
    match &value.as_unknown()?.symbol {
        Some(Symbol::Resource { address, .. }) => Some(address),
        _ => None,
    }
}
