//! Order, and one finding for one fault.

use std::fmt::Write as _;

use rustc_hash::{FxHashMap, FxHashSet};

use super::evidence::THROUGH;
use super::{Finding, Fix, Label, fingerprint};
use crate::source::{Sources, Span};
use crate::syntax::edit;

/// Puts findings into the order of file, place and policy, makes one of those that say the same thing of the same
/// characters (a module that is called several times, a resource with `count`), and makes fingerprints different.
#[must_use]
pub fn in_order(mut findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let paths = Paths::new(sources);
    findings.sort_by_cached_key(|finding| {
        (
            paths.key(finding.primary.span),
            finding.policy.clone(),
            finding.resource.address.clone(),
            finding.project.clone(),
            finding.case.clone(),
            finding.message.clone(),
        )
    });
    // Each with those that say the same.
    let mut merged: Vec<(Finding, Vec<Finding>)> = Vec::with_capacity(findings.len());
    for finding in findings {
        // What may be merged stands side by side.
        let same = merged
            .iter_mut()
            .rev()
            .take_while(|(other, _)| other.primary.span == finding.primary.span && other.policy == finding.policy)
            .find(|(other, _)| says_the_same(other, &finding));
        match same {
            None => merged.push((finding, Vec::new())),
            Some((first, others)) => {
                // In this order, a resource that was found twice follows itself.
                if !is_same_resource(others.last().unwrap_or(first), &finding) {
                    others.push(finding);
                }
            }
        }
    }
    let mut merged: Vec<Finding> = merged.into_iter().map(|(first, others)| with_others(first, others)).collect();
    number(&mut merged);
    merged
}

/// The order of places: path, start, end.
struct Paths<'s> {
    sources: &'s Sources,
}

impl<'s> Paths<'s> {
    fn new(sources: &'s Sources) -> Self {
        Self { sources }
    }

    fn key(&self, span: Span) -> (String, u32, u32) {
        (self.sources.get(span.file).map(|file| file.path_text()).unwrap_or_default(), span.start, span.end)
    }
}

/// The order of places in reports.
#[must_use]
pub fn place_key(sources: &Sources, span: Span) -> (String, u32, u32) {
    Paths::new(sources).key(span)
}

/// Whether two findings differ in nothing but the resource's name: the same line decides both.
fn says_the_same(a: &Finding, b: &Finding) -> bool {
    let plain = |finding: &Finding| {
        finding.message.replace(&finding.resource.address, "\0").replace(&finding.resource.name, "\0")
    };
    // A short name may be a part of the words around it.
    let quoted = |finding: &Finding| finding.message.replace(&format!("`{}`", finding.resource.name), "\0");
    a.resource.kind == b.resource.kind
        && a.case == b.case
        && a.status == b.status
        && a.severity == b.severity
        && a.confidence == b.confidence
        && way(a).eq(way(b))
        && (a.message == b.message || plain(a) == plain(b) || quoted(a) == quoted(b))
}

/// The places that lead to the line that decides. Through which calls a fault is reached does not tell it apart.
fn way(finding: &Finding) -> impl Iterator<Item = Span> {
    let decides = |label: &&Label| !label.message.starts_with(THROUGH);
    finding.related.iter().filter(decides).map(|label| label.span)
}

/// Whether two findings are about one resource of one project.
fn is_same_resource(a: &Finding, b: &Finding) -> bool {
    a.resource.address == b.resource.address && a.project == b.project
}

/// Lists the other resources in which the fault shows, each at the call that makes it.
fn with_others(mut first: Finding, others: Vec<Finding>) -> Finding {
    let mut lists: Vec<(Span, Vec<String>)> = Vec::new();
    let elsewhere = others.iter().any(|other| other.project != first.project);
    if let Some(fix) = first.fix.take() {
        first.fix = Some(with_fixes(fix, others.iter().filter_map(|other| other.fix.as_ref())));
    }
    for other in others {
        let span = other.via.or(first.anchors.first().copied()).unwrap_or(first.primary.span);
        let address = if elsewhere && !other.project.is_empty() {
            format!("`{}` of `{}`", other.resource.address, other.project)
        } else {
            format!("`{}`", other.resource.address)
        };
        let full = lists.len() >= MOST_PLACES;
        match lists.iter_mut().find(|(place, _)| *place == span) {
            Some((_, list)) => list.push(address),
            None if full => lists.last_mut().into_iter().for_each(|(_, list)| list.push(address.clone())),
            None => lists.push((span, vec![address])),
        }
        for anchor in other.anchors {
            if !first.anchors.contains(&anchor) {
                first.anchors.push(anchor);
            }
        }
    }
    for (span, list) in lists {
        first.related.push(Label { span, message: listed(&list) });
    }
    first
}

