//! The shape of Terraform's language: bodies of attributes and blocks, expressions, templates; every node with its
//! span.

use std::sync::Arc;

use crate::source::{SourceFile, Span};
use crate::syntax::tree::{Comment, SyntaxError};
use crate::value::Text;

/// A parsed file. What could not be read is left out and told of in `errors`.
#[derive(Debug)]
pub struct Document {
    pub file: Arc<SourceFile>,
    pub body: Body,
    /// In the order of the file.
    pub comments: Vec<Comment>,
    pub errors: Vec<SyntaxError>,
}

/// What stands between the braces of a block, or in a whole file.
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
    /// The body is written in JSON, where nested blocks and attributes look the same: read blocks through
    /// [`Body::blocks_named`].
    pub json: bool,
}

/// `name = expression`.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: Text,
    pub name_span: Span,
    pub expr: Expr,
}

impl Attribute {
    /// From the name to the end of the expression.
    #[must_use]
    pub fn span(&self) -> Span {
        self.name_span.to(self.expr.span)
    }
}

/// `resource "aws_dynamodb_table" "orders" { ... }`.
#[derive(Clone, Debug)]
pub struct Block {
    pub name: Text,
    pub name_span: Span,
    pub labels: Vec<Label>,
    /// From the name to the last label.
    pub header: Span,
    /// From the name to the closing brace.
    pub span: Span,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub struct Label {
    pub text: Text,
    /// With its quotes.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Null,
    Bool(bool),
    /// The number as it is written.
    Number(Text),
    /// A text without interpolations, unescaped.
    String(Text),
    /// A text with interpolations or directives. A quoted text that is one interpolation and nothing else has the
    /// value (and type) of that.
    Template(Vec<TemplatePart>),
    List(Vec<Expr>),
    Object(Vec<ObjectItem>),
    /// The first name of a reference: `var`, `local`, `aws_dynamodb_table`, the symbol of a `for`.
    Variable(Text),
    Attribute(Box<Expr>, Name),
    Index(Box<Expr>, Box<Expr>),
    /// `list.*.name`, `list[*].name[0]`: `each` is applied to every element, which stands in it as
    /// [`ExprKind::SplatItem`].
    Splat(Box<Expr>, Box<Expr>),
    /// The element in the `each` of the innermost splat.
    SplatItem,
    Call(Call),
    Unary(UnaryOperator, Box<Expr>),
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    Conditional(Box<[Expr; 3]>),
    For(Box<For>),
    Paren(Box<Expr>),
}

/// A name with its place.
#[derive(Clone, Debug)]
pub struct Name {
    pub text: Text,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ObjectItem {
    pub key: ObjectKey,
    pub key_span: Span,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub enum ObjectKey {
    /// A bare name, which is taken literally.
    Name(Text),
    /// A quoted text, a template, or an expression in parentheses.
    Expr(Expr),
}

#[derive(Clone, Debug)]
pub struct Call {
    /// With its namespaces: `provider::terraform::encode_tfvars`.
    pub name: Text,
    pub name_span: Span,
    pub args: Vec<Expr>,
    /// The last argument is followed by `...`.
    pub expand: bool,
}

/// `[for k, v in collection : value if condition]` and `{for k, v in collection : key => value... if condition}`.
#[derive(Clone, Debug)]
pub struct For {
    pub key_name: Option<Name>,
    pub value_name: Name,
    pub collection: Expr,
    /// The result is an object.
    pub key: Option<Expr>,
    pub value: Expr,
    /// `...`: values with the same key are gathered in a list.
    pub group: bool,
    pub condition: Option<Expr>,
}

#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Unescaped, and without the spaces that trim markers and `<<-` take away.
    Literal {
        text: Text,
        span: Span,
    },
    /// `${...}`; the span holds the markers.
    Interpolation {
        expr: Expr,
        span: Span,
    },
    If {
        condition: Expr,
        yes: Vec<TemplatePart>,
        no: Vec<TemplatePart>,
        span: Span,
    },
    For {
        key_name: Option<Name>,
        value_name: Name,
        collection: Expr,
        body: Vec<TemplatePart>,
        span: Span,
    },
}

/// `-a` and `!a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    Negate,
    Not,
}

/// `a + b` and its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Body {
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The blocks of a name without labels, also where JSON writes them as objects or lists of objects.
    pub fn blocks_named<'b>(&'b self, name: &'b str) -> impl Iterator<Item = BlockRef<'b>> {
        let json = self.json.then(|| self.attribute(name)).flatten();
        let objects = json.into_iter().flat_map(|attribute| {
            let items: Vec<&Expr> = match &attribute.expr.kind {
                ExprKind::List(items) => items.iter().collect(),
                _ => vec![&attribute.expr],
            };
            items.into_iter().filter_map(move |expr| match &expr.kind {
                ExprKind::Object(items) => {
                    Some(BlockRef { header: attribute.name_span, span: expr.span, body: BodyRef::Object(items) })
                }
                _ => None,
            })
        });
        let native = self.blocks.iter().filter(move |block| block.name == name);
        native.map(Block::as_ref).chain(objects)
    }

