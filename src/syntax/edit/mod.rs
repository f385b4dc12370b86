//! Changes of a file that leave everything else in it as it is.
//!
//! Takes a file and says, as byte spans with new texts, how a value is replaced, an attribute or block put in, an item
//! added or something taken out: in the file's own indentation, quotes, brackets and line endings. Places are given by
//! spans, which is how values know where they come from. What can't be done without guessing gives nothing.

mod hcl;
mod text;
mod tree;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::source::{FileKind, SourceFile, Span};

/// The text of the span gives way to `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// What is written, in any language.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    Null,
    Bool(bool),
    /// The number as it is written.
    Number(String),
    Text(String),
    /// A text with references in it; a single reference is that reference itself.
    Template(Vec<Piece>),
    /// An expression of Terraform's, written without quotes where the syntax has such a thing (`ignore_changes`).
    Bare(String),
    List(Vec<Term>),
    Map(Vec<(String, Term)>),
    /// A nested block of Terraform's; a map elsewhere.
    Block(Vec<(String, Term)>),
}

/// A part of a text with references.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    /// A parameter, pseudo parameter or resource of CloudFormation, and its attribute (nothing for `Ref`).
    Reference {
        name: String,
        attribute: Option<String>,
    },
    /// An expression of Terraform's.
    Expression(String),
}

/// Where new entries go among those that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position<'k> {
    /// Where a person would put them: at the end, before the tags.
    Usual,
    /// Behind this key, if it is there.
    After(&'k str),
}

/// A parsed file that can say how it is changed.
#[derive(Debug)]
pub enum Editable {
    Tree(tree::Trees),
    Hcl(hcl::Native),
}

