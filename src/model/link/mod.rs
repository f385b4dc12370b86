//! Links between entities: by reference, by equal names, by ARN, by partial strings and by equal open expressions.
//!
//! Each link is a value: an entity, a choice of entities, absent where the other side is known to lie elsewhere, and
//! unknown with its reason where that can't be told. Lists of links that may be incomplete have an open rest.

mod dax;
mod network;
mod replica;
mod reverse;
mod scaling;
mod table;
mod table_ref;
mod targets;

use super::drafts::Drafts;
use super::read::Context;
use super::schema::Subject;
use targets::Targets;

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
    dax::link(context, drafts);
}
