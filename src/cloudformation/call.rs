//! Recognising intrinsic functions in their short (`!Sub x`) and long (`{"Fn::Sub": x}`) forms.

use crate::source::Span;
use crate::syntax::tree::NodeRef;

/// The functions that templates may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Ref,
    GetAtt,
    Sub,
    Join,
    Select,
    Split,
    FindInMap,
    If,
    GetAzs,
    Cidr,
    Base64,
    Length,
    ToJsonString,
    ImportValue,
    Transform,
    Equals,
    And,
    Or,
    Not,
    Condition,
    Contains,
    EachMemberEquals,
    EachMemberIn,
    RefAll,
    ValueOf,
    ValueOfAll,
    /// A function that is not known.
    Other,
}

impl Function {
    fn named(name: &str) -> Self {
        match name {
            "GetAtt" => Self::GetAtt,
            "Sub" => Self::Sub,
            "Join" => Self::Join,
            "Select" => Self::Select,
            "Split" => Self::Split,
            "FindInMap" => Self::FindInMap,
            "If" => Self::If,
            "GetAZs" => Self::GetAzs,
            "Cidr" => Self::Cidr,
            "Base64" => Self::Base64,
            "Length" => Self::Length,
            "ToJsonString" => Self::ToJsonString,
            "ImportValue" => Self::ImportValue,
            "Transform" => Self::Transform,
            "Equals" => Self::Equals,
            "And" => Self::And,
            "Or" => Self::Or,
            "Not" => Self::Not,
            "Contains" => Self::Contains,
            "EachMemberEquals" => Self::EachMemberEquals,
            "EachMemberIn" => Self::EachMemberIn,
            "RefAll" => Self::RefAll,
            "ValueOf" => Self::ValueOf,
            "ValueOfAll" => Self::ValueOfAll,
            _ => Self::Other,
        }
    }
}

/// A call of an intrinsic function.
#[derive(Clone, Copy, Debug)]
pub struct Call<'t> {
    pub function: Function,
    /// The function's name as written, for messages.
    pub name: &'t str,
    /// The node of the argument. In the short form it is the call's own node, whose tag is the function.
    pub argument: NodeRef<'t>,
    /// The short form was written.
    pub tagged: bool,
    /// The whole call.
    pub span: Span,
}

impl<'t> Call<'t> {
    /// The call that a node is, if it is one. A lone key `Condition` is none: see [`Call::of_condition`].
    #[must_use]
    pub fn of(node: NodeRef<'t>) -> Option<Self> {
        if let Some(tag) = node.tag()
            && let Some(name) = tag.strip_prefix('!')
            && !name.is_empty()
            && !name.starts_with('!')
        {
            let function = match name {
                "Ref" => Function::Ref,
                "Condition" => Function::Condition,
                _ => Function::named(name),
            };
            return Some(Self { function, name: tag, argument: node, tagged: true, span: node.span() });
        }
        Self::of_long(node)
    }

    /// The call in the long form that a node is, whatever its tag.
    #[must_use]
    pub fn of_long(node: NodeRef<'t>) -> Option<Self> {
        let (key, value) = Self::only_entry(node)?;
        let text = key.text()?;
        let function = match text.strip_prefix("Fn::") {
            Some(name) if name.starts_with("ForEach::") => return None,
            Some(name) => Function::named(name),
            None if text == "Ref" && !value.is_mapping() => Function::Ref,
            None => return None,
        };
        Some(Self { function, name: text, argument: value, tagged: false, span: node.span() })
    }

    /// The same where a condition stands: `{"Condition": "IsProd"}` refers to a condition there.
    #[must_use]
    pub fn of_condition(node: NodeRef<'t>) -> Option<Self> {
        Self::of(node).or_else(|| {
            let (key, value) = Self::only_entry(node)?;
            (key.text() == Some("Condition")).then_some(Self {
                function: Function::Condition,
                name: "Condition",
                argument: value,
                tagged: false,
                span: node.span(),
            })
        })
    }

    fn only_entry(node: NodeRef<'t>) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        if node.len() == 1 { node.entries().next() } else { None }
    }

    /// The items of an argument that is written out as a list.
    #[must_use]
    pub fn items(&self) -> Vec<NodeRef<'t>> {
        if !self.tagged && Call::of(self.argument).is_some() {
            return Vec::new();
        }
        self.argument.items().collect()
    }

    /// The text of an argument that is written out as a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&'t str> {
        if !self.tagged && self.argument.tag().is_some_and(|tag| !tag.starts_with("!!")) {
            return None;
        }
        self.argument.text()
    }
}
