//! Conditions and rules: truth values over the cases of open inputs.

use crate::resource::Problem;
use crate::source::Span;
use crate::syntax::tree::{NodeRef, Scalar};
use crate::value::{Data, MAX_LEAVES, OriginId, Text, Truth, Value, combine, equal, too_many};

use super::call::{Call, Function};
use super::for_each::Scope;
use super::stack::Stack;
use super::text;

impl<'t> Stack<'t> {
    /// The truth of a named condition; `span` is where it is named.
    pub fn condition(&self, name: &str, span: Span) -> Value {
        self.noted(span, self.condition_named(name, span))
    }

    fn condition_named(&self, name: &str, span: Span) -> Value {
        if let Some(known) = self.truths.borrow().get(name) {
            return known.clone().unwrap_or_else(|| {
                let message = format!("condition `{name}` depends on itself");
                self.session.report(Problem::error(span, message.clone()).with_help("break the circle of conditions"));
                Value::unknown(message, self.session.origins.literal(span))
            });
        }
        let Some(definition) = self.conditions.get(name) else {
            let message = format!("condition `{name}` is not defined");
            if !*self.open_names.borrow() {
                let mut known: Vec<&str> = self.conditions.keys().map(Text::as_str).collect();
                known.sort_unstable();
                let close = self.looks_for_names().then(|| super::stack::closest(name, known.into_iter())).flatten();
                self.tell_undefined(name, span, &message, close, &format!("define `{name}` in `Conditions`"));
            }
            return Value::unknown(message, self.session.origins.literal(span));
        };
        self.truths.borrow_mut().insert(name.into(), None);
        let truth = self.noted(definition.key.span(), self.truth(definition.value, &definition.scope));
        self.truths.borrow_mut().insert(name.into(), Some(truth.clone()));
        truth
    }

    /// The truth of a condition that is written out: a bool, a choice of bools, or unknown.
    pub fn truth(&self, node: NodeRef<'t>, scope: &Scope) -> Value {
        let span = node.span();
        if self.session.enter(span).is_none() {
            return Value::unknown("the condition is nested too deep", self.session.origins.literal(span));
        }
        let origin = self.session.origins.literal(span);
        let truth = match Call::of_condition(node) {
            Some(call) => self.noted(span, self.truth_of_call(&call, scope, origin)),
            None => match node.scalar() {
                Some(Scalar::Bool(known)) => Value::bool(known, origin),
                Some(Scalar::String("true")) => Value::bool(true, origin),
                Some(Scalar::String("false")) => Value::bool(false, origin),
                _ => Value::unknown("it is no condition function", origin),
            },
        };
        self.session.leave();
        truth
    }

    /// The truth of a call of a condition function.
    pub fn truth_of_call(&self, call: &Call<'t>, scope: &Scope, origin: OriginId) -> Value {
        let items = call.items();
        match (call.function, items.as_slice()) {
            (Function::Condition, _) => match call.text() {
                Some(name) => {
                    let name = scope.fill(name).map_or_else(|| Text::from(name), Text::from);
                    self.condition(&name, call.span)
                }
                None => Value::unknown("the name of the condition is not written out", origin),
            },
            (Function::Equals, [a, b]) => {
                let (a, b) = (self.eval(*a, scope), self.eval(*b, scope));
                combine(&[&a, &b], &mut |leaves| self.equals(leaves[0], leaves[1], origin))
            }
            (Function::And, [_, ..]) => and(&self.truths_of(&items, scope), origin),
            (Function::Or, [_, ..]) => or(&self.truths_of(&items, scope), origin),
            (Function::Not, [only]) => not(&self.truth(*only, scope), origin),
            (Function::Contains, [list, value]) => {
                let (list, value) = (self.eval(*list, scope), self.eval(*value, scope));
                combine(&[&list, &value], &mut |leaves| self.contains(leaves[0], leaves[1], origin))
            }
            (Function::EachMemberIn, [inner, outer]) => {
                let (inner, outer) = (self.eval(*inner, scope), self.eval(*outer, scope));
                combine(&[&inner, &outer], &mut |leaves| match leaves[0].as_list() {
                    Some(list) if list.rest.is_none() => {
                        let each: Vec<Value> =
                            list.items.iter().map(|item| self.contains(leaves[1], item, origin)).collect();
                        and(&each, origin)
                    }
                    _ => unknown_truth(leaves, origin),
                })
            }
            (Function::EachMemberEquals, [list, value]) => {
                let (list, value) = (self.eval(*list, scope), self.eval(*value, scope));
                combine(&[&list, &value], &mut |leaves| match leaves[0].as_list() {
                    Some(list) if list.rest.is_none() => {
                        let each: Vec<Value> =
                            list.items.iter().map(|item| self.equal_items(item, leaves[1], origin)).collect();
                        and(&each, origin)
                    }
                    _ => unknown_truth(leaves, origin),
                })
            }
            // The language extensions let a condition stand where a value does, and a value where a condition does.
            (Function::If | Function::Ref | Function::FindInMap | Function::Select, _) => {
                let value = self.call(call, scope);
                combine(&[&value], &mut |leaves| match text::of_scalar(leaves[0]).as_deref() {
                    Some("true") => Value::bool(true, origin),
                    Some("false") => Value::bool(false, origin),
                    _ => unknown_truth(leaves, origin),
                })
            }
            _ => Value::unknown(format!("`{}` is no condition function or has other arguments", call.name), origin),
        }
    }

