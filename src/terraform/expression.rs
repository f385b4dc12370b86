//! Expressions to values: literals, collections, operators and conditionals.
//!
//! Takes an expression and what it sees, gives a value, or the error that Terraform would give. References, calls,
//! templates and `for` are in the files beside this one.

use std::sync::Arc;

use crate::source::Span;
use crate::syntax::hcl::{self, Expr, ExprKind, ObjectItem, ObjectKey};
use crate::value::{
    Data, Entry, List, ListKind, Map, MapKind, Number, OriginId, Step, Text, Unknown, Value, combine, select,
};

use super::error::Error;
use super::lift::{lift, reason};
use super::normal;
use super::operators::{self, BinaryOperator, UnaryOperator};
use super::scope::{Evaluator, SPLAT_ITEM, Scope};
use super::tag::UNTYPED;
use super::types::{ObjectAttribute, Type};

/// How many scalars and collections one value may hold.
const MAX_VALUE_SIZE: usize = 200_000;

/// How long a text may be, in bytes.
const MAX_TEXT: usize = 4 << 20;

/// How the reason of an unknown begins that stands for something Terraform would refuse; `try` goes on behind it.
pub(super) const REFUSED: &str = "it can't be evaluated here: ";

impl Evaluator<'_> {
    /// The value of an expression; where Terraform would refuse it, an unknown that says why.
    pub(super) fn value(&self, expr: &Expr, scope: Scope<'_>) -> Value {
        self.eval(expr, scope)
            .unwrap_or_else(|error| Value::unknown(format!("{REFUSED}{error}"), self.origins.literal(expr.span)))
    }

    /// # Errors
    /// What Terraform would refuse, and the bounds.
    pub(super) fn eval(&self, expr: &Expr, scope: Scope<'_>) -> Result<Value, Error> {
        let result = self.deeper(|| self.eval_here(expr, scope));
        if self.origins.is_noting() {
            self.note_value(expr, scope, &result);
        }
        result
    }

    fn eval_here(&self, expr: &Expr, scope: Scope<'_>) -> Result<Value, Error> {
        let literal = || self.origins.literal(expr.span);
        match &expr.kind {
            ExprKind::Null => Ok(Value::null(literal()).tagged(UNTYPED)),
            ExprKind::Bool(value) => Ok(Value::bool(*value, literal())),
            ExprKind::String(text) => Ok(Value::string(normal::text(text), literal())),
            ExprKind::Number(text) => match Number::parse(text) {
                Some(number) => Ok(Value::number(number, literal())),
                None => Err(Error::new(format!("the number `{text}` is too large"))),
            },
            ExprKind::Template(parts) => self.template(parts, expr.span, scope),
            ExprKind::List(items) => {
                let items = items.iter().map(|item| self.eval(item, scope)).collect::<Result<Vec<_>, _>>()?;
                self.bounded(Value::list(items, literal()))
            }
            ExprKind::Object(items) => self.object(items, expr.span, scope),
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) => self.reference(expr, scope),
            ExprKind::SplatItem => match scope.name(SPLAT_ITEM) {
                Some(value) => Ok(value.clone()),
                None => Err(Error::new("a splat has no element here")),
            },
            ExprKind::Splat(list, each) => self.splat(list, each, expr.span, scope),
            ExprKind::Call(call) => self.call(call, expr.span, scope),
            ExprKind::Unary(operator, operand) => {
                let operand = self.eval(operand, scope)?;
                let operator = match operator {
                    hcl::UnaryOperator::Negate => UnaryOperator::Negate,
                    hcl::UnaryOperator::Not => UnaryOperator::Not,
                };
                let origin = self.origins.hop(expr.span, Step::Expression, operand.origin);
                operators::unary(operator, &operand, origin)
            }
            ExprKind::Binary(..) => self.binary(expr, scope),
            ExprKind::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                self.conditional(condition, yes, no, expr.span, scope)
            }
            ExprKind::For(part) => self.for_expression(part, expr.span, scope),
            ExprKind::Paren(inner) => self.eval(inner, scope),
        }
    }

    /// A chain of operators, which leans to the left and may be long: walked without recursion.
    fn binary(&self, expr: &Expr, scope: Scope<'_>) -> Result<Value, Error> {
        let mut chain = Vec::new();
        let mut at = expr;
        while let ExprKind::Binary(operator, left, right) = &at.kind {
            chain.push((*operator, right, at.span));
            at = left;
        }
        let mut value = self.eval(at, scope)?;
        let mut literal = is_literal(at);
        for (operator, right_expr, span) in chain.into_iter().rev() {
            let right = self.eval(right_expr, scope)?;
            // The operand that is no literal decided the result.
            let next = if literal { right.origin } else { value.origin };
            literal = literal && is_literal(right_expr);
            let origin = self.origins.hop(span, Step::Expression, next);
            value = self.compared(operator_of(operator), &value, &right, origin)?;
        }
        Ok(value)
    }

    fn conditional(
        &self,
        condition: &Expr,
        yes: &Expr,
        no: &Expr,
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Value, Error> {
        let decision = self.eval(condition, scope)?;
        let decision = lift(&[&decision], &mut |leaves| match &leaves[0].data {
            Data::Null | Data::Absent => Err(Error::new("the condition is null")),
            _ => Type::Bool.convert(leaves[0]),
        })?;
        // Both are evaluated, because their types bear on each other; what is wrong in the one that is not taken does
        // not matter.
        let (mut taken, mut other) = (self.eval(yes, scope), self.eval(no, scope));
        match (&taken, &other) {
            (Ok(yes), Ok(no)) => (taken, other) = operators::conditional_unify(yes, no)?,
            (Ok(value), Err(_)) => taken = operators::unify_with_refused(value, &self.type_of_refused(no, scope))?,
            (Err(_), Ok(value)) => other = operators::unify_with_refused(value, &self.type_of_refused(yes, scope))?,
            (Err(_), Err(_)) => {}
        }
        let text = self.source_text(condition.span);
        let branch = |result: &Result<Value, Error>, holds: &str| match result {
            Ok(value) => self.referred(value.clone(), span, Step::Branch(format!("`{text}` is {holds}").into())),
            Err(error) => Value::unknown(format!("{REFUSED}{error}"), self.origins.literal(span)),
        };
        match (decision.as_bool(), &taken, &other) {
            (Some(true), Err(error), _) | (Some(false), _, Err(error)) => return Err(error.clone()),
            (_, Err(error), Err(_)) => return Err(error.clone()),
            _ => {}
        }
        let mut result = select(&decision, &mut || branch(&taken, "true"), &mut || branch(&other, "false"));
        if result.is_unknown() && decision.is_unknown() {
            let why = reason(&decision).unwrap_or_else(|| "its condition is not known".into());
            result = Value::new(
                Data::Unknown(Arc::new(Unknown {
                    why,
                    symbol: None,
                    shape: taken.as_ref().map_or_else(|_| crate::value::Shape::Any, |value| Type::of(value).shape()),
                })),
                self.origins.hop(span, Step::Expression, decision.origin),
            );
        }
        Ok(result)
    }

    /// What is known of the type of an expression that is refused.
    fn type_of_refused(&self, expr: &Expr, scope: Scope<'_>) -> Type {
        use hcl::BinaryOperator as Op;
        let of = |expr: &Expr| match self.eval(expr, scope) {
            Ok(value) => Type::of(&value),
            Err(_) => self.type_of_refused(expr, scope),
        };
        match &expr.kind {
            ExprKind::Binary(Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo, ..)
            | ExprKind::Unary(hcl::UnaryOperator::Negate, _) => Type::Number,
            ExprKind::Binary(..) | ExprKind::Unary(..) => Type::Bool,
            ExprKind::Template(parts) => match parts.as_slice() {
                [hcl::TemplatePart::Interpolation { expr, .. }] => self.type_of_refused(expr, scope),
                _ => Type::String,
            },
            ExprKind::Paren(inner) => self.type_of_refused(inner, scope),
            ExprKind::List(items) => Type::Tuple(items.iter().map(of).collect()),
            ExprKind::Object(items) => {
                let attribute = |item: &ObjectItem| match &item.key {
                    ObjectKey::Name(name) => Some(ObjectAttribute::required(name, of(&item.value))),
                    ObjectKey::Expr(_) => None,
                };
                items.iter().map(attribute).collect::<Option<_>>().map_or(Type::Dynamic, Type::Object)
            }
            _ => Type::Dynamic,
        }
    }

    fn object(&self, items: &[ObjectItem], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let mut keys = Vec::with_capacity(items.len());
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let key_origin = self.origins.literal(item.key_span);
            keys.push(match &item.key {
                ObjectKey::Name(name) => Value::string(normal::text(name), key_origin),
                ObjectKey::Expr(expr) if matches!(expr.kind, ExprKind::Attribute(..)) => {
                    return Err(Error::new(
                        "the key of an object is ambiguous; write it in parentheses to use its value, or in quotes to \
                         take it literally",
                    ));
                }
                ObjectKey::Expr(expr) => self.eval(expr, scope)?.at(key_origin),
            });
            values.push(self.eval(&item.value, scope)?);
        }
        let origin = self.origins.literal(span);
        let keys: Vec<&Value> = keys.iter().collect();
        let object = lift(&keys, &mut |keys| {
            let pairs = keys.iter().copied().zip(&values).map(|(key, value)| (key.clone(), value.clone())).collect();
            build_map(pairs, MapKind::Object, None, origin)
        })?;
        self.bounded(object)
    }

    /// The value, if it is within the bounds on sizes.
    ///
    /// # Errors
    /// It is too large.
    #[expect(clippy::unused_self, reason = "a bound of the evaluation")]
    pub(super) fn bounded(&self, value: Value) -> Result<Value, Error> {
        let mut left = MAX_VALUE_SIZE;
        if fits(&value, &mut left) {
            return Ok(value);
        }
        Err(Error::new(format!(
            "the value holds more than {MAX_VALUE_SIZE} parts or a text of more than {} MiB",
            MAX_TEXT >> 20
        )))
    }

    /// What stands at a span, shortened, for messages.
    pub(super) fn source_text(&self, span: Span) -> String {
        let Some(file) = self.sources.get(span.file) else { return String::new() };
        let text = file.slice(span);
        // Within a text of JSON, quotes are written with a backslash.
        let is_json = text.contains('\\') && file.path.extension().is_some_and(|ending| ending == "json");
        let unescaped = is_json.then(|| serde_json::from_str::<String>(&format!("\"{text}\"")).ok()).flatten();
        let text = unescaped.as_deref().unwrap_or(text);
        let mut words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.chars().count() > 60 {
            words = words.chars().take(59).collect();
            words.push('…');
        }
        words
    }
}

