//! Finds suppressions: in the comments of a file and in the metadata of a resource.

use memchr::memmem;

use super::comment;
use super::date::Date;
use super::foreign;
use super::place::CommentPlace;
use super::suppression::{Reach, Suppression};
use crate::finding::SuppressionKind;
use crate::resource::{Problem, Resource};
use crate::source::{SourceFile, Span};
use crate::value::{Data, OriginId, Origins, Value};

/// Whether a text may hold a suppression at all, so that most files need not be looked at twice.
#[must_use]
pub fn may_hold_marks(text: &str) -> bool {
    let text = text.as_bytes();
    ["dynalens:", ":skip=", ":ignore:"].iter().any(|mark| memmem::find(text, mark.as_bytes()).is_some())
}

/// The suppressions in a file's comments. `indented` for YAML.
#[must_use]
pub fn from_comments(file: &SourceFile, comments: &[Span], indented: bool) -> (Vec<Suppression>, Vec<Problem>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for comment in comments {
        for line in lines(file, *comment) {
            let text = file.slice(line);
            let place = CommentPlace::new(file, line, indented);
            match comment::directive(text, line) {
                None => {}
                Some(Ok(directive)) => {
                    for (name, span) in directive.names {
                        found.push(Suppression {
                            kind: SuppressionKind::Comment,
                            span,
                            name,
                            policies: Vec::new(),
                            reason: directive.reason.clone(),
                            until: directive.until,
                            reach: Reach::Comment(place),
                        });
                    }
                }
                Some(Err(mistake)) => {
                    problems.push(Problem::note(mistake.span, mistake.message).with_help(mistake.help));
                }
            }
            for mark in foreign::marks(text) {
                let at = line.start + u32::try_from(mark.at).unwrap_or_default();
                found.push(Suppression {
                    kind: SuppressionKind::OtherTool,
                    span: Span::new(line.file, at, line.end),
                    name: mark.id.to_owned(),
                    policies: Vec::new(),
                    reason: mark.reason.unwrap_or("marked for another tool").to_owned(),
                    until: mark.until,
                    reach: Reach::Comment(place),
                });
            }
        }
    }
    (found, problems)
}

/// The lines of a comment without their markers.
fn lines(file: &SourceFile, comment: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = comment.start as usize;
    let text = file.slice(comment);
    let block = text.starts_with("/*");
    for line in text.split_inclusive('\n') {
        let mut body = line.trim_end();
        if block {
            body = body.strip_suffix("*/").unwrap_or(body);
        }
        let bare = body.trim_start().trim_start_matches(['#', '/', '*', '!']);
        let start = at + body.len() - bare.len();
        let to_u32 = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        found.push(Span::new(comment.file, to_u32(start), to_u32(start + bare.len())));
        at += line.len();
    }
    found
}

/// The suppressions in a resource's `Metadata`: ours, and those of cfn_nag, cdk-nag, Guard, cfn-lint and checkov.
#[must_use]
pub fn from_metadata(resource: &Resource, origins: &Origins) -> (Vec<Suppression>, Vec<Problem>) {
    let mut reader = Reader { resource, origins, found: Vec::new(), problems: Vec::new() };
    if let Some(metadata) = resource.meta.get("Metadata") {
        if let Some(ours) = metadata.get("dynalens") {
            reader.ours(ours);
        }
        for (tool, list, id, reason) in [
            ("cfn_nag", "rules_to_suppress", "id", "reason"),
            ("cdk_nag", "rules_to_suppress", "id", "reason"),
            ("checkov", "skip", "id", "comment"),
        ] {
            if let Some(items) = metadata.get(tool).and_then(|tool| tool.get(list)) {
                reader.theirs(items, id, reason);
            }
        }
        let lists = [
            metadata.get("guard").and_then(|tool| tool.get("SuppressedRules")),
            metadata.get("cfn-lint").and_then(|tool| tool.get("config")).and_then(|config| config.get("ignore_checks")),
        ];
        for items in lists.into_iter().flatten() {
            reader.theirs(items, "id", "reason");
        }
    }
    (reader.found, reader.problems)
}

