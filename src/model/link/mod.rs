//! Links between entities: by reference, by equal names, by ARN, by partial strings and by equal open expressions.
//!
//! Each link is a value: an entity, a choice of entities, absent where the other side is known to lie elsewhere, and
//! unknown with its reason where that can't be told. Lists of links that may be incomplete have an open rest.

mod access;
mod alarms;
mod apis;
mod backups;
mod clients;
mod companions;
mod dashboards;
mod dax;
mod keys;
mod logs;
mod network;
mod project;
mod referenced;
mod replica;
mod reverse;
mod routing;
mod scaling;
mod served;
mod stack;
mod streams;
mod table;
mod table_ref;
mod targets;
mod uses;
mod zero_etl;

use super::drafts::Drafts;
use super::read::Context;
use super::schema::Subject;
use crate::value::EntityId;
use targets::Targets;
use uses::Uses;

pub(super) use access::pattern::matches as glob;
pub(super) use table_ref::table_part;
pub(super) use targets::address_of;

/// Links all entities. Tables come first, since most others lead to them.
pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts) {
    let tables = Targets::new(context, drafts, Subject::Table);
    table::indexes(context, drafts, &tables);
    replica::replicas(context, drafts, &tables);
    table::parts(context, drafts, &tables);
    table::insights(context, drafts, &tables);
    table::tags(context, drafts, &tables);
    scaling::link(context, drafts, &tables);
    network::link(context, drafts);
    access::link(context, drafts, &tables);
    dax::link(context, drafts);
    keys::link(context, drafts);
    let uses = Uses::new(context);
    streams::link(context, drafts, &tables, &uses);
    alarms::link(context, drafts, &tables, &uses);
    dashboards::link(context, drafts, &tables);
    backups::link(context, drafts, &tables);
    clients::link(context, drafts, &tables);
    referenced::link(drafts, &tables, &uses);
    zero_etl::link(context, drafts, &tables);
    routing::link(context, drafts);
    project::link(context, drafts, &tables);
    apis::link(context, drafts, &uses);
    logs::link(context, drafts);
    stack::link(context, drafts);
}

/// The entities of a subject.
fn ids_of(drafts: &Drafts, subject: Subject) -> Vec<EntityId> {
    (0u32..).map(EntityId).zip(&drafts.list).filter(|(_, draft)| draft.subject == subject).map(|(id, _)| id).collect()
}
