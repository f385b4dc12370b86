//! What a module compares its variables with: read from the source, before anything is evaluated, because the cases
//! of an input have to be the same wherever it is used.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::syntax::hcl::{BinaryOperator, Block, Body, Expr, ExprKind, ObjectKey, TemplatePart, UnaryOperator};
use crate::value::{Data, Number, Text, Value};

use super::module::Module;

/// How far aliases (`local.env = var.env`) are followed.
const MAX_ALIASES: usize = 16;

/// How many constants one input may be told apart by.
const MAX_CONSTANTS: usize = 24;

/// A constant that something is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Null,
    Bool(bool),
    Number(Number),
    String(Text),
}

/// What can be open in a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Variable(Text),
    Workspace,
}

/// How a target is used.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Without repetitions, in the order of the source.
    pub constants: Vec<Constant>,
    /// It decides something by itself: `var.create ? 1 : 0`, `!var.create`.
    pub decides: bool,
}

impl Uses {
    pub(super) fn add(&mut self, constant: Constant) {
        if self.constants.len() < MAX_CONSTANTS && !self.constants.contains(&constant) {
            self.constants.push(constant);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.decides |= other.decides;
        for constant in &other.constants {
            self.add(constant.clone());
        }
    }
}

/// All uses in a module, of whose variables some are given.
pub(super) fn of_module(module: &Module, given: &FxHashMap<Text, Value>) -> BTreeMap<Target, Uses> {
    let mut scan = Scan { module, given, uses: BTreeMap::new() };
    for local in module.locals.iter() {
        scan.expr(&local.expr);
    }
    let blocks = [&module.resources, &module.data, &module.calls, &module.outputs, &module.providers];
    for block in blocks.into_iter().flat_map(super::module::Declarations::iter) {
        scan.block(block);
    }
    scan.uses
}

/// The targets that an expression hands on as they are, through aliases.
pub(super) fn handed_on(expr: &Expr, module: &Module) -> Vec<Target> {
    let mut targets = Vec::new();
    aliases(expr, module, 0, &mut targets);
    targets
}

/// The targets that decide what a condition gives.
pub(super) fn deciding(expr: &Expr, module: &Module) -> Vec<Target> {
    let mut targets = Vec::new();
    conditions(expr, module, 0, &mut targets);
    targets
}

/// The constant that an expression is.
pub(super) fn constant(expr: &Expr) -> Option<Constant> {
    match &expr.kind {
        ExprKind::Null => Some(Constant::Null),
        ExprKind::Bool(value) => Some(Constant::Bool(*value)),
        ExprKind::Number(text) => Number::parse(text).map(Constant::Number),
        ExprKind::String(text) => Some(Constant::String(text.clone())),
        ExprKind::Paren(inner) => constant(inner),
        ExprKind::Template(parts) => constant(sole(parts)?),
        _ => None,
    }
}

/// The expression of a template that is nothing else: `"${var.name}"`, as JSON writes every expression and old
/// configurations do. It is the expression itself.
fn sole(parts: &[TemplatePart]) -> Option<&Expr> {
    match parts {
        [TemplatePart::Interpolation { expr, .. }] => Some(expr),
        _ => None,
    }
}

/// The name of `var.name`.
fn variable_name(expr: &Expr) -> Option<&Text> {
    match &expr.kind {
        ExprKind::Attribute(inner, name) => match &inner.kind {
            ExprKind::Variable(root) if root == "var" => Some(&name.text),
            _ => None,
        },
        _ => None,
    }
}

fn local_expr<'m>(expr: &Expr, module: &'m Module) -> Option<&'m Expr> {
    match &expr.kind {
        ExprKind::Attribute(inner, name) => match &inner.kind {
            ExprKind::Variable(root) if root == "local" => module.locals.get(&name.text).map(|local| &local.expr),
            _ => None,
        },
        _ => None,
    }
}

fn default_expr<'m>(expr: &Expr, module: &'m Module) -> Option<&'m Expr> {
    let block = module.variables.get(variable_name(expr)?)?;
    block.body.attribute("default").map(|default| &default.expr)
}

