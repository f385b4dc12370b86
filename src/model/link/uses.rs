//! Which resources refer to which, whatever they are: for what is "used somewhere".

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::value::{Data, OriginId, Part, Step, Symbol, Text, Unknown, Value};

use super::super::derive::either;
use super::super::read::Context;

/// References between resources, gathered when they are first asked for.
pub(super) struct Uses<'c> {
    context: &'c Context<'c>,
    found: OnceCell<Found>,
}

#[derive(Default)]
struct Found {
    /// Which resources refer to an address.
    users: FxHashMap<Text, FxHashSet<usize>>,
    /// The addresses that outputs refer to.
    outputs: FxHashSet<Text>,
    /// The attributes of an address that anything refers to, each with the resource that does; outputs have none.
    attributes: FxHashMap<Text, FxHashSet<(Text, Option<usize>)>>,
    /// ARNs of streams that are written out.
    stream_arns: Vec<Text>,
}

/// One reference.
enum Reference {
    Attribute { address: Text, attribute: Text },
    StreamArn(Text),
}

impl<'c> Uses<'c> {
    pub fn new(context: &'c Context<'c>) -> Self {
        Self { context, found: OnceCell::new() }
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut found = Found::default();
            for (user, resource) in self.context.project.resources.iter().enumerate() {
                self.visit(&resource.attributes, 0, &mut |reference| match reference {
                    Reference::Attribute { address, attribute } => {
                        found.attributes.entry(address.clone()).or_default().insert((attribute, Some(user)));
                        found.users.entry(address).or_default().insert(user);
                    }
                    Reference::StreamArn(arn) => found.stream_arns.push(arn),
                });
            }
            for (_, value) in &self.context.project.outputs {
                self.visit(value, 0, &mut |reference| match reference {
                    Reference::Attribute { address, attribute } => {
                        found.attributes.entry(address.clone()).or_default().insert((attribute, None));
                        found.outputs.insert(address);
                    }
                    Reference::StreamArn(arn) => found.stream_arns.push(arn),
                });
            }
            found
        })
    }

    /// Whether an output, or a resource that counts, refers to the address.
    pub fn by_others(&self, address: &str, counts: impl Fn(usize) -> bool) -> bool {
        let found = self.found();
        found.outputs.contains(address)
            || found.users.get(address).is_some_and(|users| users.iter().any(|user| counts(*user)))
    }

    /// Whether a resource that counts refers to the address; outputs do not.
    pub fn by_resources(&self, address: &str, counts: impl Fn(usize) -> bool) -> bool {
        self.found().users.get(address).is_some_and(|users| users.iter().any(|user| counts(*user)))
    }

    /// The positions of the resources that refer to an address, in the order of the source.
    pub fn users_of(&self, address: &str) -> Vec<usize> {
        let mut users: Vec<usize> = self.found().users.get(address).into_iter().flatten().copied().collect();
        users.sort_unstable();
        users
    }

    /// The addresses that a resource refers to.
    pub fn references_of(&self, address: &str) -> Vec<Text> {
        let mut found: Vec<Text> = Vec::new();
        if let Some(resource) = self.context.find(address) {
            self.visit(&resource.attributes, 0, &mut |reference| {
                if let Reference::Attribute { address, .. } = reference
                    && !found.contains(&address)
                {
                    found.push(address);
                }
            });
        }
        found
    }

    /// Whether a resource refers to an address that counts.
    pub fn of(&self, user: usize, counts: impl Fn(&str) -> bool) -> bool {
        self.found().users.iter().any(|(address, users)| users.contains(&user) && counts(address))
    }

    /// In which cases an output, or a resource other than `own`, refers to an attribute of the address that counts. A
    /// reference to the whole resource has an empty attribute.
    pub fn of_attribute(&self, address: &str, own: usize, counts: impl Fn(&str) -> bool, origin: OriginId) -> Value {
        let mut found = Value::fact(false, origin);
        let mut users: Vec<Option<usize>> = Vec::new();
        for (attribute, user) in self.found().attributes.get(address).into_iter().flatten() {
            if *user != Some(own) && counts(attribute) {
                users.push(*user);
            }
        }
        users.sort_unstable();
        users.dedup();
        for user in users {
            let resource = user.and_then(|user| self.context.project.resources.get(user));
            found = match resource {
                Some(resource) => either(&found, &resource.exists),
                None => Value::fact(true, origin),
            };
            if found.as_bool() == Some(true) {
                break;
            }
        }
        found.at(origin)
    }

    /// Whether the ARN of a stream of the table with this name is written out somewhere.
    pub fn of_stream_arn(&self, table: &str) -> bool {
        let part = format!(":table/{table}/stream/");
        self.found().stream_arns.iter().any(|arn| arn.contains(&part))
    }

    fn visit(&self, value: &Value, depth: usize, add: &mut dyn FnMut(Reference)) {
        if depth > MAX_DEPTH {
            return;
        }
        self.context.project.origins.each_step(value.origin, &mut |step| {
            if let Step::Resource { address, attribute } = step {
                add(Reference::Attribute { address: address.clone(), attribute: attribute.clone() });
            }
        });
        match &value.data {
            Data::Unknown(unknown) => open(unknown, "").into_iter().for_each(&mut *add),
            Data::String(text) if text.contains("/stream/") => add(Reference::StreamArn(text.clone())),
            Data::Parts(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    match part {
                        Part::Open(unknown, _) => {
                            let behind = match parts.get(place + 1) {
                                Some(Part::Known(behind, _)) => behind.as_str(),
                                _ => "",
                            };
                            open(unknown, behind).into_iter().for_each(&mut *add);
                        }
                        Part::Known(text, _) => {
                            if text.contains("/stream/") {
                                add(Reference::StreamArn(text.clone()));
                            }
                        }
                    }
                }
            }
            Data::List(list) => {
                for item in &list.items {
                    self.visit(item, depth + 1, add);
                }
            }
            Data::Map(map) => {
                for entry in &map.entries {
                    self.visit(&entry.value, depth + 1, add);
                }
            }
            Data::Choice(choice) => {
                for case in &choice.cases {
                    self.visit(case, depth + 1, add);
                }
            }
            _ => {}
        }
    }
}

/// The reference that an open piece of a text is, with the known characters behind it.
fn open(unknown: &Unknown, behind: &str) -> Option<Reference> {
    let Some(Symbol::Resource { address, attribute }) = &unknown.symbol else { return None };
    // `${Orders.Arn}/stream/*` is about the stream.
    let attribute = if behind.starts_with("/stream/") { STREAM.into() } else { attribute.clone() };
    Some(Reference::Attribute { address: address.clone(), attribute })
}

/// The attribute under which a text around a table's ARN is filed that is about its stream.
const STREAM: &str = "stream_arn";

/// Values are nested as deeply as the source; past this nothing is looked for.
const MAX_DEPTH: usize = 64;
