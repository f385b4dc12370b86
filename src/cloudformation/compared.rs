//! What a template compares its parameters with: one look over the whole template before anything is evaluated, from
//! which the cases of open inputs follow.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::Span;
use crate::syntax::tree::{NodeId, NodeRef, Scalar, Tree};
use crate::value::Text;

use super::call::{Call, Function};
use super::library;
use super::session::Session;
use super::template::Template;

/// How deep nested stacks are followed.
pub const MAX_STACKS: usize = 8;
/// How many constants are kept for one parameter.
const MAX_CONSTANTS: usize = 256;
/// How deep an operand of a comparison is searched for parameters.
const MAX_OPERAND_DEPTH: usize = 24;

/// What parameters (pseudo parameters too) are compared with, by their names.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    by_name: FxHashMap<Text, Comparison>,
}

/// What one parameter is compared with.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Constants in the order of the source, each once.
    pub constants: Vec<(Text, Span)>,
}

impl Compared {
    /// Looks through a template and the local stacks that it passes its parameters to.
    #[must_use]
    pub fn scan(template: &Template<'_>, session: &Session<'_>) -> Rc<Self> {
        Self::scan_within(template, session, MAX_STACKS)
    }

    /// What a parameter is compared with; `None` where nothing compares it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Comparison> {
        self.by_name.get(name)
    }

    /// Each template is looked through once for each depth, however many stacks are made of it.
    fn scan_within(template: &Template<'_>, session: &Session<'_>, depth: usize) -> Rc<Self> {
        let key = (template.tree.file.id, depth);
        if let Some(known) = session.compared.borrow().get(&key) {
            return Rc::clone(known);
        }
        let scanned = Rc::new(Self::scan_anew(template, session, depth));
        session.compared.borrow_mut().insert(key, Rc::clone(&scanned));
        scanned
    }

    fn scan_anew(template: &Template<'_>, session: &Session<'_>, depth: usize) -> Self {
        let mut scan = Scan {
            template,
            compared: Self::default(),
            pairs: Vec::new(),
            looked_up: FxHashSet::default(),
            loops: Vec::new(),
        };
        // A service's resources may stand in files of their own.
        let mut trees = vec![template.tree];
        for part in &template.parts {
            if trees.iter().all(|tree| !std::ptr::eq(*tree, part.tree())) {
                trees.push(part.tree());
            }
        }
        for tree in &trees {
            if tree.file.text().contains(FOR_EACH) {
                scan.read_loops(tree);
            }
        }
        for tree in trees {
            for index in 0..u32::try_from(tree.len()).unwrap_or(u32::MAX) {
                if let Some(call) = Call::of(tree.node(NodeId(index))) {
                    scan.call(&call);
                }
            }
        }
        if depth > 0 {
            scan.nested(session, depth - 1);
        }
        scan.join_pairs();
        scan.compared
    }

    fn add(&mut self, name: &str, text: &str, span: Span) {
        let comparison = self.by_name.entry(name.into()).or_default();
        if comparison.constants.len() < MAX_CONSTANTS && comparison.constants.iter().all(|(known, _)| known != text) {
            comparison.constants.push((text.into(), span));
        }
    }

    fn touch(&mut self, name: &str) {
        self.by_name.entry(name.into()).or_default();
    }
}

struct Scan<'s, 't> {
    template: &'s Template<'t>,
    compared: Compared,
    /// Parameters that are compared with each other.
    pairs: Vec<(&'t str, &'t str)>,
    looked_up: FxHashSet<(Option<Text>, Keys<'t>)>,
    /// Loop variables with what they go over, where it is written out.
    loops: Vec<(&'t str, Vec<Text>)>,
}

/// How the keys of loops begin.
const FOR_EACH: &str = "Fn::ForEach::";
/// How many texts one text with loop variables stands for.
const MAX_EXPANDED: usize = 256;

/// The parameters that name a mapping, its first and its second key.
type Keys<'t> = (Option<&'t str>, Option<&'t str>, Option<&'t str>);

impl<'t> Scan<'_, 't> {
    fn read_loops(&mut self, tree: &'t Tree) {
        for index in 0..u32::try_from(tree.len()).unwrap_or(u32::MAX) {
            for (key, value) in tree.node(NodeId(index)).entries() {
                if !key.text().is_some_and(|text| text.starts_with(FOR_EACH)) {
                    continue;
                }
                let parts: Vec<NodeRef<'t>> = value.items().take(2).collect();
                let [variable, collection] = parts.as_slice() else { continue };
                let Some(variable) = variable.text() else { continue };
                let items = match direct(*collection) {
                    Some(name) => self.items_of(name),
                    None => collection.items().filter_map(constant).take(MAX_EXPANDED).collect(),
                };
                self.loops.push((variable, items));
            }
        }
    }

