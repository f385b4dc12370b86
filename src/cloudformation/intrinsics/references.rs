//! `Ref`, `Fn::GetAtt` and `Fn::ImportValue`.

use crate::source::Span;
use crate::syntax::tree::NodeRef;
use crate::value::{Shape, Step, Symbol, Text, Value, combine};

use super::super::call::Call;
use super::super::for_each::Scope;
use super::super::stack::Stack;
use super::super::text;

impl<'t> Stack<'t> {
    pub(super) fn fn_ref(&self, call: &Call<'t>, scope: &Scope) -> Value {
        if let Some(name) = call.text() {
            return match scope.fill(name) {
                Some(filled) => self.reference(&filled, call.span, scope),
                None => self.reference(name, call.span, scope),
            };
        }
        // The language extensions permit functions in `Ref`.
        let name = self.argument(call, scope);
        combine(&[&name], &mut |leaves| match text::of_scalar(leaves[0]) {
            Some(name) => self.reference(&name, call.span, scope),
            None => self.not_known(call, "the name is not known"),
        })
    }

    pub(super) fn fn_get_att(&self, call: &Call<'t>, scope: &Scope) -> Value {
        if let Some(path) = call.text() {
            let filled = scope.fill(path);
            return self.attribute_at(filled.as_deref().unwrap_or(path), call.span);
        }
        let items = call.items();
        if items.len() < 2 {
            return self.malformed(call, "a resource and one of its attributes");
        }
        let parts: Vec<Value> = items.iter().map(|item| self.eval(*item, scope)).collect();
        let parts: Vec<&Value> = parts.iter().collect();
        combine(&parts, &mut |leaves| {
            let texts: Option<Vec<_>> = leaves.iter().map(|leaf| text::of_scalar(leaf)).collect();
            match texts {
                Some(texts) => self.attribute_at(&texts.join("."), call.span),
                None => self.not_known(call, "the attribute is not known"),
            }
        })
    }

    /// `Fn::RefAll`: the values of all parameters of a type.
    pub(super) fn fn_ref_all(&self, call: &Call<'t>) -> Value {
        let Some(wanted) = call.text() else { return self.malformed(call, "the type of parameters") };
        let mut items = Vec::new();
        for (key, declared) in self.template.sections("Parameters").flat_map(NodeRef::entries) {
            let (Some(name), Some(kind)) = (key.text(), declared.get("Type").and_then(NodeRef::text)) else { continue };
            let value = self.reference(name, call.span, &Scope::default());
            let listed = kind.strip_prefix("List<").and_then(|kind| kind.strip_suffix('>')) == Some(wanted);
            match value.as_list() {
                Some(list) if listed => items.extend(list.items.iter().cloned()),
                _ if listed => return self.not_known(call, "the values of a parameter are not known"),
                _ if kind == wanted => items.push(value),
                _ => {}
            }
        }
        Value::list(items, self.session.origins.literal(call.span))
    }

    /// What `Resource.Attribute` gives at a place.
    pub(super) fn attribute_at(&self, path: &str, span: Span) -> Value {
        // Logical ids have no dots of their own.
        let Some((name, attribute)) = path.split_once('.') else {
            return self.undefined(path, "Ref", span);
        };
        if let Some(definition) = self.resource(name) {
            if let Some(output) = attribute.strip_prefix("Outputs.")
                && let Some(value) = self.stack_output(definition, output, span)
            {
                return value;
            }
            return self.given_by_service(name, attribute, span);
        }
        self.undefined(name, attribute, span)
    }

    pub(super) fn fn_import_value(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let name = self.argument(call, scope);
        combine(&[&name], &mut |leaves| {
            let why = match text::of_scalar(leaves[0]) {
                Some(name) => format!("`{name}` is imported from another stack"),
                None => "it is imported from another stack".to_owned(),
            };
            let origin = self.session.origins.hop(call.span, Step::Expression, leaves[0].origin);
            match import_symbol(leaves[0]) {
                Some(symbol) => Value::symbol(why, Symbol::Expression(symbol), Shape::String, origin),
                None => Value::unknown(why, origin),
            }
        })
    }
}

/// What stands for the import of an export: the same for equal names.
pub fn import_symbol(name: &Value) -> Option<Text> {
    let identity = text::identity(name).filter(|_| !name.is_unset())?;
    Some(format!("ImportValue({identity})").into())
}
