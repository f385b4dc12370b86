//! Which problems people are shown: each note once, however many places it holds for, and the first few errors of a
//! file. Programs get all of them from the other formats.

use std::collections::BTreeMap;

use crate::resource::{Problem, ProblemKind};
use crate::source::FileId;

/// How many errors of one file are shown: a file that is broken in one way is often broken in a hundred.
const ERRORS_OF_A_FILE: usize = 5;

/// How many different notes are shown.
const NOTES: usize = 10;

/// What is shown of an analysis' problems.
pub struct Selected<'a> {
    /// Each with how many more places it holds for.
    pub shown: Vec<(&'a Problem, usize)>,
    /// How many are left out, repetitions not counted.
    pub left_out: usize,
}

/// Chooses in the order of the analysis. A note that holds for a hundred files (a module that is not installed) is
/// shown where it was met first.
#[must_use]
pub fn select(problems: &[Problem]) -> Selected<'_> {
    let mut errors: BTreeMap<Option<FileId>, usize> = BTreeMap::new();
    let mut notes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut selected = Selected { shown: Vec::new(), left_out: 0 };
    for problem in problems {
        if problem.kind == ProblemKind::Note {
            let count = notes.entry(&problem.message).or_default();
            *count += 1;
            if *count > 1 {
                continue;
            }
            if notes.len() > NOTES {
                selected.left_out += 1;
                continue;
            }
        } else {
            let count = errors.entry(problem.span.map(|span| span.file)).or_default();
            *count += 1;
            if problem.span.is_some() && *count > ERRORS_OF_A_FILE {
                selected.left_out += 1;
                continue;
            }
        }
        selected.shown.push((problem, 0));
    }
    for (problem, more) in &mut selected.shown {
        if problem.kind == ProblemKind::Note {
            *more = notes.get(problem.message.as_str()).map_or(0, |count| count - 1);
        }
    }
    selected
}

/// `, and in 3 other places`; empty for none.
#[must_use]
pub fn elsewhere(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => " (and in 1 other place)".to_owned(),
        more => format!(" (and in {more} other places)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn at(file: u32, message: &str, kind: ProblemKind) -> Problem {
        let span = Some(Span::new(FileId(file), 0, 1));
        Problem { kind, span, path: None, message: message.into(), help: None }
    }

    #[test]
    fn a_note_that_holds_for_many_files_is_shown_once() {
        let problems: Vec<Problem> = (0..5).map(|file| at(file, "not installed", ProblemKind::Note)).collect();
        let selected = select(&problems);
        assert_eq!((selected.shown.len(), selected.shown[0].1, selected.left_out), (1, 4, 0));
    }

    #[test]
    fn different_notes_and_errors_are_bounded_each_for_themselves() {
        let mut problems: Vec<Problem> =
            (0..14).map(|file| at(file, &format!("note {file}"), ProblemKind::Note)).collect();
        problems.extend((0..8).map(|_| at(0, "broken", ProblemKind::Error)));
        problems.push(at(1, "broken", ProblemKind::Error));
        let selected = select(&problems);
        assert_eq!((selected.shown.len(), selected.left_out), (10 + 5 + 1, 4 + 3));
    }
}