/// An object or map out of keys (without choices) and values; the last one of a key holds. Unknown keys leave the rest
/// open.
pub(super) fn build_map(
    pairs: Vec<(Value, Value)>,
    kind: MapKind,
    mut rest: Option<Arc<Unknown>>,
    origin: OriginId,
) -> Result<Value, Error> {
    let mut entries: Vec<Entry> = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        if key.is_unset() {
            return Err(Error::new("the key of an object can't be null"));
        }
        let text = Type::String.convert(&key)?;
        match text.data {
            Data::String(name) => entries.push(Entry::new(name, key.origin, value)),
            _ => rest = rest.or_else(|| Some(open_rest(&key))),
        }
    }
    // A stable sort, so that of equal keys the last stays behind the others.
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    let mut unique: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match unique.last_mut() {
            Some(last) if last.key == entry.key => *last = entry,
            _ => unique.push(entry),
        }
    }
    Ok(Value::new(Data::Map(Arc::new(Map { kind, entries: unique, rest })), origin))
}

/// What stands for the items or entries of which nothing is known, because of a value that is not known.
pub(super) fn open_rest(because: &Value) -> Arc<Unknown> {
    Arc::new(Unknown {
        why: reason(because).unwrap_or_else(|| "a part of it is not known".into()),
        symbol: None,
        shape: crate::value::Shape::Any,
    })
}