/// One fix that mends the fault in all resources: each may have a place of its own to be mended at. Where their edits
/// want different things of the same characters, the first one stands alone.
fn with_fixes<'f>(first: Fix, others: impl Iterator<Item = &'f Fix>) -> Fix {
    let mut whole = first.clone();
    let mut known: FxHashSet<(Span, String)> = whole.edits.iter().map(|edit| (edit.span, edit.text.clone())).collect();
    for other in others {
        whole.safe &= other.safe;
        for edit in &other.edits {
            if known.insert((edit.span, edit.text.clone())) {
                whole.edits.push(edit.clone());
            }
        }
        for name in &other.leads_to {
            if !whole.leads_to.contains(name) {
                whole.leads_to.push(name.clone());
            }
        }
    }
    match edit::in_order(std::mem::take(&mut whole.edits)) {
        Some(edits) => Fix { edits, ..whole },
        None => first,
    }
}

/// A table that is made a thousand times needs no list of a thousand names.
fn listed(addresses: &[String]) -> String {
    let mut message = "the same holds for ".to_owned();
    for (index, address) in addresses.iter().enumerate() {
        if index > 0 {
            if message.len() > LONGEST_LIST {
                let left = addresses.len() - index;
                let _ = write!(message, ", and {left} other{}", if left == 1 { "" } else { "s" });
                break;
            }
            message.push_str(", ");
        }
        message.push_str(address);
    }
    message
}

/// How many places of other calls are shown; the rest is listed at the last one.
const MOST_PLACES: usize = 8;
/// In bytes.
const LONGEST_LIST: usize = 500;

