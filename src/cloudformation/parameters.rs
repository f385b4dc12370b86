//! Parameters and pseudo parameters: what each is, as far as that is decided, and the cases of those that are open.

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::source::Span;
use crate::syntax::tree::NodeRef;
use crate::value::{Case, Data, Input, InputKind, Number, OriginId, Shape, Step, Symbol, Text, Value};

use super::compared::{Compared, Comparison, constant};
use super::limits::Limits;
use super::options::Given;
use super::session::Session;
use super::text;

/// How many cases an input may have; past that only those that are compared are told apart.
const MAX_CASES: usize = 64;

/// What the rest case is called.
const ANYTHING_ELSE: Text = Text::new_static("anything else");

/// The types of parameters, as far as values differ by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    String,
    Number,
    List,
    /// The value is a key in the parameter store; what stands there is not known.
    Stored {
        list: bool,
    },
}

impl Kind {
    fn of(declared: NodeRef<'_>) -> Self {
        match declared.get("Type").and_then(NodeRef::text).unwrap_or("String") {
            "Number" => Self::Number,
            "CommaDelimitedList" => Self::List,
            name if name.starts_with("AWS::SSM::Parameter::Value<") => {
                Self::Stored { list: name.contains("List<") || name.contains("CommaDelimitedList") }
            }
            name if name.starts_with("List<") => Self::List,
            _ => Self::String,
        }
    }

    fn shape(self) -> Shape {
        match self {
            Self::String | Self::Stored { list: false } => Shape::String,
            Self::Number => Shape::Number,
            Self::List | Self::Stored { list: true } => Shape::List,
        }
    }

    /// The value of a text that somebody gave.
    fn value(self, given: &str, origin: OriginId) -> Value {
        match self {
            Self::Number => match Number::parse(given.trim()) {
                Some(number) => Value::number(number, origin),
                None => text::with_dynamic_references(given, origin),
            },
            Self::List | Self::Stored { list: true } => {
                Value::list(given.split(',').map(|item| Value::string(item.trim(), origin)).collect(), origin)
            }
            Self::String | Self::Stored { list: false } => text::with_dynamic_references(given, origin),
        }
    }
}

/// The values of a stack's parameters.
pub struct Declared<'s, 'a> {
    pub session: &'s Session<'a>,
    pub compared: &'s Compared,
    /// The address of the stack with a `/` after it; empty for the root.
    pub prefix: &'s str,
    /// What the parent passes, with the way it came; `None` for the root, whose values come from outside.
    pub passed: Option<&'s FxHashMap<Text, Value>>,
}