    fn truths_of(&self, items: &[NodeRef<'t>], scope: &Scope) -> Vec<Value> {
        items.iter().map(|item| self.truth(*item, scope)).collect()
    }

    /// Whether two values without choices at their tops are equal the way that CloudFormation compares: as texts.
    fn equals(&self, a: &Value, b: &Value, origin: OriginId) -> Value {
        let (left, right) = (text::of_scalar(a), text::of_scalar(b));
        let truth = match (&left, &right) {
            (Some(left), Some(right)) => (left == right).into(),
            (Some(text), None) if self.session.rest_excludes(b, text) => Truth::False,
            (None, Some(text)) if self.session.rest_excludes(a, text) => Truth::False,
            _ => {
                let as_text = |value: &Value, text: Option<Text>| match text {
                    Some(text) => Value::string(text, value.origin),
                    None => value.clone(),
                };
                equal(&as_text(a, left), &as_text(b, right))
            }
        };
        match truth.known() {
            Some(known) => Value::bool(known, origin),
            None => unknown_truth(&[a, b], origin),
        }
    }

    /// The same for items of lists, which may depend on inputs.
    fn equal_items(&self, a: &Value, b: &Value, origin: OriginId) -> Value {
        combine(&[a, b], &mut |leaves| self.equals(leaves[0], leaves[1], origin))
    }

    fn contains(&self, list: &Value, value: &Value, origin: OriginId) -> Value {
        let Some(list) = list.as_list() else { return unknown_truth(&[list, value], origin) };
        let each: Vec<Value> = list
            .items
            .iter()
            .filter(|item| !item.is_unset())
            .map(|item| self.equal_items(item, value, origin))
            .collect();
        let found = or(&each, origin);
        match &list.rest {
            Some(rest) if found.as_bool() == Some(false) => Value::unknown(rest.why.clone(), origin),
            _ => found,
        }
    }

    /// The truth values that the `Rules` section demands: each rule's assertions, where its condition holds.
    pub fn rules(&self) -> Vec<Value> {
        let scope = Scope::default();
        let mut demands = Vec::new();
        for (_, rule) in self.template.sections("Rules").flat_map(NodeRef::entries) {
            let condition = rule.get("RuleCondition").map(|node| self.truth(node, &scope));
            for assertion in rule.get("Assertions").iter().flat_map(|node| node.items()) {
                let Some(assert) = assertion.get("Assert") else { continue };
                let origin = self.session.origins.literal(assert.span());
                let holds = self.truth(assert, &scope);
                demands.push(match &condition {
                    Some(condition) => or(&[not(condition, origin), holds], origin),
                    None => holds,
                });
            }
        }
        demands
    }
}

/// The unknown of a comparison, with the reason of the side that is not known.
fn unknown_truth(values: &[&Value], origin: OriginId) -> Value {
    let why =
        values.iter().find_map(|value| text::reason(value)).unwrap_or_else(|| "its operands are not known".into());
    Value::unknown(why, origin)
}

/// Kleene's `not`.
pub fn not(value: &Value, origin: OriginId) -> Value {
    combine(&[value], &mut |leaves| match leaves[0].data {
        Data::Bool(known) => Value::bool(!known, origin),
        _ => leaves[0].clone(),
    })
}

/// Kleene's `and` over truth values that may be choices. What does not matter any more is not followed, so that many
/// conditions on different inputs stay small.
pub fn and(values: &[Value], origin: OriginId) -> Value {
    fold_open(values, false, origin)
}

/// Kleene's `or`.
pub fn or(values: &[Value], origin: OriginId) -> Value {
    fold_open(values, true, origin)
}

/// How many truth values that are not known are joined; the template language permits ten.
const MAX_OPERANDS: usize = 64;

/// Leaves out what is known, and joins the others.
fn fold_open(values: &[Value], decisive: bool, origin: OriginId) -> Value {
    if values.iter().any(|value| value.as_bool() == Some(decisive)) {
        return Value::bool(decisive, origin);
    }
    let open: Vec<Value> = values.iter().filter(|value| value.as_bool().is_none()).cloned().collect();
    if open.len() > MAX_OPERANDS {
        return Value::unknown(format!("more than {MAX_OPERANDS} conditions are joined"), origin);
    }
    fold(&open, decisive, origin)
}

/// `decisive` decides whatever the others are: false for `and`, true for `or`.
fn fold(values: &[Value], decisive: bool, origin: OriginId) -> Value {
    let Some((first, others)) = values.split_first() else { return Value::bool(!decisive, origin) };
    let mut rest: Option<Value> = None;
    let joined = combine(&[first], &mut |leaves| match leaves[0].data {
        Data::Bool(known) if known == decisive => Value::bool(decisive, origin),
        Data::Bool(_) => rest.get_or_insert_with(|| fold(others, decisive, origin)).clone(),
        _ => {
            let others = rest.get_or_insert_with(|| fold(others, decisive, origin));
            combine(&[others], &mut |inner| {
                if inner[0].as_bool() == Some(decisive) { Value::bool(decisive, origin) } else { leaves[0].clone() }
            })
        }
    });
    bounded(joined, origin)
}

fn bounded(value: Value, origin: OriginId) -> Value {
    if leaves(&value, MAX_LEAVES) > MAX_LEAVES { too_many(origin) } else { value }
}

/// How many leaves the choices of a value have, counted up to a limit.
pub fn leaves(value: &Value, limit: usize) -> usize {
    match &value.data {
        Data::Choice(choice) => {
            let mut count = 0;
            for case in &choice.cases {
                count += leaves(case, limit);
                if count > limit {
                    break;
                }
            }
            count
        }
        _ => 1,
    }
}