pub(super) fn build_list(items: Vec<Value>, kind: ListKind, rest: Option<Arc<Unknown>>, origin: OriginId) -> Value {
    Value::new(Data::List(Arc::new(List { kind, items, rest })), origin)
}

/// Both hold: a bool, a choice of bools, or unknown.
pub(super) fn both(a: &Value, b: &Value) -> Value {
    if a.as_bool() == Some(true) {
        return b.clone();
    }
    if b.as_bool() == Some(true) {
        return a.clone();
    }
    crate::value::combine(&[a, b], &mut |leaves| match (leaves[0].as_bool(), leaves[1].as_bool()) {
        (Some(false), _) | (Some(true), Some(true)) => leaves[0].clone(),
        (_, Some(false)) => leaves[1].clone(),
        (Some(true), None) => leaves[1].clone(),
        _ => leaves[0].clone(),
    })
}

/// Whether a value is an unknown that stands for something Terraform would refuse.
pub(super) fn is_refused(value: &Value) -> bool {
    value.as_unknown().is_some_and(|unknown| unknown.why.starts_with(REFUSED))
}

/// What an expression refers to, as it is to `try` and `can`: they catch what is wrong in their own arguments, and
/// not in the declaration that an argument refers to, at which Terraform stops.
pub(super) fn beyond_try(value: Value, what: &str) -> Value {
    if !matches!(value.data, Data::Unknown(_) | Data::Choice(_)) {
        return value;
    }
    combine(&[&value], &mut |leaves| match &leaves[0].data {
        Data::Unknown(unknown) if is_refused(leaves[0]) => {
            let why = unknown.why.strip_prefix(REFUSED).unwrap_or(&unknown.why);
            let why = format!("{what} can't be evaluated: {why}").into();
            Value::new(Data::Unknown(Arc::new(Unknown { why, ..Unknown::clone(unknown) })), leaves[0].origin)
        }
        _ => leaves[0].clone(),
    })
}

