//! What takes the whole project together: exports, trails over tables, clusters over tables, functions, canaries,
//! routing controls, and the stack.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::value::{Data, EntityId, OriginId, Text, Value};

use super::super::derive::{both, either};
use super::super::draft::Draft;
use super::super::drafts::{Drafts, link as link_to};
use super::super::read::Context;
use super::super::schema::Subject;
use super::super::{trail, workflow};
use super::reverse::{Source, reverse};
use super::table::{ends_of, leads_to};
use super::targets::{Elsewhere, Targets, address_of};
use super::{ids_of, table_ref};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    exports(drafts, tables);
    data_events(drafts, tables);
    clusters(drafts, tables);
    functions(drafts);
    canaries(context, drafts);
    routing_controls(context, drafts);
    stack(context, drafts);
}

fn exports(drafts: &mut Drafts, tables: &Targets<'_>) {
    let mut sources = Vec::new();
    for id in ids_of(drafts, Subject::TableExport) {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let table = table_ref::resolve(tables, &draft.value("table_arn"), Elsewhere::Absent).table;
        draft.set("table", table.clone());
        sources.push(Source { id, link: table, exists: draft.exists.clone() });
    }
    reverse(drafts, &tables.ids(), &sources, "exports");
}

/// Whether a trail or event data store logs the data events of each table.
fn data_events(drafts: &mut Drafts, tables: &Targets<'_>) {
    let selectors = std::mem::take(&mut drafts.selectors);
    let of_tables: Vec<_> = selectors.iter().filter(|selector| selector.of_tables).collect();
    for id in tables.ids() {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let name = draft.value("name");
        let here = draft.value("address").origin;
        let logged = of_tables.iter().fold(Value::bool(false, here), |found, selector| {
            let leads = |arn: &Value| leads_to(&table_ref::resolve(tables, arn, Elsewhere::Absent).table, id);
            let mut covers = both(&selector.exists, &trail::covers(selector, &name, &leads));
            if selector.open && covers.as_bool() == Some(true) {
                covers = Value::unknown("a selector of the trail is narrowed in a way that is not known", here);
            }
            either(&found, &covers)
        });
        draft.set("data_events", logged);
    }
    drafts.selectors = selectors;
}

/// The tables that the roles of clusters reach.
fn clusters(drafts: &mut Drafts, tables: &Targets<'_>) {
    let mut sources = Vec::new();
    for id in ids_of(drafts, Subject::DaxCluster) {
        let Some(draft) = drafts.get(id) else { continue };
        let exists = draft.exists.clone();
        let here = draft.value("address").origin;
        let role = draft.value("role");
        let (links, open) = tables_of_role(drafts, &role);
        if let Some(draft) = drafts.get_mut(id) {
            draft.set("tables", Value::list(links.clone(), here));
        }
        sources.extend(links.into_iter().map(|link| Source { id, link, exists: exists.clone() }));
        let Some(open) = open else { continue };
        if let (Some(draft), Data::Unknown(unknown)) = (drafts.get_mut(id), &open.data) {
            draft.open("tables", unknown);
        }
        sources.push(Source { id, link: open, exists });
    }
    reverse(drafts, &tables.ids(), &sources, "dax_clusters");
}

/// The tables that the grants of a role name, and what is not known of them.
pub(super) fn tables_of_role(drafts: &Drafts, role: &Value) -> (Vec<Value>, Option<Value>) {
    let mut ends = Vec::new();
    ends_of(role, &mut ends);
    let mut open = role.is_unknown().then(|| role.clone());
    let mut links: Vec<Value> = Vec::new();
    for end in ends {
        let Some(holder) = drafts.get(end) else { continue };
        if let Data::List(statements) = holder.value("statements").data
            && let Some(rest) = &statements.rest
        {
            open.get_or_insert_with(|| Value::new(Data::Unknown(rest.clone()), role.origin));
        }
        let Data::List(grants) = holder.value("grants").data else { continue };
        for grant in grants.items.iter().filter_map(Value::as_entity).filter_map(|grant| drafts.get(grant)) {
            if grant.value("effect").as_str() == Some("Deny") {
                continue;
            }
            let mut add = |list: Value| {
                if let Data::List(list) = list.data {
                    for link in &list.items {
                        let link = both_link(link, &both(&leads_to(role, end), &grant.exists));
                        let known = link.as_entity().is_some()
                            && links.iter().any(|other| other.as_entity() == link.as_entity());
                        if !known && !link.is_unset() {
                            links.push(link);
                        }
                    }
                }
            };
            add(grant.value("tables"));
        }
    }
    (links, open)
}

fn both_link(link: &Value, on: &Value) -> Value {
    super::super::derive::each_pair(link, on, &mut |link, on| match on.data {
        Data::Bool(true) => link.clone(),
        Data::Bool(false) => Value::absent(link.origin),
        _ => on.clone(),
    })
}

/// Functions that use no table and read no stream are not judged.
fn functions(drafts: &mut Drafts) {
    for id in ids_of(drafts, Subject::Function) {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let none = |path: &str| !matches!(draft.value(path).data, Data::List(list) if !list.items.is_empty());
        if none("tables") && none("stream_consumers") {
            let here = draft.value("address").origin;
            draft.managed = false;
            draft.set("managed", Value::bool(false, here));
        }
    }
}

