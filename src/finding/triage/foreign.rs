//! Other tools' marks in comments: `checkov:skip=`, `tfsec:ignore:`, `trivy:ignore:`.

use super::date::Date;

/// A check of another tool that a comment switches off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark<'t> {
    /// Its identifier, or `*` for all of that tool.
    pub id: &'t str,
    pub reason: Option<&'t str>,
    pub until: Option<Date>,
    /// Where it begins in the comment, in bytes.
    pub at: usize,
}

/// All marks in one line of a comment.
#[must_use]
pub fn marks(text: &str) -> Vec<Mark<'_>> {
    let mut found = Vec::new();
    for marker in ["checkov:skip=", "bridgecrew:skip="] {
        for (at, _) in text.match_indices(marker) {
            let rest = text.get(at + marker.len()..).unwrap_or_default();
            let (ids, reason) = match rest.split_once(':') {
                Some((ids, reason)) => (ids, Some(reason.trim()).filter(|reason| !reason.is_empty())),
                None => (rest, None),
            };
            for id in ids.split(',') {
                if let Some(id) = id.split_whitespace().next() {
                    found.push(Mark { id, reason, until: None, at });
                }
            }
        }
    }
    for marker in ["tfsec:ignore:", "trivy:ignore:"] {
        for (at, _) in text.match_indices(marker) {
            let rest = text.get(at + marker.len()..).unwrap_or_default();
            let word = rest.split_whitespace().next().unwrap_or_default();
            let mut pieces = word.split(':');
            // What stands in brackets narrows the mark to some values; the check is what counts here.
            let id = pieces.next().unwrap_or_default().split('[').next().unwrap_or_default();
            let mut until = None;
            let mut narrowed = false;
            while let Some(piece) = pieces.next() {
                match piece {
                    "exp" => until = pieces.next().and_then(Date::parse),
                    // A mark for one workspace does not hold for the others.
                    "ws" => narrowed = true,
                    _ => {}
                }
            }
            if !id.is_empty() && !narrowed {
                let reason = rest.get(word.len()..).map(str::trim).filter(|reason| !reason.is_empty());
                found.push(Mark { id, reason, until, at });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<(&str, Option<&str>)> {
        marks(text).into_iter().map(|mark| (mark.id, mark.reason)).collect()
    }

    #[test]
    fn the_marks_of_checkov_tfsec_and_trivy_are_known() {
        assert_eq!(ids(" checkov:skip=CKV_AWS_28: rebuilt nightly"), [("CKV_AWS_28", Some("rebuilt nightly"))]);
        assert_eq!(ids("checkov:skip=CKV_AWS_28,CKV_AWS_119"), [("CKV_AWS_28", None), ("CKV_AWS_119", None)]);
        let several: Vec<&str> = marks("tfsec:ignore:aws-dynamodb-enable-recovery tfsec:ignore:AVD-AWS-0025")
            .iter()
            .map(|mark| mark.id)
            .collect();
        assert_eq!(several, ["aws-dynamodb-enable-recovery", "AVD-AWS-0025"]);
        let dated = marks("trivy:ignore:AVD-AWS-0024:exp:2027-03-01");
        assert_eq!((dated[0].id, dated[0].until), ("AVD-AWS-0024", Date::parse("2027-03-01")));
        assert_eq!(ids("tfsec:ignore:AWS-0024:ws:prod"), []);
        assert_eq!(ids(" nothing to skip here"), []);
    }
}
