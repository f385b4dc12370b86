//! Which resources refer to which, whatever they are: for what is "used somewhere".

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::value::{Data, Part, Step, Symbol, Text, Unknown, Value};

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
}

impl<'c> Uses<'c> {
    pub fn new(context: &'c Context<'c>) -> Self {
        Self { context, found: OnceCell::new() }
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut found = Found::default();
            for (user, resource) in self.context.project.resources.iter().enumerate() {
                self.visit(&resource.attributes, 0, &mut |address| {
                    found.users.entry(address).or_default().insert(user);
                });
            }
            for (_, value) in &self.context.project.outputs {
                self.visit(value, 0, &mut |address| {
                    found.outputs.insert(address);
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

    fn visit(&self, value: &Value, depth: usize, add: &mut dyn FnMut(Text)) {
        if depth > MAX_DEPTH {
            return;
        }
        for origin in self.context.project.origins.trail(value.origin) {
            if let Step::Resource { address, .. } = origin.step {
                add(address);
            }
        }
        let mut open = |unknown: &Unknown| {
            if let Some(Symbol::Resource { address, .. }) = &unknown.symbol {
                add(address.clone());
            }
        };
        match &value.data {
            Data::Unknown(unknown) => open(unknown),
            Data::Parts(parts) => {
                for part in parts.iter() {
                    if let Part::Open(unknown, _) = part {
                        open(unknown);
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

/// Values are nested as deeply as the source; past this nothing is looked for.
const MAX_DEPTH: usize = 64;
