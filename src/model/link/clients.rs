//! Clients with their roles, and the tables and clusters that they use: by the grants of the role, and by what their
//! environment refers to.

use crate::value::{Data, Part, Step, Symbol, Text, Value};

use super::super::client::{list, urls};
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::super::schema::Subject;
use super::ids_of;
use super::project::tables_of_role;
use super::reverse::{Source, reverse};
use super::served;
use super::targets::{Elsewhere, Targets};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let clusters = Targets::new(context, drafts, Subject::DaxCluster);
    let roles = Targets::new(context, drafts, Subject::Role);
    let functions = Targets::new(context, drafts, Subject::Function);
    let (mut of_tables, mut of_clusters, mut of_roles) = (Vec::new(), Vec::new(), Vec::new());
    for id in ids_of(drafts, Subject::Client) {
        let Some(draft) = drafts.get(id) else { continue };
        let here = draft.value("address").origin;
        let role = roles.resolve(&draft.reference("role"), Elsewhere::Unknown);
        let exists = draft.exists.clone();
        let (mut table_links, open) = tables_of_role(drafts, &role);
        let mut cluster_links = Vec::new();
        for address in referred(context, &draft.value("environment")) {
            for (targets, links) in [(tables, &mut table_links), (&clusters, &mut cluster_links)] {
                if let Some(end) = targets.at_address(&address)
                    && links.iter().all(|link: &Value| link.as_entity() != Some(end))
                {
                    links.push(Value::entity(end, here));
                }
            }
        }
        let function = functions.at_address(&draft.resource_address);
        let uses = !table_links.is_empty() || !cluster_links.is_empty();
        for (links, sources) in [(&table_links, &mut of_tables), (&cluster_links, &mut of_clusters)] {
            sources.extend(links.iter().map(|link| Source { id, link: link.clone(), exists: exists.clone() }));
        }
        if let Some(function) = function.and_then(|function| drafts.get_mut(function)) {
            function.set("tables", list(table_links.clone(), open.clone(), here));
        }
        of_roles.push(Source { id, link: role.clone(), exists });
        let Some(draft) = drafts.get_mut(id) else { continue };
        draft.set("tables", list(table_links, open, here));
        draft.set("clusters", Value::list(cluster_links, here));
        draft.set("role", role);
        let urls = urls(&draft.value("environment"));
        draft.set("urls", urls);
        if let Some(function) = function {
            draft.set("function", Value::entity(function, here));
        }
        if !uses {
            // Nothing says that it uses a table: it is no client, and is not judged.
            draft.managed = false;
            draft.set("managed", Value::fact(false, here));
        }
    }
    served::link(context, drafts);
    reverse(drafts, &tables.ids(), &of_tables, "clients");
    reverse(drafts, &clusters.ids(), &of_clusters, "clients");
    reverse(drafts, &roles.ids(), &of_roles, "clients");
}

/// The addresses of the resources that the entries of a map refer to, each once, in order.
fn referred(context: &Context<'_>, environment: &Value) -> Vec<Text> {
    let mut found = Vec::new();
    visit(context, environment, &mut found, 0);
    found
}

fn visit(context: &Context<'_>, value: &Value, found: &mut Vec<Text>, depth: usize) {
    if depth > 32 {
        return;
    }
    let mut add = |address: &Text| {
        if !found.contains(address) {
            found.push(address.clone());
        }
    };
    context.project.origins.each_step(value.origin, &mut |step| {
        if let Step::Resource { address, .. } = step {
            add(address);
        }
    });
    match &value.data {
        Data::Unknown(unknown) => {
            if let Some(Symbol::Resource { address, .. }) = &unknown.symbol {
                add(address);
            }
        }
        Data::Parts(parts) => {
            for part in parts.iter() {
                if let Part::Open(unknown, _) = part
                    && let Some(Symbol::Resource { address, .. }) = &unknown.symbol
                {
                    add(address);
                }
            }
        }
        Data::Map(map) => map.entries.iter().for_each(|entry| visit(context, &entry.value, found, depth + 1)),
        Data::Choice(choice) => choice.cases.iter().for_each(|case| visit(context, case, found, depth + 1)),
        _ => {}
    }
}
