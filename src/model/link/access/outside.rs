//! The tables that a statement names by a name that is written out there, and that the project does not have. A name
//! that comes through a parameter, a variable, an import or a data source is somebody else's on purpose.

use rustc_hash::FxHashSet;

use crate::value::{Data, OriginId, Origins, Step, Value, combine, text};

use super::super::super::derive::{each, spread};
use super::super::super::read::Context;
use super::super::table::ends_of;
use super::super::table_ref::{self, known_name};
use super::super::targets::{Elsewhere, Targets};

/// The names in the resources of a statement, once each and at the resource's place. Unknown resources and names add
/// nothing.
pub(super) fn tables(context: &Context<'_>, tables: &Targets<'_>, resources: &Value) -> Value {
    let mut names: Vec<Value> =
        spread(resources).0.iter().map(|item| each(item, &mut |item| name_in(context, tables, item))).collect();
    names.retain(|name| !name.is_unset());
    combine(&names.iter().collect::<Vec<_>>(), &mut |names| {
        let mut seen = FxHashSet::default();
        let once = names.iter().filter(|name| name.as_str().is_some_and(|name| seen.insert(name)));
        Value::list(once.map(|name| (*name).clone()).collect(), resources.origin)
    })
}

/// The name in one resource; absent where it is the project's, not known, or not written out.
fn name_in(context: &Context<'_>, tables: &Targets<'_>, resource: &Value) -> Value {
    let nothing = Value::absent(resource.origin);
    let origins = &context.project.origins;
    let Some((name, place)) = known_name(resource) else { return nothing };
    let of_dynamodb = text::known_pieces(resource).iter().any(|piece| piece.contains(":dynamodb:"));
    let written = match resource.data {
        Data::String(_) => written_here(origins, resource.origin),
        _ => origins.is_literal(place) && stands_here(origins, resource.origin),
    };
    if !of_dynamodb || !written {
        return nothing;
    }
    let table = table_ref::resolve(tables, resource, Elsewhere::Absent).table;
    let mut ends = Vec::new();
    ends_of(&table, &mut ends);
    if ends.is_empty() && table.is_unset() { Value::string(name, resource.origin) } else { nothing }
}

/// Whether a text is written or put together at its place, rather than referred to.
fn stands_here(origins: &Origins, at: OriginId) -> bool {
    let first = origins.trail(at).into_iter().find(|hop| !matches!(hop.step, Step::Branch(_) | Step::Document(_)));
    first.is_some_and(|hop| matches!(hop.step, Step::Literal | Step::Expression))
}

/// Whether nothing of a text comes from elsewhere.
fn written_here(origins: &Origins, at: OriginId) -> bool {
    let trail = origins.trail(at);
    let here = |step: &Step| matches!(step, Step::Literal | Step::Expression | Step::Branch(_) | Step::Document(_));
    !trail.is_empty() && trail.iter().all(|hop| here(&hop.step))
}
