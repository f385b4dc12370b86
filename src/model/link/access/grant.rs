//! Statements that touch DynamoDB or DAX as entities of their own, with the tables and indexes that they name.

use std::sync::Arc;

use crate::value::{Data, EntityId, List, ListKind, OriginId, Truth, Value, combine, equal, text};

use super::super::super::derive::{both, each, each_pair, known_text, spread};
use super::super::super::drafts::{Drafts, Policy, link};
use super::super::super::read::{Block, Context};
use super::super::super::schema::Subject;
use super::super::table::{ends_of, leads_to};
use super::super::table_ref::{self, index_name};
use super::super::targets::{Elsewhere, Targets};
use super::action::touches;
use super::holder::Holders;
use super::pattern::{matches, wildcard};
use super::{Applied, Whom, open_list, outside, symbol_address};

const FIELDS: [&str; 7] = ["sid", "effect", "actions", "not_actions", "resources", "not_resources", "conditions"];

/// What a managed policy of AWS's has none of that the project could see.
const EMPTY: [&str; 9] = [
    "actions",
    "not_actions",
    "resources",
    "not_resources",
    "conditions",
    "tables",
    "indexes",
    "missing_indexes",
    "outside_tables",
];

/// Adds a grant for each statement of a policy that touches DynamoDB or DAX.
pub(super) fn statements(
    context: &Context<'_>,
    drafts: &mut Drafts,
    tables: &Targets<'_>,
    holders: &Holders,
    policy: &Policy,
    document: &Value,
    of: &Applied,
) {
    let Some(reader) = context.reader(policy.resource) else { return };
    for (number, statement) in spread(document).0.iter().enumerate() {
        if !touches(statement) {
            continue;
        }
        let place = context.project.origins.span(statement.origin).unwrap_or(policy.header);
        let exists = each(statement, &mut |statement| Value::fact(!statement.is_unset(), statement.origin));
        let block =
            Block { value: statement.clone(), exists: both(&policy.exists, &exists), header: place, span: place };
        let sid = known_text(&field(statement, "sid")).map(str::to_owned);
        let sid = sid.unwrap_or_else(|| format!("Statement[{number}]"));
        let name = policy.part.as_ref().map_or_else(|| sid.clone(), |part| format!("{part}/{sid}"));
        let mut grant = reader.bare_part(Subject::Grant, &name, &block);
        let here = reader.header_origin(place);
        grant.set("name", Value::string(name, here));
        for name in FIELDS {
            grant.set(name, field(statement, name));
        }
        if let Some(template) = &policy.template {
            grant.set("sam_template", Value::string(template.clone(), here));
        }
        grant.set("boundary", Value::fact(of.attached && of.only_boundary, here));
        grant.set("users", of.people.users(holders, here));
        grant.set("groups", of.people.groups(here));
        let roles = of.roles.iter().map(|(role, on)| link(*role, on)).collect();
        grant.set("roles", open_list(roles, of.open.clone(), here));
        let (of_tables, of_indexes, missing) = named(drafts, tables, &field(statement, "resources"));
        grant.set("tables", of_tables.clone());
        grant.set("indexes", of_indexes);
        grant.set("missing_indexes", missing);
        grant.set("outside_tables", outside::tables(context, tables, &field(statement, "resources")));
        let exists = grant.exists.clone();
        let id = drafts.add(grant);
        for (role, on) in &of.roles {
            drafts.link(*role, "grants", id, &both(on, &exists));
        }
        let Data::List(of_tables) = of_tables.data else { continue };
        for link in &of_tables.items {
            let mut ends = Vec::new();
            ends_of(link, &mut ends);
            for end in ends {
                drafts.link(end, "grants", id, &both(&leads_to(link, end), &exists));
            }
        }
    }
}

fn field(statement: &Value, name: &str) -> Value {
    each(statement, &mut |statement| {
        statement.get(name).cloned().unwrap_or_else(|| match statement.data {
            Data::Unknown(_) => statement.clone(),
            _ => Value::absent(statement.origin),
        })
    })
}