/// Findings that would be called the same get different fingerprints, in their order.
fn number(findings: &mut [Finding]) {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        if *count > 0 {
            finding.fingerprint = fingerprint(&finding.policy, &finding.resource.address, &finding.fingerprint, *count);
        }
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Status, Subject};
    use crate::policy::{Confidence, Severity};

    fn finding(sources: &Sources, path: &str, at: u32, policy: &str, address: &str) -> Finding {
        let file = sources.add(path, "0123456789");
        let span = Span::new(file.id, at, at + 1);
        Finding {
            policy: policy.to_owned(),
            pillar: String::new(),
            severity: Severity::Low,
            confidence: Confidence::High,
            message: format!("`{address}` is wrong"),
            help: None,
            resource: Subject {
                address: address.to_owned(),
                kind: "t".to_owned(),
                name: address.to_owned(),
                construct: None,
            },
            case: None,
            primary: Label { span, message: String::new() },
            related: Vec::new(),
            anchors: vec![span],
            project: String::new(),
            via: Some(Span::new(file.id, 9, 10)),
            absent: false,
            fix: None,
            status: Status::Active,
            fingerprint: fingerprint(policy, address, "", 0),
        }
    }

    #[test]
    fn order_is_by_path_place_and_policy() {
        let sources = Sources::new();
        let made = vec![
            finding(&sources, "b.tf", 1, "p", "x"),
            finding(&sources, "a.tf", 5, "p", "x"),
            finding(&sources, "a.tf", 1, "q", "x"),
            finding(&sources, "a.tf", 1, "p", "x"),
        ];
        let order: Vec<(String, u32, String)> = in_order(made, &sources)
            .iter()
            .map(|one| (place_key(&sources, one.primary.span).0, one.primary.span.start, one.policy.clone()))
            .collect();
        let expected = [("a.tf", 1, "p"), ("a.tf", 1, "q"), ("a.tf", 5, "p"), ("b.tf", 1, "p")];
        assert_eq!(order, expected.map(|(path, at, policy)| (path.to_owned(), at, policy.to_owned())));
    }

    #[test]
    fn one_fault_reached_in_several_ways_is_one_finding_that_lists_them() {
        let sources = Sources::new();
        let made = ["module.a.t", "module.b.t", "module.c.t"]
            .map(|address| finding(&sources, "a.tf", 1, "p", address))
            .to_vec();
        let merged = in_order(made, &sources);
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].resource.address, "module.a.t");
        assert_eq!(merged[0].related[0].message, "the same holds for `module.b.t`, `module.c.t`");
    }

    #[test]
    fn one_fault_reached_from_several_roots_is_one_finding_that_lists_them_at_their_calls() {
        let sources = Sources::new();
        let mut made = Vec::new();
        for (at, root) in ["live/dev", "live/prod", "live/dev"].iter().enumerate() {
            let mut one = finding(&sources, "modules/t.tf", 1, "p", "module.t.x");
            let file = sources.add(format!("{root}/main.tf"), "0123456789");
            one.project = (*root).to_owned();
            one.via = Some(Span::new(file.id, 2, 3));
            one.anchors.push(Span::new(file.id, u32::from(at > 1), 4));
            made.push(one);
        }
        let merged = in_order(made, &sources);
        assert_eq!(merged.len(), 1);
        let labels: Vec<(String, &str)> =
            merged[0].related.iter().map(|label| (place_key(&sources, label.span).0, label.message.as_str())).collect();
        assert_eq!(labels, [("live/prod/main.tf".to_owned(), "the same holds for `module.t.x` of `live/prod`")]);
    }

    #[test]
    fn of_a_fault_that_shows_everywhere_a_few_places_are_shown() {
        let sources = Sources::new();
        let made = (0..300)
            .map(|number| {
                let root = format!("live/{number:03}");
                let file = sources.add(format!("{root}/main.tf"), "0123456789");
                let mut one = finding(&sources, "modules/t.tf", 1, "p", "module.t.x");
                one.via = Some(Span::new(file.id, 2, 3));
                one.project = root;
                one
            })
            .collect();
        let merged = in_order(made, &sources);
        assert_eq!((merged.len(), merged[0].related.len()), (1, MOST_PLACES));
        let last = &merged[0].related[MOST_PLACES - 1].message;
        assert!(
            last.starts_with("the same holds for `module.t.x` of `live/008`, `module.t.x` of `live/009`"),
            "{last}"
        );
        assert!(last.ends_with("others") && last.len() < 600, "{last}");
    }

    #[test]
    fn short_names_and_calls_do_not_tell_faults_apart() {
        let sources = Sources::new();
        let mut made = ["a", "b"].map(|name| finding(&sources, "a.tf", 1, "p", name)).to_vec();
        for (one, call) in made.iter_mut().zip([3, 5]) {
            one.message = format!("`{}` can be had by a call", one.resource.name);
            let span = Span::new(one.primary.span.file, call, call + 1);
            one.related.push(Label { span, message: format!("{THROUGH} `module.{}`", one.resource.name) });
        }
        assert_eq!(in_order(made, &sources).len(), 1);
    }

    #[test]
    fn what_different_lines_decide_stays_apart() {
        let sources = Sources::new();
        let mut made = ["module.a.t", "module.b.t"].map(|address| finding(&sources, "a.tf", 1, "p", address)).to_vec();
        let span = made[0].primary.span;
        let argument = Span::new(span.file, 7, 8);
        made[0].related.push(Label { span: argument, message: "argument".to_owned() });
        assert_eq!(in_order(made, &sources).len(), 2);
    }

    #[test]
    fn different_faults_at_one_place_stay_apart_and_have_their_own_fingerprints() {
        let sources = Sources::new();
        let mut made = vec![finding(&sources, "a.tf", 1, "p", "x"), finding(&sources, "a.tf", 1, "p", "x")];
        made[1].message = "another".to_owned();
        let merged = in_order(made, &sources);
        assert_eq!(merged.len(), 2);
        assert_ne!(merged[0].fingerprint, merged[1].fingerprint);
    }
}
