//! Users and groups of the project: they are no entities of their own, but statements name them.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::value::{Data, Entry, OriginId, Text, Value};

use super::super::super::derive::{spread, texts};
use super::super::super::drafts::HolderKind;
use super::super::super::read::Context;
use super::super::targets::{address_of, symbols};
use super::symbol_address;

/// The users and groups that a policy applies to, by address.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    users: Vec<Text>,
    groups: Vec<Text>,
}

impl People {
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.users, &other.users), (&mut self.groups, &other.groups)] {
            for address in theirs {
                if !mine.contains(address) {
                    mine.push(address.clone());
                }
            }
        }
    }

    /// The users as the schema has them.
    pub fn users(&self, holders: &Holders, origin: OriginId) -> Value {
        let users = self.users.iter().map(|address| {
            let name = address.rsplit(['.', '/']).next().unwrap_or(address);
            let keys = holders.access_keys.get(address).cloned().unwrap_or_default();
            Value::map(
                vec![
                    Entry::new("name", origin, Value::string(name, origin)),
                    Entry::new("access_keys", origin, Value::list(keys, origin)),
                ],
                origin,
            )
        });
        Value::list(users.collect(), origin)
    }

    pub fn groups(&self, origin: OriginId) -> Value {
        let names = self
            .groups
            .iter()
            .map(|address| Value::string(address.rsplit(['.', '/']).next().unwrap_or(address), origin));
        Value::list(names.collect(), origin)
    }
}

/// All users and groups, who is in which group, and whose access keys the project makes.
#[derive(Debug, Default)]
pub(super) struct Holders {
    users: Named,
    groups: Named,
    members: FxHashMap<Text, Vec<Text>>,
    access_keys: FxHashMap<Text, Vec<Value>>,
}

#[derive(Debug, Default)]
struct Named {
    by_name: FxHashMap<String, Text>,
    addresses: FxHashSet<Text>,
}

impl Named {
    fn find(&self, context: &Context<'_>, reference: &Value) -> Option<Text> {
        if let Data::Choice(choice) = &reference.data {
            return choice.cases.iter().find_map(|case| self.find(context, case));
        }
        let address = address_of(context, reference).or_else(|| symbol_address(reference).cloned());
        if let Some(address) = address
            && self.addresses.contains(&address)
        {
            return Some(address);
        }
        self.by_name.get(&symbols(reference)?).cloned()
    }
}

impl Holders {
    pub fn new(context: &Context<'_>) -> Self {
        let mut holders = Self::default();
        let resources = || context.project.resources.iter().enumerate().filter(|(_, resource)| resource.managed);
        for (position, resource) in resources() {
            let (named, name) = match resource.kind.as_str() {
                "AWS::IAM::User" => (&mut holders.users, "UserName"),
                "aws_iam_user" => (&mut holders.users, "name"),
                "AWS::IAM::Group" => (&mut holders.groups, "GroupName"),
                "aws_iam_group" => (&mut holders.groups, "name"),
                _ => continue,
            };
            named.addresses.insert(resource.address.clone());
            if let Some(key) = context.reader(position).and_then(|reader| symbols(&reader.raw(name))) {
                named.by_name.insert(key, resource.address.clone());
            }
        }
        for (position, resource) in resources() {
            let Some(reader) = context.reader(position) else { continue };
            let (users, groups) = match resource.kind.as_str() {
                "AWS::IAM::User" => (Value::string(resource.address.clone(), OriginId::NONE), reader.raw("Groups")),
                "AWS::IAM::UserToGroupAddition" => (reader.raw("Users"), reader.raw("GroupName")),
                "aws_iam_user_group_membership" => (reader.raw("user"), reader.raw("groups")),
                "aws_iam_group_membership" => (reader.raw("users"), reader.raw("group")),
                "AWS::IAM::AccessKey" | "aws_iam_access_key" => {
                    let user = if reader.is_terraform() { reader.raw("user") } else { reader.raw("UserName") };
                    if let Some(user) = holders.users.find(context, &user) {
                        let here = reader.header_origin(resource.header);
                        let key = Value::string(resource.address.clone(), here);
                        holders.access_keys.entry(user).or_default().push(key);
                    }
                    continue;
                }
                _ => continue,
            };
            for group in spread(&texts(&groups)).0 {
                let Some(group) = holders.groups.find(context, &group) else { continue };
                for user in spread(&texts(&users)).0 {
                    let own = user.as_str().map(Text::from).filter(|user| holders.users.addresses.contains(user));
                    if let Some(user) = own.or_else(|| holders.users.find(context, &user)) {
                        holders.members.entry(group.clone()).or_default().push(user);
                    }
                }
            }
        }
        holders
    }

    /// Adds a user, or a group with its users; `false` where the reference leads to neither.
    pub fn add(&self, context: &Context<'_>, kind: HolderKind, reference: &Value, people: &mut People) -> bool {
        let named = if kind == HolderKind::User { &self.users } else { &self.groups };
        let Some(address) = named.find(context, reference) else { return false };
        match kind {
            HolderKind::User => people.add(&People { users: vec![address], groups: Vec::new() }),
            _ => {
                let users = self.members.get(&address).cloned().unwrap_or_default();
                people.add(&People { users, groups: vec![address] });
            }
        }
        true
    }
}
