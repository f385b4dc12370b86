//! Backup plans with their selections, vaults and the tables that they cover.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::value::{Data, EntityId, Entry, OriginId, Text, Unknown, Value, text};

use super::super::derive::{both, each, each_pair, either, is_set, known_text, spread, texts};
use super::super::drafts::{Drafts, SatelliteKind};
use super::super::read::{Blocks, Context, Reader};
use super::super::schema::Subject;
use super::access::pattern::{matches, wildcard};
use super::table::{ends_of, leads_to, take};
use super::table_ref;
use super::targets::{Elsewhere, Targets, address_of};

/// One selection, ready to be held against tables.
struct Selection {
    resources: Vec<Pattern>,
    not_resources: Vec<Pattern>,
    /// Alternatives.
    tags: Vec<Condition>,
    /// All of them have to hold.
    conditions: Vec<Condition>,
    /// Something of it is not known.
    open: Option<Arc<Unknown>>,
    narrowed: bool,
}

enum Pattern {
    Wildcard(String, OriginId),
    Link(Value),
}

struct Condition {
    key: Value,
    value: Value,
    like: bool,
    not: bool,
}

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let plans = Targets::new(context, drafts, Subject::BackupPlan);
    let vaults = vaults(context);
    for id in plans.ids() {
        rules(context, drafts, id, &vaults);
        if let Some(draft) = drafts.get_mut(id) {
            let here = draft.value("address").origin;
            draft.set("selections", Value::list(Vec::new(), here));
            draft.set("tables", Value::list(Vec::new(), here));
        }
    }
    for id in tables.ids() {
        if let Some(draft) = drafts.get_mut(id) {
            let here = draft.value("address").origin;
            draft.set("backup_plans", Value::list(Vec::new(), here));
        }
    }
    let selections = take(drafts, SatelliteKind::BackupSelection);
    for satellite in selections {
        let Some(reader) = context.reader(satellite.resource) else { continue };
        let plan = plans.resolve(&satellite.of, Elsewhere::Unknown);
        let mut ends = Vec::new();
        ends_of(&plan, &mut ends);
        let selection = read(&reader, tables);
        let shown = shown(&reader);
        for table in tables.ids() {
            let covers = both(&satellite.exists, &covers(drafts, &selection, table));
            let known_no = covers.as_bool() == Some(false);
            if known_no {
                continue;
            }
            if let Data::Unknown(open) = &covers.data {
                open_both(drafts, table, &ends, open);
                continue;
            }
            // A plan from elsewhere covers the table all the same; it only can't be looked into.
            if ends.is_empty()
                && let Data::Unknown(open) = &plan.data
                && let Some(draft) = drafts.get_mut(table)
            {
                draft.open("backup_plans", open);
            }
            for end in &ends {
                let on = both(&covers, &leads_to(&plan, *end));
                let Some(exists) = drafts.get(*end).map(|plan| plan.exists.clone()) else { continue };
                add_once(drafts, table, "backup_plans", *end, &both(&on, &exists));
                let exists = drafts.get(table).map_or_else(|| on.clone(), |table| table.exists.clone());
                add_once(drafts, *end, "tables", table, &both(&on, &exists));
            }
        }
        for end in ends {
            let on = both(&satellite.exists, &leads_to(&plan, end));
            if let Some(draft) = drafts.get_mut(end) {
                draft.push_if("selections", &on, &shown);
            }
        }
    }
}

fn open_both(drafts: &mut Drafts, table: EntityId, plans: &[EntityId], open: &Arc<Unknown>) {
    if let Some(draft) = drafts.get_mut(table) {
        draft.open("backup_plans", open);
    }
    for plan in plans {
        if let Some(draft) = drafts.get_mut(*plan) {
            draft.open("tables", open);
        }
    }
}

fn add_once(drafts: &mut Drafts, from: EntityId, path: &str, to: EntityId, on: &Value) {
    let Some(draft) = drafts.get_mut(from) else { return };
    let known = match draft.value(path).data {
        Data::List(list) => list.items.iter().any(|item| item.as_entity() == Some(to)),
        _ => false,
    };
    if !known {
        draft.push_if(path, on, &Value::entity(to, on.origin));
    }
}