fn aliases(expr: &Expr, module: &Module, depth: usize, out: &mut Vec<Target>) {
    if depth > MAX_ALIASES {
        return;
    }
    if let Some(name) = variable_name(expr) {
        out.push(Target::Variable(name.clone()));
        return;
    }
    if let Some(local) = local_expr(expr, module) {
        return aliases(local, module, depth + 1, out);
    }
    match &expr.kind {
        ExprKind::Paren(inner) => aliases(inner, module, depth + 1, out),
        ExprKind::Attribute(inner, name) if name.text == "workspace" => {
            if matches!(&inner.kind, ExprKind::Variable(root) if root == "terraform" || root == "tofu") {
                out.push(Target::Workspace);
            }
        }
        ExprKind::Template(parts) => {
            if let Some(expr) = sole(parts) {
                aliases(expr, module, depth + 1, out);
            }
        }
        ExprKind::Conditional(parts) => {
            for branch in &parts[1..] {
                aliases(branch, module, depth + 1, out);
            }
        }
        ExprKind::Call(call) => match call.name.as_str() {
            "lower" | "upper" | "trimspace" | "tostring" | "tobool" | "tonumber" | "coalesce" | "try" | "title" => {
                for arg in &call.args {
                    aliases(arg, module, depth + 1, out);
                }
            }
            // What it is compared with afterwards is for the most part what it is without the change.
            "replace" | "trimprefix" | "trimsuffix" => {
                if let Some(text) = call.args.first() {
                    aliases(text, module, depth + 1, out);
                }
            }
            _ => {}
        },
        _ => {}
    }
}

fn conditions(expr: &Expr, module: &Module, depth: usize, out: &mut Vec<Target>) {
    if depth > MAX_ALIASES {
        return;
    }
    match &expr.kind {
        ExprKind::Paren(inner) | ExprKind::Unary(UnaryOperator::Not, inner) => {
            conditions(inner, module, depth + 1, out);
        }
        ExprKind::Template(parts) => {
            if let Some(expr) = sole(parts) {
                conditions(expr, module, depth + 1, out);
            }
        }
        ExprKind::Binary(BinaryOperator::And | BinaryOperator::Or, left, right) => {
            conditions(left, module, depth + 1, out);
            conditions(right, module, depth + 1, out);
        }
        ExprKind::Call(call) if matches!(call.name.as_str(), "alltrue" | "anytrue") => {
            for arg in &call.args {
                if let ExprKind::List(items) = &arg.kind {
                    for item in items {
                        conditions(item, module, depth + 1, out);
                    }
                }
            }
        }
        _ => match local_expr(expr, module) {
            Some(local) => conditions(local, module, depth + 1, out),
            None => aliases(expr, module, depth + 1, out),
        },
    }
}

/// The constants in a list that is given, or the keys of a map.
fn constants_in(value: &Value) -> Vec<Constant> {
    match &value.data {
        Data::Map(map) => map.entries.iter().map(|entry| Constant::String(entry.key.clone())).collect(),
        Data::List(list) => {
            let constant = |item: &Value| match &item.data {
                Data::String(text) => Some(Constant::String(text.clone())),
                Data::Number(number) => Some(Constant::Number(number.clone())),
                _ => None,
            };
            list.items.iter().filter_map(constant).collect()
        }
        _ => Vec::new(),
    }
}

struct Scan<'m> {
    module: &'m Module,
    given: &'m FxHashMap<Text, Value>,
    uses: BTreeMap<Target, Uses>,
}

