//! Sections and maps with their loops (`Fn::ForEach`) and includes written out.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::resource::Problem;
use crate::syntax::tree::NodeRef;
use crate::value::{OriginId, Step, Text, Value, combine};

use super::call::Call;
use super::stack::Stack;
use super::text;

/// How many turns one loop may take.
const MAX_TURNS: usize = 500;

/// The loop variables that hold at a place.
#[derive(Clone, Default)]
pub struct Scope {
    innermost: Option<Rc<Turn>>,
}

/// One turn of a loop.
struct Turn {
    variable: Text,
    text: Text,
    value: Value,
    outer: Option<Rc<Turn>>,
}

impl Scope {
    #[must_use]
    pub fn is_in_loop(&self) -> bool {
        self.innermost.is_some()
    }

    fn turns(&self) -> impl Iterator<Item = &Turn> {
        std::iter::successors(self.innermost.as_deref(), |turn| turn.outer.as_deref())
    }

    /// The value of a loop variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.turns().find(|turn| turn.variable == name).map(|turn| &turn.value)
    }

    fn with(&self, variable: &str, text: Text, value: Value) -> Self {
        let turn = Turn { variable: variable.into(), text, value, outer: self.innermost.clone() };
        Self { innermost: Some(Rc::new(turn)) }
    }

    /// A text with the loop variables put in: `${X}` as it is, `&{X}` with its letters and digits only.
    #[must_use]
    pub fn fill(&self, text: &str) -> Option<String> {
        if self.innermost.is_none() || !(text.contains("${") || text.contains("&{")) {
            return None;
        }
        let mut filled = text.to_owned();
        for turn in self.turns() {
            let name = &turn.variable;
            filled = filled.replace(&format!("${{{name}}}"), &turn.text);
            if filled.contains("&{") {
                let plain: String = turn.text.chars().filter(char::is_ascii_alphanumeric).collect();
                filled = filled.replace(&format!("&{{{name}}}"), &plain);
            }
        }
        Some(filled)
    }
}

/// An entry of a section or map, after loops and includes.
#[derive(Clone)]
pub struct Definition<'t> {
    /// The key with loop variables put in.
    pub name: Text,
    pub key: NodeRef<'t>,
    pub value: NodeRef<'t>,
    pub scope: Scope,
    /// In which cases the loop has this turn; `None` for always.
    pub exists: Option<Value>,
}