/// The selection as the schema shows it.
fn shown(reader: &Reader<'_>) -> Value {
    let names = names(reader);
    let here = reader.header_origin(reader.resource.header);
    let entry = |name: &str, value: Value| Entry::new(name, OriginId::NONE, value);
    Value::map(
        vec![
            entry("resources", texts(&reader.raw(names.resources))),
            entry("not_resources", texts(&reader.raw(names.not_resources))),
            entry("has_tags", is_set(&reader.raw(names.tags))),
            entry("has_conditions", is_set(&reader.raw(names.conditions))),
        ],
        here,
    )
}

struct Names {
    resources: &'static str,
    not_resources: &'static str,
    tags: &'static str,
    tag: (&'static str, &'static str),
    conditions: &'static str,
    operators: [(&'static str, bool, bool); 4],
    condition: (&'static str, &'static str),
}

fn names(reader: &Reader<'_>) -> Names {
    if reader.is_terraform() {
        Names {
            resources: "resources",
            not_resources: "not_resources",
            tags: "selection_tag",
            tag: ("key", "value"),
            conditions: "condition",
            operators: [
                ("string_equals", false, false),
                ("string_like", true, false),
                ("string_not_equals", false, true),
                ("string_not_like", true, true),
            ],
            condition: ("key", "value"),
        }
    } else {
        Names {
            resources: "BackupSelection.Resources",
            not_resources: "BackupSelection.NotResources",
            tags: "BackupSelection.ListOfTags",
            tag: ("ConditionKey", "ConditionValue"),
            conditions: "BackupSelection.Conditions",
            operators: [
                ("StringEquals", false, false),
                ("StringLike", true, false),
                ("StringNotEquals", false, true),
                ("StringNotLike", true, true),
            ],
            condition: ("ConditionKey", "ConditionValue"),
        }
    }
}

fn read(reader: &Reader<'_>, tables: &Targets<'_>) -> Selection {
    let names = names(reader);
    let header = reader.resource.header;
    let mut open = None;
    let mut patterns = |way: &str| {
        let (items, rest) = spread(&texts(&reader.raw(way)));
        open = open.take().or(rest);
        items
            .into_iter()
            .map(|item| match wildcard(&item) {
                Some(pattern) => Pattern::Wildcard(pattern, item.origin),
                None => Pattern::Link(table_ref::resolve(tables, &item, Elsewhere::Absent).table),
            })
            .collect::<Vec<_>>()
    };
    let resources = patterns(names.resources);
    let not_resources = patterns(names.not_resources);
    let naming = if reader.is_terraform() { "" } else { names.tag.0 };
    let get = |block: &Value, (key, value): (&str, &str), like: bool, not: bool| Condition {
        key: reader.raw_in(block, header, key),
        value: reader.raw_in(block, header, value),
        like,
        not,
    };
    let found = Blocks::of(&reader.raw(names.tags), naming, header, reader.origins());
    open = open.or(found.rest);
    let tags = found.list.iter().map(|block| get(&block.value, names.tag, false, false)).collect();
    let mut conditions = Vec::new();
    let groups = Blocks::of(&reader.raw(names.conditions), "", header, reader.origins());
    let narrowed = !groups.list.is_empty();
    open = open.or(groups.rest);
    for group in &groups.list {
        for (operator, like, not) in names.operators {
            let list = reader.raw_in(&group.value, group.header, operator);
            let found = Blocks::of(&list, naming, group.header, reader.origins());
            open = open.or(found.rest);
            conditions.extend(found.list.iter().map(|block| get(&block.value, names.condition, like, not)));
        }
    }
    Selection { resources, not_resources, tags, conditions, open, narrowed }
}

/// Whether a selection covers a table.
fn covers(drafts: &Drafts, selection: &Selection, table: EntityId) -> Value {
    let Some(draft) = drafts.get(table) else { return Value::fact(false, OriginId::NONE) };
    let name = draft.value("name");
    let here = name.origin;
    let names = |patterns: &[Pattern]| {
        patterns.iter().fold(Value::fact(false, here), |found, pattern| {
            let fits = match pattern {
                Pattern::Wildcard(pattern, origin) => each(&name, &mut |name| match &name.data {
                    Data::String(name) => Value::fact(matches(pattern, &format!("table/{name}")), *origin),
                    _ if pattern == "*" || pattern == "table/*" => Value::fact(true, *origin),
                    _ => Value::unknown("the name of the table is not known", name.origin),
                }),
                Pattern::Link(link) => leads_to(link, table),
            };
            either(&found, &fits)
        })
    };
    let tags = tags_of(drafts, table);
    let by_tags = selection
        .tags
        .iter()
        .fold(Value::fact(false, here), |found, condition| either(&found, &holds(condition, &tags)));
    let mut base = either(&names(&selection.resources), &by_tags);
    if selection.resources.is_empty() && selection.tags.is_empty() && selection.narrowed {
        base = Value::fact(true, here);
    }
    if let Some(open) = &selection.open {
        let open = Value::new(Data::Unknown(open.clone()), here);
        base = either(&base, &open);
    }
    let narrowed = selection.conditions.iter().fold(base, |found, condition| both(&found, &holds(condition, &tags)));
    let out = names(&selection.not_resources);
    let kept = each(&out, &mut |out| match out.data {
        Data::Bool(out_known) => Value::fact(!out_known, out.origin),
        _ => out.clone(),
    });
    both(&narrowed, &kept)
}

/// The tags by which a table is selected: its own, or those of its home replica.
fn tags_of(drafts: &Drafts, table: EntityId) -> Value {
    let Some(draft) = drafts.get(table) else { return Value::absent(OriginId::NONE) };
    let own = draft.value("tags");
    if !own.is_unset() {
        return own;
    }
    let Data::List(replicas) = draft.value("replicas").data else { return own };
    let replicas: Vec<&super::super::draft::Draft> =
        replicas.items.iter().filter_map(Value::as_entity).filter_map(|id| drafts.get(id)).collect();
    let home = replicas.iter().find(|replica| replica.value("home").as_bool() == Some(true));
    home.or_else(|| replicas.first()).map_or(own, |replica| replica.value("tags"))
}

/// Whether a condition on a tag holds for a map of tags.
fn holds(condition: &Condition, tags: &Value) -> Value {
    let plain = each_pair(&condition.key, tags, &mut |key, tags| {
        let Some(key) = key.as_str() else { return open_or_false(key) };
        let key = key.strip_prefix("aws:ResourceTag/").unwrap_or(key);
        let (found, rest) = match &tags.data {
            Data::Map(map) => (map.get(key).cloned(), map.rest.clone()),
            Data::Unknown(unknown) => (None, Some(unknown.clone())),
            _ => (None, None),
        };
        match (found, rest) {
            (Some(value), _) => {
                each_pair(&value, &condition.value, &mut |value, wanted| match (&value.data, &wanted.data) {
                    (Data::Absent, _) => Value::fact(false, tags.origin),
                    (Data::String(value), Data::String(wanted)) if condition.like => {
                        Value::fact(matches(wanted, value), tags.origin)
                    }
                    _ => match crate::value::equal(value, wanted) {
                        crate::value::Truth::True => Value::fact(true, tags.origin),
                        crate::value::Truth::False => Value::fact(false, tags.origin),
                        crate::value::Truth::Unknown => Value::unknown("a tag is not known", value.origin),
                    },
                })
            }
            (None, Some(rest)) => Value::new(Data::Unknown(rest), tags.origin),
            (None, None) => Value::fact(false, tags.origin),
        }
    });
    if !condition.not {
        return plain;
    }
    each(&plain, &mut |plain| match plain.data {
        Data::Bool(known) => Value::fact(!known, plain.origin),
        _ => plain.clone(),
    })
}

fn open_or_false(value: &Value) -> Value {
    match &value.data {
        Data::Unknown(_) => value.clone(),
        Data::Parts(_) => Value::unknown("the key of a tag is not known", value.origin),
        _ => Value::fact(false, value.origin),
    }
}

/// Whether each vault of the project is locked, by its address; and vaults by their names.
struct Vaults {
    locked: FxHashMap<Text, Value>,
    by_name: FxHashMap<String, Text>,
}

fn vaults(context: &Context<'_>) -> Vaults {
    let mut vaults = Vaults { locked: FxHashMap::default(), by_name: FxHashMap::default() };
    for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, resource)| resource.managed) {
        let (name, lock) = match resource.kind.as_str() {
            "AWS::Backup::BackupVault" => ("BackupVaultName", "LockConfiguration"),
            "AWS::Backup::LogicallyAirGappedBackupVault" => ("BackupVaultName", ""),
            "aws_backup_vault" => ("name", "-"),
            "aws_backup_logically_air_gapped_vault" => ("name", ""),
            _ => continue,
        };
        let Some(reader) = context.reader(position) else { continue };
        let here = reader.header_origin(resource.header);
        let locked = match lock {
            // A logically air-gapped vault is always locked; Terraform locks with a resource of its own.
            "" => Value::fact(true, here),
            "-" => Value::fact(false, here),
            way => is_set(&reader.raw(way)),
        };
        vaults.locked.insert(resource.address.clone(), locked);
        if let Some(name) = known_text(&reader.raw(name)) {
            vaults.by_name.insert(name.to_owned(), resource.address.clone());
        }
    }
    for (position, resource) in context.project.resources.iter().enumerate() {
        if resource.kind != "aws_backup_vault_lock_configuration" {
            continue;
        }
        let Some(reader) = context.reader(position) else { continue };
        let name = reader.raw("backup_vault_name");
        let address = vaults.find(context, &name);
        if let Some(locked) = address.and_then(|address| vaults.locked.get_mut(&address)) {
            let exists = resource.exists.clone();
            *locked = either(locked, &exists);
        }
    }
    vaults
}

