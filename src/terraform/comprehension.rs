//! `for` expressions, splats, and the directives of templates.

use std::sync::Arc;

use crate::source::Span;
use crate::syntax::hcl::{Expr, For, Name, TemplatePart};
use crate::value::{Data, ListKind, MapKind, Number, Part, Shape, TypeTag, Unknown, Value, join_parts};

use super::error::Error;
use super::expression::{build_list, build_map, open_rest};
use super::lift::{lift, shaped, unknown_of};
use super::normal;
use super::operators;
use super::scope::{Binding, Evaluator, SPLAT_ITEM, Scope};
use super::tag::{is_sequence, tag};
use super::types::Type;

/// The elements of a collection with their keys or indexes, and what is open of it.
struct Elements {
    list: Vec<(Value, Value)>,
    rest: Option<Arc<Unknown>>,
}

/// The elements of a collection without choices at its top; nothing where the collection is unknown.
fn elements(collection: &Value) -> Result<Option<Elements>, Error> {
    match &collection.data {
        Data::List(list) => {
            let items = list.items.iter().filter(|item| !item.is_absent()).enumerate();
            let pairs = items.map(|(index, item)| {
                let key = match list.kind {
                    ListKind::Set => item.clone(),
                    _ => Value::number(Number::count(i64::try_from(index).unwrap_or(i64::MAX)), item.origin),
                };
                (key, item.clone())
            });
            Ok(Some(Elements { list: pairs.collect(), rest: list.rest.clone() }))
        }
        Data::Map(map) => {
            let pairs = map.entries.iter().map(|entry| {
                let origin = if entry.key_origin.is_none() { entry.value.origin } else { entry.key_origin };
                (Value::string(entry.key.clone(), origin), entry.value.clone())
            });
            Ok(Some(Elements { list: pairs.collect(), rest: map.rest.clone() }))
        }
        Data::Unknown(_) => Ok(None),
        Data::Null | Data::Absent => Err(Error::new("null can't be iterated over")),
        _ => Err(Error::new(format!("a {} can't be iterated over", collection.type_name()))),
    }
}

/// What a `for` gives for one element.
struct Made {
    keep: Value,
    key: Option<Value>,
    value: Value,
}