/// The tables and indexes that the resources of a statement name, and the names of indexes that there are not.
fn named(drafts: &Drafts, tables: &Targets<'_>, resources: &Value) -> (Value, Value, Value) {
    let (items, rest) = spread(resources);
    let mut open = rest.map(|rest| Value::new(Data::Unknown(rest), resources.origin));
    let (mut of_tables, mut of_indexes, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        if let Some(pattern) = wildcard(&item) {
            for id in tables.ids() {
                let Some(table) = drafts.get(id) else { continue };
                let name = table.value("name");
                let fits = |suffix: &str| {
                    // Everything takes no comparing, and templates have many such statements.
                    if pattern == "*" {
                        return Value::fact(true, item.origin);
                    }
                    each(&name, &mut |name| match &name.data {
                        Data::String(name) => {
                            Value::fact(matches(&pattern, &format!("table/{name}{suffix}")), item.origin)
                        }
                        _ if pattern == "table/*" => Value::fact(true, item.origin),
                        _ => Value::unknown("the name of the table is not known", name.origin),
                    })
                };
                let on = both(&table.exists, &fits(""));
                push(&mut of_tables, link(id, &on));
                for (index, own) in indexes_of(drafts, id) {
                    let suffix = own.as_str().map_or_else(|| "/index/x".to_owned(), |own| format!("/index/{own}"));
                    let on = both(&table.exists, &fits(&suffix));
                    push(&mut of_indexes, link(index, &on));
                }
            }
            continue;
        }
        let found = table_ref::resolve(tables, &item, Elsewhere::Absent);
        let whole = each_pair(&found.suffix, &found.table, &mut |suffix, table| {
            if suffix.is_unset() { table.clone() } else { Value::absent(suffix.origin) }
        });
        if !leads_nowhere(&whole) {
            // `${arn}*` goes on behind the table: to its indexes, streams and backups.
            let goes_on = each(&item, &mut |item| Value::fact(text::known_suffix(item).ends_with('*'), item.origin));
            let mut ends = Vec::new();
            ends_of(&whole, &mut ends);
            for table in ends {
                let on = both(&leads_to(&whole, table), &goes_on);
                for (index, _) in indexes_of(drafts, table) {
                    push(&mut of_indexes, link(index, &on));
                }
            }
            if whole.is_unknown() {
                open.get_or_insert(whole);
            } else {
                push(&mut of_tables, whole);
            }
        }
        if found.suffix.is_unset() {
            continue;
        }
        let wanted = index_name(&found.suffix);
        let mut ends = Vec::new();
        ends_of(&found.table, &mut ends);
        for table in ends {
            let none =
                each_pair(&leads_to(&found.table, table), &not_there(drafts, table, &wanted), &mut |on, none| match on
                    .data
                {
                    Data::Bool(true) => none.clone(),
                    Data::Bool(false) => Value::absent(on.origin),
                    _ => on.clone(),
                });
            if !none.is_unset() {
                missing.push(none);
            }
            for (index, own) in indexes_of(drafts, table) {
                let fits = each(&wanted, &mut |wanted| match (&wanted.data, &own.data) {
                    (Data::String(pattern), Data::String(own)) => Value::fact(matches(pattern, own), wanted.origin),
                    (Data::String(pattern), _) if pattern == "*" => Value::fact(true, wanted.origin),
                    _ => Value::fact(equal(wanted, &own) == Truth::True, wanted.origin),
                });
                let on = both(&leads_to(&found.table, table), &fits);
                push(&mut of_indexes, link(index, &on));
            }
        }
    }
    (
        open_list(of_tables, open.clone(), resources.origin),
        open_list(of_indexes, open, resources.origin),
        told(&missing, resources.origin),
    )
}

/// Whether nothing is set in any case.
fn leads_nowhere(link: &Value) -> bool {
    match &link.data {
        Data::Choice(choice) => choice.cases.iter().all(leads_nowhere),
        _ => link.is_unset(),
    }
}

