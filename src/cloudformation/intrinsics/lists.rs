//! `Fn::Select`, `Fn::Split`, `Fn::Length` and `Fn::GetAZs`.

use std::sync::Arc;

use crate::value::{Data, List, ListKind, OriginId, Part, Shape, Value, combine};

use super::super::call::Call;
use super::super::for_each::Scope;
use super::super::stack::Stack;
use super::super::text;

impl<'t> Stack<'t> {
    /// `Fn::Select`: an item of a list, counted from 0.
    pub(super) fn fn_select(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let items = call.items();
        let [index, list] = items.as_slice() else { return self.malformed(call, "an index and a list") };
        let (index, list) = (self.eval(*index, scope), self.eval(*list, scope));
        combine(&[&index, &list], &mut |leaves| {
            let (index, list) = (leaves[0], leaves[1]);
            let literal = self.session.origins.literal(call.span);
            let Some(position) = text::of_scalar(index) else {
                return self.made(text::derived("Select", leaves, Shape::Any, literal), call.span, leaves);
            };
            let Data::List(found) = &list.data else {
                return self.made(text::derived("Select", leaves, Shape::Any, literal), call.span, &[list]);
            };
            let Ok(position) = position.trim().parse::<usize>() else {
                return self.not_known(call, &format!("`{position}` is no index"));
            };
            let before = found.items.iter().take(position.saturating_add(1));
            if before.clone().any(|item| matches!(item.data, Data::Absent | Data::Choice(_))) && position > 0 {
                // Items that are there in some cases only move the others.
                return self.select_present(call, &found.items, position);
            }
            match found.items.get(position) {
                Some(item) => self.session.through(item, call.span, &crate::value::Step::Expression),
                None if let Some(rest) = &found.rest => {
                    let list = Value::new(Data::Unknown(Arc::clone(rest)), list.origin);
                    let made = text::derived("Select", &[index, &list], Shape::Any, literal);
                    self.made(made, call.span, &[&list])
                }
                None => {
                    let why = format!("`{}` asks for item {position} of a list of {}", call.name, found.items.len());
                    self.made(Value::unknown(why, literal), call.span, &[list])
                }
            }
        })
    }

    fn select_present(&self, call: &Call<'t>, items: &[Value], position: usize) -> Value {
        let all: Vec<&Value> = items.iter().collect();
        combine(&all, &mut |leaves| match leaves.iter().filter(|item| !item.is_absent()).nth(position) {
            Some(item) => self.session.through(item, call.span, &crate::value::Step::Expression),
            None => self.not_known(call, &format!("the list has no item {position}")),
        })
    }

    /// `Fn::Split`: a text cut at a delimiter.
    pub(super) fn fn_split(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let items = call.items();
        let [delimiter, source] = items.as_slice() else { return self.malformed(call, "a delimiter and a text") };
        let (delimiter, source) = (self.eval(*delimiter, scope), self.eval(*source, scope));
        combine(&[&delimiter, &source], &mut |leaves| {
            let literal = self.session.origins.literal(call.span);
            match (text::of_scalar(leaves[0]), text::of_scalar(leaves[1])) {
                (Some(delimiter), Some(source)) if !delimiter.is_empty() => {
                    let origin = self.session.expression(call.span, leaves[1].origin);
                    let parts: Vec<Value> =
                        source.split(delimiter.as_str()).take(10_000).map(|part| Value::string(part, origin)).collect();
                    self.made(Value::list(parts, literal), call.span, &[leaves[1]])
                }
                (delimiter, _) => {
                    let whole = text::derived("Split", leaves, Shape::List, literal);
                    let parts = delimiter.and_then(|delimiter| first_parts(&delimiter, leaves[1], &whole, literal));
                    self.made(parts.unwrap_or(whole), call.span, &[leaves[1]])
                }
            }
        })
    }

    /// `Fn::Length`: how many items a list has.
    pub(super) fn fn_length(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let list = self.argument(call, scope);
        combine(&[&list], &mut |leaves| {
            let literal = self.session.origins.literal(call.span);
            match &leaves[0].data {
                Data::List(list) if list.rest.is_none() => {
                    let items: Vec<&Value> = list.items.iter().collect();
                    combine(&items, &mut |items| {
                        let count = items.iter().filter(|item| !item.is_absent()).count();
                        let count = Value::integer(i64::try_from(count).unwrap_or(i64::MAX), literal);
                        self.made(count, call.span, leaves)
                    })
                }
                _ => self.made(text::derived("Length", leaves, Shape::Number, literal), call.span, leaves),
            }
        })
    }

    /// `Fn::GetAZs`: which zones an account has is known only there.
    pub(super) fn fn_get_azs(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let region = self.argument(call, scope);
        combine(&[&region], &mut |leaves| {
            let literal = self.session.origins.literal(call.span);
            // The empty text stands for the Region of the stack.
            let stack_region = self.pseudo("AWS::Region").filter(|_| leaves[0].as_str() == Some(""));
            let region = stack_region.as_ref().unwrap_or(leaves[0]);
            let why = "which availability zones the account has is known when the stack is deployed";
            let value = match text::identity(region) {
                Some(identity) => {
                    let symbol = crate::value::Symbol::Expression(format!("GetAZs({identity})").into());
                    Value::symbol(why, symbol, Shape::List, literal)
                }
                None => Value::unknown(why, literal),
            };
            self.made(value, call.span, leaves)
        })
    }
}

/// The parts of a partly known text that end before its first open piece; what follows them is open.
fn first_parts(delimiter: &str, source: &Value, whole: &Value, origin: OriginId) -> Option<Value> {
    let (Data::Parts(pieces), Data::Unknown(rest)) = (&source.data, &whole.data) else { return None };
    let Some(Part::Known(head, _)) = pieces.first().filter(|_| !delimiter.is_empty()) else { return None };
    let mut items: Vec<Value> =
        head.split(delimiter).take(10_000).map(|part| Value::string(part, source.origin)).collect();
    // The last one goes on in the open piece.
    items.pop();
    if items.is_empty() {
        return None;
    }
    let list = List { kind: ListKind::Tuple, items, rest: Some(Arc::clone(rest)) };
    Some(Value::new(Data::List(Arc::new(list)), origin))
}