impl<'t> Stack<'t> {
    /// The entries of a section or map.
    pub fn definitions(&self, node: NodeRef<'t>, scope: &Scope) -> Vec<Definition<'t>> {
        let mut into = Vec::with_capacity(node.len());
        self.define(node, scope, None, 0, &mut into);
        into
    }

    fn define(
        &self,
        node: NodeRef<'t>,
        scope: &Scope,
        exists: Option<&Value>,
        depth: usize,
        into: &mut Vec<Definition<'t>>,
    ) {
        // The reference allows five loops in each other.
        if depth > 16 || self.session.spend(node.len(), node.span()).is_none() {
            return;
        }
        for (key, value) in node.entries() {
            let Some(text) = key.text() else { continue };
            if text.starts_with("Fn::ForEach::") {
                self.turns(key, value, scope, exists, depth, into);
            } else if text == "Fn::Transform" {
                match self.included(value) {
                    Some(root) => self.define(root, scope, exists, depth + 1, into),
                    None => *self.open_names.borrow_mut() = true,
                }
            } else {
                let value = self.followed(value);
                let name = scope.fill(text).map_or_else(|| text.into(), Text::from);
                into.push(Definition { name, key, value, scope: scope.clone(), exists: exists.cloned() });
            }
        }
    }

    /// The turns of one loop.
    fn turns(
        &self,
        key: NodeRef<'t>,
        value: NodeRef<'t>,
        scope: &Scope,
        exists: Option<&Value>,
        depth: usize,
        into: &mut Vec<Definition<'t>>,
    ) {
        let parts: Vec<NodeRef<'t>> = value.items().collect();
        let [variable, collection, output] = parts.as_slice() else {
            let message =
                format!("`{}` is not a list of a variable, a collection and a map", key.text().unwrap_or_default());
            self.session.report(Problem::error(value.span(), message));
            return;
        };
        let Some(variable) = variable.text() else { return };
        let all = self.collection(*collection, scope);
        let mut seen: FxHashSet<Text> = FxHashSet::default();
        let mut items: Vec<(Text, Value)> = Vec::new();
        let mut unknown = false;
        let _ = combine(&[&all], &mut |leaves| {
            match leaves[0].as_list() {
                Some(list) => {
                    unknown |= list.rest.is_some();
                    for item in &list.items {
                        match text::of_scalar(item) {
                            Some(text) if seen.insert(text.clone()) => items.push((text, item.clone())),
                            Some(_) => {}
                            None => unknown |= !item.is_unset(),
                        }
                    }
                }
                None => unknown = true,
            }
            Value::bool(true, leaves[0].origin)
        });
        let name = key.text().unwrap_or_default();
        if unknown {
            *self.open_names.borrow_mut() = true;
            let why = text::reason(&all).unwrap_or_else(|| "its collection is not known".into());
            self.session.report(Problem::note(collection.span(), format!("`{name}` was not wholly read: {why}")));
        }
        if items.len() > MAX_TURNS {
            items.truncate(MAX_TURNS);
            let message = format!("`{name}` has more than {MAX_TURNS} turns; the others were not read");
            self.session.report(Problem::note(collection.span(), message));
        }
        let always = all.as_list().is_some();
        for (text, item) in items {
            if self.session.turn(key.span()).is_none() {
                *self.open_names.borrow_mut() = true;
                break;
            }
            let origin = self.session.origins.hop(collection.span(), Step::Expression, item.origin);
            let turn = if always { Value::bool(true, origin) } else { Self::has_turn(&all, &text, origin) };
            let exists = match (exists, turn.as_bool()) {
                (None, Some(true)) => None,
                (Some(outer), Some(true)) => Some(outer.clone()),
                (None, _) => Some(turn),
                (Some(outer), _) => Some(super::conditions::and(&[outer.clone(), turn], origin)),
            };
            let scope = scope.with(variable, text, item);
            self.define(*output, &scope, exists.as_ref(), depth + 1, into);
        }
    }

    /// In which cases a collection holds an item.
    fn has_turn(all: &Value, text: &str, origin: OriginId) -> Value {
        combine(&[all], &mut |leaves| {
            let holds = leaves[0]
                .as_list()
                .is_none_or(|list| list.items.iter().any(|item| text::of_scalar(item).is_some_and(|own| own == text)));
            Value::bool(holds, origin)
        })
    }

    /// What a loop goes over: a list, of which items that are lists themselves stand for their items.
    fn collection(&self, node: NodeRef<'t>, scope: &Scope) -> Value {
        if !node.is_sequence() || Call::of(node).is_some() {
            return self.eval(node, scope);
        }
        let mut items = Vec::new();
        for item in node.items() {
            let value = self.eval(item, scope);
            match value.as_list() {
                Some(list) if list.rest.is_none() => items.extend(list.items.iter().cloned()),
                _ => items.push(value),
            }
        }
        Value::list(items, self.session.origins.literal(node.span()))
    }

    /// The node that a variable of the Serverless Framework stands for; other nodes as they are.
    fn followed(&self, node: NodeRef<'t>) -> NodeRef<'t> {
        let Some(framework) = &self.framework else { return node };
        framework.node(node, Some(self.session.library), &self.session.options.parameters, 0).unwrap_or(node)
    }

    /// The root of a local file that `Fn::Transform` includes here.
    pub fn included(&self, argument: NodeRef<'t>) -> Option<NodeRef<'t>> {
        let location = super::library::include_location(argument)?;
        let tree = self.session.library.find(argument.tree(), location.text()?)?;
        tree.root().filter(|root| root.is_mapping())
    }

    /// Whether a map holds loops or includes, so that its entries have to be written out.
    #[must_use]
    pub fn has_loops(node: NodeRef<'t>) -> bool {
        node.entries().any(|(key, _)| {
            key.text().is_some_and(|text| {
                text.as_bytes().starts_with(b"Fn::") && (text.starts_with("Fn::ForEach::") || text == "Fn::Transform")
            })
        })
    }
}