/// A list of what is known to be missing; open in the cases in which something may be.
fn told(missing: &[Value], origin: OriginId) -> Value {
    let refs: Vec<&Value> = missing.iter().collect();
    combine(&refs, &mut |leaves| {
        let items = leaves.iter().filter(|leaf| !leaf.is_unset() && !leaf.is_unknown());
        let rest = leaves.iter().find_map(|leaf| match &leaf.data {
            Data::Unknown(unknown) => Some(Arc::clone(unknown)),
            _ => None,
        });
        let list = List { kind: ListKind::Tuple, items: items.map(|leaf| (*leaf).clone()).collect(), rest };
        Value::new(Data::List(Arc::new(list)), origin)
    })
}

/// The name of an index where the table has none of that name; absent where it has one, and for patterns.
fn not_there(drafts: &Drafts, table: EntityId, wanted: &Value) -> Value {
    let own = indexes_of(drafts, table);
    let open = drafts.get(table).is_none_or(|table| match table.value("indexes").data {
        Data::List(list) => list.rest.is_some(),
        _ => true,
    });
    each(wanted, &mut |wanted| match &wanted.data {
        Data::String(name) if name.contains(['*', '?']) => Value::absent(wanted.origin),
        Data::Absent | Data::Null => Value::absent(wanted.origin),
        _ => {
            let equals = own.iter().map(|(_, own)| each(own, &mut |own| truth(equal(own, wanted), wanted)));
            let there = equals.fold(Value::fact(false, wanted.origin), |there, same| {
                each_pair(&there, &same, &mut |there, same| match (&there.data, &same.data) {
                    (Data::Bool(true), _) | (_, Data::Bool(false)) => there.clone(),
                    _ => same.clone(),
                })
            });
            each(&there, &mut |there| match there.data {
                Data::Bool(true) => Value::absent(wanted.origin),
                Data::Bool(false) if !open => wanted.clone(),
                _ => Value::unknown("the indexes of the table are not all known", wanted.origin),
            })
        }
    })
}

fn truth(truth: Truth, at: &Value) -> Value {
    match truth {
        Truth::True => Value::fact(true, at.origin),
        Truth::False => Value::fact(false, at.origin),
        Truth::Unknown => Value::unknown("the name of the index is not known", at.origin),
    }
}

fn push(links: &mut Vec<Value>, link: Value) {
    let known = link.as_entity().is_some() && links.iter().any(|other| other.as_entity() == link.as_entity());
    if !leads_nowhere(&link) && !known {
        links.push(link);
    }
}

fn indexes_of(drafts: &Drafts, table: EntityId) -> Vec<(EntityId, Value)> {
    let Some(Data::List(list)) = drafts.get(table).map(|table| table.value("indexes").data) else { return Vec::new() };
    let mut ends = Vec::new();
    list.items.iter().for_each(|item| ends_of(item, &mut ends));
    ends.into_iter().filter_map(|id| drafts.get(id).map(|index| (id, index.value("name")))).collect()
}

/// One AWS managed policy attached to a role, user or group; where an input chooses between several, each in its cases.
pub(super) fn aws_managed(
    context: &Context<'_>,
    drafts: &mut Drafts,
    holders: &Holders,
    arn: &Value,
    resource: usize,
    whom: &Whom,
) {
    let arn = &named_by_source(context, arn);
    let mut paths = Vec::new();
    managed_paths(arn, &mut paths);
    for path in paths {
        let exists = each(arn, &mut |arn| Value::fact(managed_path(arn) == Some(path.as_str()), arn.origin));
        let name = path.rsplit('/').next().unwrap_or(&path);
        let policy = Value::string(format!("arn:aws:iam::aws:policy/{path}"), arn.origin);
        managed_one(context, drafts, holders, Managed { arn, name, policy, exists }, resource, whom);
    }
    // One that is not known may be AWS's as well.
    let open = each(arn, &mut |arn| Value::fact(may_be_managed(context, arn), arn.origin));
    if open.as_bool() != Some(false) {
        let managed = Managed { arn, name: "managed policy", policy: arn.clone(), exists: open };
        managed_one(context, drafts, holders, managed, resource, whom);
    }
}