    /// The items that a list parameter may have.
    fn items_of(&self, name: &str) -> Vec<Text> {
        let declared = self.template.sections("Parameters").find_map(|section| section.get(name));
        let allowed = declared.and_then(|declared| declared.get("AllowedValues"));
        let texts = allowed.iter().flat_map(|node| node.items()).chain(declared.and_then(|one| one.get("Default")));
        let texts: Vec<Text> = texts.filter_map(constant).collect();
        texts.iter().flat_map(|text| text.split(',')).map(|item| item.trim().into()).take(MAX_EXPANDED).collect()
    }

    /// What a text stands for in the turns of loops.
    fn expanded(&self, text: &str) -> Vec<String> {
        let mut all = vec![text.to_owned()];
        if self.loops.is_empty() || !(text.contains("${") || text.contains("&{")) {
            return all;
        }
        for (variable, items) in &self.loops {
            let marks = [format!("${{{variable}}}"), format!("&{{{variable}}}")];
            if !all.iter().any(|one| marks.iter().any(|mark| one.contains(mark))) {
                continue;
            }
            let fill = |one: &String| {
                let filled = items.iter().map(|item| {
                    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
                    one.replace(&marks[0], item).replace(&marks[1], &plain)
                });
                filled.collect::<Vec<_>>()
            };
            all = all.iter().flat_map(fill).take(MAX_EXPANDED).collect();
        }
        all
    }

    fn add(&mut self, name: &str, text: &str, span: Span) {
        for name in self.expanded(name) {
            for text in self.expanded(text) {
                self.compared.add(&name, &text, span);
            }
        }
    }

    fn touch(&mut self, name: &str) {
        for name in self.expanded(name) {
            self.compared.touch(&name);
        }
    }

    fn call(&mut self, call: &Call<'t>) {
        let items = call.items();
        match call.function {
            Function::Equals => {
                if let [a, b] = items.as_slice() {
                    self.operand(*a, *b);
                    self.operand(*b, *a);
                }
            }
            Function::FindInMap => self.find_in_map(&items),
            Function::Select => {
                if let [index, list] = items.as_slice() {
                    self.select(*index, *list);
                }
            }
            Function::Contains => {
                if let [list, value] = items.as_slice() {
                    for item in list.items() {
                        self.operand(*value, item);
                    }
                    self.touch_all(*list, 0);
                }
            }
            Function::EachMemberIn | Function::EachMemberEquals => {
                for item in items {
                    self.touch_all(item, 0);
                }
            }
            _ => {}
        }
    }

    /// One side of a comparison with the other.
    fn operand(&mut self, side: NodeRef<'t>, other: NodeRef<'t>) {
        if let Some(name) = direct(side) {
            if let Some(text) = constant(other) {
                self.add(name, &text, other.span());
            } else if let Some(second) = direct(other) {
                self.touch(name);
                let items = self.loops.iter().filter(|(variable, _)| *variable == second);
                for text in items.flat_map(|(_, items)| items.clone()).collect::<Vec<_>>() {
                    self.add(name, &text, other.span());
                }
                self.pairs.push((name, second));
            } else {
                self.touch(name);
            }
            return;
        }
        // `!Join ["", !Ref List]` compared with "" and `!Select [0, !Ref List]` with a constant.
        if let Some(call) = Call::of(side)
            && matches!(call.function, Function::Join | Function::Select)
            && let [first, list] = call.items().as_slice()
            && let Some(name) = direct(*list)
            && let Some(text) = constant(other)
        {
            let comma = call.function == Function::Join && constant(*first).as_deref() == Some(",");
            let zero = call.function == Function::Select && constant(*first).as_deref() == Some("0");
            if comma || zero || text.is_empty() {
                self.add(name, &text, other.span());
            }
        }
        self.touch_all(side, 0);
    }

