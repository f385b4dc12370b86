//! The functions that conditions may call, with their argument types: CEL's own ones and the extensions that the
//! policies need. `policies/README.md` documents each.

use super::kinds::Kind;

/// A function of conditions. As methods the receiver is the first argument: `name.startsWith("x")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Size,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    LowerAscii,
    UpperAscii,
    Trim,
    Split,
    Join,
    Int,
    Double,
    String,
    Min,
    Max,
    Words,
    Same,
    Known,
    Glob,
    Nearest,
    Distinct,
    Duplicates,
    Flatten,
    Sum,
    Before,
    Keys,
    Values,
    Pieces,
    Quote,
    NonProduction,
    Undetermined,
}

/// What a parameter takes; [`Kind`] without its boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    Any,
    Number,
    Text,
    List,
    Map,
    /// A text, a list or a map.
    Sized,
    /// A text or a list.
    TextOrList,
    Entity,
}

/// How a function is written and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub name: &'static str,
    pub function: Function,
    /// Called as `f(x)`.
    pub global: bool,
    /// Called as `x.f()`.
    pub method: bool,
    pub parameters: &'static [Parameter],
    /// How many of the parameters, from the end, may be left out.
    pub optional: usize,
    /// The last parameter may be repeated.
    pub variadic: bool,
}

const fn method(name: &'static str, function: Function, parameters: &'static [Parameter]) -> Signature {
    Signature { name, function, global: false, method: true, parameters, optional: 0, variadic: false }
}

const fn global(name: &'static str, function: Function, parameters: &'static [Parameter]) -> Signature {
    Signature { name, function, global: true, method: false, parameters, optional: 0, variadic: false }
}

const fn both(name: &'static str, function: Function, parameters: &'static [Parameter]) -> Signature {
    Signature { name, function, global: true, method: true, parameters, optional: 0, variadic: false }
}

/// All functions.
pub const FUNCTIONS: &[Signature] = &[
    both("size", Function::Size, &[Parameter::Sized]),
    method("startsWith", Function::StartsWith, &[Parameter::Text, Parameter::Text]),
    method("endsWith", Function::EndsWith, &[Parameter::Text, Parameter::Text]),
    method("contains", Function::Contains, &[Parameter::Text, Parameter::Text]),
    both("matches", Function::Matches, &[Parameter::Text, Parameter::Text]),
    method("lowerAscii", Function::LowerAscii, &[Parameter::Text]),
    method("upperAscii", Function::UpperAscii, &[Parameter::Text]),
    method("trim", Function::Trim, &[Parameter::Text]),
    method("split", Function::Split, &[Parameter::Text, Parameter::Text]),
    Signature { optional: 1, ..method("join", Function::Join, &[Parameter::List, Parameter::Text]) },
    global("int", Function::Int, &[Parameter::Any]),
    global("double", Function::Double, &[Parameter::Any]),
    global("string", Function::String, &[Parameter::Any]),
    Signature { variadic: true, ..global("min", Function::Min, &[Parameter::Any]) },
    Signature { variadic: true, ..global("max", Function::Max, &[Parameter::Any]) },
    global("words", Function::Words, &[Parameter::Text]),
    global("same", Function::Same, &[Parameter::Any, Parameter::Any]),
    global("known", Function::Known, &[Parameter::Any]),
    global("glob", Function::Glob, &[Parameter::Text, Parameter::Text]),
    global("nearest", Function::Nearest, &[Parameter::Text, Parameter::List]),
    both("distinct", Function::Distinct, &[Parameter::List]),
    both("duplicates", Function::Duplicates, &[Parameter::List]),
    both("flatten", Function::Flatten, &[Parameter::List]),
    both("sum", Function::Sum, &[Parameter::List]),
    global("before", Function::Before, &[Parameter::List, Parameter::Any]),
    both("keys", Function::Keys, &[Parameter::Map]),
    both("values", Function::Values, &[Parameter::Map]),
    global("pieces", Function::Pieces, &[Parameter::Text]),
    global("quote", Function::Quote, &[Parameter::TextOrList]),
    global("non_production", Function::NonProduction, &[Parameter::Entity]),
    global("undetermined", Function::Undetermined, &[Parameter::Text]),
];

impl Parameter {
    /// Whether an argument of a kind may be passed.
    #[must_use]
    pub fn takes(self, kind: &Kind) -> bool {
        if matches!(kind, Kind::Any | Kind::Null) {
            return true;
        }
        let text = matches!(kind, Kind::Text | Kind::Enum(_));
        let list = matches!(kind, Kind::List(_));
        let map = matches!(kind, Kind::Map(_) | Kind::Object(_));
        match self {
            Self::Any => true,
            Self::Number => *kind == Kind::Number,
            Self::Text => text,
            Self::List => list,
            Self::Map => map,
            Self::Sized => text || list || map,
            Self::TextOrList => text || list || *kind == Kind::Number,
            Self::Entity => matches!(kind, Kind::Entity(_)),
        }
    }

    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Sized => "a text, a list or a map",
            Self::TextOrList => "a text or a list",
            Self::Entity => "a table, index or other entity",
        }
    }
}

impl Function {
    /// The kind of the result for arguments of some kinds.
    #[must_use]
    pub fn result(self, arguments: &[Kind]) -> Kind {
        let first = arguments.first().cloned().unwrap_or(Kind::Any);
        match self {
            Self::Size | Self::Int | Self::Double | Self::Sum => Kind::Number,
            Self::StartsWith
            | Self::EndsWith
            | Self::Contains
            | Self::Matches
            | Self::Same
            | Self::Known
            | Self::Glob
            | Self::NonProduction => Kind::Bool,
            Self::LowerAscii
            | Self::UpperAscii
            | Self::Trim
            | Self::Join
            | Self::String
            | Self::Nearest
            | Self::Quote => Kind::Text,
            Self::Split | Self::Words | Self::Pieces | Self::Keys => Kind::List(Box::new(Kind::Text)),
            Self::Distinct | Self::Duplicates | Self::Before => first,
            Self::Flatten => match first {
                Kind::List(inner) if matches!(*inner, Kind::List(_)) => *inner,
                _ => Kind::List(Box::new(Kind::Any)),
            },
            Self::Undetermined => Kind::Any,
            Self::Values => match first {
                Kind::Map(value) => Kind::List(value),
                _ => Kind::List(Box::new(Kind::Any)),
            },
            Self::Min | Self::Max => match first {
                Kind::List(item) => *item,
                other => other,
            },
        }
    }
}