impl Evaluator<'_> {
    pub(super) fn for_expression(&self, part: &For, span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let collection = self.eval(&part.collection, scope)?;
        lift(&[&collection], &mut |leaves| self.for_leaf(part, leaves[0], span, scope))
    }

    fn for_leaf(&self, part: &For, collection: &Value, span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let origin = self.origins.hop(span, crate::value::Step::Expression, collection.origin);
        let Some(elements) = elements(collection)? else {
            let shape = if part.key.is_some() { Shape::Map } else { Shape::List };
            return Ok(unknown_of(collection, shape, origin));
        };
        let mut made = Vec::with_capacity(elements.list.len());
        for (key, value) in elements.list {
            made.push(bound(part.key_name.as_ref(), &part.value_name, key, value, scope, |scope| {
                let keep = match &part.condition {
                    Some(condition) => self.eval(condition, scope)?,
                    None => Value::bool(true, origin),
                };
                if keep.as_bool() == Some(false) {
                    return Ok(Made { value: Value::absent(origin), key: None, keep });
                }
                let key = part.key.as_ref().map(|key| self.eval(key, scope)).transpose()?;
                Ok(Made { keep, key, value: self.eval(&part.value, scope)? })
            })?);
        }
        // All that bears on which elements there are is decided together.
        let deciding: Vec<&Value> =
            made.iter().flat_map(|made| [Some(&made.keep), made.key.as_ref()]).flatten().collect();
        let result = lift(&deciding, &mut |leaves| {
            let mut leaves = leaves.iter();
            let mut rest = elements.rest.clone();
            let mut pairs = Vec::new();
            let mut items = Vec::new();
            for made in &made {
                let keep = leaves.next().copied().unwrap_or(&made.keep);
                let key = made.key.as_ref().and_then(|_| leaves.next().copied());
                if keep.is_unset() {
                    return Err(Error::new("the condition of `for` is null"));
                }
                match Type::Bool.convert(keep)?.as_bool() {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        rest.get_or_insert_with(|| open_rest(keep));
                        continue;
                    }
                }
                match key {
                    Some(key) => pairs.push((key.clone(), made.value.clone())),
                    None => items.push(made.value.clone()),
                }
            }
            if part.key.is_none() {
                return Ok(build_list(items, ListKind::Tuple, rest, origin));
            }
            object_of(pairs, part.group, rest, origin)
        })?;
        self.bounded(result)
    }

    pub(super) fn splat(&self, list: &Expr, each: &Expr, span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let list = self.eval(list, scope)?;
        let origin = self.origins.hop(span, crate::value::Step::Expression, list.origin);
        let result = lift(&[&list], &mut |leaves| {
            let collection = leaves[0];
            let one = |value: Value| {
                let binding = Binding { name: SPLAT_ITEM, value, next: scope.names };
                self.eval(each, Scope { names: Some(&binding), ..scope })
            };
            match &collection.data {
                Data::List(list) => {
                    let items = list.items.iter().filter(|item| !item.is_absent());
                    let items = items.map(|item| one(item.clone())).collect::<Result<Vec<_>, _>>()?;
                    let kind = if list.kind == ListKind::Tuple { ListKind::Tuple } else { ListKind::List };
                    let mut of = TypeTag::NONE;
                    // What can't be done with elements of its type is refused for a list without elements as well.
                    if items.is_empty()
                        && let Type::List(element) | Type::Set(element) = Type::of(collection)
                    {
                        let why = "the list is empty";
                        let stand_in = shaped(why, element.shape(), origin).tagged(tag(&element));
                        of = tag(&Type::List(Box::new(Type::of(&one(stand_in)?))));
                    }
                    Ok(build_list(items, kind, list.rest.clone(), origin).tagged(of))
                }
                Data::Null if is_sequence(collection.tag) => Err(Error::new("null can't be splatted")),
                Data::Null | Data::Absent => Ok(build_list(Vec::new(), ListKind::Tuple, None, origin)),
                // It may be a list, or something that the splat makes a list of one.
                Data::Unknown(unknown) if !matches!(unknown.shape, Shape::Bool | Shape::Number | Shape::String) => {
                    Ok(unknown_of(collection, Shape::List, origin))
                }
                _ => Ok(build_list(vec![one(collection.clone())?], ListKind::Tuple, None, origin)),
            }
        })?;
        self.bounded(result)
    }

    pub(super) fn template(&self, parts: &[TemplatePart], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        if let [TemplatePart::Interpolation { expr, .. }] = parts {
            return self.eval(expr, scope);
        }
        let mut pieces = Vec::with_capacity(parts.len());
        for part in parts {
            pieces.push(match part {
                TemplatePart::Literal { text, span } => Value::string(normal::text(text), self.origins.literal(*span)),
                TemplatePart::Interpolation { expr, .. } => self.with_documents_read(&self.eval(expr, scope)?),
                TemplatePart::If { condition, yes, no, span } => {
                    self.template_if(condition, [yes, no], *span, scope)?
                }
                TemplatePart::For { key_name, value_name, collection, body, span } => {
                    let collection = self.eval(collection, scope)?;
                    lift(&[&collection], &mut |leaves| {
                        let origin = self.origins.literal(*span);
                        let Some(elements) = elements(leaves[0])? else {
                            return Ok(unknown_of(leaves[0], Shape::String, origin));
                        };
                        let mut texts = Vec::with_capacity(elements.list.len());
                        for (key, value) in elements.list {
                            texts.push(bound(key_name.as_ref(), value_name, key, value, scope, |scope| {
                                self.deeper(|| self.template(body, *span, scope))
                            })?);
                        }
                        if let Some(rest) = elements.rest {
                            texts.push(shaped(rest.why.clone(), Shape::String, origin));
                        }
                        self.joined(&texts, *span)
                    })?
                }
            });
        }
        self.joined(&pieces, span)
    }

    fn template_if(
        &self,
        condition: &Expr,
        [yes, no]: [&Vec<TemplatePart>; 2],
        span: Span,
        scope: Scope<'_>,
    ) -> Result<Value, Error> {
        let decision = self.eval(condition, scope)?;
        lift(&[&decision], &mut |leaves| match Type::Bool.convert(leaves[0])?.as_bool() {
            Some(true) => self.deeper(|| self.template(yes, span, scope)),
            Some(false) => self.deeper(|| self.template(no, span, scope)),
            None if leaves[0].is_unset() => Err(Error::new("the condition is null")),
            None => Ok(unknown_of(leaves[0], Shape::String, self.origins.literal(span))),
        })
    }

    /// The texts one after the other.
    fn joined(&self, pieces: &[Value], span: Span) -> Result<Value, Error> {
        let deciding = pieces.iter().find(|piece| {
            self.origins.get(piece.origin).is_some_and(|origin| !matches!(origin.step, crate::value::Step::Literal))
        });
        let origin = match deciding {
            Some(piece) => self.origins.hop(span, crate::value::Step::Expression, piece.origin),
            None => self.origins.literal(span),
        };
        let pieces: Vec<&Value> = pieces.iter().collect();
        let text = lift(&pieces, &mut |leaves| {
            let mut parts: Vec<Part> = Vec::with_capacity(leaves.len());
            for leaf in leaves {
                if leaf.is_unset() {
                    return Err(Error::new("null can't be a part of a text"));
                }
                parts.extend(operators::template_part(leaf)?);
            }
            Ok(normal::value(join_parts(self.origins.merged(parts, span), origin)))
        })?;
        self.bounded(text)
    }
}

