//! Terraform's language (HCL, native syntax) to a tree with spans.
//!
//! Takes a file, gives its attributes and blocks, every expression and template part with its span, the comments,
//! and errors as data: a broken argument or block hides nothing else. Written by hand rather than on a general HCL
//! parser, because what Terraform accepts decides (long chains, deep lists, repeated object keys), and because a
//! broken file has to give all that can be read of it.

mod ast;
mod body;
mod expression;
mod json;
mod pieces;
mod scanner;
mod template;

#[cfg(test)]
mod judge_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::source::{SourceFile, Span};
use crate::syntax::tree::{Comment, SyntaxError};

pub use ast::{
    Attribute, BinaryOperator, Block, BlockRef, Body, BodyRef, Call, Document, Expr, ExprKind, For, Label, Name,
    ObjectItem, ObjectKey, TemplatePart, UnaryOperator,
};
pub use json::parse_json;
pub use pieces::Pieces;
pub use scanner::{MAX_CHAIN, MAX_DEPTH};

use scanner::Parser;

/// Reads a file in the native syntax. Never fails: errors are in the document.
#[must_use]
pub fn parse(file: Arc<SourceFile>) -> Document {
    let start = file.body_start();
    let text = file.text().get(start..).unwrap_or_default();
    let mut parser = Parser::new(text, file.id, start);
    let body = parser.file_body();
    let (comments, errors) = finish(parser);
    Document { file, body, comments, errors }
}

/// Reads a text that was put together from pieces of a file, in the native syntax. Never fails: errors are in the
/// document. Comments are not kept: they stand within a text of the file.
#[must_use]
pub fn parse_generated(text: &str, pieces: &Pieces, file: Arc<SourceFile>) -> Document {
    let mut parser = Parser::of_pieces(text, pieces, file.id);
    let body = parser.file_body();
    let (_, errors) = finish(parser);
    Document { file, body, comments: Vec::new(), errors }
}

/// Reads a text that is one expression, such as the value of `--var`. `span` is where the text as a whole stands;
/// everything in it is said to stand there.
///
/// # Errors
/// What Terraform would not accept as an expression.
pub fn parse_expression(text: &str, span: Span) -> Result<Expr, SyntaxError> {
    let mut parser = Parser::standing_for(text, span);
    parser.newlines = false;
    let parsed = parser.expression().and_then(|expr| {
        parser.skip();
        match parser.peek() {
            None => Ok(expr),
            Some(_) => {
                let found = parser.found();
                parser.failure(format!("expected the end of the expression, found {found}"))
            }
        }
    });
    parsed.map_err(|failure| SyntaxError { span: failure.span, message: failure.message, recoverable: false })
}

/// Reads a whole file as a template, as `templatefile` does.
///
/// # Errors
/// What Terraform would not accept as a template.
pub fn parse_template_file(file: &SourceFile) -> Result<Expr, SyntaxError> {
    let start = file.body_start();
    let text = file.text().get(start..).unwrap_or_default();
    template(Parser::new(text, file.id, start), file.whole())
}

/// Reads a text that stands in the file at `span` exactly as it is, as a template.
///
/// # Errors
/// What Terraform would not accept as a template.
pub fn parse_template_at(text: &str, span: Span) -> Result<Expr, SyntaxError> {
    template(Parser::new(text, span.file, span.start as usize), span)
}

/// Reads a text whose pieces stand in a file (a JSON string with escapes), and which is all that stands at `span`, as a
/// template.
///
/// # Errors
/// What Terraform would not accept as a template.
pub fn parse_template_of(text: &str, pieces: &Pieces, span: Span) -> Result<Expr, SyntaxError> {
    template(Parser::of_pieces(text, pieces, span.file), span)
}

/// Reads a text that stands for `span` as a whole (escaped, or computed), as a template.
///
/// # Errors
/// What Terraform would not accept as a template.
pub fn parse_template_for(text: &str, span: Span) -> Result<Expr, SyntaxError> {
    template(Parser::standing_for(text, span), span)
}

fn template(mut parser: Parser<'_>, span: Span) -> Result<Expr, SyntaxError> {
    match parser.bare_template() {
        Ok(kind) => Ok(Expr { span, kind }),
        Err(failure) => Err(SyntaxError { span: failure.span, message: failure.message, recoverable: false }),
    }
}

fn finish(parser: Parser<'_>) -> (Vec<Comment>, Vec<SyntaxError>) {
    let (mut comments, errors) = (parser.comments, parser.errors);
    comments.sort_by_key(|comment| comment.span);
    comments.dedup();
    (comments, errors)
}