pub(super) fn refused(why: impl std::fmt::Display, origin: OriginId) -> Value {
    Value::unknown(Text::from(format!("{REFUSED}{why}")), origin)
}

fn fits(value: &Value, left: &mut usize) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    match &value.data {
        Data::String(text) => text.len() <= MAX_TEXT,
        Data::List(list) => list.items.iter().all(|item| fits(item, left)),
        Data::Map(map) => map.entries.iter().all(|entry| fits(&entry.value, left)),
        Data::Choice(choice) => choice.cases.iter().all(|case| fits(case, left)),
        Data::Parts(parts) => parts.len() <= MAX_VALUE_SIZE,
        _ => true,
    }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_))
}

fn operator_of(operator: hcl::BinaryOperator) -> BinaryOperator {
    use hcl::BinaryOperator as Written;
    match operator {
        Written::Or => BinaryOperator::Or,
        Written::And => BinaryOperator::And,
        Written::Equal => BinaryOperator::Equal,
        Written::NotEqual => BinaryOperator::NotEqual,
        Written::Greater => BinaryOperator::Greater,
        Written::GreaterOrEqual => BinaryOperator::GreaterOrEqual,
        Written::Less => BinaryOperator::Less,
        Written::LessOrEqual => BinaryOperator::LessOrEqual,
        Written::Add => BinaryOperator::Add,
        Written::Subtract => BinaryOperator::Subtract,
        Written::Multiply => BinaryOperator::Multiply,
        Written::Divide => BinaryOperator::Divide,
        Written::Modulo => BinaryOperator::Modulo,
    }
}