impl Declared<'_, '_> {
    /// What a parameter is.
    pub fn parameter(&self, key: NodeRef<'_>, name: &str, declared: NodeRef<'_>) -> Value {
        let session = self.session;
        let kind = Kind::of(declared);
        let given = match self.passed {
            Some(passed) => passed.contains_key(name),
            None => session.options.parameters.iter().any(|given| given.name == name),
        };
        if given && declared.get("NoEcho").is_some_and(is_true) {
            let why = format!("parameter `{name}` is not echoed, and not looked at");
            let symbol = Symbol::Expression(self.name_of(name));
            return Value::symbol(why, symbol, kind.shape(), session.origins.literal(key.span()));
        }
        if let Some(passed) = self.passed {
            if let Some(value) = passed.get(name) {
                return Self::received(kind, value);
            }
        } else if let Some(given) = session.options.parameters.iter().rev().find(|given| given.name == name) {
            self.check_given(key, declared, given);
            let origin = session.origins.hop(given.span.unwrap_or(key.span()), given.step.clone(), OriginId::NONE);
            if let Kind::Stored { .. } = kind {
                return Self::stored(name, kind, &given.value, origin);
            }
            return kind.value(&given.value, origin);
        }
        let default = declared.get("Default").and_then(|node| Some((constant(node)?, node.span())));
        let comparison = self.compared.get(name);
        let limits = Limits::of(declared, matches!(kind, Kind::List | Kind::Stored { .. }));
        if declared.get("NoEcho").and_then(constant).is_some_and(|written| written.eq_ignore_ascii_case("true")) {
            return self.secret(key, name, kind, comparison);
        }
        if let Kind::Stored { .. } = kind {
            return match (comparison, &default) {
                (Some(comparison), _) if !comparison.constants.is_empty() => {
                    self.open(key, name, kind, &comparison.constants, None, true)
                }
                (_, Some((path, span))) => {
                    let origin = session.origins.hop(*span, Step::Default(name.into()), OriginId::NONE);
                    Self::stored(name, kind, path, origin)
                }
                _ => self.symbol(key, name, kind),
            };
        }
        if self.passed.is_some() {
            // A nested stack is deployed by its parent alone, which leaves the parameter at its default.
            return match default {
                Some((text, span)) => self.default_value(name, kind, &text, span),
                None => self.symbol(key, name, kind),
            };
        }
        let mut allowed: Vec<(Text, Span)> = declared
            .get("AllowedValues")
            .map(|node| node.items().filter_map(|item| Some((constant(item)?, item.span()))).collect())
            .unwrap_or_default();
        if allowed.is_empty() {
            allowed.clone_from(&limits.alternatives);
        }
        let possible = comparison.map(|comparison| self.possible(name, comparison, &limits));
        let comparison = possible.as_ref();
        match (allowed.as_slice(), comparison, default) {
            ([_, ..], comparison, default) if allowed.len() > MAX_CASES => {
                let constants = comparison.map_or(&[][..], |found| &found.constants);
                let told: Vec<(Text, Span)> =
                    constants.iter().filter(|(text, _)| allowed.iter().any(|(one, _)| one == text)).cloned().collect();
                match (comparison, default) {
                    (None, Some((text, span))) => self.default_value(name, kind, &text, span),
                    (None, None) => self.symbol(key, name, kind),
                    (Some(_), default) => self.open(key, name, kind, &told, default.as_ref(), true),
                }
            }
            ([_, ..], None, Some((text, span))) => self.default_value(name, kind, &text, span),
            ([_, ..], _, default) => self.open(key, name, kind, &allowed, default.as_ref(), false),
            ([], Some(Comparison { constants }), None) if constants.is_empty() => self.symbol(key, name, kind),
            ([], Some(comparison), default) => {
                self.open(key, name, kind, &comparison.constants, default.as_ref(), true)
            }
            ([], None, Some((text, span))) => self.default_value(name, kind, &text, span),
            ([], None, None) => self.symbol(key, name, kind),
        }
    }

    /// What a parameter is compared with and may be; what it can't be differs from it in every case.
    fn possible(&self, name: &str, comparison: &Comparison, limits: &Limits) -> Comparison {
        let (possible, impossible): (Vec<_>, Vec<_>) =
            comparison.constants.iter().cloned().partition(|(text, _)| limits.permit(text));
        self.session.exclude(self.name_of(name), impossible.into_iter().map(|(text, _)| text));
        Comparison { constants: possible }
    }

    /// A parameter whose value nobody shall see: its default stands in no message.
    fn secret(&self, key: NodeRef<'_>, name: &str, kind: Kind, comparison: Option<&Comparison>) -> Value {
        match comparison {
            Some(comparison) if !comparison.constants.is_empty() => {
                self.open(key, name, kind, &comparison.constants, None, true)
            }
            _ => {
                let why = format!("parameter `{name}` is not shown (`NoEcho`)");
                let symbol = Symbol::Expression(self.name_of(name));
                Value::symbol(why, symbol, kind.shape(), self.session.origins.literal(key.span()))
            }
        }
    }

    /// What the parent passes, as the parameter's type reads it.
    fn received(kind: Kind, value: &Value) -> Value {
        crate::value::combine(&[value], &mut |leaves| match (&leaves[0].data, kind) {
            (Data::String(given), Kind::List | Kind::Number) => kind.value(given, leaves[0].origin),
            // Lists are passed joined with commas.
            (Data::List(list), Kind::String) if list.rest.is_none() => match text::joined(leaves[0]) {
                Some(joined) => Value::string(joined, leaves[0].origin),
                None => text::derived("Join", &[leaves[0]], Shape::String, leaves[0].origin),
            },
            _ => leaves[0].clone(),
        })
    }

    fn default_value(&self, name: &str, kind: Kind, default: &str, span: Span) -> Value {
        kind.value(default, self.session.origins.hop(span, Step::Default(name.into()), OriginId::NONE))
    }

