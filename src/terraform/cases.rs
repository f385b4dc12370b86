//! Inputs in the case that stands for all values that no other case names.
//!
//! Nothing is known of such a value but that it is none of those that have a case of their own: with cases for `dev`
//! and `prod`, `var.env == "prod"` is false in the third one. Takes operands and arguments, gives what that decides.

use crate::value::{Data, OriginId, Symbol, Truth, Unknown, Value, equal};

use super::error::Error;
use super::lift::{lift, reason};
use super::operators::{self, BinaryOperator};
use super::scope::Evaluator;

impl Evaluator<'_> {
    /// An operator, with what is known of inputs in their last case.
    pub(super) fn compared(
        &self,
        operator: BinaryOperator,
        left: &Value,
        right: &Value,
        origin: OriginId,
    ) -> Result<Value, Error> {
        if !matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual) {
            return operators::binary(operator, left, right, origin);
        }
        lift(&[left, right], &mut |leaves| {
            if self.differ(leaves[0], leaves[1]) {
                return Ok(Value::bool(operator == BinaryOperator::NotEqual, origin));
            }
            operators::binary(operator, leaves[0], leaves[1], origin)
        })
    }

    /// `contains` and `lookup`, with what is known of inputs in their last case; every other function as it is.
    pub(super) fn among_others(
        &self,
        name: &str,
        args: &[Value],
        origin: OriginId,
        call: &dyn Fn(&[Value]) -> Result<Value, Error>,
    ) -> Result<Value, Error> {
        if self.inputs.is_empty() {
            return call(args);
        }
        match (name, args) {
            ("contains", [list, value]) => lift(&[list, value], &mut |leaves| match &leaves[0].data {
                Data::List(list)
                    if leaves[1].is_unknown()
                        && list.rest.is_none()
                        && list.items.iter().all(|item| self.differ(item, leaves[1])) =>
                {
                    Ok(Value::bool(false, origin))
                }
                _ => call(&[leaves[0].clone(), leaves[1].clone()]),
            }),
            ("lookup", [map, key, default]) => lift(&[map, key], &mut |leaves| {
                if self.has_no(leaves[0], leaves[1]) {
                    return Ok(default.clone());
                }
                call(&[leaves[0].clone(), leaves[1].clone(), default.clone()])
            }),
            _ => call(args),
        }
    }

    /// The error of `map[key]` where the key is none of the map's keys in any case; nothing where it may be one.
    pub(super) fn element_of_other(&self, map: &Value, key: &Value) -> Option<Result<Value, Error>> {
        if self.inputs.is_empty() || !matches!(key.data, Data::Unknown(_) | Data::Choice(_)) {
            return None;
        }
        let mut met = false;
        let found = lift(&[map, key], &mut |leaves| {
            if self.has_no(leaves[0], leaves[1]) {
                met = true;
                let why = reason(leaves[1]).unwrap_or_default();
                return Err(Error::new(format!("no key of the map fits; {why}")));
            }
            operators::index(leaves[0], leaves[1], leaves[1].origin)
        });
        met.then_some(found)
    }

    /// Whether a key is known to be none of a map's.
    fn has_no(&self, map: &Value, key: &Value) -> bool {
        let Data::Map(map) = &map.data else { return false };
        let differs = |name: &str| self.differ(&Value::string(name, OriginId::NONE), key);
        key.is_unknown() && map.rest.is_none() && map.entries.iter().all(|entry| differs(&entry.key))
    }

    /// Whether two values are known to differ because one is an input in its last case and the other one has a case of
    /// its own.
    fn differ(&self, a: &Value, b: &Value) -> bool {
        self.excludes(a, b) || self.excludes(b, a)
    }

    fn excludes(&self, open: &Value, known: &Value) -> bool {
        if is_identity(open) && (known.is_unset() || known.as_str() == Some("")) {
            return true;
        }
        let Some(Unknown { symbol: Some(symbol @ Symbol::Expression(_)), .. }) = open.as_unknown() else {
            return false;
        };
        self.inputs.iter().any(|(_, input)| {
            let is_rest = |value: &Value| value.as_unknown().is_some_and(|rest| rest.symbol.as_ref() == Some(symbol));
            input.cases.iter().any(|case| case.is_rest && is_rest(&case.value))
                && input.cases.iter().any(|case| !case.is_rest && equal(&case.value, known) == Truth::True)
        })
    }
}

/// An attribute that every resource has once it is made: where a module asks whether a key is given
/// (`var.kms_key_arn != null`), the ARN of one is.
fn is_identity(value: &Value) -> bool {
    match value.as_unknown().and_then(|unknown| unknown.symbol.as_ref()) {
        Some(Symbol::Resource { attribute, .. }) => matches!(attribute.as_str(), "arn" | "id" | "key_id" | "name"),
        _ => false,
    }
}
