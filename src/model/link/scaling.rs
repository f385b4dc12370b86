//! Scaling targets and policies with the tables and indexes that they scale, and with each other.

use rustc_hash::FxHashMap;

use crate::value::{Data, EntityId, Truth, Value, equal};

use super::super::derive::{both, each, each_pair, never, or_else};
use super::super::draft::Draft;
use super::super::drafts::{Drafts, SatelliteKind};
use super::super::read::{Context, convert};
use super::super::schema::{Subject, Type, field};
use super::ids_of;
use super::reverse::{Source, reverse};
use super::table::{ends_of, take};
use super::table_ref::{self, index_name};
use super::targets::{Elsewhere, Targets, symbols};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let targets = Targets::new(context, drafts, Subject::ScalingTarget);
    let target_ids = ids_of(drafts, Subject::ScalingTarget);
    let policy_ids = ids_of(drafts, Subject::ScalingPolicy);
    for id in &target_ids {
        scaled(drafts, *id, tables);
    }
    let index = TargetIndex::new(drafts, &target_ids);
    for id in &policy_ids {
        policy(drafts, *id, tables, &targets, &index);
    }
    lists(drafts, tables, &target_ids, &policy_ids);
    scheduled_actions(context, drafts, &index);
}

fn is_inline(draft: &Draft) -> bool {
    draft.value("inline").as_bool() == Some(true)
}

/// Sets table and index of a separate target or policy by its resource id.
fn scaled(drafts: &mut Drafts, id: EntityId, tables: &Targets<'_>) {
    let Some(draft) = drafts.get(id) else { return };
    if is_inline(draft) {
        return;
    }
    let resource = draft.value("resource_id");
    let found = table_ref::resolve(tables, &resource, Elsewhere::Absent);
    let name = index_name(&found.suffix);
    let index = index_link(drafts, &found.table, &name);
    if let Some(draft) = drafts.get_mut(id) {
        draft.set("table", found.table);
        draft.set("index_name", name);
        draft.set("index", index);
    }
}

/// The index of a linked table that a name stands for; absent where the table has none of that name.
pub(super) fn index_link(drafts: &Drafts, table: &Value, name: &Value) -> Value {
    each_pair(table, name, &mut |table, name| {
        if name.is_unset() {
            return Value::absent(name.origin);
        }
        let Some(id) = table.as_entity() else { return table.clone() };
        let list = drafts.get(id).map(|table| table.value("indexes"));
        let Some(Data::List(list)) = list.map(|list| list.data) else { return Value::absent(name.origin) };
        let otherwise = match &list.rest {
            Some(rest) => Value::new(Data::Unknown(rest.clone()), name.origin),
            None => Value::absent(name.origin),
        };
        list.items.iter().rev().fold(otherwise, |rest, item| {
            each(item, &mut |item| {
                let Some(index) = item.as_entity() else { return rest.clone() };
                let own = drafts.get(index).map_or_else(|| Value::absent(name.origin), |index| index.value("name"));
                each_pair(&own, name, &mut |own, name| match equal(own, name) {
                    Truth::True => Value::entity(index, name.origin),
                    Truth::False => rest.clone(),
                    Truth::Unknown => Value::unknown("the index that is named may be this one", name.origin),
                })
            })
        })
    })
}

fn ends(link: &Value) -> Vec<EntityId> {
    let mut found = Vec::new();
    ends_of(link, &mut found);
    found
}

/// Whether a policy says by its namespace or metric that it is about DynamoDB.
fn follows_dynamodb(policy: &Draft) -> bool {
    let metric = policy.value("predefined_metric");
    policy.value("namespace").as_str() == Some("dynamodb")
        || metric.as_str().is_some_and(|metric| metric.starts_with("DynamoDB"))
}

/// Targets by what they scale, so that each policy is held against few of them.
struct TargetIndex {
    by_resource: FxHashMap<String, Vec<EntityId>>,
    by_table: FxHashMap<EntityId, Vec<EntityId>>,
    open: Vec<EntityId>,
}

/// How many targets with open resource ids a policy is held against.
const MAX_COMPARED: usize = 64;

impl TargetIndex {
    fn new(drafts: &Drafts, ids: &[EntityId]) -> Self {
        let mut index = Self { by_resource: FxHashMap::default(), by_table: FxHashMap::default(), open: Vec::new() };
        for id in ids {
            let Some(draft) = drafts.get(*id) else { continue };
            if is_inline(draft) {
                continue;
            }
            let mut open = false;
            let table = draft.value("table");
            texts(&draft.value("resource_id"), &mut |value| {
                // A text with an open part may be any other, unless it is known what table it leads to.
                open |= !matches!(value.data, Data::String(_)) && table.as_entity().is_none();
                match symbols(value) {
                    Some(key) => push(index.by_resource.entry(key).or_default(), *id),
                    None => open = true,
                }
            });
            let mut tables = Vec::new();
            ends_of(&table, &mut tables);
            for table in tables {
                push(index.by_table.entry(table).or_default(), *id);
            }
            if open {
                index.open.push(*id);
            }
        }
        index
    }