/// The object of a `for`, from its keys and values.
fn object_of(
    pairs: Vec<(Value, Value)>,
    group: bool,
    rest: Option<Arc<Unknown>>,
    origin: crate::value::OriginId,
) -> Result<Value, Error> {
    if !group {
        let count = pairs.len();
        let object = build_map(pairs, MapKind::Object, rest, origin)?;
        if let Data::Map(map) = &object.data
            && map.rest.is_none()
            && map.entries.len() != count
        {
            return Err(Error::new("two elements of `for` give the same key; group them with `...`"));
        }
        return Ok(object);
    }
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    let mut rest = rest;
    let mut open_keys = false;
    for (key, value) in pairs {
        let text = Type::String.convert(&key)?;
        if text.is_unset() {
            return Err(Error::new("a key of `for` is null"));
        }
        if text.as_str().is_none() {
            rest.get_or_insert_with(|| open_rest(&key));
            open_keys = true;
            continue;
        }
        match groups.iter_mut().find(|(known, _)| known.as_str() == text.as_str()) {
            Some((_, values)) => values.push(value),
            None => groups.push((text.at(key.origin), vec![value])),
        }
    }
    // An element whose key is not known may belong to any group.
    let open = open_keys.then(|| rest.clone()).flatten();
    let entries = groups.into_iter().map(|(key, values)| {
        let origin = key.origin;
        (key, build_list(values, ListKind::Tuple, open.clone(), origin))
    });
    build_map(entries.collect(), MapKind::Object, rest, origin)
}

/// Runs a computation with the names of a `for` bound to one element.
fn bound<T>(
    key_name: Option<&Name>,
    value_name: &Name,
    key: Value,
    value: Value,
    scope: Scope<'_>,
    compute: impl FnOnce(Scope<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let outer = Binding { name: &value_name.text, value, next: scope.names };
    match key_name {
        Some(key_name) => {
            let inner = Binding { name: &key_name.text, value: key, next: Some(&outer) };
            compute(Scope { names: Some(&inner), ..scope })
        }
        None => compute(Scope { names: Some(&outer), ..scope }),
    }
}
