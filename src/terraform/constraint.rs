//! Type constraints (`map(object({ ... }))`) and other expressions that are read without being evaluated.

use crate::source::Span;
use crate::syntax::hcl::{Call, Expr, ExprKind, ObjectItem, ObjectKey};
use crate::value::{Text, Value};

use super::types::{ObjectAttribute, Type};

/// How deep a type constraint may be nested.
const MAX_DEPTH: usize = 64;

/// Reads the type of a variable.
///
/// # Errors
/// Where the expression is no type constraint, and why.
pub(super) fn read(expr: &Expr, default: &mut dyn FnMut(&Expr) -> Value) -> Result<Type, (Span, String)> {
    read_at(expr, default, 0)
}

fn read_at(expr: &Expr, default: &mut dyn FnMut(&Expr) -> Value, depth: usize) -> Result<Type, (Span, String)> {
    if depth > MAX_DEPTH {
        return Err((expr.span, format!("the type is nested more than {MAX_DEPTH} levels deep")));
    }
    let unknown = |name: &str| Err((expr.span, format!("there is no type `{name}`")));
    match &expr.kind {
        ExprKind::Paren(inner) => read_at(inner, default, depth + 1),
        // Before Terraform 0.12, types were quoted.
        ExprKind::Variable(name) | ExprKind::String(name) => Ok(match name.as_str() {
            "any" => Type::Any,
            "string" => Type::String,
            "number" => Type::Number,
            "bool" => Type::Bool,
            "list" => Type::List(Box::new(Type::Any)),
            "map" => Type::Map(Box::new(Type::Any)),
            "set" => Type::Set(Box::new(Type::Any)),
            other => return unknown(other),
        }),
        ExprKind::Call(Call { name, args, .. }) => {
            let [argument] = args.as_slice() else {
                return Err((expr.span, format!("the type `{name}` takes one argument")));
            };
            match name.as_str() {
                "list" => Ok(Type::List(Box::new(read_at(argument, default, depth + 1)?))),
                "set" => Ok(Type::Set(Box::new(read_at(argument, default, depth + 1)?))),
                "map" => Ok(Type::Map(Box::new(read_at(argument, default, depth + 1)?))),
                "tuple" => match &argument.kind {
                    ExprKind::List(items) => Ok(Type::Tuple(
                        items.iter().map(|item| read_at(item, default, depth + 1)).collect::<Result<_, _>>()?,
                    )),
                    _ => Err((argument.span, "a tuple takes a list of types".to_owned())),
                },
                "object" => match &argument.kind {
                    ExprKind::Object(items) => Ok(Type::Object(
                        items.iter().map(|item| attribute(item, default, depth + 1)).collect::<Result<_, _>>()?,
                    )),
                    _ => Err((argument.span, "an object takes a map of names to types".to_owned())),
                },
                other => unknown(other),
            }
        }
        _ => Err((expr.span, "this is no type".to_owned())),
    }
}

fn attribute(
    item: &ObjectItem,
    default: &mut dyn FnMut(&Expr) -> Value,
    depth: usize,
) -> Result<ObjectAttribute, (Span, String)> {
    let name = match &item.key {
        ObjectKey::Name(name) => name.clone(),
        ObjectKey::Expr(expr) => {
            literal_text(expr).ok_or_else(|| (expr.span, "the name of an attribute has to be a literal".to_owned()))?
        }
    };
    if let ExprKind::Call(Call { name: optional, args, .. }) = &item.value.kind
        && optional == "optional"
        && let [ty, rest @ ..] = args.as_slice()
    {
        let ty = read_at(ty, default, depth)?;
        let default = rest.first().map(&mut *default).filter(|value| !value.is_unset());
        return Ok(ObjectAttribute { name, ty, optional: true, default });
    }
    Ok(ObjectAttribute { name, ty: read_at(&item.value, default, depth)?, optional: false, default: None })
}

/// The text of a literal string (or bare name, as old configurations write it).
#[must_use]
pub(super) fn literal_text(expr: &Expr) -> Option<Text> {
    match &expr.kind {
        ExprKind::String(text) => Some(text.clone()),
        ExprKind::Paren(inner) => literal_text(inner),
        _ => None,
    }
}