    /// An unknown that is equal to itself.
    fn symbol(&self, key: NodeRef<'_>, name: &str, kind: Kind) -> Value {
        let why = if self.passed.is_some() {
            format!("parameter `{name}` has no default and the parent stack does not pass it")
        } else {
            format!("parameter `{name}` has no default; pass --parameters {name}=VALUE")
        };
        let symbol = Symbol::Expression(self.name_of(name));
        Value::symbol(why, symbol, kind.shape(), self.session.origins.literal(key.span()))
    }

    fn name_of(&self, name: &str) -> Text {
        format!("{}{name}", self.prefix).into()
    }

    fn stored(name: &str, kind: Kind, path: &str, origin: OriginId) -> Value {
        let why = format!("parameter `{name}` is read from the SSM parameter `{path}` when the stack is deployed");
        // Whatever reads the same parameter of Systems Manager reads the same.
        let symbol = Symbol::Expression(format!("{}ssm:{path}}}}}", super::text::RESOLVE).into());
        Value::symbol(why, symbol, kind.shape(), origin)
    }

    /// An open parameter: the constants, the default where it is none of them, and the rest.
    fn open(
        &self,
        key: NodeRef<'_>,
        name: &str,
        kind: Kind,
        constants: &[(Text, Span)],
        default: Option<&(Text, Span)>,
        rest: bool,
    ) -> Value {
        let session = self.session;
        let mut cases: Vec<Case> = Vec::new();
        let mut default_case = None;
        // More constants than cases are left to the rest.
        for (text, span) in constants.iter().take(MAX_CASES) {
            let origin = match default {
                Some((default, at)) if default == text => {
                    default_case = Some(cases.len());
                    session.origins.hop(*at, Step::Default(name.into()), OriginId::NONE)
                }
                _ => session.origins.literal(*span),
            };
            cases.push(Case { label: label(text), value: kind.value(text, origin), is_rest: false });
        }
        if default_case.is_none()
            && let Some((text, span)) = default
        {
            default_case = Some(cases.len());
            let value = self.default_value(name, kind, text, *span);
            cases.push(Case { label: label(text), value, is_rest: false });
        }
        if rest {
            let why = format!("parameter `{name}` may be anything; pass --parameters {name}=VALUE");
            let symbol = Symbol::Expression(self.name_of(name));
            let value = Value::symbol(why, symbol, kind.shape(), session.origins.literal(key.span()));
            cases.push(Case { label: ANYTHING_ELSE, value, is_rest: true });
        }
        let input = Input {
            name: self.name_of(name),
            kind: InputKind::Parameter,
            span: Some(key.span()),
            cases,
            default: default_case,
        };
        let id = session.add_input(input);
        self.input_value(id)
    }

    /// Each case's value with its own place: the references to the parameter put theirs before it.
    fn input_value(&self, id: crate::value::InputId) -> Value {
        let inputs = self.session.inputs.borrow();
        let cases: Vec<Value> = inputs.get(id).cases.iter().map(|case| case.value.clone()).collect();
        match cases.as_slice() {
            [only] => only.clone(),
            _ => {
                let origin = inputs.get(id).span.map_or(OriginId::NONE, |span| self.session.origins.literal(span));
                Value::new(Data::Choice(crate::value::Choice { input: id, cases }.into()), origin)
            }
        }
    }

    /// A given value that the template does not allow is told, and holds all the same.
    fn check_given(&self, key: NodeRef<'_>, declared: NodeRef<'_>, given: &Given) {
        let is_list = matches!(Kind::of(declared), Kind::List | Kind::Stored { .. });
        if declared.get("AllowedValues").is_none() && !Limits::of(declared, is_list).permit(&given.value) {
            let message = format!("parameter `{}` is given a value that its declaration does not permit", given.name);
            let help = "look at its `AllowedPattern`, lengths and range";
            self.session.report(Problem::note(given.span.unwrap_or(key.span()), message).with_help(help));
        }
        let Some(allowed) = declared.get("AllowedValues") else { return };
        let values: Vec<Text> = allowed.items().filter_map(constant).collect();
        if values.is_empty() || values.contains(&given.value) {
            return;
        }
        let message =
            format!("parameter `{}` is given `{}`, which is not among its allowed values", given.name, given.value);
        let shown: Vec<&str> = values.iter().take(12).map(Text::as_str).collect();
        let help = format!("give it one of {}", shown.join(", "));
        self.session.report(Problem::note(given.span.unwrap_or(key.span()), message).with_help(help));
    }