impl Scan<'_> {
    /// The constants that a list holds, or the keys of a map: literal, or through a local or a variable's default.
    fn members(&self, expr: &Expr, depth: usize) -> Vec<Constant> {
        if depth > MAX_ALIASES {
            return Vec::new();
        }
        if let Some(value) = variable_name(expr).and_then(|name| self.given.get(name)) {
            return constants_in(value);
        }
        if let Some(found) = local_expr(expr, self.module).or_else(|| default_expr(expr, self.module)) {
            return self.members(found, depth + 1);
        }
        match &expr.kind {
            ExprKind::List(items) => items.iter().filter_map(constant).collect(),
            ExprKind::Object(items) => items
                .iter()
                .filter_map(|item| match &item.key {
                    ObjectKey::Name(name) => Some(Constant::String(name.clone())),
                    ObjectKey::Expr(expr) => constant(expr),
                })
                .collect(),
            ExprKind::Paren(inner) => self.members(inner, depth + 1),
            ExprKind::Template(parts) => sole(parts).map_or_else(Vec::new, |expr| self.members(expr, depth + 1)),
            ExprKind::Conditional(parts) => parts[1..].iter().flat_map(|part| self.members(part, depth + 1)).collect(),
            ExprKind::Call(call)
                if matches!(call.name.as_str(), "merge" | "concat" | "toset" | "tolist" | "tomap" | "keys") =>
            {
                call.args.iter().flat_map(|arg| self.members(arg, depth + 1)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn block(&mut self, block: &Block) {
        self.body(&block.body);
    }

    fn body(&mut self, body: &Body) {
        for attribute in &body.attributes {
            self.expr(&attribute.expr);
        }
        for block in &body.blocks {
            self.block(block);
        }
    }

    fn compared(&mut self, expr: &Expr, constants: &[Constant]) {
        if constants.is_empty() {
            return;
        }
        for target in handed_on(expr, self.module) {
            let uses = self.uses.entry(target).or_default();
            for constant in constants {
                uses.add(constant.clone());
            }
        }
    }

    fn decides(&mut self, expr: &Expr) {
        for target in deciding(expr, self.module) {
            self.uses.entry(target).or_default().decides = true;
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Variable(_)
            | ExprKind::SplatItem => {}
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Object(items) => {
                for item in items {
                    if let ObjectKey::Expr(key) = &item.key {
                        self.expr(key);
                    }
                    self.expr(&item.value);
                }
            }
            ExprKind::Attribute(inner, _) | ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Index(collection, key) => {
                if constant(key).is_none() {
                    let keys = self.members(collection, 0);
                    self.compared(key, &keys);
                }
                self.expr(collection);
                self.expr(key);
            }
            ExprKind::Splat(list, each) => {
                self.expr(list);
                self.expr(each);
            }
            ExprKind::Call(call) => {
                match (call.name.as_str(), call.args.as_slice()) {
                    ("contains", [list, item]) => {
                        let known = self.members(list, 0);
                        self.compared(item, &known);
                    }
                    ("lookup", [map, key, ..]) => {
                        let known = self.members(map, 0);
                        self.compared(key, &known);
                    }
                    _ => {}
                }
                call.args.iter().for_each(|arg| self.expr(arg));
            }
            ExprKind::Unary(operator, operand) => {
                if *operator == UnaryOperator::Not {
                    self.decides(operand);
                }
                self.expr(operand);
            }
            ExprKind::Binary(operator, left, right) => {
                match operator {
                    BinaryOperator::And | BinaryOperator::Or => {
                        self.decides(left);
                        self.decides(right);
                    }
                    BinaryOperator::Equal | BinaryOperator::NotEqual => {
                        for (one, other) in [(left, right), (right, left)] {
                            if let Some(constant) = constant(other) {
                                self.compared(one, &[constant]);
                            }
                        }
                    }
                    _ => {}
                }
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Conditional(parts) => {
                self.decides(&parts[0]);
                parts.iter().for_each(|part| self.expr(part));
            }
            ExprKind::For(part) => {
                if let Some(condition) = &part.condition {
                    self.decides(condition);
                    self.expr(condition);
                }
                self.expr(&part.collection);
                part.key.iter().for_each(|key| self.expr(key));
                self.expr(&part.value);
            }
        }
    }

    fn template(&mut self, parts: &[TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal { .. } => {}
                TemplatePart::Interpolation { expr, .. } => self.expr(expr),
                TemplatePart::If { condition, yes, no, .. } => {
                    self.decides(condition);
                    self.expr(condition);
                    self.template(yes);
                    self.template(no);
                }
                TemplatePart::For { collection, body, .. } => {
                    self.expr(collection);
                    self.template(body);
                }
            }
        }
    }
}

/// The values that a `validation` condition restricts a variable to; nothing where it does not list them.
pub(super) fn allowed(condition: &Expr, name: &str) -> Option<Vec<Constant>> {
    let is_variable = |expr: &Expr| variable_name(unwrapped(expr)).is_some_and(|found| found == name);
    match &condition.kind {
        ExprKind::Paren(inner) => allowed(inner, name),
        ExprKind::Template(parts) => allowed(sole(parts)?, name),
        ExprKind::Binary(BinaryOperator::Or, left, right) => {
            let mut both = allowed(left, name)?;
            both.extend(allowed(right, name)?);
            Some(both)
        }
        ExprKind::Binary(BinaryOperator::And, left, right) => allowed(left, name).or_else(|| allowed(right, name)),
        ExprKind::Binary(BinaryOperator::Equal, left, right) => {
            let (left, right) = (&**left, &**right);
            [(left, right), (right, left)]
                .into_iter()
                .find_map(|(one, other)| is_variable(one).then(|| constant(other)).flatten())
                .map(|constant| vec![constant])
        }
        // `var.x == null ? true : contains([...], var.x)`
        ExprKind::Conditional(parts) => {
            let [test, yes, no] = &**parts;
            match (constant(yes), constant(no)) {
                (Some(Constant::Bool(true)), None) => {
                    let mut both = allowed(test, name)?;
                    both.extend(allowed(no, name)?);
                    Some(both)
                }
                (None, Some(Constant::Bool(true))) => {
                    // `var.x != null ? contains(...) : true`
                    let mut both = match &test.kind {
                        ExprKind::Binary(BinaryOperator::NotEqual, left, right) if is_variable(left) => {
                            vec![constant(right)?]
                        }
                        _ => return None,
                    };
                    both.extend(allowed(yes, name)?);
                    Some(both)
                }
                _ => None,
            }
        }
        ExprKind::Call(call) => match (call.name.as_str(), call.args.as_slice()) {
            ("contains", [list, item]) if is_variable(item) => match &unwrapped(list).kind {
                ExprKind::List(items) => items.iter().map(constant).collect(),
                _ => None,
            },
            ("anytrue", [list]) => match &list.kind {
                ExprKind::List(items) => {
                    let each = items.iter().map(|item| allowed(item, name)).collect::<Option<Vec<_>>>()?;
                    Some(each.concat())
                }
                _ => None,
            },
            ("alltrue", [list]) => match &list.kind {
                ExprKind::List(items) => items.iter().find_map(|item| allowed(item, name)),
                _ => None,
            },
            ("can", [inner]) => match &inner.kind {
                ExprKind::Call(call) if call.name == "regex" => match call.args.as_slice() {
                    [pattern, item] if is_variable(item) => match constant(pattern)? {
                        Constant::String(pattern) => alternatives(&pattern),
                        _ => None,
                    },
                    _ => None,
                },
                ExprKind::Index(map, key) if is_variable(key) => match &map.kind {
                    ExprKind::Object(items) => items
                        .iter()
                        .map(|item| match &item.key {
                            ObjectKey::Name(name) => Some(Constant::String(name.clone())),
                            ObjectKey::Expr(expr) => constant(expr),
                        })
                        .collect(),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// What stands in parentheses or in a call that keeps the set of values.
fn unwrapped(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Paren(inner) => unwrapped(inner),
        ExprKind::Template(parts) => sole(parts).map_or(expr, unwrapped),
        ExprKind::Call(call) if matches!(call.name.as_str(), "toset" | "tolist" | "tostring") => {
            match call.args.as_slice() {
                [inner] => unwrapped(inner),
                _ => expr,
            }
        }
        _ => expr,
    }
}

/// The texts that a regular expression of the form `^(a|b|c)$` or `^a$|^b$` matches.
fn alternatives(pattern: &str) -> Option<Vec<Constant>> {
    let plain = |text: &str| {
        let fits = !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || "-_ /:".contains(char));
        fits.then(|| Constant::String(text.into()))
    };
    let grouped = pattern.strip_prefix("^(").and_then(|rest| rest.strip_suffix(")$"));
    match grouped {
        Some(inner) => inner.strip_prefix("?:").unwrap_or(inner).split('|').map(plain).collect(),
        None => pattern
            .split('|')
            .map(|one| one.strip_prefix('^').and_then(|one| one.strip_suffix('$')).and_then(plain))
            .collect(),
    }
}