impl Vaults {
    fn find(&self, context: &Context<'_>, name: &Value) -> Option<Text> {
        let by_reference = address_of(context, name).filter(|address| self.locked.contains_key(address));
        by_reference.or_else(|| {
            let text = known_text(name)?;
            let name = text.rsplit_once(":backup-vault:").map_or(text, |(_, name)| name);
            self.by_name.get(name).cloned()
        })
    }
}

/// Adds to each rule of a plan what its vaults say.
fn rules(context: &Context<'_>, drafts: &mut Drafts, plan: EntityId, vaults: &Vaults) {
    let Some(draft) = drafts.get_mut(plan) else { return };
    let rules = each(&draft.value("rules"), &mut |rules| match &rules.data {
        Data::List(list) => {
            let items = list.items.iter().map(|rule| each(rule, &mut |rule| with_vaults(context, vaults, rule)));
            let list = crate::value::List { kind: list.kind, items: items.collect(), rest: list.rest.clone() };
            Value::new(Data::List(list.into()), rules.origin)
        }
        Data::Absent => Value::list(Vec::new(), rules.origin),
        _ => rules.clone(),
    });
    draft.set("rules", rules);
}

fn with_vaults(context: &Context<'_>, vaults: &Vaults, rule: &Value) -> Value {
    let Data::Map(map) = &rule.data else { return rule.clone() };
    let mut map = (**map).clone();
    let locked = rule.get("vault").map(|name| {
        each(name, &mut |name| match vaults.find(context, name).and_then(|address| vaults.locked.get(&address)) {
            Some(locked) => locked.clone(),
            None if name.as_str() == Some("Default") => Value::fact(false, name.origin),
            None => Value::unknown("the vault is not in the analysed files", name.origin),
        })
    });
    if let Some(locked) = locked {
        map.entries.push(Entry::new("vault_locked", OriginId::NONE, locked));
    }
    for entry in map.entries.iter_mut().filter(|entry| entry.key == "copies") {
        entry.value = each(&entry.value, &mut |copies| match &copies.data {
            Data::List(list) => {
                let items = list.items.iter().map(|copy| each(copy, &mut |copy| with_region(context, vaults, copy)));
                let list = crate::value::List { kind: list.kind, items: items.collect(), rest: list.rest.clone() };
                Value::new(Data::List(list.into()), copies.origin)
            }
            Data::Absent => Value::list(Vec::new(), copies.origin),
            _ => copies.clone(),
        });
    }
    Value::new(Data::Map(Arc::new(map)), rule.origin)
}

/// The Region of the vault that a copy goes to: that of the vault's resource, or the one in its ARN.
fn with_region(context: &Context<'_>, vaults: &Vaults, copy: &Value) -> Value {
    let Data::Map(map) = &copy.data else { return copy.clone() };
    let mut map = (**map).clone();
    let region = copy.get("vault_arn").map(|arn| {
        each(arn, &mut |arn| {
            if let Some(vault) = vaults.find(context, arn).and_then(|address| context.find(&address)) {
                return vault.region.clone();
            }
            match text::known_prefix(arn).split(':').nth(3) {
                Some(region) if !region.is_empty() && text::known_prefix(arn).matches(':').count() >= 4 => {
                    Value::string(region, arn.origin)
                }
                _ => Value::unknown("the Region of the vault is not known", arn.origin),
            }
        })
    });
    if let Some(region) = region {
        map.entries.push(Entry::new("region", OriginId::NONE, region));
    }
    Value::new(Data::Map(Arc::new(map)), copy.origin)
}