/// A data source that reads a policy of AWS's by its name or ARN stands for that.
fn named_by_source(context: &Context<'_>, arn: &Value) -> Value {
    each(arn, &mut |arn| {
        let source = symbol_address(arn).and_then(|address| context.find(address)).filter(|found| !found.managed);
        let Some(source) = source.filter(|source| source.kind == "aws_iam_policy") else { return arn.clone() };
        let written = |name: &str| source.attributes.get(name).filter(|value| !value.is_unset());
        match (written("arn"), written("name")) {
            (Some(arn), _) => arn.clone(),
            (None, Some(name)) => each(name, &mut |name| match name.as_str() {
                Some(name) if name.starts_with("Amazon") || name.starts_with("AWS") => {
                    Value::string(format!("arn:aws:iam::aws:policy/{name}"), arn.origin)
                }
                Some(name) => Value::string(format!("arn:aws:iam::000000000000:policy/{name}"), arn.origin),
                None => arn.clone(),
            }),
            _ => arn.clone(),
        }
    })
}

/// Whether an ARN that is not known may be that of one of AWS's policies: it is no policy of the project, and what is
/// known of it says nothing else.
fn may_be_managed(context: &Context<'_>, arn: &Value) -> bool {
    match &arn.data {
        // In a template, what stands for nothing at all is a name that the template does not declare: a policy of the
        // stack that another piece of it holds.
        Data::Unknown(unknown)
            if unknown.symbol.is_none() && context.project.language != crate::resource::Language::Terraform =>
        {
            false
        }
        Data::Unknown(_) => {
            !symbol_address(arn).and_then(|address| context.find(address)).is_some_and(|found| found.managed)
        }
        Data::Parts(_) => {
            managed_path(arn).is_none()
                && text::known_pieces(arn).iter().any(|piece| piece.ends_with(":iam::aws:policy/"))
        }
        _ => false,
    }
}

/// What follows `arn:aws:iam::aws:policy/` in each of the policies that an ARN may be. The partition may be open:
/// `arn:${AWS::Partition}:iam::aws:policy/...`.
fn managed_paths(arn: &Value, paths: &mut Vec<String>) {
    if let Data::Choice(choice) = &arn.data {
        for case in &choice.cases {
            managed_paths(case, paths);
        }
        return;
    }
    if let Some(path) = managed_path(arn)
        && !paths.iter().any(|known| known == path)
    {
        paths.push(path.to_owned());
    }
}

fn managed_path(arn: &Value) -> Option<&str> {
    let known = known_text(arn).unwrap_or_else(|| text::known_suffix(arn));
    known.split_once(":iam::aws:policy/").map(|(_, path)| path)
}

/// A managed policy as it is attached.
struct Managed<'a> {
    arn: &'a Value,
    name: &'a str,
    /// The ARN as far as it is known.
    policy: Value,
    exists: Value,
}

fn managed_one(
    context: &Context<'_>,
    drafts: &mut Drafts,
    holders: &Holders,
    Managed { arn, name, policy, exists }: Managed<'_>,
    resource: usize,
    whom: &Whom,
) {
    let Some(reader) = context.reader(resource) else { return };
    let place = context.project.origins.span(arn.origin).unwrap_or(reader.resource.header);
    let block = Block { value: arn.clone(), exists, header: place, span: place };
    let mut grant = reader.bare_part(Subject::Grant, name, &block);
    let here = arn.origin;
    grant.set("name", Value::string(name, here));
    grant.set("effect", Value::string("Allow", here));
    grant.set("managed_policy", policy);
    for list in EMPTY {
        grant.set(list, Value::list(Vec::new(), here));
    }
    grant.set("boundary", Value::fact(false, here));
    grant.set("users", whom.people.users(holders, here));
    grant.set("groups", whom.people.groups(here));
    let links = whom.roles.iter().map(|(role, on)| link(*role, on)).collect();
    grant.set("roles", open_list(links, whom.open.clone(), here));
    let exists = grant.exists.clone();
    let id = drafts.add(grant);
    for (role, on) in &whom.roles {
        drafts.link(*role, "grants", id, &both(on, &exists));
    }
}
