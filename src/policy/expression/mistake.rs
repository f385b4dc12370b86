//! Mistakes in expressions: what they say, and where they stand.

use cel::common::ast::{Expr, IdedExpr, SourceInfo};

use crate::policy::nearest::nearest;

use super::lower::MAX_DEPTH;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Byte offsets in the expression's text.
    pub start: usize,
    pub end: usize,
    /// A lower-case phrase.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// What the parser complains of first.
pub(super) fn syntax_mistake(text: &str, errors: &cel::ParseErrors) -> Mistake {
    let Some(error) = errors.errors.first() else {
        return Mistake { start: 0, end: text.len(), message: "this is no expression".into(), help: None };
    };
    let (line, column) = error.pos;
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let column = usize::try_from(column).unwrap_or(1).max(1);
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let here = text.get(before..).unwrap_or_default();
    let offset: usize = here.chars().take(column - 1).map(char::len_utf8).sum();
    let start = (before + offset).min(text.len());
    let end = text.get(start..).and_then(|rest| rest.chars().next()).map_or(text.len(), |next| start + next.len_utf8());
    let message = if error.msg.contains("recursion") {
        format!("it is nested more than {MAX_DEPTH} deep")
    } else {
        format!("this is no CEL expression: {}", error.msg.trim().replace('\'', "`"))
    };
    Mistake { start, end, message, help: None }
}

/// "did you mean ...?", or the list where it is short.
pub(super) fn suggestion(name: &str, known: &[String]) -> Option<String> {
    if let Some(meant) = nearest(name, known.iter().map(String::as_str)) {
        return Some(format!("did you mean `{meant}`?"));
    }
    (!known.is_empty() && known.len() <= 8).then(|| format!("there are {}", known.join(", ")))
}

/// Where the first character of a tree stands.
pub(super) fn first_place(at: &IdedExpr, places: &SourceInfo) -> usize {
    let own = places.offset_for(at.id).map_or(usize::MAX, |(start, _)| start as usize);
    let inner = match &at.expr {
        Expr::Select(select) => first_place(&select.operand, places),
        Expr::Call(call) => {
            let target = call.target.as_deref().map_or(usize::MAX, |target| first_place(target, places));
            call.args.first().map_or(target, |first| target.min(first_place(first, places)))
        }
        _ => usize::MAX,
    };
    match own.min(inner) {
        usize::MAX => 0,
        place => place,
    }
}

/// Where a word stands by itself, at or after an offset.
pub(super) fn find_word(text: &str, word: &str, from: usize) -> Option<usize> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut at = from;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(word)) {
        let start = at + found;
        let end = start + word.len();
        let before = text.get(..start).and_then(|before| before.chars().next_back()).is_some_and(is_word);
        let after = text.get(end..).and_then(|after| after.chars().next()).is_some_and(is_word);
        if !before && !after {
            return Some(start);
        }
        at = end;
    }
    None
}