    fn find_in_map(&mut self, items: &[NodeRef<'t>]) {
        let [map, first, second, ..] = items else { return };
        for node in [first, second] {
            if direct(*node).is_none() {
                self.touch_all(*node, 0);
            }
        }
        let named = constant(*map);
        let keys = (direct(*map), direct(*first), direct(*second));
        // Each way of looking a mapping up counts once, however often it is written.
        if keys == (None, None, None) || !self.looked_up.insert((named.clone(), keys)) {
            return;
        }
        let mappings: Vec<_> = self.template.sections("Mappings").flat_map(NodeRef::entries).collect();
        if let Some(name) = direct(*map) {
            for (key, _) in &mappings {
                self.add_key(name, *key);
            }
        }
        for (_, mapping) in
            mappings.into_iter().filter(|(key, _)| named.as_deref().is_none_or(|name| key.text() == Some(name)))
        {
            // Machine images differ by Region in every old template and say nothing about tables.
            if is_of_images(mapping) {
                continue;
            }
            for (key, inner) in mapping.entries() {
                if let Some(name) = direct(*first) {
                    self.add_key(name, key);
                }
                if let Some(name) = direct(*second) {
                    for (key, _) in inner.entries() {
                        self.add_key(name, key);
                    }
                }
            }
        }
    }

    fn add_key(&mut self, name: &str, key: NodeRef<'t>) {
        if let Some(text) = key.text() {
            self.add(name, text, key.span());
        }
    }

    fn select(&mut self, index: NodeRef<'t>, list: NodeRef<'t>) {
        let Some(name) = direct(index) else { return };
        self.touch(name);
        for position in 0..list.len().min(64) {
            self.add(name, &position.to_string(), index.span());
        }
    }

    /// Parameters that a comparison reads through other functions: they are open, with their default as a case.
    fn touch_all(&mut self, node: NodeRef<'t>, depth: usize) {
        if depth > MAX_OPERAND_DEPTH {
            return;
        }
        if let Some(call) = Call::of(node) {
            match call.function {
                Function::Ref => {
                    if let Some(name) = call.text() {
                        self.touch(name);
                    }
                    return;
                }
                Function::Sub => {
                    let text = call.text().or_else(|| call.items().first().and_then(|node| node.text()));
                    for variable in super::intrinsics::variables(text.unwrap_or_default()) {
                        self.touch(variable);
                    }
                }
                _ => {}
            }
        }
        for item in node.items() {
            self.touch_all(item, depth + 1);
        }
        for (_, value) in node.entries() {
            self.touch_all(value, depth + 1);
        }
    }

    /// What nested stacks compare the parameters with that are passed on to them as they are.
    fn nested(&mut self, session: &Session<'_>, depth: usize) {
        for (_, resource) in self.template.sections("Resources").flat_map(NodeRef::entries) {
            let Some(location) = library::location(resource).and_then(NodeRef::text) else { continue };
            let Some(tree) = session.library.find(self.template.tree, location) else { continue };
            let Some(child) = Template::find(tree) else { continue };
            let Some(arguments) = resource.get("Properties").and_then(|node| node.get("Parameters")) else { continue };
            let passed: Vec<(&str, &str)> =
                arguments.entries().filter_map(|(key, value)| Some((key.text()?, direct(value)?))).collect();
            let inner = Compared::scan_within(&child, session, depth);
            for (parameter, own) in passed {
                let Some(comparison) = inner.get(parameter) else { continue };
                self.compared.touch(own);
                for (text, span) in &comparison.constants {
                    self.compared.add(own, text, *span);
                }
            }
            // A child that reads its Region reads the parent's.
            for pseudo in ["AWS::Region", "AWS::AccountId", "AWS::Partition"] {
                for (text, span) in inner.get(pseudo).map(|found| found.constants.clone()).unwrap_or_default() {
                    self.compared.add(pseudo, &text, span);
                }
            }
        }
    }

    /// Two parameters that are compared with each other may each be what the other may be.
    fn join_pairs(&mut self) {
        let sections: Vec<NodeRef<'t>> = self.template.sections("Parameters").collect();
        let pairs = std::mem::take(&mut self.pairs);
        for (one, other) in &pairs {
            let Some(declared) = sections.iter().find_map(|section| section.get(other)) else { continue };
            let mut texts: Vec<(Text, Span)> = Vec::new();
            let allowed = declared.get("AllowedValues");
            for node in allowed.iter().flat_map(|node| node.items()).chain(declared.get("Default")) {
                texts.extend(constant(node).map(|text| (text, node.span())));
            }
            texts.extend(self.compared.get(other).map(|found| found.constants.clone()).unwrap_or_default());
            for (text, span) in texts {
                self.compared.add(one, &text, span);
            }
        }
    }
}

/// Whether a mapping holds machine images.
fn is_of_images(mapping: NodeRef<'_>) -> bool {
    mapping
        .entries()
        .take(4)
        .any(|(_, row)| row.entries().take(4).any(|(_, cell)| cell.text().is_some_and(|text| text.starts_with("ami-"))))
}

/// The parameter that an expression simply is: `!Ref P` or `!Sub ${P}`.
#[must_use]
pub fn direct(node: NodeRef<'_>) -> Option<&str> {
    let call = Call::of(node)?;
    let text = call.text()?;
    match call.function {
        Function::Ref => Some(text),
        Function::Sub => {
            let name = text.strip_prefix("${")?.strip_suffix('}')?;
            (!name.contains(['$', '{', '}', '.', '!'])).then(|| name.trim())
        }
        _ => None,
    }
}

/// The text of a scalar that is written out.
#[must_use]
pub fn constant(node: NodeRef<'_>) -> Option<Text> {
    if Call::of(node).is_some() {
        return None;
    }
    Some(match node.scalar()? {
        Scalar::Null => return None,
        Scalar::Bool(true) => "true".into(),
        Scalar::Bool(false) => "false".into(),
        Scalar::Number(text) | Scalar::String(text) => text.into(),
    })
}