    fn candidates(&self, draft: &Draft) -> Vec<EntityId> {
        let mut found = Vec::new();
        texts(&draft.value("resource_id"), &mut |value| {
            if let Some(ids) = symbols(value).and_then(|key| self.by_resource.get(&key)) {
                push_all(&mut found, ids);
            }
        });
        let mut tables = Vec::new();
        ends_of(&draft.value("table"), &mut tables);
        for ids in tables.iter().filter_map(|table| self.by_table.get(table)) {
            push_all(&mut found, ids);
        }
        push_all(&mut found, self.open.get(..MAX_COMPARED).unwrap_or(&self.open));
        found
    }
}

fn push(ids: &mut Vec<EntityId>, id: EntityId) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}

fn push_all(ids: &mut Vec<EntityId>, more: &[EntityId]) {
    for id in more {
        push(ids, *id);
    }
}

fn texts(value: &Value, visit: &mut dyn FnMut(&Value)) {
    match &value.data {
        Data::Choice(choice) => choice.cases.iter().for_each(|case| texts(case, visit)),
        Data::Absent | Data::Null => {}
        _ => visit(value),
    }
}

fn policy(drafts: &mut Drafts, id: EntityId, tables: &Targets<'_>, targets: &Targets<'_>, index: &TargetIndex) {
    let Some(draft) = drafts.get(id) else { return };
    if is_inline(draft) {
        return;
    }
    let named = draft.reference("target");
    let by_id = targets.resolve(&named, Elsewhere::Unknown);
    if let Some(target) = by_id.as_entity().and_then(|target| drafts.get(target)).cloned() {
        // The target says what is scaled.
        let Some(draft) = drafts.get_mut(id) else { return };
        for name in ["resource_id", "dimension", "namespace", "table", "index", "index_name"] {
            let own = draft.value(name);
            draft.set(name, or_else(&own, &target.value(name)));
        }
        let direction = super::super::derive::direction(&draft.value("dimension"));
        draft.set("direction", direction);
        draft.set("target", by_id);
        return;
    }
    if !named.is_unset() && ends(&by_id).is_empty() && !follows_dynamodb(draft) {
        // It names a target of another service, or one from elsewhere.
        if let Some(draft) = drafts.get_mut(id) {
            draft.managed = false;
        }
        return;
    }
    scaled(drafts, id, tables);
    let Some(draft) = drafts.get(id) else { return };
    // A resource id that was read from a target leads to that target.
    let by_reference = targets.resolve(&draft.value("resource_id"), Elsewhere::Absent);
    let mut candidates = index.candidates(draft);
    let mut ends = Vec::new();
    ends_of(&by_reference, &mut ends);
    push_all(&mut candidates, &ends);
    let otherwise = if named.is_unset() { nothing_found(draft) } else { by_id };
    let target = candidates.iter().rev().fold(otherwise, |rest, candidate| {
        let Some(target) = drafts.get(*candidate) else { return rest };
        let matches = both(&same_thing(draft, target), &target.exists);
        each(&matches, &mut |matches| match matches.data {
            Data::Bool(true) => Value::entity(*candidate, matches.origin),
            Data::Bool(false) => rest.clone(),
            // An earlier certain match wins over a later possible one.
            _ => each(&rest, &mut |rest| match rest.data {
                Data::Entity(_) => rest.clone(),
                _ => matches.clone(),
            }),
        })
    });
    if let Some(draft) = drafts.get_mut(id) {
        draft.set("target", target);
    }
}

/// Where no target is held: unknown where what is scaled is open, else there is none.
fn nothing_found(policy: &Draft) -> Value {
    each(&policy.value("resource_id"), &mut |resource| match &resource.data {
        Data::Unknown(_) => resource.clone(),
        Data::Parts(_) => Value::unknown("the resource id is not all known", resource.origin),
        _ => Value::absent(resource.origin),
    })
}

/// Whether two scaling resources are about the same capacity of the same thing.
fn same_thing(a: &Draft, b: &Draft) -> Value {
    let dimension = same(&a.value("dimension"), &b.value("dimension"));
    let resource = same(&a.value("resource_id"), &b.value("resource_id"));
    let table = same_end(&a.value("table"), &b.value("table"));
    let index = each_pair(&a.value("index_name"), &b.value("index_name"), &mut |a, b| same(a, b));
    // The same text, or, in other words, the same table and index.
    let by_link = both(&table, &index);
    let either = each_pair(&resource, &by_link, &mut |text, link| match (&text.data, &link.data) {
        (Data::Bool(true), _) | (_, Data::Bool(false)) => text.clone(),
        (_, Data::Bool(true)) => link.clone(),
        _ => text.clone(),
    });
    both(&dimension, &either)
}

fn same(a: &Value, b: &Value) -> Value {
    each_pair(a, b, &mut |a, b| match equal(a, b) {
        Truth::True => Value::fact(true, a.origin),
        Truth::False => Value::fact(false, a.origin),
        Truth::Unknown => Value::unknown("what is scaled is not known", a.origin),
    })
}

