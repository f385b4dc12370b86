//! Mistakes in words: what is wrong and what to do about it.

use granit_parser::ErrorKind;

use crate::syntax::DEPTH_LIMIT;

use super::tokens::Kind;

/// What the scanner could not read.
pub(super) fn scanner(kind: &ErrorKind) -> String {
    let phrase = match kind {
        ErrorKind::TabInIndentation
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => "a tab can't indent YAML; replace it with spaces",
        ErrorKind::UnclosedQuotedScalar => "the quote that begins here is never closed",
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            "this line is neither a key nor a part of the value above; write `key: value` or correct its indentation"
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::MappingKeyNotAllowed => {
            "a key can't stand here; put it on its own line with the indentation of its neighbours, or quote a text \
             that holds `: `"
        }
        ErrorKind::InvalidIndentation => "the indentation fits none of the lines above; align it with its neighbours",
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => {
            "a list item (`- `) can't stand here; put it on its own line"
        }
        ErrorKind::UnknownQuotedScalarEscape => "YAML knows no such escape; double the backslash or use single quotes",
        ErrorKind::RecursionLimitExceeded => return depth(),
        ErrorKind::UnexpectedCharacter { character } => {
            return format!("`{}` can't begin a value; put the value in quotes", character.escape_default());
        }
        other => return format!("{other}; correct the YAML here"),
    };
    phrase.to_owned()
}

pub(super) fn depth() -> String {
    format!("this is nested deeper than {DEPTH_LIMIT} levels; flatten it")
}

/// What stands at the place of something else.
pub(super) fn unexpected(found: Kind, expected: &str) -> String {
    let found = match found {
        Kind::End | Kind::Resume { .. } => "the text ends",
        Kind::Directive => "a directive (`%`) stands",
        Kind::DocumentStart | Kind::DocumentEnd => "a document border (`---` or `...`) stands",
        Kind::BlockSequence | Kind::BlockEntry => "a list item (`- `) stands",
        Kind::BlockMapping | Kind::Key => "a key stands",
        Kind::BlockEnd => "the indentation ends",
        Kind::FlowSequence => "`[` stands",
        Kind::FlowSequenceEnd => "`]` stands",
        Kind::FlowMapping => "`{` stands",
        Kind::FlowMappingEnd => "`}` stands",
        Kind::FlowEntry => "`,` stands",
        Kind::Value => "`:` stands",
        Kind::Alias => "an alias (`*`) stands",
        Kind::Anchor => "an anchor (`&`) stands",
        Kind::Tag => "a tag (`!`) stands",
        Kind::Scalar(_) => "a text stands",
    };
    format!("{found} where {expected} is expected; check the indentation and the brackets before it")
}
