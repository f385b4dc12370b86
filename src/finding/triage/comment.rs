//! `dynalens: ignore[policy, alias] reason until 2027-03-01`: reads a comment.

use crate::source::Span;

use super::date::Date;

/// What a comment of ours says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// From `dynalens:` to the end of the reason.
    pub span: Span,
    pub names: Vec<(String, Span)>,
    pub reason: String,
    pub until: Option<Date>,
}

/// What is wrong with a comment that begins like one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub span: Span,
    pub message: String,
    pub help: String,
}

const FORM: &str =
    "write `dynalens: ignore[policy-name] the reason`, with `until 2027-03-01` at the end if it is to end";

/// Reads one line of a comment, without its marker. `None` where it is a comment like any other; ours begin with
/// `dynalens:`.
pub fn directive(text: &str, span: Span) -> Option<Result<Directive, Mistake>> {
    let indent = text.len() - text.trim_start().len();
    let text = text.trim_end();
    let body = text.get(indent..)?;
    let rest = body.strip_prefix("dynalens:")?;
    let at = |from: usize, to: usize| Span::new(span.file, offset(span.start, from), offset(span.start, to));
    let whole = at(indent, text.len());
    Some(read(text, text.len() - rest.len(), whole, &at))
}

fn offset(start: u32, by: usize) -> u32 {
    start.saturating_add(u32::try_from(by).unwrap_or(u32::MAX))
}

fn read(text: &str, from: usize, whole: Span, at: &dyn Fn(usize, usize) -> Span) -> Result<Directive, Mistake> {
    let mistake = |span: Span, message: &str| Mistake { span, message: message.to_owned(), help: FORM.to_owned() };
    let rest = &text[from..];
    let verb = rest.trim_start();
    let Some(after) = verb.strip_prefix("ignore") else {
        return Err(mistake(whole, "a `dynalens:` comment says `ignore`, and this one says something else"));
    };
    let list = after.trim_start();
    let Some(inner) = list.strip_prefix('[') else {
        return Err(mistake(whole, "the suppression names no policy"));
    };
    let Some(close) = inner.find(']') else {
        return Err(mistake(whole, "the list of policies is not closed"));
    };
    let names_at = text.len() - inner.len();
    let mut names = Vec::new();
    let mut position = names_at;
    for piece in inner[..close].split(',') {
        let lead = piece.len() - piece.trim_start().len();
        let name = piece.trim();
        if !name.is_empty() {
            names.push((name.to_owned(), at(position + lead, position + lead + name.len())));
        }
        position += piece.len() + 1;
    }
    if names.is_empty() {
        return Err(mistake(at(names_at - 1, names_at + close + 1), "the suppression names no policy"));
    }
    let reason_at = names_at + close + 1;
    let (reason, until) = split_until(&text[reason_at..]);
    let until = match until {
        None => None,
        Some(date) => match Date::parse(date) {
            Some(date) => Some(date),
            None => {
                let date_at = reason_at + text[reason_at..].rfind(date).unwrap_or_default();
                return Err(Mistake {
                    span: at(date_at, date_at + date.len()),
                    message: format!("`{date}` is no day of the calendar"),
                    help: "write the last day on which the suppression holds as year-month-day: `2027-03-01`"
                        .to_owned(),
                });
            }
        },
    };
    // A colon or dash between the list and the reason is punctuation.
    let reason = reason.trim().trim_start_matches([':', '-', '–', '—']).trim();
    if reason.is_empty() {
        return Err(Mistake {
            span: whole,
            message: "the suppression has no reason, so it does not hold".to_owned(),
            help: "say after the bracket why the finding is acceptable here".to_owned(),
        });
    }
    Ok(Directive { span: whole, names, reason: reason.to_owned(), until })
}

/// Cuts `until 2027-03-01` off the end. Only what looks like a date is one: "until the migration" is prose.
fn split_until(text: &str) -> (&str, Option<&str>) {
    let text = text.trim_end().trim_end_matches('.');
    let Some((before, last)) = text.rsplit_once(char::is_whitespace) else { return (text, None) };
    let looks_like_date = last.starts_with(|first: char| first.is_ascii_digit())
        && last.contains(['-', '/'])
        && last.chars().all(|letter| letter.is_ascii_digit() || letter == '-' || letter == '/');
    let before = before.trim_end();
    match before.strip_suffix("until") {
        Some(reason) if looks_like_date && !reason.ends_with(char::is_alphanumeric) => (reason, Some(last)),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn parse(text: &str) -> Option<Result<Directive, Mistake>> {
        let length = u32::try_from(text.len()).unwrap();
        directive(text, Span::new(FileId(0), 100, 100 + length))
    }

    fn good(text: &str) -> Directive {
        parse(text).unwrap().unwrap()
    }

    fn message(text: &str) -> String {
        parse(text).unwrap().unwrap_err().message
    }

    #[test]
    fn names_reason_and_date_are_read() {
        let text =
            " dynalens: ignore[point-in-time-recovery-disabled, CKV_AWS_28] rebuilt from the source until 2027-03-01";
        let read = good(text);
        let names: Vec<&str> = read.names.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["point-in-time-recovery-disabled", "CKV_AWS_28"]);
        assert_eq!(read.reason, "rebuilt from the source");
        assert_eq!(read.until, Date::parse("2027-03-01"));
        for (name, span) in &read.names {
            assert_eq!(&text[span.start as usize - 100..span.end as usize - 100], name);
        }
    }

    #[test]
    fn the_word_until_in_a_sentence_is_no_date() {
        let read = good("dynalens: ignore[a] off until the migration");
        assert_eq!((read.reason.as_str(), read.until), ("off until the migration", None));
    }

    #[test]
    fn a_reason_may_follow_punctuation_and_end_with_a_full_stop() {
        assert_eq!(good("dynalens: ignore[a]: rebuilt nightly").reason, "rebuilt nightly");
        assert_eq!(good("dynalens: ignore[a] - rebuilt nightly until 2027-03-01.").until, Date::parse("2027-03-01"));
    }

    #[test]
    fn a_comment_that_lacks_something_says_what() {
        assert_eq!(message("dynalens: ignore[a]"), "the suppression has no reason, so it does not hold");
        assert_eq!(
            message("dynalens: ignore[a] until 2027-03-01"),
            "the suppression has no reason, so it does not hold"
        );
        assert_eq!(message("dynalens: ignore rebuilt nightly"), "the suppression names no policy");
        assert_eq!(message("dynalens: ignore[ , ] rebuilt nightly"), "the suppression names no policy");
        assert_eq!(message("dynalens: ignore[a rebuilt nightly"), "the list of policies is not closed");
        assert_eq!(message("dynalens: ignore[a] rebuilt until 2027-02-30"), "`2027-02-30` is no day of the calendar");
        assert!(message("dynalens: allow[a] x").contains("`ignore`"));
    }

    #[test]
    fn other_comments_are_left_alone() {
        assert_eq!(parse(" see dynalens: ignore[a] in the manual"), None);
        assert_eq!(parse(" rebuilt nightly"), None);
    }
}