fn same_end(a: &Value, b: &Value) -> Value {
    each_pair(a, b, &mut |a, b| match (&a.data, &b.data) {
        (Data::Entity(one), Data::Entity(other)) => Value::fact(one == other, a.origin),
        (Data::Unknown(_), _) => a.clone(),
        (_, Data::Unknown(_)) => b.clone(),
        _ => Value::fact(false, a.origin),
    })
}

/// The lists of tables, indexes, replicas and targets.
fn lists(drafts: &mut Drafts, tables: &Targets<'_>, targets: &[EntityId], policies: &[EntityId]) {
    let table_ids = tables.ids();
    let index_ids = ids_of(drafts, Subject::Index);
    let replica_ids = ids_of(drafts, Subject::Replica);

    let all = |drafts: &Drafts, ids: &[EntityId], end: End, direction: Option<&str>| -> Vec<Source> {
        ids.iter()
            .filter_map(|id| drafts.get(*id).map(|draft| (*id, draft)))
            .map(|(id, draft)| Source { id, link: restricted(draft, end, direction), exists: draft.exists.clone() })
            .collect()
    };
    for (owners, end) in [(&table_ids, End::Table), (&index_ids, End::Index)] {
        for (path, direction) in
            [("scaling_targets", None), ("read_scaling", Some("read")), ("write_scaling", Some("write"))]
        {
            let sources = all(drafts, targets, end, direction);
            reverse(drafts, owners, &sources, path);
        }
        let sources = all(drafts, policies, end, None);
        reverse(drafts, owners, &sources, "scaling_policies");
    }
    let sources = all(drafts, targets, End::Replica, Some("read"));
    reverse(drafts, &replica_ids, &sources, "read_scaling");

    // Policies of separate targets; inline ones are linked already.
    let separate: Vec<EntityId> =
        policies.iter().copied().filter(|id| drafts.get(*id).is_some_and(|draft| !is_inline(draft))).collect();
    let sources: Vec<Source> = separate
        .iter()
        .filter_map(|id| drafts.get(*id).map(|draft| (*id, draft)))
        .map(|(id, draft)| Source { id, link: draft.value("target"), exists: draft.exists.clone() })
        .collect();
    let owners: Vec<EntityId> =
        targets.iter().copied().filter(|id| drafts.get(*id).is_some_and(|draft| !is_inline(draft))).collect();
    reverse(drafts, &owners, &sources, "policies");
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Table,
    Index,
    Replica,
}

/// The link of a scaling resource to one kind of end, where it is about that end and direction.
fn restricted(draft: &Draft, end: End, direction: Option<&str>) -> Value {
    let link = match end {
        End::Table => {
            let of_index = or_else(&draft.value("index_name"), &draft.value("index"));
            each_pair(&draft.value("table"), &of_index, &mut |table, index| {
                if index.is_unset() { table.clone() } else { Value::absent(table.origin) }
            })
        }
        End::Index => draft.value("index"),
        End::Replica => each_pair(&draft.value("replica"), &draft.value("index"), &mut |replica, index| {
            if index.is_unset() { replica.clone() } else { Value::absent(replica.origin) }
        }),
    };
    let Some(wanted) = direction else { return link };
    if never(&each(&link, &mut |link| Value::fact(!link.is_unset(), link.origin))) {
        return link;
    }
    each_pair(&link, &draft.value("direction"), &mut |link, direction| match &direction.data {
        Data::String(known) if known == wanted => link.clone(),
        Data::Unknown(_) if !link.is_unset() => direction.clone(),
        _ => Value::absent(link.origin),
    })
}

/// `aws_appautoscaling_scheduled_action`: joins the actions of the target with the same resource and dimension.
fn scheduled_actions(context: &Context<'_>, drafts: &mut Drafts, index: &TargetIndex) {
    let fields = field(Subject::ScalingTarget, "scheduled_actions").map(|field| field.ty);
    let Some(ty @ Type::List(_)) = fields else { return };
    for satellite in take(drafts, SatelliteKind::ScheduledAction) {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let attributes = &reader.resource.attributes;
        let header = reader.resource.header;
        let get = |name: &str| reader.find(attributes, header, name, &Type::String, None);
        let mut like = Draft::new(Subject::ScalingTarget, reader.resource, satellite.resource);
        like.set("resource_id", satellite.of.clone());
        like.set("dimension", convert(&get("scalable_dimension"), &Type::String));
        // Read as if it were one item of a list of actions.
        let wrapped = Value::map(
            vec![crate::value::Entry::new(
                "actions",
                crate::value::OriginId::NONE,
                Value::list(vec![attributes.clone()], reader.header_origin(header)),
            )],
            attributes.origin,
        );
        let Data::List(actions) = reader.find(&wrapped, header, "actions", &ty, None).data else { continue };
        let Some(action) = actions.items.first() else { continue };
        for candidate in index.candidates(&like) {
            let Some(target) = drafts.get(candidate) else { continue };
            let resource = same(&like.value("resource_id"), &target.value("resource_id"));
            let matches =
                both(&both(&resource, &same(&like.value("dimension"), &target.value("dimension"))), &satellite.exists);
            if let Some(target) = drafts.get_mut(candidate) {
                target.push_if("scheduled_actions", &matches, action);
            }
        }
    }
}