fn canaries(context: &Context<'_>, drafts: &mut Drafts) {
    let canaries = ids_of(drafts, Subject::Canary);
    if canaries.is_empty() {
        return;
    }
    let mut names: FxHashSet<String> = FxHashSet::default();
    let mut addresses: FxHashSet<Text> = FxHashSet::default();
    for (position, resource) in context.project.resources.iter().enumerate() {
        let (namespace, dimensions) = match resource.kind.as_str() {
            "AWS::CloudWatch::Alarm" => ("Namespace", "Dimensions"),
            "aws_cloudwatch_metric_alarm" => ("namespace", "dimensions"),
            _ => continue,
        };
        let Some(reader) = context.reader(position) else { continue };
        if reader.raw(namespace).as_str() != Some("CloudWatchSynthetics") {
            continue;
        }
        let dimensions = super::super::derive::tag_list(&reader.raw(dimensions), "Name", "Value");
        if let Some(name) = dimensions.get("CanaryName") {
            addresses.extend(address_of(context, name));
            names.extend(name.as_str().map(str::to_owned));
        }
    }
    for id in canaries {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let by_name = draft.value("name").as_str().is_some_and(|name| names.contains(name));
        let alarmed = by_name || addresses.contains(&draft.resource_address);
        let here = draft.value("address").origin;
        draft.set("alarmed", Value::bool(alarmed, here));
    }
}

fn routing_controls(context: &Context<'_>, drafts: &mut Drafts) {
    let controls = ids_of(drafts, Subject::RoutingControl);
    if controls.is_empty() {
        return;
    }
    let (mut safe, mut checked): (FxHashSet<Text>, FxHashSet<Text>) = (FxHashSet::default(), FxHashSet::default());
    for (position, resource) in context.project.resources.iter().enumerate() {
        let Some(reader) = context.reader(position) else { continue };
        match resource.kind.as_str() {
            "AWS::Route53RecoveryControl::SafetyRule" | "aws_route53recoverycontrolconfig_safety_rule" => {
                let references = workflow::asserted_controls(&reader);
                safe.extend(references.iter().filter_map(|reference| address_of(context, reference)));
            }
            "AWS::Route53::HealthCheck" => {
                checked.extend(address_of(context, &reader.raw("HealthCheckConfig.RoutingControlArn")));
            }
            "aws_route53_health_check" => {
                checked.extend(address_of(context, &reader.raw("routing_control_arn")));
            }
            _ => {}
        }
    }
    let panel_of = |draft: &Draft| {
        let panel = draft.value("panel");
        address_of(context, &panel).map(String::from).or_else(|| super::targets::symbols(&panel)).unwrap_or_default()
    };
    let mut sizes: FxHashMap<String, i64> = FxHashMap::default();
    for draft in controls.iter().filter_map(|id| drafts.get(*id)) {
        *sizes.entry(panel_of(draft)).or_default() += 1;
    }
    for id in controls {
        let Some(draft) = drafts.get_mut(id) else { continue };
        let here = draft.value("address").origin;
        let size = sizes.get(&panel_of(draft)).copied().unwrap_or(1);
        let (is_safe, is_checked) = (safe.contains(&draft.resource_address), checked.contains(&draft.resource_address));
        draft.set("panel_size", Value::integer(size, here));
        draft.set("safe", Value::bool(is_safe, here));
        draft.set("health_checked", Value::bool(is_checked, here));
    }
}

/// The stack as a whole, where it has tables or clusters; it stands at the first of them.
fn stack(context: &Context<'_>, drafts: &mut Drafts) {
    let of = |drafts: &Drafts, subject: Subject| -> Vec<EntityId> {
        ids_of(drafts, subject).into_iter().filter(|id| drafts.get(*id).is_some_and(|draft| draft.managed)).collect()
    };
    let first = [Subject::Table, Subject::DaxCluster]
        .into_iter()
        .flat_map(|subject| of(drafts, subject))
        .filter_map(|id| drafts.get(id).map(|draft| draft.resource))
        .min();
    let Some(reader) = first.and_then(|position| context.reader(position)) else { return };
    let here = reader.header_origin(reader.resource.header);
    let name: Text = context.project.path.to_string_lossy().replace('\\', "/").into();
    let mut stack = Draft::new(Subject::Stack, reader.resource, reader.position);
    stack.exists = Value::bool(true, here);
    stack.address = name.clone();
    stack.kind = "stack".into();
    stack.name = name.clone();
    stack.managed = true;
    stack.set("address", Value::string(name.clone(), here));
    stack.set("name", Value::string(name.clone(), here));
    stack.set("logical_name", Value::string(name, here));
    stack.set("resource_type", Value::string("stack", here));
    stack.set("managed", Value::bool(true, here));
    stack.set("region", context.project.region.clone());
    for (subject, list) in [
        (Subject::Table, "tables"),
        (Subject::DaxCluster, "clusters"),
        (Subject::Index, "indexes"),
        (Subject::ScalingTarget, "scaling_targets"),
        (Subject::Alarm, "alarms"),
        (Subject::BackupPlan, "backup_plans"),
        (Subject::Trail, "trails"),
    ] {
        let links = of(drafts, subject)
            .into_iter()
            .filter_map(|id| drafts.get(id).map(|draft| link_to(id, &draft.exists)))
            .filter(|link| !link.is_unset());
        stack.set(list, Value::list(links.collect(), here));
    }
    let mut kinds: Vec<&Text> =
        context.project.resources.iter().filter(|resource| resource.managed).map(|resource| &resource.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = kinds.into_iter().map(|kind| Value::string(kind.clone(), here)).collect();
    stack.set("resource_types", Value::list(kinds, OriginId::NONE));
    let language = match context.project.language {
        crate::resource::Language::CloudFormation => "cloudformation",
        crate::resource::Language::Sam => "sam",
        crate::resource::Language::Terraform => "terraform",
    };
    stack.set("language", Value::string(language, here));
    drafts.add(stack);
}
