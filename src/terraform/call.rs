//! Function calls, and the functions that look at expressions before they are evaluated.

use std::path::PathBuf;
use std::rc::Rc;

use crate::source::Span;
use crate::syntax::hcl::{self, Call, Expr, ExprKind};
use crate::value::{Data, Shape, Step, Text, Value, combine};

use super::dialect::Called;
use super::error::Error;
use super::expression::{REFUSED, is_refused};
use super::functions::{self, Context};
use super::lift::{lift, shaped, unknown_of};
use super::policy_document::reads_texts;
use super::scope::{Evaluator, Scope};

impl Evaluator<'_> {
    pub(super) fn call(&self, call: &Call, span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        if scope.constant {
            return Err(Error::new("no functions can be called here; move the expression to a local"));
        }
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        match name {
            "try" if !call.expand => return self.call_try(&call.args, span, scope),
            "can" if !call.expand => return self.call_can(&call.args, span, scope),
            "issensitive" if !call.expand => {
                if let [argument] = call.args.as_slice() {
                    return self.call_is_sensitive(argument, span, scope);
                }
            }
            "templatestring" if !call.args.first().is_some_and(is_reference) && !self.is_opentofu(span) => {
                return Err(Error::new(
                    "the template of `templatestring` has to be a reference to a text elsewhere; move it to a local",
                ));
            }
            _ => {}
        }
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            args.push(self.eval(arg, scope)?);
        }
        if !call.expand {
            return self.call_with(name, &args, span, scope);
        }
        let Some(last) = args.pop() else { return Err(Error::new("there is nothing to expand before `...`")) };
        lift(&[&last], &mut |leaves| match &leaves[0].data {
            Data::List(list) if list.rest.is_none() => {
                let items = list.items.iter().filter(|item| !item.is_absent());
                let all: Vec<Value> = args.iter().chain(items).cloned().collect();
                self.call_with(name, &all, span, scope)
            }
            Data::List(_) | Data::Unknown(_) => Ok(unknown_of(leaves[0], Shape::Any, self.origins.literal(span))),
            _ => Err(Error::new("only a list can be expanded with `...`")),
        })
    }

    /// Whether what stands at a span is read by OpenTofu only.
    fn is_opentofu(&self, span: Span) -> bool {
        self.sources.get(span.file).is_some_and(|file| {
            let path = file.path_text();
            [".tofu", ".tofu.json"].iter().any(|extension| path.ends_with(extension))
        })
    }

    fn call_with(&self, name: &str, args: &[Value], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let other_args;
        let args = match self.dialect.map(|dialect| dialect.call(self, name, args, span)) {
            Some(Called::Done(result)) => return result,
            Some(Called::With(other)) => {
                other_args = other;
                &other_args
            }
            Some(Called::Same) | None => args,
        };
        match name {
            "templatefile" => return self.template_file(args, span, scope),
            "templatestring" => return self.template_string(args, span, scope),
            "provider::terraform::decode_tfvars" if args.iter().any(|arg| arg.as_str().is_some()) => {
                return self.decode_tfvars(args, span, scope);
            }
            _ => {}
        }
        let read;
        let args = if reads_texts(name) {
            read = args.iter().map(|arg| self.with_documents_read(arg)).collect::<Vec<_>>();
            &read
        } else {
            args
        };
        let next = args.iter().map(|arg| arg.origin).find(|origin| !origin.is_none());
        let origin = self.origins.hop(span, Step::Expression, next.unwrap_or_default());
        let context = Context { files: &self.files, origins: self.origins, origin };
        let call = |args: &[Value]| functions::call(name, args, &context);
        let result = self.among_others(name, args, origin, &call)?;
        // What is handed on from an argument was found through this call.
        let encoded = self.origins.get(result.origin).is_some_and(|origin| matches!(origin.step, Step::Document(_)));
        let result = if result.origin == origin || result.origin.is_none() {
            result.at(origin)
        } else if encoded {
            result
        } else {
            self.referred(result, span, Step::Expression)
        };
        self.bounded(result)
    }

    /// The first argument that can be evaluated.
    fn call_try(&self, args: &[Expr], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let Some((first, others)) = args.split_first() else {
            return Err(Error::new("`try` needs at least one argument"));
        };
        match self.eval(first, scope) {
            Err(_) if !others.is_empty() => self.deeper(|| self.call_try(others, span, scope)),
            Err(error) => Err(error),
            Ok(value) if is_refused(&value) && others.is_empty() => Ok(value),
            Ok(value) => {
                let refused_somewhere = leaves(&value).any(is_refused);
                if !refused_somewhere || others.is_empty() {
                    return Ok(self.referred(value, span, Step::Expression));
                }
                let other = self.deeper(|| self.call_try(others, span, scope));
                let result = combine(&[&value], &mut |leaves| {
                    if !is_refused(leaves[0]) {
                        return leaves[0].clone();
                    }
                    match &other {
                        Ok(other) => other.clone(),
                        Err(error) => Value::unknown(format!("{REFUSED}{error}"), leaves[0].origin),
                    }
                });
                Ok(self.referred(result, span, Step::Expression))
            }
        }
    }

    fn call_can(&self, args: &[Expr], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let [argument] = args else { return Err(Error::new("`can` needs one argument")) };
        let origin = self.origins.literal(span);
        Ok(match self.eval(argument, scope) {
            Err(_) => Value::bool(false, origin),
            Ok(value) => combine(&[&value], &mut |leaves| match &leaves[0].data {
                Data::Unknown(_) if is_refused(leaves[0]) => Value::bool(false, origin),
                Data::Unknown(_) => unknown_of(leaves[0], Shape::Bool, origin),
                _ => Value::bool(true, origin),
            }),
        })
    }

    fn call_is_sensitive(&self, argument: &Expr, span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        self.eval(argument, scope)?;
        let origin = self.origins.literal(span);
        Ok(match self.is_sensitive(argument, scope).known() {
            Some(known) => Value::bool(known, origin),
            None => shaped("whether the value is sensitive is not known", Shape::Bool, origin),
        })
    }

    fn template_file(&self, args: &[Value], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let [path, variables] = args else { return Err(Error::new("`templatefile` needs a path and a map")) };
        if scope.sealed.is_some() {
            return Err(Error::new("a template can't call `templatefile` itself"));
        }
        lift(&[path, variables], &mut |leaves| {
            let Some(path) = leaves[0].as_str() else {
                return Ok(unknown_of(leaves[0], Shape::String, self.origins.literal(span)));
            };
            let template = match self.template_expr(path) {
                Ok(template) => template,
                // A file that is made by something else, or lies elsewhere.
                Err(why) => return Ok(Value::unknown(why, self.origins.literal(span))),
            };
            let template = template.as_ref().as_ref().map_err(|why| Error::new(why.clone()))?;
            self.in_template(template, leaves[1], span, scope)
        })
    }

    fn template_string(&self, args: &[Value], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let [text, variables] = args else { return Err(Error::new("`templatestring` needs a text and a map")) };
        lift(&[text, variables], &mut |leaves| {
            let Some(text) = leaves[0].as_str() else {
                return Ok(unknown_of(leaves[0], Shape::String, self.origins.literal(span)));
            };
            let at = self.origins.span(leaves[0].origin).unwrap_or(span);
            let template = hcl::parse_template_for(text, at).map_err(|error| Error::new(error.message))?;
            self.in_template(&template, leaves[1], span, scope)
        })
    }

    /// The values of a variable file that is given as text.
    fn decode_tfvars(&self, args: &[Value], span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        let [text] = args else { return Err(Error::new("`decode_tfvars` needs the text of a variable file")) };
        let text = text.as_str().unwrap_or_default();
        // A variable file without blocks is what an object is between its braces.
        let object =
            hcl::parse_expression(&format!("{{\n{text}\n}}"), span).map_err(|error| Error::new(error.message))?;
        self.eval(&object, Scope { sealed: None, names: None, each: None, constant: true, ..scope })
    }

    fn in_template(&self, template: &Expr, variables: &Value, span: Span, scope: Scope<'_>) -> Result<Value, Error> {
        match &variables.data {
            Data::Map(_) => {}
            Data::Unknown(_) => return Ok(unknown_of(variables, Shape::String, self.origins.literal(span))),
            _ => return Err(Error::new("the variables of a template have to be a map or object")),
        }
        let inner = Scope { names: None, each: None, sealed: Some(variables), ..scope };
        let value = self.eval(template, inner)?;
        Ok(self.referred(value, span, Step::Expression))
    }

    /// The parsed template of a file, read once.
    fn template_expr(&self, path: &str) -> Result<Rc<Result<Expr, Text>>, String> {
        let full: PathBuf = self.files.resolve(path)?;
        if let Some(known) = self.templates.borrow().get(&full) {
            return Ok(Rc::clone(known));
        }
        let file = match self.sources.find(&full) {
            Some(file) => file,
            None => {
                let bytes = functions::Files::read(&self.files, path)?;
                let text = String::from_utf8(bytes).map_err(|_| format!("`{path}` is not UTF-8"))?;
                self.sources.add(full.clone(), text)
            }
        };
        let parsed = Rc::new(
            hcl::parse_template_file(&file)
                .map_err(|error| format!("in the template `{path}`: {}", error.message).into()),
        );
        self.templates.borrow_mut().insert(full, Rc::clone(&parsed));
        Ok(parsed)
    }
}

/// Whether an expression names a value by attributes and literal indexes alone.
fn is_reference(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Attribute(of, _) => is_reference(of),
        ExprKind::Index(of, key) => is_reference(of) && matches!(key.kind, ExprKind::String(_) | ExprKind::Number(_)),
        _ => false,
    }
}

/// The values of all cases at the top of a value.
pub(super) fn leaves(value: &Value) -> impl Iterator<Item = &Value> {
    let mut open = vec![value];
    std::iter::from_fn(move || {
        while let Some(value) = open.pop() {
            match &value.data {
                Data::Choice(choice) => open.extend(choice.cases.iter().rev()),
                _ => return Some(value),
            }
        }
        None
    })
}