impl Editable {
    /// `None` for files that nobody writes by hand, and for those that can't be parsed.
    #[must_use]
    pub fn of(file: &Arc<SourceFile>) -> Option<Self> {
        let file = Arc::clone(file);
        match FileKind::of(&file.path, file.text().as_bytes()) {
            FileKind::Yaml | FileKind::Json | FileKind::TerraformJson | FileKind::OpenTofuJson => {
                Some(Self::Tree(tree::Trees::new(file)))
            }
            FileKind::Variables if file.path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) => {
                Some(Self::Tree(tree::Trees::new(file)))
            }
            FileKind::Terraform | FileKind::OpenTofu | FileKind::Variables => Some(Self::Hcl(hcl::Native::new(file))),
            _ => None,
        }
    }

    /// Writes something else in the place of the value or key that stands at a span.
    #[must_use]
    pub fn replace(&self, span: Span, term: &Term) -> Option<Edit> {
        match self {
            Self::Tree(tree) => tree.replace(span, term),
            Self::Hcl(native) => native.replace(span, term),
        }
    }

    /// Puts entries into the block at a span: a mapping, the key of one, an object, the header of a block. `inside` is
    /// the place of a key or value in it, for blocks that share a span.
    #[must_use]
    pub fn insert(
        &self,
        span: Span,
        inside: Option<Span>,
        entries: &[(String, Term)],
        position: Position<'_>,
    ) -> Option<Vec<Edit>> {
        match self {
            Self::Tree(tree) => tree.insert(span, inside, entries, position).map(|edit| vec![edit]),
            Self::Hcl(native) => native.insert(span, entries, position),
        }
    }

    /// Adds items at the end of the list at a span.
    #[must_use]
    pub fn append(&self, span: Span, items: &[Term]) -> Option<Edit> {
        match self {
            Self::Tree(tree) => tree.append(span, items),
            Self::Hcl(native) => native.append(span, items),
        }
    }

    /// Puts an item behind the one at a span; a value that stands alone becomes a list of both.
    #[must_use]
    pub fn beside(&self, span: Span, item: &Term) -> Option<Edit> {
        match self {
            Self::Tree(tree) => tree.beside(span, item),
            Self::Hcl(native) => native.beside(span, item),
        }
    }

    /// Takes out the attributes, items and blocks whose values or headers stand at the spans. What would stand empty
    /// goes as well, unless it is one of `kept`.
    #[must_use]
    pub fn remove(&self, spans: &[Span], kept: &[Span]) -> Option<Vec<Edit>> {
        match self {
            Self::Tree(tree) => tree.remove(spans, kept),
            Self::Hcl(native) => native.remove(spans),
        }
    }

    /// The span of the block at a span that something stands in; of several blocks that share it, that one.
    #[must_use]
    pub fn block_of(&self, span: Span, inside: Option<Span>) -> Span {
        match self {
            Self::Tree(tree) => inside.and_then(|inside| tree.item_around(span, inside)).unwrap_or(span),
            Self::Hcl(_) => span,
        }
    }

    /// Puts a new top-level resource behind the one whose header stands at a span.
    #[must_use]
    pub fn create(&self, beside: Span, kind: &str, name: &str, entries: &[(String, Term)]) -> Option<Edit> {
        match self {
            Self::Tree(tree) => tree.create(beside, kind, name, entries),
            Self::Hcl(native) => native.create(beside, kind, name, entries),
        }
    }

    /// The scalar that is written at a span, as a plain text; nothing where an expression stands.
    #[must_use]
    pub fn literal(&self, span: Span) -> Option<String> {
        match self {
            Self::Tree(tree) => tree.literal(span),
            Self::Hcl(native) => native.literal(span),
        }
    }

    /// Puts a line of a comment directly above what begins at a place, or says it in the way that the file's language
    /// has: Terraform's JSON takes a text under the key `//`. Nothing for JSON without comments.
    #[must_use]
    pub fn comment(&self, whole: Span, comment: &str) -> Option<Edit> {
        match self {
            Self::Tree(tree) => tree.comment(whole, comment),
            Self::Hcl(native) => native.comment(whole, comment),
        }
    }

    /// Puts an item into the list at the end of a way of keys below the key that a span begins with; what is missing
    /// on the way is made. For YAML and JSON.
    #[must_use]
    pub fn item_below(&self, whole: Span, way: &[&str], item: &Term) -> Option<Vec<Edit>> {
        match self {
            Self::Tree(tree) => tree.item_below(whole, way, item),
            Self::Hcl(_) => None,
        }
    }

    /// The item of a list, or the block, in which something stands.
    #[must_use]
    pub fn item_of(&self, span: Span) -> Option<Span> {
        match self {
            Self::Tree(tree) => tree.item_of(span),
            Self::Hcl(native) => native.item_of(span),
        }
    }

    /// The `{ name: ..., value: ... }` of a list whose value stands at a span.
    #[must_use]
    pub fn pair_of(&self, span: Span) -> Option<Span> {
        match self {
            Self::Tree(tree) => tree.pair_of(span),
            Self::Hcl(native) => native.pair_of(span),
        }
    }

    /// Whether a block's header, or the key of a mapping, stands at a span.
    #[must_use]
    pub fn is_block(&self, span: Span) -> bool {
        match self {
            Self::Tree(tree) => tree.is_block(span),
            Self::Hcl(native) => native.is_block(span),
        }
    }

    /// Whether the key of a mapping or object stands exactly at the span.
    #[must_use]
    pub fn is_key(&self, span: Span) -> bool {
        match self {
            Self::Tree(tree) => tree.is_key(span),
            Self::Hcl(native) => native.is_key(span),
        }
    }

    /// Whether what stands at the span is all that an attribute, entry or item is set to, and no part of a text or of an
    /// expression.
    #[must_use]
    pub fn is_whole(&self, span: Span) -> bool {
        match self {
            Self::Tree(tree) => tree.is_whole(span),
            Self::Hcl(native) => native.is_whole(span),
        }
    }

    /// Whether something stands exactly at the span.
    #[must_use]
    pub fn holds(&self, span: Span) -> bool {
        match self {
            Self::Tree(tree) => tree.holds(span),
            Self::Hcl(native) => native.holds(span),
        }
    }

    /// Whether the text has no mistake that hides part of it.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Tree(tree) => tree.is_sound(),
            Self::Hcl(native) => native.is_sound(),
        }
    }

    /// Names of top-level resources of a kind, to find one that is free.
    #[must_use]
    pub fn is_taken(&self, kind: &str, name: &str) -> bool {
        match self {
            Self::Tree(tree) => tree.is_taken(kind, name),
            Self::Hcl(native) => native.is_taken(kind, name),
        }
    }
}

/// Edits of one file in order, those that say the same once and deletions that overlap as one. `None` where two of
/// them want different things of the same characters.
#[must_use]
pub fn in_order(mut edits: Vec<Edit>) -> Option<Vec<Edit>> {
    edits.sort_by_key(|edit| (edit.span.file, edit.span.start, edit.span.end));
    let mut kept: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match kept.last_mut() {
            Some(last) if *last == edit => {}
            Some(last) if last.span.file == edit.span.file && edit.span.start < last.span.end => {
                if !last.text.is_empty() || !edit.text.is_empty() {
                    return None;
                }
                last.span.end = last.span.end.max(edit.span.end);
            }
            _ => kept.push(edit),
        }
    }
    Some(kept)
}

/// The text with the edits applied. Edits that overlap, or do not fit the text, give nothing.
#[must_use]
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if start < at {
            return None;
        }
        out.push_str(text.get(at..start)?);
        out.push_str(&edit.text);
        at = end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