    /// What a pseudo parameter is, without the place of the reference; `None` for what is none.
    pub fn pseudo(&self, name: &str) -> Option<Value> {
        let session = self.session;
        let none = OriginId::NONE;
        let shared = match name {
            "AWS::Region" => "AWS::Region",
            "AWS::AccountId" => "AWS::AccountId",
            "AWS::Partition" => "AWS::Partition",
            "AWS::URLSuffix" => "AWS::URLSuffix",
            "AWS::NoValue" => return Some(Value::absent(none)),
            "AWS::StackName" | "AWS::StackId" => return Some(self.pseudo_symbol(name, Shape::String)),
            "AWS::NotificationARNs" => return Some(self.pseudo_symbol(name, Shape::List)),
            _ => return None,
        };
        if let Some(known) = session.shared.borrow().get(shared) {
            return Some(known.clone());
        }
        let region = session.options.region.as_deref();
        let value = match shared {
            "AWS::Region" if region.is_some() => Value::string(region.unwrap_or_default(), none),
            "AWS::AccountId" if session.options.account.is_some() => {
                Value::string(session.options.account.clone().unwrap_or_default(), none)
            }
            "AWS::Partition" if region.is_some() => Value::string(partition(region.unwrap_or_default()).0, none),
            "AWS::URLSuffix" if region.is_some() => Value::string(partition(region.unwrap_or_default()).1, none),
            _ => self.open_pseudo(shared),
        };
        session.shared.borrow_mut().insert(shared, value.clone());
        Some(value)
    }

    fn open_pseudo(&self, name: &'static str) -> Value {
        let constants = self.compared.get(name).map(|found| found.constants.clone()).unwrap_or_default();
        let rest = self.pseudo_symbol(name, Shape::String);
        if constants.is_empty() {
            return rest;
        }
        let mut cases: Vec<Case> = constants
            .iter()
            .take(MAX_CASES)
            .map(|(text, span)| {
                let value = Value::string(text.clone(), self.session.origins.literal(*span));
                Case { label: label(text), value, is_rest: false }
            })
            .collect();
        cases.push(Case { label: ANYTHING_ELSE, value: rest, is_rest: true });
        let input = Input { name: name.into(), kind: InputKind::PseudoParameter, span: None, cases, default: None };
        self.input_value(self.session.add_input(input))
    }

    fn pseudo_symbol(&self, name: &str, shape: Shape) -> Value {
        let why = match name {
            "AWS::Region" => "the Region of the deployment is not known; set `region` in the configuration".to_owned(),
            "AWS::AccountId" => {
                "the account of the deployment is not known; set `account` in the configuration".to_owned()
            }
            _ => format!("`{name}` is known when the stack is deployed"),
        };
        let own = matches!(name, "AWS::StackName" | "AWS::StackId" | "AWS::NotificationARNs");
        let symbol = if own { self.name_of(name) } else { name.into() };
        Value::symbol(why, Symbol::Expression(symbol), shape, OriginId::NONE)
    }
}

/// `true` as templates write it: a truth value or its text.
fn is_true(node: NodeRef<'_>) -> bool {
    constant(node).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// The partition of a Region and the suffix of its host names.
fn partition(region: &str) -> (&'static str, &'static str) {
    match region {
        _ if region.starts_with("cn-") => ("aws-cn", "amazonaws.com.cn"),
        _ if region.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
        _ if region.starts_with("us-iso-") => ("aws-iso", "c2s.ic.gov"),
        _ if region.starts_with("us-isob-") => ("aws-iso-b", "sc2s.sgov.gov"),
        _ if region.starts_with("eusc-") => ("aws-eusc", "amazonaws.eu"),
        _ => ("aws", "amazonaws.com"),
    }
}

/// How a case is shown.
fn label(text: &str) -> Text {
    if text.is_empty() { Text::new_static("\"\"") } else { text.into() }
}
