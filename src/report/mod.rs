//! Reports: what an analysis found, as text for people and as formats for programs. One file a format.
//!
//! Everything that comes from users' files is made safe for the output it goes to.

pub mod concise;
pub mod diff;
pub mod escape;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod markdown;
pub mod model;
mod place;
mod problems;
pub mod sarif;
pub mod schema;
mod snippet;
pub mod summary;
#[cfg(test)]
mod tests;
mod value;
pub mod xml;

use crate::source::{Sources, Span};

/// `path:line:column`, safe for a terminal.
#[must_use]
pub fn place_text(sources: &Sources, span: Span) -> String {
    let places = place::Places::new(sources);
    let start = places.range(span).start;
    format!("{}:{}:{}", escape::one_line(&places.path(span)), start.line, start.column)
}

/// The first of a page's references, which is what the policy rests on.
#[must_use]
pub fn documentation(page: &str) -> Option<String> {
    let page = page.get(page.find("# References")?..)?;
    let at = page.find("](https://")?;
    let link = page.get(at + 2..)?;
    let end = link.find(|letter: char| letter == ')' || letter.is_whitespace())?;
    link.get(..end).map(str::to_owned)
}
