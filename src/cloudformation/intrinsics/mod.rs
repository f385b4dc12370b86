//! The intrinsic functions of the template language, short and long forms alike.
//!
//! Each takes its call and gives a value whose place is the whole call; where what decided it is known, the way goes on
//! there. Functions are applied under every combination of the open inputs that their arguments depend on.
//! Reference: the "Intrinsic function reference" of the AWS CloudFormation user guide.

mod json;
mod lists;
mod network;
mod references;
mod strings;
mod sub;

pub use references::import_symbol;
pub use sub::variables;

use crate::syntax::tree::NodeRef;
use crate::value::{Shape, Step, Text, Value, combine, select};

use super::call::{Call, Function};
use super::for_each::Scope;
use super::stack::Stack;
use super::text;

impl<'t> Stack<'t> {
    /// What a call gives.
    pub fn call(&self, call: &Call<'t>, scope: &Scope) -> Value {
        match call.function {
            Function::Ref => self.fn_ref(call, scope),
            Function::GetAtt => self.fn_get_att(call, scope),
            Function::Sub => self.fn_sub(call, scope),
            Function::Join => self.fn_join(call, scope),
            Function::Select => self.fn_select(call, scope),
            Function::Split => self.fn_split(call, scope),
            Function::FindInMap => self.fn_find_in_map(call, scope),
            Function::If => self.fn_if(call, scope),
            Function::GetAzs => self.fn_get_azs(call, scope),
            Function::Cidr => self.fn_cidr(call, scope),
            Function::Base64 => self.fn_base64(call, scope),
            Function::Length => self.fn_length(call, scope),
            Function::ToJsonString => self.fn_to_json_string(call, scope),
            Function::ImportValue => self.fn_import_value(call, scope),
            Function::Transform => self.fn_transform(call, scope),
            // Conditions as values: `!Condition IsProd`, `!Equals [...]` where the language extensions permit them.
            Function::Equals | Function::And | Function::Or | Function::Not | Function::Condition => {
                self.truth_value(call, scope)
            }
            Function::RefAll => self.fn_ref_all(call),
            Function::ValueOf | Function::ValueOfAll => {
                self.not_known(call, "what AWS knows of a parameter's value is known when the stack is deployed")
            }
            Function::Contains | Function::EachMemberEquals | Function::EachMemberIn => {
                self.not_known(call, "it is evaluated in `Rules` only")
            }
            Function::Other => self.not_known(call, "the function is not known"),
        }
    }

    fn truth_value(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let truth = if call.tagged || call.argument.is_sequence() {
            self.truth_of_call(call, scope, self.session.origins.literal(call.span))
        } else {
            return self.not_known(call, "its arguments are not written out");
        };
        self.session.through(&truth, call.span, &Step::Expression)
    }

    /// An unknown for a call that can't be evaluated.
    pub fn not_known(&self, call: &Call<'t>, why: &str) -> Value {
        Value::unknown(format!("`{}`: {why}", call.name), self.session.origins.literal(call.span))
    }

    /// A call whose arguments have another form than the reference gives.
    fn malformed(&self, call: &Call<'t>, expected: &str) -> Value {
        let message = format!("`{}` takes {expected}", call.name);
        self.session.report(crate::resource::Problem::error(call.span, message.clone()));
        Value::unknown(message, self.session.origins.literal(call.span))
    }