struct Reader<'r> {
    resource: &'r Resource,
    origins: &'r Origins,
    found: Vec<Suppression>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn span(&self, origin: OriginId) -> Span {
        self.origins.span(origin).unwrap_or(self.resource.header)
    }

    fn add(&mut self, kind: SuppressionKind, span: Span, name: &str, reason: String, until: Option<Date>) {
        let reach = Reach::Resource(self.resource.span);
        self.found.push(Suppression { kind, span, name: name.to_owned(), policies: Vec::new(), reason, until, reach });
    }

    fn wrong(&mut self, origin: OriginId, message: impl Into<String>) {
        let help = "write a list of `{ policy: name, reason: why, until: 2027-03-01 }`, or `name: why`";
        self.problems.push(Problem::note(self.span(origin), message).with_help(help));
    }

    /// `Metadata.dynalens`: `ignore` is a list of entries or a mapping from policies to reasons.
    fn ours(&mut self, ours: &Value) {
        let Some(ignore) = ours.get("ignore") else {
            self.wrong(ours.origin, "`dynalens` metadata holds `ignore`, and this has none");
            return;
        };
        match &ignore.data {
            Data::List(list) => {
                for item in &list.items {
                    self.entry(item);
                }
            }
            Data::Map(map) if map.get("policy").is_some() => self.entry(ignore),
            Data::Map(map) => {
                for entry in &map.entries {
                    let span =
                        self.span(if entry.key_origin.is_none() { entry.value.origin } else { entry.key_origin });
                    let (reason, until) = match &entry.value.data {
                        Data::Map(_) => (entry.value.get("reason").and_then(Value::as_str), entry.value.get("until")),
                        _ => (entry.value.as_str(), None),
                    };
                    self.ours_entry(&entry.key, span, reason, until, &entry.value);
                }
            }
            _ => self.wrong(ignore.origin, "`ignore` is neither a list nor a mapping"),
        }
    }

    fn entry(&mut self, item: &Value) {
        let Some(policy) = item.get("policy") else {
            self.wrong(item.origin, "the suppression names no policy");
            return;
        };
        let names: Vec<&Value> = match &policy.data {
            Data::List(list) => list.items.iter().collect(),
            _ => vec![policy],
        };
        for name in names {
            match name.as_str() {
                Some(text) => {
                    let reason = item.get("reason").and_then(Value::as_str);
                    self.ours_entry(text, self.span(name.origin), reason, item.get("until"), item);
                }
                None => self.wrong(name.origin, "the name of the policy is no plain text"),
            }
        }
    }

    fn ours_entry(&mut self, name: &str, span: Span, reason: Option<&str>, until: Option<&Value>, whole: &Value) {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let Some(reason) = reason else {
            self.wrong(whole.origin, format!("the suppression of `{name}` has no reason, so it does not hold"));
            return;
        };
        let mut day = None;
        if let Some(until) = until {
            day = until.as_str().and_then(Date::parse);
            if day.is_none() {
                self.wrong(until.origin, "`until` is no day of the calendar");
                return;
            }
        }
        self.add(SuppressionKind::Metadata, span, name, reason.to_owned(), day);
    }

    /// A list of names, or of mappings that hold one; or a mapping whose keys are names.
    fn theirs(&mut self, items: &Value, id: &str, reason: &str) {
        let default = "marked for another tool";
        match &items.data {
            Data::List(list) => {
                for item in &list.items {
                    let name = item.as_str().or_else(|| item.get(id).and_then(Value::as_str));
                    let reason = item.get(reason).and_then(Value::as_str).unwrap_or(default);
                    if let Some(name) = name {
                        self.add(SuppressionKind::OtherTool, self.span(item.origin), name, reason.to_owned(), None);
                    }
                }
            }
            Data::Map(map) => {
                for entry in &map.entries {
                    let reason = entry.value.as_str().unwrap_or(default);
                    let span = self.span(entry.value.origin);
                    self.add(SuppressionKind::OtherTool, span, &entry.key, reason.to_owned(), None);
                }
            }
            _ => {}
        }
    }
}