    #[must_use]
    pub fn as_ref(&self) -> BodyRef<'_> {
        BodyRef::Body(self)
    }
}

impl Block {
    #[must_use]
    pub fn label(&self, index: usize) -> Option<&str> {
        self.labels.get(index).map(|label| label.text.as_str())
    }

    #[must_use]
    pub fn as_ref(&self) -> BlockRef<'_> {
        BlockRef { header: self.header, span: self.span, body: BodyRef::Body(&self.body) }
    }
}

/// A block, or an object of a JSON body that stands for one.
#[derive(Clone, Copy, Debug)]
pub struct BlockRef<'b> {
    pub header: Span,
    pub span: Span,
    pub body: BodyRef<'b>,
}

/// The body of a block, in either syntax.
#[derive(Clone, Copy, Debug)]
pub enum BodyRef<'b> {
    Body(&'b Body),
    Object(&'b [ObjectItem]),
}

impl<'b> BodyRef<'b> {
    /// The expression of an attribute with the place of its name.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<(Span, &'b Expr)> {
        self.attributes().into_iter().find(|(known, ..)| *known == name).map(|(_, span, expr)| (span, expr))
    }

    /// Names, their places and expressions, in the order of the source. In JSON, nested blocks are among them.
    #[must_use]
    pub fn attributes(self) -> Vec<(&'b str, Span, &'b Expr)> {
        match self {
            Self::Body(body) => body
                .attributes
                .iter()
                .map(|attribute| (attribute.name.as_str(), attribute.name_span, &attribute.expr))
                .collect(),
            Self::Object(items) => items
                .iter()
                .filter_map(|item| match &item.key {
                    ObjectKey::Name(name) => Some((name.as_str(), item.key_span, &item.value)),
                    ObjectKey::Expr(_) => None,
                })
                .collect(),
        }
    }

    /// The blocks of a name without labels.
    #[must_use]
    pub fn blocks_named(self, name: &'b str) -> Vec<BlockRef<'b>> {
        match self {
            Self::Body(body) => body.blocks_named(name).collect(),
            Self::Object(_) => {
                let Some((header, expr)) = self.attribute(name) else { return Vec::new() };
                let items: Vec<&Expr> = match &expr.kind {
                    ExprKind::List(items) => items.iter().collect(),
                    _ => vec![expr],
                };
                items
                    .into_iter()
                    .filter_map(|expr| match &expr.kind {
                        ExprKind::Object(items) => {
                            Some(BlockRef { header, span: expr.span, body: BodyRef::Object(items) })
                        }
                        _ => None,
                    })
                    .collect()
            }
        }
    }
}