    /// `Fn::If`: the branch that the condition takes.
    fn fn_if(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let items = call.items();
        let [condition, yes, no] = items.as_slice() else {
            return self.malformed(call, "a condition's name and two values");
        };
        let (truth, shown) = match condition.text().filter(|_| Call::of(*condition).is_none()) {
            Some(name) => {
                let name = scope.fill(name).map_or_else(|| Text::from(name), Text::from);
                (self.condition(&name, condition.span()), name)
            }
            None => (self.truth(*condition, scope), Text::new_static("its condition")),
        };
        let branch = |node: NodeRef<'t>, taken: bool| {
            let value = self.eval(node, scope);
            let inner =
                self.session.through(&value, node.span(), &Step::Branch(format!("`{shown}` is {taken}").into()));
            self.session.through(&inner, call.span, &Step::Expression)
        };
        let value = select(&truth, &mut || branch(*yes, true), &mut || branch(*no, false));
        if value.is_unknown() && text::identity(&value).is_none() {
            // Where the condition is not known, the place is the call all the same.
            return self.made(value, call.span, &[]);
        }
        value
    }

    /// `Fn::FindInMap`, with intrinsic functions in its keys and a default value as the language extensions permit.
    fn fn_find_in_map(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let items = call.items();
        let [map, first, second, extra @ ..] = items.as_slice() else {
            return self.malformed(call, "a mapping's name and two keys");
        };
        let default = extra.first().and_then(|node| node.get("DefaultValue"));
        let (map, first, second) = (self.eval(*map, scope), self.eval(*first, scope), self.eval(*second, scope));
        combine(&[&map, &first, &second], &mut |leaves| {
            let texts: Vec<Option<Text>> = leaves.iter().map(|leaf| text::of_scalar(leaf)).collect();
            let found = match texts.as_slice() {
                [Some(name), Some(first), Some(second)] => {
                    let mapping = self.mappings.get(name.as_str());
                    let row = mapping.and_then(|mapping| mapping.get(first));
                    let cell = row.and_then(|row| row.get(second)).map(|node| (name, node));
                    if cell.is_none() && default.is_none() {
                        let why = match (mapping, row) {
                            (None, _) => format!("mapping `{name}` is not defined"),
                            (_, None) => format!("mapping `{name}` has no key `{first}`"),
                            _ => format!("mapping `{name}` has no key `{second}` under `{first}`"),
                        };
                        let value = Value::unknown(why, self.session.origins.literal(call.span));
                        return self.made(value, call.span, &leaves[1..]);
                    }
                    cell
                }
                _ => {
                    // The rest case of an input that tells all keys of the mapping apart is none of them.
                    let misses = default.is_some() && self.misses_all(leaves, &texts);
                    if !misses {
                        let value =
                            text::derived("FindInMap", leaves, Shape::Any, self.session.origins.literal(call.span));
                        return self.made(value, call.span, leaves);
                    }
                    None
                }
            };
            match (found, default) {
                (Some((name, node)), _) => {
                    let value = self.eval(node, scope);
                    self.session.through(&value, call.span, &Step::Reference(format!("mapping `{name}`").into()))
                }
                (None, Some(default)) => self.session.through(&self.eval(default, scope), call.span, &Step::Expression),
                (None, None) => self.not_known(call, "the mapping has no such keys"),
            }
        })
    }

    /// Whether keys that are rest cases differ from every key of the mapping.
    fn misses_all(&self, leaves: &[&Value], texts: &[Option<Text>]) -> bool {
        let [Some(name), first, second] = texts else { return false };
        let Some(mapping) = self.mappings.get(name.as_str()) else { return false };
        match (first, second) {
            (None, _) => mapping
                .entries()
                .all(|(key, _)| key.text().is_some_and(|key| self.session.rest_excludes(leaves[1], key))),
            (Some(first), None) => mapping.get(first).is_none_or(|row| {
                row.entries().all(|(key, _)| key.text().is_some_and(|key| self.session.rest_excludes(leaves[2], key)))
            }),
            _ => false,
        }
    }

    /// `Fn::Transform`: a local include stands for its file; what other macros make is not known.
    fn fn_transform(&self, call: &Call<'t>, scope: &Scope) -> Value {
        if let Some(root) = self.included(call.argument) {
            let value = self.content(root, scope);
            return self.session.through(&value, call.span, &Step::Expression);
        }
        let name = call.argument.get("Name").and_then(NodeRef::text).unwrap_or("a macro");
        let why = if name == "AWS::Include" {
            "the included file does not lie in this repository".to_owned()
        } else {
            format!("what the macro `{name}` makes is not known")
        };
        self.not_known(call, &why)
    }
}
